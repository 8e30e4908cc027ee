"""Pages, attachments and feeds: the article comes out whole, the site stays behind."""

from __future__ import annotations

import email.message
import html
import importlib.resources
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from fixtures_texts import (
    BODY,
    CASES,
    PAGES,
    PARAGRAPHS,
    RELEASE,
    RSS,
    api_xml,
    day,
    html_page,
    write_compound,
    write_hwp5,
    write_hwpx,
    write_pdf,
)
from hypothesis import given
from hypothesis import strategies as st

from policytext.store import text_sha256
from policytext.texts import pages
from policytext.texts.clean import normalise
from policytext.texts.dates import filename_date
from policytext.texts.files import read_documents
from policytext.texts.markup import parse_html
from policytext.texts.pages import articles_within, is_widget, parse_page
from policytext.texts.sources import RULES

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"
FONT = importlib.resources.files("policytext") / "assets" / "NotoSansKR-Regular.otf"
STUB = "자세한 내용은 첨부파일을 참고하시기 바랍니다."


def as_html(page: dict) -> str:
    lines = "".join(f"<div>{html.escape(line)}</div>\n" for line in page["text"].split("\n"))
    head = f"<title>{page['title']} - {page['publisher'] or '어느 누리집'}</title>"
    return f"<html><head>{head}</head><body><div>{lines}</div></body></html>"


# Without a line of its own in the body such a page has no title in its tags.
SAVED = [name for name in PAGES if PAGES[name]["day"] == "2021-03-04"]


@pytest.mark.parametrize(
    ("name", "is_saved"), [(name, False) for name in PAGES] + [(name, True) for name in SAVED]
)
def test_a_page_gives_its_article_and_no_more(name, is_saved):
    expected = PAGES[name]
    page = parse_html(as_html(expected)) if is_saved else parse_page(expected["text"])
    lines = page["text"].split("\n")
    assert [line for line in lines if line in expected["keeps"]] == expected["keeps"]
    assert len(lines) <= len(expected["keeps"]) + expected["extra"]
    assert (page["title"], page["publisher"]) == (expected["title"], expected["publisher"])
    assert day(page["date"]) == (expected["day"] or "NaT")
    assert page["date_basis"] == ("metadata" if expected["day"] else "unknown")
    assert {rule for rule, _ in page["removed"]} <= RULES["removed"].keys()


BETWEEN = """공유하기|글자크기 설정|이미지 확대보기|▲ 벤처촌 전경. (사진=가람시)|[사진=김하늘 기자]|관련기사
☞ 이웃 군 소식 더 보기|#창업 #벤처촌|[ 현장 ]|창고를 고쳐 제작실로""".replace("\n", "|").split("|")


@given(
    st.lists(st.integers(2, 900), min_size=8, max_size=8, unique=True),
    st.lists(st.tuples(st.sampled_from(BETWEEN), st.integers(0, 8)), max_size=12),
)
def test_no_sentence_of_an_article_is_lost(numbers, between):
    text = "가람시는 4일 기업 {}곳의 창업 활동과 연구를 지원하는 계획을 마련했다고 밝혔다."
    paragraphs = list(map(text.format, numbers))
    lines = [*paragraphs]
    for line, place in between:
        lines.insert(place, line)
    frame = ["벤처촌 두 배로", "입력 2021.03.04", *lines, "ⓒ 한빛 무단전재 금지"]
    page = parse_page("\n".join(frame))
    assert [line for line in page["text"].split("\n") if line in paragraphs] == paragraphs
    assert "ⓒ" not in page["text"] and "(사진=" not in page["text"]


def test_removed_lines_are_counted_under_korean_names(tmp_path):
    (tmp_path / "a.txt").write_text(PAGES["byline"]["text"], encoding="utf-8")
    removed = read_documents(tmp_path).removed
    assert set(removed["publisher"]) == {"나루신문"}
    counts = removed.set_index("rule")["n_lines"]
    assert counts["입력 시각"] == 1 and counts["사진 설명"] == 1 and counts["기자 이름"] == 2


