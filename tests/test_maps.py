"""Lines over time, networks, maps of topics and tiles of regions, read back from the artists."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import same_color, to_hex
from samples import contrast

from policytext.report import charts, maps
from policytext.words import counts
from policytext.words.lexicon import read_regions

SYLLABLES = list("가나다라마바사아자차카타파하기니디리미비시이지치창업혁신경제지역산기술대학연구")


pytestmark = pytest.mark.usefixtures("quiet_figures")


def written(ax):
    return [text.get_text() for text in ax.texts]


def terms_of(rng, n):
    """`n` different terms of two to ten syllables."""
    terms = set()
    while len(terms) < n:
        terms.add("".join(rng.choice(SYLLABLES, rng.integers(2, 11))))
    return sorted(terms)


def overlaps(ax, extent):
    """Pairs of texts whose rectangles have points in common."""
    ax.figure.canvas.draw()
    boxes = [(text.get_text(), extent(text)) for text in ax.texts]
    return [
        (one, other)
        for place, (one, a) in enumerate(boxes)
        for other, b in boxes[:place]
        if min(a.x1, b.x1) > max(a.x0, b.x0) and min(a.y1, b.y1) > max(a.y0, b.y0)
    ]


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
    {"series": ["창업"] * 2, "date": [MONTHS[3], MONTHS[4]], "before": [1.5, 4.0],
     "after": [4.0, 5.5], "q": [0.01, 0.4], "since": [MONTHS[0], MONTHS[3]],
     "until": [MONTHS[4], MONTHS[5]]}
)  # fmt: skip
WINDOWS = pd.DataFrame(
    {
        "series": "창업",
        "administration": ["가", "가", "나", "나"],
        "window": [1, 2, 1, 2],
        "months": ["1–12", "13–24"] * 2,
        "office_days": [365, 282, 365, 0],
        "value": [0.1, 0.2, 0.4, np.nan],
        "value_low": [0.05, 0.1, 0.3, np.nan],
        "value_high": [0.2, 0.3, 0.5, np.nan],
    }
)


def lines(ax, marker):
    return [line for line in ax.lines if line.get_marker() == marker]


def cells(ax):
    return [line for line in ax.lines if to_hex(line.get_color()) == maps.ACCENT]


def dots(ax):
    return [found for found in ax.collections if isinstance(found, PathCollection)]


class TestTimeline:
    def test_a_gap_breaks_the_line_and_is_no_zero(self):
        first, second = maps.timeline(TIMELINE)
        np.testing.assert_array_equal(cells(first)[0].get_ydata(), [1, 2, np.nan, 4, 5, 6])
        assert [np.isnan(line.get_ydata()).any() for line in cells(second)] == [False]
        assert [ax.get_title(loc="left") for ax in (first, second)] == ["창업", "쌀"]

    def test_days_of_governments_left_out_break_the_line_and_the_shading(self):
        table = TIMELINE.iloc[[0, 1, 3, 4, 5]].assign(administration="가")
        ax = maps.timeline(table)[0]
        (line,) = cells(ax)
        assert np.flatnonzero(np.isnan(line.get_ydata())).tolist() == [2]
        assert len(line.get_ydata()) == 6
        assert len(ax.patches) == 2

    def test_governments_are_shaded_in_their_colours_and_named_once(self):
        axes = maps.timeline(TIMELINE, colours={"가": "#802070", "나": "#123456"})
        for ax in axes:
            assert [to_hex(patch.get_facecolor()) for patch in ax.patches] == ["#802070", "#123456"]
        assert written(axes[0]) == ["가", "나"] and not axes[1].texts

    def test_sure_changes_are_full_lines_with_their_month_others_are_broken(self):
        ax, other = maps.timeline(TIMELINE, changes=CHANGES)
        vertical = [line for line in lines(ax, "None") if len(set(line.get_xdata())) == 1]
        assert sorted(line.get_linestyle() for line in vertical) == ["-", "--"]
        assert written(ax) == ["가", "나", "2014.04"]
        assert ax.get_ylim()[1] > 6 * 1.25  # room for the month above every level
        levels = [path.vertices[0, 1] for part in ax.collections[-2:] for path in part.get_paths()]
        assert levels == [1.5, 4.0, 4.0, 5.5]
        assert lines(other, "None") == cells(other)

    def test_a_single_day_stands_in_its_year_not_among_hours(self):
        day = {"period": MONTHS[0], "period_end": MONTHS[0], "term": "창업"}
        ax = maps.term_lines(TIMELINE[:1].assign(**day))
        ax.figure.canvas.draw()
        assert "2014-01" in [label.get_text() for label in ax.get_xticklabels()]

    def test_close_changes_are_written_on_different_lines(self):
        sure = CHANGES.assign(q=0.01, date=[MONTHS[3], MONTHS[3] + pd.Timedelta(days=5)])
        ax = maps.timeline(TIMELINE, changes=sure)[0]
        one, other = (text.get_window_extent() for text in ax.texts if text.get_text() == "2014.04")
        assert not one.overlaps(other)

    def test_the_scale_follows_values_not_intervals_and_shares_are_percent(self):
        assert maps.timeline(TIMELINE)[0].get_ylim() == pytest.approx((0, 6 * 1.15))
        ax = maps.timeline(TIMELINE.assign(value=TIMELINE["value"] / 10), unit="share")[0]
        assert all(label.get_text().endswith("%") for label in ax.get_yticklabels())

    def test_dots_grow_with_the_texts_of_their_cell(self):
        (ax,) = maps.timeline(TIMELINE[:6].assign(n_families=[1, 4, 0, 9, 9, 9]))
        assert dots(ax)[0].get_sizes()[[0, 3]] == pytest.approx([8 + 60 / 9, 68])

    def test_shares_of_topics_have_a_row_a_government_in_the_order_of_governments(self):
        table = pd.DataFrame({
            "administration": ["나", "나", "가", "가"], "topic": [10, 1, 10, 1],
            "label": ["평화", "수소"] * 2, "share": [0.7, 0.3, 0.4, 0.6],
        })  # fmt: skip
        first, second = maps.topic_shares(table.assign(share_low=0.1, share_high=0.8))
        assert [ax.get_title(loc="left") for ax in (first, second)] == ["1. 수소", "10. 평화"]
        assert [label.get_text() for label in first.get_yticklabels()] == ["나", "가"]
        assert dots(first)[0].get_offsets().tolist() == [[0.3, 0], [0.6, 1]]

    def test_windows_without_days_have_no_dot(self):
        ax = maps.office_windows(WINDOWS)[0]
        drawn = {found.get_label(): found.get_offsets()[:, 1] for found in dots(ax)[::2]}
        assert drawn["가"].tolist() == [0.1, 0.2]
        assert not np.isfinite(np.ma.filled(drawn["나"], np.nan)[1])
        shapes = [found.get_paths()[0].vertices.tolist() for found in dots(ax)[::2]]
        assert shapes[0] != shapes[1]  # never by colour alone
        assert [label.get_text() for label in ax.get_xticklabels()] == ["1–12", "13–24"]
        hole = np.ma.filled(dots(ax)[1].get_offsets()[:, 1], 0)  # 282 days are no twelve months
        assert hole.tolist() == [0, 0.2]


ROWS = [("창업", 100, 0.0, 0.0, 1), ("벤처", 25, 1.0, 0.0, 1)]
ROWS += [("$규제$", 4, 0.0, 1.0, 2), ("지역", 1, 1.0, 1.0, 3)]
PLACES = pd.DataFrame(ROWS, columns=["term", "n_documents", "x", "y", "community"])
LINKS = pd.DataFrame(
    {"term_a": ["창업", "창업"], "term_b": ["벤처", "$규제$"], "cosine": [0.8, 0.2]}
)


def box_of(text):
    return text.get_bbox_patch().get_window_extent()


def crowd(n_terms):
    """Terms strewn about at random, a community each, linked in a chain."""
    rng = np.random.default_rng(0)
    terms = terms_of(rng, n_terms)
    x, y = rng.normal(size=(2, n_terms))
    places = {"term": terms, "n_documents": rng.integers(1, 200, n_terms), "x": x, "y": y}
    chain = {"term_a": terms[:-1], "term_b": terms[1:], "cosine": 0.5}
    return pd.DataFrame(places).assign(community=range(1, n_terms + 1)), pd.DataFrame(chain)


class TestNetwork:
    def test_one_box_a_term_and_one_line_a_link_between_them(self):
        ax = maps.network(PLACES, LINKS)
        assert written(ax) == PLACES["term"].tolist()
        at = {text.get_text(): text.get_position() for text in ax.texts}
        ends = [list(map(tuple, line.get_xydata())) for line in ax.lines]
        assert ends == [[at["창업"], at["벤처"]], [at["창업"], at["$규제$"]]]
        # Between 8.5 and 13.5 points, by the root of the number: 100, 25, 4, 1 documents.
        assert [text.get_fontsize() for text in ax.texts] == pytest.approx([13.5, 11, 9.5, 9])
        assert [line.get_linewidth() for line in ax.lines] == pytest.approx([2.4, 0.9])

    def test_communities_differ_in_colour_or_in_shape_and_line_and_can_be_read(self):
        ax = maps.network(*crowd(14))
        boxes = [text.get_bbox_patch() for text in ax.texts]
        colours = [to_hex(text.get_color()) for text in ax.texts]
        assert colours == [to_hex(box.get_edgecolor()) for box in boxes]
        assert len(set(colours)) == 6 and colours[6:12] == colours[:6]
        for marks in ([type(box.get_boxstyle()) for box in boxes],
                      [box.get_linestyle() for box in boxes]):  # fmt: skip
            assert len(set(marks[:6])) == len(set(marks[6:12])) == 1 and marks[0] != marks[6]
            assert marks[12:] == marks[:2]
        for text, box in zip(ax.texts, boxes, strict=True):
            assert contrast(text.get_color(), box.get_facecolor()) > 4.5
            assert text.get_zorder() > max(line.get_zorder() for line in ax.lines)

    @pytest.mark.parametrize("seed, n_terms", [(0, 50), (13, 50), (3, 35), (4, 20), (5, 8)])
    def test_no_box_covers_another(self, seed, n_terms):
        rng = np.random.default_rng(seed)
        terms = terms_of(rng, n_terms)
        held = rng.random((60, n_terms)) < rng.uniform(0.03, 0.3, n_terms)
        held[0] = True
        rows = [(f"d{row}", terms[column]) for row, column in np.argwhere(held)]
        tokens = pd.DataFrame(rows, columns=["doc_id", "term"])
        matrix = counts.term_matrix(tokens, min_df=1, max_df=1.0)
        links = counts.links(matrix)
        drawn = links[links["is_drawn"]]
        ax = maps.network(counts.positions(matrix, links), drawn)
        assert len(ax.texts) == n_terms and len(ax.lines) == len(drawn)
        assert overlaps(ax, box_of) == []

    def test_a_sheet_without_room_grows_until_no_box_covers_another(self):
        figure, ax = plt.subplots(figsize=(7, 1.5))
        maps.network(*crowd(15), ax=ax)
        assert figure.get_figheight() > 1.5
        assert overlaps(ax, box_of) == []

    def test_near_terms_are_parted_and_stay_near_the_same_every_time(self):
        """Four terms on one spot, a fifth far away."""
        terms, spots = ["창업", "벤처", "규제 혁신", "지역", "농업"], [0.5, 0.5, 0.5, 0.5, 0.0]
        places = pd.DataFrame({"term": terms, "n_documents": 5, "x": spots, "y": spots})
        places["community"] = 1
        ax = maps.network(places, LINKS[:0])
        assert overlaps(ax, box_of) == [] and not ax.lines
        at = np.array([text.get_position() for text in ax.texts])
        assert np.linalg.norm(at[:4] - 0.5, axis=1).max() < 0.35
        assert np.linalg.norm(at[4]) < 0.35
        again = maps.network(places, LINKS[:0])
        assert at.tolist() == [list(text.get_position()) for text in again.texts]


ROWS = [
    (1, 1200, 0.0, 0.0, "창업 · 벤처"),
    (2, 300, 1.0, 0.2, "$쌀$ · 농촌"),
    (3, 30, 0.5, 1.0, "해양"),
]
TOPICS = pd.DataFrame(ROWS, columns=["topic", "n_documents", "x", "y", "label"])
TOPICS["explained"] = 0.634


class TestTopicMap:
    def test_areas_follow_documents_and_what_lives_in_one_administration_says_so(self):
        unknown = pd.Series([True, None, None], dtype=object)  # as a left join leaves it
        table = TOPICS.assign(administration=["가", None, "나"], lives_in_one=unknown,
                              is_stable=[True, False, None])  # fmt: skip
        ax = maps.topic_map(table, colours={"가": "#aa0000", "나": "#00aa00"})
        assert written(ax) == ["창업 · 벤처 1,200건 (가)", "$쌀$ · 농촌 300건", "해양 30건"]
        assert "63%" in ax.get_xlabel() and "안정되지 않은" in ax.get_xlabel()
        (circles,) = ax.collections
        assert circles.get_offsets().tolist() == TOPICS[["x", "y"]].values.tolist()
        assert circles.get_sizes() == pytest.approx([1360, 385, 92.5])
        fills = [to_hex(fill) for fill in circles.get_facecolors()]
        assert fills == ["#aa0000", maps.NOWHERE, maps.NOWHERE]
        broken = [dashes is not None for _, dashes in circles.get_linestyles()]
        assert broken == [False, True, False]
        seen = [0.35 * fill[:3] + 0.65 for fill in circles.get_facecolors()]  # over white
        assert all(contrast(maps.INK, colour) > 4.5 for colour in seen)

    @pytest.mark.parametrize("n_topics", [1, 12, 20])
    def test_no_name_covers_another(self, n_topics):
        rng = np.random.default_rng(n_topics)
        x, y = rng.normal(size=(2, n_topics))
        sizes = np.sort(rng.integers(1, 500, n_topics))[::-1]
        table = {"topic": range(1, n_topics + 1), "n_documents": sizes, "x": x, "y": y}
        names = [" · ".join(terms_of(rng, 2)) for _ in range(n_topics)]
        ax = maps.topic_map(pd.DataFrame(table).assign(explained=0.5, label=names))
        assert len(ax.texts) == n_topics
        assert overlaps(ax, lambda text: text.get_window_extent()) == []
        box, place = ax.texts[0].get_window_extent(), ax.transData.transform((x[0], y[0]))
        assert n_topics > 1 or box.y1 < place[1]  # it stands below its circle


def test_a_name_stands_beside_its_circle_where_another_is_below():
    table = pd.DataFrame(
        {"topic": [1, 2, 3], "n_documents": 9, "x": [0.5, 0.5, 0], "y": [0.4, 0.2, 1]}
    )
    ax = maps.topic_map(table.assign(explained=0.5, label=["위 주제", "아래 주제", "먼 주제"]))
    box, other = ax.texts[0].get_window_extent(), ax.transData.transform((0.5, 0.2))
    radius = np.sqrt(1360) / 2 * ax.figure.dpi / 72
    assert np.hypot(*(np.clip(other, box.min, box.max) - other)) > radius - 1


def test_names_that_follow_each_other_have_a_row_a_pair():
    table = pd.DataFrame({
        "administration_from": ["가", "가", "나"], "administration_to": ["나", "나", "다"],
        "term_from": ["녹색", "강", "창조"], "term_to": ["창조", "물", "혁신"],
        "similarity": [0.9, 0.8, 0.5], "q": [0.01, 0.2, 0.01],
    })  # fmt: skip
    ax = maps.slopes(table)
    assert written(ax) == ["녹색", "창조", "강", "물", "창조", "혁신"]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["가→나", "가→나", "나→다"]
    assert [line.get_linestyle() for line in ax.lines] == ["-", "--", "-"]
    assert ax.lines[0].get_linewidth() > ax.lines[2].get_linewidth()


TILES = pd.DataFrame(
    {"region": ["서울", "대구", "부산", "제주"], "row": [1, 2, 2, 3], "column": [1, 1, 2, 1]}
)
SHARES = pd.DataFrame(
    [
        ("가", "서울", 0.50, 0.10, 0.01),
        ("가", "대구", 0.10, 0.50, 0.01),  # less than elsewhere, and surely so
        ("가", "부산", 0.50, 0.10, 0.05),  # not sure
        ("나", "서울", 0.004, 0.50, 0.20),
        ("나", "대구", 1.00, 0.10, np.nan),
        ("나", "부산", np.nan, 0.10, np.nan),
    ],
    columns=["administration", "region", "share", "share_rest", "q"],
)


def tiles_of(ax):
    """Name -> (patch, percentage), by where they stand."""
    found = {}
    for name, number in zip(ax.texts[::2], ax.texts[1::2], strict=True):
        x, y = name.get_position()
        (patch,) = [p for p in ax.patches if p.get_x() < x < p.get_x() + p.get_width()
                    and p.get_y() < y < p.get_y() + p.get_height()]  # fmt: skip
        assert number.get_position()[0] == x
        found[name.get_text()] = patch, number
    return found


class TestTileMap:
    def test_a_map_an_administration_and_a_percentage_a_tile(self):
        panels = maps.tile_map(SHARES, TILES)
        assert [ax.get_title() for ax in panels] == ["가", "나"]
        numbers = [{name: number.get_text() for name, (_, number) in tiles_of(ax).items()}
                   for ax in panels]  # fmt: skip
        assert numbers == [
            {"서울": "50▲", "대구": "10", "부산": "50", "제주": "–"},
            {"서울": "0", "대구": "100", "부산": "–", "제주": "–"},
        ]
        first, second = map(tiles_of, panels)  # one scale of colours
        half, full = first["서울"][0].get_facecolor(), second["대구"][0].get_facecolor()
        assert same_color(full, charts.SEQUENTIAL(1.0)) and same_color(half, charts.SEQUENTIAL(0.5))
        assert same_color(first["제주"][0].get_facecolor(), "white")

    def test_only_what_is_surely_more_than_elsewhere_is_framed(self):
        for ax in maps.tile_map(SHARES, TILES):
            for patch, number in tiles_of(ax).values():
                is_framed = to_hex(patch.get_edgecolor()) == charts.INK
                assert is_framed == number.get_text().endswith("▲")
                assert (patch.get_linewidth() > 1) == is_framed
        for columns in (["q", "share_rest"], ["share_rest"]):
            panels = maps.tile_map(SHARES.drop(columns=columns), TILES)
            assert not any("▲" in text for ax in panels for text in written(ax))

    def test_tiles_stand_in_rows_and_columns_the_north_on_top_and_none_covers_another(self):
        table = pd.DataFrame({"administration": "가", "region": ["서울"], "share": [0.5]})
        (ax,) = maps.tile_map(table, read_regions())
        ax.figure.canvas.draw()
        tiles = {name: patch.get_window_extent() for name, (patch, _) in tiles_of(ax).items()}
        assert len(tiles) == 17
        places, frame = read_regions().set_index("region"), ax.get_window_extent()
        for one, a in tiles.items():
            assert frame.x0 <= a.x0 and a.x1 <= frame.x1
            for other, b in tiles.items():
                if places.loc[one, "column"] < places.loc[other, "column"]:
                    assert a.x1 < b.x0
                if places.loc[one, "row"] < places.loc[other, "row"]:
                    assert a.y0 > b.y1

    @pytest.mark.parametrize("top", [1, 0, np.nan])
    def test_everything_written_can_be_read_and_fits_its_tile(self, top):
        """Also where nobody named a region, or nothing is known."""
        regions = read_regions()
        table = pd.DataFrame(
            [(who, region, share, 0.0, 0.01) for who in "가나다라마"
             for region, share in zip(regions["region"], np.linspace(0, top, 17), strict=True)],
            columns=SHARES.columns,
        )  # fmt: skip
        panels = maps.tile_map(table, regions)
        panels[0].figure.canvas.draw()
        for ax in panels:
            for name, (patch, number) in zip(ax.texts[::2], tiles_of(ax).values(), strict=True):
                tile = patch.get_window_extent()
                for text in (name, number):
                    assert contrast(text.get_color(), patch.get_facecolor()) > 4.5
                    box = text.get_window_extent()
                    assert tile.x0 < box.x0 and box.x1 < tile.x1
                    assert tile.y0 < box.y0 and box.y1 < tile.y1
