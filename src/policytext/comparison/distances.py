"""How far apart the vocabularies of administrations are, and which terms make it so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, combinations_with_replacement

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import rel_entr

from policytext.comparison.resampling import Units, family_units
from policytext.matrix import TermMatrix

_BOUNDS = [0.025, 0.975]


def divergence(
    matrix: TermMatrix,
    groups: Sequence,
    *,
    families: Sequence | None = None,
    n_draws: int = 200,
    random_state: int = 0,
) -> pd.DataFrame:
    """Jensen-Shannon divergence between administrations, beside that within them.

    The divergence (not its square root) is in bits: 0 for the same vocabulary in the same
    proportions, 1 for nothing in common. It grows as texts get shorter, so that every draw
    compares equals: each administration's families are split at random into halves, one
    document stands for each family, and all halves are thinned to the number of tokens of
    the smallest. Two halves of one administration give its baseline; a distance between
    two administrations means something beyond the mean of their baselines only.

    Parameters
    ----------
    matrix : TermMatrix
        Counts.
    groups, families : sequences aligned with ``matrix.doc_ids``
        As in :func:`policytext.comparison.keyness`.
    n_draws, random_state : int

    Returns
    -------
    DataFrame
        One row per ordered pair, symmetric; where both are the same administration, the
        split-half baseline. ``administration_a, administration_b``; ``jsd`` mean over the
        draws with ``jsd_low, jsd_high`` (95 %; half-samples without replacement spread like
        a bootstrap of the whole, and repeat no family, which would inflate the
        divergence); ``baseline``; ``excess`` = jsd - baseline with ``excess_low,
        excess_high``; ``jsd_full`` from all tokens, sizes unequal; ``n_tokens`` mean tokens
        on each side. An administration with fewer than two families cannot be split: its
        rows have NaN except in ``jsd_full``.

    Examples
    --------
    >>> counts = sparse.csr_matrix([[9, 1], [8, 2], [1, 9], [2, 8]])
    >>> matrix = TermMatrix(counts, ["a", "b", "c", "d"], ["창업", "혁신"])
    >>> table = divergence(matrix, ["가", "가", "나", "나"], n_draws=20)
    >>> table["n_tokens"].tolist()
    [10.0, 10.0, 10.0, 10.0]
    >>> table["jsd_full"].round(3).tolist()
    [0.0, 0.39, 0.39, 0.0]
    """
    units = family_units(matrix, groups, families)
    rng = np.random.default_rng(random_state)
    n_groups = len(units.groups)
    drawn = np.full((n_draws, n_groups, n_groups), np.nan)
    n_tokens = np.full(n_draws, np.nan)
    for draw, halves in enumerate(_half_draws(matrix, units, n_draws, rng)):
        n_tokens[draw] = next(iter(halves.values()))[0].sum()
        for a, b in combinations_with_replacement(halves, 2):
            drawn[draw, a, b] = drawn[draw, b, a] = js_contributions(
                halves[a][0], halves[b][int(a == b)]
            ).sum()
    own = np.einsum("daa->da", drawn)
    baseline = (own[:, :, None] + own[:, None, :]) / 2
    totals = units.totals(units.group, n_groups)
    rows = []
    for a in range(n_groups):
        for b in range(n_groups):
            jsd, base = drawn[:, a, b], baseline[:, a, b]
            rows.append(
                (
                    units.groups[a],
                    units.groups[b],
                    jsd.mean(),
                    *_quantiles(jsd),
                    base.mean(),
                    (jsd - base).mean(),
                    *_quantiles(jsd - base),
                    js_contributions(totals[a], totals[b]).sum(),
                    n_tokens.mean(),
                )
            )
    names = [
        "administration_a",
        "administration_b",
        "jsd",
        "jsd_low",
        "jsd_high",
        "baseline",
        "excess",
        "excess_low",
        "excess_high",
        "jsd_full",
        "n_tokens",
    ]
    return pd.DataFrame(rows, columns=names)


def divergence_terms(
    matrix: TermMatrix,
    groups: Sequence,
    *,
    families: Sequence | None = None,
    n_draws: int = 0,
    random_state: int = 0,
) -> pd.DataFrame:
    """Terms that drive the divergence of every two administrations.

    Parameters
    ----------
    matrix, groups, families
        As in :func:`divergence`.
    n_draws, random_state : int
        With draws, the contributions are also measured as the divergence is: between halves
        of equal size, less what two halves of one administration give.

    Returns
    -------
    DataFrame
        One row per pair and term, the largest contribution first: ``administration_a,
        administration_b, term, contribution`` (bits; they sum to ``jsd_full`` of
        :func:`divergence`), ``share`` of that sum, ``rate_a_per_10k, rate_b_per_10k``,
        ``more_in`` (the administration with the higher rate, missing if neither). With
        `n_draws` also ``excess`` (bits beyond the baseline, mean over the draws; they sum to
        ``excess`` of :func:`divergence`), by which the rows are then sorted; it is NaN where
        an administration cannot be split.

    Examples
    --------
    >>> counts = sparse.csr_matrix([[9, 1, 5], [1, 9, 5]])
    >>> matrix = TermMatrix(counts, ["a", "b"], ["창업", "혁신", "협력"])
    >>> table = divergence_terms(matrix, ["가", "나"])
    >>> table[["term", "share", "more_in"]].values.tolist()
    [['창업', 0.5, '가'], ['혁신', 0.5, '나'], ['협력', 0.0, nan]]
    """
    units = family_units(matrix, groups, families)
    totals = units.totals(units.group, len(units.groups))
    rates = 1e4 * totals / np.maximum(totals.sum(axis=1, keepdims=True), 1e-9)
    excess = _excess_terms(matrix, units, n_draws, random_state) if n_draws else {}
    parts = []
    for a, b in combinations(range(len(units.groups)), 2):
        bits = js_contributions(totals[a], totals[b])
        name_a, name_b = units.groups[a], units.groups[b]
        more = np.where(rates[a] > rates[b], name_a, name_b).astype(object)
        more[rates[a] == rates[b]] = None
        part = pd.DataFrame(
            {
                "administration_a": name_a,
                "administration_b": name_b,
                "term": matrix.terms,
                "contribution": bits,
                "share": bits / bits.sum() if bits.sum() > 0 else bits,
                "rate_a_per_10k": rates[a],
                "rate_b_per_10k": rates[b],
                "more_in": more,
            }
        )
        by = "contribution"
        if n_draws:
            by = "excess"
            part[by] = excess.get((a, b), np.nan)
        parts.append(part.sort_values([by, "term"], ascending=[False, True]))
    return pd.concat(parts, ignore_index=True)


def _excess_terms(
    matrix: TermMatrix, units: Units, n_draws: int, random_state: int
) -> dict[tuple[int, int], np.ndarray]:
    """Mean contribution of each term between two groups beyond that inside them."""
    sums: dict[tuple[int, int], np.ndarray] = {}
    rng = np.random.default_rng(random_state)
    for halves in _half_draws(matrix, units, n_draws, rng):
        own = {g: js_contributions(*pair) for g, pair in halves.items()}
        for a, b in combinations(halves, 2):
            beyond = js_contributions(halves[a][0], halves[b][0]) - (own[a] + own[b]) / 2
            sums[a, b] = sums.get((a, b), 0) + beyond / n_draws
    return sums


def js_contributions(counts_a: np.ndarray, counts_b: np.ndarray) -> np.ndarray:
    """Each term's part of the Jensen-Shannon divergence of two count vectors, in bits.

    NaN throughout where a vector has no tokens.

    Examples
    --------
    >>> js_contributions(np.array([1, 0]), np.array([0, 1])).tolist()
    [0.5, 0.5]
    """
    a, b = np.asarray(counts_a, dtype=float), np.asarray(counts_b, dtype=float)
    if a.sum() == 0 or b.sum() == 0:
        return np.full(len(a), np.nan)
    p, q = a / a.sum(), b / b.sum()
    middle = (p + q) / 2
    return np.maximum(rel_entr(p, middle) + rel_entr(q, middle), 0) / (2 * np.log(2))


def _half_draws(
    matrix: TermMatrix, units: Units, n_draws: int, rng: np.random.Generator
) -> Iterator[dict[int, list[np.ndarray]]]:
    """Two halves of every splittable group's families, all of the same number of tokens."""
    counts = sparse.csr_matrix(matrix.counts)[units.rows]
    group, family = units.group[units.row_unit], units.family[units.row_unit]
    filled = np.asarray(counts.sum(axis=1)).ravel() > 0
    documents = {g: np.flatnonzero((group == g) & filled) for g in range(len(units.groups))}
    documents = {g: d for g, d in documents.items() if len(np.unique(family[d])) >= 2}
    if not documents:
        return
    for _ in range(n_draws):
        sides = {}
        for g, rows in documents.items():
            shuffled = rng.permutation(rows)
            # one document per family, then shuffled again: large families come up first
            first = np.unique(family[shuffled], return_index=True)[1]
            chosen = rng.permutation(shuffled[first])
            middle = len(chosen) // 2
            sides[g] = [
                np.asarray(counts[half].sum(axis=0)).ravel().astype(np.int64)
                for half in (chosen[:middle], chosen[middle:])
            ]
        n_tokens = min(side.sum() for pair in sides.values() for side in pair)
        yield {
            g: [rng.multivariate_hypergeometric(s, n_tokens, method="marginals") for s in pair]
            for g, pair in sides.items()
        }


def _quantiles(values: np.ndarray) -> np.ndarray:
    """95 % bounds over the last axis."""
    return np.quantile(values, _BOUNDS, axis=-1)
