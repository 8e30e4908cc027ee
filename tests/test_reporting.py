"""Notebooks executed into pages: structure, safety, failures."""

import base64
import functools
import hashlib
import json
import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup

from policytext import display, reporting
from policytext.rendering import catalogue, manifests, pages

STUDY = SimpleNamespace(name="sample", title="표본 <연구>", question="무엇이 & 왜 바뀌었나?")
HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(2)> javascript:alert(3) =HYPERLINK(1) ]]>"
)
FIRST = [
    """\
# 첫 보고서

들어가는 글. [바깥](https://example.org/) [나쁨](javascript:alert)

![그림](https://example.org/x.png)
<script>document.title = "탈취"</script><b onclick="x()">굵게</b>""",
    ("parameters", "STUDY = 'other'"),
    (
        "hide",
        "import sys\nimport pandas as pd\n"
        "from policytext.reporting import evidence, figure, finding\n"
        "from policytext.reporting import methods, note, table",
    ),
    f"TEXT = {HOSTILE!r}\nfinding(f'{{STUDY}}: {{TEXT}}')",
    """\
from policytext import plots
plots.use_theme()
data = pd.DataFrame({"step": ["읽음", TEXT[:9]], "n_documents": [9, 7], "n_removed": [0, 2]})
figure(plots.plot_steps(data), "steps", caption="단계. n = 9", alt="둘이 빠졌다.", data=data)""",
    """\
rows = pd.DataFrame({"doc_id": ["d1"], "before": [TEXT], "match": ["창업"], "after": [TEXT],
                     "date": [pd.Timestamp("2020-01-02")], "administration": ["가"],
                     "publisher": [TEXT], "url": ["https://example.org/?a=1&b=2"]})
evidence(rows, term="창업", total=3)""",
    "finding('둘째 발견', level=3)",
    "table(pd.DataFrame({'글': [TEXT] * 30, '수': range(30)}), caption='긴 표', name='long')",
    "note(TEXT)",
    "pd.DataFrame({'수': [1]})",
    "print('찍은 글 <i>'); print('숨길 진행', file=sys.stderr)",
    "## 방법",
    "methods({'문서 수': 9})",
]
SECOND = [
    "# 둘째 보고서",
    "from policytext.display import finding, table",
    "finding('셋째 발견')",
    "import pandas as pd\n"
    "frame = pd.DataFrame({'낱말': ['나', '10차', '가', '하', '2차', '까'],\n"
    "                      'q': [0.5, 0.02, 0.0001, None, 1200, 0.001]})\n"
    "table(frame, caption='차례', formats={'q': lambda q: '<0.001' if q < 0.001 else f'{q:,.3f}'})",
]


def write_notebook(path, cells):
    """A stripped notebook: strings are code unless they start with '#'; pairs carry a tag."""
    made = []
    for number, cell in enumerate(cells):
        tag, source = cell if isinstance(cell, tuple) else (None, cell)
        kind = "markdown" if source.startswith("#") else "code"
        new_cell = getattr(nbformat.v4, f"new_{kind}_cell")
        made.append(new_cell(source, id=f"cell-{number}", metadata={"tags": [tag]} if tag else {}))
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=made), path)


@functools.cache
def built():
    """The sample study built once for all tests of pages (also the browser's)."""
    folder = Path(tempfile.mkdtemp(prefix="policytext-"))
    write_notebook(folder / "notebooks" / "01-first.ipynb", FIRST)
    write_notebook(folder / "notebooks" / "02-second.ipynb", SECOND)
    write_notebook(folder / "notebooks" / "explore.ipynb", ["1/0"])
    made = reporting.build(STUDY, output=folder / "out", notebooks=folder / "notebooks")
    return folder / "out", made


@pytest.fixture(scope="module")
def output():
    return built()[0]


@pytest.fixture(scope="module")
def page(output):
    return BeautifulSoup((output / "01-first.html").read_text(encoding="utf-8"), "html.parser")


def _fails(tmp_path, *notebooks):
    for number, cells in enumerate(notebooks, start=1):
        write_notebook(tmp_path / "notebooks" / f"{number:02}-test.ipynb", cells)
    with pytest.raises(reporting.ReportError) as caught:
        reporting.build(STUDY, output=tmp_path / "out", notebooks=tmp_path / "notebooks")
    return str(caught.value)


