"""Headlines: real ways in which a word misleads, in corpora made here; nothing where nothing is."""

import random
import re

import pandas as pd
import pytest
from corpora import THREE, drawn_alike, write_study

from policytext import corpus as corpora_module
from policytext import store
from policytext.compare import checks
from policytext.compare.distances import divergence
from policytext.compare.timeline import same_age, terms_over_time
from policytext.corpus import Corpus
from policytext.faults import PolicyTextError

NOUNS = (
    "기업 지역 대학 연구 인재 투자 산업 시장 제품 수출 공장 직원 회의 계획 예산 학교 학생 교사 병원 "
    "도로 항만 농촌 어촌 농민 바다 하늘 나무 사람 마을 도시 건물 주택 교통 철도 공항 여행 음식 문화"
).split()

pytestmark = pytest.mark.slow  # a small study's whole table of claims
SPANS = {
    "박근혜": ("2013-03-01", 1400),
    "문재인": ("2017-06-01", 1700),
    "윤석열": ("2022-06-01", 900),
}


def texts():
    """90 texts a government; each of the words above stands out, and so does 창조경제."""
    rng, rows = random.Random(0), []
    for government, (first, days) in SPANS.items():
        for number in range(90):
            date = pd.Timestamp(first) + pd.Timedelta(days=days * number // 90)
            words = [rng.choice(NOUNS) for _ in range(60)]
            publisher = f"신문{number % 3}"
            if government == "박근혜":
                words += ["창조경제"] * (2 * (number % 2))
                if number % 4 == 3:
                    publisher, words = "기업신문", words + ["중소기업"] * 5
            elif number % 9 == 0:
                words.append("중소기업")
                words += ["창조경제"] * (number % 45 == 0)
            words += [
                {"박근혜": "중소기업청", "문재인": "중기부"}.get(government, "중소벤처기업부")
            ] * 2
            words += ["행사"] * (3 * (f"{date:%Y}" == "2014"))
            if pd.Timestamp("2016-01-01") <= date < pd.Timestamp("2020-01-01"):
                words += ["박람회"] * 3
            rng.shuffle(words)
            text = "을 살폈다. ".join(words)
            if government == "윤석열":
                text = f"사랑하는 국민 여러분! {text} "
            elif number % 9 == 0:
                text += "을 살폈다. 나라 사랑을 배웠다."
            rows.append({"id": f"{government}{number:02}", "제목": f"글 {number}", "본문": text,
                         "일자": f"{date:%Y-%m-%d}", "언론사": publisher})  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    """Nothing is read from, or left in, the project's own stores."""
    folder = tmp_path_factory.mktemp("claims")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "FOLDER", folder / "store")
        patch.setattr(corpora_module, "PROCESSED", folder / "processed")
        yield folder


@pytest.fixture(scope="module")
def corpus(apart):
    return Corpus.open(write_study(apart, "misleading", texts()))


@pytest.fixture(scope="module")
def claims(corpus):
    table = checks.claims_table(corpus)
    return table[table["kind"] == "term"].set_index("term")


def test_what_all_publishers_say_in_one_government_is_a_headline(claims):
    row = claims.loc["창조경제"]
    assert row["is_headline"] and row["administration"] == "박근혜"
    assert row[["without_publisher", "common_publishers", "without_years"]].eq("같음").all()
    assert claims.index[claims["is_headline"]].tolist() == ["창조경제"]


@pytest.mark.parametrize(("term", "administration", "check", "fate"), [
    ("중소기업", "박근혜", "without_publisher", {"약해짐", "뒤집힘"}),
    ("중소기업", "박근혜", "common_publishers", {"약해짐", "뒤집힘"}),
    ("중기부", "문재인", "folded", {"약해짐", "뒤집힘"}),
    ("행사", "박근혜", "without_years", {"약해짐", "뒤집힘"}),
    ("사랑", "윤석열", "is_formula", {True}),
])  # fmt: skip
def test_what_misleads_fails_its_check(claims, term, administration, check, fate):
    row = claims.loc[term]
    assert row["administration"] == administration and row["q"] < 0.05
    assert row[check] in fate and not row["is_headline"]


def test_what_differs_as_much_at_false_boundaries_is_no_headline(claims):
    row = claims.loc["박람회"]
    assert row["q"] < 0.05 and row["n_false"] > 0 and not row["is_headline"]


def test_headlines_say_what_they_survived_and_name_nothing_else(corpus):
    result = checks.headlines(corpus)
    said = result.facts["said"]
    assert said[0].startswith("박근혜 정부는 나머지 정부보다 ‘창조경제’를 ")
    survived = "매체를 하나씩 빼도, 모든 정부에 있는 매체만 보아도, 시기를 하나씩(그 정부의 글이 절반 넘게 드는 시기는 말고) 빼도, 글의 정부를 달리 정해도 같은 결론이다."
    assert survived in said[0] and "가지(분석기 mecab)" in said[0]
    assert "하지 못한 점검: 글의 종류마다 같은 무게로 세기." in said[0]
    assert not any(word in one for one in said for word in ("중소기업", "중기부", "사랑"))


def test_a_word_that_is_not_counted_has_no_course(corpus):
    for told in (terms_over_time, same_age):
        with pytest.raises(PolicyTextError, match="낱말 가운데 ‘창조경재’가 .* ‘창조경제’입니다"):
            told(corpus, ["중소기업", "창조경재"])
    assert set(terms_over_time(corpus, "창조경제").table["series"]) == {"창조경제"}


def test_claims_give_the_numbers_of_chapter_four(corpus):
    far = checks.claims_table(corpus).query("kind == 'distance'").iloc[0]
    told = divergence(corpus).table.set_index(["administration_a", "administration_b"])
    told = told.loc[(far["administration"], far["other"])]
    assert far[["estimate", "low"]].tolist() == told[["excess", "excess_low"]].tolist()


@pytest.mark.slow
def test_words_do_not_hang_on_the_number_of_topics(corpus, monkeypatch):
    curve = checks._curve(corpus).query("kind == 'term'")
    is_own = curve["specification"] == 0
    is_other = curve["choices"].str.fullmatch(r"주제 수 \d+")
    asked = ["claim", "q", "rank"]
    pd.testing.assert_frame_equal(
        curve.loc[is_own, asked].reset_index(drop=True),
        curve.loc[is_other, asked].head(is_own.sum()).reset_index(drop=True),
    )
    monkeypatch.setattr(corpora_module, "AFFORDED", 0)
    assert corpus.n_permutations == corpus.study.robustness.n_permutations


@pytest.mark.parametrize("draw", range(5))
def test_no_headline_where_nothing_differs(apart, draw):
    rows = drawn_alike(75, THREE)
    dates = [row["일자"] for row in rows]
    random.Random(draw).shuffle(dates)
    rows = [row | {"일자": date} for row, date in zip(rows, dates, strict=True)]
    result = checks.headlines(Corpus.open(write_study(apart, f"null-{draw}", rows)))
    assert result.facts["said"] == []
    (told,) = result.facts["headlines"]
    assert re.search("견딘 것은 없다: .|차이가 없다는 증거는 아니다", told["text"])
