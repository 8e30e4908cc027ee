"""The one command: what it says before anything is installed, and what it hands over."""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

RUN = Path(__file__).resolve().parents[1] / "run.py"
STUB = """#!/bin/sh
echo "$PYTHONUTF8 $@" > "{log}"
exit 7
"""


def load(name="run_under_test"):
    spec = importlib.util.spec_from_file_location(name, RUN)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(tmp_path, monkeypatch):
    """run.py as a module that believes to lie in an empty project."""
    module = load()
    root = tmp_path / "project"
    (root / "tests").mkdir(parents=True)
    for name in ("pyproject.toml", "requirements.txt", "tests/requirements.txt"):
        (root / name).write_text(f"# {name}\n", encoding="utf-8")
    monkeypatch.setattr(module, "ROOT", root)
    monkeypatch.setattr(module, "VENV", root / ".venv")
    monkeypatch.setattr(module, "PYTHON", root / ".venv" / "bin" / "python")
    monkeypatch.setattr(module, "REQUIREMENTS", root / "requirements.txt")
    monkeypatch.setattr(module, "TEST_REQUIREMENTS", root / "tests" / "requirements.txt")
    return module


@pytest.fixture
def calls(run, monkeypatch):
    """Commands that run.py started; ``calls.status`` is what they return."""
    seen = SimpleNamespace(commands=[], made=0, status=0)

    def start(command, **options):
        seen.commands.append([str(part) for part in command])
        seen.options = options
        return SimpleNamespace(returncode=seen.status)

    def create(folder, with_pip):
        assert with_pip
        run.PYTHON.parent.mkdir(parents=True)
        run.PYTHON.write_text("", encoding="utf-8")
        seen.made += 1

    monkeypatch.setattr(run.subprocess, "run", start)
    monkeypatch.setattr(run.venv, "create", create)
    return seen


def started(*arguments, **options):
    return subprocess.run(
        [sys.executable, str(RUN), *arguments],
        capture_output=True, text=True, encoding="utf-8", check=False, **options,
    )  # fmt: skip


@pytest.mark.parametrize(("argument", "status"), [("--help", 0), ("-h", 0), ("reprot", 2)])
def test_usage(argument, status):
    result = started(argument)
    assert result.returncode == status and result.stderr == ""
    assert result.stdout.startswith("쓰는 법: python3 run.py {report,lab,test,")


def test_usage_needs_no_utf8_terminal():
    result = started("--help", env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert result.returncode == 0 and "쓰는 법" in result.stdout


def test_every_command_but_test_exists_in_the_package():
    from policytext import __main__

    run = load()
    (action,) = [a for a in __main__._parser()._actions if isinstance(a.choices, dict)]
    assert set(run.COMMANDS) - {"test"} == set(action.choices)


def test_only_the_standard_library_is_imported():
    tree = ast.parse(RUN.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import)
             for alias in node.names}  # fmt: skip
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= sys.stdlib_module_names and "venv" in names


def test_an_old_python_can_read_the_file_far_enough_to_be_told():
    tree = ast.parse(RUN.read_text(encoding="utf-8"), feature_version=(3, 7))
    futures = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert [alias.name for alias in futures[0].names] == ["annotations"]


def test_an_old_python_is_told(run, calls, monkeypatch, capsys):
    monkeypatch.setattr(run.sys, "version_info", (3, 10, 14))
    monkeypatch.setattr(run.sys, "version", "3.10.14 (main)")
    assert run.main(["report"]) == 2
    expected = "파이썬 3.11 이상이 있어야 하는데 3.10.14입니다. 새 파이썬을 설치하세요.\n"
    assert capsys.readouterr().out == expected
    assert calls.commands == [] and calls.made == 0


