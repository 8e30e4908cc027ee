"""Families as the unit of evidence: counting, permuting, reweighting, shares.

A press release printed fifty times is one event, so nothing here treats a document as
independent: documents are averaged inside their family first, labels are permuted over
families, and intervals come from reweighting families.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd
import scipy
from scipy import sparse

from policytext.faults import InsufficientData, PolicyTextError, demand
from policytext.words.counts import TermMatrix

ALPHA = 0.05
FOR_SHARES = 2000  # permutations at most: topics are few, and so is what is corrected for
BOUNDS = [0.025, 0.975]  # of a 95 % interval
Labels = Sequence | None  # of documents, as :func:`aligned` takes them
ODDS = 3  # times the expected odds, at the lower bound: the topic lives in the administration
# Permutations that must reach the observed value before a row's own p is used as it is;
# below that the tail is borrowed from other rows (see tail_p).
N_EXCEEDANCES = 10
HELD = 2_000_000  # labels, scores or weights held at once: so many stay in a core's cache
SCORED = 100_000  # scores at once that numpy is quick with
_LEAST = 16  # permutations at a time, though
_BLOCK = 200  # permutations or resamples at most
TIE = 1e-4  # relative slack when comparing float32 statistics, so that ties count as ties


@dataclass(frozen=True)
class Units:
    """Families, each counted once in every group and stratum in which it occurs.

    ``counts``: units × terms, mean count over the family's documents in that group and stratum;
    ``family, group, stratum``: codes, one per unit, ``groups, strata`` their labels, sorted;
    ``rows`` of the input matrix that were used, in order of ``doc_id``, ``row_unit`` the unit of
    each.
    """

    counts: sparse.csr_matrix
    family: np.ndarray
    group: np.ndarray
    stratum: np.ndarray
    groups: list[str]
    strata: list[str]
    rows: np.ndarray
    row_unit: np.ndarray

    @property
    def n_families(self) -> int:
        """Number of different families."""
        return int(self.family.max()) + 1

    @property
    def tokens(self) -> np.ndarray:
        """Tokens of each unit (mean over its documents)."""
        return np.asarray(self.counts.sum(axis=1)).ravel()

    def totals(self, by: np.ndarray, n: int) -> np.ndarray:
        """Sum of the units' counts for each code in `by`, as an n × terms array."""
        return (picker(by, n) @ self.counts).toarray()


def aligned(labels: Sequence, doc_ids: Sequence, what: str) -> np.ndarray:
    """One label a document, as strings in the order of `doc_ids`, None where missing.

    A Series indexed by ``doc_id``, or a dict, is put in that order; a list, an array or a Series with the
    index 0, 1, 2, … must have it already. Any other index is refused, so that nothing is
    ever compared by accident of position. `what` names the labels in the message.

    >>> aligned(pd.Series({"b": "나", "a": None}), ["a", "b"], "groups").tolist()
    [None, '나']
    """
    if isinstance(labels, Mapping):
        labels = pd.Series(labels)
    is_met = pd.api.types.is_list_like(labels, allow_sets=False) and getattr(labels, "ndim", 1) == 1
    remedy = "표라면 그 열 하나를, 아니면 글마다 하나씩 적은 목록을 주세요."
    demand(is_met, f"'{what}'에는 글마다 값을 하나씩 주어", labels, remedy)
    if isinstance(labels, pd.Series) and not labels.index.equals(pd.RangeIndex(len(labels))):
        index = labels.index.map(str)
        place = index.get_indexer([str(i) for i in doc_ids]) if index.is_unique else np.array([-1])
        if (place < 0).any():
            raise PolicyTextError(
                f"'{what}'의 색인이 글 번호(doc_id)와 맞지 않습니다. doc_id를 색인으로 하여 "
                "글마다 값을 하나씩 주거나, matrix.doc_ids와 같은 순서의 목록을 주세요."
            )
        labels = labels.iloc[place]
    if len(labels) != len(doc_ids):
        raise PolicyTextError(
            f"'{what}'의 길이({len(labels)})가 문서 수({len(doc_ids)})와 다릅니다. "
            "matrix.doc_ids와 같은 순서로 문서마다 값을 하나씩 주세요."
        )
    codes, values = pd.factorize(pd.Series(labels, dtype=object))  # few values: few strings
    return np.array([*map(str, values), None], dtype=object)[codes]


