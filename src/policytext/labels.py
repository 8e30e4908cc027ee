"""Names that people give to topics, kept beside the study and found again after a refit.

Topics are numbered anew each time they are fitted, so a name is not tied to a number but to
the documents and terms it was given for.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from policytext import topics as clusters
from policytext.studies import Study
from policytext.topics import Topics

COLUMNS = ["label", "doc_ids", "terms"]
N_EXEMPLARS = 20  # documents nearest to the topic's centre that a name is tied to
N_TERMS = 10
MIN_OVERLAP = 0.5  # below this a name is not given to the topic
_BETWEEN = " | "  # ids and terms may hold spaces


def labels_path(study: Study) -> Path:
    """``data/studies/<study>/labels.csv``, beside the study's TOML file."""
    return study.path.parent / study.name / "labels.csv"


def read_labels(study: Study) -> pd.DataFrame:
    """Read the names given to a study's topics.

    Returns
    -------
    DataFrame
        ``label, doc_ids, terms``: the name, the ids of the topic's exemplary documents and its
        first terms when it was named (both separated by ``|``). No rows if nothing was named.

    Raises
    ------
    ValueError
        The file lacks a column.
    """
    path = labels_path(study)
    if not path.is_file():
        return pd.DataFrame(columns=COLUMNS, dtype=str)
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    missing = [column for column in COLUMNS if column not in table]
    if missing:
        raise ValueError(
            f"주제 이름표 {path.name}에 {', '.join(missing)} 열이 있어야 합니다. 찾은 열: "
            f"{', '.join(table.columns)}. 첫 줄을 '{','.join(COLUMNS)}'로 고치세요."
        )
    return table[COLUMNS]


def write_labels(study: Study, labels: pd.DataFrame) -> Path:
    """Write the names beside the study; the file before is replaced in one step.

    Parameters
    ----------
    study : Study
    labels : DataFrame
        As :func:`name_topics` gives.
    """
    path = labels_path(study)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    labels[COLUMNS].to_csv(draft, index=False, encoding="utf-8-sig", lineterminator="\n")
    draft.replace(path)
    return path


def name_topics(
    topics: Topics, names: Mapping[int, str], labels: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Tie names to the present topics.

    Parameters
    ----------
    topics : Topics
    names : mapping of topic to name
        An empty name takes the topic's name away.
    labels : DataFrame, optional
        The names so far; those that match other topics, or none, are kept.

    Returns
    -------
    DataFrame
        ``label, doc_ids, terms``, for :func:`write_labels`.

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "topic": [1, 1], "similarity": [0.9, 0.8]})
    >>> terms = pd.DataFrame({"topic": [1], "term": ["창업"], "weight": [1.0]})
    >>> named = name_topics(Topics(documents, terms, np.zeros((2, 1))), {1: "창업 지원"})
    >>> named.to_numpy().tolist()
    [['창업 지원', 'a | b', '창업']]
    """
    unknown = sorted(set(names) - set(topics.documents["topic"]))
    if unknown:
        raise ValueError(
            f"이름을 붙일 주제 {unknown[0]}번이 없습니다. 주제는 1번부터 "
            f"{topics.documents['topic'].max()}번까지 있습니다."
        )
    kept = _table([]) if labels is None else labels[COLUMNS]
    matched = match_labels(topics, kept)
    kept = kept[~matched["topic"].isin(list(names)).to_numpy()]
    rows = [
        (name.strip(), _BETWEEN.join(documents), _BETWEEN.join(terms))
        for number, name in names.items()
        if name.strip()
        for documents, terms in [_signature(topics, number)]
    ]
    return pd.concat([kept, _table(rows)], ignore_index=True)


def match_labels(topics: Topics, labels: pd.DataFrame) -> pd.DataFrame:
    """Find the topic that each name belongs to now.

    Parameters
    ----------
    topics : Topics
    labels : DataFrame
        As :func:`read_labels` gives.

    Returns
    -------
    DataFrame
        One row per name, in the order of `labels`: ``topic`` (nullable integer, <NA> where
        nothing matches), ``label``, ``overlap`` with the best topic it could have (0..1; mean
        of the share of the exemplary documents still in the corpus that lie in the topic, and
        of the share of the terms among the topic's), ``is_matched`` (overlap of 0.5 or
        more). No two names get one topic (Hungarian method).

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "topic": [1, 2], "similarity": 1.0})
    >>> terms = pd.DataFrame({"topic": [1, 2], "term": ["쌀", "창업"], "weight": 1.0})
    >>> labels = pd.DataFrame({"label": ["창업 지원"], "doc_ids": ["b"], "terms": ["창업"]})
    >>> match_labels(Topics(documents, terms, np.zeros((2, 1))), labels).to_numpy().tolist()
    [[2, '창업 지원', 1.0, True]]
    """
    numbers = clusters.labels(topics).index.to_numpy()
    overlap = np.array([_overlaps(topics, row, numbers) for row in labels.itertuples()])
    overlap = overlap.reshape(len(labels), len(numbers))
    best = overlap.max(axis=1, initial=0)
    topic = pd.array([pd.NA] * len(labels), dtype="Int64")
    for row, column in zip(*linear_sum_assignment(overlap, maximize=True), strict=True):
        if overlap[row, column] >= MIN_OVERLAP:
            topic[row], best[row] = numbers[column], overlap[row, column]
    return pd.DataFrame(
        {
            "topic": topic,
            "label": labels["label"].to_numpy(dtype=object),
            "overlap": best,
            "is_matched": ~pd.isna(topic),
        }
    )


def topic_names(topics: Topics, labels: pd.DataFrame, *, n_terms: int = 4) -> pd.Series:
    """Name of each topic: the one people gave, or else its first terms.

    Returns
    -------
    Series
        ``topic -> name``, as :func:`policytext.topics.labels`.
    """
    found = match_labels(topics, labels)
    given = found[found["is_matched"]].set_index("topic")["label"]
    names = clusters.labels(topics, n_terms=n_terms)
    return names.where(~names.index.isin(given.index), names.index.map(given.to_dict().get))


def _table(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS, dtype=str)


def _signature(topics: Topics, number: int) -> tuple[list[str], list[str]]:
    """Documents nearest to the topic's centre and its first terms."""
    members = topics.documents[topics.documents["topic"] == number]
    members = members.sort_values(["similarity", "doc_id"], ascending=[False, True])
    terms = topics.terms.loc[topics.terms["topic"] == number, "term"]
    return members["doc_id"].head(N_EXEMPLARS).tolist(), terms.head(N_TERMS).tolist()


def _overlaps(topics: Topics, label, numbers: np.ndarray) -> np.ndarray:
    """Overlap of one name with every topic; what the corpus no longer has is not held against it."""
    here = topics.documents[topics.documents["doc_id"].isin(label.doc_ids.split(_BETWEEN))]
    wanted = set(label.terms.split(_BETWEEN)) - {""}
    parts = []
    if len(here):
        parts.append(here["topic"].value_counts().reindex(numbers, fill_value=0) / len(here))
    if wanted:
        shared = topics.terms[topics.terms["term"].isin(wanted)].groupby("topic").size()
        parts.append(shared.reindex(numbers, fill_value=0) / len(wanted))
    return np.mean(parts, axis=0) if parts else np.zeros(len(numbers))
