"""Counts made up for tests of comparisons, and what several files of tests measure."""

import numpy as np
from scipy import sparse
from seaborn.utils import relative_luminance

from policytext.words.counts import TermMatrix


def matrix_of(counts):
    """Documents d0000, d0001, … by terms t0000, t0001, …"""
    counts = sparse.csr_matrix(np.asarray(counts))
    doc_ids, terms = (
        [f"{letter}{i:04}" for i in range(n)] for letter, n in zip("dt", counts.shape, strict=True)
    )
    return TermMatrix(counts, doc_ids, terms)


def bursty_texts():
    """90 documents of unequal length, some 60 bursty terms, and a group of three for each."""
    rng = np.random.default_rng(3)
    burst = rng.lognormal(4.5, 0.6, size=(90, 1)) * rng.gamma(0.3, 1 / 0.3, size=(90, 60))
    counts = rng.poisson(burst * rng.dirichlet(np.ones(60)))
    return matrix_of(counts[:, counts.sum(axis=0) > 0]), np.array([*"가나다"])[
        rng.integers(0, 3, 90)
    ]


def contrast(one, other):
    """WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    light = sorted(relative_luminance(colour) for colour in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)
