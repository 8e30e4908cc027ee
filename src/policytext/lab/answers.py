"""What a corpus says to a question, and what other choices would change."""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import false_discovery_control
from sklearn.metrics import adjusted_rand_score

from policytext.administrations import assign_administrations, read_people
from policytext.compare import contrasts, timeline
from policytext.compare.concepts import read_concepts, spelled, uses
from policytext.compare.units import ALPHA, exact_interval, main_kinds
from policytext.corpus import Corpus
from policytext.faults import PolicyTextError, demand, known_values
from policytext.korean import attach_particle
from policytext.report import charts, maps
from policytext.report.result import Result
from policytext.study import REPORTS, Study
from policytext.texts.dates import years as years_of
from policytext.topics import clusters
from policytext.topics.clusters import NO_TOPIC, Topics
from policytext.words.counts import TermMatrix

QUESTION = {
    "term": "", "concepts": [], "administrations": [], "against": "each", "genres": [],
    "regions": [], "publishers": [], "start": "", "end": "", "view": "time", "unit": "year",
    "analyser": "", "n_topics": 0, "stopwords": "", "terms": "", "refit": 0, "tried": [],
}  # fmt: skip
_NUMBERS = {"start": "첫 해는", "end": "끝 해는", "n_topics": "주제 수는", "refit": "refit은"}
N_TOP, N_NEAR = 10, 3
N_PERMUTATIONS = 500  # of one term
VIEWS = {  # how each is drawn, the key of its rows, what is shown of them
    "time": (maps.term_lines, ("term", "administration", "period"),
             "term cell value value_low value_high n n_families administration"),
    "administrations": (charts.term_keyness, ("term", "administration"),
                        "term administration times times_low times_high q n rate_per_10k "
                        "rate_rest_per_10k n_documents caveat"),
    "topics": (charts.term_topics, ("term", "topic"),
               "term label share share_low share_high n_with_term n_documents topic rank"),
}  # fmt: skip


def ask(corpus: Corpus, term: str | Iterable[str] = "", **question) -> Result:
    """What a corpus says to one question of the explorer's screen; its parts are `QUESTION`.

    ``term`` has words between commas, counted each on its own and understood as the lexicon spells
    them; ``concepts`` are the study's own. ``view`` is "time" (``unit`` "year", "quarter" or
    "month"), "administrations" or "topics". ``genres, regions, publishers`` and the years ``start``
    to ``end`` choose texts. One of ``administrations`` is compared with everybody else, several
    with each other, or with everybody else too where ``against="rest"``. ``analyser, stopwords,
    terms`` count otherwise, ``refit`` also makes topics anew, ``n_topics`` of them: what that moves
    is told in the result's ``more``.

    A difference is told as one by the rule of chapter 4: within the kinds of text, q below 0.05
    over governments and all words, also those ``tried`` before, documents enough; caveats beside. PolicyTextError: a part, a value or a word that there is not, with
    the nearest; InsufficientData: no document with a day.

    >>> ask(Corpus.open("innovation-centers"), "특구").finding.split(":")[0]
    '‘특구’는 문재인 정부가 두드러지게 썼다'
    """
    q = question_of(question | {"term": term})
    view, unit, trial = q["view"], q["unit"], (words_of(q["stopwords"]), words_of(q["terms"]))
    draw, by, columns = VIEWS[known_values(view, VIEWS, "그림")[0]]
    for word in words_of(q["term"]):
        if word in trial[0]:
            raise PolicyTextError(
                f"{attach_particle(f'‘{word}’', '은/는')} ‘뺄 말’에 있어 세지 않습니다. "
                "거기서 지우거나 다른 낱말을 쓰세요."
            )
    base, counted, usual, frame = framed(corpus, q)
    words = understood(counted, [q["term"], *q["concepts"]])
    topics = topics_of(counted if q["refit"] else base, q["n_topics"])
    tried = list(dict.fromkeys([*words, *q["tried"]]))
    keyness = pd.concat([_keyness(frame, word) for word in tried], ignore_index=True)
    if len(keyness):
        keyness["q"] = false_discovery_control(keyness["p"])
        keyness = keyness[keyness["term"].isin(words)]
    part = derived(frame, "where", administrations=tuple(q["administrations"]))
    told = [_told(part, frame, keyness, word) for word in words]
    if view == "administrations":
        is_told = keyness["administration"].isin(part.order) if len(keyness) else []
        table, placed = keyness[is_told].reset_index(drop=True), part.documents
    elif view == "time":
        table = pd.concat([_over_time(part, word, unit) for word in words], ignore_index=True)
        placed = timeline.placed(part.documents, _cells(part, unit))
    else:
        table = pd.concat([term_topics(part, word, topics) for word in words], ignore_index=True)
        placed = topics.documents
    places = pd.concat([uses(part, word) for word in words], ignore_index=True)
    held = placed[["doc_id", *(name for name in by if name not in places)]]
    drawing = {} if view == "topics" else {"colours": corpus.colours}
    facts = {"words": words, "told": told, "drawing": drawing, "n_tried": len(tried)}
    moved = tried_out(usual, frame, usual=topics_of(base, 0), topics=topics, trial=trial)
    look = {"by": by, "places": places.merge(held, on="doc_id", how="left"), "draw": draw}
    look |= {"columns": tuple(columns.split()) if len(table) else ()}
    look |= {"more": [moved] if moved.finding else []}
    return Result(f"term-{view}", table, part, facts=facts, **look)


