"""Texts of pages, releases and minutes to articles: title, publisher, date, body, the rest left out.

The patterns are data, in ``assets/page-rules.toml``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise, takewhile
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from policytext.administrations import REFERENCE, read_reference
from policytext.texts.clean import bare, normalise, restore
from policytext.texts.dates import DateSpan, parse_date
from policytext.texts.sources import RULES, SourceFile, decode, pattern

RULE = SimpleNamespace(**{name: pattern(name) for name in RULES["patterns"]})
_BUTTONS, _NOT_OUTLETS, _BOARD = (
    frozenset(RULES["words"][name].split()) for name in ("buttons", "not_outlets", "board_fields")
)
FIELDS = {
    alias: column
    for column in ("title", "text", "date", "publisher", "speaker", "url")
    for alias in reversed(RULES["headers"][column].split())
} | dict.fromkeys(sorted(_BOARD), "")
_HEAD = 30  # lines in which a document says its date and title
_MINUTES_HEAD = 12
_NO_TITLE = "제목이 없어 첫 문장을 제목으로 썼습니다."
is_plain = RULE.plain.search
Named = list[tuple[int, str]]  # outlets, the better evidenced with the greater weight


@dataclass
class _Page:
    """What the lines of one page turned out to be."""

    title: str = ""
    body: list[str] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)
    stamps: list[tuple[int, DateSpan]] = field(default_factory=list)
    outlets: Named = field(default_factory=list)


def read_page(source: SourceFile) -> Iterator[dict]:
    """One record for one text file, or for each article that is parted from others in it."""
    text, note = restore(decode(source.read()))
    articles = articles_within(text)
    for row, text in articles:
        page = parse_page(text)
        page["note"] = f"{page['note']} {note}".strip()
        yield page | {"row": row} if len(articles) > 1 else page


def articles_within(text: str) -> list[tuple[int, str]]:
    """Articles that a collector put in one file, each with its first line's number.

    They are parted by a rule ("=====") or two empty lines, or begin with a field ("제목: …"), or
    all with a number, and each carries its day at its head; what does not belongs to the one before.

    >>> one, two = ("창업\\n2019-03-04\\n시가 새로 문을 연 기업을 돕기로 했다고 밝혔다.", "붙임")
    >>> [row for row, _ in articles_within("\\n---\\n".join([one, two, one]))]
    [1, 7]
    """
    lines = [line.rstrip() for line in re.split("\r\n|[\r\n]", text)]
    rules = [n + 1 for n, line in enumerate(lines) if RULE.divider.fullmatch(line)]
    headed = [n for n, line in enumerate(lines) if RULE.headed.match(line)]
    gaps = [n for n, line in enumerate(lines) if n > 1 and line and not any(lines[n - 2 : n])]
    numbered = [n for n, line in enumerate(lines) if RULE.ordinal.match(line)]
    for starts, n_least in ((rules, 1), (headed, 1), (numbered, 1), (gaps, 2)):
        bounds = pairwise([0, *starts, len(lines)])
        dated = [n for n, end in bounds if _is_dated_text(lines[n:end], n_least)]
        if len(dated) > 1 and (starts is not numbered or {*numbered} <= {*dated}):
            bounds = pairwise([0, *dated[1:], len(lines)])
            parts = [(n, lines[n : end - (end in rules)]) for n, end in bounds]
            return [(n + 1, RULE.ordinal.sub("", "\n".join(own))) for n, own in parts]
    return [(1, text)]


def _is_dated_text(lines: list[str], n_least: int) -> bool:
    """Whether one of the first lines is a day, a stamp or a field of one, and paragraphs follow."""
    lines = [*filter(None, map(normalise, lines))]
    head = lines[:6]
    is_list = any(rule.match(line) for line in head for rule in (RULE.tail, RULE.related))
    told, _ = fields_above(head)
    is_dated = "date" in told or any(map(find_stamps, head[:-1]))
    is_told = {"title", "date"} <= told.keys() and any(map(RULE.sentence.search, lines))
    is_text = is_told or sum(map(is_paragraph, lines)) >= n_least
    return is_dated and not is_list and is_text


def parse_page(
    text: str,
    *,
    title: str = "",
    publisher: str = "",
    date: DateSpan | None = None,
    whole: str = "",
) -> dict:
    """Separate an article from its page.

    `text`: a page as text, one paragraph or widget a line. `title`, `publisher`, `date`: what is
    known from elsewhere (the tags of an HTML page); it is not looked for again. `whole`: the page
    that `text` is the main part of, which tells whether it is a site's.

    ``title, text, publisher, speaker, url, date`` (a `DateSpan`), ``date_basis, genre_guess, note`` and
    ``removed``, a list of (rule, line).

    >>> page = parse_page("창업 지원 확대\\n승인 2019.04.22 11:43\\n댓글 0\\n"
    ...                   "[가나일보] 시가 창업 지원을 늘린다고 밝혔다.\\nⓒ 가나일보 무단전재 금지")
    >>> page["title"], page["text"], page["publisher"], str(page["date"].date)[:10]
    ('창업 지원 확대', '시가 창업 지원을 늘린다고 밝혔다.', '가나일보', '2019-04-22')
    """
    lines = [line for line in normalise(text).split("\n") if line]
    seen = [line for line in whole.split("\n") if line] or lines
    told, labels = fields_above(lines)
    title, publisher = told.get("title", title), publisher or told.get("publisher", "")
    date = date if date and date.is_known else parse_date(told.get("date", ""))
    beside = {name: told.get(name, "") for name in ("speaker", "url")}
    fields = [("header", lines[n]) for n in sorted(labels)]
    lines = [line for n, line in enumerate(lines) if n not in labels and line != publisher]
    lines = [*filter(None, [told.get("text")]), *lines]
    if is_minutes(lines) or not is_site(seen):
        found = parse_document("\n".join(lines), title=title, date=date)
        found["removed"] = fields + found["removed"]
        return {**found, **beside, "publisher": publisher or found["publisher"]}
    lines = [RULE.bullet.sub("", line) for line in lines]
    page = _separate([line for line in lines if line], title)
    _behead(page)
    _drop_summary(page)
    body, note = page.body, ""
    if not page.title and body:
        page.title, note = _first_sentence(body[0]), _NO_TITLE
    outlet = publisher or choose_outlet(page.outlets)
    if outlet:
        page.removed += [("brand", line) for line in body if _is_brand(line, outlet)]
        box = re.compile(rf"^[\[(【]{re.escape(outlet)}[\])】]\s*")
        body = [box.sub("", line) for line in body if not _is_brand(line, outlet)]
        page.title = strip_outlet(page.title, outlet)
    span = date if date.is_known else best_stamp(page.stamps)
    genre = "news" if any(weight >= 3 for weight, _ in page.outlets) else ""
    known = {"publisher": outlet, "genre_guess": genre, "removed": fields + page.removed}
    return _article(page.title, body, span, note=note, **beside, **known)


def fields_above(lines: list[str]) -> tuple[dict[str, str], set[int]]:
    """What the fields above a text say, column -> value, and where they stand.

    "제목: …", "[일자] …", "담당부서" with its value behind or below it: the view of a board, or what
    a collector writes. Two at least, one of them the title, the text or the date.
    """
    told: dict[str, str] = {}
    places: set[int] = set()
    for n, line in enumerate(lines[:_HEAD]):
        if n in places or not (match := RULE.label.match(line)):
            if is_paragraph(line):
                break
            continue
        column = FIELDS.get(bare(match["label"]))
        value, is_marked = match["value"].strip(), bool(match["mark"])
        # Without a mark a label and its value are short; what is no day dates nothing.
        if column is None or not (is_marked or len(value) <= 30):
            continue
        below = "".join(lines[n + 1 : n + 2])
        if not value and below and column != "text" and not is_paragraph(below):
            value = below
            places.add(n + 1)
        if column == "date" and not parse_date(value).is_known:
            places.discard(n + 1)
            continue
        places.add(n)
        told.setdefault(column, value)
        if column == "text":
            break
    is_form = any(RULE.form.match(one) and not RULE.release.fullmatch(one) for one in lines[:_HEAD])
    is_told = len(told) > 1 and not told.keys().isdisjoint(("title", "text", "date"))
    if is_form or not is_told:
        return {}, set()
    # With a title among them, what stands right above one is a site's.
    above = {n - 1 for n in places if n and "title" in told}
    return told, places | {n for n in above if not RULE.sentence.search(lines[n])}


def is_site(lines: list[str]) -> bool:
    """Whether a text is a page of a site: one sign that nothing else carries, or two others.

    >>> is_site(["창업 지원 확대", "승인 2019.04.22 11:43"]), is_site(["저작권 산업 키운다"])
    (True, False)
    """
    signs = set()
    for line in lines:
        if _names_outlet(line):
            return True
        if len(line) > 200 or is_plain(line):
            continue
        is_stamped = RULE.stamp.search(line) and find_stamps(line) and not RULE.form.match(line)
        alone = (RULE.copyright, RULE.reporter_line, RULE.home)
        if is_stamped or any(rule.search(line) for rule in alone):
            return True
        others = ("source", "credit", "tail", "related", "byline")
        signs |= {name for name in others if getattr(RULE, name).search(line)}
        signs |= {line} if is_widget(line) else set()
    return len(signs) >= 2


def _names_outlet(line: str) -> bool:
    """A line that begins as wires begin, "(가람=나루통신) 홍길동 기자 =" or "[나루신문]"."""
    return any(weight or RULE.outlet.search(name) for weight, name in split_lead_in(line)[1])


def _article(title: str, body: list[str], date: DateSpan, *, note: str = "", **known) -> dict:
    basis, dated = "metadata" if date.is_known else "unknown", ""
    # What is said at a meeting does not date it.
    if not date.is_known and known.get("genre_guess") != "minutes":
        date, basis, dated = date_in_text(title, body)
    record = {"title": title, "text": "\n".join(body), "date": date, "date_basis": basis}
    n_days = len({line for line in body if RULE.bare_stamp.match(line)})
    many = f"날짜만 적힌 줄이 {n_days}개 있습니다. 글이 여럿이면 나누어 저장하세요." * (n_days > 1)
    note = " ".join(filter(None, [note, dated, many]))
    return {"publisher": "", **record, "note": note, **known}


def parse_document(text: str, *, title: str = "", date: DateSpan | None = None) -> dict:
    """Title, date and body of a text that is no page of a site: nothing of its own is cut.

    Only the form above and right below the title goes ("보도자료", "배포 일시 …", with their
    values), and the contacts after the end. Minutes keep every line. Gives what :func:`parse_page` does.

    >>> document = parse_document("보도자료\\n배포 일시 2019. 3. 4.(월)\\n창업 지원 계획 발표\\n1. 배경")
    >>> document["title"], document["text"].split("\\n")[-1], str(document["date"].date)[:10]
    ('창업 지원 계획 발표', '1. 배경', '2019-03-04')
    """
    lines = [line for line in normalise(text).split("\n") if line]
    if is_minutes(lines):
        return _parse_minutes(lines, title)
    above = below = _form(lines)
    body = lines[len(above) :]
    # What stands above the title that is known is a site's.
    at = next((n for n, line in enumerate(body[:_HEAD]) if line == title), 0)
    menus = [] if any(map(is_paragraph, body[:at])) else body[:at]
    body = body[len(menus) :]
    note, given, title = "", title, title or _title(body)
    first = body[0].removeprefix("[보도자료]").strip() if body else ""
    if title and body[1:] and first == title and not _is_sentence(first):
        body = body[1:]
        below = _form(body)
        body = body[len(below) :]
        below = above + below
    elif title and not given:
        note = _NO_TITLE
    # Below subtitles, but not one of many.
    days = [n for n, line in enumerate(body) if RULE.bare_stamp.match(line)]
    if len(days) == 1 and days[0] < 4 and not any(map(is_paragraph, body[: days[0]])):
        below += [body.pop(days[0])]
    contacts = _contacts(body)
    body = body[: len(body) - len(contacts)]
    names = (RULE.release_ending.sub("", line) for line in above[:3])
    agencies = (name for name in names if RULE.agency.fullmatch(name))
    publisher = next((line for line in agencies if not RULE.field.fullmatch(line)), "")
    is_release = any(RULE.form.match(line) or RULE.release.fullmatch(line) for line in below)
    # When it was given out, rather than from when on it may be told.
    days = sorted(below, key=lambda line: RULE.embargo.search(line) is not None)
    spans = [date or DateSpan(), *map(_day, days)]
    date = next((span for span in spans if span.is_known), DateSpan())
    known = {"publisher": publisher, "genre_guess": "press_release" if is_release else ""}
    if all(map(RULE.bare_stamp.match, below)):
        below = []  # a day alone is read, not left out
    removed = [("header", line) for line in menus + below]
    removed += [("attachment", line) for line in contacts]
    article = _article(title, body, date, note=note, removed=removed, **known)
    unread = [line for line in days if RULE.bare_stamp.match(line)]
    return article if article["date"].is_known or not unread else {**article, "date": unread[0]}


def _title(body: list[str]) -> str:
    """The first line, unless it is a sentence or all there is: then its first sentence."""
    if not body:
        return ""
    first = body[0].removeprefix("[보도자료]").strip()
    if len(body) == 1 or _is_sentence(first) or len(first) > 150:
        return _first_sentence(body[0])
    return first


def _is_sentence(line: str) -> bool:
    is_said = RULE.sentence.search(line) or RULE.said.search(line)
    return is_said is not None and line.rstrip("”\"'’").endswith(".")


def _form(lines: list[str]) -> list[str]:
    """The fields that lines begin with: labels, their values, days, the agency."""
    n, wants_value = 0, False
    for n, line in enumerate(lines[:_HEAD]):
        is_agency = RULE.agency.fullmatch(line) and any(map(RULE.release.fullmatch, lines[:3]))
        is_value = wants_value and len(line) <= 60 and RULE.value.search(line) is not None
        is_day = RULE.bare_stamp.match(line) is not None
        is_field = len(line) <= 120 and RULE.field.fullmatch(line) is not None
        if not (is_agency or is_value or is_day or is_field):
            return lines[:n]
        wants_value = is_field
    return lines[:n]


def _contacts(body: list[str]) -> list[str]:
    """Who to call, a block at the end of a release that has a field for it."""

    def is_contact(line: str) -> bool:
        is_field = RULE.field.fullmatch(line) is not None
        return is_field or (len(line) <= 60 and RULE.contact.search(line) is not None)

    return [*takewhile(is_contact, reversed(body[1:]))][::-1]


# Minutes


def is_minutes(lines: list[str]) -> bool:
    """Whether speakers take turns, or the head says that these are minutes.

    >>> is_minutes(["제1차 위원회 회의록", "◯위원장: 시작하겠습니다."])
    True
    >>> is_minutes(["○ 위원회 개최", "○ 위원장: 김가나", "○ 위원: 박다라, 최사아"])
    False
    """
    turns = [*filter(None, map(RULE.turn.match, lines))]
    is_named = any(RULE.minutes.search(line) for line in lines[:_MINUTES_HEAD] if len(line) < 60)
    return sum(not turn["nameless"] for turn in turns) >= 2 or (is_named and bool(turns))


def _parse_minutes(lines: list[str], given: str = "") -> dict:
    """What the head says the meeting is, and when; every other line is the text."""
    head = lines[:_MINUTES_HEAD]
    turn = next((n for n, line in enumerate(lines) if RULE.turn.match(line)), 0)
    named = [n for n, line in enumerate(head[:turn]) if RULE.minutes.search(line)]
    named.sort(key=lambda n: len(RULE.minutes.split(head[n])[-1]) > 8)  # 회의록시스템: a menu
    n_title = named[0] + 1 if named else min(turn, 1) * (not given)
    if n_title and n_title < turn and RULE.issue.fullmatch(lines[n_title]):
        n_title += 1
    title = re.sub(r"제 (\d+) ", r"제\1", " ".join(lines[:n_title])) or given
    date = day_held(lines[: max(turn, 1)])
    return _article(title[:150], lines[n_title:], date, genre_guess="minutes", removed=[])


def day_held(head: list[str]) -> DateSpan:
    """The day of a meeting, on the line of its label, below that, or on another."""
    days = [(n, line) for n, line in enumerate(head) if parse_date(line).is_known]
    held = [line for n, line in days if any(map(RULE.held.match, head[max(0, n - 1) : n + 1]))]
    return parse_date([*held, *(line for _, line in days), ""][0])


# Lines of a page


def _separate(lines: list[str], title: str) -> _Page:
    page = _Page(title=title)
    n_paragraphs, is_closed, is_related = 0, False, False
    are_paragraphs = [is_paragraph(line) for line in lines]
    strangers = _strangers(lines, are_paragraphs)
    n_left = sum(are_paragraphs)
    for i, (line, is_body) in enumerate(zip(lines, are_paragraphs, strict=True)):
        n_left -= is_body
        rule = _rule(line, page, is_body, n_before=n_paragraphs, n_left=n_left)
        if rule in ("tail", "related") and n_paragraphs and n_left and not is_closed:
            # A heading right above a paragraph is the article's own.
            is_own = are_paragraphs[i + 1] and not RULE.link.match(line)
            rule = "" if is_own else "related"
        if not rule and i in strangers:
            rule = "widget"
        if not rule and _is_cut_short(line, lines[i + 1 : i + 2]):
            rule = "caption"
        if rule in ("copyright", "source", "stamp"):
            page.outlets += named_by_notice(line)
        elif rule == "byline":
            page.outlets += named_by_byline(line)
        # Nothing below the notice is the article's, or below the lists after it.
        is_last = rule in ("tail", "related") and (is_closed or not n_left)
        if n_paragraphs and (is_last or rule == "copyright"):
            page.outlets += [named for late in lines[i + 1 :] for named in named_by_notice(late)]
            page.removed += [(rule, line)] + [("tail", late) for late in lines[i + 1 :]]
            break
        # Headlines under "관련기사" are dropped until a paragraph of the article resumes.
        is_related = (is_related or rule == "related") and not is_body
        is_closed = is_closed or (rule == "byline" and n_paragraphs >= 2)
        if not rule and is_closed and not is_body:
            rule = "" if n_left else "tail"
        if rule or is_related:
            page.removed.append((rule or "related", line))
            continue
        rest, named = split_lead_in(line)
        page.outlets += named
        page.removed += [("byline", line[: -len(rest)])] if rest and rest != line else []
        page.body.append(rest)
        n_paragraphs += is_body
    return page


def _strangers(lines: list[str], are_paragraphs: list[bool]) -> set[int]:
    """Where a site asks or politely tells its reader on the page of an article in plain style."""
    plain = [i for i, line in enumerate(lines) if are_paragraphs[i] and is_plain(line)]
    if len(plain) < max(2, sum(are_paragraphs) / 2):
        return set()
    outside = [*range(plain[0]), *range(plain[-1] + 1, len(lines))]
    polite = {i for i in outside if are_paragraphs[i] and RULE.polite.search(lines[i])}
    # More, or longer, is an article's own: a speech after a release.
    is_own = len(polite) > 3 or any(len(lines[i]) > 100 for i in polite)
    asking = {i for i, line in enumerate(lines) if RULE.asking.match(line)}
    return asking if is_own else asking | polite


def _rule(line: str, page: _Page, is_body: bool, *, n_before: int, n_left: int) -> str:
    """Which kind of thing that is not the article a line is, or ""; its stamps go to `page`."""
    if is_widget(line):
        return "widget"
    if n_left and _is_credit_line(line):
        return "caption"
    is_notice = len(line) <= 200 and RULE.copyright.search(line) and not is_plain(line)
    if is_notice or (not n_left and RULE.right.search(line)):
        return "copyright"
    if len(line) > 300:
        return ""
    if RULE.source.match(line):
        return "source"
    if RULE.attachment.search(line) and not is_body:
        return "attachment"
    if stamps := find_stamps(line, is_inside=n_before > 1 and n_left > 0):
        page.stamps += stamps
        return "stamp"
    if not is_body and len(line) <= 80 and not is_plain(line):
        for rule in ("tail", "related", "byline"):
            if getattr(RULE, rule).match(line):
                return rule
    return "caption" if _is_caption(line, n_before) else ""


def _is_credit_line(line: str) -> bool:
    if not RULE.picture.match(line) or len(line) >= 120:
        return False
    return RULE.credit.search(line) is not None or not RULE.notice_word.search(line)


def _is_caption(line: str, n_before: int) -> bool:
    is_credited = RULE.credit.search(line) is not None and line[-1] != "."
    is_marked = RULE.caption_mark.match(line) is not None
    return is_credited or (is_marked and not n_before and len(line) < 120)


def _is_cut_short(line: str, after: list[str]) -> bool:
    """The alternative text of a picture is the caption after it, cut short."""
    is_start = bool(after) and 15 <= len(line) < len(after[0]) and after[0].startswith(line)
    return is_start and not RULE.sentence.search(line)


def is_paragraph(line: str) -> bool:
    """A sentence of some length that is not a notice of the site."""
    return len(line) >= 25 and bool(RULE.sentence.search(line[-40:])) and not is_widget(line)


@lru_cache(maxsize=4096)
def is_widget(line: str) -> bool:
    """True for buttons, menus, counters and notices of a site, wherever on a page they stand.

    >>> [is_widget(line) for line in ("댓글 0", "글자크기 설정", "0 / 300", "창업 지원 확대")]
    [True, True, True, False]
    """
    if len(line) <= 80 and all(
        word in _BUTTONS or RULE.button_end.sub("", word) in _BUTTONS or RULE.count.match(word)
        for word in re.split(r"[\s|,·:>\[\]■▶▷]+", line)
        if word
    ):
        return True
    if is_plain(line) or len(line) > 250:
        return False
    return RULE.ui_sentence.search(line) is not None or RULE.breadcrumb.match(line) is not None


def _behead(page: _Page) -> None:
    """Tell the title and subtitles from menus and fields above the first paragraph."""
    # What belongs to an article shares its letters with the longer lines.
    first = next((i for i, line in enumerate(page.body) if is_paragraph(line)), 1)
    head, rest = page.body[:first], page.body[first:]
    counts = Counter(pair for line in {*page.body} if len(line) > 30 for pair in _pairs(line))
    shares = {line: _share(line, counts) for line in head}
    headings = [line for line in shares if is_heading(line)]
    names = {name for _, name in page.outlets}
    wanted = [line for line in headings if len(line) >= 8 and line not in names] or headings
    is_site = bool(page.removed) and bool(rest)
    if not page.title and wanted:
        least = 0.6 * max(shares[line] for line in wanted)
        near = next(line for line in wanted if shares[line] >= least)
        page.title = near if is_site else headings[0]
    is_above = page.title in head
    if any(rule == "copyright" for rule, _ in page.removed):
        rest = _without_foot(rest, counts, page)
    page.body = []
    for line in head:
        if line == page.title:
            is_above = False
        elif is_site and line in headings and not _is_content(line, shares[line], is_above):
            page.removed.append(("header", line))
        else:
            page.body.append(line)
    page.body += rest


def is_heading(line: str) -> bool:
    """A line of a headline's length that no sentence ends."""
    return len(line) <= 150 and not (RULE.sentence.search(line[-40:]) and "." in line[-3:])


