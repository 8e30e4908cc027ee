"""What experiments with a known answer say of the method on this corpus."""

from __future__ import annotations

import pandas as pd
from scipy.stats import binom, binomtest

EXPECTED = 0.05  # FDR, and the share of null draws that may call anything
PRECISION = {2: 0.5, 3: 0.8}  # asked of the ranking for terms planted so many times
COVERAGE = (0.93, 0.97)
_SHORT = "기준에 못 미친다"


def null_finding(table: pd.DataFrame) -> str:
    """Say how often shuffled governments differ significantly.

    Examples
    --------
    >>> null_finding(pd.DataFrame({"n_called": [0, 0, 3, 0]}))
    '정부 이름을 뒤섞은 4번 가운데 1번에서 유의한 낱말이 나왔다: 25%(95% 구간 1–81%)로 FDR 5%에서 있을 만한 횟수다'
    """
    n, called = len(table), int((table["n_called"] > 0).sum())
    if called <= binom.ppf(0.95, n, EXPECTED):
        verdict = "FDR 5%에서 있을 만한 횟수다"
    else:
        verdict = "FDR 5%에서 있을 만한 횟수를 넘으므로 이 말뭉치의 q는 너무 작다"
    exact = binomtest(called, n).proportion_ci(method="exact")
    how_often = f"가운데 {called}번에서 유의한 낱말이 나왔다"
    if called == 0:
        how_often = "모두에서 유의한 낱말이 나오지 않았다"
    return (
        f"정부 이름을 뒤섞은 {n}번 {how_often}: {called / n:.0%}"
        f"(95% 구간 {exact.low * 100:.0f}–{exact.high * 100:.0f}%)로 {verdict}"
    )


def planted_finding(table: pd.DataFrame) -> str:
    """Say how many planted terms come back, and how many others come along.

    Examples
    --------
    >>> table = pd.DataFrame({"times": 2, "n_planted": 28, "precision": [0.5, 0.6],
    ...     "n_found": [0, 1], "false_share": 0.0})
    >>> planted_finding(table)
    '2배로 심은 낱말 28개 가운데 유의하게 찾은 것은 평균 0.5개다: 순위 앞 28개 가운데 55%가 심은 낱말로 기준인 50% 이상이고, 이 말뭉치에서는 이만한 차이가 있어도 대부분 놓친다. 거짓 발견은 평균 0.0%(q가 약속한 것은 5%, 기준은 10% 이하)'
    """  # noqa: E501
    parts = []
    for times, part in table.groupby("times"):
        n = int(part["n_planted"].iloc[0])
        precision, found = part["precision"].mean(), part["n_found"].mean()
        asked = PRECISION.get(times, 0)
        short = "에 못 미치고" if precision < asked else " 이상이고"
        if found < n / 2:
            power = "이 말뭉치에서는 이만한 차이가 있어도 대부분 놓친다"
        else:
            power = "절반 넘게 찾았다"
        false = part["false_share"].mean()
        limit = "기준인 10%를 넘는다" if false > 0.1 else "기준은 10% 이하"
        where = f"순위 앞 {n}개 가운데 {precision:.0%}가 심은 낱말로 기준인 {asked:.0%}{short}"
        parts.append(
            f"{times}배로 심은 낱말 {n}개 가운데 유의하게 찾은 것은 평균 {found:.1f}개다: {where}, "
            f"{power}. 거짓 발견은 평균 {false:.1%}"
            f"(q가 약속한 것은 {EXPECTED:.0%}, {limit})"
        )
    return ". ".join(parts)


def interval_finding(table: pd.DataFrame) -> str:
    """Say how often 95 % intervals hold the truth.

    Examples
    --------
    >>> table = pd.DataFrame({"n_intervals": [90, 90], "log_odds": [0.96, 0.94], "log_ratio": 0.9})
    >>> interval_finding(table)
    '95% 구간이 참값을 담은 비율이 기준인 93–97%를 벗어난 것이 있다: 로그 승산비는 95.0%, 로그 비는 90.0%다(구간 180개)'
    """  # noqa: E501
    shares = table[["log_odds", "log_ratio"]].mean()
    is_within = shares.between(*COVERAGE).all()
    verdict = "기준인 93–97% 안에 있다" if is_within else "기준인 93–97%를 벗어난 것이 있다"
    return (
        f"95% 구간이 참값을 담은 비율이 {verdict}: 로그 승산비는 {shares['log_odds']:.1%}, 로그 비는 "
        f"{shares['log_ratio']:.1%}다(구간 {table['n_intervals'].sum():,}개)"
    )


