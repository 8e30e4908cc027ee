"""Compound terms, regions and stop words: reading them, and matching them on raw text.

Terms are matched *before* morphological analysis, because an analyser that has cut
중소벤처기업부가 into 중소·벤처·기업·부가 cannot be repaired afterwards. :func:`find_terms`
returns candidates; the analyser's own boundaries decide the doubtful ones.
"""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from ahocorasick_rs import AhoCorasick, Implementation

from policytext.administrations import REFERENCE, read_people, read_reference
from policytext.faults import PolicyTextError, demand
from policytext.korean import attach_particle, is_followed_by_particle
from policytext.store import stored
from policytext.study import ALPHA, ROOT, Study

KINDS = ("organisation", "programme", "industry", "slogan", "place", "concept")
COLUMNS = ("term", "kind", "canonical", "variants", "note")
MAX_SPACES = 6
_DOTS = "·ㆍ‧・•∙⋅･․"  # one middle dot, as different keyboards type it
_CANDIDATE_DTYPES = {
    "row": "int64", "start": "int64", "end": "int64", "term": "str",
    "starts_word": "bool", "followed_by_particle": "bool",
}  # fmt: skip
_PART_COLUMNS = ["term", "administration", "explained_by", "share", "n_compound", "n_families"]
_NO_REGION = ""  # stands for the spellings that only look like a region
_NEAR = 12  # characters on either side that may say that a name means something else
_MIN_FAMILIES = 3  # a compound of one or two texts explains nothing


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Compound terms, one row each.

    Attributes
    ----------
    table : DataFrame
        Columns ``term, kind, canonical, variants, note`` (str, empty when unknown).
        ``variants`` holds other spellings, separated by ``;``.

    >>> Lexicon(pd.DataFrame({"term": ["한국판 뉴딜"]})).spellings
    {'한국판 뉴딜': '한국판 뉴딜', '한국판뉴딜': '한국판 뉴딜'}
    """

    table: pd.DataFrame

    def __post_init__(self) -> None:
        table = self.table.reindex(columns=list(COLUMNS), fill_value="").fillna("").astype("str")
        object.__setattr__(self, "table", table.reset_index(drop=True))

    @cached_property
    def sha256(self) -> str:
        """Hash of the table, independent of the order of rows."""
        lines = sorted("\x1f".join(row) for row in self.table.itertuples(index=False))
        return hashlib.sha256("\x1e".join(lines).encode("utf-8")).hexdigest()

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Every spelling that is matched, and its term."""
        rows = zip(self.table["term"], self.table["variants"], strict=True)
        return {form: term for term, variants in rows for form in _spellings(term, variants)}

    @cached_property
    def owners(self) -> dict[str, str]:
        """Every term, and the one it stands for: its canonical term or itself."""
        terms, canonical = self.table["term"], self.table["canonical"]
        return dict(zip(terms, canonical.where(canonical != "", terms), strict=True))

    def with_terms(self, terms: Iterable[str]) -> Lexicon:
        """The same with more terms, of which nothing but their spelling is known."""
        added = pd.DataFrame({"term": [*terms]})
        return Lexicon(pd.concat([self.table, added], ignore_index=True))


def read_lexicon(path: str | Path | None = None, *paths: str | Path) -> Lexicon:
    """Read one or several term tables (CSV, UTF-8 with or without BOM) as one lexicon.

    ``None`` is the lexicon shipped in ``data/reference``. A PolicyTextError lists all faults of all
    files at once: unknown or missing columns, empty or one-letter terms, unknown kinds, a spelling
    that two entries claim.

    >>> "창조경제혁신센터" in set(read_lexicon().table["term"])
    True
    """
    faults: list[str] = []
    records: list[dict[str, str]] = []
    for file in (REFERENCE / "lexicon.csv" if path is None else path, *paths):
        is_path, remedy = isinstance(file, (str, Path)), "용어를 CSV로 저장해 그 경로를 넣으세요."
        demand(is_path, "read_lexicon()에는 파일의 경로를 주어", file, remedy)
        file = Path(file)
        records += _read_rows(file, faults)
    owners: dict[str, str] = {}
    for record in records:
        faults += _entry_faults(record, owners)
    if faults:
        lines = "\n".join(f"- {fault}" for fault in faults)
        raise PolicyTextError(f"용어 사전에 고칠 곳이 {len(faults)}군데 있습니다.\n{lines}")
    return Lexicon(pd.DataFrame(records, columns=list(COLUMNS)))