def framed(corpus: Corpus, q: dict) -> tuple[Corpus, Corpus, Corpus, Corpus]:
    """All texts as usual, and counted as asked; the texts asked for as usual, and as asked."""
    base = derived(corpus, "with_", analyser=q["analyser"])
    trial = {name: words_of(q[name]) for name in ("stopwords", "terms")}
    limits = {name: tuple(q[name]) for name in ("genres", "regions", "publishers")}
    if q["start"] or q["end"]:
        years = years_of(corpus.documents).dropna().astype(int)
        first, last = sorted([int(q["start"] or years.min()), int(q["end"] or years.max())])
        limits["years"] = tuple(sorted({*years[years.between(first, last)]})) or (first,)
    if len(q["administrations"]) > 1 and q["against"] == "each":
        limits["administrations"] = tuple(q["administrations"])
    counted = derived(base, "with_", **trial)
    return base, counted, *(derived(one, "where", **limits) for one in (base, counted))


def question_of(given: dict) -> dict:
    """A question with all its parts, as JSON can hold them.

    >>> asked = question_of({"term": ["창업", "규제"], "genres": "연설", "end": 2022})
    >>> asked["term"], asked["genres"], asked["end"], asked["view"]
    ('창업, 규제', ['연설'], '2022', 'time')
    """
    known_values(given, QUESTION, "물음의 항목")
    whole = dict(QUESTION)
    for name, value in given.items():
        values = [value] if isinstance(value, str | int) else list(value)
        usual = QUESTION[name]
        if name in _NUMBERS and value:
            is_met = str(value).removeprefix("-").isdecimal()
            demand(is_met, f"{_NUMBERS[name]} 정수여", value, "수를 고쳐 쓰세요.")
        if isinstance(usual, str):
            whole[name] = ", ".join(map(str, values))
        else:
            whole[name] = values if usual == [] else int(value or 0)
    return whole


def understood(corpus: Corpus, words: str | Iterable[str]) -> list[str]:
    """Words as the corpus counts them, each once: of any case and spacing, by any spelling.

    PolicyTextError: one that never occurs, with the nearest that do.

    >>> understood(Corpus.open("innovation-centers"), "R & d, 창업,창업")
    ['R&D', '창업']
    """
    texts = [words] if isinstance(words, str) else words
    wanted = [word for text in texts for word in words_of(text)]
    if not wanted:
        raise PolicyTextError("낱말이 비어 있습니다. 낱말을 하나 쓰세요.")
    known = _spellings(corpus)
    for word in wanted:
        if _folded(word) not in known:
            near = difflib.get_close_matches(_folded(word), known, N_NEAR)
            n_texts = int(corpus.documents["text"].str.contains(word, regex=False).sum())
            raise UnknownWord(word, list(dict.fromkeys(known[form] for form in near)), n_texts)
    return list(dict.fromkeys(known[_folded(word)] for word in wanted))


