"""Cleaning: exact cases, laws that hold for any text, a site's lines, and families of copies."""

import random
import re
import unicodedata

import pandas as pd
import pytest
from fixtures_texts import CASES
from hypothesis import example, given, settings
from hypothesis import strategies as st
from personal_data import ACCOUNTS, LOOKALIKES, MAILS, PHONES, RESIDENTS, spellings

from policytext.store import text_sha256
from policytext.study import ROOT
from policytext.texts import clean
from policytext.texts.clean import (
    clean_documents,
    clean_text,
    drop_citations,
    drop_repeated_lines,
    find_families,
    mask_personal_data,
    near_duplicate_pairs,
    normalise,
    repeated_lines,
    steps_table,
)

# --- one spelling ------------------------------------------------------------------------

ANY_TEXT = st.text(
    st.sampled_from(
        "가나다라각힣다요. ?!\n\r\t\u00a0\u200b\ufeff\u3000ㆍ・ﾡＡ１ᄀ\u1161\u11a8\u0301a1.-@"
    )
)


@pytest.mark.parametrize(("dirty", "expected"), CASES["spelling"])
def test_normalise(dirty, expected):
    assert normalise(dirty) == expected


@given(ANY_TEXT)
@example("가\u0301\u11a8")
@example("가\u0301\u11a8\u0301")
def test_cleaning_is_idempotent(text):
    once = mask_personal_data(normalise(text))
    assert normalise(once) == once and mask_personal_data(once) == once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize("table", [RESIDENTS, PHONES, MAILS, ACCOUNTS])
def test_every_spelling_written_down_before_the_rules_is_covered(table):
    for spelling in spellings(table):
        text = normalise(f"문의는 {spelling}로 한다.")
        covered = mask_personal_data(text).removeprefix("문의는 ")
        assert len(covered) == len(text) - 4 and covered.endswith("로 한다.")
        assert "●" in covered and not re.search("[0-9A-Za-z]|길동", covered.replace("mailto", ""))


def test_what_only_looks_like_personal_data_stays():
    kept = [f"{before}{one}{after}" for one in spellings(LOOKALIKES)
            for before, after in (("", ""), ("사업은 ", "로 한다."))]  # fmt: skip
    assert [text for text in kept if "●" in clean_text(text)] == []


def test_the_chronicle_keeps_every_letter():
    path = ROOT / "data" / "chronicle" / "chronicle.jsonl"
    text = normalise(path.read_text("utf-8"))
    assert mask_personal_data(text) == text


def test_no_example_gives_away_what_is_covered():
    tally = {}
    clean_text("열었다.그는 ０１０－１２３４－５６７８", tally)
    assert steps_table(tally)["example"].eq("").all()
    clean_text("닫았다.그는", tally)
    assert steps_table(tally)["example"].tolist()[-2:] == ["닫았다.그는 → 닫았다. 그는", ""]


def test_clean_documents_cleans_and_leaves_its_input():
    dirty = {"doc_id": ["a"], "title": ["창업\n지원"], "text": ["열었다.그는 a@b.kr"]}
    before = pd.DataFrame(dirty, index=[7])
    after = clean_documents(before)
    pd.testing.assert_frame_equal(before, pd.DataFrame(dirty, index=[7]))
    assert after.loc[7, "title"] == "창업 지원"
    assert after.loc[7, "text"] == "열었다. 그는 ●@●.●●"
    assert after.loc[7, "text_sha256"] == text_sha256("열었다. 그는 ●@●.●●")
    pd.testing.assert_frame_equal(clean_documents(after), after)


def test_steps_count_documents_and_characters():
    tally = {}
    cleaned = [
        clean_text(text, tally) for text in ("가\r\n나\r\n다", "그대로", "\u200b열었다.그는")
    ]
    steps = steps_table(tally).set_index("step")
    changed = steps[["n_documents_changed", "n_characters_changed"]]
    assert changed.loc["줄바꿈 통일"].tolist() == [1, 2]
    assert changed.loc["보이지 않는 문자 삭제"].tolist() == [1, 1]
    assert changed.loc["개인정보 가리기"].tolist() == [0, 0]
    assert steps.loc["붙은 문장 띄우기", "example"] == "열었다.그는 → 열었다. 그는"
    again = {}
    assert [clean_text(text, again) for text in cleaned] == cleaned and not again


