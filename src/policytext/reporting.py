"""Notebooks in, self-contained HTML reports out.

A report is an executed notebook: `build` runs every numbered notebook of the project on one
study, from a clean kernel; `pages` turns each into a page that loads nothing. What cells show is
made in `display`, and reachable here; a kernel that imports this module only to show things
does not pay for the machinery, so heavy imports sit inside the functions.
"""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nbformat

from policytext.display import (
    MIME,
    OUTPUT_VARIABLE,
    Block,
    begin,
    evidence,
    figure,
    finding,
    methods,
    note,
    table,
)
from policytext.korean import attach_particle
from policytext.rendering import manifests, sharing
from policytext.rendering.catalogue import GENERATOR, studies_page, study_page
from policytext.rendering.pack import write_pack
from policytext.rendering.pages import Report, notebook_page
from policytext.schema import InsufficientData
from policytext.studies import PROJECT_ROOT, read_study

PAGE_BUDGET, LARGEST_BUDGET = 3_000_000, 6_000_000  # bytes

__all__ = [
    "Block",
    "ReportError",
    "begin",
    "build",
    "evidence",
    "figure",
    "finding",
    "methods",
    "note",
    "sizes",
    "table",
]


class ReportError(ValueError):
    """A report that cannot be built; the message names the notebook and the cell."""


def build(
    study, *, output: str | Path | None = None, notebooks: str | Path | None = None
) -> list[Path]:
    """Execute the numbered notebooks on a study and write its reports.

    Parameters
    ----------
    study : str or object with `name`, `title`, `question`
    output : path, optional
        Default `reports/<study>` of the project.
    notebooks : path, optional
        Folder of `NN-*.ipynb`; default `notebooks` of the project.

    Returns
    -------
    list of Path
        `index.html` first, then one page a notebook; beside them `figures/`, `tables/`,
        `manifest.json` and the files of `pack.write_pack`. The index of all studies, in the folder above, is written anew.

    Raises
    ------
    ReportError
        No notebook, a cell that fails, or a picture that did not go through `figure`.
    """
    study = read_study(study) if isinstance(study, str) else study
    output = Path(output) if output is not None else PROJECT_ROOT / "reports" / study.name
    folder = Path(notebooks) if notebooks is not None else PROJECT_ROOT / "notebooks"
    sources = sorted(folder.glob("[0-9][0-9]-*.ipynb"))
    if not sources:
        raise ReportError(
            f"{folder} 폴더에 '01-이름.ipynb' 꼴의 노트북이 없어 보고서를 만들지 "
            "못했습니다. 노트북을 넣고 다시 실행해 주세요."
        )
    plan = [_planned(path) for path in sources]
    output.mkdir(parents=True, exist_ok=True)
    # Built aside and moved at the end: a build that stops leaves the earlier report whole.
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}-") as folder:
        reports = _build_in(Path(folder), sources, plan, study)
        manifests.remove_previous(output)
        for made in [path for path in Path(folder).rglob("*") if path.is_file()]:
            place = output / made.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            made.replace(place)
    index = output.parent / "index.html"
    if not index.exists() or GENERATOR in index.read_text(encoding="utf-8", errors="replace"):
        _write_text(index, studies_page(output.parent))  # never over a page of somebody else's
    return [output / "index.html", *(output / report.file for report in reports)]


def _build_in(output: Path, sources: list[Path], plan: list[Report], study) -> list[Report]:
    """Write everything of one study's report into an empty folder."""
    safe = getattr(study, "report", {}).get("share_safe", False)
    with _environment({sharing.VARIABLE: "1" if safe else "0"}):
        reports = _chapters(sources, plan, study, output)
    manifest = manifests.manifest_of(reports, study)
    manifest["downloads"] = write_pack(manifest, output)
    _write_text(output / "index.html", study_page(manifest, output))
    manifest["files"] = manifests.file_hashes(output)
    content = json.dumps(manifest, ensure_ascii=False, indent=1)
    _write_text(output / "manifest.json", content + "\n")
    return reports


def sizes(pages: list[Path]) -> str:
    """Size of every page in megabytes, and which are larger than they should be.

    A page should stay under `PAGE_BUDGET`, the largest one under `LARGEST_BUDGET`.
    """
    lines = []
    largest = max(pages, key=_size)
    for path in pages:
        budget = LARGEST_BUDGET if path == largest else PAGE_BUDGET
        over = f" (목표 {budget / 1e6:.0f}MB를 넘음)" if _size(path) > budget else ""
        lines.append(f"  {path.name}: {_size(path) / 1e6:.2f}MB{over}")
    return "\n".join(lines)


def _size(path: Path) -> int:
    return path.stat().st_size


