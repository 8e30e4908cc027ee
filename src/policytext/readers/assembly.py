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

COLUMNS = (
    "doc_id title text date date_basis publisher genre text_kind url regions source_file "
    "text_sha256 date_from date_to speaker occasion"
).split()
_DATE_COLUMNS = ("date", "date_from", "date_to")
# Needed to put the table together, and not part of it.
_WORKING = ("kind", "genre_guess", "stub")
_BATCH = 500
# What a reader of a report calls the lines that are not the article.
_RULES = {
    "attachment": "첨부·문의",
    "brand": "매체 이름",
    "byline": "기자 이름",
    "caption": "사진 설명",
    "copyright": "저작권",
    "header": "기사 앞 차림표",
    "related": "관련 기사",
    "source": "출처",
    "stamp": "입력 시각",
    "tail": "기사 뒤 목록",
    "widget": "단추·안내",
}
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
        What cleaning changed, see :func:`policytext.cleaning.steps_table`.
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

    batches: list[pd.DataFrame] = field(default_factory=list)
    rejects: list[tuple] = field(default_factory=list)
    files: list[tuple] = field(default_factory=list)
    notes: list[tuple] = field(default_factory=list)
    columns: list[tuple] = field(default_factory=list)
    removed: dict[tuple[str, str], list] = field(default_factory=dict)
    cleaning: Tally = field(default_factory=dict)
    articles: set[str] = field(default_factory=set)
    _waiting: list[dict] = field(default_factory=list)

    def add(self, records: list[dict]) -> None:
        """Keep records; as Arrow columns they take a fraction of the memory."""
        self._waiting += records
        if len(self._waiting) >= _BATCH:
            self.batches.append(_frame(self._waiting))
            self._waiting = []

    def table(self) -> pd.DataFrame:
        frames = [*self.batches, _frame(self._waiting)]
        self.batches, self._waiting = [], []
        return pd.concat(frames, ignore_index=True)


def _frame(records: list[dict]) -> pd.DataFrame:
    columns = {
        column: pd.Series([record.get(column) or "" for record in records], dtype="str")
        for column in (*COLUMNS, *_WORKING)
        if column not in _DATE_COLUMNS
    }
    columns |= {
        column: pd.to_datetime(pd.Series([r[column] for r in records], dtype="datetime64[us]"))
        for column in _DATE_COLUMNS
    }
    rows = pd.array([record.get("row") for record in records], dtype="Int64")
    return pd.DataFrame(columns).assign(row=rows)


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
    frame, joined = join_attachments(ledger.table())
    guesses = frame["genre_guess"].where(frame["genre_guess"] != "", frame["kind"].map(KINDS))
    for column, allowed, guess, fallback in (
        ("genre", GENRES, guesses, "other"),
        ("text_kind", TEXT_KINDS, "", "full"),
    ):
        frame[column] = frame[column].where(frame[column].isin(allowed), "")
        for values in (defaults.get(column, ""), guess, fallback):
            frame[column] = frame[column].mask(frame[column] == "", values)
    frame = _with_defaults(frame, defaults)
    frame["doc_id"], repeated = _unique_ids(frame)
    notes = ledger.notes + [
        (
            stub.source_file,
            stub.row,
            "본문이 첨부파일을 가리키기만 합니다. 옆에 두면 이어 붙입니다.",
        )
        for stub in frame[frame["stub"] != ""].itertuples()
    ]
    for row in frame.loc[list(repeated)].itertuples():
        notes.append((row.source_file, row.row, _repeat_note(repeated[row.Index], row.doc_id)))
    files = pd.DataFrame(
        ledger.files, columns=["source_file", "kind", "status", "n_documents", "reason"]
    ).astype({"n_documents": "int64"})
    is_joined = files["source_file"].isin(list(joined))
    files["n_documents"] = files["n_documents"].mask(is_joined, 0)
    files["reason"] = files["reason"].mask(is_joined, files["source_file"].map(joined))
    removed = [
        (publisher, _RULES[rule], n_lines, mask_personal_data(example))
        for (publisher, rule), (n_lines, example) in sorted(ledger.removed.items())
    ]
    return Reading(
        documents=frame[COLUMNS],
        rejects=_faults(ledger.rejects),
        files=files,
        notes=_faults(notes),
        columns=pd.DataFrame(ledger.columns, columns=["source_file", "column", "source_columns"]),
        cleaning=steps_table(ledger.cleaning),
        removed=pd.DataFrame(removed, columns=["publisher", "rule", "n_lines", "example"]),
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


def _repeat_note(given: str, doc_id: str) -> str:
    if not given:
        return "제목과 본문이 앞에 읽은 글과 똑같습니다. 비교할 때는 한 글로 셉니다."
    old, new = attach_particle(repr(given), "이/가"), attach_particle(repr(doc_id), "으로/로")
    return f"doc_id {old} 겹쳐 {new} 바꾸었습니다."


def _unique_ids(frame: pd.DataFrame) -> tuple[list[str], dict[int, str]]:
    """The source's id, else one made from title and text; repeats get -2, -3, …

    Of repeats also the id that the source gave ("" for a text that comes again).
    """
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
            repeated[i] = given.strip()
        taken.add(doc_id)
        ids.append(doc_id)
    return ids, repeated