# --- repeated lines ----------------------------------------------------------------------

WORDS = "창업 지원 계획 지역 기업 투자 공간 교육 상담 판로 연구소 대학 특구 펀드 실증".split()
HEADER = ["나루신문 누리집", "기사 크게 보기"]
FOOTER = ["구독과 후원", "저작권자 나루신문. 다시 싣지 마세요.", "회사 소개 | 찾아오는 길"]


def articles(n, n_paragraphs=4, seed=5):
    rng = random.Random(seed)

    def paragraph():
        return " ".join(rng.choices(WORDS, k=14)) + f" {rng.randrange(10**6)}건을 밝혔다."

    return [[paragraph() for _ in range(n_paragraphs)] for _ in range(n)]


def pages(bodies, header=HEADER, footer=FOOTER, **more):
    texts = ["\n".join([*header, *body, *footer]) for body in bodies]
    table = {"publisher": "나루", "title": "", "text": texts, "source_file": "글.jsonl"}
    return pd.DataFrame(table | {"genre": "news", "text_kind": "full"} | more)


def joined(bodies):
    return ["\n".join(body) for body in bodies]


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.integers(5, 40), st.integers(2, 6))
def test_planted_lines_go_and_every_other_line_stays(seed, n, n_paragraphs):
    bodies = articles(n, n_paragraphs, seed)
    kept, removed, emptied = drop_repeated_lines(pages(bodies))
    assert kept["text"].tolist() == joined(bodies)
    assert kept["text_sha256"].tolist() == [text_sha256(text) for text in joined(bodies)]
    assert removed["n_lines"].tolist() == [n * len(HEADER + FOOTER)] and emptied.empty


def test_lines_are_learnt_by_publisher_and_not_from_copies():
    site = [f"글 {i}이다.\n누리집 안내 글" for i in range(12)]
    copies = ["같은 보도자료다.\n본문이다."] * 30
    publishers = ["나루"] * 12 + ["다온"] * 30 + [""] * 12
    documents = pd.DataFrame({"publisher": publishers, "text": site + copies + site})
    documents = documents.assign(title="", source_file="글.csv", genre="news", text_kind="full")
    before = documents.copy()
    kept, removed, _ = drop_repeated_lines(documents)
    assert kept["text"].tolist() == [f"글 {i}이다." for i in range(12)] + copies + site
    assert removed.values.tolist() == [["나루", clean.RULE, 12, "누리집 안내 글"]]
    pd.testing.assert_frame_equal(documents, before)


def test_few_pages_and_rare_lines_teach_nothing():
    assert repeated_lines(pages(articles(4))).empty
    many = pages(articles(100), header=[], footer=[])
    many.loc[:8, "text"] += "\n가끔 나오는 줄"
    assert repeated_lines(many).empty
    many.loc[9:9, "text"] += "\n가끔 나오는 줄"
    assert repeated_lines(many)["line"].tolist() == ["가끔 나오는 줄"]


@pytest.mark.parametrize("changed", [0, 1])
def test_a_release_copied_within_one_publisher_keeps_its_body(changed):
    """Even when each copy changes a line: only texts that say something of their own count."""
    (release,) = articles(1, 10, seed=6)
    last = articles(50, 1, seed=7)
    copies = [release[:9] + (own if changed else release[9:]) for own in last]
    kept, _, _ = drop_repeated_lines(pages([*articles(60), *copies]))
    assert kept["text"].tolist()[60:] == joined(copies)


def test_subheadings_dates_and_greetings_stay():
    parts = zip(articles(20, 1), articles(20, 1, seed=6), strict=True)
    above, below = ["존경하는 시민 여러분!", "□ 추진 배경"], ["2019. 3. 5.", "감사합니다."]
    bodies = [[*above, *one, "기대 효과", *other, *below] for one, other in parts]
    kept, removed, _ = drop_repeated_lines(pages(bodies, header=[]))
    assert kept["text"].tolist() == joined(bodies)
    assert removed["n_lines"].item() == 20 * len(FOOTER)


