"""Figures and quotations of texts, as tables: what is counted, promised and said.

The words that tell them apart (counters, qualifiers, verbs of speech) are rows of CSVs in
``data/reference``, where a researcher can add one. A pattern there is a regular expression in
which ``{ㄴ}`` stands for any syllable that ends in that consonant.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import pandas as pd

from policytext.administrations import REFERENCE, canonical_name, known_names, read_reference
from policytext.korean import is_particle_chain
from policytext.store import stored
from policytext.words.analysers import analyse
from policytext.words.lexicon import Lexicon, find_terms, read_lexicon, read_regions, select_matches

FIGURE_COLUMNS = (
    "doc_id start end surface value value_high unit qualifier kind due subject scope measure "
    "speaker source"
).split()
_FLAGS = ("is_part", "is_forecast", "is_proof")
FIGURE_TYPES = {"value": float, "value_high": float, "start": int, "end": int}
FIGURE_TYPES |= dict.fromkeys(_FLAGS, bool)
QUOTATION_COLUMNS = "doc_id start end quote speaker office organisation verb is_anonymous".split()
DURATIONS = ("년", "개월", "주", "일", "시간", "분", "세")
CURRENCIES = "원 달러 유로 엔 위안 파운드 루피 루피아 루블 프랑 마르크 페소 바트 링깃 리라".split()
_REACH = 500  # characters around a figure that tell of it, however long its sentence
_MENTION = 40  # characters after a figure: a longer sentence that does not tell only mentions it
_PRESENT = re.compile("(?<![있없많])[습읍]니다|[합됩립갑집킵납]니다")  # of now, or a plan
_WAS = re.compile(r"(?:인|이던|였던|에서)\s")
_FEW = re.compile("[한두세]")  # a target as a rule only by a day
TOO_LARGE = 1e17  # won; all money of the country is less

_FINALS = {"ㄴ": 4, "ㄹ": 8, "ㅁ": 16, "ㅆ": 20}
_NOT_PAST = "있겠"
_MAGNITUDES = {"십": 10, "백": 100, "천": 1000, "만": 10**4, "억": 10**8, "조": 10**12}
_DIGITS = dict(zip("일이삼사오육칠팔구", range(1, 10), strict=True))


def _table(name: str, columns: str) -> pd.DataFrame:
    return read_reference(REFERENCE / f"{name}.csv", columns)


def words_of(kind: str) -> frozenset[str]:
    """The words of a kind in ``figure-words.csv``."""
    table = _table("figure-words", "word kind")
    return frozenset(table.loc[table["kind"] == kind, "word"])


def _notes_of(kind: str, type_: type = int) -> dict:
    table = _table("figure-words", "word kind note")
    return table[table["kind"] == kind].set_index("word")["note"].astype(type_).to_dict()


@cache
def partners() -> frozenset[str]:
    """Firms that stood beside a centre when it opened."""
    cells = _table("centres", "partner_at_launch")["partner_at_launch"]
    return frozenset(name.strip() for cell in cells for name in re.split("[;,/]", cell)) - {""}


@cache
def countries() -> dict[str, str]:
    """How other countries are called, and each one's name; "" for words of one's own country."""
    table = _table("countries", "country names")
    rows = zip(table["country"], table["names"].str.split(";"), strict=True)
    return {form: country for country, names in rows for form in names}


def any_of(words) -> str:
    """A pattern of some words, the longest first."""
    return "|".join(sorted(sorted(map(re.escape, words)), key=len, reverse=True))  # of sets, too


def _written_out(pattern: str) -> str:
    """A pattern with the syllables that its ``{ㄴ}`` stands for."""

    def syllables(match: re.Match) -> str:
        final, known = match[1], range(0xAC00, 0xD7A4)
        found = [chr(c) for c in known if (c - 0xAC00) % 28 == _FINALS[final]]
        return f"[{''.join(c for c in found if final != 'ㅆ' or c not in _NOT_PAST)}]"

    return re.sub(r"\{([ㄴㄹㅁㅆ])\}", syllables, pattern)


def _patterns() -> dict[str, re.Pattern]:
    """``patterns.csv``: rows of one name are alternatives, ``«name»`` stands for a pattern above."""
    known = {"units": any_of(_COUNTERS), "days": any_of(_DAYS), "deeds": any_of(words_of("deed"))}
    speech = _table("speech", "word kind").groupby("kind")["word"]
    known |= {f"speech {kind}": any_of(words) for kind, words in speech}
    abroad = (name for name, country in countries().items() if country)
    known |= {"partners": any_of(partners()), "acts": any_of(ACTS), "abroad": any_of(abroad)}
    for name, rows in _table("patterns", "name pattern").groupby("name", sort=False)["pattern"]:
        known[name] = re.sub("«([^»]+)»", lambda match: known[match[1]], "|".join(rows))
    return {name: re.compile(pattern) for name, pattern in known.items()}


def _cues(place: str, edge: str) -> list[tuple[str, str, re.Pattern]]:
    """Rows of ``qualifiers.csv`` for what stands before, or after, a figure."""
    rows = _CUES.loc[_CUES["place"] == place, ["column", "value", "pattern"]]
    return [(column, value, re.compile(edge.format(_written_out(pattern))))
            for column, value, pattern in rows.itertuples(index=False)]  # fmt: skip


_ONES, _TENS, _DAYS = map(_notes_of, ("one", "ten", "day"))
ACTS = _notes_of("act", str)  # what is done to a thing, by words that may stand for each other
_COUNTERS = {counter: (unit, float(factor)) for counter, unit, factor, *_ in
             _table("counters", "counter unit factor").itertuples(index=False)}  # fmt: skip
_P = _patterns()
_CUES = _table("qualifiers", "column value place pattern")
_BEFORE, _AFTER = _cues("before", "(?:{})$"), _cues("after", "^(?:{})")
_TENSES = _CUES.loc[_CUES["place"] == "predicate", ["value", "pattern"]].values.tolist()
_PREDICATE = re.compile(
    "|".join(f"(?P<p{n}>{_written_out(p)})" for n, (_, p) in enumerate(_TENSES))
)
# Of things counted in pieces: the unit, and how its nouns stand behind and before the figure.
_IN_PIECES = [
    (unit, *(re.compile(_P[side].pattern.replace("X", _P[name].pattern))
             for side in ("things", "thing")))
    for unit, name in (("개사", "firm"), ("팀", "group"), ("곳", "place"))
]  # fmt: skip
_BEHIND = "*"  # the noun stands behind the figure, and is yet to be found
COUNTABLE = ("개사", "곳", "명", "팀", "개", "가구", "호", "가지")
_OF_ONE_SUM = ("unit", "kind", "due", "first")  # 49건과 9건 등 58건


@stored
def find_figures(documents: pd.DataFrame) -> pd.DataFrame:
    """Every number with what it counts, of which a text says how much, by when and how surely.

    `documents`: ``doc_id, text, date``; without a date nothing relative is resolved.

    One row a figure: ``doc_id, start, end, surface``; ``value`` in base units (a range has
    ``value_high``), negative only where a sign or arrow says so; ``unit`` ("" where nobody knows
    it); ``qualifier`` about, at_least, at_most, more_than, less_than or ""; ``kind`` result, target
    or context (rules, limits, prices, durations, old targets); ``due`` YYYY or YYYY-MM of a target;
    ``subject`` and ``scope``: what is counted, whose; ``measure`` cumulative, yearly, change or "";
    ``speaker`` where it stands in a quotation; ``source`` text; ``as_of, doing`` and flags.

    >>> text = "센터는 2026년까지 50개사를 육성할 계획이다."
    >>> documents = pd.DataFrame({"doc_id": ["a"], "text": [text], "date": ["2023-05-01"]})
    >>> find_figures(documents)[["value", "unit", "kind", "due"]].values.tolist()
    [[50.0, '개사', 'target', '2026']]
    """
    texts = documents["text"].fillna("").to_numpy(dtype=object)
    dates = pd.to_datetime(documents["date"], errors="coerce").tolist()
    names = _scopes(texts, dates)
    quoted = find_quotations(documents).groupby("doc_id")
    spoken = {doc_id: [*own.itertuples()] for doc_id, own in quoted}
    rows = []
    for number, doc_id in enumerate(documents["doc_id"].tolist()):
        for row in _figures_of(texts[number], dates[number], names.get(number, [])):
            around = (said.speaker for said in spoken.get(doc_id, ())
                      if said.start <= row["start"] and row["end"] <= said.end)  # fmt: skip
            rows.append(row | {"doc_id": doc_id, "speaker": next(around, ""), "source": "text"})
    words = ([row[name] for row in rows] for name in ("before", "after", "noun", "unit"))
    table = pd.DataFrame(rows, columns=[*FIGURE_COLUMNS, "as_of", "doing", *_FLAGS])
    return table.assign(subject=_subjects(*words)).astype(FIGURE_TYPES)


@stored
def find_deadlines(documents: pd.DataFrame) -> pd.DataFrame:
    """What is promised by a day, without a number: ``doc_id, start, end, surface, due, subject``.

    `documents` as in :func:`find_figures`; a row is a sentence.

    >>> text = "정부는 종합 대책을 내달까지 마련한다."
    >>> documents = pd.DataFrame({"doc_id": ["a"], "text": [text], "date": ["2023-05-01"]})
    >>> find_deadlines(documents)[["subject", "due"]].values.tolist()
    [['종합 대책', '2023-06']]
    """
    rows = []
    dates = pd.to_datetime(documents["date"], errors="coerce")
    texts = documents["text"].fillna("")
    for doc_id, text, date in zip(documents["doc_id"], texts, dates, strict=True):
        for first, last in pairwise(sentence_edges(text)):
            sentence = text[first:last]
            by = _P["by"].search(sentence)
            predicate = _PREDICATE.search(sentence, by.end()) if by else None
            if predicate is None or _TENSES[int(predicate.lastgroup[1:])][0] != "target":
                continue
            if _P["asked"].search(sentence, by.end()):
                continue
            if _P["others"].search(sentence[: predicate.start()]):
                continue
            if any(match["low"] and match["unit"] for match in _P["figure"].finditer(sentence)):
                continue
            things = [*_P["object"].finditer(sentence, 0, predicate.end())]
            before = [thing[1] for thing in things if thing.end() + 1 == by.start()]
            told = before or [thing[1] for thing in things if thing.start() >= by.end()]
            if told and (due := _resolved(by, date)[0]):
                rows.append((doc_id, first, last, by[0], due, told[0]))
    columns = ["doc_id", "start", "end", "surface", "due", "subject"]
    return pd.DataFrame(rows, columns=columns).astype({"start": int, "end": int})


def sentence_edges(text: str) -> list[int]:
    """Where sentences begin, and the text's end.

    >>> sentence_edges("문을 열었다. 3.5억 원이다.")
    [0, 8, 17]
    """
    return [0, *(match.end() for match in _P["sentence"].finditer(text)), len(text)]


def _figures_of(text: str, date: pd.Timestamp, names: list[tuple]) -> list[dict]:
    rows: list[dict] = []
    edges = sentence_edges(text)
    today = f"{date:%Y-%m}" if pd.notna(date) else ""
    for match in _P["figure"].finditer(text):
        row = _measured(match, text) if match["low"] else None
        if row is None:
            continue
        at = bisect_right(edges, row["start"], hi=len(edges) - 1) - 1
        first = max(edges[at], row["start"] - _REACH)
        last = min(max(edges[at + 1], row["end"]), row["end"] + _REACH)
        before, after = text[first : row["start"]], text[row["end"] : last]
        if not before.count("“") > before.count("”") and not before.count('"') % 2:
            after = _P["quoted"].sub("▒", after)  # another's verb
        is_next = bool(rows) and _P["becomes"].fullmatch(text, rows[-1]["end"], row["start"])
        if is_next and row["unit"] == "개":
            row["unit"] = rows[-1]["unit"]
        row |= {"due": ""} | _told(row, before, after)
        clause = _P["clause_end"].split(after, maxsplit=1)[0]
        row |= _doing(before, clause)
        if row["kind"] in (None, "target"):  # where nothing tells, what is to come is a target
            due, is_firm = _due_of(text[first:last], row["start"] - first, date)
            is_told = len(after) < _MENTION and not _PRESENT.search(after)
            is_target = row["kind"] or is_firm and not row["is_done"]
            if is_target and not due and row["unit"] in COUNTABLE and _FEW.match(row["surface"]):
                is_target, is_told = False, False  # two people, a treaty
            row["kind"] = "target" if is_target else "result" if is_told else "context"
            row["due"] = due if row["kind"] == "target" else ""
        row |= {"before": before, "after": after}
        row["is_part"] = bool(_P["of_them"].search(before) or _P["spoken_to"].match(after))
        by = _P["until"].search(before) if row["kind"] != "context" and today else None
        until = _resolved(by, date)[0] if by else ""
        own = after.partition("“")[0]  # what another quotation asks for is another thing
        if row["kind"] == "target" and ("" < until < today[:4] or _P["asked"].search(own)):
            row |= {"kind": "context", "due": ""}
        told = _told_time(before, date)
        is_ahead = row["kind"] == "result" and today and max(until, told) > f"{today[:4]}-12"
        if is_ahead and _P["headed"].match(after):  # 2027년까지 5만 개 달성
            is_ahead, row = False, row | {"kind": "target", "due": max(until, told)}
        is_others = row["kind"] == "target" and _P["others"].search(before)
        row["is_forecast"] = bool(is_ahead or is_others or _P["forecast"].search(after))
        row["as_of"] = until if until.startswith(told[:4]) and until <= today else told
        row["is_proof"] = bool(_P["proves"].search(clause))
        if row["kind"] == "result":
            row["is_forecast"] |= bool(_P["unproven"].search(clause) or _P["undone"].search(before))
            row["is_part"] |= bool(_P["base"].match(after))
        row["scope"] = _scope(names, first, row["start"], last)
        rows.append(row | {"first": first})
    for three in zip(rows, rows[1:], rows[2:], strict=False):
        *parts, whole = sorted(three, key=itemgetter("value"))
        is_alike = all(len({row[name] for row in three}) == 1 for name in _OF_ONE_SUM)
        if is_alike and parts[0]["value"] + parts[1]["value"] == whole["value"]:
            parts[0]["is_part"] = parts[1]["is_part"] = True
    return rows


def _doing(before: str, clause: str) -> dict:
    """What is done to a thing, and whether the words before the figure tell it as done.

    >>> _doing("지난해 문을 닫은 음식점은 ", "개다."), _doing("공장 ", "개를 설치한다.")
    ({'doing': '문을 닫은', 'is_done': True}, {'doing': '세움', 'is_done': False})
    """
    told = _P["told_of"].search(before)
    words = told["doing"] if told else ""
    found = _P["acts"].search(clause) or _P["acts"].search(words)
    is_done = bool(told) and words[-1] not in "는할될"
    return {"doing": ACTS[found[0]] if found else words, "is_done": is_done}


def _measured(match: re.Match, text: str) -> dict | None:
    """Value and unit of a match, or None where it counts nothing."""
    low, high, counter = match["low"], match["high"], match["unit"]
    start, end = match.start(), match.end()
    if counter and not match["arrow"] and not _ends(counter, text, match.end("unit")):
        counter, end = None, match.start("unit")
    noun, rest = "", text[end : end + 40]
    if counter == "대" and not _is_machine(text, match):
        return None
    value, value_high = _value(low), _value(high) if high else np.nan
    value *= _MAGNITUDES.get(match["late"], 1)
    if high and not re.search("[십백천만억조]", low):
        value *= _scale(high)
    if low in _DAYS:
        unit, factor = "일", 1.0
    elif match["money"]:
        unit, factor = _COUNTERS[match["money"]]
        end = max(match.end("low"), match.end("high")) if not counter else end
    elif counter:
        unit, factor = _COUNTERS[counter]
        if counter == "점" and _P["works"].search(text, max(0, start - 12), start):
            unit = "개"
        if unit == "개":
            unit, noun = _counted(counter, text[max(0, start - 24) : start], rest)
    elif following := _P["next_unit"].match(text, match.end("low")) if not high else None:
        if not re.search("[만억조,]", low) or following["unit"] not in _COUNTERS:
            return None
        unit, factor = _COUNTERS[following["unit"]]
        end = match.end("low")
    else:
        end = max(match.end("low"), match.end("high"), match.end("more"))
        if match["more"] and (unit := _counted("개", "", rest)[0]) != "개":
            counter = "개"
        is_people = text[:start].rstrip().endswith("인구")
        is_money = re.search(r"[억조]", low + (high or "") + (match["late"] or ""))
        is_large = counter or is_money or re.search(r"[만천]|\d,\d{3}", low + (high or ""))
        is_name = re.match(r"[가-힣]{0,3}(?:클럽|장자|다행)|[가-힣 ]{2,6}[’']", rest)
        if not is_large or not low[0].isdigit() or is_name:
            return None
        unit = unit if counter else "명" if is_people else "원" if is_money else ""
        factor = 1.0
    sign, arrow = ((match[name] or "").strip() for name in ("sign", "arrow"))
    if sign in ("△", "▼") and re.search(r"△\s?[^\d\s]", text[max(0, start - 200) : start + 200]):
        sign = ""  # a list marked by triangles
    if (sign and sign != "+") or arrow in ("↓", "▼"):
        value, value_high = -value, -value_high
    value, value_high = value * factor, value_high * factor
    if abs(value) > TOO_LARGE or value_high < value and value > 0:
        unit = ""
    surface = text[start:end].strip()
    start += len(text[start:end]) - len(text[start:end].lstrip())
    return {
        "start": start, "end": start + len(surface), "surface": surface, "value": value,
        "value_high": value_high, "unit": unit, "noun": noun, "is_more": bool(match["more"]),
    }  # fmt: skip


def _value(written: str) -> float:
    """A numeral of digits, Hangul or both.

    >>> [_value(numeral) for numeral in ("3만7000", "1억5천만", "이천팔백삼십사억", "스물한")]
    [37000.0, 150000000.0, 283400000000.0, 21.0]
    """
    if written in _DAYS:
        return float(_DAYS[written])
    native = re.fullmatch(f"({'|'.join(_TENS)})?({'|'.join(_ONES)})?", written)
    if native:
        return float(_TENS.get(native[1], 0) + _ONES.get(native[2], 0))
    total, section, pending = 0.0, 0.0, None
    for part in re.findall(rf"{_P['d'].pattern}|[십백천만억조일이삼사오육칠팔구]", written):
        if part in _DIGITS or part[0].isdigit():
            section += pending or 0  # 3만7000: a number that nothing multiplies
            pending = float(_DIGITS.get(part) or part.replace(",", ""))
        elif _MAGNITUDES[part] < 10**4:
            section += (1.0 if pending is None else pending) * _MAGNITUDES[part]
            pending = None
        else:
            total += (section + (pending or 0) or 1.0) * _MAGNITUDES[part]
            section, pending = 0.0, None
    return round(total + section + (pending or 0), 6)


def _scale(written: str) -> float:
    """By what a numeral's first digits are multiplied: 3 of 3억5천만 by 억."""
    match = re.match(rf"({_P['d'].pattern})\s?([십백천]*[만억조]?)", written)
    return _value("1" + match[2]) if match and match[2] else 1.0


