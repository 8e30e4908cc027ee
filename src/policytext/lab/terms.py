"""A study's own terms: what a person accepted, or called another spelling of a term.

Decisions are a dict ``{form: term}``: a form that is its own term is accepted, one with another
term is one more spelling of it, one without is rejected. What is saved stands beside the study's
TOML, never in the package: ``lexicon.csv`` (read by
:func:`policytext.words.lexicon.study_lexicon`) and ``lexicon-cases.csv`` (``term, sentence``:
sentences in which the term must be one token).
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import pandas as pd

from policytext.administrations import read_own
from policytext.corpus import Corpus
from policytext.report.result import csv_bytes
from policytext.study import Study
from policytext.words.lexicon import COLUMNS, Lexicon, read_lexicon, study_lexicon
from policytext.words.tokens import LEXICON_TAG, tokenize

OWN, CASES = "lexicon.csv", "lexicon-cases.csv"
_CASE = "term sentence"  # columns of a case
N_CASES = 3  # sentences kept for a term


def own_terms(study: Study) -> pd.DataFrame:
    """The study's own table (``term, kind, canonical, variants, note``), empty at first."""
    path = study.folder / OWN
    return read_lexicon(path).table if path.is_file() else pd.DataFrame(columns=list(COLUMNS))


def drafted(study: Study, decided: dict[str, str]) -> Lexicon:
    """The lexicon a study would have with these decisions; nothing is written.

    PolicyTextError: a term that is too short, or spelled by two entries.
    """
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / study.name / OWN  # the lexicon's checks read, and name, files
        draft.parent.mkdir()
        draft.write_bytes(csv_bytes(_with(study, decided)))
        return study_lexicon(study, own=draft)


def tried(corpus: Corpus, decided: dict[str, str]) -> Corpus:
    """The corpus as it would be with these decisions; nothing is written."""
    own = {form: term for form, term in decided.items() if term}
    after = corpus.with_(terms=own)
    terms = after.tokens["term"].astype(object).replace(own)
    vars(after)["tokens"] = after.tokens.assign(term=terms.astype("category"))
    return after


def save_terms(study: Study, documents: pd.DataFrame, decided: dict[str, str]) -> pd.DataFrame:
    """Write the decisions into the study's folder, with sentences that test them.

    Returns :func:`lexicon_cases` of the study as it is now. What :func:`drafted` refuses is
    raised before anything is written.
    """
    lexicon, table = drafted(study, decided), _with(study, decided)
    texts, cases = documents["text"].tolist(), [read_own(study.folder / CASES, _CASE)]
    for term in dict.fromkeys(filter(None, decided.values())):
        forms = [form for form, own in lexicon.spellings.items() if own == term]
        found = [sentence for form in forms for sentence in sentences(texts, form, N_CASES)]
        cases.append(pd.DataFrame({"term": term, "sentence": [*dict.fromkeys(found)][:N_CASES]}))
    study.folder.mkdir(parents=True, exist_ok=True)
    (study.folder / OWN).write_bytes(csv_bytes(table))
    (study.folder / CASES).write_bytes(csv_bytes(pd.concat(cases).drop_duplicates()))
    return lexicon_cases(study)


def lexicon_cases(study: Study) -> pd.DataFrame:
    """Check that every accepted term is still one token in its sentences.

    Returns ``term, sentence, is_whole``; empty when the study has no cases.
    """
    cases = read_own(study.folder / CASES, _CASE)
    texts = pd.DataFrame({"doc_id": cases.index.astype(str), "text": cases["sentence"]})
    tokens = tokenize(texts, analyser=study.tokens.analyser, lexicon=study_lexicon(study))
    whole = tokens[tokens["tag"] == LEXICON_TAG]
    found = set(zip(whole["doc_id"].astype(int), whole["term"], strict=True))
    # The analyser gives Latin letters in capitals.
    is_whole = [(row, term.upper()) in found for row, term in cases["term"].items()]
    return cases.assign(is_whole=pd.Series(is_whole, dtype=bool))


def token_diff(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Terms whose counts differ between two token tables of the same documents.

    Returns ``term, n_before, n_after, difference``, the greatest change first.

    >>> before = pd.DataFrame({"doc_id": "a", "term": ["녹색", "성장", "혁신"]})
    >>> after = pd.DataFrame({"doc_id": "a", "term": ["녹색 성장", "혁신"]})
    >>> token_diff(before, after)[["term", "n_before", "n_after"]].values.tolist()
    [['녹색', 1, 0], ['녹색 성장', 0, 1], ['성장', 1, 0]]
    """
    counts = {name: tokens["term"].astype(object).value_counts()
              for name, tokens in (("n_before", before), ("n_after", after))}  # fmt: skip
    table = pd.DataFrame(counts).fillna(0).astype(int).rename_axis("term").sort_index()
    table["difference"] = table["n_after"] - table["n_before"]
    table = table[table["difference"] != 0].reset_index()
    by = {"key": abs, "ascending": False, "kind": "stable"}
    return table.sort_values("difference", ignore_index=True, **by)


def sentences(texts: Iterable[str], form: str, n: int) -> list[str]:
    """The first `n` different sentences with a form, of as many texts.

    >>> sentences(["올해 벤처 금고를 열었다. 둘째다.", "없다"], "금고", 5)
    ['올해 벤처 금고를 열었다.']
    """
    pattern = re.compile(rf"[^\n.?!]*{re.escape(form)}[^\n.?!]*[.?!]?")
    found = (pattern.search(text) for text in texts if form in text)
    some = [sentence[0].strip() for sentence in islice(found, 10 * n)]
    return list(dict.fromkeys(some))[:n]


def _with(study: Study, decided: dict[str, str]) -> pd.DataFrame:
    """The study's table with new rows; what a form stands for becomes a term if it is none."""
    own = {form: term for form, term in decided.items() if term}
    known = set(study_lexicon(study).table["term"])
    rows = {term: term for term in own.values() if term not in known} | own
    added = pd.DataFrame({"term": rows.keys(), "canonical": rows.values()}, dtype=str)
    added["canonical"] = added["canonical"].mask(added["canonical"] == added["term"], "")
    added = added.reindex(columns=list(COLUMNS), fill_value="").assign(note="용어 책상에서 정함")
    table = pd.concat([own_terms(study), added], ignore_index=True)
    return table.drop_duplicates("term", keep="last", ignore_index=True)
