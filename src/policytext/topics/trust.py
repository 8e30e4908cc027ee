"""How far clusters can be trusted: do they come back when the documents are drawn again?

Judged on random 80 % subsets of the documents, not on draws with replacement: a document drawn
twice is a reprint, and reprints make their own word pairs look associated. What shuffled text
gives under the same procedure is what clustering finds where there is nothing to find.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
import scipy
from scipy import sparse

from policytext.faults import PolicyTextError
from policytext.report import charts
from policytext.report.result import Result
from policytext.scale import mapped
from policytext.store import stored
from policytext.study import TopicOptions
from policytext.topics import clusters
from policytext.topics.clusters import Topics
from policytext.words.counts import TermMatrix

STABLE_JACCARD = 0.75  # Hennig (2007): below this, membership is doubtful
SUBSET = 0.8  # share of the documents in each resample
MOST_DRAWN = 16_000  # documents in a resample
MANY = 2_000  # documents, above which refits are spread over cores: it takes seconds to begin
TOO_MANY = 50_000  # from which each core's own copies would fill memory
STARTS_RESAMPLE = 5
N_SEEDS = 5
N_SHUFFLED = 5  # corpora without topics
LEAST_EACH = 10  # documents of a topic on average: the fewer, the more trivially it comes back
N_FOR_TAILS = 100  # draws from which a 95 % band can be read; of fewer, lowest and highest


@stored
def fit_topics(
    matrix: TermMatrix, options: TopicOptions
) -> tuple[Topics, pd.DataFrame, pd.DataFrame]:
    """Cluster with the number of topics a study names, or else the most trustworthy one.

    That is the number with most documents in stable topics (see :func:`stability_of`); of equals the
    largest, and the smallest where no number has a stable topic. In text without topics no share
    is above 0, so neither few large clusters nor many small ones are preferred by themselves.
    Candidates that leave fewer than ten documents a topic are not tried, but for the smallest.

    Gives the topics; the candidates, a row each: ``n_topics, n_stable, stable_share`` (of the
    documents with a topic), ``stability, stability_low, stability_high, stability_null`` (the
    ``ari`` of :func:`stability_of`, NaN where there is a single topic: that it agrees with itself is
    no stability), ``coherence`` (mean over topics), ``smallest_topic_share``, ``chosen``; and the
    table of :func:`stability_of` of the topics, with ``jaccard_seeds`` (mean overlap when only the
    seed of k-means changes, five seeds).
    """
    matrix, seed = clusters.checked(matrix), options.random_state
    candidates = sorted({*options.candidates, options.n_topics} - {0})
    if not candidates:
        raise PolicyTextError(
            "비교할 주제 수(candidates)가 없습니다. 예: (5, 10, 20)처럼 적으세요."
        )
    most = len(matrix.doc_ids) / LEAST_EACH
    candidates = [k for k in candidates if k in (candidates[0], options.n_topics) or k <= most]
    vectors = clusters.document_vectors(matrix)
    parts = {k: clusters.partition(matrix, vectors, k, seed) for k in candidates}
    fits = {k: clusters.described(matrix, vectors, part) for k, part in parts.items()}
    tables = stability_of(matrix, fits, options.n_boot, seed)
    rows = []
    for n_topics, table in tables.items():
        sizes, agreement = table["n_documents"] / table["n_documents"].sum(), table.iloc[0]
        agreement = agreement[["ari", "ari_low", "ari_high", "ari_null"]].astype(float)
        rows.append({
            "n_topics": n_topics,
            "n_stable": table["is_stable"].sum(),
            "stable_share": sizes[table["is_stable"]].sum(),
            **agreement.rename(lambda name: name.replace("ari", "stability")),
            "coherence": clusters.coherence(matrix, fits[n_topics])["coherence"].mean(),
            "smallest_topic_share": sizes.min(),
        })  # fmt: skip
    curve = pd.DataFrame(rows)
    is_single = [len(table) < 2 for table in tables.values()]
    curve.loc[is_single, [name for name in curve if name.startswith("stability")]] = np.nan
    chosen = options.n_topics or most_in_stable_topics(curve)
    table = tables[chosen].assign(jaccard_seeds=_reseeded(matrix, fits[chosen], seed))
    return fits[chosen], curve.assign(chosen=curve["n_topics"] == chosen), table


def most_in_stable_topics(curve: pd.DataFrame) -> int:
    """The number of topics by the rule of :func:`fit_topics`."""
    best = _best(curve)["n_topics"]
    return int(best.max() if len(best) else curve["n_topics"].min())


def _best(curve: pd.DataFrame) -> pd.DataFrame:
    """The candidates with most documents in stable topics, equal ones too; none without any."""
    most = curve["stable_share"].max()
    return curve[np.isclose(curve["stable_share"].astype(float), most) & (most > 0)]


def has_structure(table: pd.DataFrame) -> bool:
    """Say whether a :func:`stability_of` table shows topics at all; if not, report none.

    True when there are two topics or more and ``ari_low`` is above every ARI of the shuffled
    corpora.
    """
    return bool(len(table) > 1 and table["ari_low"].iloc[0] > table["ari_null"].iloc[0])


def stability_of(
    matrix: TermMatrix, fits: Mapping[int, Topics], n_boot: int, seed: int
) -> dict[int, pd.DataFrame]:
    """Which topics come back when the documents are drawn again, for several numbers of topics.

    `matrix`: the counts that the `fits` were made from. `n_boot`: random 80 % subsets of the
    documents (at least 2 subsets; at most 16,000 documents), the same for all. Everything is
    refitted, term vectors included.

    One row per topic: ``topic, n_documents``; ``jaccard`` (mean overlap with the matched topic of
    the refit, among the documents drawn; matched one to one by the Hungarian method) with
    ``jaccard_low, jaccard_high`` (the middle 95 % of the subsets; of fewer than 100 subsets the
    lowest and the highest); ``ari, ari_low, ari_high`` (adjusted Rand index, likewise, the same on
    every row); ``ari_null`` (the largest ARI among five corpora whose tokens were shuffled across
    documents, document lengths and term totals kept); ``is_stable`` (the corpus has structure, see
    :func:`has_structure`, and the topic's Jaccard is at least 0.75; Hennig 2007).
    """
    from sklearn.metrics import adjusted_rand_score

    full = {k: topics.documents["topic"].to_numpy() for k, topics in fits.items()}
    overlaps, agreements, null, tables = defaultdict(list), defaultdict(list), defaultdict(list), {}
    for drawn, refits in _refits(matrix, fits, n_boot, seed):
        for k, refit in refits.items():
            overlaps[k].append(_matched_jaccard(full[k], refit, drawn))
            agreements[k].append(adjusted_rand_score(full[k][drawn], refit))
    about = matrix, tuple(fits), seed
    for agreed in mapped(_by_chance, range(N_SHUFFLED), *about, local=_local(matrix)):
        for k, ari in agreed.items():
            null[k].append(ari)
    for k, topic in full.items():
        sizes = np.bincount(topic)[1:]
        table = pd.DataFrame({"topic": np.arange(1, len(sizes) + 1), "n_documents": sizes})
        band = _summary(pd.DataFrame(overlaps[k]))
        table["jaccard"], table["jaccard_low"], table["jaccard_high"] = band
        table["ari"], table["ari_low"], table["ari_high"] = _summary(pd.Series(agreements[k]))
        table["ari_null"] = max(null[k])
        is_kept = has_structure(table) & (table["jaccard"] >= STABLE_JACCARD)
        tables[k] = table.assign(is_stable=is_kept)
    return tables


def curve(corpus) -> Result:
    """How many topics: the share of documents in stable topics for each number that was tried."""
    table = corpus.topic_curve
    facts = {
        "n_boot": corpus.study.topics.n_boot,
        "is_named": corpus.study.topics.n_topics > 0,
        "used": table[table["chosen"]].iloc[0],
        "best": _best(table).to_dict("records"),
    }
    sentence = {"parts": ("finding",), "file": ""}  # a single number has nothing beside it
    look = {"draw": charts.topic_curve} if len(table) > 1 else sentence
    return Result("topic-curve", table, corpus, facts=facts, **look)


def overview(corpus) -> Result:
    """The topics: their terms, how stable they are, the names people gave, all documents."""
    matched = clusters.match_labels(corpus.topics, clusters.read_labels(corpus.study))
    table = corpus.stable.merge(matched[matched["is_matched"]], on="topic", how="left")
    table["label"] = table["topic"].map(corpus.topic_names)
    table["terms"] = table["topic"].map(clusters.labels(corpus.topics, n_terms=6))
    fragile = clusters.fragile_topics(corpus)["topic"]
    facts = {
        "has_structure": has_structure(table),
        "n_boot": corpus.study.topics.n_boot,
        "fragile": table[table["topic"].isin(fragile)].to_dict("records"),
    }
    columns = "topic doc_id similarity date administration publisher title url".split()
    kept = clusters.exemplars(corpus.topics).merge(corpus.documents, on="doc_id")[columns]
    lost = matched.loc[matched["topic"].isna(), "label"].tolist()
    look = {"level": 0, "parts": ("finding",), "file": ""}
    given = Result("topic-names", matched, corpus, facts={"lost": lost}, **look)
    more = [given, Result("topic-documents", kept, corpus, parts=("kept",))]
    shown = "topic label terms n_documents jaccard jaccard_low jaccard_high jaccard_seeds is_stable"
    look = clusters.nearest_documents(corpus) | {"by": ("topic",), "shown": 40, "more": more}
    return Result("topics", table, corpus, facts=facts, columns=tuple(shown.split()), **look)


def _refits(
    matrix: TermMatrix,
    candidates: Iterable[int],
    n_boot: int,
    seed: int,
    joint: np.ndarray | None = None,
) -> Iterator[tuple[np.ndarray, dict[int, np.ndarray]]]:
    """Yield the rows of each subset and, for each number of topics, its refitted topics."""
    random = np.random.default_rng(seed)
    n_documents = len(matrix.doc_ids)
    n_drawn = max(1, min(round(SUBSET * n_documents), MOST_DRAWN))
    contexts = clusters.top_contexts(matrix.counts)
    joint = clusters.cooccurrence(matrix.counts, contexts) if joint is None else joint
    subsets = (np.sort(random.choice(n_documents, n_drawn, replace=False)) for _ in range(n_boot))
    about = matrix, contexts, joint, tuple(candidates), seed
    workers = 1 if n_boot == 1 else -1
    yield from mapped(_refit, subsets, *about, workers=workers, local=_local(matrix))


def _local(matrix: TermMatrix) -> str | None:
    return "loky" if MANY < len(matrix.doc_ids) < TOO_MANY else None


def _refit(
    drawn: np.ndarray, matrix: TermMatrix, contexts: np.ndarray, joint: np.ndarray, *asked
) -> tuple[np.ndarray, dict[int, np.ndarray]]:
    doc_ids = [matrix.doc_ids[row] for row in drawn]
    subset = TermMatrix(matrix.counts[drawn], doc_ids, matrix.terms)
    if len(drawn) < len(matrix.doc_ids) / 2:
        own = clusters.cooccurrence(subset.counts, contexts)
    else:
        # Less work than counting the documents drawn. A pair nobody drew leaves exactly zero,
        # as both sums add the same weights in the same order.
        left_out = np.setdiff1d(np.arange(len(matrix.doc_ids)), drawn)
        own = joint - clusters.cooccurrence(matrix.counts[left_out], contexts)
    return drawn, _partitions(subset, clusters.document_vectors(subset, own), *asked)


def _by_chance(
    draw: int, matrix: TermMatrix, candidates: tuple[int, ...], seed: int
) -> dict[int, float]:
    """ARI of a subset's refit with the whole, in text whose tokens are dealt out anew."""
    from sklearn.metrics import adjusted_rand_score

    shuffled = shuffle_tokens(matrix, seed + draw)
    joint = clusters.cooccurrence(shuffled.counts, clusters.top_contexts(shuffled.counts))
    whole = _partitions(shuffled, clusters.document_vectors(shuffled, joint), candidates, seed)
    ((drawn, refits),) = _refits(shuffled, candidates, 1, seed + draw, joint)
    return {k: adjusted_rand_score(whole[k][drawn], refit) for k, refit in refits.items()}


def _partitions(
    matrix: TermMatrix, vectors: np.ndarray, candidates: Iterable[int], seed: int
) -> dict[int, np.ndarray]:
    starts = {"n_starts": STARTS_RESAMPLE}
    return {k: clusters.partition(matrix, vectors, k, seed, **starts) for k in candidates}


def _reseeded(matrix: TermMatrix, topics: Topics, seed: int) -> np.ndarray:
    """Mean overlap of each topic with its partner when only the seed of k-means changes."""
    full, overlaps = topics.documents["topic"].to_numpy(), []
    for other in range(seed + 1, seed + 1 + N_SEEDS):
        refit = clusters.partition(matrix, topics.vectors, full.max(), other)
        overlaps.append(_matched_jaccard(full, refit))
    return np.mean(overlaps, axis=0)


def _matched_jaccard(
    full: np.ndarray, refit: np.ndarray, drawn: np.ndarray | slice = slice(None)
) -> np.ndarray:
    """Jaccard overlap of each topic 1..n with its one-to-one partner; NaN if not drawn."""
    n_topics = full.max()
    shared = np.zeros((n_topics + 1, max(refit.max(), n_topics) + 1))
    np.add.at(shared, (full[drawn], refit), 1)
    union = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0, keepdims=True) - shared
    overlap = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)[1:, 1:]
    rows, columns = scipy.optimize.linear_sum_assignment(overlap, maximize=True)
    is_drawn = shared[1:].sum(axis=1) > 0
    return np.where(is_drawn, overlap[rows, columns], np.nan)


def shuffle_tokens(matrix: TermMatrix, seed: int) -> TermMatrix:
    """Deal the tokens out again; document lengths and term totals stay."""
    entries = matrix.counts.tocoo()
    times = entries.data.astype(np.int64)
    rows = np.repeat(entries.row, times)
    columns = np.random.default_rng(seed).permutation(np.repeat(entries.col, times))
    dealt = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=entries.shape)
    return TermMatrix(dealt, matrix.doc_ids, matrix.terms)


def _summary(draws: pd.DataFrame | pd.Series) -> tuple:
    """Mean and ends of the band over draws, leaving out topics a draw did not meet."""
    tail = 0.025 if len(draws) >= N_FOR_TAILS else 0
    return draws.mean(), draws.quantile(tail), draws.quantile(1 - tail)
