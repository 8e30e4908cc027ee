"""What a corpus holds: set aside, counted, faulty, copied; exact on tables made by hand."""

import random
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from fixtures_texts import CASES
from hypothesis import given, settings
from hypothesis import strategies as st

from policytext.administrations import (
    administration_order,
    assign_administrations,
    read_administrations,
)
from policytext.report.result import source_line
from policytext.texts import coverage
from policytext.texts.clean import find_families

CALENDAR = read_administrations()
IN_OFFICE = CALENDAR[CALENDAR["status"] == "in_office"].drop_duplicates("label")
EARLIER, LATER = IN_OFFICE.iloc[-4], IN_OFFICE.iloc[-3]
FORMER, LATTER = EARLIER["label"], LATER["label"]
FIRST, SECOND = (who["start"] + pd.Timedelta(days=400) for who in (EARLIER, LATER))


def table(rows, columns, **more):
    """Documents of `rows`; `more` gives whole columns, for the missing ones a usual value."""
    frame = pd.DataFrame(rows, columns=columns.split())
    ids = [f"d{i}" for i in range(len(frame))]
    usual = {"doc_id": ids, "family_id": ids, "title": "글", "text": "글이다", "publisher": ""}
    usual |= {"text_kind": "full", "is_foreign": False, "is_date_conflict": False}
    usual |= {"speaker": "", "occasion": "", "administration": None}
    usual = {name: value for name, value in usual.items() if name not in frame}
    frame = frame.assign(**(usual | more))
    flags = {"is_foreign": bool, "is_date_conflict": bool}
    return frame.assign(date=pd.to_datetime(frame["date"])).astype(flags)


# --- used or set aside -------------------------------------------------------------------

KOREAN, FOREIGN = "지역 창업을 돕는다", "The fund helps 창업"
STEPS = ["정부를 정할 수 있는 문서", "한국어로 쓴 문서", "날짜와 연설자가 맞는 문서"]
KINDS = "글의 꼴이 같은 문서(전문)"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2013-02-25", "2017-03-10", "x..x x..x .."),
        ("", "2017-03-10", "...x ...x .."),
        ("2013-02-25", "", "x... x... .."),
        ("", "", ".... .... .."),
    ],
)
def test_first_and_last_day_lie_inside_and_a_year_outside_only_as_a_whole(start, end, expected):
    days = ("2013-02-24", "2013-02-25", "2017-03-10", "2017-03-11")
    years = [(None, f"{year}-01-01", f"{year}-12-31") for year in (2012, 2013, 2017, 2018)]
    rows = [(day, day, day) for day in days] + years
    rows += [("2015-05-05", "1999-01-01", "1999-12-31"), (None, None, None)]
    table = pd.DataFrame(rows, columns=["date", "date_from", "date_to"]).apply(pd.to_datetime)
    found = coverage.is_outside(table, start, end)
    assert "".join(".x"[is_out] for is_out in found) == expected.replace(" ", "")


def assigned(*rows):
    """Documents of (text, date, speaker, kind) with their administration."""
    frame = pd.DataFrame(rows, columns=["text", "date", "speaker", "text_kind"])
    frame["date"] = pd.to_datetime(frame["date"])
    return assign_administrations(frame.astype({"text": "str", "speaker": "str"}))


def test_each_step_sets_aside_its_own():
    documents = assigned(
        (KOREAN, FIRST, "", "full"),
        (KOREAN, None, "", "full"),
        (FOREIGN, FIRST, "", "full"),
        (KOREAN, SECOND, FORMER, "full"),
        (KOREAN, FIRST, "", "excerpt"),
        (KOREAN, FIRST, f"{FORMER} 대통령", "full"),
        (FOREIGN, SECOND, " ", "excerpt"),
    )
    before = documents.copy(deep=True)
    found, steps = coverage.set_aside(documents)
    pd.testing.assert_frame_equal(documents, before)
    assert found["removed_at"].tolist() == ["", *STEPS, KINDS, "", STEPS[1]]
    assert steps == [(STEPS[0], 6), (STEPS[1], 4), (STEPS[2], 3), (KINDS, 2)]
    for column in ("administration", "months_in_office"):
        assert np.flatnonzero(found[column].notna()).tolist() == [0, 5]
    assert np.flatnonzero(found["is_foreign"]).tolist() == [2, 6]
    assert np.flatnonzero(found["is_date_conflict"]).tolist() == [3]
    assert np.flatnonzero(found["is_other_kind"]).tolist() == [4, 6]


