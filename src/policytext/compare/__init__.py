"""Comparison of administrations: which words, how far apart, renamed or reformed, how sure."""

from policytext import lazy

__getattr__, __dir__ = lazy(
    "policytext.compare",
    {
        "decomposition": "distances",
        "divergence": "distances",
        "divergence_table": "distances",
        "distinctive_terms": "timeline",
        "documents_over_time": "timeline",
        "compound_parts": "contrasts",
        "keyness": "contrasts",
        "keyness_table": "contrasts",
        "recounts": "timeline",
        "organisations": "renames",
        "regions": "units",
        "renaming": "renames",
        "same_age": "timeline",
        "terms_over_time": "timeline",
        "topics_over_time": "timeline",
        "within_kinds": "contrasts",
    },
)
