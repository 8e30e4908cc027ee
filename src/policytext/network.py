"""Which terms stand together, and how central each is: the table Korean journals expect."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd

from policytext.matrix import term_matrix, term_summary

METHOD = (
    "낱말을 점으로, 한 글에 함께 나온 정도(두 낱말이 나온 글의 코사인 유사도)가 모든 짝의 평균을 "
    "넘는 짝을 선으로 이은 연결망. 연결 중심성은 이어진 낱말의 비율, 매개 중심성은 그 낱말을 "
    "지나는 가장 짧은 길의 비율, 근접 중심성은 다른 낱말까지 거리의 역수(끊어진 연결망은 닿는 "
    "낱말의 비율로 줄임)이며 모두 0에서 1이다"
)
N_TERMS = 50
COLUMNS = ["term", "n", "n_documents", "tfidf", "degree", "betweenness", "closeness"]


def centrality(tokens: pd.DataFrame) -> pd.DataFrame:
    """TF, DF, TF-IDF and the centralities of the 50 most frequent terms.

    The network joins two terms when the cosine of their document incidence is above the
    mean of all pairs, so that the terms every document has are not joined to everything.
    Centralities are Freeman's (1978) without weights; closeness is scaled by the share of
    terms reached (Wasserman & Faust 1994).

    Parameters
    ----------
    tokens : DataFrame
        Columns ``doc_id, term``.

    Returns
    -------
    DataFrame
        ``term, n`` (occurrences), ``n_documents, tfidf, degree, betweenness, closeness``,
        most frequent first.

    Examples
    --------
    >>> tokens = pd.DataFrame({"doc_id": list("aabbc"), "term": ["가", "나", "가", "다", "라"]})
    >>> table = centrality(tokens).set_index("term")
    >>> table["degree"].round(2).to_dict()
    {'가': 0.67, '나': 0.33, '다': 0.33, '라': 0.0}
    """
    table = term_summary(tokens).head(N_TERMS)
    graph = nx.Graph()
    graph.add_nodes_from(table["term"])
    graph.add_edges_from(_pairs(tokens, table["term"].tolist()))
    measures = {
        "degree": nx.degree_centrality(graph) if len(graph) > 1 else dict.fromkeys(graph, 0.0),
        "betweenness": nx.betweenness_centrality(graph),
        "closeness": nx.closeness_centrality(graph),
    }
    found = {name: table["term"].map(values).astype(float) for name, values in measures.items()}
    return table.assign(**found)[COLUMNS].reset_index(drop=True)


def _pairs(tokens: pd.DataFrame, terms: list[str]) -> list[tuple[str, str]]:
    """Pairs of terms that share more documents than the average pair."""
    matrix = term_matrix(tokens[tokens["term"].isin(terms)], min_df=1, max_df=1.0)
    present = (matrix.counts > 0).astype(float)
    together = (present.T @ present).toarray()  # terms × terms, a few dozen each way
    sizes = np.sqrt(np.diag(together))
    cosine = together / np.outer(sizes, sizes)
    first, second = np.triu_indices(len(matrix.terms), k=1)
    values = cosine[first, second]
    is_joined = values > values.mean() + 1e-12 if len(values) else values > 0
    names = np.array(matrix.terms, dtype=object)
    return list(zip(names[first[is_joined]], names[second[is_joined]], strict=True))
