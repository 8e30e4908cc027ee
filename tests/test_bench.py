"""Benchmarks: shares and counts are exact, speeds only positive."""

from collections import Counter

import pandas as pd
import pytest

from policytext import __main__, analysers, bench, morphology, studies

TEXTS = ["지역 창업 기업을 돕는다.", "창업 투자를 넓히고 기업의 일자리를 만든다."]
DOCUMENTS = pd.DataFrame({"text": TEXTS})


def only_first(texts):
    """An analyser that finds the first noun of each text and nothing else."""
    morphemes = analysers.ANALYSERS["mecab"](texts)
    nouns = morphemes[morphemes["tag"].isin(morphology.NOUN_TAGS)]
    return nouns.drop_duplicates("row")


def not_installed(texts):
    raise ValueError("없음")


@pytest.fixture
def others(monkeypatch):
    """Two more analysers; one cannot be used."""
    monkeypatch.setitem(bench.ANALYSERS, "first", only_first)
    monkeypatch.setitem(bench.ANALYSERS, "absent", not_installed)


def test_the_default_analyser_on_two_texts():
    found = bench.compare_analysers(DOCUMENTS, ["mecab"])
    nouns = [noun for text in TEXTS for noun in morphology.nouns(text)]
    assert found["analyser"].tolist() == ["mecab"]
    assert found["n_tokens"].item() == len(nouns)
    assert found["jaccard_with_default"].item() == 1
    assert found["kchar_per_second"].item() > 0


def test_agreement_counts_repeats(others):
    found = bench.compare_analysers(DOCUMENTS, ["first", "absent", "mecab"])
    nouns = Counter(noun for text in TEXTS for noun in morphology.nouns(text))
    firsts = Counter(morphology.nouns(text)[0] for text in TEXTS)
    by_name = found.set_index("analyser")
    assert by_name.index.tolist() == ["mecab", "first"]
    assert by_name.loc["first", "n_tokens"] == 2
    expected = (firsts & nouns).total() / (firsts | nouns).total()
    assert by_name.loc["first", "jaccard_with_default"] == pytest.approx(expected)


def test_the_reference_is_measured_but_not_shown_unless_asked_for(others):
    found = bench.compare_analysers(DOCUMENTS, ["first"], reference="mecab")
    assert found["analyser"].tolist() == ["first"]
    turned = bench.compare_analysers(DOCUMENTS, ["mecab"], reference="first")
    assert turned["jaccard_with_default"].item() < 1


def test_texts_without_nouns_divide_by_nothing():
    found = bench.compare_analysers(pd.DataFrame({"text": ["", "."]}), ["mecab"])
    assert found["n_tokens"].item() == 0 and found["jaccard_with_default"].item() == 0


def test_the_command_reads_the_studies_asked_for(monkeypatch, capsys):
    def throughput(study, *, n_documents):
        return pd.DataFrame({"what": [study.name], "n": [n_documents]})

    monkeypatch.setattr(bench, "throughput", throughput)
    names = studies.study_names()
    assert __main__.main(["bench", names[0], "--documents", "9"]) == 0
    out = capsys.readouterr().out
    assert f"[{names[0]}]" in out and " 9" in out and names[1] not in out


@pytest.mark.slow
def test_throughput_is_relative_to_raw_mecab():
    local = [name for name in studies.study_names()
             if all("path" in source for source in studies.read_study(name).sources)]  # fmt: skip
    found = bench.throughput(studies.read_study(local[0]), n_documents=40)
    assert found.columns.tolist() == ["what", "kchar_per_second", "ratio_to_raw_mecab"]
    assert found["ratio_to_raw_mecab"].iloc[0] == 1 and (found["kchar_per_second"] > 0).all()
