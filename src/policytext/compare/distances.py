"""How far apart the words of administrations are: which terms make it so, what and how they speak.

Small samples differ by chance and the more so the smaller they are. Every distance is therefore
measured between halves of equal size, one document a family, beside what two halves of one
administration differ by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, combinations_with_replacement, pairwise, product

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import entr, rel_entr

from policytext.compare.units import BOUNDS, Labels, Units, aligned, family_units
from policytext.faults import InsufficientData
from policytext.report import charts
from policytext.report.result import Result
from policytext.store import stored
from policytext.topics.clusters import NO_TOPIC, stable_topics
from policytext.words.counts import TermMatrix

PAIR = ["administration_a", "administration_b"]
PARTS = ("what", "how")
_PLACE = ["doc_id", "start", "end", "term", "administration", "date"]
FEW_TOKENS = 20_000_000
N_DRIVERS = 3  # terms or topics opened behind a distance


def divergence(corpus) -> Result:
    """How far apart the words of every two administrations are, and which terms make it so."""
    corpus.check(n_large=2)
    matrix, large, families = corpus.keyness_matrix, corpus.large, corpus.families
    table = divergence_table(matrix, large, families=families)
    ordered = list(product(corpus.administrations, repeat=2))
    table = table.set_index(PAIR).loc[ordered].reset_index()
    drivers = divergence_terms(matrix, large, families=families, n_draws=50)
    top = drivers.groupby(PAIR).head(15).reset_index(drop=True)
    mentions = corpus.mentions(top["term"].unique())[_PLACE]
    opened = {"places": mentions.rename(columns={"administration": "more_in"}), "evidence_n": 1}
    shown = (*PAIR, "term", "excess", "more_in", "rate_a_per_10k", "rate_b_per_10k")
    look = {"by": ("term", "more_in"), "columns": shown}
    whose = Result("divergence-terms", top, corpus, **opened, **look)
    pairs = list(combinations(corpus.administrations, 2))
    view = table.set_index(PAIR).loc[pairs].reset_index()
    facts = {"n_documents": int(large.notna().sum())} | _far_and_near(view)
    opened = {"places": _behind_distances(top, mentions), "evidence_n": 1}
    shown = (*PAIR, "jsd", "baseline", "excess", "excess_low", "excess_high")
    look = {"by": tuple(PAIR), "columns": shown, "draw": charts.divergence, "view": view}
    return Result("divergence", table, corpus, facts=facts, more=[whose], **opened, **look)


def decomposition(corpus) -> Result:
    """What successive administrations speak of, and how: the two parts of their distance."""
    corpus.check(n_large=2)
    topics = corpus.topics.documents.set_index("doc_id")["topic"]
    topics = topics.reindex(corpus.keyness_matrix.doc_ids)
    stable = stable_topics(corpus)
    if stable.empty:
        raise InsufficientData(
            "안정된 주제가 없어 무엇을 말했는지와 어떻게 말했는지를 나누어 볼 수 없습니다."
        )
    topics = topics.where(topics.isin(stable), NO_TOPIC)
    about = corpus.keyness_matrix, topics, corpus.large
    options = {"families": corpus.families, "pairs": list(pairwise(corpus.administrations))}
    split, drivers = decompose(*about, **options), decomposition_terms(*about, **options)
    for table in (split, drivers):
        table["pair"] = table[PAIR[0]] + "–" + table[PAIR[1]]
    told = split.loc[(split["topic"] == 0) & split["excess"].notna(), "pair"]
    if told.empty:
        raise InsufficientData(
            "안정된 주제의 글을 둘로 나눌 수 있는 이어진 두 정부가 없습니다. 글을 더하면 무엇을 "
            "말했는지와 어떻게 말했는지를 나누어 볼 수 있습니다."
        )
    split, drivers = (table[table["pair"].isin(told)].copy() for table in (split, drivers))
    is_later = drivers["more_in"] == drivers["administration_b"]
    drivers["side"] = is_later.map({False: "earlier", True: "later"})
    keys = ["pair", "topic", "side"]
    sides = drivers.dropna(subset="more_in").groupby(keys)
    top = sides.head(5)
    words = top.groupby(keys)["term"].agg(", ".join).unstack()
    words = words.reindex(columns=["earlier", "later"]).reset_index()
    how = split[(split["part"] == "how") & (split["topic"] > 0)].merge(words, on=keys[:2])
    how = how.assign(label=how["topic"].map(corpus.topic_names))
    how = how.sort_values("excess", ascending=False)
    opened = {"places": _sentences(corpus, topics, sides.head(1)), "evidence_n": 1}
    shown = ("pair", "label", "excess", "excess_low", "excess_high", "earlier", "later")
    more = [Result("within-topics", how, corpus, by=("pair", "topic"), columns=shown, **opened)]
    more.append(Result("within-topic-terms", drivers, corpus, view=top, parts=("kept",)))
    sums = split[split["topic"] == 0].reset_index(drop=True)
    is_counted = corpus.large[topics.index].notna() & (topics != NO_TOPIC)
    facts = {"n_documents": int(is_counted.sum()), "n_topics": len(stable)}
    facts |= _farthest(sums)
    opened["places"] = _behind_parts(corpus, topics, split, drivers)
    shown = ("pair", "part", "bits", "baseline", "excess", "excess_low", "excess_high")
    shown = (*shown, "share", "share_low", "share_high")
    look = {"by": ("pair", "part"), "columns": shown, "draw": charts.decomposition}
    return Result("what-and-how", sums, corpus, facts=facts, more=more, **opened, **look)


@stored
def divergence_table(
    matrix: TermMatrix,
    groups: Labels,
    *,
    families: Labels = None,
    n_draws: int = 200,
    random_state: int = 0,
    among: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Jensen-Shannon divergence between administrations, beside that within them.

    In bits: 0 for the same words in the same proportions, 1 for nothing in common. One row per
    ordered pair; of an administration with itself, the split-half baseline.
    ``administration_a, administration_b``; ``jsd`` mean over the draws, with ``jsd_low,
    jsd_high`` (95 %; half-samples without replacement spread like a bootstrap of the whole, and
    repeat no family, which would inflate the divergence); ``baseline`` mean of both sides;
    ``excess`` = jsd - baseline with ``excess_low, excess_high``; ``jsd_full`` from all tokens,
    sizes unequal; ``n_tokens`` a side. An administration with fewer than two families cannot be
    split: NaN except in ``jsd_full``. So is one that is not `among` those asked for; the halves of
    these are as large as with all.

    >>> counts = sparse.csr_matrix([[9, 1], [8, 2], [1, 9], [2, 8]])
    >>> matrix = TermMatrix(counts, ["a", "b", "c", "d"], ["창업", "혁신"])
    >>> divergence_table(matrix, list("가가나나"), n_draws=20)["jsd_full"].round(3).tolist()
    [0.0, 0.39, 0.39, 0.0]
    """
    units = family_units(matrix, groups, families)
    n = len(units.groups)
    jsd, n_tokens = np.full((n_draws, n, n), np.nan), np.full(n_draws, np.nan)
    for draw, halves in enumerate(_equal_halves(matrix, units, n_draws, random_state, among)):
        n_tokens[draw] = next(iter(halves.values()))[0].sum()
        shares = {code: [_shares(half) for half in pair] for code, pair in halves.items()}
        own = {code: [entr(share).sum() for share in pair] for code, pair in shares.items()}
        for a, b in combinations_with_replacement(halves, 2):
            middle = entr((shares[a][0] + shares[b][int(a == b)]) / 2).sum()
            bits = max(middle - (own[a][0] + own[b][int(a == b)]) / 2, 0) / np.log(2)
            jsd[draw, a, b] = jsd[draw, b, a] = bits
    own = np.einsum("daa->da", jsd)
    baseline = (own[:, :, None] + own[:, None, :]) / 2
    totals = units.totals(units.group, n)
    table = pd.DataFrame(list(product(units.groups, repeat=2)), columns=PAIR)
    table = table.assign(**_estimate("jsd", jsd), baseline=baseline.mean(axis=0).ravel())
    full = [js_contributions(*pair).sum() for pair in product(totals, repeat=2)]
    about = {"jsd_full": full, "n_tokens": n_tokens.mean()}
    return table.assign(**_estimate("excess", jsd - baseline), **about)


