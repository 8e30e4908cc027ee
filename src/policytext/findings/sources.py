"""What was read and how evenly it covers administrations, as sentences."""

from __future__ import annotations

import pandas as pd

from policytext.korean import format_count as count

MANY = 5  # labels above which only their number is told


def corpus_finding(
    steps: pd.DataFrame, documents: pd.DataFrame, compared: pd.DataFrame | None = None
) -> str:
    """Say how many documents are read and how many serve the comparison.

    Parameters
    ----------
    steps : DataFrame
        ``step, n_documents`` as in :class:`policytext.corpus.Corpus`.
    documents : DataFrame
        ``administration, family_id``.
    compared : DataFrame, optional
        Those of them that the study compares, if it does not compare all.

    Examples
    --------
    >>> steps = pd.DataFrame({"step": ["찾은 문서", "읽은 문서"], "n_documents": [3, 3]})
    >>> documents = pd.DataFrame({"administration": ["가", "가", None], "family_id": list("xxy")})
    >>> corpus_finding(steps, documents)
    '찾은 문서 3건 가운데 2건(겹치는 글을 묶으면 1건)을 정부별 비교에 쓴다'
    >>> corpus_finding(steps, documents, documents[:1])
    '찾은 문서 3건 가운데 1건을 정부별 비교에 쓴다: 정부를 정할 수 있는 문서 2건 가운데 이 연구가 고른 가 때의 문서(가족 1개)다'
    """  # noqa: E501
    found = int(steps["n_documents"].iloc[0]) if len(steps) else 0
    if not found or documents.empty:
        return "읽은 문서가 없어 비교할 수 없다"
    used = documents[documents["administration"].notna()]
    if used.empty:
        return f"찾은 문서 {count(found)}건 가운데 정부를 정할 수 있는 문서가 없어 비교할 수 없다"
    if compared is not None and len(compared) < len(used):
        labels = list(dict.fromkeys(compared["administration"]))
        who = "·".join(labels) if len(labels) <= MANY else f"{len(labels)}개 시기"
        return (
            f"찾은 문서 {count(found)}건 가운데 {count(len(compared))}건을 정부별 비교에 쓴다: 정부를 "
            f"정할 수 있는 문서 {count(len(used))}건 가운데 이 연구가 고른 {who} 때의 문서"
            f"(가족 {count(compared['family_id'].nunique())}개)다"
        )
    families = used["family_id"].nunique()
    if len(used) == found == families:
        return f"찾은 문서 {count(found)}건을 모두 정부별 비교에 쓴다"
    merged = f"(겹치는 글을 묶으면 {count(families)}건)" if families < len(used) else ""
    return f"찾은 문서 {count(found)}건 가운데 {count(len(used))}건{merged}을 정부별 비교에 쓴다"


def coverage_finding(rates: pd.DataFrame) -> str:
    """Say how unequally administrations are covered.

    Parameters
    ----------
    rates : DataFrame
        ``administration, n_documents, office_days, per_100_days``.

    Examples
    --------
    >>> coverage_finding(pd.DataFrame({"administration": ["가", "나"], "n_documents": [10, 5],
    ...     "office_days": [100, 100], "per_100_days": [10.0, 5.0]}))
    '정부마다 남은 문서가 2.0배까지 다르다: 재임 100일마다 가 때 10.0건(모두 10건), 나 때 5.0건(모두 5건)이다'
    """
    rates = rates[rates["n_documents"] > 0]
    if len(rates) > 1:
        rates = rates.dropna(subset=["per_100_days"])
    # A few days in the data stretch one document to many in 100 days.
    long = rates[rates["office_days"] >= 100] if "office_days" in rates else rates
    rates = (long if len(long) > 1 else rates).sort_values("per_100_days", ascending=False)
    if rates.empty:
        return "정부를 정할 수 있는 문서가 없어 정부별 문서 수를 견줄 수 없다"
    most, least = rates.iloc[0], rates.iloc[-1]
    if len(rates) == 1:
        return f"모든 문서가 {most['administration']} 때의 것이어서 정부를 견줄 수 없다"
    ratio = most["per_100_days"] / least["per_100_days"]
    told = [
        f"{row['administration']} 때 {row['per_100_days']:.1f}건"
        f"(모두 {count(int(row['n_documents']))}건)"
        for row in (most, least)
    ]
    return f"정부마다 남은 문서가 {ratio:.1f}배까지 다르다: 재임 100일마다 {', '.join(told)}이다"


def audit_finding(audit: pd.DataFrame) -> str:
    """Say which fault touches most documents.

    Examples
    --------
    >>> audit_finding(pd.DataFrame({"check": ["날짜를 모르는 문서"], "n_documents": [2]}))
    '살핀 1가지 흠이 모두 있고, 가장 많은 것은 ‘날짜를 모르는 문서’ 2건이다'
    """
    faults = audit[audit["n_documents"] > 0].sort_values("n_documents", ascending=False)
    if faults.empty:
        return f"살핀 {len(audit)}가지 흠은 하나도 없다"
    worst = faults.iloc[0]
    some = "흠이 모두" if len(faults) == len(audit) else f"가운데 {len(faults)}가지 흠이"
    return (
        f"살핀 {len(audit)}가지 {some} 있고, 가장 많은 것은 "
        f"‘{worst['check']}’ {count(int(worst['n_documents']))}건이다"
    )
