"""Topics and their shares, as sentences."""

from __future__ import annotations

import pandas as pd

from policytext.korean import attach_particle as with_particle
from policytext.korean import format_count as count
from policytext.stability import STABLE_JACCARD
from policytext.topics import has_structure


def topics_finding(topics: pd.DataFrame, n_topics: int) -> str:
    """Say how many topics there are and how many of them are stable.

    Parameters
    ----------
    topics : DataFrame
        As :func:`policytext.topics.stability` gives.

    Examples
    --------
    >>> table = pd.DataFrame({"topic": [1, 2], "is_stable": [True, False],
    ...     "ari": [0.6, 0.6], "ari_low": [0.5, 0.5], "ari_null": [0.1, 0.1]})
    >>> topics_finding(table, 2)
    '주제 2개 가운데 1개는 글을 다시 뽑아도 되풀이된다: 되풀이 비율(자카드)이 0.75 이상인 주제의 수이고, 다시 뽑은 분류와의 일치 ARI 0.60(가운데 90%의 아래 끝 0.50)'
    >>> topics_finding(table.assign(ari_null=0.9), 2)
    '안정된 주제 없음: 낱말을 뒤섞은 글보다 뚜렷한 묶음이 나오지 않는다'
    """  # noqa: E501
    if not has_structure(topics):
        return "안정된 주제 없음: 낱말을 뒤섞은 글보다 뚜렷한 묶음이 나오지 않는다"
    n_stable = int(topics["is_stable"].sum())
    agreement = f"다시 뽑은 분류와의 일치 ARI {topics['ari'].iloc[0]:.2f}"
    if n_stable == 0:
        return f"주제 {n_topics}개를 나누었지만 다시 뽑으면 되풀이되는 주제가 없다({agreement})"
    return (
        f"주제 {n_topics}개 가운데 {n_stable}개는 글을 다시 뽑아도 되풀이된다: 되풀이 비율(자카드)이 "
        f"{STABLE_JACCARD} 이상인 주제의 수이고, {agreement}"
        f"(가운데 90%의 아래 끝 {topics['ari_low'].iloc[0]:.2f})"
    )


def topic_shares_finding(shares: pd.DataFrame) -> str:
    """Say which topic's share differs most surely between two administrations.

    Parameters
    ----------
    shares : DataFrame
        ``administration, topic, label, share, share_low, share_high``; with ``is_stable``
        only stable topics are told. The pair shown is the one with the widest gap between
        its intervals, so that an administration with three documents does not win by having
        no document on a topic.

    Examples
    --------
    >>> shares = pd.DataFrame({"administration": ["가", "나"], "topic": [1, 1],
    ...     "label": ["창업", "창업"], "share": [0.5, 0.1], "share_low": [0.4, 0.0],
    ...     "share_high": [0.6, 0.2]})
    >>> topic_shares_finding(shares)
    '가장 뚜렷하게 갈린 주제는 ‘창업’이다: 가 50%(95% 구간 40–60), 나 10%(95% 구간 0–20)'
    >>> topic_shares_finding(shares.assign(is_stable=False))
    '안정된 주제가 없어 주제의 비중을 견주지 않는다'
    """
    if shares["administration"].nunique() < 2:
        return "정부가 하나뿐이어서 주제의 비중을 견줄 수 없다"
    kind = "주제"
    if "is_stable" in shares:
        shares, kind = shares[shares["is_stable"]], "안정된 주제"
    if shares.empty:
        return "안정된 주제가 없어 주제의 비중을 견주지 않는다"
    by_topic = shares.groupby("topic")
    gap = by_topic["share_low"].max() - by_topic["share_high"].min()
    if gap.max() <= 0:
        return f"어느 {kind}도 정부 사이에 비중이 다르다고 할 수 없다(95% 구간이 모두 겹친다)"
    rows = shares[shares["topic"] == gap.idxmax()]
    high = rows.loc[rows["share_low"].idxmax()]
    low = rows.loc[rows["share_high"].idxmin()]
    return f"가장 뚜렷하게 갈린 {kind}는 ‘{high['label']}’이다: {_share(high)}, {_share(low)}"


