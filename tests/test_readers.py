"""Reading: the ledger, tables, identifiers, dates, archives and bad input."""

from __future__ import annotations

import gzip
import os
import unicodedata
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from fixtures_readers import BODY, BYLINE_PAGE, PARAGRAPHS, api_xml, write_hwpx, write_json_lines

from policytext.cleaning import text_hash
from policytext.readers import read_documents
from policytext.readers.dates import parse_date, slashed_order
from policytext.readers.sources import decode
from policytext.readers.tables import guess_columns
from policytext.schema import check_documents

CSV = """제목,본문,일자,언론사
창업,문을 열었다.,2015.3.2,나루신문
벤처,투자를 늘렸다.,2016.11,나루신문
"""


def accounts(reading) -> dict[str, int]:
    """Counts of files by status, after the laws that hold for any reading."""
    check_documents(reading.documents)
    assert reading.files["status"].isin(["read", "skipped", "rejected"]).all()
    assert reading.files["source_file"].is_unique
    assert reading.files["n_documents"].sum() == len(reading.documents)
    rejected = reading.files.loc[reading.files["status"] == "rejected", "source_file"]
    whole = reading.rejects.loc[reading.rejects["row"].isna(), "source_file"]
    assert sorted(whole) == sorted(rejected)
    assert reading.rejects["reason"].str.endswith((".", "요")).all()
    return reading.files["status"].value_counts().to_dict()


def only_reason(reading) -> str:
    assert len(reading.rejects) == 1 and reading.documents.empty
    accounts(reading)
    return reading.rejects.loc[0, "reason"]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_any_charset_and_delimiter(tmp_path, charset, delimiter):
    (tmp_path / "표.txt").write_bytes(CSV.replace(",", delimiter).encode(charset))
    reading = read_documents(tmp_path)
    assert accounts(reading) == {"read": 1}
    documents = reading.documents
    assert reading.files["kind"].tolist() == ["csv"]
    assert documents["text"].tolist() == ["문을 열었다.", "투자를 늘렸다."]
    assert documents["date"].tolist() == [pd.Timestamp("2015-03-02"), pd.NaT]
    assert documents.loc[1, "date_from"] == pd.Timestamp("2016-11-01")
    assert documents.loc[1, "date_to"] == pd.Timestamp("2016-11-30")
    assert documents["date_basis"].tolist() == ["metadata", "metadata"]


def test_every_table_form_gives_the_same_documents(tmp_path):
    table = pd.DataFrame(
        {
            "id": ["가-1", "가-2"],
            "title": ["창업", "벤처"],
            "content": ["첫 글이다.", "둘째 글이다."],
            "date": ["2015-03-02", "2016"],
            "press": ["나루신문", ""],
        }
    )
    table.to_csv(tmp_path / "a.csv", index=False, encoding="cp949")
    table.to_parquet(tmp_path / "b.bin")
    table.to_excel(tmp_path / "c.xlsx", index=False, engine="xlsxwriter")
    write_json_lines(tmp_path / "d.jsonl", table.to_dict("records"))
    table.to_json(tmp_path / "e.json", orient="records", force_ascii=False)
    frames = []
    for name, kind in zip(
        ["a.csv", "b.bin", "c.xlsx", "d.jsonl", "e.json"],
        ["csv", "parquet", "xlsx", "jsonl", "json"],
        strict=True,
    ):
        reading = read_documents(tmp_path / name)
        assert reading.files.loc[0, ["kind", "n_documents"]].tolist() == [kind, 2]
        frames.append(reading.documents.drop(columns="source_file"))
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frame, frames[0])
    assert frames[0]["doc_id"].tolist() == ["가-1", "가-2"]


def test_lists_are_joined_and_columns_given_by_name(tmp_path):
    path = write_json_lines(
        tmp_path / "x.jsonl",
        [
            {
                "id": "a",
                "title": "제목",
                "facts": ["하나다", "둘이다"],
                "regions": ["가람", "다온"],
                "kind": "news",
                "date": "2013-03-14",
            }
        ],
    )
    reading = read_documents(
        path, columns={"text": ["title", "facts"]}, defaults={"genre": "chronicle"}
    )
    row = reading.documents.loc[0]
    assert row["text"] == "제목\n하나다\n둘이다"
    assert row["regions"] == "가람;다온"
    assert (row["occasion"], row["genre"], row["doc_id"]) == ("news", "chronicle", "a")
    shown = reading.columns.set_index("column")["source_columns"]
    assert shown["text"] == "title, facts" and shown["occasion"] == "kind"


