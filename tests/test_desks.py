"""Explorer and desks without a browser: hand-worked numbers, decisions kept, faults told."""

import numpy as np
import pandas as pd
import pytest
from corpora import CORPORA, write_study

import policytext as pt
from policytext.compare import timeline
from policytext.compare.contrasts import keyness_table
from policytext.corpus import Corpus
from policytext.faults import InsufficientData, PolicyTextError
from policytext.lab import desks, explorer, terms
from policytext.study import STUDIES
from policytext.topics.clusters import Topics
from policytext.words.lexicon import read_lexicon, read_stopwords, study_lexicon
from policytext.words.tokens import counted, tokenize

ROWS = [
    ("a", "2014-01-10", "창업 창업 투자 기업"),
    ("b", "2014-02-10", "투자 펀드 기업 창업"),
    ("c", "2015-03-10", "펀드 기업 출자 투자"),
    ("d", "2018-01-10", "지역 특구 규제 대학"),
    ("e", "2018-05-10", "지역 규제 실증 창업"),
    ("f", "2018-06-10", "특구 실증 지역 대학"),
]
CENTRES = "innovation-centers"


def small_study(folder, rows=ROWS, **columns):
    records = [{"id": doc_id, "제목": f"글 {doc_id}", "본문": text, "일자": date, "언론사": "신문"}
               for doc_id, date, text in rows]  # fmt: skip
    return write_study(folder, "작은", [record | columns for record in records])


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return small_study(tmp_path_factory.mktemp("연구"))


@pytest.fixture(scope="module")
def corpus(study):
    return Corpus.open(study.changed("comparison", min_df=1))


class TestTerm:
    def test_rates_by_hand_and_as_in_the_timeline(self, corpus):
        """2014: 3 of 8 tokens; 2015: 0 of 4; 2018: 1 of 12."""
        table = explorer.term(corpus, "창업").table
        cells = timeline.calendar(corpus.documents, unit="year")
        expected = timeline.term_rates(corpus.keyness_matrix, corpus.documents, cells, ["창업"])
        pd.testing.assert_frame_equal(table[list(expected)], expected)
        dated = table.dropna(subset="value")
        assert dated["n"].tolist() == [3, 0, 1] and dated["exposure"].tolist() == [8, 4, 12]
        assert dated["value"].tolist() == [3750, 0, pytest.approx(10_000 / 12)]

    @pytest.mark.parametrize("min_df", [1, 2])
    def test_rates_and_odds_are_those_among_all_terms(self, study, min_df):
        """One denominator everywhere: with min_df 2, 출자 does not count, and nowhere."""
        corpus = Corpus.open(study.changed("comparison", min_df=min_df))
        whole = keyness_table(
            corpus.keyness_matrix, corpus.groups, families=corpus.families, n_permutations=10
        )
        whole = whole[whole["term"] == "창업"].set_index("administration").loc[corpus.order]
        one = explorer.term(corpus, "창업", view="administrations").table
        for name in ("n", "n_rest", "rate_per_10k", "rate_rest_per_10k", "log_odds", "z"):
            assert one[name].to_numpy() == pytest.approx(whole[name].to_numpy()), name
        over_time = explorer.term(corpus, "창업").table["exposure"].sum()
        assert over_time == corpus.keyness_matrix.counts.sum() == {1: 24, 2: 23}[min_df]

    def test_topics_by_hand(self, corpus):
        placed = pd.DataFrame({"doc_id": list("abcdef"), "topic": [1, 1, 1, 2, 2, 0]})
        named = pd.DataFrame({"topic": [1, 1, 2], "term": ["투자", "창업", "지역"], "weight": 1.0})
        topics = Topics(placed, named, np.zeros((6, 1)))
        table = explorer.term(corpus, "창업", view="topics", topics=topics).table
        shown = table[["topic", "n_documents", "n_with_term", "rank"]].astype(object)
        assert shown.values[0].tolist() == [1, 3, 2, 2] and pd.isna(shown.values[1][3])
        assert table["share"].tolist() == [pytest.approx(2 / 3), 0.5]
        assert table["share_elsewhere"].tolist() == [0.5, pytest.approx(2 / 3)]
        part = explorer.term(
            corpus, "창업", view="topics", topics=topics, administrations=["문재인"]
        )
        assert part.table.set_index("topic").loc[2, "n_with_term"] == 1

    @pytest.mark.parametrize("view", ["time", "administrations", "topics"])
    def test_every_view_says_the_same_and_opens_its_sentences(self, corpus, view):
        result = explorer.term(corpus, "창업", view=view)
        assert result.finding.startswith("‘창업’은 ") and "1만 낱말에 2500.0번" in result.finding
        assert "1만 낱말의 낱말은 글 1건 이상" in result.caption or view == "topics"
        assert len(result.evidence("창업")) == 4
        assert result.plot() is not None

    def test_an_unknown_term_names_the_nearest(self, corpus):
        with pytest.raises(PolicyTextError, match="‘창엄’이라는 말은.*비슷한 말: 창업"):
            explorer.term(corpus, "창엄")
        with pytest.raises(PolicyTextError, match="비어"):
            explorer.term(corpus, "")
        with pytest.raises(PolicyTextError, match="가장 가까운 것은 ‘time’"):
            explorer.term(corpus, "창업", view="tim")

    def test_the_number_of_topics_is_that_of_the_report(self, study, tmp_path, monkeypatch):
        monkeypatch.setattr(explorer, "REPORTS", tmp_path)
        assert explorer.usual_number(study) == 3  # the middle one of 2 and 3
        path = tmp_path / study.name / "figures" / "topic-curve.csv"
        path.parent.mkdir(parents=True)
        path.write_text("n_topics,chosen\n3,False\n7,True\n", encoding="utf-8-sig")
        assert explorer.usual_number(study) == 7
        assert explorer.usual_number(study.changed("topics", n_topics=4)) == 4


