"""Two people name the same documents apart from each other: sheets out, agreement back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd

from policytext.rendering.downloads import csv_bytes, write_file
from policytext.schema import InsufficientData

ITEM, TITLE, TEXT, LABEL = "번호", "제목", "글", "이름"
MAX_CHARACTERS = 1_500  # of a text; enough to name it by


def write_sheets(
    documents: pd.DataFrame,
    folder: Path,
    *,
    labels: Sequence[str] = (),
    n: int = 50,
    random_state: int = 0,
) -> list[Path]:
    """Write two sheets with the same documents, each in an order of its own.

    The sheets tell neither date, publisher, administration nor topic, so that a coder names
    what the text says.

    Parameters
    ----------
    documents : DataFrame
        ``doc_id, title, text``.
    folder : Path
        Receives ``coding-1.csv`` and ``coding-2.csv`` (UTF-8 with BOM, for spreadsheets).
    labels : sequence of str
        Names to choose from, written into the heading of the column to fill in.
    n : int
        Documents drawn; all, if there are fewer.
    random_state : int
        Seed of the draw and of both orders.

    Returns
    -------
    list of Path

    Raises
    ------
    FileExistsError
        If a sheet is there already: it may hold somebody's work.
    """
    paths = [folder / f"coding-{coder}.csv" for coder in (1, 2)]
    for path in paths:
        if path.exists():
            raise FileExistsError(
                f"{path}에 이미 매긴 표가 있을 수 있습니다. 옮기거나 이름을 바꾼 뒤 다시 만드세요."
            )
    rng = np.random.default_rng(random_state)
    ordered = documents.sort_values("doc_id")
    drawn = ordered.iloc[rng.choice(len(ordered), min(n, len(ordered)), replace=False)]
    heading = f"{LABEL} ({' / '.join(labels)})" if labels else LABEL
    sheet = pd.DataFrame({
        ITEM: [item_of(doc_id) for doc_id in drawn["doc_id"]],
        TITLE: drawn["title"].to_numpy(),
        TEXT: drawn["text"].str.slice(0, MAX_CHARACTERS).to_numpy(),
        heading: "",
    })  # fmt: skip
    for path in paths:
        write_file(path, csv_bytes(sheet.iloc[rng.permutation(len(sheet))]))
    return paths


def read_sheets(paths: Sequence[Path]) -> pd.DataFrame:
    """Read filled sheets, CSV or XLSX, back as one table.

    Returns
    -------
    DataFrame
        ``item, coder`` (1, 2, … in the order of `paths`), ``label``; rows left empty are out.

    Raises
    ------
    ValueError
        A column is missing, or an item stands twice in a sheet.
    """
    parts = []
    for coder, path in enumerate(map(Path, paths), start=1):
        is_sheet = path.suffix.lower() == ".xlsx"
        table = (
            pd.read_excel(path, dtype=str, engine="calamine")
            if is_sheet
            else pd.read_csv(path, dtype=str, encoding="utf-8-sig")
        )
        named = [column for column in table.columns if str(column).startswith(LABEL)]
        if ITEM not in table.columns or not named:
            raise ValueError(
                f"{path.name}에 '{ITEM}' 열과 '{LABEL}' 열이 있어야 하는데 {list(table.columns)}만 "
                "있습니다. 만들어 준 표의 첫 줄을 그대로 두고 다시 저장하세요."
            )
        if table[ITEM].duplicated().any():
            twice = table.loc[table[ITEM].duplicated(), ITEM].iloc[0]
            raise ValueError(f"{path.name}에 번호 '{twice}'가 두 번 있습니다. 한 줄만 남기세요.")
        label = table[named[0]].fillna("").str.split().str.join(" ")
        parts.append(pd.DataFrame({"item": table[ITEM], "coder": coder, "label": label}))
    codes = pd.concat(parts, ignore_index=True)
    return codes[codes["label"] != ""].reset_index(drop=True)


def alpha(
    codes: pd.DataFrame, *, n_boot: int = 1000, random_state: int = 0
) -> tuple[float, float, float, int]:
    """Krippendorff's alpha for names, with a 95 % bootstrap interval over items.

    Krippendorff (2004), computed by the package ``krippendorff``.

    Parameters
    ----------
    codes : DataFrame
        ``item, coder, label`` as from :func:`read_sheets`.
    n_boot, random_state : int

    Returns
    -------
    alpha, low, high : float
    n : int
        Items that two coders or more named.

    Raises
    ------
    InsufficientData
        Fewer than two such items, or a single name for everything: there is nothing to agree on.

    Examples
    --------
    >>> codes = pd.DataFrame({"item": list("abcd") * 2, "coder": [1] * 4 + [2] * 4,
    ...     "label": ["창업", "창업", "지역", "지역"] * 2})
    >>> alpha(codes, n_boot=50)[0]
    1.0
    """
    counts = codes.pivot_table(index="item", columns="label", values="coder", aggfunc="nunique")
    counts = counts.fillna(0).to_numpy(int)
    counts = counts[counts.sum(axis=1) >= 2]
    if len(counts) < 2 or (counts.sum(axis=0) > 0).sum() < 2:
        raise InsufficientData(
            "일치도를 잴 수 없습니다. 두 사람이 함께 매긴 글이 둘 이상, 쓴 이름이 둘 이상 있어야 합니다."
        )
    rng = np.random.default_rng(random_state)
    drawn = [counts[rng.integers(0, len(counts), len(counts))] for _ in range(n_boot)]
    # A draw with a single name left has no alpha; it agrees on everything there is.
    values = [_alpha(rows) if (rows.sum(axis=0) > 0).sum() > 1 else 1.0 for rows in drawn]
    low, high = np.quantile(values, [0.025, 0.975])
    return _alpha(counts), float(low), float(high), len(counts)


def _alpha(counts: np.ndarray) -> float:
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def item_of(doc_id: str) -> str:
    """A short number for a document that tells nothing of it.

    >>> item_of("2014-04-28-daegu") == item_of("2014-04-28-daegu"), len(item_of("a"))
    (True, 8)
    """
    return "n" + hashlib.sha256(doc_id.encode()).hexdigest()[:7]
