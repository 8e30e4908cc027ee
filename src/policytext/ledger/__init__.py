"""The ledger: what was promised, which numbers disagree, who said what, who stood beside whom."""

from policytext import lazy

__getattr__, __dir__ = lazy(
    "policytext.ledger",
    {
        "facts": "find_figures find_quotations find_deadlines",
        "actors": "figures quotations write_graphml promises followups conflicts phrases ties lives",
        "matching": "match_needs",
    },
)
