"""Families as the unit of evidence: counting, permuting and resampling them.

A press release printed fifty times is one event, so nothing here treats a document as
independent: documents are averaged inside their family first, labels are permuted over
families, and intervals come from reweighting families.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from policytext.matrix import TermMatrix
from policytext.schema import InsufficientData

N_THREADS = min(2, os.cpu_count() or 1)  # more would multiply memory, too


@dataclass(frozen=True)
class Units:
    """Families, each counted once in every group and stratum in which it occurs.

    Attributes
    ----------
    counts : scipy.sparse.csr_matrix
        units × terms, mean count over the family's documents in that group and stratum.
    family, group, stratum : ndarray of int
        Codes, one per unit.
    groups, strata : list of str
        Labels of the codes, sorted.
    rows : ndarray of int
        Rows of the input matrix that were used, in order of ``doc_id``.
    row_unit : ndarray of int
        Unit of each used row.
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
        ones = np.ones(len(by))
        pick = sparse.csr_matrix((ones, (by, np.arange(len(by)))), shape=(n, len(by)))
        return np.asarray((pick @ self.counts).todense())


def family_units(
    matrix: TermMatrix,
    groups: Sequence,
    families: Sequence | None = None,
    strata: Sequence | None = None,
    *,
    n_groups: int = 2,
) -> Units:
    """Average documents inside each family × group × stratum.

    Parameters
    ----------
    matrix : TermMatrix
    groups : sequence aligned with ``matrix.doc_ids``
        Documents whose group is missing are left out.
    families, strata : sequence, optional
        Without `families`, or where its value is missing, a document is its own family.
    n_groups : int
        Groups with documents needed.

    Raises
    ------
    ValueError
        Lengths differ, a stratum is missing, or fewer than `n_groups` groups are left.

    Examples
    --------
    >>> counts = sparse.csr_matrix([[4, 0], [2, 0], [0, 3]])
    >>> matrix = TermMatrix(counts, ["a", "b", "c"], ["창업", "혁신"])
    >>> units = family_units(matrix, ["가", "가", "나"], ["f", "f", "g"])
    >>> units.counts.toarray().tolist(), units.group.tolist()
    ([[3.0, 0.0], [0.0, 3.0]], [0, 1])
    """
    table = pd.DataFrame({"doc_id": [str(doc_id) for doc_id in matrix.doc_ids]})
    for name, values in (("group", groups), ("family", families), ("stratum", strata)):
        table[name] = _aligned(name, values, len(table))
    table = table[table["group"].notna()].sort_values("doc_id", kind="stable")
    found = sorted(table["group"].unique())
    if len(found) < n_groups:
        raise InsufficientData(
            f"문서가 있는 집단이 {n_groups}개 이상 필요한데 {len(found)}개입니다"
            f"(집단: {', '.join(found) or '없음'}). 'groups' 값을 확인하세요."
        )
    if strata is None:
        table["stratum"] = ""
    elif table["stratum"].isna().any():
        raise ValueError(
            f"'strata'에 빈 값이 {int(table['stratum'].isna().sum())}개 있습니다. "
            "값을 채우거나 그 문서의 집단을 비워 제외하세요."
        )
    # A prefix keeps a lone document's id from coinciding with the label of a family.
    alone = "\0" + table["doc_id"]
    table["family"] = table["family"].where(table["family"].notna(), alone)
    family = pd.factorize(table["family"])[0]
    group, group_labels = pd.factorize(table["group"], sort=True)
    stratum, stratum_labels = pd.factorize(table["stratum"], sort=True)
    cells, row_unit = np.unique(
        np.column_stack([family, group, stratum]), axis=0, return_inverse=True
    )
    row_unit = row_unit.ravel()
    n_rows = len(table)
    pick = sparse.csr_matrix(
        (np.ones(n_rows), (row_unit, np.arange(n_rows))), shape=(len(cells), n_rows)
    )
    rows = table.index.to_numpy()
    counts = sparse.csr_matrix(pick @ sparse.csr_matrix(matrix.counts)[rows]).astype(float)
    # Sum first, divide once: k copies of a count then give back exactly that count.
    counts.data /= np.repeat(np.bincount(row_unit), np.diff(counts.indptr))
    counts.eliminate_zeros()
    return Units(
        counts,
        *cells.T,
        [str(g) for g in group_labels],
        [str(s) for s in stratum_labels],
        rows,
        row_unit,
    )


def _aligned(name: str, values: Sequence | None, n: int) -> np.ndarray | None:
    """Labels as strings with None where missing, checked for length."""
    if values is None:
        return None
    plural = {"group": "groups", "family": "families", "stratum": "strata"}[name]
    labels = pd.Series(list(values), dtype=object)
    if len(labels) != n:
        raise ValueError(
            f"'{plural}'의 길이({len(labels)})가 문서 수({n})와 다릅니다. "
            "matrix.doc_ids와 같은 순서로 문서마다 값을 하나씩 주세요."
        )
    return np.array([None if pd.isna(v) else str(v) for v in labels], dtype=object)


def permuted_groups(units: Units, n: int, rng: np.random.Generator) -> np.ndarray:
    """Group codes of the units under `n` permutations of labels over families.

    A family moves as one. It exchanges labels only with families found in the same strata,
    and a family that belongs to several groups keeps its labels: restricting the
    permutations in this way leaves the test exact.

    Returns
    -------
    ndarray of int, units × n

    Examples
    --------
    >>> matrix = TermMatrix(sparse.csr_matrix([[1], [2], [3]]), ["a", "b", "c"], ["혁신"])
    >>> units = family_units(matrix, ["가", "나", "나"], ["f", "f", "g"])
    >>> permuted_groups(units, 2, np.random.default_rng(0)).tolist()
    [[0, 0], [1, 1], [1, 1]]
    """
    n_families = units.n_families
    in_group = np.zeros((n_families, len(units.groups)), dtype=bool)
    in_group[units.family, units.group] = True
    in_stratum = np.zeros((n_families, len(units.strata)), dtype=bool)
    in_stratum[units.family, units.stratum] = True
    _, pattern = np.unique(in_stratum, axis=0, return_inverse=True)
    pattern = np.where(in_group.sum(axis=1) == 1, pattern.ravel(), -1)
    labels = in_group.argmax(axis=1).astype(np.int16)
    permuted = np.repeat(labels[:, None], n, axis=1)
    for code in range(pattern.max() + 1):
        members = np.flatnonzero(pattern == code)
        permuted[members] = rng.permuted(np.tile(labels[members], (n, 1)), axis=1).T
    by_unit = permuted[units.family]
    fixed = pattern[units.family] < 0
    by_unit[fixed] = units.group[fixed, None]
    return by_unit


def family_weights(units: Units, n: int, rng: np.random.Generator) -> np.ndarray:
    """Bayesian-bootstrap weights: one standard exponential per family and resample.

    Rubin (1981). Unlike drawing with replacement it never empties a small group.

    Returns
    -------
    ndarray of float32, units × n
    """
    weights = rng.standard_exponential((units.n_families, n), dtype=np.float32)
    return weights[units.family]
