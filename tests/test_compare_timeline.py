"""Cells of a calendar, rates with intervals in them, and changes of level judged by chance."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import beta, binomtest

from policytext.administrations import assign_administrations
from policytext.compare import timeline
from policytext.faults import InsufficientData
from policytext.report.result import Result, say
from policytext.words.counts import TermMatrix


def documents_on(days, families=None):
    """Assigned documents d0, d1, … on these days."""
    ids = [f"d{number}" for number in range(len(days))]
    table = pd.DataFrame({"doc_id": ids, "date": pd.to_datetime(list(days))})
    return assign_administrations(table.assign(family_id=ids if families is None else families))


def matrix_of(counts, documents):
    counts = sparse.csr_matrix(np.asarray(counts))
    return TermMatrix(counts, documents["doc_id"].tolist(), list("가나다라"[: counts.shape[1]]))


def rates(counts, days, families=None, terms=("가",)):
    documents = documents_on(days, families)
    matrix, cells = matrix_of(counts, documents), timeline.calendar(documents)
    return timeline.term_rates(matrix, documents, cells, list(terms))


class TestCells:
    def test_a_month_with_a_change_of_government_is_two_cells(self):
        cells = timeline.calendar(documents_on(["2013-02-01", "2013-03-31"]))
        assert cells["period"].dt.strftime("%m-%d").tolist() == ["02-01", "02-25", "03-01"]
        assert cells["period_end"].dt.strftime("%m-%d").tolist() == ["02-24", "02-28", "03-31"]
        assert cells["office_days"].tolist() == [24, 4, 31]

    def test_days_of_governments_without_documents_are_no_days_of_office(self):
        """2016-12-09 to 2017-05-09 had acting presidents only."""
        documents = documents_on(["2016-12-01", "2017-05-20"])
        assert timeline.calendar(documents)["office_days"].sum() == 8 + 11
        attached = assign_administrations(documents, acting="attach")
        assert timeline.calendar(attached, acting="attach")["office_days"].sum() == 31 + 140
        with pytest.raises(InsufficientData, match="날짜와 정부"):
            timeline.calendar(documents_on([None]))

    def test_no_window_goes_beyond_the_days_observed(self):
        """The second government has served three months when the corpus ends."""
        documents = documents_on(["2013-02-25", "2016-12-08", "2017-05-10", "2017-08-09"])
        cells = timeline.office_windows(documents)
        first, second = (part for _, part in cells.groupby("administration", sort=False))
        assert first["months"].tolist() == ["1–12", "13–24", "25–36", "37–48"]
        assert first["office_days"].tolist() == [366, 365, 365, 287]
        assert second["office_days"].tolist() == [92, 0, 0, 0]
        assert second["status"].tolist() == ["", *[timeline.NOT_YET] * 3]
        matrix = matrix_of([[1, 9]] * 4, documents)
        table = timeline.term_rates(matrix, documents, cells, ["가"])
        assert table["value"].isna().tolist() == [False, True, True, False, False, *[True] * 3]
        assert table["status"].tolist()[1:3] == [timeline.NO_RECORD] * 2

    def test_windows_say_why_a_government_has_none(self):
        documents = documents_on(["2014-06-01", "2016-12-08", "2017-05-10", "2022-05-01"])
        status = timeline.office_windows(documents)["status"]
        assert status.tolist() == [timeline.NO_RECORD, *[""] * 3, timeline.ENDED, *[""] * 5]

    def test_a_document_gets_the_cell_of_its_day_and_administration(self):
        """In February 2013 the government changed on the 25th; 366 days are twelve months."""
        documents = documents_on(["2013-02-25", "2013-02-03", "2013-03-31", None])
        held = timeline.placed(documents.set_axis([5, 5, 9, 2]), timeline.calendar(documents))
        assert held["period"].dt.strftime("%m-%d").tolist() == ["02-25", "02-03", "03-01"]
        assert held.index.tolist() == [5, 5, 9]
        documents = documents_on(["2013-02-25", "2014-02-25", "2014-02-26", "2017-05-10"])
        held = timeline.placed(documents, timeline.office_windows(documents))
        assert held["window"].tolist() == [1, 1, 2, 1]
        assert timeline.placed(documents[:0], timeline.calendar(documents)).empty

    @settings(max_examples=15, deadline=None)
    @given(
        st.lists(st.integers(0, 3000) | st.none(), max_size=12),
        st.sampled_from(list(timeline.UNITS)),
    )
    def test_every_document_with_day_and_administration_lies_in_its_cell(self, offsets, unit):
        first = pd.Timestamp("2012-06-01")
        days = [None if n is None else first + pd.Timedelta(days=n) for n in offsets]
        documents = documents_on([*days, first])
        known = documents[documents[["date", "administration"]].notna().all(axis=1)]
        windows = timeline.office_windows(documents)
        for cells in (timeline.calendar(documents, unit=unit), windows):
            held = timeline.placed(documents, cells)
            assert held["doc_id"].tolist() == known["doc_id"].tolist()
            keys = [name for name in ("administration", "period", "window") if name in cells]
            found = held.merge(cells, on=keys, validate="many_to_one")
            assert len(found) == len(held)
            assert found["date"].between(found["period"], found["period_end"]).all()


class TestRates:
    def test_a_cell_without_documents_is_a_gap_and_a_cell_without_the_term_is_zero(self):
        days = ["2014-01-05", "2014-01-06", "2014-03-05", "2014-03-06"]
        table = rates([[2, 8], [0, 10], [0, 10], [0, 10]], days)
        bounds = ["value", "value_low", "value_high"]
        assert table[bounds].isna().to_numpy().tolist() == [[False] * 3, [True] * 3, [False] * 3]
        assert table["value"].dropna().tolist() == [1000.0, 0.0]
        assert table["value_low"].iloc[2] == 0 < table["value_high"].iloc[2]

    def test_reprints_of_one_release_count_once(self):
        row = rates([[4, 6], [2, 8], [0, 10]], ["2014-01-05"] * 3, list("ffg")).iloc[0]
        assert row[["n", "n_documents", "n_families"]].tolist() == [6, 3, 2]
        assert row[["n_once", "exposure", "value"]].tolist() == [3.0, 20.0, 1500.0]

    def test_the_interval_is_clopper_pearsons_widened_by_overdispersion(self):
        days = ["2014-01-05", "2014-01-06"]
        even = rates([[2, 18], [2, 18]], days).iloc[0]
        exact = binomtest(4, 40).proportion_ci(method="exact")
        got = even[["value_low", "value_high"]].tolist()
        assert got == pytest.approx([1e4 * exact.low, 1e4 * exact.high])
        # Counts 4 and 0 of 10: Σ(x-2)² = 8; hypergeometric 2 · 0.2 · 0.8 · 10 · 10/19 = 32/19.
        ratio = 8 / (32 / 19)
        low = rates([[4, 6], [0, 10]], days)["value_low"].iloc[0]
        assert low == pytest.approx(1e4 * beta.ppf(0.025, 4 / ratio, 16 / ratio + 1))

    def test_one_family_a_cell_gives_a_rate_without_interval(self):
        table = rates([[2, 8], [1, 9]], ["2014-01-05", "2014-02-05"])
        assert table["value"].tolist() == [2000.0, 1000.0]
        assert table[["value_low", "value_high"]].isna().all(axis=None)

    def test_documents_without_a_day_and_unknown_terms_are_left_out(self):
        days = ["2014-01-05", "2014-01-06", None]
        table = rates([[1, 9], [1, 9], [9, 1]], days, terms=["가", "없는 말"])
        assert table["series"].tolist() == ["가"] and table["n"].tolist() == [2]
        assert rates([[1, 9], [1, 9], [9, 1]], days, terms=[]).empty
        documents = documents_on(days)
        elsewhere = timeline.calendar(documents_on(["2020-01-01"]))
        with pytest.raises(InsufficientData, match="같은 자료"):
            timeline.term_rates(matrix_of([[1]] * 3, documents), documents, elsewhere, ["가"])

    def test_topic_shares_of_a_cell_sum_to_one(self):
        documents = documents_on(["2014-01-05", "2014-01-06", "2014-01-07", "2014-01-08"])
        topics = pd.DataFrame({"doc_id": ["d0", "d1", "d2", "d3"], "topic": [1, 1, 2, 0]})
        labels = {1: "창업", 2: "지역"}
        table = timeline.topic_rates(topics, documents, timeline.calendar(documents), labels)
        assert table["value"].tolist() == pytest.approx([2 / 3, 1 / 3])
        assert table["series"].tolist() == ["창업", "지역"] and table["topic"].tolist() == [1, 2]
        exact = binomtest(2, 3).proportion_ci(method="exact")  # one vote a family: as it is
        got = table[["value_low", "value_high"]].iloc[0].tolist()
        assert got == pytest.approx([exact.low, exact.high])

    @settings(max_examples=15, deadline=None)
    @given(st.data())
    def test_cells_count_everything_once_in_any_order(self, data):
        offsets = data.draw(st.lists(st.integers(0, 2000), min_size=1, max_size=30))
        days = [pd.Timestamp("2012-06-01") + pd.Timedelta(days=offset) for offset in offsets]
        documents, n = documents_on(days), len(days)
        pairs = st.tuples(st.integers(0, 5), st.integers(1, 5))
        counts = data.draw(st.lists(pairs, min_size=n, max_size=n))
        matrix, cells = matrix_of(counts, documents), timeline.calendar(documents)
        table = timeline.term_rates(matrix, documents, cells, ["가"])
        assert table["n"].sum() == sum(first for first, _ in counts)
        assert table["exposure"].sum() == pytest.approx(matrix.counts.sum())
        moved = documents.iloc[data.draw(st.permutations(range(n)))]
        again = timeline.term_rates(matrix, moved, timeline.calendar(moved), ["가"])
        pd.testing.assert_frame_equal(table, again)

    @pytest.mark.slow
    def test_intervals_cover_clumped_counts(self):
        """A term in bursts (beta-binomial families) is inside its 95 % nine times in ten."""
        rng = np.random.default_rng(0)
        inside = []
        for _ in range(40):
            days = np.repeat(pd.date_range("2014-01-10", periods=24, freq="30D"), 8)
            tokens = rng.integers(50, 400, len(days))
            counts = rng.binomial(tokens, rng.beta(0.5, 49.5, len(days)))
            table = rates(np.column_stack([counts, tokens - counts]), days).dropna(subset="value")
            inside += ((table["value_low"] <= 100) & (100 <= table["value_high"])).tolist()
        assert 0.90 <= np.mean(inside) <= 0.995


FALSE = pd.DataFrame(
    {
        "status": "in_office",
        "president": ["갑", "을", "병"],
        "ordinal": [1, 2, 3],
        "label": ["갑", "을", "병"],
        "start": pd.to_datetime(["2008-01-01", "2012-01-01", "2017-01-01"]),
    }
)
STEP = [20] * 24 + [60] * 36


def series_of(levels, *, seed=0, name="창업"):
    """A month a level (per 10,000), Poisson counts of 2,000 tokens."""
    months = pd.date_range("2010-01-01", periods=len(levels), freq="MS")
    counts = np.random.default_rng(seed).poisson(np.asarray(levels) / 5)
    table = pd.DataFrame({"series": name, "period": months, "n_once": counts, "exposure": 2000.0})
    return table.assign(period_end=months + pd.offsets.MonthEnd(0), value=counts * 5.0)


def find(*tables, **options):
    return timeline.change_points(pd.concat(tables), administrations=FALSE, **options)


class TestChangePoints:
    def test_a_planted_step_is_found_at_its_month_with_its_inauguration(self):
        found = find(series_of(STEP)).iloc[0]
        assert found["date"] == pd.Timestamp("2012-01-01")
        assert (found["administration"], found["distance_days"]) == ("을", 0)
        assert found[["before", "after"]].tolist() == pytest.approx([20, 60], rel=0.2)
        assert found["change"] == found["after"] - found["before"]
        assert found["p"] < 0.01
        new = find(series_of([0] * 30 + [40] * 30))
        assert new["date"].tolist() == [pd.Timestamp("2012-07-01")] and new["before"].item() == 0

    def test_gaps_are_skipped_and_are_not_zeros(self):
        table = series_of([30] * 60)
        table.loc[20:29, ["n_once", "exposure", "value"]] = [0, 0.0, np.nan]
        assert find(table).empty

    def test_no_change_is_sought_across_a_long_gap_or_next_to_it(self):
        table = series_of(STEP[:20] + [20] * 4 + [60] * 36)
        gap = table.index.isin(range(22, 26))  # four months, the step among them
        for rows in (table[~gap], table.assign(exposure=np.where(gap, 0, 2000.0))):
            assert find(rows).empty
        short = find(table[~table.index.isin(range(23, 25))])
        assert short["date"].tolist() == [pd.Timestamp("2012-02-01")]
        early = series_of([20] * 9 + [60] * 13 + [60] * 38)
        found = find(early[~gap])
        assert found["date"].tolist() == [pd.Timestamp("2010-10-01")]
        assert found["until"].tolist() == [pd.Timestamp("2011-10-31")]
        assert found["since"].tolist() == [pd.Timestamp("2010-01-01")]

    def test_only_governments_of_the_table_have_inaugurations(self):
        table = series_of(STEP).assign(administration="병")
        found = find(table).iloc[0]
        assert found["administration"] == "병" and found["distance_days"] == -1827
        found = find(table.assign(administration="정")).iloc[0]
        assert found[["inauguration", "administration", "p_placebo", "q_placebo"]].isna().all()

    def test_the_interval_of_the_date_holds_the_planted_month(self):
        inside, n_cells = [], []
        for seed in range(60):
            found = find(series_of([20] * 24 + [35] * 36, seed=seed), n_permutations=199)
            for row in found.nlargest(1, "change").itertuples():
                inside.append(row.date_low <= pd.Timestamp("2012-01-01") <= row.date_high)
                n_cells.append((row.date_high - row.date_low).days / 30)
        assert len(inside) > 40 and np.mean(inside) >= 0.9 and np.median(n_cells) < 13

    def test_placebos_are_corrected_over_all_changes(self):
        found = find(*(series_of(STEP, seed=n, name=f"말{n}") for n in range(3)))
        assert len(found) >= 3 and (found["q_placebo"] >= found["p_placebo"]).all()

    @pytest.mark.parametrize("is_clumped", [False, True])
    def test_series_without_a_step_have_few_sure_changes(self, is_clumped):
        rng = np.random.default_rng(1)
        levels = [15 * rng.gamma(1, 1, 60) if is_clumped else [15] * 60 for _ in range(40)]
        tables = [series_of(own, seed=n, name=f"말{n}") for n, own in enumerate(levels)]
        found = find(*tables, n_permutations=199)
        assert (found["p"] < 0.05).sum() <= 4 and (found["q"] < 0.05).sum() == 0

    def test_q_counts_the_series_that_did_not_change(self):
        still = [series_of([15] * 60, seed=4, name=f"말{number}") for number in range(9)]
        alone, among = find(series_of(STEP)), find(series_of(STEP), *still)
        assert len(among) == 1 and among["q"].item() == pytest.approx(10 * alone["q"].item())

    def test_gains_equal_plain_loops(self):
        rng = np.random.default_rng(2)
        level, weight = rng.random(9), rng.random(9) + 0.5
        whole = np.average(level, weights=weight)
        for cut, gain in enumerate(timeline._gains(level, weight), start=1):
            explained = sum(
                weight[part].sum() * (np.average(level[part], weights=weight[part]) - whole) ** 2
                for part in (slice(None, cut), slice(cut, None))
            )
            assert gain == pytest.approx(explained)

    def test_the_placebo_counts_false_calendars_by_hand(self):
        """400 days, an inauguration on day 100, a change on day 110, 26 shifts of 15 days."""
        first = pd.Timestamp("2010-01-01")
        starts = pd.Series([first + pd.Timedelta(days=100)], index=["을"])
        dates = pd.DatetimeIndex([first + pd.Timedelta(days=110)])
        near = [shift for shift in range(15, 400, 15) if abs((100 + shift) % 400 - 110) <= 30]
        span = (first, first + pd.Timedelta(days=399))
        assert timeline._placebo_p(dates, starts, span, 30) == (len(near) + 1) / (26 + 1)

    def test_a_step_far_from_every_inauguration_is_no_evidence_for_one(self):
        far = find(series_of([20] * 52 + [60] * 50)).iloc[0]
        near = find(series_of([20] * 24 + [60] * 78)).iloc[0]
        assert far["p"] < 0.01 and near["p"] < 0.01
        assert far["p_placebo"] > 0.5 > 0.1 > near["p_placebo"]

    def test_the_order_of_rows_does_not_matter(self):
        table = series_of(STEP)
        pd.testing.assert_frame_equal(find(table), find(table.sample(frac=1, random_state=3)))

    def test_events_that_name_the_series_come_before_nearer_ones(self):
        changes = pd.DataFrame({"series": ["창업"], "date": pd.to_datetime(["2014-09-15"])})
        days = pd.to_datetime(["2014-09-16", "2014-10-01", "2015-09-15", None])
        titles = ["개소식", "창업 대책 발표", "창업", "창업"]
        events = pd.DataFrame({"date": days, "title": titles})
        assert timeline.with_events(changes, events)["event"].tolist() == ["창업 대책 발표"]
        nothing = timeline.with_events(changes, events.iloc[:0])
        assert nothing["event"].tolist() == [""] and nothing["event_date"].isna().all()
        assert timeline.with_events(changes.iloc[:0], events).empty


@pytest.mark.parametrize(("times", "kinds", "said"), [
    (5, "", "다시 뽑으면 깨지기도 하는 ‘ㄱ’이다. 2016년 7월(95% 구간 2016년 7월뿐)부터 글의 8%에서 42%가 되었다"),
    (5, "genre", "글의 종류는 맞추지 않았다."),
    (5, "", "1개 모두 비중이 바뀌었고, 우연보다 취임에 가깝다고 할 것은 없다. 바뀐 1곳 가운데"),
    (1, "", "바뀌었다고 말할 수 있는 것은 없다. 기간의 한가운데부터 2배로 늘었다면 절반 넘게"),
])  # fmt: skip
def test_the_chapter_opens_with_the_largest_change_or_what_would_be_seen(times, kinds, said):
    months, n = pd.date_range("2015-01-01", periods=36, freq="MS"), 4 + np.arange(36) % 3
    cells = {"period": months, "period_end": months + pd.offsets.MonthEnd(1), "exposure": 60.0}
    n_once = np.where(np.arange(36) < 18, n, times * n)
    table = pd.DataFrame({"series": "ㄱ", "n_once": n_once, **cells})
    table["value"] = table["n_once"] / table["exposure"]
    facts = timeline._told_changes(timeline.change_points.__wrapped__(table), 1, table, ["ㄱ"])
    facts |= {"step": "한 달", "kinds": kinds, "is_reworded": False}
    facts["seen"] = timeline._visible(table)
    assert said in say("findings", "topics-over-time-opening", facts)


@pytest.mark.parametrize(("n_cells", "n_once", "seen", "level", "said"), [
    (36, 5, 2, 2, "한가운데부터 2배로 늘었다면"),
    (36, 36, np.inf, 2, "한가운데부터 모든 글이 그 주제가 될 만큼 바뀌어야"),  # twice as much is more than all
    (8, 12, None, 0, "칸이 8개뿐이어서 어떤 변화도 가릴 수 없다"),
])  # fmt: skip
def test_no_change_is_promised_to_be_seen_that_cannot_be(n_cells, n_once, seen, level, said):
    months = pd.date_range("2015-01-01", periods=n_cells, freq="MS")
    cells = {"period": months, "period_end": months + pd.offsets.MonthEnd(1), "exposure": 60.0}
    table = pd.DataFrame({"series": "ㄱ", "n_once": n_once + np.arange(n_cells) % 3, **cells})
    table["value"] = table["n_once"] / table["exposure"]
    assert timeline._visible(table) == seen
    facts = {"n_series": 1, "largest": None, "n_cells": n_cells, "seen": seen, "n_topics": 1}
    facts |= {"is_chosen": False, "is_reworded": False}
    told = Result("topics-over-time", table, facts=facts).finding
    assert timeline._level(facts) == level and said in told
    opening = say("findings", "topics-over-time-opening", facts)
    assert bool(opening) == (seen is not None)


CHANGE = pd.DataFrame(
    {"series": ["창업"], "date": pd.to_datetime(["2013-03-01"]), "before": 1.0, "after": 9.0,
     "change": 8.0, "q": 0.004, "q_placebo": 0.03, "administration": "가", "distance_days": 4,
     "date_low": pd.to_datetime(["2013-03-01"]), "date_high": pd.to_datetime(["2013-03-01"])}
)  # fmt: skip
ONE = "낱말 5개 가운데 1개의 수준이 바뀌었고, "
NEAR = (
    "바뀐 1곳 가운데 가장 그럴듯한 때가 취임 앞뒤 석 달 안인 것은 1곳이다. 바뀐 때의 95% 구간에 취임이 든 것은 없다. "
    "취임일을 보름씩 옮긴 달력에서도 이만큼 가까이 오는 비율을 함께 바로잡으면 가장 작은 값이 q = 0.030이다. "
)
LARGEST = "배수로 가장 크게 바뀐 것은 ‘창업’이다. 2013년 1분기(95% 구간 2013년 1분기뿐)에 1만 낱말에 1.0번에서 9.0번이 되었다("
OF_WHAT = "q = 0.004: 변화가 없는 흐름에서도 이만한 변화가 나오는 비율을 함께 바로잡은 값)"
NEARER, NO_NEARER = (
    "바뀐 1곳 가운데 1곳은 우연보다 취임에 가깝다: ",
    "우연보다 취임에 가깝다고 할 것은 없다: ",
)


@pytest.mark.parametrize(
    ("changes", "n", "sentence"),
    [
        (CHANGE, 5, f"{ONE}{NEARER}{NEAR}{LARGEST}가 취임 4일 뒤, {OF_WHAT}"),
        (CHANGE.assign(distance_days=-200), 5, f"{ONE}{NEARER}{NEAR}{LARGEST}가 취임 7개월 앞, {OF_WHAT}"
         .replace("안인 것은 1곳이다", "안인 것은 없다")),
        (CHANGE.assign(date_low=pd.Timestamp("2012-12-01"), q_placebo=0.3), 5,
         f"{ONE}{NO_NEARER}{NEAR}{LARGEST}가 취임 4일 뒤, {OF_WHAT}"
         .replace("2013년 1분기뿐", "2012년 4분기~2013년 1분기").replace("0.030", "0.300")
         .replace("든 것은 없다", "든 것은 1곳이다")),
        (CHANGE.assign(administration=None, distance_days=np.nan, q_placebo=np.nan), 5,
         f"{ONE}견주는 정부의 취임이 글의 기간 안에 없어 취임과 가까운지는 알 수 없다: {LARGEST}{OF_WHAT}"),
        (CHANGE.assign(distance_days=0, q=1e-9), 5, f"{ONE}{NEARER}{NEAR}{LARGEST}가 취임과 같은 때, {OF_WHAT}"
         .replace("q = 0.004", "q < 0.001")),
        (CHANGE.assign(q=0.2), 5, "낱말 5개 가운데 수준이 바뀌었다고 말할 수 있는 것은 없다(FDR 5%): "
         "이만한 글(기간을 나눈 7칸)에서는 한가운데부터 20배로 늘었어도 절반을 알아보지 못했을 것이다"),
        (CHANGE[:0], 0, "흐름을 볼 낱말이 없다: 정부마다 두드러진 말이 없다(FDR 5%)"),
    ],
)  # fmt: skip
def test_the_largest_change_near_an_inauguration_is_told(changes, n, sentence):
    cells = pd.DataFrame({"period": range(8), "exposure": [1, 0] + 6 * [1]})
    facts = timeline._told_changes(changes, n, cells) | {"can_choose": True, "step": "석 달"}
    facts["seen"] = np.inf
    assert facts["n_cells"] == 7
    assert Result("terms-over-time", changes, facts=facts).finding == sentence
    if n:
        few = Result("terms-over-time", changes, facts=facts | {"n_cells": 5}).finding
        assert few.startswith("글이 있는 때가 5칸뿐이어서 낱말의 수준이")
    chosen = Result("terms-over-time", changes, facts=facts | {"is_chosen": True}).finding
    assert ("새 증거가 아니다" in chosen) == (facts["n_changed"] > 0)


def test_the_largest_change_is_that_of_most_times_not_of_the_commonest_word():
    common = CHANGE.assign(series="센터", before=200.0, after=900.0, change=700.0)
    cells = pd.DataFrame({"period": range(8), "exposure": 1})
    both = pd.concat([common, CHANGE], ignore_index=True)
    told = timeline._told_changes(both, 2, cells)
    assert told["largest"]["series"] == "창업"
    firm = timeline._told_changes(both, 2, cells, ["창업"])  # which may dissolve
    assert firm["largest"]["series"] == "센터" and firm["n_changes"] == 2
    assert say("findings", "largest", firm | {"step": "석 달"}).startswith(
        "깨지기도 하는 주제(3장)를 빼면 배수로 가장 크게 바뀐 것은 ‘센터’다."
    )
    assert timeline._drawn([firm["largest"], None], ["가", "센터", "나"], 2) == ["센터", "가"]


@pytest.mark.parametrize(
    ("days", "months", "told"),
    [
        ([365, 365, 360, 282], [1, 9], "네 정부를 모두 견줄 수 있는 것은 재임 1–9개월이다"),
        ([365, 20], [], "두 정부가 모두 거친 재임 개월은 이 글들의 기간 안에 없다"),
        ([365, 365, 365], [1, 12], "세 정부를 모두 견줄 수 있는 것은 재임 1–12개월이다"),
    ],
)
def test_months_in_office_are_shared_as_far_as_every_government_has_come(days, months, told):
    windows = pd.DataFrame({"administration": list("가나다라")[: len(days)], "window": 1,
                            "office_days": days})  # fmt: skip
    assert timeline._shared(windows) == months
    facts = {"n_governments": len(days), "months": months}
    assert Result("same-age", windows, facts=facts).finding == told


def test_the_widest_gap_at_the_same_age_is_told():
    rates = pd.DataFrame({"series": "창업", "administration": ["가", "나"], "months": "1–12",
        "value": [9.0, 2.0], "value_low": [7.0, 1.0], "value_high": [12.0, 4.0]})  # fmt: skip
    said = [
        Result("terms-by-months-in-office", table, facts=timeline._told_windows(table)).alt
        for table in (rates, rates.assign(value_high=20.0))
    ]
    assert said == [
        "같은 재임 개월에 가장 뚜렷하게 갈린 말은 1–12개월의 ‘창업’이다: 가 1만 낱말에 9.0번(95% 구간 7.0~12.0), "
        "나 2.0번(95% 구간 1.0~4.0). 여러 칸을 견준 것은 바로잡지 않았다",
        "같은 재임 개월끼리 견주면 어느 말도 95% 구간이 갈리지 않는다",
    ]
