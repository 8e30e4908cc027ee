"""Index pages, from the manifests that builds leave: one of a study, one of all studies."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from pathlib import Path

import jinja2

from policytext.rendering.manifests import facts, read_manifest
from policytext.rendering.pages import N_ANSWERS, TEMPLATES, headline, style

GENERATOR = '<meta name="generator" content="policytext">'  # by which we know our own pages
THUMBNAIL_LIMIT = 200_000  # bytes of SVG an index page embeds
N_LEADING = 3  # of the answers of a study, how many its leading chapter may give
FACTS_SHOWN = {"기간": "기간", "읽은 문서": "문서", "가족": "가족"}


def answers(manifest: Mapping) -> list[dict]:
    """The findings that answer the study's question, each with the page it stands on.

    The study's option ``report.lead`` names the chapter that answers it; it comes first,
    then the main finding of every chapter after it, then of those before it, nearest first.

    Returns
    -------
    list of dict
        ``text, anchor, level, file``.
    """
    reports = list(manifest["reports"])
    if not reports:
        return []
    place = reports.index(_lead(manifest))
    chosen = _with_file(reports[place], N_LEADING)
    for report in reports[place + 1 :] + reports[:place][::-1]:
        chosen += _with_file(report, 1)
    return chosen[:N_ANSWERS]


def study_page(manifest: Mapping, output: Path) -> str:
    """HTML of one study's index: its answers, its chapters with findings and one small figure.

    Parameters
    ----------
    manifest : mapping
        As a build writes it (``study, options, reports``).
    output : Path
        The study's folder, where `figures/` is.
    """
    entries = [
        {**report, "thumbnail": thumbnail([report], output)} for report in manifest["reports"]
    ]
    page = {
        "title": "보고서 목록",
        "study": manifest["study"],
        "note": manifest.get("options", {}).get("report", {}).get("note", ""),
        "facts": _shown_facts(manifest),
        "answers": answers(manifest),
        "reports": entries,
        "downloads": manifest.get("downloads", []),
        "figures": [
            figure
            for report in manifest["reports"]
            for figure in report["figures"]
            if (output / "figures" / f"{figure['name']}.svg").is_file()
        ],
        "tables": [
            table
            for report in manifest["reports"]
            for table in [*report["tables"], *report.get("kept", [])]
            if table["name"]
        ],
    }
    return _render("study.html.j2", page)


def studies_page(root: Path) -> str:
    """HTML of the index of all studies whose reports are under `root`.

    Every folder with a readable ``manifest.json`` is listed, by the study's title; a folder
    without one is left out.
    """
    entries = []
    for path in sorted(root.glob("*/manifest.json")):
        try:
            manifest = read_manifest(path)
            entry = {
                "folder": path.parent.name,
                "study": manifest["study"],
                "facts": _shown_facts(manifest),
                "answers": answers(manifest),
                "thumbnail": thumbnail([_lead(manifest), *manifest["reports"]], path.parent),
            }
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            continue  # a folder half written, or of an older version: the next build of it lists it
        entries.append(entry)
    page = {"title": "모든 연구", "study": {"title": "policytext"}, "studies": entries}
    return _render("studies.html.j2", page)


def thumbnail(reports: Iterable[Mapping], folder: Path) -> dict | None:
    """The first figure of `reports` that is small enough: `src` (data address) and `alt`."""
    for record in (figure for report in reports for figure in report["figures"]):
        path = folder / "figures" / f"{record['name']}.svg"
        if path.is_file() and path.stat().st_size <= THUMBNAIL_LIMIT:
            data = base64.b64encode(path.read_bytes()).decode("ascii")
            return {"src": f"data:image/svg+xml;base64,{data}", "alt": record["alt"]}
    return None


def _lead(manifest: Mapping) -> Mapping:
    """The chapter that answers the question: the one the study names, else the first."""
    named = manifest.get("options", {}).get("report", {}).get("lead", "")
    reports = manifest["reports"]
    return next((report for report in reports if report["file"] == f"{named}.html"), reports[0])


def _with_file(report: Mapping, n: int) -> list[dict]:
    return [{**row, "file": report["file"]} for row in headline(report["findings"], n)]


def _shown_facts(manifest: Mapping) -> dict[str, str]:
    found = facts(manifest)
    return {label: found[key] for key, label in FACTS_SHOWN.items() if key in found}


def _render(template: str, page: dict) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES / "policytext"), autoescape=True
    )
    return environment.get_template(template).render(page=page | {"style": style()})
