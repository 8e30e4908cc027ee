"""The ledger: figures and quotations against sentences written by hand, and results of a corpus."""

import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from policytext.corpus import Corpus
from policytext.faults import InsufficientData
from policytext.ledger import (
    conflicts,
    find_figures,
    find_quotations,
    lives,
    promises,
    quotations,
    ties,
)
from policytext.ledger.actors import _drawn, _spans, find_ties, lost_at_changes, survivors
from policytext.ledger.facts import find_deadlines
from policytext.ledger.outcomes import (
    conflict_table,
    figures_of,
    find_records,
    headlines_of,
    promise_table,
)
from policytext.ledger.speakers import find_phrases
from policytext.report.result import column, say
from policytext.texts.files import read_documents

HERE = Path(__file__).parent


def gold(name):
    lines = (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) | {"doc_id": f"{number:03}"} for number, line in enumerate(lines)]
    return rows, pd.DataFrame(rows)


def f1(n_right, n_found, n_gold):
    return 2 * n_right / (n_found + n_gold)


def close(a, b):
    return (pd.isna(a) and b is None) or (b is not None and abs(a - b) <= 1e-9 * max(1, abs(b)))


def known_misses(rows):
    return {row["text"] for row in rows if row.get("is_missed")}


def test_figures_of_sentences_written_by_hand(capsys):
    rows, documents = gold("gold_figures")
    found = find_figures.__wrapped__(documents[["doc_id", "text", "date"]])
    right, misses, missed = [], [], []
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
                names = ["kind", "qualifier", "measure", "due"]
                names = names if figure["kind"] == "target" else names[:3]
                if any(figure.get(name, "") != same[0][name] for name in names):
                    missed.append(row["text"])
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
    is_due = [(a["kind"], a.get("due", "")) == (b["kind"], b["due"]) for a, b in targets]
    shares["due"] = sum(is_due) / len(is_due)
    told = ", ".join(f"{name} {share:.2f}" for name, share in shares.items())
    with capsys.disabled():
        print(f"[figures: {len(rows)} sentences, F1 {score:.3f}, {told}]", end=" ")
    assert score >= 0.93 and shares["kind"] >= 0.8 and min(shares.values()) >= 0.75, misses
    empty = {row["doc_id"] for row in rows if not row["figures"]}
    assert found["doc_id"].isin(empty).sum() <= len(empty) / 11
    assert {*missed, *(text for text, _ in misses)} <= known_misses(rows), [*missed, *misses]


def test_quotations_of_passages_written_by_hand(capsys):
    rows, documents = gold("gold_quotations")
    found = find_quotations(documents[["doc_id", "text"]])
    assert [documents["text"][int(d)][a:b] for d, a, b in found[["doc_id", "start", "end"]].values
            ] == found["quote"].tolist()  # fmt: skip
    keys = {(quote.doc_id, quote.quote): quote for quote in found.itertuples()}
    wanted = [(row["doc_id"], item) for row in rows for item in row["quotations"]]
    right = [
        (doc_id, item["speakers"], keys[doc_id, item["quote"]])
        for doc_id, item in wanted
        if (doc_id, item["quote"]) in keys
    ]
    misses = {rows[int(doc_id)]["text"] for doc_id, names, quote in right
              if not (quote.is_anonymous if names == [""] else quote.speaker.split(", ") == names)}  # fmt: skip
    share = 1 - len(misses) / len(right)
    score = f1(len(right), len(found), len(wanted))
    with capsys.disabled():
        print(f"[quotations: {len(rows)} passages, F1 {score:.3f}, speakers {share:.2f}]", end=" ")
    assert score >= 0.93 and share >= 0.85
    silent = {row["doc_id"] for row in rows if not row["quotations"]}
    assert not found["doc_id"].isin(silent).any()
    misses |= {rows[int(key[0])]["text"] for key in {(d, i["quote"]) for d, i in wanted} ^ {*keys}}
    assert misses <= known_misses(rows), misses


