"""What the explorer shows as HTML: small tables, lists of documents, a document to read."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from markupsafe import Markup, escape

from policytext import display
from policytext.korean import attach_particle
from policytext.lab.exploration import Exploration, column_of, tokens_of
from policytext.plots.terms import plot_term
from policytext.rendering.downloads import data_uri
from policytext.rendering.tables import table_html

MAX_DOCUMENTS = 300  # in the list to pick from
KEYNESS = {
    "administration": "정부", "n": "번", "n_documents": "글", "rate_per_10k": "1만 낱말에",
    "rate_rest_per_10k": "나머지", "log_odds": "로그 승산비", "log_odds_low": "아래",
    "log_odds_high": "위", "p": "p",
}  # fmt: skip
TOPICS = {
    "topic": "번호", "label": "주제", "n_with_term": "이 말을 쓴 글", "n_documents": "글",
    "share": "비율", "share_elsewhere": "나머지 주제", "rank": "주제 안 순위",
}  # fmt: skip
MOVED = {"administration": "정부", "n_kept": "그대로", "entered": "새로 든 말", "left": "나간 말"}
_TWO = dict.fromkeys(("log_odds", "log_odds_low", "log_odds_high"), ".2f")


def keyness_html(table: pd.DataFrame, term: str) -> Markup:
    """Table of :func:`policytext.lab.terms.term_keyness`."""
    formats = _TWO | {"rate_per_10k": ".1f", "rate_rest_per_10k": ".1f", "p": ".3f"}
    return table_html(table[list(KEYNESS)], escape(f"{_with(term)} 정부"), KEYNESS, formats)


def topics_html(table: pd.DataFrame, term: str, n: int = 6) -> Markup:
    """First rows of :func:`policytext.lab.terms.term_topics`."""
    formats = {"share": ".1%", "share_elsewhere": ".1%"}
    return table_html(table.head(n)[list(TOPICS)], escape(f"{_with(term)} 주제"), TOPICS, formats)


def moved_html(table: pd.DataFrame) -> Markup:
    """Table of :func:`policytext.lab.trials.moved_terms`."""
    return table_html(
        table[list(MOVED)],
        Markup("두드러진 말 10개의 앞뒤 (z의 순서. q는 다시 셈하지 않음)"),
        MOVED,
    )


def figure_html(ax, alt: str) -> Markup:
    """A figure as a picture in the page; it is closed."""
    content = io.BytesIO()
    ax.figure.savefig(content, format="svg")
    plt.close(ax.figure)
    return Markup('<img alt="{}" src="{}" style="width:100%;max-width:860px">').format(
        alt, data_uri("image/svg+xml", content.getvalue())
    )


def save_figure(folder: Path, view: str, table: pd.DataFrame, caption: str, code: str) -> Path:
    """Write a view into ``figures/`` of a study's folder under the next free number.

    Returns
    -------
    Path
        Without ending: beside it stand .svg, .png, .csv and the code as .py.
    """
    figures = folder / "figures"
    taken = [int(path.stem[-3:]) for path in figures.glob("*-[0-9][0-9][0-9].svg")]
    name = f"{view}-{max(taken, default=0) + 1:03}"
    display.begin(folder)
    display.figure(plot_term(view, table), name, caption=caption, alt=caption, data=table)
    (figures / f"{name}.py").write_text(code, encoding="utf-8")
    return figures / name


def document_options(part: Exploration, term: str) -> list[tuple[str, str]]:
    """Documents with a term in order of date, as (what is shown, doc_id), at most 300."""
    n = column_of(part, term).counts[:, [0]].toarray()[:, 0]
    rows = part.documents.assign(n=n)[n > 0].sort_values(["date", "doc_id"]).head(MAX_DOCUMENTS)
    days = rows["date"].dt.strftime("%Y-%m-%d").fillna("날짜 모름")
    return [
        (f"{day} · {row.administration} · {row.title} ({row.n}번)", row.doc_id)
        for day, row in zip(days, rows.itertuples(), strict=True)
    ]


def document_html(part: Exploration, doc_id: str | None, term: str) -> Markup:
    """A document with every occurrence of a term (none for an empty one) marked.

    >>> document_html(None, None, "창업")
    Markup('')
    """
    if doc_id is None:
        return Markup("")
    row = part.documents.set_index("doc_id").loc[doc_id]
    found = tokens_of(part.tokens[part.tokens["doc_id"] == doc_id], term).sort_values("start")
    text, at, body = row["text"], 0, Markup("")
    for start, end in zip(found["start"], found["end"], strict=True):
        body += Markup("{}<mark>{}</mark>").format(text[at:start], text[start:end])
        at = end
    body += text[at:]
    day = "날짜 모름" if pd.isna(row["date"]) else f"{row['date']:%Y-%m-%d}"
    times = f"‘{term}’ {len(found):,}번" if term else ""
    facts = [day, str(row["administration"]), row["publisher"], doc_id, times]
    return Markup(
        '<article tabindex="0" aria-label="{}" style="max-height:28em;overflow:auto">'
        '<h4>{}</h4><p>{}</p><div style="white-space:pre-wrap">{}</div></article>'
    ).format(row["title"], row["title"], " · ".join(filter(None, facts)), body)


def _with(term: str) -> str:
    return attach_particle(f"‘{term}’", "과/와")
