"""Topics: planted structure is found, chance structure is refused, order never matters."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.cluster import kmeans_plusplus
from sklearn.metrics import adjusted_rand_score

from policytext import embedding, stability, topics
from policytext.matrix import TermMatrix, tfidf


def corpus(n_documents=240, n_topics=4, n_tokens=12, seed=0):
    """Documents that take 70 % of their tokens from their own topic's 20 terms, sizes 4:3:2:1."""
    random = np.random.default_rng(seed)
    weights = np.arange(n_topics, 0, -1) / np.arange(n_topics, 0, -1).sum()
    gold = random.choice(n_topics, n_documents, p=weights)
    n_terms = 20 * n_topics + 30
    counts = np.zeros((n_documents, n_terms), dtype=int)
    for row, topic in enumerate(gold):
        own = random.integers(20 * topic, 20 * topic + 20, size=n_tokens)
        shared = random.integers(20 * n_topics, n_terms, size=n_tokens)
        chosen = np.where(random.random(n_tokens) < 0.7, own, shared)
        np.add.at(counts[row], chosen, 1)
    return matrix_of(counts), gold


def matrix_of(counts):
    counts = sparse.csr_matrix(np.asarray(counts))
    doc_ids = [f"d{row:04}" for row in range(counts.shape[0])]
    return TermMatrix(counts, doc_ids, [f"t{column:03}" for column in range(counts.shape[1])])


def empty_topics(documents, terms):
    return topics.Topics(
        pd.DataFrame(documents, columns=["doc_id", "topic", "similarity"]),
        pd.DataFrame(terms, columns=["topic", "term", "weight"]),
        np.zeros((len(documents), 1), dtype=np.float32),
    )


@pytest.fixture(scope="module")
def planted():
    matrix, gold = corpus()
    return matrix, gold, topics.cluster(matrix, 4)


# --- clusters --------------------------------------------------------------------------


def test_planted_topics_are_recovered(planted):
    _, gold, found = planted
    assert adjusted_rand_score(gold, found.documents["topic"]) > 0.95


def test_terms_name_the_planted_topic_not_the_shared_vocabulary(planted):
    _, gold, found = planted
    for topic, terms in found.terms.groupby("topic"):
        planted_topic = pd.Series(gold)[found.documents["topic"] == topic].mode()[0]
        columns = [int(term[1:]) for term in terms["term"][:10]]
        assert {column // 20 for column in columns} == {planted_topic}
        assert terms["weight"].is_monotonic_decreasing and (terms["weight"] > 0).all()


def test_topics_are_numbered_by_size_and_cover_every_document(planted):
    matrix, _, found = planted
    sizes = found.documents["topic"].value_counts().sort_index()
    assert sizes.index.tolist() == [1, 2, 3, 4]
    assert sizes.is_monotonic_decreasing
    assert sizes.sum() == len(matrix.doc_ids)
    assert found.documents["doc_id"].tolist() == matrix.doc_ids


def test_equal_sizes_are_numbered_by_first_term():
    counts = np.zeros((12, 6), dtype=int)
    counts[:6, 3:] = 1  # the first documents hold the last terms
    counts[6:, :3] = 1
    found = topics.cluster(matrix_of(counts), 2)
    assert found.documents["topic"].tolist() == [2] * 6 + [1] * 6
    assert found.terms.loc[found.terms["topic"] == 1, "term"].tolist() == ["t000", "t001", "t002"]


def test_vectors_are_unit_rows_in_at_most_100_dimensions(planted):
    matrix, _, found = planted
    assert found.vectors.dtype == np.float32
    assert found.vectors.shape == (len(matrix.doc_ids), 100)
    np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)


def test_similarity_is_the_cosine_to_the_centroid(planted):
    _, _, found = planted
    rows = np.flatnonzero(found.documents["topic"] == 2)
    centroid = found.vectors[rows].mean(axis=0)
    expected = found.vectors[rows] @ centroid / np.linalg.norm(centroid)
    np.testing.assert_allclose(found.documents["similarity"].iloc[rows], expected, atol=1e-5)