class TestInstall:
    def test_a_new_environment_is_made_filled_and_stamped(self, run, calls, capsys):
        assert run.install(run.REQUIREMENTS)
        assert calls.made == 1
        (command,) = calls.commands
        assert command[:4] == [str(run.PYTHON), "-m", "pip", "install"]
        assert command[-2:] == ["-r", str(run.REQUIREMENTS)]
        assert "가상 환경(.venv)을 만듭니다" in capsys.readouterr().out

    def test_the_same_list_is_installed_once(self, run, calls, capsys):
        assert run.install(run.REQUIREMENTS)
        capsys.readouterr()
        assert run.install(run.REQUIREMENTS)
        assert len(calls.commands) == 1 and calls.made == 1
        assert capsys.readouterr().out == ""

    @pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
    def test_a_changed_list_is_installed_again(self, run, calls, name):
        run.install(run.REQUIREMENTS)
        (run.ROOT / name).write_text("changed\n", encoding="utf-8")
        assert run.install(run.REQUIREMENTS)
        assert len(calls.commands) == 2 and calls.made == 1

    def test_the_lists_do_not_share_a_stamp(self, run, calls):
        run.install(run.REQUIREMENTS)
        run.install(run.TEST_REQUIREMENTS)
        run.install(run.REQUIREMENTS)
        assert len(calls.commands) == 2

    def test_a_failed_installation_is_tried_again(self, run, calls):
        calls.status = 1
        assert not run.install(run.REQUIREMENTS)
        calls.status = 0
        assert run.install(run.REQUIREMENTS)
        assert len(calls.commands) == 2


class TestMain:
    def test_a_command_is_handed_over_with_its_options(self, run, calls):
        run.install(run.REQUIREMENTS)
        calls.status = 3
        assert run.main(["report", "mine", "--x"]) == 3
        expected = [str(run.PYTHON), "-m", "policytext", "report", "mine", "--x"]
        assert calls.commands[-1] == expected
        assert calls.options["cwd"] == run.ROOT and calls.options["env"]["PYTHONUTF8"] == "1"

    def test_no_command_is_report(self, run, calls):
        assert run.main([]) == 0
        assert calls.commands[-1][-1] == "report"

    def test_tests_have_their_own_requirements(self, run, calls):
        assert run.main(["test", "-k", "x"]) == 0
        installed = [command[-1] for command in calls.commands[:-1]]
        assert installed == [str(run.REQUIREMENTS), str(run.TEST_REQUIREMENTS)]
        assert calls.commands[-1][1:] == ["-m", "pytest", "-k", "x"]

    def test_a_failed_installation_is_told(self, run, calls, capsys):
        calls.status = 1
        assert run.main(["report"]) == 1
        assert len(calls.commands) == 1
        assert "requirements.txt 설치에 실패했습니다" in capsys.readouterr().out

    def test_ctrl_c_is_no_traceback(self, run, calls, monkeypatch):
        run.install(run.REQUIREMENTS)

        def interrupt(*_, **__):
            raise KeyboardInterrupt

        monkeypatch.setattr(run.subprocess, "run", interrupt)
        assert run.main(["lab"]) == 130


@pytest.mark.skipif(os.name == "nt", reason="the stub is a shell script")
def test_the_real_script_hands_over_to_its_environment(tmp_path, run, calls):
    """A copy of run.py, a stamped .venv whose python is a stub: status and words arrive."""
    run.install(run.REQUIREMENTS)
    script = run.ROOT / "run.py"
    shutil.copy(RUN, script)
    log = tmp_path / "log"
    run.PYTHON.write_text(STUB.format(log=log), encoding="utf-8")
    run.PYTHON.chmod(0o755)
    assert started_for_real(script, "report", "한글 이름") == 7
    assert log.read_text(encoding="utf-8").strip() == "1 -m policytext report 한글 이름"


def started_for_real(script, *arguments):
    """In a process of its own, where nothing is patched."""
    return os.spawnv(os.P_WAIT, sys.executable, [sys.executable, str(script), *arguments])
