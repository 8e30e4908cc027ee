"""Rename or reform: a planted synonym is found, a moved word is seen, chance claims nothing."""

import numpy as np
import pandas as pd
import pytest

from policytext import comparison, studies
from policytext.comparison.renaming import ALPHA, MOVED, RENAMED, rename_or_reform
from policytext.matrix import term_matrix

PAIR = ("갑", "을")
N_TOPICS, N_WORDS = 8, 400


def texts(rng, n_docs: int = 300, length: int = 60) -> pd.DataFrame:
    """Documents of one or two topics each, as tokens; the first half is the earlier side."""
    weights = rng.gamma(0.15, size=(N_TOPICS, N_WORDS)) + 1e-4
    weights /= weights.sum(axis=1, keepdims=True)
    rows = []
    for number in range(n_docs):
        mixed = rng.choice(N_TOPICS, 2)
        chosen = rng.choice(N_WORDS, length, p=weights[mixed].mean(axis=0))
        rows += [(f"d{number:03d}", 2 * at, f"말{word:03d}") for at, word in enumerate(chosen)]
    return pd.DataFrame(rows, columns=["doc_id", "start", "term"])


def about(tokens: pd.DataFrame, labels: np.ndarray) -> pd.DataFrame:
    doc_ids = sorted(tokens["doc_id"].unique())
    return pd.DataFrame({"doc_id": doc_ids, "administration": labels, "family_id": doc_ids})


def compared(tokens: pd.DataFrame, documents: pd.DataFrame, **options) -> pd.DataFrame:
    matrix = term_matrix(tokens, min_df=5, max_df=1.0)
    groups = documents.set_index("doc_id")["administration"].loc[matrix.doc_ids]
    keyness = comparison.keyness(matrix, groups, n_permutations=200)
    return rename_or_reform(keyness, documents, tokens, PAIR, n_resamples=200, **options)


@pytest.fixture(scope="module")
def planted():
    """Five words get another name on the later side; one keeps its name in other company.

    Ties are kept in order: an unstable sort falls out differently on another processor.
    """
    rng = np.random.default_rng(0)
    tokens = texts(rng, n_docs=600)
    documents = about(tokens, np.repeat(PAIR, 300))
    later = tokens["doc_id"] >= "d300"
    used = (
        tokens.groupby("term")["doc_id"].nunique().sort_values(ascending=False, kind="stable").index
    )
    renamed, moved = list(used[10:15]), used[20]
    has = tokens.groupby("term")["doc_id"].agg(set)
    other = min(used[21:60], key=lambda term: len(has[term] & has[moved]))
    tokens.loc[later & tokens["term"].isin(renamed), "term"] += "새"
    swap = later & tokens["term"].isin([moved, other])
    tokens.loc[swap, "term"] = tokens.loc[swap, "term"].map({moved: other, other: moved})
    return tokens, documents, renamed, moved


def test_planted_synonyms_are_found(planted):
    tokens, documents, renamed, _ = planted
    table = compared(tokens, documents)
    table = table[table["kind"] == RENAMED]
    best = table[table["term_from"].isin(renamed)]
    assert (best["term_to"] == best["term_from"] + "새").sum() >= 4
    claimed = table[table["q"] < ALPHA]
    assert len(claimed) >= 3 and set(claimed["term_from"]) <= set(renamed)
    assert (claimed["term_to"] == claimed["term_from"] + "새").all()
    assert (claimed["similarity_low"] <= claimed["similarity"]).all()
    assert (claimed["similarity"] <= claimed["similarity_high"]).all()
    assert (claimed["similarity"] > claimed["baseline"]).all()


def test_a_word_in_other_company_has_moved(planted):
    """Distinctive words that both sides use are compared with themselves."""
    tokens, documents, _, moved = planted
    matrix = term_matrix(tokens, min_df=5, max_df=1.0)
    groups = documents.set_index("doc_id")["administration"].loc[matrix.doc_ids]
    keyness = comparison.keyness(matrix, groups, n_permutations=10)
    used = (
        tokens.groupby("term")["doc_id"].nunique().sort_values(ascending=False, kind="stable").index
    )
    steady = list(used[:5])
    chosen = keyness["term"].isin([moved, *steady])
    keyness = keyness.assign(p=np.where(chosen, 0.0, 1.0), z=keyness["z"].abs())
    table = rename_or_reform(keyness, documents, tokens, PAIR, n_resamples=500)
    assert set(table["kind"]) == {MOVED}
    q = table.set_index("term_from")["q"]
    assert q[moved] < ALPHA and (q[steady] >= ALPHA).sum() >= 4
    assert table["term_from"].iloc[0] == moved


