"""Tables (CSV, JSON, Parquet, workbooks, news-archive exports) to records, a row each."""

from __future__ import annotations

import contextlib
import csv
import difflib
import io
import itertools
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from policytext.korean import attach_particle
from policytext.texts import sources
from policytext.texts.clean import bare, normalise
from policytext.texts.dates import parse_date, written_order
from policytext.texts.sources import HEAD, RULES, ReadError, Skipped, SourceFile, decode

MAX_CELL = 2**22  # characters; longer than any book
MAX_LINE = 2**24  # bytes of one JSON line
Rows = Iterator[tuple[int, "dict | ReadError | Skipped"]]

_ALIASES = {column: names.split() for column, names in RULES["headers"].items()}
_ENDINGS = {column: tuple(names.split()) for column, names in RULES["header_endings"].items()}
_OTHER_DAY = re.compile("|".join(RULES["other_days"]["words"].split()))
_DAY_CELL = re.compile(r"(?=.{6,30}$)(?:(?:19|20)\d{6}|.{0,6}\d\d ?[.\-/년].*)", re.S)
_DATE_PARTS = [names.split() for names in RULES["date_parts"].values()]
_MAX_HEADER = 40
_MIN_TEXT = 20  # mean length of cells that are texts, where no header says so
_JOINERS = {"text": "\n", "title": " ", "date": "-"}
# What an item of `figures` may hold; all but what, value and unit may be missing.
_MAYBE = (str, type(None))
_FIGURE_KEYS = {
    "value": (int, float), "what": str, "unit": str, "as_of": _MAYBE, "kind": _MAYBE,
    "target_year": (int, type(None)), "kind_unsure": (bool, type(None)),
}  # fmt: skip
_HEADER_ROWS = 10
_MAX_MERGED = 100  # what is longer is a text, which is there once
_MANY_ROWS = 50  # tell what a column holds
_MAX_DEPTH = 20  # of JSON
_DELIMITERS = ",\t;|"
_DATUM = re.compile(r"[\d.,%\-+() ]*\d[\d.,%\-+() ]*|.{0,20}\d{4}[.\-/년] ?\d{1,2}[.\-/월].*", re.S)
_MISSING = frozenset("nan NaN NaT None null NULL <NA> N/A #N/A #REF! #VALUE! #NAME?".split())
_NO_VALUE = re.compile(
    rb"<c (?![^>]*t=.str)[^>]*>\s*<f[^<]*(?:/>|</f>)\s*(?:<v>\s*</v>|<v ?/>)?\s*</c>"
)
_BIGKINDS, _BIGKINDS_ALONE = (frozenset(RULES["bigkinds"][k].split()) for k in ("all", "alone"))
_BIGKINDS_OWN = RULES["bigkinds"]["own"]


class NoSuchColumn(ReadError):
    """A column that was named by hand is not in the table."""


class NoTextColumn(ReadError):
    """No column can be told to hold the texts."""


def read_table(
    headers: list[str], rows: Rows, columns: Mapping[str, Any] | None = None
) -> tuple[dict[str, list[str]], Iterator[dict | ReadError]]:
    """The columns used, and one record (or fault) a row."""
    chosen = choose_columns(headers, columns)
    if "date" not in {*chosen, *(columns or {})}:
        first = list(itertools.islice(rows, _MANY_ROWS))
        rows = itertools.chain(first, rows)
        free = set(headers).difference(*chosen.values())
        chosen |= _day_column(free, [row for _, row in first if isinstance(row, dict)])
    used = [bare(name) for names in chosen.values() for name in names]
    # Who said what is a list of what was said at a meeting.
    guess = "minutes" if any(key.startswith("발언") for key in used) else ""
    return chosen, (_record(number, row, chosen, guess) for number, row in rows)


