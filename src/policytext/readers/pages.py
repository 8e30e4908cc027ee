"""Scraped text of a news or press page: title, publisher, date and body, the rest left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from policytext.cleaning import normalise
from policytext.readers import outlets, rules
from policytext.readers.dates import DateSpan
from policytext.readers.sources import Source, decode
from policytext.readers.stamps import best_stamp, date_in_text, find_stamps

# A "?" alone is what is left of • and © where a charset could not hold them.
_BULLET = re.compile(r"^(?:[•∙◦]\s?|\?\s)")


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
    outlet = publisher or outlets.choose(page.outlets)
    if outlet:
        page.removed += [("brand", line) for line in body if outlets.is_brand(line, outlet)]
        box = re.compile(rf"^[\[(【]{re.escape(outlet)}[\])】]\s*")
        body = [box.sub("", line) for line in body if not outlets.is_brand(line, outlet)]
        page.title = outlets.strip_outlet(page.title, outlet)
    date, basis = date if date and date.is_known else best_stamp(page.stamps), "metadata"
    if not date.is_known:
        date, basis, date_note = date_in_text(page.title, body)
        note = " ".join(filter(None, (note, date_note)))
    is_news = any(weight >= 3 for weight, _ in page.outlets)
    return {
        "genre_guess": "news" if is_news else "",
        "title": page.title,
        "text": "\n".join(body),
        "publisher": outlet,
        "date": date,
        "date_basis": basis,
        "note": note,
        "removed": page.removed,
    }


def _separate(lines: list[str], title: str) -> _Page:
    page = _Page(title=title)
    n_paragraphs, is_closed, is_related = 0, False, False
    are_paragraphs = [rules.is_paragraph(line) for line in lines]
    strangers = _strangers(lines, are_paragraphs)
    n_left = sum(are_paragraphs)
    for i, (line, is_paragraph) in enumerate(zip(lines, are_paragraphs, strict=True)):
        n_left -= is_paragraph
        rule = _rule(line, page, is_paragraph, (n_paragraphs, n_left))
        if not rule and i in strangers:
            rule = "widget"
        if not rule and _is_cut_short(line, lines[i + 1 : i + 2]):
            rule = "caption"
        if rule in ("copyright", "source"):
            page.outlets += outlets.named_by_notice(line)
        elif rule == "byline":
            page.outlets += outlets.named_by_byline(line)
        if (rule == "copyright" and n_paragraphs) or (
            rule in ("tail", "related")
            and (n_paragraphs >= 3 or (n_paragraphs and not n_left))
            and (rule == "tail" or is_closed or not n_left)
        ):
            page.outlets += [o for late in lines[i + 1 :] for o in outlets.named_by_notice(late)]
            page.removed += [(rule, line)] + [("tail", late) for late in lines[i + 1 :]]
            break
        # Headlines under "관련기사" are dropped until a paragraph of the article resumes.
        is_related = (is_related or rule == "related") and not is_paragraph
        is_closed = is_closed or (rule == "byline" and n_paragraphs >= 2)
        if not rule and is_closed and not is_paragraph:
            rule = "" if n_left and rules.SENTENCE.search(line) else "tail"
        if rule or is_related:
            page.removed.append((rule or "related", line))
            continue
        line, named = outlets.split_lead_in(line)
        page.outlets += named
        page.body.append(line)
        n_paragraphs += is_paragraph
    _behead(page)
    return page


def _strangers(lines: list[str], are_paragraphs: list[bool]) -> set[int]:
    """Where a site speaks to its reader on the page of an article in plain style.

    That is a line that asks for something, and a polite sentence above or below the article.
    """
    plain = [i for i, line in enumerate(lines) if are_paragraphs[i] and rules.is_plain(line)]
    if len(plain) < max(2, sum(are_paragraphs) / 2):
        return set()
    outside = [*range(plain[0]), *range(plain[-1] + 1, len(lines))]
    polite = {i for i in outside if are_paragraphs[i] and rules.POLITE.search(lines[i])}
    # More, or longer, is an article's own: a speech after a release.
    is_own = len(polite) > 3 or any(len(lines[i]) > 100 for i in polite)
    asking = {i for i, line in enumerate(lines) if rules.ASKING.match(line)}
    return asking if is_own else asking | polite


def _behead(page: _Page) -> None:
    """Tell the title and subtitles from menus and fields above the first paragraph.

    What belongs to an article shares its letters with the longer lines; the first line of a
    text that shows no sign of a site is its title.
    """
    first = next((i for i, line in enumerate(page.body) if rules.is_paragraph(line)), 1)
    head, rest = page.body[:first], page.body[first:]
    counts = Counter(pair for line in {*page.body} if len(line) > 30 for pair in _pairs(line))
    shares = {line: _share(line, counts) for line in head}
    headings = [
        line
        for line in shares
        if len(line) <= 150 and not (rules.SENTENCE.search(line[-40:]) and "." in line[-3:])
    ]
    names = {name for _, name in page.outlets}
    wanted = [line for line in headings if len(line) >= 8 and line not in names] or headings
    is_site = bool(page.removed) and bool(rest)
    if not page.title and wanted:
        least = 0.6 * max(shares[line] for line in wanted)
        page.title = next(line for line in wanted if shares[line] >= least)
        page.title = page.title if is_site else headings[0]
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


def _without_foot(body: list[str], counts: Counter, page: _Page) -> list[str]:
    """Without the site's lines between the last paragraph and the notice that ends the page."""
    end = max((i + 1 for i, line in enumerate(body) if rules.is_paragraph(line)), default=len(body))
    kept = [
        line
        for line in body[end:]
        if rules.SENTENCE.search(line) or _is_content(line, _share(line, counts), False)
    ]
    page.removed += [("tail", line) for line in body[end:] if line not in kept]
    return body[:end] + kept


