"""What is drawn: dots, bars and labels say what the table says."""

import numpy as np
import pandas as pd
import pytest

from policytext.plots import claims as curves

pytestmark = pytest.mark.usefixtures("theme")


def curve():
    return pd.DataFrame(
        {
            "estimate": [0.3, 0.1, np.nan, 0.5],
            "low": [0.2, -0.1, np.nan, 0.4],
            "high": [0.4, 0.3, np.nan, 0.6],
            "status": ["holds", "fails", "absent", "holds"],
            "분석기": ["mecab", "kiwi", "kiwi", "mecab"],
            "최소 음절": ["2", "2", "1", "1"],
        }
    )


def dots(ax):
    return sorted(
        (float(x), round(float(y), 2))
        for collection in ax.collections
        for x, y in (collection.get_offsets() if hasattr(collection, "get_sizes") else [])
    )


def test_estimates_are_sorted_and_the_unmeasured_stand_apart():
    top, matrix = curves.plot_specification_curve(curve(), ["분석기", "최소 음절"])
    assert dots(top) == [(0, 0.1), (1, 0.3), (2, 0.5)]
    texts = [text.get_text() for text in top.texts]
    assert "이 연구의 조건" in texts and "잴 수 없음" in texts
    base = next(line for line in top.lines if line.get_linestyle() == "--")
    assert list(base.get_xdata()) == [1, 1]


def test_the_matrix_has_one_dot_a_choice():
    _, matrix = curves.plot_specification_curve(curve(), ["분석기", "최소 음절"])
    labels = [label.get_text() for label in matrix.get_yticklabels()]
    assert labels == ["분석기  mecab", "kiwi", "최소 음절  2", "1"]
    found = dots(matrix)
    assert len(found) == 4 * 2
    row = dict(zip(labels, matrix.get_yticks(), strict=True))
    assert [x for x, y in found if y == round(row["kiwi"], 2)] == [0, 3]


def test_nothing_absent_nothing_said_of_it():
    top, _ = curves.plot_specification_curve(curve().dropna(), ["분석기"])
    assert "잴 수 없음" not in [text.get_text() for text in top.texts]
    empty = curves.plot_specification_curve(curve()[:0], ["분석기"])
    assert all(not panel.axison for panel in empty)


def test_agreement_bars_add_up():
    table = pd.DataFrame(
        {"claim": ["갑", "을"], "n_holds": [9, 4], "n_fails": [0, 5], "n_absent": [1, 1]}
    )
    ax = curves.plot_agreement(table)
    widths = [[bar.get_width() for bar in container] for container in ax.containers]
    assert widths == [[9, 4], [0, 5], [1, 1]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "같음", "달라짐", "잴 수 없음",
    ]  # fmt: skip
    assert [label.get_text() for label in ax.get_yticklabels()] == ["갑", "을"]
    assert not curves.plot_agreement(table[:0]).axison


def test_placebo_marks_the_real_date():
    table = pd.DataFrame(
        {
            "offset_days": [0, 365, 730],
            "is_real": [True, False, False],
            "n_significant": [1200, 7, 900],
        }
    )
    ax = curves.plot_placebo(table)
    assert [text.get_text() for text in ax.texts] == ["진짜 경계 1,200개", "거짓 경계 최대 900개"]
    assert dots(ax) == [
        (0, 1200),
        (pytest.approx(1, abs=0.01), 7),
        (pytest.approx(2, abs=0.01), 900),
    ]
    assert not curves.plot_placebo(table[:0]).axison


def test_missing_columns_are_named():
    with pytest.raises(ValueError, match="분석기"):
        curves.plot_specification_curve(curve().drop(columns="분석기"), ["분석기"])
    with pytest.raises(ValueError, match="n_absent"):
        curves.plot_agreement(pd.DataFrame({"claim": [], "n_holds": [], "n_fails": []}))
    with pytest.raises(ValueError, match="is_real"):
        curves.plot_placebo(pd.DataFrame({"offset_days": [], "n_significant": []}))
