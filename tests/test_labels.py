"""Names of topics outlive a refit; none is lost."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytext import labels
from policytext.topics import Topics


def topics_of(members, terms):
    """`members`: topic -> ids; `terms`: topic -> terms."""
    rows = [(doc_id, topic, 1 - place / 100)
            for topic, ids in members.items() for place, doc_id in enumerate(ids)]  # fmt: skip
    documents = pd.DataFrame(rows, columns=["doc_id", "topic", "similarity"]).sort_values("doc_id")
    found = [(topic, term, 1.0) for topic, words in terms.items() for term in words]
    words = pd.DataFrame(found, columns=["topic", "term", "weight"])
    return Topics(documents.reset_index(drop=True), words, np.zeros((len(rows), 1)))


FIRST = topics_of({1: "abcd", 2: "efg"}, {1: ["창업", "투자"], 2: ["쌀", "한국판 뉴딜"]})
# Refitted: numbers swapped, one document moved, one new.
REFIT = topics_of({1: "defgh", 2: "abc"}, {1: ["쌀", "한국판 뉴딜"], 2: ["창업", "벤처"]})


@pytest.fixture
def study(tmp_path):
    return SimpleNamespace(name="mine", path=tmp_path / "mine.toml")


def test_names_survive_a_refit_that_renumbers():
    named = labels.name_topics(FIRST, {1: "창업 지원", 2: "농업"})
    found = labels.match_labels(REFIT, named)
    assert found["topic"].tolist() == [2, 1]
    assert found["is_matched"].all()
    assert found["overlap"].tolist() == pytest.approx([(3 / 4 + 1 / 2) / 2, 1.0])
    assert labels.topic_names(REFIT, named).to_dict() == {1: "농업", 2: "창업 지원"}


def test_a_name_without_a_topic_is_reported_and_kept():
    named = labels.name_topics(FIRST, {1: "창업 지원"})
    other = topics_of({1: "xyz"}, {1: ["우주"]})
    found = labels.match_labels(other, named)
    assert found["topic"].isna().all() and not found["is_matched"].any()
    assert found["overlap"].tolist() == [0.0]
    again = labels.name_topics(other, {1: "우주 개발"}, named)
    assert again["label"].tolist() == ["창업 지원", "우주 개발"]
    assert labels.topic_names(other, named).to_dict() == {1: "우주"}


def test_two_names_never_share_a_topic():
    merged = topics_of({1: "abcdefg"}, {1: ["창업", "투자", "쌀", "한국판 뉴딜"]})
    named = labels.name_topics(FIRST, {1: "창업 지원", 2: "농업"})
    found = labels.match_labels(merged, named)
    assert found["is_matched"].sum() == 1
    assert found["overlap"].tolist() == [1.0, 1.0]  # the other fits as well but is taken


def test_renaming_replaces_and_an_empty_name_removes():
    named = labels.name_topics(FIRST, {1: "창업 지원", 2: "농업"})
    renamed = labels.name_topics(REFIT, {2: "창업과 투자"}, named)
    assert renamed["label"].tolist() == ["농업", "창업과 투자"]
    assert labels.name_topics(REFIT, {2: " "}, named)["label"].tolist() == ["농업"]
    with pytest.raises(ValueError, match="주제 9번이 없습니다"):
        labels.name_topics(FIRST, {9: "없음"})


def test_documents_gone_from_the_corpus_do_not_count_against_a_name():
    named = labels.name_topics(FIRST, {1: "창업 지원"})
    fewer = topics_of({1: "a", 2: "e"}, {1: ["창업", "투자"], 2: ["쌀"]})
    assert labels.match_labels(fewer, named)["overlap"].tolist() == [1.0]


def test_files_read_back_as_written(study):
    assert labels.read_labels(study).empty
    named = labels.name_topics(FIRST, {2: '농업, "쌀"', 1: "NA"})
    path = labels.write_labels(study, named)
    assert path == study.path.parent / "mine" / "labels.csv"
    assert [file.name for file in path.parent.iterdir()] == ["labels.csv"]
    pd.testing.assert_frame_equal(labels.read_labels(study), named, check_dtype=False)
    assert labels.match_labels(FIRST, labels.read_labels(study))["topic"].tolist() == [2, 1]
    path.write_text("이름\n창업\n", encoding="utf-8")
    with pytest.raises(ValueError, match="label, doc_ids, terms 열이 있어야"):
        labels.read_labels(study)


def test_no_names_match_nothing(study):
    found = labels.match_labels(FIRST, labels.read_labels(study))
    assert found.empty and list(found) == ["topic", "label", "overlap", "is_matched"]
    assert labels.topic_names(FIRST, labels.read_labels(study)).to_dict() == {
        1: "창업 · 투자", 2: "쌀 · 한국판 뉴딜",
    }  # fmt: skip


@settings(max_examples=50)
@given(st.permutations(range(1, 6)), st.lists(st.integers(1, 5), min_size=30, max_size=30))
def test_renumbering_alone_never_moves_a_name(order, members):
    def numbered(renumber):
        of = {renumber(t): [f"d{i}" for i, m in enumerate(members) if m == t] for t in range(1, 6)}
        return topics_of({t: ids for t, ids in of.items() if ids},
                         {renumber(t): [f"말{t}{i}" for i in range(3)] for t in set(members)})  # fmt: skip

    first = numbered(lambda topic: topic)
    names = {int(topic): f"이름{topic}" for topic in set(members)}
    found = labels.match_labels(
        numbered(lambda topic: order[topic - 1]), labels.name_topics(first, names)
    )
    assert found["topic"].tolist() == [order[topic - 1] for topic in names]
    assert found["overlap"].tolist() == [1.0] * len(names)
