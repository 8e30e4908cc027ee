"""Tidy table in, Axes out: how far conclusions depend on choices, data and dates."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from policytext.plots.theme import (
    ACCENT,
    GRID,
    INK,
    MUTED,
    axes_for,
    bars_only,
    blank,
    require,
    write,
)

WIDTH = 7.9
AGAINST = "#b0552b"
_STATUS = {
    "holds": ("같음", ACCENT, "", "white"),
    "fails": ("달라짐", "#f4d6c6", "////", INK),
    "absent": ("잴 수 없음", "#e6e9ed", "", INK),
}


def plot_specification_curve(
    table: pd.DataFrame, choices: Sequence[str], *, label: str = "추정값"
) -> np.ndarray:
    """Estimates from low to high with intervals, over a matrix of the choices behind them.

    Parameters
    ----------
    table : DataFrame
        One claim: ``estimate, low, high, status`` (``holds``, ``fails``, ``absent``), one
        column per choice; the first row is the base. Rows without an estimate stand apart on
        the right.
    choices : sequence of str
        Columns of the matrix, named as readers see them.
    label : str
        What the estimate is.

    Returns
    -------
    array of two Axes
        Curve and matrix, sharing the horizontal axis. A missing column is a ValueError.

    >>> table = pd.DataFrame({"estimate": [0.3, 0.1], "low": [0.2, -0.1], "high": [0.4, 0.3],
    ...     "status": ["holds", "fails"], "분석기": ["mecab", "kiwi"]})
    >>> plot_specification_curve(table, ["분석기"], label="비중")[0].get_ylabel()
    '비중'
    """
    require(table, ["estimate", "low", "high", "status", *choices])
    rows = [(name, value) for name in choices for value in table[name].unique()]
    height = 0.215 * len(rows) + 0.09 * len(choices)
    figure, axes = plt.subplots(
        2,
        1,
        sharex=True,
        figsize=(WIDTH, 2.9 + height),
        height_ratios=(2.5, max(height, 0.5)),
        layout="constrained",
    )
    if table.empty:
        return np.array([blank(panel) for panel in axes], dtype=object)
    order = table["estimate"].sort_values(kind="stable", na_position="last").index
    drawn = table.loc[order].reset_index(drop=True)
    base = order.get_loc(table.index[0])
    _draw_estimates(axes[0], drawn, base, label)
    _draw_choices(axes[1], drawn, rows)
    for panel in axes:
        panel.axvline(base, color=INK, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        panel.grid(axis="x", visible=False)
    axes[1].set(xlim=(-1, len(drawn)), xlabel=f"분석 조건 {len(drawn)}가지 (추정값이 작은 차례)")
    axes[1].set_xticks([])
    return axes


def _draw_estimates(ax: Axes, drawn: pd.DataFrame, base: int, label: str) -> None:
    for status, (_, colour, _, _) in _STATUS.items():
        part = drawn[(drawn["status"] == status) & drawn["estimate"].notna()]
        edge = AGAINST if status == "fails" else colour
        ax.vlines(part.index, part["low"], part["high"], color=edge, linewidth=2, alpha=0.5)
        fill = "white" if status == "fails" else colour
        ax.scatter(part.index, part["estimate"], s=26, c=fill, edgecolors=edge, zorder=3)
    ax.axhline(0, color=MUTED, linewidth=0.8)
    n_measured = int(drawn["estimate"].notna().sum())
    if n_measured < len(drawn):
        ax.axvspan(n_measured - 0.5, len(drawn), color="#f1f3f5", zorder=0)
        ax.annotate("잴 수 없음", (0.995, 0.04), xycoords="axes fraction", ha="right", color=MUTED)
    side, x = ("left", 5) if base < len(drawn) / 2 else ("right", -5)
    style = {"xycoords": ("data", "axes fraction"), "va": "top", "fontsize": None, "color": INK}
    write(ax, "이 연구의 조건", (base, 1), (x, -2), ha=side, **style)
    ax.set_ylabel(label)
    ax.margins(y=0.16)
    ax.tick_params(bottom=False)


def _draw_choices(ax: Axes, drawn: pd.DataFrame, rows: list) -> None:
    """One dot where a specification has the value of the row; a gap between the choices."""
    position, y, labels, previous = [], 0.0, [], None
    for name, value in rows:
        y += 1.45 if previous is not None and name != previous else 1
        position.append(y)
        labels.append(f"{name}  {value}" if name != previous else str(value))
        previous = name
    for y, (name, value) in zip(position, rows, strict=True):
        ax.axhline(y, color=GRID, linewidth=0.6, zorder=0)
        has = drawn[drawn[name] == value]
        colour = np.where(has["status"] == "fails", AGAINST, INK)
        colour = np.where(has["status"] == "absent", "#aab2bb", colour)
        ax.scatter(has.index, [y] * len(has), s=11, c=colour, marker="s", linewidth=0)
    ax.set(yticks=position, yticklabels=labels, ylim=(position[-1] + 0.8, 0.2))
    ax.tick_params(axis="y", length=0, labelsize=9)
    ax.grid(visible=False)
    ax.spines[["left", "bottom"]].set_visible(False)


def plot_agreement(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Runs in which each claim holds, fails, and cannot be measured.

    Parameters
    ----------
    table : DataFrame
        ``claim, n_holds, n_fails, n_absent``, as
        :func:`policytext.robustness.claims.agreement` gives.
    ax : Axes, optional

    Returns
    -------
    Axes
        A missing column is a ValueError.

    >>> table = pd.DataFrame({"claim": ["갑"], "n_holds": 9, "n_fails": 4, "n_absent": 0})
    >>> [text.get_text() for text in plot_agreement(table).texts]
    ['9', '4']
    """
    require(table, ["claim", "n_holds", "n_fails", "n_absent"])
    ax = axes_for(ax, width=WIDTH, height=0.36 * len(table) + 1)
    if table.empty:
        return blank(ax)
    y = np.arange(len(table))
    left = np.zeros(len(table))
    whole = table[["n_holds", "n_fails", "n_absent"]].sum(axis=1).max()
    for status, (name, colour, hatch, ink) in _STATUS.items():
        n = table[f"n_{status}"].to_numpy()
        if not n.any():
            continue
        ax.barh(y, n, left=left, color=colour, edgecolor=AGAINST if hatch else colour,
                hatch=hatch, height=0.64, linewidth=0.6 if hatch else 0, label=name)  # fmt: skip
        for row in np.flatnonzero(n >= 0.03 * whole):
            box = {"facecolor": colour, "edgecolor": "none", "pad": 0.8} if hatch else None
            ax.text(left[row] + n[row] / 2, row, f"{n[row]:,}", ha="center", va="center",
                    fontsize=9, color=ink, bbox=box)  # fmt: skip
        left = left + n
    ax.set(
        yticks=y, yticklabels=table["claim"], xlabel="분석한 횟수", ylim=(len(table) - 0.5, -0.5)
    )
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return bars_only(ax)