def find_terms(texts: Sequence[str], lexicon: Lexicon) -> pd.DataFrame:
    """Find every spelling of every term, overlapping ones included.

    ``row`` (position in `texts`), ``start``, ``end`` (character offsets), ``term``, ``starts_word``
    (no letter or digit before the match), ``followed_by_particle`` (see
    :func:`policytext.korean.is_followed_by_particle`). These are candidates: pass them to
    :func:`select_matches`.

    >>> lexicon = Lexicon(pd.DataFrame({"term": ["한국판 뉴딜"]}))
    >>> find_terms(["이제 한국판뉴딜은 시작됐다"], lexicon).values.tolist()
    [[0, 3, 8, '한국판 뉴딜', True, True]]
    """
    automaton = _automaton(tuple(lexicon.spellings))
    terms = list(lexicon.spellings.values())
    rows = [
        (row, at, end, terms[found], _starts_word(text, at), is_followed_by_particle(text, at, end))
        for row, text in enumerate(texts)
        for found, at, end in automaton.find_matches_as_indexes(text, overlapping=True)
    ]
    return pd.DataFrame(rows, columns=list(_CANDIDATE_DTYPES)).astype(_CANDIDATE_DTYPES)


def named_forms(texts: Sequence[str], lexicon: Lexicon) -> list[str]:
    """The spellings each text holds, with their terms: all that its tokens owe to the lexicon.

    >>> lexicon = Lexicon(pd.DataFrame({"term": ["한국판 뉴딜"]}))
    >>> named_forms(["한국판뉴딜", "뉴딜"], lexicon)
    ['한국판뉴딜=한국판 뉴딜', '']
    """
    automaton = _automaton(tuple(lexicon.spellings))
    told = [f"{form}={term}" for form, term in lexicon.spellings.items()]
    found = (automaton.find_matches_as_indexes(text, overlapping=True) for text in texts)
    return ["\n".join(sorted({told[form] for form, *_ in matches})) for matches in found]


def select_matches(
    candidates: pd.DataFrame, is_start_boundary: Sequence[bool], is_end_boundary: Sequence[bool]
) -> pd.DataFrame:
    """Keep the candidates that stand on boundaries and do not overlap.

    A start must be the start of a word or of a morpheme; an end must be followed by a
    word boundary, by particles, or by the start of a morpheme. Of overlapping ones the
    longest wins, then the leftmost.

    `candidates` are those of :func:`find_terms`; the boundaries say, row by row, whether a morpheme
    of the analyser begins at ``start`` (at ``end``). Gives a subset, ordered by ``row, start``.

    >>> lexicon = Lexicon(pd.DataFrame({"term": ["창조경제", "창조경제혁신센터", "기보"]}))
    >>> found = find_terms(["창조경제혁신센터와 전기보급"], lexicon)
    >>> no = [False] * len(found)
    >>> select_matches(found, no, no)["term"].tolist()
    ['창조경제혁신센터']
    """
    starts = candidates["starts_word"].to_numpy(bool) | np.asarray(is_start_boundary, bool)
    ends = candidates["followed_by_particle"].to_numpy(bool) | np.asarray(is_end_boundary, bool)
    kept = candidates[starts & ends].sort_values(["row", "start", "end"], kind="stable")
    if kept.empty:
        return kept.reset_index(drop=True)
    # Shift every text past the one before it, so that one running maximum finds overlaps.
    offset = kept["row"].to_numpy() * (int(kept["end"].max()) + 1)
    start, end = kept["start"].to_numpy() + offset, kept["end"].to_numpy() + offset
    opens = np.r_[True, start[1:] >= np.maximum.accumulate(end)[:-1]]
    first = np.flatnonzero(opens)
    last = np.r_[first[1:], len(kept)]
    keep = np.ones(len(kept), dtype=bool)
    for low, high in zip(first[last - first > 1], last[last - first > 1], strict=True):
        keep[low:high] = _longest_first(start[low:high].tolist(), end[low:high].tolist())
    return kept[keep].reset_index(drop=True)


