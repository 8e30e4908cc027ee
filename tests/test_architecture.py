"""The shape of the project: one-way imports, small modules, no corpus in code, clean notebooks."""

import ast
import csv
import importlib
import json
import re
import statistics
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import policytext

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "policytext"
MODULES = sorted(PACKAGE.rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MAX_LINES = 320
MAX_PARAMETERS = 7
MAX_FILE_BYTES = 5_000_000
MAX_MEDIAN_CELL_LINES = 5
MINISTRY_ENDINGS = ("부", "처", "청", "위원회", "기획원", "진흥공단", "센터")


def module_name(path):
    """``readers/html.py`` -> ``policytext.readers.html``; a package goes by its folder."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def import_graph(sources):
    """Module -> modules of the same set that it imports, anywhere in its source.

    `sources` maps module names to their source code. ``from policytext.readers import html``
    is an import of the module ``policytext.readers.html``, not only of the package.
    """
    graph = {name: set() for name in sources}
    for name, source in sources.items():
        is_package = any(other.startswith(f"{name}.") for other in sources)
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                wanted = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                if node.level:
                    above = name.split(".")[: len(name.split(".")) - node.level + is_package]
                    base = ".".join([*above, base] if base else above)
                wanted = [f"{base}.{alias.name}" for alias in node.names]
                wanted = [full if full in sources else base for full in wanted]
            else:
                continue
            graph[name] |= {full for full in wanted if full in sources}
        graph[name] -= {"policytext"}  # the package's own namespace loads nothing by itself
    return graph


def import_order(sources):
    """Modules so that each comes after what it imports; CycleError tells the cycle."""
    return list(TopologicalSorter(import_graph(sources)).static_order())


def constants_outside_docstrings(tree):
    """String constants of a module with their lines; f-string parts count, docstrings do not."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
    ]


def reference_names():
    """Names that may stand in data only: who governs, ministries and their short names, studies.

    Companies of the same table are left out: 다음 and 카카오 are also words and button labels.
    """

    def rows(file):
        with open(ROOT / "data" / "reference" / file, encoding="utf-8-sig", newline="") as lines:
            return list(csv.DictReader(lines))

    people = {
        row[column] for row in rows("administrations.csv") for column in ("president", "label")
    }
    people |= {row["acting_president"] for row in rows("administrations.csv")}
    people |= {row["name"] for row in rows("officials.csv")}
    named = {row[column] for row in rows("organisations.csv") for column in ("from", "to")}
    offices = {name for name in named if name.endswith(MINISTRY_ENDINGS)}
    aliases = {row["alias"] for row in rows("aliases.csv") if row["canonical"] in offices}
    corpora = {path.stem for path in (ROOT / "data" / "studies").glob("*.toml")}
    return (people | offices | aliases | corpora) - {""}


