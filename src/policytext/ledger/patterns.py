"""The words and patterns by which figures, promises and speakers are told, and who bears a name.

They (counters, qualifiers, verbs of speech) are rows of CSVs in ``data/reference``, where a
researcher can add one. A pattern there is a regular expression in which ``{ㄴ}`` stands for any
syllable that ends in that consonant.
"""

from __future__ import annotations

import re
from functools import cache

import pandas as pd

from policytext.administrations import REFERENCE, known_names, read_reference
from policytext.words.lexicon import Lexicon, read_lexicon, read_regions

NATION = "전국"
_SIGNS = ("㈜{}", "(주){}", "주식회사 {}", "‘{}’", "“{}”", '"{}"', "{}커뮤니케이션")
_FINALS = {"ㄴ": 4, "ㄹ": 8, "ㅁ": 16, "ㅆ": 20}
_NOT_PAST = "있겠"


def reference_table(name: str, columns: str) -> pd.DataFrame:
    return read_reference(REFERENCE / f"{name}.csv", columns)


def words_of(kind: str) -> frozenset[str]:
    """The words of a kind in ``figure-words.csv``."""
    table = reference_table("figure-words", "word kind")
    return frozenset(table.loc[table["kind"] == kind, "word"])


def notes_of(kind: str, type_: type = int) -> dict:
    table = reference_table("figure-words", "word kind note")
    return table[table["kind"] == kind].set_index("word")["note"].astype(type_).to_dict()


@cache
def partners() -> frozenset[str]:
    """Firms that stood beside a centre when it opened."""
    cells = reference_table("centres", "partner_at_launch")["partner_at_launch"]
    return frozenset(name.strip() for cell in cells for name in re.split("[;,/]", cell)) - {""}


@cache
def countries() -> dict[str, str]:
    """How other countries are called, and each one's name; "" for words of one's own country."""
    table = reference_table("countries", "country names")
    rows = zip(table["country"], table["names"].str.split(";"), strict=True)
    return {form: country for country, names in rows for form in names}


def any_of(words) -> str:
    """A pattern of some words, the longest first."""
    return "|".join(sorted(sorted(map(re.escape, words)), key=len, reverse=True))  # of sets, too


def written_out(pattern: str) -> str:
    """A pattern with the syllables that its ``{ㄴ}`` stands for."""

    def syllables(match: re.Match) -> str:
        final, known = match[1], range(0xAC00, 0xD7A4)
        found = [chr(c) for c in known if (c - 0xAC00) % 28 == _FINALS[final]]
        return f"[{''.join(c for c in found if final != 'ㅆ' or c not in _NOT_PAST)}]"

    return re.sub(r"\{([ㄴㄹㅁㅆ])\}", syllables, pattern)


def _patterns() -> dict[str, re.Pattern]:
    """``patterns.csv``: rows of one name are alternatives, ``«name»`` stands for a pattern above."""
    known = {"units": any_of(COUNTERS), "days": any_of(DAYS), "deeds": any_of(words_of("deed"))}
    speech = reference_table("speech", "word kind").groupby("kind")["word"]
    known |= {f"speech {kind}": any_of(words) for kind, words in speech}
    abroad = (name for name, country in countries().items() if country)
    known |= {"partners": any_of(partners()), "acts": any_of(ACTS), "abroad": any_of(abroad)}
    for name, rows in reference_table("patterns", "name pattern").groupby("name", sort=False)[
        "pattern"
    ]:
        known[name] = re.sub("«([^»]+)»", lambda match: known[match[1]], "|".join(rows))
    return {name: re.compile(pattern) for name, pattern in known.items()}


@cache
def scope_lexicon() -> tuple[Lexicon, dict[str, str]]:
    """Names that say whose or where: regions and organisations, with the name each stands for."""
    table = read_lexicon().table
    lexicon = Lexicon(table[table["kind"].isin(["organisation", "place"])])
    owner = dict(lexicon.owners)
    regions = read_regions()
    for region, forms in zip(regions["region"], regions["names"], strict=True):
        owner |= {form: region for form in forms.split(";")}
    for name in known_names() - {*owner}:  # 다음에: a word needs the sign of a firm
        signs = _SIGNS if name in plain_words() else ["{}"]
        owner |= {sign.format(name): name for sign in signs}
    owner |= {NATION: NATION, "수도권": "수도권", "비수도권": "비수도권"}
    return lexicon.with_terms(sorted(owner.keys() - lexicon.owners.keys())), owner


@cache
def plain_words() -> frozenset[str]:
    """Stop words: what is also a name, like 다음, seldom means its bearer."""
    return frozenset(reference_table("stopwords", "term")["term"])


def sentence_edges(text: str) -> list[int]:
    """Where sentences begin, and the text's end.

    >>> sentence_edges("문을 열었다. 3.5억 원이다.")
    [0, 8, 17]
    """
    return [0, *(match.end() for match in PATTERNS["sentence"].finditer(text)), len(text)]


DAYS = notes_of("day")
ACTS = notes_of("act", str)  # what is done to a thing, by words that may stand for each other
COUNTERS = {counter: (unit, float(factor)) for counter, unit, factor, *_ in
             reference_table("counters", "counter unit factor").itertuples(index=False)}  # fmt: skip
PATTERNS = _patterns()
