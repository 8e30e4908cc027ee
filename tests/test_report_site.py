"""Pages: structure, safety, numbers; indexes from manifests."""

import base64
import hashlib
import json

import pytest
from bs4 import BeautifulSoup
from test_report_build import HOSTILE, a_study, build_in, built, soup_of

from policytext.faults import PolicyTextError
from policytext.report import result, site


@pytest.fixture(scope="module")
def page():
    return soup_of(built()[0] / "01-first.html")


@pytest.fixture(scope="module")
def index():
    return soup_of(built()[0] / "index.html")


def test_one_title_with_study_question_language_and_policy(page):
    assert page.html["lang"] == "ko" and page.title.text == "첫 보고서 · 표본 <연구>"
    assert [head.text for head in page.find_all("h1")] == ["첫 보고서"]
    assert page.select(".study a")[-1].text == "표본 <연구>"
    assert page.find(class_="question").text == "무엇이 & 왜 바뀌었나?"
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")
    (own,) = page.find_all("script")
    digest = base64.b64encode(hashlib.sha256(own.string.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy and not own.attrs


def test_nothing_runs_and_nothing_loads(page):
    assert page.find(["iframe", "object", "link", "form", "foreignobject"]) is None
    for tag in page.find_all(True):
        assert not any(name.startswith("on") for name in tag.attrs)
        assert tag.get("src", "data:").startswith("data:")
        assert not tag.get("href", "").strip().lower().startswith(("javascript", "data:text/html"))
    assert page.find("img", src=lambda src: "example.org" in (src or "")) is None
    assert "http" not in page.style.text.split("src: url", 1)[0]
    assert page.text.count(HOSTILE) > 30
    assert "탈취" not in page.text


def test_figures_and_tables_are_numbered_in_everything_that_names_them(page):
    (figure,) = page.select("figure")
    assert figure["id"] == "figure-1" and figure.select_one(".card")["aria-label"] == "그림 1"
    assert figure.figcaption.text.startswith("그림 1. 단계. n = 9 (CSV · SVG · PNG)")
    assert figure.summary.text == "그림 1의 자료 표 (2행)"
    assert figure.select_one(".scroll")["aria-label"] == "그림 1의 자료"
    assert [block["id"] for block in page.select("div.table")] == ["table-1", "table-2", "table-3"]
    captions = [caption.text for caption in page.select("div.table caption")]
    assert captions[:3] == ["표 1. 근거가 있는 표", "표 2. 긴 표", "표 2. 긴 표 (이어서)"]
    assert "№" not in page.text


def test_findings_and_headings_make_the_contents(page):
    heading = page.find(id="finding-steps")
    assert heading.text == "sample"  # what follows the colon stands below
    assert heading.find_next_sibling(class_="finding-detail").text == HOSTILE
    links = [link["href"] for link in page.select("nav.toc a")]
    assert links == ["#finding-steps", "#finding-rows", "#방법"]
    assert [link["href"] for link in page.select(".answers a")] == links[:2]


def test_every_anchor_exists_once_and_levels_do_not_jump(page):
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for link in page.find_all("a", href=lambda href: href and href.startswith("#")):
        assert link["href"][1:] in ids
    levels = [int(head.name[1]) for head in page.find_all(["h1", "h2", "h3", "h4"])]
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


def test_code_is_folded_hidden_cells_stay_hidden_and_desk_cells_go(page):
    code = [block.text for block in page.select("details.code")]
    assert all(text.startswith("코드 보기") for text in code) and len(code) == 7
    assert not any("import sys" in text or "STUDY = " in text for text in code)
    assert page.find("details", class_="code").get("open") is None
    assert [block.text.strip() for block in page.select("pre.printed")] == ["찍은 글 <i>"]
    assert "주피터에서만" not in page.text


def test_every_table_has_scopes_and_a_named_region(page):
    for block in page.find_all("table"):
        region = block.find_parent(class_="scroll")
        assert region["role"] == "region" and region["tabindex"] == "0" and region["aria-label"]
        assert all(head.get("scope") for head in block.find_all("th"))


def test_outside_links_are_guarded_and_kept_whole(page):
    links = page.find_all("a", href=lambda href: href and href.startswith("http"))
    wanted = ["https://example.org/", "https://example.org/?a=1&b=2"]
    assert [link["href"] for link in links] == wanted
    assert all(link["rel"] == ["noopener", "noreferrer"] for link in links)


def test_pages_lead_to_each_other(page):
    assert page.select_one(".pager .next")["href"] == "02-second.html"
    assert page.select_one(".pager .previous") is None
    assert page.select_one("[aria-current=page]")["href"] == "01-first.html"
    for link in page.select("header a, footer a"):
        assert (built()[0] / link["href"]).resolve().is_file()


def test_folds_of_code_without_output_between_them_become_one(tmp_path):
    cells = ["# 제목", "a = 1", "b = 2", "print(a + b)", "c = 3", "# 글", "d = 4"]
    page = soup_of(build_in(tmp_path, cells).pages[1])
    folds = [[part.text.strip() for part in fold.find_all("pre")] for fold in page.select(".code")]
    assert folds == [["a = 1", "b = 2"], ["print(a + b)", "c = 3"], ["d = 4"]]
    assert [summary.text for summary in page.select(".code summary")] == ["코드 보기"] * 3


@pytest.mark.parametrize("heads", [["a", "a-2", "a", "a"], ["a", "a", "a"]])
def test_headings_of_one_name_get_anchors_of_their_own(heads):
    chapter = {kind: [] for kind in ("findings", "figures", "tables", "faults")}
    html = "".join(f"<h2>{head}</h2>" for head in heads)
    anchors = [entry["anchor"] for entry in site.arrange(html, chapter, a_study())[1]]
    assert len(set(anchors)) == len(heads) and anchors[0] == "a"


@pytest.mark.parametrize("headlines", [[], [{"text": "나"}]])
def test_what_headlines_say_is_hidden_only_where_it_stands_above(headlines):
    chapter = {kind: [] for kind in ("findings", "figures", "tables", "faults")}
    html = '<h2 class="finding" id="finding-headlines">가</h2><p class="finding-detail">나</p>'
    shown, _ = site.arrange(html, chapter | {"headlines": headlines}, a_study())
    assert ("finding-detail" in shown) == (not headlines)


def test_a_section_of_notes_only_is_what_they_say():
    chapter = {kind: [] for kind in ("findings", "figures", "tables", "faults")}
    note = '<div class="note"><p>{}</p></div>'
    two = [note.format('갑은 없다: 을이다 (<a href="#x">CSV</a>)'), *[note.format("병도 없다")] * 2]
    html = '<div class="prose"><h2>{}</h2></div>{}'
    sections = ("무엇", "".join(two)), ("누구", note.format("정은 하나다: 무다."))
    html = "".join(html.format(*section) for section in sections)
    soup = BeautifulSoup(site.arrange(html, chapter, a_study())[0], "html.parser")
    said = [line.get_text() for line in soup.select("p.nothing")]
    assert said == ["무엇: 갑은 없다 (CSV). 병도 없다. ", "누구: 정은 하나다: 무다."]
    assert soup.find(["details", "h2"]) is None and soup.p.a["href"] == "#x"


def test_index_lists_reports_findings_and_a_small_figure(index):
    assert index.h1.text == "표본 <연구>" and index.find("script") is None
    heads = [head.text for head in index.find_all("h2")]
    assert heads == ["핵심 발견", "첫 보고서", "둘째 보고서", "가져가기"]
    wanted = [
        ("01-first.html#finding-steps", f"sample: {HOSTILE}"),
        ("01-first.html#finding-rows", "둘째 발견"),
        ("02-second.html#finding-second", "셋째 발견"),
    ]
    wanted[0] = (wanted[0][0], "sample")  # of a finding only its claim
    assert [(link["href"], link.text) for link in index.select(".entry li a")] == wanted
    assert [(link["href"], link.text) for link in index.select(".answers li a")] == wanted
    picture, narrow = index.select(".card svg")
    assert (picture["class"], narrow["class"]) == (["wide"], ["narrow"])
    assert picture["aria-label"] == f"sample: {HOSTILE}" and index.find("img") is None
    assert {a["href"] for a in picture.select("a")} == {f"01-first.html#steps-r{n}" for n in (0, 1)}


def test_everything_to_take_away_is_listed_and_there(index):
    links = [link["href"] for link in index.select(".take a")]
    assert {"tables.xlsx", "findings.docx", "methods.txt", "software.bib", "figures/steps.png",
            "tables/long.csv", "tables/all.csv"} <= set(links)  # fmt: skip
    assert all((built()[0] / link).is_file() for link in links)


def test_the_index_of_all_studies_is_written_beside_the_study():
    index = soup_of(built()[0].parent / "index.html")
    assert [head.text for head in index.find_all("h2")] == ["표본 <연구>"]
    links = [link["href"] for link in index.select(".entry li a")]
    assert links[0] == "out/01-first.html#finding-steps" and len(links) == 3


def chapter(number, *findings, facts=None):
    """A chapter's part of a manifest; findings are (text, level)."""
    rows = [
        {"text": text, "level": level, "anchor": f"finding-{place}"}
        for place, (text, level) in enumerate(findings, start=1)
    ]
    methods = [{"facts": facts}] if facts else []
    return {"file": f"0{number}-c.html", "title": f"{number}장", "findings": rows,
            "figures": [], "tables": [], "methods": methods}  # fmt: skip


def manifest(*chapters, lead="02-c", title="연구"):
    study = {"name": "s", "title": title, "question": "무엇이 바뀌었나?"}
    return {"study": study, "options": {"report": {"lead": lead}}, "reports": list(chapters)}


CHAPTERS = [
    chapter(1, ("읽었다", 2), facts={"기간": "2013-01-01 – 2014-01-01", "읽은 문서": "1,234건"}),
    chapter(2, ("가", 3), ("나", 3), ("다", 3), ("라", 2), facts={"읽은 문서": "9건"}),
    chapter(3, ("뒤", 2), ("뒤 둘째", 2)),
]


@pytest.mark.parametrize(
    ("lead", "wanted"),
    [("02-c", ["가", "나", "라", "읽었다", "뒤"]), ("09-none", ["읽었다", "라", "뒤"])],
)
def test_the_leading_chapter_answers_first_and_each_other_adds_one(lead, wanted):
    found = site.answers(manifest(*CHAPTERS, lead=lead))
    assert [row["text"] for row in found] == wanted
    assert site.answers(manifest()) == []


def test_where_nothing_could_be_compared_the_front_page_says_so_first(tmp_path):
    empty = {kind: [] for kind in ("lacking", "headlines", "faults", "kept")}
    first, second, third = (one | empty | {"intro": ""} for one in CHAPTERS)
    lacking = manifest(first, second | {"lacking": ["글이 3건뿐입니다."]}, third)
    lacking |= {"downloads": []}
    lacking["options"]["report"]["note"] = ""
    assert [row["text"] for row in site.answers(lacking)] == ["읽었다", "뒤"]
    page = site.study_page(lacking, tmp_path)
    assert page.index("글이 3건뿐입니다. 그래서") < page.index("핵심 발견") and "방법" not in page
    whole = site.study_page(lacking | {"reports": [first, second, third]}, tmp_path)
    assert "그래서" not in whole and "방법" in whole


@pytest.mark.parametrize("about", ["topic", "distance"])
def test_a_picture_of_topics_leads_only_where_a_headline_is_of_one(tmp_path, about):
    names = ["topic-shares", "divergence"]
    card = '<figure id="figure-{}"><div class="card"><svg id="{}"></svg></div></figure>'
    page = "".join(card.format(*row) for row in enumerate(names))
    (tmp_path / CHAPTERS[1]["file"]).write_text(page, encoding="utf-8")
    figures = [{"name": name, "number": n, "caption": name} for n, name in enumerate(names)]
    headlines = [{"text": "갑이다.", "anchor": "a", "about": about}]
    chapter = CHAPTERS[1] | {"figures": figures, "headlines": headlines}
    found = site._front_figure(manifest(chapter), tmp_path)
    assert found["caption"] == {"topic": "topic-shares", "distance": "divergence"}[about]


@pytest.mark.parametrize("n", [1, 3, 5, 9])
def test_what_leads_keeps_order_and_prefers_whole_sections(n):
    rows = CHAPTERS[1]["findings"]
    found = site.leading(rows, n)
    assert found == [row for row in rows if row in found] and len(found) == min(n, 4)
    assert "라" in [row["text"] for row in found]


def test_a_chapter_that_leads_with_a_headline_does_not_say_it_twice():
    headline = {"text": "갑이다. 을도 그렇다.", "anchor": "finding-a"}
    findings = [{"text": name, "level": 2, "anchor": f"finding-{name}"} for name in "ab"]
    assert site.told({"headlines": [headline], "findings": findings}) == [headline, findings[1]]


def test_every_readable_study_is_listed_with_its_facts_and_broken_ones_are_not(tmp_path):
    for name, content in (
        ("b", json.dumps(manifest(*CHAPTERS, title="<나>"))),
        ("a", json.dumps(manifest(*CHAPTERS, title="가"))),
        ("broken", "{"),
        ("old", json.dumps({"study": {}, "reports": [{"title": "x"}]})),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(content, encoding="utf-8")
    page = site.studies_page(tmp_path)
    assert '<h2 id="study-1"><a href="a/index.html">가</a></h2>' in page
    assert "&lt;나&gt;" in page and page.count("<article") == 2
    assert "<dt>문서</dt><dd>1,234건</dd>" in page and "b/02-c.html#finding-1" in page


@pytest.mark.parametrize(
    ("content", "said"), [("[]", "manifest.json이 아닙니다"), ("{", "읽을 수 없습니다")]
)
def test_what_is_no_manifest_is_refused(tmp_path, content, said):
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(PolicyTextError, match=said):
        site.read_manifest(tmp_path)


def test_the_rule_of_sharing_stands_on_a_page_that_may_be_passed_on(tmp_path):
    study = a_study(tmp_path, report={"share_safe": True, "note": "주의 <b>"})
    page = soup_of(build_in(tmp_path, ["# 제목"], study=study).pages[1])
    assert result.SHARE_RULE in page.footer.text and page.select_one(".note").text == "주의 <b>"
