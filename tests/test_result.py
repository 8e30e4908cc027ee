"""Results: what shows itself, what a row opens, what reaches the disk, what may be passed on."""

import re
from collections import defaultdict
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import jinja2
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from seaborn.utils import relative_luminance

from policytext.faults import PolicyTextError
from policytext.report import result as results
from policytext.report.evidence import (
    concordance,
    evidence_of,
    nearest_places,
    occurrences,
    quotations,
)
from policytext.report.inline import DARK_PAPER, TAGS, page_colours, visible
from policytext.report.result import MIME, Result, column, csv_bytes, written

TEXTS = {
    "a": "지역 창업을 돕고 창업 기업이 벤처와 만난다.",
    "b": "창업과\n벤처 투자를 늘린다.",
    "c": "농민의 소득을 지킨다.",
    "d": "벤처가 먼저이고, 한참 동안 다른 이야기를 길게 길게 늘어놓은 뒤에야 비로소 나오는 창업.",
}
DOCUMENTS = pd.DataFrame(
    {
        "doc_id": list(TEXTS),
        "title": ["지역 창업을 돕고", "둘", "<b>셋</b>", "넷"],
        "text": list(TEXTS.values()),
        "date": pd.to_datetime(["2014-05-01", "2018-05-01", None, "2013-05-01"]),
        "administration": ["박근혜", "문재인", None, "박근혜"],
        "publisher": ["갑", "을", "갑", ""],
        "url": ["https://example.org/a", "javascript:alert(1)", "", None],
    }
)
TOKENS = pd.DataFrame(
    [
        (doc_id, found.start(), found.end(), term)
        for doc_id, text in TEXTS.items()
        for term in ("창업", "벤처", "농민")
        for found in re.finditer(term, text)
    ],
    columns=["doc_id", "start", "end", "term"],
)


class Small:
    """As much of a corpus as evidence needs."""

    documents = everything = DOCUMENTS
    tokens = TOKENS
    study = SimpleNamespace(name="small")
    topics = SimpleNamespace(documents=DOCUMENTS.assign(topic=[1, 1, 2, 1]))

    def mentions(self, terms):
        terms = [terms] if isinstance(terms, str) else list(terms)
        return TOKENS[TOKENS["term"].isin(terms)].merge(DOCUMENTS.drop(columns="text"), on="doc_id")


CORPUS = Small()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "PROCESSED", tmp_path)
    monkeypatch.delenv(results.OUTPUT_VARIABLE, raising=False)
    monkeypatch.delenv(results.SHARE_SAFE_VARIABLE, raising=False)
    results._quoted.clear()
    return tmp_path / "draft" / "small"


@pytest.fixture
def macros(monkeypatch):
    """Sentences and captions of the tests instead of the shipped ones."""
    texts = {"findings": {}, "captions": {"terms": "낱말 {{ r.table|length }}개"}}

    def say(file, name, result):
        return jinja2.Template(texts[file].get(name, "")).render(r=result)

    monkeypatch.setattr(results, "say", say)
    return texts


def terms_result(**changes):
    table = TOKENS.groupby("term", as_index=False).size().rename(columns={"size": "n"})
    return Result("terms", table, CORPUS, **({"by": ("term",)} | changes))


@pytest.fixture
def in_report(folder, monkeypatch):
    monkeypatch.setenv(results.OUTPUT_VARIABLE, str(folder))


def soup(result):
    return BeautifulSoup(result._repr_html_(), "html.parser")


