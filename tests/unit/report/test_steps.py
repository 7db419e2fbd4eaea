"""A step for people: what a contract must say of several attributes alike is said once."""

from __future__ import annotations

import json

from policy_router.engine.explanation import Change, ChangeKind, Term
from policy_router.report.explanations import explanation_json
from policy_router.report.steps import change_words, contents, steps_words
from tests.explained import CONTRACTED, UNTRAINED, WITHIN, firm, told
from tests.small import claim, places, policy, provider, registry
from tests.strategies.predicates import names

NAMED = "named (within EEA, or with a transfer mechanism)"
CLAUSES = "standard contractual clauses (module 2)"
TERMS = (
    Term("dpa", "in_force"),
    Term("inference_location", NAMED),
    Term("storage_location", NAMED),
    Term("zero_data_retention", "one of default, granted"),
    Term("", CLAUSES),
)
SAID = (
    "processing contract: in force; where the model runs, where data is stored: "
    f"{NAMED}; zero retention: default or granted; {CLAUSES}"
)


def test_what_is_wanted_alike_is_said_once() -> None:
    change = Change(
        ChangeKind.AGREEMENT, "acme", "an agreement with Acme (`acme`) in force: ", TERMS
    )
    assert contents(TERMS) == SAID
    assert change_words(change) == f"an agreement with Acme (`acme`) in force: {SAID}"


def test_an_attribute_is_named_once_whatever_is_wanted_of_it() -> None:
    """As of what several models or scenarios want of one company."""
    within = Term("inference_location", "within EEA")
    assert contents((*TERMS, within, *TERMS, Term("", CLAUSES))) == (
        f"processing contract: in force; where the model runs: {NAMED}, and for some of these "
        f"within EEA; where data is stored: {NAMED}; zero retention: default or granted; {CLAUSES}"
    )


def test_what_has_to_change_stands_apart_from_what_has_to_be_said() -> None:
    terms = (Term("inference_location", NAMED), Term("storage_location", NAMED))
    assert contents(terms, ["inference_location"]) == (
        f"a change of where the model runs: {NAMED}; where data is stored: {NAMED}"
    )


def test_a_place_that_has_to_change_makes_another_route() -> None:
    change = Change(ChangeKind.AGREEMENT, "acme", "x: ", TERMS, elsewhere=("inference_location",))
    assert change_words(change) == (
        f"x: {SAID}; the model as it runs there is recorded as another route"
    )
    assert change.text.startswith("x: `dpa` in_force, `inference_location` named (within EEA")
    assert change.text.endswith(f"{CLAUSES}; what they run in another place is a route of its own")


def test_no_name_of_a_party_is_taken_for_what_a_contract_says() -> None:
    head = "an agreement with `dpa` in_force (`acme`) in force: "
    change = Change(ChangeKind.AGREEMENT, "acme", head, TERMS[:1])
    assert change_words(change).endswith("(`acme`) in force: processing contract: in force")
    assert change.text == f"{head}`dpa` in_force"


def test_a_step_without_terms_stands_as_it_is() -> None:
    change = Change(ChangeKind.SIGNOFF, "dpia", "a sign-off `dpia` in force for this route")
    assert change_words(change) == change.text


def test_what_a_sign_off_has_to_cover_is_said_once_in_a_list() -> None:
    covering = " in force for this route and request"
    signed = [
        Change(ChangeKind.SIGNOFF, name, f"a sign-off `{name}`", covering=covering, of_data=data)
        for name, data in (("dpia", ""), ("lia", ", for all of it"))
    ]
    waived = Change(ChangeKind.EXCEPTION, "p/r", "an approved, dated exception to `p/r`: as it is")
    assert list(steps_words([waived, *signed, signed[0]])) == [
        waived.text,
        "a sign-off `dpia` in force for this route and request",
        "a sign-off `lia`, for all of it",
        "a sign-off `dpia`",
    ]


def test_programs_get_a_step_whole() -> None:
    home = firm("home", require=names("inference_location", WITHIN, "EEA"))
    rules = policy(firm("dpa", require=CONTRACTED), firm("none", require=UNTRAINED), home)
    away = registry(provider("acme", claim("inference_location", places("US"))))
    explanation = told(rules, away)
    steps = [step for chosen in explanation.routes[0].remedies for step in chosen]
    said = json.loads(explanation_json(explanation, explanation.routes))["routes"][0]["remedies"]
    found = [step for chosen in said for step in chosen]
    assert [step["text"] for step in found] == [step.text for step in steps]
    assert any(step.elsewhere and step.terms for step in steps)
    assert "head" not in {name for step in found for name in step}
