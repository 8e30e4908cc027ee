"""Boilerplate learnt from the corpus: lines that a site sets around all of its pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set

import pandas as pd

from policytext.cleaning import normalise, text_hash

MIN_DOCUMENTS = 5
MIN_SHARE = 0.1
# Sites speak politely or in labels; "…했다." is an article's, unless half of them say it.
MIN_SHARE_PLAIN = 0.5
RULE = "되풀이된 줄"
# Speeches greet and close alike and chronicles are written to a pattern; neither is a web page.
PAGE_GENRES = ("press_release", "news", "other")
MIN_OWN = 0.2  # of a text: what it must say in lines of its own to count as another text
MIN_AT_EDGE = 0.8  # of the texts that hold a line

# Said to people, not set by a site, even where nobody wrote that the page is a speech.
_SPOKEN = re.compile(
    r"여러분|안녕하(?:십니까|세요)|반갑습니다|기원합니다|복 많이 받으|(?:감사|고맙)\w{1,3}[.!]?$"
)
_PLAIN = re.compile(r"(?<!니)다[.]?[”\"’']*[.]$")
_DATE = re.compile(r"[\d\W_년월일시분초화수목금토요오전후]*")
_SUBHEAD = re.compile(r"[□■◇◆○●◎❍❏▣ㅇ①-⑳Ⅰ-Ⅻ<〈《【]|\d{1,2}[.)]|[가-하][.)] ")


def repeated_lines(
    documents: pd.DataFrame, *, min_documents: int = MIN_DOCUMENTS, min_share: float = MIN_SHARE
) -> pd.DataFrame:
    """Lines that stand around many different texts of one publisher: the site's, not the texts'.

    A line is taken when it stands in enough texts of the publisher and, in four of five of
    them, above or below everything the text has of its own. Subheadings above a text, dates
    and what is said to an audience ("감사합니다.") are never taken, and a sentence in the
    style of articles ("…했다.") only when it stands in half of the texts.

    Parameters
    ----------
    documents : DataFrame
        With ``publisher, text``; ``title, genre, text_kind`` are used when present. Nothing
        is learnt from documents without a publisher, from speeches and chronicles, and from
        excerpts and keywords.
    min_documents, min_share : int, float
        Least number, and least share of the publisher's different texts, that hold the line.
        Texts that hardly differ but in common lines (under a fifth of their characters) do
        not count, so a release printed many times is not taken for boilerplate.

    Returns
    -------
    DataFrame
        ``publisher, line, n_documents, share``, the most frequent first.

    Examples
    --------
    >>> texts = [f"글 {i}이다.\\n구독하세요" for i in range(10)]
    >>> pages = pd.DataFrame({"publisher": "가", "text": texts})
    >>> repeated_lines(pages)[["line", "n_documents"]].values.tolist()
    [['구독하세요', 10]]
    """
    pages = documents[_is_page(documents) & (documents["publisher"] != "")]
    pages = pages.reindex(columns=["publisher", "title", "text"]).fillna("").drop_duplicates()
    rows = []
    for publisher, group in pages.groupby("publisher"):
        if len(group) < min_documents:
            continue
        texts = [text.split("\n") for text in group["text"]]
        common = _common(texts, min_documents, min_share)
        own = pd.Series([_own(lines, common) for lines in texts], group.index)
        differs = (own.str.len() >= MIN_OWN * group["text"].str.len()) & ~own.duplicated()
        texts = [lines for lines, keep in zip(texts, differs, strict=True) if keep]
        titles = group.loc[differs, "title"]
        common = _common(texts, min_documents, min_share)
        at_edge = Counter()
        for lines, title in zip(texts, titles, strict=True):
            at_edge.update(_around(lines, common.keys() | {title.strip()}) & common.keys())
        rows += [
            (publisher, line, n, n / len(texts))
            for line, n in common.items()
            if at_edge[line] >= MIN_AT_EDGE * n
        ]
    table = pd.DataFrame(rows, columns=["publisher", "line", "n_documents", "share"])
    return table.sort_values(
        ["n_documents", "publisher", "line"], ascending=[False, True, True], ignore_index=True
    )


def drop_lines(documents: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Documents without the ``publisher, line`` pairs of `lines`; hashes are made again.

    Documents of the kinds that teach nothing (see :func:`repeated_lines`) stay as they are.

    Examples
    --------
    >>> page = pd.DataFrame({"publisher": ["가"], "text": ["글이다.\\n구독하세요"]})
    >>> drop_lines(page, pd.DataFrame({"publisher": ["가"], "line": ["구독하세요"]}))["text"][0]
    '글이다.'
    """
    dropped = lines.groupby("publisher")["line"].agg(set).to_dict()
    touched = _is_page(documents) & documents["publisher"].isin(dropped)
    pages = documents[touched]
    texts = [
        normalise("\n".join(line for line in text.split("\n") if line not in dropped[publisher]))
        for publisher, text in zip(pages["publisher"], pages["text"], strict=True)
    ]
    text = documents["text"].copy()
    text[touched] = texts
    return documents.assign(text=text, text_sha256=text.map(text_hash).astype("str"))


