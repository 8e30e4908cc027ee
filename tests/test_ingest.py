"""From a folder to a study that `report` can run."""

import json

import pandas as pd
import pytest
from fixtures_readers import write_bigkinds

from policytext import ingest, studies
from policytext.corpus import load_corpus


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr(studies, "PROJECT_ROOT", tmp_path)
    monkeypatch.setattr(studies, "STUDIES", tmp_path / "data" / "studies")
    monkeypatch.setattr(studies, "PROCESSED", tmp_path / "data" / "processed")
    folder = tmp_path / "내 자료"
    folder.mkdir()
    table = pd.DataFrame({"제목": ["창업 지원", "투자 유치"], "본문": ["창업 기업을 도왔다.", "투자를 받았다."],
                          "일자": ["2014-05-01", "2018-05-01"], "언론사": ["가신문", "나신문"]})  # fmt: skip
    table.to_csv(folder / "기사.csv", index=False, encoding="cp949")
    (folder / "깨진 파일.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    return tmp_path


def test_a_folder_becomes_a_study_that_loads(project):
    reading = ingest.ingest([project / "내 자료"], "나의-연구")
    assert len(reading.documents) == 2
    study = studies.read_study("나의-연구", project / "data" / "studies")
    assert study.sources[0]["path"] == "내 자료"
    assert study.sources[0]["columns"]["text"] == "본문"
    corpus = load_corpus(study)
    assert corpus.documents["administration"].tolist() == ["박근혜", "문재인"]


def test_every_file_is_accounted_for(project):
    reading = ingest.ingest([project / "내 자료"], "셈")
    counts = reading.files["status"].value_counts()
    assert counts.sum() == len(reading.files) == 2
    assert ingest.summary(reading) == "파일 2개: 읽음 1, 건너뜀 0, 거절 1. 문서 2건."
    ledger = project / "data" / "processed" / "셈" / "rejects.csv"
    assert ledger.read_bytes().startswith(b"\xef\xbb\xbf")
    assert "깨진 파일.xlsx" in ledger.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("name", ["../밖", "가 나", "", "-가", "CON", "가" * 51])
def test_a_name_that_is_not_a_file_name_is_refused(project, name):
    with pytest.raises(studies.StudyError, match="연구 이름"):
        ingest.ingest([project / "내 자료"], name)


def test_an_existing_study_and_a_missing_folder_are_refused(project):
    ingest.ingest([project / "내 자료"], "하나")
    with pytest.raises(studies.StudyError, match="이미 있습니다"):
        ingest.ingest([project / "내 자료"], "하나")
    with pytest.raises(studies.StudyError, match="없습니다: .*없는 곳"):
        ingest.ingest([project / "없는 곳"], "둘")


def test_a_path_outside_the_project_is_written_whole(project, tmp_path_factory):
    outside = tmp_path_factory.mktemp("밖 '따옴표'")
    (outside / "글.jsonl").write_text(
        json.dumps({"title": "가", "text": "창업을 도왔다.", "date": "2014-05-01"}), "utf-8"
    )
    ingest.ingest([outside], "바깥")
    study = studies.read_study("바깥", project / "data" / "studies")
    assert study.sources[0]["path"] == outside.as_posix()


def test_the_summary_points_at_rejected_rows_and_notes(project):
    (project / "내 자료" / "기사.csv").write_text("id,본문\n1,글이다.\n1,글이었다.\n2,\n", "utf-8")
    line = ingest.summary(ingest.ingest([project / "내 자료" / "기사.csv"], "줄"))
    assert line == (
        "파일 1개: 읽음 1, 건너뜀 0, 거절 0. 문서 2건, 읽지 못한 행 1개. "
        "살펴볼 것 1건은 notes.csv에 있습니다."
    )


def test_nothing_read_is_no_study_but_a_ledger(project):
    (project / "빈 폴더").mkdir()
    with pytest.raises(studies.StudyError, match="'빈'을 만들지 않았습니다. 폴더가 비어"):
        ingest.ingest([project / "빈 폴더"], "빈")
    broken = project / "내 자료" / "깨진 파일.xlsx"
    with pytest.raises(
        studies.StudyError, match="파일 1개에서 읽은 문서가 없어.*까닭: 압축 파일이"
    ):
        ingest.ingest([broken], "깨짐")
    assert not list((project / "data" / "studies").glob("*.toml"))
    ledger = project / "data" / "processed" / "깨짐" / "rejects.csv"
    assert "깨진 파일.xlsx" in ledger.read_text(encoding="utf-8-sig")


def test_the_summary_says_what_kinds_of_text_there_are(project):
    write_bigkinds(project / "내 자료" / "NewsResult.xlsx")
    line = ingest.summary(ingest.ingest([project / "내 자료"], "섞음"))
    assert "문서 8건(전문 2, 발췌 3, 키워드 3)." in line
