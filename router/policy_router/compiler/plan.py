"""What policies come to, before any registry is known."""

from __future__ import annotations

from dataclasses import dataclass

from policy_router.compiler.formula import Formula
from policy_router.domain.claim import EvidenceDemand
from policy_router.domain.policy import Obligation, Policy, PolicyException, Rule, Test


@dataclass(frozen=True, slots=True)
class RouteAtom:
    """A test on an attribute of a route, on evidence as demanded."""

    test: Test
    demand: EvidenceDemand


@dataclass(frozen=True, slots=True)
class PlannedRule:
    """A rule: `when` over fact atoms, `demands` over route atoms, all of which must hold."""

    policy: Policy
    rule: Rule
    when: Formula
    demands: tuple[Formula, ...]
    exceptions: tuple[PlannedException, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PlannedException:
    """An exception to one rule: `when` over fact atoms."""

    exception: PolicyException
    when: Formula


@dataclass(frozen=True, slots=True)
class PlannedObligation:
    """An obligation: `when` and `refuse_when` over fact atoms."""

    policy: Policy
    obligation: Obligation
    when: Formula
    refuse_when: Formula | None


@dataclass(frozen=True, slots=True)
class PlannedPolicy:
    """A policy: `scope` over fact atoms; its rules and obligations in the order written."""

    policy: Policy
    scope: Formula
    rules: tuple[PlannedRule, ...]
    obligations: tuple[PlannedObligation, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Policies as formulas over numbered atoms.

    `prefer` and `substitutions`: the conditions of the policy set's preferences and
    substitutions, in order. `needs`: facts some rule must know.
    """

    fact_atoms: tuple[Test, ...]
    route_atoms: tuple[RouteAtom, ...]
    policies: tuple[PlannedPolicy, ...]
    prefer: tuple[Formula, ...]
    substitutions: tuple[Formula, ...]
    needs: tuple[str, ...]
