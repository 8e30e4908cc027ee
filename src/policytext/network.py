"""Which terms stand together: links, a drawn network, and centralities as journals expect them."""

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
N_STRONGEST = 2  # links of each term that are drawn
COLUMNS = ["term", "n", "n_documents", "tfidf", "degree", "betweenness", "closeness"]
LINK_COLUMNS = ["term_a", "term_b", "n_documents", "cosine", "is_joined", "is_drawn"]


def links(tokens: pd.DataFrame) -> pd.DataFrame:
    """Every two of the 50 most frequent terms that share a document.

    Parameters
    ----------
    tokens : DataFrame
        Columns ``doc_id, term``.

    Returns
    -------
    DataFrame
        ``term_a, term_b``; ``n_documents`` with both; ``cosine`` of their document
        incidence; ``is_joined``: above the mean of all pairs, the network of
        :func:`centrality`; ``is_drawn``: among the two strongest links of either term, or
        needed to hold together what can be (maximum spanning forest). Strongest first.

    Examples
    --------
    >>> tokens = pd.DataFrame({"doc_id": list("aabbc"), "term": ["가", "나", "가", "다", "라"]})
    >>> links(tokens)[["term_a", "term_b", "n_documents"]].values.tolist()
    [['가', '나', 1], ['가', '다', 1]]
    """
    terms = term_summary(tokens).head(N_TERMS)["term"].astype(str).tolist()
    matrix = term_matrix(tokens[tokens["term"].isin(terms)], min_df=1, max_df=1.0)
    present = (matrix.counts > 0).astype(float)
    together = (present.T @ present).toarray()  # terms × terms, a few dozen each way
    sizes = np.sqrt(np.diag(together))
    cosine = together / np.outer(sizes, sizes)
    first, second = np.triu_indices(len(matrix.terms), k=1)
    names = np.array(matrix.terms, dtype=object)
    table = pd.DataFrame(
        {
            "term_a": names[first],
            "term_b": names[second],
            "n_documents": together[first, second].astype(int),
            "cosine": cosine[first, second],
        }
    )
    table["is_joined"] = table["cosine"] > table["cosine"].mean() + 1e-12
    table = table[table["n_documents"] > 0]
    table = table.sort_values(
        ["cosine", "term_a", "term_b"], ascending=[False, True, True], ignore_index=True
    )
    return table.assign(is_drawn=_is_drawn(table))[LINK_COLUMNS]


def positions(tokens: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Where to draw each term of a network, and which community it belongs to.

    Parameters
    ----------
    tokens : DataFrame
        Columns ``doc_id, term``.
    table : DataFrame
        As :func:`links` gives for them.

    Returns
    -------
    DataFrame
        ``term, n_documents, x, y`` (Kamada & Kawai 1989, on the drawn links) and
        ``community`` (Louvain, Blondel et al. 2008, on the drawn links weighted by cosine;
        1 is the largest), most frequent first.

    Examples
    --------
    >>> tokens = pd.DataFrame({"doc_id": list("aabb"), "term": ["가", "나", "다", "라"]})
    >>> positions(tokens, links(tokens))["community"].tolist()
    [1, 1, 2, 2]
    """
    terms = term_summary(tokens).head(N_TERMS)[["term", "n_documents"]].astype({"term": str})
    drawn = table[table["is_drawn"]]
    graph = nx.Graph()
    graph.add_nodes_from(terms["term"])
    graph.add_weighted_edges_from(drawn[["term_a", "term_b", "cosine"]].values.tolist())
    found = nx.community.louvain_communities(graph, seed=0) if len(graph) else []
    place = {term: number for number, term in enumerate(terms["term"])}
    found = sorted(found, key=lambda part: (-len(part), min(map(place.get, part))))
    community = {term: number for number, part in enumerate(found, start=1) for term in part}
    # Parts that share no document still need a place on one sheet.
    parts = [min(part, key=place.get) for part in nx.connected_components(graph)]
    graph.add_edges_from(zip(parts, parts[1:], strict=False), weight=1.0)
    at = nx.kamada_kawai_layout(graph, weight=None) if len(graph) else {}
    return terms.assign(
        x=[at[term][0] for term in terms["term"]],
        y=[at[term][1] for term in terms["term"]],
        community=[community[term] for term in terms["term"]],
    ).reset_index(drop=True)


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
    joined = links(tokens).query("is_joined")
    graph.add_edges_from(zip(joined["term_a"], joined["term_b"], strict=True))
    measures = {
        "degree": nx.degree_centrality(graph) if len(graph) > 1 else dict.fromkeys(graph, 0.0),
        "betweenness": nx.betweenness_centrality(graph),
        "closeness": nx.closeness_centrality(graph),
    }
    found = {name: table["term"].map(values).astype(float) for name, values in measures.items()}
    return table.assign(**found)[COLUMNS].reset_index(drop=True)


def _is_drawn(table: pd.DataFrame) -> np.ndarray:
    """The two strongest links of each term, and a maximum spanning forest; `table` is sorted."""
    drawn = np.zeros(len(table), dtype=bool)
    ends = pd.concat([table["term_a"], table["term_b"]]).sort_index(kind="stable")
    drawn[ends.index[ends.groupby(ends).cumcount() < N_STRONGEST]] = True
    graph = nx.Graph()
    rows = zip(table["term_a"], table["term_b"], table["cosine"], table.index, strict=True)
    graph.add_edges_from((a, b, {"weight": weight, "row": row}) for a, b, weight, row in rows)
    forest = nx.maximum_spanning_edges(graph, data=True)
    drawn[[link["row"] for *_, link in forest]] = True
    return drawn
