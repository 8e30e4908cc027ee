"""Planted topics are stable and their number is chosen; chance structure is refused."""

import math

import numpy as np
import pandas as pd
import pytest
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


def test_the_planted_number_of_topics_is_chosen(planted):
    matrix, found = planted
    table = trust.choose_n_topics(matrix, (2, 4, 8), n_boot=4)
    assert table.columns.tolist() == [
        "n_topics", "stability", "stability_low", "stability_high", "stability_null",
        "information", "coherence", "smallest_topic_share", "chosen",
    ]  # fmt: skip
    assert table.loc[table["chosen"], "n_topics"].tolist() == [4]
    assert (table["stability_low"] <= table["stability"]).all()
    assert (table["stability"] <= table["stability_high"]).all()
    sizes = found.documents["topic"].value_counts(normalize=True)
    assert table["smallest_topic_share"][1] == pytest.approx(sizes.min())


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        # Of the two rows that keep 90 % of the information, the more stable one.
        ({"information": [0.5, 1.0, 0.95], "stability": [0.9, 0.6, 0.7]}, 2),
        # What shuffled text reaches too is no stability: 0.2 / 0.6 < 0.6 / 1.
        ({"information": [1, 1], "stability": [0.6, 0.6], "stability_null": [0.4, 0.0]}, 1),
        # Coherence weighs in: 0.6 * 0.5 < 0.5 * 0.75; an unknown one loses; ties: the first.
        ({"information": [1, 1], "stability": [0.6, 0.5], "coherence": [0.0, 0.5]}, 1),
        ({"information": [1, 1], "stability": [0.6, 0.5], "coherence": [np.nan, 0.0]}, 1),
        ({"information": [1, 1], "stability": [0.6, 0.6]}, 0),
        # No structure at all, and no stability at all: still a choice.
        ({"information": [-0.2, -0.1], "stability": [0.1, 0.1]}, 1),
        ({"information": [np.nan, np.nan], "stability": [np.nan, np.nan]}, 0),
        ({"information": [np.nan, 0.1], "stability": [np.nan, 0.1]}, 1),
        # Shuffled text agrees as fully as the text does: no score, the smallest is chosen.
        ({"information": [0.1, 0.1], "stability": [1.0, 1.0], "stability_null": [1.0, 1.0]}, 0),
    ],
)
def test_the_rule_worked_by_hand(columns, row):
    table = pd.DataFrame({"stability_null": 0.0, "coherence": 0.0} | columns)
    assert trust._best_row(table) == row


@pytest.mark.parametrize("wanted, used, marked", [(0, 4, [4]), (2, 2, [2]), (3, 3, [])])
def test_fit_topics_uses_the_number_of_the_curve_or_of_the_study(planted, wanted, used, marked):
    options = TopicOptions(n_topics=wanted, candidates=[2, 4], n_boot=2)
    found, table = trust.fit_topics(planted[0], options)
    expected = clusters.cluster(planted[0], used)
    pd.testing.assert_frame_equal(found.documents, expected.documents)
    assert table.loc[table["chosen"], "n_topics"].tolist() == marked
    again, _ = trust.fit_topics(planted[0], options)  # from the store
    assert again.vectors.tobytes() == expected.vectors.tobytes()
    pd.testing.assert_frame_equal(again.terms, expected.terms, check_dtype=False)


