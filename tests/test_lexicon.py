import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policytext import lexicon
from policytext.lexicon import Lexicon, LexiconError, find_terms, is_particle_chain, select_matches


def _lexicon(*terms, variants=None):
    return Lexicon(pd.DataFrame({"term": terms, "variants": variants or [""] * len(terms)}))


def _write(folder, name, text, encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def _spans(matches):
    return list(zip(matches["start"], matches["end"], matches["term"], strict=True))


# --- particles ---------------------------------------------------------------------------

AFTER_VOWEL = ["는", "가", "를", "의", "에", "에서", "와", "도", "로", "만", "까지", "부터"]
AFTER_VOWEL += ["입니다", "라고", "이라고", "에서는", "로부터의", "였다", "들에게", "등을"]
CONTEXTS = [
    (term, particle) for term in ("창조경제혁신센터", "중소벤처기업부") for particle in AFTER_VOWEL
]


@pytest.fixture(scope="module")
def shipped():
    return lexicon.read_lexicon()


@pytest.mark.parametrize(("term", "particle"), CONTEXTS)
@pytest.mark.parametrize("before", ["", "지난해 ", "("])
def test_term_is_found_whole_before_every_particle(shipped, before, term, particle):
    candidates = find_terms([f"{before}{term}{particle} 밝혔다."], shipped)
    nowhere = [False] * len(candidates)
    chosen = select_matches(candidates, nowhere, nowhere)
    assert _spans(chosen) == [(len(before), len(before) + len(term), term)]


@pytest.mark.parametrize(
    ("noun", "good", "bad"),
    [
        (
            "녹색성장",
            "은 이 을 과 으로 이나 이란 이라 이다 이었다",
            "는 가 를 와 로 나 란 라 다 였다",
        ),
        ("창조경제", "는 가 를 와 로 나 란 라 다 였다 이다 이었다", "은 을 과 으로 이나 이란"),
        ("스마트그릴", "은 이 을 과 로 로부터 이나", "는 가 를 와 으로 으로부터 나"),
    ],
)
def test_particles_agree_with_the_final_consonant(noun, good, bad):
    assert [p for p in good.split() if not is_particle_chain(p, noun[-1])] == []
    assert [p for p in bad.split() if is_particle_chain(p, noun[-1])] == []


def test_agreement_holds_inside_a_chain():
    good = "들은 들로 등과 등이나 만으로도 만이라도 까지는 뿐만이 으로서의 에서라도 임에도 인지를"
    bad = "들는 들으로 등와 만로도 까지은 뿐만가 로서의 에서이라도"
    assert [s for s in good.split() if not is_particle_chain(s, "장")] == []
    assert [s for s in bad.split() if is_particle_chain(s, "장")] == []


def test_both_forms_pass_after_a_character_without_a_reading():
    assert all(is_particle_chain(s, "9") for s in ("은", "는", "로", "으로", ""))


@pytest.mark.parametrize(
    "suffix", "장 과학 가세 이사 인력 의회 도시 만들기 시대 급 률 화 자 지원".split()
)
def test_other_words_are_not_particles(suffix):
    assert not any(is_particle_chain(suffix, previous) for previous in "부장길")


# --- candidates --------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["한국판 뉴딜", "한국판뉴딜"])
def test_spaces_inside_a_term_are_optional(text):
    assert _spans(find_terms([text], _lexicon("한국판 뉴딜"))) == [(0, len(text), "한국판 뉴딜")]


@pytest.mark.parametrize(
    "text", ["한국판  뉴딜", "한국판\n뉴딜", "한국판\u00a0뉴딜", "한국 판뉴딜"]
)
def test_other_white_space_inside_a_term_is_not_matched(text):
    assert find_terms([text], _lexicon("한국판 뉴딜")).empty


def test_variants_give_the_term_of_the_entry():
    entry = _lexicon("창조경제혁신센터", variants=["창조경제 혁신센터; 혁신 센터"])
    found = find_terms(["창조경제 혁신센터, 혁신센터, 창조 경제혁신센터"], entry)
    assert set(found["term"]) == {"창조경제혁신센터"}
    places = list(zip(found["start"], found["end"], strict=True))
    assert sorted(places) == [(0, 9), (5, 9), (11, 15), (22, 26)]


def test_every_middle_dot_matches():
    texts = [f"소재{dot}부품{dot}장비" for dot in "·ㆍ‧・․･"]
    assert find_terms(texts, _lexicon("소재·부품·장비"))["row"].tolist() == list(range(6))


def test_flags_of_candidates():
    texts = ["제4차 산업혁명은", "신녹색성장위원회", "ㆍ녹색성장2030", "5GHz와 5G는 15G"]
    found = find_terms(texts, _lexicon("4차 산업혁명", "녹색성장", "5G"))
    columns = ["row", "start", "end", "starts_word", "followed_by_particle"]
    assert found[columns].values.tolist() == [
        [0, 1, 8, False, True],
        [1, 1, 5, False, False],
        [2, 1, 5, True, True],
        [3, 0, 2, True, False],
        [3, 6, 8, True, True],
        [3, 11, 13, False, True],
    ]


def test_tables_without_matches_keep_their_types():
    for texts in ([], ["아무것도 없다", ""]):
        found = find_terms(texts, _lexicon("녹색성장"))
        assert found.dtypes.astype(str).tolist() == ["int64"] * 3 + ["str"] + ["bool"] * 2
        assert select_matches(found, [], []).columns.tolist() == found.columns.tolist()


def test_two_letter_term_inside_another_word_is_rejected():
    text = "농촌 전기보급과 기보의 보증, 기보급 확대"
    candidates = find_terms([text], _lexicon("기보"))
    # 전기|보급|과 기보|의 보증 기|보급 확대: where an analyser begins its morphemes
    boundaries = {3, 5, 7, 9, 11, 13, 17, 18, 21}
    chosen = select_matches(
        candidates,
        candidates["start"].isin(boundaries),
        candidates["end"].isin(boundaries),
    )
    assert candidates["start"].tolist() == [4, 9, 17]
    assert chosen["start"].tolist() == [9]


def test_an_analyser_boundary_validates_start_and_end():
    text = "대구창조경제혁신센터장"
    candidates = find_terms([text], _lexicon("창조경제혁신센터", "창조경제"))
    yes, no = [True] * 2, [False] * 2
    assert _spans(select_matches(candidates, yes, yes)) == [(2, 10, "창조경제혁신센터")]
    assert select_matches(candidates, yes, no).empty
    assert select_matches(candidates, no, yes).empty


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("가나다라마", [(0, 3)]),  # equal length: the left one
        ("가나다라마바", [(2, 6)]),  # the longer one, though it begins later
        ("가나다라마바사가나다", [(2, 6), (7, 10)]),
    ],
)
def test_longest_then_leftmost(text, expected):
    candidates = find_terms([text], _lexicon("가나다", "다라마", "다라마바"))
    everywhere = [True] * len(candidates)
    chosen = select_matches(candidates, everywhere, everywhere)
    assert list(zip(chosen["start"], chosen["end"], strict=True)) == expected


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(0, 9), (1, 3), (8, 12)], [(0, 9)]),  # overlap with the one before the last
        ([(0, 3), (2, 4), (3, 6)], [(0, 3), (3, 6)]),  # neighbours that only touch
        ([(0, 4), (3, 8), (7, 11)], [(3, 8)]),
    ],
)
def test_overlaps_worked_by_hand(spans, expected):
    candidates = pd.DataFrame(spans, columns=["start", "end"]).assign(
        row=0, term="용어", starts_word=True, followed_by_particle=True
    )
    chosen = select_matches(candidates, [False] * len(spans), [False] * len(spans))
    assert list(zip(chosen["start"], chosen["end"], strict=True)) == expected


