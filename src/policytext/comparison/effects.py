"""How differently a group uses a term: effect sizes and their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from scipy import sparse

from policytext.comparison.resampling import N_THREADS, Units
from policytext.matrix import TermMatrix

_TERM_CHUNK = 500  # terms whose resampled statistics are held at once


def log_odds(counts: np.ndarray, prior: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds of each group against all others with an informative Dirichlet prior.

    Monroe, Colaresi & Quinn (2008), with the same prior on both sides. z is the first
    result over the square root of the second.

    Parameters
    ----------
    counts : array, groups × terms
        See :func:`policytext.comparison.group_counts`.
    prior : array of terms, optional
        Pseudo-counts α: for a prior of size α₀ that follows a background corpus, α₀ times
        its relative frequencies. The pooled counts themselves when not given.

    Returns
    -------
    delta, variance : arrays, groups × terms
        Where neither counts nor prior know a term, 0 and infinity.

    Examples
    --------
    >>> delta, variance = log_odds([[9, 1], [1, 9]])
    >>> (delta / variance**0.5).round(2).tolist()
    [[2.89, -2.89], [-2.89, 2.89]]
    """
    y = np.asarray(counts, dtype=float)
    pooled = y.sum(axis=0)
    rest = np.maximum(pooled - y, 0)
    alpha = pooled if prior is None else np.asarray(prior, dtype=float)
    return _log_odds(y, rest, y.sum(1, keepdims=True), rest.sum(1, keepdims=True), alpha)


def _log_odds(y, rest, n, n_rest, alpha, alpha_sum=None):
    """Equations 16 (δ of i against j) and 20 (its variance) of the paper."""
    if alpha_sum is None:
        alpha_sum = alpha.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.log((y + alpha) / (n + alpha_sum - y - alpha))
        outside = np.log((rest + alpha) / (n_rest + alpha_sum - rest - alpha))
        delta = inside - outside  # eq. 16
        variance = 1 / (y + alpha) + 1 / (rest + alpha)  # eq. 20
    # 0/0: the term is unknown, or it is the only term there is.
    return np.nan_to_num(delta, nan=0.0), variance


def document_counts(matrix: TermMatrix, units: Units) -> dict[str, np.ndarray]:
    """What is counted in the documents themselves, groups × terms."""
    counts = sparse.csr_matrix(matrix.counts)[units.rows]
    row_group = units.group[units.row_unit]
    row_family = units.family[units.row_unit]
    names = ("n", "n_documents", "n_families", "top_document_share", "dispersion")
    found = {name: [] for name in names}
    for group in range(len(units.groups)):
        mine = counts[row_group == group]
        n = np.asarray(mine.sum(axis=0)).ravel()
        family = pd.factorize(row_family[row_group == group])[0]
        pick = sparse.csr_matrix((np.ones(len(family), bool), (family, np.arange(len(family)))))
        found["n"].append(n)
        found["n_documents"].append((mine > 0).sum(axis=0).A1)
        found["n_families"].append(((pick @ (mine > 0)) > 0).sum(axis=0).A1)
        with np.errstate(invalid="ignore"):
            found["top_document_share"].append(mine.max(axis=0).toarray().ravel() / n)
        found["dispersion"].append(_dispersion(units.counts[units.group == group]))
    columns = {name: np.array(values) for name, values in found.items()}
    columns["n_rest"] = columns["n"].sum(axis=0) - columns["n"]
    return columns


def _dispersion(counts: sparse.csr_matrix) -> np.ndarray:
    """Gries' DP = Σ|v - s| / 2, v a unit's share of the term and s of all tokens."""
    x = counts.tocoo()
    size = np.asarray(counts.sum(axis=1)).ravel() / max(counts.sum(), 1)
    total = np.asarray(counts.sum(axis=0)).ravel()
    s = size[x.row]
    # Units without the term contribute s each: all of s, less that of the others.
    part = np.bincount(x.col, np.abs(x.data / total[x.col] - s) - s, counts.shape[1])
    return np.where(total > 0, (part + size.sum()) / 2, np.nan)


