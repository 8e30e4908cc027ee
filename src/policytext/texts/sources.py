"""Files as they lie on a disk or in an archive: found, bounded and decoded."""

from __future__ import annotations

import codecs
import fnmatch
import glob
import io
import math
import os
import re
import stat
import tomllib
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import IO

import charset_normalizer
from defusedxml import DefusedXmlException, ElementTree
from lxml import etree
from lxml import html as lxml_html

from policytext.faults import PolicyTextError
from policytext.korean import attach_particle

MAX_PAGE = 32 * 2**20  # one text, page or attachment
MAX_MEMBER = 2**29  # unpacked
MAX_RATIO = 500
HEAD = 65536
_CHUNK = 2**20
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_UNWRITABLE = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]")  # no tree may hold them
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f]")
_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,100}encoding=[\"']([\w-]{3,20})")
RULES = tomllib.loads(
    (Path(__file__).resolve().parents[1] / "assets" / "page-rules.toml").read_text("utf-8")
)


class ReadError(PolicyTextError):
    """A file or row that cannot be read; the message is one Korean sentence."""

    def __init__(self, said: str, n_rows: int = 1) -> None:
        super().__init__(said)
        self.n_rows = n_rows  # what is lost with it


class Skipped(PolicyTextError):
    """Something sound that is not wanted: a file that is no document, an article left out."""


def pattern(name: str, table: str = "patterns") -> re.Pattern:
    """A pattern of ``assets/page-rules.toml``.

    >>> bool(pattern("copyright").search("ⓒ 가나일보 무단전재 금지"))
    True
    """
    written = RULES[table][name]
    if not isinstance(written, str):
        written = "|".join(re.sub(r"^\(\?i\)(.*)", r"(?i:\1)", one, flags=re.S) for one in written)
    text = re.sub(r"\n\s*", "", written)
    for part, value in RULES["parts"].items():
        text = text.replace(f"<<{part}>>", value.strip("\n"))
    return re.compile(text)


def reason(error: Exception) -> str:
    """Why a file could not be read, in a Korean sentence."""
    if isinstance(error, ReadError):
        return str(error)
    if isinstance(error, PermissionError):
        return "읽기 권한이 없습니다. 파일 권한을 확인하세요."
    if isinstance(error, FileNotFoundError):
        return "읽는 동안 파일이 없어졌습니다. 경로를 확인하세요."
    name = type(error).__name__
    return f"파일이 망가졌거나 지원하지 않는 형식입니다({name}). 다시 저장해 보세요."


@dataclass(frozen=True)
class SourceFile:
    """A regular file, or a member of an archive; `fault` says why it cannot be opened."""

    name: str
    path: Path
    member: str = ""
    fault: str = ""

    def head(self) -> bytes:
        with self._opened() as file:
            return file.read(HEAD)

    def read(self, limit: int = MAX_PAGE) -> bytes:
        """The whole content, unless it is larger than `limit`."""
        with self._opened(limit) as file:
            return file.read(limit)

    def state(self) -> tuple[int, int]:
        """Size and time of change: a file whose state moves while it is read is half written."""
        status = self.path.stat()
        return status.st_size, status.st_mtime_ns

    def open(self) -> IO[bytes]:
        """A seekable binary file."""
        return io.BytesIO(self.read(MAX_MEMBER)) if self.member else self.path.open("rb")

    def _opened(self, limit: float = math.inf) -> IO[bytes]:
        if self.member:
            archive = open_archive(self.path)
            info = archive.getinfo(self.member)
            if info.flag_bits & 1:
                raise ReadError("암호가 걸린 압축 파일입니다. 암호를 푼 뒤 다시 읽으세요.")
            _check_member(info, limit)
            return archive.open(info)
        size, _ = self.state()
        if size > limit:
            raise ReadError(
                f"파일이 {size / 2**20:,.0f}MB로 한도 {limit / 2**20:,.0f}MB보다 큽니다. "
                "나누어 저장한 뒤 다시 읽으세요."
            )
        return self.path.open("rb")


@lru_cache(maxsize=1)
def open_archive(path: Path) -> zipfile.ZipFile:
    """The archive that was read last stays open: its list of members is read once."""
    return zipfile.ZipFile(path)


