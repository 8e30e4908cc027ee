"""What and how: an exact split of the divergence, and no difference where there is none."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.spatial.distance import jensenshannon

from policytext.comparison import decomposition
from policytext.comparison.distances import divergence
from policytext.matrix import TermMatrix
from policytext.schema import InsufficientData

counts_2_3_4 = st.lists(st.integers(0, 50), min_size=24, max_size=24).map(
    lambda values: np.array(values).reshape(2, 3, 4)
)


def matrix_of(counts):
    counts = sparse.csr_matrix(np.asarray(counts))
    doc_ids = [f"d{row:04}" for row in range(counts.shape[0])]
    return TermMatrix(counts, doc_ids, [f"말{column:02}" for column in range(counts.shape[1])])


def whole(table, part):
    return table[(table["part"] == part) & (table["topic"] == 0)].iloc[0]


@settings(max_examples=200)
@given(counts_2_3_4)
def test_the_parts_sum_to_the_joint_divergence(counts):
    a, b = counts
    if a.sum() == 0 or b.sum() == 0:
        return
    what = decomposition.what_contributions(a, b)
    how = decomposition.how_contributions(a, b)
    joint = jensenshannon(a.ravel() / a.sum(), b.ravel() / b.sum(), base=2) ** 2
    topics = jensenshannon(a.sum(axis=1) / a.sum(), b.sum(axis=1) / b.sum(), base=2) ** 2
    assert what.sum() + how.sum() == pytest.approx(joint, abs=1e-12)
    assert what.sum() == pytest.approx(topics, abs=1e-12)
    assert what.min() >= -1e-15 and how.min() >= -1e-15
    swapped = decomposition.how_contributions(b, a)
    np.testing.assert_allclose(how, swapped, atol=1e-15)


@settings(max_examples=100)
@given(counts_2_3_4)
def test_how_is_the_weighted_divergence_inside_topics(counts):
    """Lin's (1991) entropy form, H(mixture) - Σ w H, in plain loops."""
    a, b = counts
    if a.sum() == 0 or b.sum() == 0:
        return

    def entropy(shares):
        return -sum(share * np.log2(share) for share in shares if share > 0)

    how = decomposition.how_contributions(a, b).sum(axis=1)
    for topic in range(3):
        p, q = a[topic] / a.sum(), b[topic] / b.sum()
        mass = p.sum() + q.sum()
        if p.sum() == 0 or q.sum() == 0:
            assert how[topic] == pytest.approx(0, abs=1e-12)
            continue
        mixed = entropy((p + q) / mass)
        apart = (p.sum() * entropy(p / p.sum()) + q.sum() * entropy(q / q.sum())) / mass
        assert how[topic] == pytest.approx(mass / 2 * (mixed - apart), abs=1e-12)


def corpus(rng, mix, words, n=60, n_tokens=60):
    """Documents of two sides: `mix[side]` share of topic 1, `words[side][topic]` term chances."""
    rows, topics, groups = [], [], []
    for side, label in enumerate("가나"):
        for _ in range(n):
            topic = 1 if rng.random() < mix[side] else 2
            rows.append(rng.multinomial(n_tokens, words[side][topic - 1]))
            topics.append(topic)
            groups.append(label)
    return matrix_of(rows), topics, groups


def chances(rng, n_topics=2, n_terms=40):
    return rng.dirichlet(np.ones(n_terms), n_topics)


def test_without_a_difference_neither_part_exceeds_its_baseline():
    rng = np.random.default_rng(1)
    words = chances(rng)
    hits = []
    for _ in range(12):
        matrix, topics, groups = corpus(rng, (0.5, 0.5), (words, words))
        table = decomposition.decompose(matrix, topics, groups, n_draws=40)
        sums = table[table["topic"] == 0]
        hits.append((sums["excess_low"] > 0).tolist())
        assert (sums["excess"].abs() < 0.03).all()
    assert np.sum(hits) <= 2


def test_a_moved_topic_mix_is_what_and_not_how():
    rng = np.random.default_rng(2)
    words = chances(rng)
    matrix, topics, groups = corpus(rng, (0.85, 0.15), (words, words))
    table = decomposition.decompose(matrix, topics, groups, n_draws=40)
    assert whole(table, "what")["excess_low"] > 0.1
    how = whole(table, "how")
    assert abs(how["excess"]) < 0.02 and how["excess_low"] < 0 < how["excess_high"]


