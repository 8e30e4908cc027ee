"""Keyness against the paper, another package, enumeration and simulations; what it says of it."""

import math
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import bursty_texts, matrix_of
from scipy import sparse

from policytext import administrations
from policytext.administrations import read_administrations, read_people
from policytext.compare import contrasts as c
from policytext.compare import permutations, proportions
from policytext.compare.units import exact_interval, family_units
from policytext.faults import InsufficientData
from policytext.report.result import Result
from policytext.words.counts import TermMatrix

keyness = c.keyness_table.__wrapped__  # nothing of these tests is kept on disk
placebo = c.placebo.__wrapped__


def wide(table, column):
    return table.pivot(index="administration", columns="term", values=column)


@pytest.fixture(scope="module")
def bursty():
    return bursty_texts()


# --- the estimates ---------------------------------------------------------------------


def z_of_the_paper(y_i, y_j, alpha):
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
    z, dense = wide(keyness(matrix, groups, n_permutations=1), "z"), matrix.counts.toarray()
    for group in "가나다":
        inside, outside = (dense[side].sum(axis=0) for side in (groups == group, groups != group))
        expected = z_of_the_paper(inside, outside, dense.sum(axis=0))
        assert z.loc[group].to_numpy() == pytest.approx(expected, abs=1e-9)


def test_log_odds_equals_the_package_logodds_for_a_background_prior(bursty):
    logodds = pytest.importorskip("logodds")
    counts = c.group_counts(*bursty)
    background = {term: 3.0 + i for i, term in enumerate(counts.columns)}
    prior = np.array([background[term] + 0.01 for term in counts.columns])
    delta, variance = c.log_odds(counts.to_numpy(), prior)
    for i, group in enumerate(counts.index):
        others = counts.drop(index=group).sum().to_dict()
        theirs = logodds.log_odds_details(counts.loc[group].to_dict(), others, background)
        for j, term in enumerate(counts.columns):
            assert delta[i, j] == pytest.approx(theirs[term]["delta"], abs=1e-9)
            assert delta[i, j] / math.sqrt(variance[i, j]) == pytest.approx(theirs[term]["z"])


def test_the_size_of_the_prior_decides_whether_a_frequent_one_sided_term_leads():
    # 1,761 against 0, and a common term that leans a little the same way
    counts = np.array([[1761, 12_000, 300_000], [0, 9_000, 400_000]])
    pooled = counts.sum(axis=0)
    found = [c.log_odds(counts, prior) for prior in (None, 500 * pooled / pooled.sum())]
    assert [(delta / np.sqrt(v))[0].argmax() for delta, v in found] == [0, 1]


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=8).filter(
        lambda rows: all(map(sum, zip(*rows, strict=True)))
    )
)
def test_two_groups_are_antisymmetric(rows):
    table = keyness(matrix_of(np.array(rows).T), ["가", "나"], n_permutations=1)
    table["log_times"] = np.log(table["times"])
    for column in ("log_odds", "z", "log_times"):
        values = wide(table, column)
        assert values.loc["가"].to_numpy() == pytest.approx(-values.loc["나"].to_numpy(), abs=1e-9)
    assert table["z"].notna().all()


@pytest.mark.parametrize(("bursts", "is_bounded"), [(1, True), (20, False)])
def test_less_than_one_event_outside_bounds_no_times(bursts, is_bounded):
    """One use by the rest is one event, or a part of one where uses come twenty at a time."""
    own = [[bursts, 30]] * 30 + [[0, 30]] * 30
    matrix = matrix_of(np.array([*own, [1, 30], *[[0, 30]] * 59]))
    table = c.keyness_table(matrix, ["가"] * 60 + ["나"] * 60, n_permutations=100)
    table = table[table["term"] == matrix.terms[0]].set_index("administration")
    assert np.isfinite(table.at["가", "times_high"]) == is_bounded
    assert (table.at["나", "times_low"] > 0) == is_bounded
    assert table.at["가", "times_low"] > 1 > table.at["나", "times_high"]


def test_counts_and_rates_by_hand(bursty, monkeypatch):
    monkeypatch.setattr(c, "UNITS_AT_ONCE", 8)  # documents of a part, or a few more
    matrix, groups = bursty
    families, dense = np.arange(90) % 12, matrix.counts.toarray()
    table = keyness(matrix, groups, families=families, n_permutations=1)
    alone = keyness(matrix, groups, n_permutations=1).set_index(["term", "administration"])
    for row in table.iloc[::17].itertuples():
        mine, j = groups == row.administration, matrix.terms.index(row.term)
        x = dense[mine, j]
        assert [row.n, row.n_rest] == [x.sum(), dense[~mine, j].sum()]
        assert row.n_documents == (x > 0).sum()
        assert row.n_families == len(set(families[mine][x > 0]))
        share = x.max() / row.n if row.n else np.nan
        assert row.top_document_share == pytest.approx(share, nan_ok=True)
        other = alone.loc[(row.term, row.administration)]
        n, n_rest = dense[mine].sum(), dense[~mine].sum()
        assert other["rate_per_10k"] == pytest.approx(1e4 * row.n / n)
        assert other["rate_rest_per_10k"] == pytest.approx(1e4 * row.n_rest / n_rest)
        ratio = max(row.n, 0.5) / n / (max(row.n_rest, 0.5) / n_rest)
        assert other["times"] == pytest.approx(ratio)


