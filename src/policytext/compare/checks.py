"""Chapter 6: how firm the conclusions are, as results; what re-computes is in `robustness`."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
import scipy

from policytext.administrations import read_people
from policytext.compare import experiments, proportions, robustness, units
from policytext.compare.contrasts import BY, compared, false_boundaries, formulas_of, within_kinds
from policytext.compare.distances import PAIR, divergence_table
from policytext.compare.renames import actor_names, folded
from policytext.compare.robustness import ABSENT, FAILS, FLAWS, NOT_MEANT, REVERSED, WEAKER, reruns
from policytext.compare.units import ALPHA, is_reworded, main_kinds, main_stratum
from policytext.report import charts
from policytext.report.result import Result, say
from policytext.store import stored
from policytext.texts.coverage import another_ending, balanced, fault
from policytext.texts.dates import years
from policytext.topics.clusters import fragile_topics, labels, stable_topics
from policytext.words.analysers import analysers_compared
from policytext.words.lexicon import read_stopwords

N_LEFT_OUT = 20  # publishers or spans of years, the largest
ESTIMATE_NAMES = {
    "term": "로그 승산비",
    "topic": "비중의 차이",
    "distance": "기준선을 넘는 거리 (비트)",
}
N_HEADLINES = 3
N_CHANGED = 16  # conclusions drawn
MOST = 0.5  # of a government's texts
OWN = 50  # times as often as the rest: such a word is a slogan or an event
_TIMES = ["times", "times_low", "times_high"]
_SHOWN = (
    "claim amount is_held is_headline flaws n_false share_specifications q_page without_publisher "
    "common_publishers without_years reassigned within_kinds folded"
).split()
_base = stored(robustness.measure)


def claims(corpus) -> Result:
    """Every candidate for a headline, and what becomes of it in each of the checks below."""
    table = claims_table(corpus)
    rows = table.to_dict("records")
    flaws = [", ".join(told for name, told in FLAWS.items() if row[name]) or "없음" for row in rows]
    view = table.assign(amount=[say("findings", "amount", row) for row in rows], flaws=flaws)
    shown = [name for name in _SHOWN if view.empty or not view[name].eq(NOT_MEANT).all()]
    look = {"columns": shown, "facts": _counted(table), "shown": 5}
    return _of_claims("claims", view, corpus, **look)


def headlines(corpus) -> Result:
    """The conclusions that survive the checks, the best three first, and what to beware of."""
    table = claims_table(corpus)
    best = table[table["is_headline"]].groupby("administration", sort=False).head(1)
    best = best.head(N_HEADLINES).to_dict("records")  # one of each government
    facts = _counted(table) | {"is_reworded": is_reworded(corpus)}
    facts["said"] = [say("findings", "headline", row) for row in best]
    result = _said("headlines", table, corpus, facts=facts)
    anchor = "finding-headlines" if len(table) else ""
    none = [] if facts["is_reworded"] else [result.finding]
    found = {"headlines": facts["said"] or none, "warnings": _warnings(corpus, table)}
    for kind, texts in found.items():
        facts[kind] = [{"text": text, "anchor": anchor} for text in texts]
    for told, row in zip(facts["headlines"], best, strict=False):
        told["about"] = row["kind"]
    return result


@lru_cache(maxsize=2)
def claims_table(corpus) -> pd.DataFrame:
    """Candidates for a headline, one row each, a column for each check; the firmest first.

    ``claim, kind, administration, other, term, topic``; ``estimate, low, high`` in ``unit`` (times
    as often as the rest, percentage points, bits), of topics ``crude``, kinds of text not made alike;
    ``n, n_rest, n_documents`` (words); ``q,
    q_page`` (corrected over everything tested); ``without_publisher`` (the worst when each of the
    largest is left out, ``publisher``), ``common_publishers``, ``folded`` (old names and
    abbreviations as one), ``within_kinds`` (each kind weighs the same), ``without_years`` (the worst
    when each year, or span of years, is left out), ``reassigned`` (acting presidents treated
    otherwise, texts left out that officials date): 같음, 약해짐, 뒤집힘, 잴 수 없음 or 해당 없음;
    ``n_false`` of ``n_cuts`` false boundaries with a difference as large; ``share_specifications`` of
    ``n_specifications`` (by ``analysers``) in which it holds; ``share_formula, is_formula, why``; ``is_alone``, the
    rest use it never or 50 times less often; ``reach``, the share of its documents that use it less that of the rest's; ``is_fragile``, of a topic that may dissolve when texts are drawn anew;
    ``is_reworded``, the texts are in their collector's words; ``n_survived`` of ``n_checked``
    checks; ``is_held``: all of those that could be made, and one; ``is_headline``: with an interval
    apart from no difference, too, and not ``is_alone``.
    """
    ours = _headlines(corpus)
    table = robustness.judge(ours.claims, ours.base, ours.base).drop(columns=["status", "p"])
    table = table.merge(robustness.page_q(ours.base.measured), how="left")
    table = _in_units(table, corpus, ours.base)
    runs = {
        "without_publisher": _without(corpus, "publisher"),
        "common_publishers": _same_publishers(corpus),
        "without_years": _without(corpus, "year"),
        "reassigned": pd.concat(_reassigned(corpus)).query("is_own == False"),
        "folded": _folded(corpus),
        "within_kinds": _within_kinds(corpus),
    }
    # A check that could change nothing here is none that could not be made.
    moot = {"folded", "reassigned"}
    if len({*corpus.documents["publisher"].dropna()} - {""}) == 1:
        moot |= {"without_publisher", "common_publishers"}
    elif not _even(corpus)[2]:
        moot |= {"common_publishers"}
    for name, judged in runs.items():
        found = robustness.worst(judged)
        missing = NOT_MEANT if name in moot else robustness.STATUS_NAMES[ABSENT]
        table[name] = table["claim"].map(found["told"]).fillna(missing)
        if name == "without_publisher":
            table["publisher"] = table["claim"].map(found["variant"])
    false = _under_false_dates(corpus)
    table = table.merge(false[["claim", "n_false", "n_cuts"]], on="claim", how="left")
    tried = _curve(corpus).query("status != @ABSENT")
    tried = tried.assign(is_held=tried["status"] == robustness.HOLDS).groupby("claim")
    told = {"share_specifications": ("is_held", "mean"), "n_specifications": ("is_held", "size")}
    told["analysers"] = "analyser", lambda names: "·".join(names.unique())
    found = tried.agg(**told)
    table = table.assign(**{name: table["claim"].map(found[name]) for name in told})
    marked = formulas_of(corpus, _compared(corpus)).drop(columns="n")
    table = table.merge(marked, on="term", how="left")
    table["is_formula"] = table["is_formula"].eq(True)
    lost = set(table.loc[table["folded"].isin([WEAKER, REVERSED]), "term"])
    formulas = set(marked.loc[marked["is_formula"], "term"])
    # What the others hardly name is a slogan, or was not there to be named.
    alone = set(_compared(corpus).query("q < @ALPHA and (n_rest == 0 or times > @OWN)")["term"])
    table["is_alone"] = table["term"].isin(alone)
    sizes = corpus.groups.value_counts()
    size, n = table["administration"].map(sizes), table["n_documents"]
    rest = table["term"].map(_compared(corpus).groupby("term")["n_documents"].sum()) - n
    table["reach"] = n / size - rest / (sizes.sum() - size)
    leading = labels(ours.base.topics, 3) if ours.base.topics else {}
    fragile = fragile_topics(corpus)["topic"] if ours.base.topics else ()
    fragile = {robustness.same_topic(one, corpus.topics, ours.base.topics) for one in fragile}
    table["is_fragile"] = (table["kind"] == "topic") & table["topic"].isin(fragile)
    table["is_reworded"] = is_reworded(corpus)
    for row, topic in table.loc[table["kind"] == "topic", "topic"].items():
        # A topic is no surer than the words that lead and name it.
        words = set(re.findall("[가-힣0-9A-Za-z]+", table.at[row, "claim"]))
        words |= set(leading[topic].split(" · "))
        table.loc[row, ["is_formula", "is_alone"]] = bool(words & formulas), bool(words & alone)
        table.loc[row, "folded"] = WEAKER if words & lost else table.loc[row, "folded"]
    return robustness.ranked(table, list(runs))


def other_choices(corpus) -> Result:
    """In how many other ways of analysis each conclusion comes out the same."""
    curve = _curve(corpus)
    table = robustness.agreement(curve, "specification")
    facts = _firmness(table) | {"n_specifications": curve["specification"].nunique()}
    n = curve.drop_duplicates("specification")["analyser"].value_counts()
    alike = analysers_compared(corpus).table.set_index("analyser")["jaccard_with_default"]
    facts |= {"n_by": n.to_dict(), "alike": alike.to_dict()}
    return _agreement("specification-agreement", table, corpus, facts)


def weakest_claim(corpus) -> Result:
    """The specification curve of the conclusion that gives way most often; what moves it most."""
    curve = _curve(corpus)
    table = robustness.agreement(curve, "specification")
    shrunk = (table["estimate_min"] / table["estimate_max"]).sort_values()
    weak = _firmness(table.loc[shrunk.index])["weak"]  # of those that hold as often
    drawn = robustness.in_korean(curve[curve["claim"] == weak["claim"]])
    names = tuple(robustness.CHOICE_NAMES.values())
    facts = _firmness(table[table["claim"] == weak["claim"]])
    facts["drawing"] = {"choices": names, "label": ESTIMATE_NAMES[weak["kind"]]}
    facts["n_specifications"] = curve["specification"].nunique()
    conditions = curve.drop_duplicates("specification").set_index("specification")["choices"]
    against = table["weakest"].map(conditions).replace("", "이 연구의 조건")
    shown = (*names, "choices", "claim", "estimate", "low", "high", "rank", "q", "status")
    look = {"draw": charts.specification_curve, "columns": shown}
    figure = _of_claims("specification-curve", drawn, corpus, facts=facts, **look)
    most = robustness.most_deviant(curve).to_dict()
    note = _said("most-deviant", curve, corpus, facts=most, level=0)
    whole = Result("specifications", curve, corpus, parts=("kept",))
    shown = ("claim", "share_holds", "estimate_min", "estimate_max", "against")
    table = table.assign(against=against)
    worst = Result("specification-claims", table, corpus, facts=facts, columns=shown)
    return note + figure + whole + worst


def other_documents(corpus) -> Result:
    """The conclusions with acting presidents, kinds of text and publishers treated otherwise."""
    documents, (acting, certain) = corpus.documents, _reassigned(corpus)
    column, _ = robustness.stratified(documents)
    kinds, alike = _within_kinds(corpus), _same_publishers(corpus)
    why, _, is_less = _even(corpus)
    runs = pd.concat([acting, kinds, alike, certain], ignore_index=True)
    table = robustness.side_by_side(runs)
    facts = {"n_documents": max([len(documents), *runs["n_documents"]])}
    less = {"why": why, "is_less": is_less}
    return (
        _said("acting", acting, corpus, facts=_fates(acting[~acting["is_own"]]))
        + _said("strata", kinds, corpus, facts=_fates(kinds) | {"column": column}, level=0)
        + _said("same-publishers", alike, corpus, facts=_fates(alike) | less, level=3)
        + Result("reruns", table, corpus, facts=facts, columns=tuple(table))
    )


def without_one(corpus) -> Result:
    """The conclusions without one publisher, and without one year."""
    parts = ("publisher", "year")
    publishers, yearly = (robustness.agreement(_without(corpus, part), "variant") for part in parts)
    names, known = ([*_parted(corpus, part).dropna().unique()] for part in parts)
    both = [publishers.assign(left_out="매체"), yearly.assign(left_out="해")]
    both = pd.concat(both, ignore_index=True)
    shown = ("left_out", "claim", "n_holds", "n_fails", "n_absent", "weakest")
    facts = _firmness(publishers) | {"known": names}
    said = _said("leave-one-publisher-out", publishers, corpus, facts=facts)
    facts = _firmness(yearly) | {"known": known}
    figure = _agreement("leave-one-year-out", yearly, corpus, facts)
    return said + figure + Result("leave-one-out", both, corpus, columns=shown)


def false_dates(corpus) -> Result:
    """Significant terms of governments that never were, and headline terms among them."""
    corpus.check(n_large=2)
    table = false_boundaries(corpus)
    false, real = (table.loc[table["is_real"] == is_real, "n_significant"] for is_real in (0, 1))
    facts = {"real": real.iloc[0], "cuts": false, "n_as_many": (false >= real.iloc[0]).sum()}
    facts["unlike"] = false[table["likeness"] <= table.loc[false.index, "likeness"].median()]
    own = _under_false_dates(corpus)
    own = own[own["term"] != ""].reset_index(drop=True)
    often = own.loc[own["n_false"] > 0].drop_duplicates("term").set_index("term")["n_false"]
    by_cut = table[["cut", "is_real", "terms", "z"]].explode(["terms", "z"])
    table = table.drop(columns=["terms", "z"])
    figure = Result("placebo", table, corpus, facts=facts, draw=charts.placebo)
    kept = Result("placebo-significant", by_cut, corpus, parts=("kept",))
    facts, shown = {"often": often, "n_cuts": len(false)}, (*BY, "n_false", "n_cuts")
    terms = Result("placebo-terms", own, corpus, by=BY, facts=facts, columns=shown, level=3)
    return figure + kept + terms


def null_experiment(corpus) -> Result:
    """How often governments dealt out anew differ significantly: they never should."""
    corpus.check()
    n_draws, n_permutations = corpus.study.robustness.n_draws, _for_experiments(corpus)
    for n in (n_draws, 5 * n_draws):  # of too many in few draws chance is the likeliest cause
        table = experiments.null(*_dealt_anew(corpus), n, n_permutations)
        called = int((table["n_called"] > 0).sum())
        low, high = units.exact_interval(called, n)
        facts = {"n": n, "called": called, "low": float(low), "high": float(high)}
        facts["n_permutations"] = n_permutations
        facts["is_likely"] = called <= scipy.stats.binom.ppf(0.95, n, ALPHA)
        if facts["is_likely"]:
            break
    return _said("null", table, corpus, facts=facts, level=3)


def planting_experiment(corpus) -> Result:
    """How many terms made two and three times as frequent in one government are found."""
    corpus.check()
    n = _for_experiments(corpus)
    drawn = [experiments.planted(*_dealt_anew(corpus), times, n) for times in (2, 3)]
    means = pd.concat(drawn).groupby("times").mean(numeric_only=True).reset_index()
    twice, thrice = (
        _said("planted-terms", table, corpus, facts=row, level=3)
        for table, row in zip(drawn, means.to_dict("records"), strict=True)
    )
    facts = {"where": drawn[0]["where"].iloc[0], "n_draws": len(drawn[0]), "n_permutations": n}
    shown = ("times", "n_planted", "precision", "n_found", "n_called", "false_share")
    table = Result("planted", means, corpus, facts=facts, columns=shown, parts=("table",))
    return twice + thrice + table


def detectable(corpus) -> Result:
    """How large a difference texts like these would show, said where no word stands out, too."""
    corpus.check()
    table, found = _detectable(corpus), _compared(corpus)
    is_sure = (found["q"] < ALPHA) & (found["z"] > 0)
    facts = table.iloc[-1].to_dict() | {
        "where": corpus.groups.value_counts().index[0],
        "n_sure": found.loc[is_sure, "term"].nunique(),
        "n_permutations": _for_experiments(corpus),
    }
    shown = ("times", "n_planted", "n_found")
    level = 0 if facts["n_sure"] else 2
    return Result("detectable", table, corpus, facts=facts, columns=shown, level=level)


def _headlines(corpus) -> robustness.Headlines:
    """What the study's own comparison concludes, and the options by which to test it."""
    corpus.check(n_large=2)
    study = corpus.study
    n_topics = int(corpus.topics.documents["topic"].max()) if corpus.topic_matrix.terms else 0
    options = robustness.run_options(study, n_topics) | {"strata": main_stratum(corpus)}
    used = ["doc_id", "administration", "family_id", *filter(None, [options["strata"]])]
    base = _base(corpus.documents[used], corpus.tokens[["doc_id", "term"]], options)
    names = corpus.topic_names[stable_topics(corpus)] if n_topics else {}
    names = {
        robustness.same_topic(topic, corpus.topics, base.topics): name
        for topic, name in names.items()
    }
    said = {"excluded": read_people(), "names": names}
    found = robustness.headline_claims(base, corpus.administrations, **said)
    far = found.loc[found["kind"] == "distance", ["administration", "other"]].to_numpy().ravel()
    fewer = {"n_permutations": corpus.n_permutations, "n_boot": study.robustness.n_boot}
    return robustness.Headlines(found, base, options | fewer | {"far": far.tolist()})


