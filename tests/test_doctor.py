"""The doctor: each check that fails says what to do, and none takes the others down."""

import importlib.metadata
import re
import subprocess
import warnings
from types import SimpleNamespace

import matplotlib.pyplot as plt
import pytest

from policytext import __main__, doctor, morphology, plots, studies

ADVICE = re.compile(r"(하세요|보세요|옮기세요|비우세요|설치합니다)\.$")


def checked(name):
    """One row of the table, other checks left out."""
    is_ok, detail = doctor._guarded(doctor._CHECKS[name])
    return bool(is_ok), detail


def assert_advice(name):
    is_ok, detail = checked(name)
    assert not is_ok
    assert ADVICE.search(detail), detail
    return detail


def test_this_machine_is_well_apart_from_java():
    for name in ("파이썬", "패키지", "MeCab", "한글 글꼴", "글자 부호", "경로"):
        assert checked(name)[0], checked(name)


@pytest.mark.slow
def test_every_check_runs():
    found = doctor.checks()
    assert found.columns.tolist() == ["name", "is_ok", "detail"]
    assert found["name"].tolist() == list(doctor._CHECKS)
    assert found["is_ok"].all(), found[~found["is_ok"]].to_string()


def test_old_python(monkeypatch):
    monkeypatch.setattr(doctor.sys, "version_info", (3, 10, 1))
    assert "3.11" in assert_advice("파이썬")


def test_a_missing_package(monkeypatch):
    version = importlib.metadata.version

    def absent(name):
        if name in ("konlpy", "thing"):
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    needed = ["konlpy>=0.6", "thing~=2.0", "pandas", "kiwipiepy>=0.2; extra == 'kiwi'"]
    monkeypatch.setattr(importlib.metadata, "version", absent)
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: needed)
    assert "없는 패키지: konlpy, thing." in assert_advice("패키지")
    monkeypatch.setattr(importlib.metadata, "version", version)
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: ["pandas~=3.0", "numpy"])
    assert checked("패키지") == (True, "2개 모두 있습니다.")


def test_an_analyser_that_finds_other_nouns(monkeypatch):
    monkeypatch.setattr(morphology, "nouns", lambda text: ["창", "업"])
    assert "['창', '업']" in assert_advice("MeCab")


def test_an_analyser_that_breaks(monkeypatch):
    def broken(text):
        raise RuntimeError("no dictionary")

    monkeypatch.setattr(morphology, "nouns", broken)
    assert "RuntimeError: no dictionary" in assert_advice("MeCab")


def test_java_that_does_not_start(monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=1))
    assert "mecab에는 자바가 필요 없습니다" in assert_advice("자바 분석기")


def test_java_that_hangs(monkeypatch):
    def hang(command, timeout, **_):
        raise subprocess.TimeoutExpired("java", timeout)

    monkeypatch.setattr(subprocess, "run", hang)
    assert "TimeoutExpired" in assert_advice("자바 분석기")


def test_a_font_without_hangul(monkeypatch):
    def missing_glyph():
        import matplotlib

        matplotlib.rcdefaults()
        matplotlib.rcParams["font.family"] = ["DejaVu Sans"]

    before = dict(plt.rcParams)
    monkeypatch.setattr(plots, "use_theme", missing_glyph)
    try:
        assert "Glyph" in assert_advice("한글 글꼴")
    finally:
        plt.close("all")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            plt.rcParams.update(before)


@pytest.mark.parametrize(("platform", "is_ok"), [("win32", False), ("linux", True)])
def test_a_hangul_path_matters_on_windows(monkeypatch, tmp_path, platform, is_ok):
    monkeypatch.setattr(studies, "PROJECT_ROOT", tmp_path / "연구")
    monkeypatch.setattr(doctor.sys, "platform", platform)
    found, detail = checked("경로")
    assert found == is_ok and "연구" in detail
    if not is_ok:
        assert_advice("경로")


def test_a_full_disk(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=1.5e9))
    assert "1.5 GB" in assert_advice("디스크")


def test_the_command_shows_every_check_and_fails_with_one(monkeypatch, capsys):
    def broken():
        raise OSError("broken")

    monkeypatch.setattr(doctor, "_CHECKS", {"가": lambda: (True, "좋다"), "나": broken})
    assert __main__.main(["doctor"]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first == "[좋음] 가: 좋다"
    assert second.startswith("[문제] 나: 살피는 중에 오류가 났습니다(OSError: broken).")
    monkeypatch.setattr(doctor, "_CHECKS", {"가": lambda: (True, "좋다")})
    assert __main__.main(["doctor"]) == 0


class TestQuietly:
    """The first cell of every notebook: silent when all is well, and in reports always."""

    def test_silent_when_all_is_well(self, capsys):
        doctor.check_quietly()
        assert capsys.readouterr().out == ""

    def test_a_fault_is_one_line_that_says_what_to_do(self, monkeypatch, capsys):
        monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=1e9))
        doctor.check_quietly()
        (line,) = capsys.readouterr().out.splitlines()
        assert line.startswith("[문제] 디스크: ") and ADVICE.search(line)

    def test_a_report_shows_nothing(self, monkeypatch, capsys):
        monkeypatch.setenv(doctor.OUTPUT_VARIABLE, "x")
        monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
        doctor.check_quietly()
        assert capsys.readouterr().out == ""


def test_another_encoding_of_file_names(monkeypatch):
    monkeypatch.setattr(doctor.sys, "getfilesystemencoding", lambda: "cp949")
    assert "PYTHONUTF8=1" in assert_advice("글자 부호")


def test_a_term_that_is_cut_again(monkeypatch):
    import pandas as pd

    from policytext.lab import study_terms

    cases = pd.DataFrame({"term": ["창업자 지원금"], "sentence": ["x"], "is_whole": [False]})
    monkeypatch.setattr(study_terms, "lexicon_cases", lambda _: cases)
    assert "‘창업자 지원금’" in assert_advice("연구")
