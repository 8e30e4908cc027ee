"""Topics: planted structure is found, order never matters, names outlive a refit."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import matrix_of
from scipy import sparse
from scipy.spatial.distance import pdist
from sklearn.metrics import adjusted_rand_score
from sklearn.metrics.pairwise import cosine_distances

from policytext.faults import PolicyTextError
from policytext.topics import clusters
from policytext.words.counts import TermMatrix, tfidf


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
        np.add.at(counts[row], np.where(random.random(n_tokens) < 0.7, own, shared), 1)
    return matrix_of(counts), gold


def topics_of(members, terms=None, vectors=None):
    """`members`: topic -> ids, nearest first; `terms`: topic -> terms, best first."""
    rows = [(doc_id, topic, 1 - place / 100)
            for topic, ids in members.items() for place, doc_id in enumerate(ids)]  # fmt: skip
    documents = pd.DataFrame(rows, columns=["doc_id", "topic", "similarity"]).sort_values("doc_id")
    found = [(topic, term, 1.0) for topic, words in (terms or {}).items() for term in words]
    return clusters.Topics(
        documents.reset_index(drop=True),
        pd.DataFrame(found, columns=["topic", "term", "weight"]),
        np.zeros((len(rows), 1)) if vectors is None else np.asarray(vectors, dtype=np.float32),
    )


def placed(topic, vectors):
    """One document a topic number, in order, with these vectors."""
    members = {}
    for row, number in enumerate(topic):
        members.setdefault(number, []).append(f"d{row:02}")
    return topics_of(members, vectors=vectors)


@pytest.fixture(scope="module")
def planted():
    matrix, gold = corpus()
    return matrix, gold, clusters.cluster(matrix, 4)


class TestCluster:
    def test_planted_topics_are_recovered_and_numbered_by_size(self, planted):
        matrix, gold, found = planted
        assert adjusted_rand_score(gold, found.documents["topic"]) > 0.95
        sizes = found.documents["topic"].value_counts().sort_index()
        assert sizes.index.tolist() == [1, 2, 3, 4] and sizes.is_monotonic_decreasing
        assert found.documents["doc_id"].tolist() == matrix.doc_ids

    def test_terms_name_the_planted_topic_not_the_shared_vocabulary(self, planted):
        _, gold, found = planted
        for topic, terms in found.terms.groupby("topic"):
            own = pd.Series(gold)[found.documents["topic"] == topic].mode()[0]
            assert {int(term[1:]) // 20 for term in terms["term"][:10]} == {own}
            assert terms["weight"].is_monotonic_decreasing and (terms["weight"] > 0).all()

    def test_the_weight_of_a_term_by_hand(self):
        """In 6 of 6 documents here and 0 of 6 elsewhere: p = 6.5 / 7, q = 0.5 / 7."""
        counts = np.kron(np.array([[0, 1], [1, 0]]), np.ones((6, 3), dtype=int))
        found = clusters.cluster(matrix_of(counts), 2)
        assert found.documents["topic"].tolist() == [2] * 6 + [1] * 6  # a tie: by first term
        assert found.terms["term"].tolist() == [f"t000{column}" for column in range(6)]
        weight = 6.5 / 7 * math.log(13)
        assert found.terms["weight"].tolist() == pytest.approx([weight] * 6)

    def test_vectors_are_unit_rows_and_similarity_is_the_cosine_to_the_centroid(self, planted):
        _, _, found = planted
        assert found.vectors.dtype == np.float32 and found.vectors.shape[1] == 100
        np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)
        rows = np.flatnonzero(found.documents["topic"] == 2)
        centroid = found.vectors[rows].mean(axis=0)
        expected = found.vectors[rows] @ centroid / np.linalg.norm(centroid)
        np.testing.assert_allclose(found.documents["similarity"].iloc[rows], expected, atol=1e-5)

    @settings(max_examples=5)
    @given(st.integers(0, 2**32 - 1))
    def test_order_of_documents_and_terms_changes_no_byte(self, seed):
        matrix, _ = corpus(n_documents=80)
        random, before = np.random.default_rng(seed), matrix.counts.copy()
        rows, columns = (random.permutation(n) for n in matrix.counts.shape)
        mixed = TermMatrix(
            matrix.counts[rows][:, columns],
            [matrix.doc_ids[row] for row in rows],
            [matrix.terms[column] for column in columns],
        )
        here, there = clusters.cluster(matrix, 4), clusters.cluster(mixed, 4)
        assert here.vectors.tobytes() == there.vectors.tobytes()
        assert here.documents.to_csv() == there.documents.to_csv()
        assert here.terms.to_csv() == there.terms.to_csv()
        assert (matrix.counts != before).nnz == 0  # and the input is left alone

    def test_length_of_documents_does_not_make_topics(self):
        """Two subjects, half of the documents ten times longer: the cut is by subject."""
        random, terms = np.random.default_rng(1), np.arange(300)
        subject, lengths = np.tile([0, 1], 100), np.repeat([20, 200], 100)
        weights = np.array([np.where(terms % 2 == own, 3, 1) / (terms + 1) for own in (0, 1)])
        weights /= weights.sum(axis=1, keepdims=True)
        drawn = zip(lengths, subject, strict=True)
        matrix = matrix_of([random.multinomial(length, weights[own]) for length, own in drawn])
        found = clusters.cluster(matrix, 2).documents["topic"]
        assert adjusted_rand_score(subject, found) > 0.85
        assert adjusted_rand_score(lengths, found) < 0.05

    def test_documents_without_terms_have_no_topic(self):
        counts = corpus(n_documents=60)[0].counts.toarray()
        counts[[3, 40]] = 0
        found = clusters.cluster(matrix_of(counts), 4)
        nowhere = found.documents["topic"] == clusters.NO_TOPIC
        assert np.flatnonzero(nowhere).tolist() == [3, 40]
        assert found.documents.loc[nowhere, "similarity"].isna().all()
        assert (found.vectors[[3, 40]] == 0).all()
        assert clusters.labels(found).index.tolist() == [1, 2, 3, 4]

    @pytest.mark.parametrize(
        "counts, topic",
        [
            ([[1, 2, 1]], [1]),
            ([[1, 1, 0], [0, 1, 1]], [1, 1]),
            ([[1, 2]] * 5, [1] * 5),
            ([[1, 2], [0, 0]], [1, 0]),
        ],
    )
    def test_a_corpus_too_small_is_one_topic(self, counts, topic):
        found = clusters.cluster(matrix_of(counts), 20)
        assert found.documents["topic"].tolist() == topic
        assert clusters.labels(found)[1]

    def test_fewer_distinct_documents_than_topics_leave_no_empty_topic(self):
        counts = np.kron(np.eye(3, dtype=int), np.ones((10, 4), dtype=int))
        found = clusters.cluster(matrix_of(counts), 7).documents["topic"]
        assert adjusted_rand_score(np.repeat([0, 1, 2], 10), found) == 1
        assert sorted(set(found)) == [1, 2, 3]

    @pytest.mark.parametrize(
        ("matrix", "n_topics", "message"),
        [
            (matrix_of(np.zeros((3, 2), dtype=int)), 2, "낱말이 없습니다"),
            (matrix_of(np.zeros((0, 0), dtype=int)), 2, "낱말이 없습니다"),
            (tfidf(corpus(n_documents=20)[0]), 2, "tfidf"),
            (corpus(n_documents=20)[0], 0, "1 이상의 정수"),
            (corpus(n_documents=20)[0], 2.5, "1 이상의 정수"),
            (TermMatrix(sparse.csr_matrix(np.eye(2)), ["a", "a"], ["t", "u"]), 2, "doc_id"),
        ],
    )
    def test_wrong_input_is_named_in_korean(self, matrix, n_topics, message):
        with pytest.raises(PolicyTextError, match=message):
            clusters.cluster(matrix, n_topics)


TINY = np.array([[2, 1, 0, 0], [1, 1, 1, 0], [0, 0, 1, 3], [0, 0, 0, 4]])


def reference_ppmi(counts, contexts):
    """The vectors' first step in plain loops."""
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
    joint = clusters.cooccurrence(sparse.csr_matrix(TINY), np.array(contexts))
    expected = reference_ppmi(TINY, contexts)
    assert (expected > 0).any() and (expected[:, 0] == 0).any()
    np.testing.assert_allclose(clusters.positive_pmi(joint), expected, atol=1e-5)


