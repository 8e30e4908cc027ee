"""A study held ready for questions: everything the explorer shows, computed without widgets.

One sparse matrix of every term is made once; a question then costs a column of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from policytext import corpus, evidence, topics
from policytext.administrations import administration_order
from policytext.korean import attach_particle
from policytext.lexicon import Lexicon
from policytext.matrix import TermMatrix, term_matrix
from policytext.schema import InsufficientData
from policytext.studies import REPORTS, Study, read_study


class UnknownTerm(ValueError):
    """A term that never occurs; the message names the nearest that do."""


@dataclass(frozen=True)
class Exploration:
    """Documents with everything counted once.

    Attributes
    ----------
    study : Study
    documents : DataFrame
        One row per row of `matrix`, in its order; columns as in ``Corpus.documents``.
    tokens : DataFrame
        ``doc_id, start, end, term, tag`` of those documents.
    matrix : TermMatrix
        Counts of every term.
    """

    study: Study
    documents: pd.DataFrame
    tokens: pd.DataFrame
    matrix: TermMatrix

    @cached_property
    def topic_matrix(self) -> TermMatrix:
        """The terms that topics are made of: ``min_df`` and ``max_df`` of the study."""
        options = self.study.topics
        return _common_terms(self.matrix, options["min_df"], options["max_df"])

    @cached_property
    def keyness_matrix(self) -> TermMatrix:
        """The terms that administrations are compared by: ``min_df`` of the study."""
        return _common_terms(self.matrix, self.study.comparison["min_df"], 1.0)

    @cached_property
    def lexicon(self) -> Lexicon:
        """The compound terms that the study counts."""
        return corpus.study_lexicon(self.study)

    @cached_property
    def _first_topics(self) -> topics.Topics:
        return topics.cluster(self.topic_matrix, 1)

    def topics(self, n_topics: int) -> topics.Topics:
        """Topics with the study's seed; document vectors are made once."""
        seed = self.study.topics["random_state"]
        vectors = self._first_topics.vectors
        return topics.cluster(self.topic_matrix, n_topics, random_state=seed, vectors=vectors)

    @cached_property
    def administrations(self) -> list[str]:
        """Labels that occur, in order of time."""
        return administration_order(self.documents["administration"])


def open_study(study: str | Study, *, analyser: str = "") -> Exploration:
    """Read a study (from its cache) and count it.

    Parameters
    ----------
    study : str or Study
    analyser : str
        Another analyser than the study's own; the first time it reads every document.

    Raises
    ------
    StudyError
        No such study; the message names the nearest.

    Examples
    --------
    >>> data = open_study("innovation-centers")
    >>> len(data.documents) == data.matrix.counts.shape[0]
    True
    """
    study = read_study(study) if isinstance(study, str) else study
    if analyser:
        study = replace(study, tokens={**study.tokens, "analyser": analyser})
    documents = corpus.compared(corpus.load_corpus(study), study)
    return prepare(study, documents, corpus.load_tokens(study, documents))