def read_stopwords() -> frozenset[str]:
    """The stop words shipped, ``data/reference/stopwords.csv``.

    >>> "여러분" in read_stopwords(), "경제" in read_stopwords()
    (True, False)
    """
    return frozenset(read_reference(REFERENCE / "stopwords.csv", "term reason")["term"])


def fold_aliases(table: pd.DataFrame, own: Set[str]) -> pd.DataFrame:
    """Make rows that stand for another term spellings of that term.

    Only terms of the study's `own` table are folded: the shipped lexicon keeps names apart
    that were used at different times. A row whose canonical term is no term, or is itself
    folded, stays.

    >>> table = pd.DataFrame({"term": ["벤처 금고", "모험 금고"], "canonical": ["", "벤처 금고"],
    ...     "variants": ["벤처곳간", "모험곳간"]})
    >>> fold_aliases(table, {"모험 금고"})[["term", "variants"]].values.tolist()
    [['벤처 금고', '벤처곳간;모험 금고;모험곳간']]
    """
    is_other = table["term"].isin(own) & (table["canonical"] != "")
    is_alias = is_other & table["canonical"].isin(set(table["term"][~is_other]))
    forms = (table["term"] + ";" + table["variants"])[is_alias].groupby(table["canonical"])
    added = table["term"].map(forms.agg(";".join)).fillna("").astype(str)
    variants = (table["variants"] + ";" + added).str.replace(";;", ";").str.strip(";")
    return table.assign(variants=variants)[~is_alias]


def study_lexicon(study: Study, own: Path | None = None) -> Lexicon:
    """The shipped lexicon, the study's own tables, and people's names, as one.

    ``data/studies/<study>/lexicon.csv`` (or `own`) is read when it exists; a row of it that
    names a ``canonical`` term of the lexicon is one more spelling of that term. Names of two
    syllables are left to the analyser: too many words begin with them.

    >>> from policytext.study import read_study
    >>> "창조경제혁신센터" in set(study_lexicon(read_study("innovation-centers")).table["term"])
    True
    """
    tables = [ROOT / path for path in study.tokens.lexicon]
    own = own or study.folder / "lexicon.csv"
    tables += [own] if own.is_file() and own not in tables else []
    table = read_lexicon(None, *tables).table
    if own.is_file():
        table = fold_aliases(table, set(read_lexicon(own).table["term"]))
    spelled = set(table["term"]) | set(";".join(table["variants"]).split(";"))
    people = sorted(name for name in read_people() - spelled if len(name) > 2)
    return Lexicon(table).with_terms(people)


def read_regions() -> pd.DataFrame:
    """Provinces and large cities with their spellings and their place on a tile map.

    The names of institutions that begin with one (대구테크노파크) are spellings, too: each ending of
    ``region-institutions.csv`` after each region, city or province.

    ``region``; ``names`` and ``excluded`` (spellings joined by ``;``, the latter those that are no
    region although a name is part of them); ``unless``, a pattern of places where a ‹name› may mean
    something else; ``since``, its first day (NaT: always); ``row, column`` (int, from 1, north and
    west first).

    >>> regions = read_regions().set_index("region")
    >>> len(regions), regions.loc["제주", ["row", "column"]].tolist()
    (17, [5, 1])
    """
    columns = "region names excluded unless since row column"
    table = read_reference(REFERENCE / "regions.csv", columns, "since")
    endings = read_reference(REFERENCE / "region-institutions.csv", "ending except")
    endings = list(endings[["ending", "except"]].itertuples(index=False))

    def spellings(region: str, names: str) -> str:
        bases = [region, *(name for name in names.split(";") if name.endswith(("시", "도")))]
        # Of short endings only what is written together: 경기 시청 is no city hall.
        named = [
            base + " " * (len(ending) > 3) + ending
            for base in bases
            for ending, but in endings
            if region not in but.split(";")
        ]
        return ";".join(dict.fromkeys([*names.split(";"), *named]))

    table["names"] = list(map(spellings, table["region"], table["names"]))
    return table.astype({"row": int, "column": int})


