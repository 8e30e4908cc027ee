"""Korean particles, written after a word and recognised after one; numbers as read."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from numbers import Real

# Form after a final consonant, form after a vowel, both at once when the reading is unknown.
_PARTICLES = {
    "은/는": ("은", "는", "은(는)"),
    "이/가": ("이", "가", "이(가)"),
    "을/를": ("을", "를", "을(를)"),
    "과/와": ("과", "와", "과(와)"),
    "으로/로": ("으로", "로", "(으)로"),
    "이라/라": ("이라", "라", "(이)라"),
    "이다/다": ("이다", "다", "(이)다"),
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
_LONG_TERM_SYLLABLES = 4


def attach_particle(word: str, particle: str) -> str:
    """Append the form of a particle that fits how the word is read aloud.

    Digits, Latin letters, units and signs are read in Korean. Closing quotes and brackets are
    skipped; a gloss in parentheses after a word is too, for the particle goes with the word
    before it. When the reading cannot be known both forms are given, as in ``은(는)``.

    `particle` is one of 은/는, 이/가, 을/를, 과/와, 으로/로, 이라/라, 이다/다; others are a ValueError.

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

    >>> format_count(1234567), format_count(1234.5), format_count(None)
    ('1,234,567', '1,234.5', '–')
    """
    try:
        return f"{int(n):,}" if n == int(n) else f"{n:,}"
    except (TypeError, ValueError, OverflowError):  # None, NA, NaN, infinity
        return "–"


def format_amount(value: Real, unit: str) -> str:
    """A figure as readers write it: large numbers in 만, 억 and 조, its unit after it.

    >>> [format_amount(*pair) for pair in ((283400000000, "원"), (37000, "명"), (11.5, "%"))]
    ['2,834억원', '3만7,000명', '11.5%']
    """
    if value != value:
        return "–"
    whole, parts = abs(value), []
    for size, name in ((10**12, "조"), (10**8, "억"), (10**4, "만")):
        if whole >= size and value == int(value):
            parts.append(f"{int(whole // size):,}{name}")
            whole %= size
    if whole or not parts:
        parts.append(f"{whole:,.10g}")
    return f"{'-' if value < 0 else ''}{''.join(parts)}{unit}"


@lru_cache(maxsize=100_000)
def is_particle_chain(suffix: str, previous_char: str) -> bool:
    """Whether `suffix` is nothing but particles and copula endings after a noun.

    Final consonants must agree all along the chain (부+가, 청+이); after a character
    that is not a Hangul syllable both forms pass. The empty suffix is a chain.

    >>> [is_particle_chain(s, "부") for s in ("가", "에서는", "이", "가세", "장")]
    [True, True, False, False, False]
    """
    return _CHAIN.fullmatch((previous_char[-1:] or " ") + suffix, 1) is not None


def is_followed_by_particle(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` can be a noun that ends there.

    It can when the text ends, a non-letter follows, or nothing but particles follow up to
    one. After four or more Hangul syllables the first particle need not agree with the
    final consonant: scraped texts hold slips such as 중소벤처기업부이, and so long a term
    is hardly ever part of another word by chance.

    >>> [is_followed_by_particle(text, 0, 2) for text in ("기보가", "기보이", "기보급")]
    [True, False, False]
    >>> is_followed_by_particle("중소벤처기업부이 밝혔다", 0, 7)
    True
    """
    run = _HANGUL_RUN.match(text, end, end + _LONGER_THAN_ANY_CHAIN)[0]
    if run:
        is_long = len(_HANGUL.findall(text, start, end)) >= _LONG_TERM_SYLLABLES
        # A character that is no syllable has no final consonant to agree with.
        return is_particle_chain(run, " " if is_long else text[end - 1])
    # 5G must not be found in 5GHz, but 녹색성장2020 is a word and a number.
    return not _INSIDE_LATIN.match(text, end - 1)


def end_of_word(text: str, start: int) -> int:
    """Where the run of Hangul syllables that begins at `start` ends.

    >>> end_of_word("기보가 돕는다", 2), end_of_word("기보 지원", 2)
    (3, 2)
    """
    return _HANGUL_RUN.match(text, start).end()


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


def _chain_pattern() -> re.Pattern[str]:
    """Particle chains; the look-behinds check the syllable before each particle."""
    blocks = [chr(code) for code in range(0xAC00, 0xD7A4, 28)]
    no_final = "".join(blocks)
    rieul = "".join(chr(ord(block) + 8) for block in blocks)
    ranges = [[chr(ord(block) + step) for step in (1, 7, 9, 27)] for block in blocks]
    other = "".join(f"{a}-{b}{c}-{d}" for a, b, c, d in ranges)
    v, c = f"(?<![{other}{rieul}])", f"(?<![{no_final}])"
    ro = f"(?:(?<![{other}])로|(?<![{no_final}{rieul}])으로)"
    case = (
        f"에서|에게서?|에|께서?|한테서?|까지|부터|보다|처럼|마다|조차|마저|밖에|대로|만큼|만|뿐"
        f"|{ro}(?:서|써)?|하고|{v}와|{c}과|{v}랑|{c}이랑"
    )
    last = (
        f"{v}(?:는|가|를|나|나마|라도|든지?|든가|야말로|는커녕)|도|의"
        f"|{c}(?:은|이|을|이나|이나마|이라도|이든지?|이든가|이야|이야말로|은커녕|이여)"
    )
    clause = "[는은를을가이도의]?"
    quote = "라(?:고[는도만]?|는데?|며|면서?|면|서|든지|든가|야|던|니|지만|기보다)?"
    copula = (
        f"이다만?|{v}다|입니다만?|입니까|이(?:며|고|자|면|면서도?|지만|지요?|죠|므로|니까?|냐|어야|어서"
        f"|기도?|기에|거나|로다|올시다|옵니다|오|요|에요|예요)|{v}(?:며|면서|지만|니까|여서|여야|예요)"
        f"|(?:이|{v}){quote}|{c}이란|{v}란|(?:이었|{v}였|이겠|이셨)[가-힣]{{1,6}}"
        f"|이신|이시[며고던자]|이십니다|이십니까|인(?:(?:가|지|만큼){clause}|데도?|데다가?)?"
        f"|일(?:까요?|지{clause}|지라도|뿐만?|뿐더러|수록)?|임(?:[을은이과도]|에도|에)?"
    )
    return re.compile(f"들?(?:등등?)?(?:{case}){{0,3}}(?:{last}|{copula})?")


_CHAIN = _chain_pattern()
_HANGUL = re.compile("[가-힣]")
_HANGUL_RUN = re.compile("[가-힣]*")
_LONGER_THAN_ANY_CHAIN = 50  # syllables
_INSIDE_LATIN = re.compile("[A-Za-z0-9]{2}")
