"""Networks of terms, maps of topics and tiles of regions, read back from the artists."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color, to_hex, to_rgb
from matplotlib.patches import Rectangle

from policytext import network, plots, regions
from policytext.plots import theme

pytestmark = pytest.mark.usefixtures("theme")

NO_DATA = "보여 줄 자료가 없습니다"
SYLLABLES = list("가나다라마바사아자차카타파하기니디리미비시이지치창업혁신경제지역산기술대학연구")
PLACES = pd.DataFrame(
    {
        "term": ["창업", "벤처", "$규제$", "지역"],
        "n_documents": [100, 25, 4, 1],
        "x": [0.0, 1.0, 0.0, 1.0],
        "y": [0.0, 0.0, 1.0, 1.0],
        "community": [1, 1, 2, 3],
    }
)
LINKS = pd.DataFrame(
    {"term_a": ["창업", "창업"], "term_b": ["벤처", "$규제$"], "cosine": [0.8, 0.2]}
)


def written(ax):
    return [text.get_text() for text in ax.texts]


def terms_of(rng, n):
    """`n` different terms of two to ten syllables."""
    terms = set()
    while len(terms) < n:
        terms.add("".join(rng.choice(SYLLABLES, rng.integers(2, 11))))
    return sorted(terms)


def network_of(seed, n_terms):
    """Places and drawn links of a random corpus."""
    rng = np.random.default_rng(seed)
    terms = terms_of(rng, n_terms)
    held = rng.random((60, n_terms)) < rng.uniform(0.03, 0.3, n_terms)
    held[0] = True
    rows = [(f"d{row}", terms[column]) for row, column in np.argwhere(held)]
    tokens = pd.DataFrame(rows, columns=["doc_id", "term"])
    links = network.links(tokens)
    return network.positions(tokens, links), links[links["is_drawn"]]


def crowd(seed, n_terms=50):
    """Terms strewn about at random, linked in a chain: worse than any layout."""
    rng = np.random.default_rng(seed)
    terms = terms_of(rng, n_terms)
    places = pd.DataFrame(
        {
            "term": terms,
            "n_documents": rng.integers(1, 200, n_terms),
            "x": rng.normal(size=n_terms),
            "y": rng.normal(size=n_terms),
            "community": rng.integers(1, 8, n_terms),
        }
    )
    chain = {"term_a": terms[:-1], "term_b": terms[1:], "cosine": 0.5}
    return places, pd.DataFrame(chain)


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


def box_of(text):
    return text.get_bbox_patch().get_window_extent()


class TestNetwork:
    def test_one_box_a_term_and_one_line_a_link_between_them(self):
        ax = plots.plot_network(PLACES, LINKS)
        assert written(ax) == PLACES["term"].tolist()
        at = {text.get_text(): text.get_position() for text in ax.texts}
        ends = [list(map(tuple, line.get_xydata())) for line in ax.lines]
        assert ends == [[at["창업"], at["벤처"]], [at["창업"], at["$규제$"]]]

    def test_larger_letters_for_more_documents_and_thicker_lines_for_higher_cosines(self):
        """Between 8.5 and 13.5 points, by the root of the number: 100, 25, 4, 1 documents."""
        ax = plots.plot_network(PLACES, LINKS)
        assert [text.get_fontsize() for text in ax.texts] == pytest.approx([13.5, 11, 9.5, 9])
        strong, weak = (line.get_linewidth() for line in ax.lines)
        assert strong == pytest.approx(2.4) and weak == pytest.approx(0.9)

    def test_communities_differ_in_colour_or_in_shape_and_line(self):
        places, links = crowd(0, 14)
        ax = plots.plot_network(places.assign(community=range(1, 15)), links)
        boxes = [text.get_bbox_patch() for text in ax.texts]
        colours = [to_hex(text.get_color()) for text in ax.texts]
        shapes = [type(box.get_boxstyle()).__name__ for box in boxes]
        lines = [box.get_linestyle() for box in boxes]
        assert colours == [to_hex(box.get_edgecolor()) for box in boxes]
        assert len(set(colours)) == 6 and colours[6:12] == colours[:6]
        for marks in (shapes, lines):
            assert len(set(marks[:6])) == len(set(marks[6:12])) == 1 and marks[0] != marks[6]
            assert marks[12:] == marks[:2]

    def test_every_term_can_be_read(self):
        places, links = crowd(0, 12)
        ax = plots.plot_network(places.assign(community=range(1, 13)), links)
        for text in ax.texts:
            background = text.get_bbox_patch().get_facecolor()
            assert theme.contrast(text.get_color(), background) > 4.5
            assert text.get_zorder() > max(line.get_zorder() for line in ax.lines)

    @pytest.mark.parametrize(
        "seed, n_terms",
        [(0, 50), (2, 50), (13, 50), (3, 35), (4, 20), (5, 8)],
    )
    def test_no_box_covers_another(self, seed, n_terms):
        places, links = network_of(seed, n_terms)
        ax = plots.plot_network(places, links)
        assert len(ax.texts) == n_terms and len(ax.lines) == len(links)
        assert overlaps(ax, box_of) == []

    def test_near_terms_are_parted_and_stay_near(self):
        """Four terms on one spot, a fifth far away."""
        places = pd.DataFrame(
            {
                "term": ["창업", "벤처", "규제 혁신", "지역", "농업"],
                "n_documents": 5,
                "x": [0.5, 0.5, 0.5, 0.5, 0.0],
                "y": [0.5, 0.5, 0.5, 0.5, 0.0],
                "community": 1,
            }
        )
        ax = plots.plot_network(places, LINKS[:0])
        assert overlaps(ax, box_of) == []
        at = np.array([text.get_position() for text in ax.texts])
        assert np.linalg.norm(at[:4] - 0.5, axis=1).max() < 0.35
        assert np.linalg.norm(at[4]) < 0.35

    def test_the_same_table_gives_the_same_sheet(self):
        places, links = network_of(4, 20)
        one, two = (plots.plot_network(places, links) for _ in range(2))
        assert [t.get_position() for t in one.texts] == [t.get_position() for t in two.texts]

    def test_one_term_alone(self):
        ax = plots.plot_network(PLACES[:1], LINKS[:0])
        assert written(ax) == ["창업"] and not ax.lines

    def test_the_tables_are_left_alone_and_the_given_axes_used(self):
        _, ax = plt.subplots()
        before = PLACES.copy(), LINKS.copy()
        assert plots.plot_network(PLACES, LINKS, ax=ax) is ax
        pd.testing.assert_frame_equal(PLACES, before[0])
        pd.testing.assert_frame_equal(LINKS, before[1])

    def test_an_empty_table_says_so_and_a_missing_column_is_named(self):
        assert written(plots.plot_network(PLACES[:0], LINKS[:0])) == [NO_DATA]
        for column in PLACES:
            with pytest.raises(ValueError, match=column):
                plots.plot_network(PLACES.drop(columns=column), LINKS)
        for column in LINKS:
            with pytest.raises(ValueError, match=column):
                plots.plot_network(PLACES, LINKS.drop(columns=column))


TOPICS = pd.DataFrame(
    {
        "topic": [1, 2, 3],
        "n_documents": [1200, 300, 30],
        "x": [0.0, 1.0, 0.5],
        "y": [0.0, 0.2, 1.0],
        "explained": 0.634,
        "label": ["창업 · 벤처", "$쌀$ · 농촌", "해양"],
    }
)


class TestTopicMap:
    def test_numbers_in_the_circles_and_names_beside_them(self):
        ax = plots.plot_topic_map(TOPICS)
        assert written(ax) == [
            "1", "2", "3", "1. 창업 · 벤처 (1,200건)", "2. $쌀$ · 농촌 (300건)", "3. 해양 (30건)",
        ]  # fmt: skip
        assert "63%" in ax.get_xlabel()

    def test_areas_grow_with_documents_and_stand_where_the_table_says(self):
        ax = plots.plot_topic_map(TOPICS)
        for circles in ax.collections:
            assert circles.get_offsets().tolist() == TOPICS[["x", "y"]].values.tolist()
            assert circles.get_sizes() == pytest.approx([1360, 385, 92.5])

    def test_only_a_topic_that_lives_in_one_administration_has_its_colour_and_name(self):
        table = TOPICS.assign(administration=["가", "나", "가"], lives_in_one=[True, False, True])
        ax = plots.plot_topic_map(table, colours={"가": "#aa0000", "나": "#00aa00"})
        fills = ax.collections[0].get_facecolors()
        assert [same_color(fill[:3], "#aa0000") for fill in fills] == [True, False, True]
        assert not any(same_color(fill[:3], "#00aa00") for fill in fills)
        assert written(ax)[3:] == [
            "1. 창업 · 벤처 (1,200건, 가)", "2. $쌀$ · 농촌 (300건)", "3. 해양 (30건, 가)",
        ]  # fmt: skip

    def test_unstable_topics_have_a_broken_outline_and_a_legend(self):
        ax = plots.plot_topic_map(TOPICS.assign(is_stable=[True, False, True]))
        broken = [dashes is not None for _, dashes in ax.collections[1].get_linestyles()]
        assert broken == [False, True, False]
        assert [text.get_text() for text in ax.get_legend().get_texts()] == ["안정되지 않은 주제"]
        assert plots.plot_topic_map(TOPICS.assign(is_stable=True)).get_legend() is None

    def test_what_is_unknown_is_no_home_and_no_warning(self):
        """As a left join leaves it."""
        unknown = pd.Series([None, True, None], dtype=object)
        table = TOPICS.assign(lives_in_one=unknown, is_stable=[None, None, None],
                              administration=[None, "나", None])  # fmt: skip
        ax = plots.plot_topic_map(table)
        assert [text.endswith("나)") for text in written(ax)[3:]] == [False, True, False]
        assert ax.get_legend() is None

    @pytest.mark.parametrize("n_topics", [1, 12, 30])
    def test_neither_numbers_nor_names_cover_one_another(self, n_topics):
        rng = np.random.default_rng(n_topics)
        table = pd.DataFrame(
            {
                "topic": range(1, n_topics + 1),
                "n_documents": np.sort(rng.integers(1, 500, n_topics))[::-1],
                "x": rng.normal(size=n_topics),
                "y": rng.normal(size=n_topics),
                "explained": 0.5,
                "label": [" · ".join(terms_of(rng, 3)) for _ in range(n_topics)],
            }
        )
        ax = plots.plot_topic_map(table)
        assert len(ax.texts) == 2 * n_topics
        assert overlaps(ax, lambda text: text.get_window_extent()) == []

    @pytest.mark.parametrize("colour", ["#134C2C", "#802070", "#000000", "#E67ECA"])
    def test_every_number_can_be_read(self, colour):
        table = TOPICS.assign(administration="가", lives_in_one=True)
        ax = plots.plot_topic_map(table, colours={"가": colour})
        (fill, *_), alpha = ax.collections[0].get_facecolors(), ax.collections[0].get_alpha()
        seen = alpha * np.array(to_rgb(fill[:3])) + (1 - alpha)  # over white
        assert all(theme.contrast(text.get_color(), seen) > 4.5 for text in ax.texts[:3])
        assert all(theme.contrast(text.get_color(), "white") > 4.5 for text in ax.texts)

    def test_an_empty_table_says_so_and_a_missing_column_is_named(self):
        assert written(plots.plot_topic_map(TOPICS[:0])) == [NO_DATA]
        for column in TOPICS:
            with pytest.raises(ValueError, match=column):
                plots.plot_topic_map(TOPICS.drop(columns=column))


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
    names, numbers = ax.texts[::2], ax.texts[1::2]
    patches = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    found = {}
    for name, number in zip(names, numbers, strict=True):
        x, y = name.get_position()
        (patch,) = [p for p in patches if p.get_x() < x < p.get_x() + p.get_width()
                    and p.get_y() < y < p.get_y() + p.get_height()]  # fmt: skip
        assert number.get_position()[0] == x
        found[name.get_text()] = patch, number
    return found


class TestTileMap:
    def test_a_map_an_administration_and_a_percentage_a_tile(self):
        first, second = plots.plot_tile_map(SHARES, TILES)
        assert [ax.get_title() for ax in (first, second)] == ["가", "나"]
        numbers = [
            {name: number.get_text() for name, (_, number) in tiles_of(ax).items()}
            for ax in (first, second)
        ]
        assert numbers == [
            {"서울": "50▲", "대구": "10", "부산": "50", "제주": "–"},
            {"서울": "0", "대구": "100", "부산": "–", "제주": "–"},
        ]

    def test_only_what_is_surely_more_than_elsewhere_is_framed(self):
        for ax in plots.plot_tile_map(SHARES, TILES):
            for patch, number in tiles_of(ax).values():
                is_framed = to_hex(patch.get_edgecolor()) == theme.INK
                assert is_framed == number.get_text().endswith("▲")
                assert (patch.get_linewidth() > 1) == is_framed

    def test_without_a_comparison_nothing_is_marked(self):
        for table in (SHARES.drop(columns=["q", "share_rest"]), SHARES.drop(columns="share_rest")):
            panels = plots.plot_tile_map(table, TILES)
            assert not any("▲" in text for ax in panels for text in written(ax))

    def test_tiles_stand_in_rows_and_columns_the_north_on_top_and_none_covers_another(self):
        table = pd.DataFrame({"administration": "가", "region": ["서울"], "share": [0.5]})
        (ax,) = plots.plot_tile_map(table, regions.read_regions())
        ax.figure.canvas.draw()
        tiles = {name: patch.get_window_extent() for name, (patch, _) in tiles_of(ax).items()}
        assert len(tiles) == 17
        places = regions.read_regions().set_index("region")
        for one, a in tiles.items():
            for other, b in tiles.items():
                if places.loc[one, "column"] < places.loc[other, "column"]:
                    assert a.x1 < b.x0
                if places.loc[one, "row"] < places.loc[other, "row"]:
                    assert a.y0 > b.y1
        frame = ax.get_window_extent()
        assert all(frame.x0 <= a.x0 and a.x1 <= frame.x1 for a in tiles.values())

    def test_one_scale_of_colours_for_all_maps(self):
        first, second = map(tiles_of, plots.plot_tile_map(SHARES, TILES))
        half, full = first["서울"][0].get_facecolor(), second["대구"][0].get_facecolor()
        assert same_color(full, theme.SEQUENTIAL(1.0)) and same_color(half, theme.SEQUENTIAL(0.5))
        assert same_color(first["제주"][0].get_facecolor(), "white")

    def test_everything_written_can_be_read_and_fits_its_tile(self):
        regions_ = regions.read_regions()
        table = pd.DataFrame(
            [(who, region, share, 0.0, 0.01) for who in "가나다라마"
             for region, share in zip(regions_["region"], np.linspace(0, 1, 17), strict=True)],
            columns=SHARES.columns,
        )  # fmt: skip
        panels = plots.plot_tile_map(table, regions_)
        panels[0].figure.canvas.draw()
        for ax in panels:
            names = ax.texts[::2]
            for name, (patch, number) in zip(names, tiles_of(ax).values(), strict=True):
                tile = patch.get_window_extent()
                for text in (name, number):
                    assert theme.contrast(text.get_color(), patch.get_facecolor()) > 4.5
                    box = text.get_window_extent()
                    assert tile.x0 < box.x0 and box.x1 < tile.x1
                    assert tile.y0 < box.y0 and box.y1 < tile.y1

    def test_unknown_tiles_are_readable_too(self):
        unknown = SHARES.assign(share=np.nan)
        for ax in plots.plot_tile_map(unknown, TILES):
            tiles = tiles_of(ax)
            assert [number.get_text() for _, number in tiles.values()] == ["–"] * 4
            for patch, number in tiles.values():
                assert theme.contrast(number.get_color(), patch.get_facecolor()) > 4.5

    def test_nobody_named_a_region(self):
        """All shares 0: a scale without width."""
        (ax,) = plots.plot_tile_map(SHARES[:3].assign(share=0.0, share_rest=0.0), TILES)
        assert written(ax)[1::2] == ["0", "0", "0", "–"]

    @pytest.mark.parametrize("n_groups", [1, 4, 5, 9])
    def test_as_many_maps_as_administrations_in_their_order(self, n_groups):
        names = [f"정부{n}" for n in range(n_groups)]
        table = pd.DataFrame({"administration": names[::-1], "region": "서울", "share": 0.5})
        table["administration"] = pd.Categorical(table["administration"], [*names, "없는 정부"])
        panels = plots.plot_tile_map(table, TILES)
        assert [ax.get_title() for ax in panels] == names
        assert len(panels[0].figure.axes) == n_groups

    def test_an_empty_table_says_so_and_a_missing_column_is_named(self):
        (ax,) = plots.plot_tile_map(SHARES[:0], TILES)
        assert written(ax) == [NO_DATA]
        for column in ("administration", "region", "share"):
            with pytest.raises(ValueError, match=column):
                plots.plot_tile_map(SHARES.drop(columns=column), TILES)
        for column in TILES:
            with pytest.raises(ValueError, match=column):
                plots.plot_tile_map(SHARES, TILES.drop(columns=column))
