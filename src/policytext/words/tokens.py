"""Documents to tokens: analyser, compound terms, cache.

Compound terms of the lexicon are looked for in the raw text before its analysis,
because an analyser may cut across their edge (MeCab reads 중소벤처기업부가 as
중소+벤처+기업+부가); a match is kept when it begins and ends at a word edge, before
particles, or where the analyser sees a morpheme edge.
"""

from __future__ import annotations

import contextlib
import ctypes
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from policytext import faults
from policytext.korean import end_of_word
from policytext.report.result import Result
from policytext.scale import spread
from policytext.store import DAMAGED, read_entry, text_sha256, write_entry
from policytext.texts.clean import ADDRESS, as_texts, normalise
from policytext.words.analysers import NOUN_TAGS, analyse, version
from policytext.words.counts import term_matrix, term_summary
from policytext.words.lexicon import Lexicon, find_terms, named_forms, select_matches

KEPT_TAGS = (*NOUN_TAGS, "SL")
LEXICON_TAG = "LEX"
STORE_COLUMNS = ["start", "end", "term", "tag"]
RAW = "morphemes"  # folder of what analysers gave
_OF_ADDRESS = re.compile("[:.wW][/A-Za-z]")  # in every address: ://, www, .kr
_RULES_VERSION = "9"  # part of the cache key: raise it when the rules below change


def nouns(text: str, *, analyser: str = "mecab") -> list[str]:
    """List the content nouns of a text (common and proper), in order, repeats kept.

    Neither lexicon nor stop words are applied; the text is normalised first, because
    analysers fail silently on decomposed Hangul and unusual spaces. A missing text has none.

    >>> nouns("창업 기업이 창업을 돕는다.")
    ['창업', '기업', '창업']
    """
    if not isinstance(text, str):
        is_met = not pd.api.types.is_list_like(text) and not isinstance(text, bytes)
        faults.demand(is_met, "nouns()에는 글 하나를 주어", text, "표는 tokenize(표)로 보세요.")
        text = as_texts(pd.Series([text])).iloc[0]
    morphemes = analyse([normalise(text)], analyser)
    return morphemes.loc[morphemes["tag"].isin(NOUN_TAGS), "term"].astype(str).tolist()


