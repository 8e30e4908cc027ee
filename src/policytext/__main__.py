"""Command line: ``python -m policytext report [STUDY ...]`` and its siblings."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd

from policytext import studies

EXIT_FAILED = 1
EXIT_FETCH = 3
EXIT_STOPPED = 130
DISK_HINT = "폴더의 쓰기 권한, 남은 자리, 그 파일을 연 프로그램이 있는지 확인하세요."
MAX_EXIT_REJECTS = 99  # ``ingest`` ends with the number of rejects, at most this


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit status (0 done, 1 failed, 3 a source is missing)."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.run is not _lab:
        parser.error(f"모르는 말이 있습니다: {' '.join(rest)}")
    options.rest = rest
    try:
        return options.run(options)
    except (studies.StudyError, studies.FetchError, ValueError) as error:
        print(error, file=sys.stderr)
        return EXIT_FETCH if isinstance(error, studies.FetchError) else EXIT_FAILED
    except OSError as error:  # a full or read-only disk, a file that another program holds
        place = f"'{error.filename}'" if error.filename else "파일"
        print(f"{place}에 쓰거나 읽지 못했습니다({error.strerror}). {DISK_HINT}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        print("멈췄습니다. 같은 명령을 다시 치세요. 만들어 둔 표는 다시 씁니다.", file=sys.stderr)
        return EXIT_STOPPED


class _Parser(argparse.ArgumentParser):
    """Says in one Korean sentence what is wrong with a command."""

    def error(self, message: str):
        said = message.partition("invalid choice: ")[2].partition(" (")[0]
        missing = message.partition("required: ")[2]
        reason = message
        if said:
            reason = f"모르는 명령 {said}입니다"
        elif missing or "expected" in message:
            reason = f"{missing or message.split()[1].strip(':')} 자리에 적을 것이 빠졌습니다"
        self.exit(2, f"{reason}. '{self.prog} --help'로 쓰는 법을 보세요.\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python3 run.py", description="한국 혁신정책 글 분석 작업장")
    commands = parser.add_subparsers(required=True, metavar="명령")
    report = commands.add_parser("report", help="연구의 HTML 보고서를 만든다")
    report.add_argument("study", nargs="*", help="연구 이름(없으면 모두)")
    report.add_argument(
        "--gallery", action="store_true", help="README에 넣을 그림을 reports/gallery에 복사한다"
    )
    report.add_argument(
        "--share-safe",
        action="store_true",
        help="본문을 빼고 근거를 짧게 잘라 남에게 줄 수 있게 만든다",
    )
    report.add_argument(
        "--against",
        metavar="OLD",
        help="앞선 실행의 폴더나 manifest.json과 견주어 바뀐 것을 적는다",
    )
    report.set_defaults(run=_report)
    ingest = commands.add_parser("ingest", help="내 파일과 폴더로 새 연구를 만든다")
    ingest.add_argument("paths", nargs="+", help="파일이나 폴더")
    ingest.add_argument("--study", required=True, help="새 연구의 이름")
    ingest.add_argument("--kind", help="모든 파일을 이 형식으로 읽는다")
    ingest.set_defaults(run=_ingest)
    fetch = commands.add_parser("fetch", help="인터넷에서 받을 자료를 미리 받는다")
    fetch.add_argument("study", nargs="*", help="연구 이름(없으면 모두)")
    fetch.set_defaults(run=_fetch)
    lab = commands.add_parser("lab", help="JupyterLab을 연다(뒤에 적은 것은 jupyter lab에 넘긴다)")
    lab.set_defaults(run=_lab)
    doctor = commands.add_parser("doctor", help="이 컴퓨터에서 돌아가는지 살핀다")
    doctor.set_defaults(run=_doctor)
    bench = commands.add_parser("bench", help="속도를 잰다")
    bench.add_argument("study", nargs="*", help="읽을 연구 이름(없으면 모두)")
    bench.add_argument("--documents", type=int, default=300, help="잴 문서 수")
    bench.add_argument(
        "--pages",
        type=int,
        default=10_000,
        help="연구 이름이 없을 때 만들어 읽을 파일 수(0이면 뺌)",
    )
    bench.set_defaults(run=_bench)
    return parser


def _report(options: argparse.Namespace) -> int:
    from policytext import reporting
    from policytext.rendering import changes, manifests

    if options.against and len(options.study) != 1:
        raise ValueError("--against를 쓸 때는 연구 이름을 하나만 적어 주세요.")
    # The new build may write over the old one, so it is read first.
    old = manifests.read_manifest(options.against) if options.against else None
    status = 0
    for name in options.study or studies.study_names():
        begun = time.monotonic()
        try:
            study = studies.read_study(name)
            if options.share_safe:
                study = replace(study, report=study.report | {"share_safe": True})
            _check_sources(study)
            pages = reporting.build(study)
        except (ValueError, studies.FetchError, reporting.ReportError) as error:
            print(f"[{name}] 건너뜁니다. {error}", file=sys.stderr)
            status = EXIT_FETCH if isinstance(error, studies.FetchError) else EXIT_FAILED
            continue
        seconds = time.monotonic() - begun
        index = next(page for page in pages if page.name == "index.html")
        if options.gallery:
            _copy_to_gallery(index.parent / "figures", name)
        print(reporting.sizes(pages))
        print(f"[{name}] 보고서 {len(pages)}쪽을 {seconds:.0f}초에 만들었습니다: {index}")
        if old is not None:
            new = manifests.read_manifest(index.parent)
            print(f"[{name}] 앞선 실행과 견주면:")
            print(changes.summary(changes.compare_manifests(old, new)))
    return status


def _check_sources(study: studies.Study) -> None:
    """Read the study before its earlier report is taken away: what is wrong shows here."""
    from policytext import administrations, corpus

    documents = corpus.load_corpus(study).documents
    if documents.empty:
        raise studies.StudyError(
            f"읽은 문서가 한 건도 없습니다. {study.path.name}의 path와 기간을 확인하세요."
        )
    known = set(administrations.read_administrations()["label"])
    if unknown := sorted(set(study.comparison["administrations"]) - known):
        raise studies.StudyError(
            f"{study.path.name}의 administrations에 적은 {', '.join(unknown)}: 그런 정부가 "
            "없습니다. data/reference/administrations.csv의 label을 적으세요."
        )


def _copy_to_gallery(figures: Path, name: str) -> None:
    """Keep the study's keyness figure as the README shows it."""
    gallery = studies.REPORTS / "gallery"
    gallery.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(figures / "keyness.png", gallery / f"{name}-keyness.png")


