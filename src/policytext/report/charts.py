"""Tidy table in, Axes out: bars, lines, dots and heat maps of the reports.

Every function brings its look and Korean font (:func:`drawing`) and draws on the caller's `ax` or a
new figure as tall as its rows need. Colours of administrations are the caller's (`colours`), else
those of a colour-blind-safe palette.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from itertools import cycle
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import scipy
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.container import BarContainer
from matplotlib.figure import FigureBase
from matplotlib.text import Text
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, StrMethodFormatter

from policytext.faults import PolicyTextError, demand
from policytext.report.inline import HEAT, luminance, visible
from policytext.study import ALPHA

ASSETS = Path(__file__).parents[1] / "assets"
font_manager.fontManager.addfont(ASSETS / "NotoSansKR-Regular.otf")
INK, MUTED, GRID = "#22262b", "#5b6470", "#dfe3e8"
ACCENT, AGAINST, FAINT = "#2f5d8c", "#b0552b", "#8b939c"
SEQUENTIAL = LinearSegmentedColormap.from_list("policytext", ["#f4f6f9", "#a9c2dc", ACCENT])
TERM_INKS = (ACCENT, AGAINST, "#3f7d4d", "#7a5ba6", "#806415", "#247480")
WIDTH = 7.9  # inches; a page about 760 pixels wide then shows the labels at their own size
ROW_INCHES = 0.29  # of a term's row
CROWD = 6  # governments; of more of them less is drawn and told of each
N_TOPICS = 6  # of a term, from the first row
ENDLESS = 10  # times the largest dot; an interval beyond goes on to the edge
LEAST_TIMES = 0.2  # drawn of another administration
Colours = Mapping[str, str] | None
PARTS = {
    "what": ("무엇을 (주제의 비중)", ACCENT, "o"),
    "how": ("어떻게 (주제 안의 말)", AGAINST, "s"),
}
HATCH = {"color": "white", "edgecolor": AGAINST, "hatch": "////", "linewidth": 0.8}
STATUS = {
    "holds": ("같음", {"color": ACCENT}),
    "fails": ("달라짐", HATCH),
    "absent": ("잴 수 없음", {"color": "white", "edgecolor": FAINT, "linewidth": 0.8}),
}


def drawing(*columns: str) -> Callable:
    """Make a function of a table draw in the reports' look, and check the table first.

    An empty table is a result: the figure says so. A missing column is a PolicyTextError that
    names every one. On the caller's Axes the letters become Korean; the rest is the caller's.
    """

    def decorate(draw: Callable) -> Callable:
        @wraps(draw)
        def drawn(table: pd.DataFrame, *args, ax: Axes | None = None, **kwargs):
            missing = [column for column in columns if column not in table]
            if missing:
                raise PolicyTextError(
                    f"그림에 필요한 열 {', '.join(missing)} 없음: 표의 열은 "
                    f"{', '.join(map(str, table.columns))}입니다. 열 이름을 확인해 주세요."
                )
            is_met = ax is None or isinstance(ax, Axes)
            demand(is_met, "그림의 ax는 Axes 하나여", ax, "plt.subplots()의 둘째 값을 넣으세요.")
            with plt.rc_context(fname=ASSETS / "report.mplstyle"):
                if ax is not None:  # seaborn draws before the letters are settled
                    ax.tick_params(labelfontfamily=plt.rcParams["font.family"])
                if table.empty:
                    axes = blank(axes_for(ax, height=1.8))
                else:
                    axes = draw(table, *args, ax=ax, **kwargs)
                _settle(np.ravel(axes), draw.__name__)
            return axes

        return drawn

    return decorate


def _settle(panels: np.ndarray, name: str) -> None:
    """Make what matplotlib makes only when it draws (ticks), while the look still holds.

    The label of the figure tells the `name` of each function that drew in it.
    """
    family = plt.rcParams["font.family"]
    for panel in panels:
        panel.tick_params(labelfontfamily=family)
        for text in panel.findobj(Text):
            text.set(fontfamily=family, parse_math=False)
    figure = panels[0].get_figure(root=True)
    figure.set_label(f"{figure.get_label()} {name}")
    figure.draw_without_rendering()


def axes_for(ax: Axes | None, *, width: float = WIDTH, height: float) -> Axes:
    """The caller's Axes, or a new figure as tall as its rows need."""
    return ax if ax is not None else plt.subplots(figsize=(width, max(height, 1.8)))[1]