@pytest.mark.parametrize(
    "kind", [{"genre": "speech"}, {"genre": "chronicle"}, {"text_kind": "keywords"}]
)
def test_speeches_chronicles_and_keywords_are_never_touched(kind):
    usual = {"genre": "news", "text_kind": "full"}
    untouched = pages(articles(20), **(usual | kind))
    mixed = pd.concat([untouched, pages(articles(20, seed=6), **usual)], ignore_index=True)
    kept, _, _ = drop_repeated_lines(mixed)
    assert kept["text"].tolist()[:20] == untouched["text"].tolist()
    assert not kept["text"][20:].str.contains("구독과 후원").any()


CITED = [
    "(『담화집』 3, 공보실, 1959)",
    " (김편집 편, 『훈화록』, 문화협회, 1950)",
    "(『주보』 45) (『담화집",
]
CITED += [f"\n( 담화집 , 공보처, 195{n})" for n in range(5)]
CITED += [f" (회견일자 : 1979. 1. {n})." for n in range(5)]
OWN = ["(감사합니다).", " 감사합니다.", "(『논어』에 나오는 말입니다)", "(안녕히 계십시오. 또 만납시다.)", "(1)",
       "(서울, 부산, 2곳)", "(예산 10억 원, 국비, 2019)", "(마감: 2019. 3. 31)", "(『담화집』 3) 을 읽었다."]  # fmt: skip


def test_what_a_collector_notes_behind_a_text_is_cut_and_counted_and_nothing_else():
    said = ["나라를 세웁시다." + behind for behind in [*CITED, *OWN]] + [CITED[0]]
    speeches = clean_documents(pd.DataFrame({"title": "", "text": said}))
    kept, removed = drop_citations(speeches.assign(publisher=["가", *"나" * (len(said) - 1)]))
    assert kept["text"].tolist() == ["나라를 세웁시다."] * len(CITED) + said[len(CITED) :]
    assert kept["text_sha256"].tolist() == [text_sha256(text) for text in kept["text"]]
    assert removed[["publisher", "n_lines"]].values.tolist() == [["가", 1], ["나", 12]]
    assert removed["example"].tolist() == [CITED[0], CITED[1].strip()]
    assert drop_citations(kept)[1].empty


def test_a_page_of_nothing_but_repeated_lines_is_a_reject_with_a_reason():
    kept, _, emptied = drop_repeated_lines(pages([*articles(10), []]))
    assert len(kept) == 10 and emptied["source_file"].tolist() == ["글.jsonl"]
    assert "본문이 없습니다" in emptied["reason"].item()


def test_the_title_may_stand_above_a_header():
    titles = [f"소식 {i}" for i in range(10)]
    bodies = [[title, HEADER[1], *body] for title, body in zip(titles, articles(10), strict=True)]
    found = repeated_lines(pages(bodies, header=[], footer=[], title=titles))
    assert found["line"].tolist() == [HEADER[1]]


def test_copies_under_other_titles_count_once():
    bodies = articles(5)
    copied = pages([*bodies[:4], bodies[0], bodies[0]], title=[f"제목 {i}" for i in range(6)])
    assert repeated_lines(copied).empty
    assert len(repeated_lines(pages(bodies))) == len(HEADER + FOOTER)


@pytest.mark.parametrize(("n", "is_taken"), [(5, False), (8, True)])
def test_a_sentence_in_the_style_of_articles_is_taken_only_from_half_of_the_texts(n, is_taken):
    closing = "지원 대상은 누리집에서 다음 달까지 모집한다."
    texts = [f"글 {i}번째 소식을 시가 전했다." + f"\n{closing}" * (i < n) for i in range(12)]
    found = repeated_lines(pages([[text] for text in texts], header=[], footer=[]))
    assert found["line"].tolist() == [closing] * is_taken


# --- families ----------------------------------------------------------------------------

SYLLABLES = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호"


def words(n, seed):
    rng = random.Random(seed)
    return ["".join(rng.choices(SYLLABLES, k=3)) for _ in range(n)]


def documents_of(*texts, dates=None):
    ids = [f"d{i:02}" for i in range(len(texts))]
    frame = pd.DataFrame({"doc_id": ids, "text": texts}, dtype="str")
    return frame if dates is None else frame.assign(date=pd.to_datetime(dates))


