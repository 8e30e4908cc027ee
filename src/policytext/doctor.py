"""Does this machine run the workbook? One row a check, with what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from policytext import studies
from policytext.korean import attach_particle
from policytext.lab import failures
from policytext.progress import OUTPUT_VARIABLE
from policytext.rendering.manifests import package_versions

MIN_FREE_GB = 2
_REINSTALL = ".venv 폴더를 지우고 'python3 run.py doctor'로 다시 설치하세요."
_JVM_CODE = "from policytext import analysers; print(len(analysers.komoran(['창업을 돕는다'])))"


def checks() -> pd.DataFrame:
    """Run every check.

    Returns
    -------
    DataFrame
        ``name, is_ok, detail``: the detail of a failure says what to do, in Korean.
    """
    rows = [(name, *_guarded(check)) for name, check in _CHECKS.items()]
    return pd.DataFrame(rows, columns=["name", "is_ok", "detail"])


def check_quietly() -> None:
    """Run the quick checks for the first cell of a notebook; say something only on a fault.

    Also makes errors short (see :mod:`policytext.lab.failures`). In a build of reports it does
    nothing: the command has checked already, and a report holds findings only.
    """
    if OUTPUT_VARIABLE in os.environ:
        return
    failures.install()
    for name in _QUICK:
        is_ok, detail = _guarded(_CHECKS[name])
        if not is_ok:
            print(f"[문제] {name}: {detail}")


def _guarded(check: Callable[[], tuple[bool, str]]) -> tuple[bool, str]:
    try:
        return check()
    except Exception as error:  # a check that cannot run has failed, and says why
        reason = f"{type(error).__name__}: {error}".rstrip(".")
        return False, f"살피는 중에 오류가 났습니다({reason}). {_REINSTALL}"


def _python() -> tuple[bool, str]:
    found = sys.version.split()[0]
    if sys.version_info < (3, 11):
        return False, f"{found}입니다. 3.11 이상을 설치하세요."
    return True, found


def _packages() -> tuple[bool, str]:
    versions = package_versions()
    missing = ", ".join(name for name, version in versions.items() if not version)
    if missing:
        return False, f"없는 패키지: {missing}. 'python3 run.py report'가 다시 설치합니다."
    return True, f"{len(versions)}개 모두 있습니다."


def _mecab() -> tuple[bool, str]:
    from policytext.morphology import nouns

    found = nouns("창업 기업을 돕는다")
    if found != ["창업", "기업"]:
        return False, f"명사가 창업, 기업이어야 하는데 {found}입니다. {_REINSTALL}"
    return True, "명사를 제대로 찾습니다."


def _jvm() -> tuple[bool, str]:
    """In a process of its own: a JVM that crashes would take the kernel with it."""
    result = subprocess.run(
        [sys.executable, "-c", _JVM_CODE], capture_output=True, text=True, encoding="utf-8",
        errors="replace", timeout=120, check=False,
    )  # fmt: skip
    if result.returncode:
        advice = "기본 분석기 mecab에는 자바가 필요 없습니다. 다른 분석기를 쓰려면 "
        advice += "프로젝트를 한글이 없는 경로(예: C:\\work)로 옮겨 보세요."
        return False, f"자바 분석기를 띄우지 못했습니다. {advice}"
    return True, "komoran이 돌아갑니다."


def _font() -> tuple[bool, str]:
    import warnings

    import matplotlib.pyplot as plt

    from policytext import plots

    plots.use_theme()
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # what a missing glyph raises
        drawing, ax = plt.subplots()
        ax.set_title("한글 뷁 −1")
        drawing.canvas.draw()
        plt.close(drawing)
    return True, "한글이 그려집니다."


def _encoding() -> tuple[bool, str]:
    """Files with Korean names and contents must come back as they were written."""
    found = sys.getfilesystemencoding().lower()
    if found not in ("utf-8", "utf8"):
        return (
            False,
            f"파일 이름의 부호가 {found}입니다. 환경 변수 PYTHONUTF8=1을 주고 다시 실행하세요.",
        )
    with tempfile.TemporaryDirectory(prefix="한글 빈칸 ") as folder:
        path = Path(folder) / "가나다 라.csv"
        path.write_text("낱말,수\n뷁,1\n", encoding="utf-8-sig")
        if path.read_text(encoding="utf-8-sig").splitlines()[1] != "뷁,1":
            return False, "한글 파일을 쓰고 읽은 결과가 다릅니다. 디스크와 백신을 확인하세요."
    return True, "한글 이름의 파일을 쓰고 읽습니다."


def _studies() -> tuple[bool, str]:
    """Every study's settings can be read, and the terms a person accepted are one token each."""
    from policytext.lab import study_terms

    for name in studies.study_names():
        cases = study_terms.lexicon_cases(studies.read_study(name))
        if not cases["is_whole"].all():
            term = cases.loc[~cases["is_whole"], "term"].iloc[0]
            return False, (
                f"연구 {name}의 용어 {attach_particle(f'‘{term}’', '이/가')} 한 낱말로 잘리지 않습니다. "
                "notebooks/lexicon.ipynb에서 고쳐 보세요."
            )
    return True, f"{len(studies.study_names())}건을 읽습니다."


def _path() -> tuple[bool, str]:
    root = str(studies.PROJECT_ROOT)
    if not root.isascii() and sys.platform == "win32":
        return (
            False,
            f"경로에 한글이 있습니다({root}). 자바 분석기를 쓰려면 C:\\work 같은 곳으로 옮기세요.",
        )
    is_plain = root.isascii() and " " not in root
    return True, root if is_plain else f"{root} (한글이나 빈칸이 있어 hannanum만 쓰지 못합니다)"


def _disk() -> tuple[bool, str]:
    free_gb = shutil.disk_usage(studies.PROJECT_ROOT).free / 1e9
    if free_gb < MIN_FREE_GB:
        return False, f"빈 자리가 {free_gb:.1f} GB입니다. {MIN_FREE_GB} GB 이상 비우세요."
    return True, f"빈 자리 {free_gb:.0f} GB"


_CHECKS: dict[str, Callable[[], tuple[bool, str]]] = {
    "파이썬": _python,
    "패키지": _packages,
    "MeCab": _mecab,
    "자바 분석기": _jvm,
    "한글 글꼴": _font,
    "글자 부호": _encoding,
    "경로": _path,
    "디스크": _disk,
    "연구": _studies,
}
_QUICK = ("파이썬", "패키지", "경로", "디스크")
