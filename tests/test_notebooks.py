"""The notebooks, run top to bottom from a clean kernel on small corpora."""

import json
import random
import shutil

import pytest
from recounts import recount, totals_are_printed

from policytext import reporting, studies

pytestmark = pytest.mark.slow

# Our own words: two themes whose share changes with the government.
THEMES = {
    "창업": "창업 기업이 혁신센터에서 투자를 받아 시제품을 만들고 벤처 펀드가 출자했다. "
    "창조경제 정책으로 청년 창업자가 아이디어를 사업으로 옮겼다.",
    "지역": "지역 특구에서 규제 특례로 실증을 하고 지방자치단체가 산업 단지를 조성했다. "
    "지방시대 계획에 따라 대학과 연구소가 인재를 키웠다.",
}
STUDY = """
title = "시험용 말뭉치"
question = "작은 말뭉치에서도 끝까지 가는가?"
[[sources]]
path = {path!r}
[sources.defaults]
genre = "news"
[tokens]
compared = ["mecab"]
[topics]
min_df = 2
max_df = 0.9
candidates = [2, 3]
n_boot = 3
[comparison]
min_df = 2
min_families = {least}
n_permutations = 200
n_boot = 50
[robustness]
n_specifications = 2
n_permutations = 100
n_boot = 20
n_draws = 2
"""


def records(n, dates):
    """`n` documents, dated in turn by `dates`; the theme follows the date half of the time."""
    rows = []
    for number in range(n):
        turn = number % len(dates)
        theme = list(THEMES)[(turn if number % 4 else turn + 1) % 2]
        words = THEMES[theme].split()
        shift = number % len(words)
        text = " ".join(words[shift:] + words[:shift]) + f" 사례는 {number}번째다."
        rows.append({"id": f"d{number:03}", "제목": f"{theme} 소식 {number}", "본문": text,
                     "일자": dates[turn], "언론사": f"신문{number % 3}"})  # fmt: skip
    return rows


WORDS = " ".join(THEMES.values()).split()
WEATHER = {"id": "x", "제목": "날씨", "본문": "오늘은 날씨가 맑고 하늘이 푸르다고 했다.",
           "일자": "2014-05-01", "언론사": "신문0"}  # fmt: skip
CORPORA = {
    "two-governments": records(60, ["2014-05-01", "2018-05-01"]),
    "one-government": records(12, ["2014-05-01"]),
    "no-dates": records(12, [""]),
    "one-document": records(1, ["2014-05-01"]),
    "empty": [],
    "no-usable-term": [*records(42, ["2014-05-01", "2018-05-01"]), WEATHER],
    "small-governments": records(33, ["2014-05-01", "2018-05-01", "2023-05-01"]),
    "nothing-differs": [
        row | {"본문": " ".join(random.Random(number).sample(WORDS, len(WORDS) // 2))}
        for number, row in enumerate(records(36, ["2014-05-01", "2018-05-01", "2023-05-01"]))
    ],
}
WHOLE = {"no-usable-term", "nothing-differs"}  # every chapter is built to its end


@pytest.fixture(params=CORPORA)
def built(request, tmp_path):
    source = tmp_path / "글.jsonl"
    lines = [json.dumps(row, ensure_ascii=False) for row in CORPORA[request.param]]
    source.write_text("\n".join(lines), encoding="utf-8")
    path = tmp_path / f"notebook-test-{request.param}.toml"
    path.write_text(
        STUDY.format(path=str(source), least=20 if request.param == "small-governments" else 5),
        encoding="utf-8",
    )
    study = studies.read_study(str(path))
    pages = reporting.build(study, output=tmp_path / "보고서")
    yield request.param, pages
    shutil.rmtree(studies.PROCESSED / study.name, ignore_errors=True)


def test_reports_are_built_whatever_the_corpus(built):
    name, pages = built
    notebooks = sorted((studies.PROJECT_ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"))
    assert [page.name for page in pages] == [
        "index.html", *(f"{path.stem}.html" for path in notebooks)
    ]  # fmt: skip
    texts = {page.stem: page.read_text(encoding="utf-8") for page in pages}
    assert all("Traceback" not in text for text in texts.values())
    if name in WHOLE:
        assert all("만들지 않았습니다" not in text for text in texts.values())
    elif name == "two-governments":
        assert "박근혜 정부를 가르는 말은" in texts["04-administrations"]
        assert "만들지 않았습니다" not in texts["04-administrations"]
        assert recount(pages[0].parent) > 100
        assert all(totals_are_printed(page) for page in pages[1:])
    else:
        assert "만들지 않았습니다" in texts["04-administrations"]
    if name == "empty":
        assert "읽은 문서가 없어 비교할 수 없다" in texts["01-corpus"]
    if name == "no-dates":
        assert "정부를 정할 수 있는 문서가 없어" in texts["01-corpus"]


def test_notebooks_hold_no_outputs_and_no_functions():
    for path in sorted((studies.PROJECT_ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code)
        assert not any(line.startswith(("def ", "class ")) for cell in code
                       for line in "".join(cell["source"]).splitlines())  # fmt: skip
