"""A study's sources to documents and tokens: counts that add up, dates, cache, odd corpora."""

import dataclasses
import json
import os

import pandas as pd
import pytest

from policytext import (
    administrations,
    audit,
    comparison,
    corpus,
    coverage,
    exhibits,
    findings,
    matrix,
    studies,
    topics,
)

COLUMNS = """
[sources.columns]
doc_id = "id"
title = "title"
text = "text"
date = "date"
speaker = "who"
occasion = "kind"
"""
SUBJECTS = {
    "venture": "지역 창업 기업을 돕고 벤처 투자를 넓혀 새 일자리를 만든다.",
    "farm": "쌀 농사를 짓는 농민의 소득을 지키고 농촌 도로를 고친다.",
    "defence": "국군 장병의 훈련과 방위 산업의 수출을 함께 살핀다.",
    "school": "초등 학교 교실을 늘리고 교사의 연수를 새로 짠다.",
    "sea": "항만 물류와 해양 수산 시설을 고치고 어민 안전을 챙긴다.",
}


BLANK = {"title": "글", "date": "", "who": "", "kind": ""}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project folder of its own; calling it writes records and a study, and reads the study."""
    monkeypatch.setattr(studies, "PROJECT_ROOT", tmp_path)
    monkeypatch.setattr(studies, "PROCESSED", tmp_path / "processed")
    monkeypatch.setattr(studies, "STUDIES", tmp_path / "studies")
    studies.STUDIES.mkdir()

    def write(records, more="", name="mine", columns=COLUMNS):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        lines = [json.dumps(BLANK | record, ensure_ascii=False) for record in records]
        if lines:
            (folder / "texts.jsonl").write_text("\n".join(lines), encoding="utf-8")
        toml = f'title = "연구"\n[[sources]]\npath = "{name}"\n{columns}{more}'
        (studies.STUDIES / f"{name}.toml").write_text(toml, encoding="utf-8")
        return studies.read_study(name)

    return write


@pytest.fixture(scope="module")
def calendar():
    """Two presidents that follow each other, an acting period, and years inside one term."""
    table = administrations.read_administrations()
    acting = table[table["status"] == "vacant"].iloc[-1]
    president = table[(table["status"] == "in_office") & (table["start"] < acting["start"])].iloc[
        -1
    ]
    earlier = table[
        (table["status"] == "in_office") & (table["president"] != president["president"])
    ]
    earlier = earlier[earlier["end_exclusive"] <= president["start"]].iloc[-1]
    return {
        "president": president["president"],
        "earlier": earlier["president"],
        "acting": acting["label"],
        "acting_person": acting["acting_president"],
        "day": president["start"] + pd.Timedelta(days=30),
        "earlier_day": earlier["start"] + pd.Timedelta(days=200),
        "acting_day": acting["start"],
    }


def record(name, subject, date=None, **more):
    day = {} if date is None else {"date": str(date)[:10]}
    return {"id": name, "text": SUBJECTS[subject]} | day | more


def test_steps_add_up(project, calendar):
    study = project(
        [
            record("kept", "venture", calendar["day"], who=calendar["president"]),
            record("wrong", "farm", calendar["earlier_day"], who=calendar["president"]),
            record("undated", "defence"),
            record("early", "sea", "1961-01-01"),
            {"id": "empty", "text": " ", "date": str(calendar["day"])[:10]},
        ],
        more=f'[corpus]\nstart = "{str(calendar["earlier_day"])[:10]}"\n',
    )
    loaded = corpus.load_corpus(study)
    assert loaded.steps["n_documents"].tolist() == [5, 4, 3, 2, 2, 1]
    assert loaded.steps["n_removed"].tolist() == [0, 1, 1, 1, 0, 1]
    before = loaded.steps["n_documents"] + loaded.steps["n_removed"]
    assert before[1:].tolist() == loaded.steps["n_documents"][:-1].tolist()
    assert len(loaded.rejects) == 1 and len(loaded.documents) == 3
    assert loaded.documents["administration"].notna().sum() == 1
    facts = corpus.run_facts(study, loaded)
    assert facts["찾은 문서"] == "5건" and facts["날짜와 연설자가 맞는 문서"] == "1건"


class TestLeftOut:
    def records(self, calendar):
        english = record("english", "school", calendar["day"])
        english["text"] = "The venture fund invests in local start-ups. 창업."
        return [
            record("kept", "venture", calendar["day"], who=calendar["president"]),
            record("wrong", "farm", calendar["earlier_day"], who=calendar["president"]),
            record("undated", "defence"),
            record("early", "sea", "1961-01-01"),
            english,
            {"id": "empty", "text": " ", "date": str(calendar["day"])[:10]},
        ]

    @pytest.fixture
    def loaded(self, project, calendar):
        start = f'[corpus]\nstart = "{str(calendar["earlier_day"])[:10]}"\n'
        return corpus.load_corpus(project(self.records(calendar), more=start))

    def test_every_removed_document_stands_at_its_step(self, loaded):
        found = corpus.left_out(loaded)
        steps = found.set_index("doc_id")["removed_at"]
        assert steps[["early", "undated", "english", "wrong"]].tolist() == [
            corpus.IN_PERIOD, "정부를 정할 수 있는 문서", "한국어로 쓴 문서", "날짜와 연설자가 맞는 문서",
        ]  # fmt: skip
        assert "kept" not in steps and len(steps) == 5

    def test_there_are_as_many_as_the_steps_removed(self, loaded):
        sizes = corpus.left_out(loaded)["removed_at"].value_counts()
        removed = loaded.steps.set_index("step")["n_removed"]
        assert sizes.to_dict() == removed[removed > 0].to_dict()
        assert sizes.sum() == 6 - 1

    def test_what_could_not_be_read_has_its_file_and_the_reason(self, loaded):
        found = corpus.left_out(loaded)
        (row,) = found[found["removed_at"] == corpus.IS_READ].to_dict("records")
        assert "texts.jsonl" in row["title"]
        assert row["text"] == loaded.rejects["reason"].item() != ""

    def test_every_step_opens_what_it_removed(self, loaded):
        removed = corpus.left_out(loaded).rename(columns={"removed_at": "step"})
        blocks = exhibits.document_exhibits(loaded.steps, removed, ["step"], n=9)
        for step, block in zip(loaded.steps.itertuples(), blocks, strict=True):
            assert block.text == f"근거 글 {step.n_removed}건: {step.step}"
            assert str(block.html).count("<li>") == step.n_removed

    def test_lines_that_left_nothing_are_left_out_too(self, project, calendar):
        footer = ["구독하기 | 후원하기", "나루에 실린 글을 옮기지 마세요."]
        records = [page(n, "나루", calendar["day"], footer) for n in range(8)]
        records.append({"id": "bare", "text": "\n".join(footer), "who": "나루", "form": ""})
        loaded = corpus.load_corpus(project(records, columns=PAGE_COLUMNS))
        found = corpus.left_out(loaded)
        assert len(found) == loaded.steps["n_removed"].sum() == 1
        assert "되풀이" in found["text"].item() and found["removed_at"].item() == corpus.IS_READ

    def test_nothing_is_left_out_of_nothing(self, project):
        loaded = corpus.load_corpus(project([]))
        assert len(corpus.left_out(loaded)) == loaded.steps["n_removed"].sum() == 0


def test_a_text_that_is_not_korean_is_kept_but_not_compared(project, calendar):
    english = record("b", "farm", calendar["day"])
    english["text"] = "The venture fund invests in local start-ups. 창업."
    loaded = corpus.load_corpus(project([record("a", "venture", calendar["day"]), english]))
    documents = loaded.documents.set_index("doc_id")
    assert documents["is_foreign"].to_dict() == {"a": False, "b": True}
    assert documents["administration"].isna().to_dict() == {"a": False, "b": True}


def test_undated_documents_get_no_administration_and_are_counted(project, calendar):
    loaded = corpus.load_corpus(
        project([record("a", "venture", calendar["day"]), record("b", "farm"), record("c", "sea")])
    )
    documents = loaded.documents.set_index("doc_id")
    assert documents["administration"].isna().to_dict() == {"a": False, "b": True, "c": True}
    assert documents.loc["a", "administration"] == calendar["president"]
    found = audit.audit(loaded.documents).set_index("check")["n_documents"]
    assert found["날짜를 모르는 문서"] == 2
    assert not loaded.documents["is_date_conflict"].any()


def test_a_speaker_who_does_not_govern_is_a_conflict(project, calendar):
    loaded = corpus.load_corpus(
        project(
            [
                record("right", "venture", calendar["day"], who=calendar["president"]),
                record("title", "school", calendar["day"], who=f"{calendar['president']} 대통령"),
                record("wrong", "farm", calendar["earlier_day"], who=calendar["president"]),
                record("nobody", "sea", calendar["earlier_day"], who=""),
            ]
        )
    )
    documents = loaded.documents.set_index("doc_id")
    assert documents["is_date_conflict"].to_dict() == {
        "right": False, "title": False, "wrong": True, "nobody": False,
    }  # fmt: skip
    assert pd.isna(documents.loc["wrong", "administration"])
    assert pd.isna(documents.loc["wrong", "months_in_office"])
    assert documents.loc["nobody", "administration"] == calendar["earlier"]
    assert loaded.steps["n_removed"].iloc[-1] == 1


def test_a_year_inside_one_administration_is_enough(project, calendar):
    inside = calendar["day"].year + 1
    handover = calendar["day"].year
    loaded = corpus.load_corpus(
        project([record("inside", "venture", inside), record("between", "farm", handover)])
    )
    documents = loaded.documents.set_index("doc_id")
    assert documents["date"].isna().all()
    assert documents.loc["inside", "administration"] == calendar["president"]
    assert pd.isna(documents.loc["between", "administration"])
    by_year = coverage.coverage_by_year(loaded.documents)
    assert by_year["n_documents"].tolist() == [1] and by_year["year"].isna().all()
    found = audit.audit(loaded.documents).set_index("check")["n_documents"]
    assert found["연도나 달까지만 적힌 문서"] == 2 and found["날짜를 모르는 문서"] == 0


def test_the_period_drops_what_is_known_to_lie_outside(project, calendar):
    year = calendar["day"].year + 1
    loaded = corpus.load_corpus(
        project(
            [
                record("before", "venture", f"{year - 1}-12-31"),
                record("first", "farm", f"{year}-01-01"),
                record("last", "defence", f"{year}-12-31"),
                record("after", "school", f"{year + 1}-01-01"),
                record("year", "sea", year),
                {"id": "far", "text": "오래된 우편 제도를 말한다.", "date": "1995"},
                {"id": "undated", "text": "언제인지 모르는 문화 행사를 알린다."},
            ],
            more=f'[corpus]\nstart = "{year}-01-01"\nend = "{year}-12-31"\n',
        )
    )
    assert sorted(loaded.documents["doc_id"]) == ["first", "last", "undated", "year"]


def test_ways_of_treating_acting_presidents(project, calendar):
    records = [
        record("term", "venture", calendar["day"]),
        record("acting", "farm", calendar["acting_day"], who=calendar["acting_person"]),
    ]
    expected = {"separate": calendar["acting"], "attach": calendar["president"], "exclude": None}
    for acting, label in expected.items():
        study = project(records, more=f'[corpus]\nacting = "{acting}"\n')
        documents = corpus.load_corpus(study).documents.set_index("doc_id")
        found = documents.loc["acting", "administration"]
        assert (None if pd.isna(found) else found) == label, acting
        assert documents.loc["term", "administration"] == calendar["president"]
        assert not documents["is_date_conflict"].any(), acting


def test_genres_follow_the_sources_own_labels(project):
    genres = '[sources.genres]\n"기념사" = "speech"\n"보도" = "news"\n'
    defaults = '[sources.defaults]\ngenre = "chronicle"\n'
    loaded = corpus.load_corpus(
        project(
            [
                record("a", "venture", kind="기념사"),
                record("b", "farm", kind="보도"),
                record("c", "sea", kind="다른 것"),
                record("d", "school"),
            ],
            more=genres + defaults,
        )
    )
    genre = loaded.documents.set_index("doc_id")["genre"].to_dict()
    assert genre == {"a": "speech", "b": "news", "c": "chronicle", "d": "chronicle"}


def test_several_sources_are_one_corpus(project, tmp_path):
    project([record("a", "venture")], name="other")
    study = project([record("b", "farm")], more='[[sources]]\npath = "other"\n' + COLUMNS)
    loaded = corpus.load_corpus(study)
    assert sorted(loaded.documents["doc_id"]) == ["a", "b"]
    assert len(loaded.files) == 2
    assert not loaded.cleaning["step"].duplicated().any()
    facts = corpus.run_facts(study, loaded)
    assert sum("SHA-256 (파일 1개)" in name for name in facts) == 2


def assert_same(one, two):
    for field in dataclasses.fields(corpus.Corpus):
        pd.testing.assert_frame_equal(getattr(one, field.name), getattr(two, field.name))


class TestCache:
    @pytest.fixture
    def reads(self, monkeypatch):
        """Names of the studies that were really read."""
        read, names = corpus._read_corpus, []

        def counted(study):
            names.append(study.name)
            return read(study)

        monkeypatch.setattr(corpus, "_read_corpus", counted)
        return names

    @pytest.mark.parametrize("date", ["2015-03-04", "2015", None])
    def test_a_second_run_reads_nothing_and_is_equal(self, project, reads, date):
        study = project([record("a", "venture", date), record("b", "farm")])
        first = corpus.load_corpus(study)
        assert_same(first, corpus.load_corpus(study))
        assert reads == ["mine"]

    def test_a_changed_source_is_read_again(self, project, reads, tmp_path):
        study = project([record("a", "venture")])
        before = corpus.load_corpus(study)
        source = tmp_path / "mine" / "texts.jsonl"
        source.write_text(source.read_text("utf-8").replace("지역", "전국"), encoding="utf-8")
        moment = source.stat().st_mtime_ns + 1_000_000_000
        os.utime(source, ns=(moment, moment))
        after = corpus.load_corpus(study)
        assert reads == ["mine", "mine"]
        assert before.documents["text"][0].replace("지역", "전국") == after.documents["text"][0]

    def test_a_new_file_and_a_new_option_are_read_again(self, project, reads, tmp_path):
        study = project([record("a", "venture")])
        corpus.load_corpus(study)
        extra = json.dumps(BLANK | record("b", "farm"), ensure_ascii=False)
        (tmp_path / "mine" / "more.jsonl").write_text(extra, encoding="utf-8")
        assert len(corpus.load_corpus(study).documents) == 2
        corpus.load_corpus(dataclasses.replace(study, corpus=study.corpus | {"acting": "attach"}))
        assert len(reads) == 3

    def test_half_a_cache_is_not_served(self, project, reads, tmp_path):
        study = project([record("a", "venture")])
        first = corpus.load_corpus(study)
        next(studies.PROCESSED.rglob("steps.parquet")).unlink()
        assert_same(first, corpus.load_corpus(study))
        assert len(reads) == 2


class TestTokens:
    def test_short_terms_and_stop_words_go_and_lexicon_terms_stay(self, project, tmp_path):
        (tmp_path / "own.csv").write_text(
            "term,kind,canonical,variants,note\n어민 안전,concept,,,\n", encoding="utf-8"
        )
        study = project(
            [record("a", "farm"), record("b", "sea")],
            more='[tokens]\nmin_syllables = 3\nlexicon = ["own.csv"]\n',
        )
        documents = corpus.load_corpus(study).documents
        tokens = corpus.load_tokens(study, documents)
        text = documents.set_index("doc_id")["text"]
        terms = tokens["term"].astype(str)
        assert "어민 안전" in set(terms)
        assert (terms.str.len() >= 3).all() and len(terms) < 5
        assert [text[t.doc_id][t.start : t.end] for t in tokens.itertuples()] == terms.tolist()
        short = dataclasses.replace(study, tokens=study.tokens | {"min_syllables": 1})
        assert "쌀" in set(corpus.load_tokens(short, documents)["term"])

    def test_a_second_run_is_equal(self, project):
        study = project([record("a", "farm"), record("b", "sea")])
        documents = corpus.load_corpus(study).documents
        tokens = corpus.load_tokens(study, documents)
        again = corpus.load_tokens(study, documents)
        pd.testing.assert_frame_equal(tokens, again, check_categorical=False)


def test_compared_keeps_the_administrations_of_the_study(project, calendar):
    study = project(
        [
            record("a", "venture", calendar["day"]),
            record("b", "farm", calendar["earlier_day"]),
            record("c", "sea"),
        ]
    )
    loaded = corpus.load_corpus(study)
    assert corpus.compared(loaded, study)["doc_id"].tolist() == ["a", "b"]
    chosen = {"administrations": [calendar["earlier"]]}
    one = dataclasses.replace(study, comparison=study.comparison | chosen)
    assert corpus.compared(loaded, one)["doc_id"].tolist() == ["b"]


ODD = {
    "nothing": [],
    "one document": [record("a", "venture", "2015-03-04")],
    "no dates": [record("a", "venture"), record("b", "farm"), record("c", "sea")],
    "years only": [record("a", "venture", "2015"), record("b", "farm", "2010")],
    "one administration": [
        record("a", "venture", "2015-03-04", kind="인사말"),
        record("b", "farm", "2015-04-04", kind="기념사"),
    ],
    "only conflicts": [record("a", "venture", "2015-03-04", who="아무개")],
}


@pytest.mark.parametrize("records", ODD.values(), ids=ODD.keys())
def test_odd_corpora_are_described_not_raised(records, project):
    study = project(records)
    corpus.load_corpus(study)
    loaded = corpus.load_corpus(study)  # once more, from the cache
    documents = loaded.documents
    tokens = corpus.load_tokens(study, documents)
    compared = corpus.compared(loaded, study)
    of_compared = corpus.load_tokens(study, compared)
    assert set(of_compared["doc_id"].astype(str)) <= set(compared["doc_id"])
    assert len(tokens) >= len(of_compared)
    faults = audit.audit(documents)
    rates = coverage.coverage_rates(documents)
    n_known = int(documents["administration"].notna().sum())
    assert rates["n_documents"].sum() == n_known
    assert coverage.coverage_by_year(documents)["n_documents"].sum() == n_known
    crossed = coverage.coverage_by(documents, "occasion").drop(columns="administration")
    assert crossed.to_numpy().sum() == n_known
    sentences = [
        findings.corpus_finding(loaded.steps, documents),
        findings.coverage_finding(rates),
        findings.audit_finding(faults),
        findings.lexicon_finding(tokens),
        *analysed(compared, of_compared),
    ]
    bad = [text for text in sentences if not text or "nan" in text.lower() or "<NA>" in text]
    assert bad == []
    assert corpus.run_facts(study, loaded)["읽은 문서"] == f"{len(documents)}건"


def analysed(documents, tokens):
    """Sentences of topics and comparison, as far as the texts allow either."""
    terms = matrix.term_matrix(tokens, min_df=1, max_df=1.0)
    documents = documents.set_index("doc_id").loc[terms.doc_ids]
    groups = documents["administration"]
    if not len(terms.terms):
        return []
    found = topics.cluster(terms, 2)
    sentences = [findings.topics_finding(topics.stability(terms, found, n_boot=2), 2)]
    shares = comparison.topic_shares(found.documents, groups, n_boot=20)
    shares["label"] = shares["topic"].map(topics.labels(found))
    sentences.append(findings.topic_shares_finding(shares))
    if groups.nunique() > 1:
        keyness = comparison.keyness(terms, groups, n_permutations=20)
        sentences += [findings.keyness_finding(keyness, label) for label in groups.unique()]
        sentences.append(findings.divergence_finding(comparison.divergence(terms, groups)))
    return sentences


PAGE_COLUMNS = """
[sources.columns]
doc_id = "id"
title = "title"
text = "text"
date = "date"
publisher = "who"
occasion = "kind"
text_kind = "form"
"""


def page(number, who, day, footer, **more):
    subject = list(SUBJECTS.values())
    text = "\n".join([f"{number}번 일을 {subject[number % 5]}", f"{number}곳이 했다.", *footer])
    named = {"id": f"{who}{number:02}", "who": who, "date": str(day)[:10], "form": ""}
    return named | {"text": text} | more


def test_lines_a_publisher_repeats_are_dropped_before_the_cache(project, calendar):
    footer = ["구독하기 | 후원하기", "나루에 실린 글을 옮기지 마세요."]
    records = [page(n, "나루", calendar["day"], footer) for n in range(8)]
    records += [page(n, "다온", calendar["day"], []) for n in range(8)]
    records.append({"id": "bare", "text": "\n".join(footer), "who": "나루", "form": ""})
    study = project(records, columns=PAGE_COLUMNS)
    corpus.load_corpus(study)
    loaded = corpus.load_corpus(study)
    assert not loaded.documents["text"].str.contains("구독|옮기지").any()
    assert loaded.removed[["publisher", "rule", "n_lines"]].values.tolist() == [
        ["나루", "되풀이된 줄", 18]
    ]
    assert "구독하기" in loaded.removed["example"].item()
    assert loaded.steps["n_documents"].tolist()[:2] == [17, 16]
    assert "되풀이" in loaded.rejects["reason"].item()
    assert "5건 이상이고 10% 이상" in corpus.run_facts(study, loaded)["되풀이된 줄의 기준"]
    off = project(records, "[corpus]\ndrop_repeated_lines = false\n", "off", PAGE_COLUMNS)
    kept = corpus.load_corpus(off)
    assert kept.documents["text"].str.contains("구독").sum() == 9 and kept.removed.empty
    assert corpus.run_facts(off, kept)["되풀이된 줄의 기준"] == "걷어내지 않음"


class TestTextKind:
    def records(self, calendar, **counts):
        return [
            page(number, form, calendar["day"], [], form=form)
            for form, n in counts.items()
            for number in range(n)
        ]

    def test_the_usual_kind_with_a_body_is_compared_and_the_rest_counted(self, project, calendar):
        study = project(self.records(calendar, full=2, excerpt=4, keywords=5), columns=PAGE_COLUMNS)
        loaded = corpus.load_corpus(study)
        assert set(corpus.compared(loaded, study)["text_kind"]) == {"excerpt"}
        assert loaded.steps.iloc[-1].tolist() == ["글의 꼴이 같은 문서(발췌)", 4, 7]
        assert len(loaded.documents) == 11 and loaded.documents["is_other_kind"].sum() == 7
        assert corpus.run_facts(study, loaded)["글의 꼴"] == "발췌"
        assert len(corpus.of_every_kind(loaded, study)) == 11

    def test_a_study_may_choose(self, project, calendar):
        records = self.records(calendar, full=2, excerpt=4)
        study = project(records, '[corpus]\ntext_kind = "full"\n', columns=PAGE_COLUMNS)
        loaded = corpus.load_corpus(study)
        assert set(corpus.compared(loaded, study)["text_kind"]) == {"full"}
        with pytest.raises(studies.StudyError, match="full, excerpt, keywords 가운데 하나"):
            project(records, '[corpus]\ntext_kind = "body"\n')

    @pytest.mark.parametrize("form", ["full", "excerpt", "keywords"])
    def test_one_kind_alone_is_compared_whole(self, form, project, calendar):
        study = project(self.records(calendar, **{form: 3}), columns=PAGE_COLUMNS)
        loaded = corpus.load_corpus(study)
        assert len(corpus.compared(loaded, study)) == 3
        assert not loaded.steps["step"].str.contains("꼴").any()

    def test_undated_documents_do_not_choose_the_kind(self, project, calendar):
        records = self.records(calendar, full=1, excerpt=0)
        records += [record | {"date": ""} for record in self.records(calendar, excerpt=3)]
        loaded = corpus.load_corpus(project(records, columns=PAGE_COLUMNS))
        assert loaded.steps.iloc[-1].tolist() == ["글의 꼴이 같은 문서(전문)", 1, 0]
