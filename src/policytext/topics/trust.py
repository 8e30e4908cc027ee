"""How far clusters can be trusted: do they come back when the documents are drawn again?

Judged on random 80 % subsets of the documents, not on draws with replacement: a document drawn
twice is a reprint, and reprints make their own word pairs look associated. What shuffled text
gives under the same procedure is what clustering finds where there is nothing to find.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, mutual_info_score
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information

from policytext.faults import PolicyTextError
from policytext.report import charts
from policytext.report.result import Result
from policytext.store import stored
from policytext.study import TopicOptions
from policytext.topics import clusters
from policytext.topics.clusters import Topics
from policytext.words.counts import TermMatrix

STABLE_JACCARD = 0.75  # Hennig (2007): below this, membership is doubtful
SUBSET = 0.8  # share of the documents in each resample
STARTS_RESAMPLE = 5
N_SEEDS = 5
KEPT_INFORMATION = 0.9  # of the most that any number of topics reproduces


@stored
def fit_topics(matrix: TermMatrix, options: TopicOptions) -> tuple[Topics, pd.DataFrame]:
    """Cluster with the number of topics a study names, or else the one the curve chooses.

    Returns
    -------
    Topics, DataFrame
        The topics, and the curve of :func:`choose_n_topics` with ``chosen`` marking the
        number used when it is among the candidates.
    """
    seed, n_topics = options.random_state, options.n_topics
    curve = choose_n_topics(matrix, options.candidates, n_boot=options.n_boot, random_state=seed)
    if n_topics:
        curve = curve.assign(chosen=curve["n_topics"] == n_topics)
    n_topics = n_topics or int(curve.loc[curve["chosen"], "n_topics"].iloc[0])
    return clusters.cluster(matrix, n_topics, random_state=seed), curve


@stored
def choose_n_topics(
    matrix: TermMatrix,
    candidates: Sequence[int] = (5, 8, 10, 12, 15, 20, 25, 30),
    *,
    n_boot: int = 10,
    random_state: int = 0,
) -> pd.DataFrame:
    """Compare numbers of topics by stability and coherence, and choose one.

    Parameters
    ----------
    matrix : TermMatrix
    candidates : sequence of int
        Numbers of topics to try.
    n_boot : int
        Random 80 % subsets of the documents (at least 2); each refits the term vectors.
    random_state : int

    Returns
    -------
    DataFrame
        One row per candidate: ``n_topics``; the columns of :func:`agreement_curve`;
        ``coherence`` (mean over topics); ``smallest_topic_share`` (of the documents that have a
        topic); ``chosen``, true in one row.

    Notes
    -----
    The Rand index alone prefers the coarsest view almost always: few large clusters agree
    more, even in shuffled text. So two things are asked. *How fine may it be?* `information`
    is what one knows of a document's topic from a fit on other documents, above chance and
    above shuffled text; it grows with each split that comes back. Numbers that keep 90 %
    of the most information stay in. *Which of them is best?* The one with the greatest product
    of stability corrected for shuffled text, (ARI - null) / (1 - null), and coherence
    rescaled to 0..1, (1 + NPMI) / 2; on a tie the smaller. Numbers that give a single topic have
    no stability; if all do, the smallest is chosen. A choice is always made; whether
    there is structure at all is for :func:`stability` to say.
    """
    matrix = clusters.checked(matrix)
    candidates = sorted(set(candidates))
    if not candidates:
        raise PolicyTextError(
            "비교할 주제 수(candidates)가 없습니다. 예: (5, 10, 20)처럼 적으세요."
        )
    vectors = clusters.document_vectors(matrix)
    fits = {k: clusters.partition(matrix, vectors, k, random_state) for k in candidates}
    table = agreement_curve(matrix, fits, n_boot=n_boot, random_state=random_state)
    for row, fit in enumerate(fits.values()):
        topics = clusters.described(matrix, vectors, fit)
        sizes = np.bincount(topics.documents["topic"])[1:]
        table.loc[row, "coherence"] = clusters.coherence(matrix, topics)["coherence"].mean()
        table.loc[row, "smallest_topic_share"] = sizes.min() / sizes.sum()
    return table.assign(chosen=table.index == _best_row(table))


def _best_row(table: pd.DataFrame) -> int:
    """Row of the number of topics to choose, by the rule in :func:`choose_n_topics`."""
    most = table["information"].max()
    if np.isnan(most):
        return 0
    kept = table["information"] >= most - (1 - KEPT_INFORMATION) * abs(most)
    corrected = (table["stability"] - table["stability_null"]) / (1 - table["stability_null"])
    score = corrected * (1 + table["coherence"].fillna(-1)) / 2
    # Without a score (shuffled text agrees as fully) a number loses to any that has one.
    return int(score[kept].fillna(-np.inf).idxmax())


@stored
def stability(
    matrix: TermMatrix, topics: Topics, *, n_boot: int = 20, random_state: int = 0
) -> pd.DataFrame:
    """Say which topics come back when the documents are drawn again.

    Parameters
    ----------
    matrix : TermMatrix
        The counts `topics` was made from; other documents are a PolicyTextError.
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
        subsets); ``jaccard_seeds`` (mean overlap when only the seed of k-means changes, five
        seeds); ``ari, ari_low`` (mean and 5th percentile of the adjusted Rand index, the
        same on every row); ``ari_null`` (the largest ARI among ``max(5, n_boot // 4)``
        corpora whose tokens were shuffled across documents, document lengths and term totals
        kept); ``is_stable`` (the corpus has structure, see :func:`has_structure`,
        and the topic's Jaccard is at least 0.75; Hennig 2007).
    """
    matrix = clusters.checked(matrix)
    _check_n_boot(n_boot)
    if topics.documents["doc_id"].tolist() != matrix.doc_ids:
        raise PolicyTextError(
            f"주제 표의 문서({len(topics.documents)}건)와 행렬의 문서({len(matrix.doc_ids)}건)가 "
            "서로 다릅니다. cluster()에 넣은 행렬을 그대로 넣으세요."
        )
    full = topics.documents["topic"].to_numpy()
    n_topics = max(int(full.max(initial=0)), 1)
    overlaps, agreements = [], []
    for drawn, refits in _refits(matrix, [n_topics], n_boot, random_state):
        overlaps.append(_matched_jaccard(full[drawn], refits[n_topics], n_topics))
        agreements.append(adjusted_rand_score(full[drawn], refits[n_topics]))
    vectors = clusters.document_vectors(matrix)
    of_seeds = []
    for seed in range(random_state + 1, random_state + 1 + N_SEEDS):
        reseeded = clusters.partition(matrix, vectors, n_topics, seed)
        of_seeds.append(_matched_jaccard(full, reseeded, n_topics))
    null = _null_agreements(matrix, [n_topics], max(5, n_boot // 4), random_state)
    table = pd.DataFrame({"topic": np.arange(1, n_topics + 1)})
    table["n_documents"] = np.bincount(full, minlength=n_topics + 1)[1:]
    table["jaccard"], table["jaccard_low"], table["jaccard_high"] = _summary(pd.DataFrame(overlaps))
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

    `fits` maps each number of topics to the topic of each row, as ``partition`` gives; as many
    corpora are shuffled as a fifth of `n_boot`, at least 2.

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
    real = [
        (k, *_agreement(fits[k][drawn], refits[k]))
        for drawn, refits in _refits(matrix, list(fits), n_boot, random_state)
        for k in fits
    ]
    real = pd.DataFrame(real, columns=["n_topics", "ari", "information"]).groupby("n_topics")
    null = _null_agreements(matrix, list(fits), max(2, n_boot // 5), random_state)
    null = null.groupby("n_topics").mean()
    table = pd.DataFrame(index=pd.Index(fits, name="n_topics"))
    columns = ["stability", "stability_low", "stability_high"]
    table[columns[0]], table[columns[1]], table[columns[2]] = _summary(real["ari"])
    table["stability_null"] = null["ari"]
    table["information"] = real["information"].mean() - null["information"]
    table[[len(set(fit) - {clusters.NO_TOPIC}) < 2 for fit in fits.values()]] = np.nan
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


def curve(corpus) -> Result:
    """How many topics: stability and coherence of each number that was tried."""
    facts = {"n_topics": len(corpus.topic_names)}
    return Result("topic-curve", corpus.topic_curve, corpus, facts=facts, draw=charts.topic_curve)


def overview(corpus) -> Result:
    """The topics: their terms, how stable they are, the names people gave, all documents."""
    matched = clusters.match_labels(corpus.topics, clusters.read_labels(corpus.study))
    table = corpus.stable.merge(matched[matched["is_matched"]], on="topic", how="left")
    table["terms"] = table["topic"].map(clusters.labels(corpus.topics, n_terms=6))
    columns = "topic doc_id similarity date administration publisher title url".split()
    kept = clusters.exemplars(corpus.topics).merge(corpus.documents, on="doc_id")[columns]
    given = Result(
        "topic-names",
        matched,
        corpus,
        facts={"lost": matched.loc[matched["topic"].isna(), "label"].tolist()},
        level=0,
        parts=("finding",),
        file="",
    )
    return Result(
        "topics",
        table,
        corpus,
        by=("topic",),
        **clusters.nearest_documents(corpus),
        columns=("topic", "label", "terms", "n_documents", "jaccard", "jaccard_low",
                 "jaccard_high", "jaccard_seeds", "is_stable"),
        facts={"has_structure": has_structure(table)},
        shown=40,
        more=[given, Result("topic-documents", kept, corpus, parts=("kept",))],
    )  # fmt: skip


def _check_n_boot(n_boot: int) -> None:
    if n_boot < 2:
        raise PolicyTextError(
            f"재표집 횟수(n_boot)는 2 이상이어야 하는데 {n_boot}입니다. 10이나 20을 권합니다."
        )


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
    contexts = clusters.top_contexts(matrix.counts)
    joint = clusters.cooccurrence(matrix.counts, contexts) if joint is None else joint
    for _ in range(n_boot):
        n_drawn = max(1, round(SUBSET * n_documents))
        drawn = np.sort(random.choice(n_documents, n_drawn, replace=False))
        doc_ids = [matrix.doc_ids[row] for row in drawn]
        subset = TermMatrix(matrix.counts[drawn], doc_ids, matrix.terms)
        left_out = np.setdiff1d(np.arange(n_documents), drawn)
        # Four times less work than counting the documents drawn. A pair nobody drew leaves
        # exactly zero, as both sums add the same weights in the same order.
        rest = clusters.cooccurrence(matrix.counts[left_out], contexts)
        vectors = clusters.document_vectors(subset, joint - rest)
        yield drawn, _fitted(subset, vectors, candidates, seed)


def _fitted(
    matrix: TermMatrix, vectors: np.ndarray, candidates: Sequence[int], seed: int
) -> dict[int, np.ndarray]:
    return {
        k: clusters.partition(matrix, vectors, k, seed, n_starts=STARTS_RESAMPLE)
        for k in candidates
    }


def _agreement(full: np.ndarray, refit: np.ndarray) -> tuple[float, float]:
    return adjusted_rand_score(full, refit), information(full, refit)


def _null_agreements(
    matrix: TermMatrix, candidates: Sequence[int], n_null: int, seed: int
) -> pd.DataFrame:
    """``n_topics, ari, information`` in corpora without topics, one subset each."""
    rows = []
    for draw in range(n_null):
        shuffled = shuffle_tokens(matrix, seed + draw)
        joint = clusters.cooccurrence(shuffled.counts, clusters.top_contexts(shuffled.counts))
        fits = _fitted(shuffled, clusters.document_vectors(shuffled, joint), candidates, seed)
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
