"""The ledger: what was promised, which numbers disagree, who said what, who stood beside whom."""

from policytext import lazy

__getattr__, __dir__ = lazy(
    "policytext.ledger",
    {
        "facts": "find_figures find_deadlines",
        "speakers": "find_quotations",
        "outcomes": "figures promises followups conflicts",
        "actors": "quotations phrases ties write_graphml lives",
        "matching": "match_needs",
    },
)