def guess_columns(headers: Iterable[str]) -> dict[str, str]:
    """Which source column holds which documents column, by Korean and English headers.

    >>> guess_columns(["뉴스 식별자", "일자", "제목", "본문", "비고"])
    {'doc_id': '뉴스 식별자', 'title': '제목', 'text': '본문', 'date': '일자'}
    >>> guess_columns(["보도자료 제목", "제목 길이", "본문(전체)"])
    {'title': '보도자료 제목', 'text': '본문(전체)'}
    """
    headers = [header for header in headers if len(str(header)) <= _MAX_HEADER]
    headers = headers[::-1]  # of two alike the first is left
    found: dict[str, str] = {}
    # A header that is no alias is known by its last word, what stands in brackets aside.
    for key in (bare, _last_word):
        names = {key(header): header for header in headers}
        for column, aliases in _ALIASES.items():
            if known := [names[alias] for alias in aliases if alias in names]:
                found.setdefault(column, known[0])
    for column, endings in _ENDINGS.items():
        free = [header for header in headers if header not in found.values()]
        if column == "date":
            free = [header for header in free if not _OTHER_DAY.search(bare(header))]
        if known := [header for header in free if bare(header).endswith(endings)]:
            found.setdefault(column, known[-1])
    return {column: found[column] for column in _ALIASES if column in found}


def _needed(headers: Iterable[str], wanted: set[str]) -> set[str]:
    """What a sheet or list must have to be read with another: columns given, or what tells a text.

    A study names every column that was found; one may miss a number or an address.
    """
    known = guess_columns(headers)
    core = {known[column] for column in ("title", "text", "date") if column in known}
    given = {header for header in headers if bare(header) in wanted}
    return given - (set(known.values()) - core) or core


def _day_column(headers: Iterable[str], rows: list[dict]) -> dict[str, list[str]]:
    """The only column whose cells nearly all are days, as the date."""
    found = []
    for header in headers:
        cells = [cell for row in rows if (cell := as_text(row.get(header)).strip())]
        order = written_order(cells)
        days = [cell for cell in cells if _DAY_CELL.match(cell)]
        n_days = sum(not pd.isna(parse_date(cell, order=order).date) for cell in days)
        is_other = _OTHER_DAY.search(bare(header))
        found += [header] * (not is_other and n_days >= max(1, 0.9 * len(cells), len(rows) / 2))
    return {"date": found} if len(found) == 1 else {}


def _last_word(header: object) -> str:
    words = re.findall(r"[^\W_]+", re.sub(r"[(\[].*", "", normalise(str(header))))
    return words[-1] if words and re.fullmatch("[가-힣]{2,}", words[-1]) else ""


def choose_columns(headers: list[str], columns: Mapping[str, Any] | None) -> dict[str, list[str]]:
    """The guess, overruled by `columns` (None or "" there leaves a column out)."""
    listed = ", ".join(header[:20] for header in headers[:12]) + " …" * (len(headers) > 12)
    spelled = {bare(header): header for header in headers}
    chosen: dict[str, list[str]] = {}
    guess: dict[str, Any] = guess_columns(headers)
    parts = [[spelled[name] for name in names if name in spelled][:1] for names in _DATE_PARTS]
    if parts[0] and parts[1] and guess.get("date") in (None, *parts[0]):
        guess["date"] = list(itertools.chain(*parts))
    # A text may go on in the next column: 본문1, 본문2.
    stems = {header: bare(header).rstrip("0123456789") for header in headers}
    texts = [header for header in headers if stems[header] in _ALIASES["text"]]
    if texts := [guess["text"]] if "text" in guess else texts:
        guess["text"] = [header for header in headers if stems[header] == stems[texts[0]]]
    for column, names in (guess | dict(columns or {})).items():
        names = [n if n in headers else spelled.get(bare(n), n) for n in as_names(names)]
        if missing := [name for name in names if name not in headers]:
            close = difflib.get_close_matches(missing[0], headers, n=1, cutoff=0.4)
            hint = f" 혹시 '{close[0]}'인가요?" if close else ""
            named = attach_particle(repr(missing[0]), "이/가")
            reason = f"columns의 {column}에 적은 열 {named} 없습니다.{hint}"
            raise NoSuchColumn(f"{reason} 있는 열: {listed}.")
        if names:
            chosen[column] = names
    if "text" not in chosen:
        reason = '본문 열을 찾지 못했습니다. columns에 text = "열 이름"을 적으세요.'
        raise NoTextColumn(f"{reason} 있는 열: {listed}.")
    return chosen


