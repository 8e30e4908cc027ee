"""Figures and quotations of texts, as tables: what is counted, promised and said.

The words that tell them apart (counters, qualifiers, verbs of speech) are rows of CSVs in
``data/reference``, where a researcher can add one. A pattern there is a regular expression in
which ``{ㄴ}`` stands for any syllable that ends in that consonant.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from policytext.administrations import REFERENCE, known_names, read_reference
from policytext.korean import is_particle_chain
from policytext.store import stored
from policytext.words.analysers import analyse
from policytext.words.lexicon import Lexicon, find_terms, read_lexicon, read_regions

FIGURE_COLUMNS = (
    "doc_id start end surface value value_high unit qualifier kind due subject scope measure "
    "speaker source"
).split()
QUOTATION_COLUMNS = "doc_id start end quote speaker office organisation verb is_anonymous".split()
DURATIONS = ("년", "개월", "주", "일", "시간", "분", "세")
_CURRENCIES = ("원", "달러", "유로", "엔", "위안")
TOO_LARGE = 1e17  # won; all money of the country is less

_FINALS = {"ㄴ": 4, "ㄹ": 8, "ㅁ": 16, "ㅆ": 20}
_NOT_PAST = "있겠"


def _syllables(final: str) -> str:
    """A class of the syllables that end in this consonant."""
    found = "".join(chr(c) for c in range(0xAC00, 0xD7A4) if (c - 0xAC00) % 28 == _FINALS[final])
    return "[" + "".join(c for c in found if final != "ㅆ" or c not in _NOT_PAST) + "]"


def _pattern(written: str) -> str:
    return re.sub(r"\{([ㄴㄹㅁㅆ])\}", lambda match: _syllables(match[1]), written)


def _reference(name: str, columns: str) -> list[dict]:
    return read_reference(str(REFERENCE / f"{name}.csv"), columns).to_dict("records")


def _any(words) -> str:
    return "|".join(sorted((re.escape(word) for word in words), key=len, reverse=True))


_COUNTERS = {
    row["counter"]: (row["unit"], float(row["factor"]))
    for row in _reference("counters", "counter unit factor")
}
_CUES = _reference("qualifiers", "column value place pattern")
_SPEECH = {
    kind: _any(row["word"] for row in rows)
    for kind, rows in pd.DataFrame(_reference("speech", "word kind"))
    .groupby("kind")
    .apply(lambda part: part.to_dict("records"), include_groups=False)
    .items()
}

_MAGNITUDES = {"십": 10, "백": 100, "천": 1000, "만": 10**4, "억": 10**8, "조": 10**12}
_DIGITS = dict(zip("일이삼사오육칠팔구", range(1, 10), strict=True))
_NATIVE = {
    "한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9,
    "열": 10, "스무": 20, "스물": 20, "서른": 30, "마흔": 40, "쉰": 50, "예순": 60, "일흔": 70,
    "여든": 80, "아흔": 90, "석": 3, "넉": 4,
}  # fmt: skip
_DAYS = dict(이틀=2, 사흘=3, 나흘=4, 닷새=5, 엿새=6, 이레=7, 열흘=10, 보름=15)

_D = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_PART = rf"{_D}(?:\s?[십백천]{{0,2}}[만억조]|[십백천]+)?"
_NUMBER = rf"{_PART}(?:(?<=[만억조])\s?{_PART}|(?<=[천백]){_PART})*"
_UNITS = _any(_COUNTERS)
_TENS = "열|스물|스무|서른|마흔|쉰|예순|일흔|여든|아흔"
_ONES = "한|두|세|네|다섯|여섯|일곱|여덟|아홉"
_SINO = (
    r"(?<![가-힣\d.,])(?:[일이삼사오육칠팔구십백천만억조]{2,}|[십백천만억](?=\s?여)|[천백만](?=\s?명))"
    r"(?=\s?여?\s?(?:명|원|달러|퍼센트|곳|건|개|대|톤|평|팀))"
)
_WORDS = (
    rf"(?<![가-힣\d])(?:(?:{_TENS})(?:{_ONES})?|(?:두|세|네|석|넉|{_ONES[4:]}))"
    r"(?=\s?여?\s?(?:명|곳|군데|건|개|팀|배|대(?=[를가의는 ])|달|시간|가지|차례|살|해(?=[ 가를]))(?!째))"
    r"|(?<![가-힣\d])한(?=\s?(?:명|곳|군데|건|달)(?![가-힣]{3}))"
    r"|(?<![가-힣])한(?=\s?개(?!\w*발))"
)
_RANGE = r"\s?(?:[~∼～〜–]|-|내지)\s?"
_YEAR = r"(?:19|20)\d\d"
_MARKED_YEAR = r"[’‘'`´′]\d\d(?!\d)(?=\s?년|\s?[)~∼～.,→⇒-]|\s|까지|부터|말|$)"
# What only looks like a figure: dates, numbers of law, telephone and order, names.
_NOT = [
    r"(?<!\d)\d{2,4}[-)]\s?\d{3,4}[-–]\d{4}|(?<!\d)\d{3}-\d{2}-\d{5}|https?://\S+|\S+@\S+\.\w+",
    rf"(?:{_YEAR}|{_MARKED_YEAR})년?{_RANGE}(?:{_YEAR}|[’‘'`]?\d\d)(?!\d)\s?년?(?:도|대)?",
    rf"{_YEAR}\s?[.\-/]\s?\d{{1,2}}(?:\s?[.\-/]\s?\d{{1,2}}\.?)?(?![\d,]|\s?[만억조%])",
    rf"(?<![\d,]){_YEAR}\s?년(?!간|\s동안)(?:도|대)?(?:\s?\d{{1,2}}\s?월(?:\s?\d{{1,2}}\s?일)?)?",
    rf"(?:{_MARKED_YEAR}(?:\s?년)?(?:\s?\d{{1,2}}\s?월)?)",
    r"(?<![\d.,])[1-4]\d년(?=까지|\s?말|도|부터|\s?상반기|\s?하반기|\s\d{1,2}월)",
    r"(?<!\d)\d{1,2}\s?월(?:\s?\d{1,2}\s?일)?(?:[~∼～-]\s?(?:\d{1,2}\s?월\s?)?\d{1,2}\s?[일월])?"
    r"(?!\s?(?:액|세))",
    r"(?<![\d,.])\d{1,2}(?:\s?일)?\s?[·,~∼～-]\s?\d{1,2}\s?일(?!간|\s?(?:동안|이내|내|만에|이상|안))",
    r"(?<![\d,만천백])(?<!\d\.)(?:[12]?\d|3[01])\s?일(?!\s?(?:간(?!담|부|행)|동안|이내|내(?!용|로|외)|만에|이상|이하"
    r"|안에|씩|치\b|짜리|가량|정도|뒤|후|전(?!국|북|남|체|문)|가까이|째|분|걸|자리)|자리)",
    r"(?<!\d)\d{1,2}\s?시(?!간|·|도\s|군|범)(?:\s?\d{1,2}\s?분)?|(?<!\d)\d{1,2}:\d{2}(?!\d)",
    r"(?<![가-힣])제\s?\d+(?:[-·~]\d+)?\s?[가-힣]?|\d+\s?조\s?(?:의\s?\d+\s?)?(?:제\s?)?\d+\s?항",
    r"\d+\s?(?:주년|개년(?=\s계획)|주기|년\s?차|년째|차(?!량|종|선|례)|회차|번째|번지|번길|번(?![가-힣])|호선|호기|층"
    r"|학년|학기|등급|급(?![가-힣])|위권|세대(?!수)|단계|라운드|년생|년도|분기|대손|항(?![가-힣])"
    r"|탄(?![가-힣])|부(?=[\s)·,]|에서|작|로|는)|일자)",
    r"(?<![\d,.])\d{1,2}기(?=[\s)·,]|생|까지)|(?<![\d,.])\d{1,2}호(?=[\s),·가는로]|$)|(?<![\d,.])[1-9]0대(?!\s?(?:의\s)?[가를])(?=[\s·~∼가-힣])",
    r"\d+인\s?(?:창조|가구|미디어|방송|체제|시위|기업|극|승)|\d박\s?\d일|\d{4}\s?세대",
    r"(?<![\d,.])1\s?(?:인|명|곳|개사|건|가구|대|팀|개소|개|회|사|주|년|일|시간|㎡|평|톤)\s?당",
    r"(?<![A-Za-z$])(?!US\$)[A-Za-z][A-Za-z-]*\d+(?:\.\d+)?(?![\d,.]*\s?(?:[만억조원명건%]|개사))",
    r"\d+\s?대\s?(?=(?:\s?[가-힣]{2,6}\s?){0,2}(?:과제|강국|산업|신산업|전략|분야|도시|원칙|목표|정책|사업|대책"
    r"|전환|혁신|추진|핵심|중점|국정|가치|의제|축|권역|스타트업|그룹|기업|강(?![가-힣])|재벌|로펌|은행|명산))",
]
_FIGURE = re.compile(
    rf"(?P<skip>{'|'.join(_NOT)})"
    rf"|(?P<sign>△\s?|▼\s?|(?<![\d가-힣A-Za-z)~])[-−–](?=\d))?(?:(?P<money>(?:US)?[$€])\s?)?"
    rf"(?P<low>{_NUMBER}|{_SINO}|{_WORDS}|(?<![가-힣])(?:{'|'.join(_DAYS)})(?=\s?(?:간|동안|만에|씩|에 걸쳐)))"
    rf"(?:\s?(?:{_UNITS})?{_RANGE}(?P<high>{_NUMBER}))?"
    rf"(?P<more>\s?여)?\s?(?P<late>(?<=여)[만억조]|(?<=여\s)[만억조])?"
    rf"(?:\s?(?P<unit>{_UNITS}))?(?P<arrow>\s?[↑↓▲▼](?!\s?\d))?"
)
_CLOSED = re.compile(
    r"(?:여|씩|가량|정도|쯤|간|당|규모|짜리|대(?![가-힣])|대[의로를가에]|선|인|꼴|어치|급|안팎|내외|이상|이하|미만|초과"
    r"|이내|남짓|수준|넘|동안|만에|뒤|후|전|째|채|치|까지|부터|투자|증가|감소|확대|달성|돌파|지원|투입|조성|편성|기록"
    r"|유치|증액|확보|줄|늘|계약|중(?![가-힣])|중에|에서|밖에|마저|하고|데|내(?![가-힣])|내외|등|이라|이었|였|이다|이던|됐|된)"
)
_OTHERS_OF_PIECE = re.compile(
    r"발|편|선(?!정)|최|방|설|통|념|인(?!사)|별|량|시(?!·|군|도)|막|척|화"
)
_BEHIND = "*"  # the noun stands behind the figure, and is yet to be found
_FIRM = r"(?:기업|업체|회사|법인|스타트업|벤처|유니콘|상장사|계열사|협력사|사업체|제조사|운용사|조합사|투자사)"
_PLACE = (
    r"(?:기관|센터|대학교?|시·?도|시군구?|시·군|군·구|자치구|지자체|자치단체|지역|도시|국가|나라|학교|고교|병원"
    r"|연구소|연구원|부처|단지|특구|점포|매장|지점|은행|캠퍼스|거점|협회|단체|시장|지구|센터장|[가-힣]*청장?|시설|마을|충전소|산단|공공기관"
    r"|공항|역|권역|공기업|출연연|매장|상가|농가)"
)
_GROUP = r"(?:팀|창업팀|동아리|연구팀|컨소시엄)"
_THINGS = r"^(?:의)?\s?(?P<noun>(?:[가-힣A-Za-z·()]+(?:(?<![가은는을를이에])\s)?){0,3}?X)(?:들)?(?=[^가-힣]|[은는이가을를에의과와도로만]|$)"
_COUNTED = [(unit, re.compile(_THINGS.replace("X", words)), re.compile(rf"{words}[은는이가을를도]?\s?:?\s?(?:[가-힣]+\s)?(?:총|약|모두|전국|국내|최대|누적)?\s?$"))
            for unit, words in (("개사", _FIRM), ("팀", _GROUP), ("곳", _PLACE))]  # fmt: skip
_QUOTED = re.compile('[“"][^”"]*[”"]')
_BECOMES = re.compile(r"\s?(?:→|⇒|➔|->|에서)\s?(?:\([^)]*\)\s?)?")
_NEXT_UNIT = re.compile(rf"\s?[,·]\s?(?:{_NUMBER})\s?(?P<unit>{_UNITS})")
_SENTENCE = re.compile(
    r"(?<=[다요까죠음임함됨라오])[.?!][”’\"')]*\s+|(?<=[.?!])[”’\"')]*\s+(?=[가-힣“\"'‘A-Z△▲■○(\[])|\s*\n\s*"
)


class _Cue(NamedTuple):
    column: str
    value: str
    pattern: re.Pattern


def _cues(place: str) -> list[_Cue]:
    """Rows of ``qualifiers.csv`` for what stands before, or after, a figure."""
    edge = {"before": "(?:{})$", "after": "^(?:{})"}[place]
    rows = [row for row in _CUES if row["place"] == place]
    return [
        _Cue(row["column"], row["value"], re.compile(edge.format(_pattern(row["pattern"]))))
        for row in rows
    ]


_BEFORE, _AFTER = _cues("before"), _cues("after")
_TENSES = [row for row in _CUES if row["place"] == "predicate"]
_PREDICATE = re.compile(
    "|".join(f"(?P<p{n}>{_pattern(row['pattern'])})" for n, row in enumerate(_TENSES))
)
_COUNTABLE = ("개사", "곳", "명", "팀", "개")
_ACTING = re.compile(
    r"(?![을를로에만까])(?:의\s|\s)?(?:[가-힣A-Za-z·]+(?<![을를로에은는이가다서고며해])\s){0,3}?[가-힣A-Za-z·]*?"
    r"(?:(?:이|가|은|는)|(?<=[가-힣]{2})(?:의|에서|에게))\s(?P<rest>[^.]*)"
)
_ARISE = re.compile(
    r"참여|참가|입주|들어|모이|모일|생기|생길|늘|줄|나오|나올|[될된]|되고|질\s|진다|합류|가입|자리"
)
_OLD_TARGET = re.compile(r"^[^.]{0,22}(?:대비|넘|초과|웃도|웃돌|못 미|미치지|미달|달성|밑돌)")

_PERIOD = r"상반기|하반기|연?말|초|[1-4]\s?(?:/4)?\s?분기|\d{1,2}\s?월(?:\s?(?:초|말|중순))?"
_DUE = re.compile(
    rf"(?:(?:{_YEAR}|[’‘'`]\d\d)년?{_RANGE}[’‘'`]?(?P<last>(?:20)?\d\d)(?!\d)년?)"
    r"|(?P<full>20\d\d)\s?\.\s?(?P<full_month>\d{1,2})\s?\.(?:\s?\d{1,2}\.?)?"
    rf"|(?P<year>(?:19|20)\d\d(?=년|[)\s.]|\s?(?:상|하)반기)|[’‘'`]\d\d(?=\s?년|[)\s.]|말)|[1-4]\d(?=년까지|년 말)"
    rf"|올해|올(?=\s(?:연말|상|하|\d)|해)|금년|내년|내후년|다음\s?해|이듬해)\s?년?도?(?:\s?(?P<part>{_PERIOD}))?"
    rf"(?P<from>\s?부터)?(?:\s?(?P<run>\d+|[한두세네다섯]{{1,2}})\s?년\s?(?:간|동안))?"
    rf"|(?P<month>이달|이번\s?달|다음\s?달|내달)"
    rf"|(?<!지난\s)(?<![\d년])(?P<alone>상반기|하반기|연말|연내|[1-4]\s?분기|\d{{1,2}}\s?월)(?P<alone_from>\s?부터)?(?!\s?\d{{1,2}}\s?일)"
    rf"|(?P<ahead>향후|앞으로|오는)?\s?(?<![\d])(?P<n>\d+|[한두세네]|다섯)\s?(?P<span>년|개월|달)\s?"
    rf"(?P<how>간|동안|에 걸쳐|뒤|후|안에|내에|이내에|내(?=\s))"
)
_PAST = re.compile(
    r"(?:지난|최근|과거|작년|지난해|전년|업력|창업|설립|졸업|출시|이전|기존|종전|당초|매)\s?$"
)
_AS_OF = re.compile(r"\s?(?:말\s?)?(?:기준|현재|이후|이래)")
_NATIVE_SPAN = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5}


@stored
def find_figures(documents: pd.DataFrame) -> pd.DataFrame:
    """Every number with what it counts, of which a text says how much, by when and how surely.

    Parameters
    ----------
    documents : DataFrame
        ``doc_id, text, date``; without a date nothing relative is resolved.

    Returns
    -------
    DataFrame
        One row a figure: ``doc_id, start, end, surface``; ``value`` in base units (a range has
        ``value_high``), negative only where a sign or arrow says so; ``unit`` ("" where nobody
        knows it); ``qualifier`` about, at_least, at_most, more_than, less_than or ""; ``kind``
        result, target or context (rules, limits, prices, durations, old targets); ``due`` YYYY or
        YYYY-MM of a target; ``subject`` and ``scope``: what is counted, whose; ``measure``
        cumulative, change or ""; ``speaker`` where it stands in a quotation; ``source`` text.

    Examples
    --------
    >>> text = "센터는 2026년까지 50개사를 육성할 계획이다."
    >>> documents = pd.DataFrame({"doc_id": ["a"], "text": [text], "date": ["2023-05-01"]})
    >>> find_figures(documents)[["value", "unit", "kind", "due"]].values.tolist()
    [[50.0, '개사', 'target', '2026']]
    """
    texts = documents["text"].fillna("").to_numpy(dtype=object)
    dates = pd.to_datetime(documents["date"], errors="coerce").tolist()
    names = _scopes(texts)
    quotations = find_quotations(documents)
    spoken = {key: part for key, part in quotations.groupby("doc_id", sort=False)}
    rows = []
    for number, doc_id in enumerate(documents["doc_id"].tolist()):
        found = _figures_of(texts[number], dates[number], names.get(number, []))
        said = spoken.get(doc_id)
        for row in found:
            speaker = ""
            if said is not None:
                own = said[(said["start"] <= row["start"]) & (row["end"] <= said["end"])]
                speaker = own["speaker"].iloc[0] if len(own) else ""
            rows.append(row | {"doc_id": doc_id, "speaker": speaker, "source": "text"})
    words = ([row[name] for row in rows] for name in ("before", "after", "noun"))
    table = pd.DataFrame(rows, columns=FIGURE_COLUMNS).assign(subject=_subjects(*words))
    return table.astype({"value": float, "value_high": float, "start": "int64", "end": "int64"})


def sentence_edges(text: str) -> list[int]:
    """Where sentences begin, and the text's end.

    >>> sentence_edges("문을 열었다. 3.5억 원이다.")
    [0, 8, 17]
    """
    return [0, *(match.end() for match in _SENTENCE.finditer(text)), len(text)]


def _figures_of(text: str, date: pd.Timestamp, names: list[tuple]) -> list[dict]:
    matches = [m for m in _FIGURE.finditer(text) if m["low"]]
    if not matches:
        return []
    edges = sentence_edges(text)
    starts, ends = edges[:-1], edges[1:]
    rows, dues = [], {}
    for match in matches:
        row = _measured(match, text)
        if row is None:
            continue
        at = bisect_right(starts, row["start"]) - 1
        first, last = starts[at], max(ends[at], row["end"])
        before, after = text[first : row["start"]], text[row["end"] : last]
        if not before.count("“") > before.count("”") and not before.count('"') % 2:
            after = _QUOTED.sub("▒", after)  # another's verb
        if rows and row["unit"] == "개" and _BECOMES.fullmatch(text, rows[-1]["end"], row["start"]):
            row["unit"] = rows[-1]["unit"]
        row |= _told(row, before, after, "여" if row.pop("is_more") else "")
        if row["kind"] is None:  # nothing in the sentence tells: what is still to come is a target
            dues.setdefault(at, _due_phrases(text[first:last], date))
            due = _due_of(dues[at], row["start"] - first, date)
            row["kind"] = "target" if due and not _is_weak(dues[at], due, date) else "result"
            row["due"] = due if row["kind"] == "target" else ""
        elif row["kind"] == "target":
            dues.setdefault(at, _due_phrases(text[first:last], date))
            row["due"] = _due_of(dues[at], row["start"] - first, date)
        row |= {"before": before, "after": after}
        row["scope"] = _scope(names, first, row["start"], last)
        rows.append(row)
    return rows


def _measured(match: re.Match, text: str) -> dict | None:
    """Value and unit of a match, or None where it counts nothing."""
    low, high, counter = match["low"], match["high"], match["unit"]
    start, end = match.start(), match.end()
    noun, rest = "", text[end : end + 40]
    if counter and not match["arrow"] and not _ends(counter, text, match.end("unit")):
        counter, end = None, match.start("unit")
        rest = text[end : end + 40]
    if counter == "대" and not _is_machine(text, match):
        return None
    if text[max(0, start - 2) : start].strip() in ("수", "몇") or text[start - 1 : start] == "몇":
        return None
    value = _value(low)
    if match["late"]:
        value *= _MAGNITUDES[match["late"]]
    value_high = np.nan
    if high:
        value_high = _value(high)
        if not re.search("[십백천만억조]", low) and (scale := _scale(high)) > 1:
            value *= scale
    if low in _DAYS:
        unit, factor = "일", 1.0
    elif match["money"]:
        unit, factor = ("달러" if "$" in match["money"] else "유로"), 1.0
        end = max(match.end("low"), match.end("high")) if not counter else end
    elif counter:
        unit, factor = _COUNTERS[counter]
        if unit == "개":
            unit, noun = _counted(counter, text[max(0, start - 24) : start], rest)
    elif following := _NEXT_UNIT.match(text, match.end("low")) if not high else None:
        if not re.search("[만억조,]", low) or following["unit"] not in _COUNTERS:
            return None
        unit, factor = _COUNTERS[following["unit"]]
        end = match.end("low")
    else:
        end = max(match.end("low"), match.end("high"), match.end("more"))
        if match["more"] and (unit := _counted("개", "", rest)[0]) != "개":
            counter = "개"
        is_money = re.search(r"[억조]", low + (high or "") + (match["late"] or ""))
        if not (counter or is_money or re.search(r"[만천]|\d,\d{3}", low + (high or ""))):
            return None
        if not low[0].isdigit() or re.match(
            r"[가-힣]{0,3}(?:클럽|장자|다행)|[가-힣 ]{2,6}[’']", rest
        ):
            return None
        unit, factor = unit if counter else "원" if is_money else "", 1.0
    sign = (match["sign"] or "").strip()
    arrow = (match["arrow"] or "").strip()
    if sign in ("△", "▼") and re.search(r"△\s?[^\d\s]", text[max(0, start - 200) : start + 200]):
        sign = ""  # a list marked by triangles
    if (sign and sign != "+") or arrow in ("↓", "▼"):
        value, value_high = -value, -value_high
    value, value_high = value * factor, value_high * factor
    if abs(value) > TOO_LARGE or value_high < value and value > 0:
        unit = ""
    surface = text[start:end].strip()
    start += len(text[start:end]) - len(text[start:end].lstrip())
    return {
        "start": start, "end": start + len(surface), "surface": surface, "value": value,
        "value_high": value_high, "unit": unit, "noun": noun, "is_more": bool(match["more"]),
    }  # fmt: skip


def _value(written: str) -> float:
    """A numeral of digits, Hangul or both.

    >>> [_value(numeral) for numeral in ("3만7000", "1억5천만", "이천팔백삼십사억", "스물한")]
    [37000.0, 150000000.0, 283400000000.0, 21.0]
    """
    if written in _DAYS:
        return float(_DAYS[written])
    native = re.fullmatch(rf"({_TENS})?({_ONES}|석|넉)?", written)
    if native and written not in ("세", "네") or written in _NATIVE:
        return float(sum(_NATIVE[part] for part in (native[1], native[2]) if part))
    total = section = pending = 0.0
    has_pending = False
    for part in re.findall(rf"{_D}|[십백천만억조일이삼사오육칠팔구]", written):
        if part in _DIGITS or part[0].isdigit():
            section += pending  # 3만7000: a number that nothing multiplies
            pending = float(_DIGITS.get(part) or part.replace(",", ""))
            has_pending = True
        elif _MAGNITUDES[part] < 10**4:
            section += (pending if has_pending else 1.0) * _MAGNITUDES[part]
            pending, has_pending = 0.0, False
        else:
            whole = section + pending
            total += (whole or 1.0) * _MAGNITUDES[part]
            section, pending, has_pending = 0.0, 0.0, False
    return round(total + section + pending, 6)


def _scale(written: str) -> float:
    """By what a numeral's first digits are multiplied: 3 of 3억5천만 by 억."""
    match = re.match(rf"({_D})\s?([십백천]*[만억조]?)", written)
    return _value("1" + match[2]) if match and match[2] else 1.0


