"""Blocks: structure, escaping, files."""

import base64
import csv
import io

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from policytext import display
from policytext.rendering import downloads, figures

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "]]>",
    "javascript:alert(1)",
    "\"'><b>",
    "&lt;",
    "</details>",
]
ROW = {
    "doc_id": "d1",
    "start": 3,
    "end": 5,
    "before": "앞 ",
    "match": "창업",
    "after": " 뒤",
    "date": pd.Timestamp("2015-03-04"),
    "administration": "가",
    "publisher": "나",
    "url": "https://example.org/?a=1&b=2",
}
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1)


@pytest.fixture(autouse=True)
def _report(tmp_path, monkeypatch):
    monkeypatch.delenv(display.OUTPUT_VARIABLE, raising=False)
    display.begin(tmp_path)
    yield
    display.begin()
    plt.close("all")


def _soup(block):
    return BeautifulSoup(block._repr_html_(), "html.parser")


def _axes():
    _, ax = plt.subplots(figsize=(2, 1))
    ax.plot([0, 1], [0, 1])
    return ax


def _figure(name="line", **options):
    options = {"caption": "설명", "alt": "오른다", "data": pd.DataFrame({"x": [0, 1]})} | options
    return display.figure(_axes(), name, **options)


@given(TEXT)
def test_any_text_shows_as_itself(text):
    parts = _soup(display.finding(text)).find_all(["h2", "p"])  # split at a colon
    assert ": ".join(part.text for part in parts) == text
    assert all(part.find(True) is None for part in parts)
    cell = _soup(display.table(pd.DataFrame({"열": [text]}), caption=text)).tbody.th
    assert cell.text == text and cell.find(True) is None
    row = pd.DataFrame([ROW | {"before": text, "match": text, "after": text, "publisher": text}])
    item = _soup(display.evidence(row, term=text, total=1)).li
    assert item.p.text == text * 3 and [tag.name for tag in item.p.find_all(True)] == ["mark"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_makes_no_element_or_attribute(text):
    blocks = [
        display.note(text),
        display.methods({text: text}),
        _figure("hostile", caption=text, alt=text, data=pd.DataFrame({text: [text]})),
        display.evidence(pd.DataFrame([ROW | {"url": text}]), term=text, total=1),
    ]
    for soup in map(_soup, blocks):
        assert soup.find(["script", "b"], string="alert(1)") is None
        assert [image["alt"] for image in soup.find_all("img")] in ([], [text])
        assert not any(name.startswith("on") for tag in soup.find_all(True) for name in tag.attrs)
        assert all(not link["href"].startswith("javascript") for link in soup.find_all("a"))
        assert text in soup.text


def test_finding_has_an_anchor_and_leaves_a_record():
    display.finding("하나")
    block = display.finding("둘", level=3)
    heading = _soup(block).h3
    assert heading["id"] == "finding-2"
    bundle = block._repr_mimebundle_()
    assert bundle[display.MIME]["records"] == [
        {"kind": "finding", "text": "둘", "anchor": "finding-2", "level": 3}
    ]
    with pytest.raises(ValueError, match="제목 단계"):
        display.finding("셋", level=1)


def test_figure_writes_three_files_and_shows_picture_caption_and_data(tmp_path):
    block = _figure()
    soup = _soup(block)
    assert soup.img["alt"] == "오른다"
    assert soup.figcaption.text.startswith("그림 1. 설명")
    assert [link["download"] for link in soup.find_all("a")] == ["line.csv", "line.svg"]
    svg = (tmp_path / "figures" / "line.svg").read_bytes()
    assert soup.img["src"] == "data:image/svg+xml;base64," + base64.b64encode(svg).decode()
    assert (tmp_path / "figures" / "line.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "figures" / "line.csv").read_text(encoding="utf-8") == "\ufeffx\n0\n1\n"
    assert [cell.text for cell in soup.select("details tbody th")] == ["0", "1"]
    assert plt.get_fignums() == []


def test_png_is_three_hundred_dots_an_inch(tmp_path):
    from PIL import Image

    _figure()
    with Image.open(tmp_path / "figures" / "line.png") as image:
        assert round(image.info["dpi"][0]) == 300


def test_a_figure_drawn_twice_is_the_same_bytes(tmp_path):
    _figure("one")
    _figure("two")
    for suffix in ("svg", "png", "csv"):
        one, two = (tmp_path / "figures" / f"{name}.{suffix}" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def test_a_large_drawing_is_shown_as_png(monkeypatch):
    monkeypatch.setattr(figures, "SVG_LIMIT", 100)
    soup = _soup(_figure())
    assert soup.img["src"].startswith("data:image/png;base64,")
    assert soup.find_all("a")[1]["download"] == "line.png"


def test_figures_are_numbered_in_order_and_a_rerun_keeps_its_number():
    numbers = [_soup(_figure(name)).figure["id"] for name in ("a", "b", "a")]
    assert numbers == ["figure-1", "figure-2", "figure-1"]


def test_in_a_build_a_name_used_twice_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv(display.OUTPUT_VARIABLE, str(tmp_path / "built"))
    _figure("a")
    assert (tmp_path / "built" / "figures" / "a.csv").exists()
    with pytest.raises(ValueError, match="두 번"):
        _figure("a")
    same = [_soup(display.finding("같은 말")).h2["id"] for _ in range(2)]
    assert same == ["finding-1", "finding-2"]  # a sentence overwrites no file


@pytest.mark.parametrize(
    "options", [{"alt": " "}, {"caption": ""}, {"name": "../x"}, {"name": "가"}]
)
def test_a_figure_needs_caption_alt_and_a_safe_name(options):
    with pytest.raises(ValueError):
        _figure(**options)


def test_figure_takes_arrays_of_axes_and_figures():
    drawn, grid = plt.subplots(1, 2)
    for number, ax in enumerate((grid, drawn)):
        display.figure(ax, f"n{number}", caption="설명", alt="글", data=pd.DataFrame({"x": []}))
    assert plt.get_fignums() == []


def test_table_has_caption_scopes_headers_and_formats(tmp_path):
    frame = pd.DataFrame(
        {"term": ["수소"], "n": [12345], "share": [0.25], "year": [2013], "hidden": ["x"]}
    )
    block = display.table(
        frame,
        caption="낱말",
        name="terms",
        columns={"term": "낱말", "n": "횟수", "share": "비중", "year": "연도"},
        formats={"share": ".1%"},
    )
    soup = _soup(block)
    assert soup.caption.text == "표 1. 낱말"
    assert [(head.text, head["scope"]) for head in soup.thead.find_all("th")] == [
        ("낱말", "col"),
        ("횟수", "col"),
        ("비중", "col"),
        ("연도", "col"),
    ]
    assert [cell.text for cell in soup.tbody.find_all(["th", "td"])] == [
        "수소",
        "12,345",
        "25.0%",
        "2013",
    ]
    assert soup.tbody.th["scope"] == "row" and soup.tbody.td["class"] == ["number"]
    content = (tmp_path / "tables" / "terms.csv").read_text(encoding="utf-8-sig")
    assert content == "term,n,share,year,hidden\n수소,12345,0.25,2013,x\n"
    assert soup.a["href"].endswith(base64.b64encode(("\ufeff" + content).encode()).decode())


def test_a_long_table_folds_every_row_after_the_first():
    soup = _soup(display.table(pd.DataFrame({"n": range(20)}), caption="긴 표", shown=15))
    assert [cell.text for cell in soup.select("tbody th")] == [str(n) for n in range(20)]
    assert len(soup.select("details tbody tr")) == 5
    assert soup.summary.text == "나머지 5행 보기"


def test_missing_values_dates_and_flags_are_written_for_readers():
    frame = pd.DataFrame(
        {"a": [None, 1.5], "b": [pd.Timestamp("2020-01-02"), pd.NaT], "c": [True, False]}
    )
    cells = [
        cell.text for cell in _soup(display.table(frame, caption="표")).tbody.find_all(["th", "td"])
    ]
    assert cells == ["–", "2020-01-02", "예", "1.5", "–", "아니요"]


@pytest.mark.parametrize("columns", [{"a": "가", "b": "나"}, None])
def test_a_table_without_rows_says_so_in_one_row(columns):
    soup = _soup(display.table(pd.DataFrame({"a": [], "b": []}), caption="빈 표", columns=columns))
    assert [row.text for row in soup.select("tbody tr")] == ["해당 없음"]
    assert soup.tbody.td["colspan"] == "2" and len(soup.select("thead th")) == 2
    assert "0행" in soup.text


def test_a_table_without_columns_says_so_too():
    assert _soup(display.table(pd.DataFrame(), caption="빈 표")).tbody.text == "해당 없음"


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="없는열"):
        display.table(pd.DataFrame({"a": [1]}), caption="표", columns={"없는열": "x"})


def test_a_cell_may_open_its_evidence_and_the_csv_leaves_it_out(tmp_path):
    block = display.evidence(pd.DataFrame([ROW]), term="창업", total=1)
    soup = _soup(
        display.table(
            pd.DataFrame({"term": ["창업"], "근거": [block]}), caption="표", name="with-evidence"
        )
    )
    assert soup.tbody.td.mark.text == "창업"
    content = (tmp_path / "tables" / "with-evidence.csv").read_text(encoding="utf-8-sig")
    assert content == "term\n창업\n"


def test_evidence_marks_the_match_and_cites_its_source():
    soup = _soup(display.evidence(pd.DataFrame([ROW]), term="창업", total=1))
    assert soup.summary.text == "근거 문장 1건: 창업"
    assert soup.li.p.text == "앞 창업 뒤" and soup.mark.text == "창업"
    assert soup.find(class_="meta").text == "2015. 3. 4. · 가 · 나 · d1 · 원문"
    assert (soup.a["href"], soup.a["rel"]) == (ROW["url"], ["noopener", "noreferrer"])
    assert soup.find(class_="sample") is None


def test_sampled_evidence_prints_its_rule_and_total():
    soup = _soup(display.evidence(pd.DataFrame([ROW]), term="창업", total=1761, rule="무작위"))
    assert soup.summary.text == "근거 문장 1,761건: 창업"
    assert soup.find(class_="sample").text == "전체 1,761건 가운데 1건을 보였습니다 (무작위)."
    with pytest.raises(ValueError, match="전체"):
        display.evidence(pd.DataFrame([ROW, ROW]), term="창업", total=1)


def test_evidence_without_date_address_or_rows_still_shows():
    bare = {key: ROW[key] for key in ("doc_id", "before", "match", "after")} | {"date": pd.NaT}
    soup = _soup(display.evidence(pd.DataFrame([bare]), term="창업", total=1))
    assert soup.find(class_="meta").text == "날짜 모름 · d1"
    empty = pd.DataFrame(columns=list(ROW))
    assert "보일 문장이 없습니다" in _soup(display.evidence(empty, term="x", total=0)).text
    with pytest.raises(ValueError, match="match"):
        display.evidence(empty.drop(columns="match"), term="x", total=0)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "ftp://a",
        "https://",
        "http://[",
        " java\nscript:x",
        None,
    ],
)
def test_only_web_addresses_become_links(url):
    soup = _soup(display.evidence(pd.DataFrame([ROW | {"url": url}]), term="창업", total=1))
    assert soup.a is None


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+82-2-123",
        "@x",
        "-1+1",
        '=HYPERLINK("a")',
        "\t=1",
        " =1",
        "\r\n@x",
        "|cmd",
        "＝1+1",
        " ＝1",
    ],
)
def test_csv_cells_never_start_a_formula(cell):
    content = downloads.csv_bytes(pd.DataFrame({cell: [cell]})).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(content)):
        assert row[0].startswith("'")


