"""Inputs that once failed, in our own words, kind by kind, each with inputs made at random."""

from __future__ import annotations

import csv
import html
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

import pandas as pd
import pytest
from fixtures_texts import BIGKINDS_HEADERS, CASES, bigkinds_rows, day, write_sheets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policytext import study
from policytext.__main__ import main
from policytext.administrations import assign_administrations, read_administrations
from policytext.faults import StudyError
from policytext.texts.attachments import unwrap
from policytext.texts.clean import normalise, restore
from policytext.texts.coverage import set_aside
from policytext.texts.dates import far_dates, parse_date, written_order
from policytext.texts.files import ingest, losses, no_document, read_documents, summary
from policytext.texts.markup import parse_html
from policytext.texts.pages import official_span, parse_document, parse_page
from policytext.texts.tables import object_rows
from policytext.words.tokens import counted, tokenize

DAYS = st.dates(date(1996, 1, 2), date(2030, 12, 30))
KST = timezone(timedelta(hours=9))


def read(folder, name: str, content: str | bytes, **options):
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    (folder / name).write_bytes(data)
    return read_documents(folder / name, **options)


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
    "UTC evening": lambda d: format_datetime(datetime(d.year, d.month, d.day, 1, tzinfo=KST).astimezone(UTC)),
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


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(CELL.filter(bool), min_size=6, max_size=6, unique=True),
    st.sampled_from(["주요 내용", "사업 제목", "발표 내용", "지역 구분"]),
    st.integers(0, 2),
    st.sampled_from([("제목", "본문", "등록일"), ("보도자료명", "주요 내용", "배포일자")]),
)
def test_no_row_of_data_is_the_header(tmp_path, titles, ending, n_above, headers):
    long = f"{'창업을 돕고 규제를 푸는 새로운 계획을 마련하여 지역마다 거점을 세우는 '}{ending}"
    days = [f"2019-03-0{number}" for number in range(1, 7)]
    rows = list(map(list, zip(titles, BODIES, days, strict=True)))
    rows[2][0], rows[3][0] = long, f"{titles[3]} {ending}"
    above = [["보도자료 목록"]] * n_above
    sheets = {"앞": [*above, headers, *rows[:3]], "뒤": [headers, *rows[3:]]}
    write_sheets(tmp_path / "x.xlsx", sheets)
    write_sheets(tmp_path / "y.xlsx", {"하나": [*above, headers, *rows]})
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
    write_sheets(tmp_path / "x.xlsx", {"앞": [head, *rows], "뒤": [odd, *rows[:3]]})
    reading = read_documents(tmp_path / "x.xlsx", columns={"text": "나"})
    assert reading.documents["text"].tolist() == BODIES
    (file,) = reading.files[["n_found", "n_read", "n_rejected"]].values.tolist()
    assert file == [9, 6, 3]
    said = (
        "경고: 'x.xlsx'에서 찾은 9건 가운데 3건(33%)을 읽지 못했습니다. 가장 많은 까닭: 시트 '뒤'에"
    )
    assert said in summary(reading)
    assert "3건(33%)" in reading.notes["reason"].iloc[-1]
    shown = " ".join([*reading.rejects["reason"], *reading.notes["reason"]])
    assert not any(body[:25] in shown for body in BODIES)


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 60)), min_size=1, max_size=5))
def test_what_loses_more_than_a_tenth_is_named(files):
    rows = [(f"{i}/a.csv", found, min(lost, found)) for i, (found, lost) in enumerate(files)]
    table = pd.DataFrame(rows, columns=["source_file", "n_found", "n_rejected"])
    is_lossy = (table["n_rejected"] > 0.1 * table["n_found"]) & (table["n_found"] > 1)
    lossy = table[is_lossy]["source_file"].str[0]
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
    rows = ("".join(f"<{key}>{cell}</{key}>" for key, cell in row.items()) for row in ROWS)
    items = "".join(f"<item>{row}</item>" for row in rows)
    answer = f"<response><header><resultCode>00</resultCode></header><body><items>{items}</items></body></response>"
    for head in ("", '<?xml version="1.0" encoding="UTF-8"?>'):
        assert read_rows(read(tmp_path, "a.xml", head + answer)) == TABLE.values.tolist()


