"""The explorer: one screen of JupyterLab that answers questions put to a study."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

import ipywidgets as widgets
import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.metrics import adjusted_rand_score

from policytext.administrations import read_people
from policytext.compare import timeline
from policytext.compare.contrasts import group_counts, keyness_table, log_odds
from policytext.corpus import GENRES, Corpus
from policytext.faults import InsufficientData, PolicyTextError, known_values, nearest
from policytext.korean import attach_particle
from policytext.lab.screen import Status, area, day_of, desk, document_html, picture
from policytext.report import charts, maps
from policytext.report.evidence import Fold, quotations
from policytext.report.result import Result, template
from policytext.study import PROCESSED, REPORTS, Study, read_study, study_names
from policytext.topics.clusters import (
    NO_TOPIC,
    Topics,
    checked,
    cluster,
    document_vectors,
    read_labels,
    topic_names,
)
from policytext.words.analysers import ANALYSERS
from policytext.words.counts import TermMatrix

VIEWS = {"시간": "time", "정부": "administrations", "주제": "topics"}
UNITS = {"해": "year", "분기": "quarter", "달": "month"}
N_SENTENCES, N_DOCUMENTS, N_TOP = 30, 300, 10  # shown
N_PERMUTATIONS = 500  # of one term
COLUMNS = {
    "time": "administration period period_end n_families n value value_low value_high",
    "administrations": "administration n n_documents rate_per_10k rate_rest_per_10k times "
    "times_low times_high p",
    "topics": "topic label n_with_term n_documents share share_elsewhere rank",
}
DRAWN = {
    "time": maps.timeline,
    "administrations": charts.term_keyness,
    "topics": charts.term_topics,
}
IN_ORDER = "날짜 차례로 앞에서부터"


def explore(study: str = "", **given) -> widgets.VBox:
    """Open the explorer: a word over time, by administration, its topics and its sentences.

    `study` is the first one when empty; `given` is what the screen begins with: ``term, start, end,
    administrations, genre, analyser, view, unit, n_topics, stopwords, terms``. "이 화면을 코드로" gives
    Python for what is on the screen. PolicyTextError: no such study, choice or value.

    >>> type(explore("innovation-centers", term="창업", start=2014)).__name__
    'VBox'
    """
    known = [name for name in (*_controls([]), "start", "end") if name not in ("study", "years")]
    for name in given:
        if name not in known:
            hint = nearest(name, known).strip(" ()?").strip("'")
            hint = f" {attach_particle(repr(hint), '을/를')} 찾으셨나요?" if hint else ""
            raise PolicyTextError(
                f"explore()에서 {attach_particle(repr(name), '은/는')} 모르는 항목입니다.{hint} "
                f"있는 항목: {', '.join(known)}."
            )
    return Explorer(study or study_names()[0], given).screen


def term(
    corpus: Corpus,
    word: str,
    *,
    view: str = "time",
    unit: str = "year",
    administrations: Iterable[str] = (),
    topics: Topics | None = None,
) -> Result:
    """What a corpus says of one word: over time, by administration or by topic.

    `view` is "time", "administrations" or "topics"; `unit` "year", "quarter" or "month", as in
    :func:`policytext.compare.timeline.term_rates`. The views over time and by topic count documents
    of `administrations` (none for all); `topics` default to :func:`topics_of` the corpus. By
    administration the rows are those of :func:`policytext.compare.contrasts.keyness_table`, with
    ``p`` of this one word and no ``q``, for nothing else was tested. By topic ``label, n_documents,
    n_with_term, share, share_elsewhere`` (of the documents inside and outside it) and ``rank``
    among its distinctive terms; the topic that the word marks most comes first. PolicyTextError: a
    word that never occurs, with the nearest that do; InsufficientData: no document with a day.

    >>> term(Corpus.open("innovation-centers"), "특구").finding.split(":")[0]
    '‘특구’는 문재인 정부가 가장 두드러지게 썼다'
    """
    known_values(view, VIEWS.values(), "그림")
    check_known(corpus, word)
    keyness, places = _keyness(corpus, word), None
    part = _derived(corpus, "where", administrations=tuple(administrations))
    if view == "time":
        acting = corpus.study.corpus.acting
        cells = timeline.calendar(part.documents, unit=unit, acting=acting)
        table = timeline.term_rates(_counts_of(part, word), part.documents, cells, [word])
        held = timeline.placed(part.documents[["doc_id", "date", "administration"]], cells)
        table = table.assign(term=word)
        places, by = part.mentions(word).merge(held[["doc_id", "period"]]), ("period",)
    elif view == "topics":
        topics = topics or topics_of(corpus)
        table, by = term_topics(part, word, topics), ("topic",)
        places = part.mentions(word).merge(topics.documents[["doc_id", "topic"]])
    else:
        table, by, part = keyness, (), corpus
    if "administration" in table:
        by = ("administration", *by)
    drawing = {"colours": corpus.colours} if "administration" in table else {}
    top = None if keyness.empty else keyness.loc[keyness["z"].idxmax()]
    return Result(
        f"term-{view}",
        table,
        part,
        by=("term", *by),
        places=places,
        facts={"word": word, "top": top, "drawing": drawing},
        draw=DRAWN[view],
        columns=tuple(COLUMNS[view].split()) if len(table) else (),
    )


def check_known(corpus: Corpus, word: str) -> None:
    """Raise a PolicyTextError that names the nearest words where a corpus has no such word."""
    if not word:
        raise PolicyTextError("낱말이 비어 있습니다. 낱말을 하나 쓰세요.")
    if word not in corpus.matrix.terms:
        # By their letters: 창엄 is nearer to 창업 than to 창출.
        spelled = {unicodedata.normalize("NFD", known): known for known in corpus.matrix.terms}
        near = difflib.get_close_matches(unicodedata.normalize("NFD", word), spelled)
        hint = f" 비슷한 말: {', '.join(map(spelled.get, near))}." if near else ""
        raise PolicyTextError(
            f"{attach_particle(f'‘{word}’', '이라/라')}는 말은 고른 글에 한 번도 나오지 않습니다."
            f"{hint} 띄어쓰기를 바꾸어 보거나 용어로 더해 보세요."
        )


def _counts_of(corpus: Corpus, word: str) -> TermMatrix:
    """Counts of a word, and of all others of the keyness matrix: two columns."""
    matrix, compared = corpus.matrix, corpus.keyness_matrix
    is_word = [place for place, known in enumerate(matrix.terms) if known == word]
    own = matrix.counts[:, is_word].sum(axis=1)
    rest = compared.counts.sum(axis=1) - own * (word in compared.terms)
    return TermMatrix(sparse.csr_matrix(np.hstack([own, rest])), matrix.doc_ids, [word, ""])


@lru_cache(maxsize=32)
def _keyness(corpus: Corpus, word: str) -> pd.DataFrame:
    """Rows of one word, in order of time; none where there is a single administration."""
    if len(corpus.order) < 2:
        return pd.DataFrame()
    table = keyness_table.__wrapped__(  # not kept on disk: there are too many words
        _counts_of(corpus, word),
        corpus.groups,
        families=corpus.families,
        n_permutations=N_PERMUTATIONS,
        random_state=corpus.study.comparison.random_state,
    )
    table = table[table["term"] == word].set_index("administration")
    return table.loc[corpus.order].reset_index().drop(columns=["q", "rank"])


def term_topics(corpus: Corpus, word: str, topics: Topics) -> pd.DataFrame:
    """How many documents of each topic use a word; see :func:`term`."""
    uses = _counts_of(corpus, word).counts[:, [0]].toarray()[:, 0] > 0
    placed = topics.documents.set_index("doc_id")["topic"].reindex(corpus.matrix.doc_ids)
    uses, placed = uses[placed > NO_TOPIC], placed[placed > NO_TOPIC].to_numpy()
    names = topic_names(topics, read_labels(corpus.study))
    ranks = topics.terms.assign(rank=topics.terms.groupby("topic").cumcount() + 1)
    ranks = ranks[ranks["term"] == word].set_index("topic")["rank"]
    table = pd.DataFrame({"term": word, "topic": names.index, "label": names.to_numpy()})
    inside = placed[:, None] == table["topic"].to_numpy()
    table["n_documents"] = inside.sum(axis=0)
    table["n_with_term"] = inside[uses].sum(axis=0)
    table["share"] = table["n_with_term"] / table["n_documents"].where(table["n_documents"] > 0)
    outside = len(placed) - table["n_documents"]
    elsewhere = uses.sum() - table["n_with_term"]
    table["share_elsewhere"] = elsewhere / outside.where(outside > 0)
    table["rank"] = table["topic"].map(ranks).astype("Int64")
    order = (table["share"] - table["share_elsewhere"].fillna(0)).sort_values(ascending=False)
    return table.loc[order.index].reset_index(drop=True)


@lru_cache(maxsize=8)
def topics_of(corpus: Corpus, n_topics: int = 0) -> Topics:
    """Topics without their curve, which takes long: as many as asked for, or :func:`usual_number`.

    >>> topics_of(Corpus.open("innovation-centers"), 4).documents["topic"].nunique()
    4
    """
    matrix, n_topics = corpus.topic_matrix, n_topics or usual_number(corpus.study)
    seed = corpus.study.topics.random_state
    return cluster(matrix, n_topics, random_state=seed, vectors=_vectors(matrix))


@lru_cache(maxsize=4)
def _vectors(matrix: TermMatrix) -> np.ndarray:
    return document_vectors(checked(matrix))


def usual_number(study: Study) -> int:
    """The number of topics a study names, else that its report chose, else the middle one."""
    path = REPORTS / study.name / "figures" / "topic-curve.csv"
    if not study.topics.n_topics and path.is_file():
        curve = pd.read_csv(path, encoding="utf-8-sig")
        chosen = curve["chosen"].astype(bool)
        if chosen.any():
            return int(curve.loc[chosen, "n_topics"].iloc[0])
    candidates = study.topics.candidates
    return study.topics.n_topics or candidates[len(candidates) // 2]


@lru_cache(maxsize=8)
def top_terms(corpus: Corpus) -> pd.DataFrame:
    """The ten terms that set each administration apart: ``administration, term, z``.

    Ranked by z as in the reports; without permutations, so that it says nothing of significance.
    """
    counts = group_counts(corpus.keyness_matrix, corpus.groups, families=corpus.families)
    delta, variance = log_odds(counts.to_numpy())
    scores = pd.DataFrame(delta / np.sqrt(variance), counts.index, counts.columns)
    tops = {name: scores.loc[name].nlargest(N_TOP) for name in corpus.order}
    rows = [(name, word, z) for name, top in tops.items() for word, z in top[top > 0].items()]
    return pd.DataFrame(rows, columns=["administration", "term", "z"])


def telling_term(corpus: Corpus) -> str:
    """Something to begin with: a term, no name, that sets an administration apart."""
    people = read_people()
    tops = top_terms(corpus)["term"] if len(corpus.order) > 1 else []
    return next((word for word in tops if word not in people), next(iter(corpus.matrix.terms), ""))


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
    if after is not before and len(after.order) > 1:
        moved = moved_terms(top_terms(before), top_terms(after))
    if topics is not usual:
        both = usual.documents.merge(topics.documents, on="doc_id", suffixes=("", "_after"))
        agreement = float(adjusted_rand_score(both["topic"], both["topic_after"]))
    known, made = set(before.matrix.terms), set(after.matrix.terms)
    idle = [word for word in stopwords if word not in known | set(terms)]
    idle += [word for word in terms if word in known or word not in made | set(stopwords)]
    facts = {"agreement": agreement, "idle": idle}
    return Result("tried-out", moved, after, facts=facts, level=4, file="")


class Explorer:
    """The widgets and what they show."""

    def __init__(self, study: str, given: dict) -> None:
        self._quiet, self._opened = False, ("", "")
        reference = read_study(study).reference  # a path, or a typing error, which this tells
        self.controls = _controls(list(dict.fromkeys([*study_names(), reference])))
        for control in self.controls.values():
            control.observe(self._changed, "value")
        self.status = Status()
        names = ("answer", "figure", "moved", "numbers", "lines", "document")
        self.areas = {name: area(name) for name in names}
        self.picker = widgets.Select(description="글", rows=10, layout={"width": "98%"})
        self.picker.style.description_width = "2em"
        self.picker.observe(self._read, "value")
        self.refit = self.status.button("주제 다시 나누기", self._refit, "refresh")
        save = self.status.button("그림 저장", self._save, "save")
        show = self.status.button("이 화면을 코드로", self._show_code, "code")
        self.code = widgets.Textarea(rows=13, layout={"width": "100%", "display": "none"})
        to_read = widgets.VBox([self.picker, self.areas["document"]], layout={"width": "52%"})
        columns = "study administrations|analyser years unit n_topics|genre"
        columns = [widgets.VBox([self.controls[name] for name in column.split()])
                   for column in columns.split("|")]  # fmt: skip
        asked, tried = (widgets.HBox([self.controls[name] for name in row])
                        for row in (("term", "view"), ("stopwords", "terms")))  # fmt: skip
        self.screen = desk([
            widgets.HBox(columns), asked, tried, self.status.area, self.areas["answer"],
            self.areas["figure"], self.areas["moved"], self.refit, self.areas["numbers"],
            widgets.HBox([save, show]), self.code,
            widgets.HBox([self.areas["lines"], to_read]),
        ])  # fmt: skip
        self._open(reference, given)
        self._ask()

    def _open(self, study: str, given: dict) -> None:
        """Read a study, offer what it has, and set every control to what is given, silently."""
        corpus = Corpus.open(study)
        analyser = given.get("analyser") or corpus.study.tokens.analyser
        known_values(analyser, ANALYSERS, "분석기")
        is_own = analyser == corpus.study.tokens.analyser
        self.base = corpus if is_own else corpus.with_(analyser=analyser)
        self.usual = {"view": "time", "unit": "year", "analyser": corpus.study.tokens.analyser,
                      "n_topics": usual_number(corpus.study)}  # fmt: skip
        years = sorted(corpus.documents["date"].dt.year.dropna().astype(int).unique()) or [0]
        genres = [(GENRES.get(name, name), name) for name in corpus.documents["genre"].unique()]
        years = [int(year) for year in years]
        offered = {"years": years, "genre": [("모두", ""), *sorted(genres)]}
        offered["administrations"] = corpus.order
        span = given.get("start") or years[0], given.get("end") or years[-1]
        values = self.usual | {"study": study, "years": span, "genre": "", "administrations": ()}
        values |= {"term": telling_term(self.base), "stopwords": "", "terms": ""}
        values |= {name: value for name, value in given.items() if value and name in values}
        self._quiet = True
        try:
            for name, options in offered.items():
                self.controls[name].options = options
            for name, value in values.items():
                _set(self.controls[name], value)
        finally:
            self._quiet = False
        self._opened, self._refitted = (study, analyser), ((), ())

    def chosen(self) -> dict:
        """The arguments of :func:`explore` for this screen: what differs from the study's own."""
        chosen = {name: control.value for name, control in self.controls.items()}
        years = self.controls["years"].options
        first, last = chosen.pop("years")
        chosen |= {"start": first * (first > years[0]), "end": last * (last < years[-1])}
        chosen["term"] = " ".join(chosen["term"].split())
        chosen |= {name: words_of(chosen[name]) for name in ("stopwords", "terms")}
        return {
            key: value for key, value in chosen.items() if value and self.usual.get(key) != value
        }

    def limits(self) -> dict:
        """What all administrations are compared within: the arguments of ``Corpus.where``."""
        chosen = self.chosen()
        first, last = self.controls["years"].value
        years = [year for year in self.controls["years"].options if first <= year <= last]
        limits = {"years": tuple(years)} if {"start", "end"} & set(chosen) else {}
        return limits | ({"genres": chosen["genre"]} if "genre" in chosen else {})

    def _changed(self, _) -> None:
        if self._quiet:
            return
        study, analyser = self.controls["study"].value, self.controls["analyser"].value
        given = self.chosen()
        if self._opened[0] != study:
            given = {"term": given.get("term")}

        def reopen() -> None:
            if self._opened != (study, analyser):
                self._opened = ("", "")
                self._open(study, given)

        self._ask(reopen)

    def _ask(self, before: Callable[[], None] = lambda: None) -> None:
        """Answer the question on the screen."""
        with self.status.busy(), self._no_stale_answer():
            before()
            self._answer()

    @contextmanager
    def _no_stale_answer(self) -> Iterator[None]:
        """What cannot be answered leaves an empty screen before its fault is told."""
        try:
            yield
        except Exception:
            self._offer([])
            for shown in self.areas.values():
                shown.value = ""
            raise

    def _answer(self) -> None:
        chosen = self.chosen()
        self.word, view = chosen.get("term", ""), self.controls["view"].value
        self.trial = tuple(chosen.get(name, ()) for name in ("stopwords", "terms"))
        tried = _derived(self.base, "with_", stopwords=self.trial[0], terms=self.trial[1])
        if self.word in self.trial[0]:
            raise PolicyTextError(
                f"{attach_particle(f'‘{self.word}’', '은/는')} ‘뺄 말’에 있어 세지 않습니다. "
                "거기서 지우거나 다른 낱말을 쓰세요."
            )
        check_known(tried, self.word)
        frame = _derived(tried, "where", **self.limits())
        if self.word not in frame.matrix.terms:
            raise InsufficientData(
                f"고른 기간과 종류에는 ‘{self.word}’ 말이 한 번도 나오지 않습니다. "
                "기간을 넓혀 보세요."
            )
        whole = tried if self._refitted == self.trial else self.base
        topics = topics_of(whole, self.controls["n_topics"].value)
        asked = {"administrations": chosen.get("administrations", ()), "topics": topics}
        keyness, of_topics = (
            term(frame, self.word, view=name, **asked) for name in ("administrations", "topics")
        )
        self.shown = keyness if view == "administrations" else of_topics
        self.part = of_topics.corpus
        self.areas["answer"].value = _html(keyness.only("finding", level=3))
        self.areas["numbers"].value = "".join(
            _html(result.only("table", file="", by=())) for result in (keyness, of_topics)
        )
        self._list_sentences()
        self._tell_what_moved(tried, topics)
        if view == "time":
            unit = self.controls["unit"].value
            try:
                self.shown = term(frame, self.word, unit=unit, **asked)
            except InsufficientData as fault:  # no document has a day: the rest is told
                self.areas["figure"].value = f"<p>{fault}</p>"
                return
        self.areas["figure"].value = "" if self.shown.view.empty else picture(self.shown)

    def _list_sentences(self) -> None:
        found = self.part.mentions(self.word).sort_values(["date", "doc_id", "start"])
        first, documents = found.head(N_SENTENCES), self.part.documents.set_index("doc_id")
        first = first.assign(text=documents["text"].loc[first["doc_id"]].to_numpy(dtype=object))
        fold = Fold(self.word, len(found), quotations(first, width=60), rule=IN_ORDER)
        lines = str(template("result.html.j2").module.evidence(fold))
        self.areas["lines"].value = lines.replace("<details ", "<details open ", 1)
        self.mentions, times = found, found["doc_id"].value_counts()
        self._offer([
            (f"{day_of(row.date)} · {row.administration} · {row.title} ({times[row.doc_id]}번)",
             row.doc_id)
            for row in found.drop_duplicates("doc_id").head(N_DOCUMENTS).itertuples()
        ])  # fmt: skip
        self._show_document()

    def _offer(self, options: list) -> None:
        """Documents to pick from, the first chosen, silently."""
        self._quiet = True
        self.picker.options = options
        self.picker.index = 0 if options else None
        self._quiet = False

    def _read(self, _) -> None:
        if not self._quiet:
            with self.status.busy():
                self._show_document()

    def _show_document(self) -> None:
        chosen, documents, shown = self.picker.value, self.part.documents, ""
        if chosen is not None:
            places = self.mentions[self.mentions["doc_id"] == chosen]
            marks = zip(places["start"], places["end"], strict=True)
            document = documents[documents["doc_id"] == chosen].iloc[0]
            shown = document_html(document, marks, self.word)
        self.areas["document"].value = shown

    def _tell_what_moved(self, tried: Corpus, topics: Topics) -> None:
        """Which findings stand as before, and what is left as it was."""
        is_waiting = any(self.trial) and self._refitted != self.trial
        self.refit.layout.display = "" if is_waiting else "none"
        usual = topics_of(self.base, self.usual["n_topics"])
        before, after = (
            _derived(corpus, "where", **self.limits()) for corpus in (self.base, tried)
        )
        told = tried_out(before, after, usual=usual, topics=topics, trial=self.trial)
        self.areas["moved"].value = _html(told) if told.finding else ""

    def _refit(self) -> None:
        self._refitted = self.trial
        with self._no_stale_answer():
            self._answer()

    def _save(self) -> None:
        """Write figure, table and code into the study's draft folder under the next number."""
        folder, name = PROCESSED / "draft" / self.base.study.name / "figures", self.shown.name
        taken = [int(path.stem[-3:]) for path in folder.glob(f"{name}-[0-9][0-9][0-9].svg")]
        file = f"{name}-{max(taken, default=0) + 1:03}"
        _html(self.shown.only("figure", file=file))
        code = f"# {self.shown.caption}\n{self.as_code()}\n"
        (folder / f"{file}.py").write_text(code, encoding="utf-8")
        self._show_code(f"# 저장한 곳: {folder / file} (.svg .png .csv .py)\n")

    def _show_code(self, heading: str = "") -> None:
        self.code.layout.display = ""
        self.code.value = f"{heading}{self.as_code()}"

    def as_code(self) -> str:
        """Python that gives what is shown."""
        is_refitted = self._refitted == self.trial
        return as_code(self.chosen(), self.limits(), is_refitted=is_refitted)


