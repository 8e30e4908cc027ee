"""The notebooks on small and odd corpora: every cell shows a result or says why there is none."""

import ast
import json
import re
import sys
import traceback
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from corpora import CORPORA, write_study

from policytext import corpus as corpora_module
from policytext import store
from policytext.faults import InsufficientData
from policytext.korean import attach_particle
from policytext.report import result as results
from policytext.report.result import Result
from policytext.study import ROOT

CHAPTERS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
# What no reader should ever see: Python's words for nothing, its errors, unfilled places.
FOREIGN = re.compile(r"\bnan\b|<NA>|\bNone\b|NaT|Traceback|\{\{|\}\}|\[\]", re.IGNORECASE)
# What speaks to programmers; what speaks of several governments where there is one.
CODE = re.compile(r"'\w+'|\w+\(\)|집단|인자")
SEVERAL = re.compile(
    r"나머지 정부|두 정부|정부마다 (?!두드러진 말은)|한 정부에 몰린 것은 없다|어느 정부"
)

PAIRS = {form: pair for pair in ("은/는", "을/를", "과/와", "이다/다") for form in pair.split("/")}
PARTICLES = re.compile(rf"(‘[^‘’]+’|\d%?p?|[A-Za-z]{{2,}})({'|'.join(PAIRS)})(?=[ .,:)]|$)")

OPENED = set()
sys.addaudithook(lambda event, args: OPENED.add(str(args[0])) if event == "open" else None)


def run(path, study):
    """Run a notebook's cells one by one in this process; (source, what it showed or refused)."""
    cells = [
        cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"
    ]
    names, shown = {}, []
    for cell in cells:
        source = "".join(cell["source"])
        if "parameters" in cell["metadata"].get("tags", []):
            source += f"\nSTUDY = {str(study.place)!r}"
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        try:
            exec(compile(tree, path.name, "exec"), names)
            value = last and eval(compile(ast.Expression(last.value), path.name, "eval"), names)
        except InsufficientData as refusal:
            value = refusal
        except NameError:  # what an earlier cell refused
            if not any(isinstance(other, InsufficientData) for _, other in shown):
                raise
            value = None
        except Exception as error:
            value = error
        shown.append((source, value))
    return shown


@pytest.fixture
def apart(tmp_path, monkeypatch):
    """Nothing is read from, or left in, the project's own stores."""
    monkeypatch.setattr(store, "FOLDER", tmp_path / "store")
    monkeypatch.setattr(corpora_module, "PROCESSED", tmp_path / "processed")
    monkeypatch.setenv(results.OUTPUT_VARIABLE, str(tmp_path / "out"))
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("name", CORPORA)
def test_every_cell_shows_a_result_or_says_why_there_is_none(name, apart):
    least = 20 if name == "small-governments" else 5
    study = write_study(apart, name, CORPORA[name], min_families=least)
    OPENED.clear()
    faults, sentences = told_of(study)
    opened = set(OPENED)
    from policytext.report.build import AROUND  # not before: it opens what chapters do not

    said = [sentence for chapter in sentences.values() for sentence in chapter]
    if name in ("one-government", "one-document"):
        faults += [sentence for sentence in said if SEVERAL.search(sentence)]
    if name == "nothing-differs":
        assert any("배" in sentence and "알아" in sentence for sentence in said)
    assert faults == []
    # What a chapter opens must run it again when it changes.
    package = Path(store.__file__).parent
    names = [Path(path).relative_to(package) for path in opened if path.startswith(str(package))]
    assert names and not [name for name in names if AROUND.fullmatch(name.as_posix())]
    assert any(sentences["01-corpus"])
    if name == "two-governments":
        assert [path.stem for path in CHAPTERS] == list(sentences)


