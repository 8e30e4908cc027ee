"""The comparison run again on other documents: do the conclusions survive?

A variant is a pair of a name and documents with ``administration``; where it comes from
(another rule for acting presidents, a publisher left out, a balanced panel) is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import pandas as pd

from policytext.administrations import ACTING_MODES, assign_administrations
from policytext.claims import ABSENT, FAILS, Run, judge, measure
from policytext.corpus import Corpus, compared
from policytext.schema import InsufficientData
from policytext.studies import Study

ACTING_NAMES = {
    "separate": "권한대행을 따로 둠",
    "attach": "권한대행을 앞 대통령에 붙임",
    "exclude": "권한대행을 뺌",
}
Variant = tuple[str, pd.DataFrame]


def reruns(
    variants: Iterable[Variant],
    tokens: pd.DataFrame,
    claims: pd.DataFrame,
    base: Run,
    options: Mapping,
) -> pd.DataFrame:
    """Judge claims on each variant of the documents.

    Parameters
    ----------
    variants : iterable of (name, documents)
        See :func:`policytext.claims.measure` for what documents hold.
    tokens : DataFrame
        Tokens of all documents of all variants.
    claims, base : DataFrame, Run
        As for :func:`policytext.claims.judge`.
    options : mapping
        As :func:`policytext.claims.run_options` gives.

    Returns
    -------
    DataFrame
        One row per variant and claim: ``variant, n_documents``, the columns of
        :func:`policytext.claims.judge`, ``reason`` (why a variant could not be
        compared at all; its claims are ``absent``).
    """
    parts = []
    for name, documents in variants:
        try:
            part, reason = judge(claims, base, measure(documents, tokens, options)), ""
        except InsufficientData as error:
            part, reason = claims.assign(status=ABSENT), str(error)
        parts.append(part.assign(variant=name, n_documents=len(documents), reason=reason))
    first = ["variant", "n_documents"]
    columns = [*first, *claims.columns, "estimate", "low", "high", "rank", "q", "status", "reason"]
    return pd.concat(parts, ignore_index=True).reindex(columns=columns)


def acting_variants(corpus: Corpus, study: Study) -> Iterator[Variant]:
    """The compared documents under each way of treating acting presidents.

    Documents that the corpus set aside (foreign, date in conflict) stay out.
    """
    usable = ~(corpus.documents["is_foreign"] | corpus.documents["is_date_conflict"])
    for acting in ACTING_MODES:
        documents = assign_administrations(corpus.documents[usable], acting=acting)
        yield ACTING_NAMES[acting], compared(replace(corpus, documents=documents), study)


def leave_one_out(
    documents: pd.DataFrame, by: pd.Series, *, min_documents: int = 1
) -> Iterator[Variant]:
    """The documents without those of one value of `by` (publisher, year), each in turn.

    Parameters
    ----------
    by : Series aligned with `documents`
        Documents where it is missing are never left out.
    min_documents : int
        Values with fewer documents are not tried: leaving out one text of a thousand
        shows nothing.

    Examples
    --------
    >>> table = pd.DataFrame({"publisher": ["A", "A", "B"]})
    >>> [(name, len(left)) for name, left in leave_one_out(table, table["publisher"])]
    [('A', 1), ('B', 2)]
    """
    sizes = by.value_counts()
    for value in sorted(sizes.index[sizes >= min_documents]):
        yield str(value), documents[(by != value).fillna(True)]


def stratified(
    documents: pd.DataFrame,
    columns: Iterable[str] = ("genre", "occasion"),
    *,
    min_documents: int = 20,
) -> Variant:
    """The documents with a ``stratum``, so that each kind of text weighs the same.

    The first of `columns` that has at least two kinds with `min_documents` in two
    administrations or more is the stratum; documents of other kinds are left out, because
    an estimate from a handful of texts would weigh as much as one from hundreds. The name
    of the variant is the column, or empty (and nothing changed) if none will do.

    Examples
    --------
    >>> table = pd.DataFrame({"administration": list("가가나나"), "genre": list("abab")})
    >>> stratified(table, min_documents=1)[0], stratified(table)[0]
    ('genre', '')
    """
    for column in columns:
        if column in documents:
            sizes = documents.groupby([column, "administration"], observed=True).size()
            n_groups = (sizes >= min_documents).groupby(level=0).sum()
            kinds = n_groups.index[n_groups > 1]
            if len(kinds) > 1:
                kept = documents[documents[column].isin(kinds)]
                return column, kept.assign(stratum=kept[column].astype(str))
    return "", documents


def flips(judged: pd.DataFrame) -> pd.DataFrame:
    """The rows of :func:`reruns` in which a conclusion no longer holds."""
    return judged[judged["status"] == FAILS].reset_index(drop=True)
