"""The handle: documents, tokens, counts and topics of a study, aligned once and for all."""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from policytext import study as studies
from policytext.administrations import (
    REFERENCE,
    administration_colours,
    administration_order,
    assign_administrations,
    read_people,
    read_reference,
)
from policytext.faults import InsufficientData, known_values
from policytext.store import stored
from policytext.study import CHOICES, PROCESSED, CorpusOptions, Source, Study
from policytext.texts.clean import drop_repeated_lines, find_families, fold_publishers
from policytext.texts.coverage import GENRES, is_outside, set_aside
from policytext.texts.dates import years as years_of
from policytext.texts.files import Reading, read_documents, with_own_ids
from policytext.texts.sources import find_sources
from policytext.topics.clusters import Topics, noun_phrases, read_labels, topic_names
from policytext.topics.trust import fit_topics
from policytext.words.counts import TermMatrix, common_terms, term_matrix
from policytext.words.formulas import OFFICES, READ, find_formulas
from policytext.words.lexicon import (
    Lexicon,
    find_regions,
    read_regions,
    read_stopwords,
    study_lexicon,
)
from policytext.words.tokens import counted, joined, tokenize

IS_READ, IN_PERIOD = "읽은 문서", "기간 안의 문서"
AFFORDED = 20_000_000  # documents × administrations × permutations: a tenth of a second


