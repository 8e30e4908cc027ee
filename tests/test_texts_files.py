"""Reading: every file accounted for, identifiers, dates, archives, bad input, and `ingest`."""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import subprocess
import sys
import time
import unicodedata
import zipfile
from inspect import unwrap as unwrapped
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from fixtures_texts import BODY, PAGES, PARAGRAPHS, api_xml, write_bigkinds, write_hwpx

from policytext import study
from policytext.faults import PolicyTextError, StudyError
from policytext.ledger import facts
from policytext.ledger.facts import find_figures
from policytext.store import text_sha256
from policytext.texts import files
from policytext.texts.attachments import unwrap
from policytext.texts.clean import clean_text
from policytext.texts.dates import parse_date, written_order
from policytext.texts.files import ingest, read_documents, summary
from policytext.texts.pages import parse_document, parse_page
from policytext.texts.sources import decode
from policytext.words.lexicon import find_terms, read_lexicon

PAGE = PAGES["byline"]["text"]
CSV = "제목,본문,일자\n창업,문을 열었다.,2015.3.2\n벤처,투자를 늘렸다.,2016.11\n"


def accounts(reading) -> dict[str, int]:
    """Counts of files by status, after the laws that hold for any reading."""
    documents = reading.documents
    assert documents.columns.tolist() == files.COLUMNS
    assert documents["doc_id"].is_unique and (documents["doc_id"] != "").all()
    for column, allowed in (("genre", files.GENRES), ("text_kind", files.TEXT_KINDS),
                            ("date_basis", files.DATE_BASES)):  # fmt: skip
        assert documents[column].isin(allowed).all()
    for column in files.COLUMNS:
        expected = "datetime64[us]" if column in ("date", "date_from", "date_to") else "str"
        assert documents[column].dtype == expected
    assert reading.files["status"].isin(["read", "skipped", "rejected"]).all()
    assert reading.files["source_file"].is_unique
    assert reading.files["n_documents"].sum() == len(documents)
    rows = reading.files[["n_read", "n_skipped", "n_rejected"]].sum(axis=1)
    assert rows.tolist() == reading.files["n_found"].tolist()
    rejected = reading.files.loc[reading.files["status"] == "rejected", "source_file"]
    whole = reading.rejects.loc[reading.rejects["row"].isna(), "source_file"]
    assert sorted(whole) == sorted(rejected)
    assert reading.rejects["reason"].str.endswith((".", "요")).all()
    return reading.files["status"].value_counts().to_dict()


def only_reason(reading) -> str:
    assert reading.documents.empty
    accounts(reading)
    (reason,) = reading.rejects["reason"]
    return reason


@pytest.mark.parametrize(
    "arguments",
    [
        {"kind": "doc"},
        {"columns": {"글": "본문"}},
        {"defaults": {"genre": "소설"}},
        {"defaults": {"작가": "홍길동"}},
    ],
)
def test_wrong_arguments_raise(tmp_path, arguments):
    with pytest.raises(PolicyTextError, match="[가-힣]"):
        read_documents(tmp_path, **arguments)


# Dates


@pytest.mark.parametrize(
    ("value", "day", "first", "last"),
    [
        ("2014.09.15", "2014-09-15", "=", "="),
        ("2014-09-15 11:43", "2014-09-15", "=", "="),
        (20140915, "2014-09-15", "=", "="),
        (20140915.0, "2014-09-15", "=", "="),
        ("20140915103000", "2014-09-15", "=", "="),
        ("2013. 3. 5.", "2013-03-05", "=", "="),
        ("2013년 3월 5일(화)", "2013-03-05", "=", "="),
        ("’19.3.5", "2019-03-05", "=", "="),
        (pd.Timestamp("2013-03-05 10:00"), "2013-03-05", "=", "="),
        ("2013-03-05T20:00:00Z", "2013-03-06", "=", "="),
        ("1964", "NaT", "1964-01-01", "1964-12-31"),
        (1964, "NaT", "1964-01-01", "1964-12-31"),
        ("1981.12", "NaT", "1981-12-01", "1981-12-31"),
        ("2016년 2월", "NaT", "2016-02-01", "2016-02-29"),
        ("201602", "NaT", "2016-02-01", "2016-02-29"),
        ("2014.00.00", "NaT", "2014-01-01", "2014-12-31"),
        ("'22년 5월", "NaT", "2022-05-01", "2022-05-31"),
        ("’22. 5.", "NaT", "2022-05-01", "2022-05-31"),
        ("98년 5월 3일", "1998-05-03", "=", "="),
        ("2022년 하반기", "NaT", "2022-07-01", "2022-12-31"),
        *((value, "NaT", "NaT", "NaT") for value in (
            "2014-02-30", "19.03.05", "12년", "1800년 상반기", "05/08/2026", "봄", "", None, float("nan"), 20153333)),
    ],
)  # fmt: skip
def test_dates(value, day, first, last):
    span = parse_date(value)
    found = [str(part)[:10] for part in (span.date, span.date_from, span.date_to)]
    assert found == [day, day if first == "=" else first, day if last == "=" else last]


