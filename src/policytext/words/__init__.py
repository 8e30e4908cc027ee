"""Texts to words: analysers, compound terms, tokens, counts, and what chapter 2 tells of them."""

from policytext import lazy

__getattr__, __dir__ = lazy(
    "policytext.words",
    {
        "analysers": "analysers_compared",
        "counts": "centralities network terms",
        "tokens": "lexicon_effect",
    },
)
