"""Tokens to counts: document-term matrices, TF-IDF, and which words stand together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from numbers import Integral, Real

import numpy as np
import pandas as pd
from scipy import sparse

from policytext import faults
from policytext.faults import PolicyTextError
from policytext.report import maps
from policytext.report.evidence import nearest_places
from policytext.report.result import Result

N_TERMS = 50  # of the network
N_STRONGEST = 2  # links of each term that are drawn


@dataclass(frozen=True, eq=False)
class TermMatrix:
    """A document-term matrix with its labels.

    Attributes
    ----------
    counts : scipy.sparse.csr_matrix
        documents × terms, occurrences (or weights after :func:`tfidf`).
    doc_ids, terms : list of str
        Row and column labels, sorted, so that the order in which documents arrive never
        changes a result.
    """

    counts: sparse.csr_matrix
    doc_ids: list[str]
    terms: list[str]


def term_matrix(
    tokens: pd.DataFrame, *, min_df: int | float = 5, max_df: int | float = 0.5
) -> TermMatrix:
    """Count terms (``doc_id, term``, a row a token) in documents.

    `min_df` and `max_df` are as in :func:`common_terms`.

    >>> tokens = pd.DataFrame({"doc_id": ["a", "a", "b"], "term": ["혁신", "창업", "혁신"]})
    >>> m = term_matrix(tokens, min_df=1, max_df=1.0)
    >>> m.doc_ids, m.terms, m.counts.toarray().tolist()
    (['a', 'b'], ['창업', '혁신'], [[1, 1], [0, 1]])
    """
    faults.columns(tokens, "doc_id term", "term_matrix()")
    rows, doc_ids = _codes(tokens["doc_id"])
    columns, terms = _codes(tokens["term"])
    ones = np.ones(len(rows), dtype=np.int32)
    if (rows[1:] >= rows[:-1]).all():  # as tokens mostly are: no copy of them in another order
        edges = np.arange(len(doc_ids) + 1, dtype=rows.dtype)  # of another type rows are copied
        places = columns, np.searchsorted(rows, edges)
    else:
        places = ((rows, columns),)
    counts = sparse.csr_matrix((ones, *places), shape=(len(doc_ids), len(terms)))
    counts.sum_duplicates()
    return common_terms(TermMatrix(counts, doc_ids, terms), min_df, max_df)


def check_counts(matrix: TermMatrix, call: str) -> None:
    """Refuse what is no matrix of counts, or has a document twice; `call` needs it."""
    is_met, remedy = isinstance(matrix, TermMatrix), "term_matrix(토큰 표)를 넣으세요."
    faults.demand(is_met, f"{call}에는 term_matrix()의 결과를 주어", matrix, remedy)
    faults.distinct(pd.Series(matrix.doc_ids, dtype=object))
    wanted, found = (len(matrix.doc_ids), len(matrix.terms)), matrix.counts.shape
    expected = f"{call}에 준 행렬의 글과 낱말은 이름의 수 {wanted}와 같아"
    faults.demand(found == wanted, expected, str(found), "행과 열마다 이름을 하나씩 주세요.")
    counts = sparse.csr_matrix(matrix.counts).data
    if (counts < 0).any() or (counts.dtype.kind == "f" and (counts % 1 != 0).any()):
        raise PolicyTextError(
            f"{call}에는 단어 빈도 행렬이 필요한데 0 이상의 정수가 아닌 값이 있습니다. "
            "tfidf()를 거치지 않은 term_matrix()의 결과를 넣으세요."
        )


def common_terms(
    matrix: TermMatrix, min_df: int | float = 1, max_df: int | float = 1.0
) -> TermMatrix:
    """Terms of at least `min_df` and at most `max_df` documents; every row stays.

    A float is a share of the documents that have any term, as in scikit-learn.

    >>> tokens = pd.DataFrame({"doc_id": ["a", "a", "b"], "term": ["혁신", "창업", "혁신"]})
    >>> common_terms(term_matrix(tokens, min_df=1, max_df=1.0), 2).terms
    ['혁신']
    """
    n_documents = int((np.diff(matrix.counts.indptr) > 0).sum())
    for name, df in (("min_df", min_df), ("max_df", max_df)):
        is_met = isinstance(df, Real) and 0 <= df <= (np.inf if isinstance(df, Integral) else 1)
        expected = f"{name}는 글 수(0 이상의 정수)나 0과 1 사이의 비율이어"
        faults.demand(is_met, expected, df, "5나 0.5처럼 적으세요.")
    low, high = (df if isinstance(df, Integral) else df * n_documents for df in (min_df, max_df))
    df = np.bincount(matrix.counts.indices, minlength=len(matrix.terms))
    kept = np.flatnonzero((df >= low) & (df <= high))
    terms = [matrix.terms[column] for column in kept]
    return TermMatrix(matrix.counts[:, kept], matrix.doc_ids, terms)


def tfidf(matrix: TermMatrix) -> TermMatrix:
    """Weight counts by TF-IDF with scikit-learn's smooth idf, sublinear tf and unit rows.

    >>> tokens = pd.DataFrame({"doc_id": ["a", "a", "b"], "term": ["혁신", "창업", "혁신"]})
    >>> weights = tfidf(term_matrix(tokens, min_df=1, max_df=1.0)).counts
    >>> bool(weights[0, 0] > weights[0, 1])
    True
    """
    check_counts(matrix, "tfidf()")
    weights = matrix.counts.astype(float)
    if all(weights.shape):
        weights = sparse.csr_matrix(idf(matrix.counts).transform(weights, copy=False))
    return TermMatrix(weights, matrix.doc_ids, matrix.terms)


def idf(counts: sparse.csr_matrix):
    """The weighting of :func:`tfidf`, learnt from `counts`: scikit-learn's ``TfidfTransformer``."""
    from sklearn.feature_extraction.text import TfidfTransformer

    return TfidfTransformer(sublinear_tf=True).fit(counts)


