"""The sentences behind a number, folded; all text is escaped here."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import pandas as pd
from markupsafe import Markup, escape

from policytext.korean import attach_particle
from policytext.rendering import sharing
from policytext.rendering.blocks import Block, quoted, sample_line


def evidence(
    rows: pd.DataFrame, *, term: str, total: int, rule: str = "나온 차례대로", noun: str = "문장"
) -> Block:
    """The sentences behind a number, folded: match marked, source linked.

    Parameters
    ----------
    rows : DataFrame
        The evidence table: `doc_id, before, match, after, date, administration, publisher, url`.
    term : str
        What was searched.
    total : int
        How many there are; when `rows` has fewer, `rule` says how they were chosen.
    rule : str
        Sampling rule, printed in "전체 N건 가운데 n건 (…)".
    noun : str
        What is counted: sentences, or documents.
    """
    missing = [column for column in ("before", "match", "after") if column not in rows.columns]
    if missing:
        raise ValueError(
            f"'{term}'의 근거 표에 열이 빠졌습니다: {', '.join(missing)}. "
            "evidence.concordance가 준 표를 넘겨 주세요."
        )
    if total < len(rows):
        raise ValueError(
            f"'{term}'의 근거는 {len(rows)}건인데 전체를 {total}건이라 했습니다. "
            "전체 건수를 확인해 주세요."
        )
    if sharing.is_safe():
        rows = sharing.snippets(rows, quoted())
        rule = f"{rule}, 공유용이라 글마다 몇 곳만"
    items = Markup("").join(_evidence_item(row) for row in rows.to_dict("records"))
    sample = Markup("")
    if len(rows) < total:
        sample = sample_line(f"전체 {total:,}건 가운데 {len(rows):,}건을 보였습니다 ({rule}).")
    body = (
        Markup("<ol>{}</ol>").format(items)
        if len(rows)
        else sample_line(f"보일 {attach_particle(noun, '이/가')} 없습니다.")
    )
    html = Markup(
        '<details class="evidence"><summary>근거 {} {:,}건<span class="of">: {}</span></summary>'
        '<div class="lines">{}{}</div></details>\n'
    ).format(noun, total, term, sample, body)
    return Block(html, f"근거 {noun} {total:,}건: {term}")


def _evidence_item(row: Mapping) -> Markup:
    """One sentence with its source line; only http(s) addresses become links."""
    date = pd.Timestamp(row.get("date"))
    day = "날짜 모름" if pd.isna(date) else f"{date.year}. {date.month}. {date.day}."
    facts = [day, row.get("administration"), row.get("publisher"), row.get("doc_id")]
    meta = [escape(str(fact)) for fact in facts if not pd.isna(fact) and str(fact)]
    url = row.get("url")
    if isinstance(url, str) and _is_web(url):
        meta.append(Markup('<a href="{}" rel="noopener noreferrer">원문</a>').format(url))
    return Markup('<li><p>{}<mark>{}</mark>{}</p><p class="meta">{}</p></li>').format(
        row["before"], row["match"], row["after"], Markup(" · ").join(meta)
    )


def _is_web(url: str) -> bool:
    """Whether an address is plain http(s) with a host."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