def _without_foot(body: list[str], counts: Counter, page: _Page) -> list[str]:
    """Without the site's lines between the last paragraph and the notice that ends the page."""
    end = max((i + 1 for i, line in enumerate(body) if is_paragraph(line)), default=len(body))
    kept = [
        line
        for line in body[end:]
        if RULE.sentence.search(line) or _is_content(line, _share(line, counts), False)
    ]
    page.removed += [("tail", line) for line in body[end:] if line not in kept]
    return body[:end] + kept


def _is_content(line: str, share: float, is_above: bool) -> bool:
    """A line of the article among the menus above it: an item, a long line or a subtitle."""
    if RULE.said.search(line):
        return True
    if is_above:
        return share >= 0.3 and len(line) > 40
    return share >= 0.3 or len(line) > 40 or RULE.item.match(line) is not None


def _share(line: str, counts: Counter) -> float:
    """The share of a line's pairs of letters that other lines hold too."""
    pairs = _pairs(line)
    return sum(counts[pair] > (len(line) > 30) for pair in pairs) / max(len(pairs), 1)


def _pairs(text: str) -> set[str]:
    """Pairs of neighbouring letters within words."""
    words = re.findall(r"[^\W\d]{2,}", text)
    return {word[i : i + 2] for word in words for i in range(len(word) - 1)}


