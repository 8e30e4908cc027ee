import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytext.evidence import EVIDENCE_COLUMNS, co_occurrences, concordance, nearest_terms

TEXT = "첫 줄이다.\n지역 창업을 돕고 창업 기업을 키운다.\n창업"
TOKENS = pd.DataFrame(
    {
        "doc_id": ["b", "a", "a", "a", "a"],
        "start": [0, 29, 17, 10, 20],
        "end": [2, 31, 19, 12, 22],
        "term": ["창업", "창업", "창업", "창업", "기업"],
    }
)
DOCUMENTS = pd.DataFrame({"doc_id": ["b", "a"], "text": ["창업이다", TEXT]})


def _shown(table):
    return table[["doc_id", "start", "before", "match", "after"]].to_numpy().tolist()


def test_the_words_around_every_occurrence():
    assert _shown(concordance(DOCUMENTS, TOKENS, "창업")) == [
        ["b", 0, "", "창업", "이다"],
        ["a", 10, "지역 ", "창업", "을 돕고 창업 기업을 키운다."],
        ["a", 17, "지역 창업을 돕고 ", "창업", " 기업을 키운다."],
        ["a", 29, "", "창업", ""],
    ]


def test_no_more_than_the_width_is_shown():
    assert _shown(concordance(DOCUMENTS, TOKENS, "기업", width=3)) == [
        ["a", 20, "창업 ", "기업", "을 키"]
    ]
    assert _shown(concordance(DOCUMENTS, TOKENS, "기업", width=0)) == [["a", 20, "", "기업", ""]]


def test_rows_follow_the_documents_and_carry_their_columns():
    documents = DOCUMENTS.iloc[::-1].assign(
        date=pd.to_datetime(["2020-01-01", None]), publisher=["신문", "부처"], title="x"
    )
    table = concordance(documents, TOKENS.astype({"doc_id": "category"}), "창업")
    assert table.columns.tolist() == EVIDENCE_COLUMNS
    assert table["doc_id"].tolist() == ["a", "a", "a", "b"]
    assert table["publisher"].tolist() == ["신문"] * 3 + ["부처"]
    assert table["date"].isna().tolist() == [False] * 3 + [True]
    assert table["url"].isna().all()


def test_a_term_that_never_occurs_gives_an_empty_table():
    for tokens in (TOKENS, TOKENS.head(0)):
        table = concordance(DOCUMENTS, tokens, "규제")
        assert table.empty and table.columns.tolist() == EVIDENCE_COLUMNS


@settings(max_examples=60)
@given(
    st.text(st.sampled_from("가나 .\n😀"), min_size=1, max_size=40), st.data(), st.integers(0, 12)
)
def test_before_match_and_after_stand_in_one_line_of_the_text(text, data, width):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    documents = pd.DataFrame({"doc_id": ["a"], "text": [text]})
    tokens = pd.DataFrame({"doc_id": ["a"], "start": [start], "end": [end], "term": ["x"]})
    row = concordance(documents, tokens, "x", width=width).iloc[0]
    assert row["match"] == text[start:end]
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end) if "\n" in text[end:] else len(text)
    assert row["before"] == text[max(line_start, start - width) : start]
    assert row["after"] == text[end : min(line_end, end + width)]


def both_of(texts, words=("창업", "벤처")):
    """Documents d0, d1, … and where the words stand in them."""
    documents = pd.DataFrame({"doc_id": [f"d{n}" for n in range(len(texts))], "text": texts})
    rows = [
        (row.doc_id, at, at + len(word), word)
        for row in documents.itertuples()
        for word in words
        for at in range(len(row.text))
        if row.text.startswith(word, at)
    ]
    return documents, pd.DataFrame(rows, columns=["doc_id", "start", "end", "term"])


