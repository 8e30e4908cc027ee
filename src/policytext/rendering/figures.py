"""Figures of a report: to disk as SVG, PNG and CSV, and into the page with their data."""

import io
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from markupsafe import Markup
from PIL import Image

from policytext.rendering.blocks import Block, number_of, output_directory
from policytext.rendering.downloads import (
    check_name,
    csv_bytes,
    data_uri,
    download_link,
    write_file,
)
from policytext.rendering.tables import ROW_LIMIT, check_columns, rest_line, table_html

SVG_LIMIT = 300_000  # bytes; above it the report embeds the PNG instead
DOTS_PER_INCH = 300
_FIGURE = Markup(
    '<figure id="figure-{n}" class="figure"><div class="card" tabindex="0" role="group" '
    'aria-label="그림 {n}"><img alt="{alt}" src="{src}">'
    '</div><figcaption><b>그림 {n}.</b> {caption} <span class="downloads">({downloads})</span>'
    "</figcaption><details><summary>그림 {n}의 {what} ({rows:,}행)</summary>{table}{more}"
    "</details></figure>\n"
)


def figure(
    ax,
    name: str,
    *,
    caption: str,
    alt: str,
    data: pd.DataFrame,
    columns: Sequence[str] | None = None,
    evidence: Sequence[Block] | None = None,
) -> Block:
    """Save a figure as SVG, PNG (300 dpi) and CSV, close it, and show it with its data.

    Parameters
    ----------
    ax : Axes, array of Axes, Figure or seaborn grid
        What a function of :mod:`policytext.plots` or of seaborn gives.
    name : str
        File stem, lower-case Latin letters, digits and hyphens; once per report.
    caption : str
        What is shown, n, period, source, exclusions and interval method.
    alt : str
        The finding, for those who do not see the picture.
    data : DataFrame
        The table behind the figure.
    columns : sequence of str, optional
        Those that the page shows, in order; the CSV has all.
    evidence : sequence of Block, optional
        What each row of `data` (a bar, a cell, a dot) opens, in the same order; rows beyond
        those that the page shows (`ROW_LIMIT`) need none.

    Returns
    -------
    Block
        `<figure>` numbered in order within the notebook.

    Raises
    ------
    ValueError
        No caption or alt; a name that is no file name, or is used twice in a report; a column
        that `data` does not have.

    Examples
    --------
    >>> import tempfile
    >>> from policytext import display
    >>> display.begin(tempfile.mkdtemp())
    >>> data = pd.DataFrame({"year": [2013, 2014], "n": [3, 5]})
    >>> ax = plt.figure().gca()
    >>> _ = ax.bar(data["year"], data["n"])
    >>> display.figure(ax, "a-year", caption="해마다 낸 글 8건.", alt="글이 늘었다.", data=data)
    그림 1. 해마다 낸 글 8건.
    """
    check_name(name)
    if not alt.strip() or not caption.strip():
        raise ValueError(f"그림 '{name}'에 설명(caption)과 대체 글(alt)이 모두 있어야 합니다.")
    check_columns(data, columns or [], f"그림 '{name}'의 자료")
    number = number_of("figure", name, is_file=True)
    svg, png = _draw(ax)
    content = csv_bytes(data)
    folder = output_directory() / "figures"
    for suffix, made in (("svg", svg), ("png", png), ("csv", content)):
        write_file(folder / f"{name}.{suffix}", made)
    is_small = len(svg) <= SVG_LIMIT
    picture = ("image/svg+xml", svg) if is_small else ("image/png", _reduced(png))
    suffix = picture[0].split("/")[1][:3]
    links = [
        download_link("CSV", f"{name}.csv", "text/csv", content),
        download_link(suffix.upper(), f"{name}.{suffix}", *picture),
    ]
    shown = data.head(ROW_LIMIT)[list(columns or data.columns)]
    if evidence is not None:
        shown = shown.assign(evidence=list(evidence)[: len(shown)])
    html = _FIGURE.format(
        n=number,
        alt=alt,
        src=data_uri(*picture),
        caption=caption,
        downloads=Markup(" · ").join(links),
        what="자료 표" if evidence is None else "자료 표와 근거",
        rows=len(data),
        table=table_html(shown, Markup("그림 {}의 자료").format(number), {}),
        more=rest_line(len(data), ROW_LIMIT),
    )
    record = {"kind": "figure", "name": name, "number": number, "caption": caption}
    record |= {"alt": alt, "rows": len(data)}
    return Block(html, f"그림 {number}. {caption}", (record,))


def _draw(ax) -> tuple[bytes, bytes]:
    """SVG and PNG bytes of the figure that holds `ax`; the figure is closed."""
    first = ax if hasattr(ax, "savefig") else np.ravel(ax)[0]
    drawn = getattr(first, "figure", first)
    svg, png = io.BytesIO(), io.BytesIO()
    # Without a date and with a fixed salt the same figure gives the same bytes.
    with plt.rc_context({"svg.fonttype": "path", "svg.hashsalt": "policytext"}):
        drawn.savefig(svg, format="svg", metadata={"Date": None}, bbox_inches="tight")
        drawn.savefig(png, format="png", dpi=DOTS_PER_INCH, bbox_inches="tight")
    plt.close(drawn)
    return svg.getvalue(), png.getvalue()


def _reduced(png: bytes) -> bytes:
    """The picture in 128 colours, a third of the bytes; the file beside the page keeps all."""
    reduced = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        flat = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
        flat.save(reduced, "PNG", optimize=True)
    return reduced.getvalue()