@pytest.mark.parametrize(
    ("text", "is_foreign"),
    [("가나ab", False), ("가abc", True), ("가나ab 123 !?", False), ("2024", False), ("", False)],
)
def test_half_of_the_letters_may_be_roman(text, is_foreign):
    found, _ = coverage.set_aside(assigned((text, FIRST, "", "full")))
    assert found["is_foreign"].tolist() == [is_foreign]


@pytest.mark.parametrize(("kinds", "asked", "chosen"), CASES["kinds"])
def test_the_most_frequent_kind_with_a_body_is_compared_or_the_one_asked_for(kinds, asked, chosen):
    undated = [(KOREAN, None, "", "excerpt")] * 9  # what is set aside has no vote
    documents = assigned(*((KOREAN, FIRST, "", kind) for kind in kinds), *undated)
    found, _ = coverage.set_aside(documents, asked)
    assert set(found.loc[found["removed_at"] == "", "text_kind"]) == {chosen}


TEXTS, DAYS = st.sampled_from([KOREAN, FOREIGN, ""]), st.sampled_from([FIRST, SECOND, None])
SPEAKERS = st.sampled_from(["", " ", FORMER, LATTER, "아무개"])
FORMS = st.sampled_from(["full", "excerpt", "keywords"])


@given(st.lists(st.tuples(TEXTS, DAYS, SPEAKERS, FORMS), max_size=10))
def test_steps_and_removed_documents_add_up(rows):
    documents = assigned(*rows)
    found, steps = coverage.set_aside(documents)
    assert (found["removed_at"] == "").equals(found["administration"].notna())
    left = len(documents)
    for step, n_left in steps:
        assert left - n_left == (found["removed_at"] == step).sum()
        left = n_left
    stays = found["removed_at"] == ""
    assert left == stays.sum()
    pd.testing.assert_frame_equal(found.loc[stays, documents.columns], documents[stays])


# --- how many of what --------------------------------------------------------------------


def documents_on(days, **more):
    frame = table([(day,) for day in days], "date", **more)
    return assign_administrations(frame)


@pytest.fixture
def two_reigns():
    """Four documents of one president, the last two copies, and one of the next on day ten."""
    last = EARLIER["end_exclusive"] - pd.Timedelta(days=1)
    days = [last - pd.Timedelta(days=n) for n in (29, 20, 10, 10)]
    days += [LATER["start"] + pd.Timedelta(days=9), None]
    texts = ["가", "가나", "가나다라", "가나다라", "가" * 9, "가"]
    return documents_on(days, family_id=list("123345"), text=texts)


def test_a_year_of_two_administrations_is_two_rows_in_order_of_time(two_reigns):
    handover = LATER["start"]
    found = coverage.coverage_by_year(documents_on([handover, handover - pd.Timedelta(days=60)]))
    assert found["n_documents"].tolist() == [1, 1]
    assert found["administration"].tolist() == administration_order(found["administration"])
    assert coverage.coverage_by_year(two_reigns)["n_documents"].sum() == 5


def test_rates_by_hand(two_reigns):
    found = coverage.coverage_rates(two_reigns).set_index("administration")
    assert found.loc[FORMER].tolist() == [4, 3, 3, 30, pytest.approx(4 / 30 * 100)]
    assert found.loc[LATTER].tolist() == [1, 1, 9, 10, pytest.approx(10)]


def test_days_follow_the_way_acting_presidents_are_treated():
    vacant = CALENDAR[CALENDAR["status"] == "vacant"].iloc[-1]["start"]
    days = [vacant - pd.Timedelta(days=300), vacant + pd.Timedelta(days=2)]
    for acting, expected in (("separate", [161, 3]), ("attach", [303])):
        documents = assign_administrations(table([(d,) for d in days], "date"), acting=acting)
        found = coverage.coverage_rates(documents, acting=acting)
        assert found["office_days"].tolist() == expected


def test_crossed_with_a_column(two_reigns):
    kinds = ["담화", "축사", "축사", "", None, "담화"]
    found = coverage.coverage_by(two_reigns.assign(occasion=kinds), "occasion")
    assert found.columns.tolist() == ["administration", "(없음)", "축사", "담화"]
    assert found.iloc[:, 1:].to_numpy().tolist() == [[1, 2, 1], [1, 0, 0]]
    assert coverage.coverage_by(two_reigns, "occasion")["(없음)"].tolist() == [4, 1]


def test_nothing_known_gives_empty_tables():
    documents = documents_on([None, None])
    assert coverage.coverage_by_year(documents).empty
    assert coverage.coverage_rates(documents).empty
    assert coverage.coverage_by(documents, "occasion").empty


