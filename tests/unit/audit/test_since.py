"""Routes gained and lost between two reports, and which fact, policy or contract did it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from policy_router.audit.dossier.build import Subject, dossier
from policy_router.audit.dossier.content import Dossier
from policy_router.audit.dossier.differences import Cause, CauseKind
from policy_router.audit.dossier.shape import plain, read
from policy_router.audit.dossier.verdicts import Found
from policy_router.audit.in_use import First, Why
from policy_router.audit.matrix import Standing, matrix, reachable_routes
from policy_router.domain.claim import Claim, EvidenceDemand, Moment, Validity
from policy_router.domain.contract import Clause, Mechanism
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import All, Matcher, Mode, Obligation, PolicySet, Predicate
from policy_router.domain.policy import Test as Comparison
from policy_router.domain.registry import Registry
from policy_router.domain.snapshot import Snapshot
from tests.small import (
    HERE,
    NOW,
    agreement,
    claim,
    exception,
    facts,
    places,
    policy,
    provider,
    registry,
    route,
    rule,
    signoff,
    snapshot,
    utc,
)


def scenario(name: str = "letters", purpose: str = "care") -> Scenario:
    asked = facts(None, data=("personal",), regime=("eu_gdpr",), purpose=purpose)
    return Scenario(name, name, name, asked, HERE)


def reported(
    found: Snapshot,
    earlier: Dossier | None = None,
    moment: Moment = NOW,
    *scenarios: Scenario,
) -> Dossier:
    asked = scenarios or (scenario(),)
    routes = reachable_routes(found)
    cells = matrix(found, asked, routes, moment)
    first = First(routes, Why.IN_REACH, len(routes))
    return dossier(Subject(cells, first, None, earlier), lambda *_: None)


def is_(subject: str, *names: str, matcher: Matcher = Matcher.IS) -> Predicate:
    return Comparison(subject, matcher, names, None, HERE)


def turned(
    before: Snapshot, after: Snapshot, moment: Moment = NOW
) -> tuple[tuple[Standing | None, Standing | None, tuple[str, ...]], set[tuple[CauseKind, str]]]:
    """The one turn between two snapshots: from what to what, on which routes, and why."""
    old = read(Dossier, plain(reported(before)))
    since = reported(after, old, moment).since
    assert since is not None
    (turn,) = since.turns
    assert turn.scenario == "letters"
    was, now = (None if f is None else f.standing for f in (turn.before, turn.after))
    return (was, now, turn.routes), {(c.kind, c.about) for c in turn.causes}


TRAINS = policy(rule(require=is_("training", "prohibited")))
GOOD, BAD = claim("training", "prohibited"), claim("training", "used")
LOST = (Standing.PERMITTED, Standing.REFUSED, ("r",))
UNSURE = (Standing.PERMITTED, Standing.UNKNOWN, ("r",))
GAINED = (Standing.REFUSED, Standing.PERMITTED, ("r",))


def of(*claims: Claim) -> Registry:
    return registry(provider("acme", *claims))


_CAP = Comparison("retention_days", Matcher.AT_MOST, (), Decimal(30), HERE)
_STORED = Obligation("o", All(()), (("store", True),), None, HERE)
_RULE = rule(require=_CAP)
_POLICY = replace(policy(_RULE), obligations=(_STORED,))
_FACTS = registry(provider("acme", GOOD), agreement(training="prohibited"), signoff())
_OTHER_SOURCE = replace(_FACTS.agreements[0].evidence, reference="another")
_WHOLE = PolicySet((_POLICY,), exceptions=(exception(),))


def _ruled(**changes: Any) -> PolicySet:  # noqa: ANN401 - any part
    return _policed(rules=(replace(_RULE, **changes),))


def _policed(**changes: Any) -> PolicySet:  # noqa: ANN401 - any part
    return replace(_WHOLE, policies=(replace(_POLICY, **changes),))


def _waived(**changes: Any) -> PolicySet:  # noqa: ANN401 - any part
    return replace(_WHOLE, exceptions=(replace(exception(), **changes),))


def _agreed(**changes: Any) -> Registry:  # noqa: ANN401 - any part
    return replace(_FACTS, agreements=(replace(_FACTS.agreements[0], **changes),))


def _signed(**changes: Any) -> Registry:  # noqa: ANN401 - any part
    return replace(_FACTS, signoffs=(replace(_FACTS.signoffs[0], **changes),))


def test_nothing_changed_is_said_to_be_nothing() -> None:
    found = snapshot(TRAINS, of(GOOD))
    since = reported(found, reported(found)).since
    assert since is not None
    assert (since.turns, since.documents) == ((), ())


def test_a_fact_that_is_another() -> None:
    turn, causes = turned(snapshot(TRAINS, of(GOOD)), snapshot(TRAINS, of(BAD)))
    assert (turn, causes) == (LOST, {(CauseKind.FACT, "acme")})


def test_a_fact_by_which_a_route_is_gained() -> None:
    turn, causes = turned(snapshot(TRAINS, of(BAD)), snapshot(TRAINS, of(GOOD)))
    assert (turn, causes) == (GAINED, {(CauseKind.FACT, "acme")})


def test_evidence_that_grew_too_old() -> None:
    strict = policy(
        rule(require=is_("training", "prohibited"), demand=EvidenceDemand(max_age_days=60))
    )
    found = snapshot(strict, of(GOOD))
    later = Moment(NOW.at + timedelta(days=60))
    assert turned(found, found, later) == (UNSURE, {(CauseKind.AGE, "acme")})


def test_a_contract_that_ended() -> None:
    contract = agreement(training="prohibited", valid=Validity(None, utc("2026-07-01")))
    found = snapshot(TRAINS, registry(provider("acme", BAD), contract))
    turn, causes = turned(found, found, Moment(utc("2026-08-01")))
    assert (turn, causes) == (LOST, {(CauseKind.AGREEMENT, "acme")})


def test_a_contract_that_ended_is_among_the_documents() -> None:
    contract = agreement(training="prohibited", valid=Validity(None, utc("2026-07-01")))
    found = snapshot(TRAINS, registry(provider("acme", BAD), contract))
    since = reported(found, reported(found), Moment(utc("2026-08-01"))).since
    assert since is not None
    was, now = "in force, until 2026-06-30", "ended, until 2026-06-30"
    assert since.states == (Cause(CauseKind.AGREEMENT, "contract", None, was, now),)
    assert since.documents == ()


_CHANGED: dict[str, tuple[PolicySet | None, Registry | None]] = {
    "rule require": (_ruled(require=replace(_CAP, bound=Decimal(10))), None),
    "rule mode": (_ruled(mode=Mode.MONITOR), None),
    "rule when": (_ruled(when=is_("purpose", "care")), None),
    "rule demand": (_ruled(demand=EvidenceDemand(verified=True)), None),
    "rule waivable": (_ruled(waivable=not _RULE.waivable), None),
    "policy scope": (_policed(scope=is_("purpose", "care")), None),
    "obligation set": (_policed(obligations=(replace(_STORED, set=(("store", 1),)),)), None),
    "exception accepts": (_waived(accepts=(("training", ("used",)),)), None),
    "exception when": (_waived(when=is_("purpose", "care")), None),
    "exception validity": (_waived(validity=Validity(None, utc("2029-01-01"))), None),
    "agreement terms": (None, _agreed(terms=(("training", "used"),))),
    "agreement evidence": (None, _agreed(evidence=_OTHER_SOURCE)),
    "signoff purposes": (None, _signed(purposes=("care",))),
    "signoff reference": (None, _signed(reference="another")),
}


@pytest.mark.parametrize("what", _CHANGED)
def test_no_part_of_a_document_changes_unseen(what: str) -> None:
    policies, facts_ = _CHANGED[what]
    old = read(Dossier, plain(reported(snapshot(_WHOLE, _FACTS))))
    since = reported(snapshot(policies or _WHOLE, facts_ or _FACTS), old).since
    assert since is not None
    assert [(d.kind, d.what) for d in since.documents] == [tuple(what.split())]
    (found,) = since.documents
    assert found.old != found.new


def test_a_rule_that_is_new() -> None:
    now = policy(rule("rule"), rule("new", require=is_("training", "prohibited")))
    turn, causes = turned(snapshot(policy(), of(BAD)), snapshot(now, of(BAD)))
    assert turn == LOST
    assert causes == {(CauseKind.POLICY, "policy/new")}


def test_a_rule_that_is_enforced_now() -> None:
    watched = policy(rule(require=is_("training", "prohibited"), mode=Mode.MONITOR), rule("any"))
    enforced = policy(rule(require=is_("training", "prohibited")), rule("any"))
    turn, causes = turned(snapshot(watched, of(BAD)), snapshot(enforced, of(BAD)))
    assert (turn, causes) == (LOST, {(CauseKind.POLICY, "policy/rule")})


def test_a_rule_that_asks_for_something_else() -> None:
    lax = policy(rule(require=is_("training", "used")))
    turn, causes = turned(snapshot(lax, of(BAD)), snapshot(TRAINS, of(BAD)))
    assert (turn, causes) == (LOST, {(CauseKind.POLICY, "policy/rule")})


def test_an_exception_that_ended() -> None:
    waiver = exception(valid=Validity(None, utc("2026-07-01")))
    found = snapshot(PolicySet((TRAINS,), exceptions=(waiver,)), of(BAD))
    turn, causes = turned(found, found, Moment(utc("2026-08-01")))
    assert turn == LOST
    assert causes == {(CauseKind.EXCEPTION, "policy/rule")}


def test_a_signoff_that_ended() -> None:
    judged = policy(rule(require=is_("signoff", "dpia", matcher=Matcher.INCLUDES)))
    approval = signoff(valid=Validity(None, utc("2026-07-01")))
    found = snapshot(judged, registry(approval))
    turn, causes = turned(found, found, Moment(utc("2026-08-01")))
    assert turn == LOST
    assert causes == {(CauseKind.SIGNOFF, "including dpia")}


BASES = policy(
    rule(require=is_("transfer_basis.eu_gdpr", "not_a_transfer", "scc_with_tia")),
)
HERE_AND_THERE = (
    claim("provider_jurisdiction", places("US")),
    claim("inference_location", places("US")),
    claim("storage_location", places("US")),
    claim("support_location", places("US")),
)


def _exported(until: str | None) -> Snapshot:
    end = None if until is None else utc(until)
    assessed = signoff(
        "tia", routes=(), importers=("acme",), countries=("US",), valid=Validity(None, end)
    )
    clauses = agreement("clauses", Clause(Mechanism.SCC, "M2"), Clause(Mechanism.SCC, "M3"))
    return snapshot(BASES, registry(provider("acme", *HERE_AND_THERE), clauses, assessed))


def test_an_assessment_of_transfers_that_ended() -> None:
    turn, causes = turned(
        _exported("2026-07-01"), _exported("2026-07-01"), Moment(utc("2026-08-01"))
    )
    assert turn[:2] in {LOST[:2], UNSURE[:2]}
    assert causes == {(CauseKind.SIGNOFF, "judgement")}


def test_the_assessment_that_covers_the_request_is_named_and_no_other() -> None:
    """Of two on the same party and country, the one for other purposes covers nothing."""
    other = replace(_exported("2026-07-01").registry.signoffs[0], id="other", purposes=("adverts",))
    before = _exported("2026-07-01")
    both = (*before.registry.signoffs, replace(other, validity=Validity(None, None)))
    found = Snapshot(before.policies, replace(before.registry, signoffs=both))
    assert [t.assessments for t in reported(found).transfers] == [("judgement",)]
    _, causes = turned(found, found, Moment(utc("2026-08-01")))
    assert causes == {(CauseKind.SIGNOFF, "judgement")}
    assert [t.assessments for t in reported(found, None, Moment(utc("2026-08-01"))).transfers] == [
        ()
    ]


def test_data_that_goes_elsewhere() -> None:
    home = [replace(c, value=places("DE")) for c in HERE_AND_THERE]
    away = [*home[1:], replace(HERE_AND_THERE[1], value=places("CN"))]
    before = snapshot(BASES, registry(provider("acme", *home)))
    after = snapshot(BASES, registry(provider("acme", home[0], away[-1], *home[2:])))
    turn, causes = turned(before, after)
    assert (turn, causes) == (LOST, {(CauseKind.FACT, "acme")})


def test_a_route_that_was_not_there() -> None:
    before = snapshot(TRAINS, registry(provider("acme", GOOD), route("r")))
    after = snapshot(TRAINS, registry(provider("acme", GOOD), route("r"), route("s")))
    turn, causes = turned(before, after)
    assert turn == (None, Standing.PERMITTED, ("s",))
    assert causes == {(CauseKind.ROUTE, "s")}


def test_a_scenario_that_says_something_else() -> None:
    caring = policy(rule(when=is_("purpose", "care"), require=is_("training", "prohibited")))
    found = snapshot(caring, of(BAD))
    old = reported(found)
    since = reported(found, old, NOW, scenario(purpose="advertising")).since
    assert since is not None
    assert {c.kind for turn in since.turns for c in turn.causes} >= {CauseKind.SCENARIO}


def test_a_scenario_that_is_new() -> None:
    found = snapshot(TRAINS, of(GOOD))
    since = reported(found, reported(found), NOW, scenario(), scenario("new")).since
    assert since is not None
    (turn,) = since.turns
    assert (turn.scenario, turn.before) == ("new", None)
    assert turn.after == Found(Standing.PERMITTED, (), ())
    assert [(c.kind, c.about) for c in turn.causes] == [(CauseKind.SCENARIO, "new")]


def test_a_permission_that_rests_on_an_exception_now() -> None:
    waived = PolicySet((TRAINS,), exceptions=(exception(),))
    turn, causes = turned(snapshot(waived, of(GOOD)), snapshot(waived, of(BAD)))
    assert turn == (Standing.PERMITTED, Standing.PERMITTED, ("r",))
    assert causes == {(CauseKind.EXCEPTION, "waiver"), (CauseKind.EXCEPTION, "policy/rule"),
                      (CauseKind.FACT, "acme")}  # fmt: skip


def test_a_permission_that_rests_on_another_signoff() -> None:
    judged = policy(rule(require=is_("signoff", "dpia", matcher=Matcher.INCLUDES)))
    before = snapshot(judged, registry(signoff()))
    after = snapshot(judged, registry(replace(signoff(), id="another")))
    turn, causes = turned(before, after)
    assert turn == (Standing.PERMITTED, Standing.PERMITTED, ("r",))
    assert causes == {(CauseKind.SIGNOFF, "another"), (CauseKind.SIGNOFF, signoff().id)}


def test_rules_that_are_only_watched_bring_nothing_about() -> None:
    both = policy(
        rule("enforced", require=is_("training", "prohibited")),
        rule("watched", require=is_("logging", "none"), mode=Mode.MONITOR),
    )
    before = snapshot(both, of(GOOD, claim("logging", "none")))
    after = snapshot(both, of(BAD, claim("logging", "content")))
    old = reported(before)
    since = reported(after, old).since
    assert since is not None
    (turn,) = since.turns
    assert [c.attribute for c in turn.causes] == ["training"]
