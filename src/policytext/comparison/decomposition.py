"""How much of the distance between administrations is what they speak of, and how much is how."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import rel_entr

from policytext.comparison.resampling import Units, family_units
from policytext.matrix import TermMatrix
from policytext.schema import InsufficientData

_BOUNDS = [0.025, 0.975]
PARTS = ("what", "how")


def decompose(
    matrix: TermMatrix,
    topics: Sequence,
    groups: Sequence,
    *,
    families: Sequence | None = None,
    pairs: Sequence[tuple[str, str]] | None = None,
    n_draws: int = 100,
    random_state: int = 0,
) -> pd.DataFrame:
    """Split the divergence of two administrations into topic mix and wording.

    Parameters
    ----------
    matrix : TermMatrix
        Counts.
    topics : sequence aligned with ``matrix.doc_ids``
        Topic of each document; documents of topic 0 are left out.
    groups, families : sequences aligned with ``matrix.doc_ids``
        As in :func:`policytext.comparison.divergence`.
    pairs : sequence of (label, label), optional
        Default: every two.
    n_draws, random_state : int

    Returns
    -------
    DataFrame
        One row per pair, part and topic: ``administration_a, administration_b, part``
        ("what": the topic's own weight; "how": the words inside it), ``topic`` (0 is the sum
        over topics); ``bits_full`` from all tokens; and from `n_draws` draws of equal
        numbers of tokens ``bits, baseline, excess`` (= bits - baseline) with ``excess_low,
        excess_high`` (95 %), and ``n_tokens`` a side. ``bits_full`` of all topics and both
        parts add up to the divergence of the joint distribution exactly, and so do ``bits``.
        A pair in which one side has fewer than two families has NaN but for ``bits_full``.

    Notes
    -----
    Let P and Q be the distributions of (topic k, term t) of two administrations, M their
    mean. By the chain rule of relative entropy (Cover & Thomas 2006, theorem 2.5.3), with
    P(k, t) = P(k) P(t|k) and M(t|k) = [P(k) P(t|k) + Q(k) Q(t|k)] / [P(k) + Q(k)],

        JSD(P, Q) = Σ_k ½ [P(k) log P(k)/M(k) + Q(k) log Q(k)/M(k)]                (what)
                  + Σ_k M(k) JSD_w(P(·|k), Q(·|k)),  w = (P(k), Q(k)) / 2 M(k)      (how)

    where JSD_w is the divergence of Lin (1991) with unequal weights. Every summand is at
    least 0. The joint divergence is never smaller than that of the terms alone.

    Bias. Small samples differ by chance, so every draw takes half of the families of each
    side, one document a family, thinned to the same number of tokens. The baseline of *what* is
    the mean of what two halves of one administration differ by. That of *how* must keep the
    topics of the two sides apart, or else small topics would count against it: it is found
    by dealing the documents of each topic out again between the two sides.

    Examples
    --------
    >>> counts = sparse.csr_matrix([[8, 0], [0, 8], [8, 0], [8, 0]])
    >>> matrix = TermMatrix(counts, list("abcd"), ["창업", "혁신"])
    >>> table = decompose(matrix, [1, 1, 1, 1], list("가가나나"), n_draws=5)
    >>> table[["part", "topic", "bits_full"]].round(3).values.tolist()
    [['what', 0, 0.0], ['what', 1, 0.0], ['how', 0, 0.311], ['how', 1, 0.311]]
    """
    joint, units, place, numbers = _units(matrix, topics, groups, families)
    totals = units.totals(units.group, len(units.groups))
    rng = np.random.default_rng(random_state)
    sizes = n_draws, len(numbers)
    tables = []
    for a, b in _places(units, pairs):
        full = _by_topic(totals[a], totals[b], len(numbers))
        drawn = _draws(joint, units, place, (a, b), sizes, rng)
        table = _pair_table(full, drawn, numbers)
        table.insert(0, "administration_a", units.groups[a])
        table.insert(1, "administration_b", units.groups[b])
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def decomposition_terms(
    matrix: TermMatrix,
    topics: Sequence,
    groups: Sequence,
    *,
    families: Sequence | None = None,
    pairs: Sequence[tuple[str, str]] | None = None,
) -> pd.DataFrame:
    """Terms that make the wording inside a topic differ.

    Parameters
    ----------
    matrix, topics, groups, families, pairs
        As in :func:`decompose`.

    Returns
    -------
    DataFrame
        One row per pair, topic and term in use there, the largest contribution first:
        ``administration_a, administration_b, topic, term, contribution`` (bits, at least 0;
        over the terms of a topic they sum to ``bits_full`` of *how*), ``rate_a_per_10k,
        rate_b_per_10k`` inside the topic, ``more_in``.

    Examples
    --------
    >>> counts = sparse.csr_matrix([[8, 0], [0, 8]])
    >>> matrix = TermMatrix(counts, ["a", "b"], ["창업", "혁신"])
    >>> table = decomposition_terms(matrix, [1, 1], ["가", "나"])
    >>> table[["term", "contribution", "more_in"]].values.tolist()
    [['창업', 0.5, '가'], ['혁신', 0.5, '나']]
    """
    _, units, _, numbers = _units(matrix, topics, groups, families)
    totals = units.totals(units.group, len(units.groups))
    tables = []
    for a, b in _places(units, pairs):
        counts = totals[[a, b]].reshape(2, len(numbers), -1)
        topic, term = np.nonzero(counts.sum(axis=0))
        rates = 1e4 * counts / np.maximum(counts.sum(axis=2, keepdims=True), 1e-9)
        rate_a, rate_b = rates[:, topic, term]
        names = units.groups[a], units.groups[b]
        part = pd.DataFrame(
            {
                "topic": np.array(numbers)[topic],
                "term": np.array(matrix.terms, dtype=object)[term],
                "contribution": how_contributions(*counts)[topic, term],
                "rate_a_per_10k": rate_a,
                "rate_b_per_10k": rate_b,
                "more_in": np.where(rate_a > rate_b, *np.array(names, dtype=object)),
            }
        )
        part.insert(0, "administration_a", names[0])
        part.insert(1, "administration_b", names[1])
        order = ["topic", "contribution", "term"]
        tables.append(part.sort_values(order, ascending=[True, False, True]))
    return pd.concat(tables, ignore_index=True)


def _places(units: Units, pairs: Sequence[tuple[str, str]] | None) -> list[tuple[int, int]]:
    """Group codes of each pair."""
    pairs = list(combinations(units.groups, 2)) if pairs is None else list(pairs)
    missing = {label for pair in pairs for label in pair} - set(units.groups)
    if missing or not pairs:
        raise InsufficientData(
            "거리를 나누려면 글이 있는 두 정부가 있어야 하는데 없습니다"
            f"(글이 없는 정부: {', '.join(sorted(missing)) or '짝이 없음'}). 견줄 정부를 확인하세요."
        )
    return [(units.groups.index(a), units.groups.index(b)) for a, b in pairs]


def what_contributions(counts_a: np.ndarray, counts_b: np.ndarray) -> np.ndarray:
    """Each topic's part of the divergence of the mixes, in bits, from topics × terms counts.

    >>> what_contributions(np.array([[4], [0]]), np.array([[0], [4]])).tolist()
    [0.5, 0.5]
    """
    p, q = (_shares(counts).sum(axis=1) for counts in (counts_a, counts_b))
    middle = (p + q) / 2
    return (rel_entr(p, middle) + rel_entr(q, middle)) / (2 * np.log(2))


def how_contributions(counts_a: np.ndarray, counts_b: np.ndarray) -> np.ndarray:
    """Each term's part of the wording inside each topic, in bits, topics × terms.

    With M(t|k) as in :func:`decompose`: ½ [P(k,t) log P(t|k)/M(t|k) + Q(k,t) log Q(t|k)/M(t|k)],
    at least 0 by the log-sum inequality, and 0 throughout a topic that one side lacks.
    """
    p, q = _shares(counts_a), _shares(counts_b)
    of_p, of_q = p.sum(axis=1, keepdims=True), q.sum(axis=1, keepdims=True)
    middle = (p + q) / np.maximum(of_p + of_q, 1e-300)
    return (rel_entr(p, of_p * middle) + rel_entr(q, of_q * middle)) / (2 * np.log(2))


def _shares(counts: np.ndarray) -> np.ndarray:
    counts = np.asarray(counts, dtype=float)
    total = counts.sum()
    return counts / total if total > 0 else np.full_like(counts, np.nan)


def _by_topic(a: np.ndarray, b: np.ndarray, n_topics: int) -> np.ndarray:
    """Bits of what and how (rows) in each topic (columns)."""
    a, b = a.reshape(n_topics, -1), b.reshape(n_topics, -1)
    return np.array([what_contributions(a, b), how_contributions(a, b).sum(axis=1)])


def _units(
    matrix: TermMatrix, topics: Sequence, groups: Sequence, families: Sequence | None
) -> tuple[TermMatrix, Units, np.ndarray, list[int]]:
    """Documents × (topic, term), its families, the topic's place of each used row, the topics."""
    numbers, labels = pd.Series(list(topics)), pd.Series(list(groups), dtype=object)
    if len(numbers) != len(matrix.doc_ids):
        raise ValueError(
            f"'topics'의 길이({len(numbers)})가 문서 수({len(matrix.doc_ids)})와 다릅니다. "
            "matrix.doc_ids와 같은 순서로 문서마다 주제를 하나씩 주세요."
        )
    place, found = pd.factorize(numbers.where(numbers.fillna(0) != 0), sort=True)
    counts = sparse.coo_matrix(matrix.counts)
    kept = place[counts.row] >= 0
    columns = place[counts.row[kept]] * len(matrix.terms) + counts.col[kept]
    shape = (len(matrix.doc_ids), len(found) * len(matrix.terms))
    joint = sparse.csr_matrix((counts.data[kept], (counts.row[kept], columns)), shape=shape)
    if len(labels) == len(place):
        labels[place < 0] = None
    matrix = TermMatrix(joint, matrix.doc_ids, [])
    units = family_units(matrix, labels, families)
    return matrix, units, place[units.rows], [int(topic) for topic in found]


