"""Studies: what a TOML may say, what it is told when wrong, and how sources are fetched."""

import hashlib
import subprocess
import unicodedata
from pathlib import Path
from types import SimpleNamespace

import pytest

from policytext import study as studies
from policytext.faults import PolicyTextError, StudyError, known_values

CONTENT = b"archive"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
MINIMAL = 'title = "연구"\n[[sources]]\npath = "data/x"\n'
PACKAGED = f'title = "연구"\n[[sources]]\npackage = "thing==1.0"\nsha256 = "{SHA256}"\n'


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project folder of its own; calling it writes a study and returns its name."""
    for name in ("STUDIES", "RAW"):
        monkeypatch.setattr(studies, name, tmp_path / name.lower())
    monkeypatch.setattr(studies, "ROOT", tmp_path)
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
        requirement = command[command.index("--requirement") + 1]
        fake.commands.append([*command, Path(requirement).read_text("utf-8")])
        if fake.returncode == 0:
            folder = command[command.index("--dest") + 1]
            with open(f"{folder}/thing-1.0-py3-none-any.whl", "wb") as file:
                file.write(fake.content)
        return SimpleNamespace(returncode=fake.returncode, stdout="", stderr=fake.stderr)

    monkeypatch.setattr(subprocess, "run", run)
    return fake


def told(toml, project):
    with pytest.raises(StudyError) as error:
        studies.read_study(project(toml))
    return str(error.value)


def test_defaults_are_filled_in_and_a_study_cannot_be_changed(project):
    study = studies.read_study(project(MINIMAL + "[topics]\nmin_df = 9\n", encoding="utf-8-sig"))
    assert (study.topics.min_df, study.topics.max_df, study.name) == (9, 0.5, "mine")
    with pytest.raises(ValueError):
        study.topics.min_df = 3
    changed = study.changed("topics", min_df=3)
    assert (changed.topics.min_df, changed.topics.max_df, study.topics.min_df) == (3, 0.5, 9)


def test_one_string_is_a_list_of_one(project):
    toml = MINIMAL + '[comparison]\nadministrations = "문재인"\n[corpus]\nregions = "부산"\n'
    study = studies.read_study(project(toml))
    assert study.comparison.administrations == ["문재인"] and study.corpus.regions == ["부산"]


def test_shipped_studies_can_be_read():
    names = studies.study_names()
    assert names == sorted(names) and len(names) >= 2
    assert all(studies.read_study(name).question.endswith("?") for name in names)


def test_every_fault_is_told_at_once(project):
    text = told(
        """
