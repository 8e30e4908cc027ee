"""What holds when things go wrong: faults tried in number, and how many of them survived.

``python3 run.py trust [NAME ...]`` prints a row a trial, and below it what did not survive.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import matplotlib
import mutants
import pytest
from corpora import CORPORA, random_corpus, write_study
from personal_data import ACCOUNTS, LOOKALIKES, MAILS, PHONES, RESIDENTS, spellings
from test_notebooks import told_of
from test_report_build import ENDS, stops, swapping_in, what_stands

from policytext import compare, store
from policytext import corpus as corpora_module
from policytext.report import result
from policytext.study import ROOT, ROOT_VARIABLE
from policytext.texts.clean import mask_personal_data, normalise

N_CORPORA = 30
N_FLIPS, N_CUTS = 100, 40
N_MUTANTS = 56


@contextmanager
def apart() -> Iterator[Path]:
    """A new folder; nothing is read from, or left in, the project's own stores."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            patch.object(store, "FOLDER", folder / "store"),
            patch.object(corpora_module, "PROCESSED", folder / "processed"),
            patch.dict(os.environ, {result.OUTPUT_VARIABLE: str(folder / "out")}),
        ):
            yield folder


def corpora() -> Iterator[tuple[str, object]]:
    """Random odd corpora through every cell of every chapter."""
    for seed in range(N_CORPORA):
        with apart() as folder:
            study = write_study(folder, f"odd-{seed}", random_corpus(seed))
            yield f"seed {seed}", told_of(study)[0]


def caches() -> Iterator[tuple[str, object]]:
    """A bit flipped, or the end cut off, in a file that was kept: never served, always made anew."""
    with apart() as folder:
        study = write_study(folder, "kept", CORPORA["two-governments"])
        expected = answers(study)
        found = [path for part in ("store", "processed") for path in files_below(folder / part)]
        files = sorted(path for path in found if path.stat().st_size)  # locks hold nothing
        draw = random.Random(0)
        for number in range(N_FLIPS + N_CUTS):
            path, flips = draw.choice(files), number < N_FLIPS
            whole = path.read_bytes()
            at = draw.randrange(len(whole))
            flipped = whole[:at] + bytes([whole[at] ^ 1 << draw.randrange(8)]) + whole[at + 1 :]
            path.write_bytes(flipped if flips else whole[:at])
            wrong = ["served"] if answers(study) != expected else []
            wrong += [] if path.exists() and path.read_bytes() == whole else ["not made anew"]
            yield f"{'flip' if flips else 'cut'} {at} of {path.relative_to(folder)}", wrong
            path.write_bytes(whole)


def personal() -> Iterator[tuple[str, object]]:
    """Spellings of personal data that must be covered, and lookalikes that must not."""
    for table in (RESIDENTS, PHONES, MAILS, ACCOUNTS):
        for secret in spellings(table):
            text = normalise(f"문의는 {secret} 로 하면 된다.")
            yield secret, [] if mask_personal_data(text) != text else ["leaked"]
    for kept in spellings(LOOKALIKES):
        text = normalise(f"자료에는 {kept} 라고 적혀 있다.")
        yield kept, [] if mask_personal_data(text) == text else ["touched"]


def commands() -> Iterator[tuple[str, object]]:
    """The commands on a project of its own: ended by SIGTERM, packed, made again, an empty home."""
    with tempfile.TemporaryDirectory() as name:
        root, home = Path(name, "project"), Path(name, "home")
        for folder in (root / "data", root / "texts", home):
            folder.mkdir(parents=True)
        for shared in ("data/reference", "notebooks", "requirements.txt"):
            (root / shared).symlink_to(ROOT / shared)
        for row in CORPORA["five-documents"]:
            lines = [row["제목"], row["일자"], row["본문"]]
            (root / "texts" / f"{row['id']}.txt").write_text("\n".join(lines), encoding="utf-8")
        environment = os.environ | {ROOT_VARIABLE: str(root), "HOME": str(home)}
        environment["PIP_NO_INDEX"] = "1"

        def start(*arguments: str) -> subprocess.Popen:
            call = [sys.executable, "-m", "policytext", *arguments]
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            return subprocess.Popen(call, env=environment, cwd=root, **quiet)

        for arguments in [
            ("ingest", "texts", "--study", "mine"),
            ("report", "mine", "--archive"),
            ("report", "--from", str(root / "reports" / "mine.zip")),
        ]:
            status = start(*arguments).wait()
            yield " ".join(arguments), [f"status {status}"] if status else []
        before = store.digest(sorted(path.read_bytes() for path in files_below(root / "reports")))
        for seconds in (2, 10, 20):
            child = start("report", "mine")
            time.sleep(seconds)
            child.terminate()
            faults = [] if (status := child.wait()) in (143, -15) else [f"status {status}"]
            after = sorted(path.read_bytes() for path in files_below(root / "reports"))
            faults += [] if store.digest(after) == before else ["the reports are not as before"]
            yield f"SIGTERM after {seconds} s", faults
        yield "home folder", [str(path) for path in home.rglob("*")]


