"""Seconds that reading and tokenising one study takes, nothing taken from the store.

``python3 run.py bench [STUDY]``. A first measure only: no memory, no topics, no comparisons.
"""

import sys
import time

from policytext.study import fetch, read_study, source_path
from policytext.texts.files import read_documents
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


if __name__ == "__main__":
    main(*sys.argv[1:2])