@pytest.mark.parametrize("name", ["목록.xls", "목록.xlsx", "목록.csv"])
@pytest.mark.parametrize("charset", ["utf-8", "cp949"])
def test_a_page_saved_as_a_worksheet(tmp_path, name, charset):
    cells = [TABLE.columns.tolist(), *TABLE.values.tolist()]
    rows = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in cells)
    top = "<table><tr><td colspan=3>보도자료 목록</td></tr></table>"
    head = f"<html><head><meta charset={charset}></head>"
    page = f"{head}<body>{top}<table>{rows}</table></body></html>"
    documents = read(tmp_path, name, page.encode(charset)).documents
    assert documents["text"].tolist() == BODIES[:2] and documents["date"].notna().all()


@pytest.mark.parametrize("name", ["목록.xls", "글.html"])
def test_a_page_with_control_characters_is_read(tmp_path, name):
    """Found by fuzzing: a tree takes no form feed."""
    cells = f"<tr><td>제\x0c목<td>본문</tr>\x0c<tr><td>\x1f가<td>{BODIES[0]}</tr>"
    reading = read(tmp_path, name, f"<html><body><p>\x0c<table>{cells}</table></body></html>")
    assert BODIES[0] in reading.documents["text"][0]


def test_rows_without_headers_are_read_or_said_to_be_so(tmp_path):
    rows = "\n".join(f"소식 {n},{body},2019-03-0{n + 1}" for n, body in enumerate(BODIES))
    reading = read(tmp_path, "표.csv", rows)
    assert reading.documents["text"].tolist() == BODIES
    assert reading.documents["date"].notna().all()


# 6. Exports of the news archive with columns taken out


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.sampled_from(BIGKINDS_HEADERS)), st.booleans())
def test_an_export_with_columns_taken_out_is_one(tmp_path, dropped, has_body):
    kept, body = {"뉴스 식별자", "제목", "언론사", "키워드", "분석제외 여부"}, {"본문"}
    gone = dropped - kept - body if has_body else dropped - kept | body
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


@given(st.sampled_from("b strong em span font u i sup".split()), st.sampled_from(["", ' id="x"']))
def test_inline_tags_go_and_what_only_looks_like_one_stays(tag, attribute):
    marked = f"<{tag}{attribute}>창업</{tag}> 지원 <표> <A>안 1<2"
    assert normalise(marked) == "창업 지원 <표> <A>안 1<2"


ADDRESSES = CASES["addresses"]


@given(st.lists(st.sampled_from(ADDRESSES), min_size=1, max_size=3))
def test_an_address_is_no_word(addresses):
    text = f"자세한 내용은 {', '.join(addresses)}에서 볼 수 있다. ICT 창업을 돕는다."
    tokens = tokenize(pd.DataFrame({"doc_id": ["a"], "text": [text]}))
    assert {t for t in tokens["term"] if t.isascii()} == {"ICT"}
    assert all(text[t.start : t.end].upper() == t.term for t in tokens.itertuples())


def test_an_address_makes_no_text_foreign():
    text = "신청은 https://www.example.co.kr/apply/long/path 에서 받는다."
    documents = spoken("").assign(text=text)
    assert not set_aside(assign_administrations(documents))[0]["is_foreign"].any()


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


# 3. Texts that are no pages of a site keep every line, and pages their article


TEMPTING = CASES["tempting"]
SENTENCES = CASES["sentences"]
TEXTS = st.lists(st.sampled_from(TEMPTING + SENTENCES), min_size=3, max_size=14)


