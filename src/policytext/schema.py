"""Row contracts of the tables that every module exchanges."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from policytext.korean import attach_particle

DATE_BASES = ("metadata", "text", "filename", "unknown")
GENRES = ("speech", "press_release", "news", "chronicle", "other")
TEXT_KINDS = ("full", "excerpt", "keywords")

_MAX_FAULTS_SHOWN = 20


class SchemaError(ValueError):
    """A table breaks its contract; the message lists every fault, one a line."""


def _text(*checks: pa.Check, unique: bool = False) -> pa.Column:
    return pa.Column(checks=list(checks), nullable=False, unique=unique)


def _one_of(values: tuple[str, ...]) -> pa.Check:
    return pa.Check.isin(values, error=f"{', '.join(values)} 가운데 하나")


_IS_STRING = pa.Check(
    lambda column: column.map(lambda value: isinstance(value, str)), error="글자로 된 값"
)
_FILLED = pa.Check(lambda column: column.astype(str).str.len() > 0, error="비어 있지 않은 값")
_IS_DATE = pa.Check(
    lambda column: pd.api.types.is_datetime64_any_dtype(column), error="날짜 자료형(datetime64)"
)
_NOT_NEGATIVE = pa.Check.ge(0, error="0 이상의 정수")

_DOCUMENTS = pa.DataFrameSchema(
    {
        "doc_id": _text(_FILLED, unique=True),
        "title": _text(_IS_STRING),
        "text": _text(_IS_STRING),
        "date": pa.Column(checks=[_IS_DATE], nullable=True),
        "date_basis": _text(_one_of(DATE_BASES)),
        "publisher": _text(_IS_STRING),
        "genre": _text(_one_of(GENRES)),
        "text_kind": _text(_one_of(TEXT_KINDS)),
        "url": _text(_IS_STRING),
        "regions": _text(_IS_STRING),
        "source_file": _text(_IS_STRING),
        "text_sha256": _text(_FILLED),
    }
)
_TOKENS = pa.DataFrameSchema(
    {
        "doc_id": _text(_FILLED),
        "start": pa.Column(checks=[_NOT_NEGATIVE], nullable=False),
        "end": pa.Column(checks=[_NOT_NEGATIVE], nullable=False),
        "term": _text(_FILLED),
        "tag": _text(_FILLED),
    }
)


def check_documents(documents: pd.DataFrame) -> pd.DataFrame:
    """Return `documents` if it keeps its contract, else raise with every fault at once.

    Parameters
    ----------
    documents : DataFrame
        Needs ``doc_id`` (unique), ``title``, ``text``, ``date`` (datetime64, NaT when
        the day is not known), ``date_basis``, ``publisher``, ``genre``, ``text_kind``,
        ``url``, ``regions``, ``source_file``, ``text_sha256``; more columns are allowed.

    Raises
    ------
    SchemaError
        Naming column, row, what was expected and what was found.

    Examples
    --------
    >>> check_documents(pd.DataFrame({"doc_id": ["a", "a"]}))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    policytext.schema.SchemaError: 문서 표에 고칠 곳이 ...
    """
    return _validate(_DOCUMENTS, documents, "문서")


def check_tokens(tokens: pd.DataFrame, documents: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return `tokens` if it keeps its contract, else raise with every fault at once.

    Parameters
    ----------
    tokens : DataFrame
        Needs ``doc_id, start, end, term, tag`` with ``0 <= start < end`` in characters.
    documents : DataFrame, optional
        When given, each token must lie inside the text of one of its documents.

    Raises
    ------
    SchemaError
        As :func:`check_documents`.

    Examples
    --------
    >>> tokens = pd.DataFrame(
    ...     {"doc_id": ["a"], "start": [0], "end": [2], "term": ["창업"], "tag": ["NNG"]})
    >>> len(check_tokens(tokens))
    1
    """
    _validate(_TOKENS, tokens, "토큰")
    faults = _row_faults(tokens, tokens["start"] >= tokens["end"], "end", "start보다 큰 값")
    if documents is not None:
        lengths = documents.set_index("doc_id")["text"].str.len()
        length = tokens["doc_id"].astype(object).map(lengths)
        faults += _row_faults(tokens, length.isna(), "doc_id", "문서 표에 있는 doc_id")
        faults += _row_faults(tokens, tokens["end"] > length, "end", "본문 길이 이하의 값")
    _raise_if(faults, "토큰")
    return tokens


def _validate(schema: pa.DataFrameSchema, table: pd.DataFrame, name: str) -> pd.DataFrame:
    try:
        schema.validate(table, lazy=True)
    except pa.errors.SchemaErrors as error:
        _raise_if([_fault(case, table) for case in error.failure_cases.itertuples()], name)
    return table


def _fault(case, table: pd.DataFrame) -> str:
    if case.check == "column_in_dataframe":
        return f"'{case.failure_case}' 열이 있어야 하는데 없습니다."
    expected = {"not_nullable": "빈 값이 아닌 값", "field_uniqueness": "겹치지 않는 값"}
    expectation = expected.get(case.check, case.check)
    row = "에" if pd.isna(case.index) else f" {case.index}행에"
    # A check of the whole column reports only that it failed, not what stands there.
    found = f"{table[case.column].dtype} 자료형" if pd.isna(case.index) else repr(case.failure_case)
    needed = attach_particle(expectation, "이/가")
    return f"'{case.column}' 열{row} {needed} 와야 하는데 {found}입니다."


def _row_faults(table: pd.DataFrame, is_bad: pd.Series, column: str, expected: str) -> list[str]:
    needed = attach_particle(expected, "이/가")
    bad = table.loc[is_bad.to_numpy(dtype=bool), column]
    return [
        f"'{column}' 열 {row}행에 {needed} 와야 하는데 {value!r}입니다."
        for row, value in bad.items()
    ]


def _raise_if(faults: list[str], name: str) -> None:
    if not faults:
        return
    shown = faults[:_MAX_FAULTS_SHOWN]
    rest = f"\n- 그 밖에 {len(faults) - len(shown)}곳" if len(faults) > len(shown) else ""
    raise SchemaError(
        f"{name} 표에 고칠 곳이 {len(faults)}곳 있습니다. 원자료에서 고친 뒤 다시 실행하세요.\n- "
        + "\n- ".join(shown)
        + rest
    )


class InsufficientData(ValueError):
    """The texts do not allow the analysis asked for; a report says so and goes on.

    In a notebook only the sentence is shown, not the traceback.
    """

    def _render_traceback_(self) -> list[str]:
        return [str(self)]