def copies_finding(table: pd.DataFrame, n_copies: int = 50) -> str:
    """Say what reprinting one release does to the ranking.

    Examples
    --------
    >>> copies_finding(pd.DataFrame({"n_top": [50], "n_same": [50], "n_same_uncounted": [7]}))
    '가장 긴 글을 50번 베껴 넣어도 순위 앞 50개가 모두 그대로다: 베낀 글을 따로 세었다면 가장 심한 정부에서 7개만 제자리에 남는다'
    """  # noqa: E501
    moved = int((table["n_top"] - table["n_same"]).sum())
    n_top = int(table["n_top"].max())
    kept = f"순위 앞 {n_top}개가 모두 그대로다" if not moved else f"순위가 {moved}곳에서 바뀐다"
    n_left = int(table["n_same_uncounted"].min())
    left = f"{n_left}개만 제자리에 남는다" if n_left else "하나도 제자리에 남지 않는다"
    return f"가장 긴 글을 {n_copies}번 베껴 넣어도 {kept}: 베낀 글을 따로 세었다면 가장 심한 정부에서 {left}"


def genre_finding(table: pd.DataFrame) -> str:
    """Say whether a genre planted in one administration passes for its vocabulary.

    Examples
    --------
    >>> table = pd.DataFrame({"is_stratified": [False, True], "n_top_10": [10, 1],
    ...     "n_chance": [0, 1], "n_called": [20, 0]})
    >>> genre_finding(table)
    '한 정부에 몰아 심은 글의 종류의 말은 종류별로 나누어 재면 앞 10개에 평균 1.0개 남는다: 나누지 않으면 10.0개이고(기준 1개 이하, 심지 않아도 1.0개), 나누어 잰 것 가운데 유의한 것은 평균 0.0개다'
    """  # noqa: E501
    crude, stratified = (table[table["is_stratified"] == value].mean() for value in (False, True))
    n_left, n_called = stratified["n_top_10"], stratified["n_called"]
    asked = "기준 1개 이하" if n_left <= 1 else "기준인 1개를 넘는다"
    return (
        "한 정부에 몰아 심은 글의 종류의 말은 종류별로 나누어 재면 앞 10개에 평균 "
        f"{n_left:.1f}개 남는다: 나누지 않으면 {crude['n_top_10']:.1f}개이고({asked}, 심지 않아도 "
        f"{stratified['n_chance']:.1f}개), 나누어 잰 것 가운데 유의한 것은 평균 {n_called:.1f}개다"
    )


def structure_finding(table: pd.DataFrame) -> str:
    """Say whether topics are found in the texts, and refused in shuffled ones.

    Examples
    --------
    >>> table = pd.DataFrame({"is_shuffled": [False, True], "has_structure": [True, False],
    ...     "ari": [0.6, 0.1]})
    >>> structure_finding(table)
    '이 연구의 글에는 안정된 주제가 있고(ARI 0.60), 낱말을 뒤섞은 글 1벌 가운데 1벌에서 되풀이되는 주제를 찾지 못했다'
    """  # noqa: E501
    real, shuffled = table[~table["is_shuffled"]].iloc[0], table[table["is_shuffled"]]
    refused = int((~shuffled["has_structure"]).sum())
    has = "안정된 주제가 있고" if real["has_structure"] else "안정된 주제가 없고"
    short = "" if refused == len(shuffled) else f"({_SHORT})"
    return (
        f"이 연구의 글에는 {has}(ARI {real['ari']:.2f}), 낱말을 뒤섞은 글 {len(shuffled)}벌 가운데 "
        f"{refused}벌에서 되풀이되는 주제를 찾지 못했다{short}"
    )