def faults_in_code() -> Iterator[tuple[str, object]]:
    """Mutants of the code that no quick test of their module notices."""
    with tempfile.TemporaryDirectory() as folder:
        for module, said, source in mutants.mutants(N_MUTANTS):
            found = mutants.survives(module, source, Path(folder))
            yield f"{module}: {said}", ["no test noticed"] if found else []


def swaps() -> Iterator[tuple[str, object]]:
    """A build stopped at every line of the swap, and files of the old report that are held."""
    for end, is_one_step in itertools.product(ENDS, (True, False)):
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            swapping = swapping_in(Path(folder), patch)
            for line, faults, _ in stops(swapping, patch, end, is_one_step=is_one_step):
                yield f"{end}, line {line}, exchange {is_one_step}", faults
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        swapping = swapping_in(Path(folder), patch)
        output = swapping.output
        for held in ["", *(path.relative_to(output) for path in sorted(output.rglob("*")))]:
            yield f"held {held or 'folder'}", held_back(swapping, output / held)


def held_back(swapping, path: Path) -> list[str]:
    """Build while a file or folder of the old report cannot be changed, and once more after."""
    if subprocess.run(["chattr", "+i", path], check=False, capture_output=True).returncode:
        return ["chattr +i is not allowed here"]
    made = swapping.build("new").pages[0].parent
    faults = [] if what_stands(made) == "new" else ["no new report"]
    faults += [] if made == swapping.output or what_stands(swapping.output) == "old" else ["mixed"]
    for place in [*swapping.output.parent.rglob("*"), *swapping.output.parent.glob(".*/**/*")]:
        subprocess.run(["chattr", "-i", place], check=False, capture_output=True)
    shutil.rmtree(swapping.output.with_name(f"{swapping.output.name} (새 보고서)"), True)
    swapping.build("old")
    faults += [] if what_stands(swapping.output) == "old" else ["no old report"]
    left = {place.name for place in swapping.output.parent.iterdir()}
    return faults + sorted(left - {"index.html", swapping.output.name})


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def answers(study) -> str:
    """Hash of what a study's texts, tokens, topics and comparison say."""
    corpus = corpora_module.Corpus.open(study)
    keyness = compare.keyness(corpus).table
    told = [corpus.everything, corpus.tokens, corpus.topics, corpus.topic_curve, keyness]
    return store.digest(told)


TRIALS = {
    "corpora": ("이상한 말뭉치로 모든 칸 실행", corpora),
    "caches": ("만들어 둔 표의 비트를 바꾸거나 끝을 자름", caches),
    "personal": ("개인정보 표기와 닮은꼴을 가림", personal),
    "commands": ("명령을 빈 홈에서: 묶기, 다시 만들기, SIGTERM", commands),
    "mutants": ("코드에 심은 흠을 그 모듈의 빠른 시험이 알아봄", faults_in_code),
    "swaps": (
        "보고서를 바꿔 넣는 줄마다 멈춤(kill, Ctrl-C, SIGTERM, 꽉 찬 디스크), 잡힌 파일",
        swaps,
    ),
}


def main(names: list[str]) -> int:
    """Run the trials named, or all; 0 when everything survived."""
    if unknown := {*names} - {*TRIALS}:
        print(f"쓰는 법: python3 run.py trust [{' '.join(TRIALS)}]")
        return 0 if {"-h", "--help"} & unknown else 2
    matplotlib.use("Agg")
    all_lost = []
    print("| 시험 | 해 본 것 | 견딘 것 | 초 |\n|---|---|---|---|")
    for name in names or TRIALS:
        said, trial = TRIALS[name]
        begun, n, lost = time.monotonic(), 0, []
        for what, faults in trial():
            n += 1
            if faults:
                lost.append((name, what, faults))
                print(name, what, *faults, sep="\n  ", file=sys.stderr, flush=True)
        seconds = time.monotonic() - begun
        print(f"| {said} | {n} | {n - len(lost)} | {seconds:.0f} |", flush=True)
        all_lost += lost
    return 1 if all_lost else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
