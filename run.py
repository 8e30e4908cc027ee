#!/usr/bin/env python3
"""One command from a fresh machine: make .venv, install, hand over to ``policytext``.

Standard library only; runs on Linux, macOS and Windows (``py run.py report``).
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
REQUIREMENTS = ROOT / "requirements.txt"
TEST_REQUIREMENTS = ROOT / "tests" / "requirements.txt"
IN_TWO = ("-n", "2", "--dist", "loadfile")  # workers; a file's tests share what they build
COMMANDS = ("report", "lab", "test", "ingest", "fetch", "doctor", "bench", "trust")
USAGE = f"쓰는 법: python3 run.py {{{','.join(COMMANDS)}}} [...]"


def main(arguments: list[str]) -> int:
    """Prepare the environment for the command and run it there; return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    if sys.version_info < (3, 11):
        say(
            f"파이썬 3.11 이상이 있어야 하는데 {sys.version.split()[0]}입니다. 새 파이썬을 설치하세요."
        )
        return 2
    command = arguments[0] if arguments else "report"
    if command not in COMMANDS:
        say(USAGE)
        return 0 if command in ("-h", "--help") else 2
    needs_tests = command in ("test", "trust") or "--check" in arguments
    wanted = [REQUIREMENTS] + ([TEST_REQUIREMENTS] if needs_tests else [])
    for requirements in wanted:
        if not install(requirements):
            say(
                f"{requirements.name} 설치에 실패했습니다. 위의 pip 메시지와 인터넷 연결을 확인하세요."
            )
            return 1
    if command == "test":
        call = [str(PYTHON), "-m", "pytest", *IN_TWO, *arguments[1:]]
    elif command in ("bench", "trust"):
        call = [str(PYTHON), str(ROOT / "tests" / f"{command}.py"), *arguments[1:]]
    else:
        call = [str(PYTHON), "-m", "policytext", command, *arguments[1:]]
    # One thread for BLAS and OpenMP: the same bytes everywhere, and small k-means runs are
    # many times faster without threads waiting for each other.
    environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **os.environ}
    environment["PYTHONUTF8"] = "1"
    return hand_over(call, environment)


def hand_over(call: list[str], environment: dict[str, str]) -> int:
    """Run a command to its own end, also when Ctrl+C or SIGTERM asks for it; its exit status."""
    children, asked = [], []

    def end(*_) -> None:
        asked.append(True)
        for child in children:
            child.terminate()

    # Before the child starts, so that no signal falls between its start and our hearing it.
    before = signal.getsignal(signal.SIGINT)
    if before != signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda *_: None)  # the child hears it too, and tidies up
    signal.signal(signal.SIGTERM, end)
    children.append(subprocess.Popen(call, cwd=ROOT, env=environment))
    if asked:
        end()
    status = children[0].wait()
    signal.signal(signal.SIGINT, before)
    return status if status >= 0 else 128 - status


def install(requirements: Path) -> bool:
    """Install `requirements` into .venv unless the same list was installed before."""
    stamp = VENV / f".{requirements.parent.name}-{requirements.stem}.sha256"
    content = (
        requirements.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + str(ROOT).encode()
    )
    digest = hashlib.sha256(content).hexdigest()
    if PYTHON.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
        return True
    if not PYTHON.is_file():
        say("파이썬 가상 환경(.venv)을 만듭니다.")
        venv.create(VENV, with_pip=True)
    say(f"{requirements.name}의 패키지를 설치합니다. 처음에는 몇 분 걸립니다.")
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "-qq"]
    pip += ["--no-cache-dir"]  # it lies in the home folder
    steps = [["-r", str(requirements)]]
    if requirements == REQUIREMENTS:  # pip takes hashes of packages only, not of a folder
        steps += [["--no-deps", "--no-build-isolation", "-e", str(ROOT)]]
    for step in steps:
        if subprocess.run([*pip, *step], cwd=ROOT, check=False).returncode:
            return False
    stamp.write_text(digest, encoding="utf-8")
    return True


def say(message: str) -> None:
    """Print one line at once, before any child process writes."""
    print(message, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