def picker(codes: np.ndarray, n: int) -> sparse.csr_matrix:
    """n × len(codes): sums the rows that have the same code."""
    return sparse.csr_matrix((np.ones(len(codes)), (codes, np.arange(len(codes)))), (n, len(codes)))


def family_units(
    matrix: TermMatrix,
    groups: Labels,
    families: Labels = None,
    strata: Labels = None,
    *,
    n_groups: int = 2,
) -> Units:
    """Average documents inside each family × group × stratum.

    Labels are those of :func:`aligned`. Documents whose group is missing are left out;
    without `families`, or where its value is missing, a document is its own family. Raises
    InsufficientData where fewer than `n_groups` groups are left, PolicyTextError where a
    stratum is missing.

    >>> counts = sparse.csr_matrix([[4, 0], [2, 0], [0, 3]])
    >>> matrix = TermMatrix(counts, ["a", "b", "c"], ["창업", "혁신"])
    >>> units = family_units(matrix, ["가", "가", "나"], ["f", "f", "g"])
    >>> units.counts.toarray().tolist(), units.group.tolist()
    ([[3.0, 0.0], [0.0, 3.0]], [0, 1])
    """
    table = pd.DataFrame({"doc_id": [str(doc_id) for doc_id in matrix.doc_ids]})
    for name, values in {"groups": groups, "families": families, "strata": strata}.items():
        table[name] = None if values is None else aligned(values, matrix.doc_ids, name)
    table = table[table["groups"].notna()].sort_values("doc_id", kind="stable")
    found = sorted(table["groups"].unique())
    if len(found) < n_groups:
        raise InsufficientData(
            f"글이 있는 정부가 {n_groups}개 이상 있어야 하는데 {len(found)}개입니다"
            f"({', '.join(found) or '없음'}). 날짜와 정부를 아는 글을 더 모으면 볼 수 있습니다."
        )
    if strata is None:
        table["strata"] = ""
    elif table["strata"].isna().any():
        raise PolicyTextError(
            f"종류를 모르는 글이 {int(table['strata'].isna().sum())}건 있어 같은 종류끼리 견줄 수 "
            "없습니다. 그 글의 종류를 채우거나 그 글을 빼면 견줄 수 있습니다."
        )
    # A prefix keeps a lone document's id from coinciding with the label of a family.
    alone = "\0" + table["doc_id"]
    family = pd.factorize(table["families"].where(table["families"].notna(), alone))[0]
    group, group_labels = pd.factorize(table["groups"], sort=True)
    stratum, stratum_labels = pd.factorize(table["strata"], sort=True)
    codes = np.column_stack([family, group, stratum])
    cells, row_unit = np.unique(codes, axis=0, return_inverse=True)
    row_unit, rows = row_unit.ravel(), table.index.to_numpy()
    # No copy of the rows: the matrix may be the largest there is.
    shape = len(cells), len(matrix.doc_ids)
    counts = sparse.csr_matrix((np.ones(len(rows)), (row_unit, rows)), shape)
    counts = sparse.csr_matrix(counts @ sparse.csr_matrix(matrix.counts))
    # Sum first, divide once: k copies of a count then give back exactly that count.
    counts.data /= np.repeat(np.bincount(row_unit).astype(np.int32), np.diff(counts.indptr))
    counts.eliminate_zeros()
    return Units(counts, *cells.T, list(group_labels), list(stratum_labels), rows, row_unit)


def permuted_groups(
    units: Units, n: int, rng: np.random.Generator, *, n_scored: int
) -> Iterator[np.ndarray]:
    """Group codes as they are (units × 1), then under `n` permutations of labels over families.

    A family moves as one. It exchanges labels only with families found in the same strata,
    and a family that belongs to several groups keeps its labels: restricting the
    permutations in this way leaves the test exact. They come in blocks, units × some of them, as
    large as suits `n_scored` values of each, which changes none.

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
    for size in _blocks(n, max(units.n_families, n_scored), _LEAST, most_at_once):
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


def _blocks(n: int, width: int, least: int, most: int = _BLOCK) -> Iterator[int]:
    """Sizes of the blocks in which `n` permutations or resamples are drawn: memory is bounded."""
    size = int(np.clip(HELD // width, least, most))
    return (min(size, n - start) for start in range(0, n, size))


def exact_interval(k: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Exact 95 % bounds of the share k / n (Clopper & Pearson 1934); k and n need not be whole.

    >>> low, high = exact_interval(np.array([0, 5]), 10)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 0.187], [0.308, 0.813])
    """
    k, misses = np.broadcast_arrays(np.asarray(k, float), np.asarray(n, float) - k)
    low = np.where(k > 0, scipy.special.betaincinv(k, misses + 1, BOUNDS[0]), 0)
    return low, np.where(misses > 0, scipy.special.betaincinv(k + 1, misses, BOUNDS[1]), 1)


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


