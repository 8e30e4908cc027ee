"""Who governed on a day, what bodies were called, and who held office: ``data/reference``.

The tables count whole days, first and last included; the code half-open intervals ``[start,
end_exclusive)``. A day of hand-over belongs to whom the table names: that on which a president
goes, dies or is removed to the outgoing, takes office to the incoming, is suspended to the acting.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from policytext.faults import PolicyTextError, columns
from policytext.study import ROOT

REFERENCE = ROOT / "data" / "reference"
ACTING_MODES = ("separate", "attach", "exclude")
STATUSES = ("in_office", "suspended", "vacant")
DAYS_PER_MONTH = 365.2425 / 12
_ONE_DAY = pd.Timedelta(days=1)


def read_administrations(path: str | Path | None = None) -> pd.DataFrame:
    """Read the calendar of administrations: the project's table, or another CSV like it.

    The CSV has ``president, ordinal, status, acting_president, start, end`` (inclusive days; an
    empty ``end`` is still running). Returned is one row per period in order of time, with
    ``start`` and, instead of ``end``, ``end_exclusive`` as datetime64 (NaT while running);
    ``label`` is the president in office, or ``권한대행(NAME)`` while an acting one governed.
    A PolicyTextError tells what is missing, unreadable or overlaps.

    >>> table = read_administrations().set_index("id")
    >>> table.loc["vacancy_2017", ["start", "end_exclusive"]].astype(str).tolist()
    ['2017-03-11', '2017-05-10']
    """
    return _load_administrations(str(path or REFERENCE / "administrations.csv")).copy()


def assign_administrations(documents: pd.DataFrame, *, acting: str = "separate") -> pd.DataFrame:
    """Add the administration of each document and how far into its term it was written.

    `documents` has ``date`` (datetime64, NaT if unknown; a time with a zone is of its day in Korea),
    perhaps ``date_from, date_to``: without a day a document gets an administration only when both
    lie inside one unbroken stretch of one. `acting`: days under an acting president are their own group ("separate"), belong to the
    president suspended or gone ("attach"), or to nobody ("exclude"). Adds ``administration``
    (string, <NA> if none) and ``months_in_office``: days / 30.436875 since the first day of the
    president's own term, whatever its suspensions, or of that acting period; NaN for no known day.

    >>> documents = pd.DataFrame({"date": pd.to_datetime(["2017-05-09", "2017-05-10", None])})
    >>> assigned = assign_administrations(documents)
    >>> assigned["administration"].str.startswith("권한대행").tolist()
    [True, False, <NA>]
    >>> assigned["months_in_office"].round(1).tolist()
    [5.0, 0.0, nan]
    """
    periods = _periods(acting)
    day = days_of(documents, "date")
    row = _locate(periods, day)
    origin = periods["origin"].array.take(row, allow_fill=True).to_numpy("datetime64[D]")
    months = (day - origin) / np.timedelta64(1, "D") / DAYS_PER_MONTH
    if {"date_from", "date_to"} <= set(documents.columns):
        first, last = days_of(documents, "date_from"), days_of(documents, "date_to")
        at, until = _locate(periods, first), _locate(periods, last)
        run = periods["run"].to_numpy()
        inside = (at >= 0) & (until >= 0) & (first <= last) & (run[at] == run[until])
        row = np.where(np.isnat(day) & inside, at, row)
    label = periods["label"].array.take(row, allow_fill=True)
    return documents.assign(administration=label, months_in_office=months)


def administration_order(labels: Iterable[object]) -> list[str]:
    """Distinct labels in order of first day; unknown labels last, missing ones dropped.

    >>> known = read_administrations()["label"].tolist()
    >>> administration_order(["기타", known[5], known[0], None, known[5]]) == [*known[:6:5], "기타"]
    True
    """
    known = read_administrations()["label"].drop_duplicates().tolist()
    distinct = dict.fromkeys(label for label in labels if not pd.isna(label))
    rank = {label: place for place, label in enumerate(known)}
    return sorted(distinct, key=lambda label: rank.get(label, len(known)))


def administration_colours() -> dict[str, str]:
    """The figure colour, ``#rrggbb``, of every label.

    >>> len(set(administration_colours())) == read_administrations()["label"].nunique()
    True
    """
    return read_administrations().drop_duplicates("label").set_index("label")["colour"].to_dict()


@cache
def _load_administrations(path: str) -> pd.DataFrame:
    table = read_reference(path, "president ordinal status acting_president start end", "start end")
    text = table.columns.difference(["start", "end"])
    table[text] = table[text].astype("string").replace("", pd.NA)
    table["ordinal"] = pd.to_numeric(table["ordinal"], errors="coerce").astype("Int64")
    acting = "권한대행(" + table["acting_president"] + ")"
    table["label"] = acting.mask(table["status"] == "in_office", table["president"])
    faults = {
        "start 칸에 날짜가 있어야 합니다": table["start"].isna(),
        "end는 start보다 앞설 수 없습니다": table["end"] < table["start"],
        f"status는 {', '.join(STATUSES)} 가운데 하나여야 합니다": ~table["status"].isin(STATUSES),
        "재임이면 president, 대행이면 acting_president 칸이 있어야 합니다": table["label"].isna(),
    }
    for message, wrong in faults.items():
        if wrong.any():
            at = int(np.argmax(wrong.to_numpy(bool)))
            found = ", ".join(f"{key}={value}" for key, value in table.iloc[at, :7].items())
            raise PolicyTextError(
                f"{path} {at + 2}행: {message}. 그 행을 고치세요. 찾은 값: {found}"
            )
    table = table.sort_values("start", ignore_index=True)
    open_or_late = table["end"].isna() | (table["end"] >= table["start"].shift(-1))
    for at in np.flatnonzero(open_or_late.to_numpy(bool)[:-1]):
        pair = " / ".join(f"{r.label} {r.start:%Y-%m-%d}" for r in table[at : at + 2].itertuples())
        raise PolicyTextError(
            f"{path}: 두 기간이 겹칩니다. start와 end를 고치세요. 찾은 기간: {pair}"
        )
    return table.assign(end_exclusive=table["end"] + _ONE_DAY).drop(columns="end")


def _periods(acting: str) -> pd.DataFrame:
    """``start, end_exclusive, label, run, origin`` of each period; a run is one unbroken label."""
    if acting not in ACTING_MODES:
        allowed = ", ".join(ACTING_MODES)
        raise PolicyTextError(f"acting 값은 {allowed} 가운데 하나여야 합니다. 받은 값: {acting!r}")
    table = read_administrations()
    governs = table["status"] == "in_office"
    holder = [table["president"].ffill(), table["ordinal"].ffill()]
    label = table["label"].astype("string")
    if acting != "separate":
        label = label.where(governs)
    if acting == "attach":
        label = label.ffill()
    filled = label.fillna("")
    broken = table["start"] != table["end_exclusive"].shift()
    run = (broken | (filled != filled.shift())).astype(int).cumsum()
    origin = table["start"].groupby(holder, dropna=False).transform("min")
    if acting == "separate":
        origin = origin.where(governs, table["start"].groupby(run).transform("min"))
    origin = origin.where(label.notna())
    return table[["start", "end_exclusive"]].assign(label=label, run=run, origin=origin)


def _locate(periods: pd.DataFrame, days: np.ndarray) -> np.ndarray:
    """Row of the period that holds each day, -1 where none does."""
    ends = periods["end_exclusive"].to_numpy("datetime64[D]")
    starts = periods["start"].to_numpy("datetime64[D]")
    row = np.where(np.isnat(days), -1, np.searchsorted(starts, days, side="right") - 1)
    return np.where(np.isnat(ends[row]) | (days < ends[row]), row, -1)


def days_of(documents: pd.DataFrame, column: str) -> np.ndarray:
    """Days in Korea of a column of dates, NaT where missing; else a PolicyTextError."""
    columns(documents, column, "날짜를 읽는 데")
    dates = documents[column]
    known = dates.dropna()
    kind = pd.api.types.infer_dtype(known)
    if len(known) and kind not in ("datetime64", "datetime", "date"):
        raise PolicyTextError(
            f"문서 표의 {column} 열은 날짜(datetime64)여야 하고 모르는 날은 NaT여야 합니다. "
            f"찾은 값의 종류: {kind}"
        )
    if not pd.api.types.is_datetime64_dtype(dates):  # a zone for all, or each its own
        dates = dates.map(_in_korea, na_action="ignore")
    return pd.to_datetime(dates).to_numpy("datetime64[D]")


def _in_korea(time):
    if getattr(time, "tzinfo", None) is None:
        return time
    return pd.Timestamp(time).tz_convert("Asia/Seoul").tz_localize(None)


def read_reference(path: str | Path, required: str, dates: str = "") -> pd.DataFrame:
    """Read a reference CSV as text, the columns named in `dates` as days (NaT where empty).

    `required` and `dates` are names separated by spaces. A PolicyTextError tells which file or
    column is missing, or which cell is no date.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        message = f"기준표 파일이 있어야 합니다. 이름과 폴더를 확인하세요. 찾은 경로: {path}"
        raise PolicyTextError(message) from None
    missing = ", ".join(column for column in required.split() if column not in table.columns)
    if missing:
        found = ", ".join(table.columns)
        raise PolicyTextError(
            f"{path}: 첫 줄에 빠진 열을 채우세요. 빠진 열: {missing}. 찾은 열: {found}"
        )
    for column in dates.split():
        days = pd.to_datetime(table[column], format="%Y-%m-%d", errors="coerce")
        wrong = (days.isna() & (table[column] != "")).to_numpy(bool)
        if wrong.any():
            at = int(np.argmax(wrong))
            raise PolicyTextError(
                f"{path} {at + 2}행 {column} 칸은 2017-05-10 같은 날짜여야 합니다. "
                f"찾은 값: {table[column][at]!r}"
            )
        table[column] = days
    return table