class TestEvidence:
    def test_a_term_opens_its_sentences_in_time_with_the_total(self):
        rows = pd.DataFrame({"term": ["창업", "없는말"]})
        (found,), (none,) = evidence_of(rows, ["term"], CORPUS, n=9)
        assert (found.total, found.noun, found.label) == (4, "쓰임", "창업")
        assert found.quotes["doc_id"].tolist() == ["d", "a", "a", "b"]
        shown = found.quotes.iloc[1][["before", "match", "after"]].tolist()
        assert shown == ["지역 ", "창업", "을 돕고 창업 기업이 벤처와 만난다."]
        assert found.quotes["after"].iloc[-1] == "과"  # never beyond the line
        assert none.total == 0 and none.quotes.empty

    def test_a_term_of_an_administration_opens_only_its_own(self):
        rows = pd.DataFrame({"administration": ["문재인", "박근혜"], "term": ["창업", "창업"]})
        found = evidence_of(rows, ["term", "administration"], CORPUS, n=1)
        assert [folds[0].total for folds in found] == [1, 3]
        assert found[0][0].label == "창업 · 문재인" and len(found[1][0].quotes) == 1

    @pytest.mark.parametrize(
        ("by", "key", "ids"),
        [
            ("administration", "박근혜", "da"), ("administration", None, "c"),
            ("publisher", "갑", "ac"), ("topic", 1, "dab"), ("year", 2018, "b"),
        ],
    )  # fmt: skip
    def test_a_count_of_documents_opens_them(self, by, key, ids):
        ((fold,),) = evidence_of(pd.DataFrame({by: [key]}), [by], CORPUS, n=9)
        assert fold.noun == "글" and fold.quotes["doc_id"].tolist() == list(ids)

    def test_a_title_is_not_repeated(self):
        ((fold,),) = evidence_of(pd.DataFrame({"publisher": ["갑"]}), ["publisher"], CORPUS)
        assert fold.quotes["match"].tolist() == ["지역 창업을 돕고", "<b>셋</b>"]
        assert fold.quotes["after"].iloc[0] == ": 창업 기업이 벤처와 만난다."

    def test_places_of_ones_own_keep_their_order_and_their_parts(self):
        places = pd.DataFrame({"doc_id": list("cab"), "of": ["앞", "뒤", "뒤"], "pair": [1, 1, 1]})
        rows = pd.DataFrame({"pair": [1, 2]})
        found = evidence_of(rows, ["pair"], CORPUS, places=places, n=1, rule="가까운 차례로")
        assert [(fold.label, fold.total) for fold in found[0]] == [("앞", 1), ("뒤", 2)]
        assert {fold.rule for fold in found[0]} == {"가까운 차례로"}
        assert found[0][1].quotes["doc_id"].tolist() == ["a"] and found[1] == []

    def test_two_terms_open_where_they_stand_nearest(self):
        places = nearest_places(pd.DataFrame({"term_a": ["벤처"], "term_b": ["창업"]}), CORPUS)
        rows = pd.DataFrame({"term_a": ["벤처"], "term_b": ["창업"]})
        ((fold,),) = evidence_of(rows, ["term_a", "term_b"], CORPUS, places=places, n=9)
        matches = dict(zip(fold.quotes["doc_id"], fold.quotes["match"], strict=True))
        assert matches["a"] == "창업 기업이 벤처" and matches["d"] == "벤처 … 창업"

    @given(st.lists(st.sampled_from(["가", "나", None]), max_size=40), st.integers(1, 3))
    def test_the_nearest_of_all_mentions_is_told(self, terms, n_documents):
        rows = [(f"{at % n_documents}", at, at + 1, one) for at, one in enumerate(terms) if one]
        mentions = pd.DataFrame(rows, columns=["doc_id", "start", "end", "term"])
        mentions = mentions.astype({"start": int, "end": int})
        corpus = SimpleNamespace(mentions=lambda terms: mentions)
        found = nearest_places(pd.DataFrame({"term_a": ["가"], "term_b": ["나"]}), corpus)
        gaps = defaultdict(list)
        for (own, a, _, _), (other, b, _, _) in product(rows, rows):
            if own == other and terms[a] == "가" and terms[b] == "나":
                gaps[own].append(abs(a - b) - 1)
        told = found.assign(gap=found["tail"] - found["head"]).set_index("doc_id")["gap"]
        assert told.to_dict() == {own: min(all_of) for own, all_of in gaps.items()}

    def test_concordance_and_occurrences_agree(self):
        lines = concordance(DOCUMENTS, TOKENS, "창업")
        counts = occurrences(DOCUMENTS, TOKENS, ["창업", "농민", "창업"])
        own = counts[counts["term"] == "창업"]
        assert len(lines) == own["n"].sum() == 4 and own["doc_id"].tolist() == list("abd")
        assert counts["term"].tolist() == ["창업"] * 3 + ["농민"]

    def test_a_sentence_that_is_cut_says_so(self):
        place = {"doc_id": "a", "text": "앞줄\n지역 창업을 도왔다\n뒷줄", "start": 6, "end": 8}
        cut, whole = (quotations(pd.DataFrame([place]), width=n).iloc[0] for n in (2, 9))
        assert (cut["before"], cut["after"]) == ("…역 ", "을 …")
        assert (whole["before"], whole["after"]) == ("지역 ", "을 도왔다")

    @given(st.integers(1, 5))
    def test_totals_do_not_depend_on_how_many_are_shown(self, n):
        rows = pd.DataFrame({"term": ["창업", "벤처"]})
        found = evidence_of(rows, ["term"], CORPUS, n=n)
        assert [folds[0].total for folds in found] == [4, 3]
        assert all(len(folds[0].quotes) <= n for folds in found)