@settings(max_examples=5)
@given(st.integers(0, 2**32 - 1))
def test_order_of_documents_and_terms_changes_no_byte(seed):
    matrix, _ = corpus(n_documents=80)
    random = np.random.default_rng(seed)
    rows = random.permutation(len(matrix.doc_ids))
    columns = random.permutation(len(matrix.terms))
    mixed = TermMatrix(
        matrix.counts[rows][:, columns],
        [matrix.doc_ids[row] for row in rows],
        [matrix.terms[column] for column in columns],
    )
    here, there = topics.cluster(matrix, 4), topics.cluster(mixed, 4)
    assert here.vectors.tobytes() == there.vectors.tobytes()
    assert here.documents.to_csv() == there.documents.to_csv()
    assert here.terms.to_csv() == there.terms.to_csv()


def test_inputs_are_not_mutated():
    matrix, _ = corpus(n_documents=40)
    before = matrix.counts.copy()
    topics.cluster(matrix, 3)
    assert (matrix.counts != before).nnz == 0 and matrix.counts.dtype == before.dtype


def test_length_of_documents_does_not_make_topics():
    """Two subjects, half of the documents ten times longer: the cut is by subject."""
    random = np.random.default_rng(1)
    terms = np.arange(300)
    subject, lengths = np.tile([0, 1], 100), np.repeat([20, 200], 100)
    weights = np.array([np.where(terms % 2 == own, 3, 1) / (terms + 1) for own in (0, 1)])
    weights /= weights.sum(axis=1, keepdims=True)
    drawn = zip(lengths, subject, strict=True)
    matrix = matrix_of([random.multinomial(length, weights[own]) for length, own in drawn])
    found = topics.cluster(matrix, 2).documents["topic"]
    assert adjusted_rand_score(subject, found) > 0.85
    assert adjusted_rand_score(lengths, found) < 0.05


# --- the vectors against plain loops ------------------------------------------------------

TINY = np.array([[2, 1, 0, 0], [1, 1, 1, 0], [0, 0, 1, 3], [0, 0, 0, 4]])


def reference_ppmi(counts, contexts):
    n_terms = counts.shape[1]
    pairs = [[0.0] * len(contexts) for _ in range(n_terms)]
    for document in counts.tolist():
        for term in range(n_terms):
            for position, context in enumerate(contexts):
                if term != context and document[term] and document[context]:
                    weight = document[term] * document[context] / (sum(document) - 1)
                    pairs[term][position] += weight
    smoothed = [sum(row[c] for row in pairs) ** 0.75 for c in range(len(contexts))]
    result = [[0.0] * len(contexts) for _ in range(n_terms)]
    for term, row in enumerate(pairs):
        for position, weight in enumerate(row):
            if weight > 0:
                p_context = smoothed[position] / sum(smoothed)
                result[term][position] = max(0.0, math.log(weight / sum(row) / p_context))
    return np.array(result)


@pytest.mark.parametrize("contexts", [[0, 1, 2, 3], [0, 2, 3]])
def test_ppmi_equals_plain_loops(contexts):
    joint = embedding.cooccurrence(sparse.csr_matrix(TINY), np.array(contexts))
    found = embedding.positive_pmi(joint)
    expected = reference_ppmi(TINY, contexts)
    assert (expected > 0).any() and (expected[:, 0] == 0).any()
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_term_vectors_have_the_cosines_of_the_ppmi_rows():
    """With every dimension kept, the decomposition is a rotation of the PPMI rows."""
    rows = reference_ppmi(TINY, [0, 1, 2, 3])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    vectors = embedding.term_vectors(embedding.cooccurrence(sparse.csr_matrix(TINY), np.arange(4)))
    np.testing.assert_allclose(vectors @ vectors.T, rows @ rows.T, atol=1e-4)


