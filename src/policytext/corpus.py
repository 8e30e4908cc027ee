"""A study's sources to its documents and tokens, every step counted and cached."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pandas as pd

from policytext import analysers, boilerplate, selection, studies
from policytext.administrations import assign_administrations
from policytext.aliases import fold_aliases
from policytext.families import find_families
from policytext.lexicon import Lexicon, drop_stopwords, read_lexicon, read_stopwords
from policytext.morphology import LEXICON_TAG, tokenize
from policytext.readers import read_documents
from policytext.reference import read_people
from policytext.schema import check_documents
from policytext.selection import KIND_NAMES
from policytext.studies import Study

IS_READ, IN_PERIOD = "읽은 문서", "기간 안의 문서"


@dataclass(frozen=True)
class Corpus:
    """What a study reads.

    Attributes
    ----------
    documents : DataFrame
        Cleaned, with ``family_id, administration, months_in_office`` and the flags
        ``is_foreign, is_date_conflict, is_other_kind``; a flagged one has no administration.
        ``removed_at`` is the step after which no comparison uses it, empty if there is none.
    outside : DataFrame
        Documents outside the study's period, as they were read.
    rejects, files, notes, columns, removed : DataFrame
        See :class:`policytext.readers.Reading`.
    steps : DataFrame
        ``step, n_documents, n_removed``: what is left after each step, in order.
    cleaning : DataFrame
        See :func:`policytext.cleaning.steps_table`.
    """

    documents: pd.DataFrame
    outside: pd.DataFrame
    rejects: pd.DataFrame
    files: pd.DataFrame
    notes: pd.DataFrame
    columns: pd.DataFrame
    removed: pd.DataFrame
    steps: pd.DataFrame
    cleaning: pd.DataFrame


def load_corpus(study: Study) -> Corpus:
    """Read, clean, group and date a study's documents, or take them from the cache.

    The cache key holds the study's options, the content of its sources and this
    package's code, so a stale table is never served. ValueError: a source is missing or
    unreadable; SchemaError: its documents break their contract.

    >>> corpus = load_corpus(studies.read_study("innovation-centers"))
    >>> {"administration", "family_id"} <= set(corpus.documents)
    True
    """
    studies.fetch(study)
    folder = studies.PROCESSED / study.name / f"corpus-{_cache_key(study)}"
    names = [field.name for field in fields(Corpus)]
    if not all((folder / f"{name}.parquet").is_file() for name in names):
        corpus = _read_corpus(study)
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            draft = folder / f"{name}.{os.getpid()}.part"
            getattr(corpus, name).to_parquet(draft, index=False)
            draft.replace(folder / f"{name}.parquet")
    return Corpus(**{name: pd.read_parquet(folder / f"{name}.parquet") for name in names})


def load_tokens(study: Study, documents: pd.DataFrame) -> pd.DataFrame:
    """Tokens of `documents` under the study's options, stop words dropped.

    Returns
    -------
    DataFrame
        ``doc_id, start, end, term, tag`` for `documents` (``doc_id, text``); terms shorter than
        ``min_syllables`` characters are left out unless the lexicon names them.
    """
    tokens = tokenize(
        documents,
        analyser=study.tokens["analyser"],
        lexicon=study_lexicon(study),
        cache=studies.PROCESSED / "tokens",
    )
    return counted(tokens, study)


def counted(tokens: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Those of `tokens` (with a categorical ``term``) that a study counts.

    Stop words go, and terms under ``min_syllables`` characters that the lexicon does not name.
    """
    tokens = drop_stopwords(tokens, read_stopwords())
    lengths = tokens["term"].cat.categories.str.len()
    is_long = pd.Series(
        lengths >= study.tokens["min_syllables"], index=tokens["term"].cat.categories
    )
    keep = tokens["term"].map(is_long).astype(bool) | (tokens["tag"] == LEXICON_TAG)
    return tokens[keep].reset_index(drop=True)


