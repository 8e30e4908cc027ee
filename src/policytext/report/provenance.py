"""What a reader needs to repeat a run."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd

from policytext.report.result import LIST_LIMIT, SHARE_RULE, Result, is_share_safe, shorten
from policytext.study import file_sha256, source_path
from policytext.texts.clean import MIN_DOCUMENTS, MIN_SHARE
from policytext.texts.coverage import KIND_NAMES
from policytext.texts.sources import find_sources
from policytext.words import analysers

SECTIONS = {
    "corpus": "자료",
    "tokens": "낱말",
    "topics": "주제",
    "comparison": "비교",
    "robustness": "튼튼함",
}


def conditions(corpus, *sections: str, facts: dict | None = None) -> Result:
    """Hashes, counts, versions and options of a run, as a table and in the manifest.

    `sections` are keys of `SECTIONS`, options that the chapter used; `facts` (Korean name to value)
    is what the chapter itself chose.
    """
    told = run_facts(corpus)
    for section in sections:
        options = getattr(corpus.study, section).model_dump()
        told |= {f"{SECTIONS[section]}: {key}": value for key, value in options.items()}
    told = {key: _told(value) for key, value in (told | (facts or {})).items()}
    if is_share_safe():
        told = {key: shorten(value) for key, value in told.items()} | {"본문": SHARE_RULE}
    table = pd.DataFrame({"항목": list(told), "값": list(told.values())})
    look = {"columns": ("항목", "값"), "parts": ("table",), "shown": LIST_LIMIT, "file": ""}
    return Result("conditions", table, corpus, facts={"facts": told}, **look)


def _told(value: object) -> str:
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return str(value) or "없음"


def run_facts(corpus) -> dict[str, str]:
    """What was read and how it was counted: Korean name to value."""
    study, reading = corpus.study, corpus.reading
    facts = {"연구": study.name}
    for number, source in enumerate(study.sources, start=1):
        files = {found.path for found in find_sources(source_path(source))}
        files = sorted(path for path in files if path.is_file())
        hashes = "\n".join(file_sha256(file) for file in files)
        sha256 = hashes if len(files) == 1 else hashlib.sha256(hashes.encode()).hexdigest()
        name = source.package or Path(source.path).name  # not where it lies on this machine
        name += f" ({number})" if any(fact.startswith(f"자료 {name} ") for fact in facts) else ""
        facts[f"자료 {name} SHA-256 (파일 {len(files):,}개)"] = sha256
    days = corpus.everything["date"].dropna()
    if len(days):
        facts["기간"] = f"{days.min():%Y-%m-%d} – {days.max():%Y-%m-%d}"
    facts |= {step.step: f"{step.n_documents:,}건" for step in reading.steps.itertuples()}
    facts["중복 묶음"] = f"{corpus.everything['family_id'].nunique():,}개"
    facts["되풀이된 줄의 기준"] = (
        f"한 매체의 글 {MIN_DOCUMENTS}건 이상이고 {MIN_SHARE:.0%} 이상"
        if study.corpus.drop_repeated_lines
        else "걷어내지 않음"
    )
    kinds = corpus.documents["text_kind"].unique()
    facts["글의 꼴"] = ", ".join(KIND_NAMES[kind] for kind in kinds)
    facts["권한대행 시기"] = study.corpus.acting
    facts["중복 묶음 기준(자카드)"] = str(study.corpus.family_threshold)
    facts["분석기"] = analysers.version(study.tokens.analyser)
    facts["용어 사전 SHA-256"] = corpus.lexicon.sha256
    return facts
