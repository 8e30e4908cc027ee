"""How many documents there are of what, when and from whom."""

from __future__ import annotations

import pandas as pd

from policytext.administrations import administration_order, office_days


def coverage_by_year(documents: pd.DataFrame) -> pd.DataFrame:
    """Count documents by year and administration.

    Parameters
    ----------
    documents : DataFrame
        ``date, administration``; documents without administration are left out.

    Returns
    -------
    DataFrame
        ``year`` (nullable integer, <NA> where only an administration is known),
        ``administration`` in order of time, ``n_documents``.

    Examples
    --------
    >>> documents = pd.DataFrame({"date": pd.to_datetime(["2014-03-26", "2014-09-15"]),
    ...     "administration": ["박근혜", "박근혜"]})
    >>> coverage_by_year(documents).to_numpy().tolist()
    [[2014, '박근혜', 2]]
    """
    known = documents[documents["administration"].notna()]
    counts = (
        known.assign(year=known["date"].dt.year.astype("Int64"))
        .groupby(["year", "administration"], dropna=False, observed=True)
        .size()
        .rename("n_documents")
        .reset_index()
    )
    return _in_order_of_time(counts, ["year"])


def coverage_rates(documents: pd.DataFrame, *, acting: str = "separate") -> pd.DataFrame:
    """Count documents by administration, per 100 days in office.

    Parameters
    ----------
    documents : DataFrame
        ``date, administration, family_id, text``.
    acting : str
        As in :func:`policytext.administrations.assign_administrations`.

    Returns
    -------
    DataFrame
        ``administration, n_documents, n_families, n_characters_median, office_days,
        per_100_days``. Days are those between the first and the last document of the
        corpus (where only a year is known, its first and last day): a government is not
        blamed for days the corpus does not cover.
    """
    known = documents[documents["administration"].notna()]
    counts = (
        known.assign(n_characters=known["text"].str.len())
        .groupby("administration", observed=True)
        .agg(
            n_documents=("doc_id", "size"),
            n_families=("family_id", "nunique"),
            n_characters_median=("n_characters", "median"),
        )
        .reset_index()
    )
    bounds = known.reindex(columns=["date", "date_from", "date_to"])
    first = bounds["date"].fillna(bounds["date_from"]).min()
    last = bounds["date"].fillna(bounds["date_to"]).max()
    if pd.isna(first):
        return counts.assign(office_days=pd.NA, per_100_days=pd.NA)
    days = office_days(start=first, end=last, acting=acting)[["administration", "office_days"]]
    rates = counts.merge(days, on="administration", how="left")
    rates["per_100_days"] = rates["n_documents"] / rates["office_days"].astype(float) * 100
    return _in_order_of_time(rates, [])


def coverage_by(documents: pd.DataFrame, column: str) -> pd.DataFrame:
    """Cross administrations with a column such as ``occasion`` or ``publisher``.

    Returns
    -------
    DataFrame
        One row an administration in order of time, one column a value (most frequent
        first), documents counted.

    Examples
    --------
    >>> documents = pd.DataFrame({"administration": ["박근혜"], "genre": ["speech"]})
    >>> coverage_by(documents, "genre").to_numpy().tolist()
    [['박근혜', 1]]
    """
    known = documents[documents["administration"].notna()]
    values = known[column] if column in known else pd.Series("", index=known.index, name=column)
    table = pd.crosstab(known["administration"], values.fillna("").replace("", "(없음)"))
    table = table[table.sum().sort_values(ascending=False, kind="stable").index]
    return _in_order_of_time(table.reset_index().rename_axis(columns=None), [])


def _in_order_of_time(table: pd.DataFrame, before: list[str]) -> pd.DataFrame:
    labels = administration_order(table["administration"])
    place = table["administration"].map({label: place for place, label in enumerate(labels)})
    ordered = table.assign(_place=place).sort_values([*before, "_place"])
    return ordered.drop(columns="_place").reset_index(drop=True)
