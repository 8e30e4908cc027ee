"""Vectors and company of terms, vectors of documents, from the corpus's own co-occurrence, deterministic.

1. terms x contexts: positive pointwise mutual information of terms that share documents;
2. its truncated singular value decomposition gives each term a vector;
3. a document is the direction of the TF-IDF-weighted sum of its term vectors, centred over
   the corpus and of unit length again.

Plain TF-IDF rows fail on short texts, because two headlines about one subject seldom share a
word; here they only need words that keep the same company.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd

from policytext.matrix import TermMatrix, tfidf
from policytext.schema import InsufficientData

N_DIMENSIONS = 100
N_CONTEXTS = 2_000  # most frequent terms used as contexts; bounds time and memory
CONTEXT_SMOOTHING = 0.75  # Levy, Goldberg & Dagan (2015)


def document_vectors(matrix: TermMatrix, joint: np.ndarray | None = None) -> np.ndarray:
    """Place documents in at most 100 dimensions.

    Parameters
    ----------
    matrix : TermMatrix
        Counts, as :func:`checked` returns them.
    joint : ndarray, optional
        :func:`cooccurrence` of these documents, when it is already known.

    Returns
    -------
    ndarray of float32
        Unit rows, centred over the documents that have a vector; zero for the others.
    """
    if joint is None:
        joint = cooccurrence(matrix.counts, top_contexts(matrix.counts))
    raw = tfidf(matrix).counts.astype(np.float32) @ term_vectors(joint)
    known = np.linalg.norm(raw, axis=1) > 1e-6
    # Term vectors share a direction, so a sum is longer the more terms it has. Centring raw
    # sums would sort documents by length, and stably so even in shuffled texts.
    raw = normalize(raw)
    # A corpus of one document would vanish if it were centred.
    if known.sum() > 1:
        raw[known] -= raw[known].mean(axis=0)
    raw[~known | (np.linalg.norm(raw, axis=1) < 1e-5)] = 0
    return normalize(raw)


def term_vectors(joint: np.ndarray) -> np.ndarray:
    """Unit term vectors: left singular vectors of the PPMI matrix times its singular values.

    With V the eigenvectors of the small contexts x contexts Gram matrix, U·S = M·V.
    """
    ppmi = positive_pmi(joint)
    n_dimensions = min(N_DIMENSIONS, ppmi.shape[1])
    v, _, _ = randomized_svd(ppmi.T @ ppmi, n_dimensions, n_iter=4, random_state=0)
    return normalize(ppmi @ v)


def positive_pmi(joint: np.ndarray) -> np.ndarray:
    """Positive pointwise mutual information with the contexts' shares smoothed."""
    smoothed = joint.sum(axis=0, dtype=np.float64) ** CONTEXT_SMOOTHING
    share = (smoothed / max(smoothed.sum(), 1e-12)).astype(np.float32)
    with np.errstate(divide="ignore", invalid="ignore"):
        pmi = joint / joint.sum(axis=1, keepdims=True)
        pmi /= share
        np.log(pmi, out=pmi)
    np.fmax(pmi, 0, out=pmi)  # also what was 0 / 0
    return pmi


def cooccurrence(counts: sparse.csr_matrix, contexts: np.ndarray) -> np.ndarray:
    """Weigh how often each term meets each *other* term that serves as a context.

    A document with n tokens gives each ordered pair of tokens of different terms the weight
    1 / (n - 1), so a long document cannot outweigh its length. The weights add up over
    documents: a part of the corpus is the whole minus the rest.

    Returns
    -------
    ndarray of float32, terms × contexts
        40 MB for 5,000 terms.
    """
    counts = sparse.csr_matrix(counts, dtype=np.float32)
    n_tokens = np.asarray(counts.sum(axis=1)).ravel()
    scale = (1 / np.maximum(n_tokens - 1, 1)).astype(np.float32)
    weighted = sparse.csr_matrix(sparse.diags_array(scale) @ counts[:, contexts])
    joint = (counts.T.tocsr() @ weighted).toarray()
    joint[contexts, np.arange(len(contexts))] = 0
    return joint


def top_contexts(counts: sparse.csr_matrix) -> np.ndarray:
    """Columns of the terms found in most documents, at most 2,000, in column order."""
    n_documents = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.sort(np.argsort(-n_documents, kind="stable")[:N_CONTEXTS])


def mean_npmi(present: sparse.csr_matrix) -> float:
    """Mean NPMI over pairs of columns, see :func:`policytext.topics.coherence`."""
    n_documents, n_terms = present.shape
    if n_terms < 2:
        return np.nan
    joint = (present.T @ present).toarray() / n_documents
    alone = np.diag(joint)
    i, j = np.triu_indices(n_terms, 1)
    together = joint[i, j]
    with np.errstate(divide="ignore", invalid="ignore"):
        npmi = np.log(together / (alone[i] * alone[j])) / -np.log(together)
    npmi = np.where(together == 0, -1.0, np.where(together == 1, 0.0, npmi))
    return float(npmi.mean())


def centroid_similarity(vectors: np.ndarray, topic: np.ndarray) -> np.ndarray:
    """Cosine of each row to the centroid of its topic; NaN for topic 0."""
    similarity = np.full(len(topic), np.nan)
    for number in np.unique(topic[topic != 0]):
        members = topic == number
        centroid = normalize(vectors[members].mean(axis=0, keepdims=True))
        similarity[members] = vectors[members] @ centroid[0]
    return similarity


def presence(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """One where a document has the term."""
    return sparse.csr_matrix(counts.astype(bool).astype(np.float64))


def checked(matrix: TermMatrix) -> TermMatrix:
    """Return the matrix with rows and columns in label order, without stored zeros.

    Raises
    ------
    ValueError
        If there is no count, a value that is not a count, or a `doc_id` twice.
    """
    counts = sparse.csr_matrix(matrix.counts, copy=True)
    counts.sum_duplicates()
    counts.eliminate_zeros()
    if counts.nnz == 0:
        raise InsufficientData(
            f"주제를 나눌 단어가 없습니다(문서 {counts.shape[0]}건, 단어 {counts.shape[1]}개). "
            "문서를 더하거나 term_matrix()의 min_df를 낮추세요."
        )
    if (counts.data < 0).any() or (counts.data != np.floor(counts.data)).any():
        raise ValueError(
            "단어 빈도 행렬이 필요한데 0 이상의 정수가 아닌 값이 있습니다. "
            "tfidf()를 거치지 않은 term_matrix()의 결과를 넣으세요."
        )
    if len(set(matrix.doc_ids)) != len(matrix.doc_ids):
        raise ValueError("행렬에 같은 doc_id가 두 번 이상 있습니다. 문서마다 한 행만 남기세요.")
    rows = sorted(range(len(matrix.doc_ids)), key=matrix.doc_ids.__getitem__)
    columns = sorted(range(len(matrix.terms)), key=matrix.terms.__getitem__)
    counts = counts[rows][:, columns]
    counts.sort_indices()
    doc_ids = [matrix.doc_ids[row] for row in rows]
    return TermMatrix(counts, doc_ids, [matrix.terms[column] for column in columns])
