"""Files of every kind in our own words, with the traps that real ones carry."""

from __future__ import annotations

import io
import json
import struct
import tomllib
import zipfile
import zlib
from pathlib import Path

import xlsxwriter

_FIXTURES = tomllib.loads(Path(__file__).with_name("fixtures_pages.toml").read_text("utf-8"))
LINES, CASES, FILES = (_FIXTURES[name] for name in ("lines", "cases", "files"))
PARAGRAPHS = tuple(LINES["council"])
BODY = "\n".join(PARAGRAPHS)
RELEASE = (
    "보도자료",
    "보도일시 2024. 3. 5.(화) 조간",
    "가람산업부, 창업 지원 계획 발표",
    *PARAGRAPHS,
)


def _filled(text: str, title: str) -> str:
    for name, lines in LINES.items():
        text = text.replace(f"{{{name}}}", "\n".join(lines))
        for number, line in enumerate(lines, start=1):
            text = text.replace(f"{{{name}.{number}}}", line)
    return text.replace("{title}", title)


def _kept(names: list[str]) -> list[str]:
    filled = "\n".join(_filled(f"{{{name}}}", "") for name in names)
    return filled.split("\n")


# Pages of outlets: name -> title, publisher, day, text, keeps, extra.
PAGES = {
    page["name"]: {"publisher": "", "day": "2021-03-04", "extra": 0, **page}
    | {"text": _filled(page["text"], page["title"]), "keeps": _kept(page["keeps"])}
    for page in _FIXTURES["page"]
}

BIGKINDS_HEADERS = (
    "뉴스 식별자,일자,언론사,기고자,제목,통합 분류1,통합 분류2,통합 분류3,사건/사고 분류1,사건/사고 분류2,"
    "사건/사고 분류3,인물,위치,기관,키워드,특성추출(가중치순 상위 50개),본문,URL,분석제외 여부"
).split(",")


def day(span) -> str:
    """The day of a `DateSpan`, or NaT."""
    return str(span.date)[:10]


def write_sheets(path: Path, sheets: dict[str, list[list]], merged=(), hidden=()) -> Path:
    """A workbook of sheets, in each the places in `merged` one cell, some sheets hidden."""
    with xlsxwriter.Workbook(path) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            for place in merged:
                sheet.merge_range(*place, rows[place[0]][place[1]])
            if name in hidden:
                sheet.hide()
    return path


