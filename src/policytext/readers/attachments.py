"""HWP, HWPX and PDF attachments to text."""

from __future__ import annotations

import io
import logging
import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import extract_hwp
import pypdfium2

from policytext.cleaning import normalise
from policytext.readers.rules import SENTENCE
from policytext.readers.sources import ReadError, Source, check_archive
from policytext.readers.stamps import best_stamp, date_in_text, find_stamps

_MAX_PAGES = 2000
_MAX_LETTERS = 5_000_000
_HEAD = 30  # lines in which a document says its date and title
_FIELD = re.compile(
    r"보도\s?(?:참고|설명)?\s?자료|(?:보도|배포)\s?(?:일|시)|담당|문의|총\s?\d|쪽수|\W*\d*\W*$"
)
_ENGLISH = re.compile(r"\b(?:the|and|of|to|in)\b", re.I)


def read_hwp(source: Source) -> Iterator[dict]:
    """One record for one HWP 5 or HWPX document."""
    data = source.read(2**27)
    is_package = data.startswith(b"PK")
    if is_package:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_archive(archive)
    with tempfile.TemporaryDirectory() as folder:
        # The library judges by the ending, which files in the wild often have wrong.
        path = Path(folder, "document.hwpx" if is_package else "document.hwp")
        path.write_bytes(data)
        logging.disable(logging.ERROR)
        try:
            text, error = extract_hwp.extract_text_from_hwp(str(path))
        finally:
            logging.disable(logging.NOTSET)
    if error and re.search("암호|보호|DRM|배포용", error):
        raise ReadError("암호나 배포용 보호가 걸린 한글 문서입니다. 보호를 풀어 저장하세요.")
    if error or not text.strip():
        # The library gives the same empty text for a document that may only be read in Hangul.
        raise ReadError(
            "한글 문서가 배포용으로 보호되었거나 망가졌습니다. 한글에서 열어 다시 저장하세요."
        )
    yield parse_document(text)


def read_pdf(source: Source) -> Iterator[dict]:
    """One record for one PDF whose letters can be read."""
    try:
        document = pypdfium2.PdfDocument(source.read(2**28))
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError("암호가 걸린 PDF입니다. 암호를 푼 뒤 다시 저장하세요.") from None
        raise ReadError("PDF가 잘렸거나 망가졌습니다. 다시 내려받으세요.") from None
    try:
        pages: list[str] = []
        for number in range(min(len(document), _MAX_PAGES)):
            page = document[number]
            pages.append(page.get_textpage().get_text_bounded())
            page.close()
            if sum(map(len, pages)) > _MAX_LETTERS:
                raise ReadError("PDF의 글이 500만 자를 넘습니다. 나누어 저장하세요.")
    finally:
        document.close()
    text = "\n".join(pages)
    _check_letters(text)
    yield parse_document(_unwrap(text))


def parse_document(text: str) -> dict:
    """Title, date and body of an official document, whose short lines are its own.

    Unlike a page it has no menus: only form fields at its head (such as "배포 일시 …") go,
    and the first other line is its title.

    Returns
    -------
    dict
        As :func:`policytext.readers.pages.parse_page`.

    Examples
    --------
    >>> document = parse_document("보도자료\\n배포 일시 2019. 3. 4.(월)\\n창업 지원 계획 발표\\n1. 배경")
    >>> document["title"], document["text"].split("\\n")[-1], str(document["date"].date)[:10]
    ('창업 지원 계획 발표', '1. 배경', '2019-03-04')
    """
    lines = [line for line in normalise(text).split("\n") if line]
    head = lines[:_HEAD]
    stamps = [stamp for line in head for stamp in find_stamps(line)]
    short = (line for line in head if len(line) <= 80 and not SENTENCE.search(line))
    fields = [line for line in short if _FIELD.match(line) or find_stamps(line)]
    lines = [line for line in head if line not in fields] + lines[_HEAD:]
    title = lines.pop(0) if lines and len(lines[0]) <= 150 else ""
    date, basis, note = best_stamp(stamps), "metadata", ""
    if not date.is_known:
        date, basis, note = date_in_text(title, lines)
    return {
        "genre_guess": "",
        "title": title,
        "text": "\n".join(lines),
        "publisher": "",
        "date": date,
        "date_basis": basis,
        "note": note,
        "removed": [("header", line) for line in fields],
    }


def _check_letters(text: str) -> None:
    """Refuse scans and fonts without a map to Unicode, which give marks for letters."""
    letters = [char for char in text if not char.isspace() and not char.isdigit()]
    if len(letters) < 20:
        raise ReadError("PDF에 글자가 없습니다(스캔한 그림). 글자 인식(OCR)을 한 뒤 읽으세요.")
    n_hangul = sum("가" <= char <= "힣" for char in letters)
    is_english = len(_ENGLISH.findall(text)) > len(letters) / 100
    if n_hangul < len(letters) / 10 and not is_english:
        raise ReadError(
            "PDF의 글자가 한글로 이어지지 않습니다(글꼴 정보 없음). 원본 한글 문서를 쓰세요."
        )


def _unwrap(text: str) -> str:
    """Join lines that the width of the page broke; a short line or a sentence end stays."""
    lines = [line.rstrip("\r") for line in text.replace("\r\n", "\n").split("\n")]
    width = max((len(line) for line in lines), default=0)
    keeps_spaces = sum(line.endswith(" ") for line in lines) > len(lines) / 10
    joined = ""
    for line in lines:
        is_broken = len(line) >= 0.8 * width and not re.search(r"[.?!:。]\s*$", line)
        joined += line + (("" if keeps_spaces else " ") if is_broken else "\n")
    return joined
