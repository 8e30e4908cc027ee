"""Tables of every form, their columns, their faulty rows, and exports of the news archive."""

from __future__ import annotations

import csv
import json
import zipfile

import pandas as pd
import pytest
from fixtures_texts import (
    BIGKINDS_HEADERS,
    BODY,
    bigkinds_rows,
    write_bigkinds,
    write_json_lines,
    write_sheets,
)

from policytext.faults import StudyError
from policytext.texts.files import read_documents
from policytext.texts.tables import as_text, guess_columns

CSV = """제목,본문,일자,언론사
창업,문을 열었다.,2015.3.2,나루신문
벤처,투자를 늘렸다.,2016.11,나루신문
"""


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_any_charset_and_delimiter(tmp_path, charset, delimiter):
    (tmp_path / "표.txt").write_bytes(CSV.replace(",", delimiter).encode(charset))
    reading = read_documents(tmp_path)
    documents = reading.documents
    assert reading.files[["kind", "status"]].values.tolist() == [["csv", "read"]]
    assert documents["text"].tolist() == ["문을 열었다.", "투자를 늘렸다."]
    spans = [[str(day)[:10] for day in documents[c]] for c in ("date", "date_from", "date_to")]
    assert spans == [["2015-03-02", end] for end in ("NaT", "2016-11-01", "2016-11-30")]
    assert documents["date_basis"].tolist() == ["metadata", "metadata"]


def test_every_table_form_gives_the_same_documents(tmp_path):
    rows = [("가-1", "창업", "첫 글이다.", "2015-03-02", "나루신문")]
    rows += [("가-2", "벤처", "둘째 글이다.", "2016", "")]
    table = pd.DataFrame(rows, columns="id title content date press".split())
    table.to_csv(tmp_path / "csv", index=False, encoding="cp949")
    table.to_parquet(tmp_path / "parquet")
    table.to_excel(tmp_path / "c.xlsx", index=False, engine="xlsxwriter")
    (tmp_path / "c.xlsx").rename(tmp_path / "xlsx")
    write_json_lines(tmp_path / "jsonl", table.to_dict("records"))
    table.to_json(tmp_path / "json", orient="records", force_ascii=False)
    frames = []
    for kind in ("csv", "parquet", "xlsx", "jsonl", "json"):
        reading = read_documents(tmp_path / kind)
        assert reading.files[["kind", "n_documents"]].values.tolist() == [[kind, 2]]
        frames.append(reading.documents.drop(columns="source_file"))
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frame, frames[0])
    assert frames[0]["doc_id"].tolist() == ["가-1", "가-2"]


def test_lists_are_joined_and_columns_given_by_name(tmp_path):
    row = {"id": "a", "title": "제목", "facts": ["하나다", "둘이다"], "kind": "news"}
    path = write_json_lines(tmp_path / "x.jsonl", [row | {"regions": ["가람", "다온"]}])
    columns = {"text": ["title", "facts"]}
    reading = read_documents(path, columns=columns, defaults={"genre": "chronicle"})
    row = reading.documents.loc[0]
    assert (row["text"], row["regions"]) == ("제목\n하나다\n둘이다", "가람;다온")
    assert (row["occasion"], row["genre"], row["doc_id"]) == ("news", "chronicle", "a")
    shown = reading.columns.set_index("column")["source_columns"]
    assert shown["text"] == "title, facts" and shown["occasion"] == "kind"


def test_a_cell_as_text():
    cells = [None, float("nan"), pd.NaT, 3.0, 2.5, [1.0, None, "가"], {"a": "가", "b": "나"}]
    assert [as_text(cell) for cell in cells] == ["", "", "", "3", "2.5", "1;가", "가 나"]


