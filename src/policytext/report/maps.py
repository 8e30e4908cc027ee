"""Tidy table in, Axes out: what is placed by time, by nearness or by where it lies."""

from collections.abc import Sequence
from itertools import cycle, product

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize, to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator, PercentFormatter

from policytext.report import charts
from policytext.report.charts import ACCENT, ALPHA, CROWD, INK, MUTED, WIDTH, Colours, drawing
from policytext.report.inline import HEAT

PANEL_INCHES, LOW_INCHES = 1.35, 1.0  # of more than eight panels each is lower
LABEL_INCHES = 0.13  # of a syllable above the shading
UNITS = {"rate": "1만 낱말에 나온 횟수", "share": "글(중복 묶음) 가운데 차지하는 비율"}
MARKERS = "osD^vPX*"
MANY_CELLS = 72
MONTH_BOX = {"facecolor": "white", "linewidth": 0, "pad": 0.6}
# Colour, shape of the box and its line together tell communities apart, never colour alone.
COMMUNITIES = list(product([("round", "-"), ("square", "--")], charts.TERM_INKS))
NOWHERE = "#848e9d"  # topics that lean to no administration
BROKEN = (0, (2, 2))
NO_DISCS = np.empty(0)
SIDES = np.array([(0, -1), (0, 1), (1, 0), (-1, 0)])  # of a disc, for its name
N_PUSHES, N_SHEETS = 400, 8  # tries to part words, and sizes of the sheet
PER_ROW = 4  # maps of tiles side by side
TWELVE_MONTHS = 360  # days of office
A_MONTH = pd.Timedelta(days=31)


@drawing("series", "administration", "period", "period_end", "value")
def timeline(
    table: pd.DataFrame,
    *,
    changes: pd.DataFrame | None = None,
    colours: Colours = None,
    unit: str = "rate",
    ax: Axes | None = None,
) -> np.ndarray:
    """One panel a series: its cells with intervals, governments shaded, changes marked.

    Full lines of `changes` are sure (q below 0.05), broken ones are not; thick horizontal lines are
    the levels between, from ``since`` to ``until``. An interval may go beyond the upper edge.
    `unit` is ``rate`` or ``share`` (0..1, written in percent). Dots grow with ``n_families``.

    >>> months = pd.date_range("2014-01-01", periods=3, freq="MS")
    >>> table = pd.DataFrame({"series": "창업", "administration": "가", "period": months,
    ...     "period_end": months + pd.offsets.MonthEnd(0), "value": [1.0, 2.0, 1.5]})
    >>> len(timeline(table))
    1
    """
    names = list(table["series"].unique())
    height = (PANEL_INCHES if len(names) <= 8 else LOW_INCHES) * len(names) + 0.8
    sheet, panels = charts.panels_for(ax, len(names), height=height, sharex=True)
    _shade(panels, table, colours)
    sizes = table["n_families"] / table["n_families"].max() if "n_families" in table else 0.2
    table = table.assign(size=8 + 60 * sizes)
    for panel, name in zip(panels, names, strict=True):
        rows = table[table["series"] == name].sort_values("period")
        _draw_cells(rows, panel)
        top = rows["value"].max()
        if changes is not None and (changes["series"] == name).any():
            own = changes[changes["series"] == name].sort_values("date")
            _draw_changes(rows, own, panel)
            top = max(top, own[["before", "after"]].max(axis=None)) * 1.25  # room for the dates
        _title_and_scale(panel, name, top, unit)
    sheet.supylabel(UNITS[unit], fontsize=10, color=MUTED)
    return panels


