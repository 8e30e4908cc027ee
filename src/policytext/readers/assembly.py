"""Records of all files to the documents table and its ledger."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from policytext.cleaning import Tally, mask_personal_data, steps_table
from policytext.korean import attach_particle
from policytext.readers import tables
from policytext.readers.dates import DateSpan, filename_date, parse_date, slashed_order
from policytext.readers.kinds import KINDS
from policytext.readers.stubs import join_attachments
from policytext.schema import GENRES, TEXT_KINDS

_TEXT_COLUMNS = (
    "doc_id",
    "title",
    "text",
    "publisher",
    "genre",
    "text_kind",
    "url",
    "regions",
    "speaker",
    "occasion",
    "date_basis",
    "source_file",
    "text_sha256",
)
_DATE_COLUMNS = ("date", "date_from", "date_to")
COLUMNS = (
    "doc_id",
    "title",
    "text",
    "date",
    "date_basis",
    "publisher",
    "genre",
    "text_kind",
    "url",
    "regions",
    "source_file",
    "text_sha256",
    "date_from",
    "date_to",
    "speaker",
    "occasion",
)
_FAULT_COLUMNS = ("source_file", "row", "reason")


def _faults(rows: Iterable[tuple] = ()) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=list(_FAULT_COLUMNS))
    return table.astype({"source_file": "str", "row": "Int64", "reason": "str"})


@dataclass(frozen=True)
class Reading:
    """What was read, and what was not.

    Attributes
    ----------
    documents : DataFrame
        Cleaned documents (see :func:`policytext.schema.check_documents`) with ``date_from,
        date_to, speaker, occasion``.
    rejects : DataFrame
        ``source_file, row, reason``: files and rows left out; ``row`` is <NA> for a file.
    files : DataFrame
        ``source_file, kind, status, n_documents, reason``, one row per file found; ``status``
        is read, skipped (not a document) or rejected.
    notes : DataFrame
        ``source_file, row, reason``: kept documents with a doubtful date, id or label.
    columns : DataFrame
        ``source_file, column, source_columns``: how tables were understood.
    cleaning : DataFrame
        What cleaning changed, see :func:`policytext.cleaning.cleaning_steps`.
    removed : DataFrame
        ``publisher, rule, n_lines, example``: lines of pages that are not the article.
    """

    documents: pd.DataFrame
    rejects: pd.DataFrame
    files: pd.DataFrame
    notes: pd.DataFrame = field(default_factory=_faults)
    columns: pd.DataFrame = field(default_factory=pd.DataFrame)
    cleaning: pd.DataFrame = field(default_factory=pd.DataFrame)
    removed: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass
class Ledger:
    """Rows gathered file by file."""

    records: list[dict] = field(default_factory=list)
    rejects: list[tuple] = field(default_factory=list)
    files: list[tuple] = field(default_factory=list)
    notes: list[tuple] = field(default_factory=list)
    columns: list[tuple] = field(default_factory=list)
    removed: dict[tuple[str, str], list] = field(default_factory=dict)
    cleaning: Tally = field(default_factory=dict)


def count_removed(record: dict, ledger: Ledger) -> None:
    for rule, line in record.pop("removed", ()):
        tally = ledger.removed.setdefault((record.get("publisher", ""), rule), [0, line[:80]])
        tally[0] += 1


def date_records(records: list[dict]) -> list[tuple]:
    """Turn each record's ``date`` into day and bounds; notes on what could not be read."""
    order = slashed_order([record.get("date", "") for record in records])
    notes = []
    for record in records:
        value = record.get("date")
        span = value if isinstance(value, DateSpan) else parse_date(value, order=order)
        basis = record.get("date_basis", "metadata")
        if not span.is_known:
            written = tables.as_text(value) if not isinstance(value, DateSpan) else ""
            if written.strip():
                named = attach_particle(repr(written.strip()[:30]), "을/를")
                reason = f"날짜 {named} 읽을 수 없어 모름으로 두었습니다."
                notes.append((record["source_file"], record.get("row"), reason))
            is_single = record["kind"] in ("text", "html", "hwp", "pdf")
            span = filename_date(record["source_file"].rpartition("/")[2]) if is_single else span
            basis = "filename" if span.is_known else "unknown"
        record |= {
            "date": span.date,
            "date_from": span.date_from,
            "date_to": span.date_to,
            "date_basis": basis,
        }
        if record.get("note"):
            notes.append((record["source_file"], record.get("row"), record["note"]))
    return notes