titel = "오타"
[[sources]]
path = "data/x"
colums = {}
[[sources]]
kind = 3
[corpus]
acting = "no"
start = "2014-02-30"
[tokens]
min_sylables = 2
min_syllables = true
[topics]
candidates = [5, "8"]
max_df = "0.5"
n_topics = -1
[comparison]
min_df = 0
""",
        project,
    )
    expected = [
        "'title'이 있어야 하는데 없습니다",
        "'titel'은 모르는 항목입니다 ('title'?)",
        "[corpus] 'acting' 값은 separate, attach, exclude 가운데 하나여야 하는데 'no'입니다",
        "[corpus] 'start' 값은 \"2017-05-10\" 같은 날짜여야 하는데 '2014-02-30'입니다",
        "[tokens] 'min_sylables'는 모르는 항목입니다 ('min_syllables'?)",
        "[tokens] 'min_syllables'에는 정수를 적어야 하는데 True입니다",
        "[topics] 'candidates'에는 정수를 적어야 하는데 '8'입니다",
        "[topics] 'max_df'에는 수를 적어야 하는데 '0.5'입니다",
        "[topics] 'n_topics' 값은 0 이상이어야 하는데 -1입니다",
        "[comparison] 'min_df' 값은 1 이상이어야 하는데 0입니다",
        "sources 1번: 'colums'는 모르는 항목입니다 ('columns'?)",
        "sources 2번: 'kind'에는 따옴표로 묶은 글자를",
    ]
    assert [part for part in expected if part not in text] == []
    assert f"{len(expected)}곳" in text


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        (MINIMAL + "[corpus]\nstart = 2014-01-01\n", "'start' 값은 \"2017-05-10\" 같은 날짜"),
        (
            MINIMAL + '[corpus]\nstart = "2020-01-01"\nend = "2019-01-01"\n',
            "'start' 2020-01-01이 'end' 2019-01-01보다 늦습니다",
        ),
        (MINIMAL + '[tokens]\ncompared = ["kiwi", "없음"]\n', "'없음'입니다"),
        ("corpus = 3\n" + MINIMAL, "'corpus'에는 '이름 = 값'을 적은 표"),
        ('title = "t"\nsources = []\n', "자료가 하나는 있어야"),
        ('title = "t"\nsources = ["data/x"]\n', "sources 1번"),
        (PACKAGED.replace("sha256", "member"), "'sha256'이 있어야"),
        (MINIMAL + 'package = "a"\n', "'path'와 'package' 가운데 하나만"),
        ('title = "t\n', '1번째 줄(title = "t)이 TOML 문법에 맞지 않습니다. 따옴표와 괄호'),
        ('a = 1\npath = "C:\\Users\\홍길동"', "경로의 \\를 /로 바꾸세요"),
    ],
)
def test_wrong_shapes_are_told_in_korean(toml, reason, project):
    assert reason in told(toml, project)


def test_the_nearest_name_is_offered(project):
    project(MINIMAL, "speeches")
    project(MINIMAL, "news", encoding="cp949")
    with pytest.raises(StudyError, match=r"news, speeches \('speeches'\?\)\."):
        studies.read_study("speches")
    with pytest.raises(StudyError) as error:
        studies.read_study("전혀다름")
    assert "?" not in str(error.value)
    with pytest.raises(StudyError, match="UTF-8로 저장하세요"):
        studies.read_study("news")
    name = unicodedata.normalize("NFD", project(MINIMAL, "가나"))
    assert studies.read_study(name).name == "가나"


def test_a_package_is_fetched_once(project, pip):
    assert studies.fetch(studies.read_study(project(MINIMAL))) == [] and pip.commands == []
    study = studies.read_study(project(PACKAGED))
    (path,) = studies.fetch(study)
    assert path.read_bytes() == CONTENT and path.parent == studies.RAW / "thing-1.0"
    assert pip.commands[0][-1] == f"thing==1.0 --hash=sha256:{SHA256}\n"
    assert {"--no-deps", "--only-binary=:all:", "--require-hashes"} <= set(pip.commands[0])
    assert studies.fetch(study) == [path] and len(pip.commands) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"returncode": 1, "stderr": "WARNING: x\nERROR: No match\n"}, "ERROR: No match.*run.py"),
        ({"returncode": 1}, "원인을 알 수 없음"),
        (
            {"returncode": 1, "stderr": "THESE PACKAGES DO NOT MATCH THE HASHES"},
            "SHA-256.*mine.toml",
        ),
        ({"content": b"tampered"}, "SHA-256.*mine.toml.*thing-1.0 폴더를 지우고"),
    ],
)
def test_a_download_that_fails_is_one_sentence(answer, reason, project, pip):
    vars(pip).update(answer)
    with pytest.raises(StudyError, match=reason):
        studies.fetch(studies.read_study(project(PACKAGED)))
    assert not list(studies.RAW.rglob("*"))  # nothing that was not checked arrives


@pytest.mark.parametrize(
    ("given", "attack"),
    [
        ("thing==1.0", "--index-url=https://example.org/simple"),
        ("thing==1.0", "-e."),
        ("thing==1.0", "thing"),
        ("thing==1.0", "thing==1.0 --index-url=x"),
        ("thing==1.0", "thing==1.0\\n--index-url=x"),
        ("thing==1.0", "thing @ https://example.org/thing.whl"),
        ("thing==1.0", "../../thing==1.0"),
        ("thing==1.0", "thing==1/../../../1"),
        ("thing==1.0", "git+https://example.org/thing==1.0"),
        (SHA256, "0\\n--index-url=x"),
        (SHA256, SHA256[:-1]),
    ],
)
def test_a_package_is_a_name_and_a_version_and_never_an_option(given, attack, project, pip):
    said = told(PACKAGED.replace(given, attack), project)
    assert "이어야 하는데" in said.replace("여야", "이어야")
    assert pip.commands == []


def test_a_moved_folder_is_told(project):
    with pytest.raises(StudyError, match="자료 '옮긴 폴더'가 없습니다.*mine.toml의 path를"):
        studies.fetch(studies.read_study(project(MINIMAL.replace("data/x", "옮긴 폴더"))))


def test_a_value_that_nobody_has_names_the_nearest():
    assert known_values(["나", "가"], "가나", "정부") == ["나", "가"]
    said = "매체 ‘한국일부’가 없습니다. 가장 가까운 것은 ‘한국일보’"
    with pytest.raises(PolicyTextError, match=said):
        known_values("한국일부", ["서울신문", "한국일보"], "매체")
    with pytest.raises(PolicyTextError, match="^정부 ‘문제인’이 없습니다. 가장 .*‘문재인’입니다.$"):
        known_values("문제인", [*"가나다라마바사아자차", "문재인"], "정부")
