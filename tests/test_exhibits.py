"""Exhibits: the sentences shown are the ones counted, and hostile text stays text."""

import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from policytext import display, evidence, exhibits, matrix, topics

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)"> &amp; =1+1'
FIRST, SECOND = "김갑순", "이을나"


@pytest.fixture(autouse=True)
def report(tmp_path):
    display.begin(tmp_path)
    yield
    display.begin()


@pytest.fixture
def documents():
    """Six documents, the administration written into each text so that a row tells its own."""
    names = [FIRST, FIRST, FIRST, FIRST, SECOND, SECOND]
    texts = [f"창업 {name} 글{n} 벤처{HOSTILE} 끝 창업" for n, name in enumerate(names)]
    return pd.DataFrame(
        {
            "doc_id": [f"d{n}" for n in range(6)],
            "title": HOSTILE,
            "text": texts,
            "date": pd.to_datetime(["2016", "2014", "2013", "2015", "2019", None]),
            "administration": names,
            "family_id": ["f1", "f1", "f2", "f3", "f4", "f5"],
            "publisher": HOSTILE,
            "url": ["https://example.org/?a=1&b=2", "javascript:alert(3)", "", "", "", ""],
        }
    )


@pytest.fixture
def tokens(documents):
    """Where 창업 (twice a text) and 벤처 (once) stand, plus a term that no document holds."""
    rows = []
    for row in documents.itertuples():
        for term, start in [
            ("창업", 0),
            ("벤처", row.text.index("벤처")),
            ("창업", row.text.rindex("창업")),
        ]:
            rows.append((row.doc_id, start, start + 2, term, "NNG"))
    frame = pd.DataFrame(rows, columns=["doc_id", "start", "end", "term", "tag"])
    return frame.astype({"doc_id": "category", "term": "category", "tag": "category"})


def parsed(block):
    return BeautifulSoup(str(block.html), "html.parser")


def items(block):
    return [item.get_text() for item in parsed(block).select("details.evidence li")]


def test_totals_are_the_counts_of_the_tokens(documents, tokens):
    blocks = exhibits.term_exhibits(documents, tokens, ["창업", "벤처", "없는 말"], n=3)
    assert [block.text for block in blocks] == [
        "근거 문장 12건: 창업", "근거 문장 6건: 벤처", "근거 문장 0건: 없는 말",
    ]  # fmt: skip
    assert [len(items(block)) for block in blocks] == [3, 3, 0]
    assert "전체 12건 가운데 3건을 보였습니다" in parsed(blocks[0]).get_text()
    assert exhibits.EVEN_SAMPLE in parsed(blocks[0]).get_text()


def test_everything_is_shown_when_there_is_little(documents, tokens):
    (block,) = exhibits.term_exhibits(documents, tokens, ["벤처"], n=10)
    assert len(items(block)) == 6 and "가운데" not in parsed(block).get_text()


def test_the_sample_spans_the_time(documents, tokens):
    """Of the dated order d2 d1 d3 d0 d4 and the undated d5, the ends and the middle."""
    (block,) = exhibits.term_exhibits(documents, tokens, ["벤처"], n=2)
    assert [text.count("d2") + text.count("d5") for text in items(block)] == [1, 1]
    (one,) = exhibits.term_exhibits(documents, tokens, ["벤처"], n=1)
    assert "d2" in items(one)[0]


@pytest.mark.parametrize("order", [[5, 4, 3, 2, 1, 0], [2, 0, 5, 1, 3, 4]])
def test_the_order_and_index_of_the_documents_do_not_matter(documents, tokens, order):
    turned = documents.iloc[order].set_index("doc_id", drop=False)
    one = exhibits.term_exhibits(documents, tokens, ["벤처"], n=2)
    two = exhibits.term_exhibits(turned, tokens, ["벤처"], n=2)
    assert sorted(items(one[0])) == sorted(items(two[0]))


def test_tokens_of_other_documents_are_not_counted(documents, tokens):
    (block,) = exhibits.term_exhibits(
        documents[documents["administration"] == SECOND], tokens, ["창업"]
    )
    assert block.text == "근거 문장 4건: 창업"


