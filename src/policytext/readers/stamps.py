"""When a page was published: its own stamps, its lead, the officials it names."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pandas as pd

from policytext.readers import rules
from policytext.readers.dates import DateSpan, parse_date

REFERENCE = Path(__file__).resolve().parents[3] / "data" / "reference" / "officials.csv"
_FULL_DAY = re.compile(r"(20\d\d)년 ?(\d{1,2})월 ?(\d{1,2})일")
_MONTH_DAY = re.compile(r"(?<![\d년])\s?(\d{1,2})월 ?(\d{1,2})일")
_SAID = re.compile(r"(?:밝혔|발표했|개최했|열었|말했|전했|가졌|체결했|알렸|출범했|개소했|참석했)다")


def best_stamp(stamps: list[tuple[int, DateSpan]]) -> DateSpan:
    """The first date that the page carries as its own, an edit only when there is no other."""
    return max(stamps, key=lambda stamp: stamp[0], default=(0, DateSpan()))[1]


def find_stamps(line: str, *, is_inside: bool = False) -> list[tuple[int, DateSpan]]:
    """Dates that the page itself carries: 2 for first published, 1 for edited."""
    if len(line) > 120 or rules.SENTENCE.search(line) or rules.MASTHEAD.search(line):
        return []
    found = []
    for weight, pattern in ((1, rules.EDITED), (2, rules.STAMP)):
        if match := pattern.search(line):
            found.append((weight, parse_date(line[match.end() : match.end() + 30])))
    if not found and not is_inside and rules.BARE_STAMP.match(line):
        found.append((2, parse_date(line)))
    return [(weight, span) for weight, span in found if span.is_known]


def date_in_text(title: str, body: list[str]) -> tuple[DateSpan, str, str]:
    """A full date in the lead, or the bounds that named officials set; basis and a note."""
    lead = " ".join([line for line in body if rules.is_paragraph(line)][:2])[:600]
    full = {match.groups() for match in _FULL_DAY.finditer(lead)}
    if len(full) == 1 and re.search(
        _FULL_DAY.pattern + r"(?:(?!다\.).){0,200}?" + _SAID.pattern, lead
    ):
        return parse_date("-".join(full.pop())), "text", "첫머리 문장의 날짜를 썼습니다."
    bounds = official_span(" ".join([title, *body]))
    if not bounds.is_known:
        return bounds, "unknown", ""
    note = "이름이 나온 공직자의 재임 기간으로 날짜의 범위를 정했습니다."
    return _completed(lead, bounds), "text", note


def _completed(lead: str, bounds: DateSpan) -> DateSpan:
    """A month and day in the lead, if just one year of the bounds has it before their end."""
    match = _MONTH_DAY.search(lead)
    if not match or pd.isna(bounds.date_to):
        return bounds
    years = range(bounds.date_from.year, bounds.date_to.year + 1)
    spans = [parse_date(f"{year}-{match[1]}-{match[2]}") for year in years]
    inside = [s for s in spans if s.is_known and bounds.date_from <= s.date <= bounds.date_to]
    return inside[0] if len(inside) == 1 else bounds


def official_span(text: str) -> DateSpan:
    """Bounds within which every official named with the office in `text` held it.

    Returns
    -------
    DateSpan
        Without a day; NaT bounds when nobody of the table is named or terms do not meet.
    """
    terms = [
        [term for term in terms if _names(text, name, term)]
        for name, terms in _officials().items()
        if name in text
    ]
    # Who held two offices is bounded by the first day of one and the last of the other.
    spans = [(min(t[1] for t in held), max(t[2] for t in held)) for held in terms if held]
    if not spans:
        return DateSpan()
    first, last = max(span[0] for span in spans), min(span[1] for span in spans)
    return DateSpan(pd.NaT, first, last) if first <= last else DateSpan()


def _names(text: str, name: str, term: tuple) -> bool:
    """Matches "홍길동 (가나부) 장관" or "가나부 장관(홍길동)"; not a former or coming one."""
    rank = re.escape(term[0])
    office = rf"\s?(?:[가-힣]{{2,12}}\s?){{0,2}}{rank}(?!\s?(?:후보|내정))"
    before = rf"(?<!전 )(?<!前 )(?<![가-힣]){name}{office}"
    after = rf"{rank}\s?\(\s?{name}\s?\)"
    return re.search(f"{before}|{after}", text) is not None


@lru_cache(maxsize=1)
def _officials() -> dict[str, list[tuple]]:
    if not REFERENCE.is_file():
        return {}
    table = pd.read_csv(REFERENCE, dtype="str", encoding="utf-8", keep_default_na=False)
    terms: dict[str, list[tuple]] = {}
    for row in table.itertuples():
        end = pd.Timestamp(row.end or "2100-12-31")
        terms.setdefault(row.name, []).append((row.rank, pd.Timestamp(row.start), end))
    return terms