def exposure(matrix: TermMatrix, groups: Sequence, documents: pd.DataFrame) -> pd.DataFrame:
    """How widely each group uses a term: by how many publishers, in how many months.

    Parameters
    ----------
    matrix : TermMatrix
    groups : sequence aligned with ``matrix.doc_ids``
        Documents whose group is missing are left out.
    documents : DataFrame
        ``doc_id, date, publisher``, in any order. A missing date or an empty publisher is
        counted as none.

    Returns
    -------
    DataFrame
        ``term, administration, n_publishers, n_months`` (calendar months), one row per
        term and group, to be merged with the table of
        :func:`policytext.comparison.keyness`.

    Examples
    --------
    >>> matrix = TermMatrix(sparse.csr_matrix([[2], [1]]), ["a", "b"], ["창업"])
    >>> documents = pd.DataFrame({"doc_id": ["b", "a"], "publisher": ["가", "나"],
    ...     "date": pd.to_datetime(["2014-03-01", "2014-03-31"])})
    >>> exposure(matrix, ["갑", "갑"], documents).values.tolist()
    [['창업', '갑', 2, 1]]
    """
    labels = pd.Series(list(groups), dtype=object)
    own = documents.set_index("doc_id").loc[matrix.doc_ids]
    keys = {
        "n_publishers": own["publisher"].replace("", None).to_numpy(),
        "n_months": pd.to_datetime(own["date"]).dt.to_period("M").to_numpy(),
    }
    present = sparse.csr_matrix(matrix.counts) > 0
    parts = []
    for group in sorted(labels.dropna().unique()):
        part = {"term": matrix.terms, "administration": group}
        for name, values in keys.items():
            rows = np.flatnonzero((labels == group) & ~pd.isna(values))
            codes, found = pd.factorize(values[rows])
            pick = sparse.csr_matrix(
                (np.ones(len(rows), np.int64), (codes, np.arange(len(rows)))),
                shape=(len(found), len(rows)),
            )
            part[name] = ((pick @ present[rows]) > 0).sum(axis=0).A1
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)


