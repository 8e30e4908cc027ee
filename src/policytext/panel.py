"""Panel ledger: which publishers a corpus holds under which administration, and subsets of it.

An archive gains and loses outlets over the years, so a difference between administrations may
be one between outlets. A comparison is run again on :func:`balanced` documents and on those of
:func:`leave_one_publisher_out`; :func:`fault` says when neither can tell anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from policytext.administrations import administration_order

LEDGER_COLUMNS = [
    "publisher", "administration", "n_documents", "n_families", "share_excerpt", "share_no_body",
    "n_without_month", "first_month", "last_month", "n_months_missing", "months_missing",
]  # fmt: skip


def ledger(documents: pd.DataFrame) -> pd.DataFrame:
    """Describe what each publisher left under each administration.

    Parameters
    ----------
    documents : DataFrame
        ``doc_id, family_id, publisher, administration, date, text_kind, title, text``, of
        every text kind (:func:`policytext.corpus.of_every_kind`); ``date_from, date_to`` are
        used when present. Documents without administration are left out.

    Returns
    -------
    DataFrame
        One row a publisher ("" where unknown) and administration that occur together, the
        largest publisher first, administrations in order of time. ``n_documents`` articles:
        a document of keywords counts only where the body of the same publisher, title and
        day is missing. ``share_excerpt`` and ``share_no_body`` (only keywords, or a text that
        only repeats the title) are shares of them. ``first_month, last_month`` (text such as
        "2014.09", missing if no month is known), ``n_months_missing`` and ``months_missing``
        (such as "2014.10~12, 2015.03") between the two, and ``n_without_month``,
        documents that may belong to any of those.

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "family_id": ["a", "b"],
    ...     "publisher": "갑", "administration": "가", "title": "", "text": "글",
    ...     "date": pd.to_datetime(["2015-03-02", "2015-06-01"]), "text_kind": ["full", "excerpt"]})
    >>> ledger(documents)[["n_documents", "share_excerpt", "months_missing"]].values.tolist()
    [[2, 0.5, '2015.04~05']]
    """
    counted = articles(documents[documents["administration"].notna()])
    rows = []
    for (publisher, administration), cell in counted.groupby(["publisher", "administration"]):
        months = cell["month"].dropna()
        missing = _missing_months(months)
        rows.append(
            (
                publisher,
                administration,
                len(cell),
                cell["family_id"].nunique(),
                (cell["text_kind"] == "excerpt").mean(),
                cell["has_no_body"].mean(),
                len(cell) - len(months),
                _month(months.min()) if len(months) else None,
                _month(months.max()) if len(months) else None,
                len(missing),
                _as_ranges(missing),
            )
        )
    table = pd.DataFrame(rows, columns=LEDGER_COLUMNS)
    place = {name: i for i, name in enumerate(administration_order(table["administration"]))}
    order = table.assign(
        _total=-table.groupby("publisher")["n_documents"].transform("sum"),
        _place=table["administration"].map(place),
    ).sort_values(["_total", "publisher", "_place"])
    return table.loc[order.index].reset_index(drop=True)


def articles(documents: pd.DataFrame) -> pd.DataFrame:
    """The documents that :func:`ledger` counts, one row an article.

    Returns
    -------
    DataFrame
        Rows of `documents` without keywords whose body is there too; ``publisher`` "" where
        unknown, ``month`` (missing if not known) and ``has_no_body``.
    """
    table = documents.assign(publisher=documents["publisher"].fillna(""))
    table["administration"] = table["administration"].astype(object)
    is_keywords = table["text_kind"] == "keywords"
    key = pd.MultiIndex.from_frame(table[["publisher", "title", "date"]])
    table = table[~is_keywords | ~key.isin(key[~is_keywords])]
    bare = table[["title", "text"]].apply(
        lambda column: column.str.replace(r"[\W_]+", "", regex=True)
    )
    says_nothing = (bare["text"] == "") | (bare["text"] == bare["title"])
    table = table.assign(has_no_body=(table["text_kind"] == "keywords") | says_nothing)
    bounds = table.reindex(columns=["date_from", "date_to"]).astype("datetime64[us]")
    first, last = (bounds[name].dt.to_period("M") for name in bounds)
    month = table["date"].dt.to_period("M")
    return table.assign(month=month.where(month.notna(), first.where(first == last)))


def grid(ledger: pd.DataFrame) -> pd.DataFrame:
    """Documents of a ledger as publishers × administrations, in the ledger's order.

    Examples
    --------
    >>> cells = pd.DataFrame({"publisher": ["갑"], "administration": ["가"], "n_documents": [3]})
    >>> grid(cells).to_numpy().tolist()
    [['갑', 3]]
    """
    table = ledger.pivot(index="publisher", columns="administration", values="n_documents")
    administrations = administration_order(ledger["administration"])
    table = table.reindex(index=ledger["publisher"].unique(), columns=administrations)
    return (
        table.fillna(0).astype(int).rename_axis(columns=None).rename_axis("publisher").reset_index()
    )


def large_administrations(documents: pd.DataFrame, min_families: int) -> list[str]:
    """Administrations with at least `min_families` families, in order of time.

    Examples
    --------
    >>> large_administrations(pd.DataFrame({"administration": list("가가나"),
    ...     "family_id": list("xyz")}), 2)
    ['가']
    """
    n_families = documents.groupby("administration", observed=True)["family_id"].nunique()
    return administration_order(n_families.index[n_families >= min_families])


def balanced(
    documents: pd.DataFrame, *, administrations: Sequence[str] | None = None
) -> pd.DataFrame:
    """Documents of the publishers that occur in every compared administration.

    Parameters
    ----------
    documents : DataFrame
        The compared documents, with ``publisher, administration``.
    administrations : sequence of str, optional
        Those that must be covered (:func:`large_administrations`); default: all that occur.
        Documents of other administrations stay when their publisher does.

    Returns
    -------
    DataFrame
        Rows of `documents`; those without a publisher are left out. Empty when no publisher
        covers all (:func:`fault` says so).

    Examples
    --------
    >>> documents = pd.DataFrame({"publisher": list("갑갑을"), "administration": list("가나가")})
    >>> balanced(documents)["publisher"].tolist()
    ['갑', '갑']
    """
    return documents[documents["publisher"].isin(_everywhere(documents, administrations))]


def leave_one_publisher_out(documents: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Every publisher, the largest first, with the documents of all others.

    Nothing comes when fewer than two publishers are known; documents without a publisher are
    never the ones left out.

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": list("abc"), "publisher": list("갑갑을")})
    >>> [(name, rest["doc_id"].tolist()) for name, rest in leave_one_publisher_out(documents)]
    [('갑', ['c']), ('을', ['a', 'b'])]
    """
    counts = _publishers(documents).value_counts()
    names = sorted(counts.index, key=lambda name: (-counts[name], name))
    for name in names if len(names) > 1 else []:
        yield name, documents[documents["publisher"] != name]


