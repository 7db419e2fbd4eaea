"""Policies: requirements on routes, obligations on calls, and dated exceptions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from policy_router.domain.claim import EvidenceDemand, Validity
from policy_router.domain.diagnostic import Span
from policy_router.domain.price import Rate


class Matcher(StrEnum):
    """How a test compares; see the language reference, "matchers"."""

    IS = "is"
    INCLUDES = "includes"
    INCLUDES_ANY = "includes_any"
    INCLUDES_ALL = "includes_all"
    EXCLUDES = "excludes"
    WITHIN = "within"
    NOT_WITHIN = "not_within"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    BELOW = "below"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison of a fact or an attribute; number matchers have a `bound`, others `names`."""

    subject: str
    matcher: Matcher
    names: tuple[str, ...]
    bound: Decimal | None
    span: Span


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of `part`."""

    part: Predicate


@dataclass(frozen=True, slots=True)
class All:
    """Every part; no parts at all is true (`when: {}`)."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part."""

    parts: tuple[Predicate, ...]


Predicate = Test | Not | All | AnyOf

ALWAYS = All(())


class Mode(StrEnum):
    """`monitor`: evaluated and recorded, never enforced."""

    ENFORCE = "enforce"
    MONITOR = "monitor"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a policy.

    Where `when` is not known false, `require` must be known true and every part of `forbid`
    known false. `needs`: facts that must be known. `cites`: the articles its author named;
    `stricter_than_law`: the organisation's own choice.
    """

    id: str
    when: Predicate
    needs: tuple[str, ...]
    require: Predicate | None
    forbid: tuple[Predicate, ...]
    mode: Mode
    waivable: bool
    demand: EvidenceDemand
    cites: tuple[str, ...]
    stricter_than_law: bool
    title: str | None
    span: Span


ParameterValue = str | int | bool | Decimal | None


@dataclass(frozen=True, slots=True)
class Obligation:
    """What must be done to a call (`set`), or what the call must not be (`refuse_when`)."""

    id: str
    when: Predicate
    set: tuple[tuple[str, ParameterValue], ...]
    refuse_when: Predicate | None
    span: Span


@dataclass(frozen=True, slots=True)
class Policy:
    """A pack: a scope, an evidence demand, rules and obligations."""

    id: str
    version: int
    title: str
    scope: Predicate
    demand: EvidenceDemand
    rules: tuple[Rule, ...]
    obligations: tuple[Obligation, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class PolicyException:
    """A dated, approved waiver of one rule for some routes and requests.

    `accepts`: claims of an ordered value or a number while which it is in force, as text.
    """

    id: str
    policy: str
    rule: str
    routes: tuple[str, ...]
    when: Predicate
    validity: Validity
    recorded: datetime
    approved_by: str
    reason: str
    reference: str
    accepts: tuple[tuple[str, tuple[str, ...]], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Alias:
    """A virtual model name: models in order of preference (already flattened)."""

    id: str
    models: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Preference:
    """Where `when` is known true, order permitted routes by these attributes, first first."""

    when: Predicate
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Substitution:
    """Where `when` is known true, `alias` may stand in for `model`."""

    model: str
    alias: str
    when: Predicate


DEFAULT_ORDER = ("cost", "price.input", "price.output")


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Everything that decides except the registry; only policies in force. `digest`: of its text.

    `gateways`: ids of the gateways the organisation has; None ignores reachability. `may_approve`:
    patterns of the rules, as `policy/rule`, that somebody may approve exceptions to; None where no
    project says who may.
    """

    policies: tuple[Policy, ...]
    exceptions: tuple[PolicyException, ...] = ()
    aliases: tuple[Alias, ...] = ()
    gateways: frozenset[str] | None = None
    prefer: tuple[Preference, ...] = ()
    substitutions: tuple[Substitution, ...] = ()
    rates: tuple[Rate, ...] = ()
    may_approve: tuple[str, ...] | None = None
    digest: str = field(default="", compare=False)