def as_names(names: str | Iterable[str] | None) -> list[str]:
    """One name or several, none of them empty."""
    return [names] * bool(names) if isinstance(names, str) else list(filter(None, names or []))


def _record(
    number: int, row: dict | ReadError | Skipped, chosen: dict[str, list[str]], genre_guess: str
) -> dict | ReadError | Skipped:
    if isinstance(row, ReadError):
        row.number = number
    if isinstance(row, Exception):
        return row
    record: dict[str, Any] = {"row": number, "genre_guess": genre_guess}
    for column, names in chosen.items():
        if column == "figures":
            record[column], record["faulty"] = checked_figures(row.get(names[0]))
            continue
        joiner = _JOINERS.get(column, ";")
        cells = (as_text(row.get(name), joiner) for name in names)
        if column == "date" and len(names) > 1:
            cells = (cell.strip(" 년월일") for cell in cells)
        record[column] = joiner.join(cell for cell in cells if cell.strip())
    return record


def checked_figures(cell: object) -> tuple[str, list[str]]:
    """Figures that a source carries as data, as JSON; why others among them are left out.

    >>> kept, faults = checked_figures([{"what": "센터", "value": 17, "unit": "개"}, {"value": "?"}])
    >>> kept, faults
    ('[{"what": "센터", "value": 17, "unit": "개"}]', ["figures의 2번째: 'value'의 꼴이 다릅니다."])
    """
    try:
        items = json.loads(cell) if isinstance(cell, str) and cell.strip() else cell or []
    except ValueError:
        items = None
    if not isinstance(items, list):
        return "", ["figures가 수치의 목록이 아닙니다."]
    kept, faults = [], []
    for number, item in enumerate(items, start=1):
        known = isinstance(item, dict) and _FIGURE_KEYS
        strange = [key for key in item if key not in known] if known else []
        wrong = [key for key in known or () if not isinstance(item.get(key), _FIGURE_KEYS[key])]
        if strange:
            faults.append(f"figures의 {number}번째: 모르는 이름 '{strange[0]}'입니다.")
        elif not known or wrong:
            named = f"'{wrong[0]}'의 꼴이 다릅니다." if wrong else "이름과 값의 묶음이 아닙니다."
            faults.append(f"figures의 {number}번째: {named}")
        else:
            kept.append(item)
    return json.dumps(kept, ensure_ascii=False) if kept else "", faults


def as_text(value: object, joiner: str = ";") -> str:
    """A cell as text: lists joined, whole floats without ".0", empty for missing."""
    if isinstance(value, Mapping):
        return as_text(list(value.values()), " ")
    if isinstance(value, (list, tuple)):
        return joiner.join(filter(None, (as_text(item, joiner) for item in value)))
    if str(value) in _MISSING:
        return ""
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
        headers, top = find_headers(rows)
        rows = rows[max(top - 1, 0) :]
        if not rows or len(rows[0]) < 2:
            continue
        guessed = guess_columns(headers) if top else {}
        is_known = len(guessed) >= 2 and bool({"text", "title"} & guessed.keys())
        is_wide = len(text) >= HEAD // 4 and len(rows) == 1  # the head ends within the header
        is_even = is_wide or (len(rows) > 1 and all(len(row) == len(rows[0]) for row in rows[:-1]))
        if is_known or (is_named_table and is_even):
            return delimiter
    return ""


