"""What part of each administration's documents has a topic, a region or a category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import scipy
from scipy import sparse

from policytext.administrations import administration_order
from policytext.compare.permutations import blocks, permuted_groups, tail_p
from policytext.compare.units import (
    ALPHA,
    BOUNDS,
    Labels,
    Units,
    aligned,
    exact_interval,
    family_units,
    picker,
)
from policytext.report import maps
from policytext.report.evidence import occurrences
from policytext.report.result import Result
from policytext.words.counts import TermMatrix
from policytext.words.lexicon import find_regions, read_regions

FOR_SHARES = 2000  # permutations at most: topics are few, and so is what is corrected for
ODDS = 3  # times the expected odds, at the lower bound: the topic lives in the administration


def shares(
    topic_documents: pd.DataFrame,
    groups: Labels,
    *,
    families: Labels = None,
    strata: Labels = None,
    n_boot: int = 1000,
) -> pd.DataFrame:
    """Share of each topic in each administration, every family counting once.

    `topic_documents` is ``Topics.documents`` (``doc_id, topic``; rows without a topic are left
    out); `groups`, `families` and `strata` as in :func:`aligned`. Returns ``administration, topic,
    n`` (documents), ``share, share_low, share_high`` (95 %, reweighting families). The shares of
    an administration sum to 1. Where a topic takes none or all of it, the open end is the
    exact binomial bound, because resampling would give an interval of no width. With `strata`
    each stratum weighs in every administration what it weighs in all (direct standardisation).

    >>> table = pd.DataFrame({"doc_id": ["a", "b", "c"], "topic": [1, 2, 2]})
    >>> found = shares(table, ["가", "가", "나"], n_boot=100)
    >>> found[["administration", "topic", "n", "share"]].values.tolist()
    [['가', 1, 1, 0.5], ['가', 2, 1, 0.5], ['나', 1, 0, 0.0], ['나', 2, 1, 1.0]]
    """
    units, matrix = _topic_units(topic_documents, groups, families, strata, n_groups=1)
    drawn = _drawn_shares(units, n_boot, np.random.default_rng(0))
    share, (low, high) = drawn[:, :, 0], np.quantile(drawn[:, :, 1:], BOUNDS, axis=2)
    n_families = np.bincount(units.group)[:, None]
    low = np.where(share == 1, exact_interval(n_families, n_families)[0], low)
    high = np.where(share == 0, exact_interval(0, n_families)[1], high)
    of_group = picker(units.group[units.row_unit], len(units.groups))
    n = (of_group @ matrix.counts[units.rows]).toarray().astype(int)
    keys = {"administration": units.groups, "topic": matrix.terms}
    columns = {"n": n, "share": share, "share_low": low, "share_high": high}
    table = {name: values.ravel() for name, values in columns.items()}
    index = pd.MultiIndex.from_product([*keys.values()], names=[*keys])
    return pd.DataFrame(table, index=index).reset_index()


def share_differences(
    topic_documents: pd.DataFrame,
    groups: Labels,
    *,
    families: Labels = None,
    strata: Labels = None,
    n_boot: int = 1000,
    n_permutations: int = 2000,
    random_state: int = 0,
) -> pd.DataFrame:
    """Differences of topic shares between every two administrations.

    Takes what :func:`shares` takes; labels are permuted over the families of the two, with `strata`
    inside each. Returns
    ``administration_a, administration_b, topic, difference`` (share in a less share in b),
    ``difference_low, difference_high`` (95 %), ``p`` (two-sided), ``q`` (Benjamini-Hochberg
    over all rows).

    >>> table = pd.DataFrame({"doc_id": list("abcdefgh"), "topic": [1, 1, 1, 1, 2, 2, 2, 2]})
    >>> found = share_differences(table, list("가가가가나나나나"), n_permutations=200)
    >>> found[["topic", "difference"]].values.tolist(), bool(found["p"].max() < 0.1)
    ([[1.0, 1.0], [2.0, -1.0]], True)
    """
    units, matrix = _topic_units(topic_documents, groups, families, strata, n_groups=2)
    rng, weights = np.random.default_rng(random_state), _weights(units)
    drawn = _drawn_shares(units, n_boot, rng)[:, :, 1:]
    parts = []
    for pair in combinations(range(len(units.groups)), 2):
        two = _only(units, pair)
        blocks = permuted_groups(two, n_permutations, rng, n_scored=two.counts.shape[1])
        weighted = [(own, two.counts.T.multiply(weights[own][two.stratum]).tocsr()) for own in pair]
        sums = [[counts @ (moved == own).astype(float) for own, counts in weighted]
                for moved in blocks]  # fmt: skip
        share_a, share_b = (totals / totals.sum(axis=0) for totals in np.concatenate(sums, axis=2))
        size = np.abs(share_a - share_b)
        low, high = np.quantile(drawn[pair[0]] - drawn[pair[1]], BOUNDS, axis=-1)
        found = {"topic": matrix.terms, "difference": (share_a - share_b)[:, 0]}
        found |= {"difference_low": low, "difference_high": high}
        found["p"] = tail_p(size[:, 0], size[:, 1:])
        a, b = (units.groups[code] for code in pair)
        parts.append(pd.DataFrame({"administration_a": a, "administration_b": b} | found))
    table = pd.concat(parts, ignore_index=True)
    return table.assign(q=scipy.stats.false_discovery_control(table["p"]))


def concentration(
    topic_documents: pd.DataFrame, groups: Labels, *, families: Labels = None
) -> pd.DataFrame:
    """Say which topics live in one administration.

    Takes what :func:`shares` takes; topic 0 is none. Returns one row per topic: ``topic,
    n_families``; the ``administration`` it leans to most surely, that one's ``share`` of the
    topic's families with ``share_low, share_high`` (95 %; exact where it is all), ``expected`` (its
    share of all families); ``lives_in_one``: even at the lower bound the odds, share / (1 - share),
    are at least three times the expected ones.

    >>> table = pd.DataFrame({"doc_id": list("abcdefghij"), "topic": [1] * 6 + [2] * 4})
    >>> found = concentration(table, list("가가가가가가") + list("가나나가"))
    >>> found[["administration", "share", "expected", "lives_in_one"]].values.tolist()
    [['가', 1.0, 0.8, False], ['나', 0.5, 0.2, False]]
    """
    topic = topic_documents["topic"]
    placed = topic_documents.assign(topic=topic.where(topic != 0))
    units, matrix = _topic_units(placed, groups, families, n_groups=1)
    drawn = _resampled(units, 1000, np.random.default_rng(0))
    n_families = drawn[:, :, 0].sum(axis=0)
    drawn = drawn / drawn.sum(axis=0)
    share, (low, high) = drawn[:, :, 0], np.quantile(drawn[:, :, 1:], BOUNDS, axis=2)
    low = np.where(share > 1 - 1e-9, exact_interval(n_families, n_families)[0], low)
    expected = np.bincount(units.group)[:, None] / len(units.group) * np.ones_like(share)
    with np.errstate(divide="ignore"):
        odds = (low / (1 - low)) / (expected / (1 - expected))
    most, topics = odds.argmax(axis=0), np.array(matrix.terms, dtype=int)
    table = pd.DataFrame({"topic": topics, "n_families": n_families.round().astype(int)})
    table["administration"] = np.array(units.groups, dtype=object)[most]
    columns = {"share": share, "share_low": low, "share_high": high, "expected": expected}
    for name, values in (columns | {"lives_in_one": odds >= ODDS}).items():
        table[name] = values[most, np.arange(len(most))]
    return table


def share_table(
    mentions: pd.DataFrame,
    documents: pd.DataFrame,
    names: Sequence[str],
    key: str,
    absent: Sequence[tuple[str, str]] = (),
) -> pd.DataFrame:
    """How many of each administration's documents have each of `names`, a family counting once.

    `mentions` has ``doc_id, term``, `documents` ``doc_id, administration, family_id``. Returns one
    row per administration (in order of time) and name that is used at all: ``administration,
    <key>, n`` (mentions), ``n_documents, n_families`` that have it, ``n_families_all``;
    ``share`` of families with ``share_low, share_high`` (95 %, exact); ``share_rest`` among
    all other administrations together, ``p`` (Fisher's exact test against them, two-sided;
    missing where there are none) and ``q`` (Benjamini-Hochberg over all rows). Pairs of an
    administration and a name that was `absent` then are neither rows nor part of the others.

    >>> mentions = pd.DataFrame({"doc_id": list("aab"), "term": "대구"})
    >>> documents = pd.DataFrame({"doc_id": list("abcd"), "family_id": list("abcd"),
    ...     "administration": list("가가나나")})
    >>> table = share_table(mentions, documents, ["대구"], "region")
    >>> table[["administration", "n", "share", "p"]].values.tolist()
    [['가', 3, 1.0, 0.3333333333333333], ['나', 0, 0.0, 0.3333333333333333]]
    """
    known = documents[["doc_id", "administration", "family_id"]].reset_index(drop=True)
    known = known[known["administration"].notna()].astype({"administration": object})
    named = mentions[["doc_id", "term"]].astype({"term": object}).merge(known, on="doc_id")
    named = named.rename(columns={"term": key})
    names = [name for name in names if name in set(named[key])]
    order = administration_order(known["administration"])
    cells = pd.MultiIndex.from_product([order, names], names=["administration", key])
    cells = cells.difference(absent, sort=False)
    counts = named.groupby(cells.names).agg(
        n=("doc_id", "size"), n_documents=("doc_id", "nunique"), n_families=("family_id", "nunique")
    )
    table = counts.reindex(cells, fill_value=0).reset_index()
    sizes = known.groupby("administration")["family_id"].nunique()
    table["n_families_all"] = table["administration"].map(sizes).astype(int)
    sums = table.groupby(key)[["n_families", "n_families_all"]].transform("sum")
    k, n = table["n_families"].to_numpy(), table["n_families_all"].to_numpy()
    rest, size = sums["n_families"].to_numpy() - k, sums["n_families_all"].to_numpy() - n
    table["share"] = k / n
    table["share_low"], table["share_high"] = exact_interval(k, n)
    table["share_rest"] = np.divide(rest, size, out=np.full(len(k), np.nan), where=size > 0)
    sides = np.stack([k, n - k, rest, size - rest], axis=1).reshape(-1, 2, 2)
    table["p"] = [
        scipy.stats.fisher_exact(side).pvalue if side[1].any() else np.nan for side in sides
    ]
    tested = table["p"].dropna().astype(float)
    return table.assign(q=pd.Series(scipy.stats.false_discovery_control(tested), tested.index))


def regions(corpus) -> Result:
    """Regions that each administration's documents name, on tile maps."""
    mentions = find_regions(corpus.documents)
    mentions["administration"] = corpus.groups.loc[mentions["doc_id"]].to_numpy()
    large = corpus.documents[corpus.large.notna().to_numpy()]
    places, last = read_regions(), corpus.documents.groupby("administration")["date"].max()
    begun = places.dropna(subset="since").set_index("region")["since"]
    absent = [(who, region) for region, day in begun.items() for who in last.index[last < day]]
    table = share_table(mentions, large, places["region"], "region", absent)
    sure = table[(table["q"] < ALPHA) & (table["share"] > table["share_rest"])]
    told = sure.sort_values(["q", "share"], ascending=[True, False]).head(4)
    facts = {
        "n_documents": len(large),
        "is_alone": table["q"].isna().all(),
        "n_sure": len(sure),
        "is_null": sure.empty,
        "n_regions": sure["region"].nunique(),
        "told": told.to_dict("records"),
        "drawing": {"places": places},
        "begun": begun[begun > last.min()],
    }
    counts = occurrences(corpus.documents, mentions, places["region"])
    more = [Result("regions-evidence", counts, corpus, parts=("kept",))]
    opened = {"places": mentions.rename(columns={"term": "region"}), "evidence_n": 1}
    look = {"by": ("region", "administration"), "draw": maps.tile_map}
    look["columns"] = tuple(table.drop(columns=["n_documents", "p"]))
    return Result("regions", table, corpus, facts=facts, level=3, more=more, **opened, **look)


