"""The lab: questions put to a study in JupyterLab, and what only people can decide."""

from policytext import lazy

__getattr__, __dir__ = lazy(
    "policytext.lab",
    {
        "ask": "answers",
        "explore": "explorer",
        "labels_desk": "desks",
        "lexicon_desk": "desks",
        "topics_of": "answers",
    },
)
