"""What a reader takes away from a study: one workbook, documents of the findings, references.

All is made from the manifest and from the files a build wrote, so that it cannot say anything
the report does not; the same run gives the same bytes.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from math import isfinite
from pathlib import Path

from policytext.rendering.catalogue import answers
from policytext.rendering.manifests import facts
from policytext.rendering.methods import paragraphs
from policytext.rendering.references import bibtex
from policytext.rendering.sharing import RULE

ROWS_LIMIT = 20_000  # rows of one table in the workbook; the CSV has all
FONT = "맑은 고딕"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first day a zip archive knows
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d+)?(e[+-]?\d+)?")
_NAMES = re.compile(r"(^|_)(id|ids|sha256)$")  # digits there are names: 7e61234567890123
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")


def write_pack(manifest: Mapping, output: Path) -> list[dict]:
    """Write the take-away files of a built study beside its pages.

    Parameters
    ----------
    manifest : mapping
        ``study, options, python, packages, reports``.
    output : Path
        The study's folder, with `tables/` and `figures/` already written.

    Returns
    -------
    list of dict
        ``file, label, bytes`` of every file, for the study's index.
    """
    text = paragraphs(manifest)
    made = {
        "tables.xlsx": ("모든 표(엑셀)", _workbook(manifest, output)),
        "findings.docx": ("발견과 그림(워드)", _docx(manifest, output, text)),
        "findings.hwpx": ("발견(한글)", _hwpx(manifest, text)),
        "methods.txt": ("방법 문단(한국어·영어)", ("\n\n".join(text.values()) + "\n").encode()),
        "software.bib": ("소프트웨어·자료·논문(BibTeX)", bibtex(manifest).encode()),
    }
    downloads = []
    for file, (label, content) in made.items():
        (output / file).write_bytes(content)
        downloads.append({"file": file, "label": label, "bytes": len(content)})
    return downloads


def _workbook(manifest: Mapping, output: Path) -> bytes:
    """Every CSV of `tables/` as a sheet, the first sheet naming them with their captions."""
    import xlsxwriter

    captions = {row["name"]: row["caption"] for row in _records(manifest, "tables", "kept")}
    paths = sorted((output / "tables").glob("*.csv"))
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"title": manifest["study"]["title"], "created": datetime(1980, 1, 1)})
        head = book.add_format({"bold": True, "bottom": 1, "font_name": FONT})
        first = book.add_worksheet("표 목록")
        listed = [["시트", "설명", "행"]]
        for path in paths:
            with path.open(encoding="utf-8-sig", newline="") as lines:
                rows = list(csv.reader(lines))
            name = _sheet_name(path.stem, [row[0] for row in listed])
            _write_sheet(book.add_worksheet(name), rows[: ROWS_LIMIT + 1], head)
            left_out = (
                f" (앞의 {ROWS_LIMIT:,}행만, 전부는 CSV)" if len(rows) - 1 > ROWS_LIMIT else ""
            )
            caption = captions.get(path.stem, "")
            listed.append([name, f"{caption}{left_out}", str(max(len(rows) - 1, 0))])
        _write_sheet(first, listed, head)
        first.set_column(0, 0, 28)
        first.set_column(1, 1, 70)
    return content.getvalue()


def _write_sheet(sheet, rows: list[list[str]], head) -> None:
    sheet.freeze_panes(1, 0)
    names = rows[0] if rows else []
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, head)
    are_numbers = [not _NAMES.search(name) for name in names]
    for place, row in enumerate(rows[1:], start=1):
        for column, cell in enumerate(row):
            if are_numbers[column] and _NUMBER.fullmatch(cell) and isfinite(float(cell)):
                sheet.write_number(place, column, float(cell))
            elif cell:  # as a string: what looks like a formula or an address stays text
                sheet.write_string(place, column, _printable(cell)[:32_767])  # Excel's limit


def _sheet_name(stem: str, taken: list[str]) -> str:
    """At most 31 characters, once in a workbook."""
    names = [stem[:31], *(f"{stem[:28]}~{number}" for number in range(2, 100))]
    return next(name for name in names if name not in taken)


def _docx(manifest: Mapping, output: Path, text: Mapping) -> bytes:
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Cm

    document = Document()
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        fonts = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), FONT)
    document.core_properties.created = document.core_properties.modified = datetime(1980, 1, 1)
    document.core_properties.title = _printable(manifest["study"]["title"])
    styles = {"title": "Title", "head": "Heading 1", "item": "List Bullet", "text": None}
    for kind, content in _lines(manifest, text):
        if kind == "figure":
            picture = output / "figures" / f"{content['name']}.png"
            if picture.is_file():
                shown = document.add_picture(str(picture), width=Cm(15))
                shown._inline.docPr.set("descr", _printable(content["alt"]))
                document.paragraphs[-1].paragraph_format.keep_with_next = True
            document.add_paragraph(_printable(f"그림 {content['number']}. {content['caption']}"))
        else:
            document.add_paragraph(_printable(content), style=styles[kind])
    saved = io.BytesIO()
    document.save(saved)
    return _without_times(saved.getvalue())


def _hwpx(manifest: Mapping, text: Mapping) -> bytes:
    """The findings without pictures: what python-hwpx writes is text that Hangul opens."""
    from hwpx import HwpxDocument

    document = HwpxDocument.new()
    for kind, content in _lines(manifest, text):
        if kind == "figure":
            continue
        if kind in ("title", "head"):
            document.add_heading(_printable(content), level=1 if kind == "title" else 2)
        else:
            document.add_paragraph(_printable(f"· {content}" if kind == "item" else content))
    for number, paragraph in enumerate(document.paragraphs):
        paragraph.element.set("id", str(number))  # the library draws them at random
    return _without_times(document.to_bytes())


def _lines(manifest: Mapping, text: Mapping) -> Iterator[tuple[str, object]]:
    """What the documents say, in order: (kind, content)."""
    study = manifest["study"]
    yield "title", study["title"]
    yield "text", study["question"]
    if note := manifest.get("options", {}).get("report", {}).get("note"):
        yield "text", note
    yield "head", "핵심 발견"
    yield from (("item", row["text"]) for row in answers(manifest))
    for report in manifest["reports"]:
        yield "head", report["title"]
        yield from (("item", row["text"]) for row in report["findings"])
        # Each page of the report numbers its figures from 1; here they stand in one document.
        chapter = report["file"].partition("-")[0].lstrip("0")
        for row in report["figures"]:
            yield "figure", row | {"number": f"{chapter}-{row['number']}"}
    yield "head", "방법"
    yield from (("text", paragraph) for paragraph in text.values())
    if facts(manifest).get("본문") == RULE:
        yield "text", RULE


def _records(manifest: Mapping, *kinds: str) -> Iterator[dict]:
    for report in manifest["reports"]:
        for kind in kinds:
            yield from report.get(kind, [])


def _printable(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _CONTROLS.sub(" ", str(text))


def _without_times(archive: bytes) -> bytes:
    """The same archive with its members' clock times taken away: same run, same bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(content, "w") as new:
        for item in old.infolist():
            plain = zipfile.ZipInfo(item.filename, LONG_AGO)
            plain.compress_type = item.compress_type
            new.writestr(plain, old.read(item))
    return content.getvalue()