def check_archive(data: bytes) -> None:
    """Refuse a package, such as XLSX or HWPX, that unpacks to far more than it holds."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                _check_member(info)


def _check_member(info: zipfile.ZipInfo, limit: float = math.inf) -> None:
    if info.file_size > min(limit, MAX_MEMBER, MAX_RATIO * max(info.compress_size, 4096)):
        raise ReadError(
            f"압축을 풀면 {info.file_size / 2**20:,.0f}MB로 지나치게 커집니다. "
            "믿을 수 있는 파일인지 확인하고 직접 푼 뒤 읽으세요."
        )


def decode(data: bytes, declared: str = "") -> str:
    """Bytes to text, whatever their charset (see :func:`charset`)."""
    return data.decode(charset(io.BytesIO(data), declared), errors="replace")


def charset(file: IO[bytes], declared: str = "") -> str:
    """How to decode a seekable file: mark, UTF-8, declared charset, CP949, then statistics.

    A declaration is often wrong, while Korean text in another charset is hardly ever valid
    UTF-8, so UTF-8 is tried before it. The file is never held whole.
    """
    head = file.read(HEAD)
    if looks_binary(head):
        raise ReadError("글이 아니라 이진 파일입니다. 글 파일인지 확인하세요.")
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            return name
    for name in ("utf-8", _python_charset(declared), "cp949"):
        with suppress(UnicodeDecodeError, LookupError):
            for _ in _decoded(file, name, "strict"):
                pass
            return name
    # A page cut in the middle of a letter is still a page.
    n_lost, n_letters, name = min((*_lost_letters(file, name), name) for name in ("utf-8", "cp949"))
    if n_lost <= max(1, n_letters // 100):
        return name
    guess = charset_normalizer.from_bytes(head).best()
    if guess is None:
        raise ReadError("글자 인코딩을 알 수 없습니다. UTF-8로 저장한 뒤 다시 읽으세요.")
    return guess.encoding


def _decoded(file: IO[bytes], charset: str, errors: str) -> Iterator[str]:
    file.seek(0)
    return codecs.iterdecode(iter(lambda: file.read(_CHUNK), b""), charset, errors)


def _lost_letters(file: IO[bytes], charset: str) -> tuple[int, int]:
    """How many letters cannot be decoded, and how many there are."""
    counts = [(part.count("\ufffd"), len(part)) for part in _decoded(file, charset, "replace")]
    return tuple(map(sum, zip(*counts, strict=True)))


def read_xml(source: SourceFile):
    """The root of an XML file without entities; the parser never fetches or expands any."""
    data = source.read()
    declared = _ENCODING.match(data)
    text = decode(data, declared[1].decode("ascii") if declared else "")
    text = XML_DECLARATION.sub("", text.lstrip("\ufeff"))
    try:
        return ElementTree.fromstring(text, forbid_dtd=False)
    except DefusedXmlException:
        raise ReadError(
            "외부 개체(ENTITY)를 품은 XML이라서 읽지 않았습니다. 출처를 확인하세요."
        ) from None
    except ElementTree.ParseError:
        raise ReadError("XML이 잘렸거나 문법에 맞지 않습니다. 다시 내려받으세요.") from None


def html_tree(html: str) -> lxml_html.HtmlElement:
    """The tree of a page, an empty one where it holds nothing."""
    html = _UNWRITABLE.sub(" ", XML_DECLARATION.sub("", html)).encode("utf-8", "replace")
    parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        return lxml_html.document_fromstring(html, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return lxml_html.Element("html")


def looks_binary(head: bytes) -> bool:
    """True for bytes that no text holds: more than a slip of NULs, or many control characters."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    n_nul, n_controls = head.count(0), len(_CONTROLS.findall(head))
    return n_nul > max(1, len(head) // 1000) or n_controls > len(head) // 50


def _python_charset(declared: str) -> str:
    """Browsers read "euc-kr" as its superset CP949."""
    name = declared.strip().strip("\"'").lower().replace("_", "-")
    return "cp949" if name in ("euc-kr", "euckr", "ks-c-5601-1987", "ksc5601") else name or "utf-8"


def find_sources(paths: str | Path | Iterable[str | Path]) -> list[SourceFile]:
    """Every file under `paths`, once, in the order of the paths and then of the names."""
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    unique: dict[tuple[str, str], SourceFile] = {}
    for path in paths:
        for source in _expand(str(path)):
            unique.setdefault((os.path.realpath(source.path), source.member), source)
    found = list(unique.values())
    n_named = Counter(source.name for source in found)
    return [source if n_named[source.name] == 1 else _named_by_path(source) for source in found]


def _named_by_path(source: SourceFile) -> SourceFile:
    member = f"!{source.member}" if source.member else ""
    return replace(source, name=_nfc(source.path) + member)


def readable(path: str | Path) -> str:
    """A path as text; Korean names of old archives lie on disks in CP949."""

    def part(name: str) -> str:
        is_utf8 = name == name.encode("utf-8", "ignore").decode()
        return name if is_utf8 else os.fsencode(name).decode("cp949", errors="replace")

    return os.sep.join(map(part, str(path).split(os.sep)))


def _nfc(path: str | Path) -> str:
    return unicodedata.normalize("NFC", readable(path)).replace(os.sep, "/")


def _expand(text: str) -> Iterator[SourceFile]:
    place, _, member = text.partition("!") if not os.path.lexists(text) else (text, "", "")
    matches = [place] if os.path.lexists(place) else sorted(glob.glob(place, recursive=True))
    if not matches:
        fault = "파일이나 폴더가 없습니다. 경로를 확인하세요."
        yield SourceFile(_nfc(Path(place).name), Path(place), fault=fault)
    for path in map(Path, matches):
        if member:
            yield from _members(path, member, _nfc(path.name))
        else:
            yield from _walk(path) if path.is_dir() else _file(path, _nfc(path.name))


def _walk(root: Path) -> Iterator[SourceFile]:
    """Files below `root`; no link leads out of it, or twice into a folder."""
    real = os.path.realpath(root)
    entered: set[tuple[int, int]] = set()
    closed: list[OSError] = []
    top = Path(root.resolve().name)
    for folder, folders, files in os.walk(root, onerror=closed.append, followlinks=True):
        status = os.stat(folder)
        if (status.st_dev, status.st_ino) in entered:
            folders.clear()
            continue
        entered.add((status.st_dev, status.st_ino))
        paths = [Path(folder, name) for name in (*folders, *files)]
        links = [path for path in paths if path.is_symlink()]
        leaving = [path for path in links if not Path(os.path.realpath(path)).is_relative_to(real)]
        folders[:] = sorted({*folders} - {path.name for path in leaving}, key=_nfc)
        for path in leaving:
            fault = "폴더 밖을 가리키는 링크여서 읽지 않았습니다. 원래 파일이나 폴더를 적으세요."
            yield SourceFile(_nfc(top / path.relative_to(root)), path, fault=fault)
        for path in (Path(folder, name) for name in sorted(files, key=_nfc)):
            if path not in leaving:
                yield from _file(path, _nfc(top / path.relative_to(root)))
    for path in (Path(error.filename) for error in closed):
        fault = "폴더를 열 수 없습니다. 읽기 권한을 확인하세요."
        yield SourceFile(_nfc(top / path.relative_to(root)), path, fault=fault)


def _file(path: Path, name: str) -> list[SourceFile]:
    fault = ""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            fault = "보통 파일이 아닙니다(장치나 통로). 파일로 저장하세요."
        elif path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
            return _members(path, "*", name)
    except OSError:
        fault = "연결이 끊겼거나 되풀이되는 링크입니다. 원래 파일을 넣으세요."
    return [SourceFile(name, path, fault=fault)]


def _members(path: Path, wanted: str, name: str) -> list[SourceFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
    except (OSError, zipfile.BadZipFile, NotImplementedError):
        fault = "압축 파일이 잘렸거나 망가졌습니다. 다시 내려받으세요."
        return [SourceFile(name, path, fault=fault)]
    kept = [m for m in members if m.filename == wanted or fnmatch.fnmatch(m.filename, wanted)]
    if not kept:
        named = attach_particle(repr(wanted), "이/가")
        fault = f"압축 파일 안에 {named} 없습니다. 안의 파일 이름을 확인하세요."
        return [SourceFile(name, path, fault=fault)]
    kept = sorted(kept, key=lambda info: info.filename)
    return [SourceFile(f"{name}!{_member_name(info)}", path, info.filename) for info in kept]


def _member_name(info: zipfile.ZipInfo) -> str:
    """Windows writes Korean member names in CP949 without saying so."""
    name, is_utf8 = info.filename, info.flag_bits & 0x800
    with suppress(UnicodeError):
        name = name if is_utf8 else name.encode("cp437").decode("cp949")
    return _nfc(name)
