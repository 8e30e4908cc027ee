"""Who says what, which names are put forward, who stands beside whom, and what outlives a change."""

from __future__ import annotations

import re
from functools import cache
from itertools import combinations, pairwise
from math import comb

import numpy as np
import pandas as pd
from scipy.stats import permutation_test

from policytext.administrations import REFERENCE, canonical_name, read_reference
from policytext.compare.timeline import inaugurations
from policytext.compare.units import exact_interval
from policytext.corpus import Corpus
from policytext.ledger.outcomes import (
    ABOUT,
    N_DRAWN,
    PLACE,
    about,
    headlines_of,
    result_of,
    texts_of,
)
from policytext.ledger.patterns import any_of, partners, plain_words, scope_lexicon, sentence_edges
from policytext.ledger.speakers import find_phrases, find_quotations
from policytext.report import charts
from policytext.report.result import ALPHA, Result
from policytext.store import stored
from policytext.words.analysers import analyse
from policytext.words.lexicon import Lexicon, find_terms, read_regions, select_matches

N_NAMES, N_TIES = 30, 36  # rows of a figure
N_CELLS = 20  # of regions and years that have a partner, to be drawn
_JOINT = read_reference(str(REFERENCE / "joint-work.csv"), "word kind").groupby("kind")["word"]
_TOGETHER, _ENDED = (any_of(_JOINT.get_group(kind)) for kind in ("work", "end"))
_WORK = re.compile(f"(?:{_TOGETHER})(?!업체|[^.]{{0,8}}(?:{_ENDED}))")
_BODIES, _GOODS = (any_of(_JOINT.get_group(kind)) for kind in ("body", "goods"))
_BODY = re.compile(
    rf"(?<![가-힣A-Za-z])[가-힣A-Za-z&]{{2,10}}?(?:(?P<body>{_BODIES})|{_GOODS})"
    "(?=[은는이가을를도의]?(?:[^가-힣A-Za-z]|$)|과 |와 |에서|에게|으로|로 )"
)
_LOCAL = ("region", "centre")
_NOT_ACTORS = frozenset(["전국", "수도권", "비수도권", "정부", "지방자치단체"])
_MAX_ACTORS = 6  # in a sentence; a list of every region ties nobody to anybody
_PAIR = ["actor_a", "actor_b"]


def quotations(corpus: Corpus) -> Result:
    """Who is quoted as saying what."""
    table = about(find_quotations(_others(corpus)), corpus)
    facts = {
        "n_documents": table["doc_id"].nunique(),
        "n_speakers": table.loc[~table["is_anonymous"], "speaker"].nunique(),
        "n_anonymous": int(table["is_anonymous"].sum()),
        "n_own": len(corpus.documents) - len(_others(corpus)),
    }
    columns = "speaker office organisation verb quote date publisher"
    return result_of("quotations", table, corpus, "doc_id quote", table, columns, facts=facts)


def _others(corpus: Corpus) -> pd.DataFrame:
    """Texts in words of others: a chronicle's are its makers', its quotes no quotations."""
    documents = texts_of(corpus)
    return documents.loc[documents["genre"] != "chronicle", ["doc_id", "text"]]


def phrases(corpus: Corpus) -> Result:
    """Short phrases set in marks that nobody says: names and slogans that were put forward."""
    places = about(find_phrases(_others(corpus)), corpus)
    table = _spans(places, "phrase")
    view = table[table["n_families"] >= 2].head(N_DRAWN).reset_index(drop=True)
    columns = "phrase n n_families n_publishers first last administrations"
    shown = _drawn(corpus, view, places, "phrase")
    shown["facts"]["n_own"] = len(corpus.documents) - len(_others(corpus))
    return result_of("phrases", table, corpus, "phrase", places, columns, **shown)


def _spans(places: pd.DataFrame, name: str) -> pd.DataFrame:
    """Per name: how often, in how many families, from whom, from when to when, under whom first."""
    table = places.sort_values("date", kind="stable").groupby(name, sort=False).agg(
        n=("doc_id", "size"), n_families=("family_id", "nunique"), n_publishers=("publisher", "nunique"),
        first=("date", "min"), last=("date", "max"),
        administrations=("administration", lambda own: ", ".join(dict.fromkeys(own.dropna()))),
    ).reset_index()  # fmt: skip
    order = {"by": ["n_families", "n", name], "ascending": [False, False, True]}
    return table.sort_values(**order, ignore_index=True)


