"""Releases whose page only points at an attachment, joined with the attachment beside it."""

from __future__ import annotations

import re
from collections import defaultdict

import pandas as pd

from policytext.cleaning import text_hash

_STUB = re.compile(
    r"(?:첨부|붙임)\s?(?:된\s?)?(?:파일|자료|문서)?[^.\n]{0,20}(?:참고|참조|확인|내려)"
)
_ATTACHED = ("hwp", "pdf")  # the better first


def stub_mark(text: str) -> dict:
    """Marks a body that only points at its attachment.

    Examples
    --------
    >>> stub_mark("자세한 내용은 첨부파일을 참고하시기 바랍니다.")["text_kind"]
    'excerpt'
    """
    if len(text) >= 300 or not _STUB.search(text):
        return {}
    return {"text_kind": "excerpt", "stub": "yes"}


def join_attachments(documents: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Give each stub the text of the attachment in its folder that carries its name.

    A name fits when it begins with the name of the stub's file or holds the stub's id or its
    whole title. Where a release lies there as HWP and as PDF only the HWP is joined.

    Returns
    -------
    DataFrame, dict
        The documents left, and why attachments are no documents of their own any more
        (source_file -> reason).
    """
    documents = documents.copy()
    is_attached = documents["kind"].isin(_ATTACHED)
    joined: dict[str, str] = {}
    if not is_attached.any():
        return documents, joined
    beside: dict[str, list] = defaultdict(list)
    for other in documents[is_attached].itertuples():
        beside[_folder(other)].append(other)
    for stub in documents[documents["stub"] != ""].itertuples():
        fitting = [
            other
            for other in beside[_folder(stub)]
            if other.source_file not in joined and _fits(stub, other)
        ]
        if not fitting:
            continue
        best = min(_ATTACHED.index(other.kind) for other in fitting)
        texts = [other.text for other in fitting if other.kind == _ATTACHED[best]]
        text = "\n".join([stub.text, *texts])
        whole = {"text": text, "text_sha256": text_hash(text), "text_kind": "full", "stub": ""}
        documents.loc[stub.Index, list(whole)] = list(whole.values())
        reason = f"'{stub.source_file}'의 본문에 이어 붙였습니다."
        joined |= {other.source_file: reason for other in fitting}
    is_left = ~documents["source_file"].isin(list(joined))
    return documents[is_left].reset_index(drop=True), joined


def _folder(row) -> str:
    return row.source_file.rpartition("/")[0]


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()


def _fits(stub, other) -> bool:
    name = _plain(other.source_file.rpartition("/")[2].rpartition(".")[0])
    stem = _plain(stub.source_file.rpartition("/")[2].rpartition(".")[0])
    title, given = _plain(stub.title), _plain(stub.doc_id)
    is_page = stub.kind in ("html", "text")
    return (
        (is_page and len(stem) >= 4 and name.startswith(stem))
        or (len(given) >= 6 and given in name)
        or (len(title) >= 8 and title in name)
    )