class TestShown:
    def test_a_table_shows_its_rows_and_what_they_open(self, macros, folder):
        macros["findings"]["terms"] = "가장 많은 말은 ‘창업: 벤처’이다: 4번"
        page = soup(terms_result(shown=2))
        told = page.h2.text, page.find(class_="finding-detail").text
        assert told == ("가장 많은 말은 ‘창업: 벤처’이다", "4번")  # the first colon is quoted
        assert page.caption.text == "표. 낱말 3개"
        assert [th.text for th in page.thead.find_all("th")] == ["낱말", "수", "근거"]
        first, rest = page.find_all("table")
        assert len(first.tbody.find_all("tr")) == 2 and len(rest.tbody.find_all("tr")) == 1
        assert "나머지 1행 보기" in page.text and "3행 · CSV" in page.text
        assert page.select_one(".evidence summary").text == "쓰임 1건"  # the row says of what
        assert "쓰임 4건 가운데 2건을 보였습니다 (날짜 차례로 고르게 뽑음)" in page.text
        assert (folder / "tables" / "terms.csv").read_bytes().startswith(b"\xef\xbb\xbfterm,n")

    def test_hostile_text_is_text(self, macros):
        table = pd.DataFrame({"publisher": ["갑", "을", ""]})
        page = soup(Result("terms", table, CORPUS, by=("publisher",)))
        assert page.find("b", string="셋") is None and "<b>셋</b>" in page.text
        assert [a["href"] for a in page.select("li a")] == ["https://example.org/a"]

    def test_a_figure_folds_its_data_and_writes_three_files(self, macros, folder):
        macros["findings"]["terms"] = "창업이 가장 많다"

        def draw(view, ax=None, colour="k"):
            ax = ax or plt.figure().add_subplot()
            ax.bar(range(len(view)), view["n"], color=colour)
            return ax

        result = terms_result(draw=draw, facts={"drawing": {"colour": "r"}})
        page, ax = soup(result.top(2)), plt.figure().add_subplot()
        assert result.plot(ax) is ax and len(ax.patches) == 3
        with pytest.raises(PolicyTextError, match=r"top\(\)의 행 수는 1 이상의 정수"):
            result.top("열")
        assert page.figure.svg["aria-label"] == "창업이 가장 많다"
        assert page.figcaption.text.startswith("그림. 낱말 3개")
        assert "그림의 자료 표와 근거 (2행)" in page.figure.details.summary.text
        files = {f"{path.parent.name}/{path.name}": path for path in folder.rglob("*.*")}
        drawn = {f"figures/terms.{ending}" for ending in ("csv", "png", "svg")}
        assert files.keys() == drawn | {"tables/terms.csv"}
        link = page.find("a", string="tables/terms.csv")["href"]  # from the folder of the notebook
        assert Path(link).resolve() == files["tables/terms.csv"].resolve()
        assert b"<text" not in files["figures/terms.svg"].read_bytes()  # letters as outlines
        plt.close("all")

    def test_marks_say_their_rows_and_nothing_in_a_figure_is_shared_or_active(
        self, macros, in_report, monkeypatch
    ):
        def draw(view, ax=None):
            ax = plt.figure().add_subplot()
            ax.scatter(view["n"], view["n"], urls=[f"#{row}" for row in view.index])
            ax.bar([1], [2], hatch="//", color="#f4d6c6")
            return ax

        one, other = (soup(terms_result(draw=draw, file=name)) for name in ("one", "other"))
        monkeypatch.delenv(results.OUTPUT_VARIABLE)
        assert not soup(terms_result(draw=draw)).select("svg a")  # JupyterLab fails at such links
        titles = [title.text for title in one.svg.find_all("title")]
        rows = [row.th.text for row in one.tbody.find_all("tr")]
        assert [title.split(" · ")[0] for title in titles] == rows and "수 1" in titles[0]
        assert one.svg.find("a")
        for link in one.svg.find_all("a"):
            assert one.find("tr", id=link["href"][1:]) is not None
        ids = [{tag["id"] for tag in page.find_all(id=True)} for page in (one, other)]
        assert not ids[0] & ids[1] and len(ids[0]) > 3
        assert not {tag.name for tag in one.svg.find_all(True)} - {tag.lower() for tag in TAGS}
        for tag in one.svg.find_all(True):
            assert "style" not in tag.attrs and "http" not in " ".join(map(str, tag.attrs.values()))
        plt.close("all")

    def test_panels_side_by_side_are_pictures_of_their_own_as_wide_as_each_other(
        self, macros, in_report
    ):
        def draw(table, ax=None):
            figure, panels = plt.subplots(1, 2, layout="constrained")
            for panel, name in zip(panels, ("one", "two"), strict=True):
                panel.bar([0], [1])
                panel.set_title(name, loc="left")
                panel.set_yticks([0], ["a long name" * (name == "two")])
            figure.supxlabel("years")
            return panels

        page = soup(terms_result(draw=draw))
        assert page.select_one(".axes").text == "가로: years"
        first, second = page.select("svg")
        assert (first["aria-label"], second["aria-label"]) == (terms_result().alt, "two")
        assert "years" not in first.text + second.text
        assert first["width"] == second["width"] and "one" in first.text and "two" not in first.text
        ids = [element["id"] for element in page.select("svg [id]")]
        assert len(ids) == len(set(ids))

    def test_one_panel_is_laid_out_again_for_a_narrow_page(self, macros, in_report):
        def draw(table, ax=None):
            ax = plt.subplots(figsize=(8, 2), layout="constrained")[1]
            ax.set_yticks([0, 1], ["too long a name for a phone", "short"])
            ax.set_xticks(range(9), ["a long tick"] * 9)
            return ax

        wide, narrow = soup(terms_result(draw=draw)).select("svg")
        assert (wide["class"], narrow["class"]) == (["wide"], ["narrow"])
        assert int(wide["width"]) > 700 and int(narrow["width"]) < 460
        lines = [[text.text for text in svg.find_all("text")] for svg in (wide, narrow)]
        assert "too long a name for a phone" in lines[0] and "too long a name" in lines[1]
        assert "rotate(-60)" in str(narrow)

    def test_records_say_what_a_page_holds_and_numbers_are_left_to_it(
        self, macros, tmp_path, monkeypatch
    ):
        monkeypatch.setenv(results.OUTPUT_VARIABLE, str(tmp_path / "out"))
        macros["findings"]["terms"] = "많다"
        result = terms_result() + terms_result(level=3, file="terms-1", parts=("finding", "kept"))
        bundle = result._repr_mimebundle_()
        kinds = [(r["kind"], r.get("name"), r.get("level")) for r in bundle[MIME]["records"]]
        assert kinds[:2] == [("finding", None, 2), ("table", "terms", None)]
        assert kinds[2:] == [("finding", None, 3), ("kept", "terms-1", None)]
        assert (tmp_path / "out/tables/terms-1.csv").is_file()
        html = bundle["text/html"]
        assert "표 №terms." in html and 'href="tables/terms-1.csv"' in html

    def test_a_notebook_on_another_drive_loses_no_result(self, monkeypatch):
        def relpath(path):
            raise ValueError("path is on mount 'D:', start on mount 'C:'")

        monkeypatch.setattr(results.os.path, "relpath", relpath)
        page = soup(terms_result(parts=("kept",)))
        assert page.find("a", string="tables/terms.csv")

    def test_nothing_to_show_is_a_note(self, macros):
        macros["findings"]["terms"] = "{{ '그런 말은 없다' if r.view.empty else '있다' }}"
        page = soup(Result("terms", pd.DataFrame({"term": []}), CORPUS))
        assert page.select_one(".note").text.strip() == "그런 말은 없다"
        assert page.table is None and page.find(re.compile("h[2-4]")) is None
        assert soup(terms_result(level=0)).select_one(".note").text.strip() == "있다"

    def test_a_caveat_stands_below_the_sentences(self, macros):
        table = pd.DataFrame({"term": ["창업", "벤처"], "caveat": ["한 글에 몰렸다", ""]})
        page = soup(Result("terms", table, CORPUS, by=("term",)))
        assert page.thead.find_all("th")[-1].text == "근거와 주의"
        assert [p.text for p in page.select("td > p.sample")] == ["주의: 한 글에 몰렸다"]

    def test_wrong_names_are_told(self, macros):
        with pytest.raises(PolicyTextError, match="없는 열을 골랐습니다: 없음. 있는 열은 term, n"):
            terms_result(columns=("term", "없음"))._repr_html_()
        with pytest.raises(PolicyTextError, match="파일 이름으로 쓸 수 없습니다"):
            Result("표 하나", pd.DataFrame())
        with pytest.raises(PolicyTextError, match="값 ‘없는말’이 없습니다"):
            terms_result().evidence("없는말")
        with pytest.raises(PolicyTextError, match="그림이 없습니다"):
            terms_result().plot()
        assert len(terms_result().evidence("창업")) == 4


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (1234, "", "1,234"), (0.0317, "p", "0.032"), (0.12345, ".1%", "12.3%"), (True, "", "예"),
        (1234.5, "", "1,234"), (0.12345, "", "0.123"), (pd.NaT, "", "–"), ("=1", "", "=1"),
        (pd.Timestamp("2017-05-10"), "", "2017-05-10"),
    ],
)  # fmt: skip
def test_cells_as_readers_see_them(value, form, shown):
    assert written(value, {"format": form}) == shown
    assert written("what", column("part", "what-and-how", pd.Series(["what"]))) == "무엇을"


