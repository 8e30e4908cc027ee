"""Changes of level: found where planted, seldom where not, and judged against false calendars."""

import numpy as np
import pandas as pd
import pytest

from policytext import changepoints

FALSE = pd.DataFrame(
    {
        "status": "in_office",
        "president": ["갑", "을", "병"],
        "ordinal": [1, 2, 3],
        "label": ["갑", "을", "병"],
        "start": pd.to_datetime(["2008-01-01", "2012-01-01", "2017-01-01"]),
    }
)


def series_of(levels, *, size=2000, seed=0, start="2010-01-01", name="창업"):
    """A month a level (per 10,000), Poisson counts."""
    months = pd.date_range(start, periods=len(levels), freq="MS")
    counts = np.random.default_rng(seed).poisson(np.asarray(levels) * size / 1e4)
    return pd.DataFrame(
        {"series": name, "period": months, "period_end": months + pd.offsets.MonthEnd(0),
         "n_once": counts, "exposure": float(size), "value": counts / size * 1e4}
    )  # fmt: skip


def find(table, **options):
    return changepoints.change_points(table, administrations=FALSE, **options)


def test_a_planted_step_is_found_at_its_month_with_its_inauguration():
    found = find(series_of([20] * 24 + [60] * 36)).iloc[0]
    assert found["date"] == pd.Timestamp("2012-01-01")
    assert (found["administration"], found["distance_days"]) == ("을", 0)
    assert found["before"] == pytest.approx(20, rel=0.2)
    assert found["after"] == pytest.approx(60, rel=0.2)
    assert found["change"] == found["after"] - found["before"]
    assert found["p"] < 0.01


def test_a_word_that_appears_from_nothing_is_found():
    found = find(series_of([0] * 30 + [40] * 30))
    assert found["date"].tolist() == [pd.Timestamp("2012-07-01")]
    assert found["before"].tolist() == [0]


def test_gaps_are_skipped_and_are_not_zeros():
    table = series_of([30] * 60)
    table.loc[20:29, ["n_once", "exposure", "value"]] = [0, 0.0, np.nan]
    assert find(table).empty


def test_level_series_have_few_changes_and_false_ones_are_not_sure():
    tables = [series_of([15] * 60, seed=seed, name=f"말{seed}") for seed in range(60)]
    found = find(pd.concat(tables), n_permutations=199)
    assert found["series"].nunique() <= 6
    assert (found["q"] < 0.05).sum() == 0


def test_q_counts_the_series_that_did_not_change():
    alone = find(series_of([20] * 24 + [60] * 36))
    many = [series_of([15] * 60, seed=4, name=f"말{number}") for number in range(9)]
    among = find(pd.concat([series_of([20] * 24 + [60] * 36), *many]))
    assert len(among) == 1 and among["q"].iloc[0] == pytest.approx(10 * alone["q"].iloc[0])


def test_clumped_series_have_few_sure_changes():
    """Bursts of some months multiply the variance; the penalty grows with it."""
    rng = np.random.default_rng(1)
    tables = [
        series_of(15 * rng.gamma(1, 1, 60), seed=seed, name=f"말{seed}") for seed in range(40)
    ]
    found = find(pd.concat(tables), n_permutations=199)
    assert (found["p"] < 0.05).sum() <= 4


def test_gains_equal_plain_loops():
    rng = np.random.default_rng(2)
    level, weight = rng.random(9), rng.random(9) + 0.5
    whole = np.average(level, weights=weight)
    for cut, gain in enumerate(changepoints._gains(level, weight), start=1):
        explained = sum(
            weight[part].sum() * (np.average(level[part], weights=weight[part]) - whole) ** 2
            for part in (slice(None, cut), slice(cut, None))
        )
        assert gain == pytest.approx(explained)


def test_the_placebo_counts_false_calendars_by_hand():
    """400 days, one inauguration on day 100, a change on day 110: 26 shifts of 15 days; within
    30 days of day 110 fall those that put it on days 80..140: 115, 130 and (round) 90, 85, …"""
    window = (pd.Timestamp("2010-01-01"), pd.Timestamp("2010-01-01") + pd.Timedelta(days=399))
    starts = pd.Series([window[0] + pd.Timedelta(days=100)], index=["을"])
    dates = np.array([window[0] + pd.Timedelta(days=110)], dtype="datetime64[ns]")
    near = [shift for shift in range(15, 400, 15) if abs((100 + shift) % 400 - 110) <= 30]
    p = changepoints._placebo_p(dates, starts, window, 30)
    assert p == (len(near) + 1) / (26 + 1)


def test_a_step_far_from_every_inauguration_is_no_evidence_for_one():
    months = [20] * 52 + [60] * 50
    far = find(series_of(months)).iloc[0]
    near = find(series_of([20] * 24 + [60] * 78)).iloc[0]
    assert far["p"] < 0.01 and near["p"] < 0.01
    assert far["p_placebo"] > 0.5 > 0.1 > near["p_placebo"]


def test_the_same_seed_gives_the_same_table_whatever_the_order_of_rows():
    table = series_of([20] * 24 + [60] * 36)
    shuffled = table.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(find(table), find(shuffled))


def test_events_that_name_the_series_come_before_nearer_ones():
    changes = pd.DataFrame({"series": ["창업"], "date": pd.to_datetime(["2014-09-15"])})
    events = pd.DataFrame(
        {
            "date": pd.to_datetime(["2014-09-16", "2014-10-01", "2015-09-15", None]),
            "title": ["개소식", "창업 대책 발표", "창업", "창업"],
        }
    )
    found = changepoints.with_events(changes, events)
    assert found["event"].tolist() == ["창업 대책 발표"]
    nothing = changepoints.with_events(changes, events.iloc[:0])
    assert nothing["event"].tolist() == [""] and nothing["event_date"].isna().all()
    assert changepoints.with_events(changes.iloc[:0], events).empty
