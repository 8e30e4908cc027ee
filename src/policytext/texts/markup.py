"""Saved web pages, answers of the policy-briefing service and feeds: what their tags tell."""

from __future__ import annotations

import email
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy

from defusedxml import ElementTree
from lxml import etree
from lxml import html as lxml_html

from policytext.texts import sources
from policytext.texts.clean import bare, normalise, restore
from policytext.texts.dates import DateSpan, parse_date
from policytext.texts.pages import (
    FIELDS,
    RULE,
    best_stamp,
    choose_outlet,
    day_held,
    fields_above,
    find_stamps,
    is_heading,
    is_paragraph,
    is_widget,
    named_by_notice,
    parse_page,
    strip_outlet,
)
from policytext.texts.sources import RULES, ReadError, SourceFile, decode

_PORTALS = frozenset(RULES["words"]["portals"].split())
_LONG = 15  # letters of a line that is found again
_BLOCKS = "p br div li tr h1 h2 h3 h4 h5 h6 td th dd dt pre".split()
_HEADINGS = ("h1", "h2", "h3", "h4")
_CHARSET = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?([\w-]{3,20})", re.I)
is_mime = re.compile(r"[\w-]+:[^\0]{0,3000}?^MIME-Version:", re.I | re.M).match


def read_html(source: SourceFile) -> Iterator[dict]:
    """One record for one saved page, also one that a browser saved as a single file (MHTML)."""
    data = source.read()
    if is_mime(data[:4096].decode("latin-1")):
        parts = email.message_from_bytes(data).walk()
        pages = (part for part in parts if part.get_content_type() == "text/html")
        if (page := next(pages, None)) is None:
            raise ReadError("웹 페이지가 들어 있지 않은 메일입니다. HTML이나 글로 저장하세요.")
        data = page.get_payload(decode=True)
    declared = _CHARSET.search(data[:4096])
    html, note = restore(decode(data, declared[1].decode("ascii") if declared else ""))
    pages = pages_within(html)
    outlet = ""
    for row, one in enumerate(pages, start=1):
        page = parse_html(one)
        page["note"] = f"{page['note']} {note}".strip()
        outlet = page["publisher"] = page["publisher"] or outlet
        yield page | {"row": row} if len(pages) > 1 else page


def pages_within(html: str) -> list[str]:
    """The page, or one for each whole article that it goes on with as it is scrolled."""
    tree = sources.html_tree(html)
    whole = [
        one
        for one in tree.iter("article")
        if next(one.iterancestors("article"), None) is None
        and next(one.iter(*_HEADINGS), None) is not None
        and sum(is_paragraph(normalise(p.text_content())) for p in one.iter("p")) > 2
    ]
    if len(whole) < 2:
        return [html]
    for one in whole[1:]:
        one.drop_tree()
    return [lxml_html.tostring(one, encoding="unicode") for one in [tree, *whole[1:]]]


