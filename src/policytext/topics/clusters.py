"""TF-IDF topic clusters: what the documents are about, what they are called, how they relate.

Vectors come from the corpus's own co-occurrence, deterministically:

1. terms × contexts: positive pointwise mutual information of terms that share documents;
2. its truncated singular value decomposition gives each term a vector;
3. a document is the direction of the TF-IDF-weighted sum of its term vectors, centred over
   the corpus and of unit length again.

Plain TF-IDF rows fail on short texts, because two headlines about one subject seldom share a
word; here they only need words that keep the same company. K-means groups the documents; topics
are numbered by size and named by people or by their distinctive terms.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd
import scipy
from scipy import sparse

from policytext.administrations import read_own
from policytext.compare import proportions, units
from policytext.faults import InsufficientData, whole
from policytext.korean import attach_particle
from policytext.report import charts, maps
from policytext.report.result import Result
from policytext.scale import mapped
from policytext.study import Study, write_whole
from policytext.words.counts import TermMatrix, check_counts, idf
from policytext.words.lexicon import adjacent

NO_TOPIC = 0  # the topic of a document without usable terms; real topics count from 1
N_DIMENSIONS = 100
N_CONTEXTS = 2_000  # most frequent terms used as contexts; bounds time and memory
CONTEXT_SMOOTHING = 0.75  # Levy, Goldberg & Dagan (2015)
N_TERMS = 30
STARTS = 20  # of k-means
MANY = 20_000  # documents, above which k-means sees them in batches
AT_ONCE = 20_000  # documents whose counts are multiplied at a time
LABEL_COLUMNS = ["label", "doc_ids", "terms"]
N_EXEMPLARS, N_LABEL_TERMS = 20, 10  # nearest documents and first terms a name is tied to
MIN_OVERLAP = 0.5  # below this a name is not given to the topic
DISSOLVED = 0.5  # Jaccard below which a topic is another one
N_NAMING = 3  # terms of which one is in a topic's name
MIN_SAID = 3  # documents of a topic in which two terms stand side by side to be its name
BETWEEN = " | "  # ids and terms may hold spaces


@dataclass(frozen=True, eq=False)
class Topics:
    """Documents grouped into topics.

    Attributes
    ----------
    documents : DataFrame
        One row per document, sorted by `doc_id`: ``doc_id``, ``topic`` (int; 1 is the largest
        topic, 0 means *no topic*: the document has no term that can place it) and
        ``similarity`` (cosine to the topic's centroid, NaN for topic 0).
    terms : DataFrame
        ``topic, term, weight``: the most distinctive terms of each topic, best first (at
        most 30). With p and q the shares of documents inside and outside the topic
        that use the term (0.5 added to each count), the weight is ``p · ln(p / q)``, so
        that a term must be both frequent here and rarer elsewhere. Topic 0 has no terms.
    vectors : ndarray of float32, documents × at most 100
        Document vectors aligned with `documents` (rows of topic 0 are zero), for maps.
    """

    documents: pd.DataFrame
    terms: pd.DataFrame
    vectors: np.ndarray


def document_vectors(matrix: TermMatrix, joint: np.ndarray | None = None) -> np.ndarray:
    """Unit vectors of documents, centred over those that have one; zero rows for the others.

    `matrix` is as :func:`checked` gives it; `joint` is :func:`cooccurrence` of these documents,
    when it is already known.
    """
    if joint is None:
        joint = cooccurrence(matrix.counts, top_contexts(matrix.counts))
    terms = term_vectors(joint)
    del joint
    weighting = idf(matrix.counts)
    # By parts and without copies: raw may be the largest table there is.
    raw = np.empty((len(matrix.doc_ids), terms.shape[1]), dtype=np.float32)
    for start in range(0, len(raw), AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        weights = weighting.transform(matrix.counts[rows].astype(float), copy=False)
        raw[rows] = weights.astype(np.float32) @ terms
    known = np.einsum("ij,ij->i", raw, raw) > 1e-12
    # Term vectors share a direction, so a sum is longer the more terms it has. Centring raw
    # sums would sort documents by length, and stably so even in shuffled texts.
    raw = unit_rows(raw)
    # A corpus of one document would vanish if it were centred.
    if known.sum() > 1:
        raw -= raw.mean(axis=0, where=known[:, None])
    raw[~known | (np.einsum("ij,ij->i", raw, raw) < 1e-10)] = 0
    return unit_rows(raw)


def term_vectors(joint: np.ndarray) -> np.ndarray:
    """Unit term vectors: left singular vectors of the PPMI matrix times its singular values.

    With V the eigenvectors of the small contexts × contexts Gram matrix, U·S = M·V.
    """
    from sklearn.utils.extmath import randomized_svd

    ppmi = positive_pmi(joint)
    n_dimensions = min(N_DIMENSIONS, ppmi.shape[1])
    v, _, _ = randomized_svd(ppmi.T @ ppmi, n_dimensions, n_iter=4, random_state=0)
    return unit_rows(ppmi @ v)


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """Rows of length one, in place; a zero row stays."""
    from sklearn.preprocessing import normalize  # scikit-learn is slow to import: when needed

    return normalize(rows, copy=False)


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
    documents: a part of the corpus is the whole minus the rest. Terms × contexts, float32; 40 MB
    for 5,000 terms.
    """
    joint = np.zeros((counts.shape[1], len(contexts)), dtype=np.float32)
    parts = (counts[start : start + AT_ONCE] for start in range(0, counts.shape[0], AT_ONCE))
    workers = -1 if counts.shape[0] > AT_ONCE else 1
    for part in mapped(_cooccurring, parts, contexts, workers=workers, local=None):
        joint += part.toarray()
    joint[contexts, np.arange(len(contexts))] = 0
    return joint


def _cooccurring(counts: sparse.csr_matrix, contexts: np.ndarray) -> sparse.csr_matrix:
    rows = sparse.csr_matrix(counts, dtype=np.float32)
    scale = 1 / np.maximum(rows.sum(axis=1).A1 - 1, 1)
    weighted = sparse.diags_array(scale.astype(np.float32)) @ rows[:, contexts]
    return rows.T.tocsr() @ weighted


def top_contexts(counts: sparse.csr_matrix) -> np.ndarray:
    """Columns of the terms found in most documents, at most 2,000, in column order."""
    n_documents = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.sort(np.argsort(-n_documents, kind="stable")[:N_CONTEXTS])


def checked(matrix: TermMatrix) -> TermMatrix:
    """The matrix with rows and columns in label order, without stored zeros.

    No count at all is InsufficientData; a value that is not a count, or a `doc_id` twice, is a
    PolicyTextError.
    """
    check_counts(matrix, "cluster()")
    counts = sparse.csr_matrix(matrix.counts)
    if not counts.has_canonical_format or not counts.data.all():
        counts = counts.copy()  # else it is only read: it may be the largest table there is
        counts.sum_duplicates()
        counts.eliminate_zeros()
    if counts.nnz == 0:
        raise InsufficientData(
            f"주제를 나눌 만큼 여러 글에 나오는 낱말이 없습니다(글 {counts.shape[0]}건, 낱말 "
            f"{counts.shape[1]}개). 글을 더하거나 [topics]의 min_df를 낮추세요."
        )
    rows = sorted(range(len(matrix.doc_ids)), key=matrix.doc_ids.__getitem__)
    columns = sorted(range(len(matrix.terms)), key=matrix.terms.__getitem__)
    if rows != sorted(rows) or columns != sorted(columns):
        counts = counts[rows][:, columns]
    counts.sort_indices()
    doc_ids = [matrix.doc_ids[row] for row in rows]
    return TermMatrix(counts, doc_ids, [matrix.terms[column] for column in columns])


def partition(
    matrix: TermMatrix, vectors: np.ndarray, n_topics: int, seed: int, *, n_starts: int = STARTS
) -> np.ndarray:
    """Topic of each row by k-means, not yet numbered by size; 0 for rows without a vector.

    Everything is one topic when there are fewer documents than topics.
    """
    n_topics, seed = whole(n_topics, "주제 수", 1), whole(seed, "random_state")
    known = np.flatnonzero(vectors.any(axis=1))
    topic = np.full(len(vectors), NO_TOPIC)
    if n_topics == 1 or len(known) < n_topics:
        topic[np.diff(matrix.counts.indptr) > 0] = 1
        return topic
    from sklearn import config_context
    from sklearn.cluster import KMeans, MiniBatchKMeans
    from sklearn.exceptions import ConvergenceWarning

    # k-means++ checks its own vectors again at every step.
    unchecked = config_context(assume_finite=True, skip_parameter_validation=True)
    with warnings.catch_warnings(), unchecked:
        # Fewer distinct documents than topics: the empty topics are simply not numbered.
        warnings.simplefilter("ignore", ConvergenceWarning)
        how = {"n_init": n_starts, "random_state": seed}
        if len(known) > MANY:
            # Rows without a vector weigh nothing: the others are not copied, which takes memory.
            weights = vectors.any(axis=1)
            found = MiniBatchKMeans(n_topics, **how).fit(vectors, sample_weight=weights).labels_
            topic[known] = found[known] + 1
        else:
            topic[known] = KMeans(n_topics, **how).fit(vectors[known]).labels_ + 1
    return topic


def cluster(
    matrix: TermMatrix, n_topics: int, *, random_state: int = 0, vectors: np.ndarray | None = None
) -> Topics:
    """Group documents into topics.

    `matrix`: counts, not TF-IDF weights. `n_topics`: number of topics wanted. With fewer documents
    than this (counting only documents that have a vector) everything with a term becomes one topic;
    with fewer distinct documents there are as many topics as k-means can fill. `random_state`: seed
    of the k-means starts. The term vectors do not depend on it. `vectors`: ``Topics.vectors`` of an
    earlier call with this matrix. The same bytes whatever order rows and columns are in, on one
    machine with one number of BLAS threads. Ties in size are numbered by the topic's first term.

    >>> from policytext.words.counts import term_matrix
    >>> texts = {"a": "창업 투자", "b": "투자 벤처 창업", "c": "벤처 창업",
    ...          "d": "쌀 농민", "e": "농민 농촌"}
    >>> tokens = pd.DataFrame([(d, t) for d, text in texts.items() for t in text.split()],
    ...                       columns=["doc_id", "term"])
    >>> topics = cluster(term_matrix(tokens, min_df=1, max_df=1.0), 2)
    >>> topics.documents["topic"].tolist()
    [1, 1, 1, 2, 2]
    >>> labels(topics, n_terms=2).tolist()
    ['창업 · 벤처', '농민 · 농촌']
    """
    matrix = checked(matrix)
    vectors = document_vectors(matrix) if vectors is None else vectors
    return described(matrix, vectors, partition(matrix, vectors, n_topics, random_state))


def described(matrix: TermMatrix, vectors: np.ndarray, topic: np.ndarray) -> Topics:
    """Number a partition by size, then by first term and document, and find its terms."""
    terms = _distinctive_terms(matrix, topic)
    found, first_row, sizes = np.unique(topic, return_index=True, return_counts=True)
    first_term = terms.groupby("topic")["term"].first()
    keys = sorted(
        (-size, first_term.get(old, ""), row, old)
        for old, row, size in zip(found, first_row, sizes, strict=True)
        if old != NO_TOPIC
    )
    number = {old: new for new, (*_, old) in enumerate(keys, start=1)} | {NO_TOPIC: NO_TOPIC}
    terms = terms.assign(topic=terms["topic"].map(number))
    terms = terms.sort_values("topic", kind="stable", ignore_index=True)
    topic = np.array([number[old] for old in topic], dtype=np.int64)
    similarity = np.full(len(topic), np.nan)
    for new in range(1, len(keys) + 1):
        members = topic == new
        centroid = unit_rows(vectors[members].mean(axis=0, keepdims=True))
        similarity[members] = vectors[members] @ centroid[0]
    documents = pd.DataFrame({"doc_id": matrix.doc_ids, "topic": topic, "similarity": similarity})
    return Topics(documents, terms, vectors)


def _distinctive_terms(matrix: TermMatrix, topic: np.ndarray) -> pd.DataFrame:
    numbers, sizes = np.unique(topic, return_counts=True)
    n_in = sparse.csr_matrix(numbers[:, None] == topic, dtype=np.int32) @ presence(matrix.counts)
    n_in, placed = n_in.toarray(), numbers != NO_TOPIC  # topics × terms
    n_documents, n_in, sizes = n_in.sum(axis=0), n_in[placed], sizes[placed, None]
    numbers, weight = numbers[placed], _distinctiveness(n_in, n_documents, sizes, sizes.sum())
    weight = np.where(n_in > 0, weight, 0)
    best = np.argsort(-weight, axis=1, kind="stable")[:, :N_TERMS]
    row, rank = np.nonzero(np.take_along_axis(weight, best, axis=1) > 0)
    column = best[row, rank]
    terms = np.array(matrix.terms, dtype=object)[column]
    return pd.DataFrame({"topic": numbers[row], "term": terms, "weight": weight[row, column]})


def _distinctiveness(n_in, n_documents, size, n_placed):
    """The weight of :class:`Topics` from the documents with a term, in the topic and in all."""
    inside = (n_in + 0.5) / (size + 1)
    outside = (n_documents - n_in + 0.5) / (n_placed - size + 1)
    # With a single topic there is no rest to differ from: frequency decides.
    return np.where(size < n_placed, inside * np.log(inside / outside), inside)


def presence(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """One where a document has the term."""
    ones = (counts.data != 0).astype(np.int32)
    return sparse.csr_matrix((ones, counts.indices, counts.indptr), counts.shape)


def labels(topics: Topics, n_terms: int = 4) -> pd.Series:
    """Name each topic by its most distinctive terms: a Series ``topic -> "창업 · 벤처"``."""
    names = topics.terms.groupby("topic")["term"].agg(lambda terms: " · ".join(terms[:n_terms]))
    numbers = sorted(set(topics.documents["topic"]) - {NO_TOPIC})
    return names.reindex(pd.Index(numbers, name="topic"), fill_value="").rename("label")


def exemplars(topics: Topics, n: int | None = None) -> pd.DataFrame:
    """``topic, rank, doc_id, similarity`` of the `n` (or all) documents nearest each centre."""
    placed = topics.documents[topics.documents["topic"] != NO_TOPIC]
    ranked = placed.sort_values(["topic", "similarity", "doc_id"], ascending=[True, False, True])
    ranked = ranked.assign(rank=ranked.groupby("topic").cumcount() + 1)
    ranked = ranked[ranked["rank"] <= (n or len(ranked))]
    return ranked[["topic", "rank", "doc_id", "similarity"]].reset_index(drop=True)


def coherence(matrix: TermMatrix, topics: Topics, n_terms: int = 10) -> pd.DataFrame:
    """Measure how often the first terms of a topic share documents of `matrix`.

    ``topic, coherence``: mean over term pairs of NPMI = ln(p_ij / p_i p_j) / -ln p_ij (Bouma 2009),
    p over documents; -1 for a pair never together, 0 for one that is in every document, NaN when a
    topic has fewer than two terms.
    """
    column = {term: index for index, term in enumerate(matrix.terms)}
    present = presence(matrix.counts)
    rows = []
    for topic in labels(topics).index:
        of_topic = topics.terms.loc[topics.terms["topic"] == topic, "term"]
        chosen = [column[term] for term in of_topic[:n_terms] if term in column]
        rows.append((topic, _mean_npmi(present[:, chosen])))
    return pd.DataFrame(rows, columns=["topic", "coherence"])


def _mean_npmi(present: sparse.csr_matrix) -> float:
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


def hierarchy(topics: Topics) -> pd.DataFrame:
    """Join the nearest topics step by step until one is left.

    One row per join, as SciPy's ``linkage`` counts: ``left, right`` (0 is topic 1; from the number
    of topics upwards, the groups made by the rows before), ``distance`` (1 - mean cosine of the
    centroids of the two groups' topics, average linkage), ``n_topics`` in the new group. No rows
    with fewer than two topics.

    >>> documents = pd.DataFrame({"doc_id": list("abc"), "topic": [1, 2, 3], "similarity": 1.0})
    >>> vectors = np.array([[1.0, 0.0], [0.0, 1.0], [0.1, 1.0]])
    >>> table = hierarchy(Topics(documents, pd.DataFrame(), vectors))
    >>> table[["left", "right", "n_topics"]].values.tolist()
    [[1, 2, 2], [0, 3, 3]]
    """
    numbers, centres = _centres(topics)
    columns = ["left", "right", "distance", "n_topics"]
    if len(numbers) < 2:
        return pd.DataFrame(columns=columns)
    joins = scipy.cluster.hierarchy.linkage(centres, method="average", metric="cosine")
    table = pd.DataFrame(joins, columns=columns)
    return table.astype({"left": int, "right": int, "n_topics": int})


def topic_map(topics: Topics) -> pd.DataFrame:
    """Places of the topics on a plane: what talks of the same lies near.

    One row per topic: ``topic, n_documents, x, y`` (first two principal components of the
    normalised centroids) and ``explained``, the part (0..1) of the spread between the centroids
    that the plane holds, the same in every row.

    >>> documents = pd.DataFrame({"doc_id": list("abc"), "topic": [1, 1, 2], "similarity": 1.0})
    >>> table = topic_map(Topics(documents, pd.DataFrame(), np.eye(3)))
    >>> table[["topic", "n_documents", "explained"]].values.tolist()
    [[1.0, 2.0, 1.0], [2.0, 1.0, 1.0]]
    """
    numbers, centres = _centres(topics)
    sizes = topics.documents["topic"].value_counts()
    table = pd.DataFrame({"topic": numbers, "n_documents": [sizes[topic] for topic in numbers]})
    if len(numbers) < 2:
        return table.assign(x=0.0, y=0.0, explained=1.0)
    from sklearn.decomposition import PCA

    plane = PCA(n_components=2, svd_solver="full")
    places = plane.fit_transform(centres)
    explained = min(float(plane.explained_variance_ratio_.sum()), 1.0)
    return table.assign(x=places[:, 0], y=places[:, 1], explained=explained)


def _centres(topics: Topics) -> tuple[list[int], np.ndarray]:
    """Topic numbers and their mean vectors, of length 1; topics × dimensions."""
    topic = topics.documents["topic"].to_numpy()
    numbers = sorted(set(topic) - {NO_TOPIC})
    means = [topics.vectors[topic == number].mean(axis=0) for number in numbers]
    return numbers, unit_rows(means).astype(float) if means else np.zeros((0, 1))


def read_labels(study: Study) -> pd.DataFrame:
    """Names people gave to a study's topics, ``data/studies/<study>/labels.csv``.

    Topics are numbered anew each time they are fitted, so a name is tied to documents and terms.

    ``label, doc_ids, terms``: the name, the ids of the topic's exemplary documents and its first
    terms when it was named (both separated by ``|``). No rows if nothing was named. A file that
    lacks a column is a PolicyTextError.
    """
    return read_own(study.folder / "labels.csv", " ".join(LABEL_COLUMNS))[LABEL_COLUMNS]


def write_labels(study: Study, names: pd.DataFrame) -> Path:
    """Write the names beside the study; the file before is replaced in one step."""
    study.folder.mkdir(parents=True, exist_ok=True)
    path = study.folder / "labels.csv"
    table = names[LABEL_COLUMNS].to_csv(index=False, lineterminator="\n")
    write_whole(path, f"\ufeff{table}")
    return path


def name_topics(
    topics: Topics, names: Mapping[int, str], before: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Tie names to the present topics, for :func:`write_labels`.

    An empty name takes the topic's name away. Of the names `before`, those that match other
    topics, or none, are kept.

    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "topic": [1, 1], "similarity": [0.9, 0.8]})
    >>> terms = pd.DataFrame({"topic": [1], "term": ["창업"], "weight": [1.0]})
    >>> named = name_topics(Topics(documents, terms, np.zeros((2, 1))), {1: "창업 지원"})
    >>> named.to_numpy().tolist()
    [['창업 지원', 'a | b', '창업']]
    """
    kept = pd.DataFrame(columns=LABEL_COLUMNS) if before is None else before[LABEL_COLUMNS]
    kept = kept[~match_labels(topics, kept)["topic"].isin(list(names)).to_numpy()]
    nearest = exemplars(topics, N_EXEMPLARS).groupby("topic")["doc_id"].agg(BETWEEN.join)
    first = topics.terms.groupby("topic")["term"].agg(lambda t: BETWEEN.join(t[:N_LABEL_TERMS]))
    rows = [
        (name.strip(), nearest[number], first.get(number, ""))
        for number, name in names.items()
        if name.strip()
    ]
    return pd.concat([kept, pd.DataFrame(rows, columns=LABEL_COLUMNS)], ignore_index=True)


def match_labels(topics: Topics, names: pd.DataFrame) -> pd.DataFrame:
    """Find the topic that each name (of :func:`read_labels`) belongs to now.

    One row per name, in order: ``topic`` (nullable integer, <NA> where nothing matches), ``label``,
    ``overlap`` with the best topic it could have (0..1; mean of the share of the exemplary
    documents still in the corpus that lie in the topic, and of the share of the terms among the
    topic's), ``is_matched`` (overlap of 0.5 or more). No two names get one topic (Hungarian
    method).

    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "topic": [1, 2], "similarity": 1.0})
    >>> terms = pd.DataFrame({"topic": [1, 2], "term": ["쌀", "창업"], "weight": 1.0})
    >>> names = pd.DataFrame({"label": ["창업 지원"], "doc_ids": ["b"], "terms": ["창업"]})
    >>> match_labels(Topics(documents, terms, np.zeros((2, 1))), names).to_numpy().tolist()
    [[2, '창업 지원', 1.0, True]]
    """
    numbers = labels(topics).index.to_numpy()
    overlap = np.array([_overlaps(topics, row, numbers) for row in names.itertuples()])
    overlap = overlap.reshape(len(names), len(numbers))
    best = overlap.max(axis=1, initial=0)
    topic = pd.array([pd.NA] * len(names), dtype="Int64")
    pairs = scipy.optimize.linear_sum_assignment(overlap, maximize=True)
    for row, column in zip(*pairs, strict=True):
        if overlap[row, column] >= MIN_OVERLAP:
            topic[row], best[row] = numbers[column], overlap[row, column]
    label = names["label"].to_numpy(dtype=object)
    found = {"topic": topic, "label": label, "overlap": best, "is_matched": ~pd.isna(topic)}
    return pd.DataFrame(found)


def _overlaps(topics: Topics, name, numbers: np.ndarray) -> np.ndarray:
    """Overlap of one name with every topic; what the corpus no longer has is not held against it."""
    here = topics.documents[topics.documents["doc_id"].isin(name.doc_ids.split(BETWEEN))]
    wanted = set(name.terms.split(BETWEEN)) - {""}
    parts = []
    if len(here):
        parts.append(here["topic"].value_counts().reindex(numbers, fill_value=0) / len(here))
    if wanted:
        shared = topics.terms[topics.terms["term"].isin(wanted)].groupby("topic").size()
        parts.append(shared.reindex(numbers, fill_value=0) / len(wanted))
    return np.mean(parts, axis=0) if parts else np.zeros(len(numbers))


def topic_names(topics: Topics, names: pd.DataFrame, own: pd.Series | None = None) -> pd.Series:
    """Name of each topic: the one people gave, else its `own` (by default :func:`labels`).

    No two topics have one name: claims, series and rows are told apart by it.
    """
    found = match_labels(topics, names)
    given = found[found["is_matched"]].set_index("topic")["label"]
    shown = labels(topics) if own is None else own
    shown = shown.where(~shown.index.isin(given.index), shown.index.map(given.to_dict().get))
    return told_apart(shown, given.index)


def told_apart(names: pd.Series, first: Iterable = ()) -> pd.Series:
    """Names with a number behind those that a topic before has; the topics `first` come first.

    >>> told_apart(pd.Series(["규제와 특례"] * 3, [1, 2, 3]), [3]).tolist()
    ['규제와 특례 (2)', '규제와 특례 (3)', '규제와 특례']
    """
    told = {}
    for topic in dict.fromkeys([*sorted(first), *names.index]):
        forms = (f"{names[topic]} ({n})" if n > 1 else names[topic] for n in count(1))
        told[topic] = next(form for form in forms if form not in told.values())
    return names.index.to_series().map(told).rename(names.name)


def noun_phrases(
    topics: Topics,
    tokens: pd.DataFrame,
    documents: pd.DataFrame,
    excluded: Set[str] = frozenset(),
    vague: Set[str] = frozenset(),
) -> pd.Series:
    """Name topics by what is said in them: a Series ``topic -> "양국 관계"``.

    Of each topic's terms that are not `excluded`, the two that stand side by side (in this order,
    in at least three of its documents, one of them among the first three) with the largest weight,
    which is that of :class:`Topics` for the pair as one term, in the median of the governments
    that speak of the topic: words of one do not name what others speak of, too. Where there is no
    such pair, or a larger topic has it, the two terms with the largest such weight joined by 과 or
    와. None ends with a `vague` word (목표).

    `tokens`, `documents`: ``doc_id, start, end, term`` in text order, and ``doc_id, text``, perhaps
    ``administration``. `excluded`: such as people and regions: they are not what a topic is about.

    >>> texts = ["쌀 농사", "쌀 농사", "쌀 농사", "창업", "투자 창업"]
    >>> documents = pd.DataFrame({"doc_id": list("abcde"), "text": texts})
    >>> tokens = pd.DataFrame({"doc_id": list("aabbccdee"), "start": [0, 2] * 3 + [0, 0, 3],
    ...     "end": [1, 4] * 3 + [2, 2, 5], "term": ["쌀", "농사"] * 3 + ["창업", "투자", "창업"]})
    >>> terms = [(1, "농사", 1.0), (1, "쌀", 0.9), (2, "창업", 1.0), (2, "투자", 0.5)]
    >>> terms = pd.DataFrame(terms, columns=["topic", "term", "weight"])
    >>> placed = pd.DataFrame({"doc_id": list("abcde"), "topic": [1, 1, 1, 2, 2]})
    >>> noun_phrases(Topics(placed, terms, np.zeros((5, 1))), tokens, documents).tolist()
    ['쌀 농사', '창업과 투자']
    >>> noun_phrases(Topics(placed, terms, np.zeros((5, 1))), tokens, documents, vague={"농사"})[1]
    '쌀'
    """
    terms = topics.terms[~topics.terms["term"].isin(excluded)]
    rank = terms.assign(rank=terms.groupby("topic").cumcount())[["topic", "term", "rank"]]
    tokens = tokens[tokens["term"].isin(terms["term"])].astype({"doc_id": object, "term": object})
    left = np.flatnonzero(adjacent(tokens, documents))
    pairs = tokens[["doc_id", "term"]].iloc[left].rename(columns={"term": "left"})
    pairs["right"] = tokens["term"].to_numpy()[left + 1]
    about = documents[["doc_id"]].assign(administration=documents.get("administration", ""))
    placed = topics.documents.query("topic != @NO_TOPIC").astype({"doc_id": object})
    placed = placed[["doc_id", "topic"]].merge(about.astype(object), on="doc_id", how="left")
    found = _evenly(pairs[pairs["left"] != pairs["right"]], placed, ["left", "right"])
    for side in ("left", "right"):
        found = found.merge(rank.rename(columns={"term": side, "rank": f"rank_{side}"}))
    ranks = found[["rank_left", "rank_right"]]
    found["ranks"] = ranks.sum(axis=1)
    is_near_top = ranks.min(axis=1) < N_NAMING
    is_near_top &= ~found["right"].isin(vague)
    found = found[is_near_top & (found["n"] >= MIN_SAID) & (found["weight"] > 0)]
    found = found.sort_values(["weight", "ranks"], ascending=[False, True], kind="stable")
    plain = tokens[~tokens["term"].isin(vague)]
    single = _evenly(plain[["doc_id", "term"]], placed, ["term"]).merge(rank)
    single = single.sort_values(["weight", "rank"], ascending=[False, True])
    names = labels(topics)
    for topic in names.index:
        own = found[found["topic"] == topic]
        phrases = [name for name in own["left"] + " " + own["right"] if name not in set(names)]
        two = single.loc[single["topic"] == topic, "term"].tolist()[:2]
        joined = " ".join([*(attach_particle(term, "과/와") for term in two[:-1]), *two[-1:]])
        names[topic] = [*phrases, joined or names[topic]][0]
    return names


def _evenly(said: pd.DataFrame, placed: pd.DataFrame, name: list[str]) -> pd.DataFrame:
    """Weight of what documents say of a topic in the median of its governments; ``n`` of them all.

    Governments with ten documents in the topic have a say, or the one with most.
    """
    cell, placed = ["topic", "administration"], placed.fillna({"administration": ""})
    n = said.drop_duplicates().merge(placed, on="doc_id").groupby([*cell, *name]).size()
    n = n.rename("n").reset_index()
    n["total"] = n.groupby(["administration", *name])["n"].transform("sum")
    sizes = placed.groupby(cell).size().rename("size").reset_index()
    sizes = sizes[sizes["size"] >= sizes.groupby("topic")["size"].transform("max").clip(upper=10)]
    sums = n.groupby(["topic", *name])["n"].sum().reset_index()
    table = sums.drop(columns="n").merge(sizes, on="topic").merge(n, on=[*cell, *name], how="left")
    n_placed = table["administration"].map(placed["administration"].value_counts())
    weight = _distinctiveness(table["n"], table["total"], table["size"], n_placed)
    table["weight"] = np.nan_to_num(weight)  # one that never says it
    weights = table.groupby(["topic", *name])["weight"].median().reset_index()
    return sums.merge(weights)


def tree(corpus) -> Result:
    """Which topics are near: the tree of their joins."""
    table = hierarchy(corpus.topics)
    names = corpus.topic_names
    members = [[topic] for topic in names.index]
    for join in table.itertuples():
        members.append(members[join.left] + members[join.right])
    joins = table.assign(topic=members[len(names) :]).explode("topic")
    evidence = nearest_documents(corpus)
    evidence["places"] = joins[["left", "right", "topic"]].merge(evidence["places"])
    look = evidence | {"by": ("left", "right"), "draw": charts.hierarchy}
    facts = {"names": names, "drawing": {"labels": names}}
    return Result("topic-tree", table, corpus, facts=facts, **look)


def concentration(corpus) -> Result:
    """Which topics live in one administration."""
    table = _concentration(corpus)
    stable = table[table["is_stable"]]
    own = stable[stable["lives_in_one"]].sort_values("share", ascending=False)
    facts = {"n_stable": len(stable), "own": own.to_dict("records")}
    shown = (
        "topic label n_families administration share share_low share_high expected lives_in_one "
        "is_stable"
    )
    look = {"by": ("topic", "administration"), "columns": tuple(shown.split()), "shown": 40}
    return Result("topic-concentration", table, corpus, facts=facts, **look)


def plane(corpus) -> Result:
    """The topics on a plane: near where they use the same words, in the colour of their home."""
    lean = ["topic", "label", "administration", "lives_in_one", "is_stable"]
    table = topic_map(corpus.topics).merge(_concentration(corpus)[lean], on="topic")
    look = nearest_documents(corpus) | {"by": ("topic",), "draw": maps.topic_map}
    facts = {"drawing": {"colours": corpus.colours}}
    return Result("topic-map", table, corpus, facts=facts, **look)


_WITHIN = {
    name: name.replace("share", "share_within") for name in ("share", "share_low", "share_high")
}


def shares(corpus) -> Result:
    """How much of each administration's documents a topic takes, also within kinds of text."""
    documents = corpus.topics.documents
    about = {"families": corpus.families, "n_boot": corpus.study.comparison.n_boot}
    table = proportions.shares(documents, corpus.groups, **about)
    large, kinds = units.in_common_kinds(corpus.large, units.main_kinds(corpus), corpus.families)
    if kinds is not None:
        alike = proportions.shares(documents, large, strata=kinds, **about).drop(columns="n")
        alike = alike.rename(columns=_WITHIN)
        table = table.merge(alike, on=["administration", "topic"], how="left")
    table["label"] = table["topic"].map(corpus.topic_names).fillna("셀 낱말 없음")
    table["is_stable"] = table["topic"].isin(stable_topics(corpus))
    table = table.set_index("administration").loc[corpus.order].reset_index()
    view = table[table["is_stable"] & table["administration"].isin(corpus.administrations)]
    can_tell = view["administration"].nunique() > 1
    fragile = fragile_topics(corpus)["topic"].tolist()
    apart = pd.DataFrame(columns=["topic"])
    if can_tell:  # as chapter 6 tests the same
        options = corpus.study.comparison
        about |= {"n_permutations": min(options.n_permutations, proportions.FOR_SHARES)}
        about |= {"random_state": options.random_state, "strata": kinds}
        apart = proportions.share_differences(documents, large, **about)
    facts = _clearest(table, apart, fragile) | {
        "fragile": fragile,
        "n_unstable": table.loc[~table["is_stable"], "topic"].nunique(),
        "kinds": [] if kinds is None else sorted(kinds[large.notna()].unique()),
        "drawing": {"colours": corpus.colours},
    }
    shown = ("administration", "label", "n", *(name for name in table if "share" in name))
    look = {"by": ("administration", "topic"), "columns": shown, "draw": maps.topic_shares}
    if can_tell:
        look |= {"view": view.reset_index(drop=True), "parts": ("finding", "figure")}
    else:
        look |= {"level": 0, "parts": ("finding", "kept")}
    return Result("topic-shares", table, corpus, facts=facts, **look)


