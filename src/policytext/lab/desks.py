"""Two desks for what only people can decide: a study's terms, and the names of its topics."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd

from policytext.corpus import Corpus
from policytext.faults import InsufficientData, PolicyTextError
from policytext.lab import terms
from policytext.lab.answers import moved_terms, top_terms, topics_of, words_of
from policytext.lab.screen import Page, Screen, desk, document
from policytext.report.result import Result, csv_bytes
from policytext.topics import clusters
from policytext.topics.trust import fit_topics
from policytext.words.lexicon import study_lexicon, suggest_terms

N_SHOWN, N_CONTEXTS, N_EXEMPLARS = 100, 5, 8
N_BOOT = 10  # of the number of topics before and after: enough to see it move
ITEM, TITLE, TEXT, LABEL = "번호", "제목", "글", "이름"
MAX_CHARACTERS = 1_500  # of a text; enough to name it by


def lexicon_desk(study: str) -> Page:
    """Open the desk for a study's terms.

    Choose candidates, accept or reject them or say which term they are another spelling of, look
    at what the decisions change, and save: terms go to ``data/studies/<study>/lexicon.csv``, test
    sentences to ``lexicon-cases.csv`` beside it. What is not saved yet is there the next time.
    """
    return LexiconDesk(study).page


class LexiconDesk(Screen):
    """Decisions on candidates (those of ``terms``), which wait in `state` to be saved."""

    name = "lexicon"

    def __init__(self, study: str) -> None:
        super().__init__()
        self.changes, self.warned = "", {}
        self._open(study)
        first = {"chosen": [], "typed": "", "target": "", "decided": {}}
        self.state = first | self.left(self.corpus.study)
        self.show()

    def _open(self, study: str) -> None:
        self.corpus = corpus = Corpus.open(study)
        found = suggest_terms(corpus.tokens, corpus.documents, min_count=5)
        self.found = found[~found["term"].isin(study_lexicon(corpus.study).spellings)]

    def on_toggle(self, value: str, *_) -> None:
        chosen = [one for one in self.state["chosen"] if one != value]
        self.state |= {"chosen": chosen if value in self.state["chosen"] else [*chosen, value]}

    def _judge(self, judged: Callable[[str], str]) -> None:
        """Let decisions wait to be saved, unless the lexicon would refuse them."""
        chosen = dict.fromkeys([*self.state["chosen"], *words_of(self.state["typed"])])
        if not chosen:
            raise PolicyTextError("고른 말이 없습니다. 목록에서 고르거나 ‘직접 쓰기’에 쓰세요.")
        decided = self.state["decided"] | {form: judged(form) for form in chosen}
        terms.drafted(self.corpus.study, decided)
        self.step(decided=decided, chosen=[], typed="")

    def do_accept(self) -> None:
        self._judge(lambda form: form)

    def do_reject(self) -> None:
        self._judge(lambda form: "")

    def do_alias(self) -> None:
        if not (target := self.state["target"]):
            raise PolicyTextError("이을 말이 비어 있습니다. ‘어느 말로’에 이미 쓰는 말을 쓰세요.")
        self._judge(lambda form: target)

    def do_compare(self) -> str | None:
        """Counts before and after, and what becomes of the words that stand out."""
        after = terms.tried(self.corpus, self.state["decided"])
        judged = filter(None, self.state["decided"].values())
        facts = {"n_documents": after.mentions(judged)["doc_id"].nunique()}
        self._tell("token-changes", terms.token_diff(self.corpus.tokens, after.tokens), facts)
        moved = moved_terms(top_terms(self.corpus), top_terms(after))
        told = [
            f"{who}: 들어오는 말 {new or '없음'}, 빠지는 말 {old or '없음'}."
            for who, new, old in moved[["administration", "entered", "left"]].to_numpy()
            if new or old
        ]
        return f"⚠ 저장하면 두드러진 말이 바뀝니다. {' '.join(told)}" if told else None

    def _n_topics(self, corpus: Corpus) -> int:
        """How many topics a report would choose, from few draws; the study's own if it has one."""
        if corpus.study.topics.n_topics or not corpus.topic_matrix.terms:
            return corpus.study.topics.n_topics
        options = corpus.study.topics.model_copy(update={"n_boot": N_BOOT})
        fitted = fit_topics(corpus.topic_matrix, options)[0]
        return int(fitted.documents["topic"].max())

    def do_save(self) -> str | None:
        """Save; where that moves a finding, say so first and save when asked again."""
        decided, study = self.state["decided"], self.corpus.study
        if self.warned != decided:
            self.warned, warning = decided, self.do_compare() or ""
            after = terms.tried(self.corpus, decided)
            n, n_after = (self._n_topics(corpus) for corpus in (self.corpus, after))
            if n_after != n:
                warning += f" ⚠ 저장하면 주제 수가 {n}개에서 {n_after}개가 됩니다."
            if warning:
                return f"{warning} 그래도 저장하려면 한 번 더 누르세요."
        cases = terms.save_terms(study, self.corpus.documents, decided)
        self.step(decided={form: term for form, term in decided.items() if not term}, target="")
        self._open(study.reference)
        self._tell("lexicon-cases", cases, {"place": study.folder / terms.OWN})
        return None

    def _tell(self, name: str, table: pd.DataFrame, facts: dict) -> None:
        self.changes = Result(name, table, facts=facts, level=0, shown=30, file="")._repr_html_()

    def shown(self) -> dict[str, str]:
        self.keep(self.corpus.study)
        s, quotes = self.state, []
        left = self.found[~self.found["term"].isin(s["decided"])].head(N_SHOWN)
        offered = list(left[["term", "term", "n"]].itertuples(index=False, name=None))
        if s["chosen"]:
            texts, form = self.corpus.documents["text"].tolist(), s["chosen"][-1]
            quotes = [one.partition(form) for one in terms.sentences(texts, form, N_CONTEXTS)]
        return {
            "choices": desk().candidates(s, offered),
            "answer": desk().decisions(s, quotes, self.past, self.coming),
            "more": self.changes,
        }


