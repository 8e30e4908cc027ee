"""The ledger: figures and quotations against sentences written by hand, and results of a corpus."""

import json
from pathlib import Path

import pandas as pd
import pytest

from policytext.ledger import find_figures, find_quotations
from policytext.ledger.facts import find_phrases

HERE = Path(__file__).parent


def gold(name):
    lines = (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) | {"doc_id": f"{number:03}"} for number, line in enumerate(lines)]
    return rows, pd.DataFrame(rows)


def f1(n_right, n_found, n_gold):
    return 2 * n_right / (n_found + n_gold)


def close(a, b):
    return (pd.isna(a) and b is None) or (b is not None and abs(a - b) <= 1e-9 * max(1, abs(b)))


def test_figures_of_sentences_written_by_hand(capsys):
    rows, documents = gold("gold_figures")
    found = find_figures.__wrapped__(documents[["doc_id", "text", "date"]])
    right, misses = [], []
    for row in rows:
        own = found[found["doc_id"] == row["doc_id"]].to_dict("records")
        for figure in row["figures"]:
            same = [
                other
                for other in own
                if close(other["value"], figure["value"])
                and other["unit"] == figure["unit"]
                and close(other["value_high"], figure.get("value_high"))
            ]
            if same:
                own.remove(same[0])
                right.append((figure, same[0]))
            else:
                misses.append((row["text"], figure))
        misses += [(row["text"], other["surface"]) for other in own]
    n_gold = sum(len(row["figures"]) for row in rows)
    score = f1(len(right), len(found), n_gold)
    shares = {
        name: sum(a.get(name, "") == b[name] for a, b in right) / len(right)
        for name in ("kind", "qualifier", "measure")
    }
    targets = [(a, b) for a, b in right if a["kind"] == "target"]
    shares["due"] = sum(
        (a["kind"], a.get("due", "")) == (b["kind"], b["due"]) for a, b in targets
    ) / len(targets)
    told = ", ".join(f"{name} {share:.2f}" for name, share in shares.items())
    with capsys.disabled():
        print(f"[figures: {len(rows)} sentences, F1 {score:.3f}, {told}]", end=" ")
    assert score >= 0.95 and min(shares.values()) >= 0.9, misses
    empty = {row["doc_id"] for row in rows if not row["figures"]}
    assert found["doc_id"].isin(empty).sum() <= 1


def test_quotations_of_passages_written_by_hand(capsys):
    rows, documents = gold("gold_quotations")
    found = find_quotations.__wrapped__(documents[["doc_id", "text"]])
    assert [documents["text"][int(d)][a:b] for d, a, b in found[["doc_id", "start", "end"]].values
            ] == found["quote"].tolist()  # fmt: skip
    keys = {(quote.doc_id, quote.quote): quote for quote in found.itertuples()}
    wanted = [(row["doc_id"], item) for row in rows for item in row["quotations"]]
    right = [
        (item["speakers"], keys[doc_id, item["quote"]])
        for doc_id, item in wanted
        if (doc_id, item["quote"]) in keys
    ]
    n_speakers = sum(
        quote.is_anonymous if names == [""] else quote.speaker.split(", ") == names
        for names, quote in right
    )
    score = f1(len(right), len(found), len(wanted))
    with capsys.disabled():
        print(f"[quotations: {len(rows)} passages, F1 {score:.3f}, speakers "
              f"{n_speakers / len(right):.2f}]", end=" ")  # fmt: skip
    assert score >= 0.95 and n_speakers / len(right) >= 0.9
    silent = {row["doc_id"] for row in rows if not row["quotations"]}
    assert not found["doc_id"].isin(silent).any()


@pytest.mark.parametrize(
    "text, date, expected",
    [
        ("내달까지 3곳을 연다.", None, [(3, "곳", "")]),  # nothing relative without a day
        ("2031년까지 3곳을 연다.", None, [(3, "곳", "2031")]),
        ("구천구백구십구조 원을 썼다. 900000조원을 썼다.", "2020-01-01",
         [(9.999e15, "원", ""), (9e17, "", "")]),  # too much to be meant: kept without a unit
        ("50~20명이 왔다.", "2020-01-01", [(50, "", "")]),  # upside down
        ("", "2020-01-01", []),
    ],
)  # fmt: skip
def test_odd_figures_are_kept_and_marked(text, date, expected):
    documents = pd.DataFrame({"doc_id": ["a"], "text": [text], "date": [date]})
    found = find_figures.__wrapped__(documents)
    assert [*zip(found["value"], found["unit"], found["due"], strict=True)] == expected
    assert [text[a:b] for a, b in zip(found["start"], found["end"], strict=True)] == found[
        "surface"
    ].tolist()


def test_an_unclosed_mark_never_swallows_the_page():
    text = "김하나 장관은 “풀겠다고 밝혔다. 회의는 끝났다.\n" + "시는 “꿈의 도시를 지향한다.\n" * 3
    found = find_quotations.__wrapped__(pd.DataFrame({"doc_id": ["a"], "text": [text]}))
    assert found["quote"].tolist() == ["풀겠다"]


def test_phrases_are_what_nobody_says():
    text = (
        "시는 ‘규제예보제’를 열었다. 김하나 시장은 “쉽게 하겠다”고 말했다. 「지역의 미래」를 냈다."
    )
    found = find_phrases.__wrapped__(pd.DataFrame({"doc_id": ["a"], "text": [text]}))
    assert found["phrase"].tolist() == ["규제예보제"]
