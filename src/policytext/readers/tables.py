"""Tables: CSV, TSV, JSON lines, Parquet and workbooks to records, columns guessed or given."""

from __future__ import annotations

import csv
import difflib
import io
import itertools
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from policytext.cleaning import normalise
from policytext.korean import attach_particle
from policytext.readers.sources import HEAD, MAX_FILE, ReadError, Source, decode

MAX_CELL = 2**22  # characters; longer than any book
MAX_LINE = 2**24  # bytes of one JSON line
_HEADER_ROWS = 10
_DELIMITERS = ",\t;|"

# Spellings without spaces, underscores and case; earlier ones win.
ALIASES: dict[str, list[str]] = {
    "doc_id": """
        docid id 뉴스식별자 뉴스id 식별자 구분번호 문서번호 기사번호 divisionnumber newsid
        articleid 일련번호 번호
    """.split(),
    "title": """
        title 제목 글제목 기사제목 뉴스제목 연설제목 headline 보도자료명 subject 표제
    """.split(),
    "text": """
        text 본문 내용 기사본문 뉴스본문 연설문 speechtext content contents body fulltext
        articletext 전문 기사내용 article 본문내용 기사
    """.split(),
    "date": """
        date 일자 날짜 작성일 등록일 게시일 발행일 보도일 작성일자 등록일자 게시일자 보도일자
        발행일자 연설일자 연설연도 승인일 입력일 기사일자 pubdate published publishedat
        publisheddate datepublished datetime createdat 연도 year
    """.split(),
    "publisher": """
        publisher 언론사 매체 매체명 신문사 발행처 발행기관 작성기관 담당부처 부처 부처명
        기관명 press media outlet 출처 source
    """.split(),
    "url": "url link 링크 주소 원문url 기사url 원문링크 원문주소 originalurl".split(),
    "regions": "regions region 지역 지역명 시도".split(),
    "speaker": "speaker president 대통령 연설자 발언자".split(),
    "occasion": "occasion kind 연설유형 유형 종류 구분 분류 category type".split(),
    "genre": "genre 장르".split(),
    "text_kind": "textkind".split(),
}
_JOINERS = {"text": "\n", "title": " "}


def guess_columns(headers: list[str]) -> dict[str, str]:
    """Which source column holds which documents column, by Korean and English headers.

    Examples
    --------
    >>> guess_columns(["뉴스 식별자", "일자", "제목", "본문", "비고"])
    {'doc_id': '뉴스 식별자', 'title': '제목', 'text': '본문', 'date': '일자'}
    >>> guess_columns(["보도자료 제목", "제목 길이", "본문(전체)"])
    {'title': '보도자료 제목', 'text': '본문(전체)'}
    """
    spelled = {header_key(header): header for header in reversed(headers)}
    # A header that is no alias is known by its last word, what stands in brackets aside.
    last_words = {_last_word(header): header for header in reversed(headers)}
    found = {
        column: [
            names[alias] for names in (spelled, last_words) for alias in aliases if alias in names
        ]
        for column, aliases in ALIASES.items()
    }
    return {column: matches[0] for column, matches in found.items() if matches}


def _last_word(header: str) -> str:
    words = re.findall(r"[^\W_]+", re.sub(r"[(\[].*", "", normalise(str(header))))
    return words[-1] if words and re.fullmatch("[가-힣]{2,}", words[-1]) else ""


def choose_columns(headers: list[str], columns: Mapping[str, Any] | None) -> dict[str, list[str]]:
    """The guess, overruled by `columns` (None or "" there leaves a column out)."""
    chosen = {column: [header] for column, header in guess_columns(headers).items()}
    for column, names in (columns or {}).items():
        chosen[column] = [names] if isinstance(names, str) else list(names or [])
    chosen = {column: [name for name in names if name] for column, names in chosen.items()}
    spelled = {header_key(header): header for header in headers}
    for column, names in chosen.items():
        names = [name if name in headers else spelled.get(header_key(name), name) for name in names]
        chosen[column] = names
        if missing := [name for name in names if name not in headers]:
            close = difflib.get_close_matches(missing[0], headers, n=1, cutoff=0.4)
            hint = f" 혹시 '{close[0]}'인가요?" if close else ""
            named = attach_particle(repr(missing[0]), "이/가")
            reason = f"columns의 {column}에 적은 열 {named} 없습니다.{hint}"
            raise ReadError(f"{reason} 있는 열: {_listed(headers)}.")
    if not chosen.get("text"):
        reason = '본문 열을 찾지 못했습니다. columns에 text = "열 이름"을 적으세요.'
        raise ReadError(f"{reason} 있는 열: {_listed(headers)}.")
    return {column: names for column, names in chosen.items() if names}


def as_text(value: object, joiner: str = ";") -> str:
    """A cell as text: lists joined, whole floats without ".0", empty for missing."""
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, Mapping):
        return as_text(list(value.values()), " ")
    if isinstance(value, (list, tuple)):
        return joiner.join(filter(None, (as_text(item, joiner) for item in value)))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def read_table(
    headers: list[str], rows: Iterator, columns: Mapping[str, Any] | None
) -> tuple[dict[str, list[str]], Iterator[dict | ReadError]]:
    """The columns used, and one record (or fault) a row."""
    chosen = choose_columns(headers, columns)
    return chosen, (_record(number, row, chosen) for number, row in rows)