def test_nothing_is_claimed_under_shuffled_labels():
    rng = np.random.default_rng(1)
    n_claimed, n_rows = 0, 0
    for seed in range(10):
        tokens = texts(rng, n_docs=120)
        # Every word gets a name of its own side at random: much to match, nothing to find.
        tokens["term"] += np.where(rng.random(len(tokens)) < 0.5, "", "새")
        documents = about(tokens, rng.permutation(np.repeat(PAIR, 60)))
        table = compared(tokens, documents, random_state=seed)
        n_claimed += (table["q"] < ALPHA).any()
        n_rows += len(table)
    assert n_rows > 0 and n_claimed <= 2


def test_unrelated_words_that_come_and_go_are_not_matched():
    """Words set at random into the texts of one side have no context to share."""
    rng = np.random.default_rng(2)
    tokens = texts(rng)
    documents = about(tokens, np.repeat(PAIR, 150))
    later = tokens["doc_id"] >= "d150"
    for number in range(6):
        hit = rng.random(len(tokens)) < 0.01
        tokens.loc[hit & ~later, "term"] = f"옛{number}"
        hit = rng.random(len(tokens)) < 0.01
        tokens.loc[hit & later, "term"] = f"새{number}"
    table = compared(tokens, documents)
    table = table[table["kind"] == RENAMED]
    assert len(table) == 6 and (table["q"] >= ALPHA).all()


def test_order_of_the_rows_does_not_matter(planted):
    tokens, documents, _, _ = planted
    one = compared(tokens, documents)
    two = compared(tokens.sample(frac=1, random_state=0), documents.sample(frac=1, random_state=0))
    pd.testing.assert_frame_equal(one, two)


def test_no_candidates_give_an_empty_table(planted):
    tokens, documents, _, _ = planted
    keyness = pd.DataFrame(
        {"term": ["말000", "말000"], "administration": list(PAIR), "p": 1.0, "z": [1.0, -1.0],
         "rank": 1, "n_families": 9, "rate_per_10k": 5.0}
    )  # fmt: skip
    table = rename_or_reform(keyness, documents, tokens, PAIR)
    assert table.empty and {"kind", "similarity", "q"} <= set(table.columns)


@pytest.mark.slow
def test_synonyms_swapped_at_a_date_in_real_speeches():
    study = studies.read_study("presidential-speeches")
    if not all(studies.source_path(source).exists() for source in study.sources):
        pytest.skip("data/raw에 대통령 연설이 없습니다: python -m policytext fetch로 받으세요.")
    from policytext import corpus as reading

    documents = reading.compared(reading.load_corpus(study), study)
    tokens = reading.load_tokens(study, documents).astype({"doc_id": object, "term": object})
    found, n_right, n_planted = swapped_in(documents, tokens)
    assert n_right >= 0.7 * n_planted and (found["q"] < ALPHA).sum() >= 2


def swapped_in(documents, tokens, n_planted: int = 10):
    """Swap ten words found in 40 to 200 texts of either side for invented ones."""
    starts = documents.groupby("administration")["date"].min().sort_values()
    pair = tuple(starts.index[-2:])
    side = tokens["doc_id"].map(documents.set_index("doc_id")["administration"])
    used = tokens.groupby([side, "term"])["doc_id"].nunique().unstack(0, fill_value=0)
    eligible = used[(used[list(pair)] >= 40).all(axis=1) & (used[list(pair)] <= 200).all(axis=1)]
    chosen = np.random.default_rng(0).choice(eligible.index, n_planted, replace=False)
    swap = (side == pair[1]) & tokens["term"].isin(chosen)
    tokens = tokens.assign(term=tokens["term"].where(~swap, "지은말" + tokens["term"]))
    matrix = term_matrix(tokens, min_df=5, max_df=1.0)
    own = documents.set_index("doc_id").loc[matrix.doc_ids]
    keyness = comparison.keyness(
        matrix, own["administration"], families=own["family_id"], n_permutations=500
    )
    # The invented pairs compete with the thirty most distinctive words of either side.
    planted = keyness["term"].str.removeprefix("지은말").isin(chosen)
    keyness = keyness.assign(rank=np.where(planted, 0, keyness["rank"]))
    table = rename_or_reform(keyness, documents, tokens, pair, n_resamples=50)
    table = table[(table["kind"] == RENAMED) & table["term_from"].isin(chosen)]
    return table, (table["term_to"] == "지은말" + table["term_from"]).sum(), n_planted
