"""Planted topics are stable and their number is chosen; chance structure is refused."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score
from test_topics_clusters import corpus, matrix_of

from policytext import store
from policytext.faults import PolicyTextError
from policytext.report.result import Result
from policytext.study import TopicOptions
from policytext.topics import clusters, trust


@pytest.fixture(autouse=True)
def empty_store(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "FOLDER", tmp_path)


@pytest.fixture(scope="module")
def planted():
    matrix, _ = corpus()
    return matrix, clusters.cluster(matrix, 4)


def stability(matrix, found, n_boot, seed=0):
    matrix, n = clusters.checked(matrix), found.documents["topic"].max()
    table = trust.stability_of(matrix, {n: found}, n_boot, seed)[n]
    return table.assign(jaccard_seeds=trust._reseeded(matrix, found, seed))


def fitted(matrix, candidates, n_topics=0, n_boot=4):
    options = TopicOptions(n_topics=n_topics, candidates=list(candidates), n_boot=n_boot)
    return trust.fit_topics(matrix, options)


def test_the_planted_number_of_topics_is_chosen(planted):
    matrix, found = planted
    topics, table, stable = fitted(matrix, (2, 4, 8))
    assert table.columns.tolist() == [
        "n_topics", "n_stable", "stable_share", "stability", "stability_low", "stability_high",
        "stability_null", "coherence", "smallest_topic_share", "chosen",
    ]  # fmt: skip
    assert table.loc[table["chosen"], "n_topics"].tolist() == [4]
    assert table.loc[1, ["n_stable", "stable_share"]].tolist() == [4, 1]
    sizes = found.documents["topic"].value_counts(normalize=True)
    assert table["smallest_topic_share"][1] == pytest.approx(sizes.min())
    pd.testing.assert_frame_equal(topics.documents, found.documents)
    told = ["stability", "stability_low", "stability_high", "stability_null"]
    names = ["ari", "ari_low", "ari_high", "ari_null"]
    assert table.loc[1, told].tolist() == stable.loc[0, names].tolist()


@pytest.mark.parametrize(
    ("shares", "n_topics"),
    [
        ([0.4, 0.9, 0.8], 8),
        ([0.4, 0.9 + 1e-12, 0.9], 12),  # of equals the most topics
        ([0.0, 0.0, 0.0], 5),  # nothing stable: the fewest
    ],
)
def test_the_number_with_most_documents_in_stable_topics(shares, n_topics):
    curve = pd.DataFrame({"n_topics": [5, 8, 12], "stable_share": shares})
    assert trust.most_in_stable_topics(curve) == n_topics


def test_numbers_that_leave_few_documents_a_topic_are_not_tried(planted):
    matrix = planted[0]
    n = len(matrix.doc_ids) // 10
    told = [fitted(matrix, tried, named, n_boot=2)[1]["n_topics"].tolist() for tried, named in
            (([2, n, n + 1], 0), ([2, n + 1], n + 2), ([n + 1, n + 2], 0))]  # fmt: skip
    assert told == [[2, n], [2, n + 2], [n + 1]]


@pytest.mark.parametrize("wanted", [2, 3])
def test_a_study_may_name_the_number(planted, wanted):
    topics, table, stable = fitted(planted[0], [2, 4], wanted, n_boot=2)
    expected = clusters.cluster(planted[0], wanted)
    pd.testing.assert_frame_equal(topics.documents, expected.documents)
    assert table.loc[table["chosen"], "n_topics"].tolist() == [wanted] and len(stable) == wanted
    again, _, _ = fitted(planted[0], [2, 4], wanted, n_boot=2)  # from the store
    assert again.vectors.tobytes() == expected.vectors.tobytes()
    pd.testing.assert_frame_equal(again.terms, expected.terms, check_dtype=False)


def test_the_band_is_the_middle_of_a_hundred_draws_and_all_of_fewer():
    assert trust._summary(pd.Series(np.arange(101.0))) == (50, 2.5, 97.5)
    assert trust._summary(pd.Series(np.arange(11.0))) == (5, 0, 10)


def test_a_subset_counted_by_difference_is_the_subset_counted_directly(monkeypatch):
    """Documents of many lengths, so that pairs weigh fractions that do not cancel exactly."""
    matrix = matrix_of(np.random.default_rng(0).poisson(0.1, (300, 150)))
    given, original = [], clusters.document_vectors
    monkeypatch.setattr(
        clusters,
        "document_vectors",
        lambda subset, joint: given.append(joint) or original(subset, joint),
    )
    [(drawn, refits)] = trust._refits(matrix, [4], 1, 7)
    assert len(drawn) == round(0.8 * len(matrix.doc_ids)) == len(set(drawn)) == len(refits[4])
    contexts = clusters.top_contexts(matrix.counts)
    direct = clusters.cooccurrence(matrix.counts[drawn], contexts)
    np.testing.assert_allclose(given[0], direct, atol=1e-4)
    assert (given[0][direct == 0] == 0).all()  # nothing is left of a pair nobody drew
    monkeypatch.setattr(trust, "MOST_DRAWN", 50)  # of many documents few are drawn
    [(drawn, refits)] = trust._refits(matrix, [4], 1, 7)
    assert len(drawn) == 50 == len(refits[4])
    assert (given[1] == clusters.cooccurrence(matrix.counts[drawn], contexts)).all()


def test_many_documents_are_seen_in_batches_and_split_alike(planted, monkeypatch):
    monkeypatch.setattr(clusters, "MANY", 100)
    batches = clusters.cluster(planted[0], 4).documents["topic"]
    assert adjusted_rand_score(planted[1].documents["topic"], batches) > 0.95


def test_a_single_topic_is_never_the_stable_choice():
    """More topics than documents: all are one topic, which agrees with itself."""
    matrix, _ = corpus(n_documents=40)
    _, table, _ = fitted(matrix, (2,), 50, n_boot=2)
    assert table["stability"].isna().tolist() == [False, True]
    _, alone, stable = fitted(matrix, (50,), n_boot=2)
    assert alone["chosen"].tolist() == [True] and alone["stable_share"].tolist() == [0]
    assert not trust.has_structure(stable) and not stable["is_stable"].any()


def test_planted_topics_are_stable(planted):
    matrix, found = planted
    table = stability(matrix, found, n_boot=5)
    assert table["topic"].tolist() == [1, 2, 3, 4]
    assert table["n_documents"].sum() == len(matrix.doc_ids)
    assert table["is_stable"].all() and (table["jaccard"] > 0.9).all()
    assert (table["jaccard_low"] <= table["jaccard"]).all()
    assert (table["jaccard"] <= table["jaccard_high"]).all()
    assert (table["jaccard_seeds"] > 0.99).all()
    assert table["ari"].nunique() == 1 and table["ari"][0] > 0.9 > 0.6 > table["ari_null"][0]


@pytest.mark.parametrize("seed", range(2))
def test_shuffled_text_has_no_stable_topics(planted, seed):
    shuffled = trust.shuffle_tokens(planted[0], 100 + seed)
    found = clusters.cluster(shuffled, 4)
    table = stability(shuffled, found, n_boot=6, seed=seed)
    assert not trust.has_structure(table) and not table["is_stable"].any()


def test_every_seed_draws_other_subsets_and_every_refit_has_its_own(planted, monkeypatch):
    matrix, found = planted
    drawn = [next(trust._refits(matrix, {}, 1, seed))[0].tolist() for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    seeds, split = [], clusters.partition
    spy = lambda *given: seeds.append(given[-1]) or split(*given)  # noqa: E731
    monkeypatch.setattr(clusters, "partition", spy)
    trust._reseeded(matrix, found, 7)
    assert seeds == [8, 9, 10, 11, 12]


def test_a_topic_is_stable_from_three_quarters_on_and_only_where_there_is_structure(
    planted, monkeypatch
):
    overlap = np.array([0.76, 0.75, 0.749, 0.9])
    monkeypatch.setattr(trust, "_matched_jaccard", lambda *_: overlap)
    table = stability(*planted, n_boot=2)
    assert table["is_stable"].tolist() == [True, True, False, True]
    for low, null, n, is_there in [(0.5, 0.4, 2, True), (0.4, 0.4, 2, False), (0.5, 0.4, 1, False)]:
        assert (
            trust.has_structure(pd.DataFrame({"ari_low": [low] * n, "ari_null": null})) == is_there
        )
    monkeypatch.setattr(trust, "has_structure", lambda table: False)
    assert not stability(*planted, n_boot=2)["is_stable"].any()


def test_shuffling_keeps_lengths_and_term_totals_but_not_documents(planted):
    counts = planted[0].counts
    shuffled = trust.shuffle_tokens(planted[0], 0).counts
    assert (shuffled.sum(axis=1) == counts.sum(axis=1)).all()
    assert (shuffled.sum(axis=0) == counts.sum(axis=0)).all()
    assert (shuffled != counts).nnz > 0


def test_matched_jaccard_by_hand():
    full, drawn = np.array([1, 1, 1, 2, 2, 0, 3]), np.arange(6)
    refit = np.array([2, 2, 1, 1, 1, 1])
    # 1<->2: 2 shared of 3; 2<->1: 2 shared of 4; topic 3 was not drawn.
    overlap = trust._matched_jaccard(full, refit, drawn)
    assert overlap[:2].tolist() == [2 / 3, 2 / 4] and math.isnan(overlap[2])


def test_seeds_are_compared_with_the_matched_topic(planted, monkeypatch):
    """With one document of the largest topic moved to the smallest by every other seed."""
    matrix, found = planted
    full = found.documents["topic"].to_numpy()
    moved = full.copy()
    moved[np.flatnonzero(full == 1)[0]] = 4
    original = clusters.partition

    def partition(given, *rest, **options):
        is_whole = len(given.doc_ids) == len(full) and not options
        return 5 - moved if is_whole else original(given, *rest, **options)

    shuffles = []
    shuffle = trust.shuffle_tokens
    monkeypatch.setattr(clusters, "partition", partition)
    monkeypatch.setattr(
        trust, "shuffle_tokens", lambda *given: shuffles.append(given) or shuffle(*given)
    )
    table = stability(matrix, found, n_boot=2).set_index("topic")
    size = np.bincount(full)
    expected = [(size[1] - 1) / size[1], 1, 1, size[4] / (size[4] + 1)]
    assert table["jaccard_seeds"].tolist() == pytest.approx(expected)
    assert [seed for _, seed in shuffles] == [0, 1, 2, 3, 4]  # five corpora without topics


def test_a_topic_never_drawn_has_no_overlap_but_no_warning(recwarn):
    matrix, _ = corpus(n_documents=12, n_topics=2)
    table = stability(matrix, clusters.cluster(matrix, 9), n_boot=2)
    assert len(table) == 9 and not [w for w in recwarn if w.category is RuntimeWarning]


def test_wrong_input_is_named_in_korean(planted):
    with pytest.raises(PolicyTextError, match="candidates"):
        fitted(planted[0], ())


MOST = {
    "topic": 2, "label": "창업", "administration_a": "가", "administration_b": "나",
    "size": 0.2, "ends": [-0.05, 0.45], "q": 0.12,
}  # fmt: skip
OWN = [{"label": f"주제{n}", "administration": "가", "share": 0.96, "share_low": 0.9,
        "share_high": 0.98, "expected": 0.5} for n in range(4)]  # fmt: skip
HIGH = {"administration": "가", "label": "창업", "share": 0.5, "share_low": 0.4, "share_high": 0.6}
CURVE = pd.DataFrame(
    {"n_topics": [5, 12], "n_stable": [0, 7], "stable_share": [0, 0.9]}, dtype=object
)
BEST = [
    {"n_topics": n, "stability": ari, "stable_share": 0.9} for n, ari in ((8, 0.94), (12, 0.92))
]
STABLE = pd.DataFrame({"is_stable": [True, False], "ari": 0.6, "ari_low": 0.5, "ari_null": 0.1})


@pytest.mark.parametrize(
    "name, table, facts, sentence",
    [
        (
            "topics", STABLE.assign(is_stable=True),
            {"has_structure": True, "n_boot": 100, "fragile": [{"label": "쌀", "jaccard_low": 0.26}]},
            "주제 2개 가운데 1개는 글을 다시 뽑아도 되풀이되고 1개는 대체로 되풀이되지만 깨지기도 한다: 되풀이 "
            "비율(자카드)의 평균이 0.75 이상이면 안정된 주제로 친다. 다시 뽑은 분류와의 일치(ARI)는 0.60이다(가운데 "
            "95%의 아래 끝 0.50). 깨지기도 하는 주제는 되풀이 비율의 가운데 95%의 아래 끝이 0.5에 못 미친다: ‘쌀’(0.260)",
        ),
        (
            "topics", STABLE.assign(is_stable=False), {"has_structure": True, "n_boot": 5},
            "주제 2개를 나누었지만 다시 뽑으면 되풀이되는 주제가 없다: 다시 뽑은 분류와의 일치(ARI)는 0.60이다",
        ),
        (
            "topic-curve", CURVE, {"is_named": False, "used": CURVE.iloc[1], "best": BEST[1:]},
            "주제 수는 12개로 했다: 안정된 주제에 드는 글은 90%로, 견준 수 가운데 가장 많다",
        ),
        (
            "topic-curve", CURVE, {"is_named": False, "used": CURVE.iloc[1], "best": BEST},
            "주제 수는 12개로 했다: 안정된 주제에 드는 글은 90%로, 견준 수 가운데 8개와 함께 가장 많다. 비긴 수 "
            "가운데 가장 잘게 나눈 쪽을 썼다. 다시 뽑은 분류와의 일치(ARI)는 8개 0.94, 12개 0.92다",
        ),
        (
            "topic-curve", CURVE, {"is_named": True, "used": CURVE.iloc[0], "best": BEST},
            "주제 5개는 연구가 정한 수다: 안정된 주제에 드는 글은 0%다. 이 글이 가장 많은 수는 8·12개다(90%)",
        ),
        (
            "topic-curve", CURVE, {"is_named": True, "used": CURVE.iloc[0], "best": []},
            "주제 5개는 연구가 정한 수다: 안정된 주제에 드는 글은 0%다. 어느 수로 나누어도 안정된 주제가 없다",
        ),
        (
            "topic-curve", CURVE, {"is_named": False, "used": CURVE.iloc[0], "best": []},
            "어느 수로 나누어도 안정된 주제가 없어 견준 수 가운데 가장 적은 5개로 나누었다",
        ),
        (
            "topic-curve", CURVE[:1], {"is_named": False, "used": CURVE.iloc[0], "best": []},
            "글이 적어 후보 가운데 가장 작은 5개로만 나누어 보았다: 안정된 주제가 없다",
        ),
        ("topic-names", [1, 2], {"lost": []}, "사람이 붙인 이름 2개를 모두 지금의 주제에 썼다"),
        (
            "topic-names", [1, 2], {"lost": ["농업"]},
            "사람이 붙인 이름 2개 가운데 1개를 지금의 주제에 썼고, 맞는 주제가 없는 것은 ‘농업’이다",
        ),
        (
            "topic-concentration", [1], {"n_stable": 5, "own": OWN},
            "안정된 주제 5개 가운데 4개는 한 정부에 몰려 있다: ‘주제0’(가 96%, 95% 구간 90~98, 기대 50%), "
            "‘주제1’(가 96%, 95% 구간 90~98, 기대 50%), ‘주제2’(가 96%, 95% 구간 90~98, 기대 50%) 등",
        ),
        (
            "topic-shares", pd.DataFrame({"administration": ["가", "나"]}),
            {"n_stable": 1, "high": HIGH | {"n": 1200, "share_crude": 0.7, "topic": 2},
             "low": HIGH | {"n": 3}, "most": MOST, "fragile": [2]},
            "비중이 가장 크게 다른 주제는 대체로 되풀이되지만 깨지기도 하는 ‘창업’이다: 가 50%(95% 구간 40~60, 종류의 구성을 맞춘 값, "
            "맞추지 않으면 글 1,200건으로 70%), 가 50%(95% 구간 40~60, 글 3건). 차이는 20%p(95% 구간 -5~45%p, q = 0.120)다. "
            "정부가 바뀌지 않아도 그만큼 달라지는지는 6장의 거짓 경계에서 본다",
        ),
        (
            "topic-shares", pd.DataFrame({"administration": ["가", "나"]}),
            {"n_stable": 1, "high": None, "most": None, "fragile": []},
            "글이 넉넉한 정부가 둘이 되지 않아 주제의 비중을 견주지 않는다",
        ),
        (
            "topic-shares", pd.DataFrame({"administration": ["가", "나"]}),
            {"n_stable": 1, "high": None, "most": MOST, "fragile": []},
            "어느 안정된 주제도 정부 사이에 비중이 다르다고 할 수 없다: 가장 큰 차이는 ‘창업’의 가–나 사이로 20%p(95% 구간 -5~45%p, q = 0.120)다",
        ),
    ],
)  # fmt: skip
def test_sentences(name, table, facts, sentence):
    of_two = SimpleNamespace(order=["가", "나"])
    assert Result(name, pd.DataFrame(table), of_two, facts=facts, file="").finding == sentence


@pytest.mark.parametrize(("q", "fragile", "told"), [
    ([0.01, 0.01], [], (2, "나", "가")),  # the larger difference
    ([0.01, 0.01], [2], (1, "가", "나")),  # of topics that never dissolve
    ([0.01, 0.2], [1], (1, "가", "나")),  # of those that differ
    ([0.2, 0.2], [], None),  # no overlap of intervals is a test
])  # fmt: skip
def test_the_clearest_share_is_the_largest_difference_that_is_sure(q, fragile, told):
    """Topic 3 differs more but is not stable."""
    sides = {"administration": ["가", "나"] * 3, "topic": [1, 1, 2, 2, 3, 3], "label": "창업"}
    table = pd.DataFrame(sides | {"share": 0.5, "is_stable": [True] * 4 + [False] * 2})
    pair = {"administration_a": "가", "administration_b": "나", "topic": [1, 2, 3]}
    apart = pd.DataFrame(pair | {"difference": [0.3, -0.4, 0.9], "q": [*q, 0.001]})
    apart = apart.assign(difference_low=[0.1, -0.6, 0.8], difference_high=[0.5, 0.1, 1.0])
    facts = clusters._clearest(table, apart, fragile)
    high, low = facts["high"], facts["low"]
    found = None if high is None else (high["topic"], high["administration"], low["administration"])
    assert found == told and facts["n_stable"] == 2
    assert facts["most"]["ends"] == ([0.1, 0.5] if found == (1, "가", "나") else [-0.1, 0.6])
    assert clusters._clearest(table[4:], apart)["most"] is None
