import random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytext import families
from policytext.families import find_families, near_duplicate_pairs

SYLLABLES = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호"


def _words(n, seed):
    chosen = random.Random(seed)
    return ["".join(chosen.choices(SYLLABLES, k=3)) for _ in range(n)]


def _documents(*texts, dates=None):
    frame = pd.DataFrame(
        {"doc_id": [f"d{i:02}" for i in range(len(texts))], "text": texts}, dtype="str"
    )
    return frame if dates is None else frame.assign(date=pd.to_datetime(dates))


def _families(documents, **options):
    return find_families(documents, **options)["family_id"].tolist()


def _reference_pairs(documents, threshold):
    """Jaccard similarity of sets of 5-grams, all pairs, no hashing."""
    texts = ["".join(c for c in t if c.isalnum()) for t in documents["text"]]
    grams = [{t[i : i + 5] for i in range(max(1, len(t) - 4))} for t in texts]
    ids = documents["doc_id"].tolist()
    return {
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(i)
        if texts[i] and texts[j]
        and len(grams[i] & grams[j]) / len(grams[i] | grams[j]) >= threshold
    }  # fmt: skip


def test_exact_copies_share_the_smallest_id_whatever_spaces_and_marks():
    text = " ".join(_words(20, 1))
    documents = _documents("다른 글이다", text, text.replace(" ", "\n") + "!", text)
    assert _families(documents) == ["d00", "d01", "d01", "d01"]
    assert near_duplicate_pairs(documents).to_numpy().tolist() == [
        ["d01", "d02", 1.0],
        ["d01", "d03", 1.0],
    ]


@pytest.mark.parametrize("n_words", [60, 133, 400])
def test_a_text_with_one_word_changed_is_of_the_family(n_words):
    words = _words(n_words, 2)
    edited = [*words[:30], "바꾼말", *words[31:]]
    documents = _documents(" ".join(words), " ".join(edited), " ".join(_words(n_words, 3)))
    assert _families(documents) == ["d00", "d00", "d02"]


def test_similarity_is_that_of_the_shingles():
    # 8 letters have 4 shingles; the changed last letter spoils one of them: 3 of 5 are shared
    pairs = near_duplicate_pairs(_documents("가나다라마바사아", "가나다라마바사자"), threshold=0.5)
    assert pairs.to_numpy().tolist() == [["d00", "d01", 0.6]]
    assert near_duplicate_pairs(_documents("가나다라마바사아", "가나다라마바사자")).empty


@pytest.mark.parametrize("shorter", [385, 398, 400, 401, 404])
def test_a_copy_on_the_other_side_of_the_sampling_limit_is_found(shorter):
    text = "".join(_words(140, 4))
    texts = [text[: shorter + 4], text[: shorter + 12]]
    assert shorter - 1 <= len(families._shingles(texts[0])) <= shorter
    assert _families(_documents(*texts)) == ["d00", "d00"]


def test_short_and_empty_texts():
    documents = _documents("", "가", "", "가", "가나", "!!", "가나다라마", "가나다라바")
    assert _families(documents) == ["d00", "d01", "d02", "d01", "d04", "d05", "d06", "d07"]


def test_no_documents_give_no_families():
    for options in ({}, {"window_days": 3}):
        assert _families(_documents(dates=[]), **options) == []


def test_fifty_copies_are_one_family():
    text = " ".join(_words(30, 5))
    documents = _documents(*[text] * 50, " ".join(_words(30, 6)))
    assert _families(documents) == ["d00"] * 50 + ["d50"]
    assert len(near_duplicate_pairs(documents)) == 49


def test_similarity_is_chained():
    words = _words(100, 7)
    chain = [" ".join(words[at : at + 80]) for at in (0, 5, 10)]
    documents = _documents(*chain)
    pairs = near_duplicate_pairs(documents, threshold=0.85)[["doc_id_a", "doc_id_b"]]
    assert pairs.to_numpy().tolist() == [["d00", "d01"], ["d01", "d02"]]
    assert _families(documents, threshold=0.85) == ["d00"] * 3
    assert _families(documents.iloc[[0, 2]], threshold=0.85) == ["d00", "d02"]


def test_order_does_not_matter():
    words = _words(100, 8)
    texts = [" ".join(words[at : at + 80]) for at in (0, 5, 10, 60)] + ["", "같은 글", "같은  글"]
    documents = _documents(*texts, dates=["2020-01-01"] * 7)
    for options in ({}, {"window_days": 1}):
        expected = find_families(documents, **options).set_index("doc_id")["family_id"].to_dict()
        for seed in range(4):
            shuffled = find_families(documents.sample(frac=1, random_state=seed), **options)
            assert shuffled.set_index("doc_id")["family_id"].to_dict() == expected


