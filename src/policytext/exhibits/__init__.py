"""What stands behind a number of a report: sentences, documents, and whole sections of both."""

from policytext.exhibits.comparisons import (
    change_exhibits,
    claim_exhibits,
    decomposition_exhibits,
    pair_exhibits,
)
from policytext.exhibits.rows import (
    EVEN_SAMPLE,
    cell_exhibits,
    crosstab_exhibits,
    document_exhibits,
    link_exhibits,
    term_exhibits,
    topic_exhibits,
    tree_exhibits,
)
from policytext.exhibits.sections import (
    KEYNESS_HEADERS,
    keyness_exhibits,
    leading_parts,
    renaming_exhibits,
)

__all__ = [
    "EVEN_SAMPLE",
    "KEYNESS_HEADERS",
    "cell_exhibits",
    "change_exhibits",
    "claim_exhibits",
    "crosstab_exhibits",
    "decomposition_exhibits",
    "document_exhibits",
    "keyness_exhibits",
    "leading_parts",
    "link_exhibits",
    "pair_exhibits",
    "renaming_exhibits",
    "term_exhibits",
    "topic_exhibits",
    "tree_exhibits",
]
