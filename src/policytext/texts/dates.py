"""Dates as Korean sources write them; never guessed further than what is written."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

import pandas as pd

_YEARS = range(1900, 2101)
_SEP = r"[ \t]{0,3}[.\-/년월·][ \t]{0,3}"
_DAY = re.compile(rf"(?<!\d)(\d{{4}}){_SEP}(\d{{1,2}}){_SEP}(\d{{1,2}})(?!\d)")
_SHORT_DAY = re.compile(rf"['’‘](\d{{2}}){_SEP}(\d{{1,2}}){_SEP}(\d{{1,2}})(?!\d)")
_MONTH = re.compile(rf"(\d{{4}}){_SEP}(\d{{1,2}}) ?[.월]?")
_DIGITS = re.compile(r"(\d{4})(\d{2})?(\d{2})?(?:\d{4}(?:\d{2})?)?(?:\.0)?")
_YEAR = re.compile(r"(\d{4}) ?년?\.?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
_ZONED = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)")
_IN_NAME = re.compile(r"(?<![0-9A-Za-z])((?:19|20)\d\d)([01]\d)([0-3]\d)(?![0-9A-Za-z])")


@dataclass(frozen=True)
class DateSpan:
    """What a source says about a date: the day, or only the bounds of a month or year."""

    date: pd.Timestamp = pd.NaT
    date_from: pd.Timestamp = pd.NaT
    date_to: pd.Timestamp = pd.NaT

    @property
    def is_known(self) -> bool:
        return not pd.isna(self.date_from)


def parse_date(value: object, *, order: str = "") -> DateSpan:
    """Read a day, month or year.

    Parameters
    ----------
    value : object
        Text, integer, date or empty.
    order : {"", "mdy", "dmy"}
        How ``05/08/2026`` is meant; without it such a value is not read.

    Returns
    -------
    DateSpan
        All NaT when the value is empty or cannot be read. Times are dropped; a time with a
        zone is first moved to Korean time.

    Examples
    --------
    >>> [str(parse_date(v).date)[:10] for v in ("2013. 3. 5.", 20140915, "1981.12")]
    ['2013-03-05', '2014-09-15', 'NaT']
    >>> span = parse_date("1981.12")
    >>> str(span.date_from)[:10], str(span.date_to)[:10]
    ('1981-12-01', '1981-12-31')
    """
    if value is None or value is pd.NaT:
        return DateSpan()
    if isinstance(value, (datetime.datetime, datetime.date)):
        value = value.isoformat()
    text = str(value).strip()
    if _ZONED.match(text):
        text = pd.Timestamp(text).tz_convert("Asia/Seoul").strftime("%Y-%m-%d")
    for whole in (_DIGITS, _MONTH, _YEAR):
        if match := whole.fullmatch(text):
            return _span(*match.groups())
    if match := _DAY.search(text):
        return _span(*match.groups())
    if match := _SHORT_DAY.search(text):
        return _span("20" + match[1], match[2], match[3])
    if order and (match := _SLASHED.search(text)):
        first, second, year = match.groups()
        return _span(year, first, second) if order == "mdy" else _span(year, second, first)
    return DateSpan()


def slashed_order(values: list[object]) -> str:
    """Order of ``05/08/2026`` in a column when some value can be read one way only."""
    pairs = [_SLASHED.match(str(value).strip()) for value in values]
    is_month_first = any(int(pair[2]) > 12 for pair in pairs if pair)
    is_day_first = any(int(pair[1]) > 12 for pair in pairs if pair)
    if is_month_first == is_day_first:
        return ""
    return "mdy" if is_month_first else "dmy"


def filename_date(name: str) -> DateSpan:
    """The full date in a file name, if there is just one ("보도자료_20190422.txt")."""
    found = {match.groups() for match in _DAY.finditer(name.replace("_", "-"))}
    found |= {match.groups() for match in _IN_NAME.finditer(name)}
    spans = {span for span in (_span(*parts) for parts in found) if span.is_known}
    return spans.pop() if len(spans) == 1 else DateSpan()


def _span(year: str, month: str | None = None, day: str | None = None) -> DateSpan:
    """A zero month or day ("2014.00.00") means that it is not known."""
    y, m, d = int(year), int(month or 0), int(day or 0)
    if y not in _YEARS or m > 12:
        return DateSpan()
    if m and d:
        try:
            date = pd.Timestamp(y, m, d)
        except ValueError:
            return DateSpan()
        return DateSpan(date, date, date)
    first = pd.Timestamp(y, m or 1, 1)
    last = (first + pd.offsets.MonthEnd(0)) if m else pd.Timestamp(y, 12, 31)
    return DateSpan(pd.NaT, first, last)
