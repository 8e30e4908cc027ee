"""One way of comparing administrations, carried out whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from policytext.comparison import divergence, keyness, share_differences
from policytext.matrix import term_matrix
from policytext.panel import large_administrations
from policytext.studies import Study
from policytext.topics import Topics, cluster

N_DRAWS = 200  # of halves for the distances, at most


@dataclass(frozen=True)
class Run:
    """What one way of comparing gives.

    Attributes
    ----------
    keyness, differences, distances : DataFrame
        As :mod:`policytext.comparison` gives them; the last two for large administrations
        only, and empty where there are fewer than two.
    topics : Topics or None
    """

    keyness: pd.DataFrame
    differences: pd.DataFrame
    distances: pd.DataFrame
    topics: Topics | None


def measure(documents: pd.DataFrame, tokens: pd.DataFrame, options: Mapping) -> Run:
    """Compare the administrations of `documents` once.

    Parameters
    ----------
    documents : DataFrame
        ``doc_id, administration, family_id``; a column ``stratum`` goes before the
        stratum that `options` names.
    tokens : DataFrame
        ``doc_id, term``; those of other documents are left out.
    options : mapping
        As :func:`run_options` gives.

    Raises
    ------
    InsufficientData
        Fewer than two administrations have documents, or no term is left.
    """
    tokens = tokens[tokens["doc_id"].isin(documents["doc_id"])]
    matrix = term_matrix(tokens, min_df=options["min_df"], max_df=1.0)
    documents = documents.set_index("doc_id").loc[matrix.doc_ids].reset_index()
    groups = documents["administration"]
    families = documents["family_id"] if options["families"] else None
    stratum = "stratum" if "stratum" in documents else options["strata"]
    seed = options["random_state"]
    found = keyness(
        matrix,
        groups,
        families=families,
        strata=documents[stratum] if stratum else None,
        n_permutations=options["n_permutations"],
        n_boot=options["n_boot"],
        random_state=seed,
    )
    large = large_groups(documents, options["min_families"])
    differences, distances, topics = pd.DataFrame(), pd.DataFrame(), None
    if large.nunique() > 1:
        draws = {"n_draws": min(options["n_boot"], N_DRAWS), "random_state": seed}
        distances = divergence(matrix, large, families=families, **draws)
        if options["n_topics"]:
            topic_terms = term_matrix(
                tokens, min_df=options["topic_min_df"], max_df=options["topic_max_df"]
            )
            topics = cluster(topic_terms, options["n_topics"], random_state=seed)
            differences = share_differences(
                topics.documents,
                large,
                families=families,
                n_boot=options["n_boot"],
                n_permutations=options["n_permutations"],
                random_state=seed,
            )
    return Run(found, differences, distances, topics)


def run_options(study: Study, n_topics: int) -> dict:
    """Options of :func:`measure` that repeat what a study's comparison notebook does.

    ``min_df, min_families, strata, n_permutations, n_boot, random_state`` of its
    ``[comparison]``, ``topic_min_df, topic_max_df`` of its ``[topics]``, `n_topics` (0 for
    no topics), and ``families`` True: each family of copies counts once.
    """
    names = ("min_df", "min_families", "strata", "n_permutations", "n_boot", "random_state")
    return {name: study.comparison[name] for name in names} | {
        "topic_min_df": study.topics["min_df"],
        "topic_max_df": study.topics["max_df"],
        "n_topics": n_topics,
        "families": True,
    }


def large_groups(documents: pd.DataFrame, min_families: int) -> pd.Series:
    """Administration of each document, missing where it has fewer than `min_families`.

    Examples
    --------
    >>> table = pd.DataFrame({"administration": ["가", "가", "나"], "family_id": list("xyz")})
    >>> large_groups(table, 2).tolist()
    ['가', '가', nan]
    """
    groups = documents["administration"].astype(object)
    return groups.where(groups.isin(large_administrations(documents, min_families)))
