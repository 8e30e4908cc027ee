"""The ledger of a corpus: promises and what came of them, numbers that disagree, voices, ties."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from itertools import combinations, pairwise

import networkx as nx
import numpy as np
import pandas as pd

from policytext.administrations import REFERENCE, canonical_name, read_reference
from policytext.compare.units import exact_interval
from policytext.corpus import Corpus
from policytext.korean import format_amount
from policytext.ledger.facts import (
    FIGURE_COLUMNS,
    find_figures,
    find_phrases,
    find_quotations,
    scope_lexicon,
    sentence_edges,
    words_of,
)
from policytext.report import charts
from policytext.report.result import Result
from policytext.store import stored
from policytext.words.analysers import analyse
from policytext.words.lexicon import Lexicon, find_terms, read_regions, select_matches

ABOUT = ["date", "administration", "publisher", "family_id"]
_ALIKE = {"개사": "개", "곳": "개"}  # the same things, counted in other words
_FLOW = re.compile(r"신규|추가|이번|올해|연간|매년|예정|해마다")
_STOCK = re.compile(r"누적|전체|총|현재|운영|기존|지금까지|모두")
# What says how a thing is counted or furthered, not which thing it is.
_FRAME = words_of("frame")
# Nouns that say nothing without the programme they belong to.
_GENERIC = words_of("generic")
_PROGRAMMES = ("programme", "organisation")
_SETTLES = pd.Timedelta(days=366)  # after the due day: what is reported later settles nothing
_NEAR = pd.Timedelta(days=92)  # reports that far apart tell of the same time
_MUCH = 5  # times as much: not the same thing
N_DRAWN, N_NAMES = 30, 40


@lru_cache(maxsize=4)
def figures_of(corpus: Corpus) -> pd.DataFrame:
    """Figures of the sentences and those that a source carries as data, with their documents.

    A figure that stands in both is kept once, as ``record``, at its place in the text.
    """
    documents = corpus.documents
    own = documents[["doc_id", "text", "date"]]
    beginnings = documents["title"] + "\n" + documents["text"].str.slice(0, 150)
    about = documents[["doc_id", *ABOUT]].assign(topic=_topics(beginnings, corpus.lexicon))
    records = find_records(documents[["doc_id", "figures", "date", "regions"]])
    table = _keyed(find_figures(own), records, about)
    return table.assign(unit_group=table["unit"].replace(_ALIKE))


def _topics(texts: pd.Series, lexicon: Lexicon) -> list[str]:
    """The programmes that each beginning of a text names, joined by ";", ministries left out."""
    kinds = dict(zip(lexicon.table["term"], lexicon.table["kind"], strict=True))
    owner = dict(zip(lexicon.table["term"], lexicon.table["canonical"], strict=True))
    found = find_terms(texts.to_numpy(dtype=object), lexicon)
    found = found[found["starts_word"] & found["term"].map(kinds).isin(_PROGRAMMES)]
    names = found["term"].map(owner).where(lambda name: name != "", found["term"])
    found = found.assign(name=names)[~names.str.contains("[부처청]$|위원회$")]
    joined = found.groupby("row")["name"].agg(lambda own: ";".join(dict.fromkeys(own)))
    return joined.reindex(range(len(texts))).fillna("").tolist()


@stored
def find_records(documents: pd.DataFrame) -> pd.DataFrame:
    """Figures that a source carries as data (``figures``, JSON), as :func:`find_figures` has them.

    ``doc_id, figures, date, regions``; the words in a unit (여, 이상) part from it.
    """
    items = [
        {"document": doc_id, "regions": regions, "year": str(date)[:4]} | item
        for doc_id, regions, date, cell in zip(
            *(documents[name] for name in ("doc_id", "regions", "date", "figures")), strict=True
        )
        if cell
        for item in json.loads(cell)
    ]
    texts = [
        f"{re.sub(r'[0-9]{4}년|[0-9]+년(?=간|차| )', '', item['what'])} {item['value']:,.10g}"
        f"{item['unit']}".replace(" 여 ", "여 ")
        for item in items
    ]
    spelled = pd.DataFrame({"doc_id": range(len(items)), "text": texts, "date": pd.NaT})
    found = find_figures(spelled).drop_duplicates("doc_id", keep="last")
    rows = []
    for row in found.to_dict("records"):
        item = items[row["doc_id"]]
        regions = [name for name in item["regions"].split(";") if name]
        several = "전국" if "전국" in regions or len(regions) > 2 else ""
        scope = row["scope"] or (regions[0] if len(regions) == 1 else several)
        target = str(item.get("target_year") or "")
        kind = item.get("kind") or "result"
        if kind == "budget":  # money that is still to be spent is a target
            kind = "target" if target > item["year"] else "result"
        kind = "context" if row["unit"] in ("", "년", "개월") else kind
        rows.append(
            row | {
                "doc_id": item["document"], "start": 0, "end": 0, "kind": kind, "scope": scope,
                "due": target if kind == "target" else "", "subject": item["what"],
                "source": "record", "as_of": item.get("as_of") or "",
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=[*FIGURE_COLUMNS, "as_of"])


@stored
def _keyed(texts: pd.DataFrame, records: pd.DataFrame, about: pd.DataFrame) -> pd.DataFrame:
    """Both kinds of figures as one table, with the nouns that name their subject (``key``)."""
    same = ["doc_id", "value", "unit_group"]
    texts, records = (t.assign(unit_group=t["unit"].replace(_ALIKE)) for t in (texts, records))
    spot = texts.drop_duplicates(same).set_index(same)[["start", "end", "surface"]]
    at = spot.reindex(pd.MultiIndex.from_frame(records[same]))
    known = at["start"].notna().to_numpy()
    records = records.copy()
    for name in ("start", "end"):
        records[name] = np.where(known, at[name].fillna(0), 0).astype(int)
    texts = texts[
        ~pd.MultiIndex.from_frame(texts[same]).isin(pd.MultiIndex.from_frame(records[same]))
    ]
    table = pd.concat([texts.assign(as_of=""), records], ignore_index=True).merge(
        about, on="doc_id"
    )
    words = analyse(table["subject"].tolist(), "mecab")
    words = words[
        words["tag"].astype(str).str.match("NN|SL|XPN|XSN") & (words["end"] > words["start"])
    ]
    scopes = table["scope"].to_numpy(dtype=object)
    kept = [
        (row, term)
        for row, term in zip(words["row"].tolist(), words["term"].astype(str).tolist(), strict=True)
        if term not in _FRAME and term != scopes[row]
    ]
    keys = pd.DataFrame(kept, columns=["row", "term"]).groupby("row")["term"].agg(" ".join)
    key = keys.reindex(range(len(table))).fillna("")
    table["key"], table["is_vague"] = (
        key.to_numpy(),
        key.str.split().map(_GENERIC.issuperset).to_numpy(),
    )
    is_own = table["scope"].isin(read_regions()["region"]) | table["scope"].isin(
        ["수도권", "비수도권"]
    )
    table["where"] = table["scope"].where(is_own, "전국")
    return table.sort_values(["date", "doc_id", "start"], ignore_index=True).drop(
        columns="unit_group"
    )


def _is_same(one: dict, other: dict) -> bool:
    """Whether two figures count the same thing: the nouns that only one names are its programme's.

    Nouns that say nothing by themselves must be the same, of texts about the same programme.

    >>> zone = {"key": "글로벌 혁신 특구", "topic": "", "is_vague": False}
    >>> _is_same(zone, zone | {"key": "혁신 특구", "topic": "글로벌 혁신특구"})
    True
    >>> _is_same(zone, zone | {"key": "혁신 특구"})
    False
    """
    a, b = one["key"].split(), other["key"].split()
    topics = [set(side["topic"].split(";")) - {""} for side in (one, other)]
    if one["is_vague"] and other["is_vague"]:
        return a == b and not topics[0].isdisjoint(topics[1])
    around_a, around_b = (_around(*pair) for pair in ((one, b), (other, a)))
    last_a, last_b = (a or [""])[-1], (b or [""])[-1]
    return (
        (last_a.endswith(last_b) or last_b.endswith(last_a))
        and all(word in around_b for word in a)
        and all(word in around_a for word in b)
    )


def _around(figure: dict, words: list[str]) -> str:
    """A figure's nouns with its programme's, where only one programme there has such a name."""
    named = [t for t in figure["topic"].split(";") if words and t.endswith(words[-1])]
    return "".join([*(named if len(named) == 1 else []), figure["key"]]).replace(" ", "")


def _is_plausible(promise: dict, later: dict) -> bool:
    """Whether a later value can tell of a promise: soon enough for what is added, not far beyond."""
    until = _due_day(promise["due"])
    until = promise["date"] + 2 * _SETTLES if pd.isna(until) else until + _SETTLES
    low, high = (1 / 3, 1.5) if promise["is_vague"] else (1 / 20, 5)
    is_in_time = _counting(promise) != "flow" or later["date"] <= until
    return is_in_time and low <= later["value"] / promise["value"] <= high


def _counting(row) -> str:
    """Whether a figure counts what is added, what there is, or does not say."""
    if row["measure"] == "cumulative" or _STOCK.search(row["subject"]):
        return "stock"
    return "flow" if _FLOW.search(row["subject"]) else ""


@stored
def promise_table(figures: pd.DataFrame, last_day: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Targets, repeats joined, and the later results of the same subject, scope and counting.

    Returns
    -------
    tuple of DataFrame
        ``promises`` and ``followups`` as the README's dictionary has them. ``status`` is met,
        short or late only where a report at or after the due date proves it (or an earlier one
        that had reached the target); open before it; else unknown.
    """
    dated = figures.dropna(subset="date")
    dated = dated[(dated["unit"] != "") & (dated["measure"] != "change")]
    dated = dated[~dated["is_vague"] | (dated["topic"] != "")]
    targets = dated[(dated["kind"] == "target") & (dated["value"] > 0)]
    results = dated[(dated["kind"] == "result")].to_dict("records")
    by_scope: dict[tuple, list] = {}
    for row in results:
        by_scope.setdefault((row["unit_group"], row["where"]), []).append(row)
    made: dict[tuple, list[list]] = {}
    for row in targets.to_dict("records"):
        alike = made.setdefault((row["where"], row["unit_group"], row["value"], row["due"][:4]), [])
        same = next((members for members in alike if _is_same(members[0], row)), None)
        if same is None:
            alike.append([row])
        else:
            same.append(row)
    joined = sorted((m for alike in made.values() for m in alike), key=lambda m: m[0]["date"])
    promises, followups = [], []
    for number, members in enumerate(joined):
        first = members[0]
        later = [
            row
            for row in by_scope.get((first["unit_group"], first["where"]), [])
            if row["date"] > first["date"] and _is_same(first, row)
            and {_counting(first), _counting(row)} != {"flow", "stock"}
            and _is_plausible(first, row)
        ]  # fmt: skip
        promises.append(_promise(number, members, later, pd.Timestamp(last_day)))
        due = _due_day(first["due"])
        followups += [
            {
                "promise": number, "promise_doc_id": member["doc_id"], "promise_value": first["value"],
                "figure": row["surface"], "is_after_due": pd.notna(due) and row["date"] >= due,
                **{name: row[name] for name in ("doc_id", "start", "end", "value", "unit", *ABOUT)},
            }
            for member in members for row in later if row["date"] > member["date"]
        ]  # fmt: skip
    names = (
        "promise subject scope value value_high unit qualifier due made_on made_by n_repeats n_later status "
        "last_value last_date share_reached doc_id start end surface"
    ).split()
    later_names = "promise promise_doc_id promise_value figure doc_id start end value unit is_after_due".split()
    return (
        pd.DataFrame(promises, columns=[*names, *ABOUT]),
        pd.DataFrame(followups, columns=[*later_names, *ABOUT]),
    )


