"""Any folder of texts to a study: read, account for every file, write the TOML."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from policytext import studies
from policytext.korean import attach_particle
from policytext.readers import Reading, read_documents
from policytext.selection import KIND_NAMES
from policytext.studies import StudyError

# What Windows keeps for devices.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)\d)", re.I)


def ingest(paths: Sequence[str | Path], name: str, *, kind: str | None = None) -> Reading:
    """Read `paths` and write ``data/studies/<name>.toml`` with the ledger of files.

    Parameters
    ----------
    paths : sequence of path
        Files and folders, as in :func:`policytext.readers.read_documents`.
    name : str
        Name of the study: letters, digits, ``-`` and ``_``.
    kind : str, optional
        Read every file as this kind.

    Returns
    -------
    Reading
        What was read. ``files.csv``, ``rejects.csv`` and ``notes.csv`` stand in
        ``data/processed/<name>/`` (UTF-8 with BOM, for Excel).

    Raises
    ------
    StudyError
        If the name is unusable, the study exists already, a path does not exist, or nothing
        could be read (the ledger says why; no TOML is written).
    """
    name = unicodedata.normalize("NFC", name)
    if not re.fullmatch(r"\w[\w-]{0,49}", name) or _RESERVED.fullmatch(name):
        raise StudyError(
            "연구 이름은 글자나 숫자로 시작하고 글자, 숫자, '-', '_'만 50자까지 쓸 수 있는데 "
            f"'{name[:60]}'입니다. 이름을 고치세요."
        )
    target = studies.STUDIES / f"{name}.toml"
    if target.exists():
        raise StudyError(
            f"연구 '{name}'의 설정 파일 {target.name}이 이미 있습니다. 다른 이름을 쓰거나 그 파일을 지우세요."
        )
    missing = [str(path) for path in paths if not Path(path).exists()]
    if missing:
        raise StudyError(f"읽을 파일이나 폴더가 없습니다: {', '.join(missing)}. 경로를 확인하세요.")
    reading = read_documents(paths, kind=kind)
    ledger = studies.PROCESSED / name
    ledger.mkdir(parents=True, exist_ok=True)
    for table in ("files", "rejects", "notes"):
        getattr(reading, table).to_csv(ledger / f"{table}.csv", index=False, encoding="utf-8-sig")
    if reading.documents.empty:
        reasons = reading.files["reason"].value_counts()
        reason = f" 까닭: {reasons.index[0]}" if len(reasons) else " 폴더가 비어 있습니다."
        raise StudyError(
            f"파일 {len(reading.files):,}개에서 읽은 문서가 없어 {attach_particle(repr(name), '을/를')} 만들지 "
            f"않았습니다.{reason}"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(study_toml(paths, name, reading, kind=kind), encoding="utf-8")
    return reading


def study_toml(
    paths: Sequence[str | Path], name: str, reading: Reading, *, kind: str | None = None
) -> str:
    """The TOML of a study that reads `paths`, the guessed columns written out to be edited."""
    lines = [f"title = {json.dumps(name, ensure_ascii=False)}", 'question = ""', ""]
    for path in paths:
        lines += ["[[sources]]", f"path = {json.dumps(_written(path), ensure_ascii=False)}"]
        if kind:
            lines.append(f"kind = {json.dumps(kind)}")
        columns = _common_columns(reading.columns) if len(paths) == 1 else {}
        if columns:
            lines += [
                "",
                "# 표의 열을 이렇게 알아보았습니다. 틀렸으면 고치세요.",
                "[sources.columns]",
            ]
            lines += [
                f"{column} = {json.dumps(source, ensure_ascii=False)}"
                for column, source in columns.items()
            ]
        lines.append("")
    n_documents = len(reading.documents)
    min_df = 2 if n_documents < 100 else 5
    lines += ["[topics]", f"min_df = {min_df}", "", "[comparison]", f"min_df = {min_df}", ""]
    return "\n".join(lines)


def summary(reading: Reading) -> str:
    """One Korean line: files found, read, skipped, rejected; documents; rows rejected; notes."""
    status = reading.files["status"].value_counts()
    read, skipped, rejected = (int(status.get(key, 0)) for key in ("read", "skipped", "rejected"))
    n_rows = int(reading.rejects["row"].notna().sum())
    rows = f", 읽지 못한 행 {n_rows:,}개" if n_rows else ""
    n_of_kind = reading.documents["text_kind"].value_counts()
    kinds = ", ".join(f"{word} {n_of_kind.get(kind, 0):,}" for kind, word in KIND_NAMES.items())
    kinds = f"({kinds})" if len(n_of_kind) > 1 else ""
    n_notes = len(reading.notes)
    notes = f" 살펴볼 것 {n_notes:,}건은 notes.csv에 있습니다." if n_notes else ""
    return (
        f"파일 {len(reading.files):,}개: 읽음 {read:,}, 건너뜀 {skipped:,}, 거절 {rejected:,}. "
        f"문서 {len(reading.documents):,}건{kinds}{rows}.{notes}"
    )


def _written(path: str | Path) -> str:
    """Relative to the project when inside it, so that the study moves with the folder."""
    absolute = Path(path).resolve()
    if absolute.is_relative_to(studies.PROJECT_ROOT):
        return absolute.relative_to(studies.PROJECT_ROOT).as_posix()
    return absolute.as_posix()


def _common_columns(columns: pd.DataFrame) -> dict[str, str]:
    """The column mapping, when all tables of a source were understood the same way."""
    if columns.empty or columns.groupby("column")["source_columns"].nunique().max() > 1:
        return {}
    first = columns.drop_duplicates("column").set_index("column")["source_columns"]
    return {column: source for column, source in first.items() if ", " not in source}
