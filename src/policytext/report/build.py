"""Notebooks in, self-contained HTML reports out.

A report is an executed notebook: `build_report` runs every numbered notebook of the project on one
study, each from a clean kernel, and writes its page. Nothing that fails takes anything else
with it: a cell that lacks data says so at its place, any other failure is a fault at its place,
listed on the study's index.
"""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import signal
import symtable
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from markupsafe import Markup

from policytext import faults
from policytext.korean import attach_particle
from policytext.report import result, site
from policytext.report.pack import write_pack
from policytext.study import REPORTS, ROOT, Study, read_study

# Endings of the files a build writes, figures and tables and what can be taken away.
WRITTEN = {".html", ".svg", ".png", ".csv", ".xlsx", ".docx", ".bib", ".txt"}
NOTE = Markup('<div class="note" role="note"><p>{}</p></div>')
FAULT = Markup(
    '<div class="note fault" role="note" id="fault-{}"><p>이 부분은 만들지 못했습니다. {}</p></div>'
)
SAID_IN_KOREAN = {faults.PolicyTextError.__name__, faults.StudyError.__name__}
PLURALS = {kind: f"{kind}s" for kind in ("headline", "warning", "finding", "figure", "table")}
PLURALS |= {kind: kind for kind in ("kept", "methods")}
KERNEL = {"TQDM_DISABLE": "1", "PYTHONHASHSEED": "0"}
KERNEL |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Built:
    """What a build made: its pages, ``index.html`` first, and the faults in them."""

    pages: list[Path]
    faults: list[dict]


def build_report(
    study: str | Study, *, output: str | Path | None = None, notebooks: str | Path | None = None
) -> Built:
    """Execute the numbered notebooks on a study and write its report.

    Parameters
    ----------
    study : str or Study
    output : path, optional
        Default `reports/<study>` of the project.
    notebooks : path, optional
        Folder of `NN-*.ipynb`; default `notebooks` of the project.

    Returns
    -------
    Built
        Beside the pages are `figures/`, `tables/`, `manifest.json` and the files of
        `pack.write_pack`. The index of all studies, in the folder above, is written anew.

    Raises
    ------
    PolicyTextError
        If there is no notebook.
    """
    study = read_study(study) if isinstance(study, str) else study
    output = Path(output) if output is not None else REPORTS / study.name
    folder = Path(notebooks) if notebooks is not None else ROOT / "notebooks"
    sources = sorted(folder.glob("[0-9][0-9]-*.ipynb"))
    if not sources:
        raise faults.PolicyTextError(
            f"{folder} 폴더에 '01-이름.ipynb' 꼴의 노트북이 없어 보고서를 만들지 "
            "못했습니다. 노트북을 넣고 다시 실행해 주세요."
        )
    output.mkdir(parents=True, exist_ok=True)
    # Built aside and moved at the end: a build that stops leaves the earlier report whole.
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}-") as aside:
        chapters = _write(Path(aside), sources, study)
        _remove_previous(output)
        for made in [path for path in Path(aside).rglob("*") if path.is_file()]:
            place = output / made.relative_to(aside)
            place.parent.mkdir(parents=True, exist_ok=True)
            made.replace(place)
    index = output.parent / "index.html"
    present = index.read_text(encoding="utf-8", errors="replace") if index.exists() else ""
    if not present or site.GENERATOR in present:
        _write_text(index, site.studies_page(output.parent))  # never over somebody else's page
    made = [output / "index.html", *(output / chapter["file"] for chapter in chapters)]
    found = [one | {"title": other["title"]} for other in chapters for one in other["faults"]]
    return Built(made, found)


def _write(output: Path, sources: list[Path], study: Study) -> list[dict]:
    """Write everything of one study's report into an empty folder; return its chapters."""
    chapters = [_planned(path) for path in sources]
    for path, chapter in zip(sources, chapters, strict=True):
        notebook = _execute(path, study, output)
        chapter["faults"] = _settle(notebook, chapters, chapter)
        _write_text(output / chapter["file"], site.chapter_page(notebook, chapter, chapters, study))
    manifest = manifest_of(chapters, study)
    manifest["downloads"] = write_pack(manifest, output)
    _write_text(output / "index.html", site.study_page(manifest, output))
    manifest["files"] = {
        path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(output.rglob("*"))
        if path.suffix in WRITTEN
    }
    content = json.dumps(manifest, ensure_ascii=False, indent=1)
    _write_text(output / "manifest.json", content + "\n")
    return chapters


