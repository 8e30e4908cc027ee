"""What would change: a study counted again with other stop words, terms or topics."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.metrics import adjusted_rand_score

from policytext import comparison, corpus, topics
from policytext.lab.exploration import Exploration
from policytext.lexicon import Lexicon, find_terms
from policytext.matrix import TermMatrix
from policytext.morphology import tokenize
from policytext.reference import read_people

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


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

    Only sentences that spell them are read again, and only their counts change; terms that
    the lexicon has, or that no document spells, change nothing.

    Examples
    --------
    >>> from policytext.lab.exploration import open_study
    >>> data = open_study("innovation-centers")
    >>> [term for term in with_terms(data, ["성장 사다리"]).matrix.terms if " 사다리" in term]
    ['성장 사다리']
    """
    study, known = exploration.study, exploration.lexicon
    spelled = set(known.surfaces["surface"])
    extra = Lexicon(pd.DataFrame({"term": [term for term in terms if term not in spelled]}))
    pieces = _sentences_with(exploration.documents, extra)
    if pieces.empty:
        return exploration
    # Of the lexicon only what these sentences spell: a small table is matched at once.
    near = known.table["term"].isin(find_terms(pieces["text"].tolist(), known)["term"])
    lexicon = Lexicon(pd.concat([known.table[near], extra.table], ignore_index=True))
    again = tokenize(
        pieces[["doc_id", "text"]], analyser=study.tokens["analyser"], lexicon=lexicon, workers=1
    )
    again = corpus.counted(again, study)
    piece = pieces.iloc[again["doc_id"].astype(int)]
    again = again.assign(
        row=piece["row"].to_numpy(),
        start=again["start"] + piece["start"].to_numpy(),
        end=again["end"] + piece["start"].to_numpy(),
    )
    return _patched(exploration, pieces, again)


def _sentences_with(documents: pd.DataFrame, lexicon: Lexicon) -> pd.DataFrame:
    """Sentences that spell a term: ``row`` of the document, ``start, text, doc_id`` (a number)."""
    texts, forms = documents["text"].tolist(), lexicon.surfaces["surface"].tolist()
    rows = [row for row, text in enumerate(texts) if any(form in text for form in forms)]
    found = set()
    for row in rows:
        text = texts[row]
        ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
        for form in forms:
            at = text.find(form)
            while at >= 0:
                first = bisect_right(ends, at) - 1
                found.add((row, ends[first], ends[bisect_left(ends, at + len(form))]))
                at = text.find(form, at + 1)
    table = pd.DataFrame(sorted(found), columns=["row", "start", "end"])
    sentences = [texts[row][start:end] for row, start, end in sorted(found)]
    return table.assign(text=sentences, doc_id=[str(n) for n in range(len(table))])


def _patched(exploration: Exploration, pieces: pd.DataFrame, again: pd.DataFrame) -> Exploration:
    """Tokens inside the pieces exchanged for those read again, and their counts with them."""
    matrix, tokens = exploration.matrix, exploration.tokens
    places = tokens["doc_id"].cat
    rows = pd.Index(matrix.doc_ids).get_indexer(places.categories)[places.codes]
    touched = np.flatnonzero(np.isin(rows, pieces["row"]))
    width = int(tokens["end"].max()) + 1  # all documents as one line of places
    place = rows[touched] * width + tokens["start"].to_numpy()[touched]
    piece = np.searchsorted(pieces["row"] * width + pieces["start"], place, side="right") - 1
    closes = (pieces["row"] * width + pieces["end"]).to_numpy()
    out = touched[(piece >= 0) & (place < closes[piece])]
    again = again.assign(doc_id=np.array(matrix.doc_ids, dtype=object)[again["row"]])
    stays = np.delete(np.arange(len(tokens)), out)
    together = pd.DataFrame({name: _joined(tokens[name], stays, again[name]) for name in tokens})
    changes = [(-1, rows[out], tokens["term"].iloc[out]), (1, again["row"], again["term"])]
    return replace(exploration, tokens=together, matrix=_recounted(matrix, changes))


def _joined(old: pd.Series, rows: np.ndarray, new: pd.Series) -> np.ndarray | pd.Categorical:
    """Some rows of a column and new values; categories stay codes."""
    if not isinstance(old.dtype, pd.CategoricalDtype):
        return np.concatenate([old.to_numpy()[rows], new])
    values = new.astype(object).to_numpy()
    known = old.cat.categories
    added = pd.unique(values[known.get_indexer(values) < 0])
    categories = known.append(pd.Index(added, dtype=known.dtype)) if len(added) else known
    codes = np.concatenate([old.cat.codes.to_numpy()[rows], categories.get_indexer(values)])
    return pd.Categorical.from_codes(codes, categories=categories)


def _recounted(matrix: TermMatrix, changes: list[tuple]) -> TermMatrix:
    """Counts after changes: (what is added, rows, terms) each."""
    known = set(matrix.terms)
    new = sorted({term for *_, terms in changes for term in terms} - known)
    moved = np.arange(len(matrix.terms))
    moved += np.searchsorted(new, matrix.terms) if new else 0
    terms = sorted([*matrix.terms, *new])
    counts, column = matrix.counts, pd.Index(terms, dtype=object)
    shape = (len(matrix.doc_ids), len(terms))
    total = sparse.csr_matrix((counts.data, moved[counts.indices], counts.indptr), shape=shape)
    for sign, rows, found in changes:
        places = np.asarray(rows), column.get_indexer(found.astype(object))
        total = total + sparse.csr_matrix((np.full(len(found), sign), places), shape=shape)
    total.eliminate_zeros()
    used = np.flatnonzero(np.bincount(total.indices, minlength=len(terms)))
    if len(used) < len(terms):
        total, terms = total[:, used], [terms[i] for i in used]
    return TermMatrix(total, matrix.doc_ids, terms)


def top_terms(exploration: Exploration, *, n: int = 10) -> pd.DataFrame:
    """The `n` terms that set each administration apart: ``administration, rank, term, z``.

    Ranked by z as in the reports; without permutations, so that it says nothing of significance.
    """
    documents, matrix = exploration.documents, exploration.keyness_matrix
    counts = comparison.group_counts(
        matrix, documents["administration"], families=documents["family_id"]
    )
    delta, variance = comparison.log_odds(counts.to_numpy())
    scores = pd.DataFrame(delta / np.sqrt(variance), counts.index, counts.columns)
    tops = {name: scores.loc[name].nlargest(n) for name in exploration.administrations}
    rows = [
        (name, rank, term, z)
        for name, top in tops.items()
        for rank, (term, z) in enumerate(top[top > 0].items(), start=1)
    ]
    return pd.DataFrame(rows, columns=["administration", "rank", "term", "z"])


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


def idle(
    before: Exploration, after: Exploration, stopwords: Sequence[str], terms: Sequence[str]
) -> list[str]:
    """What was tried out and changes nothing: in no document, or in the lexicon already."""
    known, made = set(before.matrix.terms), set(after.matrix.terms)
    return [word for word in stopwords if word not in known | set(terms)] + [
        term for term in terms if term in known or term not in made | set(stopwords)
    ]


def topic_agreement(before: topics.Topics, after: topics.Topics) -> tuple[float, int]:
    """Adjusted Rand index of two groupings of the same documents, and how many they share."""
    both = before.documents.merge(after.documents, on="doc_id", suffixes=("", "_after"))
    return float(adjusted_rand_score(both["topic"], both["topic_after"])), len(both)
