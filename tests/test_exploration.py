"""The explorer's numbers, without widgets: hand-worked values and agreement with the reports."""

import numpy as np
import pandas as pd
import pytest

from policytext import comparison, corpus, explorer, matrix, morphology, studies, timeline, topics
from policytext.lab import choices, exploration, terms, trials
from policytext.lexicon import Lexicon
from policytext.plots import terms as termplots
from policytext.schema import InsufficientData

STUDY = """
title = "작은 말뭉치"
[[sources]]
path = "없음.jsonl"
[topics]
min_df = 1
max_df = 1.0
candidates = [2, 3]
[comparison]
min_df = 1
"""
# doc_id, date, administration, genre, text
ROWS = [
    ("a", "2014-01-10", "박근혜", "news", "창업 창업 투자 기업"),
    ("b", "2014-02-10", "박근혜", "news", "투자 펀드 기업 창업"),
    ("c", "2015-03-10", "박근혜", "speech", "펀드 기업 출자 투자"),
    ("d", "2018-01-10", "문재인", "news", "지역 특구 규제 대학"),
    ("e", "2018-05-10", "문재인", "speech", "지역 규제 실증 창업"),
    ("f", "2018-06-10", "문재인", "news", "특구 실증 지역 대학"),
]


def study_in(folder):
    path = folder / "작은.toml"
    path.write_text(STUDY, encoding="utf-8")
    return studies.read_study(str(path))


def documents():
    table = pd.DataFrame(ROWS, columns=["doc_id", "date", "administration", "genre", "text"])
    table["date"] = pd.to_datetime(table["date"])
    table["date_from"] = table["date_to"] = table["date"]
    plain = {
        "family_id": table["doc_id"],
        "title": "글 " + table["doc_id"],
        "publisher": "",
        "url": "",
    }
    return table.assign(**plain)


def tokens_of(table):
    rows = []
    for doc_id, text in zip(table["doc_id"], table["text"], strict=True):
        at = 0
        for word in text.split(" "):
            rows.append((doc_id, at, at + len(word), word, "NNG"))
            at += len(word) + 1
    found = pd.DataFrame(rows, columns=["doc_id", "start", "end", "term", "tag"])
    return found.astype({"doc_id": "category", "term": "category", "tag": "category"})


@pytest.fixture
def data(tmp_path):
    table = documents()
    return exploration.prepare(study_in(tmp_path), table, tokens_of(table))


class TestRates:
    def test_they_are_those_of_the_timeline(self, data):
        """One term among all words or beside their sum: the same rates and intervals."""
        cells = timeline.calendar(data.documents, unit="year")
        expected = timeline.term_rates(data.matrix, data.documents, cells, ["창업"])
        pd.testing.assert_frame_equal(terms.term_rates(data, "창업"), expected)

    def test_by_hand(self, data):
        """2014: 3 of 8 tokens; 2015: 0 of 4; 2018: 1 of 12."""
        table = terms.term_rates(data, "창업").dropna(subset="value")
        assert table["n"].tolist() == [3, 0, 1] and table["exposure"].tolist() == [8, 4, 12]
        assert table["value"].tolist() == [3750, 0, pytest.approx(10_000 / 12)]