def effect_sizes(units: Units) -> dict[str, np.ndarray]:
    """Effect sizes, groups × terms, averaged over the strata that can be compared."""
    n_groups, n_terms = len(units.groups), units.counts.shape[1]
    names = ("rate_per_10k", "rate_rest_per_10k", "log_odds", "log_ratio", "g2", "variance")
    total = {name: np.zeros((n_groups, n_terms)) for name in names}
    n_strata = np.zeros((n_groups, 1))
    crude = np.zeros((n_groups, n_terms))
    for y in _stratum_counts(units):
        crude += y
        rest = np.maximum(y.sum(axis=0) - y, 0)
        n, n_rest = y.sum(axis=1, keepdims=True), rest.sum(axis=1, keepdims=True)
        comparable = (n > 0) & (n_rest > 0)
        n_strata += comparable
        delta, variance = log_odds(y)
        parts = {
            "rate_per_10k": 1e4 * y / np.maximum(n, 1e-9),
            "rate_rest_per_10k": 1e4 * rest / np.maximum(n_rest, 1e-9),
            "log_odds": delta,
            "log_ratio": _log_ratio(y, rest, n, n_rest),
            "g2": _g2(y, rest, n, n_rest),
            "variance": variance,
        }
        for name, part in parts.items():
            total[name] += np.where(comparable, part, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        for name in names:
            if name != "g2":
                total[name] /= n_strata
        # Mean of k independent estimates; eq. 22: ζ = δ / σ.
        z = total["log_odds"] / np.sqrt(total.pop("variance") / n_strata)
    total["z"] = z
    total["n_once"] = crude
    total["pct_diff"] = 100 * (2 ** total["log_ratio"] - 1)
    total["is_reversed"] = total["log_odds"] * log_odds(crude)[0] < 0
    total["n_strata"] = np.broadcast_to(n_strata.astype(int), crude.shape)
    return total


def _stratum_counts(units: Units) -> np.ndarray:
    """Tokens, strata × groups × terms."""
    n_groups, n_strata = len(units.groups), len(units.strata)
    cell = units.stratum * n_groups + units.group
    return units.totals(cell, n_strata * n_groups).reshape(n_strata, n_groups, -1)


def _log_ratio(y, rest, n, n_rest):
    """Binary log of the ratio of rates; a zero count is taken as half a token."""
    n, n_rest = np.maximum(n, 0.5), np.maximum(n_rest, 0.5)
    return np.log2(np.maximum(y, 0.5) / n) - np.log2(np.maximum(rest, 0.5) / n_rest)


def _g2(y, rest, n, n_rest):
    """Log-likelihood ratio of the table (term, other terms) × (group, rest)."""
    pooled, whole = y + rest, n + n_rest
    g2 = np.zeros_like(y)
    for observed, row, column in (
        (y, pooled, n),
        (rest, pooled, n_rest),
        (n - y, whole - pooled, n),
        (n_rest - rest, whole - pooled, n_rest),
    ):
        expected = row * column / np.maximum(whole, 1e-9)
        positive = observed > 0
        ratio = np.divide(observed, expected, out=np.ones_like(g2), where=positive)
        g2 += np.where(positive, observed * np.log(ratio), 0)
    return 2 * np.maximum(g2, 0)


def effect_intervals(
    units: Units, weights: np.ndarray, estimates: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """95 % intervals of ``log_odds`` and ``log_ratio`` under `weights` (units × resamples).

    Percentile intervals are too narrow for terms found in few families, so that each is
    stretched about the estimate by √(1 + 3/k), k the families with the term on the side
    that has fewer. The 3 is measured (tests/test_comparison_proofs.py): coverage is then
    93-97 % for terms in some twenty families or more; for rarer ones, less.

    Returns
    -------
    dict of groups × terms arrays, ``log_odds_low`` and so on.
    """
    n_groups, n_terms = len(units.groups), units.counts.shape[1]
    cells = [
        [np.flatnonzero((units.stratum == s) & (units.group == g)) for g in range(n_groups)]
        for s in range(len(units.strata))
    ]
    tokens = (units.tokens[:, None] * weights).astype(np.float32)
    counts = units.counts.tocsc().astype(np.float32)
    quantiles = np.full((2, 2, n_groups, n_terms), np.nan)  # low/high, statistic

    def fill(start: int) -> None:
        chunk = slice(start, start + _TERM_CHUNK)
        effects = _resampled(counts[:, chunk], tokens, weights, cells)
        for group, pair in enumerate(effects):
            for statistic, values in enumerate(pair):
                quantiles[:, statistic, group, chunk] = np.quantile(values, [0.025, 0.975], axis=1)

    with ThreadPoolExecutor(N_THREADS) as pool:
        list(pool.map(fill, range(0, n_terms, _TERM_CHUNK)))
    n_units = np.array(
        [
            np.bincount(units.counts[units.group == g].indices, minlength=n_terms)
            for g in range(n_groups)
        ]
    )
    fewer = np.minimum(n_units, n_units.sum(axis=0) - n_units)
    stretch = np.sqrt(1 + 3 / np.maximum(fewer, 1))
    bounds = {}
    for statistic, name in enumerate(("log_odds", "log_ratio")):
        centre, (low, high) = estimates[name], quantiles[:, statistic]
        bounds[f"{name}_low"] = centre - np.maximum(centre - low, 0) * stretch
        bounds[f"{name}_high"] = centre + np.maximum(high - centre, 0) * stretch
    return bounds


def _resampled(counts, tokens, weights, cells):
    """Effect sizes of each group under every resample: pairs of terms × resamples."""
    n_groups = len(cells[0])
    sums = [[0, 0, 0] for _ in range(n_groups)]
    columns = counts.T.tocsr()
    for members in cells:
        y = [columns[:, rows] @ weights[rows] for rows in members]
        n = [tokens[rows].sum(axis=0) for rows in members]
        pooled, whole = sum(y), sum(n)
        for group in range(n_groups):
            if not len(members[group]) or sum(map(len, members)) == len(members[group]):
                continue
            rest, n_rest = np.maximum(pooled - y[group], 0), whole - n[group]
            odds, _ = _log_odds(y[group], rest, n[group], n_rest, pooled, whole)
            sums[group][0] += odds
            sums[group][1] += _log_ratio(y[group], rest, n[group], n_rest)
            sums[group][2] += 1
    empty = np.full((counts.shape[1], weights.shape[1]), np.nan)
    return [(a / k, b / k) if k else (empty, empty) for a, b, k in sums]
