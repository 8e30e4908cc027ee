"""Documents to tokens: offsets, lexicon, nouns, and a store that never changes a result."""

import shutil
import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import policytext as pt
from policytext import scale
from policytext.faults import PolicyTextError
from policytext.store import digest
from policytext.words import analysers, tokens
from policytext.words.counts import TermMatrix
from policytext.words.lexicon import Lexicon, read_lexicon
from policytext.words.tokens import counted, nouns, tokenize

COLUMNS = ["doc_id", "start", "end", "term", "tag"]
PIECES = ["창조경제", "혁신센터가", "한국판 뉴딜을", "창업", "기업이", "중소벤처기업부", "은", "의"]
PIECES += [*" \n.·각ß\0😀", "\r\n", "AI", "5g", "2020", "👩‍💻", "e\u0301", "漢字"]
mixed_text = st.lists(
    st.sampled_from(PIECES)
    | st.text(st.characters(blacklist_categories=("Cs",)), max_size=6)
    | st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=6),
    max_size=15,
).map("".join)


@pytest.fixture(scope="module")
def shipped():
    return read_lexicon()


@pytest.fixture
def calls(monkeypatch):
    """The texts that MeCab is asked for, call by call."""
    seen, real = [], analysers.ANALYSERS["mecab"]

    def recorded(texts):
        seen.append(list(texts))
        return real(texts)

    monkeypatch.setitem(analysers.ANALYSERS, "mecab", recorded)
    return seen


def _documents(*texts):
    ids = [f"d{i}" for i in range(len(texts))]
    return pd.DataFrame({"doc_id": ids, "text": texts}, dtype="str")


def _lexicon(*terms):
    return Lexicon(pd.DataFrame({"term": terms}))


def _capitals(text):
    """Capitals of which there is only one form: those of ß are SS or ẞ."""
    return text.upper().casefold()


def _rows(table):
    return [tuple(row) for row in table.astype(object).to_numpy().tolist()]


# --- offsets and lexicon -----------------------------------------------------------------

SPELLINGS = {
    "한국판 뉴딜": {"한국판 뉴딜", "한국판뉴딜"},
    "창조경제": {"창조경제"},
    "창조경제 혁신센터": {"창조경제 혁신센터", "창조경제혁신센터"},
    "AI 창업": {"AI 창업", "AI창업"},
}


@given(texts=st.lists(mixed_text, max_size=3))
def test_offsets_give_the_surface_of_every_token(texts):
    found = tokenize(_documents(*texts, "창업"), lexicon=_lexicon(*SPELLINGS))
    assert _rows(found)[-1] == (f"d{len(texts)}", 0, 2, "창업", "NNG")
    text_of = {f"d{i}": text for i, text in enumerate([*texts, "창업"])}
    ends = {}
    for doc_id, start, end, term, tag in _rows(found):
        surface = text_of[doc_id][start:end]
        assert 0 <= start < end <= len(text_of[doc_id])
        assert ends.get(doc_id, 0) <= start, "tokens overlap or are out of order"
        ends[doc_id] = end
        if tag == "LEX":
            assert surface in SPELLINGS[term]
        else:
            read = analysers.in_hangul(text_of[doc_id])[start:end]
            assert tag in ("NNG", "NNP", "SL") and _capitals(read) == _capitals(term)


def test_foreign_words_are_in_capitals_and_other_classes_left_out():
    found = tokenize(_documents("ict와 ICT를 2020년에 빨리 썼다"))
    assert [(term, tag) for *_, term, tag in _rows(found)] == [("ICT", "SL"), ("ICT", "SL")]


def test_nouns_after_the_particles_are_kept_and_short_terms_keep_agreement(shipped):
    found = tokenize(_documents("창조경제혁신센터과 기업을"), lexicon=shipped)
    assert found["term"].tolist() == ["창조경제혁신센터", "기업"]
    texts = _documents("기보가", "녹색성장는")
    found = tokenize(texts, lexicon=_lexicon("기보", "녹색성장"))
    assert found.loc[found["tag"] == "LEX", "doc_id"].tolist() == ["d0", "d1"]


def test_spelling_with_and_without_spaces_is_one_term():
    found = tokenize(_documents("한국판 뉴딜과 한국판뉴딜"), lexicon=_lexicon("한국판 뉴딜"))
    assert _rows(found[found["tag"] == "LEX"]) == [
        ("d0", 0, 6, "한국판 뉴딜", "LEX"), ("d0", 8, 13, "한국판 뉴딜", "LEX"),
    ]  # fmt: skip