def test_rows_are_ranked_by_z_inside_tiers_of_p_and_q_is_benjamini_hochberg(bursty):
    matrix, groups = bursty
    table = keyness(matrix, groups, n_permutations=200)
    assert (table["p"] < 0.05).any() and (table["p"] >= 0.05).any()
    for _, part in table.groupby("administration"):
        tier = np.sign(part["z"]).where(part["p"] < 0.05, 0)
        assert tier.is_monotonic_decreasing
        assert part.groupby(tier)["z"].is_monotonic_decreasing.all()
        assert part["rank"].tolist() == list(range(1, len(matrix.terms) + 1))
    by_p = table.sort_values("p", ascending=False)
    smallest, m = 1.0, len(by_p)
    for i, (p, q) in enumerate(zip(by_p["p"], by_p["q"], strict=True)):
        smallest = min(smallest, p * m / (m - i))
        assert q == pytest.approx(smallest)


def test_intervals_contain_the_estimate_and_are_absent_unless_asked(bursty):
    table = keyness(*bursty, n_permutations=1, n_boot=200)
    for name in ("log_odds", "times"):
        known = table.dropna(subset=f"{name}_low")
        assert (known[f"{name}_low"] <= known[name]).all() and len(known) > 10
        assert (known[name] <= known[f"{name}_high"]).all()
    assert (table["log_odds_low"] < table["log_odds_high"]).mean() > 0.95
    assert "log_odds_low" not in keyness(*bursty, n_permutations=1)


@pytest.mark.parametrize("n_rest", [0, 5, 12])
def test_times_of_words_that_do_not_clump_have_the_exact_binomial_interval(n_rest):
    """100 texts of ten words against 200; each has the word once or not at all."""
    uses = np.r_[np.arange(100) < 15, np.arange(200) < n_rest].astype(int)
    matrix, groups = matrix_of(np.stack([uses, 10 - uses], axis=1)), ["가"] * 100 + ["나"] * 200
    table = keyness(matrix, groups, n_permutations=1)
    row = table.set_index(["term", "administration"]).loc[("t0000", "가")]
    assert row["times"] == pytest.approx(2 * 15 / max(n_rest, 0.5))
    low, high = exact_interval(np.array([15]), 15 + n_rest)
    ends = [2 * low[0] / (1 - low[0]), 2 * high[0] / (1 - high[0]) if n_rest else np.inf]
    told = row[["times_low", "times_high"]].tolist()
    if 15 + n_rest < 20:
        assert np.isnan(told).all()
    else:
        assert told == pytest.approx(ends)
    halves = keyness(matrix, groups, strata=np.resize(["ㄱ", "ㄴ"], 300), n_permutations=1)
    halves = halves.set_index(["term", "administration"]).loc[("t0000", "가")]
    assert halves["times"] == pytest.approx(row["times"], rel=0.1)


def test_exposure_counts_publishers_and_months_once():
    matrix = matrix_of([[1, 0], [2, 1], [3, 0], [0, 0]])
    documents = pd.DataFrame(
        {
            "doc_id": matrix.doc_ids[::-1],
            "date": pd.to_datetime(["2020-01-01", None, "2014-03-31", "2014-03-01"]),
            "publisher": ["을보", "", "갑보", "갑보"],
        }
    )
    table = c.exposure(matrix, ["가", "가", "가", "나"], documents)
    assert table[["n_publishers", "n_months"]].values.tolist() == [[1, 1], [1, 1], [0, 0], [0, 0]]
    months = documents.assign(date=pd.to_datetime(["2020-01", "2014-05", "2014-03", "2014-01"]))
    assert c.exposure(matrix, ["가"] * 3 + [None], months)["n_months"].tolist() == [3, 1]


# --- families, missing labels ------------------------------------------------------------


def test_the_seed_decides_p_only(bursty):
    runs = [keyness(*bursty, n_permutations=50, random_state=seed) for seed in (0, 0, 1)]
    pd.testing.assert_frame_equal(runs[0], runs[1], check_exact=True)
    assert (runs[0]["p"] != runs[2]["p"]).any()
    assert (wide(runs[0], "z") == wide(runs[2], "z")).all(axis=None)