def _clearest(table: pd.DataFrame, apart: pd.DataFrame, fragile: Sequence[int] = ()) -> dict:
    """The stable topic whose share differs most between two administrations, by `apart`.

    `apart` is a table of differences (``proportions.share_differences``). Topics that differ (q) go
    before others, `fragile` ones last among them; ``high, low`` are None where none differs.
    """
    stable = table[table["is_stable"]]
    if "share_within" in stable:
        stable = stable.assign(share_crude=stable["share"]).drop(columns=[*_WITHIN])
        stable = stable.rename(columns=dict(zip(_WITHIN.values(), _WITHIN, strict=True)))
    apart = apart[apart["topic"].isin(stable["topic"])]
    facts = {"n_stable": stable["topic"].nunique(), "high": None, "low": None, "most": None}
    if apart.empty:
        return facts
    size, is_sure = apart["difference"].abs(), apart["q"] < units.ALPHA
    order = apart.assign(size=size, is_sure=is_sure, is_firm=~apart["topic"].isin(fragile))
    top = order.sort_values(["is_sure", "is_firm", "size"], kind="stable").iloc[-1]
    sign = 1 if top["difference"] > 0 else -1
    sides = stable[stable["topic"] == top["topic"]].set_index("administration", drop=False)
    high, low = (sides.loc[name] for name in [*top[:2]][::sign])
    ends = sorted(sign * top[["difference_low", "difference_high"]])
    facts["most"] = top.to_dict() | {"label": high["label"], "ends": ends}
    return facts | ({"high": high, "low": low} if top["is_sure"] else {})


def _concentration(corpus) -> pd.DataFrame:
    table = proportions.concentration(
        corpus.topics.documents, corpus.groups, families=corpus.families
    )
    table["label"] = table["topic"].map(corpus.topic_names)
    return table.assign(is_stable=table["topic"].isin(stable_topics(corpus)))


def stable_topics(corpus) -> pd.Series:
    """Numbers of the topics that come back: only of these does a report conclude anything."""
    return corpus.stable.loc[corpus.stable["is_stable"], "topic"]


def fragile_topics(corpus) -> pd.DataFrame:
    """Rows of the stable topics that dissolve in some draws: Jaccard below 0.5 (Hennig 2007)."""
    return corpus.stable[corpus.stable["is_stable"] & (corpus.stable["jaccard_low"] < DISSOLVED)]


def nearest_documents(corpus) -> dict:
    """The part of a Result that opens topics: their documents, nearest first, four at once."""
    places = exemplars(corpus.topics)[["topic", "doc_id"]]
    places["of"] = "주제 " + places["topic"].astype(str) + "의 글"
    return {"places": places, "rule": "주제의 한가운데에 가까운 차례로", "evidence_n": 4}
