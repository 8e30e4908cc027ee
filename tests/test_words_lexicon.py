"""Lexicon: particles, candidates and choice, reading, mining, parts of compounds, regions."""

import itertools
import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytext.faults import PolicyTextError
from policytext.korean import attach_particle
from policytext.study import ROOT, read_study
from policytext.words import lexicon
from policytext.words.lexicon import (
    Lexicon,
    adjacent,
    explained_parts,
    find_regions,
    find_terms,
    fold_aliases,
    read_lexicon,
    read_regions,
    select_matches,
    study_lexicon,
)
from policytext.words.tokens import tokenize

suggest_terms = lexicon.suggest_terms.__wrapped__


def _lexicon(*terms, variants=None):
    return Lexicon(pd.DataFrame({"term": terms, "variants": variants or [""] * len(terms)}))


def _write(folder, name, text, encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def _spans(matches):
    return list(zip(matches["start"], matches["end"], matches["term"], strict=True))


AFTER_VOWEL = ["는", "가", "를", "의", "에", "에서", "와", "도", "로", "만", "까지", "부터"]
AFTER_VOWEL += ["입니다", "라고", "이라고", "에서는", "로부터의", "였다", "들에게", "등을"]


@pytest.fixture(scope="module")
def shipped():
    return read_lexicon()


@pytest.mark.parametrize("term", ["창조경제혁신센터", "중소벤처기업부"])
@pytest.mark.parametrize("before", ["", "지난해 ", "("])
def test_term_is_found_whole_before_every_particle(shipped, before, term):
    texts = [f"{before}{term}{particle} 밝혔다." for particle in AFTER_VOWEL]
    candidates = find_terms(texts, shipped)
    nowhere = [False] * len(candidates)
    chosen = select_matches(candidates, nowhere, nowhere)
    assert _spans(chosen) == [(len(before), len(before) + len(term), term)] * len(texts)
    assert chosen["row"].tolist() == list(range(len(texts)))


# --- candidates --------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["한국판 뉴딜", "한국판뉴딜"])
def test_spaces_inside_a_term_are_optional(text):
    assert _spans(find_terms([text], _lexicon("한국판 뉴딜"))) == [(0, len(text), "한국판 뉴딜")]


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
        candidates, candidates["start"].isin(boundaries), candidates["end"].isin(boundaries)
    )
    assert candidates["start"].tolist() == [4, 9, 17]
    assert chosen["start"].tolist() == [9]


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
    table = read_lexicon(_write(tmp_path, "a.csv", text, "utf-8-sig")).table
    assert table["term"].tolist() == ["녹색성장", "한국판 뉴딜"]
    assert table["canonical"].tolist() == ["", ""]


def test_several_files_are_merged_and_hashed_by_content(tmp_path):
    one = _write(tmp_path, "a.csv", "term\n녹색성장\n")
    two = _write(tmp_path, "b.csv", "term\n창조경제\n")
    merged = read_lexicon(one, two)
    assert merged.table["term"].tolist() == ["녹색성장", "창조경제"]
    assert merged.sha256 == read_lexicon(two, one).sha256
    assert merged.sha256 != read_lexicon(one).sha256
    assert merged.sha256 != _lexicon("녹색성장", "창조경제", variants=["", "창조 경제"]).sha256


def test_all_faults_are_listed_at_once(tmp_path):
    one = _write(
        tmp_path, "a.csv", "term,kind,colour\n녹색성장,slogan,\n,programme,\n한국판 뉴딜,x,\n"
    )
    two = _write(tmp_path, "b.csv", "term,variants\n그린,녹색성장\n한국판뉴딜,\n장,\n가,나,다,라\n")
    with pytest.raises(PolicyTextError) as caught:
        read_lexicon(one, two, tmp_path / "none.csv")
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
    with pytest.raises(PolicyTextError, match=expected):
        read_lexicon(_write(tmp_path, "a.csv", text, encoding))


