"""Comparison of administrations: which words, how far apart, renamed or reformed, how sure."""

from policytext import lazy

__getattr__, __dir__ = lazy(
    "policytext.compare",
    {
        "another_prior": "contrasts",
        "claims": "checks",
        "compound_parts": "contrasts",
        "concept_shares": "concepts",
        "decomposition": "distances",
        "detectable": "checks",
        "claims_table": "checks",
        "distinctive_terms": "timeline",
        "divergence": "distances",
        "divergence_table": "distances",
        "false_dates": "checks",
        "headlines": "checks",
        "keyness": "contrasts",
        "keyness_table": "contrasts",
        "null_experiment": "checks",
        "organisations": "renames",
        "other_choices": "checks",
        "other_documents": "checks",
        "planting_experiment": "checks",
        "recounts": "timeline",
        "regions": "contrasts",
        "renaming": "renames",
        "same_age": "timeline",
        "terms_over_time": "timeline",
        "topics_over_time": "timeline",
        "weakest_claim": "checks",
        "within_kinds": "contrasts",
        "without_one": "checks",
    },
)
