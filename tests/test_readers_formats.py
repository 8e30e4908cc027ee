"""News-archive exports, service answers, feeds and attachments, round trip and damaged."""

from __future__ import annotations

import csv
import importlib.resources
import zipfile

import pytest
import xlsxwriter
from fixtures_readers import (
    BIGKINDS_HEADERS,
    BODY,
    PARAGRAPHS,
    RSS,
    api_xml,
    bigkinds_rows,
    html_page,
    write_bigkinds,
    write_compound,
    write_hwp5,
    write_hwpx,
    write_pdf,
)

from policytext.cleaning import text_hash
from policytext.readers import read_documents

STUB = "자세한 내용은 첨부파일을 참고하시기 바랍니다."
RELEASE = (
    "보도자료",
    "보도일시 2024. 3. 5.(화) 조간",
    "가람산업부, 창업 지원 계획 발표",
    *PARAGRAPHS,
)
FONT = importlib.resources.files("policytext") / "assets" / "NotoSansKR-Regular.otf"


def write_bigkinds_csv(path):
    with path.open("w", encoding="cp949", newline="") as file:
        csv.writer(file).writerows([BIGKINDS_HEADERS, *bigkinds_rows()])
    return path


@pytest.mark.parametrize("write", [write_bigkinds, write_bigkinds_csv])
def test_bigkinds(tmp_path, write):
    path = write(tmp_path / "NewsResult_20240301-20240331.xlsx")
    for kind in (None, "bigkinds"):
        reading = read_documents(path, kind=kind)
        assert reading.files.loc[0, ["kind", "status"]].tolist() == ["bigkinds", "read"]
        documents = reading.documents
        bodies = documents[documents["text_kind"] == "excerpt"]
        keywords = documents[documents["text_kind"] == "keywords"]
        assert bodies["title"].tolist() == ["첫 기사", "둘째 기사", "번호가 망가진 기사"]
        assert bodies["doc_id"].tolist()[:2] == [
            "01100101.20240305101010001",
            "01100101.20240306101010002",
        ]
        assert bodies["date"].dt.strftime("%m%d").tolist() == ["0305", "0306", "0309"]
        assert set(bodies["genre"]) == {"news"} and set(bodies["occasion"]) == {"경제>산업"}
        assert keywords["text"].tolist() == ["창업, 지원, 가람시"] * 3
        notes = reading.notes["reason"].tolist()
        assert "자릿수가 없어져" in notes[1] and reading.rejects.empty
        assert notes[0] == (
            "기사를 뺐습니다: 분석제외 여부 '중복' 1건, 식별자나 주소가 앞에 나온 기사와 같음 1건."
        )


