"""The lexicon desk: candidate compounds judged in bulk, kept with the study."""

from __future__ import annotations

import ipywidgets as widgets
import pandas as pd
from markupsafe import Markup

from policytext import corpus
from policytext.lab import exploration, study_terms
from policytext.lab.controls import words
from policytext.lab.status import Status, desk
from policytext.lexicon import find_terms
from policytext.morphology import tokenize
from policytext.rendering.tables import table_html

N_SHOWN = 200  # candidates in the list
N_CONTEXTS = 5
DIFF = {"term": "낱말", "n_before": "앞", "n_after": "뒤", "difference": "차이"}
CASES = {"term": "용어", "sentence": "문장", "is_whole": "한 낱말인가"}


def lexicon_desk(study: str) -> widgets.VBox:
    """Open the desk for a study's terms.

    Choose candidates (Ctrl or Shift for several), accept or reject them or say which term they
    are another spelling of, look at what the decisions change, and save: terms go to
    ``data/studies/<study>/lexicon.csv``, test sentences to ``lexicon-cases.csv`` beside it.

    Parameters
    ----------
    study : str
        Name of a study.

    Raises
    ------
    StudyError
        No such study; the message names the nearest.
    """
    return LexiconDesk(study).screen


class LexiconDesk:
    """The widgets of the desk; `accepted`, `rejected` and `aliases` wait to be saved."""

    def __init__(self, study: str) -> None:
        base = exploration.open_study(study)
        self.study, self.documents, self.tokens = base.study, base.documents, base.tokens
        self.accepted: list[str] = []
        self.rejected: list[str] = []
        self.aliases: dict[str, str] = {}
        self.status = Status()
        self.list = widgets.SelectMultiple(description="후보", rows=14, layout={"width": "46em"})
        self.list.observe(self._show_contexts, "value")
        self.typed = widgets.Text(description="직접 쓰기", placeholder="쉼표로 나누어 쓰세요")
        self.target = widgets.Text(description="어느 말로", placeholder="이미 쓰는 말")
        self.contexts, self.waiting, self.changes = (widgets.HTML() for _ in range(3))
        self.changes.add_class("policytext-changes")
        self.screen = desk([
            self.list, self.contexts, widgets.HBox([self.typed, self.target]),
            widgets.HBox([
                self._button("받기", self._accept), self._button("버리기", self._reject),
                self._button("다른 이름으로 잇기", self._alias),
                self._button("되돌리기", self._undo),
            ]),
            self.waiting,
            widgets.HBox([
                self._button("앞뒤 견주기", self._compare), self._button("저장", self._save),
            ]),
            self.status.area, self.changes,
        ])  # fmt: skip
        with self.status.busy():
            self._mine()

    def _button(self, label: str, work) -> widgets.Button:
        button = widgets.Button(description=label, layout={"width": "auto"})

        def pressed(_):
            with self.status.busy():
                work()

        button.on_click(pressed)
        return button

    def _mine(self) -> None:
        found = study_terms.candidates(self.study, self.documents, self.tokens)
        self.found = found.set_index("term", drop=False)
        self._list()

    def _list(self) -> None:
        judged = {*self.accepted, *self.rejected, *self.aliases}
        rows = self.found[~self.found["term"].isin(judged)].head(N_SHOWN)
        self.list.options = [
            (f"{row.term} · {row.n}번 · 글 {row.n_documents}건 · NPMI {row.npmi:.2f}", row.term)
            for row in rows.itertuples()
        ]
        parts = [
            ("받을 말", self.accepted),
            ("버릴 말", self.rejected),
            ("이을 말", [f"{form} → {term}" for form, term in self.aliases.items()]),
        ]
        lines = [
            Markup("<b>{}</b> {}").format(name, ", ".join(terms)) for name, terms in parts if terms
        ]
        self.waiting.value = str(Markup("<br>").join(lines))

    def _show_contexts(self, _) -> None:
        chosen = self.list.value[:1]
        self.contexts.value = str(self._contexts(chosen[0])) if chosen else ""

    def _contexts(self, term: str) -> Markup:
        """The first sentences that spell a candidate."""
        lines = []
        for text in self.documents["text"]:
            at = text.find(term)
            if at >= 0:
                end = at + len(term)
                before = text[max(0, at - 40) : at].rpartition("\n")[2]
                after = text[end : end + 40].partition("\n")[0]
                lines.append(Markup("<li>{}<mark>{}</mark>{}</li>").format(before, term, after))
            if len(lines) == N_CONTEXTS:
                break
        return Markup("<ul>{}</ul>").format(Markup("").join(lines))

    def _chosen(self) -> list[str]:
        """What is selected and what is typed."""
        chosen = list(dict.fromkeys([*self.list.value, *words(self.typed.value)]))
        if not chosen:
            raise ValueError("고른 말이 없습니다. 목록에서 고르거나 ‘직접 쓰기’에 쓰세요.")
        return chosen

    def _accept(self) -> None:
        chosen = self._chosen()
        study_terms.add_terms(self.study, accepted=[*self.accepted, *chosen], aliases=self.aliases)
        self.accepted += chosen
        self._judged()

    def _reject(self) -> None:
        self.rejected += self._chosen()
        self._judged()

    def _alias(self) -> None:
        chosen, target = self._chosen(), " ".join(self.target.value.split())
        if not target:
            raise ValueError("이을 말이 비어 있습니다. ‘어느 말로’에 이미 쓰는 말을 쓰세요.")
        wanted = self.aliases | dict.fromkeys(chosen, target)
        study_terms.add_terms(self.study, accepted=self.accepted, aliases=wanted)
        self.aliases = wanted
        self._judged()

    def _undo(self) -> None:
        self.accepted, self.rejected, self.aliases = [], [], {}
        self._judged()

    def _judged(self) -> None:
        self.typed.value = ""
        self._list()

    def _compare(self) -> None:
        """Counts before and after, in the documents that the decisions can touch."""
        lexicon = study_terms.add_terms(self.study, accepted=self.accepted, aliases=self.aliases)
        texts = self.documents["text"].tolist()
        judged = {*self.accepted, *self.aliases, *self.aliases.values()}
        known = lexicon.table[lexicon.table["term"].isin(judged)]
        touched = find_terms(texts, type(lexicon)(known))["row"].unique() if len(known) else []
        documents = self.documents.iloc[sorted(touched)]
        again = tokenize(
            documents, analyser=self.study.tokens["analyser"], lexicon=lexicon, workers=1
        )
        before = self.tokens[self.tokens["doc_id"].isin(documents["doc_id"])]
        diff = study_terms.token_diff(before, corpus.counted(again, self.study))
        self._tell(
            diff.head(30), f"글 {len(documents):,}건에서 달라지는 낱말 {len(diff):,}개", DIFF
        )

    def _save(self) -> None:
        cases = study_terms.save_terms(
            self.study, self.documents,
            accepted=self.accepted, rejected=self.rejected, aliases=self.aliases,
        )  # fmt: skip
        self.tokens = corpus.load_tokens(self.study, self.documents)
        self._undo()
        self._mine()
        n_whole = int(cases["is_whole"].sum())
        where = self.study.folder / study_terms.TERMS
        self._tell(
            cases,
            f"저장했습니다: {where}. 시험 문장 {len(cases)}개 가운데 {n_whole}개가 맞습니다",
            CASES,
        )

    def _tell(self, table: pd.DataFrame, caption: str, headers: dict[str, str]) -> None:
        self.changes.value = str(table_html(table, Markup("{}").format(caption), headers))
