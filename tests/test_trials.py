"""Inputs that once failed, in our own words, kind by kind, each with inputs made at random."""

from __future__ import annotations

import csv
import html
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime

import pandas as pd
import pytest
import xlsxwriter
from fixtures_texts import BIGKINDS_HEADERS, bigkinds_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policytext import study
from policytext.administrations import assign_administrations, read_administrations
from policytext.faults import StudyError
from policytext.texts.clean import normalise, restore
from policytext.texts.coverage import set_aside
from policytext.texts.dates import far_dates, parse_date, written_order
from policytext.texts.files import ingest, losses, no_document, read_documents, summary
from policytext.texts.tables import object_rows
from policytext.words.tokens import counted, tokenize

DAYS = st.dates(date(1996, 1, 2), date(2030, 12, 30))
KST = timezone(timedelta(hours=9))


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr(study, "ROOT", tmp_path)
    monkeypatch.setattr(study, "STUDIES", tmp_path / "data" / "studies")
    monkeypatch.setattr(study, "PROCESSED", tmp_path / "data" / "processed")
    return tmp_path


def read(folder, name: str, content: str | bytes, **options):
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    (folder / name).write_bytes(data)
    return read_documents(folder / name, **options)


def day(span) -> str:
    return str(span.date)[:10]


# 1. Who speaks


def spoken(speaker: str, genre: str = "other", on: str = "2015-03-02") -> pd.DataFrame:
    documents = pd.DataFrame(
        {"doc_id": ["a"], "date": pd.to_datetime([on]), "speaker": [speaker], "genre": [genre],
         "text": ["창업을 묻습니다."], "text_kind": ["full"]}
    )  # fmt: skip
    return set_aside(assign_administrations(documents))[0]


@given(
    st.text("가나다라마바사김이박최 ", max_size=8),
    st.sampled_from(["", " 위원", " 위원장", "(의장)"]),
)
def test_a_speaker_who_is_no_president_is_no_conflict(name, office):
    documents = spoken(f"{name}{office}")
    assert not documents["is_date_conflict"].any() and documents["administration"].notna().all()


PRESIDENTS = sorted(set(read_administrations()["president"].dropna()))


@given(st.sampled_from(PRESIDENTS), st.sampled_from(["", " 대통령"]), DAYS)
def test_a_president_on_a_day_of_another_is_one(name, office, on):
    governs = assign_administrations(spoken("", on=str(on)))["administration"].iloc[0]
    is_conflict = spoken(name + office, on=str(on))["is_date_conflict"].iloc[0]
    assert is_conflict == (name not in governs)
    assert not spoken(name + office, "minutes", str(on))["is_date_conflict"].iloc[0]
    assert not spoken(f"{name} 의원", on=str(on))["is_date_conflict"].iloc[0]


# 10. Dates in tables


WRITTEN = {
    "RFC 822": lambda d: format_datetime(datetime(d.year, d.month, d.day, 10, tzinfo=KST)),
    "UTC evening": lambda d: format_datetime(
        datetime(d.year, d.month, d.day, 1, tzinfo=KST).astimezone(UTC)
    ),
    "digits and time": lambda d: f"{d:%Y%m%d} 10:00",
    "digits": lambda d: f"{d:%Y%m%d}",
    "serial": lambda d: (d - date(1899, 12, 30)).days,
    "serial with time": lambda d: (d - date(1899, 12, 30)).days + 0.25,
    "weekday": lambda d: f"{d.year}/{d.month}/{d.day}({'월화수목금토일'[d.weekday()]})",
    "long weekday": lambda d: f"{d:%Y.%m.%d} {'월화수목금토일'[d.weekday()]}요일",
    "glued": lambda d: f"{d.year}년{d.month}월{d.day}일",
    "English": lambda d: f"{d:%b} {d.day}, {d.year}",
    "English, day first": lambda d: f"{d.day} {d:%B} {d.year}",
    "milliseconds": lambda d: int(datetime(d.year, d.month, d.day, 9, tzinfo=KST).timestamp() * 1000),
    "ISO": lambda d: f"{d.isoformat()}T00:00:00.000",
}  # fmt: skip


@pytest.mark.parametrize("form", WRITTEN)
@given(on=DAYS)
def test_every_form_of_a_day_is_read(form, on):
    assert day(parse_date(WRITTEN[form](on))) == on.isoformat()