class TestTerm:
    def test_keyness_is_that_of_all_terms(self, data):
        groups, families = data.documents["administration"], data.documents["family_id"]
        whole = comparison.keyness(data.matrix, groups, families=families, n_permutations=10)
        one = terms.term_keyness(data, "창업", n_permutations=10, n_boot=5)
        expected = (
            whole[whole["term"] == "창업"].set_index("administration").loc[["박근혜", "문재인"]]
        )
        for name in ("n", "n_rest", "rate_per_10k", "log_odds", "z", "log_ratio", "g2"):
            assert one[name].to_numpy() == pytest.approx(expected[name].to_numpy()), name
        assert "q" not in one and one["administration"].tolist() == ["박근혜", "문재인"]

    def test_topics_by_hand(self, data):
        placed = pd.DataFrame({"doc_id": list("abcdef"), "topic": [1, 1, 1, 2, 2, 2]})
        named = pd.DataFrame({"topic": [1, 1, 2], "term": ["투자", "창업", "지역"], "weight": 1.0})
        table = terms.term_topics(data, topics.Topics(placed, named, np.zeros((6, 1))), "창업")
        first = table.iloc[0]
        assert (first["topic"], first["n_documents"], first["n_with_term"], first["rank"]) == (
            1,
            3,
            2,
            2,
        )
        assert (first["share"], first["share_elsewhere"]) == (
            pytest.approx(2 / 3),
            pytest.approx(1 / 3),
        )
        assert pd.isna(table.iloc[1]["rank"])

    def test_sentences_come_in_order_of_date(self, data):
        table = terms.sentences(data, "창업", n=3)
        assert table["doc_id"].tolist() == ["a", "a", "b"] and set(table["match"]) == {"창업"}

    def test_an_unknown_term_names_the_nearest(self, data):
        with pytest.raises(exploration.UnknownTerm, match="‘창엄’이라는 말은.*"):
            terms.term_keyness(data, "창엄")
        with pytest.raises(exploration.UnknownTerm, match="비어"):
            terms.sentences(data, "")

    def test_topics_are_those_of_the_reports(self, data):
        counts = matrix.term_matrix(data.tokens, min_df=1, max_df=1.0)
        expected = topics.cluster(counts, 2, random_state=0)
        pd.testing.assert_frame_equal(data.topics(2).documents, expected.documents)


class TestSelect:
    def test_limits_add_up(self, data):
        part = exploration.select(data, start=2014, end=2014, genre="news")
        assert part.documents["doc_id"].tolist() == ["a", "b"]
        assert set(part.tokens["doc_id"]) == {"a", "b"}
        assert part.matrix.counts.shape[0] == 2 and part.matrix.terms == data.matrix.terms

    def test_no_limit_is_the_same_object(self, data):
        assert exploration.select(data) is data

    def test_nothing_left(self, data):
        with pytest.raises(InsufficientData, match="한 건도"):
            exploration.select(data, start=2020)


