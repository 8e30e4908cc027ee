"""Tidy table in, heat map out: topic shares, and distances between administrations."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from policytext.plots.theme import MUTED, SEQUENTIAL, axes_for, blank, ordered, readable_on, require


def plot_topic_shares(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Heat map of topic shares: topics in rows, administrations in columns.

    Parameters
    ----------
    table : DataFrame
        `administration`, `topic`, `label`, `share` (0..1, sums to 1 in an administration).
        Intervals (`share_low`, `share_high`) belong in the data table beside the figure.
    ax : Axes, optional

    Returns
    -------
    Axes
        Percentages in the cells. A missing column is a ValueError.

    >>> table = pd.DataFrame({"administration": ["A", "B"], "topic": 1, "label": "C",
    ...     "share": [0.25, 0.5]})
    >>> [text.get_text() for text in plot_topic_shares(table).texts]
    ['25', '50']
    """
    require(table, ["administration", "topic", "label", "share"])
    groups, topics = ordered(table["administration"]), sorted(table["topic"].unique())
    ax = axes_for(ax, width=max(7.6, 3.0 + 0.46 * len(groups)), height=0.42 * len(topics) + 1.2)
    if table.empty:
        return blank(ax)
    shares = table.pivot(index="topic", columns="administration", values="share")
    shares = shares.loc[topics, groups].astype(float)
    labels = table.drop_duplicates("topic").set_index("topic")["label"].astype(str)
    shares.index = [f"{topic}. {labels[topic]}" for topic in topics]
    written = shares.map(lambda share: "" if pd.isna(share) else f"{share * 100:.0f}")
    _heat(shares, written, ax)
    ax.set_title("정부 안에서 주제가 차지하는 비중 (%)", fontsize=10, color=MUTED)
    return ax


def plot_divergence(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Lower-triangle heat map of divergences between administrations.

    Parameters
    ----------
    table : DataFrame
        One row per pair: `administration_a`, `administration_b`, `excess` (bits beyond what a
        random split of the same documents gives) and `excess_low`; cells whose interval does
        not lie above 0 are in parentheses. With `baseline` the title says what was taken off.
        As :func:`policytext.comparison.divergence` gives.
    ax : Axes, optional

    Returns
    -------
    Axes
        A missing column is a ValueError.

    >>> table = pd.DataFrame({"administration_a": ["A"], "administration_b": ["B"],
    ...     "excess": [0.14], "excess_low": [0.1]})
    >>> [text.get_text() for text in plot_divergence(table).texts]
    ['0.140']
    """
    require(table, ["administration_a", "administration_b", "excess", "excess_low"])
    groups = ordered(pd.concat([table["administration_a"], table["administration_b"]]))
    side = 0.66 * len(groups)
    ax = axes_for(ax, width=max(5.6, side + 1.8), height=max(3.4, side + 1.2))
    if table.empty:
        return blank(ax)
    ends = ["administration_a", "administration_b"]
    swapped = table.rename(columns=dict(zip(ends, ends[::-1], strict=True)))
    both = pd.concat([table, swapped]).drop_duplicates(ends).set_index(ends)
    excess, low = (
        both[name].unstack().reindex(index=groups, columns=groups).astype(float)
        for name in ("excess", "excess_low")
    )
    lower = np.tril(np.ones(excess.shape, dtype=bool), -1)
    excess, low = excess.where(lower).iloc[1:, :-1], low.where(lower).iloc[1:, :-1]
    written = excess.map(lambda value: "" if pd.isna(value) else f"{value:.3f}")
    written = written.where(~(low <= 0), "(" + written + ")")
    _heat(excess.clip(lower=0), written, ax)
    known = table["baseline"].dropna() if "baseline" in table else pd.Series(dtype=float)
    span = ""
    if len(known):
        span = f" {known.min():.3f}" + (f"~{known.max():.3f}" if known.nunique() > 1 else "")
    ax.set_title(
        f"우연(기준선{span})을 넘는 거리 · 괄호: 0과 다르다고 할 수 없음", fontsize=10, color=MUTED
    )
    return ax


def _heat(values: pd.DataFrame, written: pd.DataFrame, ax: Axes) -> None:
    """seaborn heat map with the reports' look; the numbers stand out on every colour."""
    sns.heatmap(
        values,
        annot=written,
        fmt="",
        cmap=SEQUENTIAL,
        vmin=0,
        cbar=False,
        linewidths=1.5,
        linecolor="white",
        annot_kws={"fontsize": 10},
        ax=ax,
    )
    mesh = ax.collections[0]
    mesh.update_scalarmappable()
    is_missing = np.ma.getmaskarray(mesh.get_array()).ravel()
    cells = mesh.get_facecolors()[~is_missing]  # seaborn writes nothing where a value is missing
    for text, colour in zip(ax.texts, cells, strict=True):
        text.set_color(readable_on(colour))
    ax.grid(False)
    ax.set(xlabel="", ylabel="")
    ax.tick_params(length=0)
    ax.xaxis.tick_bottom()
    crowded = max((len(str(column)) for column in values.columns), default=0) > 5
    ax.tick_params(axis="x", rotation=35 if crowded else 0)
    ax.tick_params(axis="y", rotation=0)
    if crowded:
        for label in ax.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