@given(st.dates(date(2000, 1, 1), date(2025, 12, 31)))
def test_short_years(on):
    bare = f"{on:%y}.{on.month:02}.{on.day:02}"
    assert day(parse_date(f"’{on:%y}. {on.month}. {on.day}.(월)")) == on.isoformat()
    assert day(parse_date(bare)) == "NaT"
    assert day(parse_date(bare, order=written_order([bare, ""]))) == on.isoformat()
    assert written_order([bare, "31.13.31"]) == ""


@given(st.integers(0, 2**62))
def test_no_number_is_read_as_a_year_that_no_source_has(number):
    span = parse_date(number)
    assert not span.is_known or 1900 <= span.date_from.year <= 2100


DATES = """제목,본문,날짜
가,정부는 창업을 돕는다.,"Mon, 04 Mar 2019 10:00:00 +0900"
나,정부는 규제를 푼다.,20190304 10:00
다,정부는 예산을 늘린다.,"Mar 4, 2019"
라,정부는 인력을 둔다.,19.03.04
마,정부는 점검한다.,43528
"""


def test_a_column_of_many_forms(tmp_path):
    reading = read(tmp_path, "날짜.csv", DATES)
    assert set(reading.documents["date"].astype(str)) == {"2019-03-04"} and reading.notes.empty


@given(
    st.lists(st.dates(date(2013, 1, 1), date(2023, 12, 31)), min_size=30, max_size=60),
    st.lists(st.dates(date(1920, 1, 1), date(1960, 12, 31)), max_size=3),
)
def test_days_far_from_all_others_are_found(near, far):
    found = far_dates(pd.Series(pd.to_datetime([*near, *far, None])))
    assert found.tolist() == [False] * len(near) + [True] * len(far) + [False]


def test_a_far_day_makes_no_government_and_is_named(tmp_path):
    rows = [f"소식 {i},정부는 {i}번째로 창업을 돕는다.,2019-03-{i:02}" for i in range(1, 31)]
    rows += [f"옛 소식 {i},정부는 창업을 돕는다 {i}.,1959-03-0{i}" for i in (1, 2, 3)]
    reading = read(tmp_path, "표.csv", "\n".join(["제목,본문,날짜", *rows]))
    assert reading.documents["date"].isna().sum() == 3
    assert reading.notes["reason"].str.contains("1959-03-0").sum() == 3
    assert set(reading.documents.loc[reading.documents["date"].isna(), "date_basis"]) == {"unknown"}


# 2. Which row is the header; nothing is lost in silence


BODIES = [f"정부는 창업 거점 {n}곳을 새로 연다고 밝혔다. 전담 인력을 둔다." for n in range(2, 8)]
CELL = st.text("가나다라마바사아자차카타파하 ", min_size=1, max_size=8).map(str.strip)


