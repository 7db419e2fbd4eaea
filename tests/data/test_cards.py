"""Cards of models: how many say what, as the docs count them, and none loses what it said."""

from __future__ import annotations

from collections import Counter

from policy_router import load
from policy_router.domain.route import FIGURES, OFFERED
from policy_router.language.grammar.places import ModelBody, RouteBody
from tests.data.shipped import ROOT, bare, shipped, table

PAGE = ROOT / "docs" / "registry.md"
_OF_A_MODEL_ALONE = ("released", "knowledge", "open_weights")
FIELDS = (
    "maker", "context_window", "max_output_tokens", "features", "input_modalities",
    "output_modalities", "endpoints", "unasked_tools", "released", "knowledge",
    "open_weights", "benchmarks", "rank", "tier", "throughput", "first_token_seconds",
)  # fmt: skip


def said(model: ModelBody) -> set[str]:
    """Return the fields of a card that say something, be it that there are none."""
    return {name for name in FIELDS if name in model.model_fields_set}


def test_cards_are_counted_by_what_they_say_as_the_docs_count_them() -> None:
    """A fact that is dropped from a card, whichever, is one fewer."""
    models = shipped(ModelBody)
    counts = Counter(name for model in models for name in said(model))
    assert {bare(name): int(number) for name, number in table("on a card", PAGE)} == {
        "all": len(models),
        **counts,
    }


def test_no_field_of_a_card_is_written_to_say_nothing() -> None:
    for model in shipped(ModelBody):
        assert {name for name in said(model) if getattr(model, name) is None} == set(), model.id


def test_the_card_of_the_page_that_was_read_whole_lacks_nothing() -> None:
    (card,) = (model for model in shipped(ModelBody) if model.id == "openai/o4-mini")
    assert set(FIELDS) - said(card) == {"endpoints", "unasked_tools"}
    assert (str(card.released), str(card.knowledge)) == ("2025-04-16", "2024-05")
    assert card.open_weights is False
    assert len(card.benchmarks) == 13


def test_cards_of_one_name_do_not_contradict_each_other_on_the_weights() -> None:
    """One name may stand under its maker and under a host that the catalogue puts before it."""
    found: dict[str, set[bool]] = {}
    for model in shipped(ModelBody):
        if model.open_weights is not None:
            found.setdefault(model.id.partition("/")[2].lower(), set()).add(model.open_weights)
    assert {name for name, words in found.items() if len(words) > 1} == set()


def test_every_figure_of_every_card_names_the_source_that_prints_it() -> None:
    """LiteLLM's price file prints no dates of models and nothing of their weights."""
    registry = load(packs=["gdpr"]).snapshot.registry
    cards = [*registry.models.values(), *map(registry.card, registry.routes.values())]
    stated = [(card, name) for card in cards for name in FIGURES if card.states(name)]
    sources = {(name, card.source_of(name)) for card, name in stated}
    assert {name for name, source in sources if source is None} == {"endpoints"}
    of_a_model = {s.reference for n, s in sources if s and n in _OF_A_MODEL_ALONE}
    assert len(of_a_model) == 1
    assert next(iter(of_a_model)).startswith("https://github.com/anomalyco/models.dev/tree/")


def test_what_a_route_offers_is_of_its_own_source_and_the_rest_of_the_models() -> None:
    registry = load(packs=["gdpr"]).snapshot.registry
    written = {route.id: route for route in shipped(RouteBody)}
    for route in registry.routes.values():
        card, model = registry.card(route), registry.models[route.model]
        own = written[route.id].model_fields_set & set(OFFERED)
        assert {n for n in FIGURES if card.source_of(n) != model.source_of(n)} <= own, route.id
        assert {card.source_of(n) for n in own if card.states(n)} <= {card.card_source}, route.id