@dataclass(frozen=True)
class ReadCorpus(Reading):
    """What a study reads, before anything is compared.

    ``documents``: all within the period (``outside`` it the others), with ``family_id,
    administration, months_in_office``, the flags ``is_foreign, is_date_conflict, is_other_kind``
    and ``removed_at``: the step after which no comparison uses a document, or "". ``steps``:
    ``step, n_documents, n_removed``, what is left after each.
    """

    outside: pd.DataFrame
    steps: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Corpus:
    """Documents with everything that analyses need; opened, never assembled, never changed.

    `terms` are counted whole beside the study's lexicon (:meth:`with_`); ``documents`` are those
    compared, sorted by ``doc_id``, row for row those of every matrix.
    """

    study: Study
    reading: ReadCorpus
    terms: tuple[str, ...] = ()
    _documents: pd.DataFrame | None = None
    _wider: Corpus | None = None  # as many documents or more
    _fitting: np.ndarray | bool = True  # rows of `everything` that fit what was chosen

    def __repr__(self) -> str:
        about = self.study.title, f"글 {len(self.documents):,}건", ", ".join(self.order)
        return f"Corpus({'; '.join(about)})"

    @classmethod
    def open(cls, study: str | Study) -> Corpus:
        """Open a study of ``data/studies``, or the TOML file named.

        StudyError: no such study (the message names the nearest), or its texts cannot be had.

        >>> Corpus.open("innovation-centers").administrations[0]
        '박근혜'
        """
        study = study if isinstance(study, Study) else studies.read_study(study)
        places = _places(study)
        chosen = study.corpus.model_dump(include={"genres", "regions", "publishers", "years"})
        options = study.corpus.model_copy(update=dict.fromkeys(chosen, []))  # read once for all
        reading = read_corpus(study.sources, options, places, _fingerprint(places))
        corpus = cls(study, reading)
        return corpus.where(**chosen) if any(chosen.values()) else corpus

    @classmethod
    def read(cls, folder: str | Path) -> Corpus:
        """Read any folder or file of texts, with the default options.

        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "글.txt").write_text("창업 지원\\n2019.03.12\\n시는 창업을 돕는다.", "utf-8")
        >>> Corpus.read(folder).order
        ['문재인']
        """
        path = Path(str(folder)).resolve()
        source = Source(path=str(path))
        return cls.open(Study(place=path.with_suffix(".toml"), title=path.stem, sources=[source]))

    # Documents

    @cached_property
    def everything(self) -> pd.DataFrame:
        """All documents within the period, those set aside included (see ``removed_at``)."""
        return self.reading.documents

    @cached_property
    def documents(self) -> pd.DataFrame:
        if self._documents is not None:
            return self._documents
        everything = self.everything
        keep = (everything["removed_at"] == "") & everything["administration"].notna()
        chosen = self.study.comparison.administrations
        if chosen:
            keep &= everything["administration"].isin(chosen)
        return everything[keep].sort_values("doc_id", ignore_index=True)

    @cached_property
    def whole(self) -> Corpus:
        """With the documents whose administration cannot be told: what is said of words alone."""
        everything = self.everything
        is_kept = ~everything["is_other_kind"] & self._fitting
        documents = everything[is_kept].sort_values("doc_id", ignore_index=True)
        return replace(self, _documents=documents, _wider=None)

    def left_out(self) -> pd.DataFrame:
        """Everything found that no comparison uses, with ``removed_at``, the step.

        What could not be read has its file as title and the reason as text.
        """
        rejects = self.reading.rejects
        files = rejects["source_file"].astype(str)
        unread = {"doc_id": files, "title": files, "text": rejects["reason"], "removed_at": IS_READ}
        outside = self.reading.outside.assign(removed_at=IN_PERIOD)
        removed = self.everything[self.everything["removed_at"] != ""]
        return pd.concat([pd.DataFrame(unread), outside, removed], ignore_index=True)

    def where(
        self,
        *unnamed,
        administrations: str | Iterable[str] = (),
        regions: str | Iterable[str] = (),
        genres: str | Iterable[str] = (),
        publishers: str | Iterable[str] = (),
        years: int | Iterable[int] = (),
        **unknown,
    ) -> Corpus:
        """The part that falls in these administrations, regions, genres, publishers and years.

        One or several values each; none for all. Genres also by their Korean names; regions are
        those that the source gives or, where it gives none, that the text names; with `years`
        documents of unknown year are left out. PolicyTextError: a value that no document has, or
        another choice than these, with the nearest. InsufficientData: no document is left.

        >>> corpus = Corpus.open("innovation-centers")
        >>> corpus.where(administrations="문재인").order
        ['문재인']
        """
        known_values([*unnamed, *unknown], CHOICES.values(), "글을 고르는 항목")
        genres = [GENRES.get(genre, genre) for genre in _as_list(genres)]
        regions = _as_list(regions)
        chosen = {
            "정부": ("administration", administrations),
            "종류": ("genre", genres),
            "매체": ("publisher", publishers),
            "지역": ("regions", regions),
            "해": ("year", [int(y) if str(y).isdecimal() else y for y in _as_list(years)]),
        }
        everything = self.everything.assign(year=years_of(self.everything))
        everything["genre"] = everything["genre"].replace(GENRES)
        everything["regions"] = _regions(everything) if regions else ""
        is_compared = everything["doc_id"].isin(self.documents["doc_id"])
        fitting, told = np.full(len(everything), self._fitting), []
        for what, (column, values) in chosen.items():
            if values := _as_list(values):
                fitting &= _has_any(everything[column], values, what, is_compared)
                told.append(f"{what}={','.join(map(str, values))}")
        keep = self.documents["doc_id"].isin(everything.loc[fitting, "doc_id"])
        if not keep.any():
            raise InsufficientData(
                f"고른 것({' '.join(told)})에 모두 맞는 글이 한 건도 없습니다. "
                "고르는 것을 줄여 보세요."
            )
        if keep.all() and (fitting == self._fitting).all():
            return self
        documents = self.documents[keep].reset_index(drop=True)
        left = (everything["removed_at"] == "") & ~everything["doc_id"].isin(documents["doc_id"])
        step = f"{_CHOSEN}({' '.join(told)})"
        n_removed = int(left.sum())
        n_left = int(self.reading.steps["n_documents"].iloc[-1]) - n_removed
        row = {"step": step, "n_documents": n_left, "n_removed": n_removed}
        reading = replace(
            self.reading,
            documents=self.everything.assign(removed_at=everything["removed_at"].mask(left, step)),
            steps=pd.concat([self.reading.steps, pd.DataFrame([row])], ignore_index=True),
        )
        return replace(self, reading=reading, _documents=documents, _wider=self, _fitting=fitting)

    def choices(self) -> dict[str, dict]:
        """What :meth:`where` can choose from: values of each option with their documents.

        >>> Corpus.open("innovation-centers").choices()["genres"]
        {'chronicle': 431}
        """
        documents = self.documents
        columns = {
            "administrations": documents["administration"],
            "genres": documents["genre"],
            "regions": _regions(documents).str.split(_BETWEEN, regex=True).explode(),
            "publishers": documents["publisher"],
            "years": years_of(documents).sort_values(),
        }
        counts = {
            name: column.value_counts(sort=name != "years") for name, column in columns.items()
        }
        counts["administrations"] = counts["administrations"].reindex(self.order)
        own = {name: found[found.index != ""] for name, found in counts.items()}
        return {name: dict(zip(found.index.tolist(), found.tolist(), strict=True))
                for name, found in own.items()}  # fmt: skip

    def with_(
        self,
        *unnamed,
        stopwords: str | Iterable[str] = (),
        terms: str | Iterable[str] = (),
        analyser: str = "",
        n_topics: int = 0,
        **unknown,
    ) -> Corpus:
        """The same documents counted in another way.

        `stopwords` are not counted, `terms` counted whole; `analyser` as ``[tokens] analyser``,
        which the first time reads every document; `n_topics` 0 leaves the study's.

        >>> corpus = Corpus.open("innovation-centers").with_(stopwords="센터")
        >>> "센터" in corpus.matrix.terms
        False
        """
        options = ("stopwords", "terms", "analyser", "n_topics")
        known_values([*unnamed, *unknown], options, "달리 세는 항목")
        study, tokens = self.study, self.study.tokens
        stopwords = tokens.stopwords + _as_list(stopwords)
        options = {"stopwords": stopwords, "analyser": analyser or tokens.analyser}
        study = study.changed("tokens", **options)
        if n_topics:
            study = study.changed("topics", n_topics=n_topics)
        terms = tuple(dict.fromkeys([*self.terms, *_as_list(terms)]))
        made = {"study": study, "terms": terms, "_documents": self.documents}
        return replace(self, **made, _wider=None if analyser else self)

    def of(self, documents: pd.DataFrame) -> Corpus:
        """The same corpus with other documents (rows of ``everything``), in any order."""
        documents = documents.sort_values("doc_id", ignore_index=True)
        return replace(self, _documents=documents, _wider=self)

    # Groups

    @cached_property
    def groups(self) -> pd.Series:
        """Administration of each document, indexed by ``doc_id``."""
        return self._labels("administration")

    @cached_property
    def families(self) -> pd.Series:
        """Family of near-duplicates of each document, indexed by ``doc_id``."""
        return self._labels("family_id")

    @cached_property
    def large(self) -> pd.Series:
        """:attr:`groups`, missing where an administration has too few families to be shown."""
        n_families = self.families.groupby(self.groups).transform("nunique")
        return self.groups.where(n_families >= self.study.comparison.min_families)

    @cached_property
    def order(self) -> list[str]:
        """Administrations that occur, in order of time."""
        return administration_order(self.groups.unique())

    @cached_property
    def administrations(self) -> list[str]:
        """Administrations with families enough to be shown, in order of time."""
        return administration_order(self.large.dropna().unique())

    @property
    def colours(self) -> dict[str, str]:
        """Figure colour of every administration."""
        return administration_colours()

    def _labels(self, column: str) -> pd.Series:
        labels = self.documents.set_index("doc_id")[column].astype(object)
        return labels.where(labels.notna(), None)

    def check(self, *, n_large: int = 0) -> None:
        """Raise InsufficientData without two administrations, `n_large` of them large."""
        n, least = len(self.documents), self.study.comparison.min_families
        if not n:
            there = f"글 {n:,}건" if (n := len(self.everything)) else ""
            cause = f"{there} 가운데 정부를 정할 수 있는 글이" if there else "읽은 글이"
            raise InsufficientData(f"{cause} 없습니다. 날짜를 아는 글이 있어야 합니다.")
        if len(self.order) < 2:
            raise InsufficientData(
                f"글 {n:,}건이 {'모두 ' if n > 1 else ''}{self.order[0]} 때의 것이어서 견줄 정부가 없습니다. "
                "다른 정부 때의 글이 있어야 합니다."
            )
        if len(self.administrations) < n_large:
            sizes = self.families.groupby(self.groups).nunique()
            there = ", ".join(f"{label} {sizes[label]:,}개" for label in self.order)
            raise InsufficientData(
                f"중복 묶음이 {least}개 이상인 정부가 {n_large}곳 있어야 하는데 "
                f"{len(self.administrations)}곳입니다({there}). "
                "글을 더하거나 [comparison]의 min_families를 낮추세요."
            )

    # Words

    @cached_property
    def lexicon(self) -> Lexicon:
        """Compound terms counted whole."""
        lexicon = study_lexicon(self.study)
        tried = [term for term in self.terms if term not in set(lexicon.table["term"])]
        return lexicon.with_terms(tried) if tried else lexicon

    @cached_property
    def tokens(self) -> pd.DataFrame:
        """``doc_id, start, end, term, tag`` of the documents: what is counted, categorical."""
        if wider := self._known("tokens"):
            return self._own_rows(wider.tokens)
        options = self.study.tokens
        stopwords = read_stopwords() | frozenset(options.stopwords)
        return counted(self._analysed, min_syllables=options.min_syllables, stopwords=stopwords)

    @cached_property
    def _analysed(self) -> pd.DataFrame:
        """Tokens before stop words are left out."""
        how = {"analyser": self.study.tokens.analyser, "lexicon": self.lexicon}
        how |= {"cache": PROCESSED / "tokens"}
        wider, documents = self._known("_analysed", alike=False), self.documents
        if wider is None:
            return tokenize(documents, **how)
        known = self._own_rows(wider._analysed)
        if wider.terms == self.terms:
            return known
        forms = dict(self.lexicon.spellings.items() - wider.lexicon.spellings.items())
        texts = documents["text"].to_numpy(dtype=object)
        holds = np.array([any(form in text for form in forms) for text in texts])
        anew = documents["doc_id"][holds]
        known = known[~known["doc_id"].isin(anew)]
        return joined([known, tokenize(documents[holds], **how)], documents["doc_id"])

    def _known(self, name: str, *, alike: bool = True) -> Corpus | None:
        """The nearest wider corpus that has this already, if it is counted in the same way."""
        wider = self._wider
        while wider is not None and name not in vars(wider):
            wider = wider._wider
        if wider is None or not alike:
            return wider
        is_alike = wider.terms == self.terms and wider.study.tokens == self.study.tokens
        return wider if is_alike else None

    def _own_rows(self, tokens: pd.DataFrame) -> pd.DataFrame:
        known = tokens["doc_id"].cat.categories.isin(self.documents["doc_id"])
        return tokens[known[tokens["doc_id"].cat.codes]].reset_index(drop=True)

    @cached_property
    def matrix(self) -> TermMatrix:
        """Counts of every term; documents without one keep an empty row."""
        doc_ids = self.documents["doc_id"].astype(str).tolist()
        if wider := self._known("matrix"):
            known = wider.matrix
            counts = known.counts[pd.Index(known.doc_ids).get_indexer(doc_ids)]
            return common_terms(TermMatrix(counts, doc_ids, known.terms))
        found = term_matrix(self.tokens, min_df=1, max_df=1.0)
        rows = pd.Index(found.doc_ids).get_indexer(doc_ids)  # -1, the last one, which is empty
        empty = sparse.csr_matrix((1, len(found.terms)), dtype=found.counts.dtype)
        counts = sparse.vstack([found.counts, empty], format="csr")[rows]
        return TermMatrix(counts, doc_ids, found.terms)

    @cached_property
    def keyness_matrix(self) -> TermMatrix:
        """Terms by which administrations are compared (``[comparison] min_df``)."""
        return common_terms(self.matrix, self.study.comparison.min_df)

    @property
    def n_permutations(self) -> int:
        """Permutations where the comparison is repeated: at most its own, as many as cost little.

        With a few hundred, a conclusion near the threshold seems to hang on whatever was changed.
        """
        n = AFFORDED // max(len(self.documents) * len(self.administrations), 1)
        rounded = n - n % 10 ** (len(str(n)) - 1)
        most = max(self.study.robustness.n_permutations, rounded)
        return min(self.study.comparison.n_permutations, most)

    @cached_property
    def topic_matrix(self) -> TermMatrix:
        """Terms of which topics are made (``[topics] min_df, max_df``)."""
        return common_terms(self.matrix, self.study.topics.min_df, self.study.topics.max_df)

    def mentions(self, terms: str | Iterable[str]) -> pd.DataFrame:
        """Occurrences of some terms: ``doc_id, start, end, term`` and their document's columns."""
        tokens = self.tokens
        names = tokens["term"].cat.categories
        wanted = names.isin(_as_list(terms))
        found = tokens.loc[wanted[tokens["term"].cat.codes], ["doc_id", "start", "end", "term"]]
        found = found.astype({"doc_id": object, "term": object})
        documents = self.documents.drop(columns="text")
        rows = pd.Index(documents["doc_id"].astype(object)).get_indexer(found["doc_id"])
        extra = documents.drop(columns="doc_id").take(rows).set_index(found.index)
        return pd.concat([found, extra], axis=1).reset_index(drop=True)

    # Topics

    @cached_property
    def _fitted(self) -> tuple[Topics, pd.DataFrame, pd.DataFrame]:
        if self.documents.empty:
            self.check()
        return fit_topics(self.topic_matrix, self.study.topics)

    @property
    def topics(self) -> Topics:
        """Documents grouped into topics; their number is the study's, or the safest."""
        return self._fitted[0]

    @property
    def topic_curve(self) -> pd.DataFrame:
        """Documents in stable topics, agreement and coherence of every number considered."""
        return self._fitted[1]

    @property
    def stable(self) -> pd.DataFrame:
        """Topic by topic, how well it comes back when documents are drawn anew."""
        return self._fitted[2]

    @cached_property
    def topic_names(self) -> pd.Series:
        """The name of each topic: the one people gave, else a noun phrase of its terms."""
        regions = read_regions()
        spelled = set(";".join([*regions["region"], *regions["names"]]).split(";"))
        terms = sorted(set(self.topics.terms["term"]))
        read = self.documents[[name for name in READ if name in self.documents]]
        formulas = set()  # of any one government
        for ids in self.groups.groupby(self.groups).groups.values():
            own = read[read["doc_id"].isin(ids)], self.tokens[self.tokens["doc_id"].isin(ids)]
            formulas |= {*find_formulas(*own, terms).query("is_formula")["term"]}
        words = read_reference(REFERENCE / "figure-words.csv", "word kind")
        vague = set(words.query("kind == 'vague'")["word"])
        excluded = read_people() | spelled | formulas | OFFICES
        own = noun_phrases(self.topics, self.tokens, self.documents, excluded, vague)
        return topic_names(self.topics, read_labels(self.study), own)


