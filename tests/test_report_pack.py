"""What is taken away says what the report says, and nothing in it runs."""

import io
import json
import re
import zipfile

import pytest
from test_report_build import a_study
from test_report_site import chapter, manifest

from policytext.report import pack, result
from policytext.study import ROOT

HOSTILE = '<script>alert(1)</script> onerror=x javascript:y =HYPERLINK("a") ]]> \x0b&amp;'
FACTS = {
    "자료 data/raw/a_b.csv SHA-256 (파일 12개)": "ab" * 32, "찾은 문서": "2,701건",
    "읽은 문서": "2,701건", "기간 안의 문서": "2,650건", "중복 묶음": "1,999개",
    "기간": "2008-02-25 – 2022-05-09", "분석기": "konlpy 0.6.0", "용어 사전 SHA-256": "cd" * 32,
}  # fmt: skip


def a_manifest():
    made = manifest(
        chapter(1, (f"발견 {HOSTILE}", 2), ("둘째 발견 2,701건", 2), facts=FACTS),
        chapter(2, ("셋째", 3)),
        title=f"연구 {HOSTILE}",
    )
    made["reports"][0]["tables"] = [
        {"name": "topics", "number": 1, "caption": f"주제 {HOSTILE}", "rows": 12},
        {"name": None, "number": 2, "caption": "이름 없는 표", "rows": 1},
    ]
    made["reports"][0]["findings"][1]["anchor"] = "finding-topics"
    kept = {"caption": "전체 표", "rows": 3}
    made["reports"][1]["kept"] = [kept | {"name": name} for name in ("long", "keyness")]
    made["options"] |= a_study().model_dump(exclude={"title", "question", "sources", "report"})
    return made | {"python": "3.11.7", "packages": {"scikit-learn": "1.9.1", "pandas": "3.1.1"}}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The files, by name."""
    output = tmp_path_factory.mktemp("pack")
    (output / "tables").mkdir()
    rows = [
        "﻿term,n,id,share,code,is_stable",
        "'=HYPERLINK(1),12,0012,0.5,007,True",
        "가,,12345678901234567890,1e-05,8,False",
        "=1+1,3,@SUM(1),,,'%p",
    ]
    fold = "<details class='evidence'><summary>쓰임 3건</summary>문장</details>"
    row = f"<tr><th>말</th><td>%p</td><td>{fold}</td></tr>"
    page = f"<thead><tr><th>낱말</th><th>값</th><th>근거</th></tr></thead><tbody>{row * 12}</tbody>"
    page = f"<meta charset='utf-8'><div id='table-1'><table>{page}</table></div>"
    (output / "01-c.html").write_text(page, encoding="utf-8")
    (output / "tables" / "topics.csv").write_text("\n".join(rows), encoding="utf-8")
    (output / "tables" / f"{'long' * 10}.csv").write_text("a\n-3\ninf\n", encoding="utf-8-sig")
    listed, faults = pack.write_pack(a_manifest(), output)
    assert not faults
    found = {row["file"]: (output / row["file"]).read_bytes() for row in listed}
    assert all(row["bytes"] == len(found[row["file"]]) > 200 for row in listed)
    return found


def test_the_workbook_lists_its_tables_and_keeps_numbers_and_texts_apart(written):
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(written["tables.xlsx"]))
    named = "표 1-1 주제 <script>alert(1)<"
    assert book.sheet_names == ["표 목록", named, ("long" * 10)[:31]]
    contents = book.get_sheet_by_name("표 목록").to_python()
    assert contents[1][0] == named and contents[1][1].startswith("주제 <script>")
    assert contents[1][2:] == [3.0, "tables/topics.csv"]
    assert book.get_sheet_by_name(named).to_python() == [
        ["낱말", "수", "id", "비중", "code", "안정"],
        ["'=HYPERLINK(1)", 12.0, "0012", 0.5, "007", "예"],
        ["가", "", "12345678901234567890", 1e-05, "8", "아니요"],
        ["=1+1", 3.0, "@SUM(1)", "", "", "%p"],
    ]
    assert book.get_sheet_by_name(book.sheet_names[2]).to_python() == [["a"], [-3.0], ["∞"]]
    with zipfile.ZipFile(io.BytesIO(written["tables.xlsx"])) as archive:
        xml = "".join(archive.read(name).decode() for name in archive.namelist() if "sheet" in name)
    assert "<f>" not in xml and xml.count('state="frozen"') == 3
    assert xml.count("<hyperlink ") == 2 == xml.count("location=\"'")  # only from sheet to sheet


def test_a_file_that_cannot_be_written_costs_itself_only(tmp_path):
    (tmp_path / "tables.xlsx").mkdir()  # and of pages, which the document shows, there are none
    listed, faults = pack.write_pack(a_manifest(), tmp_path)
    assert [row["file"] for row in listed] == ["methods.txt", "software.bib"]
    assert [text.split("(")[0] for text in faults] == [
        "tables.xlsx를 만들지 못했다", "findings.docx를 만들지 못했다"
    ]  # fmt: skip


def test_a_sheet_takes_the_first_rows_of_a_long_table_and_tells_how_many_there_are(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(pack, "ROWS_LIMIT", 2)
    long = tmp_path / "long.csv"
    for rows, n in (("1\n2\n", 2), ('1\n2\n"a\nb"\n', 3)):
        long.write_text(f"n\n{rows}", encoding="utf-8-sig")
        table, found = pack._read(long)
        assert (table["n"].tolist(), found) == ([1, 2], n)


def test_two_long_names_make_two_sheets():
    assert pack._sheet_name("a" * 40, ["a" * 31]) == "a" * 28 + "~2"


def test_word_says_the_findings_as_text(written):
    from docx import Document

    document = Document(io.BytesIO(written["findings.docx"]))
    text = "\n".join(p.text for p in document.paragraphs)
    (grid,) = document.tables  # as its page shows it, without what opens
    rows = [[cell.text for cell in row.cells] for row in grid.rows]
    assert rows == [["낱말", "값"], *[["말", "%p"]] * 10]
    assert "12행 가운데 처음 10행이다. 전부는 tables/topics.csv에 있다." in text
    for said in ("둘째 발견 2,701건", "<script>alert(1)</script>", "]]>", "=HYPERLINK("):
        assert said in text
    assert text.index("핵심 발견") < text.index("셋째") < text.index("방법")
    assert written["methods.txt"].decode().splitlines()[0] in text


def test_every_number_of_the_methods_paragraph_stands_in_the_manifest():
    made = a_manifest()
    known = json.dumps(made, ensure_ascii=False).replace(",", "")
    known = set(re.findall(r"\d+(?:\.\d+)*", known)) | {"256", "95", "20"}  # SHA, %, families
    for language, text in pack.paragraphs(made).items():
        numbers = set(re.findall(r"\d+(?:\.\d+)*", text.replace(",", "")))
        assert len(numbers) > 10 and numbers <= known, (language, numbers - known)
        assert {"12", "2701"} <= numbers  # topics of the run, documents


def test_a_sentence_without_its_numbers_is_left_out():
    bare = manifest(chapter(1)) | {"python": "3.12.1"}
    text = pack.paragraphs(bare | {"options": {}})
    assert text == {"ko": "계산에는 Python 3.12.1을 썼다.", "en": "Computed with Python 3.12.1."}
    plain = pack.paragraphs(bare | {"reports": [chapter(1, facts={"찾은 문서": "5건"})]})
    assert plain["ko"].startswith("찾은 문서 5건을 빠짐없이 썼다. ")
    assert plain["en"].startswith("All 5 documents found were used. ")


def test_the_paragraph_tells_of_no_comparison_that_was_not_made():
    made = a_manifest()
    made["reports"][1]["kept"] = made["reports"][1]["kept"][:1]
    for text in pack.paragraphs(made).values():
        assert not re.search("유의성|significance", text)


def test_the_first_editions_paragraph_is_said_again():
    ko, en = pack.paragraphs(a_manifest()).values()
    assert ko.startswith(
        "단계마다 남은 문서는 찾은 문서 2,701건, 기간 안의 문서 2,650건이다. 글의 날짜는 2008-02-25부터 "
        "2022-05-09까지다. 거의 같은 글(글자 조각의 자카드 유사도 0.8 이상)은 중복 묶음 하나로 쳐서 1,999개가 "
        "되었다. 다시 뽑고 뒤섞는 단위는 글이 아니라 중복 묶음이다. 낱말은 형태소 분석기 "
        "mecab(konlpy 0.6.0)으로 나누어 2글자 이상인 명사(로마자로 쓴 낱말 포함)를 세었고, 용어 "
        "사전(SHA-256 cdcdcdcdcdcd)의 복합어는 한 낱말로 세었다. 주제는 글 5건 이상에 나온"
    )
    assert ko.endswith(
        "쓴 중복 묶음이 20개가 안 되는 낱말에는 구간을 두지 않았다. 계산에는 Python 3.11.7, scikit-learn 1.9.1, pandas 3.1.1을 썼다."
    )
    steps = "2,701 documents found, 2,650 within the period."
    assert en.startswith(f"Documents left at each step: {steps}")
    assert "with mecab (konlpy 0.6.0); compounds of a lexicon (SHA-256 cdcdcdcdcdcd) count" in en


def test_bibtex_has_software_data_and_papers_with_keys_of_their_own(written):
    text = written["software.bib"].decode()
    keys = re.findall(r"^@\w+\{([^,]+),", text, re.MULTILINE)
    assert len(keys) == len(set(keys)) > 10
    assert {"python", "scikit-learn", "data-1", "monroe2008"} <= set(keys)
    assert r"title = {data/raw/a\_b.csv}" in text and "version = {1.9.1}" in text
    assert "url = {https://pypi.org/project/pandas/3.1.1/}" in text
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")


def test_every_paper_that_a_notebook_cites_is_in_the_references():
    """A name with a year in the text or a caption, such as (Hennig 2007), has its entry."""
    cells = [
        cell
        for path in (ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    ]
    text = " ".join("".join(cell["source"]) for cell in cells)
    text += (result.ASSETS / "captions.j2").read_text(encoding="utf-8")
    name_and_year = r"([A-Z][a-z]+)(?:(?:, | & )[A-Z][a-z]+)*(?: et al\.)?[ (]+((?:19|20)\d\d)\)?"
    cited = set(re.findall(name_and_year, text))
    papers = (result.ASSETS / "papers.bib").read_text(encoding="utf-8")
    keys = set(re.findall(r"^@\w+\{(\w+),", papers, re.MULTILINE))
    assert {("Hennig", "2007"), ("Kamada", "1989")} <= cited
    assert {f"{name.lower()}{year}" for name, year in cited} <= keys
