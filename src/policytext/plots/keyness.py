"""Tidy table in, dots with intervals out: the terms that set each administration apart."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from policytext.plots.theme import MUTED, axes_for, blank, group_colours, ordered, require, write

SIGNIFICANT = 0.05  # q below which a dot is filled
WIDTH = 7.9  # inches; a page about 760 pixels wide then shows the labels at their own size
ROW_INCHES = 0.29
X_LABEL = "로그 승산비 (숫자: 나온 횟수)"


def plot_keyness(
    table: pd.DataFrame,
    *,
    colours: Mapping[str, str] | None = None,
    n_terms: int = 12,
    ax: Axes | None = None,
) -> Axes | np.ndarray:
    """Most distinctive terms of each administration: a dot and its interval.

    Parameters
    ----------
    table : DataFrame
        `term, administration, z, log_odds, n`, as :func:`policytext.comparison.keyness` gives;
        `log_odds_low`, `log_odds_high` draw intervals; with `q`, terms at or above 0.05 get a
        hollow dot.
    colours : mapping of administration to colour, optional
    n_terms : int
        Terms shown per administration, the highest `z` first.
    ax : Axes, optional
        Only for a table of one administration.

    Returns
    -------
    Axes, or an array of Axes when there is more than one administration: one each, in category
    order or, without categories, in the order of the table.

    Raises
    ------
    ValueError
        A missing column, or `ax` for more than one administration.

    >>> table = pd.DataFrame({"term": ["창업", "규제"], "administration": ["가", "나"],
    ...     "z": [3.0, 5.0], "log_odds": [1.5, 2.0], "n": [10, 40]})
    >>> len(plot_keyness(table))
    2
    """
    require(table, ["term", "administration", "z", "log_odds", "n"])
    groups = ordered(table["administration"])
    if ax is not None and len(groups) > 1:
        raise ValueError(
            f"ax에는 정부 하나만 그릴 수 있는데 표에 정부가 {len(groups)}개 있습니다. "
            "ax를 빼거나 정부 하나만 골라 주세요."
        )
    if table.empty:
        return blank(axes_for(ax, height=1.8))
    ranked = table.sort_values(["z", "term"], ascending=[False, True])
    tops = [ranked[ranked["administration"] == group].head(n_terms) for group in groups]
    is_single = len(groups) == 1
    if is_single:
        panels = [axes_for(ax, height=ROW_INCHES * _units(tops[0]) + 0.9)]
    else:
        panels = _panels(tops)
    colour = group_colours(table, groups, colours)
    for panel, group, top in zip(panels, groups, tops, strict=True):
        _draw_terms(top, panel, colour[group])
        panel.set_title(str(group))
    panels[0].set_xlim(*_limits(tops))  # the panels share this axis
    if is_single:
        panels[0].set(xlabel=X_LABEL, ylim=(_units(tops[0]) - 0.6, -0.6))
        return panels[0]
    panels[0].figure.supxlabel(X_LABEL, fontsize=10, color=MUTED)
    return np.array(panels, dtype=object)


def _units(top: pd.DataFrame) -> float:
    """Height of a panel in rows: its terms and a little air."""
    return len(top) + 0.2


def _panels(tops: list[pd.DataFrame]) -> list[Axes]:
    """One Axes a table in rows of two; a term takes the same height in all of them."""
    heights = [max(map(_units, tops[start : start + 2])) for start in range(0, len(tops), 2)]
    figure, grid = plt.subplots(
        len(heights),
        2,
        squeeze=False,
        sharex=True,
        layout="constrained",
        figsize=(WIDTH, ROW_INCHES * sum(heights) + 0.5 * len(heights) + 0.6),
        gridspec_kw={"height_ratios": heights},
    )
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.06)
    # Empty rows below the last term keep the spacing of the panel beside it.
    for position, panel in enumerate(grid.flat):
        panel.set_ylim(heights[position // 2] - 0.6, -0.6)
    for panel in grid.flat[len(tops) :]:
        panel.remove()
    for panel in grid.flat[len(tops) - 2 : len(tops)]:
        panel.tick_params(labelbottom=True)
    return list(grid.flat[: len(tops)])


def _limits(tops: list[pd.DataFrame]) -> tuple[float, float]:
    """A range that holds zero, every interval and the counts written beside them."""
    shown = pd.concat(tops)
    ends = shown.filter(["log_odds", "log_odds_low", "log_odds_high"]).astype(float)
    low, high = min(ends.min().min(), 0), max(ends.max().max(), 0)
    room = (high - low) or 1
    return low - 0.04 * room, high + 0.22 * room


def _draw_terms(top: pd.DataFrame, ax: Axes, colour) -> None:
    """Dots, intervals and counts of one administration's top terms."""
    rows = np.arange(len(top))
    right = top["log_odds"]
    if {"log_odds_low", "log_odds_high"} <= set(top.columns):
        low, high = top["log_odds_low"].astype(float), top["log_odds_high"].astype(float)
        ax.hlines(rows, low, high, color=colour, linewidth=2.6, alpha=0.55)
        right = high.fillna(right)
    is_sure = top["q"] < SIGNIFICANT if "q" in top else pd.Series(True, index=top.index)
    fill = [colour if sure else "white" for sure in is_sure]
    ax.scatter(top["log_odds"], rows, s=52, c=fill, edgecolors=[colour], linewidth=1.6, zorder=3)
    for row, x, n in zip(rows, right, top["n"], strict=True):
        write(ax, f"{int(n):,}", (x, row), (7, 0), fontsize=9, color=MUTED)
    ax.axvline(0, color=MUTED, linewidth=0.8)
    ax.set(yticks=rows, yticklabels=top["term"].astype(str), ylabel="")
    ax.xaxis.set_major_locator(MaxNLocator(nbins=5))
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