# --- publishers --------------------------------------------------------------------------

TINY = [
    ("갑", FORMER, "2014-01-10"),
    ("갑", FORMER, "2014-05-02"),
    ("갑", FORMER, "2014-03-31"),
    ("갑", LATTER, "2018-01-01"),
    ("을", FORMER, "2014-02-01"),
    ("을", FORMER, None),
    ("병", LATTER, "2018-02-01"),
    ("", LATTER, "2018-03-01"),
    ("갑", None, "2018-03-01"),
]


def printed(rows, **more):
    return table(rows, "publisher administration date", **more)


def test_ledger_and_grid_by_hand():
    kinds = ["full", "excerpt", "excerpt", *["full"] * 6]
    found = coverage.ledger(printed(TINY, text_kind=kinds, family_id=list("aabcdefgh")))
    cells = found.set_index(["publisher", "administration"])
    assert cells.index.tolist() == [
        ("갑", FORMER), ("갑", LATTER), ("을", FORMER), ("", LATTER), ("병", LATTER),
    ]  # fmt: skip
    two_thirds = pytest.approx(2 / 3)
    expected = [3, 2, two_thirds, 0, 0, "2014.01", "2014.05", 2, "2014.02, 2014.04"]
    assert cells.loc[("갑", FORMER)].tolist() == expected
    assert cells.loc[("을", FORMER), ["n_documents", "n_without_month"]].tolist() == [2, 1]
    grid = coverage.grid(found)
    assert grid.columns.tolist() == ["publisher", FORMER, LATTER]
    assert grid.to_numpy().tolist() == [["갑", 3, 1], ["을", 2, 0], ["", 0, 1], ["병", 0, 1]]


def test_months_missing_are_joined_and_bounds_within_a_month_count():
    rows = [("갑", FORMER, day) for day in ("2014-11-30", None, "2015-06-01", None)]
    first = pd.to_datetime([None, "2015-04-01", None, "2015-01-01"])
    last = pd.to_datetime([None, "2015-04-30", None, "2015-12-31"])
    found = coverage.ledger(printed(rows, date_from=first, date_to=last)).iloc[0]
    assert found["months_missing"] == "2014.12~2015.03, 2015.05"
    assert (found["n_months_missing"], found["n_without_month"]) == (5, 1)
    unknown = coverage.ledger(printed([("갑", FORMER, None)])).iloc[0]
    assert pd.isna(unknown["first_month"]) and unknown["months_missing"] == ""


def test_an_article_with_keywords_is_one_article():
    documents = printed(
        [("갑", FORMER, "2014-01-10")] * 5,
        title=["하나", "하나", "둘", "셋", "넷"],
        text=["글이다", "창업, 투자", "펀드", "셋!", "투자"],
        text_kind=["excerpt", "keywords", "keywords", "excerpt", "keywords"],
    )
    found = coverage.ledger(documents).iloc[0]
    assert (found["n_documents"], found["share_excerpt"]) == (4, 0.5)  # 하나, 셋
    assert found["share_no_body"] == 0.75  # 둘 and 넷 have keywords only, 셋 its title


def test_subsets_by_hand():
    documents = printed(TINY)
    held = coverage.balanced(documents, administrations=[FORMER, LATTER])
    assert held["doc_id"].tolist() == ["d0", "d1", "d2", "d3", "d8"]
    assert set(coverage.balanced(documents, administrations=[FORMER])["publisher"]) == {"갑", "을"}
    assert coverage.balanced(documents, administrations=["없는 정부"]).empty
    assert coverage.balanced(documents, administrations=[]).empty


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "견줄 글이 없어"),
        ([("", FORMER, None)], "매체가 적힌 글이 없어"),
        ([("갑", FORMER, None), ("갑", LATTER, None)], "글이 모두 갑의 것"),
        ([("갑", FORMER, None), ("을", FORMER, None)], "글이 넉넉한 정부가 둘이 되지 않아"),
        ([("갑", FORMER, None), ("을", LATTER, None)], "모두에 글이 있는 매체가 없어"),
    ],
)
def test_why_there_is_no_panel(rows, words):
    documents = printed(rows)
    labels = documents["administration"].unique().tolist()
    assert words in coverage.fault(documents, administrations=labels)
    assert not coverage.fault(printed(TINY), administrations=[FORMER, LATTER])
    n_publishers = documents["publisher"].nunique()
    assert len(coverage.grid(coverage.ledger(documents))) == n_publishers