def drop_repeated_lines(
    documents: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Learn the repeated lines of `documents` and take them out, everything accounted for.

    Parameters
    ----------
    documents : DataFrame
        With ``publisher, text, source_file``, and as :func:`repeated_lines` takes them.

    Returns
    -------
    DataFrame, DataFrame, DataFrame
        Documents that still say something; ``publisher, rule, n_lines, example``, one row a
        publisher that lost lines, with the three most frequent; and ``source_file, row,
        reason`` of documents that held nothing else.

    Examples
    --------
    >>> texts = [f"글 {i}이다.\\n구독" for i in range(5)] + ["구독"]
    >>> pages = pd.DataFrame({"publisher": "가", "text": texts, "source_file": "면.jsonl"})
    >>> kept, removed, emptied = drop_repeated_lines(pages)
    >>> len(kept), removed.values.tolist(), len(emptied)
    (5, [['가', '되풀이된 줄', 6, '구독']], 1)
    """
    lines = repeated_lines(documents)
    removed = _count_lines(documents[_is_page(documents)], lines)
    documents = drop_lines(documents, lines)
    is_empty = documents["text"] == ""
    emptied = documents.loc[is_empty, ["source_file"]].assign(
        row=pd.array([pd.NA] * int(is_empty.sum()), dtype="Int64"),
        reason="매체가 되풀이하는 줄만 있고 본문이 없습니다. 원문을 확인하세요.",
    )
    return documents[~is_empty].reset_index(drop=True), removed, emptied


def _count_lines(pages: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for publisher, group in lines.groupby("publisher")["line"]:
        named = set(group)
        texts = pages.loc[pages["publisher"] == publisher, "text"]
        counts = Counter(line for text in texts for line in text.split("\n") if line in named)
        examples = " / ".join(line[:80] for line, _ in counts.most_common(3))
        rows.append((publisher, RULE, counts.total(), examples))
    return pd.DataFrame(rows, columns=["publisher", "rule", "n_lines", "example"])


def _is_page(documents: pd.DataFrame) -> pd.Series:
    is_page = pd.Series(True, index=documents.index)
    if "genre" in documents:
        is_page &= documents["genre"].isin(PAGE_GENRES)
    return is_page & (documents["text_kind"] == "full") if "text_kind" in documents else is_page


def _common(texts: list[list[str]], min_documents: int, min_share: float) -> dict[str, int]:
    """Lines that enough of the texts hold, with how many do."""
    counts = Counter(line for lines in texts for line in set(lines) if line)
    shares = {True: max(min_share, MIN_SHARE_PLAIN), False: min_share}
    return {
        line: n
        for line, n in counts.items()
        if n >= max(min_documents, shares[_PLAIN.search(line) is not None] * len(texts))
        and not _DATE.fullmatch(line)
        and not _SPOKEN.search(line)
    }


def _own(lines: list[str], common: dict[str, int]) -> str:
    return "\n".join(line for line in lines if line not in common)


def _around(lines: list[str], passed: Set[str]) -> set[str]:
    """Lines above and below what a text has of its own; dates and its title hide nothing."""
    above, below = (_run(ordered, passed) for ordered in (lines, lines[::-1]))
    return {line for line in above if not _SUBHEAD.match(line)} | below


def _run(lines: list[str], passed: Set[str]) -> set[str]:
    found = set()
    for line in lines:
        if line not in passed and not _DATE.fullmatch(line):
            break
        found.add(line)
    return found
