"""Concordances: every count opened as the sentences behind it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

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
    source = documents[["doc_id", "text", *carried]].reset_index(drop=True)
    source = source.assign(_order=source.index)
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


def co_occurrences(
    documents: pd.DataFrame, tokens: pd.DataFrame, one: str, other: str, *, width: int = 40
) -> pd.DataFrame:
    """Where two terms stand nearest to each other, in every document that has both.

    Parameters
    ----------
    documents, tokens, width
        As for :func:`concordance`.
    one, other : str
        As they stand in ``tokens.term``.

    Returns
    -------
    DataFrame
        The evidence table, one row a document, in the order of `documents`. ``match`` goes
        from the first term to the second; what lies between is cut where it is longer than
        `width`.

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": ["a"], "text": ["지역 창업과 벤처"]})
    >>> tokens = pd.DataFrame({"doc_id": "a", "start": [3, 7], "end": [5, 9],
    ...     "term": ["창업", "벤처"]})
    >>> co_occurrences(documents, tokens, "벤처", "창업")[["before", "match"]].values.tolist()
    [['지역 ', '창업과 벤처']]
    """
    places = tokens[["doc_id", "start", "end", "term"]].astype({"doc_id": object, "term": object})
    sides = (places[places["term"] == term].drop(columns="term") for term in (one, other))
    pairs = pd.merge(*sides, on="doc_id", suffixes=("", "_other"))
    last_start, first_end = (
        pairs[["start", "start_other"]].max(axis=1),
        pairs[["end", "end_other"]].min(axis=1),
    )
    pairs = pairs.assign(gap=last_start - first_end)
    pairs = pairs.sort_values(["gap", "start"]).drop_duplicates("doc_id")
    span = pd.DataFrame(
        {
            "doc_id": pairs["doc_id"],
            "term": "",
            "start": pairs[["start", "start_other"]].min(axis=1),
            "end": pairs[["end", "end_other"]].max(axis=1),
        }
    )
    rows = concordance(documents, span, "", width=width)
    inner = pairs.set_index("doc_id")
    inner = inner[["end", "end_other"]].min(axis=1), inner[["start", "start_other"]].max(axis=1)
    heads, tails = (rows["doc_id"].map(side) for side in inner)
    gaps = zip(rows["match"], heads - rows["start"], tails - rows["start"], strict=True)
    cut = [m if b - a <= width else f"{m[:a]} … {m[b:]}" for m, a, b in gaps]
    return rows.assign(match=cut)


def openings(documents: pd.DataFrame, *, width: int = 90) -> pd.DataFrame:
    """The evidence of a count of documents: title marked, beginning of the text after it.

    Parameters
    ----------
    documents : DataFrame
        Columns ``doc_id, title, text``; others as for :func:`concordance`.
    width : int
        Characters of the text; a text that begins with its title does not repeat it.

    Returns
    -------
    DataFrame
        The evidence table, one row a document.

    Examples
    --------
    >>> rows = openings(pd.DataFrame({"doc_id": ["a"], "title": ["가"], "text": ["가\\n나다"]}))
    >>> rows[["match", "after"]].to_numpy().tolist()
    [['가', ': 나다']]
    """
    pairs = zip(documents["title"], documents["text"], strict=True)
    bodies = [" ".join(text.removeprefix(title).split()) for title, text in pairs]
    bodies = [body if len(body) <= width else f"{body[:width]}…" for body in bodies]
    rows = documents.assign(
        start=0, end=0, before="", match=documents["title"],
        after=[f": {body}" if body else "" for body in bodies],
    )  # fmt: skip
    return rows.reindex(columns=EVIDENCE_COLUMNS).reset_index(drop=True)


def occurrences(
    documents: pd.DataFrame, tokens: pd.DataFrame, terms: Iterable[str]
) -> pd.DataFrame:
    """How often each term stands in each document: what every shown count adds up from.

    Returns
    -------
    DataFrame
        ``term, doc_id, n, date, administration, publisher, url``: the sum of ``n`` is the
        term's count and the number of rows its number of documents. Terms keep their order,
        documents that of `documents`.

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": ["a", "b"]})
    >>> tokens = pd.DataFrame({"doc_id": ["b", "b", "a"], "term": ["가", "가", "나"]})
    >>> occurrences(documents, tokens, ["가"])[["term", "doc_id", "n"]].to_numpy().tolist()
    [['가', 'b', 2]]
    """
    terms = list(terms)
    found = tokens.loc[tokens["term"].isin(terms), ["term", "doc_id"]].astype(str)
    counts = found.value_counts().rename("n").reset_index()
    carried = [name for name in EVIDENCE_COLUMNS[6:] if name in documents.columns]
    source = documents[["doc_id", *carried]].reset_index(drop=True)
    source = source.assign(_order=range(len(source)))
    rows = counts.merge(source.astype({"doc_id": str}), on="doc_id")
    rows["_term"] = rows["term"].map({term: place for place, term in enumerate(terms)})
    return rows.sort_values(["_term", "_order"], ignore_index=True).drop(
        columns=["_term", "_order"]
    )


def nearest_terms(tokens: pd.DataFrame, term: str, *, n: int = 3) -> list[str]:
    """Terms of the corpus spelled most like `term`, to suggest when it never occurs.

    Examples
    --------
    >>> nearest_terms(pd.DataFrame({"term": ["창조경제", "창업"]}), "창조 경제")
    ['창조경제']
    """
    return difflib.get_close_matches(term, tokens["term"].unique().tolist(), n=n, cutoff=0.6)
