"""A result: one table with its sentence, its caption, its picture and its proof.

As the last value of a cell a result shows itself, in JupyterLab and in a report alike: finding,
figure, table; every row opens the sentences or documents that it counts. Its files go to the
report being built, or to a draft folder.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import csv
import gc
import io
import os
import re
import tomllib
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.transforms import Bbox
from PIL import Image

from policytext.faults import PolicyTextError, demand, known_values, whole
from policytext.korean import attach_particle, format_count
from policytext.report import evidence
from policytext.report.evidence import Fold, evidence_of
from policytext.report.inline import inline_svg
from policytext.study import ALPHA, PROCESSED
from policytext.texts.dates import date_told

MIME = "application/vnd.policytext+json"
OUTPUT_VARIABLE = "POLICYTEXT_OUTPUT"  # folder of the report being built; absent in the lab
SHARE_SAFE_VARIABLE = "POLICYTEXT_SHARE_SAFE"
ASSETS = Path(__file__).parents[1] / "assets"
ROW_LIMIT = 150  # rows of a figure written into the page, so that its marks open them
LIST_LIMIT = 50  # rows of a table without a figure; all of them are in the CSV
SVG_LIMIT = 300_000  # bytes; above it the page embeds the PNG instead
CSV_LIMIT = 15_000  # bytes; above it the page links the file beside it instead
HOVER_COLUMNS = 6  # of a row, said when its mark is pointed at
DOTS_PER_INCH = 300
SCREEN_PIXELS = 1_500  # width of a picture in a page
PARTS = ("finding", "figure", "table", "kept")
LEGEND = "범례"
NARROW = 4.4  # inches: letters of a figure are then readable on a phone of 390 pixels
NAME_WIDTH, NAME_LINE = 16, r"([^\n]{1,16})(?:[ \n]|$)"  # of a row's name there
PARTICLES = {"eun": "은/는", "i": "이/가", "eul": "을/를", "gwa": "과/와", "ro": "으로/로",
             "ira": "이라/라", "ida": "이다/다"}  # fmt: skip
# What may be passed on: no bodies, short quotations, few of them from one document.
SHARED_WIDTH, SHARED_PER_DOCUMENT = 40, 3
SHARE_RULE = (
    f"공유용: 본문을 싣지 않고, 근거는 앞뒤 {SHARED_WIDTH}자까지, 한 장에서 글 하나에 "
    f"{SHARED_PER_DOCUMENT}곳까지만 보인다"
)
_quoted: Counter = Counter()  # quotations shown by this process: one chapter
if OUTPUT_VARIABLE in os.environ:
    # A chapter's kernel: what is loaded stays, and at its end nothing need be looked for.
    gc.freeze()
    atexit.register(gc.freeze)


@dataclass(frozen=True, eq=False)
class Result:
    """A table that shows itself; written to ``tables/<file>.csv``, its view to ``figures/``.

    `name` is that of its sentence and caption (macros of ``findings.j2`` and ``captions.j2``, with
    ``_`` for ``-``) and, unless `file` says otherwise ("" writes none), of its files. `view` are
    the rows drawn and shown, if not all. `by` is the key of a row's evidence in `corpus`: with
    ``term`` sentences, else documents; `places`, `evidence_n`, `rule` as `places`, `n`, `rule` of
    :func:`policytext.report.evidence.evidence_of`. `facts` is what sentence and caption tell beside
    the table; ``facts["drawing"]`` goes to ``draw(view, ax=None, **drawing) -> Axes``, and
    ``facts["is_null"]`` says whether it tells nothing sure (else a table's ``q`` do). `columns` are
    shown in order, by default those that ``columns.toml`` knows. `level` is that of the heading, 2
    to 4; 0 shows a note. `shown` rows are seen at once; more fold. `parts` are of ``finding,
    figure, table, kept``; a table stands open where there is no figure, and ``kept`` only links the
    CSV. `more` is shown after it.

    >>> result = Result("example", pd.DataFrame({"term": ["창업"], "n": [3]}), file="")
    >>> result.caption
    '보기 (1행)'
    """

    name: str
    table: pd.DataFrame
    corpus: object = None
    view: pd.DataFrame | None = None
    by: tuple[str, ...] = ()
    places: pd.DataFrame | None = None
    evidence_n: int = 2
    rule: str = ""
    facts: dict = field(default_factory=dict)
    draw: Callable | None = None
    columns: tuple[str, ...] = ()
    level: int = 2
    shown: int = 10
    parts: tuple[str, ...] = ("finding", "figure", "table")
    file: str | None = None
    more: Sequence[Result] = ()

    def __post_init__(self) -> None:
        set_ = partial(object.__setattr__, self)
        set_("view", self.table if self.view is None else self.view)
        set_("file", self.name if self.file is None else self.file)
        set_("more", tuple(self.more))
        if self.file and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,60}", self.file):
            raise PolicyTextError(
                f"{attach_particle(f'이름 ‘{self.file}’', '은/는')} 파일 이름으로 쓸 수 없습니다. "
                "영어 소문자, 숫자, 붙임표만 써 주세요."
            )

    @cached_property
    def finding(self) -> str:
        """The sentence that the table proves; "" where there is nothing to say."""
        return say("findings", self.name, self)

    @cached_property
    def caption(self) -> str:
        """What is shown, n, period, method and interval."""
        return say("captions", self.name, self)

    @cached_property
    def alt(self) -> str:
        """The figure in words: the finding, if ``captions.j2`` has no ``<name>_alt``."""
        return say("captions", f"{self.name}-alt", self) or self.finding or self.caption

    def plot(self, ax: plt.Axes | None = None) -> plt.Axes:
        """Draw the figure, on the Axes given or on its own, and return the Axes."""
        if self.draw is None:
            raise PolicyTextError(f"결과 ‘{self.name}’에는 그림이 없습니다. table을 보세요.")
        return self.draw(self.view, ax=ax, **self.facts.get("drawing", {}))

    def only(self, *parts: str, **changes) -> Result:
        """The same result, of which only some parts are shown."""
        known_values(parts, PARTS, "결과의 부분")
        return replace(self, parts=parts or self.parts, **changes)

    def top(self, n: int) -> Result:
        """The same result with the first `n` rows (of each administration) in view."""
        n, view = whole(n, "top()의 행 수", 1), self.view
        has_groups = "administration" in view and "administration" in self.by
        view = view.groupby("administration", sort=False).head(n) if has_groups else view.head(n)
        return replace(self, view=view.reset_index(drop=True))

    def evidence(self, *key, n: int = 10_000) -> pd.DataFrame:
        """Quotations behind the rows with this key (in order of `by`); PolicyTextError: none."""
        if not self.by:
            raise PolicyTextError(f"결과 ‘{self.name}’의 행에는 열어 볼 글이 없습니다.")
        rows, n, most = self.table, whole(n, "n"), len(self.by)
        expected = f"evidence()에 줄 값은 {', '.join(self.by)} {most}개까지여"
        demand(len(key) <= most, expected, len(key), "남는 값을 빼세요.")
        for name, value in zip(self.by, key, strict=False):
            known_values([value], rows[name].unique(), f"결과 ‘{self.name}’의 열 {name}에 값")
            rows = rows[rows[name] == value]
        found = self._folds(rows.head(ROW_LIMIT), n)
        return pd.concat([fold.quotes for folds in found for fold in folds], ignore_index=True)

    def __add__(self, other: Result) -> Result:
        return replace(self, more=(*self.more, other))

    def __repr__(self) -> str:
        text = f"{self.finding}\n{self.view.to_string(max_rows=self.shown)}"
        return "\n".join([text.strip(), *map(repr, self.more)])

    def _repr_html_(self) -> str:
        return self._repr_mimebundle_()["text/html"]

    def _repr_mimebundle_(self, **_) -> dict:
        shown = [self._shown(), *(other._repr_mimebundle_() for other in self.more)]
        records = [record for part in shown for record in part[MIME]["records"]]
        return {
            "text/html": "".join(part["text/html"] for part in shown),
            "text/plain": repr(self),
            MIME: {"records": records},
        }

    def _shown(self) -> dict:
        """HTML of its own parts, and the records that index and manifest need."""
        is_empty, records = self.view.empty, []
        is_unsure = not self.draw and "q" in self.view and not (self.view["q"] < ALPHA).any()
        is_null = self.facts.get("is_null", is_unsure)  # then it is only named, with its CSV
        anchor = self.file or self.name
        number = f" №{anchor}" if OUTPUT_VARIABLE in os.environ else ""  # by the page, in its order
        parts = {"anchor": anchor, "number": number}
        if "finding" in self.parts and self.finding:
            is_note = is_empty or not self.level
            head, detail = (self.finding, "") if is_note else parted(self.finding)
            parts["finding"] = {"head": head, "detail": detail, "is_note": is_note}
            if not is_note:
                own = {"text": self.finding, "level": self.level, "anchor": f"finding-{anchor}"}
                records.append({"kind": "finding", **own, "result": self.name})
        has_figure = bool(self.draw) and "figure" in self.parts and not (is_empty or is_null)
        about = {"name": self.file or None, "rows": len(self.view), "result": self.name}
        if not is_empty and {"figure", "table"} & set(self.parts):
            parts["table"] = self._table("figures" if has_figure else "tables")
            about["caption"] = self.caption
        if has_figure:
            parts["figure"] = self._figure(anchor)
            about |= {"alt": self.alt, "drawn_by": parts["figure"]["drawn_by"]}
            records.append({"kind": "figure", **about})
        elif "table" in parts and is_null:
            parts["null"] = parts.pop("table")
            records += [{"kind": "kept", **about}] if self.file else []
        elif "table" in parts:
            records.append({"kind": "table", **about})
        is_kept = "kept" in self.parts or (has_figure and self.view is not self.table)
        if is_kept and len(self.table):
            what = say("captions", f"{self.name}-kept", self) or "전체 표"
            parts["kept"] = {"rows": len(self.table), "caption": what, "result": self.name}
            self._write("tables", "csv", csv_bytes(self.table))
            parts["place"] = f"tables/{anchor}.csv"
            if not number:  # from the notebook in the lab, which may lie on another drive
                with contextlib.suppress(ValueError):
                    parts["place"] = Path(os.path.relpath(self._path("tables", "csv"))).as_posix()
            records.append({"kind": "kept", "name": self.file, **parts["kept"]})
        for kind in ("headline", "warning", "opening"):  # what leads an index, or its chapter
            records += [{"kind": kind, **one} for one in self.facts.get(f"{kind}s", ())]
        if "facts" in self.facts:  # conditions of the run
            records.append({"kind": "methods", "facts": self.facts["facts"]})
        html = template("result.html.j2").render(result=self, **parts)
        return {"text/html": html, MIME: {"records": records}}

    def svg(self) -> str:
        """The figure as part of a page; a mark's link ends in ``-r`` and the number of its row."""
        figure = self._panels()[0].figure
        content = _saved(figure, "svg", None, "none")
        plt.close(figure)
        return inline_svg(content, alt=self.alt, **self._marks(self.name))

    def _figure(self, anchor: str) -> dict:
        panels = self._panels()
        figure, box = panels[0].figure, _box(panels[0].figure)
        files = {ending: _saved(figure, ending, box) for ending in ("svg", "png")}
        for ending, content in files.items():
            self._write("figures", ending, content)
        n_columns = len({round(panel.get_position().x0, 2) for panel in panels})
        axes = {"가로": figure.get_supxlabel(), "세로": figure.get_supylabel()}
        axes = [f"{name}: {label}" for name, label in axes.items() if label and n_columns > 1]
        axes, marks = " · ".join(axes), self._marks(anchor)
        drawn = (panels_apart if n_columns > 1 else wide_and_narrow)(panels, self.alt)
        if OUTPUT_VARIABLE not in os.environ:  # JupyterLab has no style for phones, and takes
            marks["n_linked"], axes = 0, ""  # any HTML with a link in an SVG for an error
            drawn = [("wide", self.alt, box)]
        parts = [
            inline_svg(_saved(figure, "svg", box, "none"), part=part, alt=alt, **marks)
            for part, alt, box in drawn
        ]
        plt.close(figure)
        about = {"drawn_by": figure.get_label().split()}
        if len("".join(parts)) > SVG_LIMIT:
            return about | {"src": data_uri("image/png", _for_screens(files["png"]))}
        return about | {"svg": Markup("".join(parts)), "axes": axes, "n_columns": n_columns}

    def _panels(self) -> np.ndarray:
        """Axes drawn and laid out anew, whose marks have the numbers of the rows in view."""
        with plt.rc_context({"figure.dpi": DOTS_PER_INCH}):  # as it is saved
            panels = np.ravel(replace(self, view=self.view.reset_index(drop=True)).plot())
        panels[0].figure.set_layout_engine(None)  # it is laid out
        return panels

    def _marks(self, anchor: str) -> dict:
        return {"name": anchor, "rows": self._hovers(), "n_linked": min(len(self.view), ROW_LIMIT)}

    def _forms(self) -> list[dict]:
        """The columns shown, in order, each with its header and format."""
        names = self.columns or [name for name in self.view if name in _columns()]
        missing = [name for name in names if name not in self.view]
        if missing:
            raise PolicyTextError(
                f"결과 ‘{self.name}’에 없는 열을 골랐습니다: {', '.join(missing)}. "
                f"있는 열은 {', '.join(map(str, self.view.columns))}입니다."
            )
        return [column(name, self.name, self.view[name]) for name in names]

    def _hovers(self) -> list[str]:
        """Each row in words, for its mark in the figure."""
        forms = self._forms()[:HOVER_COLUMNS]
        rows = zip(*(self.view[form["key"]] for form in forms), strict=True)
        return [" · ".join(map(_told, row, forms)) for row in rows]

    def _table(self, folder: str) -> dict:
        content = csv_bytes(self.view if folder == "figures" else self.table)
        self._write(folder, "csv", content)
        limit = ROW_LIMIT if folder == "figures" else LIST_LIMIT
        view = self.view.head(limit)
        columns = self._forms()
        cells = [[written(value, form) for value in view[form["key"]]] for form in columns]
        folds = self._folds(view, self.evidence_n) if self.by else None
        is_long = self.file and OUTPUT_VARIABLE in os.environ and len(content) > CSV_LIMIT
        return {
            "columns": columns,
            "rows": list(zip(*cells, strict=True)),
            "evidence": folds and [[shareable_fold(fold) for fold in row] for row in folds],
            "caveats": view["caveat"].tolist() if "caveat" in view else [""] * len(view),
            "n_rows": len(self.view),
            "limit": limit,
            "csv": f"{folder}/{self.file}.csv" if is_long else data_uri("text/csv", content),
        }

    def _folds(self, rows: pd.DataFrame, n: int) -> list[list[Fold]]:
        return evidence_of(rows, self.by, self.corpus, places=self.places, n=n, rule=self.rule)

    def _path(self, folder: str, ending: str) -> Path:
        draft = PROCESSED / "draft" / (self.corpus.study.name if self.corpus else "")
        return Path(os.environ.get(OUTPUT_VARIABLE, draft)) / folder / f"{self.file}.{ending}"

    def _write(self, folder: str, ending: str, content: bytes) -> None:
        if not self.file:
            return
        path = self._path(folder, ending)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _saved(figure: plt.Figure, ending: str, box: Bbox | None, fonttype: str = "path") -> bytes:
    """A file of the figure; without a date and with a fixed salt always the same bytes."""
    buffer = io.BytesIO()
    about = {"Date": None} if ending == "svg" else None
    with plt.rc_context({"svg.fonttype": fonttype, "svg.hashsalt": "policytext"}):
        figure.savefig(buffer, format=ending, dpi=DOTS_PER_INCH, metadata=about, bbox_inches=box)
    return buffer.getvalue()


def _box(figure: plt.Figure) -> Bbox:
    """What a figure fills of its sheet, in inches, and a margin."""
    return figure.get_tightbbox().padded(plt.rcParams["savefig.pad_inches"])


def wide_and_narrow(panels: Sequence[plt.Axes], alt: str) -> Iterator[tuple[str, str, Bbox]]:
    """The whole figure as it was drawn, then laid out again for a phone.

    There the names of rows break into lines, ticks that would run into each other stand aslant,
    and a map without axes grows in height. Yields as :func:`panels_apart` does.
    """
    figure = panels[0].figure
    yield "wide", alt, _box(figure)
    figure.set_layout_engine("constrained")
    figure.set_figwidth(NARROW)
    if len(panels) == 1 and not len(panels[0].get_xticks()):
        figure.set_figheight(1.7 * figure.get_figheight())
    for panel in panels:
        names = [label.get_text() for label in panel.get_yticklabels()]
        if max(map(len, names), default=0) > NAME_WIDTH:
            lines = [re.sub(NAME_LINE, r"\1\n", name).strip() for name in names]
            panel.set_yticklabels(lines, fontsize=8.5, linespacing=1.15)
            n_lines = len("\n".join(lines).split("\n"))
            figure.set_figheight(max(figure.get_figheight(), 1 + 0.18 * n_lines))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # names that leave no room beside them
        figure.draw_without_rendering()
        for panel in panels:
            ticks = panel.get_xticklabels()
            if sum(tick.get_window_extent().width for tick in ticks) > 0.9 * panel.bbox.width:
                panel.tick_params(axis="x", labelrotation=60)
        figure.draw_without_rendering()
    figure.set_layout_engine(None)
    yield "narrow", alt, _box(figure)


def panels_apart(panels: Sequence[plt.Axes], alt: str) -> Iterator[tuple[str, str, Bbox]]:
    """Leave one panel after another visible, where they stand side by side.

    A narrow page sets them below each other. Yields the name of each part, the picture in
    words, and its part of the sheet in inches; the panels' own frames are as wide as each other
    and stand in line. What the axes mean is said once, beside them.
    """
    figure = panels[0].figure
    for panel in panels:
        panel.tick_params(labelbottom=True, labelleft=True)
    for text in figure.texts:
        text.set_visible(False)
    frames = np.array([panel.get_window_extent().extents for panel in panels])
    whole = np.array([panel.get_tightbbox().extents for panel in panels])
    whole[:, 0] = frames[:, 0] - (frames - whole)[:, 0].max()
    whole[:, 2] = frames[:, 2] + (whole - frames)[:, 2].max()
    parts = [(legend, LEGEND, None) for legend in figure.legends]
    for panel, box in zip(panels, whole / figure.dpi, strict=True):
        parts.append((panel, panel.get_title(loc="left"), Bbox.from_extents(box).padded(0.04)))
    for part, (shown, name, box) in enumerate(parts):
        for artist, *_ in parts:
            artist.set_visible(artist is shown)
        yield f"panel{part}", alt if shown is panels[0] or not name else name, box or _box(figure)


def parted(text: str) -> tuple[str, str]:
    """A claim and what is told beside it, after its first colon or sentence outside quotations.

    >>> parted("둘이 다르다: 12%와 9%다"), parted("‘정책: 창업’이 는다. 글은 9건이다.")
    (('둘이 다르다', '12%와 9%다'), ('‘정책: 창업’이 는다', '글은 9건이다.'))
    """
    for end in re.finditer(r": |(?<=다)\. ", text):
        head = text[: end.start()]
        if all(head.count(one) == head.count(other) for one, other in ("‘’", "“”")):
            return head, text[end.end() :]
    return text, ""


def _for_screens(png: bytes) -> bytes:
    """A picture no wider than a page shows it sharp, in 128 colours."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.thumbnail((SCREEN_PIXELS, picture.height))
    content = io.BytesIO()
    picture.quantize(128).save(content, "png", optimize=True)
    return content.getvalue()


def say(file: str, name: str, result: Result) -> str:
    """The text of a macro of ``assets/<file>.j2``, on one line; "" where there is none."""
    macro = getattr(template(f"{file}.j2").module, name.replace("-", "_"), None)
    return " ".join(str(macro(result)).split()) if macro else ""


@cache
def template(name: str) -> jinja2.Template:
    """A template of ``assets``, with the filters of Korean sentences; HTML is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS),
        bytecode_cache=jinja2.FileSystemBytecodeCache(),
        autoescape=name.endswith(".html.j2"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        short: lambda word, form=form: attach_particle(str(word), form)
        for short, form in PARTICLES.items()
    }
    environment.filters |= {
        "n": format_count,
        "pct": lambda share, places=1: f"{share:.{places}%}",
        "q": small_p,
        "dec": lambda value, places=2: f"{value:,.{places}f}",
        "size": lambda value: f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}",
        "quoted": lambda word: f"‘{word}’",
        "parted": parted,
        "join_dot": " · ".join,
        "day": lambda date: f"{date:%Y-%m-%d}",
    }
    environment.tests |= {"missing": pd.isna, "web": is_web}
    environment.globals |= {"ALPHA": ALPHA, "zip": zip, "source_line": source_line}
    return environment.get_template(name)