def _topic_units(
    topic_documents: pd.DataFrame,
    groups: Labels,
    families: Labels,
    strata: Labels = None,
    *,
    n_groups: int,
) -> tuple[Units, TermMatrix]:
    """Documents as rows and topics as terms, one token per document."""
    votes = pd.get_dummies(topic_documents["topic"], dtype=float)
    doc_ids = topic_documents["doc_id"].tolist()
    matrix = TermMatrix(sparse.csr_matrix(votes.to_numpy()), doc_ids, votes.columns.tolist())
    labels = np.where(topic_documents["topic"].notna(), aligned(groups, doc_ids, "groups"), None)
    return family_units(matrix, labels, families, strata, n_groups=n_groups), matrix


def _weights(units: Units) -> np.ndarray:
    """What a unit counts, groups × strata, for each stratum to weigh as in all groups together."""
    sizes = picker(units.group, len(units.groups)) @ picker(units.stratum, len(units.strata)).T
    sizes = sizes.toarray()
    return sizes.sum(axis=0) / np.maximum(sizes, 1)


def _drawn_shares(units: Units, n_boot: int, rng: np.random.Generator) -> np.ndarray:
    """Shares of topics in groups, strata weighing alike, × resamples, the first what there is."""
    n_groups, n_strata = len(units.groups), len(units.strata)
    cell = units.group * n_strata + units.stratum
    drawn = _resampled(replace(units, group=cell, groups=range(n_groups * n_strata)), n_boot, rng)
    drawn = drawn / np.maximum(drawn.sum(axis=1, keepdims=True), 1e-300)
    drawn = drawn.reshape(n_groups, n_strata, *drawn.shape[1:])
    drawn = np.tensordot(np.bincount(units.stratum) / len(cell), drawn, (0, 1))
    return drawn / drawn.sum(axis=1, keepdims=True)


def _only(units: Units, groups: tuple[int, ...]) -> Units:
    """The units of some groups, which keep their codes."""
    mine = np.isin(units.group, groups)
    families = np.unique(units.family[mine], return_inverse=True)[1]
    return replace(units, counts=units.counts[mine], family=families, group=units.group[mine],
                   stratum=units.stratum[mine])  # fmt: skip


def _resampled(units: Units, n_boot: int, rng: np.random.Generator) -> np.ndarray:
    """Families in groups × topics × resamples, the first being what there is.

    Bayesian bootstrap (Rubin 1981): one standard exponential per family and resample. Unlike
    drawing with replacement it never empties a small group.
    """
    n_groups, n_topics = len(units.groups), units.counts.shape[1]
    votes = units.counts.tocoo()
    cells = units.group[votes.row] * n_topics + votes.col, units.family[votes.row]
    votes = sparse.csr_matrix((votes.data, cells), (n_groups * n_topics, units.n_families))
    drawn = [np.asarray(votes.sum(axis=1))]
    for size in blocks(n_boot, units.n_families, least=8):
        drawn.append(votes @ rng.standard_exponential((size, units.n_families)).T)
    return np.concatenate(drawn, axis=1).reshape(n_groups, n_topics, -1)
