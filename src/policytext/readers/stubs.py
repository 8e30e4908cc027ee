"""Releases whose page only points at an attachment, joined with the attachment beside it."""

from __future__ import annotations

import re
from collections import defaultdict

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
    note = "본문이 첨부파일을 가리키기만 합니다. 첨부파일을 같은 폴더에 두면 이어 붙입니다."
    return {"text_kind": "excerpt", "is_stub": True, "note": note}


def join_attachments(records: list[dict]) -> tuple[list[dict], dict[str, str]]:
    """Give each stub the text of the attachment in its folder that carries its name.

    A name fits when it begins with the name of the stub's file or holds the stub's id or its
    whole title. Where a release lies there as HWP and as PDF only the HWP is joined.

    Returns
    -------
    list of dict, dict
        The records left, and why attachments are no documents of their own any more
        (source_file -> reason).
    """
    beside: dict[str, list[dict]] = defaultdict(list)
    for record in records:
        if record["kind"] in _ATTACHED:
            beside[_folder(record)].append(record)
    joined: dict[str, str] = {}
    kept = []
    for record in records:
        fitting = [
            other
            for other in beside[_folder(record)]
            if record.get("is_stub") and other["source_file"] not in joined and _fits(record, other)
        ]
        if fitting:
            best = min(_ATTACHED.index(other["kind"]) for other in fitting)
            texts = [o["text"] for o in fitting if o["kind"] == _ATTACHED[best]]
            reason = f"'{record['source_file']}'의 본문에 이어 붙였습니다."
            joined |= {other["source_file"]: reason for other in fitting}
            record = {**record, "text": "\n".join([record["text"], *texts]), "text_kind": "full"}
        kept.append(record)
    return [record for record in kept if record["source_file"] not in joined], joined


def _folder(record: dict) -> str:
    return record["source_file"].rpartition("/")[0]


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()


def _fits(stub: dict, other: dict) -> bool:
    name = _plain(other["source_file"].rpartition("/")[2].rpartition(".")[0])
    stem = _plain(stub["source_file"].rpartition("/")[2].rpartition(".")[0])
    title, given = _plain(stub.get("title", "")), _plain(stub.get("doc_id", ""))
    is_page = stub["kind"] in ("html", "text")
    return (
        (is_page and len(stem) >= 4 and name.startswith(stem))
        or (len(given) >= 6 and given in name)
        or (len(title) >= 8 and title in name)
    )
