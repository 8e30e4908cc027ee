"""What changed between two runs of a study, from their manifests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from policytext.rendering.manifests import facts

KINDS = {
    "document": "문서와 자료",
    "parameter": "매개변수",
    "package": "패키지 판",
    "appeared": "나타난 발견",
    "vanished": "사라진 발견",
    "numbers": "숫자가 바뀐 발견",
    "flipped": "결론이 뒤집힌 발견",
}
COLUMNS = ["kind", "item", "before", "after"]
# Facts that repeat what `options` and `packages` say.
_REPEATED = re.compile(r"^(연구|본문|분석기)$|: ")
_NUMBERS = re.compile(r"\d[\d,]*(?:\.\d+)?")


def compare_manifests(old: Mapping, new: Mapping) -> pd.DataFrame:
    """Every difference between two runs, most consequential kind last.

    A finding of the same chapter counts as one with other *numbers* when only its numbers
    differ, and as *flipped* when a sentence with the same first word, or at the same place of
    an equally long chapter, now says something else.

    Parameters
    ----------
    old, new : mapping
        As :func:`policytext.rendering.manifests.read_manifest` gives.

    Returns
    -------
    DataFrame
        ``kind`` (a key of `KINDS`), ``item`` (what differs; the chapter of a finding),
        ``before, after`` (text; empty where there is none).

    Examples
    --------
    >>> run = {"reports": [], "options": {}, "python": "3.11.7"}
    >>> compare_manifests(run, run | {"python": "3.12.1"}).to_numpy().tolist()
    [['package', 'Python', '3.11.7', '3.12.1']]
    """
    rows = [
        *_differences("document", _documents(old), _documents(new)),
        *_differences("parameter", _options(old), _options(new)),
        *_differences("package", _packages(old), _packages(new)),
    ]
    chapters = dict.fromkeys(report["file"] for run in (old, new) for report in run["reports"])
    for file in chapters:
        rows += _findings(_chapter(old, file), _chapter(new, file))
    table = pd.DataFrame(rows, columns=COLUMNS)
    place = table["kind"].map({kind: number for number, kind in enumerate(KINDS)})
    return table.loc[place.sort_values(kind="stable").index].reset_index(drop=True)


def summary(table: pd.DataFrame) -> str:
    """The differences as Korean lines, one block a kind.

    >>> print(summary(pd.DataFrame([["parameter", "topics.min_df", "5", "4"]], columns=COLUMNS)))
    매개변수 1건
      topics.min_df: 5 → 4
    """
    if table.empty:
        return "두 실행은 문서, 매개변수, 패키지 판, 발견이 모두 같습니다."
    lines = []
    for kind, rows in table.groupby("kind", sort=False):
        lines.append(f"{KINDS[kind]} {len(rows)}건")
        for row in rows.itertuples():
            both = [part for part in (row.before, row.after) if part]
            is_same_kind = kind in ("document", "parameter", "package")
            shown = f"{row.before or '없음'} → {row.after or '없음'}"
            lines.append(f"  {row.item}: {shown if is_same_kind else ' → '.join(both)}")
    return "\n".join(lines)


def _documents(run: Mapping) -> dict[str, str]:
    return {key: value for key, value in facts(run).items() if not _REPEATED.search(key)}


def _options(run: Mapping) -> dict[str, str]:
    sections = run.get("options", {})
    return {
        f"{name}.{key}": str(value)
        for name, options in sections.items()
        for key, value in options.items()
    }


def _packages(run: Mapping) -> dict[str, str]:
    return {"Python": run.get("python", "")} | run.get("packages", {})


def _chapter(run: Mapping, file: str) -> Mapping:
    empty = {"title": "", "findings": []}
    return next((report for report in run["reports"] if report["file"] == file), empty)


def _differences(kind: str, old: Mapping, new: Mapping) -> Iterator[list[str]]:
    for item in dict.fromkeys([*old, *new]):
        before, after = old.get(item, ""), new.get(item, "")
        if before != after:
            yield [kind, item, before, after]


def _findings(old: Mapping, new: Mapping) -> list[list[str]]:
    """Rows for the findings of one chapter, pairing from the surest likeness to the least."""
    title = new["title"] or old["title"]
    before = list(enumerate(row["text"] for row in old["findings"]))
    after = list(enumerate(row["text"] for row in new["findings"]))
    likenesses = [
        (None, lambda place, text: text),
        ("numbers", lambda place, text: _NUMBERS.sub("#", text)),
        ("flipped", lambda place, text: text.split(" ")[0]),
    ]
    if len(before) == len(after):  # else sentences came or went, and places say nothing
        likenesses.append(("flipped", lambda place, text: place))
    rows = []
    for kind, key in likenesses:
        for one in list(before):
            other = next((two for two in after if key(*two) == key(*one)), None)
            if other is not None:
                before.remove(one)
                after.remove(other)
                rows += [[kind, title, one[1], other[1]]] if kind else []
    rows += [["vanished", title, text, ""] for _, text in before]
    return rows + [["appeared", title, "", text] for _, text in after]
