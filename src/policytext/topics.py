"""TF-IDF topic clusters: what the documents are about.

K-means on the vectors of :mod:`policytext.embedding`; topics are numbered by size and named
by their distinctive terms. How far to trust them is for :mod:`policytext.stability`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from policytext import embedding
from policytext.embedding import checked, document_vectors, presence
from policytext.matrix import TermMatrix
from policytext.stability import NO_TOPIC, agreement_curve, has_structure, partition, stability

__all__ = [
    "NO_TOPIC", "Topics", "choose_n_topics", "cluster", "coherence",
    "exemplars", "fit_topics", "has_structure", "labels", "stability",
]  # fmt: skip

N_TERMS = 30
KEPT_INFORMATION = 0.9  # of the most that any number of topics reproduces


@dataclass(frozen=True)
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


def cluster(
    matrix: TermMatrix,
    n_topics: int,
    *,
    random_state: int = 0,
    vectors: np.ndarray | None = None,
) -> Topics:
    """Group documents into topics.

    Parameters
    ----------
    matrix : TermMatrix
        Counts, not TF-IDF weights.
    n_topics : int
        Number of topics wanted. With fewer documents than this (counting only documents
        that have a vector) everything with a term becomes one topic; with fewer distinct
        documents there are as many topics as k-means can fill.
    random_state : int
        Seed of the k-means starts. The term vectors do not depend on it.
    vectors : ndarray, optional
        ``Topics.vectors`` of an earlier call with this matrix: another number of topics is
        then found without making them again.

    Returns
    -------
    Topics
        The same bytes whatever order rows and columns are in, on one machine with one
        number of BLAS threads. Ties in size are numbered by the topic's first term.

    Raises
    ------
    ValueError
        If `n_topics` is below 1, or the matrix is empty or does not hold counts.

    Examples
    --------
    >>> from policytext.matrix import term_matrix
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
    return _topics(matrix, vectors, partition(matrix, vectors, n_topics, random_state))


def labels(topics: Topics, n_terms: int = 4) -> pd.Series:
    """Name each topic by its most distinctive terms: a Series ``topic -> "창업 · 벤처"``."""
    names = topics.terms.groupby("topic")["term"].agg(lambda terms: " · ".join(terms[:n_terms]))
    numbers = sorted(set(topics.documents["topic"]) - {NO_TOPIC})
    return names.reindex(pd.Index(numbers, name="topic"), fill_value="").rename("label")


def exemplars(topics: Topics, documents: pd.DataFrame, n: int = 3) -> pd.DataFrame:
    """Find the `n` documents nearest to each topic's centroid.

    Parameters
    ----------
    topics : Topics
    documents : DataFrame
        Columns ``doc_id, title, date``.
    n : int
        Documents per topic.

    Returns
    -------
    DataFrame
        ``topic, rank, doc_id, title, date, similarity``; ties by `doc_id`.
    """
    placed = topics.documents[topics.documents["topic"] != NO_TOPIC]
    ranked = placed.sort_values(
        ["topic", "similarity", "doc_id"], ascending=[True, False, True], kind="stable"
    )
    ranked = ranked.assign(rank=ranked.groupby("topic").cumcount() + 1)
    ranked = ranked[ranked["rank"] <= n]
    found = ranked.merge(
        documents[["doc_id", "title", "date"]], on="doc_id", how="left", validate="1:1"
    )
    return found[["topic", "rank", "doc_id", "title", "date", "similarity"]]


def coherence(matrix: TermMatrix, topics: Topics, n_terms: int = 10) -> pd.DataFrame:
    """Measure how often the first terms of a topic share documents.

    Parameters
    ----------
    matrix : TermMatrix
        The counts the topics were made from (or any reference with those terms).
    topics : Topics
    n_terms : int
        Terms per topic.

    Returns
    -------
    DataFrame
        ``topic, coherence``: mean over term pairs of NPMI = ln(p_ij / p_i p_j) / -ln p_ij
        (Bouma 2009), p over documents; -1 for a pair never together, 0 for one that is in
        every document, NaN when a topic has fewer than two terms.
    """
    column = {term: index for index, term in enumerate(matrix.terms)}
    present = presence(matrix.counts)
    rows = []
    for topic in labels(topics).index:
        of_topic = topics.terms.loc[topics.terms["topic"] == topic, "term"]
        chosen = [column[term] for term in of_topic[:n_terms] if term in column]
        rows.append((topic, embedding.mean_npmi(present[:, chosen])))
    return pd.DataFrame(rows, columns=["topic", "coherence"])


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
        One row per candidate: ``n_topics``; ``stability, stability_low, stability_high``
        (adjusted Rand index between the full fit and the refits, on the documents drawn: mean,
        5th and 95th percentiles), ``stability_null`` (the same in shuffled text) and
        ``information`` (nats; see Notes); ``coherence`` (mean over topics, see
        :func:`coherence`); ``smallest_topic_share`` (of the documents that have a topic);
        ``chosen``, true in one row.

    Raises
    ------
    ValueError
        As in :func:`cluster`, or when there are no candidates or under 2 subsets.

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
    matrix = checked(matrix)
    candidates = sorted(set(candidates))
    if not candidates:
        raise ValueError("비교할 주제 수(candidates)가 없습니다. 예: (5, 10, 20)처럼 적으세요.")
    vectors = document_vectors(matrix)
    fits = {k: partition(matrix, vectors, k, random_state) for k in candidates}
    curve = agreement_curve(matrix, fits, n_boot=n_boot, random_state=random_state)
    quality = pd.DataFrame([_quality(matrix, vectors, fits[k]) for k in candidates])
    table = pd.concat([curve, quality], axis=1)
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


