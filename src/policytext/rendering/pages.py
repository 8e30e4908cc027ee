"""An executed notebook into one self-contained, sanitised HTML page."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from markupsafe import Markup

from policytext.rendering import sharing

TEMPLATES = Path(__file__).parents[1] / "templates"
ASSETS = Path(__file__).parents[1] / "assets"
N_ANSWERS = 5  # findings at the head of a page
TAGS = set(
    "a b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 h3 "
    "h4 h5 h6 hr i img li mark ol p pre s small span strong sub summary sup table tbody td "
    "tfoot th thead tr ul".split()
)
ATTRIBUTES = {
    "*": {"id", "class", "lang", "title", "role", "aria-label", "tabindex"},
    "a": {"href", "download"},
    "img": {"src", "alt"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "ol": {"start"},
    "details": {"open"},
}


@dataclass(frozen=True)
class Report:
    """One built page: where it came from and what the index and manifest say about it."""

    file: str
    title: str
    notebook: str
    sha256: str
    records: tuple[Mapping, ...] = ()

    def of(self, kind: str) -> list[dict]:
        """Records of one kind (`finding`, `figure`, `table`, `methods`), in order."""
        return [
            {key: value for key, value in record.items() if key != "kind"}
            for record in self.records
            if record["kind"] == kind
        ]

    @property
    def findings(self) -> list[dict]:
        return self.of("finding")


def headline(findings: list[dict], n: int = N_ANSWERS) -> list[dict]:
    """The findings that stand for a chapter: those of whole sections first, in reading order.

    >>> rows = [{"text": "a", "level": 3}, {"text": "b", "level": 2}, {"text": "c", "level": 3}]
    >>> [row["text"] for row in headline(rows, 2)]
    ['a', 'b']
    """
    ranked = sorted(range(len(findings)), key=lambda place: (findings[place]["level"], place))
    return [findings[place] for place in sorted(ranked[:n])]


def notebook_page(notebook, report: Report, plan: list[Report], study) -> str:
    """HTML of one report.

    Parameters
    ----------
    notebook : NotebookNode
        Executed.
    report : Report
    plan : list of Report
        All reports of the study in order, for the links between them.
    study : object with `name`, `title`, `question`
    """
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    exporter = HTMLExporter(
        template_name="policytext",
        extra_template_basedirs=[str(TEMPLATES)],
        config=Config(
            {
                "HTMLExporter": {"exclude_anchor_links": True, "filters": {"arrange": _arrange}},
                "NbConvertBase": {
                    "display_data_priority": ["text/html", "text/markdown", "text/plain"]
                },
                "TagRemovePreprocessor": {
                    "enabled": True,
                    "remove_input_tags": {
                        "hide",
                        "hide-input",
                        "parameters",
                        "injected-parameters",
                    },
                    "remove_all_outputs_tags": {"hide-output"},
                    "remove_cell_tags": {"desk"},  # what only helps in JupyterLab
                },
            }
        ),
    )
    place = [other.file for other in plan].index(report.file)
    page = {
        "file": report.file,
        "title": report.title,
        "notebook": report.notebook,
        "study": study,
        "others": plan,
        "findings": headline(report.findings),
        "note": getattr(study, "report", {}).get("note", ""),
        "rule": sharing.RULE if sharing.is_safe() else "",
        "style": style(),
        "script": script(),
        "previous": plan[place - 1] if place else None,
        "next": plan[place + 1] if place + 1 < len(plan) else None,
    }
    return exporter.from_notebook_node(notebook, resources={"page": page})[0]


def _arrange(html: str) -> dict:
    """Sanitise the cells' HTML; give it one outline, scoped tables and no loose picture.

    Returns
    -------
    dict
        `html` (str) and `outline`, a list of `level`, `anchor`, `text`.
    """
    import nh3
    from bs4 import BeautifulSoup

    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel=None,
    )
    soup = BeautifulSoup(clean, "html.parser")
    for image in soup.find_all("img"):
        if not image.get("src") or image.find_parent("figure") is None:
            image.decompose()
    for link in soup.find_all("a", href=re.compile("^https?:")):
        link["rel"] = "noopener noreferrer"
    first = soup.find("h1")
    if first is not None:
        first.decompose()
    for bare in soup.find_all("table"):
        if bare.find_parent(class_="scroll") is None:
            _frame_table(soup, bare)
    for empty in soup.find_all("div", class_="prose"):
        if not empty.get_text(strip=True):
            empty.decompose()
    if sharing.is_safe():
        _cut_long_texts(soup)
    _merge_code(soup)
    outline = _outline(soup)  # gives the headings their anchors, so it comes before the text
    return {"html": str(soup), "outline": outline}


def _attribute(element: str, attribute: str, value: str) -> str | None:
    """Pictures only from inside the file; data links only to CSV and pictures."""
    if element == "img" and attribute == "src":
        return value if re.match(r"data:image/(svg\+xml|png);base64,", value) else None
    if element == "a" and attribute == "href" and value.strip().lower().startswith("data:"):
        allowed = re.match(r"data:(text/csv|image/svg\+xml|image/png);base64,", value)
        return value if allowed else None
    return value


def _frame_table(soup, bare) -> None:
    """A table that a cell showed as it is: scopes, and a scrollable region with a name."""
    for head in bare.find_all("th"):
        if not head.get_text(strip=True):
            head.name = "td"
        else:
            head["scope"] = "col" if head.find_parent("thead") else "row"
    bare.wrap(
        soup.new_tag(
            "div", attrs={"class": "scroll", "tabindex": "0", "role": "region", "aria-label": "표"}
        )
    )


def _cut_long_texts(soup) -> None:
    """What cells print or show as they are is cut like everything else that may be passed on."""
    for text in soup.find_all(string=lambda text: len(text) > sharing.LONGEST):
        if text.find_parent(["td", "th", "pre"]) and not text.find_parent(class_="code"):
            text.replace_with(sharing.shorten(text))


def _merge_code(soup) -> None:
    """Folds of code with nothing to see between them become one."""
    for fold in soup.find_all("details", class_="code"):
        above = fold.find_previous_sibling()
        if above is None or above.name != "details" or "code" not in above.get("class", []):
            continue
        for part in fold.find_all(recursive=False):
            if part.name != "summary":
                above.append(part.extract())
        fold.decompose()


def _outline(soup) -> list[dict]:
    """Levels without gaps and unique anchors for every heading of the body."""
    outline, taken, above = [], set(), 1
    for heading in soup.find_all(re.compile("^h[1-6]$")):
        text = heading.get_text(" ", strip=True)
        level = min(max(int(heading.name[1]), 2), above + 1)
        above = level
        slug = heading.get("id") or re.sub(r"[^\w]+", "-", text).strip("-") or "section"
        others = (f"{slug}-{number}" for number in count(2))
        anchor = next(name for name in chain([slug], others) if name not in taken)
        taken.add(anchor)
        heading.name, heading["id"] = f"h{level}", anchor
        if level <= 3:
            outline.append({"level": level, "anchor": anchor, "text": text})
    return outline


def style() -> Markup:
    """The style sheet with its fonts inside."""
    faces = []
    for weight, name in ((400, "regular"), (700, "bold")):
        font = (ASSETS / f"policytext-sans-{name}.woff2").read_bytes()
        data = base64.b64encode(font).decode("ascii")
        faces.append(
            f'@font-face {{ font-family: "PolicyText Sans"; font-weight: {weight}; '
            f'src: url("data:font/woff2;base64,{data}") format("woff2"); }}'
        )
    sheet = (TEMPLATES / "policytext" / "report.css").read_text(encoding="utf-8")
    return Markup("\n".join([*faces, sheet]))


def script() -> dict:
    """The page's only script, and its SHA-256 for the Content-Security-Policy.

    >>> sorted(script())
    ['sha256', 'text']
    """
    text = (ASSETS / "report.js").read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return {"text": Markup(text), "sha256": base64.b64encode(digest).decode("ascii")}
