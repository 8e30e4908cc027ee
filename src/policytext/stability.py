"""How far clusters can be trusted: do they come back when the documents are drawn again?

Judged on random 80 % subsets of the documents, not on draws with replacement: a document drawn
twice is a reprint, and reprints make their own word pairs look associated. What shuffled text
gives under the same procedure is what clustering finds where there is nothing to find.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score, mutual_info_score
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information

from policytext.embedding import checked, cooccurrence, document_vectors, top_contexts
from policytext.matrix import TermMatrix

NO_TOPIC = 0  # the topic of a document without usable terms; real topics count from 1
STABLE_JACCARD = 0.75  # Hennig (2007): below this, membership is doubtful
SUBSET = 0.8  # share of the documents in each resample
STARTS = 20
STARTS_RESAMPLE = 5
N_SEEDS = 5


class Partition(Protocol):
    """Documents with their topics, as :class:`policytext.topics.Topics`."""

    documents: pd.DataFrame


def stability(
    matrix: TermMatrix, topics: Partition, *, n_boot: int = 20, random_state: int = 0
) -> pd.DataFrame:
    """Say which topics come back when the documents are drawn again.

    Parameters
    ----------
    matrix : TermMatrix
        The counts `topics` was made from.
    topics : Topics
    n_boot : int
        Random 80 % subsets of the documents (at least 2). Everything is refitted, term
        vectors included.
    random_state : int

    Returns
    -------
    DataFrame
        One row per topic: ``topic, n_documents``; ``jaccard`` (mean overlap with the matched
        topic of the refit, among the documents drawn; matched one to one by the
        Hungarian method) with ``jaccard_low, jaccard_high`` (5th and 95th percentiles over
        subsets); ``jaccard_seeds`` (mean overlap with the matched topic when only the seed of
        k-means changes, five seeds); ``ari, ari_low`` (mean and 5th percentile of the adjusted Rand index, the
        same on every row); ``ari_null`` (the largest ARI among ``max(5, n_boot // 4)``
        corpora whose tokens were shuffled across documents, document lengths and term totals
        kept); ``is_stable`` (the corpus has structure, see :func:`has_structure`,
        and the topic's Jaccard is at least 0.75; Hennig 2007).

    Raises
    ------
    ValueError
        If `topics` was not made from the documents of `matrix`, or under 2 subsets.
    """
    matrix = checked(matrix)
    _check_n_boot(n_boot)
    if topics.documents["doc_id"].tolist() != matrix.doc_ids:
        raise ValueError(
            f"주제 표의 문서({len(topics.documents)}건)와 행렬의 문서({len(matrix.doc_ids)}건)가 "
            "서로 다릅니다. cluster()에 넣은 행렬을 그대로 넣으세요."
        )
    full = topics.documents["topic"].to_numpy()
    n_topics = max(int(full.max(initial=0)), 1)
    overlaps, agreements = [], []
    for drawn, refits in _refits(matrix, [n_topics], n_boot, random_state):
        overlaps.append(_matched_jaccard(full[drawn], refits[n_topics], n_topics))
        agreements.append(adjusted_rand_score(full[drawn], refits[n_topics]))
    seeds = range(random_state + 1, random_state + 1 + N_SEEDS)
    vectors = document_vectors(matrix)
    reseeded = [partition(matrix, vectors, n_topics, seed) for seed in seeds]
    null = _null_agreements(matrix, [n_topics], max(5, n_boot // 4), random_state)
    table = pd.DataFrame({"topic": np.arange(1, n_topics + 1)})
    table["n_documents"] = np.bincount(full, minlength=n_topics + 1)[1:]
    table["jaccard"], table["jaccard_low"], table["jaccard_high"] = _summary(pd.DataFrame(overlaps))
    of_seeds = [_matched_jaccard(full, topic, n_topics) for topic in reseeded]
    table["jaccard_seeds"] = np.mean(of_seeds, axis=0)
    table["ari"], table["ari_low"], _ = _summary(pd.Series(agreements))
    table["ari_null"] = null["ari"].max()
    table["is_stable"] = has_structure(table) & (table["jaccard"] >= STABLE_JACCARD)
    return table


def has_structure(table: pd.DataFrame) -> bool:
    """Say whether a :func:`stability` table shows topics at all; if not, report none.

    True when there are two topics or more and the 5th percentile of the real ARI is above
    every ARI of the shuffled corpora.
    """
    return bool(len(table) > 1 and table["ari_low"].iloc[0] > table["ari_null"].iloc[0])


def agreement_curve(
    matrix: TermMatrix, fits: Mapping[int, np.ndarray], *, n_boot: int, random_state: int
) -> pd.DataFrame:
    """Compare numbers of topics by how much of the full fit a refit tells.

    Parameters
    ----------
    matrix : TermMatrix
        Counts, as :func:`policytext.embedding.checked` returns them.
    fits : mapping
        Number of topics -> topic of each row, as :func:`partition` gives.
    n_boot : int
        Subsets; as many shuffled corpora as a fifth of that, at least 2.
    random_state : int

    Returns
    -------
    DataFrame
        ``n_topics``; ``stability`` (mean adjusted Rand index over subsets) with
        ``stability_low, stability_high`` (5th and 95th percentiles); ``stability_null`` (mean in
        shuffled text); ``information`` (nats of a document's topic known from the refit, above
        what shuffled text gives; see :func:`information`). All but the first are NaN where the
        fit has a single topic: that it agrees with itself is no stability.
    """
    _check_n_boot(n_boot)
    n_null = max(2, n_boot // 5)
    real = [
        (k, *_agreement(fits[k][drawn], refits[k]))
        for drawn, refits in _refits(matrix, list(fits), n_boot, random_state)
        for k in fits
    ]
    null = _null_agreements(matrix, list(fits), n_null, random_state)
    real = pd.DataFrame(real, columns=["n_topics", "ari", "information"]).groupby("n_topics")
    null = null.groupby("n_topics").mean()
    table = pd.DataFrame(index=pd.Index(fits, name="n_topics"))
    columns = ["stability", "stability_low", "stability_high"]
    table[columns[0]], table[columns[1]], table[columns[2]] = _summary(real["ari"])
    table["stability_null"] = null["ari"]
    table["information"] = real["information"].mean() - null["information"]
    alone = [len(set(fit) - {NO_TOPIC}) < 2 for fit in fits.values()]
    table[alone] = np.nan
    return table.reset_index()


def information(full: np.ndarray, refit: np.ndarray) -> float:
    """Mutual information of two partitions less what chance gives (nats).

    The expectation under random labels with the same sizes is that of Vinh, Epps & Bailey
    (2010). Unlike an index scaled to 1, it grows with every split that comes back.

    Examples
    --------
    >>> half = [1, 1, 2, 2] * 20
    >>> round(information(half, half), 2), abs(round(information(half, [1, 2, 2, 1] * 20), 2))
    (0.69, 0.01)
    """
    table = contingency_matrix(full, refit, sparse=True).astype(np.int64)
    expected = expected_mutual_information(table, len(full))
    return float(mutual_info_score(None, None, contingency=table) - expected)


def partition(
    matrix: TermMatrix, vectors: np.ndarray, n_topics: int, seed: int, *, n_starts: int = STARTS
) -> np.ndarray:
    """Topic of each row by k-means, not yet numbered by size; 0 for rows without a vector.

    Everything is one topic when there are fewer documents than topics.
    """
    if n_topics != int(n_topics) or n_topics < 1:
        raise ValueError(f"주제 수는 1 이상의 정수여야 하는데 {n_topics}입니다. 2 이상을 권합니다.")
    known = np.flatnonzero(np.any(vectors != 0, axis=1))
    topic = np.full(len(vectors), NO_TOPIC)
    if n_topics == 1 or len(known) < n_topics:
        topic[np.diff(matrix.counts.indptr) > 0] = 1
        return topic
    with warnings.catch_warnings():
        # Fewer distinct documents than topics: the empty topics are simply not numbered.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = KMeans(n_topics, init=_seeds, n_init=n_starts, random_state=seed)
        model.fit(vectors[known])
    topic[known] = model.labels_ + 1
    return topic


def _check_n_boot(n_boot: int) -> None:
    if n_boot < 2:
        raise ValueError(
            f"재표집 횟수(n_boot)는 2 이상이어야 하는데 {n_boot}입니다. 10이나 20을 권합니다."
        )


def _seeds(vectors: np.ndarray, n_topics: int, random_state: np.random.RandomState) -> np.ndarray:
    """Greedy k-means++ (Arthur & Vassilvitskii 2007), as scikit-learn seeds.

    Its own takes longer than k-means itself on float32 rows, as it converts them at each step.
    """
    norms = np.einsum("ij,ij->i", vectors, vectors)
    n_trials = 2 + int(np.log(n_topics))
    trials = random_state.randint(len(vectors), size=1)
    nearest, chosen = np.full(len(vectors), np.inf, dtype=vectors.dtype), []
    for _ in range(n_topics):
        distance = norms[:, None] - 2 * (vectors @ vectors[trials].T) + norms[trials]
        nearer = np.minimum(nearest[:, None], np.maximum(distance, 0))
        best = nearer.sum(axis=0).argmin()
        chosen.append(trials[best])
        nearest = nearer[:, best]
        reach = np.cumsum(nearest, dtype=np.float64)
        trials = np.searchsorted(reach, random_state.uniform(size=n_trials) * reach[-1])
        trials = np.minimum(trials, len(vectors) - 1)
    return vectors[chosen]


def _refits(
    matrix: TermMatrix,
    candidates: Sequence[int],
    n_boot: int,
    seed: int,
    joint: np.ndarray | None = None,
) -> Iterator[tuple[np.ndarray, dict[int, np.ndarray]]]:
    """Yield the rows of each subset and, for each number of topics, its refitted topics."""
    random = np.random.default_rng(seed)
    n_documents = len(matrix.doc_ids)
    contexts = top_contexts(matrix.counts)
    joint = cooccurrence(matrix.counts, contexts) if joint is None else joint
    for _ in range(n_boot):
        n_drawn = max(1, round(SUBSET * n_documents))
        drawn = np.sort(random.choice(n_documents, n_drawn, replace=False))
        doc_ids = [matrix.doc_ids[row] for row in drawn]
        subset = TermMatrix(matrix.counts[drawn], doc_ids, matrix.terms)
        left_out = np.setdiff1d(np.arange(n_documents), drawn)
        # Four times less work than counting the documents drawn. A pair nobody drew leaves
        # exactly zero, as both sums add the same weights in the same order.
        rest = joint - cooccurrence(matrix.counts[left_out], contexts)
        vectors = document_vectors(subset, rest)
        yield (
            drawn,
            {k: partition(subset, vectors, k, seed, n_starts=STARTS_RESAMPLE) for k in candidates},
        )


def _agreement(full: np.ndarray, refit: np.ndarray) -> tuple[float, float]:
    return adjusted_rand_score(full, refit), information(full, refit)


def _null_agreements(
    matrix: TermMatrix, candidates: Sequence[int], n_null: int, seed: int
) -> pd.DataFrame:
    """``n_topics, ari, information`` in corpora without topics, one subset each."""
    rows = []
    for draw in range(n_null):
        shuffled = shuffle_tokens(matrix, seed + draw)
        joint = cooccurrence(shuffled.counts, top_contexts(shuffled.counts))
        vectors = document_vectors(shuffled, joint)
        fits = {
            k: partition(shuffled, vectors, k, seed, n_starts=STARTS_RESAMPLE) for k in candidates
        }
        for drawn, refits in _refits(shuffled, candidates, 1, seed + draw, joint):
            rows += [(k, *_agreement(fits[k][drawn], refits[k])) for k in candidates]
    return pd.DataFrame(rows, columns=["n_topics", "ari", "information"])


def _matched_jaccard(full: np.ndarray, refit: np.ndarray, n_topics: int) -> np.ndarray:
    """Jaccard overlap of each topic 1..n with its one-to-one partner; NaN if not drawn."""
    shared = np.zeros((n_topics + 1, max(int(refit.max()), n_topics) + 1))
    np.add.at(shared, (full, refit), 1)
    union = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0, keepdims=True) - shared
    overlap = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)[1:, 1:]
    rows, columns = linear_sum_assignment(overlap, maximize=True)
    drawn = shared[1:].sum(axis=1) > 0
    return np.where(drawn, overlap[rows, columns], np.nan)


def shuffle_tokens(matrix: TermMatrix, seed: int) -> TermMatrix:
    """Deal the tokens out again; document lengths and term totals stay."""
    entries = matrix.counts.tocoo()
    times = entries.data.astype(np.int64)
    rows = np.repeat(entries.row, times)
    columns = np.random.default_rng(seed).permutation(np.repeat(entries.col, times))
    dealt = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=entries.shape)
    return TermMatrix(dealt, matrix.doc_ids, matrix.terms)


def _summary(draws: pd.DataFrame | pd.Series) -> tuple:
    """Mean, 5th and 95th percentile over draws, leaving out topics a draw did not meet."""
    return draws.mean(), draws.quantile(0.05), draws.quantile(0.95)