def find_regions(documents: pd.DataFrame) -> pd.DataFrame:
    """Find every place in the texts (``doc_id, text``) where a region is named.

    A name counts where a word begins and nothing but particles follow; of overlapping
    spellings the longest wins. Where it may mean something else (경기도 좋았고) it does not count.

    ``doc_id, start, end, term`` (the region): a tokens table, so that concordances open it.

    >>> texts = ["대구시와 경북에서", "부산물이 남은 2차 대전, 경기 회복", "[서울=소식] 세종시"]
    >>> find_regions(pd.DataFrame({"doc_id": list("abc"), "text": texts}))["term"].tolist()
    ['대구', '경북', '세종']
    """
    regions = read_regions()
    # Every spelling is a term of its own: a region's bare name counts only where `names` lists it.
    spelled = [*zip(regions["region"], regions["names"], strict=True)]
    spelled += [(_NO_REGION, forms) for forms in regions["excluded"]]
    owner = {form: region for region, forms in spelled for form in forms.split(";") if form}
    texts = documents["text"].to_numpy(dtype=object)
    found = find_terms(texts, Lexicon(pd.DataFrame({"term": list(owner)})))
    found["term"] = found["term"].map(owner)
    is_decoy = found["term"] == _NO_REGION
    kept = select_matches(found, is_decoy, is_decoy)
    kept = kept[kept["term"] != _NO_REGION].reset_index(drop=True)
    # No pattern is one that matches nowhere.
    unless = kept["term"].map(regions.set_index("region")["unless"].replace("", "(?!)"))
    places = zip(texts[kept["row"]], kept["start"], kept["end"], unless, strict=True)
    is_clear = [
        not re.search(other, f"{text[max(a - _NEAR, 0) : a]}‹{text[a:b]}›{text[b : b + _NEAR]}")
        for text, a, b, other in places
    ]
    kept = kept[np.array(is_clear, dtype=bool)]
    doc_id = documents["doc_id"].to_numpy()[kept["row"]]
    return kept.assign(doc_id=doc_id)[["doc_id", "start", "end", "term"]]


def adjacent(tokens: pd.DataFrame, documents: pd.DataFrame) -> np.ndarray:
    """For each token, whether the next one of its text stands beside it.

    Two tokens (``doc_id, start, end``, in text order) are beside each other when they touch or
    one space of the text (`documents`: ``doc_id, text``) lies between.

    >>> tokens = pd.DataFrame({"doc_id": "a", "start": [0, 2, 5], "end": [2, 4, 7]})
    >>> adjacent(tokens, pd.DataFrame({"doc_id": ["a"], "text": ["녹색성장,정책"]})).tolist()
    [True, False, False]
    """
    codes, doc_ids = pd.factorize(tokens["doc_id"])
    start, end = tokens["start"].to_numpy(), tokens["end"].to_numpy()
    joins = np.zeros(len(end), dtype=bool)
    joins[:-1] = (codes[1:] == codes[:-1]) & np.isin(start[1:] - end[:-1], (0, 1))
    rows = pd.Index(documents["doc_id"]).get_indexer(doc_ids)
    if (rows < 0).any():
        raise PolicyTextError(
            f"토큰 표의 doc_id '{doc_ids[np.argmin(rows)]}' 등 {(rows < 0).sum()}개가 문서 표에 "
            "없습니다. 두 표를 같은 말뭉치에서 만드세요."
        )
    texts = documents["text"].to_numpy(dtype=object)[rows]
    apart = np.flatnonzero(joins)
    apart = apart[start[apart + 1] > end[apart]]
    joins[apart] = [texts[codes[at]][end[at]] == " " for at in apart]
    return joins