def _delimited(source: SourceFile, wanted: Iterable[str] = ()) -> tuple[list[str], Rows]:
    file = source.open()
    name = sources.charset(file)
    file.seek(0)
    text = io.TextIOWrapper(file, name, errors="replace", newline="")
    delimiter = sniff_delimiter(text.read(HEAD), is_named_table=True) or ","
    text.seek(0)
    csv.field_size_limit(MAX_CELL)
    cells = _filled_rows(text, delimiter)
    first = list(itertools.islice(cells, _HEADER_ROWS))
    headers, top = find_headers([row for _, row in first if isinstance(row, list)], wanted)

    def rows() -> Rows:
        for number, row in itertools.chain(first[top:], cells):
            if isinstance(row, ReadError):
                yield number, row
            elif any(row[len(headers) :]):
                reason = f"열이 {len(headers)}개여야 하는데 {len(row)}개입니다."
                yield number, ReadError(f"{reason} 따옴표와 쉼표를 확인하세요.")
            elif not _is_repeat(row, headers):
                yield number, dict(zip(headers, row, strict=False))

    return headers, rows()


def _is_repeat(row: list, headers: list[str]) -> bool:
    """True for the header that stands once more between rows."""
    cells = (" ".join(as_text(cell).split()) for cell in row)
    return all(cell in ("", name) for cell, name in zip(cells, headers, strict=False))


def find_headers(cells: list[list], wanted: Iterable[str] = ()) -> tuple[list[str], int]:
    """The headers of a grid and where its data begin.

    The header is the row that has the `wanted` columns, or knows most of its cells: a title
    may stand above it. A row that looks like data is none, so a grid may have no header; its
    columns are then called by what they hold, "본문(2열)", or "1열", "2열", …

    >>> find_headers([["목록"], ["제목", "본문"], ["가", "글이다."]])
    (['제목', '본문'], 2)
    >>> find_headers([["2019-03-04", "글이다."]])
    (['날짜(1열)', '2열'], 0)
    """
    rows = [[as_text(cell).strip() for cell in row] for row in cells[:_HEADER_ROWS]]
    scores = [_header_score(row, {bare(name) for name in wanted}) for row in rows]
    best = max(range(len(rows)), key=lambda n: (*scores[n], -n), default=0)
    if rows and (any(scores[best]) or not _looks_like_data(rows[0])):
        return unique_headers(rows[best]), best + 1
    return _headers_by_content(rows), 0


def _headers_by_content(rows: list[list[str]]) -> list[str]:
    """The longest cells are the texts, the next longest titles, and those with days the dates."""
    columns = list(itertools.zip_longest(*rows, fillvalue=""))
    lengths = {n: sum(map(len, cells)) / len(cells) for n, cells in enumerate(columns)}
    days = [n for n, cells in enumerate(columns) if all(parse_date(c).is_known for c in cells)]
    data = {n for n, cells in enumerate(columns) if all(map(_DATUM.fullmatch, cells))}
    longest = sorted(lengths.keys() - days - data, key=lambda n: -lengths[n])
    names = {n: "날짜" for n in days[:1]}
    if longest and lengths[longest[0]] >= _MIN_TEXT:
        names |= dict(zip(longest, ("본문", "제목"), strict=False))
    return [f"{names[n]}({n + 1}열)" if n in names else f"{n + 1}열" for n in lengths]


def _header_score(row: list[str], wanted: set[str]) -> tuple[int, int]:
    keys = {bare(cell) for cell in row}
    n_known = len(guess_columns(filter(None, row)))
    n_exact = sum(not keys.isdisjoint(aliases) for aliases in _ALIASES.values())
    is_header = n_exact > 1 or not _looks_like_data(row)
    return len(wanted & keys), n_known if is_header else 0


def _looks_like_data(row: list[str]) -> bool:
    """A number, a day or a long cell: no header has them."""
    return any(len(cell) > _MAX_HEADER or _DATUM.fullmatch(cell) for cell in row if cell)


