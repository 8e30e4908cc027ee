"""A text and its damaged copies give the same nouns once they are read."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter

import pytest

from policytext import bench
from policytext.morphology import nouns
from policytext.readers import read_documents

SPEECH = """존경하는 시민 여러분, 오늘 우리는 새로운 출발선에 섰습니다. 지난 십 년 동안 지역의 연구소와 \
대학은 서로의 문을 두드리며 길을 찾아왔습니다. 이제 정부가 답할 차례입니다.
첫째, 중소기업이 마음껏 실험할 수 있는 공간을 전국에 마련하겠습니다. 실패한 창업가도 다시 일어설 수 \
있게 재도전 자금을 두 배로 늘리겠습니다. 규제는 과감히 풀겠습니다!
둘째, 인공지능과 반도체 인력을 해마다 3만 명씩 기르겠습니다. 교육 과정도 함께 고치겠습니다. 여러분의 \
자녀가 어디에서 태어나든 같은 기회를 누려야 하지 않겠습니까? 저는 그렇게 믿습니다.
끝으로 과학기술은 국민의 삶을 바꿀 때 빛납니다. 의료와 환경, 농업 현장에서 그 변화를 보여 드리겠습니다."""

DAMAGES = {
    "nfd": lambda text: unicodedata.normalize("NFD", text).encode(),
    "nbsp": lambda text: text.replace(" ", "\u00a0").encode(),
    "wide spaces": lambda text: text.replace(" ", "\u3000").encode(),
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "bom": lambda text: text.encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "cp949": lambda text: text.encode("cp949"),
    "glued": lambda text: re.sub(r"(?<=[가-힣][.?!]) (?=[가-힣])", "", text).encode(),
    "soft hyphens": lambda text: text.replace("다.", "\u00ad다.").encode(),
    "zero width": lambda text: text.replace(" ", " \u200b").encode(),
    "all at once": lambda text: (
        unicodedata.normalize("NFD", text)
        .replace("다. ", "다.")
        .replace(" ", "\u00a0")
        .replace("\n", "\r\n")
        .encode("utf-8-sig")
    ),
}


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """A speech and the bodies of generated pages, as one who types them would have them."""
    folder = tmp_path_factory.mktemp("pages")
    bench.write_pages(folder, 8)
    return [SPEECH, *read_documents(folder).documents["text"]]


def noun_f1(texts, others) -> float:
    first, second = (Counter(n for text in side for n in nouns(text)) for side in (texts, others))
    return 2 * (first & second).total() / (first.total() + second.total())


def test_the_measure_sees_damage(texts):
    spaced = [" ".join(text) for text in texts]
    assert noun_f1(texts, texts) == 1 and noun_f1(texts, spaced) < 0.9


@pytest.mark.parametrize("damage", DAMAGES)
def test_scraped_text(tmp_path, texts, damage):
    for number, text in enumerate(texts):
        (tmp_path / f"{number:02}.txt").write_bytes(DAMAGES[damage](f"머리기사 하나\n{text}"))
    documents = read_documents(tmp_path).documents
    assert set(documents["title"]) == {"머리기사 하나"}
    assert noun_f1(texts, documents["text"]) >= 0.99


@pytest.mark.parametrize("damage", DAMAGES)
def test_tables(tmp_path, texts, damage):
    sound = tmp_path / "sound.csv"
    with sound.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["제목", "본문"], *(["제목", text] for text in texts)])
    (tmp_path / "표.csv").write_bytes(DAMAGES[damage](sound.read_text(encoding="utf-8")))
    sound.unlink()
    assert noun_f1(texts, read_documents(tmp_path).documents["text"]) >= 0.99


@pytest.mark.parametrize("damage", DAMAGES)
def test_web_pages(tmp_path, texts, damage):
    for number, text in enumerate(texts):
        body = text.replace("\n", "</p>\n<p>")
        page = f"<html><head><title>머리기사</title></head><body><p>{body}</p></body></html>"
        (tmp_path / f"{number:02}.html").write_bytes(DAMAGES[damage](page))
    assert noun_f1(texts, read_documents(tmp_path).documents["text"]) >= 0.99
