"""The methods paragraph of a paper, in Korean and English, from the manifest of a run."""

from __future__ import annotations

import re
from collections.abc import Mapping

from policytext.korean import attach_particle
from policytext.rendering.manifests import facts

# Steps of reading as `corpus.run_facts` names them, and their English names.
STEPS = {
    "찾은 문서": "documents found",
    "읽은 문서": "read",
    "기간 안의 문서": "within the period",
    "정부를 정할 수 있는 문서": "datable to an administration",
    "한국어로 쓴 문서": "written in Korean",
    "날짜와 연설자가 맞는 문서": "with a date that fits the speaker",
}
SOFTWARE = ("konlpy", "mecab-ko", "scikit-learn", "pandas", "numpy", "scipy", "networkx")


def paragraphs(manifest: Mapping) -> dict[str, str]:
    """One paragraph a language; a sentence whose numbers the run does not have is left out.

    Parameters
    ----------
    manifest : mapping
        As a build writes it.

    Returns
    -------
    dict
        ``ko`` and ``en``. Every number stands in the manifest.
    """
    found, options = facts(manifest), manifest.get("options", {})
    parts = [
        _documents(found),
        _families(found, options.get("corpus", {})),
        _tokens(found, options.get("tokens", {})),
        _topics(_rows(manifest, "topics"), options.get("topics", {})),
        _comparison(options.get("comparison", {})),
        _software(manifest),
    ]
    pairs = [pair for pair in parts if pair]
    return {
        language: " ".join(pair[place] for pair in pairs)
        for place, language in enumerate(("ko", "en"))
    }


def _documents(found: Mapping) -> tuple[str, str] | None:
    steps = {step: _number(found[step]) for step in STEPS if step in found}
    if not steps:
        return None
    counts = list(steps.values())
    changed = {
        step: n
        for (step, n), before in zip(steps.items(), ["", *counts], strict=False)
        if n != before
    }
    korean = ", ".join(f"{step} {n}건" for step, n in changed.items())
    english = ", ".join(f"{n} {STEPS[step]}" for step, n in changed.items())
    first, last = (found.get("기간", "").split(" – ") + [""])[:2]
    when = (f" 글의 날짜는 {first}부터 {last}까지다.", f" Dates run from {first} to {last}.")
    when = when if last else ("", "")
    if len(changed) == 1:
        return f"{korean}을 빠짐없이 썼다.{when[0]}", f"All {english} were used.{when[1]}"
    return (
        f"단계마다 남은 문서는 {korean}이다.{when[0]}",
        f"Documents left at each step: {english}.{when[1]}",
    )


def _families(found: Mapping, options: Mapping) -> tuple[str, str] | None:
    if "가족" not in found or "family_threshold" not in options:
        return None
    n, threshold = _number(found["가족"]), options["family_threshold"]
    return (
        f"거의 같은 글(글자 조각의 자카드 유사도 {threshold} 이상)은 한 가족으로 묶어 {n}개가 "
        "되었고, 다시 뽑기와 뒤섞기의 단위는 글이 아니라 가족이다.",
        f"Near-duplicates (Jaccard similarity of character shingles of at least {threshold}) form "
        f"{n} families, which are the unit of resampling and permutation.",
    )


def _tokens(found: Mapping, options: Mapping) -> tuple[str, str] | None:
    if not options:
        return None
    version = f"({found['분석기']})" if "분석기" in found else ""
    name = f"{options['analyser']}{version}"
    shortest = options["min_syllables"]
    sha256 = found.get("용어 사전 SHA-256", "")[:12]
    lexicon = (f"(SHA-256 {sha256})", f" (SHA-256 {sha256})") if sha256 else ("", "")
    return (
        f"낱말은 형태소 분석기 {attach_particle(name, '으로/로')} 나누어 {shortest}글자 이상인 "
        f"명사(로마자로 쓴 낱말 포함)를 세었고, 용어 사전{lexicon[0]}의 복합어는 한 낱말로 세었다.",
        f"Nouns (and words in Latin letters) of {shortest} or more characters were taken with {options['analyser']} {version}; compounds of a lexicon"
        f"{lexicon[1]} count as one term.",
    )


def _topics(n_topics: int | None, options: Mapping) -> tuple[str, str] | None:
    if not options or not n_topics:
        return None
    n_boot, min_df, seed = options["n_boot"], options["min_df"], options["random_state"]
    return (
        f"주제는 글 {min_df}건 이상에 나온 낱말의 공기 벡터를 TF-IDF로 더한 글 벡터를 k-평균으로 "
        f"나눈 {n_topics}개이고, 안정성은 글의 일부를 {n_boot}번 뽑아 다시 나누어 쟀다(난수 시드 {seed}).",
        f"{n_topics} topics are k-means clusters of documents, each the TF-IDF-weighted sum of its "
        f"terms' co-occurrence vectors (terms in {min_df} or more documents); stability was "
        f"measured on {n_boot} subsamples (seed {seed}).",
    )


def _comparison(options: Mapping) -> tuple[str, str] | None:
    if not options:
        return None
    shuffles, n_boot = (f"{options[key]:,}" for key in ("n_permutations", "n_boot"))
    min_df, seed = options["min_df"], options["random_state"]
    return (
        f"정부를 가르는 말은 글 {min_df}건 이상에 나온 낱말을 로그 승산비(정보 있는 디리클레 "
        "사전분포)의 z로 줄 세우되 순열 검정에서 우연과 다르지 않은 말은 뒤에 두었다. "
        f"유의성은 가족의 정부 이름을 {shuffles}번 뒤섞어 재고 여러 낱말의 "
        f"검정은 FDR로 바로잡았으며, 구간은 가족을 {n_boot}번 다시 뽑아 얻었다(난수 시드 {seed}).",
        "Distinctive terms are ranked by the z of the log-odds with an informative Dirichlet "
        f"prior (terms in {min_df} or more documents), those that the permutation test "
        f"leaves to chance last; significance comes from {shuffles} permutations of "
        "administration labels over families with false-discovery-rate control, intervals from "
        f"{n_boot} bootstrap resamples of families (seed {seed}).",
    )


def _software(manifest: Mapping) -> tuple[str, str]:
    packages = manifest.get("packages", {})
    used = ", ".join(f"{name} {packages[name]}" for name in SOFTWARE if name in packages)
    with_python = f"Python {manifest['python']}" + (f", {used}" if used else "")
    return (
        f"계산에는 {attach_particle(with_python, '을/를')} 썼다.",
        f"Computed with {with_python}.",
    )


def _rows(manifest: Mapping, name: str) -> int | None:
    tables = (table for report in manifest["reports"] for table in report["tables"])
    return next((table["rows"] for table in tables if table["name"] == name), None)


def _number(fact: str) -> str:
    """The number at the beginning of a fact, as it is written there."""
    return re.match(r"[\d,]*", fact)[0]