def test_stopwords_leave_policy_words_alone(shipped):
    stopwords = lexicon.read_stopwords()
    assert {"것", "때문", "여러분", "오늘", "말씀"} <= stopwords
    assert not stopwords & {"국민", "경제", "정부", "정책", "산업", "혁신", "규제", "평화"}
    assert not stopwords & set(shipped.table["term"])


def test_no_stopword_is_empty_or_named_twice():
    terms = lexicon.read_reference(lexicon.REFERENCE / "stopwords.csv", "term reason")["term"]
    assert terms.is_unique and set(terms) == {" ".join(term.split()) for term in terms} - {""}


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
    table = suggest_terms(tokens, documents, min_count=2).set_index("term")
    assert set(table.index) == {"녹색성장", "성장 전략", "녹색성장 전략"}
    row = table.loc["녹색성장"]
    assert row["n"] == 4
    p, p_green, p_growth = 4 / 12, 4 / 12, 5 / 12
    assert row["npmi"] == pytest.approx(math.log(p / (p_green * p_growth)) / -math.log(p))
    assert row["left_branching_entropy"] == pytest.approx(2.0)  # four different outcomes
    assert row["right_branching_entropy"] == pytest.approx(1.5)  # 1/2, 1/4, 1/4
    three = table.loc["녹색성장 전략"]
    p3, product = 2 / 12, (4 / 12) * (5 / 12) * (2 / 12)
    assert three["npmi"] == pytest.approx(math.log(p3 / product) / (-2 * math.log(p3)))
    assert table.loc["성장 전략", "left_branching_entropy"] == pytest.approx(0.0)


def test_only_a_space_may_part_a_compound():
    tokens, documents = _tokens("녹색|의|성장", "녹색|,|성장")
    assert suggest_terms(tokens, documents, min_count=1).empty
    with pytest.raises(ValueError, match="'d1' 등 1개가 문서 표에 없습니다"):
        suggest_terms(tokens, documents.head(1), min_count=1)


def test_categories_and_neighbouring_documents_do_not_matter():
    tokens, documents = _tokens("가나|다라", "마바|사아 가나|다라", "가나|다라")
    straight = suggest_terms(tokens, documents, min_count=1)
    in_categories = tokens.astype({"doc_id": "category", "term": "category"})
    again = suggest_terms(in_categories, documents, min_count=1)
    pd.testing.assert_frame_equal(straight, again, check_dtype=False)
    assert "다라 마바" not in set(straight["term"])


@given(st.lists(st.sampled_from("가나다"), min_size=2, max_size=40))
def test_counts_of_runs_equal_a_plain_count(words):
    table = suggest_terms(*_tokens("|".join(words)), min_count=1)
    runs = ["".join(words[i : i + k]) for k in (2, 3, 4) for i in range(len(words) - k + 1)]
    assert table.set_index("term")["n"].to_dict() == {run: runs.count(run) for run in set(runs)}
    assert (table["npmi"] <= 1 + 1e-9).all()


# --- parts of compounds ------------------------------------------------------------------


def _corpus(texts):
    """Texts of (administration, family, text); a token is each run between spaces and bars.

    A bar marks the seam of two tokens written together and is taken out.
    """
    documents, tokens = [], []
    for number, (administration, family, text) in enumerate(texts):
        doc_id, plain = f"d{number:02d}", ""
        for word in text.split(" "):
            plain += " " if plain else ""
            for part in word.split("|"):
                if bare := part.strip(".,"):
                    tokens.append((doc_id, len(plain), len(plain) + len(bare), bare))
                plain += part
        documents.append((doc_id, plain, administration, family))
    return (
        pd.DataFrame(documents, columns=["doc_id", "text", "administration", "family_id"]),
        pd.DataFrame(tokens, columns=["doc_id", "start", "end", "term"]),
    )


def _key(*terms):
    return pd.DataFrame({"term": terms, "administration": "가", "z": 3.0, "q": 0.01})


