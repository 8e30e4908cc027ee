"""policytext: what changed in Korean innovation policy when the government changed?

Tidy tables in, tidy tables out; every module is one noun of the pipeline:
``policytext.<module>.<name>``.
"""

import importlib

__version__ = "0.1.0"
__all__ = [
    "administrations",
    "aliases",
    "analysers",
    "audit",
    "bench",
    "boilerplate",
    "calendars",
    "changepoints",
    "cleaning",
    "comparison",
    "corpus",
    "coverage",
    "display",
    "doctor",
    "embedding",
    "evidence",
    "exhibits",
    "explorer",
    "families",
    "findings",
    "ingest",
    "kinship",
    "korean",
    "lab",
    "labels",
    "lexicon",
    "lineage",
    "matrix",
    "mining",
    "morphology",
    "network",
    "options",
    "organisations",
    "panel",
    "particles",
    "plots",
    "progress",
    "readers",
    "reference",
    "regions",
    "rendering",
    "reporting",
    "robustness",
    "schema",
    "selection",
    "stability",
    "studies",
    "timeline",
    "topics",
]


def __getattr__(name: str):
    """Import a module when it is first asked for: ``import policytext`` stays quick."""
    if name in __all__:
        return importlib.import_module(f"policytext.{name}")
    raise AttributeError(f"module 'policytext' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