def _drop_summary(page: _Page) -> None:
    """Of a paragraph that stands twice the last stays: a summary above the article goes."""
    # What is short may come again, as a refrain does.
    last = {line: n for n, line in enumerate(page.body)}
    above = [n for n, line in enumerate(page.body) if last[line] != n and is_paragraph(line)]
    page.removed += [("repeat", page.body[n]) for n in above]
    page.body = [line for n, line in enumerate(page.body) if n not in above]


def _first_sentence(paragraph: str, width: int = 80) -> str:
    sentence = re.split(r"(?<=[다요][.?!])\s", paragraph, maxsplit=1)[0]
    return sentence if len(sentence) <= width else sentence[:width].rstrip() + "…"


# Outlets


def strip_outlet(title: str, outlet: str) -> str:
    """A title without the outlet that sites put after or before it."""
    name = re.escape(outlet)
    return re.sub(rf"\s*[-|:<«–—]\s*{name}\s*>?$|^{name}\s*[-|:]\s*", "", title)


def split_lead_in(line: str) -> tuple[str, Named]:
    """The line without "[서울=가나통신] 홍길동 기자 = ", and the outlet that this names."""
    match = RULE.lead_in.match(line)
    if not match or not match[0]:
        return line, []
    box, outlet = match["box"] or "", (match["outlet"] or "").strip()
    rest = line[match.end() :]
    if outlet:
        return rest, [(4, outlet)]
    if RULE.reporter.search(box):
        return rest, named_by_byline(box)
    if "=" in box:
        return rest, [(4, box.split("=")[-1].strip())]
    text, more = split_lead_in(rest)
    if more:
        return text, [(0, box), *more]
    # "[나루신문]" or "[현장에서]": cut off later when the page says it is its outlet.
    is_name = len(box) <= 10 and " " not in box and box not in _NOT_OUTLETS
    return line, [(0, box)] if is_name else []