@stored
def divergence_terms(
    matrix: TermMatrix, groups: Labels, *, families: Labels = None, n_draws: int
) -> pd.DataFrame:
    """Terms that drive the divergence of every two administrations, the strongest first.

    ``administration_a, administration_b, term, contribution`` (bits; they sum to ``jsd_full`` of
    :func:`divergence_table`), ``share`` of that sum, ``rate_a_per_10k, rate_b_per_10k``,
    ``more_in`` (the administration with the higher rate, missing if neither), ``excess`` (bits
    beyond the baseline of `n_draws` draws; they sum to that of the pair).

    >>> counts = sparse.csr_matrix([[9, 1, 5], [1, 9, 5]])
    >>> matrix = TermMatrix(counts, ["a", "b"], ["창업", "혁신", "협력"])
    >>> table = divergence_terms(matrix, ["가", "나"], n_draws=1)
    >>> table[["term", "share", "more_in"]].values.tolist()
    [['창업', 0.5, '가'], ['혁신', 0.5, '나'], ['협력', 0.0, nan]]
    """
    units = family_units(matrix, groups, families)
    totals = units.totals(units.group, len(units.groups))
    rates = 1e4 * totals / np.maximum(totals.sum(axis=1, keepdims=True), 1e-9)
    excess: dict[tuple[int, int], np.ndarray] = {}
    for halves in _equal_halves(matrix, units, n_draws, 0):
        own = {group: js_contributions(*pair) for group, pair in halves.items()}
        for a, b in combinations(halves, 2):
            beyond = js_contributions(halves[a][0], halves[b][0]) - (own[a] + own[b]) / 2
            excess[a, b] = excess.get((a, b), 0) + beyond / n_draws
    parts = []
    for a, b in combinations(range(len(units.groups)), 2):
        bits = js_contributions(totals[a], totals[b])
        labels = units.groups[a], units.groups[b]
        part = dict(zip(PAIR, labels, strict=True))
        part |= {"term": matrix.terms, "contribution": bits}
        part["share"] = bits / bits.sum() if bits.sum() > 0 else bits
        part |= _rates(rates[a], rates[b], labels)
        part["excess"] = excess.get((a, b), np.nan)
        parts.append(pd.DataFrame(part).sort_values(["excess", "term"], ascending=[False, True]))
    return pd.concat(parts, ignore_index=True)


