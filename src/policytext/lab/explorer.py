"""The explorer: one screen of JupyterLab that answers questions put to a study."""

from __future__ import annotations

import gc
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from policytext.compare.concepts import read_concepts
from policytext.corpus import Corpus
from policytext.faults import InsufficientData
from policytext.lab.answers import (
    QUESTION,
    ask,
    cautions,
    framed,
    question_of,
    telling_term,
    usual_number,
)
from policytext.lab.screen import DAY, Page, Screen, desk, document
from policytext.report.evidence import quotations
from policytext.study import PROCESSED, ROOT, read_study, study_names
from policytext.texts.coverage import GENRES
from policytext.texts.dates import date_told
from policytext.words.analysers import installed

N_LINES = 20  # of a page of uses
WIDTH, WIDE = 20, 80  # characters of context: on the screen, in files
LOOKING = {"only": [], "sort": "date", "down": False, "page": 0, "open": "", "code": ""}
CONTEXT = ("before", "match", "after")


def explore(study: str = "", **question) -> Page:
    """Open the explorer: words over time, by administration, their topics and sentences.

    `study` is the first one when empty. The screen opens as it was left, unless a `question` says
    what it begins with; its parts are those of :func:`policytext.lab.ask`. "이 화면을 코드로" gives
    Python for what is on the screen. PolicyTextError: no such study, part or value.

    >>> type(explore("innovation-centers", term="창업", start=2014)).__name__
    'Page'
    """
    return Explorer(study or study_names()[0], question).page