def test_top_terms_are_ranked_as_by_keyness():
    corpus = Corpus.open(CENTRES)
    whole = keyness_table.__wrapped__(
        corpus.keyness_matrix, corpus.groups, families=corpus.families, n_permutations=0
    )
    expected = whole[(whole["rank"] <= 10) & (whole["z"] > 0)].set_index("administration")
    for name, top in explorer.top_terms(corpus).groupby("administration"):
        assert top["z"].to_numpy() == pytest.approx(expected.loc[[name], "z"].to_numpy())


def test_a_tried_term_counts_as_if_every_document_were_read_again():
    corpus, tried = Corpus.open(CENTRES), ("해외진출", "전국 확산")
    part = corpus.with_(terms=tried)
    whole = tokenize(corpus.documents, lexicon=part.lexicon, workers=1)
    options = corpus.study.tokens
    stopwords = read_stopwords() | frozenset(options.stopwords)
    expected = counted(whole, min_syllables=options.min_syllables, stopwords=stopwords)
    columns = ["doc_id", "start", "end", "term", "tag"]
    plain = [tokens[columns].astype(object) for tokens in (part.tokens, expected)]
    pd.testing.assert_frame_equal(*plain)
    assert set(tried) <= set(part.matrix.terms) - set(corpus.matrix.terms)