@stored
def decompose(
    matrix: TermMatrix,
    topics: Sequence,
    groups: Labels,
    *,
    families: Labels = None,
    pairs: Sequence[tuple[str, str]] | None = None,
    n_draws: int = 100,
) -> pd.DataFrame:
    """Split the divergence of two administrations into topic mix and wording.

    `topics` has the topic of each document; those of topic 0 are left out. Without `pairs`,
    every two administrations. One row per pair, part and topic: ``administration_a,
    administration_b, part`` ("what": the topic's own weight; "how": the words inside it),
    ``topic`` (0 is the sum over topics); ``bits_full`` from all tokens; from `n_draws` draws of
    equal size ``bits, baseline, excess`` (= bits - baseline) with ``excess_low, excess_high``
    (95 %), ``n_tokens`` a side; ``share`` of the part in the excess of both (an excess below 0
    taken as 0) with ``share_low, share_high``. Over parts and topics
    ``bits_full`` adds up to the divergence of the joint distribution exactly, and so does ``bits``.
    NaN but for ``bits_full`` where one side has fewer than two families.

    Notes
    -----
    Let P and Q be the distributions of (topic k, term t) of two administrations, M their mean. By
    the chain rule of relative entropy (Cover & Thomas 2006, theorem 2.5.3), with P(k, t) =
    P(k) P(t|k) and M(t|k) = [P(k) P(t|k) + Q(k) Q(t|k)] / [P(k) + Q(k)],

        JSD(P, Q) = Σ_k ½ [P(k) log P(k)/M(k) + Q(k) log Q(k)/M(k)]                (what)
                  + Σ_k M(k) JSD_w(P(·|k), Q(·|k)),  w = (P(k), Q(k)) / 2 M(k)      (how)

    where JSD_w is the divergence of Lin (1991) with unequal weights; no summand is below 0.

    The baseline of *what* is the mean of what two halves of one administration differ by. That of
    *how* must keep the topics of the two sides apart, or small topics would count against it: it
    is found by dealing the documents of each topic out again between the two sides.

    >>> counts = sparse.csr_matrix([[8, 0], [0, 8], [8, 0], [8, 0]])
    >>> matrix = TermMatrix(counts, list("abcd"), ["창업", "혁신"])
    >>> table = decompose(matrix, [1, 1, 1, 1], list("가가나나"), n_draws=5)
    >>> table[["part", "topic", "bits_full"]].round(3).values.tolist()
    [['what', 0, 0.0], ['what', 1, 0.0], ['how', 0, 0.311], ['how', 1, 0.311]]
    """
    joint, units, topic, numbers = _by_topic_and_term(matrix, topics, groups, families)
    totals = units.totals(units.group, len(units.groups))
    counts, family, rows = _splittable(joint, units)
    rng = np.random.default_rng(0)
    n = len(numbers)
    keys = pd.MultiIndex.from_product([PARTS, [0, *numbers]], names=["part", "topic"])
    tables = []
    for a, b in _codes(units, pairs):
        bits = np.full((n_draws, len(PARTS), n), np.nan)
        baseline, n_tokens = bits.copy(), np.full(n_draws, np.nan)
        for draw in range(n_draws if {a, b} <= set(rows) else 0):
            sides = [_halves(rows[group], family, rng) for group in (a, b)]
            (one, one_rest), (other, other_rest) = sides
            chosen = [one, other, one_rest, other_rest, *_dealt(one, other, topic, rng)]
            sums = _sums(counts, chosen)
            n_tokens[draw] = min(sums.sum(axis=1))
            sums = [_thinned(of_side, int(n_tokens[draw]), rng) for of_side in sums]
            one, other, one_rest, other_rest, *dealt = (side.reshape(n, -1) for side in sums)
            bits[draw] = _what_and_how(one, other)
            own = [_what_and_how(*pair)[0] for pair in ((one, one_rest), (other, other_rest))]
            baseline[draw] = np.mean(own, axis=0), _what_and_how(*dealt)[1]
        full = _what_and_how(*totals[[a, b]].reshape(2, n, -1))
        full, bits, baseline = (
            np.concatenate([values.sum(axis=-1, keepdims=True), values], axis=-1)
            for values in (full, bits, baseline)
        )
        columns = {"bits_full": full, "bits": bits.mean(axis=0), "baseline": baseline.mean(axis=0)}
        columns = {name: values.ravel() for name, values in columns.items()}
        columns |= _estimate("excess", bits - baseline) | {"n_tokens": n_tokens.mean()}
        columns |= _estimate("share", _share_of_parts(bits - baseline))
        columns["share"] = _share_of_parts((bits - baseline).mean(axis=0)).ravel()
        tables.append(_of_pair(units, (a, b), pd.DataFrame(columns, index=keys).reset_index()))
    return pd.concat(tables, ignore_index=True)


