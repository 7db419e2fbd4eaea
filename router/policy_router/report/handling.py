"""What parties claim of the handling of data: hop by hop with every source, or each party once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from policy_router.audit.evidence import Statement
from policy_router.audit.sheet import HANDLING, Offer, Sheet
from policy_router.domain.claim import ClaimValue, Gap
from policy_router.engine import words
from policy_router.report import phrases, values
from policy_router.report.citations import UNKNOWN, Cell, Citations, Said, rests_on
from policy_router.report.evidence import title_of_hop
from policy_router.report.screen import Screen
from policy_router.report.tables import Column, table
from policy_router.report.visible import escaped

_MOST_DIFFERENT: Final = 3
"""Up to so many answers that differ are told as differences from another party."""
_PLAINLY_UNKNOWN: Final = (Gap.ABSENT, Gap.STATED_UNKNOWN)
_OVERRULED: Final = ", which does not count: the less favourable does"
Saying = Callable[[str, ClaimValue | None], str]
"""How the value of an attribute is worded."""
_FIRST: Final = (
    "inference_location",
    "storage_location",
    "support_location",
    "training",
    "zero_data_retention",
    "retention_days",
    "logging",
    "third_party_access",
    "dpa",
    "transfers_offered",
)
"""What is asked first of a party; the rest is told hop by hop."""


def answer(offer: Offer, hop: str, name: str, said: Saying) -> Cell:
    """What counts of an attribute at a hop of a route, with its source, and what contradicts it.

    `said`: how a value is worded. Where sources contradict each other nothing counts: it is not
    known, and every one of them is named with what it says.
    """
    found = offer.claims.get((hop, name))
    if found is None:
        return UNKNOWN
    against = offer.against.get((hop, name), ())
    if found.gap is Gap.CONFLICT:
        each = [_also(s, name, said) for s in (found, *against)]
        return (Said(f"{words.UNKNOWN}: {phrases.gap(Gap.CONFLICT)}"), *each)
    if found.gap is not None:
        return (Said(f"{words.UNKNOWN}: {phrases.gap(found.gap)}", (rests_on(found),)),)
    counts = Said(said(name, found.value), (rests_on(found),))
    overruled = [replace(_also(s, name, said), where=_OVERRULED) for s in against]
    return (counts, *overruled)


def _also(found: Statement, name: str, said: Saying) -> Said:
    return Said(f"says {said(name, found.value)}", (rests_on(found),))


# ---- hop by hop, with every source ---------------------------------------------------------------


def handling_tables(sheet: Sheet, citations: Citations, screen: Screen) -> Iterator[str]:
    """One table for all routes on which the same hops claim the same."""
    alike: dict[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], list[str]] = {}
    for offer in sheet.offers:
        rows = tuple(
            (phrases.title_of(name), *(_cell(offer, hop, name, citations) for hop in offer.hops))
            for name in HANDLING
        )
        alike.setdefault((offer.hops, rows), []).append(offer.route.id)
    for number, ((hops, rows), routes) in enumerate(alike.items()):
        yield from [""] if number else []
        yield from screen.wrapped(phrases.names(map(escaped, routes)))
        titles = (Column(title_of_hop(sheet.snapshot, hop), fits=True) for hop in hops)
        yield from table([Column("Question", fits=True), *titles], rows, screen)


def _cell(offer: Offer, hop: str, name: str, citations: Citations) -> str:
    return citations.cited(answer(offer, hop, name, values.said))


# ---- each party once ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Party:
    """A party with what it claims, wherever it claims that; None: nothing is known."""

    hop: str
    answers: dict[str, str | None]
    routes: list[str]

    def apart_from(self, other: _Party) -> list[str]:
        """The attributes of which the two say different things, or on another source."""
        return [name for name in _FIRST if self.answers[name] != other.answers[name]]


def handling_by_party(sheet: Sheet, citations: Citations, screen: Screen) -> Iterator[str]:
    """Each party once: what it claims, on what that rests, and what is not known of it."""
    told: list[_Party] = []
    for party in _parties(sheet, citations):
        known = [name for name in _FIRST if party.answers[name] is not None]
        nothing = "" if known else ": nothing is known"
        yield from screen.wrapped(f"{_heading(sheet, party)}{nothing}", rest="  ")
        if known:
            yield from _told(party, known, told, screen)
        told.append(party)
    rest = (phrases.title_of(name) for name in HANDLING if name not in _FIRST)
    yield from screen.wrapped(
        f"With `--all` also: {', '.join(rest)}; and of what is not known, why."
    )


def _parties(sheet: Sheet, citations: Citations) -> list[_Party]:
    """The parties on all routes, one several times if it claims different things on some."""
    found: dict[tuple[str, tuple[str | None, ...]], _Party] = {}
    for offer in sheet.offers:
        for hop in offer.hops:
            answers = {name: _answer(offer, hop, name, citations) for name in _FIRST}
            party = _Party(hop, answers, [])
            found.setdefault((hop, tuple(answers.values())), party).routes.append(offer.route.id)
    return list(found.values())


def _answer(offer: Offer, hop: str, name: str, citations: Citations) -> str | None:
    found = offer.claims.get((hop, name))
    if found is None or found.gap in _PLAINLY_UNKNOWN:
        return None
    return citations.cited(answer(offer, hop, name, values.shortly_said))


def _heading(sheet: Sheet, party: _Party) -> str:
    first = escaped(party.routes[0])
    more = f" and {len(party.routes) - 1} more" if len(party.routes) > 1 else ""
    return f"{title_of_hop(sheet.snapshot, party.hop)} on `{first}`{more}"


def _told(
    party: _Party, known: Sequence[str], before: Iterable[_Party], screen: Screen
) -> Iterator[str]:
    """What a party claims, or how that differs from what was told of one before it."""
    alike = min(before, key=lambda other: len(party.apart_from(other)), default=None)
    if alike is not None and len(different := party.apart_from(alike)) <= _MOST_DIFFERENT:
        but = f", but {_claims(party, different)}" if different else ""
        yield from screen.wrapped(f"the same as `{escaped(alike.hop)}`{but}", "  ")
        return
    yield from screen.wrapped(_claims(party, known), "  ")
    unknown = [phrases.title_of(name) for name in _FIRST if party.answers[name] is None]
    if unknown:
        yield from screen.wrapped(f"{words.UNKNOWN}: {', '.join(unknown)}", "  ")


def _claims(party: _Party, names: Sequence[str]) -> str:
    said = ((phrases.title_of(name), party.answers[name]) for name in names)
    return "; ".join(f"{title}: {answer or words.UNKNOWN}" for title, answer in said)
