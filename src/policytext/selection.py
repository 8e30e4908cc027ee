"""Which of the documents read a comparison may use, step by step; the others stay and are shown."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from policytext.administrations import assign_administrations

MIN_HANGUL_SHARE = 0.5  # of letters; a text below it is a translation or a foreign text
KIND_NAMES = {"full": "전문", "excerpt": "발췌", "keywords": "키워드"}


def is_outside(documents: pd.DataFrame, start: str, end: str) -> pd.Series:
    """Documents known to lie outside a period; undated ones do not and are counted.

    Parameters
    ----------
    documents : DataFrame
        ``date``, and ``date_from, date_to`` where only a month or a year is known.
    start, end : str
        First and last day such as "2017-05-10"; empty for no limit.

    >>> days = pd.DataFrame({"date": pd.to_datetime(["2012-01-01", None])})
    >>> is_outside(days.assign(date_from=pd.NaT, date_to=pd.NaT), "2013-01-01", "").tolist()
    [True, False]
    """
    first = documents["date"].fillna(documents["date_from"])
    last = documents["date"].fillna(documents["date_to"])
    return (last < pd.Timestamp(start or "1900-01-01")) | (
        first > pd.Timestamp(end or "2200-01-01")
    )


def set_aside(documents: pd.DataFrame, text_kind: str = "") -> tuple[pd.DataFrame, list[tuple]]:
    """Take the administration from every document that no comparison may use.

    Parameters
    ----------
    documents : DataFrame
        With ``administration, months_in_office``, missing where they cannot be told, and
        ``text, date, speaker, text_kind``.
    text_kind : {"", "full", "excerpt", "keywords"}
        The kind to compare; empty for the most frequent one.

    Returns
    -------
    documents : DataFrame
        All rows, with the flags ``is_foreign, is_date_conflict, is_other_kind`` and
        ``removed_at``: the first step that took the administration away, empty if none did.
    steps : list of (str, int)
        Name of each step and the documents left after it.
    """
    step = "정부를 정할 수 있는 문서"
    documents = documents.assign(
        removed_at=np.where(documents["administration"].isna(), step, "").astype(object)
    )
    steps = [(step, _n_left(documents))]
    is_foreign = _hangul_share(documents["text"]) < MIN_HANGUL_SHARE
    documents = _flag(documents, "is_foreign", is_foreign, step := "한국어로 쓴 문서")
    steps.append((step, _n_left(documents)))
    step = "날짜와 연설자가 맞는 문서"
    documents = _flag(documents, "is_date_conflict", _date_conflicts(documents), step)
    steps.append((step, _n_left(documents)))
    kind = text_kind or _usual_kind(documents)
    step = f"글의 꼴이 같은 문서({KIND_NAMES[kind]})"
    documents = _flag(documents, "is_other_kind", documents["text_kind"] != kind, step)
    if documents["is_other_kind"].any():
        steps.append((step, _n_left(documents)))
    return documents, steps


def _n_left(documents: pd.DataFrame) -> int:
    return int(documents["administration"].notna().sum())


def _flag(documents: pd.DataFrame, flag: str, is_out: pd.Series, step: str) -> pd.DataFrame:
    """Mark documents: kept and shown, without administration."""
    return documents.assign(
        **{flag: is_out},
        removed_at=documents["removed_at"].mask(is_out & (documents["removed_at"] == ""), step),
        administration=documents["administration"].mask(is_out),
        months_in_office=documents["months_in_office"].mask(is_out),
    )


def _usual_kind(documents: pd.DataFrame) -> str:
    """The most frequent kind of text, one with a body if there is any."""
    known = documents[documents["administration"].notna()]
    counts = (documents if known.empty else known)["text_kind"].value_counts()
    bodies = counts.drop("keywords", errors="ignore")
    return (counts if bodies.empty else bodies).reindex(KIND_NAMES).fillna(0).idxmax()


def _hangul_share(texts: pd.Series) -> pd.Series:
    """Hangul among all letters; 1 for a text without letters."""
    n_hangul = texts.str.count("[가-힣]")
    n_letters = n_hangul + texts.str.count("[A-Za-z]")
    return (n_hangul / n_letters.where(n_letters > 0)).fillna(1.0)


def _date_conflicts(documents: pd.DataFrame) -> pd.Series:
    """True where the named speaker did not govern on the document's date.

    One of the two is wrong, and the text does not say which.
    """
    # An acting president governed that day, whatever group the study puts the day in.
    on_the_day = assign_administrations(documents)["administration"]
    rows = zip(documents["speaker"], documents["administration"], on_the_day, strict=True)
    conflicts = [
        bool(speaker.strip()) and pd.notna(label) and not _names(speaker, f"{label}({governs})")
        for speaker, label, governs in rows
    ]
    return pd.Series(conflicts, index=documents.index, dtype=bool)


def _names(speaker: str, labels: str) -> bool:
    """Whether a speaker, title and all, is one of the people in administration labels."""
    return any(name in speaker for name in re.split("[()]", labels) if name)