class Explorer(Screen):
    """What is asked and looked at (`state`), and what answers it."""

    name = "explore"

    def __init__(self, study: str, question: dict | None = None) -> None:
        super().__init__()
        self._open(read_study(study).reference, question or {})
        if question:  # a fault of it is raised, not only told
            self.shown()
        self.show()

    def _open(self, study: str, question: dict) -> None:
        """Read a study, and begin with a question or with what was left."""
        self.corpus = corpus = Corpus.open(study)
        self.tried: dict[Corpus, list[str]] = {}  # words asked, by what they were asked of
        self.past, self.coming, self.question = [], [], {}
        offered = corpus.choices() | {"concepts": dict.fromkeys(read_concepts(corpus.study), 0)}
        self.years = list(map(str, offered.pop("years"))) or [""]
        self.chips = {name: [(value, GENRES.get(value, value), n) for value, n in values.items()]
                      for name, values in offered.items()}  # fmt: skip
        self.lists = {
            "year": self.years,
            "study": dict.fromkeys([*study_names(), study]),
            "analyser": installed(),
        }
        self.usual = {
            "start": self.years[0],
            "end": self.years[-1],
            "analyser": corpus.study.tokens.analyser,
            "n_topics": usual_number(corpus.study),
        }
        left = {} if question else self.left(corpus.study)
        for name, values in offered.items():  # what the study no longer has is forgotten
            left[name] = [value for value in left.get(name, []) if value in values]
        self.state = LOOKING | QUESTION | left | {"study": study, "near": []}
        self.state |= question_of(question) if question else {}
        if not self.state["term"] and not self.state["concepts"]:
            self.state["term"] = telling_term(corpus)
        gc.freeze()  # what was read stays: to look through it again would take 0.1 s a click

    # What the page asks

    def on_toggle(self, value: str, of: str, _) -> None:
        now = {value} ^ set(self.state[of])
        self._ask(**{of: [one for one, *_ in self.chips[of] if one in now]})

    def on_set(self, value: str, of: str, _) -> None:
        if of == "study":
            self.keep(self.corpus.study)
            self._open(value, {})
            return
        value = "" if value == str(self.usual.get(of)) else " ".join(value.split())
        anew = {"refit": 0} if of in ("stopwords", "terms") else {}
        self._ask(**anew | {of: question_of({of: value})[of]})

    def _ask(self, **changes) -> None:
        """Another question: what was looked at of the answer before is over."""
        kept = {name: self.state[name] for name in ("sort", "down")}
        self.step(**LOOKING | kept | changes)

    def on_row(self, value: str, _, shift: bool) -> None:
        """Only the uses that a mark of the figure counts; with shift beside those chosen."""
        row, chosen = int(value), self.state["only"]
        rest = [one for one in chosen if one != row] if shift or row in chosen else []
        self.step(only=rest if row in chosen else [*rest, row], page=0)

    def on_sort(self, value: str, *_) -> None:
        down = value == self.state["sort"] and not self.state["down"]
        self.state |= {"sort": value, "down": down, "page": 0}

    def on_page(self, value: str, *_) -> None:
        self.state |= {"page": max(0, self.state["page"] + int(value))}

    def do_reset(self) -> None:
        self._ask(**QUESTION | {name: self.state[name] for name in ("term", "view")})

    def do_refit(self) -> None:
        self.step(refit=1)

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
        sheets = {"쓰임": self._quoted(self.uses, WIDE), "숫자": self.result.view}
        safe = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
        with pd.ExcelWriter(folder / f"{file}.xlsx", "xlsxwriter", engine_kwargs=safe) as book:
            for sheet, table in sheets.items():
                table.to_excel(book, sheet_name=sheet, index=False)
        place = folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder
        return f"✓ {place}에 {file}.xlsx, .svg, .png, .csv, .py를 두었습니다."

    def do_report(self) -> str:
        """Add what is shown to the study's own notebook, the last chapter of its report."""
        path = ROOT / "notebooks" / "own" / f"{self.corpus.study.name}.ipynb"
        n = add_to_notebook(path, self.corpus.study, self.result.finding, self.in_python())
        return f"✓ {path.relative_to(ROOT)}에 {n}번째로 넣었습니다. 글을 고친 뒤 report를 다시 치면 마지막 장이 됩니다."

    # What answers

    def shown(self) -> dict[str, str]:
        question = {name: self.state[name] for name in QUESTION}
        if question != self.question:
            self.question, self.parts = {}, self._answered(question)
            self.question = question
        self.state["near"] = []
        self.keep(self.corpus.study)
        more = desk().more(self.result, self.told, question, self.state["code"])
        return self.parts | {"choices": self._choices(), "more": more, **self._lines()}

    def _answered(self, question: dict) -> dict[str, str]:
        """Headline and figure of a question."""
        asked, fault = self.tried.setdefault(framed(self.corpus, question)[-1], []), ""
        question = question | {"tried": asked}
        try:
            answer = ask(self.corpus, **question)
        except InsufficientData as error:  # no document has a day: the rest is told
            fault = str(error)
            answer = ask(self.corpus, **question | {"view": "administrations"})
        asked += [word for word in answer.facts["words"] if word not in asked]
        self.result, moved = answer.only(more=()), answer.more
        numbers = self.result.only("table", file="", by=())
        self.told = [Markup(one._repr_html_()) for one in (numbers, *moved)]
        svg = "" if fault or self.result.view.empty else Markup(self.result.svg())
        return {
            "answer": desk().answer(self.state, self.result),
            "figure": desk().figure(svg, fault, cautions(self.corpus.study)),
        }

    def at_fault(self, error: Exception) -> dict[str, str]:
        """No earlier answer stays, and words near to one that there is not are offered."""
        self.question, self.state["near"] = {}, getattr(error, "near", [])
        names = ("answer", "figure", "more", "lines", "document")
        return {"choices": self._choices()} | dict.fromkeys(names, "")

    def _choices(self) -> str:
        tools = (self.past, self.coming)
        return desk().choices(self.state, self.chips, self.lists, self.usual, tools)

    def _lines(self) -> dict[str, str]:
        """The uses in view, a page of them, and the text that is open."""
        s, result = self.state, self.result
        found, by = result.places, list(result.by)
        s["only"] = [row for row in s["only"] if row < len(result.view)]
        if s["only"]:
            plain = dict.fromkeys(by, object)
            rows = result.view.iloc[s["only"]][by].astype(plain)
            found = found.astype(plain).merge(rows, on=by)
        self.uses = self._sorted(found)
        pages = max(1, -(-len(found) // N_LINES))
        s["page"] = min(s["page"], pages - 1)
        quotes = self._quoted(self.uses.iloc[s["page"] * N_LINES :].head(N_LINES))
        quotes["key"] = quotes["doc_id"] + "@" + quotes["start"].astype(str)
        quotes["day"] = [date_told(quote, DAY) for quote in quotes.to_dict("records")]
        if len(found) and s["open"].rpartition("@")[0] not in set(self.uses["doc_id"]):
            s["open"] = quotes["key"].iloc[0]
        doc_id, _, start = s["open"].rpartition("@")
        hovers = result._hovers() if s["only"] else []
        chosen = [(row, hovers[row]) for row in s["only"]]
        own = self.uses.loc[self.uses["doc_id"] == doc_id, ["start", "end"]].sort_values("start")
        lines = desk().lines(s, quotes.to_dict("records"), self.uses, pages, chosen)
        text = document(result.corpus, doc_id, own.to_numpy(), start) if len(found) else ""
        return {"lines": lines, "document": text}

    def _quoted(self, uses: pd.DataFrame, width: int = WIDTH) -> pd.DataFrame:
        texts = self.result.corpus.documents.set_index("doc_id").loc[uses["doc_id"]]
        quotes = quotations(uses.assign(text=texts["text"].to_numpy()), width=width)
        return quotes.assign(title=texts["title"].to_numpy())

    def _sorted(self, found: pd.DataFrame) -> pd.DataFrame:
        key, down = self.state["sort"], self.state["down"]
        found = found.sort_values(["date", "doc_id", "start"], ignore_index=True)
        by = self._quoted(found)[key] if key in CONTEXT else found[key]
        if key == "before":  # from the word at the left outwards
            by = by.map(lambda text: text.split()[::-1])
        if key == "administration":
            by = by.map(self.result.corpus.order.index)
        return found.loc[by.sort_values(ascending=not down, kind="stable").index]

    # The same as code

    def in_python(self) -> str:
        """The parts of the question that are not as usual, as arguments."""
        asked = self.question | {"tried": self.tried[framed(self.corpus, self.question)[-1]]}
        words = self.result.facts["words"]
        asked["tried"] = [word for word in asked["tried"] if word not in words]
        return "".join(f", {name}={value!r}" for name, value in asked.items()
                       if value != QUESTION[name])  # fmt: skip

    def as_code(self) -> str:
        """Python that gives what is shown, and the call that opens the screen again."""
        study, asked = repr(self.state["study"]), self.in_python()
        lines = ["import policytext as pt", "", f"corpus = pt.Corpus.open({study})"]
        lines += [f"pt.lab.ask(corpus{asked})", "", f"# pt.explore({study}{asked})"]
        return "\n".join(lines)


def add_to_notebook(path: Path, study, prose: str, asked: str) -> int:
    """Add a section, a paragraph and one line of code, to a notebook; return how many it has."""
    import nbformat  # which takes a second, and few ask for it

    new = nbformat.v4
    if path.is_file():
        notebook = nbformat.read(path, as_version=4)
    else:
        title = "# 내가 찾은 것\n\n살펴보기에서 넣은 것입니다. 글을 고쳐 쓰세요."
        cells = [
            new.new_markdown_cell(title),
            new.new_code_cell(f"STUDY = {study.reference!r}", metadata={"tags": ["parameters"]}),
            new.new_code_cell("import policytext as pt\n\ncorpus = pt.Corpus.open(STUDY)"),
        ]
        notebook = new.new_notebook(cells=cells)
    n = 1 + sum(".only(file=" in cell.source for cell in notebook.cells)
    code = f'pt.lab.ask(corpus{asked}).only(file="own-{n}")'
    notebook.cells += [new.new_markdown_cell(prose), new.new_code_cell(code)]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return n
