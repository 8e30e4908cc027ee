"""What a study says of one term: rate over time, administrations, topics, sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import norm

from policytext import comparison, evidence, topics
from policytext.exploration import Exploration, column_of, period_of, tokens_of
from policytext.resampling import family_units, family_weights
from policytext.schema import InsufficientData

UNITS = {"year": "Y", "quarter": "Q", "month": "M"}
_Z = norm.ppf(0.975)


def term_rates(
    exploration: Exploration,
    term: str,
    *,
    unit: str = "year",
    n_boot: int = 200,
    random_state: int = 0,
) -> pd.DataFrame:
    """How often a term was used in each period, with intervals.

    Parameters
    ----------
    exploration : Exploration
    term : str
    unit : {"year", "quarter", "month"}
        Documents whose date does not tell the period are left out.
    n_boot, random_state : int
        Bayesian bootstrap over families (:func:`policytext.resampling.family_weights`).

    Returns
    -------
    DataFrame
        One row per period from the first to the last, empty ones too: ``period`` (start
        of it), ``n`` occurrences and ``n_documents`` with the term; ``n_families`` of the
        period; ``rate_per_10k, rate_low, rate_high`` per 10,000 tokens, every family
        counting once, 95 %; ``share, share_low, share_high`` of families with the term,
        95 % after Wilson (1927). Where the term never occurs ``rate_high`` is
        ``share_high`` at the term's usual number per family that has it. A period of one
        family has no interval.

    Raises
    ------
    UnknownTerm, InsufficientData

    Examples
    --------
    >>> from policytext.exploration import open_study
    >>> table = term_rates(open_study("innovation-centers"), "창업", unit="quarter")
    >>> bool((table["rate_low"].dropna() >= 0).all()), int(table["n"].sum()) > 100
    (True, True)
    """
    two = column_of(exploration, term)
    periods = period_of(exploration.documents, _frequency(unit))
    if periods.isna().all():
        raise InsufficientData(
            "날짜를 아는 글이 없어 시간을 따라 셀 수 없습니다. 날짜 열을 확인하세요."
        )
    labels = periods.astype(str).where(periods.notna(), None)
    units = family_units(two, labels, exploration.documents["family_id"], n_groups=1)
    weights = family_weights(units, n_boot, np.random.default_rng(random_state))
    y, tokens = units.counts[:, [0]].toarray(), units.tokens[:, None]
    pick = sparse.csr_matrix((np.ones(len(y)), (units.group, np.arange(len(y)))))
    resampled = (pick @ (weights * y)) / (pick @ (weights * tokens))
    n_families, used = (pick @ np.ones(len(y))), pick @ (y[:, 0] > 0).astype(float)
    share_low, share_high = _wilson(used, n_families)
    total = (pick @ tokens)[:, 0]
    rate_low, rate_high = 1e4 * np.quantile(resampled, [0.025, 0.975], axis=1)
    usual = y[y > 0].mean() if (y > 0).any() else 1.0
    rate_high = np.where(used > 0, rate_high, 1e4 * share_high * n_families * usual / total)
    table = pd.DataFrame({
        "n_families": n_families.astype(int),
        "rate_per_10k": 1e4 * (pick @ y)[:, 0] / total,
        "rate_low": np.where(n_families > 1, rate_low, np.nan),
        "rate_high": np.where(n_families > 1, rate_high, np.nan),
        "share": used / n_families, "share_low": share_low, "share_high": share_high,
    }, index=pd.PeriodIndex(units.groups, freq=_frequency(unit)))  # fmt: skip
    found = pd.Series(two.counts[:, [0]].toarray()[:, 0]).groupby(periods)
    table = table.assign(n=found.sum(), n_documents=found.agg(lambda n: (n > 0).sum()))
    every = pd.period_range(table.index.min(), table.index.max(), freq=table.index.freq)
    table = table.reindex(every)
    counts = ["n", "n_documents", "n_families"]
    table[counts] = table[counts].fillna(0).astype(int)
    return table.assign(period=every.to_timestamp()).reset_index(drop=True)


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
    >>> from policytext.exploration import open_study
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
    >>> from policytext.exploration import open_study
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
    >>> from policytext.exploration import open_study
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


def _frequency(unit: str) -> str:
    if unit not in UNITS:
        raise ValueError(f"단위는 {', '.join(UNITS)} 가운데 하나여야 하는데 '{unit}'입니다.")
    return UNITS[unit]


def _wilson(k: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """95 % score interval of k out of n (Wilson 1927)."""
    centre = (k + _Z**2 / 2) / (n + _Z**2)
    half = _Z / (n + _Z**2) * np.sqrt(k * (n - k) / n + _Z**2 / 4)
    return np.maximum(centre - half, 0), np.minimum(centre + half, 1)