def test_fifty_copies_of_a_release_change_only_the_raw_counts(bursty):
    matrix, groups = bursty
    counts = sparse.vstack([matrix.counts] + [matrix.counts[7]] * 50).tocsr()
    copies = TermMatrix(counts, matrix.doc_ids + [f"z{i:02d}" for i in range(50)], matrix.terms)
    labels, families = [*groups, *[groups[7]] * 50], matrix.doc_ids + [matrix.doc_ids[7]] * 50
    options = {"n_permutations": 100, "n_boot": 20}
    copied, before = (
        keyness(copies, labels, families=families, **options),
        keyness(*bursty, **options),
    )
    raw = ["n", "n_rest", "n_documents", "top_document_share"]
    pd.testing.assert_frame_equal(copied.drop(columns=raw), before.drop(columns=raw))
    assert copied["n"].sum() > before["n"].sum()
    # without families the copies do take over, so the test above can fail
    naive = keyness(copies, labels, n_permutations=1)
    assert naive["z"].sub(before["z"]).abs().max() > 1


def test_documents_without_a_group_are_left_out(bursty):
    matrix, groups = bursty
    masked = pd.Series(groups, dtype=object).where(groups != "다", pd.NA)
    rows = np.flatnonzero(groups != "다")
    kept = TermMatrix(matrix.counts[rows], [matrix.doc_ids[i] for i in rows], matrix.terms)
    one = keyness(matrix, masked, n_permutations=50)
    pd.testing.assert_frame_equal(one, keyness(kept, groups[rows], n_permutations=50))


# --- p -----------------------------------------------------------------------------------


def score_by_hand(x, n, inside):
    rate, share = x.sum() / n.sum(), n[inside].sum() / n.sum()
    residual = x - rate * n
    variance = (1 - share) ** 2 * (residual[inside] ** 2).sum()
    variance += share**2 * (residual[~inside] ** 2).sum()
    return residual[inside].sum() / math.sqrt(variance)


def test_p_is_the_share_of_all_relabellings_at_least_as_extreme():
    rng = np.random.default_rng(1)
    counts = np.column_stack([rng.poisson(6, 9), rng.poisson(4, 9), 40 + rng.poisson(20, 9)])
    counts[:4, 0] += 5
    groups, n = ["가"] * 4 + ["나"] * 5, counts.sum(axis=1)
    p = wide(keyness(matrix_of(counts), groups, n_permutations=20_000), "p")
    score = permutations.RateScore(family_units(matrix_of(counts), groups))
    for j in range(3):
        by_hand = []
        for members in combinations(range(9), 4):
            inside = np.isin(np.arange(9), members)
            by_hand.append(score_by_hand(counts[:, j], n, inside))
            scores, _ = score(inside[:, None])
            assert scores[j, 0] == pytest.approx(by_hand[-1], rel=1e-3, abs=1e-3)
        by_hand = np.array(by_hand)
        tails = [np.mean(s * by_hand >= s * by_hand[0] - 1e-4) for s in (1, -1)]
        expected = min(1, 2 * min(tails))  # what is far from significant is permuted 200 times
        near = 0.015 if expected < 0.05 else 0.12
        assert p.loc["가", f"t{j:04d}"] == pytest.approx(expected, abs=near)


def test_terms_keep_their_p_from_stage_to_stage(bursty):
    units = family_units(*bursty)
    score = permutations.RateScore(units)
    staged = permutations.permutation_p(score, units, 10_000, np.random.default_rng(0))
    scores = dict.fromkeys(range(len(staged)), score)
    plain = permutations._permuted(units, scores, 5_000, 1_000, np.random.default_rng(1))
    for group, (p, _) in plain.items():
        is_clear = p > 0.004  # ten permutations reach it
        assert is_clear.sum() > 10
        assert np.abs(np.log(staged[group] / p)[is_clear]).max() < np.log(4)


def test_nothing_to_permute_gives_p_one(bursty):
    assert (keyness(*bursty, n_permutations=0)["p"] == 1).all()
    one_family = keyness(*bursty, families=["f"] * 90, n_permutations=100)
    assert (one_family["p"] == 1).all() and one_family["z"].notna().all()


def test_a_few_documents_of_like_length_do_not_lack_terms_significantly():
    rng = np.random.default_rng(0)
    lengths = np.r_[np.full(4, 100), rng.lognormal(4.6, 1, 196).astype(int) + 5]
    counts = rng.poisson(lengths[:, None] * rng.dirichlet(np.full(300, 0.5)))
    table = keyness(matrix_of(counts), ["가"] * 4 + ["나"] * 196, n_permutations=500)
    assert (table["p"] < 0.05).mean() < 0.1  # 0.49 when absence was weighed by length