@stored
def suggest_terms(tokens: pd.DataFrame, documents: pd.DataFrame, *, min_count: int) -> pd.DataFrame:
    """Mine runs of two to four adjacent noun tokens as candidate compounds.

    Adjacent is as in :func:`adjacent`. Gives ``term`` (its most frequent spacing), ``n``, ``npmi``,
    ``left_branching_entropy, right_branching_entropy`` (bits); best first, by NPMI times the
    smaller entropy.
    With ``p`` = count / tokens, NPMI of words w1..wk is (log p(w1..wk) - sum log p(wi)) / (-(k - 1)
    log p(w1..wk)), 1 for words that never part (Bouma 2009, for k = 2). Branching entropy (Jin &
    Tanaka-Ishii 2006) is that of the neighbouring noun; every occurrence without one is its own
    outcome.

    >>> tokens = pd.DataFrame({"doc_id": ["a", "a", "b", "b"], "start": [0, 2, 0, 3],
    ...     "end": [2, 4, 2, 5], "term": ["녹색", "성장"] * 2, "tag": "NNG"})
    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "text": ["녹색성장", "녹색 성장"]})
    >>> suggest_terms(tokens, documents, min_count=2)[["term", "n", "npmi"]].values.tolist()
    [['녹색 성장', 2, 1.0]]
    """
    tokens = _in_text_order(tokens)
    codes, words = pd.factorize(tokens["term"].astype(object))
    start, end = tokens["start"].to_numpy(), tokens["end"].to_numpy()
    joins = adjacent(tokens, documents)
    before = np.where(joins, codes, -1)[np.arange(len(codes)) - 1]  # the last one joins nothing
    after = np.where(joins, np.roll(codes, -1), -1)
    log_p = np.log(np.bincount(codes) / max(len(codes), 1))
    starts, ids, found = np.arange(len(codes)), codes.astype(np.int64), []
    for size in (2, 3, 4):
        grows = joins[starts + size - 2]
        starts = starts[grows]
        ids, _ = pd.factorize(ids[grows] * len(words) + codes[starts + size - 1])
        # A run is never more frequent than its beginning, so rare ones need no second look.
        frequent = np.bincount(ids)[ids] >= min_count
        starts, ids = starts[frequent], pd.factorize(ids[frequent])[0].astype(np.int64)
        n, last, form = np.bincount(ids), starts + size - 1, words[codes[starts]]
        for at in (starts + k for k in range(1, size)):
            form = form + np.where(start[at] > end[at - 1], " ", "") + words[codes[at]]
        runs = pd.DataFrame({"id": ids, "form": form, "at": starts})
        forms = runs.groupby(["id", "form"])["at"].agg(["size", "first"]).reset_index()
        forms = forms.sort_values(["id", "size", "form"], ascending=[True, False, True])
        shown = forms.drop_duplicates("id")
        first = shown["first"].to_numpy()
        log_run = np.log(n / max(len(codes), 1))
        alone = sum(log_p[codes[first + k]] for k in range(size))
        columns = {
            "term": shown["form"].to_numpy(),
            "n": n,
            "npmi": (log_run - alone) / (-(size - 1) * log_run),
            "left_branching_entropy": _entropy(ids, before[starts]),
            "right_branching_entropy": _entropy(ids, after[last]),
        }
        found.append(pd.DataFrame(columns))
    table = pd.concat(found, ignore_index=True)
    score = table["npmi"] * table[["left_branching_entropy", "right_branching_entropy"]].min(axis=1)
    ranked = table.assign(score=score).sort_values(["score", "n", "term"], ascending=[0, 0, 1])
    return ranked.drop(columns="score").reset_index(drop=True)


