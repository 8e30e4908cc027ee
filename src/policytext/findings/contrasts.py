"""Differences between administrations, as sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from policytext.korean import attach_particle
from policytext.korean import format_count as count

ALPHA = 0.05
STRATA = {"genre": "글의 종류", "occasion": "글의 종류"}
MUCH = 0.5  # share of one document above which the reader is told
FEW_PER_10K = 0.1  # below this rate in the rest a ratio says little; the count is shown


def keyness_finding(
    keyness: pd.DataFrame, administration: str, *, people: frozenset[str] = frozenset()
) -> str:
    """Say which term sets an administration apart, with both rates, interval, q and n.

    Parameters
    ----------
    keyness : DataFrame
        As :func:`policytext.comparison.keyness` gives; with its intervals the ratio has
        one (where the rest hardly uses the term, the log-odds: no resample of zeros tells
        how rare the term is, so a bound of the ratio would claim too much), and a ``caveat`` (see :func:`keyness_caveats`) is added to the sentence.
    people : set of str
        Names that make no headline (they stay in the tables): that a government names
        its own president says nothing of its policy.

    Examples
    --------
    >>> table = pd.DataFrame({"administration": ["가"], "term": ["창업"], "z": [9.0],
    ...     "q": [0.001], "n": [30], "n_rest": [3], "n_documents": [12], "rate_per_10k": [50.0],
    ...     "rate_rest_per_10k": [5.0], "log_ratio": [3.3]})
    >>> keyness_finding(table, "가")
    '가 정부를 가르는 말은 ‘창업’: 1만 낱말에 50.0번으로 나머지 정부(5.0번)의 10.0배다(글 12건, q = 0.001)'
    """
    rows = keyness[(keyness["administration"] == administration) & (keyness["z"] > 0)]
    significant = rows[rows["q"] < ALPHA]
    sure = significant[~significant["term"].isin(people)].sort_values("z", ascending=False)
    if sure.empty:
        none = "없다" if significant.empty else "사람 이름 말고는 없다"
        who = f"{government(administration)}가 나머지보다 더 썼다고 말할 수 있는 낱말은"
        return f"{who} {none}(FDR 5%, 차이가 없다는 증거는 아니다)"
    top = sure.iloc[0]
    rate, rest = top["rate_per_10k"], top["rate_rest_per_10k"]
    facts = [f"글 {count(int(top['n_documents']))}건", format_q(top["q"])]
    if rest >= FEW_PER_10K:
        against = f"{rate:.1f}번으로 나머지 정부({rest:.1f}번)의 {rate / rest:.1f}배다"
        low, high = (2 ** top.get(f"log_ratio_{end}", float("nan")) for end in ("low", "high"))
        interval = f"95% 구간 {low:.1f}–{high:.1f}배"
    elif top["n_rest"] > 0:
        against = f"{rate:.1f}번 나오는데 나머지 정부에는 모두 {count(int(top['n_rest']))}번뿐이다"
    else:
        against = f"{rate:.1f}번 나오는데 나머지 정부에는 한 번도 나오지 않는다"
    if rest < FEW_PER_10K:
        low, high = (top.get(f"log_odds_{end}", float("nan")) for end in ("low", "high"))
        interval = f"로그 승산비의 95% 구간 {low:.2f}–{high:.2f}"
    if pd.notna(low):
        facts.insert(0, interval)
    caveat = top.get("caveat", "")
    return (
        f"{government(administration)}를 가르는 말은 ‘{top['term']}’: 1만 낱말에 {against}"
        f"({', '.join(facts)})" + (f". 주의: {caveat}" if caveat else "")
    )


def keyness_caveats(
    keyness: pd.DataFrame, parts: pd.DataFrame, zeros: pd.DataFrame
) -> pd.DataFrame:
    """Write beside each term what a reader must know before believing its number.

    Parameters
    ----------
    keyness : DataFrame
        As :func:`policytext.comparison.keyness` gives; ``n_publishers`` is used if present.
    parts : DataFrame
        As :func:`policytext.comparison.compounds.explained_parts` gives.
    zeros : DataFrame
        As :func:`policytext.comparison.actors.structural_zeros` gives.

    Returns
    -------
    DataFrame
        `keyness` with ``explained_by`` (missing where no compound explains the term) and
        ``caveat`` (empty where there is none).

    Examples
    --------
    >>> keyness = pd.DataFrame({"term": ["회의"], "administration": "가", "is_reversed": False,
    ...     "top_document_share": 0.75})
    >>> parts = pd.DataFrame({"term": ["회의"], "administration": "가",
    ...     "explained_by": "정상회의", "share": 0.9})
    >>> zeros = pd.DataFrame(columns=["term", "administration", "is_structural_zero", "label"])
    >>> keyness_caveats(keyness, parts, zeros)["caveat"].item()
    '‘정상회의’의 일부(늘어난 만큼의 90%), 한 글에 75%가 몰림'
    """
    by = ["term", "administration"]
    table = keyness.merge(parts[[*by, "explained_by", "share"]], on=by, how="left")
    absent = zeros[zeros["is_structural_zero"].astype(bool)]
    absent = {term: _absence(part) for term, part in absent.groupby("term")}
    publishers = table.get("n_publishers", pd.Series(0, table.index))
    told = pd.DataFrame(
        {
            "part": [
                "" if pd.isna(whole) else f"‘{whole}’의 일부(늘어난 만큼의 {share:.0%})"
                for whole, share in zip(table["explained_by"], table["share"], strict=True)
            ],
            "absent": [absent.get(term, "") for term in table["term"]],
            "copied": [
                f"한 글에 {share:.0%}가 몰림" if share > MUCH else ""
                for share in table["top_document_share"]
            ],
            "publisher": np.where((publishers == 1) & (publishers.max() > 1), "발행처 한 곳뿐", ""),
            "reversed": np.where(table["is_reversed"], "글의 종류를 맞추지 않으면 방향이 반대", ""),
        }
    )
    table["caveat"] = [", ".join(filter(None, row)) for row in told.itertuples(index=False)]
    return table.drop(columns="share")


def _absence(zeros: pd.DataFrame) -> str:
    """Say of one name when it did not exist."""
    names = zeros["administration"].tolist()
    when = f"{names[0]} 때는" if len(names) == 1 else f"{names[0]} 등 {len(names)}개 시기에는"
    return f"{zeros['label'].iloc[0]}({when} 없었음)"


def reversal_finding(beside: pd.DataFrame, stratum: str = "") -> str:
    """Say how many distinctive terms change sides when like is compared with like.

    Parameters
    ----------
    beside : DataFrame
        Stratified keyness (see :func:`policytext.comparison.keyness`) with the unstratified
        ``z_crude, q_crude``.
    stratum : str
        What was held equal: a column of the documents; empty if nothing was.

    Examples
    --------
    >>> table = pd.DataFrame({"z_crude": [4.0, 3.0, -2.0], "q_crude": 0.01, "n_strata": 2,
    ...     "q": [0.01, 0.2, 0.5], "is_reversed": [False, True, True]})
    >>> reversal_finding(table, "genre")
    '글의 종류를 맞추어 견주면 정부를 가르던 말 2개 가운데 1개는 가른다고 말할 수 없게 된다: 방향이 유의하게 뒤집힌 말은 없다(견준 종류는 많아야 2가지)'
    """  # noqa: E501
    if not stratum:
        return (
            "글의 종류가 한 가지이거나 한쪽에 치우쳐 맞추어 견줄 수 없다. 두드러진 말에는 글의 성격이 "
            "달라진 몫이 섞여 있을 수 있다."
        )
    sure = beside[(beside["q_crude"] < ALPHA) & (beside["z_crude"] > 0)]
    n, n_lost = len(sure), int((sure["q"] >= ALPHA).sum())
    n_reversed = int((sure["is_reversed"] & (sure["q"] < ALPHA)).sum())
    what = attach_particle(STRATA.get(stratum, stratum), "을/를")
    told = f"말은 {count(n_reversed)}개다" if n_reversed else "말은 없다"
    return (
        f"{what} 맞추어 견주면 정부를 가르던 말 {count(n)}개 가운데 {count(n_lost)}개는 가른다고 말할 수 "
        f"없게 된다: 방향이 유의하게 뒤집힌 {told}"
        f"(견준 종류는 많아야 {int(beside['n_strata'].max())}가지)"
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
    ...     "excess": [0.2, 0.2, 0.0, 0.0], "excess_low": [0.1, 0.1, 0.0, 0.0],
    ...     "excess_high": [0.3, 0.3, 0.0, 0.0]})
    >>> divergence_finding(table)
    '두 정부의 말은 한 정부 안의 차이보다 멀다: 가–나 사이의 거리가 우연을 0.200비트(95% 구간 0.100–0.300) 넘는다'
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
            f"{_pair(far)} 사이의 거리가 우연을 {_bits(far)} 넘는다"
        )
    near = pairs.loc[pairs["excess"].idxmin()]
    others = pairs.drop(far.name)
    n_tied = int((others["excess_high"] >= far["excess_low"]).sum())
    if n_tied == len(others):
        unsure = "이고, 구간이 겹치므로 멀고 가까운 차례는 확실하지 않다"
    elif n_tied:
        unsure = f"이며, 가장 먼 짝과 구간이 겹치는 짝이 {n_tied}개 더 있어 첫째라고 못박을 수 없다"
    else:
        unsure = "이다"
    return (
        f"말의 거리는 {_pair(far)} 사이가 가장 멀다: 우연(기준선)을 넘는 거리가 {_bits(far)}, "
        f"가장 가까운 {_pair(near)} 사이는 {_bits(near)}{unsure}"
    )


def government(label: str) -> str:
    """Name a group as a government; acting presidents keep their own label.

    Examples
    --------
    >>> government("박근혜"), government("권한대행(황교안)")
    ('박근혜 정부', '권한대행(황교안) 시기')
    """
    return f"{label} 시기" if "(" in label else f"{label} 정부"


def format_q(q: float, name: str = "q") -> str:
    """A q or p as written in a sentence.

    Examples
    --------
    >>> format_q(0.0004), format_q(0.0317, "p")
    ('q < 0.001', 'p = 0.032')
    """
    return f"{name} < 0.001" if q < 0.001 else f"{name} = {q:.3f}"


def _bits(row: pd.Series) -> str:
    return f"{row['excess']:.3f}비트(95% 구간 {row['excess_low']:.3f}–{row['excess_high']:.3f})"


def _pair(row: pd.Series) -> str:
    return f"{row['administration_a']}–{row['administration_b']}"
