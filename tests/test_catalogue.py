"""Index pages from manifests: which findings answer, which studies are listed."""

import json

import pytest
from bs4 import BeautifulSoup

from policytext.rendering import catalogue, pages


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


def test_the_leading_chapter_answers_first_and_each_other_adds_one():
    found = catalogue.answers(manifest(*CHAPTERS))
    assert [row["text"] for row in found] == ["가", "나", "라", "뒤", "읽었다"]
    assert found[0]["file"] == "02-c.html" and found[3]["file"] == "03-c.html"


def test_without_the_named_chapter_the_first_leads_and_nothing_fails_on_nothing():
    found = catalogue.answers(manifest(*CHAPTERS, lead="09-none"))
    assert [row["text"] for row in found] == ["읽었다", "라", "뒤"]
    assert catalogue.answers(manifest()) == []


@pytest.mark.parametrize("n", [1, 3, 5, 9])
def test_headline_keeps_order_and_prefers_whole_sections(n):
    rows = CHAPTERS[1]["findings"]
    found = pages.headline(rows, n)
    assert found == [row for row in rows if row in found] and len(found) == min(n, 4)
    assert "라" in [row["text"] for row in found]


def test_every_readable_study_is_listed_with_its_facts_and_broken_ones_are_not(tmp_path):
    for name, content in (
        ("b", json.dumps(manifest(*CHAPTERS, title="<나>"))),
        ("a", json.dumps(manifest(*CHAPTERS, title="가"))),
        ("broken", "{"),
        ("old", json.dumps({"study": {}, "reports": [{"title": "x"}]})),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(content, encoding="utf-8")
    page = BeautifulSoup(catalogue.studies_page(tmp_path), "html.parser")
    assert [head.text for head in page.find_all("h2")] == ["가", "<나>"]
    facts = [
        (key.text, key.find_next("dd").text) for key in page.select(".entry")[0].find_all("dt")
    ]
    assert facts == [("기간", "2013-01-01 – 2014-01-01"), ("문서", "1,234건")]
    links = [link["href"] for link in page.select(".entry")[1].select("li a")]
    assert links[0] == "b/02-c.html#finding-1" and len(links) == 5
