"""One spelling for every text, no lines a site repeats, and families of near-duplicates.

Every rule of spelling is bounded and looks at most a fixed number of characters back or ahead,
so the cost is linear even on a line of hundreds of megabytes.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Set
from functools import lru_cache, partial
from itertools import chain, pairwise, takewhile
from numbers import Real

import numpy as np
import pandas as pd
import scipy

from policytext import faults
from policytext.administrations import REFERENCE, days_of, read_reference
from policytext.scale import spread
from policytext.store import text_sha256
from policytext.texts.sources import RULES, pattern

# --- one spelling ------------------------------------------------------------------------


# Not NFKC: it would turn ㎡ into m2, ½ into 1⁄2 and ㈜ into (주), which are other readings,
# and every ㆍ into a conjoining vowel. Only forms that differ in width or in code are folded.
def _narrow(char: str) -> str:
    kind, *codes = unicodedata.decomposition(char).split() or [""]
    return chr(int(codes[0], 16)) if kind in ("<wide>", "<narrow>") else char


def _code_points(*ranges: tuple[int, int]) -> frozenset[str]:
    return frozenset(chr(code) for first, last in ranges for code in range(first, last + 1))


# One middle dot: analysers read ㆍ as an unknown letter and swallow the rest of the word,
# and ・ as a foreign word.
_SPACES = frozenset("\t\u00a0\u1680\u202f\u205f\u3000\u3164\uffa0") | _code_points((0x2000, 0x200A))
_FOLDED = {char: _narrow(char) for char in map(chr, range(0xFF01, 0xFFEF))}
_FOLDED |= dict.fromkeys(sorted(_SPACES), " ")
_FOLDED |= dict.fromkeys("\u318d\u119e\u2027\u2024\u30fb\uff65\u2219\u22c5", "·")
_FOLDED["\uffe3"] = "¯"
_NEWLINES = dict.fromkeys("\r\v\f\x85\u2028\u2029", "\n")
_HIDDEN = _code_points(
    *((0, 8), (0xE, 0x1F), (0x7F, 0x9F), (0x115F, 0x1160), (0x180B, 0x180E)),
    *((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xD800, 0xDFFF)),
    *((0xFE00, 0xFE0F), (0xFFF0, 0xFFFB), (0xFFFE, 0xFFFF), (0xE0000, 0xE01EF)),
) | frozenset("\u00ad\u034f\u061c\ufeff")
_INVISIBLE = dict.fromkeys(sorted(_HIDDEN - frozenset(_NEWLINES)), "")

_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAGS = """abbr big br code div em font h[1-6] hr img li mark ol pre small span strike strong sub sup
table tbody td th thead tr ul""".split()
# "<A>" and "<B>" name things; a letter is a tag in small type, closed or with attributes.
_TAG = re.compile(
    rf"<(?:/?((?i:{'|'.join(_TAGS)}|p)|[bisu])(?:\s[^<>]{{0,500}})?/?|/?((?i:a))(?:(?<=/a)|(?<=/A)|\s[^<>]{{1,500}}))>"
)
_INLINE = frozenset("a abbr b big code em font i mark s small span strike strong sub sup u".split())
_MAX_LAYERS = 4  # of references within references
_STRAY_MARK = re.compile("(?<![^가-힣\\s])[\u0300-\u036f]+")
_SPACE_RUN = re.compile(" {2,}")
_LINE_EDGE = re.compile(" \n ?|\n ")
_BLANK_LINES = re.compile("\n{3,}")
# A closing quote, a lower-case letter or a dot after the mark is not a new sentence.
_GLUED = re.compile(
    r"[.?!](?:(?<=[가-힣][다요까죠오음임함됨분]\.)|(?<=[가-힣][?!]))(?=[가-힣0-9A-Z])"
)
ADDRESS, _HAS_AT, _EMAIL = map(pattern, ("address", "has_at", "email"))
_NUMBERS = [pattern(name, "personal") for name in RULES["personal"]]
_PRIVATE = re.compile(r"[^\W_]")


def _replace(text: str, table: dict[str, str]) -> str:
    """Like ``str.translate``, but as fast as a search when few of the characters occur."""
    for char in [char for char in set(text) if char in table]:
        text = text.replace(char, table[char])
    return text


def _compose(text: str) -> str:
    # A mark that goes may have stood between a syllable and its final consonant.
    while (composed := _STRAY_MARK.sub("", unicodedata.normalize("NFC", text))) != text:
        text = composed
    return text


def _squeeze(text: str) -> str:
    text = _LINE_EDGE.sub("\n", _SPACE_RUN.sub(" ", text))
    return _BLANK_LINES.sub("\n\n", text).strip(" \n")


def mask_personal_data(text: str) -> str:
    """Cover e-mail addresses, numbers of telephones and residents, bank accounts beside a bank.

    Letters and digits become ``●`` and the length stays, so offsets keep their meaning; a
    word such as "[전자우편]" would be counted as a noun in every article. Institutional short
    numbers (1357, 1588-0000) stay.

    >>> mask_personal_data("문의 gildong@example.kr, 010-1234-5678")
    '문의 ●●●●●●●@●●●●●●●.●●, ●●●-●●●●-●●●●'
    """
    before = ""
    while before != text:  # a number may have hidden that the next one stands alone
        before = text
        for secret in ([_EMAIL] if _HAS_AT.search(text) else []) + _NUMBERS:
            text = secret.sub(_covered, text)
    return text


def _covered(match: re.Match) -> str:
    secret = match[match.lastindex or 0]
    return match[0].replace(secret, _PRIVATE.sub("●", secret))


def _unmark(text: str) -> str:
    """Without inline tags, and with the letters that character references stand for."""
    for _ in range(_MAX_LAYERS):
        before = text
        if "<" in text:
            text = _TAG.sub(lambda tag: "" if (tag[1] or "a").lower() in _INLINE else "\n", text)
        if "&" in text:
            text = _REFERENCE.sub(lambda reference: html.unescape(reference[0]), text)
        if text == before:
            break
    return text


# What letters were taken for, and what they are.
_TWICE = ("latin-1", "utf-8"), ("cp1252", "utf-8"), ("latin-1", "cp949"), ("cp949", "utf-8")


def restore(text: str) -> tuple[str, str]:
    """A text whose letters were encoded twice as it was, and a note on it or on lost letters.

    >>> restore("창업".encode().decode("latin-1"))
    ('창업', '글자가 두 번 인코딩되어 있어 되돌렸습니다.')
    >>> restore("창\\ufffd업")[1]
    '깨진 글자(\ufffd)가 1개 있습니다. 원본에서 다시 저장하세요.'
    """
    for wrong, right in _TWICE:
        try:
            meant = text[:1000].encode(wrong, "ignore").decode(right, "ignore")
            if len(re.findall("[가-힣]", meant)) <= max(1, len(text[:1000]) // 10):
                continue
            return text.encode(wrong).decode(right), "글자가 두 번 인코딩되어 있어 되돌렸습니다."
        except UnicodeError:
            return text, "글자가 두 번 인코딩되어 깨졌습니다. 원본에서 UTF-8로 다시 저장하세요."
    n_lost = text.count("\ufffd")
    said = f"깨진 글자(\ufffd)가 {n_lost:,}개 있습니다. 원본에서 다시 저장하세요."
    return text, said if n_lost else ""


# The order matters: deletion may bring a base and its mark together, so composition follows.
_CHARACTER_STEPS: dict[str, Callable[[str], str]] = {
    "줄바꿈 통일": lambda text: _replace(text.replace("\r\n", "\n"), _NEWLINES),
    "보이지 않는 문자 삭제": lambda text: _replace(text, _INVISIBLE),
    "공백·전각·가운뎃점 통일": lambda text: _replace(text, _FOLDED),
}
_NORMALISING = {
    "문자 참조·태그 풀기": _unmark,
    **_CHARACTER_STEPS,
    "자모 조합(NFC)": _compose,
    "빈칸·빈 줄 정리": _squeeze,
    "붙은 문장 띄우기": lambda text: _GLUED.sub(r"\g<0> ", text),
}
_MASKING = "개인정보 가리기"
_STEPS = _NORMALISING | {_MASKING: mask_personal_data}
_SPECIAL = frozenset([*_NEWLINES, *_INVISIBLE, *_FOLDED])
_STEP_COLUMNS = ["step", "n_documents_changed", "n_characters_changed", "example"]
Tally = dict[str, tuple[int, int, str]]


def normalise(text: str) -> str:
    """Give a text its one canonical spelling; idempotent.

    Character references and inline tags are resolved; line ends become LF; control, zero-width and
    soft-hyphen characters go; every Unicode space becomes a space; full-width letters, digits and
    half-width jamo become ordinary ones; the middle dots become ``·``; NFC; runs of spaces become
    one and two or more blank lines one; a lost space after a sentence end is put back. ㎡, ½, ㈜, Ⅲ and ① stay.

    >>> normalise("열었습니다.그동안\\u00a0３.14㎡,\\r\\n\\r\\n\\r\\n\\r\\n중소ㆍ벤처")
    '열었습니다. 그동안 3.14㎡,\\n\\n중소·벤처'
    """
    return _applied(text, _NORMALISING, None)


def clean_text(text: str, tally: Tally | None = None) -> str:
    """Normalise a text and cover personal data; count what changed in `tally`, if given."""
    return _applied(text, _STEPS, tally)


def _applied(text: str, steps: dict[str, Callable[[str], str]], tally: Tally | None) -> str:
    is_plain, changes = None, []
    for name, step in steps.items():
        if name in _CHARACTER_STEPS and is_plain is None:  # after references became letters
            is_plain = _SPECIAL.isdisjoint(text)
        # Most texts hold no special character and need no step that replaces them.
        if is_plain and name in _CHARACTER_STEPS:
            continue
        before, text = text, step(text)
        if before != text:
            changes.append((name, before, text))
    is_private = bool(changes) and changes[-1][0] == _MASKING
    for name, before, after in changes if tally is not None else ():
        n_documents, n_characters, example = tally.get(name, (0, 0, ""))
        if not example and not is_private:  # no example gives away what is covered
            example = _example(before, after)
        tally[name] = (n_documents + 1, n_characters + _n_changed(before, after), example)
    return text


def clean_line(text: str) -> str:
    """A title: cleaned, on one line."""
    return " ".join(clean_text(text).split())


def clean_label(text: str) -> str:
    """An id, an address, a message: as it is, but nothing hidden, unwritable or personal in it.

    >>> clean_label("a\\0-010-1234-5678 \\ud800")
    'a-●●●-●●●●-●●●● '
    """
    return mask_personal_data(_replace(text, _INVISIBLE))


def as_texts(column: pd.Series) -> pd.Series:
    """A column as strings: a missing text is empty, a number as it is written.

    >>> as_texts(pd.Series(["창업", None, 2023])).tolist()
    ['창업', '', '2023']
    """
    if isinstance(column.dtype, pd.StringDtype):
        return column.fillna("")
    odd = [text for text in column if isinstance(text, bytes) or pd.api.types.is_list_like(text)]
    faults.demand(
        not odd, "글은 하나하나가 글자여", next(iter(odd), None), "글자로 바꾸어 넣으세요."
    )
    pairs = zip(column, column.isna(), strict=True)
    texts = ["" if is_missing else str(text) for text, is_missing in pairs]
    return pd.Series(texts, column.index, dtype=object)


def clean_documents(documents: pd.DataFrame) -> pd.DataFrame:
    """Normalise titles and texts, cover personal data and hash the texts again.

    Needs ``title, text``, of which a missing one is empty; other columns are passed through. Titles become one line, and
    ``text_sha256`` is that of the cleaned text. Cleaning a clean table changes nothing.

    >>> dirty = pd.DataFrame({"title": ["창업\\n지원"], "text": ["열었다.그는\\u200b"]})
    >>> clean_documents(dirty)[["title", "text"]].values.tolist()
    [['창업 지원', '열었다. 그는']]
    """
    faults.columns(documents, "title text", "clean_documents()")
    titles = [clean_line(title) for title in as_texts(documents["title"])]
    texts = [clean_text(text) for text in as_texts(documents["text"])]
    columns = {"title": titles, "text": texts, "text_sha256": [text_sha256(text) for text in texts]}
    return documents.assign(**pd.DataFrame(columns, documents.index, dtype="str"))


def fold_publishers(documents: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give every publisher the name it has in ``data/reference/publishers.csv``.

    A spelling becomes its ``publisher``, whatever its case and spaces, with or without www.; of
    a body whose ``offices`` are "yes" so does what begins with a spelling and goes on after a
    space or a mark: 국토교통부 국토도시실 도시경제과. Returns the documents, and what was done as
    a row of :func:`steps_table`.

    >>> names = ["국토교통부 도시경제과", "한겨레 신문", "www.hani.co.kr", "경기도민신문", "경기도"]
    >>> documents, step = fold_publishers(pd.DataFrame({"publisher": names}))
    >>> documents["publisher"].tolist(), step["n_documents_changed"].item()
    (['국토교통부', '한겨레', '한겨레', '경기도민신문', '경기도'], 3)
    """
    owners, offices = {}, {}
    table = read_reference(REFERENCE / "publishers.csv", "publisher names offices")
    for row in table.itertuples():
        for form in filter(None, (row.publisher, *row.names.split(";"))):
            owners[_plain(form)] = row.publisher
            if row.offices == "yes":
                offices[form] = row.publisher

    def folded(written: str) -> str:
        body = _BODY.match(written)
        return owners.get(_plain(written)) or offices.get(body[0] if body else "", written)

    names = documents["publisher"].fillna("").astype("str")
    found = names.map({written: folded(written.strip()) for written in names.unique()})
    changed = np.flatnonzero(found != names)
    example = f"{names.iloc[changed[0]]} → {found.iloc[changed[0]]}" if len(changed) else ""
    step = pd.DataFrame([("매체 이름 모으기", len(changed), 0, example)], columns=_STEP_COLUMNS)
    return documents.assign(publisher=found.astype("str")), step