def test_missing_columns_are_named(tmp_path):
    (tmp_path / "x.csv").write_text("이름,나이\n가,1\n", encoding="utf-8")
    assert "있는 열: 이름, 나이" in only_reason(read_documents(tmp_path))
    wrong = only_reason(read_documents(tmp_path, columns={"text": "본문"}))
    assert "'본문'" in wrong and "있는 열: 이름, 나이" in wrong
    write_json_lines(tmp_path / "x.csv", [{"title": "가", "기사 본문": "글이다."}])
    near = only_reason(read_documents(tmp_path, columns={"text": "기사의 본문"}))
    assert "혹시 '기사 본문'인가요?" in near
    assert read_documents(tmp_path, columns={"text": "기사본문"}).rejects.empty


@pytest.mark.parametrize(
    "arguments",
    [
        {"kind": "docx"},
        {"columns": {"글": "본문"}},
        {"defaults": {"genre": "소설"}},
        {"defaults": {"작가": "홍길동"}},
    ],
)
def test_wrong_arguments_raise(tmp_path, arguments):
    with pytest.raises(ValueError, match="[가-힣]"):
        read_documents(tmp_path, **arguments)


def test_guess_prefers_specific_headers():
    headers = ["번호", "구분번호", "글제목", "내용", "연설일자", "대통령", "원문보기"]
    assert guess_columns(headers) == {
        "doc_id": "구분번호",
        "title": "글제목",
        "text": "내용",
        "date": "연설일자",
        "speaker": "대통령",
    }


@pytest.mark.parametrize(
    ("value", "day", "first", "last"),
    [
        ("2014.09.15", "2014-09-15", "2014-09-15", "2014-09-15"),
        ("2014-09-15 11:43", "2014-09-15", "2014-09-15", "2014-09-15"),
        (20140915, "2014-09-15", "2014-09-15", "2014-09-15"),
        (20140915.0, "2014-09-15", "2014-09-15", "2014-09-15"),
        ("20140915103000", "2014-09-15", "2014-09-15", "2014-09-15"),
        ("2013. 3. 5.", "2013-03-05", "2013-03-05", "2013-03-05"),
        ("2013년 3월 5일(화)", "2013-03-05", "2013-03-05", "2013-03-05"),
        ("’19.3.5", "2019-03-05", "2019-03-05", "2019-03-05"),
        (pd.Timestamp("2013-03-05 10:00"), "2013-03-05", "2013-03-05", "2013-03-05"),
        ("2013-03-05T20:00:00Z", "2013-03-06", "2013-03-06", "2013-03-06"),
        ("1964", "NaT", "1964-01-01", "1964-12-31"),
        (1964, "NaT", "1964-01-01", "1964-12-31"),
        ("1981.12", "NaT", "1981-12-01", "1981-12-31"),
        ("2016년 2월", "NaT", "2016-02-01", "2016-02-29"),
        ("201602", "NaT", "2016-02-01", "2016-02-29"),
        ("2014.00.00", "NaT", "2014-01-01", "2014-12-31"),
        ("2014-02-30", "NaT", "NaT", "NaT"),
        ("19.03.05", "NaT", "NaT", "NaT"),
        ("05/08/2026", "NaT", "NaT", "NaT"),
        ("봄", "NaT", "NaT", "NaT"),
        ("", "NaT", "NaT", "NaT"),
        (None, "NaT", "NaT", "NaT"),
        (float("nan"), "NaT", "NaT", "NaT"),
        (20153333, "NaT", "NaT", "NaT"),
    ],
)
def test_dates(value, day, first, last):
    span = parse_date(value)
    assert [str(part)[:10] for part in (span.date, span.date_from, span.date_to)] == [
        day,
        first,
        last,
    ]


