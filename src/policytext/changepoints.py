"""When a rate changed, and whether that is nearer to an inauguration than chance would have it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control
from sklearn.tree import DecisionTreeRegressor

from policytext.administrations import read_administrations

BLOCK = 3  # cells that stay together when a series is permuted
SHIFT_DAYS = 15  # between false calendars
_COLUMNS = [
    "series", "date", "before", "after", "change", "p", "q",
    "inauguration", "administration", "distance_days", "p_placebo",
]  # fmt: skip


def change_points(
    table: pd.DataFrame,
    *,
    min_cells: int = 3,
    n_permutations: int = 999,
    random_state: int = 0,
    administrations: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Find the days on which the level of a series changed.

    Parameters
    ----------
    table : DataFrame
        As :func:`policytext.timeline.term_rates` or ``topic_rates`` give: ``series, period,
        period_end, n_once, exposure, value``. Cells without exposure are skipped.
    min_cells : int
        Cells on either side of a change.
    n_permutations, random_state : int
    administrations : DataFrame, optional
        As :func:`policytext.administrations.read_administrations` returns.

    Returns
    -------
    DataFrame
        One row per change: ``series, date`` (first day of the first cell of the new level),
        ``before, after`` (pooled values on either side, up to the next change), ``change``;
        ``p`` that there is a change, ``q`` (Benjamini-Hochberg; a series
        without a change counts as p = 1); the nearest
        ``inauguration`` of a president, its ``administration``, ``distance_days`` from it
        (negative: before it); ``p_placebo`` that a change as large lies as near.

    Notes
    -----
    *Where.* The share x of tokens is stabilised as arcsin √x, whose variance is φ / 4n, and
    cut by a regression tree of scikit-learn on time, pruned at its cost-complexity (Breiman
    et al. 1984): binary segmentation with a penalty of 3 ln T · φ for each change (T cells;
    Zhang & Siegmund 2007), φ from the differences between neighbouring cells, at least 1.

    *Whether.* Within the span up to the changes before and after, cells are permuted in
    blocks of three; ``p`` is how often the best cut anywhere gains as much as this one.

    *Why then.* The calendar of inaugurations is shifted round the whole period in steps of
    15 days, so that false governments have the lengths of the real ones; ``p_placebo`` is how
    often a change of the series at least as large lies as near to a false inauguration
    (nearness is not told apart below the length of a cell). With one inauguration every
    sixty months it can hardly fall below 2 / 60.

    Examples
    --------
    >>> months = pd.date_range("2015-01-01", periods=48, freq="MS")
    >>> table = pd.DataFrame({"series": "창업", "period": months, "exposure": 1000.0,
    ...     "period_end": months + pd.offsets.MonthEnd(1), "n_once": [5] * 28 + [50] * 20})
    >>> found = change_points(table.assign(value=table["n_once"] * 10), n_permutations=99)
    >>> found[["before", "after", "distance_days"]].values.tolist()
    [[50.0, 500.0, -9.0]]
    """
    calendar = read_administrations() if administrations is None else administrations
    starts = _inaugurations(calendar)
    days = pd.to_datetime(table["period"]), pd.to_datetime(table["period_end"])
    window = (days[0].min(), days[1].max())
    rng = np.random.default_rng(random_state)
    rows = []
    for name, series in table.groupby("series", sort=False):
        series = series[series["exposure"] > 0].sort_values("period", ignore_index=True)
        rows += [
            (name, *row)
            for row in _of_series(series, starts, window, (min_cells, n_permutations), rng)
        ]
    found = pd.DataFrame(rows, columns=[name for name in _COLUMNS if name != "q"])
    unchanged = table["series"].nunique() - found["series"].nunique()
    q = false_discovery_control([*found["p"], *[1.0] * unchanged]) if len(table) else []
    return found.assign(q=q[: len(found)])[_COLUMNS]


def with_events(changes: pd.DataFrame, events: pd.DataFrame, *, days: int = 60) -> pd.DataFrame:
    """Add what a chronicle tells of the weeks around each change.

    Parameters
    ----------
    changes : DataFrame
        As :func:`change_points` gives.
    events : DataFrame
        Any documents table: ``date, title``.
    days : int
        Farthest from the change.

    Returns
    -------
    DataFrame
        `changes` with ``event, event_date``: the nearest event whose title has the series in
        it, or else the nearest; empty and NaT when there is none. That it is near is no
        proof that it is the cause.

    Examples
    --------
    >>> day = pd.to_datetime(["2014-09-15"])
    >>> changes = pd.DataFrame({"series": ["창업"], "date": day})
    >>> events = pd.DataFrame({"date": day, "title": ["대구 센터 출범"]})
    >>> with_events(changes, events)["event"].tolist()
    ['대구 센터 출범']
    """
    events = events.dropna(subset="date").sort_values(["date", "title"])
    found = []
    for change in changes.itertuples():
        away = (events["date"] - change.date).abs()
        near = events[away <= pd.Timedelta(days=days)]
        unnamed = ~near["title"].str.contains(str(change.series), regex=False)
        order = np.lexsort((away.loc[near.index], unnamed))
        first = near.iloc[order[0]] if len(near) else {"title": "", "date": pd.NaT}
        found.append((first["title"], first["date"]))
    added = pd.DataFrame(found, columns=["event", "event_date"], index=changes.index)
    return changes.assign(event=added["event"], event_date=pd.to_datetime(added["event_date"]))


