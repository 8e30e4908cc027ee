"""Two runs compared: what appeared, vanished, changed numbers or flipped."""

import copy
import json

import pytest
from test_catalogue import chapter, manifest

from policytext import __main__ as command_line
from policytext import reporting, studies
from policytext.rendering import changes

OLD = manifest(
    chapter(
        1, ("문서 10건을 쓴다", 2), ("흠이 없다", 2), facts={"읽은 문서": "10건", "비교: k": "1"}
    ),
    chapter(
        2,
        ("갑 정부를 가르는 말은 ‘배’: 3.5배다", 3),
        ("을 정부를 가르는 말은 ‘콩’: 2.0배다", 3),
        ("사라질 문장이다", 2),
    ),
) | {"python": "3.11.7", "packages": {"pandas": "2.0", "old": "1"}}


def new_run():
    run = copy.deepcopy(OLD)
    run["options"]["topics"] = {"min_df": 4}
    run["packages"] = {"pandas": "3.0", "new": "1"}
    run["reports"][0]["methods"][0]["facts"]["읽은 문서"] = "12건"
    run["reports"][0]["findings"][0]["text"] = "문서 1,200건을 쓴다"
    run["reports"][0]["findings"][1]["text"] = "가장 많은 흠은 ‘날짜’다"
    rows = run["reports"][1]["findings"]
    rows[0]["text"] = "갑 정부를 가르는 말은 없다"
    rows[2]["text"] = "새 문장이다"
    rows.append({"text": "또 다른 새 문장이다", "level": 2, "anchor": "finding-4"})
    return run


def found(old, new):
    return changes.compare_manifests(old, new).to_numpy().tolist()


def test_every_kind_of_change_is_told_apart():
    assert found(OLD, new_run()) == [
        ["document", "읽은 문서", "10건", "12건"],
        ["parameter", "topics.min_df", "", "4"],
        ["package", "pandas", "2.0", "3.0"],
        ["package", "old", "1", ""],
        ["package", "new", "", "1"],
        ["appeared", "2장", "", "새 문장이다"],
        ["appeared", "2장", "", "또 다른 새 문장이다"],
        ["vanished", "2장", "사라질 문장이다", ""],
        ["numbers", "1장", "문서 10건을 쓴다", "문서 1,200건을 쓴다"],
        ["flipped", "1장", "흠이 없다", "가장 많은 흠은 ‘날짜’다"],
        ["flipped", "2장", "갑 정부를 가르는 말은 ‘배’: 3.5배다", "갑 정부를 가르는 말은 없다"],
    ]


def test_a_run_equals_itself_and_turns_round():
    assert found(OLD, OLD) == []
    assert "모두 같습니다" in changes.summary(changes.compare_manifests(OLD, OLD))
    kinds = [row[0] for row in found(new_run(), OLD)]
    assert kinds.count("appeared") == 1 and kinds.count("vanished") == 2


def test_two_subjects_of_one_wording_are_not_taken_for_each_other():
    new = copy.deepcopy(OLD)
    rows = new["reports"][1]["findings"]
    rows[0]["text"], rows[1]["text"] = rows[1]["text"], rows[0]["text"]
    assert found(OLD, new) == []  # only the order changed


def test_chapters_of_one_run_only_appear_and_vanish_whole():
    new = OLD | {"reports": OLD["reports"][:1]}
    assert [row[0] for row in found(OLD, new)] == ["vanished"] * 3
    assert [row[0] for row in found(new, OLD)] == ["appeared"] * 3


def test_summary_is_korean_and_names_what_is_missing():
    said = changes.summary(changes.compare_manifests(OLD, new_run())).splitlines()
    assert said[:2] == ["문서와 자료 1건", "  읽은 문서: 10건 → 12건"]
    assert "  old: 1 → 없음" in said and "  2장: 사라질 문장이다" in said


@pytest.fixture
def built(tmp_path, monkeypatch):
    """`report` with a build that only writes the new manifest over the old one."""
    place = tmp_path / "manifest.json"
    place.write_text(json.dumps(OLD), encoding="utf-8")

    def build(study):
        place.write_text(json.dumps(new_run() | {"shared": study.report}), encoding="utf-8")
        (tmp_path / "index.html").write_text("x", encoding="utf-8")
        return [tmp_path / "index.html"]

    monkeypatch.setattr(reporting, "build", build)
    monkeypatch.setattr(studies, "fetch", lambda study: [])
    return tmp_path


def test_the_command_reads_the_old_run_before_the_new_one_is_written(built, capsys):
    name = studies.study_names()[0]
    status = command_line.main(["report", name, "--against", str(built), "--share-safe"])
    said = capsys.readouterr().out
    assert status == 0 and "읽은 문서: 10건 → 12건" in said and "index.html: 0.00MB" in said
    written = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    assert written["shared"]["share_safe"] is True


def test_the_command_says_what_it_cannot_compare(built, capsys):
    name = studies.study_names()[0]
    assert command_line.main(["report", "--against", str(built)]) == 1
    assert "하나만" in capsys.readouterr().err
    (built / "manifest.json").write_text("[]", encoding="utf-8")
    assert command_line.main(["report", name, "--against", str(built)]) == 1
    assert "manifest.json이 아닙니다" in capsys.readouterr().err
    assert command_line.main(["report", name, "--against", str(built / "none")]) == 1
    assert "읽을 수 없습니다" in capsys.readouterr().err


def test_pages_over_their_budget_are_named(tmp_path):
    for name, size in (("a.html", 5), ("b.html", 4), ("c.html", 1)):
        (tmp_path / name).write_bytes(b"x" * size * 1_000_000)
    said = reporting.sizes(sorted(tmp_path.glob("*.html"))).splitlines()
    assert said == ["  a.html: 5.00MB", "  b.html: 4.00MB (목표 3MB를 넘음)", "  c.html: 1.00MB"]
