"""Names: one actor under several, planted synonyms found, a moved word seen, chance claims nothing."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from policytext import administrations
from policytext.compare import renames as r
from policytext.compare.contrasts import keyness_table
from policytext.compare.renames import ALPHA, MOVED, RENAMED
from policytext.report.result import Result
from policytext.words.counts import term_matrix

keyness_of = keyness_table.__wrapped__  # nothing of these tests is kept on disk
rename_or_reform = r.rename_or_reform.__wrapped__

# --- organisations -------------------------------------------------------------------------

ORGANISATIONS = """from,to,effective
,바다청,2000-01-01
바다청,바다하늘부,2010-01-01
바다하늘부,하늘부,2020-01-01
,샘청,1990-01-01
"""
ALIASES = """alias,canonical,valid_from,valid_to,ambiguous
바하부,바다하늘부,,,no
바부,바다하늘부,,,no
큰부,하늘부,,,yes
"""


@pytest.fixture
def tables(tmp_path, monkeypatch):
    (tmp_path / "organisations.csv").write_text(ORGANISATIONS, encoding="utf-8")
    (tmp_path / "aliases.csv").write_text(ALIASES, encoding="utf-8")
    monkeypatch.setattr(administrations, "REFERENCE", tmp_path)


@pytest.fixture
def documents():
    dates = ["2005-01-01", "2010-01-01", "2021-01-01"]
    about = {"doc_id": list("ace"), "date": pd.to_datetime(dates), "administration": list("갑을병")}
    return pd.DataFrame(about)


def tokens_of(*rows):
    return pd.DataFrame(rows, columns=["doc_id", "term", "tag"])


def test_names_become_the_actor_and_nothing_else_changes(tables, documents):
    table = tokens_of(
        ("a", "바다청", "NNG"), ("c", "바하부", "LEX"), ("c", "창업", "NNG"), ("e", "하늘부", "LEX"),
        ("e", "바부", "NNG"), ("c", "바부", "LEX"), ("e", "큰부", "LEX"),
    ).astype("category")  # fmt: skip
    before = table.copy()
    canonical = r.canonical_tokens(table, documents)
    assert canonical["term"].tolist() == "하늘부 하늘부 창업 하늘부 바부 하늘부 큰부".split()
    pd.testing.assert_frame_equal(table, before)
    assert canonical[["doc_id", "tag"]].equals(table[["doc_id", "tag"]])
    assert r.actor_names(table, documents).values.tolist() == [
        ["바다청", "갑", "하늘부", 1], ["바부", "을", "하늘부", 1],
        ["바하부", "을", "하늘부", 1], ["큰부", "병", "큰부", 1], ["하늘부", "병", "하늘부", 1],
    ]  # fmt: skip
    none = tokens_of(("a", "창업", "NNG"))
    assert r.actor_names(none, documents).empty
    assert r.canonical_tokens(none, documents)["term"].tolist() == ["창업"]


def test_only_the_name_sets_the_later_side_apart(tables):
    """Either side names one body as often, by two names; a second body is named by one side."""
    rows, dates = [], {}
    for number in range(60):
        doc_id, late = f"d{number:02d}", number % 2
        dates[doc_id] = "2012-01-01" if late else "2008-01-01"
        words = ["바다하늘부" if late else "바다청", "창업", "창업", "혁신"]
        rows += [(doc_id, word, "LEX") for word in words + ["샘청" if late else "저녁"] * 3]
    table = tokens_of(*rows)
    documents = pd.DataFrame({"doc_id": list(dates), "date": list(dates.values())})
    documents["administration"] = ["갑", "을"] * 30

    def keyness(tokens):
        matrix = term_matrix(tokens, min_df=1, max_df=1.0)
        return keyness_of(matrix, documents["administration"], n_permutations=200)

    surface = keyness(table)
    canonical = keyness(r.canonical_tokens(table, documents))
    names = r.actor_names(table, documents)
    pairs = r.renamed_keyness(surface, canonical, names)
    is_renaming = pairs.set_index("term")["is_renaming"].to_dict()
    assert is_renaming == {"바다청": True, "바다하늘부": True, "샘청": False}
    pairs = pairs[pairs["term"] != "샘청"]
    assert pairs[["administration", "term", "actor", "n", "n_actor"]].values.tolist() == [
        ["갑", "바다청", "하늘부", 30, 30], ["을", "바다하늘부", "하늘부", 30, 30],
    ]  # fmt: skip
    share = r.renaming_share(surface, pairs).set_index("administration")
    sure = surface[(surface["z"] > 0) & (surface["q"] < ALPHA)]
    own = sure[sure["administration"] == "을"].set_index("term")["z"]
    assert share.loc["을", "n_terms"] == len(own) == 2
    assert share.loc["을", "share_z"] == pytest.approx(own["바다하늘부"] / own.sum())


# --- words ---------------------------------------------------------------------------------

PAIR = ("갑", "을")
N_TOPICS, N_WORDS = 8, 400


def texts(rng, n_docs=300, length=60):
    """Documents of one or two topics each, as tokens; the first half is the earlier side."""
    weights = rng.gamma(0.15, size=(N_TOPICS, N_WORDS)) + 1e-4
    weights /= weights.sum(axis=1, keepdims=True)
    rows = []
    for number in range(n_docs):
        mixed = rng.choice(N_TOPICS, 2)
        chosen = rng.choice(N_WORDS, length, p=weights[mixed].mean(axis=0))
        rows += [(f"d{number:03d}", 2 * at, f"말{word:03d}") for at, word in enumerate(chosen)]
    return pd.DataFrame(rows, columns=["doc_id", "start", "term"])


def about(tokens, labels):
    doc_ids = sorted(tokens["doc_id"].unique())
    return pd.DataFrame({"doc_id": doc_ids, "administration": labels, "family_id": doc_ids})


def keyness(tokens, documents, n_permutations):
    groups = documents.set_index("doc_id")["administration"]
    matrix = term_matrix(tokens, min_df=5, max_df=1.0)
    return keyness_of(matrix, groups, n_permutations=n_permutations)


def compared(tokens, documents, **options):
    table = keyness(tokens, documents, n_permutations=200)
    return rename_or_reform(table, documents, tokens, PAIR, n_resamples=200, **options)


def by_use(tokens):
    """Ties are kept in order: an unstable sort falls out differently on another processor."""
    used = tokens.groupby("term")["doc_id"].nunique()
    return used.sort_values(ascending=False, kind="stable").index


@pytest.fixture(scope="module")
def planted():
    """Five words get another name on the later side; one keeps its name in other company."""
    tokens = texts(np.random.default_rng(0), n_docs=600)
    documents = about(tokens, np.repeat(PAIR, 300))
    later, used = tokens["doc_id"] >= "d300", by_use(tokens)
    renamed, moved = list(used[10:15]), used[20]
    has = tokens.groupby("term")["doc_id"].agg(set)
    other = min(used[21:60], key=lambda term: len(has[term] & has[moved]))
    tokens.loc[later & tokens["term"].isin(renamed), "term"] += "새"
    swap = later & tokens["term"].isin([moved, other])
    tokens.loc[swap, "term"] = tokens.loc[swap, "term"].map({moved: other, other: moved})
    return tokens, documents, renamed, moved


def test_planted_synonyms_are_found(planted):
    tokens, documents, renamed, _ = planted
    table = compared(tokens, documents)
    for _, own in table.groupby("kind"):  # each kind of change is corrected on its own
        assert own["q"].tolist() == pytest.approx(false_discovery_control(own["p"]))
    table = table[table["kind"] == RENAMED]
    best = table[table["term_from"].isin(renamed)]
    assert (best["term_to"] == best["term_from"] + "새").sum() >= 4
    claimed = table[table["q"] < ALPHA]
    assert len(claimed) >= 3 and set(claimed["term_from"]) <= set(renamed)
    assert (claimed["term_to"] == claimed["term_from"] + "새").all()
    assert (claimed["similarity_low"] <= claimed["similarity"]).all()
    assert (claimed["similarity"] <= claimed["similarity_high"]).all()
    assert (claimed["similarity"] > claimed["baseline"]).all()


def test_words_that_are_all_alike_tell_of_no_change():
    """What is as near as the observed words counts against them."""
    alike = SimpleNamespace(
        enough=lambda terms, side: terms,
        others=lambda excluded, side: ["ㄱ", "ㄴ", "ㄷ"],
        of=lambda term, side: np.tile([1.0, 0.0], (5, 1)),
        mean=lambda terms, side: np.tile([1.0, 0.0], (len(terms), 1)),
    )
    rng = np.random.default_rng(0)
    ((*_, moved),) = r._moved(alike, ["가"], 99, rng)
    ((*_, renamed),) = r._renamed(alike, ["가"], ["나"], 99, rng)
    assert moved == renamed == 1


def test_a_word_in_other_company_has_moved(planted):
    """Distinctive words that both sides use are compared with themselves."""
    tokens, documents, _, moved = planted
    table = keyness(tokens, documents, n_permutations=10)
    steady = list(by_use(tokens)[:5])
    chosen = table["term"].isin([moved, *steady])
    table = table.assign(p=np.where(chosen, 0.0, 1.0), z=table["z"].abs())
    found = rename_or_reform(table, documents, tokens, PAIR, n_resamples=500)
    assert set(found["kind"]) == {MOVED}
    q = found.set_index("term_from")["q"]
    assert q[moved] < ALPHA and (q[steady] >= ALPHA).sum() >= 4
    assert found["term_from"].iloc[0] == moved
    nothing = rename_or_reform(table.assign(p=1.0), documents, tokens, PAIR)
    assert nothing.empty and nothing.columns.tolist() == found.columns.tolist()


def test_nothing_is_claimed_under_shuffled_labels():
    rng = np.random.default_rng(1)
    n_claimed, n_rows = 0, 0
    for seed in range(10):
        tokens = texts(rng, n_docs=120)
        # Every word gets a name of its own side at random: much to match, nothing to find.
        tokens["term"] += np.where(rng.random(len(tokens)) < 0.5, "", "새")
        documents = about(tokens, rng.permutation(np.repeat(PAIR, 60)))
        table = compared(tokens, documents, random_state=seed)
        n_claimed += (table["q"] < ALPHA).any()
        n_rows += len(table)
    assert n_rows > 0 and n_claimed <= 2


def test_unrelated_words_that_come_and_go_are_not_matched():
    """Words set at random into the texts of one side have no context to share."""
    rng = np.random.default_rng(2)
    tokens = texts(rng)
    documents, later = about(tokens, np.repeat(PAIR, 150)), tokens["doc_id"] >= "d150"
    for number in range(6):
        for name, side in (("옛", ~later), ("새", later)):
            tokens.loc[side & (rng.random(len(tokens)) < 0.01), "term"] = f"{name}{number}"
    table = compared(tokens, documents)
    table = table[table["kind"] == RENAMED]
    assert len(table) == 6 and (table["q"] >= ALPHA).all()


# --- sentences -----------------------------------------------------------------------------

BEST = {
    "administration_from": "갑", "administration_to": "을", "term_from": "창업", "term_to": "벤처",
    "n_families_from": 20, "n_families_to": 1300, "similarity": 0.9, "similarity_low": 0.8,
    "similarity_high": 0.95, "baseline": 0.4, "q": 0.01,
}  # fmt: skip
NUMBERS = "95% 구간 0.80~0.95, {} 0.40, 중복 묶음 20·1,300개, q = 0.010"
OTHERS, DEALT = NUMBERS.format("다른 말은"), NUMBERS.format("글을 섞어 나누면")
ALIKE = f"갑의 ‘창업’과 을의 ‘벤처’는 둘레의 말이 우연보다 비슷하다: 유사도는 0.90이다({OTHERS})"
READ_IT = "하나가 다른 하나를 이은 것인지는 문장을 읽어야 안다"
TYPICAL = {"similarity": 0.7, "baseline": 0.8}


@pytest.mark.parametrize(
    "name, n_sure, expected",
    [
        ("renamed", 1, f"{ALIKE}. {READ_IT}"),
        ("renamed", 2, f"{ALIKE}. 이런 짝은 모두 2쌍이다. {READ_IT}"),
        ("moved", 1, "이어진 두 정부가 함께 쓴 두드러진 말 3쌍 가운데 1쌍은 둘레의 말이 우연보다 더 달라졌다: "
         f"‘창업’(갑→을)의 유사도는 0.90({DEALT})이다. 글의 종류가 달라졌거나 글자만 같은 다른 말이어서일 수도 있다"),
        ("moved", 2, "이어진 두 정부가 함께 쓴 두드러진 말 3쌍 가운데 2쌍은 둘레의 말이 우연보다 더 달라졌다: 그 유사도의 "
         "가운데값은 0.70(글을 섞어 나누면 0.80)이고, 가장 크게 달라진 ‘창업’(갑→을)의 유사도는 "
         f"0.90({DEALT})이다. 글의 종류가 달라졌거나 글자만 같은 다른 말이어서일 수도 있다"),
    ],
)  # fmt: skip
def test_the_sentence_of_a_pair(name, n_sure, expected):
    facts = {"n": 3, "n_sure": n_sure, "best": BEST, "typical": TYPICAL, "candidates": []}
    assert Result(name, pd.DataFrame(), facts=facts, file="").finding == expected
    facts["candidates"] = [BEST, BEST | {"term_to": "기업"}]
    if name == "renamed":
        assert Result(name, pd.DataFrame(), facts=facts, file="").finding == (
            f"{expected}. 우연이 아니라고 할 수는 없지만 둘레가 매우 비슷해 읽어 볼 후보: "
            "‘창업’→‘벤처’(유사도 0.90), ‘창업’→‘기업’(유사도 0.90)"
        )


MOST = {"administration": "가", "n_terms": 4, "n_renamed": 1, "share_z": 0.2}


@pytest.mark.parametrize(
    "n_terms, most, expected",
    [
        (0, None, "두드러진 말이 없어 이름만 바뀐 기관을 셀 것도 없다"),
        (1400, None, "옛 이름이나 약칭이 있는 두드러진 말 1개(중기부)는 한 기관으로 모아도 두드러진다"),
        (4, MOST, "글의 종류를 맞춘 뒤 두드러진 (정부, 말) 쌍 4개 가운데 1개는 옛 이름과 약칭을 합치면 두드러지지 않는다: 가장 많은 곳은 "
         "가 정부로 4개 가운데 1개(z 합의 20.0%)다"),
    ],
)  # fmt: skip
def test_the_sentence_of_renamed_bodies(n_terms, most, expected):
    facts = {"n_terms": n_terms, "n_renamed": 1 if most else 0, "most": most, "aliased": ["중기부"]}
    facts["strata"] = "genre"
    assert Result("renamed-bodies", pd.DataFrame(), facts=facts, file="").finding == expected


def test_pairs_without_a_sure_match_are_told_in_one_sentence():
    facts = {"renamed": ["갑→을", "을→병"], "moved": ["을→병"], "candidates": [BEST], "n_pairs": 2}
    assert Result("renaming", pd.DataFrame([BEST]), facts=facts, file="").finding == (
        "사라진 말과 새로 온 말의 둘레가 우연보다 비슷하다고 할 짝은 이어진 두 정부 어디에도 없다. 우연이 아니라고 할 수는 "
        "없지만 둘레가 매우 비슷해 읽어 볼 후보: ‘창업’→‘벤처’(유사도 0.90). 함께 쓴 말 가운데 둘레가 우연보다 더 "
        "달라졌다고 할 것은 다음 두 정부 사이에는 없다: 을→병"
    )


# --- the analyses --------------------------------------------------------------------------


def test_bodies_and_words_of_a_corpus_open_what_they_count(centres):
    bodies, absent = r.organisations(centres).more
    row = bodies.table.iloc[0]
    assert (bodies.table[["q", "q_actor"]] < ALPHA).any(axis=1).all()
    assert len(bodies.evidence(row["term"], row["administration"])) == row["n"]
    assert (absent.table["share_existing"] < 0.9).all()
    assert set(absent.table["administration"]) <= set(centres.administrations)
    words = r.renaming(centres)
    assert all((part.table["q"] < ALPHA).any() for part in words.more)
    rows = words.table.groupby(["administration_from", "kind"]).get_group(("박근혜", RENAMED))
    part = r._match(centres, rows.assign(q=0.01))  # no match of this study is sure
    row = part.table.iloc[0]
    quotes = part.evidence(*row[list(part.by)])
    assert set(quotes["administration"]) == {row["administration_from"], row["administration_to"]}
    assert set(quotes["match"]) <= {row["term_from"], row["term_to"]}


def test_a_ministry_abroad_is_not_the_one_that_was_ours():
    dates = pd.to_datetime(["2019-05-01", "2019-05-01", "1990-05-01"])
    documents = pd.DataFrame({"doc_id": list("abc"), "date": dates, "administration": "갑"})
    words = [
        ("a", "미국 재무부"),
        ("a", "재무부"),
        ("b", "재무부"),
        ("c", "미국 재무부"),
        ("c", "재무부"),
    ]
    tokens = pd.DataFrame(words, columns=["doc_id", "term"]).assign(tag="LEX")
    found = r.canonical_tokens(tokens, documents)["term"].tolist()
    ours = r.canonical_name("재무부", "1990-05-01")
    assert ours != "재무부" and found == ["미국 재무부", "재무부", ours, "미국 재무부", ours]