def keyness_table():
    rows = [
        (FIRST, "벤처", 2.0),
        (FIRST, "창업", 5.0),
        (FIRST, "세금", -4.0),
        (SECOND, "창업", 3.0),
    ]
    table = pd.DataFrame(rows, columns=["administration", "term", "z"])
    return table.assign(rank=[2, 1, 3, 1], n=[4, 8, 0, 4], n_documents=[4, 4, 0, 2], n_families=[3, 3, 0, 2], q=0.01,
                        n_once=[3.5, 7.0, 0.5, 4.0], rate_per_10k=40.0, rate_rest_per_10k=4.0, log_odds=1.0)  # fmt: skip


class TestKeyness:
    @pytest.fixture
    def page(self, documents, tokens):
        return parsed(
            exhibits.keyness_exhibits(
                keyness_table(), documents, tokens, [FIRST, SECOND], n_terms=5
            )
        )

    def test_one_finding_and_one_table_an_administration(self, page):
        headings = [heading.get_text() for heading in page.select("h3.finding")]
        assert [heading.split(" 정부를")[0] for heading in headings] == [FIRST, SECOND]
        captions = [caption.get_text() for caption in page.select("div.table caption")]
        # The tokens the rates are parts of, not all tokens of the documents.
        assert "(글 4건, 가족 3개, 가족마다 한 번 센 낱말 11개, q < 0.05인 말 2개)" in captions[0]
        assert "(글 2건, 가족 2개, 가족마다 한 번 센 낱말 4개, q < 0.05인 말 1개)" in captions[1]

    def test_rows_go_by_rank_and_only_upwards(self, page):
        terms = [row.th.get_text() for row in page.select("div.table")[0].select("tbody tr")]
        assert terms == ["창업", "벤처"]

    def test_each_total_is_the_n_beside_it(self, page):
        for box, label in zip(page.select("div.table"), [FIRST, SECOND], strict=True):
            for row in box.select("tbody > tr"):
                n = row.select("td.number")[0].get_text()
                assert row.select_one("summary").get_text().startswith(f"근거 문장 {n}건")
                for item in row.select("li"):
                    other = SECOND if label == FIRST else FIRST
                    assert label in item.get_text() and other not in item.get_text()

    def test_a_part_goes_where_its_compound_is_told_and_caveats_are_shown(self, documents, tokens):
        table = keyness_table().assign(
            explained_by=["창업벤처", "창업벤처", None, None], caveat=["", "‘창업벤처’의 일부", "", ""],
            n_publishers=2, n_months=3,
        )  # fmt: skip
        page = parsed(exhibits.keyness_exhibits(table, documents, tokens, [FIRST]))
        (row,) = page.select("div.table tbody tr")
        assert row.th.get_text() == "창업" and "주의: ‘창업벤처’의 일부" in row.get_text()
        headers = [cell.get_text() for cell in page.select("thead th")]
        assert {"발행처", "달"} <= set(headers)

    def test_no_term_is_a_finding_too(self, documents, tokens):
        nothing = keyness_table().assign(z=-1.0)
        block = exhibits.keyness_exhibits(nothing, documents, tokens, [FIRST])
        assert "더 썼다고 말할 수 있는 낱말은 없다" in block.text
        assert not parsed(block).select("details.evidence")

    def test_documents_indexed_by_their_id_will_do(self, documents, tokens):
        indexed = documents.set_index("doc_id", drop=False)
        block = exhibits.keyness_exhibits(keyness_table(), indexed, tokens, [SECOND])
        assert len(items(block)) == 3


def test_hostile_text_is_text(documents, tokens):
    blocks = exhibits.term_exhibits(documents, tokens, ["벤처"], n=9)
    blocks.append(exhibits.keyness_exhibits(keyness_table(), documents, tokens, [FIRST, SECOND]))
    blocks += topic_blocks(documents)
    for block in blocks:
        page = parsed(block)
        assert not page.select("script, img")
        assert all(
            link["href"].startswith(("https://", "data:text/csv", "tables/"))
            for link in page.select("a")
        )
        assert HOSTILE[:24] in page.get_text()


