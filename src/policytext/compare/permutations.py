"""Is it more than chance: labels permuted over families, scores of terms, and their tails."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy, deepcopy
from itertools import chain

import numpy as np
from scipy import sparse

from policytext.compare.units import UNITS_AT_ONCE, Units, picker
from policytext.scale import mapped

# Permutations that must reach the observed value before a row's own p is used as it is;
# below that the tail is borrowed from other rows (see tail_p).
N_EXCEEDANCES = 10
TIE = 1e-4  # relative slack when comparing float32 statistics, so that ties count as ties
HELD = 2_000_000  # labels, scores or weights held at once: so many stay in a core's cache
SCORED = 100_000  # scores at once that numpy is quick with
_LEAST = 16  # permutations at a time, though
_BLOCK = 200  # permutations or resamples at most
LONG = 2e8  # counts × permutations × groups, above which they are spread over cores


def permutation_p(whole: RateScore, units: Units, n: int, rng: np.random.Generator) -> np.ndarray:
    """Two-sided permutation p of every group (rows) and term (columns).

    What ten of the first hundred permutations or so reach has its p (Besag & Clifford 1991); of the
    others labels are permuted anew ten times as often, and so on up to `n` times.
    """
    n_terms, n_groups = whole.n_terms, len(units.groups)
    # Of two groups the second scores what the first does, turned round.
    scored = range(n_groups if n_groups > 2 else 1)
    # So many of a group that pooled tails resolve p below what Benjamini-Hochberg asks of the first.
    n_pooled = min(n_terms, int(np.ceil(60 * n_groups * n_terms / max(n, 1))))
    p = np.empty((len(scored), n_terms))
    left = dict.fromkeys(scored, np.arange(n_terms))
    for size in _stages(n):
        scores = {group: whole.of(rows) for group, rows in left.items()}
        for group, (again, reached) in _permuted(units, scores, size, n_pooled, rng).items():
            p[group, left[group]] = again
            n_few = (reached < N_EXCEEDANCES).sum()
            few = np.argsort(reached, kind="stable")[: max(n_few, n_pooled) if n_few else 0]
            left[group] = left[group][np.sort(few)]
        left = {group: rows for group, rows in left.items() if len(rows)}
    return np.broadcast_to(p, (n_groups, n_terms))


def permuted_groups(
    units: Units, n: int, rng: np.random.Generator, *, n_scored: int
) -> Iterator[np.ndarray]:
    """Group codes as they are (units × 1), then under `n` permutations of labels over families.

    A family moves as one. It exchanges labels only with families found in the same strata,
    and a family that belongs to several groups keeps its labels: restricting the
    permutations in this way leaves the test exact. They come in blocks, units × some of them, as
    large as suits `n_scored` values of each, which changes none.

    >>> from policytext.compare.units import family_units
    >>> from policytext.words.counts import TermMatrix
    >>> matrix = TermMatrix(sparse.csr_matrix([[1], [2], [3]]), ["a", "b", "c"], ["혁신"])
    >>> units = family_units(matrix, ["가", "나", "나"], ["f", "f", "g"])
    >>> blocks = permuted_groups(units, 2, np.random.default_rng(0), n_scored=1)
    >>> [block.tolist() for block in blocks]
    [[[0], [1], [1]], [[0, 0], [1, 1], [1, 1]]]
    """
    in_group = np.zeros((units.n_families, len(units.groups)), dtype=bool)
    in_group[units.family, units.group] = True
    in_stratum = np.zeros((units.n_families, len(units.strata)), dtype=bool)
    in_stratum[units.family, units.stratum] = True
    _, pattern = np.unique(in_stratum, axis=0, return_inverse=True)
    pattern = np.where(in_group.sum(axis=1) == 1, pattern.ravel(), -1)
    labels = in_group.argmax(axis=1).astype(np.min_scalar_type(len(units.groups)))
    members = [np.flatnonzero(pattern == code) for code in range(pattern.max() + 1)]
    streams = rng.spawn(len(members))  # each drawn from in order, whatever the blocks
    is_fixed = pattern[units.family] < 0
    kind = np.uint32 if labels.itemsize == 1 else np.uint64
    most, bits = np.iinfo(kind).max, kind(8 * labels.itemsize)
    yield units.group[:, None]
    most_at_once = max(_BLOCK, SCORED // n_scored)
    for size in blocks(n, max(units.n_families, n_scored), _LEAST, most_at_once):
        permuted = np.repeat(labels[:, None], size, axis=1)
        for own, stream in zip(members, streams, strict=True):
            # Labels ride on random keys of 24 bits or more, which sort faster than labels are
            # exchanged one by one.
            keys = stream.integers(most, size=(size, len(own)), dtype=kind, endpoint=True)
            keys <<= bits
            keys |= labels[own]
            keys.sort(axis=1)
            permuted[own] = keys.astype(labels.dtype).T
        by_unit = permuted[units.family]
        by_unit[is_fixed] = units.group[is_fixed, None]
        yield by_unit


def blocks(n: int, width: int, least: int, most: int = _BLOCK) -> Iterator[int]:
    """Sizes of the blocks in which `n` permutations or resamples are drawn: memory is bounded."""
    size = int(np.clip(HELD // width, least, most))
    return (min(size, n - start) for start in range(0, n, size))


class UpperTail:
    """What :func:`tail_p` needs of `n` permutations, which come block by block.

    Where `side` is 1 nothing lies beyond the observed value, where -1 everything does, and likewise
    for permuted ones that are infinite: they are as large as ``end``.
    """

    def __init__(self, observed: np.ndarray, n: int, side: np.ndarray | int = 0) -> None:
        self.n, self.depth, self.end = n, min(N_EXCEEDANCES, n // 10), observed.copy()
        slack = observed - TIE * np.abs(observed)
        self._slack = np.where(np.equal(side, 0), slack, np.copysign(np.inf, side))[:, None]
        self.reached = np.zeros(len(observed), dtype=int)
        self.top = np.full((len(observed), self.depth + 1), -np.inf, dtype=observed.dtype)

    def add(self, null: np.ndarray) -> None:
        """Take in permuted values, rows × permutations, each row in ascending order."""
        self.reached += (null >= self._slack).sum(axis=1, dtype=np.int32)
        seen = np.sort(np.hstack([self.top, null[:, -self.depth - 1 :]]), axis=1)
        self.top = seen[:, -self.depth - 1 :]

    def merge(self, other: UpperTail) -> None:
        """Take in what another one of the same values has seen."""
        reached = self.reached + other.reached
        self.add(other.top)
        self.reached, self.end = reached, np.maximum(self.end, other.end)

    def p(self, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        """p of some rows, whose tails are pooled."""
        top, slack, end = self.top[rows], self._slack[rows], self.end[rows, None]
        top = np.where(top == np.inf, end, top)
        slack = np.where(slack == np.inf, end * (1 - TIE), slack)[:, 0]
        p = (self.reached[rows] + 1) / (self.n + 1)
        usable = (top[:, 0] > 0) & (self.depth > 0)
        far = usable & (self.reached[rows] < self.depth)
        if far.any():
            # Each value is measured by the depth-th largest of the *others*: for one of the
            # depth largest permuted values that is the next one down.
            tail = np.sort((top[usable, 1:] / top[usable, :1]).ravel())
            beyond = len(tail) - np.searchsorted(tail, slack[far] / top[far, 1])
            p[far] = self.depth / (self.n + 1) * (beyond + 1) / (len(tail) + 1)
        return p


def tail_p(observed: np.ndarray, null: np.ndarray) -> np.ndarray:
    """Upper-tail p of each row's observed value in its permutation distribution.

    While at least `N_EXCEEDANCES` permutations reach the observed value, p is (b + 1)/(n + 1).
    Beyond the value c that so many reach, the conditional tail of statistic/c is taken from all
    rows together; exchangeable under the null, they leave the expected number of false calls exact.

    >>> null = np.tile(np.arange(1.0, 101.0), (2, 1))
    >>> tail_p(np.array([50.0, 1000.0]), null).round(4).tolist()
    [0.5149, 0.0047]
    """
    tail = UpperTail(observed, null.shape[1])
    tail.add(np.sort(null, axis=1))
    return tail.p()


class RateScore:
    """Studentised score for "the rate of each term is the same inside and outside a group".

    With residuals r = x - λ n (x the term's count in a unit, n its tokens, λ the term's pooled rate
    in its stratum) and π the group's share of the stratum's tokens, T = Σ_in r = Σ (in - π) r has
    the heteroscedasticity-robust variance V = Σ_in (1-π)² r² + Σ_out π² r², both summed over strata
    (Cochran-Mantel-Haenszel). T/√V is bounded by the square root of the number of families, so that
    no talkative one decides, and stays valid when document length differs (Chung & Romano 2013).
    """

    def __init__(self, units: Units) -> None:
        n_strata, tokens = len(units.strata), units.tokens
        pick = picker(units.stratum, n_strata)
        stratum_tokens = np.maximum(pick @ tokens[:, None], 1e-9)
        rates = (units.totals(units.stratum, n_strata) / stratum_tokens).T
        whole = rates**2 * (pick @ tokens**2)
        total, power = np.asarray(units.counts.sum(axis=0)).reshape(-1, 1), 0
        self._parts = []
        for start in range(0, len(tokens), UNITS_AT_ONCE):
            own = slice(start, start + UNITS_AT_ONCE)
            counts, stratum, n = units.counts[own], units.stratum[own], tokens[own]
            unit = np.repeat(np.arange(len(n)), np.diff(counts.indptr))
            squares = counts.copy()
            squares.data = counts.data**2
            power += np.bincount(counts.indices, squares.data, len(rates))
            squares.data -= 2 * rates[counts.indices, stratum[unit]] * n[unit] * counts.data
            whole += (pick[:, own] @ squares).toarray().T
            # Terms × units: products read only the labels of these units, again and again.
            of_strata = sparse.vstack([pick[:, own].multiply(n), pick[:, own].multiply(n**2)])
            tables = [each.tocsr().astype(np.float32) for each in (counts.T, squares.T, of_strata)]
            tables[1].indices, tables[1].indptr = tables[0].indices, tables[0].indptr  # once
            self._parts.append((own, stratum, *tables))
        # Rounding must not turn an empty comparison (0/0) into a large score.
        floor = 1e-5 * whole.sum(axis=1, keepdims=True) + 1e-12
        dense = rates, np.hstack([rates**2, whole]), floor, total * TIE, total * (1 - TIE)
        self._dense = [each.astype(np.float32) for each in dense]
        self._stratum_tokens = stratum_tokens.astype(np.float32)
        # Terms found in about as many families share tails: (Σx)² / Σx² is that number if a term is
        # even, near 1 if one has all.
        self._spread = total[:, 0] ** 2 / np.maximum(power, 1e-300)

    def __call__(self, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Scores, terms × columns of `inside` (units × columns, True for members), and the side on
        which alone a term occurs: -1 outside, 1 inside, else 0."""
        rates, both, floor, least, most = self._dense
        tokens = count = variance = 0
        is_single = len(self._stratum_tokens) == 1
        for own, _, counts, squares, of_strata in self._parts:
            members = inside[own].astype(np.float32)
            count += counts @ members
            tokens += of_strata @ members
            variance += squares @ members if is_single else 0
        tokens, spread = np.split(tokens, 2)
        share = tokens / self._stratum_tokens
        weight = 1 - 2 * share
        variance *= weight if is_single else 0
        for own, stratum, _, squares, _ in [] if is_single else self._parts:
            variance += squares @ (inside[own] * weight[stratum])
        score = count - rates @ tokens
        variance += both @ np.concatenate([weight * spread, share**2])
        is_told = variance > floor
        score *= is_told
        score /= np.sqrt(np.maximum(variance, floor, out=variance), out=variance)
        return score, ((count > most).astype(np.int8) - (count < least)) * is_told

    @property
    def n_terms(self) -> int:
        """Terms that are scored."""
        return len(self._spread)

    @property
    def n_products(self) -> int:
        """Counts that each column of labels is multiplied with."""
        return sum(counts.nnz for _, _, counts, _, _ in self._parts)

    @property
    def by_spread(self) -> np.ndarray:
        """Places of the terms, those in fewest families first."""
        return np.argsort(self._spread, kind="stable")

    def of(self, rows: np.ndarray) -> RateScore:
        """The score of some of the terms only; of all it is the same one."""
        if len(rows) == self.n_terms:
            return self
        part = copy(self)
        part._parts = [(*who, a[rows], b[rows], more) for *who, a, b, more in self._parts]
        part._dense, part._spread = [each[rows] for each in self._dense], self._spread[rows]
        return part