@settings(max_examples=20)
@given(
    st.lists(st.text(st.sampled_from("가나다 "), max_size=16), min_size=2, max_size=7, unique=True),
    st.sampled_from([0.6, 0.8, 1.0]),
)
def test_pairs_are_truly_alike_and_none_is_lost(texts, threshold):
    documents = _documents(*texts)
    found = near_duplicate_pairs(documents, threshold=threshold)
    alike = {tuple(sorted(pair)) for pair in _reference_pairs(documents, threshold)}
    assert set(zip(found["doc_id_a"], found["doc_id_b"], strict=True)) <= alike
    family = dict(zip(documents["doc_id"], _families(documents, threshold=threshold), strict=True))
    exact = {pair for pair in alike if pair in _reference_pairs_of_copies(documents)}
    assert all(family[a] == family[b] for a, b in exact)


def _reference_pairs_of_copies(documents):
    squeezed = documents["text"].str.replace(" ", "")
    rows = list(zip(documents["doc_id"], squeezed, strict=True))
    return {(a, b) for a, s in rows for b, t in rows if a < b and s == t and s}


# --- window ------------------------------------------------------------------------------

TEXT = " ".join(_words(40, 9))


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["2020-01-01", "2020-01-08"], ["d00", "d00"]),  # seven days apart still counts
        (["2020-01-01", "2020-01-09"], ["d00", "d01"]),
        (["2020-01-09", "2020-01-01"], ["d00", "d01"]),
        (["2020-01-01", "2020-01-07", "2020-01-13"], ["d00"] * 3),  # a chain of days
        # the first copy is far from both others, which are one day apart
        (["2019-01-01", "2020-01-01", "2020-01-02"], ["d00", "d01", "d01"]),
        (["2020-01-01", None], ["d00", "d00"]),  # an undated copy is linked anyway
        (["2019-01-01", "2020-01-01", None], ["d00"] * 3),
        ([None, None, None], ["d00"] * 3),
    ],
)
def test_copies_far_apart_in_time_are_families_of_their_own(dates, expected):
    documents = _documents(*[TEXT] * len(dates), dates=dates)
    assert _families(documents, window_days=7) == expected
    assert _families(documents) == ["d00"] * len(dates)


def test_an_edited_reprint_joins_the_copy_of_its_own_time():
    dates = ["2019-01-01", "2020-01-01", "2020-01-03", "2019-01-02"]
    edited = TEXT + " 끝에붙인말"
    documents = _documents(TEXT, TEXT, edited, edited, dates=dates)
    assert _families(documents, window_days=7) == ["d00", "d01", "d01", "d00"]
    assert _families(documents) == ["d00"] * 4


def test_different_texts_of_the_same_shingles_count_as_copies():
    short, long = "가나다라마" * 2, "가나다라마" * 3
    dates = ["2020-01-01", "2020-05-01", "2020-03-01", "2020-05-02"]
    documents = _documents(short, short, long, long, dates=dates)
    assert _families(documents, window_days=7) == ["d00", "d01", "d02", "d01"]


def _reference_window(documents, window_days, threshold=0.8):
    """Union of all pairs that are alike and near in time, by repeated relabelling."""
    day = documents.set_index("doc_id")["date"]
    family = {doc_id: doc_id for doc_id in documents["doc_id"]}
    links = [
        (a, b)
        for a, b in _reference_pairs(documents, threshold)
        if pd.isna(day[a]) or pd.isna(day[b]) or abs((day[a] - day[b]).days) <= window_days
    ]
    for _ in family:
        for a, b in links:
            family[a] = family[b] = min(family[a], family[b])
    return [family[doc_id] for doc_id in documents["doc_id"]]


choice = st.tuples(st.integers(0, 3), st.none() | st.integers(0, 9) | st.integers(0, 9))


@settings(max_examples=25)
@given(st.lists(choice, min_size=1, max_size=9))
def test_windows_equal_all_pairs_compared(chosen):
    base = " ".join(_words(40, 10))
    texts = [base, base + " 붙인말", " ".join(_words(40, 11)), ""]
    start = pd.Timestamp("2020-01-01")
    dates = [pd.NaT if day is None else start + pd.Timedelta(days=day) for _, day in chosen]
    documents = _documents(*(texts[which] for which, _ in chosen), dates=dates)
    assert _families(documents, window_days=2) == _reference_window(documents, 2)


def test_the_documents_are_not_changed():
    documents = _documents(TEXT, TEXT)
    before = documents.copy(deep=True)
    assert find_families(documents).columns.tolist() == ["doc_id", "text", "family_id"]
    pd.testing.assert_frame_equal(documents, before)
