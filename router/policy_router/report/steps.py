"""A step someone could take, for people: what its contract must say, those alike together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from policy_router.engine.explanation import Change, Term
from policy_router.report import phrases
from policy_router.report.plain_words import step_words

_AND_FOR_SOME = ", and for some of these "
_RECORDED_APART = "; the model as it runs there is recorded as another route"


def change_words(change: Change, *, covering: bool = True) -> str:
    """A step in words; `covering`: also what a sign-off has to cover, which is one for all."""
    apart = _RECORDED_APART if change.elsewhere else ""
    covers = change.covering if covering else ""
    return step_words(f"{change.head}{covers}{change.of_data}{contents(change.terms)}{apart}")


def steps_words(changes: Iterable[Change]) -> Iterator[str]:
    """Steps of one list in words; what a sign-off has to cover is said with the first alone."""
    said = False
    for change in changes:
        yield change_words(change, covering=not said)
        said = said or bool(change.covering)


def contents(terms: Sequence[Term], changed: Collection[str] = ()) -> str:
    """What a contract must say, or evidence show: of each attribute, once, what is wanted; clauses.

    `changed`: the attributes that are known to be otherwise now. Of an attribute of which several
    steps want different things all of them are told.
    """
    wanted: dict[str, list[str]] = {}
    for term in terms:
        if term.attribute:
            demand = phrases.demand(term.attribute, term.said)
            wanted.setdefault(term.attribute, []).append(demand)
    alike: dict[tuple[bool, str], list[str]] = {}
    for attribute, demands in wanted.items():
        said = _AND_FOR_SOME.join(dict.fromkeys(demands))
        alike.setdefault((attribute in changed, said), []).append(phrases.title_of(attribute))
    parts = [
        f"{'a change of ' if change else ''}{', '.join(titles)}: {said}"
        for (change, said), titles in alike.items()
    ]
    return "; ".join([*parts, *dict.fromkeys(t.said for t in terms if not t.attribute)])