def _stages(n: int) -> list[int]:
    """Numbers of permutations up to `n`, each a tenth of the next, the first at least 100.

    >>> _stages(20_000), _stages(300)
    ([200, 2000, 20000], [300])
    """
    return [*_stages(n // 10), n] if n >= 1000 else [n]


def _permuted(
    units: Units, scores: dict[int, RateScore], n: int, n_pooled: int, rng: np.random.Generator
) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Of the terms that each group scores p, and by how many of `n` permutations they are reached."""
    most = max((score.n_terms for score in scores.values()), default=1)
    blocks = permuted_groups(units, n, rng, n_scored=most)
    labels, tails = next(blocks), {}
    for group, score in scores.items():
        first, side = (found[:, 0] for found in score(labels == group))
        tails[group] = UpperTail(first, n, side), UpperTail(-first, n, -side)
    is_long = sum(score.n_products for score in scores.values()) * n > LONG
    found = deepcopy(tails)
    for part in mapped(_tails, blocks, scores, tails, workers=-1 if is_long else 1):
        for own, more in zip(chain(*found.values()), chain(*part.values()), strict=True):
            own.merge(more)
    told = {}
    for group, (upper, lower) in found.items():
        # The smaller of both tails is doubled: a small group's statistic is skewed.
        p, order = np.empty(scores[group].n_terms), scores[group].by_spread
        for pool in np.array_split(order, max(1, len(order) // max(n_pooled, 1))):
            p[pool] = np.minimum(1, 2 * np.minimum(upper.p(pool), lower.p(pool)))
        told[group] = p, np.minimum(upper.reached, lower.reached)
    return told


def _tails(labels: np.ndarray, scores: dict[int, RateScore], tails: dict) -> dict:
    """The `tails` of observed scores, one upside down, under permutations, a column each."""
    tails = deepcopy(tails)
    for group, pair in tails.items():
        values, side = scores[group](labels == group)
        for tail, ends in zip(pair, (values.max(axis=1), -values.min(axis=1)), strict=True):
            tail.end = np.maximum(tail.end, ends)
        # Absent is absent: a few documents without a term are no rarer for being of like
        # length, or long, which would make every term they lack significant at once.
        for end in (-1, 1):
            np.copyto(values, end * np.inf, where=side == end)
        values.sort(axis=1)
        for tail, ascending in zip(pair, (values, -values[:, ::-1]), strict=True):
            tail.add(ascending)
    return tails