def test_slashed_dates_need_evidence():
    assert str(parse_date("05/08/2026 11:00:00", order="mdy").date)[:10] == "2026-05-08"
    assert written_order(["05/08/2026", "05/20/2026", ""]) == "mdy"
    assert written_order(["05/08/2026"]) == written_order(["13/01/2026", "01/13/2026"]) == ""


def test_a_day_in_the_name_of_a_file_dates_a_text_that_has_none(tmp_path):
    dated = {"190422_글": "2019-04-22", "2019-04 글": "2019-04-01", "20190422_글": "2019-04-22"}
    not_dated = ["000123_글", "201203_글", "글 2019-04-22 2020-01-01", "글 2019-05"]
    for name in [*dated, *not_dated]:
        (tmp_path / f"{name}.txt").write_text(f"{name}\n{PARAGRAPHS[1]}", encoding="utf-8")
    reading = read_documents(tmp_path)
    known = reading.documents[reading.documents["date_basis"] == "filename"]
    names = known["source_file"].map(lambda name: Path(name).stem)
    assert dict(zip(names, known["date_from"].astype("str"), strict=True)) == dated
    assert "문서 7건. 날짜를 모르는 글 4건(비교에서 빠짐)." in summary(reading)


def test_a_column_may_say_that_a_date_was_inferred_and_unreadable_ones_are_noted(tmp_path):
    rows = [
        "가,글이다.,05/08/2026,True",
        "나,글.,05/20/2026,False",
        "다,글.,어느 봄날,true",
        "라,글.,,",
    ]
    (tmp_path / "x.csv").write_text("\n".join(["제목,본문,일자,추정", *rows]), "utf-8")
    reading = read_documents(tmp_path, columns={"date_basis": "추정"})
    assert reading.documents["date"].dt.day.tolist()[:2] == [8, 20]
    basis = reading.documents["date_basis"].tolist()
    assert basis == ["inferred", "metadata", "unknown", "unknown"]
    assert reading.notes["row"].tolist() == [4]
    (told,) = reading.notes["reason"]
    assert told == "날짜 '어느 봄날'을 읽을 수 없어 모름으로 두었습니다."


# Identifiers, defaults, one spelling


def test_ids_are_unique_and_follow_content(tmp_path):
    (tmp_path / "a.csv").write_text("id,본문\n1,첫 글이다.\n1,둘째 글이다.\n", encoding="utf-8")
    reading = read_documents(tmp_path)
    assert reading.documents["doc_id"].tolist() == ["1", "1-2"]
    assert reading.notes["reason"].tolist() == ["doc_id '1'이 겹쳐 '1-2'로 바꾸었습니다."]
    (tmp_path / "b").mkdir()
    for name in "xy":
        (tmp_path / "b" / f"{name}.txt").write_text(PAGE, encoding="utf-8")
    one = read_documents(tmp_path / "b" / "x.txt").documents.loc[0, "doc_id"]
    both = read_documents(tmp_path / "b")
    assert both.documents["doc_id"].tolist() == [one, f"{one}-2"]
    (told,) = both.notes["reason"]
    assert told == "제목과 본문이 앞에 읽은 글과 똑같습니다. 비교할 때는 한 글로 셉니다."


