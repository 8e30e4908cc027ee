"""Comparison of administrations: which words, which topics, how far apart, how sure."""

from policytext.comparison.contrasts import ALPHA, group_counts, keyness, placebo, usable_stratum
from policytext.comparison.distances import divergence, divergence_terms
from policytext.comparison.effects import exposure, log_odds
from policytext.comparison.shares import share_differences, topic_shares

__all__ = [
    "ALPHA",
    "divergence",
    "divergence_terms",
    "exposure",
    "group_counts",
    "keyness",
    "log_odds",
    "placebo",
    "share_differences",
    "topic_shares",
    "usable_stratum",
]
