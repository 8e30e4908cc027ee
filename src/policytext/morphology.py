"""Documents to tokens: analyser, compound terms, cache.

Compound terms of the lexicon are looked for in the raw text before its analysis,
because an analyser may cut across their edge (MeCab reads 중소벤처기업부가 as
중소+벤처+기업+부가); a match is kept when it begins and ends at a word edge, before
particles, or where the analyser sees a morpheme edge.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet
from joblib import Parallel, delayed

from policytext import analysers, lexicon
from policytext.analysers import ANALYSERS
from policytext.cleaning import normalise
from policytext.lexicon import Lexicon
from policytext.particles import end_of_word
from policytext.progress import progress

__all__ = ["ANALYSERS", "nouns", "tokenize"]

NOUN_TAGS = ("NNG", "NNP")
KEPT_TAGS = (*NOUN_TAGS, "SL")
LEXICON_TAG = "LEX"
TOKEN_COLUMNS = ["doc_id", "start", "end", "term", "tag"]
STORE_COLUMNS = ["sha256", "start", "end", "term", "tag"]
BATCH_CHARACTERS = 1_000_000
PIECE_CHARACTERS = 20_000
_RULES_VERSION = "2"  # part of the cache key: raise it when the rules below change


def nouns(text: str, *, analyser: str = "mecab") -> list[str]:
    """List the content nouns of a text (common and proper), in order, repeats kept.

    Neither lexicon nor stop words are applied; the text is normalised first, because
    analysers fail silently on decomposed Hangul and unusual spaces.

    Examples
    --------
    >>> nouns("창업 기업이 창업을 돕는다.")
    ['창업', '기업', '창업']
    """
    morphemes = _analyse([normalise(text)], analyser)
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

    Parameters
    ----------
    documents : DataFrame
        Columns ``doc_id, text``; the text is analysed as it stands (see
        :func:`policytext.cleaning.clean_documents`), so that offsets fit it.
    analyser : str
        A key of ``ANALYSERS``.
    lexicon : Lexicon, optional
        Compound terms to keep whole; None keeps the analyser's own cuts.
    workers : int, optional
        Processes; by default one for small corpora, all cores for large ones.
    cache : Path, optional
        Folder of Parquet files keyed by text content and settings; only texts not
        yet there are analysed.

    Returns
    -------
    DataFrame
        ``doc_id, start, end, term, tag``: common and proper nouns, foreign words (in
        capitals) and lexicon terms (tag ``LEX``), in text order; ``text[start:end]``
        is the surface form. ``doc_id``, ``term`` and ``tag`` are categorical.

    Raises
    ------
    ValueError
        If the analyser is unknown.

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": ["a"], "text": ["AI 창업을 돕는다"]})
    >>> tokenize(documents)["term"].tolist()
    ['AI', '창업']
    """
    _check_analyser(analyser)
    texts = documents["text"].astype(str)
    hashes = pd.Series([_sha256(text) for text in texts], index=texts.index)
    unique = texts[~hashes.duplicated()].set_axis(hashes[~hashes.duplicated()])
    store = None
    known = _empty_store()
    if cache is not None:
        key = f"{analysers.version(analyser)}|{lexicon.sha256 if lexicon else ''}|{_RULES_VERSION}"
        store = Path(cache) / f"{analyser}-{_sha256(key)[:16]}"
        known = _read_store(store, unique.index)
    missing = unique[~unique.index.isin(known["sha256"].unique())]
    parts = [known]
    for part in _tokenize_batches(missing, analyser, lexicon, workers):
        parts.append(part)
        if store is not None:
            _write_store(store, part)
    found = _concat(parts)
    return _expand(found, documents["doc_id"].astype(str), hashes)


