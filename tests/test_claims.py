"""Headline conclusions as rows, judged by hand-made runs."""

import numpy as np
import pandas as pd
import pytest

from policytext import comparison, studies
from policytext.matrix import term_matrix
from policytext.robustness import claims as c
from policytext.robustness import runs
from policytext.schema import InsufficientData
from policytext.topics import Topics


def keyness_table(**changes):
    table = pd.DataFrame(
        {
            "administration": ["가", "가", "가", "나"],
            "term": ["창업", "김갑순", "혁신", "창업"],
            "rank": [1, 2, 3, 4],
            "q": [0.01, 0.01, 0.01, 0.01],
            "log_odds": [1.0, 0.9, 0.8, -1.0],
            "log_odds_low": [0.5, 0.4, 0.3, -1.5],
            "log_odds_high": [1.5, 1.4, 1.3, -0.5],
        }
    )
    return table.assign(**changes)


def topics(numbers):
    documents = pd.DataFrame({"doc_id": [f"d{i}" for i in range(len(numbers))], "topic": numbers})
    found = sorted(set(numbers) - {0})
    terms = pd.DataFrame({"topic": found, "term": [f"낱말{k}" for k in found], "weight": 1.0})
    return Topics(documents, terms, np.zeros((len(numbers), 1)))


def differences(values, q=0.01, a="가", b="나"):
    return pd.DataFrame(
        {
            "administration_a": a,
            "administration_b": b,
            "topic": range(1, len(values) + 1),
            "difference": values,
            "difference_low": np.array(values) - 0.1,
            "difference_high": np.array(values) + 0.1,
            "q": q,
        }
    )


def distances(low):
    return pd.DataFrame(
        {
            "administration_a": ["가", "나", "가", "나"],
            "administration_b": ["나", "가", "가", "나"],
            "excess": [low + 0.1] * 2 + [0.0] * 2,
            "excess_low": [low] * 2 + [0.0] * 2,
            "excess_high": [low + 0.2] * 2 + [0.0] * 2,
        }
    )


BASE = runs.Run(
    keyness_table(), differences([-0.3, 0.2]), distances(0.05), topics([1, 1, 1, 2, 2, 2])
)


@pytest.fixture
def claims():
    return c.headline_claims(BASE, ["가", "나"], excluded=frozenset({"김갑순"}))


def test_claims_say_what_the_tables_say(claims):
    assert claims["claim"].tolist() == [
        "‘창업’은 가 때 두드러진 말이다",
        "‘혁신’은 가 때 두드러진 말이다",
        "주제 ‘낱말1’은 가 때보다 나 때 많다",
        "가–나의 말은 한 정부 안의 차이보다 멀다",
    ]
    assert claims["kind"].tolist() == ["term", "term", "topic", "distance"]


@pytest.mark.parametrize(
    "change", [{"q": 0.05}, {"rank": 21}, {"log_odds": -0.1}], ids=["q", "rank", "sign"]
)
def test_no_claim_without_evidence(change):
    run = runs.Run(
        keyness_table(**change), differences([-0.3], q=0.2), distances(-0.01), topics([1, 1])
    )
    assert c.headline_claims(run, ["가", "나"]).empty


def test_a_run_bears_itself_out(claims):
    judged = c.judge(claims, BASE, BASE)
    assert judged["status"].tolist() == ["holds"] * 4
    # Read in the direction of the claim: 나 has more of topic 1.
    assert judged["estimate"].round(2).tolist() == [1.0, 0.8, 0.3, 0.15]
    assert judged["low"].round(2).tolist() == [0.5, 0.3, 0.2, 0.05]


def test_other_runs_fail_or_are_silent(claims):
    fewer = keyness_table(q=[0.2, 0.01, 0.01, 0.01]).iloc[[0, 1, 3]]
    run = runs.Run(fewer, differences([0.3, -0.2]), distances(-0.05), BASE.topics)
    assert c.judge(claims, BASE, run)["status"].tolist() == ["fails", "absent", "fails", "fails"]
    empty = runs.Run(fewer[:0], pd.DataFrame(), pd.DataFrame(), None)
    assert set(c.judge(claims, BASE, empty)["status"]) == {"absent"}