def decomposition_terms(
    matrix: TermMatrix,
    topics: Sequence,
    groups: Labels,
    *,
    families: Labels = None,
    pairs: Sequence[tuple[str, str]] | None = None,
) -> pd.DataFrame:
    """Terms that make the wording inside a topic differ; arguments as for :func:`decompose`.

    One row per pair, topic and term in use there, the largest contribution first:
    ``administration_a, administration_b, topic, term, contribution`` (bits, at least 0; over the
    terms of a topic they sum to ``bits_full`` of *how*), ``rate_a_per_10k, rate_b_per_10k``
    inside the topic, ``more_in`` (missing where the rates are equal).

    >>> counts = sparse.csr_matrix([[8, 0], [0, 8]])
    >>> matrix = TermMatrix(counts, ["a", "b"], ["창업", "혁신"])
    >>> table = decomposition_terms(matrix, [1, 1], ["가", "나"])
    >>> table[["term", "contribution", "more_in"]].values.tolist()
    [['창업', 0.5, '가'], ['혁신', 0.5, '나']]
    """
    _, units, _, numbers = _by_topic_and_term(matrix, topics, groups, families)
    totals = units.totals(units.group, len(units.groups))
    tables = []
    for a, b in _codes(units, pairs):
        counts = totals[[a, b]].reshape(2, len(numbers), -1)
        topic, term = np.nonzero(counts.sum(axis=0))
        rates = 1e4 * counts / np.maximum(counts.sum(axis=2, keepdims=True), 1e-9)
        part = {
            "topic": np.array(numbers)[topic],
            "term": np.array(matrix.terms, dtype=object)[term],
            "contribution": how_contributions(*counts)[topic, term],
            **_rates(*rates[:, topic, term], (units.groups[a], units.groups[b])),
        }
        table = _of_pair(units, (a, b), pd.DataFrame(part))
        order = ["topic", "contribution", "term"]
        tables.append(table.sort_values(order, ascending=[True, False, True]))
    return pd.concat(tables, ignore_index=True)