# --- strata ------------------------------------------------------------------------------


def test_simpson_reversal_is_flagged_and_estimates_are_means_over_strata():
    # 혁신: less frequent in 가 within both genres, more frequent overall
    counts = [[90, 10], [950, 50], [19, 181], [2100, 17900]]
    matrix, groups, strata = matrix_of(counts), [*"가나가나"], ["연설", "연설", "보도", "보도"]
    rows = []
    for options in ({}, {"strata": strata}):
        table = keyness(matrix, groups, n_permutations=1, **options)
        rows.append(table.set_index(["term", "administration"]).loc[("t0000", "가")])
    crude, row = rows
    assert crude["log_odds"] > 0 > row["log_odds"]
    assert row["is_reversed"] and not crude["is_reversed"] and row["n_strata"] == 2
    weights = np.array([100 * 1000 / 1100, 200 * 20000 / 20200])
    rates = [np.average(rates, weights=weights) for rates in ((0.9, 0.095), (0.95, 0.105))]
    assert row["rate_per_10k"] == pytest.approx(1e4 * rates[0])
    assert row["times"] == pytest.approx(rates[0] / rates[1])
    (delta_1, variance_1), (delta_2, variance_2) = c.log_odds(counts[:2]), c.log_odds(counts[2:])
    assert row["log_odds"] == pytest.approx((delta_1[0, 0] + delta_2[0, 0]) / 2)
    sigma = math.sqrt(variance_1[0, 0] + variance_2[0, 0]) / 2
    assert row["z"] == pytest.approx(row["log_odds"] / sigma)


def test_a_group_alone_in_its_stratum_is_not_compared_and_ranks_last(bursty):
    matrix, groups = bursty
    strata = np.where(groups == "다", "회의", "연설")
    table = keyness(matrix, groups, strata=strata, n_permutations=50, n_boot=10)
    is_alone = table["administration"] == "다"
    assert table.loc[is_alone, ["z", "log_odds_low"]].isna().all(axis=None)
    assert (table.loc[is_alone, ["p", "n_strata"]] == [1, 0]).all(axis=None)
    assert table.loc[~is_alone, ["z", "log_odds_low"]].notna().all(axis=None)


def test_a_stratum_in_which_nobody_uses_a_term_says_nothing_about_it():
    """The second term stands in speeches only: as if there were no other texts."""
    counts = [[9, 4, 5], [9, 1, 5], [8, 0, 6], [7, 0, 7]]
    table = keyness(matrix_of(counts), list("가나가나"), strata=["연설"] * 2 + ["회의"] * 2)
    alone = keyness(matrix_of(counts[:2]), list("가나"))
    row, own = (t[(t["term"] == "t0001") & (t["administration"] == "가")] for t in (table, alone))
    assert row["n_strata"].item() == 1
    assert row[["log_odds", "z"]].to_numpy() == pytest.approx(own[["log_odds", "z"]].to_numpy())


# --- degenerate input ----------------------------------------------------------------------


def test_no_terms_are_refused():
    with pytest.raises(InsufficientData, match="낱말이 하나도 없습니다"):
        keyness(matrix_of(np.ones((2, 0), dtype=int)), ["가", "나"])


def test_zero_counts_are_defined_and_never_rank_first():
    counts = [[5, 0, 0], [4, 1, 0], [0, 0, 0]]  # a term nobody uses, a group without tokens
    table = keyness(matrix_of(counts), ["가", "나", "다"], n_permutations=20, n_boot=20)
    empty = table["administration"] == "다"
    unknown = ["top_document_share", "times_low", "times_high"]
    assert table[~empty].drop(columns=unknown).notna().all(axis=None)
    assert (table.loc[empty, ["p", "q"]] == 1).all(axis=None)
    assert table.loc[empty, ["z", "log_odds", "log_odds_low"]].isna().all(axis=None)
    unused = table[~empty & (table["term"] == "t0002")]
    assert (unused[["z", "p"]] == [0, 1]).all(axis=None)
    single = keyness(matrix_of([[3], [4]]), ["가", "나"], n_permutations=5)
    assert (single[["z", "p"]] == [0, 1]).all(axis=None)


# --- placebo -----------------------------------------------------------------------------------


def test_a_false_calendar_moves_governments_forward_in_time():
    days = pd.date_range("2013-01-01", periods=4)
    cuts = c.false_calendars(days, list("가나다라"), 3)
    moved = {offset: "".join(groups) for _, offset, groups in cuts}
    assert moved == {0: "가나다라", 1: "라가나다", 2: "다라가나"}


