"""A figure as part of a page: matplotlib's SVG with ids of its own, marks that say and open rows.

What may stand in it is listed here: shapes, words, and links within the page. Nothing in it
loads, runs or styles anything else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from lxml import etree
from matplotlib.colors import to_hex, to_rgb

TAGS = set("a circle clipPath defs g path pattern rect svg text title use".split())
_PAINT = {
    "fill", "fill-opacity", "fill-rule", "opacity", "stroke", "stroke-dasharray",
    "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit",
    "stroke-opacity", "stroke-width", "font-size", "font-weight", "text-anchor",
}  # fmt: skip
_PLACE = set("clip-path cx cy d height patternUnits r transform viewBox width x y".split())
_SVG, _LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
ATTRIBUTES = {
    **{tag: {*_PAINT, *_PLACE} for tag in TAGS - {"a", "title"}},
    "use": {*_PAINT, *_PLACE, "href"},
    "svg": {*_PAINT, *_PLACE, "font-family"},
}
ROUND = r"M\S+ [^C]+(?:C(?:[^C ]+ ?){6}){8}z"  # how matplotlib writes a dot: 350 letters
HEAT = "heat"  # gid of artists whose colour is a value: the same in light and dark
FONTS = "PolicyText Sans, Noto Sans KR, Malgun Gothic, Apple SD Gothic Neo, sans-serif"
DARK_PAPER = "#14171b"
# Inks that follow the page; white is the sheet.
INKS = {"#22262b": "ink", "#5b6470": "muted", "#dfe3e8": "line", "#ffffff": "paper"}


def inline_svg(
    svg: bytes, *, name: str, alt: str, rows: Sequence[str], n_linked: int, part: str = "whole"
) -> str:
    """The SVG, written by matplotlib with ``svg.fonttype: none``, as HTML of a page.

    A link ``#3`` of an artist (``set_url``) means row 3 of the figure's table. `name` and `part`,
    the class by which a page chooses among parts of a figure, begin every id. `alt` is the figure
    in words, `rows` what a mark of each row says when pointed at; the first `n_linked` rows stand
    in the page, with the ids ``<name>-r<row>``.
    """
    if part == "narrow":  # a phone cannot point: there a mark needs no more than a name
        rows = [row.partition(" · ")[0] for row in rows]
    root = etree.fromstring(svg, etree.XMLParser(remove_blank_text=True, resolve_entities=False))
    etree.strip_elements(root, f"{_SVG}metadata", f"{_SVG}style", with_tail=False)
    text = etree.tostring(root, encoding="unicode")
    referred = dict.fromkeys(re.findall(r'(?:url\(|href=")#([\w.-]*[A-Za-z][\w.-]*)', text))
    ids = {old: f"{name}-{part}-{place}" for place, old in enumerate(referred)}
    for element in list(root.iter()):
        given = dict(element.attrib)
        styles = (part.partition(":") for part in given.pop("style", "").split(";"))
        given |= {key.strip(): value.strip() for key, _, value in styles if key.strip()}
        kept = {key: given[key] for key in given if key in _PAINT}
        kept |= {key: _value(given[key], ids) for key in given if key in _PLACE}
        if kept.get("transform", "").startswith("rotate(-0 "):
            del kept["transform"]
        element.attrib.clear()
        element.attrib.update(kept)
        if given.get("id") in ids:
            element.set("id", ids[given["id"]])
        elif HEAT in given.get("id", ""):
            element.set("class", HEAT)
        if element.tag == f"{_SVG}path" and re.fullmatch(ROUND, kept.get("d", "")):
            _as_circle(element)
        target = given.get(_LINK, "").removeprefix("#")
        if element.tag == f"{_SVG}a":
            _open_row(element, int(target), name, rows, n_linked)
        elif target:
            element.set("href", f"#{ids[target]}")
    _share(root)
    for key in ("width", "height"):  # points, as pixels of a screen
        root.set(key, f"{float(root.get(key).removesuffix('pt')) * 4 / 3:.0f}")
    role = "group" if root.find(f".//{_SVG}a") is not None else "img"  # links stand in no image
    root.attrib.update({"role": role, "aria-label": alt, "font-family": FONTS, "class": part})
    text = etree.tostring(root, encoding="unicode")
    return re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)


def _value(text: str, ids: dict[str, str]) -> str:
    """Of an attribute: names of this page, numbers to a tenth, no blank beside a letter."""
    if text.startswith("url(#"):
        return f"url(#{ids[text[5:-1]]})"
    short = re.sub(r"-?\d+\.\d{2,}", lambda found: _tenths(found[0]), " ".join(text.split()))
    return re.sub("(?<=[MLCQz]) | (?=[MLCQz])", "", short)


def _tenths(number: str | float) -> str:
    return f"{float(number):.1f}".removesuffix(".0")


def _share(root) -> None:
    """Say once, on their group, how marks look that look alike: half of the letters."""
    for group in reversed(list(root.iter(f"{_SVG}g"))):
        inner = (part if part.tag == f"{_SVG}a" else [part] for part in group)
        marks = [mark for part in inner for mark in part if mark.tag != f"{_SVG}title"]
        if any(mark.tag == f"{_SVG}text" or mark.get("transform") for mark in marks):
            continue  # letters have inks of their own; a moved mark would move its clip
        for key in (_PAINT | {"clip-path"}) - {"opacity"}:
            looks = {mark.get(key) for mark in marks}
            if len(looks) == 1 and None not in looks and key not in group.attrib:
                group.set(key, looks.pop())
                for mark in marks:
                    del mark.attrib[key]


def _as_circle(path) -> None:
    """Write a path of eight curves as a circle if it is one, to a fifth of a pixel."""
    points = np.array(re.findall(r"[-\d.]+", path.get("d")), dtype=float).reshape(-1, 2)
    middle, size = (points.min(axis=0) + points.max(axis=0)) / 2, np.ptp(points, axis=0)
    radius = np.linalg.norm(points[::3] - middle, axis=1)
    if np.ptp(radius) < 0.2 and np.ptp(size) < 0.2:
        path.tag = f"{_SVG}circle"
        place = {"cx": middle[0], "cy": middle[1], "r": size.mean() / 2}
        path.attrib.update({key: _tenths(value) for key, value in place.items()})
        del path.attrib["d"]


def _open_row(link, row: int, name: str, rows: Sequence[str], n_linked: int) -> None:
    """A mark says its row's values and, where the row is in the page, leads to it."""
    if row < n_linked:  # keyboards reach the same rows in the table
        link.attrib.update({"href": f"#{name}-r{row}", "tabindex": "-1"})
    else:
        link.tag = f"{_SVG}g"
    title = etree.Element(f"{_SVG}title")
    title.text = rows[row]
    link.insert(0, title)


