"""Saved web pages: main text by trafilatura, dates by what Korean pages write."""

from __future__ import annotations

import re
from collections.abc import Iterator

import htmldate
import trafilatura
from lxml import etree
from lxml import html as lxml_html

from policytext.cleaning import normalise
from policytext.readers import rules
from policytext.readers.dates import DateSpan, parse_date
from policytext.readers.pages import page_stamps, parse_page, strip_outlet
from policytext.readers.sources import ReadError, Source, decode
from policytext.readers.stubs import stub_mark

_CHARSET = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?([\w-]{3,20})", re.I)
_PUBLISHED = re.compile(
    r"(?:article:published_time|datePublished|pubdate)[\"']?[^<>{}]{0,40}?(?:content=|:)\s*"
    r"[\"']([^\"']{8,35})[\"']",
    re.I,
)
_PUBLISHED_AFTER = re.compile(
    r"content=[\"']([^\"']{8,35})[\"'][^<>]{0,60}(?:article:published_time|datePublished)", re.I
)
_STRUCTURED = re.compile(
    r"<script[^>]{0,100}ld\+json.{0,20000}?</script>|<time\b.{0,300}?</time>", re.I | re.S
)
_EDITED = re.compile(
    r"<meta[^>]{0,200}(?:modif|updated)[^>]{0,200}>|\"dateModified\"\s{0,3}:\s{0,3}\"[^\"]{0,40}\",?",
    re.I,
)
_BLOCKS = (
    "p",
    "br",
    "div",
    "li",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "td",
    "dd",
    "dt",
    "pre",
)


def read_html(source: Source) -> Iterator[dict]:
    """One record for one saved page."""
    data = source.read()
    declared = _CHARSET.search(data[:4096])
    yield parse_html(decode(data, declared[1].decode("ascii") if declared else ""))


def parse_html(html: str) -> dict:
    """Title, outlet, date, address and main text of a page, then the rules for news pages."""
    # A declaration that no longer holds after decoding would mislead the parser.
    html = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", html.replace("\0", ""))
    found = trafilatura.bare_extraction(
        html,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    text = (found.text if found else "") or ""
    whole = fragment_text(html)
    outlet = (found.sitename if found else "") or ""
    title = normalise((found.title if found else "") or "")
    title = strip_outlet(title, outlet) if outlet else title
    # Where no body stands out (a list, a stub) the rules for scraped text decide.
    is_poor = len(text) < 40
    page = parse_page(
        whole if is_poor else text,
        title=title,
        publisher="" if re.fullmatch(r"[\w.-]+\.[a-z]{2,}", outlet) else outlet,
        date=_date(html, whole),
    )
    if not page["text"]:
        raise ReadError("웹 페이지에서 본문을 찾지 못했습니다. 글이 있는 페이지인지 확인하세요.")
    page["publisher"] = page["publisher"] or outlet
    return {**page, "url": (found.url if found else "") or "", **stub_mark(page["text"])}


def fragment_text(html: str) -> str:
    """All text of a piece of HTML, one block a line."""
    parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        tree = lxml_html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return ""
    etree.strip_elements(tree, "script", "style", "noscript", "head", with_tail=False)
    for element in tree.iter(*_BLOCKS):
        element.tail = "\n" + (element.tail or "")
        if element.tag != "br":
            element.text = "\n" + (element.text or "")
    return normalise(tree.text_content())


def _date(html: str, whole: str) -> DateSpan:
    """Tags first; then the page's own "입력 2019. 4. 22."; never a date found just anywhere."""
    for pattern in (_PUBLISHED, _PUBLISHED_AFTER):
        if (match := pattern.search(html)) and (span := parse_date(match[1])).is_known:
            return span
    head = html[: html.lower().find("</head>") + 7 or 20000]
    head = head if "<head" in head.lower() else "<html><head></head>"
    structured = "".join(match[0] for match in _STRUCTURED.finditer(html[:2_000_000]))
    reduced = f"{head}<body>{structured}</body></html>"
    found = htmldate.find_date(_EDITED.sub("", reduced), extensive_search=False, original_date=True)
    if found and (span := parse_date(found)).is_known:
        return span
    return page_stamps([line for line in whole.split("\n") if not rules.MASTHEAD.search(line)])
