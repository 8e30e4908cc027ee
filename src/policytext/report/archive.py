"""A report with all that made it in one ZIP, and the same report made again from that.

An archive is data, never code: a tree like the project's with one study, what it reads, the
tables of reference, the lock and the report; ``archive.json`` says which code made it.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from policytext import __version__
from policytext.faults import PolicyTextError
from policytext.korean import attach_particle
from policytext.report import build, site
from policytext.study import ROOT, ROOT_VARIABLE, Study, file_sha256, read_study, source_path
from policytext.texts.sources import find_sources

LIST = "archive.json"
_CODE = ("src/policytext/**/*.py", "src/policytext/assets/*.*", "notebooks/*.ipynb")
_BUILD = "import sys; from policytext.report import archive; archive.build_here(*sys.argv[1:])"


def write_archive(study: Study, report: Path, target: Path) -> Path:
    """Pack the report of a study, in the folder `report`, with all it was made of: texts too."""
    toml = study.place.read_text(encoding="utf-8-sig")
    files = {path: ROOT / path for path in ["requirements.txt", *study.tokens.lexicon]}
    for number, source in enumerate(study.sources):
        place = Path(str(source_path(source)).partition("!")[0])
        is_inside = place.is_relative_to(ROOT)
        folder = place.parent.relative_to(ROOT) if is_inside else Path(f"data/raw/from-{number}")
        if not is_inside:
            was = source.path.partition("!")[0]
            toml = _moved(toml, was, (folder / place.name).as_posix())
        paths = (found.path for found in find_sources(place) if found.path.is_file())
        files |= {(folder / path.relative_to(place.parent)).as_posix(): path for path in paths}
    folders = {
        f"data/studies/{study.name}": study.folder,
        "data/reference": ROOT / "data" / "reference",
        f"reports/{study.name}": report,
    }
    for name, folder in folders.items():
        paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
        files |= {f"{name}/{path.relative_to(folder).as_posix()}": path for path in paths}
    place = f"data/studies/{study.name}.toml"
    sums = {name: file_sha256(path) for name, path in files.items()}
    sums[place] = hashlib.sha256(toml.encode()).hexdigest()
    about = {"study": study.name, "version": __version__, "code": code_sha256(), "files": sums}
    part = target.with_name(f".{target.name}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(LIST, json.dumps(about, ensure_ascii=False, indent=1))
        packed.writestr(place, toml)
        for name, path in files.items():
            packed.write(path, name)
    part.replace(target)
    return target


def _moved(toml: str, old: str, new: str) -> str:
    for written in (json.dumps(old, ensure_ascii=False), f"'{old}'"):
        toml = toml.replace(written, json.dumps(new, ensure_ascii=False))
    return toml


def code_sha256() -> str:
    """Hash of this package and of the notebooks: what a report was made by."""
    paths = sorted(path for pattern in _CODE for path in build.PROJECT.glob(pattern))
    return hashlib.sha256("".join(map(file_sha256, paths)).encode()).hexdigest()


def rebuild(archive: Path, output: Path | None = None) -> tuple[Path, list[str], str]:
    """Make the report of an archive again, from nothing but its files.

    `output` is ``reports/<study>--again`` unless given. Returns it, the files of the report that
    are not the same to the byte, and what may tell why. PolicyTextError: this is no archive, or a
    file in it is not the one that was packed.
    """
    with tempfile.TemporaryDirectory() as folder:
        about = _unpacked(archive, Path(folder))
        name = about["study"]
        output = (output or ROOT / "reports" / f"{name}--again").resolve()
        environment = os.environ | {ROOT_VARIABLE: folder, "PYTHONPATH": os.pathsep.join(sys.path)}
        call = [sys.executable, "-c", _BUILD, name, str(output)]
        child = subprocess.Popen(call, env=environment, cwd=folder, stderr=subprocess.PIPE)
        try:
            said = child.communicate()[1].decode("utf-8", "replace").strip().splitlines()
        except KeyboardInterrupt:
            child.terminate()
            child.wait()
            raise
        if child.returncode:
            raise PolicyTextError(
                f"'{archive.name}'의 보고서를 다시 만들지 못했습니다: {(said or [''])[-1]}"
            )
        old = site.read_manifest(Path(folder, "reports", name))
    new = site.read_manifest(output)
    unlike = sorted({name for name, _ in old["files"].items() ^ new["files"].items()})
    why = build.differences(old, new) if unlike else ""
    if f"{build.OWN}.html" in old["files"].keys() - new["files"].keys():
        why += (
            f"\n마지막 장을 만든 notebooks/{build.OWN}/{name}.ipynb는 코드여서 묶음에 없습니다. "
            "그 파일을 따로 받아 같은 자리에 두고 다시 만드세요."
        )
    if unlike and about["code"] != code_sha256():
        why += f"\n보고서를 만든 코드(policytext {about['version']})는 이 코드({__version__})와 다릅니다."
    return output, unlike, why


def _unpacked(archive: Path, folder: Path) -> dict:
    try:
        with zipfile.ZipFile(archive) as packed:
            about = json.loads(packed.read(LIST))
            for name, sha256 in about["files"].items():
                path = Path(packed.extract(name, folder))  # never outside of it
                if file_sha256(path) != sha256:
                    raise ValueError(name)
        place = Path(folder, "data", "studies", f"{about['study']}.toml")
        paths = [source_path(source) for source in read_study(str(place)).sources]
    except FileNotFoundError:
        raise PolicyTextError(f"묶음 '{archive}' 파일이 없습니다. 경로를 확인하세요.") from None
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        named = attach_particle(f"'{archive.name}'", "은/는")
        raise PolicyTextError(
            f"{named} --archive로 만든 것이 아니거나 망가졌습니다. 다시 받으세요."
        ) from None
    paths = [Path(os.path.normpath(path)) for path in paths]
    if outside := [path for path in paths if not path.is_relative_to(ROOT)]:
        raise PolicyTextError(
            f"'{archive.name}'의 자료 경로 '{outside[0]}'가 묶음 밖을 가리켜 읽지 않았습니다."
        )
    return about


def build_here(name: str, output: str) -> None:
    """Build a study of the tree at `ROOT` with the options its report had (in a process apart)."""
    manifest = site.read_manifest(ROOT / "reports" / name)
    told = {key: manifest["study"][key] for key in ("title", "question")}
    study = read_study(name).model_copy(update=told)
    for section, options in manifest["options"].items():
        study = study.changed(section, **options)
    try:
        build.build_report(study, output=output, notebooks=build.PROJECT / "notebooks")
    except ValueError as error:  # ours are sentences
        sys.exit(str(error))
