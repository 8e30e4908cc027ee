"""Clean kernels for chapters, forked from one process that has imported what all of them need.

Where a system cannot fork, or that process does not answer, a kernel starts as Jupyter starts it.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

from policytext.faults import PolicyTextError

# Slow to import, and used by nearly every chapter: two seconds a kernel.
NEEDED = (
    "ipykernel.kernelapp", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg",
    "policytext.compare.checks", "policytext.corpus", "policytext.report.charts", "seaborn",
    "sklearn.cluster", "sklearn.metrics",
)  # fmt: skip


class Kernels:
    """Kernels for the notebooks of one build, and the process that they are forked from."""

    def __init__(self, *, can_fork: bool = True) -> None:
        self._can_fork = can_fork and sys.platform == "linux"

    def __enter__(self) -> Kernels:
        self._server, self._one_at_a_time = None, threading.Lock()
        self._before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, kind: type | None, *error: object) -> None:
        if self._server:
            self._server.communicate()
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if kind is asyncio.CancelledError:
            raise KeyboardInterrupt from None

    def end_by_ctrl_c(self) -> None:
        """Let Ctrl+C (and SIGTERM as before) end the task that calls this; nbclient does not."""
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()

    async def run_cells(
        self, notebook, folder: Path, environment: Mapping, told: Callable[[], object]
    ) -> None:
        """Run every cell in a clean kernel, also after a failure; outputs go into the notebook.

        `told` is called after each cell.
        """
        import nbformat  # slow to import, and no kernel needs it
        from nbclient import NotebookClient
        from nbclient.exceptions import DeadKernelError

        running = []
        client = NotebookClient(
            notebook,
            self._manager(),
            timeout=None,
            allow_errors=True,
            resources={"metadata": {"path": str(folder)}},
            extra_arguments=["--IPKernelApp.log_level=50"],
            on_notebook_start=self._listen,
            on_cell_execute=lambda cell, cell_index: running.append(cell),
            on_cell_complete=lambda cell, cell_index: told(),
        )
        try:
            await client.async_execute(env=environment, cleanup_kc=True)
        except DeadKernelError:
            evalue = "이 칸에서 파이썬이 멎었습니다. 메모리가 모자라지 않은지 보세요."
            ended = {"ename": PolicyTextError.__name__, "evalue": evalue, "traceback": []}
            running[-1].outputs = [nbformat.v4.new_output("error", **ended)]
        except AssertionError:
            if client.km is not None:
                raise
            raise asyncio.CancelledError from None  # Ctrl+C before `_listen`: nbclient's own way
        finally:
            if client.km is None:  # a client that was stopped would look for it again at the end
                atexit.unregister(client._cleanup_kernel)

    def _listen(self, notebook) -> None:
        with contextlib.suppress(NotImplementedError):  # Windows, where nbclient sets none
            self._loop.remove_signal_handler(signal.SIGINT)
            self._loop.remove_signal_handler(signal.SIGTERM)
            signal.signal(signal.SIGTERM, self._before[signal.SIGTERM])
        signal.signal(signal.SIGINT, lambda *_: self._loop.call_soon_threadsafe(self._task.cancel))

    def _manager(self) -> AsyncKernelManager:
        manager = AsyncKernelManager(kernel_name="python3")
        if self._can_fork:
            spec = manager.kernel_spec
            manager.provisioner = _Forked(kernel_id="", kernel_spec=spec, parent=manager)
            manager.provisioner.fork = self._fork
        return manager

    def _fork(self, arguments: list[str], environment: dict[str, str], folder: str) -> int:
        """The process of a new kernel; OSError or ValueError if there is none."""
        with self._one_at_a_time:
            if not self._server:
                call = [sys.executable, "-c", f"from {__name__} import serve; serve()"]
                pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
                # Its own session: Ctrl+C is for the build, which ends its kernels itself. A folder
                # without modules of the user's, which would be imported instead of others.
                pipes |= {"env": environment, "start_new_session": True, "cwd": sys.prefix}
                self._server = subprocess.Popen(call, **pipes)
            print(json.dumps([arguments, environment, folder]), file=self._server.stdin, flush=True)
            return int(self._server.stdout.readline())


class _Forked(LocalProvisioner):
    async def launch_kernel(self, cmd: list[str], **options: object) -> dict:
        try:
            arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
            order = arguments, options["env"], str(options["cwd"])
            self.pid = self.pgid = await asyncio.to_thread(self.fork, *order)
        except (OSError, ValueError):
            return await super().launch_kernel(cmd, **options)
        self.process = _Process(self.pid)
        return self.connection_info


@dataclass
class _Process:
    """Of ``subprocess.Popen`` what Jupyter asks, of a process that is no child of this one."""

    pid: int
    stdin = stdout = stderr = None

    def poll(self) -> int | None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, 0)
            return None
        return 0

    wait = poll

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def serve() -> None:
    """Import what chapters need; a kernel for each line that is read, in a process of its own."""
    for name in NEEDED:
        importlib.import_module(name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, _reap)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            return _become_kernel(*json.loads(line))
        print(child, flush=True)


def _reap(*_: object) -> None:
    """Let go of kernels that have ended: their CPU time then counts as the build's."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become_kernel(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    from ipykernel.kernelapp import launch_new_instance

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    os.environ.clear()
    # It ends when the process that it is forked from does, which ends with the build.
    os.environ.update(environment, JPY_PARENT_PID=str(os.getppid()))
    os.chdir(folder)
    del sys.path[0]
    launch_new_instance(argv=arguments)
