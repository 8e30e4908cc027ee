"""Whose texts a corpus holds, who printed them first and what was taken out, as sentences."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from policytext import panel
from policytext.boilerplate import RULE
from policytext.korean import attach_particle
from policytext.korean import format_count as count

_UNKNOWN_FIRST = {
    "same_day": "첫날 여러 곳이 내어 처음 낸 곳을 알 수 없다",
    "undated": "날짜를 모르는 글이 있어 처음 낸 곳을 알 수 없다",
    "dated": "처음 낸 곳은 적혀 있지 않다",
}


def removed_finding(removed: pd.DataFrame) -> str:
    """Say how many lines were taken out of how many publishers' pages.

    Parameters
    ----------
    removed : DataFrame
        ``publisher, rule, n_lines`` as in :class:`policytext.corpus.Corpus`.

    Examples
    --------
    >>> removed_finding(pd.DataFrame({"publisher": ["갑"], "rule": ["공유"], "n_lines": [3]}))
    '매체 1곳의 글에서 본문이 아닌 줄 3줄을 걷어냈다'
    """
    if removed.empty:
        return "본문이 아니라고 본 줄이 없어 걷어낸 것이 없다"
    n_repeated = removed.loc[removed["rule"] == RULE, "n_lines"].sum()
    learnt = f"(그 가운데 {count(n_repeated)}줄은 매체가 되풀이하는 줄)" if n_repeated else ""
    return (
        f"매체 {count(removed['publisher'].nunique())}곳의 글에서 본문이 아닌 줄 "
        f"{count(removed['n_lines'].sum())}줄을 걷어냈다{learnt}"
    )


def lineage_finding(families: pd.DataFrame) -> str:
    """Say how much is copied, and of what most.

    Parameters
    ----------
    families : DataFrame
        As :func:`policytext.lineage.lineage` gives.

    Examples
    --------
    >>> families = pd.DataFrame({"title": ["센터 열어"], "first_publisher": ["갑"],
    ...     "first_basis": ["dated"], "n_documents": [3], "share_copied": [0.9]})
    >>> lineage_finding(families)
    '글 2건이 다른 글 1건과 거의 같다: 문장의 90%가 같고, 가장 많이 되풀이된 ‘센터 열어’를 처음 낸 곳은 갑이다'
    >>> lineage_finding(families.assign(n_documents=2))
    '글 1건이 다른 글 1건과 거의 같다: 문장의 90%가 같고, 같은 글은 모두 두 건씩이다'
    """  # noqa: E501
    if families.empty:
        return "거의 같은 글이 두 번 실린 일이 없다"
    n_copies = families["n_documents"] - 1
    known = families["share_copied"].notna()
    shares = (families["share_copied"] * n_copies)[known].sum() / max(n_copies[known].sum(), 1)
    share = f"문장의 {shares:.0%}가 같고" if known.any() else "같은 문장의 비율은 잴 수 없고"
    top = families.iloc[0]
    named = f"‘{top['title']}’" if top["title"] else "제목 없는 글"
    if pd.notna(top["first_publisher"]):
        who = f"{attach_particle(named, '을/를')} 처음 낸 곳은 {top['first_publisher']}이다"
    else:
        who = f"{attach_particle(named, '은/는')} {_UNKNOWN_FIRST[top['first_basis']]}"
    # Where nothing is copied more than once, no text is the one copied most.
    told = f"가장 많이 되풀이된 {who}" if n_copies.max() > 1 else "같은 글은 모두 두 건씩이다"
    return f"글 {count(n_copies.sum())}건이 다른 글 {count(len(families))}건과 거의 같다: {share}, {told}"


def publishers_finding(publishers: pd.DataFrame) -> str:
    """Say who published first most often and who copied most.

    Parameters
    ----------
    publishers : DataFrame
        As :func:`policytext.lineage.publishers` gives.

    Examples
    --------
    >>> publishers_finding(pd.DataFrame({"publisher": ["갑", "을"], "n_first": [2, 0],
    ...     "n_copied": [0, 5], "n_unknown": [0, 0], "share_copied_mean": [None, 0.8]}))
    '가장 많이 먼저 낸 곳은 갑(2건)이고 가장 많이 옮긴 곳은 을(5건, 문장의 80%가 같음)이다'
    """
    if publishers.empty:
        return "둘 이상의 매체가 함께 실은 글이 없어 누가 먼저 냈는지 견줄 수 없다"
    if not publishers["n_first"].sum():
        return (
            f"매체 {count(len(publishers))}곳이 같은 글을 실었지만 날짜가 같거나 없어 "
            "누가 먼저 냈는지 알 수 없다"
        )
    first = publishers.sort_values("n_first", ascending=False, kind="stable").iloc[0]
    copier = publishers.sort_values("n_copied", ascending=False, kind="stable").iloc[0]
    shares = copier["share_copied_mean"]
    share = "" if pd.isna(shares) else f", 문장의 {shares:.0%}가 같음"
    return (
        f"가장 많이 먼저 낸 곳은 {first['publisher']}({count(first['n_first'])}건)이고 "
        f"가장 많이 옮긴 곳은 {copier['publisher']}({count(copier['n_copied'])}건{share})이다"
    )


def panel_finding(documents: pd.DataFrame, administrations: Sequence[str] | None = None) -> str:
    """Say how many publishers cover all compared administrations, and how much they hold.

    Parameters
    ----------
    documents, administrations
        As for :func:`policytext.panel.balanced`.

    Examples
    --------
    >>> panel_finding(pd.DataFrame({"publisher": list("갑갑을"), "administration": list("가나가")}))
    '매체 2곳 가운데 1곳의 글이 견주는 정부 2곳 모두에 있고, 그 글은 전체 3건의 67%이다'
    """
    if reason := panel.fault(documents, administrations=administrations):
        return reason
    held = panel.balanced(documents, administrations=administrations)
    n_compared = len(administrations or documents["administration"].dropna().unique())
    n_publishers = documents.loc[documents["publisher"] != "", "publisher"].nunique()
    return (
        f"매체 {count(n_publishers)}곳 가운데 {count(held['publisher'].nunique())}곳의 글이 "
        f"견주는 정부 {n_compared}곳 모두에 있고, 그 글은 전체 {count(len(documents))}건의 "
        f"{len(held) / len(documents):.0%}이다"
    )
