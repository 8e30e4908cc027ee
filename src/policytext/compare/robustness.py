"""Would the conclusions survive other choices, other documents, other dates?

A run compares the administrations once; other runs (Simonsohn, Simmons & Nelson 2020: a
specification curve) are asked whether they bear out its headlines.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd
import scipy
from tqdm.auto import tqdm

from policytext.administrations import ACTING_MODES, assign_administrations
from policytext.compare.contrasts import ALPHA, false_calendars, keyness_table, n_at_false
from policytext.compare.distances import divergence_table
from policytext.compare.proportions import FOR_SHARES, share_differences
from policytext.compare.units import BOUNDS, Labels, aligned, in_common_kinds
from policytext.faults import InsufficientData
from policytext.korean import attach_particle
from policytext.scale import mapped
from policytext.store import stored
from policytext.study import PROCESSED, Study
from policytext.topics.clusters import NO_TOPIC, Topics, cluster, labels, told_apart
from policytext.words.counts import TermMatrix, term_matrix
from policytext.words.lexicon import Lexicon
from policytext.words.tokens import LEXICON_TAG, counted, tokenize

N_TERMS = 10  # candidate terms an administration
TOP_RANK = 20  # a term further down than this is no headline
MOST = 0.75  # of specifications, at least, in which a headline holds
FLAWS = {  # of a claim: none with one is a headline
    "is_formula": "상투어·조각·이름",
    "is_alone": "나머지는 거의 쓰지 않음",
    "is_fragile": "다시 뽑으면 깨짐",
    "is_reworded": "옮겨 적은 글",
}
MATCHED = 1 / 3  # Jaccard overlap below which a topic did not come back
N_DRAWS = 200  # of halves for the distances, at most
MANY = 500_000  # tokens, above which runs are spread over cores: it takes seconds to begin
HOLDS, FAILS, ABSENT = "holds", "fails", "absent"
STATUS_NAMES = {HOLDS: "같음", FAILS: "달라짐", ABSENT: "잴 수 없음"}
NOT_MEANT = "해당 없음"  # a check that is not about this kind of claim
WEAKER, REVERSED = "약해짐", "뒤집힘"
ACTING_NAMES = {
    "separate": "권한대행을 따로 둠",
    "attach": "권한대행을 앞 대통령에 붙임",
    "exclude": "권한대행을 뺌",
}
CHOICE_NAMES = {
    "analyser": "분석기",
    "parts": "품사",
    "lexicon": "용어 사전",
    "stopwords": "불용어",
    "min_syllables": "최소 음절",
    "min_df": "최소 문서 수",
    "families": "베낀 글",
    "n_topics": "주제 수",
}
ALL_NOUNS, COMMON_NOUNS = "명사 전부", "고유명사·외국어 뺌"
_VALUE_NAMES = {
    "lexicon": {True: "씀", False: "안 씀"},
    "stopwords": {True: "뺌", False: "안 뺌"},
    "families": {True: "한 번만 셈", False: "글마다 셈"},
}
_KEY = ["kind", "administration", "other", "term", "topic"]
_MEASURES = ["estimate", "low", "high", "rank", "p", "q"]
Variant = tuple[str, pd.DataFrame]
# Hundreds of tables of which only a few rows are asked for: not kept on disk.
_keyness = keyness_table.__wrapped__


@dataclass(frozen=True)
class Run:
    """What one way of comparing gives: the table of :func:`measured`, and topics if there are."""

    measured: pd.DataFrame
    topics: Topics | None


@dataclass(frozen=True)
class Headlines:
    """What a base run claims (:func:`headline_claims`), and the options of runs that test it."""

    claims: pd.DataFrame
    base: Run
    options: dict


def run_options(study: Study, n_topics: int) -> dict:
    """Options of :func:`measure` that repeat what a study's comparison chapter does.

    `n_topics` 0 stands for no topics, ``families`` True for counting each family once, ``far`` for
    the administrations whose distances are measured (None: all).
    """
    topics = {f"topic_{name}": getattr(study.topics, name) for name in ("min_df", "max_df")}
    comparison = study.comparison.model_dump(exclude={"administrations"})
    return comparison | topics | {"n_topics": n_topics, "families": True, "far": None}


def measure(
    documents: pd.DataFrame, tokens: pd.DataFrame, options: Mapping, made: dict | None = None
) -> Run:
    """Compare the administrations of `documents` once.

    `documents` has ``doc_id, administration, family_id``; a column ``stratum`` goes before the
    stratum that `options` (see :func:`run_options`) names. `tokens` has ``doc_id, term``;
    those of other documents are left out. `made` keeps what runs on the same documents and tokens
    share: topics by their number, tables of words by ``min_df`` and ``families``.
    InsufficientData: no two administrations have documents, or no term is left.
    """
    made = {} if made is None else made
    tokens = tokens[tokens["doc_id"].isin(documents["doc_id"])]
    matrix = term_matrix(tokens, min_df=options["min_df"], max_df=1.0)
    documents = documents.set_index("doc_id").loc[matrix.doc_ids].reset_index()
    stratum = "stratum" if "stratum" in documents else options["strata"]
    strata = documents[stratum] if stratum else None
    families = documents["family_id"] if options["families"] else None
    alike = {"families": families, "random_state": options["random_state"]}
    resamples = {name: options[name] for name in ("n_permutations", "n_boot")}
    n_families = documents.groupby("administration")["family_id"].transform("nunique")
    large = documents["administration"].where(n_families >= options["min_families"])
    has_two, n_topics = large.nunique() > 1, options["n_topics"]
    key = options["min_df"], options["families"]
    if key not in made:
        groups, how = documents["administration"], {"strata": strata} | resamples | alike
        made[key] = {"keyness": _keyness(matrix, groups, **how)}
        if has_two:
            how = {"n_draws": min(options["n_boot"], N_DRAWS), "among": options["far"]} | alike
            made[key]["distances"] = divergence_table(matrix, large, **how)
    if not (has_two and n_topics):
        return Run(measured(**made[key]), None)
    if n_topics not in made:
        ends = {name: options[f"topic_{name}"] for name in ("min_df", "max_df")}
        seed = options["random_state"]
        made[n_topics] = cluster(term_matrix(tokens, **ends), n_topics, random_state=seed)
    topics = made[n_topics]
    within, kinds = in_common_kinds(large, strata, documents["family_id"])
    few = {"n_permutations": min(options["n_permutations"], FOR_SHARES)}
    alike |= resamples | few | {"strata": kinds}
    differences = share_differences(topics.documents, within, **alike)
    return Run(measured(**made[key], differences=differences), topics)


def measured(
    keyness: pd.DataFrame,
    distances: pd.DataFrame | None = None,
    differences: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Keyness, distances, and differences of topic shares as one table, a row for each number.

    ``kind`` (``term, topic, distance``), ``administration``, ``other`` (the one it is compared
    with), ``term``, ``topic``; ``estimate, low, high`` (log-odds, difference of shares, bits
    beyond the baseline; above 0 speaks for the administration), ``rank`` (terms), ``p``, ``q``
    (terms and topics); ``holds``: of a term rank <= 20, q < .05 and log-odds above 0, else the whole
    interval above 0.
    """
    parts = [_rows("term", "log_odds", keyness)]
    if distances is not None:
        far = _rows("distance", "excess", distances)
        with np.errstate(invalid="ignore"):  # of a normal distribution as wide as the interval
            z = far["estimate"] / (far["high"] - far["low"]) * 2 * scipy.stats.norm.ppf(BOUNDS[1])
        parts.append(far.assign(p=2 * scipy.stats.norm.sf(z.abs())))
    if differences is not None:  # there once a pair; read the other way round, too
        one = _rows("topic", "difference", differences)
        other = one.rename(columns={"administration": "other", "other": "administration"})
        parts += [one, other.assign(estimate=-one["estimate"], low=-one["high"], high=-one["low"])]
    table = pd.concat(parts, ignore_index=True)
    table = table.fillna({"other": "", "term": "", "topic": 0}).astype({"topic": int})
    is_key = (table["rank"] <= TOP_RANK) & (table["q"] < ALPHA) & (table["estimate"] > 0)
    return table.assign(holds=np.where(table["kind"] == "term", is_key, table["low"] > 0))


