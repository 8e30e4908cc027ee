"""Matrices against scikit-learn, and the network of terms against its definitions."""

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from policytext.faults import PolicyTextError
from policytext.words import counts
from policytext.words.counts import common_terms, term_matrix, term_summary, tfidf


def tokens_of(*documents):
    rows = [(f"d{place}", term) for place, terms in enumerate(documents) for term in terms.split()]
    return pd.DataFrame(rows, columns=["doc_id", "term"])


def matrix_of(*documents):
    return term_matrix(tokens_of(*documents), min_df=1, max_df=1.0)


# 혁신 is in 4 documents of 4, 창업 in 3, 지역 in 2, 규제 in 1
TEXTS = ["지역 혁신 창업", "혁신 창업 혁신", "창업 지역 혁신", "혁신 규제 규제 규제"]
TOKENS = tokens_of(*TEXTS)
TERMS = st.lists(st.sampled_from("가나다라마바사"), min_size=1, max_size=4)
DOCUMENTS = st.lists(TERMS.map(" ".join), min_size=1, max_size=9)


class TestMatrix:
    @pytest.mark.parametrize(
        ("min_df", "max_df", "expected"),
        [
            (1, 1.0, "규제 지역 창업 혁신"),
            (0.5, 1.0, "지역 창업 혁신"),
            (0.51, 1.0, "창업 혁신"),
            (1, 0.5, "규제 지역"),
            (1, 3, "규제 지역 창업"),
            (1, 1, "규제"),  # the integer 1 is one document, the float 1.0 all of them
            (2, 0.75, "지역 창업"),
        ],
    )
    def test_limits_of_document_frequency_are_those_of_scikit_learn(self, min_df, max_df, expected):
        matrix = term_matrix(TOKENS, min_df=min_df, max_df=max_df)
        assert matrix.terms == expected.split() and matrix.counts.dtype.kind == "i"
        counter = CountVectorizer(
            tokenizer=str.split, token_pattern=None, min_df=min_df, max_df=max_df
        )
        np.testing.assert_array_equal(
            counter.fit_transform(TEXTS).toarray(), matrix.counts.toarray()
        )
        assert counter.get_feature_names_out().tolist() == matrix.terms

    def test_a_document_that_loses_every_term_keeps_its_row_but_is_no_share(self):
        matrix = common_terms(matrix_of("혁신", "혁신", "규제"), 2)
        assert matrix.counts.toarray().tolist() == [[1], [1], [0]]
        assert common_terms(matrix, 1.0).terms == ["혁신"]  # in both that have any term
        assert common_terms(matrix, 3).counts.shape == (3, 0)

    @pytest.mark.parametrize("kind", ["object", "str", "category"])
    def test_order_and_column_type_do_not_matter(self, kind):
        shuffled = TOKENS.sample(frac=1, random_state=1)
        if kind == "category":  # as tokenize makes them: categories in the order of arrival
            shuffled = shuffled.apply(lambda c: pd.Categorical(c, [*c.unique(), "안 씀"]))
        one, other = matrix_of(*TEXTS), term_matrix(shuffled.astype(kind), min_df=1, max_df=1.0)
        assert (one.doc_ids, one.terms) == (other.doc_ids, other.terms)
        assert (one.counts != other.counts).nnz == 0

    def test_no_tokens_give_empty_tables(self):
        matrix = term_matrix(TOKENS.head(0).astype("category"))
        assert (matrix.doc_ids, matrix.terms, matrix.counts.shape) == ([], [], (0, 0))
        assert tfidf(matrix).counts.shape == (0, 0)
        assert term_summary(matrix).columns.tolist() == ["term", "n", "n_documents", "tfidf"]

    @pytest.mark.parametrize("column", ["doc_id", "term"])
    def test_a_missing_label_is_an_error(self, column):
        broken = TOKENS.assign(**{column: TOKENS[column].where(TOKENS.index != 2)})
        with pytest.raises(PolicyTextError, match=f"'{column}' 열에 빈 값이 1개"):
            term_matrix(broken)

    def test_tfidf_equals_the_vectoriser_of_scikit_learn(self):
        reference = TfidfVectorizer(tokenizer=str.split, token_pattern=None, sublinear_tf=True)
        matrix = matrix_of(*TEXTS)
        before = matrix.counts.copy()
        expected = reference.fit_transform(TEXTS).toarray()
        np.testing.assert_allclose(tfidf(matrix).counts.toarray(), expected)
        assert (matrix.counts != before).nnz == 0

    def test_summary_counts_and_sorts(self):
        table = term_summary(matrix_of(*TEXTS))
        assert table[["term", "n", "n_documents"]].to_numpy().tolist() == [
            ["혁신", 5, 4], ["규제", 3, 1], ["창업", 3, 3], ["지역", 2, 2],
        ]  # fmt: skip
        weights = tfidf(matrix_of(*TEXTS))
        sums = dict(zip(weights.terms, weights.counts.toarray().sum(axis=0), strict=True))
        assert table.set_index("term")["tfidf"].to_dict() == pytest.approx(sums)


