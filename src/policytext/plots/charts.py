"""Bars and lines of single tables: coverage, steps, analysers, the curve of topic numbers."""

from collections.abc import Mapping

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from policytext.plots.theme import (
    ACCENT,
    INK,
    MUTED,
    axes_for,
    bars_only,
    blank,
    group_colours,
    ordered,
    require,
    write,
)


def plot_coverage(
    table: pd.DataFrame, *, colours: Mapping[str, str] | None = None, ax: Axes | None = None
) -> Axes:
    """Documents per year, one strip per administration on one common scale.

    Parameters
    ----------
    table : DataFrame
        `year` (int, missing when the year is not known), `administration`, `n_documents`;
        optionally `colour`.
    colours : mapping of administration to colour, optional
    ax : Axes, optional

    Returns
    -------
    Axes
        One bar per known year and administration; the strip's label carries its total and the
        number of documents without a year, which have no bar. A missing column is a ValueError.

    >>> table = pd.DataFrame({"year": [2013], "administration": ["가"], "n_documents": [8]})
    >>> len(plot_coverage(table).patches)
    1
    """
    require(table, ["year", "administration", "n_documents"])
    groups = ordered(table["administration"])
    ax = axes_for(ax, height=0.56 * len(groups) + 0.8)
    if table.empty:
        return blank(ax)
    colour = group_colours(table, groups, colours)
    top = max(table["n_documents"].max(), 1)
    labels = []
    for row, group in enumerate(groups):
        part = table[table["administration"] == group]
        dated = part.dropna(subset="year")
        bars = {"bottom": -row, "width": 0.82, "color": colour[group], "linewidth": 0}
        ax.bar(dated["year"].astype(int), dated["n_documents"] / top * 0.72, **bars)
        undated = int(part["n_documents"].sum() - dated["n_documents"].sum())
        labels.append(
            f"{group}\n{int(part['n_documents'].sum()):,}건"
            + (f" (연도 없음 {undated:,})" if undated else "")
        )
        if len(dated):
            peak = dated.loc[dated["n_documents"].idxmax()]
            style = {"ha": "center", "va": "bottom", "fontsize": 9, "color": MUTED}
            height = -row + peak["n_documents"] / top * 0.72 + 0.03
            ax.text(int(peak["year"]), height, f"{int(peak['n_documents']):,}", **style)
    ax.set(
        yticks=[-row for row in range(len(groups))],
        yticklabels=labels,
        xlabel="연도",
        ylabel="",
        ylim=(-len(groups) + 0.88, 0.95),
    )
    ax.xaxis.set_major_locator(plt.MaxNLocator(integer=True, nbins=12))
    ax.tick_params(axis="y", length=0, labelsize=9.5)
    for label in ax.get_yticklabels():
        label.set_va("bottom")
    ax.grid(axis="x", visible=False)
    ax.spines["left"].set_visible(False)
    return ax


