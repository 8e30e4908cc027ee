"""Korean wording for sentences the program writes: particles and counts."""

from __future__ import annotations

import re
import unicodedata
from numbers import Real

# Form after a final consonant, form after a vowel, both at once when the reading is unknown.
_PARTICLES = {
    "은/는": ("은", "는", "은(는)"),
    "이/가": ("이", "가", "이(가)"),
    "을/를": ("을", "를", "을(를)"),
    "과/와": ("과", "와", "과(와)"),
    "으로/로": ("으로", "로", "(으)로"),
    "이라/라": ("이라", "라", "(이)라"),
    "아/야": ("아", "야", "아(야)"),
}
# Last syllable of each reading; R is read 알, as in everyday speech (아르 in dictionaries).
_LETTERS = dict(zip("ABCDEFGHIJKLM", "이비시디이프지치이이이엘엠", strict=True))
_LETTERS |= dict(zip("NOPQRSTUVWXYZ", "엔오피큐알스티유이유스이트", strict=True))
_DIGITS = dict(zip("0123456789", "영일이삼사오육칠팔구", strict=True))
_SYMBOLS = dict(zip("%‰℃°㎡㎢㎥㎏㎞㎝㎜", "트일도도터터터램터터터", strict=True))
_SYMBOLS |= dict(zip("$€£¥₩&+", "러로드엔원드스", strict=True))
_UNITS = dict.fromkeys(("g", "kg", "mg"), "램") | {"t": "톤"}
_UNITS |= dict.fromkeys(("m", "km", "cm", "mm"), "터")
# Spelling of English words that are read with a final consonant: -l(e), -m(e), -n(e), -ng, -ck,
# -ook, and a stop after one short vowel; everything else (smart, tech, hub) ends in a vowel.
_CLOSED_WORD = re.compile(r"([lmn]e?|ng|ck|ook|(?<![aeiou])[aeiou][bkpt]|[^aeiou][ei]c)$", re.I)
_READ_AS_WORD = re.compile(r"[A-Z]+[^AEIOU][AEIOU][CKPT]")  # APEC, KISTEP, SETEC
_OPEN_WORDS = {"hub", "cube", "tube"}
_GLOSS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])$")


def attach_particle(word: str, particle: str) -> str:
    """Append the form of a particle that fits how the word is read aloud.

    Digits, Latin letters, units and signs are read in Korean. Closing quotes and brackets are
    skipped; a gloss in parentheses after a word is too, for the particle goes with the word
    before it. When the reading cannot be known both forms are given, as in ``은(는)``.

    Parameters
    ----------
    word : str
        Kept exactly as it is.
    particle : {"은/는", "이/가", "을/를", "과/와", "으로/로", "이라/라", "아/야"}

    Raises
    ------
    ValueError
        Unknown particle.

    Examples
    --------
    >>> [attach_particle(word, "이/가") for word in ("정책", "AI", "3", "「창업」", "40%")]
    ['정책이', 'AI가', '3이', '「창업」이', '40%가']
    >>> attach_particle("서울", "으로/로"), attach_particle("인공지능(AI)", "은/는")
    ('서울로', '인공지능(AI)은')
    """
    if particle not in _PARTICLES:
        known = ", ".join(_PARTICLES)
        raise ValueError(f"조사는 {known} 가운데 하나여야 합니다. 받은 값: {particle!r}")
    closed, opened, unknown = _PARTICLES[particle]
    syllable = _last_syllable(word)
    if syllable is None:
        return word + unknown
    final = (ord(syllable) - ord("가")) % 28
    rieul_before_ro = final == 8 and particle == "으로/로"
    return word + (opened if final == 0 or rieul_before_ro else closed)


def format_count(n: Real | None) -> str:
    """Write a number with thousands separators; ``–`` when there is none.

    Examples
    --------
    >>> format_count(1234567), format_count(1234.5), format_count(None)
    ('1,234,567', '1,234.5', '–')
    """
    try:
        return f"{int(n):,}" if n == int(n) else f"{n:,}"
    except (TypeError, ValueError, OverflowError):  # None, NA, NaN, infinity
        return "–"


def _last_syllable(word: str) -> str | None:
    """A Hangul syllable that ends as the word does when read aloud, None if unknown."""
    text = unicodedata.normalize("NFC", word).strip()
    while (bare := _GLOSS.sub("", text)) != text and re.search(r"\w", bare):
        text = bare
    while text and text[-1] not in _SYMBOLS and unicodedata.category(text[-1])[0] in "PZSC":
        text = text[:-1]
    if not text:
        return None
    last = text[-1]
    if "가" <= last <= "힣" or last in _SYMBOLS:
        return _SYMBOLS.get(last, last)
    if "ㄱ" <= last <= "ㅣ":  # single letters: consonants are named 기역 … 리을 … 히읗
        return "을" if last == "ㄹ" else "응" if last <= "ㅎ" else "아"
    if not last.isdecimal() and unicodedata.numeric(last, -1) in range(10):  # ③, Ⅲ, ²
        return _DIGITS[str(int(unicodedata.numeric(last)))]
    text = unicodedata.normalize("NFKC", text)
    if text[-1] in _DIGITS:
        return _number_syllable(text)
    return _latin_syllable(text) if text[-1].isascii() and text[-1].isalpha() else None


def _number_syllable(text: str) -> str:
    """Digits by name; after zeros any unit ends in a consonant but 조, at 12 to 15 of them."""
    number = re.search(r"(\.?)([\d,]+)$", text)
    zeros = re.search(r"0*$", number[2].replace(",", ""))[0]
    return "조" if 12 <= len(zeros) <= 15 and not number[1] else _DIGITS[text[-1]]


def _latin_syllable(text: str) -> str:
    run = re.search(r"[A-Za-z]+$", text)[0]
    before = text[: -len(run)].rstrip()[-1:]
    if before.isdigit() and run in _UNITS:
        return _UNITS[run]
    if run[-1].isupper() or len(run) == 1:
        return "엡" if len(run) > 3 and _READ_AS_WORD.fullmatch(run) else _LETTERS[run[-1].upper()]
    if run.lower() in _OPEN_WORDS or not _CLOSED_WORD.search(run):
        return "아"
    return "얼" if re.search(r"le?$", run) else "언"