def test_a_shift_by_a_term_of_office_is_no_false_calendar():
    """The real boundaries under other names: of 11 shifts those by 10 and 20 are left out."""
    cuts = c.false_calendars(pd.date_range("2013-01-01", periods=30), list("가나다") * 10, 5)
    assert len([*cuts]) == 6
    cuts = c.false_calendars(
        pd.date_range("2013-01-01", periods=30), np.repeat(list("가나다"), 10), 5
    )
    assert not {10, 20} & {offset for _, offset, _ in cuts}


def test_placebo_finds_more_under_the_government_that_existed():
    rng = np.random.default_rng(0)
    dates = pd.date_range("2008-01-01", periods=150, freq="20D")
    groups = np.repeat(["가", "나", "다"], 50)
    base = rng.dirichlet(np.ones(60), 3)
    matrix = matrix_of([rng.multinomial(40, base["가나다".index(g)]) for g in groups])
    table = placebo(matrix, dates, groups, n_cuts=5, n_permutations=100)
    assert table["is_real"].tolist() == [True] + [False] * 5
    assert table["likeness"].iloc[0] == 1 and table["likeness"].iloc[1:].max() < 0.5
    assert table["n_significant"].iloc[0] > table["n_significant"].iloc[1:].max() > 0
    still = matrix_of(rng.multinomial(40, base[0], size=150))
    nothing = placebo(still, dates, groups, n_cuts=2, n_permutations=100)
    assert nothing["n_significant"].max() <= 1
    assert nothing["share_significant"].tolist() == (nothing["n_significant"] / 60).tolist()


def test_placebo_skips_undated_documents_and_cuts_without_a_second_government(bursty):
    matrix, groups = bursty[0], np.sort(bursty[1])
    dates = pd.Series(pd.date_range("2013-01-01", periods=90)).where(np.arange(90) > 4)
    table = placebo(matrix, dates, groups, n_cuts=1, n_permutations=20)
    rest = TermMatrix(matrix.counts[5:], matrix.doc_ids[5:], matrix.terms)
    same = placebo(rest, dates[5:].to_numpy(), groups[5:], n_cuts=1, n_permutations=20)
    pd.testing.assert_frame_equal(table, same)
    with pytest.raises(InsufficientData, match="날짜"):
        placebo(matrix, [pd.NaT] * 90, groups)
    two = matrix_of(np.repeat([[9, 1, 5], [1, 9, 5]], 30, axis=0))
    dates = pd.to_datetime(["2014-05-01"] * 30 + ["2018-05-01"] * 30)
    table = placebo(two, dates, ["가"] * 30 + ["나"] * 30, n_cuts=3, n_permutations=100)
    assert table["cut"].tolist() == [0] and table["terms"].tolist() == [two.terms[:2]]


# --- names that could not occur, parts, caveats, sentences ---------------------------------------


def test_structural_zeros(tmp_path, monkeypatch):
    rows = ",바다청,2000-01-01\n바다청,바다하늘부,2010-01-01\n바다하늘부,하늘부,2020-01-01\n"
    rows += ",숲위원회,2015-07-01\n숲위원회,,2016-01-01\n옛샘,새샘,2008-06-01\n"
    (tmp_path / "organisations.csv").write_text(f"from,to,effective\n{rows}", encoding="utf-8")
    header = "alias,canonical,valid_from,valid_to,ambiguous\n"
    (tmp_path / "aliases.csv").write_text(header, encoding="utf-8")
    dates = ["2005-01-01", "2009-12-31", "2010-01-01", "2019-12-31", "2021-01-01", "2022-01-01"]
    documents = pd.DataFrame({"date": pd.to_datetime(dates), "administration": [*"갑갑을을병병"]})
    terms = pd.Series(["바다하늘부", "숲위원회", "창업", "바다하늘부", "옛샘"])
    monkeypatch.setattr(administrations, "REFERENCE", tmp_path)
    table = c.structural_zeros(terms, documents)
    found = table.set_index(["term", "administration"])
    assert found.loc["바다하늘부", "label"].to_dict() == {
        "갑": "2010-01-01에 생긴 이름", "병": "2020-01-01에 없어진 이름",
    }  # fmt: skip
    # 184 of the 3,652 days from 2010-01-01 to 2019-12-31
    shares = found.loc["숲위원회", "share_existing"].to_dict()
    assert shares == {"갑": 0, "을": pytest.approx(184 / 3652), "병": 0}
    assert found.loc["숲위원회", "is_structural_zero"].tolist() == [True, True, False]
    # The table does not say since when 옛샘 was called so: no claim before its end.
    shares = found.loc["옛샘", "share_existing"].to_dict()
    assert shares == {"갑": pytest.approx(1247 / 1826), "을": 0, "병": 0}
    assert "창업" not in set(table["term"])


