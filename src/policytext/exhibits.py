"""Report blocks that set a number beside the sentences behind it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from policytext import findings
from policytext.display import Block, evidence, finding, table
from policytext.evidence import concordance
from policytext.reference import read_people
from policytext.topics import Topics, exemplars

EVEN_SAMPLE = "날짜 차례로 고르게 뽑음"
KEYNESS_HEADERS = {
    "term": "낱말",
    "n": "번",
    "n_documents": "글",
    "n_families": "가족",
    "rate_per_10k": "1만 낱말에",
    "rate_rest_per_10k": "나머지 정부",
    "log_odds": "로그 승산비",
    "log_odds_low": "아래",
    "log_odds_high": "위",
    "z": "z",
    "q": "q",
    "evidence": "근거",
}
KEYNESS_FORMATS = {
    "rate_per_10k": ",.1f",
    "rate_rest_per_10k": ",.1f",
    "log_odds": ".2f",
    "log_odds_low": ".2f",
    "log_odds_high": ".2f",
    "z": ".1f",
    "q": lambda q: "<0.001" if q < 0.001 else f"{q:.3f}",
}


def term_exhibits(
    documents: pd.DataFrame, tokens: pd.DataFrame, terms: Iterable[str], *, n: int = 3
) -> list[Block]:
    """Fold the sentences of each term: `n` of them, evenly spaced in time.

    Parameters
    ----------
    documents, tokens : DataFrame
        As :func:`policytext.evidence.concordance` takes them.
    terms : iterable of str
    n : int
        Sentences shown a term; the total is always printed.
    """
    documents = documents.reset_index(drop=True)  # an index named doc_id would be ambiguous
    order = documents.sort_values(["date", "doc_id"])["doc_id"]
    when = pd.Series(np.arange(len(documents)), index=order)
    tokens = tokens[tokens["doc_id"].isin(order)]
    blocks = []
    for term in terms:
        found = tokens[tokens["term"] == term]
        found = found.iloc[np.argsort(when.loc[found["doc_id"]].to_numpy(), kind="stable")]
        chosen = found.iloc[
            np.unique(np.linspace(0, len(found) - 1, min(n, len(found))).astype(int))
        ]
        rows = concordance(documents, chosen, term)
        blocks.append(evidence(rows, term=term, total=len(found), rule=EVEN_SAMPLE))
    return blocks


def topic_exhibits(topics: Topics, documents: pd.DataFrame, *, n: int = 4) -> list[Block]:
    """Fold the beginnings of the documents nearest to each topic's centre."""
    documents = documents.reset_index(drop=True)
    nearest = exemplars(topics, documents, n=n)
    carried = ["doc_id", "text", "administration", "publisher", "url"]
    nearest = nearest.merge(documents[carried], on="doc_id")
    nearest = nearest.assign(
        start=0, end=0, before="", match=nearest["title"], after=": " + nearest["text"].str[:90]
    )
    sizes = topics.documents["topic"].value_counts()
    return [
        evidence(
            rows,
            term=f"주제 {topic}의 글",
            total=int(sizes[topic]),
            rule="주제의 한가운데에 가까운 차례로",
        )
        for topic, rows in nearest.groupby("topic")
    ]


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
        As :func:`policytext.comparison.keyness` gives.
    documents, tokens : DataFrame
        The compared documents and their tokens.
    administrations : iterable of str
        Labels, in the order to show.
    n_terms : int
        Terms a table, highest z first; only terms the group uses more than the rest.
    """
    whole = Block("")
    for number, label in enumerate(administrations, start=1):
        own = documents[documents["administration"] == label]
        rows = keyness[(keyness["administration"] == label) & (keyness["z"] > 0)]
        rows = rows.sort_values(["z", "term"], ascending=[False, True]).head(n_terms)
        own_tokens = tokens[tokens["doc_id"].isin(own["doc_id"])]
        rows = rows.assign(evidence=term_exhibits(own, own_tokens, rows["term"]))
        caption = (
            f"{findings.government(label)}에 두드러진 말 (글 {len(own):,}건, "
            f"가족 {own['family_id'].nunique():,}개, 낱말 {len(own_tokens):,}개)"
        )
        headers = {key: name for key, name in KEYNESS_HEADERS.items() if key in rows}
        sentence = findings.keyness_finding(keyness, label, people=read_people())
        whole += finding(sentence, level=3)
        whole += table(
            rows,
            caption=caption,
            name=f"keyness-{number}",
            columns=headers,
            formats=KEYNESS_FORMATS,
        )
    return whole
