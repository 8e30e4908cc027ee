"""What the README says exists, exists."""

import re
import subprocess
import sys

from policytext import __main__ as command_line
from policytext.study import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_is_one_that_run_py_and_the_package_know():
    said = set(re.findall(r"run\.py (\w+)", README))
    run = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "--help"], capture_output=True, text=True,
        encoding="utf-8", check=True,
    ).stdout  # fmt: skip
    known = set(re.search(r"\{(.+?)\}", run)[1].split(","))
    assert {"report", "test", "lab"} <= said <= known
    helped = command_line._parser().format_help()
    assert all(name in helped for name in said - {"test", "bench", "trust"})


def test_every_path_in_the_tree_and_the_notebook_map_exists():
    tree = README.split("## 폴더")[1].split("```")[1]
    paths = [line.split()[0] for line in tree.strip().splitlines()]
    paths += re.findall(r"`(notebooks/[\w-]+\.ipynb)`", README)
    paths += re.findall(r"\]\((?!http)([^)]+)\)", README)
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_notebook_and_study_is_in_the_readme():
    for path in [
        *(ROOT / "notebooks").glob("*.ipynb"),
        *(ROOT / "data" / "studies").glob("*.toml"),
    ]:
        assert path.stem in README, path.name


def test_every_runtime_dependency_is_justified_in_contributing():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = project.split("dependencies = [")[1].split("]")[0]
    names = re.findall(r'"([\w-]+)>=', listed)
    assert len(names) > 15
    assert [name for name in names if name not in text] == []


def test_pinned_requirements_hold_every_dependency_each_with_its_hashes():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in lines.strip().splitlines() if not line.startswith("#")]
    pinned = {re.split(r"[=; ]", line)[0].lower() for line in lines}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    names = re.findall(r'"([\w-]+)>=', project.split("dependencies = [")[1].split("]")[0])
    assert [name for name in names if name.lower() not in pinned] == []
    assert all(re.search(r"==\d.* --hash=sha256:[0-9a-f]{64}", line) for line in lines)


def test_every_option_and_every_kind_of_input_in_the_readme_is_one_the_parser_takes():
    parser = command_line._parser()
    section = README.split("## 내 자료로 하기")[1].split("\n## ")[0]
    calls = [
        call
        for call in re.findall(r"`python3 run\.py ([^`]+)`", README)
        if not call.startswith(("test", "bench", "trust"))
    ]
    assert len(calls) > 12
    for call in calls:
        options, rest = parser.parse_known_args(call.split())
        assert rest == [], call
    for kind in ("HTML", "HWP", "PDF", "NewsResult_", "XML", "RSS", "JSONL", "Parquet", "CSV"):
        assert kind in section, kind


def test_every_folder_and_downloaded_file_is_named():
    packages = [path.parent for path in (ROOT / "src" / "policytext").glob("*/__init__.py")]
    assert len(packages) >= 6
    assert [path.name for path in packages if f"policytext/{path.name}/" not in README] == []
    pack = (ROOT / "src/policytext/report/pack.py").read_text(encoding="utf-8")
    files = set(re.findall(r'"([\w-]+\.(?:xlsx|docx|txt|bib))"', pack)) - {"papers.bib"}
    assert len(files) == 4 and [name for name in files if name not in README] == []


def test_every_button_of_the_first_ten_minutes_is_on_the_screen():
    steps = README.split("## 처음 10분")[1].split("\n## ")[0]
    screens = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "src/policytext").rglob("*desk*.j2")
    )
    named = set(re.findall(r"\*\*([^*]+)\*\*", steps)) - {"실행 → 모든 셀 실행"}
    assert len(named) >= 8
    assert sorted(name for name in named if name not in screens) == []


def test_the_example_of_the_handle_runs():
    example = README.split("```python")[1].split("```")[0]
    names = {}
    for line in example.strip().splitlines():
        exec(line, names)
    assert len(names["keyness"].evidence("창업", "박근혜"))
