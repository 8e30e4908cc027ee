"""Coverage: counts and rates against sums done by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytext import administrations, coverage

CALENDAR = administrations.read_administrations()
IN_OFFICE = CALENDAR[CALENDAR["status"] == "in_office"].drop_duplicates("label")
EARLIER, LATER = IN_OFFICE.iloc[-4], IN_OFFICE.iloc[-3]


def documents_on(days, **more):
    """Documents on days, their administration from the calendar."""
    frame = pd.DataFrame({"date": pd.to_datetime(pd.Series(days, dtype=object))})
    frame = administrations.assign_administrations(frame)
    ids = [f"d{i}" for i in range(len(frame))]
    return frame.assign(**({"doc_id": ids, "family_id": ids, "text": "열 글자의 글이다"} | more))


@pytest.fixture
def documents():
    """Four documents of one president, the last two copies, and one of the next on day ten."""
    last = EARLIER["end_exclusive"] - pd.Timedelta(days=1)
    days = [last - pd.Timedelta(days=n) for n in (29, 20, 10, 10)]
    days.append(LATER["start"] + pd.Timedelta(days=9))
    return documents_on([*days, None], family_id=["1", "2", "3", "3", "4", "5"],
                        text=["가", "가나", "가나다라", "가나다라", "가" * 9, "가"])  # fmt: skip


def test_years(documents):
    found = coverage.coverage_by_year(documents)
    by_hand = documents.dropna(subset=["administration"])
    assert found["n_documents"].sum() == len(by_hand) == 5
    assert found.columns.tolist() == ["year", "administration", "n_documents"]
    assert found["year"].tolist() == sorted(found["year"])


def test_a_year_of_two_administrations_is_two_rows_in_order_of_time():
    handover = LATER["start"]
    found = coverage.coverage_by_year(documents_on([handover, handover - pd.Timedelta(days=60)]))
    same_year = found[found["year"] == handover.year]
    order = administrations.administration_order(same_year["administration"])
    assert same_year["administration"].tolist() == order
    assert found["n_documents"].tolist() == [1, 1]


def test_rates_by_hand(documents):
    found = coverage.coverage_rates(documents).set_index("administration")
    assert found.index[0] == EARLIER["label"] and found.index[-1] == LATER["label"]
    first, second = found.loc[EARLIER["label"]], found.loc[LATER["label"]]
    assert (first["n_documents"], first["n_families"], first["office_days"]) == (4, 3, 30)
    assert first["n_characters_median"] == 3
    assert first["per_100_days"] == pytest.approx(4 / 30 * 100)
    assert (second["n_documents"], second["office_days"]) == (1, 10)
    assert second["per_100_days"] == pytest.approx(10)


def test_days_follow_the_way_acting_presidents_are_treated():
    vacant = CALENDAR[CALENDAR["status"] == "vacant"].iloc[-1]
    days = [vacant["start"] - pd.Timedelta(days=300), vacant["start"] + pd.Timedelta(days=2)]
    ids = ["a", "b"]
    frame = pd.DataFrame(
        {"date": pd.to_datetime(days), "doc_id": ids, "family_id": ids, "text": "글"}
    )
    for acting in ("separate", "attach"):
        assigned = administrations.assign_administrations(frame, acting=acting)
        found = coverage.coverage_rates(assigned, acting=acting)
        bounds = {"start": days[0], "end": days[1], "acting": acting}
        window = administrations.office_days(**bounds).set_index("administration")["office_days"]
        assert found["office_days"].tolist() == [window[label] for label in found["administration"]]
        assert found["n_documents"].sum() == 2
    assert len(found) == 1 and found["office_days"].item() == 303


def test_years_alone_count_their_whole_span():
    year = EARLIER["start"].year + 2
    frame = documents_on(
        [None], date_from=pd.Timestamp(year, 1, 1), date_to=pd.Timestamp(year, 12, 31)
    )
    found = coverage.coverage_rates(administrations.assign_administrations(frame))
    days = pd.Timestamp(year, 12, 31).dayofyear
    assert found["office_days"].tolist() == [days]
    assert found["per_100_days"].item() == pytest.approx(100 / days)


def test_crossed_with_a_column(documents):
    kinds = ["담화", "축사", "축사", "", None, "담화"]
    found = coverage.coverage_by(documents.assign(occasion=kinds), "occasion")
    assert found.columns.tolist() == ["administration", "(없음)", "축사", "담화"]
    assert found.iloc[:, 1:].to_numpy().tolist() == [[1, 2, 1], [1, 0, 0]]
    absent = coverage.coverage_by(documents, "occasion")
    assert absent["(없음)"].tolist() == [4, 1]


def test_nothing_known_gives_empty_tables():
    documents = documents_on([None, None])
    assert coverage.coverage_by_year(documents).empty
    assert coverage.coverage_rates(documents).empty
    assert coverage.coverage_by(documents, "occasion").empty


@settings(max_examples=10)
@given(st.lists(st.dates(EARLIER["start"].date(), LATER["start"].date()), min_size=1, max_size=8))
def test_every_document_is_counted_once(days):
    documents = documents_on([pd.Timestamp(day) for day in days])
    n_known = documents["administration"].notna().sum()
    rates = coverage.coverage_rates(documents)
    assert rates["n_documents"].sum() == n_known
    assert coverage.coverage_by_year(documents)["n_documents"].sum() == n_known
    back = rates["per_100_days"].astype(float) * rates["office_days"].astype(float) / 100
    assert np.allclose(back, rates["n_documents"])