def read_own(path: Path, required: str) -> pd.DataFrame:
    """A table that a person made beside a study, as :func:`read_reference`; no rows without it."""
    if path.is_file():
        return read_reference(path, required)
    return pd.DataFrame(columns=required.split(), dtype=str)


def one_day(date: object) -> pd.Timestamp | None:
    """A day without its hour; None when missing."""
    try:
        day = _in_korea(pd.Timestamp(date))
    except (ValueError, TypeError):
        message = f"date 값은 2017-05-10 같은 날짜여야 합니다. 받은 값: {date!r}"
        raise PolicyTextError(message) from None
    return None if pd.isna(day) else day.normalize()


def read_people() -> frozenset[str]:
    """Names of presidents, acting presidents and officials, which say nothing of a policy.

    >>> names = read_people()
    >>> len(names) > 30 and all(names)
    True
    """
    columns = {"administrations.csv": ["president", "acting_president"], "officials.csv": ["name"]}
    found: set[str] = set()
    for file, names in columns.items():
        found |= set(read_reference(str(REFERENCE / file), " ".join(names))[names].stack())
    return frozenset(found - {""})


def canonical_name(name: str, date: object = None) -> str:
    """One name for one actor over time: the latest name its line of succession reached.

    An alias becomes the full name it stood for on `date`; the full name is then followed
    through ``organisations.csv``. Of a name used twice the use alive on `date` is followed, else
    the last one before it. What the tables cannot settle comes back as written:
    unknown names, aliases marked ambiguous or not valid on `date`, and, without a `date` (None
    or NaT), names whose uses end in different actors.

    >>> canonical_name("다음", "2012-01-01"), canonical_name("혁신센터", "2015-01-01")
    ('카카오', '혁신센터')
    """
    day, written, fulls = _looked_up(name, date)
    lives = _organisations(REFERENCE)
    ends = {_last_name(lives, full, day) for full in fulls}
    return ends.pop() if len(ends) == 1 else written