def test_a_topic_is_known_by_its_documents(claims):
    """Numbers may be exchanged between two fits; documents cannot."""
    swapped = topics([2, 2, 2, 1, 1, 1])
    run = runs.Run(BASE.keyness, differences([0.2, -0.3]), BASE.distances, swapped)
    topic = c.judge(claims, BASE, run).set_index("kind").loc["topic"]
    assert (topic["status"], round(topic["estimate"], 2)) == ("holds", 0.3)
    # One of three documents is just a third; one of four in all is not enough.
    scattered = topics([1, 2, 3, 4, 5, 6])
    run = runs.Run(BASE.keyness, differences([-0.3] * 6), BASE.distances, scattered)
    assert c.judge(claims, BASE, run).set_index("kind").loc["topic", "status"] == "holds"
    scattered = topics([1, 2, 3, 1, 2, 3])
    run = runs.Run(BASE.keyness, differences([-0.3] * 3), BASE.distances, scattered)
    assert c.judge(claims, BASE, run).set_index("kind").loc["topic", "status"] == "absent"


def test_agreement_counts_by_hand(claims):
    judged = pd.DataFrame(
        {
            "claim": ["a", "a", "a", "b", "b"],
            "kind": "term",
            "run": ["x", "y", "z", "x", "y"],
            "status": ["holds", "fails", "fails", "absent", "absent"],
            "estimate": [0.1, 0.4, 0.3, np.nan, np.nan],
        }
    )
    a, b = c.agreement(judged, "run").itertuples()
    assert (a.n_holds, a.n_fails, a.n_absent, a.weakest) == (1, 2, 0, "z")
    assert a.share_holds == pytest.approx(1 / 3)
    assert (a.estimate_min, a.estimate_max) == (0.1, 0.4)
    assert pd.isna(b.share_holds) and pd.isna(b.weakest)


@pytest.fixture(scope="module")
def small():
    """Two governments of 30 documents, each with a word of its own."""
    rng = np.random.default_rng(0)
    rows = [
        (f"d{i:02}", term)
        for i in range(60)
        for term in [*rng.choice(list("ㄱㄴㄷㄹㅁ"), 20), *["나무" if i < 30 else "바다"] * 5]
    ]
    tokens = pd.DataFrame(rows, columns=["doc_id", "term"]).assign(tag="NNG")
    documents = pd.DataFrame(
        {
            "doc_id": [f"d{i:02}" for i in reversed(range(60))],
            "administration": ["나"] * 30 + ["가"] * 30,
            "family_id": [f"f{i}" for i in range(60)],
        }
    )
    return documents, tokens


OPTIONS = {
    "min_df": 2, "min_families": 20, "strata": "", "n_permutations": 300, "n_boot": 50,
    "random_state": 0, "topic_min_df": 2, "topic_max_df": 0.9, "n_topics": 2, "families": True,
}  # fmt: skip


def test_measure_is_the_comparison_itself(small):
    documents, tokens = small
    run = runs.measure(documents, tokens, OPTIONS)
    matrix = term_matrix(tokens, min_df=2, max_df=1.0)
    rows = documents.set_index("doc_id").loc[matrix.doc_ids]
    expected = comparison.keyness(
        matrix, rows["administration"], families=rows["family_id"], n_permutations=300, n_boot=50
    )
    pd.testing.assert_frame_equal(run.keyness, expected)
    found = c.headline_claims(run, ["가", "나"])
    assert "‘나무’는 가 때 두드러진 말이다" in set(found["claim"])
    assert set(c.judge(found, run, run)["status"]) == {"holds"}


def test_measure_stratifies_by_the_column_or_the_option(small):
    documents, tokens = small
    kinds = documents.assign(kind=["a", "b"] * 30)
    by_option = runs.measure(kinds, tokens, OPTIONS | {"strata": "kind", "n_topics": 0})
    by_column = runs.measure(
        kinds.rename(columns={"kind": "stratum"}), tokens, OPTIONS | {"n_topics": 0}
    )
    assert set(by_option.keyness["n_strata"]) == {2}
    pd.testing.assert_frame_equal(by_option.keyness, by_column.keyness)
    assert by_option.topics is None and by_option.differences.empty


def test_copies_count_once_unless_told_otherwise(small):
    documents, tokens = small
    # 29 of the 30 documents of one government are copies: with the last, two families.
    copies = documents.assign(family_id=documents["family_id"].mask(documents.index < 29, "same"))
    n_once = []
    for families in (True, False):
        run = runs.measure(copies, tokens, OPTIONS | {"n_topics": 0, "families": families})
        rows = run.keyness.set_index(["administration", "term"])
        n_once.append(rows.loc[("나", "바다"), "n_once"])
    assert n_once == [2 * 5, 30 * 5]


def test_one_government_cannot_be_measured(small):
    documents, tokens = small
    with pytest.raises(InsufficientData):
        runs.measure(documents.assign(administration="가"), tokens, OPTIONS)


def test_run_options_repeat_the_study():
    study = studies.read_study("innovation-centers")
    options = runs.run_options(study, 5)
    assert options.keys() == OPTIONS.keys()
    assert options["min_df"] == study.comparison["min_df"]
