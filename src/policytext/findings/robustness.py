"""How far the conclusions depend on choices, on who is in the data, and on the dates."""

from __future__ import annotations

import pandas as pd

from policytext.korean import attach_particle
from policytext.korean import format_count as count


def agreement_finding(table: pd.DataFrame, doing: str) -> str:
    """Say how many claims every run bears out, and which one gives way most often.

    Parameters
    ----------
    table : DataFrame
        As :func:`policytext.robustness.claims.agreement` gives.
    doing : str
        What is done from run to run, as in "분석 조건을 바꾸어도".

    Examples
    --------
    >>> table = pd.DataFrame({"claim": ["갑", "을"], "n_holds": [9, 3], "n_fails": [0, 5],
    ...     "n_absent": [0, 1], "share_holds": [1.0, 0.375]})
    >>> agreement_finding(table, "분석 조건을 바꾸어도")
    '결론 2개 가운데 1개는 분석 조건을 바꾸어도 늘 같다: 가장 약한 “을”은 잴 수 있는 8번 가운데 3번(38%)만 같다(잴 수 없음 1번)'
    """  # noqa: E501
    measured = table.dropna(subset="share_holds")
    if table.empty:
        return "유의한 결론이 없어 흔들어 볼 것이 없다"
    if measured.empty:
        return "다시 잴 수 있는 결론이 없다"
    n_firm = int((measured["n_fails"] == 0).sum())
    n = count(len(measured))
    if n_firm == len(measured):
        least = measured["n_holds"].min()
        return f"결론 {n}개 모두 {doing} 늘 같다(잴 수 있는 {count(int(least))}번 이상에서)"
    weak = measured.loc[measured["share_holds"].idxmin()]
    whole = int(weak["n_holds"] + weak["n_fails"])
    absent = f"(잴 수 없음 {count(int(weak['n_absent']))}번)" if weak["n_absent"] else ""
    share = (
        f"잴 수 있는 {count(whole)}번 가운데 {count(int(weak['n_holds']))}번"
        f"({weak['share_holds']:.0%})만 같다{absent}"
    )
    name = attach_particle(f"“{weak['claim']}”", "은/는")
    if len(measured) == 1:
        return f"결론 {name} {share}"
    only = "만" if 2 * n_firm < len(measured) else "는"
    firm = f"{count(n_firm)}개{only} {doing} 늘 같다" if n_firm else f"{doing} 늘 같은 것은 없다"
    return f"결론 {n}개 가운데 {firm}: 가장 약한 {name} {share}{_seldom(measured)}"


def _seldom(measured: pd.DataFrame) -> str:
    """A conclusion that always holds may hardly ever have been measured."""
    firm = measured[measured["n_fails"] == 0]
    if not (firm["n_absent"] > 0).any():
        return ""
    least = firm.loc[firm["n_holds"].idxmin()]
    n, whole = int(least["n_holds"]), int(least["n_holds"] + least["n_absent"])
    return f". 늘 같은 결론도 적게는 {count(whole)}번 가운데 {count(n)}번만 잴 수 있었다"


def leave_out_finding(table: pd.DataFrame, values: pd.Series, what: str) -> str:
    """Say what leaving out one value at a time does, or that there is only one.

    Parameters
    ----------
    table : DataFrame
        As :func:`policytext.robustness.claims.agreement` gives.
    values : Series
        What is left out, of every document.
    what : str
        Its name, as in "발행처".

    Examples
    --------
    >>> leave_out_finding(pd.DataFrame(), pd.Series(["가나일보", "가나일보"]), "발행처")
    '발행처가 하나(가나일보)뿐이라 하나를 빼고 견줄 수 없다'
    """
    known = values.dropna().unique()
    if len(known) < 2:
        only = f"하나({known[0]})뿐이라" if len(known) else "적혀 있지 않아"
        return f"{attach_particle(what, '이/가')} {only} 하나를 빼고 견줄 수 없다"
    return agreement_finding(table, f"{attach_particle(what, '을/를')} 하나씩 빼도")