def test_slashed_dates_need_evidence(tmp_path):
    assert str(parse_date("05/08/2026 11:00:00", order="mdy").date)[:10] == "2026-05-08"
    assert slashed_order(["05/08/2026", "05/20/2026", ""]) == "mdy"
    assert slashed_order(["05/08/2026"]) == slashed_order(["13/01/2026", "01/13/2026"]) == ""
    path = tmp_path / "x.csv"
    path.write_text(
        "제목,본문,일자\n가,글이다.,05/08/2026\n나,글이었다.,05/20/2026\n", encoding="utf-8"
    )
    assert read_documents(path).documents["date"].dt.day.tolist() == [8, 20]


def test_unreadable_dates_are_listed(tmp_path):
    (tmp_path / "x.csv").write_text(
        "제목,본문,일자\n가,글이다.,어느 봄날\n나,글.,\n", encoding="utf-8"
    )
    reading = read_documents(tmp_path)
    assert reading.documents["date_basis"].tolist() == ["unknown", "unknown"]
    assert reading.notes[["row"]].values.tolist() == [[2]]
    assert "어느 봄날" in reading.notes.loc[0, "reason"]


def test_ids_are_unique_and_follow_content(tmp_path):
    (tmp_path / "a.csv").write_text("id,본문\n1,첫 글이다.\n1,둘째 글이다.\n", encoding="utf-8")
    reading = read_documents(tmp_path)
    assert reading.documents["doc_id"].tolist() == ["1", "1-2"]
    assert "'1-2'" in reading.notes["reason"].iloc[-1]
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x.txt").write_text(BYLINE_PAGE, encoding="utf-8")
    (tmp_path / "b" / "y.txt").write_text(BYLINE_PAGE, encoding="utf-8")
    one = read_documents(tmp_path / "b" / "x.txt").documents.loc[0, "doc_id"]
    assert read_documents(tmp_path / "b").documents["doc_id"].tolist() == [one, f"{one}-2"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: unicodedata.normalize("NFD", text).encode(),
        lambda text: text.replace(" ", "\u00a0").encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("•", "-").encode("cp949"),
        lambda text: text.replace("했다. ", "했다.").encode(),
    ],
)
def test_damaged_copies_are_one_text(tmp_path, damage):
    sound, damaged = tmp_path / "a.txt", tmp_path / "b.txt"
    sound.write_text(BYLINE_PAGE, encoding="utf-8")
    damaged.write_bytes(damage(BYLINE_PAGE))
    columns = ["title", "text", "date", "publisher", "text_sha256"]
    first, second = (read_documents(path).documents[columns] for path in (sound, damaged))
    pd.testing.assert_frame_equal(first, second)
    assert first.loc[0, "text_sha256"] == text_hash(first.loc[0, "text"])


def test_defaults_fill_what_is_missing(tmp_path):
    (tmp_path / "x.csv").write_text(
        "제목,본문,언론사\n가,글이다.,\n나,글이었다.,다온일보\n", encoding="utf-8"
    )
    defaults = {"publisher": "나루신문", "genre": "news", "text_kind": "excerpt", "date": "2015"}
    documents = read_documents(tmp_path, defaults=defaults).documents
    assert documents["publisher"].tolist() == ["나루신문", "다온일보"]
    assert set(documents["genre"]) == {"news"} and set(documents["text_kind"]) == {"excerpt"}
    assert documents["date_to"].dt.strftime("%Y-%m-%d").tolist() == ["2015-12-31"] * 2


def test_archive_members_and_archives(tmp_path):
    table = pd.DataFrame({"제목": ["가"], "본문": ["글이다."]})
    table.to_parquet(tmp_path / "t.parquet")
    with zipfile.ZipFile(tmp_path / "pkg.whl", "w") as archive:
        archive.write(tmp_path / "t.parquet", "pkg/db/t.parquet")
        archive.writestr("pkg/__init__.py", "")
    (tmp_path / "t.parquet").unlink()
    for member in ("pkg/db/t.parquet", "*.parquet"):
        reading = read_documents(f"{tmp_path / 'pkg.whl'}!{member}")
        assert reading.documents["source_file"].tolist() == ["pkg.whl!pkg/db/t.parquet"]
    assert "없습니다" in only_reason(read_documents(f"{tmp_path / 'pkg.whl'}!none.csv"))
    assert accounts(read_documents(tmp_path)) == {"skipped": 1}
    with zipfile.ZipFile(tmp_path / "묶음.zip", "w") as archive:
        archive.writestr("가.csv", CSV)
        archive.writestr("나/다.txt", BYLINE_PAGE)
    reading = read_documents(tmp_path / "묶음.zip")
    assert accounts(reading) == {"read": 2} and len(reading.documents) == 3


