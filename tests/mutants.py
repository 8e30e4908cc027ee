"""Small faults put into a copy of the code, one by one: does a test notice?

The named ones once survived; the others are drawn: a comparison turned round, a number moved, a
sign or a truth swapped. A mutant is tried by the quick tests of its module, the whole suite is
not asked.
"""

from __future__ import annotations

import ast
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = {  # module -> the tests of it
    "topics/trust": "topics_trust",
    "topics/clusters": "topics_clusters",
    "compare/permutations": "compare_units",
    "compare/proportions": "compare_units",
    "compare/units": "compare_units",
    "compare/contrasts": "compare_contrasts",
    "compare/renames": "compare_renames",
    "compare/distances": "compare_distances",
    "compare/timeline": "compare_timeline",
    "administrations": "administrations",
    "texts/clean": "texts_clean",
    "assets/page-rules.toml": "texts_clean",
    "words/tokens": "words_tokens",
}
NAMED = [
    ("topics/trust", "is_kept = has_structure(table) & (", "is_kept = ("),
    ("topics/trust", "len(table) > 1 and table", "len(table) > 0 and table"),
    ("topics/trust", "STABLE_JACCARD = 0.75", "STABLE_JACCARD = 0.7"),
    ("topics/trust", "full.max(), other)", "full.max(), seed + 1)"),
    ("topics/trust", "random = np.random.default_rng(seed)", "random = np.random.default_rng(0)"),
    ("topics/trust", "0.025 if len(draws)", "0.05 if len(draws)"),
    ("compare/proportions", "scipy.stats.false_discovery_control(table[\"p\"])", "table[\"p\"]"),
    ("compare/renames", ".transform(scipy.stats.false_discovery_control)", ".transform(lambda p: p)"),
    ("compare/units", "BOUNDS = [0.025, 0.975]", "BOUNDS = [0.05, 0.95]"),
    ("compare/proportions", "drawn[pair[1]], BOUNDS", "drawn[pair[1]], [0.05, 0.95]"),
    ("compare/proportions", "drawn[:, :, 1:], BOUNDS, axis=2", "drawn[:, :, 1:], [0.05, 0.95], axis=2"),
    ("compare/permutations", "null >= self._slack)", "null > self._slack)"),
    ("compare/permutations", "(self.reached[rows] + 1) / (self.n + 1)", "self.reached[rows] / self.n"),
    ("compare/renames", "(1 + (null <= observed).sum())", "(1 + (null < observed).sum())"),
    ("compare/renames", "best_rank[others] <= best_rank[a]", "best_rank[others] < best_rank[a]"),
    ("compare/contrasts", "(day - offset) % span", "(day + offset) % span"),
    ("assets/page-rules.toml", "{0,3}[1-8](?: ?", "{0,3}[1-4](?: ?"),
    ("words/tokens", "wanted -= set(known)", "pass"),
]  # fmt: skip
MODULES = ["topics/trust", "topics/clusters", "compare/units", "compare/permutations",
           "compare/proportions", "compare/contrasts", "compare/renames", "administrations",
           "texts/clean"]  # fmt: skip
_TURNED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
           ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Add: ast.Sub,
           ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or,
           ast.Or: ast.And}  # fmt: skip


def mutants(n_drawn: int) -> Iterator[tuple[str, str, str]]:
    """Module, what is changed, and its source with the change."""
    for module, old, new in NAMED:
        source = _path(ROOT, module).read_text(encoding="utf-8")
        assert old in source, (module, old)
        yield module, f"{old} → {new}", source.replace(old, new, 1)
    draw = random.Random(17)
    for number in range(n_drawn):
        module = MODULES[number % len(MODULES)]
        tree = ast.parse(_path(ROOT, module).read_text(encoding="utf-8"))
        places = [own for node in tree.body for own in ast.walk(node) if _turned(own)]
        node = draw.choice(places)
        before = ast.unparse(node)
        change, name = _turned(node), _function(tree, node)
        change()
        said = f"{name}, line {node.lineno}: {before} → {ast.unparse(node)}"
        yield module, said, ast.unparse(tree)


def _turned(node: ast.AST):
    """What turns a node into its mutant, or None."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _TURNED:
        return lambda: node.ops.__setitem__(0, _TURNED[type(node.ops[0])]())
    if isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in _TURNED:
        return lambda: setattr(node, "op", _TURNED[type(node.op)]())
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return lambda: setattr(node, "value", not node.value)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return lambda: setattr(node, "value", node.value + 1)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert | ast.Not | ast.USub):
        return lambda: setattr(node, "op", ast.UAdd())
    return None


def _function(tree: ast.Module, node: ast.AST) -> str:
    owners = [own for own in ast.walk(tree) if isinstance(own, ast.FunctionDef)]
    return next((own.name for own in owners if node in ast.walk(own)), "module")


def _path(root: Path, module: str) -> Path:
    return root / "src" / "policytext" / (module if "." in module else f"{module}.py")


def survives(module: str, source: str, folder: Path) -> bool:
    """Whether the quick tests of a module pass on a copy of the code with another source."""
    if not (folder / "src").exists():
        for name in ("src", "tests"):
            shutil.copytree(ROOT / name, folder / name)
        for name in ("data", "notebooks", "pyproject.toml", "README.md"):
            (folder / name).symlink_to(ROOT / name)
    path = _path(folder, module)
    whole = path.read_text(encoding="utf-8")
    path.write_text(source, encoding="utf-8")
    call = [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider"]
    call += ["-m", "not slow", f"tests/test_{TESTS[module]}.py"]
    call += [str(path)] if path.suffix == ".py" else []
    environment = os.environ | {"PYTHONPATH": f"{folder / 'src'}{os.pathsep}{folder / 'tests'}"}
    try:
        ran = subprocess.run(call, cwd=folder, env=environment, capture_output=True, timeout=300)
        return ran.returncode == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        path.write_text(whole, encoding="utf-8")
