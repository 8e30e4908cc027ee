"""Links, places and centralities of the term network: hand-worked values and definitions."""

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytext import network


def tokens_of(*documents):
    rows = [(f"d{place}", term) for place, terms in enumerate(documents) for term in terms.split()]
    return pd.DataFrame(rows, columns=["doc_id", "term"])


def distances(joined, terms):
    """Shortest paths by Floyd and Warshall."""
    far = {(a, b): 0 if a == b else 1 if (a, b) in joined else np.inf
           for a, b in itertools.product(terms, terms)}  # fmt: skip
    for middle, a, b in itertools.product(terms, terms, terms):
        far[a, b] = min(far[a, b], far[a, middle] + far[middle, b])
    return far


def test_a_star_by_hand():
    """가 stands with each of the others, they never with one another."""
    table = network.centrality(tokens_of("가 나", "가 다", "가 라")).set_index("term")
    assert table.loc["가", ["degree", "betweenness", "closeness"]].tolist() == [1, 1, 1]
    for name in "나다라":
        row = table.loc[name, ["degree", "betweenness", "closeness"]]
        assert row.tolist() == pytest.approx([1 / 3, 0, 3 / 5])
    assert table.loc["가", ["n", "n_documents"]].tolist() == [3, 3]


def test_terms_that_every_document_has_are_not_joined_to_everything():
    documents = [f"늘 {a} {a}짝" for a in "가나다라" for _ in range(3)]
    table = network.centrality(tokens_of(*documents)).set_index("term")
    assert table.loc["가", "degree"] > 0 and table.loc["가", "n_documents"] == 3


@given(st.lists(st.lists(st.sampled_from("가나다라마"), min_size=1), min_size=1, max_size=8))
def test_measures_follow_their_definitions(documents):
    tokens = tokens_of(*(" ".join(terms) for terms in documents))
    table = network.centrality(tokens)
    terms = table["term"].tolist()
    shares = {
        (a, b): len(A & B) / np.sqrt(len(A) * len(B))
        for a, b in itertools.combinations(terms, 2)
        for A, B in [[{i for i, d in enumerate(documents) if t in d} for t in (a, b)]]
    }
    mean = np.mean(list(shares.values())) if shares else 0
    joined = {pair for pair, share in shares.items() if share > mean + 1e-9}
    joined |= {(b, a) for a, b in joined}
    far = distances(joined, terms)
    for row in table.itertuples():
        others = [far[row.term, other] for other in terms if other != row.term]
        reached = [length for length in others if np.isfinite(length)]
        if others:
            assert row.degree == pytest.approx(others.count(1) / len(others))
            share = len(reached) / len(others)
            expected = share * len(reached) / sum(reached) if reached else 0
            assert row.closeness == pytest.approx(expected)
        assert 0 <= row.betweenness <= 1


def test_few_terms_and_none():
    assert network.centrality(tokens_of("가")).loc[0, ["degree", "closeness"]].tolist() == [0, 0]
    assert list(network.centrality(tokens_of()).columns) == network.COLUMNS
    many = tokens_of(" ".join(f"낱말{n}" for n in range(60)))
    assert len(network.centrality(many)) == 50


DOCUMENTS = st.lists(
    st.lists(st.sampled_from("가나다라마바사"), min_size=1, max_size=4), min_size=1, max_size=9
)


def graph_of(table, tokens):
    """All links, weighted, and every term."""
    graph = nx.Graph()
    graph.add_nodes_from(tokens["term"].unique())
    graph.add_weighted_edges_from(table[["term_a", "term_b", "cosine"]].values.tolist())
    return graph


