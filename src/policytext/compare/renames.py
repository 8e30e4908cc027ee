"""Rename or reform: old bodies under new names, old words in other company.

An organisation is one actor under several names, which the tables of reference know. Of other words
only the company tells: the words around a term (a window of tokens), placed once for all documents,
so that two administrations share a space without being aligned; candidates serve no other term as
context, and the mean context of an administration is taken away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
import scipy
from scipy import sparse

from policytext.administrations import canonical_name, exists_on, known_names, read_people
from policytext.compare.contrasts import BY, compared, formulas_of, main_stratum, structural_zeros
from policytext.compare.units import ALPHA, BOUNDS
from policytext.corpus import Corpus
from policytext.report import maps
from policytext.report.result import Result
from policytext.store import stored
from policytext.topics.clusters import term_vectors, top_contexts
from policytext.words.counts import TermMatrix, term_matrix
from policytext.words.tokens import LEXICON_TAG

WINDOW = 8  # tokens on either side
VANISHED = 0.1  # a rate below this part of the other administration's counts as gone
MIN_FAMILIES = 5  # families on each side without which a context is not measured
MAX_TERMS = 30  # candidates a side, the most distinctive ones
N_OTHERS = 2000  # words of like frequency that a match must beat
N_LISTED = 60  # rows of a kind
N_CANDIDATES = 3  # of them told
MOSTLY = 0.9  # of its days: a name that existed for so much of a period could have been used
RENAMED, MOVED = "새 이름", "둘레가 달라짐"
ALIKE = 0.8  # a similarity from which a match that is not sure is told as a candidate
_SHORT = "[가-힣]{1,2}"  # as a common noun such a name is more often the everyday word
_MATCH = (
    "administration_from administration_to kind term_from term_to n_families_from n_families_to "
    "similarity similarity_low similarity_high baseline p q"
).split()
_PAIR, _KEY = _MATCH[:2], [*_MATCH[:2], *_MATCH[3:5]]
_SHOWN = (*_KEY, *_MATCH[5:10], "baseline", "q")
_NAMED = "administration term n z q actor n_actor z_actor q_actor is_renaming".split()


def actor_names(tokens: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Which actor each organisation's name stands for, in each administration.

    Takes ``doc_id, term, tag`` and ``doc_id, date, administration``. A term of one or two syllables counts as a name
    only if the lexicon matched it. Returns ``term, administration, actor`` (the latest name of
    the same body), ``n`` tokens.

    >>> documents = pd.DataFrame({"doc_id": ["a"], "date": ["2015-01-01"], "administration": "갑"})
    >>> tokens = pd.DataFrame({"doc_id": ["a"], "term": ["다음카카오"], "tag": ["NNP"]})
    >>> actor_names(tokens, documents).values.tolist()
    [['다음카카오', '갑', '카카오', 1]]
    """
    named = _named(tokens, documents)
    return named.groupby(["term", "administration", "actor"]).size().rename("n").reset_index()


