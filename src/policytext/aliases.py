"""Other names of a term: counted as the term itself when a study says so."""

from __future__ import annotations

from collections.abc import Set

import pandas as pd


def fold_aliases(table: pd.DataFrame, own: Set[str]) -> pd.DataFrame:
    """Make rows that stand for another term spellings of that term.

    Parameters
    ----------
    table : DataFrame
        ``term, canonical, variants`` and more, as in ``Lexicon.table``.
    own : set of str
        Terms of the study's own table. Only these are folded: the shipped lexicon keeps names
        apart that were used at different times.

    Returns
    -------
    DataFrame
        Without the rows folded. A row whose canonical term is no term, or is itself folded,
        stays.

    Examples
    --------
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