_CHOSEN = "고른 문서"
_BETWEEN = r"\s*[;,]\s*"  # regions of a cell


@stored
def read_corpus(
    sources: list[Source], options: CorpusOptions, places: list[Path], fingerprint: list[str]
) -> ReadCorpus:
    """Read, clean, group and date the documents of `sources` at `places`; count each step.

    `fingerprint` has names and contents of all files: what is stored is found again only for them.
    """
    readings = [_read_source(*pair) for pair in zip(sources, places, strict=True)]
    found = {
        name: pd.concat([getattr(reading, name) for reading in readings], ignore_index=True)
        for name in (own.name for own in fields(Reading))
    }
    documents, again = with_own_ids(found["documents"])  # two sources may have the same text
    found["notes"] = pd.concat([found["notes"], again], ignore_index=True)
    documents, folded = fold_publishers(documents)
    found["cleaning"] = pd.concat([found["cleaning"], folded])
    n_found = len(documents) + int(found["files"]["n_rejected"].sum())
    if options.drop_repeated_lines:
        documents, taken, emptied = drop_repeated_lines(documents)
        removed = pd.concat([found["removed"], taken])
        found["removed"] = removed.sort_values(["publisher", "rule"], ignore_index=True)
        found["rejects"] = pd.concat([found["rejects"], emptied], ignore_index=True)
    steps = [("찾은 문서", n_found), (IS_READ, len(documents))]
    outside = is_outside(documents, options.start, options.end)
    inside = documents[~outside].reset_index(drop=True)
    steps.append((IN_PERIOD, len(inside)))
    days = options.family_window_days or None
    inside = find_families(inside, threshold=options.family_threshold, window_days=days)
    inside = assign_administrations(inside, acting=options.acting)
    inside, aside = set_aside(inside, options.text_kind)
    table = pd.DataFrame([*steps, *aside], columns=["step", "n_documents"])
    table["n_removed"] = -table["n_documents"].diff().fillna(0).astype(int)
    totals = {"n_documents_changed": "sum", "n_characters_changed": "sum", "example": "max"}
    found["cleaning"] = found["cleaning"].groupby("step", sort=False).agg(totals).reset_index()
    found["documents"] = inside.reset_index(drop=True)
    found["outside"] = documents[outside].reset_index(drop=True)
    return ReadCorpus(**found, steps=table)