def test_csv_keeps_numbers_dates_quotes_and_named_indexes():
    frame = pd.DataFrame(
        {"n": [-3.5], "d": [pd.Timestamp("2020-01-02")], "t": ['a,"b"\nc'], "m": [None]},
        index=pd.Index(["가"], name="g"),
    )
    rows = list(csv.reader(io.StringIO(downloads.csv_bytes(frame).decode("utf-8-sig"))))
    assert rows == [["g", "n", "d", "t", "m"], ["가", "-3.5", "2020-01-02", 'a,"b"\nc', ""]]


def test_blocks_add_up_with_their_records():
    both = display.finding("하나") + display.note("둘")
    assert "하나" in both.html and "둘" in both.html and len(both.records) == 1
    facts = display.methods({"문서 수": 3})
    assert facts.records[-1] == {"kind": "methods", "facts": {"문서 수": "3"}}


def test_a_kept_table_is_on_disk_and_not_in_the_page(tmp_path):
    display.begin(tmp_path)
    block = display.keep(pd.DataFrame({"낱말": ["=1+1"] * 1234}), "long")
    written = (tmp_path / "tables" / "long.csv").read_text(encoding="utf-8-sig")
    assert written.count("\n") == 1235 and "'=1+1" in written
    assert "1,234행" in str(block.html) and len(str(block.html)) < 500
    assert _soup(block).a["href"] == "tables/long.csv"
    with pytest.raises(ValueError, match="BAD"):
        display.keep(pd.DataFrame(), "BAD name")


