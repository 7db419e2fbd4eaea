"""Rules that can never apply or that no route passes, and exceptions to them that do nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from policy_router.audit.documents import condition
from policy_router.audit.lint.findings import Finding, Flaw
from policy_router.audit.lint.names import TooMany
from policy_router.audit.lint.reading import Reading, reading
from policy_router.audit.lint.requests import MOST_REQUESTS, Sample, samples
from policy_router.compiler.bind import Bound
from policy_router.compiler.bitset import lowest
from policy_router.compiler.bound_rules import BoundException
from policy_router.domain.policy import All, Predicate
from policy_router.domain.request import RequestFacts
from policy_router.engine.matching import FactView, holds
from policy_router.engine.words import counted


@dataclass(slots=True)
class Examined:
    """What came of asking a rule every request it can tell apart, or enough of them.

    `fires`: a request it is known to apply to; `passes`: one that a route passes, with its id.
    `excepted`: for each exception that does something, a request and a route it lets pass that
    the rule does not. `too_many`: the facts of which there were too many values to try.
    """

    of: Reading
    fires: RequestFacts | None = None
    passes: tuple[RequestFacts, str] | None = None
    excepted: dict[str, tuple[RequestFacts, str]] = field(default_factory=dict)
    matched: dict[str, RequestFacts] = field(default_factory=dict)
    too_many: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`policy/rule`."""
        return self.of.rule.name


def examined(bound: Bound) -> Iterator[Examined]:
    """Every rule of a bound plan, asked; of its routes all count as in use."""
    for policy in bound.policies:
        for rule in policy.rules:
            found = Examined(reading(bound, policy, rule))
            try:
                _ask(found)
            except TooMany:
                found.too_many = found.of.facts
            yield found


def _ask(found: Examined) -> None:
    """Ask until everything that could be shown was shown."""
    routes = found.of.bound.routes
    live = [e for e in found.of.rule.exceptions if in_force(found.of, e)]
    for sample in samples(found.of):
        if sample.applies and found.fires is None:
            found.fires = sample.facts
        if sample.applies and found.passes is None and (passing := sample.passing):
            found.passes = sample.facts, routes[lowest(passing)].id
        for exception in live:
            _ask_exception(found, exception, sample)
        if found.passes is not None and len(found.excepted) == len(live):
            return


def _ask_exception(found: Examined, exception: BoundException, sample: Sample) -> None:
    name = exception.planned.exception.id
    if name in found.excepted or not sample.may_apply:
        return
    true, possible = found.of.bound.reads.packing.split(sample.bits)
    if not exception.when.holds(true, possible):
        return
    found.matched.setdefault(name, sample.facts)
    needing = sample.excepted(exception) & ~sample.met
    if needing:
        found.excepted[name] = sample.facts, found.of.bound.routes[lowest(needing)].id


def in_force(of: Reading, exception: BoundException) -> bool:
    """Whether an exception is in force at the moment; one that ended is history."""
    granted, moment = exception.planned.exception, of.bound.moment
    return granted.validity.holds(moment.at) and moment.knows(granted.recorded)


def rule_findings(found: Examined) -> Iterator[Finding]:
    """What is wrong with a rule and its exceptions."""
    rule = found.of.rule.planned.rule
    if found.too_many:
        facts = ", ".join(f"`{name}`" for name in found.too_many)
        why = f"more than {MOST_REQUESTS:,} combinations of {facts} tell its requests apart"
        yield Finding(Flaw.TOO_MANY, found.name, rule.span, why)
        return
    if found.fires is None:
        yield Finding(Flaw.NEVER_APPLIES, found.name, rule.span, _never(found.of))
    elif found.passes is None:
        yield _impassable(found, found.fires)
    for exception in found.of.rule.exceptions:
        if in_force(found.of, exception) and exception.planned.exception.id not in found.excepted:
            yield _idle(found, exception)


def _impassable(found: Examined, witness: RequestFacts) -> Finding:
    """A rule that no route passes; where what a call costs is asked, that was not tried out."""
    rule, routes = found.of.rule.planned.rule, len(found.of.bound.routes)
    if found.of.rule.costs:
        why = "what a call costs depends on its exact size, of which not every one can be tried"
        return Finding(Flaw.TOO_MANY, found.name, rule.span, why, witness)
    wanted = [] if rule.require is None else [f"`{condition(rule.require)}`"]
    wanted += (f"not `{condition(part)}`" for part in rule.forbid)
    why = (
        f"none of {counted(routes, 'route')} within reach is known to meet {' and '.join(wanted)}, "
        "whatever the request"
    )
    return Finding(Flaw.NO_ROUTE_PASSES, found.name, rule.span, why, witness)


def _idle(found: Examined, exception: BoundException) -> Finding:
    granted = exception.planned.exception
    witness = found.matched.get(granted.id)
    if not found.of.bound.excepted(found.of.rule, exception.planned):
        why = "no route within reach is one it names, with a claim it accepts"
    elif witness is None:
        why = f"no request that `{found.name}` may apply to is known to be one it is for"
    elif found.of.rule.costs:
        why = "what a call costs depends on its exact size, of which not every one can be tried"
        return Finding(Flaw.TOO_MANY, granted.id, granted.span, why, witness)
    else:
        why = f"every route it names meets `{found.name}` anyway, whatever the request"
    return Finding(Flaw.EXCEPTION_IDLE, granted.id, granted.span, why, witness)


# ---- why no request exists ----------------------------------------------------------------------


def _never(of: Reading) -> str:
    """The conditions that are never true together, none of which can be left out."""
    planned = of.rule.planned
    parts = [*_conjuncts(planned.policy.scope), *_conjuncts(planned.rule.when)]
    true = dict.fromkeys(range(len(parts)), 0)
    for number, sample in enumerate(samples(of)):
        view = FactView(of.bound.snapshot, sample.facts, of.bound.moment)
        for place, part in enumerate(parts):
            if holds(part, view.test).known_true:
                true[place] |= 1 << number
    kept = list(true)
    for place in true:
        rest = [n for n in kept if n != place]
        if rest and not _common([true[n] for n in rest]):
            kept = rest
    said = " and ".join(f"`{condition(parts[place])}`" for place in kept)
    together = "never true" if len(kept) == 1 else "never true together"
    return f"{said} {'is' if len(kept) == 1 else 'are'} {together}, so no request exists"


def _conjuncts(predicate: Predicate) -> Sequence[Predicate]:
    return predicate.parts if isinstance(predicate, All) else (predicate,)


def _common(bits: Sequence[int]) -> int:
    found = -1
    for each in bits:
        found &= each
    return found
