"""Which words belong to which administration, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pandas as pd
import scipy
from scipy import sparse

from policytext import administrations
from policytext.administrations import read_people
from policytext.compare.permutations import RateScore, permutation_p
from policytext.compare.units import (
    ALPHA,
    UNITS_AT_ONCE,
    Labels,
    Units,
    aligned,
    exact_interval,
    family_units,
    main_kinds,
    main_stratum,
    picker,
    usable_stratum,
)
from policytext.corpus import Corpus
from policytext.faults import InsufficientData, known_values, whole
from policytext.report import charts
from policytext.report.evidence import occurrences
from policytext.report.result import Result
from policytext.store import stored
from policytext.words.counts import TermMatrix, check_counts
from policytext.words.formulas import MIN_TEXTS, OFFICES, READ, find_formulas
from policytext.words.lexicon import explained_parts

_NORMAL = 1.959963984540054  # half of a 95 % interval in standard errors
_COLUMNS = (
    "term administration n n_rest n_documents n_families n_once rate_per_10k rate_rest_per_10k "
    "log_odds z p q rank times times_low times_high top_document_share n_strata is_reversed"
).split()
_ENDS = ["log_odds_low", "log_odds_high"]

BY = ("term", "administration")
N_DRAWN, N_LISTED = 10, 40  # terms of an administration in the figure, in its table
N_EACH = 8  # rows of each of many administrations, which have one table
N_PANELS = 6  # administrations, from which on each has half as many terms, and less evidence
_ZERO = "term administration share_existing is_structural_zero changed label".split()
MUCH = 0.5  # share of one document above which the reader is told
_CRUDE = ["times_crude", "q_crude"]  # where kinds of text are adjusted for
_DRAWN = "administration term n n_rest n_families times times_low times_high z q".split()
_LISTED = (
    "term n n_families n_publishers n_months rate_per_10k rate_rest_per_10k "
    "times times_low times_high z q"
).split()
MIN_USES = 20  # families that use a term, on both sides together: of fewer there is no interval
_SHARED = 3  # families' worth of the larger dispersion of the two sides that each side is given


@stored
def keyness_table(
    matrix: TermMatrix,
    groups: Labels,
    *,
    families: Labels = None,
    strata: Labels = None,
    n_permutations: int = 2000,
    n_boot: int = 0,
    random_state: int = 0,
) -> pd.DataFrame:
    """Compare every administration with all the others, term by term.

    Rank by ``z``, the log-odds ratio with an informative Dirichlet prior over its standard
    error (Monroe, Colaresi & Quinn 2008). Judge by ``q``: z takes tokens for independent
    and is not a test, and bursty terms reach a high z by chance. ``rank`` therefore puts
    terms whose own permutation test does not reject (p >= 0.05) behind those it does. Every
    family counts once in each group and stratum, so that copies change neither.

    The prior is the pooled counts themselves, which makes ``log_odds`` shrink to about half
    but leaves frequent one-sided terms on top, which a small prior does not. For another
    prior see :func:`log_odds` and :func:`group_counts`. For one administration against
    another, set the groups of all other documents to None.

    `matrix` has counts (not TF-IDF); labels are those of :func:`policytext.compare.units.aligned`,
    and documents whose group is missing are left out. With `strata` (say, genre) log-odds are
    means over the strata in which both the group and the rest occur, each weighing the same, rates
    weigh them by N M / (N + M), N and M the tokens of both sides (Mantel & Haenszel 1959), and
    labels are permuted inside strata only.

    One row per term and administration, sorted by administration and ``rank``: ``term,
    administration``; ``n, n_rest`` tokens; ``n_documents, n_families`` of the administration that
    contain the term; ``n_once`` tokens when each family counts once, the basis of everything that
    follows; ``rate_per_10k, rate_rest_per_10k``; ``log_odds, z``; ``p`` two-sided, permuting labels
    over families; ``q`` Benjamini-Hochberg over all rows; ``rank``; ``times`` ratio of the two
    rates, a zero count taken as 0.5, with ``times_low, times_high``
    (95 %, infinite where the rest has less than one independent event; NaN below 20 families that use the term);
    ``top_document_share`` share of n from the document with most (NaN where n is 0); ``n_strata``
    compared; ``is_reversed`` True when the stratified log-odds and the crude one have opposite
    signs (Simpson). With `n_boot` also ``log_odds_low, log_odds_high``, 95 % over families, to which
    a bootstrap of many resamples tends. Where
    no stratum holds both sides the estimates are NaN, p is 1 and the rank last.
    InsufficientData: no term, or fewer than
    two groups.

    >>> counts = sparse.csr_matrix([[9, 1], [8, 2], [1, 9], [2, 8]])
    >>> matrix = TermMatrix(counts, ["a", "b", "c", "d"], ["창업", "혁신"])
    >>> table = keyness_table(matrix, ["가", "가", "나", "나"], n_permutations=50)
    >>> table[["term", "administration", "n", "n_rest"]].values.tolist()
    [['창업', '가', 17, 3], ['혁신', '가', 3, 17], ['혁신', '나', 17, 3], ['창업', '나', 3, 17]]
    """
    check_counts(matrix, "keyness_table()")
    n_permutations = whole(n_permutations, "n_permutations")
    n_boot, random_state = whole(n_boot, "n_boot"), whole(random_state, "random_state")
    if matrix.counts.shape[1] == 0:
        raise InsufficientData(
            "견줄 낱말이 하나도 없습니다. 글을 더 모으거나, 연구 파일의 [comparison] min_df"
            "(낱말이 나와야 하는 글 수)를 낮추거나, 불용어를 줄이면 견줄 수 있습니다."
        )
    units = family_units(matrix, groups, families, strata)
    columns, score = _counted(matrix, units) | _effects(units), RateScore(units)
    units = replace(units, counts=None)  # may be the largest table there is; the score has its own
    rng = np.random.default_rng(random_state)
    columns["p"] = permutation_p(score, units, n_permutations, rng)
    columns["q"] = scipy.stats.false_discovery_control(columns["p"], axis=None)
    table = pd.DataFrame({name: np.asarray(values).ravel() for name, values in columns.items()})
    table["term"] = matrix.terms * len(units.groups)
    table["administration"] = np.repeat(units.groups, len(matrix.terms))
    # Planted terms are found more often this way, in every group and band of frequency:
    # tests/test_compare_proofs.py.
    tier = np.sign(table["z"]) * (table["p"] < ALPHA)
    # Rounded, because terms with equal counts must not be ordered by floating-point noise.
    table = table.assign(_tier=tier, _z=table["z"].round(9))
    by = ["administration", "_tier", "_z", "term"]
    table = table.sort_values(by, ascending=[True, False, False, True], ignore_index=True)
    table["rank"] = table.groupby("administration").cumcount() + 1
    return table[_COLUMNS + (_ENDS if n_boot else [])]


def log_odds(counts: np.ndarray, prior: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds of each group (rows) against all others, and their variance; z = δ / √variance.

    Monroe, Colaresi & Quinn (2008), with the same prior on both sides: `prior` holds a
    pseudo-count for each term, the pooled counts themselves when not given. Where neither
    counts nor prior know a term, 0 and infinity.

    >>> delta, variance = log_odds([[9, 1], [1, 9]])
    >>> (delta / variance**0.5).round(2).tolist()
    [[2.89, -2.89], [-2.89, 2.89]]
    """
    y = np.asarray(counts, dtype=float)
    pooled = y.sum(axis=0)
    rest = np.maximum(pooled - y, 0)
    alpha = pooled if prior is None else np.asarray(prior, dtype=float)
    n, n_rest = y.sum(axis=1, keepdims=True), rest.sum(axis=1, keepdims=True)
    return _log_odds(y, rest, n, n_rest, alpha, alpha.sum())


