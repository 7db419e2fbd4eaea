"""What each step does to each rule: the smallest sets that settle it, and all that bear on it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from policy_router.domain.claim import Basis, SourceKind
from policy_router.domain.contract import Clause, Mechanism
from policy_router.domain.policy import (
    All,
    AnyOf,
    Matcher,
    Not,
    PolicyException,
    PolicySet,
    Predicate,
    Rule,
)
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts
from policy_router.engine.effects import Effects
from policy_router.engine.question import Question
from policy_router.engine.setwise import Bounds
from policy_router.engine.steps import Contract, Judged, Shown, Stated, Step, Waived
from policy_router.engine.trial import Trial
from tests.explained import (
    CONTRACTED,
    DE,
    DPIA,
    INCLUDES,
    IS,
    NOTHING_KEPT,
    PERSONAL,
    TRANSFER,
    UNTRAINED,
    WITHIN,
    firm,
)
from tests.small import (
    NOW,
    claim,
    evidence,
    exception,
    facts,
    gateway,
    places,
    policy,
    provider,
    registry,
    route,
    rule,
    signoff,
    snapshot,
)
from tests.strategies.predicates import bound, names

TRAINED = Contract("acme", (("training", "prohibited"),))
ANSWERED = Shown("acme", (("training", "prohibited"),))
SIGNED = Contract("acme", (("dpa", "in_force"),))
STORED = Contract("acme", (("storage_location", DE),))
UNKEPT = Contract("acme", (("retention_days", Decimal(0)),))
JUDGED = Judged("dpia")
WAIVED = Waived("policy", "rule")
TRAINS = names("training", IS, "used")
STATED = Stated("data")
HEALTH = names("data", INCLUDES, "health")
OPEN = facts(data=("personal",), opened=("data",), purpose="support", tenant="blue")
SCC = Contract("acme", (), (Clause(Mechanism.SCC, "M2"),))
IN_US, IN_INDIA = (Judged("tia", "acme", country) for country in ("US", "IN"))
HELD = names("storage_location", WITHIN, "EEA")


def effects(
    demanded: Rule,
    *steps: Step,
    known: Registry | None = None,
    asked: RequestFacts = PERSONAL,
    exceptions: tuple[PolicyException, ...] = (),
) -> Effects:
    """What steps do to the only route, which one rule is about."""
    covering = policy(demanded)
    here = snapshot(PolicySet((covering,), exceptions=exceptions), known or registry())
    (alone,) = here.registry.routes.values()
    trial = Trial(Question(here, asked, NOW), [covering], alone)
    return Effects(trial, steps, Bounds(10, 256))


def enough(demanded: Rule, *steps: Step, **world: object) -> list[tuple[Step, ...]]:
    """The smallest sets of steps that settle the rule."""
    at = effects(demanded, *steps, **world)  # type: ignore[arg-type]
    return [at.taken(bits) for bits in at.enough("policy", demanded)]


def bearing(demanded: Rule, *steps: Step, **world: object) -> list[Step]:
    """The steps that may change what comes of the rule."""
    at = effects(demanded, *steps, **world)  # type: ignore[arg-type]
    return [steps[n] for n in at.bearing("policy", demanded)]


@pytest.mark.parametrize(
    ("demanded", "sets"),
    [
        (firm(require=UNTRAINED), [(TRAINED,), (ANSWERED,)]),
        (firm(require=All((UNTRAINED, DPIA))), [(TRAINED, JUDGED), (ANSWERED, JUDGED)]),
        (firm(require=AnyOf((UNTRAINED, DPIA))), [(TRAINED,), (ANSWERED,), (JUDGED,)]),
        (firm(require=Not(TRAINS)), [(TRAINED,), (ANSWERED,)]),
        (firm(require=Not(Not(DPIA))), [(JUDGED,)]),
        (firm(forbid=(TRAINS,)), [(TRAINED,), (ANSWERED,)]),
        (firm(forbid=(UNTRAINED,)), []),
        (firm(require=DPIA, forbid=(TRAINS,)), [(TRAINED, JUDGED), (ANSWERED, JUDGED)]),
        (firm(forbid=(All((TRAINS, Not(DPIA))),)), [(TRAINED,), (ANSWERED,), (JUDGED,)]),
        (rule(require=DPIA), [(JUDGED,), (WAIVED,)]),
        (firm(require=names("stage", IS, "preview")), []),
    ],
)
def test_the_smallest_sets_that_settle_a_rule(demanded: Rule, sets: list[tuple[Step, ...]]) -> None:
    steps = (TRAINED, ANSWERED, JUDGED, *((WAIVED,) if demanded.waivable else ()))
    assert enough(demanded, *steps) == sets


def test_an_exception_to_another_rule_settles_nothing() -> None:
    others = Waived("policy", "other"), Waived("other", "rule")
    assert enough(rule(require=DPIA), *others, WAIVED) == [(WAIVED,)]


def test_a_rule_in_doubt_may_not_apply_once_the_facts_are_stated() -> None:
    in_doubt = firm(when=HEALTH, require=UNTRAINED)
    assert enough(in_doubt, TRAINED, STATED, asked=OPEN) == [(TRAINED,), (STATED,)]
    assert enough(in_doubt, TRAINED, Stated("regime"), asked=OPEN) == [(TRAINED,)]
    assert enough(firm(require=UNTRAINED), STATED, asked=OPEN) == []


def test_facts_and_steps_may_be_needed_together() -> None:
    known = registry(signoff("dpia"))
    assert enough(firm(require=DPIA), STATED, asked=OPEN, known=known) == [(STATED,)]
    both = firm(require=All((DPIA, UNTRAINED)))
    assert enough(both, TRAINED, STATED, asked=OPEN, known=known) == [(TRAINED, STATED)]


def test_an_exception_may_come_to_match() -> None:
    accepting = exception(when=Not(HEALTH), training=("prohibited",))
    other = exception("other", of="policy/other", training=("prohibited",))
    settled = enough(firm(require=DPIA), TRAINED, STATED, asked=OPEN, exceptions=(accepting, other))
    assert settled == [(TRAINED, STATED)]
    assert enough(firm(require=DPIA), TRAINED, STATED, asked=OPEN, exceptions=(other,)) == []


def test_where_data_is_stored_matters_only_if_any_is_kept() -> None:
    abroad = claim("storage_location", places("US")), claim("retention_days", Decimal(9))
    known = registry(provider("acme", *abroad))
    within = firm(require=HELD)
    assert enough(within, STORED, UNKEPT, TRAINED, known=known) == [(STORED,), (UNKEPT,)]
    assert bearing(within, STORED, UNKEPT, TRAINED, known=known) == [STORED, UNKEPT]
    short = firm(require=bound("retention_days", Matcher.AT_MOST, Decimal(1)))
    assert bearing(short, STORED, UNKEPT, TRAINED, known=known) == [UNKEPT]


def test_a_claim_that_rests_on_a_contract_holds_once_there_is_one() -> None:
    ours = evidence(SourceKind.PROVIDER_DOCS, basis=Basis.OUR_CONTRACT)
    published = claim("caching", "none"), claim("training", "prohibited", ours)
    known = registry(provider("acme", *published))
    assert enough(firm(require=UNTRAINED), SIGNED, JUDGED, known=known) == [(SIGNED,)]
    assert bearing(firm(require=UNTRAINED), SIGNED, JUDGED, known=known) == [SIGNED]
    evident = Shown("acme", (("dpa", "in_force"),))
    uncached = firm(require=names("caching", IS, "none"))
    assert bearing(firm(require=UNTRAINED), evident, known=known) == []
    assert bearing(uncached, SIGNED, known=known) == []


@pytest.mark.parametrize(
    ("demanded", "steps"),
    [
        (UNTRAINED, [TRAINED, ANSWERED, STATED, WAIVED]),
        (DPIA, [JUDGED, STATED, WAIVED]),
        (CONTRACTED, [SIGNED, STATED, WAIVED]),
        (TRANSFER, [TRAINED, ANSWERED, SIGNED, JUDGED, IN_US, STATED, WAIVED]),
        (names("stage", IS, "preview"), [STATED, WAIVED]),
        (None, [STATED, WAIVED]),
    ],
)
def test_the_steps_that_bear_on_a_rule(demanded: Predicate | None, steps: list[Step]) -> None:
    waived = WAIVED, Waived("policy", "other")
    every = (TRAINED, ANSWERED, SIGNED, JUDGED, IN_US, STATED, *waived)
    assert bearing(rule(require=demanded), *every, asked=OPEN) == steps
    if demanded is not None:
        assert bearing(rule(forbid=(demanded,)), *every, asked=OPEN) == steps


def test_what_an_exception_accepts_bears_on_its_rule() -> None:
    accepting = (exception(training=("prohibited",)),)
    assert bearing(firm(require=DPIA), TRAINED, SIGNED, JUDGED) == [JUDGED]
    held = bearing(firm(require=DPIA), TRAINED, SIGNED, JUDGED, exceptions=accepting)
    assert held == [TRAINED, JUDGED]


AT_HOME = [claim(name, DE) for name in ("provider_jurisdiction", "support_location")]
IN_BOTH = claim("inference_location", places("IN", "US"))
NEAR = Contract("acme", (("inference_location", DE),))


@pytest.mark.parametrize(
    ("countries", "steps", "sets"),
    [
        (("US",), (SCC, IN_US), [(SCC, IN_US)]),
        (("US",), (SCC, IN_INDIA), []),
        (("US",), (IN_US,), []),
        (("IN", "US"), (SCC, IN_US, IN_INDIA), [(SCC, IN_US, IN_INDIA)]),
        (("IN", "US"), (SCC, IN_US), []),
        (("IN", "US"), (NEAR, IN_US, IN_INDIA), [(NEAR,)]),
        (("DE",), (SCC, IN_US), [()]),
    ],
)
def test_transfers_rest_on_clauses_and_an_assessment_of_each_country(
    countries: tuple[str, ...], steps: tuple[Step, ...], sets: list[tuple[Step, ...]]
) -> None:
    there = claim("inference_location", places(*countries))
    known = registry(provider("acme", NOTHING_KEPT, there, *AT_HOME))
    assert enough(firm(require=TRANSFER), *steps, known=known) == sets


def test_an_assessment_may_hold_once_the_facts_are_stated() -> None:
    judged = signoff("tia", importers=("acme",), countries=("IN", "US"))
    known = registry(provider("acme", NOTHING_KEPT, IN_BOTH, *AT_HOME), judged)
    assert enough(firm(require=TRANSFER), SCC, STATED, known=known, asked=OPEN) == [(SCC, STATED)]


def test_evidence_at_one_hop_is_none_at_another() -> None:
    relay = gateway("relay", NOTHING_KEPT, claim("inference_location", DE), *AT_HOME, adds_hop=True)
    known = registry(relay, provider("acme", NOTHING_KEPT, *AT_HOME), route(at="relay"))
    here, there = (Shown(hop, (("inference_location", DE),)) for hop in ("acme", "relay"))
    assert enough(firm(require=TRANSFER), there, here, known=known) == [(here,)]


def test_stored_data_is_a_transfer_unless_none_is_kept() -> None:
    stored = claim("storage_location", places("US")), claim("retention_days", Decimal(9))
    at_home = claim("inference_location", DE)
    known = registry(provider("acme", *stored, at_home, *AT_HOME))
    shown = Shown("acme", (("retention_days", Decimal(0)),))
    assert enough(firm(require=TRANSFER), UNKEPT, shown, known=known) == [(UNKEPT,), (shown,)]


def test_a_basis_that_must_not_be_is_asked_of_each_set_as_a_whole() -> None:
    known = registry(provider("acme", NOTHING_KEPT, claim("inference_location", DE), *AT_HOME))
    none = Not(names("transfer_basis.eu_gdpr", IS, "not_a_transfer"))
    away = Contract("acme", (("inference_location", places("US")),))
    assert enough(firm(require=none), away, JUDGED, known=known) == [(away,)]