def test_term_vectors_have_the_cosines_of_the_ppmi_rows():
    """With every dimension kept, the decomposition is a rotation of the PPMI rows."""
    rows = reference_ppmi(TINY, [0, 1, 2, 3])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    vectors = clusters.term_vectors(clusters.cooccurrence(sparse.csr_matrix(TINY), np.arange(4)))
    np.testing.assert_allclose(vectors @ vectors.T, rows @ rows.T, atol=1e-4)


def test_contexts_are_the_terms_in_most_documents(monkeypatch):
    monkeypatch.setattr(clusters, "N_CONTEXTS", 2)
    assert clusters.top_contexts(sparse.csr_matrix(TINY)).tolist() == [0, 1]  # ties: first term


def test_coherence_is_the_npmi_worked_by_hand():
    """t0 in 1, 2; t1 in 1, 2, 3; t2 in 4 of four documents.

    (t0, t1): p = 1/2, ln((1/2) / (1/2 · 3/4)) / -ln(1/2) = ln(4/3) / ln 2; the others never meet.
    """
    matrix = matrix_of([[1, 1, 0], [2, 1, 0], [0, 5, 0], [0, 0, 1]])
    found = topics_of({1: matrix.doc_ids}, {1: matrix.terms})
    one, two, three = (
        clusters.coherence(matrix, found, n_terms=n)["coherence"][0] for n in (1, 2, 3)
    )
    assert math.isnan(one) and two == pytest.approx(math.log(4 / 3) / math.log(2), abs=1e-12)
    assert three == pytest.approx((two - 2) / 3, abs=1e-12)
    assert clusters._mean_npmi(sparse.csr_matrix([[1.0, 1], [1, 1], [0, 0]])) == pytest.approx(1)
    assert clusters._mean_npmi(sparse.csr_matrix([[1.0, 1], [1, 1]])) == 0