def _planned(path: Path) -> dict:
    """A chapter before its notebook runs."""
    source = path.read_bytes()
    cells = nbformat.reads(source.decode("utf-8"), as_version=4).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    heads = (re.search(r"^#\s+(.+?)\s*#*$", text, re.MULTILINE) for text in texts)
    return {
        "file": f"{path.stem}.html",
        "title": next((head[1] for head in heads if head), path.stem),
        "notebook": path.name,
        "notebook_sha256": hashlib.sha256(source).hexdigest(),
        **{kind: [] for kind in [*PLURALS.values(), "faults"]},
    }


def _execute(path: Path, study: Study, output: Path) -> nbformat.NotebookNode:
    """The notebook with its outputs, every cell run in a clean kernel, also after a failure."""
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError
    from tqdm.auto import tqdm

    notebook = nbformat.read(path, as_version=4)
    cells = [(cell, cell.metadata.get("tags", [])) for cell in notebook.cells]
    notebook.cells = [cell for cell, tags in cells if "desk" not in tags]  # for JupyterLab only
    for parameters in [cell for cell, tags in cells if "parameters" in tags]:
        chosen = nbformat.v4.new_code_cell(f"import policytext.study\n\nSTUDY = {study.code}")
        chosen.metadata["tags"] = ["hide-input"]
        notebook.cells.insert(notebook.cells.index(parameters) + 1, chosen)
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    environment = os.environ | KERNEL
    environment[result.OUTPUT_VARIABLE] = str(output.resolve())
    environment[result.SHARE_SAFE_VARIABLE] = "1" if study.report.share_safe else "0"
    running, stopped = [], []
    before = signal.getsignal(signal.SIGINT)
    with tqdm(total=len(code), desc=f"{study.name} {path.stem}", unit="칸") as bar:
        client = NotebookClient(
            notebook,
            timeout=None,
            kernel_name="python3",
            allow_errors=True,
            resources={"metadata": {"path": str(path.parent)}},
            extra_arguments=["--IPKernelApp.log_level=50"],
            on_notebook_start=_end_by_ctrl_c(stopped),
            on_cell_execute=lambda cell, cell_index: running.append(cell),
            on_cell_complete=lambda cell, cell_index: bar.update(),
        )
        try:
            asyncio.run(client.async_execute(env=environment))
        except (DeadKernelError, asyncio.CancelledError):
            if stopped:
                raise KeyboardInterrupt from None
            evalue = "이 칸에서 파이썬이 멎었습니다. 메모리가 모자라지 않은지 보세요."
            ended = {"ename": faults.PolicyTextError.__name__, "evalue": evalue, "traceback": []}
            running[-1].outputs = [nbformat.v4.new_output("error", **ended)]
        finally:
            signal.signal(signal.SIGINT, before)
    return notebook


def _end_by_ctrl_c(stopped: list) -> Callable:
    """A hook that lets Ctrl+C end the build; nbclient takes it for a kernel that died."""

    def listen(notebook) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()

        def stop(*_) -> None:
            stopped.append(True)
            loop.call_soon_threadsafe(task.cancel)

        with contextlib.suppress(NotImplementedError):  # Windows, where nbclient sets none
            loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, stop)

    return listen


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
    """A note for a cell that lacks data, a fault for any other error, in one sentence.

    A cell that fails only because a cell above did, which has said so, says nothing.
    """
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
    records = data.get(result.MIME, {}).get("records", [])
    for record in records:
        place = (PLURALS[record["kind"]], record.get("name"))
        if record.get("name") and place in taken:
            name = attach_particle(f"이름 ‘{record['name']}’", "을/를")
            cause = f"{name} {taken[place]}에서도 씁니다. 파일이 덮이지 않게 한쪽 이름을 바꾸세요."
            return _fault(cause, found)
    for record in records:
        chapter[PLURALS[record["kind"]]].append({k: v for k, v in record.items() if k != "kind"})
    return None


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
    for requirement in importlib.metadata.requires("policytext") or []:
        if "extra ==" in requirement:  # what only tests need takes no part in a run
            continue
        name = re.split(r"[^\w.-]", requirement)[0]
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = ""
    return dict(sorted(versions.items()))


def _remove_previous(output: Path) -> None:
    """Take away what an earlier build wrote, and nothing else."""
    try:
        listed = json.loads((output / "manifest.json").read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError):
        return
    for name in listed:
        path = (output / name).resolve()
        if path.is_relative_to(output.resolve()):
            path.unlink(missing_ok=True)


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


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