def z_scores(counts: pd.DataFrame, prior: np.ndarray | None = None) -> pd.DataFrame:
    """Log-odds over their standard error (:func:`log_odds`), as :func:`group_counts` has counts."""
    delta, variance = log_odds(counts.to_numpy(), prior)
    return pd.DataFrame(delta / np.sqrt(variance), counts.index, counts.columns)


def group_counts(matrix: TermMatrix, groups: Labels, *, families: Labels = None) -> pd.DataFrame:
    """Tokens of each term (columns) in each group (rows), every family counting once.

    >>> counts = sparse.csr_matrix([[4, 0], [2, 0], [0, 3]])
    >>> matrix = TermMatrix(counts, ["a", "b", "c"], ["창업", "혁신"])
    >>> group_counts(matrix, ["가", "가", "나"]).to_numpy().tolist()
    [[6.0, 0.0], [0.0, 3.0]]
    """
    units = family_units(matrix, groups, families)
    totals = units.totals(units.group, len(units.groups))
    return pd.DataFrame(totals, index=units.groups, columns=matrix.terms)


def exposure(matrix: TermMatrix, groups: Labels, documents: pd.DataFrame) -> pd.DataFrame:
    """How widely each group uses a term: by how many publishers, in how many months.

    `documents` has ``doc_id, date, publisher`` in any order; a missing date or an empty
    publisher is counted as none. Returns ``term, administration, n_publishers, n_months``
    (calendar months), to be merged with :func:`keyness_table`.

    >>> matrix = TermMatrix(sparse.csr_matrix([[2], [1]]), ["a", "b"], ["창업"])
    >>> documents = pd.DataFrame({"doc_id": ["b", "a"], "publisher": ["가", "나"],
    ...     "date": pd.to_datetime(["2014-03-01", "2014-03-31"])})
    >>> exposure(matrix, ["갑", "갑"], documents).values.tolist()
    [['창업', '갑', 2, 1]]
    """
    labels = aligned(groups, matrix.doc_ids, "groups")
    own = documents.set_index("doc_id").loc[matrix.doc_ids]
    keys = {
        "n_publishers": own["publisher"].replace("", None).to_numpy(),
        "n_months": pd.to_datetime(own["date"]).dt.to_period("M").to_numpy(),
    }
    present = sparse.csr_matrix(matrix.counts) > 0
    parts = []
    for group in sorted({label for label in labels if label}):
        part = {"term": matrix.terms, "administration": group}
        for name, values in keys.items():
            rows = np.flatnonzero((labels == group) & ~pd.isna(values))
            codes, found = pd.factorize(values[rows])
            part[name] = ((picker(codes, len(found)) @ present[rows]) > 0).sum(axis=0).A1
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)


