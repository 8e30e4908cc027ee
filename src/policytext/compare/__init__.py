"""Comparison of administrations: which words, how far apart, renamed or reformed, how sure."""

from policytext import lazy

__getattr__, __dir__ = lazy(
    "policytext.compare",
    {
        "contrasts": "another_prior compound_parts keyness keyness_table within_kinds",
        "checks": "claims detectable claims_table false_dates headlines null_experiment "
        "other_choices other_documents planting_experiment weakest_claim without_one",
        "concepts": "concept_shares",
        "distances": "decomposition divergence divergence_table",
        "proportions": "regions",
        "timeline": "distinctive_terms recounts same_age terms_over_time topics_over_time",
        "renames": "organisations renaming",
    },
)