def panels_for(
    ax: Axes | None, n: int, *, columns: int = 1, width: float = WIDTH, height: float, **grid
) -> tuple[FigureBase, np.ndarray]:
    """A new figure of `n` panels, or a part of the caller's in place of `ax`, and its panels."""
    if ax is None:
        sheet = plt.figure(figsize=(width, height))
    else:
        sheet = ax.figure.add_subfigure(ax.get_subplotspec())
        ax.remove()
    panels = sheet.subplots(-(-n // columns), columns, squeeze=False, **grid).ravel()
    for spare in panels[n:]:
        spare.remove()
    for lowest in panels[:n][-columns:]:  # of their columns, where they share an axis
        lowest.tick_params(labelbottom=True)
    return sheet, panels[:n]


def blank(ax: Axes) -> Axes:
    """Say that there is nothing to show instead of drawing an empty frame."""
    ax.set_axis_off()
    middle = {"ha": "center", "va": "center", "transform": ax.transAxes}
    ax.text(0.5, 0.5, "보여 줄 자료가 없습니다", color=MUTED, **middle)
    return ax


def write(ax: Axes, text: str, at: tuple, by: tuple = (5, 0), **style) -> None:
    """Text at a place of the data, moved `by` points; `style` goes to ``Axes.annotate``."""
    style = {"va": "center", "fontsize": 9.5} | style
    ax.annotate(text, at, xytext=by, textcoords="offset points", **style)


def name_rows(ax: Axes, names: Sequence, **settings) -> Axes:
    """One row a name, the first on top; they need neither a grid nor a left spine."""
    n = len(names)
    ax.set(yticks=range(n), yticklabels=names, **{"ylim": (n - 0.5, -0.5)} | settings)
    ax.grid(axis="y", visible=False)
    return _bare(ax)


def _bare(ax: Axes) -> Axes:
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    return ax


def draw_dots(ax: Axes, table: pd.DataFrame, colours) -> None:
    """How many times more, with intervals, a row each from the top, on a logarithmic axis.

    Hollow where a ``q`` is not below 0.05; an interval without an end goes on to the edge.
    """
    rows = np.arange(len(table))
    ends = table.reindex(columns=["times_low", "times_high"]).astype(float).clip(1e-9, 1e9)
    ax.hlines(rows, *ends.to_numpy().T, color=colours, linewidth=2.6, alpha=0.55)
    is_sure = table["q"] < ALPHA if "q" in table else pd.Series(True, index=table.index)
    fill = np.where(is_sure, colours, "white")
    look = {"edgecolors": colours, "linewidth": 1.6, "zorder": 3, "urls": marks(table)}
    ax.scatter(table["times"], rows, s=52, c=fill, **look)
    ax.axvline(1, color=MUTED, linewidth=0.8)
    scale_times(ax, *times_limits(table))


def scale_times(ax: Axes, low: float, high: float) -> None:
    """A logarithmic axis whose ticks are as many as there is room for."""
    ax.set(xscale="log", xlim=(low, high))
    subs = (1, 2, 5) if high / low < 40 else (1, 3) if high / low < 2_000 else (1,)
    ax.xaxis.set_major_locator(LogLocator(100 if high / low > 20_000 else 10, subs=subs))
    ax.xaxis.set_major_formatter(lambda x, _: f"×{x / 1e4:,g}만" if x >= 1e4 else f"×{x:,g}")
    ax.xaxis.set_minor_formatter(NullFormatter())


def times_limits(table: pd.DataFrame) -> tuple[float, float]:
    """Ends of a logarithmic axis that holds 1, the dots, the intervals that end and their counts.

    >>> table = pd.DataFrame({"times": [4.0], "times_low": 2.0, "times_high": float("inf")})
    >>> [round(float(end), 2) for end in times_limits(table)]
    [0.95, 5.43]
    """
    ends = table.filter(["times", "times_low", "times_high"]).to_numpy(float)
    ends = np.log([1, *ends[(ends < ENDLESS * table["times"].max()) & (ends > 0)]])
    room = np.ptp(ends) or 1
    return np.exp(ends.min() - 0.04 * room), np.exp(ends.max() + 0.22 * room)


def marks(table: pd.DataFrame) -> list[str]:
    """What ties the marks of a table's rows to these rows in a page (`inline.inline_svg`)."""
    return [f"#{row}" for row in table.index]


def mark_each(artists: Sequence, table: pd.DataFrame) -> None:
    """Tie bars or texts, one a row, to the rows of the table."""
    for artist, url in zip(artists, marks(table), strict=True):
        artist.set_url(url)


def bars(ax: Axes, table: pd.DataFrame, widths, **look) -> BarContainer:
    """A bar a row from the top, tied to its row of the table; `look` goes to ``Axes.barh``."""
    drawn = ax.barh(np.arange(len(table)), widths, **{"height": 0.62, "linewidth": 0} | look)
    mark_each(drawn, table)
    for bar in drawn:
        bar.set_visible(bar.get_width() != 0)  # no edge of nothing
    return drawn


def ordered(values: pd.Series) -> list:
    """Distinct values in category order if there is one, else in order of appearance."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return list(values.cat.remove_unused_categories().cat.categories)
    return list(values.dropna().unique())


def group_colours(groups: list, colours: Colours) -> dict:
    """Colour of each group, the caller's or a safe palette's, darkened to a contrast of 3."""
    chosen = {name: colours[name] for name in groups if name in (colours or {})}
    if len(chosen) < len(groups):
        import seaborn as sns  # slow to import: only when needed

        # Its colour-blind palette repeats after ten.
        palette = sns.color_palette("colorblind" if len(groups) <= 10 else "viridis", len(groups))
        chosen = dict(zip(groups, palette, strict=True)) | chosen
    return {name: visible(to_hex(colour), "#ffffff") for name, colour in chosen.items()}


def readable_on(background) -> str:
    """Black or white, whichever stands out more; the contrast is above 4.5 on any colour.

    WCAG 2.2: two colours differ by (L + 0.05) / (l + 0.05), equal for black and white at 0.179.

    >>> readable_on("#f4f6f9"), readable_on("#2f5d8c")
    ('black', 'white')
    """
    return "black" if luminance(background) > 0.179 else "white"


@drawing("year", "administration", "n_documents")
def coverage(table: pd.DataFrame, *, colours: Colours = None, ax: Axes | None = None) -> Axes:
    """Documents per year, one strip per administration on one common scale.

    The strip's label carries its total and the number without a year, which have no bar.

    >>> table = pd.DataFrame({"year": [2013], "administration": ["가"], "n_documents": [8]})
    >>> len(coverage(table).patches)
    1
    """
    groups = ordered(table["administration"])
    ax = axes_for(ax, height=0.5 * len(groups) + 0.8)
    colour = group_colours(groups, colours)
    scale = 0.72 / max(table["n_documents"].max(), 1)
    labels = []
    for row, group in enumerate(groups):
        part = table[table["administration"] == group]
        dated = part.dropna(subset="year").astype({"year": int})
        look = {"color": colour[group], "linewidth": 0, "width": 0.82}
        heights = dated["n_documents"] * scale
        mark_each(ax.bar(dated["year"], heights, bottom=-row, **look), dated)
        n, n_dated = int(part["n_documents"].sum()), int(dated["n_documents"].sum())
        labels.append(f"{group} {n:,}건" + (f"(연도 없음 {n - n_dated:,})" if n > n_dated else ""))
        for peak in dated.nlargest(1, "n_documents").itertuples():
            top = (peak.year, -row + peak.n_documents * scale)
            write(ax, f"{peak.n_documents:,.0f}", top, (0, 6), ha="center", fontsize=9, color=MUTED)
    ax.set(xlabel="연도", ylim=(-len(groups) + 0.88, 0.95))
    if table["year"].nunique() == 1:  # room for whole years beside it
        ax.set_xlim(table["year"].min() - 2, table["year"].min() + 2)
    ax.set_yticks(-np.arange(len(groups)), labels, va="bottom", fontsize=9.5)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=12))
    ax.grid(axis="x", visible=False)
    return _bare(ax)


@drawing("step", "n_documents", "n_removed")
def steps(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Documents left after each cleaning step, with what the step removed.

    >>> table = pd.DataFrame({"step": ["읽음"], "n_documents": [9], "n_removed": [0]})
    >>> [text.get_text() for text in steps(table).texts]
    ['9건']
    """
    ax = axes_for(ax, height=0.46 * len(table) + 0.9)
    kept, removed = table["n_documents"], table["n_removed"]
    bars(ax, table, kept, color=ACCENT)
    bars(ax, table, removed, left=kept, **HATCH)
    for row, (n, gone) in enumerate(zip(kept, removed, strict=True)):
        write(ax, f"{n:,}건" + (f" (-{gone:,})" if gone else ""), (n + gone, row))
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    most = max((kept + removed).max(), 1)
    return name_rows(ax, table["step"].astype(str), xlabel="문서 수", xlim=(0, most * 1.18))


@drawing("n_topics", "stable_share", "stability", "chosen")
def topic_curve(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Documents in stable topics and agreement by number of topics, the chosen number marked.

    `stability_low` and `stability_high` draw the band of the agreement.

    >>> table = pd.DataFrame({"n_topics": [5, 8], "stable_share": 0.7, "stability": 0.6,
    ...     "chosen": [True, False]})
    >>> topic_curve(table).get_xlabel()
    '주제 수'
    """
    ax = axes_for(ax, height=3.9)
    table = table.sort_values("n_topics").astype({"n_topics": float})
    for column, label, colour, marker in (
        ("stable_share", "안정된 주제의 글", ACCENT, "o"),
        ("stability", "일치(ARI)", AGAINST, "s"),
    ):
        known = table.dropna(subset=column)
        at = known["n_topics"], known[column]
        ax.plot(*at, color=colour)
        ax.scatter(*at, s=36, color=colour, marker=marker, urls=marks(known), zorder=3)
        for end in known.tail(1)[["n_topics", column]].to_numpy():
            write(ax, label, tuple(end), (8, 0), fontsize=None, color=colour)
    if {"stability_low", "stability_high"} <= set(table):
        band = table[["n_topics", "stability_low", "stability_high"]].astype(float)
        ax.fill_between(*band.to_numpy().T, color=AGAINST, alpha=0.15, linewidth=0)
    for n_topics in table.loc[table["chosen"].astype(bool), "n_topics"]:
        ax.axvline(n_topics, color=INK, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
        style = {"xycoords": ("data", "axes fraction"), "va": "top", "color": INK, "fontsize": 10}
        write(ax, f"고른 수 {n_topics:.0f}", (n_topics, 1), (5, -3), **style)
    ax.set(xlabel="주제 수", ylabel="값 (클수록 좋음)", xticks=table["n_topics"].unique())
    ax.margins(x=0.1, y=0.12)
    return ax


@drawing("analyser", "n_tokens", "jaccard_with_default", "jaccard_low", "jaccard_high")
def analysers(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Nouns that each morphological analyser shares with the default one, the nearest on top.

    >>> table = pd.DataFrame({"analyser": ["okt"], "n_tokens": [12], "jaccard_with_default": 0.5,
    ...     "jaccard_low": 0.4, "jaccard_high": 0.6})
    >>> [text.get_text() for text in analysers(table).get_yticklabels()]
    ['okt · 명사 12개']
    """
    ax = axes_for(ax, height=0.4 * len(table) + 0.9)
    table = table.sort_values("jaccard_with_default", ascending=False, kind="stable")
    rows = np.arange(len(table))
    ax.hlines(rows, table["jaccard_low"], table["jaccard_high"], color=ACCENT, alpha=0.5, lw=2.6)
    ax.scatter(table["jaccard_with_default"], rows, color=ACCENT, s=46, urls=marks(table), zorder=3)
    names = table["analyser"].astype(str) + table["n_tokens"].map(" · 명사 {:,}개".format)
    return name_rows(ax, names, xlabel="기본 분석기와 겹친 명사의 비율", xlim=(0, 1))


@drawing("term", "administration", "z", "times", "n")
def keyness(
    table: pd.DataFrame,
    *,
    colours: Colours = None,
    n_terms: int = 12,
    others: pd.DataFrame | None = None,
    ax: Axes | None = None,
) -> Axes | np.ndarray:
    """Most distinctive terms of each administration, the highest `z` first: dots and intervals.

    `times_low` and `times_high` draw intervals; with `q`, terms at or above 0.05 get a hollow dot.
    `others` has the ``times`` of these terms in every administration: small strokes beside the dot.
    One Axes each, in category order or, without categories, that of the table, in place of `ax`.

    >>> table = pd.DataFrame({"term": ["창업", "규제"], "administration": ["가", "나"],
    ...     "z": [3.0, 5.0], "times": [1.5, 2.0], "n": [10, 40]})
    >>> len(keyness(table))
    2
    """
    groups = ordered(table["administration"])
    ranked = table.sort_values(["z", "term"], ascending=[False, True])
    tops = [ranked[ranked["administration"] == group].head(n_terms) for group in groups]
    # A panel is as many rows tall as it has terms, and a little air.
    columns = 2 if len(groups) <= CROWD else 3
    starts = range(0, len(tops), columns)
    heights = [0.2 + max(map(len, tops[start : start + columns])) for start in starts]
    height = ROW_INCHES * sum(heights) + 0.5 * len(heights) + 0.6
    label = "나머지 정부의 몇 배로 썼나 (숫자: 나온 횟수)"
    if len(groups) == 1:
        panels = np.array([axes_for(ax, height=height)], dtype=object)
        panels[0].set_xlabel(label)
    else:
        shape = {"columns": columns, "sharex": True, "height_ratios": heights}
        sheet, panels = panels_for(ax, len(groups), height=height, **shape)
        sheet.supxlabel(label, fontsize=10, color=MUTED)
    colour = group_colours(groups, colours)
    for place, (panel, group, top) in enumerate(zip(panels, groups, tops, strict=True)):
        if others is not None:
            _draw_others(top, others[others["administration"] != group], panel, colour)
        _draw_terms(top, panel, colour[group])
        # Empty rows below the last term keep the spacing of the panel beside it.
        panel.set(ylim=(heights[place // columns] - 0.6, -0.6))
        panel.set_title(str(group), color=visible(colour[group], "#ffffff", 4.5))
    drawn = [*tops, pd.DataFrame({"times": [LEAST_TIMES]})] if others is not None else tops
    scale_times(panels[0], *times_limits(pd.concat(drawn)))  # the panels share this axis
    return panels if len(groups) > 1 else panels[0]


def _draw_others(top: pd.DataFrame, others: pd.DataFrame, ax: Axes, colour: Mapping) -> None:
    """Where the other administrations stand, at the left edge where they lack the term."""
    rows = dict(zip(top["term"], range(len(top)), strict=True))
    others = others[others["term"].isin(rows)]
    for group, own in others.groupby("administration", sort=False, observed=True):
        at = own["times"].clip(lower=LEAST_TIMES), own["term"].map(rows)
        ax.scatter(*at, marker="|", s=60, linewidth=1.6, color=colour[group], zorder=2.5)


def _draw_terms(top: pd.DataFrame, ax: Axes, colour) -> None:
    """Dots, intervals and counts of one administration's top terms."""
    draw_dots(ax, top, to_hex(colour))
    right = top.get("times_high", top["times"])
    is_endless = right >= ENDLESS * top["times"].max()
    right = right.mask(is_endless).fillna(top["times"])
    box = {"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 0.2}
    for row, (x, n, is_above) in enumerate(zip(right, top["n"], is_endless, strict=True)):
        # Above an interval that goes on to the edge, not on it.
        write(ax, f"{int(n):,}", (x, row), (7, 7 * is_above), fontsize=9, color=MUTED, bbox=box)
    ax.set(yticks=range(len(top)), yticklabels=top["term"].astype(str))
    _bare(ax)


@drawing("administration_a", "administration_b", "excess", "excess_low")
def divergence(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Lower triangle of distances between administrations, in bits beyond the baseline.

    Cells whose interval is not above 0 are in parentheses. The title tells a `baseline` taken off.

    >>> table = pd.DataFrame({"administration_a": ["A"], "administration_b": ["B"],
    ...     "excess": [0.14], "excess_low": [0.1]})
    >>> [text.get_text() for text in divergence(table).texts]
    ['0.140']
    """
    ends = ["administration_a", "administration_b"]
    groups = ordered(pd.concat([table[end] for end in ends]))
    side = (0.66 if len(groups) <= CROWD else 0.4) * len(groups)
    ax = axes_for(ax, width=max(5.6, side + 1.8), height=max(3.4, side + 1.2))
    swapped = table.rename(columns=dict(zip(ends, ends[::-1], strict=True)))
    both = pd.concat([table, swapped]).drop_duplicates(ends)
    both = both.assign(place=both.index).set_index(ends)
    is_lower = np.tril(np.ones((len(groups),) * 2, dtype=bool), -1)
    excess, low, places = (
        both[name].unstack().reindex(index=groups, columns=groups).astype(float)
        .where(is_lower).iloc[1:, :-1]
        for name in ("excess", "excess_low", "place")
    )  # fmt: skip
    written = excess.map("{:.3f}".format)
    _heat(excess.clip(lower=0), written.where(~(low <= 0), "(" + written + ")"), places, ax)
    known = table["baseline"].dropna() if "baseline" in table else []
    span = f" {min(known):.3f}" if len(known) else ""
    span += f"~{max(known):.3f}" if len(set(known)) > 1 else ""
    title = f"우연(기준선{span})을 넘는 거리 · 괄호: 0과 다르다고 할 수 없음"
    ax.set_title(title, fontsize=10, color=MUTED)
    return ax


def _heat(values: pd.DataFrame, written: pd.DataFrame, rows: pd.DataFrame, ax: Axes) -> None:
    """seaborn's heat map in the reports' colours, blank without a value; `rows` of its table."""
    import seaborn as sns

    sns.heatmap(values, annot=written, fmt="", cmap=SEQUENTIAL, vmin=0, cbar=False,
                linewidths=1.5, linecolor="white", annot_kws={"fontsize": 10}, ax=ax)  # fmt: skip
    # seaborn's own white letters fall to a contrast of 2.3 on the middle colours.
    is_known = values.notna().to_numpy().ravel()
    cells = ax.collections[0].get_facecolors()[is_known], rows.to_numpy().ravel()[is_known]
    ax.collections[0].set_gid(HEAT)
    for text, colour, row in zip(ax.texts, *cells, strict=True):
        text.set(color=readable_on(colour), url=f"#{row:.0f}", gid=HEAT)
    ax.grid(False)
    ax.set(xlabel="", ylabel="")
    ax.tick_params(length=0, rotation=0)
    if max(len(str(column)) for column in values.columns) > 5:
        plt.setp(ax.get_xticklabels(), rotation=35, ha="right", rotation_mode="anchor")


@drawing("left", "right", "distance", "n_topics")
def hierarchy(table: pd.DataFrame, labels: Mapping[int, str], *, ax: Axes | None = None) -> Axes:
    """Tree of topics, the nearest joined first; `labels` names every topic, in order.

    >>> tree = pd.DataFrame({"left": [0], "right": [1], "distance": [0.2], "n_topics": [2]})
    >>> [leaf.get_text() for leaf in hierarchy(tree, {1: "창업", 2: "쌀"}).get_yticklabels()]
    ['1. 창업', '2. 쌀']
    """
    ax = axes_for(ax, height=0.3 * len(labels) + 0.9)
    tree = table[["left", "right", "distance", "n_topics"]].to_numpy(dtype=float)
    names = [f"{number}. {label}" for number, label in labels.items()]
    look = {"color_threshold": 0, "above_threshold_color": ACCENT, "leaf_font_size": 9.5}
    scipy.cluster.hierarchy.dendrogram(tree, orientation="left", labels=names, ax=ax, **look)
    ax.set_xlabel("주제 중심 사이의 거리 (1 - 코사인)")
    ax.grid(axis="y", visible=False)
    return _bare(ax)


@drawing("pair", "part", "excess", "excess_low", "excess_high")
def decomposition(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """For each pair of administrations, what and how: two dots with intervals, in bits.

    `part` is "what" or "how"; pairs without an excess are left out.

    >>> table = pd.DataFrame({"pair": "가–나", "part": ["what", "how"], "excess": [0.3, 0.1],
    ...     "excess_low": [0.2, 0.05], "excess_high": [0.4, 0.2]})
    >>> [text.get_text() for text in decomposition(table).texts]
    ['0.300', '0.100']
    """
    table = table.dropna(subset="excess")
    pairs = list(table["pair"].unique())
    ax = axes_for(ax, height=(0.6 if len(pairs) < CROWD else 0.4) * len(pairs) + 1.3)
    if not pairs:
        return blank(ax)
    for up, (part, (label, colour, marker)) in zip((-0.16, 0.16), PARTS.items(), strict=True):
        own = table[table["part"] == part]
        y = own["pair"].map(pairs.index) + up
        ax.hlines(y, own["excess_low"], own["excess_high"], color=colour, linewidth=2, alpha=0.6)
        look = {"color": colour, "marker": marker, "label": label, "zorder": 3, "urls": marks(own)}
        ax.scatter(own["excess"], y, s=52, **look)
        for height, row in zip(y, own.itertuples(), strict=True):
            at = (max(row.excess_high, row.excess), height)
            write(ax, f"{row.excess:.3f}", at, fontsize=9, color=MUTED)
    ax.axvline(0, color=MUTED, linewidth=0.8)
    ax.margins(x=0.12)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return name_rows(ax, pairs, xlabel="기준선을 넘는 거리 (비트)")


@drawing("estimate", "low", "high", "status")
def specification_curve(
    table: pd.DataFrame, choices: Sequence[str], *, label: str = "추정값", ax: Axes | None = None
) -> np.ndarray:
    """Estimates from low to high with intervals, over a matrix of the choices behind them.

    One claim: `status` is ``holds``, ``fails`` or ``absent``; the first row is the base; rows
    without an estimate stand apart on the right. Returns curve and matrix (of the `choices`).

    >>> table = pd.DataFrame({"estimate": [0.3, 0.1], "low": [0.2, -0.1], "high": [0.4, 0.3],
    ...     "status": ["holds", "fails"], "분석기": ["mecab", "kiwi"]})
    >>> specification_curve(table, ["분석기"], label="비중")[0].get_ylabel()
    '비중'
    """
    rows = [(name, value) for name in choices for value in table[name].unique()]
    height = 0.215 * len(rows) + 0.09 * len(choices)
    ratios = (2.5, max(height, 0.5))
    _, axes = panels_for(ax, 2, height=2.9 + height, sharex=True, height_ratios=ratios)
    order = table["estimate"].sort_values(kind="stable", na_position="last").index
    drawn, base = table.loc[order].reset_index(names="place"), order.get_loc(table.index[0])
    _draw_estimates(drawn, axes[0], base)
    _draw_choices(drawn, axes[1], rows)
    for panel in axes:
        panel.axvline(base, color=INK, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        panel.grid(axis="x", visible=False)
    axes[0].set_ylabel(label)
    axes[1].set(xlim=(-1, len(drawn)), xlabel=f"분석 조건 {len(drawn)}가지 (추정값이 작은 차례)")
    axes[1].set_xticks([])
    return axes


def _draw_estimates(drawn: pd.DataFrame, ax: Axes, base: int) -> None:
    for status, (_, look) in STATUS.items():
        part = drawn[(drawn["status"] == status) & drawn["estimate"].notna()]
        fill, edge = look["color"], look.get("edgecolor", look["color"])
        ax.vlines(part.index, part["low"], part["high"], color=edge, linewidth=2, alpha=0.5)
        look = {"edgecolors": edge, "zorder": 3, "urls": marks(part.set_index("place"))}
        ax.scatter(part.index, part["estimate"], s=26, c=fill, **look)
    ax.axhline(0, color=MUTED, linewidth=0.8)
    n_measured = int(drawn["estimate"].notna().sum())
    if n_measured < len(drawn):
        ax.axvspan(n_measured - 0.5, len(drawn), color=MUTED, alpha=0.1, linewidth=0, zorder=0)
        ax.annotate("잴 수 없음", (0.995, 0.04), xycoords="axes fraction", ha="right", color=MUTED)
    side, x = ("left", 5) if base < len(drawn) / 2 else ("right", -5)
    style = {"xycoords": ("data", "axes fraction"), "va": "top", "fontsize": None, "color": INK}
    write(ax, "이 연구의 조건", (base, 1), (x, -2), ha=side, **style)
    ax.margins(y=0.16)
    ax.tick_params(bottom=False)


def _draw_choices(drawn: pd.DataFrame, ax: Axes, rows: list[tuple]) -> None:
    """One dot where a specification has the value of the row; a gap between the choices."""
    position, y, labels, previous = [], 0.0, [], None
    for name, value in rows:
        is_new, previous = name != previous, name
        y += 1.45 if is_new and labels else 1
        position.append(y)
        labels.append(f"{name}  {value}" if is_new else str(value))
        has = drawn[drawn[name] == value]
        colour = has["status"].map({"fails": AGAINST, "absent": FAINT}).fillna(INK)
        ax.axhline(y, color=GRID, linewidth=0.6, zorder=0)
        ax.scatter(has.index, [y] * len(has), s=11, c=colour, marker="s", linewidth=0)
    ax.set(yticks=position, ylim=(y + 0.8, 0.2))
    ax.set_yticklabels(labels, fontsize=9)
    ax.grid(visible=False)
    _bare(ax).spines["bottom"].set_visible(False)


@drawing("claim", "n_holds", "n_fails", "n_absent")
def agreement(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Runs in which each claim holds, fails, and cannot be measured.

    >>> table = pd.DataFrame({"claim": ["갑"], "n_holds": 9, "n_fails": 4, "n_absent": 0})
    >>> [text.get_text() for text in agreement(table).texts]
    ['9', '4']
    """
    ax = axes_for(ax, height=0.29 * len(table) + 1)
    counts = table[[f"n_{status}" for status in STATUS]].to_numpy()
    least = 0.03 * counts.sum(axis=1).max()
    left = np.zeros(len(table))
    for n, (name, look) in zip(counts.T, STATUS.values(), strict=True):
        if not n.any():
            continue
        drawn = bars(ax, table, n, left=left, label=name, **look)
        labels = [f"{times:,}" if times >= least else "" for times in n]
        box = {"facecolor": "white", "linewidth": 0, "pad": 0.8} if look is HATCH else None
        ink = INK if look["color"] == "white" else "white"
        ax.bar_label(drawn, labels, label_type="center", fontsize=9, color=ink, bbox=box)
        left += n
    legend = ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
    for patch in legend.get_patches():  # made from the first bar, which may be none
        patch.set_visible(True)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return name_rows(ax, table["claim"], xlabel="분석한 횟수")


@drawing("offset_days", "is_real", "n_significant")
def placebo(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Significant terms at the real dates of government and at false ones.

    >>> table = pd.DataFrame({"offset_days": [0], "is_real": [True], "n_significant": [12]})
    >>> [text.get_text() for text in placebo(table).get_legend().get_texts()]
    ['진짜 경계 12개']
    """
    ax = axes_for(ax, height=3.3)
    table = table.assign(years=table["offset_days"] / 365.2425)
    false, real = table[~table["is_real"]], table[table["is_real"]].iloc[0]
    ax.vlines(false["years"], 0, false["n_significant"], color=FAINT, linewidth=1.4)
    n_real = real["n_significant"]
    ax.axhline(n_real, color=ACCENT, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    ax.scatter([0], [n_real], s=62, c=ACCENT, zorder=4, urls=[f"#{real.name}"],
               label=f"진짜 경계 {n_real:,}개")  # fmt: skip
    if len(false):
        most = f"거짓 경계 {len(false)}곳, 많아야 {false['n_significant'].max():,}개"
        ax.scatter(false["years"], false["n_significant"], s=36, c="white", edgecolors=MUTED,
                   linewidth=1.4, zorder=3, urls=marks(false), label=most)  # fmt: skip
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    ax.set(xlabel="경계를 옮긴 햇수", ylabel="유의한 낱말 (q < 0.05)")
    ax.set_ylim(0, max(table["n_significant"].max(), 1) * 1.2)
    ax.grid(axis="x", visible=False)
    return ax


@drawing("administration", "times", "times_low", "times_high", "n")
def term_keyness(table: pd.DataFrame, *, colours: Colours = None, ax: Axes | None = None) -> Axes:
    """How many times the rest's rate of a term each administration's is, with intervals.

    >>> table = pd.DataFrame({"administration": ["가"], "times": [1.5], "times_low": 1.1,
    ...     "times_high": 1.9, "n": 1200})
    >>> [label.get_text() for label in term_keyness(table).get_yticklabels()]
    ['가 (1,200번)']
    """
    ax = axes_for(ax, height=0.3 * len(table) + 0.9)
    colour = [(colours or {}).get(name, ACCENT) for name in table["administration"]]
    draw_dots(ax, table, colour)
    are_many = "term" in table and table["term"].nunique() > 1
    names = table["administration"].astype(str) + table["n"].map(" ({:,}번)".format)
    names = table["term"] + " · " + names if are_many else names
    return name_rows(ax, names, xlabel="견준 정부의 몇 배로 썼나")


@drawing("topic", "label", "share", "share_low", "share_high")
def term_topics(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Share of each topic's documents that use a term, with intervals; a colour a term.

    >>> table = pd.DataFrame({"topic": [1], "label": "쌀", "share": 0.5, "share_low": 0.4,
    ...     "share_high": 0.6, "term": "벼"})
    >>> [text.get_text() for text in term_topics(table).get_yticklabels()]
    ['1. 쌀']
    """
    order = table["topic"].drop_duplicates()[:N_TOPICS].tolist()
    shown = table[table["topic"].isin(order)]
    ax, terms = axes_for(ax, height=0.34 * len(order) + 0.9), list(shown["term"].unique())
    offsets = np.linspace(-0.24, 0.24, len(terms)) if len(terms) > 1 else [0]
    for term, offset, ink in zip(terms, offsets, cycle(TERM_INKS), strict=False):
        own = shown[shown["term"] == term]
        rows = own["topic"].map(order.index) + offset
        ax.hlines(rows, own["share_low"] * 100, own["share_high"] * 100, color=ink, alpha=0.5, lw=2)
        ax.scatter(own["share"] * 100, rows, color=ink, s=36, label=term, urls=marks(own), zorder=3)
    if len(terms) > 1:  # above: inside, its dots would look like others
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=len(terms))
    names = [f"{topic}. {label}" for topic, label in
             shown.drop_duplicates("topic")[["topic", "label"]].itertuples(index=False)]  # fmt: skip
    return name_rows(ax, names, xlabel="주제의 글 가운데 이 말을 쓴 글 (%)", xlim=(0, None))


@drawing("subject", "amount", "made_on", "due_day", "status_told", "last_date")
def promises(table: pd.DataFrame, *, later: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """A row a promise, from its day to its due date; `later` reports are dots, with values where there is room.

    >>> table = pd.DataFrame({"promise": [0], "subject": ["센터"], "amount": "17곳",
    ...     "status_told": "이룸", "made_on": pd.to_datetime(["2014-01-06"]), "due_day": pd.to_datetime(["2015-12-31"])})
    >>> later = pd.DataFrame({"promise": [0], "date": pd.to_datetime(["2015-07-24"]), "amount": "17곳"})
    >>> table["last_date"] = later["date"]
    >>> [text.get_text() for text in promises(table, later=later).get_yticklabels()]
    ['센터 17곳\\n이룸']
    """
    ax = axes_for(ax, height=1.2 + 0.38 * len(table))
    end = max(later["date"].max(), table["due_day"].max(), table["made_on"].max())
    rows = np.arange(len(table))
    ax.hlines(rows, table["made_on"], table["due_day"], color=FAINT, linewidth=5, alpha=0.6)
    ax.scatter(table["made_on"], rows, marker="|", s=110, color=MUTED, zorder=3)
    hollow = {"facecolors": "white", "edgecolors": MUTED}
    ax.scatter(table["due_day"], rows, marker="D", s=26, zorder=3, **hollow)
    letter = _LETTER * (end - table["made_on"].min())
    for row, promise in enumerate(table.itertuples()):
        own = later[later["promise"] == promise.promise].sort_values("date")
        ax.scatter(own["date"], np.full(len(own), row), s=34, color=ACCENT, zorder=4)
        written: list[tuple] = []
        decided = own["date"] == promise.last_date
        for report in pd.concat([own[decided], own[::-1]]).drop_duplicates("amount").itertuples():
            half = letter * (len(report.amount) + 1) / 2
            if all(abs(report.date - day) >= half + other for day, other in written):
                written.append((report.date, half))
                style = {"ha": "center", "fontsize": 8.5, "color": ACCENT}
                write(ax, report.amount, (report.date, row), (0, 10), **style)
    labels = table["subject"].str.slice(0, 22) + " " + table["amount"] + "\n" + table["status_told"]
    name_rows(ax, labels, ylim=(len(table) - 0.5, -0.8), xlim=(None, end + pd.Timedelta(days=120)))
    plt.setp(ax.get_yticklabels(), linespacing=1.4)
    return ax


_LETTER = 1 / 45  # of the axis, what one letter of a value takes


@drawing("first", "last")
def spans(
    table: pd.DataFrame, *, dots: pd.DataFrame, colours: Colours = None, ax: Axes | None = None
) -> Axes:
    """A row a name from first to last mention; `dots` (``name, date, administration``) mentions.

    >>> days = pd.to_datetime(["2014-01-01", "2016-01-01"])
    >>> table = pd.DataFrame({"name": ["창조경제"], "first": days[:1], "last": days[1:]})
    >>> dots = pd.DataFrame({"name": "창조경제", "date": days, "administration": "가"})
    >>> [tick.get_text() for tick in spans(table, dots=dots).get_yticklabels()]
    ['창조경제']
    """
    ax = axes_for(ax, height=1.2 + 0.25 * len(table))
    names = table.iloc[:, 0]
    row_of = {name: row for row, name in enumerate(names)}
    dots = dots[dots["name"].isin(row_of)].sort_values("date")
    groups = dots["administration"].dropna().unique().tolist()
    colour = group_colours(groups, colours)
    ax.hlines(np.arange(len(table)), table["first"], table["last"], color=FAINT, linewidth=1.2)
    for group in groups:
        own = dots[dots["administration"] == group]
        at = own["date"], own["name"].map(row_of)
        ax.scatter(*at, s=20, color=colour[group], label=group, zorder=3)
    n_columns = min(len(groups), 3) or 1
    ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=n_columns, fontsize=8.5)
    return name_rows(ax, names)


@drawing("actor_a", "actor_b", "administration", "n_families", "change")
def ties(table: pd.DataFrame, *, colours: Colours = None, ax: Axes | None = None) -> np.ndarray:
    """Who is named with whom, a panel a government; one kept from the last is a broken line.

    >>> table = pd.DataFrame({"actor_a": ["가"], "actor_b": "나", "administration": "갑",
    ...     "n_families": 2, "change": ""})
    >>> [text.get_text() for text in ties(table)[0].texts]
    ['가', '나']
    """
    groups = ordered(table["administration"])
    columns = [_two_columns(table[table["administration"] == group]) for group in groups]
    sizes = [1 + max(map(len, sides)) for sides in columns]
    sheet, panels = panels_for(ax, len(groups), height=0.4 + 0.3 * sum(sizes),
                               height_ratios=sizes)  # fmt: skip
    colour = group_colours(groups, colours)
    for panel, group, sides in zip(panels, groups, columns, strict=True):
        at = {}
        for x, (names, align) in enumerate(zip(sides, ("right", "left"), strict=True)):
            for row, name in enumerate(names):
                at[name] = (x, (row + 0.5) / len(names))
                write(panel, name[:14], at[name], (8 * (2 * x - 1), 0), ha=align)
        for tie in table[table["administration"] == group].itertuples():
            ends = np.array([at[tie.actor_a], at[tie.actor_b]])
            bulge = 0.12 * (1 - 2 * ends[0, 0]) if ends[0, 0] == ends[1, 0] else 0
            middle = ends.mean(axis=0) + (bulge, 0)
            panel.plot(*np.array([ends[0], middle, ends[1]]).T, color=colour[group],
                       linestyle=(0, (2, 1.5)) if tie.change == "kept" else "-",
                       linewidth=0.8 + tie.n_families**0.5)  # fmt: skip
        panel.scatter(*np.array([*at.values()]).T, s=18, color=INK, zorder=3)
        panel.set(xlim=(-1.1, 2.1), ylim=(1, 0))
        panel.set_title(group, fontsize=10)
        panel.set_axis_off()
    return panels


def _two_columns(table: pd.DataFrame) -> tuple[list[str], list[str]]:
    """The actors of ties in two columns: most ties go across, and few of them cross."""
    import networkx as nx

    graph = nx.from_pandas_edgelist(table, "actor_a", "actor_b", "n_families")
    _, sides = nx.approximation.one_exchange(graph, weight="n_families", seed=0)
    left, right = (
        sorted(side, key=lambda name: (-graph.degree(name, "n_families"), name)) for side in sides
    )

    def height(name: str) -> float:
        near = [left.index(other) for other in graph[name] if other in left]
        return sum(near) / len(near) if near else len(left)

    return left, sorted(right, key=height)


@drawing("region", "year", "partner")
def partners(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Which partner is named most beside which region in which year; blank where none is.

    >>> table = pd.DataFrame({"region": ["대구"], "year": 2015, "partner": "삼성"})
    >>> [text.get_text() for text in partners(table).texts]
    ['삼성']
    """
    names = sorted(table["region"].unique())
    ax = axes_for(ax, height=1 + 0.34 * len(names))
    for cell in table.itertuples():
        at = (cell.year, names.index(cell.region))
        write(ax, cell.partner, at, (0, 0), ha="center", fontsize=8.5)
    years = np.arange(table["year"].min(), table["year"].max() + 1)
    name_rows(ax, names, xlim=(years[0] - 0.6, years[-1] + 0.6), xticks=years)
    ax.grid(visible=False)
    return ax