def usable_stratum(documents: pd.DataFrame, *, min_families: int = 5) -> str:
    """The column that tells kinds of text apart well enough to compare like with like.

    ``genre`` or ``occasion``, the first of which two values each occur in `min_families`
    families of two administrations; empty when there is none.

    >>> documents = pd.DataFrame({"administration": list("가가나나"), "genre": list("xyxy"),
    ...     "family_id": list("abcd")})
    >>> usable_stratum(documents, min_families=1), usable_stratum(documents)
    ('genre', '')
    """
    for column in ("genre", "occasion"):
        if column in documents and not documents[column].isna().any():
            cells = documents.groupby([column, "administration"])["family_id"].nunique()
            sides = (cells >= min_families).groupby(column).sum()
            if (sides >= 2).sum() >= 2:
                return column
    return ""


def main_stratum(corpus) -> str:
    """The column of kinds within which governments are compared in the first place, or "".

    The study's ``[comparison] strata``; without it :func:`usable_stratum`, where the kinds of
    text differ between governments (χ² over families, p < 0.05).
    """
    documents = corpus.documents
    column = corpus.study.comparison.strata or usable_stratum(documents)
    if not column or corpus.study.comparison.strata:
        return column
    families = documents.drop_duplicates(["family_id", "administration", column])
    cells = pd.crosstab(families["administration"], families[column])
    return column if scipy.stats.chi2_contingency(cells).pvalue < ALPHA else ""


def is_reworded(corpus) -> bool:
    """Whether most texts tell of events in their collector's words, not in those of a government."""
    return bool((corpus.documents["genre"] == "chronicle").mean() > 0.5)


def main_kinds(corpus) -> pd.Series | None:
    """Kind of each document by :func:`main_stratum`, indexed by ``doc_id``; None without one."""
    column = main_stratum(corpus)
    return corpus.documents.set_index("doc_id")[column] if column else None


def in_common_kinds(
    groups: pd.Series, kinds: pd.Series | None, families: pd.Series, *, min_families: int = 5
) -> tuple[pd.Series, pd.Series | None]:
    """The groups of documents of those kinds that every group has, and the kinds.

    Of other kinds the group is missing. Where no kind is in all groups (in `min_families` each),
    the groups as they are, and None.

    >>> groups, kinds = pd.Series([*"가가나나"]), pd.Series([*"xyxz"])
    >>> in_common_kinds(groups, kinds, pd.Series([*"abcd"]), min_families=1)[0].isna().tolist()
    [False, True, False, True]
    """
    if kinds is None:
        return groups, None
    sizes = families.groupby([kinds, groups], observed=True).nunique().unstack(fill_value=0)
    common = sizes.index[(sizes >= min_families).all(axis=1)]
    return (groups.where(kinds.isin(common), None), kinds) if len(common) else (groups, None)


def shares(
    topic_documents: pd.DataFrame,
    groups: Labels,
    *,
    families: Labels = None,
    strata: Labels = None,
    n_boot: int = 1000,
) -> pd.DataFrame:
    """Share of each topic in each administration, every family counting once.

    `topic_documents` is ``Topics.documents`` (``doc_id, topic``; rows without a topic are left
    out); `groups`, `families` and `strata` as in :func:`aligned`. Returns ``administration, topic,
    n`` (documents), ``share, share_low, share_high`` (95 %, reweighting families). The shares of
    an administration sum to 1. Where a topic takes none or all of it, the open end is the
    exact binomial bound, because resampling would give an interval of no width. With `strata`
    each stratum weighs in every administration what it weighs in all (direct standardisation).

    >>> table = pd.DataFrame({"doc_id": ["a", "b", "c"], "topic": [1, 2, 2]})
    >>> found = shares(table, ["가", "가", "나"], n_boot=100)
    >>> found[["administration", "topic", "n", "share"]].values.tolist()
    [['가', 1, 1, 0.5], ['가', 2, 1, 0.5], ['나', 1, 0, 0.0], ['나', 2, 1, 1.0]]
    """
    units, matrix = _topic_units(topic_documents, groups, families, strata, n_groups=1)
    drawn = _drawn_shares(units, n_boot, np.random.default_rng(0))
    share, (low, high) = drawn[:, :, 0], np.quantile(drawn[:, :, 1:], BOUNDS, axis=2)
    n_families = np.bincount(units.group)[:, None]
    low = np.where(share == 1, exact_interval(n_families, n_families)[0], low)
    high = np.where(share == 0, exact_interval(0, n_families)[1], high)
    of_group = picker(units.group[units.row_unit], len(units.groups))
    n = (of_group @ matrix.counts[units.rows]).toarray().astype(int)
    keys = {"administration": units.groups, "topic": matrix.terms}
    columns = {"n": n, "share": share, "share_low": low, "share_high": high}
    table = {name: values.ravel() for name, values in columns.items()}
    index = pd.MultiIndex.from_product([*keys.values()], names=[*keys])
    return pd.DataFrame(table, index=index).reset_index()


