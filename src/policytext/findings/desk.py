"""What the explorer and the desks found, as sentences."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from policytext.findings.contrasts import government
from policytext.korean import attach_particle
from policytext.korean import format_count as count


def term_finding(keyness: pd.DataFrame, term: str) -> str:
    """Say which administration used a term most against the rest.

    Parameters
    ----------
    keyness : DataFrame
        As :func:`policytext.lab.terms.term_keyness` gives.

    Examples
    --------
    >>> table = pd.DataFrame({"administration": ["가", "나"], "z": [9.0, -9.0], "n": [30, 3],
    ...     "p": [0.002, 0.002], "rate_per_10k": [50.0, 5.0], "rate_rest_per_10k": [5.0, 50.0],
    ...     "n_documents": [12, 2]})
    >>> term_finding(table, "창업")
    '‘창업’은 가 정부가 가장 두드러지게 썼다: 1만 낱말에 50.0번, 나머지는 5.0번(글 12건, 이 말만 본 p = 0.002)'
    """
    top = keyness.loc[keyness["z"].idxmax()]
    named = attach_particle(f"‘{term}’", "은/는")
    rates = (
        f"1만 낱말에 {top['rate_per_10k']:.1f}번, 나머지는 {top['rate_rest_per_10k']:.1f}번"
        f"(글 {count(int(top['n_documents']))}건, 이 말만 본 p = {top['p']:.3f})"
    )
    if top["p"] >= 0.05:
        return f"{named} 정부마다 다르게 썼다고 말할 수 없다: {government(top['administration'])} {rates}"
    who = attach_particle(government(top["administration"]), "이/가")
    return f"{named} {who} 가장 두드러지게 썼다: {rates}"


def trial_finding(
    moved: pd.DataFrame | None, agreement: float | None = None, *, idle: Sequence[str] = ()
) -> str:
    """Say how many of the terms that set administrations apart stayed, and how topics moved.

    Parameters
    ----------
    moved : DataFrame, optional
        As :func:`policytext.lab.trials.moved_terms` gives.
    agreement : float, optional
        Adjusted Rand index of the topics before and after; none when they were not made again.
    idle : sequence of str
        What was tried out and changes nothing.

    Examples
    --------
    >>> moved = pd.DataFrame({"administration": ["가"], "n_before": [10], "n_kept": [8],
    ...     "entered": ["창업, 지역"], "left": ["혁신, 규제"]})
    >>> trial_finding(moved, 0.9)
    '두드러진 말 10개 가운데 8개가 그대로다. 주제는 거의 그대로다(ARI 0.90)'
    >>> trial_finding(None, idle=["없는말"])
    '아무것도 바꾸지 않은 말: 없는말(글에 없거나 이미 사전에 있다)'
    """
    sentences = []
    if moved is not None:
        before, kept = int(moved["n_before"].sum()), int(moved["n_kept"].sum())
        sentences.append(f"두드러진 말 {before}개 가운데 {kept}개가 그대로다")
    if agreement is not None:
        degree = "거의 그대로다" if agreement >= 0.8 else "달라졌다"
        sentences.append(f"주제는 {degree}(ARI {agreement:.2f})")
    elif moved is not None:
        sentences.append("주제는 아직 다시 나누지 않았다")
    if idle:
        sentences.append(
            f"아무것도 바꾸지 않은 말: {', '.join(idle)}(글에 없거나 이미 사전에 있다)"
        )
    return ". ".join(sentences)


def coders_finding(alpha: float, low: float, high: float, n: int) -> str:
    """Say what Krippendorff's alpha of two coders allows (0.667 and 0.8; Krippendorff 2004).

    Examples
    --------
    >>> coders_finding(0.85, 0.75, 0.93, 50)
    '두 사람의 일치도(크리펜도르프 알파)는 0.85(95% 구간 0.75–0.93, 글 50건)로, 믿고 쓸 만하다'
    >>> coders_finding(0.5, 0.3, 0.7, 50).split('로, ')[1]
    '이대로 쓰기 어렵다. 이름의 뜻을 다시 정하세요'
    """
    if alpha >= 0.8:
        verdict = "믿고 쓸 만하다"
    elif alpha >= 0.667:
        verdict = "조심스러운 결론에만 쓸 만하다"
    else:
        verdict = "이대로 쓰기 어렵다. 이름의 뜻을 다시 정하세요"
    return (
        f"두 사람의 일치도(크리펜도르프 알파)는 {alpha:.2f}"
        f"(95% 구간 {low:.2f}–{high:.2f}, 글 {n}건)로, {verdict}"
    )
