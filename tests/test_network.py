"""Centralities of the term network against hand-worked values and definitions."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
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