def test_missing_columns_are_named(tmp_path):
    path = tmp_path / "x.csv"

    def reason(**columns) -> str:
        (only,) = read_documents(path, columns=columns).rejects["reason"]
        return only

    path.write_text("이름,나이\n가,1\n", encoding="utf-8")
    told, listed = '본문 열을 찾지 못했습니다. columns에 text = "열 이름"을', "있는 열: 이름, 나이."
    assert reason() == f"{told} 적으세요. {listed}"
    with pytest.raises(StudyError, match=f"^'x.csv': columns의 text에 적은 .*없습니다. {listed}"):
        reason(text="본문")
    write_json_lines(path, [{"title": "가", "기사 본문": "글이다."}])
    (tmp_path / "글.txt").write_text("글이다.", encoding="utf-8")  # does not hide the slip
    with pytest.raises(StudyError, match="혹시 '기사 본문'인가요?"):
        read_documents(tmp_path, columns={"text": "기사의 본문"})
    assert read_documents(path, columns={"text": "기사본문"}).rejects.empty
    (tmp_path / "다른 표.csv").write_text("이름,나이\n가,1\n", encoding="utf-8")
    assert len(read_documents(tmp_path, columns={"text": "기사본문"}).rejects) == 1


def test_guess_prefers_specific_headers():
    headers = ["번호", "구분번호", "글제목", "내용", "연설일자", "대통령", "원문보기"]
    wanted = {"doc_id": "구분번호", "title": "글제목", "text": "내용", "date": "연설일자"}
    assert guess_columns(headers) == wanted | {"speaker": "대통령"}