def test_contexts_are_the_terms_in_most_documents(monkeypatch):
    monkeypatch.setattr(embedding, "N_CONTEXTS", 2)
    assert embedding.top_contexts(sparse.csr_matrix(TINY)).tolist() == [0, 1]  # ties: first term


# --- coherence and choice ----------------------------------------------------------------


def test_coherence_is_the_npmi_worked_by_hand():
    # t0 in 1,2; t1 in 1,2,3; t2 in 4 of four documents.
    # (t0,t1): p=1/2, ln((1/2)/(1/2*3/4))/-ln(1/2) = ln(4/3)/ln 2; the other pairs never meet.
    matrix = matrix_of([[1, 1, 0], [2, 1, 0], [0, 5, 0], [0, 0, 1]])
    found = empty_topics(
        [(d, 1, 1.0) for d in matrix.doc_ids], [(1, t, 1.0) for t in ("t0", "t1", "t2")]
    )
    matrix = TermMatrix(matrix.counts, matrix.doc_ids, ["t0", "t1", "t2"])
    value = topics.coherence(matrix, found).set_index("topic")["coherence"][1]
    assert value == pytest.approx((math.log(4 / 3) / math.log(2) - 2) / 3, abs=1e-12)
    two = topics.coherence(matrix, found, n_terms=2)["coherence"][0]
    assert two == pytest.approx(math.log(4 / 3) / math.log(2), abs=1e-12)
    assert math.isnan(topics.coherence(matrix, found, n_terms=1)["coherence"][0])


def test_pairs_always_together_have_coherence_one_and_everywhere_zero():
    assert embedding.mean_npmi(sparse.csr_matrix([[1.0, 1], [1, 1], [0, 0]])) == pytest.approx(1)
    assert embedding.mean_npmi(sparse.csr_matrix([[1.0, 1], [1, 1]])) == 0


def test_the_planted_number_of_topics_is_chosen(planted):
    matrix, _, _ = planted
    table = topics.choose_n_topics(matrix, (2, 4, 8), n_boot=4)
    assert table.columns.tolist() == [
        "n_topics", "stability", "stability_low", "stability_high", "stability_null",
        "information", "coherence", "smallest_topic_share", "chosen",
    ]  # fmt: skip
    assert table.loc[table["chosen"], "n_topics"].tolist() == [4]
    assert (table["stability_low"] <= table["stability"]).all()
    assert (table["stability"] <= table["stability_high"]).all()
    sizes = topics.cluster(matrix, 4).documents["topic"].value_counts(normalize=True)
    assert sizes.sum() == pytest.approx(1)
    assert table["smallest_topic_share"][1] == pytest.approx(sizes.min())


def curve(**columns):
    return pd.DataFrame({"stability_null": 0.0, "coherence": 0.0} | columns)


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        # Of the two rows that keep 90 % of the information, the more stable one.
        ({"information": [0.5, 1.0, 0.95], "stability": [0.9, 0.6, 0.7]}, 2),
        # What shuffled text reaches too is no stability: 0.2 / 0.6 < 0.6 / 1.
        (
            {"information": [1.0, 1.0], "stability": [0.6, 0.6], "stability_null": [0.4, 0.0]},
            1,
        ),
        # Coherence weighs in: 0.6 * 0.5 < 0.5 * 0.75; an unknown one loses; ties: the first.
        ({"information": [1, 1], "stability": [0.6, 0.5], "coherence": [0.0, 0.5]}, 1),
        ({"information": [1, 1], "stability": [0.6, 0.5], "coherence": [np.nan, 0.0]}, 1),
        ({"information": [1, 1], "stability": [0.6, 0.6]}, 0),
        # No structure at all, and no stability at all: still a choice.
        ({"information": [-0.2, -0.1], "stability": [0.1, 0.1]}, 1),
        ({"information": [np.nan, np.nan], "stability": [np.nan, np.nan]}, 0),
        ({"information": [np.nan, 0.1], "stability": [np.nan, 0.1]}, 1),
        # Shuffled text agrees as fully as the text does: no score, the smallest is chosen.
        ({"information": [0.1, 0.1], "stability": [1.0, 1.0], "stability_null": [1.0, 1.0]}, 0),
    ],
)
def test_the_rule_worked_by_hand(columns, row):
    assert topics._best_row(curve(**columns)) == row