def topic_blocks(documents, n=4):
    ids = documents["doc_id"].tolist()
    placed = pd.DataFrame({"doc_id": ids, "topic": [1, 1, 1, 1, 2, 0],
                           "similarity": [0.1, 0.9, 0.5, 0.2, 1.0, np.nan]})  # fmt: skip
    terms = pd.DataFrame({"topic": [1, 2], "term": ["창업", "벤처"], "weight": [1.0, 1.0]})
    found = topics.Topics(placed, terms, np.zeros((6, 1), dtype="float32"))
    return exhibits.topic_exhibits(found, documents, n=n)


def test_renaming_shows_sentences_of_both_sides(documents, tokens):
    rows = pd.DataFrame(
        {"administration_from": FIRST, "administration_to": SECOND, "kind": ["새 이름", "내용이 옮겨감"],
         "term_from": ["벤처", "창업"], "term_to": ["창업", "창업"], "n_families_from": 3,
         "n_families_to": 2, "similarity": 0.9, "similarity_low": 0.8, "similarity_high": 0.95,
         "baseline": 0.5, "p": [0.001, 0.3], "q": [0.002, 0.3]}
    )  # fmt: skip
    block = exhibits.renaming_exhibits(rows, documents, tokens)
    page = parsed(block)
    renamed, moved = page.select("div.table")
    totals = [summary.get_text() for summary in renamed.select("details.evidence summary")]
    assert totals == ["근거 문장 4건: 벤처", "근거 문장 4건: 창업"]
    assert "이어받았다" in block.text and "말할 수 있는 것은 없다" in block.text
    assert len(items(block)) == 8 and "새 이름" in renamed.get_text() and "0.90" in moved.get_text()
    assert exhibits.renaming_exhibits(rows[:0], documents, tokens).text == ""


def test_topics_show_the_nearest_documents_first(documents):
    first, second = topic_blocks(documents, n=2)
    assert first.text == "근거 글 4건: 주제 1의 글" and second.text == "근거 글 1건: 주제 2의 글"
    shown = items(first)
    assert len(shown) == 2 and "d1" in shown[0] and "d2" in shown[1]
    assert "d4" in items(second)[0]


def test_topics_of_a_real_run_give_one_block_each(documents, tokens):
    counts = matrix.term_matrix(tokens, min_df=1, max_df=1.0)
    found = topics.cluster(counts, 2)
    indexed = documents.set_index("doc_id", drop=False)
    blocks = exhibits.topic_exhibits(found, indexed)
    assert len(blocks) == found.documents["topic"].max()


def test_a_cell_opens_the_documents_it_counts(documents):
    cells = documents.groupby("administration", as_index=False).size()
    cells = pd.concat([cells, pd.DataFrame({"administration": ["없는 정부"], "size": [0]})])
    blocks = exhibits.document_exhibits(cells, documents, ["administration"], n=1)
    for cell, block in zip(cells.itertuples(), blocks, strict=True):
        assert block.text == f"근거 글 {cell[2]}건: {cell[1]}"
        page = parsed(block)
        assert len(page.find_all("li")) == min(cell[2], 1)
        assert ("전체" in page.text) == (cell[2] > 1)


def test_counts_add_up_from_the_documents_beside_the_report(documents, tokens):
    found = evidence.occurrences(documents, tokens, ["창업", "벤처", "없는말"])
    for term, rows in found.groupby("term"):
        own = tokens[(tokens["term"] == term) & tokens["doc_id"].isin(documents["doc_id"])]
        assert rows["n"].sum() == len(own) and len(rows) == own["doc_id"].nunique()
        assert len(evidence.concordance(documents, own, term)) == len(own)
    assert list(found["term"].unique()) == ["창업", "벤처"]