def term_summary(matrix: TermMatrix) -> pd.DataFrame:
    """Count every term: the frequency table that papers print.

    ``term, n`` (occurrences), ``n_documents``, ``tfidf`` (sum over documents of the weights of
    :func:`tfidf`), most frequent first, ties in alphabetical order.

    >>> tokens = pd.DataFrame({"doc_id": ["a", "a", "b"], "term": ["창업", "혁신", "혁신"]})
    >>> table = term_summary(term_matrix(tokens, min_df=1, max_df=1.0))
    >>> table[["term", "n", "n_documents"]].to_numpy().tolist()
    [['혁신', 2, 2], ['창업', 1, 1]]
    """
    columns = {
        "term": pd.Series(matrix.terms, dtype="str"),
        "n": np.asarray(matrix.counts.sum(axis=0)).ravel(),
        "n_documents": np.bincount(matrix.counts.indices, minlength=len(matrix.terms)),
        "tfidf": np.asarray(tfidf(matrix).counts.sum(axis=0)).ravel(),
    }
    table = pd.DataFrame(columns)
    return table.sort_values(["n", "term"], ascending=[False, True], ignore_index=True)


def links(matrix: TermMatrix) -> pd.DataFrame:
    """Every two of the 50 most frequent terms that share a document.

    ``term_a, term_b``; ``n_documents`` with both; ``cosine`` of their document incidence;
    ``is_joined``: above the mean of all pairs, the network of :func:`centrality`; ``is_drawn``:
    among the two strongest links of either term, or needed to hold together what can be (maximum
    spanning forest). Strongest first.

    >>> tokens = pd.DataFrame({"doc_id": list("aabbc"), "term": ["가", "나", "가", "다", "라"]})
    >>> table = links(term_matrix(tokens, min_df=1, max_df=1.0))
    >>> table[["term_a", "term_b", "n_documents"]].values.tolist()
    [['가', '나', 1], ['가', '다', 1]]
    """
    names = np.sort(_frequent(matrix)["term"].to_numpy(dtype=object))
    columns = np.searchsorted(np.array(matrix.terms, dtype=object), names)
    present = (matrix.counts[:, columns] > 0).astype(float)
    together = (present.T @ present).toarray()  # terms × terms, a few dozen each way
    sizes = np.sqrt(np.diag(together))
    first, second = np.triu_indices(len(names), k=1)
    columns = {
        "term_a": names[first],
        "term_b": names[second],
        "n_documents": together[first, second].astype(int),
        "cosine": (together / np.outer(sizes, sizes))[first, second],
    }
    table = pd.DataFrame(columns)
    table["is_joined"] = table["cosine"] > table["cosine"].mean() + 1e-12
    order = ["cosine", "term_a", "term_b"]
    table = table[table["n_documents"] > 0]
    table = table.sort_values(order, ascending=[False, True, True], ignore_index=True)
    return table.assign(is_drawn=_is_drawn(table))


def positions(matrix: TermMatrix, table: pd.DataFrame) -> pd.DataFrame:
    """Where to draw each term of a network (`table` of :func:`links`), and its community.

    ``term, n_documents, x, y`` (Kamada & Kawai 1989, on the drawn links) and ``community``
    (Louvain, Blondel et al. 2008, on the drawn links weighted by cosine; 1 is the largest), most
    frequent first.

    >>> tokens = pd.DataFrame({"doc_id": list("aabb"), "term": ["가", "나", "다", "라"]})
    >>> matrix = term_matrix(tokens, min_df=1, max_df=1.0)
    >>> positions(matrix, links(matrix))["community"].tolist()
    [1, 1, 2, 2]
    """
    import networkx as nx

    terms = _frequent(matrix)[["term", "n_documents"]]
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
    about = {axis: {term: at[term][n] for term in at} for n, axis in enumerate("xy")}
    about |= {"community": community}
    return terms.assign(**{name: terms["term"].map(own) for name, own in about.items()})