def test_adjacent_tokens_by_hand():
    """The third token and the fourth are parted by two characters, the last by its document."""
    documents, tokens = _corpus([("가", "f", "새벽|시장 기차, 새벽"), ("가", "g", "시장")])
    comma = documents.assign(text=["새벽시장,기차, 새벽", "시장"])
    assert adjacent(tokens, documents).tolist() == [True, True, False, False, False]
    assert adjacent(tokens, comma).tolist() == [True, False, False, False, False]
    assert adjacent(tokens[:0], documents).tolist() == []


# Texts of 가, each of its own family, and of 나; what explains 새벽 or 기차 in 가.
EXCESSES = {
    # 가 has 8 tokens, 4 of them 새벽, 3 in 새벽시장; 나 has 8 with one 새벽, none joined: the
    # excess of 새벽 is 4 - 8/8 = 3, that of 새벽시장 is 3, all of it.
    "all of it": (["새벽|시장"] * 3 + ["새벽 기차"], ["새벽 가을 겨울 봄빛 여름 바다 하늘 구름"],
                  [["새벽", "가", "새벽시장", 1.0, 3, 3]]),
    "written as it mostly is": (["새벽 시장"] * 3 + ["새벽|시장"], ["가을"],
                                [["새벽", "가", "새벽 시장", 1.0, 4, 4]]),
    "as common elsewhere": (["새벽 시장, 새벽, 새벽"] * 4, ["새벽 시장, 가을, 가을"] * 4, []),
}  # fmt: skip


@pytest.mark.parametrize("own, others, expected", EXCESSES.values(), ids=EXCESSES)
def test_share_of_the_excess_by_hand(own, others, expected):
    texts = [("가", f"f{n}", text) for n, text in enumerate(own)]
    texts += [("나", f"g{n}", text) for n, text in enumerate(others)]
    assert explained_parts(_key("새벽", "기차"), *_corpus(texts)).values.tolist() == expected


@pytest.mark.parametrize("between", [", ", "·", "와 "])
def test_what_is_not_joined_by_a_space_explains_nothing(between):
    texts = [("가", f"f{n}", f"새벽|{between}|시장") for n in range(4)] + [("나", "g", "가을")]
    documents, tokens = _corpus(texts)
    tokens = tokens[~tokens["term"].isin(["와", "·"])]
    assert explained_parts(_key("시장"), documents, tokens).empty


def test_copies_of_a_text_explain_nothing():
    """Three families join the words and four do not: 3 of 7, whatever is copied."""
    texts = [("가", f"f{n}", "새벽 시장") for n in range(3)] + [("가", "f0", "새벽 시장")] * 20
    texts += [("가", f"a{n}", "새벽") for n in range(4)] + [("나", "g", "가을")]
    assert explained_parts(_key("새벽"), *_corpus(texts)).empty
    table = explained_parts(_key("새벽"), *_corpus(texts), min_share=0.1)
    assert table["share"].tolist() == pytest.approx([3 / 7])


@pytest.mark.parametrize("change", [{"q": 0.2}, {"z": -3.0}, {"term": "가을"}])
def test_terms_that_are_not_sure_are_left_alone(change):
    texts = [("가", f"f{n}", "새벽 시장") for n in range(4)] + [("나", "g", "가을")]
    assert len(explained_parts(_key("새벽"), *_corpus(texts))) == 1
    assert explained_parts(_key("새벽").assign(**change), *_corpus(texts)).empty


@settings(max_examples=15)
@given(st.integers(3, 12), st.integers(0, 12))
def test_the_share_falls_with_every_use_outside_the_pair(n_joined, n_alone):
    texts = [("가", f"f{n}", "새벽 시장") for n in range(n_joined)]
    texts += [("가", f"a{n}", "새벽") for n in range(n_alone)] + [("나", "g", "가을")]
    table = explained_parts(_key("새벽"), *_corpus(texts))
    expected = n_joined / (n_joined + n_alone)
    assert table["share"].tolist() == pytest.approx([expected] if expected >= 0.5 else [])


