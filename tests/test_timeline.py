"""Cells of a calendar, and rates with intervals in them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import beta, binomtest

from policytext import calendars, timeline
from policytext.administrations import assign_administrations
from policytext.matrix import TermMatrix
from policytext.schema import InsufficientData


def documents_on(days, families=None):
    """Assigned documents d0, d1, … on these days."""
    ids = [f"d{number}" for number in range(len(days))]
    table = pd.DataFrame({"doc_id": ids, "date": pd.to_datetime(list(days))})
    table["family_id"] = ids if families is None else list(families)
    return assign_administrations(table)


def matrix_of(counts, documents):
    counts = sparse.csr_matrix(np.asarray(counts))
    return TermMatrix(counts, documents["doc_id"].tolist(), list("가나다라"[: counts.shape[1]]))


def test_a_month_with_a_change_of_government_is_two_cells():
    documents = documents_on(["2013-02-01", "2013-03-31"])
    cells = timeline.calendar(documents)
    assert cells["period"].dt.strftime("%m-%d").tolist() == ["02-01", "02-25", "03-01"]
    assert cells["period_end"].dt.strftime("%m-%d").tolist() == ["02-24", "02-28", "03-31"]
    assert cells["office_days"].tolist() == [24, 4, 31]
    assert cells["administration"].nunique() == 2


def test_days_of_governments_without_documents_are_no_days_of_office():
    """2016-12-09 to 2017-05-09 had acting presidents only."""
    documents = documents_on(["2016-12-01", "2017-05-20"])
    cells = timeline.calendar(documents)
    assert cells["office_days"].sum() == 8 + 11
    attached = assign_administrations(documents, acting="attach")
    assert timeline.calendar(attached, acting="attach")["office_days"].sum() == 31 + 140


def test_a_cell_without_documents_is_a_gap_and_a_cell_without_the_term_is_zero():
    documents = documents_on(["2014-01-05", "2014-01-06", "2014-03-05", "2014-03-06"])
    matrix = matrix_of([[2, 8], [0, 10], [0, 10], [0, 10]], documents)
    table = timeline.term_rates(matrix, documents, timeline.calendar(documents), ["가"])
    assert table["value"].isna().tolist() == [False, True, False]
    assert table["value"].dropna().tolist() == [1000.0, 0.0]
    assert table[["value_low", "value_high"]].isna().all(axis=1).tolist() == [False, True, False]
    assert table["value_low"].iloc[2] == 0 and table["value_high"].iloc[2] > 0


def test_reprints_of_one_release_count_once():
    documents = documents_on(["2014-01-05"] * 3, ["f", "f", "g"])
    table = timeline.term_rates(
        matrix_of([[4, 6], [2, 8], [0, 10]], documents), documents, timeline.calendar(documents), ["가"]
    )  # fmt: skip
    row = table.iloc[0]
    assert (row["n"], row["n_documents"], row["n_families"]) == (6, 3, 2)
    assert (row["n_once"], row["exposure"], row["value"]) == (3.0, 20.0, 1500.0)


def test_the_interval_without_overdispersion_is_that_of_clopper_and_pearson():
    documents = documents_on(["2014-01-05", "2014-01-06"])
    table = timeline.term_rates(
        matrix_of([[2, 18], [2, 18]], documents), documents, timeline.calendar(documents), ["가"]
    )  # fmt: skip
    exact = binomtest(4, 40).proportion_ci(method="exact")
    got = table[["value_low", "value_high"]].iloc[0].to_numpy() / 1e4
    assert got == pytest.approx([exact.low, exact.high])


def test_overdispersion_worked_by_hand():
    """Counts 4 and 0 of 10: Σ(x-2)² = 8; hypergeometric 2 · 0.2 · 0.8 · 10 · 10/19 = 32/19."""
    documents = documents_on(["2014-01-05", "2014-01-06"])
    table = timeline.term_rates(
        matrix_of([[4, 6], [0, 10]], documents), documents, timeline.calendar(documents), ["가"]
    )  # fmt: skip
    ratio = 8 / (32 / 19)
    low = beta.ppf(0.025, 4 / ratio, 16 / ratio + 1)
    assert table["value_low"].iloc[0] == pytest.approx(1e4 * low)


def test_one_family_a_cell_gives_a_rate_without_interval():
    documents = documents_on(["2014-01-05", "2014-02-05"])
    table = timeline.term_rates(
        matrix_of([[2, 8], [1, 9]], documents), documents, timeline.calendar(documents), ["가"]
    )  # fmt: skip
    assert table["value"].tolist() == [2000.0, 1000.0]
    assert table[["value_low", "value_high"]].isna().all(axis=None)


def test_documents_without_a_day_are_left_out_and_unknown_terms_too():
    documents = documents_on(["2014-01-05", "2014-01-06", None])
    cells = timeline.calendar(documents)
    matrix = matrix_of([[1, 9], [1, 9], [9, 1]], documents)
    table = timeline.term_rates(matrix, documents, cells, ["가", "없는 말"])
    assert table["series"].tolist() == ["가"] and table["n"].tolist() == [2]
    assert timeline.term_rates(matrix, documents, cells, []).empty
    with pytest.raises(InsufficientData, match="날짜와 정부"):
        timeline.calendar(documents_on([None]))


def test_topic_shares_of_a_cell_sum_to_one_and_leave_out_documents_without_topic():
    documents = documents_on(["2014-01-05", "2014-01-06", "2014-01-07", "2014-01-08"])
    topics = pd.DataFrame({"doc_id": ["d0", "d1", "d2", "d3"], "topic": [1, 1, 2, 0]})
    table = timeline.topic_rates(
        topics, documents, timeline.calendar(documents), {1: "창업", 2: "지역"}
    )
    assert table["value"].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert table["series"].tolist() == ["창업", "지역"] and table["topic"].tolist() == [1, 2]
    exact = binomtest(2, 3).proportion_ci(method="exact")
    got = table[["value_low", "value_high"]].iloc[0].tolist()
    assert got == pytest.approx([exact.low, exact.high])  # one vote a family: no overdispersion


def test_no_window_goes_beyond_the_days_observed():
    """The second government has served three months when the corpus ends."""
    documents = documents_on(["2013-02-25", "2016-12-08", "2017-05-10", "2017-08-09"])
    cells = timeline.office_windows(documents)
    first, second = (part for _, part in cells.groupby("administration", sort=False))
    assert first["months"].tolist() == ["1–12", "13–24", "25–36", "37–48"]
    assert first["office_days"].tolist() == [366, 365, 365, 287]
    assert second["office_days"].tolist() == [92, 0, 0, 0]
    assert second["status"].tolist() == ["", *[calendars.NOT_YET] * 3]
    matrix = matrix_of([[1, 9]] * 4, documents)
    table = timeline.term_rates(matrix, documents, cells, ["가"])
    assert table["value"].isna().tolist() == [False, True, True, False, False, True, True, True]
    assert table["status"].tolist()[1:3] == [calendars.NO_RECORD] * 2


class TestPlaced:
    def test_a_document_gets_the_cell_of_its_day_and_administration(self):
        """In February 2013 the government changed on the 25th."""
        documents = documents_on(["2013-02-25", "2013-02-03", "2013-03-31", None])
        held = calendars.placed(documents, timeline.calendar(documents))
        assert held["doc_id"].tolist() == ["d0", "d1", "d2"]
        assert held["period"].dt.strftime("%m-%d").tolist() == ["02-25", "02-03", "03-01"]
        assert "window" not in held and list(held.columns) == [*documents.columns, "period"]

    def test_windows_of_office_give_their_number_too(self):
        """Twelve months of 30.44 days end with the 366th day."""
        documents = documents_on(["2013-02-25", "2014-02-25", "2014-02-26", "2017-05-10"])
        held = calendars.placed(documents, timeline.office_windows(documents))
        assert held["window"].tolist() == [1, 1, 2, 1]
        assert held["period"].dt.year.tolist() == [2013, 2013, 2014, 2017]

    def test_what_lies_in_no_cell_is_left_out_and_the_index_stays(self):
        documents = documents_on(["2014-01-05", "2014-02-05", "2014-03-05"]).set_axis([5, 5, 9])
        cells = timeline.calendar(documents)
        held = calendars.placed(documents, cells[cells["period"].dt.month != 2])
        assert held["doc_id"].tolist() == ["d0", "d2"] and held.index.tolist() == [5, 9]

    def test_no_documents_lie_nowhere(self):
        documents = documents_on(["2014-01-05"])
        assert calendars.placed(documents[:0], timeline.calendar(documents)).empty

    @settings(max_examples=10)
    @given(
        st.lists(st.integers(0, 3000) | st.none(), min_size=1, max_size=12),
        st.sampled_from(list(calendars.UNITS)),
    )
    def test_every_document_with_day_and_administration_lies_in_its_cell(self, offsets, unit):
        first = pd.Timestamp("2012-06-01")
        days = [None if n is None else first + pd.Timedelta(days=n) for n in offsets]
        documents = documents_on([*days, first])
        for cells in (
            timeline.calendar(documents, unit=unit),
            timeline.office_windows(documents),
        ):
            held = calendars.placed(documents, cells)
            known = documents["date"].notna() & documents["administration"].notna()
            assert held["doc_id"].tolist() == documents.loc[known, "doc_id"].tolist()
            keys = [name for name in ("administration", "period", "window") if name in cells]
            found = held.merge(cells, on=keys, how="left", validate="many_to_one")
            assert (found["period"] <= found["date"]).all()
            assert (found["date"] <= found["period_end"]).all()


def test_windows_say_why_a_government_has_none():
    documents = documents_on(["2014-06-01", "2016-12-08", "2017-05-10", "2022-05-01"])
    status = timeline.office_windows(documents).set_index(["administration", "window"])["status"]
    assert status.tolist() == [calendars.NO_RECORD, "", "", "", calendars.ENDED, *[""] * 5]


def test_months_and_documents_agree_on_the_window():
    documents = documents_on(pd.date_range("2013-03-01", "2022-05-01", freq="9D"))
    cells = timeline.office_windows(documents)
    table = timeline.term_rates(
        matrix_of([[1, 9]] * len(documents), documents), documents, cells, ["가"]
    )
    window = (documents["months_in_office"] // 12).astype(int) + 1
    expected = documents.groupby(["administration", window]).size()
    got = table[table["n"] > 0].set_index(["administration", "window"])["n"]
    assert got.sort_index().tolist() == expected.sort_index().tolist()


@settings(max_examples=25)
@given(st.data())
def test_cells_hold_every_dated_document_once_in_any_order(data):
    offsets = data.draw(st.lists(st.integers(0, 2000), min_size=1, max_size=30))
    days = [pd.Timestamp("2012-06-01") + pd.Timedelta(days=offset) for offset in offsets]
    documents = documents_on(days)
    counts = data.draw(
        st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5)), min_size=len(days), max_size=len(days))
    )  # fmt: skip
    matrix = matrix_of(counts, documents)
    unit = data.draw(st.sampled_from(list(calendars.UNITS)))
    cells = timeline.calendar(documents, unit=unit)
    table = timeline.term_rates(matrix, documents, cells, ["가"])
    assert table["n"].sum() == sum(first for first, _ in counts)
    assert table["exposure"].sum() == pytest.approx(matrix.counts.sum())
    assert (table["period"].iloc[1:].to_numpy() > table["period_end"].iloc[:-1].to_numpy()).all()
    assert ((table["value_low"] <= table["value"] + 1e-9) | table["value_low"].isna()).all()
    order = data.draw(st.permutations(range(len(days))))
    moved = documents.iloc[order]
    again = timeline.term_rates(matrix, moved, timeline.calendar(moved, unit=unit), ["가"])
    pd.testing.assert_frame_equal(table, again)


@pytest.mark.slow
def test_intervals_cover_clumped_counts():
    """A term that comes in bursts (beta-binomial families) is inside its 95 % nine times in ten."""
    rng = np.random.default_rng(0)
    hits = total = 0
    for _ in range(40):
        documents = documents_on(np.repeat(pd.date_range("2014-01-10", periods=24, freq="30D"), 8))
        tokens = rng.integers(50, 400, len(documents))
        counts = rng.binomial(tokens, rng.beta(0.5, 49.5, len(documents)))
        matrix = matrix_of(np.column_stack([counts, tokens - counts]), documents)
        table = timeline.term_rates(matrix, documents, timeline.calendar(documents), ["가"])
        table = table.dropna(subset="value")
        hits += ((table["value_low"] <= 100) & (100 <= table["value_high"])).sum()
        total += len(table)
    assert 0.90 <= hits / total <= 0.995, hits / total


def test_months_without_documents_count_as_none_and_reprints_once():
    documents = documents_on(["2014-01-05", "2014-01-06", "2014-03-31"], list("ffg"))
    table = timeline.document_rates(documents, timeline.calendar(documents))
    assert table["n_documents"].tolist() == [2, 0, 1]
    assert table["n_families"].tolist() == [1, 0, 1]
    assert table["value"].tolist() == pytest.approx([100 / 27, 0, 100 / 31])
