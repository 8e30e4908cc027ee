"""BibTeX of a run: its software with versions, its data with hashes, the papers it follows."""

from __future__ import annotations

import re
from collections.abc import Mapping

from policytext.rendering.manifests import facts
from policytext.rendering.pages import ASSETS

_SOURCE = re.compile(r"^자료 (?P<name>.+) SHA-256 \(파일 (?P<files>[\d,]+)개\)$")
_ESCAPES = {character: f"\\{character}" for character in "&%$#_{}"}
_ESCAPES |= {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


def bibtex(manifest: Mapping) -> str:
    """Everything a paper on this run should cite, as one ``.bib`` file.

    Parameters
    ----------
    manifest : mapping
        As a build writes it: `python, packages`, and the facts of its chapters, where sources
        stand with their SHA-256.
    """
    entries = [_software("Python", manifest["python"], "https://www.python.org/")]
    for name, version in manifest.get("packages", {}).items():
        entries.append(_software(name, version, f"https://pypi.org/project/{name}/{version}/"))
    found = (pair for pair in facts(manifest).items() if _SOURCE.match(pair[0]))
    for number, (key, sha256) in enumerate(found, start=1):
        source = _SOURCE.match(key)
        entries.append(
            f"@misc{{data-{number},\n  title = {{{escape(source['name'])}}},\n"
            f"  note = {{SHA-256 {sha256}; {source['files']} file(s)}}\n}}"
        )
    papers = (ASSETS / "papers.bib").read_text(encoding="utf-8").strip()
    return "\n".join([*entries, papers]) + "\n"


def escape(text: str) -> str:
    """Text as BibTeX shows it.

    >>> print(escape("a_b & {c}"))
    a\\_b \\& \\{c\\}
    """
    return "".join(_ESCAPES.get(character, character) for character in " ".join(text.split()))


def _software(name: str, version: str, url: str) -> str:
    key = re.sub(r"[^a-z0-9]+", "-", name.lower())
    return (
        f"@software{{{key},\n  title = {{{escape(name)}}},\n"
        f"  version = {{{escape(version)}}},\n  url = {{{url}}}\n}}"
    )