def _compared(corpus) -> pd.DataFrame:
    return compared(corpus, strata=main_stratum(corpus))


def _detectable(corpus) -> pd.DataFrame:
    return experiments.detectable(*_dealt_anew(corpus), _for_experiments(corpus))


def _dealt_anew(corpus) -> tuple:
    """What the experiments deal out anew: counts, groups, families."""
    return corpus.keyness_matrix, corpus.groups.tolist(), corpus.families.tolist()


def _for_experiments(corpus) -> int:
    return min(experiments.FOR_EXPERIMENTS, corpus.n_permutations)


def _under_false_dates(corpus) -> pd.DataFrame:
    ours, dates = _headlines(corpus), corpus.documents.set_index("doc_id")["date"]
    about = corpus.keyness_matrix, ours.base.topics, dates, corpus.large, corpus.families
    differences = robustness.false_differences(*about, main_kinds(corpus))
    return robustness.under_false_dates(ours.claims, false_boundaries(corpus), differences)


def _parted(corpus, part: str) -> pd.Series:
    """The publisher or the year, or span of years, of each document; None where unknown."""
    if part == "publisher":
        return corpus.documents["publisher"].replace("", None)
    return robustness.spans_of_years(years(corpus.documents).astype(float))


@lru_cache(maxsize=4)
def _without(corpus, part: str) -> pd.DataFrame:
    """Claims without each publisher or year in turn; a word that is gone with its texts fails."""
    documents, values = corpus.documents, _parted(corpus, part)
    names = values.value_counts().index[:N_LEFT_OUT]
    left = ((name, documents[(values != name).fillna(True)]) for name in sorted(names))
    table = reruns(left if len(names) > 1 else [], corpus.tokens, _headlines(corpus))
    known = table["estimate"].notna()
    is_compared = known.groupby([table["variant"], table["administration"]]).transform("any")
    is_gone = is_compared & ~known & (table["kind"] == "term")
    table["status"] = table["status"].mask(is_gone, FAILS)
    if part == "publisher":
        return table
    # A year that holds most of a government's texts cannot be taken from what it says.
    held = pd.crosstab(documents["administration"], values, normalize="index").stack()
    keys = table[["administration", "other", "variant"]].to_numpy()
    is_lost = [max(held.get((a, x), 0), held.get((b, x), 0)) > MOST for a, b, x in keys]
    return table.assign(status=table["status"].mask(np.array(is_lost, bool), ABSENT))


