"""What a reader takes away from a study: one workbook, one document, methods, references.

All is made from the manifest and from the files a build wrote, so that it cannot say anything
the report does not.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from pathlib import Path

import pandas as pd

from policytext.report.result import ASSETS, SHARE_RULE, column, header, template, written
from policytext.report.site import answers, facts

N_ROWS = 10  # of a finding's table in the document
ROWS_LIMIT = 20_000  # rows of one table in the workbook; the CSV has all
CELL_LIMIT = 32_767  # characters of a cell, by Excel
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


def write_pack(manifest: Mapping, output: Path) -> list[dict]:
    """Write the take-away files of a built study into its folder, `output`, beside its pages.

    `manifest` has ``study, options, python, packages, reports``; `tables/` and `figures/` are there
    already. Returns ``file, label, bytes`` of every file, for the study's index.
    """
    text = paragraphs(manifest)
    _write_workbook(manifest, output)
    _document(manifest, output, text).save(str(output / "findings.docx"))
    _without_times(output / "findings.docx")
    (output / "methods.txt").write_text("\n\n".join(text.values()) + "\n", encoding="utf-8")
    (output / "software.bib").write_text(bibtex(manifest), encoding="utf-8")
    made = {
        "tables.xlsx": "모든 표(엑셀)",
        "findings.docx": "발견과 그림(워드)",
        "methods.txt": "방법 문단(한국어·영어)",
        "software.bib": "소프트웨어·자료·논문(BibTeX)",
    }
    return [
        {"file": file, "label": label, "bytes": (output / file).stat().st_size}
        for file, label in made.items()
    ]


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
    told = {
        "steps": _changing(found),
        "english": STEPS,
        "days": (found.get("기간", "").split(" – ") + [""])[:2],
        "n_families": _number(found.get("중복 묶음", "")),
        "version": f"({found['분석기']})" if "분석기" in found else "",
        "lexicon": found.get("용어 사전 SHA-256", "")[:12],
        "n_topics": next((t["rows"] for t in _tables(manifest) if t["name"] == "topics"), 0),
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


def _write_workbook(manifest: Mapping, output: Path) -> None:
    """Every CSV of `tables/` as a sheet with filters and Korean headers, the first naming them."""
    known = {row["name"]: row for row in _tables(manifest)}
    # What looks like a formula or an address stays text.
    plain = {"strings_to_formulas": False, "strings_to_urls": False}
    sheets, listed = {}, []
    for path in sorted((output / "tables").glob("*.csv")):
        table = _read(path)
        name = _sheet_name(path.stem, list(sheets))
        sheets[name] = table.head(ROWS_LIMIT)
        rest = f" (앞의 {ROWS_LIMIT:,}행만, 전부는 CSV)" if len(table) > ROWS_LIMIT else ""
        about = known.get(path.stem, {"caption": ""})
        listed.append([name, f"{about['caption']}{rest}", len(table)])
        names = {key: header(key, about.get("result", path.stem)) for key in table}
        sheets[name] = sheets[name].rename(columns=names)
    contents = pd.DataFrame(listed, columns=["시트", "설명", "행"])
    with pd.ExcelWriter(
        output / "tables.xlsx", engine="xlsxwriter", engine_kwargs={"options": plain}
    ) as book:
        book.book.set_properties({"created": datetime(1980, 1, 1)})  # the same bytes every time
        for name, table in {"표 목록": contents, **sheets}.items():
            table.to_excel(book, sheet_name=name, index=False, freeze_panes=(1, 0))
            book.sheets[name].autofilter(0, 0, len(table), max(len(table.columns) - 1, 0))
            book.sheets[name].set_column(0, len(table.columns), 14)
        book.sheets["표 목록"].set_column(0, 0, 28)
        book.sheets["표 목록"].set_column(1, 1, 70)


def _read(path: Path) -> pd.DataFrame:
    """A CSV of the report: numbers where a column has only numbers, else what is written."""
    table = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    for name in table:
        numbers = pd.to_numeric(table[name].replace("", None), errors="coerce")
        is_name = _NAMES.search(name) or table[name].str.match(r"-?0\d").any()
        if not is_name and (numbers.notna() | (table[name] == "")).all():
            table[name] = numbers
        else:
            table[name] = table[name].map(lambda cell: _printable(cell)[:CELL_LIMIT])
    return table


def _sheet_name(stem: str, taken: list[str]) -> str:
    """At most 31 characters, once in a workbook."""
    names = [stem[:31], *(f"{stem[:28]}~{number}" for number in range(2, 100))]
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
    for style, content in _lines(manifest, text):
        if style == "figure":
            picture = output / "figures" / f"{content['name']}.png"
            if picture.is_file():
                shown = document.add_picture(str(picture), width=Cm(15))
                shown._inline.docPr.set("descr", _printable(content["alt"]))
                document.paragraphs[-1].paragraph_format.keep_with_next = True
            document.add_paragraph(_printable(f"그림 {content['number']}. {content['caption']}"))
        elif style == "table":
            document.add_paragraph(_printable(f"표 {content['number']}. {content['caption']}"))
            _add_table(document, _rows(output / "tables" / f"{content['name']}.csv", content))
        else:
            document.add_paragraph(_printable(content), style=style)
    return document


def _rows(path: Path, record: Mapping) -> list[list[str]]:
    """Headers and first rows of a table, as the page shows them."""
    table = _read(path)
    shown = [name for name in record.get("columns", []) if name in table]
    forms = [column(name, record["result"], table[name]) for name in shown]
    cells = [[written(value, form) for value in table[form["key"]].head(N_ROWS)] for form in forms]
    return [[form["header"] for form in forms], *map(list, zip(*cells, strict=True))]


def _add_table(document, rows: list[list[str]]) -> None:
    """A grid of the first rows; how many there are, the caption says."""
    from docx.shared import Pt

    grid = document.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    for row in rows:
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            cell.text = _printable(text)
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(8)
    document.add_paragraph()


def _lines(manifest: Mapping, text: Mapping) -> Iterator[tuple[str, object]]:
    """What the document says, in order: (style or "figure" or "table", content)."""
    study = manifest["study"]
    yield "Title", study["title"]
    yield "Normal", study["question"]
    if note := manifest.get("options", {}).get("report", {}).get("note"):
        yield "Normal", note
    yield "Heading 1", "핵심 발견"
    yield from (("List Bullet", row["text"]) for row in answers(manifest))
    for report in manifest["reports"]:
        yield "Heading 1", report["title"]
        yield from (("List Bullet", row["text"]) for row in report["findings"])
        # Each page of the report numbers its figures from 1; here they stand in one document.
        chapter = report["file"].partition("-")[0].lstrip("0")
        for row in report["figures"]:
            yield "figure", row | {"number": f"{chapter}-{row['number']}"}
        told = {row["anchor"].removeprefix("finding-") for row in report["findings"]}
        for row in report["tables"]:
            if row["name"] in told:
                yield "table", row | {"number": f"{chapter}-{row['number']}"}
    yield "Heading 1", "방법"
    yield from (("Normal", paragraph) for paragraph in text.values())
    if facts(manifest).get("본문") == SHARE_RULE:
        yield "Normal", SHARE_RULE


def _tables(manifest: Mapping) -> Iterator[dict]:
    for report in manifest["reports"]:
        yield from report["tables"]
        yield from report.get("kept", [])


def _printable(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _CONTROLS.sub(" ", str(text))
