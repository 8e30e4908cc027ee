"""Quotations of texts, as tables: what is said, and by whom."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import NamedTuple

import pandas as pd

from policytext.administrations import known_names
from policytext.ledger.patterns import PATTERNS, scope_lexicon, sentence_edges, words_of
from policytext.store import stored

QUOTATION_COLUMNS = "doc_id start end quote speaker office organisation verb is_anonymous".split()
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
        if PATTERNS["marks"].search(text) or PATTERNS["singles"].search(text)
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
                verbs[at] = "" if PATTERNS["went_on"].search(between) else None
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
        match = PATTERNS["unclosed"].search(paragraph, opened + 1, limit)
        return match.start() if match else limit

    for match in PATTERNS["marks"].finditer(paragraph):
        at, is_opening = match.start(), match[0] in "“„〝"
        before, after = paragraph[at - 1 : at], paragraph[at + 1 : at + 2]
        can_open = bool(after.strip()) and not before.isalnum() and before not in tuple(".?!”’)%…")
        can_close = bool(before.strip()) and before not in "(["
        if opened is None:
            if can_open or is_opening or not PATTERNS["marker"].match(paragraph, at + 1):
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
        match.span(1) + (False,) for match in PATTERNS["singles"].finditer(paragraph)
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
    is_sentence = bool(PATTERNS["whole"].search(quote))
    found = PATTERNS["verb"].search(PATTERNS["stop"].split(behind, maxsplit=1)[0])
    verb = found[0] if found else ""
    if not is_sentence and PATTERNS["naming"].match(re.sub(r"^\s*이?라고\s", "", behind)):
        return None
    if not is_double:
        return verb if verb and PATTERNS["report"].match(behind) else None
    if PATTERNS["inner_verb"].match(behind) and len(quote) > 12:
        return (PATTERNS["verb"].findall(quote) or [""])[-1]
    if PATTERNS["strong"].match(behind) or (
        PATTERNS["report"].match(behind) and (verb or is_sentence)
    ):
        return verb
    if noun := PATTERNS["noun"].match(behind):
        return noun[0].split()[-1]
    ahead = [person for person in people if first <= person.start < start]
    colon = PATTERNS["colon"].search(masked[first:start].rstrip(_CLOSING))
    if ahead and (colon or _is_headline(ahead[-1], masked[ahead[-1].end : start - 1], behind)):
        return ""
    follow = PATTERNS["stop"].split(masked[end + 1 : end + 80], maxsplit=1)[0]
    said = PATTERNS["verb"].search(follow)
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
    for match in PATTERNS["office"].finditer(masked):
        found.append(_officer(match, masked, [*known, *found]))
    names = {person.name for person in known}
    for kind in ("plain", "hidden", "body", "bare_name", "pronoun", "close"):
        for match in PATTERNS[kind].finditer(masked):
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
    short = PATTERNS["ending_office"].search(office)[0]
    organisation = office[: -len(short)]
    if name := match["inner"] or match["behind"]:
        return _Person(match.start(), end, name, short, organisation, to)
    clause = re.split(r"[▒,.;]\s?|\n", masked[max(0, match.start() - 40) : match.start()])[-1]
    words = list(PATTERNS["word"].finditer(clause))
    words = [w for w in words if w[0] not in ("전", "현")] if len(words) > 1 else words
    offset = match.start() - len(clause)
    for back, word in enumerate(reversed(words[-4:])):
        text, start = word[0], offset + word.start()
        if back == 0 and text in PATTERNS["surnames"].pattern:
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
    is_other = (
        is_other or PATTERNS["ending_office"].match(word) or PATTERNS["region_word"].search(word)
    )
    return bool(is_long and not is_other and PATTERNS["name"].fullmatch(word))


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
    is_reported = PATTERNS["report"].match(masked[end + 1 :] + " ")
    after = [
        p for p in people if end <= p.start < until + 45
        and (p.to in _ACTORS and (p.start < until - 1 or not is_reported)
             or p.to == "의" and PATTERNS["telling"].match(masked, p.end - 1))
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
