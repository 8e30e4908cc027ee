"""The labels desk: read a topic's documents, name it, merge topics, code a sample twice."""

from __future__ import annotations

from pathlib import Path

import ipywidgets as widgets

from policytext import findings, labels, topics
from policytext.lab import agreement, exploration, reading
from policytext.lab.status import Status, desk

N_EXEMPLARS = 8


def labels_desk(study: str, *, n_topics: int = 0) -> widgets.VBox:
    """Open the desk for a study's topics.

    Read the documents in the middle of a topic and name it; topics with one name are merged.
    Names go to ``data/studies/<study>/labels.csv`` with the documents they were read from, so
    that a later fit finds them again. Below: two blind sheets for a sample, and agreement.

    Parameters
    ----------
    study : str
    n_topics : int
        0 for the number that the reports use (found by the rule of
        :func:`policytext.topics.choose_n_topics` when the study names none: slow).

    Raises
    ------
    StudyError
        No such study; the message names the nearest.
    """
    return LabelsDesk(study, n_topics).screen


class LabelsDesk:
    """The widgets of the desk; `names` maps topics to names."""

    def __init__(self, study: str, n_topics: int) -> None:
        self.base = exploration.open_study(study)
        options = self.base.study.topics | ({"n_topics": n_topics} if n_topics else {})
        if options["n_topics"]:
            self.topics = self.base.topics(options["n_topics"])
        else:
            self.topics, _ = topics.fit_topics(self.base.topic_matrix, options)
        self.exemplars = topics.exemplars(self.topics, self.base.documents, n=N_EXEMPLARS)
        self.terms = topics.labels(self.topics, n_terms=8)
        found = labels.match_labels(self.topics, labels.read_labels(self.base.study))
        found = found[found["is_matched"]]
        self.names = dict(zip(found["topic"].astype(int), found["label"], strict=True))
        self.status = Status()
        self.list = widgets.Select(description="주제", rows=10, layout={"width": "46em"})
        self.list.observe(self._open, "value")
        self.name = widgets.Text(description="이름", continuous_update=False)
        self.name.observe(self._named, "value")
        self.picker = widgets.Select(description="대표 글", rows=6, layout={"width": "46em"})
        self.picker.observe(self._read, "value")
        self.document = widgets.HTML()
        self.size = widgets.BoundedIntText(value=50, min=2, max=1000, description="글 수")
        self._quiet = False
        self.screen = desk([
            self.list, self.name, self.picker, self.document,
            widgets.HBox([self._button("이름 저장", self._save)]),
            widgets.HTML("<h4>두 사람이 따로 매기기</h4>"),
            widgets.HBox([
                self.size, self._button("매길 표 두 장 만들기", self._write_sheets),
                self._button("일치도 재기", self._agree),
            ]),
            self.status.area,
        ])  # fmt: skip
        self._list(first=True)

    def _button(self, label: str, work) -> widgets.Button:
        button = widgets.Button(description=label, layout={"width": "auto"})
        button.on_click(lambda _: self._do(work))
        return button

    def _do(self, work) -> None:
        failed, told = self.status.failed, None
        with self.status.busy():
            told = work()
        if self.status.failed == failed and told:
            self.status.say("ready", told)

    def _list(self, *, first: bool = False) -> None:
        self._quiet = True
        chosen = self.terms.index[0] if first else self.list.value
        sizes = self.topics.documents["topic"].value_counts()
        self.list.options = [
            (f"{topic}. {self.names.get(topic, '—')} · {terms} (글 {sizes[topic]:,}건)", int(topic))
            for topic, terms in self.terms.items()
        ]
        self.list.value = int(chosen)
        self._quiet = False
        if first:
            self._open(None)

    def _open(self, _) -> None:
        if self._quiet:
            return
        rows = self.exemplars[self.exemplars["topic"] == self.list.value]
        self._quiet = True
        self.name.value = self.names.get(self.list.value, "")
        self.picker.options = [
            (f"{row.title} ({row.similarity:.2f})", row.doc_id) for row in rows.itertuples()
        ]
        self.picker.index = 0
        self._quiet = False
        self._read(None)

    def _read(self, _) -> None:
        if not self._quiet:
            self.document.value = str(reading.document_html(self.base, self.picker.value, ""))

    def _named(self, _) -> None:
        if not self._quiet:
            name = " ".join(self.name.value.split())
            self.names = self.names | {self.list.value: name}
            self.names = {topic: name for topic, name in self.names.items() if name}
            self._list()

    def _save(self) -> str:
        every = {topic: self.names.get(topic, "") for topic in self.terms.index}
        before = labels.read_labels(self.base.study)
        path = labels.write_labels(self.base.study, labels.name_topics(self.topics, every, before))
        merged = len(self.names) - len(set(self.names.values()))
        return f"✓ 이름 {len(self.names)}개를 저장했습니다(합친 주제 {merged}개): {path}"

    def _write_sheets(self) -> str:
        # Topics without a name yet go by their terms: a coder needs every choice.
        names = dict.fromkeys(self.names.get(topic, terms) for topic, terms in self.terms.items())
        alone = self.base.documents.drop_duplicates("family_id")  # no text twice in a sample
        paths = agreement.write_sheets(
            alone, self.base.study.folder, labels=list(names), n=self.size.value
        )
        return f"✓ 표 두 장을 만들었습니다. 한 사람이 한 장씩 ‘이름’ 칸을 채우세요: {', '.join(map(str, paths))}"

    def _agree(self) -> str:
        return findings.coders_finding(*agreement.alpha(agreement.read_sheets(self._sheets())))

    def _sheets(self) -> list[Path]:
        """The two filled sheets, whichever kind they were saved as."""
        found = []
        for coder in (1, 2):
            stem = self.base.study.folder / f"coding-{coder}"
            path = next(
                filter(Path.is_file, (stem.with_suffix(".xlsx"), stem.with_suffix(".csv"))), None
            )
            if path is None:
                raise ValueError(f"{stem.name}.csv가 없습니다. 먼저 매길 표 두 장을 만드세요.")
            found.append(path)
        return found
