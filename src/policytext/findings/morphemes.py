"""What lexicon and analyser change, as sentences."""

from __future__ import annotations

import pandas as pd

from policytext.korean import attach_particle as with_particle
from policytext.korean import format_count as count


def lexicon_finding(tokens: pd.DataFrame) -> str:
    """Say which terms only the lexicon keeps whole.

    Parameters
    ----------
    tokens : DataFrame
        ``term, tag``; terms of the lexicon have the tag ``LEX``.

    Examples
    --------
    >>> lexicon_finding(pd.DataFrame({"term": ["창조경제"], "tag": ["LEX"]}))
    '용어 사전에 있는 복합어 1가지를 1번 한 낱말로 세었다(가장 잦은 것은 ‘창조경제’ 1번)'
    """
    compounds = tokens.loc[tokens["tag"] == "LEX", "term"].astype(str).value_counts()
    if compounds.empty:
        return "용어 사전에 실린 말이 이 말뭉치에는 나오지 않는다"
    kept = f"복합어 {count(len(compounds))}가지를 {count(int(compounds.sum()))}번"
    top = f"‘{compounds.index[0]}’ {count(int(compounds.iloc[0]))}번"
    return f"용어 사전에 있는 {kept} 한 낱말로 세었다(가장 잦은 것은 {top})"


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


def network_finding(places: pd.DataFrame, links: pd.DataFrame) -> str:
    """Say into how many communities the frequent terms fall, and which two stand closest.

    Parameters
    ----------
    places : DataFrame
        ``term, community`` as :func:`policytext.network.positions` gives, most frequent first.
    links : DataFrame
        ``term_a, term_b, n_documents, cosine`` as :func:`policytext.network.links` gives,
        strongest first.

    Examples
    --------
    >>> places = pd.DataFrame({"term": ["창업", "벤처", "쌀"], "community": [1, 1, 2]})
    >>> links = pd.DataFrame({"term_a": ["벤처"], "term_b": ["창업"], "n_documents": 3, "cosine": 0.5})
    >>> network_finding(places, links)
    '많이 나온 낱말 3개는 함께 나오는 무리 2개로 갈린다: 가장 큰 무리는 ‘창업’, ‘벤처’ 등 2개이고, 가장 자주 함께 나온 둘은 ‘벤처’와 ‘창업’이다(글 3건, 코사인 0.50)'
    >>> network_finding(places[:0], links[:0])
    '함께 나온 낱말이 없어 연결망을 그리지 못했다'
    """  # noqa: E501
    if links.empty:
        return "함께 나온 낱말이 없어 연결망을 그리지 못했다"
    largest = places.loc[places["community"] == 1, "term"]
    named = ", ".join(f"‘{term}’" for term in largest.head(3))
    top = links.iloc[0]
    one = with_particle(f"‘{top['term_a']}’", "과/와")
    return (
        f"많이 나온 낱말 {len(places)}개는 함께 나오는 무리 {places['community'].nunique()}개로 "
        f"갈린다: 가장 큰 무리는 {named} 등 {len(largest)}개이고, 가장 자주 함께 나온 둘은 "
        f"{one} ‘{top['term_b']}’이다(글 {top['n_documents']:,}건, 코사인 {top['cosine']:.2f})"
    )
