"""The ledger of a corpus: its figures, promises and what came of them, numbers that disagree."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter

import numpy as np
import pandas as pd

from policytext.administrations import known_names
from policytext.corpus import Corpus
from policytext.faults import InsufficientData
from policytext.korean import format_amount
from policytext.ledger.facts import CURRENCIES, FIGURE_COLUMNS, find_deadlines, find_figures
from policytext.ledger.patterns import ACTS, NATION, countries, scope_lexicon, words_of
from policytext.report import charts
from policytext.report.result import Result, say
from policytext.store import stored
from policytext.words.analysers import analyse
from policytext.words.lexicon import Lexicon, find_terms, read_lexicon, read_regions

ABOUT = ["date", "administration", "publisher", "family_id"]
PLACE = ["doc_id", "start", "end"]
_ALIKE = {"개사": "개", "곳": "개", "호": "가구"}  # the same things, counted in other words
_FLOW = re.compile(r"신규|추가|이번|올해|연간|매년|해마다|선정|모집|선발|[12]\d{3}년(?!까지|\s?말)")
_BUDGET = re.compile("예산|회계|세입|세출")
_STOCK = re.compile("누적|누계|전체|총|현재|운영|기존|지금까지|모두|확대")
_FRAME = words_of("frame") | words_of("deed")  # how a thing is counted or furthered, not which
_GENERIC = words_of("generic")  # says nothing without the programme it belongs to
_COUNTED = words_of("counted")  # says no more than the unit
_EFFECT = words_of("effect")  # what a programme brings about, not what it is
_OF_PLACES = ("지역", "주민")  # 정선 지역
_FUNDS = ("펀드", "기금", "자금")
_RECEIVES = re.compile("대상|도입|보급|구축|설치")  # of firms: as many as what they receive
_MINISTRY = re.compile("[부처청실]$|위원회$")
_LIMIT = "상한|한도|단가|요건|기업당"  # what one may get at most, or must have
_FIRST = re.compile("먼저|우선 (?:개소|설립|설치)")  # of all that are to come
_MONTH = re.compile(r"[12]\d{3}(?:-(?:0[1-9]|1[0-2]))?")  # or the year alone
_PROMISE = (
    "promise subject scope value value_high unit qualifier due made_on made_by n_repeats n_later "
    "status last_value last_date share_reached share_by_due doc_id start end surface"
).split()
_LATER = (
    "promise promise_doc_id promise_value figure doc_id start end value unit is_after_due".split()
)
_IN_ORDER = itemgetter("date", "doc_id", "start")
_WORDS = "doc_id unit subject scope kind due measure speaker as_of doing".split()
_FLAGS = ["is_budget", "is_part", "is_forecast", "is_proof"]
_CONFLICT = "group subject scope as_of value unit publisher definition".split()
_BEGINNING = 100  # characters that tell what a text is about
_SETTLES = pd.Timedelta(days=366)  # after the due day: what is reported later settles nothing
_LASTS = pd.Timedelta(days=5 * 365)  # a promise without a day, which is a government's
_LAST_OF_YEAR = pd.Timedelta(days=31)
_NEAR = pd.Timedelta(days=92)  # after the due day, for what is counted year by year
_NOW = pd.Timedelta(days=31)  # what is told within it, as it stands, is told of one time
_MUCH, _TWICE = 5, 2  # times as much or as little: not the same thing; not surely the same
_FLOORS, _CEILINGS = ("more_than", "at_least"), ("less_than", "at_most")
N_DRAWN = 20  # rows of a figure


def texts_of(corpus: Corpus) -> pd.DataFrame:
    """The documents; InsufficientData where all are lists of keywords, without a sentence."""
    if len(corpus.documents) and (corpus.documents["text_kind"] == "keywords").all():
        raise InsufficientData(
            "글이 모두 키워드의 나열이어서 문장에 적힌 약속, 수치, 인용, 관계를 읽을 수 없습니다. "
            "본문이나 발췌가 있는 글이 있어야 합니다."
        )
    return corpus.documents


@lru_cache(maxsize=4)
def figures_of(corpus: Corpus) -> pd.DataFrame:
    """Figures of the sentences and those that a source carries as data, with their documents.

    A figure that stands in both is kept once, as ``record``, at its place in the text.
    """
    documents = texts_of(corpus)
    is_bare = documents["programmes"] == ""
    beginnings = documents["text"].str.slice(0, _BEGINNING).where(is_bare, "")
    beginnings = (documents["title"] + "\n" + beginnings).to_numpy(dtype=object)
    about = documents[["doc_id", *ABOUT, "regions"]].assign(
        maker=documents["people"].where(documents["people"] != "", documents["organisations"])
        .str.split(";").str[0],
        topic=_names(beginnings, documents["programmes"], "programme", corpus.lexicon),
        body=_names(beginnings, documents["organisations"], "organisation", corpus.lexicon),
    )  # fmt: skip
    records = find_records(documents[["doc_id", "figures", "date", "regions", "organisations"]])
    return _keyed(find_figures(documents[["doc_id", "text", "date"]]), records, about)


def _names(texts: np.ndarray, given: pd.Series, kind: str, lexicon: Lexicon) -> list[str]:
    """Names that a source gives, and names of that kind in texts, joined; ministries left out."""
    kinds, owner = lexicon.table.set_index("term")["kind"], lexicon.owners
    found = find_terms(texts, lexicon)
    regions = set(read_regions()["region"])
    places = zip(found["row"], found["start"], strict=True)
    is_local = np.array([texts[row][max(0, at - 2) : at] in regions for row, at in places], bool)
    found = found[(found["starts_word"] | is_local) & (found["term"].map(kinds) == kind)]
    told = found["term"].groupby(found["row"]).agg(list)
    names = []
    for row, cell in enumerate(given):
        own = [owner.get(n, n) for n in re.sub(r"\(.*?\)", "", cell).split(";")]
        found = [n for n in told.get(row, ()) if not any(name.endswith(n) for name in own)]
        own = [name.replace(" ", "") for name in [*own, *map(owner.get, found)]]
        if kind == "organisation":  # a region's house stands for all of its kind, too
            own += [owner[n[k:]] for n in own for k in range(2, len(n) - 3) if n[k:] in owner]
        names.append(";".join(n for n in dict.fromkeys(own) if n and not _MINISTRY.search(n)))
    return names


@stored
def find_records(documents: pd.DataFrame) -> pd.DataFrame:
    """Figures that a source carries as data (``figures``, JSON), as :func:`find_figures` has them.

    ``doc_id, figures, date, regions, organisations``; the words in a unit (여, 이상) part from it.
    """
    items = [
        row._asdict() | {"document": row.doc_id, "year": str(row.date)[:4]} | item
        for row in documents.itertuples() if row.figures for item in json.loads(row.figures)
    ]  # fmt: skip
    texts = [
        re.sub("[0-9]{4}년|[0-9]+년(?=간|차| )", "", item["what"])
        + f" {item['value']:,.10g}{item['unit']}".replace(" 여 ", "여 ") for item in items
    ]  # fmt: skip
    years = [item.get("target_year") for item in items]  # for the part of it that words tell
    days = [f"{year}-01-01" if year else None for year in years]
    spelled = pd.DataFrame({"doc_id": range(len(items)), "text": texts, "date": days})
    found = find_figures(spelled).drop_duplicates("doc_id", keep="last").to_dict("records")
    columns = [*FIGURE_COLUMNS, "as_of", "doing", *_FLAGS]
    table = pd.DataFrame([_record(row, items[row["doc_id"]]) for row in found], columns=columns)
    return table.astype({"value": float, "value_high": float} | dict.fromkeys(_WORDS, object))


def _record(row: dict, item: dict) -> dict:
    """What a source says of a figure, over what its words say."""
    regions = [name for name in item["regions"].split(";") if name]
    several = NATION if NATION in regions or len(regions) > 2 else ""
    place = regions[0] if len(regions) == 1 else several
    is_told = _MINISTRY.search(item["organisations"].split(";")[0]) and place not in item["what"]
    if is_told and row["unit"] not in CURRENCIES:
        place = NATION  # a ministry tells of the whole country there
    due = str(item.get("target_year") or "")
    kind = item.get("kind") or "result"
    if kind == "budget":  # money that is still to be spent is a target
        kind = "target" if due > item["year"] else "result"
    if row["unit"] in ("", "년", "개월"):
        kind = "context"
    return row | {
        "doc_id": item["document"], "start": 0, "end": 0, "subject": item["what"], "kind": kind,
        "scope": row["scope"] or place,
        "due": _finer(due, row["due"]) if kind == "target" else "", "source": "record",
        "as_of": item.get("as_of") or "",
        "is_budget": item.get("kind") == "budget", "is_part": bool(_FIRST.search(item["what"])),
        "is_forecast": bool(re.search("전망|예상", item["what"])), "is_proof": True,
    }  # fmt: skip


def _finer(due: str, told: str) -> str:
    """The month that words tell, where it lies in the year that is due."""
    return told if due and str(told).startswith(due) else due


@stored
def _keyed(texts: pd.DataFrame, records: pd.DataFrame, about: pd.DataFrame) -> pd.DataFrame:
    """Both kinds of figures as one table, with what each may be called (``names``)."""
    same = ["doc_id", "value", "unit_group"]
    texts, records = (t.assign(unit_group=t["unit"].replace(_ALIKE)) for t in (texts, records))
    places = texts.drop_duplicates(same)[[*same, "start", "end", "due"]]
    records = records.drop(columns=["start", "end"])
    records = records.merge(places, on=same, how="left", suffixes=("", "_told"))
    records["due"] = [*map(_finer, records["due"], records.pop("due_told"))]
    records = records.fillna({"start": 0, "end": 0}).astype({"start": int, "end": int})
    is_twice = pd.MultiIndex.from_frame(texts[same]).isin(pd.MultiIndex.from_frame(records[same]))
    table = pd.concat([texts[~is_twice].assign(is_budget=False), records], ignore_index=True)
    table = table.merge(about, on="doc_id")
    table["kind"] = table["kind"].mask(table["subject"].str.contains(_LIMIT), "context")
    is_open = (table["scope"] == "") & (table["source"] == "text")
    is_open &= ~table["regions"].str.contains(";")  # the text's region, if it is one
    table["scope"] = table["scope"].mask(is_open, table["regions"])
    land, known = table["scope"].str.split(" ").str[0], {*read_regions()["region"]}  # 미국 재무부
    is_own = land.isin(known | {*countries().values()} - {""}) | land.str.endswith("권")
    table = table.assign(where=land.where(is_own, NATION))
    table[["names", "core"]] = _called_all(table)
    table = table.sort_values(["date", "doc_id", "start"], ignore_index=True)
    types = dict.fromkeys(_FLAGS, bool) | {"names": str, "core": str}  # also where none is
    return table.astype(types)


def _called_all(table: pd.DataFrame) -> np.ndarray:
    """For each figure what its thing may be called, joined by ";", and its own telling words."""
    subjects = table["subject"].str.replace(r"\(.*?\)|액(?= |$)", "", regex=True).str.split()
    words = sorted({word for own in subjects for word in own})
    stem = {w: w[:-1] for w in words if w[-1] in "은는이가을를" and w[:-1] in words}
    subjects = [[stem.get(word, word) for word in own] for own in subjects]
    nouns = analyse(words, "mecab").astype({"term": str, "tag": str})
    is_name = nouns["tag"].eq("NNP").groupby(nouns["row"]).all()
    proper = {words[row] for row in is_name.index[is_name]} - {*_owner()}
    nouns = nouns[nouns["tag"].str.match("NN|SL|XPN|XSN")].groupby("row")["term"].agg(list)
    nouns = {word: nouns.get(row, []) for row, word in enumerate(words)}
    owner, regions = scope_lexicon()[1], {*read_regions()["region"]}
    places = {*countries(), *(form for form, name in owner.items() if name in regions)}
    pairs = (pair for own in subjects for pair in pairwise(own))
    places |= {a for a, b in pairs if b in _OF_PLACES and a in proper}
    scopes, named = {*owner, *table["scope"]}, []
    bodies = {"정부", *filter(_MINISTRY.search, scopes)}
    for own, row in zip(subjects, table.to_dict("records"), strict=True):
        is_money = row["unit"] in CURRENCIES
        told = [w for w in own if not _FRAME.issuperset(nouns[w]) and w not in places]
        if row["source"] == "text":  # 정부 목표: whose it is, the scope tells
            told = [w for w in told if w not in bodies or is_money and w == own[-1]]
        told = [w for w in told if w not in scopes or w == told[-1] and not is_money]
        if _RECEIVES.search(row["subject"]) and _COUNTED.issuperset(told):
            told = []
        words = [w for w in told if w not in _GENERIC]
        n_own = sum(len({*nouns[w]} - _GENERIC) + ("".join(nouns[w]) != w) for w in words)
        is_telling = n_own >= (2 if row["where"] == NATION else 1)
        about = [cell.split(";") if cell else [] for cell in (row["topic"], row["body"])]
        if not told and (is_money or row["unit"] == "%" or row["source"] == "text"):
            about[0] = [name for name in about[0] if is_money and own and name.endswith(_FUNDS)]
        core = told if row["scope"] else words  # 부산의 펀드, but no fund of nobody's
        named.append((";".join(_called(told, is_telling, *about)), "".join(core)))
    return np.array(named, dtype=object).reshape(-1, 2)


def _called(
    words: list[str], is_telling: bool, programmes: list[str], bodies: list[str]
) -> list[str]:
    """What a figure's thing may be called: by its own words, or through what the text is about.

    Words that say nothing by themselves need the programme or body that they belong to; without
    any word it is the programme that is counted.

    >>> _called(["글로벌", "혁신특구"], True, [], [])
    ['글로벌혁신특구']
    >>> _called(["특구"], False, ["글로벌혁신특구"], [])
    ['글로벌혁신특구']
    >>> _called(["예산"], False, [], [])
    []
    """
    core, owner, about = "".join(words), _owner(), [*programmes, *bodies]
    if not core:
        return programmes[:3]
    names = [owner.get(core, core)] if is_telling or core in owner else []
    ending = sorted((name for name in about if name.endswith(core)), key=len)
    names += ending[:1] if all(name.endswith(ending[0]) for name in ending) else []
    names += [f"{name}>{core}" for name in about if name not in ending]
    if rest := core.removeprefix(words[0]):
        names += [f"{name}>{rest}" for name in about if name.endswith(words[0])]
    return list(dict.fromkeys(names))


@lru_cache(maxsize=1)
def _owner() -> dict[str, str]:
    """Names of the lexicon without spaces, and the name each stands for."""
    owners = read_lexicon().owners.items()
    owners = {term.replace(" ", ""): name.replace(" ", "") for term, name in owners}
    return {term: name for term, name in owners.items() if term not in _GENERIC}


def _shelves(row: dict) -> set[tuple[str, str, str]]:
    """What a promise and its reports share: unit, scope and a name that is no mere effect."""
    names = (name for name in row["names"].split(";") if name)
    names = (name for name in names if name.split(">")[-1] not in _EFFECT)
    return {(row["unit_group"], row["where"], name) for name in names}


def _is_plausible(promise: dict, later: dict) -> bool:
    """Whether a later value can tell of a promise: counted alike, in time, and not far beyond."""
    kinds = [_counting(promise), _counting(later)]
    if later["unit"] == "%" and later["source"] == "text":  # of what, only the sentence tells
        return False
    if len({promise["scope"], later["scope"]} - {"", NATION}) > 1:
        return False
    if kinds[1] == "flow" != kinds[0] or kinds == ["flow", "stock"]:
        return False
    if "" != promise["doing"] != later["doing"] != "":  # 유치하겠다, 지원했다
        return False
    year, due_year = later["as_of"][:4], promise["due"][:4]
    is_budget = promise["is_budget"] or _BUDGET.search(promise["subject"])
    is_yearly = is_budget or (later["unit"] == "%" and due_year)
    if year and (year < f"{promise['date'].year}" or (is_yearly and year != due_year)):
        return False  # of another year
    due = _due_day(promise["due"])
    if kinds[0] == "flow":
        until = promise["date"] + _SETTLES if pd.isna(due) else due + _NEAR
    else:
        until = promise["date"] + _LASTS if pd.isna(due) else due + 2 * _SETTLES
    is_in_time = promise["date"] < later["date"] <= until
    return is_in_time and 1 / 20 <= later["value"] / promise["value"] <= _MUCH


def _until_reached(promise: dict, later: list[dict]) -> list[dict]:
    """Later reports as long as they tell something: not long after the target was reached."""
    reached = [row["date"] for row in later if row["value"] >= promise["value"]]
    return [row for row in later if not reached or row["date"] <= reached[0] + _LAST_OF_YEAR]


def _counting(row) -> str:
    """Whether a figure counts what is added, what there is, or does not say."""
    if row["measure"] == "cumulative" or _STOCK.search(row["subject"]):
        return "stock"
    return "flow" if row["measure"] == "yearly" or _FLOW.search(row["subject"]) else ""


@stored
def promise_table(figures: pd.DataFrame, last_day: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Targets, repeats joined, and the later results of the same subject, scope and counting.

    ``promises`` and ``followups`` as the README's dictionary has them; of a report that counts
    several times, or that others copied, the first figure. ``status`` is met, short or late only
    where a report at or after the due date proves it (or an earlier one that had reached the
    target); open before it; undated without one; else unknown. Late is what was first seen to be
    reached after the due date. ``share_by_due`` is what the last report before it had reached.
    """
    dated = _comparable(figures)
    dated = dated[~dated["is_part"]]
    results = defaultdict(list)
    is_result = (dated["kind"] == "result") & ~dated["is_budget"] & ~dated["is_forecast"]
    for row in dated[is_result & dated["is_proof"]].to_dict("records"):
        for shelf in _shelves(row):
            results[shelf].append(row)
    promises, followups = [], []
    is_promise = (dated["kind"] == "target") & (dated["value"] > 0) & ~dated["is_forecast"]
    # What has a word but no name that tells is a promise by its day, and has no later reports.
    is_promise &= (dated["names"] != "") | ((dated["due"] != "") & (dated["core"] != ""))
    targets = dated[is_promise].to_dict("records")
    for number, members in enumerate(_joined(targets)):
        first, due = members[0], _due_day(members[0]["due"])
        near = {id(row): row for shelf in _shelves(first) for row in results[shelf]}
        later = [row for row in near.values() if _is_plausible(first, row)]
        own = {row["family_id"]: row for row in sorted(later, key=_IN_ORDER, reverse=True)}
        later = _until_reached(first, sorted(own.values(), key=_IN_ORDER))
        promises.append({"promise": number} | _promise(members, later, pd.Timestamp(last_day)))
        followups += [
            row | {
                "promise": number, "promise_doc_id": first["doc_id"], "figure": row["surface"],
                "promise_value": first["value"], "is_after_due": bool(row["date"] >= due),
            }
            for row in later
        ]  # fmt: skip
    both = (promises, _PROMISE), (followups, _LATER)
    return tuple(pd.DataFrame(rows, columns=[*names, *ABOUT]) for rows, names in both)