def _ends(counter: str, text: str, end: int) -> bool:
    """Whether a counter is a word of its own there: particles may follow, or what goes with it."""
    if counter in ("%", "％", "$", "USD", "€") or not text[end : end + 1].strip():
        return True
    rest = text[end : end + 12]
    if counter.isascii() or counter in "㎡㎢㎞㎏㎿㏊":
        return not re.match(r"[A-Za-z²³]", rest)
    run = re.match("[가-힣]*", rest)[0]
    if counter == "개":
        return not _OTHERS_OF_PIECE.match(run)
    if counter == "사":
        return is_particle_chain(run, counter[-1]) and not run.startswith("이")
    if counter in ("개사", "개소", "개교", "개월", "년", "개팀"):
        return True
    return not run or is_particle_chain(run, counter[-1]) or bool(_CLOSED.match(run))


_MACHINE = re.compile(
    r"차|버스|트럭|택시|PC|컴퓨터|단말|기기|장비|로봇|드론|충전기|서버|카메라|CCTV|태블릿|노트북|프린터|설비|라인|기계"
    r"|센서|모빌리티|자전거|킥보드|선박|항공기|비행기|헬기|위성|열차|스마트폰|휴대폰|TV|자판기|키오스크|전화"
)


def _is_machine(text: str, match: re.Match) -> bool:
    rest = text[match.end("unit") : match.end("unit") + 2]
    around = text[max(0, match.start() - 40) : match.end() + 20]
    return (
        bool(_MACHINE.search(around))
        or bool(re.match(r"[를가의는 ]?[.,)]?", rest)[0])
        and (_value(match["low"]) >= 100)
    )