def centrality(matrix: TermMatrix) -> pd.DataFrame:
    """TF, DF, TF-IDF and the centralities of the 50 most frequent terms.

    The network joins two terms when the cosine of their document incidence is above the
    mean of all pairs, so that the terms every document has are not joined to everything.
    Centralities are Freeman's (1978) without weights; closeness is scaled by the share of
    terms reached (Wasserman & Faust 1994).

    ``term, n`` (occurrences), ``n_documents, tfidf, degree, betweenness, closeness``, most frequent
    first.

    >>> tokens = pd.DataFrame({"doc_id": list("aabbc"), "term": ["가", "나", "가", "다", "라"]})
    >>> table = centrality(term_matrix(tokens, min_df=1, max_df=1.0)).set_index("term")
    >>> table["degree"].round(2).to_dict()
    {'가': 0.67, '나': 0.33, '다': 0.33, '라': 0.0}
    """
    import networkx as nx

    table = _frequent(matrix)
    graph = nx.Graph()
    graph.add_nodes_from(table["term"])
    joined = links(matrix).query("is_joined")
    graph.add_edges_from(zip(joined["term_a"], joined["term_b"], strict=True))
    measures = {
        "degree": nx.degree_centrality(graph) if len(graph) > 1 else dict.fromkeys(graph, 0.0),
        "betweenness": nx.betweenness_centrality(graph),
        "closeness": nx.closeness_centrality(graph),
    }
    found = {name: table["term"].map(values).astype(float) for name, values in measures.items()}
    return table.assign(**found)


def terms(corpus, *, n: int = 30) -> Result:
    """The `n` words used most: how often, in how many documents, with what weight."""
    top = term_summary(corpus.matrix).head(faults.whole(n, "n"))
    return Result("top-terms", top, corpus, by=("term",))


def centralities(corpus) -> Result:
    """Where the words used most stand in the network of words that share documents."""
    return Result("centrality", centrality(corpus.matrix), corpus, by=("term",))


def network(corpus) -> Result:
    """Which of the words used most stand in the same documents, and the communities they form."""
    joined = links(corpus.matrix)
    if not joined["is_joined"].any():  # every two stand together as often: one text, say
        joined = joined[:0]
    drawn = joined[joined["is_drawn"]].drop(columns=["is_joined", "is_drawn"])
    drawn = drawn.reset_index(drop=True)
    places = positions(corpus.matrix, joined)
    members = places.groupby("community")["term"].agg(["size", ", ".join]).reset_index()
    members.columns = ["community", "n", "terms"]
    look = {"by": ("term_a", "term_b"), "places": nearest_places(drawn, corpus), "level": 3}
    look |= {"facts": {"places": places, "n_joined": len(joined)}}
    look |= {"more": [Result("communities", members, corpus, parts=("table",))] * bool(len(drawn))}
    return Result("network", drawn, corpus, draw=partial(maps.network, places), **look)


def _codes(labels: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Integer codes into the sorted unique labels (a missing label would be code -1)."""
    labels = labels.astype("category")
    codes = labels.cat.codes.to_numpy()
    if (codes < 0).any():
        raise PolicyTextError(
            f"토큰 표의 '{labels.name}' 열에 빈 값이 {int((codes < 0).sum())}개 있습니다. "
            "빈 행을 지우고 다시 실행하세요."
        )
    found = np.array([*map(str, labels.cat.categories.tolist())], dtype=object)
    is_used, rank = np.zeros(len(found), dtype=bool), np.zeros(len(found), dtype=np.int32)
    is_used[codes] = True
    # Categories may be in any order; with `return_index` the sort is fast where they are sorted.
    names, _, rank[is_used] = np.unique(found[is_used], return_index=True, return_inverse=True)
    return rank[codes], names.tolist()


def _frequent(matrix: TermMatrix) -> pd.DataFrame:
    return term_summary(matrix).head(N_TERMS)


def _is_drawn(table: pd.DataFrame) -> np.ndarray:
    """The two strongest links of each term, and a maximum spanning forest; `table` is sorted."""
    import networkx as nx

    drawn = np.zeros(len(table), dtype=bool)
    ends = pd.concat([table["term_a"], table["term_b"]]).sort_index(kind="stable")
    drawn[ends.index[ends.groupby(ends).cumcount() < N_STRONGEST]] = True
    graph = nx.Graph()
    rows = zip(table["term_a"], table["term_b"], table["cosine"], table.index, strict=True)
    graph.add_edges_from((a, b, {"weight": weight, "row": row}) for a, b, weight, row in rows)
    forest = nx.maximum_spanning_edges(graph, data=True)
    drawn[[link["row"] for *_, link in forest]] = True
    return drawn