def tokenize(
    documents: pd.DataFrame,
    *,
    analyser: str = "mecab",
    lexicon: Lexicon | None = None,
    workers: int | None = None,
    cache: Path | None = None,
) -> pd.DataFrame:
    """Turn documents into the tokens that analyses count.

    `documents`: columns ``doc_id, text`` (a missing text is empty); the text is analysed as it stands (see
    :func:`policytext.texts.clean.clean_documents`), so that offsets fit it. `analyser`: a key of
    ``ANALYSERS``. `lexicon`: compound terms to keep whole; None keeps the analyser's own cuts.
    `workers`: processes; by default one for small corpora, all cores for large ones. `cache`:
    folder of Parquet files; a text is found in it by its content, the analyser and the spellings of
    the lexicon that it holds. With a lexicon the analyser's own output is kept, too: another lexicon
    is laid over it, in the texts that hold its terms. What is not there, or damaged, is made.

    ``doc_id, start, end, term, tag``: common and proper nouns, foreign words (in capitals) and
    lexicon terms (tag ``LEX``), in text order; ``text[start:end]`` is the surface form. ``doc_id``,
    ``term`` and ``tag`` are categorical.

    >>> documents = pd.DataFrame({"doc_id": ["a"], "text": ["AI 창업을 돕는다"]})
    >>> tokenize(documents)["term"].tolist()
    ['AI', '창업']
    """
    faults.columns(documents, "doc_id text", "tokenize()")
    faults.distinct(documents["doc_id"])
    is_met, expected = lexicon is None or isinstance(lexicon, Lexicon), "lexicon은 용어 사전이어"
    faults.demand(is_met, expected, lexicon, "read_lexicon()의 결과를 넣으세요.")
    workers = workers and faults.whole(workers, "workers", 1)
    texts, store = as_texts(documents["text"]).array, None  # strings are made when wanted
    if cache is not None:
        store = Path(cache) / f"{analyser}-{text_sha256(version(analyser) + _RULES_VERSION)[:16]}"
    forms = named_forms(texts, lexicon) if lexicon and store else [""] * len(texts)
    keys = [text_sha256(f"{form}\0{text}") for form, text in zip(forms, texts, strict=True)]
    missing = set(keys)
    parts = list(_read_store(store, missing)) if store else []
    unknown = {key: place for place, key in enumerate(keys) if key in missing}

    def keep(known: list[str], counts: np.ndarray, table: pd.DataFrame) -> None:
        parts.append((known, counts, table))
        if store is not None:
            _write_store(store, known, counts, table)

    has_read = store is not None and (store / RAW).is_dir()
    own = {text_sha256(texts[at]): key for key, at in unknown.items()} if has_read else {}
    for found, counts, morphemes in _read_store(store / RAW, set(own)) if own else ():
        known = [own[key] for key in found]
        morphemes = morphemes.assign(row=np.repeat(np.arange(len(known)), counts))
        held = _readable([texts[unknown.pop(key)] for key in known])
        keep(known, *_laid(held, morphemes, lexicon))
    workers = 1 if analyser == "kiwi" else workers  # Kiwi brings its own threads
    how = {"label": "형태소 분석", "workers": workers}
    options, left = (analyser, lexicon, store is not None and lexicon is not None), iter(unknown)
    new = texts if len(unknown) == len(texts) else texts[[*unknown.values()]]
    for morphemes, *laid in spread(_tokenize_batch, new, *options, **how):
        known = list(islice(left, len(laid[0])))
        keep(known, *laid)
        if morphemes is not None:
            counts = np.bincount(morphemes.pop("row"), minlength=len(known))
            read = [text_sha256(texts[unknown[key]]) for key in known]
            _write_store(store / RAW, read, counts, morphemes)
    if unknown:
        _give_back()
    known, counts, tables = zip(([], [], pd.DataFrame(columns=STORE_COLUMNS)), *parts, strict=True)
    parts.clear()  # of a large corpus two copies of its tokens fit into memory, not three
    found = _concat(tables)
    del tables
    # Copies of a text share one analysis.
    at = pd.Index([key for some in known for key in some]).get_indexer(keys)
    is_new = bool(unknown)
    del keys, known, missing, unknown
    if is_new:
        _give_back()
    counts = np.concatenate([[0], *counts]).astype(np.int64)
    first, n = np.cumsum(counts)[at], counts[at + 1]
    codes = np.repeat(np.arange(len(at), dtype=np.int32), n)
    if (np.diff(at, prepend=-1) != 1).any():  # not the order in which they were read
        rows = np.repeat(first - np.cumsum(n) + n, n)
        rows += np.arange(len(rows), dtype=np.int32)
        taken = {name: found.pop(name).array.take(rows) for name in STORE_COLUMNS}
        found = pd.DataFrame(taken, copy=False)
        del rows, taken
    doc_ids = documents["doc_id"].astype(str).to_numpy(dtype=object)
    found.insert(0, "doc_id", pd.Categorical.from_codes(codes, categories=doc_ids))
    return found.assign(**{name: _used(found[name].array) for name in ("term", "tag")})


