"""Lines over time, trees and bars, read back from the artists."""

import matplotlib.dates
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from policytext import plots

pytestmark = pytest.mark.usefixtures("theme")

MONTHS = pd.date_range("2014-01-01", periods=6, freq="MS")
TIMELINE = pd.DataFrame(
    {
        "series": ["창업"] * 6 + ["쌀"] * 6,
        "administration": (["가"] * 3 + ["나"] * 3) * 2,
        "period": [*MONTHS, *MONTHS],
        "period_end": [*(MONTHS + pd.offsets.MonthEnd(0))] * 2,
        "value": [1, 2, np.nan, 4, 5, 6, 0, 0, 0, 0, 0, 0],
        "value_low": [0.5, 1, np.nan, 3, 4, 5, *[0] * 6],
        "value_high": [2, 3, np.nan, 50, 6, 7, *[1] * 6],
    }
)
CHANGES = pd.DataFrame(
    {"series": ["창업"] * 2, "date": [MONTHS[3], MONTHS[4]], "before": [1.5, 4.0], "after": [4.0, 5.5],
     "q": [0.01, 0.4]}
)  # fmt: skip
WINDOWS = pd.DataFrame(
    {
        "series": "창업",
        "administration": ["가", "가", "나", "나"],
        "window": [1, 2, 1, 2],
        "months": ["1–12", "13–24"] * 2,
        "value": [0.1, 0.2, 0.4, np.nan],
        "value_low": [0.05, 0.1, 0.3, np.nan],
        "value_high": [0.2, 0.3, 0.5, np.nan],
    }
)


def lines(ax, marker):
    return [line for line in ax.lines if line.get_marker() == marker]


def test_a_gap_breaks_the_line_and_is_no_zero():
    first, second = plots.plot_timeline(TIMELINE)
    assert [line.get_ydata().tolist() for line in lines(first, "o")] == [[1, 2], [4, 5, 6]]
    assert [len(line.get_ydata()) for line in lines(second, "o")] == [6]
    assert [ax.get_title(loc="left") for ax in (first, second)] == ["창업", "쌀"]


def test_days_of_governments_left_out_break_the_line_and_the_shading():
    table = TIMELINE.iloc[[0, 1, 3, 4, 5]].assign(administration="가")
    ax = plots.plot_timeline(table)[0]
    assert [len(line.get_ydata()) for line in lines(ax, "o")] == [2, 3]
    assert len(ax.patches) == 2


def test_governments_are_shaded_in_their_colours_and_named_once():
    axes = plots.plot_timeline(TIMELINE, colours={"가": "#802070", "나": "#7DB286"})
    for ax in axes:
        assert [to_hex(patch.get_facecolor()) for patch in ax.patches] == ["#802070", "#7db286"]
    assert [text.get_text() for text in axes[0].texts] == ["가", "나"]
    assert not axes[1].texts


def test_sure_changes_are_full_lines_with_their_month_others_are_broken():
    ax, other = plots.plot_timeline(TIMELINE, changes=CHANGES)
    vertical = [
        line for line in ax.lines if len(set(line.get_xdata())) == 1 and line.get_marker() == "None"
    ]
    assert [line.get_linestyle() for line in vertical] == ["-", "--"]
    assert [text.get_text() for text in ax.texts][:1] == ["2014.04"]
    levels = [path.vertices[0, 1] for path in ax.collections[-1].get_paths()]
    assert levels == [1.5, 4.0, 5.5]
    assert not [line for line in other.lines if line.get_marker() == "None"]


def test_the_scale_follows_values_not_intervals_and_shares_are_percent():
    ax = plots.plot_timeline(TIMELINE)[0]
    assert ax.get_ylim() == pytest.approx((0, 6 * 1.15))
    shares = TIMELINE.assign(value=TIMELINE["value"] / 10)
    ax = plots.plot_timeline(shares, unit="share")[0]
    ax.figure.canvas.draw()
    assert all(label.get_text().endswith("%") for label in ax.get_yticklabels())


def test_events_are_ticks_and_do_not_widen_the_picture():
    plain = plots.plot_timeline(TIMELINE)[0].get_xlim()
    events = pd.DataFrame({"date": [MONTHS[1], pd.Timestamp("2020-01-01"), pd.NaT]})
    first, ax = plots.plot_timeline(TIMELINE, events=events)
    assert not lines(first, "|")
    assert len(lines(ax, "|")[0].get_xdata()) == 2
    assert ax.get_xlim() == pytest.approx(plain, abs=40)
    assert ax.get_xlim()[1] < matplotlib.dates.date2num(pd.Timestamp("2015-01-01"))


def test_close_changes_are_written_on_different_lines():
    sure = CHANGES.assign(q=0.01, date=[MONTHS[3], MONTHS[3] + pd.Timedelta(days=5)])
    ax = plots.plot_timeline(TIMELINE, changes=sure)[0]
    ax.figure.canvas.draw()
    months = [text for text in ax.texts if text.get_text() == "2014.04"]
    boxes = [text.get_window_extent() for text in months]
    assert len(boxes) == 2 and not boxes[0].overlaps(boxes[1])


def test_windows_without_days_have_no_dot():
    ax = plots.plot_office_windows(WINDOWS)[0]
    drawn = {line.get_label(): line.get_ydata() for line in ax.lines}
    assert drawn["가"].tolist() == [0.1, 0.2]
    assert np.isnan(drawn["나"][1])
    assert len({line.get_marker() for line in ax.lines}) == 2  # never by colour alone
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1–12", "13–24"]


def test_the_tree_has_a_labelled_leaf_a_topic():
    joins = pd.DataFrame(
        {"left": [0, 2], "right": [1, 3], "distance": [0.2, 0.9], "n_topics": [2, 3]}
    )
    ax = plots.plot_hierarchy(joins, {1: "창업", 2: "투자", 3: "쌀"})
    leaves = {label.get_text() for label in ax.get_yticklabels()}
    assert leaves == {"1. 창업", "2. 투자", "3. 쌀"}
    assert max(x for path in ax.collections[0].get_paths() for x in path.vertices[:, 0]) == 0.9
    empty = plots.plot_hierarchy(joins.iloc[:0], {1: "창업"})
    assert empty.texts[0].get_text() == "보여 줄 자료가 없습니다"


def test_what_and_how_are_two_bars_a_pair():
    table = pd.DataFrame(
        {
            "pair": ["가–나"] * 2 + ["나–다"] * 2,
            "part": ["what", "how"] * 2,
            "excess": [0.3, 0.1, np.nan, np.nan],
            "excess_low": [0.2, 0.05, np.nan, np.nan],
            "excess_high": [0.4, 0.2, np.nan, np.nan],
        }
    )
    ax = plots.plot_decomposition(table)
    assert [bar.get_width() for bar in ax.patches] == [0.3, 0.1]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["가–나"]
    assert [text.get_text() for text in ax.texts] == ["0.300", "0.100"]
    assert len({bar.get_hatch() for bar in ax.patches}) == 2


@pytest.mark.parametrize("draw", [plots.plot_timeline, plots.plot_office_windows])
def test_an_empty_table_says_so(draw):
    table = pd.concat([TIMELINE, WINDOWS]).iloc[:0]
    assert draw(table)[0].texts[0].get_text() == "보여 줄 자료가 없습니다"
