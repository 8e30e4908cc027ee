"""The experiments themselves: what is planted, shuffled and copied, by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from policytext.matrix import TermMatrix
from policytext.robustness import planting, proofs
from policytext.schema import InsufficientData


def matrix_of(counts):
    counts = sparse.csr_matrix(np.asarray(counts))
    n_documents, n_terms = counts.shape
    return TermMatrix(
        counts, [f"d{i:03}" for i in range(n_documents)], [f"t{i:02}" for i in range(n_terms)]
    )


@pytest.fixture(scope="module")
def noise():
    rng = np.random.default_rng(0)
    rates = rng.uniform(0.1, 0.5, 60)
    return matrix_of(rng.poisson(rates, (120, 60))), np.repeat(["가", "나", "다"], [60, 40, 20])


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("가나")), min_size=1, max_size=30))
def test_a_family_keeps_to_one_group_and_groups_keep_their_sizes(rows):
    families = [f"f{number}" for number, _ in rows]
    labels = dict(rows)
    groups = [labels[number] for number, _ in rows]
    found = planting.shuffled_groups(groups, families, np.random.default_rng(0))
    table = pd.DataFrame({"family": families, "before": groups, "after": found})
    once = table.drop_duplicates("family")
    assert (table.groupby("family")["after"].nunique() == 1).all()
    assert sorted(once["before"]) == sorted(once["after"])


def test_groups_are_dealt_out_anew():
    groups = ["가", "나"] * 30
    found = planting.shuffled_groups(groups, None, np.random.default_rng(0))
    assert 15 <= (found == groups).sum() <= 45


def test_plant_multiplies_there_and_nowhere_else():
    matrix = matrix_of([[1, 2, 0], [3, 0, 5]])
    found = planting.plant(matrix, np.array([False, True]), 3, [0, 1])
    assert found.counts.toarray().tolist() == [[1, 2, 0], [9, 0, 5]]
    assert matrix.counts.toarray().tolist() == [[1, 2, 0], [3, 0, 5]]
    assert np.issubdtype(found.counts.dtype, np.integer)


def test_only_terms_of_middling_frequency_are_planted():
    counts = np.zeros((100, 4), dtype=int)
    for column, n in enumerate((7, 8, 50, 51)):
        counts[:n, column] = 1
    chosen = planting.frequent_terms(matrix_of(counts), np.random.default_rng(0))
    assert sorted(chosen) == [1, 2]
    with pytest.raises(InsufficientData, match="8%에서 50% 사이"):
        planting.frequent_terms(matrix_of(counts[:, :1]), np.random.default_rng(0))


def test_null_and_planted_on_noise(noise):
    assert (proofs.null(*noise, n_draws=5, n_permutations=200)["n_called"] > 0).sum() <= 1
    table = planting.planted(*noise, times=9, n_draws=2, n_permutations=300)
    assert set(table["where"]) == {"가"} and (table["n_planted"] == 40).all()
    assert (table["precision"] > 0.8).all()
    assert (table["n_found"] <= table["n_called"] - table["n_false"]).all()


def test_groups_without_documents_stay_out(noise):
    matrix, groups = noise
    some = np.where(np.arange(120) % 5, groups, None)
    table = proofs.coverage(matrix, some, n_draws=4, n_boot=100)
    assert (table["n_intervals"] == 3 * 40).all()
    assert table["log_odds"].between(0.8, 1).all()


def test_copies_move_only_the_ranking_that_counts_them(noise):
    matrix, groups = noise
    table = proofs.copies(matrix, groups, n_copies=30, n_top=20)
    assert table["administration"].tolist() == ["가", "나", "다"]
    assert (table["n_top"] == 20).all() and (table["n_same"] == 20).all()
    assert (table["n_same_uncounted"] < 20).any()


def test_a_planted_genre_is_seen_and_stratified_away(noise):
    table = planting.planted_genre(*noise, n_draws=4)
    assert table["draw"].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    crude, stratified = (table[table["is_stratified"] == s].mean() for s in (False, True))
    assert crude["n_top_10"] >= 9
    assert stratified["n_top_10"] < crude["n_top_10"]
    assert stratified["n_called"] == 0


def test_shuffled_text_has_no_topics():
    rng = np.random.default_rng(1)
    rates = np.kron(np.eye(3), np.full((40, 12), 1.0)) + 0.05
    table = proofs.structure(matrix_of(rng.poisson(rates)), 3, n_draws=2, n_boot=5)
    assert table["is_shuffled"].tolist() == [False, True, True]
    assert table["has_structure"].tolist() == [True, False, False]


def test_experiments_repeat(noise):
    one, two = (planting.planted(*noise, n_draws=2, n_permutations=50) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
