"""Manifests: what a build was run on and with, and what came out of it, as one JSON file."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from policytext.rendering.pages import Report
from policytext.studies import DEFAULTS

# Endings of the files a build writes, figures and tables and what can be taken away.
WRITTEN = {".html", ".svg", ".png", ".csv", ".xlsx", ".docx", ".hwpx", ".bib", ".txt"}


def read_manifest(path: str | Path) -> dict:
    """The manifest of a report: its folder, or the JSON file itself.

    Raises
    ------
    ValueError
        If there is no such file, or it is not a manifest.
    """
    path = Path(path)
    path = path / "manifest.json" if path.is_dir() else path
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{path}에서 보고서의 manifest.json을 읽을 수 없습니다. 보고서 폴더나 그 안의 "
            "manifest.json을 가리켜 주세요."
        ) from error
    if not isinstance(manifest, dict) or not {"study", "reports"} <= set(manifest):
        raise ValueError(
            f"{path.name}에 study와 reports가 있어야 하는데 없습니다: 보고서의 "
            "manifest.json이 아닙니다."
        )
    return manifest


def facts(manifest: Mapping) -> dict[str, str]:
    """Everything the chapters' methods tables say; a later chapter does not overrule.

    >>> facts({"reports": [{"methods": [{"facts": {"가": "1"}}]}, {"methods": []}]})
    {'가': '1'}
    """
    merged: dict[str, str] = {}
    for report in manifest["reports"]:
        for methods in report["methods"]:
            merged = methods["facts"] | merged
    return merged


def manifest_of(reports: Sequence[Report], study) -> dict:
    """What was run and what came out, without dates: same run, same manifest."""
    return {
        "study": {key: getattr(study, key) for key in ("name", "title", "question")},
        "options": {section: getattr(study, section, {}) for section in DEFAULTS},
        "python": platform.python_version(),
        "packages": {name: found for name, found in package_versions().items() if found},
        "reports": [
            {
                "file": report.file,
                "title": report.title,
                "notebook": report.notebook,
                "notebook_sha256": report.sha256,
                **{f"{kind}s": report.of(kind) for kind in ("finding", "figure", "table")},
                "kept": report.of("kept"),
                "methods": report.of("methods"),
            }
            for report in reports
        ],
    }


def file_hashes(output: Path) -> dict[str, str]:
    """SHA-256 of every file of a report, by its path inside the folder."""
    files = (path for path in sorted(output.rglob("*")) if path.suffix in WRITTEN)
    return {
        path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
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


def remove_previous(output: Path) -> None:
    """Take away what an earlier build wrote, and nothing else."""
    try:
        listed = json.loads((output / "manifest.json").read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError):
        return
    for name in listed:
        path = (output / name).resolve()
        if path.is_relative_to(output.resolve()):
            path.unlink(missing_ok=True)