def test_caveats_stand_together():
    row = {"term": "회의", "administration": "가", "is_reversed": True, "n_publishers": 1}
    table = pd.DataFrame([row | {"top_document_share": 0.6}, row | {"top_document_share": 0.5}])
    table["administration"], table["n_publishers"] = ["가", "나"], [1, 2]
    table = table.assign(is_frequent=[False, True], n_false=12, n_cuts=19)
    parts = pd.DataFrame(columns=["term", "administration", "explained_by", "share"])
    zeros = pd.DataFrame(
        {"term": "회의", "administration": ["나", "다"], "label": "2020-01-01에 생긴 이름"}
    )
    found = c.keyness_caveats(table, parts, zeros.assign(is_structural_zero=True))
    absent = "2020-01-01에 생긴 이름(나 등 2개 시기에는 없었음)"
    reverse = "글의 종류를 맞추지 않으면 방향이 반대"
    assert found["caveat"].tolist() == [
        f"{absent}, 한 글에 60%가 몰림, 아는 발행처는 한 곳뿐, {reverse}",
        f"거짓 경계 19곳 가운데 12곳에서도 이만큼 다름, {absent}, {reverse}",
    ]  # fmt: skip


def test_what_leads_is_no_office_and_told_by_five_families_no_compound_nor_false_boundary():
    table = pd.DataFrame({"term": [*"가나다라", "국장"], "administration": "갑", "is_reversed": False,
                          "top_document_share": 0.1, "n_families": [5, 4, 9, 9, 9], "n_false": 1,
                          "is_frequent": [False, False, True, False, False], "n_cuts": 19})  # fmt: skip
    parts = pd.DataFrame(
        {"term": ["라"], "administration": "갑", "explained_by": "라면", "share": 1}
    )
    zeros = pd.DataFrame(columns=["term", "administration", "label", "is_structural_zero"])
    assert c.keyness_caveats(table, parts, zeros)["is_plain"].tolist() == [True, *[False] * 4]


TOP = {
    "term": "창업", "rate_per_10k": 50.0, "rate_rest_per_10k": 5.0, "n_rest": 3,
    "n_documents": 1200, "q": 0.0317, "caveat": "", "times": 10.0, "times_low": 2.0,
    "times_high": 16.0,
}  # fmt: skip
END = "글 1,200건, q = 0.032)"
SENTENCES = [
    (
        TOP | {"times_low": np.nan, "times_high": np.nan},
        "1만 낱말에 50.0번으로 나머지 정부(5.0번)의 10.0배다(쓴 중복 묶음이 20개가 안 되어 구간 없음, "
        + END,
    ),
    (
        TOP | {"q": 0.0001, "caveat": "한 글에 60%가 몰림"},
        "1만 낱말에 50.0번으로 나머지 정부(5.0번)의 10.0배다(95% 구간 2.0~16.0배, 글 1,200건, "
        "q < 0.001). 주의: 한 글에 60%가 몰림",
    ),
    (
        TOP | {"rate_rest_per_10k": 0.01},
        "1만 낱말에 50.0번 나오는데 나머지 정부에는 모두 3번뿐이다(95% 구간 2.0~16.0배, " + END,
    ),
    (
        TOP | {"rate_rest_per_10k": 0.0, "n_rest": 0, "times_high": np.inf},
        "1만 낱말에 50.0번 나오는데 나머지 정부에는 한 번도 나오지 않는다(95% 구간 2.0배 이상, "
        + END,
    ),
]


@pytest.mark.parametrize("top, expected", SENTENCES)
def test_the_sentence_of_a_government(top, expected):
    facts = {"label": "권한대행(갑)", "top": top, "n_told": 1, "only_other": ""}
    told = Result("keyness-of", pd.DataFrame(), facts=facts, file="").finding
    assert told == (
        f"권한대행(갑) 시기가 나머지 정부보다 더 썼다고 할 수 있는 말은 ‘창업’이다: ‘창업’은 {expected}"
    )
    told = Result("keyness-of", pd.DataFrame(), facts=facts | {"only_other": "을"}, file="").finding
    assert "나머지" not in told and "을 정부보다" in told
    assert "을 정부(" in told or "을 정부에는 " in told


@pytest.mark.parametrize("sure, which", [
    ([], "없다"), (["이영"], "사람 이름(이영) 말고는 없다"), (["존경"], "상투어 따위(존경) 말고는 없다"),
    (["이영", "존경"], "사람 이름과 상투어 따위(이영, 존경) 말고는 없다"),
])  # fmt: skip
def test_the_sentence_of_a_government_without_words_of_its_own(sure, which):
    facts = {"label": "가", "top": None, "only_other": "", "n_told": 0}
    facts |= {"sure": sure, "n_names": sure.count("이영")}
    told = Result("keyness-of", pd.DataFrame(), facts=facts, file="").finding
    assert f"가 나머지 정부보다 더 썼다고 말할 수 있는 낱말은 {which}: FDR 5%로" in told


