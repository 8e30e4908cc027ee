"""Particles and counts."""

import string
import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policytext.korean import attach_particle, format_count

CLOSED = ["정책", "창업", "「창업」", "“혁신”", "'지원'", "중기청(중기부)", "(가칭)"]
OPEN = ["중소벤처기업부", "경제", "K-뷰티", "『지도』", "차…", "40%", "중기부(중기청)", "(주)"]
CLOSED_DIGITS = ["0", "1", "3", "6", "7", "8", "10", "2013", "100", "1,000", "10000", "제3", "1.0"]
OPEN_DIGITS = ["2", "4", "5", "9", "42", "3.5", "2024.12.14.", "1,000,000,000,000", "②", "Ⅳ"]
CLOSED_LATIN = ["L", "M", "N", "R", "LPGM", "ASEAN", "APEC", "KISTEP", "VR", "5kg", "C-Lab"]
OPEN_LATIN = ["AI", "KOTRA", "TP", "R&D", "IoT", "5G", "FTA", "KAIST", "OECD", "ICT", "LINC", "3km"]
CLOSED_WORDS = ["startup", "online", "Google", "robot", "Internet", "phone", "game", "Facebook"]
OPEN_WORDS = ["Naver", "Kakao", "smart", "tech", "hub", "YouTube", "cloud", "Uber"]


@pytest.mark.parametrize("word", CLOSED + CLOSED_DIGITS + CLOSED_LATIN + CLOSED_WORDS)
def test_reading_ends_in_a_consonant(word):
    forms = {"은/는": "은", "이/가": "이", "을/를": "을", "과/와": "과"}
    forms |= {"이라/라": "이라", "아/야": "아"}
    assert [attach_particle(word, pair) for pair in forms] == [word + f for f in forms.values()]


@pytest.mark.parametrize("word", OPEN + OPEN_DIGITS + OPEN_LATIN + OPEN_WORDS)
def test_reading_ends_in_a_vowel(word):
    forms = {"은/는": "는", "이/가": "가", "을/를": "를", "과/와": "와", "으로/로": "로"}
    forms |= {"이라/라": "라", "아/야": "야"}
    assert [attach_particle(word, pair) for pair in forms] == [word + f for f in forms.values()]


@pytest.mark.parametrize("word", ["서울", "1", "7", "8", "1.7", "L", "R", "mall", "Google", "ㄹ"])
def test_rieul_takes_ro(word):
    assert attach_particle(word, "으로/로") == word + "로"


@pytest.mark.parametrize("word", ["부산", "3", "6", "10", "0", "1,000", "M", "online", "5kg"])
def test_other_consonants_take_euro(word):
    assert attach_particle(word, "으로/로") == word + "으로"


@pytest.mark.parametrize("word", ["李", "", "…", "α"])
def test_both_forms_when_the_reading_is_unknown(word):
    assert attach_particle(word, "을/를") == word + "을(를)"
    assert attach_particle(word, "으로/로") == word + "(으)로"


def test_a_gloss_is_skipped_but_not_a_word_in_brackets():
    assert attach_particle("권한대행(한덕수)", "은/는") == "권한대행(한덕수)은"
    assert attach_particle("경제 (정책) [초안]", "이/가") == "경제 (정책) [초안]가"
    assert attach_particle("(정책)", "이/가") == "(정책)이"


def test_decomposed_text_is_read_the_same_and_kept():
    word = unicodedata.normalize("NFD", "정책")
    assert attach_particle(word, "은/는") == word + "은"


@given(st.integers(0, 19 * 21 * 28 - 1))
def test_every_syllable_follows_its_decomposition(offset):
    syllable = chr(ord("가") + offset)
    final = unicodedata.normalize("NFD", syllable)[2:]
    assert attach_particle(syllable, "은/는") == syllable + ("은" if final else "는")
    ro = "로" if final in ("", "\u11af") else "으로"
    assert attach_particle(syllable, "으로/로") == syllable + ro


def test_every_capital_letter():
    closed = {x for x in string.ascii_uppercase if attach_particle(x, "은/는") == x + "은"}
    assert closed == set("LMNR")


@given(st.text(max_size=12), st.sampled_from(["은/는", "으로/로"]))
def test_any_text_is_kept_and_gets_one_form(word, pair):
    tail = attach_particle(word, pair).removeprefix(word)
    assert tail in {"은", "는", "은(는)"} | {"으로", "로", "(으)로"}
    assert len(attach_particle(word, pair)) == len(word) + len(tail)


def test_unknown_particle_is_named():
    with pytest.raises(ValueError, match="받은 값: '에서'"):
        attach_particle("서울", "에서")


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (-1234, "-1,234"), (np.int64(12345), "12,345"), (2.0, "2"), (1234.25, "1,234.25")]
    + [(10**17 + 1, "100,000,000,000,000,001"), (None, "–"), (np.nan, "–"), (pd.NA, "–")],
)
def test_format_count(number, text):
    assert format_count(number) == text