def _counted(counter: str, before: str, rest: str) -> tuple[str, str]:
    """Unit and noun of things counted in pieces: firms, places and teams have their own."""
    if counter != "개":
        return "개", ""
    if re.match(r"\s?사(?![가-힣])|\s?사[가는를의와]\s", rest):
        return "개사", ""
    found = [(match.end(), unit, match["noun"].strip()) for unit, things, _ in _COUNTED
             if (match := things.match(rest))]  # fmt: skip
    if found:
        return min(found)[1:]
    run = re.match("[가-힣]*", rest)[0]
    is_bound = run and not run.startswith("의") and is_particle_chain(run, "개")
    if (
        re.match(r"(?:의)?\s?[가-힣A-Za-z]", rest)
        and not is_bound
        and not re.match(
            r"[을를이가의은는도로씩여 ]*(?:[가-힣]*(?:다|해|한|할|하|된|된다|육성|지원|선정|발굴|보급|달성|참여|유치|확대|조성|설치|모집|만들)|$)",
            rest,
        )
    ):
        return "개", _BEHIND
    before = re.sub(r"\([^)]*\)\s*$", "", before)
    for unit, _, things in _COUNTED:
        if things.search(before):
            return unit, ""
    return "개", ""


def _told(row: dict, before: str, after: str, more: str) -> dict:
    """Qualifier, measure and kind, by the words around; kind None where nothing tells."""
    told = {"qualifier": "more_than" if more else "", "measure": "", "kind": None, "due": ""}
    near = before[-60:]
    is_old = False
    for cues, context in ((_AFTER, after), (_BEFORE, near)):
        for cue in cues:
            if told[cue.column] or not cue.pattern.search(context):
                continue
            if cue.column == "kind" and cue.value == "context" and "목표" in cue.pattern.pattern:
                is_old = bool(_OLD_TARGET.match(after))
                told["kind"] = "context" if is_old else None
            elif cue.column == "measure" and cue.value == "change" and cues is _BEFORE:
                told["measure"] = "change" if re.match(r"\s?(?:↑|↓|증|감)", after) else ""
            else:
                told[cue.column] = cue.value
    if is_old:
        told["qualifier"] = ""
    if row["surface"][-1:] in "↑↓":
        told["measure"] = "change"
    if row["unit"] in DURATIONS:
        told["kind"] = "context"
    if told["qualifier"] == "at_most" and row["unit"] in _CURRENCIES and told["kind"] is None:
        told["kind"] = "context"
    if told["kind"] is None and (acting := _ACTING.match(after)) and row["unit"] in _COUNTABLE:
        # Sixteen agencies that will open a shop are there already.
        told["kind"] = None if _ARISE.search(acting["rest"]) else "result"
    if told["kind"] is None:
        for match in _PREDICATE.finditer(after):
            told["kind"] = _TENSES[int(match.lastgroup[1:])]["value"]
            break
        else:
            if re.search(r"(?:목표|예정|계획)[)은는:]?\s?(?:\d{4}년\s?)?[가-힣\s]{0,12}$", before):
                told["kind"] = "target"
    return told


