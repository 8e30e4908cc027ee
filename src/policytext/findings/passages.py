"""Changes over time, and what makes administrations differ, as sentences."""

from __future__ import annotations

import pandas as pd

from policytext.findings.contrasts import ALPHA, format_q
from policytext.korean import attach_particle as with_particle

NEAR_DAYS = 92


def change_points_finding(
    changes: pd.DataFrame, n_series: int, *, is_share: bool = False, is_chosen: bool = False
) -> str:
    """Say which change of level near an inauguration is the largest, or how many there are.

    Parameters
    ----------
    changes : DataFrame
        As :func:`policytext.changepoints.change_points` gives.
    n_series : int
        Terms or stable topics looked at.
    is_share : bool
        Levels are shares (0..1) of stable topics, not rates of terms.
    is_chosen : bool
        The series were chosen because administrations differ in them.

    Examples
    --------
    >>> changes = pd.DataFrame({"series": ["창업"], "date": pd.to_datetime(["2013-03-01"]),
    ...     "before": [1.0], "after": [9.0], "q": [0.004], "p": [0.001], "p_placebo": [0.03],
    ...     "administration": ["가"], "distance_days": [4]})
    >>> change_points_finding(changes, 5)
    '낱말 5개 가운데 1개의 수준이 바뀌었고, 취임 92일 안에 바뀐 것은 1곳이다: 가장 큰 변화는 2013년 3월의 ‘창업’으로 1만 낱말에 1.0번에서 9.0번이 되었다(가 취임 4일 뒤, q = 0.004, 변화마다 따로 잰 가짜 취임일 p = 0.030)'
    >>> change_points_finding(changes.assign(distance_days=-200), 5)[:60]
    '낱말 5개 가운데 1개의 수준이 바뀌었고, 취임 92일 안에 바뀐 것은 없다: 가장 큰 변화는 2013년 3'
    >>> change_points_finding(changes[:0], 0)
    '흐름을 볼 낱말이 없다: 정부마다 두드러진 말이 없다(FDR 5%)'
    >>> change_points_finding(changes.assign(q=0.2), 5)
    '낱말 5개 가운데 수준이 바뀌었다고 말할 수 있는 것은 없다(FDR 5%)'
    """  # noqa: E501
    if n_series == 0:
        if is_share:
            return "안정된 주제가 없어 흐름을 보지 않는다"
        return "흐름을 볼 낱말이 없다: 정부마다 두드러진 말이 없다(FDR 5%)"
    counted = f"{'안정된 주제' if is_share else '낱말'} {n_series}개 가운데"
    sure = changes[changes["q"] < ALPHA]
    if sure.empty:
        return f"{counted} 수준이 바뀌었다고 말할 수 있는 것은 없다(FDR 5%)"
    near = sure[sure["distance_days"].abs() <= NEAR_DAYS]
    n_changed = sure["series"].nunique()
    head = f"{counted} {n_changed}개의 수준이 바뀌었고, 취임 {NEAR_DAYS}일 안에 바뀐 것은"
    told = near if len(near) else sure
    largest = told.loc[(told["after"] - told["before"]).abs().idxmax()]
    series = f"‘{largest['series']}’"
    placebo = ""
    if pd.notna(largest["p_placebo"]):
        placebo = f", 변화마다 따로 잰 가짜 취임일 {format_q(largest['p_placebo'], 'p')}"
    chosen = ". 정부마다 두드러져서 고른 말이므로 취임과 가까운 것은 새 증거가 아니다"
    return (
        f"{head} {f'{len(near)}곳이다' if len(near) else '없다'}: 가장 큰 변화는 "
        f"{largest['date'].year}년 {largest['date'].month}월의 "
        f"{with_particle(series, '으로/로')} {_levels(largest, is_share)}"
        f"({largest['administration']} {_distance(largest['distance_days'])}, "
        f"{format_q(largest['q'])}{placebo}){chosen if is_chosen and len(near) else ''}"
    )


def decomposition_finding(table: pd.DataFrame) -> str:
    """Say whether administrations differ more in what or in how, for the farthest pair.

    Parameters
    ----------
    table : DataFrame
        As :func:`policytext.comparison.decomposition.decompose` gives.

    Examples
    --------
    >>> table = pd.DataFrame({"administration_a": ["가"] * 2, "administration_b": ["나"] * 2,
    ...     "part": ["what", "how"], "topic": [0, 0], "excess": [0.3, 0.1],
    ...     "excess_low": [0.2, 0.05], "excess_high": [0.4, 0.15]})
    >>> decomposition_finding(table)
    '가–나의 차이는 75%가 ‘무엇을’에서 온다: 주제와 말을 함께 본 거리가 우연을 넘는 0.400비트 가운데 주제의 비중이 0.300비트(95% 구간 0.200–0.400), 주제 안의 말(‘어떻게’)이 0.100비트(95% 구간 0.050–0.150)다'
    """  # noqa: E501
    pair = ["administration_a", "administration_b"]
    sums = table[table["topic"] == 0].dropna(subset="excess")
    sure = sums.groupby(pair)["excess_low"].transform("max") > 0
    if not sure.any():
        return (
            "이어진 두 정부는 무엇을 말하는지도 어떻게 말하는지도 우연을 넘어 다르다고 할 수 없다"
        )
    by_part = sums[sure].set_index([*pair, "part"])
    pair = by_part.groupby(level=pair)["excess"].sum().idxmax()
    what, how = by_part.loc[(*pair, "what")], by_part.loc[(*pair, "how")]
    total = max(what["excess"], 0) + max(how["excess"], 0)
    part = max(what["excess"], 0) / total
    return (
        f"{pair[0]}–{pair[1]}의 차이는 {part:.0%}가 ‘무엇을’에서 온다: 주제와 말을 함께 본 거리가 "
        f"우연을 넘는 {total:.3f}비트 가운데 주제의 비중이 {what['excess']:.3f}비트(95% 구간 "
        f"{_range(what)}), 주제 안의 말(‘어떻게’)이 {how['excess']:.3f}비트(95% 구간 "
        f"{_range(how)})다"
    )


