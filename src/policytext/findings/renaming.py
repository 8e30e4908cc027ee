"""What only got another name, and what moved under the same name, as sentences."""

from __future__ import annotations

import pandas as pd

from policytext.comparison.renaming import MOVED, RENAMED
from policytext.findings.contrasts import ALPHA, format_q, government
from policytext.korean import attach_particle
from policytext.korean import format_count as count


def organisations_finding(share: pd.DataFrame) -> str:
    """Say how much of what sets administrations apart is new names for old bodies.

    Parameters
    ----------
    share : DataFrame
        As :func:`policytext.comparison.actors.renaming_share` gives.

    Examples
    --------
    >>> organisations_finding(pd.DataFrame({"administration": ["가"], "n_terms": [4],
    ...     "n_renamed": [1], "share_z": [0.2]}))
    '정부를 가르는 말 4개 가운데 1개는 옛 이름과 약칭을 합치면 두드러지지 않는다: 가장 많은 곳은 가 정부로 4개 가운데 1개(z 합의 20.0%)다'
    """
    n, n_renamed = int(share["n_terms"].sum()), int(share["n_renamed"].sum())
    if n == 0:
        return "정부를 가르는 말이 없어 이름만 바뀐 기관을 셀 것도 없다"
    if n_renamed == 0:
        return f"정부를 가르는 말 {count(n)}개 가운데 옛 이름과 약칭을 합치면 두드러지지 않는 것은 없다"
    most = share.loc[share["share_z"].idxmax()]
    return (
        f"정부를 가르는 말 {count(n)}개 가운데 {count(n_renamed)}개는 옛 이름과 약칭을 합치면 두드러지지 않는다: "
        f"가장 많은 곳은 {attach_particle(government(most['administration']), '으로/로')} "
        f"{count(int(most['n_terms']))}개 가운데 {count(int(most['n_renamed']))}개"
        f"(z 합의 {most['share_z']:.1%})다"
    )


def renamed_finding(table: pd.DataFrame) -> str:
    """Say which new word took the place of a dropped one, if that can be said.

    Parameters
    ----------
    table : DataFrame
        As :func:`policytext.comparison.renaming.rename_or_reform` gives, for one pair of
        administrations.

    Examples
    --------
    >>> table = pd.DataFrame({"administration_from": ["갑"], "administration_to": ["을"],
    ...     "kind": [RENAMED], "term_from": ["창업"], "term_to": ["벤처"], "n_families_from": [20],
    ...     "n_families_to": [30], "similarity": [0.9], "similarity_low": [0.8],
    ...     "similarity_high": [0.95], "baseline": [0.4], "p": [0.001], "q": [0.01]})
    >>> renamed_finding(table)
    '갑의 ‘창업’ 자리를 을의 ‘벤처’가 이어받았다: 둘레의 말이 0.90만큼 비슷하다(95% 구간 0.80–0.95, 다른 말은 0.40, 가족 20·30개, q = 0.010)'
    """  # noqa: E501
    rows = table[table["kind"] == RENAMED]
    if rows.empty:
        return "사라진 말과 새로 온 말이 넉넉하지 않아 짝을 지을 수 없다"
    sure = rows[rows["q"] < ALPHA]
    best = (sure if len(sure) else rows).iloc[0]
    numbers = _numbers(best, "다른 말은")
    if len(sure):
        more = f". 모두 {count(len(sure))}쌍이다" if len(sure) > 1 else ""
        new = attach_particle(f"‘{best['term_to']}’", "이/가")
        return (
            f"{best['administration_from']}의 ‘{best['term_from']}’ 자리를 "
            f"{best['administration_to']}의 {new} 이어받았다: 둘레의 말이 "
            f"{best['similarity']:.2f}만큼 비슷하다({numbers}){more}"
        )
    to = attach_particle(best["administration_to"], "으로/로")
    return (
        f"{best['administration_from']}에서 {to} 이름만 바뀌었다고 말할 수 있는 "
        f"짝은 {count(len(rows))}개 말 가운데 없다. 가장 가까운 짝은 ‘{best['term_from']}’→"
        f"‘{best['term_to']}’(유사도 {best['similarity']:.2f}, {numbers})이다"
    )


def moved_finding(table: pd.DataFrame) -> str:
    """Say which words kept their name and changed their company.

    Parameters
    ----------
    table : DataFrame
        As :func:`policytext.comparison.renaming.rename_or_reform` gives, for one pair.

    Examples
    --------
    >>> moved_finding(pd.DataFrame({"kind": [RENAMED]}))
    '두 정부가 함께 쓴 두드러진 말이 넉넉하지 않아 내용이 옮겨갔는지 견줄 수 없다'
    """
    rows = table[table["kind"] == MOVED]
    if rows.empty:
        return "두 정부가 함께 쓴 두드러진 말이 넉넉하지 않아 내용이 옮겨갔는지 견줄 수 없다"
    sure = rows[rows["q"] < ALPHA]
    pair = attach_particle(rows["administration_from"].iloc[0], "과/와")
    pair = f"{pair} {rows['administration_to'].iloc[0]}"
    best = (sure if len(sure) else rows).iloc[0]
    numbers = _numbers(best, "글을 섞어 나누면")
    if sure.empty:
        return (
            f"{pair} 정부가 함께 쓴 두드러진 말 {count(len(rows))}개 가운데 내용이 옮겨갔다고 말할 수 "
            f"있는 것은 없다. 가장 의심스러운 말은 ‘{best['term_from']}’(유사도 "
            f"{best['similarity']:.2f}, {numbers})이다"
        )
    typical = sure[["similarity", "baseline"]].median()
    many = (
        f"그 유사도의 가운데값은 {typical['similarity']:.2f}(글을 섞어 나누면 "
        f"{typical['baseline']:.2f})이고, 가장 크게 달라진 "
    )
    return (
        f"{pair} 정부가 함께 쓴 두드러진 말 {count(len(rows))}개 가운데 {count(len(sure))}개는 둘레의 "
        f"말이 우연보다 더 달라졌다: {many if len(sure) > 1 else ''}‘{best['term_from']}’의 유사도는 {best['similarity']:.2f}({numbers})이다. 글의 종류가 달라져서일 수도 있다"
    )


def _numbers(row: pd.Series, baseline: str) -> str:
    """Interval, baseline, n and q of one match."""
    return (
        f"95% 구간 {row['similarity_low']:.2f}–{row['similarity_high']:.2f}, "
        f"{baseline} {row['baseline']:.2f}, 가족 {count(int(row['n_families_from']))}·"
        f"{count(int(row['n_families_to']))}개, {format_q(row['q'])}"
    )