def _comparable(figures: pd.DataFrame) -> pd.DataFrame:
    """Figures with a date and a unit; changes are no amounts."""
    is_amount = ~figures["unit"].isin(["", "배", "위"]) & (figures["measure"] != "change")
    return figures[figures["date"].notna() & is_amount]


def _joined(targets: list[dict]) -> list[list[dict]]:
    """Targets that repeat one another, in the order of the first."""
    made: dict[tuple, list[dict]] = {}
    for row in targets:
        # What has no name that tells is repeated by copies only.
        shelves = _shelves(row) or {(row["unit_group"], row["family_id"], row["core"])}
        keys = [(*shelf, row["value"], row["due"][:4]) for shelf in sorted(shelves)]
        members = next((made[key] for key in keys if key in made), [])
        members.append(row)
        for key in keys:
            made.setdefault(key, members)
    joined = {id(members): members for members in made.values()}.values()
    return sorted(joined, key=lambda members: members[0]["date"])


def _promise(members: list[dict], later: list[dict], last_day: pd.Timestamp) -> dict:
    first, unknown = members[0], {"value": np.nan, "date": pd.NaT}
    due, (status, settling) = _due_day(first["due"]), _status(first, later, last_day)
    told = settling or [unknown, *later][-1]
    by_due = [unknown, *(row for row in later if _told_day(row) <= due)][-1]
    name = first["names"].split(";")[0]
    is_about = ">" in name or name in f"{first['topic']};{first['body']}".split(";")
    programme = name.split(">")[0] if is_about else ""
    is_told = programme in first["subject"].replace(" ", "")
    return first | {
        "subject": first["subject"] if is_told else f"{programme} {first['subject']}",
        "made_on": first["date"],
        "made_by": next(
            filter(None, [*(m["speaker"] for m in members), first["maker"]]), first["publisher"]
        ),
        "n_repeats": len({member["family_id"] for member in members}) - 1,
        "n_later": len({row["family_id"] for row in later}),
        "status": status,
        "last_value": told["value"],
        "last_date": told["date"],
        "share_reached": told["value"] / first["value"],
        "share_by_due": by_due["value"] / first["value"],
    }