def _ends(counter: str, text: str, end: int) -> bool:
    """Whether a counter is a word of its own there: particles may follow, or what goes with it."""
    if counter in ("%", "％", "$", "USD", "€") or not text[end : end + 1].strip():
        return True
    rest = text[end : end + 12]
    if counter.isascii() or counter in "㎡㎢㎞㎏㎿㏊":
        return not re.match(r"[A-Za-z²³]", rest)
    run = re.match("[가-힣]*", rest)[0]
    if counter == "개":
        return not _P["others_of_piece"].match(run)
    if counter == "사":
        return is_particle_chain(run, counter[-1]) and not run.startswith("이")
    if counter in ("개사", "개소", "개교", "개월", "년", "개팀"):
        return True
    return not run or is_particle_chain(run, counter[-1]) or bool(_P["closed"].match(run))


def _is_machine(text: str, match: re.Match) -> bool:
    """Whether 대 counts machines there, and not ages, tasks or halls."""
    around = text[max(0, match.start() - 20) : match.end() + 12]
    is_closed = re.match(r"[를가의는다로였에 .,)]", text[match.end("unit") :][:1])
    return bool(_P["machine"].search(around) or is_closed and _value(match["low"]) >= 100)


def _counted(counter: str, before: str, rest: str) -> tuple[str, str]:
    """Unit and noun of things counted in pieces: firms, places and teams have their own."""
    if counter != "개":
        return "개", ""
    if re.match(r"\s?사(?![가-힣])|\s?사[가는를의와]\s", rest):
        return "개사", ""
    found = [(match.end(), unit, match["noun"].strip()) for unit, things, _ in _IN_PIECES
             if (match := things.match(rest))]  # fmt: skip
    if found:
        return min(found)[1:]
    run = re.match("[가-힣]*", rest)[0]
    is_bound = run and not run.startswith("의") and is_particle_chain(run, "개")
    if _P["pieces"].match(rest) and not is_bound and not _P["done_to"].match(rest):
        return "개", _BEHIND
    before = re.sub(r"\([^)]*\)\s*$", "", before)
    return next((unit for unit, _, things in _IN_PIECES if things.search(before)), "개"), ""


