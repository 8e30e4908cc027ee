"""Files of every kind a researcher has, to one documents table; every file and row accounted for."""

from __future__ import annotations

import io
import itertools
import json
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import olefile
import pandas as pd

from policytext import study
from policytext.faults import StudyError, demand, known_values
from policytext.korean import attach_particle
from policytext.store import text_sha256
from policytext.texts import apart, attachments, clean, markup, sources, tables
from policytext.texts.coverage import GENRES, KIND_NAMES
from policytext.texts.dates import DateSpan, far_dates, filename_date, parse_date, written_order
from policytext.texts.sources import ReadError, Skipped, SourceFile

DATE_BASES = ("metadata", "text", "filename", "officials", "inferred", "unknown")
TEXT_KINDS = tuple(KIND_NAMES)
COLUMNS = (
    "doc_id title text date date_basis publisher genre text_kind url regions source_file "
    "text_sha256 date_from date_to speaker occasion figures organisations programmes people"
).split()
_FILES = "source_file kind status n_documents reason n_found n_read n_skipped n_rejected".split()
_COUNTS = tuple(_FILES[-3:])
_DATE_COLUMNS = ["date", "date_from", "date_to"]
_SAID = ("title", "publisher", "speaker", "occasion", "regions")  # read by people
# Needed to put the table together.
_WORKING = ("kind", "genre_guess", "stub", "note", "written")
_BATCH = 500
_YES = ("true", "1", "y", "yes", "예")
MAX_FAULTS = 100_000  # of a file that has fewer texts
# A file is a document, and may be named by its day.
_SINGLE = ("text", "html", "hwp", "docx", "pdf")
KINDS = (*tables.FORMS, "bigkinds", *attachments.READERS)

_IGNORED = re.compile(r"^(\.|~\$|Thumbs\.db$|desktop\.ini$|__MACOSX)", re.I)
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF", b"\0\0\0")
_NOT_MARKUP = re.compile(r"<\?xml[^>]{0,200}\?>|<!--.{0,2000}?-->|<!DOCTYPE[^>\[]{0,300}>", re.S)
_NO_TEXTS = sources.pattern("no_texts")
_LINES = {name: sources.pattern(name) for name in ("program", "package")}
_NO_DOCUMENT = {"program": "프로그램", "package": "설치할 패키지 목록", "words": "낱말 목록"}
_NOT_READ = "입니다. 글이 아니어서 읽지 않았습니다."
_JSON_LIST = re.compile(r'\[\s*(?:[{\[\]]|"(?:[^"\\]|\\.){0,9999}"\s*(?:,\s*"|\]\s*$))')
_WORD = re.compile(r"[^\s.,!?;:{}<>\[\]\"]{1,15}")
_HTML_TAG = re.compile(
    r"<(?:html|head|body|div|p|article|table|meta|span|a|h\d)\b|<!doctype html", re.I
)
# What Windows keeps for devices.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)\d)", re.I)


@dataclass(frozen=True)
class Reading:
    """What was read, and what was not.

    Attributes
    ----------
    documents : DataFrame
        Cleaned: ``doc_id`` (unique), ``title, text, date`` (NaT when the day is not known),
        ``date_basis, publisher, genre, text_kind, url, regions, source_file, text_sha256,
        date_from, date_to, speaker, occasion, figures, organisations, programmes, people``.
    rejects : DataFrame
        ``source_file, row, reason``: files and rows left out; ``row`` is <NA> for a file.
    files : DataFrame
        ``source_file, kind, status, n_documents, reason``, one row per file found; ``status``
        is read, skipped (not a document) or rejected. Of its rows (one for a text) ``n_found``,
        which is ``n_read + n_skipped + n_rejected``.
    notes : DataFrame
        ``source_file, row, reason``: kept documents with a doubtful date, id or label.
    columns : DataFrame
        ``source_file, column, source_columns``: how tables were understood.
    removed : DataFrame
        ``publisher, rule, n_lines, example``: lines of pages that are not the article.
    cleaning : DataFrame
        What cleaning changed, see :func:`policytext.texts.clean.steps_table`.
    """

    documents: pd.DataFrame
    rejects: pd.DataFrame
    files: pd.DataFrame
    notes: pd.DataFrame
    columns: pd.DataFrame
    removed: pd.DataFrame
    cleaning: pd.DataFrame