def test_promises_and_conflicts_of_texts_written_by_hand(tmp_path, capsys):
    """All cases of a file are one corpus: a promise must find its own reports only."""
    cases, _ = gold("gold_links")
    texts = [text for case in cases for text in (case, *case["later"])]
    corpus = corpus_of(tmp_path / "약속", texts)
    said = corpus.documents.set_index("doc_id")["text"]
    promises, later = promise_table.__wrapped__(figures_of(corpus), "2026-06-01")
    wanted = {(c["text"], x["text"]) for c in cases for x in c["later"] if x["linked"]}
    made = {case["text"]: case["status"] for case in cases}
    found = {(said[a], said[b]) for a, b in later[["promise_doc_id", "doc_id"]].values
             if said[a] in made}  # fmt: skip
    n_right = len(found & wanted)
    told = promises[promises["doc_id"].map(said).isin(made)]
    wrong = [said[row.doc_id] for row in told.itertuples()
             if row.status in ("met", "short", "late") and row.status != made[said[row.doc_id]]]  # fmt: skip
    cases, _ = gold("gold_conflicts")
    misread = []
    for number, case in enumerate(cases):
        corpus = corpus_of(tmp_path / f"{number}", case["texts"])
        has_any = len(conflict_table.__wrapped__(figures_of(corpus))) > 0
        misread += [number] if has_any != case["is_conflict"] else []
    with capsys.disabled():
        print(f"[promises: recall {n_right / len(wanted):.2f}, precision {n_right / len(found):.2f}; "
              f"conflicts {len(cases) - len(misread)} of {len(cases)}]", end=" ")  # fmt: skip
    assert n_right >= 0.6 * len(wanted) and n_right >= 0.8 * len(found)
    assert not wrong
    assert [number for number in misread if not cases[number].get("is_missed")] == []


def corpus_of(folder, texts):
    folder.mkdir()
    rows = [{"title": f"소식 {n}", "publisher": f"매체{n}"} | row for n, row in enumerate(texts)]
    lines = [json.dumps({key: row[key] for key in ("title", "date", "publisher", "text")},
                        ensure_ascii=False) for row in rows]  # fmt: skip
    (folder / "글.jsonl").write_text("\n".join(lines), "utf-8")
    return Corpus.read(folder)


def test_without_a_date_no_year_lies_ahead():
    texts = {"text": ["센터는 2015년 기업 50개사를 키웠다."], "doc_id": ["a"]}
    dates = [pd.NaT, pd.Timestamp("2016-03-04")]
    found = [find_figures.__wrapped__(pd.DataFrame(texts | {"date": [day]})) for day in dates]
    assert [table["is_forecast"].tolist() for table in found] == [[False], [False]]


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
    surfaces = [text[a:b] for a, b in zip(found["start"], found["end"], strict=True)]
    assert surfaces == found["surface"].tolist()


def test_the_value_beside_a_status_is_the_one_that_decided_it():
    rows = [figure("a", "2015-01-05", 100, kind="target", due="2017")]
    rows += [figure("b", "2017-05-01", 120), figure("c", "2017-05-20", 80)]
    promises, _ = promise_table.__wrapped__(pd.DataFrame(rows), "2024-01-01")
    assert promises[["status", "last_value"]].values.tolist() == [["met", 120.0]]
    falling = pd.DataFrame([rows[0] | {"qualifier": "at_most"}, *rows[1:]])
    assert promise_table.__wrapped__(falling, "2024-01-01")[0]["status"].tolist() == ["unknown"]


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("시장은 노인을 위해 쉼터 대책을 내달까지 마련한다.", ["쉼터 대책"]),
        ("시는 연말까지 조례안을 만들고 예산을 짠다.", ["조례안"]),
        ("연말까지 법안을 처리해 주시기를 부탁드리겠습니다.", []),
        ("연말까지 대책을 마련하겠습니까?", []),
        ("비용을 아껴 연말까지 마무리하겠다.", []),
        ("베트남은 연말까지 공단을 완공한다.", []),
        ("시는 한·베트남 협정 후속 대책을 연말까지 마련한다.", ["협정 후속 대책"]),
    ],
)  # fmt: skip
def test_what_is_due_by_a_day_stands_beside_it(text, wanted):
    documents = pd.DataFrame({"doc_id": ["a"], "text": [text], "date": ["2020-01-01"]})
    assert find_deadlines.__wrapped__(documents)["subject"].tolist() == wanted


def test_an_unclosed_mark_never_swallows_the_page():
    text = "김하나 장관은 “풀겠다고 밝혔다. 회의는 끝났다.\n" + "시는 “꿈의 도시를 지향한다.\n" * 3
    found = find_quotations(pd.DataFrame({"doc_id": ["a"], "text": [text]}))
    assert found["quote"].tolist() == ["풀겠다"]


def test_phrases_are_what_nobody_says():
    text = "시는 ‘규제예보제’를 열었다. 시장은 “쉽게 하겠다”고 말했다. 「지역의 미래」를 냈다."
    found = find_phrases(pd.DataFrame({"doc_id": ["a"], "text": [text]}))
    assert found["phrase"].tolist() == ["규제예보제"]