def assemble(ledger: Ledger, defaults: Mapping[str, str]) -> Reading:
    records, joined = join_attachments(ledger.records)
    ledger.records = []
    kinds = [record.get("genre_guess") or KINDS[record["kind"]] for record in records]
    rows = [record.get("row") for record in records]
    frame = pd.DataFrame(index=pd.RangeIndex(len(records)))
    for column in _TEXT_COLUMNS:  # moved, not copied
        frame[column] = pd.Series([record.pop(column, "") or "" for record in records], dtype="str")
    for column in _DATE_COLUMNS:
        values = pd.Series([record.pop(column) for record in records], dtype=object)
        frame[column] = pd.to_datetime(values)
    for column, allowed, fallback in (
        ("genre", GENRES, "other"),
        ("text_kind", TEXT_KINDS, "full"),
    ):
        frame[column] = frame[column].where(frame[column].isin(allowed), "")
        guesses = pd.Series(kinds if column == "genre" else "", frame.index, dtype="str")
        for values in (defaults.get(column, ""), guesses, fallback):
            frame[column] = frame[column].mask(frame[column] == "", values)
    frame = _with_defaults(frame, defaults)
    frame["doc_id"], repeated = _unique_ids(frame)
    notes = ledger.notes + [
        (
            frame.at[i, "source_file"],
            rows[i],
            f"doc_id {attach_particle(repr(given), '이/가')} 겹쳐 "
            f"{attach_particle(repr(frame.at[i, 'doc_id']), '으로/로')} 바꾸었습니다.",
        )
        for i, given in repeated.items()
    ]
    rows_of_files = [
        (name, kind, status, 0, joined[name]) if name in joined else (name, kind, status, n, reason)
        for name, kind, status, n, reason in ledger.files
    ]
    files = pd.DataFrame(
        rows_of_files, columns=["source_file", "kind", "status", "n_documents", "reason"]
    )
    return Reading(
        documents=frame[list(COLUMNS)],
        rejects=_faults(ledger.rejects),
        files=files.astype({"n_documents": "int64"}),
        notes=_faults(notes),
        columns=pd.DataFrame(ledger.columns, columns=["source_file", "column", "source_columns"]),
        cleaning=steps_table(ledger.cleaning),
        removed=pd.DataFrame(
            [
                (*key, n_lines, mask_personal_data(example))
                for key, (n_lines, example) in sorted(ledger.removed.items())
            ],
            columns=["publisher", "rule", "n_lines", "example"],
        ),
    )


def _with_defaults(frame: pd.DataFrame, defaults: Mapping[str, str]) -> pd.DataFrame:
    frame = frame.copy()
    for column, value in defaults.items():
        if column in ("title", "publisher", "url", "regions", "speaker", "occasion"):
            frame[column] = frame[column].mask(frame[column].str.strip() == "", value)
    span = parse_date(defaults.get("date"))
    if span.is_known:
        is_missing = frame["date_from"].isna()
        for column in _DATE_COLUMNS:
            frame[column] = frame[column].mask(is_missing, getattr(span, column))
        frame["date_basis"] = frame["date_basis"].mask(is_missing, "metadata")
    return frame


def _unique_ids(frame: pd.DataFrame) -> tuple[list[str], dict[int, str]]:
    """The source's id, else one made from title and text; repeats get -2, -3, …"""
    ids: list[str] = []
    repeated: dict[int, str] = {}
    taken: set[str] = set()
    n_seen: Counter[str] = Counter()
    for i, (given, title, digest) in enumerate(
        zip(frame["doc_id"], frame["title"], frame["text_sha256"], strict=True)
    ):
        base = given.strip() or hashlib.sha256(f"{title}\n{digest}".encode()).hexdigest()[:16]
        doc_id = base
        while doc_id in taken:
            n_seen[base] += 1
            doc_id = f"{base}-{n_seen[base] + 1}"
            repeated[i] = base
        taken.add(doc_id)
        ids.append(doc_id)
    return ids, repeated
