"""Tidy table in, Axes out: one term over time, across administrations and topics."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

from policytext.administrations import administration_colours
from policytext.theme import ACCENT, INK, MUTED, axes_for, bars_only, blank, require

DATES = ["%Y", "%m월", "%d일", "%H시", "%M분", "%S초"]
HEIGHT = 2.7  # inches; small, because the explorer draws it again at every change
CAPTIONS = {
    "time": "‘{term}’의 비율. 띠는 95% 구간(가족 부트스트랩 200번), 점선은 그 정부의 첫 글",
    "administrations": "‘{term}’의 로그 승산비. 선은 95% 구간(가족 부트스트랩 200번)",
    "topics": "‘{term}’을 쓴 글의 비율: 주제마다(막대)와 나머지 주제(세로 금)",
}


def plot_term(
    view: str, table: pd.DataFrame, *, starts: Mapping[str, pd.Timestamp] | None = None
) -> Axes:
    """The figure of a view of the explorer; an empty table is said to be empty."""
    if table.empty:
        return blank(axes_for(None, height=HEIGHT))
    if view == "topics":
        return plot_term_topics(table)
    if view == "administrations":
        return plot_term_keyness(table, colours=administration_colours())
    return plot_term_rates(table, starts=starts)


def plot_term_rates(
    table: pd.DataFrame, *, starts: Mapping[str, pd.Timestamp] | None = None, ax: Axes | None = None
) -> Axes:
    """Rate of a term per period, with its interval and the days governments began.

    Parameters
    ----------
    table : DataFrame
        ``period, rate_per_10k, rate_low, rate_high`` as in :func:`policytext.terms.term_rates`.
    starts : mapping of label to Timestamp, optional
        Drawn as dotted lines.
    ax : Axes, optional
    """
    require(table, ["period", "rate_per_10k", "rate_low", "rate_high"])
    ax = axes_for(ax, height=HEIGHT)
    if table.empty:
        return blank(ax)
    step = table["period"].diff().median() if len(table) > 1 else pd.Timedelta(0)
    period, rate = table["period"] + step / 2, table["rate_per_10k"]  # dots stand mid-period
    ax.fill_between(period, table["rate_low"], table["rate_high"], color=ACCENT, alpha=0.18, lw=0)
    ax.plot(period, rate, color=ACCENT, marker="o", markersize=4, linewidth=1.4)
    # One very wide interval must not flatten everything else.
    top = max(np.nanmax(rate) * 1.6, np.nanmedian(table["rate_high"].fillna(0)) * 1.2, 0.1)
    first, last = table["period"].iloc[0], table["period"].iloc[-1] + step
    ax.set(ylabel="1만 낱말에", ylim=(0, top))
    if first < last:
        ax.set_xlim(first, last)
    for label, day in (starts or {}).items():
        if first < day <= last:
            ax.axvline(day, color=MUTED, linewidth=0.9, linestyle=(0, (2, 3)))
            ax.annotate(label, (day, 1), xycoords=("data", "axes fraction"), xytext=(3, -2),
                        textcoords="offset points", va="top", fontsize=9, color=INK)  # fmt: skip
    locator = AutoDateLocator()
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(
        ConciseDateFormatter(
            locator, formats=DATES, zero_formats=["", *DATES[:-1]], show_offset=False
        )
    )
    return ax


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


def plot_term_topics(table: pd.DataFrame, *, n: int = 6, ax: Axes | None = None) -> Axes:
    """Share of a topic's documents that use a term, beside that of all other documents.

    Parameters
    ----------
    table : DataFrame
        ``topic, label, share, share_elsewhere`` as in
        :func:`policytext.terms.term_topics`.
    n : int
        Topics shown, from the first row.
    ax : Axes, optional
    """
    require(table, ["topic", "label", "share", "share_elsewhere"])
    shown = table.head(n)
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
