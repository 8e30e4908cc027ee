"""What goes wrong, said in one Korean sentence that names what was expected, found and to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

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
    wanted = [values] if isinstance(values, str) else list(values)
    known = list(dict.fromkeys(known))
    for value in wanted:
        if value not in known:
            # Names of two or three syllables are near when they share one.
            near = difflib.get_close_matches(str(value), map(str, known), n=1, cutoff=0.3)
            told = f" 가장 가까운 것은 ‘{near[0]}’입니다." if near else ""
            if not near or len(known) <= _FEW:
                listed = ", ".join(map(str, known[:20])) or "없음"
                told += f" 고를 수 있는 것: {listed}{' 등' if len(known) > 20 else ''}."
            named = attach_particle(f"{what} ‘{value}’", "이/가")
            raise PolicyTextError(f"{named} 없습니다.{told}")
    return wanted