def workbook(path, sheets: dict[str, list[list]]) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(CELL.filter(bool), min_size=6, max_size=6, unique=True),
    st.sampled_from(["주요 내용", "사업 제목", "발표 내용", "지역 구분"]),
    st.integers(0, 2),
    st.sampled_from([("제목", "본문", "등록일"), ("보도자료명", "주요 내용", "배포일자")]),
)
def test_no_row_of_data_is_the_header(tmp_path, titles, ending, n_above, headers):
    long = f"{'창업을 돕고 규제를 푸는 새로운 계획을 마련하여 지역마다 거점을 세우는 '}{ending}"
    rows = [
        [t, body, f"2019-03-0{i}"]
        for i, (t, body) in enumerate(zip(titles, BODIES, strict=True), 1)
    ]
    rows[2][0], rows[3][0] = long, f"{titles[3]} {ending}"
    above = [["보도자료 목록"]] * n_above
    sheets = {"앞": [*above, headers, *rows[:3]], "뒤": [headers, *rows[3:]]}
    workbook(tmp_path / "x.xlsx", sheets)
    workbook(tmp_path / "y.xlsx", {"하나": [*above, headers, *rows]})
    with (tmp_path / "z.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*above, headers, *rows])
    given = {"text": headers[1], "title": headers[0], "date": headers[2]}
    for name in ("x.xlsx", "y.xlsx", "z.csv"):
        for columns in (None, given):
            reading = read_documents(tmp_path / name, columns=columns)
            assert reading.documents["text"].tolist() == BODIES and reading.rejects.empty
            assert reading.documents["date"].notna().all()


def test_given_columns_decide_and_a_lost_sheet_is_counted_and_warned_of(tmp_path):
    head, odd = ["가", "나"], ["다", "라"]
    rows = [[f"소식 {n}의 내용", body] for n, body in enumerate(BODIES)]
    workbook(tmp_path / "x.xlsx", {"앞": [head, *rows], "뒤": [odd, *rows[:3]]})
    reading = read_documents(tmp_path / "x.xlsx", columns={"text": "나"})
    assert reading.documents["text"].tolist() == BODIES
    (file,) = reading.files[["n_found", "n_read", "n_rejected"]].values.tolist()
    assert file == [9, 6, 3]
    assert "경고: 'x.xlsx'에서 찾은 9건 가운데 3건(33%)을 읽지 못했습니다." in summary(reading)
    assert "3건(33%)" in reading.notes["reason"].iloc[-1]
    shown = " ".join([*reading.rejects["reason"], *reading.notes["reason"]])
    assert not any(body[:25] in shown for body in BODIES)


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 60)), min_size=1, max_size=5))
def test_what_loses_more_than_a_tenth_is_named(files):
    table = pd.DataFrame(
        [(f"{i}/a.csv", found, min(lost, found)) for i, (found, lost) in enumerate(files)],
        columns=["source_file", "n_found", "n_rejected"],
    )
    lossy = table[table["n_rejected"] > 0.1 * table["n_found"]]["source_file"].str[0]
    assert losses(table)["source"].tolist() == lossy.tolist()


# 5. Tables under other names


TABLE = pd.DataFrame(
    {"제목": ["창업을 돕는다", "규제를 푼다"], "본문": BODIES[:2], "날짜": ["2019-03-04", "2022-06-10"]}
)  # fmt: skip
ROWS = TABLE.to_dict("records")


def read_rows(reading) -> list[list[str]]:
    assert reading.rejects.empty, reading.rejects["reason"].tolist()
    documents = reading.documents.assign(date=reading.documents["date"].astype(str))
    return documents[["title", "text", "date"]].values.tolist()


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("is_day", [False, True])
@pytest.mark.parametrize(
    "orient", ["records", "columns", "index", "split", "table", "values", "lines"]
)
def test_every_orient_of_to_json(tmp_path, orient, indent, is_day):
    table = TABLE.assign(날짜=pd.to_datetime(TABLE["날짜"])) if is_day else TABLE
    if orient == "lines":
        text = table.to_json(orient="records", lines=True)
    else:
        text = table.to_json(orient=orient, indent=indent)
    documents = read(tmp_path, "글.json", text).documents
    # Bare values have no headers: what is long is the text.
    assert documents["text"].tolist() == BODIES[:2]
    assert documents["date"].astype(str).tolist() == TABLE["날짜"].tolist()
    assert documents["title"].tolist() == TABLE["제목"].tolist()


KEYS = st.sampled_from(["response", "body", "items", "nabc", "result", "data", "list"])


@given(st.lists(KEYS, max_size=5, unique=True), st.booleans(), st.booleans())
def test_rows_are_found_however_deep(keys, is_beside, is_listed):
    data = ROWS
    for key in keys:
        data = {**({"code": "00", "head": [{"n": 2}]} if is_beside else {}), key: data}
        data = [{"head": [{"n": 1}]}, data] if is_listed else data
    assert object_rows(data) == ROWS


def test_open_data_as_xml(tmp_path):
    items = "".join(
        f"<item>{''.join(f'<{k}>{v}</{k}>' for k, v in row.items())}</item>" for row in ROWS
    )
    answer = f"<response><header><resultCode>00</resultCode></header><body><items>{items}</items></body></response>"
    for head in ("", '<?xml version="1.0" encoding="UTF-8"?>'):
        assert read_rows(read(tmp_path, "a.xml", head + answer)) == TABLE.values.tolist()


