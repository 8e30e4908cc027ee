"""Formulas are known by how they stand: at the ends, in one phrase, in one kind of text."""

import re

import pandas as pd
import pytest

from policytext.words.formulas import find_formulas
from policytext.words.tokens import tokenize

FILLER = "정부는 지역의 기업을 돕고 대학은 인재를 기른다. " * 60
SPEECH = "사랑하는 {} 여러분! 사업을 시작한다. " + FILLER + "{} " + FILLER + "감사합니다."
PEOPLE = ["국민", "도민", "시민", "동포"]


def read(texts, kinds, terms):
    names = [f"d{number:02}" for number in range(len(texts))]
    documents = pd.DataFrame({"doc_id": names, "family_id": names, "text": texts, "genre": kinds})
    return find_formulas.__wrapped__(documents, tokenize(documents), terms).set_index("term")


@pytest.fixture(scope="module")
def found():
    loving = ["", "이웃을 사랑하고 나라 사랑을 말했다."]
    speeches = [SPEECH.format(PEOPLE[i % 4], loving[i % 5 == 0]) for i in range(20)]
    news = [FILLER + "창업 협약을 맺었다. 창업 기업이 협약을 지켰다. " + FILLER] * 60
    terms = ["사랑", "감사", "협약", "창업", "기업", "없는말"]
    return read([*speeches, *news], ["speech"] * 20 + ["news"] * 60, terms)


@pytest.mark.parametrize(("term", "why"), [
    ("사랑", "쓰임의 71%가 ‘사랑하는 … 여러분’ 꼴"),
    ("감사", "쓰임의 100%가 글의 맨 앞이나 맨 뒤"),
])  # fmt: skip
def test_salutations_and_closings_are_formulas(found, term, why):
    assert found.loc[term, "is_formula"] and found.loc[term, "why"] == why


def test_set_phrases_of_a_genre_are_formulas():
    reports = [
        FILLER + " 본고는 규제를 살핀다. " + FILLER + " 규제를 본다. 규제가 있다. " + FILLER
    ] * 20
    table = read([*reports, *[FILLER] * 60], ["report"] * 20 + ["news"] * 60, ["본고", "규제"])
    assert table.loc["본고", "why"] == "쓰임의 100%가 한 종류의 글(report)에 글마다 한 번쯤"
    assert not table.loc["규제", "is_formula"]  # what the reports are about


def test_pieces_of_longer_words_and_people_with_titles_are_no_policy():
    """유우 is always before 엔, 스나 behind what is no noun; 활성화 is a form of 활성."""
    text = "유우엔이 결의를 업섯스나 레이건 대통령과 「레이건」대통령은 서울 활성화를"
    tags = dict.fromkeys(["결의", "서울", "스나", "유우", "활성"], "NNG") | {"레이건": "NNP"}
    names = [f"d{number:02}" for number in range(20)]
    documents = pd.DataFrame({"doc_id": names, "family_id": names, "text": text})
    places = [(*at.span(), at[0], tags[at[0]]) for at in re.finditer("|".join(tags), text)]
    rows = [(name, *place) for name in names for place in places]
    tokens = pd.DataFrame(rows, columns=["doc_id", "start", "end", "term", "tag"])
    found = find_formulas.__wrapped__(documents, tokens, [*tags])
    assert found.loc[found["is_formula"], ["term", "why"]].values.tolist() == [
        ["스나", "쓰임의 100%가 ‘업섯스나’ 같은 더 긴 말의 조각"],
        ["유우", "쓰임의 100%가 ‘유우엔이’ 같은 더 긴 말의 조각"],
        ["레이건", "쓰임의 100%에 ‘대통령’ 같은 직함이 뒤따름"],
    ]


def test_policy_is_none(found):
    assert not found.loc[["창업", "기업", "협약", "없는말"], "is_formula"].any()
    assert (found.loc[["기업", "없는말"], "why"] == "").all()


def test_a_few_uses_tell_nothing():
    table = read([SPEECH.format("국민", "")] * 4, ["speech"] * 4, ["사랑"])
    assert not table["is_formula"].any()
