"""Conclusions on other documents: each variant by hand."""

import pandas as pd
import pytest
from test_claims import OPTIONS, small  # noqa: F401

from policytext import studies
from policytext.corpus import Corpus
from policytext.robustness import claims as c
from policytext.robustness import reruns as r
from policytext.robustness import runs


@pytest.fixture(scope="module")
def judged(small):  # noqa: F811
    documents, tokens = small
    base = runs.measure(documents, tokens, OPTIONS)
    claims = c.headline_claims(base, ["가", "나"])
    variants = [
        ("그대로", documents),
        ("하나만", documents[documents["administration"] == "가"]),
        ("바꿈", documents.assign(administration=["가"] * 30 + ["나"] * 30)),
    ]
    return claims, r.reruns(variants, tokens, claims, base, OPTIONS)


def test_every_variant_judges_every_claim(judged):
    claims, table = judged
    assert table.groupby("variant", sort=False).size().to_dict() == dict.fromkeys(
        ["그대로", "하나만", "바꿈"], len(claims)
    )
    status = table.groupby("variant")["status"].agg(set)
    assert status["그대로"] == {"holds"}
    assert status["하나만"] == {"absent"}
    alone = table[table["variant"] == "하나만"]
    assert alone["reason"].str.contains("집단이 2개 이상").all()
    terms = table[table["kind"] == "term"]
    assert set(terms.loc[terms["variant"] == "바꿈", "status"]) == {"fails"}


def test_leave_one_out():
    table = pd.DataFrame({"publisher": ["A", "A", "B", None]})
    found = dict(r.leave_one_out(table, table["publisher"]))
    assert {name: list(left.index) for name, left in found.items()} == {"A": [2, 3], "B": [0, 1, 3]}
    years = pd.Series([2013, 2014, 2014, None], dtype="Int64")
    assert list(dict(r.leave_one_out(table, years))) == ["2013", "2014"]


def test_strata_hold_enough_documents_of_two_governments():
    table = pd.DataFrame(
        {
            "administration": list("가가가나나나나"),
            "genre": "speech",
            "occasion": ["회의", "축사", "축사", "회의", "축사", "축사", "기타"],
        }
    )
    name, documents = r.stratified(table, min_documents=1)
    assert name == "occasion"
    assert documents["stratum"].tolist() == ["회의", "축사", "축사", "회의", "축사", "축사"]
    name, documents = r.stratified(table, min_documents=2)
    assert name == "" and documents.equals(table)


def test_acting_variants_move_only_the_acting_days():
    dates = ["2016-05-01", "2017-02-01", "2018-05-01", "2018-06-01"]
    documents = pd.DataFrame(
        {
            "doc_id": list("abcd"),
            "date": pd.to_datetime(dates),
            "is_foreign": [False, False, False, True],
            "is_date_conflict": False,
            "is_other_kind": False,
        }
    )
    rest = dict.fromkeys(
        ["outside", "rejects", "files", "notes", "columns", "removed", "steps", "cleaning"]
    )
    study = studies.read_study("innovation-centers")
    found = dict(r.acting_variants(Corpus(documents=documents, **rest), study))
    assert [len(found[name]) for name in r.ACTING_NAMES.values()] == [3, 3, 2]
    attached = found[r.ACTING_NAMES["attach"]]["administration"].tolist()
    assert attached[0] == attached[1] != attached[2]
    assert found[r.ACTING_NAMES["separate"]]["administration"].nunique() == 3
