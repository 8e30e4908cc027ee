"""No table's order changes a number: every table shuffled, every answer the same or an error.

Nor does what a family is called.
"""

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
from policytext.words.counts import TermMatrix, links, term_matrix, term_summary
from policytext.words.lexicon import suggest_terms


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
    pd.testing.assert_frame_equal(one, other, check_categorical=False, rtol=1e-12)


def matrix_of(tokens, seed=None):
    matrix = term_matrix(tokens, min_df=2, max_df=1.0)
    if seed is None:
        return matrix
    rows = np.random.default_rng(seed).permutation(len(matrix.doc_ids))
    return TermMatrix(matrix.counts[rows], [matrix.doc_ids[row] for row in rows], matrix.terms)


WHO, PAIR = ["term", "administration"], ["administration_a", "administration_b"]
keyness = contrasts.keyness_table.__wrapped__
# name -> ((documents, tokens, matrix, groups, families) -> table, its key)
CASES = {
    "term_matrix": (
        lambda d, t, m, g, f: pd.DataFrame(m.counts.toarray(), columns=m.terms, index=m.doc_ids)
        .reset_index(names="doc_id"), ["doc_id"]),
    "term_summary": (lambda d, t, m, g, f: term_summary(m), ["term"]),
    "links": (lambda d, t, m, g, f: links(m), ["term_a", "term_b"]),
    "keyness_table": (
        lambda d, t, m, g, f: keyness(m, g, families=f, n_permutations=50, n_boot=20), WHO),
    "exposure": (lambda d, t, m, g, f: contrasts.exposure(m, g, d), WHO),
    "divergence_table": (
        lambda d, t, m, g, f: distances.divergence_table.__wrapped__(m, g, families=f, n_draws=20),
        PAIR),
    "decompose": (
        lambda d, t, m, g, f: distances.decompose.__wrapped__(
            m, [int(name[-1]) % 4 for name in m.doc_ids], g, families=f, n_draws=5),
        [*PAIR, "part", "topic"]),
    "suggest_terms": (
        lambda d, t, m, g, f: suggest_terms.__wrapped__(t, d, min_count=2), ["term"]),
    "fit_topics": (
        lambda d, t, m, g, f: fit_topics.__wrapped__(
            m, TopicOptions(n_topics=3, candidates=[], n_boot=3))[2],
        ["topic"]),
    "find_families": (lambda d, t, m, g, f: find_families(d)[["doc_id", "family_id"]], ["doc_id"]),
    "rename_or_reform": (
        lambda d, t, m, g, f: renames.rename_or_reform.__wrapped__(
            keyness(m, g, families=f, n_permutations=50), d, t, ("박근혜", "문재인"), n_resamples=5),
        ["kind", "term_from", "term_to"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_shuffled_table_gives_the_same_answer(small, case):
    function, keys = CASES[case]
    tables = small.documents, small.tokens
    expected = function(*tables, matrix_of(small.tokens), small.groups, small.families)
    renamed = small.families.map("x{}".format)
    for seed in (1, 2):
        moved = [shuffled(table, seed) for table in (*tables, small.groups)]
        moved.insert(2, matrix_of(moved[1], seed))
        same(expected, function(*moved, shuffled(renamed, seed + 5)), keys)


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