@dataclass
class _Intake:
    """Everything met, file by file."""

    files: list[dict] = field(default_factory=list)
    rejects: list[tuple] = field(default_factory=list)
    notes: list[tuple] = field(default_factory=list)
    columns: list[tuple] = field(default_factory=list)
    removed: dict[tuple[str, str], list] = field(default_factory=dict)
    cleaning: clean.Tally = field(default_factory=dict)
    articles: set[str] = field(default_factory=set)
    batches: list[pd.DataFrame] = field(default_factory=list)
    waiting: list[dict] = field(default_factory=list)

    def add(self, record: dict) -> None:
        """Keep a record; as Arrow columns they take a fraction of the memory."""
        self.waiting.append(record)
        if len(self.waiting) == _BATCH:
            self.batches.append(_frame(self.waiting))
            self.waiting = []

    def note(self, rows: pd.DataFrame, reasons: Iterable[str]) -> None:
        self.notes += zip(rows["source_file"], rows["row"], reasons, strict=True)


def read_documents(
    paths: str | Path | Iterable[str | Path],
    *,
    kind: str | None = None,
    columns: Mapping[str, Any] | None = None,
    defaults: Mapping[str, str] | None = None,
) -> Reading:
    """Read files and folders of any supported kind into one documents table.

    `paths`: files, folders (read with their subfolders), ``archive!member``, or patterns with
    ``*``. The kind of each file is judged by its content. `kind`: one of :data:`KINDS`, to read
    every file as this kind. `columns`: for tables: documents column -> source column or list of
    source columns (texts are joined by a line end, others by ";"). Columns left out are guessed
    from headers. `defaults`: values where a source has none, such as ``{"genre": "speech"}``.

    What cannot be read is in ``rejects``; only a wrong argument is a PolicyTextError, such as
    `columns` that no table has.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = "제목,본문,일자\\n창업,문을 열었다.,2015.3"
    ...     _ = Path(folder, "표.csv").write_text(table, "utf-8")
    ...     reading = read_documents(folder)
    >>> reading.documents[["title", "text", "date_basis"]].values.tolist()
    [['창업', '문을 열었다.', 'metadata']]
    >>> reading.files[["kind", "status", "n_documents"]].values.tolist()
    [['csv', 'read', 1]]
    """
    _check_arguments(paths, kind, columns or {}, defaults or {})
    intake, lacking = _Intake(), []
    for source in sources.find_sources(paths):
        file = {"source_file": source.name, "kind": kind or "", "status": "rejected"}
        counts = Counter()
        try:
            file["kind"], reason = _read_source(source, kind, columns, intake, counts)
            file["status"] = "rejected" if reason else "read"
        except Skipped as skipped:
            file["kind"], file["status"], reason = "", "skipped", str(skipped)
        except Exception as error:  # a library may raise anything on a hostile file
            reason = sources.reason(error)
            lacking += [f"'{source.name}': {reason}"] * isinstance(error, tables.NoSuchColumn)
            counts = Counter(n_rejected=counts.total() + getattr(error, "n_rows", 1))
        intake.files.append(file | {"reason": reason} | dict.fromkeys(_COUNTS, 0) | counts)
        if file["status"] == "rejected":
            intake.rejects.append((source.name, None, reason))
    sources.open_archive.cache_clear()  # lets go of the file
    if lacking and not intake.columns:  # a slip of the hand, not of a file
        raise StudyError(lacking[0])
    return _assemble(intake, defaults or {})


def _check_arguments(paths: object, kind: str | None, columns: Mapping, defaults: Mapping) -> None:
    is_met = isinstance(paths, Path | Iterable) and not isinstance(paths, bytes)
    demand(is_met, "read_documents()에는 경로를 주어", paths, "경로를 글자로 적으세요.")
    known_values([] if kind is None else kind, KINDS, "kind 값")
    known_values(columns, COLUMNS, "columns의 열")
    known_values(defaults, COLUMNS, "defaults의 열")
    for column, allowed in (("genre", GENRES), ("text_kind", TEXT_KINDS)):
        known_values(defaults.get(column, ()), allowed, f"defaults의 {column} 값")


