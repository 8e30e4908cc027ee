"""A study's own terms: what a person accepted, rejected or called by another name.

Kept beside the study's TOML, never in the package: ``lexicon.csv`` (read by
:func:`policytext.words.lexicon.study_lexicon`), ``lexicon-rejected.csv`` (``term``) and
``lexicon-cases.csv`` (``term, sentence``: sentences in which the term must be one token).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from policytext.corpus import Corpus
from policytext.report.result import csv_bytes
from policytext.study import Study
from policytext.words.lexicon import COLUMNS, Lexicon, read_lexicon, study_lexicon, suggest_terms
from policytext.words.tokens import LEXICON_TAG, tokenize

OWN, REJECTED, CASES = "lexicon.csv", "lexicon-rejected.csv", "lexicon-cases.csv"
N_CASES = 3  # sentences kept for an accepted term


def own_terms(study: Study) -> pd.DataFrame:
    """The study's own table (``term, kind, canonical, variants, note``), empty at first."""
    path = study.folder / OWN
    return read_lexicon(path).table if path.is_file() else pd.DataFrame(columns=list(COLUMNS))


def rejected_terms(study: Study) -> list[str]:
    """Candidates that a person rejected: they are not suggested again."""
    return read_table(study.folder / REJECTED, ["term"])["term"].tolist()


def candidates(
    study: Study, documents: pd.DataFrame, tokens: pd.DataFrame, *, min_count: int = 5
) -> pd.DataFrame:
    """Compounds mined from a study that nobody has judged yet, best first.

    As :func:`policytext.words.lexicon.suggest_terms`, without those that the lexicon spells in
    any way or that were rejected.
    """
    found = suggest_terms(tokens, min_count=min_count, documents=documents)
    known = {*study_lexicon(study).spellings, *rejected_terms(study)}
    return found[~found["term"].isin(known)].reset_index(drop=True)


def add_terms(
    study: Study, *, accepted: Iterable[str] = (), aliases: Mapping[str, str] | None = None
) -> Lexicon:
    """The lexicon a study would have with `accepted` terms, each one token; nothing is written.

    `aliases` map another spelling to the term it is counted as. PolicyTextError: a term that is too
    short, or spelled by two entries.
    """
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / OWN  # the lexicon's checks read files
        draft.write_bytes(csv_bytes(_with(study, accepted, aliases or {})))
        return study_lexicon(study, own=draft)


def tried(corpus: Corpus, accepted: Iterable[str], aliases: Mapping[str, str]) -> Corpus:
    """The corpus as it would be with these terms; nothing is written."""
    after = corpus.with_(terms=[*accepted, *aliases])
    named = after.tokens["term"].astype(object).replace(dict(aliases))
    vars(after)["tokens"] = after.tokens.assign(term=named.astype("category"))
    return after


def save_terms(
    study: Study,
    documents: pd.DataFrame,
    *,
    accepted: Iterable[str] = (),
    rejected: Iterable[str] = (),
    aliases: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Write the decisions into the study's folder, with sentences that test the accepted ones.

    Returns :func:`lexicon_cases` of the study as it is now. What :func:`add_terms` refuses is
    raised before anything is written.
    """
    accepted, aliases = list(dict.fromkeys(accepted)), dict(aliases or {})
    lexicon = add_terms(study, accepted=accepted, aliases=aliases)
    cases = read_table(study.folder / CASES, ["term", "sentence"])
    new = [_cases(documents, lexicon, term) for term in [*accepted, *aliases.values()]]
    refused = sorted({*rejected_terms(study), *rejected} - {*accepted, *aliases})
    tables = {
        OWN: _with(study, accepted, aliases),
        CASES: pd.concat([cases, *new]).drop_duplicates(),
        REJECTED: pd.DataFrame({"term": refused}),
    }
    study.folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        (study.folder / name).write_bytes(csv_bytes(table))
    return lexicon_cases(study)


def lexicon_cases(study: Study) -> pd.DataFrame:
    """Check that every accepted term is still one token in its sentences.

    Returns ``term, sentence, is_whole``; empty when the study has no cases.
    """
    cases = read_table(study.folder / CASES, ["term", "sentence"])
    texts = pd.DataFrame({"doc_id": cases.index.astype(str), "text": cases["sentence"]})
    tokens = tokenize(
        texts, analyser=study.tokens.analyser, lexicon=study_lexicon(study), workers=1
    )
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
    table = pd.DataFrame(counts).fillna(0).astype(int).rename_axis("term").reset_index()
    table["difference"] = table["n_after"] - table["n_before"]
    table["_size"] = -table["difference"].abs()
    table = table[table["difference"] != 0].sort_values(["_size", "term"], ignore_index=True)
    return table.drop(columns="_size")


def contexts(texts: Iterable[str], form: str, *, n: int, width: int) -> pd.DataFrame:
    """The first spelling of a form in each of the first `n` texts that have it.

    Returns ``before, match, after``: at most `width` characters on either side, on its own line.

    >>> contexts(["올해\\n벤처 금고를 열었다", "없다"], "금고", n=5, width=9).values.tolist()
    [['벤처 ', '금고', '를 열었다']]
    """
    rows = []
    for text in texts:
        at = text.find(form)
        if at >= 0:
            before, after = text[:at].rpartition("\n")[2], text[at + len(form) :]
            rows.append((before[-width:], form, after.partition("\n")[0][:width]))
        if len(rows) == n:
            break
    return pd.DataFrame(rows, columns=["before", "match", "after"])


def read_table(path: Path, columns: list[str]) -> pd.DataFrame:
    """A table of words that the desks wrote; no rows where there is no file."""
    if not path.is_file():
        return pd.DataFrame(columns=columns, dtype=str)
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return table.reindex(columns=columns, fill_value="")


def _with(study: Study, accepted: Iterable[str], aliases: Mapping[str, str]) -> pd.DataFrame:
    """The study's table with new rows; what an alias stands for becomes a term if it is none."""
    known = {*study_lexicon(study).table["term"], *accepted}
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
    forms = [form for form, own in lexicon.spellings.items() if own == term] or [term]
    texts = documents["text"].to_numpy(dtype=object)
    found = pd.concat([contexts(texts, form, n=N_CASES, width=60) for form in forms])
    sentences = [_whole_words(*parts) for parts in found.itertuples(index=False)]
    return pd.DataFrame({"term": term, "sentence": list(dict.fromkeys(sentences))[:N_CASES]})


def _whole_words(before: str, match: str, after: str, *, width: int = 60) -> str:
    """The parts of a context as one text, not cut inside a word."""
    if len(before) == width:
        before = before.partition(" ")[2]
    if len(after) == width:
        after = after.rpartition(" ")[0] or after
    return f"{before}{match}{after}".strip()