_BODY = re.compile(r"\w+(?=[\s(\[/>|,-])")  # 국토교통부 of 국토교통부 도시경제과


def _plain(name: str) -> str:
    """A publisher's name without what its spellings differ in."""
    name = re.sub(r"\(주\)|㈜|주식회사|\s", "", name.casefold())
    return re.sub(r"^(?:https?://)?(?:www\.)?|/+$", "", name)


def steps_table(tally: Tally) -> pd.DataFrame:
    """The counts that :func:`clean_text` kept, one row a step, in order.

    ``step, n_documents_changed, n_characters_changed`` (characters added, removed or
    replaced) and ``example``, the first change with a few characters around it.

    >>> tally = {}
    >>> _ = clean_text("열었다.그는", tally)
    >>> steps_table(tally).query("n_documents_changed > 0")[["step", "example"]].values.tolist()
    [['붙은 문장 띄우기', '열었다.그는 → 열었다. 그는']]
    """
    rows = [(name, *tally.get(name, (0, 0, ""))) for name in _STEPS]
    return pd.DataFrame(rows, columns=_STEP_COLUMNS)


def _n_changed(before: str, after: str) -> int:
    """Characters changed; a step either replaces one by one or inserts and deletes."""
    if len(before) != len(after):
        return abs(len(before) - len(after))
    codes = (np.frombuffer(t.encode("utf-32-le", "surrogatepass"), "<u4") for t in (before, after))
    return int(np.not_equal(*codes).sum())