@given(TEXTS, st.sampled_from(["", "2019. 4. 21.", "2019년 4월 21일(일)"]))
def test_a_text_keeps_every_line_below_its_title(lines, on):
    # One line that a site too might carry makes no site; two kinds of them may.
    weak = {"출처: 통계청", "키워드", "주요 이슈", "최신 뉴스 산업 동향", "구분"}
    lines = [line for n, line in enumerate(lines) if line not in weak or line in lines[:n]] or lines
    lines = [*SENTENCES[:1], *(line for line in lines if line not in weak), *SENTENCES[1:2]]
    page = parse_page("\n".join(filter(None, ["혁신 성장 전략 회의", on, *lines])))
    assert page["text"].split("\n") == lines
    assert page["title"] == "혁신 성장 전략 회의"
    assert day(page["date"]) == ("2019-04-21" if on else "NaT")


@settings(max_examples=30)
@given(TEXTS)
def test_the_same_lines_as_a_saved_page(lines):
    lines = [*SENTENCES, *lines, SENTENCES[3]]
    body = "".join(f"<p>{html.escape(line)}</p>\n" for line in lines)
    head = "<html><head><title>혁신 회의</title></head>"
    page = parse_html(f"{head}<body><h1>혁신 회의</h1><div>{body}</div></body></html>")
    kept = [line for line in page["text"].split("\n") if line in lines]
    weak = {"출처: 통계청", "키워드", "주요 이슈", "최신 뉴스 산업 동향", "구분"}
    if not weak.intersection(lines):
        assert kept == lines


@given(st.permutations(SENTENCES[2:3] * 1 + [f"정부는 지역 {n}곳에 거점을 세우고 전담 인력을 둔다고 밝혔다." for n in range(2, 9)]),
       st.lists(st.sampled_from(TEMPTING[2:12] + ["저작권 산업 키운다"]), max_size=4))  # fmt: skip
def test_an_article_that_speaks_of_what_sites_say_is_whole(paragraphs, headings):
    lines = [*paragraphs]
    for n, heading in enumerate(dict.fromkeys(headings)):
        lines.insert(2 * n + 1, heading)
    above = ["거점을 세운다", "승인 2019.04.22 11:43", "댓글 0"]
    below = ["김가나 기자 gana@example.kr", "ⓒ 가나일보 무단전재 및 재배포 금지"]
    page = parse_page("\n".join([*above, *lines, *below, "많이 본 뉴스", "강변 축제 열려"]))
    assert page["text"].split("\n") == lines
    assert len(page["removed"]) == 6 and page["publisher"] == "가나일보"


def test_a_refrain_stays_where_it_stands():
    lines = [line for n in (0, 1, 3) for line in (SENTENCES[n], "함께 갑시다.")]
    assert parse_page("\n".join(["창업의 날 기념사", *lines]))["text"].split("\n") == lines
    framed = ["창업의 날", "입력 2019.03.04 10:00", *lines, "ⓒ 가나일보 무단전재 금지"]
    assert parse_page("\n".join(framed))["text"].split("\n") == lines


# 4. Who dates a text


@pytest.mark.parametrize("sentence", CASES["no_office"])
def test_who_holds_no_office_in_a_text_dates_nothing(sentence):
    text = f"창업 지원법을 두고 다투었다. {sentence} 법안은 다음 주에 다룬다."
    assert not official_span(text).is_known


@pytest.mark.parametrize("sentence", CASES["in_office"])
def test_who_acts_in_office_bounds_the_date(sentence):
    assert str(official_span(f"창업을 돕는다. {sentence}").date_from)[:10] == "2019-04-08"


# 9. Forms, titles and minutes


TITLES = st.builds(
    "{} {} {}".format,
    st.sampled_from(["총 3조 원 규모", "담당자 교육", "보도자료 배포 방식", "문의 창구", "배포 기준", "가나부,", "쪽수 제한", "책임자 처벌"]),
    st.sampled_from(["창업 펀드", "규제 특례", "지역 거점", "연구비 제도"]),
    st.sampled_from(["조성", "개선 방안 마련", "새로 연다", "12곳 추진"]),
)  # fmt: skip
FORMS_ABOVE = CASES["forms"]