def test_an_article_in_two_exports_is_read_once(tmp_path):
    write_bigkinds(tmp_path / "1월.xlsx")
    write_bigkinds_csv(tmp_path / "2월.csv")
    (tmp_path / "3월.csv").write_bytes(write_bigkinds_csv(tmp_path / "2월.csv").read_bytes())
    rows = [row for row in bigkinds_rows() if isinstance(row[0], str)]
    with (tmp_path / "4월.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([BIGKINDS_HEADERS, *rows])
    reading = read_documents(tmp_path)
    # The article without a usable id is known by its address alone, and it has none.
    titles = reading.documents.query("text_kind == 'excerpt'")["title"].tolist()
    assert titles == ["첫 기사", "둘째 기사", *["번호가 망가진 기사"] * 3]
    assert reading.files["status"].tolist() == ["read", "read", "read", "skipped"]
    left_out = reading.notes["reason"].str.extract(r"앞에 나온 기사와 같음 (\d)건")[0].dropna()
    assert left_out.astype(int).tolist() == [1, 3, 3, 3]
    assert "남는 기사가 없습니다" in reading.files.loc[3, "reason"]


def test_service_answer(tmp_path):
    (tmp_path / "a.xml").write_text(api_xml(), encoding="utf-8")
    reading = read_documents(tmp_path)
    row = reading.documents.loc[0]
    assert reading.files["kind"].tolist() == ["korea_kr"]
    assert (row["doc_id"], row["title"], row["publisher"]) == (
        "148900001",
        "창업 지원 계획 & 일정",
        "가람산업부",
    )
    assert str(row["date"])[:10] == "2026-05-08"
    assert row["text"].split() == ["첫", "문단이다.", "둘째", "문단이다."]
    assert row["url"] == "https://www.korea.example/view.do?newsId=148900001"
    assert (row["genre"], row["text_kind"]) == ("press_release", "full")


def test_service_error_is_a_reject(tmp_path):
    (tmp_path / "a.xml").write_text(
        "<response><header><resultCode>3</resultCode><resultMsg>NODATA_ERROR</resultMsg></header></response>",
        encoding="utf-8",
    )
    assert "NODATA_ERROR" in read_documents(tmp_path).rejects.loc[0, "reason"]


def test_entities_are_a_reject(tmp_path):
    entities = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    bomb = f'<?xml version="1.0"?>{entities}<NewsItem>&b;</NewsItem>'
    (tmp_path / "a.xml").write_text(bomb, encoding="utf-8")
    (tmp_path / "b.xml").write_text(bomb.replace("NewsItem", "rss"), encoding="utf-8")
    assert read_documents(tmp_path).rejects["reason"].str.contains("ENTITY").tolist() == [
        True,
        True,
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_feed(tmp_path, encoding):
    (tmp_path / "press.rss").write_bytes(RSS.replace("utf-8", encoding).encode(encoding))
    reading = read_documents(tmp_path)
    documents = reading.documents
    assert reading.files["kind"].tolist() == ["rss"]
    assert documents["title"].tolist() == ["첫 소식", "둘째 소식"]
    assert documents["date"].dt.strftime("%Y-%m-%d").tolist() == ["2026-05-08", "2026-05-08"]
    assert documents["text"].tolist() == ["창업을 돕는 새 제도를 마련했다.", "연구 예산을 늘렸다."]
    assert set(documents["publisher"]) == {"가람산업부 보도자료"}
    assert set(documents["text_kind"]) == {"excerpt"}


def test_hwpx(tmp_path):
    write_hwpx(tmp_path / "붙임.hwp", RELEASE)
    reading = read_documents(tmp_path)
    row = reading.documents.loc[0]
    assert reading.files["kind"].tolist() == ["hwp"]
    assert (row["title"], row["text"]) == (RELEASE[2], BODY)
    assert str(row["date"])[:10] == "2024-03-05" and row["genre"] == "press_release"


def test_short_lines_of_a_document_are_its_own(tmp_path):
    items = ("추진 배경", "투자 위축", "주요 내용", "거점 마련", PARAGRAPHS[1], "향후 계획", "공모")
    write_hwpx(
        tmp_path / "계획.hwpx", ("보도자료", "배포 일시 2019. 3. 4.(월)", "창업 계획", *items)
    )
    row = read_documents(tmp_path).documents.loc[0]
    assert (row["title"], row["text"]) == ("창업 계획", "\n".join(items))
    assert str(row["date"])[:10] == "2019-03-04"


@pytest.mark.parametrize("is_compressed", [True, False])
def test_hwp5_with_sections_and_a_table(tmp_path, is_compressed):
    sections = [RELEASE[:5], RELEASE[5:]]
    cells = ("가람산업부는 담당 과를 두었다고 밝혔다.", "문의는 누리집에서 받는다고 밝혔다.")
    write_hwp5(tmp_path / "붙임.hwp", sections, cells=cells, is_compressed=is_compressed)
    reading = read_documents(tmp_path)
    row = reading.documents.loc[0]
    assert (row["title"], row["text"]) == (RELEASE[2], "\n".join([BODY, *cells]))
    assert str(row["date"])[:10] == "2024-03-05" and row["genre"] == "press_release"


@pytest.mark.parametrize("flag", [2, 4, 16])  # password, distribution only, rights management
def test_protected_hwp5_is_a_reject(tmp_path, flag):
    write_hwp5(tmp_path / "a.hwp", [RELEASE], flags=flag)
    (reason,) = read_documents(tmp_path).rejects["reason"]
    assert "보호" in reason


def test_hwp5_cut_short_is_a_reject(tmp_path):
    path = write_hwp5(tmp_path / "a.hwp", [RELEASE])
    path.write_bytes(path.read_bytes()[:-600])
    (reason,) = read_documents(tmp_path).rejects["reason"]
    assert "망가졌" in reason


def test_files_under_a_password_are_rejects(tmp_path):
    write_pdf(tmp_path / "a.pdf", RELEASE, FONT, password="secret")
    write_compound(
        tmp_path / "b.xlsx", {"EncryptionInfo": bytes(100), "EncryptedPackage": bytes(900)}
    )
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("a.txt", BODY)
    data = bytearray((tmp_path / "c.zip").read_bytes())
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + place] |= 1
    (tmp_path / "c.zip").write_bytes(data)
    reading = read_documents(tmp_path)
    assert reading.rejects["reason"].str.contains("암호가 걸린").tolist() == [True] * 3


def test_protected_and_damaged_hwpx_are_rejects(tmp_path):
    path = write_hwpx(tmp_path / "a.hwpx", RELEASE)
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(tmp_path / "b.hwpx", "w") as target:
        for name in source.namelist():
            if name != "META-INF/manifest.xml":
                target.writestr(name, source.read(name))
        target.writestr("META-INF/manifest.xml", '<m xmlns="x"><encryption-data/></m>')
    path.write_bytes(path.read_bytes()[:3000])
    (tmp_path / "c.hwp").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000))
    (tmp_path / "d.hwp").write_bytes(b"HWP Document File V3.00 \x1a\1\2\3" + bytes(100))
    reading = read_documents(tmp_path)
    assert reading.files["status"].tolist() == ["rejected"] * 4
    assert "보호" in reading.rejects.loc[1, "reason"] and "3.0" in reading.rejects.loc[3, "reason"]