def _filled_rows(
    text: Iterable[str], delimiter: str
) -> Iterator[tuple[int, list[str] | ReadError]]:
    is_over: list[bool] = []

    def lines() -> Iterator[str]:
        yield from text
        is_over.append(True)

    read = csv.reader(lines(), delimiter=delimiter)
    try:
        for row in read:
            if is_over:  # a row that wanted one more line
                n = 1 + row[-1].rstrip("\r\n").count("\n")
                said = f"따옴표가 닫히지 않아 {n:,}줄이 한 칸에 들었습니다. 짝을 맞추세요."
                yield read.line_num - n + 1, ReadError(said, n)
            elif any(cell.strip() for cell in row):
                yield read.line_num, row
    except csv.Error:
        raise ReadError(
            f"{read.line_num}번째 줄의 칸이 400만 자를 넘거나 망가졌습니다. "
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


def _json_lines(source: SourceFile, wanted: Iterable[str] = ()) -> tuple[list[str], Rows]:
    first = itertools.takewhile(lambda numbered: numbered[0] <= 1000, _parsed_lines(source, wanted))
    return list(_headers(row for _, row in first)), _parsed_lines(source, wanted)


def _parsed_lines(source: SourceFile, wanted: Iterable[str]) -> Rows:
    with source.open() as file:
        for number, line in enumerate(iter(lambda: file.readline(MAX_LINE), b""), start=1):
            if len(line) == MAX_LINE:
                raise ReadError(f"{number}번째 줄이 16MB를 넘습니다. 한 줄에 한 문서를 적으세요.")
            if line.strip():
                yield number, _spread(parsed(line), wanted)


def parsed(line: bytes) -> dict | ReadError:
    """A line of JSON, which must be an object."""
    try:
        with contextlib.suppress(UnicodeDecodeError):
            return _object(json.loads(line))
        return _object(json.loads(decode(line)))
    except (ValueError, RecursionError):
        return ReadError("JSON으로 읽을 수 없는 줄입니다. 한 줄에 객체 하나를 적으세요.")


def _object(value: object) -> dict | ReadError:
    is_known = isinstance(value, (dict, ReadError))
    return value if is_known else ReadError("JSON 객체({…})가 아닙니다.")


def _json(source: SourceFile, wanted: Iterable[str] = ()) -> tuple[list[str], Rows]:
    text = decode(source.read(2**27))
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ReadError("JSON으로 읽을 수 없습니다. 파일이 잘리지 않았는지 확인하세요.") from None
    headers, rows = _objects(data, wanted)
    if not headers:
        said = "글마다 객체({…})가 있어야 하는데 하나도 없습니다."
        n_rows = len(data) if isinstance(data, list) and data else 1
        raise ReadError(f'{said} 글마다 {{"title": "…", "text": "…"}}로 적으세요.', n_rows)
    return headers, rows


def _xml(source: SourceFile, wanted: Iterable[str] = ()) -> tuple[list[str], Rows]:
    return _objects(_as_object(sources.read_xml(source)), wanted)


def _as_object(element) -> dict | str:
    """An element as JSON would have it; one that comes again is a list."""
    parts: dict[str, list] = {}
    for child in element:
        parts.setdefault(str(child.tag).rpartition("}")[2], []).append(_as_object(child))
    one = {tag: values if len(values) > 1 else values[0] for tag, values in parts.items()}
    return one or (element.text or "").strip()


def _objects(data: object, wanted: Iterable[str]) -> tuple[list[str], Rows]:
    rows = object_rows(data, wanted)
    return list(_headers(rows)), enumerate(rows, start=1)


def _headers(rows: Iterable[dict | ReadError]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for row in rows if isinstance(row, dict) for key in row))


@lru_cache(maxsize=256)
def _guessed(headers: tuple[str, ...]) -> dict[str, str]:
    return guess_columns(headers)


