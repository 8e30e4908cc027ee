"""The controls of the explorer: widgets set to choices, and choices read from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ipywidgets as widgets

from policytext.analysers import ANALYSERS
from policytext.lab.choices import Choices

VIEWS = {"시간": "time", "정부": "administrations", "주제": "topics"}
GENRES = {
    "speech": "연설", "press_release": "보도자료", "news": "기사", "chronicle": "연대기", "other": "기타",
}  # fmt: skip
UNITS = {"해": "year", "분기": "quarter", "달": "month"}


class Controls:
    """Every control of the screen; one function hears of every change a person makes."""

    def __init__(self, studies: Sequence[str], changed: Callable[[], None]) -> None:
        self._quiet, self._changed = False, changed
        typed = {"continuous_update": False, "placeholder": "쉼표로 나누어 쓰고 Enter"}
        self.study = widgets.Dropdown(options=studies, description="연구")
        self.analyser = widgets.Dropdown(options=list(ANALYSERS), description="분석기")
        self.genre = widgets.Dropdown(description="종류")
        self.years = widgets.SelectionRangeSlider(
            options=[0], description="기간", continuous_update=False
        )
        self.administrations = widgets.SelectMultiple(description="정부", rows=4)
        self.term = widgets.Text(
            description="낱말", placeholder="낱말을 쓰고 Enter", continuous_update=False
        )
        self.unit = widgets.Dropdown(options=list(UNITS.items()), description="단위")
        self.view = widgets.ToggleButtons(
            options=list(VIEWS.items()), description="그림", layout={"width": "max-content"}
        )
        self.view.style.button_width = "5em"
        self.n_topics = widgets.BoundedIntText(min=2, max=60, description="주제 수")
        self.stopwords = widgets.Text(description="뺄 말", **typed)
        self.terms = widgets.Text(description="더할 용어", **typed)
        for control in (
            self.study, self.analyser, self.genre, self.years, self.administrations, self.term,
            self.unit, self.view, self.n_topics, self.stopwords, self.terms,
        ):  # fmt: skip
            control.observe(self._heard, "value")
        self.box = widgets.VBox([
            widgets.HBox([self.study, self.analyser, self.genre]),
            widgets.HBox([self.administrations, widgets.VBox([self.years, self.unit, self.n_topics])]),
            widgets.HBox([self.term, self.view]),
            widgets.HBox([self.stopwords, self.terms]),
        ])  # fmt: skip

    def _heard(self, _) -> None:
        if not self._quiet:
            self._changed()

    def show(
        self,
        choices: Choices,
        years: Sequence[int],
        administrations: Sequence[str],
        genres: Sequence[str],
    ) -> None:
        """Offer what a study has, and set every control to the choices, silently."""
        first, last = choices.start or years[0], choices.end or years[-1]
        self._quiet = True
        try:
            self.study.value, self.analyser.value = choices.study, choices.analyser
            self.genre.options = [
                ("모두", ""),
                *((GENRES.get(genre, genre), genre) for genre in genres),
            ]
            self.genre.value = choices.genre
            self.years.options = sorted({*years, first, last})
            self.years.value = (first, last)
            self.administrations.options = administrations
            self.administrations.value = choices.administrations
            self.term.value, self.view.value = choices.term, choices.view
            self.unit.value, self.n_topics.value = choices.unit, choices.n_topics
            self.stopwords.value = ", ".join(choices.stopwords)
            self.terms.value = ", ".join(choices.terms)
        finally:
            self._quiet = False

    def read(self) -> Choices:
        """The choices that the controls show; the whole period is no limit."""
        first, last = self.years.value
        options = self.years.options
        return Choices(
            study=self.study.value,
            analyser=self.analyser.value,
            genre=self.genre.value or "",
            term=" ".join(self.term.value.split()),
            start=0 if first == options[0] else first,
            end=0 if last == options[-1] else last,
            administrations=tuple(self.administrations.value),
            view=self.view.value,
            unit=self.unit.value,
            n_topics=self.n_topics.value,
            stopwords=words(self.stopwords.value),
            terms=words(self.terms.value),
        )


def words(text: str) -> tuple[str, ...]:
    """Words between commas, spaces tidied, none twice.

    >>> words(" 녹색  성장, 창업,,창업 ")
    ('녹색 성장', '창업')
    """
    return tuple(dict.fromkeys(" ".join(word.split()) for word in text.split(",") if word.strip()))
