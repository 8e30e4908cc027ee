"""What a study says of one term: rate over time, administrations, topics, sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from policytext import comparison, evidence, findings, timeline, topics
from policytext.lab.exploration import Exploration, column_of, tokens_of


def term_rates(exploration: Exploration, term: str, *, unit: str = "year") -> pd.DataFrame:
    """How often a term was used in each month, quarter or year of office, with intervals.

    Parameters
    ----------
    exploration : Exploration
    term : str
    unit : {"year", "quarter", "month"}

    Returns
    -------
    DataFrame
        As :func:`policytext.timeline.term_rates`: a row for each period and administration.

    Raises
    ------
    UnknownTerm, InsufficientData

    Examples
    --------
    >>> from policytext.lab.exploration import open_study
    >>> table = term_rates(open_study("innovation-centers"), "창업", unit="quarter")
    >>> bool((table["value_low"].dropna() >= 0).all()), int(table["n"].sum()) > 100
    (True, True)
    """
    documents, acting = exploration.documents, exploration.study.corpus["acting"]
    cells = timeline.calendar(documents, unit=unit, acting=acting)
    return timeline.term_rates(column_of(exploration, term), documents, cells, [term])


def term_keyness(
    exploration: Exploration, term: str, *, n_permutations: int = 500, n_boot: int = 200
) -> pd.DataFrame:
    """Rows of :func:`policytext.comparison.keyness` for one term, in order of time.

    The same estimates as with all terms, because they need a term's counts and the totals
    only. ``p`` is that of this one term; there is no ``q``, for nothing else was tested.

    Parameters
    ----------
    exploration : Exploration
        With two administrations or more.
    term : str
    n_permutations, n_boot : int

    Raises
    ------
    UnknownTerm, InsufficientData

    Examples
    --------
    >>> from policytext.lab.exploration import open_study
    >>> table = term_keyness(open_study("innovation-centers"), "창업", n_permutations=50)
    >>> bool((table["n"] + table["n_rest"]).nunique() == 1)
    True
    """
    documents = exploration.documents
    table = comparison.keyness(
        column_of(exploration, term),
        documents["administration"],
        families=documents["family_id"],
        n_permutations=n_permutations,
        n_boot=n_boot,
        random_state=exploration.study.comparison["random_state"],
    )
    table = table[table["term"] == term].set_index("administration")
    return table.loc[exploration.administrations].reset_index().drop(columns=["q", "rank"])


def answer(exploration: Exploration, term: str) -> tuple[pd.DataFrame, str]:
    """The rows of :func:`term_keyness` and what they say; none, and why there are none.

    Examples
    --------
    >>> from policytext.lab.exploration import open_study, select
    >>> answer(select(open_study("innovation-centers"), start=2014, end=2014), "창업")[1]
    '정부가 하나뿐이어서 견줄 수 없습니다. 기간을 넓히거나 종류를 ‘모두’로 바꾸세요.'
    """
    if not column_of(exploration, term).counts[:, [0]].nnz:
        return pd.DataFrame(), (
            f"고른 기간과 종류에는 ‘{term}’ 말이 한 번도 나오지 않습니다. 기간을 넓혀 보세요."
        )
    if len(exploration.administrations) < 2:
        return pd.DataFrame(), (
            "정부가 하나뿐이어서 견줄 수 없습니다. 기간을 넓히거나 종류를 ‘모두’로 바꾸세요."
        )
    table = term_keyness(exploration, term)
    return table, findings.term_finding(table, term)


def term_topics(exploration: Exploration, found: topics.Topics, term: str) -> pd.DataFrame:
    """Topics that a term belongs to, the one it marks most first.

    Parameters
    ----------
    exploration : Exploration
    found : Topics
        Of the whole study, as ``exploration.topics(8)`` gives.
    term : str

    Returns
    -------
    DataFrame
        ``topic, label, n_documents, n_with_term, share, share_elsewhere`` (of the documents
        inside and outside the topic that use the term), ``rank`` among the topic's
        distinctive terms (missing beyond 30). Only documents of `exploration` count.

    Examples
    --------
    >>> from policytext.lab.exploration import open_study
    >>> data = open_study("innovation-centers")
    >>> term_topics(data, data.topics(4), "창업")["topic"].nunique()
    4
    """
    uses = column_of(exploration, term).counts[:, [0]].toarray()[:, 0] > 0
    placed = found.documents.set_index("doc_id")["topic"]
    topic = placed.reindex(exploration.documents["doc_id"]).fillna(topics.NO_TOPIC).to_numpy()
    names = topics.labels(found)
    ranks = found.terms.assign(rank=found.terms.groupby("topic").cumcount() + 1)
    ranks = ranks[ranks["term"] == term].set_index("topic")["rank"]
    table = pd.DataFrame({"topic": names.index, "label": names.to_numpy()})
    inside = topic[:, None] == table["topic"].to_numpy()[None, :]
    placed_at_all = (topic != topics.NO_TOPIC)[:, None]
    table["n_documents"] = inside.sum(axis=0)
    table["n_with_term"] = (inside & uses[:, None]).sum(axis=0)
    outside = (~inside & placed_at_all).sum(axis=0)
    with_term = (~inside & placed_at_all & uses[:, None]).sum(axis=0)
    table["share"] = table["n_with_term"] / table["n_documents"].where(table["n_documents"] > 0)
    table["share_elsewhere"] = with_term / np.where(outside > 0, outside, np.nan)
    table["rank"] = table["topic"].map(ranks).astype("Int64")
    order = (table["share"] - table["share_elsewhere"].fillna(0)).sort_values(ascending=False)
    return table.loc[order.index].reset_index(drop=True)


def sentences(exploration: Exploration, term: str, *, n: int = 50, width: int = 60) -> pd.DataFrame:
    """The first `n` sentences with a term in order of date.

    Parameters
    ----------
    exploration : Exploration
    term : str
    n : int
    width : int
        Characters on either side.

    Returns
    -------
    DataFrame
        As :func:`policytext.evidence.concordance`.

    Raises
    ------
    UnknownTerm
        The term never occurs; the message names the nearest that do.

    Examples
    --------
    >>> from policytext.lab.exploration import open_study
    >>> sentences(open_study("innovation-centers"), "창업", n=2)["match"].tolist()
    ['창업', '창업']
    """
    column_of(exploration, term)  # an unknown term is told
    tokens = tokens_of(exploration.tokens, term)
    documents = exploration.documents.sort_values(["date", "doc_id"])
    when = pd.Series(np.arange(len(documents)), index=documents["doc_id"])
    at = when.loc[tokens["doc_id"].astype(str)].to_numpy()
    return evidence.concordance(
        documents, tokens.iloc[np.lexsort((tokens["start"], at))[:n]], term, width=width
    )
