"""Paths to one documents table, with every file and row accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from policytext.cleaning import clean_line, clean_text, text_hash
from policytext.readers import bigkinds, tables, workbooks
from policytext.readers.assembly import (
    COLUMNS,
    Ledger,
    Reading,
    assemble,
    count_removed,
    date_records,
)
from policytext.readers.kinds import KINDS, reader_of, sniff
from policytext.readers.sources import ReadError, Source, find_sources, open_archive
from policytext.schema import GENRES, TEXT_KINDS

FORMS = tables.FORMS | {"xlsx": workbooks.read_workbook}


def read_documents(
    paths: str | Path | Iterable[str | Path],
    *,
    kind: str | None = None,
    columns: Mapping[str, Any] | None = None,
    defaults: Mapping[str, str] | None = None,
) -> Reading:
    """Read files and folders of any supported kind into one documents table.

    Parameters
    ----------
    paths : path or list of paths
        Files, folders (read with their subfolders), ``archive!member``, or patterns with
        ``*``. The kind of each file is judged by its content.
    kind : str, optional
        One of :data:`KINDS`, to read every file as this kind.
    columns : mapping, optional
        For tables: documents column -> source column or list of source columns (texts are
        joined by a line end, others by ";"). Columns left out are guessed from headers.
    defaults : mapping, optional
        Values where a source has none, such as ``{"genre": "speech"}``.

    Returns
    -------
    Reading
        Nothing found in `paths` stops the run: what cannot be read is in ``rejects``.

    Raises
    ------
    ValueError
        When an argument is wrong.

    Examples
    --------
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
    _check_arguments(kind, columns, defaults)
    ledger = Ledger()
    for source in find_sources(paths):
        try:
            n_documents, found_kind = _read_source(source, kind, columns, ledger)
            reason = "" if n_documents else "문서가 한 건도 없습니다. 파일 내용을 확인하세요."
            status = "read" if n_documents else "rejected"
        except _Skipped as skipped:
            n_documents, found_kind, status, reason = 0, "", "skipped", str(skipped)
        except Exception as error:  # a library may raise anything on a hostile file
            n_documents, found_kind, status = 0, kind or "", "rejected"
            reason = _reason(error)
        if status == "rejected":
            ledger.rejects.append((source.name, None, reason))
        ledger.files.append((source.name, found_kind, status, n_documents, reason))
    open_archive.cache_clear()  # lets go of the file
    return assemble(ledger, defaults or {})


class _Skipped(Exception):
    """Not a document at all."""


def _check_arguments(kind: str | None, columns: object, defaults: Mapping | None) -> None:
    if kind is not None and kind not in KINDS:
        raise ValueError(f"kind는 {', '.join(KINDS)} 가운데 하나여야 하는데 '{kind}'입니다.")
    for name, given in (("columns", columns or {}), ("defaults", defaults or {})):
        if unknown := set(given) - set(COLUMNS):
            raise ValueError(
                f"{name}에 문서 표에 없는 열({min(unknown)})이 있습니다. "
                f"쓸 수 있는 열: {', '.join(COLUMNS)}."
            )
    for column, allowed in (("genre", GENRES), ("text_kind", TEXT_KINDS)):
        if (defaults or {}).get(column, allowed[0]) not in allowed:
            raise ValueError(
                f"defaults의 {column}은(는) {', '.join(allowed)} 가운데 하나여야 하는데 "
                f"'{defaults[column]}'입니다."
            )


def _reason(error: Exception) -> str:
    if isinstance(error, ReadError):
        return str(error.args[0])
    if isinstance(error, PermissionError):
        return "읽기 권한이 없습니다. 파일 권한을 확인하세요."
    if isinstance(error, FileNotFoundError):
        return "읽는 동안 파일이 없어졌습니다. 경로를 확인하세요."
    return (
        f"파일이 망가졌거나 지원하지 않는 형식입니다({type(error).__name__}). 다시 저장해 보세요."
    )


def _read_source(
    source: Source, kind: str | None, columns: Mapping | None, ledger: Ledger
) -> tuple[int, str]:
    if source.fault:
        raise ReadError(source.fault)
    before, articles = source.state(), bigkinds.Seen(ledger.articles)
    found, items, used = _open_items(source, kind, columns, articles)
    records, rejects, left_out = [], [], Counter()
    for item in items:
        if isinstance(item, bigkinds.LeftOut):
            left_out[item.reason] += 1
        elif isinstance(item, ReadError):
            rejects.append((source.name, *item.args[1:], item.args[0]))
        elif fault := _fault(item):
            rejects.append((source.name, item.get("row"), fault))
        else:
            # Here and not on the whole table: one copy of a text at a time.
            text = clean_text(item["text"], ledger.cleaning)
            item |= {"title": clean_line(item.get("title", "")), "text": text}
            item |= {"text_sha256": text_hash(text), "source_file": source.name, "kind": found}
            count_removed(item, ledger)
            records.append(item)
    if source.state() != before:
        raise ReadError("읽는 동안 파일이 바뀌었습니다. 저장이 끝난 뒤 다시 읽으세요.")
    if left_out:
        reasons = ", ".join(f"{reason} {n:,}건" for reason, n in sorted(left_out.items()))
        ledger.notes.append((source.name, None, f"기사를 뺐습니다: {reasons}."))
        if not records and not rejects:
            raise _Skipped(f"남는 기사가 없습니다: {reasons}.")
    ledger.articles |= articles.fresh
    ledger.columns += [(source.name, column, ", ".join(names)) for column, names in used.items()]
    ledger.rejects += rejects
    ledger.notes += date_records(records)
    ledger.add(records)
    return len(records), found


def _open_items(
    source: Source, kind: str | None, columns: Mapping | None, articles: bigkinds.Seen
) -> tuple[str, Iterable, dict[str, list[str]]]:
    """The kind of a source, its records and faults, and the columns used of a table."""
    found, skip_reason = (kind, "") if kind else sniff(source)
    if skip_reason:
        raise _Skipped(skip_reason)
    form = sniff(source)[0] if found == "bigkinds" else found
    if form not in FORMS and found != "bigkinds":
        return found, reader_of(found)(source), {}
    headers, rows = FORMS[form](source)
    if found == "bigkinds" or (not columns and bigkinds.is_export(headers)):
        return "bigkinds", bigkinds.read_export(headers, rows, articles), {}
    chosen, items = tables.read_table(headers, rows, columns)
    return found, items, chosen


def _fault(item: dict) -> str:
    if not item.get("text", "").strip():
        return "본문이 비어 있습니다. 원문을 채우거나 빼세요."
    is_long = len(item["text"]) > tables.MAX_CELL
    return "글이 400만 자를 넘습니다. 문서마다 나누어 저장하세요." if is_long else ""
