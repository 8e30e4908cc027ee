"""What every screen of the lab has: parts of HTML, choices kept, undone and redone, one status."""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable, Iterable
from functools import partial

import anywidget
import pandas as pd
import traitlets
from markupsafe import Markup

from policytext.corpus import Corpus
from policytext.report.result import ASSETS, template
from policytext.study import Study, write_whole
from policytext.texts.dates import date_told

DAY = "{:%Y-%m-%d}"  # as lists show it
KEPT = "desk.json"  # in the study's own folder: what its screens were left with


class Page(anywidget.AnyWidget):
    """HTML in the notebook; what is clicked or typed in it comes back as a message."""

    _esm = ASSETS / "lab" / "desk.js"
    _css = ASSETS / "lab" / "desk.css"
    parts = traitlets.Dict().tag(sync=True)


class Screen:
    """A page, the state it shows, and how that state came about.

    A subclass has `shown`, which makes the HTML of each part, and a method ``on_<ask>(value, of, shift)`` for
    each thing that the page asks; :meth:`step` changes the state. ``name`` is its place in
    ``data/studies/<study>/desk.json``.
    """

    name = ""

    def __init__(self) -> None:
        self.page = Page()
        self.page.on_msg(lambda _, content, __: self.heard(**content))
        self.state, self.past, self.coming, self.asked = {}, [], [], 0

    def heard(self, ask: str, value: str = "", of: str = "", shift: bool = False) -> None:
        """Do what the page asks, and show what came of it."""
        self.show(partial(getattr(self, f"on_{ask}"), value, of, shift))

    def on_set(self, value: str, of: str, _) -> str | None:
        self.state |= {of: " ".join(value.split())}

    def on_open(self, value: str, *_) -> None:
        self.state |= {"open": value}

    def on_do(self, value: str, *_) -> str | None:
        return getattr(self, f"do_{value}")()

    def step(self, **changes) -> None:
        """Change the state so that it can be undone."""
        self.past, self.coming = [*self.past, self.state], []
        self.state = self.state | changes

    def do_undo(self) -> None:
        if self.past:
            self.coming, self.state = [*self.coming, self.state], self.past.pop()

    def do_redo(self) -> None:
        if self.coming:
            self.past, self.state = [*self.past, self.state], self.coming.pop()

    def show(self, act: Callable[[], str | None] = lambda: None) -> None:
        """Act, show every part anew, and say how long it took, or the sentence of an error."""
        begun, kind, parts = time.perf_counter(), "ready", {}
        self.asked += 1
        try:
            told = act()
            parts = self.shown()
            told = told or f"✓ 끝 ({time.perf_counter() - begun:.2f}초)"
        except Exception as error:  # a screen that hangs at "counting" would say nothing
            is_told = isinstance(error, ValueError | RuntimeError | OSError)
            kind, told = "fault", f"⚠ {error}" if is_told else _folded(error)
            parts = self.at_fault(error)
        status = desk().status(kind, told, self.asked)
        self.page.parts = {name: str(part) for name, part in (parts | {"status": status}).items()}

    def at_fault(self, error: Exception) -> dict[str, str]:
        """What stays on the screen when nothing can be answered."""
        return dict(self.page.parts)

    def keep(self, study: Study) -> None:
        """Save the state with the study."""
        study.folder.mkdir(parents=True, exist_ok=True)
        whole = _kept(study) | {self.name: self.state}
        write_whole(study.folder / KEPT, json.dumps(whole, ensure_ascii=False, indent=1))

    def left(self, study: Study) -> dict:
        """The state that the screen was left with; empty at first, or if its file is spoilt."""
        return _kept(study).get(self.name, {})


def _kept(study: Study) -> dict:
    try:
        return json.loads((study.folder / KEPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def desk():
    """The macros of the screens."""
    return template("lab/desk.html.j2").module


def document(corpus: Corpus, doc_id: str, uses: Iterable[tuple] = (), here: str = "") -> str:
    """A text to read, its `uses` (from, to) marked; the one shown begins at `here`."""
    row = corpus.documents.set_index("doc_id").loc[doc_id]
    text, at, pieces = row["text"], 0, []
    for begin, end in uses:
        if begin >= at:
            kind = "here" if str(begin) == here else "hit"
            pieces += [(text[at:begin], ""), (text[begin:end], kind)]
            at = end
    n_uses = f"{len(pieces) // 2:,}번" if pieces else ""
    facts = [date_told(row, DAY), row["administration"], row["publisher"], doc_id, n_uses]
    told = " · ".join(str(fact) for fact in facts if not pd.isna(fact) and fact)
    return desk().document(row["title"], told, [*pieces, (text[at:], "")])


def _folded(error: Exception) -> Markup:
    told = Markup(
        "⚠ 프로그램의 잘못으로 세지 못했습니다({}). 아래 기록과 함께 알려 주세요."
        "<details><summary>자세한 기록</summary><pre>{}</pre></details>"
    )
    return told.format(type(error).__name__, "".join(traceback.format_exception(error)))
