"""A researcher's own categories: rules of terms, counted and tested like words and topics."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pyparsing

from policytext.administrations import read_reference
from policytext.compare import timeline
from policytext.compare.proportions import share_table
from policytext.corpus import Corpus
from policytext.faults import InsufficientData, PolicyTextError
from policytext.report import charts, maps
from policytext.report.result import Result
from policytext.study import Study

FILE = "concepts.csv"  # in the study's own folder: concept, rule
AND, OR, NOT = "AND", "OR", "NOT"
_WORD = rf'(?!(?:{AND}|{OR}|{NOT})\b)[^\s()"]+'


def concept_shares(corpus: Corpus) -> Result:
    """How many of each administration's documents fit each concept of the study, and over time.

    Concepts stand in ``data/studies/<study>/concepts.csv``: a name and a rule of terms joined by
    AND, OR and NOT, with brackets where need be, as "(창업 OR 보육) AND NOT 농업". InsufficientData:
    the study has none.
    """
    rules = read_concepts(corpus.study)
    if not rules:
        raise InsufficientData(
            f"이 연구에는 개념이 없습니다. data/studies/{corpus.study.name}/{FILE}에 'concept,rule' "
            "열로 이름과 규칙(예: 창업 OR 보육)을 적으세요."
        )
    found = pd.concat([uses(corpus, concept) for concept in rules], ignore_index=True)
    table = share_table(found, corpus.documents, list(rules), "concept")
    table.insert(1, "rule", table["concept"].map(rules).map(_told))
    sure = table[(table["q"] < charts.ALPHA) & (table["share"] > table["share_rest"])]
    words = {term for rule in rules.values() for term in terms_of(rule)}
    facts = {
        "n_concepts": len(rules),
        "told": sure.sort_values("q").head(3).to_dict("records"),
        "unknown": sorted(words - set(corpus.matrix.terms)),
    }
    shown = "concept rule administration n_families share share_low share_high share_rest q"
    look = {"by": ("concept", "administration"), "columns": tuple(shown.split())}
    places = found.rename(columns={"term": "concept"})
    whole = Result("concept-shares", table, corpus, places=places, facts=facts, **look)
    return whole + _over_time(corpus, list(rules), places)


def _over_time(corpus: Corpus, concepts: list[str], places: pd.DataFrame) -> Result:
    documents, acting = corpus.documents, corpus.study.corpus.acting
    cells = timeline.calendar(documents, unit=timeline.choose_unit(documents), acting=acting)
    parts = []
    for concept in concepts:
        fits = np.where(spelled(corpus, concept)[1], 1, 2)
        placed = pd.DataFrame({"doc_id": documents["doc_id"], "topic": fits})
        rates = timeline.topic_rates(placed, documents, cells, {1: concept})
        parts.append(rates.assign(concept=concept))
    held = timeline.placed(documents[["doc_id", "date", "administration"]], cells)
    places = places.merge(held[["doc_id", "period"]], on="doc_id")
    shown = "concept administration period period_end n_families n value value_low value_high"
    drawing = {"colours": corpus.colours, "unit": "share"}
    look = {"draw": maps.timeline, "columns": tuple(shown.split()), "facts": {"drawing": drawing}}
    table = pd.concat(parts, ignore_index=True).drop(columns="topic")
    by = ("concept", "administration", "period")
    return Result("concepts-over-time", table, corpus, by=by, places=places, level=0, **look)


def read_concepts(study: Study) -> dict[str, object]:
    """Name and parsed rule of each of a study's concepts; none where there is no table.

    PolicyTextError: a missing column, or a rule that cannot be read, with its row.
    """
    path = study.folder / FILE
    return dict(_parsed(path, path.stat().st_mtime_ns)) if path.is_file() else {}


@cache
def _parsed(path, _changed: int) -> tuple:
    table = read_reference(path, "concept rule")
    rows = enumerate(zip(table["concept"], table["rule"], strict=True), start=2)
    return tuple(
        (concept.strip(), parse(rule, f"{path.name} {row}행")) for row, (concept, rule) in rows
    )


def parse(rule: str, where: str = "규칙") -> object:
    """A rule as nested lists; NOT binds before AND, AND before OR.

    >>> parse("창업 OR 규제 혁신 AND NOT 농업")
    ['창업', 'OR', ['규제 혁신', 'AND', ['NOT', '농업']]]
    """
    term = pyparsing.Regex(rf'"[^"]+"|{_WORD}(?:\s+{_WORD})*')
    term.set_parse_action(lambda found: " ".join(found[0].strip('"').split()))
    left, right = pyparsing.OpAssoc.LEFT, pyparsing.OpAssoc.RIGHT
    order = [(pyparsing.Keyword(NOT), 1, right), (pyparsing.Keyword(AND), 2, left),
             (pyparsing.Keyword(OR), 2, left)]  # fmt: skip
    try:
        read = pyparsing.infix_notation(term, order).parse_string(rule, parse_all=True).as_list()[0]
    except pyparsing.ParseException as error:
        raise PolicyTextError(
            f"{where}: ‘{rule}’의 {error.column}번째 글자부터 읽을 수 없습니다. 낱말을 AND, OR, "
            "NOT으로 잇고 괄호의 짝을 맞추세요."
        ) from None
    if not terms_of(read):
        raise PolicyTextError(
            f"{where}: ‘{rule}’에는 찾을 말이 없습니다. NOT이 아닌 말을 넣으세요."
        )
    return read


def terms_of(rule: object) -> list[str]:
    """The terms that a rule looks for; not those that it excludes.

    >>> terms_of(parse("(창업 OR 보육) AND NOT 농업"))
    ['창업', '보육']
    """
    if isinstance(rule, str):
        return [] if rule in (AND, OR) else [rule]
    return [] if rule[0] == NOT else [term for part in rule for term in terms_of(part)]


def spelled(corpus: Corpus, word: str) -> tuple[list[str], np.ndarray]:
    """The terms that a word or a concept counts, and in which documents of the corpus."""
    rule, matrix = read_concepts(corpus.study).get(word), corpus.matrix
    if rule is None:
        return [word], np.ones(len(matrix.doc_ids), dtype=bool)
    places = pd.Index(matrix.terms)

    def has(term: str) -> np.ndarray:
        column = places.get_indexer([term])
        return (matrix.counts[:, column[column >= 0]].sum(axis=1) > 0).A1

    return terms_of(rule), _holds(rule, has)


def uses(corpus: Corpus, word: str) -> pd.DataFrame:
    """:meth:`Corpus.mentions` of a word or, under its name, of a concept's terms where it holds."""
    terms, holds = spelled(corpus, word)
    found = corpus.mentions(terms)
    fitting = np.array(corpus.matrix.doc_ids, dtype=object)[holds]
    return found[found["doc_id"].isin(fitting)].assign(term=word)


def _holds(rule: object, has) -> np.ndarray:
    if isinstance(rule, str):
        return has(rule)
    if rule[0] == NOT:
        return ~_holds(rule[1], has)
    parts = [_holds(part, has) for part in rule[::2]]
    return np.logical_and.reduce(parts) if rule[1] == AND else np.logical_or.reduce(parts)


def _told(rule: object) -> str:
    """A rule with the brackets that show how it was read."""
    if isinstance(rule, str):
        return rule
    return " ".join(part if isinstance(part, str) else f"({_told(part)})" for part in rule)
