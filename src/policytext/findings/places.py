"""Regions that texts name, as sentences."""

from __future__ import annotations

import pandas as pd

from policytext.findings.contrasts import ALPHA, format_q

N_TOLD = 4


def regions_finding(shares: pd.DataFrame) -> str:
    """Say which regions one administration names more often than the others do.

    Parameters
    ----------
    shares : DataFrame
        As :func:`policytext.regions.region_shares` gives.

    Examples
    --------
    >>> shares = pd.DataFrame({"administration": ["가", "나"], "region": "대구", "share": [0.3, 0.1],
    ...     "share_rest": [0.1, 0.3], "q": 0.001})
    >>> regions_finding(shares)
    '한 정부가 나머지 정부보다 자주 말한 지역은 1곳이다: 가 때 대구 30%(나머지 10%, q = 0.001)'
    >>> regions_finding(shares.assign(q=0.4))
    '어느 지역도 한 정부가 나머지 정부보다 자주 말했다고 할 수 없다(피셔의 정확 검정, FDR 5%)'
    """
    if shares.empty:
        return "시·도의 이름이 나오는 글이 없다"
    if shares["q"].isna().all():
        return "정부가 하나뿐이어서 지역을 견줄 수 없다"
    sure = shares[(shares["q"] < ALPHA) & (shares["share"] > shares["share_rest"])]
    if sure.empty:
        return (
            "어느 지역도 한 정부가 나머지 정부보다 자주 말했다고 할 수 없다"
            "(피셔의 정확 검정, FDR 5%)"
        )
    told = sure.sort_values(["q", "share"], ascending=[True, False]).head(N_TOLD)
    parts = [
        f"{row.administration} 때 {row.region} {row.share:.0%}"
        f"(나머지 {row.share_rest:.0%}, {format_q(row.q)})"
        for row in told.itertuples()
    ]
    more = f" 등 {len(sure)}쌍" if len(sure) > len(told) else ""
    n_regions = sure["region"].nunique()
    return f"한 정부가 나머지 정부보다 자주 말한 지역은 {n_regions}곳이다: {', '.join(parts)}{more}"
