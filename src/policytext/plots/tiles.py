"""Tidy table in, tile map out: a square a region, a small map an administration."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle

from policytext.plots.theme import (
    GRID,
    INK,
    MUTED,
    SEQUENTIAL,
    axes_for,
    blank,
    ordered,
    readable_on,
    require,
)

WIDTH = 7.9
PER_ROW = 4  # maps side by side
SURE = 0.05  # q below which a tile is framed


def plot_tile_map(table: pd.DataFrame, places: pd.DataFrame) -> np.ndarray:
    """Share of documents that name each region, as tiles; one small map an administration.

    Parameters
    ----------
    table : DataFrame
        ``administration, region, share`` (0..1, missing where nothing is known); with
        ``share_rest, q`` a tile named more often than elsewhere (q < 0.05) has a dark frame
        and an upward mark.
    places : DataFrame
        ``region, row, column`` of every tile, as
        :func:`policytext.regions.read_regions` gives.

    Returns
    -------
    array of Axes
        Percentages in the tiles, one colour scale for all maps. A missing column is a
        ValueError.

    >>> places = pd.DataFrame({"region": ["가", "나"], "row": 1, "column": [1, 2]})
    >>> table = pd.DataFrame({"administration": "갑", "region": ["가"], "share": [0.25]})
    >>> [text.get_text() for text in plot_tile_map(table, places)[0].texts]
    ['가', '25', '나', '–']
    """
    require(table, ["administration", "region", "share"])
    require(places, ["region", "row", "column"])
    groups = ordered(table["administration"])
    if table.empty:
        return np.array([blank(axes_for(None, height=1.8))], dtype=object)
    n_columns = min(len(groups), PER_ROW)
    n_rows = -(-len(groups) // n_columns)
    side = min(2.6, WIDTH / n_columns)
    _, grid = plt.subplots(
        n_rows, n_columns, squeeze=False, figsize=(side * n_columns, 1.22 * side * n_rows + 0.2)
    )
    norm = Normalize(0, max(table["share"].max(), 1e-9))
    for panel, group in zip(grid.flat, groups, strict=False):
        rows = table[table["administration"] == group].set_index("region")
        for place in places.itertuples():
            _draw_tile(
                panel, place, rows.loc[place.region] if place.region in rows.index else None, norm
            )
        panel.set(
            xlim=(places["column"].min() - 0.55, places["column"].max() + 0.55),
            ylim=(places["row"].max() + 0.55, places["row"].min() - 0.55),
            aspect="equal",
        )
        panel.set_axis_off()
        panel.set_title(str(group), fontsize=10.5, pad=4, loc="center")
    for panel in grid.flat[len(groups) :]:
        panel.remove()
    return grid.flat[: len(groups)]


def _draw_tile(ax: Axes, place, row, norm: Normalize) -> None:
    """One square: its name, its percentage, and a frame where the difference is sure."""
    is_known = row is not None and pd.notna(row["share"])
    colour = SEQUENTIAL(norm(row["share"])) if is_known else "white"
    ink = readable_on(colour)
    is_more = is_known and row.get("q", 1) < SURE and row["share"] > row.get("share_rest", np.inf)
    frame = (
        {"edgecolor": INK, "linewidth": 2.2} if is_more else {"edgecolor": GRID, "linewidth": 0.8}
    )
    corner = (place.column - 0.46, place.row - 0.46)
    ax.add_patch(Rectangle(corner, 0.92, 0.92, facecolor=colour, zorder=2 + is_more, **frame))
    middle = {"ha": "center", "va": "center", "zorder": 5}
    ax.text(place.column, place.row - 0.17, place.region, fontsize=8.5, color=ink, **middle)
    written = f"{row['share'] * 100:.0f}" + ("▲" if is_more else "") if is_known else "–"
    ax.text(place.column, place.row + 0.19, written, fontsize=9.5,
            color=ink if is_known else MUTED, **middle)  # fmt: skip