def plot_placebo(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Significant terms at the real dates of government and at false ones.

    Parameters
    ----------
    table : DataFrame
        ``offset_days, is_real, n_significant``, as :func:`policytext.comparison.placebo` gives.
    ax : Axes, optional

    Returns
    -------
    Axes
        A missing column is a ValueError.

    >>> table = pd.DataFrame({"offset_days": [0], "is_real": [True], "n_significant": [12]})
    >>> [text.get_text() for text in plot_placebo(table).texts]
    ['진짜 경계 12개']
    """
    require(table, ["offset_days", "is_real", "n_significant"])
    ax = axes_for(ax, width=WIDTH, height=3.3)
    if table.empty:
        return blank(ax)
    years = table["offset_days"] / 365.2425
    false, real = table[~table["is_real"]], table[table["is_real"]].iloc[0]
    ax.vlines(years[false.index], 0, false["n_significant"], color="#aab2bb", linewidth=1.4)
    ax.scatter(years[false.index], false["n_significant"], s=36, c="white", edgecolors=MUTED,
               linewidth=1.4, zorder=3)  # fmt: skip
    ax.axhline(real["n_significant"], color=ACCENT, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    ax.scatter([0], [real["n_significant"]], s=62, c=ACCENT, zorder=4)
    texts: Mapping[str, tuple] = {
        f"진짜 경계 {int(real['n_significant']):,}개": (0, 7, real, ACCENT)
    }
    if len(false):
        top = false.loc[false["n_significant"].idxmax()]
        texts |= {
            f"거짓 경계 최대 {int(top['n_significant']):,}개": (years[top.name], -14, top, INK)
        }
    for text, (x, up, row, colour) in texts.items():
        right = x > years.max() / 2
        style = {"ha": "right" if right else "left", "va": "baseline", "fontsize": None}
        write(ax, text, (x, row["n_significant"]), (-7 if right else 7, up), color=colour, **style)
    ax.set(xlabel="경계를 옮긴 햇수", ylabel="유의한 낱말 (q < 0.05)")
    ax.set_ylim(0, max(table["n_significant"].max(), 1) * 1.2)
    ax.grid(axis="x", visible=False)
    return ax