def exists_on(name: str, date: object) -> bool | None:
    """Whether an organisation of this name (or alias) existed on a day: a zero may be structural.

    None when the tables do not tell: an unknown name, an ambiguous alias, no date, or a day
    before the end of a name whose beginning is not in the table.

    >>> [exists_on("다음카카오", day) for day in ("2014-09-30", "2014-10-01")]
    [False, True]
    """
    day, _, fulls = _looked_up(name, date)
    lives = [life for full in fulls for life in _organisations(REFERENCE).get(full, ())]
    if day is None or not lives:
        return None
    held = [life for life in lives if life.holds(day)]
    return None if held and all(life.born is None for life in held) else bool(held)


def known_names() -> frozenset[str]:
    """Every name and alias in the tables.

    >>> "다음카카오" in known_names()
    True
    """
    aliases = _aliases(REFERENCE)
    canonical = {row[0] for rows in aliases.values() for row in rows}
    return frozenset({*_organisations(REFERENCE), *aliases, *canonical})


def change_days(name: str) -> list[pd.Timestamp]:
    """Days on which the answer of :func:`exists_on` may change, in order.

    >>> [str(day.date()) for day in change_days("다음카카오")]
    ['2014-10-01', '2015-09-23']
    """
    days = set()
    for full, first, last, _ in _aliases(REFERENCE).get(name, [_itself(name)]):
        days |= {first, last + _ONE_DAY}
        for life in _organisations(REFERENCE).get(full, ()):
            days |= {life.born, life.ended}
    return sorted(day for day in days if not pd.isna(day))