class TestScreen:
    @pytest.fixture
    def screen(self, study):
        return explorer.Explorer(str(study.place), {"term": "창업"})

    def test_every_part_is_filled(self, screen):
        areas = {name: area.value for name, area in screen.areas.items()}
        assert "policytext-ready" in screen.status.area.value and areas["moved"] == ""
        assert "‘창업’" in areas["answer"] and "<img" in areas["figure"]
        assert "박근혜" in areas["numbers"] and "이 말을 쓴 글" in areas["numbers"]
        assert areas["lines"].count("<mark>창업</mark>") == 4
        assert len(screen.picker.options) == 3 and "<mark>창업</mark>" in areas["document"]

    def test_a_fault_leaves_no_old_answer_and_the_next_term_works(self, screen):
        screen.controls["term"].value = "없는말"
        assert "한 번도 나오지" in screen.status.area.value
        assert {area.value for area in screen.areas.values()} == {""}
        screen.controls["term"].value = "지역"
        assert "‘지역’" in screen.areas["answer"].value and "<img" in screen.areas["figure"].value

    def test_what_moves_is_told(self, screen):
        screen.controls["stopwords"].value = "지역, 없는말"
        moved = screen.areas["moved"].value
        assert "그대로다" in moved and "‘없는말’은 아무것도 바꾸지 않았다" in moved
        screen.controls["stopwords"].value = ""
        assert screen.areas["moved"].value == ""

    def test_topics_are_made_again_only_when_asked(self, screen):
        screen.controls["view"].value = "topics"
        usual = screen.shown.table
        screen.controls["stopwords"].value = "지역, 기업"
        assert "ARI" not in screen.areas["moved"].value and screen.refit.layout.display == ""
        assert screen.shown.table["label"].tolist() == usual["label"].tolist()
        screen.refit.click()
        assert "ARI" in screen.areas["moved"].value and screen.refit.layout.display == "none"
        assert screen.shown.table["label"].tolist() != usual["label"].tolist()

    @pytest.mark.parametrize("view", ["time", "administrations", "topics"])
    @pytest.mark.parametrize("is_refitted", [False, True])
    def test_the_code_gives_what_is_shown(self, screen, view, is_refitted):
        screen.controls["stopwords"].value = "기업"
        screen.controls["years"].value = (2014, 2018)
        screen.controls["administrations"].value = ("박근혜",)
        screen.controls["n_topics"].value = 2
        screen.controls["view"].value = view
        if is_refitted:
            screen.refit.click()
        screen._show_code()
        code, _, again = screen.code.value.partition("\n\npt.explore(")
        names = {}
        exec(code.replace("\npt.lab.term(", "\nshown = pt.lab.term("), names)
        pd.testing.assert_frame_equal(names["shown"].table, screen.shown.table)
        assert eval(f"pt.explore({again}", {"pt": pt}).children

    def test_a_view_is_saved_as_a_draft(self, screen, monkeypatch, tmp_path):
        monkeypatch.setattr(explorer, "PROCESSED", tmp_path)
        monkeypatch.setattr("policytext.report.result.PROCESSED", tmp_path)
        screen._save()
        screen._save()
        kept = {path.name for path in (tmp_path / "draft" / "작은" / "figures").iterdir()}
        endings = ("svg", "png", "csv", "py")
        assert kept == {f"term-time-00{n}.{ending}" for n in (1, 2) for ending in endings}

    @pytest.mark.parametrize(
        "control, value, told",
        [
            ("stopwords", "창업", "‘창업’은 ‘뺄 말’에 있어"),
            ("years", (2015, 2015), "고른 기간과 종류에는 ‘창업’ 말이"),
        ],
    )
    def test_what_cannot_be_counted_is_told(self, screen, control, value, told):
        screen.controls[control].value = value
        assert told in screen.status.area.value and screen.picker.options == ()

    def test_one_government_cannot_be_compared(self, screen):
        screen.controls["years"].value = (2014, 2015)
        assert "정부가 하나뿐이어서" in screen.areas["answer"].value
        screen.controls["stopwords"].value = "기업"
        assert "policytext-ready" in screen.status.area.value

    def test_one_administration_is_still_compared_with_the_others(self, screen):
        before = screen.areas["answer"].value
        screen.controls["administrations"].value = ("문재인",)
        assert screen.areas["answer"].value == before and len(screen.picker.options) == 1
        screen.controls["term"].value = "출자"  # a term that it does not use
        assert "보일 쓰임이 없습니다" in screen.areas["lines"].value

    def test_a_study_that_cannot_be_opened_is_not_answered_for(self, screen, monkeypatch):
        def missing(_):
            raise PolicyTextError("자료를 받지 못했습니다.")

        monkeypatch.setattr(explorer.Corpus, "open", missing)
        screen.controls["study"].value = CENTRES
        screen.controls["unit"].value = "month"
        assert "받지 못했습니다" in screen.status.area.value
        assert screen.areas["answer"].value == ""

    def test_a_programming_error_does_not_leave_the_screen_counting(self, screen, monkeypatch):
        monkeypatch.setattr(explorer, "term_topics", lambda *_: 1 / 0)
        screen.controls["term"].value = "투자"
        assert "ZeroDivisionError" in screen.status.area.value
        assert "<details>" in screen.status.area.value

    @pytest.mark.parametrize(
        "given, told",
        [
            ({"trem": "창업"}, "'term'을 찾으셨나요"),
            ({"administrations": ["박근헤"]}, "가장 가까운 것은 ‘박근혜’"),
            ({"analyser": "mecap"}, "가장 가까운 것은 ‘mecab’"),
        ],
    )
    def test_a_choice_that_there_is_not_names_the_nearest(self, study, given, told):
        with pytest.raises(PolicyTextError, match=told):
            pt.explore(str(study.place), **given)

    def test_texts_stay_texts(self, tmp_path):
        rows = [(doc_id, date, f"창업 <b>{text}") for doc_id, date, text in ROWS]
        place = small_study(tmp_path, rows, 제목="<script>").place
        screen = explorer.Explorer(str(place), {"term": "투자"})
        shown = screen.areas["document"].value + screen.areas["lines"].value
        assert "&lt;script&gt;" in shown and "<script>" not in shown and "<b>" not in shown

    @pytest.mark.parametrize("name", ["one-document", "no-dates", "nothing", "only-unusable"])
    def test_odd_corpora_end_in_a_sentence(self, tmp_path, name):
        study = write_study(tmp_path, name, CORPORA[name])
        try:
            told = explorer.Explorer(str(study.place), {}).status.area.value
        except PolicyTextError as error:
            told = str(error)
        assert "프로그램의 잘못" not in told


