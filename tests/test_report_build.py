"""Notebooks executed into a report: what is written, and that nothing that fails loses it."""

import asyncio
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup
from jupyter_client.provisioning import LocalProvisioner

from policytext import __main__ as command_line
from policytext import store
from policytext.faults import PolicyTextError, StudyError
from policytext.report import build as building
from policytext.report import kernels, result
from policytext.study import Study

pytestmark = pytest.mark.slow  # kernels start

HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(2)> javascript:alert(3) =HYPERLINK(1) ]]>"
)
# Sentences and captions of these results stand in their facts.
IMPORTS = (
    "import sys\nimport pandas as pd\nfrom policytext.report import result\n"
    "from policytext.report.result import Result\n"
    "result.say = lambda file, name, r: '' if name.endswith(('-alt', '-kept')) else r.facts.get(file, '')"
)
FIRST = [
    """\
# 첫 보고서

들어가는 글. [바깥](https://example.org/) [나쁨](javascript:alert)

![그림](https://example.org/x.png)
<script>document.title = "탈취"</script><b onclick="x()">굵게</b>""",
    ("parameters", "STUDY = 'other'"),
    ("hide-input", IMPORTS),
    f"TEXT = {HOSTILE!r}\nplaces = pd.DataFrame({{'doc_id': ['d1'], 'term': ['창업'], 'start': [0],\n"
    "    'end': [2], 'title': [TEXT], 'text': ['창업 ' + TEXT], 'date': [pd.Timestamp('2020-01-02')],\n"
    "    'administration': ['가'], 'publisher': [TEXT], 'url': ['https://example.org/?a=1&b=2']})",
    """\
from policytext.report import charts
steps = pd.DataFrame({"step": ["읽음", TEXT[:9]], "n_documents": [9, 7], "n_removed": [0, 2]})
facts = {"findings": f"{STUDY[-11:-5]}: {TEXT}", "captions": "단계. n = 9"}
Result("steps", steps, draw=charts.steps, facts=facts)""",
    """\
rows = pd.DataFrame({"term": ["창업"], "n": [1]})
facts = {"findings": "둘째 발견", "captions": "근거가 있는 표"}
Result("rows", rows, by=("term",), places=places, file="", level=3, facts=facts)""",
    """\
long = pd.DataFrame({"title": [TEXT] * 30, "n": range(30)})
Result("long", long, columns=("title", "n"), facts={"captions": "긴 표"}) + Result("all", long, parts=("kept",))""",
    "pd.DataFrame({'수': [1]})",
    "print('찍은 글 <i>'); print('숨길 진행', file=sys.stderr)",
    ("desk", "print('주피터에서만')"),
    "## 방법",
    "Result('conditions', pd.DataFrame({'항목': ['문서 수'], '값': ['9']}), columns=('항목', '값'),\n"
    "       parts=('table',), file='', facts={'facts': {'문서 수': '9'}})",
]
SECOND = [
    "# 둘째 보고서",
    IMPORTS,
    """\
frame = pd.DataFrame({"term": ["나", "10차", "가", "하", "2차", "까"],
                      "q": [0.5, 0.02, 0.0001, None, 1200, 0.001]})
Result("second", frame, facts={"findings": "셋째 발견", "captions": "차례"})""",
]


def a_study(folder=Path("/nowhere"), **sections):
    content = {"place": folder / "sample.toml", "title": "표본 <연구>", "sources": [{"path": "x"}]}
    content["question"] = "무엇이 & 왜 바뀌었나?"
    return Study.model_validate(content | sections)


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


def build_in(folder, *notebooks, study=None):
    for number, cells in enumerate(notebooks, start=1):
        write_notebook(folder / "notebooks" / f"{number:02}-test.ipynb", cells)
    return building.build_report(
        study or a_study(folder), output=folder / "out", notebooks=folder / "notebooks"
    )