class _Life(NamedTuple):
    """One uninterrupted use of a name; ``heir`` is the name that followed it."""

    born: pd.Timestamp | None
    ended: pd.Timestamp | None
    heir: str

    def holds(self, day: pd.Timestamp) -> bool:
        return (self.born is None or self.born <= day) and (self.ended is None or day < self.ended)


@cache
def _organisations(folder: Path) -> dict[str, list[_Life]]:
    path = folder / "organisations.csv"
    births, deaths = defaultdict(set), defaultdict(dict)
    table = read_reference(path, "from to effective", "effective")
    for old, new, day in table[["from", "to", "effective"]].itertuples(index=False):
        births[new].add(day)
        if old and deaths[old].setdefault(day, new) != new:
            raise PolicyTextError(
                f"{path}: 한 날 한 이름은 한 이름으로만 이어져야 합니다. 갈라져 나온 쪽은 from "
                f"칸을 비우세요. 찾은 값: {old} → {deaths[old][day]}, {new} ({day:%Y-%m-%d})"
            )
    lives = defaultdict(list)
    for name in {*births, *deaths} - {""}:
        born = None
        for day in sorted({*births[name], *deaths[name]}):
            if day in deaths[name]:
                lives[name].append(_Life(born, day, deaths[name][day]))
                born = None
            elif born is None:  # joining a name already in use begins nothing
                born = day
        if born is not None:
            lives[name].append(_Life(born, None, ""))
    return dict(lives)


@cache
def _aliases(folder: Path) -> dict[str, list[tuple]]:
    columns = "canonical valid_from valid_to ambiguous"
    table = read_reference(folder / "aliases.csv", f"alias {columns}", "valid_from valid_to")
    rows = table.groupby("alias")[columns.split()]
    return {alias: list(part.itertuples(index=False, name=None)) for alias, part in rows}


def _itself(name: str) -> tuple:
    """What a name that is no alias stands for: itself, on every day."""
    return name, pd.NaT, pd.NaT, "no"


def _looked_up(name: str, date: object) -> tuple[pd.Timestamp | None, str, list[str]]:
    """The day, the name as written, and the full names it stood for on that day."""
    day = one_day(date)
    written = unicodedata.normalize("NFC", name).strip()
    fulls = [
        full
        for full, first, last, ambiguous in _aliases(REFERENCE).get(written, [_itself(written)])
        if ambiguous != "yes" and (day is None or not (day < first or day > last))
    ]
    return day, written, fulls


def _last_name(lives: dict[str, list[_Life]], name: str, day: pd.Timestamp | None) -> str:
    uses = lives.get(name, [])
    if day is not None:
        uses = [life for life in uses if life.born is None or life.born <= day][-1:] or uses[:1]
    ends = set()
    for life in uses:
        last = name
        while life.heir:
            last = life.heir
            life = next(later for later in lives[last] if later.holds(life.ended))
        ends.add(last)
    return ends.pop() if len(ends) == 1 else name
