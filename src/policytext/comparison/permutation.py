"""Permutation tests for thousands of terms at once, as sparse matrix products."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy import sparse

from policytext.comparison.resampling import N_THREADS, Units, permuted_groups

# Permutations that must reach the observed value before a term's own p is used as it is;
# below that the tail is borrowed from terms of similar frequency (see tail_p).
N_EXCEEDANCES = 10
_BLOCK = 200  # permutations per block: one block of V terms takes V * 200 * 4 bytes
_TIE = 1e-4  # relative slack when comparing float32 statistics, so that ties count as ties


class RateScore:
    """Studentised score for "the rate of each term is the same inside and outside a group".

    With residuals r = x - λ n (x the term's count in a unit, n the unit's tokens, λ the
    term's pooled rate in the unit's stratum) and π the group's share of the stratum's
    tokens, T = Σ_in r = Σ (in - π) r and its heteroscedasticity-robust variance is
    V = Σ_in (1-π)² r² + Σ_out π² r², both summed over strata as in Cochran-Mantel-Haenszel.
    T/√V is bounded by the square root of the number of families, which is what keeps one
    talkative family from deciding; a permutation test of a studentised statistic also
    stays valid when groups differ in document length (Chung & Romano 2013).
    """

    def __init__(self, units: Units) -> None:
        n_strata = len(units.strata)
        tokens = units.tokens
        self._pick = sparse.csr_matrix(
            (np.ones(len(tokens), np.float32), (units.stratum, np.arange(len(tokens)))),
            shape=(n_strata, len(tokens)),
        )
        self._stratum = units.stratum
        self._tokens = tokens.astype(np.float32)[:, None]
        self._stratum_tokens = np.maximum(self._pick @ self._tokens, 1e-9)
        rates = units.totals(units.stratum, n_strata) / self._stratum_tokens
        x = units.counts.tocoo()
        squares = x.copy()
        squares.data = x.data**2 - 2 * rates[units.stratum[x.row], x.col] * tokens[x.row] * x.data
        self._rates = rates.T.astype(np.float32)
        self._counts = x.T.tocsr().astype(np.float32)
        self._squares = squares.T.tocsr().astype(np.float32)
        whole = (self._pick @ squares.tocsr()).toarray().T
        self._residuals = (whole + rates.T**2 * (self._pick @ tokens**2)).astype(np.float32)

    def __call__(self, inside: np.ndarray) -> np.ndarray:
        """Scores, terms × columns of `inside` (units × columns, 1 for members)."""
        inside = inside.astype(np.float32)
        tokens = self._pick @ (inside * self._tokens)
        share = tokens / self._stratum_tokens
        score = self._counts @ inside - self._rates @ tokens
        contrast = inside * (1 - 2 * share)[self._stratum]
        variance = self._squares @ contrast
        variance += self._rates**2 @ (self._pick @ (contrast * self._tokens**2))
        variance += self._residuals @ share**2
        # Rounding must not turn an empty comparison (0/0) into a large score.
        floor = 1e-5 * self._residuals.sum(axis=1, keepdims=True) + 1e-12
        return np.where(variance > floor, score / np.sqrt(np.maximum(variance, floor)), 0)

    def one_sided(self, inside: np.ndarray) -> np.ndarray:
        """-1 where a term occurs only outside, 1 where only inside, else 0; shaped as scores."""
        n = self._counts @ inside.astype(np.float32)
        n_all = np.asarray(self._counts.sum(axis=1)).reshape(-1, 1)
        return (n > n_all * (1 - _TIE)).astype(np.int8) - (n < n_all * _TIE)


def permutation_p(units: Units, n: int, rng: np.random.Generator) -> np.ndarray:
    """Two-sided permutation p of every group (rows) and term (columns).

    Both tails are computed apart and the smaller is doubled, because a small group's
    statistic is skewed.
    """
    score = RateScore(units)
    labels = np.column_stack([units.group, permuted_groups(units, n, rng)])
    spread = _effective_families(units.counts)
    n_terms, n_groups = len(spread), len(units.groups)
    # Enough terms in a pool for its resolution to survive Benjamini-Hochberg at 5 %.
    pool_size = max(200, int(np.ceil(60 * n_groups * n_terms / max(n, 1))))
    pools = np.array_split(np.argsort(spread, kind="stable"), max(1, n_terms // pool_size))

    def of_group(group: int) -> np.ndarray:
        null = np.empty((n_terms, n + 1), dtype=np.float32)
        side = np.empty((n_terms, n + 1), dtype=np.int8)
        for start in range(0, n + 1, _BLOCK):
            block = slice(start, start + _BLOCK)
            null[:, block] = score(labels[:, block] == group)
            side[:, block] = score.one_sided(labels[:, block] == group)
        # Absent is absent: a few documents without a term are no rarer for being of like
        # length, or long, which would make every term they lack significant at once.
        null = np.where(side < 0, null.min(axis=1, keepdims=True), null)
        null = np.where(side > 0, null.max(axis=1, keepdims=True), null)
        p = np.empty(n_terms)
        for pool in pools:
            rows = null[pool]
            upper = tail_p(rows[:, 0], rows[:, 1:])
            lower = tail_p(-rows[:, 0], -rows[:, 1:])
            p[pool] = np.minimum(1, 2 * np.minimum(upper, lower))
        return p

    # The sparse products and partitions release the GIL; the result does not depend on it.
    with ThreadPoolExecutor(N_THREADS) as pool:
        return np.array(list(pool.map(of_group, range(n_groups))))


def _effective_families(counts: sparse.csr_matrix) -> np.ndarray:
    """(Σx)² / Σx²: families with the term if it is even, near 1 if one family has it all."""
    squares = np.asarray(counts.multiply(counts).sum(axis=0)).ravel()
    total = np.asarray(counts.sum(axis=0)).ravel()
    return np.divide(total**2, squares, out=np.zeros_like(total), where=squares > 0)


def tail_p(observed: np.ndarray, null: np.ndarray) -> np.ndarray:
    """Upper-tail p of each row's observed value in its permutation distribution.

    While at least `N_EXCEEDANCES` permutations reach the observed value, p is the usual
    (b + 1)/(n + 1). Beyond the value c that N_EXCEEDANCES permutations reach, one row's
    permutations are too few to say, so the conditional tail of statistic/c is taken from
    all rows together. Observed and permuted values are exchangeable under the null, so the
    expected number of false calls is exact, whatever the shapes of the rows' tails.

    Parameters
    ----------
    observed : ndarray, rows
    null : ndarray, rows × permutations

    Examples
    --------
    >>> null = np.tile(np.arange(1.0, 101.0), (2, 1))
    >>> tail_p(np.array([50.0, 1000.0]), null).round(4).tolist()
    [0.5149, 0.0047]
    """
    n = null.shape[1]
    if n == 0:
        return np.ones(len(observed))
    slack = observed - _TIE * np.abs(observed)
    reached = (null >= slack[:, None]).sum(axis=1)
    p = (reached + 1) / (n + 1)
    depth = min(N_EXCEEDANCES, n // 10)
    if depth == 0:
        return p
    top = np.partition(null, [n - depth - 1, n - depth], axis=1)[:, n - depth - 1 :]
    usable = top[:, 0] > 0
    far = usable & (reached < depth)
    if far.any():
        # Each value is measured by the depth-th largest of the *others*: for one of the
        # depth largest permuted values that is the next one down.
        tail = np.sort((top[usable, 1:] / top[usable, :1]).ravel())
        beyond = len(tail) - np.searchsorted(tail, slack[far] / top[far, 1])
        p[far] = depth / (n + 1) * (beyond + 1) / (len(tail) + 1)
    return p