def test_pdf(tmp_path):
    write_pdf(tmp_path / "붙임.pdf", RELEASE, FONT)
    reading = read_documents(tmp_path)
    row = reading.documents.loc[0]
    assert reading.files["kind"].tolist() == ["pdf"]
    assert row["title"] == RELEASE[2] and str(row["date"])[:10] == "2024-03-05"
    assert "".join(row["text"].split()) == "".join(BODY.split())


def test_pdf_whose_letters_are_no_hangul_is_a_reject(tmp_path):
    write_pdf(tmp_path / "a.pdf", PARAGRAPHS[1:3])
    write_pdf(tmp_path / "b.pdf", ("1",), FONT)
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7\n" + bytes(100))
    reasons = read_documents(tmp_path).rejects["reason"].tolist()
    assert [
        word in reason for word, reason in zip(("한글로", "스캔", "망가졌"), reasons, strict=True)
    ] == [True] * 3


def test_a_stub_is_joined_with_its_attachment(tmp_path):
    (tmp_path / "a.xml").write_text(api_xml(STUB), encoding="utf-8")
    alone = read_documents(tmp_path).documents.loc[0]
    assert alone["text_kind"] == "excerpt"
    assert "첨부파일을 가리키기만" in read_documents(tmp_path).notes.loc[0, "reason"]
    write_hwpx(tmp_path / "148900001_붙임.hwpx", RELEASE)
    write_pdf(tmp_path / "148900001_붙임.pdf", RELEASE, FONT)
    write_hwpx(tmp_path / "다른 자료.hwpx", ("다른 보도자료 제목", *PARAGRAPHS[:2]))
    reading = read_documents(tmp_path)
    assert len(reading.documents) == 2 and (reading.files["status"] == "read").all()
    joined = reading.documents.set_index("doc_id").loc["148900001"]
    assert joined["text_sha256"] == text_hash(joined["text"]) and reading.notes.empty
    assert joined["text"] == f"{STUB}\n{BODY}" and joined["text_kind"] == "full"
    assert reading.files["n_documents"].sum() == 2


def test_a_page_that_is_a_stub_is_joined_by_file_name(tmp_path):
    page = html_page(stamp="입력 2019.03.05").replace(
        "".join(f"<p>{p}</p>" for p in PARAGRAPHS), f"<p>{STUB}</p>"
    )
    (tmp_path / "창업계획.html").write_text(page, encoding="utf-8")
    write_hwpx(tmp_path / "창업계획_1.hwpx", RELEASE)
    reading = read_documents(tmp_path)
    assert len(reading.documents) == 1
    assert PARAGRAPHS[4] in reading.documents.loc[0, "text"]


def test_every_sheet_of_a_workbook_is_read_and_another_shape_is_a_reject(tmp_path):
    path = tmp_path / "목록.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        for name, day in (("앞", "2014. 3. 5."), ("뒤", "'19.3.5")):
            sheet = workbook.add_worksheet(name)
            sheet.merge_range(0, 0, 0, 3, f"보도자료 목록({name})")
            start = 1 if name == "앞" else 2  # the second has one line more above its header
            sheet.write_row(start, 0, ["연번", "보도 일자", "보도자료 제목", "본문(전체)"])
            sheet.write_row(start + 1, 0, [1, day, f"{name} 글", "창업 지원을 늘렸다."])
        workbook.add_worksheet("설명").write(0, 0, "작성 방법")
        workbook.add_worksheet("빈 시트")
    reading = read_documents(path)
    assert reading.documents["title"].tolist() == ["앞 글", "뒤 글"]
    days = reading.documents["date"].astype("str").tolist()
    assert days == ["2014-03-05", "2019-03-05"]
    (reason,) = reading.rejects["reason"]
    assert "시트 '설명'" in reason


def test_a_table_of_very_many_columns_is_a_table(tmp_path):
    names = [f"c{i}" for i in range(20_000)]
    for head, n in ((["제목", "본문"], 1), ([], 0)):
        path = tmp_path / "넓은.csv"
        cells = ["가", "창업을 도왔다."][: len(head)] + ["1"] * len(names)
        path.write_text(",".join(head + names) + "\n" + ",".join(cells), encoding="utf-8")
        reading = read_documents(path)
        assert len(reading.documents) == n
    assert reading.rejects["reason"][0].startswith("본문 열을 찾지 못했습니다.")


def test_a_text_that_comes_again_is_noted_in_plain_words(tmp_path):
    for name in "가나":
        (tmp_path / f"{name}.txt").write_text("제목\n창업을 도왔다.", encoding="utf-8")
    (note,) = read_documents(tmp_path).notes["reason"]
    assert note == "제목과 본문이 앞에 읽은 글과 똑같습니다. 비교할 때는 한 글로 셉니다."