def families_of(documents, **options):
    return find_families(documents, **options)["family_id"].tolist()


def test_exact_copies_share_the_smallest_id_whatever_spaces_and_marks():
    text = " ".join(words(20, 1))
    documents = documents_of("다른 글이다", text, text.replace(" ", "\n") + "!", text)
    assert families_of(documents) == ["d00", "d01", "d01", "d01"]
    pairs = near_duplicate_pairs(documents).to_numpy().tolist()
    assert pairs == [["d01", "d02", 1.0], ["d01", "d03", 1.0]]


@pytest.mark.parametrize("n_words", [60, 133, 400])
def test_a_text_with_one_word_changed_is_of_the_family(n_words):
    text = words(n_words, 2)
    edited = [*text[:30], "바꾼말", *text[31:]]
    other = words(n_words, 3)
    assert families_of(documents_of(*map(" ".join, (text, edited, other)))) == ["d00", "d00", "d02"]


def test_similarity_is_that_of_the_shingles():
    # 8 letters have 4 shingles; the changed last letter spoils one of them: 3 of 5 are shared.
    documents = documents_of("가나다라마바사아", "가나다라마바사자")
    pairs = near_duplicate_pairs(documents, threshold=0.5)
    assert pairs.to_numpy().tolist() == [["d00", "d01", 0.6]]
    assert near_duplicate_pairs(documents).empty


@pytest.mark.parametrize("shorter", [385, 398, 400, 401, 404])
def test_a_copy_on_the_other_side_of_the_sampling_limit_is_found(shorter):
    text = "".join(words(140, 4))
    assert families_of(documents_of(text[: shorter + 4], text[: shorter + 12])) == ["d00", "d00"]


def test_short_and_empty_texts():
    documents = documents_of("", "가", "", "가", "가나", "!!", "가나다라마", "가나다라바")
    assert families_of(documents) == ["d00", "d01", "d02", "d01", "d04", "d05", "d06", "d07"]
    for options in ({}, {"window_days": 3}):
        assert families_of(documents_of(dates=[]), **options) == []


def test_similarity_is_chained_and_order_does_not_matter():
    text = words(100, 7)
    documents = documents_of(*(" ".join(text[at : at + 80]) for at in (0, 5, 10)))
    pairs = near_duplicate_pairs(documents, threshold=0.85)[["doc_id_a", "doc_id_b"]]
    assert pairs.to_numpy().tolist() == [["d00", "d01"], ["d01", "d02"]]
    assert families_of(documents, threshold=0.85) == ["d00"] * 3
    assert families_of(documents[::-1], threshold=0.85) == ["d00"] * 3
    assert families_of(documents.iloc[[0, 2]], threshold=0.85) == ["d00", "d02"]


@settings(max_examples=20)
@given(
    st.lists(st.text(st.sampled_from("가나다 "), max_size=16), min_size=2, max_size=7, unique=True),
    st.sampled_from([0.6, 0.8, 1.0]),
)
def test_pairs_are_truly_alike_and_no_copy_is_lost(texts, threshold):
    """Against the Jaccard similarity of sets of 5-grams, all pairs, no hashing."""
    documents = documents_of(*texts)
    found = near_duplicate_pairs(documents, threshold=threshold)
    squeezed = {f"d{i:02}": text.replace(" ", "") for i, text in enumerate(texts)}
    grams = {d: {t[i : i + 5] for i in range(max(1, len(t) - 4))} for d, t in squeezed.items()}
    for a, b, similarity in found.itertuples(index=False):
        exact = len(grams[a] & grams[b]) / len(grams[a] | grams[b])
        assert similarity == pytest.approx(exact) and exact >= threshold
    family = find_families(documents, threshold=threshold).set_index("doc_id")["family_id"]
    for a, text in squeezed.items():
        assert all(family[a] == family[b] for b, other in squeezed.items() if text == other != "")


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["2020-01-01", "2020-01-08"], ["d00", "d00"]),  # seven days apart still counts
        (["2020-01-01", "2020-01-09"], ["d00", "d01"]),
        (["2020-01-09", "2020-01-01"], ["d00", "d01"]),
        (["2020-01-01", "2020-01-07", "2020-01-13"], ["d00"] * 3),  # a chain of days
        # the first copy is far from both others, which are one day apart
        (["2019-01-01", "2020-01-01", "2020-01-02"], ["d00", "d01", "d01"]),
        (["2020-01-01", None], ["d00", "d00"]),  # an undated copy is linked anyway
        (["2019-01-01", "2020-01-01", None], ["d00"] * 3),
        ([None, None, None], ["d00"] * 3),
    ],
)
def test_copies_far_apart_in_time_are_families_of_their_own(dates, expected):
    documents = documents_of(*[" ".join(words(40, 9))] * len(dates), dates=dates)
    assert families_of(documents, window_days=7) == expected
    assert families_of(documents) == ["d00"] * len(dates)