class _Due(NamedTuple):
    start: int
    due: str
    is_weak: bool


def _due_phrases(sentence: str, date: pd.Timestamp) -> list[_Due]:
    """Every phrase that says by when, resolved from the document's day."""
    found, known = [], pd.notna(date)
    for match in _DUE.finditer(sentence):
        if _PAST.search(sentence[max(0, match.start() - 4) : match.start()]):
            continue
        if _AS_OF.match(sentence, match.end()):
            continue
        if match["full"]:
            found.append(
                _Due(
                    match.start(), _with_part(int(match["full"]), f"{match['full_month']}월"), False
                )
            )
        elif match["last"]:
            found.append(_Due(match.start(), f"20{match['last'][-2:]}", False))
        elif match["year"]:
            year = _year(match["year"], date)
            if year is None:
                continue
            is_from = bool(match["from"])
            if is_from and match["run"]:
                year += _span(match["run"]) - 1
                is_from = False
            due = _with_part(year, "" if match["run"] else match["part"] or "")
            found.append(_Due(match.start(), due, is_from))
        elif not known:
            continue
        elif match["month"]:
            ahead = match["month"][0] in "다내"
            due = date + pd.DateOffset(months=int(ahead))
            found.append(_Due(match.start(), f"{due:%Y-%m}", False))
        elif match["alone"]:
            year, part = date.year, match["alone"]
            due = _with_part(year, part)
            if due < f"{date:%Y-%m}":
                due = _with_part(year + 1, part)
            found.append(_Due(match.start(), due, bool(match["alone_from"])))
        else:
            n = _span(match["n"])
            is_weak = not match["ahead"] and match["how"] in ("간", "동안", "에 걸쳐")
            if match["span"] == "년":
                due = f"{date.year + n}"
            else:
                due = f"{date + pd.DateOffset(months=n):%Y-%m}"
            found.append(_Due(match.start(), due, is_weak))
    return found


