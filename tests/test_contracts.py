"""What others rely on by name: columns, signatures and where they are found."""

import inspect

import pandas as pd
import pytest
from scipy import sparse

import policytext
from policytext.matrix import TermMatrix

REACHED = {
    "administrations": "read_administrations assign_administrations canonical_name exists_on",
    "cleaning": "normalise clean_documents",
    "comparison": "keyness topic_shares share_differences divergence placebo log_odds group_counts",
    "evidence": "concordance",
    "explorer": "explore",
    "families": "find_families",
    "lexicon": "read_lexicon suggest_terms Lexicon",
    "matrix": "term_matrix tfidf TermMatrix",
    "morphology": "ANALYSERS tokenize nouns",
    "plots": "plot_keyness plot_topic_shares plot_divergence",
    "readers": "read_documents",
    "reporting": "build figure",
    "schema": "check_documents check_tokens SchemaError",
    "topics": "cluster choose_n_topics stability exemplars",
}


@pytest.mark.parametrize("module", REACHED)
def test_public_names_are_reached_through_the_package(module):
    found = getattr(policytext, module)
    missing = [name for name in REACHED[module].split() if not hasattr(found, name)]
    assert not missing


def test_keyness_signature_and_columns():
    parameters = inspect.signature(policytext.comparison.keyness).parameters.values()
    keywords = [(p.name, p.default) for p in parameters if p.kind is p.KEYWORD_ONLY]
    assert [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY] == ["matrix", "groups"]
    assert keywords == [("families", None), ("strata", None), ("n_permutations", 2000),
                        ("n_boot", 0), ("random_state", 0)]  # fmt: skip
    counts = sparse.csr_matrix([[9, 1], [8, 2], [1, 9], [2, 8]])
    matrix = TermMatrix(counts, list("abcd"), ["창업", "혁신"])
    table = policytext.comparison.keyness(matrix, list("가가나나"), n_permutations=20)
    named = "term administration n n_rest n_documents n_families rate_per_10k rate_rest_per_10k"
    assert {*named.split(), "log_odds", "z", "p", "q"} <= set(table)
    assert len(table) == 4 and not table.duplicated(["term", "administration"]).any()


def test_topics_have_documents_and_terms():
    counts = sparse.csr_matrix([[3, 3, 0, 0], [2, 3, 0, 0], [0, 0, 3, 2], [0, 0, 3, 3]])
    found = policytext.topics.cluster(TermMatrix(counts, list("abcd"), list("가나다라")), 2)
    assert {"doc_id", "topic"} <= set(found.documents)
    assert {"topic", "term", "weight"} <= set(found.terms)


def test_nouns_keep_order_repeats_and_every_length():
    found = policytext.morphology.nouns("창업 기업이 집에서 창업을 돕는다.", analyser="mecab")
    assert found == ["창업", "기업", "집", "창업"]


def test_rejects_tell_file_and_reason(tmp_path):
    (tmp_path / "bad.xyz").write_bytes(b"\x00\x01")
    reading = policytext.readers.read_documents([tmp_path / "bad.xyz"])
    assert {"source_file", "reason"} <= set(reading.rejects) and len(reading.rejects) == 1
    assert isinstance(reading.documents, pd.DataFrame)
