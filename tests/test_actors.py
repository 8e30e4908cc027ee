"""Actors under several names, on reference tables invented here."""

import pandas as pd
import pytest

from policytext import comparison
from policytext.comparison import actors
from policytext.matrix import term_matrix

ORGANISATIONS = """from,to,effective
,바다청,2000-01-01
바다청,바다하늘부,2010-01-01
바다하늘부,하늘부,2020-01-01
,숲위원회,2015-07-01
숲위원회,,2016-01-01
,샘청,1990-01-01
옛샘,새샘,2008-06-01
"""
ALIASES = """alias,canonical,valid_from,valid_to,ambiguous
바하부,바다하늘부,,,no
바부,바다하늘부,,,no
큰부,하늘부,,,yes
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "organisations.csv").write_text(ORGANISATIONS, encoding="utf-8")
    (tmp_path / "aliases.csv").write_text(ALIASES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def documents():
    dates = ["2005-01-01", "2009-12-31", "2010-01-01", "2019-12-31", "2021-01-01", "2022-01-01"]
    return pd.DataFrame(
        {
            "doc_id": list("abcdef"),
            "date": pd.to_datetime(dates),
            "administration": ["갑", "갑", "을", "을", "병", "병"],
        }
    )


def tokens(*rows):
    return pd.DataFrame(rows, columns=["doc_id", "term", "tag"])


def test_names_become_the_actor_and_nothing_else_changes(folder, documents):
    table = tokens(
        ("a", "바다청", "NNG"), ("c", "바하부", "LEX"), ("c", "창업", "NNG"), ("e", "하늘부", "LEX"),
        ("e", "바부", "NNG"), ("c", "바부", "LEX"), ("e", "큰부", "LEX"),
    ).astype("category")  # fmt: skip
    before = table.copy()
    canonical = actors.canonical_tokens(table, documents, folder=folder)
    assert canonical["term"].tolist() == [
        "하늘부", "하늘부", "창업", "하늘부", "바부", "하늘부", "큰부",
    ]  # fmt: skip
    pd.testing.assert_frame_equal(table, before)
    assert canonical[["doc_id", "tag"]].equals(table[["doc_id", "tag"]])
    names = actors.actor_names(table, documents, folder=folder)
    assert names[["term", "administration", "actor", "n"]].values.tolist() == [
        ["바다청", "갑", "하늘부", 1], ["바부", "을", "하늘부", 1],
        ["바하부", "을", "하늘부", 1], ["큰부", "병", "큰부", 1], ["하늘부", "병", "하늘부", 1],
    ]  # fmt: skip


def test_structural_zeros(folder, documents):
    terms = pd.Series(["바다하늘부", "숲위원회", "창업", "바다하늘부", "하늘부"])
    table = actors.structural_zeros(terms, documents, folder=folder)
    rows = table.set_index(["term", "administration"])
    assert rows.loc[("바다하늘부", "갑"), "label"] == "2010-01-01에 생긴 이름"
    assert rows.loc[("바다하늘부", "병"), "label"] == "2020-01-01에 없어진 이름"
    assert ("바다하늘부", "을") not in rows.index  # there all the time
    assert rows.loc[("숲위원회", "갑"), "is_structural_zero"]
    # 184 of the 3,652 days from 2010-01-01 to 2019-12-31
    assert rows.loc[("숲위원회", "을"), "share_existing"] == pytest.approx(184 / 3652)
    assert not rows.loc[("숲위원회", "을"), "is_structural_zero"]
    assert len(table) == 2 + 3 + 2 and "창업" not in set(table["term"])
    # The table does not say since when 옛샘 was called so: no claim before its end.
    old = actors.structural_zeros(pd.Series(["옛샘"]), documents, folder=folder)
    assert old.set_index("administration")["share_existing"].to_dict() == {
        "갑": pytest.approx(1247 / 1826), "을": 0.0, "병": 0.0,
    }  # fmt: skip


def test_only_the_name_sets_the_later_side_apart(folder):
    """Either side names one body as often, by two names; a second body is named by one side."""
    rows, dates = [], {}
    for number in range(60):
        doc_id, late = f"d{number:02d}", number % 2
        dates[doc_id] = "2012-01-01" if late else "2008-01-01"
        words = ["바다하늘부" if late else "바다청", "창업", "창업", "혁신"]
        rows += [(doc_id, word, "LEX") for word in words + ["샘청" if late else "저녁"] * 3]
    table = tokens(*rows)
    documents = pd.DataFrame({"doc_id": list(dates), "date": list(dates.values())})
    documents["administration"] = ["갑", "을"] * 30

    def keyness(tokens):
        matrix = term_matrix(tokens, min_df=1, max_df=1.0)
        return comparison.keyness(matrix, documents["administration"], n_permutations=200)

    surface = keyness(table)
    canonical = keyness(actors.canonical_tokens(table, documents, folder=folder))
    names = actors.actor_names(table, documents, folder=folder)
    pairs = actors.renamed_keyness(surface, canonical, names)
    assert pairs.set_index("term")["is_renaming"].to_dict() == {
        "바다청": True, "바다하늘부": True, "샘청": False,
    }  # fmt: skip
    pairs = pairs[pairs["term"] != "샘청"]
    assert pairs[["administration", "term", "actor", "n", "n_actor"]].values.tolist() == [
        ["갑", "바다청", "하늘부", 30, 30], ["을", "바다하늘부", "하늘부", 30, 30],
    ]  # fmt: skip
    share = actors.renaming_share(surface, pairs).set_index("administration")
    sure = surface[(surface["z"] > 0) & (surface["q"] < 0.05)]
    own = sure[sure["administration"] == "을"]
    assert share.loc["을", "n_terms"] == len(own) == 2
    z = own.set_index("term")["z"]
    assert share.loc["을", "share_z"] == pytest.approx(z["바다하늘부"] / z.sum())


def test_texts_without_organisations_give_empty_tables(folder, documents):
    table = tokens(("a", "창업", "NNG"))
    assert actors.actor_names(table, documents, folder=folder).empty
    assert actors.canonical_tokens(table, documents, folder=folder)["term"].tolist() == ["창업"]
    assert actors.structural_zeros(table["term"], documents, folder=folder).empty
