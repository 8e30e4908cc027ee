"""Findings: the sentence says what the table says, in good Korean, and never more."""

import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from policytext import display, findings

CLOSED, OPEN = "김갑순", "이을나"  # a name with and one without a final consonant


def numbers(sentence):
    return [
        float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", sentence)
    ]


class TestCorpus:
    STEPS = pd.DataFrame({"step": ["찾은 문서", "읽은 문서"], "n_documents": [1234, 1200]})

    def test_families_are_told_only_when_they_merge(self):
        documents = pd.DataFrame({"administration": ["가", "나", None], "family_id": list("xyx")})
        sentence = findings.corpus_finding(self.STEPS, documents)
        assert sentence == "찾은 문서 1,234건 가운데 2건을 정부별 비교에 쓴다"
        merged = documents.assign(family_id="x")
        assert "2건(겹치는 글을 묶으면 1건)을" in findings.corpus_finding(self.STEPS, merged)

    def test_nothing_to_compare(self):
        documents = pd.DataFrame({"administration": [None], "family_id": ["x"]})
        assert "정부를 정할 수 있는 문서가 없어" in findings.corpus_finding(self.STEPS, documents)
        none = self.STEPS.assign(n_documents=0)
        assert findings.corpus_finding(none, documents[:0]) == "읽은 문서가 없어 비교할 수 없다"
        assert findings.corpus_finding(self.STEPS[:0], documents[:0]).startswith("읽은 문서가 없어")


class TestCoverage:
    def rates(self, **rates):
        per_100 = pd.Series(list(rates.values()), dtype=object)
        return pd.DataFrame(
            {"administration": list(rates), "n_documents": 7, "per_100_days": per_100}
        )

    @settings(max_examples=30)
    @given(st.lists(st.integers(1, 5000), min_size=2, max_size=5))
    def test_numbers_are_the_extremes_of_the_table(self, tenths):
        rates = self.rates(**{f"이름{chr(0xAC00 + i)}": n / 10 for i, n in enumerate(tenths)})
        most, least = max(tenths) / 10, min(tenths) / 10
        found = numbers(findings.coverage_finding(rates))
        assert found == [float(f"{most / least:.1f}"), 100, most, 7, least, 7]

    def test_one_or_none(self):
        one = findings.coverage_finding(self.rates(갑=3.0))
        assert one == "모든 문서가 갑 때의 것이어서 정부를 견줄 수 없다"
        assert "견줄 수 없다" in findings.coverage_finding(self.rates())
        empty = self.rates(갑=3.0).assign(n_documents=0)
        assert "견줄 수 없다" in findings.coverage_finding(empty)

    def test_unknown_rates_are_left_out(self):
        sentence = findings.coverage_finding(self.rates(갑=8.0, 을=pd.NA, 병=2.0))
        assert numbers(sentence) == [4.0, 100, 8.0, 7, 2.0, 7] and "을 때" not in sentence
        assert "없어" in findings.coverage_finding(self.rates(갑=pd.NA, 을=pd.NA))

    def test_a_stretch_of_few_days_makes_no_extreme(self):
        rates = self.rates(갑=8.0, 을=2.0, 병=70.0).assign(office_days=[500, 500, 10])
        assert "병 때" not in findings.coverage_finding(rates)
        assert "병 때" in findings.coverage_finding(rates[1:])


class TestAudit:
    def test_the_largest_fault(self):
        faults = pd.DataFrame(
            {"check": ["작은 흠", "없는 흠", "큰 흠"], "n_documents": [2, 0, 1500]}
        )
        sentence = findings.audit_finding(faults)
        expected = "살핀 3가지 가운데 2가지 흠이 있고, 가장 많은 것은 ‘큰 흠’ 1,500건이다"
        assert sentence == expected
        assert findings.audit_finding(faults.assign(n_documents=0)) == "살핀 3가지 흠은 하나도 없다"