class TestTrials:
    def test_stop_words_leave(self, data):
        part = trials.without(data, ["창업", "없는말"])
        assert "창업" not in part.matrix.terms and "창업" not in set(part.tokens["term"])
        assert part.matrix.counts.sum() == data.matrix.counts.sum() - 4
        assert trials.without(data, ["없는말"]) is data

    def test_a_compound_is_one_token(self, data, monkeypatch):
        monkeypatch.setattr(
            trials.corpus, "study_lexicon", lambda _: Lexicon(pd.DataFrame({"term": []}))
        )
        part = trials.with_terms(data, ["투자 펀드"])
        assert part.matrix.counts[:, part.matrix.terms.index("투자 펀드")].sum() == 1
        assert part.documents["doc_id"].tolist() == data.documents["doc_id"].tolist()
        untouched = part.tokens[part.tokens["doc_id"] != "b"].astype(object).reset_index(drop=True)
        before = data.tokens[data.tokens["doc_id"] != "b"].astype(object).reset_index(drop=True)
        pd.testing.assert_frame_equal(untouched, before)
        assert trials.with_terms(data, ["없는 용어"]) is data

    def test_patched_counts_are_those_of_the_patched_tokens(self):
        data = exploration.open_study("innovation-centers")
        part = trials.with_terms(data, ["해외진출", "성장 사다리", "혁신센터 개소"])
        again = exploration.prepare(data.study, part.documents, part.tokens)
        assert again.matrix.terms == part.matrix.terms
        assert (again.matrix.counts != part.matrix.counts).nnz == 0

    def test_a_tried_term_counts_as_if_every_document_were_read_again(self):
        data = exploration.open_study("innovation-centers")
        part = trials.with_terms(data, ["해외진출", "성장 사다리"])
        lexicon = corpus.study_lexicon(data.study)
        added = pd.DataFrame({"term": ["해외진출", "성장 사다리"]})
        lexicon = Lexicon(pd.concat([lexicon.table, added], ignore_index=True))
        whole = morphology.tokenize(data.documents, lexicon=lexicon, workers=1)
        expected = corpus.counted(whole, data.study)
        places = [set(zip(t["doc_id"], t["start"], t["end"], t["term"], strict=True))
                  for t in (part.tokens, expected)]  # fmt: skip
        assert places[0] == places[1] and len(part.tokens) == len(expected)
        assert "해외진출" in part.matrix.terms and "해외진출" not in data.matrix.terms

    def test_top_terms_are_those_of_keyness(self, data):
        top = trials.top_terms(data, n=2)
        assert top["administration"].tolist() == ["박근혜"] * 2 + ["문재인"] * 2
        assert top["term"].tolist()[2] == "지역" and (top["z"] > 0).all()

    def test_top_terms_are_ranked_as_by_keyness(self):
        data = exploration.open_study("innovation-centers")
        whole = comparison.keyness(
            data.keyness_matrix, data.documents["administration"],
            families=data.documents["family_id"], n_permutations=0,
        )  # fmt: skip
        expected = whole[(whole["rank"] <= 10) & (whole["z"] > 0)].set_index("administration")
        for name, top in trials.top_terms(data).groupby("administration"):
            assert top["z"].to_numpy() == pytest.approx(expected.loc[[name], "z"].to_numpy())

    def test_the_number_of_topics_is_that_of_the_report(self, data, tmp_path, monkeypatch):
        monkeypatch.setattr(exploration, "REPORTS", tmp_path)
        candidates = data.study.topics["candidates"]
        assert exploration.usual_n_topics(data.study) == candidates[len(candidates) // 2]
        curve = pd.DataFrame({"n_topics": [3, 7], "chosen": [False, True]})
        path = tmp_path / data.study.name / "figures" / "topic-curve.csv"
        path.parent.mkdir(parents=True)
        curve.to_csv(path, index=False, encoding="utf-8-sig")
        assert exploration.usual_n_topics(data.study) == 7

    def test_the_same_topics_agree(self, data):
        found = data.topics(2)
        assert trials.topic_agreement(found, found) == (1.0, 6)


class TestChoices:
    def test_an_unknown_choice_names_the_nearest(self):
        with pytest.raises(ValueError, match="'term'을 찾으셨나요"):
            choices.read_choices("a", {"trem": "창업"})

    def test_the_code_runs_and_gives_the_screen(self, data, monkeypatch):
        monkeypatch.setattr(exploration, "open_study", lambda *_, **__: data)
        asked = choices.Choices(
            study="작은",
            term="창업",
            start=2014,
            administrations=("박근혜",),
            n_topics=2,
            stopwords=("기업",),
        )
        code = choices.as_code(asked).split("explorer.explore")[0]
        names = {}
        exec(code.replace("terms.term_rates", "shown = terms.term_rates"), names)
        expected = terms.term_rates(
            exploration.select(
                trials.without(data, ["기업"]), start=2014, administrations=["박근혜"]
            ),
            "창업",
        )
        pd.testing.assert_frame_equal(names["shown"], expected)


class TestScreen:
    @pytest.fixture
    def screen(self, data, monkeypatch):
        monkeypatch.setattr(exploration, "open_study", lambda *_, **__: data)
        return explorer.Explorer(choices.read_choices(str(data.study.path), {"term": "창업"}))

    def test_every_part_is_filled(self, screen):
        assert "policytext-ready" in screen.status.area.value
        assert "‘창업’" in screen.answer.value and "<img" in screen.figure.value
        assert "‘창업’과 정부" in screen.numbers.value
        assert screen.lines.value.count("<mark>창업</mark>") == 4
        assert len(screen.picker.options) == 3 and "<mark>창업</mark>" in screen.document.value

    def test_a_fault_leaves_no_old_answer_and_the_next_term_works(self, screen):
        screen.controls.term.value = "없는말"
        assert "한 번도 나오지" in screen.status.area.value and screen.figure.value == ""
        screen.controls.term.value = "지역"
        assert "‘지역’" in screen.answer.value and "<img" in screen.figure.value

    def test_what_moves_is_told(self, screen):
        assert screen.moved.value == ""
        screen.controls.stopwords.value = "지역, 없는말"
        assert "그대로다" in screen.moved.value and "바꾸지 않은 말: 없는말" in screen.moved.value
        screen.controls.stopwords.value = ""
        assert screen.moved.value == ""

    def test_topics_are_made_again_only_when_asked(self, screen):
        usual = screen.numbers.value
        screen.controls.stopwords.value = "지역, 기업"
        assert "ARI" not in screen.moved.value and screen.refit.layout.display == ""
        before = screen._show_code(None)
        assert before.index("found =") < before.index("trials.without")
        screen.refit.click()
        assert "ARI" in screen.moved.value and screen.refit.layout.display == "none"
        assert screen.numbers.value != usual
        after = screen._show_code(None)
        assert after.index("found =") > after.index("trials.without")

    def test_a_term_among_the_stop_words_is_told(self, screen):
        screen.controls.stopwords.value = "창업"
        assert "‘창업’은 ‘뺄 말’에 있어" in screen.status.area.value
        assert screen.picker.options == () and screen.document.value == ""

    def test_stop_words_with_one_government_are_no_fault(self, screen):
        screen.controls.years.value = (2014, 2015)
        screen.controls.stopwords.value = "지역"
        assert "policytext-ready" in screen.status.area.value

    def test_one_administration_is_compared_with_the_others(self, screen):
        before = screen.answer.value
        screen.controls.administrations.value = ("문재인",)
        assert screen.answer.value == before and len(screen.picker.options) == 1

    def test_a_study_that_cannot_be_opened_is_not_answered_for(self, screen, data, monkeypatch):
        def missing(name, **_):
            raise RuntimeError("자료를 받지 못했습니다.")

        monkeypatch.setattr(exploration, "open_study", missing)
        other = next(name for name in screen.controls.study.options if name != str(data.study.path))
        screen.controls.study.value = other
        assert "받지 못했습니다" in screen.status.area.value and screen.answer.value == ""
        screen.controls.unit.value = "month"
        assert "받지 못했습니다" in screen.status.area.value and screen.answer.value == ""

    def test_a_term_that_the_selection_does_not_use(self, screen):
        screen.controls.term.value = "출자"
        screen.controls.administrations.value = ("문재인",)
        assert "policytext-ready" in screen.status.area.value
        assert screen.picker.options == () and "보일 문장이 없습니다" in screen.lines.value
        screen.controls.years.value = (2018, 2018)
        assert "기간을 넓혀" in screen.answer.value

    def test_a_programming_error_does_not_leave_the_screen_counting(self, screen, monkeypatch):
        monkeypatch.setattr(explorer.terms, "sentences", lambda *_, **__: 1 / 0)
        screen.controls.term.value = "투자"
        assert "ZeroDivisionError" in screen.status.area.value
        assert "<details>" in screen.status.area.value

    @pytest.mark.parametrize("view", ["topics", "administrations", "time"])
    def test_a_view_is_saved_into_the_study(self, screen, view):
        screen.controls.view.value = view
        screen._save(None)
        saved = screen.base.study.folder / "figures"
        assert {path.suffix for path in saved.glob(f"{view}-001.*")} == {
            ".svg",
            ".png",
            ".csv",
            ".py",
        }
        assert "explorer.explore(" in screen.code.value

    def test_without_dates_everything_else_is_told(self, data, monkeypatch):
        vague = data.documents.assign(date=pd.NaT, date_from=pd.NaT, date_to=pd.NaT)
        part = exploration.Exploration(data.study, vague, data.tokens, data.matrix)
        monkeypatch.setattr(exploration, "open_study", lambda *_, **__: part)
        screen = explorer.Explorer(choices.read_choices(str(data.study.path), {"term": "투자"}))
        assert "policytext-ready" in screen.status.area.value and "‘투자’" in screen.answer.value

    def test_titles_are_text(self, data, monkeypatch):
        marked = data.documents.assign(title="<script>", text="창업 <b>" + data.documents["text"])
        part = exploration.Exploration(data.study, marked, data.tokens, data.matrix)
        monkeypatch.setattr(exploration, "open_study", lambda *_, **__: part)
        screen = explorer.Explorer(choices.read_choices(str(data.study.path), {"term": "투자"}))
        assert "<script>" not in screen.document.value and "<b>" not in screen.document.value


def test_figures_carry_the_table(data):
    ax = termplots.plot_term_keyness(terms.term_keyness(data, "창업", n_boot=5))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["박근혜 (3번)", "문재인 (1번)"]
    ax = termplots.plot_term_topics(terms.term_topics(data, data.topics(2), "창업"))
    assert len(ax.patches) == 2
