"""Saved answers of the policy-briefing service (korea.kr) and saved RSS or Atom feeds."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

import feedparser
from defusedxml import DefusedXmlException, ElementTree

from policytext.readers.dates import parse_date
from policytext.readers.html import fragment_text
from policytext.readers.sources import ReadError, Source, decode
from policytext.readers.stubs import stub_mark

_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,100}encoding=[\"']([\w-]{3,20})")


def read_api(source: Source) -> Iterator[dict | ReadError]:
    """One record a NewsItem; fields that are not known are ignored."""
    root = _parse(source)
    items = [element for element in root.iter() if _local(element.tag) == "NewsItem"]
    code = next((e.text or "" for e in root.iter() if _local(e.tag) == "resultCode"), "0")
    if not items:
        message = next(
            (e.text or "" for e in root.iter() if _local(e.tag) in ("resultMsg", "returnAuthMsg")),
            "",
        )
        raise ReadError(
            f"응답에 기사가 없습니다(코드 {code.strip()} {message.strip()[:40]}). "
            "기간과 인증키를 확인하세요."
        )
    for number, item in enumerate(items, start=1):
        fields = {_local(child.tag): (child.text or "").strip() for child in item}
        text = fragment_text(fields.get("DataContents", ""))
        yield {
            "row": number,
            "doc_id": fields.get("NewsItemId", ""),
            "title": " ".join(fragment_text(fields.get("Title", "")).split()),
            "text": text,
            # Documented and observed as MM/DD/YYYY; a guesser would swap day and month.
            "date": parse_date(fields.get("ApproveDate", ""), order="mdy"),
            "publisher": fields.get("MinisterCode", ""),
            "url": re.sub(r"[?&]call_from=[^&#]*", "", fields.get("OriginalUrl", "")),
            "occasion": fields.get("GroupingCode", ""),
            **stub_mark(text),
        }


def read_feed(source: Source) -> Iterator[dict | ReadError]:
    """One record an entry; a feed that carries summaries only gives excerpts."""
    root = _parse(source)
    feed = feedparser.parse(ElementTree.tostring(root))
    for number, entry in enumerate(feed.entries, start=1):
        content = next((part.value for part in entry.get("content", [])), "")
        when = entry.get("published_parsed") or entry.get("updated_parsed")
        moment = datetime.datetime(*when[:6], tzinfo=datetime.UTC) if when else None
        text = fragment_text(content or entry.get("summary", ""))
        yield {
            "row": number,
            "title": " ".join(fragment_text(entry.get("title", "")).split()),
            "text": text,
            "date": moment.isoformat() if moment else None,
            "publisher": entry.get("author", "") or feed.feed.get("title", ""),
            "url": entry.get("link", ""),
            "text_kind": "full" if content else "excerpt",
        }


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _parse(source: Source):
    data = source.read()
    declared = _DECLARED.match(data)
    text = decode(data, declared[1].decode("ascii") if declared else "")
    text = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text.lstrip("\ufeff"))
    try:
        return ElementTree.fromstring(text, forbid_dtd=False)
    except DefusedXmlException:
        raise ReadError(
            "외부 개체(ENTITY)를 품은 XML이라서 읽지 않았습니다. 출처를 확인하세요."
        ) from None
    except ElementTree.ParseError:
        raise ReadError("XML이 잘렸거나 문법에 맞지 않습니다. 다시 내려받으세요.") from None
