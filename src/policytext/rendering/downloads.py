"""Files beside a page and the same bytes as links inside it: names, CSV, data addresses."""

import base64
import io
import re
from pathlib import Path

import numpy as np
import pandas as pd
from defusedcsv import csv
from markupsafe import Markup

from policytext.korean import attach_particle
from policytext.rendering.blocks import Block
from policytext.rendering.sharing import is_safe, shareable


def check_name(name: str) -> None:
    """A name becomes a file name on every system.

    Raises
    ------
    ValueError
        Anything but lower-case Latin letters, digits and hyphens, 61 characters at most.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,60}", name):
        raise ValueError(
            attach_particle(f"이름 '{name}'", "은/는") + " 파일 이름으로 쓸 수 "
            "없습니다. 영어 소문자, 숫자, 붙임표만 써 주세요."
        )


def write_file(path: Path, content: bytes) -> None:
    """Write bytes, making the folders above first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def data_uri(mime: str, content: bytes) -> str:
    """Bytes as an address that needs no file.

    >>> data_uri("text/csv", b"a")
    'data:text/csv;base64,YQ=='
    """
    return f"data:{mime};base64,{base64.b64encode(content).decode('ascii')}"


def download_link(label: str, filename: str, mime: str, content: bytes) -> Markup:
    """A link that saves `content` under `filename`."""
    return Markup('<a download="{}" href="{}">{}</a>').format(
        filename, data_uri(mime, content), label
    )


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """UTF-8 with BOM (Excel reads it as Korean); cells cannot become formulas.

    Columns that hold a `Block` are left out.

    >>> csv_bytes(pd.DataFrame({"term": ["=1"], "n": [2]})).decode("utf-8-sig")
    "term,n\\n'=1,2\\n"
    """
    if frame.index.names != [None]:
        frame = frame.reset_index()
    if is_safe():
        frame = shareable(frame)
    plain = [
        column
        for column in frame.columns
        if not any(isinstance(value, Block) for value in frame[column])
    ]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([_cell(column) for column in plain])
    writer.writerows(
        [_cell(value) for value in row] for row in frame[plain].itertuples(index=False, name=None)
    )
    return buffer.getvalue().encode("utf-8-sig")


def _cell(value):
    """Missing is empty; a day is a day; control characters that hide a formula are spaces."""
    if np.ndim(value) == 0 and pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    if not isinstance(value, str):
        return value
    # defusedcsv guards ASCII signs at the very start; spreadsheets skip blanks and read wide signs.
    bare = re.sub(r"^[\s\x00-\x1f]+(?=[=+\-@|%＝＋－＠])", "", value)
    return f"'{bare}" if re.match("[＝＋－＠]", bare) else bare
