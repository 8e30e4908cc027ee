"""Reports that may be passed on: no bodies, short snippets, few of them from one document.

The switch is a study's option ``report.share_safe``; a build hands it to its kernels through
the environment, so that whatever a cell shows passes through here.
"""

from __future__ import annotations

import os
from collections import Counter

import pandas as pd

VARIABLE = "POLICYTEXT_SHARE_SAFE"
WIDTH = 40  # characters of a snippet on either side, and of the match itself
LONGEST = 3 * WIDTH  # no longer run of any body stands in any file
PER_DOCUMENT = 3  # snippets of one document in one chapter
BODY_COLUMNS = ["text"]
RULE = (
    f"공유용: 본문을 싣지 않고, 근거는 앞뒤 {WIDTH}자까지, 한 장에서 글 하나에 "
    f"{PER_DOCUMENT}곳까지만 보인다"
)


def is_safe() -> bool:
    """Whether the report being built may be passed on."""
    return os.environ.get(VARIABLE) == "1"


def shorten(text: str, longest: int = LONGEST) -> str:
    """Cut a text at its end.

    >>> shorten("가나다라", 3)
    '가나…'
    """
    return text if len(text) <= longest else text[: longest - 1] + "…"


def snippets(rows: pd.DataFrame, shown: Counter) -> pd.DataFrame:
    """Evidence as it may be passed on: cut on both sides, few rows a document.

    Parameters
    ----------
    rows : DataFrame
        The evidence table; ``doc_id`` may be missing, and then all rows are one document.
    shown : Counter
        Rows shown so far by document; counted on.

    >>> rows = pd.DataFrame({"doc_id": ["a"] * 5, "before": "가" * 99, "match": "나", "after": ""})
    >>> kept = snippets(rows, Counter())
    >>> len(kept), len(kept["before"][0])
    (3, 40)
    """
    keep = []
    for doc_id in rows.get("doc_id", pd.Series("", index=rows.index)):
        shown[doc_id] += 1
        keep.append(shown[doc_id] <= PER_DOCUMENT)
    kept = rows[pd.Series(keep, index=rows.index, dtype=bool)]
    return kept.assign(
        before=kept["before"].astype(str).str[-WIDTH:],
        match=[shorten(str(match), WIDTH) for match in kept["match"]],
        after=kept["after"].astype(str).str[:WIDTH],
    )


def shareable(frame: pd.DataFrame) -> pd.DataFrame:
    """A table without bodies: their columns dropped, every other long text cut.

    >>> shareable(pd.DataFrame({"text": ["가"], "n": [1]})).columns.tolist()
    ['n']
    """
    frame = frame.drop(columns=BODY_COLUMNS, errors="ignore")
    if {"before", "match", "after"} <= set(frame.columns):
        frame = snippets(frame, Counter())
    return frame.map(lambda value: shorten(value) if isinstance(value, str) else value)
