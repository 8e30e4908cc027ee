"""Topics: what the documents are about, and how far that can be trusted."""

from policytext import lazy

__getattr__, __dir__ = lazy(
    "policytext.topics",
    {
        "clusters": "NO_TOPIC Topics cluster coherence concentration exemplars hierarchy labels "
        "plane shares topic_map topic_names tree",
        "trust": "curve fit_topics has_structure overview",
    },
)
