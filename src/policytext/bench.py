"""Speed and agreement of analysers, always as ratios within one run."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence

import pandas as pd

from policytext import analysers
from policytext.cleaning import normalise
from policytext.lexicon import read_lexicon
from policytext.morphology import ANALYSERS, NOUN_TAGS, tokenize
from policytext.studies import Study


def compare_analysers(
    documents: pd.DataFrame, names: Sequence[str] = tuple(ANALYSERS), *, reference: str = "mecab"
) -> pd.DataFrame:
    """Run several analysers over the same texts.

    Parameters
    ----------
    documents : DataFrame
        Column ``text``; a few dozen documents are enough (Kkma reads 4,000 characters
        a second).
    names : sequence of str
        Keys of ``ANALYSERS``; one that is not installed is left out.
    reference : str
        The analyser to agree with.

    Returns
    -------
    DataFrame
        ``analyser, n_tokens, kchar_per_second, jaccard_with_default``: content nouns
        found, thousand characters a second on this machine after a warm-up, and the
        share of nouns (with their number of occurrences) common with `reference`.

    Examples
    --------
    >>> compare_analysers(pd.DataFrame({"text": ["창업을 돕는다"]}), ["mecab"])["n_tokens"].tolist()
    [1]
    """
    texts = documents["text"].tolist()
    rows, nouns = [], {}
    for name in dict.fromkeys([reference, *names]):
        try:
            ANALYSERS[name](["준비"])
        except ValueError:  # an optional analyser that is not installed
            continue
        seconds, morphemes = _timed(ANALYSERS[name], texts)
        is_noun = morphemes["tag"].isin(NOUN_TAGS)
        nouns[name] = Counter(morphemes.loc[is_noun, "term"].astype(str))
        shared = (nouns[name] & nouns[reference]).total()
        either = (nouns[name] | nouns[reference]).total()
        rows.append((name, int(is_noun.sum()), _speed(texts, seconds), shared / max(either, 1)))
    columns = ["analyser", "n_tokens", "kchar_per_second", "jaccard_with_default"]
    table = pd.DataFrame(rows, columns=columns)
    return table[table["analyser"].isin(list(names))].reset_index(drop=True)


def throughput(study: Study, *, n_documents: int = 300) -> pd.DataFrame:
    """Speed of :func:`tokenize` beside raw MeCab and KoNLPy's analysers, in one run.

    Parameters
    ----------
    study : Study
        Whose documents are read.
    n_documents : int
        Documents read, evenly spaced over the study; Okt reads a tenth of them.

    Returns
    -------
    DataFrame
        ``what, kchar_per_second, ratio_to_raw_mecab``, one process each.
    """
    from konlpy.tag import Okt

    from policytext.corpus import load_corpus

    documents = load_corpus(study).documents
    documents = documents.iloc[:: max(1, len(documents) // n_documents)].head(n_documents)
    texts = documents["text"].map(normalise).tolist()
    few = texts[::10]
    lexicon = read_lexicon()
    tagger = analysers._mecab_tagger()
    analysers.start_jvm()
    okt = Okt()
    okt.pos("준비")
    tokenize(documents.head(1), lexicon=lexicon, workers=1)
    runs = [
        ("MeCab 그대로(한계)", texts, lambda: [tagger.parse(text) for text in texts]),
        ("tokenize, 사전 없이", texts, lambda: tokenize(documents, workers=1)),
        ("tokenize, 사전과 함께", texts, lambda: tokenize(documents, lexicon=lexicon, workers=1)),
        ("KoNLPy Okt.pos", few, lambda: [okt.pos(text) for text in few]),
    ]
    speeds = [(what, _speed(read, _timed(run)[0])) for what, read, run in runs]
    table = pd.DataFrame(speeds, columns=["what", "kchar_per_second"])
    table["ratio_to_raw_mecab"] = table["kchar_per_second"] / table["kchar_per_second"].iloc[0]
    return table.round({"kchar_per_second": 1, "ratio_to_raw_mecab": 3})


def _timed(run: Callable, *arguments) -> tuple[float, object]:
    begun = time.perf_counter()
    result = run(*arguments)
    return time.perf_counter() - begun, result


def _speed(texts: Sequence[str], seconds: float) -> float:
    return sum(map(len, texts)) / 1000 / max(seconds, 1e-9)
