"""A recorded decision as it would be on another day, on other knowledge or from other documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from policy_router.audit.changes import Difference, Fate, differences
from policy_router.audit.documents import policy_documents, registry_documents
from policy_router.domain.decision import Candidate, Determination, RuleVerdict, Verdict
from policy_router.domain.policy import PolicySet
from policy_router.domain.snapshot import Snapshot

_OF_ROUTES: Final = frozenset({"gateway", "provider", "model", "route"})
_CHOSEN: Final = {
    "gateways": "the gateways of the project",
    "prefer": "the order of preference",
    "substitutions": "the substitutions",
    "rates": "the exchange rates",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """A rule that says something else of a route; None: it was not, or is not, asked of it."""

    route: str
    policy: str
    rule: str
    was: Verdict | None
    now: Verdict | None


@dataclass(frozen=True, slots=True)
class Candidacy:
    """A route that came to be, or is no longer, among those that could be asked for.

    `now`: it is one now. Or, where `unsuitable` says so, it could or cannot do what the call needs.
    """

    route: str
    now: bool
    unsuitable: bool = False


def turns(was: Determination, now: Determination) -> tuple[Turn, ...]:
    """Every verdict that is another one, of the routes that were candidates before and after."""
    after = {c.route: c for c in now.candidates}
    return tuple(
        turn
        for before in was.candidates
        if before.route in after and not (before.unsuitable or after[before.route].unsuitable)
        for turn in _turned(before, after[before.route])
    )


def _turned(before: Candidate, after: Candidate) -> Iterator[Turn]:
    said, says = _by_rule(before), _by_rule(after)
    for policy, rule in sorted({*said, *says}):
        was, now = said.get((policy, rule)), says.get((policy, rule))
        if was != now:
            yield Turn(
                before.route,
                policy,
                rule,
                None if was is None else was.verdict,
                None if now is None else now.verdict,
            )


def _by_rule(candidate: Candidate) -> dict[tuple[str, str], RuleVerdict]:
    return {(v.policy, v.rule): v for v in candidate.verdicts}


def candidacies(was: Determination, now: Determination) -> tuple[Candidacy, ...]:
    """The routes that came or went as candidates, and those that came to suit or to not."""
    before, after = ({c.route: bool(c.unsuitable) for c in d.candidates} for d in (was, now))
    found = []
    for route in sorted({*before, *after}):
        if route not in before or route not in after:
            found.append(Candidacy(route, route in after))
        elif before[route] != after[route]:
            found.append(Candidacy(route, not after[route], unsuitable=True))
    return tuple(found)


def documents_concerned(
    old: Snapshot, new: Snapshot, was: Determination, now: Determination
) -> tuple[Difference, ...]:
    """What differs between the documents, of those that could have made a difference here.

    Of routes and what they lead through, only those of the candidates; law, agreements and
    sign-offs all.
    """
    about = {c.route for d in (was, now) for c in d.candidates}
    concerned = {
        name for snapshot in (old, new) for route in about for name in _leads(snapshot, route)
    }
    return tuple(
        d
        for d in differences(registry_documents(old.registry), registry_documents(new.registry))
        if d.kind not in _OF_ROUTES or (d.kind, d.id) in concerned
    )


def _leads(snapshot: Snapshot, name: str) -> Iterator[tuple[str, str]]:
    yield "route", name
    route = snapshot.registry.routes.get(name)
    if route is not None:
        yield "gateway", route.gateway
        yield "model", route.model
        yield from (("provider", hop) for hop in (route.provider, *route.subprocessors))


def policies_changed(old: PolicySet, new: PolicySet) -> tuple[tuple[str, Fate], ...]:
    """What differs between the policies and the project, by the name it has for a reader.

    Another title alone decides nothing.
    """
    found = differences(policy_documents(old), policy_documents(new))
    fates = {
        _named(each): Fate.CHANGED if each.what else each.fate
        for each in found
        if (each.kind, each.what) != ("policy", "title")
    }
    return tuple(sorted(fates.items()))


def _named(found: Difference) -> str:
    return _CHOSEN[found.what] if found.kind == "project" else f"{found.kind} `{found.id}`"
