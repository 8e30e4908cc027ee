"""The lab in a real browser: what `run.py lab` starts, driven as a researcher would.

Everything happens in a copy of the project under a path with Hangul and spaces, so that no
study of this one is written to. POLICYTEXT_SHOTS names a folder for pictures to look at.
"""

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
from test_browser import BROWSER

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
def context(server):
    if BROWSER is None:
        pytest.skip("Chromium이 없어 브라우저 시험을 건너뜁니다. 설치하고 다시 실행하세요.")
    api = pytest.importorskip("playwright.sync_api", reason="playwright가 없습니다.")
    with api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        opened = launched.new_context(viewport={"width": 1400, "height": 1000})
        opened.set_default_timeout(60_000)
        opened.on("dialog", lambda dialog: dialog.accept())
        yield opened
        launched.close()


SHOWN = ".jp-NotebookPanel:not(.lm-mod-hidden)"
PROMPTS = f"[...document.querySelectorAll('{SHOWN} .jp-CodeCell .jp-InputPrompt')]"
ERROR = '[data-mime-type="application/vnd.jupyter.error"]'
IDLE = (
    f"document.querySelector('{SHOWN} .jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'"
)
BEGUN = rf"/\[[*\d]/.test({PROMPTS}[0].textContent)"
ALL_RAN = (
    rf"{IDLE} && ({PROMPTS}.every(prompt => /\[\d+\]/.test(prompt.textContent))"
    f" || document.querySelector('{SHOWN} {ERROR}'))"
)
WATCH = """() => {
  const line = document.querySelector('.policytext-status').parentElement;
  const asked = () => Number(line.querySelector('[data-asked]').dataset.asked);
  const before = asked();
  window.answered = false;
  window.watching?.disconnect();
  window.watching = new MutationObserver(() => {
    const done = line.querySelector('.policytext-ready, .policytext-fault');
    window.answered ||= Boolean(done) && asked() > before;
  });
  window.watching.observe(line, {subtree: true, childList: true, characterData: true});
}"""


def open_notebook(context, server, notebook):
    """A tab with one notebook, alone: other tabs, and the workspace, are forgotten."""
    for tab in context.pages:
        tab.close()
    page = context.new_page()
    address = re.sub(r"tree/notebooks/[^?]+", f"tree/notebooks/{notebook}.ipynb", server.url)
    page.goto(f"{address}&reset")
    page.wait_for_selector(f"{SHOWN} .jp-CodeCell")
    page.wait_for_function(IDLE)
    return page


def run_all(context, server, notebook, *, timeout=180):
    """Open a notebook and choose "run all cells" from the menu; wait for the kernel to rest."""
    page = open_notebook(context, server, notebook)
    for _ in range(3):  # a menu opened while the page still settles may close again
        page.get_by_role("menuitem", name="실행", exact=True).click()
        page.locator(".lm-Menu-item[data-command='runmenu:run-all']").click()
        try:
            page.wait_for_function(BEGUN, timeout=5_000)
            break
        except Exception:
            page.keyboard.press("Escape")
    page.wait_for_function(ALL_RAN, timeout=timeout * 1000)
    assert page.locator(ERROR).all_inner_texts() == []
    return page


def look(page, name):
    if folder := os.environ.get("POLICYTEXT_SHOTS"):
        page.set_viewport_size({"width": 1400, "height": 2600})
        page.locator(f"{SHOWN} .jp-OutputArea-output").last.screenshot(path=f"{folder}/{name}.png")
        page.set_viewport_size({"width": 1400, "height": 1000})


def ask(page, act):
    """Do something and wait until the screen has answered it."""
    page.evaluate(WATCH)
    act()
    page.wait_for_function("() => window.answered")


def fill(page, label, text):
    box = page.get_by_label(label, exact=True)
    box.fill(text)
    ask(page, lambda: box.press("Enter"))


