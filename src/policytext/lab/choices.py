"""What a person has chosen on the explorer's screen, and the code that gives the same."""

from __future__ import annotations

import difflib
from dataclasses import asdict, dataclass, fields

from policytext.korean import attach_particle


@dataclass(frozen=True)
class Choices:
    """State of the explorer; a value left out is empty or 0 and means "as the study says".

    Attributes
    ----------
    study, analyser, genre, term : str
    start, end : int
        First and last year, 0 for no limit.
    administrations : tuple of str
        None for all.
    view : {"time", "administrations", "topics"}
        What the figure shows.
    unit : {"year", "quarter", "month"}
    n_topics : int
    stopwords, terms : tuple of str
        Stop words and compound terms tried out, saved nowhere.
    """

    study: str = ""
    analyser: str = ""
    genre: str = ""
    term: str = ""
    start: int = 0
    end: int = 0
    administrations: tuple[str, ...] = ()
    view: str = "time"
    unit: str = "year"
    n_topics: int = 0
    stopwords: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()

    @property
    def chosen(self) -> dict:
        """The choices that differ from the defaults."""
        defaults = asdict(Choices())
        return {key: value for key, value in asdict(self).items() if value != defaults[key]}


def read_choices(study: str, given: dict) -> Choices:
    """Choices from the arguments of a call.

    Raises
    ------
    ValueError
        An unknown name, with the nearest known one.

    Examples
    --------
    >>> read_choices("a", {"term": "창업", "administrations": ["가"]}).chosen
    {'study': 'a', 'term': '창업', 'administrations': ('가',)}
    """
    known = [field.name for field in fields(Choices)]
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" {attach_particle(repr(near[0]), '을/를')} 찾으셨나요?" if near else ""
            named = attach_particle(f"'{name}'", "은/는")
            raise ValueError(
                f"explore()에서 {named} 모르는 항목입니다.{hint} 있는 항목: {', '.join(known)}."
            )
    lists = {
        key: tuple(given[key]) for key in ("administrations", "stopwords", "terms") if key in given
    }
    return Choices(**{"study": study} | given | lists)


def as_code(choices: Choices, *, is_refitted: bool = False) -> str:
    """Python that gives the tables on the screen, and the call that opens the screen again.

    Topics are those of the study as it is, or with `is_refitted` of what is tried out.

    Examples
    --------
    >>> print(as_code(Choices(study="a", term="창업", n_topics=5, start=2014)))
    from policytext import explorer
    from policytext.lab import exploration, terms
    <BLANKLINE>
    data = exploration.open_study('a')
    found = data.topics(5)
    part = exploration.select(data, start=2014)
    terms.term_rates(part, '창업', unit='year')
    terms.term_keyness(exploration.select(data, start=2014), '창업')
    terms.term_topics(part, found, '창업')
    terms.sentences(part, '창업')
    <BLANKLINE>
    explorer.explore('a', term='창업', start=2014, n_topics=5)
    """
    chosen = choices.chosen
    analyser = f", analyser={choices.analyser!r}" if choices.analyser else ""
    is_trial = bool(choices.stopwords or choices.terms)
    lines = [
        "from policytext import explorer",
        f"from policytext.lab import exploration, terms{', trials' * is_trial}",
        "",
        f"data = exploration.open_study({choices.study!r}{analyser})",
    ]
    found = f"found = data.topics({choices.n_topics})"
    if not is_refitted:
        lines.append(found)
    if choices.terms:
        lines.append(f"data = trials.with_terms(data, {choices.terms!r})")
    if choices.stopwords:
        lines.append(f"data = trials.without(data, {choices.stopwords!r})")
    if is_refitted:
        lines.append(found)
    frame = [f", {name}={chosen[name]!r}" for name in ("start", "end", "genre") if name in chosen]
    only = f", administrations={choices.administrations!r}" if choices.administrations else ""
    whole = f"exploration.select(data{''.join(frame)})"
    term = repr(choices.term)
    lines += [
        f"part = exploration.select(data{''.join(frame)}{only})",
        f"terms.term_rates(part, {term}, unit={choices.unit!r})",
        f"terms.term_keyness({whole}, {term})",
        f"terms.term_topics(part, found, {term})",
        f"terms.sentences(part, {term})",
        "",
    ]
    again = "".join(f", {key}={value!r}" for key, value in chosen.items() if key != "study")
    return "\n".join([*lines, f"explorer.explore({choices.study!r}{again})"])