def html_page(*, charset: str = "utf-8", meta: str = "", stamp: str = "") -> str:
    """A page of a news site; `meta` and `stamp` carry the date or do not."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return FILES["html"].format(charset=charset, meta=meta, stamp=stamp, body=body)


def bigkinds_rows() -> list[list]:
    """Five articles: two sound, one left out of analysis, one repeated, one with a ruined id."""

    def row(identifier, date, title, excluded="", url="") -> list:
        values = dict.fromkeys(BIGKINDS_HEADERS, "")
        values |= {
            "뉴스 식별자": identifier,
            "일자": date,
            "언론사": "나루신문",
            "제목": title,
            "통합 분류1": "경제>산업",
            "키워드": "창업,지원,가람시",
            "본문": PARAGRAPHS[0],
            "URL": url,
            "분석제외 여부": excluded,
        }
        return list(values.values())

    return [
        row("01100101.20240305101010001", "20240305", "첫 기사", url="http://naru.example.kr/1"),
        row("01100101.20240306101010002", 20240306, "둘째 기사", url="http://naru.example.kr/2"),
        row("01100101.20240307101010003", "2024-03-07", "겹친 기사", excluded="중복"),
        row("01100101.20240308101010004", 20240305, "또 나온 기사", url="http://naru.example.kr/1"),
        row(1100101.202403051, 20240309.0, "번호가 망가진 기사"),
    ]


def write_bigkinds(path: Path) -> Path:
    """A workbook with drifting headers and a sheet that says it has one cell."""
    headers = list(BIGKINDS_HEADERS)
    headers[0], headers[5], headers[-1] = "뉴스식별자", "통합\n분류1", "분석제외여부"
    buffer = io.BytesIO()
    write_sheets(buffer, {"sheet": [headers, *bigkinds_rows()]})
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(path, "w") as target:
        for info in source.infolist():
            data = source.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                assert b'<dimension ref="A1:S6"/>' in data
                data = data.replace(b'<dimension ref="A1:S6"/>', b'<dimension ref="A1"/>')
            target.writestr(info, data)
    return path


def api_xml(body: str = "&lt;p&gt;첫 문단이다.&lt;/p&gt;&lt;p&gt;둘째 문단이다.&lt;/p&gt;") -> str:
    return FILES["api"].format(body=body)


RSS = FILES["rss"]


def write_hwpx(path: Path, paragraphs: tuple[str, ...]) -> Path:
    from hwpx import HwpxDocument

    document = HwpxDocument.new()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save_to_path(str(path))
    return path


def write_compound(path: Path, streams: dict[str, bytes]) -> Path:
    """An OLE compound file of small streams, named "Storage/Stream" or "Stream".

    Version 3 of the format: one sector of FAT, then the directory, the mini FAT and the mini
    stream that holds everything. A storage's children hang one under the other to the right.
    """
    end, free, mini, sector = 0xFFFFFFFE, 0xFFFFFFFF, 64, 512
    storages = sorted({name.partition("/")[0] for name in streams if "/" in name})
    entries = [("Root Entry", 5, "")] + [(name, 1, "") for name in storages]
    entries += [(name.rpartition("/")[2], 2, name) for name in streams]
    parents = [None] + [0] * len(storages)
    parents += [1 + storages.index(n.partition("/")[0]) if "/" in n else 0 for n in streams]
    contents, chain, starts = b"", [], {}
    for name, data in streams.items():
        n_minis = -(-len(data) // mini)
        starts[name] = len(chain)
        chain += [*range(len(chain) + 1, len(chain) + n_minis), end]
        contents += data.ljust(n_minis * mini, b"\0")
    assert len(chain) <= sector // 4, "one sector of mini FAT holds 8 KB"
    n_directory = -(-len(entries) // 4)
    n_contents = -(-len(contents) // sector)
    rows = b""
    for i, (name, form, full) in enumerate(entries):
        children = [j for j, parent in enumerate(parents) if parent == i]
        later = [j for j in range(i + 1, len(entries)) if parents[j] == parents[i]]
        spelled = (name + "\0").encode("utf-16-le")
        start, size = (starts[full], len(streams[full])) if full else (0, 0)
        if i == 0:
            start, size = 2 + n_directory, len(contents)
        rows += spelled.ljust(64, b"\0") + struct.pack(
            "<HBBIII36sIII", len(spelled), form, 1, free, later[0] if later and i else free,
            children[0] if children else free, b"", start, size, 0
        )  # fmt: skip
    fat = [0xFFFFFFFD, *range(2, n_directory + 1), end, end]
    fat += [*range(len(fat) + 1, len(fat) + n_contents), end]
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIIII", 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096,
                          1 + n_directory, 1, end, 0, 0)  # fmt: skip
    header += struct.pack("<108I", *[free] * 108)
    padded = [part + [free] * (sector // 4 - len(part)) for part in (fat, chain)]
    tables = [struct.pack("<128I", *part) for part in padded]
    directory = rows.ljust(n_directory * sector, b"\0")
    path.write_bytes(
        header + tables[0] + directory + tables[1] + contents.ljust(n_contents * sector, b"\0")
    )
    return path


def write_hwp5(
    path: Path,
    sections: list[tuple[str, ...]],
    *,
    is_compressed: bool = True,
    cells: tuple[str, ...] = (),
    flags: int = 0,
) -> Path:
    """A HWP 5 file; `cells` is a table at the end of the last section."""

    def record(tag: int, level: int, data: bytes) -> bytes:
        size = min(len(data), 0xFFF)
        more = struct.pack("<I", len(data)) if size == 0xFFF else b""
        return struct.pack("<I", tag | level << 10 | size << 20) + more + data

    def paragraph(text: str, level: int = 0, control: bytes = b"") -> bytes:
        letters = control + (text + "\r").encode("utf-16-le")
        head = struct.pack("<I18x", len(letters) // 2)
        return record(66, level, head) + record(67, level + 1, letters)

    def packed(data: bytes) -> bytes:
        if not is_compressed:
            return data
        deflate = zlib.compressobj(wbits=-15)
        return deflate.compress(data) + deflate.flush()

    bodies = [b"".join(map(paragraph, section)) for section in sections]
    if cells:
        anchor = struct.pack("<H4s8xH", 11, b" lbt", 11)  # skipped, or it would read as letters
        bodies[-1] += paragraph("", control=anchor) + record(71, 1, b" lbt" + bytes(40))
        bodies[-1] += b"".join(paragraph(cell, 2) for cell in cells)
    head = b"HWP Document File".ljust(32, b"\0")
    head += struct.pack("<II", 0x05000300, flags | is_compressed)
    streams = {"FileHeader": head.ljust(256, b"\0")}
    streams["DocInfo"] = packed(record(16, 0, struct.pack("<H24x", len(sections))))
    streams |= {f"BodyText/Section{i}": packed(body) for i, body in enumerate(bodies)}
    return write_compound(path, streams)


def write_pdf(
    path: Path, lines: tuple[str, ...], font: Path | None = None, password: str = ""
) -> Path:
    """A PDF; without a font, CP949 bytes shown as Latin letters, as broken fonts give."""
    from fpdf import FPDF

    pdf = FPDF()
    if password:
        pdf.set_encryption(owner_password="owner", user_password=password)
    pdf.add_page()
    if font:
        pdf.add_font("hangul", fname=str(font))
    pdf.set_font("hangul" if font else "helvetica", size=11)
    for line in lines:
        pdf.multi_cell(0, 8, line if font else line.encode("cp949").decode("latin-1"))
        pdf.ln()
    pdf.output(str(path))
    return path


def write_json_lines(path: Path, rows: list[dict]) -> Path:
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(text, encoding="utf-8")
    return path