def test_the_day_below_a_title_is_read_and_not_left_out(tmp_path):
    plain = "부산 센터가 문을 열었다\n2015-03-16\n\n센터가 16일 문을 열었다.\n"
    (tmp_path / "a.txt").write_text(plain, encoding="utf-8")
    (tmp_path / "b.txt").write_text("보도자료\n배포일 2015. 3. 16.\n" + plain, encoding="utf-8")
    reading = read_documents(tmp_path, defaults={"publisher": "가나부"})
    assert reading.documents["date"].eq("2015-03-16").all()
    assert reading.removed[["publisher", "n_lines"]].values.tolist() == [
        ["가나부", 3]
    ]  # the form of b


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        (
            (plain := "첫 문장이다. 둘째 문장도 짧다.\n셋째 문장은 사진을 말한다.\n"
             "무단 전재를 금지한 법이 통과됐다고 국회가 밝혔다.\n댓글을 다는 사람이 늘었다."),
            "첫 문장이다.",
            plain,
        ),
        ("창업 지원\n사무 공간\n시제품 제작\n공동 연구", "창업 지원", "사무 공간\n시제품 제작\n공동 연구"),
        (
            f"제목\n{BODY}\n▲ 사무 공간: 서른 곳\n비율은 3%로 나타났다(자료: 통계청).",
            "제목",
            f"{BODY}\n▲ 사무 공간: 서른 곳\n비율은 3%로 나타났다(자료: 통계청).",
        ),
        (f"제목\n[현장에서] {BODY}\nⓒ 나루신문 무단전재 금지", "제목", f"[현장에서] {BODY}"),
    ],
)  # fmt: skip
def test_lines_that_only_look_like_a_site_s_stay(text, title, body):
    page = parse_page(text)
    assert (page["title"], page["text"]) == (title, body)


@pytest.mark.parametrize(("line", "name"), CASES["notices"])
def test_publisher_of_a_last_line(line, name):
    assert parse_page(f"제목\n{BODY}\n{line}")["publisher"].startswith(name)


@pytest.mark.parametrize(("lead", "name"), CASES["leads"])
def test_a_lead_in_names_the_publisher_and_goes(lead, name):
    page = parse_page(f"제목\n{lead}{BODY}")
    assert (page["publisher"], page["text"]) == (name, BODY)


@pytest.mark.parametrize(("stamp", "expected"), CASES["stamps"])
def test_stamps(stamp, expected):
    assert day(parse_page(f"제목\n{stamp}\n{BODY}")["date"]) == expected


@pytest.mark.parametrize(("lead", "expected", "basis"), CASES["lead_dates"])
def test_dates_in_the_lead_are_never_completed_by_guessing(lead, expected, basis):
    page = parse_page(f"제목\n{lead}\n{PARAGRAPHS[1]}")
    assert (day(page["date"]), page["date_basis"]) == (expected, basis)


def test_the_head_of_a_release_names_its_ministry_and_a_field_its_address():
    page = parse_page(f"가람산업부 보도자료\n2018. 2. 5.\n창업 지원\n{BODY}")
    told = page["publisher"], page["genre_guess"], page["title"], day(page["date"])
    assert told == ("가람산업부", "press_release", "창업 지원", "2018-02-05")
    url = "https://example.org/1"
    page = parse_page(f"제목: 창업 지원\n날짜: 2018-02-05\n원문주소: {url}\n{BODY}")
    assert (page["url"], page["text"]) == (url, BODY)


@pytest.mark.parametrize(
    ("text", "title", "found"),
    [
        (
            f"제목: 창업 지원\n날짜: 2023-07-20\n언론사: 나루신문\n본문: {BODY}",
            "창업 지원",
            "2023-07-20",
        ),
        (
            f"[제목] 창업 지원\n[일자] 2023.07.20\n[매체] 나루신문\n{BODY}",
            "창업 지원",
            "2023-07-20",
        ),
        (
            f"2023년 7월 20일 창업 지원 브리핑\n{BODY}",
            "2023년 7월 20일 창업 지원 브리핑",
            "2023-07-20",
        ),
        (
            f"창업 지원에 대한 논평\n{BODY}\n2023. 7. 20.\n가람시민연대",
            "창업 지원에 대한 논평",
            "2023-07-20",
        ),
        (f"행사 개요\n내용: 창업\n{BODY}", "행사 개요", "NaT"),  # one label makes no form
    ],
)
def test_fields_and_days_that_a_collector_or_author_wrote(text, title, found):
    page = parse_page(text)
    assert (page["title"], day(page["date"])) == (title, found)
    assert page["publisher"] == ("나루신문" if "나루신문" in text else "")
    assert BODY in page["text"] and "언론사" not in page["text"] and "[매체]" not in page["text"]