TEXTS = [
    "올해 창업자 지원금을 늘렸다. 지역마다 창업자 지원금은 다르다.",
    "창업자 지원금이 벤처 금고에서 나왔다.",
    "벤처 금고와 벤처금고는 같은 말이다.",
    "모험 금고도 그 말이다.",
]


class TestOwnTerms:
    @pytest.fixture
    def study(self, tmp_path):
        return small_study(
            tmp_path, [(f"d{i}", "2014-05-01", text) for i, text in enumerate(TEXTS)]
        )

    @pytest.fixture
    def documents(self, study):
        return Corpus.open(study).documents

    def tokens(self, study, documents):
        return tokenize(documents, lexicon=study_lexicon(study), workers=1)

    def counted(self, study, documents):
        return self.tokens(study, documents)["term"].value_counts().to_dict()

    def test_an_accepted_term_is_one_token_from_then_on(self, study, documents):
        assert "창업자 지원금" not in self.counted(study, documents)
        cases = terms.save_terms(study, documents, accepted=["창업자 지원금"])
        assert self.counted(study, documents)["창업자 지원금"] == 3
        assert cases["is_whole"].tolist() == [True, True]
        assert all("창업자 지원금" in sentence for sentence in cases["sentence"])
        (study.folder / "lexicon.csv").write_text("term\n모험 금고\n", encoding="utf-8")
        assert not terms.lexicon_cases(study)["is_whole"].any()

    @pytest.mark.parametrize("accepted", [["벤처 금고"], []])
    def test_an_alias_is_counted_as_its_term(self, study, documents, accepted):
        aliases = {"모험 금고": "벤처 금고"}
        terms.save_terms(study, documents, accepted=accepted, aliases=aliases)
        found = self.counted(study, documents)
        assert found["벤처 금고"] == 4 and "모험 금고" not in found

    def test_an_alias_of_a_shipped_term(self, study, documents):
        terms.save_terms(study, documents, aliases={"모험 금고": "창조경제혁신센터"})
        assert self.counted(study, documents)["창조경제혁신센터"] == 1

    def test_decisions_add_up_and_stay_out_of_the_package(self, study, documents):
        before = read_lexicon().sha256
        assert terms.lexicon_cases(study).empty
        terms.save_terms(study, documents, accepted=["창업자 지원금"], rejected=["벤처 금고"])
        terms.save_terms(study, documents, accepted=["모험 금고"])
        assert terms.own_terms(study)["term"].tolist() == ["창업자 지원금", "모험 금고"]
        assert terms.rejected_terms(study) == ["벤처 금고"]
        terms.save_terms(study, documents, accepted=["벤처 금고"])
        assert terms.rejected_terms(study) == [] and read_lexicon().sha256 == before
        kept = {path.name for path in study.folder.iterdir()}
        assert kept == {"lexicon.csv", "lexicon-cases.csv", "lexicon-rejected.csv"}

    @pytest.mark.parametrize("term", ["창조경제혁신센터", "가"])
    def test_what_cannot_be_a_term_is_refused_before_anything_is_written(
        self, study, documents, term
    ):
        with pytest.raises(PolicyTextError):
            terms.save_terms(study, documents, accepted=[term])
        assert not study.folder.exists()

    def test_candidates_leave_out_what_was_judged(self, study, documents):
        def found():
            tokens = self.tokens(study, documents)
            return set(terms.candidates(study, documents, tokens, min_count=2)["term"])

        before = found()
        terms.save_terms(study, documents, rejected=["창업자 지원금"])
        assert before - found() == {"창업자 지원금"}

    @pytest.fixture
    def desk(self, study):
        return desks.LexiconDesk(str(study.place))

    def press(self, desk, label):
        boxes = [child for box in desk.screen.children for child in getattr(box, "children", ())]
        next(b for b in boxes if getattr(b, "description", "") == label).click()

    def test_the_desk_from_a_typed_term_to_the_saved_table(self, desk, study):
        desk.typed.value = "창업자 지원금"
        self.press(desk, "받기")
        assert "창업자 지원금" in desk.waiting.value
        self.press(desk, "앞뒤 견주기")
        assert "글 2건에서" in desk.changes.value and "창업자 지원금</th>" in desk.changes.value
        self.press(desk, "저장")
        assert "저장했습니다" in desk.changes.value and desk.accepted == []
        assert "창업자 지원금" in set(terms.own_terms(study)["term"])
        assert "창업자 지원금" in desk.corpus.matrix.terms

    @pytest.mark.parametrize(
        "typed, button, told",
        [
            ("", "받기", "고른 말이 없습니다"),
            ("창조경제혁신센터", "받기", "겹칩니다"),
            ("모험 금고", "다른 이름으로 잇기", "이을 말이 비어"),
        ],
    )
    def test_the_desk_tells_what_it_cannot_do(self, desk, typed, button, told):
        desk.typed.value = typed
        self.press(desk, button)
        assert told in desk.status.area.value and desk.accepted == [] and desk.aliases == {}