class TestLinks:
    def test_by_hand(self):
        """가 in three documents, 나 and 다 in two: cosines 2/√6, 1/2, 1/√6 with mean 0.575."""
        table = network.links(tokens_of("가 나", "가 나 다", "가 가", "다"))
        assert table.columns.tolist() == network.LINK_COLUMNS
        pairs = table[["term_a", "term_b", "n_documents"]].values.tolist()
        assert pairs == [["가", "나", 2], ["나", "다", 1], ["가", "다", 1]]
        assert table["cosine"].tolist() == pytest.approx([2 / 6**0.5, 0.5, 1 / 6**0.5])
        assert table["is_joined"].tolist() == [True, False, False]
        assert table["is_drawn"].all()

    def test_pairs_that_share_nothing_are_no_links_but_lower_the_mean(self):
        """Cosines 1/√2, 1/√2, 0: the mean is below both links."""
        table = network.links(tokens_of("가 나", "가 다"))
        assert table["is_joined"].tolist() == [True, True]
        assert ["나", "다"] not in table[["term_a", "term_b"]].values.tolist()

    def test_a_bridge_is_drawn_though_neither_end_prefers_it(self):
        circles = ["가 나 다", "라 마 바"] * 5
        table = network.links(tokens_of(*circles, "가 라", "가 마", "가 마"))
        table = table.set_index(["term_a", "term_b"])
        assert table.loc[("가", "마"), "is_drawn"] and not table.loc[("가", "라"), "is_drawn"]
        assert table["is_drawn"].sum() == 7

    @given(DOCUMENTS)
    def test_links_follow_their_definition(self, documents):
        tokens = tokens_of(*(" ".join(terms) for terms in documents))
        table = network.links(tokens).set_index(["term_a", "term_b"])
        holds = tokens.groupby("term")["doc_id"].agg(set)
        cosines = {
            (a, b): len(holds[a] & holds[b]) / np.sqrt(len(holds[a]) * len(holds[b]))
            for a, b in itertools.combinations(sorted(holds.index), 2)
        }
        linked = {pair: cosine for pair, cosine in cosines.items() if cosine}
        assert set(table.index) == set(linked)
        assert table["cosine"].is_monotonic_decreasing
        for (a, b), row in table.iterrows():
            assert row["n_documents"] == len(holds[a] & holds[b])
            assert row["cosine"] == pytest.approx(linked[a, b])
            assert row["is_joined"] == (linked[a, b] > np.mean(list(cosines.values())) + 1e-9)

    @given(DOCUMENTS)
    def test_joined_links_are_the_network_of_the_centralities(self, documents):
        tokens = tokens_of(*(" ".join(terms) for terms in documents))
        joined = network.links(tokens).query("is_joined")
        ends = pd.concat([joined["term_a"], joined["term_b"]]).value_counts()
        for row in network.centrality(tokens).itertuples():
            others = tokens["term"].nunique() - 1
            assert row.degree == pytest.approx(ends.get(row.term, 0) / max(others, 1))

    @given(DOCUMENTS)
    def test_drawn_links_are_the_two_strongest_and_those_that_hold_parts_together(self, documents):
        tokens = tokens_of(*(" ".join(terms) for terms in documents))
        table = network.links(tokens)
        drawn = table[table["is_drawn"]]
        strongest = set()
        for term in tokens["term"].unique():
            own = table[(table["term_a"] == term) | (table["term_b"] == term)].head(2)
            strongest |= set(own.index)
        assert strongest <= set(drawn.index)
        whole, part = graph_of(table, tokens), graph_of(drawn, tokens)
        assert set(map(frozenset, nx.connected_components(part))) == set(
            map(frozenset, nx.connected_components(whole))
        )
        # A link is of a maximum spanning forest where no stronger links join its ends already.
        for link in drawn.drop(index=list(strongest)).itertuples():
            stronger = graph_of(table[table["cosine"] > link.cosine + 1e-12], tokens)
            assert not nx.has_path(stronger, link.term_a, link.term_b)

    def test_none_and_one_and_only_the_fifty_most_frequent(self):
        assert network.links(tokens_of()).columns.tolist() == network.LINK_COLUMNS
        assert network.links(tokens_of()).empty and network.links(tokens_of("가 가")).empty
        often = " ".join(f"낱말{n:02}" for n in range(50))
        table = network.links(tokens_of(often, f"{often} 드문말"))
        assert len(table) == 50 * 49 / 2
        assert "드문말" not in {*table["term_a"], *table["term_b"]}