def test_a_speech_is_told_by_its_title(tmp_path):
    for name in ("광복절 경축사", "장관 이임사", "경축사 논란"):
        (tmp_path / f"{hash(name)}.txt").write_text(
            f"{name}\n2016-03-04\n\n{PARAGRAPHS[0]}", "utf-8"
        )
    documents = read_documents(tmp_path).documents.set_index("title")
    assert documents["genre"].to_dict() == {
        "광복절 경축사": "speech", "장관 이임사": "speech", "경축사 논란": "other",
    }  # fmt: skip


def test_a_speech_keeps_its_first_words():
    lines = ["존경하는 국민 여러분.", "저는 오늘 약속드립니다.", "고맙습니다."]
    assert parse_page("\n".join(lines))["text"].split("\n") == lines


MENU = "<ul><li>알림소식</li><li>보도자료</li></ul><h3>보도자료</h3>"
FOOT = "<footer>{} | 등록일: 2009-05-11<br>저작권자 © {} 무단전재 및 재배포 금지</footer>"
PS = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
BOARD = (
    "<table class=view><tr><th>제목</th><td colspan=3>창업 지원 늘린다</td></tr><tr><th>부서</th><td>창업과</td>"
    "<th>작성일</th><td>2019-11-21</td></tr><tr><th>조회수</th><td>1,204</td></tr><tr><td colspan=4>{}</td></tr></table>"
)
OLD = (
    "<table><tr><td colspan=3>홈 | 정치 | 경제</td></tr><tr><td>전체기사<br>기획연재</td><td><table><tr><td><b>창업 지원 늘린다</b>"
    "</td></tr><tr><td>2019년 11월 21일 (목) 17:40:12</td></tr><tr><td>{}</td></tr></table></td><td>인기기사<br>방조제 관광객</td>"
    "</tr><tr><td colspan=3>Copyright 2003 나루신문 All rights reserved.</td></tr></table>"
)


