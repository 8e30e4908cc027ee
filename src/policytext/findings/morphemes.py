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
    '용어 사전은 조각난 낱말을 복합어 1가지, 1번으로 되살린다(가장 잦은 것은 ‘창조경제’ 1번)'
    """
    compounds = tokens.loc[tokens["tag"] == "LEX", "term"].astype(str).value_counts()
    if compounds.empty:
        return "용어 사전에 실린 말이 이 말뭉치에는 나오지 않는다"
    saved = f"복합어 {count(len(compounds))}가지, {count(int(compounds.sum()))}번"
    top = f"‘{compounds.index[0]}’ {count(int(compounds.iloc[0]))}번"
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
