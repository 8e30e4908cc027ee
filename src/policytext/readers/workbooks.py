"""Workbooks (XLSX, XLS, ODS, password-free) to headers and rows, every sheet accounted for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from policytext.readers.sources import ReadError, Source, check_archive
from policytext.readers.tables import as_text, guess_columns, header_key, unique_headers

_HEADER_ROWS = 10


def read_workbook(source: Source) -> tuple[list[str], Iterator]:
    """The headers, and (row, record or fault) of every sheet that has them.

    The header is the first row that looks most like one: a title may stand above it, and in
    another row on each sheet. A sheet without these headers is one fault.
    """
    sheets = _sheets(source)
    scored = [
        (len(guess_columns(names)), -number, names)
        for _, cells in sheets
        for number, row in enumerate(cells[:_HEADER_ROWS])
        if any(names := [as_text(cell) for cell in row])
    ]
    if not scored:
        raise ReadError("통합 문서에 자료가 없습니다.")
    _, _, names = max(scored, key=lambda item: item[:2])
    headers = unique_headers(names)
    return headers, _rows(sheets, headers)


def _sheets(source: Source) -> list[tuple[str, list[list]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    data = source.read(2**28)
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_archive(archive)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [workbook.get_sheet_by_name(name) for name in workbook.sheet_names]
        return [(sheet.name, sheet.to_python(skip_empty_area=False)) for sheet in sheets]
    except CalamineError as error:
        if "password" in str(error).lower():
            raise ReadError("암호가 걸린 통합 문서입니다. 암호를 푼 뒤 다시 저장하세요.") from None
        raise ReadError("통합 문서가 잘렸거나 망가졌습니다. 다시 저장하세요.") from None


def _rows(sheets: list[tuple[str, list[list]]], headers: list[str]) -> Iterator:
    spelled = {header_key(header): header for header in headers if header}
    needed = {header_key(name) for name in guess_columns(headers).values()} or set(spelled)
    for name, cells in sheets:
        filled = [
            (number, values)
            for number, row in enumerate(cells, start=1)
            if any(values := [as_text(cell).strip() for cell in row])
        ]
        keys = ((n, {header_key(value) for value in row}) for n, row in filled[:_HEADER_ROWS])
        top = next((number for number, found in keys if needed <= found), None)
        if top is None and filled:
            reason = f"시트 '{name}'에 다른 시트와 같은 열({', '.join(sorted(needed))})이 없습니다."
            yield 1, ReadError(f"{reason} 읽을 시트이면 따로 저장하세요.")
        if top is None:
            continue
        own = unique_headers([as_text(cell) for cell in cells[top - 1]])
        own = [spelled.get(header_key(header), header) for header in own]
        numbers = (number for number, _ in filled if number > top)
        yield from ((n, dict(zip(own, cells[n - 1], strict=False))) for n in numbers)