class TestPositions:
    def test_two_pairs_are_two_communities_and_the_larger_comes_first(self):
        tokens = tokens_of("가 나", "가 나", "다 라 마", "바")
        table = network.positions(tokens, network.links(tokens)).set_index("term")
        assert table["community"].to_dict() == {
            "가": 2, "나": 2, "다": 1, "라": 1, "마": 1, "바": 3,
        }  # fmt: skip
        assert table.loc["가", "n_documents"] == 2 and table.loc["바", "n_documents"] == 1

    @settings(max_examples=5)  # a layout takes long
    @given(DOCUMENTS)
    def test_every_term_has_one_finite_place_and_a_community_of_its_own_part(self, documents):
        tokens = tokens_of(*(" ".join(terms) for terms in documents))
        links = network.links(tokens)
        table = network.positions(tokens, links)
        assert table["term"].tolist() == network.centrality(tokens)["term"].tolist()
        assert np.isfinite(table[["x", "y"]]).all(axis=None)
        held = tokens.drop_duplicates()["term"].value_counts()
        assert table["n_documents"].tolist() == held[table["term"]].tolist()
        sizes = table["community"].value_counts().sort_index()
        assert sizes.index.tolist() == list(range(1, len(sizes) + 1))
        assert sizes.is_monotonic_decreasing
        part_of = {
            term: number
            for number, part in enumerate(nx.connected_components(graph_of(links, tokens)))
            for term in part
        }
        parts = table["term"].map(part_of).groupby(table["community"]).nunique()
        assert (parts == 1).all()
        pd.testing.assert_frame_equal(table, network.positions(tokens, links))

    @settings(max_examples=5)  # a layout takes long
    @given(DOCUMENTS, st.randoms(use_true_random=False))
    def test_the_order_of_the_tokens_does_not_matter(self, documents, random):
        tokens = tokens_of(*(" ".join(terms) for terms in documents))
        order = list(range(len(tokens)))
        random.shuffle(order)
        turned = tokens.iloc[order].reset_index(drop=True)
        tables = [network.positions(rows, network.links(rows)) for rows in (tokens, turned)]
        pd.testing.assert_frame_equal(*tables)

    def test_parts_that_share_nothing_lie_apart(self):
        """Two that stand together are less than half as far apart as strangers."""
        tokens = tokens_of("가 나", "다 라", "마 바", "사 아")
        table = network.positions(tokens, network.links(tokens))
        places = table[["x", "y"]].to_numpy()
        far = np.linalg.norm(places[:, None] - places[None], axis=2)
        together = [far[row, row + 1] for row in (0, 2, 4, 6)]
        strangers = [
            far[a, b] for a, b in itertools.combinations(range(8), 2) if b != a + 1 or a % 2
        ]
        assert min(strangers) > 0.2 and max(together) < 0.5 * np.mean(strangers)

    def test_communities_that_hardly_differ_are_the_same_ones_again(self):
        rng = np.random.default_rng(0)
        held = rng.random((60, 40)) < 0.1
        tokens = tokens_of(*(" ".join(f"낱말{n}" for n in np.flatnonzero(row)) for row in held))
        links = network.links(tokens)
        first = network.positions(tokens, links)
        assert first["community"].nunique() > 2
        pd.testing.assert_frame_equal(first, network.positions(tokens, links))

    def test_one_term_and_none(self):
        for words in ("가", ""):
            tokens = tokens_of(words)
            table = network.positions(tokens, network.links(tokens))
            assert table.columns.tolist() == ["term", "n_documents", "x", "y", "community"]
            assert table["community"].tolist() == [1] * len(words)
            assert np.isfinite(table[["x", "y"]].astype(float)).all(axis=None)
