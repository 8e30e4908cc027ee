"""Lineage: who was first and what was copied, by hand and against a plain rewriting."""

import random
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policytext import findings, lineage
from policytext.evidence import EVIDENCE_COLUMNS
from policytext.families import find_families

RELEASE = [f"{word} 계획의 {n}번째 일을 올해 안에 마친다." for n, word in
           enumerate("창업 투자 특구 대학 실증 펀드 판로 교육 상담 공간".split())]  # fmt: skip


def table(rows):
    """Rows of (doc_id, family_id, publisher, date, text)."""
    frame = pd.DataFrame(rows, columns=["doc_id", "family_id", "publisher", "date", "text"])
    return frame.assign(date=pd.to_datetime(frame["date"]), title="제목 " + frame["doc_id"])


def test_a_release_copied_fifty_times():
    """Found as one family, the ministry first, fifty copies, nearly all sentences copied."""
    rows = [("z", "", "가람부", "2015-03-02", "\n".join(RELEASE))]
    for n in range(50):
        text = " ".join([*RELEASE, f"나루 {n}번 기자가 전했다."])
        rows.append((f"c{n:02}", "", f"신문{n % 7}", f"2015-03-{3 + n % 20:02}", text))
    rows += [
        (f"o{n}", "", "신문1", "2015-03-02", f"다른 일 {n}을 {n * 7}곳에서 했다.") for n in range(5)
    ]
    documents = find_families(table(rows), threshold=0.8)
    before = documents.copy()
    found = lineage.lineage(documents)
    assert len(found) == 1
    row = found.iloc[0]
    assert (row["first_publisher"], row["first_basis"]) == ("가람부", "dated")
    assert (row["n_documents"], row["n_publishers"], row["days_spread"]) == (51, 8, 20)
    assert row["first_date"] == pd.Timestamp("2015-03-02") and row["title"] == "제목 z"
    assert row["share_copied"] == pytest.approx(10 / 11)
    assert row["doc_ids"][0] == "z" and len(row["doc_ids"]) == 51
    by = lineage.publishers(documents).set_index("publisher")
    assert by.loc["가람부", ["n_first", "n_copied"]].tolist() == [1, 0]
    assert by["n_copied"].sum() == 50 and by["n_unknown"].sum() == 0
    sentence = findings.lineage_finding(found)
    assert "가람부" in sentence and "50건" in sentence and "91%" in sentence
    pd.testing.assert_frame_equal(documents, before)


def test_shares_by_hand_ignore_spacing_and_punctuation():
    documents = table([
        ("a", "f", "갑", "2015-03-02", "문을 열었다. 길을 냈다."),
        ("b", "f", "을", "2015-03-03", "문을  열었다!\n다리를 놓았다. 돌을 깔았다. 길을 냈다"),
        ("c", "f", "을", "2015-03-05", "…"),
    ])  # fmt: skip
    assert lineage.lineage(documents)["share_copied"].item() == 0.5


class TestFirstIsNotKnown:
    def basis(self, *rows, **more):
        documents = table([(n, "f", p, d, "같은 글이다.") for n, p, d in rows]).assign(**more)
        return documents, lineage.lineage(documents).iloc[0]

    def test_two_publishers_on_the_first_day(self):
        documents, row = self.basis(("a", "가람부", "2015-03-02"), ("b", "을", "2015-03-02"),
                                    ("c", "병", "2015-03-03"))  # fmt: skip
        assert row["first_basis"] == "same_day" and pd.isna(row["first_publisher"])
        assert row["first_date"] == pd.Timestamp("2015-03-02")
        by = lineage.publishers(documents)
        assert by[["n_first", "n_copied"]].to_numpy().sum() == 0 and by["n_unknown"].sum() == 3
        assert by["share_copied_mean"].isna().all()

    def test_one_publisher_twice_on_the_first_day_is_first(self):
        _, row = self.basis(("a", "갑", "2015-03-02"), ("b", "갑", "2015-03-02"),
                            ("c", "을", "2015-03-03"))  # fmt: skip
        assert (row["first_basis"], row["first_publisher"]) == ("dated", "갑")

    def test_an_undated_document_may_be_earlier(self):
        _, row = self.basis(("a", "갑", "2015-03-02"), ("b", "을", None))
        assert row["first_basis"] == "undated" and pd.isna(row["first_publisher"])
        assert pd.isna(row["days_spread"])

    def test_a_document_of_a_later_month_cannot_be_earlier(self):
        bounds = pd.to_datetime(["2015-03-02", "2015-04-01"])
        _, row = self.basis(("a", "갑", "2015-03-02"), ("b", "을", None), date_from=bounds)
        assert (row["first_basis"], row["first_publisher"]) == ("dated", "갑")
        same = pd.to_datetime(["2015-03-02", "2015-03-01"])
        _, row = self.basis(("a", "갑", "2015-03-02"), ("b", "을", None), date_from=same)
        assert row["first_basis"] == "undated"

    def test_no_dates_and_no_publishers(self):
        documents, row = self.basis(("a", "", None), ("b", "", None))
        assert row["first_basis"] == "undated" and row["n_publishers"] == 0
        assert lineage.publishers(documents).empty
        _, row = self.basis(("a", "", "2015-03-02"), ("b", "을", "2015-03-03"))
        assert row["first_basis"] == "dated" and pd.isna(row["first_publisher"])


