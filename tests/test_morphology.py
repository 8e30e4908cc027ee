import unicodedata

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytext import morphology
from policytext.lexicon import Lexicon, read_lexicon
from policytext.morphology import nouns, tokenize

COLUMNS = ["doc_id", "start", "end", "term", "tag"]
PARTICLES = (
    "은 는 이 가 을 를 의 에 에서 에게 와 과 도 로 으로 만 까지 부터 보다 처럼 "
    "이다 입니다 이라고 이며 들"
).split()
PIECES = ["창조경제", "혁신센터가", "한국판 뉴딜을", "창업", "기업이", "중소벤처기업부", "은", "의"]
PIECES += [
    " ",
    "\n",
    "\r\n",
    "\t",
    ".",
    "·",
    "AI",
    "5g",
    "ß",
    "2020",
    "😀",
    "👩‍💻",
    "é",
    "漢字",
    "각",
    "\0",
]

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
    seen, real = [], morphology.ANALYSERS["mecab"]

    def recorded(texts):
        seen.append(list(texts))
        return real(texts)

    monkeypatch.setitem(morphology.ANALYSERS, "mecab", recorded)
    return seen


def _documents(*texts):
    return pd.DataFrame(
        {"doc_id": [f"d{i}" for i in range(len(texts))], "text": texts}, dtype="str"
    )


def _lexicon(*terms):
    return Lexicon(pd.DataFrame({"term": terms}))


def _capitals(text):
    """Capitals of which there is only one form: those of ß are SS or ẞ."""
    return text.upper().casefold()


def _rows(tokens):
    return [tuple(row) for row in tokens.astype(object).to_numpy().tolist()]


# --- offsets -----------------------------------------------------------------------------


SPELLINGS = {
    "한국판 뉴딜": {"한국판 뉴딜", "한국판뉴딜"},
    "창조경제": {"창조경제"},
    "창조경제 혁신센터": {"창조경제 혁신센터", "창조경제혁신센터"},
    "AI 창업": {"AI 창업", "AI창업"},
}


@given(texts=st.lists(mixed_text, max_size=3))
def test_offsets_give_the_surface_of_every_token(texts):
    tokens = tokenize(_documents(*texts), lexicon=_lexicon(*SPELLINGS))
    text_of = {f"d{i}": text for i, text in enumerate(texts)}
    ends = {}
    for doc_id, start, end, term, tag in _rows(tokens):
        surface = text_of[doc_id][start:end]
        assert 0 <= start < end <= len(text_of[doc_id])
        assert ends.get(doc_id, 0) <= start, "tokens overlap or are out of order"
        ends[doc_id] = end
        if tag == "LEX":
            assert surface in SPELLINGS[term]
        else:
            assert tag in ("NNG", "NNP", "SL") and _capitals(surface) == _capitals(term)


@settings(max_examples=15)
@given(before=mixed_text)
def test_what_stands_before_does_not_move_an_offset(before):
    text = before + "\n창업"
    last = _rows(tokenize(_documents(text)))[-1]
    assert last[1:] == (len(text) - 2, len(text), "창업", "NNG")


def test_offsets_go_on_over_the_edge_of_a_piece(monkeypatch):
    text = "창업 기업을 돕는다. " * 5
    whole = tokenize(_documents(text))
    monkeypatch.setattr(morphology, "PIECE_CHARACTERS", 25)
    assert _rows(tokenize(_documents(text))) == _rows(whole)
    assert whole["start"].tolist() == [at for i in range(5) for at in (12 * i, 12 * i + 3)]


def test_a_null_character_does_not_end_the_text():
    assert tokenize(_documents("창업\0 기업을 돕는다"))["term"].tolist() == ["창업", "기업"]


def test_foreign_words_are_in_capitals_and_other_classes_left_out():
    tokens = tokenize(_documents("ict와 ICT를 2020년에 빨리 썼다"))
    assert tokens["term"].tolist() == ["ICT", "ICT"]
    assert tokens["tag"].tolist() == ["SL", "SL"]