def small_p(p: float) -> str:
    """A p or q as readers see it.

    >>> small_p(0.0004), small_p(0.0317)
    ('<0.001', '0.032')
    """
    return "<0.001" if p < 0.001 else f"{p:.3f}"


@cache
def _columns() -> dict:
    return tomllib.loads((ASSETS / "columns.toml").read_text(encoding="utf-8"))


def header(name: str, result: str) -> str:
    """The header of a column of a file, also of one that no page shows.

    >>> header("n", "keyness-of"), header("doc_id", "documents")
    ('번', '글 번호')
    """
    return _columns()["only-in-files"].get(name) or _entry(name, result)["header"]


def column(name: str, result: str, values: pd.Series) -> dict:
    """How a column is headed and written: the catalogue's entry, where need be of one result."""
    entry = _entry(name, result)
    is_number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if pd.api.types.is_integer_dtype(values) and "d" not in entry.get("format", ""):
        entry.pop("format", None)  # whole numbers need no decimals
    return {"key": name, "format": "", "is_number": is_number} | entry


def _entry(name: str, result: str) -> dict:
    entry = _columns().get(name, name)
    entry = {"header": entry} if isinstance(entry, str) else dict(entry)
    own = entry.pop(result, {})
    return {"header": name} | entry | ({"header": own} if isinstance(own, str) else own)


