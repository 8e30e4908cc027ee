"""Texts: found, read, cleaned, counted; analyses of chapter 01 are functions of a corpus."""

from policytext import lazy

__getattr__, __dir__ = lazy(
    "policytext.texts",
    {
        "coverage": "steps rejects document_list notes cleaning removed_lines faults per_government "
        "panel lineage",
        "files": "Reading ingest read_documents",
    },
)
