"""Differences between administrations, as sentences."""

from __future__ import annotations

import pandas as pd

from policytext.korean import format_count as count

ALPHA = 0.05
FEW_PER_10K = 0.1  # below this rate in the rest a ratio says little; the count is shown


def keyness_finding(
    keyness: pd.DataFrame, administration: str, *, people: frozenset[str] = frozenset()
) -> str:
    """Say which term sets an administration apart, with both rates, interval, q and n.

    Parameters
    ----------
    keyness : DataFrame
        As :func:`policytext.comparison.keyness` gives.
    people : set of str
        Names that make no headline (they stay in the tables): that a government names
        its own president says nothing of its policy.

    Examples
    --------
    >>> table = pd.DataFrame({"administration": ["가"], "term": ["창업"], "z": [9.0],
    ...     "q": [0.001], "n": [30], "n_rest": [3], "n_documents": [12], "rate_per_10k": [50.0],
    ...     "rate_rest_per_10k": [5.0], "log_ratio": [3.3]})
    >>> keyness_finding(table, "가")
    '가 정부를 가르는 말은 ‘창업’: 1만 낱말에 50.0번으로 나머지 정부(5.0번)의 10.0배다(문서 12건, q = 0.001)'
    """
    rows = keyness[(keyness["administration"] == administration) & (keyness["z"] > 0)]
    sure = rows[(rows["q"] < ALPHA) & ~rows["term"].isin(people)]
    sure = sure.sort_values("z", ascending=False)
    if sure.empty:
        return f"{government(administration)}를 가른다고 말할 수 있는 낱말은 없다(FDR 5%)"
    top = sure.iloc[0]
    q = "q < 0.001" if top["q"] < 0.001 else f"q = {top['q']:.3f}"
    rate, rest = top["rate_per_10k"], top["rate_rest_per_10k"]
    if rest >= FEW_PER_10K:
        against = f"{rate:.1f}번으로 나머지 정부({rest:.1f}번)의 {rate / rest:.1f}배다"
    elif top["n_rest"] > 0:
        against = f"{rate:.1f}번 나오는데 나머지 정부에는 모두 {count(int(top['n_rest']))}번뿐이다"
    else:
        against = f"{rate:.1f}번 나오는데 나머지 정부에는 한 번도 나오지 않는다"
    return (
        f"{government(administration)}를 가르는 말은 ‘{top['term']}’: 1만 낱말에 {against}"
        f"(문서 {count(int(top['n_documents']))}건, {q})"
    )


def left_out_finding(groups: pd.Series, kept: pd.Series, min_families: int) -> str:
    """Say which groups are too small to be shown on their own.

    Parameters
    ----------
    groups, kept : Series
        The label of each document, and the same with small groups set to missing.
    min_families : int
        The smallest number of families shown.

    Examples
    --------
    >>> left_out_finding(pd.Series(["가", "나"]), pd.Series(["가", None]), 20)
    '가족이 20개가 안 되어 따로 보이지 않은 시기: 나(글 1건). 비교의 ‘나머지’에는 들어 있다.'
    """
    left_out = groups[kept.isna()].value_counts()
    if left_out.empty:
        return f"모든 시기에 가족이 {min_families}개 이상 있어 빠짐없이 보였다."
    names = ", ".join(f"{label}(글 {count(int(n))}건)" for label, n in left_out.items())
    return (
        f"가족이 {min_families}개가 안 되어 따로 보이지 않은 시기: {names}. "
        "비교의 ‘나머지’에는 들어 있다."
    )


def divergence_finding(table: pd.DataFrame) -> str:
    """Say which administrations speak most and least alike, against the baseline.

    Parameters
    ----------
    table : DataFrame
        As :func:`policytext.comparison.divergence` gives.

    Examples
    --------
    >>> table = pd.DataFrame({"administration_a": ["가", "나", "가", "나"],
    ...     "administration_b": ["나", "가", "가", "나"], "jsd": [0.3, 0.3, 0.1, 0.1],
    ...     "excess": [0.2, 0.2, 0.0, 0.0], "excess_low": [0.1, 0.1, 0.0, 0.0]})
    >>> divergence_finding(table)
    '두 정부의 말은 한 정부 안의 차이보다 멀다: 가–나 사이의 거리가 우연을 0.200비트 넘는다'
    """
    pairs = table[table["administration_a"] < table["administration_b"]].dropna(subset=["excess"])
    if pairs.empty:
        return "정부가 하나뿐이거나 글이 모자라 말의 거리를 잴 수 없다"
    sure = pairs[pairs["excess_low"] > 0]
    if sure.empty:
        which = "두 정부의 말은" if len(pairs) == 1 else "어느 두 정부의 말도"
        return f"{which} 한 정부 안의 차이보다 멀다고 할 수 없다"
    far = sure.loc[sure["excess"].idxmax()]
    if len(pairs) == 1:
        return (
            "두 정부의 말은 한 정부 안의 차이보다 멀다: "
            f"{_pair(far)} 사이의 거리가 우연을 {far['excess']:.3f}비트 넘는다"
        )
    near = pairs.loc[pairs["excess"].idxmin()]
    return (
        f"기준선을 뺀 말의 거리가 가장 먼 두 정부는 {_pair(far)}({far['excess']:.3f}비트), "
        f"가장 가까운 두 정부는 {_pair(near)}({near['excess']:.3f}비트)다"
    )


def government(label: str) -> str:
    """Name a group as a government; acting presidents keep their own label.

    Examples
    --------
    >>> government("박근혜"), government("권한대행(황교안)")
    ('박근혜 정부', '권한대행(황교안) 시기')
    """
    return f"{label} 시기" if "(" in label else f"{label} 정부"


def _pair(row: pd.Series) -> str:
    return f"{row['administration_a']}–{row['administration_b']}"