def labels_desk(study: str, *, n_topics: int = 0) -> Page:
    """Open the desk for a study's topics.

    Read the documents in the middle of a topic and name it; topics with one name are merged.
    Names go to ``data/studies/<study>/labels.csv`` with the documents they were read from, so
    that a later fit finds them again. Below: two blind sheets for a sample, and agreement.

    `n_topics` 0 is the number that the reports use; to find it takes a while the first time.
    """
    return LabelsDesk(study, n_topics).page


class LabelsDesk(Screen):
    """Topics, and in `state` the names that they have now."""

    name = "labels"

    def __init__(self, study: str, n_topics: int = 0) -> None:
        super().__init__()
        self.corpus = corpus = Corpus.open(study)
        self.study, n_topics = corpus.study, n_topics or corpus.study.topics.n_topics
        self.topics = topics_of(corpus, n_topics) if n_topics else corpus.topics
        self.terms = clusters.labels(self.topics, n_terms=8)
        near = clusters.exemplars(self.topics, n=N_EXEMPLARS)
        self.near = near.merge(corpus.documents[["doc_id", "title"]], on="doc_id")
        found = clusters.match_labels(self.topics, clusters.read_labels(self.study))
        found = found[found["is_matched"]]
        names = dict(zip(found["topic"].astype(str), found["label"], strict=True))
        first = {"topic": str(self.terms.index[0]), "open": "", "names": names, "size": 50,
                 "terms": self.terms.tolist()}  # fmt: skip
        left = self.left(self.study)
        is_same = left.get("terms") == first["terms"]  # else the draft is of other topics
        self.state = first | (left if is_same else {})
        self.show()

    def names(self) -> dict[int, str]:
        return {int(topic): name for topic, name in self.state["names"].items()}

    def on_toggle(self, value: str, *_) -> None:
        self.state |= {"topic": value, "open": ""}

    def on_set(self, value: str, of: str, _) -> None:
        if of == "size":
            self.state |= {"size": max(2, int(float(value or 0)))}
            return
        named = self.state["names"] | {self.state["topic"]: " ".join(value.split())}
        self.step(names={topic: name for topic, name in named.items() if name})

    def do_save(self) -> str:
        names = self.names()
        every = {topic: names.get(topic, "") for topic in self.terms.index}
        before = clusters.read_labels(self.study)
        path = clusters.write_labels(self.study, clusters.name_topics(self.topics, every, before))
        merged = len(names) - len(set(names.values()))
        return f"✓ 이름 {len(names)}개를 저장했습니다(합친 주제 {merged}개): {path}"

    def do_sheets(self) -> str:
        # Topics without a name yet go by their terms: a coder needs every choice.
        own = self.names()
        names = dict.fromkeys(own.get(topic, words) for topic, words in self.terms.items())
        alone = self.corpus.documents.drop_duplicates("family_id")  # no text twice in a sample
        paths = write_sheets(alone, self.study.folder, labels=list(names), n=self.state["size"])
        places = ", ".join(map(str, paths))
        return f"✓ 표 두 장을 만들었습니다. 한 사람이 한 장씩 ‘이름’ 칸을 채우세요: {places}"

    def do_agree(self) -> str:
        """What the two filled sheets say."""
        facts = alpha(read_sheets(self.study.folder))
        return Result("coders", pd.DataFrame(), facts=facts, file="").finding

    def shown(self) -> dict[str, str]:
        self.keep(self.study)
        s, sizes = self.state, self.topics.documents["topic"].value_counts()
        names = {topic: f"{name}: " for topic, name in self.names().items()}
        offered = [(str(topic), f"{topic}. {names.get(topic, '')}{words}", sizes[topic])
                   for topic, words in self.terms.items()]  # fmt: skip
        near = self.near[self.near["topic"] == int(s["topic"])]
        s["open"] = s["open"] if s["open"] in set(near["doc_id"]) else near["doc_id"].iloc[0]
        return {
            "choices": desk().topics(s, offered, self.past, self.coming),
            "answer": desk().naming(s, near.to_dict("records")),
            "more": document(self.corpus, s["open"]),
        }


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
    drawn = documents.sort_values("doc_id").sample(min(n, len(documents)), random_state=rng)
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


