"""Scraped text of a news or press page: title, publisher, date and body, the rest left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from policytext.cleaning import normalise
from policytext.readers import rules
from policytext.readers.dates import DateSpan, parse_date
from policytext.readers.officials import official_span
from policytext.readers.sources import Source, decode

# A "?" alone is what is left of • and © where a charset could not hold them.
_BULLET = re.compile(r"^(?:[•∙◦]\s?|\?\s)")
_EMAIL_DOMAIN = re.compile(r"@([\w-]{1,40}(?:\.[\w-]{1,20}){1,3})")
_NOTICE = re.compile(
    r"^[\[<('\"’‘]*(?:저작권자?|copyrights?|ⓒ|©|\(c\)|\s|[0-9]{4}(?:-[0-9]{4})?|[:.,?])+"
    r"(?:by\s)?(?:['‘\"“][^'’\"”]{1,40}['’\"”]\s?)?",
    re.I,
)
_NOTICE_END = re.compile(
    r"\s?(?:[&,.;:|<>()\[\]/]|무단|all\s|inc|co\b|-|–|\s(?=[a-z0-9.-]{3,}\.[a-z]{2})).*$", re.I
)
_FULL_DAY = re.compile(r"(20\d\d)년 ?(\d{1,2})월 ?(\d{1,2})일")
_MONTH_DAY = re.compile(r"(?<![\d년])\s?(\d{1,2})월 ?(\d{1,2})일")
_SAID = re.compile(r"(?:밝혔|발표했|개최했|열었|말했|전했|가졌|체결했|알렸|출범했|개소했|참석했)다")


@dataclass
class _Page:
    """What the lines of one page turned out to be."""

    title: str = ""
    body: list[str] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)
    stamps: list[tuple[int, DateSpan]] = field(default_factory=list)
    outlets: list[tuple[int, str]] = field(default_factory=list)


def read_page(source: Source) -> Iterator[dict]:
    """One record for one text file."""
    yield parse_page(decode(source.read()))


def parse_page(
    text: str, *, title: str = "", publisher: str = "", date: DateSpan | None = None
) -> dict:
    """Separate an article from its page.

    Parameters
    ----------
    text : str
        A page as text, one paragraph or widget a line.
    title, publisher, date : optional
        What is known from elsewhere (the tags of an HTML page); it is not looked for again.

    Returns
    -------
    dict
        ``title, text, publisher, date`` (a `DateSpan`), ``date_basis``, ``note`` and
        ``removed``, a list of (rule, line).

    Examples
    --------
    >>> page = parse_page("창업 지원 확대\\n승인 2019.04.22 11:43\\n댓글 0\\n"
    ...                   "[가나일보] 시가 창업 지원을 늘린다고 밝혔다.\\nⓒ 가나일보 무단전재 금지")
    >>> page["title"], page["text"], page["publisher"], str(page["date"].date)[:10]
    ('창업 지원 확대', '시가 창업 지원을 늘린다고 밝혔다.', '가나일보', '2019-04-22')
    """
    lines = [_BULLET.sub("", line) for line in normalise(text).split("\n")]
    page = _separate([line for line in lines if line], title)
    body = _without_repeats(page.body)
    note = ""
    if not page.title and body:
        page.title, note = _first_sentence(body[0]), "제목이 없어 첫 문장을 제목으로 썼습니다."
    outlet = publisher or max(page.outlets, key=lambda named: named[0], default=(0, ""))[1]
    if outlet:
        page.removed += [("brand", line) for line in body if _is_brand(line, outlet)]
        box = re.compile(rf"^[\[(【]{re.escape(outlet)}[\])】]\s*")
        body = [box.sub("", line) for line in body if not _is_brand(line, outlet)]
        page.title = strip_outlet(page.title, outlet)
    if date is None or not date.is_known:
        date, basis, date_note = _date_of(page, body)
        note = " ".join(filter(None, (note, date_note)))
    else:
        basis = "metadata"
    is_news = any(weight >= 3 for weight, _ in page.outlets)
    return {
        "genre_guess": "news" if is_news else "",
        "title": page.title,
        "text": "\n".join(line for line in body if line),
        "publisher": outlet,
        "date": date,
        "date_basis": basis,
        "note": note,
        "removed": page.removed,
    }


def _separate(lines: list[str], title: str) -> _Page:
    page = _Page(title=title)
    n_paragraphs, is_closed, is_related = 0, False, False
    are_paragraphs = [_is_paragraph(line) for line in lines]
    n_left = sum(are_paragraphs)
    for i, (line, is_paragraph) in enumerate(zip(lines, are_paragraphs, strict=True)):
        n_left -= is_paragraph
        rule = _rule(line, page, is_paragraph, (n_paragraphs, n_left))
        if not rule and _is_cut_short(line, lines[i + 1 : i + 2]):
            rule = "caption"
        if rule == "copyright":
            page.outlets.append((3, _notice_name(line)))
        if (rule == "copyright" and n_paragraphs) or (
            rule in ("tail", "related")
            and (n_paragraphs >= 3 or (n_paragraphs and not n_left))
            and (rule == "tail" or is_closed or not n_left)
        ):
            page.outlets += [
                (3, _notice_name(late))
                for late in lines[i + 1 :]
                if rules.COPYRIGHT.search(late) and not _is_paragraph(late)
            ][:1]
            page.removed += [(rule, line)] + [("tail", late) for late in lines[i + 1 :]]
            break
        # Headlines under "관련기사" are dropped until a paragraph of the article resumes.
        is_related = (is_related or rule == "related") and not is_paragraph
        is_closed = is_closed or (rule == "byline" and n_paragraphs >= 2)
        if rule or is_related:
            page.removed.append((rule or "related", line))
            if rule == "widget":
                page.body.append("")  # a border: what stood before it may be a summary
            continue
        if _is_title(line, page, is_paragraph, n_paragraphs):
            page.title = page.title or line
            continue
        if is_closed and not is_paragraph:
            page.removed.append(("tail", line))
            continue
        page.body.append(_without_lead_in(line, page))
        n_paragraphs += is_paragraph
    page.outlets = [(weight, name) for weight, name in page.outlets if name]
    return page


def _is_cut_short(line: str, after: list[str]) -> bool:
    """The alternative text of a picture is the caption after it, cut short."""
    is_start = bool(after) and 15 <= len(line) < len(after[0]) and after[0].startswith(line)
    return is_start and not rules.SENTENCE.search(line)


def _rule(line: str, page: _Page, is_paragraph: bool, place: tuple[int, int]) -> str:
    """Which kind of thing that is not the article a line is, or "".

    `place` is the number of paragraphs before and after the line.
    """
    n_paragraphs, n_left = place
    is_menu = not n_paragraphs and all(word in rules.SECTIONS for word in line.split())
    if rules.is_widget(line) or (is_menu and not page.title):
        return "widget"
    if re.match(r"[\[(/]?(?:사진|그래픽|이미지)|[ⓒ©]", line) and len(line) < 120 and n_left:
        if rules.CREDIT.search(line) or not rules.NOTICE_WORD.search(line):
            return "caption"
    is_notice = len(line) <= 200 and rules.COPYRIGHT.search(line)
    if is_notice and not rules.PLAIN_STYLE.search(line):
        return "copyright"
    if len(line) > 300:
        return ""
    if match := rules.SOURCE.match(line):
        name = match["name"].strip(" ()[]")
        page.outlets.append((2 if re.search("[가-힣]", name) else 1, name))
        return "source"
    if stamps := _stamps(line, is_inside=n_paragraphs > 1 and n_left > 0):
        page.stamps += stamps
        return "stamp"
    if not is_paragraph and len(line) <= 80 and not rules.PLAIN_STYLE.search(line):
        if rules.TAIL.match(line):
            return "tail"
        if rules.RELATED.match(line):
            return "related"
        if rules.BYLINE.match(line):
            page.outlets += _byline_outlets(line)
            return "byline"
    is_marked = rules.CAPTION_MARK.match(line)
    if (rules.CREDIT.search(line) and line[-1] != ".") or (
        is_marked and not n_paragraphs and len(line) < 120
    ):
        return "caption"
    return ""


def _is_paragraph(line: str) -> bool:
    """A sentence of some length that is not a notice of the site."""
    return (
        len(line) >= 25
        and rules.SENTENCE.search(line[-40:]) is not None
        and not rules.is_widget(line)
    )


def _is_title(line: str, page: _Page, is_paragraph: bool, n_paragraphs: int) -> bool:
    """The first line that is no sentence, and its repeats before the article."""
    if page.title:
        return not n_paragraphs and line == page.title
    is_sentence = rules.SENTENCE.search(line[-40:]) and "." in line[-3:]
    return not is_sentence and not any(page.body) and len(line) <= 150


def _stamps(line: str, *, is_inside: bool = False) -> list[tuple[int, DateSpan]]:
    """Dates that the page itself carries: 2 for first published, 1 for edited."""
    if len(line) > 120 or rules.SENTENCE.search(line) or rules.MASTHEAD.search(line):
        return []
    found = []
    for weight, pattern in ((1, rules.EDITED), (2, rules.STAMP)):
        if match := pattern.search(line):
            found.append((weight, parse_date(line[match.end() : match.end() + 30])))
    if not found and not is_inside and rules.BARE_STAMP.match(line):
        found.append((2, parse_date(line)))
    return [(weight, span) for weight, span in found if span.is_known]


def strip_outlet(title: str, outlet: str) -> str:
    """A title without the outlet that sites put after or before it."""
    name = re.escape(outlet)
    return re.sub(rf"\s*[-|:<«–—]\s*{name}\s*>?$|^{name}\s*[-|:]\s*", "", title)


def page_stamps(lines: list[str]) -> DateSpan:
    """The first date that the page carries as its own, an edit only when there is no other."""
    found = [stamp for line in lines for stamp in _stamps(line)]
    return max(found, key=lambda stamp: stamp[0], default=(0, DateSpan()))[1]


def _without_lead_in(line: str, page: _Page) -> str:
    """Drop "[서울=가나통신] 홍길동 기자 = " and remember the outlet it names."""
    match = rules.LEAD_IN.match(line)
    if not match or not match[0]:
        return line
    box, outlet = match["box"] or "", (match["outlet"] or "").strip()
    if outlet:
        page.outlets.append((4, outlet))
    elif re.search(rules.REPORTER, box):
        page.outlets += _byline_outlets(box)
    elif "=" in box:
        page.outlets.append((4, box.split("=")[-1].strip()))
    else:
        # "[나루신문]" or "[현장에서]": cut off later when the page says it is its outlet.
        if not set(box.split()) & rules.NOT_OUTLETS and len(box) <= 10 and " " not in box:
            page.outlets.append((0, box))
        return line
    return line[match.end() :]


def _byline_outlets(line: str) -> list[tuple[int, str]]:
    """Outlets in "[가나일보=홍길동 기자] a@b.kr": the name, then the domain of the address."""
    found = []
    if domain := _EMAIL_DOMAIN.search(line):
        found.append((1, domain[1].lower()))
    if match := re.match(
        rf"^[\[(]?(?P<name>[가-힣A-Za-z0-9]{{2,15}})[\s=/|]+[가-힣]{{2,4}}\s?{rules.REPORTER}", line
    ):
        found.append((4, match["name"]))
    return found


def _notice_name(line: str) -> str:
    name = _NOTICE_END.sub("", _NOTICE.sub("", line, count=1)).strip(" '\"‘’“”·")
    return name if 2 <= len(name) <= 20 else ""


def _is_brand(line: str, outlet: str) -> bool:
    return outlet in line and len(line) <= 80 and line[:1] in "[<(" and line[-1:] in "])>"


def _without_repeats(body: list[str]) -> list[str]:
    """Each paragraph once; of a summary above a widget and the article, the article's."""
    borders = [i for i, line in enumerate(body) if not line]
    last: dict[str, int] = {}
    for i, line in enumerate(body):
        has_border = line in last and any(last[line] < border < i for border in borders)
        if line not in last or has_border:
            last[line] = i
    return [line for i, line in enumerate(body) if line and last[line] == i]