def _promise(number: int, members: list[dict], later: list[dict], last_day: pd.Timestamp) -> dict:
    first = members[0]
    made_by = first["speaker"] or next((m["speaker"] for m in members if m["speaker"]), "")
    newest = later[-1] if later else None
    programme = first["topic"].split(";")[0] if first["is_vague"] else ""
    own = (
        "scope",
        "value",
        "value_high",
        "unit",
        "qualifier",
        "due",
        "doc_id",
        "start",
        "end",
        "surface",
    )
    return {name: first[name] for name in (*own, *ABOUT)} | {
        "promise": number,
        "subject": first["subject"]
        if programme in first["subject"]
        else f"{programme} {first['subject']}",
        "made_on": first["date"],
        "made_by": made_by or first["publisher"],
        "n_repeats": len({member["family_id"] for member in members}) - 1,
        "n_later": len({row["family_id"] for row in later}),
        "status": _status(first, later, last_day),
        "last_value": newest["value"] if newest else np.nan,
        "last_date": newest["date"] if newest else pd.NaT,
        "share_reached": newest["value"] / first["value"] if newest else np.nan,
    }


def _due_day(due: str) -> pd.Timestamp:
    return pd.Period(due, "M" if len(due) > 4 else "Y").end_time.normalize() if due else pd.NaT