def _inaugurations(calendar: pd.DataFrame) -> pd.Series:
    """First day of each president's term, suspensions aside; indexed by label."""
    governs = calendar[calendar["status"] == "in_office"]
    firsts = governs.sort_values("start").drop_duplicates(["president", "ordinal"])
    return firsts.set_index("label")["start"].astype("datetime64[ns]")


def _of_series(
    series: pd.DataFrame,
    starts: pd.Series,
    window: tuple[pd.Timestamp, pd.Timestamp],
    sizes: tuple[int, int],
    rng: np.random.Generator,
) -> list[tuple]:
    """Rows of one series, without its name and q."""
    min_cells, n_permutations = sizes
    weight = 4 * series["exposure"].to_numpy()
    count = series["n_once"].to_numpy()
    level = np.arcsin(np.sqrt(np.clip(4 * count / weight, 0, 1)))
    cuts = _cuts(level, weight, min_cells)
    bounds = [0, *cuts, len(series)]
    per = _scale(series)
    values = [per * 4 * count[a:b].sum() / weight[a:b].sum() for a, b in _pairs(bounds)]
    dates = series["period"].to_numpy("datetime64[ns]")[cuts]
    size = np.abs(np.diff(values))
    nearness = (series["period_end"] - series["period"]).max().days + 1
    rows = []
    for number, cut in enumerate(cuts):
        first, last = bounds[number], bounds[number + 2]
        span = slice(first, last)
        p = _change_p(level[span], weight[span], (cut - first, min_cells), n_permutations, rng)
        date = pd.Timestamp(dates[number])
        away = (date - starts).dt.days
        nearest = away.abs().argmin()
        within = max(abs(int(away.iloc[nearest])), nearness)
        p_placebo = _placebo_p(dates[size >= size[number]], starts, window, within)
        before, after = values[number], values[number + 1]
        about = (starts.iloc[nearest], starts.index[nearest], int(away.iloc[nearest]))
        rows.append((date, before, after, after - before, p, *about, p_placebo))
    return rows


def _scale(series: pd.DataFrame) -> float:
    """What turns a share of the exposure into the unit of `value`; 1 if nothing is counted."""
    counted = series[series["n_once"] > 0]
    if counted.empty:
        return 1.0
    row = counted.iloc[0]
    return float(row["value"] * row["exposure"] / row["n_once"])


def _pairs(bounds: list[int]) -> list[tuple[int, int]]:
    return list(zip(bounds[:-1], bounds[1:], strict=True))


def _cuts(level: np.ndarray, weight: np.ndarray, min_cells: int) -> list[int]:
    """First cell of every level but the first."""
    n = len(level)
    if n < 2 * min_cells:
        return []
    steps = np.diff(level) / np.sqrt(1 / weight[1:] + 1 / weight[:-1])
    noise = max(float(np.mean(steps**2)), 1.0)
    tree = DecisionTreeRegressor(
        min_samples_leaf=min_cells,
        ccp_alpha=3 * np.log(n) * noise / weight.sum(),
        random_state=0,
    )
    found = tree.fit(np.arange(n)[:, None], level, sample_weight=weight).tree_
    splits = found.threshold[found.children_left != -1]
    return sorted(int(np.ceil(split)) for split in splits)


def _gains(level: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Weighted squares explained by cutting before cell 1, 2, …; permutations × cells - 1."""
    mass, total = np.cumsum(weight, axis=-1), np.cumsum(weight * level, axis=-1)
    left, right = mass[..., :-1], mass[..., -1:] - mass[..., :-1]
    gap = total[..., :-1] / left - (total[..., -1:] - total[..., :-1]) / right
    return left * right / (left + right) * gap**2


def _change_p(
    level: np.ndarray,
    weight: np.ndarray,
    place: tuple[int, int],
    n_permutations: int,
    rng: np.random.Generator,
) -> float:
    """How often permuted blocks of cells have anywhere a cut that gains as much."""
    cut, min_cells = place
    n = len(level)
    rolled = (np.arange(n) + rng.integers(n, size=(n_permutations, 1))) % n
    keys = rng.random((n_permutations, -(-n // BLOCK)))[:, np.arange(n) // BLOCK]
    order = np.take_along_axis(rolled, np.argsort(keys, axis=1, kind="stable"), axis=1)
    best = _gains(level[order], weight[order])[:, min_cells - 1 : n - min_cells].max(axis=1)
    reached = best >= _gains(level, weight)[cut - 1] * (1 - 1e-9)
    return float((reached.sum() + 1) / (n_permutations + 1))


def _placebo_p(
    dates: np.ndarray, starts: pd.Series, window: tuple[pd.Timestamp, pd.Timestamp], within: int
) -> float:
    """How often some of `dates` lies within so many days of a shifted inauguration."""
    span = (window[1] - window[0]).days + 1
    inside = starts[(starts >= window[0]) & (starts <= window[1])]
    if inside.empty:
        return np.nan
    days = (inside - window[0]).dt.days.to_numpy()
    found = (pd.to_datetime(dates) - window[0]).days.to_numpy()
    shifts = np.arange(SHIFT_DAYS, span, SHIFT_DAYS)
    false = (days + shifts[:, None]) % span
    away = np.abs(false[:, :, None] - found).min(axis=(1, 2))
    return float(((away <= within).sum() + 1) / (len(shifts) + 1))
