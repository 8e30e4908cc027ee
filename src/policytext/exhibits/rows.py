"""A block of evidence for each row of a table: aligned with it, totals always printed.

Every function gives one :class:`policytext.display.Block` a row, for the ``evidence`` of
:func:`policytext.display.figure` or a column of :func:`policytext.display.table`. Of many
occurrences a few are shown, evenly spaced in time, so that the same rows give the same sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from policytext.display import Block, evidence
from policytext.evidence import co_occurrences, concordance, openings
from policytext.topics import Topics, exemplars

EVEN_SAMPLE = "날짜 차례로 고르게 뽑음"
_CARRIED = ["doc_id", "text", "administration", "publisher", "url"]


def term_exhibits(
    documents: pd.DataFrame, tokens: pd.DataFrame, terms: Iterable[str], *, n: int = 3
) -> list[Block]:
    """Fold the sentences of each term: `n` of them, evenly spaced in time.

    Parameters
    ----------
    documents, tokens : DataFrame
        As :func:`policytext.evidence.concordance` takes them.
    terms : iterable of str
    n : int
        Sentences shown a term; the total is always printed.
    """
    return cell_exhibits(pd.DataFrame({"term": list(terms)}), documents, tokens, [], n=n)


def cell_exhibits(
    cells: pd.DataFrame,
    documents: pd.DataFrame,
    tokens: pd.DataFrame,
    by: Sequence[str],
    *,
    n: int = 2,
) -> list[Block]:
    """Fold the sentences of a term in some of the documents: of an administration, of a month.

    Parameters
    ----------
    cells : DataFrame
        ``term`` and the columns `by`, one row a dot, bar or cell.
    documents : DataFrame
        With the columns `by`; others as for :func:`policytext.evidence.concordance`.
    tokens : DataFrame
        ``doc_id, start, end, term``; those of other documents are left out.
    by : sequence of str
        Columns that together with the term name a cell.
    n : int
        Sentences shown a cell; the total is always printed.

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "text": ["창업을", "창업도"],
    ...     "date": pd.NaT, "administration": ["가", "나"]})
    >>> tokens = pd.DataFrame({"doc_id": ["a", "b"], "start": 0, "end": 2, "term": "창업"})
    >>> cells = pd.DataFrame({"term": ["창업"], "administration": ["나"]})
    >>> cell_exhibits(cells, documents, tokens, ["administration"])
    [근거 문장 1건: 창업 · 나]
    """
    ordered = _in_time(documents)
    found = tokens.loc[tokens["term"].isin(set(cells["term"])), ["doc_id", "start", "end", "term"]]
    about = ordered[["doc_id", *by]].assign(_row=ordered.index).astype({"doc_id": object})
    found = found.astype({"doc_id": object, "term": object}).merge(about, on="doc_id")
    found = found.sort_values(["_row", "start"], ignore_index=True)
    blocks = []
    members = _members(found, cells, ["term", *by])
    keys = cells[["term", *by]].itertuples(index=False, name=None)
    for key, own in zip(keys, members, strict=True):
        chosen = found.iloc[own[_evenly(len(own), n)]]
        rows = concordance(ordered.iloc[chosen["_row"].unique()], chosen, key[0])
        blocks.append(evidence(rows, term=_name(key), total=len(own), rule=EVEN_SAMPLE))
    return blocks


def document_exhibits(
    cells: pd.DataFrame, documents: pd.DataFrame, by: Sequence[str], *, n: int = 2
) -> list[Block]:
    """Fold the documents that each bar or cell counts: `n` of them, evenly spaced in time.

    Parameters
    ----------
    cells : DataFrame
        One row a bar or cell, with the columns `by`.
    documents : DataFrame
        With the same columns `by`; a missing value is a value like any other.
    by : sequence of str
        Columns that together name a cell.
    n : int
        Documents shown a cell; the total is always printed.

    Returns
    -------
    list of Block
        Aligned with `cells`.
    """
    by = list(by)
    ordered = _in_time(documents)
    members = _members(ordered, cells, by)
    blocks = []
    for key, own in zip(cells[by].itertuples(index=False, name=None), members, strict=True):
        rows = openings(ordered.iloc[own[_evenly(len(own), n)]])
        blocks.append(evidence(rows, term=_name(key), total=len(own), rule=EVEN_SAMPLE, noun="글"))
    return blocks


def crosstab_exhibits(
    table: pd.DataFrame, documents: pd.DataFrame, by: tuple[str, str], *, n: int = 1
) -> list[Block]:
    """Fold the documents of every cell of a crosstab, those of one row in one block.

    Parameters
    ----------
    table : DataFrame
        A column ``by[0]``, and one column a value of ``by[1]``, holding counts.
    documents : DataFrame
        With the columns `by`.
    by : (str, str)
        What the rows and what the columns are.
    n : int
        Documents shown a cell; the total is always printed.

    Returns
    -------
    list of Block
        Aligned with `table`; empty cells open nothing.
    """
    cells = table.melt(by[0], var_name=by[1], value_name="n")
    cells = cells[cells["n"] > 0].reset_index(drop=True)
    blocks = [Block("")] * len(table)
    place = {name: number for number, name in enumerate(table[by[0]])}
    for name, block in zip(cells[by[0]], document_exhibits(cells, documents, by, n=n), strict=True):
        blocks[place[name]] += block
    return blocks


def link_exhibits(
    links: pd.DataFrame, documents: pd.DataFrame, tokens: pd.DataFrame, *, n: int = 2
) -> list[Block]:
    """Fold the documents in which both terms of a link stand, at the place where they are nearest.

    Parameters
    ----------
    links : DataFrame
        ``term_a, term_b``, as :func:`policytext.network.links` gives.
    documents, tokens : DataFrame
        As for :func:`cell_exhibits`.
    n : int
        Documents shown a link; the total is always printed.
    """
    ordered = _in_time(documents)
    terms = set(links["term_a"]) | set(links["term_b"])
    found = tokens.loc[tokens["term"].isin(terms), ["doc_id", "start", "end", "term"]]
    found = found.astype({"doc_id": object, "term": object})
    place = pd.Series(np.arange(len(ordered)), index=ordered["doc_id"].astype(object))
    at = found["doc_id"].map(place)
    held = at.dropna().astype(int).groupby(found["term"]).agg(np.unique)
    blocks = []
    for one, other in zip(links["term_a"], links["term_b"], strict=True):
        both = np.intersect1d(held.get(one, []), held.get(other, [])).astype(int)
        chosen = ordered.iloc[both[_evenly(len(both), n)]]
        own = found[found["doc_id"].isin(chosen["doc_id"])]
        rows = co_occurrences(chosen, own, one, other)
        name = f"{one} · {other}"
        blocks.append(evidence(rows, term=name, total=len(both), rule=EVEN_SAMPLE, noun="글"))
    return blocks


def topic_exhibits(topics: Topics, documents: pd.DataFrame, *, n: int = 4) -> list[Block]:
    """Fold the beginnings of the documents nearest to each topic's centre."""
    documents = documents.reset_index(drop=True)
    nearest = exemplars(topics, documents, n=n).merge(documents[_CARRIED], on="doc_id")
    sizes = topics.documents["topic"].value_counts()
    return [
        evidence(
            openings(rows),
            term=f"주제 {topic}의 글",
            total=int(sizes[topic]),
            rule="주제의 한가운데에 가까운 차례로",
            noun="글",
        )
        for topic, rows in nearest.groupby("topic")
    ]