def js_contributions(counts_a: np.ndarray, counts_b: np.ndarray) -> np.ndarray:
    """Each term's part of the Jensen-Shannon divergence of two count vectors, in bits.

    NaN throughout where a vector has no tokens.

    >>> js_contributions(np.array([1, 0]), np.array([0, 1])).tolist()
    [0.5, 0.5]
    """
    p, q = _shares(counts_a), _shares(counts_b)
    middle = (p + q) / 2
    return np.maximum(rel_entr(p, middle) + rel_entr(q, middle), 0) / (2 * np.log(2))


def how_contributions(counts_a: np.ndarray, counts_b: np.ndarray) -> np.ndarray:
    """Each term's part of the wording inside each topic, in bits; all are topics × terms.

    With M(t|k) as in :func:`decompose`: ½ [P(k,t) log P(t|k)/M(t|k) + Q(k,t) log Q(t|k)/M(t|k)],
    at least 0 by the log-sum inequality, and 0 throughout a topic that one side lacks.
    """
    p, q = _shares(counts_a), _shares(counts_b)
    of_p, of_q = p.sum(axis=1, keepdims=True), q.sum(axis=1, keepdims=True)
    middle = (p + q) / np.maximum(of_p + of_q, 1e-300)
    return (rel_entr(p, of_p * middle) + rel_entr(q, of_q * middle)) / (2 * np.log(2))


def _far_and_near(pairs: pd.DataFrame) -> dict:
    """The farthest pair beyond chance, the nearest, and how many may be as far, or as near."""
    pairs = pairs.dropna(subset="excess")
    sure, counts = pairs[pairs["excess_low"] > 0], {"n_pairs": len(pairs)}
    if sure.empty:
        return counts | {"far": None}
    far, near = sure.loc[sure["excess"].idxmax()], pairs.loc[pairs["excess"].idxmin()]
    counts["n_tied"] = int((pairs.drop(far.name)["excess_high"] >= far["excess_low"]).sum())
    counts["n_near_tied"] = int((pairs.drop(near.name)["excess_low"] <= near["excess_high"]).sum())
    return counts | {"far": far.to_dict(), "near": near.to_dict()}


def _behind_distances(drivers: pd.DataFrame, mentions: pd.DataFrame) -> pd.DataFrame:
    """Leading terms of each pair where they are used more."""
    top = drivers.dropna(subset="more_in").groupby(PAIR, sort=False).head(N_DRIVERS)
    top = top[[*PAIR, "term"]].assign(administration=top["more_in"])
    turned = top.rename(columns=dict(zip(PAIR, reversed(PAIR), strict=True)))
    found = pd.concat([top, turned]).merge(mentions, on=["term", "administration"])
    return found.assign(of=found["term"] + " · " + found["administration"])


def _behind_parts(corpus, topics: pd.Series, split, drivers: pd.DataFrame) -> pd.DataFrame:
    """Documents of the topics behind *what*, occurrences of the terms behind *how*."""
    what = split[(split["part"] == "what") & (split["topic"] > 0)].dropna(subset="excess")
    what = what.sort_values("excess", ascending=False).groupby("pair").head(N_DRIVERS)
    what = what.melt(["pair", "part", "topic"], PAIR, value_name="administration")
    documents = corpus.documents[["doc_id", "date", "administration"]].assign(start=0, end=0)
    documents["topic"] = documents["doc_id"].map(topics)
    found = what.merge(documents, on=["topic", "administration"])
    found["of"] = found["administration"] + " · " + found["topic"].astype(int).astype(str)
    how = drivers.sort_values("contribution", ascending=False).groupby("pair").head(N_DRIVERS)
    return pd.concat([found, _sentences(corpus, topics, how).assign(part="how")], ignore_index=True)


