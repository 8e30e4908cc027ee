"""The built pages in a real browser, offline. Skipped where Chromium is not installed.

The pages are those of the fixture study and of the two studies of the README, built here as the
report command builds them; POLICYTEXT_CHECK_REPORTS=reports/<study> checks a report that was
built before instead.
"""

import functools
import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest
from recounts import recount, totals_are_printed
from test_reporting import built

from policytext import reporting, studies

pytestmark = pytest.mark.slow
BROWSER = next(
    filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None
)
WIDTHS = {look: (390, 1280, 1920) for look in ("light", "dark")}
WIDTHS["print"] = (658,)  # what the margins leave of an A4 page, at 96 pixels an inch
# A chapter has thousands of folds, all of one make: axe sees them open at one width of each look.
OPENED = (1280, 658)
CHECKED = os.environ.get("POLICYTEXT_CHECK_REPORTS")
FIXTURE = ("../index.html", "index.html", "01-first.html", "02-second.html")
STUDIES = ("innovation-centers", "presidential-speeches")
FEWER_CONDITIONS = "\n[robustness]\nn_specifications = 12\nn_permutations = 200\nn_draws = 5\n"
CHAPTERS = sorted(
    path.with_suffix(".html").name
    for path in (studies.PROJECT_ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb")
)
PAGES = (
    ("../index.html", *sorted(path.name for path in Path(CHECKED).glob("*.html")))
    if CHECKED
    else (*FIXTURE, *(f"{study}/{file}" for study in STUDIES for file in ("index.html", *CHAPTERS)))
)
OPEN_ALL = "document.querySelectorAll('details').forEach(fold => fold.open = true)"


@pytest.fixture(scope="module")
def browser():
    if BROWSER is None:
        pytest.skip("Chromium이 없어 브라우저 시험을 건너뜁니다. 설치하고 다시 실행하세요.")
    api = pytest.importorskip("playwright.sync_api", reason="playwright가 없습니다.")
    with api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield launched
        launched.close()


@functools.cache
def reports_folder():
    """Where the two studies are built; it goes away with the process."""
    folder = tempfile.TemporaryDirectory(prefix="policytext-reports-")
    return folder, Path(folder.name)


@functools.cache
def report_of(study):
    """Build a study once for all tests; what it needs from the network may be missing.

    The speeches are analysed under fewer conditions than the study asks for: the pages are the
    same, and a third of their time is saved.
    """
    output = reports_folder()[1] / study
    try:
        if study == STUDIES[0]:
            reporting.build(study, output=output)
        else:
            content = (studies.STUDIES / f"{study}.toml").read_text(encoding="utf-8")
            path = output.with_suffix(".toml")
            path.write_text(content + FEWER_CONDITIONS, encoding="utf-8")
            reporting.build(studies.read_study(str(path)), output=output)
    except studies.FetchError as error:
        return str(error)
    return ""


def place_of(name):
    """The file of a page: of the report named by the environment, of a study, or the fixture's."""
    study = name.partition("/")[0]
    if study in STUDIES:
        if missing := report_of(study):
            pytest.skip(missing)
        return reports_folder()[1] / name
    return (Path(CHECKED) if CHECKED and name in PAGES else built()[0]) / name


@pytest.fixture
def visit(browser):
    """Open a page offline; whatever it asks for or says is collected."""
    contexts = []

    def _open(name, *, width=1280, look="light", scripts=True):
        context = browser.new_context(
            offline=True,
            color_scheme="dark" if look == "dark" else "light",
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        address = place_of(name).resolve().as_uri()
        if look == "print":
            page.emulate_media(media="print")
        page.heard = []
        page.on(
            "request",
            lambda request: (
                page.heard.append(request.url)
                if request.url != address and not request.url.startswith("data:")
                else None
            ),
        )
        page.on("console", lambda message: page.heard.append(message.text))
        page.on("pageerror", lambda error: page.heard.append(str(error)))
        page.on("dialog", lambda dialog: page.heard.append(dialog.message))
        page.goto(address)
        return page

    yield _open
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("look", WIDTHS)
def test_pages_are_silent_fit_every_width_and_axe_finds_nothing(visit, name, look):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python이 없습니다."
    )
    for width in WIDTHS[look]:
        page = visit(name, width=width, look=look)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if name in FIXTURE or width in OPENED:
            page.evaluate(OPEN_ALL)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("[...document.images].every(i => i.alt.trim() && i.naturalWidth > 0)")
        alts = page.evaluate("[...document.images].map(i => i.alt)")
        assert name.endswith("index.html") or len(set(alts)) == len(alts)
        results = axe.Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        assert page.heard == []
        page.close()


@pytest.mark.parametrize("name", PAGES)
def test_every_fold_opens_by_keyboard(visit, name):
    """A fold is a `details` whose first child is its `summary`, which the browser opens by key.

    On large pages keys are pressed on some forty of them, from the first to the last, folds
    within folds among them.
    """
    page = visit(name)
    page.evaluate("document.querySelectorAll('button.more').forEach(more => more.click())")
    folds = page.query_selector_all("main details > summary:first-child")
    assert len(folds) == page.locator("main details").count()
    for summary in folds[:: max(1, len(folds) // 40)]:
        if summary.evaluate("one => one.closest('.toc.narrow') !== null"):
            continue  # of small screens
        outer = "one => { for (let up = one.parentElement.parentElement; up; up = up.parentElement)"
        summary.evaluate(outer + " if (up.tagName === 'DETAILS') up.open = true }")
        is_open = "one => one.parentElement.open"
        before = summary.evaluate(is_open)
        summary.focus()
        page.keyboard.press("Enter")
        assert summary.evaluate(is_open) is not before
        assert before or summary.evaluate(
            "one => [...one.parentElement.children].slice(1).some(part => part.checkVisibility())"
        )


@pytest.mark.parametrize("name", [page for page in PAGES if page not in FIXTURE])
def test_a_real_page_has_headers_in_korean_and_keeps_to_its_size(visit, name):
    page = visit(name)
    heads = page.locator("thead th").all_text_contents()
    assert [head for head in heads if re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", head)] in (
        [],
        ["press_release"],  # a kind of text, as the source calls it
    )
    size = place_of(name).stat().st_size
    assert size < (reporting.LARGEST_BUDGET if "05-timeline" in name else reporting.PAGE_BUDGET)


@pytest.mark.parametrize("study", [] if CHECKED else STUDIES)
def test_the_counts_of_a_study_come_out_of_its_evidence_again(study):
    folder = place_of(f"{study}/index.html").parent
    assert recount(folder) > 500
    assert sum(totals_are_printed(folder / file) for file in CHAPTERS) > 1000


def test_skip_link_is_the_first_stop_and_leads_to_the_text(visit):
    page = visit("01-first.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("name", PAGES)
def test_every_link_target_exists(visit, name):
    path = place_of(name).resolve()
    links = visit(name).locator("a[href]")
    for link in links.evaluate_all("all => all.map(link => link.getAttribute('href'))"):
        if not link.startswith(("data:", "http")):
            file, _, anchor = link.partition("#")
            target = (path.parent / file).resolve() if file else path
            assert target.is_file(), link
            assert not anchor or f'id="{anchor}"' in target.read_text("utf-8"), link


def column(page, number):
    """What a reader sees in one column of the long table."""
    cells = page.locator(
        f".table:has(caption:has-text('긴 표')) tbody tr:visible > :nth-child({number})"
    )
    return cells.all_text_contents()


def test_a_table_sorts_by_its_headers_and_says_so(visit):
    page = visit("01-first.html")
    head = page.locator("th", has_text="수").and_(page.locator("th.number")).first
    assert (
        column(page, 2) == [str(n) for n in range(15)] and head.get_attribute("aria-sort") is None
    )
    head.locator("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert column(page, 2) == [str(n) for n in range(29, 14, -1)]  # the folded rows too
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") is None
    assert column(page, 2) == [str(n) for n in range(15)]


def test_korean_names_numbers_and_missing_values_sort_as_readers_expect(visit):
    page = visit("02-second.html")
    row = ".table tbody tr > "
    page.locator("th button", has_text="낱말").click()
    assert page.locator(f"{row}:nth-child(1)").all_text_contents() == [
        "2차", "10차", "가", "까", "나", "하",
    ]  # fmt: skip
    page.locator("th button", has_text="q").click()
    page.locator("th button", has_text="q").click()
    assert page.locator(f"{row}:nth-child(2)").all_text_contents() == [
        "<0.001", "0.001", "0.020", "0.500", "1,200.000", "–",
    ]  # fmt: skip


def test_the_filter_of_a_table_reaches_every_row_and_says_how_many(visit):
    page = visit("01-first.html")
    block = page.locator(".table:has(caption:has-text('긴 표'))")
    block.locator("input").fill("29")
    assert column(page, 2) == ["29"]
    assert block.get_by_role("status").text_content() == "30행 가운데 1행"
    block.locator("input").fill("")
    assert len(column(page, 2)) == 15
    block.locator("button.more").click()
    assert len(column(page, 2)) == 30
    assert block.locator("button.more").get_attribute("aria-expanded") == "true"


def test_the_search_finds_sentences_and_opens_them(visit):
    page = visit("01-first.html")
    box = page.locator("#search input")
    box.fill("창업")
    assert page.locator("#search [role=status]").text_content() == "근거 1건 가운데 1건"
    assert not page.locator(".evidence li").first.is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator(".evidence li").first.is_visible()
    assert page.evaluate("document.activeElement.closest('.evidence') !== null")
    box.fill("<script>alert")
    assert page.locator("#search li").count() == 1  # a hostile text is found and stays text
    box.fill("없는 말")
    assert page.locator("#search [role=status]").text_content() == "근거 1건 가운데 0건"
    assert page.heard == []


def test_without_scripts_everything_is_there_and_nothing_useless_is(visit):
    page = visit("01-first.html", scripts=False)
    assert page.locator("#search").is_hidden() and page.locator("button, input").count() == 0
    folded = page.locator(".table:has(caption:has-text('긴 표')) > details")
    folded.locator("> summary").click()
    assert folded.locator("tbody tr:visible").count() == 15


def test_only_our_script_may_run(visit):
    """The policy's hash lets the page's own script run, and nothing that is added later."""
    page = visit("01-first.html")
    assert page.locator("#search input").count() == 1
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'),"
        " {textContent: 'window.intruder = 1'}))"
    )
    assert page.evaluate("window.intruder") is None
    assert any("Content Security Policy" in said for said in page.heard)


def test_first_paint_of_the_largest_page_is_printed_with_the_sizes(visit, capsys):
    largest = max(PAGES, key=lambda name: place_of(name).stat().st_size)
    page = visit(largest)
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    megabytes = place_of(largest).stat().st_size / 1e6
    with capsys.disabled():
        print(f"[{largest}: {megabytes:.2f} MB, first paint {paint:.0f} ms]", end=" ")


def test_the_embedded_font_is_used(visit):
    page = visit("01-first.html")
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.size)") == 2
    assert page.evaluate("document.fonts.check('700 20px \"PolicyText Sans\"', '가')")


def test_downloads_carry_the_data(visit):
    page = visit("01-first.html")
    with page.expect_download() as caught:
        page.locator("figure a[download='steps.csv']").click()
    expected = (built()[0] / "figures" / "steps.csv").read_bytes()
    assert caught.value.path().read_bytes() == expected


def test_prints_on_a4_without_splitting_a_figure(visit):
    page = visit("01-first.html")
    page.emulate_media(media="print")
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    assert page.locator("figure").evaluate("f => getComputedStyle(f).breakInside") == "avoid"
    assert not page.locator("nav.reports").is_visible()
    assert not page.locator("details.code").first.is_visible()