def test_defaults_fill_what_is_missing(tmp_path):
    table = "제목,본문,언론사\n장관 연설,글이다.,\n연설 두고 공방,글이었다.,다온일보\n"
    (tmp_path / "x.csv").write_text(table, encoding="utf-8")
    (tmp_path / "y.csv").write_text("제목,본문\n제1차 위원회 회의록 (임시회),글.", encoding="utf-8")
    (tmp_path / "제2차 회의록_최종.txt").write_text("제목\n글이다.\n또 글이다.", encoding="utf-8")
    genres = read_documents(tmp_path).documents["genre"].tolist()
    assert genres == ["speech", "other", "minutes", "minutes"]
    defaults = {"publisher": "나루신문", "genre": "news", "text_kind": "excerpt", "date": "2015"}
    documents = read_documents(tmp_path / "x.csv", defaults=defaults).documents
    assert documents["publisher"].tolist() == ["나루신문", "다온일보"]
    assert set(documents["genre"]) == {"news"} and set(documents["text_kind"]) == {"excerpt"}
    assert documents["date_to"].astype("str").tolist() == ["2015-12-31"] * 2


SPEECH = """존경하는 시민 여러분, 오늘 우리는 새로운 출발선에 섰습니다. 지난 십 년 동안 지역의 연구소와 대학은 \
서로의 문을 두드리며 길을 찾아왔습니다. 이제 정부가 답할 차례입니다.
첫째, 중소기업이 마음껏 실험할 수 있는 공간을 전국에 마련하겠습니다. 규제는 과감히 풀겠습니다!
둘째, 인공지능과 반도체 인력을 해마다 3만 명씩 기르겠습니다. 여러분의 자녀가 어디에서 태어나든 같은 기회를 \
누려야 하지 않겠습니까? 저는 그렇게 믿습니다."""
DAMAGES = {
    "nfd": lambda text: unicodedata.normalize("NFD", text).encode(),
    "nbsp": lambda text: text.replace(" ", "\u00a0").encode(),
    "wide spaces": lambda text: text.replace(" ", "\u3000").encode(),
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "bom": lambda text: text.encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "cp949": lambda text: text.replace("•", "-").encode("cp949"),
    "glued": lambda text: re.sub(r"(?<=[가-힣][.?!]) (?=[가-힣])", "", text).encode(),
    "soft hyphens": lambda text: text.replace("다.", "\u00ad다.").encode(),
    "zero width": lambda text: text.replace(" ", " \u200b").encode(),
    "all at once": lambda text: unicodedata.normalize("NFD", text).replace("다. ", "다.")
    .replace(" ", "\u00a0").replace("\n", "\r\n").encode("utf-8-sig"),
}  # fmt: skip
FORMS = {
    "page": PAGE,
    "speech": f"머리기사 하나\n{SPEECH}",
    "table": f'제목,본문\n머리기사 하나,"{SPEECH}"\n',
    "html": "<html><head><title>머리기사</title></head><body><p>{}</p></body></html>".format(
        SPEECH.replace("\n", "</p>\n<p>")
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("form", FORMS)
def test_damaged_copies_are_one_text(tmp_path, form, damage):
    (tmp_path / "a").write_text(FORMS[form], encoding="utf-8")
    (tmp_path / "b").write_bytes(DAMAGES[damage](FORMS[form]))
    columns = ["title", "text", "date", "publisher", "text_sha256"]
    documents = read_documents([tmp_path / "a", tmp_path / "b"]).documents[columns]
    assert len(documents) == 2
    sound, damaged = documents.to_dict("records")
    if form == "page":
        damaged["title"] = damaged["title"].strip("- ")
    assert damaged == sound
    assert sound["text_sha256"] == text_sha256(sound["text"])


def test_decode_prefers_evidence_to_declarations():
    text = PARAGRAPHS[0]
    assert decode(text.encode("utf-8"), "euc-kr") == text
    assert decode(text.encode("cp949"), "utf-8") == text
    assert decode("똠방각하 펲시콜라".encode("cp949"), "ks_c_5601-1987") == "똠방각하 펲시콜라"
    assert decode(text.encode("utf-8")[:-1]).startswith(text[:-1])
    assert decode(text.encode("cp949")[:-1]).startswith(text[:-2])


# Folders and archives


def test_a_mixed_folder_accounts_for_every_file(tmp_path):
    assert accounts(read_documents(tmp_path)) == {}
    deep = tmp_path / unicodedata.normalize("NFD", "한글 폴더") / "깊은 곳"
    deep.mkdir(parents=True)
    (deep / unicodedata.normalize("NFD", "기사 하나.txt")).write_text(PAGE, encoding="utf-8")
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
    (folder / "a.txt").write_text(PAGE, encoding="utf-8")
    (folder / "위로").symlink_to(folder, target_is_directory=True)
    (folder / "제자리.txt").symlink_to(folder / "제자리.txt")
    os.mkfifo(folder / "통로")
    (tmp_path / "남의 것").mkdir()
    (tmp_path / "남의 것" / "b.txt").write_text(PAGE, encoding="utf-8")
    (folder / "밖으로").symlink_to(tmp_path / "남의 것", target_is_directory=True)
    (folder / "밖.txt").symlink_to(tmp_path / "남의 것" / "b.txt")
    reading = read_documents([folder, folder / "a.txt", tmp_path / "없음.csv"])
    assert accounts(reading) == {"read": 1, "rejected": 5}
    assert reading.rejects["reason"].str.contains("폴더 밖을 가리키는").sum() == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_may_not_be_read_is_a_reject(tmp_path):
    (tmp_path / "잠김").mkdir(mode=0)
    path = tmp_path / "a.txt"
    path.write_text(PAGE, encoding="utf-8")
    path.chmod(0)
    reading = read_documents(tmp_path)
    assert accounts(reading) == {"rejected": 2}
    assert reading.rejects["reason"].str.contains("권한").all()


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
        archive.writestr("나/다.txt", PAGE)
    reading = read_documents(tmp_path / "묶음.zip")
    assert accounts(reading) == {"read": 2} and len(reading.documents) == 3


def test_an_archive_of_many_members_is_opened_once_for_all(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(100):
            archive.writestr(f"{number}.txt", BODY)
    opened = []
    once = zipfile.ZipFile.__init__
    monkeypatch.setattr(
        zipfile.ZipFile, "__init__", lambda *a, **k: (opened.append(1), once(*a, **k))[1]
    )
    assert accounts(read_documents(tmp_path)) == {"read": 100}
    assert len(opened) <= 3


# Hostile and damaged files


@pytest.mark.parametrize("text", [PAGE, CSV, '{"title": "가", "text": "글이다."}\n'])
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
    members = {"a.zip": "큰.txt", "b.xlsx": "xl/workbook.xml", "c.hwpx": "Contents/section0.xml"}
    for name, member in members.items():
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(member, b" " * 40_000_000)
    reading = read_documents(tmp_path)
    assert accounts(reading) == {"rejected": 3}
    assert reading.rejects["reason"].str.contains("믿을 수 있는").all()


def test_entities_inside_a_document_are_not_expanded(tmp_path):
    layers = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    layers = f'<!ENTITY a0 "가나다라">{layers}'
    bomb = f'<?xml version="1.0"?><!DOCTYPE s [{layers}]><s><p><run><t>&a11;</t></run></p></s>'
    with zipfile.ZipFile(tmp_path / "a.hwpx", "w") as archive:
        archive.writestr("mimetype", "application/hwp+zip")
        archive.writestr("Contents/section0.xml", bomb)
    page = f"<!DOCTYPE html [{layers}]><html><body><p>&a11;</p></body></html>"
    (tmp_path / "b.html").write_text(page, encoding="utf-8")
    reading = read_documents(tmp_path)
    accounts(reading)
    assert (reading.documents["text"].str.len() < 1000).all()
    assert reading.files["status"].tolist()[0] == "rejected"


SECRETS = ("gildong@example.kr", "010-1234-5678", "851231-5234567")


def test_no_column_and_no_account_holds_what_is_personal_or_cannot_be_written(tmp_path):
    dirty = " ".join(SECRETS) + " \0\ud800"
    columns = "id title text publisher url regions speaker occasion date genre text_kind".split()
    rows = [dict.fromkeys(columns, f"{dirty} {n}") for n in range(9)] + [{"title": dirty}, [dirty]]
    (tmp_path / "가.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    (tmp_path / "나.json").write_text(json.dumps([{dirty: "가"}]), "utf-8")
    reading = read_documents(tmp_path)
    assert len(reading.documents) == 9
    told = "".join(table.to_csv() for table in vars(reading).values())
    told.encode("utf-8")
    assert "\0" not in told and not any(secret in told for secret in SECRETS)


TOO_MUCH = "메모리나 시간이 지나치게 들어"


@pytest.mark.slow
def test_a_small_file_that_asks_for_gigabytes_is_one_reject_and_the_next_is_read(tmp_path):
    """A cell at the far end of a sheet; one long word of a dictionary in every row; many rows."""
    with xlsxwriter.Workbook(tmp_path / "1.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["제목", "본문"])
        sheet.write(1048575, 16383, "x")
    for name, word, n in (("2.parquet", BODY * 20_000, 100_000), ("3.parquet", BODY, 2_000_000)):
        index = pa.array(np.zeros(n, "int8"))
        table = pa.table({"본문": pa.DictionaryArray.from_arrays(index, pa.array([word]))})
        pq.write_table(table, tmp_path / name, compression="zstd")
    pd.DataFrame({"제목": ["가"], "본문": [BODY]}).to_parquet(tmp_path / "4.parquet")
    assert all(path.stat().st_size < 10_000_000 for path in tmp_path.iterdir())
    reading = read_documents(tmp_path)
    assert accounts(reading) == {"rejected": 3, "read": 1}
    assert reading.rejects["reason"].str.contains(TOO_MUCH).all()
    if sys.platform == "linux":
        import resource

        assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 2 * 2**20  # KiB


def test_a_reader_that_does_not_end_is_stopped(tmp_path, monkeypatch):
    write_hwpx(tmp_path / "가.hwpx", (BODY,))
    monkeypatch.setattr(files.apart, "SECONDS", -1)
    monkeypatch.setattr(files.apart, "_idle", [])  # one that runs already may answer at once
    assert TOO_MUCH in only_reason(read_documents(tmp_path))
    monkeypatch.undo()
    assert accounts(read_documents(tmp_path)) == {"read": 1}


@pytest.mark.slow
def test_objects_of_nothing_and_pages_of_megabytes_are_bounded(tmp_path):
    """Read apart; a row of half a gigabyte's objects is one reject."""
    (tmp_path / "1.json").write_text("[" + "{}," * 2**24 + "{}]", "utf-8")
    (tmp_path / "2.txt").write_text(f"창업 지원\n{BODY}\n" + f"{PARAGRAPHS[1]}\n" * 2**14, "utf-8")
    reading = read_documents(tmp_path)
    assert accounts(reading) == {"rejected": 1, "read": 1}
    assert reading.documents["title"].tolist() == ["창업 지원"]


ROW = f'소식 {{}},"{BODY}",2019-03-04,나루신문\n'


def test_letters_between_two_batches_are_whole(tmp_path):
    rows = [ROW.format(n) for n in range(2**22 // len(ROW.encode("cp949")))]
    (tmp_path / "가.csv").write_text("제목,본문,일자,언론사\n" + "".join(rows), "cp949")
    documents = read_documents(tmp_path).documents
    assert len(documents) == len(rows) and set(documents["text"]) == {BODY}
    assert documents["title"].tolist() == [f"소식 {n}" for n in range(len(rows))]


@pytest.mark.slow
def test_a_table_of_200_megabytes_streams(tmp_path):
    path = tmp_path / "가.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("제목,본문,일자,언론사\n")
        file.writelines(ROW.format(n) for n in range(200 * 2**20 // len(ROW.encode())))
    code = (
        "import resource, sys; from policytext.texts import read_documents\n"
        "n = len(read_documents(sys.argv[1]).documents)\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(n, used.ru_maxrss, used.ru_utime)"
    )
    ran = subprocess.run([sys.executable, "-c", code, path], capture_output=True, check=True)
    n_documents, peak, seconds = map(float, ran.stdout.split())
    assert n_documents == 200 * 2**20 // len(ROW.encode())
    assert peak < 2**20 and seconds < 300  # KiB


def test_a_file_of_empty_rows_is_not_listed_row_by_row(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_FAULTS", 100)
    text = json.dumps({"제목": "가", "본문": BODY}) + "\n{}" * 500
    (tmp_path / "가.jsonl").write_text(text, "utf-8")
    assert "100개를 넘어 그만" in only_reason(read_documents(tmp_path))


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux only")
def test_names_of_old_korean_archives_are_read(project, tmp_path):
    name = os.fsdecode("연설문.txt".encode("cp949"))
    (tmp_path / "글").mkdir()
    (tmp_path / "글" / name).write_text(PAGE, encoding="utf-8")
    reading = ingest([tmp_path / "글"], "옛글")
    assert reading.files["source_file"].tolist() == ["글/연설문.txt"]
    assert accounts(reading) == {"read": 1}
    with pytest.raises(StudyError, match="'.*연설문.txt'의 이름이 UTF-8이 아닙니다"):
        ingest([tmp_path / "글" / name], "한글")


READINGS = {
    "page": parse_page,
    "document": parse_document,
    "lines of a PDF": lambda text: unwrap([text]),
    "cleaning": clean_text,
    "date": parse_date,
    "order of dates": lambda text: written_order(text.split()),
    "terms": lambda text: find_terms([text], read_lexicon()),
    "figures": lambda text: unwrapped(find_figures)(
        pd.DataFrame({"doc_id": "a", "text": [text], "date": "2019-03-04"})
    ),
}
UNITS = ["가 ", "가나 다라 마바.\n", "2019.3.1 가나\n", "- 가.\n", "ⓒ 가나일보\n", "창조경제혁신센터", "◯김가나 위원 네.\n",
         "정부는 3조 5,000억 원을 2025년까지 늘린다. ", "“돕겠다”고 김가나 장관은 말했다.\n", "“", "1,", "a@b.", "010-", "\n "]  # fmt: skip


@pytest.mark.parametrize("reading", READINGS)
def test_time_grows_with_the_size_of_a_text(monkeypatch, reading):
    """Doubled three times, a text takes at most 2.3 times as long each time."""
    monkeypatch.setattr(facts, "find_quotations", unwrapped(facts.find_quotations))
    slow = []
    for unit in UNITS:
        taken = []
        for n in (8_000, 64_000):
            text = unit * (n // len(unit))
            begun = time.process_time()
            READINGS[reading](text)
            taken.append(time.process_time() - begun)
        slow += [(unit, taken)] if taken[1] > 2.3**3 * max(taken[0], 0.05) else []
    assert slow == []


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
    assert accounts(read_documents(tmp_path)) == {"rejected": 6}


@pytest.mark.slow
@pytest.mark.parametrize("head", ["", "제목,본문\n가,", '{"title": "', "<html><body>", '[{"a": "'])
def test_a_very_long_line_is_a_reject(tmp_path, head):
    (tmp_path / "긴 줄.txt").write_bytes(head.encode() + "가나다라".encode() * 85_000 * 60)
    assert accounts(read_documents(tmp_path)) == {"rejected": 1}


def test_a_file_without_a_body_is_rejected_once_and_says_so(tmp_path):
    (tmp_path / "a.txt").write_text("댓글 0\n공유\n", encoding="utf-8")
    assert "본문이 비어" in only_reason(read_documents(tmp_path))


# From a folder to a study


@pytest.fixture
def filled(project):
    folder = project / "내 자료"
    folder.mkdir()
    (folder / "기사.csv").write_text(CSV, encoding="cp949")
    (folder / "깨진 파일.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    return project


def test_a_folder_becomes_a_study_and_every_file_is_accounted_for(filled):
    reading = ingest([filled / "내 자료"], "나의-연구")
    written = study.read_study("나의-연구", filled / "data" / "studies")
    assert written.sources[0].path == "내 자료"
    assert written.sources[0].columns == {"title": "제목", "text": "본문", "date": "일자"}
    assert written.topics.min_df == 2
    assert summary(reading) == (
        "파일 2개: 읽음 1, 건너뜀 0, 거절 1. 문서 2건. 매체를 모르는 글 2건. 살펴볼 것 1건은 notes.csv에 있습니다. "
        "경고: '내 자료'에서 찾은 3건 가운데 1건(33%)을 읽지 못했습니다. 가장 많은 까닭: 압축 파일이 "
        "잘렸거나 망가졌습니다. 다시 내려받으세요."
    )
    rejects = filled / "data" / "processed" / "나의-연구" / "rejects.csv"
    assert rejects.read_bytes().startswith(b"\xef\xbb\xbf")
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        assert [row["source_file"] for row in csv.DictReader(file)] == ["내 자료/깨진 파일.xlsx"]
    with pytest.raises(StudyError, match=r"이미 있습니다.*\[\[sources\]\]를 더 적고"):
        ingest([filled / "내 자료"], "나의-연구")


def test_what_is_named_twice_is_one_source(filled):
    folder = filled / "내 자료"
    ingest([folder / "기사.csv", folder, str(folder)], "한번")
    sources = study.read_study("한번", filled / "data" / "studies").sources
    assert [source.path for source in sources] == ["내 자료"]


@pytest.mark.parametrize("name", ["../밖", "가 나", "", "-가", "CON", "가" * 51])
def test_a_name_that_is_not_a_file_name_is_refused(filled, name):
    with pytest.raises(StudyError, match="연구 이름"):
        ingest([filled / "내 자료"], name)


def test_nothing_read_is_no_study_but_an_account(filled):
    (filled / "빈 폴더").mkdir()
    with pytest.raises(StudyError, match="'빈'을 만들지 않았습니다. 폴더가 비어"):
        ingest([filled / "빈 폴더"], "빈")
    broken = filled / "내 자료" / "깨진 파일.xlsx"
    with pytest.raises(StudyError, match="파일 1개에서 읽은 문서가 없어.*까닭: 압축 파일이"):
        ingest([broken], "깨짐")
    with pytest.raises(StudyError, match="없습니다: .*없는 곳"):
        ingest([filled / "없는 곳"], "둘")
    assert not list((filled / "data").rglob("*.toml"))
    assert (filled / "data" / "processed" / "깨짐" / "rejects.csv").is_file()


def test_a_path_outside_the_project_is_written_whole(filled, tmp_path_factory):
    outside = tmp_path_factory.mktemp("밖 '따옴표'")
    row = {"title": "가", "text": "창업을 도왔다.", "date": "2014-05-01"}
    (outside / "글.jsonl").write_text(json.dumps(row), encoding="utf-8")
    ingest([outside], "바깥", kind="jsonl")
    written = study.read_study("바깥", filled / "data" / "studies")
    assert (written.sources[0].path, written.sources[0].kind) == (outside.as_posix(), "jsonl")


def test_the_summary_tells_rows_notes_and_kinds_of_text(filled):
    (filled / "내 자료" / "기사.csv").write_text("id,본문\n1,글이다.\n1,글이었다.\n2,\n", "utf-8")
    assert summary(read_documents(filled / "내 자료" / "기사.csv")) == (
        "파일 1개: 읽음 1, 건너뜀 0, 거절 0. 문서 2건, 읽지 못한 행 1개. 날짜를 모르는 글 2건(비교에서 빠짐). "
        "매체를 모르는 글 2건. "
        "살펴볼 것 2건은 notes.csv에 있습니다. "
        "경고: '기사.csv'에서 찾은 3건 가운데 1건(33%)을 읽지 못했습니다. 가장 많은 까닭: 본문이 비어 "
        "있습니다. 원문을 채우거나 빼세요."
    )
    write_bigkinds(filled / "내 자료" / "NewsResult.xlsx")
    line = summary(read_documents(filled / "내 자료"))
    assert "문서 8건(전문 2, 발췌 3, 키워드 3)" in line


COUNTED = {  # file -> (content, rows found, read, rejected)
    "blank.txt": ("\n \n", 1, 0, 1),
    "empty.html": ("<html><body><p> </p></body></html>", 1, 0, 1),
    "empty.csv": ("제목,본문,일자\n하나,,2015-01-01\n,,\n셋,셋째 글이다.,2015-01-03\n", 2, 1, 1),
    "open.csv": ('제목,본문,일자\n하나,첫 글.,2015\n둘,"둘째 글.,2016\n셋,셋째.,2017\n', 3, 1, 2),
    "last.csv": ('일자,제목,본문\n2015,하나,첫 글.\n2016,둘,"둘째 글.\n2017,셋,셋째.\n', 3, 1, 2),
    "lines.csv": ('제목,본문\n하나,"첫 글.\n이어진다."\n둘,"둘째" 글.\n', 2, 2, 0),
    "rows.jsonl": ('{"제목": "하나", "본문": "첫 글."}\n{"제목": \n{"제목": "셋"}\n', 3, 1, 2),
}


def test_rows_are_counted_once_and_an_open_quote_is_told(tmp_path):
    for name, (content, *_) in COUNTED.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    reading = read_documents(tmp_path)
    account = reading.files.set_index(reading.files["source_file"].str.rpartition("/")[2])
    found = account[["n_found", "n_read", "n_rejected"]].apply(tuple, axis=1).to_dict()
    assert found == {name: tuple(numbers) for name, (_, *numbers) in COUNTED.items()}
    said = reading.rejects[reading.rejects["reason"].str.contains("따옴표가 닫히지 않아 2줄이")]
    assert said["row"].tolist() == [3, 3]


def test_two_at_once_are_told(project):
    (project / "글").mkdir()
    (project / "글" / "a.txt").write_text(PAGE, encoding="utf-8")
    with study.alone(study.STUDIES / "둘.toml", "다른 창"):
        with pytest.raises(StudyError, match="다른 창에서 연구 '둘'을 만들고 있습니다"):
            ingest([project / "글"], "둘")
    assert len(ingest([project / "글"], "둘").documents) == 1