@pytest.mark.parametrize("n, told", [(0, "쌍은 없다"), (1000, "쌍은 1,000개다")])
def test_the_sentence_of_reversals(n, told):
    facts = {"stratum": "genre", "n_sure": 1200, "n_lost": 3, "n_reversed": n, "n_strata": 2}
    assert Result("within-kinds", pd.DataFrame(), facts=facts, file="").finding == (
        "글의 종류를 맞추어 견주면 맞추기 전에 두드러지던 (정부, 말) 쌍 1,200개 가운데 3개는 두드러진다고 말할 수 없게 된다: "
        f"그 밖에 방향이 유의하게 뒤집힌 {told}(견준 종류는 많아야 2가지)"
    )


def test_the_sentence_of_what_is_too_small():
    study = SimpleNamespace(comparison=SimpleNamespace(min_families=20))
    corpus = SimpleNamespace(study=study, administrations=["가"])
    table = pd.DataFrame({"administration": ["나"], "n": [1]})
    assert Result("left-out", table, corpus, file="").finding == (
        "중복 묶음이 20개가 안 되어 따로 보이지 않은 시기: 나(글 1건). 비교의 ‘나머지’에는 들어 있다."
    )
    assert Result("left-out", table[:0], corpus, file="").finding == (
        "모든 시기에 중복 묶음이 20개 이상 있어 빠짐없이 보였다."
    )
    corpus.administrations = []  # the sentence above it has told
    assert Result("left-out", table, corpus, file="").finding == ""


# --- the analyses ----------------------------------------------------------------------------


def test_keyness_of_a_corpus_shows_what_it_counts(centres):
    result = c.keyness(centres)
    assert not set(result.view["term"]) & read_people()
    assert result.view["administration"].drop_duplicates().tolist() == centres.administrations
    first = result.view.iloc[0]
    assert len(result.evidence(first["term"], first["administration"])) == first["n"]
    own, counts = result.more[:2]
    assert own.finding.startswith(f"{centres.administrations[0]} 정부가 ")
    assert own.finding in result.alt and counts.table["n"].sum() == own.table["n"].sum()
    assert (own.table["z"] > 0).all() and own.table["rank"].is_monotonic_increasing
    assert len(result.top(3).view) == 3 * len(centres.administrations)
    parts = c.compound_parts(centres).table.merge(result.table[["term", "administration", "q"]])
    assert (parts["q"] < 0.05).all() and len(parts)


# --- shares of regions -----------------------------------------------------------------------

DOCUMENTS = pd.DataFrame(
    [
        ("a", "f1", "가"), ("b", "f1", "가"), ("c", "f2", "가"), ("d", "f3", "가"),
        ("e", "f4", "나"), ("f", "f5", "나"), ("g", "f6", "나"), ("h", "f7", "나"),
        ("x", "f8", None),
    ],
    columns=["doc_id", "family_id", "administration"],
)  # fmt: skip
MENTIONS = pd.DataFrame(
    [(doc_id, "대구") for doc_id in "aabcex"] + [("e", "경북"), ("x", "제주"), ("없음", "부산")],
    columns=["doc_id", "term"],
)


def region_shares(mentions, documents):
    return proportions.share_table(
        mentions, documents, proportions.read_regions()["region"], "region"
    )


def test_shares_of_regions_by_hand():
    """대구: 2 of 3 families against 1 of 4. Of C(7,3)=35 draws 12+4+1 are as rare: p = 17/35."""
    table = region_shares(MENTIONS, DOCUMENTS)
    keys = table[["administration", "region"]].values.tolist()
    assert keys == [["가", "경북"], ["가", "대구"], ["나", "경북"], ["나", "대구"]]
    counts = {"n": [0, 4, 1, 1], "n_documents": [0, 3, 1, 1], "n_families": [0, 2, 1, 1]}
    for name, expected in (counts | {"n_families_all": [3, 3, 4, 4]}).items():
        assert table[name].tolist() == expected
    assert table["share"].tolist() == pytest.approx([0, 2 / 3, 1 / 4, 1 / 4])
    assert table["share_rest"].tolist() == pytest.approx([1 / 4, 1 / 4, 0, 2 / 3])
    assert table["p"].tolist() == pytest.approx([1, 17 / 35, 1, 17 / 35])
    assert table["q"].tolist() == pytest.approx([1, 34 / 35, 1, 34 / 35])
    assert table["share_high"].iloc[0] == pytest.approx(1 - 0.025 ** (1 / 3))  # none of three
    then = proportions.share_table(
        MENTIONS, DOCUMENTS, ["경북", "대구"], "region", [("가", "대구")]
    )
    assert then["region"].tolist() == ["경북", "경북", "대구"]  # 가 is not even among the others
    assert then["share_rest"].tolist()[:2] == [1 / 4, 0] and np.isnan(then["share_rest"][2])
    alone = region_shares(MENTIONS, DOCUMENTS.iloc[:4])
    assert alone["region"].tolist() == ["대구"]
    assert alone[["share_rest", "p", "q"]].isna().all(axis=None)