def _due_day(due: str) -> pd.Timestamp:
    return pd.Period(due, "M" if len(due) > 4 else "Y").end_time.normalize() if due else pd.NaT


def _told_day(row: dict) -> pd.Timestamp:
    """The day that a report tells of: its own, or the end of a time before it."""
    told = _MONTH.match(row["as_of"])
    return min(row["date"], _due_day(told[0])) if told else row["date"]


def _status(promise: dict, later: list[dict], last_day: pd.Timestamp) -> tuple[str, dict | None]:
    """What the later reports prove, and which one does; one long after the due date, or far off,
    proves nothing.
    """
    due = _due_day(promise["due"])
    if pd.isna(due):
        return "undated", None
    if promise["qualifier"] in _CEILINGS:  # what is to fall is not reached by more
        later = []
    later = [row for row in later if 1 / _TWICE <= row["value"] / promise["value"] <= _TWICE]
    reached = sorted((r for r in later if r["value"] >= promise["value"]), key=_told_day)
    if reached and _told_day(reached[0]) <= due:
        return "met", reached[0]
    if due > last_day:
        return "open", None
    later = [row for row in later if row["date"] <= due + _SETTLES]
    settling = [row for row in later if _told_day(row) >= due - _LAST_OF_YEAR]
    if not settling:
        return "unknown", None
    return ("late", reached[0]) if reached else ("short", settling[-1])