def _tokenize_batches(
    texts: pd.Series, analyser: str, lexicon: Lexicon | None, workers: int | None
) -> Iterator[pd.DataFrame]:
    """Yield token tables (``sha256`` instead of ``doc_id``), a batch of texts at a time."""
    if texts.empty:
        return
    n_characters = texts.str.len()
    batch = (n_characters.cumsum() // BATCH_CHARACTERS).to_numpy()
    batches = [texts[batch == number] for number in np.unique(batch)]
    is_small = len(batches) < 4 or analyser == "kiwi"  # Kiwi brings its own threads
    n_jobs = workers or (1 if is_small else os.cpu_count() or 1)
    results = Parallel(n_jobs=n_jobs, return_as="generator")(
        delayed(_tokenize_batch)(part, analyser, lexicon) for part in batches
    )
    yield from progress(results, "형태소 분석", total=len(batches), unit="묶음")


def _tokenize_batch(texts: pd.Series, analyser: str, terms: Lexicon | None) -> pd.DataFrame:
    morphemes = _analyse(texts.tolist(), analyser)
    is_kept = morphemes["tag"].isin(KEPT_TAGS).to_numpy()
    # One empty token a text remembers in the cache that a text without tokens was analysed.
    parts = [
        pd.DataFrame({"row": np.arange(len(texts)), "start": -1, "end": -1, "term": "", "tag": ""})
    ]
    if terms is not None:
        matches = _match_terms(texts.tolist(), morphemes, terms)
        is_kept = is_kept & ~_overlaps(morphemes, _with_particles(matches, texts), texts)
        parts.append(matches.assign(tag=LEXICON_TAG))
    tokens = _concat([morphemes[is_kept], *parts], numbers=("row", "start", "end"))
    order = np.lexsort((tokens["start"].to_numpy(), tokens["row"].to_numpy()))
    tokens = tokens.iloc[order].reset_index(drop=True)
    return tokens.assign(
        sha256=pd.Categorical.from_codes(tokens["row"].to_numpy(), categories=texts.index),
        term=_in_capitals(tokens["term"]),
    )[STORE_COLUMNS]


def _analyse(texts: Sequence[str], analyser: str) -> pd.DataFrame:
    """Run an analyser over texts cut into pieces; offsets come back per whole text."""
    _check_analyser(analyser)
    pieces = [
        (row, base, piece)
        for row, text in enumerate(texts)
        for base, piece in analysers.chunks(text, PIECE_CHARACTERS)
    ]
    morphemes = ANALYSERS[analyser]([piece for _, _, piece in pieces])
    rows = np.array([row for row, _, _ in pieces], dtype=np.int64)
    bases = np.array([base for _, base, _ in pieces], dtype=np.int64)
    piece_of = morphemes["row"].to_numpy()
    return morphemes.assign(
        row=rows[piece_of],
        start=morphemes["start"] + bases[piece_of],
        end=morphemes["end"] + bases[piece_of],
    )


def _match_terms(texts: list[str], morphemes: pd.DataFrame, terms: Lexicon) -> pd.DataFrame:
    """Lexicon matches whose edges a particle, a word edge or the analyser confirms."""
    candidates = lexicon.find_terms(texts, terms)
    first = _first_character(texts)
    at = first[morphemes["row"].to_numpy()]
    starts, ends = at + morphemes["start"].to_numpy(), at + morphemes["end"].to_numpy()
    base = first[candidates["row"].to_numpy()]
    opening, closing = base + candidates["start"].to_numpy(), base + candidates["end"].to_numpy()
    is_closed = _is_among(closing, starts) | _is_among(closing, ends)
    return lexicon.select_matches(candidates, _is_among(opening, starts), is_closed)


def _with_particles(matches: pd.DataFrame, texts: pd.Series) -> pd.DataFrame:
    """Matches up to the end of their particles, which analysers may read as nouns (센터+과)."""
    places = zip(matches["row"], matches["end"], matches["followed_by_particle"], strict=True)
    ends = [end_of_word(texts.iat[row], end) if closed else end for row, end, closed in places]
    return matches.assign(end=np.array(ends, dtype=np.int64))


def _is_among(places: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Membership in sorted `edges` (much faster here than ``np.isin``)."""
    if not len(edges):
        return np.zeros(len(places), dtype=bool)
    return edges[np.minimum(np.searchsorted(edges, places), len(edges) - 1)] == places


def _overlaps(morphemes: pd.DataFrame, matches: pd.DataFrame, texts: pd.Series) -> np.ndarray:
    """True for morphemes that share a character with a match (matches never overlap)."""
    if matches.empty:
        return np.zeros(len(morphemes), dtype=bool)
    first = _first_character(texts.tolist())
    base = first[matches["row"].to_numpy()]
    order = np.argsort(base + matches["start"].to_numpy())
    match_start = (base + matches["start"].to_numpy())[order]
    match_end = (base + matches["end"].to_numpy())[order]
    at = first[morphemes["row"].to_numpy()]
    start, end = at + morphemes["start"].to_numpy(), at + morphemes["end"].to_numpy()
    next_match = np.searchsorted(match_end, start, side="right")
    has_next = next_match < len(match_start)
    return has_next & (match_start[np.minimum(next_match, len(match_start) - 1)] < end)


def _first_character(texts: Sequence[str]) -> np.ndarray:
    """Where each text would begin if all stood in one line, a gap of one between them."""
    return np.concatenate([[0], np.cumsum([len(text) + 1 for text in texts])]).astype(np.int64)


def _in_capitals(terms: pd.Series) -> pd.Categorical:
    """Latin letters in capitals, so that ``ict`` and ``ICT`` are one term."""
    capitals, spellings = pd.factorize(terms.cat.categories.str.upper())
    return pd.Categorical.from_codes(capitals[terms.cat.codes], categories=spellings)


def _expand(found: pd.DataFrame, doc_ids: pd.Series, hashes: pd.Series) -> pd.DataFrame:
    """Give each document the tokens of its text (copies of a text share one analysis)."""
    found = found[found["start"] >= 0].reset_index(drop=True)
    positions = found.groupby("sha256", observed=True, sort=False).indices
    nothing = np.empty(0, dtype=np.int64)
    taken = [positions.get(sha256, nothing) for sha256 in hashes]
    lengths = [len(rows) for rows in taken]
    tokens = found.iloc[np.concatenate(taken) if taken else nothing].reset_index(drop=True)
    codes = np.repeat(np.arange(len(lengths)), lengths)
    tokens["doc_id"] = pd.Categorical.from_codes(codes, categories=doc_ids.to_numpy())
    return tokens.assign(
        term=tokens["term"].cat.remove_unused_categories(),
        tag=tokens["tag"].cat.remove_unused_categories(),
    )[TOKEN_COLUMNS]


def _empty_store() -> pd.DataFrame:
    columns = {"sha256": "category", "start": "int64", "end": "int64"}
    columns |= {"term": "category", "tag": "category"}
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in columns.items()})


def _read_store(store: Path, hashes: pd.Index) -> pd.DataFrame:
    if not store.is_dir() or hashes.empty:
        return _empty_store()
    files = sorted(store.glob("*.parquet"))
    wanted = pa.dataset.field("sha256").isin(hashes.tolist())
    tables = [pa.dataset.dataset(file).to_table(filter=wanted).to_pandas() for file in files]
    seen: set[str] = set()
    fresh = []
    for table in tables:  # two runs at once may both have written a text
        fresh.append(table[~table["sha256"].isin(seen)])
        seen.update(table["sha256"].unique())
    return _concat([_empty_store(), *fresh])


def _write_store(store: Path, tokens: pd.DataFrame) -> None:
    """Write one shard under a name made of its content; a rename makes it appear whole."""
    store.mkdir(parents=True, exist_ok=True)
    name = _sha256("".join(tokens["sha256"].cat.categories))[:32]
    draft = store / f"{name}.{os.getpid()}.part"
    tokens.to_parquet(draft, index=False)
    draft.replace(store / f"{name}.parquet")


def _concat(parts: list[pd.DataFrame], numbers: tuple[str, ...] = ("start", "end")) -> pd.DataFrame:
    """Concatenate token tables column by column: categories stay codes, never objects."""
    columns = {name: np.concatenate([part[name].to_numpy() for part in parts]) for name in numbers}
    for name in [name for name in STORE_COLUMNS if name not in numbers and name in parts[0]]:
        columns[name] = pd.api.types.union_categoricals([_codes(part[name]) for part in parts])
    return pd.DataFrame(columns)


def _codes(values: pd.Series) -> pd.Categorical:
    """Any text column as categories of one type, which unions ask for."""
    codes = values.astype("category").array
    return codes.rename_categories(codes.categories.astype("str"))


def _check_analyser(analyser: str) -> None:
    if analyser not in ANALYSERS:
        raise ValueError(
            f"분석기 이름은 {', '.join(ANALYSERS)} 가운데 하나여야 하는데 '{analyser}'입니다. "
            "이름을 고쳐 다시 실행하세요."
        )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