def sniff_delimiter(text: str, *, is_named_table: bool) -> str:
    """The delimiter if `text` starts like a table, else "".

    A text with commas is not a table: the header must hold a known text or title column, or
    the file must be named as a table and its rows be equally wide.
    """
    for delimiter in _DELIMITERS:
        sample = csv.reader(io.StringIO(text[:HEAD], newline=""), delimiter=delimiter)
        try:
            rows = [row for row in itertools.islice(sample, 20) if any(row)]
        except csv.Error:
            continue
        if not rows or len(rows[0]) < 2:
            continue
        guessed = guess_columns(rows[0])
        is_known = len(guessed) >= 2 and bool({"text", "title"} & guessed.keys())
        is_wide = len(text) >= HEAD // 4 and len(rows) == 1  # the head ends within the header
        is_even = is_wide or (len(rows) > 1 and all(len(row) == len(rows[0]) for row in rows[:-1]))
        if is_known or (is_named_table and is_even):
            return delimiter
    return ""


def _record(number: int, row: dict | ReadError, chosen: dict[str, list[str]]) -> dict | ReadError:
    if isinstance(row, ReadError):
        row.args = (*row.args, number)
        return row
    record: dict[str, Any] = {"row": number}
    for column, names in chosen.items():
        if column == "date" and len(names) == 1:
            record[column] = row.get(names[0])
            continue
        joiner = _JOINERS.get(column, ";")
        cells = (as_text(row.get(name), joiner) for name in names)
        record[column] = joiner.join(cell for cell in cells if cell.strip())
    return record


def _delimited(source: Source) -> tuple[list[str], Iterator]:
    text = decode(source.read(MAX_FILE))
    delimiter = sniff_delimiter(text, is_named_table=True) or ","
    csv.field_size_limit(MAX_CELL)
    # Line by line: a StringIO would hold the file again, at four bytes a letter.
    parts = (line[0] for line in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", text))
    lines = csv.reader(parts, delimiter=delimiter)
    cells = _filled_rows(lines)
    _, first = next(cells, (0, []))
    headers = unique_headers(first)

    def rows() -> Iterator:
        for number, row in cells:
            if len(row) > len(headers) and any(row[len(headers) :]):
                reason = f"열이 {len(headers)}개여야 하는데 {len(row)}개입니다."
                yield number, ReadError(f"{reason} 따옴표와 쉼표를 확인하세요.")
            else:
                yield number, dict(zip(headers, row, strict=False))

    return headers, rows()


def _filled_rows(lines) -> Iterator[tuple[int, list[str]]]:
    try:
        for row in lines:
            if any(cell.strip() for cell in row):
                yield lines.line_num, row
    except csv.Error:
        raise ReadError(
            f"{lines.line_num}번째 줄의 칸이 400만 자를 넘거나 망가졌습니다. "
            "따옴표의 짝을 확인하세요."
        ) from None


def _json_lines(source: Source) -> tuple[list[str], Iterator]:
    def rows() -> Iterator:
        with source.open() as file:
            lines = iter(lambda: file.readline(MAX_LINE), b"")
            for number, line in enumerate(lines, start=1):
                if len(line) == MAX_LINE:
                    reason = f"{number}번째 줄이 16MB를 넘습니다. 한 줄에 한 문서를 적으세요."
                    raise ReadError(reason)
                if line.strip():
                    yield number, _parsed(line)

    headers: dict[str, None] = {}
    for number, row in rows():
        headers.update(dict.fromkeys(row if isinstance(row, dict) else ()))
        if number >= 1000:
            break
    return list(headers), rows()


def _parsed(line: bytes) -> dict | ReadError:
    try:
        row = json.loads(decode(line))
    except (ValueError, RecursionError):
        return ReadError("JSON으로 읽을 수 없는 줄입니다. 한 줄에 객체 하나를 적으세요.")
    return row if isinstance(row, dict) else ReadError("JSON 객체({…})가 아닌 줄입니다.")


def _json(source: Source) -> tuple[list[str], Iterator]:
    try:
        data = json.loads(decode(source.read(2**27)))
    except (ValueError, RecursionError) as error:
        if isinstance(error, ReadError):
            raise
        raise ReadError("JSON으로 읽을 수 없습니다. 파일이 잘리지 않았는지 확인하세요.") from None
    if isinstance(data, dict):
        data = next((v for v in data.values() if isinstance(v, list) and v), [data])
    rows = [row if isinstance(row, dict) else ReadError("JSON 객체가 아닙니다.") for row in data]
    headers = list(dict.fromkeys(key for row in rows if isinstance(row, dict) for key in row))
    return headers, iter(enumerate(rows, start=1))


def _parquet(source: Source) -> tuple[list[str], Iterator]:
    try:
        file = pq.ParquetFile(source.open())
    except pa.ArrowException:
        raise ReadError("Parquet 파일이 잘렸거나 망가졌습니다. 다시 내려받으세요.") from None

    rows = (row for batch in file.iter_batches(batch_size=2000) for row in batch.to_pylist())
    return file.schema_arrow.names, enumerate(rows, start=1)


FORMS = {
    "csv": _delimited,
    "jsonl": _json_lines,
    "json": _json,
    "parquet": _parquet,
}


def header_key(header: str) -> str:
    """A header without the spaces, marks, case and code points that drift between exports."""
    return re.sub(r"[\s_\-.()*]", "", normalise(str(header))).lower()


def unique_headers(headers: list[str]) -> list[str]:
    """Headers on one line; one that comes again gets ".2", ".3", …"""
    seen: dict[str, int] = {}
    names = []
    for header in (" ".join(str(header).replace("\ufeff", "").split()) for header in headers):
        seen[header] = seen.get(header, 0) + 1
        names.append(header if seen[header] == 1 else f"{header}.{seen[header]}")
    return names


def _listed(headers: list[str], limit: int = 12) -> str:
    return ", ".join(headers[:limit]) + (" …" if len(headers) > limit else "")
