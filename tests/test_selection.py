"""What a comparison may use, step by step, on tables made by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policytext import selection
from policytext.administrations import assign_administrations

KOREAN, FOREIGN = "지역 창업을 돕는다", "The fund helps 창업"
FIRST, SECOND = "2014-05-01", "2018-05-01"  # days of two presidents
WHO = dict(
    zip(
        (FIRST, SECOND),
        assign_administrations(pd.DataFrame({"date": pd.to_datetime([FIRST, SECOND])}))[
            "administration"
        ],
        strict=True,
    )
)
STEPS = ["정부를 정할 수 있는 문서", "한국어로 쓴 문서", "날짜와 연설자가 맞는 문서"]


def documents_of(*rows):
    """Assigned documents of (date, text, speaker, kind)."""
    table = pd.DataFrame(rows, columns=["date", "text", "speaker", "text_kind"])
    table["date"] = pd.to_datetime(table["date"])
    return assign_administrations(table.astype({"text": "str", "speaker": "str"}))


def kept(text=KOREAN, date=FIRST, speaker="", kind="full"):
    return date, text, speaker, kind


class TestIsOutside:
    def spans(self, *rows):
        table = pd.DataFrame(rows, columns=["date", "date_from", "date_to"])
        return table.apply(pd.to_datetime)

    def test_first_and_last_day_lie_inside(self):
        days = ["2013-02-24", "2013-02-25", "2017-03-10", "2017-03-11"]
        table = self.spans(*((day, day, day) for day in days))
        assert selection.is_outside(table, "2013-02-25", "2017-03-10").tolist() == [
            True, False, False, True,
        ]  # fmt: skip
        assert selection.is_outside(table, "", "2017-03-10").tolist() == [False, False, False, True]
        assert selection.is_outside(table, "2013-02-25", "").tolist() == [True, False, False, False]
        assert not selection.is_outside(table, "", "").any()

    def test_a_year_is_outside_only_where_all_of_it_is(self):
        years = [(None, f"{year}-01-01", f"{year}-12-31") for year in (2012, 2013, 2017, 2018)]
        found = selection.is_outside(self.spans(*years), "2013-02-25", "2017-03-10")
        assert found.tolist() == [True, False, False, True]

    def test_a_day_counts_more_than_its_span_and_nothing_known_is_not_outside(self):
        table = self.spans(("2015-05-05", "1999-01-01", "1999-12-31"), (None, None, None))
        assert selection.is_outside(table, "2013-02-25", "2017-03-10").tolist() == [False, False]


class TestSetAside:
    def test_each_step_takes_its_own(self):
        documents = documents_of(
            kept(),
            kept(date=None),
            kept(text=FOREIGN),
            kept(date=SECOND, speaker=WHO[FIRST]),
            kept(kind="excerpt"),
            kept(speaker=f"{WHO[FIRST]} 대통령"),
            kept(speaker=" "),
        )
        found, steps = selection.set_aside(documents)
        kinds = "글의 꼴이 같은 문서(전문)"
        assert found["removed_at"].tolist() == ["", *STEPS, kinds, "", ""]
        assert found["administration"].notna().tolist() == [True, *[False] * 4, True, True]
        assert found["months_in_office"].notna().tolist() == [True, *[False] * 4, True, True]
        assert steps == [(STEPS[0], 6), (STEPS[1], 5), (STEPS[2], 4), (kinds, 3)]
        assert np.flatnonzero(found["is_foreign"]).tolist() == [2]
        assert np.flatnonzero(found["is_date_conflict"]).tolist() == [3]
        assert np.flatnonzero(found["is_other_kind"]).tolist() == [4]

    def test_the_first_step_is_named_and_every_flag_stays(self):
        documents = documents_of(
            kept(),
            kept(date=None, text=FOREIGN, kind="excerpt"),
            kept(text=FOREIGN, date=SECOND, speaker=WHO[FIRST], kind="excerpt"),
        )
        found, _ = selection.set_aside(documents)
        assert found["removed_at"].tolist() == ["", STEPS[0], STEPS[1]]
        assert found["is_foreign"].tolist() == [False, True, True]
        assert found["is_other_kind"].tolist() == [False, True, True]

    @pytest.mark.parametrize(
        "text, is_foreign",
        [
            ("가나ab", False),
            ("가abc", True),
            ("가나ab 123 !?", False),
            ("2024", False),
            ("", False),
        ],
    )
    def test_half_of_the_letters_may_be_roman(self, text, is_foreign):
        found, _ = selection.set_aside(documents_of(kept(text=text)))
        assert found["is_foreign"].tolist() == [is_foreign]

    def test_the_step_of_kinds_is_told_only_where_there_are_others(self):
        _, steps = selection.set_aside(documents_of(kept(), kept()))
        assert [step for step, _ in steps] == STEPS

    @pytest.mark.parametrize(
        "kinds, chosen",
        [
            (["full", "excerpt", "excerpt"], "excerpt"),
            (["excerpt", "full"], "full"),
            (["keywords"] * 3 + ["excerpt"], "excerpt"),
            (["keywords"] * 2, "keywords"),
        ],
    )
    def test_the_most_frequent_kind_with_a_body_is_compared(self, kinds, chosen):
        documents = documents_of(*(kept(kind=kind) for kind in kinds))
        found, _ = selection.set_aside(documents)
        is_left = found["administration"].notna()
        assert set(found.loc[is_left, "text_kind"]) == {chosen}
        assert found["is_other_kind"].tolist() == [kind != chosen for kind in kinds]

    def test_a_study_may_name_the_kind_and_what_is_set_aside_has_no_vote(self):
        documents = documents_of(kept(kind="full"), kept(kind="excerpt"), kept(kind="excerpt"))
        found, steps = selection.set_aside(documents, "full")
        assert found["removed_at"].eq("").tolist() == [True, False, False]
        assert steps[-1] == ("글의 꼴이 같은 문서(전문)", 1)
        undated = documents_of(kept(kind="full"), *[kept(date=None, kind="excerpt")] * 2)
        assert selection.set_aside(undated)[0]["is_other_kind"].tolist() == [False, True, True]

    def test_nothing_is_left_of_nothing_and_the_table_stays_as_it_was(self):
        documents = documents_of(kept(), kept(text=FOREIGN))
        before = documents.copy(deep=True)
        selection.set_aside(documents)
        pd.testing.assert_frame_equal(documents, before)
        found, steps = selection.set_aside(documents[:0])
        assert found.empty and steps == [(step, 0) for step in STEPS]
        assert {"removed_at", "is_foreign", "is_date_conflict", "is_other_kind"} <= set(found)

    @given(
        st.lists(
            st.tuples(
                st.sampled_from([FIRST, SECOND, None]),
                st.sampled_from([KOREAN, FOREIGN, ""]),
                st.sampled_from(["", " ", *WHO.values(), "아무개"]),
                st.sampled_from(["full", "excerpt", "keywords"]),
            ),
            max_size=10,
        )
    )
    def test_steps_and_removed_documents_add_up(self, rows):
        documents = documents_of(*rows)
        found, steps = selection.set_aside(documents)
        assert found.index.equals(documents.index)
        assert (found["removed_at"] == "").equals(found["administration"].notna())
        left = len(documents)
        for step, n_left in steps:
            assert left - n_left == (found["removed_at"] == step).sum()
            left = n_left
        assert set(found["removed_at"]) <= {"", *(step for step, _ in steps)}
        stays = found["removed_at"] == ""
        pd.testing.assert_frame_equal(found.loc[stays, documents.columns], documents[stays])
        flags = found[["is_foreign", "is_date_conflict", "is_other_kind"]]
        assert not flags[stays].any(axis=None)