def filled(paths, labels):
    for path, names in zip(paths, labels, strict=True):
        sheet = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
        sheet.iloc[:, -1] = sheet["번호"].map(names)
        sheet.to_csv(path, index=False, encoding="utf-8-sig")


class TestSheets:
    @pytest.fixture
    def documents(self):
        ids = [f"2014-{n:02}-박근혜" for n in range(1, 13)]
        titles = [f"글 {n}" for n in range(12)]
        return pd.DataFrame({"doc_id": ids, "title": titles, "text": "창업을 돕는다"})

    def test_both_hold_the_same_items_in_other_orders_and_are_blind(self, documents, tmp_path):
        paths = desks.write_sheets(documents, tmp_path, labels=["창업", "지역"], n=10)
        one, two = (pd.read_csv(path, dtype=str, encoding="utf-8-sig") for path in paths)
        assert one.columns.tolist() == ["번호", "제목", "글", "이름 (창업 / 지역)"]
        assert sorted(one["번호"]) == sorted(two["번호"]) and len(one) == 10
        assert one["번호"].tolist() != two["번호"].tolist()
        assert "2014" not in paths[0].read_text(encoding="utf-8")
        with pytest.raises(PolicyTextError, match="이미"):  # somebody's work
            desks.write_sheets(documents, tmp_path)

    def test_the_draw_is_seeded_and_ignores_the_order_of_rows(self, documents, tmp_path):
        first = desks.write_sheets(documents, tmp_path / "1", n=5)
        again = desks.write_sheets(documents[::-1], tmp_path / "2", n=5)
        assert [a.read_bytes() for a in first] == [b.read_bytes() for b in again]

    def test_filled_sheets_come_back_xlsx_too(self, documents, tmp_path):
        paths = desks.write_sheets(documents, tmp_path, n=4)
        items = pd.read_csv(paths[0], dtype=str, encoding="utf-8-sig")["번호"].tolist()
        filled(paths, [dict.fromkeys(items, " 창업  지원 "), dict.fromkeys(items[:3], "지역")])
        table = pd.read_csv(paths[1], dtype=str, encoding="utf-8-sig")
        table.to_excel(tmp_path / "둘.xlsx", index=False, engine="xlsxwriter")
        codes = desks.read_sheets([paths[0], tmp_path / "둘.xlsx"])
        found = codes.groupby("coder")["label"].agg(list).to_dict()
        assert found == {1: ["창업 지원"] * 4, 2: ["지역"] * 3}

    @pytest.mark.parametrize(
        "content, told",
        [("a,b\n1,2\n", "'번호' 열과 '이름' 열"), ("번호,이름\nn1,가\nn1,나\n", "두 번")],
    )
    def test_a_spoilt_sheet_is_told(self, tmp_path, content, told):
        path = tmp_path / "x.csv"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(PolicyTextError, match=told):
            desks.read_sheets([path])


