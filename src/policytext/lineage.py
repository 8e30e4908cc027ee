"""Press-release lineage: who printed a text first, who printed it again, how much of it.

Works inside families (:mod:`policytext.families`) only, so its cost grows with the copies and
not with the corpus. "First" means first in this corpus and by date alone: a ministry's page is
not taken for the origin because it is a ministry's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from policytext.evidence import EVIDENCE_COLUMNS

FAMILY_COLUMNS = [
    "family_id", "title", "first_date", "first_publisher", "first_basis", "n_documents",
    "n_publishers", "days_spread", "share_copied", "doc_ids",
]  # fmt: skip
BASES = {"dated": "날짜", "same_day": "첫날 여러 곳", "undated": "날짜 모르는 글 있음"}
WIDTH = 60  # characters on either side of a passage
PUBLISHER_COLUMNS = ["publisher", "n_first", "n_copied", "n_unknown", "share_copied_mean"]

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+|\n")
_NOT_A_LETTER = re.compile(r"[\W_]+")


def lineage(documents: pd.DataFrame) -> pd.DataFrame:
    """Describe every family of more than one document.

    Parameters
    ----------
    documents : DataFrame
        ``doc_id, family_id, title, text, date, publisher``; ``date_from`` (earliest possible
        day of a document known by month or year) is used when present.

    Returns
    -------
    DataFrame
        The largest family first: ``family_id``; ``title`` and ``first_date`` of the earliest
        dated document; ``first_publisher``, missing unless ``first_basis`` is "dated"
        ("same_day": several publishers on the first day; "undated": a document whose date is
        not known may be earlier); ``n_documents, n_publishers``; ``days_spread``, days from
        first to last date (missing with fewer than two); ``share_copied``, the mean share
        of sentences of the other documents that stand in the earliest one, spaces and
        punctuation aside; ``doc_ids``, a tuple in order of date.

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "family_id": "a", "title": ["가", "나"],
    ...     "text": ["문을 열었다. 길을 냈다.", "문을  열었다. 다리를 놓았다."],
    ...     "date": pd.to_datetime(["2015-03-02", "2015-03-04"]), "publisher": ["갑", "을"]})
    >>> lineage(documents)[["first_publisher", "days_spread", "share_copied"]].values.tolist()
    [['갑', 2.0, 0.5]]
    """
    members = _members(documents)
    known = members["publisher"].mask(members["publisher"] == "")
    by_family = members.assign(publisher_known=known).groupby("family_id", sort=False)
    first = by_family.head(1).set_index("family_id")
    table = pd.DataFrame(
        {
            "title": first["title"],
            "first_date": first["date"],
            "first_publisher": first["publisher"].where(first["basis"] == "dated"),
            "first_basis": first["basis"],
            "n_documents": by_family.size(),
            "n_publishers": by_family["publisher_known"].nunique(),
            "days_spread": by_family["date"].max() - by_family["date"].min(),
            "share_copied": _shares(members).groupby(members["family_id"]).mean(),
            "doc_ids": by_family["doc_id"].agg(tuple),
        }
    )
    table["first_publisher"] = table["first_publisher"].mask(table["first_publisher"] == "")
    days = table["days_spread"] / pd.Timedelta(days=1)
    table["days_spread"] = days.where(by_family["date"].count() > 1)
    table = table.rename_axis("family_id").reset_index()[FAMILY_COLUMNS]
    return table.sort_values(
        ["n_documents", "first_date", "family_id"], ascending=[False, True, True], ignore_index=True
    )


def publishers(documents: pd.DataFrame) -> pd.DataFrame:
    """Who publishes first and who prints others' texts again.

    Parameters
    ----------
    documents : DataFrame
        As for :func:`lineage`.

    Returns
    -------
    DataFrame
        One row a publisher of a family that at least two publishers share: ``n_first``
        families it published first, ``n_copied`` documents it published after another,
        ``n_unknown`` documents in families whose first is not known, and
        ``share_copied_mean`` over the copied ones (missing when there are none). A
        publisher's own second printings are counted nowhere.

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "family_id": "a", "title": "",
    ...     "text": "문을 열었다.", "date": pd.to_datetime(["2015-03-02", "2015-03-04"]),
    ...     "publisher": ["갑", "을"]})
    >>> publishers(documents)[["publisher", "n_first", "n_copied"]].values.tolist()
    [['갑', 1, 0], ['을', 0, 1]]
    """
    members = _members(documents)
    members = members.assign(share_copied=_shares(members))
    named = members[members["publisher"] != ""]
    shared = named.groupby("family_id")["publisher"].transform("nunique") > 1
    first = members.groupby("family_id")["publisher"].transform("first")
    is_known = (members["basis"] == "dated") & (first != "")
    named, first, is_known = (part.loc[named.index[shared]] for part in (named, first, is_known))
    is_copied = is_known & (named["publisher"] != first)
    table = pd.DataFrame(
        {
            "publisher": named["publisher"],
            "n_first": is_known & ~named["family_id"].duplicated() & ~is_copied,
            "n_copied": is_copied,
            "n_unknown": ~is_known,
            "share_copied_mean": named["share_copied"].where(is_copied),
        }
    )
    counted = {"n_first": "sum", "n_copied": "sum", "n_unknown": "sum", "share_copied_mean": "mean"}
    table = table.groupby("publisher").agg(counted).reset_index()[PUBLISHER_COLUMNS]
    order = ["n_first", "n_copied", "publisher"]
    return table.sort_values(order, ascending=[False, False, True], ignore_index=True)


def passages(documents: pd.DataFrame, family_id: str) -> pd.DataFrame:
    """The sentence that most documents of a family share, as each of them prints it.

    Of sentences shared by as many, the longest is taken.

    Returns
    -------
    DataFrame
        One row a document that holds the sentence, in order of date, with the columns of
        :func:`policytext.evidence.concordance`; empty when the family shares no sentence.

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "family_id": "a",
    ...     "text": ["문을 열었다. 길을 냈다.", "다리를 놓았다. 길을  냈다."],
    ...     "date": pd.to_datetime(["2015-03-02", "2015-03-04"]), "publisher": ["갑", "을"]})
    >>> passages(documents, "a")["match"].tolist()
    ['길을 냈다.', '길을  냈다.']
    """
    family = documents[documents["family_id"] == family_id].sort_values(["date", "doc_id"])
    found = [{key: span for *span, key in _sentences(text)} for text in family["text"]]
    counts = Counter(key for spans in found for key in spans)
    chosen = max(counts, key=lambda key: (counts[key], len(key), key), default="")
    holds = [chosen in spans for spans in found]
    if sum(holds) < 2:
        holds = [False] * len(found)
    spans = [tuple(spans[chosen]) for spans, keep in zip(found, holds, strict=True) if keep]
    rows = family[holds].reindex(columns=[*EVIDENCE_COLUMNS, "text"])
    places = list(zip(rows["text"], spans, strict=True))
    rows = rows.assign(
        start=[start for start, _ in spans],
        end=[end for _, end in spans],
        before=[text[max(0, a - WIDTH) : a].rpartition("\n")[2] for text, (a, _) in places],
        match=[text[a:b] for text, (a, b) in places],
        after=[text[b : b + WIDTH].partition("\n")[0] for text, (_, b) in places],
    )
    return rows[EVIDENCE_COLUMNS].reset_index(drop=True)


def _sentences(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each sentence or line stands, and its letters and digits."""
    start = 0
    for match in _SENTENCE_END.finditer(text + "\n"):
        if key := _NOT_A_LETTER.sub("", text[start : match.start()]):
            yield start, match.start(), key
        start = match.end()