@pytest.mark.parametrize(
    ("title", "head", "body", "publisher"),
    [
        ("보도자료 | 가람산업부", "", MENU + BOARD.format(PS), "가람산업부"),
        (
            "가람산업부 &gt; 보도자료 상세보기",
            "",
            f"<div>홈 &gt; 소식</div><h3>창업 지원 늘린다</h3><dl><dt>작성일</dt><dd>2019-11-21</dd></dl><div>{PS}</div>",
            "가람산업부",
        ),
        (
            "연설문 - 창업 지원 늘린다 | 대통령기록관",
            "",
            f"<nav>기록관소개 연설문 정보공개</nav><h2>창업 지원 늘린다</h2><table><tr><th>연설일자</th><td>2019.11.21</td>"
            f"<th>대통령</th><td>홍길동</td></tr></table><div>{PS}</div>",
            "",
        ),
        ("알림소식 > 보도자료", "", MENU + BOARD.format("<br>".join(PARAGRAPHS[:2])), ""),
        ("나루신문", "", OLD.format(PS), "나루신문"),
        (
            "",
            "",
            "<table><tr><td><b>창업 지원 늘린다</b></td></tr><tr><td>[나루신문 2019-11-21 18:20]</td></tr>"
            f"<tr><td>{PS}</td></tr></table>",
            "나루신문",
        ),
        (
            "창업 지원 늘린다 - 나루신문",
            "",
            "<header><time datetime='2026-11-30'>오늘</time></header><main><h1>창업 지원 늘린다</h1>"
            f"<div>홍길동 기자 | 입력 2019.11.21 18:02</div>{PS}</main>" + FOOT.format("나루신문", "나루신문"),
            "나루신문",
        ),
        (
            "창업 지원 늘린다 - 정책뉴스 | 뉴스 | 대한민국 정책브리핑",
            "<meta property='og:site_name' content='대한민국 정책브리핑'>",
            f"<h1>창업 지원 늘린다</h1><div><span>2019.11.21</span><span>가람산업부</span></div>{PS}",
            "가람산업부",
        ),
        (
            "창업 지원 늘린다",
            "<meta property='og:site_name' content='네이버 뉴스'><meta property='og:article:author' content='나루일보 | 네이버'>",
            f"<h2>창업 지원 늘린다</h2><em>입력</em><span>2019.11.21. 오후 2:05</span><article>{PS}</article>",
            "나루일보",
        ),
        (
            "창업 지원 늘린다",
            '<script type="application/ld+json">{"@type":"ItemList","itemListElement":[{"@type":"NewsArticle",'
            '"headline":"다른 기사","datePublished":"2025-01-02"}]}</script><script type="application/ld+json">'
            '{"@type":"NewsArticle","headline":"창업 지원 늘린다","datePublished":"2019-11-20T23:00:00Z"}</script>',
            f"<h1>창업 지원 늘린다</h1>{PS}<ul><li><time datetime='2024-01-01'>다른 기사</time></li></ul>",
            "",
        ),
    ],
)  # fmt: skip
def test_what_saved_pages_of_boards_papers_and_portals_say(title, head, body, publisher):
    """The title of the text and not of its board, its own day, its outlet; no field, menu or table."""
    page = parse_html(f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>")
    assert (page["title"], page["publisher"]) == ("창업 지원 늘린다", publisher)
    assert (day(page["date"]), page["date_basis"]) == ("2019-11-21", "metadata")
    assert page["text"].replace("\n", "").startswith("".join(PARAGRAPHS[:2]))
    assert not any(word in page["text"] for word in ("|", "1,204", "창업과", "방조제", "전체기사"))


DIVIDED = {
    "rules": "\n" + "=" * 20 + "\n",
    "stars": "\n\n* * *\n\n",
    "empty lines": "\n\n\n\n",
    "numbers": "\n\n[2] ",
}


@pytest.mark.parametrize("name", [*DIVIDED, "fields", "short", "one"])
def test_articles_in_one_text_are_parted_where_each_has_its_day(tmp_path, name):
    days = ["2016-03-04", "2016-03-05"]
    body = "\n\n".join(PARAGRAPHS[:3])
    form = "제목: {}\n날짜: {}\n{}" if name in ("fields", "short") else "{}\n{}\n\n{}"
    parts = [form.format(f"창업 지원 {n}호", day, body) for n, day in enumerate(days)]
    if name == "short":  # said to be one by its fields
        parts[1] = form.format("창업 지원 1호", days[1], "시가 돕는다.")
    if name == "one":  # rules between its parts
        parts = [parts[0], *PARAGRAPHS[3:5]]
    (tmp_path / "모음.txt").write_text(DIVIDED.get(name, "\n---\n").join(parts), "utf-8")
    documents = read_documents(tmp_path).documents
    found = [str(one)[:10] for one in documents["date"]]
    assert found == (days[:1] if name == "one" else days)
    assert documents["title"].tolist() == [f"창업 지원 {n}호" for n in range(len(found))]
    own = (PARAGRAPHS[0], "시가 돕는다.")
    assert all(text.startswith(own) for text in documents["text"])


def test_numbered_parts_of_an_article_are_no_articles():
    head, *parts = (f"{PARAGRAPHS[n]}\n{PARAGRAPHS[n + 1]}" for n in range(4))
    parts = zip(("1. 배경\n", "2. 내용\n2016-03-04\n", "3. 계획\n2016-04-01\n"), parts, strict=True)
    text = "\n".join(["창업 지원", "2016-03-03", head, *(number + own for number, own in parts)])
    assert articles_within(text) == [(1, text)]


def test_articles_that_nothing_parts_are_told(tmp_path):
    day = "<h3>창업 지원</h3><p>나루일보 2016.03.0{}</p>{}"
    page = "".join(day.format(n, f"<p>{PARAGRAPHS[n]}</p>" * 2) for n in range(1, 4))
    (tmp_path / "a.html").write_text(f"<html><body><h1>동향</h1>{page}</body></html>", "utf-8")
    reading = read_documents(tmp_path)
    assert len(reading.documents) == 1
    assert "날짜만 적힌 줄이 3개 있습니다" in reading.notes["reason"][0]


def test_a_page_that_goes_on_with_the_next_article_is_two(tmp_path):
    form = "<article><h1>창업 지원 {}호</h1><p>등록 2016-03-0{} 09:00</p>{}</article>"
    articles = [form.format(n, n, "".join(f"<p>{p}</p>" for p in PARAGRAPHS)) for n in (4, 5)]
    page = f"<html><body>{''.join(articles)}</body></html>"
    (tmp_path / "a.html").write_text(page, "utf-8")
    documents = read_documents(tmp_path).documents
    assert [str(one)[:10] for one in documents["date"]] == ["2016-03-04", "2016-03-05"]
    assert documents["title"].tolist() == ["창업 지원 4호", "창업 지원 5호"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("16.03.04 10:20", "2016-03-04"),
        ("20160304 10:20", "2016-03-04"),
        ("단기 4291년 8월 15일", "1958-08-15"),
        ("(2016. 3. 4.(금), 서울 코엑스)", "2016-03-04"),
        ("- 2016년 3월 4일 -", "2016-03-04"),
        ("나루일보 2016.3.4", "2016-03-04"),
        ("2016년 3월 4일, 독립기념관", "2016-03-04"),
        ("2016-03", "NaT"),
        ("2016.02.30", "NaT"),
    ],
)
def test_the_line_below_a_title_that_is_a_day(tmp_path, line, found):
    (tmp_path / "a.txt").write_text(f"창업 지원 확대\n{line}\n\n{PARAGRAPHS[0]}\n", "utf-8")
    reading = read_documents(tmp_path)
    one = reading.documents.iloc[0]
    assert (str(one["date"])[:10], one["text"]) == (found, PARAGRAPHS[0])
    assert str(one["date_to"])[:10] == ("2016-03-31" if line == "2016-03" else found)
    assert ("2016.02.30" in "".join(reading.notes["reason"])) == (line == "2016.02.30")


