"""Tidy table in, things placed by nearness out: a network of terms, a map of topics."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.text import Text

from policytext.plots.theme import ACCENT, INK, MUTED, axes_for, blank, require, write

WIDTH = 7.9
# Colour, shape of the box and its line together tell communities apart, never colour alone.
_LOOKS = [
    (colour, shape, line)
    for shape, line in (("round", "-"), ("square", "--"))
    for colour in ("#2f5d8c", "#b0552b", "#3f7d4d", "#7a5ba6", "#806415", "#247480")
]
_NOWHERE = "#8a94a3"  # topics that lean to no administration
_BROKEN = (0, (2, 2))
N_PUSHES, N_SHEETS = 400, 8  # tries to part words, and sizes of the sheet


def plot_network(places: pd.DataFrame, links: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """A network of terms: a box a term, a line a link.

    Parameters
    ----------
    places : DataFrame
        ``term, n_documents, x, y, community`` (1, 2, …), as
        :func:`policytext.network.positions` gives.
    links : DataFrame
        ``term_a, term_b, cosine`` of the links to draw.
    ax : Axes, optional

    Returns
    -------
    Axes
        Boxes moved until none overlaps another; larger letters for more documents, thicker
        lines for a higher cosine. A missing column is a ValueError.

    >>> from policytext.plots.theme import use_theme
    >>> use_theme()
    >>> places = pd.DataFrame({"term": ["가", "나"], "n_documents": [2, 1], "x": [0.0, 1.0],
    ...     "y": 0.0, "community": 1})
    >>> ax = plot_network(places, pd.DataFrame({"term_a": ["가"], "term_b": "나", "cosine": 0.5}))
    >>> [text.get_text() for text in ax.texts], len(ax.lines)
    (['가', '나'], 1)
    """
    require(places, ["term", "n_documents", "x", "y", "community"])
    require(links, ["term_a", "term_b", "cosine"])
    ax = axes_for(ax, width=WIDTH, height=2.2 + 0.09 * len(places))
    if places.empty:
        return blank(ax)
    _frame(ax, places)
    largest = np.sqrt(places["n_documents"].max())
    boxes = {}
    for place in places.itertuples():
        colour, shape, line = _LOOKS[(place.community - 1) % len(_LOOKS)]
        box = {"facecolor": "white", "edgecolor": colour, "linewidth": 1.1, "linestyle": line}
        boxes[place.term] = ax.text(
            place.x, place.y, place.term, ha="center", va="center", zorder=3, color=colour,
            fontsize=8.5 + 5 * np.sqrt(place.n_documents) / largest,
            bbox=box | {"boxstyle": f"{shape},pad=0.25"},
        )  # fmt: skip
    _part(list(boxes.values()), ax)
    at = {term: box.get_position() for term, box in boxes.items()}
    for link in links.itertuples():
        ends = zip(at[link.term_a], at[link.term_b], strict=True)
        ax.plot(*ends, color="#8d99a8", alpha=0.6, linewidth=0.4 + 2.5 * link.cosine, zorder=1)
    return ax


def plot_topic_map(
    table: pd.DataFrame, *, colours: Mapping[str, str] | None = None, ax: Axes | None = None
) -> Axes:
    """Topics as circles on a plane, near where they talk of the same.

    Parameters
    ----------
    table : DataFrame
        ``topic, n_documents, x, y, explained`` as
        :func:`policytext.kinship.topic_map` gives, ``label``; with ``administration,
        lives_in_one`` (:func:`policytext.kinship.concentration`) a topic that lives in one
        administration has its colour; with ``is_stable`` others have a broken outline.
    colours : mapping of administration to colour, optional
    ax : Axes, optional

    Returns
    -------
    Axes
        Areas grow with documents; every circle has its number, and the list beside the map
        its name, size, and the administration it lives in. A missing column is a ValueError.

    >>> from policytext.plots.theme import use_theme
    >>> use_theme()
    >>> table = pd.DataFrame({"topic": [1, 2], "n_documents": [9, 4], "x": [0.0, 1.0],
    ...     "y": 0.0, "explained": 1.0, "label": ["창업", "쌀"]})
    >>> [text.get_text() for text in plot_topic_map(table).texts]
    ['1', '2', '1. 창업 (9건)', '2. 쌀 (4건)']
    """
    require(table, ["topic", "n_documents", "x", "y", "explained", "label"])
    ax = axes_for(ax, width=WIDTH, height=max(3.6, 1 + 0.24 * len(table)))
    if table.empty:
        return blank(ax)
    _frame(ax, table, room=0.2)
    lives = table.get("lives_in_one", pd.Series(False, table.index)).fillna(False).astype(bool)
    whose = table.get("administration", pd.Series("", table.index)).where(lives, "")
    stable = table.get("is_stable", pd.Series(True, table.index)).fillna(True).astype(bool)
    fill = [(colours or {}).get(name, ACCENT) if name else _NOWHERE for name in whose]
    areas = 1300 * table["n_documents"] / table["n_documents"].max() + 60
    spots = table["x"], table["y"]
    ax.scatter(*spots, s=areas, c=fill, alpha=0.35, linewidth=0, zorder=2)
    line = {"facecolors": "none", "linewidth": 1.6, "zorder": 2.1}
    styles = ["-" if sure else _BROKEN for sure in stable]
    ax.scatter(*spots, s=areas, edgecolors=fill, linestyles=styles, **line)
    middle = {"ha": "center", "va": "center", "fontsize": 9, "color": INK, "zorder": 4}
    numbers = [ax.text(row.x, row.y, f"{row.topic}", **middle) for row in table.itertuples()]
    for place, (row, who) in enumerate(zip(table.itertuples(), whose, strict=True)):
        name = f"{row.topic}. {row.label} ({row.n_documents:,}건{f', {who}' if who else ''})"
        at = (1.03, 1 - (place + 0.5) * min(1 / len(table), 0.1))
        write(ax, name, at, (0, 0), xycoords="axes fraction", fontsize=9, annotation_clip=False)
    share = f"두 축은 주제 중심이 흩어진 정도의 {table['explained'].iloc[0]:.0%}를 담는다"
    ax.set_xlabel(share, fontsize=9.5)
    if not stable.all():
        broken = ax.scatter([], [], s=90, edgecolors=MUTED, linestyles=[_BROKEN], **line)
        broken.set_label("안정되지 않은 주제")
        ax.legend(handles=[broken], loc="lower center", bbox_to_anchor=(0.5, 1), frameon=False)
    _part(numbers, ax)
    return ax


def _frame(ax: Axes, places: pd.DataFrame, *, room: float = 0.08) -> None:
    """A plane without scales: only nearness has a meaning."""
    for axis, values in (("x", places["x"]), ("y", places["y"])):
        span = (values.max() - values.min()) or 1.0
        ends = (values.min() - room * span, values.max() + room * span)
        getattr(ax, f"set_{axis}lim")(*ends)
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.margins(0)


def _part(texts: list[Text], ax: Axes) -> None:
    """Move texts until none covers another, and let the sheet grow where it has no room."""
    figure = ax.figure
    spots = np.array([text.get_position() for text in texts], dtype=float)
    for _ in range(N_SHEETS):
        # The layout is settled first: distances between letters are those of the final sheet.
        figure.set_layout_engine("constrained")
        figure.canvas.draw()
        figure.set_layout_engine("none")
        boxes = [(text.get_bbox_patch() or text).get_window_extent() for text in texts]
        halves = np.array([(box.width / 2 + 2, box.height / 2 + 2) for box in boxes])
        frame = ax.get_window_extent()
        found, is_clear = pushed_apart(
            ax.transData.transform(spots), halves, (frame.min + halves, frame.max - halves)
        )
        for text, place in zip(texts, ax.transData.inverted().transform(found), strict=True):
            text.set_position(place)
        if is_clear:
            return
        figure.set_figheight(figure.get_figheight() * 1.15)


def pushed_apart(
    centres: np.ndarray, halves: np.ndarray, frame: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, bool]:
    """Push every two boxes that overlap apart, the shorter way, until none does.

    Parameters
    ----------
    centres, halves : ndarray, boxes × 2
        Middle and half of the width and height of each box.
    frame : pair of ndarray, boxes × 2
        Least and greatest middle each box may have.

    Returns
    -------
    ndarray, bool
        New middles, and whether no two boxes overlap.

    Examples
    --------
    >>> centres, halves = np.array([[0.0, 0.0], [1.0, 0.0]]), np.ones((2, 2))
    >>> found, is_clear = pushed_apart(centres, halves, (np.full((2, 2), -9), np.full((2, 2), 9)))
    >>> is_clear, bool(found[1, 0] - found[0, 0] > 2)
    (True, True)
    """
    centres = centres.copy()
    first, second = np.triu_indices(len(centres), k=1)
    for _ in range(N_PUSHES):
        apart = centres[second] - centres[first]
        overlap = halves[first] + halves[second] - np.abs(apart)
        hits = (overlap > 0).all(axis=1)
        if not hits.any():
            return centres, True
        one, other = first[hits], second[hits]
        way = overlap[hits].argmin(axis=1)
        rows = np.arange(len(way))
        # Boxes on one spot part as well: the later one goes up or right.
        sign = np.where(apart[hits][rows, way] < 0, -1.0, 1.0)
        push = np.zeros((len(way), 2))
        push[rows, way] = sign * (overlap[hits][rows, way] / 2 + 0.5)
        np.add.at(centres, other, push)
        np.subtract.at(centres, one, push)
        centres = np.clip(centres, *frame)
    return centres, False