def _status(promise: dict, later: list[dict], last_day: pd.Timestamp) -> str:
    """What the later reports prove; a report long after the due date proves nothing."""
    due = _due_day(promise["due"])
    if pd.isna(due):
        return "unknown"
    reached = [row["date"] for row in later if row["value"] >= promise["value"]]
    if reached and min(reached) <= due:
        return "met"
    if due > last_day:
        return "open"
    settling = [
        row for row in later if due - pd.Timedelta(days=31) <= row["date"] <= due + _SETTLES
    ]
    if not settling:
        return "unknown"
    if settling[0]["value"] >= promise["value"]:
        return "met"
    return "late" if reached else "short"


def promises(corpus: Corpus) -> Result:
    """Every target with what came of it, as far as the texts tell."""
    table, later = _promises(corpus)
    table = table.sort_values(["n_later", "made_on"], ascending=[False, True], ignore_index=True)
    followed = table[table["n_later"] > 0]
    view = followed.head(N_DRAWN).sort_values("made_on", ignore_index=True)
    view = view.assign(
        amount=_amounts(view), due_day=pd.to_datetime([_due_day(due) for due in view["due"]])
    )
    dots = later[later["promise"].isin(view["promise"])].drop_duplicates(
        ["promise", "doc_id", "value"]
    )
    dots = dots.assign(amount=_amounts(dots))
    view = view.assign(
        status_told=view["status"].map(charts.OUTCOMES),
        last_told=[
            format_amount(*pair) for pair in zip(view["last_value"], view["unit"], strict=True)
        ],
    )
    facts = {
        "n": len(table),
        "n_followed": len(followed),
        "statuses": dict.fromkeys(charts.OUTCOMES, 0) | table["status"].value_counts().to_dict(),
        "n_undated": _n_undated(corpus),
        "drawing": {"later": dots},
    }
    columns = tuple(
        "subject scope amount due made_on made_by n_repeats n_later status_told last_told last_date".split()
    )
    return Result("promises", table, corpus, view=view, by=("promise",),
                  places=_places(table, "promise"), facts=facts, draw=charts.promises, columns=columns)  # fmt: skip


