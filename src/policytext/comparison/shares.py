"""How much of each administration's documents a topic takes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import beta, false_discovery_control

from policytext.comparison.permutation import tail_p
from policytext.comparison.resampling import Units, family_units, family_weights, permuted_groups
from policytext.matrix import TermMatrix

_BOUNDS = [0.025, 0.975]


def topic_shares(
    topic_documents: pd.DataFrame,
    groups: Sequence,
    *,
    families: Sequence | None = None,
    n_boot: int = 1000,
    random_state: int = 0,
) -> pd.DataFrame:
    """Share of each topic in each administration, every family counting once.

    Parameters
    ----------
    topic_documents : DataFrame
        ``doc_id, topic``, one row per document, as in ``Topics.documents``. Documents
        without a topic are left out.
    groups, families : sequences aligned with the rows of `topic_documents`
        As in :func:`policytext.comparison.keyness`.
    n_boot, random_state : int
        Resamples of families for the intervals.

    Returns
    -------
    DataFrame
        ``administration, topic, n`` (documents), ``share, share_low, share_high`` (95 %).
        The shares of an administration sum to 1. Where a topic takes none or all of it,
        the open end is the exact binomial bound on the number of families, because
        resampling would give an interval of no width.

    Raises
    ------
    ValueError
        A column is missing, lengths differ, or no document has both topic and group.

    Examples
    --------
    >>> table = pd.DataFrame({"doc_id": ["a", "b", "c"], "topic": [1, 2, 2]})
    >>> shares = topic_shares(table, ["가", "가", "나"], n_boot=100)
    >>> shares[["administration", "topic", "n", "share"]].values.tolist()
    [['가', 1, 1, 0.5], ['가', 2, 1, 0.5], ['나', 1, 0, 0.0], ['나', 2, 1, 1.0]]
    """
    units, matrix = _topic_units(topic_documents, groups, families, n_groups=1)
    n_groups, n_topics = len(units.groups), len(matrix.terms)
    weights = family_weights(units, n_boot, np.random.default_rng(random_state))
    share = _shares(units, np.ones((len(units.group), 1)))[:, :, 0]
    low, high = _quantiles(_shares(units, weights))
    n_families = np.bincount(units.group)[:, None]
    n = np.zeros((n_groups, n_topics), dtype=int)
    np.add.at(n, units.group[units.row_unit], matrix.counts[units.rows].toarray())
    return pd.DataFrame(
        {
            "administration": np.repeat(units.groups, n_topics),
            "topic": np.tile(np.array(matrix.terms), n_groups),
            "n": n.ravel(),
            "share": share.ravel(),
            # Clopper-Pearson at the edges
            "share_low": np.where(share == 1, beta.ppf(0.025, n_families, 1), low).ravel(),
            "share_high": np.where(share == 0, beta.ppf(0.975, 1, n_families), high).ravel(),
        }
    )


def share_differences(
    topic_documents: pd.DataFrame,
    groups: Sequence,
    *,
    families: Sequence | None = None,
    n_boot: int = 1000,
    n_permutations: int = 2000,
    random_state: int = 0,
) -> pd.DataFrame:
    """Differences of topic shares between every two administrations.

    Parameters
    ----------
    topic_documents, groups, families, n_boot, random_state
        As in :func:`topic_shares`.
    n_permutations : int
        Permutations of labels over the families of the two administrations.

    Returns
    -------
    DataFrame
        ``administration_a, administration_b, topic, difference`` (share in a less share
        in b), ``difference_low, difference_high`` (95 %), ``p`` (two-sided), ``q``
        (Benjamini-Hochberg over all rows).

    Examples
    --------
    >>> table = pd.DataFrame({"doc_id": list("abcdefgh"), "topic": [1, 1, 1, 1, 2, 2, 2, 2]})
    >>> found = share_differences(table, list("가가가가나나나나"), n_permutations=200)
    >>> found[["topic", "difference"]].values.tolist(), bool(found["p"].max() < 0.1)
    ([[1.0, 1.0], [2.0, -1.0]], True)
    """
    labels = pd.Series([None if pd.isna(g) else str(g) for g in groups], dtype=object)
    everyone, matrix = _topic_units(topic_documents, labels, families, n_groups=2)
    rng = np.random.default_rng(random_state)
    parts = []
    for a, b in combinations(everyone.groups, 2):
        pair = labels.where(labels.isin([a, b]), None)
        units, _ = _topic_units(topic_documents, pair, families, n_groups=2)
        resampled = _shares(units, family_weights(units, n_boot, rng))
        low, high = _quantiles(resampled[0] - resampled[1])
        moved = np.column_stack([units.group, permuted_groups(units, n_permutations, rng)])
        inside = (moved == 0).astype(float)
        share_a, share_b = (_shares_of(units.counts, w) for w in (inside, 1 - inside))
        size = np.abs(share_a - share_b)
        parts.append(
            pd.DataFrame(
                {
                    "administration_a": a,
                    "administration_b": b,
                    "topic": matrix.terms,
                    "difference": (share_a - share_b)[:, 0],
                    "difference_low": low,
                    "difference_high": high,
                    "p": tail_p(size[:, 0], size[:, 1:]),
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    return table.assign(q=false_discovery_control(table["p"]))


def _topic_units(
    topic_documents: pd.DataFrame, groups: Sequence, families: Sequence | None, n_groups: int
) -> tuple[Units, TermMatrix]:
    """Documents as rows and topics as terms, one token per document."""
    missing = {"doc_id", "topic"} - set(topic_documents.columns)
    if missing:
        raise ValueError(
            f"주제 표에 '{sorted(missing)[0]}' 열이 없습니다. 'doc_id'와 'topic' 열이 있는 "
            "Topics.documents 표를 주세요."
        )
    topic, topics = pd.factorize(topic_documents["topic"], sort=True)
    labels = pd.Series(list(groups), dtype=object)
    if len(labels) == len(topic):
        labels[topic < 0] = None
    known = np.flatnonzero(topic >= 0)
    counts = sparse.csr_matrix(
        (np.ones(len(known), dtype=np.int64), (known, topic[known])),
        shape=(len(topic), len(topics)),
    )
    matrix = TermMatrix(counts, topic_documents["doc_id"].tolist(), topics.tolist())
    return family_units(matrix, labels, families, n_groups=n_groups), matrix


def _shares(units: Units, weights: np.ndarray) -> np.ndarray:
    """Shares of the terms, groups × terms × columns of `weights` (units × columns)."""
    return np.array(
        [
            _shares_of(units.counts[(mine := units.group == g)], weights[mine])
            for g in range(len(units.groups))
        ]
    )


def _shares_of(counts: sparse.csr_matrix, weights: np.ndarray) -> np.ndarray:
    totals = counts.T @ weights
    return totals / totals.sum(axis=0)


def _quantiles(values: np.ndarray) -> np.ndarray:
    """95 % bounds over the last axis."""
    return np.quantile(values, _BOUNDS, axis=-1)