def counted(
    tokens: pd.DataFrame, *, min_syllables: int = 2, stopwords: frozenset[str] = frozenset()
) -> pd.DataFrame:
    """Those of `tokens` that a study counts.

    Stop words go, in whatever case, and terms under `min_syllables` characters that the lexicon does not name.

    >>> tokens = pd.DataFrame({"term": ["쌀", "창업", "것들"], "tag": "NNG"}, dtype="category")
    >>> counted(tokens, stopwords=frozenset({"것들"}))["term"].tolist()
    ['창업']
    """
    stopwords = stopwords | {word.upper() for word in stopwords}  # terms are in capitals
    tokens = tokens[~tokens["term"].isin(stopwords)]
    is_long = (tokens["term"].cat.categories.str.len() >= min_syllables).astype(bool)
    keep = np.append(is_long, False)[tokens["term"].cat.codes] | (tokens["tag"] == LEXICON_TAG)
    return tokens[keep].reset_index(drop=True)


def joined(parts: Sequence[pd.DataFrame], doc_ids: Sequence[str]) -> pd.DataFrame:
    """Token tables of different documents as one, in the order of `doc_ids`.

    >>> parts = [pd.DataFrame({"doc_id": [name], "term": ["창업"]}) for name in "ba"]
    >>> joined(parts, ["a", "b"])["doc_id"].tolist()
    ['a', 'b']
    """
    tokens = _concat([part.copy(deep=False) for part in parts])
    places = pd.Index(doc_ids).get_indexer(tokens["doc_id"].cat.categories)
    order = np.argsort(places[tokens["doc_id"].cat.codes], kind="stable")
    return tokens.take(order).reset_index(drop=True)


def lexicon_effect(corpus) -> Result:
    """The compounds that only the lexicon keeps whole: the 40 most frequent."""
    named = corpus.tokens[corpus.tokens["tag"] == LEXICON_TAG]
    table = term_summary(term_matrix(named, min_df=1, max_df=1.0))
    facts = {"n_terms": len(table), "n_times": len(named)}
    columns = ("term", "n", "n_documents")
    return Result("compounds", table.head(40), corpus, by=("term",), facts=facts, columns=columns)


def _tokenize_batch(
    texts: list[str], analyser: str, lexicon: Lexicon | None, keeps_morphemes: bool
) -> tuple[pd.DataFrame | None, np.ndarray, pd.DataFrame]:
    """Morphemes, if wanted, nameless where none is counted, and what the lexicon leaves of them."""
    texts = _readable(texts)
    morphemes = analyse(texts, analyser)
    laid = _laid(texts, morphemes, lexicon)
    if not keeps_morphemes:
        return None, *laid
    named = morphemes[["term", "tag"]].where(morphemes["tag"].isin(KEPT_TAGS))
    return morphemes.assign(**named), *laid


def _readable(texts: list[str]) -> list[str]:
    """An address is no word; as blanks it moves no offset."""

    def blank(found: re.Match) -> str:
        return " " * len(found[0])

    return [ADDRESS.sub(blank, text) if _OF_ADDRESS.search(text) else text for text in texts]