def parse_html(html: str) -> dict:
    """Title, outlet, date, address and main text of a page, then the rules for news pages."""
    import trafilatura

    tree = sources.html_tree(html.replace("\0", ""))
    seen = _tree_text(deepcopy(tree))
    _drop_apart(tree)
    _open_layout(tree)
    how = {"include_comments": False, "date_extraction_params": {"extensive_search": False}}
    found = trafilatura.bare_extraction(deepcopy(tree), with_metadata=True, **how)
    names = "text sitename title url".split()
    text, outlet, title, url = (getattr(found, name, "") or "" for name in names)
    text = re.sub(r"(?m)^\| ([^|\n]*) \| *$", r"\1", text)  # a cell that lays the page out
    stamps, author = _tagged_dates(tree, title), _tagged(tree, RULE.outlet_tag)
    ends = re.split(r"[|<>:–—]|\s-\s", normalise(tree.findtext(".//title") or ""))
    ends = [end.strip(" :<>-") for end in ends]
    headings = [normalise(one.text_content()) for one in tree.iter(*_HEADINGS)]
    linked = {one.text_content() for one in tree.iter("a")}
    whole = _tree_text(tree)
    lines = [line for line in whole.split("\n") if line]
    stamps += [stamp for line in lines for stamp in find_stamps(line)]
    text = _within_container(tree, text)
    title = strip_outlet(normalise(title), outlet) if outlet else normalise(title)
    is_portal = bare(outlet).removesuffix("뉴스") in _PORTALS
    if is_portal or not outlet:
        outlet = _outlet_said(author, ends, lines, is_portal)
    told, _ = fields_above(lines)
    # Where no body stands out (a list, a stub) the rules for scraped text decide.
    page = parse_page(
        whole if len(text) < 40 else text,
        title=told.get("title") or _own_title(title, headings, lines),
        publisher="" if re.fullmatch(r"[\w.-]+\.[a-z]{2,}", outlet) else outlet,
        date=best_stamp(stamps),
        whole=seen,
    )
    is_said = any(map(RULE.sentence.search, page["text"].split("\n")))
    if not is_said and len(bare(page["text"])) < _LONG:
        raise ReadError("웹 페이지에서 본문을 찾지 못했습니다. 글이 있는 페이지인지 확인하세요.")
    is_none = len(page["text"]) < 300 and RULE.no_page.search(f"{page['title']}\n{page['text']}")
    if is_none or RULE.terms.fullmatch(page["title"]):
        raise ReadError("글이 없다고 알리는 페이지입니다. 글이 있는 주소에서 다시 저장하세요.")
    letters = bare(page["text"])
    headlines = {one for one in map(bare, linked) if len(one) > 7 and one in letters}
    if not is_said and len(headlines) > 4 and 2 * sum(map(len, headlines)) > len(letters):
        raise ReadError("글의 목록만 있는 페이지입니다. 글마다 열어 저장하세요.")
    page["publisher"] = page["publisher"] or outlet
    if page["genre_guess"] == "minutes" and not page["date"].is_known:
        turn = next((n for n, line in enumerate(lines) if RULE.turn.match(line)), 0)
        if (date := day_held(lines[:turn])).is_known:
            page |= {"date": date, "date_basis": "metadata"}
    is_news = RULE.news.search(html) or any(map(RULE.reporter_line.search, lines))
    if not page["genre_guess"] and is_news:
        page["genre_guess"] = "news"
    elif not page["genre_guess"] and any(map(RULE.release.fullmatch, ends)):
        page["genre_guess"] = "press_release"
    speaker = told.get("speaker") or page["speaker"]
    return {**page, "url": url or page["url"], "speaker": speaker, **stub_mark(page["text"])}


def _drop_apart(tree: lxml_html.HtmlElement) -> None:
    """Comments and lists of other articles go, by the names of their parts or their heading."""
    for one in [*tree.iter("div", "section", "ul", "ol", "aside", "dl", "table")]:
        names = f"{one.get('class', '')} {one.get('id', '')}"
        first = next((normalise(h.text_content()) for h in one.iter(*_HEADINGS)), "")
        is_named = RULE.apart.search(names) or (
            RULE.comments.match(first) and normalise(one.text_content()).startswith(first)
        )
        held = (part.tag for part in one.iter("h1", "article", "main", "time"))
        if is_named and next(held, None) is None:
            one.drop_tree()


def _open_layout(tree: lxml_html.HtmlElement) -> None:
    """Tables that lay a page out become blocks: they hold another, or one cell has most of them."""
    for table in [*tree.iter("table")][::-1]:
        most = max((len(cell.text_content()) for cell in table.iter("td", "th")), default=0)
        labels = {FIELDS.get(bare(one.text_content())) for one in table.iter("th", "td")}
        is_view = table.find(".//table") is not None or len(labels - {None, ""}) > 1
        if is_view or most >= max(200, len(table.text_content()) / 2):
            parts = [*table.iter("tbody", "thead", "tr", "td", "th", "caption")]
            own = [one for one in parts if next(one.iterancestors("table"), None) is table]
            for one in [table, *own]:
                one.tag = "div"


def _outlet_said(author: list[str], ends: list[str], lines: list[str], is_portal: bool) -> str:
    """The outlet by tags for it, notices, the ends of the title; of a portal, by what dates it."""
    named = [(6, name.split("|")[0].strip()) for name in author]
    named += [named for line in lines for named in named_by_notice(line)]
    own = [end for end in ends if not RULE.board.match(end)]
    named += [(4, end) for end in own if RULE.outlet.search(end) and " " not in end]
    beside = [lines[n + 1] for n, line in enumerate(lines[:-1]) if is_portal and find_stamps(line)]
    named += [(3, name) for name in own + beside if RULE.agency.fullmatch(name)]
    known = (one for one in named if bare(one[1]).removesuffix("뉴스") not in _PORTALS)
    return choose_outlet([one for one in known if re.search("[가-힣]", one[1])])