def test_administrations_go_by_time_and_categories_will_do():
    labels = read_administrations()["label"].drop_duplicates().iloc[[0, -1]]
    documents = pd.DataFrame({"doc_id": ["a", "b"], "family_id": ["a", "b"]})
    documents["administration"] = pd.Categorical(labels.iloc[::-1], labels.iloc[::-1])
    mentions = pd.DataFrame({"doc_id": ["a", "a"], "term": ["대구", "부산"]}).astype("category")
    table = region_shares(mentions, documents)
    assert table["administration"].drop_duplicates().tolist() == labels.tolist()
    assert table["n"].tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("mentions, documents", [
    (MENTIONS[:0], DOCUMENTS),
    (MENTIONS[MENTIONS["doc_id"] == "x"], DOCUMENTS),
    (MENTIONS, DOCUMENTS.assign(administration=None)),
    (MENTIONS, DOCUMENTS[:0]),
], ids=["none", "of no administration", "no administration", "no document"])  # fmt: skip
def test_no_mention_is_an_empty_table(mentions, documents):
    table = region_shares(mentions, documents)
    assert table.empty and {"region", "share_low", "share_rest", "q"} <= set(table)


TOLD = {"administration": "가", "region": "대구", "share": 0.3, "share_rest": 0.1, "q": 0.0004,
        "n_families": 6, "n_families_all": 20, "share_low": 0.12, "share_high": 0.54}  # fmt: skip
OF = "(중복 묶음 20개 가운데 6개, 95% 구간 12~54%, 나머지 10%, q < 0.001)"
FACTS = {"is_alone": False, "told": [], "n_sure": 0, "n_regions": 0}


@pytest.mark.parametrize("rows, administrations, facts, expected", [
    (1, [], {}, "따로 보일 만큼 글이 많은 정부가 없어 지역을 견줄 수 없다"),
    (0, ["가", "나"], {}, "시·도의 이름이 나오는 글이 없다"),
    (1, ["가"], {"is_alone": True}, "따로 보일 만큼 글이 많은 정부가 하나뿐이어서 지역을 견줄 수 없다"),
    (1, ["가", "나"], {}, "어느 지역도 한 정부가 나머지 정부보다 자주 말했다고 할 수 없다(피셔의 정확 검정, FDR 5%)"),
    (
        1,
        ["가", "나"],
        {"told": [TOLD, TOLD | {"administration": "나"}], "n_sure": 5, "n_regions": 3},
        f"한 정부가 나머지 정부보다 자주 말한 지역은 3곳이다: 가 때 대구 30%{OF}, 나 때 대구 30%{OF} 등 5쌍",
    ),
])  # fmt: skip
def test_the_sentence_of_regions(rows, administrations, facts, expected):
    corpus = SimpleNamespace(administrations=administrations, order=["가"])
    table = pd.DataFrame({"n": [0] * rows})
    assert Result("regions", table, corpus, facts=FACTS | facts, file="").finding == expected


def test_the_sentences_behind_a_share_are_its_mentions(centres):
    result = proportions.regions(centres)
    for row in result.table.iloc[::9].itertuples():
        quotes = result.evidence(row.region, row.administration)
        assert len(quotes) == row.n and quotes["doc_id"].nunique() == row.n_documents
    counts = result.more[0].table
    keys = ["term", "administration"]
    again = counts.groupby(keys)["n"].sum().reindex(result.table[["region", "administration"]])
    assert again.fillna(0).tolist() == result.table["n"].tolist()


def test_another_prior_is_told_by_how_many_of_the_first_words_it_changes():
    """A smaller prior puts rarer words on top; by hand for one government of two words a side."""
    counts = pd.DataFrame([[300, 12, 100], [200, 0, 100]], ["가", "나"], ["흔함", "드묾", "같음"])
    table = pd.DataFrame({"term": ["흔함", "드묾", "같음"], "administration": "가", "p": 0.01})
    table["z"] = [3.0, -1.0, -2.0]
    found = c.changed_tops(table, counts)
    assert found.values.tolist() == [["가", 1, 1, "드묾"]]
    told = Result("another-prior", found, file="").finding
    assert told == (
        "사전분포를 열에 하나로 줄이면 첫 열 낱말 가운데 가 1개가 다른 말로 바뀐다"
        "(새로 들어오는 말: 가 드묾)."
    )
