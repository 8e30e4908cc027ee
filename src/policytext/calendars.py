"""Days of office as cells: months of the calendar, or equal stretches of every term."""

from __future__ import annotations

import numpy as np
import pandas as pd

from policytext.administrations import assign_administrations
from policytext.schema import InsufficientData

UNITS = {"month": "M", "quarter": "Q", "year": "Y"}
UNIT_NAMES = {"month": "한 달", "quarter": "석 달", "year": "한 해"}
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


def cell_of(documents: pd.DataFrame, cells: pd.DataFrame) -> np.ndarray:
    """Row of the cell that holds each document's day and administration; -1 for none."""
    codes = {label: code for code, label in enumerate(cells["administration"].unique())}
    held = cells[["period", "period_end"]].astype("datetime64[ns]")
    held["cell"], held["code"] = np.arange(len(cells)), [codes[a] for a in cells["administration"]]
    asked = pd.DataFrame(
        {
            "day": documents["date"].dt.normalize().astype("datetime64[ns]").to_numpy(),
            "code": np.array(
                [codes.get(label, -1) for label in documents["administration"].fillna("")],
                dtype=int,
            ),
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


def placed(documents: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """The documents that lie in some cell, with the ``period`` (and ``window``) of theirs.

    Examples
    --------
    >>> documents = pd.DataFrame({"date": pd.to_datetime(["2017-04-03"])})
    >>> documents = assign_administrations(documents)
    >>> placed(documents, calendar(documents))["period"].dt.day.tolist()
    [3]
    """
    cell = cell_of(documents, cells)
    names = [name for name in ("period", "window") if name in cells]
    held = cells.iloc[cell[cell >= 0]]
    return documents[cell >= 0].assign(**{name: held[name].to_numpy() for name in names})


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
