"""Two desks for what only people can decide: a study's terms, and the names of its topics."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import ipywidgets as widgets
import krippendorff
import numpy as np
import pandas as pd
from markupsafe import Markup

from policytext.corpus import Corpus
from policytext.faults import InsufficientData, PolicyTextError
from policytext.lab import terms
from policytext.lab.explorer import topics_of, words_of
from policytext.lab.screen import Status, area, desk, document_html
from policytext.report.result import Result, csv_bytes
from policytext.topics.clusters import (
    exemplars,
    labels,
    match_labels,
    name_topics,
    read_labels,
    write_labels,
)
from policytext.words.lexicon import Lexicon, find_terms, read_stopwords
from policytext.words.tokens import counted, tokenize

N_SHOWN, N_CONTEXTS, N_EXEMPLARS = 200, 5, 8
ITEM, TITLE, TEXT, LABEL = "번호", "제목", "글", "이름"
MAX_CHARACTERS = 1_500  # of a text; enough to name it by
WIDE = {"width": "46em"}


def lexicon_desk(study: str) -> widgets.VBox:
    """Open the desk for a study's terms.

    Choose candidates (Ctrl or Shift for several), accept or reject them or say which term they
    are another spelling of, look at what the decisions change, and save: terms go to
    ``data/studies/<study>/lexicon.csv``, test sentences to ``lexicon-cases.csv`` beside it.
    """
    return LexiconDesk(study).screen


class LexiconDesk:
    """The widgets of the desk; `accepted`, `rejected` and `aliases` wait to be saved."""

    def __init__(self, study: str) -> None:
        self.corpus = Corpus.open(study)
        self.study, self.documents = self.corpus.study, self.corpus.documents
        self.accepted: list[str] = []
        self.rejected: list[str] = []
        self.aliases: dict[str, str] = {}
        self.status = Status()
        self.list = widgets.SelectMultiple(description="후보", rows=14, layout=WIDE)
        self.list.observe(self._show_contexts, "value")
        self.typed = widgets.Text(description="직접 쓰기", placeholder="쉼표로 나누어 쓰세요")
        self.target = widgets.Text(description="어느 말로", placeholder="이미 쓰는 말")
        self.contexts, self.waiting, self.changes = map(area, ("contexts", "waiting", "changes"))
        judge = {"받기": self._accept, "버리기": self._reject, "다른 이름으로 잇기": self._alias,
                 "되돌리기": self._undo}  # fmt: skip
        act = {"앞뒤 견주기": self._compare, "저장": self._save}
        judge, act = (
            widgets.HBox([self.status.button(*one) for one in buttons.items()])
            for buttons in (judge, act)
        )
        typed = widgets.HBox([self.typed, self.target])
        self.screen = desk([
            self.list, self.contexts, typed, judge, self.waiting, act, self.status.area,
            self.changes,
        ])  # fmt: skip
        with self.status.busy():
            self._mine()

    def _mine(self) -> None:
        self.found = terms.candidates(self.study, self.documents, self.corpus.tokens)
        self._list()

    def _list(self) -> None:
        """Candidates that do not wait yet, and those that do."""
        waiting = {"받을 말": self.accepted, "버릴 말": self.rejected,
                   "이을 말": [f"{form} → {term}" for form, term in self.aliases.items()]}  # fmt: skip
        judged = {*self.accepted, *self.rejected, *self.aliases}
        left = self.found[~self.found["term"].isin(judged)].head(N_SHOWN)
        self.list.options = [
            (f"{row.term} ({row.n:,}번, 글 {row.n_documents:,}건)", row.term)
            for row in left.itertuples()
        ]
        told = [Markup("<b>{}</b> {}").format(name, ", ".join(words))
                for name, words in waiting.items() if words]  # fmt: skip
        self.waiting.value = str(Markup("<br>").join(told))
        self.typed.value = ""

    def _show_contexts(self, _) -> None:
        shown = ""
        if self.list.value:
            texts, form = self.documents["text"].to_numpy(dtype=object), self.list.value[0]
            found = terms.contexts(texts, form, n=N_CONTEXTS, width=40)
            line = Markup("<li>{}<mark>{}</mark>{}</li>")
            lines = Markup("").join(line.format(*row) for row in found.itertuples(index=False))
            shown = str(Markup("<ul>{}</ul>").format(lines))
        self.contexts.value = shown

    def _chosen(self) -> list[str]:
        """What is selected and what is typed."""
        chosen = list(dict.fromkeys([*self.list.value, *words_of(self.typed.value)]))
        if not chosen:
            raise PolicyTextError("고른 말이 없습니다. 목록에서 고르거나 ‘직접 쓰기’에 쓰세요.")
        return chosen

    def _accept(self) -> None:
        self._wait([*self.accepted, *self._chosen()], self.aliases)

    def _reject(self) -> None:
        self.rejected += self._chosen()
        self._list()

    def _alias(self) -> None:
        chosen, target = self._chosen(), " ".join(self.target.value.split())
        if not target:
            raise PolicyTextError("이을 말이 비어 있습니다. ‘어느 말로’에 이미 쓰는 말을 쓰세요.")
        self._wait(self.accepted, self.aliases | dict.fromkeys(chosen, target))

    def _wait(self, accepted: list[str], aliases: dict[str, str]) -> None:
        """Let decisions wait to be saved, unless the lexicon would refuse them."""
        terms.add_terms(self.study, accepted=accepted, aliases=aliases)
        self.accepted, self.aliases = accepted, aliases
        self._list()

    def _undo(self) -> None:
        self.accepted, self.rejected, self.aliases = [], [], {}
        self._list()

    def _compare(self) -> None:
        """Counts before and after, in the documents that the decisions can touch."""
        lexicon = terms.add_terms(self.study, accepted=self.accepted, aliases=self.aliases)
        judged = {*self.accepted, *self.aliases, *self.aliases.values()}
        judged = Lexicon(lexicon.table[lexicon.table["term"].isin(judged)])
        touched = find_terms(self.documents["text"].to_numpy(dtype=object), judged)["row"]
        documents = self.documents.iloc[np.unique(touched)]
        options, tokens = self.study.tokens, self.corpus.tokens
        again = tokenize(documents, analyser=options.analyser, lexicon=lexicon, workers=1)
        stopwords = read_stopwords() | frozenset(options.stopwords)
        again = counted(again, min_syllables=options.min_syllables, stopwords=stopwords)
        before = tokens[tokens["doc_id"].isin(documents["doc_id"])]
        facts = {"n_documents": len(documents)}
        self._show("token-changes", terms.token_diff(before, again), facts)

    def _save(self) -> None:
        decided = {"accepted": self.accepted, "rejected": self.rejected, "aliases": self.aliases}
        cases = terms.save_terms(self.study, self.documents, **decided)
        self.corpus = Corpus.open(self.study)
        self._undo()
        self._mine()
        self._show("lexicon-cases", cases, {"place": self.study.folder / terms.OWN})

    def _show(self, name: str, table: pd.DataFrame, facts: dict) -> None:
        result = Result(name, table, facts=facts, level=0, shown=30, file="")
        self.changes.value = result._repr_html_()


def labels_desk(study: str, *, n_topics: int = 0) -> widgets.VBox:
    """Open the desk for a study's topics.

    Read the documents in the middle of a topic and name it; topics with one name are merged.
    Names go to ``data/studies/<study>/labels.csv`` with the documents they were read from, so
    that a later fit finds them again. Below: two blind sheets for a sample, and agreement.

    `n_topics` 0 is the number that the reports use; to find it takes a while the first time.
    """
    return LabelsDesk(study, n_topics).screen


class LabelsDesk:
    """The widgets of the desk; `names` maps topics to names."""

    def __init__(self, study: str, n_topics: int = 0) -> None:
        self.corpus = Corpus.open(study)
        self.study, self.documents = self.corpus.study, self.corpus.documents
        n_topics = n_topics or self.study.topics.n_topics
        self.topics = topics_of(self.corpus, n_topics) if n_topics else self.corpus.topics
        self.exemplars = exemplars(self.topics, n=N_EXEMPLARS)
        self.terms = labels(self.topics, n_terms=8)
        found = match_labels(self.topics, read_labels(self.study))
        found = found[found["is_matched"]]
        self.names = dict(zip(found["topic"].astype(int), found["label"], strict=True))
        self.status, self._quiet = Status(), False
        self.list = widgets.Select(description="주제", rows=10, layout=WIDE)
        self.list.observe(self._open, "value")
        self.name = widgets.Text(description="이름", continuous_update=False)
        self.name.observe(self._named, "value")
        self.picker = widgets.Select(description="대표 글", rows=6, layout=WIDE)
        self.picker.observe(self._read, "value")
        self.document = area("document")
        self.size = widgets.BoundedIntText(value=50, min=2, max=1000, description="글 수")
        button = self.status.button
        self.screen = desk([
            self.list, self.name, self.picker, self.document, button("이름 저장", self._save),
            widgets.HTML("<h4>두 사람이 따로 매기기</h4>"),
            widgets.HBox([
                self.size, button("매길 표 두 장 만들기", self._write_sheets),
                button("일치도 재기", self._agree),
            ]),
            self.status.area,
        ])  # fmt: skip
        self._list(self.terms.index[0])
        self._open(None)

    def _list(self, chosen: int) -> None:
        sizes = self.topics.documents["topic"].value_counts()
        self._quiet = True
        self.list.options = [
            (f"{topic}. {self.names.get(topic, '—')} · {words} (글 {sizes[topic]:,}건)", int(topic))
            for topic, words in self.terms.items()
        ]
        self.list.value = int(chosen)
        self._quiet = False

    def _open(self, _) -> None:
        if self._quiet:
            return
        self._quiet = True
        own = self.exemplars[self.exemplars["topic"] == self.list.value]
        own = own.merge(self.documents[["doc_id", "title"]], on="doc_id")
        self.name.value = self.names.get(self.list.value, "")
        self.picker.options = [
            (f"{row.title} ({row.similarity:.2f})", row.doc_id) for row in own.itertuples()
        ]
        self.picker.index = 0
        self._quiet = False
        self._read(None)

    def _read(self, _) -> None:
        if not self._quiet:
            document = self.documents[self.documents["doc_id"] == self.picker.value].iloc[0]
            self.document.value = document_html(document)

    def _named(self, _) -> None:
        if not self._quiet:
            named = self.names | {self.list.value: " ".join(self.name.value.split())}
            self.names = {topic: name for topic, name in named.items() if name}
            self._list(self.list.value)

    def _save(self) -> str:
        every = {topic: self.names.get(topic, "") for topic in self.terms.index}
        before = read_labels(self.study)
        path = write_labels(self.study, name_topics(self.topics, every, before))
        merged = len(self.names) - len(set(self.names.values()))
        return f"✓ 이름 {len(self.names)}개를 저장했습니다(합친 주제 {merged}개): {path}"

    def _write_sheets(self) -> str:
        # Topics without a name yet go by their terms: a coder needs every choice.
        names = dict.fromkeys(self.names.get(topic, words) for topic, words in self.terms.items())
        alone = self.documents.drop_duplicates("family_id")  # no text twice in a sample
        paths = write_sheets(alone, self.study.folder, labels=list(names), n=self.size.value)
        places = ", ".join(map(str, paths))
        return f"✓ 표 두 장을 만들었습니다. 한 사람이 한 장씩 ‘이름’ 칸을 채우세요: {places}"

    def _agree(self) -> str:
        """What the two filled sheets say, whichever kind they were saved as."""
        paths = []
        for coder in (1, 2):
            path = self.study.folder / f"coding-{coder}.xlsx"
            path = path if path.is_file() else path.with_suffix(".csv")
            if not path.is_file():
                raise PolicyTextError(f"{path.name}가 없습니다. 먼저 매길 표 두 장을 만드세요.")
            paths.append(path)
        names = ("alpha", "low", "high", "n")
        facts = dict(zip(names, alpha(read_sheets(paths)), strict=True))
        return Result("coders", pd.DataFrame(), facts=facts, file="").finding


def write_sheets(
    documents: pd.DataFrame, folder: Path, *, labels: Sequence[str] = (), n: int = 50
) -> list[Path]:
    """Write two sheets with the same `n` `documents`, each in an order of its own, into `folder`.

    ``coding-1.csv, coding-2.csv`` tell neither date, publisher, administration nor topic, so that a
    coder names what the text says; `labels` to choose from stand in the heading. PolicyTextError: a
    sheet is there already, and may hold somebody's work.
    """
    paths = [folder / f"coding-{coder}.csv" for coder in (1, 2)]
    for path in filter(Path.exists, paths):
        raise PolicyTextError(
            f"{path}에 이미 매긴 표가 있을 수 있습니다. 옮기거나 이름을 바꾼 뒤 다시 만드세요."
        )
    rng = np.random.default_rng(0)
    ordered = documents.sort_values("doc_id")
    drawn = ordered.iloc[rng.choice(len(ordered), min(n, len(ordered)), replace=False)]
    sheet = pd.DataFrame({
        ITEM: [item_of(doc_id) for doc_id in drawn["doc_id"]],
        TITLE: drawn["title"].to_numpy(dtype=object),
        TEXT: [text[:MAX_CHARACTERS] for text in drawn["text"].to_numpy(dtype=object)],
        f"{LABEL} ({' / '.join(labels)})" if labels else LABEL: "",
    })  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        shuffled = sheet.iloc[rng.permutation(len(sheet))]
        path.write_bytes(csv_bytes(shuffled))
    return paths


def read_sheets(paths: Sequence[Path]) -> pd.DataFrame:
    """Read filled sheets, CSV or XLSX, back as one table.

    Returns ``item, coder`` (1, 2, … in the order of `paths`), ``label``; rows left empty are out.
    A missing column, or an item that stands twice in a sheet, is a PolicyTextError.
    """
    parts = []
    for coder, path in enumerate(map(Path, paths), start=1):
        if path.suffix.lower() == ".xlsx":
            table = pd.read_excel(path, dtype=str, engine="calamine")
        else:
            table = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
        named = [column for column in table.columns if str(column).startswith(LABEL)]
        if ITEM not in table.columns or not named:
            raise PolicyTextError(
                f"{path.name}에 '{ITEM}' 열과 '{LABEL}' 열이 있어야 하는데 {list(table.columns)}만 "
                "있습니다. 만들어 준 표의 첫 줄을 그대로 두고 다시 저장하세요."
            )
        if table[ITEM].duplicated().any():
            twice = table.loc[table[ITEM].duplicated(), ITEM].iloc[0]
            raise PolicyTextError(
                f"{path.name}에 번호 '{twice}'가 두 번 있습니다. 한 줄만 남기세요."
            )
        label = table[named[0]].fillna("").str.split().str.join(" ")
        parts.append(pd.DataFrame({"item": table[ITEM], "coder": coder, "label": label}))
    codes = pd.concat(parts, ignore_index=True)
    return codes[codes["label"] != ""].reset_index(drop=True)


def alpha(codes: pd.DataFrame, *, n_boot: int = 1000) -> tuple[float, float, float, int]:
    """Krippendorff's alpha for names, with a 95 % bootstrap interval over items.

    Krippendorff (2004), computed by the package ``krippendorff``. `codes` are those of
    :func:`read_sheets`. Returns ``alpha, low, high`` and the number of items that two coders or
    more named. InsufficientData: fewer than two such items, or a single name for everything.

    >>> codes = pd.DataFrame({"item": list("abcd") * 2, "coder": [1] * 4 + [2] * 4,
    ...     "label": ["창업", "창업", "지역", "지역"] * 2})
    >>> alpha(codes, n_boot=50)[0]
    1.0
    """
    counts = codes.pivot_table(index="item", columns="label", values="coder", aggfunc="nunique")
    counts = counts.fillna(0).to_numpy(int)
    counts = counts[counts.sum(axis=1) >= 2]
    if len(counts) < 2 or (counts.sum(axis=0) > 0).sum() < 2:
        raise InsufficientData(
            "일치도를 잴 수 없습니다. 두 사람이 함께 매긴 글이 둘 이상, 쓴 이름이 둘 이상 있어야 합니다."
        )
    rng = np.random.default_rng(0)
    drawn = [counts[rng.integers(0, len(counts), len(counts))] for _ in range(n_boot)]
    low, high = np.quantile([_alpha(rows) for rows in drawn], [0.025, 0.975])
    return _alpha(counts), float(low), float(high), len(counts)


def _alpha(counts: np.ndarray) -> float:
    if (counts.sum(axis=0) > 0).sum() < 2:  # drawn anew with a single name: all agree
        return 1.0
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def item_of(doc_id: str) -> str:
    """A short number for a document that tells nothing of it.

    >>> item_of("2014-04-28-daegu") == item_of("2014-04-28-daegu"), len(item_of("a"))
    (True, 8)
    """
    return "n" + hashlib.sha256(doc_id.encode()).hexdigest()[:7]
