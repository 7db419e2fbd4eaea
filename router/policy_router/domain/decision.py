"""Decisions as data: outcome, reason, chain, and every verdict that led there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from policy_router.domain.policy import Mode, ParameterValue


class Outcome(StrEnum):
    """Whether the request may be sent."""

    PERMITTED = "permitted"
    DENIED = "denied"


class Reason(StrEnum):
    """Why a request was denied; the first that holds, in this order of evaluation."""

    NO_POLICY = "no_policy"
    UNKNOWN_MODEL = "unknown_model"
    RETIRED = "retired"
    NOT_REACHABLE = "not_reachable"
    UNSUITABLE = "unsuitable"
    FACTS_MISSING = "facts_missing"
    OBLIGATION = "obligation"
    NO_COMPLIANT_ROUTE = "no_compliant_route"
    OBLIGATION_CONFLICT = "obligation_conflict"


class Verdict(StrEnum):
    """What a rule says of a route for a request."""

    NOT_APPLICABLE = "not_applicable"
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    EXCEPTED = "excepted"

    @property
    def allows(self) -> bool:
        """Whether an enforced rule with this verdict lets the route carry the request."""
        return self in {Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.EXCEPTED}


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """One rule's verdict. `exception`: id of the exception that turned it to `excepted`."""

    policy: str
    rule: str
    mode: Mode
    verdict: Verdict
    exception: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reachable route the requested name resolves to.

    `unsuitable`: what the call needs and the route is not known to offer, as sentences; then no
    rule was evaluated and `verdicts` is empty.
    """

    route: str
    permitted: bool
    unsuitable: tuple[str, ...]
    verdicts: tuple[RuleVerdict, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing behind a denial or a warning: what it is about and a sentence."""

    about: str
    message: str


@dataclass(frozen=True, slots=True)
class AppliedObligation:
    """An obligation of the decision: parameters the enforcement point must set."""

    policy: str
    obligation: str
    set: tuple[tuple[str, ParameterValue], ...]


@dataclass(frozen=True, slots=True)
class Digests:
    """SHA-256 of the canonical policies and registry, as `sha256:<hex>`."""

    policies: str
    registry: str


@dataclass(frozen=True, slots=True, repr=False)
class Determination:
    """The decision about one request as pure data.

    `chain`: permitted routes in order of preference; its head is `route`, its tail the only
    failover there is. `missing`: facts whose absence decided (`facts_missing`).
    """

    at: datetime
    known_at: datetime | None
    requested: str | None
    outcome: Outcome
    reason: Reason | None
    chain: tuple[str, ...]
    substituted: bool
    obligations: tuple[AppliedObligation, ...]
    monitor: tuple[RuleVerdict, ...]
    warnings: tuple[Detail, ...]
    details: tuple[Detail, ...]
    missing: tuple[str, ...]
    declared: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    digests: Digests

    def __repr__(self) -> str:
        requested = self.requested or "any model"
        said = self.route if self.permitted else self.reason
        return f"<{self.outcome.value} {requested} at {self.at.isoformat()}: {said}>"

    @property
    def route(self) -> str | None:
        """The chosen route, if permitted."""
        return self.chain[0] if self.chain else None

    @property
    def permitted(self) -> bool:
        """Whether the request may be sent."""
        return self.outcome is Outcome.PERMITTED


@dataclass(frozen=True, slots=True)
class Used:
    """Ids of what stands behind a decision.

    `law`: adequacy decisions and territories that were read from a secondary source.
    """

    law: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()
    signoffs: tuple[str, ...] = ()
