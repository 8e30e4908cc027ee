"""Families as the unit of evidence, and the kinds of text within which they are compared.

A press release printed fifty times is one event, so nothing here treats a document as
independent: documents are averaged inside their family first, labels are permuted over
families, and intervals come from reweighting families.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy
from scipy import sparse

from policytext.faults import InsufficientData, PolicyTextError, demand
from policytext.study import ALPHA
from policytext.words.counts import TermMatrix

BOUNDS = [0.025, 0.975]  # of a 95 % interval
UNITS_AT_ONCE = 2048  # whose labels stay in a core's cache while every term is summed
Labels = Sequence | None  # of documents, as :func:`aligned` takes them


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
    index 0, 1, 2, … must have it already. Any other index is refused, and so are numbers that are
    those of the documents, too, in another order, unless named ``doc_id``: nothing is ever compared
    by accident of position. `what` names the labels in the message.

    >>> aligned(pd.Series({"b": "나", "a": None}), ["a", "b"], "groups").tolist()
    [None, '나']
    """
    if isinstance(labels, Mapping):
        index = pd.Index([*map(str, labels)], name="doc_id")
        labels = pd.Series([*labels.values()], index, dtype=object)
    is_met = pd.api.types.is_list_like(labels, allow_sets=False) and getattr(labels, "ndim", 1) == 1
    remedy = "표라면 그 열 하나를, 아니면 글마다 하나씩 적은 목록을 주세요."
    demand(is_met, f"'{what}'에는 글마다 값을 하나씩 주어", labels, remedy)
    if isinstance(labels, pd.Series):
        index, is_found = labels.index.map(str), False
        if index.is_unique:
            place = index.get_indexer([str(i) for i in doc_ids])
            is_found = (place >= 0).all()
        has_own = labels.index.name == "doc_id"
        has_own |= not labels.index.equals(pd.RangeIndex(len(labels)))
        if not has_own and not (is_found and (np.diff(place) < 0).any()):
            place = np.arange(len(labels))
        elif not (has_own and is_found):
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

    Labels are those of :func:`aligned`. Documents whose group is missing or "" are left out;
    without `families`, or where its value is missing or "", a document is its own family. Raises
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
    labels = ["groups", "families"]  # documents of no family are not each other's copies
    table[labels] = table[labels].replace("", None)
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
    counts = sparse.csr_matrix((np.ones(len(rows), dtype=np.int32), (row_unit, rows)), shape)
    counts = sparse.csr_matrix(counts @ sparse.csr_matrix(matrix.counts))
    # Sum first, divide once: k copies of a count then give back exactly that count.
    counts.data = counts.data.astype(float)
    counts.data /= np.repeat(np.bincount(row_unit).astype(np.int32), np.diff(counts.indptr))
    counts.eliminate_zeros()
    return Units(counts, *cells.T, list(group_labels), list(stratum_labels), rows, row_unit)


def exact_interval(k: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Exact 95 % bounds of the share k / n (Clopper & Pearson 1934); k and n need not be whole.

    >>> low, high = exact_interval(np.array([0, 5]), 10)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 0.187], [0.308, 0.813])
    """
    k, misses = np.broadcast_arrays(np.asarray(k, float), np.asarray(n, float) - k)
    low = np.where(k > 0, scipy.special.betaincinv(k, misses + 1, BOUNDS[0]), 0)
    return low, np.where(misses > 0, scipy.special.betaincinv(k + 1, misses, BOUNDS[1]), 1)


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