def _told(row: dict, before: str, after: str) -> dict:
    """Qualifier, measure and kind, by the words around; kind None where nothing tells."""
    told = {"qualifier": "more_than" if row["is_more"] else "", "measure": "", "kind": None}
    is_old = _P["old_target"].match(after)
    for cues, context in ((_AFTER, after), (_BEFORE, before[-60:])):
        found: dict[str, str] = {}
        for column, value, pattern in cues:
            is_barred = value == "old target" and not is_old
            if value == "context" and cues is _BEFORE:
                is_barred = told["measure"] == "change"
            if column not in found and not is_barred and pattern.search(context):
                found[column] = value
        told |= {name: value for name, value in found.items() if not told[name] or name == "kind"}
    if told["kind"] == "old target":
        told |= {"kind": "context", "qualifier": ""}
    is_signed = row["surface"][0] in "△▼" and row["unit"] in ("%", "%p")
    if row["surface"][-1] in "↑↓" or is_signed or before.endswith("(+"):
        told["measure"] = "change"
    is_limit = told["qualifier"] == "at_most" and row["unit"] in CURRENCIES
    if row["unit"] in DURATIONS or (is_limit and told["kind"] is None):
        told["kind"] = "context"
    acting = _P["acting"].match(after) if row["unit"] in COUNTABLE else None
    if told["kind"] is None and acting and not _P["arise"].search(acting["rest"]):
        told["kind"] = "result"  # sixteen agencies that will open a shop are there already
    if told["kind"] is None and (match := _PREDICATE.search(after)):
        told["kind"] = _TENSES[int(match.lastgroup[1:])][0]
        if told["kind"] == "target" and _P["aside"].match(after, 0, match.start()):
            told["kind"] = "context"  # of three wars that a country fought, something is to come
    elif told["kind"] is None and _P["announced"].search(before):
        told["kind"] = "target"
    return told