ROW = "<tr><td>{}</td><td><a href=x>창업 지원 계획 {}차 발표</a></td></tr>"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            "<h1>페이지를 찾을 수 없습니다</h1><p>삭제되었거나 주소가 바뀌었습니다.</p>",
            "글이 없다고",
        ),
        (f"<table>{''.join(ROW.format(n, n) for n in range(9))}</table>", "목록만"),
        (
            "<h1>개인정보처리방침</h1>" + "<p>저희는 개인정보를 중요하게 여깁니다.</p>" * 30,
            "글이 없다고",
        ),
        ("<p>비정상적인 접속이 감지되었습니다. 로봇이 아님을 확인해 주세요.</p>", "글이 없다고"),
        ("<h1>쿠키 사용 안내</h1><p>더 나은 이용을 위해 쿠키를 사용합니다.</p>", "글이 없다고"),
        ("<h1>문서 뷰어</h1><iframe src=a.pdf></iframe>", "본문을 찾지 못했습니다"),
    ],
)
def test_pages_without_an_article_are_rejects(tmp_path, body, told):
    (tmp_path / "a.html").write_text(f"<html><body>{body}</body></html>", "utf-8")
    assert told in read_documents(tmp_path).rejects["reason"][0]


def test_menus_comments_and_visits_of_a_page_stay_out(tmp_path):
    menu = "<ul><li><a>금리 동결 2018.09.19</a></li></ul>"
    comments = f"<div class=comment-list><p>{'세금이 아깝다고 생각한다. ' * 3}</p></div>"
    text = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
    page = f"{menu}<h1>창업 지원 확대</h1>{text}{comments}<footer>최종접속 2024.05.06</footer>"
    (tmp_path / "a.html").write_text(f"<html><body>{page}</body></html>", "utf-8")
    one = read_documents(tmp_path).documents.iloc[0]
    assert (one["text"].split("\n")[:-1], str(one["date"])) == ([*PARAGRAPHS], "NaT")


def test_minutes_saved_as_a_page_have_their_day_and_title(tmp_path):
    turns = "".join(
        f"<b>◯위원장 윤가람</b><p>{one}</p><b>◯김다솜 위원</b><p>네.</p>" for one in PARAGRAPHS
    )
    head = "<h1>제402회국회 위원회회의록</h1><dl><dt>일시</dt><dd>2023년 2월 15일(수)</dd></dl>"
    page = f"<html><head><title>회의록</title></head><body><div>회의록시스템 | 검색</div>{head}<div>{turns}</div></body></html>"
    (tmp_path / "a.html").write_text(page, "utf-8")
    one = read_documents(tmp_path).documents.iloc[0]
    assert one["title"] == "제402회국회 위원회회의록"
    assert (one["genre"], str(one["date"])[:10]) == ("minutes", "2023-02-15")