def figure(doc_id, day, value, *, kind="result", due="", names="스마트공장", **changes):
    row = {
        "doc_id": doc_id, "start": 0, "end": 1, "surface": f"{value}개", "value": float(value),
        "value_high": float("nan"), "unit": "개", "qualifier": "", "kind": kind, "due": due,
        "subject": names, "scope": "전국", "measure": "", "speaker": "", "source": "text", "as_of": "",
        "date": pd.Timestamp(day), "administration": "가", "publisher": doc_id, "family_id": doc_id,
        "topic": "", "body": "", "regions": "", "names": names, "core": names, "doing": "", "where": "전국", "unit_group": "개",
        "is_budget": False, "is_part": False, "is_forecast": False, "is_proof": True, "maker": "",
    }  # fmt: skip
    return row | changes


@pytest.mark.parametrize(
    "later, status",
    [
        ([("2017-12-20", 90)], "short"),  # the last of the year
        ([("2018-02-01", 120)], "late"),  # reached by then; whether in time, nobody says
        ([("2018-02-01", 260)], "unknown"),  # so far off it may be another thing, as is a part
        ([("2018-02-01", 40)], "unknown"),
        ([("2016-05-01", 130)], "met"),  # reached before it was due
        ([("2018-02-01", 60), ("2019-06-01", 130)], "late"),
        ([("2016-05-01", 60)], "unknown"),  # long before: a share, no verdict
        ([("2019-11-01", 130)], "unknown"),  # long after: settles nothing
        ([], "unknown"),
    ],
)
def test_a_status_needs_a_report_that_proves_it(later, status):
    rows = [figure("a", "2015-01-05", 100, kind="target", due="2017")]
    rows += [figure(f"b{day}", day, value) for day, value in later]
    promises, followups = promise_table.__wrapped__(pd.DataFrame(rows), "2024-01-01")
    assert promises["status"].tolist() == [status]
    assert followups["value"].tolist() == [value for _, value in later]
    by_due = [value / 100 for day, value in later if day <= "2017-12-31"]
    assert promises["share_by_due"].dropna().tolist() == by_due
    open_ = promise_table.__wrapped__(pd.DataFrame(rows[:1]), "2016-01-01")[0]
    assert open_["status"].tolist() == ["open"]
    undated = pd.DataFrame([rows[0] | {"due": ""}, *rows[1:]])
    undated = promise_table.__wrapped__(undated, "2024-01-01")[0]
    assert undated["status"].tolist() == ["undated"]


@pytest.mark.parametrize(
    "due, as_of, status",
    [("2017", "2017", "met"), ("2017", "2017년 말", "met"), ("2017", "", "late"),
     ("2017-06", "2017-07", "late"), ("2018-02", "", "met")],
)  # fmt: skip
def test_a_report_proves_a_promise_kept_in_time_by_the_day_it_tells_of(due, as_of, status):
    rows = [figure("a", "2015-01-05", 100, kind="target", due=due)]
    rows += [figure("b", "2018-02-01", 120, as_of=as_of)]
    promises, _ = promise_table.__wrapped__(pd.DataFrame(rows), "2024-01-01")
    assert promises["status"].tolist() == [status]


@pytest.mark.parametrize(
    "change",
    [
        {"names": "스마트단지"}, {"names": "스마트공장>고용"}, {"is_part": True}, {"where": "부산"}, {"unit_group": "원"}, {"measure": "change"},
        {"kind": "context"}, {"unit": "%"}, {"date": pd.Timestamp("2014-01-01")}, {"value": 90_000.0},
    ],
)  # fmt: skip
def test_another_subject_scope_or_counting_is_not_followed(change):
    rows = [figure("a", "2015-01-05", 100, kind="target", due="2017")]
    rows.append(figure("b", "2018-01-05", 100) | change)
    promises, followups = promise_table.__wrapped__(pd.DataFrame(rows), "2024-01-01")
    assert promises["status"].tolist() == ["unknown"] and followups.empty


def test_a_report_counts_once_however_often_it_counts_or_is_copied():
    rows = [figure("a", "2015-01-05", 17, kind="target", due="2015")]
    rows += [figure("b", "2015-07-24", value, start=start) for start, value in ((0, 17), (60, 18))]
    rows += [figure("c", "2015-06-25", 12), figure("d", "2015-07-30", 17, family_id="b")]
    promises, followups = promise_table.__wrapped__(pd.DataFrame(rows), "2024-01-01")
    assert followups[["doc_id", "value"]].values.tolist() == [["c", 12.0], ["b", 17.0]]
    assert promises[["n_later", "status", "last_value"]].values.tolist() == [[2, "met", 17.0]]