def _read_source(
    source: SourceFile, kind: str | None, columns: Mapping | None, intake: _Intake, counts: Counter
) -> tuple[str, str]:
    """Add what a file holds to `intake` and `counts`: its kind, and why it gave no document or ""."""
    if source.fault:
        raise ReadError(source.fault)
    before, fresh = source.state(), set()
    found, items, used = _open(source, kind, columns, (intake.articles, fresh))
    faults, left_out, n_records = [], Counter(), 0
    for item in items:
        if len(faults) > max(MAX_FAULTS, n_records):
            said = f"읽지 못한 행이 {MAX_FAULTS:,}개를 넘어 그만 읽었습니다."
            raise ReadError(f"{said} 파일의 형식을 확인하세요.")
        if isinstance(item, Skipped):
            left_out[str(item)] += 1
            counts["n_skipped"] += 1
        elif isinstance(item, ReadError):
            told = faults if item.n_rows else intake.notes  # nothing is lost with it
            told.append((source.name, item.number, str(item)))
            counts["n_rejected"] += item.n_rows
        elif fault := _fault(item):
            counts["n_rejected"] += 1
            if "row" not in item:  # the file itself
                return found, fault
            faults.append((source.name, item["row"], fault))
        else:
            faults += [(source.name, item["row"], why) for why in item.pop("faulty", ())]
            counts["n_read"] += not item.get("is_second")
            n_records += 1
            intake.add(_cleaned(item | {"source_file": source.name, "kind": found}, intake))
    if source.state() != before:
        raise ReadError("읽는 동안 파일이 바뀌었습니다. 저장이 끝난 뒤 다시 읽으세요.")
    if left_out:
        reasons = ", ".join(f"{reason} {n:,}건" for reason, n in sorted(left_out.items()))
        intake.notes.append((source.name, pd.NA, f"기사를 뺐습니다: {reasons}."))
        if not n_records and not faults:
            raise Skipped(f"남는 기사가 없습니다: {reasons}.")
    intake.articles |= fresh
    for column, names in used.items():
        intake.columns.append((source.name, column, clean.clean_label(", ".join(names))))
    intake.rejects += faults
    return found, "" if n_records else "문서가 한 건도 없습니다. 파일 내용을 확인하세요."


def _cleaned(item: dict, intake: _Intake) -> dict:
    """Clean a record here and not on the whole table: one copy of a text at a time."""
    item["text"], garbled = clean.restore(item["text"])
    note = item.get("note", "")  # of letters that a reader restored, too
    item["note"] = note if garbled in note else f"{note} {garbled}".strip()
    text = clean.clean_text(item["text"], intake.cleaning)
    item["title"] = clean.restore(item.get("title", ""))[0]
    for column in set(COLUMNS) - {"text", "source_file"}:
        if isinstance(item.get(column), str):
            cover = clean.clean_line if column in _SAID else clean.clean_label
            item[column] = cover(item[column])
    item |= {"text": text, "text_sha256": text_sha256(text)}
    date = item.pop("date", "")
    item["written"], span = ("", date) if isinstance(date, DateSpan) else (date, DateSpan())
    if not span.is_known and item["kind"] in _SINGLE:
        span = filename_date(item["source_file"].rpartition("/")[2])
        item["date_basis"] = "filename"
    item |= {column: getattr(span, column) for column in _DATE_COLUMNS}
    for rule, line in item.pop("removed", ()):
        key = (item.get("publisher", ""), rule)
        intake.removed.setdefault(key, [0, clean.clean_line(line)[:80]])[0] += 1
    return item


def _open(
    source: SourceFile, kind: str | None, columns: Mapping | None, seen: tuple[set, set]
) -> tuple[str, Iterable, dict[str, list[str]]]:
    """The kind of a source, its records and faults, and the columns used of a table."""
    found = kind or sniff(source)
    if found in attachments.READERS:
        return found, apart.read(found, source), {}
    form = sniff(source) if found == "bigkinds" else found
    if form not in tables.FORMS:
        raise ReadError("빅카인즈의 표가 아닙니다. 내려받은 XLSX나 CSV를 넣으세요.")
    given = [n for names in (columns or {}).values() for n in tables.as_names(names)]
    headers, rows = apart.read(form, source, given)
    if found == "bigkinds" or (not columns and tables.is_bigkinds(headers)):
        return "bigkinds", tables.read_bigkinds(headers, rows, *seen), {}
    try:
        chosen, items = tables.read_table(headers, rows, columns)
    except ReadError as error:
        error.n_rows = max(1, sum(1 for _ in rows))
        raise
    return found, items, chosen


def _fault(item: dict) -> str:
    if not re.search(r"\w", item.get("text", "")):
        return "본문이 비어 있습니다. 원문을 채우거나 빼세요."
    is_long = len(item["text"]) > tables.MAX_CELL
    return "글이 400만 자를 넘습니다. 문서마다 나누어 저장하세요." if is_long else ""


