"""What would change: a study counted again with other stop words, terms or topics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from policytext import comparison, corpus, topics
from policytext.lab.exploration import Exploration, prepare
from policytext.lexicon import Lexicon, find_terms
from policytext.matrix import TermMatrix
from policytext.morphology import tokenize
from policytext.reference import read_people


def without(exploration: Exploration, stopwords: Iterable[str]) -> Exploration:
    """The same documents with more stop words; words that never occur change nothing."""
    stopwords = set(stopwords)
    if not stopwords & set(exploration.matrix.terms):
        return exploration
    matrix = exploration.matrix
    keep = [i for i, term in enumerate(matrix.terms) if term not in stopwords]
    part = TermMatrix(matrix.counts[:, keep], matrix.doc_ids, [matrix.terms[i] for i in keep])
    terms = exploration.tokens["term"].astype("category").cat
    is_kept = ~terms.categories.isin(stopwords)[terms.codes]
    return replace(exploration, tokens=exploration.tokens[is_kept], matrix=part)


def with_terms(exploration: Exploration, terms: Sequence[str]) -> Exploration:
    """The same documents with more compound terms.

    Only documents that spell them are read again; terms that the lexicon has, or that no
    document spells, change nothing.

    Examples
    --------
    >>> from policytext.lab.exploration import open_study
    >>> data = open_study("innovation-centers")
    >>> [term for term in with_terms(data, ["성장 사다리"]).matrix.terms if " 사다리" in term]
    ['성장 사다리']
    """
    study, documents = exploration.study, exploration.documents
    known = corpus.study_lexicon(study)
    spelled = set(known.surfaces["surface"])
    extra = Lexicon(pd.DataFrame({"term": [term for term in terms if term not in spelled]}))
    hits = find_terms(documents["text"].tolist(), extra)["row"].unique() if len(extra.table) else []
    if not len(hits):
        return exploration
    affected = documents.iloc[np.sort(hits)]
    lexicon = Lexicon(pd.concat([known.table, extra.table], ignore_index=True))
    again = tokenize(affected, analyser=study.tokens["analyser"], lexicon=lexicon, workers=1)
    chosen = exploration.tokens["doc_id"].astype("category").cat
    stays = ~chosen.categories.isin(affected["doc_id"])[chosen.codes]
    parts = [exploration.tokens[stays], corpus.counted(again, study)]
    tokens = pd.DataFrame({
        name: pd.api.types.union_categoricals([part[name].astype("category") for part in parts])
        if name in ("doc_id", "term", "tag") else np.concatenate([part[name] for part in parts])
        for name in exploration.tokens.columns
    })  # fmt: skip
    return prepare(study, documents, tokens)


def top_terms(exploration: Exploration, *, n: int = 10) -> pd.DataFrame:
    """The `n` terms that set each administration apart: ``administration, rank, term, z, n``.

    Ranked as in the reports; without permutations, so that it says nothing of significance.
    """
    documents = exploration.documents
    table = comparison.keyness(
        exploration.keyness_matrix,
        documents["administration"],
        families=documents["family_id"],
        n_permutations=0,
    )
    table = table[(table["rank"] <= n) & (table["z"] > 0)].set_index("administration")
    order = [name for name in exploration.administrations if name in table.index]
    return table.loc[order].reset_index()[["administration", "rank", "term", "z", "n"]]


def telling_term(exploration: Exploration) -> str:
    """Something to begin with: a term, no name, that sets an administration apart."""
    if len(exploration.administrations) > 1:
        people = read_people()
        for term in top_terms(exploration)["term"]:
            if term not in people:
                return term
    return next(iter(exploration.matrix.terms), "")


def moved_terms(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """What changed between two tables of :func:`top_terms`.

    Returns
    -------
    DataFrame
        ``administration, n_before, n_kept, entered, left`` (terms joined by ``, ``).

    Examples
    --------
    >>> before = pd.DataFrame({"administration": ["가", "가"], "term": ["창업", "혁신"]})
    >>> after = pd.DataFrame({"administration": ["가", "가"], "term": ["창업", "지역"]})
    >>> moved_terms(before, after).values.tolist()
    [['가', 2, 1, '지역', '혁신']]
    """
    rows = []
    for name in dict.fromkeys([*before["administration"], *after["administration"]]):
        old = before.loc[before["administration"] == name, "term"].tolist()
        new = after.loc[after["administration"] == name, "term"].tolist()
        entered = [term for term in new if term not in old]
        left = [term for term in old if term not in new]
        rows.append((name, len(old), len(old) - len(left), ", ".join(entered), ", ".join(left)))
    return pd.DataFrame(rows, columns=["administration", "n_before", "n_kept", "entered", "left"])


def topic_agreement(before: topics.Topics, after: topics.Topics) -> tuple[float, int]:
    """Adjusted Rand index of two groupings of the same documents, and how many they share."""
    both = before.documents.merge(after.documents, on="doc_id", suffixes=("", "_after"))
    return float(adjusted_rand_score(both["topic"], both["topic_after"])), len(both)
