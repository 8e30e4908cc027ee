import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from policytext.evidence import EVIDENCE_COLUMNS, concordance, nearest_terms

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


def test_nearest_terms_are_suggested_best_first():
    tokens = pd.DataFrame(
        {"term": ["창조경제혁신센터", "창조경제", "혁신", "창조경제", "창조정책"]}
    )
    assert nearest_terms(tokens, "창조경재") == ["창조경제"]
    assert nearest_terms(tokens, "창조정제") == nearest_terms(tokens.astype("category"), "창조정제")
    assert set(nearest_terms(tokens, "창조정제")) == {"창조정책", "창조경제"}
    assert len(nearest_terms(tokens, "창조정제", n=1)) == 1
    assert nearest_terms(tokens, "규제") == nearest_terms(tokens.head(0), "규제") == []