def deviant_finding(row: pd.Series) -> str:
    """Name the specification under which most claims give way.

    Examples
    --------
    >>> deviant_finding(pd.Series({"choices": "용어 사전 안 씀", "n_holds": 6, "n_fails": 3}))
    '결론이 가장 많이 달라지는 조건은 ‘용어 사전 안 씀’: 잴 수 있는 9개 가운데 3개가 달라진다'
    >>> deviant_finding(pd.Series({"choices": "", "n_holds": 0, "n_fails": 0}))
    '조건을 바꾸어 다시 잴 결론이 없다'
    """
    if not row["n_holds"] + row["n_fails"]:
        return "조건을 바꾸어 다시 잴 결론이 없다"
    if not row["n_fails"]:
        return "어떤 조건에서도 달라지는 결론이 없다"
    n = row["n_holds"] + row["n_fails"]
    where = f"‘{row['choices']}’" if row["choices"] else "횟수를 줄인 이 연구의 조건"
    return (
        f"결론이 가장 많이 달라지는 조건은 {where}: 잴 수 있는 {count(n)}개 가운데 "
        f"{count(row['n_fails'])}개가 달라진다"
    )


def flips_finding(judged: pd.DataFrame) -> str:
    """Say, variant by variant, how many conclusions change.

    Parameters
    ----------
    judged : DataFrame
        As :func:`policytext.robustness.reruns.reruns` gives.

    Examples
    --------
    >>> judged = pd.DataFrame({"variant": ["뺌", "뺌", "붙임"], "status": ["fails", "holds", "holds"],
    ...     "n_documents": [9, 9, 12], "reason": ""})
    >>> flips_finding(judged)
    '2가지 가운데 1가지에서 달라지는 결론이 있다: 뺌(글 9건)은 결론 2개 가운데 1개가 달라진다. 붙임(글 12건)은 잴 수 있는 결론 1개가 모두 같다'
    """
    parts, n_changed, sizes = [], 0, judged.groupby("variant", sort=False)["n_documents"].first()
    if len(sizes) > 1 and set(judged["status"]) == {"holds"}:
        low, high = count(int(sizes.min())), count(int(sizes.max()))
        if low == high:  # nothing was taken out or added: no test at all
            return f"어느 쪽이든 글이 {low}건으로 같아 달라질 것이 없다: {', '.join(sizes.index)}"
        n = count(judged["claim"].nunique())
        return f"결론 {n}개가 어느 쪽이든 모두 같다: {', '.join(sizes.index)}(글 {low}–{high}건)"
    for variant, part in judged.groupby("variant", sort=False):
        n = part["status"].value_counts()
        failed, measured = n.get("fails", 0), n.get("fails", 0) + n.get("holds", 0)
        name = attach_particle(f"{variant}(글 {count(int(sizes[variant]))}건)", "은/는")
        n_changed += bool(failed)
        if not measured:
            parts.append(f"{name} 견줄 수 없다")
        elif failed:
            parts.append(f"{name} 결론 {count(measured)}개 가운데 {count(failed)}개가 달라진다")
        else:
            parts.append(f"{name} 잴 수 있는 결론 {count(measured)}개가 모두 같다")
    head = ""
    if len(parts) > 1:
        of_all = (
            f"{len(parts)}가지 가운데 {n_changed}가지에서 달라지는" if n_changed else "달라지는"
        )
        head = f"{of_all} 결론이 {'있다' if n_changed else '없다'}: "
    return head + ". ".join(parts) or "유의한 결론이 없어 다시 잴 것이 없다"


def strata_finding(judged: pd.DataFrame, column: str) -> str:
    """Say what happens when kinds of text weigh the same, or that there is one kind only.

    Examples
    --------
    >>> strata_finding(pd.DataFrame(), "")
    '두 정부에 함께 20건 이상 있는 글의 종류가 둘이 되지 않아 종류별로 나누어 잴 수 없다'
    """
    if not column:
        return "두 정부에 함께 20건 이상 있는 글의 종류가 둘이 되지 않아 종류별로 나누어 잴 수 없다"
    return flips_finding(judged)


