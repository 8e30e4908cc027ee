"""What a corpus holds: used or set aside, how much of what, from whom, copied, faulty.

An archive gains and loses outlets over the years, so a difference between administrations may
be one between outlets. A comparison is run again on :func:`balanced` documents; :func:`fault`
says when these can tell nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from policytext.administrations import (
    REFERENCE,
    administration_order,
    assign_administrations,
    read_administrations,
)
from policytext.report import charts
from policytext.report.result import Result
from policytext.texts.clean import ADDRESS, squeezed
from policytext.texts.dates import bounds, years

MIN_HANGUL_SHARE = 0.5  # of letters; a text below it is a translation or a foreign text
_MONTH = "%Y.%m"  # a hyphen would let a page break the line inside the month
_PLACE = ("source_file", "row", "reason")
GENRES = {
    "speech": "연설",
    "press_release": "보도자료",
    "news": "기사",
    "chronicle": "연대기",
    "minutes": "회의록",
    "other": "그 밖",
}
KIND_NAMES = {"full": "전문", "excerpt": "발췌", "keywords": "키워드"}


# --- which documents a comparison may use ---------------------------------------------------


def is_outside(documents: pd.DataFrame, start: str, end: str) -> pd.Series:
    """Documents known to lie outside a period; undated ones do not and are counted.

    Needs ``date``, and ``date_from, date_to`` where only a month or a year is known; `start`
    and `end` are days such as "2017-05-10", empty for no limit.

    >>> days = pd.DataFrame({"date": pd.to_datetime(["2012-01-01", None])})
    >>> is_outside(days.assign(date_from=pd.NaT, date_to=pd.NaT), "2013-01-01", "").tolist()
    [True, False]
    """
    first, last = bounds(documents)
    early = last < pd.Timestamp(start or "1900-01-01")
    return early | (first > pd.Timestamp(end or "2200-01-01"))


def set_aside(documents: pd.DataFrame, text_kind: str = "") -> tuple[pd.DataFrame, list[tuple]]:
    """Take the administration from every document that no comparison may use.

    `documents`: with ``administration, months_in_office``, missing where they cannot be told, and
    ``text, date, speaker, text_kind``. `text_kind` {"", "full", "excerpt", "keywords"}: the kind to
    compare; empty for the most frequent one.

    Gives all rows, with the flags ``is_foreign, is_date_conflict, is_other_kind`` and
    ``removed_at``: the first step that took the administration away, empty if none did.
    And the steps: the name of each, and the documents left after it.
    """
    names = ["정부를 정할 수 있는 문서", "한국어로 쓴 문서", "날짜와 연설자가 맞는 문서"]
    documents = documents.assign(removed_at=pd.Series("", documents.index, dtype=object))
    documents = _without(documents, documents["administration"].isna(), names[0])
    is_foreign = _hangul_share(documents["text"]) < MIN_HANGUL_SHARE
    documents = _without(documents, is_foreign, names[1])
    is_conflict = _date_conflicts(documents)
    documents = _without(documents, is_conflict, names[2])
    kind = text_kind or _usual_kind(documents)
    is_other = documents["text_kind"] != kind
    if is_other.any():
        names.append(f"글의 꼴이 같은 문서({KIND_NAMES[kind]})")
        documents = _without(documents, is_other, names[-1])
    removed = documents["removed_at"].value_counts().reindex(names, fill_value=0)
    n_left = len(documents) - removed.cumsum()
    flags = {"is_foreign": is_foreign, "is_date_conflict": is_conflict, "is_other_kind": is_other}
    return documents.assign(**flags), list(zip(names, n_left.tolist(), strict=True))


def _without(documents: pd.DataFrame, is_out: pd.Series, step: str) -> pd.DataFrame:
    """Documents that go at a step are kept and shown, without administration."""
    is_first = is_out & (documents["removed_at"] == "")
    return documents.assign(
        removed_at=documents["removed_at"].mask(is_first, step),
        administration=documents["administration"].mask(is_out),
        months_in_office=documents["months_in_office"].mask(is_out),
    )


def _usual_kind(documents: pd.DataFrame) -> str:
    """The most frequent kind of text, one with a body if there is any."""
    known = documents[documents["administration"].notna()]
    counts = (documents if known.empty else known)["text_kind"].value_counts()
    bodies = counts.drop("keywords", errors="ignore")
    return (counts if bodies.empty else bodies).reindex(KIND_NAMES).fillna(0).idxmax()


def _hangul_share(texts: pd.Series) -> pd.Series:
    """Hangul among all letters but those of addresses; 1 for a text without letters."""
    has_dot = texts.str.contains("[a-zA-Z][.:]", regex=True)
    texts = texts.mask(has_dot, texts[has_dot].str.replace(ADDRESS, "", regex=True))
    n_hangul = texts.str.count("[가-힣]")
    n_letters = n_hangul + texts.str.count("[A-Za-z]")
    return (n_hangul / n_letters.where(n_letters > 0)).fillna(1.0)


def _date_conflicts(documents: pd.DataFrame) -> pd.Series:
    """True where a president speaks on a day on which another governed."""
    # An acting president governed that day, whatever group the study puts the day in.
    on_the_day = assign_administrations(documents)["administration"]
    # Others who speak, and who sit in minutes under a president's name, say nothing of the day.
    presidents = set(read_administrations()["president"].dropna())
    speakers = documents["speaker"].str.replace(r"\(.*?\)|대통령|\s", "", regex=True)
    is_president = speakers.isin(presidents) & (documents.get("genre", "") != "minutes")
    rows = zip(speakers, documents["administration"], on_the_day, strict=True)
    differs = [
        pd.notna(label) and speaker not in re.split("[()]", f"{label}({governs})")
        for speaker, label, governs in rows
    ]
    return is_president & pd.Series(differs, index=documents.index, dtype=bool)


# --- how many of what, when and from whom ---------------------------------------------------


def coverage_by_year(documents: pd.DataFrame) -> pd.DataFrame:
    """Count documents by year and administration; those without administration are left out.

    ``year`` (nullable integer, <NA> where only an administration is known), ``administration``
    in order of time, ``n_documents``.

    >>> documents = pd.DataFrame({"date": pd.to_datetime(["2014-03-26", "2014-09-15"]),
    ...     "administration": ["박근혜", "박근혜"]})
    >>> coverage_by_year(documents).to_numpy().tolist()
    [[2014, '박근혜', 2]]
    """
    known = _governed(documents.assign(year=years(documents)))
    counts = known.groupby(["year", "administration"], dropna=False, observed=True).size()
    return _in_order_of_time(counts.rename("n_documents").reset_index(), ["year"])


def coverage_rates(documents: pd.DataFrame, *, acting: str = "separate") -> pd.DataFrame:
    """Count documents by administration, per 100 days in office.

    Needs ``doc_id, date, administration, family_id, text``; `acting` as in
    :func:`policytext.administrations.assign_administrations`. Gives ``administration,
    n_documents, n_families, n_characters_median, office_days, per_100_days``. Days are those
    between the first and the last document of the corpus (where only a year is known, its
    first and last day): a government is not blamed for days the corpus does not cover.
    """
    known = _governed(documents.assign(length=documents["text"].str.len()))
    counts = known.groupby("administration", observed=True).agg(
        n_documents=("doc_id", "size"),
        n_families=("family_id", "nunique"),
        n_characters_median=("length", "median"),
    ).reset_index()  # fmt: skip
    first, last = bounds(known)
    if first.isna().all():
        return counts.assign(office_days=pd.NA, per_100_days=pd.NA)
    days = pd.DataFrame({"date": pd.date_range(first.min(), last.max(), normalize=True)})
    days = assign_administrations(days, acting=acting).groupby("administration").size()
    rates = counts.assign(office_days=counts["administration"].map(days))
    rates["per_100_days"] = rates["n_documents"] / rates["office_days"].astype(float) * 100
    return _in_order_of_time(rates)


def coverage_by(documents: pd.DataFrame, column: str) -> pd.DataFrame:
    """Documents crossed with a column such as ``occasion``: a row an administration in order
    of time, a column a value, most frequent first.

    >>> documents = pd.DataFrame({"administration": ["박근혜"], "genre": ["speech"]})
    >>> coverage_by(documents, "genre").to_numpy().tolist()
    [['박근혜', 1]]
    """
    known = _governed(documents)
    table = pd.crosstab(known["administration"], _labels(known, column))
    table = table[table.sum().sort_values(ascending=False, kind="stable").index]
    return _in_order_of_time(table.reset_index().rename_axis(columns=None))


def _labels(documents: pd.DataFrame, column: str) -> pd.Series:
    return documents.reindex(columns=[column])[column].fillna("").replace("", "(없음)")


def _governed(documents: pd.DataFrame) -> pd.DataFrame:
    return documents[documents["administration"].notna()]


def _in_order_of_time(table: pd.DataFrame, before: Sequence[str] = ()) -> pd.DataFrame:
    order = administration_order(table["administration"])
    place = table["administration"].map({label: place for place, label in enumerate(order)})
    ordered = table.assign(_place=place).sort_values([*before, "_place"], ignore_index=True)
    return ordered.drop(columns="_place")


# --- publishers: the panel ------------------------------------------------------------------


def ledger(documents: pd.DataFrame) -> pd.DataFrame:
    """Describe what each publisher left under each administration.

    `documents`: ``doc_id, family_id, publisher, administration, date, text_kind, title, text``, of
    every text kind; ``date_from, date_to`` are used when present.

    One row a publisher ("" where unknown) and administration that occur together, the largest
    publisher first, administrations in order of time. ``n_documents`` articles: a document of
    keywords counts only where the body of the same publisher, title and day is missing.
    ``share_excerpt`` and ``share_no_body`` (only keywords, or a text that only repeats the title)
    are shares of them. ``n_without_month``, documents of a month not known; ``first_month,
    last_month`` (text such as "2014.09", missing if no month is known), ``n_months_missing`` and
    ``months_missing`` ("2014.10~12, 2015.03") between.

    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "family_id": ["a", "b"],
    ...     "publisher": "갑", "administration": "가", "title": "", "text": "글",
    ...     "date": pd.to_datetime(["2015-03-02", "2015-06-01"]), "text_kind": ["full", "excerpt"]})
    >>> ledger(documents)[["n_documents", "share_excerpt", "months_missing"]].values.tolist()
    [[2, 0.5, '2015.04~05']]
    """
    cells = articles(_governed(documents)).groupby(["publisher", "administration"])
    table = cells.agg(
        n_documents=("doc_id", "size"),
        n_families=("family_id", "nunique"),
        share_excerpt=("text_kind", lambda kinds: (kinds == "excerpt").mean()),
        share_no_body=("has_no_body", "mean"),
        n_without_month=("month", lambda months: months.isna().sum()),
        first_month=("month", "min"),
        last_month=("month", "max"),
        n_months_missing=("month", lambda months: len(_gaps(months))),
        months_missing=("month", lambda months: _as_ranges(_gaps(months))),
    ).reset_index()
    for name in ("first_month", "last_month"):
        table[name] = table[name].astype("period[M]").dt.strftime(_MONTH)
    table["_total"] = -table.groupby("publisher")["n_documents"].transform("sum")
    return _in_order_of_time(table, ["_total", "publisher"]).drop(columns="_total")


def articles(documents: pd.DataFrame) -> pd.DataFrame:
    """The documents that :func:`ledger` counts, one row an article.

    Rows of `documents` without keywords whose body is there too; ``publisher`` "" where
    unknown, ``month`` (missing if not known) and ``has_no_body``.
    """
    table = documents.assign(publisher=documents["publisher"].fillna(""))
    table["administration"] = table["administration"].astype(object)
    is_keywords = table["text_kind"] == "keywords"
    key = pd.MultiIndex.from_frame(table[["publisher", "title", "date"]])
    table = table[~is_keywords | ~key.isin(key[~is_keywords])]
    title, text = (table[name].map(squeezed) for name in ("title", "text"))
    has_no_body = (table["text_kind"] == "keywords") | (text == "") | (text == title)
    first, last = (days.dt.to_period("M") for days in bounds(table))
    return table.assign(month=first.where(first == last), has_no_body=has_no_body)


def grid(ledger: pd.DataFrame) -> pd.DataFrame:
    """Documents of a ledger as publishers × administrations, in the ledger's order.

    >>> cells = pd.DataFrame({"publisher": ["갑"], "administration": ["가"], "n_documents": [3]})
    >>> grid(cells).to_numpy().tolist()
    [['갑', 3]]
    """
    table = ledger.pivot(index="publisher", columns="administration", values="n_documents")
    order = administration_order(ledger["administration"])
    table = table.reindex(index=ledger["publisher"].unique(), columns=order).fillna(0).astype(int)
    return table.rename_axis(index="publisher", columns=None).reset_index()


def balanced(documents: pd.DataFrame, *, administrations: Sequence[str]) -> pd.DataFrame:
    """Documents of the publishers that occur in every compared administration.

    `documents`: the compared documents, with ``publisher, administration``; those without a
    publisher are left out. `administrations`: those that must be covered.
    Documents of other administrations stay when their publisher does.

    >>> documents = pd.DataFrame({"publisher": list("갑갑을"), "administration": list("가나가")})
    >>> balanced(documents, administrations=["가", "나"])["publisher"].tolist()
    ['갑', '갑']
    """
    held = documents["administration"].groupby(_named(documents)).unique()
    wanted = set(administrations)
    everywhere = [name for name, own in held.items() if wanted and wanted.issubset(own)]
    return documents[documents["publisher"].isin(everywhere)]


def fault(documents: pd.DataFrame, *, administrations: Sequence[str]) -> str:
    """Why documents have no :func:`balanced` panel, as a Korean sentence; "" when they have one.

    >>> documents = pd.DataFrame({"publisher": list("갑갑"), "administration": list("가나")})
    >>> fault(documents, administrations=["가", "나"])
    '글이 모두 갑의 것이어서 매체의 구성은 정부의 차이를 만들지 않고, 매체를 바꾸어 다시 견줄 수도 없다'
    """
    names = _named(documents).unique()
    if documents.empty:
        return "견줄 글이 없어 매체의 구성을 볼 수 없다"
    if not len(names):
        return "매체가 적힌 글이 없어 매체의 구성이 정부의 차이를 만드는지 볼 수 없다"
    if len(names) == 1:
        return (
            f"글이 모두 {names[0]}의 것이어서 매체의 구성은 정부의 차이를 만들지 않고, "
            "매체를 바꾸어 다시 견줄 수도 없다"
        )
    if len(administrations) < 2:
        return "글이 넉넉한 정부가 둘이 되지 않아 매체의 구성을 맞추어 다시 견줄 수 없다"
    if balanced(documents, administrations=administrations).empty:
        return (
            f"매체 {len(names):,}곳 가운데 견주는 정부 {len(administrations)}곳 모두에 글이 있는 "
            "매체가 없어 구성을 맞춘 비교를 할 수 없다"
        )
    return ""


def _named(documents: pd.DataFrame) -> pd.Series:
    names = documents["publisher"]
    return names[names.fillna("") != ""]


def _gaps(months: pd.Series) -> pd.PeriodIndex:
    """Months between the first and the last that do not occur."""
    known = pd.PeriodIndex(months.dropna(), freq="M")
    if known.empty:
        return known
    return pd.period_range(known.min(), known.max(), freq="M").difference(known)


def _as_ranges(months: pd.PeriodIndex) -> str:
    """Months in order with runs joined, such as "2014.10~12, 2015.03"."""
    written = []
    for _, run in months.to_series().groupby(months.asi8 - np.arange(len(months))):
        first, last = run.iloc[0], run.iloc[-1]
        until = "~%m" if first.year == last.year else "~%Y.%m"
        written.append(first.strftime(_MONTH) + (last.strftime(until) if len(run) > 1 else ""))
    return ", ".join(written)


# --- lineage: who printed first, who printed again, how much of it --------------------------

BASES = {"dated": "날짜", "same_day": "첫날 여러 곳", "undated": "날짜 모르는 글 있음"}
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+|\n")


def lineage_table(documents: pd.DataFrame) -> pd.DataFrame:
    """Describe every family of more than one document.

    "First" means first in this corpus and by date alone: a ministry's page is not taken for
    the origin because it is a ministry's.

    `documents`: ``doc_id, family_id, title, text, date, publisher``; ``date_from`` (earliest
    possible day of a document known by month or year) is used when present.
    The largest family first: ``family_id``; ``title`` and ``first_date`` of the earliest dated
    document; ``first_publisher``, missing unless ``first_basis`` is "dated" ("same_day": several
    publishers on the first day; "undated": a document whose date is not known may be earlier);
    ``n_documents, n_publishers``; ``days_spread``, days from first to last date (missing with fewer
    than two); ``share_copied``, the mean share of sentences of the other documents that stand in
    the earliest one, spaces and punctuation aside; ``doc_ids``, a tuple in order of date.

    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "family_id": "a", "title": ["가", "나"],
    ...     "text": ["문을 열었다. 길을 냈다.", "문을  열었다. 다리를 놓았다."],
    ...     "date": pd.to_datetime(["2015-03-02", "2015-03-04"]), "publisher": ["갑", "을"]})
    >>> lineage_table(documents)[["first_publisher", "days_spread", "share_copied"]].values.tolist()
    [['갑', 2.0, 0.5]]
    """
    members = _members(documents)
    families = members.groupby("family_id")
    known = members["publisher"].mask(members["publisher"] == "")
    days = (families["date"].max() - families["date"].min()) / pd.Timedelta(days=1)
    first = families.head(1).set_index("family_id")
    columns = {
        "title": first["title"],
        "first_date": first["date"],
        "first_publisher": known[families.head(1).index].set_axis(first.index),
        "first_basis": first["basis"],
        "n_documents": families.size(),
        "n_publishers": known.groupby(members["family_id"]).nunique(),
        "days_spread": days.where(families["date"].count() > 1),
        "share_copied": families["share_copied"].mean(),
        "doc_ids": families["doc_id"].agg(tuple),
    }
    table = pd.DataFrame(columns).rename_axis("family_id")
    table["first_publisher"] = table["first_publisher"].where(table["first_basis"] == "dated")
    order = ["n_documents", "first_date", "family_id"]
    return table.reset_index().sort_values(order, ascending=[False, True, True], ignore_index=True)


def publishers_table(documents: pd.DataFrame) -> pd.DataFrame:
    """Who publishes first and who prints others' texts again.

    Needs what :func:`lineage_table` takes. One row a publisher of a family that at least two
    publishers share: ``n_first`` families it published first, ``n_copied`` documents it
    published after another, ``n_unknown`` documents in families whose first is not known, and
    ``share_copied_mean`` over the copied ones (missing when there are none). A publisher's own
    second printings are counted nowhere.

    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "family_id": "a", "title": "",
    ...     "text": "문을 열었다.", "date": pd.to_datetime(["2015-03-02", "2015-03-04"]),
    ...     "publisher": ["갑", "을"]})
    >>> publishers_table(documents)[["publisher", "n_first", "n_copied"]].values.tolist()
    [['갑', 1, 0], ['을', 0, 1]]
    """
    members = _members(documents)
    first = members.groupby("family_id")["publisher"].transform("first")
    is_known = (members["basis"] == "dated") & (first != "")
    is_copied = is_known & (members["publisher"] != first)
    copied = members["share_copied"].where(is_copied)
    named = members.assign(n_copied=is_copied, n_unknown=~is_known, share_copied_mean=copied)
    named = named[named["publisher"] != ""]
    named = named[named.groupby("family_id")["publisher"].transform("nunique") > 1]
    is_second = named["n_copied"] | named["family_id"].duplicated()
    named = named.assign(n_first=~named["n_unknown"] & ~is_second)
    counted = {"n_first": "sum", "n_copied": "sum", "n_unknown": "sum", "share_copied_mean": "mean"}
    table = named.groupby("publisher").agg(counted).reset_index()
    order = ["n_first", "n_copied", "publisher"]
    return table.sort_values(order, ascending=[False, False, True], ignore_index=True)


def passages(documents: pd.DataFrame, family_ids: Iterable[str]) -> pd.DataFrame:
    """Where the sentence stands that most documents of a family share, the longest of several.

    ``family_id, doc_id, start, end``, one row a document that holds it, in order of date; none
    of a family that shares no sentence.

    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "family_id": "f",
    ...     "text": ["문을 열었다. 길을 냈다.", "다리를 놓았다. 길을  냈다."],
    ...     "date": pd.to_datetime(["2015-03-02", "2015-03-04"])})
    >>> passages(documents, ["f"]).values.tolist()
    [['f', 'a', 8, 14], ['f', 'b', 9, 16]]
    """
    rows = []
    for family_id in family_ids:
        family = documents[documents["family_id"] == family_id].sort_values(["date", "doc_id"])
        found = [{key: span for *span, key in _sentences(text)} for text in family["text"]]
        counts = Counter(key for spans in found for key in spans)
        shared = [key for key, n in counts.items() if n > 1]
        chosen = max(shared, key=lambda key: (counts[key], len(key), key), default="")
        for doc_id, spans in zip(family["doc_id"], found, strict=True):
            rows += [(family_id, doc_id, *spans[chosen])] if chosen in spans else []
    return pd.DataFrame(rows, columns=["family_id", "doc_id", "start", "end"])


def _sentences(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each sentence or line stands, and its letters and digits."""
    start = 0
    for match in _SENTENCE_END.finditer(text + "\n"):
        if key := squeezed(text[start : match.start()]):
            yield start, match.start(), key
        start = match.end()


