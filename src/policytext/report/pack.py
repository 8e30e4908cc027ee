"""What a reader takes away from a study: one workbook, one document, methods, references.

All is made from the manifest and the files of a build: it cannot say what the report does not.
"""

from __future__ import annotations

import contextlib
import re
import textwrap
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from pathlib import Path

import lxml.html
import pandas as pd
from xlsxwriter import Workbook

from policytext.korean import attach_particle
from policytext.report import result
from policytext.report.result import ASSETS, SHARE_RULE, header, template
from policytext.report.site import answers, facts
from policytext.store import DAMAGED, entry, read_entry, write_entry
from policytext.study import file_sha256

N_ROWS = 10  # of a finding's table in the document
ROWS_LIMIT = 20_000  # rows of one table in the workbook; the CSV has all
CELL_LIMIT = 32_767  # characters of a cell, by Excel
WIDTH_ROWS, WIDEST = 200, 60  # rows that tell the width of a column, and its limit
FONT = "맑은 고딕"
# Steps of reading as the table of conditions names them, and their English names.
STEPS = {
    "찾은 문서": "documents found",
    "읽은 문서": "read",
    "기간 안의 문서": "within the period",
    "정부를 정할 수 있는 문서": "datable to an administration",
    "한국어로 쓴 문서": "written in Korean",
    "날짜와 연설자가 맞는 문서": "with a date that fits the speaker",
}
SOFTWARE = ("konlpy", "mecab-ko", "scikit-learn", "pandas", "numpy", "scipy", "networkx")
_SOURCE = re.compile(r"^자료 (?P<name>.+) SHA-256 \(파일 (?P<files>[\d,]+)개\)$")
_NAMES = re.compile(r"(^|_)(id|ids|sha256)$")  # digits there are names: 7e61234567890123
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_ESCAPES = {character: f"\\{character}" for character in "&%$#_{}"}
_ESCAPES |= {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


def write_pack(manifest: Mapping, output: Path) -> tuple[list[dict], list[str]]:
    """Write the take-away files of a built study into its folder, `output`, beside its pages.

    `manifest` has ``study, options, python, packages, reports``; `tables/` and `figures/` are there
    already. Returns ``file, label, bytes`` of every file, for the study's index, and of those that
    could not be written why: a report is not lost for one of them.
    """
    made, faults = [], []
    writers = {
        "tables.xlsx": ("모든 표(엑셀)", _write_workbook),
        "findings.docx": ("발견과 그림(워드)", _write_document),
        "methods.txt": ("방법 문단(한국어·영어)", _write_methods),
        "software.bib": ("소프트웨어·자료·논문(BibTeX)", _write_bibtex),
    }
    for file, (label, write) in writers.items():
        try:
            write(manifest, output / file)
        except Exception as error:
            faults.append(
                f"{attach_particle(file, '을/를')} 만들지 못했다({type(error).__name__}: {error}). "
                "같은 내용이 쪽과 tables 폴더에 있다."
            )
            with contextlib.suppress(OSError):
                (output / file).unlink(missing_ok=True)
        else:
            made.append({"file": file, "label": label, "bytes": (output / file).stat().st_size})
    return made, faults


def _write_document(manifest: Mapping, path: Path) -> None:
    _document(manifest, path.parent, paragraphs(manifest)).save(str(path))
    _without_times(path)


def _write_methods(manifest: Mapping, path: Path) -> None:
    path.write_text("\n\n".join(paragraphs(manifest).values()) + "\n", encoding="utf-8")


def _write_bibtex(manifest: Mapping, path: Path) -> None:
    path.write_text(bibtex(manifest), encoding="utf-8")


def paragraphs(manifest: Mapping) -> dict[str, str]:
    """The methods paragraph of a paper in Korean and English: ``ko, en``.

    Every number stands in the manifest; a sentence whose numbers a run lacks is left out.
    """
    found = facts(manifest)
    options = dict.fromkeys(("corpus", "tokens", "topics", "comparison"), {})
    options |= manifest.get("options", {})
    packages = manifest.get("packages", {})
    figures = chain.from_iterable(report["figures"] for report in manifest["reports"])
    used = [f"{name} {packages[name]}" for name in SOFTWARE if name in packages]
    placed = _placed(manifest)
    told = {
        "steps": _changing(found),
        "english": STEPS,
        "days": (found.get("기간", "").split(" – ") + [""])[:2],
        "n_families": _number(found.get("중복 묶음", "")),
        "version": f"({found['분석기']})" if "분석기" in found else "",
        "lexicon": found.get("용어 사전 SHA-256", "")[:12],
        "is_compared": "keyness" in placed,
        "n_topics": placed.get("topics", {}).get("rows", 0),
        "n_cuts": next((f["rows"] - 1 for f in figures if f["name"] == "placebo"), 0),
        "software": ", ".join([f"Python {manifest['python']}", *used]),
    }
    return {
        language: " ".join(template(f"methods.{language}.j2").render(options | told).split())
        for language in ("ko", "en")
    }


def _changing(found: Mapping) -> dict[str, str]:
    """The steps that left another number of documents than the one before."""
    steps, before = {}, ""
    for step in STEPS:
        n = _number(found.get(step, ""))
        if n and n != before:
            steps[step] = before = n
    return steps


def _number(fact: str) -> str:
    """The number at the beginning of a fact, as it is written there."""
    return re.match(r"[\d,]*", fact)[0]


def bibtex(manifest: Mapping) -> str:
    """Everything a paper on this run should cite, as one ``.bib`` file."""
    packages = {"Python": manifest["python"], **manifest.get("packages", {})}
    software = [
        {"key": re.sub(r"[^a-z0-9]+", "-", name.lower()), "name": _tex(name), "version": version}
        for name, version in packages.items()
    ]
    sources = [
        {"name": _tex(source["name"]), "files": source["files"], "sha256": sha256}
        for key, sha256 in facts(manifest).items()
        if (source := _SOURCE.match(key))
    ]
    entries = template("software.bib.j2").render(software=software, sources=sources)
    return entries + (ASSETS / "papers.bib").read_text(encoding="utf-8")


def _tex(text: str) -> str:
    """Text as BibTeX shows it."""
    return "".join(_ESCAPES.get(sign, sign) for sign in " ".join(text.split()))


def _write_workbook(manifest: Mapping, workbook: Path) -> None:
    """Every CSV of `tables/` as a sheet with filters and Korean headers, the first naming them."""
    known = _placed(manifest)
    files = {path.stem: path for path in sorted((workbook.parent / "tables").glob("*.csv"))}
    made_of = [Path(__file__), Path(result.__file__), ASSETS / "columns.toml", *files.values()]
    sums = [(path.name, file_sha256(path)) for path in made_of]
    kept = entry("report.workbook", (sums, known))
    with contextlib.suppress(*DAMAGED):  # most edits change no table
        workbook.write_bytes(read_entry(kept)["content"][0])
        return
    sheets, listed = {}, []
    for stem in [*filter(files.get, known), *(stem for stem in files if stem not in known)]:
        table, n = _read(files[stem])
        about = known.get(stem, {"caption": "", "place": stem})
        name = _sheet_name(f"{about['place']} {about['caption']}", list(sheets))
        rest = f" (앞의 {ROWS_LIMIT:,}행만, 전부는 CSV)" if n > ROWS_LIMIT else ""
        listed.append([name, f"{about['caption']}{rest}", n, f"tables/{stem}.csv"])
        names = {key: header(key, about.get("result", stem)) for key in table}
        sheets[name] = table.rename(columns=names)
    contents = pd.DataFrame(listed, columns=["시트", "설명", "행", "파일"])
    # What looks like a formula or an address stays text.
    plain = {"strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(workbook, plain) as book:
        book.set_properties({"created": datetime(1980, 1, 1)})  # the same bytes every time
        for name, table in {"표 목록": contents, **sheets}.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, len(table), max(len(table.columns) - 1, 0))
            sheet.write_row(0, 0, table)
            for place, (key, cells) in enumerate(table.items()):
                cells = cells.astype(object).where(cells.notna(), None)
                cells = cells.replace({float("inf"): "∞", float("-inf"): "-∞"})  # no numbers there
                sheet.write_column(1, place, cells)
                shown = map(str, [key, *cells[:WIDTH_ROWS]])
                # In this encoding Hangul takes two bytes, as it takes two columns of a sheet.
                width = max(len(cell.encode("cp949", "replace")) for cell in shown) + 3
                sheet.set_column(place, place, min(width, WIDEST))
        first, *others = book.worksheets()
        for row, sheet in enumerate(others, 1):
            first.write_url(row, 0, f"internal:'{sheet.name}'!A1", string=sheet.name)
    write_entry(pd.DataFrame({"content": [workbook.read_bytes()]}), kept)


def _placed(manifest: Mapping) -> dict[str, dict]:
    """The tables by their name, in order, with their ``place``: 표 4-1, 그림 4-2, 5장."""
    placed = {}
    for chapter, report in enumerate(manifest["reports"], 1):
        places = {
            row["name"]: f"{word} {chapter}-{row['number']}"
            for kind, word in (("figures", "그림"), ("tables", "표"))
            for row in report[kind]
        }
        for row in [*report["tables"], *report.get("kept", [])]:
            # The evidence of a table stands beside it.
            name = str(row["name"])
            place = places.get(name) or places.get(name.removesuffix("-evidence"))
            placed[name] = row | {"place": place or f"{chapter}장"}
    return placed


def _read(path: Path) -> tuple[pd.DataFrame, int]:
    """The rows of a CSV that a sheet takes, and how many it has: numbers where a column has only
    numbers, else what is written.
    """
    plain = {"encoding": "utf-8-sig", "dtype": str, "keep_default_na": False}
    table = pd.read_csv(path, nrows=ROWS_LIMIT, **plain)
    n = len(table) if len(table) < ROWS_LIMIT else len(pd.read_csv(path, usecols=[0], **plain))
    for name in table:
        numbers = pd.to_numeric(table[name].replace("", None), errors="coerce")
        is_name = _NAMES.search(name) or table[name].str.match(r"-?0\d").any()
        if not is_name and (numbers.notna() | (table[name] == "")).all():
            table[name] = numbers
        else:  # a unit such as %p stands behind an apostrophe in the CSV
            cells = table[name].replace({"True": "예", "False": "아니요", "'%p": "%p"})
            table[name] = cells.map(lambda cell: _printable(cell)[:CELL_LIMIT])
    return table, n


def _sheet_name(title: str, taken: list[str]) -> str:
    """At most 31 characters, whole words, none that Excel forbids, once in a workbook."""
    title = re.sub(r"[\[\]:*?/\\']", " ", re.split(r" \(|[.:] ", title)[0])
    name = textwrap.wrap(title, 31)[0]
    names = [name, *(f"{name[:28]}~{number}" for number in range(2, 100))]
    return next(name for name in names if name not in taken)


def _without_times(path: Path) -> None:
    """Write a ZIP package again, so that the same content has the same bytes every time."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def _document(manifest: Mapping, output: Path, text: Mapping):
    """Findings, figures with their captions, and methods, for a word processor."""
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Cm

    document = Document()
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        fonts = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), FONT)
    document.core_properties.title = _printable(manifest["study"]["title"])
    for style, content in _lines(manifest, output, text):
        if style == "figure":
            picture = output / "figures" / f"{content['name']}.png"
            if picture.is_file():
                shown = document.add_picture(str(picture), width=Cm(15))
                shown._inline.docPr.set("descr", _printable(content["alt"]))
                document.paragraphs[-1].paragraph_format.keep_with_next = True
            document.add_paragraph(_printable(f"그림 {content['number']}. {content['caption']}"))
        elif style == "table":
            _add_table(document, content)
        else:
            document.add_paragraph(_printable(content), style=style)
    return document


def _add_table(document, record: Mapping) -> None:
    """A caption that says how many of the rows follow, and a grid of these."""
    from docx.shared import Pt

    heads, *rows = record["cells"]
    caption = f"표 {record['number']}. {record['caption']}"
    if len(rows) > N_ROWS:
        caption = f"{caption}. {record['rows']:,}행 가운데 처음 {N_ROWS}행이다. "
        caption += f"전부는 tables/{record['name']}.csv에 있다."
    document.add_paragraph(_printable(caption))
    grid = document.add_table(rows=0, cols=len(heads), style="Table Grid")
    for row in [heads, *rows[:N_ROWS]]:
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            cell.text = _printable(text)
            for run in cell.paragraphs[0].runs:
                run.font.size, run.font.bold = Pt(8), row is heads
    document.add_paragraph()


def _cells(block) -> list[list[str]]:
    """Headers and rows of a table as its page shows them; what opens there is left out."""
    for fold in block.findall(".//td//details"):
        fold.drop_tree()
    rows = [block.find(".//thead/tr"), *block.iterfind(".//tbody/tr")]
    cells = [[" ".join(cell.text_content().split()) for cell in row] for row in rows]
    if not any(row[-1] for row in cells[1:]):  # a column of folds only
        return [row[:-1] for row in cells]
    cells[0][-1] = cells[0][-1].removeprefix("근거와 ")
    return cells


def _lines(manifest: Mapping, output: Path, text: Mapping) -> Iterator[tuple[str, object]]:
    """What the document says, in order: (style or "figure" or "table", content)."""
    study = manifest["study"]
    yield "Title", study["title"]
    yield "Normal", study["question"]
    if note := manifest.get("options", {}).get("report", {}).get("note"):
        yield "Normal", note
    yield "Heading 1", "핵심 발견"
    yield from (("List Bullet", row["text"]) for row in answers(manifest))
    # Each page of the report numbers its figures from 1; here they stand in one document.
    for chapter, report in enumerate(manifest["reports"], 1):
        yield "Heading 1", report["title"]
        for row in report["findings"]:
            if row["anchor"] != "finding-headlines":  # these stand above
                yield "List Bullet", row["text"]
        for row in report["figures"]:
            yield "figure", row | {"number": f"{chapter}-{row['number']}"}
        told = {row["anchor"].removeprefix("finding-") for row in report["findings"]}
        shown = [row for row in report["tables"] if row["name"] in told]
        page = lxml.html.parse(str(output / report["file"])) if shown else None
        for row in shown:
            cells = _cells(page.find(f".//div[@id='table-{row['number']}']"))
            yield "table", row | {"number": f"{chapter}-{row['number']}", "cells": cells}
    yield "Heading 1", "방법"
    yield from (("Normal", paragraph) for paragraph in text.values())
    if facts(manifest).get("본문") == SHARE_RULE:
        yield "Normal", SHARE_RULE


def _printable(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _CONTROLS.sub(" ", str(text))