def _span(written: str) -> int:
    return int(written) if written.isdigit() else _NATIVE_SPAN.get(written, 1)


def _year(written: str, date: pd.Timestamp) -> int | None:
    digits = re.sub(r"\D", "", written)
    if digits:
        return int(digits) if len(digits) == 4 else 2000 + int(digits)
    if pd.isna(date):
        return None
    return date.year + {"내년": 1, "내후": 2, "다음": 1, "이듬": 1}.get(written[:2], 0)


def _with_part(year: int, part: str) -> str:
    """A year, with the last month of the part of it that is named.

    >>> _with_part(2023, "상반기"), _with_part(2023, "3분기"), _with_part(2023, "초")
    ('2023-06', '2023-09', '2023')
    """
    if "분기" in part:
        return f"{year}-{3 * int(part[0]):02}"
    if month := re.match(r"\d{1,2}(?=\s?월)", part):
        return f"{year}-{int(month[0]):02}"
    if not part or part == "초":
        return f"{year}"
    return f"{year}-{'06' if part == '상반기' else '12'}"


def _due_of(phrases: list[_Due], at: int, date: pd.Timestamp) -> str:
    """The due date of a figure: of the phrases to come, the nearest before it, else after it."""
    today = f"{date:%Y-%m}" if pd.notna(date) else ""
    coming = [p for p in phrases if p.due >= today[: len(p.due)]]
    for is_weak in (False, True):
        some = [phrase for phrase in coming if phrase.is_weak == is_weak]
        if before := [phrase for phrase in some if phrase.start < at]:
            return before[-1].due
        if some:
            return some[0].due
    return ""


def _is_weak(phrases: list[_Due], due: str, date: pd.Timestamp) -> bool:
    """Whether a phrase alone makes no target: a span, or nothing but the year it is."""
    if pd.notna(date) and due == f"{date.year}":
        return True
    return all(phrase.is_weak for phrase in phrases if phrase.due == due)


_VAGUE = frozenset(
    "규모 총액 이상 가운데 등 올해 지난해 내년 이번 현재 대비 평균 연간 매년 이후 향후 최대 최소 누적 총 약 목표 오늘 이날 "
    "예정 계획 기존 작년 지난달 단계 기준 내외 오후 오전 하루 안팎 상당 이내 까지 정도 것 수 중 곳 명 개 건 때 해 지금 하루 전체 모두 최근 당초 이전 추가 신규 전국 국내 이 그 전년".split()
)
_NOUN_TAGS = ("NNG", "NNP", "SL", "XSN", "XPN")
_AFTER_NOUN = re.compile(r"\s?(?:여|가량|정도|규모|상당|이상)?의?\s?(?=[가-힣A-Za-z])")


def _subjects(befores: list[str], afters: list[str], nouns: list[str]) -> list[str]:
    """What each figure counts: the noun that goes with it, else the last subject before it."""
    glue = [_AFTER_NOUN.match(after) for after in afters]
    tails = [m.string[m.end() : m.end() + 40] if m else "" for m in glue]
    runs = _noun_runs([before[-60:] for before in befores] + tails)
    subjects = []
    for number, noun in enumerate(nouns):
        own, behind = runs.get(number, []), runs.get(len(befores) + number, [])
        is_behind = noun == _BEHIND or glue[number] and "의" in glue[number][0]
        noun = "" if noun == _BEHIND else noun
        if not noun and is_behind and behind and behind[0][0] == 0:
            noun = behind[0][2]
        if not noun:
            plain = [run for run in own if run[3] not in ("JKB", "JC", "verb")]
            told = (plain or own)[-1:] if own else behind[:1]
            noun = told[0][2] if told else ""
        subjects.append(" ".join(noun.split()[-3:]))
    return subjects


def _noun_runs(texts: list[str]) -> dict[int, list[tuple[int, int, str, str]]]:
    """Runs of nouns in each text: (start, end, words, tag of what follows), vague words aside."""
    found: dict[int, list] = {}
    morphemes = analyse(texts, "mecab")
    columns = (morphemes[name].tolist() for name in ("row", "start", "end", "tag"))
    opened: tuple[int, int, int] | None = None
    for row, start, end, tag in [*zip(*columns, strict=True), (-1, 0, 0, "")]:
        word = texts[row][start:end] if tag else ""
        is_noun = tag in _NOUN_TAGS and word not in _VAGUE and (opened or tag != "XSN")
        is_noun = is_noun or bool(opened) and word == "&"
        if opened and is_noun and opened[0] == row and start - opened[2] <= 1:
            opened = (row, opened[1], end)
            continue
        if opened:
            at, first, last = opened
            follows = (
                "verb" if at == row and start == last and tag[:3] in ("XSV", "XSA", "VCP") else tag
            )
            follows = follows.split("+")[0] if at == row and start == last else ""
            if last - first > 1 and texts[at][last - 1] != "당":
                found.setdefault(at, []).append((first, last, texts[at][first:last], follows))
        opened = (row, start, end) if is_noun else None
    return found