# --- nouns and what is counted -----------------------------------------------------------

CLEAN = "창업 기업이 모였다. 지역 기업을 돕는다."


@pytest.mark.parametrize(
    "text",
    [
        unicodedata.normalize("NFD", CLEAN),
        CLEAN.replace(" ", "\u00a0"),
        CLEAN.replace(". ", ".\r\n"),
        "\ufeff" + CLEAN,
        CLEAN.replace(". ", "."),
        CLEAN.replace("창업", "창\u200b업"),
    ],
    ids=["NFD", "no-break space", "CRLF", "BOM", "glued sentences", "zero-width space"],
)
def test_nouns_of_dirty_text_equal_those_of_clean_text(text):
    assert text != CLEAN
    assert nouns(text) == nouns(CLEAN) == ["창업", "기업", "지역", "기업"]


def test_nouns_keep_one_syllable_words_repeats_and_stop_words():
    assert nouns("창업 기업이 집에서 창업을, 것을", analyser="mecab") == [
        "창업", "기업", "집", "창업",
    ]  # fmt: skip
    assert nouns("돈과 돈") == ["돈", "돈"] and nouns("") == nouns(" \n") == []


@pytest.mark.parametrize("kind", [object, "string", "string[pyarrow]", "category"])
def test_a_missing_text_is_empty_and_costs_itself_only(kind):
    read = pd.DataFrame({"doc_id": [2, 1, 10, "가"], "text": ["창업", None, "창업", None]}, [0] * 4)
    table = read.assign(title=read["text"]).astype({"text": kind, "title": kind})
    found = tokenize(table)
    assert found["doc_id"].astype(str).tolist() == ["2", "10"]
    assert [*map(nouns, table["text"])] == [["창업"], [], ["창업"], []]
    assert (
        pt.clean_documents(table)[["title", "text"]].eq(read["text"].fillna(""), axis=0).all(None)
    )
    assert pt.find_families(table)["family_id"].tolist() == ["10", "1", "10", "가"]
    assert pt.concordance(table, found, "창업")["doc_id"].tolist() == ["2", "10"]


READ = _documents("창업", "수출", "창업")
MATRIX = TermMatrix(sparse.csr_matrix(np.eye(3, dtype=int)), ["d0", "d1", "d2"], list("가나다"))
TABLE = "doc_id, text 열의 표"


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: nouns(["창업"]), "글 하나를 .* list입니다"),
        (lambda: tokenize(READ.assign(doc_id=["a", "a", None])), "doc_id의 수는 .* 2입니다.*a"),
        (lambda: tokenize(pd.concat([READ, READ["text"]], axis=1)), "text, text 열의 표"),
        (lambda: tokenize(READ, lexicon="사전.csv"), "글자 '사전.csv'입니다"),
        (lambda: pt.find_families(READ.assign(doc_id="a")), "doc_id의 수는 .* 2입니다"),
        (lambda: pt.find_families(READ, threshold=3), "1 이하여야 하는데 3입니다"),
        (lambda: pt.find_families(READ, window_days=1), f"date 열이 .* {TABLE}"),
        (lambda: pt.clean_documents(READ), f"title, text 열이 .* {TABLE}"),
        (lambda: pt.assign_administrations(None), "date 열이 .* None입니다"),
        (lambda: pt.term_matrix(READ), f"doc_id, term 열이 .* {TABLE}"),
        (lambda: pt.term_matrix(tokenize(READ), min_df=5.0), "비율이어야 하는데 5.0입니다"),
        (lambda: pt.tfidf(READ), f"term_matrix.* {TABLE}"),
        (lambda: pt.cluster(MATRIX, "3"), "정수여야 하는데 글자 '3'입니다"),
        (lambda: pt.cluster(READ, 3), f"term_matrix.* {TABLE}"),
        (lambda: pt.keyness_table(READ, [1, 2, 3]), f"term_matrix.* {TABLE}"),
        (lambda: pt.keyness_table(MATRIX, READ), f"'groups'에는 .* {TABLE}"),
        (lambda: pt.keyness_table(MATRIX, "가나다"), "글자 '가나다'입니다"),
        (lambda: pt.keyness_table(MATRIX, [1, 2, 2], n_permutations="9"), "글자 '9'입니다"),
        (
            lambda: pt.concordance(READ, tokenize(READ), "창업", width=-5),
            "정수여야 하는데 -5입니다",
        ),
        (lambda: pt.concordance(tokenize(READ), READ, "창업"), "documents에는 doc_id, text 열이"),
        (
            lambda: pt.concordance(READ, tokenize(READ).assign(end=[2, 2, 3]), "창업"),
            r"글 밖을 가리키는 낱말의 수는 0이어야 하는데 1입니다.*\(d2\)",
        ),
        (lambda: tokenize(READ.assign(text=b"x")), "글자여야 하는데 bytes입니다"),
        (lambda: pt.find_families(READ.assign(text=[["창업"]] * 3)), "글자여야 하는데 list입니다"),
        (lambda: tokenize(READ, workers="2"), "workers는 1 이상의 정수여야 하는데 글자 '2'"),
        (lambda: tokenize(READ, analyser=["okt"]), "mecab, komoran"),
        (
            lambda: pt.tfidf(TermMatrix(MATRIX.counts, ["d0"], MATRIX.terms)),
            r"\(1, 3\)와 같아야 하는데 글자 '\(3, 3\)'",
        ),
        (lambda: pt.keyness_table(MATRIX, [1, 2, 2], n_boot=-1), "n_boot는 0 이상의"),
        (lambda: pt.read_documents(None), "경로를 주어야 하는데 None입니다"),
        (lambda: pt.read_documents([], kind=3), "kind 값 ‘3’이 없습니다"),
        (lambda: pt.read_lexicon(READ), f"파일의 경로를 주어야 하는데 {TABLE}"),
    ],
)
def test_a_wrong_call_is_told_in_a_sentence(call, told):
    with pytest.raises(PolicyTextError, match=told):
        call()


