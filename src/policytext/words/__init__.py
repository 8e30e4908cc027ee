"""Texts to words: analysers, compound terms, tokens, counts, and what chapter 2 tells of them."""

from policytext import lazy

__getattr__, __dir__ = lazy(
    "policytext.words",
    {
        "analysers_compared": "analysers",
        "centralities": "counts",
        "lexicon_effect": "tokens",
        "network": "counts",
        "terms": "counts",
    },
)
