"""The audit: every check counts what it names, on tables made by hand."""

import pandas as pd
import pytest

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
