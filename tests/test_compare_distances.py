"""Distances against scipy, their exact split in two, and no difference where there is none."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import bursty_texts, matrix_of
from scipy.spatial.distance import jensenshannon

from policytext.compare import distances as d
from policytext.faults import InsufficientData, PolicyTextError
from policytext.report.result import Result
from policytext.words.counts import TermMatrix

counts_2_3_4 = st.lists(st.integers(0, 50), min_size=24, max_size=24).map(
    lambda values: np.array(values).reshape(2, 3, 4)
)


def test_parts_that_no_pair_of_governments_has_texts_for_are_not_told_as_alike(monkeypatch):
    split = {"administration_a": "가", "administration_b": "나", "part": [*d.PARTS], "topic": 0}
    split = pd.DataFrame(split | {"excess": np.nan})
    terms = pd.DataFrame(columns=[*d.PAIR, "topic", "term", "more_in"])
    monkeypatch.setattr(d, "stable_topics", lambda corpus: pd.Series([1]))
    monkeypatch.setattr(d, "decompose", lambda *_, **__: split)
    monkeypatch.setattr(d, "decomposition_terms", lambda *_, **__: terms)
    topics = SimpleNamespace(documents=pd.DataFrame({"doc_id": ["a"], "topic": 1}))
    about = {"topics": topics, "keyness_matrix": SimpleNamespace(doc_ids=["a"]), "large": None}
    about |= {"families": None, "administrations": ["가", "나"], "check": lambda **_: None}
    with pytest.raises(InsufficientData, match="둘로 나눌 수 있는 이어진 두 정부가 없습니다"):
        d.decomposition(SimpleNamespace(**about))


def shuffled(matrix, order):
    return TermMatrix(matrix.counts[order], [matrix.doc_ids[i] for i in order], matrix.terms)


def reference(a, b):
    """Divergence in bits, by scipy."""
    return np.nan_to_num(jensenshannon(np.ravel(a), np.ravel(b), base=2) ** 2)


@pytest.fixture(scope="module")
def bursty():
    return bursty_texts()


def test_divergence_is_scipys_symmetric_and_the_sum_of_its_terms(bursty):
    matrix, groups = bursty
    table = d.divergence_table(matrix, groups, n_draws=20)
    dense = matrix.counts.toarray()
    terms = d.divergence_terms(matrix, groups, n_draws=1).groupby(d.PAIR)
    for row in table.itertuples():
        a, b = row.administration_a, row.administration_b
        expected = reference(dense[groups == a].sum(axis=0), dense[groups == b].sum(axis=0))
        assert row.jsd_full == pytest.approx(expected, abs=1e-12)
        if (a, b) in terms.groups:
            part = terms.get_group((a, b))
            assert part["contribution"].sum() == pytest.approx(row.jsd_full)
            assert part["share"].sum() == pytest.approx(1)
    square = table.pivot(index=d.PAIR[0], columns=d.PAIR[1], values="jsd")
    assert np.array_equal(square, square.T)
    own = table[table["administration_a"] == table["administration_b"]]
    assert (own["excess"] == 0).all() and (own["jsd"] == own["baseline"]).all()
    assert (table["jsd_low"] <= table["jsd"]).all() and (table["jsd"] <= table["jsd_high"]).all()


def test_terms_beyond_the_baseline_sum_to_the_excess_and_one_document_cannot_be_split(bursty):
    matrix, groups = bursty
    groups = np.where(np.arange(90) == 0, "라", groups)
    pairs = d.divergence_table(matrix, groups, n_draws=30).set_index(d.PAIR)
    for pair, part in d.divergence_terms(matrix, groups, n_draws=30).groupby(d.PAIR):
        if "라" in pair:
            assert part["excess"].isna().all()
            assert np.isnan(pairs.loc[pair, "jsd"]) and pairs.loc[pair, "jsd_full"] > 0
        else:
            assert part["excess"].sum() == pytest.approx(pairs.loc[pair, "excess"], abs=1e-9)
            assert part["excess"].is_monotonic_decreasing


def test_divergence_exceeds_its_baseline_only_where_the_words_differ():
    rng = np.random.default_rng(0)
    base, other = rng.dirichlet(np.ones(300)), rng.dirichlet(np.ones(300))
    groups = np.repeat(["가", "나", "다"], [200, 40, 40])  # unequal sizes, on purpose
    counts = [rng.multinomial(60, other if group == "다" else base) for group in groups]
    table = d.divergence_table(matrix_of(counts), groups, n_draws=60).set_index(d.PAIR)
    same, different = table.loc[("가", "나")], table.loc[("가", "다")]
    assert same["excess_low"] < 0 < same["excess_high"]
    assert abs(same["excess"]) < 0.2 * same["baseline"]
    assert different["excess_low"] > 0
    assert same["n_tokens"] == 20 * 60
    # Of two alone halves are still no larger than the smallest of all gives.
    two = d.divergence_table(matrix_of(counts), groups, n_draws=60, among=["가", "다"])
    two = two[two["excess"].notna()].set_index(d.PAIR)
    assert [*map("".join, two.index)] == ["가가", "가다", "다가", "다다"]
    assert (two["n_tokens"] == 20 * 60).all()
    assert different["jsd_low"] < two.loc[("가", "다"), "jsd"] < different["jsd_high"]


def test_copies_inside_a_family_do_not_enter_the_draws():
    counts = np.random.default_rng(0).multinomial(50, np.full(30, 1 / 30), size=20)
    families, groups = np.repeat(range(20), 3), np.repeat([*"가나" * 10], 3)
    matrix = matrix_of(np.repeat(counts, 3, axis=0))
    table = d.divergence_table(matrix, groups, families=families, n_draws=5)
    assert (table["n_tokens"] == 5 * 50).all()


@settings(max_examples=100, deadline=None)
@given(counts_2_3_4)
def test_what_and_how_sum_to_the_joint_divergence(counts):
    a, b = counts
    if a.sum() == 0 or b.sum() == 0:
        return
    what, how = d._what_and_how(a, b)
    assert what.sum() + how.sum() == pytest.approx(reference(a, b), abs=1e-12)
    assert what.sum() == pytest.approx(reference(a.sum(axis=1), b.sum(axis=1)), abs=1e-12)
    assert what.min() >= 0 and how.min() >= -1e-15
    np.testing.assert_allclose(d.how_contributions(a, b), d.how_contributions(b, a), atol=1e-15)
    for topic in range(3):  # Lin's (1991) entropy form, H(mixture) - Σ w H
        p, q = a[topic] / a.sum(), b[topic] / b.sum()
        mass = p.sum() + q.sum()
        lin = 0
        if p.sum() > 0 and q.sum() > 0:
            apart = p.sum() * entropy(p / p.sum()) + q.sum() * entropy(q / q.sum())
            lin = (mass * entropy((p + q) / mass) - apart) / 2
        assert how[topic] == pytest.approx(lin, abs=1e-12)


def entropy(shares):
    return -sum(share * np.log2(share) for share in shares if share > 0)


def two_sides(seed, mix, is_other=False, n=60):
    """Documents of two sides: `mix` shares of topic 1; other words for topic 1 if asked."""
    rng = np.random.default_rng(seed)
    words = rng.dirichlet(np.ones(40), 2)
    other = np.array([words[0][::-1], words[1]]) if is_other else words
    topics = [1 if rng.random() < share else 2 for share in mix for _ in range(n)]
    groups = np.repeat(["가", "나"], n)
    own = [other if group == "나" else words for group in groups]
    rows = [rng.multinomial(60, chances[t - 1]) for chances, t in zip(own, topics, strict=True)]
    return matrix_of(rows), topics, groups


@pytest.mark.parametrize(
    ("mix", "is_other", "what", "how"),
    [((0.5, 0.5), False, 0, 0), ((0.85, 0.15), False, 0.1, 0), ((0.5, 0.5), True, 0, 0.05)],
)
def test_each_part_exceeds_its_baseline_only_where_it_was_planted(mix, is_other, what, how):
    table = d.decompose(*two_sides(3, mix, is_other), n_draws=40)
    sums = table[table["topic"] == 0].set_index("part")
    for part, planted in {"what": what, "how": how}.items():
        if planted:
            assert sums.loc[part, "excess_low"] > planted
        else:
            assert abs(sums.loc[part, "excess"]) < 0.03 and sums.loc[part, "excess_low"] <= 0
    if is_other:
        inside = table[table["part"] == "how"].set_index("topic")["excess"]
        assert inside[1] > 0.05 and abs(inside[2]) < 0.02


def test_the_parts_of_the_table_add_up_and_exceed_the_divergence_of_terms():
    matrix, topics, groups = two_sides(4, (0.7, 0.3), is_other=True, n=10)
    families = [f"f{row // 2}" for row in range(len(topics))]
    table = d.decompose(matrix, topics, groups, families=families, n_draws=3)
    sums, parts = table[table["topic"] == 0], table[table["topic"] > 0]
    for column in ("bits_full", "bits", "baseline", "excess"):
        assert sums[column].sum() == pytest.approx(parts[column].sum(), abs=1e-12)
    terms_only = d.divergence_table(matrix, groups, families=families, n_draws=2)["jsd_full"].max()
    assert sums["bits_full"].sum() >= terms_only
    terms = d.decomposition_terms(matrix, topics, groups, families=families)
    how = parts[parts["part"] == "how"].set_index("topic")["bits_full"]
    by_topic = terms.groupby("topic")["contribution"].sum()
    pd.testing.assert_series_equal(by_topic, how, check_names=False)


def test_dealing_keeps_the_topics_of_both_sides():
    rng = np.random.default_rng(6)
    topic = rng.integers(0, 4, 60)
    a, b = np.arange(25), np.arange(25, 60)
    moved_a, moved_b = d._dealt(a, b, topic, rng)
    assert sorted([*moved_a, *moved_b]) == list(range(60))
    for before, after in ((a, moved_a), (b, moved_b)):
        assert np.bincount(topic[before]).tolist() == np.bincount(topic[after]).tolist()
    assert len(set(moved_a) - set(a)) > 5


def test_documents_without_topic_are_left_out_and_pairs_must_have_documents():
    matrix = matrix_of([[8, 0], [0, 8], [5, 5]])
    table = d.decompose(matrix, [1, 1, 0], ["가", "나", "나"], n_draws=2)
    how = table[(table["part"] == "how") & (table["topic"] == 0)].iloc[0]
    assert how["bits_full"] == pytest.approx(1)
    assert how[["bits", "excess"]].isna().all()  # one family a side
    turned = d.decompose(matrix, [1, 1, 1], list("가나다"), pairs=[("다", "가")], n_draws=1)
    assert turned[d.PAIR].drop_duplicates().values.tolist() == [["다", "가"]]
    with pytest.raises(PolicyTextError, match=r"'topics'의 길이\(1\)"):
        d.decompose(matrix, [1], ["가", "나", "나"])
    for pairs in ([], [("가", "라")]):
        with pytest.raises(InsufficientData, match="두 정부가 있어야"):
            d.decompose(matrix, [1, 1, 1], list("가나다"), pairs=pairs)


def test_the_pair_that_differs_most_is_told_with_both_parts():
    sums = pd.DataFrame({"pair": "가–나", "part": ["what", "how"], "excess": [0.3, 0.1],
        "excess_low": [0.2, -0.05], "excess_high": [0.4, 0.15], "share": [0.75, 0.25],
        "share_low": [0.51, 0.0], "share_high": [1.0, 0.49]})  # fmt: skip
    less = sums.assign(pair="나–다", excess=0.1, excess_low=0.05)
    said = [
        Result("what-and-how", table, facts=d._farthest(table)).finding
        for table in (sums, sums.assign(excess_low=0.0), pd.concat([sums, less]))
    ]
    assert said.pop().endswith(
        "이어진 2쌍이 모두 우연을 넘어 다르고, 크기는 이 쌍이 가장 크다(쌍끼리 다른지는 검정하지 않았다)"
    )
    assert said == [
        "가–나 사이에서는 주제의 비중이 달라졌다(0.300비트, 95% 구간 0.200~0.400): 같은 주제 안의 말이 "
        "달라졌는지는 알 수 없다(95% 구간 -0.050~0.150비트). 안정된 주제만 놓고 재었다",
        "이어진 두 정부는 무엇을 말하는지도 어떻게 말하는지도 우연을 넘어 다르다고 할 수 없다",
    ]


@pytest.mark.parametrize(
    ("excess", "low", "high", "sentence"),
    [
        ([0.2], [0.1], [0.3], "두 정부의 말은 아무렇게나 둘로 나눈 글보다 다르다: 가–나 사이의 거리가 우연을 "
         "0.200비트(95% 구간 0.100~0.300) 넘는다"),
        ([0.2], [0.0], [0.3], "두 정부의 말은 아무렇게나 둘로 나눈 글보다 다르다고 할 수 없다"),
        ([np.nan], [np.nan], [np.nan], "정부가 하나뿐이거나 글이 모자라 말의 거리를 잴 수 없다"),
        ([0.2, 0.05], [0.15, 0.0], [0.3, 0.1], "말의 거리는 가–나 사이가 가장 멀다: 우연(기준선)을 넘는 "
         "거리가 0.200비트(95% 구간 0.150~0.300)이고, 가장 가까운 가–다 사이는 0.050비트"
         "(95% 구간 0.000~0.100)다"),
        ([0.2, 0.18], [0.15, 0.0], [0.3, 0.25], "말의 거리는 가–나 사이가 가장 커 보이지만 첫째라고 못박을 "
         "수 없다: 우연(기준선)을 넘는 거리가 0.200비트(95% 구간 0.150~0.300)이고, 구간이 겹치는 짝이 1개 더 "
         "있다. 가장 가까워 보이는 가–다 사이는 0.180비트(95% 구간 0.000~0.250)다. 구간이 겹치는 짝이 1개 더 "
         "있어 가장 가깝다고 못박을 수 없다"),
    ],
)  # fmt: skip
def test_the_farthest_pair_is_told(excess, low, high, sentence):
    table = pd.DataFrame({"administration_a": "가", "administration_b": ["나", "다"][: len(low)]})
    table = table.assign(excess=excess, excess_low=low, excess_high=high)
    assert Result("divergence", table, facts=d._far_and_near(table)).finding == sentence
