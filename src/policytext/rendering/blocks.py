"""A piece of report and its place in it: blocks, numbers, headings, notes.

A `Block` as the last value of a cell shows itself in JupyterLab and in the exported report
alike. What a report's index and manifest need travels in the output itself, under the `MIME`
type.
"""

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup

from policytext.korean import attach_particle
from policytext.progress import OUTPUT_VARIABLE

MIME = "application/vnd.policytext+json"


@dataclass(frozen=True)
class Block:
    """A piece of report: its HTML, a plain-text form, and records for index and manifest."""

    html: Markup
    text: str = ""
    records: tuple[Mapping, ...] = ()

    def __add__(self, other: "Block") -> "Block":
        return Block(
            self.html + other.html, f"{self.text}\n{other.text}", self.records + other.records
        )

    def __html__(self) -> Markup:
        return self.html

    def _repr_html_(self) -> str:
        return str(self.html)

    def _repr_mimebundle_(self, **_) -> dict:
        return {
            "text/html": str(self.html),
            "text/plain": self.text,
            MIME: {"records": [dict(record) for record in self.records]},
        }

    def __repr__(self) -> str:
        return self.text


@dataclass
class _Session:
    """Numbering and output folder of the notebook that is running."""

    output: Path | None = None
    numbers: dict[str, list[str]] | None = None
    quoted: Counter = field(default_factory=Counter)


_session = _Session()


def begin(output: str | Path | None = None) -> None:
    """Start a report: number from 1 again and write files under `output`.

    Parameters
    ----------
    output : path, optional
        Default `reports/lab` below the working folder. A build sets the folder itself
        (environment variable `POLICYTEXT_OUTPUT`) and wins; a notebook passes `reports/<study>`
        for the sake of JupyterLab.

    >>> begin("reports/mine")
    """
    _session.output = Path(output) if output is not None else None
    _session.numbers = {}
    _session.quoted = Counter()


def output_directory() -> Path:
    """Folder that receives `figures/` and `tables/` of the running report."""
    return Path(os.environ.get(OUTPUT_VARIABLE) or _session.output or Path("reports") / "lab")


def quoted() -> Counter:
    """Snippets shown so far in the running report, by document."""
    return _session.quoted


def number_of(kind: str, name: str, *, is_file: bool = False) -> int:
    """Number of `name` among its kind; in the lab a cell run twice keeps its number.

    Parameters
    ----------
    kind : {"figure", "table", "finding"}
    name : str
    is_file : bool
        Whether the name becomes a file, so that a build may use it only once.

    Raises
    ------
    ValueError
        In a build, the name of a file used twice.

    >>> begin()
    >>> [number_of("table", name) for name in ("a", "b")]
    [1, 2]
    """
    _session.numbers = _session.numbers or {}
    names = _session.numbers.setdefault(kind, [])
    if OUTPUT_VARIABLE not in os.environ and name in names:
        return names.index(name) + 1
    if is_file and name in names:
        raise ValueError(
            attach_particle(f"이름 '{name}'", "을/를")
            + " 한 보고서에서 두 번 썼습니다. 다른 이름을 붙여 주세요."
        )
    names.append(name)
    return len(names)


def finding(sentence: str, *, level: int = 2) -> Block:
    """A heading that states a finding, listed in the table of contents and on the index page.

    Parameters
    ----------
    sentence : str
        The finding with its computed numbers. What follows a first colon stands below the
        heading; records keep the whole sentence.
    level : int
        Heading level, 2 to 4; level 1 is the report's title.

    >>> begin()
    >>> print(finding("A < B").html, end="")
    <h2 class="finding" id="finding-1">A &lt; B</h2>
    """
    if level not in (2, 3, 4):
        raise ValueError(f"제목 단계는 2, 3, 4 가운데 하나여야 하는데 {level}입니다.")
    number = number_of("finding", sentence)
    anchor = f"finding-{number}"
    heading, _, detail = sentence.partition(": ")
    is_quoted = any(heading.count(one) != heading.count(other) for one, other in ("‘’", "“”"))
    if is_quoted or not (heading and detail):  # the colon belongs to a title, or ends the text
        heading, detail = sentence, ""
    html = Markup('<h{0} class="finding" id="{1}">{2}</h{0}>\n').format(level, anchor, heading)
    if detail:
        html += Markup('<p class="finding-detail">{}</p>\n').format(detail)
    record = {"kind": "finding", "text": sentence, "anchor": anchor, "level": level}
    return Block(html, sentence, (record,))


def note(text: str) -> Block:
    """A caveat in plain text, set apart from the running text.

    Parameters
    ----------
    text : str
        Shown as it stands: no HTML, no Markdown.

    Returns
    -------
    Block

    >>> note("글이 3건뿐이다")
    글이 3건뿐이다
    """
    html = Markup('<div class="note" role="note"><p>{}</p></div>\n').format(text)
    return Block(html, text)


def sample_line(text: str) -> Markup:
    """A line that says what part of a whole is shown."""
    return Markup('<p class="sample">{}</p>').format(text)
