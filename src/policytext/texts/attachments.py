"""Attachments of releases (HWP, Word, PDF): their text, and which page each belongs to."""

from __future__ import annotations

import io
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from policytext.korean import is_particle_chain
from policytext.store import text_sha256
from policytext.texts import sources
from policytext.texts.clean import bare
from policytext.texts.markup import READERS as MARKUP_READERS
from policytext.texts.pages import RULE, parse_document, read_page
from policytext.texts.sources import ReadError, SourceFile

_MAX_PAGES = 2000
_MAX_LETTERS = 5_000_000
_COLUMN = 18  # the least width of a column of running text, in letters of full width
_ATTACHED = ("hwp", "docx", "pdf")  # the better first


def read_hwp(source: SourceFile) -> Iterator[dict]:
    """One record for one HWP 5 or HWPX document."""
    import extract_hwp

    data = source.read(2**27)
    sources.check_archive(data)
    with tempfile.TemporaryDirectory() as folder:
        # The library judges by the ending, which files in the wild often have wrong.
        path = Path(folder, "document.hwpx" if data.startswith(b"PK") else "document.hwp")
        path.write_bytes(data)
        text, error = extract_hwp.extract_text_from_hwp(str(path))
    if error and re.search("암호|보호|DRM|배포용", error):
        raise ReadError("암호나 배포용 보호가 걸린 한글 문서입니다. 보호를 풀어 저장하세요.")
    if error or not text.strip():
        # The library gives the same empty text for a document that may only be read in Hangul.
        raise ReadError(
            "한글 문서가 배포용으로 보호되었거나 망가졌습니다. 한글에서 열어 다시 저장하세요."
        )
    yield parse_document(text)


def read_docx(source: SourceFile) -> Iterator[dict]:
    """One record for one Word document: its paragraphs, those of tables too, as they come."""
    import docx

    data = source.read(2**27)
    sources.check_archive(data)
    body = docx.Document(io.BytesIO(data)).element.body
    # A text box stands there twice, the second time for old programs.
    paragraphs = body.xpath(".//w:p[not(ancestor::*[local-name()='Fallback'])]")
    runs = (one.xpath("./w:r | ./*/w:r | ./*/w:sdtContent/w:r") for one in paragraphs)
    yield parse_document("\n".join("".join(run.text for run in line) for line in runs))


