"""Small corpora of our own words, from nothing to two governments that differ, and their study."""

import json
import random
from pathlib import Path

from policytext.study import read_study

THEMES = {
    "창업": "창업 기업이 혁신센터에서 투자를 받아 시제품을 만들고 벤처 펀드가 출자했다. "
    "창조경제 정책으로 청년 창업자가 아이디어를 사업으로 옮겼다.",
    "지역": "지역 특구에서 규제 특례로 실증을 하고 지방자치단체가 산업 단지를 조성했다. "
    "지방시대 계획에 따라 대학과 연구소가 인재를 키웠다.",
}
WORDS = " ".join(THEMES.values()).split()
HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(2)>"
STUDY = """
title = "시험용 말뭉치"
question = "작은 말뭉치에서도 끝까지 가는가?"
[[sources]]
path = '{path}'
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
min_families = {min_families}
n_permutations = 200
n_boot = 50
[robustness]
analysers = ["mecab"]
n_specifications = 2
n_permutations = 100
n_boot = 20
n_draws = 2
"""


def records(n, dates):
    """`n` documents, dated in turn by `dates`; the theme follows the date three times in four."""
    rows = []
    for number in range(n):
        turn = number % len(dates)
        words = list(THEMES.values())[(turn if number % 4 else turn + 1) % 2].split()
        shift = number % len(words)
        text = " ".join(words[shift:] + words[:shift]) + f" 사례는 {number}번째다."
        rows.append({"id": f"d{number:03}", "제목": f"소식 {number}", "본문": text,
                     "일자": dates[turn], "언론사": f"신문{number % 3}"})  # fmt: skip
    return rows


def drawn_alike(n, dates):
    """`n` documents whose words are drawn alike for every date."""
    return [
        row | {"본문": " ".join(random.Random(number).sample(WORDS, len(WORDS) // 2))}
        for number, row in enumerate(records(n, dates))
    ]


WEATHER = {"id": "x", "제목": "날씨", "본문": "오늘은 날씨가 맑고 하늘이 푸르다고 했다.",
           "일자": "2014-05-01", "언론사": "신문0"}  # fmt: skip
TWO = ["2014-05-01", "2018-05-01"]
THREE = [*TWO, "2023-05-01"]
EIGHT = [f"{year}-05-01" for year in (1956, 1968, 1985, 1990, 1996, 2000, 2005, 2010)]
CORPORA = {
    "two-governments": records(60, TWO),
    "nothing": [],
    "one-document": records(1, TWO),
    "five-documents": records(5, TWO),
    "no-dates": records(12, [""]),
    "one-government": records(30, ["2014-05-01"]),
    "no-usable-term": [*records(42, TWO), WEATHER],
    "only-unusable": [WEATHER],
    "small-governments": records(57, THREE),
    "many-governments": records(96, EIGHT),
    "nothing-differs": drawn_alike(75, THREE),
    "one-publisher": [row | {"언론사": "신문"} for row in records(40, TWO)],
}


FOREIGN = "The centre helps young firms to find money and shows their work to the world. " * 3
LEDGER = (
    " 시는 2018년까지 일자리 {n}개를 만들기로 하고 대학과 업무협약을 맺었다."
    " 김갑을 센터장은 “창업 기업 {n}곳을 돕겠다”고 말했다."
)
DAYS = ["1999-05-01", "2006-05-01", "2010-05-01", *THREE]  # of six governments


def random_corpus(seed: int) -> list[dict]:
    """20 to 60 documents, odd in many ways at once, the same for the same seed.

    Texts may be empty, short, foreign, copied or without a usable word, dates missing or a year
    only; one government, one publisher and no signal are drawn as often as several.
    """
    draw = random.Random(seed)
    days = draw.sample(DAYS, draw.choice([1, 1, 2, 3, len(DAYS)]))
    write = draw.choice([records, drawn_alike])
    rows = write(draw.randint(20, 60), days)
    publishers = [f"신문{number}" for number in range(draw.choice([1, 1, 2, 5]))]
    odd = ["", "창업.", WEATHER["본문"], FOREIGN, rows[0]["본문"]]
    share = {text: draw.choice([0, 0, 0.1, 0.5, 0.9]) / len(odd) for text in odd}
    undated, told = draw.choice([0, 0, 0.2, 0.9]), draw.choice([0, 0.3])
    for row in rows:
        (own,) = draw.choices([*odd, None], [*share.values(), 1 - sum(share.values())])
        date = draw.choice(["", row["일자"][:4]]) if draw.random() < undated else row["일자"]
        row |= {"언론사": draw.choice(publishers), "일자": date}
        more = LEDGER.format(n=draw.randint(1, 500)) if draw.random() < told else ""
        row["본문"] = row["본문"] + more if own is None else own
    return rows


CORPORA["hardly-dated"] = random_corpus(24)


def write_study(folder: Path, name: str, rows: list[dict], *, min_families: int = 5):
    """Write documents and a study's TOML below a folder, and read the study."""
    source = folder / f"{name}.jsonl"
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    source.write_text("\n".join(lines), encoding="utf-8")
    path = folder / f"{name}.toml"
    path.write_text(STUDY.format(path=source, min_families=min_families), encoding="utf-8")
    return read_study(str(path))


def hostile(rows: list[dict]) -> list[dict]:
    """The same documents with markup in title, text, publisher and address."""
    extra = {"제목": f"소식 {HOSTILE}", "언론사": f"신문 {HOSTILE}", "URL": "javascript:alert(3)"}
    return [
        row | extra | {"본문": f"{HOSTILE} {row['본문']}"} if number % 5 == 0 else row
        for number, row in enumerate(rows)
    ]
