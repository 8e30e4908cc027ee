"""Tidy table in, a whole and its parts out: a tree of topics, a distance split in two."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.cluster.hierarchy import dendrogram

from policytext.plots.theme import ACCENT, INK, MUTED, axes_for, bars_only, blank, require, write

PART_LABELS = {"what": "무엇을 (주제의 비중)", "how": "어떻게 (주제 안의 말)"}
_LOOKS = {"what": (ACCENT, ""), "how": ("#d9975f", "////")}


def plot_hierarchy(
    table: pd.DataFrame, labels: Mapping[int, str], *, ax: Axes | None = None
) -> Axes:
    """Tree of topics, the nearest joined first.

    Parameters
    ----------
    table : DataFrame
        As :func:`policytext.kinship.hierarchy` gives.
    labels : mapping of topic to name
        Of every topic, in order; :func:`policytext.labels.topic_names` gives it.
    ax : Axes, optional

    Returns
    -------
    Axes
        A leaf a topic. A missing column is a ValueError.

    >>> tree = pd.DataFrame({"left": [0], "right": [1], "distance": [0.2], "n_topics": [2]})
    >>> [leaf.get_text() for leaf in plot_hierarchy(tree, {1: "창업", 2: "쌀"}).get_yticklabels()]
    ['1. 창업', '2. 쌀']
    """
    require(table, ["left", "right", "distance", "n_topics"])
    ax = axes_for(ax, height=0.3 * len(labels) + 0.9)
    if table.empty:
        return blank(ax)
    dendrogram(
        table[["left", "right", "distance", "n_topics"]].to_numpy(dtype=float),
        orientation="left",
        labels=[f"{number}. {label}" for number, label in labels.items()],
        color_threshold=0,
        above_threshold_color=ACCENT,
        leaf_font_size=9.5,
        ax=ax,
    )
    ax.set(xlabel="주제 중심 사이의 거리 (1 - 코사인)", ylabel="")
    ax.grid(False)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    return ax


def plot_decomposition(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """For each pair of administrations, what and how: two bars with intervals.

    Parameters
    ----------
    table : DataFrame
        ``pair`` (text, in order), ``part`` ("what" or "how"), ``excess, excess_low,
        excess_high`` (bits above the baseline), the rows with topic 0 of
        :func:`policytext.comparison.decomposition.decompose`.
    ax : Axes, optional

    Returns
    -------
    Axes
        Pairs without an excess are left out. A missing column is a ValueError.

    >>> table = pd.DataFrame({"pair": "가–나", "part": ["what", "how"], "excess": [0.3, 0.1],
    ...     "excess_low": [0.2, 0.05], "excess_high": [0.4, 0.2]})
    >>> [text.get_text() for text in plot_decomposition(table).texts]
    ['0.300', '0.100']
    """
    require(table, ["pair", "part", "excess", "excess_low", "excess_high"])
    table = table.dropna(subset="excess")
    pairs = list(table["pair"].unique())
    ax = axes_for(ax, height=0.7 * len(pairs) + 1.3)
    if table.empty:
        return blank(ax)
    for place, (part, (colour, hatch)) in enumerate(_LOOKS.items()):
        rows = table[table["part"] == part].set_index("pair").reindex(pairs)
        y = np.arange(len(pairs)) + 0.36 * (place - 0.5)
        look = {"color": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0}
        ax.barh(y, rows["excess"], height=0.33, label=PART_LABELS[part], **look)
        ax.hlines(y, rows["excess_low"], rows["excess_high"], color=INK, linewidth=1.4)
        for height, row in zip(y, rows.itertuples(), strict=True):
            at = (max(row.excess_high, row.excess), height)
            write(ax, f"{row.excess:.3f}", at, fontsize=9, color=MUTED)
    ax.axvline(0, color=MUTED, linewidth=0.8)
    ax.set(
        yticks=range(len(pairs)), yticklabels=pairs, ylabel="", xlabel="기준선을 넘는 거리 (비트)"
    )
    ax.invert_yaxis()
    ax.margins(x=0.12)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False)
    return bars_only(ax)