def _example(before: str, after: str) -> str:
    width = 8  # characters on either side
    pairs = enumerate(zip(before, after, strict=False))
    shared = next((i for i, (a, b) in pairs if a != b), min(len(before), len(after)))
    place = slice(max(0, shared - width), shared + width)
    return " → ".join(
        "".join(c if c.isprintable() else f"⟨U+{ord(c):04X}⟩" for c in side[place])
        for side in (before, after)
    )


# --- lines that a site sets around all of its pages -----------------------------------------

MIN_DOCUMENTS = 5
MIN_SHARE = 0.1
# Sites speak politely or in labels; "…했다." is an article's, unless half of them say it.
MIN_SHARE_PLAIN = 0.5
RULE = "되풀이된 줄"
# Speeches greet and close alike and chronicles are written to a pattern; neither is a web page.
PAGE_GENRES = ("press_release", "news", "other")
MIN_OWN = 0.2  # of a text: what it must say in lines of its own to count as another text
MIN_AT_EDGE = 0.8  # of the texts that hold a line

# Said to people, not set by a site, even where nobody wrote that the page is a speech.
_SPOKEN = re.compile(
    r"여러분|안녕하(?:십니까|세요)|반갑습니다|기원합니다|복 많이 받으|(?:감사|고맙)\w{1,3}[.!]?$"
)
_PLAIN = pattern("plain")
_CITATION = pattern("citation").pattern
MAX_CITATION = 300  # characters at the end of a text
_DATE = re.compile(r"[\d\W_년월일시분초화수목금토요오전후]*")
_SUBHEAD = re.compile(r"[□■◇◆○●◎❍❏▣ㅇ①-⑳Ⅰ-Ⅻ<〈《【]|\d{1,2}[.)]|[가-하][.)] ")