def _draws(
    joint: TermMatrix,
    units: Units,
    topic: np.ndarray,
    pair: tuple[int, int],
    sizes: tuple[int, int],
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, float]:
    """Bits and baselines, draws × parts × topics, of half samples; and the tokens a side."""
    n_draws, n_topics = sizes
    counts = sparse.csr_matrix(joint.counts)[units.rows]
    filled = np.asarray(counts.sum(axis=1)).ravel() > 0
    group, family = units.group[units.row_unit], units.family[units.row_unit]
    sides = [np.flatnonzero((group == g) & filled) for g in pair]
    bits = np.full((n_draws, len(PARTS), n_topics), np.nan)
    baseline, n_tokens = bits.copy(), np.full(n_draws, np.nan)
    if min(len(np.unique(family[rows])) for rows in sides) < 2:
        return bits, baseline, np.nan
    for draw in range(n_draws):
        (a, a_rest), (b, b_rest) = (_halves(rows, family, rng) for rows in sides)
        dealt = _dealt(a, b, topic, rng)
        sums = [np.asarray(counts[rows].sum(axis=0)).ravel() for rows in (a, b, a_rest, b_rest)]
        sums += [np.asarray(counts[rows].sum(axis=0)).ravel() for rows in dealt]
        n_tokens[draw] = min(of_side.sum() for of_side in sums)
        a, b, a_rest, b_rest, *dealt = (_thinned(s, int(n_tokens[draw]), rng) for s in sums)
        bits[draw] = _by_topic(a, b, n_topics)
        own = _by_topic(a, a_rest, n_topics)[0], _by_topic(b, b_rest, n_topics)[0]
        baseline[draw] = np.mean(own, axis=0), _by_topic(*dealt, n_topics)[1]
    return bits, baseline, float(n_tokens.mean())