def followups(corpus: Corpus) -> Result:
    """Later reports of what was promised: same subject, scope and counting."""
    promised, table = _promises(corpus)
    view = table.drop_duplicates(["promise", "doc_id", "value"]).reset_index(drop=True)
    view = view.merge(promised[["promise", "subject", "scope"]], on="promise").assign(
        amount=lambda t: _amounts(t)
    )
    view["promised"] = _amounts(view.assign(value=view["promise_value"]))
    keys = ["promise", "doc_id", "value"]
    columns = ("subject", "scope", "promised", "date", "amount", "publisher", "is_after_due")
    return Result("followups", table, corpus, view=view, by=tuple(keys), places=_places(view, *keys),
                  facts={"n_promises": table["promise"].nunique()}, columns=columns)  # fmt: skip


def _promises(corpus: Corpus) -> tuple[pd.DataFrame, pd.DataFrame]:
    return promise_table(figures_of(corpus), str(corpus.documents["date"].max()))


def _amounts(table: pd.DataFrame) -> list[str]:
    return [format_amount(*pair) for pair in zip(table["value"], table["unit"], strict=True)]


def _places(table: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """Where the rows of a result stand, by its keys; a figure known only as data opens its document."""
    return table[[*keys, *(name for name in ("doc_id", "start", "end") if name not in keys)]]


def _n_undated(corpus: Corpus) -> int:
    return int(figures_of(corpus)["date"].isna().sum())


@stored
def conflict_table(figures: pd.DataFrame) -> pd.DataFrame:
    """Figures that count the same thing for the same scope and time, and disagree.

    Of one document that gives a thing several numbers none is compared: they are of parts.
    Numbers that only grow with time are a series, no conflict.
    """
    rows = figures[(figures["kind"] == "result") & (figures["measure"] != "change")]
    rows = rows[~rows["is_vague"] | (rows["topic"] != "")]
    rows = rows[(rows["unit"] != "") & rows["date"].notna() & rows["value_high"].isna()]
    rows = rows.assign(
        as_of=rows["as_of"].where(rows["as_of"] != "", rows["date"].dt.strftime("%Y-%m"))
    )
    rows = rows.assign(
        programme=[
            topic.split(";")[0] if vague else ""
            for topic, vague in zip(rows["topic"], rows["is_vague"], strict=True)
        ]
    )
    by = ["programme", "key", "where", "unit_group"]
    n_values = rows.groupby([*by, "doc_id"])["value"].transform("nunique")
    rows = rows[n_values == 1].drop_duplicates([*by, "family_id", "value"])
    groups, number = [], 0
    for _, own in rows.groupby(by, sort=False):
        own = own.sort_values("date")
        for _, part in own.groupby((own["date"].diff() > _NEAR).cumsum()):
            low, high = part["value"].min(), part["value"].max()
            is_series = part["value"].is_monotonic_increasing and part["date"].is_unique
            if len(part) < 2 or low == high or high > _MUCH * low or is_series:
                continue
            topics = [set(topic.split(";")) - {""} for topic in part["topic"]]
            if any(topics) and not set.intersection(*topics):
                continue
            number += 1
            groups.append(part.assign(group=number))
    table = pd.concat(groups) if groups else rows.assign(group=0).head(0)
    table = table.assign(definition=table["subject"]).reset_index(drop=True)
    names = "group subject scope as_of value unit publisher definition doc_id start end surface date administration family_id"
    return table[names.split()]


def conflicts(corpus: Corpus) -> Result:
    """Groups of figures for the same thing, scope and time that disagree."""
    table = conflict_table(figures_of(corpus))
    table["amount"] = _amounts(table)
    columns = ("group", "subject", "scope", "as_of", "amount", "publisher")
    keys = ["group", "doc_id", "value"]
    return Result("conflicts", table, corpus, by=tuple(keys), places=_places(table, *keys),
                  facts={"n_groups": table["group"].nunique()}, columns=columns)  # fmt: skip


def figures(corpus: Corpus) -> Result:
    """All figures found: the table that everything above is made of."""
    names = [*FIGURE_COLUMNS, *ABOUT]
    return Result("ledger-figures", figures_of(corpus)[names], corpus, parts=("kept",))


def quotations(corpus: Corpus) -> Result:
    """Who is quoted as saying what."""
    about = corpus.documents[["doc_id", *ABOUT]]
    table = find_quotations(corpus.documents[["doc_id", "text"]]).merge(about, on="doc_id")
    named = table[~table["is_anonymous"]]
    facts = {
        "n_documents": table["doc_id"].nunique(),
        "n_speakers": named["speaker"].nunique(),
        "n_anonymous": int(table["is_anonymous"].sum()),
        "top": named["speaker"].mode().head(1).tolist() if len(named) > 1 else [],
    }
    keys = ["doc_id", "quote"]
    columns = ("speaker", "office", "organisation", "verb", "quote", "date", "publisher")
    return Result("quotations", table, corpus, by=tuple(keys), places=_places(table, *keys),
                  facts=facts, columns=columns)  # fmt: skip


def phrases(corpus: Corpus) -> Result:
    """Short phrases set in marks that nobody says: names and slogans that were put forward."""
    found = find_phrases(corpus.documents[["doc_id", "text"]])
    about = corpus.documents[["doc_id", *ABOUT]]
    places = found.assign(phrase=found["phrase"].str.strip()).merge(about, on="doc_id")
    table = _spans(places, "phrase")
    view = table[table["n_families"] >= 2].head(N_DRAWN).reset_index(drop=True)
    return Result("phrases", table, corpus, view=view, by=("phrase",), places=_places(places, "phrase"),
                  facts={"n_ended": int(_ended(view, corpus).sum()), "drawing": _drawing(corpus, places, "phrase")},
                  draw=charts.spans, columns=("phrase", "n", "n_families", "n_publishers", "first", "last", "administrations"))  # fmt: skip


def _spans(places: pd.DataFrame, name: str) -> pd.DataFrame:
    """Per name: how often, in how many families, from whom, from when to when, under whom."""
    groups = places.groupby(name, sort=False)
    table = groups.agg(
        n=("doc_id", "size"), n_families=("family_id", "nunique"), n_publishers=("publisher", "nunique"),
        first=("date", "min"), last=("date", "max"),
        administrations=("administration", lambda own: ", ".join(dict.fromkeys(own.dropna()))),
    ).reset_index()  # fmt: skip
    return table.sort_values(
        ["n_families", "n", name], ascending=[False, False, True], ignore_index=True
    )


def _ended(table: pd.DataFrame, corpus: Corpus) -> pd.Series:
    """Which names stop under a government that another follows in the corpus."""
    last = corpus.administrations[-1:] or [""]
    return (
        ~table["administrations"].str.contains(last[0], regex=False)
        if len(table)
        else pd.Series(dtype=bool)
    )


def _drawing(corpus: Corpus, places: pd.DataFrame, name: str) -> dict:
    dots = places[[name, "date", "administration"]].dropna(subset=["date"])
    return {"dots": dots.rename(columns={name: "name"}), "colours": corpus.colours}


@stored
def find_ties(documents: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Two actors named in one sentence with a word of joint work; `names` are of more actors.

    Returns
    -------
    DataFrame
        ``doc_id, start, end`` of the sentence, ``actor_a, actor_b, kind_a, kind_b`` and ``verb``;
        an actor has its latest name, whatever it was called that day.
    """
    lexicon, owner, kinds = _actor_lexicon(frozenset(names))
    rows, texts = [], documents["text"].fillna("").to_numpy(dtype=object)
    days, doc_ids = documents["date"].tolist(), documents["doc_id"].tolist()
    found = find_terms(texts, lexicon)
    found = select_matches(found, found["starts_word"], found["followed_by_particle"])
    spoken = [
        (row, m.start(), m.end(), m[0])
        for row, text in enumerate(texts)
        for m in _BODY.finditer(text)
    ]
    spoken = pd.DataFrame(spoken, columns=["row", "start", "end", "term"]).astype(
        {"start": int, "end": int}
    )
    found = pd.concat([found[["row", "start", "end", "term"]], spoken], ignore_index=True)
    found = found.assign(length=found["start"] - found["end"]).sort_values(
        ["row", "start", "length"]
    )
    found = found[
        found["start"]
        >= found.groupby("row")["end"].transform(lambda ends: ends.cummax().shift(fill_value=0))
    ]
    for row, own in found.groupby("row", sort=True):
        edges = np.array(sentence_edges(texts[row]))
        sentences = np.searchsorted(edges[:-1], own["start"], side="right") - 1
        for sentence, named in own.groupby(sentences):
            start, end = int(edges[sentence]), int(edges[sentence + 1])
            verb = _work_word(texts[row], named, end)
            if verb is None or len(named) < 2:
                continue
            actors = {}
            for term in named["term"]:
                kind = kinds.get(term, "organisation")
                name = owner.get(term, term)
                name = canonical_name(name, days[row]) if kind == "organisation" else name
                if name not in _NOT_ACTORS:
                    actors[name] = kind
            if 2 <= len(actors) <= _MAX_ACTORS:
                rows += [(doc_ids[row], start, end, a, b, actors[a], actors[b], verb[0])
                         for a, b in combinations(sorted(actors), 2)]  # fmt: skip
    return pd.DataFrame(rows, columns="doc_id start end actor_a actor_b kind_a kind_b verb".split())


def _work_word(text: str, named: pd.DataFrame, end: int) -> re.Match | None:
    """The first word of joint work after an actor, that is no part of a name."""
    first = int(named["start"].min())
    inside = list(zip(named["start"], named["end"], strict=True))
    found = _WORK.finditer(text, first, end)
    return next((m for m in found if not any(a <= m.start() < b for a, b in inside)), None)


def _actor_lexicon(names: frozenset[str]) -> tuple[Lexicon, dict[str, str], dict[str, str]]:
    """Actors to look for, the name each stands for, and whether it is a region, centre or body."""
    lexicon, owner = scope_lexicon()
    table = lexicon.table
    extra = sorted((names | _partners()) - set(table["term"]) - {""})
    table = pd.concat([table, pd.DataFrame({"term": extra})], ignore_index=True)
    regions = set(read_regions()["region"])
    kinds = {}
    for term in table["term"]:
        name = owner.get(term, term)
        is_centre = name in regions and term.endswith("센터")
        kinds[term] = "centre" if is_centre else "region" if name in regions else "organisation"
        if is_centre:
            owner = owner | {term: f"{name}센터"}
    return Lexicon(table), owner, kinds


_JOINT = read_reference(str(REFERENCE / "joint-work.csv"), "word kind")
_WORK = re.compile("|".join(map(re.escape, _JOINT.loc[_JOINT["kind"] == "work", "word"])))
_ENDINGS = "|".join(map(re.escape, _JOINT.loc[_JOINT["kind"] == "body", "word"]))
_BODY = re.compile(
    rf"(?<![가-힣A-Za-z])[가-힣A-Za-z&]{{2,10}}?(?:{_ENDINGS})(?=[은는이가을를도의]?(?:[^가-힣A-Za-z]|$)|과 |와 |에서|에게|으로|로 )"
)
_LOCAL = ("region", "centre")
_NOT_ACTORS = frozenset(["전국", "수도권", "비수도권", "정부"])
_MAX_ACTORS = 6  # in a sentence; a list of every region ties nobody to anybody


def ties(corpus: Corpus) -> Result:
    """Who is named with whom in joint work, government by government."""
    about = corpus.documents[["doc_id", *ABOUT]]
    listed = {
        name.strip() for cell in corpus.documents["organisations"] for name in cell.split(";")
    }
    names = sorted(name for name in listed if 2 <= len(name) <= 20)
    places = find_ties(corpus.documents[["doc_id", "text", "date"]], names).merge(
        about, on="doc_id"
    )
    places = places[~((places["kind_a"] == "region") & (places["kind_b"] == "region"))]
    pair = ["actor_a", "actor_b"]
    table = places.dropna(subset="administration").groupby([*pair, "administration"], sort=False).agg(
        kind_a=("kind_a", "first"), kind_b=("kind_b", "first"),
        verbs=("verb", lambda own: ", ".join(own.value_counts().index[:3])),
        n=("start", "size"), n_families=("family_id", "nunique"),
    ).reset_index()  # fmt: skip
    order = corpus.administrations
    before = dict(zip(order[1:], order, strict=False))
    known = set(zip(table["actor_a"], table["actor_b"], table["administration"], strict=True))
    table["change"] = [
        "" if government not in before else "kept" if (a, b, before[government]) in known else "new"
        for a, b, government in zip(
            *(table[name] for name in (*pair, "administration")), strict=True
        )
    ]
    table = table.sort_values(
        ["n_families", "n", *pair], ascending=[False, False, True, True], ignore_index=True
    )
    changes = pd.DataFrame([_change(table, *two) for two in pairwise(order)])
    view = table[table["administration"].isin(order)]
    view = view.groupby("administration", sort=False).head(15).reset_index(drop=True)
    view["administration"] = pd.Categorical(view["administration"], order)
    by = (*pair, "administration")
    more = [Result("tie-changes", changes, corpus, level=3)] if len(changes) else []
    return Result("ties", table, corpus, view=view, by=by, places=_places(places.assign(administration=places["administration"].astype(object)), *by),
                  facts={"n_pairs": len(table[pair].drop_duplicates()), "changes": changes.to_dict("records"), "drawing": {"colours": corpus.colours}},
                  draw=charts.ties, columns=("administration", *pair, "verbs", "n", "n_families", "change"),
                  more=[*more, _panel(corpus, places)])  # fmt: skip


def _change(table: pd.DataFrame, before: str, after: str) -> dict:
    """Ties kept, lost and new from one government to the next, with the families that tell of them."""
    sides = [
        table[table["administration"] == name].set_index(["actor_a", "actor_b"])["n_families"]
        for name in (before, after)
    ]
    kept = sides[0].index.intersection(sides[1].index)
    return {
        "administration_a": before, "administration_b": after, "n_kept": len(kept),
        "n_lost": len(sides[0]) - len(kept), "n_new": len(sides[1]) - len(kept),
        "families_before": int(sides[0].sum()), "families_after": int(sides[1].sum()),
    }  # fmt: skip


def _panel(corpus: Corpus, places: pd.DataFrame) -> Result:
    """Which partner stands beside which region's centre in which year."""
    is_region = places["kind_a"].isin(_LOCAL), places["kind_b"].isin(_LOCAL)
    one, other = (
        places.loc[mask, ["doc_id", "start", "end", "date", "family_id"]].assign(
            region=places.loc[mask, names[0]].str.removesuffix("센터"),
            partner=places.loc[mask, names[1]],
        )
        for mask, names in zip(
            is_region, (("actor_a", "actor_b"), ("actor_b", "actor_a")), strict=True
        )
    )
    own = pd.concat([one, other]).dropna(subset="date")
    own = own[own["partner"].isin(_partners())].assign(year=lambda t: t["date"].dt.year)
    cells = (
        own.groupby(["region", "year", "partner"])["family_id"]
        .nunique()
        .rename("n_families")
        .reset_index()
    )
    top = cells.sort_values(["n_families", "partner"], ascending=[False, True]).drop_duplicates(
        ["region", "year"]
    )
    top = top.sort_values(["region", "year"], ignore_index=True)
    keys = ["region", "year", "partner"]
    return Result(
        "partners",
        cells,
        corpus,
        view=top,
        by=tuple(keys),
        places=_places(own, *keys),
        draw=charts.partners,
        level=3,
    )


@lru_cache(maxsize=1)
def _partners() -> frozenset[str]:
    """Firms that stood beside a centre when it opened."""
    names = read_reference(str(REFERENCE / "centres.csv"), "partner_at_launch")["partner_at_launch"]
    return frozenset(
        name.strip() for cell in names for name in re.split("[;,/]", cell) if name.strip()
    )


def write_graphml(result: Result, path) -> None:
    """Write :func:`ties` for Gephi: actors as nodes, a tie an edge with its government."""
    graph = nx.MultiGraph()
    for row in result.table.itertuples():
        graph.add_node(row.actor_a, kind=row.kind_a)
        graph.add_node(row.actor_b, kind=row.kind_b)
        graph.add_edge(
            row.actor_a,
            row.actor_b,
            administration=row.administration,
            n=row.n,
            n_families=row.n_families,
        )
    nx.write_graphml(graph, path)


_NAMED = ("programme", "organisation", "slogan")


def lives(corpus: Corpus) -> Result:
    """First and last mention of every programme, institution and slogan; who outlives a change."""
    table = corpus.lexicon.table
    kinds = dict(zip(table["term"], table["kind"], strict=True))
    names = [term for term, kind in kinds.items() if kind in _NAMED]
    places = corpus.mentions(names).dropna(subset=["date"]).rename(columns={"term": "name"})
    table = _spans(places, "name").assign(kind=lambda t: t["name"].map(kinds))
    followed = read_reference(str(REFERENCE / "organisations.csv"), "from to")
    successor = dict(zip(followed["from"], followed["to"], strict=True))
    table["born_under"] = table["administrations"].str.split(", ").str[0]
    table["seen_under"] = table["administrations"]
    table["successor"] = table["name"].map(successor).fillna("")
    view = (
        table[table["kind"] != "organisation"].head(N_NAMES).sort_values("first", ignore_index=True)
    )
    survival = survivors(places[["name", "date", "family_id"]], _changes(corpus))
    is_real = survival["is_real"]
    facts = {"real": survival[is_real].to_dict("records"), "false": survival.loc[~is_real, "share"]}
    shown = tuple("day is_real n_alive n_kept share low high".split())
    more = [Result("survivors", survival, corpus, level=3, columns=shown, facts=facts)]
    columns = (
        "name",
        "kind",
        "first",
        "last",
        "n_families",
        "born_under",
        "seen_under",
        "successor",
    )
    return Result("lives", table, corpus, view=view, by=("name",), places=_places(places, "name"),
                  facts={"n_ended": int(_ended(view, corpus).sum()), "drawing": _drawing(corpus, places, "name")},
                  draw=charts.spans, columns=columns, more=more)  # fmt: skip


def _changes(corpus: Corpus) -> list[str]:
    """Days on which one of the governments of the corpus took over from another."""
    firsts = corpus.documents.dropna(subset=["date"]).groupby("administration")["date"].min()
    return [str(firsts[name])[:10] for name in corpus.administrations[1:]]


@stored
def survivors(mentions: pd.DataFrame, changes: list[str]) -> pd.DataFrame:
    """Of the names mentioned in the year before a day, how many in the two years after it.

    Parameters
    ----------
    mentions : DataFrame
        ``name, date, family_id``.
    changes : list of str
        Days on which governments changed; false days lie evenly between first and last mention.

    Returns
    -------
    DataFrame
        ``day, is_real, n_alive, n_kept, share, low, high`` (exact, 95 %): names that at least two
        families mention in the year before, and those of them that are mentioned again.
    """
    if mentions.empty:
        days = []
    else:
        first, last = mentions["date"].min(), mentions["date"].max()
        inside = [pd.Timestamp(day) for day in changes]
        grid = pd.date_range(
            first + pd.DateOffset(years=1), last - pd.DateOffset(years=2), freq="90D"
        )
        away = [d for d in grid if all(abs(d - day) > pd.Timedelta(days=365) for day in inside)]
        real = [d for d in inside if d + pd.DateOffset(years=1) <= last]
        days = [(day, True) for day in real] + [(day, False) for day in away]
    rows = []
    for day, is_real in days:
        date = mentions["date"]
        year = mentions[(date >= day - pd.DateOffset(years=1)) & (date < day)]
        n_families = year.groupby("name")["family_id"].nunique()
        alive = n_families.index[n_families >= 2]
        after = mentions[(date >= day) & (date < day + pd.DateOffset(years=2))]
        kept = int(alive.isin(after["name"]).sum())
        if len(alive):
            rows.append((day, is_real, len(alive), kept, kept / len(alive)))
    table = pd.DataFrame(rows, columns=["day", "is_real", "n_alive", "n_kept", "share"])
    table = table.astype({"is_real": bool, "day": "datetime64[us]"})
    low, high = exact_interval(table["n_kept"].to_numpy(float), table["n_alive"].to_numpy(float))
    return table.assign(low=low, high=high)
