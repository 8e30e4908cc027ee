"""Families of near-duplicates: reprints of one release, copies of one speech.

Counting a release fifty times because fifty outlets copied it would let one desk
decide a ranking, so every comparison resamples families, not documents.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from datasketch import MinHash, MinHashLSH
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from policytext.progress import progress

SHINGLE_CHARACTERS = 5
N_PERMUTATIONS = 64
_SAMPLE_ABOVE = 400  # shingles; longer texts are represented by every eighth hash value
_SAMPLE_MODULUS = 8


def find_families(
    documents: pd.DataFrame, *, threshold: float = 0.8, window_days: int | None = None
) -> pd.DataFrame:
    """Add ``family_id``: documents with (nearly) the same text share one.

    Parameters
    ----------
    documents : DataFrame
        Columns ``doc_id, text``; with `window_days` also ``date``.
    threshold : float
        Jaccard similarity of 5-character shingles (letters and digits only) from which
        two texts are one family; similarity is chained (A~B and B~C join A and C).
    window_days : int, optional
        Do not link texts dated further apart than this; undated texts are linked anyway.

    Returns
    -------
    DataFrame
        `documents` with ``family_id``, the smallest ``doc_id`` of the family.

    Notes
    -----
    Candidates come from MinHash with locality-sensitive hashing (Broder 1997; 64
    permutations, seed 1); each candidate pair is then verified on its shingles
    themselves, so a hash collision never makes a family.

    Examples
    --------
    >>> text = "창조경제혁신센터가 지역의 창업 기업을 돕는다."
    >>> documents = pd.DataFrame({"doc_id": ["b", "a", "c"], "text": [text, text + " ", "다른 글"]})
    >>> find_families(documents)["family_id"].tolist()
    ['a', 'a', 'c']
    """
    pairs = near_duplicate_pairs(documents, threshold=threshold)
    if window_days is not None:
        pairs = _link_within(pairs, documents.set_index("doc_id")["date"], window_days)
    doc_ids = pd.Index(documents["doc_id"])
    n = len(doc_ids)
    links = doc_ids.get_indexer(pairs["doc_id_a"]), doc_ids.get_indexer(pairs["doc_id_b"])
    graph = coo_matrix((np.ones(len(pairs)), links), shape=(n, n))
    _, component = connected_components(graph, directed=False)
    family_id = (
        documents["doc_id"].groupby(component).transform("min") if n else documents["doc_id"]
    )
    return documents.assign(family_id=family_id)


def near_duplicate_pairs(documents: pd.DataFrame, *, threshold: float = 0.8) -> pd.DataFrame:
    """List pairs of documents whose texts are at least `threshold` alike.

    Returns
    -------
    DataFrame
        ``doc_id_a, doc_id_b, similarity`` (exact copies have 1.0). A text copied many
        times is paired with its first copy only, which is enough to join them.

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "text": ["같은 글입니다", "같은  글입니다"]})
    >>> near_duplicate_pairs(documents).to_numpy().tolist()
    [['a', 'b', 1.0]]
    """
    squeezed = documents["text"].str.replace(r"[\W_]+", "", regex=True)
    first = documents["doc_id"].groupby(squeezed).transform("min")
    is_copy = (documents["doc_id"] != first) & (squeezed != "")
    exact = pd.DataFrame(
        {
            "doc_id_a": first[is_copy],
            "doc_id_b": documents.loc[is_copy, "doc_id"],
            "similarity": 1.0,
        }
    )
    unique = squeezed[~is_copy & (squeezed != "")].set_axis(
        documents.loc[~is_copy & (squeezed != ""), "doc_id"]
    )
    near = _similar_pairs(unique.sort_index(), threshold)
    return pd.concat([exact, near], ignore_index=True)


def _link_within(pairs: pd.DataFrame, dates: pd.Series, window_days: int) -> pd.DataFrame:
    """Pairs that join all alike documents dated at most `window_days` apart.

    `pairs` names only the first copy of a text, which may be the one that is too far away.
    """
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


def _similar_pairs(texts: pd.Series, threshold: float) -> pd.DataFrame:
    shingles = {doc_id: _shingles(text) for doc_id, text in texts.items()}
    # A slack threshold for candidates: verification removes what is too different.
    slack = max(threshold - 0.15, 0.1)
    short = MinHashLSH(threshold=slack, num_perm=N_PERMUTATIONS)
    indexes = short, MinHashLSH(num_perm=N_PERMUTATIONS, params=(short.b, short.r))
    pairs = set()
    for doc_id, hashes in progress(shingles.items(), "중복 찾기", total=len(shingles)):
        for index, sampled in zip(indexes, _samples(hashes, threshold), strict=True):
            if not len(sampled):
                continue
            sketch = MinHash(num_perm=N_PERMUTATIONS, seed=1, hashfunc=int)
            sketch.update_batch(sampled)
            for other in index.query(sketch):
                similarity = _jaccard(hashes, shingles[other])
                if similarity >= threshold:
                    pairs.add((other, doc_id, similarity))
            index.insert(doc_id, sketch)
    return pd.DataFrame(sorted(pairs), columns=["doc_id_a", "doc_id_b", "similarity"])


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
    return np.unique((mixed >> np.uint64(32)).astype(np.uint32))


def _samples(hashes: np.ndarray, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """What stands for a text among short ones and among long ones (empty: not among them).

    Every eighth hash value is an unbiased sample for MinHash, eight times faster. Texts of
    middling length stand in both, because one of 395 shingles may be like one of 405.
    """
    is_short = len(hashes) <= _SAMPLE_ABOVE / threshold
    is_long = len(hashes) > _SAMPLE_ABOVE
    sample = hashes[hashes % _SAMPLE_MODULUS == 0]
    return (hashes if is_short else hashes[:0]), (sample if is_long else hashes[:0])


def _jaccard(a: np.ndarray, b: np.ndarray) -> float:
    shared = len(np.intersect1d(a, b, assume_unique=True))
    return shared / (len(a) + len(b) - shared)
