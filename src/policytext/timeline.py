"""Rates of terms and shares of topics over time, and by months in office.

A table of *cells* says what is compared: the days of one administration inside a month, a
quarter, or a year of its term. Only days of office count, a month in which the government
changes is two cells, and a cell without documents is a gap, never a zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import beta

from policytext.calendars import (
    NO_RECORD,
    UNIT_NAMES,
    calendar,
    cell_of,
    choose_unit,
    office_windows,
    placed,
)
from policytext.comparison.resampling import Units, family_units
from policytext.matrix import TermMatrix
from policytext.schema import InsufficientData

__all__ = [
    "UNIT_NAMES", "calendar", "choose_unit", "document_rates", "office_windows", "placed",
    "term_rates", "topic_rates",
]  # fmt: skip


def term_rates(
    matrix: TermMatrix, documents: pd.DataFrame, cells: pd.DataFrame, terms: Sequence[str]
) -> pd.DataFrame:
    """Rate of each term per 10,000 tokens in each cell, every family counting once a cell.

    Parameters
    ----------
    matrix : TermMatrix
        Counts; all its terms make up the 10,000.
    documents : DataFrame
        ``doc_id, date, administration, family_id``. Documents without a day are left out.
    cells : DataFrame
        :func:`calendar` or :func:`office_windows`.
    terms : sequence of str
        Those that `matrix` does not have are left out.

    Returns
    -------
    DataFrame
        The columns of `cells` for each term and cell, and ``series`` (the term); ``n``
        tokens, ``n_documents, n_families`` of the cell; ``n_once, exposure`` (the term's
        tokens and all tokens when a family counts once); ``value`` with ``value_low,
        value_high`` (95 %, see Notes), NaN in a cell without tokens. Where there is a
        ``status`` it becomes "기록 없음" in a cell with days of office but no tokens.

    Notes
    -----
    The interval is the exact binomial one (Clopper & Pearson 1934) on counts divided by the
    term's overdispersion between families of one cell: the sum of squared deviations over
    what dealing the cell's tokens out at random would give (hypergeometric), at least 1. A
    cell without the term thus has an upper bound. NaN where no cell has two families.

    Examples
    --------
    >>> from policytext.administrations import assign_administrations
    >>> counts = sparse.csr_matrix([[1, 9], [3, 7]])
    >>> matrix = TermMatrix(counts, ["a", "b"], ["창업", "혁신"])
    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "family_id": ["a", "b"],
    ...     "date": pd.to_datetime(["2014-01-05", "2014-03-05"])})
    >>> documents = assign_administrations(documents)
    >>> term_rates(matrix, documents, calendar(documents), ["창업"])["value"].tolist()
    [1000.0, nan, 3000.0]
    """
    place = {term: column for column, term in enumerate(matrix.terms)}
    known = [term for term in dict.fromkeys(terms) if term in place]
    columns = [place[term] for term in known]
    return _measured(matrix, documents, cells, columns, 10_000).assign(
        series=lambda table: (
            np.repeat(np.array(known, dtype=object), len(table) // len(known)) if known else ""
        )
    )


def topic_rates(
    topic_documents: pd.DataFrame,
    documents: pd.DataFrame,
    cells: pd.DataFrame,
    labels: Mapping[int, str],
) -> pd.DataFrame:
    """Share of each topic among the families of each cell.

    Parameters
    ----------
    topic_documents : DataFrame
        ``doc_id, topic``; documents of topic 0 are left out.
    documents, cells
        As in :func:`term_rates`.
    labels : mapping of topic to label
        The topics wanted.

    Returns
    -------
    DataFrame
        As :func:`term_rates`, with ``series`` the label and ``topic``; ``value`` is a share
        (0..1), ``exposure`` counts families.
    """
    placed = topic_documents[topic_documents["topic"] != 0]
    topics = sorted(set(placed["topic"]))
    columns = pd.Index(topics).get_indexer(placed["topic"])
    counts = sparse.csr_matrix(
        (np.ones(len(placed), dtype=np.int64), (np.arange(len(placed)), columns)),
        shape=(len(placed), len(topics)),
    )
    matrix = TermMatrix(counts, placed["doc_id"].tolist(), topics)
    wanted = [topic for topic in topics if topic in labels]
    table = _measured(matrix, documents, cells, [topics.index(t) for t in wanted], 1)
    topic = np.repeat(np.array(wanted, dtype=int), len(cells))
    return table.assign(topic=topic, series=[labels[number] for number in topic])


def document_rates(documents: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Documents of each cell per 100 days of office, every family counting once.

    Parameters
    ----------
    documents, cells
        As in :func:`term_rates`.

    Returns
    -------
    DataFrame
        The columns of `cells`, ``series`` ("글"), ``n_documents, n_families`` and ``value``.
        Here a cell without documents is 0: their absence is what is counted.

    Examples
    --------
    >>> from policytext.administrations import assign_administrations
    >>> days = pd.to_datetime(["2014-01-05", "2014-01-06", "2014-02-28"])
    >>> documents = assign_administrations(pd.DataFrame({"date": days, "family_id": list("ffg")}))
    >>> document_rates(documents, calendar(documents))["value"].round(1).tolist()
    [3.7, 3.6]
    """
    found = documents.assign(cell=cell_of(documents, cells))
    found = found[found["cell"] >= 0].groupby("cell")["family_id"].agg(["size", "nunique"])
    found = found.reindex(range(len(cells)), fill_value=0).reset_index(drop=True)
    table = cells.reset_index(drop=True).assign(
        series="글", n_documents=found["size"], n_families=found["nunique"]
    )
    days = table["office_days"].where(table["office_days"] > 0)
    return table.assign(value=100 * table["n_families"] / days)