def _due_of(sentence: str, at: int, date: pd.Timestamp) -> tuple[str, bool]:
    """By when what stands at `at` is due, and whether that alone makes it a target.

    Of the phrases to come the nearest before it, else after it; spans (3년간) come last, and they
    or the year it is make no target.
    """
    today, found = f"{date:%Y-%m}" if pd.notna(date) else "", []
    for match in _P["due"].finditer(sentence):
        start = match.start()
        is_past = _P["past"].search(sentence[max(0, start - 4) : start])
        if is_past or _P["as_of"].match(sentence, match.end()):
            continue
        due, is_span = _resolved(match, date)
        others = _P["figure"].finditer(sentence, match.end(), at if start < at else len(sentence))
        others = [each for each in others if each["low"] and each["unit"]]
        ends = [] if _P["by"].match(sentence, start) else [other.end() for other in others]
        if start > at and others or any(_WAS.match(sentence, end) for end in ends):
            continue  # of the figure that it stands before
        if due and due >= today[: len(due)]:
            is_apart = "…" in sentence[min(start, at) : max(start, at)]  # of another headline
            own = due[:4] if is_apart else due
            found.append((is_span, start >= at, abs(start - at), due, own))
    is_span, _, _, due, own = min(found, default=(True, True, 0, "", ""))
    return own, not is_span and due != today[:4]