def promises(corpus: Corpus) -> Result:
    """Every target with what came of it, as far as the texts tell."""
    table, later = _promises(corpus)
    table = table.sort_values(["n_later", "made_on"], ascending=[False, True], ignore_index=True)
    is_drawn = table["n_later"] > 0
    view = table[is_drawn].head(N_DRAWN).sort_values("made_on", ignore_index=True)
    view = view if len(view) else table
    view = view.assign(
        amount=_amounts(view),
        due_day=pd.to_datetime([_due_day(due) for due in view["due"]]),
        status_told=[say("findings", "outcome", row) for row in view.to_dict("records")],
        last_told=_amounts(view, "last_value"),
    )
    known = "met late short open undated unknown".split()
    statuses = table["status"].value_counts().reindex(known, fill_value=0).to_dict()
    facts = {
        "n": len(table),
        "n_behind": int((table["share_by_due"].lt(1) & table["status"].eq("unknown")).sum()),
        "n_known": sum(statuses[status] for status in ("met", "late", "short")),
        "n_dated": int(table["value"].isna().sum()),
        "n_due": len(table) - statuses["undated"],
        "statuses": statuses,
        "n_undated": int(figures_of(corpus)["date"].isna().sum()),
        "drawing": {"later": later.assign(amount=_amounts(later))},
    }
    is_data = (figures_of(corpus)["source"] == "record").any()  # sentences link too much
    facts["headlines"] = headlines_of("promises", facts) if is_data and facts["n_known"] else []
    columns = "subject scope amount due made_on made_by n_repeats n_later status_told "
    columns += "last_told last_date"
    shown = {"view": view, "draw": charts.promises if is_drawn.any() else None, "facts": facts}
    return result_of("promises", table, corpus, "promise", table, columns, **shown)


