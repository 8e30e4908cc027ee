"""The audit: every check counts what it names, on tables made by hand."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytext import audit

CHECKS = [
    "날짜를 모르는 문서",
    "날짜 없는 문서 가운데 날짜 있는 문서와 거의 같은 글",
    "연도나 달까지만 적힌 문서",
    "날짜와 연설자가 어긋난 문서",
    "기념일보다 하루 이르게 적힌 문서",
    "같거나 거의 같은 글이 있는 문서",
]


def table(rows, **more):
    """Documents of `rows` (doc_id, date, family_id); `more` gives whole columns."""
    frame = pd.DataFrame(rows, columns=["doc_id", "date", "family_id"])
    frame["date"] = pd.to_datetime(frame["date"])
    defaults = {"title": "글", "publisher": "", "is_date_conflict": False, "is_foreign": False}
    return frame.assign(**(defaults | more))


def counted(documents):
    return audit.audit(documents).set_index("check")


@pytest.fixture
def documents():
    return table(
        [
            ("a", "2014-03-01", "f1"),
            ("b", None, "f1"),
            ("c", None, "f2"),
            ("d", None, "f3"),
            ("e", "2015-05-01", "f4"),
            ("f", "2015-05-02", "f4"),
            ("g", "2015-05-03", "f4"),
        ],
        publisher=["가", "가", "나", "나", "가", "가", "가"],
        speaker=["", "갑", "갑", "", "을", "", ""],
        date_from=pd.to_datetime([None, None, None, "2014-01-01", None, None, None]),
        is_date_conflict=[False, False, False, False, True, False, False],
    )


def test_every_check_is_a_row_even_at_zero():
    found = audit.audit(table([("a", "2014-03-04", "f1")]))
    assert set(CHECKS) < set(found["check"]) and len(found) == len(CHECKS) + 1
    assert found.columns.tolist() == audit.AUDIT_COLUMNS
    assert found["n_documents"].eq(0).all() and found["example"].eq("").all()


def test_an_empty_corpus_has_no_faults():
    assert (
        audit.audit(table([]).astype({"is_date_conflict": bool, "is_foreign": bool}))["n_documents"]
        .eq(0)
        .all()
    )


def test_counts(documents):
    assert counted(documents)["n_documents"][CHECKS].tolist() == [2, 1, 1, 1, 0, 5]


def test_a_text_in_another_script_is_counted(documents):
    foreign = documents.assign(is_foreign=documents["doc_id"] == "c")
    found = counted(foreign).filter(like="한국어가 아닌", axis=0)
    assert found["n_documents"].tolist() == [1] and found["example"].tolist() == ["c 글"]


def test_details_name_the_speaker_or_else_the_publisher(documents):
    found = counted(documents)["detail"]
    assert found[CHECKS[0]] == "갑 2건"
    assert found[CHECKS[2]] == "나 1건"
    assert found[CHECKS[3]] == "을 1건"
    assert found[CHECKS[5]] == "가족 2개, 가장 큰 가족 3건"
    without = counted(documents.drop(columns="speaker"))["detail"]
    assert without[CHECKS[0]] == "가 1건, 나 1건"


def test_the_example_is_a_document_of_the_check(documents):
    assert counted(documents)["example"][CHECKS[1]] == "b 글"
    assert counted(documents)["example"][CHECKS[3]] == "e 글"


def test_the_documents_are_left_as_they_were(documents):
    before = documents.copy(deep=True)
    audit.audit(documents)
    pd.testing.assert_frame_equal(documents, before)


class TestFaulty:
    def test_every_count_has_its_documents(self, documents):
        documents = documents.assign(
            is_foreign=documents["doc_id"] == "c",
            title=["글"] * 4 + ["제36회 어린이날을 앞두고", "글", "글"],
            occasion=["담화", "담화", "", "", "축사", "축사", "축사"],
            administration=["갑", "갑", None, None, "갑", "을", "을"],
        )
        found = audit.faulty(documents)
        sizes = found["check"].value_counts()
        counts = audit.audit(documents).set_index("check")["n_documents"]
        assert sizes.to_dict() == counts[counts > 0].to_dict() and len(counts) == len(CHECKS) + 2
        ids = found.groupby("check")["doc_id"].agg("".join)
        assert ids[CHECKS[0]] == "bc" and ids[CHECKS[3]] == "e" and ids[CHECKS[5]] == "abefg"
        assert ids[TestLabelsOfOneAdministration.LONE] == "ab"

    def test_a_document_stands_once_for_each_check_it_fails(self, documents):
        found = audit.faulty(documents)
        assert found.loc[found["doc_id"] == "b", "check"].tolist() == [
            CHECKS[0], CHECKS[1], CHECKS[5],
        ]  # fmt: skip
        assert not found.duplicated(["check", "doc_id"]).any()
        assert list(found.columns) == [*documents.columns, "check"]

    def test_no_fault_no_rows(self):
        found = audit.faulty(table([("a", "2014-03-04", "f1")]))
        assert found.empty and "check" in found

    @settings(max_examples=6)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["2014-02-28", "2014-03-01", "2015-05-05", None]),
                st.sampled_from(["f1", "f2", "f3"]),
                st.sampled_from(["삼일절 기념사", "글"]),
                st.booleans(),
                st.sampled_from(["담화", "축사", ""]),
                st.sampled_from(["갑", "을", None]),
            ),
            min_size=1,
            max_size=8,
        )
    )
    def test_counts_and_rows_never_differ(self, rows):
        columns = ["date", "family_id", "title", "is_foreign", "occasion", "administration"]
        frame = pd.DataFrame(rows, columns=columns)
        documents = table(
            [(f"d{n}", row[0], row[1]) for n, row in enumerate(rows)],
            **{name: frame[name] for name in columns[2:]},
        )
        counts = audit.audit(documents).set_index("check")["n_documents"]
        sizes = audit.faulty(documents)["check"].value_counts()
        assert sizes.reindex(counts.index, fill_value=0).tolist() == counts.tolist()


class TestAnniversaries:
    def test_days_off(self):
        documents = table(
            [
                ("early", "2014-02-28", "1"),
                ("right", "2015-03-01", "2"),
                ("late", "2016-08-17", "3"),
                ("far", "2016-09-30", "4"),
                ("other", "2016-02-29", "5"),
                ("undated", None, "6"),
            ],
            title=[
                "제95주년 3·1절 기념사",
                "삼일절",
                "광복절 경축사",
                "한글날 앞두고",
                "글",
                "현충일",
            ],
            speaker=["갑", "갑", "을", "을", "을", "을"],
        )
        found = audit.anniversary_dates(documents).set_index("doc_id")
        assert found["days_off"].to_dict() == {"early": -1, "right": 0, "late": 2}
        assert found.loc["early", "name"] == "3·1절" and found.loc["late", "year"] == 2016
        row = counted(documents).loc[CHECKS[4]]
        assert (row["n_documents"], row["detail"]) == (1, "갑 1/2건")

    def test_without_speakers(self):
        documents = table([("early", "2014-06-05", "1")], title="현충일 추념사")
        assert counted(documents).loc[CHECKS[4], "detail"] == "1/1건"


class TestLabelsOfOneAdministration:
    LONE = "한 정부에만 있는 종류 이름이 붙은 문서"

    def labelled(self, occasions, administrations):
        rows = [(str(i), "2014-03-04", str(i)) for i in range(len(occasions))]
        return table(rows, occasion=occasions, administration=administrations)

    def test_labels_are_counted_with_their_owner(self):
        found = counted(self.labelled(["담화", "담화", "축사", "축사"], ["갑", "갑", "갑", "을"]))
        assert found.loc[self.LONE, "n_documents"] == 2
        assert found.loc[self.LONE, "detail"] == "담화(갑)"

    def test_no_label_is_not_a_label(self):
        found = counted(self.labelled(["", "", "축사"], ["갑", "갑", "을"]))
        assert found.loc[self.LONE, "n_documents"] == 1
        assert found.loc[self.LONE, "detail"] == "축사(을)"

    def test_one_administration_has_nothing_to_differ_from(self):
        found = counted(self.labelled(["담화", "축사"], ["갑", None]))
        assert found.loc[self.LONE, "n_documents"] == 0
