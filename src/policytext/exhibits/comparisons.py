"""Evidence of what is no count: distances between administrations, conclusions drawn."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from policytext.display import Block
from policytext.exhibits.rows import cell_exhibits, document_exhibits

N_DRIVERS = 3  # terms or topics shown behind a distance
CHANGE_DAYS = 180  # before and after a change


def pair_exhibits(
    pairs: pd.DataFrame, drivers: pd.DataFrame, documents: pd.DataFrame, tokens: pd.DataFrame
) -> list[Block]:
    """The terms that make two administrations differ most, in sentences of who uses them more.

    Parameters
    ----------
    pairs : DataFrame
        ``administration_a, administration_b``; a pair of one administration with itself
        opens that administration's documents.
    drivers : DataFrame
        ``administration_a, administration_b, term, more_in``, the strongest first, as
        :func:`policytext.comparison.divergence_terms` gives; pairs in either order.
    documents, tokens : DataFrame
        As for :func:`policytext.exhibits.cell_exhibits`, with ``administration``.

    Returns
    -------
    list of Block
        Aligned with `pairs`.
    """
    ends = ["administration_a", "administration_b"]
    drivers = drivers.dropna(subset="more_in")
    drivers = drivers.assign(pair=_unordered(drivers, ends))
    top = drivers.drop_duplicates(["pair", "term"]).groupby("pair", sort=False).head(N_DRIVERS)
    cells = top[["pair", "term"]].assign(administration=top["more_in"]).reset_index(drop=True)
    sentences = cell_exhibits(cells, documents, tokens, ["administration"], n=1)
    own = pairs[["administration_a"]].set_axis(["administration"], axis=1)
    whole = document_exhibits(own, documents, ["administration"])
    blocks = []
    for pair, alone in zip(_unordered(pairs, ends), whole, strict=True):
        found = _sum(
            block for block, of in zip(sentences, cells["pair"], strict=True) if of == pair
        )
        blocks.append(alone if len(pair) == 1 else found)
    return blocks


def decomposition_exhibits(
    sums: pd.DataFrame, split: pd.DataFrame, drivers: pd.DataFrame, documents, tokens
) -> list[Block]:
    """What and how of a distance: documents of the topics, sentences of the terms behind it.

    Parameters
    ----------
    sums : DataFrame
        Rows to open: ``pair, part`` ("what" or "how").
    split : DataFrame
        ``pair, administration_a, administration_b, part, topic, excess`` of
        :func:`policytext.comparison.decomposition.decompose`.
    drivers : DataFrame
        ``pair, topic, term, contribution, more_in`` of ``decomposition_terms``.
    documents : DataFrame
        With ``topic`` and ``administration``.
    tokens : DataFrame
        ``doc_id, start, end, term``.
    """
    blocks = []
    for row in sums.itertuples():
        if row.part == "what":
            mine = split[(split["pair"] == row.pair) & (split["part"] == "what")]
            top = mine[mine["topic"] > 0].nlargest(N_DRIVERS, "excess")
            ends = ["administration_a", "administration_b"]
            cells = top.melt("topic", ends, value_name="administration").sort_values("topic")
            found = document_exhibits(cells, documents, ["administration", "topic"], n=1)
        else:
            top = drivers[drivers["pair"] == row.pair].nlargest(N_DRIVERS, "contribution")
            cells = top[["term", "topic"]].assign(administration=top["more_in"])
            found = cell_exhibits(cells, documents, tokens, ["administration", "topic"], n=1)
        blocks.append(_sum(found))
    return blocks


def change_exhibits(
    changes: pd.DataFrame, documents: pd.DataFrame, tokens: pd.DataFrame | None = None
) -> list[Block]:
    """What stood before and after each change of a level: sentences of the term, or documents.

    Parameters
    ----------
    changes : DataFrame
        ``series, date`` as :func:`policytext.changepoints.change_points` gives.
    documents : DataFrame
        With ``date``; without `tokens` also ``series``, the name of the document's topic.
    tokens : DataFrame, optional
        ``doc_id, start, end, term``; the series are then terms.

    Returns
    -------
    list of Block
        Aligned with `changes`; two folds each, of the `CHANGE_DAYS` days before and after.
    """
    blocks = []
    for change in changes.itertuples():
        away = (documents["date"] - change.date).dt.days
        near = documents[away.between(-CHANGE_DAYS, CHANGE_DAYS - 1)]
        names = {True: f"앞 {CHANGE_DAYS}일", False: f"뒤 {CHANGE_DAYS}일"}
        near = near.assign(side=(away.loc[near.index] < 0).map(names))
        cells = pd.DataFrame({"side": list(names.values())})
        if tokens is None:
            cells = cells.assign(series=change.series)[["series", "side"]]
            blocks.append(_sum(document_exhibits(cells, near, ["series", "side"], n=1)))
        else:
            cells = cells.assign(term=change.series)
            blocks.append(_sum(cell_exhibits(cells, near, tokens, ["side"], n=1)))
    return blocks


def claim_exhibits(
    claims: pd.DataFrame, keyness: pd.DataFrame, documents: pd.DataFrame, tokens: pd.DataFrame
) -> list[Block]:
    """What each conclusion rests on: sentences of its term, documents of its topic.

    Parameters
    ----------
    claims : DataFrame
        As :func:`policytext.robustness.claims.headline_claims` gives. A distance opens the
        leading term of either administration.
    keyness : DataFrame
        ``administration, term, rank``.
    documents : DataFrame
        With ``topic`` and ``administration``.
    tokens : DataFrame
        ``doc_id, start, end, term``.

    Returns
    -------
    list of Block
        Aligned with `claims`.
    """
    first = keyness.sort_values("rank").drop_duplicates("administration")
    leading = first.set_index("administration")["term"]
    blocks = []
    for claim in claims.itertuples():
        who = (
            [claim.administration] if claim.kind == "term" else [claim.administration, claim.other]
        )
        cells = pd.DataFrame({"administration": who})
        if claim.kind == "topic":
            cells = cells.assign(topic=claim.topic)
            found = document_exhibits(cells, documents, ["administration", "topic"])
        else:
            terms = claim.term if claim.kind == "term" else cells["administration"].map(leading)
            found = cell_exhibits(cells.assign(term=terms), documents, tokens, ["administration"])
        blocks.append(_sum(found))
    return blocks


def _unordered(table: pd.DataFrame, ends: list[str]) -> list[frozenset]:
    return [frozenset(pair) for pair in table[ends].itertuples(index=False, name=None)]


def _sum(blocks: Iterable[Block]) -> Block:
    return sum(blocks, Block(""))
