"""A report packed with all that made it, and made again from that alone."""

import json
import re
import zipfile
from types import SimpleNamespace

import pytest

from policytext import __main__ as command_line
from policytext.faults import PolicyTextError
from policytext.report import archive
from policytext.study import read_study


@pytest.fixture(scope="module")
def packed(report, tmp_path_factory):
    """The small report and its sources, which lie outside of the project, as one ZIP."""
    study = read_study(str(report.parents[1] / f"{report.name}.toml"))
    return archive.write_archive(study, report, tmp_path_factory.mktemp("zip") / "small.zip")


@pytest.mark.slow
def test_a_report_is_made_again_to_the_byte_without_its_sources_or_a_network(
    packed, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    output = tmp_path / "small-study"
    assert command_line.main(["report", "--from", str(packed), "--output", str(output)]) == 0
    assert "모두 처음 것과 바이트까지 같습니다" in capsys.readouterr().out
    with zipfile.ZipFile(packed) as made:
        told = json.loads(made.read("reports/small-study/manifest.json"))
    assert told == json.loads((output / "manifest.json").read_text("utf-8"))
    pages = "".join(path.read_text("utf-8") for path in output.glob("*.html"))
    assert not re.search(r"/tmp/|/home/|from-0", pages)  # where it was made


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda name, data: data[:-1] if name.endswith("regions.csv") else data, "망가졌습니다"),
        (lambda name, data: b"" if name == archive.LIST else data, "망가졌습니다"),
        (
            lambda name, data: data.replace(b'path = "data/raw', b'path = "../data/raw'),
            "묶음 밖을 가리켜",
        ),
    ],
)
def test_an_archive_that_was_changed_is_refused(packed, tmp_path, change, said):
    target = tmp_path / "changed.zip"
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(target, "w") as new:
        parts = {name: change(name, old.read(name)) for name in old.namelist()}
        if parts[archive.LIST]:
            about, place = json.loads(parts[archive.LIST]), "data/studies/small-study.toml"
            sums = {place: archive.hashlib.sha256(parts[place]).hexdigest()}
            parts[archive.LIST] = json.dumps(about | {"files": about["files"] | sums})
        for name, data in parts.items():
            new.writestr(name, data)
    with pytest.raises(PolicyTextError, match=said):
        archive.rebuild(target, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_chapter_of_code_that_no_archive_has_is_named(monkeypatch, tmp_path):
    about = {"study": "작은", "version": "1", "code": archive.code_sha256()}
    child = SimpleNamespace(communicate=lambda: (b"", b""), returncode=0)
    manifests = iter([{"files": {"own.html": "a", "b": "1"}}, {"files": {"b": "1"}}])
    monkeypatch.setattr(archive, "_unpacked", lambda *_: about)
    monkeypatch.setattr(archive.subprocess, "Popen", lambda *_, **__: child)
    monkeypatch.setattr(archive.site, "read_manifest", lambda _: next(manifests))
    monkeypatch.setattr(archive.build, "differences", lambda *_: "")
    _, unlike, why = archive.rebuild(tmp_path / "a.zip", tmp_path)
    assert unlike == ["own.html"] and "notebooks/own/작은.ipynb는 코드여서" in why


def test_an_archive_gives_texts_away_and_says_so(capsys):
    arguments = ["report", "innovation-centers", "--archive", "--share-safe"]
    assert command_line.main(arguments) == 1
    assert "원문을 함께 담아" in capsys.readouterr().err