@pytest.mark.parametrize("form", FORMS_ABOVE, ids=lambda form: form[-1][:12])
@given(TITLES, st.dates(date(2001, 1, 1), date(2029, 12, 31)), st.integers(0, 3))
def test_a_title_below_any_form_is_the_title(form, title, on, n_cells):
    long, short = f"{on.year}. {on.month}. {on.day}.", f"’{on:%y}. {on.month}. {on.day}."
    above = [line.format(d=long, s=short) for line in form]
    body = [SENTENCES[2], *[str(1200 + n) for n in range(n_cells)], "거점마다 전담 인력을 둔다."]
    document = parse_document("\n".join([*above, title, *body, "문의: 가나과"]))
    assert (document["title"], document["text"].split("\n")) == (title, body)
    assert day(document["date"]) == (on.isoformat() if len(form) > 1 else "NaT")
    assert document["genre_guess"] == "press_release"
    assert document["publisher"] == ("가나부" if form[0] == "가나부" else "")
    told = [("header", line) for line in above] + [("attachment", "문의: 가나과")]
    assert document["removed"] == told  # what stands at the end is no menu above


def test_a_month_of_the_form_is_one():
    form = "창업 지원 확대\n배포일시 '22년 8월\n담당부서 가나부 창업과\n"
    document = parse_document(form + SENTENCES[2])
    found = document["title"], document["text"], str(document["date"].date_from)[:10]
    assert found == ("창업 지원 확대", SENTENCES[2], "2022-08-01")


@pytest.mark.parametrize("sentence", SENTENCES)
def test_one_paragraph_is_a_text(sentence):
    document = parse_document(sentence)
    assert document["text"] == sentence and document["title"]


WHO = "위원장 김가나|김가나 위원|가나부장관 박다라|전문위원 이마바|의장직무대리 최사아|진술인 정자차|위원장:|김 위원 :"
ROLES = st.sampled_from(WHO.split("|"))


@given(
    st.integers(1, 400),
    st.sampled_from(["제{n}회국회|(임시회)|과학기술특별위원회회의록|제 {m} 호", "제{n}차 과학기술위원회 회의록", "가나시의회 본회의 속기록"]),
    st.sampled_from(["일 시 {d}", "일시: {d}", "개의일자 {d}"]),
    DAYS,
    st.lists(st.tuples(ROLES, st.sampled_from(SENTENCES + TEMPTING[:20])), min_size=2, max_size=9),
)  # fmt: skip
def test_minutes_are_whole_dated_and_told_apart(number, head, when, on, turns):
    head = head.format(n=number, m=number + 1).split("|")
    when = when.format(d=f"{on.year}년{on.month}월{on.day}일(화)")
    body = [when, "장 소 제3회의장", *(f"◯{who} {said}" for who, said in turns)]
    for parse in (parse_page, parse_document):
        page = parse("\n".join([*head, *body]))
        assert page["text"].split("\n") == body and page["genre_guess"] == "minutes"
        assert day(page["date"]) == on.isoformat() and not page["publisher"]
        assert str(number) in page["title"] or "가나시의회" in page["title"]
        assert "회의록" in page["title"] or "속기록" in page["title"]


# 9. Lines of a PDF


def wrapped(text: str, width: int, within_words: bool) -> list[str]:
    """As the width of a column breaks a paragraph, inside words or between them."""
    lines = []
    while len(text) > width:
        at = width if within_words else text.rfind(" ", 0, width + 1)
        lines.append(text[:at].rstrip(" "))
        text = text[at:].lstrip(" ")
    return [*lines, text]


RUNNING = "정부는 지역마다 창업 거점을 세우고 인력을 두며 예산을 두 배로 늘리는 계획을 마련했다고 밝혔다. "