def study_lexicon(study: Study, *, own: Path | None = None) -> Lexicon:
    """The shipped lexicon, the study's own tables, and people's names, as one.

    ``data/studies/<study>/lexicon.csv`` is read when it exists; a row of it that names a
    ``canonical`` term of the lexicon is one more spelling of that term. Another file may be
    given as `own`. Names of two syllables are left to the analyser: too many words begin
    with them.
    """
    tables = [studies.PROJECT_ROOT / path for path in study.tokens["lexicon"]]
    own = own or study.folder / "lexicon.csv"
    tables += [own] if own.is_file() and own not in tables else []
    table = read_lexicon(None, *tables).table
    if own.is_file():
        table = fold_aliases(table, set(read_lexicon(own).table["term"]))
    spelled = set(table["term"]) | set(";".join(table["variants"]).split(";"))
    people = sorted(name for name in read_people() - spelled if len(name) > 2)
    return Lexicon(pd.concat([table, pd.DataFrame({"term": people})], ignore_index=True))


def compared(corpus: Corpus, study: Study) -> pd.DataFrame:
    """Rows of ``documents`` of the administrations that the study compares (default: all)."""
    documents = corpus.documents[corpus.documents["administration"].notna()]
    chosen = study.comparison["administrations"]
    return documents[documents["administration"].isin(chosen)] if chosen else documents


def of_every_kind(corpus: Corpus, study: Study) -> pd.DataFrame:
    """Documents whose administration can be told, those set aside for their kind included.

    For the panel ledger, which shows how much of each publisher is excerpts.
    """
    documents = corpus.documents
    known = documents[~documents["is_foreign"] & ~documents["is_date_conflict"]]
    dated = assign_administrations(known, acting=study.corpus["acting"])
    return dated[dated["administration"].notna()]


def left_out(corpus: Corpus) -> pd.DataFrame:
    """Everything found that no comparison uses, as documents with ``removed_at``, the step.

    What could not be read has its file as title and the reason as text.

    >>> corpus = load_corpus(studies.read_study("innovation-centers"))
    >>> len(left_out(corpus)) == corpus.steps["n_removed"].sum()
    np.True_
    """
    files = corpus.rejects["source_file"].astype(str)
    unread = pd.DataFrame(
        {"doc_id": files, "title": files, "text": corpus.rejects["reason"], "removed_at": IS_READ}
    )
    documents = corpus.documents[corpus.documents["removed_at"] != ""]
    outside = corpus.outside.assign(removed_at=IN_PERIOD)
    return pd.concat([unread, outside, documents], ignore_index=True)


def run_facts(study: Study, corpus: Corpus) -> dict[str, str]:
    """What a reader needs to repeat the run, for `display.methods`: hashes, counts, versions."""
    facts = {"연구": study.name}
    for source in study.sources:
        path = studies.source_path(source)
        name = source.get("package", source.get("path"))
        files = [path] if path.is_file() else sorted(f for f in path.rglob("*") if f.is_file())
        hashes = "\n".join(studies.file_sha256(file) for file in files)
        sha256 = hashes if len(files) == 1 else hashlib.sha256(hashes.encode()).hexdigest()
        facts[f"자료 {name} SHA-256 (파일 {len(files):,}개)"] = sha256
    days = corpus.documents["date"].dropna()
    if len(days):
        facts["기간"] = f"{days.min():%Y-%m-%d} – {days.max():%Y-%m-%d}"
    facts |= {step.step: f"{step.n_documents:,}건" for step in corpus.steps.itertuples()}
    facts["가족"] = f"{corpus.documents['family_id'].nunique():,}개"
    facts["되풀이된 줄의 기준"] = (
        f"한 매체의 글 {boilerplate.MIN_DOCUMENTS}건 이상이고 {boilerplate.MIN_SHARE:.0%} 이상"
        if study.corpus["drop_repeated_lines"]
        else "걷어내지 않음"
    )
    kinds = corpus.documents.loc[corpus.documents["administration"].notna(), "text_kind"]
    facts["글의 꼴"] = ", ".join(KIND_NAMES[kind] for kind in kinds.unique())
    facts["권한대행 시기"] = study.corpus["acting"]
    facts["가족 기준(자카드)"] = str(study.corpus["family_threshold"])
    facts["분석기"] = analysers.version(study.tokens["analyser"])
    facts["용어 사전 SHA-256"] = study_lexicon(study).sha256
    return facts


