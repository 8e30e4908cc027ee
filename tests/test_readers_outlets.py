"""Pages in the shapes of many kinds of outlets: the same rules have to do for all of them."""

from __future__ import annotations

import html
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytext import bench
from policytext.readers.html import parse_html
from policytext.readers.pages import parse_page

BODY = (
    "가람시가 벤처촌에 들어올 기업을 두 배로 늘린다고 4일 밝혔다.",
    "시는 빈 창고 열두 동을 고쳐 시제품 제작실과 회의실을 꾸민다.",
    "입주 기업은 임차료를 절반만 내고 대학 연구실의 장비도 함께 쓸 수 있다.",
    "“장비가 없어 미뤄 둔 실험을 이제 할 수 있다”고 한 기업인은 말했다.",
    "시 관계자는 “성과를 살펴 내년에는 이웃 군으로 넓히겠다”고 덧붙였다.",
)
SPOKEN = (
    "가람시의 낡은 창고가 창업 공간으로 다시 태어납니다.",
    "시는 빈 창고 열두 동을 고쳐 시제품 제작실을 꾸미기로 했습니다.",
    "지난해 문을 연 첫 제작실에는 기업 서른 곳이 다녀갔습니다.",
    "입주 기업은 임차료를 절반만 내면 됩니다.",
)
RELEASE = (
    "□ 가람산업부(장관 홍길동)는 3월 4일(목) 창업 기업 수출 지원단을 발족하였다.",
    "ㅇ 지원단은 해외 인증, 통관, 현지 마케팅을 한 창구에서 돕는다.",
    "- 올해는 60개사를 뽑아 기업마다 최대 3천만 원을 지원할 계획이다.",
    "* 신청은 3월 15일부터 누리집에서 받음",
    "□ 홍길동 장관은 “작은 기업도 세계 시장에 설 수 있게 하겠다”고 밝혔다.",
)
ONE, TWO, THREE, FOUR, FIVE = BODY
TITLE = "가람시 벤처촌 입주 기업 두 배로"

REGIONAL = f"""본문 바로가기
한빛일보
로그인 회원가입
전체기사 정치 경제 사회 문화
{TITLE}
입력 2021-03-04 (목) 10:11:12 수정 2021-03-05 (금) 17:20:01
김하늘 기자 sky@hanbit.example.kr
페이스북 트위터 카카오스토리
가- 가+
▲ 가람시 벤처촌 전경. 가람시 제공
{ONE}
{TWO}
관련 기사
이웃 군, 새 산단 첫 삽
강변 축제 다시 연다
{THREE}
{FOUR}
{FIVE}
김하늘 기자 sky@hanbit.example.kr
ⓒ 한빛일보, 무단 전재 및 재배포 금지
많이 본 뉴스
1
강변 축제 다시 연다"""

MINISTRY = f"""홈 > 알림·소식 > 보도자료
보도자료
창업 기업 수출 지원단 발족
작성자 대변인실
등록일 2021년 3월 4일(목)
조회수 1,204
첨부파일 창업 수출 지원단.hwpx (210KB) 바로보기 다운로드
보도 시점 2021. 3. 4.(목) 12:00 배포 2021. 3. 4.(목) 09:00
담당 부서 창업지원과 책임자 과 장 김하늘 (044-000-0000)
담당자 사무관 이바다 (044-000-0001)
창업 기업 수출 지원단 발족
- 해외 판로와 인증을 한곳에서 -
{chr(10).join(RELEASE)}
붙임 : 지원단 개요 1부. 끝.
이 보도자료는 공공누리 제1유형으로 이용할 수 있습니다.
이전글 전통시장 나들이 행사
다음글 봄맞이 안전 점검
목록"""

MINISTRY_TABLE = f"""보도자료
배포 일시
2021. 3. 4.(목)
담당 부서
창업지원과
책임자
과장 김하늘 (044-000-0000)
담당자
사무관 이바다 (044-000-0001)
창업 기업 수출 지원단 발족
{chr(10).join(RELEASE)}
"""

ENGLISH_BYLINE = f"""{TITLE}
By Kim Ha-neul
Published : 2021.03.04 10:11
Updated : 2021.03.05 09:00
Share
Print
{chr(10).join(BODY)}
sky@hanbit.example.kr
Copyright ⓒ Hanbit Times. All rights reserved."""

