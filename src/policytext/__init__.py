"""policytext: what changed in Korean innovation policy when the government changed?

``Corpus.open("study")`` is the handle; analyses are functions of a corpus in the folders
``texts, words, topics, compare`` and return a ``Result`` that shows itself.
"""

import importlib
import inspect
from collections.abc import Callable
from functools import wraps

__version__ = "0.2.0"


def lazy(package: str, modules: dict[str, str]) -> tuple[Callable, Callable]:
    """``__getattr__`` and ``__dir__`` of a package whose names are imported when first asked for.

    `modules` maps a module below `package` to the public names it holds, between spaces, and "" to
    those that are modules themselves.
    """
    places = {name: module for module, names in modules.items() for name in names.split()}

    def get(name: str):
        if name not in places:
            from policytext.faults import nearest

            raise AttributeError(f"{package}에 없는 이름 ‘{name}’{nearest(name, places)}")
        if not places[name]:
            return importlib.import_module(f"{package}.{name}")
        found = getattr(importlib.import_module(f"{package}.{places[name]}"), name)
        named = inspect.signature(found).parameters if inspect.isfunction(found) else ()
        return _of_corpus(found) if next(iter(named), "") == "corpus" else found

    return get, lambda: sorted(places)


def _of_corpus(function: Callable) -> Callable:
    """An analysis that tells in a sentence when it is given anything but a corpus."""

    @wraps(function)
    def checked(*given, **named):
        from policytext.corpus import Corpus
        from policytext.faults import demand

        corpus = given[0] if given else named.get("corpus")
        expected = f"{function.__name__}()에는 말뭉치(Corpus)를 주어"
        remedy = "pt.Corpus.open(연구 이름)이 돌려준 것을 넣으세요."
        demand(isinstance(corpus, Corpus), expected, corpus, remedy)
        return function(*given, **named)

    return checked


__getattr__, __dir__ = lazy(
    "policytext",
    {
        "corpus": "Corpus",
        "report.result": "Result",
        "report.evidence": "concordance",
        "words.counts": "TermMatrix term_matrix tfidf",
        "words.lexicon": "read_lexicon",
        "words.tokens": "nouns tokenize",
        "topics.clusters": "Topics cluster",
        "texts.files": "read_documents",
        "texts.clean": "clean_documents find_families",
        "administrations": "assign_administrations",
        "compare.contrasts": "keyness_table",
        "lab.explorer": "explore",
        "study": "read_study study_names",
        "": "texts words topics compare report ledger lab",
    },
)