def share_differences(
    topic_documents: pd.DataFrame,
    groups: Labels,
    *,
    families: Labels = None,
    strata: Labels = None,
    n_boot: int = 1000,
    n_permutations: int = 2000,
    random_state: int = 0,
) -> pd.DataFrame:
    """Differences of topic shares between every two administrations.

    Takes what :func:`shares` takes; labels are permuted over the families of the two, with `strata`
    inside each. Returns
    ``administration_a, administration_b, topic, difference`` (share in a less share in b),
    ``difference_low, difference_high`` (95 %), ``p`` (two-sided), ``q`` (Benjamini-Hochberg
    over all rows).

    >>> table = pd.DataFrame({"doc_id": list("abcdefgh"), "topic": [1, 1, 1, 1, 2, 2, 2, 2]})
    >>> found = share_differences(table, list("가가가가나나나나"), n_permutations=200)
    >>> found[["topic", "difference"]].values.tolist(), bool(found["p"].max() < 0.1)
    ([[1.0, 1.0], [2.0, -1.0]], True)
    """
    units, matrix = _topic_units(topic_documents, groups, families, strata, n_groups=2)
    rng, weights = np.random.default_rng(random_state), _weights(units)
    drawn = _drawn_shares(units, n_boot, rng)[:, :, 1:]
    parts = []
    for pair in combinations(range(len(units.groups)), 2):
        two = _only(units, pair)
        blocks = permuted_groups(two, n_permutations, rng, n_scored=two.counts.shape[1])
        weighted = [(own, two.counts.T.multiply(weights[own][two.stratum]).tocsr()) for own in pair]
        sums = [[counts @ (moved == own).astype(float) for own, counts in weighted]
                for moved in blocks]  # fmt: skip
        share_a, share_b = (totals / totals.sum(axis=0) for totals in np.concatenate(sums, axis=2))
        size = np.abs(share_a - share_b)
        low, high = np.quantile(drawn[pair[0]] - drawn[pair[1]], BOUNDS, axis=-1)
        found = {"topic": matrix.terms, "difference": (share_a - share_b)[:, 0]}
        found |= {"difference_low": low, "difference_high": high}
        found["p"] = tail_p(size[:, 0], size[:, 1:])
        a, b = (units.groups[code] for code in pair)
        parts.append(pd.DataFrame({"administration_a": a, "administration_b": b} | found))
    table = pd.concat(parts, ignore_index=True)
    return table.assign(q=scipy.stats.false_discovery_control(table["p"]))