BROADCAST = f"""{TITLE}
입력 2021.03.04 (10:11)
수정 2021.03.04 (17:20)
뉴스 9
읽어주기 기능은 크롬기반의 브라우저에서만 사용하실 수 있습니다.
[앵커]
{SPOKEN[0]}
김하늘 기자입니다.
[리포트]
{SPOKEN[1]}
{SPOKEN[2]}
{SPOKEN[3]}
한빛뉴스 김하늘입니다.
촬영기자:이바다/영상편집:박산들
■ 제보하기
▷ 카카오톡 : '한빛제보' 검색
▷ 전화 : 02-000-0000
많이 본 뉴스
강변 축제 다시 연다"""

PORTAL = f"""{TITLE}
입력2021.03.04. 오전 10:11
수정2021.03.04. 오후 5:20
기사원문
김하늘 기자
공감 12
댓글 3
본문 요약봇
텍스트 음성 변환 서비스 사용하기
글자 크기 변경하기
SNS 보내기
{ONE}
{TWO}
[한빛경제 자료사진]
{THREE}
{FOUR}
{FIVE}
김하늘 기자 (sky@hanbit.example.kr)
Copyright ⓒ 한빛경제. All rights reserved. 무단 전재 및 재배포 금지.
이 기사는 언론사에서 경제 섹션으로 분류했습니다.
기사 섹션 분류 안내
강변 축제 다시 연다"""

DATE_FIRST = f"""한들신문
2021년 3월 4일(목)
경제
{TITLE}
빈 창고 열두 동 고쳐 제작실로
김하늘 기자
{chr(10).join(BODY)}
저작권자 © 한들신문 무단전재 및 재배포 금지
김하늘 기자의 다른 기사
강변 축제 다시 연다"""

LINKS_INSIDE = f"""[단독] {TITLE}
김하늘 기자 | 승인 2021.03.04 10:11 | 호수 1234
{ONE}
▶ 관련기사 : 이웃 군, 새 산단 첫 삽
{TWO}
[관련기사] 강변 축제 다시 연다
{THREE}
☞ 이웃 군 소식 더 보기
{FOUR}
{FIVE}
<저작권자 ⓒ 한들저널, 무단 전재 및 재배포 금지>"""

MAGAZINE = f"""월간 누리 > 현장
낡은 창고에서 시작하는 창업
글 김하늘 사진 이바다
2021.03.04
{chr(10).join(SPOKEN)}
#창업 #벤처촌
출처: 월간 누리
이전 글
다음 글"""

NOTICE_BOARD = f"""공지사항
제목
{TITLE}
작성자
기획팀
작성일
2021-03-04
조회
1,204
첨부
{chr(10).join(BODY)}
목록"""

STAMP_AFTER = f"""{TITLE}
2021.03.04 10:11 입력
2021.03.05 17:20 수정
【가람=한들통신】김하늘 기자 = {ONE}
{TWO}
{THREE}
{FOUR}
{FIVE}
/ sky@handeul.example.kr
[ⓒ 한들통신. 무단전재 및 재배포 금지]
이 시각 주요뉴스
강변 축제 다시 연다"""

COLUMN = f"""오피니언
[기고] 창고가 실험실이 되려면
김하늘 가람대 교수
입력 : 2021.03.04 03:26
기사 스크랩 공유 인쇄
{chr(10).join(SPOKEN)}
※ 외부 필자의 글은 본지의 편집 방향과 다를 수 있습니다.
Copyright 한빛일보 All rights reserved."""

ITEMS = (
    "□ 창업 기업의 해외 진출을 돕는 수출 지원단 발족",
    "ㅇ (인력) 통관 전문가 12명 상주",
    "ㅇ (예산) 18억 원",
    "□ 선정 기업에 대한 해외 인증·통관·현지 마케팅 비용을 기업마다 3천만 원까지 지원",
    "1. 신청: 누리집",
    RELEASE[4],
)
SHORT_ITEMS = f"""보도자료
보도일시 2021. 3. 4.(목) 조간
담당부서 창업지원과
창업 기업 수출 지원단 발족
{chr(10).join(ITEMS)}"""

SPEECH = f"""{TITLE}
승인 2021.03.04 10:11
{chr(10).join(BODY)}
[개소식 인사말]
{chr(10).join(["여러분, 오늘 이 자리에서 새로운 제작실의 문을 함께 엽니다.", *SPOKEN])}"""