def named_by_byline(line: str) -> Named:
    """Outlets in "[가나일보=홍길동 기자] a@b.kr": the name, then the domain of the address."""
    found = []
    if domain := RULE.mail_domain.search(line):
        found.append((1, domain[1].lower()))
    match = RULE.byline_outlet.match(line)
    if match and match[1] not in _NOT_OUTLETS:
        found.append((4, match[1]))
    return found


def named_by_notice(line: str) -> Named:
    """The outlet that a copyright notice, a "출처: …" or "나루일보 2004-02-11 18:20" names."""
    if match := RULE.outlet_stamp.match(line):
        return [(4, match[1])]
    if match := RULE.source.match(line):
        name = match["name"].strip(" ()[]")
        return [(2 if re.search("[가-힣]", name) else 1, name)]
    if not RULE.copyright.search(line) or is_paragraph(line):
        return []
    mark = RULE.notice_mark.search(line)
    name = RULE.notice_start.sub("", line[mark.start() :] if mark else line, count=1)
    name = RULE.notice_end.sub("", name).strip(" '\"‘’“”·")
    # Wires sign in Hangul what their notice says in Latin letters.
    return [(5 if re.search("[가-힣]", name) else 3, name)] if 2 <= len(name) <= 20 else []


def choose_outlet(outlets: Named) -> str:
    """The outlet with the best evidence, without the motto that its notice puts before it."""
    best = max(outlets, key=lambda named: named[0], default=(0, ""))[1]
    return next((name for _, name in outlets if name and best.endswith(f" {name}")), best)