def totals(block):
    """(noun, total, name) of every fold of a block, as readers see them."""
    folds = parsed(block).select("details.evidence > summary")
    found = [re.fullmatch(r"근거 (\S+) ([\d,]+)건: (.*)", fold.get_text(), re.S) for fold in folds]
    return [(noun, int(n.replace(",", "")), name) for noun, n, name in map(re.Match.groups, found)]


def shown_ids(block):
    """Documents of the lines shown, one a line."""
    metas = parsed(block).select("details.evidence li .meta")
    return [re.search(r"\bd\d+\b", meta.get_text())[0] for meta in metas]


def plain(value):
    """A key as a set of Python values can hold it: everything missing is None."""
    return None if pd.isna(value) else value


TERMS = {"창업": 0, "벤처": 3, "규제": 6}  # where each may stand in the text below
WHO, MONTHS = ["갑", "을", None], [1.0, None]


@st.composite
def corpora(draw):
    """Documents with what may be unknown, tokens of them and of one that is not there."""
    about = st.tuples(
        st.sampled_from(WHO),
        st.sampled_from(MONTHS),
        st.sampled_from(["2014-01-05", "2015-01-05", None]),
        st.sets(st.sampled_from(list(TERMS))),
    )
    rows = draw(st.lists(about, max_size=9))
    ids = [f"d{n}" for n in range(len(rows))]
    documents = pd.DataFrame(
        {
            "doc_id": pd.Series(ids, dtype="str"),
            "title": "제목",
            "text": "창업 벤처 규제",
            "date": pd.to_datetime([row[2] for row in rows]),
            "administration": pd.Series([row[0] for row in rows], dtype=object),
            "month": pd.Series([row[1] for row in rows], dtype=float),
        }
    )
    held = [*zip(ids, (row[3] for row in rows), strict=True), ("d99", set(TERMS))]
    spans = [(d, TERMS[t], TERMS[t] + 2, t) for d, terms in held for t in sorted(terms)]
    tokens = pd.DataFrame(spans, columns=["doc_id", "start", "end", "term"])
    kind = draw(st.sampled_from(["object", "string", "category"]))
    if draw(st.booleans()):
        documents = documents.set_axis([0] * len(documents))
    return documents.astype({"administration": kind}), tokens.astype({"term": "category"})


def cells_of(*names):
    """A few cells, some of them twice, some of what no document has."""
    values = {"term": list(TERMS), "administration": [*WHO, "병"], "month": [*MONTHS, 3.0]}
    rows = st.lists(
        st.tuples(*(st.sampled_from(values[name]) for name in names)), min_size=1, max_size=6
    )
    return rows.map(lambda found: pd.DataFrame(found, columns=list(names)))