def concentration(
    topic_documents: pd.DataFrame, groups: Labels, *, families: Labels = None
) -> pd.DataFrame:
    """Say which topics live in one administration.

    Takes what :func:`shares` takes; topic 0 is none. Returns one row per topic: ``topic,
    n_families``; the ``administration`` it leans to most surely, that one's ``share`` of the
    topic's families with ``share_low, share_high`` (95 %; exact where it is all), ``expected`` (its
    share of all families); ``lives_in_one``: even at the lower bound the odds, share / (1 - share),
    are at least three times the expected ones.

    >>> table = pd.DataFrame({"doc_id": list("abcdefghij"), "topic": [1] * 6 + [2] * 4})
    >>> found = concentration(table, list("가가가가가가") + list("가나나가"))
    >>> found[["administration", "share", "expected", "lives_in_one"]].values.tolist()
    [['가', 1.0, 0.8, False], ['나', 0.5, 0.2, False]]
    """
    topic = topic_documents["topic"]
    placed = topic_documents.assign(topic=topic.where(topic != 0))
    units, matrix = _topic_units(placed, groups, families, n_groups=1)
    drawn = _resampled(units, 1000, np.random.default_rng(0))
    n_families = drawn[:, :, 0].sum(axis=0)
    drawn = drawn / drawn.sum(axis=0)
    share, (low, high) = drawn[:, :, 0], np.quantile(drawn[:, :, 1:], BOUNDS, axis=2)
    low = np.where(share > 1 - 1e-9, exact_interval(n_families, n_families)[0], low)
    expected = np.bincount(units.group)[:, None] / len(units.group) * np.ones_like(share)
    with np.errstate(divide="ignore"):
        odds = (low / (1 - low)) / (expected / (1 - expected))
    most, topics = odds.argmax(axis=0), np.array(matrix.terms, dtype=int)
    table = pd.DataFrame({"topic": topics, "n_families": n_families.round().astype(int)})
    table["administration"] = np.array(units.groups, dtype=object)[most]
    columns = {"share": share, "share_low": low, "share_high": high, "expected": expected}
    for name, values in (columns | {"lives_in_one": odds >= ODDS}).items():
        table[name] = values[most, np.arange(len(most))]
    return table


def _topic_units(
    topic_documents: pd.DataFrame,
    groups: Labels,
    families: Labels,
    strata: Labels = None,
    *,
    n_groups: int,
) -> tuple[Units, TermMatrix]:
    """Documents as rows and topics as terms, one token per document."""
    votes = pd.get_dummies(topic_documents["topic"], dtype=float)
    doc_ids = topic_documents["doc_id"].tolist()
    matrix = TermMatrix(sparse.csr_matrix(votes.to_numpy()), doc_ids, votes.columns.tolist())
    labels = np.where(topic_documents["topic"].notna(), aligned(groups, doc_ids, "groups"), None)
    return family_units(matrix, labels, families, strata, n_groups=n_groups), matrix


def _weights(units: Units) -> np.ndarray:
    """What a unit counts, groups × strata, for each stratum to weigh as in all groups together."""
    sizes = picker(units.group, len(units.groups)) @ picker(units.stratum, len(units.strata)).T
    sizes = sizes.toarray()
    return sizes.sum(axis=0) / np.maximum(sizes, 1)


def _drawn_shares(units: Units, n_boot: int, rng: np.random.Generator) -> np.ndarray:
    """Shares of topics in groups, strata weighing alike, × resamples, the first what there is."""
    n_groups, n_strata = len(units.groups), len(units.strata)
    cell = units.group * n_strata + units.stratum
    drawn = _resampled(replace(units, group=cell, groups=range(n_groups * n_strata)), n_boot, rng)
    drawn = drawn / np.maximum(drawn.sum(axis=1, keepdims=True), 1e-300)
    drawn = drawn.reshape(n_groups, n_strata, *drawn.shape[1:])
    drawn = np.tensordot(np.bincount(units.stratum) / len(cell), drawn, (0, 1))
    return drawn / drawn.sum(axis=1, keepdims=True)


def _only(units: Units, groups: tuple[int, ...]) -> Units:
    """The units of some groups, which keep their codes."""
    mine = np.isin(units.group, groups)
    families = np.unique(units.family[mine], return_inverse=True)[1]
    return replace(units, counts=units.counts[mine], family=families, group=units.group[mine],
                   stratum=units.stratum[mine])  # fmt: skip


def _resampled(units: Units, n_boot: int, rng: np.random.Generator) -> np.ndarray:
    """Families in groups × topics × resamples, the first being what there is.

    Bayesian bootstrap (Rubin 1981): one standard exponential per family and resample. Unlike
    drawing with replacement it never empties a small group.
    """
    n_groups, n_topics = len(units.groups), units.counts.shape[1]
    votes = units.counts.tocoo()
    cells = units.group[votes.row] * n_topics + votes.col, units.family[votes.row]
    votes = sparse.csr_matrix((votes.data, cells), (n_groups * n_topics, units.n_families))
    drawn = [np.asarray(votes.sum(axis=1))]
    for size in _blocks(n_boot, units.n_families, least=8):
        drawn.append(votes @ rng.standard_exponential((size, units.n_families)).T)
    return np.concatenate(drawn, axis=1).reshape(n_groups, n_topics, -1)
