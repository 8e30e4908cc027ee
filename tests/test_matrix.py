import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from policytext.matrix import term_matrix, term_summary, tfidf


def _tokens(**documents):
    rows = [(doc_id, term) for doc_id, terms in documents.items() for term in terms.split()]
    return pd.DataFrame(rows, columns=["doc_id", "term"])


# 혁신 is in 4 documents of 4, 창업 in 3, 지역 in 2, 규제 in 1
TOKENS = _tokens(
    b="혁신 창업 혁신", a="지역 혁신 창업", d="혁신 규제 규제 규제", c="창업 지역 혁신"
)
WORDS = "혁신 창업 지역 규제".split()


def test_counts_worked_by_hand():
    matrix = term_matrix(TOKENS, min_df=1, max_df=1.0)
    assert matrix.doc_ids == ["a", "b", "c", "d"]
    assert matrix.terms == ["규제", "지역", "창업", "혁신"]
    assert matrix.counts.toarray().tolist() == [
        [0, 1, 1, 1],
        [0, 0, 1, 2],
        [0, 1, 1, 1],
        [3, 0, 0, 1],
    ]
    assert matrix.counts.dtype.kind == "i"


@pytest.mark.parametrize(
    ("min_df", "max_df", "expected"),
    [
        (1, 1.0, "규제 지역 창업 혁신"),
        (2, 1.0, "지역 창업 혁신"),
        (0.5, 1.0, "지역 창업 혁신"),
        (0.51, 1.0, "창업 혁신"),
        (1, 0.5, "규제 지역"),
        (1, 3, "규제 지역 창업"),
        (1, 1, "규제"),  # the integer 1 is one document, the float 1.0 all of them
        (2, 0.75, "지역 창업"),
        (5, 1.0, ""),
    ],
)
def test_limits_of_document_frequency(min_df, max_df, expected):
    matrix = term_matrix(TOKENS, min_df=min_df, max_df=max_df)
    assert matrix.terms == expected.split()
    assert matrix.counts.shape == (4, len(matrix.terms))
    if expected:
        texts = TOKENS.groupby("doc_id")["term"].agg(" ".join)
        counter = CountVectorizer(
            tokenizer=str.split, token_pattern=None, min_df=min_df, max_df=max_df
        )
        counts = counter.fit_transform(texts)
        assert counter.get_feature_names_out().tolist() == matrix.terms
        np.testing.assert_array_equal(counts.toarray(), matrix.counts.toarray())


def test_a_document_that_loses_every_term_keeps_its_row():
    matrix = term_matrix(_tokens(a="혁신", b="혁신", c="규제"), min_df=2, max_df=1.0)
    assert matrix.doc_ids == ["a", "b", "c"]
    assert matrix.counts.toarray().tolist() == [[1], [1], [0]]


@pytest.mark.parametrize("kind", ["object", "str", "category"])
@settings(max_examples=10)
@given(order=st.permutations(range(len(TOKENS))))
def test_order_and_column_type_do_not_matter(kind, order):
    shuffled = TOKENS.iloc[order]
    if kind == "category":  # as tokenize makes them: categories in the order of arrival
        shuffled = shuffled.apply(lambda c: pd.Categorical(c, categories=[*c.unique(), "안 씀"]))
    else:
        shuffled = shuffled.astype(kind)
    one, other = (term_matrix(t, min_df=1, max_df=1.0) for t in (TOKENS, shuffled))
    assert (one.doc_ids, one.terms) == (other.doc_ids, other.terms)
    np.testing.assert_array_equal(one.counts.toarray(), other.counts.toarray())
    pd.testing.assert_frame_equal(term_summary(TOKENS), term_summary(shuffled))


@given(st.lists(st.tuples(st.sampled_from("cab"), st.sampled_from(WORDS)), max_size=30))
def test_counts_equal_a_plain_count(pairs):
    matrix = term_matrix(pd.DataFrame(pairs, columns=["doc_id", "term"]), min_df=1, max_df=1.0)
    assert matrix.doc_ids == sorted({doc_id for doc_id, _ in pairs})
    assert matrix.terms == sorted({term for _, term in pairs})
    counts = [[pairs.count((doc_id, term)) for term in matrix.terms] for doc_id in matrix.doc_ids]
    assert matrix.counts.toarray().tolist() == counts


@pytest.mark.parametrize("kind", ["object", "str", "category"])
def test_no_tokens_give_empty_tables(kind):
    nothing = TOKENS.head(0).astype(kind)
    matrix = term_matrix(nothing)
    assert (matrix.doc_ids, matrix.terms, matrix.counts.shape) == ([], [], (0, 0))
    assert tfidf(matrix).counts.shape == (0, 0)
    assert term_summary(nothing).columns.tolist() == ["term", "n", "n_documents", "tfidf"]
    assert term_summary(nothing).empty


def test_tfidf_of_no_terms_is_empty():
    weights = tfidf(term_matrix(TOKENS, min_df=9))
    assert weights.counts.shape == (4, 0) and weights.doc_ids == ["a", "b", "c", "d"]


@pytest.mark.parametrize("column", ["doc_id", "term"])
def test_a_missing_label_is_an_error(column):
    broken = TOKENS.assign(**{column: TOKENS[column].where(TOKENS.index != 2)})
    with pytest.raises(ValueError, match=f"'{column}' 열에 빈 값이 1개"):
        term_matrix(broken)


def test_tfidf_worked_by_hand():
    # two documents; idf = ln((1 + n) / (1 + df)) + 1, tf = 1 + ln(count), rows of length 1
    matrix = tfidf(term_matrix(_tokens(a="혁신 창업 창업", b="혁신"), min_df=1, max_df=1.0))
    start_up, innovation = (np.log(2) + 1) * (np.log(3 / 2) + 1), 1.0
    length = np.hypot(start_up, innovation)
    expected = [[start_up / length, innovation / length], [0, 1]]
    np.testing.assert_allclose(matrix.counts.toarray(), expected)


def test_tfidf_equals_the_vectoriser_of_scikit_learn():
    texts = TOKENS.groupby("doc_id")["term"].agg(" ".join)
    reference = TfidfVectorizer(tokenizer=str.split, token_pattern=None, sublinear_tf=True)
    expected = reference.fit_transform(texts)
    matrix = tfidf(term_matrix(TOKENS, min_df=1, max_df=1.0))
    np.testing.assert_allclose(matrix.counts.toarray(), expected.toarray())
    assert matrix.terms == reference.get_feature_names_out().tolist()


def test_weighing_leaves_the_counts_alone():
    matrix = term_matrix(TOKENS, min_df=1, max_df=1.0)
    before = matrix.counts.copy()
    tfidf(matrix)
    assert (matrix.counts != before).nnz == 0


def test_summary_counts_and_sorts():
    table = term_summary(TOKENS)
    assert table[["term", "n", "n_documents"]].to_numpy().tolist() == [
        ["혁신", 5, 4],
        ["규제", 3, 1],
        ["창업", 3, 3],
        ["지역", 2, 2],
    ]
    weights = tfidf(term_matrix(TOKENS, min_df=1, max_df=1.0))
    sums = dict(zip(weights.terms, weights.counts.toarray().sum(axis=0), strict=True))
    assert table.set_index("term")["tfidf"].to_dict() == pytest.approx(sums)
