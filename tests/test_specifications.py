"""The grid of choices, and tokens chosen as the corpus chooses them."""

import dataclasses

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policytext import corpus, morphology, studies
from policytext.robustness import claims as c
from policytext.robustness import runs
from policytext.robustness import specifications as s

CHOICES = {"analyser": ["mecab", "kiwi"], "min_df": [5, 2, 10], "lexicon": [True, False]}


@given(st.dictionaries(st.sampled_from("abcde"), st.integers(1, 4), min_size=1), st.integers(0, 60))
def test_base_first_then_single_departures_no_row_twice(sizes, n):
    choices = {name: list(range(size)) for name, size in sizes.items()}
    grid = s.specifications(choices, n, random_state=1)
    values = grid[list(choices)]
    assert grid["specification"].tolist() == list(range(len(grid)))
    assert (values.iloc[0] == 0).all() and not values.duplicated().any()
    n_single = sum(sizes.values()) - len(sizes)
    assert ((values.iloc[1 : 1 + n_single] != 0).sum(axis=1) == 1).all()
    total = values.shape[0]
    n_full = 1
    for size in sizes.values():
        n_full *= size
    assert total == min(max(n, 1 + n_single), n_full)


def test_the_draw_is_seeded():
    one, same, other = (s.specifications(CHOICES, 8, random_state=seed) for seed in (0, 0, 1))
    assert one.equals(same) and not one.equals(other)


def test_choices_begin_with_the_study():
    study = studies.read_study("innovation-centers")
    found = s.choices(study, 8)
    assert found["min_df"] == [4, 2, 5, 10]
    assert found["n_topics"] == [8, 6, 10]
    assert s.choices(study, 4)["n_topics"] == [4, 5]
    assert s.choices(study, 0)["n_topics"] == [0]
    assert found["analyser"][0] == "mecab"


def test_departures_are_named_in_korean():
    base = {"analyser": "mecab", "stopwords": True, "families": True, "n_topics": 5}
    changed = base | {"stopwords": False, "families": False, "n_topics": 4}
    assert s.describe(changed, base) == "불용어 안 뺌, 베낀 글 글마다 셈, 주제 수 4"
    assert s.describe(base, base) == ""


def test_base_tokens_are_those_of_the_corpus(tmp_path, monkeypatch):
    monkeypatch.setattr(studies, "PROCESSED", tmp_path)
    study = studies.read_study("innovation-centers")
    texts = ["AI 창업을 돕는 창조경제혁신센터가 서울에 것을 열었다", "꿈을 가진 청년의 간 창업"]
    documents = pd.DataFrame({"doc_id": ["a", "b"], "text": texts})
    raw = morphology.tokenize(documents, lexicon=corpus.study_lexicon(study))
    row = {"parts": s.ALL_NOUNS, "stopwords": True, "min_syllables": 2}
    found = s.chosen_tokens(raw, row)
    assert found["term"].tolist() == corpus.load_tokens(study, documents)["term"].tolist()
    assert "꿈" in s.chosen_tokens(raw, row | {"min_syllables": 1})["term"].tolist()
    long = s.chosen_tokens(raw, row | {"min_syllables": 99})["term"].tolist()
    assert long == ["창조경제혁신센터"]  # what the lexicon names stays, however short
    common = s.chosen_tokens(raw, row | {"parts": s.COMMON_NOUNS})["term"].tolist()
    assert {"AI", "서울"}.isdisjoint(common) and "창조경제혁신센터" in common


def test_curve_of_a_small_corpus(tmp_path, monkeypatch):
    monkeypatch.setattr(studies, "PROCESSED", tmp_path)
    study = studies.read_study("innovation-centers")
    texts = ["창업 기업이 투자를 받았다. 창조경제 박람회"] * 8 + [
        "규제 특구가 실증을 했다. 창업"
    ] * 8
    documents = pd.DataFrame(
        {
            "doc_id": [f"d{i:02}" for i in range(16)],
            "text": [f"{text} {number}" for number, text in enumerate(texts)],
            "administration": ["가"] * 8 + ["나"] * 8,
            "family_id": [f"f{i}" for i in range(16)],
        }
    )
    study = dataclasses.replace(study, comparison=study.comparison | {"min_families": 5})
    options = runs.run_options(study, 0) | {"n_permutations": 100, "n_boot": 20}
    tokens = corpus.load_tokens(study, documents)
    base = runs.measure(documents, tokens, options)
    claims = c.headline_claims(base, ["가", "나"])
    assert "‘창조경제’는 가 때 두드러진 말이다" in set(claims["claim"])
    choices = {**s.choices(study, 0), "analyser": ["mecab"], "min_df": [4, 9]}
    grid = s.specifications(choices, 0)
    curve = s.specification_curve(documents, study, claims, base, grid, options)
    assert len(curve) == len(grid) * len(claims)
    own = curve[curve["specification"] == 0]
    assert (own["status"] == "holds").all() and (own["choices"] == "").all()
    compound = curve[curve["claim"] == "‘창조경제’는 가 때 두드러진 말이다"]
    without = compound[~compound["lexicon"]]
    assert set(without["status"]) == {"absent"}
    assert set(compound.loc[compound["min_df"] == 9, "status"]) == {"absent"}
    pd.testing.assert_frame_equal(
        curve, s.specification_curve(documents, study, claims, base, grid, options)
    )


def test_most_deviant_is_where_most_fails():
    curve = pd.DataFrame(
        {
            "specification": [0, 0, 1, 1, 2, 2],
            "choices": ["", "", "가", "가", "나", "나"],
            "status": ["holds", "holds", "fails", "absent", "fails", "holds"],
        }
    )
    found = s.most_deviant(curve)
    assert (found["choices"], found["n_holds"], found["n_fails"]) == ("가", 0, 1)


@pytest.mark.parametrize("missing", [True, False])
def test_kiwi_is_optional(monkeypatch, missing):
    monkeypatch.setattr(s.importlib.util, "find_spec", lambda name: None if missing else object())
    assert s._installed(["mecab", "kiwi"]) == (["mecab"] if missing else ["mecab", "kiwi"])
