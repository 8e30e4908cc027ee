"""The built pages in a real browser, offline. Skipped where Chromium is not installed."""

import shutil

import pytest
from test_reporting import built

pytestmark = pytest.mark.slow
BROWSER = next(
    filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None
)
WIDTHS = (390, 1280, 1920)
PAGES = ("index.html", "01-first.html", "02-second.html")


@pytest.fixture(scope="module")
def browser():
    if BROWSER is None:
        pytest.skip("Chromium이 없어 브라우저 시험을 건너뜁니다. 설치하고 다시 실행하세요.")
    api = pytest.importorskip("playwright.sync_api", reason="playwright가 없습니다.")
    with api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def visit(browser):
    """Open a page offline; whatever it asks for or says is collected."""
    contexts = []

    def _open(name, *, width=1280, scheme="light"):
        context = browser.new_context(
            offline=True, color_scheme=scheme, viewport={"width": width, "height": 900}
        )
        contexts.append(context)
        page = context.new_page()
        address = (built()[0] / name).as_uri()
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
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_silent_and_fit_every_width(visit, name, scheme):
    for width in WIDTHS:
        page = visit(name, width=width, scheme=scheme)
        assert page.heard == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("[...document.images].every(i => i.alt.trim() && i.naturalWidth > 0)")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit, name, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python이 없습니다."
    )
    for width in (WIDTHS[0], WIDTHS[1]):
        page = visit(name, width=width, scheme=scheme)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        results = axe.Axe().run(page)
        assert results.violations_count == 0, results.generate_report()


def test_every_fold_opens_by_keyboard(visit):
    page = visit("01-first.html")
    folds = page.locator("details:visible > summary")
    count = folds.count()
    assert count > 5
    for index in range(count):
        fold = folds.nth(index)
        fold.focus()
        page.keyboard.press("Enter")
        assert fold.evaluate("summary => summary.parentElement.open")


def test_skip_link_is_the_first_stop_and_leads_to_the_text(visit):
    page = visit("01-first.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_every_link_target_exists(visit):
    pages = {name: visit(name) for name in PAGES}
    anchors = {
        name: page.locator("[id]").evaluate_all("tags => tags.map(tag => tag.id)")
        for name, page in pages.items()
    }
    for name, page in pages.items():
        for link in page.locator("a[href]").evaluate_all(
            "links => links.map(link => link.getAttribute('href'))"
        ):
            if not link.startswith(("data:", "http")):
                file, _, anchor = link.partition("#")
                assert not anchor or anchor in anchors[file or name], link
                assert (file or name) in pages


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