def test_an_edited_reprint_joins_the_copy_of_its_own_time():
    dates = ["2019-01-01", "2020-01-01", "2020-01-03", "2019-01-02"]
    text = " ".join(words(40, 9))
    documents = documents_of(text, text, text + " 끝에붙인말", text + " 끝에붙인말", dates=dates)
    assert families_of(documents, window_days=7) == ["d00", "d01", "d01", "d00"]


def joined_by_all_pairs(documents, window_days):
    """Families by comparing sets of 5-grams of all pairs, and relabelling again and again."""
    letters = ["".join(c for c in text if c.isalnum()) for text in documents["text"]]
    grams = [{t[i : i + 5] for i in range(max(1, len(t) - 4))} for t in letters]
    days = ((documents["date"] - pd.Timestamp("2020-01-01")) / pd.Timedelta(days=1)).tolist()
    n = len(documents)
    links = [
        (i, j)
        for i in range(n)
        for j in range(i)
        if letters[i] and letters[j]
        and len(grams[i] & grams[j]) / len(grams[i] | grams[j]) >= 0.8
        and not abs(days[i] - days[j]) > window_days
    ]  # fmt: skip
    family = list(range(n))
    for _ in family:
        for i, j in links:
            family[i] = family[j] = min(family[i], family[j])
    return [f"d{i:02}" for i in family]


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.none() | st.integers(0, 9)), min_size=1, max_size=9)
)
def test_windows_equal_all_pairs_compared(chosen):
    base = " ".join(words(40, 10))
    texts = [base, base + " 붙인말", " ".join(words(40, 11)), ""]
    start = pd.Timestamp("2020-01-01")
    dates = [pd.NaT if day is None else start + pd.Timedelta(days=day) for _, day in chosen]
    documents = documents_of(*(texts[kind] for kind, _ in chosen), dates=dates)
    assert families_of(documents, window_days=2) == joined_by_all_pairs(documents, 2)


@pytest.mark.parametrize(("written", "name"), CASES["publishers"])
def test_spellings_and_offices_are_one_publisher(written, name):
    documents, step = clean.fold_publishers(pd.DataFrame({"publisher": [written]}))
    assert documents["publisher"].tolist() == [name]
    assert step["n_documents_changed"].item() == (written != name)
    again, step = clean.fold_publishers(documents)
    assert again.equals(documents) and step["example"].item() == ""


def test_a_researcher_edits_the_table_of_publishers(tmp_path, monkeypatch):
    monkeypatch.setattr(clean, "REFERENCE", tmp_path)
    table = tmp_path / "publishers.csv"
    table.write_text("publisher,names,offices\n갑,갑신문;甲,\n을,,yes\n", "utf-8")
    written = pd.DataFrame({"publisher": ["갑신문", "甲", "을 어떤과", "을어떤과", "한겨레신문"]})
    found, step = clean.fold_publishers(written)
    assert found["publisher"].tolist() == ["갑", "갑", "을", "을어떤과", "한겨레신문"]
    assert step["example"].item() == "갑신문 → 갑"


def test_no_spelling_of_a_publisher_is_anothers():
    table = pd.read_csv(clean.REFERENCE / "publishers.csv", dtype=str, keep_default_na=False)
    forms = [
        form
        for row in table.itertuples()
        for form in {*map(clean._plain, filter(None, (row.publisher, *row.names.split(";"))))}
    ]
    assert len(forms) == len(set(forms)), [form for form in forms if forms.count(form) > 1]
    assert set(table["offices"]) == {"", "yes"}
