"""What readers see over, and in, columns that have one name everywhere."""

HEADERS = {
    "administration": "정부", "administration_a": "정부",
    "administration_b": "견준 정부", "analyser": "분석기", "baseline": "기준선",
    "bits": "비트", "bits_full": "비트(모든 낱말)", "caveat": "주의", "choices": "조건",
    "chosen": "고름", "claim": "결론", "coherence": "응집도", "community": "무리",
    "cosine": "코사인", "cut": "경계", "dispersion": "흩어짐", "distance": "거리",
    "doc_id": "글 번호", "estimate": "추정값", "estimate_max": "추정값 최대",
    "estimate_min": "추정값 최소", "evidence": "근거", "excess": "기준선을 넘는 거리",
    "excess_high": "넘는 거리 위", "excess_low": "넘는 거리 아래", "explained": "담은 몫",
    "explained_by": "설명하는 복합어", "exposure": "분모", "g2": "G²", "high": "위",
    "information": "되풀이되는 정보량", "is_real": "진짜 경계", "is_reversed": "뒤집힘",
    "is_stable": "안정", "jaccard_with_default": "명사 겹침", "jsd": "거리",
    "jsd_full": "거리(모든 낱말)", "jsd_high": "거리 위", "jsd_low": "거리 아래",
    "kchar_per_second": "천 자/초", "kind": "종류", "label": "이름", "left": "한쪽",
    "lives_in_one": "몰림", "log_odds": "로그 승산비", "log_odds_high": "승산비 위",
    "log_odds_low": "승산비 아래", "log_ratio": "로그 비(2를 밑)", "log_ratio_high": "로그 비 위",
    "log_ratio_low": "로그 비 아래", "low": "아래", "month": "달", "months": "재임 개월",
    "n": "수", "n_absent": "잴 수 없음", "n_documents": "글", "n_fails": "달라짐",
    "n_families": "가족", "n_families_all": "모든 가족", "n_holds": "같음", "n_months": "달 수",
    "n_once": "가족마다 한 번 센 수", "n_publishers": "발행처", "n_removed": "빠진 글",
    "n_rest": "나머지의 수", "n_runs": "다시 낸 횟수", "n_significant": "유의한 낱말",
    "n_strata": "견준 종류", "n_terms": "낱말", "n_tokens": "낱말 수", "n_topics": "주제 수",
    "office_days": "재임한 날", "offset_days": "옮긴 날", "other": "견준 정부", "p": "p",
    "pair": "두 정부", "part": "몫", "pct_diff": "차이(%)", "period": "첫날",
    "period_end": "끝날", "publisher": "매체", "q": "q", "rank": "순위",
    "rate_per_10k": "1만 낱말에", "rate_rest_per_10k": "나머지에서", "reason": "까닭",
    "region": "지역", "right": "다른 쪽", "series": "말이나 주제", "share": "비중",
    "share_high": "비중 위", "share_holds": "같은 비율", "share_low": "비중 아래",
    "share_rest": "나머지 정부의 비중", "share_significant": "유의한 비율",
    "share_unmoved": "그대로인 날의 비율", "smallest_topic_share": "가장 작은 주제의 비중",
    "specification": "번호", "stability": "안정성", "stability_high": "안정성 위",
    "stability_low": "안정성 아래", "stability_null": "뒤섞은 글의 안정성", "status": "상태",
    "step": "단계", "term": "낱말", "term_a": "낱말", "term_b": "함께 나온 낱말",
    "terms": "유의한 낱말", "topic": "주제", "top_document_share": "한 글의 몫",
    "value": "값", "value_high": "값 위", "value_low": "값 아래", "weakest": "가장 불리한 것",
    "window": "재임 몇째 해", "x": "가로", "y": "세로", "year": "해", "z": "z",
}  # fmt: skip


def small_p(p: float) -> str:
    """A p or q as a table shows it.

    >>> small_p(0.0004), small_p(0.0317)
    ('<0.001', '0.032')
    """
    return "<0.001" if p < 0.001 else f"{p:.3f}"


# A column keeps its decimals from row to row.
FORMATS = {
    **dict.fromkeys(["p", "q"], small_p),
    **dict.fromkeys("share share_low share_high share_rest share_holds explained".split(), ".1%"),
    **dict.fromkeys("log_odds log_odds_low log_odds_high cosine x y similarity".split(), ".2f"),
    **dict.fromkeys("log_ratio log_ratio_low log_ratio_high dispersion distance".split(), ".2f"),
    **dict.fromkeys("rate_per_10k rate_rest_per_10k z g2 n_once".split(), ",.1f"),
    **dict.fromkeys("jsd jsd_low jsd_high jsd_full baseline excess".split(), ".3f"),
    **dict.fromkeys("excess_low excess_high bits bits_full estimate low high".split(), ".3f"),
    **dict.fromkeys("estimate_min estimate_max stability stability_low".split(), ".3f"),
    **dict.fromkeys("stability_high stability_null coherence information".split(), ".3f"),
    **dict.fromkeys(
        "top_document_share smallest_topic_share share_unmoved share_significant".split(), ".1%"
    ),
    "pct_diff": ",.0f",
    "kchar_per_second": ",.0f",
    "jaccard_with_default": ".2f",
    "rank": ".0f",
}