def test_information_is_that_of_the_labels_and_nothing_by_chance():
    random = np.random.default_rng(0)
    fine = random.integers(8, size=4000)
    assert trust.information(fine, fine) == pytest.approx(math.log(8), abs=0.02)
    assert trust.information(fine, fine // 4) == pytest.approx(math.log(2), abs=0.02)
    assert trust.information(fine, random.permutation(fine)) == pytest.approx(0, abs=0.01)


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


def test_a_single_topic_is_never_the_stable_choice(planted):
    table = trust.choose_n_topics(planted[0], (1, 4, 10_000), n_boot=2).set_index("n_topics")
    assert table["stability"].isna().tolist() == [True, False, True]
    assert table["chosen"].tolist() == [False, True, False]
    assert trust.choose_n_topics(planted[0], (1,), n_boot=2)["chosen"].tolist() == [True]
    alone = trust.stability(planted[0], clusters.cluster(planted[0], 1), n_boot=2)
    assert not trust.has_structure(alone) and not alone["is_stable"].any()


def test_planted_topics_are_stable(planted):
    matrix, found = planted
    table = trust.stability(matrix, found, n_boot=5)
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
    table = trust.stability(shuffled, found, n_boot=6, random_state=seed)
    assert not trust.has_structure(table) and not table["is_stable"].any()


def test_shuffling_keeps_lengths_and_term_totals_but_not_documents(planted):
    counts = planted[0].counts
    shuffled = trust.shuffle_tokens(planted[0], 0).counts
    assert (shuffled.sum(axis=1) == counts.sum(axis=1)).all()
    assert (shuffled.sum(axis=0) == counts.sum(axis=0)).all()
    assert (shuffled != counts).nnz > 0


def test_matched_jaccard_by_hand():
    full = np.array([1, 1, 1, 2, 2, 0])
    refit = np.array([2, 2, 1, 1, 1, 1])
    # 1<->2: 2 shared of 3; 2<->1: 2 shared of 4; topic 3 was not drawn.
    overlap = trust._matched_jaccard(full, refit, 3)
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
    table = trust.stability.__wrapped__(matrix, found, n_boot=2).set_index("topic")
    size = np.bincount(full)
    expected = [(size[1] - 1) / size[1], 1, 1, size[4] / (size[4] + 1)]
    assert table["jaccard_seeds"].tolist() == pytest.approx(expected)
    assert [seed for _, seed in shuffles] == [0, 1, 2, 3, 4]  # five corpora without topics


def test_a_topic_never_drawn_has_no_overlap_but_no_warning(recwarn):
    matrix, _ = corpus(n_documents=12, n_topics=2)
    table = trust.stability(matrix, clusters.cluster(matrix, 9), n_boot=2)
    assert len(table) == 9 and not [w for w in recwarn if w.category is RuntimeWarning]


def test_wrong_input_is_named_in_korean(planted):
    matrix, found = planted
    with pytest.raises(PolicyTextError, match="candidates"):
        trust.choose_n_topics(matrix, ())
    with pytest.raises(PolicyTextError, match="n_boot"):
        trust.stability(matrix, found, n_boot=1)
    with pytest.raises(PolicyTextError, match="서로 다릅니다"):
        trust.stability(corpus(n_documents=20)[0], found)


OWN = [{"label": f"주제{n}", "administration": "가", "share": 0.96, "share_low": 0.9,
        "share_high": 0.98, "expected": 0.5} for n in range(4)]  # fmt: skip
HIGH = {"administration": "가", "label": "창업", "share": 0.5, "share_low": 0.4, "share_high": 0.6}
STABLE = pd.DataFrame({"is_stable": [True, False], "ari": 0.6, "ari_low": 0.5, "ari_null": 0.1})


@pytest.mark.parametrize(
    "name, table, facts, sentence",
    [
        (
            "topics", STABLE, {"has_structure": True},
            "주제 2개 가운데 1개는 글을 다시 뽑아도 되풀이된다: 되풀이 비율(자카드)이 0.75 이상인 주제의 "
            "수이고, 다시 뽑은 분류와의 일치 ARI 0.60(가운데 90%의 아래 끝 0.50)",
        ),
        (
            "topics", STABLE.assign(is_stable=False), {"has_structure": True},
            "주제 2개를 나누었지만 다시 뽑으면 되풀이되는 주제가 없다(다시 뽑은 분류와의 일치 ARI 0.60)",
        ),
        ("topic-names", [1, 2], {"lost": []}, "사람이 붙인 이름 2개를 모두 지금의 주제에 썼다"),
        (
            "topic-names", [1, 2], {"lost": ["농업"]},
            "사람이 붙인 이름 2개 가운데 1개를 지금의 주제에 썼고, 맞는 주제가 없는 것은 ‘농업’이다",
        ),
        (
            "topic-concentration", [1], {"n_stable": 5, "own": OWN},
            "안정된 주제 5개 가운데 4개는 한 정부에 몰려 있다: ‘주제0’(가 96%, 95% 구간 90–98, 기대 50%), "
            "‘주제1’(가 96%, 95% 구간 90–98, 기대 50%), ‘주제2’(가 96%, 95% 구간 90–98, 기대 50%) 등",
        ),
        (
            "topic-shares", pd.DataFrame({"administration": ["가", "나"]}),
            {"n_stable": 1, "high": HIGH | {"n": 1200}, "low": HIGH | {"n": 3}},
            "가장 뚜렷하게 갈린 안정된 주제는 ‘창업’이다: 가 50%(95% 구간 40–60, 글 1,200건), "
            "가 50%(95% 구간 40–60, 글 3건)",
        ),
        (
            "topic-shares", pd.DataFrame({"administration": ["가", "나"]}),
            {"n_stable": 1, "high": None},
            "어느 안정된 주제도 정부 사이에 비중이 다르다고 할 수 없다(95% 구간이 모두 겹친다)",
        ),
    ],
)  # fmt: skip
def test_sentences(name, table, facts, sentence):
    assert Result(name, pd.DataFrame(table), facts=facts, file="").finding == sentence


def test_the_clearest_share_has_the_widest_gap_and_only_stable_topics_are_told():
    """Topic 2 differs more, but its intervals meet; topic 3 is not stable."""
    table = pd.DataFrame(
        [
            ("가", 1, 0.5, 0.4, 0.6, True), ("나", 1, 0.1, 0.0, 0.2, True),
            ("가", 2, 0.9, 0.1, 1.0, True), ("나", 2, 0.0, 0.0, 0.8, True),
            ("가", 3, 0.9, 0.9, 0.9, False), ("나", 3, 0.0, 0.0, 0.0, False),
        ],
        columns=["administration", "topic", "share", "share_low", "share_high", "is_stable"],
    )  # fmt: skip
    facts = clusters._clearest(table)
    assert facts["n_stable"] == 2
    told = [(facts[side]["administration"], facts[side]["topic"]) for side in ("high", "low")]
    assert told == [("가", 1), ("나", 1)]
    assert clusters._clearest(table[2:4])["high"] is None
    assert clusters._clearest(table[4:]) == {"n_stable": 0, "high": None, "low": None}