_NATION = "전국"
_TITLE, _NEAR = 80, 120  # characters: of a beginning that tells whose, and before a sentence


@cache
def scope_lexicon() -> tuple[Lexicon, dict[str, str]]:
    """Names that say whose or where: regions and organisations, with the name each stands for."""
    table = read_lexicon().table
    own = table[table["kind"].isin(["organisation", "place"])]
    owner = dict(
        zip(own["term"], own["canonical"].where(own["canonical"] != "", own["term"]), strict=True)
    )
    regions = read_regions()
    for region, forms in zip(regions["region"], regions["names"], strict=True):
        owner |= {form: region for form in forms.split(";")}
    owner |= {_NATION: _NATION, "수도권": "수도권", "비수도권": "비수도권"}
    extra = pd.DataFrame({"term": [term for term in owner if term not in set(own["term"])]})
    return Lexicon(pd.concat([own, extra], ignore_index=True)), owner


def _scopes(texts: np.ndarray) -> dict[int, list[tuple]]:
    """Where scopes are named in each text: row to (start, end, name), in order."""
    lexicon, owner = scope_lexicon()
    found = find_terms(texts, lexicon)
    found = found[found["starts_word"]].assign(length=lambda t: t["end"] - t["start"])
    found = found.sort_values(["row", "start", "length"], ascending=[True, True, False])
    places: dict[int, list[tuple]] = {}
    for row, start, end, term in found[["row", "start", "end", "term"]].itertuples(index=False):
        own = places.setdefault(row, [])
        if not own or start >= own[-1][1]:
            own.append((start, end, owner.get(term, term)))
    return places


def _scope(names: list[tuple], first: int, at: int, last: int) -> str:
    """The name nearest before a figure in its sentence, else the one before it in the text."""
    here = [name for start, _, name in names if first <= start < at]
    if here:
        return here[-1]
    after = [name for start, _, name in names if at <= start < last]
    title = [name for start, _, name in names if start < min(first, _TITLE)]
    near = [name for start, _, name in names if first - _NEAR <= start < first]
    return (after[:1] or near[-1:] or title[:1] or [""])[0]


_DOUBLE, _SINGLE = '“”"„‟〝〞＂', "‘’'‚‛`"
_MARKS = re.compile(f"[{_DOUBLE}]")
_SINGLES = re.compile(r"[‘’'‚‛`](?!\d\d(?:년|[.~∼)]))([^‘’'‚‛`\n]{2,200}?)[‘’'‚‛`](?![A-Za-z])")
_VERB = re.compile(_SPEECH["verb"])
_NAMING = re.compile(rf"[^.]{{0,14}}?(?:{_SPEECH['naming']})")
_CARRY = re.compile(
    r"\s*(?:이?라며|며|면서도?|이라면서도?|라면서도?|이?라고도?|고도?|라|이라|하며|이?라는|는|이?란)(?![가-힣])"
)
_REPORT = re.compile(r"\s*(?:이?라고도?|고도?|이?라|하며|이?라며|며|이?라면서도?|면서도?)\s")
_NOUN = re.compile(rf"\s*(?:이?라|이|다)?(?:는|란)\s(?:[가-힣]+\s)?(?:{_SPEECH['noun']})")
_UNCLOSED = re.compile(
    rf"(?:이?라)?고\s?[^.\n]{{0,20}}?(?:{_SPEECH['verb']})|(?:이?라)?며\s[^.\n]{{0,20}}?(?:{_SPEECH['verb']})"
)
_SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추"
    "도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용라나봉사부경피감"
)
_DOUBLE_SURNAMES = ("남궁", "황보", "선우", "제갈", "독고", "사공")
_NAME = rf"[{_SURNAMES}][가-힣]{{1,3}}"
_NOT_NAMES = frozenset(
    "이날 이번 이어 이후 이들 이에 이를 이와 이런 이처럼 전국 정부 지난 지역 현재 한편 특히 또한 최근 최초 하지만 한국 "
    "국내 국회 당시 당일 주요 현장 현지 전체 전날 오전 오후 오늘 올해 우리 위해 통해 대한 대해 관련 관계 공동 공식 기업 "
    "기관 기존 경제 경영 안전 산업 사업 사회 서울 인천 강원 제주 경기 경남 경북 부산 전남 전북 이사 이사회 주민 구청 "
    "시청 도청 군청 신임 신규 성과 여당 야당 민간 조합 원내 부회 선임 수석 상임 전임 전직 현직 정책 기술 연구 국제 금융 "
    "지방 이상 이하 사단법인 주식회사 이전 기자 정보 교육 문화 환경 은행 중앙 중소 미래 한국의 우리의 나라의 국민의 회사의 정부의 여당의 야당의 나머지 이른바 지난달 지난해".split()
)
_WORD = r"[가-힣A-Za-z0-9·&.]+"
_TO = r"(?P<to>께서는|께서|은|는|이|가|도|과|와|의|,|·|:|(?=\s*[“\"'‘]?▒|\s?:))"
_OFFICE = re.compile(
    rf"(?P<office>[가-힣A-Za-z·]*?(?:{_SPEECH['office']}))(?:\s?\((?P<inner>{_NAME})\)|\s(?P<behind>[{_SURNAMES}][가-힣]{{2}}))?"
    rf"(?:\s?씨)?(?:\([^)]{{1,20}}\))?{_TO}(?![가-힣])"
)
_PLAIN = re.compile(
    rf"(?<![가-힣])(?P<name>(?:{_NAME}|[A-Z가-힣])\s?(?:\([^)]{{1,12}}\))?)\s?씨(?:\([^)]{{1,12}}\))?{_TO}(?![가-힣])"
)
_HIDDEN = re.compile(
    rf"(?:(?P<org>{_WORD})\s)?(?P<own>[가-힣]*?(?:{_SPEECH['anonymous']}))들?(?P<to>은|는|이|가|도|에서는|에서도|에서|의)(?![가-힣])"
)
_BODY = re.compile(
    rf"(?<![가-힣])(?P<name>[가-힣A-Za-z·&]*?(?:{_SPEECH['body']})|[가-힣]{{2,9}}[부청처시도당])(?P<to>은|는|이|가|도|에서는)(?![가-힣])"
)
_PRONOUN = re.compile(r"(?<![가-힣])(?:그|그녀)(?P<to>는|가|도)(?![가-힣])")
_BARE_NAME = re.compile(
    rf"(?<![가-힣])(?P<name>[{_SURNAMES}][가-힣]{{2}})(?:\(\d+\))?(?P<to>은|는|이|가)(?![가-힣])"
)
_CONTINUES = re.compile(
    r"^[\s\W]*(?:또한?|이어서?|아울러|그러면서|특히|이에|덧붙여|그리고|다만|하지만|그러나|나아가|더불어|이와 함께|이와 관련해|끝으로|마지막으로|계속해서|한편|$)"
)


