"""Boilerplate learnt from a corpus: a site's lines go, what texts say stays."""

import random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytext.boilerplate import drop_lines, drop_repeated_lines, repeated_lines
from policytext.cleaning import text_hash

WORDS = (
    "창업 지원 계획 지역 기업 투자 시제품 공간 교육 상담 판로 연구소 대학 특구 펀드 실증".split()
)
HEADER = ["나루신문 누리집", "기사 크게 보기"]
FOOTER = ["구독과 후원", "저작권자 나루신문. 다시 싣지 마세요.", "회사 소개 | 찾아오는 길"]


def paragraph(rng, n=14):
    return " ".join(rng.choice(WORDS) for _ in range(n)) + f" {rng.randrange(10**6)}건을 밝혔다."


def article(rng, n=4):
    return [paragraph(rng) for _ in range(n)]


def pages(bodies, publisher="나루", header=HEADER, footer=FOOTER, **more):
    texts = ["\n".join([*header, *body, *footer]) for body in bodies]
    table = {"publisher": publisher, "title": "", "text": texts, "source_file": "글.jsonl"}
    return pd.DataFrame(table | more)


@pytest.fixture
def rng():
    return random.Random(5)


def test_boilerplate_is_learnt_by_publisher_and_not_from_copies():
    site = [f"글 {i}이다.\n누리집 안내 글" for i in range(12)]
    copies = ["같은 보도자료다.\n본문이다."] * 30
    documents = pd.DataFrame(
        {
            "publisher": ["나루"] * 12 + ["다온"] * 30 + [""] * 12,
            "text": site + copies + site,
        }
    )
    before = documents.copy()
    lines = repeated_lines(documents)
    assert lines[["publisher", "line", "n_documents"]].values.tolist() == [
        ["나루", "누리집 안내 글", 12]
    ]
    after = drop_lines(documents, lines)
    assert after["text"].tolist() == [f"글 {i}이다." for i in range(12)] + copies + site
    assert after.loc[0, "text_sha256"] == text_hash("글 0이다.")
    pd.testing.assert_frame_equal(documents, before)
    assert drop_lines(documents, lines.iloc[:0])["text"].tolist() == documents["text"].tolist()


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.integers(5, 40), st.integers(2, 6))
def test_planted_lines_go_and_every_other_line_stays(seed, n, n_paragraphs):
    rng = random.Random(seed)
    bodies = [article(rng, n_paragraphs) for _ in range(n)]
    documents = pages(bodies)
    kept, removed, emptied = drop_repeated_lines(documents)
    assert kept["text"].tolist() == ["\n".join(body) for body in bodies]
    assert removed["n_lines"].tolist() == [n * len(HEADER + FOOTER)] and emptied.empty
    n_before, n_after = (sum(len(t.split("\n")) for t in d["text"]) for d in (documents, kept))
    assert n_before - n_after == removed["n_lines"].sum()


def test_few_pages_and_rare_lines_teach_nothing(rng):
    assert repeated_lines(pages([article(rng) for _ in range(4)])).empty
    many = pages([article(rng) for _ in range(100)], header=[], footer=[])
    many.loc[:8, "text"] += "\n가끔 나오는 줄"
    assert repeated_lines(many).empty
    many.loc[9:9, "text"] += "\n가끔 나오는 줄"
    assert repeated_lines(many)["line"].tolist() == ["가끔 나오는 줄"]


@pytest.mark.parametrize("changed", [0, 1])
def test_a_release_copied_within_one_publisher_keeps_its_body(rng, changed):
    """Even when each copy changes a line: only texts that say something of their own count."""
    release = article(rng, 10)
    copies = [release[:9] + [paragraph(rng)] * changed + release[9 + changed :] for _ in range(50)]
    documents = pages([*[article(rng) for _ in range(60)], *copies])
    kept, _, _ = drop_repeated_lines(documents)
    assert kept["text"].tolist()[60:] == ["\n".join(body) for body in copies]
    assert not kept["text"].str.contains("나루신문").any()


def test_subheadings_dates_and_greetings_stay(rng):
    bodies = [
        [
            "□ 추진 배경",
            *article(rng, 1),
            "기대 효과",
            *article(rng, 1),
            "2019. 3. 5.",
            "감사합니다.",
        ]
        for _ in range(20)
    ]
    documents = pages(bodies, header=["존경하는 시민 여러분!"])
    kept, removed, _ = drop_repeated_lines(documents)
    assert kept["text"].tolist() == ["\n".join(["존경하는 시민 여러분!", *body]) for body in bodies]
    assert removed["n_lines"].item() == 20 * len(FOOTER)


@pytest.mark.parametrize(
    "kind", [{"genre": "speech"}, {"genre": "chronicle"}, {"text_kind": "keywords"}]
)
def test_speeches_chronicles_and_keywords_are_never_touched(rng, kind):
    documents = pages([article(rng) for _ in range(20)], **kind)
    assert repeated_lines(documents).empty
    mixed = pd.concat([documents, pages([article(rng) for _ in range(20)], genre="news",
                                        text_kind="full")])  # fmt: skip
    mixed = mixed.fillna({"genre": "news", "text_kind": "full"}).reset_index(drop=True)
    kept, _, _ = drop_repeated_lines(mixed)
    assert kept["text"].tolist()[:20] == documents["text"].tolist()
    assert not kept["text"][20:].str.contains("구독과 후원").any()


def test_a_page_of_nothing_but_boilerplate_is_a_reject_with_a_reason(rng):
    documents = pages([*[article(rng) for _ in range(10)], []])
    kept, _, emptied = drop_repeated_lines(documents)
    assert len(kept) == 10 and emptied["source_file"].tolist() == ["글.jsonl"]
    assert "본문이 없습니다" in emptied["reason"].item()


def test_the_title_may_stand_above_a_header(rng):
    bodies = [article(rng) for _ in range(10)]
    titles = [f"소식 {i}" for i in range(10)]
    header = [["제목", "기사 크게 보기"]] * 10
    texts = [
        "\n".join([title, *top[1:], *body])
        for title, top, body in zip(titles, header, bodies, strict=True)
    ]
    documents = pd.DataFrame({"publisher": "나루", "title": titles, "text": texts})
    assert repeated_lines(documents)["line"].tolist() == ["기사 크게 보기"]


def test_a_subheading_at_the_top_of_every_text_stays(rng):
    bodies = [["□ 추진 배경", *article(rng), "1. 앞으로 할 일", *article(rng)] for _ in range(20)]
    kept, _, _ = drop_repeated_lines(pages(bodies))
    assert kept["text"].tolist() == ["\n".join(body) for body in bodies]


def test_copies_under_other_titles_count_once(rng):
    bodies = [article(rng) for _ in range(4)]
    documents = pages([*bodies, bodies[0], bodies[0]], title=[f"제목 {i}" for i in range(6)])
    assert repeated_lines(documents).empty
    assert len(repeated_lines(pages([*bodies, article(rng)]))) == len(HEADER + FOOTER)


@pytest.mark.parametrize(("n", "is_taken"), [(4, False), (8, True)])
def test_a_sentence_in_the_style_of_articles_is_taken_only_from_half_of_the_texts(n, is_taken):
    closing = "지원 대상은 누리집에서 다음 달까지 모집한다."
    texts = [f"글 {i}번째 소식을 시가 전했다." + f"\n{closing}" * (i < n) for i in range(12)]
    pages = pd.DataFrame({"publisher": "가", "text": texts})
    lines = repeated_lines(pages, min_documents=3)["line"].tolist()
    assert lines == [closing] * is_taken
