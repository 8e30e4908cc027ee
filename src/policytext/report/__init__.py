"""Results that show themselves, and the reports made of them."""

from policytext import lazy

__getattr__, __dir__ = lazy(
    "policytext.report",
    {
        "result": "Result occurrences",
        "evidence": "concordance",
        "provenance": "conditions",
        "build": "build_report",
    },
)
