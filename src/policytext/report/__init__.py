"""Results that show themselves, and the reports made of them."""

from policytext import lazy

__getattr__, __dir__ = lazy(
    "policytext.report",
    {
        "Result": "result",
        "occurrences": "result",
        "concordance": "evidence",
        "conditions": "provenance",
        "build_report": "build",
    },
)