class TestCells:
    @given(corpora(), cells_of("term", "administration", "month"), st.integers(1, 3))
    def test_totals_are_counts_of_the_tokens_of_a_cell(self, corpus, cells, n):
        documents, tokens = corpus
        by = ["administration", "month"]
        about = {row.doc_id: (plain(row.administration), plain(row.month))
                 for row in documents.itertuples()}  # fmt: skip
        counts = Counter(
            (t.term, *about[t.doc_id]) for t in tokens.itertuples() if t.doc_id in about
        )
        blocks = exhibits.cell_exhibits(cells, documents, tokens, by, n=n)
        assert len(blocks) == len(cells)
        for key, block in zip(cells.itertuples(index=False, name=None), blocks, strict=True):
            key = tuple(map(plain, key))
            ((noun, total, name),) = totals(block)
            assert (noun, total) == ("문장", counts[key])
            assert name == " · ".join("모름" if part is None else f"{part}" for part in key)
            shown = shown_ids(block)
            assert len(shown) == min(total, n) == len(set(shown))
            assert all((key[0], *about[doc_id]) == key for doc_id in shown)
            assert all(mark.get_text() == key[0] for mark in parsed(block).select("mark"))

    @given(corpora(), cells_of("month", "administration"), st.integers(1, 3))
    def test_documents_of_a_cell_are_counted_the_unknown_too(self, corpus, cells, n):
        documents, _ = corpus
        by = ["month", "administration"]
        order = documents.sort_values(["date", "doc_id"])
        own = {}
        for row in order.itertuples():
            own.setdefault((plain(row.month), plain(row.administration)), []).append(row.doc_id)
        blocks = exhibits.document_exhibits(cells, documents, by, n=n)
        for key, block in zip(cells.itertuples(index=False, name=None), blocks, strict=True):
            mine = own.get(tuple(map(plain, key)), [])
            ((noun, total, _),) = totals(block)
            assert (noun, total) == ("글", len(mine))
            shown = shown_ids(block)
            assert len(shown) == min(total, n) and set(shown) <= set(mine)
            if mine:
                assert shown[0] == mine[0] and (n == 1 or shown[-1] == mine[-1])

    def test_the_sum_of_all_cells_is_everything_once(self, documents, tokens):
        cells = pd.DataFrame({"term": "창업", "administration": [FIRST, SECOND]})
        blocks = exhibits.cell_exhibits(cells, documents, tokens, ["administration"])
        assert [totals(block) for block in blocks] == [
            [("문장", 8, f"창업 · {FIRST}")], [("문장", 4, f"창업 · {SECOND}")],
        ]  # fmt: skip

    def test_a_missing_year_opens_those_without_a_year(self, documents):
        """Nullable integers as a coverage table has them, and days in a key as readers see them."""
        years = documents["date"].dt.year.astype("Int64")
        dated = documents.assign(year=years, day=documents["date"])
        cells = pd.DataFrame({"year": pd.array([2014, None, 2020], dtype="Int64")})
        blocks = exhibits.document_exhibits(cells, dated, ["year"])
        assert [totals(block)[0][1:] for block in blocks] == [(1, "2014"), (1, "모름"), (0, "2020")]
        assert shown_ids(blocks[1]) == ["d5"] and "날짜 모름" in items(blocks[1])[0]
        (day,) = exhibits.document_exhibits(dated[["day"]].iloc[[1]], dated, ["day"])
        assert totals(day) == [("글", 1, "2014-01-01")]

    def test_a_topic_after_a_left_join_is_still_the_topic(self, documents, tokens):
        """Whole numbers in the cells, floats with gaps in the documents."""
        joined = documents.assign(topic=[1.0, 1.0, 2.0, np.nan, 1.0, np.nan])
        cells = pd.DataFrame({"term": "벤처", "topic": [1, 2, 3]})
        blocks = exhibits.cell_exhibits(cells, joined, tokens, ["topic"])
        assert [block.text for block in blocks] == [
            "근거 문장 3건: 벤처 · 1", "근거 문장 1건: 벤처 · 2", "근거 문장 0건: 벤처 · 3",
        ]  # fmt: skip

    def test_no_cells_no_blocks(self, documents, tokens):
        none = pd.DataFrame(columns=["term", "administration"])
        assert exhibits.cell_exhibits(none, documents, tokens, ["administration"]) == []
        assert exhibits.document_exhibits(none, documents, ["administration"]) == []


class TestLinks:
    @settings(max_examples=15)
    @given(corpora(), st.integers(1, 3))
    def test_totals_are_the_documents_with_both_terms(self, corpus, n):
        documents, tokens = corpus
        ends = [("창업", "벤처"), ("규제", "창업"), ("벤처", "규제")]
        links = pd.DataFrame(ends, columns=["term_a", "term_b"])
        held = tokens.astype({"term": str}).groupby("term")["doc_id"].agg(set)
        blocks = exhibits.link_exhibits(links, documents, tokens, n=n)
        for link, block in zip(links.itertuples(), blocks, strict=True):
            both = held[link.term_a] & held[link.term_b] & set(documents["doc_id"])
            assert totals(block) == [("글", len(both), f"{link.term_a} · {link.term_b}")]
            shown = shown_ids(block)
            assert len(set(shown)) == len(shown) == min(len(both), n) and set(shown) <= both
            for mark in parsed(block).select("mark"):
                assert {link.term_a, link.term_b} == {mark.get_text()[:2], mark.get_text()[-2:]}

    def test_a_term_that_no_document_has(self, documents, tokens):
        links = pd.DataFrame({"term_a": ["창업", "창업"], "term_b": ["벤처", "없는 말"]})
        first, second = exhibits.link_exhibits(links, documents, tokens)
        assert totals(first) == [("글", 6, "창업 · 벤처")]
        assert totals(second) == [("글", 0, "창업 · 없는 말")] and not items(second)
        assert exhibits.link_exhibits(links[:0], documents, tokens) == []