class TestCoOccurrences:
    def test_one_row_a_document_that_has_both_where_they_are_nearest(self):
        documents, tokens = both_of(["창업을 돕고 벤처와 창업", "벤처", "창업", "벤처 창업"])
        assert _shown(co_occurrences(documents, tokens, "창업", "벤처")) == [
            ["d0", 7, "창업을 돕고 ", "벤처와 창업", ""],
            ["d3", 0, "", "벤처 창업", ""],
        ]
        other = co_occurrences(documents, tokens, "벤처", "창업")
        pd.testing.assert_frame_equal(other, co_occurrences(documents, tokens, "창업", "벤처"))

    @pytest.mark.parametrize("gap, match", [(4, "창업가나다라벤처"), (5, "창업 … 벤처")])
    def test_a_long_way_between_them_is_cut(self, gap, match):
        documents, tokens = both_of(["앞 창업" + "가나다라마"[:gap] + "벤처 뒤"])
        row = co_occurrences(documents, tokens, "창업", "벤처", width=4).iloc[0]
        assert (row["before"], row["match"], row["after"]) == ("앞 ", match, " 뒤")
        assert (row["start"], row["end"]) == (2, 6 + gap)

    def test_a_term_inside_the_other_is_not_cut(self):
        documents, tokens = both_of(["창업벤처센터"], ("창업벤처센터", "벤처"))
        row = co_occurrences(documents, tokens, "벤처", "창업벤처센터", width=1).iloc[0]
        assert row["match"] == "창업벤처센터"

    def test_rows_follow_the_documents_and_carry_their_columns(self):
        documents, tokens = both_of(["창업 벤처", "벤처 창업", "창업"])
        documents = documents.iloc[::-1].assign(publisher=["신문", "부처", "부처"])
        tokens = tokens.astype({"doc_id": "category", "term": "category"})
        table = co_occurrences(documents, tokens, "창업", "벤처")
        assert table.columns.tolist() == EVIDENCE_COLUMNS
        assert table[["doc_id", "publisher"]].values.tolist() == [["d1", "부처"], ["d0", "부처"]]

    def test_nothing_in_common_is_an_empty_table(self):
        documents, tokens = both_of(["창업", "벤처"])
        for rows in (tokens, tokens.head(0)):
            table = co_occurrences(documents, rows, "창업", "벤처")
            assert table.empty and table.columns.tolist() == EVIDENCE_COLUMNS

    @given(
        st.lists(
            st.lists(st.sampled_from(["창업", "벤처", "가", "나라를", "\n"]), max_size=12),
            min_size=1,
            max_size=3,
        ),
        st.integers(0, 9),
    )
    def test_nearest_by_trying_all_pairs(self, words, width):
        documents, tokens = both_of([" ".join(parts) for parts in words])
        table = co_occurrences(documents, tokens, "창업", "벤처", width=width).set_index("doc_id")
        at = tokens.groupby(["doc_id", "term"])["start"].agg(list)
        held = [d for d in documents["doc_id"] if {(d, "창업"), (d, "벤처")} <= set(at.index)]
        assert table.index.tolist() == held
        texts = documents.set_index("doc_id")["text"]
        for doc_id, row in table.iterrows():
            pairs = [(a, b) for a in at[doc_id, "창업"] for b in at[doc_id, "벤처"]]
            least = min(abs(a - b) for a, b in pairs)
            assert row["end"] - row["start"] == least + 2
            assert {(row["start"], row["end"] - 2), (row["end"] - 2, row["start"])} & set(pairs)
            whole, gap = texts[doc_id][row["start"] : row["end"]], least - 2
            assert row["match"] == (whole if gap <= width else f"{whole[:2]} … {whole[-2:]}")
            assert {row["match"][:2], row["match"][-2:]} == {"창업", "벤처"}
            assert texts[doc_id][: row["start"]].endswith(row["before"])
            assert texts[doc_id][row["end"] :].startswith(row["after"])


def test_nearest_terms_are_suggested_best_first():
    tokens = pd.DataFrame(
        {"term": ["창조경제혁신센터", "창조경제", "혁신", "창조경제", "창조정책"]}
    )
    assert nearest_terms(tokens, "창조경재") == ["창조경제"]
    assert nearest_terms(tokens, "창조정제") == nearest_terms(tokens.astype("category"), "창조정제")
    assert set(nearest_terms(tokens, "창조정제")) == {"창조정책", "창조경제"}
    assert len(nearest_terms(tokens, "창조정제", n=1)) == 1
    assert nearest_terms(tokens, "규제") == nearest_terms(tokens.head(0), "규제") == []
