"""Seconds that reading and tokenising one study takes, nothing taken from the store.

``python3 run.py bench [STUDY]``. A first measure only: no memory, no topics, no comparisons. Then
the speed of every analyser on the beginnings of a few texts: no report holds what was measured.
"""

import sys
import time

from policytext.study import fetch, read_study, source_path
from policytext.texts.files import read_documents
from policytext.words.analysers import N_SAMPLE, SAMPLE_CHARACTERS, analyse
from policytext.words.tokens import tokenize


def main(name: str = "innovation-centers") -> None:
    """Read the study's files as they are, then tokenise what was read."""
    study = read_study(name)
    packages = fetch(study)
    begun = time.perf_counter()
    source = study.sources[0]
    place = source_path(source) if source.path else packages[0]
    documents = read_documents(
        [f"{place}!{source.member}" if source.member else place],
        kind=source.kind or None,
        columns=source.columns or None,
        defaults=source.defaults or None,
    ).documents
    read = time.perf_counter()
    n_tokens = len(tokenize(documents, analyser=study.tokens.analyser))
    done = time.perf_counter()
    n_characters = int(documents["text"].str.len().sum())
    print(f"{study.name}: 글 {len(documents):,}건, {n_characters:,}자")
    print(f"읽기 {read - begun:.1f}초")
    print(f"형태소({study.tokens.analyser}) {done - read:.1f}초, 낱말 {n_tokens:,}개")
    texts = [text[:SAMPLE_CHARACTERS] for text in documents["text"].head(N_SAMPLE)]
    for analyser in study.tokens.compared:
        analyse(["준비"], analyser)
        begun = time.perf_counter()
        analyse(texts, analyser)
        speed = sum(map(len, texts)) / 1000 / (time.perf_counter() - begun)
        print(f"{analyser}: {speed:,.0f}천 자/초")


if __name__ == "__main__":
    main(*sys.argv[1:2])
