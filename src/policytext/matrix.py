"""Tokens to sparse matrices: one row a document, one column a term."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer


@dataclass(frozen=True)
class TermMatrix:
    """A document-term matrix with its labels.

    Attributes
    ----------
    counts : scipy.sparse.csr_matrix
        documents × terms, occurrences (or weights after :func:`tfidf`).
    doc_ids, terms : list of str
        Row and column labels, both sorted, so that the order in which documents
        arrive never changes a result.
    """

    counts: sparse.csr_matrix
    doc_ids: list[str]
    terms: list[str]


def term_matrix(
    tokens: pd.DataFrame, *, min_df: int | float = 5, max_df: int | float = 0.5
) -> TermMatrix:
    """Count terms in documents.

    Parameters
    ----------
    tokens : DataFrame
        Columns ``doc_id, term`` (others are ignored), one row per token. None at all
        give an empty matrix.
    min_df, max_df : int or float
        Keep terms that occur in at least / at most this many documents; a float is a
        share of the documents in `tokens`, as in scikit-learn.

    Returns
    -------
    TermMatrix
        Documents that lose every term keep an empty row.

    Examples
    --------
    >>> tokens = pd.DataFrame({"doc_id": ["a", "a", "b"], "term": ["혁신", "창업", "혁신"]})
    >>> m = term_matrix(tokens, min_df=1, max_df=1.0)
    >>> m.doc_ids, m.terms, m.counts.toarray().tolist()
    (['a', 'b'], ['창업', '혁신'], [[1, 1], [0, 1]])
    """
    rows, doc_ids = _codes(tokens["doc_id"])
    columns, terms = _codes(tokens["term"])
    ones = np.ones(len(rows), dtype=np.int64)
    counts = sparse.csr_matrix((ones, (rows, columns)), shape=(len(doc_ids), len(terms)))
    n_documents = np.bincount(counts.indices, minlength=len(terms))
    keep = (n_documents >= _absolute(min_df, len(doc_ids))) & (
        n_documents <= _absolute(max_df, len(doc_ids))
    )
    kept_terms = [term for term, is_kept in zip(terms, keep, strict=True) if is_kept]
    return TermMatrix(counts[:, np.flatnonzero(keep)], doc_ids, kept_terms)


def tfidf(matrix: TermMatrix) -> TermMatrix:
    """Weight counts by TF-IDF with scikit-learn's smooth idf, sublinear tf and unit rows.

    Examples
    --------
    >>> tokens = pd.DataFrame({"doc_id": ["a", "a", "b"], "term": ["혁신", "창업", "혁신"]})
    >>> weights = tfidf(term_matrix(tokens, min_df=1, max_df=1.0)).counts
    >>> bool(weights[0, 0] > weights[0, 1])
    True
    """
    if not all(matrix.counts.shape):
        return TermMatrix(matrix.counts.astype(float), matrix.doc_ids, matrix.terms)
    weights = TfidfTransformer(sublinear_tf=True).fit_transform(matrix.counts)
    return TermMatrix(sparse.csr_matrix(weights), matrix.doc_ids, matrix.terms)


def term_summary(tokens: pd.DataFrame) -> pd.DataFrame:
    """Count every term: the frequency table that papers print.

    Returns
    -------
    DataFrame
        ``term, n`` (occurrences), ``n_documents``, ``tfidf`` (sum over documents of the
        weights of :func:`tfidf`), most frequent first, ties in alphabetical order.

    Examples
    --------
    >>> tokens = pd.DataFrame({"doc_id": ["a", "a", "b"], "term": ["창업", "혁신", "혁신"]})
    >>> term_summary(tokens)[["term", "n", "n_documents"]].to_numpy().tolist()
    [['혁신', 2, 2], ['창업', 1, 1]]
    """
    matrix = term_matrix(tokens, min_df=1, max_df=1.0)
    table = pd.DataFrame(
        {
            "term": matrix.terms,
            "n": np.asarray(matrix.counts.sum(axis=0)).ravel(),
            "n_documents": np.bincount(matrix.counts.indices, minlength=len(matrix.terms)),
            "tfidf": np.asarray(tfidf(matrix).counts.sum(axis=0)).ravel() if matrix.terms else [],
        }
    )
    return table.sort_values(["n", "term"], ascending=[False, True]).reset_index(drop=True)


def _codes(labels: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Integer codes into the sorted unique labels (a missing label would be code -1)."""
    codes, found = pd.factorize(labels)
    if (codes < 0).any():
        raise ValueError(
            f"토큰 표의 '{labels.name}' 열에 빈 값이 {int((codes < 0).sum())}개 있습니다. "
            "빈 행을 지우고 다시 실행하세요."
        )
    # Not factorize(sort=True): it leaves categories in the order in which they arrived.
    names = np.array([str(label) for label in found], dtype=object)
    order = np.argsort(names)
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    return rank[codes], names[order].tolist()


def _absolute(threshold: int | float, n_documents: int) -> float:
    return threshold * n_documents if isinstance(threshold, float) else threshold