def test_a_page_saved_as_one_file(tmp_path):
    message = email.message.EmailMessage()
    message["Subject"] = "창업 지원"
    message.set_content("글")
    message.add_alternative(
        html_page(stamp="승인 2019.04.22 11:43"), subtype="html", charset="utf-8"
    )
    (tmp_path / "a.mhtml").write_bytes(message.as_bytes())
    (row,) = read_documents(tmp_path).documents.to_dict("records")
    assert PARAGRAPHS[0] in row["text"] and str(row["date"])[:10] == "2019-04-22"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("(230720) 보도자료.txt", "2023-07-20"), ("보도자료_230720.txt", "2023-07-20"),
        ("특구(23.7.20).txt", "2023-07-20"), ("230720조간_특구.txt", "2023-07-20"),
        ("23-07-20 특구.txt", "2023-07-20"), ("특구 201005.txt", "NaT"), ("민원 123456.txt", "NaT"),
        ("2019년 3월 4일 동향", "2019-03-04"), ("2019.3.4조간", "2019-03-04"),
        ("2019년 3월 4주차 동향", "NaT"),  # a week is no day
    ],
)  # fmt: skip
def test_days_in_names_of_files(name, found):
    assert day(filename_date(name)) == found


@pytest.fixture
def officials(tmp_path, monkeypatch):
    (tmp_path / "officials.csv").write_text(
        "name,organisation,rank,start,end,note,source,verified\n"
        "홍길동,가람부,장관,2014-07-16,2016-03-10,,,no\n"
        "성춘향,다온부,장관,2015-02-01,,,,no\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(pages, "REFERENCE", tmp_path)


@pytest.mark.parametrize(("sentence", "first", "last"), CASES["officials"])
def test_officials_bound_the_date(officials, sentence, first, last):
    page = parse_page(f"제목\n{PARAGRAPHS[1]}\n{sentence}")
    span = page["date"]
    found = [str(part)[:10] for part in (span.date, span.date_from, span.date_to)]
    assert found == ["NaT", first, last]
    assert page["date_basis"] == ("unknown" if first == "NaT" else "officials")


def test_a_month_and_day_is_completed_when_one_year_of_a_term_fits(officials):
    lead = "가람부는 5월 12일 창업 지원 계획을 마련했다고 밝혔다."
    one = parse_page(f"제목\n{lead}\n홍길동 장관과 성춘향 장관이 참석해 이야기를 나누었다.")
    assert (day(one["date"]), one["date_basis"]) == ("2015-05-12", "officials")
    two = parse_page(f"제목\n{lead.replace('5월', '2월')}\n홍길동 장관이 참석해 이야기를 나누었다.")
    assert day(two["date"]) == "NaT"


def test_widgets():
    widgets = "댓글 0|글자크기 설정|0 / 300|페이스북 트위터 카카오톡 URL복사|0개의 댓글".split("|")
    own = ["창업 지원", "기자 간담회 개최", "3,000명이 모였다", "언어를 배우다"]
    assert [is_widget(line) for line in widgets + own] == [True] * 5 + [False] * 4


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
    assert row["text"] == BODY


PUBLISHED = '<script type="application/ld+json">{"datePublished": "2019-03-05T20:00:00Z"}</script>'
MODIFIED = '<meta property="article:modified_time" content="2020-01-01">'


@pytest.mark.parametrize(
    ("meta", "stamp", "expected"),
    [
        ("", "입력 2019. 3. 5. 오전 9:00", "2019-03-05"),
        ("", "", "NaT"),
        (PUBLISHED, "", "2019-03-06"),
        (MODIFIED, "입력 2019.03.05", "2019-03-05"),
        ("", "2019-03-05 15:22 | 최종수정 2019-03-06 09:00", "2019-03-05"),
    ],
)
def test_html_dates_are_the_page_s_own(meta, stamp, expected):
    assert day(parse_html(html_page(meta=meta, stamp=stamp))["date"]) == expected


@pytest.mark.parametrize(
    ("head", "genre"),
    [
        ("<title>가람산업부 > 보도자료 상세보기</title>", "press_release"),
        ('<script type="application/ld+json">{"@type": "NewsArticle"}</script>', "news"),
        ("<title>보도자료 조작 의혹</title>", ""),
    ],
)
def test_the_kind_of_a_page_is_told_by_its_markup(head, genre):
    page = f"<html><head>{head}</head><body><h1>창업 지원 늘린다</h1>{PS}</body></html>"
    assert parse_html(page)["genre_guess"] == genre


@pytest.mark.skipif(not SEEDS.is_dir(), reason="../shared/seeds 폴더가 없어 건너뜁니다")
@pytest.mark.parametrize(("number", "publisher", "expected", "bounds", "n_lines"), CASES["seeds"])
def test_seeds(number, publisher, expected, bounds, n_lines):
    path = next(SEEDS.glob(f"{number}_*.txt"))
    row = read_documents(path).documents.loc[0]
    raw = [line for line in normalise(path.read_text(encoding="utf-8")).split("\n") if line]
    assert publisher in row["publisher"] and str(row["date"])[:10] == expected
    assert str(row["date_from"]).startswith(bounds[0]) and str(row["date_to"]).startswith(bounds[1])
    if number != "002":
        assert row["title"] == raw[0]
    lines = row["text"].split("\n")
    assert len(lines) == len(set(lines)) == n_lines
    # In the order of the page, each line a line of it or the end of one.
    places = [next(i for i in reversed(range(len(raw))) if raw[i].endswith(line)) for line in lines]
    assert places == sorted(places)
    site = "댓글 기사 무단 © ⓒ Copyright 기자= @ 글자 닫기 (사진 (자료: ▲".split()
    assert not [word for word in site if word in row["text"].replace(" ", "")]


# Attachments


def write_docx(path: Path, lines: tuple) -> None:
    document = Document()
    document.add_table(1, 1).cell(0, 0).text = lines[0]
    for line in lines[1:]:
        runs = document.add_paragraph(line[:3])._p  # the rest inserted as a tracked change
        runs.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>{line[3:]}</w:t></w:r></w:ins>"))
    document.save(path)


@pytest.mark.parametrize(
    "write", [write_hwpx, write_docx, lambda path, lines: write_pdf(path, lines, FONT)]
)
def test_an_attachment_gives_title_day_and_body(tmp_path, write):
    write(tmp_path / "붙임.hwp", RELEASE)
    row = read_documents(tmp_path).documents.loc[0]
    assert (row["title"], row["genre"]) == (RELEASE[2], "press_release")
    assert "".join(row["text"].split()) == "".join(BODY.split())
    assert str(row["date"])[:10] == "2024-03-05"


def test_short_lines_of_a_document_are_its_own(tmp_path):
    items = ("추진 배경", "투자 위축", "주요 내용", "거점 마련", PARAGRAPHS[1], "향후 계획", "공모")
    head = ("보도자료", "배포 일시 2019. 3. 4.(월)", "창업 계획")
    write_hwpx(tmp_path / "계획.hwpx", (*head, *items))
    row = read_documents(tmp_path).documents.loc[0]
    assert (row["title"], row["text"]) == ("창업 계획", "\n".join(items))


@pytest.mark.parametrize("is_compressed", [True, False])
def test_hwp5_with_sections_and_a_table(tmp_path, is_compressed):
    sections = [RELEASE[:5], RELEASE[5:]]
    cells = ("가람산업부는 담당 과를 두었다고 밝혔다.", "문의는 누리집에서 받는다고 밝혔다.")
    write_hwp5(tmp_path / "붙임.hwp", sections, cells=cells, is_compressed=is_compressed)
    row = read_documents(tmp_path).documents.loc[0]
    assert (row["title"], row["text"]) == (RELEASE[2], "\n".join([BODY, *cells]))


def locked_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", BODY)
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + place] |= 1
    path.write_bytes(data)