def _dated(frame: pd.DataFrame, intake: _Intake) -> pd.DataFrame:
    """Days and bounds of what is written, with notes on what could not be read."""
    written = frame["written"].str.strip()
    for _, own in written[written != ""].groupby(frame["source_file"]):
        order = written_order(own.unique())
        spans = {value: parse_date(value, order=order) for value in own.unique()}
        for column in _DATE_COLUMNS:
            frame.loc[own.index, column] = [getattr(spans[value], column) for value in own]
    is_unread = (written != "") & frame["date_from"].isna()
    said = written[is_unread].str[:30].map(repr).map(lambda day: attach_particle(day, "을/를"))
    unread = frame.loc[is_unread, ["source_file", "row"]]
    unread = unread.assign(note="날짜 " + said + " 읽을 수 없어 모름으로 두었습니다.")
    noted = frame.loc[frame["note"] != "", list(unread)]
    told = pd.concat([unread, noted]).sort_index(kind="stable")
    intake.note(told, told["note"])
    # A column may say whether the date was inferred.
    is_inferred = frame["date_basis"].str.lower().isin(_YES)
    said = frame["date_basis"].where(frame["date_basis"].isin(DATE_BASES), "metadata")
    said = said.mask(is_inferred, "inferred")
    return frame.assign(date_basis=said.mask(frame["date_from"].isna(), "unknown"))


def _frame(records: list[dict]) -> pd.DataFrame:
    columns: dict[str, Any] = {
        column: pd.Series([record.get(column) or "" for record in records], dtype="str")
        for column in (*COLUMNS, *_WORKING)
    }
    for column in _DATE_COLUMNS:
        columns[column] = pd.Series([r[column] for r in records], dtype="datetime64[us]")
    columns["row"] = pd.array([record.get("row") for record in records], dtype="Int64")
    return pd.DataFrame(columns)


def _assemble(intake: _Intake, defaults: Mapping[str, str]) -> Reading:
    frame = pd.concat([*intake.batches, _frame(intake.waiting)], ignore_index=True)
    files = pd.DataFrame(intake.files, columns=[*_FILES])
    is_read = frame["source_file"].isin(files.loc[files["status"] == "read", "source_file"])
    frame = frame if is_read.all() else frame[is_read].reset_index(drop=True)  # no second copy
    frame = _dated(frame, intake)
    place = {name: number for number, name in enumerate(files["source_file"])}
    intake.notes.sort(key=lambda note: place[note[0]])
    frame, joined = attachments.join_attachments(frame)
    frame = _with_defaults(frame, defaults)
    frame, again = with_own_ids(frame)
    frame = _without_far_dates(frame, intake)
    stubs = frame[frame["stub"] != ""]
    said = "본문이 첨부파일을 가리키기만 합니다. 옆에 두면 이어 붙입니다."
    intake.note(stubs, [said] * len(stubs))
    intake.note(again, again["reason"])
    files["n_documents"] = files["source_file"].map(frame["source_file"].value_counts()).fillna(0)
    files["n_found"] = files[[*_COUNTS]].sum(axis=1)
    files["reason"] = files["reason"].map(clean.clean_label)
    files = files.astype({name: "int64" for name in _FILES if name.startswith("n_")})
    files = files.astype(dict.fromkeys(["source_file", "kind", "status", "reason"], "str"))
    for lost in losses(files).itertuples():
        intake.notes.append((lost.source, pd.NA, f"{lost.told} 까닭은 거절된 것에 있습니다."))
    for name, reason in joined.items():
        files.loc[files["source_file"] == name, "reason"] = reason
    outlet = defaults.get("publisher", "")
    removed = [
        (publisher or outlet, sources.RULES["removed"][rule], n_lines, example)
        for (publisher, rule), (n_lines, example) in sorted(intake.removed.items())
    ]
    return Reading(
        documents=frame[COLUMNS],
        rejects=_reasons(intake.rejects),
        files=files,
        notes=_reasons(intake.notes),
        columns=pd.DataFrame(intake.columns, columns=["source_file", "column", "source_columns"]),
        removed=pd.DataFrame(removed, columns=["publisher", "rule", "n_lines", "example"]),
        cleaning=clean.steps_table(intake.cleaning),
    )


def _reasons(rows: list[tuple]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["source_file", "row", "reason"])
    table["reason"] = table["reason"].map(clean.clean_label)
    return table.astype({"source_file": "str", "row": "Int64", "reason": "str"})


MAX_LOST = 0.1