def _quality(matrix: TermMatrix, vectors: np.ndarray, fit: np.ndarray) -> dict[str, float]:
    topics = _topics(matrix, vectors, fit)
    sizes = topics.documents.loc[topics.documents["topic"] != NO_TOPIC, "topic"].value_counts()
    return {
        "coherence": coherence(matrix, topics)["coherence"].mean(),
        "smallest_topic_share": sizes.min() / sizes.sum() if len(sizes) else np.nan,
    }


def fit_topics(matrix: TermMatrix, options: Mapping) -> tuple[Topics, pd.DataFrame]:
    """Cluster with the number of topics a study names, or else the one the curve chooses.

    Parameters
    ----------
    matrix : TermMatrix
    options : mapping
        ``n_topics`` (0 to choose), ``candidates``, ``n_boot``, ``random_state``: the
        ``[topics]`` section of a study.

    Returns
    -------
    Topics, DataFrame
        The topics, and the curve of :func:`choose_n_topics` with ``chosen`` marking the
        number used when it is among the candidates.
    """
    seed = options["random_state"]
    curve = choose_n_topics(
        matrix, options["candidates"], n_boot=options["n_boot"], random_state=seed
    )
    if options["n_topics"]:
        curve = curve.assign(chosen=curve["n_topics"] == options["n_topics"])
    n_topics = options["n_topics"] or int(curve.loc[curve["chosen"], "n_topics"].iloc[0])
    return cluster(matrix, n_topics, random_state=seed), curve


def _topics(matrix: TermMatrix, vectors: np.ndarray, topic: np.ndarray) -> Topics:
    topic, terms = _numbered(topic, _distinctive_terms(matrix, topic))
    similarity = embedding.centroid_similarity(vectors, topic)
    documents = pd.DataFrame({"doc_id": matrix.doc_ids, "topic": topic, "similarity": similarity})
    return Topics(documents, terms, vectors)


def _numbered(topic: np.ndarray, terms: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """Renumber topics by size, then by first term, then by first document."""
    found, first_row, sizes = np.unique(topic, return_index=True, return_counts=True)
    first_term = terms.groupby("topic")["term"].first()
    keys = sorted(
        (-size, first_term.get(old, ""), row, old)
        for old, row, size in zip(found, first_row, sizes, strict=True)
        if old != NO_TOPIC
    )
    number = {old: new for new, (*_, old) in enumerate(keys, start=1)} | {NO_TOPIC: NO_TOPIC}
    renumbered = terms.assign(topic=terms["topic"].map(number))
    renumbered = renumbered.sort_values("topic", kind="stable", ignore_index=True)
    return np.array([number[old] for old in topic], dtype=np.int64), renumbered


def _distinctive_terms(matrix: TermMatrix, topic: np.ndarray) -> pd.DataFrame:
    present = presence(matrix.counts)
    total = np.asarray(present.sum(axis=0)).ravel()
    n_placed = int((topic != NO_TOPIC).sum())
    numbers = [number for number in np.unique(topic) if number != NO_TOPIC]
    rows = []
    for number in numbers:
        members = topic == number
        n_in = np.asarray(present[members].sum(axis=0)).ravel()
        inside = (n_in + 0.5) / (members.sum() + 1)
        outside = (total - n_in + 0.5) / (n_placed - members.sum() + 1)
        # With a single topic there is no rest to differ from: frequency decides.
        weight = inside * np.log(inside / outside) if len(numbers) > 1 else inside
        weight = np.where(n_in > 0, weight, 0)
        best = np.argsort(-weight, kind="stable")[:N_TERMS]
        rows += [(number, matrix.terms[i], weight[i]) for i in best if weight[i] > 0]
    return pd.DataFrame(rows, columns=["topic", "term", "weight"])