class _Person(NamedTuple):
    start: int
    end: int
    name: str
    office: str = ""
    organisation: str = ""
    to: str = ""
    is_anonymous: bool = False


@stored
def find_quotations(documents: pd.DataFrame) -> pd.DataFrame:
    """Everything somebody is quoted as saying, with who said it.

    Parameters
    ----------
    documents : DataFrame
        ``doc_id, text``.

    Returns
    -------
    DataFrame
        One row a quotation: ``doc_id``; ``start, end`` of what stands between the outer marks;
        ``quote``; ``speaker`` (several joined by ", "; "" where nobody is named), ``office,
        organisation``; ``verb`` of speech; ``is_anonymous``. Titles, slogans and terms in marks
        are no quotations. A mark that never closes ends at its verb, or with the paragraph.

    Examples
    --------
    >>> text = "김하나 장관은 “규제를 풀겠다”고 밝혔다. 또 “서두르겠다”고 덧붙였다."
    >>> found = find_quotations(pd.DataFrame({"doc_id": ["a"], "text": [text]}))
    >>> found[["quote", "speaker"]].values.tolist()
    [['규제를 풀겠다', '김하나'], ['서두르겠다', '김하나']]
    """
    rows = [
        {"doc_id": doc_id} | row
        for doc_id, text in zip(documents["doc_id"], documents["text"].fillna(""), strict=True)
        if _MARKS.search(text) or _SINGLES.search(text)
        for row in _marked(text)
        if row.pop("is_speech")
    ]
    table = pd.DataFrame(rows, columns=QUOTATION_COLUMNS)
    return table.astype({"start": "int64", "end": "int64", "is_anonymous": bool})


@stored
def find_phrases(documents: pd.DataFrame) -> pd.DataFrame:
    """Short phrases that texts set in marks without anyone speaking: ``doc_id, start, end, phrase``.

    >>> find_phrases(pd.DataFrame({"doc_id": ["a"], "text": ["시는 ‘규제예보제’를 연다."]}))["phrase"].item()
    '규제예보제'
    """
    rows = [
        {"doc_id": doc_id, "start": row["start"], "end": row["end"], "phrase": row["quote"]}
        for doc_id, text in zip(documents["doc_id"], documents["text"].fillna(""), strict=True)
        for row in _marked(text)
        if not row["is_speech"] and 2 <= len(row["quote"]) <= 20
    ]
    table = pd.DataFrame(rows, columns=["doc_id", "start", "end", "phrase"])
    return table.astype({"start": "int64", "end": "int64"})


def _marked(text: str) -> list[dict]:
    """What stands in marks, paragraph by paragraph; who speaks is carried on to the next."""
    rows: list[dict] = []
    known: list[_Person] = []  # everybody named so far
    last: list[_Person] = []  # who spoke last
    offset = 0
    for paragraph in text.split("\n"):
        spans = _spans(paragraph)
        masked = paragraph
        for start, end, _ in spans:
            masked = masked[:start] + "▒" * (end - start) + masked[end:]
        people = _people(masked, known)
        known += [person for person in people if person.name and not person.is_anonymous]
        edges = [0, *(m.end() for m in _SENTENCE.finditer(masked)), len(masked) + 1]
        for place, (start, end, is_double) in enumerate(spans):
            at = bisect_right(edges, start - 1) - 1 if start else 0
            first = edges[at]
            until = spans[place + 1][0] - 1 if place + 1 < len(spans) else len(masked)
            verb = _speech_verb(paragraph, masked, (first, start, end, until), is_double, people)
            row = {"start": offset + start, "end": offset + end, "quote": paragraph[start:end]}
            if verb is None:
                rows.append(row | {"is_speech": False})
                continue
            sentence_end = next((edge for edge in edges if edge > end + 1), len(masked))
            said_by = _speakers(masked, people, (first, start, end, sentence_end), last)
            last = said_by or last
            one = said_by[0] if said_by else _Person(0, 0, "")
            names = ", ".join(dict.fromkeys(person.name for person in said_by if person.name))
            rows.append(
                row | {
                    "is_speech": True, "speaker": names, "office": one.office,
                    "organisation": one.organisation, "verb": verb,
                    "is_anonymous": one.is_anonymous or not names,
                }
            )  # fmt: skip
        if not spans and people:
            subjects = [person for person in people if person.to in ("은", "는", "이", "가")]
            last = subjects[-1:] or last
        offset += len(paragraph) + 1
    return rows


def _spans(paragraph: str) -> list[tuple[int, int, bool]]:
    """(start, end, is double) of what marks enclose: the outer ones, whichever way they turn."""
    spans, opened = [], None
    for match in _MARKS.finditer(paragraph):
        at = match.start()
        before, after = paragraph[at - 1 : at], paragraph[at + 1 : at + 2]
        can_open = (
            not before or not before.isalnum() and before not in ".?!”’)%…"
        ) and after.strip() != ""
        can_close = bool(before.strip()) and (before not in "([")
        if opened is None:
            if (
                can_open
                or match[0] in "“„〝"
                or not re.match(r"이?라|고|며|는|면", paragraph[at + 1 :])
            ):
                opened = at
        elif can_close and not (can_open and match[0] in "“„〝" and before in " "):
            spans.append((opened + 1, at, True))
            opened = None
        elif can_open:  # the one before never closed
            spans.append((opened + 1, _end_of_unclosed(paragraph, opened + 1, at), True))
            opened = at
    if opened is not None and paragraph[opened + 1 :].strip():
        end = _end_of_unclosed(paragraph, opened + 1, len(paragraph))
        spans.append((opened + 1, end, True))
    covered = [(start, end) for start, end, _ in spans]
    for match in _SINGLES.finditer(paragraph):
        if not any(start - 1 <= match.start() <= end for start, end in covered):
            spans.append((match.start(1), match.end(1), False))
    return sorted(span for span in spans if span[1] > span[0])


def _end_of_unclosed(paragraph: str, start: int, until: int) -> int:
    match = _UNCLOSED.search(paragraph, start, until)
    return match.start() if match else until