def windows_finding(windows: pd.DataFrame) -> str:
    """Say which months in office can be compared.

    Parameters
    ----------
    windows : DataFrame
        As :func:`policytext.timeline.office_windows` gives.

    Examples
    --------
    >>> windows = pd.DataFrame({"administration": ["가", "가", "나", "나"],
    ...     "months": ["1–12", "13–24"] * 2, "office_days": [365, 365, 200, 0]})
    >>> windows_finding(windows)
    '정부 2개가 모두 재임한 날이 있는 때는 1–12개월이다'
    >>> windows_finding(windows[:2])
    '정부가 하나뿐이어서 재임 개월을 견줄 수 없다'
    """
    n_governments = windows["administration"].nunique()
    if n_governments < 2:
        return "정부가 하나뿐이어서 재임 개월을 견줄 수 없다"
    held = (windows["office_days"] > 0).groupby(windows["months"], sort=False).sum()
    whole = held.index[held == n_governments]
    if whole.empty:
        return f"정부 {n_governments}개가 모두 재임한 날이 있는 때는 없다"
    months = f"{whole[0].split('–')[0]}–{whole[-1].split('–')[-1]}"
    return f"정부 {n_governments}개가 모두 재임한 날이 있는 때는 {months}개월이다"


def same_age_finding(rates: pd.DataFrame, *, is_share: bool = False) -> str:
    """Say which series differs most surely between administrations at the same age.

    Parameters
    ----------
    rates : DataFrame
        ``series, administration, months, value, value_low, value_high``, as
        :func:`policytext.timeline.term_rates` or ``topic_rates`` give for windows of office.
        The cell told is the one with the widest gap between two intervals.
    is_share : bool
        Whether values are shares.

    Examples
    --------
    >>> rates = pd.DataFrame({"series": "창업", "administration": ["가", "나"], "months": "1–12",
    ...     "value": [9.0, 2.0], "value_low": [7.0, 1.0], "value_high": [12.0, 4.0]})
    >>> same_age_finding(rates)
    '같은 재임 개월에 가장 뚜렷하게 갈린 것은 1–12개월의 ‘창업’이다: 가 9.0번(95% 구간 7.0–12.0), 나 2.0번(95% 구간 1.0–4.0). 여러 칸을 견준 것은 바로잡지 않았다'
    >>> same_age_finding(rates.assign(value_high=20.0))
    '같은 재임 개월끼리 견주면 95% 구간이 갈리는 말이 없다'
    """  # noqa: E501
    known = rates.dropna(subset=["value", "value_low", "value_high"])
    cells = known.groupby(["series", "months"], sort=False)
    gap = cells["value_low"].max() - cells["value_high"].min()
    if known.empty or gap.max() <= 0:
        what = with_particle("주제" if is_share else "말", "이/가")
        return f"같은 재임 개월끼리 견주면 95% 구간이 갈리는 {what} 없다"
    series, months = gap.idxmax()
    own = known[(known["series"] == series) & (known["months"] == months)]
    sides = own.loc[own["value_low"].idxmax()], own.loc[own["value_high"].idxmin()]
    told = ", ".join(f"{row['administration']} {_value(row, is_share)}" for row in sides)
    return (
        f"같은 재임 개월에 가장 뚜렷하게 갈린 것은 {months}개월의 ‘{series}’이다: {told}. "
        "여러 칸을 견준 것은 바로잡지 않았다"
    )


def _value(row: pd.Series, is_share: bool) -> str:
    value, low, high = row[["value", "value_low", "value_high"]].astype(float)
    if is_share:
        return f"{value:.0%}(95% 구간 {low * 100:.0f}–{high * 100:.0f})"
    return f"{value:.1f}번(95% 구간 {low:.1f}–{high:.1f})"


def _range(row: pd.Series) -> str:
    unsure = "" if row["excess_low"] > 0 else ", 우연을 넘는다고 할 수 없음"
    return f"{row['excess_low']:.3f}–{row['excess_high']:.3f}{unsure}"


def _levels(row: pd.Series, is_share: bool) -> str:
    if is_share:
        return f"글의 {row['before']:.0%}에서 {row['after']:.0%}가 되었다"
    return f"1만 낱말에 {row['before']:.1f}번에서 {row['after']:.1f}번이 되었다"


def _distance(days: float) -> str:
    days = int(days)
    return "취임과 같은 때" if days == 0 else f"취임 {abs(days)}일 {'뒤' if days > 0 else '앞'}"