def _is_brand(line: str, outlet: str) -> bool:
    return outlet in line and len(line) <= 80 and line[:1] in "[<(" and line[-1:] in "])>"


# Dates: the page's own stamps, its lead, the officials it names


def find_stamps(line: str, *, is_inside: bool = False) -> list[tuple[int, DateSpan]]:
    """Dates that the page itself carries: 3 for first published, 2 unnamed, 1 for edited."""
    if len(line) > 120 or RULE.sentence.search(line) or RULE.masthead.search(line):
        return []
    found = []
    for weight, rule in ((1, RULE.edited), (3, RULE.stamp)):
        if match := rule.search(line):
            found.append((weight, _day(line[match.end() : match.end() + 30])))
    own = RULE.edited.split(line)[0].rstrip(" (|/,")  # "2019.03.04 10:22 | 수정 2019.03.05"
    if not RULE.stamp.search(line) and not is_inside and RULE.bare_stamp.match(own):
        found.append((2, _day(own)))
    return [(weight, span) for weight, span in found if span.is_known]


def _day(line: str) -> DateSpan:
    """The day that a line tells, whatever stands before it; of short ones the year is first."""
    span = parse_date(line, order="ymd")
    bare_day = re.sub(r"^\D*?(?=[’'‘]?\d|단기|檀紀)", "", line, count=1)
    return span if span.is_known else parse_date(bare_day, order="ymd")