class TestLexicon:
    KEPT = pd.DataFrame(
        {"term": ["혁신센터"] * 3 + ["창업펀드", "기업"], "tag": ["LEX"] * 4 + ["NNG"]}
    )

    def test_counts(self):
        sentence = findings.lexicon_finding(self.KEPT)
        assert "복합어 2가지를 4번 한 낱말로 세었다" in sentence and "‘혁신센터’ 3번" in sentence
        plain = self.KEPT.assign(tag="NNG")
        assert "나오지 않는다" in findings.lexicon_finding(plain)


class TestAnalysers:
    @pytest.mark.parametrize(
        ("name", "pair"),
        [("mecab", "mecab과 okt"), ("hannanum", "hannanum과 okt"), ("kkma", "kkma와 okt")],
    )
    def test_the_particle_follows_the_name(self, name, pair):
        table = pd.DataFrame(
            {"analyser": [name, "okt", "kiwi"], "jaccard_with_default": [1, 0.4, 0.7]}
        )
        assert (
            findings.analyser_finding(table, name)
            == f"분석기를 바꾸면 명사가 최대 60% 달라진다({pair})"
        )

    def test_alone(self):
        table = pd.DataFrame({"analyser": ["mecab"], "jaccard_with_default": [1.0]})
        assert "없다" in findings.analyser_finding(table)


class TestTopics:
    TABLE = pd.DataFrame(
        {"topic": [1, 2, 3], "is_stable": [True, True, False], "ari": 0.634, "ari_low": 0.5,
         "ari_null": 0.1}
    )  # fmt: skip

    def test_stable_topics_are_counted(self):
        sentence = findings.topics_finding(self.TABLE, 3)
        assert sentence.startswith("주제 3개 가운데 2개는") and "ARI 0.63" in sentence

    def test_unstable_and_without_structure(self):
        none = self.TABLE.assign(is_stable=False)
        assert "되풀이되는 주제가 없다(" in findings.topics_finding(none, 3)
        assert findings.topics_finding(self.TABLE.assign(ari_low=0.05), 3).startswith(
            "안정된 주제 없음"
        )
        assert findings.topics_finding(self.TABLE[:1], 1).startswith("안정된 주제 없음")


class TestTopicShares:
    SHARES = pd.DataFrame(
        {
            "administration": [CLOSED, OPEN] * 2,
            "topic": [1, 1, 2, 2],
            "label": ["농업", "농업", "창업", "창업"],
            "share": [0.4, 0.5, 0.1, 0.5],
            "share_low": [0.3, 0.4, 0.0, 0.41],
            "share_high": [0.5, 0.6, 0.2, 0.58],
        }
    )

    def test_the_surest_difference_with_intervals(self):
        expected = (
            "가장 뚜렷하게 갈린 주제는 ‘창업’이다: "
            f"{OPEN} 50%(95% 구간 41–58), {CLOSED} 10%(95% 구간 0–20)"
        )
        assert findings.topic_shares_finding(self.SHARES) == expected

    def test_a_wide_interval_does_not_win(self):
        few = self.SHARES.assign(share=[0.0, 0.9, 0.1, 0.5], share_high=[0.95, 0.99, 0.2, 0.58])
        assert "‘창업’" in findings.topic_shares_finding(few)

    def test_nothing_significant(self):
        wide = self.SHARES.assign(share_low=0.0)
        assert "다르다고 할 수 없다" in findings.topic_shares_finding(wide)

    def test_one_administration(self):
        one = self.SHARES[self.SHARES["administration"] == OPEN]
        assert "정부가 하나뿐" in findings.topic_shares_finding(one)