class UnknownWord(PolicyTextError):
    """A word that is never counted; `near` are those that are, spelled most like it.

    As letters only it may stand in `n_texts` documents.
    """

    def __init__(self, word: str, near: list[str], n_texts: int) -> None:
        self.near = near
        hint = f" 비슷한 말: {', '.join(near)}." if near else ""
        named = attach_particle(f"‘{word}’", "이라/라")
        told = f"{named}는 말은 한 번도 나오지 않습니다.{hint} 띄어쓰기를 바꾸어 보세요."
        if n_texts:
            told = (
                f"{named}는 글자는 글 {n_texts:,}건에 있지만 한 낱말로 세지 않았습니다.{hint} "
                "‘더할 용어’에 쓰면 한 낱말로 세어 봅니다."
            )
        super().__init__(told)


@lru_cache(maxsize=8)
def _spellings(corpus: Corpus) -> dict[str, str]:
    """What may be typed for each term that occurs, and each concept."""
    known = set(corpus.matrix.terms)
    forms = {form: term for form, term in corpus.lexicon.spellings.items() if term in known}
    forms |= {term: term for term in [*corpus.matrix.terms, *read_concepts(corpus.study)]}
    return {_folded(form): term for form, term in forms.items()}


def _folded(word: str) -> str:
    """Letters instead of syllables: so 창엄 is nearer to 창업 than to 창출."""
    return "".join(unicodedata.normalize("NFD", word).casefold().split())


def words_of(text: str) -> tuple[str, ...]:
    """Words between commas, spaces tidied, none twice.

    >>> words_of(" 녹색  성장, 창업,,창업 ")
    ('녹색 성장', '창업')
    """
    words = (" ".join(word.split()) for word in re.split("[,，、]", text))
    return tuple(dict.fromkeys(filter(None, words)))


@lru_cache(maxsize=16)
def derived(corpus: Corpus, step: str, **options) -> Corpus:
    """``corpus.where(…)`` or ``corpus.with_(…)``: the same corpus again for the same options."""
    given = {name: value for name, value in options.items() if value}
    return getattr(corpus, step)(**given) if given else corpus


def _counts_of(corpus: Corpus, word: str) -> TermMatrix:
    """Counts of a word or concept, and of all other terms that are compared: two columns."""
    terms, holds = spelled(corpus, word)
    own, compared = (
        np.asarray(matrix.counts[:, columns].sum(axis=1)) * holds[:, None]
        for matrix in (corpus.matrix, corpus.keyness_matrix)
        for columns in [[place for place, term in enumerate(matrix.terms) if term in terms]]
    )
    rest = np.asarray(corpus.keyness_matrix.counts.sum(axis=1)) - compared
    return TermMatrix(sparse.csr_matrix(np.hstack([own, rest])), corpus.matrix.doc_ids, [word, ""])


@lru_cache(maxsize=64)
def _keyness(corpus: Corpus, word: str) -> pd.DataFrame:
    """Rows of one word, in order of time; none where there is a single administration."""
    if len(corpus.order) < 2:
        return pd.DataFrame()
    table = contrasts.keyness_table.__wrapped__(  # not kept on disk: there are too many words
        _counts_of(corpus, word),
        corpus.groups,
        families=corpus.families,
        strata=_kinds(corpus),
        n_permutations=N_PERMUTATIONS,
        random_state=corpus.study.comparison.random_state,
    )
    table = table[table["term"] == word].set_index("administration").loc[corpus.order].reset_index()
    parts = pd.DataFrame(columns=["term", "administration", "explained_by", "share"])
    zeros = contrasts.structural_zeros(table["term"], corpus.documents)
    return contrasts.keyness_caveats(table, parts, zeros)


_kinds = lru_cache(maxsize=16)(main_kinds)


