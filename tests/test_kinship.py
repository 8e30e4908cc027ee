"""Topics joined by nearness, on a plane, and topics of one administration."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist
from sklearn.metrics.pairwise import cosine_distances

from policytext import kinship
from policytext.topics import Topics


def topics_of(topic, vectors):
    documents = pd.DataFrame({"doc_id": [f"d{i}" for i in range(len(topic))], "topic": topic})
    return Topics(documents, pd.DataFrame(), np.asarray(vectors, dtype=np.float32))


def test_average_linkage_worked_by_hand():
    vectors = np.array([[1, 0, 0], [1, 0.1, 0], [0, 1, 0], [0, 1, 0.3]])
    table = kinship.hierarchy(topics_of([1, 2, 3, 4], vectors))
    far = cosine_distances(vectors)
    assert table[["left", "right"]].values.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert table["distance"].tolist() == pytest.approx(
        [far[0, 1], far[2, 3], far[:2, 2:].mean()], abs=1e-6
    )
    assert table["n_topics"].tolist() == [2, 2, 4]


def test_documents_without_topic_have_no_place_and_one_topic_no_hierarchy():
    table = kinship.hierarchy(topics_of([0, 1, 2], [[0, 0], [1, 0], [0, 1]]))
    assert len(table) == 1 and table["distance"].iloc[0] == pytest.approx(1)
    assert kinship.hierarchy(topics_of([0, 1], [[0, 0], [1, 0]])).empty


def test_a_topic_lives_where_nearly_all_its_families_are():
    topic = [1] * 30 + [2] * 30 + [3] * 15
    groups = ["가"] * 29 + ["나"] + ["가"] * 15 + ["나"] * 30
    documents = pd.DataFrame({"doc_id": [f"d{i:02}" for i in range(75)], "topic": topic})
    table = kinship.concentration(documents, groups)
    assert table["administration"].tolist()[0::2] == ["가", "나"]
    assert table["share"].tolist() == pytest.approx([29 / 30, 0.5, 1])
    assert table.loc[[0, 2], "expected"].tolist() == pytest.approx([44 / 75, 31 / 75])
    assert table["lives_in_one"].tolist() == [True, False, True]
    low, high = table.loc[0, ["share_low", "share_high"]]
    assert 0.85 < low < 29 / 30 < high <= 1


def test_a_small_government_can_hold_a_topic_and_a_large_one_may_not():
    """Half of a topic from a twentieth of the families is more than 70 % from 60 %."""
    topic = [1] * 40 + [2] * 360
    groups = ["나"] * 20 + ["가"] * 20 + ["가"] * 360
    documents = pd.DataFrame({"doc_id": [f"d{i:03}" for i in range(400)], "topic": topic})
    row = kinship.concentration(documents, groups).iloc[0]
    assert (row["administration"], row["share"], row["expected"]) == ("나", 0.5, 0.05)
    assert row["lives_in_one"]


def test_reprints_do_not_make_a_topic_live_in_one():
    """Ten copies of one release are one family."""
    documents = pd.DataFrame(
        {"doc_id": [f"d{i:02}" for i in range(14)], "topic": [1] * 12 + [2] * 2}
    )
    groups = ["가"] * 10 + ["나"] * 2 + ["가", "나"]
    families = ["f"] * 10 + ["g", "h", "i", "j"]
    table = kinship.concentration(documents, groups, families=families)
    assert table["n_families"].tolist() == [3, 2]
    row = table.iloc[0]
    assert row["share"] == pytest.approx(2 / 3 if row["administration"] == "나" else 1 / 3)
    assert not table["lives_in_one"].any()


def test_few_families_are_not_enough():
    documents = pd.DataFrame({"doc_id": list("abcd"), "topic": [1, 1, 2, 2]})
    table = kinship.concentration(documents, list("가가나나"))
    assert table["share"].tolist() == [1, 1]
    assert table["share_low"].tolist() == pytest.approx([0.025**0.5] * 2)
    assert not table["lives_in_one"].any()


def test_all_in_one_administration_is_no_news():
    documents = pd.DataFrame({"doc_id": [f"d{i}" for i in range(20)], "topic": [0] + [1] * 19})
    table = kinship.concentration(documents, ["가"] * 20)
    assert table["share"].tolist() == [1] and not table["lives_in_one"].any()


def centres_of(topic, vectors):
    """Mean vectors of topics 1, 2, …, of length 1."""
    means = [np.mean([v for t, v in zip(topic, vectors, strict=True) if t == number], axis=0)
             for number in sorted(set(topic) - {0})]  # fmt: skip
    return np.array([mean / np.linalg.norm(mean) for mean in means])


@st.composite
def clustered(draw, most):
    """Topics 1 to `most` and documents of none, with vectors that point apart."""
    n_topics = draw(st.integers(2, most))
    topic = [*range(1, n_topics + 1), *draw(st.lists(st.integers(0, n_topics), max_size=8))]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    vectors = rng.normal(size=(len(topic), draw(st.integers(n_topics, 9))))
    return topic, vectors


class TestTopicMap:
    def test_four_topics_at_right_angles_by_hand(self):
        """The centres are the corners of a tetrahedron: a plane holds two of its three axes."""
        table = kinship.topic_map(topics_of([1, 1, 2, 3, 4, 0], np.eye(5)[[0, 0, 1, 2, 3, 4]]))
        assert table["topic"].tolist() == [1, 2, 3, 4]
        assert table["n_documents"].tolist() == [2, 1, 1, 1]
        assert table["explained"].tolist() == pytest.approx([2 / 3] * 4)

    def test_no_topic_and_one(self):
        for topic in ([], [0, 0]):
            none = kinship.topic_map(topics_of(topic, np.ones((len(topic), 2))))
            assert none.empty
            assert none.columns.tolist() == ["topic", "n_documents", "x", "y", "explained"]
        one = kinship.topic_map(topics_of([1, 0, 1], [[3, 4], [0, 1], [4, 3]]))
        assert one.values.tolist() == [[1, 2, 0, 0, 1]]

    @given(clustered(most=3))
    def test_two_or_three_topics_keep_their_distances(self, drawn):
        topic, vectors = drawn
        table = kinship.topic_map(topics_of(topic, vectors))
        centres = centres_of(topic, vectors)
        assert pdist(table[["x", "y"]]) == pytest.approx(pdist(centres), abs=1e-5)
        assert table["explained"].tolist() == pytest.approx([1] * len(table))

    @given(clustered(most=8))
    def test_the_plane_is_the_one_that_holds_most(self, drawn):
        """Against the singular values of the centred centres; no distance grows on a plane."""
        topic, vectors = drawn
        table = kinship.topic_map(topics_of(topic, vectors))
        centres = centres_of(topic, vectors)
        spread = np.linalg.svd(centres - centres.mean(axis=0), compute_uv=False) ** 2
        explained = table["explained"].iloc[0]
        assert explained == pytest.approx(spread[:2].sum() / spread.sum(), abs=1e-5)
        assert 0 < explained <= 1 and table["explained"].nunique() == 1
        assert (pdist(table[["x", "y"]]) <= pdist(centres) + 1e-5).all()
        assert table[["x", "y"]].var(ddof=0).sum() == pytest.approx(
            explained * spread.sum() / len(centres), abs=1e-5
        )

    @given(clustered(most=5), st.lists(st.just(0), min_size=1, max_size=4))
    def test_documents_without_topic_have_no_pull(self, drawn, more):
        topic, vectors = drawn
        far = np.full((len(more), vectors.shape[1]), 99.0)
        before = kinship.topic_map(topics_of(topic, vectors))
        after = kinship.topic_map(topics_of([*topic, *more], np.vstack([vectors, far])))
        pd.testing.assert_frame_equal(before, after)