# --- lineage -----------------------------------------------------------------------------

RELEASE = [
    f"{word} 계획의 {n}번째 일을 올해 안에 마친다."
    for n, word in enumerate("창업 투자 특구 대학 실증 펀드 판로 교육 상담 공간".split())
]


def copies(*rows):
    """Rows of (doc_id, family_id, publisher, date, text)."""
    frame = table(rows, "doc_id family_id publisher date text")
    return frame.assign(title="제목 " + frame["doc_id"])


def test_a_release_copied_fifty_times():
    """Found as one family, the ministry first, fifty copies, nearly all sentences copied."""
    rows = [("z", "", "가람부", "2015-03-02", "\n".join(RELEASE))]
    for n in range(50):
        text = " ".join([*RELEASE, f"나루 {n}번 기자가 전했다."])
        rows.append((f"c{n:02}", "", f"신문{n % 7}", f"2015-03-{3 + n % 20:02}", text))
    documents = find_families(copies(*rows), threshold=0.8)
    (row,) = coverage.lineage_table(documents).to_dict("records")
    found = row["first_publisher"], row["first_basis"], row["title"]
    assert found == ("가람부", "dated", "제목 z")
    assert (row["n_documents"], row["n_publishers"], row["days_spread"]) == (51, 8, 20)
    assert row["share_copied"] == pytest.approx(10 / 11)
    assert row["doc_ids"][0] == "z" and len(row["doc_ids"]) == 51
    by = coverage.publishers_table(documents).set_index("publisher")
    assert by.loc["가람부", ["n_first", "n_copied"]].tolist() == [1, 0]
    assert by["n_copied"].sum() == 50 and by["n_unknown"].sum() == 0


def test_shares_by_hand_ignore_spacing_and_punctuation():
    documents = copies(
        ("a", "f", "갑", "2015-03-02", "문을 열었다. 길을 냈다."),
        ("b", "f", "을", "2015-03-03", "문을  열었다!\n다리를 놓았다. 돌을 깔았다. 길을 냈다"),
        ("c", "f", "을", "2015-03-05", "…"),
    )
    assert coverage.lineage_table(documents)["share_copied"].item() == 0.5


@pytest.mark.parametrize(
    ("rows", "bounds", "basis", "first"),
    [
        ([("가람부", "2015-03-02"), ("을", "2015-03-02"), ("병", "2015-03-03")], None, "same_day", None),
        ([("갑", "2015-03-02"), ("갑", "2015-03-02"), ("을", "2015-03-03")], None, "dated", "갑"),
        ([("갑", "2015-03-02"), ("을", None)], None, "undated", None),
        ([("갑", "2015-03-02"), ("을", None)], ["2015-03-02", "2015-04-01"], "dated", "갑"),
        ([("갑", "2015-03-02"), ("을", None)], ["2015-03-02", "2015-03-01"], "undated", None),
        ([("", None), ("", None)], None, "undated", None),
        ([("", "2015-03-02"), ("을", "2015-03-03")], None, "dated", None),
    ],
)  # fmt: skip
def test_when_the_first_is_known(rows, bounds, basis, first):
    documents = copies(*((f"d{i}", "f", *row, "같은 글이다.") for i, row in enumerate(rows)))
    documents["date_from"] = pd.to_datetime(bounds or documents["date"])
    row = coverage.lineage_table(documents).iloc[0]
    found = None if pd.isna(row["first_publisher"]) else row["first_publisher"]
    assert (row["first_basis"], found) == (basis, first)
    by = coverage.publishers_table(documents)
    assert by["n_first"].sum() == (first is not None)
    if first is None:
        assert by["n_copied"].sum() == 0 and by["share_copied_mean"].isna().all()


def test_own_second_printings_are_no_copies():
    documents = copies(
        ("a", "f", "갑", "2015-03-02", "같은 글이다."),
        ("b", "f", "갑", "2015-03-03", "같은 글이다."),
        ("c", "f", "을", "2015-03-03", "같은 글이다. 더 썼다."),
        ("d", "g", "을", "2015-03-03", "혼자 낸 글이다."),
        ("e", "g", "을", "2015-03-04", "혼자 낸 글이다."),
    )
    found = coverage.publishers_table(documents)
    assert found.iloc[0, :4].tolist() == ["갑", 1, 0, 0]
    assert found.iloc[1].tolist() == ["을", 0, 1, 0, 0.5]