# --- the lexicon of a study --------------------------------------------------------------


def test_a_study_counts_an_alias_as_its_term_and_people_of_three_syllables(tmp_path):
    own = _write(tmp_path, "own.csv", "term,canonical\n창조혁신쎈터,창조경제혁신센터\n새말쓰기,\n")
    found = study_lexicon(read_study("innovation-centers"), own)
    assert found.spellings["창조혁신쎈터"] == "창조경제혁신센터"
    assert found.spellings["새말쓰기"] == "새말쓰기" and found.spellings["박근혜"] == "박근혜"
    assert "창조혁신쎈터" not in set(found.table["term"])


def test_an_alias_of_no_term_or_of_an_alias_stays():
    rows = [("금고", ""), ("곳간", "금고"), ("뒤주", "곳간"), ("광", "없는 말"), ("창고", "금고")]
    table = pd.DataFrame(rows, columns=["term", "canonical"]).assign(variants="")
    folded = fold_aliases(table, {"곳간", "뒤주", "광"})  # 창고 is of the shipped lexicon
    assert folded[["term", "variants"]].values.tolist() == [
        ["금고", "곳간"], ["뒤주", ""], ["광", ""], ["창고", ""],
    ]  # fmt: skip


# --- regions -----------------------------------------------------------------------------

REGIONS = read_regions()
OWNERS = {name: row.region for row in REGIONS.itertuples() for name in row.names.split(";")}
MATCHES = {
    "대구가 대구를": [("대구", "대구"), ("대구", "대구")],
    "대구ㆍ경북의 산업": [("대구", "대구"), ("경북", "경북")],
    "대구 지역 창업": [("대구", "대구 지역")],
    "(대전), 대전.": [("대전", "대전"), ("대전", "대전")],
    "세종특별자치시에서도 세종시": [("세종", "세종특별자치시"), ("세종", "세종시")],
    "경기도의 경기": [("경기", "경기도")],
    "대구창조경제혁신센터를": [("대구", "대구창조경제혁신센터")],
    "제2차 대전 뒤의 대전": [("대전", "대전")],
    "세종테크노파크에서": [("세종", "세종테크노파크")],
    "대구지방중기청 등": [("대구", "대구지방중기청")],
    "경기 테크노파크와 경기TP": [("경기", "경기 테크노파크"), ("경기", "경기TP")],
    "부산지방중소벤처기업청의": [("부산", "부산지방중소벤처기업청")],
    "대전·세종지방중소벤처기업청은": [("대전", "대전"), ("세종", "세종지방중소벤처기업청")],
    "세종시의회와 경기도의회": [("세종", "세종시의회"), ("경기", "경기도의회")],
    "부산광역시교육청까지": [("부산", "부산광역시교육청")],
    "경기 광주와 광주": [("경기", "경기 광주"), ("광주", "광주")],
    "[서울=뉴시스] 서울에서": [("서울", "서울")],
    "경기도는, 경기도 이천과 인천": [("경기", "경기도"), ("경기", "경기도"), ("인천", "인천")],
    "대전(大田)에서 대전을 지나 대전 시민과": [("대전", "대전")] * 3,
}
DECOYS = "부산물에서,대전제로,세계대전에서,제2차 세계 대전,세종대왕,세종로에서,경기 회복,동대구역"
DECOYS += ",세종연구원,세종대학교,경기 시청률,경기 시청에서,대구대학교"
DECOYS += ",(서울=연합뉴스),서울시장,광주전남,충남대,경기도 좋았고,친선 경기도 성사되어"
DECOYS += ",경기도 회복될,대전(大戰)이 남긴,제3차 대전의,두 번 대전을,대전을 막을,광주(廣州)에서,"


def _texts(*texts):
    return pd.DataFrame({"doc_id": [f"d{n}" for n in range(len(texts))], "text": texts})