def followups(corpus: Corpus) -> Result:
    """Later reports of what was promised: same subject, scope and counting."""
    promised, table = _promises(corpus)
    view = table.assign(amount=_amounts(table)).drop(columns="unit")
    view = view.merge(promised[["promise", "subject", "scope", "unit"]], on="promise")
    view = view.assign(promised=_amounts(view, "promise_value"))
    told = "subject scope promised date amount publisher is_after_due"
    facts = {"n_promises": table["promise"].nunique(), "n_reports": table["doc_id"].nunique()}
    return result_of(
        "followups", table, corpus, "promise doc_id", view, told, view=view, facts=facts
    )


def _promises(corpus: Corpus) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Promises, those that name only a day included, and their followups."""
    last_day = corpus.documents["date"].max()
    table, later = promise_table(figures_of(corpus), str(last_day))
    dated = about(find_deadlines(corpus.documents[["doc_id", "text", "date"]]), corpus)
    dated = dated.drop_duplicates(["subject", "due", "family_id"]).reset_index(drop=True)
    is_open = [_due_day(due) > last_day for due in dated["due"]]
    dated = dated.assign(
        promise=len(table) + dated.index, made_on=dated["date"], made_by=dated["publisher"],
        status=np.where(is_open, "open", "unknown"), n_repeats=0, n_later=0,
    )  # fmt: skip
    return pd.concat([table, dated], ignore_index=True) if len(dated) else table, later


def headlines_of(name: str, facts: dict) -> list[dict]:
    """What the study's front page may say of a result."""
    return [{"text": say("findings", f"{name}-headline", facts), "anchor": f"finding-{name}"}]


