"""Every count of a built report, counted again from the evidence files beside it."""

import re
from pathlib import Path

import pandas as pd
from bs4 import BeautifulSoup


def recount(folder: Path) -> int:
    """Compare what figures and tables say with the evidence; return how many numbers agreed."""
    checked = 0
    for shown, evidence, by, column in _pairs(folder):
        found = _read(folder / "tables" / f"{evidence}.csv")
        if column == "n" and "n" in found:  # occurrences; elsewhere a row is a document
            counted = found.groupby(by)["n"].sum()
        else:
            counted = found.groupby(by, dropna=False)["doc_id"].nunique()
        table = shown.set_index(by)
        expected = table[column].fillna(0).astype(int)
        again = counted.reindex(expected.index).fillna(0).astype(int)
        wrong = expected[expected != again]
        assert wrong.empty, (folder.name, evidence, by, column, wrong.head(), again[wrong.index])
        checked += len(expected)
    return checked


def totals_are_printed(page: Path) -> int:
    """Every fold says how many there are; where fewer are shown, that and the rule."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    folds = soup.select("details.evidence")
    for fold in folds:
        total = int(re.search(r"([\d,]+)건", fold.summary.get_text())[1].replace(",", ""))
        items = len(fold.select("li"))
        assert items <= total, fold.summary.get_text()
        sample = fold.select_one(".sample")
        if 0 < items < total:
            assert re.search(
                rf"(쓰임|글) {total:,}건 가운데 {items:,}건을 보였습니다 \(.+\)", sample.text
            )
    return len(folds)


def _pairs(folder: Path):
    """(what is shown, name of its evidence, columns that name a cell, column of the count)."""
    figures, tables = folder / "figures", folder / "tables"
    documents = _read(tables / "documents.csv")
    rates = _read(tables / "coverage-rates.csv")
    yield rates, "documents", ["administration"], "n_documents"
    yield _read(figures / "coverage.csv"), "documents", ["year", "administration"], "n_documents"
    keys = ["term", "administration"]
    yield _read(figures / "keyness.csv"), "administrations-evidence", keys, "n"
    yield _read(figures / "keyness.csv"), "administrations-evidence", keys, "n_documents"
    if (figures / "regions.csv").is_file():  # texts that name no region have none
        regions = _read(figures / "regions.csv").rename(columns={"region": "term"})
        yield regions, "regions-evidence", keys, "n"
        yield regions, "regions-evidence", keys, "n_documents"
    top = _read(tables / "centrality.csv")
    yield top, "terms-evidence", ["term"], "n"
    yield top, "terms-evidence", ["term"], "n_documents"
    yield _read(tables / "topics.csv"), "topic-documents", ["topic"], "n_documents"
    shares = _read(tables / "topic-shares.csv")
    yield shares, "topic-documents", ["administration", "topic"], "n"
    for path in sorted(tables.glob("keyness-[0-9].csv")):
        yield _read(path), f"{path.stem}-evidence", keys, "n"
    cells = _read(figures / "terms-over-time.csv").rename(columns={"series": "term"})
    yield cells, "timeline-evidence", ["term", "administration", "period"], "n"
    cells = _read(figures / "topics-over-time.csv")
    yield cells, "timeline-documents", ["topic", "administration", "period"], "n"
    yield from _ledger(figures, tables)
    if not (figures / "steps.csv").is_file():  # nothing was removed
        return
    steps = _read(figures / "steps.csv").iloc[3:]  # after reading and the period
    steps = steps.rename(columns={"step": "removed_at"})
    assert set(documents["removed_at"].dropna()) <= set(steps["removed_at"])
    yield steps, "documents", ["removed_at"], "n_removed"


def _ledger(figures: Path, tables: Path):
    """Of each promise its later reports, a family once."""
    if not (figures / "promises.csv").is_file():  # texts that promise nothing have none
        return
    promises = _read(figures / "promises.csv")
    later = _read(tables / "followups.csv")
    assert not later.duplicated(["promise", "family_id"]).any()
    drawn = promises.set_index("promise")["n_later"]
    assert later["promise"].value_counts()[drawn.index].to_dict() == drawn.to_dict()
    yield from ()


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(
        path, encoding="utf-8-sig", dtype={"doc_id": str, "promise_doc_id": str, "term": str}
    )
