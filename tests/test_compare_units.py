"""Families as units: alignment, permutations, intervals and shares, by hand and by other means."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import matrix_of
from scipy import sparse
from scipy.stats import binomtest, false_discovery_control

from policytext.compare import permutations, proportions
from policytext.compare import units as u
from policytext.faults import InsufficientData, PolicyTextError
from policytext.words.counts import TermMatrix


def topics_of(topic):
    return pd.DataFrame({"doc_id": [f"d{i:04}" for i in range(len(topic))], "topic": topic})


def relabelled(units, n):
    """All permutations side by side, without the labels as they are."""
    return np.concatenate(
        [*permutations.permuted_groups(units, n, np.random.default_rng(0), n_scored=1)][1:], axis=1
    )


# --- labels and documents ----------------------------------------------------------------


@pytest.mark.parametrize("labels", [
    ["가", None, "나"],
    np.array(["가", None, "나"], dtype=object),
    pd.Series(["가", pd.NA, "나"]),
    pd.Series({"c": "나", "b": float("nan"), "a": "가", "z": "다"}),
    pd.Series({"c": "나", "b": None, "a": "가"}, dtype="category"),
])  # fmt: skip
def test_labels_are_put_in_the_order_of_the_documents(labels):
    assert u.aligned(labels, ["a", "b", "c"], "groups").tolist() == ["가", None, "나"]


def test_numbers_of_documents_are_no_places():
    names = [*map(str, range(11))]
    read, sorted_as_text = pd.Series(names), sorted(names)  # 0, 1, 10, 2, …
    for labels in (read.rename_axis("doc_id"), dict(enumerate(names)), sorted_as_text):
        assert u.aligned(labels, sorted_as_text, "groups").tolist() == sorted_as_text
    with pytest.raises(PolicyTextError, match="'groups'의 색인"):
        u.aligned(read, sorted_as_text, "groups")
    assert u.aligned(read, [f"d{name}" for name in names], "groups").tolist() == names


def test_documents_without_a_family_or_a_group_are_not_one():
    matrix = TermMatrix(sparse.csr_matrix(np.eye(4, dtype=int)), list("abcd"), list("가나다라"))
    units = u.family_units(matrix, ["갑", "갑", "을", ""], ["", "", "", ""])
    assert units.groups == ["갑", "을"] and units.n_families == 3


@pytest.mark.parametrize(("labels", "message"), [
    (["가", "나"], "길이"),
    (pd.Series({"a": "가", "b": "나"}), "doc_id"),
    (pd.Series(["가", "나", "나"], index=[2, 1, 0]), "doc_id"),
    (pd.Series(["가", "나", "나", "다"], index=list("abca")), "doc_id"),
])  # fmt: skip
def test_labels_of_other_documents_are_refused(labels, message):
    with pytest.raises(PolicyTextError, match=f"'families'.*{message}"):
        u.aligned(labels, ["a", "b", "c"], "families")


@pytest.mark.parametrize(("groups", "strata", "message"), [
    (["가"] * 3, None, "2개 이상"),
    ([None] * 3, None, "없음"),
    (["가", "나", "나"], ["x", None, "x"], "종류를 모르는 글이 1건"),
])  # fmt: skip
def test_unusable_labels_are_refused_in_korean(groups, strata, message):
    with pytest.raises(PolicyTextError, match=message):
        u.family_units(matrix_of(np.ones((3, 2))), groups, strata=strata)


def test_a_family_moves_as_one_and_one_in_two_groups_stays():
    groups = ["가", "가", "가", "나", "나", "나", "가", "나"]
    families = ["f", "f", "g", "h", "i", "j", "both", "both"]
    units = u.family_units(matrix_of(np.arange(1, 9)[:, None]), groups, families)
    assert [units.groups[g] for g in units.group] == ["가", "가", "나", "나", "나", "가", "나"]
    assert units.counts.toarray().ravel().tolist() == [1.5, 3, 4, 5, 6, 7, 8]
    moved = relabelled(units, 400)
    assert (moved[5:] == units.group[5:, None]).all()
    assert (np.sort(moved[:5], axis=0) == np.array([0, 0, 1, 1, 1])[:, None]).all()
    assert moved[0].mean() == pytest.approx(0.6, abs=0.1)


def test_labels_move_inside_strata_only():
    strata, groups = ["연설"] * 6 + ["보도"] * 6, ["가"] * 5 + ["나"] + ["가"] + ["나"] * 5
    units = u.family_units(matrix_of(np.ones((12, 1))), groups, strata=strata)
    moved = relabelled(units, 200)
    speech = units.stratum == units.strata.index("연설")
    assert (moved[speech].sum(axis=0) == 1).all() and (moved[~speech].sum(axis=0) == 5).all()


def test_what_is_drawn_does_not_depend_on_the_blocks_it_is_drawn_in(monkeypatch):
    strata, groups = ["연설", "보도"] * 15, ["가"] * 10 + ["나"] * 20
    units = u.family_units(matrix_of(np.arange(30)[:, None]), groups, strata=strata)
    whole = relabelled(units, 25), proportions._resampled(units, 25, np.random.default_rng(0))
    monkeypatch.setattr(permutations, "_LEAST", 1)
    monkeypatch.setattr(permutations, "HELD", 7 * 30)
    blocks = permutations.permuted_groups(units, 25, np.random.default_rng(0), n_scored=1)
    assert [block.shape[1] for block in blocks] == [1, 7, 7, 7, 4]
    assert (relabelled(units, 25) == whole[0]).all()
    assert proportions._resampled(units, 25, np.random.default_rng(0)) == pytest.approx(
        whole[1], rel=1e-12
    )


@pytest.mark.parametrize("least, expected", [(5, "occasion"), (6, "")])
def test_a_stratum_is_usable_when_two_kinds_meet_in_two_groups(least, expected):
    documents = pd.DataFrame(
        {
            "administration": ["가", "나"] * 10,
            "family_id": [f"f{n}" for n in range(20)],
            "genre": "speech",
            "occasion": ["회의", "회의", "축사", "축사"] * 5,
        }
    )
    assert u.usable_stratum(documents, min_families=least) == expected
    assert u.usable_stratum(documents.assign(occasion=["회의", "축사"] * 10)) == ""
    assert u.usable_stratum(documents.assign(family_id="f0")) == ""
    assert u.usable_stratum(documents.drop(columns="occasion")) == ""
    assert u.usable_stratum(documents.assign(genre=documents["occasion"])) == "genre"


# --- intervals and p ---------------------------------------------------------------------


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_exact_interval_is_scipys(k, misses):
    n = max(k + misses, 1)
    low, high = u.exact_interval(k, n)
    expected = binomtest(k, n).proportion_ci(method="exact")
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-7)


def test_tail_p_is_uniform_for_exchangeable_values_of_mixed_tails():
    rng = np.random.default_rng(0)
    values = rng.standard_t(np.tile([3, 10, 100], 4000)[:, None], size=(12_000, 301))
    p = permutations.tail_p(values[:, 0], values[:, 1:])
    for level in (0.5, 0.1, 0.01, 0.001):
        n_expected = 12_000 * level
        assert abs((p <= level).sum() - n_expected) < 4 * math.sqrt(n_expected)
    assert p.min() < 1 / 301  # resolution beyond one row's permutations
    assert (permutations.tail_p(values[:, 0], values[:, :0]) == 1).all()


# --- shares of topics ----------------------------------------------------------------------


def test_shares_count_each_family_once():
    table = proportions.shares(
        topics_of([1, 1, 1, 2, 2]), list("가가가가나"), families=list("fffgh")
    )
    assert table["n"].tolist() == [3, 1, 0, 1]
    assert table["share"].tolist() == [0.5, 0.5, 0, 1]
    # one family without the topic: exact bound 0.975; one family with it: 0.025
    assert table.loc[2, ["share_low", "share_high"]].tolist() == pytest.approx([0, 0.975])
    assert table.loc[3, ["share_low", "share_high"]].tolist() == pytest.approx([0.025, 1])


def test_a_share_within_kinds_weighs_each_kind_alike_in_every_government():
    """가 gives 3 회의 and 1 축사, 나 1 and 7; only 회의 have topic 1: a third of all are."""
    topics, groups = topics_of([1, 1, 1, 2, 1, *[2] * 7]), list("가가가가나나나나나나나나")
    kinds = ["회의"] * 3 + ["축사", "회의"] + ["축사"] * 7
    crude = proportions.shares(topics, groups, n_boot=10)
    assert crude["share"].tolist() == [0.75, 0.25, 0.125, 0.875]
    alike = proportions.shares(topics, groups, strata=kinds, n_boot=10)
    assert alike["share"].tolist() == pytest.approx([1 / 3, 2 / 3] * 2)
    assert alike["n"].tolist() == [3, 1, 1, 7]

    topics, groups, kinds = topics_of(topics["topic"].tolist() * 9), groups * 9, kinds * 9
    how = {"n_boot": 200, "n_permutations": 400}
    (crude, _), (within, _) = (
        proportions.share_differences(topics, groups, strata=strata, **how).itertuples()
        for strata in (None, kinds)
    )
    assert crude.difference == 0.625 and crude.q < 0.01
    # What a kind always speaks of leaves nothing for chance, either.
    assert within[4:7] == pytest.approx((0, 0, 0)) and within.q == 1


def test_the_interval_of_a_share_has_the_width_of_a_binomial():
    row = proportions.shares(topics_of([1] * 100 + [2] * 300), ["가"] * 400, n_boot=4000).iloc[0]
    half = 1.96 * math.sqrt(0.25 * 0.75 / 400)
    assert row["share_high"] - row["share"] == pytest.approx(half, rel=0.1)
    assert row["share"] - row["share_low"] == pytest.approx(half, rel=0.1)


def test_documents_without_topic_are_left_out_and_no_government_is_refused():
    assert proportions.shares(topics_of([1, None, 2]), ["가"] * 3, n_boot=10)["n"].tolist() == [
        1,
        1,
    ]
    with pytest.raises(InsufficientData, match="없음"):
        proportions.shares(topics_of([1, 2]), [None] * 2)


def test_what_is_as_large_as_the_observed_value_counts_as_reached():
    """Also where both are nothing, the one place where the slack for ties is none."""
    assert permutations.tail_p(
        np.array([0.0, 2.0]), np.tile([0.0, 2.0], (2, 50))[:, :99]
    ).tolist() == [1, 0.5]


def test_differences_find_the_topic_that_moved():
    rng = np.random.default_rng(2)
    groups = np.repeat(["가", "나", "다"], 150)
    topic = np.where(rng.random(450) < 0.3, 9, rng.integers(1, 6, 450))
    topic[:150] = np.where(rng.random(150) < 0.4, 5, rng.integers(1, 6, 150))
    table = proportions.share_differences(topics_of(topic), groups, n_boot=400, n_permutations=500)
    shares = proportions.shares(topics_of(topic), groups, n_boot=10)
    shares = shares.pivot(index="topic", columns="administration", values="share")
    for row in table.itertuples():
        by_hand = shares[row.administration_a] - shares[row.administration_b]
        assert row.difference == pytest.approx(by_hand[row.topic])
        assert row.difference_low <= row.difference <= row.difference_high
    row, size = table.iloc[0], shares.iloc[0]
    half = 1.96 * math.sqrt(sum(size[g] * (1 - size[g]) / 150 for g in "가나"))
    assert row["difference_high"] - row["difference_low"] == pytest.approx(2 * half, rel=0.15)
    assert table["q"].tolist() == pytest.approx(false_discovery_control(table["p"]))
    called = table[table["q"] < 0.05]
    assert {5, 9} <= set(called["topic"])
    assert not ((called["administration_a"] == "나") & (called["administration_b"] == "다")).any()


CONCENTRATED = {
    "nearly all of its families": (
        [1] * 30 + [2] * 30 + [3] * 15,
        ["가"] * 29 + ["나"] + ["가"] * 15 + ["나"] * 30,
        [("가", 29 / 30, 44 / 75, True), (None, 0.5, None, False), ("나", 1, 31 / 75, True)],
    ),
    "half of it is much for a small government": (
        [1] * 40 + [2] * 360,
        ["나"] * 20 + ["가"] * 380,
        [("나", 0.5, 0.05, True), ("가", 1, 0.95, True)],
    ),
    "few families are not enough": (
        [1, 1, 2, 2],
        list("가가나나"),
        [("가", 1, 0.5, False), ("나", 1, 0.5, False)],
    ),
    "all in the only one is no news": ([0] + [1] * 19, ["가"] * 20, [("가", 1, 1, False)]),
}


@pytest.mark.parametrize("case", CONCENTRATED)
def test_where_a_topic_lives(case):
    topic, groups, expected = CONCENTRATED[case]
    table = proportions.concentration(topics_of(topic), groups)
    for row, (administration, share, of_all, lives) in zip(
        table.itertuples(), expected, strict=True
    ):
        assert row.share == pytest.approx(share) and row.lives_in_one == lives
        assert row.share_low <= row.share <= row.share_high
        if administration:
            assert (row.administration, row.expected) == (administration, pytest.approx(of_all))
