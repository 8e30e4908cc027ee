"""Tables (CSV, JSON, Parquet, workbooks, news-archive exports) to records, a row each."""

from __future__ import annotations

import csv
import difflib
import io
import itertools
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from policytext.korean import attach_particle
from policytext.texts.clean import normalise
from policytext.texts.sources import (
    HEAD,
    MAX_FILE,
    RULES,
    ReadError,
    Skipped,
    SourceFile,
    check_archive,
    decode,
)

MAX_CELL = 2**22  # characters; longer than any book
MAX_LINE = 2**24  # bytes of one JSON line
Rows = Iterator[tuple[int, "dict | ReadError"]]

_ALIASES = {column: names.split() for column, names in RULES["headers"].items()}
_JOINERS = {"text": "\n", "title": " "}
_HEADER_ROWS = 10
_DELIMITERS = ",\t;|"
_BIGKINDS = frozenset(
    "뉴스식별자 일자 언론사 기고자 제목 통합분류1 통합분류2 사건/사고분류1 인물 위치 기관"
    " 키워드 본문 url 분석제외여부 특성추출가중치순상위50개".split()
)
_BIGKINDS_OWN = {"occasion": "통합분류1", "keywords": "키워드", "excluded": "분석제외"}


def read_table(
    headers: list[str], rows: Rows, columns: Mapping[str, Any] | None = None
) -> tuple[dict[str, list[str]], Iterator[dict | ReadError]]:
    """The columns used, and one record (or fault) a row."""
    chosen = choose_columns(headers, columns)
    return chosen, (_record(number, row, chosen) for number, row in rows)


def guess_columns(headers: Iterable[str]) -> dict[str, str]:
    """Which source column holds which documents column, by Korean and English headers.

    Examples
    --------
    >>> guess_columns(["뉴스 식별자", "일자", "제목", "본문", "비고"])
    {'doc_id': '뉴스 식별자', 'title': '제목', 'text': '본문', 'date': '일자'}
    >>> guess_columns(["보도자료 제목", "제목 길이", "본문(전체)"])
    {'title': '보도자료 제목', 'text': '본문(전체)'}
    """
    headers = list(headers)[::-1]  # of two alike the first is left
    found: dict[str, str] = {}
    # A header that is no alias is known by its last word, what stands in brackets aside.
    for key in (header_key, _last_word):
        names = {key(header): header for header in headers}
        for column, aliases in _ALIASES.items():
            if known := [names[alias] for alias in aliases if alias in names]:
                found.setdefault(column, known[0])
    return {column: found[column] for column in _ALIASES if column in found}


def header_key(header: object) -> str:
    """A header without the spaces, marks, case and code points that drift between exports."""
    return re.sub(r"[\s_\-.()*]", "", normalise(str(header))).lower()


def _last_word(header: object) -> str:
    words = re.findall(r"[^\W_]+", re.sub(r"[(\[].*", "", normalise(str(header))))
    return words[-1] if words and re.fullmatch("[가-힣]{2,}", words[-1]) else ""


def choose_columns(headers: list[str], columns: Mapping[str, Any] | None) -> dict[str, list[str]]:
    """The guess, overruled by `columns` (None or "" there leaves a column out)."""
    listed = ", ".join(headers[:12]) + (" …" if len(headers) > 12 else "")
    spelled = {header_key(header): header for header in headers}
    chosen: dict[str, list[str]] = {}
    for column, names in (guess_columns(headers) | dict(columns or {})).items():
        names = [names] if isinstance(names, str) else list(names or [])
        names = [n if n in headers else spelled.get(header_key(n), n) for n in names if n]
        if missing := [name for name in names if name not in headers]:
            close = difflib.get_close_matches(missing[0], headers, n=1, cutoff=0.4)
            hint = f" 혹시 '{close[0]}'인가요?" if close else ""
            named = attach_particle(repr(missing[0]), "이/가")
            reason = f"columns의 {column}에 적은 열 {named} 없습니다.{hint}"
            raise ReadError(f"{reason} 있는 열: {listed}.")
        if names:
            chosen[column] = names
    if "text" not in chosen:
        reason = '본문 열을 찾지 못했습니다. columns에 text = "열 이름"을 적으세요.'
        raise ReadError(f"{reason} 있는 열: {listed}.")
    return chosen


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


