"""What parties claim of the handling of data: hop by hop with every source, or each party once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from policy_router.audit.evidence import Statement
from policy_router.audit.sheet import HANDLING, Offer, Sheet
from policy_router.domain.claim import Gap
from policy_router.engine import words
from policy_router.report import phrases, values
from policy_router.report.evidence import title_of_hop
from policy_router.report.screen import Screen
from policy_router.report.tables import Column, table
from policy_router.report.visible import escaped

_MOST_DIFFERENT: Final = 3
"""Up to so many answers that differ are told as differences from another party."""
_PLAINLY_UNKNOWN: Final = (Gap.ABSENT, Gap.STATED_UNKNOWN)
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


# ---- hop by hop, with every source ---------------------------------------------------------------


def handling_tables(sheet: Sheet, screen: Screen) -> Iterator[str]:
    """One table for all routes on which the same hops claim the same; then the numbered sources."""
    numbers = _numbered(sheet)
    alike: dict[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], list[str]] = {}
    for offer in sheet.offers:
        rows = tuple(
            (phrases.title_of(name), *(_cell(offer, hop, name, numbers) for hop in offer.hops))
            for name in HANDLING
        )
        alike.setdefault((offer.hops, rows), []).append(offer.route.id)
    for (hops, rows), routes in alike.items():
        yield from screen.wrapped(phrases.names(map(escaped, routes)))
        titles = (Column(title_of_hop(sheet.snapshot, hop), fits=True) for hop in hops)
        yield from table([Column("Question", fits=True), *titles], rows, screen)
        yield ""
    yield from _sources(numbers, screen)


def _cell(offer: Offer, hop: str, name: str, numbers: dict[tuple[str, str], int]) -> str:
    found = offer.claims.get((hop, name))
    if found is None:
        return words.UNKNOWN
    number = numbers[_source(found)]
    if found.gap is not None:
        return f"{words.UNKNOWN}: {phrases.gap(found.gap)} [{number}]"
    return f"{values.said(name, found.value)} [{number}]"


def _source(s: Statement) -> tuple[str, str]:
    """A source as it is listed: what kind it is and when it was read, and which."""
    if s.agreement is not None:
        return f"agreement `{escaped(s.agreement)}`", s.evidence.reference
    return escaped(phrases.evidence(s.evidence)), s.evidence.reference


def _numbered(sheet: Sheet) -> dict[tuple[str, str], int]:
    found = {
        _source(s)
        for offer in sheet.offers
        for (_, name), s in offer.claims.items()
        if name in HANDLING
    }
    return {source: number for number, source in enumerate(sorted(found), start=1)}


def _sources(numbers: dict[tuple[str, str], int], screen: Screen) -> Iterator[str]:
    for (kind, reference), number in numbers.items():
        yield from screen.wrapped(f"{kind}: {escaped(reference)}", f"  [{number}] ")


# ---- each party once ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Party:
    """A party with what it claims, wherever it claims that; None: nothing is known."""

    hop: str
    answers: dict[str, str | None]
    statements: tuple[Statement, ...]
    routes: list[str]

    def apart_from(self, other: _Party) -> list[str]:
        """The attributes of which the two say different things."""
        return [name for name in _FIRST if self.answers[name] != other.answers[name]]


def handling_by_party(sheet: Sheet, screen: Screen) -> Iterator[str]:
    """Each party once: what it claims, what is not known of it, and on what that rests."""
    told: list[_Party] = []
    for party in _parties(sheet):
        known = [name for name in _FIRST if party.answers[name] is not None]
        nothing = "" if known else ": nothing is known"
        yield from screen.wrapped(f"{_heading(sheet, party)}{nothing}", rest="  ")
        if known:
            yield from _told(party, known, told, screen)
        told.append(party)
    rest = (phrases.title_of(name) for name in HANDLING if name not in _FIRST)
    yield from screen.wrapped(f"With `--all` also: {', '.join(rest)}; and which page says what.")


def _parties(sheet: Sheet) -> list[_Party]:
    """The parties on all routes, one several times if it claims different things on some."""
    found: dict[tuple[str, tuple[str | None, ...]], _Party] = {}
    for offer in sheet.offers:
        for hop in offer.hops:
            said = {name: offer.claims.get((hop, name)) for name in _FIRST}
            answers = {name: _answer(found, name) for name, found in said.items()}
            statements = tuple(found for found in said.values() if found is not None)
            party = _Party(hop, answers, statements, [])
            found.setdefault((hop, tuple(answers.values())), party).routes.append(offer.route.id)
    return list(found.values())


def _answer(found: Statement | None, name: str) -> str | None:
    if found is None or found.gap in _PLAINLY_UNKNOWN:
        return None
    if found.gap is not None:
        return f"{words.UNKNOWN} ({phrases.gap(found.gap)})"
    return values.shortly_said(name, found.value)


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
    yield from screen.wrapped(f"sources: {_sources_of(party.statements)}", "  ")


def _claims(party: _Party, names: Sequence[str]) -> str:
    said = ((phrases.title_of(name), party.answers[name]) for name in names)
    return "; ".join(f"{title}: {answer or words.UNKNOWN}" for title, answer in said)


def _sources_of(found: Iterable[Statement]) -> str:
    """The sources of some claims by kind, and when they were read or verified and by whom."""
    kinds: dict[str, Counter[str]] = {}
    for kind, reference, when in {(*_kind(s), _when(s)) for s in found}:
        del reference
        kinds.setdefault(when, Counter())[kind] += 1
    return "; ".join(
        f"{', '.join(f'{kind} ({n})' if n > 1 else kind for kind, n in sorted(counts.items()))}, "
        f"{when}"
        for when, counts in sorted(kinds.items())
    )


def _kind(s: Statement) -> tuple[str, str]:
    if s.agreement is not None:
        return f"agreement `{escaped(s.agreement)}`", s.evidence.reference
    return phrases.source_kind(s.evidence.kind), s.evidence.reference


def _when(s: Statement) -> str:
    nobody = ", verified by nobody" if s.evidence.verified_on is None else ""
    return escaped(f"{phrases.checked(s.evidence)}{nobody}")