def written(value: object, form: dict) -> str:
    """A cell as readers see it: thousands separators, dates, a dash for what is missing.

    >>> written(1234, {"format": ""}), written(0.0001, {"format": "p"}), written(None, {})
    ('1,234', '<0.001', '–')
    """
    if np.ndim(value) == 0 and pd.isna(value):
        return "–"
    if isinstance(value, str):
        value = form.get("names", {}).get(value, value)
        return shorten(value) if is_share_safe() else value
    if value in (float("inf"), float("-inf")):
        return "∞" if value > 0 else "-∞"
    if form["format"] == "p":
        return small_p(value)
    if form["format"]:
        return format(value, form["format"])
    if isinstance(value, bool | np.bool_):
        return "예" if value else "아니요"
    if isinstance(value, int | np.integer):
        return f"{value:,}"
    if isinstance(value, float | np.floating):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def _told(value: object, form: dict) -> str:
    return f"{form['header']} {written(value, form)}" if form["is_number"] else written(value, form)


def csv_bytes(table: pd.DataFrame) -> bytes:
    """UTF-8 with BOM (Excel reads it as Korean); cells cannot become formulas.

    >>> csv_bytes(pd.DataFrame({"term": ["=1"], "n": [2]})).decode("utf-8-sig")
    "term,n\\n'=1,2\\n"
    """
    table = table.reset_index() if table.index.names != [None] else table
    if is_share_safe():
        table = shareable(table)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([_cell(name) for name in table])
    writer.writerows(zip(*(_column_cells(table[name]) for name in table), strict=True))
    return buffer.getvalue().encode("utf-8-sig")


