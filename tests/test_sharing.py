"""The share-safe switch: whatever a cell shows, no body leaves in any file."""

import base64
import html
import io
import re
import zipfile
from collections import Counter
from types import SimpleNamespace

import pandas as pd
import pytest
from test_reporting import write_notebook

from policytext import display, reporting
from policytext.rendering import sharing

MAKE = """\
import random
import pandas as pd
from policytext import display, evidence, plots
rng = random.Random(7)
syllables = [chr(code) for code in range(0xAC00, 0xAC00 + 300)]
bodies = ["".join(rng.choice(syllables) for _ in range(600)) for _ in range(3)]
documents = pd.DataFrame({"doc_id": list("abc"), "title": [body[:90] for body in bodies],
                          "text": bodies, "date": pd.NaT, "administration": "가",
                          "publisher": "나", "url": ""})
places = [(name, start) for name in "abc" for start in range(0, 500, 50)]
tokens = pd.DataFrame([(name, start, start + 150, "긴 낱말") for name, start in places],
                      columns=["doc_id", "start", "end", "term"])"""
CELLS = [
    "# 나눌 보고서",
    MAKE,
    "rows = evidence.concordance(documents, tokens, '긴 낱말', width=500)\n"
    "display.evidence(rows, term='긴 낱말', total=len(rows))",
    "display.evidence(evidence.openings(documents, width=900), term='글', total=3)",
    "display.table(documents, caption='표', name='documents')",
    "display.table(documents.rename(columns={'text': 'words'}), caption='둘째 표', name='words')",
    "display.keep(documents, 'kept')",
    "display.keep(rows, 'rows')",
    "plots.use_theme()\n"
    "steps = pd.DataFrame({'step': ['읽음'], 'n_documents': [9], 'n_removed': [0]})\n"
    "display.figure(plots.plot_steps(steps), 'steps', caption='단계', alt='단계', data=documents)",
    "print(documents['text'].iloc[0])",
    "documents.style.hide(axis='index')",
    "documents['text'].iloc[1]",
    "display.methods({'보기': documents['text'].iloc[0]})",
]


def bodies():
    made = {}
    source = MAKE.replace("from policytext import display, evidence, plots\n", "")
    exec(source, made)
    return made["bodies"]


def readable(content, name=""):
    """All text of a file: members of archives, data addresses inside pages, tags taken away."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(readable(archive.read(item), item) for item in archive.namelist())
    if content.startswith(b"\x89PNG"):
        return ""
    text = content.decode("utf-8-sig", errors="replace")
    inside = re.findall(r"data:text/csv;base64,([A-Za-z0-9+/=]+)", text)
    plain = html.unescape(re.sub("<[^>]*>", "", text))
    return "\n".join([plain, *(readable(base64.b64decode(part)) for part in inside)])


def longest_run(text, body):
    """Length of the longest piece of `body` that stands in `text`, spaces left out."""
    text, body = ("".join(part.split()) for part in (text, body))
    best = 0
    for start in range(len(body)):
        while body[start : start + best + 1] in text and start + best < len(body):
            best += 1
    return best


@pytest.fixture(scope="module", params=[True, False], ids=["safe", "plain"])
def build(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sharing")
    write_notebook(folder / "notebooks" / "01-all.ipynb", CELLS)
    study = SimpleNamespace(
        name="s", title="연구", question="무엇이?", report={"share_safe": request.param}
    )
    reporting.build(study, output=folder / "out", notebooks=folder / "notebooks")
    return request.param, folder / "out"


@pytest.mark.slow
def test_no_body_leaves_in_any_file(build):
    is_safe, output = build
    runs = {
        path.name: max(longest_run(readable(path.read_bytes()), body) for body in bodies())
        for path in sorted(output.rglob("*"))
        if path.is_file()
    }
    assert len(runs) > 8
    if is_safe:
        assert max(runs.values()) <= sharing.LONGEST, runs
    else:  # the same cells without the switch do show them: the check can see a leak
        assert runs["01-all.html"] == runs["kept.csv"] == 600


@pytest.mark.slow
def test_the_report_says_that_it_was_cut(build):
    is_safe, output = build
    page = (output / "01-all.html").read_text(encoding="utf-8")
    assert page.count(sharing.RULE) == (2 if is_safe else 0)
    assert ("전체 30건 가운데 9건" in page) == is_safe


def test_a_document_is_quoted_few_times_in_one_chapter(monkeypatch):
    monkeypatch.setenv(sharing.VARIABLE, "1")
    display.begin()
    row = {"doc_id": "a", "before": "가" * 90, "match": "나" * 90, "after": "다" * 90}
    blocks = [
        display.evidence(pd.DataFrame([row] * 2), term=f"말{number}", total=2)
        for number in range(4)
    ]
    assert [str(block.html).count("<li>") for block in blocks] == [2, 1, 0, 0]
    assert "전체 2건 가운데 0건" in str(blocks[3].html)
    display.begin()


def test_snippets_of_rows_without_ids_are_of_one_document():
    rows = pd.DataFrame({"before": ["가"] * 9, "match": "나", "after": "다"})
    assert len(sharing.snippets(rows, Counter())) == sharing.PER_DOCUMENT