class TestCrosstab:
    def test_a_row_opens_its_cells_and_empty_cells_nothing(self, documents):
        documents = documents.assign(occasion=["축사", "축사", "담화", "축사", "담화", "담화"])
        table = pd.DataFrame(
            {"administration": [SECOND, "없는 정부", FIRST], "축사": [0, 0, 3], "담화": [2, 0, 1]}
        )
        blocks = exhibits.crosstab_exhibits(table, documents, ("administration", "occasion"))
        assert [totals(block) for block in blocks] == [
            [("글", 2, f"{SECOND} · 담화")],
            [],
            [("글", 3, f"{FIRST} · 축사"), ("글", 1, f"{FIRST} · 담화")],
        ]
        assert [len(shown_ids(block)) for block in blocks] == [1, 0, 2]

    @given(corpora())
    def test_what_a_crosstab_counts_is_what_its_cells_open(self, corpus):
        documents, _ = corpus
        known = documents.dropna(subset=["administration", "month"])
        table = pd.crosstab(known["administration"].astype(object), known["month"]).reset_index()
        blocks = exhibits.crosstab_exhibits(table, documents, ("administration", "month"))
        for row, block in zip(table.to_dict("records"), blocks, strict=True):
            who = row.pop("administration")
            cells = [(n, f"{who} · {month}") for month, n in row.items() if n]
            assert [found[1:] for found in totals(block)] == cells


def test_a_join_of_topics_opens_all_its_topics():
    """Topics 1 and 3 first, then 2 with them, then 4: as SciPy counts groups."""
    leaves = [display.Block(f"<i>{n}</i>", f"{n}") for n in range(1, 5)]
    tree = pd.DataFrame({"left": [0, 1, 3], "right": [2, 4, 5], "distance": [0.1, 0.2, 0.3]})
    blocks = exhibits.tree_exhibits(tree, leaves)
    assert [block.text.split("\n") for block in blocks] == [
        ["1", "3"], ["2", "1", "3"], ["4", "2", "1", "3"],
    ]  # fmt: skip
    assert exhibits.tree_exhibits(tree[:0], leaves[:1]) == []


class TestPairs:
    DRIVERS = pd.DataFrame(
        [
            (SECOND, FIRST, "벤처", SECOND), (SECOND, FIRST, "없는 말", None),
            (SECOND, FIRST, "창업", FIRST), (FIRST, SECOND, "창업", FIRST),
            (SECOND, FIRST, "규제", FIRST), (SECOND, FIRST, "끝", SECOND),
        ],
        columns=["administration_a", "administration_b", "term", "more_in"],
    )  # fmt: skip

    def blocks(self, documents, tokens, *pairs):
        table = pd.DataFrame(pairs, columns=["administration_a", "administration_b"])
        return exhibits.pair_exhibits(table, self.DRIVERS, documents, tokens)

    def test_the_three_first_terms_in_sentences_of_who_uses_them_more(self, documents, tokens):
        (block,) = self.blocks(documents, tokens, (FIRST, SECOND))
        assert totals(block) == [
            ("문장", 2, f"벤처 · {SECOND}"),
            ("문장", 8, f"창업 · {FIRST}"),
            ("문장", 0, f"규제 · {FIRST}"),
        ]
        assert [SECOND in items(block)[0], FIRST in items(block)[1]] == [True, True]

    def test_the_order_of_a_pair_does_not_matter(self, documents, tokens):
        one, two = self.blocks(documents, tokens, (FIRST, SECOND), (SECOND, FIRST))
        assert one == two

    def test_a_pair_of_one_opens_its_documents_and_an_unknown_pair_nothing(self, documents, tokens):
        pairs = [(SECOND, SECOND), (FIRST, FIRST), (FIRST, "박병다")]
        own, other, unknown = self.blocks(documents, tokens, *pairs)
        assert totals(own) == [("글", 2, SECOND)] and set(shown_ids(own)) == {"d4", "d5"}
        assert totals(other) == [("글", 4, FIRST)]
        assert totals(unknown) == [] and unknown.text == ""