def soup_of(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@functools.cache
def built():
    """The sample study built once for all tests of pages."""
    folder = Path(tempfile.mkdtemp(prefix="policytext-"))
    write_notebook(folder / "notebooks" / "01-first.ipynb", FIRST)
    write_notebook(folder / "notebooks" / "02-second.ipynb", SECOND)
    write_notebook(folder / "notebooks" / "explore.ipynb", ["1/0"])
    made = building.build_report(
        a_study(folder), output=folder / "out", notebooks=folder / "notebooks"
    )
    return folder / "out", made


def test_pages_in_order_and_files_beside_them():
    output, made = built()
    assert made.faults == []
    assert [path.name for path in made.pages] == ["index.html", "01-first.html", "02-second.html"]
    for name in ("figures/steps.svg", "figures/steps.png", "figures/steps.csv", "tables/long.csv"):
        assert (output / name).is_file()
    assert not list(output.parent.glob(".out-*"))  # what was built aside is gone


def test_manifest_says_what_was_run_and_what_came_out():
    output, _ = built()
    manifest = json.loads((output / "manifest.json").read_text(encoding="utf-8"))
    assert (
        manifest["study"]["title"] == "표본 <연구>" and manifest["options"]["topics"]["min_df"] == 5
    )
    first = manifest["reports"][0]
    assert (first["notebook"], len(first["notebook_sha256"])) == ("01-first.ipynb", 64)
    assert [row["text"] for row in first["findings"]] == [f"sample: {HOSTILE}", "둘째 발견"]
    assert [row["anchor"] for row in first["findings"]] == ["finding-steps", "finding-rows"]
    (figure,) = first["figures"]
    assert (figure["name"], figure["number"], figure["rows"]) == ("steps", 1, 2)
    assert [(row["name"], row["number"]) for row in first["tables"]] == [
        (None, 1), ("long", 2), (None, 3),
    ]  # fmt: skip
    assert [row["name"] for row in first["kept"]] == ["all"]
    assert first["methods"] == [{"facts": {"문서 수": "9"}}]
    assert {"index.html", "figures/steps.svg", "tables/long.csv"} <= set(manifest["files"])
    assert "manifest.json" not in manifest["files"]
    assert {row["file"] for row in manifest["downloads"]} <= set(manifest["files"])


FAILING = [
    "# 깨진 장",
    ("parameters", "STUDY = ''"),
    IMPORTS + "\nfrom policytext.faults import InsufficientData, PolicyTextError",
    "raise InsufficientData('글이 3건뿐이라 견주지 못했습니다.')",
    "raise InsufficientData('글이 3건뿐이라 견주지 못했습니다.' + '')",
    "made = {}['없는 열']\nother = 1",
    "made + 1",  # fails because the cell above did
    "also = other",  # so does this, and what rests on it
    "print(also)",
    "undefined_name",  # a fault of its own
    "raise PolicyTextError('폴더가 없습니다.\\n둘째 줄')",
    "from IPython.display import Image\nImage(data=b'\\x89PNG\\r\\n\\x1a\\n', format='png')",
    "Result('unshown', pd.DataFrame({'n': [1]}), columns=('no',))",  # fails when it shows itself
    "Result('left', pd.DataFrame({'n': [1]}), facts={'findings': '남은 발견', 'captions': '표'})",
]
CAUSES = [
    "KeyError: '없는 열'",
    "NameError: name 'undefined_name' is not defined",
    "폴더가 없습니다.",
    "칸이 그림을 그대로 내보냈습니다. Result로 만들어 설명과 대체 글을 붙이세요.",
    "결과 ‘unshown’에 없는 열을 골랐습니다: no. 있는 열은 n입니다.",
]


def test_what_fails_says_so_at_its_place_and_takes_nothing_else_with_it(tmp_path):
    made = build_in(tmp_path, FAILING, SECOND)
    assert [(fault["title"], fault["text"]) for fault in made.faults] == [
        ("깨진 장", cause) for cause in CAUSES
    ]
    page = soup_of(made.pages[1])
    insufficient, again, *faults = [note.get_text(strip=True) for note in page.main.select(".note")]
    assert insufficient == "글이 3건뿐이라 견주지 못했습니다. 그래서 이 부분은 만들지 않았습니다."
    assert again == "같은 까닭으로 이 부분도 만들지 않았습니다."
    told = json.loads((made.pages[0].parent / "manifest.json").read_text("utf-8"))["reports"]
    assert [len(chapter["lacking"]) for chapter in told] == [2, 0]
    assert faults == [f"이 부분은 만들지 못했습니다. {cause}" for cause in CAUSES]
    assert page.find(id="finding-left").text == "남은 발견" and len(page.select(".table")) == 1
    assert page.select(".printed") == []
    assert "Traceback" not in page.text and "둘째 줄" not in page.text.replace("\\n둘째 줄", "")
    listed = soup_of(made.pages[0]).select(".note li")
    assert [row.get_text() for row in listed] == [f"깨진 장: {cause}" for cause in CAUSES]
    assert [row.a["href"] for row in listed] == [f"01-test.html#fault-{n}" for n in range(1, 6)]
    assert all(page.find(id=f"fault-{number}") for number in range(1, 6))
    assert len(soup_of(made.pages[2]).select(".table")) == 1  # the next chapter is whole


def test_a_kernel_that_dies_loses_only_what_came_after(tmp_path):
    cells = [
        "# 제목",
        "print('앞')",
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        "print('뒤')",
    ]
    made = build_in(tmp_path, cells)
    assert ["멎었습니다" in fault["text"] for fault in made.faults] == [True]
    assert [text.text.strip() for text in soup_of(made.pages[1]).select(".printed")] == ["앞"]


def test_a_kernel_that_ended_by_itself_may_be_ended():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    provisioner = LocalProvisioner()
    for end in (provisioner.terminate, provisioner.kill):
        provisioner.process = kernels._Process(ended.pid)
        asyncio.run(end())


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
def test_kernels_are_clean_and_of_one_parent_or_started_as_jupyter_does(tmp_path, monkeypatch):
    source = """\
import os, policytext.faults as own
print(hasattr(own, "left"), os.environ.get("left"), os.getppid(), os.getcwd())
own.left, os.environ["left"] = 1, "1"
"""

    def said(folder):
        monkeypatch.setattr(store, "FOLDER", folder / "store")
        made = build_in(folder, *(["# 장", f"{source}# {chapter}"] for chapter in range(3)))
        return [soup_of(page).select_one(".printed").text.split() for page in made.pages[1:]]

    monkeypatch.setattr(building, "AT_ONCE", 1)
    first, *others = said(tmp_path / "forked")
    assert others == [first, first] and first[:2] == ["False", "None"]
    assert int(first[2]) != os.getpid() and first[3] == str(tmp_path / "forked" / "notebooks")
    monkeypatch.setattr(kernels.Kernels, "_fork", lambda *order: int(""))
    first, *_ = said(tmp_path / "started")
    assert first[:3] == ["False", "None", str(os.getpid())]


def test_a_chapter_of_unchanged_code_and_texts_is_not_run_again(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "FOLDER", tmp_path / "store")
    texts, runs, run = tmp_path / "texts.csv", [], kernels.Kernels.run_cells
    monkeypatch.setattr(kernels.Kernels, "run_cells", lambda *args: runs.append(1) or run(*args))

    def pages(word, code, text):
        texts.write_text(text, encoding="utf-8")
        study = a_study(tmp_path, sources=[{"path": str(texts)}])
        build_in(tmp_path, [f"# 장\n\n{word}", *SECOND[1:], code], study=study)
        files = [path for path in (tmp_path / "out").rglob("*") if path.suffix in building.WRITTEN]
        return {path.name: path.read_bytes() for path in files}

    first = pages("처음", "n = 1", "본문\n창업")
    made = (page := tmp_path / "out" / "01-test.html").stat().st_ino
    assert pages("처음", "n = 1", "본문\n창업") == first and len(first) > 4 and len(runs) == 1
    assert page.stat().st_ino == made  # nothing was written
    page.write_text("누가 고침", encoding="utf-8")
    assert pages("처음", "n = 1", "본문\n창업") == first and len(runs) == 1
    (other,) = [name for name, content in pages("고침", "n = 1", "본문\n창업").items()
                if content != first[name] and name not in ("index.html", "findings.docx")]  # fmt: skip
    assert other == "01-test.html" and len(runs) == 1
    assert len(runs) == 1 and pages("처음", "n = 2", "본문\n창업") and len(runs) == 2
    assert pages("처음", "n = 1", "본문\n취업") and len(runs) == 3
    assert pages("처음", "1 / 0", "본문") and pages("처음", "1 / 0", "본문") and len(runs) == 5


def test_an_edit_runs_only_the_chapters_that_show_it(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "FOLDER", tmp_path / "store")
    runs, run, figures = [], kernels.Kernels.run_cells, building._figures()
    monkeypatch.setattr(kernels.Kernels, "run_cells", lambda *args: runs.append(1) or run(*args))
    made_of, _ = building._made_of(a_study(tmp_path))
    edits = [(2, "no", 0), (2, "ties", 0), (3, "steps", 0), (3, "steps", 1), (5, "", 1)]
    for n, figure, around in edits:
        monkeypatch.setattr(building, "_figures", lambda own={figure: "?"}: figures | own)
        monkeypatch.setattr(building, "_made_of", lambda study, own=around: (made_of, [own]))
        assert not build_in(tmp_path, FIRST[:5], SECOND).is_kept and len(runs) == n
    assert build_in(tmp_path, FIRST[:5], SECOND).is_kept


def test_a_figure_is_known_by_all_that_it_names(tmp_path, monkeypatch):
    monkeypatch.setattr(building, "DRAWING", [tmp_path / "charts.py"])

    def figures(old="None", new="None"):
        source = "N = 1\ndef a(): return b()\ndef b(): return 2\ndef c(): return N\n"
        building.DRAWING[0].write_text(source.replace(old, new))
        return building._figures.__wrapped__().items()

    edits = {
        "a": ("n b()", "n 1 + b()"),
        "ab": ("2", "3"),
        "abc": ("= 1", "= 2"),
        "": ("1", "1  # 1"),
    }
    for changed, edit in edits.items():
        assert {name for name, _ in figures(*edit) - figures()} - {""} == set(changed)


def test_two_notebooks_may_not_write_one_file(tmp_path):
    made = build_in(tmp_path, SECOND, SECOND)
    (fault,) = made.faults
    assert "‘second’를 01-test.ipynb에서도" in fault["text"] and fault["anchor"] == "fault-1"


def test_no_notebook_is_an_error(tmp_path):
    with pytest.raises(PolicyTextError, match="노트북"):
        build_in(tmp_path)


def test_a_build_that_stops_leaves_the_earlier_report_whole(tmp_path, monkeypatch):
    made = build_in(tmp_path, SECOND)
    before = made.pages[0].read_bytes()

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(building, "write_pack", stop)
    with pytest.raises(KeyboardInterrupt):
        build_in(tmp_path, ["# 다른 글"])
    assert made.pages[0].read_bytes() == before and not list(tmp_path.glob(".out-*"))


# The swap: a stand-in for the slow part, so that a build can be stopped at every line.


@pytest.fixture
def swapping(tmp_path, monkeypatch):
    return swapping_in(tmp_path, monkeypatch)


def swapping_in(tmp_path, monkeypatch):
    """A folder with an old report and a file of the user's; calling it builds the new one."""
    write_notebook(tmp_path / "notebooks" / "01-test.ipynb", ["# 글"])

    def write(output, sources, study, made_of):
        names = ["index.html", "figures/a.svg", f"{study.title}.csv"]
        for name in names:
            (output / name).parent.mkdir(exist_ok=True)
            (output / name).write_text(study.title, encoding="utf-8")
        manifest = json.dumps({"files": dict.fromkeys(names, "")})
        (output / "manifest.json").write_text(manifest, encoding="utf-8")
        return [{"file": "index.html", "title": "글", "faults": []}]

    monkeypatch.setattr(building, "_write", write)
    monkeypatch.setattr(building.site, "studies_page", lambda folder: building.site.GENERATOR)
    output = tmp_path / "out" / "연구"

    def build(title):
        content = {"place": tmp_path / "a.toml", "title": title, "sources": [{"path": "x"}]}
        study = Study.model_validate(content)
        return building.build_report(study, output=output, notebooks=tmp_path / "notebooks")

    build("old")
    (output / "mine").mkdir()
    (output / "mine" / "note.txt").write_text("mine", encoding="utf-8")
    return SimpleNamespace(build=build, output=output)


def what_stands(output):
    """Which report stands there, if it is whole and alone."""
    files = {p.relative_to(output).as_posix() for p in output.rglob("*") if p.is_file()}
    title = (output / "index.html").read_text(encoding="utf-8")
    written = {"index.html", "figures/a.svg", f"{title}.csv", "manifest.json"}
    return title if files - {"mine/note.txt"} == written else files


def stopped_at(left, stop):
    """A trace function that calls `stop` at the n-th line of the swap, ``left[0]`` to go."""
    steps = {f.__code__ for f in (building._swap, building._clear, building._keep_others)}

    def trace(frame, event, _):
        if frame.f_code not in steps:
            return None
        left[0] -= event == "line"
        if left[0] == 0 and event == "line":
            stop()
        return trace

    return trace


ENDS = {"kill": 9, "SIGINT": 130, "SIGTERM": 143, "full disk": 1}


def stops(swapping, monkeypatch, end, *, is_one_step=True):
    """Stop a build at every line of the swap: (line, faults, what stood there then)."""
    if not is_one_step:
        monkeypatch.setattr(building, "_exchanged", lambda *_: False)
    stand, never = swapping.output, 99

    def stop():
        if end == "full disk":
            raise OSError(28, "No space left on device")
        os._exit(9) if end == "kill" else signal.raise_signal(getattr(signal, end))

    for line in range(1, 1000):
        if (child := os.fork()) == 0:
            status, left = 0, [line]
            try:
                monkeypatch.setattr(command_line, "_fetch", lambda _: swapping.build("new") and 0)
                sys.settrace(stopped_at(left, stop))
                status = command_line.main(["fetch"])
            finally:
                os._exit(never if left[0] > 0 else status)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status == never:
            return
        # A full disk may be met by the new report beside the old one, as a held file is.
        is_told = status == ENDS[end] or end == "full disk"
        faults = [] if is_told else [f"status {status}"]
        stood = what_stands(stand) if stand.exists() else None
        is_between = stood is None and end == "kill" and not is_one_step
        faults += [] if stood in ("old", "new") or is_between else [f"stood {stood}"]
        beside = building._beside(stand)
        if beside.exists():
            faults += [] if what_stands(beside) == "new" else ["half a report beside"]
            shutil.rmtree(beside)
        swapping.build("old")
        faults += [] if what_stands(stand) == "old" else [f"then {what_stands(stand)}"]
        faults += [] if (stand / "mine" / "note.txt").is_file() else ["a file of the user is lost"]
        left = {path.name for path in stand.parent.iterdir()} - {"index.html", "연구"}
        yield line, [*faults, *sorted(left)], stood


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(
    ("end", "is_one_step"),
    [("kill", True), ("kill", False), ("SIGINT", False), ("SIGTERM", True), ("full disk", True)],
)
def test_a_stop_at_any_line_of_the_swap_leaves_one_report_whole(
    swapping, monkeypatch, end, is_one_step
):
    made = list(stops(swapping, monkeypatch, end, is_one_step=is_one_step))
    assert [row for row in made if row[1]] == []
    stood = [row[2] for row in made]
    assert {"old", "new"} <= {*stood} and len(made) > 20 and stood.count(None) <= 2


def test_a_held_folder_is_one_sentence_and_the_new_report_stands_beside(swapping, monkeypatch):
    rename = Path.rename

    def held(self, target):
        if self == swapping.output:
            raise PermissionError(13, "in use")
        return rename(self, target)

    monkeypatch.setattr(building, "_exchanged", lambda *_: False)
    monkeypatch.setattr(Path, "rename", held)
    for _ in range(2):
        made = swapping.build("new")
        assert what_stands(swapping.output) == "old"
        assert what_stands(made.pages[0].parent) == "new"
        (fault,) = made.faults
        assert "'연구 (새 보고서)'에 두었습니다" in fault["text"]
    names = {"index.html", "연구", "연구 (새 보고서)"}
    assert {path.name for path in swapping.output.parent.iterdir()} == names


def test_a_file_that_cannot_be_removed_leaves_both_reports_whole(swapping, monkeypatch):
    """As with ``chattr +i``: the old report moves as a whole, and what is held of it stays hidden."""
    remove = building.shutil.rmtree

    def held(path, **_):
        raise PermissionError(1, "immutable")

    monkeypatch.setattr(building.shutil, "rmtree", held)
    swapping.build("new")
    assert what_stands(swapping.output) == "new"
    monkeypatch.setattr(building.shutil, "rmtree", remove)
    swapping.build("old")
    assert sorted(p.name for p in swapping.output.parent.iterdir()) == ["index.html", "연구"]


def test_a_folder_of_something_else_is_no_place_for_a_report(swapping):
    (swapping.output / "manifest.json").unlink()
    with pytest.raises(PolicyTextError, match="보고서가 아닌 파일이 있습니다"):
        swapping.build("new")
    assert (swapping.output / "mine" / "note.txt").exists()


def test_two_builds_of_one_report_do_not_meet(swapping, monkeypatch):
    def twice(*_):
        with pytest.raises(StudyError, match="다른 창에서 보고서 '연구'를 만들고 있습니다"):
            swapping.build("other")
        raise KeyboardInterrupt

    write = building._write
    monkeypatch.setattr(building, "_write", twice)
    with pytest.raises(KeyboardInterrupt):
        swapping.build("new")
    monkeypatch.setattr(building, "_write", write)
    swapping.build("new")
    assert what_stands(swapping.output) == "new"


def test_a_new_build_takes_away_the_old_files_and_nothing_else(tmp_path):
    output = tmp_path / "out"
    output.mkdir()
    for path in (output / "mine.txt", output / "old.html", tmp_path / "outside.html"):
        path.write_text("x", encoding="utf-8")
    listed = {"files": {"old.html": "", "../outside.html": ""}}
    (output / "manifest.json").write_text(json.dumps(listed), encoding="utf-8")
    build_in(tmp_path, ["# 제목"])
    assert not (output / "old.html").exists()
    assert (output / "mine.txt").exists() and (tmp_path / "outside.html").exists()


def test_an_index_of_somebody_elses_stays(tmp_path):
    index = tmp_path / "index.html"
    index.write_text("<p>mine</p>", encoding="utf-8")
    build_in(tmp_path, ["# 제목"])
    assert index.read_text(encoding="utf-8") == "<p>mine</p>"
    index.write_text(building.site.GENERATOR, encoding="utf-8")  # ours is written anew
    build_in(tmp_path, ["# 제목"])
    assert "표본 &lt;연구&gt;" in index.read_text(encoding="utf-8")


def test_kernels_know_where_to_write_and_whether_bodies_may_leave(tmp_path):
    study = a_study(tmp_path, report={"share_safe": True})
    body = "가나다라마바사" * 100
    cells = [
        "# 제목",
        ("parameters", "STUDY = 'other'"),
        IMPORTS,
        "import os\nprint(STUDY, os.environ['POLICYTEXT_SHARE_SAFE'], os.environ['TQDM_DISABLE'])",
        f"body = {body[:7]!r} * 100\nprint(body)",
        "pd.DataFrame({'a': [body]})",
        "Result('kept', pd.DataFrame({'doc_id': ['a'], 'title': [body], 'text': [body]}))",
        "raise KeyError(body)",
    ]
    made = build_in(tmp_path, cells, study=study)
    page = soup_of(made.pages[1])
    assert page.select(".printed")[0].text.split() == [str(study.place), "1", "1"]
    assert page.footer.text.count(result.SHARE_RULE) == 1
    longest = body[:121]
    texts = [
        path for path in (tmp_path / "out").rglob("*") if path.suffix in {".html", ".csv", ".json"}
    ]
    assert len(texts) == 4 and all(longest not in path.read_text("utf-8") for path in texts)


RUN = {
    "options": {"topics": {"min_df": 5}},
    "python": "3.11.7",
    "packages": {"pandas": "2.0"},
    "reports": [
        {
            "title": "1장",
            "methods": [{"facts": {"읽은 문서": "10건", "주제: min_df": "5"}}],
            "findings": [{"text": "문서 10건을 쓴다"}, {"text": "흠이 없다"}],
        }
    ],
    "files": {"tables/a.csv": "0" * 64, "index.html": "1" * 64},
}


def test_two_runs_are_told_apart_line_by_line():
    new = json.loads(json.dumps(RUN))
    new["options"]["topics"]["min_df"] = 4
    new["reports"][0]["methods"][0]["facts"]["읽은 문서"] = "12건"
    new["reports"][0]["findings"] = [{"text": "흠이 없다"}, {"text": "문서 12건을 쓴다"}]
    new["files"] = {"tables/a.csv": "2" * 64, "index.html": "3" * 64}
    assert building.differences(RUN, new).splitlines() == [
        "조건 4줄",
        "  - topics.min_df: 5",
        "  - 읽은 문서: 10건",
        "  + topics.min_df: 4",
        "  + 읽은 문서: 12건",
        "발견 2줄",
        "  - 1장: 문서 10건을 쓴다",
        "  + 1장: 문서 12건을 쓴다",
        "표 2줄",
        "  - tables/a.csv (00000000)",
        "  + tables/a.csv (22222222)",
    ]
    assert building.differences(RUN, RUN) == "두 실행은 조건, 발견, 표가 모두 같습니다."
