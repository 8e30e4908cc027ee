"""Headline conclusions of a run as rows, and whether another run bears them out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from policytext.korean import attach_particle
from policytext.robustness.runs import Run
from policytext.topics import NO_TOPIC, Topics, labels

ALPHA = 0.05
N_TERMS = 3  # headline terms an administration
TOP_RANK = 20  # a term further down than this is no headline
MATCHED = 1 / 3  # Jaccard overlap below which a topic did not come back
HOLDS, FAILS, ABSENT = "holds", "fails", "absent"
STATUS_NAMES = {HOLDS: "같음", FAILS: "달라짐", ABSENT: "잴 수 없음"}
ESTIMATE_NAMES = {
    "term": "로그 승산비",
    "topic": "비중의 차이",
    "distance": "기준선을 넘는 거리 (비트)",
}
_MEASURES = ["estimate", "low", "high", "rank", "q"]


def headline_claims(
    run: Run, administrations: Sequence[str], *, excluded: frozenset[str] = frozenset()
) -> pd.DataFrame:
    """Write down what a run concludes.

    Parameters
    ----------
    administrations : sequence of str
        Large ones, in order of time.
    excluded : set of str
        Terms that make no headline (people's names).

    Returns
    -------
    DataFrame
        One row per claim: ``claim`` (a Korean sentence), ``kind``; ``administration``;
        ``other`` the one it is compared with; ``term``; ``topic``. Kinds: ``term``, the
        first three significant terms of each administration; ``topic``, for every
        two successive administrations the topic whose share differs most, if it does;
        ``distance``, successive administrations whose vocabularies differ beyond the
        baseline.

    Examples
    --------
    >>> keyness = pd.DataFrame({"administration": ["가", "가"], "term": ["창업", "혁신"],
    ...     "rank": [1, 2], "q": [0.01, 0.2], "log_odds": [1.0, 0.5]})
    >>> run = Run(keyness, pd.DataFrame(), pd.DataFrame(), None)
    >>> headline_claims(run, ["가"])["claim"].tolist()
    ['‘창업’은 가 때 두드러진 말이다']
    """
    rows = []
    sure = run.keyness[_is_key(run.keyness) & ~run.keyness["term"].isin(excluded)]
    for name in administrations:
        terms = sure.loc[sure["administration"] == name].sort_values("rank")["term"]
        for term in terms.head(N_TERMS):
            sentence = f"{attach_particle(f'‘{term}’', '은/는')} {name} 때 두드러진 말이다"
            rows.append((sentence, "term", name, None, term, 0))
    pairs = list(zip(administrations, administrations[1:], strict=False))
    for earlier, later in pairs if len(run.differences) else []:
        between = _oriented(run.differences, "difference", earlier, later)
        between = between[(between["q"] < ALPHA) & (between["topic"] != NO_TOPIC)]
        if len(between):
            top = between.loc[between["difference"].abs().idxmax()]
            more, less = (earlier, later) if top["difference"] > 0 else (later, earlier)
            named = attach_particle(f"주제 ‘{labels(run.topics, 3)[top['topic']]}’", "은/는")
            sentence = f"{named} {less} 때보다 {more} 때 많다"
            rows.append((sentence, "topic", more, less, None, int(top["topic"])))
    for earlier, later in pairs if len(run.distances) else []:
        between = _pair(run.distances, earlier, later)
        if (between["excess_low"] > 0).any():
            sentence = f"{earlier}–{later}의 말은 한 정부 안의 차이보다 멀다"
            rows.append((sentence, "distance", earlier, later, None, 0))
    return pd.DataFrame(
        rows, columns=["claim", "kind", "administration", "other", "term", "topic"]
    ).astype({"topic": int})


def judge(claims: pd.DataFrame, base: Run, run: Run) -> pd.DataFrame:
    """Say which claims of a base run another run bears out.

    A term claim holds with rank <= 20, q < .05 and log-odds above 0; a topic claim when the
    topic that shares most documents with the original (Jaccard at least 1/3) differs in
    the same direction, 0 outside the interval; a distance claim when the interval of the
    excess over the baseline is above 0. What the run has no number for is ``absent``.

    Returns
    -------
    DataFrame
        The columns of `claims` and ``estimate, low, high`` (log-odds, difference of
        shares, or bits; above 0 speaks for the claim), ``rank, q`` (terms only; q of
        topics too), ``status`` (``holds``, ``fails``, ``absent``).
    """
    table = claims.join(pd.DataFrame([_evidence(row, base, run) for row in claims.itertuples()]))
    table = table.reindex(columns=[*claims.columns, *_MEASURES, "holds"])
    table[_MEASURES] = table[_MEASURES].astype(float)
    holds = table.pop("holds").fillna(False).astype(bool)
    status = np.where(holds, HOLDS, FAILS)
    return table.assign(status=np.where(table["estimate"].isna(), ABSENT, status))


def agreement(judged: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count, for each claim, the runs that bear it out.

    Parameters
    ----------
    judged : DataFrame
        Rows of :func:`judge` for several runs, told apart by the column `by`.

    Returns
    -------
    DataFrame
        ``claim, kind, n_runs, n_holds, n_fails, n_absent``; ``share_holds`` of the runs that
        could measure it (NaN if none); ``estimate_min, estimate_max``; ``weakest``, the
        run that speaks against it most: the lowest estimate among those where it fails or,
        if it never does, among all.

    Examples
    --------
    >>> judged = pd.DataFrame({"claim": "a", "kind": "term", "run": [1, 2, 3],
    ...     "status": ["holds", "fails", "absent"], "estimate": [2.0, 1.0, None]})
    >>> agreement(judged, "run")[["n_runs", "n_absent", "share_holds", "weakest"]].values.tolist()
    [[3.0, 1.0, 0.5, 2.0]]
    """
    rows = []
    for (claim, kind), part in judged.groupby(["claim", "kind"], sort=False):
        n = part["status"].value_counts().reindex(STATUS_NAMES, fill_value=0)
        measured = n[HOLDS] + n[FAILS]
        against = part[part["status"] == FAILS] if n[FAILS] else part
        weakest = against[by].get(against["estimate"].astype(float).fillna(np.inf).idxmin())
        share = n[HOLDS] / measured if measured else np.nan
        ends = part["estimate"].min(), part["estimate"].max()
        rows.append((claim, kind, len(part), *n, share, *ends, weakest if measured else None))
    names = ["claim", "kind", "n_runs", "n_holds", "n_fails", "n_absent", "share_holds"]
    return pd.DataFrame(rows, columns=[*names, "estimate_min", "estimate_max", "weakest"])


def weakest_claim(table: pd.DataFrame) -> tuple[str, str]:
    """Claim and kind with the smallest share of runs that bear it out; empty if there is none.

    Examples
    --------
    >>> weakest_claim(pd.DataFrame({"claim": ["a", "b"], "kind": "term", "share_holds": [1, 0.5]}))
    ('b', 'term')
    """
    measured = table.dropna(subset="share_holds")
    if measured.empty:
        return "", "term"
    row = measured.loc[measured["share_holds"].idxmin()]
    return row["claim"], row["kind"]


def _is_key(table: pd.DataFrame) -> pd.Series:
    return (table["rank"] <= TOP_RANK) & (table["q"] < ALPHA) & (table["log_odds"] > 0)


def _pair(table: pd.DataFrame, one: str, other: str) -> pd.DataFrame:
    """Rows of two administrations, in whichever order the table names them."""
    if table.empty:
        return table
    a, b = table["administration_a"], table["administration_b"]
    found = table[(a == one) & (b == other)]
    return found if len(found) else table[(a == other) & (b == one)]


def _oriented(table: pd.DataFrame, value: str, one: str, other: str) -> pd.DataFrame:
    """The pair's rows with the value read as `one` less `other`."""
    found = _pair(table, one, other)
    if found.empty or (found["administration_a"] == one).all():
        return found
    ends = {f"{value}_low": -found[f"{value}_high"], f"{value}_high": -found[f"{value}_low"]}
    return found.assign(**{value: -found[value]}, **ends)


def _evidence(claim, base: Run, run: Run) -> dict:
    """Estimate, interval and verdict of one claim; empty when the run has no number."""
    if claim.kind == "term":
        found = run.keyness
        found = found[(found["administration"] == claim.administration)]
        found = found[found["term"] == claim.term].assign(holds=_is_key)
        names = ["log_odds", "log_odds_low", "log_odds_high", "rank", "q"]
    elif claim.kind == "topic":
        pair = (claim.administration, claim.other)
        found = _oriented(run.differences, "difference", *pair)
        if len(found):
            found = found[found["topic"] == _same_topic(claim.topic, base.topics, run.topics)]
            found = found.assign(rank=np.nan, holds=found["difference_low"] > 0)
        names = ["difference", "difference_low", "difference_high", "rank", "q"]
    else:
        found = _pair(run.distances, claim.administration, claim.other)
        if len(found):
            found = found.assign(rank=np.nan, q=np.nan, holds=found["excess_low"] > 0)
        names = ["excess", "excess_low", "excess_high", "rank", "q"]
    if found.empty:
        return {}
    first = found.iloc[0]
    values = {new: first.get(old) for new, old in zip(_MEASURES, names, strict=True)}
    return values | {"holds": first["holds"]}


def _same_topic(topic: int, base: Topics, other: Topics) -> int:
    """The topic of `other` that shares most documents with one of `base`; -1 if none does."""
    both = base.documents.merge(other.documents, on="doc_id", suffixes=("", "_other"))
    mine = both["topic"] == topic
    overlaps = {
        found: (mine & (both["topic_other"] == found)).sum()
        / (mine | (both["topic_other"] == found)).sum()
        for found in sorted(set(both["topic_other"]) - {NO_TOPIC})
    }
    best = max(overlaps, key=overlaps.get, default=-1)
    return best if best != -1 and overlaps[best] >= MATCHED else -1