def test_bad_rows_are_rejected_with_their_number(tmp_path):
    sound = '{"title": "가", "text": "글이다."}'
    csv_rows = "제목,본문\n가,글이다.\n나,글,너무,많다\n다,\n라,끝이다.\n"
    (tmp_path / "a.csv").write_text(csv_rows, encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(sound + '\n{"title": \n[1]\n', encoding="utf-8")
    (tmp_path / "c.json").write_text(f"[{sound}, 1]", encoding="utf-8")
    reading = read_documents(tmp_path)
    account = reading.files[["status", "n_documents"]].values.tolist()
    assert account == [["read", 2], ["read", 1], ["read", 1]]
    assert reading.rejects["row"].tolist() == [3, 4, 2, 3, 2]
    words = ["따옴표와 쉼표", "본문이 비어", "한 줄에 객체 하나", "JSON 객체", "JSON 객체"]
    found = zip(words, reading.rejects["reason"], strict=True)
    assert [word in reason for word, reason in found] == [True] * 5


def test_every_sheet_of_a_workbook_is_read_and_another_shape_is_a_reject(tmp_path):
    sheets = {}
    for name, day in (("앞", "2014. 3. 5."), ("뒤", "'19.3.5")):
        head = ["연번", "보도 일자", "보도자료 제목", "본문(전체)"]
        rows = [head, [1, day, f"{name} 글", "창업 지원을 늘렸다."]]
        above = [[]] * (name == "뒤")  # the second has one line more above its header
        sheets[name] = [[f"보도자료 목록({name})"], *above, *rows]
    sheets |= {"설명": [["작성 방법"]], "빈 시트": []}
    reading = read_documents(write_sheets(tmp_path / "목록.xlsx", sheets))
    assert reading.documents["title"].tolist() == ["앞 글", "뒤 글"]
    assert reading.documents["date"].astype("str").tolist() == ["2014-03-05", "2019-03-05"]
    assert reading.rejects["row"].tolist() == [1]
    assert reading.rejects.loc[0, "reason"].startswith("시트 '설명'에 다른 시트와 같은 열")


@pytest.mark.parametrize(("head", "n_documents"), [(["제목", "본문"], 1), ([], 0)])
def test_a_table_of_very_many_columns_is_a_table(tmp_path, head, n_documents):
    cells = ["가", "창업을 도왔다."][: len(head)] + ["1"] * 20_000
    names = head + [f"c{i}" for i in range(20_000)]
    (tmp_path / "넓은.csv").write_text(f"{','.join(names)}\n{','.join(cells)}", encoding="utf-8")
    reading = read_documents(tmp_path)
    assert reading.files["n_documents"].tolist() == [n_documents]
    assert all(r.startswith("본문 열을 찾지 못") for r in reading.rejects["reason"])


def test_prose_with_commas_is_not_a_table(tmp_path):
    (tmp_path / "a.txt").write_text("가, 나, 다를 보았다.\n라, 마, 바를 보았다.\n", "utf-8")
    assert read_documents(tmp_path).files["kind"].tolist() == ["text"]


def test_nested_json_does_not_stop_the_run(tmp_path):
    (tmp_path / "a.json").write_text("[" * 100_000, encoding="utf-8")
    (tmp_path / "b.json").write_text('{"a":' * 100_000, encoding="utf-8")
    assert set(read_documents(tmp_path, kind="json").files["status"]) == {"rejected"}
    assert len(read_documents(tmp_path).files) == 2


@pytest.mark.parametrize("kind", "json jsonl parquet xlsx hwp pdf korea_kr rss bigkinds".split())
def test_a_wrong_kind_is_a_reject(tmp_path, kind):
    (tmp_path / "a.txt").write_text(BODY, encoding="utf-8")
    reading = read_documents(tmp_path, kind=kind)
    assert reading.files["status"].tolist() == ["rejected"] and len(reading.rejects) >= 1


# Exports of the news archive


def write_bigkinds_csv(path, rows=None):
    with path.open("w", encoding="cp949", newline="") as file:
        csv.writer(file).writerows([BIGKINDS_HEADERS, *(rows or bigkinds_rows())])
    return path


@pytest.mark.parametrize("kind", [None, "bigkinds"])
@pytest.mark.parametrize("write", [write_bigkinds, write_bigkinds_csv])
def test_bigkinds(tmp_path, write, kind):
    reading = read_documents(write(tmp_path / "NewsResult_20240301-20240331.xlsx"), kind=kind)
    assert reading.files.loc[0, ["kind", "status"]].tolist() == ["bigkinds", "read"]
    kinds = reading.documents.groupby("text_kind")
    bodies, keywords = map(kinds.get_group, ("excerpt", "keywords"))
    assert bodies["title"].tolist() == ["첫 기사", "둘째 기사", "번호가 망가진 기사"]
    ids = ["01100101.20240305101010001", "01100101.20240306101010002"]
    assert bodies["doc_id"].tolist()[:2] == ids
    assert keywords["doc_id"].tolist()[:2] == [f"{name}-keywords" for name in ids]
    assert bodies["date"].dt.strftime("%m%d").tolist() == ["0305", "0306", "0309"]
    assert set(bodies["genre"]) == {"news"} and set(bodies["occasion"]) == {"경제>산업"}
    assert keywords["text"].tolist() == ["창업, 지원, 가람시"] * 3
    left_out, ruined = reading.notes["reason"]
    why = "분석제외 여부 '중복' 1건, 식별자나 주소가 앞에 나온 기사와 같음 1건"
    assert left_out == f"기사를 뺐습니다: {why}."
    assert "자릿수가 없어져" in ruined and reading.rejects.empty


def test_an_article_in_two_exports_is_read_once(tmp_path):
    write_bigkinds(tmp_path / "1월.xlsx")
    write_bigkinds_csv(tmp_path / "2월.csv")
    write_bigkinds_csv(tmp_path / "3월.csv", [r for r in bigkinds_rows() if isinstance(r[0], str)])
    reading = read_documents(tmp_path)
    # The article without a usable id is known by its address alone, and it has none.
    titles = reading.documents.query("text_kind == 'excerpt'")["title"].tolist()
    assert titles == ["첫 기사", "둘째 기사", *["번호가 망가진 기사"] * 2]
    assert reading.files["status"].tolist() == ["read", "read", "skipped"]
    left_out = reading.notes["reason"].str.extract(r"앞에 나온 기사와 같음 (\d)건")[0].dropna()
    assert left_out.astype(int).tolist() == [1, 3, 3]
    assert "남는 기사가 없습니다" in reading.files.loc[2, "reason"]


# Lists within JSON


def article(number: int) -> dict:
    body = f"정부는 {number}번째 거점을 새로 열고 창업을 돕는다고 밝혔다."
    return {"title": f"거점 {number}", "content": body, "date": f"2023-03-0{number}"}


NESTED = {
    "search hits": lambda a, b, c: {"took": 3, "hits": {"total": {"value": 3}, "hits": [
        {"_index": "news", "_id": str(n), "_source": one} for n, one in enumerate((a, b, c))]}},
    "pages": lambda a, b, c: [{"page": 1, "items": [a, b]}, {"page": 2, "items": [c]}],
    "years": lambda a, b, c: {"2022": [a], "2023": [b, c]},
    "parts": lambda *all: {"meta": {"total": 3, "title": "결과", "date": "2026-01-01"}, "list": [
        {"article": one, "press": {"name": "가나일보"}} for one in all]},
    "a day beside": lambda *all: [
        {"article": {"title": one["title"], "content": one["content"]}, "date": one["date"]}
        for one in all],
    "comments within": lambda *all: [
        one | {"comments": [{"title": "", "content": "좋은 정책이라고 생각합니다. " * 3}] * 4}
        for one in all],
}  # fmt: skip


@pytest.mark.parametrize("form", NESTED)
@pytest.mark.parametrize("given", [None, {"text": "content", "title": "title", "date": "date"}])
def test_no_record_of_nested_json_is_lost(tmp_path, form, given):
    articles = [article(number) for number in (1, 2, 3)]
    data = NESTED[form](*articles)
    (tmp_path / "a.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    records = data["hits"]["hits"] if form == "search hits" else data
    if isinstance(records, list) and form != "pages":
        write_json_lines(tmp_path / "b.jsonl", records)
    reading = read_documents(tmp_path, columns=given)
    documents = reading.documents.assign(date=reading.documents["date"].astype(str))
    wanted = pd.DataFrame(articles).rename(columns={"content": "text"})
    for _, own in documents.groupby("source_file"):
        assert own[[*wanted]].values.tolist() == wanted.values.tolist()
    assert reading.rejects.empty


def test_a_list_of_other_texts_is_counted_as_lost(tmp_path):
    replies = [{"body": article(number)["content"]} for number in (4, 5)]
    data = {"articles": [article(1), article(2)], "replies": replies, "tags": [{"value": "창업"}]}
    (tmp_path / "a.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    reading = read_documents(tmp_path)
    assert reading.files[["n_found", "n_read", "n_rejected"]].values.tolist() == [[4, 2, 2]]
    (reason,) = reading.rejects["reason"]
    assert reason.startswith(
        "목록 'replies'에 읽은 목록과 같은 열(content, date, title)이 없습니다."
    )


# Columns by their names, and by what they hold


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("date", "기사등록일 기사작성일 송고일 게재일 연설일 생산일 등록시간 발의일 년월일"),
        ("title", "헤드라인 기사명 공고명 타이틀"),
        ("publisher", "언론사명 신문사명 신문 언론 소관기관 주관기관 발표기관 담당부처명 방송사"),
    ],
)
def test_names_that_public_sources_give_their_columns(column, names):
    others = {"title": "제목", "text": "본문", "date": "날짜"} | {column: ""}
    for name in names.split():
        known = guess_columns([*filter(None, others.values()), "번호", name])
        assert known.get(column) == name, name
    assert column not in guess_columns(["본문", "최종수정일", "수정일시", "요일", "협력기관"])


@pytest.mark.parametrize(
    ("headers", "found"),
    [("선포", "선포"), ("최종수정", None), ("기준,마감", "기준"), ("기준,선포", None)],
)
def test_the_only_column_of_days_is_the_date(tmp_path, headers, found):
    names = headers.split(",")
    rows = [[f"거점 {n}", article(n)["content"], *[f"2023.3.{n}."] * len(names), 45000 + n]
            for n in range(1, 6)]  # fmt: skip
    path = tmp_path / "a.csv"
    pd.DataFrame(rows, columns=["제목", "본문", *names, "조회"]).to_csv(path, index=False)
    reading = read_documents(path)
    shown = reading.columns.set_index("column")["source_columns"]
    assert shown.get("date") == found and shown["text"] == "본문"
    assert reading.documents["date"].notna().all() == bool(found)
    assert "date" not in set(read_documents(path, columns={"date": ""}).columns["column"])


# Workbooks as people make them


def cells(*numbers: int, publisher: str = "나루부") -> list[list[str]]:
    return [[publisher, *article(number).values()] for number in numbers]


HEAD = ["부처", "제목", "본문", "등록일"]


@pytest.mark.parametrize("is_two_rows", [False, True])
def test_cells_merged_downwards_hold_for_each_row(tmp_path, is_two_rows):
    rows = cells(1, 2, 3)
    rows[1][0] = rows[1][3] = rows[2][0] = ""
    top = [["부처", "보도자료", "", ""], ["", *HEAD[1:]]] if is_two_rows else [HEAD]
    n, long = len(top), ["", "", "", ""]  # a text over two rows is one text
    merged = [(n, 0, n + 2, 0), (n, 3, n + 1, 3), *[(n + 3, c, n + 4, c) for c in range(4)]]
    merged += [(0, 0, 1, 0), (0, 1, 0, 3)] if is_two_rows else []
    path = write_sheets(tmp_path / "a.xlsx", {"가": [*top, *rows, *cells(4), long]}, merged)
    reading = read_documents(path)
    documents = reading.documents
    assert documents["publisher"].tolist() == ["나루부"] * 4 and reading.rejects.empty
    assert documents["date"].dt.day.tolist() == [1, 1, 3, 4]
    assert documents["title"].tolist() == [article(n)["title"] for n in (1, 2, 3, 4)]


def test_a_long_cell_merged_downwards_is_one_text(tmp_path):
    rows = [["제목", "본문", "담당자"], ["거점", BODY, "김"], ["", "", "이"]]
    path = write_sheets(tmp_path / "a.xlsx", {"가": rows}, [(1, 0, 2, 0), (1, 1, 2, 1)])
    reading = read_documents(path)
    assert len(BODY) > 100 and len(reading.documents) == len(reading.rejects) == 1


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_header_that_comes_again_is_no_text(tmp_path, form):
    rows = [HEAD, *cells(1), HEAD, *cells(2, 3)]
    path = tmp_path / f"a.{form}"
    if form == "csv":
        pd.DataFrame(rows).to_csv(path, index=False, header=False)
    else:
        write_sheets(path, {"가": rows})
    reading = read_documents(path)
    assert reading.documents["date"].dt.day.tolist() == [1, 2, 3] and reading.rejects.empty
    assert reading.files[["n_found", "n_read"]].values.tolist() == [[3, 3]]


ALL = {"doc_id": "번호", "publisher": "부처", "title": "제목", "text": "본문", "date": "등록일"}


@pytest.mark.parametrize("given", [None, ALL, {"text": "본문"}])
def test_sheets_that_call_their_columns_otherwise_are_read(tmp_path, given):
    other = ["소관부처", "보도자료명", "내용", "보도일"]
    rows = [[*row, str(n)] for n, row in enumerate(cells(1, 2))]
    sheets = {"가": [[*HEAD, "번호"], *rows], "나": [other, *cells(3)], "다": [["가"], ["나"]]}
    reading = read_documents(write_sheets(tmp_path / "a.xlsx", sheets), columns=given)
    assert reading.documents["date"].dt.day.tolist() == [1, 2, 3]
    assert reading.documents["publisher"].tolist() == ["나루부"] * 3
    assert reading.files[["n_found", "n_rejected"]].values.tolist() == [[4, 1]]
    assert reading.rejects["reason"][0].startswith("시트 '다'에")


@pytest.mark.parametrize(
    ("head", "row", "day"),
    [
        ("년,월,일", "2023,3,7", "2023-03-07"),
        ("연도,월,일", "2023년,3월,7일", "2023-03-07"),
        ("Year,Month,Day", "2023,03,07", "2023-03-07"),
        ("연도,월,작성일", "2022,1,2023-03-07", "2023-03-07"),
    ],
)
def test_a_day_in_three_columns_is_one(tmp_path, head, row, day):
    path = tmp_path / "a.csv"
    path.write_text(f"제목,본문,{head}\n거점,{article(1)['content']},{row}\n", "utf-8")
    assert read_documents(path).documents["date"].astype(str).tolist() == [day]


@pytest.mark.parametrize(
    ("days", "known"),
    [
        ("23-03-07 22-11-02", "2023-03-07 2022-11-02"),
        ("23/03/07 08/11/02", "2023-03-07 2008-11-02"),
        ("23.03.07 23/03/08 23-11-02", "2023-03-07 2023-03-08 2023-11-02"),
        ("03/07/23 11/02/23", "NaT NaT"),  # the month may be first
        ("23-03-07 23-13-02", "NaT NaT"),
    ],
)
def test_short_years_in_a_column_that_agrees(tmp_path, days, known):
    rows = "".join(f"{day},{article(1)['content']}\n" for day in days.split())
    (tmp_path / "a.csv").write_text(f"날짜,본문\n{rows}", "utf-8")
    found = read_documents(tmp_path).documents["date"].astype(str).fillna("NaT")
    assert found.tolist() == known.split()


def test_one_nul_costs_no_table_and_many_are_no_text(tmp_path):
    (tmp_path / "a.csv").write_text(CSV.replace("투자를", "투\0자를"), "utf-8")
    (tmp_path / "b.csv").write_bytes(CSV.encode("utf-16-le"))
    (tmp_path / "c.csv").write_bytes(CSV.encode() + b"\0" * 400)
    reading = read_documents(tmp_path)
    assert reading.files["status"].tolist() == ["read", "rejected", "rejected"]
    assert reading.documents["text"].tolist() == ["문을 열었다.", "투자를 늘렸다."]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.json", '["정부는 창업을 돕는다고 밝혔다.", "규제를 푼다."]', "객체"),
        ("a.json", '["정부는 \\"창업\\"을 돕는다."]', "객체"),
        ("a.rtf", "{\\rtf1\\ansi 창업}", "RTF"),
    ],
)
def test_what_is_no_list_of_records_is_said_to_be_none(tmp_path, name, content, told):
    (tmp_path / name).write_text(content, "utf-8")
    reading = read_documents(tmp_path)
    assert reading.documents.empty and told in reading.rejects["reason"][0]