def _read_source(source: Source, path: Path) -> Reading:
    place = f"{path}!{source.member}" if source.member else path
    given = {name: getattr(source, name) or None for name in ("kind", "columns", "defaults")}
    reading = read_documents([place], **given)
    if source.genres and "occasion" in reading.documents:
        genre = reading.documents["occasion"].map(source.genres)
        documents = reading.documents.assign(genre=genre.fillna(reading.documents["genre"]))
        reading = replace(reading, documents=documents)
    return reading


def fingerprint(study: Study) -> list[str]:
    """Every file that a study reads, with a hash of its content."""
    return _fingerprint(_places(study))


def _places(study: Study) -> list[Path]:
    packages = iter(studies.fetch(study))
    return [next(packages) if one.package else studies.source_path(one) for one in study.sources]


def _fingerprint(places: Iterable[Path]) -> list[str]:
    """Every file that is read, with a hash of its content: sizes and times can lie."""
    paths = sorted(REFERENCE.glob("*.csv")) + [source.path for source in find_sources(places)]
    found = []
    for path in dict.fromkeys(paths):
        with contextlib.suppress(OSError):  # the account says why it cannot be read
            found.append(f"{path}:{studies.file_sha256(path) if path.is_file() else ''}")
    return found


def _regions(documents: pd.DataFrame) -> pd.Series:
    """Regions of each document as its source gives them, or else as its text names them."""
    own = documents["regions"].fillna("")
    named = find_regions(documents[own == ""]).drop_duplicates(["doc_id", "term"])
    named = named.groupby("doc_id")["term"].agg(";".join)
    return own.mask(own == "", documents["doc_id"].map(named)).fillna("")


def _has_any(column: pd.Series, values: list, what: str, is_compared: pd.Series) -> np.ndarray:
    """Rows with one of the values; a cell of regions may name several."""
    cells = column.dropna()
    if column.name == "regions":
        cells = cells.str.split(_BETWEEN, regex=True).explode()
    known = sorted({*cells[is_compared.loc[cells.index].to_numpy()]} - {""})
    found = cells[cells.isin(known_values(values, known, what))]
    return column.index.isin(found.index)


def _as_list(values: object) -> list:
    """One value or several, as texts spell them; None and "" are none."""
    values = [values] if pd.api.types.is_scalar(values) else list(values)
    values = [
        unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else value
        for value in values
    ]
    return [value for value in values if value is not None and value != ""]
