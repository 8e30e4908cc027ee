import pandas as pd
import pytest

from policytext.schema import InsufficientData, SchemaError, check_documents, check_tokens


def _documents(**columns):
    """Two sound documents, with columns replaced."""
    row = {
        "title": "제목",
        "text": "창업을 돕는다",
        "date_basis": "metadata",
        "publisher": "",
        "genre": "news",
        "text_kind": "full",
        "url": "",
        "regions": "",
        "source_file": "a.csv",
        "text_sha256": "0" * 64,
    }
    frame = pd.DataFrame([row, row]).assign(
        doc_id=["a", "b"], date=pd.to_datetime(["2020-01-01", None])
    )
    return frame.assign(**columns)


def _tokens(**columns):
    rows = {"doc_id": ["a", "b"], "start": [0, 0], "end": [2, 2], "term": "창업", "tag": "NNG"}
    return pd.DataFrame(rows).assign(**columns)


def _faults(check, *tables):
    with pytest.raises(SchemaError) as caught:
        check(*tables)
    head, *faults = str(caught.value).split("\n- ")
    assert isinstance(caught.value, ValueError) and "원자료에서 고친 뒤" in head
    return head, faults


def test_sound_tables_come_back_unchanged():
    documents, tokens = _documents(more=1), _tokens()
    assert check_documents(documents) is documents
    assert check_tokens(tokens, documents) is tokens
    assert (
        check_tokens(tokens.astype({"doc_id": "category", "term": "category"}), documents)
        is not None
    )
    assert (
        check_documents(documents.head(0)).empty and check_tokens(tokens.head(0), documents).empty
    )


def test_every_fault_of_the_documents_is_listed_at_once():
    broken = _documents(
        doc_id=["a", "a"],
        title=["제목", 7],
        text=["글", None],
        date=["어제", "오늘"],
        genre=["news", "blog"],
        text_kind=["part", "full"],
        date_basis=["guess", "text"],
        text_sha256=["", "1"],
    ).drop(columns=["url", "regions"])
    head, faults = _faults(check_documents, broken)
    expected = {
        "'url' 열이 있어야 하는데 없습니다.",
        "'regions' 열이 있어야 하는데 없습니다.",
        "'doc_id' 열 0행에 겹치지 않는 값이 와야 하는데 'a'입니다.",
        "'doc_id' 열 1행에 겹치지 않는 값이 와야 하는데 'a'입니다.",
        "'title' 열 1행에 글자로 된 값이 와야 하는데 7입니다.",
        "'text' 열 1행에 빈 값이 아닌 값이 와야 하는데 None입니다.",
        "'date' 열에 날짜 자료형(datetime64)이 와야 하는데 str 자료형입니다.",
        "'genre' 열 1행에 speech, press_release, news, chronicle, other 가운데 하나가 와야 하는데 "
        "'blog'입니다.",
        "'text_kind' 열 0행에 full, excerpt, keywords 가운데 하나가 와야 하는데 'part'입니다.",
        "'date_basis' 열 0행에 metadata, text, filename, unknown 가운데 하나가 와야 하는데 "
        "'guess'입니다.",
        "'text_sha256' 열 0행에 비어 있지 않은 값이 와야 하는데 ''입니다.",
    }
    assert {fault.replace("nan입니다", "None입니다") for fault in faults} == expected
    assert len(faults) == len(expected)
    assert head.startswith(f"문서 표에 고칠 곳이 {len(expected)}곳")


@pytest.mark.parametrize("column", _documents().columns)
def test_every_column_of_the_documents_is_needed(column):
    _, faults = _faults(check_documents, _documents().drop(columns=column))
    assert faults == [f"'{column}' 열이 있어야 하는데 없습니다."]


def test_rows_are_named_as_the_table_names_them():
    _, faults = _faults(check_documents, _documents(genre=["x", "news"]).set_axis([70, 71]))
    assert faults[0].startswith("'genre' 열 70행에")


def test_a_long_list_is_cut_but_counted():
    many = pd.concat([_documents()] * 15, ignore_index=True).assign(
        doc_id=[str(i) for i in range(30)], genre="blog"
    )
    head, faults = _faults(check_documents, many)
    assert "30곳" in head and len(faults) == 21
    assert faults[-1] == "그 밖에 10곳"


def test_every_fault_of_the_tokens_is_listed_at_once():
    head, faults = _faults(
        check_tokens, _tokens(start=[-1, 0], term=["", "창업"], tag=[None, "NNG"])
    )
    assert head.startswith("토큰 표에 고칠 곳이 3곳")
    assert {fault.split("와야")[0] for fault in faults} == {
        "'start' 열 0행에 0 이상의 정수가 ",
        "'term' 열 0행에 비어 있지 않은 값이 ",
        "'tag' 열 0행에 빈 값이 아닌 값이 ",
    }


def test_offsets_that_are_not_numbers():
    _, faults = _faults(check_tokens, _tokens(start=["0", "x"]))
    assert faults == ["'start' 열에 0 이상의 정수가 와야 하는데 str 자료형입니다."]


def test_tokens_must_lie_inside_their_documents():
    tokens = _tokens(doc_id=["a", "c"], start=[3, 2], end=[8, 2])
    _, faults = _faults(check_tokens, tokens, _documents())
    assert faults == [
        "'end' 열 1행에 start보다 큰 값이 와야 하는데 2입니다.",
        "'doc_id' 열 1행에 문서 표에 있는 doc_id가 와야 하는데 'c'입니다.",
        "'end' 열 0행에 본문 길이 이하의 값이 와야 하는데 8입니다.",
    ]
    last = _tokens(start=[0, 5], end=[7, 7])
    assert check_tokens(last, _documents()) is last


def test_too_little_data_is_shown_as_one_sentence():
    assert InsufficientData("글이 모자랍니다.")._render_traceback_() == ["글이 모자랍니다."]