def _spread(row: object, wanted: Iterable[str]) -> dict | ReadError:
    """A record, taken apart where one part of it is the text (``_source`` of Elasticsearch)."""
    if not isinstance(row, dict):
        return _object(row)
    known = {k: _guessed(tuple(v)) for k, v in row.items() if isinstance(v, dict)}
    outer = _guessed(tuple(key for key in row if key not in known))
    needed, beside = ("title", set()) if "text" in outer else ("text", {"title", "date"})
    texts = [k for k, own in known.items() if needed in own and (not beside or own.keys() & beside)]
    rest = {key: value for key, value in row.items() if key not in texts}
    if len(texts) != 1 or texts[0] in wanted or needed in outer:
        return row
    return rest | _spread(row[texts[0]], wanted)


def object_rows(data: object, wanted: Iterable[str] = ()) -> list[dict | ReadError]:
    """The rows within parsed JSON, however deep and in whichever form of ``DataFrame.to_json``.

    Lists that call texts and titles the same are one; another list of texts is a fault.

    >>> object_rows({"제목": {"0": "가", "1": "나"}, "본문": {"0": "글", "1": "말"}})
    [{'제목': '가', '본문': '글'}, {'제목': '나', '본문': '말'}]
    >>> object_rows({"2022": [{"본문": "글"}], "2023": [{"본문": "말"}]})
    [{'본문': '글'}, {'본문': '말'}]
    """
    keys = {bare(name) for name in wanted}

    def score(table: tuple) -> tuple:
        _, rows, headers, _ = table
        known, n_wanted = _guessed(headers), len(keys & set(map(bare, headers)))
        return n_wanted, "text" in known, len(rows) > 1, len(known)

    tables = []
    for place, rows, is_list in _tables_within(data):
        spread = [_spread(row, wanted) for row in rows]
        tables.append((place, spread, _headers(spread[:20]), is_list))
    best = max(tables, key=score, default=((), [_object(data)], (), True))
    needed = _needed(best[2], keys)
    found, faults, places = [], [], set()
    for place, rows, headers, is_list in tables or [best]:
        if any(place[:n] in places for n in range(len(place) + 1)):
            continue  # within what is read
        is_beside = is_list and needed and place != best[0][: len(place)]
        if rows is best[1] or (is_beside and needed <= set(headers)):
            found += rows
            places.add(place)
        elif is_beside and (text := _guessed(headers).get("text")):
            cells = (as_text(row.get(text)) for row in rows if isinstance(row, dict))
            name, shown = ".".join(map(str, place)), ", ".join(sorted(needed))
            reason = f"목록 '{name}'에 읽은 목록과 같은 열({shown})이 없습니다."
            is_text = max(map(len, cells)) >= _MIN_TEXT
            faults += [ReadError(f"{reason} 읽을 글이면 따로 저장하세요.", len(rows))] * is_text
    return found + faults


def _tables_within(data: object, place: tuple = ()) -> Iterator[tuple[tuple, list, bool]]:
    """Where each table lies, its rows, and whether it is a list of them."""
    values = list(data.values()) if isinstance(data, dict) else data
    if not isinstance(values, list) or not values or len(place) == _MAX_DEPTH:
        return
    lists = []
    if isinstance(data, dict):
        if not all(isinstance(value, (dict, list)) for value in values):
            yield place, [data], False
        if isinstance(data.get("columns"), list) and isinstance(data.get("data"), list):
            lists += [[dict(zip(data["columns"], row, strict=False)) for row in data["data"]]]
        if all(isinstance(value, dict) for value in values):
            lists += [values]
            if all(value.keys() == values[0].keys() for value in values):
                lists += [[{key: data[key][label] for key in data} for label in values[0]]]
    elif any(isinstance(value, dict) for value in values):
        lists += [values]
    elif all(isinstance(value, list) for value in values):
        headers, top = find_headers(values)
        lists += [[dict(zip(headers, row, strict=False)) for row in values[top:]]]
    yield from ((place, rows, True) for rows in lists)
    for key, value in data.items() if isinstance(data, dict) else enumerate(data, start=1):
        if isinstance(value, (dict, list)):
            yield from _tables_within(value, (*place, key))


