"""When the officials whom a text names held office, to bound the date of the text."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pandas as pd

from policytext.readers.dates import DateSpan

REFERENCE = Path(__file__).resolve().parents[3] / "data" / "reference" / "officials.csv"


def official_span(text: str) -> DateSpan:
    """Bounds within which every official named with the office in `text` held it.

    Returns
    -------
    DataSpan
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
