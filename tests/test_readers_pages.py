"""Scraped pages and web pages: the article comes out whole, the site stays behind."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from fixtures_readers import BODY, PAGES, PARAGRAPHS, WIRE_PAGE, html_page

from policytext.cleaning import normalise
from policytext.readers import assembly, read_documents, stamps
from policytext.readers.html import parse_html
from policytext.readers.pages import parse_page
from policytext.readers.rules import is_widget

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"
LEFT_OUT = (
    "댓글",
    "공유",
    "글자크기",
    "닫기",
    "무단",
    "Copyright",
    "ⓒ",
    "관련기사",
    "기자 ",
    "@",
    "만나보세요",
    "축제",
    "아무개",
    "이웃",
    "산업단지",
    "티스토리",
    "자료출처",
    "자료제공",
    "중국어",
    "PHOTO",
    "사진",
    "인쇄",
    "▲",
)


@pytest.mark.parametrize(
    ("name", "title", "publisher", "day", "paragraphs"),
    [
        ("byline", "가람시, 창업 기업 서른 곳과 간담회", "나루신문", "2019-03-12", PARAGRAPHS),
        ("summary", "가람시 창업 지원 계획 발표", "나루신문", "NaT", PARAGRAPHS),
        ("stamp", "가람시, 창업 지원 확대", "나루일보", "2014-03-12", PARAGRAPHS),
        ("teaser", "가람시, 창업 지원 ‘간담회’ 개최", "나루스텝", "2023-03-12", PARAGRAPHS),
        ("blog", PARAGRAPHS[0], "가람시 소식지", "NaT", PARAGRAPHS[:3]),
    ],
)
def test_a_scraped_page_gives_its_article_and_no_more(name, title, publisher, day, paragraphs):
    page = parse_page(PAGES[name])
    assert (page["title"], page["publisher"], str(page["date"].date)[:10]) == (
        title,
        publisher,
        day,
    )
    lines = page["text"].split("\n")
    assert [line for line in lines if line in paragraphs] == list(paragraphs)
    assert len(lines) - len(paragraphs) <= 1  # a subtitle
    assert not [word for word in LEFT_OUT if word in page["text"]]
    assert {rule for rule, _ in page["removed"]} <= assembly._RULES.keys()


def test_removed_lines_are_counted_under_korean_names(tmp_path):
    (tmp_path / "a.txt").write_text(PAGES["byline"], encoding="utf-8")
    removed = read_documents(tmp_path).removed
    assert set(removed["publisher"]) == {"나루신문"}
    counts = removed.set_index("rule")["n_lines"]
    assert counts["입력 시각"] == 1 and counts["사진 설명"] == 1 and counts["기자 이름"] == 2


def test_text_of_its_own_is_left_alone():
    text = (
        "첫 문장이다. 둘째 문장도 짧다.\n셋째 문장은 사진을 말한다.\n"
        "무단 전재를 금지한 법이 통과됐다고 국회가 밝혔다.\n댓글을 다는 사람이 늘었다."
    )
    assert parse_page(text)["text"] == text


def test_a_page_of_short_lines_is_not_emptied():
    page = parse_page("창업 지원\n사무 공간\n시제품 제작\n공동 연구")
    assert page["title"] == "창업 지원"
    assert page["text"] == "사무 공간\n시제품 제작\n공동 연구"


def test_list_items_and_data_notes_are_not_captions():
    lines = [
        *PARAGRAPHS[:3],
        "▲ 사무 공간: 서른 곳",
        "▲ 제작비: 기업마다 2억 원",
        "비율은 3%로 나타났다(자료: 통계청).",
    ]
    assert parse_page("제목\n" + "\n".join(lines))["text"] == "\n".join(lines)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("ⓒ 나루신문 무단전재 금지", "나루신문"),
        ("<저작권자(c) 나루통신, 무단 전재-재배포 금지>", "나루통신"),
        ("[ⓒ 나루경제 & naru.example.kr, 무단전재 및 재배포 금지]", "나루경제"),
        ("Copyright © 2019 나루타임스. All rights reserved.", "나루타임스"),
        ("Copyright ? 나루포스트 & naru.example.kr. 무단 전재 금지", "나루포스트"),
        ("저작권자 © 나루데일리 무단전재 및 재배포 금지", "나루데일리"),
        ("출처 : 나루저널(http://www.naru.example.kr)", "나루저널"),
    ],
)
def test_publisher_of_a_notice(line, name):
    assert parse_page(f"제목\n{BODY}\n{line}")["publisher"].startswith(name)


@pytest.mark.parametrize(
    ("lead", "name"),
    [
        ("(가람=나루통신) 홍길동 기자 = ", "나루통신"),
        ("[가람=나루뉴스] 홍길동 기자 = ", "나루뉴스"),
        ("나루경제 홍길동 기자 = ", "나루경제"),
        ("[나루데일리 홍길동 기자] ", "나루데일리"),
        ("[나루스텝] ", "나루스텝"),
    ],
)
def test_publisher_of_a_lead_in_and_the_lead_in_goes(lead, name):
    page = parse_page(f"제목\n{lead}{BODY}")
    assert (page["publisher"], page["text"]) == (name, BODY)


def test_an_address_names_the_outlet_only_when_nothing_else_does():
    assert (
        parse_page(f"제목\n{BODY}\n홍길동 기자 gildong@naru.example.kr")["publisher"]
        == "naru.example.kr"
    )


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        ("승인 2019.04.22 11:43", "2019-04-22"),
        ("홍길동 기자 / 기사승인 : 2023-07-14 19:45:20", "2023-07-14"),
        ("입력 : 2013. 3. 5. 오전 9:12", "2013-03-05"),
        ("기사입력 2017년 5월 9일 수정 2017년 5월 11일", "2017-05-09"),
        ("수정 2017.05.11 10:00 | 입력 2017.05.09 09:00", "2017-05-09"),
        ("최종수정 2017.05.11 10:00", "2017-05-11"),
        ("보도일시 2022. 5. 10.(화) 조간", "2022-05-10"),
        ("2014-03-26 19:00", "2014-03-26"),
        ("2014년 3월 26일(수) 오후 7:00", "2014-03-26"),
        ("등록번호 가람아0001 등록일자 2005.01.01 발행인 홍길동", "NaT"),
    ],
)
def test_stamps(stamp, day):
    page = parse_page(f"제목\n{stamp}\n{BODY}")
    assert str(page["date"].date)[:10] == day
    assert page["date_basis"] == ("metadata" if day != "NaT" else "unknown")


@pytest.mark.parametrize(
    ("lead", "day", "basis"),
    [
        ("가람시는 2015년 3월 12일 창업 지원 계획을 마련했다고 밝혔다.", "2015-03-12", "text"),
        ("가람시가 지난 8일 연 회의의 결과를 10일 밝혔다고 관계자가 전했다.", "NaT", "unknown"),
        ("2013년 2월 25일과 2015년 3월 12일 두 차례에 걸쳐 계획을 밝혔다.", "NaT", "unknown"),
    ],
)
def test_dates_in_the_lead_are_never_completed_by_guessing(lead, day, basis):
    page = parse_page(f"제목\n{lead}\n{PARAGRAPHS[1]}")
    assert (str(page["date"].date)[:10], page["date_basis"]) == (day, basis)


@pytest.fixture
def terms(tmp_path, monkeypatch):
    path = tmp_path / "officials.csv"
    path.write_text(
        "name,organisation,rank,start,end,note,source,verified\n"
        "홍길동,가람부,장관,2014-07-16,2016-03-10,,,no\n"
        "성춘향,다온부,장관,2015-02-01,,,,no\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(stamps, "REFERENCE", path)
    stamps._officials.cache_clear()
    yield
    stamps._officials.cache_clear()


@pytest.mark.parametrize(
    ("sentence", "first", "last"),
    [
        ("홍길동 장관은 계획을 밝혔다.", "2014-07-16", "2016-03-10"),
        ("홍길동 가람부 장관은 계획을 밝혔다.", "2014-07-16", "2016-03-10"),
        ("가람부 장관(홍길동)은 계획을 밝혔다.", "2014-07-16", "2016-03-10"),
        ("홍길동 장관과 성춘향 장관이 계획을 밝혔다.", "2015-02-01", "2016-03-10"),
        ("홍길동 전 국회의원은 계획을 밝혔다.", "NaT", "NaT"),
        ("홍길동 장관 후보자는 계획을 밝혔다.", "NaT", "NaT"),
        ("다홍길동 장관은 계획을 밝혔다.", "NaT", "NaT"),
    ],
)
def test_officials_bound_the_date(terms, sentence, first, last):
    page = parse_page(f"제목\n{PARAGRAPHS[1]}\n{sentence}")
    span = page["date"]
    assert [str(day)[:10] for day in (span.date, span.date_from, span.date_to)] == [
        "NaT",
        first,
        last,
    ]
    assert page["date_basis"] == ("unknown" if first == "NaT" else "text")


def test_a_month_and_day_is_completed_when_one_year_fits(terms):
    lead = "가람부는 5월 12일 창업 지원 계획을 마련했다고 밝혔다."
    one = parse_page(f"제목\n{lead}\n홍길동 장관과 성춘향 장관이 참석해 이야기를 나누었다.")
    assert str(one["date"].date)[:10] == "2015-05-12"
    two = parse_page(f"제목\n{lead.replace('5월', '2월')}\n홍길동 장관이 참석해 이야기를 나누었다.")
    assert pd.isna(two["date"].date)


@pytest.mark.parametrize(
    "line", ["댓글 0", "글자크기 설정", "0 / 300", "페이스북 트위터 카카오톡 URL복사", "0개의 댓글"]
)
def test_widgets(line):
    assert is_widget(line)


@pytest.mark.parametrize(
    "line", ["창업 지원", "기자 간담회 개최", "3,000명이 모였다", "언어를 배우다"]
)
def test_no_widgets(line):
    assert not is_widget(line)


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
@pytest.mark.parametrize("declared", ["utf-8", "euc-kr"])
def test_html_in_any_encoding_and_declaration(tmp_path, encoding, declared):
    meta = '<meta property="article:published_time" content="2019-04-22T11:43:00+09:00">'
    (tmp_path / "p.html").write_bytes(html_page(charset=declared, meta=meta).encode(encoding))
    reading = read_documents(tmp_path)
    row = reading.documents.loc[0]
    assert reading.files["kind"].tolist() == ["html"]
    assert (row["title"], row["publisher"]) == ("가람시, 창업 지원 확대", "나루신문")
    assert row["date"] == pd.Timestamp("2019-04-22") and row["date_basis"] == "metadata"
    assert [line for line in row["text"].split("\n") if line in PARAGRAPHS] == list(PARAGRAPHS)
    assert not [
        word for word in ("저작권자", "@", "축제", "정치", "등록번호") if word in row["text"]
    ]


@pytest.mark.parametrize(
    ("meta", "stamp", "day"),
    [
        ("", "입력 2019. 3. 5. 오전 9:00", "2019-03-05"),
        ("", "등록 2019년 3월 5일", "2019-03-05"),
        ("", "", "NaT"),
        (
            '<script type="application/ld+json">{"datePublished": "2019-03-05T20:00:00Z"}</script>',
            "",
            "2019-03-06",
        ),
        (
            '<meta property="article:modified_time" content="2020-01-01">',
            "입력 2019.03.05",
            "2019-03-05",
        ),
    ],
)
def test_html_dates_are_the_page_s_own(meta, stamp, day):
    assert str(parse_html(html_page(meta=meta, stamp=stamp))["date"].date)[:10] == day


@pytest.mark.skipif(
    not SEEDS.is_dir(), reason="../shared/seeds 폴더가 없어 실제 기사 시험을 건너뜁니다"
)
@pytest.mark.parametrize(
    ("number", "publisher", "day", "bounds", "n_lines"),
    [
        ("000", "스타트업4", "2019-04-22", ("2019-04-22", "2019-04-22"), 17),
        ("001", "머니투데이", "NaT", ("2022", "2023"), 9),
        ("002", "정책브리핑", "NaT", ("2014", "2017"), 21),
        ("003", "아주경제", "2014-03-26", ("2014-03-26", "2014-03-26"), 20),
        ("004", "뉴스스텝", "2023-07-14", ("2023-07-14", "2023-07-14"), 9),
    ],
)
def test_seeds(number, publisher, day, bounds, n_lines):
    path = next(SEEDS.glob(f"{number}_*.txt"))
    row = read_documents(path).documents.loc[0]
    raw = [line for line in normalise(path.read_text(encoding="utf-8")).split("\n") if line]
    assert publisher in row["publisher"] and str(row["date"])[:10] == day
    assert str(row["date_from"]).startswith(bounds[0]) and str(row["date_to"]).startswith(bounds[1])
    if number != "002":
        assert row["title"] == raw[0]
    lines = row["text"].split("\n")
    assert len(lines) == len(set(lines)) == n_lines
    # In the order of the page, each line a line of it or the end of one.
    places = [next(i for i in reversed(range(len(raw))) if raw[i].endswith(line)) for line in lines]
    assert places == sorted(places)
    left_out = (
        "댓글",
        "기사",
        "무단",
        "©",
        "ⓒ",
        "Copyright",
        "기자 =",
        "@",
        "글자",
        "닫기",
        "(사진",
        "(자료:",
        "▲",
    )
    assert not [word for word in left_out if word in row["text"]]


def test_a_wire_page_keeps_paragraphs_that_sound_like_the_site():
    page = parse_page(WIRE_PAGE)
    assert (page["title"], page["publisher"]) == ("가람시, 창업 지원 확대", "나루통신")
    assert str(page["date"].date)[:10] == "2019-04-22"
    lines = page["text"].split("\n")
    extra = [
        "실시간 지원 창구 마련",
        "시는 로그인 후 신청하는 누리집을 열어 자바스크립트 없이도 쓰게 했다고 밝혔다.",
    ]
    assert [line for line in lines if line not in extra] == list(PARAGRAPHS)
    assert [line for line in lines if line in extra] == extra


def test_a_bracket_that_is_no_outlet_stays():
    page = parse_page(f"제목\n[현장에서] {BODY}\nⓒ 나루신문 무단전재 금지")
    assert page["publisher"] == "나루신문" and page["text"].startswith("[현장에서]")
