"""Conclusions as rows, judged by hand-made runs; runs on other documents and choices; experiments."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import matrix_of

from policytext import store
from policytext.compare import checks, experiments
from policytext.compare import robustness as r
from policytext.compare.contrasts import keyness_table
from policytext.faults import InsufficientData
from policytext.report.result import Result, say
from policytext.study import read_study
from policytext.topics.clusters import Topics
from policytext.words.counts import TermMatrix, term_matrix
from policytext.words.lexicon import read_lexicon


def keyness_rows(**changes):
    table = pd.DataFrame(
        {
            "administration": ["가", "가", "가", "나"],
            "term": ["창업", "김갑순", "혁신", "창업"],
            "rank": [1, 2, 3, 4],
            "q": [0.01, 0.01, 0.01, 0.01],
            "log_odds": [1.0, 0.9, 0.8, -1.0],
            "log_odds_low": [0.5, 0.4, 0.3, -1.5],
            "log_odds_high": [1.5, 1.4, 1.3, -0.5],
        }
    )
    return table.assign(**changes)


def topics(*numbers):
    documents = pd.DataFrame({"doc_id": [f"d{i}" for i in range(len(numbers))], "topic": numbers})
    found = sorted(set(numbers) - {0})
    terms = pd.DataFrame({"topic": found, "term": [f"낱말{k}" for k in found], "weight": 1.0})
    return Topics(documents, terms, np.zeros((len(numbers), 1)))


def differences(*values, q=0.01):
    table = pd.DataFrame({"topic": range(1, len(values) + 1), "difference": values, "q": q})
    ends = {"administration_a": "가", "administration_b": "나"}
    low, high = table["difference"] - 0.1, table["difference"] + 0.1
    return table.assign(**ends, difference_low=low, difference_high=high)


def distances(low):
    table = pd.DataFrame({"administration_a": list("가나가"), "administration_b": list("나가가")})
    return table.assign(excess=low + 0.1, excess_low=[low, low, 0], excess_high=low + 0.2)


def run(keyness, low, values, numbers, q=0.01):
    return r.Run(r.measured(keyness, distances(low), differences(*values, q=q)), topics(*numbers))


BASE = run(keyness_rows(), 0.05, (-0.3, 0.2), (1, 1, 1, 2, 2, 2))
CLAIMS = r.headline_claims(BASE, ["가", "나"], excluded=frozenset({"김갑순"}))


def test_claims_say_what_the_tables_say():
    assert CLAIMS["claim"].tolist() == [
        "‘창업’은 가 때 두드러진 말이다",
        "‘혁신’은 가 때 두드러진 말이다",
        "주제 ‘낱말1’은 가 때보다 나 때 많다",
        "주제 ‘낱말2’는 나 때보다 가 때 많다",
        "가 때와 나 때의 말은 아무렇게나 둘로 나눈 글보다 다르다",
    ]
    assert CLAIMS["kind"].tolist() == ["term", "term", "topic", "topic", "distance"]


def test_no_claim_of_a_topic_that_does_not_come_back():
    claims = r.headline_claims(BASE, ["가", "나"], names={2: "낱말2"})
    assert claims.loc[claims["kind"] == "topic", "topic"].tolist() == [2]
    assert "topic" not in set(r.headline_claims(BASE, ["가", "나"], names={})["kind"])


def test_topics_of_one_name_are_two_claims():
    base = run(keyness_rows(), 0.05, (-0.3, -0.2), (1, 1, 1, 2, 2, 2))
    base = replace(base, topics=replace(base.topics, terms=base.topics.terms.assign(term="낱말")))
    claims = r.headline_claims(base, ["가", "나"])
    assert (claims["kind"] == "topic").sum() == 2
    judged = r.judge(claims, base, base).assign(variant="같은 글")
    assert r.side_by_side(judged)["같은 글"].tolist() == ["같음"] * len(claims)
    assert r.agreement(judged, "variant")["n_runs"].tolist() == [1] * len(claims)


@pytest.mark.parametrize("change", [{"q": 0.05}, {"rank": 21}, {"log_odds": -0.1}])
def test_no_claim_without_evidence(change):
    weak = run(keyness_rows(**change), -0.01, (-0.3,), (1, 1), q=0.2)
    assert r.headline_claims(weak, ["가", "나"]).empty


def test_a_run_bears_itself_out():
    judged = r.judge(CLAIMS, BASE, BASE)
    assert judged["status"].tolist() == ["holds"] * 5
    # Read in the direction of the claim: 나 has more of topic 1.
    assert judged["estimate"].round(2).tolist() == [1.0, 0.8, 0.3, 0.2, 0.15]
    assert judged["low"].round(2).tolist() == [0.5, 0.3, 0.2, 0.1, 0.05]


def test_other_runs_fail_or_are_silent():
    fewer = keyness_rows(q=[0.2, 0.01, 0.01, 0.01]).iloc[[0, 1, 3]]
    other = run(fewer, -0.05, (0.3, -0.2), (1, 1, 1, 2, 2, 2))
    status = r.judge(CLAIMS, BASE, other)["status"].tolist()
    assert status == ["fails", "absent", "fails", "fails", "fails"]
    empty = r.Run(r.measured(fewer[:0]), None)
    assert set(r.judge(CLAIMS, BASE, empty)["status"]) == {"absent"}


@pytest.mark.parametrize(
    ("numbers", "values", "status"),
    [
        # Numbers may be exchanged between two fits; documents cannot.
        ((2, 2, 2, 1, 1, 1), (0.2, -0.3), "holds"),
        # One of three documents is just a third; two of six in all is not enough.
        ((1, 2, 3, 4, 5, 6), (-0.3,) * 6, "holds"),
        ((1, 2, 3, 1, 2, 3), (-0.3,) * 3, "absent"),
    ],
)
def test_a_topic_is_known_by_its_documents(numbers, values, status):
    other = run(keyness_rows(), 0.05, values, numbers)
    judged = r.judge(CLAIMS, BASE, other)
    assert judged.loc[judged["topic"] == 1, "status"].item() == status


def test_agreement_counts_by_hand():
    judged = pd.DataFrame(
        {
            "claim": ["a", "a", "a", "b", "b"],
            "kind": "term",
            "run": ["x", "y", "z", "x", "y"],
            "status": ["holds", "fails", "fails", "absent", "absent"],
            "estimate": [0.1, 0.4, 0.3, np.nan, np.nan],
        }
    )
    a, b = r.agreement(judged, "run").itertuples()
    assert (a.n_holds, a.n_fails, a.n_absent, a.weakest) == (1, 2, 0, "z")
    assert a.share_holds == pytest.approx(1 / 3)
    assert (a.estimate_min, a.estimate_max) == (0.1, 0.4)
    assert pd.isna(b.share_holds) and pd.isna(b.weakest)


def candidate(**changes):
    row = {
        "claim": "a", "kind": "term", "estimate": 3.0, "low": 1.5, "q_page": 0.01, "without_publisher": "같음", "reach": 0.5,
        "folded": "해당 없음", "n_false": 0, "n_cuts": 19, "share_specifications": 0.9,
    }  # fmt: skip
    return row | dict.fromkeys(r.FLAWS, False) | changes


@pytest.mark.parametrize(("change", "is_headline"), [
    ({}, True),
    ({"q_page": 0.05}, False),
    ({"low": 0.9}, False),
    ({"low": np.nan}, False),  # used by too few
    ({"without_publisher": "약해짐"}, False),
    ({"without_publisher": "잴 수 없음"}, False),  # nothing could be checked at all
    ({"without_publisher": "잴 수 없음", "folded": "같음"}, True),
    ({"folded": "뒤집힘"}, False),
    ({"n_false": 1}, False),
    ({"n_false": np.nan, "n_cuts": np.nan}, True),
    ({"share_specifications": 0.7}, False),
    *(({flaw: True}, False) for flaw in r.FLAWS),
])  # fmt: skip
def test_a_headline_survives_all_that_can_be_checked(change, is_headline):
    table = r.ranked(pd.DataFrame([candidate(**change)]), ["without_publisher", "folded"])
    assert table["is_headline"].item() == is_headline
    # Without an interval apart from no difference, or used by nobody else, it fails in no check.
    assert table["is_held"].item() == (is_headline or bool({"low", "is_alone"} & {*change}))


@pytest.mark.parametrize(("n", "told"), [
    ((31, 13, 1, 1), ["18개는 점검을 견디지 못했다", "앞세우지 않은 것이 12개다"]),
    ((31, 13, 13, 3), ["18개는 점검을 견디지 못했다", "앞세울 13개 가운데 3개만 여기에 적었다."]),
    ((5, 1, 1, 1), ["4개는 점검을 견디지 못했다. 분석 조건은 네 번에 한 번까지 달라도 견딘 것으로 쳤다."]),
])  # fmt: skip
def test_what_fell_is_told_apart_from_what_is_not_put_first(n, told):
    facts = dict(zip(["n", "n_held", "n_firm", "n_listed"], n, strict=True))
    warning = say("findings", "warning-dropped", facts)
    assert all(part in warning for part in told)
    assert ("앞세우지 않은" in warning, "만 여기에" in warning) == (n[1] > n[2], n[2] > n[3])


def test_no_headline_tells_which_checks_were_not_survived():
    rows = [candidate(n_false=2), candidate(folded="뒤집힘", share_specifications=0.7)]
    others = dict.fromkeys(["within_kinds", "without_years", "reassigned"], "잴 수 없음")
    table = pd.DataFrame(rows).assign(**{name: others.get(name, "같음") for name in others})
    table["without_publisher"], table["common_publishers"] = ["약해짐", "같음"], "같음"
    facts = {"n": 2, "n_held": 0, "n_firm": 0, "said": [], "is_reworded": False}
    assert said("headlines", table, **facts) == (
        "결론 후보 2개 가운데 점검을 견딘 것은 없다: 점검마다 견디지 못한 결론의 수는 매체를 하나씩 빼기 1개, "
        "옛 이름과 약칭을 합치기 1개, 정부의 경계를 거짓으로 옮기기 1개, 분석 조건을 바꾸기 1개다."
    )
    small = {"apart": {"가": 2, "나": 1}, "label": "나", "n": 1, "n_most": 40}
    assert (
        say("findings", "warning-small", small)
        == "글이 적어 따로 견주지 않은 시기: 가 2건, 나 1건."
    )


def test_headlines_are_ranked_by_what_they_survive_then_by_size():
    rows = [
        candidate(claim="b", estimate=9.0, folded="약해짐"),
        candidate(claim="f", kind="distance", estimate=0.3, low=0.2),
        candidate(claim="c"),
        candidate(claim="d", estimate=5.0),
        candidate(claim="g", estimate=9.0, reach=0.1),  # in few texts
        candidate(claim="e", folded="같음", estimate=2.0),
    ]
    table = r.ranked(pd.DataFrame(rows), ["without_publisher", "folded"])
    assert table["claim"].tolist() == ["e", "d", "c", "g", "f", "b"]
    assert table["n_survived"].tolist() == [9, 8, 8, 8, 8, 8]
    assert table["n_checked"].tolist() == [9, 8, 8, 8, 8, 9]


def test_one_correction_over_everything_tested():
    table = BASE.measured.assign(p=[0.01, 0.02, 0.03, 0.04, *[np.nan] * 3, 0.5, 0.05, 0.5, 0.05])
    table.loc[4:5, "p"] = 0.02
    found = r.page_q(table)
    assert len(found) == 8  # four words, each topic once, the distance counted once, said twice
    by_hand = [0.14 / 3, 0.14 / 3, 0.0525, 0.056, 0.14 / 3, 0.35 / 6, 0.5, 0.14 / 3]
    assert found["q_page"].tolist() == pytest.approx(by_hand)


OPTIONS = {
    "min_df": 2, "min_families": 20, "strata": "", "n_permutations": 300, "n_boot": 50,
    "random_state": 0, "topic_min_df": 2, "topic_max_df": 0.9, "n_topics": 2, "families": True,
    "far": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def small():
    """Two governments of 30 documents, each with a word of its own, not in order of doc_id."""
    rng = np.random.default_rng(0)
    rows = [
        (f"d{i:02}", term)
        for i in range(60)
        for term in [*rng.choice(list("ㄱㄴㄷㄹㅁ"), 20), *["나무" if i < 30 else "바다"] * 5]
    ]
    documents = pd.DataFrame({"doc_id": [f"d{i:02}" for i in reversed(range(60))]})
    documents["administration"] = ["나"] * 30 + ["가"] * 30
    documents["family_id"] = documents["doc_id"]
    return documents, pd.DataFrame(rows, columns=["doc_id", "term"])


def test_measure_is_the_comparison_itself(small):
    documents, tokens = small
    found = r.measure(documents, tokens, OPTIONS)
    rows = documents.set_index("doc_id")
    expected = keyness_table(
        term_matrix(tokens, min_df=2, max_df=1.0),
        rows["administration"],
        families=rows["family_id"],
        n_permutations=300,
        n_boot=50,
    )
    terms = found.measured[found.measured["kind"] == "term"]
    for name, column in {"estimate": "log_odds", "high": "log_odds_high", "q": "q"}.items():
        assert terms[name].tolist() == expected[column].tolist()
    shared = {}
    for changed in ({"min_df": 3}, {"n_topics": 3}, {}):
        part = r.measure(documents, tokens, OPTIONS | changed, shared).measured
        pd.testing.assert_frame_equal(
            part, r.measure(documents, tokens, OPTIONS | changed).measured
        )
    claims = r.headline_claims(found, ["가", "나"])
    assert "‘나무’는 가 때 두드러진 말이다" in set(claims["claim"])
    assert set(r.judge(claims, found, found)["status"]) == {"holds"}


def test_measure_stratifies_by_the_column_or_the_option(small):
    documents, tokens = small
    kinds = documents.assign(kind=["a", "b"] * 30)
    by_option = r.measure(kinds, tokens, OPTIONS | {"strata": "kind", "n_topics": 0})
    renamed = kinds.rename(columns={"kind": "stratum"})
    by_column = r.measure(renamed, tokens, OPTIONS | {"n_topics": 0})
    pd.testing.assert_frame_equal(by_option.measured, by_column.measured)
    crude = r.measure(documents, tokens, OPTIONS | {"n_topics": 0})
    assert not by_option.measured["q"].equals(crude.measured["q"])
    assert crude.topics is None and set(crude.measured["kind"]) == {"term", "distance"}


def test_copies_count_once_unless_told_otherwise(small):
    documents, tokens = small
    names, first = [f"e{i}" for i in range(5)], documents.head(1)
    more = pd.concat([documents, *(first.assign(doc_id=name) for name in names)])
    own = tokens[tokens["doc_id"] == first["doc_id"].item()]
    more_tokens = pd.concat([tokens, *(own.assign(doc_id=name) for name in names)])

    def estimates(documents, tokens, families=True):
        options = OPTIONS | {"n_topics": 0, "families": families}
        table = r.measure(documents, tokens, options).measured
        return table.loc[table["kind"] == "term", "estimate"].tolist()

    alone = estimates(documents, tokens)
    assert estimates(more, more_tokens) == alone != estimates(more, more_tokens, families=False)


def test_run_options_repeat_the_study():
    study = read_study("innovation-centers")
    options = r.run_options(study, 5)
    assert options.keys() == OPTIONS.keys()
    assert options["min_df"] == study.comparison.min_df == 4


def test_every_variant_judges_every_claim(small):
    documents, tokens = small
    base = r.measure(documents, tokens, OPTIONS)
    claims = r.headline_claims(base, ["가", "나"])
    swapped = documents["administration"].map({"가": "나", "나": "가"})
    variants = {
        "그대로": documents,
        "하나만": documents[documents["administration"] == "가"],
        "바꿈": documents.assign(administration=swapped),
    }
    table = r.reruns(variants.items(), tokens, r.Headlines(claims, base, OPTIONS))
    assert table["variant"].tolist() == [name for name in variants for _ in range(len(claims))]
    assert table["n_documents"].unique().tolist() == [60, 30]
    status = table[table["kind"] == "term"].groupby("variant")["status"].agg(set)
    assert status.to_dict() == {"그대로": {"holds"}, "하나만": {"absent"}, "바꿈": {"fails"}}
    reasons = table.loc[table["variant"] == "하나만", "reason"]
    assert reasons.str.contains("정부가 2개 이상").all()
    own = r.reruns(variants.items(), tokens, r.Headlines(claims, base, OPTIONS), own="바꿈")
    assert (own.loc[own["variant"] == "바꿈", "status"] == "holds").all()  # not run again
    nothing = r.reruns(variants.items(), tokens, r.Headlines(claims[:0], base, OPTIONS))
    assert nothing.empty and list(nothing) == list(table)


def test_strata_hold_enough_documents_of_two_governments():
    kinds = ["회의", "축사", "축사", "회의", "축사", "축사", "기타"]
    table = pd.DataFrame({"administration": list("가가가나나나나"), "occasion": kinds})
    table["genre"] = "speech"
    name, documents = r.stratified(table, min_documents=1)
    assert (name, documents["stratum"].tolist()) == ("occasion", kinds[:6])
    name, documents = r.stratified(table, min_documents=2)
    assert name == "" and documents.equals(table)


def test_acting_variants_move_only_the_acting_days():
    dates = pd.to_datetime(["2016-05-01", "2017-02-01", "2018-05-01"])
    found = dict(r.acting_variants(pd.DataFrame({"doc_id": list("abc"), "date": dates})))
    assert [len(found[name]) for name in r.ACTING_NAMES.values()] == [3, 3, 2]
    attached = found[r.ACTING_NAMES["attach"]]["administration"].tolist()
    assert attached[0] == attached[1] != attached[2]
    assert found[r.ACTING_NAMES["separate"]]["administration"].nunique() == 3


@given(st.dictionaries(st.sampled_from("abcde"), st.integers(1, 4), min_size=1), st.integers(0, 60))
def test_base_first_then_single_departures_no_row_twice(sizes, n):
    choices = {name: list(range(size)) for name, size in sizes.items()}
    grid = r.specifications(choices, n)
    values = grid[list(sizes)]
    assert grid["specification"].tolist() == list(range(len(grid)))
    assert (values.iloc[0] == 0).all() and not values.duplicated().any()
    n_single = sum(sizes.values()) - len(sizes)
    assert ((values.iloc[1 : 1 + n_single] != 0).sum(axis=1) == 1).all()
    assert len(grid) == min(max(n, 1 + n_single), int(np.prod(list(sizes.values()))))
    assert grid.equals(r.specifications(choices, n))


@pytest.mark.parametrize(("n_topics", "tried"), [(8, [8, 6, 10]), (4, [4, 5]), (0, [0])])
def test_choices_begin_with_the_study(n_topics, tried):
    found = r.choices(read_study("innovation-centers"), n_topics)
    assert (found["min_df"], found["n_topics"]) == ([4, 2, 5, 10], tried)
    assert found["analyser"][0] == "mecab"


@pytest.mark.parametrize("is_missing", [True, False])
def test_kiwi_is_optional(monkeypatch, is_missing):
    monkeypatch.setattr(r.importlib.util, "find_spec", lambda _: None if is_missing else object())
    found = r.choices(read_study("innovation-centers"), 5)["analyser"]
    assert found == ["mecab"] if is_missing else ["mecab", "kiwi"]


def test_curve_of_a_small_corpus(monkeypatch, tmp_path):
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    texts = ["창업 기업이 투자를 받았다. 창조경제 박람회"] * 8
    texts += ["규제 특구가 실증을 했다. 창업"] * 8
    documents = pd.DataFrame(
        {
            "doc_id": [f"d{i:02}" for i in range(16)],
            "text": [f"{text} {number}" for number, text in enumerate(texts)],
            "administration": ["가"] * 8 + ["나"] * 8,
            "family_id": [f"f{i}" for i in range(16)],
        }
    )
    options = OPTIONS | {"min_df": 4, "min_families": 5, "n_topics": 0, "n_boot": 20}
    study, lexicon = read_study("innovation-centers"), read_lexicon()
    fewer = {"analyser": ["mecab"], "min_df": [4, 9], "parts": [r.ALL_NOUNS]}
    grid = r.specifications(r.choices(study, 0) | fewer, 0)
    tokens = r.chosen_tokens(r.tokenize(documents, lexicon=lexicon), grid.iloc[0])
    base = r.measure(documents, tokens, options)
    claims = r.headline_claims(base, ["가", "나"])
    compound = "‘창조경제’는 가 때 두드러진 말이다"
    assert compound in set(claims["claim"])
    headlines = r.Headlines(claims, base, options)
    about = documents, lexicon, frozenset(), headlines, grid
    curve = r.specification_curve(*about)
    assert len(curve) == len(grid) * len(claims)
    own = curve[curve["specification"] == 0]
    assert (own["status"] == "holds").all() and (own["choices"] == "").all()
    curve = curve[curve["claim"] == compound]
    assert set(curve.loc[~curve["lexicon"], "status"]) == {"absent"}
    assert set(curve.loc[curve["min_df"] == 9, "status"]) == {"absent"}
    # Another chapter takes the conditions in another order, and finds all of them made.
    monkeypatch.setattr(r.os, "getpid", lambda: 0)
    monkeypatch.setattr(r, "measure", None)
    found = r.specification_curve(*about)
    pd.testing.assert_frame_equal(found[found["claim"] == compound], curve)


def test_most_deviant_is_where_most_fails():
    curve = pd.DataFrame(
        {
            "specification": [0, 0, 1, 1, 2, 2],
            "choices": ["", "", "가", "가", "나", "나"],
            "status": ["holds", "holds", "fails", "absent", "fails", "holds"],
        }
    )
    found = r.most_deviant(curve)
    assert (found["choices"], found["n_holds"], found["n_fails"]) == ("가", 0, 1)
    assert r.most_deviant(curve[:0])["n_fails"] == 0


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("가나")), min_size=1, max_size=30))
def test_a_family_keeps_to_one_group_and_groups_keep_their_sizes(rows):
    labels = dict(rows)
    table = pd.DataFrame({"family": [number for number, _ in rows]})
    table["before"] = table["family"].map(labels)
    rng = np.random.default_rng(0)
    table["after"] = experiments.shuffled_groups(table["before"], table["family"], rng)
    once = table.drop_duplicates("family")
    assert (table.groupby("family")["after"].nunique() == 1).all()
    assert sorted(once["before"]) == sorted(once["after"])


def test_plant_multiplies_there_and_nowhere_else():
    matrix = matrix_of([[1, 2, 0], [3, 0, 5]])
    found = experiments.plant(matrix, np.array([False, True]), 3, [0, 1])
    assert found.counts.toarray().tolist() == [[1, 2, 0], [9, 0, 5]]
    assert matrix.counts.toarray().tolist() == [[1, 2, 0], [3, 0, 5]]


def test_only_terms_of_middling_frequency_are_planted():
    counts = np.arange(100)[:, None] < np.array([*[7] * 9, 8, 50, *[51] * 9])
    chosen = experiments.frequent_terms(matrix_of(counts.astype(int)), np.random.default_rng(0))
    assert sorted(chosen) == [9, 10]
    with pytest.raises(InsufficientData, match="8%에서 50% 사이"):
        experiments.frequent_terms(matrix_of(counts[:, :1].astype(int)), np.random.default_rng(0))


@pytest.fixture(scope="module")
def noise():
    """Three groups whose words are drawn alike."""
    rng = np.random.default_rng(0)
    counts = rng.poisson(rng.uniform(0.1, 0.5, 60), (120, 60))
    return matrix_of(counts), np.repeat(["가", "나", "다"], [60, 40, 20]).tolist()


def test_null_finds_nothing_and_planted_terms_are_found(noise):
    null = experiments.null.__wrapped__(*noise, n_draws=5)
    assert (null["n_called"] > 0).sum() <= 1
    table, same = (experiments.planted.__wrapped__(*noise, times=9) for _ in range(2))
    assert set(table["where"]) == {"가"} and (table["n_planted"] == 6).all()
    assert (table["precision"] > 0.8).all()
    assert (table["n_found"] <= table["n_called"] - table["n_false"]).all()
    pd.testing.assert_frame_equal(table, same)


def test_the_difference_that_can_be_seen_is_smaller_where_there_is_more_text(noise):
    """The multiples before the last are not found; fewer documents need a larger one."""
    matrix, groups = noise[:2]
    whole = experiments.detectable(matrix, groups)
    assert whole["is_seen"].tolist() == [False] * (len(whole) - 1) + [True]
    few = TermMatrix(matrix.counts[::10], matrix.doc_ids[::10], matrix.terms)
    part = experiments.detectable(few, groups[::10])
    assert part["times"].max() > whole["times"].max()


def test_a_planted_genre_is_seen_and_stratified_away(noise):
    """Most of one group is of a genre with words of its own: not words of the group."""
    matrix, groups = noise
    rng = np.random.default_rng(0)
    kinds = np.where(rng.random(120) < np.where(np.array(groups) == "가", 0.8, 0.1), "x", "y")
    chosen = experiments.frequent_terms(matrix, rng)[:6]
    counts = experiments.plant(matrix, kinds == "x", 5, chosen)
    own = set(np.take(matrix.terms, chosen))
    n_first = []
    for strata in (None, kinds):
        table = keyness_table.__wrapped__(counts, groups, strata=strata, n_permutations=200)
        first = table[(table["administration"] == "가") & (table["rank"] <= len(own))]
        n_first.append(first["term"].isin(own).sum())
    assert n_first[0] >= 5 and n_first[1] <= 2  # six of sixty words: by chance fewer than one


def said(name, table=None, **facts):
    return Result(name, pd.DataFrame() if table is None else table, facts=facts).finding


def held(*rows, name="specification-agreement", **facts):
    table = pd.DataFrame(rows, columns=["claim", "n_holds", "n_fails", "n_absent"])
    measured = (table["n_holds"] + table["n_fails"]).replace(0, np.nan)
    table["share_holds"] = table["n_holds"] / measured
    return said(name, table, **checks._firmness(table), **{"n_by": {}, "alike": {}} | facts)


@pytest.mark.parametrize(("rows", "sentence"), [
    ([], "유의한 결론이 없어 흔들어 볼 것이 없다"),
    ([("갑", 0, 0, 5)], "다시 잴 수 있는 결론이 없다"),
    ([("갑", 9, 0, 1), ("을", 7, 0, 3)], "결론 2개 모두 분석 조건을 바꾸어도 늘 같다(잴 수 있는 7번 이상에서)"),
    (
        [("갑", 9, 1, 0), ("을", 1, 4, 0)],
        "분석 조건을 바꾸어도 늘 같은 결론은 2개 가운데 하나도 없다: 가장 약한 “을”은 잴 수 있는 5번 "
        "가운데 1번(20%)만 같다",
    ),
    (
        [("갑", 2, 0, 8), ("을", 3, 5, 1)],
        "분석 조건을 바꾸어도 늘 같은 결론은 2개 가운데 1개다: 가장 약한 “을”은 잴 수 있는 8번 "
        "가운데 3번(38%)만 같다(잴 수 없음 1번). 늘 같은 결론 가운데는 10번에서 2번만 잴 수 있었던 것도 있다",
    ),
    ([("갑", 1, 4, 0)], "분석 조건을 바꾸어도 늘 같은 결론은 1개 가운데 하나도 없다: 가장 약한 “갑”은 잴 수 있는 5번 가운데 1번(20%)만 같다"),
])  # fmt: skip
def test_agreement_is_said(rows, sentence):
    assert held(*rows) == sentence
    tried = held(*rows, n_by={"mecab": 26, "kiwi": 22}, alike={"kiwi": 0.85, "okt": 0.56})
    assert tried == sentence + (
        ". 분석기는 mecab 26가지, kiwi 22가지(기본 분석기와 함께 찾은 명사 85%)다. 2장에서 견준 다른 분석기는 써 보지 "
        "않았다: okt 56%"
    )


@pytest.mark.parametrize(("known", "sentence"), [
    (["가나일보"], ""),  # said once, where publishers are made alike
    (["x", "y"], "결론 1개 모두 매체를 하나씩 빼도 늘 같다(잴 수 있는 2번 이상에서)"),
])  # fmt: skip
def test_one_publisher_or_none(known, sentence):
    assert held(("갑", 2, 0, 0), name="leave-one-publisher-out", known=known) == sentence


def fate(*rows, name="acting", **facts):
    judged = pd.DataFrame(rows, columns=["variant", "status", "n_documents"])
    judged = judged.assign(claim=judged.groupby("variant").cumcount(), estimate=1.0)
    return said(name, judged, **checks._fates(judged), **facts)


@pytest.mark.parametrize(("rows", "sentence"), [
    ([], "유의한 결론이 없어 다시 잴 것이 없다"),
    ([("뺌", "absent", 1200)], "‘뺌’(글 1,200건)에서는 견줄 수 없다"),
    (
        [("뺌", "fails", 9), ("뺌", "holds", 9), ("붙임", "holds", 12)],
        "권한대행을 이 연구와 달리 다루면(2가지) 결론 2개 가운데 많게는 1개가 달라진다: ‘뺌’(글 9건)에서는 결론 2개 "
        "가운데 1개를 되풀이하지 못한다(방향은 모두 같다). ‘붙임’(글 12건)에서는 잴 수 있는 결론 1개가 모두 같다",
    ),
    (
        [("붙임", "holds", 12), ("뺌", "holds", 9)],
        "권한대행을 이 연구와 달리 다루어도(2가지) 달라지는 결론이 없다: ‘붙임’(글 12건)에서는 잴 수 있는 결론 1개가 "
        "모두 같다. ‘뺌’(글 9건)에서는 잴 수 있는 결론 1개가 모두 같다",
    ),
])  # fmt: skip
def test_what_other_documents_do_is_said(rows, sentence):
    assert fate(*rows) == sentence
    assert sentence.endswith(fate(*rows, name="strata", column="genre"))
    assert "종류가 둘이 되지 않아" in fate(*rows, name="strata", column="")
    alike = {"name": "same-publishers", "why": "", "is_less": True}
    assert fate(*rows, **alike) == fate(*rows, name="strata", column="genre")
    assert fate(*rows, **alike | {"why": "매체가 없다"}) == "매체가 없다"
    assert fate(*rows, **alike | {"why": "매체가 없다", "is_less": False}) == "매체가 없다"
    assert "뺄 글이 없다" in fate(*rows, **alike | {"is_less": False})


@pytest.mark.parametrize(("choices", "counts", "sentence"), [
    ("", (0, 0), "조건을 바꾸어 다시 잴 결론이 없다"),
    ("가", (3, 0), "어떤 조건에서도 달라지는 결론이 없다"),
    ("가", (6, 3), "결론이 가장 많이 달라지는 조건은 ‘가’: 잴 수 있는 9개 가운데 3개가 달라진다"),
    ("", (2, 1), "결론이 가장 많이 달라지는 조건은 횟수를 줄인 이 연구의 조건: 잴 수 있는 3개 가운데 1개가 달라진다"),
])  # fmt: skip
def test_the_worst_condition_is_named(choices, counts, sentence):
    facts = dict(zip(("n_holds", "n_fails"), counts, strict=True))
    assert said("most-deviant", choices=choices, **facts) == sentence


@pytest.mark.parametrize(("cuts", "words"), [
    ([], "날짜가 너무 몰려 있어 경계를 거짓으로 옮겨 볼 수 없다"),
    (
        [2, 4],
        "진짜 경계에서 9개이고 거짓 경계 2곳에서는 2~4개다: 가운데값은 3개다. 거짓 경계에도 진짜 "
        "경계의 일부가 들어 있어 그만큼이 모두 정부와 상관없다는 뜻은 아니다. p(0.333)는 거짓 경계 2곳으로",
    ),
    ([0, 1], "0~1개다: 가운데값은 0개다. p(0.333)는"),
    ([9, 3], "3~9개다: 거짓 경계 1곳에서도 그만큼 많다(가운데값 6개, p = 0.667). 낱말이"),
])  # fmt: skip
def test_false_boundaries_are_said(cuts, words):
    cuts = pd.Series(cuts, dtype=int)
    facts = {"real": 9, "cuts": cuts, "unlike": cuts[:1], "n_as_many": (cuts >= 9).sum()}
    sentence = said("placebo", **facts)
    assert words in sentence
    assert cuts.empty or sentence.endswith(f"덜 닮은 거짓 경계 1곳에서는 {cuts[0]}개다")


@pytest.mark.parametrize(("often", "n_cuts", "words"), [
    ([], 6, "두드러진 말 2개 가운데 거짓 경계 한 곳에서라도 진짜 경계에서만큼 다른 것은 없다"),
    (["창업"], 6, "1개는 거짓 경계에서도 진짜 경계에서만큼 다르다: 창업(2곳). "),
    (["창업", "혁신"], 6, "두드러진 말 2개 모두 거짓 경계에서도"),
    ([], 0, "거짓 경계를 만들 수 없어 두드러진 말 2개를 다시 재지 못했다"),
])  # fmt: skip
def test_headline_terms_under_false_boundaries_are_said(often, n_cuts, words):
    often = pd.Series(2, often, dtype=int)
    table = pd.DataFrame({"term": ["창업", "혁신"]})
    assert words in said("placebo-terms", table, often=often, n_cuts=n_cuts)


def test_experiments_that_fall_short_say_so():
    facts = {"n": 20, "low": 0.0865, "high": 0.491, "n_permutations": 1000}
    short = said("null", called=5, is_likely=False, **facts)
    assert short == (
        "정부 이름을 20번 뒤섞었더니 5번에서 유의한 낱말이 나왔다(25%, 95% 구간 9~49%, 순열 1,000번까지): "
        "FDR 5%에서 있을 만한 횟수를 넘으므로 이 말뭉치의 q는 너무 작다"
    )
    assert "한 번도 나오지 않았다" in said("null", called=0, is_likely=True, **facts)
    draws = pd.DataFrame({"false_share": [0.0, 0.2], "n_called": 5})
    facts = {"times": 3, "n_planted": 40.0, "precision": 0.7, "n_found": 30}
    short = said("planted-terms", draws, false_share=0.1, **facts)
    assert short.startswith("한 정부에서만 3배로 늘린 낱말의 75%를 찾는다: 심은 낱말 40개 가운데 ")
    # One draw of two, or of few, is no evidence of more than 5 %; ten alike are.
    assert short.endswith(
        "평균 10.0%로(번마다 0~20%) q가 약속한 5%보다 많다고 하기에는 번마다 너무 다르다"
    )
    often = said("planted-terms", pd.concat([draws + 0.1] * 5), false_share=0.2, **facts)
    assert "평균 20.0%로(번마다 10~30%) q가 약속한 5%보다 많다. 심은" in often
    facts |= {"n_found": 0.1, "false_share": 0.0}
    none = said("planted-terms", draws * 0, **facts)
    assert none.startswith("한 정부에서만 3배로 늘린 낱말은 거의 찾지 못한다: ")
    assert none.endswith("심은 낱말은 70%다")  # of none called, no share is false
    draws["false_share"] = 0.0
    assert said("planted-terms", draws, **facts).endswith("평균 0.0%로 q가 약속한 5%를 넘지 않는다")


def test_a_year_that_holds_most_of_a_government_says_nothing_of_it(monkeypatch):
    dates = pd.to_datetime(["2013", "2013", "2013", "2014", "2014", "2015"], format="%Y")
    documents = pd.DataFrame({"administration": [*"가가가가나나"], "date": dates})
    documents["publisher"] = [*"갑갑갑을을을"]
    judged = [(*who, v) for who in ("가-", "나-", "가나") for v in ("2013", "2014", "갑")]
    table = pd.DataFrame(judged, columns=["administration", "other", "variant"])
    table = table.assign(status="fails", estimate=1.0, kind="term")
    monkeypatch.setattr(checks, "reruns", lambda left, tokens, ours: list(left) and table)
    monkeypatch.setattr(checks, "_headlines", lambda corpus: None)
    corpus = SimpleNamespace(documents=documents, tokens=None)
    # Half of a government may be left out, three quarters may not.
    found = checks._without.__wrapped__(corpus, "year")["status"].tolist()
    assert found == ["absent", *["fails"] * 5, "absent", "fails", "fails"]
    assert set(checks._without.__wrapped__(corpus, "publisher")["status"]) == {"fails"}


def test_too_many_calls_in_few_draws_are_drawn_again(monkeypatch):
    asked = []

    def null(matrix, groups, families, n, n_permutations):
        asked.append((n, n_permutations))
        return pd.DataFrame({"n_called": [1] * 4 + [0] * (n - 4)})

    monkeypatch.setattr(experiments, "null", null)
    labels = pd.Series(["가"])
    corpus = SimpleNamespace(check=list, groups=labels, families=labels, keyness_matrix=None)
    corpus.n_permutations = 300
    corpus.study = read_study("innovation-centers")
    facts = checks.null_experiment(corpus).facts
    assert asked == [(20, 300), (100, 300)] and (facts["called"], facts["is_likely"]) == (4, True)


def test_a_topic_of_one_government_differs_less_at_every_false_boundary():
    n = 200
    dates = pd.date_range("2013-01-01", periods=n)
    matrix = matrix_of(np.random.default_rng(0).poisson(5, (n, 40)))
    placed = pd.DataFrame({"doc_id": matrix.doc_ids, "topic": [1] * 100 + [2] * 100})
    topics = Topics(placed, None, None)
    groups = ["가"] * 100 + ["나"] * 100
    found = r.false_differences.__wrapped__(matrix, topics, dates, groups, matrix.doc_ids)
    sizes = found[found["topic"] == 1].set_index("cut")["size"]
    assert sizes[0] == 1 and sizes.drop(0).max() <= 0.5
    assert (found.loc[found["kind"] == "distance", "size"] < 0.01).all()
    claims = pd.DataFrame(
        {"claim": list("ab"), "kind": ["topic", "distance"], "administration": "가",
         "term": "", "topic": [1, 0]}
    )  # fmt: skip
    none = pd.DataFrame({"terms": [[]], "z": [[]]})
    judged = r.under_false_dates(claims, none, found)
    assert judged["n_cuts"].tolist() == [19, 19] and judged["n_false"].tolist()[0] == 0
