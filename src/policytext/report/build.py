"""Notebooks in, self-contained HTML reports out: every numbered notebook, executed on one study.

A cell that lacks data says so at its place; any other failure is a fault at its place, listed on
the study's index; nothing that fails takes anything else with it.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import ctypes
import difflib
import importlib.metadata
import json
import os
import platform
import re
import shutil
import symtable
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from policytext import faults
from policytext.korean import attach_particle
from policytext.report import result, site
from policytext.report.pack import write_pack
from policytext.store import DAMAGED, digest, entry, read_entry, write_entry
from policytext.study import REPORTS, ROOT, Study, alone, file_sha256, read_study, write_whole

# With it jsonschema compiles a grammar of addresses, for a second of every run; no notebook has one.
sys.modules.setdefault("rfc3987_syntax", None)
import nbformat  # noqa: E402

PROJECT = Path(__file__).resolve().parents[3]  # of this code, whatever tree `ROOT` is
DRAWING = [Path(__file__).with_name(name) for name in ("charts.py", "maps.py")]
# Files that no chapter is made of, only the pages around them and the screens of JupyterLab.
AROUND = re.compile(
    r"__main__\.py|desk\.json|report/(site|pack|archive)\.py|assets/(lab/.+|report\.(css|js)"
    r"|papers\.bib|(page|head|found|study|studies|methods|software)\..+)"
)
# Endings of the files a build writes, figures and tables and what can be taken away.
WRITTEN = {".html", ".svg", ".png", ".csv", ".xlsx", ".docx", ".bib", ".txt"}
NOTE = Markup('<div class="note" role="note"><p>{}</p></div>')
AGAIN = NOTE.format("같은 까닭으로 이 부분도 만들지 않았습니다.")
FAULT = Markup(
    '<div class="note fault" role="note" id="fault-{}"><p>이 부분은 만들지 못했습니다. {}</p></div>'
)
SAID_IN_KOREAN = {faults.PolicyTextError.__name__, faults.StudyError.__name__}
OWN = "own"  # folder of the notebooks that are of one study only
PLURALS = {kind: f"{kind}s" for kind in "headline warning opening finding figure table".split()}
PLURALS |= {kind: kind for kind in ("kept", "methods")}
KERNEL = {"TQDM_DISABLE": "1", "PYTHONHASHSEED": "0"}
AT_ONCE = min(2, os.cpu_count() or 1)  # kernels; each holds a corpus in memory
KERNEL |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Built:
    """What a build made: its pages, ``index.html`` first, and the faults in them."""

    pages: list[Path]
    faults: list[dict]
    is_kept: bool = False  # nothing has changed: the report that was there stays


def build_report(
    study: str | Study, *, output: str | Path | None = None, notebooks: str | Path | None = None
) -> Built:
    """Execute the numbered notebooks on a study, each from a clean kernel, and write its report.

    Its own notebook, ``own/<study>.ipynb`` beside them, is the last chapter where there is one.

    `output` is `reports/<study>` and `notebooks` the folder of `NN-*.ipynb` of the project, unless
    given. Beside the pages are `figures/`, `tables/`, `manifest.json` and the files of
    `pack.write_pack`; the index of all studies, in the folder above, is written anew.
    A report that all of this made already, and nobody touched, stays. PolicyTextError: there is no
    notebook.
    """
    study = read_study(study) if isinstance(study, str) else study
    output = Path(output) if output is not None else REPORTS / study.name
    folder = Path(notebooks) if notebooks is not None else ROOT / "notebooks"
    sources = sorted(folder.glob("[0-9][0-9]-*.ipynb"))
    own = folder / OWN / f"{study.name}.ipynb"
    sources += [own] if sources and own.is_file() else []
    if not sources:
        raise faults.PolicyTextError(
            f"{folder} 폴더에 '01-이름.ipynb' 꼴의 노트북이 없어 보고서를 만들지 "
            "못했습니다. 노트북을 넣고 다시 실행해 주세요."
        )
    is_taken = output.is_file() or output.is_dir() and any(output.iterdir())
    if is_taken and not (output / "manifest.json").exists():
        raise faults.PolicyTextError(
            f"'{output.name}' 폴더에 보고서가 아닌 파일이 있습니다. 빈 폴더를 --output에 적으세요."
        )
    output.parent.mkdir(parents=True, exist_ok=True)
    with alone(output, f"보고서 '{output.name}'"):
        for left in _left_behind(output):
            _clear(left, output)
        made_of, around = _made_of(study)
        texts = [(path.name, path.read_text("utf-8")) for path in sources]
        kept = entry("report.whole", (texts, made_of, around, _figures()))
        chapters, held, sums = _unchanged(output, kept), "", {}
        if not chapters:
            # Built aside and moved whole: a build that stops leaves the earlier report whole.
            aside = Path(tempfile.mkdtemp(dir=output.parent, prefix=f".{output.name}-"))
            try:
                (aside / "made").mkdir()
                chapters = _write(aside / "made", sources, study, made_of)
                sums = _sums(aside / "made")
                held = _swap(aside, output)
            finally:
                _clear(aside, output)
    if held:
        chapters[0]["faults"].append({"text": held})
        output = _beside(output)
    index = output.parent / "index.html"
    present = index.read_text(encoding="utf-8", errors="replace") if index.exists() else ""
    if not present or site.GENERATOR in present:  # never over somebody else's page
        write_whole(index, site.studies_page(output.parent))
    made = [output / "index.html", *(output / chapter["file"] for chapter in chapters)]
    found = [one | {"title": other["title"]} for other in chapters for one in other["faults"]]
    if sums and not found:
        with contextlib.suppress(OSError):  # the report is there all the same
            write_entry(sums, kept)
    return Built(made, found, is_kept=not sums)


def _unchanged(output: Path, kept: Path) -> list[dict]:
    """Chapters of the report that stands there, if all its files are those that were kept."""
    with contextlib.suppress(*DAMAGED):
        if read_entry(kept).items() <= _sums(output).items():  # there may be files of the user's
            return json.loads((output / "manifest.json").read_text("utf-8"))["reports"]
    return []


def _sums(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a report."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): file_sha256(path) for path in files}


def _swap(aside: Path, output: Path) -> str:
    """Put the new report where the old one stands; why it stands beside it instead, or ""."""
    # What is called "whole" is a whole report at any moment: the new one, then the old one.
    whole, earlier = aside / "whole", aside / "earlier"
    (aside / "made").rename(whole)
    try:
        if not output.exists():
            whole.rename(output)
        elif not _exchanged(whole, output):
            output.rename(earlier)
            whole.rename(output)
    except OSError:
        if earlier.exists():
            earlier.rename(output)
        shutil.rmtree(_beside(output), ignore_errors=True)
        whole.rename(_beside(output))
        return (
            f"다른 프로그램이 '{output.name}' 폴더를 쓰고 있어 새 보고서를 "
            f"'{_beside(output).name}'에 두었습니다. 그 프로그램을 닫고 다시 치세요."
        )
    return ""


def _beside(output: Path) -> Path:
    return output.with_name(f"{output.name} (새 보고서)")  # the name of no study


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in a single step, where the system can (Linux)."""
    try:
        call = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    paths = [os.fsencode(path.absolute()) for path in (one, other)]
    return call(here, paths[0], here, paths[1], exchange) == 0


