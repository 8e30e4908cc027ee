"""A study's own terms: what a person accepted, rejected or called by another name.

Kept beside the study's TOML, never in the package: ``lexicon.csv`` (read by
:func:`policytext.corpus.study_lexicon`), ``lexicon-rejected.csv`` (``term``) and
``lexicon-cases.csv`` (``term, sentence``: sentences in which the term must be one token).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from policytext import corpus
from policytext.lexicon import COLUMNS, Lexicon, read_lexicon
from policytext.matrix import term_summary
from policytext.mining import suggest_terms
from policytext.morphology import LEXICON_TAG, tokenize
from policytext.rendering.downloads import csv_bytes, write_file
from policytext.studies import Study

TERMS, REJECTED, CASES = "lexicon.csv", "lexicon-rejected.csv", "lexicon-cases.csv"
N_CASES = 3  # sentences kept for an accepted term


def own_terms(study: Study) -> pd.DataFrame:
    """The study's own table (``term, kind, canonical, variants, note``), empty at first."""
    path = study.folder / TERMS
    return read_lexicon(path).table if path.is_file() else pd.DataFrame(columns=list(COLUMNS))


def rejected_terms(study: Study) -> list[str]:
    """Candidates that a person rejected: they are not suggested again."""
    return _read(study.folder / REJECTED, ["term"])["term"].tolist()


def candidates(
    study: Study, documents: pd.DataFrame, tokens: pd.DataFrame, *, min_count: int = 5
) -> pd.DataFrame:
    """Compounds mined from a study that nobody has judged yet.

    Returns
    -------
    DataFrame
        As :func:`policytext.mining.suggest_terms`, best first, without those that the lexicon
        spells in any way or that were rejected.
    """
    found = suggest_terms(tokens, min_count=min_count, documents=documents)
    known = set(corpus.study_lexicon(study).surfaces["surface"]) | set(rejected_terms(study))
    return found[~found["term"].isin(known)].reset_index(drop=True)


def add_terms(
    study: Study, *, accepted: Iterable[str] = (), aliases: Mapping[str, str] | None = None
) -> Lexicon:
    """The lexicon a study would have; nothing is written.

    Parameters
    ----------
    study : Study
    accepted : iterable of str
        Terms to be one token from now on.
    aliases : mapping of str to str, optional
        Other spelling -> term it is counted as.

    Raises
    ------
    LexiconError
        A term that is too short, or spelled by two entries.
    """
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / TERMS  # the lexicon's checks read files
        _write(_with(study, accepted, aliases or {}), draft)
        return corpus.study_lexicon(study, own=draft)