def fault(documents: pd.DataFrame, *, administrations: Sequence[str] | None = None) -> str:
    """Why documents have no balanced panel, as a Korean sentence; "" when they have one.

    Parameters
    ----------
    documents, administrations
        As for :func:`balanced`.

    Examples
    --------
    >>> fault(pd.DataFrame({"publisher": list("갑갑"), "administration": list("가나")}))
    '글이 모두 갑의 것이어서 매체의 구성은 정부의 차이를 만들지 않고, 매체를 바꾸어 다시 견줄 수도 없다'
    """
    names = _publishers(documents).unique()
    required = _required(documents, administrations)
    if documents.empty:
        return "견줄 글이 없어 매체의 구성을 볼 수 없다"
    if not len(names):
        return "매체가 적힌 글이 없어 매체의 구성이 정부의 차이를 만드는지 볼 수 없다"
    if len(names) == 1:
        return (
            f"글이 모두 {names[0]}의 것이어서 매체의 구성은 정부의 차이를 만들지 않고, "
            "매체를 바꾸어 다시 견줄 수도 없다"
        )
    if len(required) < 2:
        return "견줄 정부가 둘이 되지 않아 매체의 구성을 맞추어 다시 견줄 수 없다"
    if not len(_everywhere(documents, administrations)):
        return (
            f"매체 {len(names):,}곳 가운데 견주는 정부 {len(required)}곳 모두에 글이 있는 "
            "매체가 없어 구성을 맞춘 비교를 할 수 없다"
        )
    return ""


def _publishers(documents: pd.DataFrame) -> pd.Series:
    names = documents["publisher"]
    return names[names.fillna("") != ""]


def _required(documents: pd.DataFrame, administrations: Sequence[str] | None) -> list[str]:
    if administrations is None:
        administrations = documents["administration"].dropna().unique()
    return list(administrations)


def _everywhere(documents: pd.DataFrame, administrations: Sequence[str] | None) -> pd.Index:
    known = documents.loc[_publishers(documents).index]
    counts = pd.crosstab(known["publisher"], known["administration"].astype(object))
    counts = counts.reindex(columns=_required(documents, administrations), fill_value=0)
    return counts.index[(counts > 0).all(axis=1) & (counts.shape[1] > 0)]


def _missing_months(months: pd.Series) -> pd.PeriodIndex:
    if months.empty:
        return pd.PeriodIndex([], freq="M")
    return pd.period_range(months.min(), months.max(), freq="M").difference(pd.PeriodIndex(months))


def _as_ranges(months: pd.PeriodIndex) -> str:
    """Months in order with runs joined, such as "2014.10~12, 2015.03"."""
    runs: list[list[pd.Period]] = []
    for month in months:
        if runs and month == runs[-1][-1] + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    return ", ".join(_month(run[0]) + _until(run[0], run[-1]) for run in runs)


def _until(first: pd.Period, last: pd.Period) -> str:
    if first == last:
        return ""
    return last.strftime("~%m") if first.year == last.year else f"~{_month(last)}"


def _month(month: pd.Period) -> str:
    """With a dot: a hyphen lets a page break the line inside the month."""
    return month.strftime("%Y.%m")
