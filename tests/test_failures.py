"""Errors in a notebook: a sentence and a fold, and still an error to papermill."""

import nbformat
import pandas as pd
import papermill
import pytest

from policytext import studies
from policytext.lab import failures

SOURCES = {
    "study": "from policytext import studies\nstudies.read_study('innovation-centres')",
    "column": "import pandas as pd\npd.DataFrame({'administration': [1]})['adminstration']",
    "choice": "from policytext import explorer\nexplorer.explore('innovation-centers', trem='창업')",
    "own": "1 / 0",
}


def caught(call):
    try:
        call()
    except Exception as error:
        return failures.sentence(error, error.__traceback__)
    pytest.fail("nothing was raised")


class TestSentence:
    def test_a_study_mistyped_names_the_nearest(self):
        told = caught(lambda: studies.read_study("innovation-centres"))
        assert "'innovation-centers'를 찾으셨나요?" in told

    def test_a_column_mistyped_names_the_nearest(self):
        table = pd.DataFrame({"administration": [1], "term": ["창업"]})
        told = caught(lambda: table["adminstration"])
        assert told == (
            "표에 'adminstration' 열이 없습니다. 'administration'을 찾으셨나요? "
            "있는 열: administration, term."
        )

    def test_somebody_elses_error_keeps_its_traceback(self):
        assert caught(lambda: 1 / 0) is None
        assert caught(lambda: {}["가"]) is None

    def test_there_is_no_notebook_here(self):
        assert not failures.install()


def ran(source, folder):
    """The outputs of a cell that failed, as papermill leaves them."""
    notebook = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_code_cell("from policytext import doctor\ndoctor.check_quietly()"),
        nbformat.v4.new_code_cell(source),
        nbformat.v4.new_code_cell("print('never')"),
    ])  # fmt: skip
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "x", "language": "python"}
    nbformat.write(notebook, folder / "in.ipynb")
    with pytest.raises(papermill.PapermillExecutionError) as error:
        papermill.execute_notebook(
            str(folder / "in.ipynb"), str(folder / "out.ipynb"), progress_bar=False
        )
    cells = nbformat.read(folder / "out.ipynb", as_version=4).cells
    failed = next(cell for cell in cells if cell.source == source)
    assert cells[-1].outputs == []
    quiet = next(cell for cell in cells if "check_quietly" in cell.source)
    assert quiet.outputs == []
    return error.value, failed.outputs


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES)
def test_papermill_still_fails(name, tmp_path):
    error, outputs = ran(SOURCES[name], tmp_path)
    kinds = [output.output_type for output in outputs]
    if name == "own":
        assert kinds == ["error"] and error.ename == "ZeroDivisionError"
        assert len(outputs[0].traceback) > 1
        return
    assert kinds == ["error", "display_data"]
    (line,) = outputs[0].traceback
    assert line.startswith(error.ename) and "찾으셨나요" in line and "File " not in line
    html = outputs[1].data["text/html"]
    assert "<details>" in html and "Traceback (most recent call last)" in html


@pytest.mark.slow
def test_a_build_of_reports_keeps_the_plain_error(tmp_path, monkeypatch):
    monkeypatch.setenv(failures.OUTPUT_VARIABLE, str(tmp_path))
    error, outputs = ran(SOURCES["study"], tmp_path)
    assert error.ename == "StudyError" and [o.output_type for o in outputs] == ["error"]
