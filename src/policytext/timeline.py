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

from policytext.administrations import assign_administrations
from policytext.matrix import TermMatrix
from policytext.resampling import Units, family_units
from policytext.schema import InsufficientData

UNITS = {"month": "M", "quarter": "Q", "year": "Y"}
MIN_FAMILIES = 5  # in the middle cell; a finer calendar shows noise
NOT_YET, ENDED, NO_RECORD = "아직", "임기 끝", "기록 없음"


def choose_unit(documents: pd.DataFrame) -> str:
    """The finest of month, quarter and year whose middle cell has five families or more.

    Examples
    --------
    >>> documents = pd.DataFrame({"date": pd.date_range("2014-01-01", periods=24, freq="15D"),
    ...                           "family_id": range(24)})
    >>> choose_unit(documents)
    'quarter'
    """
    for unit, frequency in UNITS.items():
        sizes = documents.groupby(documents["date"].dt.to_period(frequency))["family_id"].nunique()
        if len(sizes) and sizes.median() >= MIN_FAMILIES:
            return unit
    return "year"


def calendar(
    documents: pd.DataFrame, *, unit: str = "month", acting: str = "separate"
) -> pd.DataFrame:
    """Cells from the first to the last dated document.

    Parameters
    ----------
    documents : DataFrame
        ``date, administration``. Days of administrations without any document are left out.
    unit : {"month", "quarter", "year"}
    acting : str
        As in :func:`policytext.administrations.assign_administrations`; the same as the
        documents were assigned with.

    Returns
    -------
    DataFrame
        ``administration, period, period_end`` (first and last day of office in the cell),
        ``office_days``, in order of time.

    Raises
    ------
    InsufficientData
        No document has both a day and an administration.

    Examples
    --------
    >>> days = pd.to_datetime(["2017-04-01", "2017-05-20"])
    >>> documents = assign_administrations(pd.DataFrame({"date": days}))
    >>> calendar(documents)["office_days"].tolist()
    [30, 9, 11]
    """
    days = _office_days(documents, acting)
    days["cell"] = days["date"].dt.to_period(UNITS[unit])
    cells = _cells(days, ["cell", "administration"])
    return cells.drop(columns="cell").sort_values("period", ignore_index=True)


def office_windows(
    documents: pd.DataFrame, *, months: int = 12, acting: str = "separate"
) -> pd.DataFrame:
    """Cells of equal lengths of time in office, so that terms are compared at the same age.

    Parameters
    ----------
    documents, acting
        As in :func:`calendar`.
    months : int
        Length of a window.

    Returns
    -------
    DataFrame
        One row per administration and window, up to the longest: ``administration, window``
        (from 1), ``months`` ("1–12"), ``period, period_end, office_days`` as in
        :func:`calendar`, counted between the first and the last document; ``status``: empty,
        or why there are no such days ("아직": in office at the end of the corpus; "임기 끝":
        left before; "기록 없음": before the corpus begins).
    """
    days = _office_days(documents, acting)
    days["window"] = (days["months_in_office"] // months).astype(int) + 1
    found = _cells(days, ["administration", "window"])
    order = days["administration"].drop_duplicates()
    keys = ["administration", "window"]
    grid = pd.MultiIndex.from_product([order, range(1, found["window"].max() + 1)], names=keys)
    cells = found.set_index(keys).reindex(grid).reset_index()
    cells["office_days"] = cells["office_days"].fillna(0).astype(int)
    first = (cells["window"] - 1) * months + 1
    cells.insert(2, "months", first.astype(str) + "–" + (first + months - 1).astype(str))
    seen = cells[cells["office_days"] > 0].groupby("administration")["window"].min()
    is_before = cells["window"] < cells["administration"].map(seen)
    governs = cells["administration"] == days["administration"].iloc[-1]
    why = np.select([is_before, governs], [NO_RECORD, NOT_YET], ENDED)
    return cells.assign(status=np.where(cells["office_days"] > 0, "", why))


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


def _office_days(documents: pd.DataFrame, acting: str) -> pd.DataFrame:
    """``date, administration, months_in_office``: one row a day some compared government ruled."""
    known = documents[documents["administration"].notna() & documents["date"].notna()]
    if known.empty:
        raise InsufficientData(
            "날짜와 정부를 모두 아는 글이 없어 시간에 따른 변화를 볼 수 없습니다. "
            "자료의 날짜 열을 확인하세요."
        )
    first, last = known["date"].min().normalize(), known["date"].max().normalize()
    days = assign_administrations(pd.DataFrame({"date": pd.date_range(first, last)}), acting=acting)
    return days[days["administration"].isin(known["administration"].unique())].copy()


def _cells(days: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    grouped = days.groupby(keys, sort=False)["date"]
    names = {"period": "min", "period_end": "max", "office_days": "size"}
    return grouped.agg(**names).reset_index()


def _measured(
    matrix: TermMatrix, documents: pd.DataFrame, cells: pd.DataFrame, columns: list[int], per: float
) -> pd.DataFrame:
    """Counts and rates of some columns of the matrix in every cell, column after column."""
    about = documents.drop_duplicates("doc_id").set_index("doc_id").reindex(matrix.doc_ids)
    cell = _cell_of(about, cells)
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


def _cell_of(documents: pd.DataFrame, cells: pd.DataFrame) -> np.ndarray:
    """Row of the cell that holds each document's day and administration; -1 for none."""
    codes = {label: code for code, label in enumerate(cells["administration"].unique())}
    held = cells[["period", "period_end"]].astype("datetime64[ns]")
    held["cell"], held["code"] = np.arange(len(cells)), [codes[a] for a in cells["administration"]]
    asked = pd.DataFrame(
        {
            "day": documents["date"].dt.normalize().astype("datetime64[ns]").to_numpy(),
            "code": [codes.get(label, -1) for label in documents["administration"].fillna("")],
            "row": np.arange(len(documents)),
        }
    )
    found = pd.merge_asof(
        asked.dropna(subset="day").sort_values("day"),
        held.dropna(subset="period").sort_values("period"),
        left_on="day",
        right_on="period",
        by="code",
    )
    found = found[found["day"] <= found["period_end"]]
    cell = np.full(len(documents), -1)
    cell[found["row"]] = found["cell"].astype(int)
    return cell


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