def _read_corpus(study: Study) -> Corpus:
    readings = [_read_source(source, study) for source in study.sources]
    documents, rejects, files, notes, columns, removed = (
        pd.concat([getattr(reading, name) for reading in readings], ignore_index=True)
        for name in ("documents", "rejects", "files", "notes", "columns", "removed")
    )
    n_found = len(documents) + len(rejects)
    if study.corpus["drop_repeated_lines"]:
        documents, taken, emptied = boilerplate.drop_repeated_lines(documents)
        removed = pd.concat([removed, taken]).sort_values(["publisher", "rule"], ignore_index=True)
        rejects = pd.concat([rejects, emptied], ignore_index=True)
    steps = [("찾은 문서", n_found), (IS_READ, len(documents))]
    is_outside = selection.is_outside(documents, study.corpus["start"], study.corpus["end"])
    outside = documents[is_outside].reset_index(drop=True)
    documents = documents[~is_outside].reset_index(drop=True)
    steps.append((IN_PERIOD, len(documents)))
    documents = find_families(
        documents,
        threshold=study.corpus["family_threshold"],
        window_days=study.corpus["family_window_days"] or None,
    )
    documents = assign_administrations(documents, acting=study.corpus["acting"])
    documents, set_aside = selection.set_aside(documents, study.corpus["text_kind"])
    check_documents(documents)
    table = pd.DataFrame([*steps, *set_aside], columns=["step", "n_documents"])
    table["n_removed"] = -table["n_documents"].diff().fillna(0).astype(int)
    return Corpus(
        documents=documents.reset_index(drop=True),
        outside=outside,
        rejects=rejects,
        files=files,
        notes=notes,
        columns=columns,
        removed=removed,
        steps=table,
        cleaning=_add_up([reading.cleaning for reading in readings]),
    )


def _read_source(source: dict, study: Study):
    path = studies.source_path(source)
    if "package" in source:
        path = next(file for file in studies.fetch(study) if file.parent == path)
    place = f"{path}!{source['member']}" if "member" in source else path
    reading = read_documents(
        [place],
        kind=source.get("kind"),
        columns=source.get("columns"),
        defaults=source.get("defaults"),
    )
    genres = source.get("genres", {})
    if genres and "occasion" in reading.documents:
        mapped = reading.documents["occasion"].map(genres)
        documents = reading.documents.assign(genre=mapped.fillna(reading.documents["genre"]))
        reading = replace(reading, documents=documents)
    return reading


def _add_up(cleanings: list[pd.DataFrame]) -> pd.DataFrame:
    """One cleaning table for all sources; the example is the first there is."""
    together = pd.concat(cleanings, ignore_index=True)
    totals = {"n_documents_changed": "sum", "n_characters_changed": "sum", "example": "max"}
    return together.groupby("step", sort=False).agg(totals).reset_index()


def _cache_key(study: Study) -> str:
    package = Path(__file__).parent
    parts = [repr((study.sources, study.corpus))]
    parts += [studies.file_sha256(file) for file in sorted(package.rglob("*.py"))]
    parts += [
        studies.file_sha256(f)
        for f in sorted((studies.PROJECT_ROOT / "data/reference").glob("*.csv"))
    ]
    for source in study.sources:
        path = studies.source_path(source)
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        parts += [
            f"{f.name}:{f.stat().st_size}:{f.stat().st_mtime_ns}" for f in files if f.is_file()
        ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