@drawing("term", "administration", "period", "period_end", "value")
def term_lines(table: pd.DataFrame, *, colours: Colours = None, ax: Axes | None = None) -> Axes:
    """One panel for several terms: a line a term and government, which no line leaves.

    `colours` are those of the governments behind them. Intervals of more than 72 periods would
    hide the lines and are not drawn.

    >>> months = pd.date_range("2014-01-01", periods=3, freq="MS")
    >>> table = pd.DataFrame({"term": "창업", "administration": ["가", "가", "나"], "value": 1.5,
    ...     "period": months, "period_end": months + pd.offsets.MonthEnd(0)})
    >>> len(term_lines(table).lines)
    2
    """
    ax, names = charts.axes_for(ax, height=2.9), list(table["term"].unique())
    _shade([ax], table, colours)
    inks = dict(zip(names, cycle(charts.TERM_INKS)))
    span = table["period_end"].max() - table["period"].min()
    if table["period"].nunique() > MANY_CELLS:
        table = table.drop(columns=["value_low", "value_high"], errors="ignore")
    for place, name in enumerate(names):
        rows = table[table["term"] == name].sort_values("period")
        step = place * 0.005 * span  # not one on another
        rows = rows.assign(**{day: rows[day] + step for day in ("period", "period_end")})
        for _, own in rows.groupby("administration", sort=False, observed=True):
            _draw_cells(own.assign(size=26), ax, inks[name])
    marks = [Line2D([], [], color=inks[name], marker="o", ms=5) for name in names]
    if len(names) > 1:
        ax.legend(marks, names, loc="upper left", ncols=len(names))
    _title_and_scale(ax, "", table["value"].max() * (1.15 if len(names) > 1 else 1), "rate")
    ax.set_ylabel(UNITS["rate"], color=MUTED)
    return ax