def as_code(chosen: dict, limits: dict, *, is_refitted: bool = False) -> str:
    """Python that gives the result on the screen, and the call that opens the screen again.

    Topics are those of the study as it is, or with `is_refitted` of what is tried out.

    Examples
    --------
    >>> chosen = {"study": "a", "term": "창업", "start": 2014}
    >>> print(as_code(chosen, {"years": (2014, 2015)}))
    import policytext as pt
    <BLANKLINE>
    corpus = pt.Corpus.open('a').where(years=(2014, 2015))
    pt.lab.term(corpus, '창업')
    <BLANKLINE>
    pt.explore('a', term='창업', start=2014)
    """
    opened = f"pt.Corpus.open({chosen['study']!r})"
    analyser = {key: chosen[key] for key in ("analyser",) if key in chosen}
    counted = {key: chosen[key] for key in ("analyser", "stopwords", "terms") if key in chosen}
    asked = {key: chosen[key] for key in ("view", "unit", "administrations") if key in chosen}
    lines = ["import policytext as pt", ""]
    lines.append(f"corpus = {opened}{_call('.with_', counted)}{_call('.where', limits)}")
    told = _call("", asked)[1:-1]
    if chosen.get("view") == "topics":
        whole = f"{opened}{_call('.with_', counted if is_refitted else analyser)}"
        n_topics = f", {chosen['n_topics']}" if "n_topics" in chosen else ""
        lines.append(f"topics = pt.lab.topics_of({whole}{n_topics})")
        told += ", topics=topics"
    again = {key: value for key, value in chosen.items() if key != "study"}
    lines.append(f"pt.lab.term(corpus, {chosen['term']!r}{told and f', {told}'})")
    return "\n".join([*lines, "", f"pt.explore({chosen['study']!r}, {_call('', again)[1:-1]})"])