def test_repeats_of_a_promise_are_one():
    days = {"a": "2015-01-05", "b": "2015-02-05", "c": "2015-03-05"}
    rows = [figure(name, day, 100, kind="target", due="2017") for name, day in days.items()]
    promises, _ = promise_table.__wrapped__(pd.DataFrame(rows), "2024-01-01")
    assert promises[["doc_id", "n_repeats"]].values.tolist() == [["a", 2]]


@pytest.mark.parametrize(
    "made, told, wanted",
    [
        ("중소기업청은 2020년까지 스마트공장 1만 개를 보급하겠다고 밝혔다.",  # by another name later
         {"2020-12-29": "중소벤처기업부는 스마트공장 1만9799개를 보급했다고 밝혔다."}, ["met", 0]),
        ("정부는 2019년 말까지 규제샌드박스 과제 100건을 승인하겠다고 밝혔다.",  # told later, of that day
         {"2020-01-15": "정부는 2019년 말까지 규제샌드박스 과제 195건을 승인했다."}, ["met", 0]),
        ("정부는 2020년까지 스마트공장 1만 개를 보급하겠다고 밝혔다.",  # whose goal it is makes no other
         {"2016-05-11": "스마트공장을 넓힌다. 정부 목표는 2020년까지 1만 개다.",
          "2016-05-12": "스마트공장을 넓힌다. 산업부 목표치는 2020년까지 1만 개다.",
          "2020-12-29": "스마트공장 보급 실적은 1만 1000개다."}, ["met", 0]),
    ],
)  # fmt: skip
def test_a_promise_knows_its_reports_and_repeats_by_other_words(tmp_path, made, told, wanted):
    rows = {"2015-03-18": made} | told
    corpus = corpus_of(tmp_path / "가", [{"date": d, "text": t} for d, t in rows.items()])
    table, _ = promise_table.__wrapped__(figures_of(corpus), "2024-01-01")
    assert table[["status", "n_repeats"]].values.tolist() == [wanted]


def test_numbers_conflict_unless_they_grow_or_tell_of_parts():
    def groups(*rows):
        return conflict_table.__wrapped__(pd.DataFrame(rows))["doc_id"].tolist()

    a, b = figure("a", "2015-01-05", 100), figure("b", "2015-01-25", 90)
    assert groups(a, b) == ["a", "b"]
    assert groups(a, b | {"value": 110.0}) == []  # a series
    assert groups(a, b | {"where": "부산"}) == []
    assert groups(a, b | {"date": pd.Timestamp("2015-03-01")}) == []  # more than a month later
    assert groups(a, b | {"subject": "스마트공장(포항 포함)"}) == []  # defined otherwise
    assert groups(a, b | {"subject": "스마트공장 지역"}) == []
    past = {"as_of": "2013"}
    assert groups(a | past, b | past | {"date": pd.Timestamp("2015-09-01")}) == ["a", "b"]
    assert groups(a | past, b | past | {"value": 110.0}) == [*"ab"]  # no growth within a year gone
    assert groups(a | past, b | {"as_of": "2012"}) == []
    assert groups(a | {"unit": "배"}, b | {"unit": "배"}) == []
    assert groups(a, b, b | {"value": 80.0}) == []  # one text gives several: of parts
    assert groups(a, b | {"family_id": "a", "value": 100.0}) == []  # a reprint
    b |= {"surface": "3백만 명", "value": 3e6}  # 2.5 to 3.5
    for value, found in ((3.5e6, []), (3.6e6, [*"ab"])):
        assert groups(a | {"surface": f"{value:,.0f}만 명", "value": value}, b) == found


