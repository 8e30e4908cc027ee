"""Settings of all tests, and the one small report that every test of pages shares.

A property has no deadline, because a busy machine is no fault; twenty-five examples a run keep
the fast part under a minute, and every run draws others.
"""

import shutil
import warnings
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import pytest
from corpora import CORPORA, hostile, write_study
from hypothesis import settings

from policytext.texts import files

settings.register_profile("policytext", deadline=None, max_examples=25)
settings.load_profile("policytext")


def pytest_addoption(parser):
    """``run.py report --check``: look at the pages of a report that was built before."""
    parser.addoption("--report", metavar="FOLDER", help="folder of a built report to check")


@pytest.fixture(scope="session")
def report(request, tmp_path_factory) -> Path:
    """Folder of a built report: of `--report`, or of a small study with hostile documents."""
    if given := request.config.getoption("--report"):
        return Path(given).resolve()
    from policytext.report import build_report

    folder = tmp_path_factory.mktemp("보고서")
    study = write_study(folder, "small-study", hostile(CORPORA["two-governments"]))
    build_report(study, output=folder / "out" / "small-study")
    return folder / "out" / "small-study"


@pytest.fixture(scope="module")
def browser():
    """Chromium, where it is installed."""
    names = ["chromium", "chromium-browser", "google-chrome"]
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("Chromium이 없어 브라우저 시험을 건너뜁니다. 설치하고 다시 실행하세요.")
    api = pytest.importorskip("playwright.sync_api", reason="playwright가 없습니다.")
    with api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(autouse=True)
def every_reading_adds_up(monkeypatch):
    """Of whatever a test reads, no row is lost and none counted twice."""
    assemble = files._assemble

    def checked(*given):
        reading = assemble(*given)
        account = reading.files.set_index("source_file")
        parts = account[["n_read", "n_skipped", "n_rejected"]]
        assert (parts.sum(axis=1) == account["n_found"]).all() and (parts >= 0).all(axis=None)
        # A faulty figure costs itself, not its row.
        rejects = reading.rejects[~reading.rejects["reason"].str.startswith("figures")]
        n_rejects = rejects["source_file"].value_counts().reindex(account.index, fill_value=0)
        is_whole = account["status"] == "rejected"  # a file may take many rows with it
        assert (n_rejects[is_whole] == 1).all() and (account["n_read"][is_whole] == 0).all()
        assert (n_rejects <= account["n_rejected"]).all()
        return reading

    monkeypatch.setattr(files, "_assemble", checked)


@pytest.fixture(scope="session")
def centres():
    """The study of innovation centres, which comes with the project."""
    from policytext.corpus import Corpus

    return Corpus.open("innovation-centers")


@pytest.fixture
def quiet_figures():
    """A warning while drawing (a glyph that is missing, a layout that fails) is an error."""
    import matplotlib.pyplot as plt

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    plt.close("all")


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """An empty project, for what writes studies and accounts."""
    places = {"ROOT": "", "STUDIES": "data/studies", "PROCESSED": "data/processed"}
    for name, place in places.items():
        monkeypatch.setattr(f"policytext.study.{name}", tmp_path / place)
    return tmp_path