def best_stamp(stamps: list[tuple[int, DateSpan]]) -> DateSpan:
    """The first date that the page carries as its own, an edit only when there is no other."""
    return max(stamps, key=lambda stamp: stamp[0], default=(0, DateSpan()))[1]


def date_in_text(title: str, body: list[str]) -> tuple[DateSpan, str, str]:
    """A full date in lead, title or last lines, or bounds by officials; basis and a note."""
    lead = " ".join([line for line in body if is_paragraph(line)][:2])[:600]
    full = {match.groups() for match in RULE.full_day.finditer(lead)}
    if len(full) == 1 and RULE.said_day.search(lead):
        return parse_date("-".join(full.pop())), "text", "첫머리 문장의 날짜를 썼습니다."
    ends = [("제목", day[0]) for day in RULE.title_day.finditer(title)]
    ends += [("글 끝", line) for line in body[1:][-4:] if RULE.bare_stamp.match(line)]
    for place, line in ends:
        if (span := _day(line)).is_known:
            return span, "text", f"{place}의 날짜를 썼습니다."
    bounds = official_span("\n".join([title, *body]))
    if not bounds.is_known:
        return bounds, "unknown", ""
    note = "이름이 나온 공직자의 재임 기간으로 날짜의 범위를 정했습니다."
    return _completed(lead, bounds), "officials", note


