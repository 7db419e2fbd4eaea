"""What to do about a refusal that no rule of a route is the reason for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policy_router.domain.decision import Reason
from policy_router.domain.policy import Obligation, Policy
from policy_router.domain.snapshot import Snapshot
from policy_router.engine import words
from policy_router.engine.matching import tests_in
from policy_router.language.suggest import nearest
from policy_router.report import phrases
from policy_router.report.places import place
from policy_router.report.visible import escaped
from policy_router.service.decision import Decision

_MOST_NAMES: Final = 3


def hints(decision: Decision) -> tuple[str, ...]:
    """Sentences that say what the refusal hangs on, or what to do about it."""
    d = decision.determination
    if d.reason is Reason.UNKNOWN_MODEL:
        return tuple(_meant(d.requested or "", decision.snapshot))
    if d.reason is Reason.OBLIGATION:
        about = {detail.about for detail in d.details}
        return tuple(_refusing(about, decision.snapshot))
    if d.reason is Reason.NOT_REACHABLE:
        return ("list the gateway under `gateways` of the project once you have it",)
    if d.reason is Reason.NO_POLICY:
        return ("name a policy under `packs` of the project whose `scope` this request is in",)
    return ()


def _meant(name: str, snapshot: Snapshot) -> Iterator[str]:
    found = near_names(name, snapshot)
    if found:
        yield f"did you mean {phrases.names(map(escaped, found), last='or')}?"
    else:
        yield "a name is a route, a model or an alias, exactly as it is written"


def near_names(name: str, snapshot: Snapshot) -> tuple[str, ...]:
    """Models, routes and aliases that hold `name` or nearly read like it, a few of them."""
    registry = snapshot.registry
    aliases = (alias.id for alias in snapshot.policies.aliases)
    known = sorted({*registry.models, *registry.routes, *aliases})
    holding = [other for other in known if name.lower() in other.lower()]
    if holding:
        return tuple(sorted(holding, key=lambda other: (len(other), other))[:_MOST_NAMES])
    meant = nearest(name, known)
    return () if meant is None else (meant,)


def _refusing(about: set[str], snapshot: Snapshot) -> Iterator[str]:
    """What the refusing obligations ask of a call."""
    for policy in snapshot.policies.policies:
        for obligation in policy.obligations:
            if f"{policy.id}/{obligation.id}" in about:
                yield _refuses(policy, obligation)


def _refuses(policy: Policy, obligation: Obligation) -> str:
    tests = [] if obligation.refuse_when is None else list(tests_in(obligation.refuse_when))
    asked = ", ".join(f"`{t.subject}` {words.demanded(t, wanted=True)}" for t in tests)
    name = f"`{policy.id}/{obligation.id}`"
    return f"{escaped(f'{name} refuses a call with {asked}')} ({place(obligation.span)})"