def test_passages_are_where_the_shared_sentence_stands_in_each_document():
    documents = copies(
        ("b", "f", "을", "2015-03-03", "앞말이다. 길을  냈다! 뒷말이다."),
        ("a", "f", "갑", "2015-03-02", "문을 열었다.\n길을 냈다. 끝."),
        ("c", "f", "병", "2015-03-04", "아무 말도 같지 않다."),
    )
    rows = coverage.passages(documents, ["f", "g"])
    text = documents.set_index("doc_id")["text"]
    shown = [(r.doc_id, text[r.doc_id][r.start : r.end]) for r in rows.itertuples()]
    assert shown == [("a", "길을 냈다."), ("b", "길을  냈다!")]
    assert coverage.passages(documents.iloc[[0, 2]], ["f"]).empty


def plainly(documents):
    """Family -> (first publisher or None, mean share), by loops over lists."""
    result = {}
    for family_id, group in documents.groupby("family_id"):
        rows = sorted(group.to_dict("records"), key=lambda r: (
            pd.isna(r["date"]), r["date"] if pd.notna(r["date"]) else 0, r["doc_id"]))  # fmt: skip
        if len(rows) < 2:
            continue
        said = [[re.sub(r"\W", "", s) for s in re.split(r"(?<=\.) ", r["text"])] for r in rows]
        shares = [sum(s in said[0] for s in own) / len(own) for own in said[1:]]
        days = [row["date"] for row in rows]
        on_first = {row["publisher"] for row in rows if row["date"] == days[0]}
        is_known = not any(pd.isna(day) for day in days) and len(on_first) == 1
        result[family_id] = (rows[0]["publisher"] if is_known else None, sum(shares) / len(shares))
    return result


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(0, 25))
def test_lineage_is_that_of_a_plain_rewriting(seed, n):
    rng = random.Random(seed)
    days = [None, *(f"2015-03-{d:02}" for d in range(1, 6))]
    documents = copies(*(
        (f"d{i:02}", f"f{rng.randrange(6)}", rng.choice("갑을병"), rng.choice(days),
         " ".join(rng.sample(RELEASE, rng.randrange(1, 6))))
        for i in range(n)
    ))  # fmt: skip
    found = coverage.lineage_table(documents).set_index("family_id")
    expected = plainly(documents)
    assert set(found.index) == set(expected)
    for family_id, (publisher, share) in expected.items():
        row = found.loc[family_id]
        assert (None if pd.isna(row["first_publisher"]) else row["first_publisher"]) == publisher
        assert row["share_copied"] == pytest.approx(share)
    shuffled = coverage.lineage_table(documents.sample(frac=1, random_state=1))
    assert shuffled.equals(found.reset_index())


# --- faults ------------------------------------------------------------------------------

UNDATED, UNDATED_COPY, BOUNDED, CONFLICT, EARLY, ALIKE = CHECKS = [
    "날짜를 모르는 문서",
    "날짜 없는 문서 가운데 날짜 있는 문서와 거의 같은 글",
    "연도나 달까지만 적힌 문서",
    "날짜와 연설자가 어긋난 문서",
    "기념일보다 하루 이르게 적힌 문서",
    "같거나 거의 같은 글이 있는 문서",
]
LONE = "한 정부에만 있는 종류 이름이 붙은 문서"
NAMED = "다른 정부에만 있는 종류의 이름이 제목에 든 문서"


def audited(documents):
    """The audit, and with it the promise that every count has its documents."""
    counts, found = coverage.audit(documents)
    counts = counts.set_index("check")
    sizes = found["check"].value_counts().reindex(counts.index, fill_value=0)
    assert sizes.tolist() == counts["n_documents"].tolist()
    assert not found.duplicated(["check", "doc_id"]).any()
    return counts


def seven_documents():
    return table(
        [
            ("a", "2014-03-01", "f1", "가", ""),
            ("b", None, "f1", "가", "갑"),
            ("c", None, "f2", "나", "갑"),
            ("d", None, "f3", "나", ""),
            ("e", "2015-05-01", "f4", "가", "을"),
            ("f", "2015-05-02", "f4", "가", ""),
            ("g", "2015-05-03", "f4", "가", ""),
        ],
        "doc_id date family_id publisher speaker",
        date_from=pd.to_datetime([None, None, None, "2014-01-01", None, None, None]),
        is_date_conflict=[False] * 4 + [True, False, False],
        is_foreign=[False] * 2 + [True] + [False] * 4,
    )


