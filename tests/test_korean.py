"""Particles, written and recognised, and counts."""

import string
import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policytext.korean import (
    attach_particle,
    format_count,
    is_followed_by_particle,
    is_particle_chain,
)

PAIRS = "은/는 이/가 을/를 과/와 으로/로 이라/라".split()
FORMS = {  # by how the reading of a word ends
    "a consonant": "은 이 을 과 으로 이라".split(),
    "ㄹ": "은 이 을 과 로 이라".split(),
    "a vowel": "는 가 를 와 로 라".split(),
    "nobody knows": "은(는) 이(가) 을(를) 과(와) (으)로 (이)라".split(),
}
WORDS = {
    "a consonant": """정책|창업|「창업」|“혁신”|'지원'|중기청(중기부)|(가칭)|부산|권한대행(한덕수)|(정책)|0|3|6|10|2013
100|1,000|10000|제3|1.0|M|N|LPGM|ASEAN|APEC|KISTEP|5kg|C-Lab|startup|online|robot|Internet|phone
game|Facebook""",
    "ㄹ": "서울|1|7|8|1.7|L|R|VR|mall|Google|ㄹ",
    "a vowel": """중소벤처기업부|경제|K-뷰티|『지도』|차…|40%|중기부(중기청)|(주)|경제 (정책) [초안]|2|4|5|9|42|3.5
2024.12.14.|1,000,000,000,000|②|Ⅳ|AI|KOTRA|TP|R&D|IoT|5G|FTA|KAIST|OECD|ICT|LINC|3km|Naver|Kakao
smart|tech|hub|YouTube|cloud|Uber""",
    "nobody knows": "李||…|α",
}
ENDS = [(word, end) for end, words in WORDS.items() for word in words.replace("\n", "|").split("|")]
ENDS += [(unicodedata.normalize("NFD", "정책"), "a consonant")]


@pytest.mark.parametrize(("word", "end"), ENDS)
def test_particles_follow_the_reading_of_a_word(word, end):
    """A gloss is skipped, a word in brackets is not; decomposed text is kept."""
    assert [attach_particle(word, pair) for pair in PAIRS] == [word + form for form in FORMS[end]]


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


# --- recognised --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("noun", "good", "bad"),
    [
        (
            "녹색성장",
            "은 이 을 과 으로 이나 이란 이라 이다 이었다",
            "는 가 를 와 로 나 란 라 다 였다",
        ),
        ("창조경제", "는 가 를 와 로 나 란 라 다 였다 이다 이었다", "은 을 과 으로 이나 이란"),
        ("스마트그릴", "은 이 을 과 로 로부터 이나", "는 가 를 와 으로 으로부터 나"),
    ],
)
def test_particles_agree_with_the_final_consonant(noun, good, bad):
    assert [p for p in good.split() if not is_particle_chain(p, noun[-1])] == []
    assert [p for p in bad.split() if is_particle_chain(p, noun[-1])] == []


def test_agreement_holds_inside_a_chain():
    good = "들은 들로 등과 등이나 만으로도 만이라도 까지는 뿐만이 으로서의 에서라도 임에도 인지를"
    bad = "들는 들으로 등와 만로도 까지은 뿐만가 로서의 에서이라도"
    assert [s for s in good.split() if not is_particle_chain(s, "장")] == []
    assert [s for s in bad.split() if is_particle_chain(s, "장")] == []


def test_both_forms_pass_after_a_character_without_a_reading():
    assert all(is_particle_chain(s, "9") for s in ("은", "는", "로", "으로", ""))


@pytest.mark.parametrize(
    "suffix", "장 과학 가세 이사 인력 의회 도시 만들기 시대 급 률 화 자 지원".split()
)
def test_other_words_are_not_particles(suffix):
    assert not any(is_particle_chain(suffix, previous) for previous in "부장길")


@pytest.mark.parametrize(
    ("text", "end", "expected"),
    [
        ("기보가 한다", 2, True),
        ("기보이 한다", 2, False),  # the final consonant does not agree
        ("기보급", 2, False),
        ("기보2020", 2, True),
        ("5GHz", 2, False),
        ("5G는", 2, True),
        ("녹색성장는", 4, True),  # a slip after four syllables
        ("녹색성장급", 4, False),
    ],
)
def test_what_may_follow_a_noun(text, end, expected):
    assert is_followed_by_particle(text, 0, end) == expected
