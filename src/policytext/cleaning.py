"""One spelling for one text: Unicode, spaces, glued sentences and personal data.

Every rule is bounded and looks at most a fixed number of characters back or ahead, so the
cost is linear even on a line of hundreds of megabytes.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable

import numpy as np
import pandas as pd


# Not NFKC: it would turn ㎡ into m2, ½ into 1⁄2 and ㈜ into (주), which are other readings,
# and every ㆍ into a conjoining vowel. Only forms that differ in width or in code are folded.
def _narrow(char: str) -> str:
    kind, *codes = unicodedata.decomposition(char).split() or [""]
    return chr(int(codes[0], 16)) if kind in ("<wide>", "<narrow>") else char


def _code_points(*ranges: tuple[int, int]) -> frozenset[str]:
    return frozenset(chr(code) for first, last in ranges for code in range(first, last + 1))


# One middle dot: analysers read ㆍ as an unknown letter and swallow the rest of the word,
# and ・ as a foreign word.
_SPACES = "".join(
    ["\t\u00a0\u1680\u202f\u205f\u3000\u3164\uffa0", *map(chr, range(0x2000, 0x200B))]
)
_FOLDED = {char: _narrow(char) for char in map(chr, range(0xFF01, 0xFFEF))}
_FOLDED |= dict.fromkeys(_SPACES, " ")
_FOLDED |= dict.fromkeys("\u318d\u119e\u2027\u2024\u30fb\uff65\u2219\u22c5", "·")
_FOLDED["\uffe3"] = "¯"
_NEWLINES = dict.fromkeys("\r\v\f\x85\u2028\u2029", "\n")
_INVISIBLE = dict.fromkeys(
    (
        _code_points((0, 8), (0xE, 0x1F), (0x7F, 0x9F), (0x115F, 0x1160), (0x180B, 0x180E))
        | _code_points((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xD800, 0xDFFF))
        | _code_points((0xFE00, 0xFE0F), (0xFFF0, 0xFFFB), (0xFFFE, 0xFFFF), (0xE0000, 0xE01EF))
        | frozenset("\u00ad\u034f\u061c\ufeff")
    )
    - frozenset(_NEWLINES),
    "",
)

_STRAY_MARK = re.compile("(?<![^가-힣\\s])[\u0300-\u036f]+")
_SPACE_RUN = re.compile(" {2,}")
_LINE_EDGE = re.compile(" \n ?|\n ")
_BLANK_LINES = re.compile("\n{3,}")
# A closing quote, a lower-case letter or a dot after the mark is not a new sentence.
_GLUED = re.compile(
    r"[.?!](?:(?<=[가-힣][다요까죠오음임함됨분]\.)|(?<=[가-힣][?!]))(?=[가-힣0-9A-Z])"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}(?:@|\(at\)|\[at\])(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,12}"
)
_PHONE = re.compile(
    r"[+(0](?<![\d.,-].)(?:(?<=\+)82[- .)]{0,2}\(?0?\d{1,2}|(?<=\()0\d{1,2}|(?<=0)\d{1,2})"
    r"(?:[-.·) ]{1,2}\d{3,4}[-. ]\d{4}|(?<=01\d)\d{7,8})(?:~\d{1,4})?(?!\d)"
)
_RESIDENT = re.compile(
    r"\d\d(?<!\d\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]) ?[-–] ?[1-8]\d{6}(?!\d)"
)
_PRIVATE = re.compile(r"[A-Za-z0-9]")


def _replace(text: str, table: dict[str, str]) -> str:
    """Like ``str.translate``, but as fast as a search when few of the characters occur."""
    for char in [char for char in set(text) if char in table]:
        text = text.replace(char, table[char])
    return text


def _compose(text: str) -> str:
    # A mark that goes may have stood between a syllable and its final consonant.
    while (composed := _STRAY_MARK.sub("", unicodedata.normalize("NFC", text))) != text:
        text = composed
    return text


def _squeeze(text: str) -> str:
    text = _LINE_EDGE.sub("\n", _SPACE_RUN.sub(" ", text))
    return _BLANK_LINES.sub("\n\n", text).strip(" \n")


def mask_personal_data(text: str) -> str:
    """Cover e-mail addresses, telephone numbers and resident numbers.

    Letters and digits become ``●`` and the length stays, so offsets keep their meaning; a
    word such as "[전자우편]" would be counted as a noun in every article. Institutional short
    numbers (1357, 1588-0000) stay.

    Examples
    --------
    >>> mask_personal_data("문의 gildong@example.kr, 010-1234-5678")
    '문의 ●●●●●●●@●●●●●●●.●●, ●●●-●●●●-●●●●'
    """
    patterns = (_RESIDENT, _PHONE)
    if "@" in text or "at)" in text or "at]" in text:
        patterns = (_EMAIL, *patterns)
    for pattern in patterns:
        text = pattern.sub(lambda match: _PRIVATE.sub("●", match[0]), text)
    return text


# The order matters: deletion may bring a base and its mark together, so composition follows.
_NORMALISING: dict[str, Callable[[str], str]] = {
    "줄바꿈 통일": lambda text: _replace(text.replace("\r\n", "\n"), _NEWLINES),
    "보이지 않는 문자 삭제": lambda text: _replace(text, _INVISIBLE),
    "공백·전각·가운뎃점 통일": lambda text: _replace(text, _FOLDED),
    "자모 조합(NFC)": _compose,
    "빈칸·빈 줄 정리": _squeeze,
    "붙은 문장 띄우기": lambda text: _GLUED.sub(r"\g<0> ", text),
}
_CHARACTER_STEPS = frozenset(list(_NORMALISING)[:3])
_SPECIAL = frozenset([*_NEWLINES, *_INVISIBLE, *_FOLDED])
Tally = dict[str, tuple[int, int, str]]
_STEPS = {**_NORMALISING, "개인정보 가리기": mask_personal_data}


def normalise(text: str) -> str:
    """Give a text its one canonical spelling; idempotent.

    Line ends become LF; control, zero-width and soft-hyphen characters go; every Unicode
    space becomes a space; full-width letters, digits and half-width jamo become ordinary
    ones; the middle dots become ``·``; NFC; runs of spaces become one and two or more blank
    lines one; a lost space after a sentence end is put back. ㎡, ½, ㈜, Ⅲ and ① stay.

    Examples
    --------
    >>> normalise("열었습니다.그동안\\u00a0３.14㎡,\\r\\n\\r\\n\\r\\n\\r\\n중소ㆍ벤처")
    '열었습니다. 그동안 3.14㎡,\\n\\n중소·벤처'
    """
    is_plain = _SPECIAL.isdisjoint(text)
    for name, step in _NORMALISING.items():
        text = text if is_plain and name in _CHARACTER_STEPS else step(text)
    return text


def clean_text(text: str, tally: Tally | None = None) -> str:
    """Normalise a text and cover personal data; count what changed in `tally`, if given."""
    is_plain = _SPECIAL.isdisjoint(text)
    for name, step in _STEPS.items():
        if is_plain and name in _CHARACTER_STEPS:
            continue
        before, text = text, step(text)
        if tally is not None and before != text:
            n_documents, n_characters, example = tally.get(name, (0, 0, ""))
            n_characters += _n_changed(before, text)
            tally[name] = (n_documents + 1, n_characters, example or _example(before, text))
    return text


def clean_line(text: str) -> str:
    """A title: cleaned, on one line."""
    return " ".join(clean_text(text).split())


def text_hash(text: str) -> str:
    """SHA-256 of a text in UTF-8, as hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def clean_documents(documents: pd.DataFrame) -> pd.DataFrame:
    """Normalise titles and texts, cover personal data and hash the texts again.

    Parameters
    ----------
    documents : DataFrame
        With ``title, text``; other columns are passed through.

    Returns
    -------
    DataFrame
        A new table with the same rows and ``text_sha256`` of the cleaned text. Titles become
        one line. Cleaning a clean table changes nothing.

    Examples
    --------
    >>> dirty = pd.DataFrame({"title": ["창업\\n지원"], "text": ["열었다.그는\\u200b"]})
    >>> clean_documents(dirty)[["title", "text"]].values.tolist()
    [['창업 지원', '열었다. 그는']]
    """
    titles = [clean_line(title) for title in documents["title"].fillna("").astype(str)]
    texts = [clean_text(text) for text in documents["text"].fillna("").astype(str)]
    columns = {"title": titles, "text": texts, "text_sha256": [text_hash(text) for text in texts]}
    return documents.assign(
        **{
            name: pd.Series(values, documents.index, dtype="str")
            for name, values in columns.items()
        }
    )


