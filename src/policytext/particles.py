"""Korean particles: is what follows a noun nothing but particles and copula endings?"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["end_of_word", "is_followed_by_particle", "is_particle_chain"]

LONG_TERM_SYLLABLES = 4


def is_particle_chain(suffix: str, previous_char: str) -> bool:
    """Whether `suffix` is nothing but particles and copula endings after a noun.

    Final consonants must agree all along the chain (부+가, 청+이); after a character
    that is not a Hangul syllable both forms pass. The empty suffix is a chain.

    Examples
    --------
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

    Examples
    --------
    >>> [is_followed_by_particle(text, 0, 2) for text in ("기보가", "기보이", "기보급")]
    [True, False, False]
    >>> is_followed_by_particle("중소벤처기업부이 밝혔다", 0, 7)
    True
    """
    run = text[end : end_of_word(text, end)]
    if run:
        is_long = len(_HANGUL.findall(text, start, end)) >= LONG_TERM_SYLLABLES
        # A character that is no syllable has no final consonant to agree with.
        return _is_chain(run, " " if is_long else text[end - 1])
    # 5G must not be found in 5GHz, but 녹색성장2020 is a word and a number.
    return not _INSIDE_LATIN.match(text, end - 1)


def end_of_word(text: str, start: int) -> int:
    """Where the run of Hangul syllables that begins at `start` ends.

    Examples
    --------
    >>> end_of_word("기보가 돕는다", 2), end_of_word("기보 지원", 2)
    (3, 2)
    """
    return _HANGUL_RUN.match(text, start).end()


def _chain_pattern() -> re.Pattern[str]:
    """Particle chains; the look-behinds check the syllable before each particle."""
    blocks = [chr(code) for code in range(0xAC00, 0xD7A4, 28)]
    no_final = "".join(blocks)
    rieul = "".join(chr(ord(block) + 8) for block in blocks)
    other = "".join(f"{chr(ord(b) + 1)}-{chr(ord(b) + 7)}{chr(ord(b) + 9)}-{chr(ord(b) + 27)}"
                    for b in blocks)  # fmt: skip
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
_INSIDE_LATIN = re.compile("[A-Za-z0-9]{2}")
_is_chain = lru_cache(maxsize=100_000)(is_particle_chain)