class TestKeyness:
    def table(self, label=CLOSED, **columns):
        values = {"term": "창업", "z": 9.0, "q": 0.012, "n_documents": 1200, "rate_per_10k": 50.0,
                  "rate_rest_per_10k": 4.0, "n_rest": 7}  # fmt: skip
        return pd.DataFrame(
            {"administration": [label]} | {k: [v] for k, v in (values | columns).items()}
        )

    def test_the_numbers_of_the_table(self):
        sentence = findings.keyness_finding(self.table(), CLOSED)
        assert numbers(sentence) == [1, 50.0, 4.0, 12.5, 1200, 0.012]
        assert "‘창업’" in sentence and "글 1,200건" in sentence

    @pytest.mark.parametrize("name", [CLOSED, OPEN])
    def test_the_particle_goes_with_government_or_period(self, name):
        acting = f"권한대행({name})"
        found = findings.keyness_finding(self.table(name), name)
        assert found.startswith(f"{name} 정부를 가르는 말은 ‘창업’: ")
        found = findings.keyness_finding(self.table(acting), acting)
        assert found.startswith(f"{acting} 시기를 가르는 말은")
        none = findings.keyness_finding(self.table(acting, q=0.5), acting)
        assert none.startswith(f"{acting} 시기가 나머지보다 더 썼다고 말할 수 있는 낱말은 없다")

    def test_tiny_q_is_bounded_not_zero(self):
        assert "q < 0.001)" in findings.keyness_finding(self.table(q=0.0004), CLOSED)
        assert "q = 0.001)" in findings.keyness_finding(self.table(q=0.001), CLOSED)
        assert "q < 0.001)" in findings.keyness_finding(self.table(q=0.0), CLOSED)

    def test_zero_in_the_rest_has_no_ratio(self):
        sentence = findings.keyness_finding(self.table(rate_rest_per_10k=0.0, n_rest=0), CLOSED)
        assert "50.0번 나오는데 나머지 정부에는 한 번도 나오지 않는다(" in sentence
        assert "배다" not in sentence and "inf" not in sentence

    def test_a_tiny_rate_in_the_rest_is_a_count_not_a_ratio(self):
        sentence = findings.keyness_finding(self.table(rate_rest_per_10k=0.02), CLOSED)
        assert (
            "50.0번 나오는데 나머지 정부에는 모두 7번뿐이다(" in sentence and "배다" not in sentence
        )
        assert "500.0배다" in findings.keyness_finding(self.table(rate_rest_per_10k=0.1), CLOSED)

    @pytest.mark.parametrize(
        "columns", [{"q": 0.05}, {"z": -9.0}, {"z": float("nan"), "q": 1.0}, {"label": OPEN}]
    )
    def test_nothing_significant(self, columns):
        sentence = findings.keyness_finding(self.table(**columns), CLOSED)
        assert (
            sentence
            == f"{CLOSED} 정부가 나머지보다 더 썼다고 말할 수 있는 낱말은 없다(FDR 5%, 차이가 없다는 증거는 아니다)"
        )

    def test_the_ratio_has_its_interval_and_the_caveat_is_told(self):
        table = self.table(log_ratio_low=2.0, log_ratio_high=4.0, caveat="한 글에 60%가 몰림")
        sentence = findings.keyness_finding(table, CLOSED)
        assert numbers(sentence) == [1, 50.0, 4.0, 12.5, 95, 4.0, 16.0, 1200, 0.012, 60]
        assert sentence.endswith("). 주의: 한 글에 60%가 몰림")
        for rest in ({"rate_rest_per_10k": 0.0, "n_rest": 0}, {"rate_rest_per_10k": 0.02}):
            rare = self.table(log_ratio_low=3.0, log_ratio_high=9.0, log_odds_low=0.61,
                              log_odds_high=0.74, **rest)  # fmt: skip
            sentence = findings.keyness_finding(rare, CLOSED)
            # Resampled zeros are zeros: they give no bound of a ratio (it was "8.0배").
            assert "(로그 승산비의 95% 구간 0.61–0.74, 글" in sentence and "배" not in sentence
        assert "주의" not in findings.keyness_finding(self.table(caveat=""), CLOSED)

    def test_the_surest_term_wins(self):
        weak = self.table(term="우연", z=99.0, q=0.2)
        both = pd.concat([self.table(z=3.0), self.table(term="벤처", z=4.0), weak])
        assert "‘벤처’" in findings.keyness_finding(both, CLOSED)