def usual_n_topics(study: Study) -> int:
    """The number of topics a study names, else that its report chose, else the middle one."""
    if study.topics["n_topics"]:
        return study.topics["n_topics"]
    path = REPORTS / study.name / "figures" / "topic-curve.csv"
    if path.is_file():
        curve = pd.read_csv(path)
        if curve.get("chosen", pd.Series(dtype=bool)).any():
            return int(curve.loc[curve["chosen"], "n_topics"].iloc[0])
    candidates = study.topics["candidates"]
    return candidates[len(candidates) // 2]


def prepare(study: Study, documents: pd.DataFrame, tokens: pd.DataFrame) -> Exploration:
    """Count tables that are already there; documents without a token are left out."""
    matrix = term_matrix(tokens, min_df=1, max_df=1.0)
    rows = documents.assign(doc_id=documents["doc_id"].astype(str)).set_index("doc_id")
    rows = rows.loc[matrix.doc_ids].reset_index()
    # Plain strings: these columns are walked through at each question.
    plain = dict.fromkeys(("text", "administration", "family_id"), object)
    return Exploration(study, rows.astype(plain), tokens, matrix)


def select(
    exploration: Exploration,
    *,
    start: int = 0,
    end: int = 0,
    administrations: Sequence[str] = (),
    genre: str = "",
) -> Exploration:
    """The part that falls in some years, administrations and a genre.

    Parameters
    ----------
    exploration : Exploration
    start, end : int
        First and last year; 0 for no limit. With a limit, undated documents are left out.
    administrations : sequence of str
        Labels; none for all.
    genre : str
        Empty for all.

    Raises
    ------
    InsufficientData
        If no document is left.

    Examples
    --------
    >>> part = select(open_study("innovation-centers"), start=2014, end=2015)
    >>> sorted(part.documents["date"].dt.year.dropna().unique().astype(int).tolist())
    [2014, 2015]
    """
    documents = exploration.documents
    year = period_of(documents, "Y").dt.year
    keep = pd.Series(True, index=documents.index)
    keep &= (year >= start) | (not start)
    keep &= (year <= end) | (not end)
    keep &= documents["administration"].isin(administrations) | (not administrations)
    keep &= (documents["genre"] == genre) | (not genre)
    if not keep.any():
        raise InsufficientData(
            "고른 기간·정부·종류에 맞는 글이 한 건도 없습니다. 기간을 넓히거나 정부를 더 고르세요."
        )
    if keep.all():
        return exploration
    rows = np.flatnonzero(keep)
    kept = documents.iloc[rows].reset_index(drop=True)
    chosen = exploration.tokens["doc_id"].astype("category").cat
    of_kept = chosen.categories.isin(kept["doc_id"])[chosen.codes]
    matrix = exploration.matrix
    part = TermMatrix(matrix.counts[rows], kept["doc_id"].tolist(), matrix.terms)
    return Exploration(exploration.study, kept, exploration.tokens[of_kept], part)


def _position(exploration: Exploration, term: str) -> int:
    if not term:
        raise UnknownTerm("낱말이 비어 있습니다. 낱말을 하나 쓰세요.")
    terms = exploration.matrix.terms
    at = int(np.searchsorted(np.array(terms, dtype=object), term))
    if at < len(terms) and terms[at] == term:
        return at
    near = evidence.nearest_terms(pd.DataFrame({"term": terms}), term)
    hint = f" 비슷한 말: {', '.join(near)}." if near else ""
    raise UnknownTerm(
        f"{attach_particle(f'‘{term}’', '이라/라')}는 말은 고른 글에 한 번도 나오지 않습니다.{hint} "
        "띄어쓰기를 바꾸어 보거나 용어로 더해 보세요."
    )


def column_of(exploration: Exploration, term: str) -> TermMatrix:
    """Counts of a term and of all others together: two columns."""
    counts = exploration.matrix.counts
    own = counts[:, [_position(exploration, term)]]
    rest = sparse.csr_matrix(counts.sum(axis=1) - own.toarray())
    both = sparse.csr_matrix(sparse.hstack([own, rest]))
    return TermMatrix(both, exploration.matrix.doc_ids, [term, ""])


def tokens_of(tokens: pd.DataFrame, term: str) -> pd.DataFrame:
    """Tokens of one term, by its code: comparing words would take a hundred times longer."""
    terms = tokens["term"].astype("category").cat
    code = terms.categories.get_indexer([term])[0]
    return tokens[terms.codes.to_numpy() == code]


def _common_terms(matrix: TermMatrix, min_df: int | float, max_df: int | float) -> TermMatrix:
    """As :func:`policytext.matrix.term_matrix` would have kept them."""
    n = np.bincount(matrix.counts.indices, minlength=len(matrix.terms))
    low, high = (
        bound * len(matrix.doc_ids) if isinstance(bound, float) else bound
        for bound in (min_df, max_df)
    )
    keep = np.flatnonzero((n >= low) & (n <= high))
    return TermMatrix(matrix.counts[:, keep], matrix.doc_ids, [matrix.terms[i] for i in keep])


def period_of(documents: pd.DataFrame, frequency: str) -> pd.Series:
    """Period of each document; missing where its date leaves more than one open."""
    first = documents["date"].fillna(documents.get("date_from", documents["date"]))
    last = documents["date"].fillna(documents.get("date_to", documents["date"]))
    periods = first.dt.to_period(frequency)
    return periods.where(periods == last.dt.to_period(frequency))
