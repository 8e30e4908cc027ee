"""Does the method keep its promises on this corpus? Experiments whose answer is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from policytext.comparison import keyness
from policytext.matrix import TermMatrix
from policytext.robustness.planting import N_PLANTED, frequent_terms, plant, shuffled_groups
from policytext.stability import has_structure, shuffle_tokens, stability
from policytext.topics import cluster

ALPHA = 0.05
LEVELS = (0.1, 0.01, 0.001)


def null(
    matrix: TermMatrix,
    groups: Sequence,
    *,
    families: Sequence | None = None,
    n_draws: int = 20,
    n_permutations: int = 300,
    random_state: int = 0,
) -> pd.DataFrame:
    """Compare groups that differ in nothing.

    Returns
    -------
    DataFrame
        One row per draw: ``draw, n_called`` (rows of keyness with q < .05; each a false
        discovery), ``p_10, p_1, p_01`` shares of p at or below 10 %, 1 % and 0.1 %.
    """
    rng = np.random.default_rng(random_state)
    rows = []
    for draw in range(n_draws):
        table = keyness(
            matrix,
            shuffled_groups(groups, families, rng),
            families=families,
            n_permutations=n_permutations,
            random_state=random_state + draw,
        )
        shares = [(table["p"] <= level).mean() for level in LEVELS]
        rows.append((draw, int((table["q"] < ALPHA).sum()), *shares))
    return pd.DataFrame(rows, columns=["draw", "n_called", "p_10", "p_1", "p_01"])


def coverage(
    matrix: TermMatrix,
    groups: Sequence,
    *,
    n_terms: int = N_PLANTED,
    n_draws: int = 20,
    n_boot: int = 200,
    random_state: int = 0,
) -> pd.DataFrame:
    """How often 95 % intervals hold the truth, for terms planted twofold.

    The documents are the population, its values the truth; samples of the same size are
    drawn from each group of it, and their intervals compared with it.

    Returns
    -------
    DataFrame
        One row per draw: ``draw, n_intervals, log_odds, log_ratio`` (shares of intervals that
        hold the truth).
    """
    rng = np.random.default_rng(random_state)
    known = np.flatnonzero(pd.Series(list(groups), dtype=object).notna())
    label = rng.permutation(np.array(list(groups), dtype=object)[known])
    chosen = frequent_terms(matrix, rng, n_terms)
    counts = matrix.counts[known]
    population = TermMatrix(counts, [matrix.doc_ids[row] for row in known], matrix.terms)
    population = plant(population, label == pd.Series(label).mode()[0], 2, chosen)
    names = [f"d{i:06}" for i in range(len(known))]

    def estimates(rows: np.ndarray, n: int) -> pd.DataFrame:
        sample = TermMatrix(population.counts[rows], names, population.terms)
        found = keyness(sample, label[rows], n_permutations=0, n_boot=n)
        found = found[found["term"].isin(np.take(matrix.terms, chosen))]
        return found.set_index(["administration", "term"]).sort_index()

    truth = estimates(np.arange(len(known)), 0)
    rows = []
    for draw in range(n_draws):
        drawn = [
            rng.choice(found := np.flatnonzero(label == g), len(found)) for g in np.unique(label)
        ]
        found = estimates(np.concatenate(drawn), n_boot)
        holds = [
            ((found[f"{name}_low"] <= truth[name]) & (truth[name] <= found[f"{name}_high"])).mean()
            for name in ("log_odds", "log_ratio")
        ]
        rows.append((draw, len(found), *holds))
    return pd.DataFrame(rows, columns=["draw", "n_intervals", "log_odds", "log_ratio"])


def copies(
    matrix: TermMatrix,
    groups: Sequence,
    *,
    families: Sequence | None = None,
    n_copies: int = 50,
    n_top: int = 50,
) -> pd.DataFrame:
    """Reprint the longest document and see whether the ranking moves.

    Returns
    -------
    DataFrame
        ``administration, n_top, n_same`` (ranks at which the same term stands), the last
        also for the ranking that counts each copy, ``n_same_uncounted``.
    """
    groups, n_documents = list(groups), len(matrix.doc_ids)
    families = list(families) if families is not None else [f"\0{i}" for i in range(n_documents)]
    known = pd.Series(groups, dtype=object).notna().to_numpy()
    longest = int(np.argmax(np.asarray(matrix.counts.sum(axis=1)).ravel() * known))
    counts = sparse.vstack([matrix.counts] + [matrix.counts[longest]] * n_copies).tocsr()
    names = [*matrix.doc_ids, *(f"{matrix.doc_ids[longest]}\0{i}" for i in range(n_copies))]
    copied = TermMatrix(counts, names, matrix.terms)
    more = [groups[longest]] * n_copies
    before = _top(keyness(matrix, groups, families=families, n_permutations=0), n_top)
    cases = {
        "n_same": families + [families[longest]] * n_copies,
        "n_same_uncounted": families + [f"\1{i}" for i in range(n_copies)],
    }
    table = before.groupby("administration").size().rename("n_top").to_frame()
    for name, labels in cases.items():
        after = _top(keyness(copied, groups + more, families=labels, n_permutations=0), n_top)
        table[name] = (before == after).groupby("administration").sum()
    return table.reset_index()


def structure(
    matrix: TermMatrix,
    n_topics: int,
    *,
    n_draws: int = 3,
    n_boot: int = 10,
    random_state: int = 0,
) -> pd.DataFrame:
    """Ask whether there are topics: in the texts, then in `n_draws` shufflings of them.

    Returns
    -------
    DataFrame
        ``draw`` (0 is the texts), ``is_shuffled, ari, ari_low, ari_null, has_structure``; see
        :func:`policytext.stability.stability`.
    """
    rows = []
    for draw in range(n_draws + 1):
        seed = random_state + 100 * draw  # far from the seeds that stability shuffles with
        texts = shuffle_tokens(matrix, seed) if draw else matrix
        found = stability(
            texts, cluster(texts, n_topics, random_state=seed), n_boot=n_boot, random_state=seed
        )
        first = found[["ari", "ari_low", "ari_null"]].iloc[0]
        rows.append((draw, draw > 0, *first, has_structure(found)))
    names = ["draw", "is_shuffled", "ari", "ari_low", "ari_null", "has_structure"]
    return pd.DataFrame(rows, columns=names)


def _top(table: pd.DataFrame, n: int) -> pd.Series:
    """Term at each of the first ranks."""
    top = table[table["rank"] <= n]
    return top.set_index(["administration", "rank"])["term"].sort_index()