def _resolved(match: re.Match, date: pd.Timestamp) -> tuple[str, bool]:
    """The month or year that a phrase names, "" if unknown, and whether it only tells a span."""
    if match["full"]:
        return _with_part(int(match["full"]), f"{match['full_month']}월"), False
    if match["last"]:
        return f"20{match['last'][-2:]}", False
    if match["year"] and (digits := re.sub(r"\D", "", match["year"])):
        year = int(digits) + (0 if len(digits) == 4 else 2000 if digits < "60" else 1900)
    elif pd.isna(date):
        return "", False
    else:
        year = date.year + _YEARS_AHEAD.get((match["year"] or "")[:2], 0)
    if match["year"]:
        last = year + _span(match["run"]) - 1 if match["from"] and match["run"] else year
        is_weak = bool(match["from"]) and not match["run"]
        return _with_part(last, "" if match["run"] else match["part"] or ""), is_weak
    if match["alone"]:
        due = _with_part(year, match["alone"])
        if due < f"{date:%Y-%m}":  # what is over, or of the next year
            is_ahead = _P["ahead"].match(match.string, match.end())
            due = _with_part(year + 1, match["alone"]) if is_ahead else ""
        return due, bool(match["alone_from"])
    is_next = bool(match["month"]) and match["month"][0] in "다내"
    if match["month"] or match["span"] != "년":
        n = int(is_next) if match["month"] else _span(match["n"])
        due = f"{date + pd.DateOffset(months=n):%Y-%m}"
    else:
        due = f"{year + _span(match['n'])}"
    return due, not match["month"] and not match["ahead"] and match["how"] in _SPANS


_YEARS_AHEAD = {"내년": 1, "내후": 2, "다음": 1, "이듬": 1}
_SPANS = ("간", "동안", "에 걸쳐")


def _told_time(before: str, date: pd.Timestamp) -> str:
    """The year, or month, that the words before a figure say it tells of."""
    told = [*_P["told_year"].finditer(before)]
    year = _year_of(told[-1][0], date) if told else ""
    part = _P["told_part"].search(before, told[-1].end() if told else 0)
    if not part or not year and pd.isna(date):
        return year
    time = _with_part(int(year or date.year), part["part"].replace(" ", ""))
    return time if year or time <= f"{date:%Y-%m}" else ""  # of which year, nobody says


def _year_of(told: str, date: pd.Timestamp) -> str:
    """The year that a figure tells of: 2019년, 87년, 올해, 내년 or 지난해.

    >>> [_year_of(told, pd.Timestamp("1988-01-01")) for told in ("2008", "87", "내년", "지난해")]
    ['2008', '1987', '1989', '1987']
    """
    if told.isdigit() or pd.isna(date):
        return f"19{told}"[-4:] if told.isdigit() else ""
    return f"{date.year + {'올해': 0, '내년': 1}.get(told, -1)}"


def _span(written: str) -> int:
    return int(written) if written.isdigit() else _ONES.get(written, 1)


def _with_part(year: int, part: str) -> str:
    """A year, with the last month of the part of it that is named.

    >>> _with_part(2023, "상반기"), _with_part(2023, "3/4분기"), _with_part(2023, "초")
    ('2023-06', '2023-09', '2023-03')
    """
    if "분기" in part:
        return f"{year}-{3 * int(part[0]):02}"
    if month := re.match(r"\d{1,2}(?=\s?월)", part):
        return f"{year}-{int(month[0]):02}"
    if not part:
        return f"{year}"
    return f"{year}-{'03' if part.endswith('초') else '06' if part == '상반기' else '12'}"


_VAGUE = words_of("vague")
_NOUN_TAGS = ("NNG", "NNP", "SL", "XSN", "XPN")


def _subjects(
    befores: list[str], afters: list[str], nouns: list[str], units: list[str]
) -> list[str]:
    """What each figure counts: the noun that goes with it, else the last subject before it."""
    glue = [_P["after_noun"].match(after) for after in afters]
    tails = [m.string[m.end() : m.end() + 40] if m else "" for m in glue]
    runs = _noun_runs([_P["span"].sub(", ", before[-60:]) for before in befores] + tails)
    subjects = []
    for number, noun in enumerate(nouns):
        own, behind = runs.get(number, []), runs.get(len(befores) + number, [])
        is_behind = noun == _BEHIND or glue[number] and "의" in glue[number][0]
        noun = "" if noun == _BEHIND else noun
        if not noun and is_behind and behind and behind[0][0] == 0:
            noun = behind[0][2]
        if not noun:
            others = ("JC", "verb", *(() if units[number] in CURRENCIES else ("JKB",)))
            plain = [run for run in own if run[3] not in others]  # 예산으로 얼마
            told = (plain or own)[-1:] if own else behind[:1]
            noun = told[0][2] if told else ""
        subjects.append(" ".join(noun.split()[-3:]))
    return subjects


def _noun_runs(texts: list[str]) -> dict[int, list[tuple[int, int, str, str]]]:
    """Runs of nouns in each text: (start, end, words, tag of what follows), vague words aside."""
    found: dict[int, list] = {}
    morphemes = analyse(texts, "mecab")
    columns = (morphemes[name].tolist() for name in ("row", "start", "end", "tag"))
    opened: tuple[int, int, int] | None = None
    for row, start, end, tag in [*zip(*columns, strict=True), (-1, 0, 0, "")]:
        word = texts[row][start:end] if tag else ""
        is_noun = tag in _NOUN_TAGS and word not in _VAGUE and (opened or tag != "XSN")
        is_noun = is_noun or bool(opened) and word in ("&", "인")
        if opened and is_noun and opened[0] == row and start - opened[2] <= 1:
            opened = (row, opened[1], end)
            continue
        if opened:
            at, first, last = opened
            touching = tag.split("+")[0] if at == row and start == last else ""
            follows = "verb" if touching in ("XSV", "XSA", "VCP") else touching
            while first and texts[at][first - 1].isalnum():  # 작은|도서관
                first -= 1
            if last - first > 1 and texts[at][last - 1] != "당":
                found.setdefault(at, []).append((first, last, texts[at][first:last], follows))
        opened = (row, start, end) if is_noun else None
    return found


