"""Findings as Korean sentences, written from the tables that prove them."""

from __future__ import annotations

import pandas as pd

from policytext.korean import attach_particle as with_particle
from policytext.korean import format_count as count
from policytext.topics import has_structure

ALPHA = 0.05
FEW_PER_10K = 0.1  # below this rate in the rest a ratio says little; the count is shown


def corpus_finding(steps: pd.DataFrame, documents: pd.DataFrame) -> str:
    """Say how many documents are read and how many serve the comparison.

    Parameters
    ----------
    steps : DataFrame
        ``step, n_documents`` as in :class:`policytext.corpus.Corpus`.
    documents : DataFrame
        ``administration, family_id``.

    Examples
    --------
    >>> steps = pd.DataFrame({"step": ["찾은 문서", "읽은 문서"], "n_documents": [3, 3]})
    >>> documents = pd.DataFrame({"administration": ["가", "가", None], "family_id": list("xxy")})
    >>> corpus_finding(steps, documents)
    '찾은 문서 3건 가운데 2건(겹치는 글을 묶으면 1건)을 정부별 비교에 쓴다'
    """
    found = int(steps["n_documents"].iloc[0]) if len(steps) else 0
    if not found or documents.empty:
        return "읽은 문서가 없어 비교할 수 없다"
    used = documents[documents["administration"].notna()]
    if used.empty:
        return f"찾은 문서 {count(found)}건 가운데 정부를 정할 수 있는 문서가 없어 비교할 수 없다"
    families = used["family_id"].nunique()
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
    '재임 100일마다 남은 문서는 가 때 10.0건, 나 때 5.0건으로 2.0배 차이가 난다'
    """
    rates = rates[rates["n_documents"] > 0]
    if len(rates) > 1:
        rates = rates.dropna(subset=["per_100_days"])
    rates = rates.sort_values("per_100_days", ascending=False)
    if rates.empty:
        return "정부를 정할 수 있는 문서가 없어 정부별 문서 수를 견줄 수 없다"
    most, least = rates.iloc[0], rates.iloc[-1]
    if len(rates) == 1:
        return f"모든 문서가 {most['administration']} 때의 것이어서 정부를 견줄 수 없다"
    ratio = most["per_100_days"] / least["per_100_days"]
    return (
        f"재임 100일마다 남은 문서는 {most['administration']} 때 {most['per_100_days']:.1f}건, "
        f"{least['administration']} 때 {least['per_100_days']:.1f}건으로 {ratio:.1f}배 차이가 난다"
    )


def audit_finding(audit: pd.DataFrame) -> str:
    """Say which fault touches most documents.

    Examples
    --------
    >>> audit_finding(pd.DataFrame({"check": ["날짜를 모르는 문서"], "n_documents": [2]}))
    '살핀 1가지 가운데 1가지 흠이 있고, 가장 많은 것은 ‘날짜를 모르는 문서’ 2건이다'
    """
    faults = audit[audit["n_documents"] > 0].sort_values("n_documents", ascending=False)
    if faults.empty:
        return f"살핀 {len(audit)}가지 흠은 하나도 없다"
    worst = faults.iloc[0]
    return (
        f"살핀 {len(audit)}가지 가운데 {len(faults)}가지 흠이 있고, 가장 많은 것은 "
        f"‘{worst['check']}’ {count(int(worst['n_documents']))}건이다"
    )


def lexicon_finding(plain: pd.DataFrame, kept: pd.DataFrame) -> str:
    """Say what the lexicon changed: tokens without it against tokens with it.

    Parameters
    ----------
    plain, kept : DataFrame
        Token tables (``term, tag``) of the same documents.

    Examples
    --------
    >>> plain = pd.DataFrame({"term": ["창조", "경제"], "tag": ["NNG", "NNG"]})
    >>> kept = pd.DataFrame({"term": ["창조경제"], "tag": ["LEX"]})
    >>> lexicon_finding(plain, kept)
    '용어 사전은 조각난 낱말을 복합어 1가지, 1번으로 되살린다(가장 잦은 것은 ‘창조경제’ 1번)'
    """
    compounds = kept.loc[kept["tag"] == "LEX", "term"].astype(str).value_counts()
    if compounds.empty:
        return "용어 사전에 실린 말이 이 말뭉치에는 나오지 않는다"
    saved = f"복합어 {count(len(compounds))}가지, {count(int(compounds.sum()))}번"
    top = f"‘{compounds.index[0]}’ {count(int(compounds.iloc[0]))}번"
    if len(plain) <= 0:
        return f"용어 사전은 {saved}을 찾는다(가장 잦은 것은 {top})"
    return f"용어 사전은 조각난 낱말을 {saved}으로 되살린다(가장 잦은 것은 {top})"


def analyser_finding(table: pd.DataFrame, reference: str = "mecab") -> str:
    """Say how far analysers disagree on nouns.

    Examples
    --------
    >>> analyser_finding(pd.DataFrame({"analyser": ["mecab", "okt"],
    ...     "kchar_per_second": [600.0, 60.0], "jaccard_with_default": [1.0, 0.61]}))
    '분석기를 바꾸면 명사가 최대 39% 달라진다(mecab과 okt)'
    """
    others = table[table["analyser"] != reference]
    if others.empty:
        return "견줄 다른 분석기가 이 컴퓨터에 없다"
    farthest = others.loc[others["jaccard_with_default"].idxmin()]
    share = 1 - farthest["jaccard_with_default"]
    pair = f"{with_particle(reference, '과/와')} {farthest['analyser']}"
    return f"분석기를 바꾸면 명사가 최대 {share:.0%} 달라진다({pair})"


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
    '주제 2개 가운데 1개는 글을 다시 뽑아도 되풀이된다(다시 뽑은 분류와의 일치 ARI 0.60)'
    >>> topics_finding(table.assign(ari_null=0.9), 2)
    '안정된 주제 없음: 낱말을 뒤섞은 글보다 뚜렷한 묶음이 나오지 않는다'
    """
    if not has_structure(topics):
        return "안정된 주제 없음: 낱말을 뒤섞은 글보다 뚜렷한 묶음이 나오지 않는다"
    n_stable = int(topics["is_stable"].sum())
    agreement = f"다시 뽑은 분류와의 일치 ARI {topics['ari'].iloc[0]:.2f}"
    if n_stable == 0:
        return f"주제 {n_topics}개를 나누었지만 다시 뽑으면 되풀이되는 주제가 없다({agreement})"
    return f"주제 {n_topics}개 가운데 {n_stable}개는 글을 다시 뽑아도 되풀이된다({agreement})"


