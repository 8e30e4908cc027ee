"""The built pages in a real browser, offline; skipped where Chromium is not installed.

The pages are those of one small study with hostile documents, or of ``--report FOLDER``.
"""

import base64
import re

import pypdfium2 as pdfium
import pytest
from bs4 import BeautifulSoup
from docx import Document
from python_calamine import CalamineWorkbook
from recounts import recount, totals_are_printed
from test_notebooks import CHAPTERS as NOTEBOOKS
from test_notebooks import contradictions

pytestmark = pytest.mark.slow
CHAPTERS = ("01-corpus", "02-morphemes", "03-topics", "04-administrations", "05-timeline")
PAGES = ("../index", "index", *CHAPTERS, "06-robustness")
# Look -> widths; 658 pixels are what the margins leave of an A4 page.
WIDTHS = {"light": (390, 1280), "dark": (1920,), "print": (658,)}
BYTES = {"index": 400_000, "../index": 400_000}  # every other page stays under 1.5 MB
OPEN_ALL = "document.querySelectorAll('details').forEach(fold => fold.open = true)"
SCROLL = "document.documentElement.scrollWidth"
PICTURED = """[...document.querySelectorAll('figure .card')].every(card =>
  [...card.querySelectorAll('img')].every(image => image.alt.trim() && image.naturalWidth > 0)
  && [...card.children].some(one => one.getBoundingClientRect().width > 0))"""
# Figures that go beyond their card, and letters of figures too small to read.
CUT = """[...document.querySelectorAll('.card:has(svg)')].filter(one => one.clientWidth
  && one.scrollWidth > one.clientWidth + 1).map(one => one.textContent.slice(0, 80))"""
SMALL = """[...document.querySelectorAll('.card svg text')].map(one =>
  [one.textContent, one.getScreenCTM(), parseFloat(getComputedStyle(one).fontSize)])
  .filter(([text, to, size]) => to && Math.hypot(to.b, to.d) * size < 8)"""


@pytest.fixture
def visit(browser, report):
    """Open a page offline; whatever it asks for or says is collected in ``page.heard``."""
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
        address = (report / f"{name}.html").resolve().as_uri()
        if look == "print":
            page.emulate_media(media="print")
        page.heard = []

        def ask(request):
            if request.url != address and not request.url.startswith("data:"):
                page.heard.append(request.url)

        page.on("request", ask)
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
def test_pages_are_silent_fit_every_width_and_axe_finds_nothing(visit, report, name, look):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe가 없습니다.")
    for width in WIDTHS[look]:
        page = visit(name, width=width, look=look)
        assert page.evaluate(SCROLL) <= width
        assert page.evaluate(PICTURED) and page.evaluate(CUT) == []
        assert look == "print" or page.evaluate(SMALL) == []
        if width >= 658 and look != "dark":  # folds are of one make: one width of each look
            page.evaluate(OPEN_ALL)
            assert page.evaluate(SCROLL) <= width
        results = axe.Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        assert page.heard == []
        page.close()
    assert (report / f"{name}.html").stat().st_size < BYTES.get(name, 1_500_000)


