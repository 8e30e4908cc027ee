"""The sentences and documents behind a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from policytext import faults
from policytext.texts.clean import as_texts
from policytext.texts.dates import years

EVIDENCE_COLUMNS = [
    "doc_id", "start", "end", "before", "match", "after",
    "date", "administration", "publisher", "url",
]  # fmt: skip
WIDTH = 40  # characters of context on either side
OPENING = 90  # characters of a document's beginning
EVENLY = "날짜 차례로 고르게 뽑음"


class Fold(NamedTuple):
    """Quotations that open below a number: what they are of, how many there are in all."""

    label: str
    total: int
    quotes: pd.DataFrame
    noun: str = "쓰임"
    rule: str = EVENLY


def concordance(
    documents: pd.DataFrame, tokens: pd.DataFrame, term: str, *, width: int = WIDTH
) -> pd.DataFrame:
    """Show every occurrence of a term with the words around it (keyword in context).

    `documents` has ``doc_id, text``, `tokens` ``doc_id, start, end, term`` with offsets into it;
    `width` characters are shown on either side, never beyond the line. Returned is one row an
    occurrence in the order of `documents`: ``doc_id, start, end, before, match, after, date,
    administration, publisher, url``.

    >>> documents = pd.DataFrame({"doc_id": ["a"], "text": ["지역 창업을 돕는다"]})
    >>> tokens = pd.DataFrame({"doc_id": ["a"], "start": [3], "end": [5], "term": ["창업"]})
    >>> concordance(documents, tokens, "창업")[["before", "match", "after"]].to_numpy().tolist()
    [['지역 ', '창업', '을 돕는다']]
    """
    faults.columns(documents, "doc_id text", "concordance()의 documents")
    faults.columns(tokens, "doc_id start end term", "concordance()의 tokens")
    faults.distinct(documents["doc_id"])
    faults.demand(isinstance(term, str), "찾을 낱말은 글자여", term, "낱말을 하나 적으세요.")
    width = faults.whole(width, "width")
    found = tokens.loc[tokens["term"] == term, ["doc_id", "start", "end"]].sort_values("start")
    read = {"doc_id": documents["doc_id"].astype(str), "text": as_texts(documents["text"])}
    rows = documents.assign(**read).merge(found.astype({"doc_id": str}), on="doc_id")
    is_within = rows["start"].between(0, rows["end"], inclusive="left")
    outside = rows.loc[~is_within | (rows["end"] > rows["text"].str.len()), "doc_id"]
    remedy = f"tokenize()에 준 것과 같은 글({', '.join(outside.unique()[:3])})을 넣으세요."
    faults.demand(outside.empty, "글 밖을 가리키는 낱말의 수는 0이어", len(outside), remedy)
    return quotations(rows, width=width)


def quotations(places: pd.DataFrame, *, width: int = WIDTH) -> pd.DataFrame:
    """Keyword in context of each place; of a place without extent its title and first words.

    `places` has ``doc_id, start, end, text`` and, for places without extent, ``title``; or the
    finished ``before, match, after``. Returned is the table of :func:`concordance`, with
    ``date_from, date_to`` where the places have them.
    """
    columns = [*EVIDENCE_COLUMNS, *_present(places, "date_from", "date_to")]
    if "match" in places:
        return places.reindex(columns=columns).reset_index(drop=True)
    quotes = [
        _in_context(place, width) if place["end"] > place["start"] else _opening(place)
        for place in places.to_dict("records")
    ]
    parts = dict(zip(("before", "match", "after"), zip(*quotes, strict=True), strict=False))
    return places.assign(**parts).reindex(columns=columns).reset_index(drop=True)


def _in_context(place: dict, width: int) -> tuple[str, str, str]:
    text, start, end = place["text"], place["start"], place["end"]
    match = text[start:end]
    if place.get("tail", 0) - place.get("head", 0) > width:  # two terms far from each other
        match = f"{text[start : place['head']]} … {text[place['tail'] : end]}"
    before = text[max(0, start - width) : start].rpartition("\n")[2]
    after = text[end : end + width].partition("\n")[0]
    first, last = start - len(before), end + len(after)
    is_cut = [edge not in ("", "\n") for edge in (text[first - 1 : first], text[last : last + 1])]
    return "…" * is_cut[0] + before, match, after + "…" * is_cut[1]


def _opening(place: dict) -> tuple[str, str, str]:
    body = " ".join(place["text"].removeprefix(place["title"]).split())
    cut = body if len(body) <= OPENING else f"{body[:OPENING]}…"
    return "", place["title"], f": {cut}" if body else ""


def evidence_of(
    rows: pd.DataFrame,
    by: Sequence[str],
    corpus,
    *,
    places: pd.DataFrame | None = None,
    n: int = 2,
    rule: str = "",
) -> list[list[Fold]]:
    """What each row of a table counts: its folds of quotations, with the total.

    `by` are the columns that make a row's key: with ``term`` among them a row counts occurrences,
    else documents; ``year`` and ``topic`` are known of every document. `places` is what is counted
    where it is neither: ``doc_id``, the columns `by`, ``start, end``; optionally ``of`` (one fold
    each), ``title, text``, or the finished ``before, match, after``. `n` quotations are shown a
    fold, evenly spaced in time, or the first where a `rule` orders them. A list of folds each row.
    """
    by = list(by)
    counted = _counted(rows, by, corpus) if places is None else places
    if not {"start", "end"} <= set(counted.columns):
        counted = counted.assign(start=0, end=0)
    if not rule:
        counted = _in_time(counted, corpus)
    split = ["_row", *_present(counted, "of")]
    plain = dict.fromkeys(by, object)
    keys = rows[by].assign(_row=np.arange(len(rows))).astype(plain)
    found = counted[[*by, *split[1:]]].assign(_place=np.arange(len(counted))).astype(plain)
    members = found.merge(keys, on=by).sort_values(["_row", "_place"], kind="stable")
    groups = [(key, own.to_numpy()) for key, own in
              members.groupby(split, sort=False, dropna=False)["_place"]]  # fmt: skip
    shown = [own[:n] if rule else own[_evenly(len(own), n)] for _, own in groups]
    wanted = np.unique(np.concatenate(shown)) if shown else np.array([], dtype=int)
    quotes = quotations(_with_texts(counted.iloc[wanted], corpus))
    has_extent = (counted["end"] > counted["start"]).to_numpy()
    labels = [label_of(key) for key in rows[by].itertuples(index=False, name=None)]
    folds: list[list[Fold]] = [[] for _ in labels]
    for (key, own), few in zip(groups, shown, strict=True):
        label = key[1] if len(key) > 1 else labels[key[0]]
        few_quotes = quotes.iloc[np.searchsorted(wanted, few)]
        noun = "쓰임" if "term" in by or has_extent[own].any() else "글"
        folds[key[0]].append(Fold(label, len(own), few_quotes, noun, rule or EVENLY))
    empty, noun = quotes.iloc[:0], "쓰임" if "term" in by else "글"
    return [
        own or ([] if len(split) > 1 else [Fold(label, 0, empty, noun)])
        for own, label in zip(folds, labels, strict=True)
    ]


def label_of(key: Sequence) -> str:
    """The parts of a row's key as readers see them.

    >>> label_of(("창업", "박근혜", None))
    '창업 · 박근혜 · 모름'
    """
    parts = ("모름" if pd.isna(part) else part for part in key)
    dates = (f"{part:%Y-%m-%d}" if isinstance(part, pd.Timestamp) else f"{part}" for part in parts)
    return " · ".join(dates)


def occurrences(
    documents: pd.DataFrame, tokens: pd.DataFrame, terms: Sequence[str]
) -> pd.DataFrame:
    """How often each term stands in each document: what every shown count adds up from.

    Returned are ``term, doc_id, n, date, administration, publisher, url``: the sum of ``n`` is
    the term's count and the number of rows its number of documents. Terms keep their order,
    documents that of `documents`.

    >>> documents = pd.DataFrame({"doc_id": ["a", "b"]})
    >>> tokens = pd.DataFrame({"doc_id": ["b", "b", "a"], "term": ["가", "가", "나"]})
    >>> occurrences(documents, tokens, ["가"])[["term", "doc_id", "n"]].to_numpy().tolist()
    [['가', 'b', 2]]
    """
    terms = list(dict.fromkeys(terms))
    found = tokens.loc[tokens["term"].isin(terms), ["term", "doc_id"]].astype(str)
    counts = found.value_counts().rename("n").reset_index()
    about = _present(documents, *EVIDENCE_COLUMNS[6:])
    rows = documents[["doc_id", *about]].astype({"doc_id": str}).merge(counts, on="doc_id")
    order = np.argsort(pd.Index(terms).get_indexer(rows["term"]), kind="stable")
    return rows[["term", "doc_id", "n", *about]].take(order).reset_index(drop=True)


def nearest_places(pairs: pd.DataFrame, corpus) -> pd.DataFrame:
    """Where two terms stand nearest to each other, in every document that has both.

    `pairs` has ``term_a, term_b``. Returned is one row a pair and document, ``doc_id, term_a,
    term_b, start, end, head, tail``; the match goes from the first term to the second, and what
    lies between, from `head` to `tail`, is cut where it is longer than the context.
    """
    terms = pd.unique(pairs[["term_a", "term_b"]].to_numpy().ravel())
    mentions = corpus.mentions(terms)[["doc_id", "start", "end", "term"]]
    by_term = dict(iter(mentions.groupby("term", sort=False)))
    none = mentions.iloc[:0]
    found = [_nearest(by_term.get(one, none), by_term.get(other, none)).assign(term_a=one, term_b=other)
             for one, other in pairs[["term_a", "term_b"]].itertuples(index=False)]  # fmt: skip
    return pd.concat(found, ignore_index=True) if found else none.assign(term_a="", term_b="")


def _nearest(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """One row a document that has both terms, at their smallest gap."""
    # The last before each and the first behind it: all by all would fill memory in a long text.
    one, other = one.sort_values("start"), other.sort_values("start").add_suffix("_other")
    other = other.rename(columns={"doc_id_other": "doc_id"})
    keys = {"left_on": "start", "right_on": "start_other", "by": "doc_id"}
    sides = ("backward", "forward")
    both = pd.concat(pd.merge_asof(one, other, **keys, direction=side) for side in sides)
    both = both.dropna().astype({"start_other": int, "end_other": int})
    head = both[["end", "end_other"]].min(axis=1)
    tail = both[["start", "start_other"]].max(axis=1)
    both = both.assign(gap=tail - head, head=head, tail=tail)
    both = both.sort_values(["gap", "start"]).drop_duplicates("doc_id")
    start = both[["start", "start_other"]].min(axis=1)
    end = both[["end", "end_other"]].max(axis=1)
    return both[["doc_id", "head", "tail"]].assign(start=start, end=end)


def _counted(rows: pd.DataFrame, by: list[str], corpus) -> pd.DataFrame:
    """Occurrences of the rows' terms, or all documents, with the columns `by`."""
    if "term" in by:
        counted = corpus.mentions(rows["term"].astype(str).unique())
    else:
        counted = corpus.documents.assign(start=0, end=0)
    if "year" in by:
        counted = counted.assign(year=years(counted))
    if "topic" in by:
        counted = counted.merge(corpus.topics.documents[["doc_id", "topic"]], on="doc_id")
    return counted


def _in_time(places: pd.DataFrame, corpus) -> pd.DataFrame:
    if "date" not in places:
        dates = corpus.everything[["doc_id", "date"]]
        places = places.astype({"doc_id": object}).merge(dates, on="doc_id", how="left")
    return places.sort_values(["date", "doc_id", "start"], kind="stable", ignore_index=True)


def _with_texts(places: pd.DataFrame, corpus) -> pd.DataFrame:
    """Title, text and source of the few places shown: a text for every place would fill memory."""
    if "text" in places or "match" in places:
        return places
    wanted = ["title", "text", "date", "date_from", "date_to", "administration", "publisher", "url"]
    known = corpus.everything
    missing = [name for name in _present(known, *wanted) if name not in places]
    known = known.loc[known["doc_id"].isin(places["doc_id"].unique()), ["doc_id", *missing]]
    return places.astype({"doc_id": object}).merge(known, on="doc_id", how="left")


def _present(table: pd.DataFrame, *names: str) -> list[str]:
    return [name for name in names if name in table.columns]


def _evenly(total: int, n: int) -> np.ndarray:
    """At most `n` places of `total`, first and last among them."""
    return np.unique(np.linspace(0, total - 1, min(n, total)).astype(int))
