"""Rules, obligations and policies bound to an epoch: their conditions as masks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from policy_router.compiler.conditions import Condition, condition
from policy_router.compiler.formula import atoms_in
from policy_router.compiler.plan import (
    Plan,
    PlannedException,
    PlannedObligation,
    PlannedPolicy,
    PlannedRule,
)
from policy_router.compiler.reads import Reads
from policy_router.compiler.route_atoms import COST
from policy_router.domain.policy import Mode, Obligation, Policy


@dataclass(frozen=True, slots=True, eq=False)
class BoundException:
    """An exception to a rule, and when it is meant for a request."""

    planned: PlannedException
    when: Condition


@dataclass(frozen=True, slots=True, eq=False)
class BoundRule:
    """A rule, `number` among all of them. `enforced`: it decides.

    `reads`: the bits of a request its demands depend on; `costs`: they depend on its exact size
    too. `needs`: each fact it needs, with the statement that it is known. `exceptions`: by id.
    """

    number: int
    planned: PlannedRule
    enforced: bool
    when: Condition
    reads: int
    costs: bool
    needs: tuple[tuple[str, int], ...]
    exceptions: tuple[BoundException, ...]

    @property
    def name(self) -> str:
        """`policy/rule`."""
        return f"{self.planned.policy.id}/{self.planned.rule.id}"


@dataclass(frozen=True, slots=True, eq=False)
class BoundObligation:
    """An obligation, and when it binds or refuses a request."""

    policy: Policy
    obligation: Obligation
    when: Condition
    refuse_when: Condition | None


@dataclass(frozen=True, slots=True, eq=False)
class BoundPolicy:
    """A policy, and whom it covers. `enforces`: some rule of it can refuse a route."""

    policy: Policy
    scope: Condition
    rules: tuple[BoundRule, ...]
    obligations: tuple[BoundObligation, ...]
    enforces: bool


def bound_policies(plan: Plan, reads: Reads) -> tuple[BoundPolicy, ...]:
    """The policies of a plan, for requests read by `reads`."""
    numbers = iter(range(sum(len(p.rules) for p in plan.policies)))
    return tuple(_policy(plan, reads, p, numbers) for p in plan.policies)


def _policy(
    plan: Plan, reads: Reads, planned: PlannedPolicy, numbers: Iterable[int]
) -> BoundPolicy:
    rules = tuple(
        _rule(plan, reads, rule, n) for rule, n in zip(planned.rules, numbers, strict=False)
    )
    return BoundPolicy(
        planned.policy,
        condition(planned.scope),
        rules,
        tuple(_obligation(o) for o in planned.obligations),
        any(rule.enforced for rule in rules),
    )


def _rule(plan: Plan, reads: Reads, planned: PlannedRule, number: int) -> BoundRule:
    atoms = (plan.route_atoms[n] for demand in planned.demands for n in atoms_in(demand))
    subjects = {atom.test.subject for atom in atoms}
    exceptions = (BoundException(e, condition(e.when)) for e in planned.exceptions)
    read = 0
    for subject in subjects:
        read |= reads.read_by(subject) or 0
    return BoundRule(
        number,
        planned,
        planned.rule.mode is Mode.ENFORCE,
        condition(planned.when),
        read,
        COST in subjects,
        tuple((name, reads.known[name]) for name in planned.rule.needs),
        tuple(sorted(exceptions, key=lambda e: e.planned.exception.id)),
    )


def _obligation(planned: PlannedObligation) -> BoundObligation:
    refuse = planned.refuse_when
    return BoundObligation(
        planned.policy,
        planned.obligation,
        condition(planned.when),
        None if refuse is None else condition(refuse),
    )