def structural_zeros(terms: pd.Series, documents: pd.DataFrame) -> pd.DataFrame:
    """Organisations that did not exist while an administration's documents were written.

    That such a name is missing there is no choice of words; names the tables do not know are
    skipped. An administration's period runs from its first document to its last (``date,
    administration``). Returns ``term, administration, share_existing`` of the period's days
    (below 1), ``is_structural_zero`` (0), ``changed`` (the nearest day on which the name began
    or ended) and ``label``, in Korean.

    >>> documents = pd.DataFrame({"administration": ["갑", "갑"],
    ...     "date": pd.to_datetime(["2013-01-01", "2013-12-31"])})
    >>> table = structural_zeros(pd.Series(["다음카카오"]), documents)
    >>> table[["administration", "share_existing", "label"]].values.tolist()
    [['갑', 0.0, '2014-10-01에 생긴 이름']]
    """
    spans = documents.dropna(subset=["date", "administration"]).groupby("administration")["date"]
    spans = spans.agg(["min", "max"])
    rows = []
    for term in sorted(set(terms) & administrations.known_names()):
        days = administrations.change_days(term)
        for administration, first, last in spans.itertuples():
            first, end = first.normalize(), last.normalize() + pd.Timedelta(days=1)
            cuts = [first, *(day for day in days if first < day < end), end]
            # Where the tables do not tell, nothing is claimed.
            gaps = pairwise(cuts)
            absent = [gap for gap in gaps if administrations.exists_on(term, gap[0]) is False]
            if absent:
                share = 1 - sum((b - a for a, b in absent), pd.Timedelta(0)) / (end - first)
                rows.append((term, administration, share, share == 0, *_change(absent, days)))
    return pd.DataFrame(rows, columns=_ZERO)


@stored
def placebo(
    matrix: TermMatrix,
    dates: Sequence,
    groups: Labels,
    *,
    families: Labels = None,
    strata: Labels = None,
    n_cuts: int = 19,
    n_permutations: int = 500,
) -> pd.DataFrame:
    """Count "significant" terms under governments that never existed.

    The calendar of the real groups is shifted round (what is pushed over the end goes on at the
    beginning, :func:`false_calendars`), and :func:`keyness_table` run again: only what
    the real cut finds beyond the drift of vocabulary is owed to governments. Documents without a
    date or a group are left out, cuts that give all to one government skipped. One row per cut, the
    real one first: ``cut`` (0 is real), ``offset_days, is_real, n_significant`` (terms with q <
    0.05 in at least one group), ``share_significant`` of the terms, ``likeness`` to the real groups
    (adjusted Rand index), ``terms`` the significant ones, sorted, and ``z``, the largest size of
    each.

    >>> counts = sparse.csr_matrix(np.ones((8, 2), dtype=int))
    >>> matrix = TermMatrix(counts, list("abcdefgh"), ["창업", "혁신"])
    >>> dates = pd.Series(pd.date_range("2013-01-01", periods=8, freq="YS"))
    >>> table = placebo(matrix, dates, list("가가가가나나나나"), n_cuts=1, n_permutations=50)
    >>> table[["cut", "is_real", "n_significant", "likeness"]].round(2).values.tolist()
    [[0, True, 0, 1.0], [1, False, 0, -0.17]]
    """
    from sklearn.metrics import adjusted_rand_score  # slow to import

    options = {"families": families, "strata": strata, "n_permutations": n_permutations}
    dates = aligned(dates, matrix.doc_ids, "dates")
    groups = aligned(groups, matrix.doc_ids, "groups")
    rows = []
    for cut, offset, moved in false_calendars(dates, groups, n_cuts):
        table = keyness_table.__wrapped__(matrix, moved, **options)
        sizes = table[table["q"] < ALPHA].set_index("term")["z"].abs()
        sizes = sizes.groupby(level=0).max()
        is_known = moved.notna().to_numpy()
        likeness = adjusted_rand_score(groups[is_known], moved[is_known])
        share, found = len(sizes) / len(matrix.terms), (sizes.index.tolist(), sizes.tolist())
        rows.append((cut, offset, cut == 0, len(sizes), share, likeness, *found))
    names = "cut offset_days is_real n_significant share_significant likeness terms z"
    return pd.DataFrame(rows, columns=names.split())


def false_calendars(
    dates: Sequence, groups: Sequence, n_cuts: int = 19
) -> Iterator[tuple[int, int, pd.Series]]:
    """Groups of documents as they are, and under calendars of governments shifted round.

    Of twice as many even shifts those whose parts are least like the real ones (adjusted Rand
    index): a shift by one term of office finds the real boundaries again, under other names.
    Yields the number of the cut (0 is real), the days shifted, and the groups, None without a date.

    >>> days = pd.date_range("2013-01-01", periods=4)
    >>> [moved.tolist() for _, _, moved in false_calendars(days, list("가가나나"), 1)]
    [['가', '가', '나', '나'], ['나', '가', '가', '나']]
    """
    from sklearn.metrics import adjusted_rand_score  # slow to import

    when = pd.to_datetime(pd.Series(dates), format="ISO8601").dt.normalize()
    labels = pd.Series(groups, dtype=object)
    known = when.notna() & labels.notna()
    if not known.any():
        raise InsufficientData(
            "날짜를 알고 견줄 만한 정부에 드는 글이 없어 정부의 경계를 옮겨 볼 수 없습니다. "
            "날짜가 적힌 글을 더 모으면 볼 수 있습니다."
        )
    day = (when - when[known].min()).dt.days[known]
    # The group in office on each day: that of the latest document up to it.
    calendar = labels[known].groupby(day).agg(lambda of_day: of_day.value_counts().index[0])
    span = int(calendar.index[-1]) + 1

    def moved(offset: int) -> np.ndarray:
        position = np.searchsorted(calendar.index, (day - offset) % span, side="right") - 1
        return calendar.to_numpy()[position]

    n_tried = 2 * n_cuts + 1
    offsets = [round(place * span / (n_tried + 1)) for place in range(1, n_tried + 1)]
    offsets = [offset for offset in offsets if len(set(moved(offset))) > 1]
    likeness = [adjusted_rand_score(labels[known], moved(offset)) for offset in offsets]
    chosen = sorted(offsets[place] for place in np.argsort(likeness, kind="stable")[:n_cuts])
    yield 0, 0, labels.where(known, None)
    for cut, offset in enumerate(chosen, 1):
        yield cut, offset, pd.Series(moved(offset), day.index).reindex(labels.index)