@lru_cache(maxsize=2)
def _reassigned(corpus) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Claims with acting presidents treated otherwise, and without texts that officials date.

    ``is_own``: the study's own way, the only one where there are no texts to treat otherwise.
    """
    ours, documents, whole = _headlines(corpus), corpus.documents, corpus.whole
    usable = whole.documents[~whole.documents[["is_foreign", "is_date_conflict"]].any(axis=1)]
    chosen = corpus.study.comparison.administrations
    variants = dict(robustness.acting_variants(usable, chosen))
    everyone = pd.concat(variants.values()).drop_duplicates("doc_id")
    own = robustness.ACTING_NAMES[corpus.study.corpus.acting]
    if len({len(table) for table in variants.values()}) == 1:
        variants = {own: variants[own]}
    is_same = set(variants[own]["doc_id"]) == set(documents["doc_id"])
    tokens = whole.of(everyone).tokens
    acting = reruns(variants.items(), tokens, ours, own=own if is_same else None)
    acting["is_own"] = is_same & (acting["variant"] == own)
    is_named = documents["date_basis"] == "officials"  # no day of their own: who governs does
    dated = [("공직자로 날짜를 정한 글 빼고", documents[~is_named])] if is_named.any() else []
    return acting, reruns(dated, corpus.tokens, ours).assign(is_own=False)


def _even(corpus) -> tuple[str, pd.DataFrame, bool]:
    """Why publishers cannot be made alike, the documents of those in all, whether it is fewer."""
    about = {"administrations": corpus.administrations}
    even = balanced(corpus.documents, **about)
    return fault(corpus.documents, **about), even, len(even) < len(corpus.documents)


def _same_publishers(corpus) -> pd.DataFrame:
    why, even, is_less = _even(corpus)
    variants = [("모든 정부에 있는 매체만", even)] if is_less and not why else []
    return reruns(variants, corpus.tokens, _headlines(corpus))


@lru_cache(maxsize=2)
def _within_kinds(corpus) -> pd.DataFrame:
    """Claims where each kind of text weighs the same; topics stay those of the study."""
    column, split = robustness.stratified(corpus.documents)
    strata = [("종류마다 같은 무게로 셈", split)] if column else []
    ours = _headlines(corpus)
    if topics := ours.base.topics:
        kept = topics.documents[topics.documents["doc_id"].isin(split["doc_id"])]
        topics = replace(topics, documents=kept)
        ours = replace(ours, base=replace(ours.base, topics=topics))
    return reruns(strata, corpus.tokens, ours, {ours.options["n_topics"]: topics})


def _folded(corpus) -> pd.DataFrame:
    """Claims about organisations, judged where all names of each are one."""
    ours = _headlines(corpus)
    names = actor_names(corpus.tokens, corpus.documents).sort_values("n")
    actors = names.drop_duplicates(BY, keep="last").set_index([*BY])["actor"].to_dict()
    keys = zip(ours.claims["term"], ours.claims["administration"], strict=True)
    as_actors = ours.claims.assign(term=[actors.get(key) for key in keys]).dropna(subset="term")
    run = robustness.Run(robustness.measured(folded(corpus)), None)
    return robustness.judge(as_actors, ours.base, run).assign(variant="")


def _in_units(table: pd.DataFrame, corpus, base: robustness.Run) -> pd.DataFrame:
    """Sizes as chapter 4 tells them: of words times, of topics points, of distances bits."""
    if (table["kind"] == "topic").any():
        about = base.topics.documents, corpus.large
        crude = proportions.shares(*about, families=corpus.families, n_boot=1)
        crude = 100 * crude.set_index(["topic", "administration"])["share"]
    sizes = _compared(corpus)[[*BY, "n", "n_rest", "n_documents", *_TIMES]]
    table = table.merge(sizes, on=[*BY], how="left")
    if (table["kind"] == "distance").any():
        about = corpus.keyness_matrix, corpus.large
        bits = divergence_table(*about, families=corpus.families).set_index(PAIR)
    table["crude"] = np.nan
    for row in table.itertuples():
        sides = ["estimate", "low", "high"]
        if row.kind == "term":
            table.loc[row.Index, sides] = table.loc[row.Index, _TIMES].to_numpy()
        elif row.kind == "topic":
            table.loc[row.Index, sides] = 100 * table.loc[row.Index, sides]
            of_topic = crude[row.topic]
            table.loc[row.Index, "crude"] = of_topic[row.administration] - of_topic[row.other]
        else:
            pair = bits.loc[(row.administration, row.other)]
            table.loc[row.Index, sides] = pair[["excess", "excess_low", "excess_high"]].to_numpy()
    table["unit"] = table["kind"].map({"term": "배", "topic": "%p", "distance": "비트"})
    return table.drop(columns=_TIMES)


def _counted(table: pd.DataFrame) -> dict:
    """How many claims there are, how many survive, and how many fail in one check alone."""
    n_else = int((table["n_checked"] - table["n_survived"] == 1).sum())
    is_firm, is_always = table["is_headline"], table["share_specifications"] == 1
    counts = {"n_firm": int(is_firm.sum()), "n_always": int((is_firm & is_always).sum())}
    n_listed = min(N_HEADLINES, table.loc[is_firm, "administration"].nunique())
    counts |= {"n_held": int(table["is_held"].sum()), "n_listed": n_listed}
    return counts | {"n": len(table), "n_else": n_else}


def _warnings(corpus, table: pd.DataFrame) -> list[str]:
    """What a reader of the headlines must beware of; sentences.

    First what bears on every comparison, then what on its dates or its publishers, then how small
    a difference could be seen, last what was left out or concerns one government.
    """
    real, *false = false_boundaries(corpus)["n_significant"]
    sizes = corpus.groups.value_counts()
    has_several = corpus.documents["publisher"].nunique() > 1
    why = _even(corpus)[0] if has_several else ""
    n_stable = len(stable_topics(corpus)) if corpus.topic_matrix.terms else 0
    small = {"label": sizes.index[-1], "n": sizes.iloc[-1], "n_most": sizes.iloc[0]}
    small["apart"] = sizes[~sizes.index.isin(corpus.administrations)].to_dict()
    _, is_open, shares = another_ending(corpus.documents)
    facts = {
        "warning-null": null_experiment(corpus).facts,
        "warning-reworded": _counted(table) | {"is_reworded": is_reworded(corpus)},
        "warning-endings": {"shares": shares if is_open.any() else ""},
        "warning-kinds": within_kinds(corpus).facts | {"is_met": main_stratum(corpus) != ""},
        "warning-cuts": {"n_cuts": len(false), "n_as_many": sum(n >= real for n in false)},
        "warning-publishers": {"why": why},
        "warning-power": _detectable(corpus).iloc[-1].to_dict(),
        "warning-topics": {"n_stable": n_stable},
        "warning-dropped": _counted(table),
        "warning-alone": {"alone": table.loc[table["is_alone"], "term"].replace("", None).dropna()},
        "warning-small": small,
    }
    said = [say("findings", name, fact) for name, fact in facts.items()]
    return [text for text in said if text]


@lru_cache(maxsize=2)
def _curve(corpus) -> pd.DataFrame:
    """The conclusions under other ways of analysis."""
    ours, options = _headlines(corpus), corpus.study.robustness
    choices = robustness.choices(corpus.study, ours.options["n_topics"])
    n, seed = options.n_specifications, options.random_state
    grid = robustness.specifications(choices, n, random_state=seed)
    stopwords = read_stopwords() | frozenset(corpus.study.tokens.stopwords)
    return robustness.specification_curve(corpus.documents, corpus.lexicon, stopwords, ours, grid)


def _said(name: str, table: pd.DataFrame, corpus, **how) -> Result:
    return Result(name, table, corpus, file="", parts=("finding",), **how)


def _of_claims(name: str, table: pd.DataFrame, corpus, **how) -> Result:
    """A result about conclusions: each opens sentences of its term, documents of its topic."""
    ours = _headlines(corpus)
    measured = ours.base.measured
    leading = measured[measured["rank"] == 1].set_index("administration")["term"]
    places = []
    for claim in ours.claims.itertuples():
        for who in filter(None, (claim.administration, claim.other)):
            if claim.kind == "topic":
                found, of = ours.base.topics.documents, who
                found = found.loc[found["topic"] == claim.topic, ["doc_id"]].assign(start=0, end=0)
            else:
                term = claim.term or leading[who]
                found, of = corpus.mentions(term)[["doc_id", "start", "end"]], f"{term} · {who}"
            found = found[found["doc_id"].map(corpus.groups) == who]
            places.append(found.assign(claim=claim.claim, of=of))
    empty = pd.DataFrame(columns=["claim", "of", "doc_id", "start", "end"])
    places = pd.concat(places, ignore_index=True) if places else empty
    return Result(name, table, corpus, by=("claim",), places=places, **how)


def _agreement(name: str, table: pd.DataFrame, corpus, facts: dict) -> Result:
    """The conclusions that change most often are drawn; where none does the sentence is enough."""
    changed = table[table["n_fails"] > 0].sort_values("share_holds", kind="stable")
    facts = facts | {"n_changed": len(changed)}
    changed = changed.head(N_CHANGED).reset_index(drop=True)
    look = {"view": changed, "draw": charts.agreement} if len(changed) else {}
    parts = ("finding", "figure" if len(changed) else "kept")
    return _of_claims(name, table, corpus, facts=facts, parts=parts, **look)


def _firmness(table: pd.DataFrame) -> dict:
    """How many conclusions of an agreement always hold, and which does so most rarely."""
    measured = table.dropna(subset="share_holds")
    firm = measured[measured["n_fails"] == 0]
    weak = measured.sort_values("share_holds", kind="stable").head(1).to_dict("records")
    least = firm.sort_values("n_holds", kind="stable").head(1).to_dict("records")
    facts = {"n": len(table), "n_measured": len(measured), "n_firm": len(firm)}
    facts |= {"least": least[0] if least else None, "is_seldom": (firm["n_absent"] > 0).any()}
    return facts | {"weak": weak[0] if weak else {"claim": "", "kind": "term"}}


def _fates(judged: pd.DataFrame) -> dict:
    """Variant by variant, how many conclusions could be measured, and how many change."""
    status = judged["status"]
    marked = judged.assign(n_fails=status == FAILS, n_measured=status != ABSENT)
    marked["n_reversed"] = marked["n_fails"] & (judged["estimate"] <= 0)
    counts = {"n_documents": "first", "n_fails": "sum", "n_measured": "sum", "n_reversed": "sum"}
    table = marked.groupby("variant", sort=False).agg(counts)
    return {"variants": table.reset_index().to_dict("records")}