def told_of(study):
    """Faults of all chapters on a study, and the sentences of each."""
    faults, sentences = [], {}
    for path in CHAPTERS:
        for source, value in run(path, study):
            if isinstance(value, InsufficientData):
                if not re.fullmatch(r"[^\n]*[가-힣][^\n]*[.다요]\)?", str(value)):
                    faults.append((path.stem, source, str(value)))
                sentences.setdefault(path.stem, []).append(str(value))
            elif isinstance(value, Result):
                faults += [(path.stem, value.name, fault) for fault in faults_of(value)]
                sentences.setdefault(path.stem, []).extend(findings_of(value))
            elif isinstance(value, Exception):
                faults.append((path.stem, source, *traceback.format_exception(value)[-3:]))
    said = [sentence for chapter in sentences.values() for sentence in chapter]
    faults += [sentence for sentence in said if CODE.search(sentence)]
    faults += [wrong for sentence in said for wrong in wrong_particles(sentence)]
    return faults + contradictions(said), sentences


def findings_of(result):
    yield result.finding
    yield from (warning["text"] for warning in result.facts.get("warnings", ()))
    for other in result.more:
        yield from findings_of(other)


def wrong_particles(text):
    """Words before a particle that does not fit how they are read."""
    for found in PARTICLES.finditer(text):
        word, form = found[1].strip("‘’"), found[2]
        if attach_particle(word, PAIRS[form]) != word + form:
            yield text[max(0, found.start() - 30) : found.end()]


def test_wrong_particles_are_found():
    assert [*wrong_particles("8개 0.94, 12개 0.91다. q = 0.044이다")] != []
    assert [*wrong_particles("12개 0.91이다. ‘지식’은 9%를 넘고 ‘문제’와 둘이다")] == []


# What cannot both be said of one corpus, on any page of its report.
OPPOSED = [
    (
        r"안정된 주제(는|가)? 없|되풀이되는 주제가 없",
        r"안정된 주제는 ‘|안정된 주제 \d+개|주제 ‘[^’]+’[은는] .+ 때 많다",
    ),
    (
        "어느 안정된 주제도 정부 사이에",
        "비중이 가장 크게 다른 안정된 주제는|주제 ‘[^’]+’[은는] .+ 때 많다",
    ),
    ("두드러진 말이 없(다|어)", "더 썼다고 할 수 있는 말은 ‘|때 두드러진 말이다|자주 썼다"),
    ("유의한 결론이 없어|다르다고 할 만한 것이 없다", r"결론 후보 \d|결론 \d+개|자주 썼다"),
    ("점검을 견딘 것은 없다", r"점검을 견딘 것은 \d|자주 썼다"),
    (
        "아무렇게나 둘로 나눈 글보다 다르다고 할 수 없다",
        "사이가 가장 (멀다|커 보)|아무렇게나 둘로 나눈 글보다 다르다[:.]",
    ),
    ("글의 종류가 한 가지이거나", "글의 종류가 정부마다 다르다"),
    ("결론으로 앞세우지 않는다", "사람 이름은 없다"),
]


def contradictions(sentences):
    """Pairs of sentences that deny each other."""
    return [
        (one, other)
        for pair in OPPOSED
        for one in sentences
        if re.search(pair[0], one)
        for other in sentences
        if re.search(pair[1], other)
    ]


def test_contradictions_are_found():
    told = [
        "안정된 주제가 없어 흐름을 보지 않는다",
        "주제 ‘가 · 나’는 갑 때보다 을 때 많다. 글의 비율이",
    ]
    assert contradictions(told) == [tuple(told)]
    assert contradictions(told[:1]) == []


def faults_of(result):
    """What a reader should not see of a result: foreign words, figures without caption or words."""
    bundle = result._repr_mimebundle_()
    text = BeautifulSoup(bundle["text/html"], "html.parser").get_text(" ")
    yield from (text[max(0, m.start() - 60) : m.end() + 20] for m in FOREIGN.finditer(text))
    for record in bundle[results.MIME]["records"]:
        if record["kind"] in ("figure", "table") and not re.search("[가-힣]", record["caption"]):
            yield f"{record['kind']} {record['name']} has no caption"
        if record["kind"] == "figure" and not re.search(r"\d", record["caption"]):
            yield f"the caption of figure {record['name']} tells no n"
        if record["kind"] == "figure" and not re.search("[가-힣]", record["alt"]):
            yield f"figure {record['name']} has no words"