_NATION = "전국"
_SIGNS = ("㈜{}", "(주){}", "주식회사 {}", "‘{}’", "“{}”", '"{}"', "{}커뮤니케이션")
_TITLE, _NEAR = 80, 120  # characters: of a beginning that tells whose, and before a sentence


@cache
def scope_lexicon() -> tuple[Lexicon, dict[str, str]]:
    """Names that say whose or where: regions and organisations, with the name each stands for."""
    table = read_lexicon().table
    lexicon = Lexicon(table[table["kind"].isin(["organisation", "place"])])
    owner = dict(lexicon.owners)
    regions = read_regions()
    for region, forms in zip(regions["region"], regions["names"], strict=True):
        owner |= {form: region for form in forms.split(";")}
    for name in known_names() - {*owner}:  # 다음에: a word needs the sign of a firm
        signs = _SIGNS if name in plain_words() else ["{}"]
        owner |= {sign.format(name): name for sign in signs}
    owner |= {_NATION: _NATION, "수도권": "수도권", "비수도권": "비수도권"}
    return lexicon.with_terms(sorted(owner.keys() - lexicon.owners.keys())), owner


@cache
def plain_words() -> frozenset[str]:
    """Stop words: what is also a name, like 다음, seldom means its bearer."""
    return frozenset(_table("stopwords", "term")["term"])


def _scopes(texts: np.ndarray, dates: list[pd.Timestamp]) -> dict[int, list[tuple]]:
    """Where scopes are named in each text: row to (start, end, name), in order.

    A body has its latest name, whatever it was called that day. Another country only where
    something is told of it, no 미국에; one's own is "".
    """
    lexicon, owner = scope_lexicon()
    found = find_terms(texts, lexicon.with_terms(countries()))
    places = zip(found["row"], found["end"], ~found["term"].isin(countries()), strict=True)
    ends = [other or bool(_P["of_country"].match(texts[row], end)) for row, end, other in places]
    found = found.assign(followed_by_particle=ends)
    found = select_matches(found, found["starts_word"], ends)
    names = found["term"].map(owner | countries()).fillna(found["term"])
    days = (dates[row] for row in found["row"])
    found = found.assign(name=[*map(canonical_name, names, days)])
    by_row = found.groupby("row")[["start", "end", "name"]]
    return {row: [*own.itertuples(index=False, name=None)] for row, own in by_row}


def _scope(names: list[tuple], first: int, at: int, last: int) -> str:
    """The name nearest before a figure in its sentence, else the one before it in the text.

    Another country counts only in the sentence and where no word of one's own follows it.
    """
    here = [name for start, _, name in names if first <= start < at]
    ours = len(here) - 1 - here[::-1].index("") if "" in here else -1
    here = [name for n, name in enumerate(here) if name and (n > ours or name not in countries())]
    if here:
        return here[-1]
    names = [one for one in names if one[2] not in {"", *countries()}]
    after = [name for start, _, name in names if at <= start < last]
    title = [name for start, _, name in names if start < min(first, _TITLE)]
    near = [name for start, _, name in names if first - _NEAR <= start < first]
    return (after[:1] or near[-1:] or title[:1] or [""])[0]


_CLOSING = "“”\"„‟〝〞＂‘’'‚‛`」"
_ANY = ("한", "이", "그", "또", "다른", "일부", "복수의", "현장")  # 한 관계자: no body's name
_BODY_ENDS = "부청처시도당"  # a word that so ends is a body only where the tables know it
_SELF = ("나", "저", "제", "내")  # whose text it is, which it need not say
_DOUBLE_SURNAMES = ("남궁", "황보", "선우", "제갈", "독고", "사공")
_NOT_NAMES = words_of("not-name")


class _Person(NamedTuple):
    start: int
    end: int
    name: str
    office: str = ""
    organisation: str = ""
    to: str = ""
    is_anonymous: bool = False


def find_quotations(documents: pd.DataFrame) -> pd.DataFrame:
    """Everything somebody is quoted as saying, with who said it.

    Takes ``doc_id, text``. One row a quotation: ``doc_id``; ``start, end`` of what stands between
    the outer marks; ``quote``; ``speaker`` (several joined by ", "; "" where nobody is named),
    ``office, organisation``; ``verb`` of speech; ``is_anonymous``. Titles, slogans and terms in
    marks are no quotations. A mark that never closes ends at its verb, or with the paragraph.

    >>> text = "김하나 장관은 “규제를 풀겠다”고 밝혔다. 또 “서두르겠다”고 덧붙였다."
    >>> found = find_quotations(pd.DataFrame({"doc_id": ["a"], "text": [text]}))
    >>> found[["quote", "speaker"]].values.tolist()
    [['규제를 풀겠다', '김하나'], ['서두르겠다', '김하나']]
    """
    marks = find_marks(documents[["doc_id", "text"]])
    table = marks.loc[marks["is_speech"], QUOTATION_COLUMNS]
    return table.astype({"is_anonymous": bool}).reset_index(drop=True)


def find_phrases(documents: pd.DataFrame) -> pd.DataFrame:
    """Short phrases that texts set in marks without anyone speaking: ``doc_id, start, end, phrase``.

    >>> find_phrases(pd.DataFrame({"doc_id": ["a"], "text": ["시는 ‘규제예보제’를 연다."]}))["phrase"].item()
    '규제예보제'
    """
    marks = find_marks(documents[["doc_id", "text"]])
    is_short = marks["quote"].str.len().between(2, 20) & ~marks["is_title"]
    table = marks[is_short & ~marks["is_speech"]].rename(columns={"quote": "phrase"})
    return table[["doc_id", "start", "end", "phrase"]].reset_index(drop=True)