def explained_parts(
    keyness: pd.DataFrame, documents: pd.DataFrame, tokens: pd.DataFrame, *, min_share: float = 0.5
) -> pd.DataFrame:
    """Distinctive terms whose excess is that of a compound they belong to.

    A compound is two tokens side by side that the lexicon does not know. A part's excess is what
    the administration says beyond the rate of the others, n - N · r;
    `share` is the pair's excess, found likewise, over the part's.

    `keyness`: as :func:`policytext.compare.keyness_table` gives; only terms with z > 0 and q < 0.05
    are looked at. `documents`, `tokens`: ``doc_id, text, administration, family_id`` and ``doc_id,
    start, end, term``. Copies in a family weigh as one text. `min_share`: smallest share of the
    excess that counts as an explanation.

    ``term, administration, explained_by`` (the compound as it is mostly written), ``share`` (above
    1 where the part alone is rarer than elsewhere), ``n_compound, n_families`` of the compound in
    that administration; one row per part, that with the largest share.

    >>> texts = ["새벽 시장", "새벽 시장", "새벽 시장", "새벽"]
    >>> documents = pd.DataFrame({"doc_id": list("abcd"), "text": texts,
    ...     "administration": ["가", "가", "가", "나"], "family_id": list("abcd")})
    >>> tokens = pd.DataFrame({"doc_id": list("aabbccd"), "start": [0, 3, 0, 3, 0, 3, 0],
    ...     "end": [2, 5, 2, 5, 2, 5, 2], "term": ["새벽", "시장"] * 3 + ["새벽"]})
    >>> keyness = pd.DataFrame({"term": ["시장"], "administration": ["가"], "z": 2.0, "q": 0.01})
    >>> explained_parts(keyness, documents, tokens).values.tolist()
    [['시장', '가', '새벽 시장', 1.0, 3, 3]]
    """
    sure = keyness[(keyness["z"] > 0) & (keyness["q"] < ALPHA)]
    own = documents.dropna(subset="administration")
    weights = 1 / own.groupby(["administration", "family_id"])["doc_id"].transform("size")
    about = own[["doc_id", "administration", "family_id"]].assign(weight=weights)
    rows = tokens[["doc_id", "start", "end", "term"]].astype({"doc_id": object, "term": object})
    rows = _in_text_order(rows.merge(about, on="doc_id"))
    follows = rows.shift(-1)
    is_wanted = rows["term"].isin(sure["term"]) | follows["term"].isin(sure["term"])
    # A word said twice is no compound.
    near = adjacent(rows, own) & is_wanted & (rows["term"] != follows["term"])
    if not near.any():
        return pd.DataFrame(columns=_PART_COLUMNS)
    pairs = rows[near].rename(columns={"term": "left"})
    pairs = pairs.assign(right=follows["term"][near], is_spaced=follows["start"] > rows["end"])
    sizes = rows.groupby("administration")["weight"].sum()
    single = _excess(rows, ["term"], sizes)
    double = _excess(pairs, ["left", "right"], sizes)
    found = pd.concat([double.assign(term=double[side]) for side in ("left", "right")])
    found = found.merge(sure[["term", "administration"]], on=["term", "administration"])
    found = found.merge(single, on=["term", "administration"], suffixes=("", "_part"))
    found = found[(found["excess_part"] > 0) & (found["n_families"] >= _MIN_FAMILIES)]
    found = found.assign(share=found["excess"] / found["excess_part"])
    found = found[found["share"] >= min_share]
    found = found.sort_values(["share", "n", "left", "right"], ascending=[False, False, True, True])
    found = found.drop_duplicates(["term", "administration"])
    spaced = pairs.groupby(["left", "right"])["is_spaced"].mean() >= 0.5
    spaced = spaced.loc[pd.MultiIndex.from_frame(found[["left", "right"]])].to_numpy()
    found["explained_by"] = found["left"] + np.where(spaced, " ", "") + found["right"]
    found = found.rename(columns={"n": "n_compound"}).sort_values(["administration", "term"])
    return found[_PART_COLUMNS].reset_index(drop=True)


def _starts_word(text: str, start: int) -> bool:
    return start == 0 or not text[start - 1].isalnum() or text[start - 1] in _DOTS


@lru_cache(maxsize=8)
def _automaton(surfaces: tuple[str, ...]) -> AhoCorasick:
    return AhoCorasick(surfaces, implementation=Implementation.DFA)


def _spellings(term: str, variants: str) -> list[str]:
    """The term and its variants, with each inner space optional and any middle dot."""
    forms: dict[str, None] = {}
    for written in (term, *filter(None, (form.strip() for form in variants.split(";")))):
        words = re.sub(f"[{_DOTS}]", "·", written).split(" ")
        for gaps in product((" ", ""), repeat=len(words) - 1):
            form = "".join(map("".join, zip(words, (*gaps, ""), strict=True)))
            forms |= dict.fromkeys(form.replace("·", dot) for dot in _DOTS)
    return list(forms)


def _longest_first(starts: list[int], ends: list[int]) -> list[bool]:
    """Greedy choice in one cluster of overlapping intervals."""
    keep, covered = [False] * len(starts), set()
    for i in sorted(range(len(starts)), key=lambda i: (starts[i] - ends[i], starts[i])):
        # What was taken before is at least as long: it would cover an end of this one.
        if starts[i] not in covered and ends[i] - 1 not in covered:
            covered.update(range(starts[i], ends[i]))
            keep[i] = True
    return keep


