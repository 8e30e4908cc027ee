"""Differences planted in real counts, to see whether the comparison finds them.

Administrations are dealt out anew over families first, so that nothing differs but what was
planted.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd
from scipy import sparse

from policytext.comparison import keyness
from policytext.matrix import TermMatrix
from policytext.schema import InsufficientData

ALPHA = 0.05
TOP = 10
# Share of the documents that a term for planting must be in. Rarer ones could not be found;
# multiplying commoner ones would lower the rates of all other terms, a difference not planted.
FREQUENT = (0.08, 0.5)
N_PLANTED = 40


def shuffled_groups(
    groups: Sequence, families: Sequence | None, rng: np.random.Generator
) -> np.ndarray:
    """Groups dealt out anew over families; each family keeps to one group.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> sorted(shuffled_groups(["가", "가", "나"], ["f", "f", "g"], rng)[1:].tolist())
    ['가', '나']
    """
    groups = pd.Series(list(groups), dtype=object)
    family = _family_codes(len(groups), families)
    first = groups.groupby(family).first()
    return first.sample(frac=1, random_state=rng).to_numpy()[family]


def plant(matrix: TermMatrix, inside: np.ndarray, times: int, terms: Sequence[int]) -> TermMatrix:
    """Multiply the counts of `terms` (columns) by `times` in the rows `inside`.

    Examples
    --------
    >>> matrix = TermMatrix(sparse.csr_matrix([[1, 1], [1, 1]]), ["a", "b"], ["창업", "혁신"])
    >>> plant(matrix, np.array([True, False]), 3, [1]).counts.toarray().tolist()
    [[1, 3], [1, 1]]
    """
    counts = sparse.csr_matrix(matrix.counts, copy=True)
    is_inside = np.repeat(np.asarray(inside, dtype=bool), np.diff(counts.indptr))
    counts.data *= np.where(is_inside & np.isin(counts.indices, terms), times, 1)
    return TermMatrix(counts, matrix.doc_ids, matrix.terms)


def frequent_terms(
    matrix: TermMatrix,
    rng: np.random.Generator,
    n_terms: int = N_PLANTED,
    *,
    band: tuple[float, float] = FREQUENT,
) -> np.ndarray:
    """Columns of `n_terms` random terms found in a `band` of documents, fewer if need be.

    Raises
    ------
    InsufficientData
        No term is that frequent.
    """
    n_documents = np.bincount(matrix.counts.indices, minlength=len(matrix.terms))
    low, high = (share * len(matrix.doc_ids) for share in band)
    frequent = np.flatnonzero((n_documents >= low) & (n_documents <= high))
    if not len(frequent):
        raise InsufficientData(
            f"글의 {band[0]:.0%}에서 {band[1]:.0%} 사이에 나오는 낱말이 하나도 없어 심어 볼 "
            "낱말을 고를 수 없습니다. 글을 더 모은 뒤 다시 실행하세요."
        )
    return rng.choice(frequent, min(n_terms, len(frequent)), replace=False)


def planted(
    matrix: TermMatrix,
    groups: Sequence,
    *,
    families: Sequence | None = None,
    times: int = 2,
    n_draws: int = 10,
    n_permutations: int = 500,
    random_state: int = 0,
) -> pd.DataFrame:
    """Plant 40 terms in one group and look for them.

    Returns
    -------
    DataFrame
        One row per draw: ``draw, times, where`` (the group, the largest one), ``n_planted``;
        ``precision`` share of planted terms among as many at the top of its ranking;
        ``n_found`` of them with q < .05; ``n_called`` rows of all groups with q < .05,
        ``n_false`` of them about other terms, ``false_share`` their share (0 of none is 0; its
        mean over draws is the false discovery rate).

    Raises
    ------
    InsufficientData
        No term is frequent enough.
    """
    rng = np.random.default_rng(random_state)
    where = _largest(groups)
    rows = []
    for draw in range(n_draws):
        label = shuffled_groups(groups, families, rng)
        chosen = frequent_terms(matrix, rng)
        table = keyness(
            plant(matrix, label == where, times, chosen),
            label,
            families=families,
            n_permutations=n_permutations,
            random_state=random_state + draw,
        )
        is_planted = table["term"].isin(np.take(matrix.terms, chosen))
        top = (table["administration"] == where) & (table["rank"] <= len(chosen))
        called = table["q"] < ALPHA
        hits = is_planted[top].mean()
        found = called & is_planted & (table["administration"] == where) & (table["z"] > 0)
        counts = [int(each.sum()) for each in (found, called, called & ~is_planted)]
        rows.append((draw, times, where, len(chosen), hits, *counts))
    names = ["draw", "times", "where", "n_planted", "precision", "n_found", "n_called", "n_false"]
    table = pd.DataFrame(rows, columns=names)
    return table.assign(false_share=table["n_false"] / table["n_called"].clip(lower=1))


def planted_genre(
    matrix: TermMatrix,
    groups: Sequence,
    *,
    families: Sequence | None = None,
    n_draws: int = 5,
    n_permutations: int = 200,
    random_state: int = 0,
) -> pd.DataFrame:
    """Give one group more of a genre with 40 words of its own; stratify, and look again.

    Eight in ten families of the largest group and one in ten of the others are of the
    genre, in which the words come five times as often.

    Returns
    -------
    DataFrame
        Two rows per draw: ``draw, is_stratified, n_planted``; ``n_top_10`` words of the genre
        among the first ten of the group, ``n_chance`` the same with nothing planted,
        ``n_called`` of them, in any group, with q < .05.
    """
    rng = np.random.default_rng(random_state)
    where = _largest(groups)
    family = _family_codes(len(matrix.doc_ids), families)
    rows = []
    for draw, is_stratified in product(range(n_draws), (False, True)):
        if not is_stratified:
            label = shuffled_groups(groups, families, rng)
            share = np.where(label == where, 0.8, 0.1)
            of_genre = rng.random(family.max() + 1)[family] < share
            chosen = frequent_terms(matrix, rng)
        found = []
        for times in (5, 1):
            table = keyness(
                plant(matrix, of_genre, times, chosen),
                label,
                families=families,
                strata=np.where(of_genre, "a", "b") if is_stratified else None,
                n_permutations=n_permutations,
                random_state=random_state + draw,
            )
            mine = table[table["term"].isin(np.take(matrix.terms, chosen))]
            top = (mine["administration"] == where) & (mine["rank"] <= TOP)
            found.append((int(top.sum()), int((mine["q"] < ALPHA).sum())))
        (n_top, n_called), (n_chance, _) = found
        rows.append((draw, is_stratified, len(chosen), n_top, n_chance, n_called))
    names = ["draw", "is_stratified", "n_planted", "n_top_10", "n_chance", "n_called"]
    return pd.DataFrame(rows, columns=names)


def _largest(groups: Sequence) -> str:
    return pd.Series(list(groups), dtype=object).value_counts().index[0]


def _family_codes(n: int, families: Sequence | None) -> np.ndarray:
    return pd.factorize(pd.Series(range(n) if families is None else list(families)))[0]