def _own_title(title: str, headings: list[str], lines: list[str]) -> str:
    """The title of a page without what the site adds; where that is all, what heads the text."""
    title = RULE.menus_behind.sub("", title)
    for heading in headings:
        is_start = re.match(rf"{re.escape(heading)}\s*[-|:<>«–—]", title) or (
            # Behind the name of a list stands the title, or the site's.
            RULE.board.match(title)
            and re.search(rf"[-|:<>«–—]\s*{re.escape(heading)}\s*(?:[-|:<>«–—]|$)", title)
            and not RULE.agency.fullmatch(heading)
        )
        if len(heading) >= 4 and is_start and not RULE.board.match(heading):
            return heading
    inner = title.strip(" :|<>-")
    is_name = RULE.outlet.search(inner) or RULE.agency.fullmatch(inner)
    if inner and not RULE.board.match(title) and (" " in inner or not is_name):
        return title
    first = next((n for n, line in enumerate(lines) if is_paragraph(line)), len(lines))
    above = [n for n, line in enumerate(lines[:first]) if find_stamps(line)][:1] or [first]
    near = [*reversed(lines[: above[0]]), *headings]
    is_own = (one for one in near if len(one) >= 8 and is_heading(one) and one not in title)
    known = (one for one in is_own if not RULE.board.match(one) and not _is_label(one))
    return next(known, "" if lines else title)


def _is_label(line: str) -> bool:
    """A button, or a label of a board with its value."""
    match = RULE.label.match(line)
    key = bare(match["label"]) if match else ""
    return is_widget(line) or (key in FIELDS and FIELDS[key] != "title")


def _within_container(tree: lxml_html.HtmlElement, text: str) -> str:
    """All text of the smallest element that holds the article that was found."""
    # The extractor leaves out short and repeated lines; what else is there is for the rules.
    if "\n" not in text.strip() and len(text) >= 40:  # of short pages it gives one line
        alike, key = tree.iter(*_BLOCKS, "article", "main", "section"), bare(text)
        same = (one for one in alike if bare(one.text_content()) == key)
        text = next(map(_tree_text, same), text)
    found = {line for line in normalise(text).split("\n") if len(line) >= _LONG}
    common: list | None = None
    for element in tree.iter(*_BLOCKS):
        if normalise(element.text_content()) in found:
            above = [*element.iterancestors()][::-1]
            pairs = zip(above if common is None else common, above, strict=False)
            common = [a for a, b in pairs if a is b]
    held = _tree_text(common[-1]) if common else ""
    return held if len(text) <= len(held) <= 2 * len(text) else text


def fragment_text(html: str) -> str:
    """All text of a piece of HTML, one block a line."""
    return _tree_text(sources.html_tree(html))


def _tree_text(tree: lxml_html.HtmlElement) -> str:
    """The text of a tree, which loses its scripts and head."""
    etree.strip_elements(tree, "script", "style", "noscript", "head", with_tail=False)
    for element in tree.iter(*_BLOCKS):
        element.tail = "\n" + (element.tail or "")
        if element.tag != "br":
            element.text = "\n" + (element.text or "")
    for element in tree.iter("span", "em", "strong", "a"):
        if not element.tail and element.getnext() is not None and parse_date(element.text).is_known:
            element.tail = "\n"  # a day and what stands behind it, parted by style alone
    return normalise(tree.text_content())


def _tagged(tree: lxml_html.HtmlElement, rule: re.Pattern) -> list[str]:
    """What the tags say whose name a rule finds."""
    keys = "property", "name", "itemprop"
    metas = (meta for meta in tree.iter("meta") if any(rule.search(meta.get(k, "")) for k in keys))
    return [meta.get("content", "") for meta in metas]


