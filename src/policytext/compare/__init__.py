"""Comparison of administrations: which words, how far apart, renamed or reformed, how sure."""

from policytext import lazy

__getattr__, __dir__ = lazy(
    "policytext.compare",
    {
        "keyness": "contrasts",
        "keyness_table": "contrasts",
    },
)
