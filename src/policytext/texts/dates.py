"""Dates as Korean sources write them; never guessed further than what is written."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

_YEARS = range(1900, 2101)
_SEP = r"[ \t]{0,3}[.\-/년월年月·][ \t]{0,3}"
# Not 2019년 3월 4주차 or 5개 기업, but 4조간.
_DAY = re.compile(
    rf"(?<!\d)(\d{{4}}){_SEP}(\d{{1,2}}){_SEP}(\d{{1,2}})(?!\d|[주개차명곳억만건호회]|분기|조(?!간))"
)
# A year of two digits, by the mark before it or by the 년 and the month behind it.
_SHORT = re.compile(rf"(?:['’‘`´]|^(?=\d\d년 ?(?:\d\d?월|[상하]반기)))(?=(\d)\d(?:{_SEP}\d| ?년))")
_BARE_SHORT = re.compile(r"(\d\d)(?P<mark>[.\-/]) ?(\d{1,2})(?P=mark) ?(\d{1,2})\.?(?!\d)")
_MONTH = re.compile(rf"(\d{{4}}){_SEP}(\d{{1,2}}) ?[.월]?")
_DIGITS = re.compile(r"(\d{4})(\d{2})?(\d{2})?(?:\d{4}(?:\d{2})?)?(?:\.0)?")
_HALF = re.compile(r"(\d{4}) ?년? ?([상하])반기")
_YEAR = re.compile(r"(\d{4}) ?년?\.?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
_DIGITS_AND_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)[ T]\d{1,2}:?\d\d.{0,12}")
_NAME = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_NAMED = re.compile(rf"(?:(?<!\d)\d\d?[ -]{_NAME}|{_NAME}[ -]\d\d?),? ?[ -]\d{{4}}", re.I)
_DANGI = re.compile(r"(?:단기|檀紀) ?(4[23]\d\d)")
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d+)?")  # a day of a worksheet, 1954 to 2118
_EPOCH = re.compile(r"(-\d{8,13}|1[0-7]\d{8}|(?!19|20)\d{11,12}|\d{13}|\d{16}|\d{19})(?:\.0)?")
_ZONED = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)")
_IN_NAME = re.compile(r"(?<![0-9A-Za-z])((?:19|20)\d\d)([01]\d)([0-3]\d)(?![0-9A-Za-z])")
# 220503_, (230720), 230720조간 and 2022-05_, but not what is a day as well as a month, or a number.
_SHORT_IN_NAME = re.compile(
    r"(?:^|[\s_(\[])(?P<digits>(?!00|20\d\d(?:0|1[0-2]))[0-29]\d{5})(?=[ _.)\]-]+(?:\D|$)|[조석]간)"
    r"|(?:\(|^)(\d\d)[.-] ?(\d\d?)[.-] ?(\d\d?)(?=\.?\)|[ _])"
)
_AT_START = re.compile(r"\d{4}(?:[-.]\d\d|년 ?\d{1,2}월)(?=[ _.-]\D)")


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
    """Read a day, month, half of a year or year.

    `value`: text, integer, date or empty. `order` {"", "mdy", "dmy", "ymd"}: how ``05/08/2026`` or
    ``19.03.04`` is meant; without it such a value is not read.
    All NaT when it is empty or cannot be read. Times are dropped, moved to Korean time if zoned.

    >>> [str(parse_date(v).date)[:10] for v in ("2013. 3. 5.", 20140915, "1981.12")]
    ['2013-03-05', '2014-09-15', 'NaT']
    >>> span = parse_date("1981.12")
    >>> str(span.date_from)[:10], str(span.date_to)[:10]
    ('1981-12-01', '1981-12-31')
    """
    text = _SHORT.sub(lambda year: "19" if year[1] in "56789" else "20", str(value).strip())
    text = _DANGI.sub(lambda year: str(int(year[1]) - 2333), text)
    if _ZONED.match(text):
        return _korean_day(pd.Timestamp(text))
    if named := _NAMED.search(text):  # in English, as feeds and interfaces do
        for written in (text, named[0]):
            with contextlib.suppress(ValueError):
                return _korean_day(pd.Timestamp(written))
        return DateSpan()
    for whole in (_DIGITS, _DIGITS_AND_TIME, _MONTH, _YEAR):
        if (match := whole.fullmatch(text)) and (span := _span(*match.groups())).is_known:
            return span
    if match := _HALF.fullmatch(text):
        first = _span(match[1], "1" if match[2] == "상" else "7").date_from
        return DateSpan(pd.NaT, first, first + pd.offsets.MonthEnd(6))
    if match := _DAY.search(text):
        return _span(*match.groups())
    if order == "ymd" and (match := _BARE_SHORT.match(text)):
        return _span("20" + match[1], match[3], match[4])
    if order in ("mdy", "dmy") and (match := _SLASHED.search(text)):
        first, second, year = match.groups()
        return _span(year, first, second) if order == "mdy" else _span(year, second, first)
    return _counted_day(text)


def _counted_day(text: str) -> DateSpan:
    """A count of days since 1899-12-30 (worksheets), or of (milli-)seconds since 1970."""
    if _SERIAL.fullmatch(text):
        return _korean_day(pd.Timestamp("1899-12-30") + pd.Timedelta(days=int(float(text))))
    if match := _EPOCH.fullmatch(text):
        unit = ("s", "ms", "us", "ns")[(len(match[1].lstrip("-")) - 8) // 3]
        return _korean_day(pd.Timestamp(int(match[1]), unit=unit, tz="UTC"))
    return DateSpan()


def _korean_day(moment: pd.Timestamp) -> DateSpan:
    moment = moment.tz_convert("Asia/Seoul") if moment.tzinfo else moment
    return _span(*moment.strftime("%Y-%m-%d").split("-"))


def bounds(documents: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """First and last day that each document may be of: its ``date``, or ``date_from, date_to``."""
    days = documents.reindex(columns=["date", "date_from", "date_to"]).astype("datetime64[us]")
    return days["date"].fillna(days["date_from"]), days["date"].fillna(days["date_to"])


def years(documents: pd.DataFrame) -> pd.Series:
    """Year of each document, also where the day is not known; <NA> where the year is not.

    >>> span = parse_date("1956.02")
    >>> years(pd.DataFrame([span, DateSpan()])).tolist()
    [1956, <NA>]
    """
    first, last = (days.dt.year for days in bounds(documents))
    return first.where(first == last).astype("Int64")


def date_told(document: Mapping, day: str = "{0.year}. {0.month}. {0.day}.") -> str:
    """What is known of a document's date, as readers see it; `day` is how a day is written.

    >>> [date_told(vars(parse_date(value))) for value in ("1956.02.03", "1956.02", "1956", "")]
    ['1956. 2. 3.', '1956년 2월', '1956년', '날짜 모름']
    """
    names = "date", "date_from", "date_to"
    date, first, last = (pd.Timestamp(document.get(name)) for name in names)
    if not pd.isna(date):
        return day.format(date)
    if pd.isna(first) or first.year != last.year:
        return "날짜 모름"
    return f"{first.year}년 {first.month}월" if first.month == last.month else f"{first.year}년"


def written_order(values: Iterable[object]) -> str:
    """Order of ``05/08/2026`` in a column when some value can be read one way only.

    Short days (``19.03.04``) are years first, as Korean writes them, when every such value of
    the column can be read so and, where no dots part them, one can not begin with a month.
    """
    texts = [str(value).strip() for value in values]
    pairs = [match for match in map(_SLASHED.match, texts) if match]
    is_day_first, is_month_first = (any(int(pair[n]) > 12 for pair in pairs) for n in (1, 2))
    if is_month_first != is_day_first:
        return "mdy" if is_month_first else "dmy"
    short = [text for text in texts if _BARE_SHORT.match(text)]
    is_told = any(text[2] == "." or int(text[:2]) > 12 for text in short)
    this_year = pd.Timestamp.now() + pd.Timedelta(days=366)
    is_year_first = all(parse_date(text, order="ymd").date <= this_year for text in short)
    return "ymd" if is_told and not pairs and is_year_first else ""


FAR_YEARS = 15
FAR_SHARE = 0.1
_MIN_DATED = 10


def far_dates(days: pd.Series) -> pd.Series:
    """True for a few days that a long gap parts from all others: a slip, or another collection.

    A gap is long when it is longer than :data:`FAR_YEARS` and than what the others span; few
    are at most :data:`FAR_SHARE` of the days. Missing days are never far.

    >>> far_dates(pd.to_datetime(pd.Series(["1959-03-04"] + ["2019-03-04"] * 20))).sum()
    np.int64(1)
    """
    known = days.dropna().sort_values()
    far = pd.Series(False, index=days.index)
    n_few = int(FAR_SHARE * len(known)) if len(known) >= _MIN_DATED else 0
    for ordered in (known, known[::-1]):
        spans = (ordered - ordered.iloc[-1:].max()).abs()  # of each day and those after it
        is_gap = ordered.diff().abs() > spans.clip(lower=pd.Timedelta(days=365.25 * FAR_YEARS))
        (at,) = is_gap.iloc[: n_few + 1].to_numpy().nonzero()
        far[ordered.index[: at.max(initial=0)]] = True
    return far


def filename_date(name: str) -> DateSpan:
    """The full date in a file name, if there is just one ("보도자료_20190422.txt").

    Also a day with a short year (``190422_``, ``(19.4.22)``), and at its start a month.
    """
    found = {match.groups() for match in _DAY.finditer(name.replace("_", "-"))}
    found |= {match.groups() for match in _IN_NAME.finditer(name)}
    if not found and (short := _SHORT_IN_NAME.search(name)):
        digits = short["digits"] or "".join(part.zfill(2) for part in short.groups()[1:])
        return parse_date(re.sub("(..)(..)(..)", r"'\1.\2.\3", digits))
    if not found and (start := _AT_START.match(name)):
        return parse_date(start[0])
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
