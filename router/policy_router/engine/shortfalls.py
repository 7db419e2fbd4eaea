"""How rules want tests to come out, which a route does not meet, and what is claimed there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import assert_never

from policy_router.domain.claim import Knowledge
from policy_router.domain.policy import All, AnyOf, Not, Predicate, Rule, Test
from policy_router.domain.truth import Truth
from policy_router.domain.vocabulary import (
    ATTRIBUTES,
    TRANSFER_BASIS,
    AttributeKind,
    Regime,
    attribute,
)
from policy_router.engine import words
from policy_router.engine.explanation import HopClaim, Shortfall
from policy_router.engine.matching import RouteView, holds
from policy_router.registry.hops import READ_FOR_STORAGE, RouteKnowledge, route_knowledge
from policy_router.registry.transfer import (
    READ_FOR_TRANSFERS,
    PlaceBases,
    place_rests_on,
    transfer_bases,
)


@dataclass(frozen=True, slots=True)
class Aim:
    """A test and how a rule wants it to come out. `wanted` False: the rule forbids it."""

    test: Test
    wanted: bool

    def met(self, truth: Truth) -> bool:
        """Whether `truth` of the test is what is wanted."""
        return truth.known_true if self.wanted else truth.known_false

    def may_be_met(self, truth: Truth) -> bool:
        """Whether what is wanted is among the outcomes that `truth` of the test leaves open."""
        return truth.may_be_true if self.wanted else truth.may_be_false


def aims(rule: Rule) -> tuple[Aim, ...]:
    """How `rule` wants each of its tests to come out, as written."""
    return _aims(rule, None)


def unmet(rule: Rule, view: RouteView) -> tuple[Aim, ...]:
    """The aims that keep the demands of `rule` from being known to be met, as written."""
    return _aims(rule, view)


def _aims(rule: Rule, view: RouteView | None) -> tuple[Aim, ...]:
    found = [] if rule.require is None else list(_aims_of(rule.require, view, wanted=True))
    for part in rule.forbid:
        found.extend(_aims_of(part, view, wanted=False))
    return tuple(dict.fromkeys(found))


def _aims_of(predicate: Predicate, view: RouteView | None, *, wanted: bool) -> Iterator[Aim]:
    """The aims in `predicate`; none in what is met on `view`."""
    if view is not None:
        truth = holds(predicate, view.test)
        if truth.known_true if wanted else truth.known_false:
            return
    match predicate:
        case Test():
            yield Aim(predicate, wanted)
        case Not(part):
            yield from _aims_of(part, view, wanted=not wanted)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _aims_of(part, view, wanted=wanted)
        case _:
            assert_never(predicate)


def shortfall(lack: Aim, view: RouteView, *, known: bool) -> Shortfall:
    """What was demanded and what is claimed, hop by hop. `known`: it is known not to be met."""
    test = lack.test
    spec = ATTRIBUTES.get(test.subject)
    if spec is not None and spec.claimed:
        found = route_knowledge(view.standpoint, view.route, test.subject)
        claimed, hops = words.claimed(found.value, test.subject), claims_at(found)
    elif test.subject.startswith(TRANSFER_BASIS):
        claimed, hops = _bases(test, view)
    else:
        claimed, hops = _plain(test, view), ()
    return Shortfall(test.subject, words.demanded(test, wanted=lack.wanted), claimed, known, hops)


def rests_on_claims(subject: str) -> bool:
    """Whether an attribute follows from claims, contracts and judgements alone."""
    spec = ATTRIBUTES.get(subject)
    claimed = spec is not None and spec.claimed
    return claimed or subject == "signoff" or subject.startswith(TRANSFER_BASIS)


def claims_read(subject: str) -> Collection[str]:
    """The attributes whose claims an attribute follows from; none if it follows from no claim."""
    if subject.startswith(TRANSFER_BASIS):
        return READ_FOR_TRANSFERS
    if subject in READ_FOR_STORAGE:
        return READ_FOR_STORAGE
    return (subject,) if rests_on_claims(subject) else ()


def claims_at(found: RouteKnowledge) -> tuple[HopClaim, ...]:
    """The claims of a route, one per hop."""
    return tuple(_hop_claim(f, words.claimed(f.value, found.attribute)) for f in found.hops)


def _hop_claim(found: Knowledge, text: str) -> HopClaim:
    claim = found.claim
    return HopClaim(
        hop=found.hop,
        claimed=text,
        gap=found.gap,
        evidence=claim.evidence if claim and not found.agreement else None,
        agreement=found.agreement,
        span=claim.span if claim else None,
        note=claim.note if claim else None,
        conflicts=len(found.overruled),
    )


def unrested(test: Test, view: RouteView) -> tuple[PlaceBases, ...]:
    """The places of a route that are not known to rest on a demanded transfer basis."""
    regime = Regime(test.subject.removeprefix(TRANSFER_BASIS))
    places = transfer_bases(view.standpoint, view.route, regime, view.asked)
    return tuple(p for p in places if not place_rests_on(p, test.names).known_true)


def _bases(test: Test, view: RouteView) -> tuple[str, tuple[HopClaim, ...]]:
    lacking = unrested(test, view)
    hops = tuple(HopClaim(p.place.hop, _place_words(p, test.names)) for p in lacking)
    where = ", ".join(dict.fromkeys(p.place.country or "places not known" for p in lacking))
    return f"no basis for {where}" if where else "every place has a basis", hops


def _place_words(place: PlaceBases, wanted: tuple[str, ...]) -> str:
    attribute_name = place.place.attribute.replace("_", " ")
    if place.place.country is None:
        return f"{attribute_name}: {words.UNKNOWN}"
    doubtful = [basis for basis, t in place.bases if basis in wanted and t.may_be_true]
    said = f"not known whether {' or '.join(doubtful)} applies" if doubtful else "none of the bases"
    return f"{attribute_name} {place.place.country}: {said}"


def _plain(test: Test, view: RouteView) -> str:
    spec = attribute(test.subject)
    if test.subject == "signoff":
        return "none in force that covers this route and request"
    if spec is not None and spec.kind is AttributeKind.NAME:
        return view.name(test.subject) or words.UNKNOWN
    if spec is not None and spec.kind in {AttributeKind.NUMBER, AttributeKind.MONEY}:
        return words.claimed(view.number(test.subject), test.subject)
    return words.claimed(view.members(test.subject), test.subject)