def graph_of(table, terms):
    graph = nx.Graph()
    graph.add_nodes_from(terms)
    graph.add_weighted_edges_from(table[["term_a", "term_b", "cosine"]].values.tolist())
    return graph


class TestLinks:
    def test_by_hand(self):
        """가 in three documents, 나 and 다 in two: cosines 2/√6, 1/2, 1/√6 with mean 0.575."""
        table = counts.links(matrix_of("가 나", "가 나 다", "가 가", "다"))
        pairs = table[["term_a", "term_b", "n_documents"]].values.tolist()
        assert pairs == [["가", "나", 2], ["나", "다", 1], ["가", "다", 1]]
        assert table["cosine"].tolist() == pytest.approx([2 / 6**0.5, 0.5, 1 / 6**0.5])
        assert table["is_joined"].tolist() == [True, False, False]
        assert table["is_drawn"].all()

    @given(DOCUMENTS)
    def test_links_follow_their_definition(self, documents):
        tokens = tokens_of(*documents)
        table = counts.links(matrix_of(*documents)).set_index(["term_a", "term_b"])
        holds = tokens.groupby("term")["doc_id"].agg(set)
        cosines = {
            (a, b): len(holds[a] & holds[b]) / np.sqrt(len(holds[a]) * len(holds[b]))
            for a, b in itertools.combinations(sorted(holds.index), 2)
        }
        linked = {pair: cosine for pair, cosine in cosines.items() if cosine}
        assert set(table.index) == set(linked) and table["cosine"].is_monotonic_decreasing
        for (a, b), row in table.iterrows():
            assert row["n_documents"] == len(holds[a] & holds[b])
            assert row["cosine"] == pytest.approx(linked[a, b])
            assert row["is_joined"] == (linked[a, b] > np.mean(list(cosines.values())) + 1e-9)

    @given(DOCUMENTS)
    def test_drawn_links_are_the_two_strongest_and_those_that_hold_parts_together(self, documents):
        matrix = matrix_of(*documents)
        table = counts.links(matrix)
        drawn = table[table["is_drawn"]]
        strongest = set()
        for term in matrix.terms:
            own = table[(table["term_a"] == term) | (table["term_b"] == term)].head(2)
            strongest |= set(own.index)
        assert strongest <= set(drawn.index)
        parts = [
            set(map(frozenset, nx.connected_components(graph_of(rows, matrix.terms))))
            for rows in (table, drawn)
        ]
        assert parts[0] == parts[1]
        # A link is of a maximum spanning forest where no stronger links join its ends already.
        for link in drawn.drop(index=list(strongest)).itertuples():
            stronger = graph_of(table[table["cosine"] > link.cosine + 1e-12], matrix.terms)
            assert not nx.has_path(stronger, link.term_a, link.term_b)

    def test_none_and_one_and_only_the_fifty_most_frequent(self):
        assert counts.links(matrix_of()).empty and counts.links(matrix_of("가 가")).empty
        often = " ".join(f"낱말{n:02}" for n in range(50))
        table = counts.links(matrix_of(often, f"{often} 드문말"))
        assert len(table) == 50 * 49 / 2
        assert "드문말" not in {*table["term_a"], *table["term_b"]}