def signatures(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = node.args
            count = len(arguments.posonlyargs + arguments.args + arguments.kwonlyargs)
            count += (arguments.vararg is not None) + (arguments.kwarg is not None)
            yield node.lineno, node.name, count


@pytest.fixture(scope="module")
def sources():
    return {module_name(path): path.read_text(encoding="utf-8") for path in MODULES}


def test_imports_go_one_way(sources):
    try:
        order = import_order(sources)
    except CycleError as error:
        pytest.fail("modules import each other in a circle: " + " -> ".join(error.args[1]))
    assert sorted(order) == sorted(sources)
    assert order.index("policytext.schema") < order.index("policytext.reporting")


def test_the_import_check_sees_cycles():
    """However an import is written: absolute, relative, inside a function, of a subpackage."""
    one = {"p.a": "from p import b", "p.b": "def f():\n    import p.c", "p.c": "from .a import x"}
    with pytest.raises(CycleError) as error:
        import_order(one)
    assert set(error.value.args[1]) == {"p.a", "p.b", "p.c"}
    two = {"p.r": "from p.r.x import y", "p.r.x": "from ..z import w", "p.z": "from p import r"}
    with pytest.raises(CycleError):
        import_order(two)
    assert import_order(one | {"p.c": "import os"}) == ["p.c", "p.b", "p.a"]


def test_importing_the_package_loads_nothing_heavy():
    code = (
        "import sys, policytext; heavy = {'pandas', 'konlpy', 'numpy', 'matplotlib'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("name", policytext.__all__)
def test_public_modules_import(name):
    module = getattr(policytext, name)
    assert module is importlib.import_module(f"policytext.{name}")
    assert (module.__doc__ or "").strip(), f"{name} has no docstring"


def test_all_is_complete_and_sorted_by_dir():
    """Every top-level module is public, under-scored and entry modules aside."""
    present = {path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("_")}
    present |= {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert set(policytext.__all__) <= present
    assert dir(policytext) == sorted(policytext.__all__)
    with pytest.raises(AttributeError, match="nothing_here"):
        _ = policytext.nothing_here


def test_modules_are_short(sources):
    lengths = {name: len(source.splitlines()) for name, source in sources.items()}
    long = {name: n for name, n in lengths.items() if n > MAX_LINES}
    assert not long, f"modules above {MAX_LINES} lines: {long}"


def test_functions_take_few_parameters(sources):
    wide = [
        f"{name}:{line} {function} ({count})"
        for name, source in sources.items()
        for line, function, count in signatures(ast.parse(source))
        if count > MAX_PARAMETERS
    ]
    assert not wide, f"functions above {MAX_PARAMETERS} parameters: {wide}"


def test_no_corpus_is_spelled_in_code(sources):
    names = reference_names()
    assert len(names) > 50
    any_name = re.compile("|".join(map(re.escape, sorted(names))))
    found = [
        f"{module}:{line} {match[0]}"
        for module, source in sources.items()
        for line, text in constants_outside_docstrings(ast.parse(source))
        if (match := any_name.search(text))
    ]
    assert not found, f"names that belong to data/: {found}"


def test_the_name_check_reads_strings_but_not_docstrings():
    source = '"""가."""\ndef f(x):\n    """나."""\n    return f"다{x}" + "라"\n'
    texts = {text for _, text in constants_outside_docstrings(ast.parse(source))}
    assert texts == {"다", "라"}


def test_no_module_of_leftovers():
    leftovers = {"utils", "util", "helpers", "common", "misc"}
    assert not [path for path in MODULES if path.stem in leftovers]


def test_tracked_files_are_small():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("저장소가 아니라 내려받은 폴더이다")
    paths = [ROOT / name for name in listed.stdout.decode("utf-8").split("\0") if name]
    large = [path.name for path in paths if path.is_file() and path.stat().st_size > MAX_FILE_BYTES]
    assert paths and not large, f"tracked files above {MAX_FILE_BYTES:,} bytes: {large}"


def code_cells(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def lines_of(cell):
    return [line for line in "".join(cell["source"]).splitlines() if line.strip()]


def test_there_are_numbered_notebooks():
    assert [path.name[:3] for path in NOTEBOOKS][:4] == ["01-", "02-", "03-", "04-"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestNotebook:
    def test_is_stripped(self, path):
        cells = code_cells(path)
        assert cells
        assert not [cell["outputs"] for cell in cells if cell["outputs"]]
        assert not [cell["execution_count"] for cell in cells if cell["execution_count"]]

    def test_defines_no_functions(self, path):
        definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
        for cell in code_cells(path):
            tree = ast.parse("".join(cell["source"]))
            named = [node for node in ast.walk(tree) if isinstance(node, definitions)]
            assert not named, f"line {named[0].lineno} of a cell defines a function or class"

    def test_has_one_parameters_cell(self, path):
        tagged = [
            cell for cell in code_cells(path) if "parameters" in cell["metadata"].get("tags", [])
        ]
        assert len(tagged) == 1

    def test_cells_are_short(self, path):
        lengths = [len(lines_of(cell)) for cell in code_cells(path)]
        assert statistics.median(lengths) <= MAX_MEDIAN_CELL_LINES, f"lines per cell: {lengths}"


def test_the_map_of_contributing_names_every_module():
    """Whoever changes something finds the module; whoever adds one says what it is for."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    start = page.index("## Where a change goes")
    named = set(re.findall(r"`([a-z_]+)/?`", page[start : page.index("## Add a study")]))
    modules = {path.stem for path in MODULES if not path.stem.startswith("__")}
    modules -= {path.stem for path in (PACKAGE / "readers").glob("*.py")}  # one a format
    modules -= {path.stem for path in (PACKAGE / "lab").glob("*_desk.py")}
    assert modules <= named, f"not on the map: {sorted(modules - named)}"