def _left_behind(output: Path) -> list[Path]:
    """Folders of builds of this report that were killed."""
    name = re.compile(rf"\.{re.escape(output.name)}-[a-z0-9_]{{8}}")
    return [path for path in output.parent.iterdir() if name.fullmatch(path.name)]


def _clear(aside: Path, output: Path) -> None:
    """Take away what a build left, save what is held; undo a kill; keep what no build wrote."""
    with contextlib.suppress(OSError):
        for whole in (aside / "earlier", aside / "whole"):
            if whole.exists() and not output.exists():
                whole.rename(output)
            elif whole.exists():
                _keep_others(whole, output)
                whole.rename(whole.with_name(f"{whole.name}-done"))
        shutil.rmtree(aside)


def _keep_others(whole: Path, output: Path) -> None:
    written = {"manifest.json"}
    with contextlib.suppress(FileNotFoundError, ValueError, KeyError):
        written |= json.loads((whole / "manifest.json").read_text(encoding="utf-8"))["files"].keys()
    for path in [path for path in whole.rglob("*") if path.is_symlink() or path.is_file()]:
        name = path.relative_to(whole)
        if name.as_posix() not in written and not os.path.lexists(output / name):
            (output / name).parent.mkdir(parents=True, exist_ok=True)
            path.rename(output / name)