def _members(documents: pd.DataFrame) -> pd.DataFrame:
    """Documents of families of two and more, the earliest first, with ``basis``."""
    shared = documents[documents["family_id"].duplicated(keep=False)]
    columns = ["doc_id", "family_id", "title", "text", "date", "publisher", "date_from"]
    table = shared.reindex(columns=columns).assign(publisher=shared["publisher"].fillna(""))
    table = table.sort_values(["family_id", "date", "doc_id"], ignore_index=True)
    first_date = table.groupby("family_id")["date"].transform("min")
    maybe_earlier = table["date"].isna() & ~(pd.to_datetime(table["date_from"]) > first_date)
    on_first_day = table["publisher"].where(table["date"] == first_date)
    n_first = on_first_day.groupby(table["family_id"]).transform("nunique")
    is_unsure = maybe_earlier.groupby(table["family_id"]).transform("any")
    basis = np.select([is_unsure, n_first > 1], ["undated", "same_day"], "dated")
    return table.assign(basis=basis)


def _shares(members: pd.DataFrame) -> pd.Series:
    """Share of each document's sentences that its family's first row holds; NaN for that row."""
    shares, own, family_id = [], frozenset(), object()
    for row in members.itertuples():
        said = [key for *_, key in _sentences(row.text)]
        if row.family_id != family_id:
            family_id, own = row.family_id, frozenset(said)
            shares.append(np.nan)
        else:
            shares.append(sum(sentence in own for sentence in said) / len(said) if said else np.nan)
    return pd.Series(shares, members.index, dtype=float)