def _greedy(spans):
    """Reference: take the longest, then the leftmost, drop what overlaps, repeat."""
    taken = []
    for row, start, end in sorted(spans, key=lambda s: (s[0], s[1] - s[2], s[1])):
        if all(r != row or end <= s or start >= e for r, s, e in taken):
            taken.append((row, start, end))
    return sorted(taken)


interval = st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(1, 6))


@given(st.lists(interval, max_size=25, unique=True), st.randoms(use_true_random=False))
def test_selection_never_overlaps_and_equals_the_reference(intervals, random):
    spans = [(row, start, start + length) for row, start, length in intervals]
    flags = [[random.random() < 0.8 for _ in spans] for _ in range(4)]
    candidates = pd.DataFrame(spans, columns=["row", "start", "end"], dtype="int64").assign(
        term="용어",
        starts_word=np.array(flags[0], bool),
        followed_by_particle=np.array(flags[1], bool),
    )
    chosen = select_matches(candidates, flags[2], flags[3])
    got = list(chosen[["row", "start", "end"]].itertuples(index=False, name=None))
    valid = [
        span
        for span, word, particle, opens, closes in zip(spans, *flags, strict=True)
        if (word or opens) and (particle or closes)
    ]
    assert set(got) <= set(valid)
    for (row, _, end), (next_row, start, _) in itertools.pairwise(got):
        assert row < next_row or end <= start
    assert got == _greedy(valid)