def _sentences(corpus, topics: pd.Series, drivers: pd.DataFrame) -> pd.DataFrame:
    """Occurrences of terms in their topic and the administration that uses them more there."""
    mentions = corpus.mentions(drivers["term"].unique())[_PLACE]
    mentions["topic"] = mentions["doc_id"].map(topics)
    whose = drivers[["pair", "topic", "term"]].assign(administration=drivers["more_in"])
    found = whose.merge(mentions, on=["topic", "term", "administration"])
    return found.assign(of=found["term"] + " · " + found["administration"])


def _farthest(sums: pd.DataFrame) -> dict:
    """The pair that differs most among those that differ at all, with both parts."""
    sums = sums.dropna(subset="excess")
    sums = sums[sums.groupby("pair")["excess_low"].transform("max") > 0]
    if sums.empty:
        return {"pair": ""}
    pair = sums.groupby("pair")["excess"].sum().idxmax()
    what, how = (sums[(sums["pair"] == pair) & (sums["part"] == part)].iloc[0] for part in PARTS)
    told = {"pair": pair, "n_pairs": sums["pair"].nunique()}
    return told | {"what": what.to_dict(), "how": how.to_dict()}


def _what_and_how(counts_a: np.ndarray, counts_b: np.ndarray) -> np.ndarray:
    """Bits of both parts (rows) in each topic (columns), from topics × terms."""
    what = js_contributions(counts_a.sum(axis=1), counts_b.sum(axis=1))
    return np.array([what, how_contributions(counts_a, counts_b).sum(axis=1)])


def _share_of_parts(excess: np.ndarray) -> np.ndarray:
    """What each part (second last axis) has of the excess of both; below 0 it has none."""
    beyond = np.maximum(excess, 0)
    return beyond / np.maximum(beyond.sum(axis=-2, keepdims=True), 1e-12)


def _shares(counts: np.ndarray) -> np.ndarray:
    counts = np.asarray(counts, dtype=float)
    total = counts.sum()
    return counts / total if total > 0 else np.full_like(counts, np.nan)


def _estimate(name: str, drawn: np.ndarray) -> dict[str, np.ndarray]:
    """Mean over the draws (first axis) and its 95 % bounds."""
    low, high = np.quantile(drawn, BOUNDS, axis=0)
    named = {name: drawn.mean(axis=0), f"{name}_low": low, f"{name}_high": high}
    return {key: values.ravel() for key, values in named.items()}


def _rates(rate_a: np.ndarray, rate_b: np.ndarray, labels: tuple[str, str]) -> dict:
    more = np.where(rate_a > rate_b, *labels).astype(object)
    more[rate_a == rate_b] = None
    return {"rate_a_per_10k": rate_a, "rate_b_per_10k": rate_b, "more_in": more}


def _of_pair(units: Units, pair: tuple[int, int], table: pd.DataFrame) -> pd.DataFrame:
    for place, (name, code) in enumerate(zip(PAIR, pair, strict=True)):
        table.insert(place, name, units.groups[code])
    return table


def _codes(units: Units, pairs: Sequence[tuple[str, str]] | None) -> list[tuple[int, int]]:
    """Group codes of each pair."""
    pairs = list(combinations(units.groups, 2)) if pairs is None else list(pairs)
    missing = {label for pair in pairs for label in pair} - set(units.groups)
    if missing or not pairs:
        raise InsufficientData(
            "거리를 나누려면 글이 있는 두 정부가 있어야 하는데 없습니다"
            f"(글이 없는 정부: {', '.join(sorted(missing)) or '짝이 없음'}). 견줄 정부를 확인하세요."
        )
    return [(units.groups.index(a), units.groups.index(b)) for a, b in pairs]