def save_terms(
    study: Study,
    documents: pd.DataFrame,
    *,
    accepted: Iterable[str] = (),
    rejected: Iterable[str] = (),
    aliases: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Write the decisions into the study's folder, with sentences that test the accepted ones.

    Returns
    -------
    DataFrame
        :func:`lexicon_cases` of the study as it is now.

    Raises
    ------
    LexiconError
        As :func:`add_terms`; then nothing is written.
    """
    accepted, aliases = list(dict.fromkeys(accepted)), dict(aliases or {})
    lexicon = add_terms(study, accepted=accepted, aliases=aliases)
    cases = _read(study.folder / CASES, ["term", "sentence"])
    new = [_cases(documents, lexicon, term) for term in [*accepted, *aliases.values()]]
    _write(_with(study, accepted, aliases), study.folder / TERMS)
    _write(pd.concat([cases, *new]).drop_duplicates(), study.folder / CASES)
    refused = sorted({*rejected_terms(study), *rejected} - {*accepted, *aliases})
    _write(pd.DataFrame({"term": refused}), study.folder / REJECTED)
    return lexicon_cases(study)


def lexicon_cases(study: Study) -> pd.DataFrame:
    """Check that every accepted term is still one token in its sentences.

    Returns
    -------
    DataFrame
        ``term, sentence, is_whole``; empty when the study has no cases.
    """
    cases = _read(study.folder / CASES, ["term", "sentence"]).reset_index(drop=True)
    if cases.empty:
        return cases.assign(is_whole=pd.Series(dtype=bool))
    texts = pd.DataFrame({"doc_id": cases.index.astype(str), "text": cases["sentence"]})
    tokens = tokenize(
        texts, analyser=study.tokens["analyser"], lexicon=corpus.study_lexicon(study), workers=1
    )
    whole = tokens[tokens["tag"] == LEXICON_TAG]
    found = set(zip(whole["doc_id"].astype(int), whole["term"], strict=True))
    # The analyser gives Latin letters in capitals.
    is_whole = [(row, term.upper()) in found for row, term in cases["term"].items()]
    return cases.assign(is_whole=is_whole)


def token_diff(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Terms whose counts differ between two token tables of the same documents.

    Returns
    -------
    DataFrame
        ``term, n_before, n_after, difference``, the greatest change first.

    Examples
    --------
    >>> before = pd.DataFrame({"doc_id": "a", "term": ["녹색", "성장", "혁신"]})
    >>> after = pd.DataFrame({"doc_id": "a", "term": ["녹색 성장", "혁신"]})
    >>> token_diff(before, after)[["term", "n_before", "n_after"]].values.tolist()
    [['녹색', 1, 0], ['녹색 성장', 0, 1], ['성장', 1, 0]]
    """
    counts = [term_summary(tokens).set_index("term")["n"] for tokens in (before, after)]
    table = pd.concat(counts, axis=1, keys=["n_before", "n_after"]).fillna(0).astype(int)
    table["difference"] = table["n_after"] - table["n_before"]
    table = table[table["difference"] != 0].rename_axis("term").reset_index()
    order = table["difference"].abs().mul(-1).to_frame().assign(term=table["term"])
    return table.loc[order.sort_values(["difference", "term"]).index].reset_index(drop=True)


def _with(study: Study, accepted: Iterable[str], aliases: Mapping[str, str]) -> pd.DataFrame:
    """The study's table with new rows; what an alias stands for becomes a term if it is none."""
    known = set(corpus.study_lexicon(study).table["term"]) | set(accepted)
    targets = [term for term in dict.fromkeys(aliases.values()) if term not in known]
    rows = [{"term": term, "note": "용어 책상에서 받음"} for term in [*accepted, *targets]]
    rows += [
        {"term": form, "canonical": term, "note": "용어 책상에서 이음"}
        for form, term in aliases.items()
    ]
    added = pd.DataFrame(rows, columns=list(COLUMNS)).fillna("")
    table = pd.concat([own_terms(study), added], ignore_index=True)
    return table.drop_duplicates("term", keep="last", ignore_index=True)


def _cases(documents: pd.DataFrame, lexicon: Lexicon, term: str) -> pd.DataFrame:
    """Sentences with a term that are cut as they should be now; later changes must keep them."""
    surfaces = lexicon.surfaces
    forms = surfaces.loc[surfaces["term"] == term, "surface"].tolist() or [term]
    found: dict[str, None] = {}
    for text in documents["text"]:
        for form in forms:
            at = text.find(form)
            if at >= 0:
                found[_sentence(text, at, at + len(form))] = None
        if len(found) >= N_CASES:
            break
    return pd.DataFrame({"term": term, "sentence": list(found)[:N_CASES]})


def _sentence(text: str, start: int, end: int, *, width: int = 60) -> str:
    """The words around a place, on its own line, not cut inside a word."""
    left = text[:start].rpartition("\n")[2][-width:]
    right = text[end:].partition("\n")[0][:width]
    if len(left) == width:
        left = left.partition(" ")[2]
    if len(right) == width:
        right = right.rpartition(" ")[0] or right
    return f"{left}{text[start:end]}{right}".strip()


def _read(path: Path, columns: list[str]) -> pd.DataFrame:
    if not path.is_file():
        return pd.DataFrame(columns=columns, dtype=str)
    return pd.read_csv(path, dtype=str, encoding="utf-8-sig").fillna("").reindex(columns=columns)


def _write(table: pd.DataFrame, path: Path) -> None:
    write_file(path, csv_bytes(table))