def test_the_front_page_is_told_of_outcomes_only(tmp_path):
    text = "강원도는 2018년까지 귀농 가구 3,000가구를 유치하겠다고 발표했다."
    promise = {"date": "2015-02-10", "text": text}
    text = "강원도에 따르면 올해까지 유치한 귀농 가구는 모두 3,240가구다."
    met = {"date": "2018-12-20", "text": text}
    before = met | {"date": "2018-06-20", "text": met["text"].replace("3,240", "2,400")}
    limit = {"date": "2015-02-10", "text": "기업당 지원 상한은 2018년까지 9억원으로 정할 계획이다."}
    told = promises(corpus_of(tmp_path / "가", [promise, met, limit]))
    known = "약속(목표와 배정액) 1개 가운데 기한이 적힌 것은 1개다. 규칙이 뒤의 글에서 그 결과를 읽은 것은 1개다"
    assert told.finding.startswith(f"{known}: 규칙으로 읽은 대로면 기한까지 이룬 것이 1개")
    assert told.facts["headlines"] == [] and told.finding.endswith("문장을 열어 확인한다.")
    assert "이룬 것이 1개다. 약속과" in told.finding  # none is late, short, open or unknown
    known += ". 틀리게 읽은 것이 섞여 있다. 이 자료에 없는 글에 대해서는 아무것도 말하지 못한다."
    headline = {"text": known, "anchor": "finding-promises"}
    assert headlines_of("promises", told.facts) == [
        headline
    ]  # what figures given as data would tell
    later = {"date": "2020-01-02", "text": "강원도는 새 대책을 냈다."}
    told = promises(corpus_of(tmp_path / "나", [promise, before, later]))
    assert told.facts["headlines"] == [] and "그 결과를 읽은 것은 없다: 1개는" in told.finding
    assert told.view["status_told"].tolist() == ["기한 무렵 글 못 찾음(그 앞 글에서 80%)"]
    alone = promises(corpus_of(tmp_path / "다", [promise]))  # no later text: a list, no figure
    assert alone.view["amount"].tolist() == ["3,000가구"] and alone.draw is None
    assert alone.caption == "찾은 약속 1개. 글 1건."


def test_keywords_tell_of_no_promise_quotation_or_tie(tmp_path):
    corpus = corpus_of(tmp_path / "가", [{"date": "2015-02-10", "text": "부산,2018년,50개사,협약"}])
    vars(corpus)["documents"] = corpus.documents.assign(text_kind="keywords")
    for result in (promises, conflicts, quotations, ties):
        with pytest.raises(InsufficientData, match="키워드의 나열"):
            result(corpus)


def test_what_is_of_a_place_only_or_not_yet_so_judges_and_contradicts_nothing(tmp_path):
    """Places and their people name no thing; a count of times that lie behind is no promise."""
    made = "시는 2020년까지 부산 지역에 607개소를 목표로 점검했다. 부산의 빈집 대책을 두 차례의 회의 끝에 확대하기로 했다. "
    made += "2020년까지 부산 지역에 작은도서관 40곳을 열 계획이다."
    told = "부산에서는 729가구가 신청했다. 부산 지역은 729곳이다. 부산 작은도서관은 42개다."
    texts = [{"date": "2018-10-29", "text": made}, {"date": "2020-10-29", "text": told}]
    table, later = promise_table.__wrapped__(figures_of(corpus_of(tmp_path / "가", texts)), "2024")
    assert [table["value"].tolist(), later["value"].tolist()] == [[40.0], [42.0]]
    cases = [("주민 {}명이 혜택을 받았다", "나", 0, 0), ("의병 {}명이 살 전망이다", "나", 0, 0),
             ("의병 {}명이 살았다", "", 1, 0), ("의병 {}명이 살았다", "나", 1, 1)]  # fmt: skip
    for number, (text, publisher, *wanted) in enumerate(cases):
        rows = [{"date": day, "publisher": by, "text": f"부산 {text.format(n)}."}
                for day, by, n in (("2022-10-05", "가", 821), ("2022-10-20", publisher, 734))]  # fmt: skip
        told = conflicts(corpus_of(tmp_path / f"{number}", rows))
        facts = told.facts
        sides = f"부산 의병(2022년 10월): 가 821명, {publisher or '매체를 모르는 글'} 734명. "
        assert [facts["n_groups"], facts["n_told"]] == wanted
        assert sum(f"읽힌 숫자가 1묶음에서 매체마다 다르다. {sides}" in line["text"]
                   for line in facts["headlines"]) == wanted[1]  # fmt: skip
        assert (f"엇갈린다: {sides}" in told.finding) == wanted[0]


