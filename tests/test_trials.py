"""Inputs that once failed, in our own words, kind by kind, each with inputs made at random."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policytext.administrations import assign_administrations, read_administrations
from policytext.texts.coverage import set_aside
from policytext.texts.dates import far_dates, parse_date, written_order
from policytext.texts.files import read_documents

DAYS = st.dates(date(1996, 1, 2), date(2030, 12, 30))
KST = timezone(timedelta(hours=9))


def read(folder, name: str, content: str | bytes, **options):
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    (folder / name).write_bytes(data)
    return read_documents(folder / name, **options)


def day(span) -> str:
    return str(span.date)[:10]


# 1. Who speaks


def spoken(speaker: str, genre: str = "other", on: str = "2015-03-02") -> pd.DataFrame:
    documents = pd.DataFrame(
        {"doc_id": ["a"], "date": pd.to_datetime([on]), "speaker": [speaker], "genre": [genre],
         "text": ["창업을 묻습니다."], "text_kind": ["full"]}
    )  # fmt: skip
    return set_aside(assign_administrations(documents))[0]


@given(
    st.text("가나다라마바사김이박최 ", max_size=8),
    st.sampled_from(["", " 위원", " 위원장", "(의장)"]),
)
def test_a_speaker_who_is_no_president_is_no_conflict(name, office):
    documents = spoken(f"{name}{office}")
    assert not documents["is_date_conflict"].any() and documents["administration"].notna().all()


PRESIDENTS = sorted(set(read_administrations()["president"].dropna()))


@given(st.sampled_from(PRESIDENTS), st.sampled_from(["", " 대통령"]), DAYS)
def test_a_president_on_a_day_of_another_is_one(name, office, on):
    governs = assign_administrations(spoken("", on=str(on)))["administration"].iloc[0]
    is_conflict = spoken(name + office, on=str(on))["is_date_conflict"].iloc[0]
    assert is_conflict == (name not in governs)
    assert not spoken(name + office, "minutes", str(on))["is_date_conflict"].iloc[0]
    assert not spoken(f"{name} 의원", on=str(on))["is_date_conflict"].iloc[0]


# 10. Dates in tables


WRITTEN = {
    "RFC 822": lambda d: format_datetime(datetime(d.year, d.month, d.day, 10, tzinfo=KST)),
    "UTC evening": lambda d: format_datetime(
        datetime(d.year, d.month, d.day, 1, tzinfo=KST).astimezone(UTC)
    ),
    "digits and time": lambda d: f"{d:%Y%m%d} 10:00",
    "digits": lambda d: f"{d:%Y%m%d}",
    "serial": lambda d: (d - date(1899, 12, 30)).days,
    "serial with time": lambda d: (d - date(1899, 12, 30)).days + 0.25,
    "weekday": lambda d: f"{d.year}/{d.month}/{d.day}({'월화수목금토일'[d.weekday()]})",
    "long weekday": lambda d: f"{d:%Y.%m.%d} {'월화수목금토일'[d.weekday()]}요일",
    "glued": lambda d: f"{d.year}년{d.month}월{d.day}일",
    "English": lambda d: f"{d:%b} {d.day}, {d.year}",
    "English, day first": lambda d: f"{d.day} {d:%B} {d.year}",
    "milliseconds": lambda d: int(datetime(d.year, d.month, d.day, 9, tzinfo=KST).timestamp() * 1000),
    "ISO": lambda d: f"{d.isoformat()}T00:00:00.000",
}  # fmt: skip


@pytest.mark.parametrize("form", WRITTEN)
@given(on=DAYS)
def test_every_form_of_a_day_is_read(form, on):
    assert day(parse_date(WRITTEN[form](on))) == on.isoformat()


@given(st.dates(date(2000, 1, 1), date(2025, 12, 31)))
def test_short_years(on):
    bare = f"{on:%y}.{on.month:02}.{on.day:02}"
    assert day(parse_date(f"’{on:%y}. {on.month}. {on.day}.(월)")) == on.isoformat()
    assert day(parse_date(bare)) == "NaT"
    assert day(parse_date(bare, order=written_order([bare, ""]))) == on.isoformat()
    assert written_order([bare, "31.13.31"]) == ""


@given(st.integers(0, 2**62))
def test_no_number_is_read_as_a_year_that_no_source_has(number):
    span = parse_date(number)
    assert not span.is_known or 1900 <= span.date_from.year <= 2100


DATES = """제목,본문,날짜
가,정부는 창업을 돕는다.,"Mon, 04 Mar 2019 10:00:00 +0900"
나,정부는 규제를 푼다.,20190304 10:00
다,정부는 예산을 늘린다.,"Mar 4, 2019"
라,정부는 인력을 둔다.,19.03.04
마,정부는 점검한다.,43528
"""


def test_a_column_of_many_forms(tmp_path):
    reading = read(tmp_path, "날짜.csv", DATES)
    assert set(reading.documents["date"].astype(str)) == {"2019-03-04"} and reading.notes.empty


@given(
    st.lists(st.dates(date(2013, 1, 1), date(2023, 12, 31)), min_size=30, max_size=60),
    st.lists(st.dates(date(1920, 1, 1), date(1960, 12, 31)), max_size=3),
)
def test_days_far_from_all_others_are_found(near, far):
    found = far_dates(pd.Series(pd.to_datetime([*near, *far, None])))
    assert found.tolist() == [False] * len(near) + [True] * len(far) + [False]


def test_a_far_day_makes_no_government_and_is_named(tmp_path):
    rows = [f"소식 {i},정부는 {i}번째로 창업을 돕는다.,2019-03-{i:02}" for i in range(1, 31)]
    rows += [f"옛 소식 {i},정부는 창업을 돕는다 {i}.,1959-03-0{i}" for i in (1, 2, 3)]
    reading = read(tmp_path, "표.csv", "\n".join(["제목,본문,날짜", *rows]))
    assert reading.documents["date"].isna().sum() == 3
    assert reading.notes["reason"].str.contains("1959-03-0").sum() == 3
    assert set(reading.documents.loc[reading.documents["date"].isna(), "date_basis"]) == {"unknown"}
