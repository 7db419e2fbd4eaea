"""Steps, what they are about and say, and the world as it would be once they are taken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.domain.contract import Agreement, Clause, Mechanism
from policy_router.domain.registry import Registry
from policy_router.engine.question import Question
from policy_router.engine.reference import candidate_for
from policy_router.engine.steps import (
    Contract,
    Judged,
    Part,
    Shown,
    Stated,
    Step,
    Waived,
    about_route,
    parts_of,
    place_of,
    with_steps,
    without,
)
from tests.explained import DPIA, PERSONAL
from tests.small import (
    NOW,
    agreement,
    claim,
    policy,
    provider,
    registry,
    route,
    rule,
    snapshot,
    utc,
)

SCC, BCR = Clause(Mechanism.SCC, "M2"), Clause(Mechanism.BCR)
TRAINING, DPA = ("training", "prohibited"), ("dpa", "in_force")
SIGNED = Contract("acme", (TRAINING, DPA), (SCC, BCR))
SHOWN = Shown("acme", (TRAINING, ("logging", "none")))
JUDGED, STATED, WAIVED = Judged("dpia"), Stated("data"), Waived("policy", "rule")


def taken(known: Registry, *steps: Step) -> Registry:
    """The registry as the only route would see it, once steps are taken."""
    q = Question(snapshot(policy(), known), PERSONAL, NOW)
    (alone,) = known.routes.values()
    return with_steps(q, about_route(q, alone), steps).snapshot.registry


def test_what_steps_are_about_is_not_what_they_say() -> None:
    assert place_of(SIGNED) == place_of(Contract("acme", (DPA,)))
    assert place_of(SHOWN) == place_of(Shown("acme", (DPA,)))
    apart = (
        SIGNED,
        Contract("sub", SIGNED.terms),
        SHOWN,
        replace(SHOWN, hop="sub"),
        replace(SHOWN, again=True),
        JUDGED,
        Judged("dpia", "acme", "US"),
        STATED,
        WAIVED,
        Waived("policy", "other"),
    )
    assert len({place_of(step) for step in apart}) == len(apart)


def test_what_steps_say() -> None:
    assert parts_of(SIGNED) == ("training", "dpa", SCC, BCR)
    assert parts_of(SHOWN) == ("training", "logging")
    assert parts_of(JUDGED) == parts_of(STATED) == parts_of(WAIVED) == ()


@pytest.mark.parametrize(
    ("step", "parts", "left"),
    [
        (SIGNED, {"training"}, Contract("acme", (DPA,), (SCC, BCR))),
        (SIGNED, {SCC}, Contract("acme", (TRAINING, DPA), (BCR,))),
        (SIGNED, {"training", "dpa"}, Contract("acme", (), (SCC, BCR))),
        (SIGNED, {"training", "dpa", SCC, BCR}, SIGNED),
        (SIGNED, {"logging"}, SIGNED),
        (SIGNED, set(), SIGNED),
        (SHOWN, {"training"}, Shown("acme", (("logging", "none"),))),
        (SHOWN, {"training", "logging", "dpa"}, SHOWN),
        (JUDGED, {"training"}, JUDGED),
    ],
)
def test_a_step_without_some_of_what_it_says(step: Step, parts: set[Part], left: Step) -> None:
    assert without(step, parts) == left


def test_of_agreements_those_with_parties_on_the_way_count() -> None:
    known = registry(
        provider("acme", operator="group"),
        agreement("own"),
        agreement("with-operator", parties=("group",)),
        agreement("elsewhere", parties=("other",)),
        agreement("shared", parties=("other", "acme")),
    )
    found = {a.id: a.parties for a in taken(known).agreements}
    assert found == dict.fromkeys(("own", "with-operator", "shared"), frozenset({"acme"}))


@pytest.mark.parametrize(
    ("held", "speaks"),
    [
        (agreement(training="used", dpa="none"), False),
        (agreement(models=(), routes=("r",), training="used", dpa="none"), True),
        (agreement(models=("one",), training="used", dpa="none"), True),
        (agreement(models=("one",), routes=("r",), training="used", dpa="none"), True),
    ],
    ids=("of all models", "of the route", "of its model", "of both"),
)
def test_evidence_replaces_what_an_agreement_says_of_more_than_the_route(
    held: Agreement, speaks: bool
) -> None:
    (left,) = taken(registry(held), SHOWN).agreements
    assert dict(left.terms) == {"dpa": "none"} | ({"training": "used"} if speaks else {})


def test_a_contract_replaces_what_agreements_with_its_party_say_of_the_same() -> None:
    held = agreement(models=("one",), routes=("r",), training="used", logging="content")
    old, new = taken(registry(held), SIGNED).agreements
    assert dict(old.terms) == {"logging": "content"}
    assert (new.terms, new.clauses) == (SIGNED.terms, SIGNED.clauses)
    assert new.routes == ("r",)
    assert not new.models


def test_evidence_replaces_what_the_route_claims_of_the_same() -> None:
    own = claim("training", "used"), claim("caching", "shared")
    known = registry(route(acme=own))
    (found,) = taken(known, SHOWN).routes.values()
    said = [(c.attribute, c.value) for c in dict(found.claims)["acme"]]
    assert said == [("caching", "shared"), TRAINING, ("logging", "none")]


def test_steps_are_taken_by_the_time_as_of_which_all_is_known() -> None:
    """What is not known until later would not count."""
    demanded = rule(require=DPIA)
    covering = policy(demanded)
    then = replace(NOW, known_at=utc("2026-06-01"))
    q = Question(snapshot(covering), PERSONAL, then)
    (alone,) = q.snapshot.registry.routes.values()
    for steps in ([WAIVED], [JUDGED]):
        world = with_steps(q, about_route(q, alone), steps)
        assert candidate_for(world, [covering], alone).permitted
    assert not candidate_for(q, [covering], alone).permitted