def test_other_words_for_one_topic_are_how_and_in_that_topic():
    rng = np.random.default_rng(3)
    words = chances(rng)
    other = np.array([words[0][::-1], words[1]])
    matrix, topics, groups = corpus(rng, (0.5, 0.5), (words, other))
    table = decomposition.decompose(matrix, topics, groups, n_draws=40)
    how = table[table["part"] == "how"].set_index("topic")
    assert how.loc[1, "excess_low"] > 0.05
    assert abs(how.loc[2, "excess"]) < 0.02
    assert whole(table, "what")["excess_low"] < 0


def test_the_full_parts_add_up_and_exceed_the_divergence_of_terms():
    rng = np.random.default_rng(4)
    matrix, topics, groups = corpus(rng, (0.7, 0.3), (chances(rng), chances(rng)), n=10)
    families = [f"f{row // 2}" for row in range(len(topics))]
    table = decomposition.decompose(matrix, topics, groups, families=families, n_draws=3)
    sums, parts = table[table["topic"] == 0], table[table["topic"] > 0]
    for column in ("bits_full", "bits", "baseline", "excess"):
        assert sums[column].sum() == pytest.approx(parts[column].sum(), abs=1e-12)
    terms_only = divergence(matrix, groups, families=families, n_draws=2)["jsd_full"].max()
    assert sums["bits_full"].sum() >= terms_only
    terms = decomposition.decomposition_terms(matrix, topics, groups, families=families)
    by_topic = terms.groupby("topic")["contribution"].sum()
    how = parts[parts["part"] == "how"].set_index("topic")["bits_full"]
    pd.testing.assert_series_equal(by_topic, how, check_names=False)


def test_documents_without_topic_are_left_out():
    matrix = matrix_of([[8, 0], [0, 8], [5, 5]])
    table = decomposition.decompose(matrix, [1, 1, 0], ["가", "나", "나"], n_draws=2)
    assert whole(table, "how")["bits_full"] == pytest.approx(1)
    assert whole(table, "how")[["bits", "excess"]].isna().all()  # one family a side
    with pytest.raises(ValueError, match=r"'topics'의 길이\(1\)"):
        decomposition.decompose(matrix, [1], ["가", "나", "나"])


def test_the_order_of_documents_changes_nothing():
    rng = np.random.default_rng(5)
    matrix, topics, groups = corpus(rng, (0.7, 0.3), (chances(rng), chances(rng)), n=8)
    order = rng.permutation(len(topics))
    moved = TermMatrix(matrix.counts[order], [matrix.doc_ids[i] for i in order], matrix.terms)
    again = decomposition.decompose(
        moved, [topics[i] for i in order], [groups[i] for i in order], n_draws=4
    )
    table = decomposition.decompose(matrix, topics, groups, n_draws=4)
    pd.testing.assert_frame_equal(table, again)


def test_dealing_keeps_the_topics_of_both_sides():
    rng = np.random.default_rng(6)
    topic = rng.integers(0, 4, 60)
    a, b = np.arange(25), np.arange(25, 60)
    moved_a, moved_b = decomposition._dealt(a, b, topic, rng)
    assert sorted([*moved_a, *moved_b]) == list(range(60))
    for before, after in ((a, moved_a), (b, moved_b)):
        assert np.bincount(topic[before]).tolist() == np.bincount(topic[after]).tolist()
    assert len(set(moved_a) - set(a)) > 5


def test_pairs_are_given_in_any_order_and_must_have_documents():
    matrix = matrix_of([[8, 0], [0, 8], [5, 5]])
    both = decomposition.decompose(
        matrix, [1, 1, 1], list("가나다"), pairs=[("다", "가")], n_draws=1
    )
    assert both[["administration_a", "administration_b"]].drop_duplicates().values.tolist() == [
        ["다", "가"]
    ]
    for pairs in ([], [("가", "라")]):
        with pytest.raises(InsufficientData, match="두 정부가 있어야"):
            decomposition.decompose(matrix, [1, 1, 1], list("가나다"), pairs=pairs)
