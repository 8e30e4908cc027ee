"""How often a term was used over time, with intervals over families."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import norm

from policytext.exploration import Exploration, column_of, period_of
from policytext.resampling import family_units, family_weights
from policytext.schema import InsufficientData

UNITS = {"year": "Y", "quarter": "Q", "month": "M"}
_Z = norm.ppf(0.975)


def term_rates(
    exploration: Exploration,
    term: str,
    *,
    unit: str = "year",
    n_boot: int = 200,
    random_state: int = 0,
) -> pd.DataFrame:
    """How often a term was used in each period, with intervals.

    Parameters
    ----------
    exploration : Exploration
    term : str
    unit : {"year", "quarter", "month"}
        Documents whose date does not tell the period are left out.
    n_boot, random_state : int
        Bayesian bootstrap over families (:func:`policytext.resampling.family_weights`).

    Returns
    -------
    DataFrame
        One row per period from the first to the last, empty ones too: ``period`` (start
        of it), ``n`` occurrences and ``n_documents`` with the term; ``n_families`` of the
        period; ``rate_per_10k, rate_low, rate_high`` per 10,000 tokens, every family
        counting once, 95 %; ``share, share_low, share_high`` of families with the term,
        95 % after Wilson (1927). Where the term never occurs ``rate_high`` is
        ``share_high`` at the term's usual number per family that has it. A period of one
        family has no interval.

    Raises
    ------
    UnknownTerm, InsufficientData
    """
    two = column_of(exploration, term)
    periods = period_of(exploration.documents, _frequency(unit))
    if periods.isna().all():
        raise InsufficientData(
            "날짜를 아는 글이 없어 시간을 따라 셀 수 없습니다. 날짜 열을 확인하세요."
        )
    labels = periods.astype(str).where(periods.notna(), None)
    units = family_units(two, labels, exploration.documents["family_id"], n_groups=1)
    weights = family_weights(units, n_boot, np.random.default_rng(random_state))
    y, tokens = units.counts[:, [0]].toarray(), units.tokens[:, None]
    pick = sparse.csr_matrix((np.ones(len(y)), (units.group, np.arange(len(y)))))
    resampled = (pick @ (weights * y)) / (pick @ (weights * tokens))
    n_families, used = (pick @ np.ones(len(y))), pick @ (y[:, 0] > 0).astype(float)
    share_low, share_high = _wilson(used, n_families)
    total = (pick @ tokens)[:, 0]
    rate_low, rate_high = 1e4 * np.quantile(resampled, [0.025, 0.975], axis=1)
    usual = y[y > 0].mean() if (y > 0).any() else 1.0
    rate_high = np.where(used > 0, rate_high, 1e4 * share_high * n_families * usual / total)
    table = pd.DataFrame({
        "n_families": n_families.astype(int),
        "rate_per_10k": 1e4 * (pick @ y)[:, 0] / total,
        "rate_low": np.where(n_families > 1, rate_low, np.nan),
        "rate_high": np.where(n_families > 1, rate_high, np.nan),
        "share": used / n_families, "share_low": share_low, "share_high": share_high,
    }, index=pd.PeriodIndex(units.groups, freq=_frequency(unit)))  # fmt: skip
    found = pd.Series(two.counts[:, [0]].toarray()[:, 0]).groupby(periods)
    table = table.assign(n=found.sum(), n_documents=found.agg(lambda n: (n > 0).sum()))
    every = pd.period_range(table.index.min(), table.index.max(), freq=table.index.freq)
    table = table.reindex(every)
    counts = ["n", "n_documents", "n_families"]
    table[counts] = table[counts].fillna(0).astype(int)
    return table.assign(period=every.to_timestamp()).reset_index(drop=True)


def _frequency(unit: str) -> str:
    if unit not in UNITS:
        raise ValueError(f"단위는 {', '.join(UNITS)} 가운데 하나여야 하는데 '{unit}'입니다.")
    return UNITS[unit]


def _wilson(k: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """95 % score interval of k out of n (Wilson 1927)."""
    centre = (k + _Z**2 / 2) / (n + _Z**2)
    half = _Z / (n + _Z**2) * np.sqrt(k * (n - k) / n + _Z**2 / 4)
    return np.maximum(centre - half, 0), np.minimum(centre + half, 1)