def _laid(
    texts: list[str], morphemes: pd.DataFrame, lexicon: Lexicon | None
) -> tuple[np.ndarray, pd.DataFrame]:
    """Number of tokens of each text, and the tokens: the lexicon laid over the morphemes."""
    morphemes = morphemes.astype({"term": "category", "tag": "category"})  # where none is named
    is_kept = morphemes["tag"].cat.set_categories(KEPT_TAGS).notna().to_numpy(copy=True)
    # Where each text would begin if all stood in one line, a gap of one between them.
    first = np.cumsum([0, *(len(text) + 1 for text in texts)])
    parts = []
    if lexicon is not None:
        at = first[morphemes["row"].to_numpy()]
        start, end = at + morphemes["start"].to_numpy(), at + morphemes["end"].to_numpy()
        found = find_terms(texts, lexicon)
        at = first[found["row"].to_numpy()]
        opening, closing = at + found["start"].to_numpy(), at + found["end"].to_numpy()
        is_closed = np.isin(closing, start) | np.isin(closing, end)
        matches = select_matches(found, np.isin(opening, start), is_closed)
        # Up to the end of their particles, which analysers may read as nouns (센터+과).
        edges = zip(matches["row"], matches["end"], matches["followed_by_particle"], strict=True)
        ends = [end_of_word(texts[row], edge) if closed else edge for row, edge, closed in edges]
        at = first[matches["row"].to_numpy()]
        # Matches never overlap: only the first that ends after a morpheme begins may cover it.
        ends = at + np.array(ends, dtype=np.int64)
        following = np.searchsorted(ends, start[is_kept], side="right")
        next_start = np.append(at + matches["start"].to_numpy(), first[-1])[following]
        is_kept[is_kept] = next_start >= end[is_kept]
        parts = [matches.assign(term=matches["term"].str.upper(), tag=LEXICON_TAG)]
    kept = morphemes[is_kept]
    # Latin letters in capitals, so that "ict" and "ICT" are one term.
    codes, used = pd.factorize(kept["term"].cat.codes, sort=True)
    capitals, terms = pd.factorize(kept["term"].cat.categories[used].str.upper())
    kept = kept.assign(term=pd.Categorical.from_codes(capitals[codes], categories=terms))
    tokens = _concat([*(part[list(kept)] for part in parts), kept])
    tokens = tokens.iloc[np.argsort(first[tokens["row"]] + tokens["start"], kind="stable")]
    counts = np.bincount(tokens["row"], minlength=len(texts))
    return counts, tokens[STORE_COLUMNS].reset_index(drop=True)


def _concat(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Concatenate token tables column by column: categories stay codes, never objects.

    Each column goes from the parts when it is done, so that never all is there twice.
    """
    columns = {}
    for name in list(parts[0].columns):
        values = [part.pop(name) for part in parts]
        if name in ("row", "start", "end"):
            columns[name] = np.concatenate(values).astype(np.int32, copy=False)
            continue
        texts = [value.astype("category").array for value in values]
        texts = [value.rename_categories(value.categories.astype("str")) for value in texts]
        columns[name] = pd.api.types.union_categoricals(texts)
    return pd.DataFrame(columns, copy=False)


def _give_back() -> None:
    """Memory to the system: a million texts leave 0.4 GiB in pieces that would be kept."""
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(AttributeError, OSError, TypeError):  # no glibc
        ctypes.CDLL(None).malloc_trim(0)


def _used(values: pd.Categorical) -> pd.Categorical:
    """Without categories that do not occur, and those in order, from wherever they were read.

    So the same tokens have the same digest; pandas would sort the values to find them.
    """
    is_used = np.zeros(len(values.categories), dtype=bool)
    is_used[values.codes] = True
    used = np.flatnonzero(is_used)
    order = used[values.categories[used].argsort()]
    places = np.zeros(len(is_used), dtype=np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return pd.Categorical.from_codes(places[values.codes], categories=values.categories[order])


def _read_store(
    store: Path, wanted: set[str]
) -> Iterator[tuple[list[str], np.ndarray, pd.DataFrame]]:
    """Keys, numbers of tokens and tokens of the texts wanted, which go from the set."""
    for place in sorted(store.glob("*/entry.json")) if wanted else []:
        with contextlib.suppress(*DAMAGED):
            entry = read_entry(place.parent)
            is_wanted = np.array([key in wanted for key in entry["keys"]], dtype=bool)
            known = [key for key in entry["keys"] if key in wanted]
            wanted -= set(known)
            counts = np.array(entry["counts"], dtype=int)
            yield known, counts[is_wanted], entry["tokens"][np.repeat(is_wanted, counts)]


def _write_store(store: Path, keys: list[str], counts: np.ndarray, tokens: pd.DataFrame) -> None:
    """Keep the tokens of some texts in a folder named by their keys."""
    store.mkdir(parents=True, exist_ok=True)
    kept = {"keys": keys, "counts": counts.tolist(), "tokens": tokens.reset_index(drop=True)}
    write_entry(kept, store / text_sha256("".join(keys))[:24])