# --- lexicon -----------------------------------------------------------------------------


@pytest.mark.parametrize("rest", ["", " 밝혔다."])
@pytest.mark.parametrize("term", ["중소벤처기업부", "창조경제혁신센터"])
def test_one_token_before_every_particle(shipped, term, rest):
    tokens = tokenize(_documents(*(term + p + rest for p in PARTICLES)), lexicon=shipped)
    within = tokens[tokens["start"] < len(term) + 1]
    expected = [(f"d{i}", 0, len(term), term, "LEX") for i in range(len(PARTICLES))]
    assert _rows(within) == expected


def test_short_terms_keep_agreement():
    terms = _lexicon("기보", "녹색성장")
    found = tokenize(_documents("기보가", "기보이", "녹색성장는", "녹색성장급"), lexicon=terms)
    is_term = found["tag"] == "LEX"
    assert found.loc[is_term, "doc_id"].tolist()[:1] == ["d0"]
    assert "d2" in set(found.loc[is_term, "doc_id"])
    candidates = morphology.lexicon.find_terms(["기보이", "녹색성장는", "녹색성장급"], terms)
    assert candidates["followed_by_particle"].tolist() == [False, True, False]


def test_nouns_after_the_particles_are_kept(shipped):
    text = "창조경제혁신센터과 기업을"
    assert tokenize(_documents(text), lexicon=shipped)["term"].tolist() == [
        "창조경제혁신센터",
        "기업",
    ]


def test_spelling_with_and_without_spaces_is_one_term():
    tokens = tokenize(_documents("한국판 뉴딜과 한국판뉴딜"), lexicon=_lexicon("한국판 뉴딜"))
    assert _rows(tokens[tokens["tag"] == "LEX"]) == [
        ("d0", 0, 6, "한국판 뉴딜", "LEX"),
        ("d0", 8, 13, "한국판 뉴딜", "LEX"),
    ]


# --- nouns -------------------------------------------------------------------------------

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
    assert nouns("돈과 돈, 것") == ["돈", "돈"]
    assert nouns("") == nouns(" \n") == []


def test_an_unknown_analyser_is_named():
    for call in (lambda: nouns("글", analyser="x"), lambda: tokenize(_documents(), analyser="x")):
        with pytest.raises(ValueError, match="mecab, komoran.*'x'입니다"):
            call()


# --- order and shape ---------------------------------------------------------------------


def test_tokens_come_in_the_order_of_the_documents():
    documents = _documents("기업", "창업", "기업").iloc[[2, 0, 1]]
    tokens = tokenize(documents)
    assert _rows(tokens)[0][0] == "d2"
    assert tokens["doc_id"].tolist() == ["d2", "d0", "d1"]
    assert tokens["term"].tolist() == ["기업", "기업", "창업"]


@pytest.mark.parametrize("texts", [[], [""], ["", " \n", "!?"]])
def test_no_tokens_keep_the_columns(texts, tmp_path):
    for cache in (None, tmp_path, tmp_path):
        tokens = tokenize(_documents(*texts), cache=cache)
        assert tokens.columns.tolist() == COLUMNS and tokens.empty
        assert tokens["start"].dtype == tokens["end"].dtype == "int64"


@pytest.mark.slow
def test_two_workers_equal_one(monkeypatch, shipped, tmp_path):
    monkeypatch.setattr(morphology, "BATCH_CHARACTERS", 60)
    documents = _documents(
        *(f"창조경제혁신센터과 창업 기업 {i}곳, ict" for i in range(20)), "", "!"
    )
    one = tokenize(documents, lexicon=shipped, workers=1)
    assert _rows(tokenize(documents, lexicon=shipped, workers=2)) == _rows(one)
    assert _rows(tokenize(documents, lexicon=shipped, workers=2, cache=tmp_path)) == _rows(one)
    assert len(list(tmp_path.rglob("*.parquet"))) > 3