pytestmark = pytest.mark.slow


def test_pages_in_order_and_files_beside_them(output):
    assert [path.name for path in built()[1]] == ["index.html", "01-first.html", "02-second.html"]
    assert all(path.is_file() for path in built()[1])
    for name in ("figures/steps.svg", "figures/steps.png", "figures/steps.csv", "tables/long.csv"):
        assert (output / name).is_file()


def test_one_title_with_study_question_language_and_policy(page):
    assert page.html["lang"] == "ko"
    assert [head.text for head in page.find_all("h1")] == ["첫 보고서"]
    assert page.select(".study a")[-1].text == STUDY.title
    assert page.find(class_="question").text == STUDY.question
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")
    (own,) = page.find_all("script")
    digest = base64.b64encode(hashlib.sha256(own.string.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy and not own.attrs


def test_nothing_runs_and_nothing_loads(page):
    assert page.find(["iframe", "object", "link", "svg", "form"]) is None
    for tag in page.find_all(True):
        assert not any(name.startswith("on") for name in tag.attrs)
        assert tag.get("src", "data:").startswith("data:")
        assert not tag.get("href", "").strip().lower().startswith(("javascript", "data:text/html"))
    assert page.find("img", src=lambda src: "example.org" in (src or "")) is None
    assert "http" not in page.style.text.replace("http-equiv", "").split("src: url", 1)[0]
    assert page.text.count(HOSTILE) > 30
    assert "탈취" not in page.text


def test_finding_parameters_and_contents(page):
    heading = page.find(id="finding-1")
    assert heading.text == STUDY.name  # what follows the colon stands below
    assert heading.find_next_sibling(class_="finding-detail").text == HOSTILE
    links = [link["href"] for link in page.select("nav.toc a")]
    assert links == ["#finding-1", "#finding-2", "#방법"]
    assert [link["href"] for link in page.select(".answers a")] == ["#finding-1", "#finding-2"]


def test_every_anchor_exists_once_and_levels_do_not_jump(page):
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for link in page.find_all("a", href=lambda href: href and href.startswith("#")):
        assert link["href"][1:] in ids
    levels = [int(head.name[1]) for head in page.find_all(["h1", "h2", "h3", "h4"])]
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


def test_code_is_folded_and_hidden_cells_stay_hidden(page):
    code = [block.text for block in page.select("details.code")]
    assert all(text.startswith("코드 보기") for text in code) and len(code) == 9
    assert not any("import sys" in text or "STUDY = " in text for text in code)
    assert page.find("details", class_="code").get("open") is None


def test_warnings_are_dropped_and_printed_text_is_kept(page):
    printed = page.find_all("pre", class_="printed")
    assert [block.text.strip() for block in printed] == ["찍은 글 <i>"]


def test_every_table_has_scopes_and_a_named_region(page):
    for block in page.find_all("table"):
        region = block.find_parent(class_="scroll")
        assert region["role"] == "region" and region["tabindex"] == "0" and region["aria-label"]
        assert all(head.get("scope") for head in block.find_all("th"))


def test_outside_links_are_guarded_and_kept_whole(page):
    links = page.find_all("a", href=lambda href: href and href.startswith("http"))
    assert [link["href"] for link in links] == [
        "https://example.org/",
        "https://example.org/?a=1&b=2",
    ]
    assert all(link["rel"] == ["noopener", "noreferrer"] for link in links)


def test_pages_lead_to_each_other(page, output):
    assert page.select_one(".pager .next")["href"] == "02-second.html"
    assert page.select_one(".pager .previous") is None
    assert page.select_one("[aria-current=page]")["href"] == "01-first.html"
    for link in page.select("header a, footer a"):
        assert (output / link["href"]).resolve().is_file()


def test_index_lists_reports_findings_and_a_small_figure(output):
    index = BeautifulSoup((output / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert index.h1.text == STUDY.title and index.find("script") is None
    heads = [head.text for head in index.find_all("h2")]
    assert heads == ["핵심 발견", "첫 보고서", "둘째 보고서", "가져가기"]
    assert [link.text for link in index.select(".answers li a")] == [
        f"{STUDY.name}: {HOSTILE}", "둘째 발견", "셋째 발견",
    ]  # fmt: skip
    links = [(link["href"], link.text) for link in index.select(".entry li a")]
    assert links == [
        ("01-first.html#finding-1", f"{STUDY.name}: {HOSTILE}"),
        ("01-first.html#finding-2", "둘째 발견"),
        ("02-second.html#finding-1", "셋째 발견"),
    ]
    assert [image["alt"] for image in index.find_all("img")] == ["둘이 빠졌다."]


def test_the_index_of_all_studies_is_written_beside_the_study(output):
    index = BeautifulSoup((output.parent / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert [head.text for head in index.find_all("h2")] == [STUDY.title]
    links = [link["href"] for link in index.select(".entry li a")]
    assert links[0] == "out/01-first.html#finding-1" and len(links) == 3
    assert index.find("script") is None or "alert" not in index.script.text


def test_the_findings_page_reads_as_it_did(output):
    """POLICYTEXT_UPDATE=1 writes the snapshot anew; read the difference before you commit it."""
    index = BeautifulSoup((output / "index.html").read_text(encoding="utf-8"), "html.parser")
    index.select_one(".take").decompose()  # sizes of files differ between versions of libraries
    lines = (" ".join(line.split()) for line in index.main.get_text("\n").splitlines())
    text = "\n".join(filter(None, lines)) + "\n"
    stored = Path(__file__).parent / "snapshots" / "findings.txt"
    if os.environ.get("POLICYTEXT_UPDATE"):
        stored.parent.mkdir(exist_ok=True)
        stored.write_text(text, encoding="utf-8", newline="\n")
    assert text == stored.read_text(encoding="utf-8")


def test_everything_to_take_away_is_listed_and_there(output):
    index = BeautifulSoup((output / "index.html").read_text(encoding="utf-8"), "html.parser")
    links = [link["href"] for link in index.select(".take a")]
    assert {"tables.xlsx", "findings.docx", "findings.hwpx", "methods.txt", "software.bib",
            "figures/steps.png", "tables/long.csv"} <= set(links)  # fmt: skip
    assert all((output / link).is_file() for link in links)
    manifest = json.loads((output / "manifest.json").read_text(encoding="utf-8"))
    assert {row["file"] for row in manifest["downloads"]} <= set(manifest["files"])


def test_manifest_says_what_was_run_and_what_came_out(output):
    manifest = json.loads((output / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["study"]["title"] == STUDY.title
    first = manifest["reports"][0]
    assert (first["notebook"], len(first["notebook_sha256"])) == ("01-first.ipynb", 64)
    assert first["methods"] == [{"facts": {"문서 수": "9"}}]
    assert first["figures"][0]["name"] == "steps"
    assert {"index.html", "figures/steps.svg", "tables/long.csv"} <= set(manifest["files"])
    assert "manifest.json" not in manifest["files"]


def test_a_failing_cell_is_named_in_one_sentence(tmp_path):
    cells = ["# 제목", ("parameters", "STUDY = ''"), "1 + 1", "raise KeyError('없는 열')"]
    message = _fails(tmp_path, cells)
    assert message == "노트북 01-test.ipynb의 3번째 코드 셀에서 멈췄습니다: KeyError: '없는 열'"


def test_too_little_data_ends_a_page_with_a_sentence_and_the_build_goes_on(tmp_path):
    lacking = [
        "# 모자란 보고서",
        "from policytext.display import finding, note",
        "finding('위에서 찾은 것')",
        "from policytext.schema import InsufficientData\n"
        "raise InsufficientData('글이 3건뿐이라 견주지 못했습니다.')",
        "note('아래 칸')",
    ]
    write_notebook(tmp_path / "notebooks" / "01-lacking.ipynb", lacking)
    write_notebook(tmp_path / "notebooks" / "02-second.ipynb", SECOND)
    made = reporting.build(STUDY, output=tmp_path / "out", notebooks=tmp_path / "notebooks")
    assert [path.name for path in made] == ["index.html", "01-lacking.html", "02-second.html"]
    page = BeautifulSoup(made[1].read_text(encoding="utf-8"), "html.parser")
    assert [block.get_text(strip=True) for block in page.select(".note")] == [
        "글이 3건뿐이라 견주지 못했습니다. 그래서 이 장의 나머지는 만들지 않았습니다."
    ]
    assert page.find("h2", id="finding-1").text == "위에서 찾은 것"
    shown = page.main.get_text()
    assert "아래 칸" not in shown and "Traceback" not in shown and "papermill" not in shown
    index = BeautifulSoup(made[0].read_text(encoding="utf-8"), "html.parser")
    assert [link.text for link in index.select(".entry li a")] == ["위에서 찾은 것", "셋째 발견"]


def test_an_index_of_somebody_elses_stays(tmp_path):
    write_notebook(tmp_path / "notebooks" / "01-second.ipynb", SECOND)
    index = tmp_path / "index.html"
    index.write_text("<p>mine</p>", encoding="utf-8")
    reporting.build(STUDY, output=tmp_path / "out", notebooks=tmp_path / "notebooks")
    assert index.read_text(encoding="utf-8") == "<p>mine</p>"
    index.unlink()
    for _ in range(2):  # ours is written, and written anew
        reporting.build(STUDY, output=tmp_path / "out", notebooks=tmp_path / "notebooks")
        assert STUDY.name in index.read_text(encoding="utf-8")
        index.write_text(catalogue.GENERATOR, encoding="utf-8")


def test_folds_of_code_without_output_between_them_become_one(tmp_path):
    cells = ["# 제목", "a = 1", "b = 2", "print(a + b)", "c = 3", "# 글", "d = 4"]
    write_notebook(tmp_path / "notebooks" / "01-test.ipynb", cells)
    made = reporting.build(STUDY, output=tmp_path / "out", notebooks=tmp_path / "notebooks")
    page = BeautifulSoup(made[1].read_text(encoding="utf-8"), "html.parser")
    folds = [
        [part.text.strip() for part in fold.find_all("pre")] for fold in page.select("details.code")
    ]
    assert folds == [["a = 1", "b = 2"], ["print(a + b)", "c = 3"], ["d = 4"]]
    assert [fold.find_all("summary")[0].text for fold in page.select("details.code")] == [
        "코드 보기"
    ] * 3
    assert len(page.select("details.code summary")) == 3


@pytest.mark.parametrize("heads", [["a", "a-2", "a", "a"], ["a", "a", "a"]])
def test_headings_of_one_name_get_anchors_of_their_own(heads):
    outline = pages._arrange("".join(f"<h2>{head}</h2>" for head in heads))["outline"]
    anchors = [entry["anchor"] for entry in outline]
    assert len(set(anchors)) == len(heads) and anchors[0] == "a"


def test_a_picture_outside_figure_is_refused(tmp_path):
    picture = (
        "from IPython.display import Image\nImage(data=b'\\x89PNG\\r\\n\\x1a\\n', format='png')"
    )
    assert "reporting.figure" in _fails(tmp_path, ["# 제목", picture])


def test_two_notebooks_may_not_write_one_file(tmp_path):
    cells = [
        "import pandas as pd\nfrom policytext.display import table\n"
        "table(pd.DataFrame({'a': [1]}), caption='표', name='same')"
    ]
    message = _fails(tmp_path, cells, cells)
    assert "same" in message and "01-test.ipynb" in message and "02-test.ipynb" in message


def test_no_notebook_is_an_error(tmp_path):
    assert "노트북" in _fails(tmp_path)


def test_a_new_build_takes_away_the_old_files_and_nothing_else(tmp_path):
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    (tmp_path / "old.html").write_text("x", encoding="utf-8")
    outside = tmp_path.parent / "outside.html"
    outside.write_text("x", encoding="utf-8")
    (tmp_path / "manifest.json").write_text(
        json.dumps({"files": {"old.html": "", "../outside.html": ""}}), encoding="utf-8"
    )
    manifests.remove_previous(tmp_path)
    assert not (tmp_path / "old.html").exists()
    assert (tmp_path / "mine.txt").exists() and outside.exists()


def test_environment_is_put_back(monkeypatch):
    monkeypatch.setenv("POLICYTEXT_TEST", "before")
    with (
        pytest.raises(RuntimeError),
        reporting._environment({"POLICYTEXT_TEST": "in", display.OUTPUT_VARIABLE: "x"}),
    ):
        raise RuntimeError
    assert os.environ["POLICYTEXT_TEST"] == "before"
    assert display.OUTPUT_VARIABLE not in os.environ