@stored
def find_marks(documents: pd.DataFrame) -> pd.DataFrame:
    """All that stands in quotation marks: the columns of both, ``is_speech`` and ``is_title``."""
    rows = [
        {"doc_id": doc_id} | row
        for doc_id, text in zip(documents["doc_id"], documents["text"].fillna(""), strict=True)
        if _P["marks"].search(text) or _P["singles"].search(text)
        for row in _marked(text)
    ]
    table = pd.DataFrame(rows, columns=[*QUOTATION_COLUMNS, "is_speech", "is_title"])
    types = {"start": int, "end": int, "is_speech": bool, "is_title": bool, "quote": str}
    return table.astype(types)


def _marked(text: str) -> list[dict]:
    """What stands in marks, paragraph by paragraph; who speaks is carried on to the next."""
    rows: list[dict] = []
    known: list[_Person] = []  # everybody named so far
    last: list[_Person] = []  # who spoke last
    offset = 0
    one_line = re.sub('“[^“”"]{1,300}”', lambda match: match[0].replace("\n", " "), text)
    for paragraph in one_line.split("\n"):
        spans = _in_marks(paragraph)
        masked = paragraph
        for start, end, _ in spans:
            masked = masked[:start] + "▒" * (end - start) + masked[end:]
        people = _people(masked, known)
        known += [person for person in people if person.name and not person.is_anonymous]
        edges = [*sentence_edges(masked)[:-1], len(masked) + 1]
        firsts = [edges[max(0, bisect_right(edges, start - 1) - 1)] for start, _, _ in spans]
        untils = [*(start - 1 for start, _, _ in spans[1:]), len(masked)]
        verbs = [
            _speech_verb(paragraph, masked, (first, start, end, until), is_double, people)
            for first, (start, end, is_double), until in zip(firsts, spans, untils, strict=False)
        ]
        for at in range(1, len(spans)):  # “A.” 김 씨가 말했다. “B.”
            between = masked[spans[at - 1][1] : spans[at][0] - 1]
            is_whole = paragraph[spans[at][1] - 1] in ".?!" and spans[at][2]
            if verbs[at] is None and verbs[at - 1] is not None and is_whole:
                verbs[at] = "" if _P["went_on"].search(between) else None
        for at in range(len(spans) - 2, -1, -1):  # “A”, “B”라고 말했다
            if verbs[at] is None and masked[spans[at][1] + 1 : spans[at + 1][0] - 1].strip() == ",":
                verbs[at] = verbs[at + 1]
        for first, (start, end, _), verb in zip(firsts, spans, verbs, strict=True):
            row = {
                "start": offset + start, "end": offset + end, "is_speech": verb is not None,
                "quote": text[offset + start : offset + end], "verb": verb,
                "is_title": paragraph[start - 1] == "「",
            }  # fmt: skip
            rows.append(row)
            if verb is None:
                continue
            sentence_end = next((edge for edge in edges if edge > end + 1), len(masked))
            said_by = _speakers(masked, people, (first, start, end, sentence_end), last)
            last = said_by or last
            one = said_by[0] if said_by else _Person(0, 0, "")
            names = ", ".join(dict.fromkeys(person.name for person in said_by if person.name))
            row |= {"speaker": names, "office": one.office, "organisation": one.organisation,
                    "is_anonymous": one.is_anonymous or not names}  # fmt: skip
        if not spans and paragraph.strip():
            last = [p for p in people if p.to in _ACTORS and p.name != p.organisation][-1:]
        offset += len(paragraph) + 1
    return rows


def _in_marks(paragraph: str) -> list[tuple[int, int, bool]]:
    """(start, end, is double) of what marks enclose: the outer ones, whichever way they turn."""
    spans, opened = [], None

    def until(limit: int) -> int:
        """Where a mark that never closes ends: at its verb of speech, or there."""
        match = _P["unclosed"].search(paragraph, opened + 1, limit)
        return match.start() if match else limit

    for match in _P["marks"].finditer(paragraph):
        at, is_opening = match.start(), match[0] in "“„〝"
        before, after = paragraph[at - 1 : at], paragraph[at + 1 : at + 2]
        can_open = bool(after.strip()) and not before.isalnum() and before not in tuple(".?!”’)%…")
        can_close = bool(before.strip()) and before not in "(["
        if opened is None:
            if can_open or is_opening or not _P["marker"].match(paragraph, at + 1):
                opened = at
        elif can_close and not (can_open and is_opening and before == " "):
            spans.append((opened + 1, at, True))
            opened = None
        elif can_open:  # the one before never closed
            spans.append((opened + 1, until(at), True))
            opened = at
    if opened is not None and paragraph[opened + 1 :].strip():
        spans.append((opened + 1, until(len(paragraph)), True))
    inside = [
        match.span(1) + (False,) for match in _P["singles"].finditer(paragraph)
        if not any(start - 1 <= match.start() <= end for start, end, _ in spans)
    ]  # fmt: skip
    return sorted(span for span in spans + inside if span[1] > span[0])


def _speech_verb(
    paragraph: str, masked: str, place: tuple, is_double: bool, people: list[_Person]
) -> str | None:
    """The verb by which what is in marks is said, "" for a marker alone, None if nobody speaks."""
    first, start, end, until = place
    quote = paragraph[start:end].strip()
    behind = masked[end:until].lstrip(_CLOSING)
    is_sentence = bool(_P["whole"].search(quote))
    found = _P["verb"].search(_P["stop"].split(behind, maxsplit=1)[0])
    verb = found[0] if found else ""
    if not is_sentence and _P["naming"].match(re.sub(r"^\s*이?라고\s", "", behind)):
        return None
    if not is_double:
        return verb if verb and _P["report"].match(behind) else None
    if _P["inner_verb"].match(behind) and len(quote) > 12:
        return (_P["verb"].findall(quote) or [""])[-1]
    if _P["strong"].match(behind) or (_P["report"].match(behind) and (verb or is_sentence)):
        return verb
    if noun := _P["noun"].match(behind):
        return noun[0].split()[-1]
    ahead = [person for person in people if first <= person.start < start]
    colon = _P["colon"].search(masked[first:start].rstrip(_CLOSING))
    if ahead and (colon or _is_headline(ahead[-1], masked[ahead[-1].end : start - 1], behind)):
        return ""
    follow = _P["stop"].split(masked[end + 1 : end + 80], maxsplit=1)[0]
    said = _P["verb"].search(follow)
    is_followed = any(end <= person.start <= end + 40 for person in people)
    is_closed = quote[-1:] in tuple(".?!") and behind[:1] in ("", " ")
    return (said[0] if said else "") if is_followed and is_closed and is_sentence else None