def test_every_fault_is_counted_and_told():
    found = audited(seven_documents())
    assert found["n_documents"][CHECKS].tolist() == [2, 1, 1, 1, 0, 5]
    assert found.filter(like="한국어가 아닌", axis=0)["example"].tolist() == ["c 글"]
    details = ["갑 2건", "갑 1건", "나 1건", "을 1건", "", "중복 묶음 2개, 가장 큰 묶음 3건"]
    assert found["detail"][CHECKS].tolist() == details
    assert found["example"][UNDATED_COPY] == "b 글" and found["example"][CONFLICT] == "e 글"
    by_office = audited(seven_documents().assign(date_basis="officials"))["n_documents"]
    assert by_office[BOUNDED] == 0  # no year is written in them
    without = audited(seven_documents().assign(speaker=""))["detail"]
    assert without[UNDATED] == "가 1건, 나 1건"


def test_no_faults():
    for rows in ([("2014-03-04",)], []):
        found = audited(table(rows, "date"))
        assert found["n_documents"].eq(0).all() and len(found) == len(CHECKS) + 6


def test_texts_that_end_otherwise_in_another_government_are_named():
    """Twenty texts of 가 end with a full stop, half of those of 나, none of 다's nineteen."""
    texts = ["알렸다.", "“알렸다.” "] * 10 + ["알렸다.", "알림"] * 10 + ["알림"] * 19
    documents = table([("2014-03-04",)] * 59, "date").assign(text=texts)
    documents["administration"] = ["가"] * 20 + ["나"] * 20 + ["다"] * 19
    _, is_open, told = coverage.another_ending(documents)
    assert not is_open.any() and told == "나 50%, 가 0%"
    documents.loc[20:40, "text"] = "알림"
    _, is_open, told = coverage.another_ending(documents)
    assert is_open.sum() == 39 and told == "나 100%, 가 0%"


def test_anniversaries():
    rows = [
        ("early", "2014-02-28", "제95주년 3·1절 기념사", "갑"),
        ("right", "2015-03-01", "삼일절", "갑"),
        ("late", "2016-08-17", "광복절 경축사", "을"),
        ("far", "2016-09-30", "한글날 앞두고", "을"),
        ("other", "2016-02-29", "글", "을"),
        ("undated", None, "현충일", "을"),
    ]
    documents = table(rows, "doc_id date title speaker")
    found = coverage.anniversary_dates(documents).set_index("doc_id")
    assert found["days_off"].to_dict() == {"early": -1, "right": 0, "late": 2}
    assert audited(documents).loc[EARLY, ["n_documents", "detail"]].tolist() == [1, "갑 1/2건"]
    without = audited(documents.assign(speaker=""))
    assert without.loc[EARLY, "detail"] == "1/3건"


def test_kinds_of_one_government_and_titles_that_name_them_elsewhere():
    """가 labels 축사/치사, 나 has 20 such titles under another kind, 다 19, and 라 none."""
    titles = ["글"] + ["개교 축사"] * 19 + ["준공식 치사"] + ["축사"] * 19 + ["축사회", "축사"]
    documents = table([("2014-03-04",)] * 42, "date").assign(title=titles)
    documents["administration"] = ["가"] + ["나"] * 20 + ["다"] * 19 + ["라", None]
    documents["occasion"] = ["축사/치사"] + ["기타"] * 39 + ["", "담화"]  # no label is not a label
    found = audited(documents)[["n_documents", "detail"]]
    assert found.loc[LONE].tolist() == [1, "축사/치사(가)"]
    assert found.loc[NAMED].tolist() == [20, "축사/치사(나 20건)"]
    assert audited(documents.iloc[[0, 41]]).loc[[LONE, NAMED], "n_documents"].sum() == 0


# --- chapter 01 --------------------------------------------------------------------------


def read(documents, *, compared=None, large=(FORMER, LATTER), **tables):
    """A corpus as far as the chapter needs it."""
    documents, steps = coverage.set_aside(documents.assign(months_in_office=0.0))
    used = documents[documents["removed_at"] == ""]
    steps = pd.DataFrame([("찾은 문서", len(documents)), *steps], columns=["step", "n_documents"])
    steps["n_removed"] = -steps["n_documents"].diff().fillna(0)
    empty = {"rejects": [], "notes": [], "files": ["file"], "removed": ["rule", "n_lines"]}
    tables = {name: pd.DataFrame(columns=columns) for name, columns in empty.items()} | tables
    return SimpleNamespace(
        everything=documents,
        documents=used if compared is None else used[used["administration"].isin(compared)],
        whole=SimpleNamespace(documents=documents[~documents["is_other_kind"]]),
        reading=SimpleNamespace(steps=steps, **tables),
        study=SimpleNamespace(corpus=SimpleNamespace(acting="separate")),
        left_out=lambda: documents[documents["removed_at"] != ""],
        administrations=list(large),
        order=administration_order(used["administration"].unique()),
        colours={},
    )