@pytest.mark.parametrize("start", list("=+-@|%＝＋－＠") + ["\t=", " ="])
def test_no_cell_becomes_a_formula(start):
    content = csv_bytes(pd.DataFrame({"term": [f"{start}1+1"]})).decode("utf-8-sig")
    assert content.splitlines()[1].lstrip('"').startswith("'")


def test_what_may_be_passed_on_is_short_and_little(macros, monkeypatch):
    long = DOCUMENTS.assign(text="창업 " * 200)
    corpus = Small()
    corpus.documents = corpus.everything = long
    monkeypatch.setenv(results.SHARE_SAFE_VARIABLE, "1")
    places = pd.DataFrame({"doc_id": "a", "start": range(60, 87, 3), "term": "창업"})
    places["end"] = places["start"] + 2
    look = {"by": ("term",), "places": places, "evidence_n": 9}
    result = Result("terms", pd.DataFrame({"term": ["창업"]}), corpus, **look)
    items = soup(result).select("li")
    assert len(items) == 3 and all(len(item.p.text) <= 3 * 40 for item in items)
    assert "공유용이라 글마다 몇 곳만" in soup(result).text
    assert csv_bytes(long[["doc_id", "text"]]).decode("utf-8-sig").startswith("doc_id\n")


DAY = pd.Timestamp("2020-01-01")
ODD_COLUMNS = {
    "equal": pd.Series([True, 1, 1.0, "1"], dtype=object),
    "texts": pd.Series(["가", None, "=1", "=1"], dtype="str"),
    "named": pd.Series(["가", float("nan"), "+1", "가"], dtype=object),
    "kinds": pd.Categorical(["x", None, "-y", "x"]),
    "numbers": pd.Categorical([2, None, 1, 2]),
    "floats": [1.5, None, float("inf"), 0.1 + 0.2],
    "whole": pd.array([1, None, 2, 2**53 + 1], dtype="Int64"),
    "flags": [True, False, True, False],
    "days": [DAY, pd.NaT, DAY + pd.Timedelta("10h"), DAY],
    "mixed": pd.Series([DAY, "@x", None, [1]], dtype=object),
}


def test_a_column_is_written_as_its_cells_one_by_one_would_be():
    table = pd.DataFrame(ODD_COLUMNS)
    for name in table:
        alone = pd.DataFrame({name: [*map(results._cell, table[name])]}, dtype=object)
        assert csv_bytes(table[[name]]) == csv_bytes(alone), name


@given(st.tuples(*[st.floats(0, 1)] * 3), st.sampled_from(["#ffffff", DARK_PAPER]))
@example((0, 0.066, 0.664), DARK_PAPER)  # rounded to a colour of the screen it fell short
def test_a_mark_stands_out_from_its_paper(colour, paper):
    light, dark = sorted(map(relative_luminance, (visible(to_hex(colour), paper), paper)))[::-1]
    assert (light + 0.05) / (dark + 0.05) >= 2.9999


def test_inks_follow_the_page_and_heat_keeps_its_colours():
    html = '<svg a="b"><path fill="#22262b"></path><path stroke="#802070"></path></svg>'
    rules = page_colours(html)
    assert "fill: var(--ink)" in rules and ":not(.heat *) { stroke: #" in rules
    assert page_colours("<p>").count("fill") == 0