def _call(name: str, options: dict) -> str:
    arguments = ", ".join(f"{key}={value!r}" for key, value in options.items())
    return f"{name}({arguments})" if options else ""


def words_of(text: str) -> tuple[str, ...]:
    """Words between commas, spaces tidied, none twice.

    >>> words_of(" 녹색  성장, 창업,,창업 ")
    ('녹색 성장', '창업')
    """
    return tuple(dict.fromkeys(" ".join(word.split()) for word in text.split(",") if word.strip()))


@lru_cache(maxsize=8)
def _derived(corpus: Corpus, step: str, **options) -> Corpus:
    """``corpus.where(…)`` or ``corpus.with_(…)``: the same corpus again for the same options."""
    given = {name: value for name, value in options.items() if value}
    return getattr(corpus, step)(**given) if given else corpus


def _html(result: Result) -> str:
    return result._repr_html_()


def _controls(studies: Sequence[str]) -> dict[str, widgets.Widget]:
    """Every control of the screen by the name of its choice."""
    typed = {"continuous_update": False, "placeholder": "쉼표로 나누어 쓰고 Enter"}
    word = {"continuous_update": False, "placeholder": "낱말을 쓰고 Enter"}
    view = {"style": {"button_width": "5em"}, "layout": {"width": "30em"}}
    return {
        "study": widgets.Dropdown(options=studies, description="연구"),
        "analyser": widgets.Dropdown(options=list(ANALYSERS), description="분석기"),
        "genre": widgets.Dropdown(description="종류"),
        "years": widgets.SelectionRangeSlider(
            options=[0], description="기간", continuous_update=False
        ),
        "administrations": widgets.SelectMultiple(description="정부", rows=4),
        "term": widgets.Text(description="낱말", **word),
        "unit": widgets.Dropdown(options=list(UNITS.items()), description="단위"),
        "view": widgets.ToggleButtons(options=list(VIEWS.items()), description="그림", **view),
        "n_topics": widgets.BoundedIntText(min=2, max=60, description="주제 수"),
        "stopwords": widgets.Text(description="뺄 말", **typed),
        "terms": widgets.Text(description="더할 용어", **typed),
    }


def _set(control: widgets.Widget, value) -> None:
    """Set a control; a value that it does not offer is told with the nearest."""
    if isinstance(control, widgets.Text):
        value = value if isinstance(value, str) else ", ".join(value)
    elif hasattr(control, "options"):
        offered = [option[1] if isinstance(option, tuple) else option for option in control.options]
        values = known_values(value, offered, control.description)
        is_one = isinstance(control, widgets.Dropdown | widgets.ToggleButtons)
        value = values[0] if is_one else tuple(values)
    control.value = value
