"""What an organisation was called on a day, and whether it existed.

Both answers come from ``organisations.csv`` and ``aliases.csv`` in ``data/reference``.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from policytext.reference import REFERENCE, one_day, read_reference


def canonical_name(name: str, date: object = None, *, folder: str | Path | None = None) -> str:
    """One name for one actor over time: the latest name its line of succession reached.

    An alias becomes the full name it stood for on ``date``; the full name is then followed
    through ``organisations.csv``. Of a name used twice the use alive on ``date`` is followed,
    else the last one before it. What the tables cannot settle comes back as written: unknown
    names, aliases marked ambiguous or not valid on ``date``, and, without a ``date`` (None or
    NaT), names whose uses end in different actors. ``folder`` holds the two tables.

    Examples
    --------
    >>> canonical_name("다음", "2012-01-01"), canonical_name("혁신센터", "2015-01-01")
    ('카카오', '혁신센터')
    """
    day = one_day(date, "date")
    written = unicodedata.normalize("NFC", name).strip()
    lives = _organisations(str(folder or REFERENCE))
    ends = {_last_name(lives, full, day) for full in _full_names(written, day, folder)}
    return ends.pop() if len(ends) == 1 else written


def exists_on(name: str, date: object, *, folder: str | Path | None = None) -> bool | None:
    """Whether an organisation of this name (or alias) existed on a day: a zero may be structural.

    None when the tables do not tell: an unknown name, an ambiguous alias, no date, or a day
    before the end of a name whose beginning is not in the table.

    Examples
    --------
    >>> [exists_on("다음카카오", day) for day in ("2014-09-30", "2014-10-01")]
    [False, True]
    """
    day = one_day(date, "date")
    written = unicodedata.normalize("NFC", name).strip()
    known = _organisations(str(folder or REFERENCE))
    lives = [life for full in _full_names(written, day, folder) for life in known.get(full, ())]
    if day is None or not lives:
        return None
    held = [life for life in lives if life.holds(day)]
    return None if held and all(life.born is None for life in held) else bool(held)


def known_names(*, folder: str | Path | None = None) -> frozenset[str]:
    """Every name and alias in the tables.

    Examples
    --------
    >>> "다음카카오" in known_names()
    True
    """
    key = str(folder or REFERENCE)
    canonical = {row[0] for rows in _aliases(key).values() for row in rows}
    return frozenset({*_organisations(key), *_aliases(key), *canonical})


def change_days(name: str, *, folder: str | Path | None = None) -> list[pd.Timestamp]:
    """Days on which the answer of :func:`exists_on` may change, in order.

    Examples
    --------
    >>> [str(day.date()) for day in change_days("다음카카오")]
    ['2014-10-01', '2015-09-23']
    """
    key = str(folder or REFERENCE)
    days = set()
    for full, first, last, _ in _aliases(key).get(name, [(name, pd.NaT, pd.NaT, "no")]):
        days |= {first, last + pd.Timedelta(days=1)}
        for life in _organisations(key).get(full, ()):
            days |= {life.born, life.ended}
    return sorted(day for day in days if not pd.isna(day))


class _Life(NamedTuple):
    """One uninterrupted use of a name; ``heir`` is the name that followed it."""

    born: pd.Timestamp | None
    ended: pd.Timestamp | None
    heir: str

    def holds(self, day: pd.Timestamp) -> bool:
        return (self.born is None or self.born <= day) and (self.ended is None or day < self.ended)


@lru_cache(maxsize=8)
def _organisations(folder: str) -> dict[str, list[_Life]]:
    path = str(Path(folder) / "organisations.csv")
    births, deaths = defaultdict(set), defaultdict(dict)
    table = read_reference(path, "from to effective", "effective")
    for old, new, day in table[["from", "to", "effective"]].itertuples(index=False):
        births[new].add(day)
        if old and deaths[old].setdefault(day, new) != new:
            raise ValueError(
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


@lru_cache(maxsize=8)
def _aliases(folder: str) -> dict[str, list[tuple]]:
    path = str(Path(folder) / "aliases.csv")
    columns = ["canonical", "valid_from", "valid_to", "ambiguous"]
    table = read_reference(path, " ".join(["alias", *columns]), "valid_from valid_to")
    rows = table.groupby("alias")[columns]
    return {alias: list(part.itertuples(index=False, name=None)) for alias, part in rows}


def _full_names(name: str, day: pd.Timestamp | None, folder: str | Path | None) -> list[str]:
    rows = _aliases(str(folder or REFERENCE)).get(name, [(name, pd.NaT, pd.NaT, "no")])
    return [
        full
        for full, first, last, ambiguous in rows
        if ambiguous != "yes" and (day is None or not (day < first or day > last))
    ]


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
