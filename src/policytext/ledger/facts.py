"""Figures and deadlines of texts, as tables: what is counted and promised."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from operator import itemgetter

import numpy as np
import pandas as pd

from policytext.administrations import canonical_name
from policytext.korean import is_particle_chain
from policytext.ledger.patterns import (
    ACTS,
    COUNTERS,
    DAYS,
    PATTERNS,
    countries,
    notes_of,
    reference_table,
    scope_lexicon,
    sentence_edges,
    words_of,
    written_out,
)
from policytext.ledger.speakers import find_quotations
from policytext.store import stored
from policytext.words.analysers import analyse
from policytext.words.lexicon import find_terms, select_matches

FIGURE_COLUMNS = (
    "doc_id start end surface value value_high unit qualifier kind due subject scope measure "
    "speaker source"
).split()
_FLAGS = ("is_part", "is_forecast", "is_proof")
FIGURE_TYPES = {"value": float, "value_high": float, "start": int, "end": int}
FIGURE_TYPES |= dict.fromkeys(_FLAGS, bool)
DURATIONS = ("년", "개월", "주", "일", "시간", "분", "세")
CURRENCIES = "원 달러 유로 엔 위안 파운드 루피 루피아 루블 프랑 마르크 페소 바트 링깃 리라".split()
_REACH = 500  # characters around a figure that tell of it, however long its sentence
_MENTION = 40  # characters after a figure: a longer sentence that does not tell only mentions it
_PRESENT = re.compile("(?<![있없많])[습읍]니다|[합됩립갑집킵납]니다")  # of now, or a plan
_WAS = re.compile(r"(?:인|이던|였던|에서)\s")
_FEW = re.compile("[한두세]")  # a target as a rule only by a day
TOO_LARGE = 1e17  # won; all money of the country is less

_MAGNITUDES = {"십": 10, "백": 100, "천": 1000, "만": 10**4, "억": 10**8, "조": 10**12}
_DIGITS = dict(zip("일이삼사오육칠팔구", range(1, 10), strict=True))


def _cues(place: str, edge: str) -> list[tuple[str, str, re.Pattern]]:
    """Rows of ``qualifiers.csv`` for what stands before, or after, a figure."""
    rows = _CUES.loc[_CUES["place"] == place, ["column", "value", "pattern"]]
    return [(column, value, re.compile(edge.format(written_out(pattern))))
            for column, value, pattern in rows.itertuples(index=False)]  # fmt: skip


_ONES, _TENS = map(notes_of, ("one", "ten"))
_CUES = reference_table("qualifiers", "column value place pattern")
_BEFORE, _AFTER = _cues("before", "(?:{})$"), _cues("after", "^(?:{})")
_TENSES = _CUES.loc[_CUES["place"] == "predicate", ["value", "pattern"]].values.tolist()
_PREDICATE = re.compile("|".join(f"(?P<p{n}>{written_out(p)})" for n, (_, p) in enumerate(_TENSES)))
# Of things counted in pieces: the unit, and how its nouns stand behind and before the figure.
_IN_PIECES = [
    (unit, *(re.compile(PATTERNS[side].pattern.replace("X", PATTERNS[name].pattern))
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
            by = PATTERNS["by"].search(sentence)
            predicate = _PREDICATE.search(sentence, by.end()) if by else None
            if predicate is None or _TENSES[int(predicate.lastgroup[1:])][0] != "target":
                continue
            if PATTERNS["asked"].search(sentence, by.end()):
                continue
            if PATTERNS["others"].search(sentence[: predicate.start()]):
                continue
            if any(
                match["low"] and match["unit"] for match in PATTERNS["figure"].finditer(sentence)
            ):
                continue
            things = [*PATTERNS["object"].finditer(sentence, 0, predicate.end())]
            before = [thing[1] for thing in things if thing.end() + 1 == by.start()]
            told = before or [thing[1] for thing in things if thing.start() >= by.end()]
            if told and (due := _resolved(by, date)[0]):
                rows.append((doc_id, first, last, by[0], due, told[0]))
    columns = ["doc_id", "start", "end", "surface", "due", "subject"]
    return pd.DataFrame(rows, columns=columns).astype({"start": int, "end": int})


def _figures_of(text: str, date: pd.Timestamp, names: list[tuple]) -> list[dict]:
    rows: list[dict] = []
    edges = sentence_edges(text)
    today = f"{date:%Y-%m}" if pd.notna(date) else ""
    for match in PATTERNS["figure"].finditer(text):
        row = _measured(match, text) if match["low"] else None
        if row is None:
            continue
        at = bisect_right(edges, row["start"], hi=len(edges) - 1) - 1
        first = max(edges[at], row["start"] - _REACH)
        last = min(max(edges[at + 1], row["end"]), row["end"] + _REACH)
        before, after = text[first : row["start"]], text[row["end"] : last]
        if not before.count("“") > before.count("”") and not before.count('"') % 2:
            after = PATTERNS["quoted"].sub("▒", after)  # another's verb
        is_next = bool(rows) and PATTERNS["becomes"].fullmatch(text, rows[-1]["end"], row["start"])
        if is_next and row["unit"] == "개":
            row["unit"] = rows[-1]["unit"]
        row |= {"due": ""} | _told(row, before, after)
        clause = PATTERNS["clause_end"].split(after, maxsplit=1)[0]
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
        row["is_part"] = bool(
            PATTERNS["of_them"].search(before) or PATTERNS["spoken_to"].match(after)
        )
        by = PATTERNS["until"].search(before) if row["kind"] != "context" and today else None
        until = _resolved(by, date)[0] if by else ""
        own = after.partition("“")[0]  # what another quotation asks for is another thing
        if row["kind"] == "target" and ("" < until < today[:4] or PATTERNS["asked"].search(own)):
            row |= {"kind": "context", "due": ""}
        told = _told_time(before, date)
        is_ahead = row["kind"] == "result" and today and max(until, told) > f"{today[:4]}-12"
        if is_ahead and PATTERNS["headed"].match(after):  # 2027년까지 5만 개 달성
            is_ahead, row = False, row | {"kind": "target", "due": max(until, told)}
        is_others = row["kind"] == "target" and PATTERNS["others"].search(before)
        row["is_forecast"] = bool(is_ahead or is_others or PATTERNS["forecast"].search(after))
        row["as_of"] = until if until.startswith(told[:4]) and until <= today else told
        row["is_proof"] = bool(PATTERNS["proves"].search(clause))
        if row["kind"] == "result":
            row["is_forecast"] |= bool(
                PATTERNS["unproven"].search(clause) or PATTERNS["undone"].search(before)
            )
            row["is_part"] |= bool(PATTERNS["base"].match(after))
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
    told = PATTERNS["told_of"].search(before)
    words = told["doing"] if told else ""
    found = PATTERNS["acts"].search(clause) or PATTERNS["acts"].search(words)
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
    if low in DAYS:
        unit, factor = "일", 1.0
    elif match["money"]:
        unit, factor = COUNTERS[match["money"]]
        end = max(match.end("low"), match.end("high")) if not counter else end
    elif counter:
        unit, factor = COUNTERS[counter]
        if counter == "점" and PATTERNS["works"].search(text, max(0, start - 12), start):
            unit = "개"
        if unit == "개":
            unit, noun = _counted(counter, text[max(0, start - 24) : start], rest)
    elif following := PATTERNS["next_unit"].match(text, match.end("low")) if not high else None:
        if not re.search("[만억조,]", low) or following["unit"] not in COUNTERS:
            return None
        unit, factor = COUNTERS[following["unit"]]
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
    if written in DAYS:
        return float(DAYS[written])
    native = re.fullmatch(f"({'|'.join(_TENS)})?({'|'.join(_ONES)})?", written)
    if native:
        return float(_TENS.get(native[1], 0) + _ONES.get(native[2], 0))
    total, section, pending = 0.0, 0.0, None
    for part in re.findall(rf"{PATTERNS['d'].pattern}|[십백천만억조일이삼사오육칠팔구]", written):
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
    match = re.match(rf"({PATTERNS['d'].pattern})\s?([십백천]*[만억조]?)", written)
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
        return not PATTERNS["others_of_piece"].match(run)
    if counter == "사":
        return is_particle_chain(run, counter[-1]) and not run.startswith("이")
    if counter in ("개사", "개소", "개교", "개월", "년", "개팀"):
        return True
    return not run or is_particle_chain(run, counter[-1]) or bool(PATTERNS["closed"].match(run))


def _is_machine(text: str, match: re.Match) -> bool:
    """Whether 대 counts machines there, and not ages, tasks or halls."""
    around = text[max(0, match.start() - 20) : match.end() + 12]
    is_closed = re.match(r"[를가의는다로였에 .,)]", text[match.end("unit") :][:1])
    return bool(PATTERNS["machine"].search(around) or is_closed and _value(match["low"]) >= 100)


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
    if PATTERNS["pieces"].match(rest) and not is_bound and not PATTERNS["done_to"].match(rest):
        return "개", _BEHIND
    before = re.sub(r"\([^)]*\)\s*$", "", before)
    return next((unit for unit, _, things in _IN_PIECES if things.search(before)), "개"), ""


def _told(row: dict, before: str, after: str) -> dict:
    """Qualifier, measure and kind, by the words around; kind None where nothing tells."""
    told = {"qualifier": "more_than" if row["is_more"] else "", "measure": "", "kind": None}
    is_old = PATTERNS["old_target"].match(after)
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
    acting = PATTERNS["acting"].match(after) if row["unit"] in COUNTABLE else None
    if told["kind"] is None and acting and not PATTERNS["arise"].search(acting["rest"]):
        told["kind"] = "result"  # sixteen agencies that will open a shop are there already
    if told["kind"] is None and (match := _PREDICATE.search(after)):
        told["kind"] = _TENSES[int(match.lastgroup[1:])][0]
        if told["kind"] == "target" and PATTERNS["aside"].match(after, 0, match.start()):
            told["kind"] = "context"  # of three wars that a country fought, something is to come
    elif told["kind"] is None and PATTERNS["announced"].search(before):
        told["kind"] = "target"
    return told


def _due_of(sentence: str, at: int, date: pd.Timestamp) -> tuple[str, bool]:
    """By when what stands at `at` is due, and whether that alone makes it a target.

    Of the phrases to come the nearest before it, else after it; spans (3년간) come last, and they
    or the year it is make no target.
    """
    today, found = f"{date:%Y-%m}" if pd.notna(date) else "", []
    for match in PATTERNS["due"].finditer(sentence):
        start = match.start()
        is_past = PATTERNS["past"].search(sentence[max(0, start - 4) : start])
        if is_past or PATTERNS["as_of"].match(sentence, match.end()):
            continue
        due, is_span = _resolved(match, date)
        others = PATTERNS["figure"].finditer(
            sentence, match.end(), at if start < at else len(sentence)
        )
        others = [each for each in others if each["low"] and each["unit"]]
        ends = [] if PATTERNS["by"].match(sentence, start) else [other.end() for other in others]
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
            is_ahead = PATTERNS["ahead"].match(match.string, match.end())
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
    told = [*PATTERNS["told_year"].finditer(before)]
    year = _year_of(told[-1][0], date) if told else ""
    part = PATTERNS["told_part"].search(before, told[-1].end() if told else 0)
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
    glue = [PATTERNS["after_noun"].match(after) for after in afters]
    tails = [m.string[m.end() : m.end() + 40] if m else "" for m in glue]
    runs = _noun_runs([PATTERNS["span"].sub(", ", before[-60:]) for before in befores] + tails)
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


_TITLE, _NEAR = 80, 120  # characters: of a beginning that tells whose, and before a sentence


def _scopes(texts: np.ndarray, dates: list[pd.Timestamp]) -> dict[int, list[tuple]]:
    """Where scopes are named in each text: row to (start, end, name), in order.

    A body has its latest name, whatever it was called that day. Another country only where
    something is told of it, no 미국에; one's own is "".
    """
    lexicon, owner = scope_lexicon()
    found = find_terms(texts, lexicon.with_terms(countries()))
    places = zip(found["row"], found["end"], ~found["term"].isin(countries()), strict=True)
    ends = [
        other or bool(PATTERNS["of_country"].match(texts[row], end)) for row, end, other in places
    ]
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
