"""Exhibits: the sentences shown are the ones counted, and hostile text stays text."""

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

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
        assert "가른다고 말할 수 있는 낱말은 없다" in block.text
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