@given(st.integers(24, 48), st.booleans())
def test_lines_that_a_page_broke_are_joined_as_they_were(width, is_two_columns):
    text = (RUNNING * 3).strip()
    lines = wrapped(text, width, False)
    pages = ["\n".join(lines[:6]) + "\n- 1 -", "\n".join(lines[6:]) + "\n- 2 -"]
    assert unwrap(pages).replace("\n", " ") == text
    within = wrapped(text, width, True)
    column = "창업 거점을 세우는 계획을 지역마다 넓은 한 줄로 적은 제목" + " 두 단에 걸친다" * 2
    joined = unwrap(["\n".join([*[column] * is_two_columns, *within, *within])])
    assert joined.count("거점을") == 6 + is_two_columns
    assert "거 점" not in joined and "창 업" not in joined


def test_items_and_cells_of_a_pdf_stay_apart():
    page = "창업 계획\n1. 추진 배경\n사무 공간\n시제품 제작\n1200\n○ 거점을 열 곳 세운다"
    assert unwrap([page]) == page


# The command line


def run(*arguments) -> int:
    return main([str(argument) for argument in arguments])


def test_columns_on_the_command_line_and_a_loss_in_the_exit_status(project, capsys):
    path = project / "표.csv"
    path.write_text(f"가가,나나,다다\n1번,{BODIES[0]},2019-03-04\n2번,,2019-03-05\n", "utf-8")
    assert run("ingest", path, "--study", "열", "--columns", "text=나나,date=다다,title=가가") == 1
    assert "경고: '표.csv'에서 찾은 2건 가운데 1건(50%)" in capsys.readouterr().out
    written = study.read_study("열", project / "data" / "studies").sources[0].columns
    assert written["text"] in ("나나", ["나나"]) and written["date"] in ("다다", ["다다"])
    assert run("ingest", path, "--study", "열둘", "--columns", "나나") == 1
    assert "text=요약,date=발간일처럼" in capsys.readouterr().err


# The inputs themselves, where they lie beside the project


TRIALS = Path(__file__).resolve().parents[2] / "shared" / "trials"
TRIALS = TRIALS if TRIALS.is_dir() else Path(__file__).resolve().parents[3] / "shared" / "trials"
RIGHT = {  # folder -> title and day of each document
    "02": [("창업 지원법 개정 두고 공방", "NaT"), ("제1차 과학기술위원회 회의록", "2018-03-13")],
    "04": [("창업 거점 열 곳을 연다", "2019-03-04"), ("규제를 푼다", "2022-06-10")],
    "07": [("창업을 돕는다", "2019-03-04")],
    "08": [
        ("지역 창업 거점 열 곳 새로 연다", "2024-01-02"),
        ("지역 창업 거점을 연다", "2019-03-04"),
        ("창업 거점 연다", "2019-03-04"),
    ],
    "10": [
        ("제1회국회 (임시회) 과학기술특별위원회회의록 제1호", "2018-03-13"),
        ("제1회국회 (임시회) 과학기술특별위원회회의록", "2018-03-13"),
    ],
    "12": [("창업 거점 열 곳을 연다", "2019-03-04")],
    "13": [(title, "2019-03-04") for title in "가나다라"],
    "19": [("저작권 산업 키운다", "NaT")],
}
N_LINES = {"01": [10, 9], "09": [2, 10, 2, 1], "14": [6], "19": [6]}


@pytest.mark.skipif(not TRIALS.is_dir(), reason="../shared/trials 폴더가 없어 건너뜁니다")
@pytest.mark.parametrize("number", sorted({*RIGHT, *N_LINES, "05", "06", "11", "17"}))
def test_the_trials(number):
    (folder,) = TRIALS.glob(f"{number}-*")
    reading = read_documents(folder / "in")
    assert reading.rejects.empty and reading.files["n_rejected"].sum() == 0
    documents = reading.documents
    found = [(row.title, str(row.date)[:10]) for row in documents.itertuples()]
    assert sorted(found) == sorted(RIGHT.get(number, found))
    if number in N_LINES:
        assert sorted(len(t.split("\n")) for t in documents["text"]) == sorted(N_LINES[number])
