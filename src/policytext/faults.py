"""What goes wrong, said in one Korean sentence that names what was expected, found and to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from numbers import Real

from policytext.korean import attach_particle

_FEW = 10  # values that are listed beside the nearest


class PolicyTextError(ValueError):
    """A fault a user can mend; in a notebook only its sentence is shown, not the traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class InsufficientData(PolicyTextError):
    """The texts do not allow the analysis asked for; a report says so and goes on."""


class StudyError(PolicyTextError):
    """A study's TOML cannot be used, or what it reads cannot be had."""


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint such as " ('topics'?)" that names the nearest known word, or "".

    >>> nearest("topic", ["topics", "tokens"]), nearest("x", ["topics"])
    (" ('topics'?)", '')
    """
    found = difflib.get_close_matches(str(word), list(map(str, known)), n=1)
    return f" ('{found[0]}'?)" if found else ""


def known_values(values: str | Iterable[str], known: Iterable[str], what: str) -> list[str]:
    """`values` as a list, each of which must be among `known`; one string is one value.

    `what` is a Korean noun for the error: "정부", "매체". PolicyTextError names the first value that
    does not exist and the nearest that does.

    >>> known_values("문재인", ["박근혜", "문재인"], "정부")
    ['문재인']
    """
    is_one = isinstance(values, str) or not isinstance(values, Iterable)
    wanted = [values] if is_one else list(values)
    known = list(dict.fromkeys(known))
    for value in wanted:
        if value not in known:
            # Names of two or three syllables are near when they share one; numbers are not.
            names = [name for name in known if isinstance(name, str)]
            near = difflib.get_close_matches(str(value), names, n=1, cutoff=0.3)
            told = f" 가장 가까운 것은 ‘{near[0]}’입니다." if near else ""
            if not near or len(known) <= _FEW:
                listed = ", ".join(map(str, known[:20])) or "없음"
                told += f" 고를 수 있는 것: {listed}{' 등' if len(known) > 20 else ''}."
            named = attach_particle(f"{what} ‘{value}’", "이/가")
            raise PolicyTextError(f"{named} 없습니다.{told}")
    return wanted


def demand(is_met: bool, expected: str, found: object, remedy: str) -> None:
    """Raise a PolicyTextError unless `is_met`: `expected` up to 야, what was `found`, what to do.

    >>> demand(False, "주제 수는 정수여", "3", "따옴표를 빼세요.")
    Traceback (most recent call last):
    policytext.faults.PolicyTextError: 주제 수는 정수여야 하는데 글자 '3'입니다. 따옴표를 빼세요.
    """
    if is_met:
        return
    told = type(found).__name__
    if hasattr(found, "columns"):
        told = f"{', '.join(map(str, found.columns)) or '빈'} 열의 표"
    elif found is None or isinstance(found, Real | str):
        told = f"{'글자 ' * isinstance(found, str)}{found!r:.60}"
    raise PolicyTextError(f"{expected}야 하는데 {told}입니다. {remedy}")


def whole(number: object, what: str, least: int = 0) -> int:
    """`number` as an integer of `least` or more; else a PolicyTextError that says `what` it is.

    >>> whole(2.0, "주제 수")
    2
    """
    is_met = isinstance(number, Real) and number >= least and number % 1 == 0
    expected = f"{attach_particle(what, '은/는')} {least} 이상의 정수여"
    demand(is_met, expected, number, "값을 고쳐 다시 실행하세요.")
    return int(number)


def columns(table: object, wanted: str, call: str) -> None:
    """Refuse what is no table with each of the columns `wanted`, names between spaces, once.

    `call` is what needs the table, for the error.
    """
    found, names = [*getattr(table, "columns", ())], wanted.split()
    expected = f"{call}에는 {', '.join(names)} 열이 하나{'씩' * (len(names) > 1)} 있는 표를 주어"
    is_met = all(found.count(name) == 1 for name in names)
    demand(is_met, expected, table, "열 이름을 고치거나 앞 단계의 결과를 넣으세요.")


def distinct(doc_ids) -> None:
    """Refuse ids of documents (a Series) that are missing or, as strings, not all different."""
    wrong = doc_ids[doc_ids.isna() | doc_ids.astype(str).duplicated()]
    remedy = f"그런 글({', '.join(map(str, wrong[:3]))})을 빼거나 번호를 새로 붙이세요."
    demand(wrong.empty, "비었거나 앞의 글과 같은 doc_id의 수는 0이어", len(wrong), remedy)