def test_own_second_printings_are_no_copies():
    documents = table([
        ("a", "f", "갑", "2015-03-02", "같은 글이다."),
        ("b", "f", "갑", "2015-03-03", "같은 글이다."),
        ("c", "f", "을", "2015-03-03", "같은 글이다. 더 썼다."),
        ("d", "g", "을", "2015-03-03", "혼자 낸 글이다."),
        ("e", "g", "을", "2015-03-04", "혼자 낸 글이다."),
    ])  # fmt: skip
    assert lineage.publishers(documents).to_numpy().tolist()[1] == ["을", 0, 1, 0, 0.5]
    assert lineage.publishers(documents).iloc[0, 1:4].tolist() == [1, 0, 0]


def test_passages_show_the_shared_sentence_in_each_document():
    documents = table([
        ("b", "f", "을", "2015-03-03", "앞말이다. 길을  냈다! 뒷말이다."),
        ("a", "f", "갑", "2015-03-02", "문을 열었다.\n길을 냈다. 끝."),
        ("c", "f", "병", "2015-03-04", "아무 말도 같지 않다."),
    ])  # fmt: skip
    rows = lineage.passages(documents, "f")
    assert rows.columns.tolist() == EVIDENCE_COLUMNS
    assert rows[["doc_id", "before", "match", "after"]].to_numpy().tolist() == [
        ["a", "", "길을 냈다.", " 끝."], ["b", "앞말이다. ", "길을  냈다!", " 뒷말이다."],
    ]  # fmt: skip
    text = documents.set_index("doc_id")["text"]
    assert [text[r.doc_id][r.start : r.end] for r in rows.itertuples()] == rows["match"].tolist()
    assert lineage.passages(documents.iloc[[0, 2]], "f").empty


def test_nothing_copied_gives_empty_tables():
    documents = table([("a", "a", "갑", "2015-03-02", "글"), ("b", "b", "을", None, "글")])
    for rows in (documents, documents.iloc[:0]):
        assert lineage.lineage(rows).columns.tolist() == lineage.FAMILY_COLUMNS
        assert lineage.publishers(rows).columns.tolist() == lineage.PUBLISHER_COLUMNS
        assert len(lineage.lineage(rows)) + len(lineage.publishers(rows)) == 0
        assert "없다" in findings.lineage_finding(lineage.lineage(rows))


def plainly(documents):
    """Family -> (first publisher or None, mean share), by loops over lists."""
    result = {}
    for family_id, group in documents.groupby("family_id"):
        if len(group) < 2:
            continue
        rows = sorted(group.to_dict("records"), key=lambda r: (
            pd.isna(r["date"]), r["date"] if pd.notna(r["date"]) else 0, r["doc_id"]))  # fmt: skip
        said = [re.sub(r"\W", "", s) for s in re.split(r"(?<=\.) ", rows[0]["text"])]
        shares = []
        for row in rows[1:]:
            own = [re.sub(r"\W", "", s) for s in re.split(r"(?<=\.) ", row["text"])]
            shares.append(sum(s in said for s in own) / len(own))
        days = [row["date"] for row in rows]
        on_first = {row["publisher"] for row in rows if row["date"] == days[0]}
        known = not any(pd.isna(day) for day in days) and len(on_first) == 1
        result[family_id] = (rows[0]["publisher"] if known else None, sum(shares) / len(shares))
    return result


@given(st.integers(0, 10**6), st.integers(0, 25))
def test_same_as_a_plain_rewriting(seed, n):
    rng = random.Random(seed)
    rows = []
    for i in range(n):
        day = rng.choice([None, *(f"2015-03-{d:02}" for d in range(1, 6))])
        text = " ".join(rng.sample(RELEASE, rng.randrange(1, 6)))
        rows.append((f"d{i:02}", f"f{rng.randrange(6)}", rng.choice("갑을병"), day, text))
    documents = table(rows)
    found = lineage.lineage(documents).set_index("family_id")
    expected = plainly(documents)
    assert set(found.index) == set(expected)
    for family_id, (publisher, share) in expected.items():
        row = found.loc[family_id]
        assert (None if pd.isna(row["first_publisher"]) else row["first_publisher"]) == publisher
        assert row["share_copied"] == pytest.approx(share)
    assert lineage.lineage(documents.sample(frac=1, random_state=1)).equals(
        lineage.lineage(documents)
    )