def losses(files: pd.DataFrame) -> pd.DataFrame:
    """Sources, and tables in others, that lost more than a tenth of the texts they hold.

    ``source, n_found, n_rejected, told``, from :attr:`Reading.files`.
    """
    by = [files.groupby(key, sort=False)[["n_found", "n_rejected"]].sum()
          for key in (_root(files["source_file"]), files["source_file"])]  # fmt: skip
    by = [own[own["n_found"] > 1] for own in by]  # a file of one text is a reject, told as such
    lossy, single = (own[own["n_rejected"] > MAX_LOST * own["n_found"]] for own in by)
    single = single[~_root(single.index).isin(lossy.index)]
    lost = pd.concat([lossy, single]).rename_axis("source").reset_index()
    told = [f"찾은 {n:,}건 가운데 {m:,}건({m / n:.0%})을 읽지 못했습니다."
            for _, n, m in lost.itertuples(index=False)]  # fmt: skip
    return lost.assign(told=told)


def _root(names: pd.Series | pd.Index) -> pd.Series | pd.Index:
    return names.str.replace("[/!].*", "", regex=True)


def loss_warnings(reading: Reading) -> list[str]:
    """What each source lost that lost more than a tenth, with the commonest reason, in Korean."""
    told, name = [], reading.rejects["source_file"]
    for lost in losses(reading.files).itertuples():
        is_of = (name == lost.source) | (_root(name) == lost.source)
        reason = "".join(reading.rejects.loc[is_of, "reason"].mode()[:1])
        told.append(f"경고: '{lost.source}'에서 {lost.told} 가장 많은 까닭: {reason}")
    return told


def _with_defaults(frame: pd.DataFrame, defaults: Mapping[str, str]) -> pd.DataFrame:
    """What a source does not say, the caller's defaults say, and then a guess."""
    frame = frame.copy()
    frame["genre"] = frame["genre"].where(frame["genre"].isin(GENRES), "")
    frame["text_kind"] = frame["text_kind"].where(frame["text_kind"].isin(TEXT_KINDS), "")
    columns = ("title", "publisher", "url", "regions", "speaker", "occasion", "genre", "text_kind")
    fills = [(column, defaults.get(column, "")) for column in columns]
    fills += [("genre", frame["genre_guess"])]
    named = frame["title"] + "\n" + frame["source_file"].str.replace(r"^.*[/!]", "", regex=True)
    for genre in sources.RULES["genres"]:
        is_named = named.str.contains(sources.pattern(genre, "genres"))
        fills += [("genre", is_named.map({True: genre, False: ""}))]
    fills += [("genre", "other"), ("text_kind", "full")]
    for column, value in fills:
        frame[column] = frame[column].mask(frame[column].str.strip() == "", value)
    span = parse_date(defaults.get("date"))
    if span.is_known:
        is_missing = frame["date_from"].isna()
        for column in _DATE_COLUMNS:
            frame[column] = frame[column].mask(is_missing, getattr(span, column))
        frame["date_basis"] = frame["date_basis"].mask(is_missing, "metadata")
    return frame


def _without_far_dates(frame: pd.DataFrame, intake: _Intake) -> pd.DataFrame:
    """A day far from all others of its source is named to be looked at, and not believed."""
    days = frame["date"].fillna(frame["date_from"])
    is_far = days.groupby(_root(frame["source_file"])).transform(far_dates).astype(bool)
    said = [f"날짜 {day:%Y-%m-%d}이 같은 자료의 다른 글과 너무 멀어 모름으로 두었습니다. "
            "원문의 날짜를 확인하세요." for day in days[is_far]]  # fmt: skip
    intake.note(frame[is_far], said)
    frame.loc[is_far, _DATE_COLUMNS] = pd.NaT
    frame.loc[is_far, "date_basis"] = "unknown"
    return frame


