"""Which reader a file needs, judged by its content."""

from __future__ import annotations

import importlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator

import olefile

from policytext.readers.sources import HEAD, ReadError, Source, decode, looks_binary
from policytext.readers.tables import sniff_delimiter

# Kind -> genre of its documents when neither the source nor the caller says.
KINDS: dict[str, str] = {
    "csv": "",
    "jsonl": "",
    "json": "",
    "parquet": "",
    "xlsx": "",
    "bigkinds": "news",
    "korea_kr": "press_release",
    "rss": "news",
    "html": "",
    "text": "",
    "hwp": "press_release",
    "pdf": "press_release",
}
# Imported when met: the libraries behind them are slow to load.
_READERS = {
    "korea_kr": "feeds.read_api",
    "rss": "feeds.read_feed",
    "html": "html.read_html",
    "text": "pages.read_page",
    "hwp": "attachments.read_hwp",
    "pdf": "attachments.read_pdf",
}
_IGNORED = re.compile(r"^(\.|~\$|Thumbs\.db$|desktop\.ini$|__MACOSX)", re.I)
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF", b"\0\0\0")


def reader_of(kind: str) -> Callable[[Source], Iterator]:
    """The function that reads one kind of file that is no table."""
    module, _, function = _READERS[kind].partition(".")
    return getattr(importlib.import_module(f"policytext.readers.{module}"), function)


def sniff(source: Source) -> tuple[str, str]:
    """The kind of a file and "", or "" and why it is passed over."""
    name = source.name.rpartition("!")[2].rpartition("/")[2] or source.name
    if _IGNORED.match(name):
        return "", "숨김 파일이거나 프로그램이 만든 임시 파일입니다."
    head = source.head()
    if not head.strip(b"\0\r\n\t \xef\xbb\xbf"):
        raise ReadError("빈 파일입니다. 내용을 넣어 다시 저장하세요.")
    if head.startswith(b"PAR1"):
        return "parquet", ""
    if head.startswith(b"PK\x03\x04"):
        return _sniff_zip(source)
    if head.startswith(b"%PDF-"):
        return "pdf", ""
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _sniff_ole(source), ""
    if head.startswith(b"HWP Document File V"):
        raise ReadError("한글 3.0 문서는 읽을 수 없습니다. 한글에서 HWPX로 다시 저장하세요.")
    if head.startswith(_IMAGES) and head[12:16] != b"text":
        return "", "그림이나 소리 파일입니다."
    if looks_binary(head) and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ReadError("글이 아니라 이진 파일입니다. 글 파일인지 확인하세요.")
    return _sniff_text(head, name), ""


def _sniff_zip(source: Source) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(source.read(2**29))) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        raise ReadError("압축 파일이 잘렸거나 망가졌습니다. 다시 내려받으세요.") from None
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return "xlsx", ""
    if any(re.match(r"Contents/section\d+\.xml", name) for name in names):
        return "hwp", ""
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        raise ReadError("워드·파워포인트 문서는 읽지 않습니다. PDF나 HWPX로 저장하세요.")
    return "", "압축 파일입니다. 안의 파일을 읽으려면 '파일!안의 이름'으로 적으세요."


def _sniff_ole(source: Source) -> str:
    with olefile.OleFileIO(io.BytesIO(source.read(2**29))) as container:
        streams = {stream[0] for stream in container.listdir()}
    if "EncryptedPackage" in streams:
        raise ReadError("암호가 걸린 오피스 문서입니다. 암호를 푼 뒤 다시 저장하세요.")
    if "FileHeader" in streams:
        return "hwp"
    if streams & {"Workbook", "Book"}:
        return "xlsx"
    raise ReadError("읽지 않는 오피스 문서입니다. PDF나 HWPX로 저장하세요.")


def _sniff_text(head: bytes, name: str) -> str:
    text = decode(head).lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        try:
            json.loads(text.splitlines()[0])
        except ValueError:
            return "json"
        return "jsonl"
    if text.startswith("[") and text[1:].lstrip()[:1] in ("{", "]"):
        return "json"
    if text.startswith("<"):
        return _sniff_markup(text)
    is_named_table = name.lower().endswith((".csv", ".tsv", ".tab"))
    if sniff_delimiter(text[:HEAD], is_named_table=is_named_table):
        return "csv"
    return "text"


def _sniff_markup(text: str) -> str:
    """API answers and feeds name themselves in their first tags; other markup is a page."""
    start = re.sub(
        r"<\?xml[^>]{0,200}\?>|<!--.{0,2000}?-->|<!DOCTYPE[^>\[]{0,300}>",
        "",
        text[:20000],
        flags=re.S,
    )
    if re.search(r"<(?:\w+:)?(?:NewsItem|resultCode|cmmMsgHeader)\b", start):
        return "korea_kr"
    if re.match(r"\s*<(?:rss|feed|rdf:RDF)\b", start):
        return "rss"
    if re.search(
        r"<(?:html|head|body|div|p|article|table|meta|span|a|h\d)\b|<!doctype html", text, re.I
    ):
        return "html"
    if text.startswith("<?xml"):
        return "rss"
    return "text"