def topic_shares_finding(shares: pd.DataFrame) -> str:
    """Say which topic's share differs most surely between two administrations.

    Parameters
    ----------
    shares : DataFrame
        ``administration, topic, label, share, share_low, share_high``. The pair shown is
        the one with the widest gap between its intervals, so that an administration with
        three documents does not win by having no document on a topic.

    Examples
    --------
    >>> shares = pd.DataFrame({"administration": ["가", "나"], "topic": [1, 1],
    ...     "label": ["창업", "창업"], "share": [0.5, 0.1], "share_low": [0.4, 0.0],
    ...     "share_high": [0.6, 0.2]})
    >>> topic_shares_finding(shares)
    '가장 뚜렷하게 갈린 주제는 ‘창업’이다: 가 50%(95% 구간 40–60), 나 10%(95% 구간 0–20)'
    """
    if shares["administration"].nunique() < 2:
        return "정부가 하나뿐이어서 주제의 비중을 견줄 수 없다"
    by_topic = shares.groupby("topic")
    gap = by_topic["share_low"].max() - by_topic["share_high"].min()
    if gap.max() <= 0:
        return "어느 주제도 정부 사이에 비중이 다르다고 할 수 없다(95% 구간이 모두 겹친다)"
    rows = shares[shares["topic"] == gap.idxmax()]
    high = rows.loc[rows["share_low"].idxmax()]
    low = rows.loc[rows["share_high"].idxmin()]
    return f"가장 뚜렷하게 갈린 주제는 ‘{high['label']}’이다: {_share(high)}, {_share(low)}"


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


def _share(row: pd.Series) -> str:
    low, high = row["share_low"] * 100, row["share_high"] * 100
    return f"{row['administration']} {row['share']:.0%}(95% 구간 {low:.0f}–{high:.0f})"


def _pair(row: pd.Series) -> str:
    return f"{row['administration_a']}–{row['administration_b']}"