QUESTIONS = (
    "김하늘 대표는 가람시 벤처촌의 첫 입주자다.",
    "그를 만나 창고 생활 삼 년의 이야기를 들었다고 옮긴다.",
    "-창고에서 시작한 까닭은 무엇인가.",
    "“임차료가 쌌고 천장이 높아 시험 장비를 들이기 좋았습니다.”",
    "-가장 힘든 때는 언제였나.",
    "“첫해 겨울이었습니다. 난방이 안 돼 장비가 얼었습니다.”",
    "벤처촌은 올해 입주 기업을 두 배로 늘린다.",
)

WEEKLY = f"""즐겨찾기 추가 2021.03.06 (토)
동네소식 > 경제
{TITLE}
- 빈 창고 열두 동 고쳐 시제품 제작실 꾸며
기사입력시간 : 2021년 03월 04일 [10:11]
김하늘 기자 / sky@dongne.example.kr
{chr(10).join(BODY)}
김하늘 기자 sky@dongne.example.kr
- Copyrights ⓒ동네소식. 무단 전재 및 재배포 금지 -
Tweet
이전 페이지로
네이버 블로그
홈페이지 주소 dongne.example.kr
강변 축제 다시 연다 ... 시민 3만 명 몰려
제호 : 동네소식 / 주소 : 가람시 강변로 1 / 발행인 : 이바다"""

INTERVIEW = f"""한결저널
인터뷰
[인터뷰] 창고에서 시작한 벤처촌 첫 입주자
기자명 이바다 기자
입력 2021.03.04 10:11
수정 2021.03.04 11:30
댓글 0
{chr(10).join(QUESTIONS)}
이바다 기자 sea@hangyeol.example.kr
다른기사 보기
저작권자 © 한결저널 무단전재 및 재배포 금지
개의 댓글
댓글 정렬
BEST댓글
회원 로그인
작성자 및 비밀번호는 필수 입력입니다."""

BLOG = f"""가람시 공식 블로그
시정 소식
{TITLE}
가람시 ・ 2021. 3. 4. 10:11
URL 복사 이웃추가
본문 기타 기능
{chr(10).join(SPOKEN)}
태그 #창업 #벤처촌
공감한 사람 보러가기
댓글 2 공유하기
이 블로그 시정 소식 카테고리 글
강변 축제 다시 연다"""

NEWSLETTER = f"""[뉴스레터] 3월 첫째 주
2021-03-04
{TITLE}
{chr(10).join(BODY)}
자세히 보기
수신거부 | 구독 신청
(재)가람연구원 가람시 강변로 1 전화 02-000-0000
Copyright(c) 가람연구원. All Rights Reserved."""

REPOSTED = f"""뉴스홈 | 뉴스스탠드
{TITLE}
한결신문 원문 기사전송 2021-03-04 10:11
최종수정 2021-03-04 17:20
글자 작게 글자 크게
[한결신문] [가람=김하늘 기자] {ONE}
{TWO}
{THREE}
{FOUR}
{FIVE}
[ⓒ 한결신문 & hangyeol.example.kr, 무단 전재 및 재배포 금지]
이 기사에 대한 의견을 남겨 주세요."""

UNIVERSITY = f"""가람대학교 산학협력단
커뮤니티 | 보도자료
{TITLE}
글쓴이 : 관리자
등록일 : 2021.03.04 10:11
조회 : 233
첨부 : 벤처촌.jpg (120 KB)
{chr(10).join(BODY)}
[출처] 한결신문 2021.03.04
목록보기
이전글 ▲ 봄 축제
다음글 ▼ 장학금 안내"""

SUBHEADS = f"""{TITLE}
한결일보 2021년 3월 4일 10시 11분
기자 김하늘
◆ 창고가 실험실로
{ONE}
{TWO}
◆ 임차료는 절반
{THREE}
{FOUR}
◆ 이웃 군으로 넓힌다
{FIVE}
한결일보의 모든 콘텐츠는 저작권법의 보호를 받습니다.
<기사 제보 및 보도자료 news@hgilbo.example.kr>"""