class TestDivergence:
    def table(self, **excess):
        """``ab=(0.2, 0.1)``: excess and its lower bound between a and b, and the mirrored row."""
        mirrored = {(b, a): pair for (a, b), pair in excess.items()}
        rows = [(*ab, *pair, 2 * pair[0] - pair[1]) for ab, pair in (excess | mirrored).items()]
        columns = ["administration_a", "administration_b", "excess", "excess_low", "excess_high"]
        own = [(name, name, 0.0, 0.0, 0.0) for name in "abc"]
        return pd.DataFrame(rows + own, columns=columns)

    def test_two(self):
        sure = findings.divergence_finding(self.table(ab=(0.2, 0.1)))
        assert "a–b 사이의 거리가 우연을 0.200비트(95% 구간 0.100–0.300) 넘는다" in sure
        unsure = findings.divergence_finding(self.table(ab=(0.2, -0.1)))
        assert unsure == "두 정부의 말은 한 정부 안의 차이보다 멀다고 할 수 없다"

    def test_three(self):
        sentence = findings.divergence_finding(
            self.table(ab=(0.2, 0.1), ac=(0.9, -0.1), bc=(0.01, 0))
        )
        assert "말의 거리는 a–b 사이가 가장 멀다: " in sentence
        assert numbers(sentence) == [0.2, 95, 0.1, 0.3, 0.01, 95, 0, 0.02, 1]
        assert sentence.endswith("겹치는 짝이 1개 더 있어 첫째라고 못박을 수 없다")
        assert "확실하지 않다" not in sentence

    def test_overlapping_intervals_have_no_order(self):
        sentence = findings.divergence_finding(self.table(ab=(0.2, 0.1), bc=(0.19, 0.1)))
        assert sentence.endswith("멀고 가까운 차례는 확실하지 않다")

    def test_none_beyond_the_baseline(self):
        table = self.table(ab=(0.2, -0.1), ac=(0.1, 0.0), bc=(0.3, -0.2))
        sentence = findings.divergence_finding(table)
        assert sentence == "어느 두 정부의 말도 한 정부 안의 차이보다 멀다고 할 수 없다"

    def test_not_enough(self):
        assert "잴 수 없다" in findings.divergence_finding(self.table())
        unknown = self.table(ab=(float("nan"), float("nan")))
        assert "잴 수 없다" in findings.divergence_finding(unknown)


class TestOrigins:
    def test_removed_lines(self):
        rows = [("갑", "공유 단추", 2), ("갑", "되풀이된 줄", 1200), ("을", "되풀이된 줄", 3)]
        removed = pd.DataFrame(rows, columns=["publisher", "rule", "n_lines"])
        sentence = findings.removed_finding(removed)
        assert sentence == (
            "매체 2곳의 글에서 본문이 아닌 줄 1,205줄을 걷어냈다(그 가운데 1,203줄은 매체가 되풀이하는 줄)"
        )
        assert "가운데" not in findings.removed_finding(removed[:1])
        assert "걷어낸 것이 없다" in findings.removed_finding(removed[:0])

    FAMILIES = pd.DataFrame({"title": ["큰 글", "작은 글"], "first_publisher": [None, OPEN],
                             "first_basis": ["same_day", "dated"], "n_documents": [11, 2],
                             "share_copied": [0.5, None]})  # fmt: skip

    def test_copies_are_averaged_and_an_unknown_origin_is_told(self):
        sentence = findings.lineage_finding(self.FAMILIES)
        assert numbers(sentence) == [11, 2, 50]
        assert "‘큰 글’은 첫날 여러 곳이 내어 처음 낸 곳을 알 수 없다" in sentence
        undated = findings.lineage_finding(self.FAMILIES.assign(first_basis="undated"))
        assert "날짜를 모르는 글이 있어" in undated
        untitled = findings.lineage_finding(self.FAMILIES[1:].assign(title="", n_documents=3))
        assert "제목 없는 글을 처음 낸 곳은 이을나이다" in untitled and "잴 수 없고" in untitled
        pairs = findings.lineage_finding(self.FAMILIES.assign(n_documents=2))
        assert pairs.endswith("같은 글은 모두 두 건씩이다") and "처음" not in pairs

    def test_publishers_with_and_without_a_first(self):
        table = pd.DataFrame({"publisher": [OPEN, CLOSED], "n_first": [3, 0], "n_copied": [1, 4],
                              "n_unknown": 0, "share_copied_mean": [0.9, 0.75]})  # fmt: skip
        assert findings.publishers_finding(table) == (
            f"가장 많이 먼저 낸 곳은 {OPEN}(3건)이고 가장 많이 옮긴 곳은 {CLOSED}(4건, 문장의 75%가 같음)이다"
        )
        unknown = findings.publishers_finding(table.assign(n_first=0))
        assert unknown.startswith("매체 2곳이") and "알 수 없다" in unknown
        assert "견줄 수 없다" in findings.publishers_finding(table[:0])