def _regions_in(text):
    found = find_regions(_texts(text))
    return [(row.term, text[row.start : row.end]) for row in found.itertuples()]


def test_every_region_has_a_tile_and_every_name_one_region():
    assert len(REGIONS) == 17 and REGIONS["region"].is_unique
    assert not REGIONS.duplicated(["row", "column"]).any()
    names = REGIONS["names"].str.split(";").explode().str.replace(" ", "")
    assert (names != "").all() and not names[names.duplicated()].tolist()
    left_out = set(";".join(REGIONS["excluded"]).split(";")) - {""}
    assert left_out and not left_out & set(OWNERS)


@pytest.mark.parametrize("text", [*MATCHES, *DECOYS.split(",")])
def test_what_is_a_region_and_what_only_looks_like_one(text):
    assert _regions_in(text) == MATCHES.get(text, [])


NAMES = st.sampled_from([*OWNERS, "부산물", "대전제", "세종대왕", "경기 회복", "2차 대전"])
ENDINGS = st.sampled_from(["", "에서", "의", "에서도", "까지"])


@given(st.lists(st.tuples(NAMES, ENDINGS), max_size=8))
def test_every_name_is_found_with_its_particles_and_its_offsets(words):
    """Commas keep two names from making a third."""
    text = ", ".join(f"{name}{particle}" for name, particle in words)
    assert _regions_in(text) == [(OWNERS[name], name) for name, _ in words if name in OWNERS]


def test_mentions_name_their_documents_whatever_the_index():
    documents = _texts("대구와 부산", "없다", "제주").set_axis([7, 7, 3])
    assert find_regions(documents).values.tolist() == [
        ["d0", 0, 2, "대구"], ["d0", 4, 6, "부산"], ["d2", 0, 2, "제주"],
    ]  # fmt: skip
    assert find_regions(documents[:0]).columns.tolist() == ["doc_id", "start", "end", "term"]


# --- the names of the seeds and of the chronicle -----------------------------------------------

SEEDS = "지역특화 프로젝트;지역혁신네트워크;상생과 공존;원팀;SW 임치;SW 임치 제도;규제예보제;산업융합 얼라이언스;"
SEEDS += "글로벌 벤처스타 프로젝트;1인 창조기업 비즈니스 센터;스마트미디어 이노베이션 센터;기술유출 분쟁조정제도;"
SEEDS += "벤처창업박람회;살맛나는 지방시대;출연연;미국 재무부"
PARTICLES = ["", "은/는", "이/가", "을/를", "과/와", "으로/로"]
PARTICLES += "의 에 에서 에게 도 만 부터 까지 에는 보다 처럼 이다 입니다 이라고 이며 들".split()


def test_names_of_the_chronicle_stay_whole_before_every_particle():
    lines = (ROOT / "data/chronicle/chronicle.jsonl").read_text("utf-8").splitlines()
    records = map(json.loads, lines)
    names = {name for r in records for name in (*r["programmes"], *r["organisations"])}
    spellings = read_lexicon().spellings
    known = sorted(names & set(spellings) | set(SEEDS.split(";")))
    assert len(known) > 500
    cases = [
        (spellings[name], written, attach_particle(written, p) if "/" in p else written + p)
        for name in known
        for written in {name, name.replace(" ", "")}
        for p in PARTICLES
    ]
    before = "정부는 올해 "
    texts = _texts(*(f"{before}{word} 살폈다." for _, _, word in cases))
    tokens = tokenize(texts, analyser="mecab", lexicon=read_lexicon())
    tokens = tokens.astype({"doc_id": object, "term": object})
    found = set(tokens[["doc_id", "start", "end"]].itertuples(index=False, name=None))
    start = len(before)
    cut = [
        word
        for number, (_, written, word) in enumerate(cases)
        if (f"d{number}", start, start + len(written)) not in found
    ]
    assert cut == []
