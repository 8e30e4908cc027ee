"""Regions named in texts: matches worked by hand, and shares against other computations."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, hypergeom

from policytext import administrations, display, exhibits, regions

REGIONS = regions.read_regions()
OWNERS = {
    name: row.region for row in REGIONS.itertuples() for name in row.names.split(";")
}  # fmt: skip


def texts_of(*texts):
    return pd.DataFrame({"doc_id": [f"d{n}" for n in range(len(texts))], "text": texts})


def found_in(text):
    """Region and spelling of every match of one text."""
    table = regions.find_regions(texts_of(text))
    return [(row.term, text[row.start : row.end]) for row in table.itertuples()]


class TestTable:
    def test_every_region_has_a_tile_of_its_own(self):
        assert len(REGIONS) == 17 and REGIONS["region"].is_unique
        assert not REGIONS.duplicated(["row", "column"]).any()
        assert (REGIONS[["row", "column"]] >= 1).all(axis=None)

    def test_every_name_belongs_to_one_region_however_it_is_spaced(self):
        names = REGIONS["names"].str.split(";").explode().str.replace(" ", "")
        assert (names != "").all() and not names[names.duplicated()].tolist()

    def test_no_name_is_also_left_out(self):
        left_out = set(";".join(REGIONS["excluded"]).split(";")) - {""}
        assert left_out and not left_out & set(OWNERS)

    def test_a_table_without_places_is_refused(self, tmp_path):
        path = tmp_path / "regions.csv"
        path.write_text("region,names,excluded,row\n대구,대구,,1\n", encoding="utf-8")
        with pytest.raises(ValueError, match="column"):
            regions.read_regions(str(path))


MATCHES = {
    "대구에서": [("대구", "대구")],
    "대구가 대구를": [("대구", "대구"), ("대구", "대구")],
    "대구·경북": [("대구", "대구"), ("경북", "경북")],
    "대구ㆍ경북의 산업": [("대구", "대구"), ("경북", "경북")],
    "대구시는": [("대구", "대구시")],
    "대구 지역 창업": [("대구", "대구 지역")],
    "대구지역 창업": [("대구", "대구지역")],
    "(대전), 대전.": [("대전", "대전"), ("대전", "대전")],
    "세종시": [("세종", "세종시")],
    "세종특별자치시에서도": [("세종", "세종특별자치시")],
    "경기도": [("경기", "경기도")],
    "경기도의 경기": [("경기", "경기도")],
    "경상북도와 충청남도": [("경북", "경상북도"), ("충남", "충청남도")],
    "강원특별자치도": [("강원", "강원특별자치도")],
    "대구창조경제혁신센터를": [("대구", "대구창조경제혁신센터")],
    "서울은": [("서울", "서울")],
    "제2차 대전 뒤의 대전": [("대전", "대전")],
    "경기도 광주에서": [("경기", "경기도 광주")],
    "경기 광주와 광주": [("경기", "경기 광주"), ("광주", "광주")],
    "[서울=뉴시스] 부산에서": [("부산", "부산")],
    "[서울=뉴시스] 서울에서": [("서울", "서울")],
}
NO_MATCHES = [
    "부산물",
    "부산물에서",
    "대전제",
    "대전제로",
    "세계 대전",
    "세계대전에서",
    "제2차 대전",
    "제1차대전의",
    "제2차 세계 대전",
    "세종대왕",
    "세종",
    "세종로에서",
    "경기 회복",
    "경기가",
    "[서울=뉴시스]",
    "(서울=연합뉴스)",
    "동대구역",
    "서울시장",
    "광주전남",
    "충남대",
    "",
]


@pytest.mark.parametrize("text", MATCHES)
def test_what_is_a_region(text):
    assert found_in(text) == MATCHES[text]


@pytest.mark.parametrize("text", NO_MATCHES)
def test_what_only_looks_like_one(text):
    assert found_in(text) == []


@pytest.mark.parametrize("text", ["경기도 광주시에서", "경기 광주시"])
def test_the_other_gwangju_is_not_the_city(text):
    assert "광주" not in [region for region, _ in found_in(text)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*OWNERS, "부산물", "대전제", "세종대왕", "경기 회복", "2차 대전"]),
            st.sampled_from(["", "에서", "의", "에서도", "까지"]),
        ),
        max_size=8,
    )
)
def test_every_name_is_found_with_its_particles_and_its_offsets(words):
    """Commas keep two names from making a third."""
    text = ", ".join(f"{name}{particle}" for name, particle in words)
    expected = [(OWNERS[name], name) for name, _ in words if name in OWNERS]
    assert found_in(text) == expected


def test_mentions_name_their_documents_whatever_the_index():
    documents = texts_of("대구와 부산", "없다", "제주").set_axis([7, 7, 3])
    table = regions.find_regions(documents)
    assert table.columns.tolist() == ["doc_id", "start", "end", "term"]
    assert table.values.tolist() == [
        ["d0", 0, 2, "대구"], ["d0", 4, 6, "부산"], ["d2", 0, 2, "제주"],
    ]  # fmt: skip
    assert regions.find_regions(documents[:0]).empty


def test_another_table_of_regions_may_be_given():
    own = pd.DataFrame({"region": ["영남"], "names": ["영남;경상도"], "excluded": ["영남루"]})
    found = regions.find_regions(texts_of("영남루와 경상도, 대구"), own)
    assert found[["start", "end", "term"]].values.tolist() == [[5, 8, "영남"]]


DOCUMENTS = pd.DataFrame(
    [
        ("a", "f1", "가"), ("b", "f1", "가"), ("c", "f2", "가"), ("d", "f3", "가"),
        ("e", "f4", "나"), ("f", "f5", "나"), ("g", "f6", "나"), ("h", "f7", "나"),
        ("x", "f8", None),
    ],
    columns=["doc_id", "family_id", "administration"],
)  # fmt: skip
MENTIONS = pd.DataFrame(
    [(doc_id, "대구") for doc_id in "aabcex"] + [("e", "경북"), ("x", "제주"), ("없음", "부산")],
    columns=["doc_id", "term"],
)


def test_shares_by_hand():
    """대구: 2 of 3 families against 1 of 4. Of C(7,3)=35 draws 12+4+1 are as rare: p = 17/35."""
    table = regions.region_shares(MENTIONS, DOCUMENTS)
    assert table.columns.tolist() == regions.SHARE_COLUMNS
    assert table[["administration", "region"]].values.tolist() == [
        ["가", "경북"], ["가", "대구"], ["나", "경북"], ["나", "대구"],
    ]  # fmt: skip
    assert table["n"].tolist() == [0, 4, 1, 1]
    assert table["n_documents"].tolist() == [0, 3, 1, 1]
    assert table["n_families"].tolist() == [0, 2, 1, 1]
    assert table["n_families_all"].tolist() == [3, 3, 4, 4]
    assert table["share"].tolist() == pytest.approx([0, 2 / 3, 1 / 4, 1 / 4])
    assert table["share_rest"].tolist() == pytest.approx([1 / 4, 1 / 4, 0, 2 / 3])
    assert table["p"].tolist() == pytest.approx([1, 17 / 35, 1, 17 / 35])
    assert table["q"].tolist() == pytest.approx([1, 34 / 35, 1, 34 / 35])
    assert table["share_high"].iloc[0] == pytest.approx(1 - 0.025 ** (1 / 3))  # none of three


def test_administrations_go_by_time_and_categories_will_do():
    labels = administrations.read_administrations()["label"].drop_duplicates().iloc[[0, -1]]
    documents = pd.DataFrame({"doc_id": ["a", "b"], "family_id": ["a", "b"]})
    documents["administration"] = pd.Categorical(labels.iloc[::-1], labels.iloc[::-1])
    mentions = pd.DataFrame({"doc_id": ["a", "a"], "term": ["대구", "부산"]}).astype("category")
    table = regions.region_shares(mentions, documents)
    assert table["administration"].drop_duplicates().tolist() == labels.tolist()
    assert table["n"].tolist() == [0, 0, 1, 1]


def test_one_administration_has_nothing_to_be_compared_with():
    table = regions.region_shares(MENTIONS, DOCUMENTS.iloc[:4])
    assert table["region"].tolist() == ["대구"] and table["share"].tolist() == [2 / 3]
    assert table[["share_rest", "p", "q"]].isna().all(axis=None)


@pytest.mark.parametrize(
    "mentions, documents",
    [
        (MENTIONS[:0], DOCUMENTS),
        (MENTIONS[MENTIONS["doc_id"] == "x"], DOCUMENTS),
        (MENTIONS, DOCUMENTS.assign(administration=None)),
        (MENTIONS, DOCUMENTS[:0]),
        (regions.find_regions(texts_of("없다")), DOCUMENTS),
    ],
    ids=["none", "of no administration", "no administration", "no document", "none found"],
)
def test_no_mention_is_an_empty_table(mentions, documents):
    table = regions.region_shares(mentions, documents)
    assert table.empty and table.columns.tolist() == regions.SHARE_COLUMNS


def fisher(k, n, m, size):
    """Two-sided: all draws of n out of both that are no more likely than the one seen."""
    draw = hypergeom(n + size, k + m, n)
    chances = draw.pmf(np.arange(n + 1))
    return chances[chances <= draw.pmf(k) * (1 + 1e-7)].sum()


def benjamini_hochberg(p):
    order = np.argsort(p)[::-1]
    q, least = np.empty(len(p)), 1.0
    for rank, place in zip(range(len(p), 0, -1), order, strict=True):
        least = min(least, p[place] * len(p) / rank)
        q[place] = least
    return q


@st.composite
def corpora(draw):
    """Documents in families of one administration each, and mentions in some of them."""
    families = draw(st.lists(st.sampled_from(["가", "나", "다", None]), min_size=1, max_size=12))
    own = draw(st.lists(st.integers(0, len(families) - 1), min_size=1, max_size=20))
    documents = pd.DataFrame(
        {
            "doc_id": [f"d{n}" for n in range(len(own))],
            "family_id": [f"f{family}" for family in own],
            "administration": [families[family] for family in own],
        }
    )
    named = st.tuples(
        st.sampled_from(documents["doc_id"].tolist()), st.sampled_from("대구 부산 제주".split())
    )
    mentions = pd.DataFrame(draw(st.lists(named, max_size=25)), columns=["doc_id", "term"])
    return mentions, documents


@given(corpora())
def test_shares_against_sets_and_other_computations(corpus):
    mentions, documents = corpus
    table = regions.region_shares(mentions, documents)
    known = documents.dropna(subset="administration").set_index("doc_id")
    seen = [(known.loc[d], d, term) for d, term in mentions.values if d in known.index]
    assert set(table["region"]) == {term for *_, term in seen}
    assert len(table) == table["region"].nunique() * known["administration"].nunique()
    for row in table.itertuples():
        mine = [(about["family_id"], d) for about, d, term in seen
                if (about["administration"], term) == (row.administration, row.region)]  # fmt: skip
        elsewhere = {about["family_id"] for about, _, term in seen
                     if about["administration"] != row.administration and term == row.region}  # fmt: skip
        of = known.groupby("administration")["family_id"].nunique()
        k, n = len({family for family, _ in mine}), of[row.administration]
        assert (row.n, row.n_documents) == (len(mine), len({d for _, d in mine}))
        assert (row.n_families, row.n_families_all, row.share) == (k, n, k / n)
        assert row.share_low <= row.share <= row.share_high
        low = beta.ppf(0.025, k, n - k + 1) if k else 0
        high = beta.ppf(0.975, k + 1, n - k) if k < n else 1
        assert (row.share_low, row.share_high) == pytest.approx((low, high))
        rest = of.sum() - n
        if rest:
            assert row.share_rest == pytest.approx(len(elsewhere) / rest)
            assert row.p == pytest.approx(fisher(k, n, len(elsewhere), rest))
        else:
            assert np.isnan([row.share_rest, row.p, row.q]).all()
    if table["p"].notna().any():
        assert table["q"].tolist() == pytest.approx(benjamini_hochberg(table["p"].to_numpy()))


def test_the_sentences_behind_a_share_are_its_mentions(tmp_path):
    display.begin(tmp_path)
    texts = ["대구와 대구", "부산물", "제주, 대구", "부산에서"]
    documents = texts_of(*texts).assign(
        title="제목", date=pd.NaT, family_id=list("abcd"), administration=["가", "가", "나", None]
    )
    mentions = regions.find_regions(documents)
    table = regions.region_shares(mentions, documents)
    blocks = exhibits.cell_exhibits(
        table.assign(term=table["region"]), documents, mentions, ["administration"]
    )
    assert [block.text for block in blocks] == [
        f"근거 문장 {row.n}건: {row.region} · {row.administration}" for row in table.itertuples()
    ]
    assert table["n"].tolist() == [2, 0, 1, 1]
    display.begin()