@pytest.mark.parametrize("name", ["목록.xls", "목록.xlsx", "목록.csv"])
@pytest.mark.parametrize("charset", ["utf-8", "cp949"])
def test_a_page_saved_as_a_worksheet(tmp_path, name, charset):
    cells = [TABLE.columns.tolist(), *TABLE.values.tolist()]
    rows = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in cells)
    top = "<table><tr><td colspan=3>보도자료 목록</td></tr></table>"
    page = (
        f"<html><head><meta charset={charset}></head><body>{top}<table>{rows}</table></body></html>"
    )
    documents = read(tmp_path, name, page.encode(charset)).documents
    assert documents["text"].tolist() == BODIES[:2] and documents["date"].notna().all()


def test_rows_without_headers_are_read_or_said_to_be_so(tmp_path):
    rows = "\n".join(f"소식 {n},{body},2019-03-0{n + 1}" for n, body in enumerate(BODIES))
    reading = read(tmp_path, "표.csv", rows)
    assert reading.documents["text"].tolist() == BODIES
    assert reading.documents["date"].notna().all()


# 6. Exports of the news archive with columns taken out


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.sampled_from(BIGKINDS_HEADERS)), st.booleans())
def test_an_export_with_columns_taken_out_is_one(tmp_path, dropped, has_body):
    kept = {"뉴스 식별자", "제목", "언론사", "키워드", "분석제외 여부"} | (
        {"본문"} if has_body else set()
    )
    gone = (dropped - kept) | (set() if has_body else {"본문"})
    table = pd.DataFrame(bigkinds_rows(), columns=BIGKINDS_HEADERS).drop(columns=sorted(gone))
    table.to_csv(tmp_path / "표.csv", index=False)
    reading = read_documents(tmp_path / "표.csv")
    n_own = 3 if "URL" in table else 4
    kinds = {"excerpt": n_own, "keywords": n_own} if has_body else {"keywords": n_own}
    assert reading.documents["text_kind"].value_counts().to_dict() == kinds
    assert set(reading.documents["genre"]) == {"news"}
    assert reading.files[["n_found", "n_read"]].values.tolist() == [[5, n_own]]


# 7. Leftovers of markup


@given(st.text("가나다라 &<>\"'·◯「」%", max_size=30), st.integers(1, 3))
def test_references_are_what_they_stand_for(text, n_layers):
    marked = text
    for _ in range(n_layers):
        marked = html.escape(marked)
    assert normalise(marked) == normalise(text)
    assert normalise("".join(f"&#{ord(char)};" for char in text)) == normalise(text)


@given(
    st.sampled_from("b strong em span font u i sup".split()), st.sampled_from(["", ' class="x"'])
)
def test_inline_tags_go_and_what_only_looks_like_one_stays(tag, attribute):
    assert (
        normalise(f"<{tag}{attribute}>창업</{tag}> 지원 <표> <A>안 1<2")
        == "창업 지원 <표> <A>안 1<2"
    )


ADDRESSES = [
    "http://www.example.go.kr", "https://www.example.co.kr/apply?a=1", "www.example.com",
    "example.or.kr", "HTTP://EXAMPLE.KR", "smart-factory.kr/일자리",
]  # fmt: skip


@given(st.lists(st.sampled_from(ADDRESSES), min_size=1, max_size=3))
def test_an_address_is_no_word(addresses):
    text = f"자세한 내용은 {', '.join(addresses)}에서 볼 수 있다. ICT 창업을 돕는다."
    tokens = tokenize(pd.DataFrame({"doc_id": ["a"], "text": [text]}))
    assert {t for t in tokens["term"] if t.isascii()} == {"ICT"}
    assert all(text[t.start : t.end].upper() == t.term for t in tokens.itertuples())


def test_stop_words_match_whatever_their_case():
    tokens = pd.DataFrame({"term": ["KR", "창업", "HTTP"], "tag": "NNG"}, dtype="category")
    assert counted(tokens, stopwords=frozenset({"kr", "http"}))["term"].tolist() == ["창업"]


# 8. No text column