def tree_exhibits(tree: pd.DataFrame, by_topic: Sequence[Block]) -> list[Block]:
    """What each join of a tree of topics puts together: the evidence of all its topics.

    Parameters
    ----------
    tree : DataFrame
        ``left, right`` as :func:`policytext.kinship.hierarchy` gives.
    by_topic : sequence of Block
        Of topics 1, 2, …, such as :func:`topic_exhibits` gives.
    """
    groups = list(by_topic)
    for join in tree.itertuples():
        groups.append(groups[int(join.left)] + groups[int(join.right)])
    return groups[len(by_topic) :]


def _members(rows: pd.DataFrame, cells: pd.DataFrame, by: Sequence[str]) -> list[np.ndarray]:
    """Positions of the rows that each cell counts, in the order of the rows."""
    together = pd.concat([cells[by], rows[by]], ignore_index=True)
    codes = together.groupby(by, dropna=False, observed=True, sort=False).ngroup().to_numpy()
    of_cells, of_rows = codes[: len(cells)], codes[len(cells) :]
    order = np.argsort(of_rows, kind="stable")
    first, last = (np.searchsorted(of_rows[order], of_cells, side=s) for s in ("left", "right"))
    return [order[low:high] for low, high in zip(first, last, strict=True)]


def _in_time(documents: pd.DataFrame) -> pd.DataFrame:
    """By date, numbered from 0; an index named doc_id would be ambiguous beside the column."""
    return documents.reset_index(drop=True).sort_values(["date", "doc_id"], ignore_index=True)


def _evenly(total: int, n: int) -> np.ndarray:
    """At most `n` places of `total`, first and last among them."""
    return np.unique(np.linspace(0, total - 1, min(n, total)).astype(int))


def _name(key: tuple) -> str:
    """The parts of a cell's key as readers see them."""
    parts = ["모름" if pd.isna(part) else part for part in key]
    dates = [f"{p:%Y-%m-%d}" if isinstance(p, pd.Timestamp) else f"{p}" for p in parts]
    return " · ".join(dates)
