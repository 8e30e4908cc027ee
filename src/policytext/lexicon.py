"""Compound terms and stop words: reading, and matching on raw text.

Terms are matched *before* morphological analysis, because an analyser that has cut
중소벤처기업부가 into 중소·벤처·기업·부가 cannot be repaired afterwards. This module
returns candidates; the analyser's own boundaries decide the doubtful ones.
"""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from ahocorasick_rs import AhoCorasick, Implementation

from policytext.mining import suggest_terms
from policytext.particles import is_followed_by_particle, is_particle_chain
from policytext.reference import REFERENCE

__all__ = [
    "COLUMNS", "KINDS", "MAX_SPACES", "REFERENCE", "Lexicon", "LexiconError", "drop_stopwords",
    "find_terms", "is_particle_chain", "read_lexicon", "read_stopwords", "select_matches",
    "suggest_terms",
]  # fmt: skip

KINDS = ("organisation", "programme", "industry", "slogan", "place", "concept")
COLUMNS = ("term", "kind", "canonical", "variants", "note")
MAX_SPACES = 6
_DOTS = "·ㆍ‧・•∙⋅･․"  # one middle dot, as different keyboards type it
_CANDIDATE_DTYPES = {
    "row": "int64", "start": "int64", "end": "int64", "term": "str",
    "starts_word": "bool", "followed_by_particle": "bool",
}  # fmt: skip