def test_an_unknown_analyser_is_named(tmp_path):
    with pytest.raises(PolicyTextError, match="mecab, komoran.*'x'입니다"):
        nouns("글", analyser="x")
    with pytest.raises(PolicyTextError, match="mecab, komoran.*'x'입니다"):
        tokenize(_documents("글"), analyser="x", cache=tmp_path)


def test_short_words_count_only_where_the_lexicon_names_them():
    rows = [("쌀", "NNG"), ("쌀", "LEX"), ("창업", "NNG"), ("규제", "LEX"), ("창업가", "NNG")]
    table = pd.DataFrame(rows, columns=["term", "tag"], dtype="category")
    kept = counted(table, min_syllables=2, stopwords=frozenset({"규제"}))
    assert _rows(kept) == [("쌀", "LEX"), ("창업", "NNG"), ("창업가", "NNG")]
    assert _rows(counted(table, min_syllables=3)) == [("쌀", "LEX"), ("규제", "LEX"), rows[-1]]
    assert len(counted(table, min_syllables=1)) == 5 and counted(table[:0]).empty


# --- order, shape and the store ----------------------------------------------------------


def test_tokens_come_in_the_order_of_the_documents_which_are_not_changed(tmp_path):
    documents = _documents("기업", "창업", "기업").iloc[[2, 0, 1]]
    before = documents.copy(deep=True)
    found = tokenize(documents, cache=tmp_path)
    assert found["doc_id"].tolist() == ["d2", "d0", "d1"]
    assert found["term"].tolist() == ["기업", "기업", "창업"]
    assert tokenize(documents.iloc[::-1], cache=tmp_path)["doc_id"].tolist() == ["d1", "d0", "d2"]
    pd.testing.assert_frame_equal(documents, before)


@pytest.mark.parametrize("texts", [[], [""], ["", " \n", "!?"]])
def test_no_tokens_keep_the_columns(texts, tmp_path):
    for cache in (None, tmp_path, tmp_path):
        found = tokenize(_documents(*texts), cache=cache)
        assert found.columns.tolist() == COLUMNS and found.empty
        assert found["start"].dtype == found["end"].dtype == "int32"


@pytest.mark.slow
def test_two_workers_equal_one(monkeypatch, shipped, tmp_path):
    monkeypatch.setattr(scale, "BATCH_CHARACTERS", 60)
    texts = [f"창조경제혁신센터과 창업 기업 {i}곳, ict" for i in range(20)]
    documents = _documents(*texts, "", "!")
    one = tokenize(documents, lexicon=shipped, workers=1)
    assert _rows(tokenize(documents, lexicon=shipped, workers=2, cache=tmp_path)) == _rows(one)
    assert len(list(tmp_path.rglob("*.parquet"))) > 3


