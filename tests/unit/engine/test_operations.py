"""What a call does is a need: a model that does something else is not asked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.decision import Determination, Reason
from policy_router.domain.policy import Alias, PolicySet
from policy_router.domain.route import Model
from policy_router.domain.vocabulary import GIVES, TEXT
from policy_router.engine.decide import Engine
from policy_router.engine.explain import explain
from policy_router.wire.operations import SUPPORTED
from tests.explained import IS
from tests.small import (
    HERE,
    NOW,
    decided,
    facts,
    gateway,
    model,
    policy,
    provider,
    registry,
    route,
    rule,
    snapshot,
)
from tests.strategies.predicates import names

CHAT, EMBEDDINGS, RESPONSES = "chat_completions", "embeddings", "responses"
TALKS = model("talks")
EMBEDS = model("embeds", gives="embedding")
ANSWERS = model("answers", endpoints=(RESPONSES,))
SILENT = model("silent", gives=None)
ALL = (TALKS, EMBEDS, ANSWERS, SILENT)
KNOWN = registry(
    gateway("hub"),
    provider("acme", covers=tuple(m.id for m in ALL)),
    *ALL,
    *(route(f"to-{m.id}", of=m.id) for m in ALL),
)
OPEN = PolicySet((policy(rule(require=names("gateway", IS, "hub"))),))


def _asked(name: str | None, operation: str | None) -> Determination:
    asked = facts(name)
    if operation is not None:
        asked = replace(asked, scalars={"endpoint": operation})
    return decided(OPEN, KNOWN, asked)


@pytest.mark.parametrize(
    ("operation", "suited"),
    [
        (None, {"to-talks"}),
        (CHAT, {"to-talks"}),
        ("messages", {"to-talks"}),
        (RESPONSES, {"to-talks", "to-answers"}),
        (EMBEDDINGS, {"to-embeds"}),
        ("paint", set()),
    ],
)
def test_of_any_model_those_are_chosen_that_are_known_to_do_it(
    operation: str | None, suited: set[str]
) -> None:
    assert set(_asked(None, operation).chain) == suited


@pytest.mark.parametrize(
    ("operation", "suited"),
    [
        (None, ALL),
        (CHAT, (TALKS, SILENT)),
        (RESPONSES, (TALKS, ANSWERS, SILENT)),
        (EMBEDDINGS, (EMBEDS,)),
        ("paint", ()),
    ],
)
def test_a_model_that_is_named_is_refused_what_it_does_not_do(
    operation: str | None, suited: tuple[Model, ...]
) -> None:
    for each in ALL:
        found = _asked(each.id, operation)
        assert found.permitted == (each in suited), each.id
        assert found.permitted or found.reason is Reason.UNSUITABLE


def test_a_refusal_says_what_is_not_served() -> None:
    (known,) = _asked("embeds", CHAT).candidates
    assert known.unsuitable == ("endpoint `chat_completions` is not served",)
    (silent,) = _asked("silent", EMBEDDINGS).candidates
    assert silent.unsuitable == ("endpoint `embeddings`: not known whether the model serves it",)


def test_what_a_model_only_takes_as_sound_is_no_chat() -> None:
    hears = replace(TALKS, input_modalities=frozenset({"audio"}))
    assert TALKS.serves(CHAT) is True
    assert hears.serves(CHAT) is False


def test_instead_of_what_embeds_only_what_embeds_is_offered() -> None:
    other = model("other", gives="embedding")
    known = registry(
        gateway("hub"),
        gateway("far"),
        provider("acme", covers=("talks", "embeds", "other")),
        TALKS,
        EMBEDS,
        other,
        route("r-talks", of="talks"),
        route("r-embeds", of="embeds", at="far"),
        route("r-other", of="other"),
    )
    asked, engine = facts("embeds"), Engine(snapshot(OPEN, known))
    found = explain(engine, asked, engine.decide(asked, NOW).determination())
    assert [a.route for a in found.alternatives] == ["r-other"]


def test_instead_of_several_models_what_one_is_known_to_serve_is_offered() -> None:
    other, writes = model("other", gives="embedding"), model("writes")
    offered = provider("acme", covers=("silent", "embeds", "other", "writes"))
    routes = (route(f"r-{m.id}", of=m.id) for m in (SILENT, EMBEDS, other, writes))
    known = registry(offered, SILENT, EMBEDS, other, writes, *routes)
    in_force = replace(
        PolicySet((policy(rule(require=names("model", IS, "other", "writes"))),)),
        aliases=(Alias("either", ("silent", "embeds"), HERE),),
    )
    asked, engine = facts("either"), Engine(snapshot(in_force, known))
    found = explain(engine, asked, engine.decide(asked, NOW).determination())
    assert [a.route for a in found.alternatives] == ["r-other"]


def test_every_operation_that_is_governed_says_what_it_gives() -> None:
    assert {operation.endpoint for operation in SUPPORTED} == set(GIVES)


@pytest.mark.parametrize("window", [1000, None])
@pytest.mark.parametrize("endpoint", sorted(GIVES))
@pytest.mark.parametrize(("wanted", "too_long"), [(None, 0), (0, 0), (500, 0), (501, 1)])
def test_a_window_is_for_one_text_and_embeddings_are_of_many(
    wanted: int | None, too_long: int, endpoint: str, window: int | None
) -> None:
    """What a call holds in all bounds its cost; whether each text of it fits is not known."""
    card = replace(model(window=window), endpoints=frozenset(GIVES))
    sizes = {"tokens.input": 1001, "tokens.output": wanted}
    counted = {name: Decimal(count) for name, count in sizes.items() if count is not None}
    asked = replace(facts(), scalars={"endpoint": endpoint, **counted})
    (candidate,) = decided(policy(), registry(card), asked).candidates
    assert len(candidate.unsuitable) == too_long + (GIVES[endpoint] == TEXT)