class TestChanges:
    """A change on 2015-07-01; the days before it reach back to January 2, those after to December 27."""

    CHANGES = pd.DataFrame({"series": ["창업"], "date": pd.to_datetime(["2015-07-01"])})
    AWAY = [-181, -180, -1, 0, 179, 180]

    @pytest.fixture
    def dated(self, documents):
        days = self.CHANGES["date"][0] + pd.to_timedelta(self.AWAY, unit="D")
        return documents.assign(date=days)

    def test_sentences_in_the_180_days_before_and_after(self, dated, tokens):
        (block,) = exhibits.change_exhibits(self.CHANGES, dated, tokens)
        assert totals(block) == [("문장", 4, "창업 · 앞 180일"), ("문장", 4, "창업 · 뒤 180일")]
        assert [shown in ("d1", "d2") for shown in shown_ids(block)] == [True, False]
        assert set(shown_ids(block)) <= {"d1", "d2", "d3", "d4"}

    def test_documents_of_the_series_where_it_is_a_topic(self, dated):
        topic = dated.assign(series=["창업", "창업", "창업", "농촌", "창업", "창업"])
        blocks = exhibits.change_exhibits(self.CHANGES, topic)
        assert totals(blocks[0]) == [("글", 2, "창업 · 앞 180일"), ("글", 1, "창업 · 뒤 180일")]
        assert shown_ids(blocks[0]) == ["d1", "d4"]

    def test_each_change_has_its_own_days_and_the_undated_none(self, dated, tokens):
        later = self.CHANGES["date"] + pd.Timedelta(days=180)
        changes = pd.concat([self.CHANGES, self.CHANGES.assign(date=later, series="벤처")])
        undated = dated.assign(date=dated["date"].mask(dated["doc_id"] == "d3"))
        first, second = exhibits.change_exhibits(changes, undated, tokens)
        assert [n for _, n, _ in totals(first)] == [4, 2]
        assert [n for _, n, _ in totals(second)] == [1, 1]
        assert exhibits.change_exhibits(changes[:0], undated, tokens) == []


class TestClaims:
    CLAIMS = pd.DataFrame(
        [
            ("term", SECOND, None, "벤처", 0),
            ("topic", FIRST, SECOND, None, 2),
            ("distance", FIRST, SECOND, None, 0),
        ],
        columns=["kind", "administration", "other", "term", "topic"],
    )
    KEYNESS = pd.DataFrame(
        {
            "administration": [FIRST, FIRST, SECOND],
            "term": ["벤처", "창업", "벤처"],
            "rank": [2, 1, 1],
        }
    )

    def test_a_term_its_sentences_a_topic_its_documents_a_distance_both_first_terms(
        self, documents, tokens
    ):
        placed = documents.assign(topic=[1, 2, 2, np.nan, 2, 1])
        term, topic, distance = exhibits.claim_exhibits(self.CLAIMS, self.KEYNESS, placed, tokens)
        assert totals(term) == [("문장", 2, f"벤처 · {SECOND}")]
        assert totals(topic) == [("글", 2, f"{FIRST} · 2"), ("글", 1, f"{SECOND} · 2")]
        assert set(shown_ids(topic)) == {"d1", "d2", "d4"}
        assert totals(distance) == [("문장", 8, f"창업 · {FIRST}"), ("문장", 2, f"벤처 · {SECOND}")]

    def test_no_claims_and_an_administration_without_terms(self, documents, tokens):
        placed = documents.assign(topic=1)
        none = exhibits.claim_exhibits(self.CLAIMS[:0], self.KEYNESS, placed, tokens)
        assert none == []
        lone = exhibits.claim_exhibits(self.CLAIMS[2:], self.KEYNESS[:2], placed, tokens)
        assert [n for _, n, _ in totals(lone[0])] == [8, 0]