def _told(part: Corpus, corpus: Corpus, keyness: pd.DataFrame, word: str) -> dict:
    """The administration of a part that stands out by a word, and why that is not sure, if so."""
    rows = keyness[keyness["term"] == word] if len(keyness) else keyness
    if rows.empty:
        return {"word": word, "row": None}
    rows = rows[rows["administration"].isin(part.order)]
    is_one = len(rows) == 1
    large = rows[rows["administration"].isin(corpus.administrations)]
    row = (rows if large.empty else large).sort_values("z").iloc[-1]
    others = [name for name in corpus.order if name != row["administration"]]
    reasons = {
        "이 정부 때의 글이 적다": row["administration"] not in corpus.administrations,
        f"우연일 수 있다(q {row['q']:.2f})": row["q"] >= ALPHA,
    }
    why = next((reason for reason, holds in reasons.items() if holds), "")
    rest = others[0] if len(others) == 1 else ""
    return {"word": word, "row": row.to_dict(), "why": why, "rest": rest, "is_one": is_one}


@lru_cache(maxsize=32)
def _cells(corpus: Corpus, unit: str) -> pd.DataFrame:
    """The calendar of a corpus, each cell with its name: the days and the months in office."""
    cells = timeline.calendar(corpus.documents, unit=unit, acting=corpus.study.corpus.acting)
    days = pd.concat([cells["period"], cells["period_end"]]).to_frame("date")
    months = assign_administrations(days)["months_in_office"].fillna(-1).astype(int) + 1
    ends = (cells[day].dt.strftime("%Y.%m") for day in ("period", "period_end"))
    rows = zip(*ends, months[: len(cells)], months[len(cells) :], strict=True)
    named = [
        f"{start}{f'–{end[5:]}' if end != start else ''} (재임 {a}{f'–{b}' if b != a else ''}개월)"
        for start, end, a, b in rows
    ]
    return cells.assign(cell=named)


@lru_cache(maxsize=64)
def _over_time(corpus: Corpus, word: str, unit: str) -> pd.DataFrame:
    cells = _cells(corpus, unit)
    rates = timeline.term_rates(_counts_of(corpus, word), corpus.documents, cells, [word])
    return rates.assign(term=word)


def term_topics(corpus: Corpus, word: str, topics: Topics) -> pd.DataFrame:
    """How many documents of each topic use a word, with intervals and its rank among the terms."""
    uses_it = _counts_of(corpus, word).counts[:, [0]].toarray()[:, 0] > 0
    placed = topics.documents.set_index("doc_id")["topic"].reindex(corpus.matrix.doc_ids)
    uses_it, placed = uses_it[placed > NO_TOPIC], placed[placed > NO_TOPIC].to_numpy()
    names = clusters.topic_names(topics, clusters.read_labels(corpus.study))
    ranks = topics.terms.assign(rank=topics.terms.groupby("topic").cumcount() + 1)
    ranks = ranks[ranks["term"] == word].set_index("topic")["rank"]
    table = pd.DataFrame({"term": word, "topic": names.index, "label": names.to_numpy()})
    inside = placed[:, None] == table["topic"].to_numpy()
    table["n_documents"], table["n_with_term"] = inside.sum(axis=0), inside[uses_it].sum(axis=0)
    some = table["n_documents"].where(table["n_documents"] > 0)
    table["share"] = table["n_with_term"] / some
    table["share_low"], table["share_high"] = exact_interval(table["n_with_term"], some)
    table["rank"] = table["topic"].map(ranks).astype("Int64")
    return table.sort_values("share", ascending=False, kind="stable", ignore_index=True)


@lru_cache(maxsize=8)
def topics_of(corpus: Corpus, n_topics: int = 0) -> Topics:
    """Topics without their curve, which takes long: as many as asked for, or :func:`usual_number`.

    >>> topics_of(Corpus.open("innovation-centers"), 4).documents["topic"].nunique()
    4
    """
    matrix, n_topics = corpus.topic_matrix, n_topics or usual_number(corpus.study)
    seed = corpus.study.topics.random_state
    return clusters.cluster(matrix, n_topics, random_state=seed, vectors=_vectors(matrix))