# Page, title, publisher and, where the page says no sentence of its own, extra lines allowed.
CASES = {
    "regional": (REGIONAL, TITLE, "한빛일보", BODY, 0),
    "ministry": (MINISTRY, "창업 기업 수출 지원단 발족", "", RELEASE, 1),
    "ministry table": (MINISTRY_TABLE, "창업 기업 수출 지원단 발족", "", RELEASE, 0),
    "english byline": (ENGLISH_BYLINE, TITLE, "Hanbit Times", BODY, 0),
    "broadcast": (BROADCAST, TITLE, "", SPOKEN, 1),
    "portal": (PORTAL, TITLE, "한빛경제", BODY, 0),
    "date first": (DATE_FIRST, TITLE, "한들신문", BODY, 1),
    "links inside": (LINKS_INSIDE, f"[단독] {TITLE}", "한들저널", BODY, 0),
    "magazine": (MAGAZINE, "낡은 창고에서 시작하는 창업", "월간 누리", SPOKEN, 0),
    "notice board": (NOTICE_BOARD, TITLE, "", BODY, 0),
    "stamp after": (STAMP_AFTER, TITLE, "한들통신", BODY, 0),
    "short items": (SHORT_ITEMS, "창업 기업 수출 지원단 발족", "", ITEMS, 0),
    "speech after a release": (SPEECH, TITLE, "", (*BODY, *SPOKEN), 2),
    "weekly": (WEEKLY, TITLE, "동네소식", BODY, 1),
    "interview": (INTERVIEW, "[인터뷰] 창고에서 시작한 벤처촌 첫 입주자", "한결저널", QUESTIONS, 0),
    "blog": (BLOG, TITLE, "", SPOKEN, 0),
    "newsletter": (NEWSLETTER, TITLE, "가람연구원", BODY, 1),
    "portal list": (REPOSTED, TITLE, "한결신문", BODY, 0),
    "univ": (UNIVERSITY, TITLE, "한결신문", BODY, 0),
    "subheads": (SUBHEADS, TITLE, "", BODY, 3),
    "column": (COLUMN, "[기고] 창고가 실험실이 되려면", "한빛일보", SPOKEN, 1),
}


@pytest.mark.parametrize("name", CASES)
def test_scraped_text(name):
    raw, title, publisher, paragraphs, n_extra = CASES[name]
    page = parse_page(raw)
    lines = page["text"].split("\n")
    assert [line for line in lines if line not in paragraphs][n_extra:] == []
    assert [line for line in lines if line in paragraphs] == list(paragraphs)
    assert (page["title"], page["publisher"]) == (title, publisher)
    assert str(page["date"].date)[:10] == "2021-03-04" and page["date_basis"] == "metadata"


@pytest.mark.parametrize("name", CASES)
def test_web_pages(name):
    raw, title, publisher, paragraphs, n_extra = CASES[name]
    lines = "".join(f"<div>{html.escape(line)}</div>\n" for line in raw.split("\n"))
    head = f"<title>{title} - {publisher or '어느 누리집'}</title>"
    page = parse_html(f"<html><head>{head}</head><body><div>{lines}</div></body></html>")
    found = page["text"].split("\n")
    assert [line for line in found if line in paragraphs] == list(paragraphs)
    assert len(found) <= len(paragraphs) + n_extra
    assert (page["title"], page["publisher"]) == (title, publisher)
    assert str(page["date"].date)[:10] == "2021-03-04"


BETWEEN = (
    "공유하기",
    "글자크기 설정",
    "이미지 확대보기",
    "▲ 벤처촌 전경. (사진=가람시)",
    "[사진=김하늘 기자]",
    "관련기사",
    "☞ 이웃 군 소식 더 보기",
    "#창업 #벤처촌",
    "[ 현장 ]",
    "창고를 고쳐 제작실로",
)


@settings(max_examples=60)
@given(st.integers(0, 999), st.lists(st.sampled_from(BETWEEN), max_size=12), st.randoms())
def test_no_sentence_of_an_article_is_lost(seed, between, chance):
    paragraphs = list(dict.fromkeys(bench._paragraph(random.Random(seed + i)) for i in range(8)))
    lines = [*paragraphs]
    for line in between:
        lines.insert(chance.randint(0, len(lines)), line)
    page = parse_page(
        "\n".join([TITLE, "입력 2021.03.04 10:11", *lines, "ⓒ 한빛일보 무단전재 금지"])
    )
    assert [line for line in page["text"].split("\n") if line in paragraphs] == paragraphs
    assert "ⓒ" not in page["text"] and "(사진=" not in page["text"]
