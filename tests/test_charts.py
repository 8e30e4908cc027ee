"""What is drawn, read back from the artists: bars, dots, lines and labels say what the table says."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from samples import contrast

from policytext.faults import PolicyTextError
from policytext.report import charts, maps

ROWS = [(2001, "가", 4), (2002, "가", 8), (None, "가", 2), (2003, "나", 6)]
COVERAGE = pd.DataFrame(ROWS, columns=["year", "administration", "n_documents"])
ROWS = [
    ("수소", "가", 1.0, 0.5, 0.1, 0.9, 10),
    ("평화", "가", 3.0, 1.5, 1.0, 2.0, 1200),
    ("창업", "나", 2.0, 1.0, 0.5, 1.5, 30),
    ("규제", "나", 5.0, 2.0, 1.5, 2.5, 40),
]
KEYNESS = pd.DataFrame(ROWS, columns="term administration z times times_low times_high n".split())
ROWS = [
    (0.3, 0.2, 0.4, "holds", "mecab", "2"),
    (0.1, -0.1, 0.3, "fails", "kiwi", "2"),
    (np.nan, np.nan, np.nan, "absent", "kiwi", "1"),
    (0.5, 0.4, 0.6, "holds", "mecab", "1"),
]
CURVE = pd.DataFrame(ROWS, columns=["estimate", "low", "high", "status", "분석기", "최소 음절"])
JOINS = pd.DataFrame({"left": [0, 2], "right": [1, 3], "distance": [0.2, 0.9], "n_topics": [2, 3]})


pytestmark = pytest.mark.usefixtures("quiet_figures")


def texts_of(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def ticks_of(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def dots_of(ax):
    return sorted(
        (float(x), round(float(y), 2))
        for collection in ax.collections
        for x, y in (collection.get_offsets() if hasattr(collection, "get_sizes") else [])
    )


class TestLook:
    def test_it_is_there_without_a_call_and_gone_after_the_drawing(self):
        before = dict(plt.rcParams)
        ax = charts.coverage(COVERAGE)
        assert dict(plt.rcParams) == before
        ax.set_xlim(1990, 2030)  # makes ticks anew, outside the look
        ax.figure.canvas.draw()
        written = [*ax.get_xticklabels(), *ax.get_yticklabels(), *ax.texts, ax.xaxis.label]
        assert {text.get_fontfamily()[0] for text in written} == {"Noto Sans KR"}
        assert {to_hex(text.get_color()) for text in ax.get_xticklabels()} == {charts.MUTED}

    def test_on_the_callers_axes_letters_are_korean_and_the_table_is_left_alone(self):
        _, ax = plt.subplots()
        ax.set_title("가힣똠뷁 − · – “ ” $x_2$ ① → 中")
        before = COVERAGE.copy()
        assert charts.coverage(COVERAGE, ax=ax) is ax
        ax.figure.canvas.draw()  # a missing glyph would be a warning; "$" is no formula
        pd.testing.assert_frame_equal(COVERAGE, before)

    def test_several_panels_take_the_place_of_the_callers_one(self):
        figure, (first, second) = plt.subplots(1, 2, layout="constrained")
        panels = charts.keyness(KEYNESS, ax=second)
        assert second not in figure.axes and first in figure.axes
        assert {panel.get_figure(root=True) for panel in panels} == {figure}
        figure.canvas.draw()
        assert all(p.get_window_extent().x0 > first.get_window_extent().x1 for p in panels)

    def test_colours_come_from_the_caller_then_from_the_palette(self):
        drawn = charts.coverage(COVERAGE, colours={"나": "#222222"}).patches
        chosen = [to_hex(bar.get_facecolor()) for bar in drawn]
        assert chosen[2] == "#222222" and chosen[0] != "#222222"
        many = pd.DataFrame({"year": range(14), "n_documents": 1})
        many["administration"] = [f"정부{number}" for number in range(14)]
        assert len({to_hex(bar.get_facecolor()) for bar in charts.coverage(many).patches}) == 14


CASES = {
    charts.coverage: "year administration n_documents",
    charts.steps: "step n_documents n_removed",
    charts.topic_curve: "n_topics stable_share stability chosen",
    maps.timeline: "series administration period period_end value",
    charts.keyness: "term administration z times n",
    charts.divergence: "administration_a administration_b excess excess_low",
    charts.analysers: "analyser n_tokens jaccard_with_default jaccard_low jaccard_high",
    charts.agreement: "claim n_holds n_fails n_absent",
    charts.placebo: "offset_days is_real n_significant",
    charts.decomposition: "pair part excess excess_low excess_high",
    charts.term_topics: "topic label share share_low share_high",
}


@pytest.mark.parametrize("draw", CASES, ids=lambda draw: draw.__name__)
def test_an_empty_table_says_so_and_a_missing_column_is_named(draw):
    columns = CASES[draw].split()
    ax = draw(pd.DataFrame(columns=columns))
    assert texts_of(ax) == ["보여 줄 자료가 없습니다"] and not ax.axison
    with pytest.raises(PolicyTextError, match=columns[-1]):
        draw(pd.DataFrame(columns=columns[:-1]))


def test_coverage_draws_one_bar_a_year_on_a_common_scale():
    ax = charts.coverage(COVERAGE)
    assert [bar.get_height() for bar in ax.patches] == pytest.approx([0.36, 0.72, 0.54])
    assert [bar.get_x() + bar.get_width() / 2 for bar in ax.patches] == [2001, 2002, 2003]
    assert ticks_of(ax.yaxis) == ["가 14건(연도 없음 2)", "나 6건"]
    assert texts_of(ax) == ["8", "6"]
    years = charts.coverage(COVERAGE[:1]).xaxis.get_ticklocs()
    assert all(year == int(year) for year in years)


def test_steps_show_what_is_left_and_what_was_removed():
    table = pd.DataFrame({"step": ["읽음", "중복"], "n_documents": [100, 90], "n_removed": [0, 10]})
    ax = charts.steps(table)
    assert [bar.get_width() for bar in ax.patches] == [100, 90, 0, 10]
    assert texts_of(ax) == ["100건", "90건 (-10)"]
    assert ticks_of(ax.yaxis) == ["읽음", "중복"] and ax.yaxis_inverted()


def test_topic_curve_draws_both_lines_and_marks_the_choice():
    columns = ["n_topics", "stable_share", "stability", "stability_low", "stability_high", "chosen"]
    table = pd.DataFrame([(10, 0.6, 0.3, 0.2, 0.4, True), (5, 0.8, 0.1, 0.0, 0.2, False)],
                         columns=columns)  # fmt: skip
    ax = charts.topic_curve(table)
    assert ax.lines[0].get_xydata().tolist() == [[5, 0.8], [10, 0.6]]
    assert ax.lines[1].get_xydata().tolist() == [[5, 0.1], [10, 0.3]]
    assert list(ax.lines[2].get_xdata()) == [10, 10]
    assert texts_of(ax) == ["안정된 주제의 글", "일치(ARI)", "고른 수 10"]


def test_analysers_are_sorted_by_what_they_share():
    columns = "analyser n_tokens jaccard_with_default jaccard_low jaccard_high".split()
    rows = [("멂", 10, 0.5, 0.4, 0.6), ("가까움", 2000, 0.9, 0.8, 1)]
    ax = charts.analysers(pd.DataFrame(rows, columns=columns))
    assert ticks_of(ax.yaxis) == ["가까움 · 명사 2,000개", "멂 · 명사 10개"]
    intervals, dots = ax.collections
    segments = [segment[:, 0].tolist() for segment in intervals.get_segments()]
    assert segments == [[0.8, 1], [0.4, 0.6]]
    assert dots.get_offsets()[:, 0].tolist() == [0.9, 0.5] and ax.get_xlim() == (0, 1)


class TestKeyness:
    def test_it_ranks_by_z_and_draws_the_intervals(self):
        table = KEYNESS.assign(q=[0.2, 0.01, 0.01, 0.01])
        panels = charts.keyness(table, colours={"가": "#aa0000"})
        assert [panel.get_title(loc="left") for panel in panels] == ["가", "나"]
        intervals, dots = panels[0].collections
        assert dots.get_offsets().tolist() == [[1.5, 0], [0.5, 1]]
        segments = [segment[:, 0].tolist() for segment in intervals.get_segments()]
        assert segments == [[1.0, 2.0], [0.1, 0.9]]
        assert ticks_of(panels[0].yaxis) == ["평화", "수소"]
        assert texts_of(panels[0]) == ["1,200", "10"]
        assert [to_hex(fill) for fill in dots.get_facecolor()] == ["#aa0000", "#ffffff"]

    def test_panels_follow_the_table_or_its_categories(self):
        table = KEYNESS.iloc[::-1]
        assert [panel.get_title(loc="left") for panel in charts.keyness(table)] == ["나", "가"]
        named = pd.Categorical(table["administration"], ["가", "나"])
        panels = charts.keyness(table.assign(administration=named))
        assert [panel.get_title(loc="left") for panel in panels] == ["가", "나"]

    def test_one_group_keeps_its_axes_and_the_number_of_terms(self):
        _, ax = plt.subplots()
        assert charts.keyness(KEYNESS[:2], n_terms=1, ax=ax) is ax
        assert ticks_of(ax.yaxis) == ["평화"]

    def test_rows_are_equally_tall_in_all_panels_and_nothing_is_cut_off(self):
        sizes = {"가": 9, "나": 4, "다": 1, "라": 2, "마": 3}
        rows = [(f"낱말{row}", name, 9 - row, n, n / 2, n + 1, 1)
                for name, n in sizes.items() for row in range(n)]  # fmt: skip
        panels = charts.keyness(pd.DataFrame(rows, columns=KEYNESS.columns))
        steps = []
        for panel in panels:
            bottom, top = panel.get_ylim()
            steps.append(panel.get_window_extent().height / (bottom - top))
            left, right = panel.get_xlim()
            assert left < 1 and right > 10
        assert max(steps) / min(steps) < 1.02
        points = panels[0].figure.get_size_inches()[0] * 72
        small = 9 * points / (760 * 0.75)  # points on paper that show as 9 on 760 pixels of 0.75 pt
        written = [text for panel in panels for text in [*panel.texts, *panel.get_yticklabels()]]
        assert all(text.get_fontsize() >= round(small, 2) for text in written)


class TestHeat:
    def test_every_distance_is_written_with_enough_contrast(self):
        """Also where a cell has no value and stays empty."""
        groups = [f"정부{n}" for n in range(9)]
        pairs = [(one, other) for n, one in enumerate(groups) for other in groups[n + 1 :]]
        table = pd.DataFrame(pairs, columns=["administration_a", "administration_b"])
        table["excess"] = table["excess_low"] = np.linspace(0.01, 1, len(table))
        ax = charts.divergence(table)
        assert len(texts_of(ax)) == 36
        mesh = ax.collections[0]
        filled = mesh.get_facecolors()[~np.ma.getmaskarray(mesh.get_array()).ravel()]
        pairs = zip(ax.texts, filled, strict=True)
        assert min(contrast(text.get_color(), colour) for text, colour in pairs) > 4.5

    def test_divergence_uses_the_lower_triangle_and_brackets_what_is_not_sure(self):
        table = pd.DataFrame(
            {"administration_a": list("가가나"), "administration_b": list("나다다")}
        )
        sizes = {"excess": [0.05, 0.2, 0.3], "excess_low": [-0.01, 0.1, 0.2]}
        table = table.assign(**sizes, baseline=[0.06, 0.06, 0.07])
        ax = charts.divergence(table, ax=plt.subplots()[1])  # which had another font before
        assert texts_of(ax) == ["(0.050)", "0.200", "0.300"]
        assert (ticks_of(ax.yaxis), ticks_of(ax.xaxis)) == (["나", "다"], ["가", "나"])
        assert "0.060~0.070" in ax.get_title(loc="left")


def test_the_tree_has_a_labelled_leaf_a_topic():
    ax = charts.hierarchy(JOINS, {1: "창업", 2: "투자", 3: "쌀"})
    assert set(ticks_of(ax.yaxis)) == {"1. 창업", "2. 투자", "3. 쌀"}
    assert max(x for path in ax.collections[0].get_paths() for x in path.vertices[:, 0]) == 0.9
    assert not charts.hierarchy(JOINS.iloc[:0], {1: "창업"}).axison


def test_what_and_how_are_two_dots_a_pair_and_a_pair_without_excess_is_left_out():
    rows = [("가–나", "what", 0.3, 0.2, 0.4), ("가–나", "how", 0.1, 0.05, 0.2)]
    rows += [("나–다", part, np.nan, np.nan, np.nan) for part in ("what", "how")]
    table = pd.DataFrame(rows, columns="pair part excess excess_low excess_high".split())
    ax = charts.decomposition(table)
    assert [x for x, _ in dots_of(ax)] == [0.1, 0.3]
    assert (ticks_of(ax.yaxis), texts_of(ax)) == (["가–나"], ["0.300", "0.100"])
    shapes = {str(found.get_paths()[0].vertices) for found in ax.collections[1::2]}
    assert len(shapes) == 2  # never by colour alone
    assert not charts.decomposition(table[2:]).axison


class TestSpecificationCurve:
    def test_estimates_are_sorted_and_the_unmeasured_stand_apart(self):
        top, _ = charts.specification_curve(CURVE, ["분석기", "최소 음절"])
        assert dots_of(top) == [(0, 0.1), (1, 0.3), (2, 0.5)]
        assert set(texts_of(top)) == {"이 연구의 조건", "잴 수 없음"}
        base = next(line for line in top.lines if line.get_linestyle() == "--")
        assert list(base.get_xdata()) == [1, 1]

    def test_the_matrix_has_one_dot_a_choice(self):
        _, matrix = charts.specification_curve(CURVE, ["분석기", "최소 음절"])
        labels, found = ticks_of(matrix.yaxis), dots_of(matrix)
        assert labels == ["분석기  mecab", "kiwi", "최소 음절  2", "1"]
        assert len(found) == 4 * 2
        row = dict(zip(labels, matrix.get_yticks(), strict=True))
        assert [x for x, y in found if y == round(row["kiwi"], 2)] == [0, 3]

    def test_nothing_absent_nothing_said_of_it(self):
        top, _ = charts.specification_curve(CURVE.dropna(), ["분석기"])
        assert "잴 수 없음" not in texts_of(top)


def test_agreement_bars_add_up_and_narrow_ones_have_no_number():
    rows = [("갑", 90, 0, 10), ("을", 40, 58, 2)]
    table = pd.DataFrame(rows, columns=["claim", "n_holds", "n_fails", "n_absent"])
    ax = charts.agreement(table)
    widths = [[bar.get_width() for bar in container] for container in ax.containers]
    assert widths == [[90, 40], [0, 58], [10, 2]]
    assert texts_of(ax) == ["90", "40", "58", "10"]
    named = [text.get_text() for text in ax.get_legend().get_texts()]
    assert named == ["같음", "달라짐", "잴 수 없음"]
    assert ticks_of(ax.yaxis) == ["갑", "을"]


def test_placebo_marks_the_real_date():
    rows = [(0, True, 1200), (365, False, 7), (730, False, 900)]
    ax = charts.placebo(pd.DataFrame(rows, columns=["offset_days", "is_real", "n_significant"]))
    named = [text.get_text() for text in ax.get_legend().get_texts()]
    assert named == ["진짜 경계 1,200개", "거짓 경계 2곳, 많아야 900개"]
    years = pytest.approx([0, 1, 2], abs=0.01)
    assert [x for x, _ in dots_of(ax)] == years and dots_of(ax)[0][1] == 1200


def test_one_term_across_administrations_and_topics():
    table = pd.DataFrame({"administration": ["가", "나"], "times": [1.5, 0.4],
                          "times_low": [1.1, 0.2], "times_high": [1.9, 0.6],
                          "n": [1200, 30]})  # fmt: skip
    ax = charts.term_keyness(table, colours={"가": "#aa0000"})
    assert ticks_of(ax.yaxis) == ["가 (1,200번)", "나 (30번)"]
    assert dots_of(ax) == [(0.4, 1), (1.5, 0)]
    topics = pd.DataFrame({"topic": range(1, 9), "label": "쌀", "share": 0.5, "share_low": 0.4,
                           "share_high": 0.6, "term": "벼"})  # fmt: skip
    assert [x for x, _ in dots_of(charts.term_topics(topics))] == [50] * charts.N_TOPICS
