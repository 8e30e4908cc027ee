"""Panel ledger and its subsets: exact on a tiny table, and laws for any."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policytext import administrations, findings, panel

LABELS = administrations.read_administrations().query("status == 'in_office'")["label"].unique()
FORMER, LATTER = LABELS[-4], LABELS[-3]


def table(rows, **more):
    """Rows of (publisher, administration, date)."""
    frame = pd.DataFrame(rows, columns=["publisher", "administration", "date"])
    ids = [f"d{i}" for i in range(len(frame))]
    frame = frame.assign(date=pd.to_datetime(frame["date"]), doc_id=ids, family_id=ids)
    return frame.assign(**({"title": "제목", "text": "글이다", "text_kind": "full"} | more))


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


def test_ledger_by_hand():
    kinds = ["full", "excerpt", "excerpt", *["full"] * 6]
    found = panel.ledger(table(TINY, text_kind=kinds, family_id=list("aabcdefgh")))
    assert found.columns.tolist() == panel.LEDGER_COLUMNS
    cells = found.set_index(["publisher", "administration"])
    assert cells.index.tolist() == [
        ("갑", FORMER), ("갑", LATTER), ("을", FORMER), ("", LATTER), ("병", LATTER),
    ]  # fmt: skip
    row = cells.loc[("갑", FORMER)]
    assert (row["n_documents"], row["n_families"]) == (3, 2)
    assert row["share_excerpt"] == pytest.approx(2 / 3)
    assert (row["first_month"], row["last_month"]) == ("2014.01", "2014.05")
    assert (row["n_months_missing"], row["months_missing"]) == (2, "2014.02, 2014.04")
    assert cells.loc[("을", FORMER), ["n_documents", "n_without_month"]].tolist() == [2, 1]
    assert found["n_documents"].sum() == 8


def test_months_missing_are_joined_and_bounds_within_a_month_count():
    rows = [("갑", FORMER, day) for day in ("2014-11-30", None, "2015-06-01", None)]
    first = pd.to_datetime([None, "2015-04-01", None, "2015-01-01"])
    last = pd.to_datetime([None, "2015-04-30", None, "2015-12-31"])
    found = panel.ledger(table(rows, date_from=first, date_to=last)).iloc[0]
    assert found["months_missing"] == "2014.12~2015.03, 2015.05"
    assert (found["n_months_missing"], found["n_without_month"]) == (5, 1)


def test_an_article_with_keywords_is_one_article():
    found = panel.ledger(
        table(
            [("갑", FORMER, "2014-01-10")] * 5,
            title=["하나", "하나", "둘", "셋", "넷"],
            text=["글이다", "창업, 투자", "펀드", "셋!", "투자"],
            text_kind=["excerpt", "keywords", "keywords", "excerpt", "keywords"],
        )
    ).iloc[0]
    assert (found["n_documents"], found["share_excerpt"]) == (4, 0.5)  # 하나, 셋
    assert found["share_no_body"] == 0.75  # 둘 and 넷 have keywords only, 셋 its title


def test_grid_has_a_zero_where_a_publisher_is_absent():
    found = panel.grid(panel.ledger(table(TINY)))
    assert found.columns.tolist() == ["publisher", FORMER, LATTER]
    assert found.to_numpy().tolist() == [["갑", 3, 1], ["을", 2, 0], ["", 0, 1], ["병", 0, 1]]


def test_balanced_by_hand():
    documents = table(TINY)
    before = documents.copy()
    assert panel.balanced(documents)["doc_id"].tolist() == ["d0", "d1", "d2", "d3", "d8"]
    only = panel.balanced(documents, administrations=[FORMER])
    assert set(only["publisher"]) == {"갑", "을"}
    assert panel.balanced(documents, administrations=["없는 정부"]).empty
    pd.testing.assert_frame_equal(documents, before)


def test_leave_one_out_by_hand():
    documents = table(TINY)
    found = dict(panel.leave_one_publisher_out(documents))
    assert list(found) == ["갑", "을", "병"]
    assert found["갑"]["doc_id"].tolist() == ["d4", "d5", "d6", "d7"]
    assert found["병"]["doc_id"].tolist() == [f"d{i}" for i in (0, 1, 2, 3, 4, 5, 7, 8)]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "견줄 글이 없어"),
        ([("", FORMER, None)], "매체가 적힌 글이 없어"),
        ([("갑", FORMER, None), ("갑", LATTER, None)], "글이 모두 갑의 것"),
        ([("갑", FORMER, None), ("을", FORMER, None)], "견줄 정부가 둘이 되지 않아"),
        ([("갑", FORMER, None), ("을", LATTER, None)], "모두에 글이 있는 매체가 없어"),
    ],
)
def test_why_there_is_no_panel(rows, words):
    documents = table(rows)
    assert words in panel.fault(documents)
    assert findings.panel_finding(documents) == panel.fault(documents)
    if len(set(documents["publisher"])) < 2:
        assert list(panel.leave_one_publisher_out(documents)) == []
    assert panel.grid(panel.ledger(documents)).shape[0] == documents["publisher"].nunique()


def test_finding_counts_what_balanced_keeps():
    sentence = findings.panel_finding(table(TINY))
    assert sentence == (
        "매체 3곳 가운데 1곳의 글이 견주는 정부 2곳 모두에 있고, 그 글은 전체 9건의 56%이다"
    )


cells = st.tuples(st.sampled_from(["갑", "을", "병", ""]), st.sampled_from([FORMER, LATTER, None]))


@given(st.lists(cells, max_size=30))
def test_subsets_keep_their_promise(pairs):
    documents = table([(*pair, None) for pair in pairs])
    kept = panel.balanced(documents)
    known = documents["administration"].dropna().unique()
    for publisher in set(documents["publisher"]) - {""}:
        own = documents[documents["publisher"] == publisher]
        counts = [int((own["administration"] == name).sum()) for name in known]
        is_everywhere = bool(counts) and min(counts) > 0
        assert (publisher in set(kept["publisher"])) == is_everywhere
        assert (kept["publisher"] == publisher).sum() in (0, len(own))
    assert "" not in set(kept["publisher"])
    for name, rest in panel.leave_one_publisher_out(documents):
        assert name not in set(rest["publisher"])
        assert len(rest) == len(documents) - (documents["publisher"] == name).sum()
    book = panel.ledger(documents)
    assert book["n_documents"].sum() == documents["administration"].notna().sum()


def test_large_administrations():
    documents = table(TINY, family_id=list("xxxabbcde"))
    assert panel.large_administrations(documents, 3) == [LATTER]
    assert panel.large_administrations(documents, 2) == [FORMER, LATTER]