def canonical_tokens(tokens: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """The same tokens with every name of an organisation replaced by that of its actor.

    Parameters are those of :func:`actor_names`.

    >>> documents = pd.DataFrame({"doc_id": ["a"], "date": ["2015-01-01"], "administration": "갑"})
    >>> tokens = pd.DataFrame({"doc_id": ["a"], "term": ["다음카카오"], "tag": ["NNP"]})
    >>> canonical_tokens(tokens, documents)["term"].tolist()
    ['카카오']
    """
    named = _named(tokens, documents)
    terms = tokens["term"].astype(object)
    terms.loc[named.index] = named["actor"]
    return tokens.assign(term=terms)


def renamed_keyness(
    surface: pd.DataFrame, canonical: pd.DataFrame, names: pd.DataFrame
) -> pd.DataFrame:
    """Each organisation as written and as one actor, side by side.

    Takes the keyness of the tokens and of :func:`canonical_tokens`, and :func:`actor_names`.
    Returns ``administration, term, n, z, q, actor, n_actor, z_actor, q_actor`` and
    ``is_renaming``: the name sets the administration apart (z > 0, q < 0.05), the actor does
    not. Sorted by administration, then z from high to low.
    """
    columns = ["term", "administration", "n", "z", "q"]
    actors = {"term": "actor", "n": "n_actor", "z": "z_actor", "q": "q_actor"}
    # A name that stands for two actors in one administration goes to the more frequent one.
    names = names.sort_values(["n", "actor"], ascending=[False, True])
    names = names.drop_duplicates(["term", "administration"])[["term", "administration", "actor"]]
    table = surface[columns].merge(names, on=["term", "administration"])
    table = table.merge(canonical[columns].rename(columns=actors), on=["actor", "administration"])
    still = (table["z_actor"] > 0) & (table["q_actor"] < ALPHA)
    table["is_renaming"] = (table["z"] > 0) & (table["q"] < ALPHA) & ~still
    return table.sort_values(
        ["administration", "z", "term"], ascending=[True, False, True], ignore_index=True
    )[_NAMED]


def renaming_share(surface: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """How much of what sets each administration apart is only a new name for an old body.

    Takes the keyness of the tokens as written and :func:`renamed_keyness`. Returns
    ``administration, n_terms`` distinctive (z > 0, q < 0.05), ``n_renamed`` of them by renaming
    alone, ``share_terms``, and ``share_z`` the share of the sum of their z; NaN where nothing
    is distinctive.

    >>> surface = pd.DataFrame({"term": ["가부", "창업"], "administration": "갑", "z": [1.0, 3.0],
    ...     "q": 0.01})
    >>> pairs = pd.DataFrame({"term": ["가부"], "administration": "갑", "is_renaming": [True]})
    >>> renaming_share(surface, pairs).values.tolist()
    [['갑', 2, 1, 0.5, 0.25]]
    """
    only = pairs.loc[pairs["is_renaming"], ["term", "administration"]].assign(renamed=1)
    table = surface.merge(only, on=["term", "administration"], how="left")
    sure = (table["z"] > 0) & (table["q"] < ALPHA)
    renamed = sure & table["renamed"].notna()
    z, z_renamed = table["z"].where(sure), table["z"].where(renamed)
    table = table.assign(n_terms=sure, n_renamed=renamed, z=z, z_renamed=z_renamed)
    table = table.groupby("administration")[["n_terms", "n_renamed", "z", "z_renamed"]].sum()
    table["share_terms"] = table["n_renamed"] / table["n_terms"]
    table["share_z"] = table["z_renamed"] / table["z"]
    return table.drop(columns=["z", "z_renamed"]).reset_index()


@stored
def rename_or_reform(
    keyness: pd.DataFrame,
    documents: pd.DataFrame,
    tokens: pd.DataFrame,
    order: Sequence[str],
    *,
    n_resamples: int = 1000,
    random_state: int = 0,
) -> pd.DataFrame:
    """Match the words an administration dropped with those the next one in this `order` brought.

    Two questions. *A new name*: a term distinctive of the first administration and all but
    gone in the second is set beside the term new in the second that keeps the most similar
    company. *Other company*: a term distinctive of either that both use is compared with
    itself.

    `keyness` decides which terms are candidates (p < 0.05; at most 30 each, by rank); `documents`
    has ``doc_id, administration, family_id``, `tokens` ``doc_id, start, term``.

    Returns ``administration_from, administration_to, kind, term_from, term_to, n_families_from,
    n_families_to``; ``similarity`` cosine of the two contexts with ``similarity_low,
    similarity_high`` (95 %, resampling families); ``baseline, p, q``. For ``kind`` "새 이름" a match
    counts by its ranks: that of the new word among all words of the second administration, seen
    from the dropped one, and the reverse; the worse of the two is compared with what other words
    of the first administration that are about as frequent reach with any new word, each without
    its own later self. p is the share of them that do as well, baseline the median of their best
    similarities. (Ranks, because cosines near a busy subject are high for everything.) For
    "둘레가 달라짐" baseline and p compare with the same families dealt out between the two at
    random: p is the share of deals whose halves are at most as similar. q is Benjamini-Hochberg
    within a kind, over all pairs; only q < 0.05 claims anything. Sorted by kind, p and the distance
    from the baseline; no candidates give an empty table.

    >>> keyness = pd.DataFrame({"term": [], "administration": [], "p": [], "z": [], "rank": [],
    ...     "n_families": [], "rate_per_10k": []})
    >>> documents = pd.DataFrame({"doc_id": ["a"], "administration": ["가"], "family_id": ["a"]})
    >>> tokens = pd.DataFrame({"doc_id": ["a"], "start": [0], "term": ["창업"]})
    >>> rename_or_reform(keyness, documents, tokens, ("가", "나")).empty
    True
    """
    own = documents[["doc_id", "administration", "family_id"]]
    words, rows = _words_of(tokens), []
    for pair in pairwise(order):
        dropped, brought, shared = _candidates(keyness, pair)
        if not (dropped and brought) and not shared:
            continue
        contexts = _contexts(own, words, pair, excluded=dropped + brought)
        rng = np.random.default_rng(random_state)
        found = _renamed(contexts, dropped, brought, n_resamples, rng)
        found += _moved(contexts, shared, n_resamples, rng)
        rows += [(*pair, *row) for row in found]
    if not rows:
        return pd.DataFrame(columns=_MATCH)
    table = pd.DataFrame(rows, columns=_MATCH[:-1])
    q = table.groupby("kind")["p"].transform(scipy.stats.false_discovery_control)
    gap = (table["similarity"] - table["baseline"]).abs()
    table = table.assign(q=q, _gap=-gap).sort_values(
        ["kind", "p", "_gap"], ascending=[False, True, True], kind="stable", ignore_index=True
    )
    return table.drop(columns="_gap")


def folded(corpus: Corpus) -> pd.DataFrame:
    """:func:`compared` with old names and abbreviations of an organisation as one."""
    tokens = canonical_tokens(corpus.tokens, corpus.documents)
    matrix = term_matrix(tokens, min_df=corpus.study.comparison.min_df, max_df=1.0)
    return compared(corpus, strata=main_stratum(corpus), matrix=matrix)


def organisations(corpus: Corpus) -> Result:
    """Organisations as written and as one actor; names that an administration could not use."""
    corpus.check(n_large=1)
    strata = main_stratum(corpus)
    surface = compared(corpus, strata=strata)
    surface = surface[surface["administration"].isin(corpus.administrations)]
    as_actors = folded(corpus)
    named = renamed_keyness(surface, as_actors, actor_names(corpus.tokens, corpus.documents))
    share = renaming_share(surface, named)
    zeros = structural_zeros(surface["term"], corpus.documents)
    is_shown = zeros["administration"].isin(corpus.administrations)
    zeros = zeros[is_shown & (zeros["share_existing"] < MOSTLY)].reset_index(drop=True)
    named = named[(named[["q", "q_actor"]] < ALPHA).any(axis=1)].reset_index(drop=True)
    rows = Result("organisations", named, corpus, by=BY, columns=tuple(_NAMED))
    columns = (*BY, "share_existing", "label")
    absent = Result("structural-zeros", zeros, corpus, columns=columns, shown=8)
    n_terms, n_renamed = (int(share[name].sum()) for name in ("n_terms", "n_renamed"))
    most = share.loc[share["share_z"].idxmax()].to_dict() if n_renamed else None
    aliased = named.loc[named["q"] < ALPHA, "term"].unique().tolist()
    facts = {"n_terms": n_terms, "n_renamed": n_renamed, "most": most, "aliased": aliased}
    facts["strata"] = strata
    finding = Result("renamed-bodies", share, corpus, facts=facts, level=3, file="")
    return finding.only("finding", more=[rows, absent])


def renaming(corpus: Corpus) -> Result:
    """What each administration dropped beside what the next one brought, pair by pair."""
    corpus.check(n_large=2)
    keyness = compared(corpus, strata=main_stratum(corpus))
    marked = formulas_of(corpus, keyness).query("is_formula")["term"]
    keyness = keyness[~keyness["term"].isin(read_people() | set(marked))]
    about = corpus.documents, corpus.tokens, corpus.administrations
    matches = rename_or_reform(keyness, *about)
    parts = [_match(corpus, rows) for _, rows in matches.groupby("kind", sort=False)
             if (rows["q"] < ALPHA).any()]  # fmt: skip
    least = matches.groupby([*_PAIR, "kind"])["q"].min()
    pairs, kinds = list(pairwise(corpus.administrations)), {"renamed": RENAMED, "moved": MOVED}
    facts = {  # the pairs in which none of a kind is sure
        name: [f"{a}→{b}" for a, b in pairs if least.get((a, b, kind), 0) >= ALPHA]
        for name, kind in kinds.items()
    }
    alike = matches[_alike(matches)].sort_values("similarity", ascending=False)
    alike = alike.groupby(_PAIR).head(N_CANDIDATES)
    is_sure = (matches["kind"] == RENAMED) & (matches["q"] < ALPHA)
    view = matches[is_sure | matches.index.isin(alike.index)]
    by_time = view["administration_from"].map(corpus.administrations.index)
    view = view.loc[by_time.sort_values(kind="stable").index].reset_index(drop=True)
    shown = ("finding", "figure" if len(view) else "kept")
    facts["n_pairs"] = len(pairs)
    facts["candidates"] = alike.head(N_CANDIDATES).to_dict("records")
    look = {"level": 0, "view": view, "draw": maps.slopes, "columns": _SHOWN, "parts": shown}
    return Result("renaming", matches, corpus, facts=facts, more=parts, **look)


def _alike(rows: pd.DataFrame) -> pd.Series:
    """Which new names are candidates though not sure: in company as alike, above the baseline."""
    near = (rows["similarity"] >= ALIKE) & (rows["similarity_low"] > rows["baseline"])
    return near & (rows["q"] >= ALPHA) & (rows["kind"] == RENAMED)


def _match(corpus: Corpus, rows: pd.DataFrame) -> Result:
    """The matches of one kind, some of them sure: these, candidates, and the nearest others."""
    is_new, is_sure = rows["kind"].iloc[0] == RENAMED, rows["q"] < ALPHA
    sure, alike = rows[is_sure], rows[_alike(rows)]
    facts = {
        "n": len(rows),
        "n_sure": len(sure),
        "best": sure.iloc[0].to_dict(),
        "typical": sure[["similarity", "baseline"]].median().to_dict(),
    }
    alike = alike.sort_values("similarity", ascending=False).head(N_CANDIDATES)
    facts["candidates"] = alike.to_dict("records")
    rest = rows.drop(index=[*sure.index, *alike.index])
    rows = pd.concat([sure, alike, rest]).head(N_LISTED).reset_index(drop=True)
    sides = []
    for side in ("from", "to"):
        own = {f"term_{side}": "term", f"administration_{side}": "administration"}
        found = corpus.mentions(rows[f"term_{side}"].unique())
        found = found.assign(of=found["term"] + " · " + found["administration"].astype(str))
        keys = rows[_KEY].assign(**{new: rows[old] for old, new in own.items()})
        sides.append(keys.merge(found, on=["term", "administration"]))
    places = pd.concat(sides, ignore_index=True).drop(columns=["term", "administration"])
    look = {"by": tuple(_KEY), "places": places, "columns": _SHOWN, "shown": 5, "level": 3}
    file = "renamed" if is_new else "moved"
    return Result(file, rows, corpus, facts=facts, evidence_n=1, **look)


def _named(tokens: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Tokens that name an organisation, with date, administration and actor."""
    named = tokens.loc[tokens["term"].isin(known_names()), ["doc_id", "term", "tag"]]
    named = named.astype(object)
    is_word = named["term"].str.fullmatch(_SHORT) & (named["tag"] != LEXICON_TAG)
    named = named[~is_word.astype(bool)]
    about = documents.set_index("doc_id")[["date", "administration"]]
    about = about.reindex(named["doc_id"]).set_axis(named.index)
    named = named.assign(date=pd.to_datetime(about["date"]), administration=about["administration"])
    named = named[~_is_foreign(named, tokens)]
    keys = pd.MultiIndex.from_frame(named[["term", "date"]])
    codes, found = pd.factorize(keys)
    actors = [canonical_name(term, date) for term, date in found]
    return named.assign(actor=np.array(actors, dtype=object)[codes])


def _is_foreign(named: pd.DataFrame, tokens: pd.DataFrame) -> pd.Series:
    """Whether the text names a body abroad, and none of ours bears the name on that day."""
    last = {term: term.rpartition(" ")[2] for term in tokens["term"].unique() if " " in term}
    full = tokens.loc[tokens["term"].isin(last), ["doc_id", "term"]].astype(object)
    abroad = pd.MultiIndex.from_frame(full.assign(term=full["term"].map(last)))
    is_beside = pd.MultiIndex.from_frame(named[["doc_id", "term"]]).isin(abroad)
    gone = [
        beside and exists_on(term, date) is False
        for beside, term, date in zip(is_beside, named["term"], named["date"], strict=True)
    ]
    return pd.Series(gone, named.index, dtype=bool)


def _candidates(keyness: pd.DataFrame, pair: tuple[str, str]) -> tuple[list, list, list]:
    """Terms dropped, terms brought, and distinctive terms that both administrations use."""
    rate = keyness.pivot(index="term", columns="administration", values="rate_per_10k")
    earlier, later = (rate.get(label, pd.Series(dtype=float)) for label in pair)
    gone, new = rate.index[later <= VANISHED * earlier], rate.index[earlier <= VANISHED * later]
    sure = keyness[(keyness["p"] < ALPHA) & (keyness["z"] > 0)].sort_values("rank")
    sure = sure[sure["n_families"] >= MIN_FAMILIES]
    before, after = (sure.loc[sure["administration"] == label, "term"] for label in pair)
    dropped, brought = before[before.isin(gone)], after[after.isin(new)]
    one_sided = gone.union(new)
    shared = pd.concat([terms[~terms.isin(one_sided)].head(MAX_TERMS) for terms in (before, after)])
    return dropped.tolist()[:MAX_TERMS], brought.tolist()[:MAX_TERMS], shared.unique().tolist()


@dataclass(frozen=True)
class _Contexts:
    """One vector for each term, side (0 earlier, 1 later) and family that uses it."""

    vectors: np.ndarray
    place: dict  # (term, side) -> rows of `vectors`, terms in order

    def of(self, term: str, side: int) -> np.ndarray:
        return self.vectors[self.place.get((term, side), [])]

    def enough(self, terms: list, side: int) -> list:
        return [term for term in terms if len(self.of(term, side)) >= MIN_FAMILIES]

    def others(self, excluded: set, side: int) -> list:
        found = [term for term, of_side in self.place if of_side == side and term not in excluded]
        return self.enough(found, side)

    def mean(self, terms: list, side: int) -> np.ndarray:
        means = [self.of(term, side).mean(axis=0) for term in terms]
        from sklearn.preprocessing import normalize

        return normalize(np.array(means, dtype=np.float32))


@dataclass(frozen=True)
class _Words:
    """Tokens in order, as codes of their terms and documents, and the company of every term."""

    matrix: TermMatrix
    term: np.ndarray
    document: np.ndarray
    doc_ids: np.ndarray
    company: sparse.csr_matrix


def _words_of(tokens: pd.DataFrame) -> _Words:
    matrix = term_matrix(tokens, min_df=MIN_FAMILIES, max_df=1.0)
    ordered = tokens[["doc_id", "start", "term"]].astype({"doc_id": object, "term": object})
    ordered = ordered.sort_values(["doc_id", "start"])
    term = pd.Index(matrix.terms).get_indexer(ordered["term"])
    document, doc_ids = pd.factorize(ordered["doc_id"])
    company = _company(term, term, document, (len(matrix.terms),) * 2, term)
    return _Words(matrix, term, document, doc_ids, company)


def _contexts(
    documents: pd.DataFrame, words: _Words, pair: tuple[str, str], excluded: list
) -> _Contexts:
    """Measure the company of every term on both sides."""
    matrix, term, document = words.matrix, words.term, words.document
    n_terms, vectors = len(matrix.terms), _context_vectors(matrix, words.company, excluded)
    about = documents.set_index("doc_id").reindex(words.doc_ids)
    side = pd.Categorical(about["administration"], categories=list(pair)).codes[document]
    family = pd.factorize(about["family_id"])[0][document]
    known = (term >= 0) & (side >= 0)
    key = np.column_stack([term, side, family])[known]
    cells, row = np.unique(key, axis=0, return_inverse=True)
    cell = np.full(len(term), -1)
    cell[known] = row.ravel()
    context = np.where(vectors.any(axis=1)[term], term, -1)
    counts = _company(cell, context, document, (len(cells), n_terms), term)
    n_met = np.asarray(counts.sum(axis=1)).ravel()
    cells, counts, n_met = cells[n_met > 0], counts[n_met > 0], n_met[n_met > 0]
    summed = (counts @ vectors) / n_met[:, None]  # every family counts once
    for which in (0, 1):
        met = np.bincount(context[(side == which) & (context >= 0)], minlength=n_terms)
        summed[cells[:, 1] == which] -= met @ vectors / max(met.sum(), 1)
    rows = pd.DataFrame(cells[:, :2]).groupby([0, 1]).indices
    return _Contexts(summed, {(matrix.terms[term], side): at for (term, side), at in rows.items()})


def _company(rows, context, document, shape: tuple[int, int], term) -> sparse.csr_matrix:
    """How often each row code (below 0: only a place) meets each *other* term in the window."""
    counts = sparse.csr_matrix(shape, dtype=np.float32)
    for step in range(1, WINDOW + 1):
        near, far = np.arange(len(rows) - step), np.arange(step, len(rows))
        for word, other in ((near, far), (far, near)):
            met = (document[word] == document[other]) & (rows[word] >= 0) & (context[other] >= 0)
            met &= term[word] != term[other]
            where = (rows[word[met]], context[other[met]])
            counts += sparse.csr_matrix((np.ones(met.sum(), np.float32), where), shape=shape)
    return counts


def _context_vectors(matrix: TermMatrix, company: sparse.csr_matrix, excluded: list) -> np.ndarray:
    """Vectors of context words, weighted by idf; zero for `excluded`."""
    allowed = np.flatnonzero(~np.isin(np.array(matrix.terms, dtype=object), excluded))
    counts = sparse.csr_matrix(matrix.counts[:, allowed])
    vectors = np.zeros((len(matrix.terms), 1))
    if counts.nnz:
        n_documents = np.bincount(counts.indices, minlength=counts.shape[1])
        idf = np.log(counts.shape[0] / np.maximum(n_documents, 1))
        found = term_vectors(company[allowed][:, allowed[top_contexts(counts)]].toarray())
        vectors = np.zeros((len(matrix.terms), found.shape[1]))
        vectors[allowed] = np.nan_to_num(found) * idf[:, None]
    return vectors


def _renamed(contexts: _Contexts, dropped: list, brought: list, n: int, rng) -> list[tuple]:
    """The best match of each dropped term among the new ones, against that of other words."""
    excluded = {*dropped, *brought}
    dropped, brought = contexts.enough(dropped, 0), contexts.enough(brought, 1)
    before, after = contexts.others(excluded, 0), contexts.others(excluded, 1)
    if not (dropped and brought and before and after):
        return []
    earlier, later = dropped + before, brought + after
    similar = contexts.mean(earlier, 0) @ contexts.mean(later, 1).T
    at = pd.Index(later).get_indexer(earlier)
    similar[np.flatnonzero(at >= 0), at[at >= 0]] = -2  # no word is compared with itself
    rank = _reciprocal_rank(similar, len(dropped), len(brought))
    similar, best, best_rank = similar[:, : len(brought)], rank.argmin(axis=1), rank.min(axis=1)
    size = np.log([len(contexts.of(term, 0)) for term in earlier])
    rows = []
    for a, term in enumerate(dropped):
        one, two = contexts.of(term, 0), contexts.of(brought[best[a]], 1)
        distance = np.abs(size[len(dropped) :] - size[a])
        others = len(dropped) + np.argsort(distance, kind="stable")[:N_OTHERS]
        p = (1 + (best_rank[others] <= best_rank[a]).sum()) / (1 + len(others))
        found = float(similar[a, best[a]])
        interval = _interval(found, one, two, n, rng)
        baseline = float(np.median(similar[others].max(axis=1)))
        names = (RENAMED, term, brought[best[a]], len(one), len(two))
        rows.append((*names, found, *interval, baseline, p))
    return rows


def _reciprocal_rank(similar: np.ndarray, n_dropped: int, n_brought: int) -> np.ndarray:
    """The worse of two ranks: of a new word among the later words, of a word for a new one."""
    from_earlier = scipy.stats.rankdata(-similar, axis=1, method="min")[:, :n_brought]
    columns = -similar[:, :n_brought]
    others = np.sort(columns[n_dropped:], axis=0)
    from_later = [1 + np.searchsorted(others[:, j], columns[:, j]) for j in range(n_brought)]
    return np.maximum(from_earlier, np.column_stack(from_later))


def _moved(contexts: _Contexts, shared: list, n: int, rng) -> list[tuple]:
    """Each shared term against itself, beside its families dealt out at random."""
    rows = []
    for term in contexts.enough(contexts.enough(shared, 0), 1):
        one, two = contexts.of(term, 0), contexts.of(term, 1)
        observed = float(_cosine(one.mean(axis=0), two.mean(axis=0)))
        both = np.vstack([one, two])
        inside = np.arange(len(both)) < len(one)
        deals = rng.permuted(np.tile(inside, (n, 1)), axis=1).astype(float)
        null = _cosine(deals @ both, (1 - deals) @ both)
        p = (1 + (null <= observed).sum()) / (n + 1)
        interval = _interval(observed, one, two, n, rng)
        names = (MOVED, term, term, len(one), len(two))
        rows.append((*names, observed, *interval, float(np.median(null)), p))
    return rows


def _interval(similarity: float, one: np.ndarray, two: np.ndarray, n: int, rng) -> tuple:
    """95 % bounds from weighting families at random (Rubin 1981)."""
    # Noise only ever turns two vectors apart, so the resamples are moved back to the estimate.
    sides = [rng.standard_exponential((n, len(side))) @ side for side in (one, two)]
    drawn = _cosine(*sides)
    low, high = similarity + np.quantile(drawn, BOUNDS) - np.median(drawn)
    return max(low, -1.0), min(high, 1.0)


def _cosine(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Cosines of rows with rows."""
    lengths = np.linalg.norm(one, axis=-1) * np.linalg.norm(two, axis=-1)
    return (one * two).sum(axis=-1) / np.maximum(lengths, 1e-12)