def placebo_finding(table: pd.DataFrame) -> str:
    """Compare the significant terms of the real dates with those of false ones.

    Parameters
    ----------
    table : DataFrame
        As :func:`policytext.comparison.placebo` gives.

    Examples
    --------
    >>> table = pd.DataFrame({"is_real": [True, False, False], "n_significant": [9, 2, 4]})
    >>> placebo_finding(table)
    '유의한 낱말은 진짜 경계에서 9개, 거짓 경계 2가지에서 2–4개(가운데값 3개)다: 진짜만큼 많은 거짓 경계는 없지만(p = 0.333, 거짓 경계가 2가지여서 이보다 작을 수 없다), 진짜 경계의 33%만큼은 정부와 상관없이 시간만 지나도 나온다'
    """  # noqa: E501
    real = int(table.loc[table["is_real"], "n_significant"].iloc[0])
    false = table.loc[~table["is_real"], "n_significant"]
    if false.empty:
        return "날짜가 너무 몰려 있어 경계를 거짓으로 옮겨 볼 수 없다"
    span = f"{count(int(false.min()))}–{count(int(false.max()))}개"
    sentence = (
        f"유의한 낱말은 진짜 경계에서 {count(real)}개, 거짓 경계 {len(false)}가지에서 {span}"
        f"(가운데값 {count(round(false.median()))}개)다"
    )
    n_as_many = int((false >= real).sum())
    p = (n_as_many + 1) / (len(false) + 1)
    if n_as_many == 0:
        return (
            f"{sentence}: 진짜만큼 많은 거짓 경계는 없지만(p = {p:.3f}, 거짓 경계가 {len(false)}가지여서 "
            f"이보다 작을 수 없다), 진짜 경계의 {false.median() / max(real, 1):.0%}만큼은 정부와 상관없이 "
            "시간만 지나도 나온다"
        )
    return (
        f"{sentence}: 거짓 경계 {n_as_many}가지가 진짜만큼 많으므로(p = {p:.3f}), 낱말이 정부의 경계에서 "
        "유난히 바뀌었다고 할 수 없다"
    )


def placebo_terms_finding(table: pd.DataFrame) -> str:
    """Say how many headline terms false governments make significant, too.

    Parameters
    ----------
    table : DataFrame
        As :func:`policytext.robustness.reruns.under_false_dates` gives.

    Examples
    --------
    >>> table = pd.DataFrame({"term": ["창업", "혁신"], "n_false": [19, 2], "n_cuts": 19})
    >>> placebo_terms_finding(table)
    '두드러진 말 2개 가운데 1개는 거짓 경계의 절반이 넘는 곳에서도 유의하다: 창업. 이런 말은 시기에 따라 달라진 것은 분명하지만, 유의하다는 것만으로 정부의 경계에서 달라졌다고 할 수는 없다'
    """  # noqa: E501
    if table.empty or not table["n_cuts"].iloc[0]:
        return "거짓 경계에서 다시 잴 말이 없다"
    often = table[table["n_false"] > table["n_cuts"] / 2]
    n = f"두드러진 말 {count(len(table))}개"
    if often.empty:
        return f"{n} 가운데 거짓 경계의 절반이 넘는 곳에서 유의한 것은 없다"
    some = "모두" if len(often) == len(table) else f"가운데 {count(len(often))}개는"
    return (
        f"{n} {some} 거짓 경계의 절반이 넘는 곳에서도 유의하다: "
        f"{', '.join(often['term'].unique())}. 이런 말은 시기에 따라 달라진 것은 분명하지만, "
        "유의하다는 것만으로 정부의 경계에서 달라졌다고 할 수는 없다"
    )
