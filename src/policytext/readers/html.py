"""Saved web pages: main text by trafilatura, dates by their tags and what Korean pages write."""

from __future__ import annotations

import re
from collections.abc import Iterator

import trafilatura
from lxml import etree
from lxml import html as lxml_html

from policytext.cleaning import normalise
from policytext.readers import rules
from policytext.readers.dates import DateSpan, parse_date
from policytext.readers.outlets import strip_outlet
from policytext.readers.pages import parse_page
from policytext.readers.sources import ReadError, Source, decode
from policytext.readers.stamps import best_stamp, find_stamps
from policytext.readers.stubs import stub_mark

_CHARSET = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?([\w-]{3,20})", re.I)
# Not by a date library, which reads "2019. 3. 5." as 1 January.
_PUBLISHED = re.compile(r"publish|pubdate|pub-date|issued|regdate|reg_date|(?:^|[.:])date$", re.I)
_IN_SCRIPT = re.compile(r"\"datePublished\"\s{0,3}:\s{0,3}\"([^\"]{8,35})\"")
_BLOCKS = "p br div li tr h1 h2 h3 h4 h5 h6 td dd dt pre".split()


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
        date_extraction_params={"extensive_search": False},
    )
    text, outlet, title, url = (
        (getattr(found, name, "") or "") for name in ("text", "sitename", "title", "url")
    )
    tree = _parse(html)
    tagged = _tagged_date(tree)
    whole = _text(tree)
    # Where no body stands out (a list, a stub) the rules for scraped text decide.
    page = parse_page(
        whole if len(text) < 40 else text,
        title=strip_outlet(normalise(title), outlet) if outlet else normalise(title),
        publisher="" if re.fullmatch(r"[\w.-]+\.[a-z]{2,}", outlet) else outlet,
        date=tagged if tagged.is_known else _stamped_date(whole),
    )
    if not page["text"]:
        raise ReadError("웹 페이지에서 본문을 찾지 못했습니다. 글이 있는 페이지인지 확인하세요.")
    page["publisher"] = page["publisher"] or outlet
    return {**page, "url": url, **stub_mark(page["text"])}


def fragment_text(html: str) -> str:
    """All text of a piece of HTML, one block a line."""
    return _text(_parse(html))


def _parse(html: str) -> lxml_html.HtmlElement:
    parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        return lxml_html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return lxml_html.Element("html")


def _text(tree: lxml_html.HtmlElement) -> str:
    """The text of a tree, which loses its scripts and head."""
    etree.strip_elements(tree, "script", "style", "noscript", "head", with_tail=False)
    for element in tree.iter(*_BLOCKS):
        element.tail = "\n" + (element.tail or "")
        if element.tag != "br":
            element.text = "\n" + (element.text or "")
    return normalise(tree.text_content())


def _tagged_date(tree: lxml_html.HtmlElement) -> DateSpan:
    """The date of publication, never of an edit, in tags and in data for machines."""
    written = [
        meta.get("content", "")
        for meta in tree.iter("meta")
        if any(_PUBLISHED.search(meta.get(key, "")) for key in ("property", "name", "itemprop"))
    ]
    for script in tree.iter("script"):
        written += _IN_SCRIPT.findall(script.text or "")
    written += [time.get("datetime", "") for time in tree.iter("time")]
    return next((span for span in map(parse_date, written) if span.is_known), DateSpan())


def _stamped_date(whole: str) -> DateSpan:
    """The page's own "입력 2019. 4. 22."; never a date found just anywhere."""
    lines = [line for line in whole.split("\n") if not rules.MASTHEAD.search(line)]
    return best_stamp([stamp for line in lines for stamp in find_stamps(line)])