@pytest.mark.parametrize(
    ("headers", "row"),
    [
        (",자료명,발간일,발간처,요약", ["1", "창업 거점", "2019.03.04", "가나부", BODIES[0]]),
        ("회의일자,발언자,발언내용", ["2018.03.13 화요일", "위원장 김가나", BODIES[0]]),
        ("의안명,제안이유,제안일", ["창업 지원법", BODIES[0], "2019-03-04"]),
        ("president,value", ["문재인", BODIES[0]]),
        ("논문명,국문초록,발행연도", ["혁신 연구", BODIES[0], "2019"]),
        ("title,description,pubDate", ["창업", BODIES[0], "04 Mar 2019 10:00:00 +0900"]),
        ("질의일시,질의 내용", ["2019-03-04", BODIES[0]]),
    ],
)
def test_headers_that_public_sources_use(tmp_path, headers, row):
    reading = read(tmp_path, "표.csv", f"{headers}\n{','.join(row)}\n")
    assert reading.documents["text"].tolist() == [BODIES[0]], reading.rejects
    assert ("발언자" in headers) == (reading.documents["genre"][0] == "minutes")
    assert (headers[0] == "p") or reading.documents["date_from"].notna().all()


def test_where_no_column_can_be_told_the_study_says_what_to_fill_in(project):
    path = project / "표.csv"
    path.write_text(f"가가,나나\n1번,{BODIES[0]}\n2번,{BODIES[1]}\n", "utf-8")
    with pytest.raises(StudyError, match='text = ""') as raised:
        ingest([path], "빈칸")
    assert "가가 | 나나" in str(raised.value) and "--columns text=" in str(raised.value)
    assert BODIES[0][:25] not in str(raised.value)
    written = (project / "data" / "studies" / "빈칸.toml").read_text("utf-8")
    assert '[sources.columns]\ntext = ""\n' in written
    reading = ingest([path], "빈칸", columns={"text": "나나", "title": "가가"})
    assert reading.documents["text"].tolist() == BODIES[:2]
    columns = study.read_study("빈칸", project / "data" / "studies").sources[0].columns
    assert columns == {"text": "나나", "title": "가가"}


# 11. Folders as they are


CODE = {
    "crawler.py": "import requests\n# 보도자료 목록을 내려받는다\n",
    "code.R": "library(dplyr)\nraw <- readLines('speech.txt') # 연설문 불러오기\n",
    "코드.txt": "import pandas as pd\nimport re\ndef read(path):\n    return pd.read_csv(path)\n",
    "requirements.txt": "pandas==2.0\nrequests\n",
    "목록.txt": "pandas==2.0\nnumpy>=1.2\nkonlpy==0.6.0\n",
    "stopwords.txt": "은\n는\n이\n가\n및\n등\n",
    "사전.txt": "창조경제\n혁신성장\n규제샌드박스\n지방시대\n",
    "설정.yaml": "a: 1\n",
}


def test_programs_and_lists_are_skipped_with_a_reason(tmp_path):
    for name, text in CODE.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "글.txt").write_text("\n".join(BODIES), "utf-8")
    reading = read_documents([tmp_path, tmp_path / "글.txt", tmp_path])
    skipped = reading.files[reading.files["status"] == "skipped"]
    assert len(skipped) == len(CODE) and skipped["reason"].str.contains("읽지 않았습니다").all()
    assert len(reading.documents) == 1 and len(reading.files) == len(CODE) + 1


@given(st.lists(st.text("가나다라마바사", min_size=1, max_size=9), min_size=4, max_size=30))
def test_a_list_of_words_is_no_text(words):
    assert no_document("\n".join(words)) == "words"
    assert no_document("\n".join([*words, BODIES[0]])) == ""


@pytest.mark.parametrize(
    ("wrong", "right"), [("latin-1", "utf-8"), ("latin-1", "cp949"), ("cp1252", "utf-8")]
)
@pytest.mark.parametrize("body", BODIES)
def test_text_encoded_twice_is_noticed(tmp_path, body, wrong, right):
    garbled = body.encode(right).decode(wrong, "replace")
    reading = read(tmp_path, "글.csv", f'제목,본문\n가,"{garbled}"\n')
    assert reading.notes["reason"].str.contains("두 번 인코딩").any()
    assert restore(body) == (body, "")


def test_lost_letters_are_noticed(tmp_path):
    reading = read(tmp_path, "글.csv", "제목,본문\n가,정부는 창\ufffd을 돕는다고 밝혔다.\n")
    assert reading.notes["reason"].str.contains("깨진 글자").tolist() == [True]