def _completed(lead: str, bounds: DateSpan) -> DateSpan:
    """A month and day in the lead, if just one year of the bounds has it before their end."""
    match = RULE.month_day.search(lead)
    if not match:
        return bounds
    years = range(bounds.date_from.year, bounds.date_to.year + 1)
    spans = [parse_date(f"{year}-{match[1]}-{match[2]}") for year in years]
    inside = [s for s in spans if s.is_known and bounds.date_from <= s.date <= bounds.date_to]
    return inside[0] if len(inside) == 1 else bounds


def official_span(text: str) -> DateSpan:
    """Bounds within which every official who acts in `text` held the office named with the name.

    Without a day; NaT when nobody of the table acts or terms do not meet. Who is also named
    with another office, or as a former holder, bounds nothing.
    """
    # Not who sits as a legislator, professor or candidate, or held the office before.
    terms = (
        [term for term in terms if _acts(text, name, term)]
        for name, terms in _officials(REFERENCE).items()
        if name in text and not re.search(rf"{name}(?:{RULE.elsewhere.pattern})", text)
    )
    # Who held two offices is bounded by the first day of one and the last of the other.
    spans = [(min(t.start for t in held), max(t.end for t in held)) for held in terms if held]
    first = max((span[0] for span in spans), default=pd.NaT)
    last = min((span[1] for span in spans), default=pd.NaT)
    return DateSpan(pd.NaT, first, last) if first <= last else DateSpan()


