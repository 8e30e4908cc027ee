"""Would other reasonable choices of analysis have led to the same conclusions?

A specification curve (Simonsohn, Simmons & Nelson 2020): every conclusion is worked out
again under other analysers, parts of speech, word lists and thresholds.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping
from itertools import product

import numpy as np
import pandas as pd

from policytext import corpus, studies
from policytext.lexicon import drop_stopwords, read_stopwords
from policytext.morphology import LEXICON_TAG, tokenize
from policytext.progress import progress
from policytext.robustness.claims import FAILS, HOLDS
from policytext.robustness.reruns import reruns
from policytext.robustness.runs import Run
from policytext.studies import Study

CHOICE_NAMES = {
    "analyser": "분석기",
    "parts": "품사",
    "lexicon": "용어 사전",
    "stopwords": "불용어",
    "min_syllables": "최소 음절",
    "min_df": "최소 문서 수",
    "families": "베낀 글",
    "n_topics": "주제 수",
}
ALL_NOUNS, COMMON_NOUNS = "명사 전부", "고유명사·외국어 뺌"
_VALUE_NAMES = {
    "lexicon": {True: "씀", False: "안 씀"},
    "stopwords": {True: "뺌", False: "안 뺌"},
    "families": {True: "한 번만 셈", False: "글마다 셈"},
}
_COMMON_TAGS = ("NNG", LEXICON_TAG)


def choices(study: Study, n_topics: int) -> dict[str, list]:
    """What may be chosen, the study's own choice first.

    Parameters
    ----------
    n_topics : int
        The number of topics used; its neighbours among the study's candidates are tried.

    Examples
    --------
    >>> found = choices(studies.read_study("innovation-centers"), 5)
    >>> found["n_topics"], found["lexicon"]
    ([5, 4, 6], [True, False])
    """
    own, options = study.tokens, study.robustness
    near = [k for k in study.topics["candidates"] if k < n_topics][-1:]
    near += [k for k in study.topics["candidates"] if k > n_topics][:1]
    return {
        "analyser": _first(own["analyser"], _installed(options["analysers"])),
        "parts": [ALL_NOUNS, COMMON_NOUNS],
        "lexicon": [True, False],
        "stopwords": [True, False],
        "min_syllables": _first(own["min_syllables"], [1, 2]),
        "min_df": _first(study.comparison["min_df"], options["min_df"]),
        "families": [True, False],
        "n_topics": [n_topics, *near] if n_topics else [0],
    }


def specifications(choices: Mapping[str, list], n: int, *, random_state: int = 0) -> pd.DataFrame:
    """Choose the ways of analysis to try.

    Parameters
    ----------
    choices : mapping
        Choice -> values, the first being the base.
    n : int
        Rows wanted. The base and every single departure from it are always there; what is
        left is drawn from the full grid without replacement.

    Returns
    -------
    DataFrame
        One column per choice, ``specification`` numbering the rows from 0, the base.

    Examples
    --------
    >>> specifications({"a": [1, 2], "b": [True, False]}, 4)[["a", "b"]].values.tolist()
    [[1, True], [2, True], [1, False], [2, False]]
    """
    base = [values[0] for values in choices.values()]
    chosen = [tuple(base)]
    for place, values in enumerate(choices.values()):
        chosen += [(*base[:place], value, *base[place + 1 :]) for value in values[1:]]
    rest = [row for row in product(*choices.values()) if row not in set(chosen)]
    n_drawn = min(max(n - len(chosen), 0), len(rest))
    drawn = np.random.default_rng(random_state).choice(len(rest), n_drawn, replace=False)
    table = pd.DataFrame([*chosen, *(rest[row] for row in sorted(drawn))], columns=[*choices])
    return table.assign(specification=range(len(table)))


def specification_curve(
    documents: pd.DataFrame,
    study: Study,
    claims: pd.DataFrame,
    base: Run,
    grid: pd.DataFrame,
    options: Mapping,
) -> pd.DataFrame:
    """Judge claims under each specification.

    Parameters
    ----------
    documents : DataFrame
        The compared documents.
    study : Study
        Gives lexicon and the place of the token cache.
    claims, base : DataFrame, Run
        As for :func:`policytext.robustness.claims.judge`.
    grid : DataFrame
        As :func:`specifications` gives.
    options : mapping
        As :func:`policytext.robustness.runs.run_options` gives; the grid's values replace its own.

    Returns
    -------
    DataFrame
        One row per specification and claim: the columns of `grid`, those of
        :func:`policytext.robustness.reruns.reruns`, and ``choices``, the departures from the base
        in Korean.
    """
    found = []
    # Sorted so that the tokens of one analyser are read once and then let go.
    for keys, rows in grid.groupby(["analyser", "lexicon"], sort=False):
        whole = _analysed(documents, study, *keys)
        for row in progress(rows.to_dict("records"), "분석 조건", unit="가지"):
            tokens = chosen_tokens(whole, row)
            changed = {**options, **{key: row[key] for key in ("min_df", "families", "n_topics")}}
            variant = [(row["specification"], documents)]
            found.append(reruns(variant, tokens, claims, base, changed))
    curve = pd.concat(found, ignore_index=True).rename(columns={"variant": "specification"})
    names = pd.Series(
        [describe(row, grid.iloc[0]) for _, row in grid.iterrows()],
        index=grid.index,
        name="choices",
    )
    curve = grid.join(names).merge(curve, on="specification", suffixes=("", "_claim"))
    return curve.sort_values("specification", kind="stable", ignore_index=True)


def chosen_tokens(tokens: pd.DataFrame, row: Mapping) -> pd.DataFrame:
    """Tokens that a specification counts: its parts of speech, stop words and lengths.

    Examples
    --------
    >>> tokens = pd.DataFrame({"term": ["창업", "서울", "꿈"], "tag": ["NNG", "NNP", "NNG"]})
    >>> row = {"parts": COMMON_NOUNS, "stopwords": False, "min_syllables": 2}
    >>> chosen_tokens(tokens, row)["term"].tolist()
    ['창업']
    """
    if row["stopwords"]:
        tokens = drop_stopwords(tokens, read_stopwords())
    keep = (tokens["term"].str.len() >= row["min_syllables"]) | (tokens["tag"] == LEXICON_TAG)
    if row["parts"] == COMMON_NOUNS:
        keep &= tokens["tag"].isin(_COMMON_TAGS)
    return tokens[keep].reset_index(drop=True)


def describe(row: Mapping, base: Mapping) -> str:
    """Name the departures of a specification from the base.

    Examples
    --------
    >>> describe({"lexicon": False, "min_df": 2}, {"lexicon": True, "min_df": 5})
    '용어 사전 안 씀, 최소 문서 수 2'
    """
    return ", ".join(
        f"{CHOICE_NAMES[key]} {value_name(key, row[key])}"
        for key in CHOICE_NAMES
        if key in row and row[key] != base[key]
    )


def value_name(choice: str, value) -> str:
    """A value of a choice as readers see it."""
    return str(_VALUE_NAMES.get(choice, {}).get(value, value))


def in_korean(curve: pd.DataFrame) -> pd.DataFrame:
    """The choice columns as readers see them, names and values.

    Examples
    --------
    >>> in_korean(pd.DataFrame({"lexicon": [True, False], "claim": ["a", "b"]})).to_dict("list")
    {'용어 사전': ['씀', '안 씀'], 'claim': ['a', 'b']}
    """
    named = {
        key: [value_name(key, value) for value in curve[key]]
        for key in CHOICE_NAMES
        if key in curve
    }
    return curve.assign(**named).rename(columns=CHOICE_NAMES)


def most_deviant(curve: pd.DataFrame) -> pd.Series:
    """The specification under which the fewest of the measured claims hold.

    Returns
    -------
    Series
        ``specification, choices, n_holds, n_fails``; of equals the first. Without any claim
        to try, one without a specification and with counts of zero.
    """
    if curve.empty:
        return pd.Series({"specification": None, "choices": "", "n_holds": 0, "n_fails": 0})
    table = curve.groupby(["specification", "choices"])["status"].agg(
        n_holds=lambda status: (status == HOLDS).sum(),
        n_fails=lambda status: (status == FAILS).sum(),
    )
    table = table.reset_index().sort_values("specification", ignore_index=True)
    share = table["n_fails"] / (table["n_fails"] + table["n_holds"]).replace(0, np.nan)
    return table.iloc[int(share.fillna(0).argmax())]


def _analysed(documents: pd.DataFrame, study: Study, analyser: str, lexicon: bool) -> pd.DataFrame:
    return tokenize(
        documents,
        analyser=analyser,
        lexicon=corpus.study_lexicon(study) if lexicon else None,
        cache=studies.PROCESSED / "tokens",
    )


def _first(own, others: Iterable) -> list:
    return [own, *(value for value in others if value != own)]


def _installed(analysers: Iterable[str]) -> list[str]:
    """Without Kiwi, which is optional, the rest goes on."""
    has_kiwi = importlib.util.find_spec("kiwipiepy") is not None
    return [name for name in analysers if name != "kiwi" or has_kiwi]
