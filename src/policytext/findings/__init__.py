"""Findings as Korean sentences, written from the tables that prove them."""

from policytext.findings.clusters import (
    concentration_finding,
    hierarchy_finding,
    labels_finding,
    topic_map_finding,
    topic_shares_finding,
    topics_finding,
)
from policytext.findings.contrasts import (
    ALPHA,
    divergence_finding,
    format_q,
    government,
    keyness_caveats,
    keyness_finding,
    left_out_finding,
    reversal_finding,
)
from policytext.findings.desk import (
    coders_finding,
    term_finding,
    trial_finding,
)
from policytext.findings.experiments import (
    copies_finding,
    genre_finding,
    interval_finding,
    null_finding,
    planted_finding,
    structure_finding,
)
from policytext.findings.morphemes import (
    analyser_finding,
    lexicon_finding,
    network_finding,
)
from policytext.findings.origins import (
    lineage_finding,
    panel_finding,
    publishers_finding,
    removed_finding,
)
from policytext.findings.passages import (
    change_points_finding,
    decomposition_finding,
    same_age_finding,
    windows_finding,
)
from policytext.findings.places import regions_finding
from policytext.findings.renaming import (
    moved_finding,
    organisations_finding,
    renamed_finding,
)
from policytext.findings.robustness import (
    agreement_finding,
    deviant_finding,
    flips_finding,
    leave_out_finding,
    placebo_finding,
    placebo_terms_finding,
    strata_finding,
)
from policytext.findings.sources import (
    audit_finding,
    corpus_finding,
    coverage_finding,
)

__all__ = [
    "ALPHA",
    "agreement_finding",
    "analyser_finding",
    "audit_finding",
    "change_points_finding",
    "coders_finding",
    "concentration_finding",
    "copies_finding",
    "corpus_finding",
    "coverage_finding",
    "decomposition_finding",
    "deviant_finding",
    "divergence_finding",
    "flips_finding",
    "format_q",
    "genre_finding",
    "government",
    "hierarchy_finding",
    "interval_finding",
    "keyness_caveats",
    "keyness_finding",
    "labels_finding",
    "leave_out_finding",
    "left_out_finding",
    "lexicon_finding",
    "lineage_finding",
    "moved_finding",
    "network_finding",
    "null_finding",
    "organisations_finding",
    "panel_finding",
    "placebo_finding",
    "placebo_terms_finding",
    "planted_finding",
    "publishers_finding",
    "regions_finding",
    "removed_finding",
    "renamed_finding",
    "reversal_finding",
    "same_age_finding",
    "strata_finding",
    "structure_finding",
    "term_finding",
    "topic_map_finding",
    "topic_shares_finding",
    "topics_finding",
    "trial_finding",
    "windows_finding",
]