def _is_headline(person: _Person, between: str, behind: str) -> bool:
    """Whether a name stands right before marks, and no particle makes these a thing."""
    is_close = person.to in ("", ":") and not between.strip(" ,:")
    return is_close and not re.match(r"\s*[을를은는의에]", behind)


def _people(masked: str, known: list[_Person]) -> list[_Person]:
    """Everybody and every body that a paragraph names as acting or speaking, in order."""
    found: list[_Person] = []
    for match in _P["office"].finditer(masked):
        found.append(_officer(match, masked, [*known, *found]))
    names = {person.name for person in known}
    for kind in ("plain", "hidden", "body", "bare_name", "pronoun", "close"):
        for match in _P[kind].finditer(masked):
            name = re.sub(r"\s?\(.*", "", match["name"]).strip()
            organisation = name if kind == "body" else ""
            if kind == "hidden" and match["org"] not in _ANY:
                organisation = match["org"] or ""
            is_hidden = kind == "hidden" or name.endswith("들") and kind in ("body", "close")
            is_unknown_body = kind == "body" and name[-1] in _BODY_ENDS and name not in _bodies()
            if is_unknown_body or kind == "bare_name" and name not in names:
                continue
            name = "" if name in _SELF else name
            about = organisation, match["to"][-1:], is_hidden
            found.append(_Person(*match.span(), name, "", *about))
    kept: list[_Person] = []
    for person in sorted(found, key=lambda person: (person.start, -person.end)):
        if not kept or person.start >= kept[-1].end:
            kept.append(person)
        elif person.office and not kept[-1].office:
            kept[-1] = person
    return kept


def _officer(match: re.Match, masked: str, known: list[_Person]) -> _Person:
    """Name, office and body of someone called by an office, wherever the name stands."""
    office, end, to = match["office"], match.end(), (match["to"] or "").strip()
    short = _P["ending_office"].search(office)[0]
    organisation = office[: -len(short)]
    if name := match["inner"] or match["behind"]:
        return _Person(match.start(), end, name, short, organisation, to)
    clause = re.split(r"[▒,.;]\s?|\n", masked[max(0, match.start() - 40) : match.start()])[-1]
    words = list(_P["word"].finditer(clause))
    words = [w for w in words if w[0] not in ("전", "현")] if len(words) > 1 else words
    offset = match.start() - len(clause)
    for back, word in enumerate(reversed(words[-4:])):
        text, start = word[0], offset + word.start()
        if back == 0 and text in _P["surnames"].pattern:
            full = [p.name for p in known if p.name.startswith(text) and len(p.name) > 1]
            return _Person(start, end, (full or [text])[-1], short, organisation, to)
        if back and text == "한":  # 인천의 한 기업 대표: nobody who is named
            body = " ".join([*(w[0] for w in words[-back:]), organisation]).strip()
            return _Person(match.start(), end, short, short, body, to, True)
        if back and len(text) != 3 and text.endswith(("은", "는", "을", "를", "에서", "으로")):
            break
        is_office = text[-1] in _OFFICE_ENDS and back + 1 < len(words)
        if is_office and _is_name(words[-back - 2][0], is_close=False):
            continue  # of a university or an agency, which follows the name
        if _is_name(text, is_close=back == 0):
            between = " ".join(w[0] for w in words[len(words) - back :])
            return _Person(start, end, text, short, f"{between} {organisation}".strip(), to)
    if not organisation and words and not words[-1][0].endswith(("은", "는", "이", "도", "의")):
        organisation = words[-1][0]
    same = [p.name for p in known if p.office == short and len(p.name) > 1 and p.name != short]
    return _Person(match.start(), end, (same or [short])[-1], short, organisation, to)


def _is_name(word: str, *, is_close: bool) -> bool:
    """Whether a word can be a person's name: of three letters, of two right before an office."""
    is_long = len(word) == 3 or (len(word) == 2 and is_close) or word[:2] in _DOUBLE_SURNAMES
    is_other = word in _NOT_NAMES or word in scope_lexicon()[1] or word[-1] in "는를을던에로했며"
    is_other = is_other or _P["ending_office"].match(word) or _P["region_word"].search(word)
    return bool(is_long and not is_other and _P["name"].fullmatch(word))


@cache
def _bodies() -> frozenset[str]:
    """Names of public bodies that end in one letter, and their short names."""
    return frozenset(["정부", *scope_lexicon()[1], *known_names()])


_SUBJECTS = ("은", "는", "이", "가", "도", "께서는", "께서", "", ":")
_TOPICS = ("은", "는", "께서는", "", ":")
_ACTORS = ("은", "는", "이", "가", "께서는")


def _speakers(
    masked: str, people: list[_Person], place: tuple, last: list[_Person]
) -> list[_Person]:
    """Who says what stands at `place`: a subject before it, one after it, or who spoke last."""
    first, start, end, until = place
    before = [p for p in people if first <= p.start < start and p.to in _SUBJECTS]
    is_reported = _P["report"].match(masked[end + 1 :] + " ")
    after = [
        p for p in people if end <= p.start < until + 45
        and (p.to in _ACTORS and (p.start < until - 1 or not is_reported)
             or p.to == "의" and _P["telling"].match(masked, p.end - 1))
    ]  # fmt: skip
    chosen = ([p for p in before if p.to in _TOPICS] or before)[-1:] or after[:1] or last
    if chosen and chosen[0].name == "그":
        named = [p for p in people if p.start < chosen[0].start and p.office]
        chosen = [p for p in last if p.name not in ("그", p.organisation)] or named[-1:]
    at = people.index(chosen[0]) if len(chosen) == 1 and chosen[0] in people else 0
    for other in reversed(people[:at]):
        if other.to not in _JOINING or masked[other.end : chosen[0].start].strip():
            break
        chosen = [other, *chosen]
    return chosen


_OFFICE_ENDS = "대부청원사시군구도국과실팀"
_JOINING = ("과", "와", ",", "·")