@given(
    st.lists(st.sampled_from(["녹색", "성장", "녹색성장", " ", "의", "ㆍ", "A", "😀"]), max_size=12)
)
def test_candidates_are_all_places_where_the_spelling_stands(parts):
    text = "".join(parts)
    found = find_terms([text], _lexicon("녹색성장", "성장"))
    spellings = {"녹색성장", "성장"}
    everywhere = {
        (i, i + len(s)) for s in spellings for i in range(len(text)) if text.startswith(s, i)
    }
    assert set(zip(found["start"], found["end"], strict=True)) == everywhere


# --- reading -----------------------------------------------------------------------------


def test_shipped_lexicon_is_sound(shipped):
    table = shipped.table
    assert len(table) >= 400
    assert table["term"].is_unique and table["term"].str.len().min() >= 2
    assert set(table["kind"]) == set(lexicon.KINDS)


def test_bom_blank_rows_and_decomposed_letters_are_read(tmp_path):
    text = "term,kind\n\u1102\u1169\u11a8색성장,slogan\n,\n한국판  뉴딜,\n"
    table = lexicon.read_lexicon(_write(tmp_path, "a.csv", text, "utf-8-sig")).table
    assert table["term"].tolist() == ["녹색성장", "한국판 뉴딜"]
    assert table["canonical"].tolist() == ["", ""]


def test_several_files_are_merged_and_hashed_by_content(tmp_path):
    one = _write(tmp_path, "a.csv", "term\n녹색성장\n")
    two = _write(tmp_path, "b.csv", "term\n창조경제\n")
    merged = lexicon.read_lexicon(one, two)
    assert merged.table["term"].tolist() == ["녹색성장", "창조경제"]
    assert merged.sha256 == lexicon.read_lexicon(two, one).sha256
    assert merged.sha256 != lexicon.read_lexicon(one).sha256
    assert merged.sha256 != _lexicon("녹색성장", "창조경제", variants=["", "창조 경제"]).sha256


def test_all_faults_are_listed_at_once(tmp_path):
    one = _write(
        tmp_path, "a.csv", "term,kind,colour\n녹색성장,slogan,\n,programme,\n한국판 뉴딜,x,\n"
    )
    two = _write(tmp_path, "b.csv", "term,variants\n그린,녹색성장\n한국판뉴딜,\n장,\n가,나,다,라\n")
    with pytest.raises(LexiconError) as caught:
        lexicon.read_lexicon(one, two, tmp_path / "none.csv")
    message = str(caught.value)
    for expected in (
        "a.csv 1행: 모르는 열 ['colour']",
        "a.csv 3행: 'term' 칸이 비어",
        "a.csv 4행: 모르는 kind 'x'",
        f"b.csv 2행: '녹색성장' 표기가 {tmp_path.name}/a.csv 2행과 겹칩니다",
        f"b.csv 3행: '한국판뉴딜' 표기가 {tmp_path.name}/a.csv 4행과 겹칩니다",
        "b.csv 4행: '장'",
        "b.csv 5행: 칸이 2개보다 많습니다",
        "none.csv: 읽을 수 없습니다",
    ):
        assert expected in message


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        ("kind\nslogan\n", "utf-8", "'term' 열이 없습니다"),
        ("term\n녹색성장\n", "cp949", "UTF-8"),
        ("", "utf-8", "'term' 열이 없습니다"),
        ('term\n"녹색"성장\n', "utf-8", "읽을 수 없습니다"),
        ("term\n" + " ".join("가나다라마바사아") + "\n", "utf-8", "띄어쓰기"),
    ],
)
def test_unreadable_tables_say_why(tmp_path, text, encoding, expected):
    with pytest.raises(LexiconError, match=expected):
        lexicon.read_lexicon(_write(tmp_path, "a.csv", text, encoding))


def test_stopwords_leave_policy_words_alone(shipped):
    stopwords = lexicon.read_stopwords()
    assert {"것", "때문", "여러분", "오늘", "말씀"} <= stopwords
    assert not stopwords & {"국민", "경제", "정부", "정책", "산업", "혁신", "규제", "평화"}
    assert not stopwords & set(shipped.table["term"])


def test_stopword_faults_and_dropping(tmp_path):
    with pytest.raises(
        LexiconError, match=f"s.csv 3행: '것' 표기가 {tmp_path.name}/s.csv 2행과 겹칩니다"
    ):
        lexicon.read_stopwords(_write(tmp_path, "s.csv", "term,reason\n것,function\n것,\n"))
    tokens = pd.DataFrame({"doc_id": ["a"] * 3, "term": ["것", "혁신", "것"]})
    kept = lexicon.drop_stopwords(tokens, frozenset({"것"}))
    assert kept.values.tolist() == [["a", "혁신"]]
    assert len(tokens) == 3