def test_fit_topics_uses_the_number_of_the_curve_or_of_the_study(planted):
    matrix, _, expected = planted
    options = {"n_topics": 0, "candidates": [2, 4], "n_boot": 2, "random_state": 0}
    found, table = topics.fit_topics(matrix, options)
    assert table.loc[table["chosen"], "n_topics"].tolist() == [4]
    pd.testing.assert_frame_equal(found.documents, expected.documents)
    named, table = topics.fit_topics(matrix, options | {"n_topics": 2})
    assert named.documents["topic"].max() == 2
    assert table.loc[table["chosen"], "n_topics"].tolist() == [2]
    outside, table = topics.fit_topics(matrix, options | {"n_topics": 3})
    assert outside.documents["topic"].max() == 3 and not table["chosen"].any()


def test_information_is_that_of_the_labels_and_nothing_by_chance():
    random = np.random.default_rng(0)
    fine = random.integers(8, size=4000)
    coarse = fine // 4
    assert stability.information(fine, fine) == pytest.approx(math.log(8), abs=0.02)
    assert stability.information(fine, coarse) == pytest.approx(math.log(2), abs=0.02)
    assert stability.information(fine, random.permutation(fine)) == pytest.approx(0, abs=0.01)


def test_a_subset_counted_by_difference_is_the_subset_counted_directly(monkeypatch):
    # Documents of many lengths, so that pairs weigh fractions that do not cancel exactly.
    matrix = matrix_of(np.random.default_rng(0).poisson(0.1, (300, 150)))
    given = []
    monkeypatch.setattr(
        stability,
        "document_vectors",
        lambda subset, joint: given.append(joint) or embedding.document_vectors(subset, joint),
    )
    [(drawn, refits)] = stability._refits(matrix, [4], 1, 7)
    assert len(drawn) == round(0.8 * len(matrix.doc_ids)) == len(set(drawn)) == len(refits[4])
    contexts = embedding.top_contexts(matrix.counts)
    direct = embedding.cooccurrence(matrix.counts[drawn], contexts)
    np.testing.assert_allclose(given[0], direct, atol=1e-4)
    assert (given[0][direct == 0] == 0).all()  # nothing is left of a pair nobody drew


def test_seeds_are_as_good_as_those_of_scikit_learn():
    rows = np.random.default_rng(0).normal(size=(400, 5)).astype(np.float32)

    def potential(seeds):
        return ((rows[:, None] - seeds[None]) ** 2).sum(axis=2).min(axis=1).sum()

    states = [np.random.RandomState(seed) for seed in range(30)]
    ours = np.mean([potential(stability._seeds(rows, 8, state)) for state in states])
    theirs = np.mean([potential(kmeans_plusplus(rows, 8, random_state=s)[0]) for s in range(30)])
    assert ours == pytest.approx(theirs, rel=0.04)


def test_seeds_meet_every_distinct_row_and_survive_equal_ones():
    rows = np.repeat(np.eye(5, dtype=np.float32), 30, axis=0)
    for seed in range(5):
        seeds = stability._seeds(rows, 5, np.random.RandomState(seed))
        assert sorted(seeds.argmax(axis=1)) == [0, 1, 2, 3, 4]
    same = np.full((10, 3), 0.3, dtype=np.float32)
    assert (stability._seeds(same, 3, np.random.RandomState(0)) == same[:3]).all()


def test_a_single_topic_is_never_the_stable_choice(planted):
    matrix, _, _ = planted
    table = topics.choose_n_topics(matrix, (1, 4, 10_000), n_boot=2).set_index("n_topics")
    assert table["stability"].isna().tolist() == [True, False, True]
    assert table["chosen"].tolist() == [False, True, False]
    alone = topics.choose_n_topics(matrix, (1,), n_boot=2)
    assert alone["chosen"].tolist() == [True]