def _members(documents: pd.DataFrame) -> pd.DataFrame:
    """Documents of larger families, the earliest first; ``share_copied`` from the first of each."""
    shared = documents[documents["family_id"].duplicated(keep=False)]
    columns = ["doc_id", "family_id", "title", "text", "date", "publisher", "date_from"]
    table = shared.reindex(columns=columns).assign(publisher=shared["publisher"].fillna(""))
    table = table.sort_values(["family_id", "date", "doc_id"], ignore_index=True)
    first_date = table.groupby("family_id")["date"].transform("min")
    maybe_earlier = table["date"].isna() & ~(pd.to_datetime(table["date_from"]) > first_date)
    on_first_day = table["publisher"].where(table["date"] == first_date)
    n_first = on_first_day.groupby(table["family_id"]).transform("nunique")
    is_unsure = maybe_earlier.groupby(table["family_id"]).transform("any")
    basis = np.select([is_unsure, n_first > 1], ["undated", "same_day"], "dated")
    said = [[key for *_, key in _sentences(text)] for text in table["text"]]
    is_first = ~table["family_id"].duplicated()
    own = pd.Series(map(frozenset, said), table.index, dtype=object).where(is_first).ffill()
    pairs = zip(said, own, strict=True)
    shares = [
        sum(key in held for key in keys) / len(keys) if keys else np.nan for keys, held in pairs
    ]
    shares = pd.Series(shares, table.index, dtype=float).mask(is_first)
    return table.assign(basis=basis, share_copied=shares)


