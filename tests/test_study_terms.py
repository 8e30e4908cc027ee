"""A study's own terms: judged, saved beside the study, and tested from then on."""

import pandas as pd
import pytest

from policytext import corpus, morphology, studies
from policytext.lab import lexicon_desk, study_terms
from policytext.lexicon import LexiconError

TEXTS = [
    "올해 창업자 지원금을 늘렸다. 지역마다 창업자 지원금은 다르다.",
    "창업자 지원금이 벤처 금고에서 나왔다.",
    "벤처 금고와 벤처금고는 같은 말이다.",
    "모험 금고도 그 말이다.",
]


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "내 연구.toml"
    path.write_text('title = "ㄱ"\n[[sources]]\npath = "x"\n', encoding="utf-8")
    return studies.read_study(str(path))


@pytest.fixture
def documents():
    return pd.DataFrame({"doc_id": [f"d{i}" for i in range(len(TEXTS))], "text": TEXTS})


def tokens(study, documents):
    lexicon = corpus.study_lexicon(study)
    return morphology.tokenize(documents, lexicon=lexicon, workers=1)


def counted(study, documents):
    return tokens(study, documents)["term"].value_counts().to_dict()


class TestSave:
    def test_an_accepted_term_is_one_token_from_then_on(self, study, documents):
        assert "창업자 지원금" not in counted(study, documents)
        cases = study_terms.save_terms(study, documents, accepted=["창업자 지원금"])
        assert counted(study, documents)["창업자 지원금"] == 3
        assert cases["is_whole"].all() and set(cases["term"]) == {"창업자 지원금"}
        assert all("창업자 지원금" in sentence for sentence in cases["sentence"])

    def test_an_alias_is_counted_as_its_term(self, study, documents):
        study_terms.save_terms(
            study, documents, accepted=["벤처 금고"], aliases={"모험 금고": "벤처 금고"}
        )
        found = counted(study, documents)
        assert found["벤처 금고"] == 4 and "모험 금고" not in found

    def test_an_alias_of_no_term_makes_it_one(self, study, documents):
        study_terms.save_terms(study, documents, aliases={"모험 금고": "벤처 금고"})
        assert counted(study, documents)["벤처 금고"] == 4

    def test_an_alias_of_a_shipped_term(self, study, documents):
        study_terms.save_terms(study, documents, aliases={"모험 금고": "창조경제혁신센터"})
        assert counted(study, documents)["창조경제혁신센터"] == 1

    def test_decisions_add_up_and_stay_out_of_the_package(self, study, documents):
        before = corpus.read_lexicon().sha256
        study_terms.save_terms(study, documents, accepted=["창업자 지원금"], rejected=["벤처 금고"])
        study_terms.save_terms(study, documents, accepted=["모험 금고"])
        assert study_terms.own_terms(study)["term"].tolist() == ["창업자 지원금", "모험 금고"]
        assert study_terms.rejected_terms(study) == ["벤처 금고"]
        study_terms.save_terms(study, documents, accepted=["벤처 금고"])
        assert study_terms.rejected_terms(study) == []
        assert corpus.read_lexicon().sha256 == before
        assert {path.name for path in study.folder.iterdir()} == {
            "lexicon.csv", "lexicon-cases.csv", "lexicon-rejected.csv",
        }  # fmt: skip

    @pytest.mark.parametrize("term", ["창조경제혁신센터", "가"])
    def test_a_term_that_cannot_be_is_refused_before_anything_is_written(
        self, study, documents, term
    ):
        with pytest.raises(LexiconError):
            study_terms.save_terms(study, documents, accepted=[term])
        assert not study.folder.exists()


def test_a_case_fails_when_its_term_is_gone(study, documents):
    study_terms.save_terms(study, documents, accepted=["창업자 지원금"])
    (study.folder / "lexicon.csv").write_text("term\n모험 금고\n", encoding="utf-8")
    assert not study_terms.lexicon_cases(study)["is_whole"].any()


def test_no_cases(study):
    assert study_terms.lexicon_cases(study).empty


def test_candidates_leave_out_what_was_judged(study, documents):
    found = tokens(study, documents)
    terms = study_terms.candidates(study, documents, found, min_count=2)["term"].tolist()
    assert "창업자 지원금" in terms
    study_terms.save_terms(study, documents, rejected=["창업자 지원금"])
    left = study_terms.candidates(study, documents, found, min_count=2)["term"].tolist()
    assert set(terms) - set(left) == {"창업자 지원금"}


class TestDesk:
    @pytest.fixture
    def desk(self, study, documents, monkeypatch):
        table = documents.assign(family_id=documents["doc_id"])
        base = type(
            "Base", (), {"study": study, "documents": table, "tokens": tokens(study, table)}
        )
        monkeypatch.setattr(lexicon_desk.exploration, "open_study", lambda _: base)
        monkeypatch.setattr(corpus, "load_tokens", tokens)
        return lexicon_desk.LexiconDesk("내 연구")

    def press(self, desk, label):
        boxes = [child for box in desk.screen.children for child in getattr(box, "children", ())]
        next(b for b in boxes if getattr(b, "description", "") == label).click()

    def test_from_a_typed_term_to_the_saved_table(self, desk, study):
        desk.typed.value = "창업자 지원금"
        self.press(desk, "받기")
        assert "창업자 지원금" in desk.waiting.value
        self.press(desk, "앞뒤 견주기")
        assert "창업자 지원금</th>" in desk.changes.value and "+" not in desk.status.area.value
        self.press(desk, "저장")
        assert "저장했습니다" in desk.changes.value and desk.accepted == []
        assert "창업자 지원금" in set(study_terms.own_terms(study)["term"])

    def test_nothing_chosen_is_told(self, desk):
        self.press(desk, "받기")
        assert "고른 말이 없습니다" in desk.status.area.value

    def test_a_refused_term_does_not_wait(self, desk):
        desk.typed.value = "창조경제혁신센터"
        self.press(desk, "받기")
        assert "겹칩니다" in desk.status.area.value and desk.accepted == []