def _parquet(source: SourceFile, wanted: Iterable[str] = ()) -> tuple[list[str], Rows]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(source.open())
    except pa.ArrowException:
        raise ReadError("Parquet 파일이 잘렸거나 망가졌습니다. 다시 내려받으세요.") from None
    rows = (row for batch in file.iter_batches(batch_size=2000) for row in batch.to_pylist())
    return file.schema_arrow.names, enumerate(rows, start=1)


def _html_table(source: SourceFile, wanted: Iterable[str] = ()) -> tuple[list[str], Rows]:
    """The tables of a page, such as those that public sites save as ``.xls``."""
    tree = sources.html_tree(decode(source.read(2**28)))
    for element in tree.iter("br", "p", "div"):
        element.tail = "\n" + (element.tail or "")
    grids = {
        f"표 {number}": [
            [cell.text_content().strip() for cell in row.iter("td", "th", "cell")]
            for row in table.iter("tr", "row")
        ]
        for number, table in enumerate(tree.iter("table"), start=1)
        if table.find(".//table") is None
    }
    return _grids(grids, wanted)


def _grids(sheets: dict[str, list[list]], wanted: Iterable[str]) -> tuple[list[str], Rows]:
    """Rows of every sheet that has the headers; a sheet without them is one fault."""
    keys = {bare(name) for name in wanted}
    found = [find_headers(list(filter(_is_filled, cells)), wanted)[0] for cells in sheets.values()]
    headers = max(filter(None, found), key=lambda row: _header_score(row, keys), default=None)
    if headers is None:
        raise ReadError("표에 자료가 없습니다.")
    return headers, _sheet_rows(sheets, headers, keys)


def _is_filled(row: list) -> bool:
    return any(as_text(cell).strip() for cell in row)


def _workbook(source: SourceFile, wanted: Iterable[str] = ()) -> tuple[list[str], Rows]:
    # Not through pandas, which makes days of dates hours and trims rows that number the others.
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    data = source.read(2**28)
    sources.check_archive(data)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        grids = {name: _unmerged(workbook.get_sheet_by_name(name)) for name in workbook.sheet_names}
    except CalamineError as error:
        if "password" in str(error).lower():
            raise ReadError("암호가 걸린 통합 문서입니다. 암호를 푼 뒤 다시 저장하세요.") from None
        raise ReadError("통합 문서가 잘렸거나 망가졌습니다. 다시 저장하세요.") from None
    seen = {one.name for one in workbook.sheets_metadata if one.visible == SheetVisibleEnum.Visible}
    left_out = [
        (n, Skipped(f"숨긴 시트 '{name}'의 행"))
        for name in grids.keys() - seen
        for n, row in enumerate(grids[name][1:], start=2)
        if _is_filled(row)
    ]
    if n_empty := _uncalculated(data):
        reason = f"수식 {n_empty:,}칸에 계산한 값이 없어 빈칸으로 읽었습니다."
        left_out += [(None, ReadError(f"{reason} 엑셀에서 열어 다시 저장하세요.", 0))]
    headers, rows = _grids({name: grids[name] for name in grids if name in seen}, wanted)
    return headers, itertools.chain(rows, left_out)


def _uncalculated(data: bytes) -> int:
    """How many formulas of a workbook no program has calculated."""
    if not data.startswith(b"PK"):
        return 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return sum(len(_NO_VALUE.findall(archive.read(name))) for name in names)


def _unmerged(sheet: Any) -> list[list]:
    """Cells of a sheet; one merged downwards holds for each row that has others."""
    cells = sheet.to_python(skip_empty_area=False)
    filled = [_is_filled(row) for row in cells]
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        for n in range(top + 1, min(bottom + 1, len(cells))):
            is_text = left >= len(cells[n]) or len(as_text(cells[top][left])) > _MAX_MERGED
            if filled[n] and not is_text:
                cells[n][left] = cells[top][left]
    return cells