def read_pdf(source: SourceFile) -> Iterator[dict]:
    """One record for one PDF whose letters can be read."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(source.read(2**28))
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError("암호가 걸린 PDF입니다. 암호를 푼 뒤 다시 저장하세요.") from None
        raise ReadError("PDF가 잘렸거나 망가졌습니다. 다시 내려받으세요.") from None
    pages: list[str] = []
    with document:
        for number in range(min(len(document), _MAX_PAGES)):
            page = document[number]
            pages.append(page.get_textpage().get_text_bounded())
            page.close()
            if sum(map(len, pages)) > _MAX_LETTERS:
                raise ReadError("PDF의 글이 500만 자를 넘습니다. 나누어 저장하세요.")
    _check_letters("\n".join(pages))
    yield parse_document(unwrap(pages))


def _check_letters(text: str) -> None:
    """Refuse scans and fonts without a map to Unicode, which give marks for letters."""
    letters = [char for char in text if not char.isspace() and not char.isdigit()]
    if len(letters) < 20:
        raise ReadError("PDF에 글자가 없습니다(스캔한 그림). 글자 인식(OCR)을 한 뒤 읽으세요.")
    n_hangul = sum("가" <= char <= "힣" for char in letters)
    n_english = len(re.findall(r"\b(?:the|and|of|to|in)\b", text, re.I))
    if n_hangul < len(letters) / 10 and n_english <= len(letters) / 100:
        raise ReadError(
            "PDF의 글자가 한글로 이어지지 않습니다(글꼴 정보 없음). 원본 한글 문서를 쓰세요."
        )


def unwrap(pages: list[str]) -> str:
    """Join the lines that the width of a page or column broke, without the numbers of pages.

    A short line or a sentence's end stays. Where lines are of one width they broke inside
    words: then what only makes a word together is joined without a space.

    >>> unwrap(["정부는 지역마다 창업 거점을 새로 세우고 전담 인력을 두기로 했다. 거\\n점은 지역마다 둔다."])
    '정부는 지역마다 창업 거점을 새로 세우고 전담 인력을 두기로 했다. 거점은 지역마다 둔다.'
    """
    lines = [line for n, page in enumerate(pages, 1) for line in _page_lines(page, n, len(pages))]
    widths = [sum(1 if ord(char) > 0x1100 else 0.5 for char in line.rstrip()) for line in lines]
    near = [sorted(widths[max(0, n - 4) : n + 5]) for n in range(len(widths))]
    full = [row[-2] if len(row) > 3 else row[-1] for row in near]
    is_full = [
        width >= max(_COLUMN, 0.8 * most)
        and re.search(r"[.?!:。]\s*$", line) is None
        and not RULE.field.fullmatch(line.strip())
        for line, width, most in zip(lines, widths, full, strict=True)
    ]
    keeps_spaces = sum(line.endswith(" ") for line in lines) > len(lines) / 10
    # Lines that broke between words are of many widths.
    gaps = [most - width for most, width, at in zip(full, widths, is_full, strict=True) if at]
    breaks_words = sum(gap <= 1 for gap in gaps) > 0.75 * len(gaps)
    words = {word for line in lines for word in line.split()[1:-1]}
    joined = ""
    for n, line in enumerate(lines):
        after = lines[n + 1] if n + 1 < len(lines) else ""
        is_broken = is_full[n] and after and RULE.item_start.match(after) is None
        is_inside = keeps_spaces or (breaks_words and _is_one_word(line, after, words))
        joined += line + (("" if is_inside else " ") if is_broken else "\n")
    return joined.strip("\n")


def _page_lines(page: str, number: int, n_pages: int) -> list[str]:
    """The lines of a page without its number."""
    lines = page.replace("\r\n", "\n").strip("\n").split("\n")
    mark = re.compile(rf"\s*(?:{number}(?: ?/ ?{n_pages})?|- ?{number} ?-)\s*")
    edges = (0, len(lines) - 1) if n_pages > 1 else ()
    return [line for n, line in enumerate(lines) if not (n in edges and mark.fullmatch(line))]


def _is_one_word(line: str, after: str, words: set[str]) -> bool:
    """Whether the end of a line and the start of the next make a word, and not two."""
    left, right = re.search(r"\w+$", line), re.match(r"\w+", after)
    if not left or not right:
        return False
    left, right = left[0], right[0]
    together = left + right
    # A word that the text has elsewhere begins before the break and ends behind it.
    starts = {together[:n] for n in range(len(left) + 1, len(together) + 1)}
    if not words.isdisjoint(starts):
        return True
    if RULE.one_syllable.fullmatch(right):  # 이, 그: rather a word than a particle
        return False
    is_end = is_particle_chain(right, left) or RULE.ending.fullmatch(right) is not None
    is_word = left in words or RULE.one_syllable.fullmatch(left) is not None
    return is_end or (len(left) == 1 and not is_word)


def join_attachments(documents: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Give each stub the text of the attachment in its folder that carries its name.

    A name fits when it begins with the name of the stub's file or holds the stub's id or its
    whole title. Where a release lies there as HWP and as PDF only the HWP is joined.

    The documents left, and why an attachment is none of its own any more (source_file -> reason).
    """
    documents = documents.copy()
    joined: dict[str, str] = {}
    beside: dict[str, list] = defaultdict(list)
    for other in documents[documents["kind"].isin(_ATTACHED)].itertuples():
        beside[other.source_file.rpartition("/")[0]].append(other)
    for stub in documents[documents["stub"] != ""].itertuples():
        near = beside[stub.source_file.rpartition("/")[0]]
        fitting = [o for o in near if o.source_file not in joined and _fits(stub, o)]
        if not fitting:
            continue
        best = min((other.kind for other in fitting), key=_ATTACHED.index)
        text = "\n".join([stub.text, *(other.text for other in fitting if other.kind == best)])
        whole = {"text": text, "text_sha256": text_sha256(text), "text_kind": "full", "stub": ""}
        documents.loc[stub.Index, list(whole)] = list(whole.values())
        reason = f"'{stub.source_file}'의 본문에 이어 붙였습니다."
        joined |= {other.source_file: reason for other in fitting}
    if joined:
        is_left = ~documents["source_file"].isin(list(joined))
        documents = documents[is_left].reset_index(drop=True)
    return documents, joined


def _fits(stub, other) -> bool:
    name, stem = (bare(Path(row.source_file).stem) for row in (other, stub))
    title, given = bare(stub.title), bare(stub.doc_id)
    is_page = stub.kind in ("html", "text")
    return (
        (is_page and len(stem) >= 4 and name.startswith(stem))
        or (len(given) >= 6 and given in name)
        or (len(title) >= 8 and title in name)
    )


# Kind of a file of texts -> records and faults.
READERS = MARKUP_READERS | {"text": read_page, "hwp": read_hwp, "docx": read_docx, "pdf": read_pdf}
