"""Options of a study: their defaults, and what is wrong with a table of them."""

from __future__ import annotations

import difflib
from datetime import date

from policytext.korean import attach_particle as with_particle

# Every option with its default; a study's TOML may set these and nothing else.
DEFAULTS: dict[str, dict] = {
    "corpus": {
        "start": "",
        "end": "",
        "acting": "separate",
        "family_threshold": 0.8,
        "family_window_days": 0,
        "drop_repeated_lines": True,
        "text_kind": "",
    },
    "tokens": {
        "analyser": "mecab",
        "compared": ["mecab", "kiwi", "komoran", "okt", "hannanum", "kkma"],
        "lexicon": [],
        "min_syllables": 2,
    },
    "topics": {
        "min_df": 5,
        "max_df": 0.5,
        "n_topics": 0,
        "candidates": [5, 8, 10, 12, 15, 20, 25, 30],
        "n_boot": 10,
        "random_state": 0,
    },
    "comparison": {
        "administrations": [],
        "min_df": 5,
        "min_families": 20,
        "n_permutations": 2000,
        "n_boot": 1000,
        "strata": "",
        "random_state": 0,
    },
    "robustness": {
        "analysers": ["mecab", "kiwi"],
        "min_df": [2, 5, 10],
        "n_specifications": 48,
        "n_permutations": 1000,
        "n_boot": 100,
        "n_draws": 20,
        "random_state": 0,
    },
    "report": {"lead": "04-administrations", "note": "", "share_safe": False},
}
_SOURCE_KEYS = dict.fromkeys(("path", "package", "member", "sha256", "kind"), "")
_SOURCE_KEYS |= dict.fromkeys(("columns", "defaults", "genres"), {})
# Options whose values are names; "" leaves the choice to the program.
_CHOICES = {"acting": ("separate", "attach", "exclude")}
_CHOICES |= {"text_kind": ("", "full", "excerpt", "keywords")}
_CHOICES |= {"analyser": tuple(DEFAULTS["tokens"]["compared"])}
_CHOICES |= {"compared": _CHOICES["analyser"], "analysers": _CHOICES["analyser"]}
# Least and greatest value of an option, or of each value in its list; else 0 and no bound.
_BOUNDS = {key: (0.0, 1.0) for key in ("family_threshold", "max_df")}
_BOUNDS |= {"n_topics": (0, 200), "candidates": (2, 200)}
_BOUNDS |= dict.fromkeys(("min_df", "n_permutations", "n_specifications", "n_draws"), (1, None))
_TYPE_NAMES = {
    str: "따옴표로 묶은 글자",
    bool: "true나 false 가운데 하나",
    int: "정수",
    float: "수",
    dict: "'이름 = 값'을 적은 표",
}


def faults(content: dict) -> list[str]:
    """Everything wrong with the content of a study's TOML, a Korean phrase each.

    Examples
    --------
    >>> faults({"title": "가", "sources": [{"path": "가.csv"}], "topics": {"n_topic": 5}})
    ["[topics] 'n_topic'은 모르는 항목입니다 ('n_topics'?)"]
    """
    known = {"title", "question", "sources", *DEFAULTS}
    missing = [key for key in ("title", "sources") if key not in content]
    found = [with_particle(f"'{key}'", "이/가") + " 있어야 하는데 없습니다" for key in missing]
    found += [_unknown(key, known) for key in content if key not in known]
    found += _type_faults("", content, dict.fromkeys(("title", "question"), ""))
    for section, defaults in DEFAULTS.items():
        values = content.get(section, {})
        if isinstance(values, dict):
            place = f"[{section}] "
            found += [place + _unknown(key, defaults) for key in values if key not in defaults]
            found += _type_faults(place, values, defaults)
            days = [values.get(key) for key in ("start", "end")]
            if section == "corpus" and all(map(_is_day, days)) and days[0] > days[1]:
                late = with_particle(f"{place}'start' {days[0]}", "이/가")
                found.append(f"{late} 'end' {days[1]}보다 늦습니다")
        else:
            found.append(_wrong_type(section, {}, values))
    sources = content.get("sources", [{"path": ""}])
    if not isinstance(sources, list) or not sources:
        return [*found, "'sources'에 자료가 하나는 있어야 합니다. [[sources]] 아래에 적으세요"]
    for number, source in enumerate(sources, start=1):
        found += [f"sources {number}번: {fault}" for fault in _source_faults(source)]
    return found


def _source_faults(source: object) -> list[str]:
    if not isinstance(source, dict):
        return [_wrong_type("sources", {}, source)]
    faults = [_unknown(key, _SOURCE_KEYS) for key in source if key not in _SOURCE_KEYS]
    faults += _type_faults("", source, _SOURCE_KEYS)
    if ("path" in source) == ("package" in source):
        faults.append("'path'와 'package' 가운데 하나만 있어야 합니다")
    if "package" in source and "sha256" not in source:
        faults.append("'package'를 받아 맞는지 보려면 'sha256'이 있어야 하는데 없습니다")
    return faults


def _type_faults(place: str, values: dict, defaults: dict) -> list[str]:
    """Values whose type is not that of the default, and days that are not days."""
    faults = []
    for key in [key for key in values if key in defaults]:
        value, default = values[key], defaults[key]
        if not _is_like(value, default):
            faults.append(place + _wrong_type(key, default, value))
        elif key in ("start", "end") and value and not _is_day(value):
            expected = '"2017-05-10" 같은 날짜'
            faults.append(f"{place}'{key}' 값은 {expected}여야 하는데 {value!r}입니다")
        else:
            each = value if isinstance(value, list) else [value]
            faults += [place + fault for item in each if (fault := _wrong_value(key, item))]
    return faults


def _wrong_value(key: str, value: object) -> str:
    """What is wrong with a value of the right type, or ""."""
    if value not in _CHOICES.get(key, [value]):
        expected = ", ".join(filter(None, _CHOICES[key]))
        return f"'{key}' 값은 {expected} 가운데 하나여야 하는데 {value!r}입니다"
    low, high = _BOUNDS.get(key, (0, None))
    if isinstance(value, (int, float)) and not low <= value <= (value if high is None else high):
        bound = f"{low} 이상이어야" if high is None else f"{low} 이상 {high} 이하여야"
        return f"'{key}' 값은 {bound} 하는데 {value!r}입니다"
    return ""


def _is_like(value: object, default: object) -> bool:
    if isinstance(default, list):
        kind = default[0] if default else ""
        return isinstance(value, list) and all(_is_like(item, kind) for item in value)
    if isinstance(value, bool) or isinstance(default, bool):  # true is an int to Python
        return isinstance(value, bool) and isinstance(default, bool)
    return isinstance(value, (int, float) if isinstance(default, float) else type(default))


def _is_day(value: object) -> bool:
    try:
        return str(date.fromisoformat(value)) == value
    except (TypeError, ValueError):
        return False


def _wrong_type(key: str, default: object, value: object) -> str:
    is_list = isinstance(default, list)
    kind = type(default[0] if default else "") if is_list else type(default)
    expected = ("[ ] 안에 " if is_list else "") + _TYPE_NAMES[kind]
    found = value if isinstance(value, date) else repr(value)
    return f"'{key}'에는 {with_particle(expected, '을/를')} 적어야 하는데 {found}입니다"


def _unknown(key: str, known) -> str:
    nearest = difflib.get_close_matches(key, list(known), n=1)
    hint = f" ('{nearest[0]}'?)" if nearest else ""
    return with_particle(f"'{key}'", "은/는") + " 모르는 항목입니다" + hint
