"""Exact and property tests of keyness, shares and divergence; simulations are elsewhere."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2_contingency

from policytext import comparison as c
from policytext.comparison.permutation import RateScore, tail_p
from policytext.comparison.resampling import family_units, family_weights, permuted_groups
from policytext.matrix import TermMatrix

PAIR = ["administration_a", "administration_b"]


def make_matrix(counts) -> TermMatrix:
    counts = sparse.csr_matrix(np.asarray(counts))
    n_docs, n_terms = counts.shape
    return TermMatrix(
        counts, [f"d{i:04d}" for i in range(n_docs)], [f"t{i:04d}" for i in range(n_terms)]
    )


@pytest.fixture(scope="module")
def bursty() -> tuple[TermMatrix, np.ndarray]:
    """90 documents of unequal length, 60 bursty terms, three groups."""
    rng = np.random.default_rng(3)
    length = rng.lognormal(4.5, 0.6, size=(90, 1))
    burst = rng.gamma(0.3, 1 / 0.3, size=(90, 60))
    counts = rng.poisson(length * rng.dirichlet(np.ones(60)) * burst)
    counts = counts[:, counts.sum(axis=0) > 0]
    assert counts.shape[1] > 50
    return make_matrix(counts), np.array(["가", "나", "다"])[rng.integers(0, 3, 90)]


def wide(table: pd.DataFrame, column: str) -> pd.DataFrame:
    return table.pivot(index="administration", columns="term", values=column)


# --- the estimates ---------------------------------------------------------------------


def z_of_the_paper(y_i: list[float], y_j: list[float], alpha: list[float]) -> list[float]:
    """Monroe, Colaresi & Quinn (2008), equations 16, 20 and 22, word by word."""
    z = []
    for w in range(len(y_i)):
        n_i, n_j, alpha_0 = sum(y_i), sum(y_j), sum(alpha)
        odds_i = (y_i[w] + alpha[w]) / (n_i + alpha_0 - y_i[w] - alpha[w])
        odds_j = (y_j[w] + alpha[w]) / (n_j + alpha_0 - y_j[w] - alpha[w])
        delta = math.log(odds_i) - math.log(odds_j)
        z.append(delta / math.sqrt(1 / (y_i[w] + alpha[w]) + 1 / (y_j[w] + alpha[w])))
    return z


def test_z_is_that_of_the_paper_with_pooled_counts_as_prior(bursty):
    matrix, groups = bursty
    z = wide(c.keyness(matrix, groups, n_permutations=1), "z")
    dense = matrix.counts.toarray()
    pooled = dense.sum(axis=0).tolist()
    for group in "가나다":
        inside = dense[groups == group].sum(axis=0).tolist()
        outside = dense[groups != group].sum(axis=0).tolist()
        expected = z_of_the_paper(inside, outside, pooled)
        assert z.loc[group].to_numpy() == pytest.approx(expected, abs=1e-9)


def test_log_odds_equals_the_package_logodds_for_a_background_prior(bursty):
    logodds = pytest.importorskip("logodds")
    matrix, groups = bursty
    counts = c.group_counts(matrix, groups)
    background = {term: 3.0 + i for i, term in enumerate(matrix.terms)}
    prior = np.array([background[term] + 0.01 for term in matrix.terms])
    delta, variance = c.log_odds(counts.to_numpy(), prior)
    z = delta / np.sqrt(variance)
    for i, group in enumerate(counts.index):
        others = counts.drop(index=group).sum().to_dict()
        theirs = logodds.log_odds_details(counts.loc[group].to_dict(), others, background)
        for j, term in enumerate(matrix.terms):
            assert delta[i, j] == pytest.approx(theirs[term]["delta"], abs=1e-9)
            assert z[i, j] == pytest.approx(theirs[term]["z"], abs=1e-9)


def test_the_size_of_the_prior_decides_whether_a_frequent_one_sided_term_leads():
    # 1,761 against 0, and a common term that leans a little the same way
    counts = np.array([[1761, 12_000, 300_000], [0, 9_000, 400_000]])
    pooled = counts.sum(axis=0)
    first = []
    for prior in (None, 500 * pooled / pooled.sum()):
        delta, variance = c.log_odds(counts, prior)
        first.append((delta / np.sqrt(variance))[0].argmax())
    assert first == [0, 1]


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=8).filter(
        lambda rows: all(map(sum, zip(*rows, strict=True)))
    )
)
def test_two_groups_are_antisymmetric(rows):
    matrix = make_matrix(np.array(rows).T)
    table = c.keyness(matrix, ["가", "나"], n_permutations=1)
    for column in ("log_odds", "z", "log_ratio"):
        values = wide(table, column)
        assert values.loc["가"].to_numpy() == pytest.approx(-values.loc["나"].to_numpy(), abs=1e-9)
    assert table["z"].notna().all()


def test_g2_and_rates_of_a_two_by_two_table(bursty):
    matrix, groups = bursty
    table = c.keyness(matrix, groups, n_permutations=1)
    dense = matrix.counts.toarray()
    for row in table.iloc[::17].itertuples():
        inside, outside = dense[groups == row.administration], dense[groups != row.administration]
        j = matrix.terms.index(row.term)
        n, n_rest = inside.sum(), outside.sum()
        observed = [[row.n, row.n_rest], [n - row.n, n_rest - row.n_rest]]
        assert [row.n, row.n_rest] == [inside[:, j].sum(), outside[:, j].sum()]
        expected = chi2_contingency(observed, correction=False, lambda_="log-likelihood")[0]
        assert row.g2 == pytest.approx(expected, abs=1e-9)
        assert row.rate_per_10k == pytest.approx(1e4 * row.n / n)
        assert row.rate_rest_per_10k == pytest.approx(1e4 * row.n_rest / n_rest)
        ratio = max(row.n, 0.5) / n / (max(row.n_rest, 0.5) / n_rest)
        assert row.log_ratio == pytest.approx(math.log2(ratio))
        assert row.pct_diff == pytest.approx(100 * (ratio - 1))
        assert row.n_documents == (inside[:, j] > 0).sum() == row.n_families
        size = inside.sum(axis=1) / n
        if row.n:
            dp = np.abs(inside[:, j] / row.n - size).sum() / 2
            assert row.dispersion == pytest.approx(dp)
            assert row.top_document_share == inside[:, j].max() / row.n
    assert table["n"].dtype.kind == "i"


def test_rows_are_ranked_by_z_inside_tiers_of_p_and_q_is_benjamini_hochberg(bursty):
    matrix, groups = bursty
    table = c.keyness(matrix, groups, n_permutations=200)
    assert (table["p"] < 0.05).any() and (table["p"] >= 0.05).any()
    for _, part in table.groupby("administration"):
        tier = np.sign(part["z"]).where(part["p"] < 0.05, 0)
        assert tier.is_monotonic_decreasing
        assert part.groupby(tier)["z"].is_monotonic_decreasing.all()
        assert part["rank"].tolist() == list(range(1, len(matrix.terms) + 1))
    untested = c.keyness(matrix, groups, n_permutations=0)
    for _, part in untested.groupby("administration"):
        assert part["z"].is_monotonic_decreasing
    by_p = table.sort_values("p", ascending=False)
    smallest, m = 1.0, len(by_p)
    for i, (p, q) in enumerate(zip(by_p["p"], by_p["q"], strict=True)):
        smallest = min(smallest, p * m / (m - i))
        assert q == pytest.approx(smallest)


def test_exposure_counts_publishers_and_months_once():
    matrix = make_matrix([[1, 0], [2, 1], [3, 0], [0, 0]])
    documents = pd.DataFrame(
        {
            "doc_id": matrix.doc_ids[::-1],
            "date": pd.to_datetime(["2020-01-01", None, "2014-03-31", "2014-03-01"]),
            "publisher": ["을보", "", "갑보", "갑보"],
        }
    )
    table = c.exposure(matrix, ["가", "가", "가", "나"], documents)
    assert table.values.tolist() == [
        ["t0000", "가", 1, 1],
        ["t0001", "가", 1, 1],
        ["t0000", "나", 0, 0],
        ["t0001", "나", 0, 0],
    ]
    two_months = documents.assign(date=pd.to_datetime(["2020-01", "2014-05", "2014-03", "2014-01"]))
    assert c.exposure(matrix, ["가"] * 3 + [None], two_months)["n_months"].tolist() == [3, 1]


# --- families, order, missing labels -----------------------------------------------------


def test_order_of_documents_and_names_of_families_do_not_matter(bursty):
    matrix, groups = bursty
    families = np.arange(90) // 2
    shuffle = np.random.default_rng(0).permutation(90)
    moved = TermMatrix(matrix.counts[shuffle], [matrix.doc_ids[i] for i in shuffle], matrix.terms)
    options = {"n_permutations": 50, "n_boot": 20}
    one = c.keyness(matrix, groups, families=families, **options)
    two = c.keyness(
        moved, groups[shuffle], families=[f"x{89 - f}" for f in families[shuffle]], **options
    )
    pd.testing.assert_frame_equal(one, two, check_exact=True)
    one = c.divergence(matrix, groups, families=families, n_draws=5)
    two = c.divergence(moved, groups[shuffle], families=families[shuffle], n_draws=5)
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_seed_decides_p_and_intervals_only(bursty):
    matrix, groups = bursty
    runs = [
        c.keyness(matrix, groups, n_permutations=50, n_boot=20, random_state=s) for s in (0, 0, 1)
    ]
    pd.testing.assert_frame_equal(runs[0], runs[1], check_exact=True)
    assert (runs[0]["p"] != runs[2]["p"]).any()
    assert (runs[0]["log_odds_low"] != runs[2]["log_odds_low"]).any()
    z = [run.set_index(["administration", "term"])["z"].sort_index() for run in runs]
    assert (z[0] == z[2]).all()


def test_fifty_copies_of_a_release_change_only_the_raw_counts(bursty):
    matrix, groups = bursty
    counts = sparse.vstack([matrix.counts] + [matrix.counts[7]] * 50).tocsr()
    doc_ids = matrix.doc_ids + [f"z{i:02d}" for i in range(50)]
    families = matrix.doc_ids + [matrix.doc_ids[7]] * 50
    copied = c.keyness(
        TermMatrix(counts, doc_ids, matrix.terms),
        [*groups, *[groups[7]] * 50],
        families=families,
        n_permutations=100,
        n_boot=20,
    )
    before = c.keyness(matrix, groups, n_permutations=100, n_boot=20)
    raw = ["n", "n_rest", "n_documents", "top_document_share"]
    pd.testing.assert_frame_equal(copied.drop(columns=raw), before.drop(columns=raw))
    assert copied["n"].sum() > before["n"].sum()
    # without families the copies do take over, so the test above can fail
    naive = c.keyness(
        TermMatrix(counts, doc_ids, matrix.terms), [*groups, *[groups[7]] * 50], n_permutations=1
    )
    assert naive["z"].sub(before["z"]).abs().max() > 1


def test_documents_without_a_group_are_left_out(bursty):
    matrix, groups = bursty
    masked = pd.Series(groups, dtype=object).where(groups != "다", pd.NA)
    rows = np.flatnonzero(groups != "다")
    kept = TermMatrix(matrix.counts[rows], [matrix.doc_ids[i] for i in rows], matrix.terms)
    one = c.keyness(matrix, masked, n_permutations=50)
    pd.testing.assert_frame_equal(one, c.keyness(kept, groups[rows], n_permutations=50))


def test_a_family_moves_as_one_and_one_in_two_groups_stays():
    matrix = make_matrix(np.arange(1, 9)[:, None])
    groups = ["가", "가", "가", "나", "나", "나", "가", "나"]
    families = ["f", "f", "g", "h", "i", "j", "both", "both"]
    units = family_units(matrix, groups, families)
    moved = permuted_groups(units, 400, np.random.default_rng(0))
    label = [units.groups[g] for g in units.group]
    assert label == ["가", "가", "나", "나", "나", "가", "나"]
    assert units.counts.toarray().ravel().tolist() == [1.5, 3, 4, 5, 6, 7, 8]
    assert (moved[5:] == units.group[5:, None]).all()
    assert (np.sort(moved[:5], axis=0) == np.array([0, 0, 1, 1, 1])[:, None]).all()
    assert moved[0].mean() == pytest.approx(0.6, abs=0.1)
    weights = family_weights(units, 3, np.random.default_rng(0))
    assert (weights[5] == weights[6]).all() and (weights[0] != weights[1]).all()


def test_labels_move_inside_strata_only():
    matrix = make_matrix(np.ones((12, 1), dtype=int))
    strata = ["연설"] * 6 + ["보도"] * 6
    groups = ["가"] * 5 + ["나"] + ["가"] + ["나"] * 5
    units = family_units(matrix, groups, strata=strata)
    moved = permuted_groups(units, 200, np.random.default_rng(0))
    speech = units.stratum == units.strata.index("연설")
    assert (moved[speech].sum(axis=0) == 1).all() and (moved[~speech].sum(axis=0) == 5).all()


# --- p -----------------------------------------------------------------------------------


def score_by_hand(x: np.ndarray, n: np.ndarray, inside: np.ndarray) -> float:
    rate, share = x.sum() / n.sum(), n[inside].sum() / n.sum()
    residual = x - rate * n
    variance = (1 - share) ** 2 * (residual[inside] ** 2).sum()
    variance += share**2 * (residual[~inside] ** 2).sum()
    return residual[inside].sum() / math.sqrt(variance)


def test_p_is_the_share_of_all_relabellings_at_least_as_extreme():
    rng = np.random.default_rng(1)
    counts = np.column_stack([rng.poisson(6, 9), rng.poisson(4, 9), 40 + rng.poisson(20, 9)])
    counts[:4, 0] += 5
    groups = np.array(["가"] * 4 + ["나"] * 5)
    n = counts.sum(axis=1)
    table = wide(c.keyness(make_matrix(counts), groups, n_permutations=20_000), "p")
    score = RateScore(family_units(make_matrix(counts), groups))
    for j in range(3):
        by_hand = []
        for members in combinations(range(9), 4):
            inside = np.isin(np.arange(9), members)
            by_hand.append(score_by_hand(counts[:, j], n, inside))
            assert score(inside[:, None])[j, 0] == pytest.approx(by_hand[-1], rel=1e-3, abs=1e-3)
        by_hand = np.array(by_hand)
        tails = [np.mean(s * by_hand >= s * by_hand[0] - 1e-4) for s in (1, -1)]
        assert table.loc["가", f"t{j:04d}"] == pytest.approx(min(1, 2 * min(tails)), abs=0.015)


def test_tail_p_is_uniform_for_exchangeable_values_of_mixed_tails():
    rng = np.random.default_rng(0)
    values = rng.standard_t(np.tile([3, 10, 100], 4000)[:, None], size=(12_000, 301))
    p = tail_p(values[:, 0], values[:, 1:])
    for level in (0.5, 0.1, 0.01, 0.001):
        n_expected = 12_000 * level
        assert abs((p <= level).sum() - n_expected) < 4 * math.sqrt(n_expected)
    assert p.min() < 1 / 301  # resolution beyond one row's permutations


def test_no_permutations_give_p_one(bursty):
    matrix, groups = bursty
    assert (c.keyness(matrix, groups, n_permutations=0)["p"] == 1).all()
    one_family = c.keyness(matrix, groups, families=["f"] * 90, n_permutations=100)
    assert (one_family["p"] == 1).all() and one_family["z"].notna().all()


# --- strata ------------------------------------------------------------------------------


def test_simpson_reversal_is_flagged_and_estimates_are_means_over_strata():
    # 혁신: less frequent in 가 within both genres, more frequent overall
    counts = [[90, 10], [9, 1], [19, 181], [2000, 18000]]
    groups, strata = ["가", "나", "가", "나"], ["연설", "연설", "보도", "보도"]
    counts[1], counts[3] = [950, 50], [2100, 17900]
    matrix = make_matrix(counts)
    crude = c.keyness(matrix, groups, n_permutations=1)
    table = c.keyness(matrix, groups, strata=strata, n_permutations=1)
    row = table[(table["term"] == "t0000") & (table["administration"] == "가")].iloc[0]
    crude_row = crude[(crude["term"] == "t0000") & (crude["administration"] == "가")].iloc[0]
    assert crude_row["log_odds"] > 0 > row["log_odds"]
    assert row["is_reversed"] and not crude_row["is_reversed"]
    assert row["rate_per_10k"] == pytest.approx(1e4 * (90 / 100 + 19 / 200) / 2)
    delta_1, variance_1 = c.log_odds([counts[0], counts[1]])
    delta_2, variance_2 = c.log_odds([counts[2], counts[3]])
    assert row["log_odds"] == pytest.approx((delta_1[0, 0] + delta_2[0, 0]) / 2)
    sigma = math.sqrt(variance_1[0, 0] + variance_2[0, 0]) / 2
    assert row["z"] == pytest.approx(row["log_odds"] / sigma)
    assert row["n_strata"] == 2


def test_a_group_alone_in_its_stratum_is_not_compared_and_ranks_last(bursty):
    matrix, groups = bursty
    strata = np.where(groups == "다", "회의", "연설")
    table = c.keyness(matrix, groups, strata=strata, n_permutations=50, n_boot=10)
    alone = table[table["administration"] == "다"]
    assert alone["z"].isna().all() and (alone["p"] == 1).all() and (alone["n_strata"] == 0).all()
    assert alone["log_odds_low"].isna().all()
    others = table[table["administration"] != "다"]
    assert others["z"].notna().all() and others["log_odds_low"].notna().all()


def test_one_genre_planted_in_one_administration_vanishes_when_stratified():
    rng = np.random.default_rng(0)
    base = rng.dirichlet(np.ones(80))
    genre = np.where(np.arange(80) < 20, 8.0, 1.0) * base
    strata = np.array(["연설"] * 60 + ["보도"] * 60)
    groups = np.array(["가"] * 10 + ["나"] * 50 + ["가"] * 50 + ["나"] * 10)
    counts = [rng.multinomial(300, (genre / genre.sum()) if s == "보도" else base) for s in strata]
    matrix = make_matrix(np.array(counts))
    tops = []
    for options in ({}, {"strata": strata}):
        table = c.keyness(matrix, groups, n_permutations=500, **options)
        top = table[(table["administration"] == "가") & (table["rank"] <= 10)]
        tops.append((top["term"] < "t0020").sum())
        called = table[table["q"] < 0.05]
    assert tops[0] >= 8 and tops[1] <= 4  # a quarter of the terms are the genre's
    assert len(called) == 0


# --- degenerate input ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("groups", "options", "message"),
    [
        (["가"] * 3, {}, "2개 이상"),
        ([None] * 3, {}, "없음"),
        (["가", "나"], {}, "길이"),
        (["가", "나", "나"], {"families": ["f"]}, "families"),
        (["가", "나", "나"], {"strata": ["x", None, "x"]}, "strata"),
    ],
)
def test_unusable_labels_are_refused_in_korean(groups, options, message):
    with pytest.raises(ValueError, match=message):
        c.keyness(make_matrix(np.ones((3, 2), dtype=int)), groups, **options)


def test_no_terms_are_refused():
    with pytest.raises(ValueError, match="단어가 하나도 없습니다"):
        c.keyness(make_matrix(np.ones((2, 0), dtype=int)), ["가", "나"])


def test_zero_counts_are_defined_and_never_rank_first():
    counts = [[5, 0, 0], [4, 1, 0], [0, 0, 0]]  # a term nobody uses, a group without tokens
    table = c.keyness(make_matrix(counts), ["가", "나", "다"], n_permutations=20, n_boot=20)
    empty = table["administration"] == "다"
    defined = table[~empty].drop(columns=["dispersion", "top_document_share"])
    assert defined.notna().all().all()
    assert (table.loc[empty, ["p", "q"]] == 1).all().all()
    assert (table.loc[empty, ["z", "log_odds", "log_odds_low"]].isna()).all().all()
    unused = defined[defined["term"] == "t0002"]
    assert (unused["z"] == 0).all() and (unused["p"] == 1).all()
    single = c.keyness(make_matrix([[3], [4]]), ["가", "나"], n_permutations=5)
    assert (single["z"] == 0).all() and (single["p"] == 1).all()


def test_intervals_contain_the_estimate_and_are_absent_unless_asked(bursty):
    matrix, groups = bursty
    table = c.keyness(matrix, groups, n_permutations=1, n_boot=200)
    for name in ("log_odds", "log_ratio"):
        assert (table[f"{name}_low"] <= table[name]).all()
        assert (table[name] <= table[f"{name}_high"]).all()
    assert (table["log_odds_low"] < table["log_odds_high"]).mean() > 0.95
    assert "log_odds_low" not in c.keyness(matrix, groups, n_permutations=1)


# --- topic shares ----------------------------------------------------------------------------


def test_topic_shares_count_each_family_once():
    topics = pd.DataFrame({"doc_id": list("abcde"), "topic": [1, 1, 1, 2, 2]})
    table = c.topic_shares(
        topics, ["가", "가", "가", "가", "나"], families=["f", "f", "f", "g", "h"], n_boot=400
    )
    assert table["n"].tolist() == [3, 1, 0, 1]
    assert table["share"].tolist() == [0.5, 0.5, 0, 1]
    assert table.groupby("administration")["share"].sum().tolist() == [1, 1]
    # one family without the topic: exact bound 0.975; one family with it: 0.025
    assert table.loc[2, ["share_low", "share_high"]].tolist() == pytest.approx([0, 0.975])
    assert table.loc[3, ["share_low", "share_high"]].tolist() == pytest.approx([0.025, 1])


def test_topic_share_interval_has_the_width_of_a_binomial():
    doc_ids = [f"d{i:03d}" for i in range(400)]
    topics = pd.DataFrame({"doc_id": doc_ids, "topic": [1] * 100 + [2] * 300})
    row = c.topic_shares(topics, ["가"] * 400, n_boot=4000).iloc[0]
    half = 1.96 * math.sqrt(0.25 * 0.75 / 400)
    assert row["share_high"] - row["share"] == pytest.approx(half, rel=0.1)
    assert row["share"] - row["share_low"] == pytest.approx(half, rel=0.1)


def test_topic_shares_leave_out_missing_topics_and_refuse_a_wrong_table():
    topics = pd.DataFrame({"doc_id": ["a", "b", "c"], "topic": [1, None, 2]})
    assert c.topic_shares(topics, ["가"] * 3, n_boot=10)["n"].tolist() == [1, 1]
    with pytest.raises(ValueError, match="'topic' 열이 없습니다"):
        c.topic_shares(topics[["doc_id"]], ["가"] * 3)
    with pytest.raises(ValueError, match="없음"):
        c.topic_shares(topics, [None] * 3)


def test_share_differences_find_the_topic_that_moved():
    rng = np.random.default_rng(2)
    groups = np.repeat(["가", "나", "다"], 150)
    topic = np.where(rng.random(450) < 0.3, 9, rng.integers(1, 6, 450))
    topic[:150] = np.where(rng.random(150) < 0.4, 5, rng.integers(1, 6, 150))
    topics = pd.DataFrame({"doc_id": [f"d{i:03d}" for i in range(450)], "topic": topic})
    table = c.share_differences(topics, groups, n_boot=400, n_permutations=500)
    shares = c.topic_shares(topics, groups, n_boot=10)
    shares = shares.pivot(index="topic", columns="administration", values="share")
    for row in table.itertuples():
        by_hand = shares[row.administration_a] - shares[row.administration_b]
        assert row.difference == pytest.approx(by_hand[row.topic])
        assert row.difference_low <= row.difference <= row.difference_high
    row, size = table.iloc[0], shares.iloc[0]
    half = 1.96 * math.sqrt(sum(size[g] * (1 - size[g]) / 150 for g in "가나"))
    width = row["difference_high"] - row["difference_low"]
    assert width == pytest.approx(2 * half, rel=0.15)
    called = table[table["q"] < 0.05]
    assert {5, 9} <= set(called["topic"])
    assert not ((called["administration_a"] == "나") & (called["administration_b"] == "다")).any()


# --- divergence --------------------------------------------------------------------------------


def test_divergence_of_everything_is_scipys_and_terms_sum_to_it(bursty):
    matrix, groups = bursty
    table = c.divergence(matrix, groups, n_draws=20)
    counts = c.group_counts(matrix, groups)
    drivers = c.divergence_terms(matrix, groups)
    for row in table.itertuples():
        a, b = row.administration_a, row.administration_b
        expected = jensenshannon(counts.loc[a], counts.loc[b], base=2) ** 2
        assert row.jsd_full == pytest.approx(np.nan_to_num(expected), abs=1e-12)
        part = drivers[(drivers["administration_a"] == a) & (drivers["administration_b"] == b)]
        if len(part):
            assert part["contribution"].sum() == pytest.approx(row.jsd_full)
            assert part["share"].sum() == pytest.approx(1)
            assert part["contribution"].is_monotonic_decreasing
    square = table.pivot(index="administration_a", columns="administration_b", values="jsd")
    assert np.array_equal(square, square.T)
    own = table[table["administration_a"] == table["administration_b"]]
    assert (own["excess"] == 0).all() and (own["jsd"] == own["baseline"]).all()
    assert (table["jsd_low"] <= table["jsd"]).all() and (table["jsd"] <= table["jsd_high"]).all()


def test_drivers_beyond_the_baseline_sum_to_the_excess(bursty):
    matrix, groups = bursty
    groups = np.where(np.arange(90) == 0, "라", groups)  # one document cannot be split
    table = c.divergence_terms(matrix, groups, n_draws=30)
    pairs = c.divergence(matrix, groups, n_draws=30).set_index(PAIR)
    for pair, part in table.groupby(PAIR):
        if "라" in pair:
            assert part["excess"].isna().all()
        else:
            assert part["excess"].sum() == pytest.approx(pairs.loc[pair, "excess"], abs=1e-9)
            assert part["excess"].is_monotonic_decreasing


def test_divergence_exceeds_its_baseline_only_where_vocabulary_differs():
    rng = np.random.default_rng(0)
    base, other = rng.dirichlet(np.ones(300)), rng.dirichlet(np.ones(300))
    groups = np.repeat(["가", "나", "다"], [200, 40, 40])  # unequal sizes, on purpose
    p = [other if group == "다" else base for group in groups]
    matrix = make_matrix(np.array([rng.multinomial(60, x) for x in p]))
    table = c.divergence(matrix, groups, n_draws=60).set_index(PAIR)
    same, different = table.loc[("가", "나")], table.loc[("가", "다")]
    assert same["excess_low"] < 0 < same["excess_high"]
    assert abs(same["excess"]) < 0.2 * same["baseline"]
    assert different["excess_low"] > 0
    assert same["n_tokens"] == 20 * 60


def test_copies_inside_a_family_do_not_enter_the_draws():
    rng = np.random.default_rng(0)
    counts = rng.multinomial(50, np.full(30, 1 / 30), size=20)
    matrix = make_matrix(np.repeat(counts, 3, axis=0))
    families, groups = np.repeat(range(20), 3), np.repeat([*"가나" * 10], 3)
    table = c.divergence(matrix, groups, families=families, n_draws=5)
    assert (table["n_tokens"] == 5 * 50).all()


def test_a_group_that_cannot_be_split_has_no_baseline(bursty):
    matrix, groups = bursty
    lone = groups.astype(object).copy()
    lone[0] = "라"
    table = c.divergence(matrix, lone, n_draws=5).set_index(PAIR)
    assert np.isnan(table.loc[("가", "라"), "jsd"]) and table.loc[("가", "라"), "jsd_full"] > 0
    assert table.loc[("가", "나"), "baseline"] > 0


# --- placebo -----------------------------------------------------------------------------------


def test_placebo_finds_more_under_the_government_that_existed():
    rng = np.random.default_rng(0)
    dates = pd.date_range("2008-01-01", periods=150, freq="20D")
    groups = np.repeat(["가", "나", "다"], 50)
    base = rng.dirichlet(np.ones(60), 3)
    matrix = make_matrix(np.array([rng.multinomial(40, base["가나다".index(g)]) for g in groups]))
    table = c.placebo(matrix, dates, groups, n_cuts=5, n_permutations=100)
    assert table["is_real"].tolist() == [True] + [False] * 5
    assert table["offset_days"].tolist() == [round(i * 2981 / 6) for i in range(6)]
    # shifts by a third and two thirds hand every document to another government
    assert table["share_unmoved"].round(1).tolist() == [1, 0.5, 0, 0, 0, 0.5]
    halfway = table.loc[[1, 3, 5], "n_significant"]
    assert table["n_significant"].iloc[0] > halfway.max() > 0
    still = make_matrix(rng.multinomial(40, base[0], size=150))
    nothing = c.placebo(still, dates, groups, n_cuts=2, n_permutations=100)
    assert nothing["n_significant"].max() <= 1
    assert nothing["share_significant"].tolist() == (nothing["n_significant"] / 60).tolist()


def test_placebo_skips_undated_documents(bursty):
    matrix, groups = bursty
    dates = pd.Series(pd.date_range("2013-01-01", periods=90)).where(np.arange(90) > 4)
    table = c.placebo(matrix, dates, np.sort(groups), n_cuts=1, n_permutations=20)
    rest = TermMatrix(matrix.counts[5:], matrix.doc_ids[5:], matrix.terms)
    same = c.placebo(rest, dates[5:], np.sort(groups)[5:], n_cuts=1, n_permutations=20)
    pd.testing.assert_frame_equal(table, same)
    with pytest.raises(ValueError, match="날짜"):
        c.placebo(matrix, [pd.NaT] * 90, groups)


def test_a_stratum_is_usable_when_two_kinds_meet_in_two_groups():
    documents = pd.DataFrame(
        {
            "administration": ["가", "나"] * 10,
            "family_id": [f"f{n}" for n in range(20)],
            "genre": ["speech"] * 20,
            "occasion": ["회의", "회의", "축사", "축사"] * 5,
        }
    )
    assert c.usable_stratum(documents) == "occasion"
    assert c.usable_stratum(documents, min_families=6) == ""
    one_sided = documents.assign(occasion=["회의", "축사"] * 10)
    assert c.usable_stratum(one_sided) == ""
    genre = documents.assign(genre=documents["occasion"])
    assert c.usable_stratum(genre) == "genre"
    assert c.usable_stratum(documents.drop(columns="occasion")) == ""
    copies = documents.assign(family_id="f0")
    assert c.usable_stratum(copies) == ""


def test_placebo_names_the_terms_and_skips_cuts_without_a_second_government():
    counts = np.repeat([[9, 1, 5], [1, 9, 5]], 30, axis=0)
    groups = ["가"] * 30 + ["나"] * 30
    dates = pd.to_datetime(["2014-05-01"] * 30 + ["2018-05-01"] * 30)
    table = c.placebo(make_matrix(counts), dates, groups, n_cuts=3, n_permutations=100)
    assert table["cut"].tolist() == [0]
    assert table["terms"].tolist() == [make_matrix(counts).terms[:2]]
    assert table["n_significant"].tolist() == [2]


def test_a_few_documents_of_like_length_do_not_lack_terms_significantly():
    rng = np.random.default_rng(0)
    lengths = np.r_[np.full(4, 100), rng.lognormal(4.6, 1, 196).astype(int) + 5]
    counts = rng.poisson(lengths[:, None] * rng.dirichlet(np.full(300, 0.5)))
    names = [f"d{i}" for i in range(200)], [f"t{i}" for i in range(300)]
    matrix = TermMatrix(sparse.csr_matrix(counts), *names)
    table = c.keyness(matrix, ["가"] * 4 + ["나"] * 196, n_permutations=500)
    assert (table["p"] < 0.05).mean() < 0.1  # 0.49 when absence was weighed by length
