"""Parts that stand out only because their compound does."""

from __future__ import annotations

import numpy as np
import pandas as pd

ALPHA = 0.05
_COLUMNS = ["term", "administration", "explained_by", "share", "n_compound", "n_families"]
_MIN_FAMILIES = 3  # a compound of one or two texts explains nothing


def explained_parts(
    keyness: pd.DataFrame,
    documents: pd.DataFrame,
    tokens: pd.DataFrame,
    *,
    min_share: float = 0.5,
) -> pd.DataFrame:
    """Distinctive terms whose excess is that of a compound they belong to.

    Terms of the lexicon are counted whole and their parts are not. This finds what the
    lexicon does not know: two tokens side by side, written together or with one space. A
    part's excess is what the administration says beyond the rate of the others, n - N · r;
    that of the pair is found in the same way, and `share` is the second over the first.

    Parameters
    ----------
    keyness : DataFrame
        As :func:`policytext.comparison.keyness` gives; only terms with z > 0 and q < 0.05
        are looked at.
    documents, tokens : DataFrame
        ``doc_id, text, administration, family_id`` and ``doc_id, start, end, term``. Copies
        in a family weigh as one text.
    min_share : float
        Smallest share of the excess that counts as an explanation.

    Returns
    -------
    DataFrame
        ``term, administration, explained_by`` (the compound as it is mostly written),
        ``share`` (above 1 where the part alone is rarer than elsewhere), ``n_compound,
        n_families`` of the compound in that administration; one row per part, that with the
        largest share.

    Examples
    --------
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
    rows = rows.merge(about, on="doc_id").sort_values(["doc_id", "start"], ignore_index=True)
    pairs = _adjacent(rows, documents, set(sure["term"]))
    if pairs.empty:
        return pd.DataFrame(columns=_COLUMNS)
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
    return found[_COLUMNS].reset_index(drop=True)


def _adjacent(rows: pd.DataFrame, documents: pd.DataFrame, wanted: set) -> pd.DataFrame:
    """Neighbouring tokens with nothing or one space between them, one of them `wanted`."""
    follows = rows.shift(-1)
    gap = follows["start"] - rows["end"]
    near = (rows["doc_id"] == follows["doc_id"]) & gap.isin([0, 1])
    near &= rows["term"] != follows["term"]  # a word said twice is no compound
    near &= rows["term"].isin(wanted) | follows["term"].isin(wanted)
    pairs = rows[near].rename(columns={"term": "left"})
    pairs = pairs.assign(right=follows.loc[near, "term"], is_spaced=gap[near] == 1)
    # One character between may be a particle or a comma: only a space joins.
    texts = documents.set_index("doc_id")["text"]
    spaced = pairs[pairs["is_spaced"]]
    between = [
        text[end] for text, end in zip(texts.loc[spaced["doc_id"]], spaced["end"], strict=True)
    ]
    return pairs.drop(index=spaced.index[[character != " " for character in between]])


def _excess(rows: pd.DataFrame, names: list[str], sizes: pd.Series) -> pd.DataFrame:
    """Occurrences in each administration beyond the rate of all others."""
    by = [*names, "administration"]
    table = rows.groupby(by, sort=False).agg(
        n=("weight", "size"), weight=("weight", "sum"), n_families=("family_id", "nunique")
    )
    table = table.reset_index()
    size = table["administration"].map(sizes)
    rest = table.groupby(names, sort=False)["weight"].transform("sum") - table["weight"]
    excess = table["weight"] - size * rest / np.maximum(sizes.sum() - size, 1e-9)
    return table.assign(excess=excess).drop(columns="weight")
