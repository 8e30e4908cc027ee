"""The look all figures share: theme and Korean font, colours, and Axes made to measure."""

from collections.abc import Mapping
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb

FONT_FILE = Path(__file__).parents[1] / "assets" / "NotoSansKR-Regular.otf"
INK, MUTED, GRID, ACCENT = "#22262b", "#5b6470", "#dfe3e8", "#2f5d8c"
SEQUENTIAL = LinearSegmentedColormap.from_list("policytext", ["#f4f6f9", "#a9c2dc", "#2f5d8c"])
SYMBOL_FONT = "DejaVu Sans"


def use_theme() -> None:
    """Set seaborn's theme, the Korean font and byte-stable SVG once for a session.

    >>> use_theme()
    >>> plt.rcParams["font.family"][0]
    'Noto Sans KR'
    """
    font_manager.fontManager.addfont(FONT_FILE)
    family = font_manager.FontProperties(fname=FONT_FILE).get_name()
    rc = {
        "font.family": [family, SYMBOL_FONT],
        "font.size": 10.5,
        "axes.labelsize": 10.5,
        "axes.titlesize": 11.5,
        "xtick.labelsize": 10,
        "ytick.labelsize": 10,
        "legend.fontsize": 10,
        "axes.unicode_minus": False,
        # A term such as "$5" is a term, not a formula.
        "text.parse_math": False,
        "text.color": INK,
        "axes.labelcolor": MUTED,
        "axes.titlecolor": INK,
        "xtick.color": MUTED,
        "ytick.color": INK,
        "axes.edgecolor": GRID,
        "grid.color": GRID,
        "grid.linewidth": 0.7,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlelocation": "left",
        "axes.titlepad": 10,
        "figure.figsize": (7.6, 4.2),
        "figure.constrained_layout.use": True,
        "svg.fonttype": "path",
        "svg.hashsalt": "policytext",
    }
    sns.set_theme(context="notebook", style="whitegrid", palette="colorblind", rc=rc)


def axes_for(ax: Axes | None, *, width: float = 7.6, height: float) -> Axes:
    """The caller's Axes, or a new figure as tall as its rows need."""
    return ax if ax is not None else plt.subplots(figsize=(width, max(height, 1.8)))[1]


def blank(ax: Axes) -> Axes:
    """An empty table is a result; say so instead of drawing an empty frame."""
    ax.set_axis_off()
    middle = {"ha": "center", "va": "center", "transform": ax.transAxes}
    ax.text(0.5, 0.5, "보여 줄 자료가 없습니다", color=MUTED, **middle)
    return ax


def write(ax: Axes, text: str, at: tuple, by: tuple = (5, 0), **style) -> None:
    """Text at a place of the data, moved `by` points; `style` goes to ``Axes.annotate``."""
    style = {"va": "center", "fontsize": 9.5} | style
    ax.annotate(text, at, xytext=by, textcoords="offset points", **style)


def bars_only(ax: Axes) -> Axes:
    """Horizontal bars need no row grid and no left spine."""
    ax.grid(axis="y", visible=False)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    return ax


def ordered(values: pd.Series) -> list:
    """Distinct values in category order if there is one, else in order of appearance."""
    present = values.dropna()
    if isinstance(present.dtype, pd.CategoricalDtype):
        return list(present.cat.remove_unused_categories().cat.categories)
    return list(present.unique())


def group_colours(table: pd.DataFrame, groups: list, colours: Mapping[str, str] | None) -> dict:
    """Colour of each group: the caller's, else the table's, else a safe palette's."""
    # seaborn's colour-blind palette repeats after ten.
    palette = sns.color_palette("colorblind" if len(groups) <= 10 else "viridis", len(groups))
    chosen = dict(zip(groups, palette, strict=True))
    if "colour" in table.columns:
        named = table.dropna(subset=["administration", "colour"])
        chosen |= dict(zip(named["administration"], named["colour"], strict=True))
    return chosen | {name: colours[name] for name in groups if colours and name in colours}


def contrast(one, other) -> float:
    """Contrast ratio of two colours, 1 to 21.

    WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio

    >>> round(contrast("black", "white"), 6)
    21.0
    """
    luminances = []
    for colour in (one, other):
        channels = np.array(to_rgb(colour))
        linear = np.where(
            channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        )
        luminances.append(float(linear @ [0.2126, 0.7152, 0.0722]))
    return (max(luminances) + 0.05) / (min(luminances) + 0.05)


def readable_on(background) -> str:
    """Black or white, whichever stands out more; on any colour the contrast is above 4.5.

    >>> readable_on("#f4f6f9"), readable_on("#2f5d8c")
    ('black', 'white')
    """
    return max("black", "white", key=lambda colour: contrast(colour, background))


def require(table: pd.DataFrame, columns: list[str]) -> None:
    """Name every missing column at once."""
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise ValueError(
            f"그림에 필요한 열 {', '.join(missing)} 없음: 표의 열은 "
            f"{', '.join(map(str, table.columns))}입니다. 열 이름을 확인해 주세요."
        )