def repeated_lines(documents: pd.DataFrame) -> pd.DataFrame:
    """Lines that stand around many different texts of one publisher: the site's, not the texts'.

    A line is taken when it stands in enough texts of the publisher and, in four of five of
    them, above or below everything the text has of its own. Subheadings above a text, dates
    and what is said to an audience ("감사합니다.") are never taken, and a sentence in the
    style of articles ("…했다.") only when it stands in half of the texts. Texts that hardly
    differ but in common lines do not count, so a release printed many times is not taken.

    Needs ``publisher, title, text, genre, text_kind``. Nothing is
    learnt from documents without a publisher, speeches, chronicles, excerpts and keywords.
    Gives ``publisher, line, n_documents, share``, the most frequent first.

    >>> pages = pd.DataFrame({"publisher": "가", "text": [f"글 {i}이다.\\n구독" for i in range(9)]})
    >>> pages = pages.assign(title="", genre="news", text_kind="full")
    >>> repeated_lines(pages)[["line", "n_documents"]].values.tolist()
    [['구독', 9]]
    """
    pages = documents[_is_page(documents) & (documents["publisher"] != "")]
    pages = pages[["publisher", "title", "text"]].drop_duplicates()
    rows = []
    for publisher, group in pages.groupby("publisher"):
        if len(group) < MIN_DOCUMENTS:
            continue
        texts = [text.split("\n") for text in group["text"]]
        common = _common(texts)
        own = ["\n".join(line for line in lines if line not in common) for lines in texts]
        own = pd.Series(own, group.index)
        differs = (own.str.len() >= MIN_OWN * group["text"].str.len()) & ~own.duplicated()
        texts = [lines for lines, keep in zip(texts, differs, strict=True) if keep]
        common = _common(texts)
        at_edge = Counter()
        for lines, title in zip(texts, group.loc[differs, "title"], strict=True):
            at_edge.update(_around(lines, common.keys() | {title.strip()}) & common.keys())
        rows += [
            (publisher, line, n, n / len(texts))
            for line, n in common.items()
            if at_edge[line] >= MIN_AT_EDGE * n
        ]
    table = pd.DataFrame(rows, columns=["publisher", "line", "n_documents", "share"])
    order = ["n_documents", "publisher", "line"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def drop_citations(documents: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cut what a collector noted in brackets behind a text: the source, or the day.

    Only at the very end, and only in the form of a citation (pattern ``citation`` of the page
    rules); one that marks no title goes where it stands, but for its numbers, behind five texts
    of a publisher. "감사합니다." and brackets of the author's own stay. Needs ``publisher, text``.
    Gives the documents, hashed again, and ``publisher, rule, n_lines, example``.

    >>> speech = pd.DataFrame({"publisher": "가", "text": ["나아갑시다. (『담화집』 3, 공보실, 1959)"]})
    >>> kept, removed = drop_citations(speech)
    >>> kept["text"].item(), removed.values.tolist()
    ('나아갑시다.', [['가', '글 끝에 적힌 출처', 1, '(『담화집』 3, 공보실, 1959)']])
    """
    texts = documents["text"]
    cited = texts.str[-MAX_CITATION:].str.extract(f"({_CITATION})$", expand=False)
    form = cited.str.replace(r"[\W\d_]+", "", regex=True)
    n_alike = form.groupby([documents["publisher"], form]).transform("size")
    is_cited = cited.str.contains("[『《]", na=False) | (n_alike >= MIN_DOCUMENTS)
    cited = cited.where(is_cited & (cited.str.len() < texts.str.len()), "")
    own = [text.removesuffix(noted) for text, noted in zip(texts, cited, strict=True)]
    own = pd.Series(own, documents.index, dtype="str")
    noted = cited[cited != ""].str.strip().groupby(documents["publisher"])
    removed = noted.agg(n_lines="size", example=lambda own: own.value_counts().index[0])
    removed = removed.reset_index()
    removed.insert(1, "rule", RULES["removed"]["citation"])
    return documents.assign(text=own, text_sha256=own.map(text_sha256).astype("str")), removed


def drop_repeated_lines(documents: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Take citations and the repeated lines of `documents` out, everything accounted for.

    Needs ``source_file`` and what :func:`repeated_lines` takes. Gives the documents that still
    say something, hashed again; ``publisher, rule, n_lines, example``, a row a publisher and
    rule, with its three most frequent lines; and ``source_file, row, reason`` of documents that
    held nothing but such lines.

    >>> texts = [f"글 {i}이다.\\n구독" for i in range(5)] + ["구독"]
    >>> pages = pd.DataFrame({"publisher": "가", "text": texts, "source_file": "면.jsonl"})
    >>> pages = pages.assign(title="", genre="news", text_kind="full")
    >>> kept, removed, emptied = drop_repeated_lines(pages)
    >>> len(kept), removed.values.tolist(), len(emptied)
    (5, [['가', '되풀이된 줄', 6, '구독']], 1)
    """
    documents, cited = drop_citations(documents)
    named = repeated_lines(documents).groupby("publisher")["line"].agg(set).to_dict()
    is_touched = _is_page(documents) & documents["publisher"].isin(named)
    taken = {publisher: Counter() for publisher in named}
    left = []
    for publisher, text in documents.loc[is_touched, ["publisher", "text"]].to_numpy(dtype=object):
        lines = text.split("\n")
        taken[publisher].update(line for line in lines if line in named[publisher])
        left.append(normalise("\n".join(line for line in lines if line not in named[publisher])))
    text = documents["text"].copy()
    text[is_touched] = left
    documents = documents.assign(text=text, text_sha256=text.map(text_sha256).astype("str"))
    rows = [
        (who, RULE, own.total(), " / ".join(line[:80] for line, _ in own.most_common(3)))
        for who, own in taken.items()
    ]
    removed = pd.concat([cited, pd.DataFrame(rows, columns=list(cited))], ignore_index=True)
    is_empty = text == ""
    emptied = documents.loc[is_empty, ["source_file"]].assign(
        row=pd.array([pd.NA] * int(is_empty.sum()), dtype="Int64"),
        reason="매체가 되풀이하는 줄만 있고 본문이 없습니다. 원문을 확인하세요.",
    )
    return documents[~is_empty].reset_index(drop=True), removed, emptied


def _is_page(documents: pd.DataFrame) -> pd.Series:
    return documents["genre"].isin(PAGE_GENRES) & (documents["text_kind"] == "full")


def _common(texts: list[list[str]]) -> dict[str, int]:
    """Lines that enough of the texts hold, with how many do."""
    counts = Counter(line for lines in texts for line in set(lines) if line)
    shares = {True: MIN_SHARE_PLAIN, False: MIN_SHARE}
    return {
        line: n
        for line, n in counts.items()
        if n >= max(MIN_DOCUMENTS, shares[_PLAIN.search(line) is not None] * len(texts))
        and not _DATE.fullmatch(line)
        and not _SPOKEN.search(line)
    }


def _around(lines: list[str], passed: Set[str]) -> set[str]:
    """Lines above and below what a text has of its own; dates and its title hide nothing."""

    def is_passed(line: str) -> bool:
        return line in passed or _DATE.fullmatch(line) is not None

    above, below = (set(takewhile(is_passed, ordered)) for ordered in (lines, lines[::-1]))
    return {line for line in above if not _SUBHEAD.match(line)} | below


# --- families: reprints of one release, copies of one speech --------------------------------

SHINGLE_CHARACTERS = 5
N_PERMUTATIONS = 64
# Shingles; of longer texts every eighth hash value, an unbiased sample for MinHash, is taken.
_SAMPLE_ABOVE = 400
_SAMPLE_MODULUS = 8
squeezed = partial(re.compile(r"[\W_]+").sub, "")  # letters and digits alone


def bare(name: object) -> str:
    """A name or header without the spaces, marks, case and code points that drift.

    >>> bare("Speech_Text"), bare("사건/사고 분류1")
    ('speechtext', '사건사고분류1')
    """
    return squeezed(unicodedata.normalize("NFKC", str(name))).lower()


N_REMEMBERED = 10_000  # texts whose shingles are at hand while pairs are verified


def find_families(
    documents: pd.DataFrame, *, threshold: float = 0.8, window_days: int | None = None
) -> pd.DataFrame:
    """Add ``family_id``, the smallest ``doc_id`` among documents with (nearly) the same text.

    `documents`: columns ``doc_id, text`` (a missing text is like no other); with `window_days` also
    ``date``. `threshold`: Jaccard
    similarity of 5-character shingles (letters and digits only) from which two texts are one
    family; similarity is chained (A~B and B~C join A and C). `window_days`: do not link texts dated
    further apart than this; undated texts are linked anyway.

    Candidates come from MinHash with locality-sensitive hashing (Broder 1997; 64 permutations, seed
    1); each pair is then verified on its shingles.

    >>> text = "창조경제혁신센터가 지역의 창업 기업을 돕는다."
    >>> documents = pd.DataFrame({"doc_id": ["b", "a", "c"], "text": [text, text + " ", "다른 글"]})
    >>> find_families(documents)["family_id"].tolist()
    ['a', 'a', 'c']
    """
    pairs = near_duplicate_pairs(documents, threshold=threshold)
    doc_ids = _plain_ids(documents)
    if window_days is not None:
        dates = pd.Series(days_of(documents, "date"), doc_ids)
        pairs = _link_within(pairs, dates, faults.whole(window_days, "window_days"))
    families = scipy.cluster.hierarchy.DisjointSet(doc_ids)
    for one, other in zip(pairs["doc_id_a"], pairs["doc_id_b"], strict=True):
        families.merge(one, other)
    first = {doc_id: min(family) for family in families.subsets() for doc_id in family}
    return documents.assign(family_id=doc_ids.map(first))


def _plain_ids(documents: pd.DataFrame) -> pd.Series:
    """Ids that can be put in order: numbers as they are, all others as strings."""
    doc_ids = documents["doc_id"]
    return doc_ids if pd.api.types.is_numeric_dtype(doc_ids) else doc_ids.astype(str)


def near_duplicate_pairs(documents: pd.DataFrame, *, threshold: float = 0.8) -> pd.DataFrame:
    """Pairs of documents whose texts are at least `threshold` alike.

    ``doc_id_a, doc_id_b, similarity`` (exact copies have 1.0). A text copied many times is
    paired with its first copy only, which is enough to join them.

    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "text": ["같은 글입니다", "같은  글입니다"]})
    >>> near_duplicate_pairs(documents).to_numpy().tolist()
    [['a', 'b', 1.0]]
    """
    faults.columns(documents, "doc_id text", "find_families()")
    faults.distinct(documents["doc_id"])
    is_met = isinstance(threshold, Real) and 0 < threshold <= 1
    faults.demand(is_met, "threshold는 0보다 크고 1 이하여", threshold, "0.8처럼 적으세요.")
    documents = documents.assign(doc_id=_plain_ids(documents))
    texts = as_texts(documents["text"]).array
    parts = [*spread(_sketches, texts, threshold, label="중복 찾기")] or [_sketches([], threshold)]
    digests, *sketches = zip(*parts, strict=True)
    digests = pd.Series([*chain(*digests)], documents.index, dtype=object)
    first = documents["doc_id"].groupby(digests).transform("min")
    is_copy = (documents["doc_id"] != first) & (digests != "")
    exact = {"doc_id_a": first[is_copy], "doc_id_b": documents.loc[is_copy, "doc_id"]}
    own = np.flatnonzero(~is_copy & (digests != ""))
    own = own[np.argsort(documents["doc_id"].to_numpy(dtype=object)[own], kind="stable")]
    rank = np.full(len(texts), -1)
    rank[own] = np.arange(len(own))
    shingles = lru_cache(N_REMEMBERED)(lambda row: _shingles(squeezed(texts[own[row]])))
    doc_ids, rows = documents["doc_id"].array, []
    for one, other in _candidates(sketches, rank, threshold):
        similarity = _jaccard(shingles(one), shingles(other))
        if similarity >= threshold:
            rows.append((doc_ids[own[one]], doc_ids[own[other]], similarity))
    near = pd.DataFrame(sorted(rows), columns=["doc_id_a", "doc_id_b", "similarity"])
    return pd.concat([pd.DataFrame(exact).assign(similarity=1.0), near], ignore_index=True)


def _link_within(pairs: pd.DataFrame, dates: pd.Series, window_days: int) -> pd.DataFrame:
    """Pairs that join all alike documents dated at most `window_days` apart."""
    # `pairs` names only the first copy of a text, which may be the one that is too far away.
    day = ((dates - dates.min()) / pd.Timedelta(days=1)).to_dict()
    same = pairs[pairs["similarity"] == 1]
    copies = same.groupby("doc_id_a")["doc_id_b"].agg(list).to_dict()
    is_new = (pairs["similarity"] < 1) | pairs["doc_id_b"].isin(list(copies))
    alike = [(first,) for first in copies]
    alike += pairs.loc[is_new, ["doc_id_a", "doc_id_b"]].itertuples(index=False, name=None)
    links = []
    for texts in alike:
        members = {copy for doc_id in texts for copy in (doc_id, *copies.get(doc_id, ()))}
        is_chained = any(np.isnan(day[doc_id]) for doc_id in members)
        # Sorted by day, a gap that is too long parts all before it from all after it.
        for a, b in pairwise(sorted(members, key=lambda doc_id: (day[doc_id], doc_id))):
            if is_chained or day[b] - day[a] <= window_days:
                links.append((a, b))
    return pd.DataFrame(links, columns=["doc_id_a", "doc_id_b"])


def _sketches(texts: list[str], threshold: float) -> tuple:
    """A digest of each text ("" without letters); MinHashes of short texts and long ones, with rows."""
    from datasketch import MinHash

    bare = [squeezed(text) for text in texts]
    samples = zip(*(_samples(_shingles(text), threshold) for text in bare), strict=True)
    options = {"num_perm": N_PERMUTATIONS, "seed": 1, "hashfunc": int}
    found = []
    for own in samples:
        rows = np.flatnonzero([len(some) for some in own])
        sketches = MinHash.generator([own[row] for row in rows], **options)
        hashes = np.array([sketch.hashvalues for sketch in sketches], dtype=np.uint32)
        found.append((rows, hashes.reshape(-1, N_PERMUTATIONS)))
    return [text_sha256(text)[:32] if text else "" for text in bare], len(texts), *found


def _candidates(sketches: list, rank: np.ndarray, threshold: float) -> np.ndarray:
    """Pairs of ranks, the smaller first, whose sketches are equal in one of the bands of columns."""
    from datasketch import MinHashLSH

    # A slack threshold for candidates: verification removes what is too different.
    bands = MinHashLSH(threshold=max(threshold - 0.15, 0.1), num_perm=N_PERMUTATIONS)
    sizes, *kinds = sketches
    first = np.cumsum([0, *sizes])
    pairs = [np.empty((0, 2), dtype=int)]
    for parts in kinds:
        place = np.concatenate([rank[own[0] + at] for at, own in zip(first, parts, strict=False)])
        for band in range(bands.b):
            columns = slice(band * bands.r, (band + 1) * bands.r)
            key = pd.DataFrame(np.concatenate([hashes[:, columns] for _, hashes in parts]))
            key = pd.DataFrame({"key": pd.util.hash_pandas_object(key, index=False), "at": place})
            key = key[key["key"].duplicated(keep=False) & (place >= 0)]
            both = key.merge(key, on="key").query("at_x < at_y")
            pairs.append(both[["at_x", "at_y"]].to_numpy())
    return np.unique(np.concatenate(pairs), axis=0)


def _shingles(text: str) -> np.ndarray:
    """Sorted unique 32-bit hashes of the text's 5-character shingles."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    if len(codes) < SHINGLE_CHARACTERS:
        codes = np.pad(codes, (0, SHINGLE_CHARACTERS - len(codes)))
    windows = np.lib.stride_tricks.sliding_window_view(codes, SHINGLE_CHARACTERS)
    mixed = np.zeros(len(windows), dtype=np.uint64)
    for column in range(SHINGLE_CHARACTERS):  # polynomial hash modulo 2^64 (FNV's prime)
        mixed = (mixed ^ windows[:, column]) * np.uint64(1099511628211)
        mixed ^= mixed >> np.uint64(29)
    hashes = np.sort((mixed >> np.uint64(32)).astype(np.uint32))  # np.unique is six times slower
    return hashes[np.append(True, hashes[1:] != hashes[:-1])]


def _samples(hashes: np.ndarray, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """What stands for a text among short ones and among long ones (empty: not among them)."""
    # Texts of middling length stand in both: one of 395 shingles may be like one of 405.
    is_short = len(hashes) <= _SAMPLE_ABOVE / threshold
    is_long = len(hashes) > _SAMPLE_ABOVE
    sample = hashes[hashes % _SAMPLE_MODULUS == 0]
    return (hashes if is_short else hashes[:0]), (sample if is_long else hashes[:0])


def _jaccard(a: np.ndarray, b: np.ndarray) -> float:
    shared = len(np.intersect1d(a, b, assume_unique=True))
    return shared / (len(a) + len(b) - shared)