def _column_cells(values: pd.Series) -> Iterable:
    """:func:`_cell` of each value; of texts, days and categories each different one is met once."""
    if pd.api.types.is_numeric_dtype(values):
        return values.astype(object).where(values.notna(), "")
    if values.dtype == object and pd.api.types.infer_dtype(values) != "string":
        return map(_cell, values)  # of several types, of which some compare as equal
    codes, found = pd.factorize(values)
    return np.array([*map(_cell, found), ""], dtype=object)[codes]


def _cell(value: object) -> object:
    """Missing is empty; a day is a day; what a spreadsheet would take for a formula is quoted.

    >>> [_cell(value) for value in ("=1", " ＠a", "-1,000.5", "%", "%a", "가")]
    ["'=1", "'＠a", '-1,000.5', '%', "'%a", '가']
    """
    if np.ndim(value) == 0 and pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    if not isinstance(value, str):
        return value
    # Spreadsheets skip blanks, read wide signs, and take a sign alone or a number for what it is.
    bare = re.sub(r"^[\s\x00-\x1f]+(?=[=+\-@|%＝＋－＠])", "", value)
    is_formula = re.match(r"(?!-[\d,.]+$)[=+\-@|%＝＋－＠].", bare, re.DOTALL)
    return f"'{bare}" if is_formula else bare