def read_sheets(folder: Path) -> pd.DataFrame:
    """Read the two filled sheets of a folder, each saved as XLSX or CSV, back as one table.

    Returns ``item, coder`` (1 or 2), ``label``; rows left empty are out. PolicyTextError: a missing
    sheet or column, or an item that stands twice in a sheet.
    """
    parts = []
    for coder in (1, 2):
        path = max(folder.glob(f"coding-{coder}.*"), default=None)  # XLSX before CSV
        if path is None:
            raise PolicyTextError(f"coding-{coder}.csv가 없습니다. 먼저 매길 표 두 장을 만드세요.")
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
        for twice in table.loc[table[ITEM].duplicated(), ITEM]:
            raise PolicyTextError(
                f"{path.name}에 번호 '{twice}'가 두 번 있습니다. 한 줄만 남기세요."
            )
        label = table[named[0]].fillna("").str.split().str.join(" ")
        parts.append(pd.DataFrame({"item": table[ITEM], "coder": coder, "label": label}))
    return pd.concat(parts, ignore_index=True).query("label != ''").reset_index(drop=True)


def alpha(codes: pd.DataFrame, *, n_boot: int = 1000) -> dict[str, float]:
    """Krippendorff's alpha for names, with a 95 % bootstrap interval over items.

    Krippendorff (2004), computed by the package ``krippendorff``. `codes` are those of
    :func:`read_sheets`. Returns ``alpha, low, high`` and ``n``, the items that two coders or more
    named. InsufficientData: fewer than two such items, or a single name for everything.

    >>> codes = pd.DataFrame({"item": list("abcd") * 2, "coder": [1] * 4 + [2] * 4,
    ...     "label": ["창업", "창업", "지역", "지역"] * 2})
    >>> alpha(codes, n_boot=50)["alpha"]
    1.0
    """
    counts = codes.pivot_table(index="item", columns="label", values="coder", aggfunc="nunique")
    counts = counts.fillna(0).to_numpy(int)
    counts = counts[counts.sum(axis=1) >= 2]

    def of(rows: np.ndarray) -> float:
        if (rows.sum(axis=0) > 0).sum() < 2:  # drawn anew with a single name: all agree
            return 1.0
        return float(krippendorff.alpha(value_counts=rows, level_of_measurement="nominal"))

    n = len(counts)
    if n < 2 or (counts.sum(axis=0) > 0).sum() < 2:
        raise InsufficientData(
            "일치도를 잴 수 없습니다. 두 사람이 함께 매긴 글이 둘 이상, 쓴 이름이 둘 이상 있어야 합니다."
        )
    rng = np.random.default_rng(0)
    drawn = [of(counts[rng.integers(0, n, n)]) for _ in range(n_boot)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {"alpha": of(counts), "low": float(low), "high": float(high), "n": n}


def item_of(doc_id: str) -> str:
    """A short number for a document that tells nothing of it.

    >>> item_of("2014-04-28-daegu") == item_of("2014-04-28-daegu"), len(item_of("a"))
    (True, 8)
    """
    return "n" + hashlib.sha256(doc_id.encode()).hexdigest()[:7]