def _amounts(table: pd.DataFrame, values: str = "value") -> list[str]:
    return [format_amount(*pair) for pair in zip(table[values], table["unit"], strict=True)]


def result_of(name, table, corpus, keys: str, places: pd.DataFrame, columns: str, **rest) -> Result:
    """A result whose rows open `places`; a figure known only as data opens its document."""
    by = tuple(keys.split())
    places = places[list(dict.fromkeys([*by, *PLACE]))]
    return Result(name, table, corpus, by=by, places=places, columns=tuple(columns.split()), **rest)


@stored
def conflict_table(figures: pd.DataFrame) -> pd.DataFrame:
    """Figures that count the same thing for the same scope and time, and disagree.

    Of one document that gives a thing several numbers none is compared: they are of parts. Numbers
    that only grow while each tells how things stand are a series, no conflict.
    """
    rows = _comparable(figures[figures["names"] != ""])
    rows = rows[(rows["kind"] == "result") & rows["value_high"].isna() & ~rows["is_part"]]
    rows = rows.sort_values("date", kind="stable")
    written = rows["date"].dt.strftime("%Y-%m-%d")
    as_of = rows["as_of"].where(rows["as_of"] != "", written.str.slice(0, 7))
    rows = rows.assign(
        as_of=as_of,
        definition=rows["subject"],
        is_now=[day.startswith(told) for day, told in zip(written, as_of, strict=True)],
        is_body=rows["scope"].isin(known_names()) & (rows["source"] == "text"),
        counting=[_counting(row) for row in rows[["measure", "subject"]].to_dict("records")],
    )  # fmt: skip
    shelves = defaultdict(list)
    for row in rows.assign(at=range(len(rows))).to_dict("records"):
        for name in row["names"].split(";"):
            shelves[row["unit_group"], row["where"], name].append(row)
    groups: dict[tuple, list[int]] = {}
    for shelf in map(_one_each, shelves.values()):
        runs: list[list[dict]] = []
        for row in shelf:
            run = next((run for run in runs if all(_meets(one, row) for one in run)), [])
            runs += [] if run else [run]
            run.append(row)
        for members in ([row["at"] for row in run] for run in runs if _disagree(run)):
            groups.setdefault(tuple(sorted(members)), members)
    parts = [rows.iloc[own].assign(group=n) for n, own in enumerate(groups.values(), start=1)]
    table = pd.concat(parts, ignore_index=True) if parts else rows.assign(group=0).head(0)
    return table[list(dict.fromkeys([*_CONFLICT, *PLACE, "surface", *ABOUT]))]


