"""Sentences on robustness: what the table says, in good Korean, and no more."""

import numpy as np
import pandas as pd
import pytest

from policytext import findings


def agreement(*rows):
    table = pd.DataFrame(rows, columns=["claim", "n_holds", "n_fails", "n_absent"])
    measured = table["n_holds"] + table["n_fails"]
    return table.assign(share_holds=table["n_holds"] / measured.replace(0, np.nan))


class TestAgreement:
    def test_all_some_none(self):
        say = findings.agreement_finding
        every = say(agreement(("갑", 9, 0, 1), ("을", 7, 0, 3)), "조건을 바꾸어도")
        assert every == "결론 2개 모두 조건을 바꾸어도 늘 같다(잴 수 있는 7번 이상에서)"
        none = say(agreement(("갑", 9, 1, 0), ("을", 1, 4, 0)), "조건을 바꾸어도")
        assert "조건을 바꾸어도 늘 같은 것은 없다" in none
        assert none.endswith("가장 약한 “을”은 잴 수 있는 5번 가운데 1번(20%)만 같다")
        some = say(agreement(("갑", 2, 0, 8), ("을", 1, 4, 0)), "조건을 바꾸어도")
        assert some.endswith("늘 같은 결론도 적게는 10번 가운데 2번만 잴 수 있었다")
        few = say(agreement(("갑", 2, 0, 0), ("을", 1, 4, 0), ("병", 2, 3, 0)), "조건을 바꾸어도")
        assert few.startswith("결론 3개 가운데 1개만 조건을 바꾸어도 늘 같다: ")
        one = say(agreement(("갑", 1, 4, 0)), "조건을 바꾸어도")
        assert one == "결론 “갑”은 잴 수 있는 5번 가운데 1번(20%)만 같다"

    def test_nothing_to_say(self):
        assert "흔들어 볼 것이 없다" in findings.agreement_finding(agreement(), "하여도")
        silent = agreement(("갑", 0, 0, 5))
        assert "다시 잴 수 있는 결론이 없다" in findings.agreement_finding(silent, "하여도")

    def test_one_publisher_or_none(self):
        say = findings.leave_out_finding
        assert say(agreement(), pd.Series(["갑일보"] * 3), "매체").startswith("매체가 하나(갑일보)")
        assert "적혀 있지 않아" in say(agreement(), pd.Series([None], dtype=object), "매체")
        two = say(agreement(("갑", 2, 0, 0)), pd.Series(["x", "y"]), "해")
        assert "해를 하나씩 빼도 늘 같다" in two


def test_deviant():
    row = pd.Series({"choices": "", "n_holds": 2, "n_fails": 1})
    assert "이 연구의 조건: 잴 수 있는 3개 가운데 1개가" in findings.deviant_finding(row)
    assert "달라지는 결론이 없다" in findings.deviant_finding(row.replace(1, 0))


def test_flips_and_strata():
    judged = pd.DataFrame(
        {"variant": ["뺌"], "status": ["absent"], "n_documents": [1200], "reason": ["모자람"]}
    )
    assert findings.flips_finding(judged) == "뺌(글 1,200건)은 견줄 수 없다"
    assert findings.strata_finding(judged, "genre") == findings.flips_finding(judged)
    assert "다시 잴 것이 없다" in findings.flips_finding(judged[:0])
    same = pd.DataFrame(
        {"variant": ["붙임", "뺌"], "claim": "갑", "status": "holds", "n_documents": [12, 9]}
    )
    assert findings.flips_finding(same) == "결론 1개가 어느 쪽이든 모두 같다: 붙임, 뺌(글 9–12건)"
    once = findings.flips_finding(same.assign(n_documents=9))
    assert once == "어느 쪽이든 글이 9건으로 같아 달라질 것이 없다: 붙임, 뺌"


@pytest.mark.parametrize(
    ("false", "words"), [([9, 3], "1가지가 진짜만큼"), ([2, 3], "거짓 경계는 없지만(p = 0.333")]
)
def test_placebo(false, words):
    table = pd.DataFrame({"is_real": [True, False, False], "n_significant": [9, *false]})
    assert words in findings.placebo_finding(table)
    assert "옮겨 볼 수 없다" in findings.placebo_finding(table[:1])


def test_placebo_terms():
    table = pd.DataFrame({"term": ["갑", "을"], "n_false": [3, 1], "n_cuts": 6})
    assert "절반이 넘는 곳에서 유의한 것은 없다" in findings.placebo_terms_finding(table)
    assert "다시 잴 말이 없다" in findings.placebo_terms_finding(table[:0])
    assert "다시 잴 말이 없다" in findings.placebo_terms_finding(table.assign(n_cuts=0))


class TestExperiments:
    """Falling short is said plainly."""

    def test_null(self):
        some = pd.DataFrame({"n_called": [1] * 5 + [0] * 15})
        assert "q는 너무 작다" in findings.null_finding(some)
        assert "있을 만한 횟수다" in findings.null_finding(some.iloc[2:])  # 3 of 18

    def test_planted(self):
        table = pd.DataFrame(
            {"times": 3, "n_planted": 40, "precision": [0.7], "n_found": [30], "false_share": 0.2}
        )
        sentence = findings.planted_finding(table)
        assert "기준인 80%에 못 미치고" in sentence and "5%, 기준인 10%를 넘는다)" in sentence
        assert "평균 30.0개다" in sentence
        fine = findings.planted_finding(table.assign(precision=0.9, false_share=0.1))
        assert "못 미치고" not in fine and "기준은 10% 이하)" in fine

    def test_copies(self):
        table = pd.DataFrame({"n_top": [50, 50], "n_same": [50, 48], "n_same_uncounted": [3, 2]})
        assert "순위가 2곳에서 바뀐다" in findings.copies_finding(table)
        none = findings.copies_finding(table.assign(n_same_uncounted=0))
        assert none.endswith("하나도 제자리에 남지 않는다")

    def test_genre(self):
        table = pd.DataFrame(
            {"is_stratified": [False, True], "n_top_10": [9, 2], "n_chance": 1, "n_called": [5, 0]}
        )
        sentence = findings.genre_finding(table)
        assert "평균 2.0개 남는다" in sentence and "9.0개이고(기준인 1개를 넘는다" in sentence

    def test_structure(self):
        table = pd.DataFrame(
            {
                "is_shuffled": [False, True, True],
                "has_structure": [False, True, False],
                "ari": [0.2, 0.1, 0.1],
            }
        )
        sentence = findings.structure_finding(table)
        assert "안정된 주제가 없고" in sentence and "2벌 가운데 1벌" in sentence
        assert sentence.endswith("(기준에 못 미친다)")