def _measured(
    matrix: TermMatrix, documents: pd.DataFrame, cells: pd.DataFrame, columns: list[int], per: float
) -> pd.DataFrame:
    """Counts and rates of some columns of the matrix in every cell, column after column."""
    about = documents.drop_duplicates("doc_id").set_index("doc_id").reindex(matrix.doc_ids)
    cell = cell_of(about, cells)
    if (cell < 0).all():
        raise InsufficientData(
            "어느 글도 달력의 칸에 들지 않습니다. 글과 달력을 같은 자료에서 만드세요."
        )
    groups = [f"{number:09d}" if number >= 0 else None for number in cell]
    units = family_units(matrix, groups, about["family_id"], n_groups=1)
    held = np.array([int(group) for group in units.groups])[units.group]
    n_cells, shape = len(cells), (len(columns), len(cells))
    exposure = np.bincount(held, units.tokens, minlength=n_cells)
    once, raw = np.zeros(shape), np.zeros(shape, dtype=np.int64)
    for row, column in enumerate(columns):
        once[row] = np.bincount(held, _dense(units.counts, column), minlength=n_cells)
        of_documents = _dense(matrix.counts, column)[cell >= 0]
        raw[row] = np.bincount(cell[cell >= 0], of_documents, minlength=n_cells)
    value, low, high = _intervals(once, exposure, _dispersion(units, held, columns, n_cells))
    table = cells.iloc[np.tile(np.arange(n_cells), len(columns))].reset_index(drop=True)
    table["n"] = raw.ravel()
    table["n_documents"] = np.tile(np.bincount(cell[cell >= 0], minlength=n_cells), len(columns))
    table["n_families"] = np.tile(np.bincount(held, minlength=n_cells), len(columns))
    table["n_once"], table["exposure"] = once.ravel(), np.tile(exposure, len(columns))
    for name, values in (("value", value), ("value_low", low), ("value_high", high)):
        table[name] = per * values.ravel()
    if "status" in table:
        is_empty = (table["office_days"] > 0) & (table["exposure"] == 0)
        table["status"] = table["status"].mask(is_empty, NO_RECORD)
    return table


def _dense(counts: sparse.csr_matrix, column: int) -> np.ndarray:
    return np.asarray(counts[:, [column]].todense()).ravel()


def _dispersion(units: Units, cell: np.ndarray, columns: list[int], n_cells: int) -> np.ndarray:
    """Variance of the families' counts in a cell over that of tokens dealt out at random."""
    tokens = units.tokens
    total = np.bincount(cell, tokens, minlength=n_cells)[cell]
    room = tokens * (total - tokens) / np.maximum(total - 1, 1e-9)
    found = np.full(len(columns), np.nan)
    for row, column in enumerate(columns):
        count = _dense(units.counts, column)
        rate = np.bincount(cell, count, minlength=n_cells)[cell] / np.maximum(total, 1e-9)
        alone = total <= tokens  # the only family of its cell tells nothing
        expected = (rate * (1 - rate) * room)[~alone].sum()
        if expected > 0:
            found[row] = max(((count - rate * tokens) ** 2)[~alone].sum() / expected, 1)
    return found


def _intervals(
    count: np.ndarray, exposure: np.ndarray, dispersion: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rate and its 95 % bounds; series × cells."""
    size = np.where(exposure > 0, exposure, np.nan)
    rate = count / size
    hits, misses = count / dispersion[:, None], (size - count) / dispersion[:, None]
    with np.errstate(invalid="ignore"):
        low = np.where(hits > 0, beta.ppf(0.025, hits, misses + 1), 0)
        high = np.where(misses > 0, beta.ppf(0.975, hits + 1, misses), 1)
    known = ~np.isnan(rate) & ~np.isnan(dispersion)[:, None]
    return rate, np.where(known, low, np.nan), np.where(known, high, np.nan)
