"""Two experiments whose answer is known say what the comparison of words itself is worth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from policytext.compare.contrasts import keyness_table
from policytext.compare.units import ALPHA, Labels
from policytext.faults import InsufficientData
from policytext.store import stored
from policytext.words.counts import TermMatrix

# Share of the documents that a term for planting must be in. Rarer ones could not be found;
# multiplying commoner ones, or many, would lower the rates of all other terms, a difference not
# planted.
FREQUENT = (0.08, 0.5)
N_PLANTED = 40
TRIED = (2, 3, 5, 10, 20)  # multiples, the smallest first
FOR_EXPERIMENTS = 1000  # permutations, where a study affords as many
# Many tables of which only a few numbers are asked for: not kept on disk.
_keyness = keyness_table.__wrapped__


@stored
def null(
    matrix: TermMatrix,
    groups: Sequence,
    families: Labels = None,
    n_draws: int = 20,
    n_permutations: int = FOR_EXPERIMENTS,
) -> pd.DataFrame:
    """Compare groups that differ in nothing: labels dealt out anew over families.

    One row per draw: ``draw, n_called``, rows of keyness with q < .05; each a false discovery.
    """
    rng = np.random.default_rng(0)
    rows = []
    for draw in range(n_draws):
        labels = shuffled_groups(groups, families, rng)
        about = {"families": families, "n_permutations": n_permutations}
        table = _keyness(matrix, labels, **about, random_state=draw)
        rows.append((draw, int((table["q"] < ALPHA).sum())))
    return pd.DataFrame(rows, columns=["draw", "n_called"])


@stored
def planted(
    matrix: TermMatrix,
    groups: Sequence,
    families: Labels = None,
    times: int = 2,
    n_permutations: int = FOR_EXPERIMENTS,
) -> pd.DataFrame:
    """Deal the groups out anew, make up to 40 terms more frequent in the largest, look for them.

    One row for each of ten draws: ``draw, times, where`` (the group), ``n_planted``;
    ``precision``, the share of planted terms among as many at the top of its ranking;
    ``n_found`` of them with q < .05; ``n_called`` rows of all groups with q < .05, ``n_false`` of
    them about other terms, ``false_share`` their share (0 of none is 0; its mean over draws is
    the false discovery rate). InsufficientData: no term is frequent enough.
    """
    rng = np.random.default_rng(0)
    sizes = pd.Series(list(groups), dtype=object).value_counts()
    where = sizes.index[0] if len(sizes) else ""
    rows = []
    for draw in range(10):
        labels = shuffled_groups(groups, families, rng)
        chosen = frequent_terms(matrix, rng)
        counts = plant(matrix, labels == where, times, chosen)
        about = {"families": families, "n_permutations": n_permutations}
        table = _keyness(counts, labels, **about, random_state=draw)
        is_planted = table["term"].isin(np.take(matrix.terms, chosen))
        top = (table["administration"] == where) & (table["rank"] <= len(chosen))
        called = table["q"] < ALPHA
        found = called & is_planted & (table["administration"] == where) & (table["z"] > 0)
        n_rows = [int(each.sum()) for each in (found, called, called & ~is_planted)]
        rows.append((draw, times, where, len(chosen), is_planted[top].mean(), *n_rows))
    names = "draw times where n_planted precision n_found n_called n_false"
    table = pd.DataFrame(rows, columns=names.split())
    return table.assign(false_share=table["n_false"] / table["n_called"].clip(lower=1))


def detectable(
    matrix: TermMatrix,
    groups: Sequence,
    families: Sequence | None = None,
    n_permutations: int = FOR_EXPERIMENTS,
) -> pd.DataFrame:
    """Plant terms ever more often until half of them are found: the difference one could see.

    One row per multiple of `TRIED` up to the first that is found, or all: ``times, n_planted,
    n_found`` (means of :func:`planted`), ``is_seen``, at least half.
    """
    rows = []
    for times in TRIED:
        table = planted(matrix, groups, families, times, n_permutations)
        means = table[["n_planted", "n_found"]].mean()
        is_seen = bool(means["n_found"] >= means["n_planted"] / 2)
        rows.append({"times": times, **means, "is_seen": is_seen})
        if is_seen:
            break
    return pd.DataFrame(rows)


def shuffled_groups(groups: Sequence, families: Labels, rng: np.random.Generator) -> np.ndarray:
    """Groups dealt out anew over families; each family keeps to one group.

    >>> rng = np.random.default_rng(0)
    >>> sorted(shuffled_groups(["가", "가", "나"], ["f", "f", "g"], rng)[1:].tolist())
    ['가', '나']
    """
    groups = pd.Series(list(groups), dtype=object)
    family = pd.factorize(pd.Series(groups.index if families is None else list(families)))[0]
    first = groups.groupby(family).first()
    return first.sample(frac=1, random_state=rng).to_numpy()[family]


def plant(matrix: TermMatrix, inside: np.ndarray, times: int, terms: Sequence[int]) -> TermMatrix:
    """Multiply the counts of `terms` (columns) by `times` in the rows `inside`.

    >>> matrix = TermMatrix(sparse.csr_matrix([[1, 1], [1, 1]]), ["a", "b"], ["창업", "혁신"])
    >>> plant(matrix, np.array([True, False]), 3, [1]).counts.toarray().tolist()
    [[1, 3], [1, 1]]
    """
    counts = sparse.csr_matrix(matrix.counts, copy=True)
    is_inside = np.repeat(np.asarray(inside, dtype=bool), np.diff(counts.indptr))
    counts.data *= np.where(is_inside & np.isin(counts.indices, terms), times, 1)
    return TermMatrix(counts, matrix.doc_ids, matrix.terms)


def frequent_terms(matrix: TermMatrix, rng: np.random.Generator) -> np.ndarray:
    """Columns of 40 random terms found in 8–50 % of the documents, a tenth of all at most.

    InsufficientData: no term is that frequent.
    """
    n_documents = np.bincount(matrix.counts.indices, minlength=len(matrix.terms))
    low, high = (share * len(matrix.doc_ids) for share in FREQUENT)
    frequent = np.flatnonzero((n_documents >= low) & (n_documents <= high))
    if not len(frequent):
        raise InsufficientData(
            f"글의 {FREQUENT[0]:.0%}에서 {FREQUENT[1]:.0%} 사이에 나오는 낱말이 하나도 없어 심어 볼 "
            "낱말을 고를 수 없습니다. 글을 더 모으세요."
        )
    n = min(N_PLANTED, len(frequent), max(len(matrix.terms) // 10, 1))
    return rng.choice(frequent, n, replace=False)