def encrypted_hwpx(path: Path) -> None:
    write_hwpx(path, RELEASE)
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    members["META-INF/manifest.xml"] = b'<m xmlns="x"><encryption-data/></m>'
    with zipfile.ZipFile(path, "w") as target:
        for name, data in members.items():
            target.writestr(name, data)


PACKAGE = {"EncryptionInfo": bytes(100), "EncryptedPackage": bytes(900)}
LOCKED = {  # file -> how it is written, and a word of the reason
    "a.pdf": (lambda path: write_pdf(path, RELEASE, FONT, password="secret"), "암호가 걸린"),
    "b.xlsx": (lambda path: write_compound(path, PACKAGE), "암호가 걸린"),
    "c.zip": (locked_zip, "암호가 걸린"),
    "d.hwpx": (encrypted_hwpx, "보호"),
    "e.hwp": (lambda path: write_hwp5(path, [RELEASE], flags=2), "보호"),  # password
    "f.hwp": (lambda path: write_hwp5(path, [RELEASE], flags=4), "보호"),  # distribution only
    "g.hwp": (lambda path: write_hwp5(path, [RELEASE], flags=16), "보호"),  # rights management
    "h.hwp": (lambda path: path.write_bytes(b"HWP Document File V3.00 \x1a" + bytes(100)), "3.0"),
    "i.pdf": (lambda path: write_pdf(path, PARAGRAPHS[1:3]), "한글로"),
    "j.pdf": (lambda path: write_pdf(path, ("1",), FONT), "스캔"),
    "k.pdf": (lambda path: path.write_bytes(b"%PDF-1.7\n" + bytes(100)), "망가졌"),
}


