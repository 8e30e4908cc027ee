"""The calendar of administrations and the names of organisations."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policytext import administrations
from policytext.administrations import (
    DAYS_PER_MONTH,
    assign_administrations,
    canonical_name,
    exists_on,
    read_administrations,
)

# Two presidents; the first is suspended (A acts), returns, then leaves a vacancy (A, then B).
TINY = """id,president,ordinal,status,acting_president,start,end
p1,P,1,in_office,,2000-01-01,2000-01-31
s,P,1,suspended,A,2000-02-01,2000-02-10
p2,P,1,in_office,,2000-02-11,2000-03-31
v1,,,vacant,A,2000-04-01,2000-04-05
v2,,,vacant,B,2000-04-06,2000-04-10
q,Q,2,in_office,,2000-04-11,
"""
ACTING_A, ACTING_B = "권한대행(A)", "권한대행(B)"


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    path = tmp_path / "administrations.csv"
    path.write_text(TINY, encoding="utf-8")
    table = read_administrations(path)
    monkeypatch.setattr(administrations, "read_administrations", lambda: table)
    return table


def documents(*days, **more):
    return pd.DataFrame({"date": pd.to_datetime(list(days)), **more})


def labels(frame):
    return [None if pd.isna(x) else x for x in frame["administration"]]


def write_tables(folder, organisations, aliases="alias,canonical,valid_from,valid_to,ambiguous\n"):
    (folder / "organisations.csv").write_text(organisations, encoding="utf-8")
    (folder / "aliases.csv").write_text(aliases, encoding="utf-8")


DAYS = ["1999-12-31", "2000-01-31", "2000-02-01", "2000-02-10", "2000-02-11", "2000-04-01"]
DAYS += ["2000-04-05", "2000-04-06", "2000-04-11", "2099-01-01"]


@pytest.mark.parametrize(
    ("acting", "expected"),
    [
        ("separate", [None, "P", ACTING_A, ACTING_A, "P", ACTING_A, ACTING_A, ACTING_B, "Q", "Q"]),
        ("attach", [None, "P", "P", "P", "P", "P", "P", "P", "Q", "Q"]),
        ("exclude", [None, "P", None, None, "P", None, None, None, "Q", "Q"]),
    ],
)
def test_label_of_each_day(tiny, acting, expected):
    given_ = documents(*DAYS)
    got = assign_administrations(given_, acting=acting)
    assert labels(got) == expected
    assert list(given_.columns) == ["date"]  # the input is not changed


def test_months_count_from_the_own_term_or_the_unbroken_acting_period(tiny):
    def months(acting):
        got = assign_administrations(documents(*DAYS), acting=acting)
        return (got["months_in_office"] * DAYS_PER_MONTH).round(6).tolist()[:9]

    nan = pytest.approx(float("nan"), nan_ok=True)
    assert months("separate") == [nan, 30, 0, 9, 41, 0, 4, 0, 0]
    assert months("attach") == [nan, 30, 31, 40, 41, 91, 95, 96, 0]
    assert months("exclude") == [nan, 30, nan, nan, 41, nan, nan, nan, 0]


def test_one_acting_period_may_span_suspension_and_vacancy():
    got = assign_administrations(documents("2016-12-09", "2017-05-09", "2025-03-24", "2025-05-01"))
    assert labels(got) == ["권한대행(황교안)"] * 2 + ["권한대행(한덕수)"] * 2
    days = (got["months_in_office"] * DAYS_PER_MONTH).round(6).tolist()
    assert days == [0, 151, 0, 38]


def test_handover_days():
    expected = {
        "1960-04-26": "이승만",
        "1979-10-26": "박정희",
        "1979-10-27": "권한대행(최규하)",
        "2004-03-12": "권한대행(고건)",
        "2004-05-15": "노무현",
        "2013-02-24": "이명박",
        "2013-02-25": "박근혜",
        "2017-03-10": "권한대행(황교안)",
        "2017-05-09": "권한대행(황교안)",
        "2017-05-10": "문재인",
        "2022-05-10": "윤석열",
        "2024-12-13": "윤석열",
        "2024-12-14": "권한대행(한덕수)",
        "2024-12-27": "권한대행(최상목)",
        "2025-03-24": "권한대행(한덕수)",
        "2025-05-02": "권한대행(이주호)",
        "2025-06-03": "권한대행(이주호)",
        "2025-06-04": "이재명",
    }
    assert labels(assign_administrations(documents(*expected))) == list(expected.values())


def test_the_time_of_day_and_the_index_do_not_matter(tiny):
    frame = documents("2000-01-31 23:59", "2000-04-10 23:59").set_axis([7, 7])
    got = assign_administrations(frame)
    assert labels(got) == ["P", ACTING_B] and list(got.index) == [7, 7]


@pytest.mark.parametrize(
    ("first", "last", "separate", "attach", "exclude"),
    [
        ("2000-01-01", "2000-01-31", "P", "P", "P"),
        ("2000-01-01", "2000-02-01", None, "P", None),  # reaches into the suspension
        ("2000-01-01", "2000-03-31", None, "P", None),  # both ends under P, A in between
        ("2000-02-02", "2000-02-03", ACTING_A, "P", None),
        ("2000-04-01", "2000-04-30", None, None, None),
        ("1999-12-01", "2000-01-02", None, None, None),
        ("2000-05-01", "2010-12-31", "Q", "Q", "Q"),
        ("2000-01-09", "2000-01-08", None, None, None),
        ("2000-01-09", None, None, None, None),
    ],
)
def test_a_span_inside_one_stretch_needs_no_guess(tiny, first, last, separate, attach, exclude):
    frame = documents(None, date_from=pd.to_datetime([first]), date_to=pd.to_datetime([last]))
    for acting, expected in [("separate", separate), ("attach", attach), ("exclude", exclude)]:
        got = assign_administrations(frame, acting=acting)
        assert labels(got) == [expected]
        assert got["months_in_office"].isna().all()


def test_a_known_day_wins_over_its_bounds(tiny):
    bound = pd.to_datetime(["2000-05-01"])
    frame = documents("2000-01-02", date_from=bound, date_to=bound)
    assert labels(assign_administrations(frame)) == ["P"]


def test_a_hole_in_the_calendar_belongs_to_nobody(tiny, monkeypatch):
    holed = tiny.drop(index=4)
    monkeypatch.setattr(administrations, "read_administrations", lambda: holed)
    days = documents("2000-04-05", "2000-04-06", "2000-04-10", "2000-04-11")
    got = assign_administrations(days)
    assert labels(got) == [ACTING_A, None, None, "Q"]
    span = pd.to_datetime(["2000-03-01"]), pd.to_datetime(["2000-05-01"])
    frame = documents(None, date_from=span[0], date_to=span[1])
    monkeypatch.setattr(administrations, "read_administrations", lambda: holed.assign(label="P"))
    assert labels(assign_administrations(frame)) == [None]


@given(st.lists(st.dates(date(1940, 1, 1), date(2030, 1, 1)), max_size=12))
def test_agrees_with_reading_the_table_row_by_row(days):
    table = read_administrations()
    got = assign_administrations(documents(*days))
    for day, label in zip(pd.to_datetime(days), labels(got), strict=True):
        rows = table[(table["start"] <= day) & ~(table["end_exclusive"] <= day)]
        assert rows["label"].tolist() == ([] if label is None else [label])


AWARE = ["2000-01-31T14:59Z", "2000-01-31T15:00Z", None, "2000-02-10T10:00-05:00"]


@pytest.mark.parametrize(
    "dates",
    [
        pd.Series(pd.to_datetime(AWARE, utc=True)),
        pd.Series(pd.to_datetime(AWARE, utc=True)).astype("timestamp[us, tz=UTC][pyarrow]"),
        pd.Series([pd.Timestamp(time) if time else None for time in AWARE], dtype=object),
        pd.Series([date(2000, 1, 31), *map(pd.Timestamp, ["2000-02-01", None, AWARE[3]])]),
    ],
    ids=["UTC", "arrow", "zones", "mixed"],
)
def test_a_time_with_a_zone_is_of_its_day_in_korea(tiny, dates):
    got = assign_administrations(pd.DataFrame({"date": dates}))
    assert labels(got) == ["P", ACTING_A, None, "P"]


@pytest.mark.parametrize("days", [[], [None, None], [float("nan")], [pd.NaT]])
def test_a_corpus_without_any_date(days):
    for frame in (pd.DataFrame({"date": days}), documents(*days)):
        got = assign_administrations(frame)[["administration", "months_in_office"]]
        assert len(got) == len(days) and got.isna().all(axis=None)


def test_errors_say_what_was_found():
    with pytest.raises(ValueError, match="받은 값: 'merge'"):
        assign_administrations(documents("2000-01-01"), acting="merge")
    with pytest.raises(ValueError, match="date 열이 하나 있는 표를 주어야 하는데 day 열의 표"):
        assign_administrations(pd.DataFrame({"day": []}))
    with pytest.raises(ValueError, match="datetime64"):
        assign_administrations(pd.DataFrame({"date": ["2015"]}))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2000-01-31", "2000-02-01", "두 기간이 겹칩니다.*P 2000-01-01 / 권한대행.A. 2000-02-01$"),
        ("2000-04-10", "", "두 기간이 겹칩니다"),
        ("2000-01-31", "2000/01/31", "2행 end 칸은 .* 찾은 값: '2000/01/31'"),
        ("2000-01-01", "", "2행: start 칸에 날짜가"),
        ("2000-01-31", "1999-01-31", "2행: end는 start보다"),
        ("suspended,A", "resting,A", "3행: status는"),
        ("vacant,B", "vacant,", "6행: 재임이면"),
        ("ordinal", "number", "빠진 열: ordinal"),
    ],
)
def test_a_broken_calendar_is_refused(tmp_path, old, new, message):
    path = tmp_path / "administrations.csv"
    path.write_text(TINY.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_administrations(path)


def test_a_period_may_be_one_day(tmp_path):
    path = tmp_path / "administrations.csv"
    path.write_text(TINY.replace("2000-01-31", "2000-01-01"), encoding="utf-8")
    assert read_administrations(path)["end_exclusive"][0] == pd.Timestamp("2000-01-02")


def test_a_missing_calendar_is_named(tmp_path):
    with pytest.raises(ValueError, match="찾은 경로: .*none.csv"):
        read_administrations(tmp_path / "none.csv")


def test_the_cached_calendar_cannot_be_changed_from_outside():
    table = read_administrations()
    table["label"] = "x"
    assert "x" not in set(read_administrations()["label"])


ORGANISATIONS = """from,to,effective
,가부,2000-01-01
가부,나부,2005-01-01
나부,가부,2010-01-01
가부,다부,2015-01-01
,라처,2003-01-01
라처,나부,2005-01-01
,갈림처,2005-01-01
마청,,2008-01-01
,바처,2001-01-01
사처,바처,2005-06-01
"""
ALIASES = """alias,canonical,valid_from,valid_to,ambiguous
가,가부,,,no
처,라처,,2004-12-31,no
처,갈림처,2005-01-01,,no
센터,가부,,,yes
부,가부,2000-01-01,2004-12-31,no
부,다부,2015-01-01,,no
"""


@pytest.fixture
def tables(tmp_path, monkeypatch):
    write_tables(tmp_path, ORGANISATIONS, ALIASES)
    monkeypatch.setattr(administrations, "REFERENCE", tmp_path)


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("가부", "2001-01-01", "다부"),
        ("가부", "2012-01-01", "다부"),  # the second use of the name
        ("나부", "1990-01-01", "다부"),  # before its time
        ("나부", "2020-01-01", "다부"),  # after its time
        ("라처", None, "다부"),
        ("갈림처", "2006-01-01", "갈림처"),
        ("마청", "2020-01-01", "마청"),
        (" 가 ", "2001-01-01", "다부"),
        ("처", "2004-12-31", "다부"),
        ("처", "2005-01-01", "갈림처"),
        ("처", None, "처"),  # two meanings, no day
        ("부", "2001-01-01", "다부"),
        ("부", "2007-01-01", "부"),  # no meaning on that day
        ("부", None, "다부"),  # every meaning ends in the same actor
        ("센터", "2001-01-01", "센터"),
        ("모르는 곳", "2001-01-01", "모르는 곳"),
    ],
)
def test_canonical_name(tables, name, day, expected):
    assert canonical_name(name, day) == expected


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("가부", "1999-12-31", False),
        ("가부", "2000-01-01", True),
        ("가부", "2004-12-31", True),
        ("가부", "2007-01-01", False),
        ("가부", "2010-01-01", True),
        ("가부", "2015-01-01", False),
        ("다부", "2099-01-01", True),
        ("나부", "2004-12-31", False),
        ("마청", "2007-12-31", None),  # its beginning is not in the table
        ("마청", "2008-01-01", False),
        ("바처", "2003-01-01", True),  # before another body joined it
        ("처", "2004-01-01", True),
        ("처", "2005-01-01", True),
        ("센터", "2004-01-01", None),
        ("부", "2007-01-01", None),
        ("가부", None, None),
        ("모르는 곳", "2004-01-01", None),
    ],
)
def test_exists_on(tables, name, day, expected):
    assert exists_on(name, day) is expected


def test_names_of_the_project_tables():
    assert canonical_name("중기청", "2015-01-01") == "중소벤처기업부"
    assert canonical_name("중소기업청", "2018-05-01") == "중소벤처기업부"
    assert canonical_name("미래부", "2014-01-01") == "과학기술정보통신부"
    assert canonical_name("산업부", "2015-01-01") == canonical_name("산업부", "2026-01-01")
    assert canonical_name("행정안전부", "2010-01-01") == "행정안전부"
    assert canonical_name("기획예산처", "2005-01-01") == "재정경제부"
    assert canonical_name("기획예산처", "2026-02-01") == "기획예산처"
    assert canonical_name("혁신센터", "2015-01-01") == "혁신센터"
    assert exists_on("중소벤처기업부", "2017-07-25") is False
    assert exists_on("중기부", "2017-07-26") is True
    assert exists_on("중기부", pd.Timestamp("2017-07-25T15:00Z")) is True
    assert exists_on("중소기업청", pd.Timestamp("2018-01-01")) is False
    assert exists_on("재정경제부", "2000-01-01") is True
    assert exists_on("재정경제부", "2015-01-01") is False
    assert exists_on("한국은행", "2015-01-01") is None


def test_a_split_must_not_give_one_name_two_heirs(tables, tmp_path):
    write_tables(tmp_path, "from,to,effective\n가부,나부,2005-01-01\n가부,다부,2005-01-01\n")
    with pytest.raises(ValueError, match="찾은 값: 가부 → 나부, 다부"):
        canonical_name("가부")