def _ingest(options: argparse.Namespace) -> int:
    from policytext import ingest

    reading = ingest.ingest(options.paths, options.study, kind=options.kind)
    print(ingest.summary(reading))
    for row in reading.rejects.head(20).itertuples():
        place = row.source_file if row.row is pd.NA else f"{row.source_file} {row.row}행"
        print(f"  거절: {place}: {row.reason}")
    if len(reading.rejects) > 20:
        print(
            f"  거절 {len(reading.rejects) - 20:,}건은 data/processed/{options.study}/rejects.csv에 있습니다."
        )
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
    from policytext import doctor

    checks = doctor.checks()
    for check in checks.itertuples():
        print(f"[{'좋음' if check.is_ok else '문제'}] {check.name}: {check.detail}")
    return 0 if checks["is_ok"].all() else EXIT_FAILED


def _bench(options: argparse.Namespace) -> int:
    from policytext import bench

    if options.pages and not options.study:
        speeds = bench.ingest_speed(options.pages).rename(columns=bench.INGEST_HEADERS)
        shown = speeds.to_string(index=False, float_format="{:,.2f}".format, na_rep="-")
        print("[파일 읽기]", shown, sep="\n")
    for name in options.study or studies.study_names():
        speeds = bench.throughput(studies.read_study(name), n_documents=options.documents)
        print(f"[{name}]", speeds.to_string(index=False), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