def with_own_ids(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Texts with an id each: the source's, else one of title and text; repeats get -2, -3, ….

    Beside them ``source_file, row, reason`` of the repeats, as in :attr:`Reading.notes`.
    """
    ids: dict[str, None] = {}
    repeated: dict[int, str] = {}
    n_seen: Counter[str] = Counter()
    rows = zip(frame["doc_id"].str.strip(), frame["title"], frame["text_sha256"], strict=True)
    for i, (given, title, digest) in enumerate(rows):
        own = text_sha256(f"{title}\n{digest}")[:16]
        base = doc_id = given or own
        while doc_id in ids:
            n_seen[base] += 1
            doc_id = f"{base}-{n_seen[base] + 1}"
            repeated[i] = given if given != own else ""
        ids[doc_id] = None
    frame = frame.assign(doc_id=pd.Series(list(ids), dtype="str"))
    again = frame.loc[list(repeated)].reindex(columns=["source_file", "row", "doc_id"])
    again["reason"] = list(map(_repeat_note, repeated.values(), again.pop("doc_id")))
    return frame, again.astype({"row": "Int64", "reason": "str"})


def _repeat_note(given: str, doc_id: str) -> str:
    if not given:
        return "제목과 본문이 앞에 읽은 글과 똑같습니다. 비교할 때는 한 글로 셉니다."
    old, new = attach_particle(repr(given), "이/가"), attach_particle(repr(doc_id), "으로/로")
    return f"doc_id {old} 겹쳐 {new} 바꾸었습니다."


# Which reader a file needs


def sniff(source: SourceFile) -> str:
    """The kind of a file, judged by its content.

    What is no document is Skipped; one that cannot be read is a ReadError.
    """
    name = source.name.rpartition("!")[2].rpartition("/")[2] or source.name
    if _IGNORED.match(name):
        raise Skipped("숨김 파일이거나 프로그램이 만든 임시 파일입니다.")
    if not_read := _NO_TEXTS.search(name):
        raise Skipped(_NO_DOCUMENT["package" if not_read["package"] else "program"] + _NOT_READ)
    head = source.head()
    if not head.strip(b"\0\r\n\t \xef\xbb\xbf"):
        raise ReadError(f"빈{'칸뿐인' * bool(head)} 파일입니다. 내용을 넣어 다시 저장하세요.")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04"):
        return _sniff_zip(source)
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _sniff_ole(source)
    if head.startswith(b"HWP Document File V"):
        raise ReadError("한글 3.0 문서는 읽을 수 없습니다. 한글에서 HWPX로 다시 저장하세요.")
    if head.startswith(b"{\\rtf"):
        raise ReadError("RTF 문서는 읽지 않습니다. DOCX나 HWPX로 다시 저장하세요.")
    if head.startswith(_IMAGES) and head[12:16] != b"text":
        raise Skipped("그림이나 소리 파일입니다.")
    text = sources.decode(head).lstrip("\ufeff \t\r\n")
    if not_read := no_document(text):
        raise Skipped(_NO_DOCUMENT[not_read] + _NOT_READ)
    return _sniff_text(text, name)


def no_document(text: str) -> str:
    """What a text is that is none to be analysed: a program, a list of packages or of words.

    >>> no_document("은\\n는\\n이\\n가"), no_document("창업을 돕는다.")
    ('words', '')
    """
    lines = [line.strip() for line in text[:20000].split("\n") if line.strip()]
    for name, form in _LINES.items():
        if sum(form.match(line) is not None for line in lines) > 0.3 * len(lines):
            return name
    is_words = len(lines) >= 4 and all(_WORD.fullmatch(line) for line in lines)
    return "words" if is_words else ""


def _sniff_zip(source: SourceFile) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(source.read(2**29))) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        raise ReadError("압축 파일이 잘렸거나 망가졌습니다. 다시 내려받으세요.") from None
    if names & {"xl/workbook.xml", "xl/workbook.bin"}:
        return "xlsx"
    if any(re.match(r"Contents/section\d+\.xml", name) for name in names):
        return "hwp"
    if "word/document.xml" in names:
        return "docx"
    if "ppt/presentation.xml" in names:
        raise ReadError("파워포인트 문서는 읽지 않습니다. PDF로 저장하세요.")
    raise Skipped("압축 파일입니다. 안의 파일을 읽으려면 '파일!안의 이름'으로 적으세요.")


def _sniff_ole(source: SourceFile) -> str:
    with olefile.OleFileIO(io.BytesIO(source.read(2**29))) as container:
        streams = {stream[0] for stream in container.listdir()}
    if "EncryptedPackage" in streams:
        raise ReadError("암호가 걸린 오피스 문서입니다. 암호를 푼 뒤 다시 저장하세요.")
    if "FileHeader" in streams:
        return "hwp"
    if streams & {"Workbook", "Book"}:
        return "xlsx"
    raise ReadError("읽지 않는 오피스 문서입니다. PDF나 HWPX로 저장하세요.")


def _sniff_text(text: str, name: str) -> str:
    if text.startswith("{"):
        first, _, rest = text.partition("\n")
        is_lines = isinstance(tables.parsed(first.encode()), dict) and rest.strip()
        return "jsonl" if is_lines else "json"
    if _JSON_LIST.match(text):
        return "json"
    if text.startswith("<"):
        return _sniff_markup(text, name)
    if markup.is_mime(text):
        return "html"
    is_named_table = name.lower().endswith((".csv", ".tsv", ".tab"))
    return "csv" if tables.sniff_delimiter(text, is_named_table=is_named_table) else "text"


def _sniff_markup(text: str, name: str) -> str:
    """API answers and feeds name themselves in their first tags; other markup is a page."""
    start = _NOT_MARKUP.sub("", text[:20000])
    is_open_data = re.search(r"<(?:item|row|Row)\b", start) is not None
    if re.search(r"<(?:\w+:)?(?:NewsItem|cmmMsgHeader)\b", start):
        return "korea_kr"
    if re.match(r"\s*<(?:rss|feed|rdf:RDF)\b", start):
        return "rss"
    if not is_open_data and re.search(r"<(?:\w+:)?resultCode\b", start):
        return "korea_kr"
    # A worksheet saved as a page; an ordinary page may hold tables too.
    if re.search(r"<(?:\w+:)?table\b", text, re.I) and (
        name.lower().endswith((".xls", ".xlsx", ".csv")) or re.search(r"<(?:\w+:)?Workbook\b", text)
    ):
        return "html_table"
    if is_open_data and not re.search(r"<(?:html|!doctype html)", text, re.I):
        return "xml"
    if _HTML_TAG.search(text):
        return "html"
    return "xml" if text.startswith("<?xml") else "text"


# From a folder to a study

_TO_FILL_IN = '\ntext = ""\n'


def ingest(
    paths: Sequence[str | Path],
    name: str,
    *,
    kind: str | None = None,
    columns: Mapping[str, Any] | None = None,
) -> Reading:
    """Read `paths` and write ``data/studies/<name>.toml`` with the account of the files.

    `paths, kind, columns` are as in :func:`read_documents`, `name` has letters, digits, ``-`` and
    ``_``. ``files.csv``, ``rejects.csv`` and ``notes.csv`` go to ``data/processed/<name>/``. A
    StudyError: an unusable name, a study that exists, a path that does not, or nothing read (the
    TOML is then written only when all it lacks is the column of the texts).
    """
    name = unicodedata.normalize("NFC", name)
    target = study.STUDIES / f"{name}.toml"
    with study.alone(target, f"연구 '{name}'"):
        _check_new(name, target, paths)
        reading = read_documents(paths, kind=kind, columns=columns)
        folder = study.PROCESSED / name
        folder.mkdir(parents=True, exist_ok=True)
        for table in ("files", "rejects", "notes"):
            place = folder / f"{table}.csv"
            getattr(reading, table).to_csv(place, index=False, encoding="utf-8-sig")
        target.parent.mkdir(parents=True, exist_ok=True)
        is_empty = reading.documents.empty
        headers, rows = _unclear_table(paths, kind) if is_empty and not columns else ([], [])
        if is_empty and not headers:
            told = "".join(f"까닭: {reason}" for reason in reading.files["reason"].mode()[:1])
            raise StudyError(
                f"파일 {len(reading.files):,}개에서 읽은 문서가 없어 {attach_particle(repr(name), '을/를')} "
                f"만들지 않았습니다. {told or '폴더가 비어 있습니다.'}"
            )
        columns = {"text": ""} if headers else columns or {}
        study.write_whole(target, study_toml(paths, name, reading, kind, columns))
        if headers:
            raise StudyError(_to_fill_in(name, target, headers, rows))
        return reading


def _unclear_table(paths: Sequence[str | Path], kind: str | None) -> tuple[list[str], list[dict]]:
    """Headers and first rows of the first table whose column of texts cannot be told."""
    for source in sources.find_sources(paths):
        try:
            headers, rows = apart.read(kind or sniff(source), source)
            tables.choose_columns(headers, None)
        except tables.NoTextColumn:
            first = (row for _, row in itertools.islice(rows, 3))
            return headers, [row for row in first if isinstance(row, dict)]
        except Exception:  # the account says why
            continue
    return [], []


def _to_fill_in(name: str, target: Path, headers: list[str], rows: list) -> str:
    told = (
        f"글이 든 열을 알 수 없습니다. {target.name}의 'text = \"\"' 줄에 열 이름을 적은 뒤 "
        f"'python3 run.py report {name}' 명령을 치세요.\n"
        f"또는 'python3 run.py ingest … --study {name} --columns text=열이름' 명령을 치세요."
    )
    shown = [dict(zip(headers, headers, strict=True)), *rows]
    for place, row in zip(("열", "1행", "2행", "3행"), shown, strict=False):
        cells = (tables.as_text(row.get(header))[:20] for header in headers[:12])
        told += f"\n  {place}: {' | '.join(cells)}"
    return told


def _check_new(name: str, target: Path, paths: Sequence[str | Path]) -> None:
    if not re.fullmatch(r"\w[\w-]{0,49}", name) or _RESERVED.fullmatch(name):
        raise StudyError(
            "연구 이름은 글자나 숫자로 시작하고 글자, 숫자, '-', '_'만 50자까지 쓸 수 있는데 "
            f"'{name[:60]}'입니다. 이름을 고치세요."
        )
    if target.exists() and _TO_FILL_IN not in target.read_text("utf-8"):
        raise StudyError(
            f"연구 '{name}'의 설정 파일 {target.name}이 이미 있습니다. "
            "자료를 더하려면 그 파일에 [[sources]]를 더 적고, 새로 만들려면 그 파일을 지우세요."
        )
    for path in paths:
        if str(path) != sources.readable(path):
            raise StudyError(
                f"'{sources.readable(path)}'의 이름이 UTF-8이 아닙니다(옛 압축 파일에서 나온 이름). "
                "이름을 고치거나 그 파일이 든 폴더를 적으세요."
            )
    if missing := [str(path) for path in paths if not Path(path).exists()]:
        raise StudyError(f"읽을 파일이나 폴더가 없습니다: {', '.join(missing)}. 경로를 확인하세요.")


def study_toml(
    paths: Sequence[str | Path], name: str, reading: Reading, kind: str | None, columns: Mapping
) -> str:
    """The TOML of a study that reads `paths`, the columns written out to be edited."""
    lines = [f"title = {_quoted(name)}", 'question = ""', ""]
    guessed = _common_columns(reading.columns) if len(paths) == 1 else {}
    columns = {**guessed, **columns}
    places = dict.fromkeys(Path(path).resolve() for path in paths)
    for path in (place for place in places if not places.keys() & {*place.parents}):  # none twice
        lines += ["[[sources]]", f"path = {_quoted(_place(path))}"]
        lines += [f"kind = {_quoted(kind)}"] if kind else []
        if columns:
            lines += ["", "# 표의 열을 이렇게 알아보았습니다. 틀렸으면 고치세요."]
            lines += ["[sources.columns]"]
            lines += [f"{column} = {_quoted(source)}" for column, source in columns.items()]
        lines.append("")
    min_df = 2 if len(reading.documents) < 100 else 5
    lines += ["[topics]", f"min_df = {min_df}", "", "[comparison]", f"min_df = {min_df}", ""]
    return "\n".join(lines)


def _quoted(text: str | Sequence[str]) -> str:
    return json.dumps(text, ensure_ascii=False)


def _place(path: str | Path) -> str:
    """Relative to the project when inside it, so that the study moves with the folder."""
    absolute = Path(path).resolve()
    is_inside = absolute.is_relative_to(study.ROOT)
    return (absolute.relative_to(study.ROOT) if is_inside else absolute).as_posix()


def _common_columns(columns: pd.DataFrame) -> dict[str, str]:
    """The column mapping, when all tables of a source were understood the same way."""
    if columns.empty or columns.groupby("column")["source_columns"].nunique().max() > 1:
        return {}
    first = columns.drop_duplicates("column").set_index("column")["source_columns"]
    return {column: source for column, source in first.items() if ", " not in source}


def summary(reading: Reading) -> str:
    """One Korean line: files found, read, skipped, rejected; documents; rows rejected; texts without
    a date or a publisher; notes; what sources lost more than a tenth."""
    status = reading.files["status"].value_counts()
    read, skipped, rejected = (int(status.get(key, 0)) for key in ("read", "skipped", "rejected"))
    n_rows = int(reading.rejects["row"].notna().sum())
    rows = f", 읽지 못한 행 {n_rows:,}개" if n_rows else ""
    n_of_kind = reading.documents["text_kind"].value_counts()
    kinds = ", ".join(f"{word} {n_of_kind.get(kind, 0):,}" for kind, word in KIND_NAMES.items())
    kinds = f"({kinds})" if len(n_of_kind) > 1 else ""
    n_undated = int(reading.documents["date_from"].isna().sum())
    undated = f" 날짜를 모르는 글 {n_undated:,}건(비교에서 빠짐)." if n_undated else ""
    n_unnamed = int((reading.documents["publisher"].fillna("") == "").sum())
    undated += f" 매체를 모르는 글 {n_unnamed:,}건." if n_unnamed else ""
    n_notes = len(reading.notes)
    notes = f" 살펴볼 것 {n_notes:,}건은 notes.csv에 있습니다." if n_notes else ""
    warned = "".join(f" {line}" for line in loss_warnings(reading))
    return (
        f"파일 {len(reading.files):,}개: 읽음 {read:,}, 건너뜀 {skipped:,}, 거절 {rejected:,}. "
        f"문서 {len(reading.documents):,}건{kinds}{rows}.{undated}{notes}{warned}"
    )
