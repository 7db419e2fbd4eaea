"""Facts joined: the floor holds, the call shows, and a caller's word only ever adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from policy_router import Request
from policy_router.domain.request import RequestFacts, SetFact
from policy_router.enforcement.facts import NOBODY, Floor, joined
from policy_router.wire.refusal import RefusalCode, Refused
from tests.property.proving import Effect, effect, law
from tests.strategies.draws import Dice, chance, pick, some
from tests.strategies.requests import plain_request
from tests.strategies.words import PURPOSES
from tests.strategies.worlds import World, any_world, permitted

SHOWN = RequestFacts(
    "a/b",
    {"features": SetFact(frozenset({"reasoning"}), settled=True)},
    {"endpoint": "chat_completions", "stateful": False, "streaming": False},
)
PERSONAL = SetFact(frozenset({"personal"}), settled=True)


def _floor(*may_declare: str, **scalars: str) -> Floor:
    return Floor(RequestFacts(None, {"data": PERSONAL}, scalars), frozenset(may_declare), "c")


def _refusal(floor: Floor, *declared: tuple[str, str]) -> RefusalCode:
    with pytest.raises(Refused) as caught:
        joined(floor, SHOWN, declared)
    return caught.value.code


def test_without_declarations_there_is_one_view() -> None:
    facts = joined(_floor(purpose="letters"), SHOWN, [])
    assert (facts.model, facts.base, facts.declared) == ("a/b", None, ())
    assert facts.set_fact("data") == PERSONAL
    assert facts.scalar("purpose") == "letters"
    assert facts.set_fact("features").members == {"reasoning"}


def test_a_declaration_adds_in_the_outer_view_only() -> None:
    facts = joined(_floor(), SHOWN, [("data", "health"), ("purpose", "letters")])
    assert facts.declared == ("data", "purpose")
    assert facts.set_fact("data").members == {"personal", "health"}
    assert facts.base is not None
    assert facts.base.set_fact("data") == PERSONAL
    assert facts.base.scalar("purpose") is None


def test_a_fact_the_caller_may_declare_is_settled_by_its_word() -> None:
    facts = joined(
        Floor(may_declare=frozenset({"data", "purpose"})),
        SHOWN,
        [("data", "health, personal"), ("purpose", "letters")],
    )
    assert facts.base is None
    assert facts.declared == ("data", "purpose")
    assert facts.set_fact("data") == SetFact(frozenset({"health", "personal"}), settled=True)
    assert facts.scalar("purpose") == "letters"


def test_what_may_be_declared_and_is_not_stays_unknown() -> None:
    facts = joined(Floor(may_declare=frozenset({"data"})), SHOWN, [])
    assert not facts.set_fact("data").settled


def test_an_open_fact_stays_open_when_it_is_merely_declared() -> None:
    facts = joined(NOBODY, SHOWN, [("data", "non_personal")])
    assert facts.set_fact("data") == SetFact(frozenset({"non_personal"}), settled=False)
    assert facts.base is not None
    assert facts.base.set_fact("data") == SetFact()


def test_repeating_the_floor_rests_on_nothing() -> None:
    facts = joined(_floor(purpose="letters"), SHOWN, [("data", "personal"), ("purpose", "letters")])
    assert (facts.base, facts.declared) == (None, ())


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ([("purpose", "other")], RefusalCode.CONTRADICTED_FACT),
        ([("lawful_basis", "A6-1-a"), ("lawful_basis", "A6-1-b")], RefusalCode.CONTRADICTED_FACT),
        ([("tenant", "other")], RefusalCode.FLOOR_FACT),
        ([("project", "x")], RefusalCode.FLOOR_FACT),
        ([("environment", "dev")], RefusalCode.FLOOR_FACT),
        ([("caller", "other")], RefusalCode.FLOOR_FACT),
        ([("model", "c/d")], RefusalCode.UNKNOWN_FACT),
        ([("features", "x")], RefusalCode.UNKNOWN_FACT),
        ([("labels.team", "x")], RefusalCode.UNKNOWN_FACT),
        ([("unheard_of", "x")], RefusalCode.UNKNOWN_FACT),
        ([("data", "helth")], RefusalCode.UNKNOWN_FACT),
        ([("data", "")], RefusalCode.UNKNOWN_FACT),
        ([("data", "the patient is called Zebulon")], RefusalCode.UNKNOWN_FACT),
        ([("regime", "eu")], RefusalCode.UNKNOWN_FACT),
        ([("subject_location", "Germany")], RefusalCode.UNKNOWN_FACT),
    ],
)
def test_declarations_that_are_refused(declared: list[tuple[str, str]], code: RefusalCode) -> None:
    assert _refusal(_floor("purpose", purpose="letters"), *declared) is code


def test_a_wrong_value_gets_a_suggestion_and_content_is_not_repeated() -> None:
    with pytest.raises(Refused) as caught:
        joined(NOBODY, SHOWN, [("data", "helth")])
    assert "health" in (caught.value.help or "")
    with pytest.raises(Refused) as caught:
        joined(NOBODY, SHOWN, [("data", "the patient Zebulon")])
    assert "Zebulon" not in f"{caught.value} {caught.value.help}"


def test_what_a_program_states_and_what_a_call_shows_add_up() -> None:
    stated = Request(server_tools=["web_search"], stateful=True, tokens_input=5).facts()
    facts = joined(Floor(stated), SHOWN, [])
    assert facts.set_fact("server_tools").members == {"web_search"}
    assert facts.set_fact("features").members == {"reasoning"}
    assert facts.scalar("stateful") is True
    assert facts.scalar("tokens.input") == 5


@pytest.mark.parametrize(
    ("stated", "seen", "counts"), [(None, 7, 7), (5, 7, 7), (9, 7, 9), (9, None, 9)]
)
def test_of_two_sizes_the_larger_counts(stated: int | None, seen: int | None, counts: int) -> None:
    size = {} if seen is None else {"tokens.output": Decimal(seen)}
    shown = replace(SHOWN, scalars={**SHOWN.scalars, **size})
    facts = joined(Floor(Request(tokens_output=stated).facts()), shown, [])
    assert facts.scalar("tokens.output") == counts


def test_a_program_that_stated_another_model_is_contradicted() -> None:
    assert _refusal(Floor(Request(model="c/d").facts())) is RefusalCode.CONTRADICTED_FACT


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """A world, a caller of it, and what it declares of a call."""

    world: World
    floor: Floor
    shown: RequestFacts
    declared: tuple[tuple[str, str], ...]

    def permits(self, declared: Sequence[tuple[str, str]]) -> frozenset[str]:
        """List the routes that may carry the call, if this is what is declared of it."""
        try:
            facts = joined(self.floor, self.shown, declared)
        except Refused:
            return frozenset()
        return permitted(replace(self.world, facts=facts).decide())


_SAID: dict[str, tuple[str, ...]] = {
    "data": ("non_personal", "personal", "health", "personal,criminal", "non_personal,source_code"),
    "regime": ("eu_gdpr", "uk_gdpr,eu_gdpr", "ch_fadp"),
    "subjects": ("customers", "employees"),
    "subject_location": ("DE", "US,DE"),
    "purpose": PURPOSES,
    "lawful_basis": ("A6-1-b",),
    "special_condition": ("A9-2-h",),
    "decision_effect": ("none",),
}
_OBSERVED = {"features", "input_modalities", "output_modalities", "server_tools"}


def _call(dice: Dice) -> Call:
    drawn = plain_request(dice)
    sets = {n: replace(f, settled=True) for n, f in drawn.sets.items() if n not in _OBSERVED}
    scalars: dict[str, Any] = {n: v for n, v in drawn.scalars.items() if n != "stateful"}
    stated = {n: f for n, f in sets.items() if chance(dice, 1, 2)}
    named = {n: v for n, v in scalars.items() if chance(dice, 2, 3)}
    declared = tuple((n, pick(dice, _SAID[n])) for n in some(dice, tuple(_SAID)))
    floor = Floor(RequestFacts(None, stated, named), frozenset(some(dice, tuple(_SAID))), "c")
    shown = RequestFacts(
        drawn.model,
        {n: f for n, f in drawn.sets.items() if n in _OBSERVED},
        {"endpoint": "chat_completions", "stateful": False, "streaming": False},
    )
    return Call(any_world(dice), floor, shown, declared)


@law(_call, tested=0.05)
def test_nothing_a_caller_declares_adds_a_route_unless_its_document_lets_it(call: Call) -> Effect:
    """Of what is declared, only facts that `may_declare` names can widen what is permitted."""
    settled = [(name, text) for name, text in call.declared if name in call.floor.may_declare]
    others = len(call.declared) > len(settled)
    before, after = call.permits(settled), call.permits(call.declared)
    assert after <= before
    return effect(before, after, at_stake=others)


@law(_call, tested=0.05)
def test_a_caller_that_may_declare_nothing_gains_nothing(call: Call) -> Effect:
    """Whatever it declares, it is permitted no more than in silence."""
    mute = replace(call, floor=replace(call.floor, may_declare=frozenset()))
    before, after = mute.permits([]), mute.permits(call.declared)
    assert after <= before
    return effect(before, after, at_stake=bool(call.declared))


@law(_call, tested=0.05)
def test_a_fact_it_may_declare_counts_as_if_its_document_said_it(call: Call) -> Effect:
    """Declared or written down, a settled fact is a settled fact."""
    settled = [(name, text) for name, text in call.declared if name in call.floor.may_declare]
    open_to_say = [(n, t) for n, t in settled if n not in call.floor.facts.sets]
    written = joined(Floor(may_declare=call.floor.may_declare), call.shown, open_to_say)
    facts = call.floor.facts
    sets = {**facts.sets, **{n: written.sets[n] for n, _ in open_to_say if n in written.sets}}
    scalars = {n: written.scalars[n] for n, _ in open_to_say if n in written.scalars}
    if any(facts.scalar(n) not in {None, v} for n, v in scalars.items()):
        return Effect.NONE
    known = RequestFacts(None, sets, {**facts.scalars, **scalars})
    by_document = replace(call, floor=Floor(known, caller="c")).permits([])
    assert call.permits(open_to_say) == by_document
    return effect(by_document, by_document, at_stake=bool(open_to_say))