def test_only_texts_not_yet_read_are_analysed_and_copies_once(calls, tmp_path):
    documents = _documents("창업 기업", "!?", "", "창업 기업")
    first = tokenize(documents, cache=tmp_path)
    assert calls == [["창업 기업", "!?"]]  # texts without letters are analysed, empty ones vanish
    assert [(doc, term) for doc, *_, term, _ in _rows(first)] == [
        ("d0", "창업"), ("d0", "기업"), ("d3", "창업"), ("d3", "기업"),
    ]  # fmt: skip
    calls.clear()
    assert _rows(tokenize(documents, cache=tmp_path)) == _rows(first)
    assert calls == []
    tokenize(_documents("창업 기업", "기업이 갔다"), cache=tmp_path)
    assert calls == [["기업이 갔다"]]


def test_one_more_term_is_laid_over_what_the_analyser_gave(calls, tmp_path, monkeypatch):
    documents = _documents("한국판 뉴딜을 편다", "창업 기업", "한국판뉴딜과 창업")
    plain = tokenize(documents, lexicon=_lexicon("창업"), cache=tmp_path)
    calls.clear()
    both = tokenize(documents, lexicon=_lexicon("창업", "한국판 뉴딜"), cache=tmp_path)
    assert calls == []
    assert _rows(both) == _rows(tokenize(documents, lexicon=_lexicon("창업", "한국판 뉴딜")))
    calls.clear()
    assert _rows(tokenize(documents, lexicon=_lexicon("창업"), cache=tmp_path)) == _rows(plain)
    renamed = Lexicon(pd.DataFrame({"term": ["창업", "뉴딜"], "variants": ["", "한국판 뉴딜"]}))
    found = tokenize(documents, lexicon=renamed, cache=tmp_path)
    assert not calls and "뉴딜" in set(found["term"])
    assert _rows(tokenize(documents, cache=tmp_path)) == _rows(tokenize(documents))
    monkeypatch.setattr(tokens, "version", lambda analyser: "mecab 99")
    tokenize(documents, cache=tmp_path)
    assert len(calls) == 2 == len(list(tmp_path.iterdir()))


@pytest.mark.parametrize("damage", ["cut", "changed", "empty"])
def test_a_damaged_file_is_made_anew(calls, tmp_path, damage):
    documents = _documents("창업 기업", "혁신")
    whole = tokenize(documents, cache=tmp_path)
    (file,) = tmp_path.rglob("*.parquet")
    content = file.read_bytes()
    at = len(content) // 3
    changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
    file.write_bytes({"cut": content[:at], "changed": changed, "empty": b""}[damage])
    assert _rows(tokenize(documents, cache=tmp_path)) == _rows(whole)
    assert len(calls) == 2
    tokenize(documents, cache=tmp_path)
    assert len(calls) == 2 and file.read_bytes() == content


@settings(max_examples=8)
@given(data=st.data())
def test_the_result_does_not_depend_on_the_store(tmp_path_factory, data):
    texts = data.draw(st.lists(mixed_text, min_size=1, max_size=5))
    known = data.draw(st.lists(st.sampled_from(range(len(texts))), unique=True))
    cache, terms = tmp_path_factory.mktemp("cache"), _lexicon("창조경제", "한국판 뉴딜")
    documents = _documents(*texts)
    tokenize(documents.iloc[known], lexicon=terms, cache=cache)
    found = tokenize(documents, lexicon=terms, cache=cache)
    assert digest(found) == digest(tokenize(documents, lexicon=terms))


def test_a_text_kept_in_two_files_is_counted_once(tmp_path):
    one, both = _documents("창업 기업"), _documents("창업 기업", "센터를 연다")
    tokenize(one, cache=tmp_path / "one")
    expected = tokenize(both, cache=tmp_path / "both")
    (kept,) = (tmp_path / "both").rglob("*.parquet")
    (folder,) = (tmp_path / "one").iterdir()
    shutil.copytree(kept.parent, folder / kept.parent.name)
    assert _rows(tokenize(both, cache=tmp_path / "one")) == _rows(expected)