def of_two(n_former=3, n_latter=2, n_undated=0, **more):
    days = [EARLIER["start"] + pd.Timedelta(days=120 * i) for i in range(n_former)]
    days += [LATER["start"] + pd.Timedelta(days=120 * i) for i in range(n_latter)]
    usual = {"speaker": "", "text": KOREAN, "publisher": "갑", "url": ""}
    return documents_on([*days, *[None] * n_undated], **(usual | more))


MIXED = of_two(4, 3, 1, text_kind=["full"] * 6 + ["excerpt", "full"], family_id=list("aabcdefg"))
MIXED.loc[3, "text"] = FOREIGN


@pytest.mark.parametrize(
    ("corpus", "sentence"),
    [
        (read(of_two()), "찾은 문서 5건을 모두 정부별 비교에 쓴다"),
        (
            read(of_two(text_kind="keywords")),
            "찾은 문서 5건(본문 없이 키워드만)을 모두 정부별 비교에 쓴다",
        ),
        (
            read(of_two(n_undated=1)),
            "찾은 문서 6건 가운데 5건을 정부별 비교에 쓴다: 정부를 정할 수 없는 1건을 뺐다",
        ),
        (
            read(of_two(family_id=list("aabcd"))),
            "찾은 문서 5건(겹치는 글을 묶으면 4건)을 모두 정부별 비교에 쓴다",
        ),
        (
            read(of_two(), compared=[LATTER]),
            "찾은 문서 5건 가운데 2건을 정부별 비교에 쓴다: 쓸 수 있는 문서 5건 가운데 이 연구가 "
            f"고른 {LATTER} 때의 문서다",
        ),
        (
            read(of_two(0, 0, 2)),
            "찾은 문서 2건 가운데 비교에 쓸 수 있는 문서가 없다: 정부를 정할 수 없는 2건을 뺐다",
        ),
        (
            read(MIXED, large=[FORMER]),
            f"찾은 문서 8건 가운데 {FORMER} 때의 3건(겹치는 글을 묶으면 2건) 말고는 따로 견줄 만큼 글이 "
            "많은 정부가 없다: 정부를 정할 수 없는 1건, 한국어가 아닌 1건, 글의 꼴이 다른 1건을 뺐다. "
            "글이 적은 시기의 2건은 4장에서 두드러진 말을 찾을 때 ‘나머지’에만 든다",
        ),
        (
            read(of_two(n_undated=1), large=[]),
            "찾은 문서 6건 가운데 쓸 수 있는 5건을 정부마다 나누면, 따로 견줄 만큼 글이 많은 정부가 "
            "없다: 정부를 정할 수 없는 1건을 뺐다",
        ),
        (read(of_two(0, 0)), "읽은 문서가 없어 비교할 수 없다"),
    ],
)
def test_steps_say_how_many_serve(corpus, sentence):
    found = coverage.steps(corpus)
    assert found.finding == sentence
    assert f"n = {len(corpus.everything)}건, 자료 0개" in found.caption


def test_what_was_removed_is_told_by_its_rules():
    rows = [("갑", "공유", 3), ("갑", "되풀이된 줄", 1200), ("을", "공유", 1), ("", "공유", 2)]
    removed = pd.DataFrame(rows, columns=["publisher", "rule", "n_lines"])
    told = coverage.removed_lines(read(of_two(), removed=removed)).finding
    assert told == (
        "매체 2곳의 글과 매체를 모르는 글(2곳)에서 본문이 아닌 것 1,206곳을 걷어냈다: "
        "많은 차례로 되풀이된 줄 1,200곳, 공유 6곳이다"
    )
    assert "없다" in coverage.removed_lines(read(of_two())).finding


def test_faults_name_the_most_frequent():
    found = coverage.faults(read(of_two(n_undated=2)))
    told = "날짜를 모르는 문서가 2건 있다: 점검한 12가지 결함 가운데 나온 것은 1가지다"
    assert found.finding == told
    assert [quote.total for (quote,) in found._folds(found.view, 2)][0] == 2
    none = coverage.faults(read(of_two())).finding
    assert none == "글 5건에서 점검한 12가지 결함은 나오지 않았다"


