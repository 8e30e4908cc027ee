"""Tidy table in, lines over time out: months of a calendar, and years in office side by side."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from policytext.plots.theme import (
    ACCENT,
    GRID,
    INK,
    MUTED,
    axes_for,
    blank,
    group_colours,
    ordered,
    require,
    write,
)

SURE = 0.05  # q below which a change is drawn as a full line
WIDTH = 7.9
PANEL_INCHES = 1.35
LABEL_INCHES = 0.13  # of a syllable above the shading
VALUE_LABELS = {
    "rate": "1만 낱말에 나온 횟수",
    "share": "글(가족) 가운데 비중",
    "documents": "100일마다 남은 글(가족)",
}
_MARKERS = "osD^vPX*"
_MONTH_STYLE = {
    "xycoords": ("data", "axes fraction"), "fontsize": 8.5, "color": INK, "zorder": 5,
    "bbox": {"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 0.6},
}  # fmt: skip


def plot_timeline(
    table: pd.DataFrame,
    *,
    changes: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    colours: Mapping[str, str] | None = None,
    unit: str = "rate",
) -> np.ndarray:
    """One panel a series: its cells with intervals, governments shaded, changes marked.

    Parameters
    ----------
    table : DataFrame
        As :func:`policytext.timeline.term_rates` or ``topic_rates`` give.
    changes : DataFrame, optional
        As :func:`policytext.changepoints.change_points` gives: full lines are sure (q below
        0.05), broken ones are not; thick horizontal lines are the levels between.
    events : DataFrame, optional
        ``date``: a tick at the foot of the last panel.
    colours : mapping of administration to colour, optional
    unit : {"rate", "share", "documents"}
        What the values are; shares (0..1) are written in percent.

    Returns
    -------
    array of Axes
        The scale of a panel follows its values: an interval may go beyond its upper edge. A
        missing column is a ValueError.

    >>> months = pd.date_range("2014-01-01", periods=3, freq="MS")
    >>> table = pd.DataFrame({"series": "창업", "administration": "가", "period": months,
    ...     "period_end": months + pd.offsets.MonthEnd(0), "value": [1.0, 2.0, 1.5]})
    >>> len(plot_timeline(table, unit="rate"))
    1
    """
    require(table, ["series", "administration", "period", "period_end", "value"])
    names = list(table["series"].unique())
    if table.empty:
        return np.array([blank(axes_for(None, height=1.8))], dtype=object)
    figure, grid = plt.subplots(
        len(names),
        squeeze=False,
        sharex=True,
        figsize=(WIDTH, PANEL_INCHES * len(names) + 0.8),
    )
    shades = _reigns(table)
    colour = group_colours(table, ordered(table["administration"]), colours)
    for panel, name in zip(grid.flat, names, strict=True):
        rows = table[table["series"] == name].sort_values("period")
        for reign in shades.itertuples():
            panel.axvspan(
                reign.start, reign.end, color=colour[reign.administration], alpha=0.13, linewidth=0
            )
        _draw_cells(rows, panel)
        if changes is not None:
            _draw_changes(rows, changes[changes["series"] == name], panel)
        panel.set_title(str(name), fontsize=10.5, pad=4)
        _value_axis(panel, rows["value"].max(), unit)
    _name_reigns(grid.flat[0], shades)
    if events is not None:
        _draw_events(events, grid.flat[-1])
    figure.supylabel(VALUE_LABELS[unit], fontsize=10, color=MUTED)
    return grid[:, 0]


def plot_office_windows(
    table: pd.DataFrame, *, colours: Mapping[str, str] | None = None, unit: str = "rate"
) -> np.ndarray:
    """One panel a series: the same stretch of every term side by side, with intervals.

    Parameters
    ----------
    table : DataFrame
        As :func:`policytext.timeline.term_rates` gives for ``office_windows``: also
        ``window, months, value_low, value_high``. Stretches without days have no dot.
    colours, unit
        As in :func:`plot_timeline`.

    Returns
    -------
    array of Axes
        A missing column is a ValueError.

    >>> table = pd.DataFrame({"series": "창업", "administration": ["가", "나"], "window": 1,
    ...     "months": "1–12", "value": [0.1, 0.4], "value_low": 0.05, "value_high": 0.5})
    >>> [tick.get_text() for tick in plot_office_windows(table)[0].get_xticklabels()]
    ['1–12']
    """
    require(table, ["series", "administration", "window", "months", "value"])
    names, groups = list(table["series"].unique()), ordered(table["administration"])
    if table.empty:
        return np.array([blank(axes_for(None, height=1.8))], dtype=object)
    n_rows = -(-len(names) // 2)
    figure, grid = plt.subplots(
        n_rows, min(len(names), 2), squeeze=False, figsize=(WIDTH, 1.85 * n_rows + 0.7)
    )
    colour = group_colours(table, groups, colours)
    offsets = np.linspace(-0.28, 0.28, len(groups)) if len(groups) > 1 else [0]
    for panel, name in zip(grid.flat, names, strict=False):
        rows = table[table["series"] == name]
        for place, group in enumerate(groups):
            own = rows[rows["administration"] == group].sort_values("window")
            x = own["window"] + offsets[place]
            panel.vlines(
                x, own["value_low"], own["value_high"], color=colour[group], alpha=0.55, lw=2
            )
            marker = _MARKERS[place % len(_MARKERS)]
            panel.plot(
                x, own["value"], marker, color=colour[group], ms=5.5, label=group, clip_on=False
            )
        first = rows.drop_duplicates("window").sort_values("window")
        panel.set_xticks(first["window"], first["months"])
        panel.set_title(str(name), fontsize=10.5, pad=4)
        panel.grid(axis="x", visible=False)
        _value_axis(panel, rows[["value", "value_high"]].max().max(), unit)
    for panel in grid.flat[len(names) :]:
        panel.remove()
    figure.legend(
        *grid.flat[0].get_legend_handles_labels(),
        loc="outside upper center",
        ncols=min(len(groups), 5),
        frameon=False,
    )
    figure.supxlabel("재임 개월", fontsize=10, color=MUTED)
    figure.supylabel(VALUE_LABELS[unit], fontsize=10, color=MUTED)
    return grid.flat[: len(names)]


def _reigns(table: pd.DataFrame) -> pd.DataFrame:
    """``administration, start, end`` of each unbroken run of cells of one administration."""
    cells = table.drop_duplicates(["period", "administration"]).sort_values("period")
    follows = (cells["period"] - cells["period_end"].shift()).dt.days <= 1
    label = cells["administration"].astype(object)
    run = ((label != label.shift()) | ~follows).to_numpy().cumsum()
    return (
        cells.groupby(run)
        .agg(
            administration=("administration", "first"),
            start=("period", "min"),
            end=("period_end", "max"),
        )
        .reset_index(drop=True)
    )


def _draw_cells(rows: pd.DataFrame, ax: Axes) -> None:
    """Dots with intervals; a gap, and days of governments left out, break the line."""
    runs = (
        rows["value"].isna() | ((rows["period"] - rows["period_end"].shift()).dt.days > 1)
    ).cumsum()
    for _, run in rows.groupby(runs.to_numpy()):
        run = run.dropna(subset="value")
        middle = run["period"] + (run["period_end"] - run["period"]) / 2
        if {"value_low", "value_high"} <= set(run.columns):
            low, high = run["value_low"].astype(float), run["value_high"].astype(float)
            ax.vlines(middle, low, high, color=ACCENT, alpha=0.25, linewidth=1)
        ax.plot(middle, run["value"], color=ACCENT, linewidth=0.9, marker="o", markersize=2.2)


def _draw_changes(rows: pd.DataFrame, changes: pd.DataFrame, ax: Axes) -> None:
    """Where the level changed, and the levels between."""
    changes = changes.sort_values("date")
    if changes.empty:
        return
    known = rows.dropna(subset="value")
    bounds = [known["period"].min(), *changes["date"], known["period_end"].max()]
    levels = [changes["before"].iloc[0], *changes["after"]]
    ax.hlines(levels, bounds[:-1], bounds[1:], color=INK, linewidth=1.8, zorder=4)
    for change in changes.itertuples():
        style = "-" if change.q < SURE else (0, (2, 2))
        ax.axvline(change.date, color=INK, linewidth=0.9, linestyle=style, zorder=3)
    _write_months(changes[changes["q"] < SURE], ax, (bounds[0], bounds[-1]))


def _write_months(changes: pd.DataFrame, ax: Axes, span: tuple) -> None:
    """The month of each sure change, a line lower where it would run into the one before."""
    whole, previous, line = (span[1] - span[0]).days, None, 0
    for change in changes.itertuples():
        is_close = previous is not None and (change.date - previous).days < 0.085 * whole
        line = (line + 1) % 3 if is_close else 0
        previous = change.date
        is_late = (span[1] - change.date).days < 0.08 * whole
        by = (-3 if is_late else 3, -2 - 11 * line)
        side = {"va": "top", "ha": "right" if is_late else "left"}
        write(ax, f"{change.date:%Y.%m}", (change.date, 1), by, **side, **_MONTH_STYLE)


def _draw_events(events: pd.DataFrame, ax: Axes) -> None:
    low, high = ax.get_xlim()
    days = pd.to_datetime(events["date"]).dropna()
    look = {"color": MUTED, "alpha": 0.5, "markersize": 5, "transform": ax.get_xaxis_transform()}
    ax.plot(days, np.zeros(len(days)), "|", clip_on=True, **look)
    ax.set_xlim(low, high)


def _name_reigns(ax: Axes, shades: pd.DataFrame) -> None:
    """Names above the first panel, the longest reigns first, wherever none covers another.

    A name may be wider than its reign, but half of it must stand over the reign; at an edge it
    moves inwards.
    """
    first, last = shades["start"].min(), shades["end"].max()
    whole = max((last - first).days, 1)
    inches = 0.9 * WIDTH / whole
    taken: list[tuple[float, float, str]] = []
    days = shades["end"] - shades["start"]
    for reign in shades.loc[days.sort_values(ascending=False, kind="stable").index].itertuples():
        width = (LABEL_INCHES * len(str(reign.administration)) + 0.05) / inches
        length = (reign.end - reign.start).days
        middle = (reign.start - first).days + length / 2
        middle = min(max(middle, width / 2), whole - width / 2)
        low, high = middle - width / 2, middle + width / 2
        if length >= width / 2 and not any(low < other[1] and other[0] < high for other in taken):
            taken.append((low, high, str(reign.administration)))
    style = {"ha": "center", "va": "baseline", "color": MUTED, "annotation_clip": False}
    style["xycoords"] = ("data", "axes fraction")
    for low, high, name in sorted(taken):
        write(ax, name, (first + pd.Timedelta(days=(low + high) / 2), 1), (0, 17), **style)
    ax.set_xlim(first, last)


def _value_axis(ax: Axes, top: float, unit: str) -> None:
    ax.set_ylim(0, (1 if pd.isna(top) or top <= 0 else top) * 1.15)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=3))
    if unit == "share":
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value * 100:.0f}%"))
    ax.tick_params(axis="y", labelsize=9)
    ax.grid(axis="y", color=GRID)