def data_uri(mime: str, content: bytes) -> str:
    """Bytes as an address that needs no file.

    >>> data_uri("text/csv", b"a")
    'data:text/csv;base64,YQ=='
    """
    return f"data:{mime};base64,{base64.b64encode(content).decode('ascii')}"


def is_web(url: object) -> bool:
    """Whether an address is plain http(s) with a host: only such become links."""
    try:
        parts = urlsplit(url.strip()) if isinstance(url, str) else None
    except ValueError:
        return False
    return bool(parts and parts.scheme in ("http", "https") and parts.netloc)


def is_share_safe() -> bool:
    """Whether the report being built may be passed on."""
    return os.environ.get(SHARE_SAFE_VARIABLE) == "1"


def shorten(text: str, longest: int = 3 * SHARED_WIDTH) -> str:
    """Cut a text at its end.

    >>> shorten("가나다라", 3)
    '가나…'
    """
    return text if len(text) <= longest else text[: longest - 1] + "…"


def shareable(table: pd.DataFrame) -> pd.DataFrame:
    """A table without bodies: their columns dropped, every other long text cut."""
    table = table.drop(columns="text", errors="ignore")
    if {"before", "match", "after"} <= set(table.columns):
        table = _snippets(table, Counter())
    return table.map(lambda value: shorten(value) if isinstance(value, str) else value)