def _read_rows(file: Path, faults: list[str]) -> list[dict[str, str]]:
    """Rows of one CSV as clean text plus ``where``; adds what is wrong to `faults`."""
    try:
        with open(file, encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, restval="", strict=True)
            lines = [(reader.line_num, row) for row in reader]
            header = [_clean(name) for name in reader.fieldnames or []]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        faults.append(f"{file}: 읽을 수 없습니다({error}). UTF-8 CSV로 저장했는지 확인하세요.")
        return []
    place = f"{file.parent.name}/{file.name}"  # the name alone is shared by many studies
    if unknown := [name for name in header if name not in COLUMNS]:
        faults.append(f"{place} 1행: 모르는 열 {unknown}. {list(COLUMNS)}만 쓰세요.")
    if "term" not in header:
        faults.append(f"{place} 1행: 'term' 열이 없습니다. 첫 행에 열 이름을 쓰세요.")
        return []
    rows = []
    for number, line in lines:
        where = f"{place} {number}행"
        if None in line:
            faults.append(f"{where}: 칸이 {len(header)}개보다 많습니다. 쉼표를 확인하세요.")
        cells = zip(header, list(line.values())[: len(header)], strict=True)
        row = {name: _clean(value) for name, value in cells}
        if any(row.values()):
            rows.append(dict.fromkeys(COLUMNS, "") | row | {"where": where})
    return rows


def _entry_faults(record: dict[str, str], owners: dict[str, str]) -> list[str]:
    where, faults = record["where"], []
    if record["kind"] not in ("", *KINDS):
        faults.append(f"{where}: 모르는 kind '{record['kind']}'. {list(KINDS)} 가운데 쓰세요.")
    for form in filter(None, map(str.strip, [record["term"], *record["variants"].split(";")])):
        if len(form) < 2 or not any(map(str.isalnum, form)):
            short = attach_particle(repr(form), "은/는")
            faults.append(f"{where}: {short} 너무 짧습니다. 두 글자 이상으로 쓰세요.")
        if form.count(" ") > MAX_SPACES:
            faults.append(f"{where}: '{form}'의 띄어쓰기가 {MAX_SPACES}곳을 넘습니다. 줄여 쓰세요.")
            return faults
    for form in _spellings(record["term"], record["variants"]):
        if not form:
            faults.append(f"{where}: 'term' 칸이 비어 있습니다. 낱말을 쓰거나 행을 지우세요.")
        elif form in owners:
            faults.append(f"{where}: '{form}' 표기가 {owners[form]}과 겹칩니다. 하나만 남기세요.")
        else:
            owners[form] = where
    return faults


def _clean(value: str | None) -> str:
    return " ".join(unicodedata.normalize("NFC", value or "").split())


def _in_text_order(tokens: pd.DataFrame) -> pd.DataFrame:
    order = np.lexsort((tokens["start"], pd.factorize(tokens["doc_id"])[0]))
    return tokens.iloc[order].reset_index(drop=True)


def _entropy(ids: np.ndarray, neighbours: np.ndarray) -> np.ndarray:
    """Entropy in bits of the neighbours of each id; each -1 is an outcome of its own."""
    total, known, base = np.bincount(ids), neighbours >= 0, neighbours.max(initial=0) + 1
    pair, pairs = pd.factorize(ids[known] * base + neighbours[known])
    owner = pairs // base
    share = np.bincount(pair) / total[owner]
    of_known = np.bincount(owner, weights=-share * np.log2(share), minlength=len(total))
    return of_known + np.bincount(ids[~known], minlength=len(total)) / total * np.log2(total)


def _excess(rows: pd.DataFrame, names: list[str], sizes: pd.Series) -> pd.DataFrame:
    """Occurrences in each administration beyond the rate of all others."""
    by = [*names, "administration"]
    table = rows.groupby(by, sort=False).agg(
        n=("weight", "size"), weight=("weight", "sum"), n_families=("family_id", "nunique")
    )
    table = table.reset_index()
    size = table["administration"].map(sizes).astype(float)
    rest = table.groupby(names, sort=False)["weight"].transform("sum") - table["weight"]
    excess = table["weight"] - size * rest / np.maximum(sizes.sum() - size, 1e-9)
    return table.assign(excess=excess).drop(columns="weight")