def _one_each(rows: list[dict]) -> list[dict]:
    """One figure a document, none where it gives several; one of a family's that are equal.

    What a source gives as data goes before its sentences; what is only forecast counts nothing.
    """
    documents, kept = defaultdict(list), {}
    for row in rows:
        documents[row["doc_id"]].append(row)
    for own in documents.values():
        own = [row for row in own if row["source"] == "record"] or own
        if len({row["value"] for row in own}) == 1:
            kept.setdefault((own[0]["family_id"], own[0]["value"]), own[0])
    return [row for row in kept.values() if not row["is_forecast"]]


def _meets(one: dict, other: dict) -> bool:
    """Whether two figures can contradict each other: of one thing, one place and one time."""
    is_now = one["is_now"] and other["is_now"]
    is_then = other["date"] - one["date"] <= _NOW if is_now else one["as_of"] == other["as_of"]
    (thing, added), (other_thing, other_added) = map(_defined, (one["subject"], other["subject"]))
    is_thing = thing.endswith(other_thing) or other_thing.endswith(thing)
    is_other_body = one["scope"] != other["scope"] and one["is_body"] and other["is_body"]
    is_same = is_then and is_thing and added == other_added and one["counting"] == other["counting"]
    doings = {one["doing"], other["doing"]}  # 보육기업 and 보육한 기업, not 문을 닫은 기업
    is_same = is_same and (len(doings) == 1 or "" in doings <= {"", *ACTS.values()})
    if not is_same or is_other_body:
        return False
    about = [set(f"{row['topic']};{row['body']}".split(";")) - {""} for row in (one, other)]
    places = [set(row["regions"].split(";")) - {""} for row in (one, other)]
    local = [own for own in places if own and NATION not in own]
    is_local = len(local) == 2 or any(len(own) > 1 for own in local)
    is_elsewhere = is_local and places[0] != places[1]
    return not is_elsewhere and not (all(about) and about[0].isdisjoint(about[1]))