def test_an_empty_table_of_texts_has_a_csv(tmp_path):
    display.begin(tmp_path)
    empty = pd.DataFrame({"정부": pd.Series([], dtype="string"), "수": pd.Series([], dtype=int)})
    assert "해당 없음" in str(display.table(empty, caption="빈 표", name="nothing").html)
    assert (tmp_path / "tables" / "nothing.csv").exists()


def test_bars_of_figures_open_their_evidence():
    frame = pd.DataFrame({"낱말": ["가", "나"], "수": [1, 1]})
    opened = [display.evidence(pd.DataFrame([ROW]), term=name, total=1) for name in "가나"]
    drawn = _soup(_figure("opened", data=frame, evidence=opened))
    assert len(drawn.select("td details.evidence")) == 2
    assert drawn.select_one("figure > details > summary").text == "그림 1의 자료 표와 근거 (2행)"


def test_a_figure_shows_the_columns_chosen_and_names_those_that_are_not_there():
    data = pd.DataFrame({"year": [2013], "n": [3], "note": ["가"]})
    shown = _soup(display.figure(plt.figure().gca(), "some", caption="c", alt="a", data=data, columns=["n", "year"]))  # fmt: skip
    assert [head.text for head in shown.select("figure thead th")] == ["수", "해"]
    with pytest.raises(ValueError, match="그림 'other'의 자료에 없는 열을 골랐습니다: 없음"):
        display.figure(plt.figure().gca(), "other", caption="c", alt="a", data=data, columns=["없음"])  # fmt: skip