class TestCaveats:
    KEYNESS = pd.DataFrame(
        {"term": ["회의", "바다청", "창업"], "administration": CLOSED, "is_reversed": [False, False, True],
         "top_document_share": [0.5, 0.51, float("nan")], "n_publishers": [1, 2, 0]}
    )  # fmt: skip
    PARTS = pd.DataFrame(
        {"term": ["회의"], "administration": CLOSED, "explained_by": "정상회의", "share": 0.9}
    )
    ZEROS = pd.DataFrame(
        {"term": "바다청", "administration": [OPEN, "병", "정"],
         "is_structural_zero": [True, True, False], "label": "2017-07-26에 생긴 이름"}
    )  # fmt: skip

    def test_each_says_its_own(self):
        told = findings.keyness_caveats(self.KEYNESS, self.PARTS, self.ZEROS)
        assert told["caveat"].tolist() == [
            "‘정상회의’의 일부(늘어난 만큼의 90%), 발행처 한 곳뿐",
            f"2017-07-26에 생긴 이름({OPEN} 등 2개 시기에는 없었음), 한 글에 51%가 몰림",
            "글의 종류를 맞추지 않으면 방향이 반대",
        ]
        assert told["explained_by"].tolist()[0] == "정상회의" and "share" not in told

    def test_nothing_to_say(self):
        plain = self.KEYNESS.assign(
            is_reversed=False, top_document_share=0.1, n_publishers=[1, 1, 0]
        )
        told = findings.keyness_caveats(plain, self.PARTS[:0], self.ZEROS[:0])
        assert told["caveat"].tolist() == [""] * 3  # one publisher in all is no caveat


class TestReversal:
    def test_only_terms_that_set_an_administration_apart_count(self):
        table = pd.DataFrame(
            {"z_crude": [4.0, 3.0, 2.0, -2.0], "q_crude": [0.01, 0.01, 0.2, 0.01],
             "q": [0.01, 0.5, 0.9, 0.9], "is_reversed": [True, True, True, True], "n_strata": 3}
        )  # fmt: skip
        sentence = findings.reversal_finding(table, "genre")
        assert numbers(sentence) == [2, 1, 1, 3] and sentence.startswith("글의 종류를")
        none = findings.reversal_finding(table.assign(is_reversed=False), "occasion")
        assert "글의 종류를" in none and "뒤집힌 말은 없다" in none
        assert "맞추어 견줄 수 없다" in findings.reversal_finding(table, "")


class TestOrganisations:
    def share(self, *rows):
        return pd.DataFrame(rows, columns=["administration", "n_terms", "n_renamed", "share_z"])

    def test_the_largest_share(self):
        table = self.share((CLOSED, 10, 2, 0.1), (OPEN, 4, 1, 0.3), ("병", 0, 0, float("nan")))
        sentence = findings.organisations_finding(table)
        assert sentence.startswith("정부를 가르는 말 14개 가운데 3개는")
        assert f"가장 많은 곳은 {OPEN} 정부로 4개" in sentence
        assert numbers(sentence) == [14, 3, 4, 1, 30.0]

    def test_none(self):
        assert "것은 없다" in findings.organisations_finding(self.share((CLOSED, 5, 0, 0.0)))
        nothing = findings.organisations_finding(self.share((CLOSED, 0, 0, float("nan"))))
        assert "셀 것도 없다" in nothing