def _by_topic_and_term(
    matrix: TermMatrix, topics: Sequence, groups: Labels, families: Labels
) -> tuple[TermMatrix, Units, np.ndarray, list[int]]:
    """Documents × (topic, term), its families, the topic's place of each used row, the topics."""
    numbers = pd.Series(aligned(topics, matrix.doc_ids, "topics")).astype(float)
    place, found = pd.factorize(numbers.where(numbers.fillna(0) != 0), sort=True)
    counts = sparse.coo_matrix(matrix.counts)
    kept = place[counts.row] >= 0
    columns = place[counts.row[kept]] * len(matrix.terms) + counts.col[kept]
    shape = (len(matrix.doc_ids), len(found) * len(matrix.terms))
    joint = sparse.csr_matrix((counts.data[kept], (counts.row[kept], columns)), shape=shape)
    joint = TermMatrix(joint, matrix.doc_ids, [])
    with_topic = np.where(place >= 0, aligned(groups, matrix.doc_ids, "groups"), None)
    units = family_units(joint, with_topic, families)
    return joint, units, place[units.rows], [int(topic) for topic in found]


def _splittable(matrix: TermMatrix, units: Units) -> tuple[sparse.csr_matrix, np.ndarray, dict]:
    """Counts and families of the used rows; the rows of each group that has two families."""
    counts = sparse.csr_matrix(matrix.counts)[units.rows]
    group, family = units.group[units.row_unit], units.family[units.row_unit]
    filled = np.asarray(counts.sum(axis=1)).ravel() > 0
    rows = {code: np.flatnonzero((group == code) & filled) for code in range(len(units.groups))}
    rows = {code: own for code, own in rows.items() if len(np.unique(family[own])) >= 2}
    return counts, family, rows


def _equal_halves(
    matrix: TermMatrix, units: Units, n_draws: int, seed: int, among: Sequence[str] | None = None
) -> Iterator[dict[int, tuple[np.ndarray, np.ndarray]]]:
    """Two halves of every splittable group's families, all of the same number of tokens."""
    counts, family, rows = _splittable(matrix, units)
    rng = np.random.default_rng(seed)
    wanted = [code for code in rows if among is None or units.groups[code] in among]
    for _ in range(n_draws if wanted else 0):
        halves = [half for own in rows.values() for half in _halves(own, family, rng)]
        sums = _sums(counts, halves)
        n = min(sums.sum(axis=1))
        pairs = dict(zip(rows, sums.reshape(len(rows), 2, -1), strict=True))
        yield {code: tuple(_thinned(half, n, rng) for half in pairs[code]) for code in wanted}


def _halves(rows: np.ndarray, family: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Two random halves of the families of these documents, one document a family."""
    shuffled = rng.permutation(rows)
    # shuffled again: np.unique puts the families in order
    chosen = rng.permutation(shuffled[np.unique(family[shuffled], return_index=True)[1]])
    return [chosen[: len(chosen) // 2], chosen[len(chosen) // 2 :]]


def _dealt(a: np.ndarray, b: np.ndarray, topic: np.ndarray, rng) -> tuple[np.ndarray, np.ndarray]:
    """The documents of both sides dealt out anew; each keeps its number in every topic."""
    together = np.concatenate([a, b])
    place = np.lexsort((np.arange(len(together)), topic[together]))
    moved = together.copy()
    moved[place] = together[np.lexsort((rng.random(len(together)), topic[together]))]
    return moved[: len(a)], moved[len(a) :]


def _sums(counts: sparse.csr_matrix, sides: Sequence[np.ndarray]) -> np.ndarray:
    """Counts of each term in each of several sets of rows, in one product."""
    ends = np.cumsum([0, *map(len, sides)])
    chosen = (np.ones(ends[-1]), np.concatenate(sides), ends)
    chosen = sparse.csr_matrix(chosen, shape=(len(sides), counts.shape[0]))
    return (chosen @ counts).toarray().astype(np.int64)


def _thinned(counts: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """`n` of the tokens, drawn without replacement."""
    how = "count" if counts.sum() < FEW_TOKENS else "marginals"  # the faster writes each token down
    return rng.multivariate_hypergeometric(counts, n, method=how)