# --- what is wrong, found by rules that know nothing of any one corpus -----------------------


def audit(documents: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count the faults of a corpus that bear on comparisons over time.

    ``check, n_documents, detail, example``, one row a check, zero counts included; and the
    documents behind every count, with ``check``, once for each.

    >>> documents = pd.DataFrame({"doc_id": ["a"], "title": ["글"], "text": "글.", "date": [pd.NaT],
    ...     "publisher": "", "speaker": "", "occasion": "", "administration": None, "family_id": "a",
    ...     "is_date_conflict": False, "is_foreign": False})
    >>> table, found = audit(documents)
    >>> table.set_index("check").loc["날짜를 모르는 문서", "n_documents"]
    np.int64(1)
    >>> found[["check", "doc_id"]].values.tolist()
    [['날짜를 모르는 문서', 'a']]
    """
    rows, parts = [], []
    for check, is_bad, detail in _checks(documents):
        bad = documents[is_bad]
        parts.append(bad.assign(check=check))
        example = "" if bad.empty else f"{bad['doc_id'].iloc[0]} {bad['title'].iloc[0]}"
        rows.append((check, len(bad), _who(bad) if detail is None else detail, example))
    table = pd.DataFrame(rows, columns=["check", "n_documents", "detail", "example"])
    return table, pd.concat(parts, ignore_index=True)


def anniversary_dates(documents: pd.DataFrame) -> pd.DataFrame:
    """Compare the dates of texts on fixed anniversaries with the day itself.

    ``doc_id, speaker, days_off``: recorded day minus anniversary, in days, for titles that
    name one and dates within three days of it.
    """
    named = documents.reindex(columns=["doc_id", "title", "date", "speaker"])
    named = named[named["date"].notna()].fillna({"speaker": ""})
    found = []
    for row in pd.read_csv(REFERENCE / "anniversaries.csv").itertuples():
        own = named[named["title"].str.contains(row.pattern, regex=True)]
        day = {"year": own["date"].dt.year, "month": row.month, "day": row.day}
        found.append(own.assign(days_off=(own["date"] - pd.to_datetime(pd.DataFrame(day))).dt.days))
    table = pd.concat(found, ignore_index=True)[["doc_id", "speaker", "days_off"]]
    return table[table["days_off"].abs() <= 3].reset_index(drop=True)


def _checks(documents: pd.DataFrame) -> list[tuple[str, pd.Series, str | None]]:
    """What is looked for, which documents have it, and whose they are if not told by those."""
    lacks_day, family = documents["date"].isna(), documents["family_id"]
    is_bounded = lacks_day & documents.reindex(columns=["date_from"])["date_from"].notna()
    is_undated = lacks_day & ~is_bounded
    basis = documents.reindex(columns=["date_basis"])["date_basis"]
    is_copy = is_undated & family.isin(family[~is_undated])
    sizes = documents.groupby("family_id")["doc_id"].transform("size")
    largest = int(sizes.max()) if len(sizes) else 0
    told = f"중복 묶음 {family[sizes > 1].nunique():,}개, 가장 큰 묶음 {largest:,}건"
    found = anniversary_dates(documents)
    early = found[found["days_off"] == -1]
    is_early = documents["doc_id"].isin(early["doc_id"])
    counts, totals = (rows["speaker"].value_counts() for rows in (early, found))
    shares = (f"{who} {n:,}/{totals[who]:,}건".strip() for who, n in counts.head(3).items())
    return [
        ("날짜를 모르는 문서", is_undated, None),
        ("날짜 없는 문서 가운데 날짜 있는 문서와 거의 같은 글", is_copy, None),
        ("연도나 달까지만 적힌 문서", is_bounded & (basis != "officials"), None),
        ("한국어가 아닌 문서(글자의 절반 이상이 로마자)", documents["is_foreign"], None),
        ("날짜와 연설자가 어긋난 문서", documents["is_date_conflict"], None),
        ("공직자의 재임 기간으로 날짜를 정한 문서", basis == "officials", None),
        ("날짜를 문맥에서 미루어 적은 문서", basis == "inferred", None),
        ("기념일보다 하루 이르게 적힌 문서", is_early, ", ".join(shares)),
        ("같거나 거의 같은 글이 있는 문서", sizes > 1, told),
        another_ending(documents),
        *_kinds_apart(documents),
    ]


_ENDED = r"""[.!?…]["'”’)\]]*\s*$"""
_MANY = 20  # texts of a government that say something of it
_APART = 0.5  # between the shares of two governments' texts that end without a full stop


def another_ending(documents: pd.DataFrame) -> tuple:
    """A check of :func:`audit`: texts without a full stop at their end, if governments differ in it.

    Texts collected or written down in another way from some year on look like a difference of
    governments. Its detail names the shares of governments with twenty texts or more.
    """
    text = documents["text"]
    is_open = (text != "") & ~text.str.contains(_ENDED)
    by = is_open.groupby(documents["administration"].astype(object))
    shares = by.mean()[by.size() >= _MANY].sort_values(ascending=False, kind="stable")
    told = ", ".join(f"{name} {share:.0%}" for name, share in shares.head(4).items())
    if len(shares) > 4:
        told += f", 나머지 {len(shares) - 4}곳은 {shares.iloc[4]:.0%}까지"
    is_apart = len(shares) > 1 and bool(shares.max() - shares.min() > _APART)
    return "마침표 없이 끝나는 문서(정부에 따라 갈림)", is_open & is_apart, told


def _kinds_apart(documents: pd.DataFrame) -> list[tuple]:
    """Two checks of :func:`audit`: kinds that one administration alone has, and titles that name
    a kind which no text of their administration is labelled as, if many do.

    The first cannot be told from the government; in the second labels follow other rules, and
    kinds that are matched are not the same.
    """
    known = _governed(documents[documents["occasion"].fillna("") != ""])
    known = known.astype({"administration": object})
    kinds = known.groupby("occasion")["administration"]
    has_one = (kinds.nunique() == 1) & (documents["administration"].nunique() > 1)
    lone, named, told = kinds.first()[has_one], [], []
    for label, users in kinds:
        names = "|".join(name for name in re.split(r"\W+", label) if len(name) > 1) or "(?!)"
        has_name = known["title"].str.contains(f"(?:{names})(?![가-힣])")
        own = known.loc[has_name & ~known["administration"].isin(users), "administration"]
        counts = own.value_counts().loc[lambda n: n >= _MANY]
        named += own.index[own.isin(counts.index)].tolist()
        whose = ", ".join(f"{who} {n:,}건" for who, n in counts.head(3).items())
        told += [f"{label}({whose}{' …' if len(counts) > 3 else ''})"] if whose else []
    alone = ", ".join(f"{label}({who})" for label, who in lone.items())
    is_lone, is_named = documents["occasion"].isin(lone.index), documents.index.isin(named)
    return [
        ("한 정부에만 있는 종류 이름이 붙은 문서", is_lone, alone),
        ("다른 정부에만 있는 종류의 이름이 제목에 든 문서", is_named, ", ".join(told)),
    ]


def _who(documents: pd.DataFrame) -> str:
    """Whose documents these are, most first: the speaker's, or else the publisher's."""
    speaker = documents["speaker"].fillna("")
    by = speaker.mask(speaker == "", documents["publisher"].fillna(""))
    counts = by[by != ""].value_counts().head(3)
    return ", ".join(f"{name} {n:,}건" for name, n in counts.items())


# --- chapter 01 -----------------------------------------------------------------------------


def steps(corpus) -> Result:
    """Documents left after each step from reading to comparing, and those that went."""
    table = corpus.reading.steps
    gone = corpus.left_out().rename(columns={"removed_at": "step"})
    parts = ("finding", "figure" if table["n_removed"].any() else "kept")
    return Result("steps", table, corpus, by=("step",), places=gone, draw=charts.steps, parts=parts)


def rejects(corpus) -> Result:
    """What could not be read, and why."""
    return Result("rejects", corpus.reading.rejects, corpus, columns=_PLACE)


def document_list(corpus) -> Result:
    """Every document, as a file to download."""
    names = ["doc_id", "date", "date_from", "date_to", "year", "date_basis", "administration"]
    names += ["publisher", "genre", "occasion", "text_kind", "family_id", "removed_at", "title"]
    table = corpus.everything.assign(year=years(corpus.everything))[[*names, "url"]]
    return Result("documents", table, corpus, parts=("kept",))


def notes(corpus) -> Result:
    """What was read but should be looked at."""
    return Result("notes", corpus.reading.notes, corpus, columns=_PLACE)


def cleaning(corpus) -> Result:
    """What each step of cleaning changed."""
    table = corpus.reading.cleaning
    has_changed = table[["n_documents_changed", "n_characters_changed"]].any(axis=1)
    view = table[has_changed].reset_index(drop=True)
    parts = ("finding", "kept" if len(view) == 1 else "table")  # no table of one row
    return Result("cleaning", table, corpus, view=view, level=0, parts=parts)


def removed_lines(corpus) -> Result:
    """What was taken out because it is the site's or the archive's and not the text's."""
    table = corpus.reading.removed
    rules = table.groupby("rule")["n_lines"].sum().sort_values(ascending=False)
    return Result("removed", table, corpus, facts={"rules": rules.head(3).to_dict()})


def faults(corpus) -> Result:
    """Faults that bear on a comparison, with the documents that have them."""
    table, places = audit(corpus.whole.documents)
    found = table[table["n_documents"] > 0].sort_values("n_documents", ascending=False)
    look = {"view": found.reset_index(drop=True), "parts": ("finding", "table", "kept")}
    look |= {"by": ("check",), "columns": ("check", "n_documents", "detail")}
    return Result("audit", table, corpus, places=places, **look)


def per_government(corpus) -> Result:
    """Documents by year, per 100 days in office, and by kind of text."""
    used, by = _used(corpus), ("administration",)
    genre = used.reindex(columns=["genre"])["genre"]
    kind = used["occasion"].replace("", None).fillna(genre)  # what is known of a text's kind
    used = used.assign(occasion=kind.replace(GENRES))
    kinds = used.assign(of=_labels(used, "occasion"))
    rates = coverage_rates(used, acting=corpus.study.corpus.acting)
    crossed = coverage_by(used, "occasion")
    look = {"by": by, "places": kinds, "columns": tuple(crossed), "evidence_n": 1}
    more = [
        Result("coverage-rates", rates, corpus, by=by, places=used),
        Result("coverage-occasion", crossed, corpus, **look),
    ]
    facts = {"told": _comparable(rates, corpus), "drawing": {"colours": corpus.colours}}
    table, by, draw = coverage_by_year(used), ("year", *by), charts.coverage
    dated = used.assign(year=years(used))
    return Result("coverage", table, corpus, by=by, places=dated, facts=facts, draw=draw, more=more)


def panel(corpus) -> Result:
    """Publishers and administrations: how many documents, how complete, and who covers all."""
    compared, labels = corpus.documents, corpus.administrations
    held = balanced(compared, administrations=labels)
    # A publisher may be known by excerpts alone, which no comparison of full texts uses.
    everything = corpus.everything
    is_sound = ~everything["is_foreign"] & ~everything["is_date_conflict"]
    is_sound &= (everything["removed_at"] == "") | everything["is_other_kind"]
    acting = corpus.study.corpus.acting
    every_kind = _governed(assign_administrations(everything[is_sound], acting=acting))
    unnamed = {"publisher": {"": "(모름)"}}
    cells, places = (of(every_kind).replace(unnamed) for of in (ledger, articles))
    facts = {
        "fault": fault(compared, administrations=labels),
        "n_publishers": _named(compared).nunique(),
        "n_everywhere": held["publisher"].nunique(),
        "share": len(held) / max(len(compared), 1),
        "n_articles": cells["n_documents"].sum(),
    }
    table, by = grid(cells).rename(columns={"publisher": "매체"}), ("publisher", "administration")
    more = [Result("panel-ledger", cells, corpus, by=by, places=places, shown=6)]
    return Result("panel", table, corpus, facts=facts, columns=tuple(table), more=more)


def lineage(corpus) -> Result:
    """Who printed a text first, who printed it again, and how much of it."""
    documents, by = corpus.whole.documents, ("family_id",)
    table = lineage_table(documents)
    table["basis"] = table["first_basis"].map(BASES)
    measured = table.dropna(subset=["share_copied"])
    n_copies = measured["n_documents"] - 1
    facts = {
        "n_copies": (table["n_documents"] - 1).sum(),
        "share": np.average(measured["share_copied"], weights=n_copies) if len(measured) else None,
    }
    top = table.head(5)
    spans, told = passages(documents, top["family_id"]), ("title", "n_documents")
    spans["of"] = spans["family_id"].map(top.set_index("family_id")["title"])
    top = top[top["family_id"].isin(spans["family_id"])]
    own = publishers_table(documents)
    first = {name: own.loc[own[name].idxmax()] for name in ("n_first", "n_copied") if len(own)}
    bases = table.loc[table["n_publishers"] > 1, "first_basis"].unique().tolist()
    more = [
        Result("passages", top, corpus, by=by, places=spans, evidence_n=4, columns=told, file=""),
        Result("lineage-publishers", own, corpus, facts=first | {"bases": bases}, level=3),
    ]
    told = ("title", "first_date", "first_publisher", "basis", "n_documents", "n_publishers")
    told += ("days_spread", "share_copied")
    result = Result("lineage", table, corpus, by=by, places=documents, facts=facts, columns=told)
    return sum(more, start=result) if len(table) else result


def _used(corpus) -> pd.DataFrame:
    """Documents that no step took away, of every administration."""
    return corpus.everything[corpus.everything["removed_at"] == ""]


def _comparable(rates: pd.DataFrame, corpus) -> list[dict]:
    """Administrations that are compared, or all with texts; the best covered first."""
    labels = corpus.administrations if len(corpus.administrations) > 1 else corpus.order
    rates = rates[rates["administration"].isin(labels)]
    if len(rates) > 1:
        rates = rates.dropna(subset=["per_100_days"])
    # A few days in the data stretch one document to many in 100 days.
    long = rates[rates["office_days"] >= 100]
    rates = (long if len(long) > 1 else rates).sort_values("per_100_days", ascending=False)
    return rates.to_dict("records")
