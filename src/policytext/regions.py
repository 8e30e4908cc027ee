"""Which regions the documents name: mentions in the text, and how often in whose time."""

from __future__ import annotations

import pandas as pd
from scipy.stats import binomtest, false_discovery_control, fisher_exact

from policytext.administrations import administration_order
from policytext.lexicon import Lexicon, find_terms, select_matches
from policytext.reference import REFERENCE, read_reference

SHARE_COLUMNS = [
    "administration", "region", "n", "n_documents", "n_families", "n_families_all",
    "share", "share_low", "share_high", "share_rest", "p", "q",
]  # fmt: skip
_NO_REGION = ""  # stands for the spellings that only look like a region


def read_regions(path: str | None = None) -> pd.DataFrame:
    """Provinces and large cities with their spellings and their place on a tile map.

    Returns
    -------
    DataFrame
        ``region``; ``names`` and ``excluded`` (spellings joined by ``;``, the latter those that
        are no region although a name is part of them); ``row, column`` (int, from 1, north
        and west first).

    Examples
    --------
    >>> regions = read_regions().set_index("region")
    >>> len(regions), regions.loc["제주", ["row", "column"]].tolist()
    (17, [5, 1])
    """
    table = read_reference(
        path or str(REFERENCE / "regions.csv"), "region names excluded row column"
    )
    return table.astype({"row": int, "column": int})


def find_regions(documents: pd.DataFrame, regions: pd.DataFrame | None = None) -> pd.DataFrame:
    """Find every place in the texts where a region is named.

    A name counts where a word begins and nothing but particles follow; of overlapping
    spellings the longest wins.

    Parameters
    ----------
    documents : DataFrame
        ``doc_id, text``.
    regions : DataFrame, optional
        As :func:`read_regions` gives.

    Returns
    -------
    DataFrame
        ``doc_id, start, end, term`` (the region): a tokens table, so that concordances open it.

    Examples
    --------
    >>> texts = ["대구시와 경북에서", "부산물이 남은 2차 대전, 경기 회복", "[서울=소식] 세종시"]
    >>> find_regions(pd.DataFrame({"doc_id": list("abc"), "text": texts}))["term"].tolist()
    ['대구', '경북', '세종']
    """
    regions = read_regions() if regions is None else regions
    # Every spelling is a term of its own: a region's bare name counts only where `names` lists it.
    spelled = [*zip(regions["region"], regions["names"], strict=True)]
    spelled += [(_NO_REGION, forms) for forms in regions["excluded"]]
    owner = {form: region for region, forms in spelled for form in forms.split(";") if form}
    found = find_terms(documents["text"].tolist(), Lexicon(pd.DataFrame({"term": list(owner)})))
    found["region"] = found["term"].map(owner)
    is_decoy = found["region"] == _NO_REGION
    kept = select_matches(found, is_decoy, is_decoy)
    kept = kept[kept["region"] != _NO_REGION]
    doc_id = documents["doc_id"].to_numpy()[kept["row"]]
    table = pd.DataFrame({"doc_id": doc_id, "start": kept["start"], "end": kept["end"]})
    return table.assign(term=kept["region"]).reset_index(drop=True)


def region_shares(mentions: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """How many of each administration's documents name each region, a family counting once.

    Parameters
    ----------
    mentions : DataFrame
        As :func:`find_regions` gives, ``term`` a category or text.
    documents : DataFrame
        ``doc_id, administration, family_id``; those without administration are left out.

    Returns
    -------
    DataFrame
        One row per administration (in order of time) and region that is named at all:
        ``administration, region, n`` (mentions), ``n_documents, n_families`` that name it,
        ``n_families_all``; ``share`` of families with ``share_low, share_high`` (95 %, exact
        binomial: Clopper & Pearson 1934); ``share_rest`` among all other administrations
        together, ``p`` (Fisher's exact test against them, two-sided; missing where there are
        none) and ``q`` (Benjamini-Hochberg over all rows).

    Examples
    --------
    >>> mentions = pd.DataFrame({"doc_id": list("aab"), "term": "대구"})
    >>> documents = pd.DataFrame({"doc_id": list("abcd"), "family_id": list("abcd"),
    ...     "administration": list("가가나나")})
    >>> region_shares(mentions, documents)[["administration", "n", "share", "p"]].values.tolist()
    [['가', 3, 1.0, 0.3333333333333333], ['나', 0, 0.0, 0.3333333333333333]]
    """
    known = documents[["doc_id", "administration", "family_id"]].reset_index(drop=True)
    known = known[known["administration"].notna()].astype({"administration": object})
    order = administration_order(known["administration"])
    sizes = known.groupby("administration")["family_id"].nunique()
    named = mentions[["doc_id", "term"]].astype({"term": object}).merge(known, on="doc_id")
    keys = ["administration", "term"]
    counts = named.groupby(keys).agg(
        n=("doc_id", "size"), n_documents=("doc_id", "nunique"), n_families=("family_id", "nunique")
    )
    regions = [name for name in read_regions()["region"] if name in set(named["term"])]
    cells = pd.MultiIndex.from_product([order, regions], names=keys)
    table = counts.reindex(cells, fill_value=0).reset_index().rename(columns={"term": "region"})
    table["n_families_all"] = table["administration"].map(sizes).astype(int)
    totals = table.groupby("region")[["n_families", "n_families_all"]].transform("sum")
    rest = totals - table[["n_families", "n_families_all"]]
    table["share"] = table["n_families"] / table["n_families_all"]
    table["share_rest"] = rest["n_families"] / rest["n_families_all"].where(
        rest["n_families_all"] > 0
    )
    pairs = list(zip(table["n_families"], table["n_families_all"], strict=True))
    bounds = [binomtest(k, n).proportion_ci(method="exact") for k, n in pairs]
    table["share_low"] = [bound.low for bound in bounds]
    table["share_high"] = [bound.high for bound in bounds]
    others = list(zip(rest["n_families"], rest["n_families_all"], strict=True))
    table["p"] = [
        fisher_exact([[k, n - k], [m, size - m]]).pvalue if size else float("nan")
        for (k, n), (m, size) in zip(pairs, others, strict=True)
    ]
    table["q"] = table["p"]
    tested = table["p"].notna()
    if tested.any():
        table.loc[tested, "q"] = false_discovery_control(table.loc[tested, "p"])
    return table[SHARE_COLUMNS]