def _delimited(source: SourceFile) -> tuple[list[str], Rows]:
    text = decode(source.read(MAX_FILE))
    delimiter = sniff_delimiter(text, is_named_table=True) or ","
    csv.field_size_limit(MAX_CELL)
    # Line by line: a StringIO would hold the file again, at four bytes a letter.
    parts = (line[0] for line in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", text))
    cells = _filled_rows(csv.reader(parts, delimiter=delimiter))
    headers = unique_headers(next(cells, (0, []))[1])

    def rows() -> Rows:
        for number, row in cells:
            if any(row[len(headers) :]):
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


def unique_headers(headers: Iterable[object]) -> list[str]:
    """Headers on one line; one that comes again gets ".2", ".3", …"""
    seen: dict[str, int] = {}
    names = []
    for header in (" ".join(str(header).replace("\ufeff", "").split()) for header in headers):
        seen[header] = seen.get(header, 0) + 1
        names.append(header if seen[header] == 1 else f"{header}.{seen[header]}")
    return names


def _json_lines(source: SourceFile) -> tuple[list[str], Rows]:
    first = itertools.takewhile(lambda numbered: numbered[0] <= 1000, _parsed_lines(source))
    headers = dict.fromkeys(key for _, row in first if isinstance(row, dict) for key in row)
    return list(headers), _parsed_lines(source)


def _parsed_lines(source: SourceFile) -> Rows:
    with source.open() as file:
        for number, line in enumerate(iter(lambda: file.readline(MAX_LINE), b""), start=1):
            if len(line) == MAX_LINE:
                raise ReadError(f"{number}번째 줄이 16MB를 넘습니다. 한 줄에 한 문서를 적으세요.")
            if line.strip():
                yield number, _parsed(line)


def _parsed(line: bytes) -> dict | ReadError:
    try:
        return _object(json.loads(decode(line)))
    except (ValueError, RecursionError):
        return ReadError("JSON으로 읽을 수 없는 줄입니다. 한 줄에 객체 하나를 적으세요.")


def _object(value: object) -> dict | ReadError:
    return value if isinstance(value, dict) else ReadError("JSON 객체({…})가 아닙니다.")


def _json(source: SourceFile) -> tuple[list[str], Rows]:
    text = decode(source.read(2**27))
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ReadError("JSON으로 읽을 수 없습니다. 파일이 잘리지 않았는지 확인하세요.") from None
    rows = [_object(value) for value in json_list(data)]
    headers = dict.fromkeys(key for row in rows if isinstance(row, dict) for key in row)
    return list(headers), enumerate(rows, start=1)


def json_list(data: object) -> list:
    """The rows within parsed JSON: the list itself, or the first that an object holds."""
    if isinstance(data, dict):
        return next((v for v in data.values() if isinstance(v, list) and v), [data])
    return data if isinstance(data, list) else [data]


def _parquet(source: SourceFile) -> tuple[list[str], Rows]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(source.open())
    except pa.ArrowException:
        raise ReadError("Parquet 파일이 잘렸거나 망가졌습니다. 다시 내려받으세요.") from None
    rows = (row for batch in file.iter_batches(batch_size=2000) for row in batch.to_pylist())
    return file.schema_arrow.names, enumerate(rows, start=1)


def _workbook(source: SourceFile) -> tuple[list[str], Rows]:
    """Rows of every sheet that has the headers; a sheet without them is one fault.

    The header is the first row that looks most like one: a title may stand above it, and in
    another row on each sheet.
    """
    sheets = _sheets(source)
    scored = [
        (len(guess_columns(names)), -number, names)
        for cells in sheets.values()
        for number, row in enumerate(cells[:_HEADER_ROWS])
        if any(names := [as_text(cell) for cell in row])
    ]
    if not scored:
        raise ReadError("통합 문서에 자료가 없습니다.")
    headers = unique_headers(max(scored, key=lambda item: item[:2])[2])
    return headers, _sheet_rows(sheets, headers)


def _sheets(source: SourceFile) -> dict[str, list[list]]:
    # Not through pandas, which makes days of dates hours and trims rows that number the others.
    from python_calamine import CalamineError, CalamineWorkbook

    data = source.read(2**28)
    check_archive(data)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = (workbook.get_sheet_by_name(name) for name in workbook.sheet_names)
        return {sheet.name: sheet.to_python(skip_empty_area=False) for sheet in sheets}
    except CalamineError as error:
        if "password" in str(error).lower():
            raise ReadError("암호가 걸린 통합 문서입니다. 암호를 푼 뒤 다시 저장하세요.") from None
        raise ReadError("통합 문서가 잘렸거나 망가졌습니다. 다시 저장하세요.") from None


def _sheet_rows(sheets: dict[str, list[list]], headers: list[str]) -> Rows:
    spelled = {header_key(header): header for header in headers if header}
    needed = {header_key(name) for name in guess_columns(headers).values()} or set(spelled)
    for name, cells in sheets.items():
        filled = [n for n, row in enumerate(cells) if any(as_text(cell).strip() for cell in row)]
        tops = (n for n in filled[:_HEADER_ROWS] if needed <= set(map(_cell_key, cells[n])))
        top = next(tops, None)
        if top is not None:
            own = unique_headers(as_text(cell) for cell in cells[top])
            own = [spelled.get(header_key(header), header) for header in own]
            for n in filled[filled.index(top) + 1 :]:
                yield n + 1, dict(zip(own, cells[n], strict=False))
        elif filled:
            reason = f"시트 '{name}'에 다른 시트와 같은 열({', '.join(sorted(needed))})이 없습니다."
            yield 1, ReadError(f"{reason} 읽을 시트이면 따로 저장하세요.")


def _cell_key(cell: object) -> str:
    return header_key(as_text(cell).strip())


# Kind of table -> headers, and (row number, row or fault) of each row.
FORMS = {
    "csv": _delimited,
    "jsonl": _json_lines,
    "json": _json,
    "parquet": _parquet,
    "xlsx": _workbook,
}


def is_bigkinds(headers: Iterable[str]) -> bool:
    """True when enough headers of the BIGKinds news archive are there, however spaced."""
    return len(_BIGKINDS & {header_key(header) for header in headers}) >= 8


def read_bigkinds(
    headers: list[str], rows: Rows, earlier: set[str], fresh: set[str]
) -> Iterator[dict | ReadError | Skipped]:
    """Two records an article: the body, cut at 200 characters, and the keywords of the whole.

    Rows that the archive marks as left out of analysis, and articles whose id or address is
    in `earlier` or in `fresh` (which grows), are left out.
    """
    spelled = {header_key(header): header for header in headers}
    own = {
        column: header
        for column, start in _BIGKINDS_OWN.items()
        for key, header in spelled.items()
        if key.startswith(start)
    }
    for record in read_table(headers, rows, own)[1]:
        if isinstance(record, ReadError):
            yield record
            continue
        mark, keywords = record.pop("excluded", "").strip(), record.pop("keywords", "").strip()
        if mark:
            yield Skipped(f"분석제외 여부 '{mark[:10]}'")
            continue
        given, note = _article_id(record.get("doc_id", "").strip())
        keys = {key for key in (given, record.get("url", "").strip()) if key}
        if keys & earlier or keys & fresh:
            yield Skipped("식별자나 주소가 앞에 나온 기사와 같음")
            continue
        fresh |= keys
        record |= {"genre_guess": "news", "doc_id": given}
        yield record | {"text_kind": "excerpt", "note": note}
        if keywords:
            yield record | {
                "doc_id": given and f"{given}-keywords",
                "text": keywords.replace(",", ", "),
                "text_kind": "keywords",
            }


def _article_id(written: str) -> tuple[str, str]:
    """The id as text; one that went through a number has lost digits and cannot be used."""
    if match := re.fullmatch(r"(\d{7,8})\.(\d{17})", written):
        return f"{match[1].zfill(8)}.{match[2]}", ""
    if re.fullmatch(r"[\d.eE+]+", written):
        return "", f"뉴스 식별자({written})가 숫자로 저장되며 자릿수가 없어져 쓰지 않았습니다."
    return written, ""