def _tagged_dates(tree: lxml_html.HtmlElement, title: str) -> list[tuple[int, DateSpan]]:
    """Dates of publication, never of an edit, in tags and in data for machines, as stamps."""
    # Not by a date library, which reads "2019. 3. 5." as 1 January.
    found = [(6, written) for written in _tagged(tree, RULE.published)]
    for script in tree.iter("script"):
        with suppress(ValueError, RecursionError):
            if "datePublished" in (script.text or ""):
                found += _published(json.loads(script.text, strict=False), title)
    for time in tree.iter("time"):
        above = {one.tag for one in time.iterancestors()}
        # The day on which the page was saved, or that of another article.
        is_apart = above & {"nav", "aside", "footer", "li"} or (
            "header" in above and not above & {"article", "main"}
        )
        found += [] if is_apart else [(2, time.get("datetime", ""))]
    spans = ((weight, parse_date(written)) for weight, written in found)
    return [(weight, span) for weight, span in spans if span.is_known]


def _published(data: object, title: str) -> Iterator[tuple[int, str]]:
    """Days of publication in JSON-LD: of an article with the page's title before others."""
    if isinstance(data, list):
        for one in data:
            yield from _published(one, title)
    elif isinstance(data, dict):
        is_article = re.search("Article|Posting|Report", str(data.get("@type", "Article")))
        if is_article and isinstance(data.get("datePublished"), str):
            headline = str(data.get("headline", "")).strip()
            yield 5 if headline and headline in title else 4, data["datePublished"]
        for key, value in data.items():
            if key != "itemListElement":
                yield from _published(value, title)


def stub_mark(text: str) -> dict:
    """Marks a body that only points at its attachment.

    >>> stub_mark("자세한 내용은 첨부파일을 참고하시기 바랍니다.")["text_kind"]
    'excerpt'
    """
    is_stub = len(text) < 300 and RULE.stub.search(text) is not None
    return {"text_kind": "excerpt", "stub": "yes"} if is_stub else {}


# Saved answers of the policy-briefing service (korea.kr) and saved feeds


def read_api(source: SourceFile) -> Iterator[dict]:
    """One record a NewsItem; fields that are not known are ignored."""
    root = sources.read_xml(source)
    items = [element for element in root.iter() if _local(element) == "NewsItem"]
    if not items:
        code = root.findtext(".//{*}resultCode", "").strip() or "0"
        message = root.findtext(".//{*}resultMsg") or root.findtext(".//{*}returnAuthMsg", "")
        raise ReadError(
            f"응답에 기사가 없습니다(코드 {code} {message.strip()[:40]}). 기간과 인증키를 확인하세요."
        )
    for number, item in enumerate(items, start=1):
        fields = {_local(child): (child.text or "").strip() for child in item}
        text = fragment_text(fields.get("DataContents", ""))
        yield {
            "row": number,
            "doc_id": fields.get("NewsItemId", ""),
            "title": fragment_text(fields.get("Title", "")),
            "text": text,
            # Documented and observed as MM/DD/YYYY; a guesser would swap day and month.
            "date": parse_date(fields.get("ApproveDate", ""), order="mdy"),
            "publisher": fields.get("MinisterCode", ""),
            "url": re.sub(r"[?&]call_from=[^&#]*", "", fields.get("OriginalUrl", "")),
            "occasion": fields.get("GroupingCode", ""),
            "genre_guess": "press_release",
            **stub_mark(text),
        }


def read_feed(source: SourceFile) -> Iterator[dict]:
    """One record an entry; a feed that carries summaries only gives excerpts."""
    import feedparser

    feed = feedparser.parse(ElementTree.tostring(sources.read_xml(source)))
    for number, entry in enumerate(feed.entries, start=1):
        content = next((part.value for part in entry.get("content", [])), "")
        yield {
            "row": number,
            "title": fragment_text(entry.get("title", "")),
            "text": fragment_text(content or entry.get("summary", "")),
            "date": entry.get("published") or entry.get("updated"),
            # An author is a reporter more often than an outlet.
            "publisher": feed.feed.get("title", "") or entry.get("author", ""),
            "url": entry.get("link", ""),
            "text_kind": "full" if content else "excerpt",
            "genre_guess": "news",
        }


def _local(element) -> str:
    return str(element.tag).rpartition("}")[2]


# Kind of a file of texts -> records and faults.
READERS = {"korea_kr": read_api, "rss": read_feed, "html": read_html}
