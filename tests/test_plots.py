"""What is drawn, read back from the artists."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from policytext import plots
from policytext.plots import theme

pytestmark = pytest.mark.usefixtures("theme")

COVERAGE = pd.DataFrame(
    {
        "year": [2001, 2002, None, 2003],
        "administration": ["가"] * 3 + ["나"],
        "n_documents": [4, 8, 2, 6],
    }
)
KEYNESS = pd.DataFrame(
    {
        "term": ["수소", "평화", "창업", "규제"],
        "administration": ["가", "가", "나", "나"],
        "z": [1.0, 3.0, 2.0, 5.0],
        "log_odds": [0.5, 1.5, 1.0, 2.0],
        "log_odds_low": [0.1, 1.0, 0.5, 1.5],
        "log_odds_high": [0.9, 2.0, 1.5, 2.5],
        "n": [10, 1200, 30, 40],
    }
)


def _texts(ax):
    ax.figure.canvas.draw()
    return [text.get_text() for text in ax.texts]


def _ticks(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_coverage_draws_one_bar_a_year_on_a_common_scale():
    ax = plots.plot_coverage(COVERAGE)
    heights = [bar.get_height() for bar in ax.patches]
    assert heights == pytest.approx([0.36, 0.72, 0.54])
    assert [bar.get_x() + bar.get_width() / 2 for bar in ax.patches] == [2001, 2002, 2003]
    assert _ticks(ax.yaxis) == ["가\n14건 (연도 없음 2)", "나\n6건"]
    assert _texts(ax) == ["8", "6"]


def test_colours_come_from_the_caller_then_the_table_then_the_palette():
    table = COVERAGE.assign(colour=["#111111"] * 3 + [None])
    by_table = [to_hex(bar.get_facecolor()) for bar in plots.plot_coverage(table).patches]
    assert by_table[0] == "#111111" and by_table[2] not in ("#111111", "#222222")
    chosen = plots.plot_coverage(table, colours={"나": "#222222"}).patches[2]
    assert to_hex(chosen.get_facecolor()) == "#222222"


def test_steps_show_what_is_left_and_what_was_removed():
    table = pd.DataFrame({"step": ["읽음", "중복"], "n_documents": [100, 90], "n_removed": [0, 10]})
    ax = plots.plot_steps(table)
    assert [bar.get_width() for bar in ax.patches] == [100, 90, 0, 10]
    assert _texts(ax) == ["100건", "90건 (-10)"]
    assert _ticks(ax.yaxis) == ["읽음", "중복"]


def test_topic_curve_draws_both_lines_and_marks_the_choice():
    table = pd.DataFrame(
        {
            "n_topics": [10, 5],
            "stability": [0.6, 0.8],
            "coherence": [0.3, 0.1],
            "stability_low": [0.5, 0.7],
            "stability_high": [0.7, 0.9],
            "chosen": [True, False],
        }
    )
    ax = plots.plot_topic_curve(table)
    assert ax.lines[0].get_xydata().tolist() == [[5, 0.8], [10, 0.6]]
    assert ax.lines[1].get_xydata().tolist() == [[5, 0.1], [10, 0.3]]
    assert list(ax.lines[2].get_xdata()) == [10, 10]
    assert _texts(ax) == ["안정성", "응집도", "고른 수 10"]


def test_topic_shares_are_written_in_percent_in_the_order_given():
    table = pd.DataFrame(
        {
            "administration": ["나", "나", "가", "가"],
            "topic": [1, 2, 1, 2],
            "label": ["수소 경제", "평화"] * 2,
            "share": [0.25, 0.75, 0.6, 0.4],
        }
    )
    ax = plots.plot_topic_shares(table)
    assert _ticks(ax.xaxis) == ["나", "가"]
    assert _ticks(ax.yaxis) == ["1. 수소 경제", "2. 평화"]
    assert _texts(ax) == ["25", "60", "75", "40"]


def test_every_share_is_written_with_enough_contrast():
    steps = np.linspace(0, 1, 40)
    table = pd.DataFrame(
        {"administration": "가", "topic": range(40), "label": "주제", "share": steps}
    ).iloc[:-1]
    table = pd.concat(
        [
            table,
            pd.DataFrame(
                {"administration": ["나"], "topic": [39], "label": ["주제"], "share": [1.0]}
            ),
        ]
    )
    ax = plots.plot_topic_shares(table)
    assert len(_texts(ax)) == 40  # a cell without a value stays empty
    mesh = ax.collections[0]
    filled = mesh.get_facecolors()[~np.ma.getmaskarray(mesh.get_array()).ravel()]
    ratios = [
        theme.contrast(text.get_color(), colour)
        for text, colour in zip(ax.texts, filled, strict=True)
    ]
    assert min(ratios) > 4.5
    assert {text.get_color() for text in ax.texts} == {"black", "white"}


def test_keyness_ranks_by_z_and_draws_the_intervals():
    panels = plots.plot_keyness(KEYNESS, colours={"가": "#aa0000"})
    assert [panel.get_title(loc="left") for panel in panels] == ["가", "나"]
    first = panels[0]
    assert first.collections[1].get_offsets().tolist() == [[1.5, 0], [0.5, 1]]
    segments = [segment[:, 0].tolist() for segment in first.collections[0].get_segments()]
    assert segments == [[1.0, 2.0], [0.1, 0.9]]
    assert _ticks(first.yaxis) == ["평화", "수소"]
    assert _texts(first) == ["1,200", "10"]
    assert to_hex(first.collections[1].get_facecolor()[0]) == "#aa0000"


def test_keyness_panels_follow_the_table_or_its_categories():
    shuffled = KEYNESS.iloc[::-1]
    order = [panel.get_title(loc="left") for panel in plots.plot_keyness(shuffled)]
    assert order == ["나", "가"]
    named = pd.Categorical(shuffled["administration"], ["가", "나"])
    ordered = shuffled.assign(administration=named)
    assert [panel.get_title(loc="left") for panel in plots.plot_keyness(ordered)] == ["가", "나"]


def test_keyness_rows_are_equally_tall_in_all_panels_and_nothing_is_cut_off():
    sizes = {"가": 9, "나": 4, "다": 1, "라": 2, "마": 3}
    table = pd.DataFrame(
        [
            {
                "term": f"낱말{row}",
                "administration": name,
                "z": 9 - row,
                "log_odds": size,
                "log_odds_low": size - 1,
                "log_odds_high": size + 1,
                "n": 1,
            }
            for name, size in sizes.items()
            for row in range(size)
        ]
    )
    panels = plots.plot_keyness(table)
    panels[0].figure.canvas.draw()
    steps = []
    for panel in panels:
        bottom, top = panel.get_ylim()
        steps.append(panel.get_window_extent().height / (bottom - top))
        left, right = panel.get_xlim()
        assert left < 0 and right > 10
    assert max(steps) / min(steps) < 1.02
    points = panels[0].figure.get_size_inches()[0] * 72
    small = 9 * points / (760 * 0.75)  # points on paper that show as 9 on 760 pixels of 0.75 pt
    written = [text for panel in panels for text in [*panel.texts, *panel.get_yticklabels()]]
    assert all(text.get_fontsize() >= round(small, 2) for text in written)


def test_keyness_keeps_the_number_of_terms_and_the_axes_of_one_group():
    _, ax = plt.subplots()
    part = KEYNESS[KEYNESS["administration"] == "가"]
    assert plots.plot_keyness(part, n_terms=1, ax=ax) is ax
    assert _ticks(ax.yaxis) == ["평화"]
    with pytest.raises(ValueError, match="정부가 2개"):
        plots.plot_keyness(KEYNESS, ax=ax)


def test_divergence_uses_the_lower_triangle_and_brackets_the_baseline():
    table = pd.DataFrame(
        {
            "administration_a": list("가가나"),
            "administration_b": list("나다다"),
            "excess": [0.05, 0.2, 0.3],
            "excess_low": [-0.01, 0.1, 0.2],
            "baseline": [0.06, 0.06, 0.06],
        }
    )
    ax = plots.plot_divergence(table)
    assert [text for text in _texts(ax) if text] == ["(0.050)", "0.200", "0.300"]
    assert (_ticks(ax.yaxis), _ticks(ax.xaxis)) == (["나", "다"], ["가", "나"])
    assert "0.060" in ax.get_title(loc="left")


def test_analysers_are_sorted_and_an_unmeasured_one_says_so():
    table = pd.DataFrame(
        {
            "analyser": ["느림", "빠름", "없음"],
            "n_tokens": [10, 2000, 5],
            "kchar_per_second": [10.0, 500.0, np.nan],
            "jaccard_with_default": [0.5, 1.0, np.nan],
        }
    )
    ax = plots.plot_analysers(table)
    assert _ticks(ax.yaxis) == ["빠름", "느림", "없음"]
    assert _texts(ax) == [
        "500천 자/초 · 겹침 1.00 · 2,000개",
        "10천 자/초 · 겹침 0.50 · 10개",
        "재지 못함 · 5개",
    ]


CASES = {
    plots.plot_coverage: "year administration n_documents",
    plots.plot_steps: "step n_documents n_removed",
    plots.plot_topic_curve: "n_topics stability coherence chosen",
    plots.plot_topic_shares: "administration topic label share",
    plots.plot_keyness: "term administration z log_odds n",
    plots.plot_divergence: "administration_a administration_b excess excess_low",
    plots.plot_analysers: "analyser n_tokens kchar_per_second jaccard_with_default",
}


@pytest.mark.parametrize("plot", CASES, ids=lambda plot: plot.__name__)
def test_an_empty_table_says_so_and_a_missing_column_is_named(plot):
    columns = CASES[plot].split()
    assert "보여 줄 자료가 없습니다" in _texts(plot(pd.DataFrame(columns=columns)))
    with pytest.raises(ValueError, match=columns[-1]):
        plot(pd.DataFrame(columns=columns[:-1]))


def test_plots_draw_on_the_given_axes_and_leave_the_table_alone():
    _, ax = plt.subplots()
    before = COVERAGE.copy()
    assert plots.plot_coverage(COVERAGE, ax=ax) is ax
    pd.testing.assert_frame_equal(COVERAGE, before)


def test_every_hangul_syllable_minus_and_dollar_has_a_glyph_and_no_formula():
    _, ax = plt.subplots()
    ax.set_title("가힣똠뷁 − · – “ ” $x_2$ ① → 中")
    ax.figure.canvas.draw()  # warnings are errors here
    assert not plt.rcParams["text.parse_math"]


def test_many_groups_get_distinct_colours():
    table = pd.DataFrame(
        {"year": range(14), "administration": [f"정부{i}" for i in range(14)], "n_documents": 1}
    )
    colours = {to_hex(bar.get_facecolor()) for bar in plots.plot_coverage(table).patches}
    assert len(colours) == 14
