"""Exports of the BIGKinds news archive (NewsResult_*.xlsx or CSV)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from policytext.readers.sources import ReadError
from policytext.readers.tables import header_key, read_table

_MARKS = frozenset(
    "뉴스식별자 일자 언론사 기고자 제목 통합분류1 통합분류2 사건/사고분류1 인물 위치 기관"
    " 키워드 본문 url 분석제외여부".split()
) | {"특성추출가중치순상위50개"}
_OWN = {"occasion": "통합분류1", "keywords": "키워드", "excluded": "분석제외"}
_ID = re.compile(r"(\d{7,8})\.(\d{17})")


def is_export(headers: list[str]) -> bool:
    """True when enough of the 19 known headers are there, however they are spaced."""
    return len(_MARKS & {header_key(header) for header in headers}) >= 8


@dataclass(frozen=True)
class LeftOut:
    """A sound article that is not wanted."""

    reason: str


@dataclass
class Seen:
    """Ids and addresses of articles of earlier exports, and of the one that is being read."""

    earlier: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)


def read_export(
    headers: list[str], rows: Iterator, seen: Seen
) -> Iterator[dict | ReadError | LeftOut]:
    """Two records an article: the body, cut at 200 characters, and the keywords of the whole.

    Rows that the archive marks as left out of analysis, and articles whose id or address is
    in `seen` (which grows), are left out.
    """
    spelled = {header_key(header): header for header in headers}
    own = {
        column: header
        for column, start in _OWN.items()
        for key, header in spelled.items()
        if key.startswith(start)
    }
    for record in read_table(headers, rows, own)[1]:
        if isinstance(record, ReadError):
            yield record
            continue
        mark, keywords = record.pop("excluded", "").strip(), record.pop("keywords", "").strip()
        if mark:
            yield LeftOut(f"분석제외 여부 '{mark[:10]}'")
            continue
        given, note = _article_id(record.get("doc_id", "").strip())
        keys = {key for key in (given, record.get("url", "").strip()) if key}
        if keys & seen.earlier or keys & seen.fresh:
            yield LeftOut("식별자나 주소가 앞에 나온 기사와 같음")
            continue
        seen.fresh |= keys
        yield {**record, "doc_id": given, "text_kind": "excerpt", "note": note}
        if keywords:
            yield {
                **record,
                "doc_id": given and f"{given}-keywords",
                "text": keywords.replace(",", ", "),
                "text_kind": "keywords",
            }


def _article_id(written: str) -> tuple[str, str]:
    """The id as text; one that went through a number has lost digits and cannot be used."""
    if match := _ID.fullmatch(written):
        return f"{match[1].zfill(8)}.{match[2]}", ""
    if re.fullmatch(r"[\d.eE+]+", written):
        return "", f"뉴스 식별자({written})가 숫자로 저장되며 자릿수가 없어져 쓰지 않았습니다."
    return written, ""
