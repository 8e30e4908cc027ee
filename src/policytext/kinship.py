"""How topics are related: to each other, and to single administrations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.cluster.hierarchy import linkage
from scipy.stats import beta
from sklearn.decomposition import PCA
from sklearn.preprocessing import normalize

from policytext.comparison.resampling import family_units, family_weights
from policytext.matrix import TermMatrix
from policytext.topics import NO_TOPIC, Topics

ODDS = 3  # times the expected odds, at the lower bound: the topic lives in the administration
_BOUNDS = [0.025, 0.975]


def hierarchy(topics: Topics) -> pd.DataFrame:
    """Join the nearest topics step by step until one is left.

    Parameters
    ----------
    topics : Topics

    Returns
    -------
    DataFrame
        One row per join, as SciPy's ``linkage`` counts: ``left, right`` (0 is topic 1; from the
        number of topics upwards, the groups made by the rows before), ``distance`` (1 - mean
        cosine of the centroids of the two groups' topics, average linkage), ``n_topics`` in
        the new group. No rows with fewer than two topics.

    Examples
    --------
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
    steps = linkage(centres, method="average", metric="cosine")
    table = pd.DataFrame(steps, columns=columns)
    return table.astype({"left": int, "right": int, "n_topics": int})


def topic_map(topics: Topics) -> pd.DataFrame:
    """Places of the topics on a plane: what talks of the same lies near.

    Parameters
    ----------
    topics : Topics

    Returns
    -------
    DataFrame
        One row per topic: ``topic, n_documents, x, y`` (first two principal components of the
        normalised centroids) and ``explained``, the part (0..1) of the spread between the
        centroids that the plane holds, the same in every row.

    Examples
    --------
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
    plane = PCA(n_components=2, svd_solver="full")
    places = plane.fit_transform(centres)
    explained = min(float(plane.explained_variance_ratio_.sum()), 1.0)
    return table.assign(x=places[:, 0], y=places[:, 1], explained=explained)


def concentration(
    topic_documents: pd.DataFrame,
    groups: Sequence,
    *,
    families: Sequence | None = None,
    n_boot: int = 1000,
    random_state: int = 0,
) -> pd.DataFrame:
    """Say which topics live in one administration.

    Parameters
    ----------
    topic_documents : DataFrame
        ``doc_id, topic``.
    groups, families : sequences aligned with the rows of `topic_documents`
        As in :func:`policytext.comparison.topic_shares`.
    n_boot, random_state : int
        Resamples of families for the interval.

    Returns
    -------
    DataFrame
        One row per topic: ``topic, n_families``; the ``administration`` it leans to most
        surely, that one's ``share`` of the topic's families with ``share_low, share_high``
        (95 %; the open end is the exact binomial bound where it is all), ``expected`` (its
        share of all families, which a topic owes to the size of the corpus alone);
        ``lives_in_one``: even at the lower bound the odds, share / (1 - share), are at least
        three times the expected ones, so that with as many families from elsewhere the
        administration would hold three quarters of the topic.

    Examples
    --------
    >>> table = pd.DataFrame({"doc_id": list("abcdefghij"), "topic": [1] * 6 + [2] * 4})
    >>> found = concentration(table, list("가가가가가가") + list("가나나가"), n_boot=100)
    >>> found[["administration", "share", "expected", "lives_in_one"]].values.tolist()
    [['가', 1.0, 0.8, False], ['나', 0.5, 0.2, False]]
    """
    placed = (topic_documents["topic"] != NO_TOPIC).to_numpy()
    topics = np.array(sorted(set(topic_documents.loc[placed, "topic"])))
    rows = np.flatnonzero(placed)
    columns = np.searchsorted(topics, topic_documents["topic"].to_numpy()[rows])
    counts = sparse.csr_matrix(
        (np.ones(len(rows)), (rows, columns)), shape=(len(topic_documents), len(topics))
    )
    matrix = TermMatrix(counts, topic_documents["doc_id"].tolist(), topics.tolist())
    labels = pd.Series(list(groups), dtype=object)
    units = family_units(matrix, labels.where(placed, None), families, n_groups=1)
    weights = family_weights(units, n_boot, np.random.default_rng(random_state))
    members = [units.group == group for group in range(len(units.groups))]
    # groups × topics × draws, the first draw being what there is
    drawn = np.column_stack([np.ones(len(units.group)), weights])
    sums = np.array([units.counts[mine].T @ drawn[mine] for mine in members])
    parts = sums / sums.sum(axis=0)
    low, high = np.quantile(parts[:, :, 1:], _BOUNDS, axis=2)
    share, n_families = parts[:, :, 0], sums[:, :, 0].sum(axis=0)
    low = np.where(share > 1 - 1e-9, beta.ppf(0.025, n_families, 1), low)
    expected = np.array([[mine.mean()] for mine in members]) * np.ones_like(share)
    with np.errstate(divide="ignore"):
        odds = (low / (1 - low)) / (expected / (1 - expected))
    own = odds.argmax(axis=0), np.arange(len(topics))
    return pd.DataFrame(
        {
            "topic": topics,
            "n_families": n_families.round().astype(int),
            "administration": np.array(units.groups, dtype=object)[own[0]],
            "share": share[own],
            "share_low": low[own],
            "share_high": high[own],
            "expected": expected[own],
            "lives_in_one": odds[own] >= ODDS,
        }
    )


def _centres(topics: Topics) -> tuple[list[int], np.ndarray]:
    """Topic numbers and their mean vectors, of length 1; topics × dimensions."""
    topic = topics.documents["topic"].to_numpy()
    numbers = sorted(set(topic) - {NO_TOPIC})
    means = [topics.vectors[topic == number].mean(axis=0) for number in numbers]
    return numbers, normalize(means).astype(float) if means else np.zeros((0, 1))