def false_boundaries(corpus: Corpus) -> pd.DataFrame:
    """:func:`placebo` of a corpus: its large administrations, kinds of text alike."""
    return placebo(
        corpus.keyness_matrix,
        corpus.documents.set_index("doc_id")["date"],
        corpus.large,
        families=corpus.families,
        strata=main_kinds(corpus),
        n_permutations=corpus.n_permutations,
    )


def n_at_false(cuts: pd.DataFrame) -> pd.DataFrame:
    """Of each term significant at the real boundaries, the false ones with as large a ``z``.

    Takes :func:`placebo`. Returns ``term, n_false, n_cuts``.

    >>> cuts = pd.DataFrame({"is_real": [True, False, False],
    ...     "terms": [["창업"], ["창업", "혁신"], ["창업"]], "z": [[3.0], [3.5, 2.0], [2.5]]})
    >>> n_at_false(cuts).values.tolist()
    [['창업', 1, 2]]
    """
    real, *false = [dict(zip(*pair, strict=True)) for pair in cuts[["terms", "z"]].to_numpy()]
    rows = [(term, sum(cut.get(term, 0) >= z for cut in false)) for term, z in real.items()]
    return pd.DataFrame(rows, columns=["term", "n_false"]).assign(n_cuts=len(false))


def keyness(corpus: Corpus, *, strata: str = "") -> Result:
    """Words each administration uses more than the others, first in a figure, then one by one.

    `strata` names a column of the documents whose values are compared with their like only, by
    default :func:`main_stratum`; what comes out without it stands beside. The figure leaves out
    names of people, formulas, and of the parts of one compound all but the first.
    """
    strata = strata or main_stratum(corpus)
    table, _ = _told(corpus, strata)
    shown = corpus.administrations
    top = table[(table["z"] > 0) & ~table["is_formula"] & table["administration"].isin(shown)]
    top = _leading_parts(top[~top["term"].isin(read_people())])
    n_drawn = N_DRAWN if len(shown) < N_PANELS else N_DRAWN // 2
    tops = [top[top["administration"] == label].head(n_drawn) for label in shown]
    view = pd.concat([top.head(0), *tops], ignore_index=True)
    others = table[table["term"].isin(view["term"]) & table["administration"].isin(shown)]
    drawing = {"n_terms": n_drawn, "colours": corpus.colours, "others": others}
    facts = {"n_terms": len(corpus.keyness_matrix.terms), "drawing": drawing, "strata": strata}
    facts["n_apart"] = int(((view["q"] >= ALPHA) & _excludes_one(view)).sum())
    parts = [_keyness_of(corpus, table, place) for place in range(len(shown))]
    parts = [_of_everybody(parts)] if len(shown) > charts.CROWD else parts
    more = [*(one for part in parts for one in part), _formulas(corpus, table), _too_small(corpus)]
    look = {"by": BY, "draw": charts.keyness, "columns": _with_crude(table, _DRAWN)}
    return Result("keyness", table, corpus, view=view, facts=facts, more=more, **look)


def another_prior(corpus: Corpus) -> Result:
    """How many of the first ten words of each administration change with a tenth of the prior."""
    corpus.check(n_large=1)
    counts = group_counts(corpus.keyness_matrix, corpus.groups, families=corpus.families)
    table = changed_tops(compared(corpus), counts).set_index("administration")
    table = table.loc[corpus.administrations].reset_index()
    return Result("another-prior", table, corpus, parts=("finding",), level=0, file="")