def headline_claims(
    run: Run,
    administrations: Sequence[str],
    *,
    excluded: Set[str] = frozenset(),
    names: Mapping[int, str] | None = None,
) -> pd.DataFrame:
    """Write down what a run concludes, one row per claim.

    Columns: ``claim``, a Korean sentence; ``kind``; ``administration``; ``other``, the one it
    is compared with; ``term``; ``topic``. Kinds: ``term``, the first ten significant terms of
    each administration that are not `excluded` (people's names); ``topic``, for every topic with
    one of the `names` (by default all, by their terms) the two administrations whose shares
    differ most, if they do; ``distance``, the two whose words lie farthest beyond the baseline.

    >>> rows = pd.DataFrame({"administration": ["가", "가"], "term": ["창업", "혁신"],
    ...     "rank": [1, 2], "q": [0.01, 0.2], "log_odds": [1.0, 0.5]})
    >>> headline_claims(Run(measured(rows), None), ["가"])["claim"].tolist()
    ['‘창업’은 가 때 두드러진 말이다']
    """
    rows = []
    table = run.measured
    sure = table[table["holds"] & (table["kind"] == "term") & ~table["term"].isin(excluded)]
    for name in administrations:
        for term in sure[sure["administration"] == name].sort_values("rank")["term"].head(N_TERMS):
            sentence = f"{attach_particle(f'‘{term}’', '은/는')} {name} 때 두드러진 말이다"
            rows.append((sentence, "term", name, "", term, 0))
    known = table["administration"].isin(administrations) & table["other"].isin(administrations)
    more = table[known & (table["estimate"] > 0)]
    more = more.sort_values("estimate", ascending=False, kind="stable")
    if names is None:
        names = told_apart(labels(run.topics, 3)).to_dict() if run.topics else {}
    found = more[(more["q"] < ALPHA) & more["topic"].isin(list(names))]
    for top in found.drop_duplicates("topic").sort_values("topic").itertuples():
        named = attach_particle(f"주제 ‘{names[top.topic]}’", "은/는")
        sentence = f"{named} {top.other} 때보다 {top.administration} 때 많다"
        rows.append((sentence, "topic", top.administration, top.other, "", top.topic))
    for far in more[(more["kind"] == "distance") & more["holds"]].head(1).itertuples():
        earlier, later = sorted((far.administration, far.other), key=administrations.index)
        sentence = f"{earlier} 때와 {later} 때의 말은 아무렇게나 둘로 나눈 글보다 다르다"
        rows.append((sentence, "distance", earlier, later, "", 0))
    return pd.DataFrame(rows, columns=["claim", *_KEY]).astype({"topic": int})