def test_records_keep_what_a_source_says_and_part_unit_from_words():
    cell = json.dumps([{"what": "입주 인원", "value": 500, "unit": "여 명", "kind": "result"},
                       {"what": "펀드", "value": 3.5, "unit": "조원", "kind": "target", "target_year": 2030},
                       {"what": "3/4분기 개소 목표", "value": 4, "unit": "곳", "kind": "target", "target_year": 2026}])  # fmt: skip
    documents = pd.DataFrame({"doc_id": ["a"], "figures": [cell], "regions": ["부산"], "organisations": "",
                              "date": pd.to_datetime(["2025-01-01"])})  # fmt: skip
    found = find_records.__wrapped__(documents)
    wanted = ["value", "unit", "qualifier", "kind", "due", "scope", "source"]
    assert found[wanted].values.tolist() == [
        [500.0, "명", "more_than", "result", "", "부산", "record"],
        [3.5e12, "원", "", "target", "2030", "부산", "record"],
        [4.0, "곳", "", "target", "2026-09", "부산", "record"],
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("도는 2028년까지 데이터센터 2곳을 짓기로 했다.", [["데이터센터", 0]]),
        ("부산시는 2026년까지 펀드 1,000억 원을 조성한다.", [["펀드", 0]]),
        ("광주시는 AI 창업기업에 3년간 600억원을 지원할 예정이다.", [["AI 창업기업", 0]]),
        (
            "정부는 사회서비스 일자리 5만개를 만드는 내용의 대책을 확정했다.",
            [["사회서비스 일자리", 0]],
        ),
        ("도는 데이터센터 2곳을 짓기로 했다.", []),  # neither a name nor a day
        ("정부 목표는 2028년까지 2곳이다.", []),  # of what?
        (
            "도는 2045년까지 우주산업 점유율 10%를 이룬다는 로드맵을 내놓았다.",
            [["우주산업 점유율", 0]],
        ),
        ("시내버스 300대를 2028년까지 수소버스로 바꾸려던 시의 계획은 취소됐다.", []),
        ("시내버스 300대를 2028년까지 수소버스로 바꿀 계획은 취소됐다.", []),
        ("도는 2028년까지 수소버스 120대를 사들이는 협약에 서명했다.", [["수소버스", 0]]),
        ("도는 2028년까지 수소버스 120대를 사들이지 않기로 했다.", []),
        ("업계는 “2028년까지 수소버스 120대를 사들인다는데 믿을 수 없다”고 꼬집었다.", []),
        ("은행은 2028년 전기차 보급률이 60%에 다다를 것으로 봤다.", []),
        ("정부는 2028년이면 수출이 3억 달러를 넘어설 것이라고 했다.", []),
    ],
)
def test_a_promise_without_a_telling_name_stands_by_its_day(tmp_path, text, wanted):
    texts = [{"date": "2018-05-10", "text": text},
             {"date": "2028-12-20", "text": "데이터센터 2곳을 지었다. 펀드는 1,000억 원이다."}]  # fmt: skip
    table = promises(corpus_of(tmp_path / "가", texts)).table
    assert table[["subject", "n_later"]].values.tolist() == wanted


@pytest.mark.parametrize(
    ("who", "wanted"),
    [("정부는", 1), ("삼성과 경북도는", 1), ("중국의 도전에 맞서 정부는", 1), ("기업 대표를 만난 장관은", 1),
     ("중국은", 0), ("일본 정부는", 0), ("대만 TSMC는", 0), ("삼성전자는", 0), ("벤처기업협회는", 0),
     ("더불어민주당 문재인 후보는", 0), ("야당은", 0), ("심상정 대표는", 0), ("지난 정부는", 0),
     ("당시 산업부는", 0)],
)  # fmt: skip
def test_what_others_aim_at_is_no_promise(tmp_path, who, wanted):
    text = f"{who} 2020년까지 스마트공장 3000곳을 만들겠다고 밝혔다."
    figures = figures_of(corpus_of(tmp_path / "가", [{"date": "2017-03-20", "text": text}]))
    assert len(promise_table.__wrapped__(figures, "2024-01-01")[0]) == wanted


def test_ties_have_one_name_and_need_a_word_of_joint_work():
    text = "부산시와 현대자동차가 협약을 맺었다. 부산시와 현대자동차가 다투었다. 대구에서 LG전자와 협약을 맺었다. "
    text += "대구시는 LG전자와의 협약을 해지했다."
    day = pd.Timestamp("2019-01-01")
    documents = pd.DataFrame({"doc_id": ["a"], "text": [text], "date": [day]})
    found = find_ties.__wrapped__(documents, [])
    assert found[["actor_a", "actor_b", "verb"]].values.tolist() == [["부산", "현대자동차", "협약"]]


