"""policytext: what changed in Korean innovation policy when the government changed?

Tidy tables in, tidy tables out; every module is one noun of the pipeline:
``policytext.<module>.<name>``.
"""

import importlib

__version__ = "0.1.0"
__all__ = [
    "actors",
    "administrations",
    "agreement",
    "aliases",
    "analysers",
    "audit",
    "bench",
    "blocks",
    "boilerplate",
    "calendars",
    "catalogue",
    "changepoints",
    "changes",
    "choices",
    "claims",
    "cleaning",
    "comparison",
    "compounds",
    "controls",
    "corpus",
    "coverage",
    "curves",
    "decomposition",
    "display",
    "divergence",
    "doctor",
    "dotplots",
    "downloads",
    "effects",
    "embedding",
    "evidence",
    "exhibits",
    "exploration",
    "explorer",
    "failures",
    "families",
    "figures",
    "findings",
    "heatmaps",
    "ingest",
    "kinship",
    "korean",
    "lab",
    "labels",
    "labels_desk",
    "lexicon",
    "lexicon_desk",
    "lineage",
    "manifests",
    "matrix",
    "methods",
    "mining",
    "morphology",
    "network",
    "options",
    "organisations",
    "pack",
    "pages",
    "panel",
    "particles",
    "permutation",
    "planting",
    "plots",
    "progress",
    "proofs",
    "readers",
    "reading",
    "reference",
    "references",
    "renaming",
    "reporting",
    "reruns",
    "resampling",
    "runs",
    "schema",
    "shares",
    "sharing",
    "specifications",
    "stability",
    "status",
    "studies",
    "study_terms",
    "tables",
    "termplots",
    "terms",
    "theme",
    "timeline",
    "timelines",
    "topics",
    "trials",
    "wholes",
]


def __getattr__(name: str):
    """Import a module when it is first asked for: ``import policytext`` stays quick."""
    if name in __all__:
        return importlib.import_module(f"policytext.{name}")
    raise AttributeError(f"module 'policytext' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
