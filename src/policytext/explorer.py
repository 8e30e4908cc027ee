"""The explorer: one screen of JupyterLab that answers questions put to a study."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import ipywidgets as widgets
import pandas as pd
from markupsafe import Markup

from policytext import display, findings, plots, studies
from policytext.korean import attach_particle
from policytext.lab import exploration, reading, terms, trials
from policytext.lab.choices import Choices, as_code, read_choices
from policytext.lab.controls import Controls
from policytext.lab.exploration import Exploration
from policytext.lab.status import Status, desk
from policytext.plots import terms as termplots
from policytext.schema import InsufficientData
from policytext.topics import Topics


def explore(study: str = "", **choices) -> widgets.VBox:
    """Open the explorer.

    Type a term: its rate over time, the administrations and topics it belongs to, and its
    sentences. Click a document to read it. Try other stop words, terms and numbers of topics
    and see which findings move. "이 화면을 코드로" gives Python for what is on the screen.

    Parameters
    ----------
    study : str
        Name of a study; the first one when empty.
    **choices
        Any field of :class:`policytext.lab.choices.Choices`: ``term, start, end, administrations,
        genre, analyser, view, unit, n_topics, stopwords, terms``.

    Returns
    -------
    VBox
        As the last value of a cell it shows itself.

    Raises
    ------
    StudyError, ValueError
        No such study or choice; the message names the nearest.

    Examples
    --------
    >>> type(explore("innovation-centers", term="창업", start=2014)).__name__
    'VBox'
    """
    return Explorer(read_choices(study or studies.study_names()[0], choices)).screen


class Explorer:
    """The widgets and what they show; `choices` is the state of the screen."""

    def __init__(self, choices: Choices) -> None:
        self.choices, self._quiet = choices, False
        plots.use_theme()
        names = studies.study_names()
        if choices.study not in names:  # a path, or a typing error, which this tells
            names.append(studies.read_study(choices.study).reference)
        self.controls = Controls(names, self._changed)
        self.status = Status()
        names = ("answer", "figure", "moved", "numbers", "lines", "document")
        self.areas = tuple(_area(name) for name in names)
        self.answer, self.figure, self.moved, self.numbers, self.lines, self.document = self.areas
        self.picker = widgets.Select(description="글", rows=10, layout={"width": "98%"})
        self.picker.style.description_width = "2em"
        self.picker.observe(self._read, "value")
        save = widgets.Button(description="그림 저장", icon="save")
        save.on_click(self._save)
        show = widgets.Button(description="이 화면을 코드로", icon="code")
        show.on_click(self._show_code)
        self.refit = widgets.Button(description="주제 다시 나누기", icon="refresh")
        self.refit.on_click(self._refit)
        self.code = widgets.Textarea(rows=13, layout={"width": "100%", "display": "none"})
        self.lines.layout = {
            "width": "48%",
            "max_height": "44em",
            "overflow": "auto",
            "padding": "0 1em 0 0",
        }
        to_read = widgets.VBox([self.picker, self.document], layout={"width": "52%"})
        self.screen = desk([
            self.controls.box, self.status.area, self.answer, self.figure, self.moved,
            self.refit, self.numbers, widgets.HBox([save, show]), self.code,
            widgets.HBox([self.lines, to_read]),
        ])  # fmt: skip
        self._open()
        with self._busy():
            self._answer()

    @contextmanager
    def _busy(self) -> Iterator[None]:
        """As :meth:`policytext.lab.status.Status.busy`; a fault leaves no stale answer."""
        failed = self.status.failed
        with self.status.busy():
            yield
        if self.status.failed > failed:
            self._shown = {}
            for area in self.areas:
                area.value = ""
            self._offer([])

    def _changed(self) -> None:
        before, self.choices = self.choices, self.controls.read()
        if self.choices.study != before.study:
            self.choices = Choices(study=self.choices.study, term=self.choices.term)
        with self._busy():
            if (self.choices.study, self.choices.analyser) != self._opened:
                self._open()
            self._answer()

    def _open(self) -> None:
        """Read the study and offer what it has."""
        chosen = self.choices
        self.base = exploration.open_study(chosen.study, analyser=chosen.analyser)
        self._opened = chosen.study, self.base.study.tokens["analyser"]
        self._trial_of, self._trial = ((), ()), self.base
        self._refitted: tuple | None = None
        self._topics: dict[tuple, Topics] = {}
        self._shown: dict[str, tuple] = {}
        documents = self.base.documents
        years = exploration.period_of(documents, "Y").dropna().dt.year
        self._study_k = exploration.usual_n_topics(self.base.study)
        self.choices = replace(
            chosen,
            analyser=self.base.study.tokens["analyser"],
            term=chosen.term or trials.telling_term(self.base),
            n_topics=chosen.n_topics or self._study_k,
        )
        self.controls.show(
            self.choices,
            sorted(years.unique().tolist()) or [0],
            self.base.administrations,
            sorted(documents["genre"].unique()),
        )

    def _answer(self) -> None:
        """Answer the question on the screen; what did not change is not made again."""
        chosen, whole = self.choices, self._tried()
        frame = (chosen.start, chosen.end, chosen.genre, chosen.stopwords, chosen.terms)
        scope = (*frame, chosen.administrations, chosen.term)
        if self._is_new("part", *scope[:-1]):
            self.part = exploration.select(
                whole, administrations=chosen.administrations, **self._frame()
            )
        if self._is_new("keyness", *frame, chosen.term):
            self._compare(exploration.select(whole, **self._frame()))
        if chosen.view != "topics":
            self._draw(*scope, chosen.view, chosen.unit)
        # Stop words change no sentence: only the term itself as one does, which is told.
        if self._is_new("sentences", *self._frame().values(), chosen.terms, *scope[-2:]):
            self._list_sentences()
        if self._fit_key not in self._topics:
            self.status.say("busy", "⏳ 주제를 나누는 중…")
        self._write_numbers()
        if chosen.view == "topics":
            self._draw(*scope, chosen.view, *self._fit_key)
        self._tell_what_moved()

    def _draw(self, *asked) -> None:
        if self._is_new("figure", *asked):
            self.table = self._table()
            self.figure.value = str(
                reading.figure_html(
                    termplots.plot_term(self.choices.view, self.table), self._caption()
                )
            )

    def _is_new(self, what: str, *asked) -> bool:
        """Whether something else was asked of a part of the screen than what it shows."""
        if self._shown.get(what) == asked:
            return False
        self._shown[what] = asked
        return True

    def _tried(self) -> Exploration:
        """The study with the terms and stop words tried out; kept until they change."""
        wanted = (self.choices.stopwords, self.choices.terms)
        if wanted != self._trial_of:
            self._trial = trials.without(trials.with_terms(self.base, wanted[1]), wanted[0])
            self._trial_of = wanted
        return self._trial

    def _frame(self) -> dict:
        """Limits that hold for all administrations: what they are compared within."""
        return {name: getattr(self.choices, name) for name in ("start", "end", "genre")}

    @property
    def _fit_key(self) -> tuple:
        """What the topics shown are made of: what is tried out only once it is asked for."""
        is_refitted = self._refitted == self._trial_of
        return (self._trial_of if is_refitted else ((), ())), self.choices.n_topics

    def _fit(self, key: tuple) -> Topics:
        """Topics of the study as it is or as it is tried out; each made once."""
        if key not in self._topics:
            whole = self._trial if key[0] == self._trial_of else self.base
            self._topics[key] = whole.topics(key[1])
        return self._topics[key]

    def _refit(self, _) -> None:
        self._refitted = self._trial_of
        with self._busy():
            self._answer()

    def _compare(self, compared: Exploration) -> None:
        term, self.compared = self.choices.term, compared
        if term in self.choices.stopwords:
            raise exploration.UnknownTerm(
                f"{attach_particle(f'‘{term}’', '은/는')} ‘뺄 말’에 있어 세지 않습니다. "
                "거기서 지우거나 다른 낱말을 쓰세요."
            )
        self.keyness, sentence = terms.answer(compared, term)
        self.answer.value = str(Markup("<h3>{}</h3>").format(sentence))

    def _write_numbers(self) -> None:
        term = self.choices.term
        self.of_topics = terms.term_topics(self.part, self._fit(self._fit_key), term)
        numbers = reading.topics_html(self.of_topics, term)
        if len(self.keyness):
            numbers = reading.keyness_html(self.keyness, term) + numbers
        self.numbers.value = str(numbers)

    def _table(self) -> pd.DataFrame:
        """The table behind the figure."""
        if self.choices.view == "topics":
            return self.of_topics
        if self.choices.view == "administrations":
            return self.keyness
        try:
            return terms.term_rates(self.part, self.choices.term, unit=self.choices.unit)
        except InsufficientData:  # no document has a day: everything else can still be told
            return pd.DataFrame()

    def _caption(self) -> str:
        caption = termplots.CAPTIONS[self.choices.view].format(term=self.choices.term)
        return f"{caption}. 글 {len(self.part.documents):,}건, 연구 {self.choices.study}."

    def _list_sentences(self) -> None:
        term = self.choices.term
        found = terms.sentences(self.part, term, n=30)
        total = int(exploration.column_of(self.part, term).counts[:, [0]].sum())
        self.lines.value = str(display.evidence(found, term=term, total=total).html).replace(
            "<details ", "<details open ", 1
        )
        self._offer(reading.document_options(self.part, term))
        self._show_document()

    def _offer(self, options: list) -> None:
        """Documents to pick from, the first chosen, silently."""
        self._quiet = True
        try:
            self.picker.options = options
            self.picker.index = 0 if options else None
        finally:
            self._quiet = False

    def _read(self, _) -> None:
        if not self._quiet:
            with self._busy():
                self._show_document()

    def _show_document(self) -> None:
        self.document.value = str(
            reading.document_html(self.part, self.picker.value, self.choices.term)
        )

    def _tell_what_moved(self) -> None:
        """Which findings stand as before, and what is left as it was."""
        is_trial = self._trial is not self.base
        is_waiting = is_trial and self._refitted != self._trial_of
        self.refit.layout.display = "" if is_waiting else "none"
        moved, html, agreement = None, Markup(""), None
        if is_trial and len(self.compared.administrations) > 1:
            if self._is_new("moved", *self._trial_of, *self._frame().values()):
                if self._is_new("before", *self._frame().values()):
                    before = exploration.select(self.base, **self._frame())
                    self._tops_before = trials.top_terms(before)
                after = trials.top_terms(self.compared)
                self._moved_terms = trials.moved_terms(self._tops_before, after)
            moved, html = self._moved_terms, reading.moved_html(self._moved_terms)
        usual = ((), ()), self._study_k
        if self._fit_key != usual:
            agreement, _ = trials.topic_agreement(self._fit(usual), self._fit(self._fit_key))
        idle = trials.idle(self.base, self._trial, *self._trial_of)
        sentence = findings.trial_finding(moved, agreement, idle=idle)
        self.moved.value = str(Markup("<h4>{}</h4>").format(sentence) + html) if sentence else ""

    def _save(self, _) -> None:
        """Write figure, table and code into the study's own folder."""
        with self._busy():
            code = f"# {self._caption()}\n{self._show_code(None)}\n"
            place = reading.save_figure(
                self.base.study.folder, self.choices.view, self.table, self._caption(), code
            )
            self._show_code(None, f"# 저장한 곳: {place} (.svg .png .csv .py)\n")

    def _show_code(self, _, heading: str = "") -> str:
        code = as_code(self.choices, is_refitted=self._refitted == self._trial_of)
        self.code.layout.display = ""
        self.code.value = f"{heading}{code}"
        return code


def _area(name: str) -> widgets.HTML:
    area = widgets.HTML()
    area.add_class(f"policytext-{name}")
    return area
