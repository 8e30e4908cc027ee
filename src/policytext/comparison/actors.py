"""Organisations in a corpus: one actor under several names, names that could not occur yet."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from policytext.organisations import canonical_name, change_days, exists_on, known_names

ALPHA = 0.05
LEXICON_TAG = "LEX"
_SHORT = "[가-힣]{1,2}"  # as a common noun such a name is more often the everyday word


def actor_names(
    tokens: pd.DataFrame, documents: pd.DataFrame, *, folder: str | Path | None = None
) -> pd.DataFrame:
    """Which actor each organisation's name stands for, in each administration.

    Parameters
    ----------
    tokens : DataFrame
        ``doc_id, term, tag``. A term of one or two syllables counts as a name only if the
        lexicon matched it.
    documents : DataFrame
        ``doc_id, date, administration``.
    folder : path, optional
        Holds ``organisations.csv`` and ``aliases.csv``.

    Returns
    -------
    DataFrame
        ``term, administration, actor`` (the latest name of the same body, see
        :func:`policytext.organisations.canonical_name`), ``n`` tokens.

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": ["a"], "date": ["2015-01-01"], "administration": "갑"})
    >>> tokens = pd.DataFrame({"doc_id": ["a"], "term": ["다음카카오"], "tag": ["NNP"]})
    >>> actor_names(tokens, documents).values.tolist()
    [['다음카카오', '갑', '카카오', 1]]
    """
    named = _named(tokens, documents, folder)
    by = ["term", "administration", "actor"]
    return named.groupby(by).size().rename("n").reset_index()


def canonical_tokens(
    tokens: pd.DataFrame, documents: pd.DataFrame, *, folder: str | Path | None = None
) -> pd.DataFrame:
    """The same tokens with every name of an organisation replaced by that of its actor.

    Parameters are those of :func:`actor_names`.

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": ["a"], "date": ["2015-01-01"], "administration": "갑"})
    >>> tokens = pd.DataFrame({"doc_id": ["a"], "term": ["다음카카오"], "tag": ["NNP"]})
    >>> canonical_tokens(tokens, documents)["term"].tolist()
    ['카카오']
    """
    named = _named(tokens, documents, folder)
    terms = tokens["term"].astype(object)
    terms.loc[named.index] = named["actor"]
    return tokens.assign(term=terms)


def structural_zeros(
    terms: pd.Series, documents: pd.DataFrame, *, folder: str | Path | None = None
) -> pd.DataFrame:
    """Organisations that did not exist while an administration's documents were written.

    That such a name is missing there is no choice of words.

    Parameters
    ----------
    terms : Series of str
        Names the tables do not know are skipped.
    documents : DataFrame
        ``date, administration``; a period runs from its first document to its last.
    folder : path, optional

    Returns
    -------
    DataFrame
        ``term, administration, share_existing`` of the period's days (below 1),
        ``is_structural_zero`` (0), ``changed`` (the nearest day on which the name began or
        ended) and ``label``, in Korean.

    Examples
    --------
    >>> documents = pd.DataFrame({"administration": ["갑", "갑"],
    ...     "date": pd.to_datetime(["2013-01-01", "2013-12-31"])})
    >>> table = structural_zeros(pd.Series(["다음카카오"]), documents)
    >>> table[["administration", "share_existing", "label"]].values.tolist()
    [['갑', 0.0, '2014-10-01에 생긴 이름']]
    """
    spans = documents.dropna(subset=["date", "administration"]).groupby("administration")["date"]
    spans = spans.agg(["min", "max"])
    rows = []
    for term in sorted(set(terms) & known_names(folder=folder)):
        days = change_days(term, folder=folder)
        for administration, first, last in spans.itertuples():
            first, end = first.normalize(), last.normalize() + pd.Timedelta(days=1)
            cuts = [first, *(day for day in days if first < day < end), end]
            # Where the tables do not tell, nothing is claimed.
            absent = [
                (begin, stop)
                for begin, stop in zip(cuts, cuts[1:], strict=False)
                if exists_on(term, begin, folder=folder) is False
            ]
            if absent:
                share = 1 - sum((b - a for a, b in absent), pd.Timedelta(0)) / (end - first)
                changed, label = _change(absent, days)
                rows.append((term, administration, share, share == 0, changed, label))
    names = ["term", "administration", "share_existing", "is_structural_zero", "changed", "label"]
    return pd.DataFrame(rows, columns=names)


def renamed_keyness(
    surface: pd.DataFrame, canonical: pd.DataFrame, names: pd.DataFrame
) -> pd.DataFrame:
    """Each organisation as written and as one actor, side by side.

    Parameters
    ----------
    surface, canonical : DataFrame
        :func:`policytext.comparison.keyness` of the tokens and of :func:`canonical_tokens`.
    names : DataFrame
        :func:`actor_names`.

    Returns
    -------
    DataFrame
        ``administration, term, n, z, q, actor, n_actor, z_actor, q_actor`` and
        ``is_renaming``: the name sets the administration apart (z > 0, q < 0.05), the actor
        does not. Sorted by administration, then z from high to low.
    """
    columns = ["term", "administration", "n", "z", "q"]
    actors = canonical[columns].rename(
        columns={"term": "actor", "n": "n_actor", "z": "z_actor", "q": "q_actor"}
    )
    # A name that stands for two actors in one administration goes to the more frequent one.
    names = names.sort_values(["n", "actor"], ascending=[False, True])
    names = names.drop_duplicates(["term", "administration"])[["term", "administration", "actor"]]
    table = surface[columns].merge(names, on=["term", "administration"])
    table = table.merge(actors, on=["actor", "administration"])
    distinctive = (table["z"] > 0) & (table["q"] < ALPHA)
    still = (table["z_actor"] > 0) & (table["q_actor"] < ALPHA)
    table["is_renaming"] = distinctive & ~still
    order = [
        "administration", "term", "n", "z", "q",
        "actor", "n_actor", "z_actor", "q_actor", "is_renaming",
    ]  # fmt: skip
    table = table.sort_values(["administration", "z", "term"], ascending=[True, False, True])
    return table[order].reset_index(drop=True)


def renaming_share(surface: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """How much of what sets each administration apart is only a new name for an old body.

    Parameters
    ----------
    surface : DataFrame
        Keyness of the tokens as written.
    pairs : DataFrame
        :func:`renamed_keyness`.

    Returns
    -------
    DataFrame
        ``administration, n_terms`` distinctive (z > 0, q < 0.05), ``n_renamed`` of them by
        renaming alone, ``share_terms``, and ``share_z`` the share of the sum of their z.
        NaN where nothing is distinctive.

    Examples
    --------
    >>> surface = pd.DataFrame({"term": ["가부", "창업"], "administration": "갑", "z": [1.0, 3.0],
    ...     "q": 0.01})
    >>> pairs = pd.DataFrame({"term": ["가부"], "administration": "갑", "is_renaming": [True]})
    >>> renaming_share(surface, pairs).values.tolist()
    [['갑', 2, 1, 0.5, 0.25]]
    """
    only = pairs.loc[pairs["is_renaming"], ["term", "administration"]].assign(renamed=1)
    table = surface.merge(only, on=["term", "administration"], how="left")
    sure = (table["z"] > 0) & (table["q"] < ALPHA)
    renamed = sure & table["renamed"].notna()
    table = table.assign(
        n_terms=sure, n_renamed=renamed, z_all=table["z"].where(sure), z=table["z"].where(renamed)
    )
    table = table.groupby("administration")[["n_terms", "n_renamed", "z_all", "z"]].sum()
    table["share_terms"] = table["n_renamed"] / table["n_terms"]
    table["share_z"] = table["z"] / table["z_all"]
    return table.drop(columns=["z_all", "z"]).reset_index()


def _named(tokens: pd.DataFrame, documents: pd.DataFrame, folder) -> pd.DataFrame:
    """Tokens that name an organisation, with date, administration and actor."""
    named = tokens.loc[tokens["term"].isin(known_names(folder=folder)), ["doc_id", "term", "tag"]]
    named = named.astype(object)
    is_word = named["term"].str.fullmatch(_SHORT) & (named["tag"] != LEXICON_TAG)
    named = named[~is_word.astype(bool)]
    about = documents.set_index("doc_id")[["date", "administration"]]
    about = about.reindex(named["doc_id"]).set_axis(named.index)
    named = named.assign(date=pd.to_datetime(about["date"]), administration=about["administration"])
    actors = {
        (term, date): canonical_name(term, date, folder=folder)
        for term, date in named[["term", "date"]].drop_duplicates().itertuples(index=False)
    }
    keys = zip(named["term"], named["date"], strict=True)
    return named.assign(actor=[actors[key] for key in keys])


def _change(absent: list[tuple], days: list[pd.Timestamp]) -> tuple[pd.Timestamp, str]:
    """The day on which the name ended or began around its longest absence, and how to say it."""
    begin, stop = max(absent, key=lambda gap: gap[1] - gap[0])
    begun = [day for day in days if day >= stop]
    ended = [day for day in days if day <= begin]
    if begun and begin not in days:
        return begun[0], f"{begun[0]:%Y-%m-%d}에 생긴 이름"
    return ended[-1], f"{ended[-1]:%Y-%m-%d}에 없어진 이름"