def concentration_finding(table: pd.DataFrame) -> str:
    """Say which topics live in one administration.

    Parameters
    ----------
    table : DataFrame
        As :func:`policytext.kinship.concentration` gives, with ``label``; with ``is_stable``
        only stable topics are told.

    Examples
    --------
    >>> table = pd.DataFrame({"label": ["방역", "창업"], "administration": ["가", "나"],
    ...     "share": [0.96, 0.5], "share_low": [0.9, 0.4], "share_high": [0.98, 0.6],
    ...     "expected": [0.5, 0.4], "lives_in_one": [True, False]})
    >>> concentration_finding(table)
    '주제 2개 가운데 1개는 한 정부에 몰려 있다: ‘방역’(가 96%, 95% 구간 90–98, 기대 50%)'
    >>> concentration_finding(table[1:])
    '주제 1개 가운데 한 정부에 몰린 것은 없다'
    """
    kind = "주제"
    if "is_stable" in table:
        table, kind = table[table["is_stable"]], "안정된 주제"
    own = table[table["lives_in_one"]].sort_values("share", ascending=False)
    if table.empty:
        return "안정된 주제가 없어 한 정부에 몰렸는지 보지 않는다"
    if own.empty:
        return f"{kind} {len(table)}개 가운데 한 정부에 몰린 것은 없다"
    names = ", ".join(
        f"‘{row.label}’({row.administration} {row.share:.0%}, 95% 구간 {row.share_low * 100:.0f}–"
        f"{row.share_high * 100:.0f}, 기대 {row.expected:.0%})"
        for row in own.head(3).itertuples()
    )
    rest = " 등" if len(own) > 3 else ""
    return f"{kind} {len(table)}개 가운데 {len(own)}개는 한 정부에 몰려 있다: {names}{rest}"


def hierarchy_finding(tree: pd.DataFrame, names: pd.Series) -> str:
    """Say which two topics are nearest.

    Parameters
    ----------
    tree : DataFrame
        As :func:`policytext.kinship.hierarchy` gives.
    names : Series
        ``topic -> name`` of every topic, in order.

    Examples
    --------
    >>> tree = pd.DataFrame({"left": [0], "right": [1], "distance": [0.25]})
    >>> hierarchy_finding(tree, pd.Series({1: "창업", 2: "투자"}))
    '가장 가까운 두 주제는 ‘창업’과 ‘투자’이다(거리 0.25)'
    """
    if tree.empty:
        return "주제가 하나뿐이어서 주제끼리의 거리를 잴 수 없다"
    first = tree.iloc[0]
    one, other = (f"‘{names.iloc[int(first[side])]}’" for side in ("left", "right"))
    return (
        f"가장 가까운 두 주제는 {with_particle(one, '과/와')} {other}이다"
        f"(거리 {first['distance']:.2f})"
    )


def topic_map_finding(table: pd.DataFrame) -> str:
    """Say what a map of topics shows: the largest, and how many live in one administration.

    Parameters
    ----------
    table : DataFrame
        ``label, n_documents, explained, lives_in_one``, one row a topic.

    Examples
    --------
    >>> table = pd.DataFrame({"label": ["창업", "쌀"], "n_documents": [9, 4], "explained": 0.8,
    ...     "lives_in_one": [False, True]})
    >>> topic_map_finding(table)
    '주제 2개를 가까운 것끼리 놓으면 가장 큰 주제는 ‘창업’(글 9건)이고, 한 정부에 몰린 주제는 1개다. 평면은 주제가 흩어진 정도의 80%를 담는다'
    """  # noqa: E501
    if table.empty:
        return "놓을 주제가 없다"
    largest = table.loc[table["n_documents"].idxmax()]
    return (
        f"주제 {len(table)}개를 가까운 것끼리 놓으면 가장 큰 주제는 ‘{largest['label']}’"
        f"(글 {count(int(largest['n_documents']))}건)이고, 한 정부에 몰린 주제는 "
        f"{int(table['lives_in_one'].sum())}개다. 평면은 주제가 흩어진 정도의 "
        f"{table['explained'].iloc[0]:.0%}를 담는다"
    )


def labels_finding(matched: pd.DataFrame) -> str:
    """Say how many of the names that people gave still fit, and which do not.

    Parameters
    ----------
    matched : DataFrame
        As :func:`policytext.labels.match_labels` gives.

    Examples
    --------
    >>> labels_finding(pd.DataFrame({"label": ["창업", "농업"], "is_matched": [True, False]}))
    '사람이 붙인 이름 2개 가운데 1개를 지금의 주제에 썼고, 맞는 주제가 없는 것은 ‘농업’이다'
    >>> labels_finding(pd.DataFrame({"label": [], "is_matched": []}))
    '사람이 붙인 이름이 없어 두드러진 낱말로 주제를 부른다'
    """
    if matched.empty:
        return "사람이 붙인 이름이 없어 두드러진 낱말로 주제를 부른다"
    lost = matched.loc[~matched["is_matched"].astype(bool), "label"]
    counted = f"사람이 붙인 이름 {len(matched)}개"
    if lost.empty:
        return f"{with_particle(counted, '을/를')} 모두 지금의 주제에 썼다"
    names = ", ".join(f"‘{label}’" for label in lost)
    return (
        f"{counted} 가운데 {len(matched) - len(lost)}개를 지금의 주제에 썼고, 맞는 주제가 없는 "
        f"것은 {names}이다"
    )


def _share(row: pd.Series) -> str:
    low, high = row["share_low"] * 100, row["share_high"] * 100
    n = f", 글 {count(int(row['n']))}건" if "n" in row else ""
    return f"{row['administration']} {row['share']:.0%}(95% 구간 {low:.0f}–{high:.0f}{n})"