# --- stability ---------------------------------------------------------------------------


def test_planted_topics_are_stable(planted):
    matrix, _, found = planted
    table = topics.stability(matrix, found, n_boot=5)
    assert table["topic"].tolist() == [1, 2, 3, 4]
    assert table["n_documents"].sum() == len(matrix.doc_ids)
    assert table["is_stable"].all() and (table["jaccard"] > 0.9).all()
    assert (table["jaccard_low"] <= table["jaccard"]).all()
    assert (table["jaccard"] <= table["jaccard_high"]).all()
    assert table["ari"].nunique() == 1 and table["ari"][0] > 0.9 > 0.6 > table["ari_null"][0]
    assert topics.has_structure(table)


@pytest.mark.parametrize("seed", range(2))
def test_shuffled_text_has_no_stable_topics(planted, seed):
    matrix, _, _ = planted
    shuffled = stability.shuffle_tokens(matrix, 100 + seed)
    table = topics.stability(shuffled, topics.cluster(shuffled, 4), n_boot=6, random_state=seed)
    assert not topics.has_structure(table)
    assert not table["is_stable"].any()


def test_shuffling_keeps_lengths_and_term_totals_but_not_documents(planted):
    counts = planted[0].counts
    shuffled = stability.shuffle_tokens(planted[0], 0).counts
    assert (shuffled.sum(axis=1) == counts.sum(axis=1)).all()
    assert (shuffled.sum(axis=0) == counts.sum(axis=0)).all()
    assert (shuffled != counts).nnz > 0


def test_matched_jaccard_by_hand():
    full = np.array([1, 1, 1, 2, 2, 0])
    refit = np.array([2, 2, 1, 1, 1, 1])
    # 1<->2: 2 shared of 3; 2<->1: 2 shared of 4; topic 3 was not drawn.
    overlap = stability._matched_jaccard(full, refit, 3)
    assert overlap[:2].tolist() == [2 / 3, 2 / 4] and math.isnan(overlap[2])


def test_one_topic_is_no_structure():
    matrix, _ = corpus(n_documents=30)
    assert not topics.has_structure(topics.stability(matrix, topics.cluster(matrix, 1), n_boot=2))


# --- labels and exemplars ----------------------------------------------------------------


def test_labels_and_exemplars():
    found = empty_topics(
        [("a", 1, 0.5), ("b", 1, 0.9), ("c", 2, 0.7), ("d", 0, np.nan), ("e", 1, 0.9)],
        [(1, "창업", 0.9), (1, "벤처", 0.8), (1, "투자", 0.1), (2, "농촌", 0.4)],
    )
    assert topics.labels(found, n_terms=2).to_dict() == {1: "창업 · 벤처", 2: "농촌"}
    documents = pd.DataFrame({"doc_id": list("edcba"), "title": list("EDCBA"), "date": pd.NaT})
    table = topics.exemplars(found, documents, n=2)
    assert table.columns.tolist() == ["topic", "rank", "doc_id", "title", "date", "similarity"]
    assert table["doc_id"].tolist() == ["b", "e", "c"]
    assert table["title"].tolist() == ["B", "E", "C"]
    assert table["rank"].tolist() == [1, 2, 1]


# --- degenerate inputs -------------------------------------------------------------------


def test_documents_without_terms_have_no_topic():
    matrix, gold = corpus(n_documents=60)
    counts = matrix.counts.tolil()
    counts[[3, 40]] = 0
    found = topics.cluster(matrix_of(counts.toarray()), 4)
    nowhere = found.documents["topic"] == topics.NO_TOPIC
    assert np.flatnonzero(nowhere).tolist() == [3, 40]
    assert found.documents.loc[nowhere, "similarity"].isna().all()
    assert (found.vectors[[3, 40]] == 0).all()
    assert topics.NO_TOPIC not in topics.labels(found).index
    assert topics.NO_TOPIC not in set(found.terms["topic"])