def shareable_fold(fold: Fold) -> Fold:
    """Quotations as they may be shown, each with its source line."""
    if not is_share_safe():
        return fold
    rule = f"{fold.rule}, 공유용이라 글마다 몇 곳만"
    return fold._replace(quotes=_snippets(fold.quotes, _quoted), rule=rule)


def _snippets(quotes: pd.DataFrame, quoted: Counter) -> pd.DataFrame:
    """Quotations cut on both sides, few from one document; `quoted` is counted on."""
    place = quotes.groupby("doc_id").cumcount() + [quoted[one] for one in quotes["doc_id"]]
    quoted.update(quotes["doc_id"])
    kept = quotes[place < SHARED_PER_DOCUMENT]
    return kept.assign(
        before=kept["before"].astype(str).str[-SHARED_WIDTH:],
        match=[shorten(str(match), SHARED_WIDTH) for match in kept["match"]],
        after=kept["after"].astype(str).str[:SHARED_WIDTH],
    )


def source_line(quote: dict) -> str:
    """Date, administration, publisher and number of the document of a quotation."""
    facts = [date_told(quote), quote["administration"], quote["publisher"], quote["doc_id"]]
    return " · ".join(str(fact) for fact in facts if not pd.isna(fact) and str(fact))


def occurrences(name: str, corpus, *results: Result) -> Result:
    """Every term that `results` show, document by document: what their counts add up from."""
    terms = [term for result in results for term in _terms(result)]
    table = evidence.occurrences(corpus.documents, corpus.tokens, terms)
    return Result(name, table, corpus, parts=("kept",))


def _terms(result: Result) -> Iterable[str]:
    for name in ("term", "term_from", "term_to", "series"):
        if name in result.view:
            yield from result.view[name].astype(str)
    for other in result.more:
        yield from _terms(other)
