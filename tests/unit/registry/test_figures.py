"""Every figure of a card keeps the source it was read in, wherever the card is filled in."""

from __future__ import annotations

from itertools import product

import pytest

from policy_router.domain.route import FIGURES, OFFERED, Model
from policy_router.language.grammar.updates import FilledBody
from tests.unit.documents import HOPS, TERRITORIES, build, sound

SOURCES = """
sources:
  page: {kind: provider_docs, basis: public_terms, reference: page, read_on: 2026-11-01}
  list: {kind: third_party, basis: public_terms, reference: list, read_on: 2026-11-10}
"""
FILLED = tuple(name for name in OFFERED if name in FilledBody.model_fields)
SAID = {
    "context_window": "9",
    "max_output_tokens": "4",
    "features": "[streaming]",
    "input_modalities": "[text]",
    "output_modalities": "[]",
    "endpoints": "[chat_completions]",
    "unasked_tools": "[web_search]",
    "throughput": "17",
    "first_token_seconds": "1",
    "benchmarks": "{mmlu: 83}",
    "released": "2026-05",
    "knowledge": "2025",
    "open_weights": "false",
    "rank": "first",
    "tier": "top",
}


def models(*lines: str) -> str:
    return HOPS.replace("title: One", "\n".join(["title: One", *lines]) + SOURCES.rstrip())


def written(figures: tuple[str, ...]) -> list[str]:
    return [f"{name}: {SAID[name]}" for name in figures]


def read_in(card: Model, figure: str) -> str | None:
    source = card.source_of(figure)
    return None if source is None else source.reference


@pytest.mark.parametrize("apart", FIGURES)
def test_a_figure_is_of_the_source_that_the_card_names_for_it(apart: str) -> None:
    card = models(*written(FIGURES), "source: page", f"card_sources: {{list: [{apart}]}}")
    model = sound(card).registry.models["acme/one"]
    assert {name: read_in(model, name) for name in FIGURES} == {
        name: "list" if name == apart else "page" for name in FIGURES
    }


def test_what_is_not_stated_was_read_nowhere() -> None:
    """Defaults of a list name the figures of all its models, and few state each of them."""
    model = sound(models("source: page", "card_sources: {list: [released]}")).registry.models
    assert [model["acme/one"].source_of(name) for name in FIGURES] == [None] * len(FIGURES)
    assert model["acme/one"].read_in == ()


def test_a_figure_without_a_source_is_of_none_though_another_has_one() -> None:
    card = models(*written(("context_window", "features")), "card_sources: {list: [features]}")
    model = sound(card).registry.models["acme/one"]
    assert (read_in(model, "features"), read_in(model, "context_window")) == ("list", None)


@pytest.mark.parametrize(("own", "filled"), list(product(OFFERED, FILLED)))
def test_what_routes_and_updates_say_keeps_its_source_beside_what_the_model_says(
    own: str, filled: str
) -> None:
    """A route states one figure, an update of it another, its model all the others."""
    others = tuple(name for name in OFFERED if name not in (own, filled))
    card = models(*written(others), "source: page")
    route = card + SOURCES.replace("page", "shop") + f"{own}: {SAID[own]}\nsource: shop\n"
    fill = f"{{{filled}: {SAID[filled]}, source: list}}"
    head = f"kind: update\nid: later\nlanguage: 1\n{SOURCES}"
    for update, of_model in (
        (f'{head}routes: {{"gw:one": {fill}}}\n', None),
        (f"{head}models: {{acme/one: {fill}}}\n", "list"),
    ):
        registry = sound(TERRITORIES, route, update).registry
        offered = registry.card(registry.routes["gw:one"])
        assert {name: read_in(offered, name) for name in OFFERED} == {
            **dict.fromkeys(others, "page"),
            filled: "list",
            own: "shop",
        }
        model = registry.models["acme/one"]
        assert {read_in(model, name) for name in others} == {"page"}
        assert read_in(model, filled) == of_model


def test_what_a_route_says_without_a_source_is_not_of_the_models() -> None:
    registry = sound(models("context_window: 9", "source: page") + "max_output_tokens: 4\n")
    card = registry.registry.card(registry.registry.routes["gw:one"])
    assert (read_in(card, "context_window"), read_in(card, "max_output_tokens")) == ("page", None)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("card_sources: {nobody: [features]}", "REG302"),
        ("card_sources: {page: [price]}", "SCH102"),
        ("card_sources: {page: [features], list: [features]}", "SCH107"),
        ("card_sources: {page: [tier, tier]}", "SCH107"),
    ],
)
def test_a_source_that_is_misnamed_is_an_error(line: str, code: str) -> None:
    assert build(models(line)).codes == [code]
