"""Formats whose readers may crash or eat the machine, read in a process of their own.

A small file can ask for gigabytes or end the process that opens it. That process is another one
here, with limits on memory (where the system has them), on time and on what it may answer.
"""

from __future__ import annotations

import itertools
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import IO

from policytext.texts import attachments, tables
from policytext.texts.sources import ReadError, SourceFile, reason

READERS = tables.FORMS | attachments.READERS
_STREAMED = ("csv", "jsonl")  # row by row, whatever their size
_RISKY = ("xlsx", "parquet", "hwp", "docx", "pdf")  # whatever their size
LARGE = 2**20  # bytes from which others take more time and memory than their size tells
MEMORY = 3 * 2**29  # bytes; with that of this process less than 2 GiB
SECONDS = 50  # of work; a busy machine may take longer to do it:
WAIT = 4
ANSWER = 2**24  # bytes, or this many times the file:
RATIO = 12
ITEM = 100  # bytes an item counts beside its content
_BATCH = 200
_SERVE = (
    "import sys; sys.path[:0] = sys.argv[1:]; from policytext.texts import apart; apart.serve()"
)
_idle: list[subprocess.Popen] = []  # the process that has answered all it was asked


def read(form: str, source: SourceFile, *args):
    """What the reader of a form gives, in a process of its own where that is risky.

    Raises ReadError as the reader does, and where it crashes or goes beyond a limit.
    """
    if form not in _RISKY and (form in _STREAMED or source.state()[0] <= LARGE):
        return READERS[form](source, *args)
    items = _read(form, source, args)
    return (next(items), items) if form in tables.FORMS else items


def _read(form: str, source: SourceFile, args: tuple) -> Iterator:
    """The headers of a table first, then items."""
    size, _ = source.state()
    seconds, room = SECONDS + size / 2**20, max(ANSWER, RATIO * size)
    left = WAIT * seconds
    worker = _idle.pop() if _idle else None
    if worker is None or worker.poll() is not None:
        call = [sys.executable, "-c", _SERVE, *sys.path]
        pipe = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        worker = subprocess.Popen(call, **pipe)
    is_done = False
    try:
        _send(worker.stdin, (form, source, args, MEMORY + 10 * size, seconds))
        while not is_done:
            begun = time.monotonic()
            timer = threading.Timer(max(left, 0), worker.kill)
            timer.start()
            data = _receive(worker.stdout)
            timer.cancel()
            left, room = left - (time.monotonic() - begun), room - len(data)
            answer = pickle.loads(data) if data else []  # of our own code, not of the file
            room -= ITEM * len(answer) if isinstance(answer, list) else 0
            if not data or room < 0:
                raise ReadError(
                    "읽는 데 메모리나 시간이 지나치게 들어 그만두었습니다. "
                    "믿을 수 있는 파일인지 확인하고 나누어 저장하세요."
                )
            is_done = answer is None or isinstance(answer, Exception)
            if isinstance(answer, Exception):
                raise answer
            yield from answer or ()
    except BrokenPipeError:
        raise ReadError("파일을 읽는 프로세스가 멎었습니다. 다시 읽으세요.") from None
    finally:
        if is_done:
            _idle.append(worker)
        else:
            worker.kill()
            worker.communicate()


def serve() -> None:
    """Answer requests on the standard streams until they are closed."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    while request := _receive(requests):
        form, source, args, *limits = pickle.loads(request)
        _limit(*limits)
        try:
            found = READERS[form](source, *args)
            if form in tables.FORMS:
                headers, found = found
                _send(answers, [headers])
            found = iter(found)
            while batch := list(itertools.islice(found, _BATCH)):
                _send(answers, batch)
            end = None
        except MemoryError:
            os._exit(1)
        except Exception as error:  # a library may raise anything on a hostile file
            end = ReadError(reason(error))
        _send(answers, end)


def _limit(memory: int, seconds: float) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = {
        resource.RLIMIT_DATA: memory,
        resource.RLIMIT_CPU: int(time.process_time() + seconds) + 1,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in limits.items():
        _, hardest = resource.getrlimit(what)
        is_free = hardest == resource.RLIM_INFINITY
        resource.setrlimit(what, (most if is_free else min(most, hardest), hardest))


def _send(stream: IO[bytes], value: object) -> None:
    data = pickle.dumps(value)
    stream.write(len(data).to_bytes(8, "big") + data)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes:
    """The next message, or b"" where there is none."""
    size = int.from_bytes(stream.read(8), "big")
    data = stream.read(size)
    return data if len(data) == size else b""
