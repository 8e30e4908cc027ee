"""The ledger: what was promised, which numbers disagree, who said what, who stood beside whom."""

from policytext import lazy

__getattr__, __dir__ = lazy(
    "policytext.ledger",
    {
        "find_figures": "facts",
        "find_quotations": "facts",
        "figures": "actors",
        "quotations": "actors",
        "find_deadlines": "facts",
        "match_needs": "matching",
        "write_graphml": "actors",
        "promises": "actors",
        "followups": "actors",
        "conflicts": "actors",
        "phrases": "actors",
        "ties": "actors",
        "lives": "actors",
    },
)