def steps_table(tally: Tally) -> pd.DataFrame:
    """The counts that :func:`clean_text` kept.

    Returns
    -------
    DataFrame
        One row per step, in order: ``step, n_documents_changed, n_characters_changed``
        (characters added, removed or replaced) and ``example``, the first change with a few
        characters around it, as "before → after".

    Examples
    --------
    >>> tally = {}
    >>> _ = clean_text("열었다.그는", tally)
    >>> steps_table(tally).query("n_documents_changed > 0")[["step", "example"]].values.tolist()
    [['붙은 문장 띄우기', '열었다.그는 → 열었다. 그는']]
    """
    rows = [(name, *tally.get(name, (0, 0, ""))) for name in _STEPS]
    return pd.DataFrame(
        rows, columns=["step", "n_documents_changed", "n_characters_changed", "example"]
    )


def _n_changed(before: str, after: str) -> int:
    """Characters changed; a step either replaces one by one or inserts and deletes."""
    if len(before) != len(after):
        return abs(len(before) - len(after))
    codes = (np.frombuffer(t.encode("utf-32-le", "surrogatepass"), "<u4") for t in (before, after))
    return int(np.not_equal(*codes).sum())


def _example(before: str, after: str) -> str:
    width = 8  # characters on either side
    shared = next(
        (i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b),
        min(len(before), len(after)),
    )
    start = max(0, shared - width)
    pieces = (side[start : shared + width] for side in (before, after))
    return " → ".join(
        "".join(c if c.isprintable() else f"⟨U+{ord(c):04X}⟩" for c in piece) for piece in pieces
    )
