"""The lab in a real browser: what `run.py lab` starts, driven as a researcher would.

Everything happens in a copy of the project under a path with Hangul and spaces, so that no
study of this one is written to. POLICYTEXT_SHOTS names a folder for pictures to look at.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from corpora import STUDY, records

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="stops the server as Unix does"),
]
ROOT = Path(__file__).resolve().parents[1]
TERM = "창업자 지원금"  # our own compound, which no lexicon has
LINE = " 올해 창업자 지원금을 늘리고 창업자 지원금은 지역마다 다르게 주었다."
RUN_ALL = ("01-corpus", "04-administrations", "06-robustness")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A clone's files under 한글 and spaces, with one small study in place of the shipped ones."""
    root = tmp_path_factory.mktemp("연구 책상") / "정책 글"
    skip = ("__pycache__", "*.egg-info", ".*", "raw", "processed", "chronicle")
    for name in ("src", "data", "notebooks"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns(*skip))
    for name in ("pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, root / name)
    studies, source = root / "data" / "studies", root / "data" / "raw" / "글.jsonl"
    shutil.rmtree(studies)
    for folder in (studies, source.parent):
        folder.mkdir()
    rows = records(60, ["2014-05-01", "2015-03-02", "2018-05-01", "2019-04-03"])
    for number, row in enumerate(rows):
        row["본문"] += LINE * (number % 3 == 0)
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    text = STUDY.format(path="data/raw/글.jsonl", min_families=5)
    (studies / "작은-연구.toml").write_text(text, encoding="utf-8")
    for path in (root / "notebooks").glob("*.ipynb"):
        path.write_text(read(path).replace("innovation-centers", "작은-연구"), encoding="utf-8")
    return root


def read(path):
    return path.read_text(encoding="utf-8")


def policytext(project, *arguments, **options):
    environment = os.environ | {"PYTHONPATH": str(project / "src")} | options.pop("env", {})
    command = [sys.executable, "-m", "policytext", *arguments]
    return subprocess.Popen(command, cwd=project, env=environment, **options)


@pytest.fixture(scope="module")
def server(project):
    """The command itself, on a free port; its address with the token, and what it printed."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    home, log = project.parent / "집", project.parent / "lab.log"
    home.mkdir()
    with open(log, "w", encoding="utf-8") as stream:
        running = policytext(
            project, "lab", "--no-browser", f"--port={port}", env={"HOME": str(home)},
            stdout=stream, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 90
        while not (found := re.search(r"http://127\.0\.0\.1:\S+token=\w+", read(log))):
            assert running.poll() is None and time.monotonic() < deadline, read(log)
            time.sleep(0.2)
        yield SimpleNamespace(url=found[0], port=port, home=home, started=read(log))
    finally:
        os.killpg(running.pid, signal.SIGINT)  # Ctrl+C
        ended = running.wait(30)
    assert ended == 0 and "끝냈습니다" in read(log), read(log)
    assert "KeyboardInterrupt" not in read(log), read(log)


@pytest.fixture(scope="module")
def context(server, browser):
    opened = browser.new_context(viewport={"width": 1280, "height": 720})
    opened.set_default_timeout(60_000)
    opened.on("dialog", lambda dialog: dialog.accept())
    return opened


SHOWN = ".jp-NotebookPanel:not(.lm-mod-hidden)"
PROMPTS = f"[...document.querySelectorAll('{SHOWN} .jp-CodeCell .jp-InputPrompt')]"
ERROR = '[data-mime-type="application/vnd.jupyter.error"]'
STATUS = f"document.querySelector('{SHOWN} .jp-Notebook-ExecutionIndicator')?.dataset.status"
CONNECTED = """async (name) => {
  const sessions = await (await fetch('/api/sessions')).json();
  const own = sessions.find((session) => session.path.endsWith(name));
  return own?.kernel.connections > 0 && own.kernel.execution_state === 'idle';
}"""
BEGUN = rf"{PROMPTS}.some(prompt => /[*\d]/.test(prompt.textContent))"
RAN = (
    f"{STATUS} === 'idle' && document.querySelector('{SHOWN} {ERROR}, .policytext-desk .status')"
    rf" || {PROMPTS}.every(prompt => /\[\d+\]/.test(prompt.textContent))"
)


def open_notebook(context, server, notebook):
    """A tab with one notebook, alone: other tabs, and the workspace, are forgotten."""
    for tab in context.pages:
        tab.close()
    page = context.new_page()
    address = re.sub(r"tree/notebooks/[^?]+", f"tree/notebooks/{notebook}.ipynb", server.url)
    page.goto(address)
    page.wait_for_selector(f"{SHOWN} .jp-CodeCell")
    page.wait_for_function(CONNECTED, arg=f"{notebook}.ipynb")
    page.wait_for_timeout(1_000)  # what is told to a kernel that has just come may be lost
    return page


def run_all(context, server, notebook):
    """Open a notebook and choose "run all cells" from the menu; wait for the kernel to rest."""
    page = open_notebook(context, server, notebook)
    for _ in range(8):  # what is told to a page that still settles, or to a new kernel, may be lost
        if (dialog := page.locator(".jp-Dialog .jp-mod-accept")).count():
            dialog.click()
        page.get_by_role("menuitem", name="실행", exact=True).click()
        page.locator(".lm-Menu-item[data-command='runmenu:run-all']").click()
        with contextlib.suppress(Exception):
            page.wait_for_function(BEGUN, timeout=5_000)
            break
        page.keyboard.press("Escape")
    page.wait_for_function(RAN, timeout=240_000)
    assert page.locator(ERROR).all_inner_texts() == []
    return page


def look(page, name):
    if folder := os.environ.get("POLICYTEXT_SHOTS"):
        page.set_viewport_size({"width": 1280, "height": 1600})
        page.screenshot(path=f"{folder}/{name}.png")
        page.set_viewport_size({"width": 1280, "height": 720})


def asked(page):
    return int(page.locator(".status").get_attribute("data-asked") or 0)


def ask(page, act):
    """Do something, wait until the screen has answered it, and say how it stands."""
    before = asked(page)
    act()
    answered = "Number(document.querySelector('.status')?.dataset.asked ?? 0)"
    page.wait_for_function(f"{answered} > {before}")
    return page.locator(".status").inner_text()


def fill(page, field, text):
    box = page.locator(f"#{field}")
    box.fill(text)
    return ask(page, lambda: box.press("Enter"))


def press(page, selector, **how):
    return ask(page, page.locator(selector).first.click)


def test_only_this_computer_and_the_token_get_in(server):
    for path in ("api/contents", "api/kernels"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{server.port}/{path}")
        assert refused.value.code == 403
    other = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False)
    for host in other.stdout.split():
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.settimeout(2)
            assert probe.connect_ex((host, server.port)) != 0, host


class TestExplore:
    """One screen, in the order in which a person would use it."""

    @pytest.fixture(scope="class")
    def screen(self, context, server):
        return run_all(context, server, "explore")

    def test_the_lab_is_korean_clean_and_starts_without_a_warning(self, screen, server):
        assert screen.locator(".jp-NotebookPanel").count() == 1
        assert screen.get_by_role("menuitem", name="파일", exact=True).is_visible()
        assert not screen.locator("#filebrowser").is_visible()
        # Not what comes later: the server logs a browser that leaves while a kernel restarts.
        assert not re.search(r"warn|error|traceback", server.started, re.I), server.started
        assert not list(server.home.rglob("*.json"))

    def test_the_answer_is_in_view_on_a_small_screen(self, screen):
        look(screen, "explore")
        for part in ("#term", ".told", ".part-figure svg", "#study"):
            box = screen.locator(part).first.bounding_box()
            assert box["y"] > 0 and box["y"] + box["height"] < 720, part

    def test_a_click_that_leaves_a_typed_word_is_not_lost(self, screen):
        """The word is asked when the field is left, and its answer comes before the button is up."""
        before, button = asked(screen), screen.locator("#view-administrations")
        screen.locator("#term").fill("투자")
        button.hover()
        screen.mouse.down()
        screen.wait_for_timeout(3_000)
        screen.mouse.up()
        screen.wait_for_selector(f'.status[data-asked="{before + 2}"]')
        assert button.get_attribute("aria-pressed") == "true"
        assert screen.locator(".told b").inner_text().startswith("‘투자’")
        press(screen, "#view-time")

    def test_words_change_figure_and_sentences(self, screen):
        before = screen.locator(".part-figure").inner_html()
        fill(screen, "term", "특구, 투자")
        assert screen.locator(".part-figure").inner_html() != before
        assert screen.locator(".told b").all_inner_texts()[0].startswith("‘특구’")
        for word in ("특구", "투자"):
            assert screen.locator(f'.part-figure svg a[aria-label^="{word}"]').count()
        fill(screen, "term", "특규")
        assert "비슷한 말: 특구" in screen.locator(".status.fault").inner_text()
        assert screen.locator(".part-figure svg").count() == 0
        press(screen, ".near button")
        assert set(screen.locator("article mark").all_text_contents()) == {"특구"}

    def test_a_mark_says_its_value_and_filters_the_sentences(self, screen):
        mark, every = screen.locator(".part-figure svg a").last, self.n_uses(screen)
        mark.hover()
        assert " · 20" in screen.locator(".tip").inner_text()
        ask(screen, mark.click)
        assert self.n_uses(screen) < every and screen.locator(".only button").count() == 1
        first = screen.locator(".part-figure svg a").first
        ask(screen, lambda: first.click(modifiers=["Shift"]))
        assert screen.locator(".only button").count() == 2
        screen.locator(".part-lines h4").click()
        ask(screen, lambda: screen.keyboard.press("Control+z"))
        assert screen.locator(".only button").count() == 1
        press(screen, ".only button")

    @staticmethod
    def n_uses(screen):
        heading = screen.locator(".part-lines h4").inner_text()
        return int(re.search(r"[\d,]+", heading)[0].replace(",", ""))

    def test_uses_are_sorted_paged_and_opened(self, screen):
        first = screen.locator(".kwic tbody tr").first.inner_text()
        press(screen, "#sort-after")
        assert screen.locator(".kwic tbody tr").first.inner_text() != first
        press(screen, "#page-on")
        assert "2 / " in screen.locator(".pages").inner_text()
        press(screen, ".kwic td button")
        assert screen.locator("article mark.here").count() == 1
        screen.locator("article").focus()
        screen.keyboard.press("n")
        assert screen.locator("article mark.here").count() == 1

    def test_two_governments_are_compared_with_each_other(self, screen):
        for place in (1, 2):
            press(screen, f"#administrations-{place}")
        assert screen.locator("#against").input_value() == "each"
        press(screen, "#view-administrations")
        assert "문재인 정부" in screen.locator(".told").inner_text()
        look(screen, "explore-each")
        press(screen, "#view-topics")
        screen.locator("#fold-more summary").click()
        fill(screen, "n_topics", "4")
        assert "ARI" in screen.locator(".part-more").inner_text()
        fill(screen, "stopwords", "투자")
        press(screen, "#do-refit")
        assert screen.locator("#do-refit").count() == 0
        look(screen, "explore-tried")

    def test_axe_finds_nothing(self, screen):
        axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
        found = axe.run(screen, context=".policytext-desk").response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []

    def test_the_screen_is_saved_put_into_the_report_and_left_as_it_was(
        self, screen, context, server, project
    ):
        for word in ("지역", "특구"):
            fill(screen, "term", word)
        press(screen, "#view-topics")
        press(screen, "#do-code")
        code = screen.locator(".part-more textarea").input_value()
        assert "pt.Corpus.open('작은-연구')" in code and "pt.lab.ask(corpus, term='특구'" in code
        assert "term-topics-001.xlsx" in press(screen, "#do-save")
        assert "1번째로" in press(screen, "#do-report")
        again = run_all(context, server, "explore")
        assert again.locator("#term").input_value() == "특구"
        assert again.locator("#view-topics").get_attribute("aria-pressed") == "true"


def test_a_term_from_the_lexicon_desk_is_one_token(context, server, project):
    page = run_all(context, server, "lexicon")
    fill(page, "typed", TERM)
    press(page, "#do-accept")
    assert TERM in page.locator(".waiting").inner_text()
    press(page, "#do-compare")
    page.locator(".part-more th", has_text=TERM).wait_for()
    look(page, "lexicon")
    if "한 번 더" in press(page, "#do-save"):
        press(page, "#do-save")
    assert "저장했습니다" in page.locator(".part-more").inner_text()
    own = project / "data" / "studies" / "작은-연구"
    assert TERM in read(own / "lexicon.csv") and TERM in read(own / "lexicon-cases.csv")
    page = run_all(context, server, "explore")
    fill(page, "term", TERM)
    assert set(page.locator(".kwic mark").all_text_contents()) == {TERM}


def test_an_ingested_table_opens_on_the_screen(context, server, project):
    """The README's last steps: another study, and stop words that move its findings."""
    rows = records(30, ["2014-05-01", "2018-05-01"])
    pd.DataFrame(rows).drop(columns="id").to_csv(project / "내 표.csv", index=False)
    assert policytext(project, "ingest", "내 표.csv", "--study", "내연구").wait() == 0
    page = run_all(context, server, "explore")
    ask(page, lambda: page.locator("#study").select_option("내연구"))
    assert "연구 내연구" in page.locator(".part-more").inner_html()
    # Open, whether or not an earlier visit left it so.
    page.locator("#fold-more").evaluate("fold => { fold.open = true }")
    fill(page, "stopwords", "창업, 지역")
    assert "그대로다" in page.locator(".part-more").inner_text()


def test_the_labels_desk_names_a_topic(context, server, project):
    page = run_all(context, server, "labels")
    fill(page, "name", "창업 지원")
    look(page, "labels")
    assert "이름 1개를 저장했습니다" in press(page, "#do-save")
    assert "창업 지원" in read(project / "data" / "studies" / "작은-연구" / "labels.csv")


@pytest.mark.parametrize("notebook", RUN_ALL)
def test_run_all_says_how_far_it_is_and_ends_at_the_top(context, server, notebook):
    page = run_all(context, server, notebook)
    page.get_by_text(re.compile(r"(\d+)칸 가운데 \1칸을 실행했습니다")).wait_for()
    look(page, f"ran-{notebook}")
    assert page.locator(f"{SHOWN} .jp-Cell").first.bounding_box()["y"] > 0
    # What JupyterLab cannot show, such as a link in an SVG, it shows as an error.
    assert page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
    assert page.locator(".jp-RenderedHTML figure svg").count()


def test_a_report_is_built_under_hangul_and_spaces(project):
    assert policytext(project, "report", "작은-연구").wait() == 0
    report = project / "reports" / "작은-연구"
    assert "own" in read(report / "index.html") and "‘특구’" in read(report / "own.html")
