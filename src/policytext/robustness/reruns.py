"""The comparison run again on other documents: do the conclusions survive?

A variant is a pair of a name and documents with ``administration``; where it comes from
(another rule for acting presidents, a publisher left out, a balanced panel) is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import pandas as pd

from policytext.administrations import ACTING_MODES, assign_administrations
from policytext.corpus import Corpus, compared
from policytext.robustness.claims import ABSENT, FAILS, STATUS_NAMES, judge
from policytext.robustness.runs import Run, measure
from policytext.schema import InsufficientData
from policytext.studies import Study

ACTING_NAMES = {
    "separate": "권한대행을 따로 둠",
    "attach": "권한대행을 앞 대통령에 붙임",
    "exclude": "권한대행을 뺌",
}
WEAKER, REVERSED = "약해짐", "뒤집힘"
SET_ASIDE = ["is_foreign", "is_date_conflict", "is_other_kind"]
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
        See :func:`policytext.robustness.runs.measure` for what documents hold.
    tokens : DataFrame
        Tokens of all documents of all variants.
    claims, base : DataFrame, Run
        As for :func:`policytext.robustness.claims.judge`.
    options : mapping
        As :func:`policytext.robustness.runs.run_options` gives.

    Returns
    -------
    DataFrame
        One row per variant and claim: ``variant, n_documents``, the columns of
        :func:`policytext.robustness.claims.judge`, ``reason`` (why a variant could not be
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
    together = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return together.reindex(columns=columns)


def acting_variants(corpus: Corpus, study: Study) -> Iterator[Variant]:
    """The compared documents under each way of treating acting presidents.

    Documents that the corpus set aside stay out.
    """
    usable = ~corpus.documents[SET_ASIDE].any(axis=1)
    for acting in ACTING_MODES:
        documents = assign_administrations(corpus.documents[usable], acting=acting)
        yield ACTING_NAMES[acting], compared(replace(corpus, documents=documents), study)


def leave_one_out(documents: pd.DataFrame, by: pd.Series) -> Iterator[Variant]:
    """The documents without those of one value of `by`, each in turn: years, say.

    Parameters
    ----------
    by : Series aligned with `documents`
        Documents where it is missing are never left out.

    Examples
    --------
    >>> table = pd.DataFrame({"year": [2013, 2013, 2014]})
    >>> [(name, len(left)) for name, left in leave_one_out(table, table["year"])]
    [('2013', 1), ('2014', 2)]
    """
    for value in sorted(by.dropna().unique()):
        yield str(value), documents[(by != value).fillna(True)]


def stratified(documents: pd.DataFrame, *, min_documents: int = 20) -> Variant:
    """The documents with a ``stratum``, so that each kind of text weighs the same.

    The first of genre and occasion that has at least two kinds with `min_documents` in two
    administrations or more is the stratum; documents of other kinds are left out, because
    an estimate from a handful of texts would weigh as much as one from hundreds. The name
    of the variant is the column, or empty (and nothing changed) if none will do.

    Examples
    --------
    >>> table = pd.DataFrame({"administration": list("가가나나"), "genre": list("abab")})
    >>> stratified(table, min_documents=1)[0], stratified(table)[0]
    ('genre', '')
    """
    for column in ("genre", "occasion"):
        if column in documents:
            sizes = documents.groupby([column, "administration"], observed=True).size()
            n_groups = (sizes >= min_documents).groupby(level=0).sum()
            kinds = n_groups.index[n_groups > 1]
            if len(kinds) > 1:
                kept = documents[documents[column].isin(kinds)]
                return column, kept.assign(stratum=kept[column].astype(str))
    return "", documents


def side_by_side(judged: pd.DataFrame) -> pd.DataFrame:
    """One row per claim and one column per variant, which says in Korean how it fares.

    A claim that fails is weaker (``약해짐``) while the estimate still speaks for it, and
    otherwise reversed (``뒤집힘``).

    Examples
    --------
    >>> judged = pd.DataFrame({"claim": ["b", "a", "b", "a"], "variant": list("xxyy"),
    ...     "status": ["holds", "fails", "absent", "fails"], "estimate": [1, 0.1, None, -0.1]})
    >>> side_by_side(judged).values.tolist()
    [['b', '같음', '잴 수 없음'], ['a', '약해짐', '뒤집힘']]
    """
    table = pd.DataFrame({"claim": judged["claim"].unique()})
    for variant, part in judged.groupby("variant", sort=False):
        part = part.set_index("claim")
        how = (part["estimate"] > 0).map({True: WEAKER, False: REVERSED})
        status = part["status"].map(STATUS_NAMES).mask(part["status"] == FAILS, how)
        table[variant] = table["claim"].map(status)
    return table


def under_false_dates(claims: pd.DataFrame, placebo: pd.DataFrame) -> pd.DataFrame:
    """Count the false cuts under which the terms of claims are significant, too.

    Parameters
    ----------
    claims : DataFrame
        As :func:`policytext.robustness.claims.headline_claims` gives.
    placebo : DataFrame
        As :func:`policytext.comparison.placebo` gives.

    Returns
    -------
    DataFrame
        ``claim, administration, term, n_false, n_cuts``; terms only, in any false group.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim": ["a"], "kind": ["term"], "administration": ["가"],
    ...     "term": ["창업"]})
    >>> placebo = pd.DataFrame({"is_real": [True, False, False],
    ...     "terms": [["창업"], ["창업", "혁신"], []]})
    >>> under_false_dates(claims, placebo)[["term", "n_false", "n_cuts"]].values.tolist()
    [['창업', 1, 2]]
    """
    terms = claims.loc[claims["kind"] == "term", ["claim", "administration", "term"]]
    false = placebo.loc[~placebo["is_real"], "terms"]
    n_false = [sum(term in found for found in false) for term in terms["term"]]
    return terms.assign(n_false=n_false, n_cuts=len(false)).reset_index(drop=True)