# --- mining ------------------------------------------------------------------------------


def _tokens(*documents):
    """Tokens of texts in which ``|`` cuts words, with the texts."""
    rows, texts = [], {}
    for number, marked in enumerate(documents):
        doc_id, text = f"d{number}", ""
        for word in marked.replace(" ", "| |").split("|"):
            if word.strip() and word not in ("의", ","):
                rows.append((doc_id, len(text), len(text) + len(word), word, "NNG"))
            text += word
        texts[doc_id] = text
    tokens = pd.DataFrame(rows, columns=["doc_id", "start", "end", "term", "tag"])
    return tokens, pd.DataFrame({"doc_id": list(texts), "text": list(texts.values())})


def test_suggested_terms_on_a_table_worked_by_hand():
    # 녹색+성장 four times: 신 before it once, else nothing; 전략 after it twice, else nothing
    tokens, documents = _tokens(
        "신|녹색|성장 전략|의 녹색 성장", "녹색|성장 전략|,|성장", "녹색|성장"
    )
    table = lexicon.suggest_terms(tokens, min_count=2, documents=documents).set_index("term")
    assert set(table.index) == {"녹색성장", "성장 전략", "녹색성장 전략"}
    row = table.loc["녹색성장"]
    assert (row["n"], row["n_documents"]) == (4, 3)
    p, p_green, p_growth = 4 / 12, 4 / 12, 5 / 12
    assert row["npmi"] == pytest.approx(math.log(p / (p_green * p_growth)) / -math.log(p))
    assert row["left_branching_entropy"] == pytest.approx(2.0)  # four different outcomes
    assert row["right_branching_entropy"] == pytest.approx(1.5)  # 1/2, 1/4, 1/4
    assert (row["example_doc_id"], row["example_start"], row["example_end"]) == ("d0", 1, 5)
    three = table.loc["녹색성장 전략"]
    p3, product = 2 / 12, (4 / 12) * (5 / 12) * (2 / 12)
    assert three["npmi"] == pytest.approx(math.log(p3 / product) / (-2 * math.log(p3)))
    assert table.loc["성장 전략", "left_branching_entropy"] == pytest.approx(0.0)


def test_only_a_space_may_part_a_compound_when_texts_are_given():
    tokens, documents = _tokens("녹색|의|성장", "녹색|,|성장")
    assert lexicon.suggest_terms(tokens, min_count=1, documents=documents).empty
    assert lexicon.suggest_terms(tokens, min_count=1)["n"].tolist() == [2]
    with pytest.raises(ValueError, match="'d1' 등 1개가 문서 표에 없습니다"):
        lexicon.suggest_terms(tokens, documents=documents.head(1))


def test_order_of_tokens_and_neighbouring_documents_do_not_matter():
    tokens, documents = _tokens("가나|다라", "마바|사아 가나|다라", "가나|다라")
    straight = lexicon.suggest_terms(tokens, min_count=1)
    in_categories = tokens.astype({"doc_id": "category", "term": "category"})
    pd.testing.assert_frame_equal(
        straight, lexicon.suggest_terms(in_categories, min_count=1), check_dtype=False
    )
    shuffled = tokens.sort_values(["start", "doc_id"], ascending=[False, True])
    columns = ["term", "n", "n_documents", "npmi", "left_branching_entropy"]
    again = lexicon.suggest_terms(shuffled, min_count=1)
    pd.testing.assert_frame_equal(straight[columns], again[columns])
    assert "다라 마바" not in set(straight["term"])


def test_suggestions_from_no_tokens_keep_the_columns():
    tokens, _ = _tokens("가나")
    for few in (tokens, tokens.head(0)):
        table = lexicon.suggest_terms(few)
        assert table.empty and "right_branching_entropy" in table


@given(st.lists(st.sampled_from("가나다"), min_size=2, max_size=40))
def test_counts_of_runs_equal_a_plain_count(words):
    tokens, _ = _tokens("|".join(words))
    table = lexicon.suggest_terms(tokens, min_count=1)
    runs = ["".join(words[i : i + k]) for k in (2, 3, 4) for i in range(len(words) - k + 1)]
    assert table.set_index("term")["n"].to_dict() == {run: runs.count(run) for run in set(runs)}
    assert (table["npmi"] <= 1 + 1e-9).all()
