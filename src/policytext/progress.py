"""Progress bars: after two seconds, in terminals and notebooks, never in reports."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from tqdm.auto import tqdm

OUTPUT_VARIABLE = "POLICYTEXT_OUTPUT"  # set while a report is built


def progress(items: Iterable, what: str, *, total: int | None = None, unit: str = "건") -> Iterator:
    """Iterate over `items`, showing a bar that leaves nothing behind.

    Examples
    --------
    >>> list(progress([1, 2], "세기"))
    [1, 2]
    """
    is_report = OUTPUT_VARIABLE in os.environ
    return iter(
        tqdm(items, desc=what, total=total, unit=unit, leave=False, delay=2, disable=is_report)
    )