def changed_tops(table: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """What the first ten words become when the prior is a tenth of the pooled counts.

    Takes :func:`keyness_table` without strata and :func:`group_counts`. Ranked as there: words
    whose own test rejects come first. Returns ``administration, n_top`` (of words used more),
    ``n_changed``, ``entered`` (joined by ``, ``).

    >>> matrix = TermMatrix(sparse.csr_matrix([[9, 1], [1, 9]]), ["a", "b"], ["창업", "혁신"])
    >>> table = keyness_table(matrix, ["가", "나"], n_permutations=9)
    >>> changed_tops(table, group_counts(matrix, ["가", "나"]))["n_changed"].tolist()
    [0, 0]
    """
    z = z_scores(counts, 0.1 * counts.sum().to_numpy()).stack()
    table = table.assign(other=z.loc[pd.MultiIndex.from_frame(table[[*reversed(BY)]])].to_numpy())
    table["is_sure"] = table["p"] < ALPHA
    rows = []
    for label, own in table.groupby("administration", sort=False):
        first, other = (
            own[own[by] > 0].sort_values(["is_sure", by], ascending=False)["term"].head(N_DRAWN)
            for by in ("z", "other")
        )
        entered = other[~other.isin(first)]
        rows.append((label, len(first), len(entered), ", ".join(entered)))
    return pd.DataFrame(rows, columns=["administration", "n_top", "n_changed", "entered"])


def compound_parts(corpus: Corpus) -> Result:
    """Words that stand out only because a compound that the lexicon does not know does."""
    table, parts = _told(corpus, main_stratum(corpus))
    shown = table[table["administration"].isin(corpus.administrations)]
    parts = parts.merge(shown[[*BY, "rank"]])
    parts = parts.sort_values(["administration", "rank"], ignore_index=True)
    columns = ("administration", "term", "explained_by", "share", "n_compound", "n_families")
    return Result("compound-parts", parts, corpus, by=BY, columns=columns)


def within_kinds(corpus: Corpus) -> Result:
    """Which distinctive words change sides when like kinds of text are compared with like."""
    corpus.check(n_large=1)
    stratum = corpus.study.comparison.strata or usable_stratum(corpus.documents)
    if not stratum:
        n_kinds = corpus.documents.reindex(columns=["genre", "occasion"]).nunique().max()
        facts = {"stratum": "", "n_kinds": n_kinds}
        return Result("within-kinds", pd.DataFrame(), corpus, facts=facts, file="")
    crude = compared(corpus)[[*BY, "n", "log_odds", "z", "q"]]
    added = [*BY, "log_odds", "z", "q", "is_reversed", "n_strata"]
    within = compared(corpus, strata=stratum)[added]
    table = crude.merge(within, on=[*BY], suffixes=("_crude", ""))
    table = table[table["administration"].isin(corpus.administrations)]
    sure = table[(table["q_crude"] < ALPHA) & (table["z_crude"] > 0)]
    changed = sure[sure["is_reversed"]].sort_values("z_crude", ascending=False, ignore_index=True)
    facts = {
        "stratum": stratum,
        "n_sure": len(sure),
        "n_lost": int((sure["q"] >= ALPHA).sum()),
        "n_reversed": int((changed["q"] < ALPHA).sum()),
        "n_strata": table["n_strata"].max(),
    }
    columns = "administration term n log_odds_crude q_crude log_odds q n_strata".split()
    rows = Result("reversals", changed, corpus, by=BY, columns=tuple(columns))
    finding = Result("within-kinds", pd.DataFrame([facts]), corpus, facts=facts, level=3, file="")
    return finding.only("finding", more=[rows])


def compared(corpus: Corpus, *, strata: str = "", matrix: TermMatrix | None = None) -> pd.DataFrame:
    """:func:`keyness_table` of a corpus under its study's options.

    Of another `matrix` than the corpus's own without intervals.
    """
    known_values(strata or [], corpus.documents.columns, "열")
    corpus.check()
    resamples = {"n_permutations", "random_state"} | ({"n_boot"} if matrix is None else set())
    how = corpus.study.comparison.model_dump(include=resamples) | {"families": corpus.families}
    how["strata"] = corpus.documents.set_index("doc_id")[strata] if strata else None
    own = corpus.keyness_matrix if matrix is None else matrix
    return keyness_table(own, corpus.groups, **how)


@lru_cache(maxsize=2)
def _told(corpus: Corpus, strata: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keyness with exposure and caveats, and the parts that compounds explain."""
    table = compared(corpus, strata=strata)
    if strata:
        crude = compared(corpus)[[*BY, "times", "q"]]
        table = table.merge(crude, on=[*BY], suffixes=("", "_crude"))
    table = table.merge(exposure(corpus.keyness_matrix, corpus.groups, corpus.documents))
    parts = explained_parts(table, corpus.documents, corpus.tokens)
    table = table.merge(formulas_of(corpus, table).drop(columns="n"), on="term", how="left")
    table["is_formula"] = table["is_formula"].eq(True)
    if corpus.large.nunique() > 1:
        table = table.merge(n_at_false(false_boundaries(corpus)), on="term", how="left")
        table["is_frequent"] = table["n_false"] > 0  # at one of 19, p is above 0.05
    return keyness_caveats(table, parts, structural_zeros(table["term"], corpus.documents)), parts


def formulas_of(corpus: Corpus, keyness: pd.DataFrame) -> pd.DataFrame:
    """:func:`policytext.words.formulas.find_formulas` of the words that set somebody apart."""
    terms = keyness.loc[(keyness["z"] > 0) & (keyness["q"] < ALPHA), "term"].unique()
    used = [name for name in READ if name in corpus.documents]
    return find_formulas(corpus.documents[used], corpus.tokens, sorted(terms))


def keyness_caveats(
    keyness: pd.DataFrame, parts: pd.DataFrame, zeros: pd.DataFrame
) -> pd.DataFrame:
    """Write beside each term what a reader must know before believing its number.

    Takes a keyness table (``n_publishers``, ``why``, a formula's, and ``is_frequent`` are used if present), what
    ``explained_parts`` and ``structural_zeros`` give; adds ``explained_by`` (missing where no
    compound explains the term), ``caveat`` (empty where there is none) and ``is_plain``: the name
    always existed and is no office's, no false boundary shows it as well, no compound explains it,
    and five families or more use it.

    >>> keyness = pd.DataFrame({"term": ["회의"], "administration": "가", "is_reversed": False,
    ...     "top_document_share": 0.75})
    >>> parts = pd.DataFrame({"term": ["회의"], "administration": "가",
    ...     "explained_by": "정상회의", "share": 0.9})
    >>> zeros = pd.DataFrame(columns=["term", "administration", "is_structural_zero", "label"])
    >>> keyness_caveats(keyness, parts, zeros)["caveat"].item()
    '‘정상회의’의 일부(늘어난 만큼의 90%), 한 글에 75%가 몰림'
    """
    table = keyness.merge(parts[[*BY, "explained_by", "share"]], on=[*BY], how="left")
    absent = zeros[zeros["is_structural_zero"].astype(bool)].groupby("term")
    absent = {term: _absence(part) for term, part in absent}
    publishers = table.get("n_publishers", pd.Series(0, table.index))

    def caveats(row) -> Iterator[str]:
        if isinstance(row.formula, str) and row.formula:
            yield f"정책의 말이 아님({row.formula})"
        if pd.notna(row.explained_by):
            yield f"‘{row.explained_by}’의 일부(늘어난 만큼의 {row.share:.0%})"
        if row.is_frequent:
            yield f"거짓 경계 {row.n_cuts:.0f}곳 가운데 {row.n_false:.0f}곳에서도 이만큼 다름"
        if row.term in absent:
            yield absent[row.term]
        if row.top_document_share > MUCH:
            yield f"한 글에 {row.top_document_share:.0%}가 몰림"
        if row.is_lone:
            yield "아는 발행처는 한 곳뿐"
        if row.is_open:
            yield "구간에 1배가 들어 있음"
        if row.is_reversed:
            yield "글의 종류를 맞추지 않으면 방향이 반대"

    is_lone = (publishers == 1) & (publishers.max() > 1)
    told = {"formula": table.get("why", ""), "is_frequent": table.get("is_frequent", False)}
    told = table.assign(is_lone=is_lone, **told)
    sizes = table.reindex(columns=["q", "times_low", "times_high"])
    told["is_open"] = (sizes["q"] < ALPHA) & sizes.notna().all(axis=1) & ~_excludes_one(sizes)
    table["caveat"] = [", ".join(caveats(row)) for row in told.itertuples()]
    is_plain = ~told["is_frequent"].eq(True) & ~table["term"].isin(absent)
    is_plain &= ~table["term"].isin(OFFICES)
    is_plain &= table["explained_by"].isna() & (table.get("n_families", MIN_TEXTS) >= MIN_TEXTS)
    return table.drop(columns="share").assign(is_plain=is_plain)


def _excludes_one(table: pd.DataFrame) -> pd.Series:
    """Whether the interval of the times lies on one side of 1."""
    return (table["times_low"] > 1) | (table["times_high"] < 1)


def _absence(zeros: pd.DataFrame) -> str:
    """Say of one name when it did not exist."""
    names = zeros["administration"].tolist()
    when = f"{names[0]} 때는" if len(names) == 1 else f"{names[0]} 등 {len(names)}개 시기에는"
    return f"{zeros['label'].iloc[0]}({when} 없었음)"


def _keyness_of(corpus: Corpus, table: pd.DataFrame, place: int) -> list[Result]:
    """What sets one administration apart: its finding and table, and every occurrence."""
    label, file = corpus.administrations[place], f"keyness-{place + 1}"
    own = table[table["administration"] == label]
    more = own[own["z"] > 0].sort_values("rank")
    sure = more[more["q"] < ALPHA]
    told = sure[~sure["term"].isin(read_people()) & ~sure["is_formula"]]
    told = told.sort_values(["is_plain", "z"], ascending=False)
    n_listed = N_LISTED if len(corpus.administrations) < N_PANELS else N_LISTED // 2
    rows = _leading_parts(more).head(n_listed).reset_index(drop=True)
    documents = corpus.documents[corpus.documents["administration"] == label]
    others = [other for other in corpus.order if other != label]
    facts = {
        "label": label,
        "only_other": others[0] if len(others) == 1 else "",
        "n_documents": len(documents),
        "n_families": documents["family_id"].nunique(),
        # What the rates are parts of: not all tokens, but those compared, a family once.
        "n_tokens": own["n_once"].sum(),
        "sure": sure["term"].tolist(),
        "n_names": int(sure["term"].isin(read_people()).sum()),
        "n_told": len(told),
        "top": told.iloc[0].to_dict() if len(told) else None,
    }
    n = 3 if len(corpus.administrations) < N_PANELS else 1
    look = {"by": BY, "evidence_n": n, "columns": _with_crude(rows, _LISTED), "level": 3}
    counts = occurrences(documents, corpus.tokens, rows["term"])
    kept = {"facts": {"label": label}, "parts": ("kept",), "file": f"{file}-evidence"}
    return [
        Result("keyness-of", rows, corpus, facts=facts, file=file, **look),
        Result("keyness-of-evidence", counts, corpus, **kept),
    ]


def _of_everybody(parts: Sequence[Sequence[Result]]) -> list[Result]:
    """The tables of :func:`_keyness_of` as one, and what their counts add up from."""
    own, counts = zip(*parts, strict=True)
    rows = pd.concat([one.table.head(N_EACH) for one in own], ignore_index=True)
    told = replace(own[0], table=rows, view=rows, file="keyness-all")
    facts = [{name: one.facts[name] for name in ("label", "n_told", "top")} for one in own]
    counts = pd.concat([one.table for one in counts]).drop_duplicates(["term", "doc_id"])
    columns = ("administration", *(name for name in own[0].columns if name != "administration"))
    return [
        replace(told, facts={"all": facts}, columns=columns),
        replace(parts[0][1], table=counts, view=counts, facts={}, file="keyness-all-evidence"),
    ]


def _formulas(corpus: Corpus, table: pd.DataFrame) -> Result:
    """How many of the words that stand out are formulas."""
    sure = table[(table["z"] > 0) & (table["q"] < ALPHA)]
    is_ours = sure["administration"].isin(corpus.administrations)
    sure = sure[is_ours & ~sure["term"].isin(read_people())]
    found = sure[sure["is_formula"]].sort_values("z", ascending=False, ignore_index=True)
    facts = {"n_sure": sure["term"].nunique(), "n_found": found["term"].nunique()}
    columns = (*BY, "n", "share_formula", "why")
    return Result("formulas", found, corpus, by=BY, facts=facts, columns=columns, level=3)


def _too_small(corpus: Corpus) -> Result:
    """Which administrations are too small to be shown on their own."""
    counts = corpus.groups[corpus.large.isna()].value_counts()
    table = counts.rename_axis("administration").rename("n").reset_index()
    return Result("left-out", table, corpus, parts=("finding",), level=0, file="")


def _leading_parts(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out terms whose compound is already told by a term above them."""
    told: dict[str, list[str]] = {}
    kept = []
    columns = rows["administration"], rows["term"], rows["explained_by"]
    for label, term, compound in zip(*columns, strict=True):
        above = told.setdefault(label, [])
        kept.append(pd.isna(compound) or not any(other in compound for other in above))
        if kept[-1]:
            above.append(term)
    return rows[np.array(kept, dtype=bool)]


def _with_crude(table: pd.DataFrame, names: list[str]) -> tuple[str, ...]:
    """Columns, with those of the comparison that adjusts for nothing if the table has them."""
    return (*names, *(name for name in _CRUDE if name in table))


def _change(absent: list[tuple], days: list[pd.Timestamp]) -> tuple[pd.Timestamp, str]:
    """The day on which the name ended or began around its longest absence, and how to say it."""
    begin, stop = max(absent, key=lambda gap: gap[1] - gap[0])
    begun = [day for day in days if day >= stop]
    if begun and begin not in days:
        return begun[0], f"{begun[0]:%Y-%m-%d}에 생긴 이름"
    ended = [day for day in days if day <= begin]
    return ended[-1], f"{ended[-1]:%Y-%m-%d}에 없어진 이름"


def _counted(matrix: TermMatrix, units: Units) -> dict[str, np.ndarray]:
    """What is counted in the documents themselves, groups × terms."""
    counts, shape = sparse.csr_matrix(matrix.counts), (len(units.groups), len(matrix.terms))
    n, most, n_documents, n_families = np.zeros((4, *shape), dtype=int)
    group, family = units.group[units.row_unit], units.family[units.row_unit]
    for code in range(len(units.groups)):
        own = np.flatnonzero(group == code)
        own = own[np.argsort(family[own], kind="stable")]
        # By parts, each of whole families: the matrix may be the largest table there is.
        cuts = np.unique(np.searchsorted(family[own], family[own][::UNITS_AT_ONCE]))
        for part in np.split(own, cuts[1:]):
            rows = counts[units.rows[part]]
            families, among = np.unique(family[part], return_inverse=True)
            n[code] += rows.sum(axis=0).A1.astype(int)
            most[code] = np.maximum(most[code], rows.max(axis=0).toarray().ravel())
            n_documents[code] += (rows > 0).getnnz(axis=0)
            n_families[code] += (picker(among, len(families)) @ rows > 0).getnnz(axis=0)
    with np.errstate(invalid="ignore"):
        top = most / n
    columns = {"n": n, "n_rest": n.sum(axis=0) - n, "n_documents": n_documents}
    return columns | {"n_families": n_families, "top_document_share": top}


def _effects(units: Units) -> dict[str, np.ndarray]:
    """Effect sizes, groups × terms, averaged over the strata that can be compared."""
    n_groups, n_strata = len(units.groups), len(units.strata)
    cell = units.stratum * n_groups + units.group
    y = units.totals(cell, n_strata * n_groups).reshape(n_strata, n_groups, -1)
    n = y.sum(axis=2, keepdims=True)
    # A stratum in which nobody uses a term says nothing about it.
    comparable = (n > 0) & (_rest(n) > 0)
    told = comparable & (y.sum(axis=1, keepdims=True) > 0)
    crude, n_compared = y.sum(axis=0), told.sum(axis=0)
    prior = y.sum(axis=1, keepdims=True), n.sum(axis=1, keepdims=True)
    found = _log_odds(y, _rest(y), n, _rest(n), *prior)
    odds, variance = (_mean_over_strata(value, told) for value in found)
    with np.errstate(invalid="ignore"):
        # Mean of k independent estimates; eq. 22 of the paper: ζ = δ / σ.
        z = np.nan_to_num(odds / np.sqrt(variance / n_compared))
    odds, z = (np.where(comparable.any(axis=0), value, np.nan) for value in (odds, z))
    tokens, pick = units.tokens, picker(cell, n.size)
    sums = np.zeros((3, *y.shape))
    for start in range(0, len(tokens), UNITS_AT_ONCE):
        own = slice(start, start + UNITS_AT_ONCE)
        part, into = units.counts[own], pick[:, own]
        for at, each in enumerate((part > 0, part.power(2), part.multiply(tokens[own, None]))):
            sums[at] += (into @ each).toarray().reshape(y.shape)
    sums = [*sums, (pick @ tokens**2).reshape(n.shape), y, n]
    # The two sides are the first axis: the group, and the rest.
    sides = [np.stack([own, _rest(own)]) for own in sums]
    half = _half_width(told, *sides)
    return {
        "n_once": crude,
        "log_odds": odds,
        "log_odds_low": odds - half,
        "log_odds_high": odds + half,
        "z": z,
        **_times(*sides),
        "n_strata": np.broadcast_to(n_compared, crude.shape),
        "is_reversed": odds * log_odds(crude)[0] < 0,
    }


def _half_width(told, users, squares, mixed, sizes, count, size) -> np.ndarray:
    """Half of the 95 % interval of the log-odds, by what each family adds to it; groups × terms."""
    # The linear part of δ in the counts of a family (delta method), to which reweighting families
    # tends. It is too narrow for terms of few families: stretched by √(1 + 3/k), k the families on
    # the side with fewer. The 3 is measured (tests/test_compare_proofs.py): coverage is then
    # 93-97 % for some twenty families or more; for rarer terms, less.
    own = count + count.sum(axis=0)  # with the prior
    other = size + size.sum(axis=0) - own
    with np.errstate(divide="ignore", invalid="ignore"):
        pull = 1 / own + 1 / other
        use, token = 2 * pull - pull[::-1], 1 / other[::-1] - 2 / other
        variance = (use**2 * squares + 2 * use * token * mixed + token**2 * sizes).sum(axis=0)
        mean = _mean_over_strata(np.nan_to_num(variance), told)
        fewer = np.maximum(users.sum(axis=1).min(axis=0), 1)
        return _NORMAL * np.sqrt(mean / np.maximum(told.sum(axis=0), 1) * (1 + 3 / fewer))


def _times(users, squares, mixed, sizes, count, size) -> dict[str, np.ndarray]:
    """Both rates, how many times the rest's the group's is, with 95 % bounds; groups × terms."""
    # A side's tokens, divided by how much more they scatter between families than tokens dealt out
    # at random (a sandwich variance), are so many independent events; of two counts the exact
    # interval of their ratio is the binomial one of the share of the first (Clopper & Pearson
    # 1934). A dispersion known from few families leans on the other side's. Strata
    # are added up with the weights of Mantel & Haenszel. Coverage: tests/test_compare_proofs.py.
    total = np.maximum(size.sum(axis=0), 1e-9)
    rate, weight = count / np.maximum(size, 1e-9), (total - size) / total
    scatter = squares - 2 * rate * mixed + rate**2 * sizes
    # Where a side has none, its strata weigh by what it would have.
    mass = count + 1e-9 * size * (count.sum(axis=0) + 1e-9) / total
    amount, poisson = (weight * count).sum(axis=1), (weight**2 * mass).sum(axis=1)
    n_users = (users * (weight > 0)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        token = poisson / (weight * mass).sum(axis=1)  # what one of them adds to the amount
        dispersion = np.maximum((weight**2 * scatter).sum(axis=1) / poisson, 1)
        shared = _SHARED * dispersion.max(axis=0)
        event = token * (n_users * dispersion + shared) / (n_users + _SHARED)
        is_told = n_users.sum(axis=0) >= MIN_USES
        share = np.full((2, *is_told.shape), np.nan)
        events = (amount / event)[:, is_told]
        share[:, is_told] = exact_interval(events[0], events.sum(axis=0))
        low, high = share / (1 - share) * event[0] / event[1]
        # Less than one event tells no more than none.
        few_inside, few_outside = is_told & (amount / event < 1)
        low, high = np.where(few_inside, 0, low), np.where(few_outside, np.inf, high)
        inside, outside = np.maximum(amount, token / 2)
        times = {"times": inside / outside, "times_low": low, "times_high": high}
        rates = 1e4 * amount / (weight[0] * size[0]).sum(axis=0)
    return dict(zip(("rate_per_10k", "rate_rest_per_10k"), rates, strict=True)) | times


def _rest(y: np.ndarray) -> np.ndarray:
    """What all other groups have together."""
    return np.maximum(y.sum(axis=1, keepdims=True) - y, 0)


def _mean_over_strata(values: np.ndarray, told: np.ndarray) -> np.ndarray:
    """Each stratum that tells of the term weighs the same; 0 where none does."""
    return np.where(told, values, 0).sum(axis=0) / np.maximum(told.sum(axis=0), 1)


def _log_odds(y, rest, n, n_rest, alpha, size):
    """Equations 16 (δ of i against j) and 20 (its variance) of the paper; `size` is Σα."""
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.log((y + alpha) / (n + size - y - alpha))
        outside = np.log((rest + alpha) / (n_rest + size - rest - alpha))
        variance = 1 / (y + alpha) + 1 / (rest + alpha)
        # 0/0: the term is unknown, or it is the only term there is.
        return np.nan_to_num(inside - outside, nan=0.0), variance
