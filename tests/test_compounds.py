"""Parts explained by their compounds: exact shares on small texts."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytext.comparison.compounds import explained_parts


def corpus(texts):
    """Texts of (administration, family, text); a token is each run between spaces and bars.

    A bar marks the seam of two tokens written together and is taken out.
    """
    documents, tokens = [], []
    for number, (administration, family, text) in enumerate(texts):
        doc_id, plain = f"d{number:02d}", ""
        for word in text.split(" "):
            plain += " " if plain else ""
            for part in word.split("|"):
                if part.strip(".,"):
                    start = len(plain)
                    tokens.append((doc_id, start, start + len(part.strip(".,")), part.strip(".,")))
                plain += part
        documents.append((doc_id, plain, administration, family))
    return (
        pd.DataFrame(documents, columns=["doc_id", "text", "administration", "family_id"]),
        pd.DataFrame(tokens, columns=["doc_id", "start", "end", "term"]),
    )


def key(*terms, administration="가"):
    return pd.DataFrame({"term": terms, "administration": administration, "z": 3.0, "q": 0.01})


def test_share_of_the_excess_by_hand():
    """가 has 8 tokens, 4 of them 새벽, 3 in 새벽시장; 나 has 8 with one 새벽, none joined.

    The excess of 새벽 is 4 - 8/8 = 3, that of 새벽시장 is 3: all of it.
    """
    texts = [("가", f"f{n}", "새벽|시장") for n in range(3)]
    texts += [("가", "f3", "새벽 기차"), ("나", "f4", "새벽 가을 겨울 봄빛 여름 바다 하늘 구름")]
    table = explained_parts(key("새벽", "기차"), *corpus(texts))
    assert table.values.tolist() == [["새벽", "가", "새벽시장", 1.0, 3, 3]]


def test_nothing_but_one_space_joins():
    for between in (", ", "|와|", "  "):
        texts = [("가", f"f{n}", f"새벽{between}시장") for n in range(4)] + [("나", "g", "가을")]
        documents, tokens = corpus(texts)
        tokens = tokens[tokens["term"] != "와"]
        assert explained_parts(key("새벽"), documents, tokens).empty


def test_written_as_it_is_mostly_written():
    texts = [("가", f"f{n}", "새벽 시장") for n in range(3)] + [("가", "f9", "새벽|시장")]
    table = explained_parts(key("새벽"), *corpus([*texts, ("나", "g", "가을")]))
    assert table["explained_by"].tolist() == ["새벽 시장"]


def test_a_pair_as_common_elsewhere_explains_nothing():
    texts = [("가", f"f{n}", "새벽 시장, 새벽, 새벽") for n in range(4)]
    texts += [("나", f"g{n}", "새벽 시장, 가을, 가을") for n in range(4)]
    assert explained_parts(key("새벽"), *corpus(texts)).empty


def test_copies_of_a_text_explain_nothing():
    """Three families join the words and four do not: 3 of 7, whatever is copied."""
    texts = [("가", f"f{n}", "새벽 시장") for n in range(3)] + [("가", "f0", "새벽 시장")] * 20
    texts += [("가", f"a{n}", "새벽") for n in range(4)] + [("나", "g", "가을")]
    assert explained_parts(key("새벽"), *corpus(texts)).empty
    table = explained_parts(key("새벽"), *corpus(texts), min_share=0.1)
    assert table["share"].tolist() == pytest.approx([3 / 7])


def test_terms_that_are_not_sure_are_left_alone():
    texts = [("가", f"f{n}", "새벽 시장") for n in range(4)] + [("나", "g", "가을")]
    documents, tokens = corpus(texts)
    assert explained_parts(key("새벽").assign(q=0.2), documents, tokens).empty
    assert explained_parts(key("새벽").assign(z=-3.0), documents, tokens).empty
    assert explained_parts(key("새벽")[:0], documents, tokens).empty


@settings(max_examples=30)
@given(st.integers(3, 12), st.integers(0, 12))
def test_the_share_falls_with_every_use_outside_the_pair(n_joined, n_alone):
    texts = [("가", f"f{n}", "새벽 시장") for n in range(n_joined)]
    texts += [("가", f"a{n}", "새벽") for n in range(n_alone)] + [("나", "g", "가을")]
    table = explained_parts(key("새벽"), *corpus(texts))
    expected = n_joined / (n_joined + n_alone)
    assert table["share"].tolist() == pytest.approx([expected] if expected >= 0.5 else [])
