"""Terms and topics over time and by months in office; when a level changed, and how near to what.

A table of *cells* says what is compared: the days of one administration inside a month, a
quarter, or a year of its term. Only days of office count, a month in which the government
changes is two cells, and a cell without documents is a gap, never a zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
import scipy
from scipy import sparse

from policytext.administrations import assign_administrations, read_administrations, read_people
from policytext.compare.contrasts import compared, formulas_of, main_stratum
from policytext.compare.experiments import TRIED
from policytext.compare.renames import structural_zeros
from policytext.compare.units import ALPHA, exact_interval, family_units, is_reworded, picker
from policytext.corpus import Corpus
from policytext.faults import InsufficientData, known_values
from policytext.report import maps
from policytext.report.charts import CROWD
from policytext.report.result import Result, occurrences, say
from policytext.store import stored
from policytext.topics.clusters import fragile_topics, stable_topics
from policytext.words.counts import TermMatrix

UNITS = {"month": "M", "quarter": "Q", "year": "Y"}
UNIT_NAMES = {"month": "한 달", "quarter": "석 달", "year": "한 해"}
MIN_FAMILIES = 5  # in the middle cell; a finer calendar shows noise
NOT_YET, ENDED, NO_RECORD = "아직", "임기 끝", "기록 없음"
BLOCK = 3  # cells that stay together when a series is permuted
MIN_CELLS = 3  # on either side of a change
SHIFT_DAYS = 15  # between false calendars
NEAR_DAYS = 92  # a change so far from an inauguration is told as near
MONTH_DAYS = 30
GAP_DAYS = 92  # without texts: no level goes on and no change is sought across more
AROUND_DAYS = 180  # before and after a change, opened as its evidence
N_DRAWN = 6  # series
MOST_YEARS = 25  # drawn one by one; of a longer period two or more together
_CHANGES = (
    "series date date_low date_high before after p q administration distance_days p_placebo "
    "q_placebo event is_firm"
).split()
_CELLS = ("administration", "period", "period_end")
_VALUES = ("n_families", "n", "value", "value_low", "value_high")
_FLOW = (*_CELLS, *_VALUES, "series")


def terms_over_time(corpus: Corpus, terms: Sequence[str] = ()) -> Result:
    """Rates of terms over time and when their level changed.

    Without `terms`, those of :func:`distinctive_terms`; PolicyTextError: one that is not counted. What a chronicle among the study's own
    sources tells of stands beside the changes in the table.
    """
    (cells, facts), years = _calendar_of(corpus), _years(corpus)
    chosen = _chosen(corpus, terms)
    rates = partial(term_rates, corpus.keyness_matrix, corpus.documents, terms=chosen)
    fine, table = rates(cells), rates(years)
    changes = change_points(fine, random_state=corpus.study.comparison.random_state)
    mentions = corpus.mentions(chosen).rename(columns={"term": "series"})
    told = _told_changes(changes, len(chosen), fine) | {"is_chosen": not terms}
    told["seen"] = None if told["largest"] else _visible(fine)
    told["can_choose"] = len(corpus.order) > 1 and bool(corpus.administrations)
    told["conditions"] = {"고른 말": ", ".join(chosen), "달력의 칸": facts["step"]}
    told["drawing"] = {"changes": changes, "colours": corpus.colours}
    look = {"by": ("series", *_CELLS[:2]), "evidence_n": 1, "columns": _FLOW}
    look |= {"places": placed(mentions, years), "draw": maps.timeline}
    look |= {"view": _of_large(table, corpus), "level": _level(told)}
    flow = Result("terms-over-time", table, corpus, facts=facts | told, **look)
    return flow + _changes_of("term-changes", changes, corpus, mentions, facts)


def topics_over_time(corpus: Corpus) -> Result:
    """Shares of topics over time and when their level changed."""
    (cells, facts), years = _calendar_of(corpus), _years(corpus)
    fine, changes, order = _topic_flow(corpus, cells)
    names = corpus.topic_names
    table = topic_rates(corpus.topics.documents, corpus.documents, years, names)
    firm = names[stable_topics(corpus)]
    fragile = names[fragile_topics(corpus)["topic"]].tolist()
    told = _told_changes(changes[changes["series"].isin(firm)], len(firm), fine, fragile)
    first = _drawn([told["largest"]], order)
    told |= {"n_topics": len(names), "n_shown": len(first), "kinds": main_stratum(corpus)}
    told |= {"step": facts["step"], "is_reworded": is_reworded(corpus), "is_null": not len(firm)}
    told["seen"] = None if told["largest"] else _visible(fine[fine["series"].isin(firm)])
    opening = say("findings", "topics-over-time-opening", told)
    told["openings"] = [{"text": opening, "anchor": "finding-topics-over-time"}] if opening else []
    told["drawing"] = {"changes": changes, "colours": corpus.colours, "unit": "share"}
    about = _of_topics(corpus, corpus.documents, years)
    look = {"by": ("topic", *_CELLS[:2]), "evidence_n": 1, "columns": _FLOW}
    look |= {"places": about, "draw": maps.timeline}
    look |= {"view": _of_large(table[table["series"].isin(first)], corpus), "level": _level(told)}
    flow = Result("topics-over-time", table, corpus, facts=facts | told, **look)
    changes = changes.assign(is_firm=changes["series"].isin(firm))
    return flow + _changes_of("topic-changes", changes, corpus, about, facts)


def same_age(corpus: Corpus, terms: Sequence[str] = ()) -> Result:
    """Terms and topics in the same months of every term of office; `terms` as in the rates."""
    corpus.check(n_large=2)
    documents = corpus.documents[corpus.large.notna().to_numpy()]
    windows = office_windows(documents, acting=corpus.study.corpus.acting)
    n_series = N_DRAWN if len(corpus.administrations) <= CROWD else N_DRAWN // 3
    chosen = _chosen(corpus, terms)[:n_series]
    order = _topic_flow(corpus, _calendar_of(corpus)[0])[2]
    of_terms = term_rates(corpus.keyness_matrix, documents, windows, chosen)
    of_topics = topic_rates(corpus.topics.documents, documents, windows, corpus.topic_names)
    mentions = placed(corpus.mentions(chosen).rename(columns={"term": "series"}), windows)
    about = _of_topics(corpus, documents, windows).assign(start=0, end=0)
    facts = {"n_documents": len(documents), "drawing": {"colours": corpus.colours}}
    columns = ("administration", "months", "series", *_VALUES, "office_days")
    look = {"by": ("series", "administration", "window"), "evidence_n": 1, "columns": columns}
    look |= {"places": about, "draw": partial(maps.office_windows, unit="share"), "level": 0}
    is_firm = of_topics["series"].isin(corpus.topic_names[stable_topics(corpus)])
    told = facts | _told_windows(of_topics[is_firm])
    drawn = _drawn(told["sides"], order, n_series)
    look["view"] = _reached(of_topics[of_topics["series"].isin(drawn)], windows)
    by_topics = Result("topics-by-months-in-office", of_topics, corpus, facts=told, **look)
    look |= {"places": mentions, "draw": maps.office_windows}
    look["view"] = _reached(of_terms, windows)
    told = facts | _told_windows(of_terms)
    by_terms = Result("terms-by-months-in-office", of_terms, corpus, facts=told, **look)
    facts = {"n_governments": windows["administration"].nunique(), "months": _shared(windows)}
    finding = Result("same-age", windows, corpus, facts=facts, level=3, file="")
    return finding.only("finding", more=[by_terms, by_topics])


def recounts(corpus: Corpus, *results: Result) -> Result:
    """What the counts of these results add up from, document by document, with its year."""
    held = placed(corpus.documents.drop(columns="text"), _years(corpus))
    counts = occurrences("timeline-evidence", corpus, *results)
    counts = counts.table.merge(held[["doc_id", "period"]], on="doc_id")
    about = held.merge(corpus.topics.documents, on="doc_id")
    about = about["doc_id topic period date administration publisher title url".split()]
    kept = {"corpus": corpus, "parts": ("kept",)}
    return Result("timeline-evidence", counts, **kept) + Result("timeline-documents", about, **kept)


def _chosen(corpus: Corpus, terms: str | Sequence[str]) -> list[str]:
    """The terms asked for, or else the distinctive ones."""
    told = f"글 {corpus.study.comparison.min_df}건 이상에 나온 낱말 가운데"
    return known_values(terms or (), corpus.keyness_matrix.terms, told) or distinctive_terms(corpus)


def distinctive_terms(corpus: Corpus) -> list[str]:
    """The surest terms of each administration, without people, formulas, bodies to come."""
    if len(corpus.order) < 2:
        return []
    table = compared(corpus, strata=main_stratum(corpus))  # what chapter 4 calls distinctive
    sure = table[(table["z"] > 0) & (table["q"] < ALPHA) & ~table["term"].isin(read_people())]
    sure = sure[sure["administration"].isin(corpus.administrations)]
    zeros = structural_zeros(sure["term"], corpus.documents)
    absent = zeros.loc[zeros["is_structural_zero"].astype(bool), "term"]
    formulas = formulas_of(corpus, sure).query("is_formula")["term"]
    sure = sure[~sure["term"].isin({*absent, *formulas})]
    n_each = 2 if len(corpus.administrations) <= CROWD else 1
    return sure.groupby("administration").head(n_each)["term"].unique().tolist()


def choose_unit(documents: pd.DataFrame) -> str:
    """The finest of month, quarter and year whose middle cell has five families or more.

    >>> days = pd.date_range("2014-01-01", periods=24, freq="15D")
    >>> choose_unit(pd.DataFrame({"date": days, "family_id": range(24)}))
    'quarter'
    """
    for unit, frequency in UNITS.items():
        sizes = documents.groupby(documents["date"].dt.to_period(frequency))["family_id"].nunique()
        if len(sizes) and sizes.median() >= MIN_FAMILIES:
            return unit
    return "year"


def calendar(
    documents: pd.DataFrame, *, unit: str = "month", acting: str = "separate"
) -> pd.DataFrame:
    """Cells of a month, quarter or year from the first to the last dated document.

    ``administration, period, period_end`` (first and last day of office in the cell),
    ``office_days``, in order of time. Days of administrations without any of the documents
    (``date, administration``) are left out; `acting` must be what these were assigned with.

    >>> days = pd.to_datetime(["2017-04-01", "2017-05-20"])
    >>> calendar(assign_administrations(pd.DataFrame({"date": days})))["office_days"].tolist()
    [30, 9, 11]
    """
    known_values(unit, UNITS, "단위")
    days = _days_of_office(documents, acting)
    return _cells(days.assign(cell=days["date"].dt.to_period(UNITS[unit])), "cell")


def office_windows(documents: pd.DataFrame, *, acting: str = "separate") -> pd.DataFrame:
    """Cells of twelve months in office, so that terms are compared at the same age.

    One row per administration and window, up to the longest: ``administration, window`` (from
    1), ``months`` ("1–12"), the rest as in :func:`calendar`; ``status``: empty, or why there are
    no such days ("아직": in office at the end of the corpus; "임기 끝": left before; "기록
    없음": before the corpus begins).
    """
    days = _days_of_office(documents, acting)
    days["window"] = (days["months_in_office"] // 12).astype(int) + 1
    order, keys = days["administration"].drop_duplicates(), ["administration", "window"]
    grid = pd.MultiIndex.from_product([order, range(1, days["window"].max() + 1)], names=keys)
    cells = _cells(days, "window").set_index(keys).reindex(grid).reset_index()
    cells["office_days"] = cells["office_days"].fillna(0).astype(int)
    first = (cells["window"] - 1) * 12 + 1
    cells.insert(2, "months", first.astype(str) + "–" + (first + 11).astype(str))
    seen = days.groupby("administration")["window"].min()
    is_before = cells["window"] < cells["administration"].map(seen)
    governs = cells["administration"] == days["administration"].iloc[-1]
    why = np.select([is_before, governs], [NO_RECORD, NOT_YET], ENDED)
    return cells.assign(status=np.where(cells["office_days"] > 0, "", why))


def cell_of(documents: pd.DataFrame, cells: pd.DataFrame) -> np.ndarray:
    """Row of the cell that holds each document's day and administration; -1 for none."""
    asked = documents[["date", "administration"]].reset_index(drop=True)
    asked = asked.assign(date=asked["date"].dt.normalize(), row=asked.index)
    held = cells[["period", "period_end", "administration"]].reset_index(drop=True)
    held = held.assign(cell=held.index)
    for table, day in ((asked, "date"), (held, "period")):
        table["day"] = table[day].astype("datetime64[ns]")
        table["administration"] = table["administration"].fillna("").astype(str)
    sides = (table.dropna(subset="day").sort_values("day") for table in (asked, held))
    found = pd.merge_asof(*sides, on="day", by="administration")
    found = found[found["day"] <= found["period_end"]]
    cell = np.full(len(documents), -1)
    cell[found["row"]] = found["cell"].astype(int)
    return cell


def placed(documents: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """The documents that lie in some cell, with the ``period`` (and ``window``) of theirs.

    >>> documents = assign_administrations(pd.DataFrame({"date": pd.to_datetime(["2017-04-03"])}))
    >>> placed(documents, calendar(documents))["period"].dt.day.tolist()
    [3]
    """
    cell = cell_of(documents, cells)
    held = cells.loc[:, cells.columns.isin(["period", "window"])].iloc[cell[cell >= 0]]
    return documents[cell >= 0].assign(**{name: held[name].to_numpy() for name in held})


def term_rates(
    matrix: TermMatrix, documents: pd.DataFrame, cells: pd.DataFrame, terms: Sequence[str]
) -> pd.DataFrame:
    """Rate of each term per 10,000 tokens in each cell, every family counting once a cell.

    All terms of `matrix` make up the 10,000; of `terms` those it does not have are left out, and
    of `documents` (``doc_id, date, administration, family_id``) those without a day. The columns
    of `cells` for each term and cell; ``n`` tokens, ``n_documents, n_families`` of the cell;
    ``n_once, exposure`` (the term's tokens and all tokens when a family counts once); ``value``
    with ``value_low, value_high`` (95 %), NaN in a cell without tokens; ``series`` (the term). A
    ``status`` becomes "기록 없음" in a cell with days of office but no tokens.

    Notes
    -----
    The interval is the exact binomial one (Clopper & Pearson 1934) on counts divided by the term's
    overdispersion between families of one cell: the sum of squared deviations over what dealing
    the cell's tokens out at random would give (hypergeometric), at least 1. A cell without the
    term thus has an upper bound. NaN where no cell has two families.

    >>> matrix = TermMatrix(sparse.csr_matrix([[1, 9], [3, 7]]), ["a", "b"], ["창업", "혁신"])
    >>> documents = assign_administrations(pd.DataFrame({"doc_id": ["a", "b"],
    ...     "family_id": ["a", "b"], "date": pd.to_datetime(["2014-01-05", "2014-03-05"])}))
    >>> term_rates(matrix, documents, calendar(documents), ["창업"])["value"].tolist()
    [1000.0, nan, 3000.0]
    """
    place = {term: column for column, term in enumerate(matrix.terms)}
    known = [term for term in dict.fromkeys(terms) if term in place]
    table = _measured(matrix, documents, cells, [place[term] for term in known], 10_000)
    return table.assign(series=np.repeat(np.array(known, dtype=object), len(cells)))


def topic_rates(
    topic_documents: pd.DataFrame, documents: pd.DataFrame, cells: pd.DataFrame, labels: Mapping
) -> pd.DataFrame:
    """Share of each labelled topic among the families of each cell.

    `topic_documents` has ``doc_id, topic``; those of topic 0 are left out. As :func:`term_rates`,
    with ``series`` the label and ``topic``; ``value`` is a share (0..1), ``exposure`` families.
    """
    own = topic_documents[topic_documents["topic"] != 0]
    votes = pd.get_dummies(own["topic"], dtype=np.int64)
    matrix = TermMatrix(sparse.csr_matrix(votes.to_numpy()), own["doc_id"].tolist(), [*votes])
    wanted = [place for place, topic in enumerate(votes) if topic in labels]
    table = _measured(matrix, documents, cells, wanted, 1)
    topic = np.repeat(votes.columns[wanted].to_numpy(int), len(cells))
    return table.assign(topic=topic, series=[labels[number] for number in topic])


@stored
def change_points(
    table: pd.DataFrame,
    *,
    n_permutations: int = 999,
    random_state: int = 0,
    administrations: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Find the days on which the level of a series changed.

    `table` is that of :func:`term_rates` or :func:`topic_rates`; cells without exposure are
    skipped, three lie on either side of a change, and none is sought across more than 92 days
    without texts, nor in the three cells beside them. One row per change: ``series, date`` (first
    day of the first cell of the new level) with ``date_low, date_high`` (first days of cells,
    95 %); ``before, after`` (pooled values on either side, up to the next change or gap), ``since,
    until`` which days; ``change``; ``p``, how often a series without a change shows one as strong,
    ``q`` (Benjamini-Hochberg; a series without a change counts as p = 1); the nearest ``inauguration`` of a president among the
    administrations of the table, its ``administration``, ``distance_days`` from it (negative:
    before it), missing where there is none; ``p_placebo``, how often false ones lie as near,
    ``q_placebo`` (Benjamini-Hochberg over all changes).

    Notes
    -----
    *Where.* The share x of tokens is stabilised as arcsin √x, whose variance is φ / 4n, and cut by
    a regression tree of scikit-learn on time, pruned at its cost-complexity (Breiman et al. 1984):
    binary segmentation with a penalty of 3 ln T · φ for each change (T cells; Zhang & Siegmund
    2007), φ from the differences between neighbouring cells, at least 1.

    *Whether.* Within the span up to the changes before and after, cells are permuted in blocks of
    three; ``p`` is how often the best cut anywhere gains as much as this one. For the interval of
    the date, what the two levels leave over is permuted in the same way; it holds the cuts that
    gain as little less than the best one as such series lose at the true cut.

    *Why then.* The calendar of inaugurations is shifted round the whole period in steps of 15
    days, so that false governments have the lengths of the real ones; ``p_placebo`` is how often a
    change of the series at least as large lies as near to a false inauguration (nearness is not
    told apart below the length of a cell). With one inauguration every sixty months it can hardly
    fall below 2 / 60.

    >>> months = pd.date_range("2015-01-01", periods=48, freq="MS")
    >>> table = pd.DataFrame({"series": "창업", "period": months, "exposure": 1000.0,
    ...     "period_end": months + pd.offsets.MonthEnd(1), "n_once": [5] * 28 + [50] * 20})
    >>> found = change_points(table.assign(value=table["n_once"] * 10), n_permutations=99)
    >>> found[["before", "after", "distance_days"]].values.tolist()
    [[50.0, 500.0, -9.0]]
    """
    starts = inaugurations(administrations, table.get("administration"))
    span = pd.to_datetime(table["period"]).min(), pd.to_datetime(table["period_end"]).max()
    rng = np.random.default_rng(random_state)
    rows = []
    for name, series in table.groupby("series", sort=False):
        series = series[series["exposure"] > 0].sort_values("period", ignore_index=True)
        gaps = (series["period"] - series["period_end"].shift()).dt.days > GAP_DAYS
        parts = [part.reset_index(drop=True) for _, part in series.groupby(gaps.cumsum())]
        found = [_changes(name, part, n_permutations, rng) for part in parts]
        rows += _near_what([row for part in found for row in part], series, starts, span)
    names = (
        "series date date_low date_high since until before after change p inauguration "
        "administration distance_days p_placebo"
    )
    found = pd.DataFrame(rows, columns=names.split())
    days = ["date", "date_low", "date_high", "since", "until", "inauguration"]
    sizes = ["before", "after", "change", "p", "distance_days", "p_placebo"]
    found = found.astype(dict.fromkeys(days, "datetime64[ns]") | dict.fromkeys(sizes, float))
    unchanged = table["series"].nunique() - found["series"].nunique()
    q = scipy.stats.false_discovery_control([*found["p"], *[1.0] * unchanged])
    found.insert(found.columns.get_loc("p") + 1, "q", q[: len(found)])
    tried = found["p_placebo"].dropna()
    q = scipy.stats.false_discovery_control(tried)
    return found.assign(q_placebo=pd.Series(q, tried.index))


def with_events(changes: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Add ``event, event_date``: what a chronicle (``date, title``) tells of around each change.

    The nearest event within 60 days whose title has the series in it, or else the nearest; empty
    and NaT when there is none. That it is near is no proof that it is the cause.

    >>> day = pd.to_datetime(["2014-09-15"])
    >>> events = pd.DataFrame({"date": day, "title": ["대구 센터 출범"]})
    >>> with_events(pd.DataFrame({"series": ["창업"], "date": day}), events)["event"].tolist()
    ['대구 센터 출범']
    """
    events = events.dropna(subset="date").sort_values(["date", "title"])
    found = []
    for change in changes.itertuples():
        away = (events["date"] - change.date).abs()
        unnamed = ~events["title"].str.contains(str(change.series), regex=False)
        near = events.assign(away=away, unnamed=unnamed)[away <= pd.Timedelta(days=60)]
        near = near.sort_values(["unnamed", "away"], kind="stable")
        found.append(near.iloc[0][["title", "date"]].tolist() if len(near) else ["", pd.NaT])
    added = pd.DataFrame(found, columns=["event", "event_date"], index=changes.index)
    return changes.assign(event=added["event"], event_date=pd.to_datetime(added["event_date"]))


def _calendar_of(corpus: Corpus) -> tuple[pd.DataFrame, dict]:
    """Cells of the unit that the documents bear, and what captions say of them."""
    unit = choose_unit(corpus.documents)
    cells = calendar(corpus.documents, unit=unit, acting=corpus.study.corpus.acting)
    n = int((cell_of(corpus.documents, cells) >= 0).sum())
    first, last = cells["period"].min(), cells["period_end"].max()
    facts = {"n_documents": n, "first": first, "last": last, "step": UNIT_NAMES[unit]}
    return cells, facts | {"n_years": _years_together(corpus.documents["date"].dt.year)}


def _years(corpus: Corpus) -> pd.DataFrame:
    """The cells that are drawn: years, or a few together, divided where the government changes."""
    days = _days_of_office(corpus.documents, corpus.study.corpus.acting)
    year, step = days["date"].dt.year, _years_together(days["date"].dt.year)
    since = year - year.groupby(days["administration"]).transform("min")
    return _cells(days.assign(cell=since // step), "cell")


def _years_together(years: pd.Series) -> int:
    return -(-years.dropna().nunique() // MOST_YEARS)


def _of_large(table: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """The cells of governments with texts enough to be drawn, or of all where none has."""
    is_large = table["administration"].isin(corpus.administrations)
    return table[is_large | ~is_large.any()].reset_index(drop=True)


def _of_topics(corpus: Corpus, documents: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Documents that lie in some cell, with ``topic`` and, as ``series``, its name."""
    held = placed(documents.drop(columns="text"), cells)
    found = held.merge(corpus.topics.documents, on="doc_id")
    return found.assign(series=found["topic"].map(corpus.topic_names))


def _changes_of(
    name: str, changes: pd.DataFrame, corpus: Corpus, counted: pd.DataFrame, facts: dict
) -> Result:
    """Changes beside what happened, as far as the study's own sources hold a chronicle."""
    own = corpus.everything
    table = with_events(changes, own.loc[own["genre"] == "chronicle", ["date", "title"]])
    look = {"by": ("series", "change"), "evidence_n": 1, "places": _around(changes, counted)}
    empty = {"event"} if not table["event"].any() else set()
    look["columns"] = tuple(name for name in _CHANGES if name in table and name not in empty)
    return Result(name, table, corpus, facts=facts, **look)


def _topic_flow(corpus: Corpus, cells: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, list]:
    """Shares of topics, their changes, and all topics: stable ones that changed first."""
    names = corpus.topic_names
    firm = names[stable_topics(corpus)]
    table = topic_rates(corpus.topics.documents, corpus.documents, cells, names)
    changes = change_points(table, random_state=corpus.study.comparison.random_state)
    moved = changes.loc[(changes["q"] < ALPHA) & changes["series"].isin(firm), "series"]
    return table, changes, [*moved, *firm, *names]


def _drawn(told: Sequence[Mapping | None], order: Sequence[str], n: int = N_DRAWN) -> list[str]:
    """The series drawn: those that a sentence names, then as many as there is room for."""
    return list(dict.fromkeys([*(row["series"] for row in told if row), *order]))[:n]


def _reached(rates: pd.DataFrame, windows: pd.DataFrame) -> pd.DataFrame:
    """The rates in stretches of the term that at least half of the governments reached."""
    shares = (windows["office_days"] > 0).groupby(windows["window"]).mean()
    return rates[rates["window"].isin(shares.index[shares >= 0.5])].reset_index(drop=True)


def _told_changes(
    changes: pd.DataFrame, n_series: int, table: pd.DataFrame, fragile: Sequence[str] = ()
) -> dict:
    """Series that changed, those near an inauguration, the largest of them, cells with texts.

    The largest by how many times more or less; from a level below a hundredth, a hundred times. None
    of the `fragile` series where another changed.
    """
    n_cells = table.loc[table["exposure"] > 0, "period"].nunique()
    sure = changes[changes["q"] < ALPHA]
    levels = sure[["before", "after"]]
    times = levels.max(axis=1) / np.maximum(levels.min(axis=1), levels.max(axis=1) / 100)
    is_fragile = sure["series"].isin(fragile)
    times = times[~is_fragile | is_fragile.all()]
    largest = sure.loc[times.idxmax()].to_dict() if len(sure) else None
    counts = {"n_series": n_series, "n_changed": sure["series"].nunique(), "n_changes": len(sure)}
    n_near = int((sure["distance_days"].abs() <= NEAR_DAYS).sum())
    counts |= {"n_near": n_near, "n_cells": n_cells, "fragile": fragile}
    counts |= {"least_q": sure["q_placebo"].min(), "n_nearer": (sure["q_placebo"] < ALPHA).sum()}
    # However near its likeliest date is, a change may have come with what its interval holds.
    starts = inaugurations(None, table.get("administration"))
    ends = zip(sure["date_low"], sure["date_high"], strict=True)
    counts["n_spanning"] = sum(starts.between(*interval).any() for interval in ends)
    return counts | {"largest": largest, "is_chosen": False}


def _level(told: Mapping) -> int:
    """Of the heading: where no change of whatever size could be found, that is a note."""
    return 0 if told["n_series"] and not told["largest"] and told["seen"] is None else 2


def _visible(table: pd.DataFrame) -> float | None:
    """By how many times half of the series must change in mid-period for that to be found.

    Infinite: they must become all there is, as shares that grow beyond the whole do. None: even
    that would not be found.
    """
    is_late, half = table["period"] >= table["period"].median(), table["series"].nunique() / 2
    for times in (*TRIED, np.inf) if len(table) else ():
        grown = table["n_once"] * times if times < np.inf else table["exposure"]
        if times < np.inf and (grown > table["exposure"])[is_late].mean() > 1 / 2:
            continue
        planted = table["n_once"].where(~is_late, grown.clip(upper=table["exposure"]))
        found = change_points.__wrapped__(table.assign(n_once=planted), n_permutations=199)
        if found.loc[found["q"] < ALPHA, "series"].nunique() >= half:
            return times
    return None


def _shared(windows: pd.DataFrame) -> list[int]:
    """First and last whole month in office of which every government has its days; [] for none."""
    fewest = windows.groupby("window")["office_days"].min()
    held = fewest[fewest >= MONTH_DAYS]
    if held.empty:
        return []
    last = min(12, held.iloc[-1] // MONTH_DAYS)
    return [int(12 * held.index[0] - 11), int(12 * held.index[-1] - 12 + last)]


def _told_windows(rates: pd.DataFrame) -> dict:
    """The two intervals of one series and window that lie farthest apart, if any do."""
    known = rates.dropna(subset=["value", "value_low", "value_high"])
    cells = known.groupby(["series", "months"], sort=False)
    gap = cells["value_low"].max() - cells["value_high"].min()
    if known.empty or gap.max() <= 0:
        return {"sides": []}
    own = cells.get_group(gap.idxmax())
    places = own["value_low"].idxmax(), own["value_high"].idxmin()
    return {"sides": own.loc[[*places]].to_dict("records")}


def _around(changes: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """What is counted of a series in the days before and after each change, one fold a side."""
    days = changes[["series", "change"]].assign(changed=pd.to_datetime(changes["date"]))
    near = days.astype({"series": object}).merge(counted.astype({"series": object}), on="series")
    away = (near["date"] - near["changed"]).dt.days
    side = away.lt(0).map({True: f"앞 {AROUND_DAYS}일", False: f"뒤 {AROUND_DAYS}일"})
    near["of"] = near["series"] + " · " + side
    return near[away.between(-AROUND_DAYS, AROUND_DAYS - 1)]


def _days_of_office(documents: pd.DataFrame, acting: str) -> pd.DataFrame:
    """``date, administration, months_in_office``: one row a day some compared government ruled."""
    known = documents[documents["administration"].notna() & documents["date"].notna()]
    if known.empty:
        raise InsufficientData(
            "날짜와 정부를 모두 아는 글이 없어 시간에 따른 변화를 볼 수 없습니다. "
            "자료의 날짜 열을 확인하세요."
        )
    first, last = known["date"].min().normalize(), known["date"].max().normalize()
    days = assign_administrations(pd.DataFrame({"date": pd.date_range(first, last)}), acting=acting)
    return days[days["administration"].isin(known["administration"].unique())].copy()


def _cells(days: pd.DataFrame, key: str) -> pd.DataFrame:
    grouped = days.groupby(["administration", key], sort=False)["date"]
    cells = grouped.agg(period="min", period_end="max", office_days="size").reset_index()
    return cells.sort_values("period", ignore_index=True).drop(columns="cell", errors="ignore")


def _measured(
    matrix: TermMatrix, documents: pd.DataFrame, cells: pd.DataFrame, columns: list[int], per: float
) -> pd.DataFrame:
    """Counts and rates of some columns of the matrix in every cell, column after column."""
    about = documents.drop_duplicates("doc_id").set_index("doc_id").reindex(matrix.doc_ids)
    cell = cell_of(about, cells)
    if (cell < 0).all():
        raise InsufficientData(
            "어느 글도 달력의 칸에 들지 않습니다. 글과 달력을 같은 자료에서 만드세요."
        )
    is_in, n = cell >= 0, len(cells)
    groups = [f"{number:09d}" if number >= 0 else None for number in cell]
    units = family_units(matrix, groups, about["family_id"].tolist(), n_groups=1)
    held = np.array(units.groups, dtype=int)[units.group]
    exposure = np.bincount(held, units.tokens, minlength=n)[:, None]
    count = units.counts[:, columns].toarray()
    once = picker(held, n) @ count
    size = np.where(exposure > 0, exposure, np.nan)
    ratio = _dispersion(units.tokens, count, held, once)
    ends = exact_interval(once / ratio, size / ratio)
    low, high = (np.where(np.isnan(size / ratio), np.nan, end) for end in ends)
    measured = {
        "n": (picker(cell[is_in], n) @ matrix.counts[is_in][:, columns]).toarray().astype(int),
        "n_documents": np.bincount(cell[is_in], minlength=n)[:, None],
        "n_families": np.bincount(held, minlength=n)[:, None],
        "n_once": once,
        "exposure": exposure,
        "value": per * (once / size),
        "value_low": per * low,
        "value_high": per * high,
    }
    table = cells.iloc[np.tile(np.arange(n), len(columns))].reset_index(drop=True)
    for name, values in measured.items():
        table[name] = np.broadcast_to(values, once.shape).ravel(order="F")
    if "status" in table:
        is_empty = (table["office_days"] > 0) & (table["exposure"] == 0)
        table["status"] = table["status"].mask(is_empty, NO_RECORD)
    return table


def _dispersion(tokens, count: np.ndarray, cell: np.ndarray, once: np.ndarray) -> np.ndarray:
    """Variance of the families' counts in a cell over that of tokens dealt out at random."""
    total = np.bincount(cell, tokens)[cell]
    room = tokens * (total - tokens) / np.maximum(total - 1, 1e-9)
    rate = once[cell] / np.maximum(total, 1e-9)[:, None]
    shared = total > tokens  # the only family of its cell tells nothing
    expected = (rate * (1 - rate) * room[:, None])[shared].sum(axis=0)
    found = ((count - rate * tokens[:, None]) ** 2)[shared].sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, np.maximum(found / expected, 1), np.nan)


def inaugurations(
    calendar: pd.DataFrame | None = None, among: pd.Series | None = None
) -> pd.Series:
    """First day of each president's term, suspensions aside; indexed by label, all or `among` some.

    >>> inaugurations().loc["문재인"].strftime("%Y-%m-%d")
    '2017-05-10'
    """
    calendar = read_administrations() if calendar is None else calendar
    governs = calendar[calendar["status"] == "in_office"]
    firsts = governs.sort_values("start").drop_duplicates(["president", "ordinal"])
    starts = firsts.set_index("label")["start"].astype("datetime64[ns]")
    return starts if among is None else starts[starts.index.isin(among)]


def _changes(name: str, series: pd.DataFrame, n_permutations: int, rng) -> list[tuple]:
    """What :func:`change_points` tells of a stretch without gaps, up to p."""
    weight, count = 4 * series["exposure"].to_numpy(), series["n_once"].to_numpy()
    level = np.arcsin(np.sqrt(np.clip(4 * count / weight, 0, 1)))
    cuts = _cuts(level, weight)
    bounds = [0, *cuts, len(series)]
    counted = series[series["n_once"] > 0].head(1)
    per = (counted["value"] * counted["exposure"] / counted["n_once"]).sum()  # unit of `value`
    values = [per * 4 * count[a:b].sum() / weight[a:b].sum() for a, b in pairwise(bounds)]
    first, last = series["period"], series["period_end"]
    rows = []
    for number, cut in enumerate(cuts):
        start, end = bounds[number], bounds[number + 2]
        around = level[start:end], weight[start:end], cut - start
        p = _change_p(*around, n_permutations, rng)
        ends = [first[start + place] for place in _date_interval(*around, n_permutations)]
        levels = *values[number : number + 2], values[number + 1] - values[number]
        rows.append((name, first[cut], *ends, first[start], last[end - 1], *levels, p))
    return rows


def _near_what(rows: list, series: pd.DataFrame, starts: pd.Series, span: tuple) -> list[tuple]:
    """Each change of a series with its nearest inauguration and how often false ones are as near."""
    if starts.empty:
        return [(*row, pd.NaT, None, np.nan, np.nan) for row in rows]
    dates, size = pd.DatetimeIndex([row[1] for row in rows]), np.abs([row[8] for row in rows])
    nearness = (series["period_end"] - series["period"]).max().days + 1
    told = []
    for row, date, own in zip(rows, dates, size, strict=True):
        away = (date - starts).dt.days
        nearest = away.abs().argmin()
        within = max(abs(int(away.iloc[nearest])), nearness)
        p_placebo = _placebo_p(dates[size >= own], starts, span, within)
        about = starts.iloc[nearest], starts.index[nearest], int(away.iloc[nearest]), p_placebo
        told.append((*row, *about))
    return told


def _cuts(level: np.ndarray, weight: np.ndarray) -> list[int]:
    """First cell of every level but the first."""
    n = len(level)
    if n < 2 * MIN_CELLS:
        return []
    steps = np.diff(level) / np.sqrt(1 / weight[1:] + 1 / weight[:-1])
    noise = max(float(np.mean(steps**2)), 1.0)
    penalty = 3 * np.log(n) * noise / weight.sum()
    from sklearn.tree import DecisionTreeRegressor

    tree = DecisionTreeRegressor(min_samples_leaf=MIN_CELLS, ccp_alpha=penalty, random_state=0)
    found = tree.fit(np.arange(n)[:, None], level, sample_weight=weight).tree_
    splits = found.threshold[found.children_left != -1]
    return sorted(int(np.ceil(split)) for split in splits)


def _gains(level: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Weighted squares explained by cutting before cell 1, 2, …; permutations × cells - 1."""
    mass, total = np.cumsum(weight, axis=-1), np.cumsum(weight * level, axis=-1)
    left, right = mass[..., :-1], mass[..., -1:] - mass[..., :-1]
    gap = total[..., :-1] / left - (total[..., -1:] - total[..., :-1]) / right
    return left * right / (left + right) * gap**2


def _change_p(level: np.ndarray, weight: np.ndarray, cut: int, n_permutations: int, rng) -> float:
    """How often permuted blocks of cells have anywhere a cut that gains as much."""
    order = _orders(len(level), n_permutations, rng)
    best = _gains(level[order], weight[order])[:, MIN_CELLS - 1 : -MIN_CELLS + 1].max(axis=1)
    reached = best >= _gains(level, weight)[cut - 1] * (1 - 1e-9)
    return float((reached.sum() + 1) / (n_permutations + 1))


def _date_interval(level: np.ndarray, weight: np.ndarray, cut: int, n: int) -> list[int]:
    """First and last cell at which the new level may have begun, 95 %."""
    sides = [np.average(level[at], weights=weight[at]) for at in (slice(cut), slice(cut, None))]
    fit = np.repeat(sides, [cut, len(level) - cut])
    left_over = (level - fit) * np.sqrt(weight)
    drawn = fit + left_over[_orders(len(level), n, np.random.default_rng(0))] / np.sqrt(weight)
    tried = slice(MIN_CELLS - 1, 1 - MIN_CELLS)
    lost = _gains(drawn, weight)[:, tried].max(axis=1) - _gains(drawn, weight)[:, cut - 1]
    gains = _gains(level, weight)
    # Half of 5 %, because the change that is told was chosen: coverage is then 92-95 %.
    near = 1 + np.flatnonzero(gains >= gains[cut - 1] - np.quantile(lost, 1 - ALPHA / 2))
    near = near[(near >= MIN_CELLS) & (near <= len(level) - MIN_CELLS)]
    return [min(near), max(near)]


def _orders(n: int, n_permutations: int, rng) -> np.ndarray:
    """Permutations of blocks of cells, which begin anywhere."""
    rolled = (np.arange(n) + rng.integers(n, size=(n_permutations, 1))) % n
    keys = rng.random((n_permutations, -(-n // BLOCK)))[:, np.arange(n) // BLOCK]
    return np.take_along_axis(rolled, np.argsort(keys, axis=1, kind="stable"), axis=1)


def _placebo_p(dates: pd.DatetimeIndex, starts: pd.Series, span: tuple, within: int) -> float:
    """How often some of `dates` lies within so many days of a shifted inauguration."""
    n_days = (span[1] - span[0]).days + 1
    inside = starts[(starts >= span[0]) & (starts <= span[1])]
    if inside.empty:
        return np.nan
    days = (inside - span[0]).dt.days.to_numpy()
    shifts = np.arange(SHIFT_DAYS, n_days, SHIFT_DAYS)
    false = (days + shifts[:, None]) % n_days
    away = np.abs(false[:, :, None] - (dates - span[0]).days.to_numpy()).min(axis=(1, 2))
    return float(((away <= within).sum() + 1) / (len(shifts) + 1))