def _chapters(sources: list[Path], plan: list[Report], study, output: Path) -> list[Report]:
    """Execute every notebook, write its page, and say what came out."""
    reports = []
    for path, report in zip(sources, plan, strict=True):
        notebook = _execute(path, getattr(study, "reference", study.name), output)
        report = Report(
            report.file, report.title, report.notebook, report.sha256, _records(notebook)
        )
        _check_names(reports, report)
        _write_text(output / report.file, notebook_page(notebook, report, plan, study))
        reports.append(report)
    return reports


def _planned(path: Path) -> Report:
    """File name and title of a notebook's page, before it runs."""
    source = path.read_bytes()
    cells = nbformat.reads(source.decode("utf-8"), as_version=4).cells
    heads = (
        re.search(r"^#\s+(.+?)\s*#*$", cell.source, re.MULTILINE)
        for cell in cells
        if cell.cell_type == "markdown"
    )
    title = next((head[1] for head in heads if head), path.stem)
    return Report(f"{path.stem}.html", title, path.name, hashlib.sha256(source).hexdigest())


def _execute(path: Path, study: str, output: Path) -> nbformat.NotebookNode:
    """The notebook with its outputs, run from a clean kernel."""
    import papermill

    settings = {
        OUTPUT_VARIABLE: str(output.resolve()),
        "TQDM_DISABLE": "1",
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    with _environment(settings), tempfile.TemporaryDirectory() as folder:
        executed = Path(folder) / path.name  # papermill keeps the cells that ran when one fails
        try:
            notebook = papermill.execute_notebook(
                str(path),
                str(executed),
                parameters={"STUDY": study},
                kernel_name="python3",
                language="python",
                cwd=str(path.parent),
                extra_arguments=["--IPKernelApp.log_level=40"],
                progress_bar={"desc": f"{study} {path.stem}"},
            )
        except papermill.PapermillExecutionError as error:
            if error.ename == InsufficientData.__name__:
                notebook = _refused(nbformat.read(executed, as_version=4), str(error.evalue))
            else:
                # papermill has put one cell of parameters before the one that failed.
                number = int(error.exec_count) - 1
                reason = str(error.evalue).strip().splitlines() or [""]
                raise ReportError(
                    f"노트북 {path.name}의 {number}번째 코드 셀에서 멈췄습니다: "
                    f"{error.ename}: {reason[0]}"
                ) from error
    # Here too the added cell of parameters makes 0 the right start.
    for number, cell in enumerate(_code_cells(notebook)):
        for shown in cell.outputs:
            kinds = set(shown.get("data", {}))
            if any(kind.startswith("image/") for kind in kinds) and "text/html" not in kinds:
                raise ReportError(
                    f"노트북 {path.name}의 {number}번째 코드 셀이 그림을 그대로 "
                    "내보냈습니다. reporting.figure(...)로 설명과 대체 글을 붙여 "
                    "주세요."
                )
    return notebook


def _refused(notebook: nbformat.NotebookNode, reason: str) -> nbformat.NotebookNode:
    """The notebook up to the cell that lacked data, which now says so."""
    cells = [
        cell
        for cell in notebook.cells
        if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])
    ]
    failed = next(
        number
        for number, cell in enumerate(cells)
        if any(out.output_type == "error" for out in cell.get("outputs", []))
    )
    block = note(f"{reason} 그래서 이 장의 나머지는 만들지 않았습니다.")
    shown = nbformat.v4.new_output("display_data", block._repr_mimebundle_())
    cells[failed].outputs = [shown]
    notebook.cells = cells[: failed + 1]
    return notebook


@contextmanager
def _environment(settings: Mapping[str, str]) -> Iterator[None]:
    """Kernels inherit the process environment; put it back afterwards."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _check_names(earlier: list[Report], report: Report) -> None:
    """Figures and tables of one study share folders, so a name may not be used twice."""
    for kind, word in (("figure", "그림"), ("table", "표")):
        names = {record["name"]: other.notebook for other in earlier for record in other.of(kind)}
        for record in report.of(kind):
            if record["name"] is not None and record["name"] in names:
                named = attach_particle(f"{word} 이름 '{record['name']}'", "이/가")
                raise ReportError(
                    f"{named} 두 노트북 {names[record['name']]}, {report.notebook}에 "
                    "있습니다. 파일이 덮이지 않게 한쪽 이름을 바꿔 주세요."
                )


def _code_cells(notebook: nbformat.NotebookNode) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _records(notebook: nbformat.NotebookNode) -> tuple[Mapping, ...]:
    """What `display` left in the outputs for index and manifest."""
    found = (
        output.data[MIME]["records"]
        for cell in _code_cells(notebook)
        for output in cell.outputs
        if MIME in output.get("data", {})
    )
    return tuple(record for records in found for record in records)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