@pytest.mark.parametrize(
    ("year", "firms"), [("2012", ["카카오", "현대건설"]), ("1971", ["현대건설"])]
)
def test_words_works_and_bodies_to_come_are_no_actors(year, firms):
    text = "다음에 부산시와 협력하겠다. ㈜다음이 부산시와 협약했다. 복원공사와 국가건설에 부산시가 협력한다. "
    text += "비석유화학을 부산시가 지원한다. 현대건설이 부산시를 지원한다."
    documents = pd.DataFrame({"doc_id": ["a"], "text": [text], "date": [pd.Timestamp(year)]})
    found = find_ties.__wrapped__(documents, ["다음"])
    assert sorted({*found["actor_a"], *found["actor_b"]} - {"부산"}) == firms


def test_governments_of_a_name_stand_in_order_of_days():
    days = pd.to_datetime(["2023-05-01", None, "2013-05-15", "2018-01-01"])
    places = pd.DataFrame({"name": "기획재정부", "doc_id": [*"abcd"], "family_id": [*"abcd"], "date": days,
                           "administration": ["윤석열", "이재명", "박근혜", "문재인"], "publisher": "가"})  # fmt: skip
    assert _spans(places, "name")["administrations"].item() == "박근혜, 문재인, 윤석열, 이재명"


@pytest.mark.parametrize(
    "firsts, seen, told",
    [
        ("2018 2019", "문재인 윤석열", "2개 가운데 1개는 윤석열 때의 글에 나오지 않는다"),
        ("2018 2019 2025", "문재인 윤석열 이재명",  # what came later cannot have been missing
         "3개 가운데 윤석열 때까지 나온 것은 2개이고, 그 가운데 1개는 윤석열 때의 글에 나오지 않는다"),
        ("2018 2025", "윤석열 이재명", "2개 가운데 윤석열 때까지 나온 것은 1개이고 모두 윤석열 때의 글에 나온다"),
        ("2025", "이재명", "1개는 모두 윤석열 때가 지난 뒤에 처음 나온다"),
    ],
)  # fmt: skip
def test_a_name_is_missed_only_by_a_named_government_that_could_have_said_it(firsts, seen, told):
    days = pd.to_datetime(["2018-05-01", "2023-05-01", "2025-07-01"])
    documents = pd.DataFrame({"date": days, "administration": ["문재인", "윤석열", "이재명"]})
    corpus = SimpleNamespace(documents=documents, administrations=["문재인", "윤석열"], colours={})
    view = pd.DataFrame({"first": pd.to_datetime(firsts.split()), "administrations": seen.split()})
    places = documents.assign(phrase="가")
    shown = _drawn(corpus, view, places, "phrase") | {"table": view.assign(n_families=2)}
    shown = SimpleNamespace(**shown)
    assert say("findings", "lives", shown).startswith(f"많이 나온 사업과 구호 {told}: ")
    assert say("findings", "phrases", shown).endswith(f": 그림의 말 {told}")


def test_lives_are_of_programmes_bodies_and_slogans(tmp_path):
    text = {"date": "2019-05-01", "text": "팁스를 넓혔다. 정부조직 개편이다."}
    corpus = corpus_of(tmp_path / "가", [text])
    corpus.documents["programmes"] = "창조경제타운;세종특별자치시;정부조직 개편"
    told = lives(corpus)
    assert sorted(told.table["name"]) == sorted(told.view["name"]) == ["창조경제타운", "팁스"]


def test_survivors_are_counted_by_hand():
    days = ["2016-06-01", "2016-07-01", "2016-06-01", "2016-07-01", "2018-01-01", "2019-12-01"]
    mentions = pd.DataFrame({"name": list("가가나나가다"), "family_id": list("abcdef"),
                             "date": pd.to_datetime(days)})  # fmt: skip
    table = survivors.__wrapped__(mentions, ["2017-05-10"], ["2017-05-10"])
    real = table[table["is_real"]]
    assert real[["n_alive", "n_kept", "share"]].values.tolist() == [[2, 1, 0.5]]
    days = pd.date_range("2010-01-01", "2022-01-01", freq="30D")
    mentions = pd.DataFrame({"name": "가", "date": days, "family_id": days.astype(str)})
    days = ["2015-06-01", "2021-01-01"]
    table = survivors.__wrapped__(mentions, days, days).set_index("day")
    assert table.index[table["is_real"]].tolist() == [pd.Timestamp("2015-06-01")]
    free = table.index[~table["is_real"]]
    years = pd.DateOffset(years=1), pd.DateOffset(years=2)
    assert len(free) and not any(
        day - years[0] < change < day + years[1]
        for day in free for change in pd.to_datetime(["2015-06-01", "2021-01-01"])
    )  # fmt: skip
    assert (free[1:] - years[0] >= free[:-1] + years[1]).all() and len(free) > 1
    written = [column(name, "survivors", table[name]) for name in ("share", "low", "high")]
    assert [one["format"] for one in written] == [".1%"] * 3


