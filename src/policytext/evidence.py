"""Concordances: every count opened as the sentences behind it."""

from __future__ import annotations

import difflib

import pandas as pd

EVIDENCE_COLUMNS = [
    "doc_id", "start", "end", "before", "match", "after",
    "date", "administration", "publisher", "url",
]  # fmt: skip


def concordance(
    documents: pd.DataFrame, tokens: pd.DataFrame, term: str, *, width: int = 40
) -> pd.DataFrame:
    """Show every occurrence of a term with the words around it (keyword in context).

    Parameters
    ----------
    documents : DataFrame
        Columns ``doc_id, text``; ``date, administration, publisher, url`` are carried
        over when present.
    tokens : DataFrame
        Columns ``doc_id, start, end, term`` with offsets into ``text``.
    term : str
        As it stands in ``tokens.term``.
    width : int
        Characters shown on either side, never beyond the line.

    Returns
    -------
    DataFrame
        ``doc_id, start, end, before, match, after, date, administration, publisher,
        url``: one row an occurrence, in the order of `documents`. A term that never
        occurs gives an empty table.

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": ["a"], "text": ["지역 창업을 돕는다"]})
    >>> tokens = pd.DataFrame({"doc_id": ["a"], "start": [3], "end": [5], "term": ["창업"]})
    >>> concordance(documents, tokens, "창업")[["before", "match", "after"]].to_numpy().tolist()
    [['지역 ', '창업', '을 돕는다']]
    """
    found = tokens.loc[tokens["term"] == term, ["doc_id", "start", "end"]]
    found = found.assign(doc_id=found["doc_id"].astype(object))
    carried = [name for name in EVIDENCE_COLUMNS[6:] if name in documents.columns]
    source = documents[["doc_id", "text", *carried]].assign(_order=range(len(documents)))
    rows = found.merge(source, on="doc_id").sort_values(["_order", "start"])
    places = list(zip(rows["text"], rows["start"], rows["end"], strict=True))
    rows = rows.assign(
        before=[
            text[max(0, start - width) : start].rpartition("\n")[2] for text, start, _ in places
        ],
        match=[text[start:end] for text, start, end in places],
        after=[text[end : end + width].partition("\n")[0] for text, _, end in places],
    )
    return rows.reindex(columns=EVIDENCE_COLUMNS).reset_index(drop=True)


def nearest_terms(tokens: pd.DataFrame, term: str, *, n: int = 3) -> list[str]:
    """Terms of the corpus spelled most like `term`, to suggest when it never occurs.

    Examples
    --------
    >>> nearest_terms(pd.DataFrame({"term": ["창조경제", "창업"]}), "창조 경제")
    ['창조경제']
    """
    return difflib.get_close_matches(term, tokens["term"].unique().tolist(), n=n, cutoff=0.6)
