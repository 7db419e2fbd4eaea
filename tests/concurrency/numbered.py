"""Snapshots that carry a number in everything a decision can say, so that a mixture shows."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from itertools import count

from policy_router.domain.claim import Moment
from policy_router.domain.diagnostic import Diagnostic, DocumentErrors, Severity
from policy_router.domain.policy import Alias, Matcher, Mode, Not, PolicySet, Preference
from policy_router.domain.price import PriceTable
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.reference import decide
from policy_router.engine.render import decision_json
from policy_router.service.decision import Decision
from policy_router.store.project import Loaded
from tests.small import (
    ALWAYS_VALID,
    HERE,
    claim,
    evidence,
    exception,
    gateway,
    model,
    obligation,
    places,
    policy,
    provider,
    registry,
    route,
    rule,
)
from tests.strategies.predicates import names

NUMBERS = 3
_BROKEN = Diagnostic("SCH001", Severity.ERROR, "a document is broken", HERE)
_NUMBERED = re.compile(r"\bk(\d+)-")


def _route(name: str, provider_id: str, dollars: int) -> Route:
    amounts = (("input", Decimal(dollars)), ("output", Decimal(dollars)))
    table = PriceTable("USD", amounts, ALWAYS_VALID, evidence(), HERE)
    return replace(route(name, at=name.partition("-")[0] + "-hub", by=provider_id), prices=(table,))


def _policies(k: str) -> PolicySet:
    inside = names("inference_location", Matcher.WITHIN, "EEA")
    trained = names("training", Matcher.IS, "prohibited")
    personal = names("data", Matcher.INCLUDES, "personal")
    house = policy(
        rule(f"{k}-stay", when=personal, require=inside),
        rule(f"{k}-waived", require=trained),
        rule(f"{k}-watched", require=Not(inside), mode=Mode.MONITOR),
        name=f"{k}-house",
        obligations=(obligation(f"{k}-duty", set_by=f"{k}-duty"),),
    )
    waiver = exception(f"{k}-waiver", of=f"{k}-house/{k}-waived", routes=(f"{k}-*",))
    return PolicySet(
        (house,),
        exceptions=(waiver,),
        aliases=(Alias("any", ("one",), HERE),),
        prefer=(Preference(personal, ("price.input",)),),
        digest=f"{k}-policies",
    )


def numbered(number: int) -> Snapshot:
    """Make the snapshot of a number: same questions as the others, every name its own."""
    k = f"k{number}"
    at_home = claim("inference_location", places("DE"), evidence())
    abroad = claim("inference_location", places("US"), evidence())
    known = registry(
        gateway(f"{k}-hub"),
        provider(f"{k}-near", at_home, operator=f"{k}-operator"),
        provider(f"{k}-far", abroad, operator=f"{k}-operator"),
        model("one"),
        *(_route(f"{k}-{n}", f"{k}-near", 2 + (n + number) % 5) for n in range(5)),
        _route(f"{k}-cheap", f"{k}-far", 1),
    )
    return Snapshot(_policies(k), replace(known, digest=f"{k}-registry"))


def loaded(snapshot: Snapshot) -> Loaded:
    """Make what a load returns, around a snapshot."""
    return Loaded(snapshot, None, {}, {}, (), (), {}, ())


class Documents:
    """What a load finds: one numbered snapshot after another, and now and then an error.

    `failing`: every how-manieth load fails; 0: none does.
    """

    def __init__(self, failing: int = 0) -> None:
        self._snapshots = [loaded(numbered(n)) for n in range(NUMBERS)]
        self._loads = count()
        self._failing = failing

    def read(self) -> Loaded:
        """Return the next snapshot; raise `DocumentErrors` where it is time for one."""
        n = next(self._loads)
        if self._failing and n % self._failing == self._failing - 1:
            raise DocumentErrors((_BROKEN,))
        return self._snapshots[n % NUMBERS]


def expected(facts: RequestFacts, moment: Moment) -> dict[str, str]:
    """List the one right answer of each snapshot, by its digest, as JSON."""
    snapshots = [numbered(n) for n in range(NUMBERS)]
    return {s.registry.digest: decision_json(decide(s, facts, moment)) for s in snapshots}


def numbers_in(text: str) -> frozenset[str]:
    """List the numbers of the snapshots a text speaks of."""
    return frozenset(_NUMBERED.findall(text))


def mixture(decision: Decision, right: dict[str, str], *, explained: bool) -> str | None:
    """Say what in a decision is not of the snapshot it names; None if everything is."""
    digests = decision.snapshot.digests
    if decision.to_json() != right[digests.registry]:
        return f"not the answer of {digests.registry}: {decision.to_json()}"
    said = [repr(digests), repr(decision.route), repr(decision.terms), *decision.chain]
    if explained:
        said.append(repr(decision.explain()))
    found = numbers_in(" ".join(said))
    return None if len(found) == 1 else f"{sorted(found)}: {said}"