def test_a_distance_opens_the_topics_of_what_and_the_words_of_how(documents, tokens):
    placed = documents.assign(topic=[1, 1, 2, 2, 1, 0])
    sums = pd.DataFrame({"pair": "가–나", "part": ["what", "how"]})
    split = pd.DataFrame(
        {"pair": ["가–나"] * 4, "administration_a": FIRST, "administration_b": SECOND,
         "part": ["what", "what", "what", "how"], "topic": [0, 1, 2, 1], "excess": [9, 2, 1, 5]}
    )  # fmt: skip
    drivers = pd.DataFrame(
        {"pair": ["가–나", "가–나", "다–라"], "topic": [1, 2, 1], "term": ["창업", "벤처", "규제"],
         "contribution": [0.1, 0.2, 0.9], "more_in": [SECOND, FIRST, FIRST]}
    )  # fmt: skip
    what, how = exhibits.decomposition_exhibits(sums, split, drivers, placed, tokens)
    assert totals(what) == [
        ("글", 2, f"{FIRST} · 1"), ("글", 1, f"{SECOND} · 1"),
        ("글", 2, f"{FIRST} · 2"), ("글", 0, f"{SECOND} · 2"),
    ]  # fmt: skip
    assert totals(how) == [("문장", 2, f"벤처 · {FIRST} · 2"), ("문장", 2, f"창업 · {SECOND} · 1")]


def test_hostile_text_is_text_in_every_row(documents, tokens):
    """Titles, texts, publishers, addresses; and names of terms, administrations and series."""
    documents = documents.assign(
        administration=[HOSTILE] * 3 + [SECOND] * 3,
        topic=1,
        series=HOSTILE,
        date=pd.Timestamp("2015"),
    )
    tokens = tokens.astype({"term": object}).replace({"term": {"창업": HOSTILE}})
    pair = pd.DataFrame({"administration_a": [HOSTILE], "administration_b": [SECOND]})
    drivers = pair.assign(term=HOSTILE, more_in=HOSTILE)
    change = pd.DataFrame({"series": [HOSTILE], "date": [pd.Timestamp("2015-02-01")]})
    claim = pd.DataFrame({"kind": ["term"], "administration": HOSTILE, "other": None,
                          "term": HOSTILE, "topic": 0})  # fmt: skip
    keyness = pd.DataFrame({"administration": [HOSTILE], "term": [HOSTILE], "rank": [1]})
    link = pd.DataFrame({"term_a": [HOSTILE], "term_b": ["벤처"]})
    by, table = ("administration", "topic"), pd.DataFrame({"administration": [HOSTILE], 1: [3]})
    cell = drivers.assign(administration=HOSTILE)
    blocks = [
        *exhibits.cell_exhibits(cell, documents, tokens, ["administration"]),
        *exhibits.document_exhibits(cell, documents, ["administration"]),
        *exhibits.crosstab_exhibits(table, documents, by),
        *exhibits.link_exhibits(link, documents, tokens),
        *exhibits.pair_exhibits(pair, drivers, documents, tokens),
        *exhibits.change_exhibits(change, documents, tokens),
        *exhibits.change_exhibits(change, documents),
        *exhibits.claim_exhibits(claim, keyness, documents, tokens),
    ]
    assert len(blocks) == 8
    for block in blocks:
        page = parsed(block)
        assert not page.select("script, img") and page.select("li")
        assert HOSTILE in page.select_one("summary").get_text()
        assert all(HOSTILE in item.get_text() for item in page.select("li"))
        assert all(link["href"].startswith("https://") for link in page.select("a"))