@pytest.mark.parametrize(
    ("n_days", "kept", "said"),
    [
        ((8, 13), 12, "사라졌다"),
        ((8, 13), 18, "사라졌다고 할 수 없다"),
        ((2, 3), 2, "사라졌다고 할 수 없다"),
    ],
)
def test_the_front_page_says_whether_more_names_went_with_a_government(n_days, kept, said):
    """A false day of one name that went is no measure of days with twenty."""
    day = {"day": pd.Timestamp("2017-05-10"), "is_real": True, "n_alive": 20, "n_kept": kept}
    false = [day | {"is_real": False, "n_kept": 17 + n % 3} for n in range(n_days[1])]
    lonely = day | {"is_real": False, "n_alive": 1, "n_kept": 0}
    days = pd.DataFrame([day] * n_days[0] + false + [lonely]).eval("share = n_kept / n_alive")
    facts = lost_at_changes(days) | {"untested": ["2025-06-04"]}
    told = headlines_of("survivors", facts)[0]["text"]
    n, n_false = n_days
    assert told.startswith(f"정부가 바뀐 때에 사업·기관·구호의 이름이 더 {said}. ")
    assert f"정부가 바뀐 {n}번을 모으면 {kept / 20:.0%}({20 * n}개 가운데 {n * kept}개)다." in told
    assert f"정부가 바뀌지 않은 날 {n_false}개를 모으면 90%({20 * n_false}개 가운데" in told
    assert "가운데값은 90%다." in told and told.endswith("2025-06-04에 바뀐 때는 재지 못했다.")
    assert ("재면 p < 0.001이다. 바뀐 때의 기간은 서로 겹칠 수 있어 p는 어림이다." in told) == (
        said == "사라졌다"
    )
    assert ("견줄 날이 너무 적어" in told) == (not facts["can_tell"]) == (n == 2)


def test_a_sentence_says_nothing_of_none(tmp_path):
    text = "박하나 부산시장은 “규제를 풀겠다”고 말했다. 부산시와 현대자동차가 협약을 맺었다."
    corpus = corpus_of(tmp_path / "가", [{"date": "2019-05-01", "text": text}])
    assert quotations(corpus).finding.endswith(": 말한 이로 읽은 이름은 1가지다")
    assert "바로 앞 정부에서 이어진 것은 없다" in ties(corpus).finding


def test_faulty_figures_of_a_source_are_told_with_file_and_row(tmp_path):
    rows = [{"id": "a", "제목": "소식", "본문": "센터를 열었다.", "일자": "2019-05-01", "수치": [
        {"what": "센터", "value": 17, "unit": "개"}, {"what": "센터", "value": "열", "unit": "개"},
        {"what": "센터", "value": 1, "unit": "개", "색": "빨강"}]}]  # fmt: skip
    (tmp_path / "글.jsonl").write_text(json.dumps(rows[0], ensure_ascii=False), "utf-8")
    reading = read_documents([tmp_path / "글.jsonl"], columns={"figures": "수치"})
    assert len(json.loads(reading.documents["figures"].item())) == 1
    assert reading.rejects[["source_file", "row"]].values.tolist() == [["글.jsonl", 1]] * 2
    assert reading.rejects["reason"].str.contains("figures의 [23]번째").all()
    assert reading.files["n_found"].item() == 1


def test_seeds_give_their_targets_and_quotations():
    folder = HERE.parents[1] / "shared" / "seeds"
    if not folder.exists():
        pytest.skip("자료 다섯 건이 옆에 없다")
    reading = read_documents([folder])
    figures = find_figures.__wrapped__(reading.documents)
    targets = figures.loc[figures["kind"] == "target", ["value", "unit", "due"]].values.tolist()
    wanted = [[50, "개사", "2026"], [2, "곳", "2023-10"], [10, "곳", "2027"], [1.2e10, "원", ""]]
    assert [target for target in wanted if target not in targets] == []
    assert not (figures["value"] == 200e8).any()  # a headline beside an article
    quotes = find_quotations(reading.documents)
    assert quotes["quote"].nunique() == 14 and (quotes["speaker"] != "").all()