class LexiconError(ValueError):
    """A term table that cannot be used; the message lists every fault."""


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Compound terms, one row each.

    Attributes
    ----------
    table : DataFrame
        Columns ``term, kind, canonical, variants, note`` (str, empty when unknown).
        ``variants`` holds other spellings, separated by ``;``.
    sha256 : str
        Hash of the table, independent of row order; meant for cache keys.

    Examples
    --------
    >>> Lexicon(pd.DataFrame({"term": ["한국판 뉴딜"]})).surfaces["surface"].tolist()
    ['한국판 뉴딜', '한국판뉴딜']
    """

    table: pd.DataFrame
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        table = self.table.reindex(columns=list(COLUMNS)).fillna("").astype("str")
        lines = sorted("\x1f".join(row) for row in table.itertuples(index=False))
        digest = hashlib.sha256("\x1e".join(lines).encode("utf-8")).hexdigest()
        object.__setattr__(self, "table", table.reset_index(drop=True))
        object.__setattr__(self, "sha256", digest)

    @cached_property
    def surfaces(self) -> pd.DataFrame:
        """Every spelling that is matched: columns ``surface, term``."""
        rows = [
            (surface, term)
            for term, variants in zip(self.table["term"], self.table["variants"], strict=True)
            for surface in _spellings(term, variants)
        ]
        return pd.DataFrame(rows, columns=["surface", "term"], dtype="str")


def read_lexicon(path: str | Path | None = None, *paths: str | Path) -> Lexicon:
    """Read one or several term tables (CSV, UTF-8 with or without BOM) as one lexicon.

    Parameters
    ----------
    path : path, optional
        ``None`` is the lexicon shipped in ``data/reference``.
    *paths : path
        More tables to add to the first.

    Raises
    ------
    LexiconError
        Lists all faults of all files at once: unknown or missing columns, empty or
        one-letter terms, unknown kinds, a spelling that two entries claim.

    Examples
    --------
    >>> "창조경제혁신센터" in set(read_lexicon().table["term"])
    True
    """
    faults: list[str] = []
    records: list[dict[str, str]] = []
    for file in (Path(path or REFERENCE / "lexicon.csv"), *map(Path, paths)):
        records += _read_rows(file, COLUMNS, faults)
    owners: dict[str, str] = {}
    for record in records:
        faults += _entry_faults(record, owners)
    _raise_faults("용어 사전", faults)
    return Lexicon(pd.DataFrame(records, columns=list(COLUMNS)))


def find_terms(texts: Sequence[str], lexicon: Lexicon) -> pd.DataFrame:
    """Find every spelling of every term, overlapping ones included.

    Returns
    -------
    DataFrame
        ``row`` (position in `texts`), ``start``, ``end`` (character offsets),
        ``term``, ``starts_word`` (no letter or digit before the match),
        ``followed_by_particle`` (see :func:`policytext.particles.is_followed_by_particle`).
        These are candidates: pass them to :func:`select_matches`.

    Examples
    --------
    >>> lexicon = Lexicon(pd.DataFrame({"term": ["한국판 뉴딜"]}))
    >>> find_terms(["이제 한국판뉴딜은 시작됐다"], lexicon).values.tolist()
    [[0, 3, 8, '한국판 뉴딜', True, True]]
    """
    surfaces = lexicon.surfaces
    automaton = _automaton(tuple(surfaces["surface"]))
    terms = surfaces["term"].tolist()
    rows = [
        (row, at, end, terms[found], _starts_word(text, at), is_followed_by_particle(text, at, end))
        for row, text in enumerate(texts)
        for found, at, end in automaton.find_matches_as_indexes(text, overlapping=True)
    ]
    return pd.DataFrame(rows, columns=list(_CANDIDATE_DTYPES)).astype(_CANDIDATE_DTYPES)


def select_matches(
    candidates: pd.DataFrame, is_start_boundary: Sequence[bool], is_end_boundary: Sequence[bool]
) -> pd.DataFrame:
    """Keep the candidates that stand on boundaries and do not overlap.

    A start must be the start of a word or of a morpheme; an end must be followed by a
    word boundary, by particles, or by the start of a morpheme. Of overlapping ones the
    longest wins, then the leftmost.

    Parameters
    ----------
    candidates : DataFrame
        From :func:`find_terms`.
    is_start_boundary, is_end_boundary : sequence of bool
        Aligned with the rows: does a morpheme of the analyser begin at ``start``
        (at ``end``)?

    Returns
    -------
    DataFrame
        A subset of the rows, ordered by ``row, start``.

    Examples
    --------
    >>> lexicon = Lexicon(pd.DataFrame({"term": ["창조경제", "창조경제혁신센터", "기보"]}))
    >>> found = find_terms(["창조경제혁신센터와 전기보급"], lexicon)
    >>> no = [False] * len(found)
    >>> select_matches(found, no, no)["term"].tolist()
    ['창조경제혁신센터']
    """
    starts = candidates["starts_word"].to_numpy(bool) | np.asarray(is_start_boundary, bool)
    ends = candidates["followed_by_particle"].to_numpy(bool) | np.asarray(is_end_boundary, bool)
    kept = candidates[starts & ends].sort_values(["row", "start", "end"], kind="stable")
    if kept.empty:
        return kept.reset_index(drop=True)
    # Shift every text past the one before it, so that one running maximum finds overlaps.
    offset = kept["row"].to_numpy() * (int(kept["end"].max()) + 1)
    start, end = kept["start"].to_numpy() + offset, kept["end"].to_numpy() + offset
    opens = np.r_[True, start[1:] >= np.maximum.accumulate(end)[:-1]]
    first = np.flatnonzero(opens)
    last = np.r_[first[1:], len(kept)]
    keep = np.ones(len(kept), dtype=bool)
    for low, high in zip(first[last - first > 1], last[last - first > 1], strict=True):
        keep[low:high] = _longest_first(start[low:high].tolist(), end[low:high].tolist())
    return kept[keep].reset_index(drop=True)


def read_stopwords(path: str | Path | None = None) -> frozenset[str]:
    """Read stop words (columns ``term, reason``); ``None`` is the list shipped.

    Examples
    --------
    >>> "여러분" in read_stopwords(), "경제" in read_stopwords()
    (True, False)
    """
    faults: list[str] = []
    owners: dict[str, str] = {}
    rows = _read_rows(Path(path or REFERENCE / "stopwords.csv"), ("term", "reason"), faults)
    for row in rows:
        faults += _claim(row["term"], row["where"], owners)
    _raise_faults("불용어 목록", faults)
    return frozenset(row["term"] for row in rows)


def drop_stopwords(tokens: pd.DataFrame, stopwords: frozenset[str]) -> pd.DataFrame:
    """Tokens whose ``term`` is not a stop word.

    Examples
    --------
    >>> drop_stopwords(pd.DataFrame({"term": ["것", "혁신"]}), frozenset({"것"}))["term"].tolist()
    ['혁신']
    """
    return tokens[~tokens["term"].isin(stopwords)].reset_index(drop=True)


def _starts_word(text: str, start: int) -> bool:
    return start == 0 or not text[start - 1].isalnum() or text[start - 1] in _DOTS


@lru_cache(maxsize=8)
def _automaton(surfaces: tuple[str, ...]) -> AhoCorasick:
    return AhoCorasick(surfaces, implementation=Implementation.DFA)


def _spellings(term: str, variants: str) -> list[str]:
    """The term and its variants, with each inner space optional and any middle dot."""
    forms: dict[str, None] = {}
    for written in (term, *filter(None, (form.strip() for form in variants.split(";")))):
        words = re.sub(f"[{_DOTS}]", "·", written).split(" ")
        for gaps in product((" ", ""), repeat=len(words) - 1):
            form = "".join(map("".join, zip(words, (*gaps, ""), strict=True)))
            forms |= dict.fromkeys(form.replace("·", dot) for dot in _DOTS)
    return list(forms)


def _longest_first(starts: list[int], ends: list[int]) -> list[bool]:
    """Greedy choice in one cluster of overlapping intervals."""
    keep, taken = [False] * len(starts), []
    for i in sorted(range(len(starts)), key=lambda i: (starts[i] - ends[i], starts[i])):
        place = bisect_left(taken, (starts[i], ends[i]))
        clear_left = place == 0 or taken[place - 1][1] <= starts[i]
        clear_right = place == len(taken) or taken[place][0] >= ends[i]
        if clear_left and clear_right:
            insort(taken, (starts[i], ends[i]))
            keep[i] = True
    return keep


def _read_rows(file: Path, columns: Sequence[str], faults: list[str]) -> list[dict[str, str]]:
    """Rows of one CSV as clean text plus ``where``; adds what is wrong to `faults`."""
    try:
        with open(file, encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, restval="", strict=True)
            lines = [(reader.line_num, row) for row in reader]
            header = [_clean(name) for name in reader.fieldnames or []]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        faults.append(f"{file}: 읽을 수 없습니다({error}). UTF-8 CSV로 저장했는지 확인하세요.")
        return []
    place = f"{file.parent.name}/{file.name}"  # the name alone is shared by many studies
    if unknown := [name for name in header if name not in columns]:
        faults.append(f"{place} 1행: 모르는 열 {unknown}. {list(columns)}만 쓰세요.")
    if columns[0] not in header:
        faults.append(f"{place} 1행: '{columns[0]}' 열이 없습니다. 첫 행에 열 이름을 쓰세요.")
        return []
    rows = []
    for number, line in lines:
        where = f"{place} {number}행"
        if None in line:
            faults.append(f"{where}: 칸이 {len(header)}개보다 많습니다. 쉼표를 확인하세요.")
        cells = zip(header, list(line.values())[: len(header)], strict=True)
        row = {name: _clean(value) for name, value in cells}
        if any(row.values()):
            rows.append(dict.fromkeys(columns, "") | row | {"where": where})
    return rows


def _entry_faults(record: dict[str, str], owners: dict[str, str]) -> list[str]:
    where, term = record["where"], record["term"]
    faults = []
    if record["kind"] not in ("", *KINDS):
        faults.append(f"{where}: 모르는 kind '{record['kind']}'. {list(KINDS)} 가운데 쓰세요.")
    if not term:
        return [*faults, *_claim(term, where, owners)]
    written = [term, *filter(None, (form.strip() for form in record["variants"].split(";")))]
    for form in written:
        if len(form) < 2 or not any(map(str.isalnum, form)):
            faults.append(f"{where}: '{form}'은(는) 너무 짧습니다. 두 글자 이상으로 쓰세요.")
        if form.count(" ") > MAX_SPACES:
            faults.append(f"{where}: '{form}'의 띄어쓰기가 {MAX_SPACES}곳을 넘습니다. 줄여 쓰세요.")
            return faults
    for form in _spellings(term, record["variants"]):
        faults += _claim(form, where, owners)
    return faults


def _claim(surface: str, where: str, owners: dict[str, str]) -> list[str]:
    """Note that `where` spells `surface`; a fault if it is empty or already taken."""
    if not surface:
        return [f"{where}: 'term' 칸이 비어 있습니다. 낱말을 쓰거나 행을 지우세요."]
    if surface in owners:
        return [f"{where}: '{surface}' 표기가 {owners[surface]}과 겹칩니다. 하나만 남기세요."]
    owners[surface] = where
    return []


def _raise_faults(what: str, faults: list[str]) -> None:
    if faults:
        lines = "\n".join(f"- {fault}" for fault in faults)
        raise LexiconError(f"{what}에 고칠 곳이 {len(faults)}군데 있습니다.\n{lines}")


def _clean(value: str | None) -> str:
    return " ".join(unicodedata.normalize("NFC", value or "").split())