def codes_of(*coders):
    rows = [(f"i{n}", coder, label) for coder, labels in enumerate(coders, 1)
            for n, label in enumerate(labels) if label]  # fmt: skip
    return pd.DataFrame(rows, columns=["item", "coder", "label"])


class TestAlpha:
    def test_the_worked_example_of_krippendorff_2011(self):
        """Computing Krippendorff's Alpha-Reliability, section B: binary, two coders, 0.095."""
        found, low, high, n = desks.alpha(codes_of("0100000000", "1110010010"), n_boot=200)
        assert round(found, 3) == 0.095 and n == 10 and low <= found <= high

    def test_by_the_formula(self):
        """1 - D_o / D_e with two coders and no gaps."""
        rng = np.random.default_rng(1)
        one = rng.choice(list("가나다"), 40)
        two = np.where(rng.random(40) < 0.7, one, rng.choice(list("가나다"), 40))
        shares = np.unique(np.concatenate([one, two]), return_counts=True)[1]
        expected = 1 - (shares * (shares - 1)).sum() / (80 * 79)
        found = desks.alpha(codes_of(one, two), n_boot=10)[0]
        assert found == pytest.approx(1 - (one != two).mean() / expected)

    def test_items_of_one_coder_do_not_count(self):
        assert desks.alpha(codes_of("가나가나", ["가", "나", "", ""]), n_boot=10)[3] == 2

    @pytest.mark.parametrize("labels", [("가가가", "가가가"), ("가", "나")])
    def test_nothing_to_agree_on(self, labels):
        with pytest.raises(InsufficientData, match="일치도"):
            desks.alpha(codes_of(*labels))


def test_the_labels_desk_names_merges_and_finds_names_again(tmp_path):
    place = tmp_path / "내 연구.toml"
    place.write_text((STUDIES / f"{CENTRES}.toml").read_text(encoding="utf-8"), encoding="utf-8")
    desk = desks.LabelsDesk(str(place), 5)
    assert desk.names == {} and len(desk.list.options) == 5
    for topic, name in ((1, "창업 지원"), (2, "지역"), (3, "창업  지원")):
        desk.list.value = topic
        desk.name.value = name
    assert desk.document.value.startswith("<article")
    assert "이름 3개를 저장했습니다(합친 주제 1개)" in desk._save()
    assert desks.LabelsDesk(str(place), 5).names == {1: "창업 지원", 2: "지역", 3: "창업 지원"}
    assert set(desks.LabelsDesk(str(place), 6).names.values()) == {"창업 지원", "지역"}
    with pytest.raises(PolicyTextError, match=r"coding-1\.csv가 없습니다"):
        desk._agree()
    desk._write_sheets()
    sheets = [desk.study.folder / f"coding-{coder}.csv" for coder in (1, 2)]
    items = pd.read_csv(sheets[0], dtype=str, encoding="utf-8-sig")["번호"]
    named = {item: ["지역", "창업 지원"][n % 2] for n, item in enumerate(items)}
    filled(sheets, [named, named | {items[0]: "창업 지원"}])
    assert f"글 {len(items)}건)로, 믿고 쓸 만하다" in desk._agree()