def _first_sentence(paragraph: str, width: int = 80) -> str:
    sentence = re.split(r"(?<=[다요][.?!])\s", paragraph, maxsplit=1)[0]
    return sentence if len(sentence) <= width else sentence[:width].rstrip() + "…"


def _date_of(page: _Page, body: list[str]) -> tuple[DateSpan, str, str]:
    """The page's own stamp, a full date in the lead, or the bounds that named officials set."""
    if page.stamps:
        return max(page.stamps, key=lambda stamp: stamp[0])[1], "metadata", ""
    lead = " ".join([line for line in body if _is_paragraph(line)][:2])[:600]
    full = {match.groups() for match in _FULL_DAY.finditer(lead)}
    if len(full) == 1 and re.search(
        _FULL_DAY.pattern + r"(?:(?!다\.).){0,200}?" + _SAID.pattern, lead
    ):
        return parse_date("-".join(full.pop())), "text", "첫머리 문장의 날짜를 썼습니다."
    bounds = official_span(" ".join([page.title, *body]))
    if not bounds.is_known:
        return bounds, "unknown", ""
    note = "이름이 나온 공직자의 재임 기간으로 날짜의 범위를 정했습니다."
    return _completed(lead, bounds), "text", note


def _completed(lead: str, bounds: DateSpan) -> DateSpan:
    """A month and day in the lead, if just one year of the bounds has it before their end."""
    match = _MONTH_DAY.search(lead)
    if not match or pd.isna(bounds.date_to):
        return bounds
    years = range(bounds.date_from.year, bounds.date_to.year + 1)
    spans = [parse_date(f"{year}-{match[1]}-{match[2]}") for year in years]
    inside = [s for s in spans if s.is_known and bounds.date_from <= s.date <= bounds.date_to]
    return inside[0] if len(inside) == 1 else bounds