class TestRenaming:
    def table(self, **columns):
        values = {
            "administration_from": CLOSED, "administration_to": OPEN, "kind": "새 이름",
            "term_from": "창업", "term_to": "벤처", "n_families_from": 20, "n_families_to": 1300,
            "similarity": 0.9, "similarity_low": 0.8, "similarity_high": 0.95, "baseline": 0.4,
            "p": 0.001, "q": 0.01,
        }  # fmt: skip
        return pd.DataFrame({key: [value] for key, value in (values | columns).items()})

    def test_a_new_name_is_claimed_only_when_sure(self):
        sure = findings.renamed_finding(self.table())
        assert "‘벤처’가 이어받았다" in sure
        assert numbers(sure) == [0.9, 95, 0.8, 0.95, 0.4, 20, 1300, 0.01]
        unsure = findings.renamed_finding(self.table(q=0.05))
        assert f"{CLOSED}에서 {OPEN}로" in unsure and "짝은 1개 말 가운데 없다" in unsure
        assert "이어받았다" not in unsure
        assert "짝을 지을 수 없다" in findings.renamed_finding(self.table(kind="내용이 옮겨감"))

    def test_the_number_of_pairs(self):
        two = pd.concat([self.table(), self.table(term_from="시장", q=0.04), self.table(q=0.9)])
        assert findings.renamed_finding(two).endswith(". 모두 2쌍이다")

    def test_a_moved_content(self):
        moved = self.table(kind="내용이 옮겨감", term_to="창업", similarity=0.2)
        sentence = findings.moved_finding(pd.concat([moved, moved.assign(q=0.5)]))
        assert "말 2개 가운데 1개는" in sentence and "‘창업’의 유사도는 0.20" in sentence
        assert "가운데값" not in sentence
        other = moved.assign(similarity=0.4, baseline=0.8)
        many = findings.moved_finding(pd.concat([moved, other]))
        assert "가운데값은 0.30(글을 섞어 나누면 0.60)" in many
        assert "있는 것은 없다" in findings.moved_finding(moved.assign(q=0.05))
        assert "견줄 수 없다" in findings.moved_finding(self.table())


def test_a_government_told_apart_by_names_only_says_so():
    table = pd.DataFrame({"administration": [CLOSED], "term": ["이을나"], "z": [3.0], "q": [0.01]})
    sentence = findings.keyness_finding(table, CLOSED, people=frozenset({"이을나"}))
    assert sentence == (
        f"{CLOSED} 정부가 나머지보다 더 썼다고 말할 수 있는 낱말은 사람 이름 말고는 없다(FDR 5%, 차이가 없다는 증거는 아니다)"
    )


def test_shares_of_unstable_topics_make_no_headline():
    shares = pd.DataFrame({"administration": ["가", "나"] * 2, "topic": [1, 1, 2, 2],
                           "label": ["흔들림", "흔들림", "튼튼", "튼튼"], "n": [9, 0, 1234, 5],
                           "share": [0.9, 0, 0.6, 0.1], "share_low": [0.8, 0, 0.5, 0.0],
                           "share_high": [1, 0.1, 0.7, 0.2],
                           "is_stable": [False, False, True, True]})  # fmt: skip
    assert findings.topic_shares_finding(shares) == (
        "가장 뚜렷하게 갈린 안정된 주제는 ‘튼튼’이다: "
        "가 60%(95% 구간 50–70, 글 1,234건), 나 10%(95% 구간 0–20, 글 5건)"
    )


def test_what_follows_the_colon_of_a_finding_stands_below_its_heading():
    block = display.finding("‘창업’이 늘었다: 3번에서 9번(q = 0.01)", level=3)
    page = BeautifulSoup(str(block.html), "html.parser")
    assert page.h3.get_text() == "‘창업’이 늘었다"
    assert page.select_one("h3 + p.finding-detail").get_text() == "3번에서 9번(q = 0.01)"
    assert block.records[0]["text"] == block.text == "‘창업’이 늘었다: 3번에서 9번(q = 0.01)"
    title = display.finding("글 2건이 ‘대전: 센터’와 같다")
    title = BeautifulSoup(str(title.html), "html.parser")
    assert title.h2.get_text() == "글 2건이 ‘대전: 센터’와 같다" and not title.p