def test_labels_and_exemplars():
    found = topics_of({1: "bea", 2: "c", 0: "d"}, {1: ["창업", "벤처", "투자"], 2: ["농촌"]})
    assert clusters.labels(found, n_terms=2).to_dict() == {1: "창업 · 벤처", 2: "농촌"}
    assert clusters.exemplars(found, n=2)["doc_id"].tolist() == ["b", "e", "c"]
    table = clusters.exemplars(found)
    assert table["doc_id"].tolist() == ["b", "e", "a", "c"]
    assert table["rank"].tolist() == [1, 2, 3, 1]


def test_average_linkage_worked_by_hand():
    vectors = np.array([[1, 0, 0], [1, 0.1, 0], [0, 1, 0], [0, 1, 0.3], [9, 9, 9]])
    table = clusters.hierarchy(placed([1, 2, 3, 4, 0], vectors))
    far = cosine_distances(vectors)
    assert table[["left", "right"]].values.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert table["n_topics"].tolist() == [2, 2, 4]
    expected = [far[0, 1], far[2, 3], far[:2, 2:4].mean()]
    assert table["distance"].tolist() == pytest.approx(expected, abs=1e-6)
    assert clusters.hierarchy(placed([0, 1], [[0, 0], [1, 0]])).empty


class TestTopicMap:
    def test_four_topics_at_right_angles_by_hand(self):
        """The centres are the corners of a tetrahedron: a plane holds two of its three axes."""
        table = clusters.topic_map(placed([1, 1, 2, 3, 4, 0], np.eye(5)[[0, 0, 1, 2, 3, 4]]))
        assert table["topic"].tolist() == [1, 2, 3, 4]
        assert table["n_documents"].tolist() == [2, 1, 1, 1]
        assert table["explained"].tolist() == pytest.approx([2 / 3] * 4)

    def test_no_topic_and_one(self):
        assert clusters.topic_map(placed([0, 0], np.ones((2, 2)))).empty
        one = clusters.topic_map(placed([1, 0, 1], [[3, 4], [0, 1], [4, 3]]))
        assert one.values.tolist() == [[1, 2, 0, 0, 1]]

    @given(st.integers(2, 8), st.integers(0, 2**32 - 1))
    def test_the_plane_is_the_one_that_holds_most(self, n_topics, seed):
        """Against the singular values of the centred centres; documents of no topic do not pull."""
        rng = np.random.default_rng(seed)
        vectors = rng.normal(size=(n_topics + 2, 9))
        table = clusters.topic_map(placed([*range(1, n_topics + 1), 0, 0], vectors))
        centres = vectors[:-2] / np.linalg.norm(vectors[:-2], axis=1, keepdims=True)
        spread = np.linalg.svd(centres - centres.mean(axis=0), compute_uv=False) ** 2
        explained = spread[:2].sum() / spread.sum()
        assert table["explained"].tolist() == pytest.approx([explained] * n_topics, abs=1e-5)
        shrunk, whole = pdist(table[["x", "y"]]), pdist(centres)
        assert (shrunk <= whole + 1e-5).all()
        assert n_topics > 3 or shrunk == pytest.approx(whole, abs=1e-5)