def plot_steps(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Documents left after each cleaning step, with what the step removed.

    Parameters
    ----------
    table : DataFrame
        `step` (str, in order), `n_documents` (left after the step), `n_removed`, such as
        ``steps`` of :func:`policytext.corpus.load_corpus`.
    ax : Axes, optional

    Returns
    -------
    Axes
        A bar a step, the first on top. A missing column is a ValueError.

    >>> table = pd.DataFrame({"step": ["읽음"], "n_documents": [9], "n_removed": [0]})
    >>> [text.get_text() for text in plot_steps(table).texts]
    ['9건']
    """
    require(table, ["step", "n_documents", "n_removed"])
    ax = axes_for(ax, height=0.46 * len(table) + 0.9)
    if table.empty:
        return blank(ax)
    rows = np.arange(len(table))
    ax.barh(rows, table["n_documents"], color=ACCENT, height=0.62, linewidth=0)
    look = {"color": "#f4d6c6", "edgecolor": "#b0552b", "hatch": "////", "linewidth": 0.6}
    ax.barh(rows, table["n_removed"], left=table["n_documents"], height=0.62, **look)
    for row, kept, removed in zip(rows, table["n_documents"], table["n_removed"], strict=True):
        text = f"{int(kept):,}건" + (f" (-{int(removed):,})" if removed else "")
        write(ax, text, (kept + removed, row), color=INK)
    ax.set(yticks=rows, yticklabels=table["step"].astype(str), xlabel="문서 수", ylabel="")
    ax.invert_yaxis()
    ax.set_xlim(0, max((table["n_documents"] + table["n_removed"]).max(), 1) * 1.18)
    ax.xaxis.set_major_formatter(mpl.ticker.StrMethodFormatter("{x:,.0f}"))
    return bars_only(ax)


def plot_topic_curve(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Stability and coherence against the number of topics, the chosen number marked.

    Parameters
    ----------
    table : DataFrame
        `n_topics`, `stability`, `coherence`, `chosen` (bool); `stability_low` and
        `stability_high` draw a band when present. The second value of
        :func:`policytext.topics.fit_topics`.
    ax : Axes, optional

    Returns
    -------
    Axes
        Two lines. A missing column is a ValueError.

    >>> table = pd.DataFrame({"n_topics": [5, 8], "stability": 0.7, "coherence": 0.1,
    ...     "chosen": [True, False]})
    >>> plot_topic_curve(table).get_xlabel()
    '주제 수'
    """
    require(table, ["n_topics", "stability", "coherence", "chosen"])
    ax = axes_for(ax, height=3.9)
    table = table.sort_values("n_topics")
    if table.empty:
        return blank(ax)
    series = [("stability", "안정성", ACCENT, "o"), ("coherence", "응집도", "#b0552b", "s")]
    for column, label, colour, marker in series:
        drawn = table.dropna(subset=column)
        sns.lineplot(
            data=drawn,
            x="n_topics",
            y=column,
            color=colour,
            marker=marker,
            ax=ax,
            markersize=6,
            errorbar=None,
            label=label,
            legend=False,
        )
        if len(drawn):
            last = drawn.iloc[-1]
            write(ax, label, (last["n_topics"], last[column]), (8, 0), fontsize=None, color=colour)
    if {"stability_low", "stability_high"} <= set(table.columns):
        ax.fill_between(
            table["n_topics"].astype(float),
            table["stability_low"].astype(float),
            table["stability_high"].astype(float),
            color=ACCENT,
            alpha=0.15,
            linewidth=0,
        )
    for n_topics in table.loc[table["chosen"].astype(bool), "n_topics"]:
        ax.axvline(n_topics, color=INK, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
        style = {"xycoords": ("data", "axes fraction"), "va": "top", "color": INK, "fontsize": 10}
        write(ax, f"고른 수 {n_topics}", (n_topics, 1), (5, -3), **style)
    ax.set(xlabel="주제 수", ylabel="값 (클수록 좋음)")
    ax.set_xticks(table["n_topics"].unique())
    ax.margins(x=0.1, y=0.12)
    return ax


def plot_analysers(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Speed of each morphological analyser, with its overlap with the default one.

    Parameters
    ----------
    table : DataFrame
        `analyser`, `n_tokens`, `kchar_per_second` (thousand characters a second; missing when
        not measured), `jaccard_with_default` (0..1), as
        :func:`policytext.bench.compare_analysers` gives.
    ax : Axes, optional

    Returns
    -------
    Axes
        A bar an analyser, the fastest first. A missing column is a ValueError.

    >>> table = pd.DataFrame({"analyser": ["mecab"], "n_tokens": [12],
    ...     "kchar_per_second": [500.0], "jaccard_with_default": [1.0]})
    >>> [text.get_text() for text in plot_analysers(table).texts]
    ['500천 자/초 · 겹침 1.00 · 12개']
    """
    require(table, ["analyser", "n_tokens", "kchar_per_second", "jaccard_with_default"])
    ax = axes_for(ax, height=0.5 * len(table) + 0.9)
    if table.empty:
        return blank(ax)
    table = table.sort_values("kchar_per_second", ascending=False, na_position="last")
    sns.barplot(
        data=table.assign(analyser=table["analyser"].astype(str)),
        x="kchar_per_second",
        y="analyser",
        color=ACCENT,
        saturation=1,
        width=0.62,
        errorbar=None,
        ax=ax,
    )
    for row, record in enumerate(table.itertuples()):
        speed = record.kchar_per_second
        text = "재지 못함" if pd.isna(speed) else f"{speed:,.0f}천 자/초"
        if not pd.isna(record.jaccard_with_default):
            text += f" · 겹침 {record.jaccard_with_default:.2f}"
        write(ax, f"{text} · {int(record.n_tokens):,}개", (0 if pd.isna(speed) else speed, row))
    top = table["kchar_per_second"].max()
    ax.set(xlabel="처리 속도 (천 자/초)", ylabel="", xlim=(0, (1 if pd.isna(top) else top) * 1.55))
    return bars_only(ax)
