"""What chapter 2 tells of a few texts, worked by hand."""

import pytest

from policytext import words
from policytext.corpus import Corpus
from policytext.words import analysers

TEXTS = {
    "가": "한국판 뉴딜과 창업을 돕는다.",
    "나": "한국판뉴딜은 창업이고 창업이다.",
    "다": "규제를 푼다.",
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("texts")
    rows = [f"{title},{text},2021-03-0{n}" for n, (title, text) in enumerate(TEXTS.items(), 1)]
    content = "\n".join(["title,text,date", *rows])
    (folder / "texts.csv").write_text(content, encoding="utf-8")
    return Corpus.read(folder)


def test_compounds_are_told_with_the_sentences_they_stand_in(corpus):
    result = words.lexicon_effect(corpus)
    assert result.table[["term", "n", "n_documents"]].values.tolist() == [["한국판 뉴딜", 2, 2]]
    assert result.finding == ""  # that the lexicon has them is no finding
    assert result.evidence("한국판 뉴딜")["match"].tolist() == ["한국판 뉴딜", "한국판뉴딜"]


def test_frequent_words_and_their_centralities(corpus):
    table = words.terms(corpus).table.set_index("term")
    assert table["n"].to_dict() == {"창업": 3, "한국판 뉴딜": 2, "규제": 1}
    assert len(words.terms(corpus, n=2).table) == 2
    central = words.centralities(corpus).table.set_index("term")
    assert central["degree"].to_dict() == {"창업": 0.5, "한국판 뉴딜": 0.5, "규제": 0}


def test_the_network_names_its_communities_and_opens_where_two_words_stand_nearest(corpus):
    result = words.network(corpus)
    assert result.finding == ""  # words used most always stand together somewhere
    quotes = result.evidence("창업", "한국판 뉴딜")["match"]
    assert quotes.tolist() == ["한국판 뉴딜과 창업", "한국판뉴딜은 창업"]
    communities = result.more[0].table
    assert communities.values.tolist() == [[1, 2, "창업, 한국판 뉴딜"], [2, 1, "규제"]]
    assert len(result.plot().texts) == 3


def test_one_text_has_no_network(tmp_path):
    (tmp_path / "글.txt").write_text(f"제목\n2021-03-01\n\n{TEXTS['가']}", encoding="utf-8")
    result = words.network(Corpus.read(tmp_path))
    assert result.finding.endswith("연결망을 그리지 않았다") and not result.more


def test_a_corpus_without_words_says_so(corpus):
    empty = corpus.with_(stopwords=["창업", "한국판 뉴딜", "규제"])
    assert words.lexicon_effect(empty).finding.endswith("말이 이 말뭉치에는 나오지 않는다")
    assert words.terms(empty).finding == "이 말뭉치에는 셀 낱말이 없다"
    assert words.centralities(empty).table.empty
    none = "다른 낱말보다 자주 함께 나온 낱말이 없어 연결망을 그리지 않았다"
    assert words.network(empty).finding == none


def test_analysers_are_compared_on_the_beginnings_of_texts(corpus, monkeypatch):
    seen = []

    def split(texts):
        seen.extend(texts)
        return analysers._frame([(0, 0, 2, "창업", "NNG")])

    def split_more(texts):
        return analysers._frame([(0, 0, 1, "창", "NNG"), (0, 0, 2, "창업", "NNG")])

    for name in analysers.ANALYSERS:
        monkeypatch.setitem(analysers.ANALYSERS, name, split)
    monkeypatch.setitem(analysers.ANALYSERS, "okt", split_more)
    monkeypatch.setattr(analysers, "SAMPLE_CHARACTERS", 5)
    monkeypatch.setattr(analysers, "compare_analysers", analysers.compare_analysers.__wrapped__)
    result = words.analysers_compared(corpus)
    assert set(seen) == {text[:5] for text in TEXTS.values()}
    assert result.finding == (
        "형태소 분석기 mecab과 okt가 찾은 명사 가운데 둘 다 찾은 것은 50%다(95% 구간 50~50%, 글 3건): "
        "견준 분석기 가운데 가장 낮다"
    )
    assert "글 3건의 앞부분 15자를 한 번 읽었다." in result.caption
    assert result.more[0].finding.endswith("모두 이 컴퓨터에서 돌아간다.")