# --- cache -------------------------------------------------------------------------------


def test_a_second_run_reads_the_cache(calls, tmp_path):
    folder = tmp_path / "분석 결과 모음"
    documents = _documents("창업을 돕는다", "!?", "", "ict 기업")
    first = tokenize(documents, cache=folder)
    assert sum(map(len, calls)) == 3  # texts without letters are analysed too, empty ones vanish
    assert list(folder.rglob("*.parquet"))
    calls.clear()
    second = tokenize(documents, cache=folder)
    assert calls == []
    assert _rows(second) == _rows(first) == _rows(tokenize(documents))


def test_only_a_changed_text_is_analysed_again(calls, tmp_path):
    tokenize(_documents("창업을 돕는다", "기업이 온다"), cache=tmp_path)
    calls.clear()
    tokens = tokenize(_documents("창업을 돕는다", "기업이 갔다"), cache=tmp_path)
    assert calls == [["기업이 갔다"]]
    assert tokens["term"].tolist() == ["창업", "기업"]


def test_documents_of_the_cache_come_in_the_order_asked_for(tmp_path):
    documents = _documents("창업", "기업", "혁신")
    tokenize(documents.iloc[[1]], cache=tmp_path)
    tokens = tokenize(documents.iloc[::-1], cache=tmp_path)
    assert tokens["term"].tolist() == ["혁신", "기업", "창업"]


def test_every_lexicon_has_its_own_cache(calls, tmp_path):
    documents = _documents("한국판 뉴딜을 편다")
    plain = tokenize(documents, cache=tmp_path)
    termed = tokenize(documents, lexicon=_lexicon("한국판 뉴딜"), cache=tmp_path)
    other = tokenize(documents, lexicon=_lexicon("한국판"), cache=tmp_path)
    assert "한국판 뉴딜" not in set(plain["term"]) | set(other["term"])
    assert termed["term"].tolist() == ["한국판 뉴딜"]
    assert len(calls) == 3 == len(list(tmp_path.iterdir()))


def test_a_new_version_of_the_analyser_has_its_own_cache(calls, tmp_path, monkeypatch):
    tokenize(_documents("창업"), cache=tmp_path)
    monkeypatch.setattr(morphology.analysers, "version", lambda analyser: "mecab 99")
    tokenize(_documents("창업"), cache=tmp_path)
    assert len(calls) == 2


def test_copies_of_a_text_all_get_tokens_and_one_analysis(calls, tmp_path):
    documents = _documents("창업 기업", "혁신", "창업 기업")
    tokens = tokenize(documents, cache=tmp_path)
    assert [texts.count("창업 기업") for texts in calls] == [1]
    assert list(zip(tokens["doc_id"], tokens["term"], strict=True)) == [
        ("d0", "창업"),
        ("d0", "기업"),
        ("d1", "혁신"),
        ("d2", "창업"),
        ("d2", "기업"),
    ]
    assert _rows(tokenize(documents, cache=tmp_path)) == _rows(tokens)


@settings(max_examples=8)
@given(data=st.data())
def test_the_result_does_not_depend_on_the_cache(tmp_path_factory, data):
    texts = data.draw(st.lists(mixed_text, min_size=1, max_size=5))
    known = data.draw(st.lists(st.sampled_from(range(len(texts))), unique=True))
    cache = tmp_path_factory.mktemp("cache")
    terms = _lexicon("창조경제", "한국판 뉴딜")
    documents = _documents(*texts)
    tokenize(documents.iloc[known], lexicon=terms, cache=cache)
    cached = tokenize(documents, lexicon=terms, cache=cache)
    assert _rows(cached) == _rows(tokenize(documents, lexicon=terms))


def test_the_documents_are_not_changed(tmp_path):
    documents = _documents("창업", "기업")
    before = documents.copy(deep=True)
    tokenize(documents, cache=tmp_path)
    pd.testing.assert_frame_equal(documents, before)
