"""Explorer and desks without a browser: hand-worked numbers, decisions kept, faults told."""

import json

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from corpora import CORPORA, write_study

import policytext as pt
from policytext.compare import concepts, timeline
from policytext.compare.contrasts import keyness_table
from policytext.corpus import Corpus
from policytext.faults import InsufficientData, PolicyTextError
from policytext.lab import answers, desks, explorer, terms
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
        table = answers.ask(corpus, term="창업").table
        cells = timeline.calendar(corpus.documents, unit="year")
        expected = timeline.term_rates(corpus.keyness_matrix, corpus.documents, cells, ["창업"])
        pd.testing.assert_frame_equal(table[list(expected)], expected)
        dated = table.dropna(subset="value")
        assert dated["n"].tolist() == [3, 0, 1] and dated["exposure"].tolist() == [8, 4, 12]
        assert dated["value"].tolist() == [3750, 0, pytest.approx(10_000 / 12)]
        assert dated["cell"].iloc[0] == "2014.01–12 (재임 11–23개월)"

    @pytest.mark.parametrize("min_df", [1, 2])
    def test_rates_and_odds_are_those_among_all_terms(self, study, min_df):
        """One denominator everywhere: with min_df 2, 출자 does not count, and nowhere."""
        corpus = Corpus.open(study.changed("comparison", min_df=min_df))
        whole = keyness_table(
            corpus.keyness_matrix, corpus.groups, families=corpus.families, n_permutations=10
        )
        whole = whole[whole["term"] == "창업"].set_index("administration").loc[corpus.order]
        one = answers.ask(corpus, term="창업", view="administrations").table
        for name in ("n", "n_rest", "rate_per_10k", "rate_rest_per_10k", "log_odds", "z"):
            assert one[name].to_numpy() == pytest.approx(whole[name].to_numpy()), name
        over_time = answers.ask(corpus, term="창업").table["exposure"].sum()
        assert over_time == corpus.keyness_matrix.counts.sum() == {1: 24, 2: 23}[min_df]

    def test_topics_by_hand(self, corpus):
        placed = pd.DataFrame({"doc_id": list("abcdef"), "topic": [1, 1, 1, 2, 2, 0]})
        named = pd.DataFrame({"topic": [1, 1, 2], "term": ["투자", "창업", "지역"], "weight": 1.0})
        topics = Topics(placed, named, np.zeros((6, 1)))
        table = answers.term_topics(corpus, "창업", topics)
        shown = table[["topic", "n_documents", "n_with_term", "rank"]].astype(object)
        assert shown.values[0].tolist() == [1, 3, 2, 2] and pd.isna(shown.values[1][3])
        assert table["share"].tolist() == [pytest.approx(2 / 3), 0.5]
        assert table["share_low"].iloc[0] == pytest.approx(0.0943, abs=1e-4)
        part = answers.term_topics(corpus.where(administrations="문재인"), "창업", topics)
        assert part.set_index("topic").loc[2, "n_with_term"] == 1

    @pytest.mark.parametrize("view", ["time", "administrations", "topics"])
    def test_several_words_stand_in_one_figure_and_open_their_sentences(self, corpus, view):
        result = answers.ask(corpus, term="창업, 지역", view=view)
        assert result.finding.count(" / ") == 1 and "말할 수 없다" in result.finding
        assert result.table["term"].unique().tolist() == ["창업", "지역"]
        assert len(result.evidence("창업")) == 4 and len(result.evidence("지역")) == 3
        assert "‘창업’, ‘지역’" in result.caption and result.plot() is not None

    def test_a_difference_is_told_under_the_rules_of_the_reports(self, centres):
        """What a seven-document government leads in is no headline; one government stands alone."""
        rows = answers.ask(centres, term="창업", view="administrations").table
        assert rows.sort_values("z")["administration"].iloc[-1] not in centres.administrations
        assert "말할 수 없다" in answers.ask(centres, term="창업").finding
        sure = answers.ask(centres, term="특구")
        row = sure.facts["told"][0]["row"]
        assert row["q"] < 0.05 and row["times_low"] > 1 and "두드러지게 썼다" in sure.finding
        many = answers.ask(centres, term="규제", tried=["창업", "투자", "특구", "센터", "지역"])
        alone = answers.ask(centres, term="규제")
        q = [one.facts["told"][0]["row"]["q"] for one in (alone, many)]
        assert q[0] != q[1] and "물은 말 6개" in many.caption
        for word, told in (("개소", "정부의 "), ("창조경제타운", "(나머지 정부 0번, ")):
            sure = answers.ask(centres, term=word)  # no interval is no refutation
            row = sure.facts["told"][0]["row"]
            assert row["q"] < 0.05 and np.isnan(row["times_low"]) and told in sure.finding
            assert "두드러지게 썼다" in sure.finding and "구간 없음" in sure.finding
        one = answers.ask(centres, term="특구", administrations="박근혜")
        assert one.finding.startswith("‘특구’는 박근혜 정부가 드물게 썼다")
        assert set(one.table["administration"]) == {"박근혜"}

    def test_words_are_understood_or_answered_with_the_nearest(self, corpus, centres):
        understood = answers.understood(centres, "r & d, 창업，창업、규제 ")
        assert understood == ["R&D", "창업", "규제"]
        with pytest.raises(PolicyTextError, match="‘창엄’이라는 말은.*비슷한 말: 창업"):
            answers.ask(corpus, term="창엄")
        with pytest.raises(PolicyTextError, match="비어"):
            answers.ask(corpus, term="")
        with pytest.raises(PolicyTextError, match="가장 가까운 것은 ‘time’"):
            answers.ask(corpus, term="창업", view="tim")

    def test_topics_and_cautions_are_those_of_the_report(self, study, tmp_path, monkeypatch):
        monkeypatch.setattr(answers, "REPORTS", tmp_path)
        assert answers.usual_number(study) == 3  # the middle one of 2 and 3
        path = tmp_path / study.name / "figures" / "topic-curve.csv"
        path.parent.mkdir(parents=True)
        path.write_text("n_topics,chosen\n3,False\n7,True\n", encoding="utf-8-sig")
        assert answers.usual_number(study) == 7
        assert answers.usual_number(study.changed("topics", n_topics=4)) == 4
        noted = study.changed("report", note="원문이 아니다.")
        assert answers.cautions(noted) == ["원문이 아니다."]
        told = {"reports": [{"file": "a"}, {"warnings": [{"text": "날마다 다르다."}]}]}
        (tmp_path / study.name / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
        assert answers.cautions(noted) == ["원문이 아니다.", "날마다 다르다."]


@pytest.mark.parametrize(
    "asked, told",
    [
        (lambda corpus: corpus.with_(n_topics="7"), "정수를 적어야 하는데 '7'"),
        (lambda corpus: corpus.with_(n_topics=5000), "200 이하여야"),
        (lambda corpus: corpus.where(genre="보도자료"), "항목 ‘genre’가 없습니다.*‘genres’"),
        (lambda corpus: corpus.where(genres="보도자료"), "종류 ‘보도자료’가 없습니다.*: 기사"),
        (lambda corpus: corpus.with_(stopword="기업"), "가장 가까운 것은 ‘stopwords’"),
        (lambda corpus: answers.ask(corpus, term="창업", unit="week"), "단위 ‘week’가 없습니다"),
        (lambda corpus: pt.tokenize("문장"), "doc_id, text 열이 하나씩 있는 표"),
        (lambda corpus: corpus.where("문재인"), "항목 ‘문재인’이 없습니다.*: administrations"),
        (lambda corpus: corpus.with_("기업"), "항목 ‘기업’이 없습니다.*: stopwords"),
        (lambda _: pt.compare.keyness(), r"keyness\(\)에는 말뭉치\(Corpus\)를 주어야 하는데 None"),
        (lambda corpus: pt.topics.shares(corpus.documents), "열의 표입니다. pt.Corpus.open"),
        (lambda _: pt.lab.ask(corpus="작은", term="창업"), "야 하는데 글자 '작은'"),
        (lambda corpus: pt.lab.ask(corpus, "창업", start="첫해"), "첫 해는 정수.*'첫해'"),
        (lambda corpus: pt.lab.ask(corpus, "창업", n_topics="2.5"), "주제 수는 정수.*'2.5'"),
        (lambda corpus: pt.words.terms(corpus).evidence("창업", n="둘"), "0 이상의 정수"),
        (lambda corpus: pt.words.terms(corpus).evidence("창업", "갑"), "term 1개까지"),
        (lambda corpus: pt.words.terms(corpus).only("figur"), "부분 ‘figur’가.*‘figure’"),
        (lambda corpus: pt.lab.ask(corpus, "창업").plot(plt.figure()), "Axes 하나여야.*Figure"),
    ],
)
def test_an_error_from_code_is_one_korean_sentence(corpus, asked, told):
    with pytest.raises(PolicyTextError, match=told) as error:
        asked(corpus)
    assert "\n" not in str(error.value)


class TestConcepts:
    @pytest.fixture
    def own(self, tmp_path):
        study = small_study(tmp_path)
        study.folder.mkdir()
        table = "concept,rule\n창업지원,(창업 OR 출자) AND NOT 규제\n지역,지역 AND 특구\n"
        (study.folder / "concepts.csv").write_text(table, encoding="utf-8")
        return study

    def test_shares_by_hand(self, own):
        """창업지원: a b c of the first government, none of the second (e has 규제); 지역: d f."""
        shares = concepts.concept_shares(Corpus.open(own))
        table = shares.table.set_index(["concept", "administration"])
        assert table["n_families"].unstack().to_numpy().tolist() == [[2, 0], [0, 3]]
        assert table.loc[("창업지원", "박근혜"), "p"] == pytest.approx(0.1)  # 1 of C(6,3), twice
        assert table["rule"].iloc[0] == "(창업 OR 출자) AND (NOT 규제)"
        assert len(shares.evidence("창업지원", "박근혜")) == 4
        assert "말할 수 있는 것이 없다" in shares.finding and "svg" in shares._repr_html_()
        over_time = shares.more[0].table
        rates = over_time.loc[over_time["concept"] == "지역", "value"]
        assert rates.max() == pytest.approx(2 / 3)

    def test_a_concept_is_asked_like_a_word(self, own):
        asked = {"term": "창업", "concepts": "창업지원", "view": "administrations"}
        result = answers.ask(Corpus.open(own), **asked)
        assert result.table["n"].tolist() == [3, 1, 4, 0]
        screen = explorer.Explorer(str(own.place), {"term": "", "concepts": "창업지원"})
        assert screen.result.facts["words"] == ["창업지원"] and len(screen.uses) == 4

    @pytest.mark.parametrize(
        "table, told",
        [
            ("concept,rule\n가,창업 OR\n", "concepts.csv 2행: ‘창업 OR’의"),
            ("concept,rule\n가,NOT 농업\n", "찾을 말이 없습니다"),
            ("이름,rule\n가,창업\n", "빠진 열: concept"),
        ],
    )
    def test_a_rule_that_cannot_be_read_is_told(self, own, table, told):
        (own.folder / "concepts.csv").write_text(table, encoding="utf-8")
        with pytest.raises(PolicyTextError, match=told):
            concepts.read_concepts(own)

    def test_a_study_without_concepts_says_where_they_go(self, corpus):
        with pytest.raises(InsufficientData, match=r"concepts\.csv에"):
            concepts.concept_shares(corpus)


def test_top_terms_are_ranked_as_by_keyness(centres):
    whole = keyness_table.__wrapped__(
        centres.keyness_matrix, centres.groups, families=centres.families, n_permutations=0
    )
    expected = whole[(whole["rank"] <= 10) & (whole["z"] > 0)].set_index("administration")
    for name, top in answers.top_terms(centres).groupby("administration"):
        assert top["z"].to_numpy() == pytest.approx(expected.loc[[name], "z"].to_numpy())


def test_a_tried_term_counts_as_if_every_document_were_read_again(centres):
    tried = ("해외진출", "전국 확산")
    part = centres.with_(terms=tried)
    whole = tokenize(centres.documents, lexicon=part.lexicon, workers=1)
    options = centres.study.tokens
    stopwords = read_stopwords() | frozenset(options.stopwords)
    expected = counted(whole, min_syllables=options.min_syllables, stopwords=stopwords)
    columns = ["doc_id", "start", "end", "term", "tag"]
    plain = [tokens[columns].astype(object) for tokens in (part.tokens, expected)]
    pd.testing.assert_frame_equal(*plain)
    assert set(tried) <= set(part.matrix.terms) - set(centres.matrix.terms)


def status(screen):
    return screen.page.parts["status"]


@pytest.mark.slow
class TestScreen:
    @pytest.fixture
    def screen(self, tmp_path):
        return explorer.Explorer(str(small_study(tmp_path).place), {"term": "창업"})

    def test_every_part_is_filled_and_texts_stay_texts(self, tmp_path):
        rows = [(doc_id, date, f"창업 <b>{text}") for doc_id, date, text in ROWS]
        place = small_study(tmp_path, rows, 제목="<script>").place
        parts = explorer.Explorer(str(place), {"term": "투자"}).page.parts
        assert "✓" in parts["status"] and "‘투자’" in parts["answer"] and "<svg" in parts["figure"]
        assert parts["lines"].count("<mark>투자</mark>") == 3
        assert 'class="here"' in parts["document"]
        assert "박근혜" in parts["choices"] and "&lt;script&gt;" in parts["document"]
        assert not any("<script" in part or "<b>투자" in part for part in parts.values())

    def test_every_choice_acts_on_everything(self, screen):
        screen.heard("toggle", "문재인", "administrations")
        assert "문재인 정부" in screen.page.parts["answer"] and len(screen.uses) == 1
        assert set(screen.result.table["administration"]) == {"문재인"}
        screen.heard("toggle", "박근혜", "administrations")  # with each other, by default
        asked = screen.result.facts["told"][0]["row"]
        assert len(screen.result.corpus.documents) == 6 and asked["n"] + asked["n_rest"] == 4
        screen.heard("set", "rest", "against")
        assert screen.state["against"] == "rest" and "against='rest'" in screen.in_python()
        screen.heard("set", "2015", "end")
        assert "없습니다" in status(screen)  # none of 문재인 was written until then

    def test_a_mark_filters_the_sentences_and_shift_adds_another(self, screen):
        every = len(screen.uses)
        first = screen.result.view["n"].to_numpy().argmax()
        screen.heard("row", str(first))
        assert len(screen.uses) == screen.result.view["n"].iloc[first] < every
        screen.heard("row", str(screen.result.view["n"].to_numpy().nonzero()[0][-1]), "", True)
        assert len(screen.uses) == every and len(screen.state["only"]) == 2
        screen.heard("set", "month", "unit")
        assert screen.state["only"] == [] and len(screen.uses) == every

    def test_uses_are_sorted_by_the_word_before(self, screen):
        screen.heard("sort", "before")
        before = screen._quoted(screen.uses)["before"].str.split().str[::-1].tolist()
        assert before == sorted(before)
        screen.heard("sort", "before")
        assert screen.state["down"]

    def test_nothing_is_lost(self, screen):
        screen.heard("set", "지역", "term")
        screen.heard("set", "administrations", "view")
        screen.heard("do", "undo")
        screen.heard("do", "undo")
        assert screen.state["term"] == "창업" and screen.state["view"] == "time"
        screen.heard("do", "redo")
        assert screen.state["term"] == "지역" and "‘지역’" in screen.page.parts["answer"]
        again = explorer.Explorer(screen.state["study"])
        assert again.state["term"] == "지역"
        path = screen.corpus.study.folder / "desk.json"
        left = json.loads(path.read_text(encoding="utf-8"))
        left["explore"] |= {"genres": ["없음"], "end": "1900"}  # no longer in the study
        path.write_text(json.dumps(left), encoding="utf-8")
        assert explorer.Explorer(screen.state["study"]).state["genres"] == []
        path.write_text("{", encoding="utf-8")
        assert "✓" in status(explorer.Explorer(screen.state["study"]))

    def test_a_fault_leaves_no_old_answer_and_the_next_term_works(self, screen):
        screen.heard("set", "없는말", "term")
        assert "한 번도 나오지" in status(screen) and screen.page.parts["answer"] == ""
        screen.heard("set", "규제 대학", "term")
        assert "‘규제 대학’이라는 글자는 글 1건에 있지만 한 낱말로 세지" in status(screen)
        screen.heard("set", "투지", "term")
        assert 'data-value="투자"' in screen.page.parts["choices"]
        screen.heard("set", "창업", "stopwords")
        screen.heard("set", "창업", "term")
        assert "‘창업’은 ‘뺄 말’에 있어" in status(screen)
        screen.heard("set", "지역", "term")
        assert "‘지역’" in screen.page.parts["answer"] and "<svg" in screen.page.parts["figure"]

    def test_what_moves_is_told_and_topics_are_made_again_only_when_asked(self, screen):
        screen.heard("set", "topics", "view")
        usual = screen.result.table["label"].tolist()
        screen.heard("set", "지역, 기업, 없는말", "stopwords")
        more = screen.page.parts["more"]
        assert "그대로다" in more and "‘없는말’은 아무것도 바꾸지 않았다" in more
        assert "ARI" not in more and "do-refit" in more
        assert screen.result.table["label"].tolist() == usual
        screen.heard("do", "refit")
        assert "ARI" in screen.page.parts["more"] and "do-refit" not in screen.page.parts["more"]
        assert screen.result.table["label"].tolist() != usual

    @pytest.mark.parametrize("view", ["time", "administrations", "topics"])
    @pytest.mark.parametrize("is_refitted", [False, True])
    def test_the_code_gives_what_is_shown(self, screen, view, is_refitted):
        asked = {"stopwords": "기업", "end": "2018", "n_topics": "2", "term": "투자, 창업"}
        for of, value in (asked | {"view": view}).items():
            screen.heard("set", value, of)
        screen.heard("toggle", "박근혜", "administrations")
        if is_refitted:
            screen.heard("do", "refit")
        screen.heard("do", "code")
        code, _, again = screen.state["code"].partition("\n\n# ")
        names = {}
        exec(code.replace("\npt.lab.ask(", "\nshown = pt.lab.ask("), names)
        pd.testing.assert_frame_equal(names["shown"].table, screen.result.table)
        assert eval(again, {"pt": pt}).parts["answer"] == screen.page.parts["answer"]

    def test_what_is_shown_is_saved_and_put_into_a_notebook(self, screen, monkeypatch, tmp_path):
        monkeypatch.setattr(explorer, "PROCESSED", tmp_path)
        monkeypatch.setattr("policytext.report.result.PROCESSED", tmp_path)
        monkeypatch.setattr(explorer, "ROOT", tmp_path)
        for _ in range(2):
            screen.heard("do", "save")
            screen.heard("do", "report")
        kept = {path.name for path in (tmp_path / "draft" / "작은" / "figures").iterdir()}
        endings = ("svg", "png", "csv", "py", "xlsx")
        assert kept == {f"term-time-00{n}.{ending}" for n in (1, 2) for ending in endings}
        book = tmp_path / "draft" / "작은" / "figures" / "term-time-001.xlsx"
        assert len(pd.read_excel(book, sheet_name="쓰임", engine="calamine")) == 4
        own = json.loads((tmp_path / "notebooks" / "own" / "작은.ipynb").read_text("utf-8"))
        code = ["".join(cell["source"]) for cell in own["cells"] if cell["cell_type"] == "code"]
        assert code[0].startswith("STUDY = ") and 'only(file="own-2")' in code[-1]
        exec("\n".join(code), {})

    def test_a_programming_error_does_not_leave_the_screen_counting(self, screen, monkeypatch):
        monkeypatch.setattr(explorer, "ask", lambda *_, **__: 1 / 0)
        screen.heard("set", "투자", "term")
        assert "ZeroDivisionError" in status(screen) and "<details>" in status(screen)

    @pytest.mark.parametrize(
        "given, told",
        [
            ({"trem": "창업"}, "가장 가까운 것은 ‘term’"),
            ({"administrations": "박근헤"}, "가장 가까운 것은 ‘박근혜’"),
            ({"analyser": "mecap"}, "mecab, kiwi.*가운데 하나여야 하는데 'mecap'"),
            ({"start": 1990, "end": 1999}, "해 ‘1990’이 없습니다"),
        ],
    )
    def test_a_choice_that_there_is_not_names_the_nearest(self, study, given, told):
        with pytest.raises(PolicyTextError, match=told):
            pt.explore(str(study.place), **given)

    @pytest.mark.parametrize("name", ["one-document", "no-dates", "nothing", "only-unusable"])
    def test_odd_corpora_end_in_a_sentence(self, tmp_path, name):
        study = write_study(tmp_path, name, CORPORA[name])
        try:
            told = status(explorer.Explorer(str(study.place)))
        except PolicyTextError as error:
            told = str(error)
        assert "프로그램의 잘못" not in told


def accepted(*words):
    return dict(zip(words, words, strict=True))


TEXTS = [
    "올해 창업자 지원금을 늘렸다. 지역마다 창업자 지원금은 다르다.",
    "창업자 지원금이 벤처 금고에서 나왔다.",
    "벤처 금고와 벤처금고는 같은 말이다.",
    "모험 금고도 그 말이다.",
]


class TestOwnTerms:
    @pytest.fixture
    def study(self, tmp_path):
        rows = [(f"d{i}", "2014-05-01", text) for i, text in enumerate(TEXTS)]
        return small_study(tmp_path, rows)

    @pytest.fixture
    def documents(self, study):
        return Corpus.open(study).documents

    def counted(self, study, documents):
        tokens = tokenize(documents, lexicon=study_lexicon(study), workers=1)
        return tokens["term"].value_counts().to_dict()

    def test_an_accepted_term_is_one_token_from_then_on(self, study, documents):
        assert "창업자 지원금" not in self.counted(study, documents)
        cases = terms.save_terms(study, documents, accepted("창업자 지원금"))
        assert self.counted(study, documents)["창업자 지원금"] == 3
        assert cases["is_whole"].tolist() == [True, True]
        assert all("창업자 지원금" in sentence for sentence in cases["sentence"])
        (study.folder / "lexicon.csv").write_text("term\n모험 금고\n", encoding="utf-8")
        assert not terms.lexicon_cases(study)["is_whole"].any()

    def test_a_refused_term_is_told_where_it_would_stand(self, study):
        with pytest.raises(PolicyTextError, match=r"- 작은/lexicon.csv 2행: '가'는 너무 짧습니다"):
            terms.drafted(study, accepted("가"))

    @pytest.mark.parametrize("before", [["벤처 금고"], []])
    def test_another_spelling_is_counted_as_its_term(self, study, documents, before):
        decided = accepted(*before) | {"모험 금고": "벤처 금고"}
        terms.save_terms(study, documents, decided | {"창업자 지원금": "창조경제혁신센터"})
        found = self.counted(study, documents)
        assert found["벤처 금고"] == 4 and "모험 금고" not in found
        assert found["창조경제혁신센터"] == 3  # a shipped term

    def test_decisions_add_up_and_stay_out_of_the_package(self, study, documents):
        before = read_lexicon().sha256
        assert terms.lexicon_cases(study).empty
        terms.save_terms(study, documents, accepted("창업자 지원금") | {"벤처 금고": ""})
        terms.save_terms(study, documents, accepted("모험 금고"))
        assert terms.own_terms(study)["term"].tolist() == ["창업자 지원금", "모험 금고"]
        assert read_lexicon().sha256 == before
        kept = {path.name for path in study.folder.iterdir()}
        assert kept == {"lexicon.csv", "lexicon-cases.csv"}

    @pytest.mark.parametrize("term", ["창조경제혁신센터", "가"])
    def test_what_cannot_be_a_term_is_refused_before_anything_is_written(
        self, study, documents, term
    ):
        with pytest.raises(PolicyTextError):
            terms.save_terms(study, documents, accepted(term))
        assert not study.folder.exists()

    def test_the_desk_from_a_typed_term_to_the_saved_table(self, study):
        desk = desks.LexiconDesk(str(study.place))
        desk.heard("set", "창업자 지원금", "typed")
        desk.heard("do", "accept")
        desk.heard("set", "벤처 금고", "typed")
        desk.heard("do", "reject")
        desk.heard("do", "undo")
        assert desk.state["decided"] == accepted("창업자 지원금")
        desk.heard("do", "redo")
        desk = desks.LexiconDesk(str(study.place))  # what waits is not lost
        assert "창업자 지원금" in desk.page.parts["answer"]
        desk.heard("do", "compare")
        more = desk.page.parts["more"]
        assert "글 2건에서" in more and "창업자 지원금</th>" in more
        desk.heard("do", "save")
        desk.heard("do", "save")  # once more, where it warned
        assert "저장했습니다" in desk.page.parts["more"]
        assert desk.state["decided"] == {"벤처 금고": ""}  # never a candidate again
        assert "창업자 지원금" in set(terms.own_terms(study)["term"])
        assert "창업자 지원금" in desk.corpus.matrix.terms

    def test_a_term_that_moves_a_finding_is_told_before_it_is_saved(self, tmp_path):
        desk = desks.LexiconDesk(str(small_study(tmp_path).place))
        desk.heard("set", "지역 특구", "typed")
        desk.heard("do", "accept")
        desk.heard("do", "save")
        assert "빠지는 말 특구" in status(desk) and "한 번 더 누르세요" in status(desk)
        assert not (desk.corpus.study.folder / "lexicon.csv").exists()
        desk.heard("do", "save")
        assert (desk.corpus.study.folder / "lexicon.csv").exists()

    @pytest.mark.parametrize(
        "typed, button, told",
        [
            ("", "accept", "고른 말이 없습니다"),
            ("창조경제혁신센터", "accept", "겹칩니다"),
            ("모험 금고", "alias", "이을 말이 비어"),
        ],
    )
    def test_the_desk_tells_what_it_cannot_do(self, study, typed, button, told):
        desk = desks.LexiconDesk(str(study.place))
        desk.heard("set", typed, "typed")
        desk.heard("do", button)
        assert told in status(desk)
        assert desk.state["decided"] == {}


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
        table.to_excel(tmp_path / "coding-2.xlsx", index=False, engine="xlsxwriter")
        codes = desks.read_sheets(tmp_path)
        found = codes.groupby("coder")["label"].agg(list).to_dict()
        assert found == {1: ["창업 지원"] * 4, 2: ["지역"] * 3}

    @pytest.mark.parametrize(
        "content, told",
        [("a,b\n1,2\n", "'번호' 열과 '이름' 열"), ("번호,이름\nn1,가\nn1,나\n", "두 번")],
    )
    def test_a_spoilt_sheet_is_told(self, tmp_path, content, told):
        (tmp_path / "coding-1.csv").write_text(content, encoding="utf-8")
        with pytest.raises(PolicyTextError, match=told):
            desks.read_sheets(tmp_path)


def codes_of(*coders):
    rows = [(f"i{n}", coder, label) for coder, labels in enumerate(coders, 1)
            for n, label in enumerate(labels) if label]  # fmt: skip
    return pd.DataFrame(rows, columns=["item", "coder", "label"])


class TestAlpha:
    def test_the_worked_example_of_krippendorff_2011(self):
        """Computing Krippendorff's Alpha-Reliability, section B: binary, two coders, 0.095."""
        found = desks.alpha(codes_of("0100000000", "1110010010"), n_boot=200)
        assert round(found["alpha"], 3) == 0.095 and found["n"] == 10
        assert found["low"] <= found["alpha"] <= found["high"]

    def test_by_the_formula(self):
        """1 - D_o / D_e with two coders and no gaps."""
        rng = np.random.default_rng(1)
        one = rng.choice(list("가나다"), 40)
        two = np.where(rng.random(40) < 0.7, one, rng.choice(list("가나다"), 40))
        shares = np.unique(np.concatenate([one, two]), return_counts=True)[1]
        expected = 1 - (shares * (shares - 1)).sum() / (80 * 79)
        found = desks.alpha(codes_of(one, two), n_boot=10)["alpha"]
        assert found == pytest.approx(1 - (one != two).mean() / expected)

    def test_items_of_one_coder_do_not_count(self):
        assert desks.alpha(codes_of("가나가나", ["가", "나", "", ""]), n_boot=10)["n"] == 2

    @pytest.mark.parametrize("labels", [("가가가", "가가가"), ("가", "나")])
    def test_nothing_to_agree_on(self, labels):
        with pytest.raises(InsufficientData, match="일치도"):
            desks.alpha(codes_of(*labels))


def test_the_labels_desk_names_merges_and_finds_names_again(tmp_path):
    place = tmp_path / "내 연구.toml"
    place.write_text((STUDIES / f"{CENTRES}.toml").read_text(encoding="utf-8"), encoding="utf-8")
    desk = desks.LabelsDesk(str(place), 5)
    assert desk.names() == {} and desk.page.parts["choices"].count('data-of="topic"') == 5
    for topic, name in (("1", "창업 지원"), ("2", "지역"), ("3", "창업  지원"), ("4", "틀린 이름")):
        desk.heard("toggle", topic)
        desk.heard("set", name, "name")
    desk.heard("do", "undo")
    assert "<article" in desk.page.parts["more"]
    named = {1: "창업 지원", 2: "지역", 3: "창업 지원"}
    assert desks.LabelsDesk(str(place), 5).names() == named  # not saved, and not lost
    desk.heard("do", "save")
    assert "이름 3개를 저장했습니다(합친 주제 1개)" in status(desk)
    assert set(desks.LabelsDesk(str(place), 6).names().values()) == {"창업 지원", "지역"}
    desk.heard("do", "agree")
    assert "coding-1.csv가 없습니다" in status(desk)
    desk.heard("do", "sheets")
    sheets = [desk.study.folder / f"coding-{coder}.csv" for coder in (1, 2)]
    items = pd.read_csv(sheets[0], dtype=str, encoding="utf-8-sig")["번호"]
    named = {item: ["지역", "창업 지원"][n % 2] for n, item in enumerate(items)}
    filled(sheets, [named, named | {items[0]: "창업 지원"}])
    assert f"글 {len(items)}건)로, 믿고 쓸 만하다" in desk.do_agree()