class TestCentrality:
    def test_a_star_by_hand(self):
        """가 stands with each of the others, they never with one another."""
        table = counts.centrality(matrix_of("가 나", "가 다", "가 라")).set_index("term")
        measures = ["degree", "betweenness", "closeness"]
        assert table.loc["가", measures].tolist() == [1, 1, 1]
        for name in "나다라":
            assert table.loc[name, measures].tolist() == pytest.approx([1 / 3, 0, 3 / 5])
        assert table.loc["가", ["n", "n_documents"]].tolist() == [3, 3]

    @given(DOCUMENTS)
    def test_measures_follow_their_definitions_on_the_joined_links(self, documents):
        matrix = matrix_of(*documents)
        joined = counts.links(matrix).query("is_joined")
        ends = pd.concat([joined["term_a"], joined["term_b"]]).value_counts()
        far = dict(nx.all_pairs_shortest_path_length(graph_of(joined, matrix.terms)))
        for row in counts.centrality(matrix).itertuples():
            others = len(matrix.terms) - 1
            assert row.degree == pytest.approx(ends.get(row.term, 0) / max(others, 1))
            reached = [length for length in far[row.term].values() if length]
            share = len(reached) / max(others, 1)
            expected = share * len(reached) / sum(reached) if reached else 0
            assert row.closeness == pytest.approx(expected) and 0 <= row.betweenness <= 1

    def test_few_terms_and_none(self):
        table = counts.centrality(matrix_of("가"))
        assert table.loc[0, ["degree", "closeness"]].tolist() == [0, 0]
        assert {"degree", "betweenness", "closeness"} <= set(counts.centrality(matrix_of()))
        assert len(counts.centrality(matrix_of(" ".join(f"낱말{n}" for n in range(60))))) == 50


class TestPositions:
    def test_the_largest_community_comes_first(self):
        matrix = matrix_of("가 나", "가 나", "다 라 마", "바")
        table = counts.positions(matrix, counts.links(matrix)).set_index("term")
        expected = {"가": 2, "나": 2, "다": 1, "라": 1, "마": 1, "바": 3}
        assert table["community"].to_dict() == expected
        assert table.loc[["가", "바"], "n_documents"].tolist() == [2, 1]

    @settings(max_examples=5)  # a layout takes long
    @given(DOCUMENTS)
    def test_every_term_has_one_finite_place_and_a_community_of_its_own_part(self, documents):
        matrix = matrix_of(*documents)
        joined = counts.links(matrix)
        table = counts.positions(matrix, joined)
        assert table["term"].tolist() == counts.centrality(matrix)["term"].tolist()
        assert np.isfinite(table[["x", "y"]]).all(axis=None)
        parts = nx.connected_components(graph_of(joined, matrix.terms))
        part_of = {term: number for number, part in enumerate(parts) for term in part}
        assert (table["term"].map(part_of).groupby(table["community"]).nunique() == 1).all()
        sizes = table["community"].value_counts().sort_index()
        assert sizes.is_monotonic_decreasing and sizes.index.tolist() == [*range(1, len(sizes) + 1)]

    def test_parts_that_share_nothing_lie_apart(self):
        """Two that stand together are less than half as far apart as strangers."""
        matrix = matrix_of("가 나", "다 라", "마 바", "사 아")
        places = counts.positions(matrix, counts.links(matrix))[["x", "y"]].to_numpy()
        far = np.linalg.norm(places[:, None] - places[None], axis=2)
        together = [far[row, row + 1] for row in (0, 2, 4, 6)]
        pairs = itertools.combinations(range(8), 2)
        strangers = [far[a, b] for a, b in pairs if b != a + 1 or a % 2]
        assert min(strangers) > 0.2 and max(together) < 0.5 * np.mean(strangers)

    def test_communities_that_hardly_differ_are_the_same_ones_again(self):
        held = np.random.default_rng(0).random((60, 40)) < 0.1
        matrix = matrix_of(*(" ".join(f"낱말{n}" for n in np.flatnonzero(row)) for row in held))
        joined = counts.links(matrix)
        first = counts.positions(matrix, joined)
        assert first["community"].nunique() > 2
        pd.testing.assert_frame_equal(first, counts.positions(matrix, joined))

    @pytest.mark.parametrize("words", ["가", ""])
    def test_one_term_and_none(self, words):
        matrix = matrix_of(words)
        table = counts.positions(matrix, counts.links(matrix))
        assert table.columns.tolist() == ["term", "n_documents", "x", "y", "community"]
        assert table["community"].tolist() == [1] * len(words)