FIRST = topics_of({1: "abcd", 2: "efg"}, {1: ["창업", "투자"], 2: ["쌀", "한국판 뉴딜"]})
# Refitted: numbers swapped, one document moved, one new.
REFIT = topics_of({1: "defgh", 2: "abc"}, {1: ["쌀", "한국판 뉴딜"], 2: ["창업", "벤처"]})


class TestNames:
    def test_names_survive_a_refit_that_renumbers(self):
        named = clusters.name_topics(FIRST, {1: "창업 지원", 2: "농업"})
        found = clusters.match_labels(REFIT, named)
        assert found["topic"].tolist() == [2, 1] and found["is_matched"].all()
        assert found["overlap"].tolist() == pytest.approx([(3 / 4 + 1 / 2) / 2, 1.0])
        assert clusters.topic_names(REFIT, named).to_dict() == {1: "농업", 2: "창업 지원"}

    def test_a_name_without_a_topic_is_reported_and_kept(self):
        named = clusters.name_topics(FIRST, {1: "창업 지원"})
        other = topics_of({1: "xyz"}, {1: ["우주"]})
        found = clusters.match_labels(other, named)
        assert found["topic"].isna().all() and not found["is_matched"].any()
        assert found["overlap"].tolist() == [0.0]
        again = clusters.name_topics(other, {1: "우주 개발"}, named)
        assert again["label"].tolist() == ["창업 지원", "우주 개발"]
        assert clusters.topic_names(other, named).to_dict() == {1: "우주"}

    def test_a_noun_phrase_of_the_topic_is_its_name(self):
        """가 나 is the commoner pair, but 나 is an excluded word; 다 라 is taken by topic 1."""
        texts = {f"a{n}": "가 나 다 라" for n in range(4)} | {
            f"b{n}": "다 라, 마" for n in range(3)
        }
        documents = pd.DataFrame({"doc_id": list(texts), "text": list(texts.values())})
        tokens = pd.DataFrame(
            [(doc_id, place, place + 1, term)
             for doc_id, text in texts.items() for place, term in enumerate(text) if term.isalpha()],
            columns=["doc_id", "start", "end", "term"],
        )  # fmt: skip
        ids = {1: [f"a{n}" for n in range(4)], 2: [f"b{n}" for n in range(3)], 3: ["c"]}
        found = topics_of(ids, {1: list("가나다라"), 2: list("마다라"), 3: ["바"]})
        named = clusters.noun_phrases(found, tokens, documents, {"나"})
        assert named.to_dict() == {1: "다 라", 2: "마와 다", 3: "바"}
        given = pd.DataFrame({"label": ["사람이 붙인 것"], "doc_ids": ["c"], "terms": ["바"]})
        names = clusters.topic_names(found, given, named)
        assert names.tolist() == ["다 라", "마와 다", "사람이 붙인 것"]
        twice = pd.concat([tokens, tokens.assign(doc_id="z")])  # of no document: refused
        with pytest.raises(PolicyTextError, match="문서 표에 없습니다"):
            clusters.noun_phrases(found, twice, documents)

    def test_what_one_government_says_often_does_not_name_what_all_speak_of(self):
        """In all texts of topic 1 라 다 is commoner; of those with ten, 을 and 병 have 나 가."""
        rows = [("갑", "라 다" if n % 3 else "나 가") for n in range(45)]
        rows += [(who, "마" if n % 5 else "나 가") for who in "을병" for n in range(10)]
        rows += [("정", "라 다")] * 3
        rows += [(who, "바") for who in "갑을병" for _ in range(10)]
        documents = pd.DataFrame(rows, columns=["administration", "text"])
        documents["doc_id"] = [f"{n:02}" for n in range(len(rows))]
        tokens = pd.DataFrame(
            [(doc, at, at + 1, term)
             for doc, text in zip(documents["doc_id"], documents["text"], strict=True)
             for at, term in enumerate(text) if term != " "],
            columns=["doc_id", "start", "end", "term"],
        )  # fmt: skip
        ids = {1: documents["doc_id"][:68].tolist(), 2: documents["doc_id"][68:].tolist()}
        found = topics_of(ids, {1: list("다라가나마"), 2: ["바"]})
        assert clusters.noun_phrases(found, tokens, documents)[1] == "나 가"
        one = documents.drop(columns="administration")
        assert clusters.noun_phrases(found, tokens, one)[1] == "라 다"

    def test_two_topics_never_share_a_name(self):
        """The one that people named keeps it; the others follow by size, past names that are so."""
        found = topics_of(
            {1: "ab", 2: "cd", 3: "ef", 4: "g", 5: "h"}, dict.fromkeys(range(1, 6), ["쌀"])
        )
        given = {3: "쌀", 4: "쌀 (3)", 5: "쌀"}
        names = clusters.topic_names(found, clusters.name_topics(found, given))
        assert names.to_dict() == {1: "쌀 (4)", 2: "쌀 (5)", 3: "쌀", 4: "쌀 (3)", 5: "쌀 (2)"}

    def test_two_names_never_share_a_topic(self):
        merged = topics_of({1: "abcdefg"}, {1: ["창업", "투자", "쌀", "한국판 뉴딜"]})
        named = clusters.name_topics(FIRST, {1: "창업 지원", 2: "농업"})
        found = clusters.match_labels(merged, named)
        assert found["is_matched"].sum() == 1
        assert found["overlap"].tolist() == [1.0, 1.0]  # the other fits as well but is taken

    def test_renaming_replaces_and_an_empty_name_removes(self):
        named = clusters.name_topics(FIRST, {1: "창업 지원", 2: "농업"})
        renamed = clusters.name_topics(REFIT, {2: "창업과 투자"}, named)
        assert renamed["label"].tolist() == ["농업", "창업과 투자"]
        assert clusters.name_topics(REFIT, {2: " "}, named)["label"].tolist() == ["농업"]

    def test_documents_gone_from_the_corpus_do_not_count_against_a_name(self):
        named = clusters.name_topics(FIRST, {1: "창업 지원"})
        fewer = topics_of({1: "a", 2: "e"}, {1: ["창업", "투자"], 2: ["쌀"]})
        assert clusters.match_labels(fewer, named)["overlap"].tolist() == [1.0]

    def test_files_read_back_as_written(self, tmp_path):
        study = SimpleNamespace(folder=tmp_path / "mine")
        none = clusters.read_labels(study)
        found = clusters.match_labels(FIRST, none)
        assert found.empty and list(found) == ["topic", "label", "overlap", "is_matched"]
        assert clusters.topic_names(FIRST, none).tolist() == ["창업 · 투자", "쌀 · 한국판 뉴딜"]
        named = clusters.name_topics(FIRST, {2: '농업, "쌀"', 1: "NA"})
        path = clusters.write_labels(study, named)
        assert list(study.folder.iterdir()) == [path]
        pd.testing.assert_frame_equal(clusters.read_labels(study), named, check_dtype=False)
        path.write_text("이름\n창업\n", encoding="utf-8")
        with pytest.raises(PolicyTextError, match="빠진 열: label, doc_ids, terms"):
            clusters.read_labels(study)

    @given(st.permutations(range(1, 6)), st.lists(st.integers(1, 5), min_size=30, max_size=30))
    def test_renumbering_alone_never_moves_a_name(self, order, members):
        def numbered(renumber):
            ids = {renumber(t): [f"d{i}" for i, m in enumerate(members) if m == t]
                   for t in sorted(set(members))}  # fmt: skip
            return topics_of(ids, {renumber(t): [f"말{t}{i}" for i in range(3)] for t in members})

        names = {int(topic): f"이름{topic}" for topic in set(members)}
        named = clusters.name_topics(numbered(lambda topic: topic), names)
        found = clusters.match_labels(numbered(lambda topic: order[topic - 1]), named)
        assert found["topic"].tolist() == [order[topic - 1] for topic in names]
        assert found["overlap"].tolist() == [1.0] * len(names)