@lru_cache(maxsize=4)
def _vectors(matrix: TermMatrix) -> np.ndarray:
    return clusters.document_vectors(clusters.checked(matrix))


def usual_number(study: Study) -> int:
    """The number of topics a study names, else that its report chose, else the middle one."""
    options, path = study.topics, REPORTS / study.name / "figures" / "topic-curve.csv"
    number = options.n_topics or options.candidates[len(options.candidates) // 2]
    if not options.n_topics and path.is_file():
        curve = pd.read_csv(path, encoding="utf-8-sig")
        number = next(iter(curve.loc[curve["chosen"].astype(bool), "n_topics"]), number)
    return int(number)


def cautions(study: Study) -> list[str]:
    """What every reader must beware of: the study's note, and the warnings of its report, if built."""
    path, reports = REPORTS / study.name / "manifest.json", []
    if path.is_file():
        reports = json.loads(path.read_text(encoding="utf-8"))["reports"]
    told = [row["text"] for report in reports for row in report.get("warnings", [])]
    return [text for text in (study.report.note, *told[:N_NEAR]) if text]


@lru_cache(maxsize=8)
def top_terms(corpus: Corpus) -> pd.DataFrame:
    """The ten terms that set each large administration apart: ``administration, term, z``.

    Ranked by z as in the reports; without permutations, so that it says nothing of significance.
    """
    names = ["administration", "term", "z"]
    if len(corpus.order) < 2:
        return pd.DataFrame(columns=names)
    counts = contrasts.group_counts(corpus.keyness_matrix, corpus.groups, families=corpus.families)
    scores = contrasts.z_scores(counts)
    shown = corpus.administrations or corpus.order
    tops = scores.rename_axis(index=names[0], columns=names[1]).loc[shown].stack().rename(names[2])
    return tops[tops > 0].groupby(names[0], sort=False).nlargest(N_TOP).droplevel(0).reset_index()


def telling_term(corpus: Corpus) -> str:
    """Something to begin with: a term, no name, that sets an administration apart."""
    people = read_people()
    tops = [word for word in top_terms(corpus)["term"] if word not in people]
    return next(iter([*tops, *corpus.matrix.terms]), "")


def moved_terms(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """What changed between two tables of :func:`top_terms`.

    Returns ``administration, n_before, n_kept, entered, left`` (terms joined by ``, ``).

    >>> before = pd.DataFrame({"administration": ["가", "가"], "term": ["창업", "혁신"]})
    >>> after = pd.DataFrame({"administration": ["가", "가"], "term": ["창업", "지역"]})
    >>> moved_terms(before, after).values.tolist()
    [['가', 2, 1, '지역', '혁신']]
    """
    rows = []
    for name in dict.fromkeys([*before["administration"], *after["administration"]]):
        old, new = (table.loc[table["administration"] == name, "term"] for table in (before, after))
        entered, left = new[~new.isin(old)], old[~old.isin(new)]
        rows.append((name, len(old), len(old) - len(left), ", ".join(entered), ", ".join(left)))
    return pd.DataFrame(rows, columns=["administration", "n_before", "n_kept", "entered", "left"])


def tried_out(
    before: Corpus, after: Corpus, *, usual: Topics, topics: Topics, trial: Sequence[Sequence[str]]
) -> Result:
    """What other words, counted or left out, and other topics move: findings before and after.

    `trial` holds the stop words and the terms tried out.
    """
    moved, agreement, (stopwords, terms) = pd.DataFrame(), None, trial
    if after is not before:
        moved = moved_terms(top_terms(before), top_terms(after))
    if topics is not usual:
        both = usual.documents.merge(topics.documents, on="doc_id", suffixes=("", "_after"))
        agreement = float(adjusted_rand_score(both["topic"], both["topic_after"]))
    known, made = set(before.matrix.terms), set(after.matrix.terms)
    idle = [word for word in stopwords if word not in known | set(terms)]
    idle += [word for word in terms if word in known or word not in made | set(stopwords)]
    facts = {"agreement": agreement, "idle": idle}
    return Result("tried-out", moved, after, facts=facts, level=4, file="")