def test_governments_are_compared_by_their_days_in_office():
    found = coverage.per_government(read(of_two(6, 2)))
    assert found.finding.startswith("재임 100일마다 글의 수가 정부에 따라 ")
    assert f"{LATTER} " in found.finding and f"{FORMER} " in found.finding
    rates, crossed = found.more
    folds = crossed._folds(crossed.view, 1)
    found = [[(fold.label, fold.total) for fold in row] for row in folds]
    assert found == [[("(없음)", 6)], [("(없음)", 2)]]
    crossed = coverage.per_government(read(of_two(6, 2, genre="news"))).more[1]
    assert crossed.table.columns.tolist() == ["administration", "기사"]
    few = documents_on([IN_OFFICE.iloc[-5]["start"]], doc_id="few", url="", speaker="")
    with_few = coverage.per_government(read(pd.concat([of_two(6, 2), few], ignore_index=True)))
    assert len(with_few.table) > 2 and IN_OFFICE.iloc[-5]["label"] not in with_few.finding
    alone = coverage.per_government(read(of_two(2, 0)))
    assert alone.finding == f"모든 문서가 {FORMER} 때의 것이어서 정부를 견줄 수 없다"
    assert "없어" in coverage.per_government(read(of_two(0, 0, 1))).finding


def test_a_text_dated_by_year_or_month_stands_in_its_year_and_says_what_is_known():
    first, last = (
        pd.to_datetime(["2014-01-01", "2014-02-01"]),
        pd.to_datetime(["2014-12-31", "2014-02-28"]),
    )
    documents = of_two(2, 0).assign(date=pd.NaT, date_from=first, date_to=last)
    found = coverage.per_government(read(documents))
    assert found.table[["year", "n_documents"]].values.tolist() == [[2014, 2]]
    assert found.more[0].table["office_days"].tolist() == [365]
    ((fold,),) = found._folds(found.table, 2)
    told = [source_line(quote).split(" · ")[0] for quote in fold.quotes.to_dict("records")]
    assert told == ["2014년", "2014년 2월"]


def test_the_panel_counts_what_is_balanced():
    found = coverage.panel(read(of_two(publisher=list("갑을병갑갑"))))
    assert found.finding == (
        "견주는 두 정부에 모두 글이 있는 매체는 3곳 가운데 1곳이다: 그 글은 전체 5건의 60%다"
    )
    (cells,) = found.more
    totals = [fold.total for (fold,) in cells._folds(cells.view, 2)]
    assert totals == cells.table["n_documents"].tolist() == [1, 2, 1, 1]
    assert "글이 모두 갑의 것" in coverage.panel(read(of_two())).finding


def test_lineage_tells_who_was_first_and_who_copied():
    text = "문을 열었다. 길을 냈다. 다리를 놓았다."
    documents = of_two(family_id=list("aaabb"), publisher=list("갑을을병병"), text=text)
    found = coverage.lineage(read(documents))
    assert found.finding == (
        "글 3건이 다른 글 2건과 거의 같다: 문장의 100%가 같고, "
        "가장 많이 되풀이된 ‘글’을 처음 낸 곳은 갑이다"
    )
    shared, publishers = found.more
    assert [[fold.total for fold in row] for row in shared._folds(shared.view, 4)] == [[3], [2]]
    told = "가장 많이 먼저 낸 곳은 갑(1건)이고 가장 많이 옮긴 곳은 을(2건, 문장의 100%가 같음)이다"
    assert publishers.finding == told
    twice = coverage.lineage(read(of_two(2, 0, family_id="a", text=text)))
    assert twice.finding.endswith("같은 글은 모두 두 건씩이다")
    assert "견줄 수 없다" in twice.more[1].finding
    undated = coverage.lineage(read(of_two(0, 0, 3, family_id="a", text="", title="")))
    assert undated.finding == (
        "글 2건이 다른 글 1건과 거의 같다: 같은 문장의 비율은 잴 수 없고, 가장 많이 되풀이된 "
        "제목 없는 글을 처음 낸 곳은 날짜를 모르는 글이 있어 알 수 없다"
    )
    unnamed = of_two(3, 0, family_id="a", publisher=["", "갑", "을"], text=text)
    told, copied = (
        one.finding for one in (lambda r: (r, r.more[1]))(coverage.lineage(read(unnamed)))
    )
    assert told.endswith("‘글’을 처음 낸 곳은 적혀 있지 않다")
    assert "가장 이른 글의 매체가 적혀 있지 않아 누가 먼저" in copied
    none = coverage.lineage(read(of_two()))
    assert none.finding == "거의 같은 글이 두 번 실린 일이 없다" and none.more == ()
