"""The explorer: one screen of JupyterLab that answers questions put to a study."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import nbformat
import pandas as pd
from markupsafe import Markup

from policytext.compare.concepts import read_concepts
from policytext.corpus import GENRES, Corpus
from policytext.faults import InsufficientData, PolicyTextError, known_values, nearest
from policytext.korean import attach_particle
from policytext.lab.answers import (
    derived,
    nearest_terms,
    telling_term,
    term,
    topics_of,
    tried_out,
    understood,
    usual_number,
    words_of,
)
from policytext.lab.screen import Page, Screen, day_of, desk, document
from policytext.report.evidence import quotations
from policytext.report.result import Result
from policytext.study import PROCESSED, ROOT, read_study, study_names
from policytext.words.analysers import installed

N_LINES = 20  # of a page of uses
WIDTH = 26  # characters of context
EMPTY = {
    "term": "", "administrations": [], "against": "each", "genres": [], "regions": [],
    "publishers": [], "concepts": [], "start": "", "end": "", "view": "time", "unit": "year",
    "analyser": "", "n_topics": 0, "stopwords": "", "terms": "", "refit": [],
}  # fmt: skip
LOOKING = {"only": [], "sort": "date", "down": False, "page": 0, "open": "", "near": [], "code": ""}
LISTS = [name for name, value in EMPTY.items() if value == []]
TEXTS = ("term", "stopwords", "terms")


def explore(study: str = "", **given) -> Page:
    """Open the explorer: words over time, by administration, their topics and sentences.

    `study` is the first one when empty. The screen opens as it was left, unless `given` says what
    it begins with: ``term, administrations, against, genres, regions, publishers, concepts, start,
    end, view, unit, analyser, n_topics, stopwords, terms``. "이 화면을 코드로" gives Python for what
    is on the screen. PolicyTextError: no such study, choice or value.

    >>> type(explore("innovation-centers", term="창업", start=2014)).__name__
    'Page'
    """
    for name in given:
        if name not in EMPTY:
            hint = nearest(name, EMPTY).strip(" ()?").strip("'")
            hint = f" {attach_particle(repr(hint), '을/를')} 찾으셨나요?" if hint else ""
            raise PolicyTextError(
                f"explore()에서 {attach_particle(repr(name), '은/는')} 모르는 항목입니다.{hint} "
                f"있는 항목: {', '.join(EMPTY)}."
            )
    return Explorer(study or study_names()[0], given).page


class Explorer(Screen):
    """What is asked (`state`), and what answers it."""

    name = "explore"

    def __init__(self, study: str, given: dict | None = None) -> None:
        super().__init__()
        self._open(read_study(study).reference, given or {})
        self.show()

    def _open(self, study: str, given: dict) -> None:
        """Read a study, and begin with what is given or was left."""
        self.corpus = Corpus.open(study)
        self.tried: dict[Corpus, list[str]] = {}  # words asked, by what they were asked of
        offered = self.corpus.choices()
        self.years = list(map(str, offered.pop("years"))) or [""]
        self.offered = {name: list(values) for name, values in offered.items()}
        self.offered["concepts"] = list(read_concepts(self.corpus.study))
        self.counts = {name: [(value, GENRES.get(value, value), n) for value, n in values.items()]
                       for name, values in offered.items()}  # fmt: skip
        self.counts["concepts"] = [(name, name, 0) for name in self.offered["concepts"]]
        names = list(dict.fromkeys([*study_names(), study]))
        self.counts |= {
            "studies": [(name, name) for name in names],
            "analysers": [(name, name) for name in installed()],
            "analyser": self.corpus.study.tokens.analyser,
            "n_topics": usual_number(self.corpus.study),
        }
        self.past, self.coming, self.question = [], [], {}
        first = {"study": study, "start": self.years[0], "end": self.years[-1]}
        left = {} if given else self.left(self.corpus.study)
        self.state = EMPTY | first | LOOKING | self._valid(left) | self._checked(given)
        if not self.state["term"] and not self.state["concepts"]:
            self.state["term"] = telling_term(self.corpus)

    def _valid(self, left: dict) -> dict:
        """Of what was left, all that the study still has."""
        kept = {name: left[name] for name in (*EMPTY, *LOOKING) if name in left}
        for name in self.offered:
            kept[name] = [value for value in kept.get(name, []) if value in self.offered[name]]
        return {
            name: value for name, value in kept.items()
            if name not in ("start", "end") or value in self.years
        }  # fmt: skip

    def _checked(self, given: dict) -> dict:
        """What is given as the state holds it; a value that there is not is told."""
        own = {name: _as_kept(name, value) for name, value in given.items()}
        korean = {korean: genre for genre, korean in GENRES.items()}
        if "genres" in own:
            own["genres"] = [korean.get(value, value) for value in own["genres"]]
        what = {"administrations": "정부", "genres": "종류", "regions": "지역", "publishers": "매체",
                "concepts": "개념"}  # fmt: skip
        for name, told in what.items():
            known_values(own.get(name, []), self.offered[name], told)
        for name in ("start", "end"):
            known_values(own.get(name) or [], self.years, "해")
        known_values(own.get("analyser") or [], installed(), "분석기")
        return own

    # What the page asks

    def on_toggle(self, value: str, of: str, _) -> None:
        chosen = self.state[of]
        now = [one for one in chosen if one != value] if value in chosen else [*chosen, value]
        self._ask(**{of: [one for one in self.offered[of] if one in now]})

    def on_set(self, value: str, of: str, _) -> None:
        if of == "study":
            self.keep(self.corpus.study)
            self._open(value, {})
        else:
            usual = value == str(self.counts.get(of))
            self._ask(**{of: _as_kept(of, EMPTY[of] if usual else value)})

    def _ask(self, **changes) -> None:
        """Another question: what was looked at of the answer before is over."""
        looking = {name: LOOKING[name] for name in ("only", "page", "open", "near", "code")}
        self.step(**looking | changes)

    def on_row(self, value: str, _, shift: bool) -> None:
        """Only the uses that a mark of the figure counts; with shift beside those chosen."""
        row, chosen = int(value), self.state["only"]
        rest = [one for one in chosen if one != row]
        rest = rest if shift or row in chosen else []
        self.step(only=rest if row in chosen else [*rest, row], page=0)

    def on_sort(self, value: str, *_) -> None:
        down = value == self.state["sort"] and not self.state["down"]
        self.state |= {"sort": value, "down": down, "page": 0}

    def on_page(self, value: str, *_) -> None:
        self.state |= {"page": max(0, self.state["page"] + int(value))}

    def on_open(self, value: str, *_) -> None:
        self.state |= {"open": value}

    def do_reset(self) -> None:
        self.step(**{name: value for name, value in EMPTY.items() if name not in ("term", "view")})
        self._ask(start=self.years[0], end=self.years[-1])

    def do_refit(self) -> None:
        self.step(refit=self._trial())

    def do_code(self) -> None:
        self.state |= {"code": self.as_code()}

    def do_save(self) -> str:
        """Uses and numbers as XLSX, the figure and the code, under the next number."""
        folder = PROCESSED / "draft" / self.corpus.study.name / "figures"
        folder.mkdir(parents=True, exist_ok=True)
        name = self.result.name
        taken = [int(path.stem[-3:]) for path in folder.glob(f"{name}-[0-9][0-9][0-9].py")]
        file = f"{name}-{max(taken, default=0) + 1:03}"
        self.result.only("figure", file=file)._repr_html_()
        (folder / f"{file}.py").write_text(self.as_code() + "\n", encoding="utf-8")
        sheets = {"쓰임": self._quoted(self.uses), "숫자": self.result.view}
        safe = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
        with pd.ExcelWriter(folder / f"{file}.xlsx", "xlsxwriter", engine_kwargs=safe) as book:
            for sheet, table in sheets.items():
                table.to_excel(book, sheet_name=sheet, index=False)
        return f"✓ {folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder}에 {file}.xlsx, .svg, .png, .csv, .py를 두었습니다."

    def do_report(self) -> str:
        """Add what is shown to the study's own notebook, the last chapter of its report."""
        path = ROOT / "notebooks" / "own" / f"{self.corpus.study.name}.ipynb"
        asked = self._in_python("STUDY")
        n = add_to_notebook(path, self.corpus.study.reference, self.result.finding, asked)
        return f"✓ {path.relative_to(ROOT)}에 {n}번째로 넣었습니다. 글을 고친 뒤 report를 다시 치면 마지막 장이 됩니다."

    # What answers

    def _trial(self) -> list[list[str]]:
        return [list(words_of(self.state[name])) for name in ("stopwords", "terms")]

    def limits(self) -> dict:
        """The arguments of ``Corpus.where``: what governments are compared within."""
        s = self.state
        limits = {name: tuple(s[name]) for name in ("genres", "regions", "publishers")}
        if (s["start"], s["end"]) != (self.years[0], self.years[-1]):
            ends = sorted([s["start"], s["end"]])
            limits["years"] = tuple(int(year) for year in self.years if ends[0] <= year <= ends[1])
        if len(s["administrations"]) > 1 and s["against"] == "each":
            limits["administrations"] = tuple(s["administrations"])
        return {name: values for name, values in limits.items() if values}

    def told_of(self) -> tuple[str, ...]:
        """The governments that the answer tells of, where all are compared."""
        return () if "administrations" in self.limits() else tuple(self.state["administrations"])

    def shown(self) -> dict[str, str]:
        question = {name: self.state[name] for name in EMPTY}
        if question != self.question:
            self.question, self.parts = {}, self._answered()
            self.question = question
        self.keep(self.corpus.study)
        return self.parts | {"choices": self._choices(), "more": self._more(), **self._lines()}

    def _answered(self) -> dict[str, str]:
        """Headline and figure of the question as it is now."""
        s, trial = self.state, self._trial()
        base = derived(self.corpus, "with_", analyser=s["analyser"])
        counted = derived(base, "with_", stopwords=tuple(trial[0]), terms=tuple(trial[1]))
        self.words = self._words(counted, trial[0])
        chosen = derived(base, "where", **self.limits())
        self.frame = counted if chosen is base else _among(counted, chosen)
        topics = topics_of(counted if s["refit"] == trial else base, s["n_topics"])
        asked = self.tried.setdefault(self.frame, [])
        asked += [word for word in self.words if word not in asked]
        how = {"administrations": self.told_of(), "topics": topics, "tried": tuple(asked)}
        fault = ""
        try:
            self.result = term(self.frame, self.words, view=s["view"], unit=s["unit"], **how)
        except InsufficientData as error:  # no document has a day: the rest is told
            fault = str(error)
            self.result = term(self.frame, self.words, view="administrations", **how)
        usual = topics_of(base, 0)
        self.moved = tried_out(chosen, self.frame, usual=usual, topics=topics, trial=trial)
        is_empty = fault or self.result.view.empty
        svg = "" if is_empty else Markup(self.result.svg())
        answer = desk().answer(s, self.result)
        return {"answer": answer, "figure": desk().figure(svg, fault)}

    def _more(self) -> str:
        """What other choices moved, what can be done with the answer, its numbers."""
        is_waiting = any(self._trial()) and self.state["refit"] != self._trial()
        moved = _html(self.moved) if self.moved.finding else ""
        table = _html(self.result.only("table", file="", by=()))
        return desk().more(self.result, table, moved, is_waiting, self.state["code"])

    def at_fault(self) -> dict[str, str]:
        self.question = {}
        names = ("answer", "figure", "more", "lines", "document")
        return {"choices": self._choices()} | dict.fromkeys(names, "")

    def _choices(self) -> str:
        limits = [(year, year) for year in self.years]
        return desk().choices(self.state, self.counts, limits, self.past, self.coming)

    def _words(self, tried: Corpus, stopwords: list[str]) -> list[str]:
        """The words typed and the concepts chosen, as they are counted."""
        typed = words_of(self.state["term"])
        for word in typed:
            if word in stopwords:
                raise PolicyTextError(
                    f"{attach_particle(f'‘{word}’', '은/는')} ‘뺄 말’에 있어 세지 않습니다. "
                    "거기서 지우거나 다른 낱말을 쓰세요."
                )
        try:
            return understood(tried, [*typed, *self.state["concepts"]])
        except PolicyTextError:
            self.state["near"] = [near for word in typed for near in nearest_terms(tried, word)]
            raise

    def _lines(self) -> dict[str, str]:
        """The uses in view, a page of them, and the text that is open."""
        s, result = self.state, self.result
        s["only"] = [row for row in s["only"] if row < len(result.view)]
        found = result.places
        if s["only"]:
            of_rows, of_uses = (
                pd.MultiIndex.from_frame(table[list(result.by)].astype(str))
                for table in (result.view.iloc[s["only"]], found)
            )
            found = found[of_uses.isin(of_rows)]
        self.uses = self._sorted(found)
        pages = max(1, -(-len(found) // N_LINES))
        s["page"] = min(s["page"], pages - 1)
        first = s["page"] * N_LINES
        quotes = self._quoted(self.uses.iloc[first : first + N_LINES])
        rows = [
            row | {"key": f"{row['doc_id']}@{row['start']}", "day": day_of(row["date"])}
            for row in quotes.to_dict("records")
        ]
        if len(rows) and s["open"].rpartition("@")[0] not in set(self.uses["doc_id"]):
            s["open"] = rows[0]["key"]
        hovers = result._hovers() if s["only"] else []
        chosen = [{"place": row, "told": hovers[row]} for row in s["only"]]
        n_documents = self.uses["doc_id"].nunique()
        lines = desk().lines(s, rows, len(found), n_documents, pages, chosen)
        return {"lines": lines, "document": self._document() if rows else ""}

    def _quoted(self, uses: pd.DataFrame) -> pd.DataFrame:
        texts = self.result.corpus.documents.set_index("doc_id")[["title", "text"]]
        texts = texts.loc[uses["doc_id"]].set_axis(uses.index)
        quotes = quotations(uses.assign(text=texts["text"]), width=WIDTH)
        return quotes.assign(title=texts["title"].to_numpy())

    def _sorted(self, found: pd.DataFrame) -> pd.DataFrame:
        key, order = self.state["sort"], {"ascending": not self.state["down"], "kind": "stable"}
        found = found.sort_values(["date", "doc_id", "start"], ignore_index=True)
        if key == "administration":
            places = {name: place for place, name in enumerate(self.result.corpus.order)}
            return found.loc[found[key].map(places).sort_values(**order).index]
        if key in ("before", "match", "after"):
            by = self._quoted(found)[key]
            if key == "before":  # from the word at the left outwards
                by = by.map(lambda text: text.split()[::-1])
            return found.loc[by.sort_values(**order).index]
        return found.sort_values(key, **order)

    def _document(self) -> str:
        doc_id, _, start = self.state["open"].rpartition("@")
        documents = self.result.corpus.documents
        own = self.uses[self.uses["doc_id"] == doc_id].sort_values("start")
        marks = own[["start", "end"]].itertuples(index=False)
        return document(documents[documents["doc_id"] == doc_id].iloc[0], marks, start)

    def as_code(self) -> str:
        """Python that gives what is shown, and the call that opens the screen again."""
        opened, ends = repr(self.state["study"]), {"start": self.years[0], "end": self.years[-1]}
        corpus, asked = self._in_python(opened)
        again = {name: self.state[name] for name in EMPTY if name != "refit"}
        again = {name: value for name, value in again.items()
                 if value != EMPTY[name] and value != ends.get(name)}  # fmt: skip
        screen = f"pt.explore({opened}, {_call('', again)[1:-1]})"
        lines = ["import policytext as pt", "", f"corpus = {corpus}"]
        return "\n".join([*lines, f"pt.lab.term(corpus, {asked})", "", f"# {screen}"])

    def _in_python(self, study: str) -> tuple[str, str]:
        """The corpus of what is shown, and what is asked of it, as Python."""
        s, trial, opened = self.state, self._trial(), f"pt.Corpus.open({study})"
        analyser = {"analyser": s["analyser"]} if s["analyser"] else {}
        counted = analyser | {"stopwords": trial[0], "terms": trial[1]}
        counted = {name: value for name, value in counted.items() if value}
        asked = {"view": s["view"], "unit": s["unit"], "administrations": self.told_of()}
        asked |= {"tried": self.tried[self.frame]} if len(self.tried[self.frame]) > 1 else {}
        asked = {name: value for name, value in asked.items() if value and value != EMPTY.get(name)}
        parts = [repr(self.words[0] if len(self.words) == 1 else self.words)]
        parts += [f"{name}={value!r}" for name, value in asked.items()]
        if s["view"] == "topics":
            kept = counted if s["refit"] == trial else analyser
            topics = f"{opened}{_call('.with_', kept)}, {s['n_topics']}"
            parts.append(f"topics=pt.lab.topics_of({topics.removesuffix(', 0')})")
        corpus = f"{opened}{_call('.with_', counted)}{_call('.where', self.limits())}"
        return corpus, ", ".join(parts)


def add_to_notebook(path: Path, study: str, prose: str, asked: tuple[str, str]) -> int:
    """Add a section, a paragraph and one line of code, to a notebook; return how many it has."""
    new = nbformat.v4
    if path.is_file():
        notebook = nbformat.read(path, as_version=4)
    else:
        cells = [
            new.new_markdown_cell(
                "# 내가 찾은 것\n\n살펴보기에서 넣은 것입니다. 글을 고쳐 쓰세요."
            ),
            new.new_code_cell(f"STUDY = {study!r}", metadata={"tags": ["parameters"]}),
            new.new_code_cell("import policytext as pt"),
        ]
        notebook = new.new_notebook(cells=cells)
    n = 1 + sum(".only(file=" in cell.source for cell in notebook.cells)
    code = f'pt.lab.term({asked[0]}, {asked[1]}).only(file="own-{n}")'
    notebook.cells += [new.new_markdown_cell(prose), new.new_code_cell(code)]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return n


@lru_cache(maxsize=16)
def _among(counted: Corpus, chosen: Corpus) -> Corpus:
    """The documents of one corpus, counted as in another."""
    return counted.of(chosen.documents)


def _as_kept(name: str, value) -> object:
    """A choice as the state holds it, and JSON."""
    if name in LISTS and name != "refit":
        return [value] if isinstance(value, str) else list(value)
    if name == "n_topics":
        return int(value or 0)
    if name in TEXTS and not isinstance(value, str):
        return ", ".join(value)
    return " ".join(str(value).split())


def _call(name: str, options: dict) -> str:
    arguments = ", ".join(f"{key}={value!r}" for key, value in options.items())
    return f"{name}({arguments})" if options else ""


def _html(result: Result) -> Markup:
    return Markup(result._repr_html_())
