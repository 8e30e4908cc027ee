"""What every screen of the lab has: its look, a line that says how it stands, a text to read."""

from __future__ import annotations

import io
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from markupsafe import Markup

from policytext.report.result import ASSETS, Result, data_uri


def desk(children: Sequence[widgets.Widget]) -> widgets.VBox:
    """Widgets one under another, with the look of tables and sentences."""
    style = widgets.HTML(f"<style>{(ASSETS / 'lab' / 'desk.css').read_text('utf-8')}</style>")
    box = widgets.VBox([style, *children])
    box.add_class("policytext-desk")
    return box


def area(name: str) -> widgets.HTML:
    """A part of a screen, of CSS class ``policytext-<name>``."""
    made = widgets.HTML()
    made.add_class(f"policytext-{name}")
    return made


class Status:
    """The line; ``area`` is its widget. `asked` counts questions, `failed` faults."""

    def __init__(self) -> None:
        self.area = area("status")
        self.asked = self.failed = 0

    def say(self, kind: str, text: str | Markup) -> None:
        """Show a text at once; `kind` is busy, ready or fault."""
        line = Markup('<div role="status" class="policytext-{}" data-asked="{}">{}</div>')
        self.area.value = str(line.format(kind, self.asked, text))

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Busy inside; afterwards how long it took, or the sentence of an error.

        >>> status = Status()
        >>> with status.busy():
        ...     raise ValueError("낱말이 비어 있습니다.")
        >>> status.failed, "낱말이 비어" in status.area.value
        (1, True)
        """
        begun = time.perf_counter()
        self.asked += 1
        self.say("busy", "⏳ 세는 중…")
        try:
            yield
        except (ValueError, RuntimeError, OSError) as error:
            self.failed += 1
            self.say("fault", f"⚠ {error}")
        except Exception as error:  # a screen that hangs at "counting" would say nothing
            self.failed += 1
            self.say("fault", _folded(error))
        else:
            self.say("ready", f"✓ 끝 ({time.perf_counter() - begun:.2f}초)")

    def button(self, label: str, work: Callable[[], str | None], icon: str = "") -> widgets.Button:
        """A button that does its `work` busily, and then says what that returned."""
        layout = {"width": "auto", "align_self": "flex-start"}
        made = widgets.Button(description=label, icon=icon, layout=layout)

        def pressed(_) -> None:
            failed, told = self.failed, None
            with self.busy():
                told = work()
            if told and self.failed == failed:
                self.say("ready", told)

        made.on_click(pressed)
        return made


def _folded(error: Exception) -> Markup:
    told = Markup(
        "⚠ 프로그램의 잘못으로 세지 못했습니다({}). 아래 기록과 함께 알려 주세요."
        "<details><summary>자세한 기록</summary><pre>{}</pre></details>"
    )
    return told.format(type(error).__name__, "".join(traceback.format_exception(error)))


def picture(result: Result) -> str:
    """The figure of a result as HTML, with its caption; no file is written."""
    content = io.BytesIO()
    figure = np.ravel(result.plot())[0].figure
    figure.savefig(content, format="svg", bbox_inches="tight")
    plt.close(figure)
    html = Markup('<figure><img alt="{}" src="{}"><figcaption>{}</figcaption></figure>')
    uri = data_uri("image/svg+xml", content.getvalue())
    return str(html.format(result.alt, uri, result.caption))


def document_html(
    document: pd.Series, marks: Iterable[tuple[int, int]] = (), term: str = ""
) -> str:
    """A document with the places of a term (from, to) marked."""
    text, at, body = document["text"], 0, Markup("")
    marks = sorted(marks)
    for start, end in marks:
        body += Markup("{}<mark>{}</mark>").format(text[at:start], text[start:end])
        at = end
    times = f"‘{term}’ {len(marks):,}번" if term else ""
    facts = [day_of(document["date"]), document["administration"], document["publisher"],
             document["doc_id"], times]  # fmt: skip
    told = " · ".join(str(fact) for fact in facts if not pd.isna(fact) and fact)
    html = Markup(
        '<article tabindex="0" aria-label="{}"><h4>{}</h4><p>{}</p><div>{}</div></article>'
    )
    return str(html.format(document["title"], document["title"], told, body + text[at:]))


def day_of(date: pd.Timestamp) -> str:
    """A day as lists show it."""
    return "날짜 모름" if pd.isna(date) else f"{date:%Y-%m-%d}"