@pytest.mark.parametrize("counts", [[[1, 2, 1]], [[1, 1, 0], [0, 1, 1]], [[1, 2]] * 5])
def test_a_corpus_too_small_is_one_topic(counts):
    found = topics.cluster(matrix_of(counts), 20)
    assert (found.documents["topic"] == 1).all()
    assert not found.terms.empty and topics.labels(found)[1]


def test_the_one_topic_of_a_small_corpus_leaves_out_documents_without_terms():
    found = topics.cluster(matrix_of([[1, 2], [0, 0]]), 20)
    assert found.documents["topic"].tolist() == [1, topics.NO_TOPIC]


def test_fewer_distinct_documents_than_topics_leave_no_empty_topic():
    counts = np.kron(np.eye(3, dtype=int), np.ones((10, 4), dtype=int))
    found = topics.cluster(matrix_of(counts), 7)
    assert adjusted_rand_score(np.repeat([0, 1, 2], 10), found.documents["topic"]) == 1
    assert sorted(set(found.documents["topic"])) == [1, 2, 3]


def test_topic_never_drawn_has_no_overlap_but_no_warning(recwarn):
    matrix, _ = corpus(n_documents=12, n_topics=2)
    table = topics.stability(matrix, topics.cluster(matrix, 9), n_boot=2)
    assert len(table) == 9 and not [w for w in recwarn if w.category is RuntimeWarning]


@pytest.mark.parametrize(
    ("matrix", "n_topics", "message"),
    [
        (matrix_of(np.zeros((3, 2), dtype=int)), 2, "단어가 없습니다"),
        (matrix_of(np.zeros((0, 0), dtype=int)), 2, "단어가 없습니다"),
        (tfidf(corpus(n_documents=20)[0]), 2, "tfidf"),
        (corpus(n_documents=20)[0], 0, "1 이상의 정수"),
        (corpus(n_documents=20)[0], 2.5, "1 이상의 정수"),
        (TermMatrix(sparse.csr_matrix(np.eye(2)), ["a", "a"], ["t", "u"]), 2, "doc_id"),
    ],
)
def test_wrong_input_is_named_in_korean(matrix, n_topics, message):
    with pytest.raises(ValueError, match=message):
        topics.cluster(matrix, n_topics)


def test_wrong_search_input_is_named_in_korean(planted):
    matrix, _, found = planted
    with pytest.raises(ValueError, match="candidates"):
        topics.choose_n_topics(matrix, ())
    with pytest.raises(ValueError, match="n_boot"):
        topics.stability(matrix, found, n_boot=1)
    with pytest.raises(ValueError, match="서로 다릅니다"):
        topics.stability(corpus(n_documents=20)[0], found)


def test_another_seed_of_k_means_gives_planted_topics_again(planted):
    matrix, _, found = planted
    table = stability.stability(matrix, found, n_boot=2)
    assert (table["jaccard_seeds"] > 0.99).all()


def test_seeds_are_compared_with_the_matched_topic(planted, monkeypatch):
    """With one document of the largest topic moved to the smallest by every other seed."""
    matrix, _, found = planted
    full = found.documents["topic"].to_numpy()
    moved = full.copy()
    moved[np.flatnonzero(full == 1)[0]] = 4
    whole = len(full)
    original = stability.partition
    monkeypatch.setattr(
        stability,
        "partition",
        lambda m, *rest, **options: (
            (5 - moved)
            if len(m.doc_ids) == whole and not options
            else original(m, *rest, **options)
        ),
    )
    table = stability.stability(matrix, found, n_boot=2).set_index("topic")
    size = np.bincount(full)
    assert table.loc[1, "jaccard_seeds"] == pytest.approx((size[1] - 1) / size[1])
    assert table.loc[4, "jaccard_seeds"] == pytest.approx(size[4] / (size[4] + 1))
    assert table.loc[[2, 3], "jaccard_seeds"].tolist() == [1, 1]