def _write(output: Path, sources: list[Path], study: Study, made_of: list) -> list[dict]:
    """Write everything of one study's report into an empty folder; return its chapters."""
    chapters = [_planned(path) for path in sources]
    for notebook, chapter in zip(_execute(sources, study, made_of, output), chapters, strict=True):
        chapter["faults"] = _settle(notebook, chapters, chapter)
        write_whole(output / chapter["file"], site.chapter_page(notebook, chapter, chapters, study))
    manifest = manifest_of(chapters, study)
    manifest["downloads"], missing = write_pack(manifest, output)
    chapters[-1]["faults"] += [{"text": text, "anchor": ""} for text in missing]
    write_whole(output / "index.html", site.study_page(manifest, output))
    pages = [output / file for file in ("index.html", *(chapter["file"] for chapter in chapters))]
    whole = site.with_fonts([page.read_text("utf-8") for page in pages])
    for page, html in zip(pages, whole, strict=True):
        write_whole(page, html)
    written = _sums(output).items()
    manifest["files"] = {name: sha256 for name, sha256 in written if Path(name).suffix in WRITTEN}
    manifest["run"] = site.run_id(manifest)
    write_whole(output / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
    return chapters


def _planned(path: Path) -> dict:
    """A chapter before its notebook runs."""
    cells = nbformat.read(path, as_version=4).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    heads = (re.search(r"^#\s+(.+?)\s*#*$", text, re.MULTILINE) for text in texts)
    intros = (text.partition("\n\n")[2].strip() for text in texts if text.startswith("# "))
    return {
        "file": f"{OWN if path.parent.name == OWN else path.stem}.html",
        "title": next((head[1] for head in heads if head), path.stem),
        "intro": next(intros, ""),
        "notebook": path.name,
        "notebook_sha256": file_sha256(path),
        **{kind: [] for kind in [*PLURALS.values(), "faults", "lacking"]},
    }


def _execute(
    sources: list[Path], study: Study, made_of: list, output: Path
) -> list[nbformat.NotebookNode]:
    """The notebooks with their outputs, each from a clean kernel, as many at once as fit.

    What two chapters need is made by one of them while the other waits (see `store.stored`).
    """
    from tqdm.auto import tqdm

    prepared = [_prepared(path, study) for path in sources]
    n_cells = sum(len(_code(notebook)) for notebook in prepared)
    order = sorted(range(len(sources)), key=lambda place: sources[place].stem != study.report.lead)
    environment = os.environ | KERNEL
    environment[result.SHARE_SAFE_VARIABLE] = "1" if study.report.share_safe else "0"
    folder = output.resolve().parent / "chapters"

    async def run(left: list[int], bar, kernels) -> None:
        kernels.end_by_ctrl_c()
        room = asyncio.Semaphore(AT_ONCE)

        async def one(place: int) -> None:
            path, notebook = sources[place], prepared[place]
            async with room:
                bar.set_postfix_str(path.stem)
                own = environment | {result.OUTPUT_VARIABLE: str(folder / path.stem)}
                await kernels.run_cells(notebook, path.parent, own, bar.update)
                _keep(kept[place], notebook, folder / path.stem)

        await asyncio.gather(*map(one, left))

    codes = [[cell.source for cell in _code(notebook)] for notebook in prepared]
    kept = [entry("report.chapter", (code, made_of)) for code in codes]
    with tqdm(total=n_cells, desc=study.name, unit="칸") as bar:
        places = [folder / path.stem for path in sources]
        left = [n for n in order if not _found(kept[n], prepared[n], places[n], bar)]
        if left:
            from policytext.report.kernels import Kernels  # slow to import

            with Kernels(can_fork=len(left) > 1) as kernels:  # one imports only what it needs
                asyncio.run(run(left, bar, kernels))
    for path in sources:
        shutil.copytree(folder / path.stem, output, dirs_exist_ok=True)
    return prepared


def _made_of(study: Study) -> tuple[list, list]:
    """What a chapter is made of beside its code and its figures' functions; what is around it."""
    from policytext.corpus import fingerprint

    files, around = [], []
    for folder in (Path(faults.__file__).parent, study.folder):
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        for path in [path for path in paths if path.suffix != ".pyc" and path not in DRAWING]:
            name = path.relative_to(folder).as_posix()
            (around if AROUND.fullmatch(name) else files).append((name, file_sha256(path)))
    read: list[str] = []
    with contextlib.suppress(faults.StudyError):  # a source is not there: its cells say so
        read = fingerprint(study)
    # All packages: an optional analyser, once it is there, takes part in chapter 6.
    packages = sorted(f"{one.name} {one.version}" for one in importlib.metadata.distributions())
    return [study, platform.python_version(), packages, files, read], around


@cache
def _figures() -> dict[str, str]:
    """Hash of each function of figures with all of them that it names, "" of what is beside them."""
    written = defaultdict(str)
    for path in DRAWING:
        for node in ast.parse(path.read_text("utf-8")).body:
            written[getattr(node, "name", "")] += ast.unparse(node)
    figures = {}
    for name in list(written):
        reached, last = set(), {"", name}
        while last:
            reached |= last
            words = {word for one in last for word in re.findall(r"\w+", written[one])}
            last = (words & written.keys()) - reached
        figures[name] = digest([written[one] for one in sorted(reached)])
    return figures


def _code(notebook: nbformat.NotebookNode) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _keep(place: Path, notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Keep what a chapter gave, unless something failed in it."""
    outputs = [cell.outputs for cell in _code(notebook)]
    folder.mkdir(parents=True, exist_ok=True)
    each = list(chain.from_iterable(outputs))
    errors = [one.ename for one in each if one.output_type == "error"]
    if not set(errors) - {faults.InsufficientData.__name__}:
        contents = {name: (folder / name).read_bytes() for name in _sums(folder)}
        files = pd.DataFrame({"content": contents})
        records = chain.from_iterable(map(_records, each))
        called = {"", *chain.from_iterable(record.get("drawn_by", ()) for record in records)}
        drawn_by = {name: own for name, own in _figures().items() if name in called}
        write_entry({"outputs": outputs, "files": files, "drawn_by": drawn_by}, place)


def _found(place: Path, notebook: nbformat.NotebookNode, folder: Path, bar) -> bool:
    """Whether a chapter of the same code and the same texts was kept: it is then put in place."""
    try:
        kept = read_entry(place)
    except DAMAGED:
        return False
    if not kept["drawn_by"].items() <= _figures().items():
        return False
    for cell, found in zip(_code(notebook), kept["outputs"], strict=True):
        cell.outputs = [nbformat.from_dict(one) for one in found]
        bar.update()
    folder.mkdir(parents=True)
    for name, content in kept["files"]["content"].items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return True


def _prepared(path: Path, study: Study) -> nbformat.NotebookNode:
    """A notebook to be run on a study: no cells for JupyterLab only, the study set."""
    notebook = nbformat.read(path, as_version=4)
    cells = [(cell, cell.metadata.get("tags", [])) for cell in notebook.cells]
    cells = [(cell, tags) for cell, tags in cells if "desk" not in tags]
    notebook.cells = [cell for cell, _ in cells if cell.cell_type != "code" or cell.source.strip()]
    for parameters in [cell for cell, tags in cells if "parameters" in tags]:
        chosen = nbformat.v4.new_code_cell(f"import policytext.study\n\nSTUDY = {study.code}")
        chosen.metadata["tags"] = ["hide-input"]
        notebook.cells.insert(notebook.cells.index(parameters) + 1, chosen)
    return notebook


def _settle(notebook, chapters: list[dict], chapter: dict) -> list[dict]:
    """Collect the records of a chapter; put a sentence where a cell failed; return its faults."""
    found, lost = [], set()
    taken = {
        (kind, row["name"]): other["notebook"]
        for other in chapters
        for kind in ("figures", "tables", "kept")
        for row in other[kind]
    }
    for cell in notebook.cells:
        failed, kept = None, []
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                error = (output.ename, output.evalue)
                said = _said(output, lost, found) if error != failed else ""
                if error[0] == faults.InsufficientData.__name__ and error != failed:
                    said = AGAIN if output.evalue in chapter["lacking"] else said
                    chapter["lacking"].append(output.evalue)
                failed = error
                lost |= _assigned(cell.source)
            elif failed and set(output.get("data", {})) == {"text/plain"}:
                said = ""  # the rest of a result that could not show itself
            else:
                said = _record(output, chapter, taken, found)
            shown = {"text/html": str(said)}
            kept.append(output if said is None else nbformat.v4.new_output("display_data", shown))
        if "outputs" in cell:
            cell.outputs = kept
    return found


def _said(error, lost: set[str], found: list[dict]) -> str:
    """A note for a cell that lacks data, a fault for other errors; nothing after a fault above."""
    missing = re.match(r"name '(\w+)' is not defined", error.evalue)
    if error.ename == "NameError" and missing and missing[1] in lost:
        return ""
    if error.ename == faults.InsufficientData.__name__:
        return NOTE.format(f"{error.evalue} 그래서 이 부분은 만들지 않았습니다.")
    cause = (error.evalue.strip().splitlines() or [""])[0]
    if error.ename not in SAID_IN_KOREAN:
        cause = result.shorten(f"{error.ename}: {cause}")
    return _fault(cause, found)


def _record(output, chapter: dict, taken: Mapping, found: list[dict]) -> Markup | None:
    """What a result left for index and manifest; a fault instead of what cannot be shown."""
    data = output.get("data", {})
    if any(kind.startswith("image/") for kind in data) and "text/html" not in data:
        cause = "칸이 그림을 그대로 내보냈습니다. Result로 만들어 설명과 대체 글을 붙이세요."
        return _fault(cause, found)
    records = _records(output)
    for record in records:
        place = (PLURALS[record["kind"]], record.get("name"))
        if record.get("name") and place in taken:
            name = attach_particle(f"이름 ‘{record['name']}’", "을/를")
            cause = f"{name} {taken[place]}에서도 씁니다. 파일이 덮이지 않게 한쪽 이름을 바꾸세요."
            return _fault(cause, found)
    for record in records:
        chapter[PLURALS[record["kind"]]].append({k: v for k, v in record.items() if k != "kind"})
    return None


def _records(output) -> list[dict]:
    return output.get("data", {}).get(result.MIME, {}).get("records", [])


def _fault(cause: str, found: list[dict]) -> Markup:
    found.append({"text": cause})
    return FAULT.format(len(found), cause)


def _assigned(source: str) -> set[str]:
    """Names that a cell would have made: assigned, imported, defined."""
    try:
        symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    except SyntaxError:
        return set()
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned()}


def manifest_of(chapters: list[dict], study: Study) -> dict:
    """What was run and what came out, without dates: same run, same manifest."""
    return {
        "study": {key: getattr(study, key) for key in ("name", "title", "question")},
        "options": study.model_dump(mode="json", exclude={"title", "question", "sources"}),
        "python": platform.python_version(),
        "packages": {name: found for name, found in package_versions().items() if found},
        "reports": chapters,
    }


def package_versions() -> dict[str, str]:
    """Packages this one requires, with their installed versions; empty for one not installed."""
    versions = {}
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in project["dependencies"]:
        name = re.split(r"[^\w.-]", requirement)[0]
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = ""
    return dict(sorted(versions.items()))


def differences(old: Mapping, new: Mapping) -> str:
    """What changed between two runs of a study, from their manifests, as Korean lines.

    Conditions, findings and tables are compared line by line: what only `old` has begins
    with -, what only `new` has with +.

    >>> run = {"reports": [], "options": {}, "python": "3.11.7"}
    >>> print(differences(run, run | {"python": "3.12.1"}))
    조건 2줄
      - Python: 3.11.7
      + Python: 3.12.1
    """
    said = []
    for kind, lines in {"조건": _conditions, "발견": _findings, "표": _files}.items():
        found = difflib.unified_diff(lines(old), lines(new), n=0, lineterm="")
        changed = [line for line in found if not line.startswith(("---", "+++", "@@"))]
        said += [f"{kind} {len(changed)}줄"] if changed else []
        said += [f"  {line[0]} {line[1:]}" for line in changed]
    return "\n".join(said) or "두 실행은 조건, 발견, 표가 모두 같습니다."


def _conditions(run: Mapping) -> list[str]:
    options = {
        f"{name}.{key}": value
        for name, section in run["options"].items()
        for key, value in section.items()
    }
    own = {key: value for key, value in site.facts(run).items() if ": " not in key}  # no options
    told = own | options | {"Python": run["python"]} | run.get("packages", {})
    return sorted(f"{key}: {value}" for key, value in told.items())


def _findings(run: Mapping) -> list[str]:
    return sorted(
        f"{one['title']}: {row['text']}" for one in run["reports"] for row in one["findings"]
    )


def _files(run: Mapping) -> list[str]:
    """Every CSV with the beginning of its SHA-256: one that changed shows as two lines."""
    return [
        f"{name} ({sha256[:8]})"
        for name, sha256 in run.get("files", {}).items()
        if name.endswith(".csv")
    ]
