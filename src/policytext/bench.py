"""Speed of reading and of analysers, always as ratios within one run."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from policytext import analysers
from policytext.cleaning import normalise
from policytext.korean import attach_particle
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


def ingest_speed(n_files: int = 10_000) -> pd.DataFrame:
    """Speed and memory of reading folders of generated pages, each in a process of its own.

    Four files in ten are scraped text, five are HTML (UTF-8 or CP949), one is a CSV of five
    rows. The process reads a few of them before it is timed, so libraries are loaded.

    Parameters
    ----------
    n_files : int
        Files of the largest folder; the others hold a tenth and three tenths of them.

    Returns
    -------
    DataFrame
        ``n_files, n_documents, files_per_second, peak_mib`` (of the process, with the libraries
        it loads; NaN where the system does not tell), ``time_ratio``, the processor time a
        file relative to the smallest folder (1 is linear growth), and ``kib_per_file``, the memory
        that each file beyond those of the smallest folder adds.
    """
    rows = []
    for size in sorted({max(n_files // 10, 1), max(n_files * 3 // 10, 1), n_files}):
        with tempfile.TemporaryDirectory() as folder:
            write_pages(Path(folder), size)
            command = [sys.executable, "-c", _CHILD, folder]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        n_documents, seconds, busy, peak = json.loads(done.stdout)
        rows.append((size, n_documents, size / seconds, peak, busy / size))
    columns = ["n_files", "n_documents", "files_per_second", "peak_mib", "time_ratio"]
    table = pd.DataFrame(rows, columns=columns)
    first = table.iloc[0]
    more = table[["n_files", "peak_mib"]] - first[["n_files", "peak_mib"]]
    return table.assign(
        time_ratio=table["time_ratio"] / first["time_ratio"],
        kib_per_file=more["peak_mib"] * 1024 / more["n_files"].where(more["n_files"] > 0),
    )


def write_pages(folder: Path, n_files: int) -> None:
    """Fill `folder` with generated pages, a thousand a subfolder; the same ones every time."""
    for number in range(n_files):
        chance = random.Random(number)
        body = [_paragraph(chance) for _ in range(12)]
        stamp = f"20{chance.randint(10, 24)}.{chance.randint(1, 12):02}.{chance.randint(1, 28):02}"
        title = f"{body[0].split()[0]} {chance.choice(_SUBJECTS)} 계획 {number}"
        place = folder / f"{number // 1000:03}"
        place.mkdir(exist_ok=True)
        if number % 10 == 9:
            rows = [f"{title} {i},{line},{stamp},나루신문" for i, line in enumerate(body[:5])]
            text, name, charset = "\n".join(["제목,본문,일자,언론사", *rows]), "csv", "cp949"
        elif number % 10 < 4:
            text, name, charset = _TEXT.format(title, stamp, "\n".join(body)), "txt", "utf-8"
        else:
            charset = ("utf-8", "cp949")[number % 2]
            paragraphs = "".join(f"<p>{line}</p>\n" for line in body)
            text, name = _HTML.format(charset, title, stamp, paragraphs), "html"
        (place / f"{number:06}.{name}").write_bytes(text.encode(charset))


INGEST_HEADERS = {
    "n_files": "파일",
    "n_documents": "문서",
    "files_per_second": "초당 파일",
    "peak_mib": "최대 메모리(MiB)",
    "time_ratio": "파일당 시간(첫 줄=1)",
    "kib_per_file": "늘어난 파일당 메모리(KiB)",
}
_SUBJECTS = "창업 연구 투자 수출 교육 인력 특허 설비 소재 의료 농업 항만 관광 환경 안전".split()
_PLACES = "가람 다온 나루 미르 한별 솔빛 여울 마루 아라 도담".split()
_ACTIONS = (
    "지원하는 계획을 마련했다",
    "위한 조례를 손질했다",
    "늘리는 협약을 맺었다",
    "돕는 공간을 새로 열었다",
    "살피는 모임을 꾸렸다",
)
_TEXT = """{0}
승인 {1} 10:20
댓글 0
글자크기 설정
[나루신문] {2}
홍길동 기자 gildong@naru.example.kr
저작권자 ⓒ 나루신문 무단전재 및 재배포 금지
관련기사
이웃 도시 소식
"""
_HTML = """<!DOCTYPE html><html><head><meta charset="{0}"><title>{1} - 나루신문</title>
<meta property="og:site_name" content="나루신문"></head><body>
<ul id="menu"><li><a href="/">정치</a></li><li><a href="/">경제</a></li></ul>
<div class="article"><h1>{1}</h1><p class="info">입력 {2} 10:20</p>
<div id="articleBody">{3}</div></div>
<div class="related"><h3>관련기사</h3><ul><li><a href="/1">이웃 도시 소식</a></li></ul></div>
<div id="footer">저작권자 ⓒ 나루신문 무단전재 및 재배포 금지</div></body></html>
"""
_CHILD = """
import json, sys, time
from pathlib import Path
from policytext.readers import read_documents
read_documents(sorted(Path(sys.argv[1]).rglob("*.*"))[:20])
begun, busy = time.perf_counter(), time.process_time()
n_documents = len(read_documents(sys.argv[1]).documents)
seconds, busy = time.perf_counter() - begun, time.process_time() - busy
status = Path("/proc/self/status")
if status.exists():  # on Linux ru_maxrss begins with the size of the process that started this
    peak = int(status.read_text().split("VmHWM:")[1].split()[0]) * 1024
elif sys.platform == "win32":
    import psutil
    peak = psutil.Process().memory_info().peak_wset
else:
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([n_documents, seconds, busy, peak / 2**20]))
"""


def _paragraph(chance: random.Random) -> str:
    sentences = [
        f"{attach_particle(chance.choice(_PLACES) + '시', '은/는')} {chance.randint(1, 28)}일 "
        f"기업 {chance.randint(2, 900)}곳의 {chance.choice(_SUBJECTS)} 활동과 "
        f"{attach_particle(chance.choice(_SUBJECTS), '을/를')} {chance.choice(_ACTIONS)}고 밝혔다."
        for _ in range(2)
    ]
    return " ".join(sentences)


def _timed(run: Callable, *arguments) -> tuple[float, object]:
    begun = time.perf_counter()
    result = run(*arguments)
    return time.perf_counter() - begun, result


def _speed(texts: Sequence[str], seconds: float) -> float:
    return sum(map(len, texts)) / 1000 / max(seconds, 1e-9)
