"""Errors in a notebook: one Korean sentence, the full traceback one click away.

Only how an error looks changes. It still ends the cell, and a build of reports still fails.
"""

from __future__ import annotations

import difflib
import os
import re
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import pandas as pd
from markupsafe import Markup

from policytext.korean import attach_particle
from policytext.progress import OUTPUT_VARIABLE

_PACKAGE = Path(__file__).parents[1]
_HANGUL = re.compile("[가-힣]")


def install() -> bool:
    """Show this package's errors shortly in the running notebook; False where there is none."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    if shell is None or OUTPUT_VARIABLE in os.environ:
        return False
    shell.set_custom_exc((Exception,), _show)
    return True


def sentence(error: BaseException, trace: TracebackType | None) -> str | None:
    """What to tell about an error, or None when Python's own traceback says it best.

    Errors that this package raises are sentences already. A column that a table does not
    have is told with the nearest that it has.

    Examples
    --------
    >>> sentence(ZeroDivisionError("division by zero"), None) is None
    True
    """
    frames = [frame for frame, _ in traceback.walk_tb(trace)]
    if isinstance(error, KeyError) and error.args:
        for table in _tables(frames):
            if error.args[0] not in table.columns:
                return _missing_column(error.args[0], table)
    raised_here = frames and Path(frames[-1].f_code.co_filename).is_relative_to(_PACKAGE)
    told = str(error)
    return told if raised_here and _HANGUL.search(told) else None


def folded(told: str, error: BaseException) -> Markup:
    """A sentence with the full traceback one click away.

    >>> "<details>" in folded("없습니다.", ValueError("x"))
    True
    """
    full = "".join(traceback.format_exception(error))
    return Markup("{}<details><summary>자세한 기록</summary><pre>{}</pre></details>").format(
        told, full
    )


def _tables(frames: list) -> Iterator[pd.DataFrame]:
    """Tables that pandas was reading a column of, the innermost first."""
    for frame in reversed(frames):
        if frame.f_code.co_name == "__getitem__" and isinstance(
            frame.f_locals.get("self"), pd.DataFrame
        ):
            yield frame.f_locals["self"]


def _missing_column(name: object, table: pd.DataFrame) -> str:
    columns = [str(column) for column in table.columns]
    near = difflib.get_close_matches(str(name), columns, n=1)
    hint = f" {attach_particle(repr(near[0]), '을/를')} 찾으셨나요?" if near else ""
    return f"표에 '{name}' 열이 없습니다.{hint} 있는 열: {', '.join(columns)}."


def _show(shell, kind, error, trace, tb_offset=None):
    told = sentence(error, trace)
    if told is None:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
        return None
    from IPython.display import HTML, display

    # The error itself must stay in the output: papermill and "Run All" stop at it.
    shell._showtraceback(kind, error, [f"{kind.__name__}: {told}"])
    display(HTML(f'<div class="policytext-error">{folded("", error)}</div>'))
    return None
