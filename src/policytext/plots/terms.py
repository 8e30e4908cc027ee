"""Tidy table in, Axes out: one term across administrations and topics, or over time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from policytext.administrations import administration_colours
from policytext.plots.theme import ACCENT, INK, MUTED, axes_for, bars_only, blank, require
from policytext.plots.timelines import plot_timeline

N_TOPICS = 6  # shown, from the first row
CAPTIONS = {
    "time": "‘{term}’의 비율. 95% 구간은 가족 사이의 흩어짐으로 넓혔고 바탕색은 정부",
    "administrations": "‘{term}’의 로그 승산비. 선은 95% 구간(가족 부트스트랩 200번)",
    "topics": "‘{term}’의 비율: 주제마다 이 말을 쓴 글(막대)과 나머지 주제(세로 금)",
}


def plot_term(view: str, table: pd.DataFrame) -> Axes:
    """The figure of a view of the explorer; an empty table is said to be empty."""
    colours = administration_colours()
    if table.empty:
        return blank(axes_for(None, height=1.8))
    if view == "topics":
        return plot_term_topics(table)
    if view == "administrations":
        return plot_term_keyness(table, colours=colours)
    return plot_timeline(table, colours=colours)[0]


def plot_term_keyness(
    table: pd.DataFrame, *, colours: Mapping[str, str] | None = None, ax: Axes | None = None
) -> Axes:
    """Log-odds of a term in each administration against the rest, with intervals.

    Parameters
    ----------
    table : DataFrame
        ``administration, log_odds, log_odds_low, log_odds_high, n``.
    colours : mapping, optional
    ax : Axes, optional
    """
    require(table, ["administration", "log_odds", "log_odds_low", "log_odds_high", "n"])
    ax = axes_for(ax, height=0.34 * len(table) + 0.9)
    rows = np.arange(len(table))
    colour = [(colours or {}).get(name, ACCENT) for name in table["administration"]]
    ax.hlines(rows, table["log_odds_low"], table["log_odds_high"], color=colour, linewidth=2.6)
    ax.scatter(table["log_odds"], rows, s=46, c=colour, zorder=3)
    ax.axvline(0, color=MUTED, linewidth=0.8)
    names = [
        f"{name} ({n:,}번)" for name, n in zip(table["administration"], table["n"], strict=True)
    ]
    ax.set(yticks=rows, yticklabels=names, ylim=(len(table) - 0.5, -0.5))
    ax.set_xlabel("나머지 정부보다 덜 씀 ← 로그 승산비 → 더 씀")
    return bars_only(ax)


def plot_term_topics(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Share of a topic's documents that use a term, beside that of all other documents.

    Parameters
    ----------
    table : DataFrame
        ``topic, label, share, share_elsewhere`` as in
        :func:`policytext.lab.terms.term_topics`.
    ax : Axes, optional
    """
    require(table, ["topic", "label", "share", "share_elsewhere"])
    shown = table.head(N_TOPICS)
    ax = axes_for(ax, height=0.34 * len(shown) + 0.9)
    if shown.empty:
        return blank(ax)
    rows = np.arange(len(shown))
    ax.barh(rows, shown["share"] * 100, color=ACCENT, height=0.6)
    ax.scatter(shown["share_elsewhere"] * 100, rows, marker="|", s=160, color=INK, zorder=3)
    names = [
        f"{topic}. {label}" for topic, label in zip(shown["topic"], shown["label"], strict=True)
    ]
    ax.set(yticks=rows, yticklabels=names, ylim=(len(shown) - 0.5, -0.5))
    ax.set_xlabel("이 말을 쓴 글 (%), 세로 금은 나머지 주제")
    return bars_only(ax)