def _defined(subject: str) -> tuple[str, list[str]]:
    """The word that says what is counted, and what brackets add to it.

    >>> _defined("혁신센터(포항 포함) 수")
    ('혁신센터', ['포항 포함'])
    """
    words = re.sub(r"\(.*?\)|(?<=.)[수액](?= |$)", " ", subject).split()
    return (words or [""])[-1], re.findall(r"\((.*?)\)", subject)


def _disagree(run: list[dict]) -> bool:
    """Whether figures differ by more than rounding, and do not only grow with time.

    What is written in 백, 천, 만 or 억 may be rounded to its last digit but zeros: 인구 10억 and
    11억 tell the same.
    """
    values, days = [row["value"] for row in run], {row["date"] for row in run}
    is_growing = values == sorted(values) and len(days) == len(run)
    is_series = is_growing and any(row["is_now"] for row in run)
    rounding = 1.15 if any(row["qualifier"] for row in run) else 1.01
    least, most = (end(run, key=itemgetter("value")) for end in (min, max))
    is_rounded = most["value"] - least["value"] <= _left_open(least) + _left_open(most)
    is_far = least["value"] * rounding < most["value"] <= _MUCH * least["value"]
    is_bound = least["qualifier"] in _FLOORS or most["qualifier"] in _CEILINGS  # more than 90: 100
    return is_far and not is_series and not is_rounded and not is_bound


def _left_open(row: dict) -> float:
    """Half of the last place of a number written in 백, 천, 만 or 억 or in %; 0 of other digits.

    >>> [_left_open(dict(surface=s, value=v)) for s, v in (("2백억 달러", 2e10), ("90곳", 90), ("4.5%", 4.5))]
    [5000000000.0, 0.0, 0.05]
    """
    if row["surface"].endswith("%"):
        return 0.5 / 10 ** len(f"{row['value']:g}".partition(".")[2])
    digits = f"{row['value']:.0f}"
    is_round = re.search("[백천만억조]", row["surface"])
    return 10 ** (len(digits) - len(digits.rstrip("0"))) / 2 if is_round else 0.0


def conflicts(corpus: Corpus) -> Result:
    """Groups of figures for the same thing, scope and time that disagree."""
    table = conflict_table(figures_of(corpus))
    table["amount"] = _amounts(table)
    keys, columns = "group doc_id value", "group subject scope as_of amount publisher"
    said = table.drop_duplicates(["group", "publisher", "amount"]).groupby("group")
    groups = [own.to_dict("records") for _, own in said]
    told = [own for own in groups if len({row["publisher"] for row in own} - {""}) > 1]
    facts = {"n_groups": len(groups), "n_told": len(told), "groups": groups, "told": told}
    facts["headlines"] = headlines_of("conflicts", facts) if facts["n_told"] else []
    return result_of("conflicts", table, corpus, keys, table, columns, facts=facts)


def figures(corpus: Corpus) -> Result:
    """All figures found: the table that everything above is made of."""
    table = figures_of(corpus)[[*FIGURE_COLUMNS, *ABOUT]]
    return Result("ledger-figures", table, corpus, parts=("kept",))


def about(table: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    return table.merge(corpus.documents[["doc_id", *ABOUT]], on="doc_id")
