"""Which words belong to which administration, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from policytext.comparison.effects import document_counts, effect_intervals, effect_sizes
from policytext.comparison.permutation import permutation_p
from policytext.comparison.resampling import family_units, family_weights
from policytext.matrix import TermMatrix
from policytext.schema import InsufficientData

ALPHA = 0.05  # p below which a term ranks before those that chance explains


def keyness(
    matrix: TermMatrix,
    groups: Sequence,
    *,
    families: Sequence | None = None,
    strata: Sequence | None = None,
    n_permutations: int = 2000,
    n_boot: int = 0,
    random_state: int = 0,
) -> pd.DataFrame:
    """Compare every administration with all the others, term by term.

    Rank by ``z``, the log-odds ratio with an informative Dirichlet prior over its standard
    error (Monroe, Colaresi & Quinn 2008). Judge by ``q``: z takes tokens for independent
    and is not a test, and bursty terms reach a high z by chance. ``rank`` therefore puts
    terms whose own permutation test does not reject (p >= 0.05) behind those it does.
    Every family counts once in each group and stratum (the mean of its
    documents), so that copies of a release change neither order nor significance.

    The prior is the pooled counts themselves: as many pseudo-counts as there are tokens,
    shared out as the pooled corpus is. It makes a term's ``log_odds`` shrink to about half
    (a term seen on one side only cannot exceed log 2 by much) but leaves frequent
    one-sided terms on top, which a small prior does not. For another prior, or a
    background corpus, see :func:`log_odds` and :func:`group_counts`. For one
    administration against another, set the groups of all other documents to None.

    Parameters
    ----------
    matrix : TermMatrix
        Counts (not TF-IDF).
    groups, families, strata : sequences aligned with ``matrix.doc_ids``
        Documents whose group is missing are left out. Without `families` each document is
        its own family. With `strata` (say, genre) the estimates are means over the strata
        in which both the group and the rest occur, each stratum weighing the same, and
        labels are permuted inside strata only.
    n_permutations, n_boot : int
        Resamples for ``p`` and for the intervals. With ``n_boot=0`` the interval columns
        are absent.
    random_state : int

    Returns
    -------
    DataFrame
        One row per term and administration, sorted by administration and ``rank``. Columns ``term, administration``; ``n, n_rest`` tokens; ``n_documents,
        n_families`` of the administration that contain the term; ``n_once`` tokens when
        each family counts once, the basis of everything that follows;
        ``rate_per_10k, rate_rest_per_10k`` per 10,000 tokens of the matrix; ``log_odds,
        z``; ``p`` two-sided, by permuting labels over families; ``q`` Benjamini-Hochberg
        over all rows; ``rank`` by z, terms with p < 0.05 first (see above); ``log_ratio`` binary log of the ratio of rates, a
        zero count taken as 0.5 (Hardie); ``pct_diff`` the same in percent; ``g2``
        log-likelihood ratio of the 2 × 2 table (summed over strata); ``dispersion``
        Gries' DP over families (0 even, near 1 concentrated); ``top_document_share``
        share of n from the document with most; ``is_reversed`` True when the stratified
        log-odds and the crude one have opposite signs (Simpson); ``n_strata`` compared.
        With `n_boot` also ``log_odds_low, log_odds_high, log_ratio_low, log_ratio_high``,
        95 % intervals over families. ``dispersion`` and ``top_document_share`` are NaN
        where n is 0; the estimates are NaN, p is 1 and the rank last where no stratum
        holds both sides.

    Raises
    ------
    ValueError
        Lengths differ, fewer than two groups have documents, or there is no term.

    Examples
    --------
    >>> from scipy import sparse
    >>> counts = sparse.csr_matrix([[9, 1], [8, 2], [1, 9], [2, 8]])
    >>> matrix = TermMatrix(counts, ["a", "b", "c", "d"], ["창업", "혁신"])
    >>> table = keyness(matrix, ["가", "가", "나", "나"], n_permutations=50)
    >>> table[["term", "administration", "n", "n_rest", "rank"]].values.tolist()
    [['창업', '가', 17, 3, 1], ['혁신', '가', 3, 17, 2], ['혁신', '나', 17, 3, 1], ['창업', '나', 3, 17, 2]]
    """  # noqa: E501
    if matrix.counts.shape[1] == 0:
        raise InsufficientData(
            "비교할 단어가 하나도 없습니다. 단어표를 만들 때 min_df를 낮추거나 "
            "불용어를 줄인 뒤 다시 실행하세요."
        )
    units = family_units(matrix, groups, families, strata)
    permuting, weighting = np.random.default_rng(random_state).spawn(2)
    columns = document_counts(matrix, units) | effect_sizes(units)
    columns["p"] = permutation_p(units, n_permutations, permuting)
    columns["q"] = false_discovery_control(columns["p"], axis=None)
    if n_boot > 0:
        weights = family_weights(units, n_boot, weighting)
        columns |= effect_intervals(units, weights, columns)
    return _long(columns, units.groups, matrix.terms)


def group_counts(
    matrix: TermMatrix, groups: Sequence, *, families: Sequence | None = None
) -> pd.DataFrame:
    """Tokens of each term in each group, every family counting once.

    Returns
    -------
    DataFrame
        groups (index) × terms (columns), the input of :func:`log_odds`.

    Examples
    --------
    >>> from scipy import sparse
    >>> counts = sparse.csr_matrix([[4, 0], [2, 0], [0, 3]])
    >>> matrix = TermMatrix(counts, ["a", "b", "c"], ["창업", "혁신"])
    >>> group_counts(matrix, ["가", "가", "나"]).to_numpy().tolist()
    [[6.0, 0.0], [0.0, 3.0]]
    """
    units = family_units(matrix, groups, families)
    totals = units.totals(units.group, len(units.groups))
    return pd.DataFrame(totals, index=units.groups, columns=matrix.terms)


def usable_stratum(documents: pd.DataFrame, *, min_families: int = 5) -> str:
    """The column that tells kinds of text apart well enough to compare like with like.

    Returns
    -------
    str
        ``genre`` or ``occasion``, the first of which two values each occur in `min_families`
        families of two administrations; empty when there is none.

    Examples
    --------
    >>> documents = pd.DataFrame({"administration": list("가가나나"), "genre": list("xyxy"),
    ...     "family_id": list("abcd")})
    >>> usable_stratum(documents, min_families=1), usable_stratum(documents)
    ('genre', '')
    """
    for column in ("genre", "occasion"):
        if column in documents and not documents[column].isna().any():
            cells = documents.groupby([column, "administration"])["family_id"].nunique()
            sides = (cells >= min_families).groupby(column).sum()
            if (sides >= 2).sum() >= 2:
                return column
    return ""


def placebo(
    matrix: TermMatrix,
    dates: Sequence,
    groups: Sequence,
    *,
    families: Sequence | None = None,
    n_cuts: int = 19,
    n_permutations: int = 500,
    random_state: int = 0,
) -> pd.DataFrame:
    """Count "significant" terms under governments that never existed.

    The calendar of the real groups is shifted round by evenly spaced numbers of days, so
    that every false government has the length of a real one (the one pushed over the end
    goes on at the beginning), and :func:`keyness` is run again. Vocabulary drifts with
    time anyway: only what the real cut finds beyond the false ones is owed to governments.

    Parameters
    ----------
    matrix, groups, families, n_permutations, random_state
        As in :func:`keyness`.
    dates : sequence aligned with ``matrix.doc_ids``
        Documents without a date or a group are left out.
    n_cuts : int
        Number of false cuts; those that give every document to one government are skipped.

    Returns
    -------
    DataFrame
        One row per cut, the real one first: ``cut`` (0 is real), ``offset_days, is_real,
        n_significant`` (terms with q < 0.05 in at least one group), ``share_significant``
        of the terms, ``share_unmoved`` documents that kept their group (false cuts near 1
        are nearly the real one), ``terms`` the significant ones, sorted.

    Examples
    --------
    >>> from scipy import sparse
    >>> counts = sparse.csr_matrix(np.ones((8, 2), dtype=int))
    >>> matrix = TermMatrix(counts, list("abcdefgh"), ["창업", "혁신"])
    >>> dates = pd.date_range("2013-01-01", periods=8, freq="YS")
    >>> table = placebo(matrix, dates, list("가가가가나나나나"), n_cuts=1, n_permutations=50)
    >>> table[["cut", "is_real", "n_significant", "share_unmoved"]].values.tolist()
    [[0, True, 0, 1.0], [1, False, 0, 0.125]]
    """
    when = pd.Series(pd.to_datetime(np.asarray(dates))).dt.normalize()
    labels = pd.Series(list(groups), dtype=object)
    known = when.notna() & labels.notna()
    if not known.any():
        raise InsufficientData("날짜와 집단이 모두 있는 문서가 없습니다. 'dates' 값을 확인하세요.")
    day = (when - when[known].min()).dt.days
    # The group in office on each day: that of the latest document up to it.
    calendar = (
        pd.DataFrame({"day": day, "label": labels})[known]
        .groupby("day")["label"]
        .agg(lambda of_day: of_day.value_counts(sort=True).index[0])
    )
    span = int(calendar.index[-1]) + 1
    rows = []
    for cut in range(n_cuts + 1):
        offset = round(cut * span / (n_cuts + 1))
        moved = labels.where(known, None)
        if cut:
            source = (day[known] - offset) % span
            position = np.searchsorted(calendar.index, source, side="right") - 1
            moved[known] = calendar.to_numpy()[position]
            if moved.nunique() < 2:
                continue
        table = keyness(
            matrix,
            moved,
            families=families,
            n_permutations=n_permutations,
            random_state=random_state,
        )
        terms = sorted(table.loc[table["q"] < 0.05, "term"].unique())
        unmoved = float((moved == labels)[known].mean())
        share = len(terms) / len(matrix.terms)
        rows.append((cut, offset, cut == 0, len(terms), share, unmoved, terms))
    names = ["cut", "offset_days", "is_real", "n_significant", "share_significant", "share_unmoved"]
    return pd.DataFrame(rows, columns=[*names, "terms"])


def _long(columns: dict[str, np.ndarray], groups: list[str], terms: list[str]) -> pd.DataFrame:
    """Groups × terms arrays as one row per term and group, ranked by z."""
    table = pd.DataFrame({name: np.asarray(v).ravel() for name, v in columns.items()})
    table["term"] = np.tile(np.array(terms, dtype=object), len(groups))
    table["administration"] = np.repeat(np.array(groups, dtype=object), len(terms))
    # Planted terms are found more often this way, in every group and band of frequency:
    # tests/test_comparison_proofs.py.
    table["_tier"] = np.sign(table["z"]) * (table["p"] < ALPHA)
    # Rounded, because terms with equal counts must not be ordered by floating-point noise.
    table["_z"] = table["z"].round(9)
    table = table.sort_values(
        ["administration", "_tier", "_z", "term"],
        ascending=[True, False, False, True],
        ignore_index=True,
    )
    table["rank"] = table.groupby("administration").cumcount() + 1
    first = [
        "term",
        "administration",
        "n",
        "n_rest",
        "n_documents",
        "n_families",
        "n_once",
        "rate_per_10k",
        "rate_rest_per_10k",
        "log_odds",
        "z",
        "p",
        "q",
        "rank",
        "log_ratio",
        "pct_diff",
        "g2",
        "dispersion",
        "top_document_share",
        "n_strata",
        "is_reversed",
    ]
    return table[first + [name for name in columns if name not in first]]
