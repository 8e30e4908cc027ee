"""Needs matched with what could meet them: two tables of short texts."""

from __future__ import annotations

import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

from policytext.words.tokens import nouns

_COLUMNS = ["need", "result", "score", "terms"]


def match_needs(needs: pd.DataFrame, results: pd.DataFrame, *, k: int = 3) -> pd.DataFrame:
    """For each need the `k` results that share most with it, and the terms that they share.

    Both tables: ``id, text``. ``need, result, score`` (cosine of TF-IDF), ``terms``, the most
    telling first. A text without nouns, or that shares none, has no row.

    >>> needs = pd.DataFrame({"id": ["수요"], "text": ["수소 배관의 누출을 찾는 감지기"]})
    >>> results = pd.DataFrame({"id": ["가", "나"], "text": ["수소 누출 감지기 시제품", "딸기 수확 로봇"]})
    >>> match_needs(needs, results)[["need", "result", "terms"]].values.tolist()
    [['수요', '가', '감지기, 누출, 수소']]
    """
    texts = pd.concat([needs["text"], results["text"]]).fillna("").tolist()
    if not any(map(nouns, texts)):
        return pd.DataFrame(columns=_COLUMNS)
    vectorizer = TfidfVectorizer(analyzer=nouns, sublinear_tf=True)
    weights = vectorizer.fit_transform(texts).tocsr()
    asked, offered = weights[: len(needs)], weights[len(needs) :]
    names = vectorizer.get_feature_names_out()
    rows = []
    for need, own in zip(needs["id"], asked, strict=True):
        scores = pd.Series((own @ offered.T).toarray().ravel())
        for at, score in scores[scores > 0].nlargest(k).items():
            shared = own.multiply(offered[at]).toarray().ravel()
            terms = names[(-shared).argsort(kind="stable")[: (shared > 0).sum()]]
            rows.append((need, results["id"].iloc[at], score, ", ".join(terms)))
    return pd.DataFrame(rows, columns=_COLUMNS)
