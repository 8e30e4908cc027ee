"""Cleaning: exact cases, and laws that hold for any text."""

from __future__ import annotations

import unicodedata

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policytext.cleaning import (
    clean_documents,
    clean_text,
    mask_personal_data,
    normalise,
    steps_table,
    text_hash,
)

SENTENCES = "정부는 창업을 돕기로 했습니다. 그동안 3.14%였던 비율이 늘었다. 새 길이다.\n중소·벤처"
ALPHABET = st.text(
    st.sampled_from(
        "가나다라각힣다요. ?!\n\r\t\u00a0\u200b\ufeff\u3000ㆍ・ﾡＡ１ᄀ\u1161\u11a8\u0301a1.-@"
    )
)


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("했습니다.그동안", "했습니다. 그동안"),
        ("여러분!우리는 왜?그래서", "여러분! 우리는 왜? 그래서"),
        ("마쳤다.2013년", "마쳤다. 2013년"),
        ("마쳤다.IT 기업", "마쳤다. IT 기업"),
        ("좋다.”라고", "좋다.”라고"),
        ('좋다."라고', '좋다."라고'),
        ("3.14", "3.14"),
        ("10 a.m. www.korea.kr U.S.A", "10 a.m. www.korea.kr U.S.A"),
        ("보고서다.hwp 계획.pdf", "보고서다.hwp 계획.pdf"),
        ("가.나.다", "가.나.다"),
        ("ＧＤＰ　３％", "GDP 3%"),
        ("100㎡ ½ ㈜가람 Ⅲ ① ㅋㅋ", "100㎡ ½ ㈜가람 Ⅲ ① ㅋㅋ"),
        ("중소ㆍ벤처・중견‧대", "중소·벤처·중견·대"),
        ("ﾡﾢ｢창업｣", "ㄱㄲ「창업」"),
        ("국민\u0301은 caf\u0065\u0301", "국민은 caf\u00e9"),
        ("\ufeff창\u200b업\u00ad\x07", "창업"),
        ("가\r\n나\r다\u2028라", "가\n나\n다\n라"),
        ("가\n \n\u00a0\n\n나", "가\n\n나"),
        ("가 \t\u00a0 나", "가 나"),
        ("\ud800가", "가"),
    ],
)
def test_normalise(dirty, clean):
    assert normalise(dirty) == clean


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("다. ", "다.").replace("습니다. ", "습니다."),
        lambda text: text.replace("·", "ㆍ"),
        lambda text: "\u200b".join(text),
    ],
)
def test_damage_is_undone(damage):
    assert damage(SENTENCES) != SENTENCES
    assert normalise(damage(SENTENCES)) == SENTENCES


@given(ALPHABET)
@example("가\u0301\u11a8")
@example("가\u0301\u11a8\u0301")
def test_normalise_and_mask_are_idempotent(text):
    once = mask_personal_data(normalise(text))
    assert normalise(once) == once
    assert mask_personal_data(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1))
def test_hangul_is_never_lost(text):
    assert normalise(unicodedata.normalize("NFD", text)) == text


@pytest.mark.parametrize(
    "secret",
    [
        "gildong@naru.example.kr",
        "gil.dong(at)naru.example.kr",
        "010-1234-5678",
        "01012345678",
        "044-204-7400",
        "(02) 2110-1234",
        "02.2110.1234",
        "+82-2-2110-1234",
        "900101-1234567",
    ],
)
def test_personal_data_is_masked_in_place(secret):
    text = f"문의 {secret}로 한다"
    masked = mask_personal_data(text)
    assert len(masked) == len(text)
    assert masked.startswith("문의 ") and masked.endswith("로 한다")
    assert not any(char.isalnum() and char.isascii() for char in masked)


@pytest.mark.parametrize(
    "kept",
    [
        "2014-09-15",
        "1,234-5678억",
        "2013.01.01-2014.12.31",
        "0.123-4567",
        "1357",
        "1588-0000",
        "90만1234",
    ],
)
def test_figures_are_not_personal_data(kept):
    assert mask_personal_data(kept) == kept


def test_clean_documents_cleans_and_leaves_its_input():
    before = pd.DataFrame(
        {"doc_id": ["a"], "title": ["창업\n지원"], "text": ["열었다.그는 a@b.kr"]}, index=[7]
    )
    copy = before.copy()
    after = clean_documents(before)
    pd.testing.assert_frame_equal(before, copy)
    assert after.loc[7, "title"] == "창업 지원"
    assert after.loc[7, "text"] == "열었다. 그는 ●@●.●●"
    assert after.loc[7, "text_sha256"] == text_hash("열었다. 그는 ●@●.●●")
    pd.testing.assert_frame_equal(clean_documents(after), after)


def test_cleaning_steps_count_documents_and_characters():
    tally = {}
    cleaned = [
        clean_text(text, tally) for text in ("가\r\n나\r\n다", "그대로", "\u200b열었다.그는")
    ]
    steps = steps_table(tally).set_index("step")
    assert steps.loc["줄바꿈 통일", ["n_documents_changed", "n_characters_changed"]].tolist() == [
        1,
        2,
    ]
    assert steps.loc["보이지 않는 문자 삭제", "n_characters_changed"] == 1
    assert steps.loc["붙은 문장 띄우기", "example"] == "열었다.그는 → 열었다. 그는"
    again = {}
    assert [clean_text(text, again) for text in cleaned] == cleaned and not again


@pytest.mark.parametrize(
    "unit", ["가나다", "a", " ", "1", "0-", "a@", "a.", "다.", "\n ", "010-", "("]
)
def test_one_long_line_comes_to_an_end(unit):
    """A rule whose cost grew with the square of the line would take hours here."""
    assert mask_personal_data(normalise(unit * (400_000 // len(unit)))) is not None
