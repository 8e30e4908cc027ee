"""policytext: what changed in Korean innovation policy when the government changed?

``Corpus.open("study")`` is the handle; analyses are functions of a corpus in the folders
``texts, words, topics, compare`` and return a ``Result`` that shows itself.
"""

import importlib
from collections.abc import Callable

__version__ = "0.2.0"


def lazy(package: str, places: dict[str, str]) -> tuple[Callable, Callable]:
    """``__getattr__`` and ``__dir__`` of a package whose names are imported when first asked for.

    `places` maps a public name to the module, below `package`, that holds it; a name that is a
    module itself maps to "".
    """

    def get(name: str):
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        if not places[name]:
            return importlib.import_module(f"{package}.{name}")
        return getattr(importlib.import_module(f"{package}.{places[name]}"), name)

    return get, lambda: sorted(places)


__getattr__, __dir__ = lazy(
    "policytext",
    {
        "Corpus": "corpus",
        "Result": "report.result",
        "TermMatrix": "words.counts",
        "Topics": "topics.clusters",
        "read_documents": "texts.files",
        "clean_documents": "texts.clean",
        "find_families": "texts.clean",
        "assign_administrations": "administrations",
        "read_lexicon": "words.lexicon",
        "nouns": "words.tokens",
        "tokenize": "words.tokens",
        "term_matrix": "words.counts",
        "tfidf": "words.counts",
        "cluster": "topics.clusters",
        "keyness_table": "compare.contrasts",
        "concordance": "report.evidence",
        "explore": "lab.explorer",
        "read_study": "study",
        "study_names": "study",
        "texts": "",
        "words": "",
        "topics": "",
        "compare": "",
        "report": "",
        "ledger": "",
        "lab": "",
    },
)
