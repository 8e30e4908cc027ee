"""Reference tables: small CSV files of ``data/reference``, read strictly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"


def read_reference(path: str, required: str, dates: str = "") -> pd.DataFrame:
    """Read a reference CSV as text, the columns named in `dates` as days (NaT where empty).

    Parameters
    ----------
    path : str
        A CSV in UTF-8, with or without BOM.
    required, dates : str
        Column names separated by spaces.

    Raises
    ------
    ValueError
        The file or a column is missing, or a date cell is not like 2017-05-10.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        message = f"기준표 파일이 있어야 합니다. 이름과 폴더를 확인하세요. 찾은 경로: {path}"
        raise ValueError(message) from None
    missing = ", ".join(column for column in required.split() if column not in table.columns)
    if missing:
        found = ", ".join(table.columns)
        raise ValueError(f"{path}: 빠진 열을 채우세요. 빠진 열: {missing}. 찾은 열: {found}")
    for column in dates.split():
        days = pd.to_datetime(table[column], format="%Y-%m-%d", errors="coerce")
        wrong = (days.isna() & (table[column] != "")).to_numpy(bool)
        if wrong.any():
            at = int(np.argmax(wrong))
            raise ValueError(
                f"{path} {at + 2}행 {column} 칸은 2017-05-10 같은 날짜여야 합니다. "
                f"찾은 값: {table[column][at]!r}"
            )
        table[column] = days
    return table


def one_day(date: object, argument: str) -> pd.Timestamp | None:
    """A day without its hour; None when missing. `argument` names the value in the error."""
    try:
        day = pd.Timestamp(date)
    except (ValueError, TypeError):
        message = f"{argument} 값은 2017-05-10 같은 날짜여야 합니다. 받은 값: {date!r}"
        raise ValueError(message) from None
    return None if pd.isna(day) else day.normalize()


def read_people() -> frozenset[str]:
    """Names of presidents, acting presidents and officials in ``data/reference``.

    A person's name sets an administration apart without saying anything of its policy.

    Returns
    -------
    frozenset of str
        For ``table["term"].isin(...)``.

    Examples
    --------
    >>> names = read_people()
    >>> len(names) > 30 and all(names)
    True
    """
    columns = {"administrations.csv": ["president", "acting_president"], "officials.csv": ["name"]}
    tables = [
        pd.read_csv(REFERENCE / file, usecols=used, dtype=str, encoding="utf-8-sig")
        for file, used in columns.items()
    ]
    names = pd.concat([table[column] for table in tables for column in table])
    return frozenset(names.dropna())