@drawing("series", "administration", "window", "office_days", "value", "value_low", "value_high")
def office_windows(
    table: pd.DataFrame, *, colours: Colours = None, unit: str = "rate", ax: Axes | None = None
) -> np.ndarray:
    """One panel a series: the same stretch of every term side by side, with intervals.

    Without days there is no dot, with few ``office_days`` a hollow one; `unit` as in `timeline`.

    >>> table = pd.DataFrame({"series": "창업", "administration": ["가", "나"], "window": 1,
    ...     "office_days": 365, "months": "1–12", "value": [0.1, 0.4], "value_low": 0.05, "value_high": 0.5})
    >>> [tick.get_text() for tick in office_windows(table)[0].get_xticklabels()]
    ['1–12']
    """
    names, groups = list(table["series"].unique()), charts.ordered(table["administration"])
    columns = 1 if len(groups) > CROWD else min(len(names), 2)
    size = {"columns": columns, "height": 1.85 * -(-len(names) // columns) + 0.7}
    sheet, panels = charts.panels_for(ax, len(names), **size)
    colour = charts.group_colours(groups, colours)
    aside = np.linspace(-0.28, 0.28, len(groups)) if len(groups) > 1 else [0]
    for panel, name in zip(panels, names, strict=True):
        rows = table[table["series"] == name]
        for place, (group, step) in enumerate(zip(groups, aside, strict=True)):
            own, look = rows[rows["administration"] == group], {"color": colour[group]}
            x = own["window"] + step
            panel.vlines(x, own["value_low"], own["value_high"], alpha=0.55, lw=2, **look)
            look |= {"marker": MARKERS[place % len(MARKERS)], "s": 30, "urls": charts.marks(own)}
            panel.scatter(x, own["value"], label=group, clip_on=False, zorder=3, **look)
            hole = own["value"].where(own["office_days"] < TWELVE_MONTHS)
            panel.scatter(x, hole, clip_on=False, zorder=4, **look | {"s": 9, "color": "white"})
        first = rows.drop_duplicates("window").sort_values("window")
        panel.set_xticks(first["window"], first["months"])
        panel.margins(x=0.1)
        panel.grid(axis="x", visible=False)
        _title_and_scale(panel, name, rows[["value", "value_high"]].max().max(), unit)
    legend, most = panels[0].get_legend_handles_labels(), 5 if columns > 1 else 4
    sheet.legend(*legend, loc="outside upper center", ncols=min(len(groups), most))
    sheet.supylabel(UNITS[unit], fontsize=10, color=MUTED)
    sheet.supxlabel("재임 개월", fontsize=10, color=MUTED)
    return panels


@drawing("administration", "topic", "label", "share", "share_low", "share_high")
def topic_shares(
    table: pd.DataFrame, *, colours: Colours = None, ax: Axes | None = None
) -> np.ndarray:
    """One panel a topic: its share in each administration, a row each, with intervals.

    With ``share_within, share_within_low, share_within_high`` (kinds of text alike) these are the
    full dots, and the shares as they are hollow ones.

    >>> table = pd.DataFrame({"administration": ["가", "나"], "topic": 1, "label": "창업",
    ...     "share": [0.2, 0.5], "share_low": 0.1, "share_high": 0.6})
    >>> [tick.get_text() for tick in topic_shares(table)[0].get_yticklabels()]
    ['가', '나']
    """
    groups, topics = charts.ordered(table["administration"]), sorted(table["topic"].unique())
    columns = min(len(topics), 2 if len(topics) <= 4 else 3 if len(groups) <= CROWD else 4)
    n_rows, row = -(-len(topics) // columns), 0.23 if len(groups) <= CROWD else 0.19
    size = {"columns": columns, "height": n_rows * (row * len(groups) + 0.55) + 0.5}
    sheet, panels = charts.panels_for(ax, len(topics), sharex=True, sharey=True, **size)
    colour = charts.group_colours(groups, colours)
    main = "share_within" if "share_within" in table else "share"
    for panel, topic in zip(panels, topics, strict=True):
        own = table[table["topic"] == topic]
        rows, inks = own["administration"].map(groups.index), own["administration"].map(colour)
        panel.hlines(rows, own[f"{main}_low"], own[f"{main}_high"], color=inks, alpha=0.55, lw=2)
        look = {"s": 34, "zorder": 3, "clip_on": False, "urls": charts.marks(own)}
        panel.scatter(own[main], rows, color=inks, **look)
        if main != "share":
            panel.scatter(own["share"], rows, s=34, facecolors="none", edgecolors=inks, zorder=2)
        charts.name_rows(panel, groups)
        panel.set_title(f"{topic}. {own['label'].iloc[0]}")
    panels[0].set_xlim(0, None)
    panels[0].xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    panels[0].xaxis.set_major_locator(MaxNLocator(4))
    sheet.supxlabel(UNITS["share"], fontsize=10, color=MUTED)
    return panels


def _shade(panels: Sequence[Axes], table: pd.DataFrame, colours: Colours) -> None:
    """Governments behind the cells of all panels, and their names above the first."""
    reigns = _reigns(table)
    colour = charts.group_colours(charts.ordered(table["administration"]), colours)
    for panel, reign in product(panels, reigns.itertuples()):
        shade = {"color": colour[reign.administration], "alpha": 0.13, "linewidth": 0}
        panel.axvspan(reign.start, reign.end, **shade)
    _name_reigns(panels[0], reigns)


def _reigns(table: pd.DataFrame) -> pd.DataFrame:
    """``administration, start, end`` of each unbroken run of cells of one administration."""
    cells = table.drop_duplicates(["period", "administration"]).sort_values("period")
    has_gap = (cells["period"] - cells["period_end"].shift()).dt.days > 1
    label = cells["administration"].astype(object)
    runs = cells.groupby(((label != label.shift()) | has_gap).to_numpy().cumsum())
    days = {"start": ("period", "min"), "end": ("period_end", "max")}
    return runs.agg(administration=("administration", "first"), **days)


def _draw_cells(rows: pd.DataFrame, ax: Axes, ink: str = ACCENT) -> None:
    """Dots with intervals; a gap, and days of governments left out, break the line."""
    middle = rows["period"] + (rows["period_end"] - rows["period"]) / 2
    if {"value_low", "value_high"} <= set(rows):
        ends = rows[["value_low", "value_high"]].astype(float).to_numpy().T
        ax.vlines(middle, *ends, color=ink, alpha=0.45, linewidth=1.4)
    has_gap = (rows["period"] - rows["period_end"].shift()).dt.days > 1
    gaps = rows[has_gap].assign(value=np.nan)  # one line that breaks is a third of many lines
    line = pd.concat([gaps, rows]).sort_values("period", kind="stable")
    ax.plot(middle[line.index], line["value"], color=ink, linewidth=0.9)
    look = {"linewidth": 0, "zorder": 3, "urls": charts.marks(rows)}
    ax.scatter(middle, rows["value"], color=ink, s=rows["size"], **look)


def _draw_changes(rows: pd.DataFrame, changes: pd.DataFrame, ax: Axes) -> None:
    """Where the level changed, the levels between, and the month of each sure change."""
    known = rows.dropna(subset="value")
    start, end = known["period"].min(), known["period_end"].max()
    for level, *ends in (("before", "since", "date"), ("after", "date", "until")):
        ax.hlines(changes[level], *(changes[end] for end in ends), color=INK, lw=1.8, zorder=4)
    for change in changes[changes["q"] >= ALPHA].itertuples():
        ax.axvline(change.date, color=INK, linewidth=0.9, linestyle=BROKEN, zorder=3)
    free, line = start, 0
    for change in changes[changes["q"] < ALPHA].itertuples():
        ax.axvline(change.date, color=INK, linewidth=0.9, zorder=3)
        # A line lower where it would run into the month before.
        line = (line + 1) % 3 if change.date < free else 0
        free = change.date + 0.085 * (end - start)
        side, x = ("right", -3) if end - change.date < 0.08 * (end - start) else ("left", 3)
        style = {"va": "top", "ha": side, "fontsize": 8.5, "color": INK, "zorder": 5,
                 "bbox": MONTH_BOX, "xycoords": ("data", "axes fraction")}  # fmt: skip
        charts.write(ax, f"{change.date:%Y.%m}", (change.date, 1), (x, -2 - 11 * line), **style)


def _name_reigns(ax: Axes, reigns: pd.DataFrame) -> None:
    """Names above the first panel, each over the middle of its reign where it has room."""
    first, last = reigns["start"].min(), reigns["end"].max()
    syllable = LABEL_INCHES * max((last - first).days, 1) / (0.9 * WIDTH)  # in days
    style = {"ha": "center", "va": "baseline", "color": MUTED, "annotation_clip": False,
             "xycoords": ("data", "axes fraction")}  # fmt: skip
    free = -np.inf
    for reign in reigns.itertuples():
        days, half = (reign.end - reign.start).days, syllable * len(reign.administration) / 2
        middle = (reign.start - first).days + days / 2
        if days >= half and middle - half >= free:
            free = middle + half
            at = (first + pd.Timedelta(days=middle), 1)
            charts.write(ax, reign.administration, at, (0, 17), **style)
    beside = 6 * A_MONTH if last - first < A_MONTH else 0 * A_MONTH  # else ticks are hours
    ax.set_xlim(first - beside, last + beside)


def _title_and_scale(ax: Axes, name: str, top: float, unit: str) -> None:
    ax.set_title(str(name), fontsize=10.5, pad=4)
    ax.set_ylim(0, (top if top > 0 else 1) * 1.15)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=3))
    if unit == "share":
        ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.tick_params(axis="y", labelsize=9)


@drawing("administration_from", "administration_to", "term_from", "term_to", "similarity", "q")
def slopes(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Names that follow each other, a row a pair as in the table; broken where q is not sure.

    >>> table = pd.DataFrame({"administration_from": ["가"], "administration_to": "나", "q": 0.01,
    ...     "term_from": "창조경제", "term_to": "혁신성장", "similarity": 0.9})
    >>> [text.get_text() for text in slopes(table).texts]
    ['창조경제', '혁신성장']
    """
    ax = charts.axes_for(ax, height=0.7 + 0.27 * len(table))
    text = {"va": "center", "fontsize": 9.5}
    for y, row in enumerate(table.itertuples()):
        look = {"color": ACCENT, "lw": 4 * row.similarity**2, "url": f"#{row.Index}"}
        ax.plot([0, 1], [y, y], ls="-" if row.q < ALPHA else BROKEN, **look)
        ax.text(-0.03, y, row.term_from, ha="right", **text)
        ax.text(1.03, y, row.term_to, ha="left", **text)
    names = table["administration_from"] + "→" + table["administration_to"]
    sides = {"xticks": [0, 1], "xticklabels": ["앞 정부의 말", "뒤 정부의 말"]}
    charts.name_rows(ax, names, xlim=(-1.2, 2.2), **sides)
    ax.grid(False)
    return ax


@drawing("term", "n_documents", "x", "y", "community")
def network(places: pd.DataFrame, links: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """A network of terms: a box a term, a line a link (``term_a, term_b, cosine``).

    Boxes are moved until none overlaps another; letters grow with documents, lines with the
    cosine; communities are 1, 2, ….

    >>> places = pd.DataFrame({"term": ["가", "나"], "n_documents": [2, 1], "x": [0.0, 1.0],
    ...     "y": 0.0, "community": 1})
    >>> ax = network(places, pd.DataFrame({"term_a": ["가"], "term_b": "나", "cosine": 0.5}))
    >>> [text.get_text() for text in ax.texts], len(ax.lines)
    (['가', '나'], 1)
    """
    ax = charts.axes_for(ax, height=2.2 + 0.09 * len(places))
    _frame(ax, places, room=0.08)
    sizes = 8.5 + 5 * np.sqrt(places["n_documents"] / places["n_documents"].max())
    boxes = {}
    for place, size in zip(places.itertuples(), sizes, strict=True):
        (shape, line), colour = COMMUNITIES[(place.community - 1) % len(COMMUNITIES)]
        box = {"facecolor": "white", "edgecolor": colour, "linewidth": 1.1, "linestyle": line}
        boxes[place.term] = ax.text(
            place.x, place.y, place.term, ha="center", va="center", zorder=3, color=colour,
            fontsize=size, bbox=box | {"boxstyle": f"{shape},pad=0.25"},
        )  # fmt: skip
    _part(list(boxes.values()), ax)
    at = {term: box.get_position() for term, box in boxes.items()}
    for link in links.itertuples():
        ends = zip(at[link.term_a], at[link.term_b], strict=True)
        width = 0.4 + 2.5 * link.cosine
        ax.plot(*ends, color="#8d99a8", linewidth=width, zorder=1, url=f"#{link.Index}")
    return ax


@drawing("topic", "n_documents", "x", "y", "explained", "label")
def topic_map(table: pd.DataFrame, *, colours: Colours = None, ax: Axes | None = None) -> Axes:
    """Topics as circles on a plane, near where they talk of the same; areas grow with documents.

    With ``administration, lives_in_one`` a topic that lives in one administration has its
    colour; with ``is_stable`` others have a broken outline. Names stand below or beside; none covers another.

    >>> table = pd.DataFrame({"topic": [1, 2], "n_documents": [9, 4], "x": [0.0, 1.0],
    ...     "y": 0.0, "explained": 1.0, "label": ["창업", "쌀"]})
    >>> [text.get_text() for text in topic_map(table).texts]
    ['창업 9건', '쌀 4건']
    """
    ax = charts.axes_for(ax, height=max(3.2, 1.6 + 0.24 * len(table)))
    _frame(ax, table, room=0.32)
    lives = table.get("lives_in_one", pd.Series(False, table.index)).fillna(False).astype(bool)
    whose = table.get("administration", pd.Series("", table.index)).where(lives, "")
    is_stable = table.get("is_stable", pd.Series(True, table.index)).fillna(True).astype(bool)
    fill = [(colours or {}).get(name, ACCENT) if name else NOWHERE for name in whose]
    areas = 1300 * table["n_documents"] / table["n_documents"].max() + 60
    ax.scatter(table["x"], table["y"], s=areas, c=[to_rgba(colour, 0.35) for colour in fill],
               edgecolors=fill, linestyles=["-" if sure else BROKEN for sure in is_stable],
               linewidth=1.6, urls=charts.marks(table))  # fmt: skip
    whose = whose.map(" ({})".format).where(whose != "", "")
    names = table["label"] + table["n_documents"].map(" {:,}건".format) + whose
    middle = {"ha": "center", "va": "center", "fontsize": 9.5, "color": INK, "zorder": 4}
    names = [ax.text(*at, **middle) for at in zip(table["x"], table["y"], names, strict=True)]
    share = f"두 축은 주제 중심이 흩어진 정도의 {table['explained'].iloc[0]:.0%}를 담는다"
    broken = "" if is_stable.all() else " (끊어진 둘레: 안정되지 않은 주제)"
    ax.set_xlabel(share + broken, fontsize=9.5)
    _part(names, ax, radii=np.sqrt(areas.to_numpy()) / 2)
    return ax


def _frame(ax: Axes, places: pd.DataFrame, *, room: float) -> None:
    """A plane without scales: only nearness has a meaning."""
    low, high = places[["x", "y"]].min(), places[["x", "y"]].max()
    room = room * (high - low).replace(0, 1)
    ax.set(xlim=(low["x"] - room["x"], high["x"] + room["x"]), xticks=[], yticks=[])
    ax.set(ylim=(low["y"] - room["y"], high["y"] + room["y"]))
    ax.grid(False)
    ax.spines[:].set_visible(False)


def _part(texts: list[Text], ax: Axes, *, radii: np.ndarray = NO_DISCS) -> None:
    """Move texts until none covers another, and let the sheet grow where it has no room."""
    # With radii (points) each begins beside the disc of its place, off all discs if it can be.
    figure = ax.get_figure(root=True)
    spots = np.array([text.get_position() for text in texts], dtype=float)
    for _ in range(N_SHEETS):
        # The layout is settled first: distances between letters are those of the final sheet.
        figure.set_layout_engine("constrained")
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        boxes = [(text.get_bbox_patch() or text).get_window_extent() for text in texts]
        halves = np.array([(box.width / 2 + 2, box.height / 2 + 2) for box in boxes])
        frame = ax.get_window_extent()
        room = frame.min + halves, frame.max - halves
        centres, discs = ax.transData.transform(spots), np.repeat(radii, 2).reshape(-1, 2)
        discs, fixed = discs * figure.dpi / 72, centres[: len(radii)].copy()
        for place, disc in enumerate(discs):
            spots_near = fixed[place] + SIDES * (disc + halves[place])
            taken = np.vstack([fixed, centres[:place]]), np.vstack([discs, halves[:place]])
            covered = halves[place] + taken[1] - np.abs(spots_near[:, None] - taken[0])
            covered = covered.clip(0).prod(axis=2).sum(axis=1)
            outside = np.abs(spots_near - np.clip(spots_near, room[0][place], room[1][place]))
            centres[place] = spots_near[(covered + outside.sum(axis=1)).argmin()]
        all_room = [np.vstack([end, fixed]) for end in room]
        sizes = np.vstack([halves, discs])
        found, _ = pushed_apart(np.vstack([centres, fixed]), sizes, all_room)
        found, is_clear = pushed_apart(found[: len(texts)], halves, room)
        for text, place in zip(texts, ax.transData.inverted().transform(found), strict=True):
            text.set_position(place)
        if is_clear:
            return
        figure.set_figheight(figure.get_figheight() * 1.15)


def pushed_apart(
    centres: np.ndarray, halves: np.ndarray, frame: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, bool]:
    """Push every two boxes that overlap apart, the shorter way, until none does.

    `centres` and `halves` (of width and height) are boxes × 2; `frame` holds the least and the
    greatest middle of each box; fixed ones may overlap. Returns new middles, and if all is clear.

    >>> centres, halves = np.array([[0.0, 0.0], [1.0, 0.0]]), np.ones((2, 2))
    >>> found, is_clear = pushed_apart(centres, halves, (np.full((2, 2), -9), np.full((2, 2), 9)))
    >>> is_clear, bool(found[1, 0] - found[0, 0] > 2)
    (True, True)
    """
    centres = centres.copy()
    first, second = np.triu_indices(len(centres), k=1)
    can_move = (frame[0] < frame[1]).any(axis=1)
    first, second = np.array([first, second])[:, can_move[first] | can_move[second]]
    for _ in range(N_PUSHES):
        apart = centres[second] - centres[first]
        overlap = halves[first] + halves[second] - np.abs(apart)
        hits = (overlap > 0).all(axis=1)
        if not hits.any():
            return centres, True
        way = overlap[hits].argmin(axis=1)
        rows = np.arange(len(way))
        # Boxes on one spot part as well: the later one goes up or right.
        sign = np.where(apart[hits][rows, way] < 0, -1.0, 1.0)
        push = np.zeros((len(way), 2))
        push[rows, way] = sign * (overlap[hits][rows, way] / 2 + 0.5)
        np.add.at(centres, second[hits], push)
        np.subtract.at(centres, first[hits], push)
        centres = np.clip(centres, *frame)
    return centres, False


@drawing("administration", "region", "share")
def tile_map(table: pd.DataFrame, places: pd.DataFrame, *, ax: Axes | None = None) -> np.ndarray:
    """Share of documents that name each region, as tiles; one small map an administration.

    `places` has ``region, row, column`` of every tile. With ``share_rest, q`` a tile named more
    often than elsewhere (q < 0.05) has a dark frame and an upward mark. One colour scale for all.

    >>> places = pd.DataFrame({"region": ["가", "나"], "row": 1, "column": [1, 2]})
    >>> table = pd.DataFrame({"administration": "갑", "region": ["가"], "share": [0.25]})
    >>> [text.get_text() for text in tile_map(table, places)[0].texts]
    ['가', '25', '나', '–']
    """
    groups = charts.ordered(table["administration"])
    n_columns = min(len(groups), PER_ROW)
    n_rows, side = -(-len(groups) // n_columns), min(2.6, WIDTH / n_columns)
    size = {"width": side * n_columns, "height": 1.22 * side * n_rows + 0.2}
    _, panels = charts.panels_for(ax, len(groups), columns=n_columns, **size)
    norm = Normalize(0, max(table["share"].max(), 1e-9))
    x, y = places["column"], places["row"]
    for panel, group in zip(panels, groups, strict=True):
        own = table[table["administration"] == group].reset_index(names="place")
        for tile in places.merge(own, on="region", how="left").to_dict("records"):
            _draw_tile(panel, tile, norm)
        panel.set(xlim=(x.min() - 0.55, x.max() + 0.55), ylim=(y.max() + 0.55, y.min() - 0.55))
        panel.set_aspect("equal")
        panel.set_axis_off()
        panel.set_title(str(group), fontsize=10.5, pad=4, loc="center")
    return panels


def _draw_tile(ax: Axes, tile: dict, norm: Normalize) -> None:
    """One square: its name, its percentage, and a frame where the difference is sure."""
    x, y, share = tile["column"], tile["row"], tile["share"]
    is_known = pd.notna(share)
    is_more = tile.get("q", 1) < ALPHA and share > tile.get("share_rest", np.inf)
    colour = charts.SEQUENTIAL(norm(share)) if is_known else "white"
    ink = charts.readable_on(colour)
    edge, width = (INK, 2.2) if is_more else (charts.GRID, 0.8)
    look = {"facecolor": colour, "edgecolor": edge, "linewidth": width, "zorder": 2 + is_more}
    url = f"#{tile['place']:.0f}" if is_known else None
    ax.add_patch(Rectangle((x - 0.46, y - 0.46), 0.92, 0.92, url=url, gid=HEAT, **look))
    middle = {"ha": "center", "va": "center", "zorder": 5, "gid": HEAT}
    ax.text(x, y - 0.19, tile["region"], fontsize=8.5, color=ink, **middle)
    written = f"{share * 100:.0f}" + "▲" * is_more if is_known else "–"
    ax.text(x, y + 0.21, written, fontsize=9, color=ink if is_known else MUTED, **middle)
