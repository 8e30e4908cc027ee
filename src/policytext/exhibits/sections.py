"""Whole sections of a report: a finding, its table, and the sentences of every row."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from markupsafe import Markup

from policytext import findings
from policytext.comparison.renaming import MOVED, RENAMED
from policytext.display import Block, finding, keep, note, table
from policytext.evidence import occurrences
from policytext.exhibits.rows import term_exhibits
from policytext.reference import read_people

N_UNSURE = 5  # rows of a table in which nothing is significant
KEYNESS_HEADERS = {
    "term": "낱말",
    "n": "번",
    "n_families": "가족",
    "n_publishers": "발행처",
    "n_months": "달",
    "rate_per_10k": "1만 낱말에",
    "rate_rest_per_10k": "나머지 정부",
    "log_odds": "로그 승산비",
    "log_odds_low": "아래",
    "log_odds_high": "위",
    "z": "z",
    "q": "q",
    "evidence": "근거와 주의",
}
RENAMING_HEADERS = {
    "term_from": "앞 정부의 말",
    "term_to": "뒤 정부의 말",
    "n_families_from": "앞 가족",
    "n_families_to": "뒤 가족",
    "similarity": "유사도",
    "similarity_low": "아래",
    "similarity_high": "위",
    "baseline": "기준",
    "q": "q",
    "evidence": "두 정부의 문장",
}
RENAMING_FORMATS = dict.fromkeys(["similarity_low", "similarity_high", "baseline"], ".2f")


def keyness_exhibits(
    keyness: pd.DataFrame,
    documents: pd.DataFrame,
    tokens: pd.DataFrame,
    administrations: Iterable[str],
    *,
    n_terms: int = 40,
) -> Block:
    """One finding and one table an administration, every term with its sentences.

    Parameters
    ----------
    keyness : DataFrame
        As :func:`policytext.comparison.keyness` gives, or with more columns as
        :func:`policytext.findings.keyness_caveats` does.
    documents, tokens : DataFrame
        The compared documents and their tokens.
    administrations : iterable of str
        Labels, in the order to show.
    n_terms : int
        Terms a table, by rank; only terms the group uses more than the rest. A part of a
        compound is left out where another part of it or the compound itself stands higher.
    """
    whole = Block("")
    for number, label in enumerate(administrations, start=1):
        own = documents[documents["administration"] == label]
        rows = keyness[(keyness["administration"] == label) & (keyness["z"] > 0)]
        rows = leading_parts(rows.sort_values("rank")).head(n_terms)
        own_tokens = tokens[tokens["doc_id"].isin(own["doc_id"])]
        caveats = rows.get("caveat", pd.Series("", rows.index))
        sentences = term_exhibits(own, own_tokens, rows["term"])
        rows = rows.assign(evidence=list(map(_with_caveat, sentences, caveats)))
        # What the rates are parts of: not all tokens, but those compared, a family once.
        n_tokens = keyness.loc[keyness["administration"] == label, "n_once"].sum()
        is_own = (keyness["administration"] == label) & (keyness["z"] > 0)
        n_sure = (is_own & (keyness["q"] < findings.ALPHA)).sum()
        caption = (
            f"{findings.government(label)}에 두드러진 말 (글 {len(own):,}건, 가족 "
            f"{own['family_id'].nunique():,}개, 가족마다 한 번 센 낱말 {n_tokens:,.0f}개, "
            f"q < {findings.ALPHA}인 말 {n_sure:,}개)"
        )
        headers = {key: name for key, name in KEYNESS_HEADERS.items() if key in rows}
        sentence = findings.keyness_finding(keyness, label, people=read_people())
        whole += finding(sentence, level=3)
        whole += table(
            rows,
            caption=caption,
            name=f"keyness-{number}",
            columns=headers,
        )
        counts = occurrences(own, own_tokens, rows["term"])
        whole += keep(counts, f"keyness-{number}-evidence", what="근거 전체, 글마다 나온 횟수")
    return whole


def _with_caveat(block: Block, caveat: str) -> Block:
    """A caveat as a line below the sentences it is about."""
    line = Markup('<p class="sample">주의: {}</p>').format(caveat)
    return block + Block(line, caveat) if caveat else block


def leading_parts(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out terms whose compound is already told by a term above them.

    Parameters
    ----------
    rows : DataFrame
        ``administration, term`` in the order shown, ``explained_by`` (may be absent).

    Examples
    --------
    >>> rows = pd.DataFrame({"administration": "가", "term": ["회의", "정상", "전시"],
    ...     "explained_by": ["정상회의", "정상회의", None]})
    >>> leading_parts(rows)["term"].tolist()
    ['회의', '전시']
    """
    if "explained_by" not in rows:
        return rows
    told: dict[str, list[str]] = {}
    kept = []
    for label, term, compound in zip(
        rows["administration"], rows["term"], rows["explained_by"], strict=True
    ):
        above = told.setdefault(label, [])
        kept.append(pd.isna(compound) or not any(other in compound for other in above))
        if kept[-1]:
            above.append(term)
    return rows[pd.Series(kept, index=rows.index, dtype=bool)]


def renaming_exhibits(
    matches: pd.DataFrame, documents: pd.DataFrame, tokens: pd.DataFrame, *, n_rows: int = 30
) -> Block:
    """For each pair of administrations what got a new name and what moved, with sentences.

    Parameters
    ----------
    matches : DataFrame
        Tables of :func:`policytext.comparison.renaming.rename_or_reform`, one below the other.
    documents, tokens : DataFrame
        The compared documents and their tokens.
    n_rows : int
        Rows a pair and kind; beyond five they are folded. Where none is significant only
        the five nearest are shown.
    """
    whole = Block("")
    sentences = {RENAMED: findings.renamed_finding, MOVED: findings.moved_finding}
    pairs = matches.groupby(["administration_from", "administration_to", "kind"], sort=False)
    for number, ((earlier, later, kind), rows) in enumerate(pairs, start=1):
        sentence = sentences[kind](rows)
        is_sure = (rows["q"] < findings.ALPHA).any()
        whole += finding(sentence, level=3) if is_sure else note(sentence)
        rows = rows.head(n_rows if is_sure else N_UNSURE)
        sides = []
        for label, column in ((earlier, "term_from"), (later, "term_to")):
            own = documents[documents["administration"] == label]
            own_tokens = tokens[tokens["doc_id"].isin(own["doc_id"])]
            sides.append(term_exhibits(own, own_tokens, rows[column], n=2))
        rows = rows.assign(evidence=[one + two for one, two in zip(*sides, strict=True)])
        whole += table(
            rows,
            caption=f"{kind if is_sure else f'{kind}이라 할 수 없는 가장 가까운 짝'}: "
            f"{earlier} → {later} (95% 구간, 가족을 다시 뽑음)",
            name=f"renaming-{number}",
            columns=RENAMING_HEADERS,
            formats=RENAMING_FORMATS,
            shown=5,
        )
    return whole