def press(page, name, *, exact=False):
    """Click a button; an icon is part of its name."""
    page.get_by_role("button", name=name, exact=exact).click()


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
        page = run_all(context, server, "explore")
        page.wait_for_selector(".policytext-ready")
        return page

    def test_the_lab_is_korean_and_starts_without_a_warning(self, screen, server):
        assert screen.locator(".jp-NotebookPanel").count() == 1
        assert screen.get_by_role("menuitem", name="파일", exact=True).is_visible()
        # Not what comes later: the server logs a browser that leaves while a kernel restarts.
        assert not re.search(r"warn|error|traceback", server.started, re.I), server.started
        assert not list(server.home.rglob("*.json"))

    def test_a_term_changes_figure_and_sentences(self, screen):
        fill(screen, "낱말", "투자")
        before = screen.locator(".policytext-figure img").get_attribute("src")
        fill(screen, "낱말", "특구")
        assert screen.locator(".policytext-figure img").get_attribute("src") != before
        assert "‘특구’" in screen.locator(".policytext-answer h3").inner_text()
        marks = screen.locator(".policytext-lines mark")
        assert marks.count() > 5 and set(marks.all_text_contents()) == {"특구"}
        look(screen, "explore")

    def test_an_unknown_term_is_told_in_a_sentence(self, screen):
        fill(screen, "낱말", "특규")
        told = screen.locator(".policytext-fault").inner_text()
        assert "한 번도 나오지 않습니다. 비슷한 말: 특구" in told
        assert screen.locator(".policytext-figure img").count() == 0

    def test_a_document_opens_with_its_term_marked(self, screen):
        fill(screen, "낱말", "특구")
        picker = screen.get_by_label("글", exact=True)
        first = screen.locator(".policytext-document h4").inner_text()
        ask(screen, lambda: picker.select_option(index=3))
        assert screen.locator(".policytext-document h4").inner_text() != first
        assert set(screen.locator(".policytext-document mark").all_text_contents()) == {"특구"}

    def test_administrations_and_k_change_what_is_shown(self, screen):
        picker = screen.get_by_label("글", exact=True).locator("option")
        listed, administrations = picker.count(), screen.get_by_label("정부", exact=True)
        ask(screen, lambda: administrations.select_option(index=0))
        assert picker.count() < listed
        fill(screen, "주제 수", "4")
        assert "ARI" in screen.locator(".policytext-moved").inner_text()

    def test_topics_wait_for_a_button_when_stop_words_are_tried(self, screen):
        button = screen.get_by_role("button", name="주제 다시 나누기")
        fill(screen, "뺄 말", "투자")
        assert button.count() == 1
        look(screen, "explore-tried")
        ask(screen, button.click)
        assert button.count() == 0
        fill(screen, "뺄 말", "")

    @pytest.mark.parametrize("view", ["정부", "주제", "시간"])
    def test_each_view_has_its_figure(self, screen, view):
        before = screen.locator(".policytext-figure img").get_attribute("src")
        ask(screen, lambda: press(screen, view, exact=True))
        assert screen.locator(".policytext-figure img").get_attribute("src") != before
        look(screen, f"explore-{view}")

    def test_the_screen_becomes_code_and_a_saved_figure(self, screen, project):
        ask(screen, lambda: press(screen, "이 화면을 코드로"))
        code = screen.locator("textarea").last.input_value()
        assert "pt.Corpus.open('작은-연구')" in code and "pt.lab.term(corpus, '특구'" in code
        ask(screen, lambda: press(screen, "그림 저장"))
        saved = project / "data" / "processed" / "draft" / "작은-연구" / "figures"
        kept = {path.suffix for path in saved.glob("term-time-001.*")}
        assert kept == {".svg", ".png", ".csv", ".py"}


def test_a_term_from_the_lexicon_desk_is_one_token(context, server, project):
    page = run_all(context, server, "lexicon")
    page.wait_for_selector(".policytext-ready")
    page.get_by_label("직접 쓰기", exact=True).fill(TERM)
    press(page, "받기", exact=True)
    page.get_by_text("받을 말").wait_for()
    press(page, "앞뒤 견주기")
    page.locator(".policytext-changes th", has_text=TERM).wait_for()
    look(page, "lexicon")
    press(page, "저장", exact=True)
    page.locator(".policytext-changes", has_text="저장했습니다").wait_for()
    look(page, "lexicon-saved")
    own = project / "data" / "studies" / "작은-연구"
    assert TERM in read(own / "lexicon.csv") and TERM in read(own / "lexicon-cases.csv")
    page = run_all(context, server, "explore")
    page.wait_for_selector(".policytext-ready")
    fill(page, "낱말", TERM)
    assert TERM in page.locator(".policytext-answer h3").inner_text()
    assert set(page.locator(".policytext-lines mark").all_text_contents()) == {TERM}


def test_an_ingested_table_opens_on_the_screen(context, server, project):
    """The README's steps 6 and 8: another study, and stop words that move its findings."""
    rows = records(30, ["2014-05-01", "2018-05-01"])
    pd.DataFrame(rows).drop(columns="id").to_csv(project / "내 표.csv", index=False)
    assert policytext(project, "ingest", "내 표.csv", "--study", "내연구").wait() == 0
    page = run_all(context, server, "explore")
    page.wait_for_selector(".policytext-ready")
    ask(page, lambda: page.get_by_label("연구", exact=True).select_option(label="내연구"))
    assert "연구 내연구" in page.locator(".policytext-figure figcaption").inner_text()
    fill(page, "뺄 말", "창업, 지역")
    page.locator(".policytext-moved th", has_text="정부").wait_for()
    assert "그대로다" in page.locator(".policytext-moved h4").inner_text()


def test_the_labels_desk_names_a_topic(context, server, project):
    page = run_all(context, server, "labels")
    box = page.get_by_label("이름", exact=True)
    box.fill("창업 지원")
    box.press("Enter")
    look(page, "labels")
    press(page, "이름 저장")
    page.locator(".policytext-ready", has_text="이름 1개를 저장했습니다").wait_for()
    assert "창업 지원" in read(project / "data" / "studies" / "작은-연구" / "labels.csv")


@pytest.mark.parametrize("notebook", RUN_ALL)
def test_run_all_leaves_no_error_cell(context, server, notebook):
    run_all(context, server, notebook)


def test_a_report_is_built_under_hangul_and_spaces(project):
    assert policytext(project, "report", "작은-연구").wait() == 0
    assert (project / "reports" / "작은-연구" / "index.html").is_file()
