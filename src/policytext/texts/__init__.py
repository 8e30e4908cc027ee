"""Texts: found, read, cleaned, counted; analyses of chapter 01 are functions of a corpus."""

from policytext import lazy

_COVERAGE = [
    "steps",
    "rejects",
    "document_list",
    "notes",
    "cleaning",
    "removed_lines",
    "faults",
] + ["per_government", "panel", "lineage"]

_FILES = ["Reading", "ingest", "read_documents"]

__getattr__, __dir__ = lazy(
    "policytext.texts", dict.fromkeys(_COVERAGE, "coverage") | dict.fromkeys(_FILES, "files")
)
