"""What is wrong with a corpus, found by rules that know nothing of any one corpus."""

from __future__ import annotations

import pandas as pd

from policytext.studies import PROJECT_ROOT

ANNIVERSARIES = PROJECT_ROOT / "data" / "reference" / "anniversaries.csv"
AUDIT_COLUMNS = ["check", "n_documents", "detail", "example"]


def audit(documents: pd.DataFrame) -> pd.DataFrame:
    """Count the faults of a corpus that bear on comparisons over time.

    Parameters
    ----------
    documents : DataFrame
        As in :class:`policytext.corpus.Corpus`; ``speaker`` and ``occasion`` are
        examined when present.

    Returns
    -------
    DataFrame
        ``check, n_documents, detail, example``, one row a check, zero counts included.

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": ["a"], "title": ["글"], "date": [pd.NaT],
    ...     "publisher": [""], "family_id": ["a"], "is_date_conflict": [False], "is_foreign": [False]})
    >>> audit(documents).set_index("check").loc["날짜를 모르는 문서", "n_documents"]
    np.int64(1)
    """
    rows = [
        (check, int(bad.sum()), detail, _example(documents[bad]))
        for check, bad, detail in _checks(documents)
    ]
    return pd.DataFrame(rows, columns=AUDIT_COLUMNS)


def faulty(documents: pd.DataFrame) -> pd.DataFrame:
    """The documents behind every count of :func:`audit`.

    Returns
    -------
    DataFrame
        Rows of `documents`, once for each check they fail, with ``check``.

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": ["a"], "title": ["글"], "date": [pd.NaT],
    ...     "publisher": [""], "family_id": ["a"], "is_date_conflict": [False], "is_foreign": [False]})
    >>> faulty(documents)[["check", "doc_id"]].values.tolist()
    [['날짜를 모르는 문서', 'a']]
    """
    parts = [documents[bad].assign(check=check) for check, bad, _ in _checks(documents)]
    return pd.concat(parts, ignore_index=True)


def anniversary_dates(documents: pd.DataFrame) -> pd.DataFrame:
    """Compare the dates of texts on fixed anniversaries with the day itself.

    Returns
    -------
    DataFrame
        ``doc_id, name, year, days_off``: recorded day minus anniversary, in days, for
        titles that name one and dates within three days of it.
    """
    anniversaries = pd.read_csv(ANNIVERSARIES, encoding="utf-8")
    dated = documents[documents["date"].notna()]
    parts = []
    for row in anniversaries.itertuples():
        named = dated[dated["title"].str.contains(row.pattern, regex=True)]
        years = named["date"].dt.year
        day = pd.to_datetime(pd.DataFrame({"year": years, "month": row.month, "day": row.day}))
        days_off = (named["date"] - day).dt.days
        parts.append(
            pd.DataFrame(
                {"doc_id": named["doc_id"], "name": row.name, "year": years, "days_off": days_off}
            )
        )
    found = pd.concat(parts, ignore_index=True)
    who = documents.set_index("doc_id").get("speaker", pd.Series(dtype=object))
    found["speaker"] = found["doc_id"].map(who) if len(who) else ""
    return found[found["days_off"].abs() <= 3].reset_index(drop=True)


def _checks(documents: pd.DataFrame) -> list[tuple[str, pd.Series, str]]:
    """Every check: what is looked for, which documents have it, and whose they are."""
    undated = documents["date"].isna() & ~_is_bounded(documents)
    dated_families = set(documents.loc[~undated, "family_id"])
    sizes = documents.groupby("family_id")["doc_id"].transform("size")
    copied = undated & documents["family_id"].isin(dated_families)
    off_by_one = anniversary_dates(documents)
    off_ids = set(off_by_one.loc[off_by_one["days_off"] == -1, "doc_id"])
    return [
        ("날짜를 모르는 문서", undated, _who(documents[undated])),
        ("날짜 없는 문서 가운데 날짜 있는 문서와 거의 같은 글", copied, _who(documents[copied])),
        (
            "연도나 달까지만 적힌 문서",
            _is_bounded(documents),
            _who(documents[_is_bounded(documents)]),
        ),
        (
            "한국어가 아닌 문서(글자의 절반 이상이 로마자)",
            documents["is_foreign"],
            _who(documents[documents["is_foreign"]]),
        ),
        (
            "날짜와 연설자가 어긋난 문서",
            documents["is_date_conflict"],
            _who(documents[documents["is_date_conflict"]]),
        ),
        (
            "기념일보다 하루 이르게 적힌 문서",
            documents["doc_id"].isin(off_ids),
            _off_detail(off_by_one),
        ),
        ("같거나 거의 같은 글이 있는 문서", sizes > 1, _family_detail(documents, sizes)),
        *_lone_labels(documents),
    ]


def _lone_labels(documents: pd.DataFrame) -> list[tuple]:
    """Kind labels that one administration alone uses: genre and government then coincide."""
    if "occasion" not in documents or "administration" not in documents:
        return []
    n_administrations = documents["administration"].nunique()
    is_labelled = documents["occasion"].fillna("") != ""
    known = documents[documents["administration"].notna() & is_labelled]
    users = known.groupby("occasion")["administration"].nunique()
    lone = sorted(users.index[users == 1]) if n_administrations > 1 else []
    named = known[known["occasion"].isin(lone)].groupby("occasion")["administration"].first()
    detail = ", ".join(f"{label}({who})" for label, who in named.items())
    return [("한 정부에만 있는 종류 이름이 붙은 문서", documents["occasion"].isin(lone), detail)]


def _is_bounded(documents: pd.DataFrame) -> pd.Series:
    """True where only a month or a year is known."""
    if "date_from" not in documents:
        return pd.Series(False, index=documents.index)
    return documents["date"].isna() & documents["date_from"].notna()


def _who(documents: pd.DataFrame) -> str:
    """Whose documents these are, most first."""
    by = documents["publisher"].fillna("")
    if "speaker" in documents:
        by = documents["speaker"].fillna("").mask(lambda speaker: speaker == "", by)
    counts = by[by != ""].value_counts().head(3)
    return ", ".join(f"{name} {n:,}건" for name, n in counts.items())


def _off_detail(found: pd.DataFrame) -> str:
    early = found[found["days_off"] == -1]
    counts = early.groupby("speaker").size()
    totals = found.groupby("speaker").size()
    return ", ".join(
        f"{who} {counts[who]:,}/{totals[who]:,}건" if who else f"{counts[who]:,}/{totals[who]:,}건"
        for who in counts.sort_values(ascending=False).index[:3]
    )


def _family_detail(documents: pd.DataFrame, sizes: pd.Series) -> str:
    n_families = documents.loc[sizes > 1, "family_id"].nunique()
    return f"가족 {n_families:,}개, 가장 큰 가족 {int(sizes.max()) if len(sizes) else 0:,}건"


def _example(documents: pd.DataFrame) -> str:
    if documents.empty:
        return ""
    first = documents.iloc[0]
    return f"{first['doc_id']} {first['title']}"
