"""Tables of a report: what the cells show as HTML, and the CSV beside it.

All text is escaped here, so a title with `<script>` in it shows as text.
"""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd
from markupsafe import Markup

from policytext.rendering import sharing
from policytext.rendering.blocks import Block, number_of, output_directory, sample_line
from policytext.rendering.downloads import check_name, csv_bytes, download_link, write_file
from policytext.rendering.headers import FORMATS, HEADERS

ROW_LIMIT = 300  # rows written into the page; all of them are in the CSV


def methods(facts: Mapping[str, object]) -> Block:
    """Parameters, versions, hashes and counts: shown as a table and kept in the manifest.

    Parameters
    ----------
    facts : mapping of Korean name to value
        :func:`policytext.corpus.run_facts` gives those of every run.

    >>> methods({"읽은 문서": 3}).records[-1]["facts"]
    {'읽은 문서': '3'}
    """
    facts = {key: str(value) for key, value in facts.items()}
    if sharing.is_safe():
        facts = {key: sharing.shorten(value) for key, value in facts.items()}
        facts["본문"] = sharing.RULE
    frame = pd.DataFrame({"항목": list(facts), "값": list(facts.values())})
    block = table(frame, caption="이 보고서를 만든 조건", shown=ROW_LIMIT)
    record = {"kind": "methods", "facts": facts}
    return Block(block.html, block.text, (*block.records, record))


def table(
    frame: pd.DataFrame,
    *,
    caption: str,
    name: str | None = None,
    columns: Mapping[str, str] | None = None,
    formats: Mapping[str, str | Callable] | None = None,
    shown: int = 15,
) -> Block:
    """An accessible table with its CSV.

    Parameters
    ----------
    frame : DataFrame
        Cells may hold a `Block` (see `evidence`); such columns are left out of the CSV.
    caption : str
        What is shown, and n; the number ("표 1.") is put before it.
    name : str, optional
        Also write `tables/<name>.csv`: lower-case Latin letters, digits, hyphens; once a report.
    columns : mapping of column to Korean header, optional
        Chooses, orders and renames the columns shown; the CSV keeps all of them.
    formats : mapping of column to format specification (",.1f", ".1%") or function, optional
    shown : int
        Rows shown at once; the others, up to 300, open with a click, and the CSV has all.

    Returns
    -------
    Block
        Shows itself as the last value of a cell; blocks of one cell are added, `a + b`.

    Raises
    ------
    ValueError
        A column that `frame` does not have; a name that is no file name, or is used twice.

    >>> terms = pd.DataFrame({"term": ["창업"], "n": [1234]})
    >>> "1,234" in table(terms, caption="많이 나온 말", columns={"term": "말", "n": "번"}).html
    True
    """
    number = number_of("table", name or caption, is_file=name is not None)
    content = csv_bytes(frame)
    if name is not None:
        _write_csv(name, content)
    check_columns(frame, columns or {}, f"표 '{caption}'")
    view = frame[list(columns)] if columns else frame
    if sharing.is_safe():
        view = view.drop(columns=sharing.BODY_COLUMNS, errors="ignore")
    headers = dict(columns or {})
    title = Markup("<b>표 {}.</b> {}").format(number, caption)
    html = table_html(view.head(shown), title, headers, formats)
    if len(view) > shown:
        rest = table_html(
            view.iloc[shown:ROW_LIMIT], Markup("{} (이어서)").format(title), headers, formats
        )
        html += Markup("<details><summary>나머지 {:,}행 보기</summary>{}{}</details>").format(
            len(view) - shown, rest, rest_line(len(view), ROW_LIMIT)
        )
    link = download_link("CSV", f"{name or f'table-{number}'}.csv", "text/csv", content)
    html = Markup(
        '<div class="table" id="table-{}">{}<p class="downloads">{:,}행 · {}</p></div>\n'
    ).format(number, html, len(frame), link)
    record = {"kind": "table", "name": name, "number": number, "caption": caption}
    record["rows"] = len(frame)
    return Block(html, f"표 {number}. {caption}\n{view.head(shown).to_string()}", (record,))