def _halves(
    rows: np.ndarray, family: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Two random halves of the families of these documents, one document a family."""
    shuffled = rng.permutation(rows)
    chosen = rng.permutation(shuffled[np.unique(family[shuffled], return_index=True)[1]])
    return chosen[: len(chosen) // 2], chosen[len(chosen) // 2 :]


def _dealt(
    a: np.ndarray, b: np.ndarray, topic: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The documents of both sides dealt out anew; each keeps its number in every topic."""
    together = np.concatenate([a, b])
    place = np.lexsort((np.arange(len(together)), topic[together]))
    moved = together.copy()
    moved[place] = together[np.lexsort((rng.random(len(together)), topic[together]))]
    return moved[: len(a)], moved[len(a) :]


def _thinned(counts: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """`n` of the tokens, drawn without replacement."""
    used = np.flatnonzero(counts)
    kept = np.zeros(len(counts), dtype=np.int64)
    whole = counts[used].astype(np.int64)
    kept[used] = rng.multivariate_hypergeometric(whole, n, method="marginals")
    return kept


def _pair_table(
    full: np.ndarray, drawn: tuple[np.ndarray, np.ndarray, float], topics: list[int]
) -> pd.DataFrame:
    """Rows of one pair: each part, the sum over its topics first."""
    whole, bits, baseline = (
        np.concatenate([values.sum(axis=-1, keepdims=True), values], axis=-1)
        for values in (full, *drawn[:2])
    )
    low, high = np.quantile(bits - baseline, _BOUNDS, axis=0)
    columns = {
        "bits_full": whole,
        "bits": bits.mean(axis=0),
        "baseline": baseline.mean(axis=0),
        "excess": (bits - baseline).mean(axis=0),
        "excess_low": low,
        "excess_high": high,
    }
    table = pd.DataFrame({name: values.ravel() for name, values in columns.items()})
    table.insert(0, "part", np.repeat(PARTS, len(topics) + 1))
    table.insert(1, "topic", [0, *topics] * len(PARTS))
    return table.assign(n_tokens=drawn[2])