@pytest.mark.parametrize("start", ["[2019.3.4]", "[1]", "['가', '나']", '["창업"]을 말한'])
def test_a_text_that_begins_with_a_bracket_is_a_text(tmp_path, start):
    (tmp_path / "a.txt").write_text(f"{start} 보도자료\n{BODY}", "utf-8")
    assert read_documents(tmp_path).files["kind"].tolist() == ["text"]


def test_hidden_sheets_and_formulas_without_values_are_told(tmp_path):
    head = [["제목", "날짜", "본문1", "본문2"]]
    own = [["가", "=DATE(2016,3,4)", "첫 글이다.", "이어진다."]]
    sheets = {"본": head + own, "옛것": head + [["나", "2016-03-05", "숨긴 글이다.", ""]]}
    write_sheets(tmp_path / "a.xlsx", sheets, hidden=["옛것"])
    with (
        zipfile.ZipFile(tmp_path / "a.xlsx") as made,
        zipfile.ZipFile(tmp_path / "b.xlsx", "w") as z,
    ):
        for name in made.namelist():  # as a program writes it that does not calculate
            z.writestr(name, made.read(name).replace(b"</f><v>0</v>", b"</f><v></v>"))
    reading = read_documents(tmp_path / "b.xlsx")
    assert reading.documents[["title", "text"]].values.tolist() == [["가", "첫 글이다.\n이어진다."]]
    assert reading.files[["n_read", "n_skipped", "n_rejected"]].values.tolist() == [[1, 1, 0]]
    told = " ".join(reading.notes["reason"])
    assert "숨긴 시트 '옛것'의 행 1건" in told and "수식 1칸에 계산한 값이 없어" in told