def _acts(text: str, name: str, term) -> bool:
    """Whether "홍길동 (가나부) 장관" or "가나부 장관(홍길동)" does something in a sentence."""
    rank, subject = re.escape(term.rank), RULE.subject.pattern
    before = rf"(?<![가-힣]){name}\s?(?:(?P<body>[가-힣]{{1,12}})\s?)?{rank}{subject}"
    after = rf"(?P<office>[가-힣]*)\s?{rank}\s?\(\s?{name}\s?\){subject}"
    for match in re.finditer(f"{before}|{after}", text):
        sentence = re.split(r"(?<=[다요])\. |\n", text[: match.start()])[-1] + match[0]
        named = match["body"] or match["office"] or ""
        # 중기 and 미래부 are short for a body whose name holds these letters in this order.
        letters = iter(term.organisation)
        if all(letter in letters for letter in named) and not RULE.past.search(sentence):
            return True
    return False


@lru_cache(maxsize=2)
def _officials(folder: Path) -> dict[str, list]:
    columns = "name organisation rank start end"
    table = read_reference(folder / "officials.csv", columns, "start end")
    table["end"] = table["end"].fillna(pd.Timestamp("2100-12-31"))
    return {name: list(terms.itertuples()) for name, terms in table.groupby("name", sort=False)}