def _sheet_rows(sheets: dict[str, list[list]], headers: list[str], wanted: set[str]) -> Rows:
    spelled = {bare(header): header for header in headers if header}
    main, needed = guess_columns(headers), _needed(headers, wanted)
    for name, cells in sheets.items():
        filled = [n for n, row in enumerate(cells) if _is_filled(row)]
        own, top = find_headers([cells[n] for n in filled], wanted)
        named = [spelled.get(bare(header), header) for header in own]
        # What it calls otherwise is what it is guessed to be.
        alike = {name: main.get(column, name) for column, name in guess_columns(named).items()}
        named = [name if alike.get(name) in named else alike.get(name, name) for name in named]
        if filled and needed <= set(named):
            for n in filled[top:]:
                if not _is_repeat(cells[n], own):
                    yield n + 1, dict(zip(named, cells[n], strict=False))
        elif filled:
            shown = ", ".join(sorted(needed))
            reason = f"시트 '{name}'에 다른 시트와 같은 열({shown})이 없습니다."
            yield 1, ReadError(f"{reason} 읽을 시트이면 따로 저장하세요.", max(1, len(filled) - 1))


# Kind of table -> headers, and (row number, row or fault) of each row.
FORMS = {
    "csv": _delimited,
    "jsonl": _json_lines,
    "json": _json,
    "parquet": _parquet,
    "xlsx": _workbook,
    "html_table": _html_table,
    "xml": _xml,
}


def is_bigkinds(headers: Iterable[str]) -> bool:
    """True when enough headers of the BIGKinds news archive are there, however spaced.

    Columns may have been taken out: then those count that no other table has.

    >>> is_bigkinds(["뉴스 식별자", "일자", "언론사", "제목"]), is_bigkinds(["일자", "제목", "본문"])
    (True, False)
    """
    keys = {bare(header) for header in headers}
    n_known = len(_BIGKINDS & keys)
    is_keywords = {"언론사", "제목", "키워드"} <= keys and not {"본문", "내용"} & keys
    return n_known >= 8 or is_keywords or (n_known >= 4 and bool(_BIGKINDS_ALONE & keys))


def read_bigkinds(
    headers: list[str], rows: Rows, earlier: set[str], fresh: set[str]
) -> Iterator[dict | ReadError | Skipped]:
    """Two records an article: the body, cut at 200 characters, and the keywords of the whole.

    An export may lack either of them.

    Rows that the archive marks as left out of analysis, and articles whose id or address is
    in `earlier` or in `fresh` (which grows), are left out.
    """
    spelled = {bare(header): header for header in headers}
    own = {
        column: header
        for column, starts in _BIGKINDS_OWN.items()
        for start in reversed(starts)
        for key, header in spelled.items()
        if key.startswith(start)
    }
    has_body = "text" in guess_columns(headers)
    if not has_body and "keywords" in own:
        own["text"] = own["keywords"]
    for record in read_table(headers, rows, own)[1]:
        if isinstance(record, Exception):
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
        if has_body or not keywords:
            yield record | {"text_kind": "excerpt", "note": note}
        if keywords:
            yield record | {
                "doc_id": f"{given}-keywords" if given and has_body else given,
                "text": keywords.replace(",", ", "),
                "text_kind": "keywords",
                "is_second": has_body,
            }


def _article_id(written: str) -> tuple[str, str]:
    """The id as text; one that went through a number has lost digits and cannot be used."""
    if match := re.fullmatch(r"(\d{7,8})\.(\d{17})", written):
        return f"{match[1].zfill(8)}.{match[2]}", ""
    if re.fullmatch(r"[\d.eE+]+", written):
        return "", f"뉴스 식별자({written})가 숫자로 저장되며 자릿수가 없어져 쓰지 않았습니다."
    return written, ""