def keep(frame: pd.DataFrame, name: str, *, what: str = "전체 표") -> Block:
    """Write a long table to ``tables/<name>.csv`` and only say so in the report.

    Parameters
    ----------
    frame : DataFrame
    name : str
        File stem.
    what : str
        What the line calls it.

    Returns
    -------
    Block
        One line with a link to the file.

    Raises
    ------
    ValueError
        If the name is not made of lower-case letters, digits and hyphens.

    Examples
    --------
    >>> import tempfile
    >>> from policytext import display
    >>> display.begin(tempfile.mkdtemp())
    >>> display.keep(pd.DataFrame({"term": ["창업"]}), "all-terms")
    전체 표(1행): tables/all-terms.csv
    """
    _write_csv(name, csv_bytes(frame))
    text = f"{what}({len(frame):,}행)"
    html = Markup('<p class="downloads">{}: <a href="tables/{}.csv">tables/{}.csv</a></p>\n')
    record = {"kind": "kept", "name": name, "caption": what, "rows": len(frame)}
    return Block(html.format(text, name, name), f"{text}: tables/{name}.csv", (record,))


def check_columns(frame: pd.DataFrame, columns: Iterable[str], what: str) -> None:
    """The columns chosen are there; `what` names the table in the error.

    Raises
    ------
    ValueError
        Names every column that is missing, and those there are.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ValueError(
            f"{what}에 없는 열을 골랐습니다: {', '.join(missing)}. "
            f"있는 열은 {', '.join(map(str, frame.columns))}입니다."
        )


def _write_csv(name: str, content: bytes) -> None:
    check_name(name)
    write_file(output_directory() / "tables" / f"{name}.csv", content)


def table_html(
    frame: pd.DataFrame,
    caption: Markup,
    headers: Mapping,
    formats: Mapping[str, str | Callable] | None = None,
) -> Markup:
    """`<table>` with caption and scopes; numeric columns are right-aligned.

    A table without rows has one that says so.

    >>> "해당 없음" in table_html(pd.DataFrame({"a": []}), Markup("A"), {})
    True
    """
    if frame.index.names != [None]:
        frame = frame.reset_index()
    numeric = [
        pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)
        for dtype in frame.dtypes
    ]
    classes = [Markup(' class="number"') if flag else Markup("") for flag in numeric]
    head = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(
            cls, (HEADERS | dict(headers)).get(column, str(column))
        )
        for column, cls in zip(frame.columns, classes, strict=True)
    )
    shapes = [Markup('<th scope="row"{}>{}</th>')] + [Markup("<td{}>{}</td>")] * len(classes)
    shapes = shapes[: len(classes)]
    own = {name: FORMATS[name] for name in FORMATS if _has_fractions(frame, name)}
    # A year is a name, not a quantity.
    formats = {"year": "d"} | own | dict(formats or {})
    written = [
        [_written(value, formats.get(column)) for value in frame[column]]
        for column in frame.columns
    ]
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(
                shape.format(cls, value)
                for shape, cls, value in zip(shapes, classes, row, strict=True)
            )
        )
        for row in zip(*written, strict=True)
    )
    if frame.empty:
        body = Markup('<tr><td colspan="{}">해당 없음</td></tr>').format(max(len(classes), 1))
    # A region that can scroll must be reachable by keyboard.
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table>'
        "<caption><span>{}</span></caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(caption.striptags(), caption, head, body)


def _has_fractions(frame: pd.DataFrame, column: str) -> bool:
    """Whole numbers need no decimals."""
    return column in frame and pd.api.types.is_float_dtype(frame[column].dtype)


def _written(value, spec: str | Callable | None):
    """A cell as readers see it: thousands separators, dates, a dash for what is missing."""
    if isinstance(value, Block):
        return value
    if isinstance(value, str) and sharing.is_safe():
        return sharing.shorten(value)
    if np.ndim(value) == 0 and pd.isna(value):
        return "–"
    if callable(spec):
        return spec(value)
    if spec is not None:
        return format(value, spec.strip("{:}"))
    if isinstance(value, bool | np.bool_):
        return "예" if value else "아니요"
    if isinstance(value, int | np.integer):
        return f"{value:,}"
    if isinstance(value, float | np.floating):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    return str(value)


def rest_line(n_rows: int, limit: int) -> Markup:
    """A line for the rows that only the CSV has."""
    if n_rows <= limit:
        return Markup("")
    return sample_line(f"{n_rows:,}행 가운데 {limit:,}행까지 보였습니다. 전부는 CSV에 있습니다.")