def _drawn(corpus: Corpus, view: pd.DataFrame, places: pd.DataFrame, name: str) -> dict:
    """How spans are drawn, and how many of those there until its end the last government lacks."""
    dots = places[[name, "date", "administration"]].dropna(subset=["date"])
    documents, last = corpus.documents, (corpus.administrations or [""])[-1]
    until = documents.loc[documents["administration"] == last, "date"].max()
    begun = view[~(view["first"] > until)]
    facts = {
        "last": last,
        "n_begun": len(begun),
        "n_ended": sum(last not in names.split(", ") for names in begun["administrations"]),
        "drawing": {"dots": dots.rename(columns={name: "name"}), "colours": corpus.colours},
    }
    return {"view": view, "facts": facts, "draw": charts.spans}


@stored
def find_ties(documents: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Two actors named in one sentence with a word of joint work; `names` are of more actors.

    ``doc_id, start, end`` of the sentence, ``actor_a, actor_b, kind_a, kind_b`` and ``verb``; an
    actor has its latest name, whatever it was called that day.
    """
    owner, kinds, found = _actors(documents["text"].to_numpy(dtype=object), names)
    rows = []
    for row, own in found.groupby("row", sort=True):
        document = documents.iloc[row]
        edges = np.array(sentence_edges(document["text"]))
        sentences = np.searchsorted(edges[:-1], own["start"], side="right") - 1
        for sentence, named in own.groupby(sentences):
            start, end = int(edges[sentence]), int(edges[sentence + 1])
            verb = _work_word(document["text"], named, end)
            actors = {}
            for term, at in zip(named["term"], named["end"], strict=True) if verb else ():
                kind, name = kinds.get(term, "organisation"), owner.get(term, term)
                is_place = kind == "region" and document["text"].startswith("에서", at)
                if kind == "organisation":
                    name = canonical_name(name, document["date"])
                is_early = document["date"] < first_days().get(name, pd.Timestamp.min)
                if name not in _NOT_ACTORS and not is_place and not is_early:
                    actors[name] = kind
            pairs = combinations(sorted(actors), 2) if len(actors) <= _MAX_ACTORS else ()
            place = document["doc_id"], start, end
            rows += [(*place, a, b, actors[a], actors[b], verb) for a, b in pairs]
    return pd.DataFrame(rows, columns=[*PLACE, *"actor_a actor_b kind_a kind_b verb".split()])


def _work_word(text: str, named: pd.DataFrame, end: int) -> str:
    """The first word of joint work after an actor, that is no part of a name."""
    inside = list(zip(named["start"], named["end"], strict=True))
    found = _WORK.finditer(text, int(named["start"].min()), end)
    return next((m[0] for m in found if not any(a <= m.start() < b for a, b in inside)), "")


def _actors(texts: np.ndarray, names: list[str]) -> tuple[dict, dict, pd.DataFrame]:
    """The name each actor stands for, its kind (region, centre, organisation), and all places."""
    lexicon, owner = scope_lexicon()
    known = {*lexicon.table["term"], *names, *partners(), *_spelled(texts)}
    terms = sorted(known - plain_words())
    regions = set(read_regions()["region"])
    owner, kinds = dict(owner), dict.fromkeys(terms, "organisation")
    for term, name in list(owner.items()):
        if name in regions:
            kinds[term] = "centre" if term.endswith("센터") else "region"
            owner[term] = f"{name}센터" if term.endswith("센터") else name
    found = find_terms(texts, Lexicon(pd.DataFrame({"term": terms})))
    return owner, kinds, select_matches(found, found["starts_word"], found["followed_by_particle"])


def _spelled(texts: np.ndarray) -> list[str]:
    """Words that end like a body; like goods or works, too, behind a proper noun: no 복원공사."""
    found = {match[0]: match["body"] for text in texts for match in _BODY.finditer(text)}
    last = analyse([*found], "mecab").groupby("row").tail(2)
    named = {*last.loc[last["tag"].isin(["NNP", "SL", "NP"]), "row"]}  # 현대, LG, 우리
    return [word for row, (word, body) in enumerate(found.items()) if body or row in named]


@cache
def first_days() -> dict[str, pd.Timestamp]:
    """By its last name, the day before which a word names no body (or slogan), where tables tell.

    It lies two years before the first of its names began: one speaks of what is to come.

    >>> first_days()["카카오"].year, "없는 이름" in first_days()
    (1993, False)
    """
    files = [REFERENCE / f"{name}.csv" for name in ("organisations", "coined")]
    tables = [read_reference(file, "from to effective", "effective") for file in files]
    born = pd.concat(tables, ignore_index=True).query("`from` == ''")
    last = [canonical_name(*one) for one in zip(born["to"], born["effective"], strict=True)]
    return (born.groupby(last)["effective"].min() - pd.DateOffset(years=2)).to_dict()


def ties(corpus: Corpus) -> Result:
    """Who is named with whom in joint work, government by government."""
    documents = texts_of(corpus)
    listed = {name.strip() for cell in documents["organisations"] for name in cell.split(";")}
    names = sorted(name for name in listed if 2 <= len(name) <= 20)
    places = about(find_ties(documents[["doc_id", "text", "date"]], names), corpus)
    places = places[(places[["kind_a", "kind_b"]] != "region").any(axis=1)]
    by = [*_PAIR, "administration"]
    table = places.dropna(subset="administration").groupby(by, sort=False).agg(
        kind_a=("kind_a", "first"), kind_b=("kind_b", "first"),
        verbs=("verb", lambda own: ", ".join(own.value_counts().index[:3])),
        n=("doc_id", "nunique"), n_families=("family_id", "nunique"),
    ).reset_index()  # fmt: skip
    order = {"by": ["n_families", "n", *_PAIR], "ascending": [False, False, True, True]}
    table = table.sort_values(**order, ignore_index=True)
    governments = corpus.administrations
    before = dict(pairwise(reversed(governments)))
    known = {key[:3] for key in table[by].itertuples(index=False, name=None)}
    table["change"] = [
        "" if government not in before else "kept" if (a, b, before[government]) in known else "new"
        for a, b, government in table[by].itertuples(index=False)
    ]
    view = table[table["administration"].isin(governments)]
    n_each = min(10, max(2, N_TIES // max(len(governments), 1) - 1))
    view = view.groupby("administration", sort=False).head(n_each).reset_index(drop=True)
    view["administration"] = pd.Categorical(view["administration"], governments)
    facts = {
        "n_pairs": len(table[_PAIR].drop_duplicates()),
        "n_kept": int((table["change"] == "kept").sum()),
        "n_each": n_each,
        "without": [name for name in governments if name not in set(table["administration"])],
        "drawing": {"colours": corpus.colours},
    }
    columns = "administration actor_a actor_b verbs n n_families change"
    shown = {"view": view, "facts": facts, "draw": charts.ties, "more": [_panel(corpus, places)]}
    return result_of("ties", table, corpus, " ".join(by), places, columns, **shown)


def _panel(corpus: Corpus, places: pd.DataFrame) -> Result:
    """Which partner stands beside which region's centre in which year."""
    other = {"actor_a": "actor_b", "actor_b": "actor_a", "kind_a": "kind_b", "kind_b": "kind_a"}
    both = pd.concat([places, places.rename(columns=other)], ignore_index=True)
    both = both[both["kind_a"].isin(_LOCAL) & both["actor_b"].isin(partners())]
    both = both.dropna(subset="date").rename(columns={"actor_b": "partner"})
    both = both.assign(region=both["actor_a"].str.removesuffix("센터"), year=both["date"].dt.year)
    keys = ["region", "year", "partner"]
    cells = both.groupby(keys)["family_id"].nunique().rename("n_families").reset_index()
    top = cells.sort_values("n_families", ascending=False, kind="stable")
    top = top.drop_duplicates(keys[:2]).sort_values(keys, ignore_index=True)
    shown = {"view": top, "draw": charts.partners, "level": 3}
    shown |= {"parts": ("kept",)} if len(top) < N_CELLS else {}  # a grid of blanks
    told = " ".join([*keys, "n_families"])
    return result_of("partners", cells, corpus, " ".join(keys), both, told, **shown)


def write_graphml(result: Result, path) -> None:
    """Write :func:`ties` for Gephi: actors as nodes, a tie an edge with its government."""
    edges = result.table[[*_PAIR, "administration", "n", "n_families"]]
    import networkx as nx

    graph = nx.from_pandas_edgelist(edges, *_PAIR, edge_attr=True, create_using=nx.MultiGraph)
    nx.write_graphml(graph, path)


def lives(corpus: Corpus) -> Result:
    """First and last mention of every programme, institution and slogan; who outlives a change."""
    kinds = corpus.lexicon.table.set_index("term")["kind"]
    names = kinds.index[kinds.isin(["programme", "organisation", "slogan"])]
    owner = {name: corpus.lexicon.owners[name] for name in names}
    places = corpus.mentions(names).dropna(subset=["date"])
    places = places.assign(name=places["term"].map(owner))
    places = pd.concat([places, _listed(corpus, places, owner)], ignore_index=True)
    places = places[~(places["date"] < places["name"].map(canonical_name).map(first_days()))]
    followed = read_reference(str(REFERENCE / "organisations.csv"), "from to")
    table = _spans(places, "name")
    table = table.assign(
        kind=table["name"].map(kinds),
        born_under=[under.split(", ")[0] for under in table["administrations"]],
        seen_under=table["administrations"],
        successor=table["name"].map(dict(followed[["from", "to"]].to_numpy())).fillna(""),
    )
    view = table[table["kind"].isin(["programme", "slogan"])].head(N_NAMES)
    view = view.sort_values("first", ignore_index=True)
    starts = inaugurations().dt.strftime("%Y-%m-%d")  # small governments began, too
    changes = starts[starts.index.isin(corpus.administrations[1:])].tolist()
    survival = survivors(places[["name", "date", "family_id"]], changes, starts.tolist())
    facts = lost_at_changes(survival)
    facts["untested"] = [day for day in changes if day not in set(facts["real"]["day"].astype(str))]
    facts["headlines"] = headlines_of("survivors", facts) if facts["can_tell"] else []
    counted = tuple("day is_real n_alive n_kept share low high".split())
    more = [Result("survivors", survival, corpus, level=3, columns=counted, facts=facts)]
    columns = "name kind first last n_families born_under seen_under successor"
    shown = _drawn(corpus, view, places, "name")
    shown |= {"more": more, "evidence_n": 1}  # hundreds of names on one page
    return result_of("lives", table, corpus, "name", places, columns, **shown)


def _listed(corpus: Corpus, places: pd.DataFrame, owner: dict) -> pd.DataFrame:
    """Names that a source lists for a document whose sentences do not have them."""
    documents = corpus.documents.dropna(subset=["date"])
    cells = (documents["programmes"] + ";" + documents["organisations"]).str.split(r";\s*")
    listed = documents[["doc_id", *ABOUT]].assign(name=cells).explode("name")
    listed = listed.assign(name=listed["name"].map(owner), start=0, end=0).dropna(subset=["name"])
    both = ["doc_id", "name"]
    is_told = listed.set_index(both).index.isin(places.set_index(both).index)
    return listed[~is_told].drop_duplicates(both)


@stored
def survivors(mentions: pd.DataFrame, changes: list[str], starts: list[str]) -> pd.DataFrame:
    """Of the names mentioned in the year before a day, how many in the two years after it.

    `mentions`: ``name, date, family_id``. `changes`: days on which governments changed; false days
    lie between first and last mention where none of the three years holds one of all `starts` of
    governments or those of the false day before.

    ``day, is_real, n_alive, n_kept, share, low, high`` (exact, 95 %): names that at least two
    families mention in the year before, and those of them that are mentioned again.
    """
    date, year = mentions["date"], pd.DateOffset(years=1)
    inside = pd.to_datetime(starts)
    grid = pd.date_range(date.min() + year, date.max() - 2 * year, freq="90D") if len(date) else []
    away: list[pd.Timestamp] = []
    for day in grid:
        is_free = not ((inside > day - year) & (inside < day + 2 * year)).any()
        away += [day] if is_free and (not away or day - year >= away[-1] + 2 * year) else []
    rows = []
    real = [day for day in pd.to_datetime(changes) if day + 2 * year <= date.max()]
    for day, is_real in [*((day, True) for day in real), *((day, False) for day in away)]:
        before = mentions[(date >= day - year) & (date < day)]
        n_families = before.groupby("name")["family_id"].nunique()
        alive = n_families.index[n_families >= 2]
        after = mentions.loc[(date >= day) & (date < day + 2 * year), "name"]
        rows += [(day, is_real, len(alive), int(alive.isin(after).sum()))] if len(alive) else []
    table = pd.DataFrame(rows, columns=["day", "is_real", "n_alive", "n_kept"])
    table = table.astype({"day": "datetime64[us]", "is_real": bool, "n_alive": int, "n_kept": int})
    low, high = exact_interval(table["n_kept"].to_numpy(), table["n_alive"].to_numpy())
    return table.assign(share=table["n_kept"] / table["n_alive"], low=low, high=high)


def lost_at_changes(days: pd.DataFrame) -> dict:
    """Whether fewer names stay at changes than on false days of :func:`survivors` like them.

    Like them is a false day with half to twice as many names. ``p``: of the pooled share of the real
    days when days are relabelled; ``can_tell``: whether so few days could give p < 0.05.

    >>> days = pd.DataFrame({"is_real": [True] * 3 + [False] * 4, "n_alive": 10,
    ...                      "n_kept": [4, 5, 6, 9, 9, 8, 10]})
    >>> round(lost_at_changes(days)["p"], 3)
    0.029
    """
    real = days[days["is_real"]]
    is_like = days["n_alive"].between(real["n_alive"].min() / 2, real["n_alive"].max() * 2)
    false = days[is_like & ~days["is_real"]]
    alive, kept = days["n_alive"].to_numpy(), days["n_kept"].to_numpy()

    def pooled(first: np.ndarray, _: np.ndarray, axis: int) -> np.ndarray:
        return kept[first].sum(axis) / alive[first].sum(axis)

    labels = real.index, false.index
    can_tell = comb(len(real) + len(false), len(real)) > 1 / ALPHA
    options = {"alternative": "less", "random_state": 0}
    p = float(permutation_test(labels, pooled, **options).pvalue) if can_tell else 1.0
    return {"real": real, "false": false, "can_tell": can_tell, "p": p, "is_lost": p < ALPHA}
