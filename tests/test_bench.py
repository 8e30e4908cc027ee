"""Benchmarks: shares and counts are exact, speeds only positive."""

from collections import Counter

import pandas as pd
import pytest

from policytext import __main__, analysers, bench, morphology, studies
from policytext.readers import read_documents

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


def test_the_command_measures_reading_when_no_study_is_named(monkeypatch, capsys):
    table = pd.DataFrame({"n_files": [7], "time_ratio": [1.0]})
    asked = []
    monkeypatch.setattr(bench, "ingest_speed", lambda pages: asked.append(pages) or table)
    monkeypatch.setattr(bench, "throughput", lambda *_, **__: pd.DataFrame())
    assert __main__.main(["bench", "--pages", "7"]) == 0
    assert asked == [7] and "파일당 시간(첫 줄=1)" in capsys.readouterr().out
    assert __main__.main(["bench", "--pages", "0"]) == 0 and asked == [7]


def test_generated_pages_are_read_whole(tmp_path):
    bench.write_pages(tmp_path, 20)
    reading = read_documents(tmp_path)
    assert reading.files["kind"].value_counts().to_dict() == {"html": 10, "text": 8, "csv": 2}
    pages = reading.documents[~reading.documents["source_file"].str.endswith("csv")]
    assert (pages["text"].str.count("\n") == 11).all() and pages["date"].notna().all()
    assert set(pages["publisher"]) == {"나루신문"}


@pytest.mark.slow
def test_reading_is_measured_in_processes_of_their_own():
    found = bench.ingest_speed(60)
    assert found["n_files"].tolist() == [6, 18, 60]
    assert found["n_documents"].tolist() == [6, 22, 84]
    assert found["time_ratio"].iloc[0] == 1 and (found["files_per_second"] > 0).all()
    assert found["peak_mib"].between(50, 1000).all() and pd.isna(found["kib_per_file"].iloc[0])


@pytest.mark.slow
def test_throughput_is_relative_to_raw_mecab():
    local = [name for name in studies.study_names()
             if all("path" in source for source in studies.read_study(name).sources)]  # fmt: skip
    found = bench.throughput(studies.read_study(local[0]), n_documents=40)
    assert found.columns.tolist() == ["what", "kchar_per_second", "ratio_to_raw_mecab"]
    assert found["ratio_to_raw_mecab"].iloc[0] == 1 and (found["kchar_per_second"] > 0).all()
