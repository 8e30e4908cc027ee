"""Words that are no policy: salutations, set phrases of a genre, pieces of longer words, people.

No list of words says which these are; they are known by how they stand in the texts.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np
import pandas as pd

from policytext.administrations import REFERENCE, read_reference
from policytext.korean import end_of_word, is_particle_chain
from policytext.store import stored

ENDS, LONG = 150, 1000  # characters at either end (two lines); of a text so long that it has ends
REACH = 3  # words on either side that may complete a phrase
HALF, TIMES = 0.5, 3  # of a term's uses, and so many times what chance would give
OWN, SPREAD, ONCE = 0.9, 0.2, 1.5  # of uses in one genre; of its texts; uses in each of them
MIN_USES, MIN_TEXTS = 10, 5  # fewer tell nothing
_WORD = re.compile(r"\S+")
_HANGUL = re.compile("[가-힣]+")
_NEAR = 12  # letters of a longer word that are looked at before one of its pieces
# First syllables of what makes a noun a verb, an adverb or an adjective.
_SUFFIXES = "하해했할한함합되된될됐됨돼적화시스롭답히"
READ = "doc_id family_id text genre occasion".split()  # columns that `find_formulas` looks at
_SPEECH = read_reference(REFERENCE / "speech.csv", "word kind")
_TITLES = _SPEECH.query("kind == 'title'")["word"]
# Who holds an office is no policy; other callings (창업자, 교수) may be what one is about.
_CALLED = _SPEECH.query("kind in ['title', 'office']")["word"]
OFFICES = frozenset(_CALLED[_CALLED.str.contains("(?:장|관|총리|통령|의원|수석|대변인)$")])
_TITLE_AFTER = re.compile(rf"[」』>”’]?(?:\s?\([^()]*\))?\s?({'|'.join(_TITLES)})")
PIECE = "쓰임의 {:.0%}가 ‘{}’ 같은 더 긴 말의 조각"
TITLED = "쓰임의 {:.0%}에 ‘{}’ 같은 직함이 뒤따름"
EDGE = "쓰임의 {:.0%}가 글의 맨 앞이나 맨 뒤"
_REASON = ["term", "share_formula", "why"]
_MARKS = ".,!?·:;'\"“”‘’()"


@stored
def find_formulas(documents: pd.DataFrame, tokens: pd.DataFrame, terms: list[str]) -> pd.DataFrame:
    """How far each of some terms is used as a formula.

    Takes ``doc_id, family_id, text`` (``genre, occasion`` if there are) and ``doc_id, start, end,
    term, tag``. Of each family one document is read. A common noun is a formula if half of its
    uses or more, and three times what chance would give, either stand in the first or last 150
    characters of texts of 1,000 or more; or share one phrase, an inflected form (사랑하는) with a
    word that is no noun within three words (여러분), or the bare noun with such a word right after
    it; or if it belongs to one kind of text: 90 % of its uses, in a fifth of those texts, hardly
    more than once in each (본고, 목차). A noun of any kind is as little policy if 90 % of its uses
    are inside a longer word: behind a piece of one, or beside the same letter, which is neither
    particle nor suffix (유우엔); and a proper one if a title follows half of them (레이건 대통령).

    Returns ``term, n`` (uses read), ``share_formula`` (by the first of these reasons that half of
    them meet, else the strongest; 0 if none does), ``is_formula``, ``why`` (Korean, "" if there is none).

    >>> names, other = [*"abcdefghijkl"], " 사업은" * 99
    >>> documents = pd.DataFrame({"doc_id": names, "family_id": names})
    >>> documents["text"] = "사랑하는 국민 여러분" + other
    >>> tokens = pd.DataFrame({"doc_id": names * 2, "start": [0] * 12 + [5] * 12,
    ...     "end": [2] * 12 + [7] * 12, "term": ["사랑"] * 12 + ["국민"] * 12, "tag": "NNG"})
    >>> find_formulas(documents, tokens, ["사랑"])[["is_formula", "why"]].values.tolist()
    [[True, '쓰임의 100%가 ‘사랑하는 … 여러분’ 꼴']]
    """
    own = documents.drop_duplicates("family_id").set_index("doc_id")
    texts = own["text"].to_dict()
    rows = tokens[tokens["doc_id"].isin(own.index)]
    rows = rows.astype({"doc_id": object, "term": object, "tag": object})
    rows["is_asked"] = rows["term"].isin(set(terms)) & rows["tag"].isin(["NNG", "NNP"])
    uses, marks, met, phrases, n_edge = [], [], Counter(), defaultdict(Counter), 0
    for doc_id, part in rows.groupby("doc_id", sort=False):
        text = str(texts[doc_id])
        words = [(each.start(), each[0].rstrip(_MARKS)) for each in _WORD.finditer(text)]
        met.update(word for _, word in words)
        starts, ends = part["start"].to_numpy(), part["end"].to_numpy()
        is_edge = (len(text) >= LONG) & ((starts < ENDS) | (ends > len(text) - ENDS))
        n_edge += int(is_edge.sum())
        places = np.searchsorted([start for start, _ in words], starts, side="right") - 1
        nouns, names, all_ends = set(places.tolist()), part["term"].to_numpy(), set(ends.tolist())
        is_common = part["tag"].to_numpy() == "NNG"
        for row in np.flatnonzero(part["is_asked"]):
            term, start, end = names[row], starts[row], ends[row]
            uses.append((term, doc_id))
            marks += [(PIECE, term, *how) for how in _stuck(text, start, end, start in all_ends)]
            if is_common[row]:
                phrases[term].update(set(_phrases(words, places[row], end, nouns)))
                marks += [(EDGE, term, "", "")] * int(is_edge[row])
            elif title := _TITLE_AFTER.match(text, end):
                marks.append((TITLED, term, "", title[1]))
    table = pd.DataFrame(uses, columns=["term", "doc_id"])
    n_words = met.total()
    chance = {word: 2 * REACH * n / n_words for word, n in met.items()}
    least = {PIECE: OWN, TITLED: HALF, EDGE: TIMES * n_edge / max(len(rows), 1)}
    reasons = [_in_phrases(table, phrases, chance), _marked(table, marks, least)]
    reasons += [_in_one_kind(table, own, name) for name in ("genre", "occasion") if name in own]
    found = pd.concat(reasons, ignore_index=True)
    order = found["share_formula"].clip(upper=HALF).sort_values(ascending=False, kind="stable")
    found = found.loc[order.index].drop_duplicates("term").set_index("term")
    counted = table.groupby("term")["doc_id"].agg(n="size", n_texts="nunique")
    told = counted.join(found).reindex(list(dict.fromkeys(terms))).rename_axis("term").reset_index()
    is_read = (told["n"] >= MIN_USES) & (told["n_texts"] >= MIN_TEXTS)
    told["is_formula"] = is_read & (told["share_formula"] >= HALF)
    told["why"] = told["why"].where(told["is_formula"], "")
    told = told.fillna({"n": 0, "share_formula": 0.0}).astype({"n": int})
    return told[["term", "n", "share_formula", "is_formula", "why"]]


def _stuck(text: str, start: int, end: int, is_behind_term: bool) -> Iterator[tuple]:
    """How a use is part of a longer word, and which: behind what is no noun, beside which letter."""
    before = text[max(start - _NEAR, 0) : start][::-1]
    left, right = before[: end_of_word(before, 0)][::-1], text[end : end_of_word(text, end)]
    if right and (right[0] in _SUFFIXES or is_particle_chain(right, text[end - 1])):
        right = ""
    whole = left + text[start:end] + right
    if left:
        yield f"{left[-1] if is_behind_term else ''}-", whole
    if right:
        yield f"-{right[0]}", whole


def _marked(uses: pd.DataFrame, marks: list[tuple], least: dict[str, float]) -> pd.DataFrame:
    """Terms of whose uses at least such a share is marked in the same way, with an example."""
    table = pd.DataFrame(marks, columns=["why", "term", "how", "example"])
    table["n"] = table.groupby(["why", "term", "how"])["how"].transform("size")
    share = table["n"] / table["term"].map(uses["term"].value_counts())
    table = table.assign(share_formula=share)[share >= table["why"].map(least)]
    by = ["why", "term", "share_formula"]
    table = table.groupby([*by, "example"]).size().sort_values().reset_index()
    table = table.sort_values(by[2], kind="stable").drop_duplicates(by[:2], keep="last")
    said = table[["why", "share_formula", "example"]].itertuples(index=False)
    return table.assign(why=[why.format(share, example) for why, share, example in said])[_REASON]


def _phrases(words: list[tuple], place: int, end: int, nouns: set[int]) -> Iterator[tuple]:
    """``(form, word, how it is written)`` of the phrases that a use may be part of."""
    start, form = words[place]
    rest, last = form[end - start :], len(words) - 1
    if not rest:
        near = range(place + 1, min(place + 1, last) + 1)
    elif is_particle_chain(rest, form[: end - start][-1:]):
        near = range(0)
    else:
        near = range(max(place - REACH, 0), min(place + REACH, last) + 1)
    for other in near:
        word = words[other][1]
        if other != place and other not in nouns and _HANGUL.fullmatch(word):
            gap = " " if abs(other - place) == 1 else " … "
            yield form, word, gap.join([form, word] if other > place else [word, form])


def _in_phrases(uses: pd.DataFrame, phrases: dict, chance: dict[str, float]) -> pd.DataFrame:
    """The commonest phrase of each term, its gap wide if it is wide in any use."""
    rows = [(term, *phrase, n) for term, own in phrases.items() for phrase, n in own.items()]
    written = pd.DataFrame(rows, columns=["term", "form", "word", "how", "n"])
    written = written.sort_values("n", ascending=False, kind="stable")
    both = written.groupby(["term", "form", "word"])  # however it is mostly written
    table = both.agg(n=("n", "sum"), how=("how", "first")).reset_index()
    table = table.sort_values(["n", "form", "word"]).drop_duplicates("term", keep="last")
    share = (table["n"] / table["term"].map(uses["term"].value_counts())).clip(upper=1)
    table = table.assign(share_formula=share)[share >= TIMES * table["word"].map(chance)]
    said = zip(table["share_formula"], table["how"], strict=True)
    return table.assign(why=[f"쓰임의 {one:.0%}가 ‘{how}’ 꼴" for one, how in said])[_REASON]


def _in_one_kind(uses: pd.DataFrame, documents: pd.DataFrame, column: str) -> pd.DataFrame:
    """Terms of one kind of text, found in many of its texts and about once in each."""
    kinds = documents[column].dropna().astype(object)
    sizes = kinds.value_counts()
    found = uses.assign(kind=uses["doc_id"].map(kinds)).groupby(["term", "kind"])["doc_id"]
    cells = found.agg(n="size", n_texts="nunique").reset_index()
    size, n = cells["kind"].map(sizes), cells["term"].map(uses["term"].value_counts())
    share = cells["n"] / n
    is_set = (share >= OWN) & (share >= TIMES * size / max(len(kinds), 1))
    is_set &= (cells["n_texts"] >= SPREAD * size) & (cells["n"] <= ONCE * cells["n_texts"])
    cells = cells.assign(share_formula=share)[is_set]
    said = zip(cells["share_formula"], cells["kind"], strict=True)
    why = [f"쓰임의 {one:.0%}가 한 종류의 글({kind})에 글마다 한 번쯤" for one, kind in said]
    return cells.assign(why=why)[_REASON]