def luminance(colour) -> float:
    """Relative luminance (WCAG 2.2) as seaborn gives it, without half a second of importing it.

    >>> luminance("#ffffff"), luminance("black")
    (1.0, 0.0)
    """
    parts = np.array(to_rgb(colour))
    linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def visible(colour: str, paper: str, ratio: float = 3) -> str:
    """The colour, moved from the paper until it stands out from it by `ratio` (WCAG 2.2).

    >>> visible("#000000", "#ffffff"), visible("#ffffff", "#000000", 4.5)
    ('#000000', '#ffffff')
    """
    start, ground = np.array(to_rgb(colour)), luminance(paper)
    end = 0 if ground > 0.179 else 1
    for step in range(21):
        mixed = to_hex(start + (end - start) * step / 20)
        light = sorted((luminance(mixed), ground))
        if light[1] + 0.05 >= ratio * (light[0] + 0.05):
            break
    return mixed


def page_colours(html: str) -> str:
    """Style rules that give the figures of a page its inks and, in the dark, lighter marks."""
    pairs = {
        (key, colour, tag == "text")
        for svg in re.findall("<svg .*?</svg>", html, re.DOTALL)
        for tag, attributes in re.findall(r"<(\w+)([^>]*)", svg)
        for key, colour in re.findall(r'(fill|stroke)="(#[0-9a-fA-F]{6})"', attributes)
    }
    inks, dark = [], []
    for key, colour, is_text in sorted(pairs):
        kind = "text" if is_text else ":not(text)"
        kept = "" if key == "stroke" and colour in INKS else f":not(.{HEAT} *)"
        on = f'svg {kind}[{key}="{colour}"]{kept}'
        if colour in INKS and not (is_text and colour == "#ffffff"):
            inks.append(f"{on} {{ {key}: var(--{INKS[colour]}); }}")
        elif not is_text or colour not in ("#000000", "#ffffff"):  # letters on a coloured cell
            lighter = visible(colour, DARK_PAPER, 4.5 if is_text else 3)
            dark.append(f"{on} {{ {key}: {lighter}; }}")
    screen = "@media screen and (prefers-color-scheme: dark)"
    return "\n".join([*inks, f"{screen} {{", *dark, "}"])
