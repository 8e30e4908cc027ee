"""What is taken away says what the report says, and nothing in it runs."""

import io
import json
import re
import zipfile

import pytest
from test_catalogue import chapter, manifest

from policytext import readers, studies
from policytext.rendering import manifests, methods, pack, pages, references

HOSTILE = '<script>alert(1)</script> onerror=x javascript:y =HYPERLINK("a") ]]> \x0b&amp;'
FACTS = {
    "자료 data/raw/a_b.csv SHA-256 (파일 12개)": "ab" * 32, "찾은 문서": "2,701건",
    "읽은 문서": "2,701건", "기간 안의 문서": "2,650건", "가족": "1,999개",
    "기간": "2008-02-25 – 2022-05-09", "분석기": "konlpy 0.6.0", "용어 사전 SHA-256": "cd" * 32,
}  # fmt: skip


def a_manifest():
    made = manifest(
        chapter(1, (f"발견 {HOSTILE}", 2), ("둘째 발견 2,701건", 2), facts=FACTS),
        chapter(2, ("셋째", 3)),
        title=f"연구 {HOSTILE}",
    )
    made["reports"][0]["tables"] = [
        {"name": "topics", "number": 1, "caption": f"주제 {HOSTILE}", "rows": 7},
        {"name": None, "number": 2, "caption": "이름 없는 표", "rows": 1},
    ]
    made["reports"][1]["kept"] = [{"name": "long", "caption": "전체 표", "rows": 3}]
    made["options"] |= studies.DEFAULTS
    return made | {"python": "3.11.7", "packages": {"scikit-learn": "1.9.1", "pandas": "3.1.1"}}


@pytest.fixture
def output(tmp_path):
    (tmp_path / "tables").mkdir()
    rows = [
        "﻿term,n,id,share",
        "'=HYPERLINK(1),12,0012,0.5",
        "가,,12345678901234567890,1e-05",
        "=1+1,http://x,@SUM(1),",
    ]
    (tmp_path / "tables" / "topics.csv").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "tables" / f"{'long' * 10}.csv").write_text("a\n-3\n", encoding="utf-8-sig")
    return tmp_path


@pytest.fixture
def written(output):
    listed = pack.write_pack(a_manifest(), output)
    return {row["file"]: (output / row["file"]).read_bytes() for row in listed}


def sheets(content):
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_five_files_and_their_sizes(output, written):
    listed = pack.write_pack(a_manifest(), output)
    assert [row["file"] for row in listed] == list(written) and len(written) == 5
    assert all(row["bytes"] == len(written[row["file"]]) > 200 for row in listed)
    assert {name.rpartition(".")[2] for name in written} <= {e[1:] for e in manifests.WRITTEN}


def test_the_same_run_gives_the_same_bytes(output, written):
    pack.write_pack(a_manifest(), output)
    assert {name: (output / name).read_bytes() for name in written} == written


def test_the_workbook_lists_its_tables_and_keeps_numbers_and_texts_apart(written):
    found = sheets(written["tables.xlsx"])
    assert list(found) == ["표 목록", ("long" * 10)[:31], "topics"]
    assert found["표 목록"][2][0] == "topics" and found["표 목록"][2][1].startswith("주제 <script>")
    assert found["topics"] == [
        ["term", "n", "id", "share"],
        ["'=HYPERLINK(1)", 12.0, "0012", 0.5],
        ["가", "", "12345678901234567890", 1e-05],
        ["=1+1", "http://x", "@SUM(1)", ""],
    ]
    with zipfile.ZipFile(io.BytesIO(written["tables.xlsx"])) as book:
        xml = "".join(book.read(name).decode() for name in book.namelist() if "sheet" in name)
    assert "<f>" not in xml and "hyperlink" not in xml and xml.count('state="frozen"') == 3


def test_two_long_names_make_two_sheets():
    assert pack._sheet_name("a" * 40, ["a" * 31]) == "a" * 28 + "~2"


def test_word_and_hangul_say_the_findings_as_text(tmp_path, written):
    from docx import Document
    from hwpx import HwpxDocument

    word = "\n".join(p.text for p in Document(io.BytesIO(written["findings.docx"])).paragraphs)
    (tmp_path / "a.hwpx").write_bytes(written["findings.hwpx"])
    with HwpxDocument.open(tmp_path / "a.hwpx") as document:
        hangul = document.text.plain()
    read = readers.read_documents([tmp_path / "a.hwpx"]).documents["text"].item()
    for text in (word, hangul, read):
        for row in ("셋째", "둘째 발견 2,701건", "<script>alert(1)</script>", "]]>", "=HYPERLINK("):
            assert row in text, row
        assert text.index("핵심 발견") < text.index("셋째")
    for name in ("findings.docx", "findings.hwpx"):
        with zipfile.ZipFile(io.BytesIO(written[name])) as archive:
            assert archive.testzip() is None
            assert {item.date_time[0] for item in archive.infolist()} == {1980}  # no clock
            assert not any("script>" in archive.read(item).decode("utf-8", "ignore")
                           for item in archive.namelist() if item.endswith("xml"))  # fmt: skip


def test_every_number_of_the_methods_paragraph_stands_in_the_manifest():
    made = a_manifest()
    known = json.dumps(made, ensure_ascii=False).replace(",", "")
    known = set(re.findall(r"\d+(?:\.\d+)*", known)) | {"256"}
    for language, text in methods.paragraphs(made).items():
        numbers = re.findall(r"\d+(?:\.\d+)*", text.replace(",", ""))
        assert len(numbers) > 10
        assert set(numbers) <= known, (language, set(numbers) - known)
        assert "7" in numbers and "2701" in numbers  # topics of the run, documents


def test_a_sentence_without_its_numbers_is_left_out():
    bare = manifest(chapter(1)) | {"python": "3.12.1"}
    text = methods.paragraphs(bare | {"options": {}})
    assert text == {"ko": "계산에는 Python 3.12.1을 썼다.", "en": "Computed with Python 3.12.1."}
    plain = methods.paragraphs(bare | {"reports": [chapter(1, facts={"찾은 문서": "5건"})]})
    assert plain["ko"].startswith("찾은 문서 5건을 빠짐없이 썼다. ")
    assert plain["en"].startswith("All 5 documents found were used. ")


def test_bibtex_has_software_data_and_papers_with_keys_of_their_own():
    text = references.bibtex(a_manifest())
    keys = re.findall(r"^@\w+\{([^,]+),", text, re.MULTILINE)
    assert len(keys) == len(set(keys)) > 10
    assert {"python", "scikit-learn", "data-1", "monroe2008"} <= set(keys)
    assert r"title = {data/raw/a\_b.csv}" in text and "version = {1.9.1}" in text
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")


def test_every_paper_that_a_notebook_cites_is_in_the_references():
    """A name with a year in the running text, such as (Hennig 2007), has its entry."""
    folder = studies.PROJECT_ROOT / "notebooks"
    cells = [
        cell
        for path in folder.glob("[0-9][0-9]-*.ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    ]
    text = " ".join("".join(cell["source"]) for cell in cells)
    cited = set(
        re.findall(
            r"([A-Z][a-z]+)(?:(?:, | & )[A-Z][a-z]+)*(?: et al\.)?[ (]+((?:19|20)\d\d)\)?", text
        )
    )
    papers = (pages.ASSETS / "papers.bib").read_text(encoding="utf-8")
    keys = set(re.findall(r"^@\w+\{(\w+),", papers, re.MULTILINE))
    assert {("Hennig", "2007"), ("Kamada", "1989")} <= cited
    assert {f"{name.lower()}{year}" for name, year in cited} <= keys