@pytest.mark.parametrize("name", LOCKED)
def test_what_cannot_be_opened_says_why(tmp_path, name):
    write, word = LOCKED[name]
    write(tmp_path / name)
    (reason,) = read_documents(tmp_path).rejects["reason"]
    assert word in reason


# Service answers and feeds


def test_service_answer(tmp_path):
    (tmp_path / "a.xml").write_text(api_xml(), encoding="utf-8")
    reading = read_documents(tmp_path)
    row = reading.documents.loc[0]
    assert reading.files["kind"].tolist() == ["korea_kr"]
    found = (row["doc_id"], row["title"], row["publisher"], row["genre"], row["text_kind"])
    assert found == ("148900001", "창업 지원 계획 & 일정", "가람산업부", "press_release", "full")
    assert str(row["date"])[:10] == "2026-05-08"
    assert row["text"].split() == ["첫", "문단이다.", "둘째", "문단이다."]
    assert row["url"] == "https://www.korea.example/view.do?newsId=148900001"


def test_answers_without_articles_and_with_entities_are_rejects(tmp_path):
    header = "<header><resultCode>3</resultCode><resultMsg>NODATA_ERROR</resultMsg></header>"
    (tmp_path / "a.xml").write_text(f"<response>{header}</response>", encoding="utf-8")
    entities = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    for tag in ("NewsItem", "rss"):
        bomb = f'<?xml version="1.0"?>{entities}<{tag}>&b;</{tag}>'
        (tmp_path / f"b {tag}.xml").write_text(bomb, encoding="utf-8")
    reasons = read_documents(tmp_path).rejects["reason"]
    assert "(코드 3 NODATA_ERROR)" in reasons[0]
    assert reasons.str.contains("ENTITY").tolist() == [False, True, True]


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
    assert set(documents["text_kind"]) == {"excerpt"} and set(documents["genre"]) == {"news"}


# Releases that only point at their attachment


def test_a_stub_is_joined_with_its_attachment(tmp_path):
    (tmp_path / "a.xml").write_text(api_xml(STUB), encoding="utf-8")
    alone = read_documents(tmp_path)
    assert alone.documents.loc[0, "text_kind"] == "excerpt"
    assert "첨부파일을 가리키기만" in alone.notes.loc[0, "reason"]
    write_hwpx(tmp_path / "148900001_붙임.hwpx", RELEASE)
    write_pdf(tmp_path / "148900001_붙임.pdf", RELEASE, FONT)
    write_hwpx(tmp_path / "다른 자료.hwpx", ("다른 보도자료 제목", *PARAGRAPHS[:2]))
    reading = read_documents(tmp_path)
    assert len(reading.documents) == 2 and (reading.files["status"] == "read").all()
    joined = reading.documents.set_index("doc_id").loc["148900001"]
    assert joined["text_sha256"] == text_sha256(joined["text"]) and reading.notes.empty
    assert joined["text"] == f"{STUB}\n{BODY}" and joined["text_kind"] == "full"
    assert reading.files["n_documents"].tolist() == [0, 0, 1, 1]


def test_a_page_that_is_a_stub_is_joined_by_file_name(tmp_path):
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    page = html_page(stamp="입력 2019.03.05").replace(body, f"<p>{STUB}</p>")
    (tmp_path / "창업계획.html").write_text(page, encoding="utf-8")
    write_hwpx(tmp_path / "창업계획_1.hwpx", RELEASE)
    (text,) = read_documents(tmp_path).documents["text"]
    assert PARAGRAPHS[4] in text
