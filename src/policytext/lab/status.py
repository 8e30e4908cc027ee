"""What every screen has: its look, and a line that says counting, done, or what went wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ipywidgets as widgets
from markupsafe import Markup

from policytext.lab import failures

_STYLE = Path(__file__).parents[1] / "assets" / "lab" / "desk.css"


def desk(children: list[widgets.Widget]) -> widgets.VBox:
    """Widgets one under another, with the look of tables and sentences."""
    style = widgets.HTML(f"<style>{_STYLE.read_text(encoding='utf-8')}</style>")
    box = widgets.VBox([style, *children])
    box.add_class("policytext-desk")
    return box


class Status:
    """The line; ``area`` is its widget. `asked` counts questions, `failed` faults."""

    def __init__(self) -> None:
        self.area = widgets.HTML()
        self.area.add_class("policytext-status")
        self.asked = self.failed = 0

    def say(self, kind: str, text: str | Markup) -> None:
        """Show a text at once; `kind` is busy, ready or fault."""
        self.area.value = str(
            Markup('<div role="status" class="policytext-{}" data-asked="{}">{}</div>').format(
                kind, self.asked, text
            )
        )

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
            told = failures.folded(
                f"⚠ 프로그램의 잘못으로 세지 못했습니다({type(error).__name__}). "
                "아래 기록과 함께 알려 주세요.",
                error,
            )
            self.say("fault", told)
        else:
            self.say("ready", f"✓ 끝 ({time.perf_counter() - begun:.2f}초)")