def _is_content(line: str, share: float, is_above: bool) -> bool:
    """A line of the article among the menus above it: an item, a long line or a subtitle."""
    if is_above:
        return share >= 0.3 and len(line) > 40
    return share >= 0.3 or len(line) > 40 or rules.ITEM.match(line) is not None


def _share(line: str, counts: Counter) -> float:
    """The share of a line's pairs of letters that other lines hold too."""
    pairs = _pairs(line)
    return sum(counts[pair] > (len(line) > 30) for pair in pairs) / max(len(pairs), 1)


def _pairs(text: str) -> set[str]:
    """Pairs of neighbouring letters within words."""
    return {
        word[i : i + 2] for word in re.findall(r"[^\W\d]{2,}", text) for i in range(len(word) - 1)
    }


def _is_cut_short(line: str, after: list[str]) -> bool:
    """The alternative text of a picture is the caption after it, cut short."""
    is_start = bool(after) and 15 <= len(line) < len(after[0]) and after[0].startswith(line)
    return is_start and not rules.SENTENCE.search(line)


def _rule(line: str, page: _Page, is_paragraph: bool, place: tuple[int, int]) -> str:
    """Which kind of thing that is not the article a line is, or "".

    `place` is the number of paragraphs before and after the line.
    """
    n_paragraphs, n_left = place
    if rules.is_widget(line):
        return "widget"
    if re.match(r"[\[(/]?(?:사진|그래픽|이미지)|[ⓒ©]", line) and len(line) < 120 and n_left:
        if rules.CREDIT.search(line) or not rules.NOTICE_WORD.search(line):
            return "caption"
    is_notice = len(line) <= 200 and rules.COPYRIGHT.search(line)
    if is_notice and not rules.is_plain(line):
        return "copyright"
    if len(line) > 300:
        return ""
    if rules.SOURCE.match(line):
        return "source"
    if rules.ATTACHMENT.search(line) and not is_paragraph:
        return "attachment"
    if stamps := find_stamps(line, is_inside=n_paragraphs > 1 and n_left > 0):
        page.stamps += stamps
        return "stamp"
    if not is_paragraph and len(line) <= 80 and not rules.is_plain(line):
        if rules.TAIL.match(line):
            return "tail"
        if rules.RELATED.match(line):
            return "related"
        if rules.BYLINE.match(line):
            return "byline"
    is_marked = rules.CAPTION_MARK.match(line)
    if (rules.CREDIT.search(line) and line[-1] != ".") or (
        is_marked and not n_paragraphs and len(line) < 120
    ):
        return "caption"
    return ""


def _without_repeats(body: list[str]) -> list[str]:
    """Each line once, where it stands last: a summary above the article goes."""
    return [*dict.fromkeys(reversed(body))][::-1]


def _first_sentence(paragraph: str, width: int = 80) -> str:
    sentence = re.split(r"(?<=[다요][.?!])\s", paragraph, maxsplit=1)[0]
    return sentence if len(sentence) <= width else sentence[:width].rstrip() + "…"
