"""What Korean news pages carry around an article, as patterns for one normalised line."""

from __future__ import annotations

import re
from functools import lru_cache

# A line made of these labels only is a button, a menu or a counter.
LABELS = frozenset(
    """
    가 가나다 가- 가+ - + x × ㅣ | / > < · • 공유 기사공유 닫기 인쇄 프린트 메일 이메일 스크랩 글자 글자크기 글씨크기 글씨 글꼴 폰트 크기
    크게 작게 보통 설정 조절 변경 확대 축소 보기 더 전체 목록 목록으로 이전 다음 이전글 다음글 이전기사 다음기사 위로 맨위로 TOP 댓글 뉴스댓글 덧글 등록
    등록순 최신순 공감순 추천순 삭제 취소 확인 신고 신고사유 차단 답글 좋아요 싫어요 추천 비추천 추천해요 공감 화나요 슬퍼요 후속기사 구독 구독중 알림 북마크
    저장 듣기 음성듣기 음성으로 기사 기사듣기 뉴스듣기 요약 요약beta 요약봇 자동요약 번역 번역beta beta 언어 언어선택 한국어 영어 중국어 일본어
    베트남어 스페인어 프랑스어 독일어 러시아어 인도네시아어 태국어 아랍어 English 中文 日本語 中国語 中國語 페이스북 트위터 엑스 카카오톡 카카오스토리
    카카오 카스 네이버 네이버밴드 네이버블로그 밴드 블로그 라인 링크드인 텔레그램 핀터레스트 인스타그램 유튜브 URL URL복사 url복사 주소복사 링크복사 복사
    Facebook Twitter KakaoTalk Band Line Naver SNS 로그인 로그아웃 회원가입 마이페이지 검색 메뉴 전체메뉴 본문 바로가기
    본문바로가기 홈 HOME Home 이미지 사진 동영상 이미지확대 티스토리 뷰 카테고리 없음 관련링크 기사제보 제보 광고 AD Advertisement
    ADVERTISEMENT 기자 페이지 팔로우 원문 기사원문 스크롤 이동 상태바 앵커 리포트
    """.split()
)
_ENDING = re.compile(r"(?:보기|하기|쓰기|보내기|조정|조절|설정|변경)$")
_COUNT = re.compile(r"^[\d,]+(?:개의?|건|명|회|자)?$|^\(\d+\)$|^\d+/\d+$")
_UI_SENTENCES = re.compile(
    r"이 기사를 공유|글[자씨] ?크기 ?(?:로|를|가|변경)|본문 ?보기|(?:자동|내용) ?요약|음성 ?(?:재생|변환)"
    r"|로그인 ?(?:후|하시|이 필요)|댓글 ?(?:작성|을|쓰기|서비스)|(?:신고|차단|삭제) ?(?:접수|해제|하시)"
    r"|URL이? ?복사|클립보드|스크랩(?:이|을|하)|이미지 ?(?:확대|크게)|^큰 ?이미지|SNS ?보내기"
    r"|구독(?:하기|을 눌러|해 주)|제보(?:하기|를|는)|자바스크립트|javascript|쿠키|브라우저"
    r"|섹션으로 분류|Translated by|^보 ?도 ?(?:참 ?고 ?|설 ?명 ?)?자 ?료$|^조회 ?수?\b",
    re.I,
)
_BREADCRUMB = re.compile(
    r"^(?:home|홈|뉴스|전체)?(?:\s?[>›»]\s?[^.>›»]{1,20}){2,}$|^(?:home|홈) ?[>›»]", re.I
)
# Articles end their sentences plainly; sites speak politely.
_PLAIN = re.compile(r"(?<!니)다[.]?[”\"’']*[.]$")
POLITE = re.compile(r"(?:니다|[시하]세요|해요|까요)[.!?]?[”\"]?$")
ASKING = re.compile(r"^[^“”\"‘’']{0,140}(?<![이거])(?:세요|십시오)(?:[.!] [^“”\"]*|[.!]?)$")
ATTACHMENT = re.compile(
    r"^(?:붙임|별첨|첨부|문의|연락)\s?(?:파일|자료|처|\d)?\s?[:.]|\.(?:hwpx?|pdf|docx?|xlsx?|zip|jpe?g|png)\b",
    re.I,
)
# Only a line that is all notice: a sentence about copyright belongs to the article.
COPYRIGHT = re.compile(
    r"^[\[<(『「\-–*\s]*(?:저작권자?|copyrights?|ⓒ|©|\(c\)\s|무단\s*(?:전재|복제|배포))"
    r"|(?:ⓒ|©|copyright|저작권).{0,80}(?:무단|재배포|전재|all rights|reserved)"
    r"|저작권법의? 보호|무단\s?전재.{0,30}금지.{0,3}$|all rights reserved|^.{0,60}공공누리 ?제",
    re.I,
)
# Without one of these words a ⓒ is the credit of a picture.
NOTICE_WORD = re.compile(r"저작권|copyright|무단|재배포|금지|reserved|공공누리", re.I)
# Headings of what follows an article.
TAIL = re.compile(
    r"^[\[<【▶■●◆★☞#\s]*(?:(?:뉴스)?댓글|(?:가장 )?많이 ?본|이 ?시각|당신이 ?좋아할|헤드라인$"
    r"|(?:최신|인기|추천|랭킹|포토|핫|PHOTO|실시간|주요|오늘의) ?(?:뉴스|기사|이슈|검색|랭킹|NEWS)"
    r"|(?:[가-힣]{1,4} ?)?기자의? ?(?:다른|최신|인기) ?기사|다른 ?기사 ?보기"
    r"|(?:전체|한줄)? ?의견 ?\d|\d+개의 댓글|카테고리의 다른 글|이전글|다음글)"
)
RELATED = re.compile(
    r"^[\[<【▶■●◆☞\s]*(?:관련 ?(?:기사|뉴스|글|콘텐츠)|연관 ?(?:기사|뉴스)|함께 ?(?:보면|읽으면"
    r"|볼만한)|키워드|태그|tags?)"
    r"\b.{0,20}$|^\[관련기사\]|^☞|^▶ ?(?:관련|바로|기사|클릭|[가-힣 ]{2,20}(?:보기|바로가기)$)"
    r"|^(?:#\S+\s*)+$"
    r"|^[-·] .{8,80} - \S{2,12}$",
    re.I,
)
REPORTER = (
    r"(?:선임|수습|인턴|전문|객원|취재|부장|차장)?\s?(?:기자|특파원|통신원|논설위원|에디터|리포터)"
)
BYLINE = re.compile(
    rf"^.{{0,40}}[가-힣]{{2,4}}\s?{REPORTER}\s?(?:$|[\])=|/·,:]|\S{{1,40}}@)"
    r"|^.{0,60}?[\w.+-]{1,40}@[\w.-]{3,40}\]?$"
    r"|^(?:글|취재|정리|촬영|영상|편집)\S{0,4}\s?[=:·/]\s?[가-힣]{2,4}(?:[\s/]|$).{0,30}$"
    r"|^(?:\S{2,8} )?[가-힣]{2,4}(?: 기자)?입니다\.$"
)
STAMP_WORD = (
    r"(?:기사|최초)?\s?(?:승인|입력|등록|작성|게시|게재|발행|송고|보도|배포|제공|전송)\s?(?:일시?|시각|시점"
    r"|일자|시간|날짜)?"
    r"|approved|published|posted"
)
STAMP = re.compile(rf"(?<![가-힣])(?:{STAMP_WORD})\s{{0,3}}[:：|]?\s{{0,3}}(?=(?:19|20)\d\d)", re.I)
EDITED = re.compile(r"(?:수정|업데이트|최종|갱신)\S{0,6}\s{0,3}[:：|]?\s{0,3}(?=(?:19|20)\d\d)")
BARE_STAMP = re.compile(
    r"^(?:\S{1,12}(?: \S{1,12})?(?:\s?[·|/]|(?=.{8,20}\d[:시]))\s?)?[\[(]?(?:19|20)\d\d\s?[.\-/년]\s?\d{1,2}\s?[.\-/월]\s?\d{1,2}\s?[.일]?"
    r"(?:\s?\(?[월화수목금토일]\)?(?:요일)?)?(?:\s?(?:오전|오후|AM|PM"
    r"|T)?\s?\d{1,2}[:시]\s?\d{1,2}.{0,10})?[\])]?$"
)
# A site's registration in its footer carries dates that are not the article's.
MASTHEAD = re.compile(r"등록 ?번호|발행인|편집인|청소년 ?보호|사업자|대표 ?전화|통신판매")
SOURCE = re.compile(
    r"^[\[(<〈]?\s*(?:자료|기사|글|내용|원문|뉴스)?\s*(?:제공|출처"
    r"|원문)\s*[:=\]]\s*(?P<name>.{1,60}?)(?: \d{4}.\d\d.\d\d)?[\])>〉]?$"
)
CREDIT = re.compile(
    r"(?:[(\[<〈/|]\s?(?:자료|이미지|출처|제공|영상|사진|그래픽|포토)|\s(?:사진|그래픽|일러스트"
    r"|포토|캡처))"
    r"\s?(?:사진|제공|출처|캡처)?\s?[=:/|ⓒ©].{1,40}$"
    r"|^(?:사진|자료사진|그래픽|이미지|포토)\s?(?:제공|출처)?\s?[=:/ⓒ©].{1,80}$"
    r"|재판매 및 DB ?금지\]?$"
    r"|(?:사진|자료) ?(?:제공|출처)\)?$|[ⓒ©]\s?\S{2,12}$|\[?사진\]?$|\((?:사진"
    r"|자료) ?제공 ?[^)]{1,20}\)$"
)
CAPTION_MARK = re.compile(r"^[▲△▼▽◀◁▶▷↑↓←→]\s?")
ITEM = re.compile(r"[□■○●ㅇ◦▪◎◇◆*※·\-–①-⑳]|\d{1,2}[.)] |[가-하][.)] ")
SENTENCE = re.compile(
    r"(?:[다요죠까오음임함됨]|[가-힣][.]?[\"”’']\s?[가-힣]{0,4}다)[.?!][\"”’')\]]*$"
)
LEAD_IN = re.compile(
    r"^(?:[\[(【](?P<box>[^\])】]{2,40})[\])】]\s*)?"
    rf"(?:(?P<outlet>[가-힣A-Za-z0-9]{{2,15}}(?:\s[가-힣A-Za-z0-9]{{2,10}})?\s)?[가-힣]{{2,4}}\s?{REPORTER}\s?=\s?)?"
)
NOT_OUTLETS = frozenset(
    """
    현장에서 기자수첩 팩트체크 이슈 국감 신년사 특파원 데스크 오늘 주간 앵커 기자
    리포트 인터뷰 단독 속보 종합 기획 특집 르포 사설 칼럼 기고 포토 영상 현장 알림
    공고 인사 부고 해설 분석 표 그림 붙임 참고 별첨 사진 자료 개요 배경 질문 답변
    예시 첨부 기자명 주요내용 보도자료 설명자료 요약
    """.split()
)


def is_plain(line: str) -> bool:
    return _PLAIN.search(line) is not None


@lru_cache(maxsize=4096)
def is_widget(line: str) -> bool:
    """True for buttons, menus, counters and notices of a site.

    Examples
    --------
    >>> [is_widget(line) for line in ("댓글 0", "글자크기 설정", "0 / 300", "창업 지원 확대")]
    [True, True, True, False]
    """
    if len(line) <= 80 and all(
        word in LABELS or _ENDING.sub("", word) in LABELS or _COUNT.match(word)
        for word in re.split(r"[\s|,·:>\[\]■▶▷]+", line)
        if word
    ):
        return True
    if is_plain(line) or len(line) > 250:
        return False
    return _UI_SENTENCES.search(line) is not None or _BREADCRUMB.match(line) is not None


def is_paragraph(line: str) -> bool:
    """A sentence of some length that is not a notice of the site."""
    return len(line) >= 25 and SENTENCE.search(line[-40:]) is not None and not is_widget(line)