def judge(claims: pd.DataFrame, base: Run, run: Run) -> pd.DataFrame:
    """Say which claims of a base run another run bears out.

    A topic of the base is the one of the other run that shares most documents with it (Jaccard
    at least 1/3). Adds the numbers of :func:`measured` and ``status``: ``holds``, ``fails``, or
    ``absent`` where the run has no number.
    """
    topics = {topic: same_topic(topic, base.topics, run.topics) for topic in claims["topic"]}
    keys = claims[_KEY].assign(topic=claims["topic"].map(topics))
    found = keys.merge(run.measured, on=_KEY, how="left").set_axis(claims.index)
    status = np.where(found["holds"] == True, HOLDS, FAILS)  # noqa: E712, missing is no True
    status = np.where(found["estimate"].isna(), ABSENT, status)
    return claims.join(found[_MEASURES].astype(float)).assign(status=status)


def agreement(judged: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count, for each claim, the runs (told apart by the column `by`) that bear it out.

    Columns: ``claim, kind, n_runs, n_holds, n_fails, n_absent``; ``share_holds`` of the runs
    that could measure it (NaN if none); ``estimate_min, estimate_max``; ``weakest``, the run
    that speaks against it most: the lowest estimate where it fails or, if it never does, of all.

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


def reruns(
    variants: Iterable[Variant],
    tokens: pd.DataFrame,
    headlines: Headlines,
    made: dict | None = None,
    own: object = None,
) -> pd.DataFrame:
    """Judge claims on each variant of the documents: ``(name, documents)``, as for `measure`.

    The variant named `own` is the study as it is: the base, not run again with fewer resamples.
    One row per variant and claim: ``variant, n_documents``, the columns of :func:`judge`, and
    ``reason``, why a variant could not be compared at all (its claims are ``absent``).
    """
    columns = ["variant", "n_documents", "claim", *_KEY, *_MEASURES, "status", "reason"]
    needed = ["doc_id", "administration", "family_id", "stratum", headlines.options["strata"]]
    asked = (
        (name, documents[[column for column in needed if column in documents]])
        for name, documents in (variants if len(headlines.claims) else [])
    )
    about = tokens[["doc_id", "term"]], headlines, made, own
    local = "loky" if len(tokens) > MANY else None
    parts = [*mapped(_judged, asked, *about, workers=-1 if made is None else 1, local=local)]
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return found.reindex(columns=columns)


def acting_variants(documents: pd.DataFrame, chosen: Sequence[str] = ()) -> Iterator[Variant]:
    """Documents under each way of treating acting presidents, of the `chosen` governments.

    `documents` are those that nothing but the rule for acting presidents may set aside.
    """
    for acting in ACTING_MODES:
        dated = assign_administrations(documents, acting=acting)
        names = dated["administration"]
        yield ACTING_NAMES[acting], dated[names.isin(chosen) if chosen else names.notna()]


def spans_of_years(years: pd.Series, n_spans: int = 20) -> pd.Series:
    """The year of each document or, of more than `n_spans` years, its span of years, as text.

    >>> spans_of_years(pd.Series([1948, 1949, 1950, None]), 2).tolist()
    ['1948–1949', '1948–1949', '1950–1951', None]
    """
    first = years.min()
    width = -(-(years.max() - first + 1) // n_spans)
    begin = first + (years - first) // width * width
    told = [
        None if pd.isna(year) else f"{year:.0f}" + (f"–{year + width - 1:.0f}" if width > 1 else "")
        for year in begin
    ]
    return pd.Series(told, years.index, dtype=object)


def stratified(documents: pd.DataFrame, *, min_documents: int = 20) -> Variant:
    """The documents with a ``stratum``, so that each kind of text weighs the same.

    The first of genre and occasion that has at least two kinds with `min_documents` in two
    administrations or more is the stratum; documents of other kinds are left out, because
    an estimate from a handful of texts would weigh as much as one from hundreds. The name
    of the variant is the column, or empty (and nothing changed) if none will do.

    >>> table = pd.DataFrame({"administration": list("가가나나"), "genre": list("abab")})
    >>> stratified(table, min_documents=1)[0], stratified(table)[0]
    ('genre', '')
    """
    for column in ("genre", "occasion"):
        if column in documents:
            sizes = documents.groupby([column, "administration"], observed=True).size()
            n_groups = (sizes >= min_documents).groupby(level=0).sum()
            kinds = n_groups.index[n_groups > 1]
            if len(kinds) > 1:
                kept = documents[documents[column].isin(kinds)]
                return column, kept.assign(stratum=kept[column].astype(str))
    return "", documents


def side_by_side(judged: pd.DataFrame) -> pd.DataFrame:
    """One row per claim and one column per variant, which says in Korean how it fares.

    A claim that fails is reversed (``뒤집힘``) where the estimate speaks against it, and otherwise
    weaker (``약해짐``).

    >>> judged = pd.DataFrame({"claim": ["b", "a", "b", "a"], "variant": list("xxyy"),
    ...     "status": ["holds", "fails", "absent", "fails"], "estimate": [1, 0.1, None, -0.1]})
    >>> side_by_side(judged).values.tolist()
    [['b', '같음', '잴 수 없음'], ['a', '약해짐', '뒤집힘']]
    """
    table = judged.assign(told=in_words(judged))
    table = table.pivot(index="claim", columns="variant", values="told")
    order = {"index": judged["claim"].unique(), "columns": judged["variant"].unique()}
    return table.reindex(**order).rename_axis(columns=None).reset_index()


def in_words(judged: pd.DataFrame) -> pd.Series:
    """How each judged claim fares, in Korean (see :func:`side_by_side`)."""
    how = np.where(judged["estimate"] <= 0, REVERSED, WEAKER)
    return judged["status"].map(STATUS_NAMES).mask(judged["status"] == FAILS, how)


def worst(judged: pd.DataFrame) -> pd.DataFrame:
    """What becomes of each claim in the variant that is hardest on it.

    Indexed by ``claim``: ``told`` (Korean; of all variants the worst), ``variant``, ``estimate``.

    >>> judged = pd.DataFrame({"claim": ["a", "a"], "variant": ["x", "y"], "estimate": [1, 0.1],
    ...     "status": ["holds", "fails"]})
    >>> worst(judged).loc["a", ["told", "variant"]].tolist()
    ['약해짐', 'y']
    """
    table = judged.assign(told=in_words(judged))
    order = table["told"].map(["잴 수 없음", "같음", WEAKER, REVERSED].index)
    table = table.assign(order=order).sort_values(["order", "estimate"], ascending=[False, True])
    return table.drop_duplicates("claim").set_index("claim")[["told", "variant", "estimate"]]


def page_q(measured: pd.DataFrame) -> pd.DataFrame:
    """The key columns and ``q_page``: one Benjamini-Hochberg over everything a run tested.

    Differences of topic shares and distances, which stand there both ways round, count once.
    """
    is_again = (measured["kind"] == "topic") & (measured["estimate"] <= 0)
    is_again |= (measured["kind"] == "distance") & (measured["administration"] > measured["other"])
    tested = measured[measured["p"].notna() & ~is_again]
    found = tested[_KEY].assign(q_page=scipy.stats.false_discovery_control(tested["p"]))
    turned = {"administration": "other", "other": "administration"}
    return pd.concat([found, found[found["kind"] == "distance"].rename(columns=turned)])


def ranked(table: pd.DataFrame, checks: Sequence[str]) -> pd.DataFrame:
    """Count the checks that claims survive, say which are headlines, put the firmest first.

    `checks` are columns that say 같음, 약해짐, 뒤집힘, 잴 수 없음 or 해당 없음. The others are ``q_page``
    (below 0.05), ``n_false`` (none of ``n_cuts``), ``share_specifications`` (at least `MOST`), and
    what must not be so (`FLAWS`). What could not be checked counts neither way. A headline fails in
    nothing, passed one of `checks`, and its interval (``low``) excludes no difference; ``is_held`` without
    the last, and whoever else uses it. The size of
    a term is the logarithm of its times (``estimate``) x ``reach``, by how much more of
    its documents use it: what many texts tell that others do not comes first. The whole distance comes last: vocabulary always drifts.
    """
    told = table[list(checks)]
    passed, made = told == STATUS_NAMES[HOLDS], ~told.isin([STATUS_NAMES[ABSENT], NOT_MEANT])
    values = {
        "q_page": table["q_page"] < ALPHA,
        "n_false": table["n_false"] == 0,
        "share_specifications": table["share_specifications"] >= MOST,
        **{name: ~table[name] for name in FLAWS},
    }
    for name, is_passed in values.items():
        made = made.assign(**{name: table[name].notna()})
        passed = passed.assign(**{name: is_passed & table[name].notna()})
    table = table.assign(n_survived=passed.sum(axis=1), n_checked=made.sum(axis=1))
    is_term = table["kind"] == "term"
    is_apart = table["low"] > is_term.astype(int)  # of times the interval must lie above 1
    is_tried = made[list(checks)].any(axis=1)
    is_kept = passed | ~made
    table["is_held"] = is_kept.drop(columns="is_alone").all(axis=1) & is_tried
    table["is_headline"] = table["is_held"] & is_kept["is_alone"] & is_apart
    of_terms = np.log(table["estimate"].where(is_term)) * table["reach"]
    size = table["estimate"].mask(is_term, of_terms)
    size = size.groupby(table["kind"]).rank(pct=True)  # units differ
    lost = table["n_checked"] - table["n_survived"]
    table = table.assign(_lost=lost, _size=size, _is_whole=table["kind"] == "distance")
    order = ["is_headline", "_is_whole", "n_survived", "_lost", "_size"]
    table = table.sort_values(order, ascending=[False, True, False, True, False], kind="stable")
    return table.drop(columns=["_lost", "_size", "_is_whole"]).reset_index(drop=True)


def under_false_dates(
    claims: pd.DataFrame, placebo: pd.DataFrame, differences: pd.DataFrame
) -> pd.DataFrame:
    """Count the false cuts at which what claims are about differs as much as at the real one.

    As much: of a term significantly in some false group, with a z as large as the largest at the
    real cut (`placebo`); of a topic or the distance, with a size as large (:func:`false_differences`).
    Columns: ``claim, administration, term, n_false, n_cuts``.

    >>> claims = pd.DataFrame({"claim": ["a"], "kind": ["term"], "administration": ["가"],
    ...     "term": ["창업"], "topic": 0})
    >>> placebo = pd.DataFrame({"is_real": [True, False, False],
    ...     "terms": [["창업"], ["창업", "혁신"], ["창업"]], "z": [[3.0], [3.5, 2.0], [2.5]]})
    >>> none = pd.DataFrame(columns=["cut", "kind", "topic", "size"])
    >>> under_false_dates(claims, placebo, none)[["term", "n_false", "n_cuts"]].values.tolist()
    [['창업', 1, 2]]
    """
    of_terms = n_at_false(placebo).set_index("term")["n_false"]
    sizes = differences.pivot(index=["kind", "topic"], columns="cut", values="size")
    keys = pd.MultiIndex.from_frame(claims[["kind", "topic"]])
    sizes = sizes.reindex(keys).to_numpy(dtype=float)
    real, false = sizes[:, :1], sizes[:, 1:]  # the first cut is the real one
    n_false = (false >= np.nan_to_num(real)).sum(axis=1)
    is_term = claims["kind"] == "term"
    n_false = np.where(is_term, claims["term"].map(of_terms).fillna(0), n_false).astype(int)
    n_cuts = np.where(is_term, len(placebo) - 1, false.shape[1])
    table = claims[["claim", "administration", "term"]].reset_index(drop=True)
    return table.assign(n_false=n_false, n_cuts=n_cuts)


@stored
def false_differences(
    matrix: TermMatrix,
    topics: Topics | None,
    dates: Labels,
    groups: Labels,
    families: pd.Series,
    kinds: pd.Series | None = None,
) -> pd.DataFrame:
    """The largest difference of each topic's share, and the largest distance, at every cut.

    Cuts are those of :func:`policytext.compare.contrasts.false_calendars`, the real one first.
    ``cut, kind, topic, size``: of what is not significant (q < .05; distances: the interval above
    0) the size is 0. Shares are compared within `kinds`, as in :func:`measure`.
    """
    labels = (aligned(values, matrix.doc_ids, "dates") for values in (dates, groups))
    rows = []
    for cut, _, moved in false_calendars(*labels):
        about = {"families": families, "random_state": 0}
        moved = pd.Series(moved.to_numpy(), matrix.doc_ids)
        with suppress(InsufficientData):
            far = divergence_table(matrix, moved, n_draws=N_DRAWS // 4, **about)
            size = far["excess"].where(far["excess_low"] > 0, 0).max()
            rows.append((cut, "distance", 0, size))
        if topics:
            few = {"n_permutations": 500, "n_boot": 2}
            within, alike = in_common_kinds(moved, kinds, families)
            about |= few | {"strata": alike}
            table = share_differences(topics.documents, within, **about)
            size = table["difference"].abs().where(table["q"] < ALPHA, 0)
            rows += [(cut, "topic", *row) for row in size.groupby(table["topic"]).max().items()]
    return pd.DataFrame(rows, columns=["cut", "kind", "topic", "size"])


def choices(study: Study, n_topics: int) -> dict[str, list]:
    """What may be chosen, the study's own choice first.

    The neighbours of `n_topics`, the number used, among the study's candidates are tried.
    """
    own, tried = study.tokens, study.robustness
    near = [k for k in study.topics.candidates if k < n_topics][-1:]
    near += [k for k in study.topics.candidates if k > n_topics][:1]
    # Without Kiwi, which is optional, the rest goes on.
    has_kiwi = importlib.util.find_spec("kiwipiepy") is not None
    others = [name for name in tried.analysers if name != "kiwi" or has_kiwi]
    return {
        "analyser": [*dict.fromkeys([own.analyser, *others])],
        "parts": [ALL_NOUNS, COMMON_NOUNS],
        "lexicon": [True, False],
        "stopwords": [True, False],
        "min_syllables": [*dict.fromkeys([own.min_syllables, 1, 2])],
        "min_df": [*dict.fromkeys([study.comparison.min_df, *tried.min_df])],
        "families": [True, False],
        "n_topics": [n_topics, *near] if n_topics else [0],
    }


def specifications(choices: Mapping[str, list], n: int, *, random_state: int = 0) -> pd.DataFrame:
    """Choose `n` ways of analysis: one column per choice, ``specification`` numbers the rows.

    `choices` are lists whose first value is the base. The base (0) and every single departure
    from it are always there; what is left is drawn from the full grid without replacement.

    >>> specifications({"a": [1, 2], "b": [True, False]}, 4)[["a", "b"]].values.tolist()
    [[1, True], [2, True], [1, False], [2, False]]
    """
    base = [values[0] for values in choices.values()]
    chosen = [tuple(base)]
    for place, values in enumerate(choices.values()):
        chosen += [(*base[:place], value, *base[place + 1 :]) for value in values[1:]]
    rest = [row for row in product(*choices.values()) if row not in set(chosen)]
    n_drawn = min(max(n - len(chosen), 0), len(rest))
    drawn = np.random.default_rng(random_state).choice(len(rest), n_drawn, replace=False)
    table = pd.DataFrame([*chosen, *(rest[row] for row in sorted(drawn))], columns=[*choices])
    return table.assign(specification=range(len(table)))


def specification_curve(
    documents: pd.DataFrame,
    lexicon: Lexicon,
    stopwords: frozenset[str],
    headlines: Headlines,
    grid: pd.DataFrame,
) -> pd.DataFrame:
    """Judge claims under each specification of `grid`, whose values replace the options.

    One row per specification and claim: the columns of `grid` and of :func:`reruns`, and
    ``choices``, the departures from the base in Korean.
    """
    found = []
    # Chapters that run side by side begin at different ends and find what the other has made.
    order = np.random.default_rng(os.getpid())
    # Grouped so that the tokens of one analyser are read once and then let go, and topics of the
    # same tokens made once.
    readings = [*grid.groupby(["analyser", "lexicon"], sort=False)]
    for at in order.permutation(len(readings)):
        (analyser, uses_lexicon), wide = readings[at]
        reading = {"analyser": analyser, "lexicon": lexicon if uses_lexicon else None}
        whole = tokenize(documents, **reading, cache=PROCESSED / "tokens")
        counting = [rows for _, rows in wide.groupby(["parts", "stopwords", "min_syllables"])]
        parts = (counting[number] for number in order.permutation(len(counting)))
        about = whole, documents.drop(columns="text"), stopwords, headlines
        local = "loky" if len(whole) > MANY else None
        made = mapped(_specified, parts, *about, local=local)
        for part in tqdm(made, "분석 조건", len(counting), leave=False):
            found += part
    curve = pd.concat(found, ignore_index=True).rename(columns={"variant": "specification"})
    names = [describe(row, grid.iloc[0]) for _, row in grid.iterrows()]
    curve = grid.assign(choices=names).merge(curve, on="specification", suffixes=("", "_claim"))
    return curve.sort_values("specification", kind="stable", ignore_index=True)


@stored
def _specified(rows: pd.DataFrame, whole, documents, stopwords, headlines: Headlines) -> list:
    """Claims judged under specifications that count the same tokens."""
    tokens = chosen_tokens(whole, rows.iloc[0], stopwords)
    made, found = {}, []
    for row in rows.to_dict("records"):
        changed = {key: row[key] for key in ("min_df", "families", "n_topics")}
        asked = replace(headlines, options=headlines.options | changed)
        found.append(reruns([(row["specification"], documents)], tokens, asked, made, own=0))
    return found


def chosen_tokens(
    tokens: pd.DataFrame, row: Mapping, stopwords: frozenset[str] = frozenset()
) -> pd.DataFrame:
    """Tokens that a specification counts: its parts of speech, stop words and lengths.

    >>> tokens = pd.DataFrame({"term": ["창업", "서울", "꿈"], "tag": ["NNG", "NNP", "NNG"]})
    >>> row = {"parts": COMMON_NOUNS, "stopwords": False, "min_syllables": 2}
    >>> chosen_tokens(tokens.astype("category"), row)["term"].tolist()
    ['창업']
    """
    stopwords = stopwords if row["stopwords"] else frozenset()
    tokens = counted(tokens, min_syllables=row["min_syllables"], stopwords=stopwords)
    is_common = tokens["tag"].isin(["NNG", LEXICON_TAG])
    return tokens[is_common] if row["parts"] == COMMON_NOUNS else tokens


def describe(row: Mapping, base: Mapping) -> str:
    """Name the departures of a specification from the base.

    >>> describe({"lexicon": False, "min_df": 2}, {"lexicon": True, "min_df": 5})
    '용어 사전 안 씀, 최소 문서 수 2'
    """
    keys = [key for key in CHOICE_NAMES if key in row and row[key] != base[key]]
    return ", ".join(f"{CHOICE_NAMES[key]} {_value_name(key, row[key])}" for key in keys)


def in_korean(curve: pd.DataFrame) -> pd.DataFrame:
    """The choice columns as readers see them, names and values.

    >>> in_korean(pd.DataFrame({"lexicon": [True, False], "claim": ["a", "b"]})).to_dict("list")
    {'용어 사전': ['씀', '안 씀'], 'claim': ['a', 'b']}
    """
    keys = [key for key in CHOICE_NAMES if key in curve]
    named = {key: [_value_name(key, value) for value in curve[key]] for key in keys}
    return curve.assign(**named).rename(columns=CHOICE_NAMES)


def most_deviant(curve: pd.DataFrame) -> pd.Series:
    """The specification (of equals the first) under which the fewest measured claims hold.

    ``specification, choices, n_holds, n_fails``; counts of zero without any claim to try.
    """
    if curve.empty:
        return pd.Series({"specification": None, "choices": "", "n_holds": 0, "n_fails": 0})
    is_status = {f"n_{status}": curve["status"] == status for status in (HOLDS, FAILS)}
    table = curve.assign(**is_status).groupby(["specification", "choices"], as_index=False)
    table = table[[*is_status]].sum()
    share = table["n_fails"] / (table["n_fails"] + table["n_holds"]).replace(0, np.nan)
    return table.iloc[int(share.fillna(0).argmax())]


def _judged(variant: Variant, tokens, headlines: Headlines, made, own) -> pd.DataFrame:
    name, documents = variant
    if name == own:
        part, reason = judge(headlines.claims, headlines.base, headlines.base), ""
    else:
        rerun = _rerun if made is None else _rerun.__wrapped__
        part, reason = rerun(documents, tokens, headlines, made)
    return part.assign(variant=name, n_documents=len(documents), reason=reason)


@stored
def _rerun(documents, tokens, headlines: Headlines, made: dict | None = None) -> tuple:
    """Claims judged on other documents or tokens, and why that could not be done, or ""."""
    claims, base = headlines.claims, headlines.base
    try:
        return judge(claims, base, measure(documents, tokens, headlines.options, made)), ""
    except InsufficientData as error:
        return claims.assign(status=ABSENT), str(error)


def _rows(kind: str, value: str, table: pd.DataFrame) -> pd.DataFrame:
    """A table of comparisons with the columns of :func:`measured`."""
    names = {"administration_a": "administration", "administration_b": "other"}
    names |= {value: "estimate", f"{value}_low": "low", f"{value}_high": "high"}
    table = table.rename(columns=names).assign(kind=kind)
    return table.reindex(columns=[*_KEY, *_MEASURES])


def same_topic(topic: int, base: Topics | None, other: Topics | None) -> int:
    """The topic of `other` that shares most documents with one of `base`; -1 if none does."""
    if topic == NO_TOPIC or other is None:
        return topic if topic == NO_TOPIC else -1
    both = base.documents.merge(other.documents, on="doc_id", suffixes=("", "_other"))
    n_shared = both.loc[both["topic"] == topic, "topic_other"].value_counts()
    n_other = both["topic_other"].value_counts()
    overlap = n_shared / (n_other + n_shared.sum() - n_shared)
    overlap = overlap.drop(NO_TOPIC, errors="ignore").sort_index()
    return int(overlap.idxmax()) if overlap.max() >= MATCHED else -1


def _value_name(choice: str, value) -> str:
    """A value of a choice as readers see it."""
    return str(_VALUE_NAMES.get(choice, {}).get(value, value))