def _speech_verb(
    paragraph: str, masked: str, place: tuple, is_double: bool, people: list[_Person]
) -> str | None:
    """The verb by which what is in marks is said, "" for a marker alone, None if nobody speaks."""
    first, start, end, until = place
    quote = paragraph[start:end]
    behind = masked[end:until].lstrip("".join(_DOUBLE + _SINGLE))
    is_sentence = bool(re.search(r"(?:[다요까죠자라]|[.?!…])[.?!…]*$", quote.strip()))
    report, verb = _REPORT.match(behind), None
    sentence = re.split(r"(?<=[다요])\.", behind, maxsplit=1)[0]
    if found := _VERB.search(sentence):
        verb = found[0]
    if _NAMING.match(re.sub(r"^\s*이?라고\s", "", behind)) and not is_sentence:
        return None
    if is_double and re.match(r"\s*(?:하며|하고|했다|하면서)", behind) and len(quote) > 12:
        return (_VERB.findall(quote) or [""])[-1]
    if report:
        is_strong = re.match(r"\s*(?:이?라며|며|이?라면서|면서)", behind)
        if verb or (is_double and is_strong):
            return verb or ""
        if is_double and re.match(r"\s*(?:고|이?라고)\s", behind) and is_sentence:
            return ""
    if (
        _CARRY.match(behind)
        and is_double
        and is_sentence
        and re.match(r"\s*(?:고|며|면서|이?라고|이?라며)", behind)
    ):
        return verb or ""
    if is_double and (noun := _NOUN.match(behind)):
        return noun[0].split()[-1]
    ahead = masked[first:start].rstrip("".join(_DOUBLE + _SINGLE))
    if re.search(r"[가-힣)]\s?:\s?$", ahead) and any(first <= p.start < start for p in people):
        return ""
    near = [
        p
        for p in people
        if first <= p.start < start and masked[p.end : start - 1].strip(" ,:") == ""
    ]
    if (
        is_double
        and near
        and near[-1].to in ("", ":")
        and not re.match(r"\s*[을를은는의에]", behind)
    ):
        return ""
    if is_double and is_sentence and re.search(r"[.?!]$", quote.strip()):
        follow = re.split(r"(?<=[다요])\.", masked[end + 1 : end + 80], maxsplit=1)[0]
        if any(end <= p.start <= end + 40 for p in people) and (
            _VERB.search(follow) or re.search(r"의\s(?:말|설명|이야기|얘기)", follow)
        ):
            return (_VERB.search(follow) or ["말"])[0]
    return None


def _people(masked: str, known: list[_Person]) -> list[_Person]:
    """Everybody and every body that a paragraph names as acting or speaking, in order."""
    found: list[_Person] = []
    for match in _OFFICE.finditer(masked):
        found.append(_officer(match, masked, [*known, *found]))
    for match in _PLAIN.finditer(masked):
        name = re.sub(r"\s?\(.*", "", match["name"]).strip()
        found.append(_Person(match.start(), match.end(), name, to=match["to"]))
    for match in _HIDDEN.finditer(masked):
        own = match["own"]
        organisation = match["org"] or ""
        organisation = (
            ""
            if organisation in ("한", "이", "그", "또", "다른", "일부", "복수의", "현장")
            else organisation
        )
        found.append(
            _Person(match.start(), match.end(), own, "", organisation, match["to"][-1:], True)
        )
    for match in _BODY.finditer(masked):
        if match["name"][-1] in "부청처시도당" and match["name"] not in _bodies():
            continue
        found.append(
            _Person(match.start(), match.end(), match["name"], "", match["name"], match["to"][-1:])
        )
    for match in _BARE_NAME.finditer(masked):
        if match["name"] in {person.name for person in known}:
            found.append(_Person(match.start(), match.end(), match["name"], to=match["to"]))
    for match in _PRONOUN.finditer(masked):
        found.append(_Person(match.start(), match.end(), "그", to=match["to"]))
    found.sort(key=lambda person: (person.start, -person.end))
    kept: list[_Person] = []
    for person in found:
        if not kept or person.start >= kept[-1].end:
            kept.append(person)
        elif person.office and not kept[-1].office:
            kept[-1] = person
    return kept


def _officer(match: re.Match, masked: str, known: list[_Person]) -> _Person:
    """Name, office and body of someone called by an office, wherever the name stands."""
    office, to = match["office"], (match["to"] or "").strip()
    short = re.search(rf"(?:{_SPEECH['office']})$", office)[0]
    organisation = office[: -len(short)]
    left = masked[max(0, match.start() - 40) : match.start()]
    words = list(re.finditer(_WORD, re.split(r"[▒,.;]\s?|\n", left)[-1]))
    offset = match.start() - len(re.split(r"[▒,.;]\s?|\n", left)[-1])
    if name := match["inner"] or match["behind"]:
        return _Person(match.start(), match.end(), name, short, organisation, to)
    for back, word in enumerate(reversed(words[-4:])):
        text = word[0]
        if back == 0 and len(text) == 1 and text in _SURNAMES:
            full = [p.name for p in known if p.name.startswith(text) and len(p.name) > 1]
            return _Person(
                offset + word.start(),
                match.end(),
                full[-1] if full else text,
                short,
                organisation,
                to,
            )
        if text.endswith(("은", "는", "을", "를", "에서", "으로")) and back and len(text) != 3:
            break
        is_name = re.fullmatch(_NAME, text) and text not in _NOT_NAMES and not _is_place(text)
        is_name = is_name and text[-1] not in "는를을던에로했며"
        if is_name and (
            len(text) == 3 or len(text) == 2 and back == 0 or text[:2] in _DOUBLE_SURNAMES
        ):
            between = " ".join(w[0] for w in words[len(words) - back :])
            return _Person(
                offset + word.start(),
                match.end(),
                text,
                short,
                (between + " " + organisation).strip(),
                to,
            )
    if not organisation and words and not words[-1][0].endswith(("은", "는", "이", "도", "의")):
        organisation = words[-1][0]
    same = [p.name for p in known if p.office == short and len(p.name) > 1 and p.name != short]
    return _Person(match.start(), match.end(), same[-1] if same else short, short, organisation, to)


@cache
def _bodies() -> frozenset[str]:
    """Names of public bodies that end in one letter, and their short names."""
    aliases = read_reference(str(REFERENCE / "aliases.csv"), "alias")
    return frozenset(["정부", *scope_lexicon()[1], *aliases["alias"], *known_names()])


@cache
def _region_forms() -> frozenset[str]:
    regions = read_regions()
    return frozenset(form for forms in regions["names"] for form in forms.split(";"))


def _is_place(word: str) -> bool:
    return word in _region_forms() or bool(
        re.search(r"(?:광역시|특별시|시청|도청|지역|지방)$", word)
    )


_SUBJECTS = ("은", "는", "이", "가", "도", "께서는", "께서", "", ":")


def _speakers(
    masked: str, people: list[_Person], place: tuple, last: list[_Person]
) -> list[_Person]:
    """Who says what stands at `place`: a subject before it, one after it, or who spoke last."""
    first, start, end, until = place
    before = [p for p in people if first <= p.start < start and p.to in _SUBJECTS]
    topics = [p for p in before if p.to in ("은", "는", "께서는", "", ":")]
    chosen = (topics or before)[-1:] if before else []
    if not chosen:
        after = [p for p in people if end <= p.start < until + 45]
        after = [
            p for p in after
            if p.start < until and p.to in ("은", "는", "이", "가", "께서는")
            or p.to == "의" and re.match(r"\s(?:말|설명|이야기|얘기|주장|지적|전언|생각)", masked[p.end : p.end + 6])
            or p.start >= until - 1 and p.to in ("은", "는", "이", "가") and not _REPORT.match(masked[end + 1 :] + " ")
        ]  # fmt: skip
        chosen = after[:1]
    if not chosen:
        chosen = last
    if chosen and chosen[0].name == "그":
        chosen = [p for p in last if p.name != "그"] or [
            p for p in people if p.start < chosen[0].start and p.office
        ][-1:]
    if len(chosen) == 1:
        at = people.index(chosen[0]) if chosen[0] in people else 0
        while (
            at
            and people[at - 1].to in ("과", "와", ",", "·")
            and (masked[people[at - 1].end : people[at].start].strip() == "")
        ):
            at -= 1
            chosen = [people[at], *chosen]
    return chosen
