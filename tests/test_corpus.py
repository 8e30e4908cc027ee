"""The handle: steps that add up, parts and other countings, alignment, odd corpora."""

import json
import os
from unicodedata import normalize

import numpy as np
import pandas as pd
import pytest

from policytext import corpus as corpora
from policytext import store
from policytext import study as studies
from policytext.corpus import Corpus
from policytext.faults import InsufficientData, PolicyTextError

COLUMNS = """
[sources.columns]
doc_id = "id"
title = "title"
text = "text"
date = "date"
speaker = "who"
occasion = "kind"
publisher = "by"
regions = "where"
text_kind = "form"
"""
SUBJECTS = {
    "venture": "지역 창업 기업을 돕고 벤처 투자를 넓혀 새 일자리를 만든다.",
    "farm": "쌀 농사를 짓는 농민의 소득을 지키고 농촌 도로를 고친다.",
    "defence": "국군 장병의 훈련과 방위 산업의 수출을 함께 살핀다.",
    "school": "초등 학교 교실을 늘리고 교사의 연수를 새로 짠다.",
    "sea": "항만 물류와 해양 수산 시설을 고치고 어민 안전을 챙긴다.",
}
BLANK = dict.fromkeys(("title", "date", "who", "kind", "by", "where", "form"), "") | {"title": "글"}
EARLY, LATE, ACTING = "2015-03-04", "2018-03-04", "2017-04-01"  # 박근혜, 문재인, 황교안 대행


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of its own; calling it writes records and a study, and opens the corpus."""
    monkeypatch.setattr(studies, "ROOT", tmp_path)
    monkeypatch.setattr(studies, "STUDIES", tmp_path / "studies")
    monkeypatch.setattr(corpora, "PROCESSED", tmp_path / "processed")
    monkeypatch.setattr(store, "FOLDER", tmp_path / "store")
    studies.STUDIES.mkdir()

    def write(records, more="", name="mine"):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        lines = [json.dumps(BLANK | record, ensure_ascii=False) for record in records]
        if lines:
            (folder / "texts.jsonl").write_text("\n".join(lines), encoding="utf-8")
        toml = f'title = "연구"\n[[sources]]\npath = "{name}"\n{COLUMNS}{more}'
        (studies.STUDIES / f"{name}.toml").write_text(toml, encoding="utf-8")
        return Corpus.open(name)

    return write


def record(name, subject, date="", **more):
    return {"id": name, "text": SUBJECTS[subject], "date": date} | more


MIXED = [
    record("kept", "venture", EARLY, who="박근혜 대통령"),
    record("wrong", "farm", LATE, who="박근혜"),
    record("undated", "defence"),
    record("early", "sea", "1961-01-01"),
    record("english", "school", EARLY, text="The venture fund invests in start-ups. 창업."),
    {"id": "empty", "text": " ", "date": EARLY},
]


def test_a_source_changed_within_its_size_and_time_is_read_again(project, tmp_path):
    assert project([record("a", "venture", EARLY)]).everything["text"].tolist() != []
    (path,) = tmp_path.rglob("texts.jsonl")
    before, whole = path.stat(), path.read_text("utf-8")
    path.write_text(whole.replace(EARLY, LATE), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size and path.stat().st_mtime_ns == before.st_mtime_ns
    assert Corpus.open("mine").order == ["문재인"]


def test_steps_add_up_and_every_removed_document_stands_at_its_step(project):
    corpus = project(MIXED, '[corpus]\nstart = "2013-02-25"\n')
    steps = corpus.reading.steps
    assert steps["n_documents"].tolist() == [6, 5, 4, 3, 2, 1]
    before = steps["n_documents"] + steps["n_removed"]
    assert before[1:].tolist() == steps["n_documents"][:-1].tolist()
    left_out = corpus.left_out().set_index("doc_id")["removed_at"]
    removed = dict(zip(steps["step"][1:], steps["n_removed"][1:], strict=True))
    assert left_out.value_counts().to_dict() == removed
    assert left_out[["early", "undated", "english", "wrong"]].tolist() == [
        "기간 안의 문서", "정부를 정할 수 있는 문서", "한국어로 쓴 문서", "날짜와 연설자가 맞는 문서",
    ]  # fmt: skip
    assert corpus.documents["doc_id"].tolist() == ["kept"]
    assert corpus.whole.documents["doc_id"].tolist() == ["english", "kept", "undated", "wrong"]


@pytest.mark.parametrize(
    ("acting", "label"), [("separate", "권한대행(황교안)"), ("attach", "박근혜"), ("exclude", None)]
)
def test_ways_of_treating_acting_presidents(project, acting, label):
    records = [record("a", "venture", EARLY), record("b", "farm", ACTING, who="황교안")]
    corpus = project(records, f'[corpus]\nacting = "{acting}"\n')
    assert corpus.groups.get("b") == label and not corpus.everything["is_date_conflict"].any()


def test_a_year_inside_one_administration_is_enough(project):
    corpus = project([record("inside", "venture", "2015"), record("between", "farm", "2017")])
    assert corpus.groups.to_dict() == {"inside": "박근혜"}


def test_genres_follow_the_sources_own_labels(project):
    more = '[sources.genres]\n"기념사" = "speech"\n[sources.defaults]\ngenre = "chronicle"\n'
    records = [
        record("a", "venture", EARLY, kind="기념사"),
        record("b", "farm", EARLY, kind="딴것"),
    ]
    assert project(records, more).documents["genre"].tolist() == ["speech", "chronicle"]


def test_several_sources_are_one_corpus(project):
    project([record("a", "venture", EARLY)], name="other")
    more = '[[sources]]\npath = "other"\n' + COLUMNS
    corpus = project([record("b", "farm", EARLY)], more)
    assert corpus.documents["doc_id"].tolist() == ["a", "b"] and len(corpus.reading.files) == 2


def test_two_sources_may_have_the_same_text_and_the_same_number(project):
    copies = [record("", "venture", EARLY, title="개소"), record("1", "sea", LATE)]
    project(copies, name="other")
    more = '[[sources]]\npath = "other"\n' + COLUMNS
    corpus = project([copies[0], record("1", "farm", LATE)], more)
    ids = corpus.documents["doc_id"]
    own = ids[~ids.str.startswith("1")]
    assert set(ids) - {*own} == {"1", "1-2"} and own.iloc[1] == f"{own.iloc[0]}-2"
    assert corpus.families[own].nunique() == 1 and corpus.families.nunique() == 3
    assert corpus.reading.notes["reason"].tolist() == [
        "제목과 본문이 앞에 읽은 글과 똑같습니다. 비교할 때는 한 글로 셉니다.",
        "doc_id '1'이 겹쳐 '1-2'로 바꾸었습니다.",
    ]


def test_the_usual_kind_with_a_body_is_compared_unless_a_study_chooses(project):
    forms = ["full"] * 2 + ["excerpt"] * 3 + ["keywords"] * 4
    records = [
        record(f"d{n}", list(SUBJECTS)[n % 5], EARLY, form=form) for n, form in enumerate(forms)
    ]
    corpus = project(records)
    assert set(corpus.documents["text_kind"]) == {"excerpt"}
    assert corpus.reading.steps.iloc[-1].tolist() == ["글의 꼴이 같은 문서(발췌)", 3, 6]
    assert len(project(records, '[corpus]\ntext_kind = "full"\n').documents) == 2


class TestParts:
    @pytest.fixture
    def corpus(self, project):
        return project(
            [
                record("a", "venture", EARLY, by="갑", where="부산", kind="x"),
                record("b", "farm", EARLY, by="을", where="대구"),
                record("c", "defence", LATE, by="갑", where="부산; 대구"),
                record("d", "sea", LATE, by="을", where=""),
                record("e", "school", "", by="병"),
            ]
        )

    @pytest.mark.parametrize(
        ("chosen", "left"),
        [
            ({"administrations": "문재인"}, "cd"),
            ({"regions": "부산"}, "ac"),
            ({"regions": ["부산", "대구"]}, "abc"),
            ({"publishers": "갑", "years": 2018}, "c"),
            ({"genres": "그 밖"}, "abcd"),
            ({}, "abcd"),
        ],
    )
    def test_where_keeps_what_fits_and_says_what_it_left_out(self, corpus, chosen, left):
        part = corpus.where(**chosen)
        assert part.documents["doc_id"].tolist() == list(left)
        assert part.matrix.doc_ids == part.groups.index.tolist() == list(left)
        n_removed = part.reading.steps["n_removed"].sum()
        assert len(part.left_out()) == n_removed == 5 - len(left)
        assert len(corpus.documents) == 4  # unchanged

    @pytest.mark.parametrize(
        ("chosen", "left"),
        [({"publishers": "병"}, "e"), ({"genres": "그 밖"}, "abcde"), ({"years": 2018}, "cd")],
    )
    def test_the_whole_of_a_part_are_the_documents_that_fit(self, corpus, chosen, left):
        part = corpus.whole.where(**chosen)
        assert part.documents["doc_id"].tolist() == list(left)
        assert part.whole.documents["doc_id"].tolist() == list(left)

    def test_the_whole_keeps_what_fits_of_the_undated_only(self, corpus):
        assert corpus.whole.documents["doc_id"].tolist() == list("abcde")
        assert corpus.where(publishers="갑").whole.documents["doc_id"].tolist() == ["a", "c"]
        both = corpus.where(genres="other").where(administrations="문재인")
        assert both.whole.documents["doc_id"].tolist() == ["c", "d"]

    def test_parts_of_parts_count_the_same_tokens(self, corpus):
        assert len(corpus.tokens)
        part = corpus.where(publishers="갑").where(regions="부산").where(administrations="문재인")
        own = corpus.tokens[corpus.tokens["doc_id"] == "c"].reset_index(drop=True)
        pd.testing.assert_frame_equal(part.tokens, own, check_categorical=False)

    @pytest.mark.parametrize(
        ("chosen", "message"),
        [
            ({"administrations": "문재"}, "정부 ‘문재’가 없습니다. 가장 가까운 것은 ‘문재인’"),
            ({"publishers": ["갑", "정"]}, "매체 ‘정’이 없습니다.*고를 수 있는 것: 갑, 을"),
            ({"genres": "연설"}, "종류 ‘연설’이 없습니다"),
            ({"years": 1999}, r"해 ‘1999’가 없습니다\. 고를 수 있는 것: 2015, 2018\.$"),
            ({"years": "2015-2018"}, "해 ‘2015-2018’이 없습니다\\. 고를"),
        ],
    )
    def test_a_value_that_no_document_has_is_told(self, corpus, chosen, message):
        with pytest.raises(PolicyTextError, match=message):
            corpus.where(**chosen)

    def test_a_year_may_be_text_and_nothing_is_no_choice(self, corpus):
        chosen = corpus.where(years="2015", regions=None, publishers=[""])
        assert (
            chosen.documents["doc_id"].tolist()
            == corpus.where(years=2015).documents["doc_id"].tolist()
        )
        assert corpus.with_(terms=[""], stopwords=None).matrix.terms == corpus.matrix.terms
        with pytest.raises(PolicyTextError, match="지역 ‘3’이 없습니다"):
            corpus.where(regions=3)

    def test_choices_may_come_one_by_one_and_in_another_spelling(self, corpus):
        chosen = corpus.where(regions=iter([normalize("NFD", " 부산")])).documents
        assert chosen.equals(corpus.where(regions="부산").documents)
        assert len(chosen) < len(corpus.documents)
        tried = corpus.with_(stopwords=normalize("NFD", "창업"), terms=" ")
        assert set(corpus.matrix.terms) - set(tried.matrix.terms) == {"창업"}

    def test_a_region_is_that_of_the_source_or_else_of_the_text(self, project):
        records = [
            record("a", "venture", EARLY, where="부산"),
            record("b", "farm", EARLY, text="부산시는 농사를 돕는다.", where="대구"),
            record("c", "sea", LATE, text="부산시는 항만을 고친다."),
            record("d", "defence", LATE),
        ]
        part = project(records).where(regions="부산")
        assert part.documents["doc_id"].tolist() == ["a", "c"]

    def test_choices_are_plain_numbers(self, corpus):
        assert repr(corpus.choices()["years"]) == "{2015: 2, 2018: 2}"

    def test_nothing_left_is_told(self, corpus):
        with pytest.raises(InsufficientData, match="정부=문재인 해=2015"):
            corpus.where(administrations="문재인", years=2015)

    def test_a_study_may_choose_without_code(self, project, corpus):
        lines = '[corpus]\npublishers = "갑"\nregions = ["대구"]\n'
        records = [record("a", "venture", EARLY, by="갑", where="부산")]
        records += [record("c", "defence", LATE, by="갑", where="부산; 대구")]
        chosen = project(records, lines)
        assert chosen.documents["doc_id"].tolist() == ["c"]
        assert chosen.reading.steps["step"].iloc[-1] == "고른 문서(매체=갑 지역=대구)"

    def test_the_administrations_of_a_study(self, project, corpus):
        records = [record("a", "venture", EARLY), record("b", "farm", LATE)]
        one = project(records, '[comparison]\nadministrations = "문재인"\n')
        assert one.documents["doc_id"].tolist() == ["b"] and one.left_out().empty


class TestCounting:
    def test_with_counts_the_same_documents_in_another_way(self, project):
        corpus = project([record("a", "venture", EARLY), record("b", "farm", LATE)])
        tried = corpus.with_(stopwords="창업", terms=["농민의 소득"], n_topics=3)
        assert {"창업", "농민"} <= set(corpus.matrix.terms)
        assert not {"창업", "농민"} & set(tried.matrix.terms)
        assert "농민의 소득" in tried.matrix.terms and tried.study.topics.n_topics == 3
        assert tried.documents is corpus.documents
        again = set(tried.with_(stopwords="벤처").matrix.terms)
        assert not {"창업", "벤처"} & again and "농민의 소득" in again
        with pytest.raises(ValueError, match="mecap"):
            corpus.with_(analyser="mecap")

    def test_short_terms_and_stop_words_go_and_lexicon_terms_stay(self, project, tmp_path):
        own = tmp_path / "own.csv"
        own.write_text("term,kind,canonical,variants,note\n어민 안전,concept,,,\n", "utf-8")
        more = f'[tokens]\nmin_syllables = 3\nlexicon = "{own}"\nstopwords = "일자리"\n'
        corpus = project([record("a", "sea", EARLY), record("b", "venture", EARLY)], more)
        assert "어민 안전" in corpus.matrix.terms and "일자리" not in corpus.matrix.terms
        assert all(len(term) >= 3 for term in corpus.matrix.terms)

    def test_a_document_without_a_term_keeps_its_row(self, project):
        corpus = project([record("a", "venture", EARLY), record("b", "farm", LATE, text="그렇다.")])
        assert corpus.matrix.doc_ids == ["a", "b"]
        assert np.diff(corpus.matrix.counts.indptr)[1] == 0

    def test_mentions_carry_their_document(self, project):
        corpus = project([record("a", "venture", EARLY, by="갑"), record("b", "venture", LATE)])
        found = corpus.mentions("창업")
        rows = found[["doc_id", "administration", "publisher"]].to_numpy().tolist()
        assert rows == [["a", "박근혜", "갑"], ["b", "문재인", ""]]
        text = corpus.documents.set_index("doc_id")["text"]
        assert all(text[m.doc_id][m.start : m.end] == "창업" for m in found.itertuples())
        assert corpus.mentions(["없는말"]).empty


class TestOnce:
    @pytest.fixture
    def reads(self, monkeypatch):
        """Places that were really read."""
        read, places = corpora._read_source, []

        def counted(source, path):
            places.append(path.name)
            return read(source, path)

        monkeypatch.setattr(corpora, "_read_source", counted)
        return places

    @pytest.mark.parametrize("date", [EARLY, "2015", ""])
    def test_a_second_run_reads_nothing_and_is_equal(self, project, reads, date):
        records = [record("a", "venture", date), record("b", "farm")]
        first, second = project(records), Corpus.open("mine")
        assert reads == ["mine"]
        pd.testing.assert_frame_equal(first.everything, second.everything)

    def test_changed_texts_and_options_are_read_again(self, project, reads, tmp_path):
        records = [record("a", "venture", EARLY)]
        project(records)
        source = tmp_path / "mine" / "texts.jsonl"
        source.write_text(source.read_text("utf-8").replace("지역", "전국"), encoding="utf-8")
        moment = source.stat().st_mtime_ns + 1_000_000_000
        os.utime(source, ns=(moment, moment))
        assert Corpus.open("mine").documents["text"].item().startswith("전국")
        extra = json.dumps(BLANK | record("b", "farm", LATE), ensure_ascii=False)
        (tmp_path / "mine" / "more.jsonl").write_text(extra, encoding="utf-8")
        assert len(Corpus.open("mine").documents) == 2
        project(records, '[corpus]\nacting = "attach"\n')
        assert len(reads) == 4


def test_any_folder_can_be_read(project, tmp_path):
    (tmp_path / "글").mkdir()
    (tmp_path / "글" / "a.txt").write_text("창업 지원\n2019.03.12\n시는 창업을 돕는다.", "utf-8")
    corpus = Corpus.read(tmp_path / "글")
    assert corpus.order == ["문재인"] and corpus.study.name == "글"
    assert repr(corpus) == "Corpus(글; 글 1건; 문재인)"
    for never in (None, 3):
        with pytest.raises(PolicyTextError, match=f"{never}.*없습니다"):
            Corpus.open(never)
        with pytest.raises(PolicyTextError, match=f"{never}'이 없습니다"):
            Corpus.read(never)


ODD = {
    "nothing": [],
    "one document": [record("a", "venture", EARLY)],
    "no dates": [record("a", "venture"), record("b", "farm")],
    "one administration": [record("a", "venture", EARLY), record("b", "farm", "2015-04-04")],
    "only conflicts": [record("a", "venture", EARLY, who="문재인")],
}


@pytest.mark.parametrize("records", ODD.values(), ids=ODD.keys())
def test_odd_corpora_open_and_count(records, project):
    corpus = project(records)
    n = len(corpus.documents)
    assert corpus.matrix.counts.shape[0] == len(corpus.groups) == len(corpus.large) == n
    assert corpus.administrations == [] and len(corpus.order) <= 1
    assert len(corpus.left_out()) == corpus.reading.steps["n_removed"].sum()


@pytest.mark.parametrize(
    ("dates", "n_large", "sentence"),
    [
        ([], 0, "읽은 글이 없습니다"),
        ([""], 0, "글 1건 가운데 정부를 정할 수 있는 글이 없습니다"),
        ([EARLY], 0, "글 1건이 박근혜 때의 것이어서"),
        ([EARLY] * 2, 0, "글 2건이 모두 박근혜 때의 것이어서"),
        ([EARLY, LATE], 2, r"2곳 있어야 하는데 0곳입니다\(박근혜 1개, 문재인 1개\)"),
        ([EARLY, LATE], 0, ""),
    ],
)
def test_what_a_comparison_lacks_is_said_in_a_sentence(project, dates, n_large, sentence):
    pairs = enumerate(zip(SUBJECTS, dates, strict=False))
    corpus = project([record(f"d{n}", subject, date) for n, (subject, date) in pairs])
    if not sentence:
        return corpus.check(n_large=n_large)
    with pytest.raises(InsufficientData, match=sentence):
        corpus.check(n_large=n_large)
