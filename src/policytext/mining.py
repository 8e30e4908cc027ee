"""Candidate compound terms, mined from the corpus's own runs of nouns."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["suggest_terms"]


def suggest_terms(
    tokens: pd.DataFrame, *, min_count: int = 10, documents: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Mine runs of two to four adjacent noun tokens as candidate compounds.

    Two tokens are adjacent when they touch or one character lies between them. Give
    `documents` (``doc_id, text``) to make sure that this character is a space.

    Returns
    -------
    DataFrame
        ``term`` (its most frequent spacing), ``n``, ``n_documents``, ``npmi``,
        ``left_branching_entropy``, ``right_branching_entropy`` (bits),
        ``example_doc_id, example_start, example_end``; best first, by NPMI times the
        smaller entropy. With ``p`` = count / tokens, NPMI of words w1..wk is
        (log p(w1..wk) - sum log p(wi)) / (-(k - 1) log p(w1..wk)), 1 for words that
        never part (Bouma 2009, for k = 2). Branching entropy (Jin & Tanaka-Ishii 2006)
        is that of the neighbouring noun; every occurrence without one is its own outcome.

    Examples
    --------
    >>> tokens = pd.DataFrame({"doc_id": ["a", "a", "b", "b"], "start": [0, 2, 0, 3],
    ...     "end": [2, 4, 2, 5], "term": ["녹색", "성장"] * 2, "tag": "NNG"})
    >>> suggest_terms(tokens, min_count=2)[["term", "n", "npmi"]].values.tolist()
    [['녹색 성장', 2, 1.0]]
    """
    order = np.lexsort((tokens["start"], pd.factorize(tokens["doc_id"])[0]))
    tokens = tokens.iloc[order].reset_index(drop=True)
    codes, words = pd.factorize(tokens["term"])
    joins = _joins(tokens, documents)
    starts, ids, found = np.arange(len(codes)), codes.astype(np.int64), []
    for size in (2, 3, 4):
        grows = joins[starts + size - 2]
        starts = starts[grows]
        ids, _ = pd.factorize(ids[grows] * len(words) + codes[starts + size - 1])
        # A run is never more frequent than its beginning, so rare ones need no second look.
        frequent = np.bincount(ids)[ids] >= min_count
        starts, ids = starts[frequent], pd.factorize(ids[frequent])[0].astype(np.int64)
        found.append(_describe_runs(tokens, codes, joins, starts, ids, size))
    table = pd.concat(found, ignore_index=True)
    score = table["npmi"] * table[["left_branching_entropy", "right_branching_entropy"]].min(axis=1)
    ranked = table.assign(score=score).sort_values(["score", "n", "term"], ascending=[0, 0, 1])
    return ranked.drop(columns="score").reset_index(drop=True)


def _joins(tokens: pd.DataFrame, documents: pd.DataFrame | None) -> np.ndarray:
    """For each token, whether the next one stands beside it (the last: False)."""
    gap = tokens["start"].shift(-1).sub(tokens["end"]).to_numpy(float)
    joins = tokens["doc_id"].eq(tokens["doc_id"].shift(-1)).to_numpy(bool) & np.isin(gap, (0, 1))
    if documents is not None:
        texts = dict(zip(documents["doc_id"], documents["text"], strict=True))
        if missing := sorted(set(tokens["doc_id"]) - texts.keys()):
            raise ValueError(
                f"토큰 표의 doc_id '{missing[0]}' 등 {len(missing)}개가 문서 표에 없습니다. "
                "두 표를 같은 말뭉치에서 만드세요."
            )
        apart = np.flatnonzero(joins & (gap == 1))
        places = zip(tokens["doc_id"].iloc[apart], tokens["end"].iloc[apart], strict=True)
        joins[apart] = [texts[doc][place] == " " for doc, place in places]
    return joins


def _describe_runs(
    tokens: pd.DataFrame,
    codes: np.ndarray,
    joins: np.ndarray,
    starts: np.ndarray,
    ids: np.ndarray,
    size: int,
) -> pd.DataFrame:
    """One row per run of `size` tokens; `ids` numbers the runs that begin at `starts`."""
    start, end, words = (tokens[name].to_numpy() for name in ("start", "end", "term"))
    n, last = np.bincount(ids), starts + size - 1
    runs = pd.DataFrame({"id": ids, "at": starts, "doc_id": tokens["doc_id"].to_numpy()[starts]})
    runs["spaces"] = sum((start[starts + k] - end[starts + k - 1]) << k for k in range(1, size))
    forms = runs.groupby(["id", "spaces"])["at"].agg(["size", "first"]).reset_index()
    forms = forms.sort_values(["id", "size", "spaces"], ascending=[True, False, False])
    shown = forms.drop_duplicates("id")
    first, term = shown["first"].to_numpy(), words[shown["first"]].astype(object)
    log_p = np.log(np.bincount(codes) / max(len(codes), 1))
    log_run, alone = np.log(n / max(len(codes), 1)), log_p[codes[first]]
    for k in range(1, size):
        space = np.where(shown["spaces"].to_numpy() >> k & 1, " ", "").astype(object)
        term = term + space + words[first + k]
        alone = alone + log_p[codes[first + k]]
    left = np.where(np.r_[False, joins[:-1]][starts], codes[starts - 1], -1)
    right = np.where(joins[last], np.r_[codes[1:], -1][last], -1)
    return pd.DataFrame({
        "term": term,
        "n": n,
        "n_documents": runs.drop_duplicates(["id", "doc_id"]).groupby("id").size().to_numpy(),
        "npmi": (log_run - alone) / (-(size - 1) * log_run),
        "left_branching_entropy": _entropy(ids, left),
        "right_branching_entropy": _entropy(ids, right),
        "example_doc_id": tokens["doc_id"].to_numpy()[first],
        "example_start": start[first],
        "example_end": end[first + size - 1],
    })  # fmt: skip


def _entropy(ids: np.ndarray, neighbours: np.ndarray) -> np.ndarray:
    """Entropy in bits of the neighbours of each id; each -1 is an outcome of its own."""
    total, known, base = np.bincount(ids), neighbours >= 0, neighbours.max(initial=0) + 1
    pair, pairs = pd.factorize(ids[known] * base + neighbours[known])
    owner = pairs // base
    share = np.bincount(pair) / total[owner]
    of_known = np.bincount(owner, weights=-share * np.log2(share), minlength=len(total))
    return of_known + np.bincount(ids[~known], minlength=len(total)) / total * np.log2(total)