@pytest.mark.parametrize("name", PAGES)
def test_folds_open_by_keyboard_links_lead_somewhere_and_headers_are_korean(visit, report, name):
    page = visit(name)
    for link in page.locator("a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))"):
        assert not link.strip().lower().startswith(("javascript:", "vbscript:")), link
        if not link.startswith(("data:", "http")):
            file, _, anchor = link.partition("#")
            target = (report / f"{name}.html").parent / file if file else report / f"{name}.html"
            assert target.resolve().is_file(), link
            assert not anchor or f'id="{anchor}"' in target.read_text("utf-8"), link
    heads = page.locator("thead th").all_text_contents()
    assert [head for head in heads if re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", head)] == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))
    page.evaluate("document.querySelectorAll('button.more').forEach(more => more.click())")
    folds = page.query_selector_all("main details > summary:first-child")
    assert len(folds) == page.locator("main details").count()
    for summary in folds[:: max(1, len(folds) // 20)]:
        if summary.evaluate("one => one.closest('.toc.narrow, .code') !== null"):
            continue  # of small screens; of the switch
        outer = "one => { for (let up = one.parentElement.parentElement; up; up = up.parentElement)"
        summary.evaluate(outer + " if (up.tagName === 'DETAILS') up.open = true }")
        is_open = "one => one.parentElement.open"
        before = summary.evaluate(is_open)
        summary.focus()
        page.keyboard.press("Enter")
        assert summary.evaluate(is_open) is not before


def test_skip_link_is_the_first_stop_and_leads_to_the_text(visit):
    page = visit("01-corpus")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def long_table(page):
    """The first table long enough to fold, to sort and to filter, and what its column shows."""
    block = page.locator(".table:has(button.more)").first
    return block, lambda n: block.locator(f"tbody tr:visible > :nth-child({n})").all_text_contents()


def numbers(cells):
    return [float(cell.replace(",", "")) for cell in cells]


def test_a_table_sorts_filters_and_says_so(visit):
    page = visit("02-morphemes")
    block, column = long_table(page)
    folded = column(2)
    head = block.locator("th.number").first
    assert head.get_attribute("aria-sort") is None
    head.locator("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert numbers(column(2)) == sorted(numbers(column(2)), reverse=True)
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert numbers(column(2)) == sorted(numbers(column(2)))
    page.keyboard.press("Enter")
    assert column(2) == folded
    block.locator("button.more").click()
    whole = column(1)
    assert len(whole) > len(folded)
    block.locator("input").fill(whole[-1])
    assert whole[-1] in column(1) and len(column(1)) < len(whole)
    assert "가운데" in block.get_by_role("status").text_content()
    assert page.heard == []


def test_the_search_finds_sentences_and_opens_them(visit):
    page = visit("04-administrations")
    box = page.locator("#search input")
    box.fill("창업")
    said = page.locator("#search [role=status]")
    assert re.search(r"근거 [\d,]+건 가운데 [1-9]", said.text_content())
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.evidence') !== null")
    box.fill("없는 말이다")
    assert said.text_content().endswith("가운데 0건")
    assert page.heard == []


def test_a_mark_of_a_figure_says_its_row_and_opens_it(visit):
    page = visit("04-administrations")
    mark = page.locator("figure svg a[href]").first
    words = mark.locator("title").first.text_content()
    mark.locator(":scope > :not(title)").first.dispatch_event("click")
    opened = page.evaluate("document.activeElement.textContent")
    assert words.split(" · ")[0] in opened
    assert page.evaluate("document.activeElement.tagName") == "TR"
    assert page.locator("tr:focus details[open]").count() and page.heard == []


def test_one_switch_shows_the_code_of_all_results(visit):
    page = visit("02-morphemes")
    code = page.locator(".code pre").first
    assert not code.is_visible()
    page.locator("#switch").press("Enter")
    assert code.is_visible() and page.locator(".code:not([open])").count() == 0
    page.locator("#switch").press("Enter")
    assert not code.is_visible()


def test_without_scripts_everything_is_there_and_nothing_useless_is(visit):
    page = visit("02-morphemes", scripts=False)
    assert page.locator("#search").is_hidden() and page.locator("button, input").count() == 0
    folded = page.locator(".table > details").first
    folded.locator("> summary").click()
    assert folded.locator("tbody tr:visible").count() > 1


def test_only_our_script_may_run(visit):
    """The policy's hash lets the page's own script run, and nothing that is added later."""
    page = visit("01-corpus")
    assert page.locator("#search input").count() == 1
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'),"
        " {textContent: 'window.intruder = 1'}))"
    )
    assert page.evaluate("window.intruder") is None
    assert any("Content Security Policy" in said for said in page.heard)


def test_hostile_documents_are_shown_as_text(visit, request):
    if request.config.getoption("--report"):
        pytest.skip("다른 보고서에는 이 글이 없다")
    page = visit("01-corpus")
    page.evaluate(OPEN_ALL)
    assert "<script>alert(1)</script>" in page.locator("main").inner_text()
    assert page.locator("main script, main [onerror]").count() == 0 and page.heard == []


def test_the_embedded_font_is_used_and_downloads_carry_the_data(visit, report):
    page = visit("01-corpus")
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.size)") == 2
    assert page.evaluate("document.fonts.check('700 20px \"PolicyText Sans\"', '가')")
    link = page.locator("figure a[download='coverage.csv']")
    content = base64.b64decode(link.get_attribute("href").partition(",")[2])
    assert content == (report / "figures" / "coverage.csv").read_bytes()


def test_prints_on_a4_without_splitting_a_figure(visit):
    page = visit("01-corpus")
    page.emulate_media(media="print")
    assert page.locator("figure").first.evaluate("f => getComputedStyle(f).breakInside") == "avoid"
    assert not page.locator("nav.reports").is_visible()


def test_the_front_prints_on_one_sheet_with_a_figure_of_50_mm(visit):
    page = visit("index", width=658, look="print")
    # As long as it may be: three findings of four lines, three warnings of two.
    page.evaluate("""for (const [list, n] of [['.answers li', 260], ['.warnings li', 110]]) {
      const items = [...document.querySelectorAll(list)];
      while (items.length < 3) items.push(items[0].parentElement.appendChild(items[0].cloneNode()));
      for (const item of items) item.textContent = '말이 두 배로 는다. '.repeat(n / 11); }""")
    assert page.locator(".front figure .card").bounding_box()["height"] < 50 * 96 / 25.4
    sheets = pdfium.PdfDocument(page.pdf(prefer_css_page_size=True))
    first, second = (sheets[place].get_textpage().get_text_bounded() for place in (0, 1))
    assert "방법 " in first and "읽을 때 주의할 것" in first
    heads = page.locator(".entry h2").all_text_contents()
    assert second.strip().startswith(heads[0]) and len(heads) == len(NOTEBOOKS)


def test_what_is_taken_away_is_korean_too(report):
    book = CalamineWorkbook.from_path(report / "tables.xlsx")
    heads = {name: book.get_sheet_by_name(name).to_python()[0] for name in book.sheet_names}
    assert [name for name in heads if not re.search("[가-힣]", name)] == []
    english = {name: [one for one in row if re.fullmatch("[a-z][a-z_0-9]+", one)]
               for name, row in heads.items()}  # fmt: skip
    assert {name: row for name, row in english.items() if row} == {}
    assert [name for name, row in heads.items() if len(row) != len({*row})] == []
    document = Document(report / "findings.docx")
    said = [line.text for line in document.paragraphs if line.style.name == "List Bullet"]
    assert len(said) == len({*said})
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert cells.isdisjoint({"True", "False", "'%p"}) and len(document.tables) > 3


def test_every_count_comes_out_of_its_evidence_again(report):
    assert recount(report) > 100
    pages = sorted(report.glob("[0-9]*.html"))
    assert [page.stem for page in pages] == [path.stem for path in NOTEBOOKS]
    assert all(totals_are_printed(page) for page in pages)


def test_both_indexes_say_what_the_chapters_say(report):
    sentences = []
    for page in [report.parent / "index.html", *report.glob("*.html")]:
        soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
        own = f'.entry:has(a[href^="{report.name}/"]) li'  # other studies say what they found
        told = soup.select(f".answers li, .warnings li, {own}, .finding, .finding-detail, .note")
        sentences += [one.get_text(" ", strip=True) for one in told]
    assert len(sentences) > 20 and contradictions(sentences) == []
