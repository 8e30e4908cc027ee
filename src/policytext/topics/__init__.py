"""Topics: what the documents are about, and how far that can be trusted."""

from policytext import lazy

__getattr__, __dir__ = lazy(
    "policytext.topics",
    {
        "NO_TOPIC": "clusters",
        "Topics": "clusters",
        "cluster": "clusters",
        "coherence": "clusters",
        "concentration": "clusters",
        "curve": "trust",
        "exemplars": "clusters",
        "fit_topics": "trust",
        "has_structure": "trust",
        "hierarchy": "clusters",
        "labels": "clusters",
        "overview": "trust",
        "plane": "clusters",
        "shares": "clusters",
        "topic_map": "clusters",
        "topic_names": "clusters",
        "tree": "clusters",
    },
)