def test_bad_rows_are_rejected_with_their_number(tmp_path):
    (tmp_path / "a.csv").write_text(
        "제목,본문\n가,글이다.\n나,글,너무,많다\n다,\n라,끝이다.\n", encoding="utf-8"
    )
    (tmp_path / "b.jsonl").write_text(
        '{"title": "가", "text": "글이다."}\n{"title": \n[1]\n', encoding="utf-8"
    )
    reading = read_documents(tmp_path)
    assert accounts(reading) == {"read": 2} and len(reading.documents) == 3
    found = reading.rejects[["source_file", "row"]].values.tolist()
    name = tmp_path.name
    assert found == [
        [f"{name}/a.csv", 3],
        [f"{name}/a.csv", 4],
        [f"{name}/b.jsonl", 2],
        [f"{name}/b.jsonl", 3],
    ]


def test_a_mixed_folder_accounts_for_every_file(tmp_path):
    deep = tmp_path / unicodedata.normalize("NFD", "한글 폴더") / "깊은 곳"
    deep.mkdir(parents=True)
    (deep / unicodedata.normalize("NFD", "기사 하나.txt")).write_text(BYLINE_PAGE, encoding="utf-8")
    (tmp_path / "표.csv").write_text(CSV, encoding="cp949")
    (tmp_path / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (tmp_path / "그림.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (tmp_path / "빈 파일.txt").write_bytes(b"")
    (tmp_path / "이진.txt").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "깨진.xlsx").write_bytes(b"PK\x03\x04" + bytes(200))
    (tmp_path / "깨진.parquet").write_bytes(b"PAR1" + b"x" * 200)
    (tmp_path / "압축.gz").write_bytes(gzip.compress(BODY.encode()))
    reading = read_documents(tmp_path)
    assert accounts(reading) == {"read": 2, "skipped": 2, "rejected": 5}
    names = set(reading.files["source_file"])
    assert f"{tmp_path.name}/한글 폴더/깊은 곳/기사 하나.txt" in names
    assert len(names) == sum(len(files) for _, _, files in os.walk(tmp_path))


def test_links_permissions_and_missing_paths(tmp_path):
    folder = tmp_path / "자료"
    folder.mkdir()
    (folder / "a.txt").write_text(BYLINE_PAGE, encoding="utf-8")
    (folder / "위로").symlink_to(folder, target_is_directory=True)
    (folder / "제자리.txt").symlink_to(folder / "제자리.txt")
    os.mkfifo(folder / "통로")
    reading = read_documents([folder, folder / "a.txt", tmp_path / "없음.csv"])
    assert accounts(reading) == {"read": 1, "rejected": 3}
    assert len(reading.documents) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable_permissions_are_a_reject(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(BYLINE_PAGE, encoding="utf-8")
    path.chmod(0)
    assert "권한" in only_reason(read_documents(path))


@pytest.mark.parametrize("text", [BYLINE_PAGE, CSV, '{"title": "가", "text": "글이다."}\n'])
def test_a_file_that_changes_while_read_is_a_reject(tmp_path, monkeypatch, text):
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    opened = Path.open

    def grow(self, *args, **kwargs):
        file = opened(self, *args, **kwargs)
        with opened(path, "ab") as other:
            other.write(b"x")
        return file

    monkeypatch.setattr(Path, "open", grow)
    assert "바뀌었습니다" in only_reason(read_documents(path))


def test_zip_bombs_are_rejects(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("큰.txt", b"0" * 40_000_000)
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 40_000_000)
    with zipfile.ZipFile(tmp_path / "c.hwpx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Contents/section0.xml", b" " * 40_000_000)
    reading = read_documents(tmp_path)
    assert accounts(reading) == {"rejected": 3}
    assert reading.rejects["reason"].str.contains("믿을 수 있는").all()


def test_entities_inside_a_document_are_not_expanded(tmp_path):
    layers = "".join(
        f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' if i else '<!ENTITY a0 "가나다라">'
        for i in range(12)
    )
    bomb = f'<?xml version="1.0"?><!DOCTYPE s [{layers}]><s><p><run><t>&a11;</t></run></p></s>'
    with zipfile.ZipFile(tmp_path / "a.hwpx", "w") as archive:
        archive.writestr("mimetype", "application/hwp+zip")
        archive.writestr("Contents/section0.xml", bomb)
    (tmp_path / "b.html").write_text(
        f"<!DOCTYPE html [{layers}]><html><body><p>&a11;</p></body></html>", encoding="utf-8"
    )
    reading = read_documents(tmp_path)
    accounts(reading)
    assert (reading.documents["text"].str.len() < 1000).all()
    assert reading.files["status"].tolist()[0] == "rejected"


def test_an_archive_of_many_members_is_opened_once_for_all(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(300):
            archive.writestr(f"{number}.txt", BODY)
    opened = []
    once = zipfile.ZipFile.__init__
    monkeypatch.setattr(
        zipfile.ZipFile, "__init__", lambda *a, **k: (opened.append(1), once(*a, **k))[1]
    )
    assert accounts(read_documents(tmp_path)) == {"read": 300}
    assert len(opened) <= 3


def test_truncated_files_are_rejects(tmp_path):
    table = pd.DataFrame({"제목": ["가"] * 500, "본문": [f"글 {i}이다." for i in range(500)]})
    table.to_parquet(tmp_path / "a.parquet")
    table.to_excel(tmp_path / "b.xlsx", index=False, engine="xlsxwriter")
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("a.txt", BODY)
    write_hwpx(tmp_path / "d.hwpx", PARAGRAPHS)
    (tmp_path / "e.gz").write_bytes(gzip.compress(BODY.encode()))
    (tmp_path / "f.xml").write_text(api_xml(), encoding="utf-8")
    for path in list(tmp_path.iterdir()):
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    reading = read_documents(tmp_path)
    assert accounts(reading) == {"rejected": 6}


@pytest.mark.slow
@pytest.mark.parametrize(
    "head", [b"", "제목,본문\n가,".encode(), b'{"title": "', b"<html><body>", b'[{"a": "']
)
def test_a_very_long_line_is_a_reject(tmp_path, head):
    path = tmp_path / "긴 줄.txt"
    with path.open("wb") as file:
        file.write(head)
        for _ in range(60):
            file.write("가나다라".encode() * 85_000)
    assert accounts(read_documents(path)) == {"rejected": 1}


@pytest.mark.parametrize(
    "kind", ["json", "jsonl", "parquet", "xlsx", "hwp", "pdf", "korea_kr", "rss", "bigkinds"]
)
def test_a_wrong_kind_is_a_reject(tmp_path, kind):
    (tmp_path / "a.txt").write_text(BODY, encoding="utf-8")
    assert accounts(read_documents(tmp_path, kind=kind)) == {"rejected": 1}


def test_nested_json_does_not_stop_the_run(tmp_path):
    (tmp_path / "a.json").write_text("[" * 100_000, encoding="utf-8")
    (tmp_path / "b.json").write_text('{"a":' * 100_000, encoding="utf-8")
    reading = read_documents(tmp_path)
    assert len(reading.files) == 2
    accounts(reading)


def test_prose_with_commas_is_not_a_table(tmp_path):
    (tmp_path / "a.txt").write_text(
        "가, 나, 다를 보았다.\n라, 마, 바를 보았다.\n", encoding="utf-8"
    )
    reading = read_documents(tmp_path)
    assert reading.files["kind"].tolist() == ["text"]
    assert "라, 마, 바를" in reading.documents.loc[0, "text"]


def test_decode_prefers_evidence_to_declarations():
    text = PARAGRAPHS[0]
    assert decode(text.encode("utf-8"), "euc-kr") == text
    assert decode(text.encode("cp949"), "utf-8") == text
    assert decode("똠방각하 펲시콜라".encode("cp949"), "ks_c_5601-1987") == "똠방각하 펲시콜라"
    assert decode(text.encode("utf-8")[:-1]).startswith(text[:-1])
    assert decode(text.encode("cp949")[:-1]).startswith(text[:-2])


def test_nothing_found_gives_empty_tables(tmp_path):
    reading = read_documents(tmp_path)
    assert len(reading.documents) == len(reading.files) == len(reading.rejects) == 0
    check_documents(reading.documents)
