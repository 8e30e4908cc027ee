"""No table's order changes a number: every table shuffled, every answer the same or an error."""

import numpy as np
import pandas as pd
import pytest
from corpora import CORPORA, write_study
from hypothesis import given
from hypothesis import strategies as st

from policytext.compare import contrasts, distances, renames, units
from policytext.corpus import Corpus
from policytext.faults import PolicyTextError
from policytext.study import TopicOptions
from policytext.texts.clean import find_families
from policytext.topics.trust import fit_topics
from policytext.words.counts import links, term_matrix, term_summary


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("order")
    return Corpus.open(write_study(folder, "order", CORPORA["two-governments"]))


def shuffled(table, seed):
    return table.sample(frac=1, random_state=seed)


def same(one, other, keys):
    one, other = (
        t.sort_values(keys, ignore_index=True).astype({k: object for k in keys})
        for t in (one, other)
    )
    pd.testing.assert_frame_equal(one, other, check_categorical=False)


def matrix_of(tokens):
    return term_matrix(tokens, min_df=2, max_df=1.0)


# name -> ((documents, tokens, groups, families) -> table, its key)
CASES = {
    "term_matrix": (
        lambda d, t, g, f: pd.DataFrame(
            matrix_of(t).counts.toarray(), columns=matrix_of(t).terms
        ).assign(doc_id=matrix_of(t).doc_ids),
        ["doc_id"],
    ),
    "term_summary": (lambda d, t, g, f: term_summary(matrix_of(t)), ["term"]),
    "links": (lambda d, t, g, f: links(matrix_of(t)), ["term_a", "term_b"]),
    "keyness_table": (
        lambda d, t, g, f: contrasts.keyness_table.__wrapped__(
            matrix_of(t), g, families=f, n_permutations=50, n_boot=20
        ),
        ["term", "administration"],
    ),
    "exposure": (
        lambda d, t, g, f: contrasts.exposure(matrix_of(t), g, d),
        ["term", "administration"],
    ),
    "divergence_table": (
        lambda d, t, g, f: distances.divergence_table.__wrapped__(
            matrix_of(t), g, families=f, n_draws=20
        ),
        ["administration_a", "administration_b"],
    ),
    "fit_topics": (
        lambda d, t, g, f: fit_topics.__wrapped__(
            matrix_of(t), TopicOptions(n_topics=3, candidates=[], n_boot=3)
        )[2],
        ["topic"],
    ),
    "find_families": (lambda d, t, g, f: find_families(d)[["doc_id", "family_id"]], ["doc_id"]),
    "rename_or_reform": (
        lambda d, t, g, f: renames.rename_or_reform.__wrapped__(
            contrasts.keyness_table(matrix_of(t), g, families=f, n_permutations=50),
            d,
            t,
            ("박근혜", "문재인"),
            n_resamples=5,
        ),
        ["kind", "term_from", "term_to"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_shuffled_table_gives_the_same_answer(small, case):
    function, keys = CASES[case]
    documents, tokens = small.documents, small.tokens
    groups, families = small.groups, small.families
    expected = function(documents, tokens, groups, families)
    for seed in (1, 2):
        again = function(
            shuffled(documents, seed),
            shuffled(tokens, seed),
            shuffled(groups, seed),
            shuffled(families, seed + 5),
        )
        same(expected, again, keys)


@given(st.integers(0, 10**6))
def test_labels_are_aligned_by_document_or_refused(small, seed):
    doc_ids = small.matrix.doc_ids
    by_id = shuffled(small.groups, seed)
    assert units.aligned(by_id, doc_ids, "정부").tolist() == small.groups.tolist()
    assert units.aligned(small.groups.tolist(), doc_ids, "정부").tolist() == small.groups.tolist()
    assert units.aligned(by_id.to_dict(), doc_ids, "정부").tolist() == small.groups.tolist()
    moved = shuffled(small.documents["administration"], seed)
    if (moved.index != np.arange(len(moved))).any():
        with pytest.raises(PolicyTextError):
            units.aligned(moved, doc_ids, "정부")
    with pytest.raises(PolicyTextError):
        units.aligned(small.groups.tolist()[1:], doc_ids, "정부")
