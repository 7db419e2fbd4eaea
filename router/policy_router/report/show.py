"""The whole page about a model, for readers and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from policy_router.audit.evidence import Statement
from policy_router.audit.prices import ListPrice
from policy_router.audit.prospects import Prospect
from policy_router.audit.sheet import HANDLING, Offer, Sheet
from policy_router.domain.claim import Evidence
from policy_router.domain.route import FIGURES, OFFERED, Gateway, LifecycleEvent, Model, Route
from policy_router.engine import words
from policy_router.engine.render import instant
from policy_router.registry.lifecycle import announced, is_own_statement
from policy_router.report import values
from policy_router.report.badges import badges, badges_together
from policy_router.report.citations import Citations
from policy_router.report.handling import handling_by_party, handling_tables
from policy_router.report.offers import each_route, reach, routes_together, stages
from policy_router.report.prospects import (
    nearest_lines,
    prospect_data,
    standing_lines,
    why_lines,
)
from policy_router.report.sample_calls import javascript_call, python_call
from policy_router.report.screen import Screen
from policy_router.report.sheet import as_of, benchmarks, card_lines, headline, other_models
from policy_router.report.statement import LIMITS
from policy_router.report.unsized import unsized_line
from policy_router.report.visible import escaped
from policy_router.wire.pinnable import obstacle

_Way = tuple[str, Callable[[Gateway, Route], str]]
_WAYS: Final[Sequence[_Way]] = (("Python", python_call), ("JavaScript", javascript_call))
_SOURCES: Final = "Sources"
_NUMBERS: Final = f"A number in brackets names what that was read in: see `{_SOURCES}` at the end."
_THE_REST: Final = (
    "More: `why ROUTE --data KIND` tells what a contract must say, `--all` each route, claim and "
    "reason apart, `--policy NAME` looks at one pack alone, `registry evidence ROUTE` lists every "
    "source."
)


def show_lines(
    sheet: Sheet, packs: Sequence[Prospect], screen: Screen, *, everything: bool
) -> Iterator[str]:
    """A model as it is recorded, what may go there, and how to call it: the short answer first.

    `everything`: each route and each claim by itself. Of a single route that is always told.
    """
    apart, citations = everything or len(sheet.offers) == 1, Citations()
    yield screen.bold(headline(sheet.model))
    yield from _short_answer(sheet, packs, screen, apart=apart)
    yield from _section("Card", screen)
    yield from (*card_lines(sheet, citations, screen), *screen.wrapped(as_of(sheet)))
    if citations.numbers:
        yield from screen.wrapped(_NUMBERS)
    if sheet.offers:
        yield from _section("Claims of providers, with their conditions", screen)
        yield from screen.listed(badges(sheet) if apart else badges_together(sheet))
        yield from _routes(sheet, citations, screen, apart=apart)
    yield from _section("Benchmarks, rank and tier", screen)
    yield from benchmarks(sheet.model, citations, screen, together=not apart)
    if apart:
        yield from why_lines(packs, screen)
    yield from other_models(sheet, screen)
    yield from _calls(sheet, screen)
    if citations.numbers:
        yield from _section(_SOURCES, screen)
        yield from citations.lines(screen)
    yield from ("", *screen.wrapped(LIMITS))


def _section(title: str, screen: Screen) -> Iterator[str]:
    yield from ("", screen.bold(title))


def _short_answer(
    sheet: Sheet, packs: Sequence[Prospect], screen: Screen, *, apart: bool
) -> Iterator[str]:
    """Where it can be had, what may go there, the next step, and what is about to go."""
    for text in reach(sheet):
        yield from screen.wrapped(text)
    if not sheet.offers:
        return
    yield from _section("What may go there, each pack on its own", screen)
    yield from standing_lines(packs, screen)
    permitted = {route for pack in packs for route in pack.matrix.permitted}
    if line := unsized_line(sheet.snapshot.registry, permitted):
        yield from screen.wrapped(line)
    yield from nearest_lines(packs, screen)
    if ends := list(stages(sheet)):
        yield from _section("Deprecated or retired, now or soon", screen)
        yield from screen.listed(ends)
    if not apart:
        yield from ("", *screen.wrapped(_THE_REST))


def _routes(sheet: Sheet, citations: Citations, screen: Screen, *, apart: bool) -> Iterator[str]:
    yield from _section("Routes", screen)
    rows = each_route if apart else routes_together
    yield from rows(sheet, citations, screen)
    if apart:
        yield from _section("Data handling, hop by hop", screen)
        yield from handling_tables(sheet, citations, screen)
    else:
        yield from _section("Data handling, each party once", screen)
        yield from handling_by_party(sheet, citations, screen)


def _calls(sheet: Sheet, screen: Screen) -> Iterator[str]:
    """How to call the first route that can be called as it is described."""
    registry = sheet.snapshot.registry
    for offer in sheet.offers:
        gateway = registry.gateways[offer.route.gateway]
        unpinned = registry.providers[offer.route.provider].unpinned
        if obstacle(gateway, offer.route, unpinned) is None:
            yield from _call(gateway, offer.route, screen)
            return
    if sheet.offers:
        yield from ("", screen.bold("Calling it"))
        yield from screen.wrapped(
            "No route within reach can be called as it is described: the address of its gateway "
            "has a part that is yours to fill in, or nothing keeps a call to its provider."
        )


def _call(gateway: Gateway, route: Route, screen: Screen) -> Iterator[str]:
    for name, call in _WAYS:
        yield from ("", screen.bold(f"Call it from {name}"))
        code = call(gateway, route).split("\n")
        yield from (f"  {escaped(line)}" for line in code if line)
    source = gateway.address_source
    read = "check it, nobody wrote that down" if source is None else escaped(source.reference)
    yield from screen.wrapped(f"Where the address was read: {read}.")


def show_json(sheet: Sheet, packs: Sequence[Prospect]) -> str:
    """The page as one line of JSON."""
    model, moment = sheet.model, sheet.moment
    data = {
        "at": instant(moment.at),
        "known_at": instant(moment.known_at) if moment.known_at else None,
        "registry": sheet.snapshot.digests.registry,
        "model": {
            "id": model.id,
            "title": model.title,
            "maker": model.maker,
            **_card(model),
            "unasked_tools": _set(model.unasked_tools),
            "throughput": values.data(model.throughput),
            "first_token_seconds": values.data(model.first_token_seconds),
            "released": model.released,
            "knowledge": model.knowledge,
            "open_weights": model.open_weights,
            "rank": model.rank,
            "tier": model.tier,
            "benchmarks": {name: words.number(score) for name, score in model.benchmarks},
            "source": _known(model.card_source),
            "sources": _sources(model),
        },
        "badges": list(badges(sheet)),
        "routes": [_offer(sheet, offer) for offer in sheet.offers],
        "within_reach_beside": list(sheet.beside),
        "not_within_reach": list(sheet.elsewhere),
        "other_models": list(sheet.others),
        "standing": prospect_data(packs),
        "limits": LIMITS,
    }
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _card(model: Model) -> dict[str, Any]:
    """What a route may offer otherwise than the model's own card says."""
    return {
        "input_modalities": _set(model.input_modalities),
        "output_modalities": _set(model.output_modalities),
        "features": _set(model.features),
        "context_window": model.context_window,
        "max_output_tokens": model.max_output_tokens,
    }


def _sources(card: Model, figures: Iterable[str] = FIGURES) -> dict[str, Any]:
    """By figure that is stated, what it was read in."""
    return {name: _known(card.source_of(name)) for name in figures if card.states(name)}


def _set(names: frozenset[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _offer(sheet: Sheet, offer: Offer) -> dict[str, Any]:
    gateway = sheet.snapshot.registry.gateways[offer.route.gateway]
    return {
        "route": offer.route.id,
        "gateway": offer.route.gateway,
        "provider": offer.route.provider,
        "address": offer.route.address,
        "base_url": gateway.base_url,
        "stage": offer.stage,
        "lifecycle": [_event(event) for event in announced(offer.route, sheet.moment)],
        **_card(offer.card),
        "card_source": _known(offer.card.card_source),
        "card_sources": _sources(offer.card, OFFERED),
        "input_price": _price(offer.input),
        "output_price": _price(offer.output),
        "price_sources": {m: list(map(_evidence, s)) for m, s in offer.price_sources.items()},
        "handling": [
            _claim(offer, hop, name)
            for hop in offer.hops
            for name in HANDLING
            if (hop, name) in offer.claims
        ],
    }


def _event(event: LifecycleEvent) -> dict[str, Any]:
    return {
        "stage": event.stage,
        "from": instant(event.start),
        "successor": event.successor,
        "counts": is_own_statement(event),
        "source": _evidence(event.evidence),
    }


def _price(found: ListPrice | None) -> dict[str, Any] | None:
    """The price of the smallest calls, and above how many input tokens it is which other one."""
    if found is None:
        return None
    return {
        "amount": words.number(found.base),
        "currency": found.currency,
        "tiers": values.tiers(found),
    }


def _claim(offer: Offer, hop: str, name: str) -> dict[str, Any]:
    found = offer.claims[hop, name]
    return {
        "hop": hop,
        "attribute": name,
        "says": None if found.gap is not None else values.data(found.value),
        "gap": None if found.gap is None else found.gap.value,
        "agreement": found.agreement,
        "note": found.note,
        "source": _evidence(found.evidence),
        "contradicted_by": [_against(s) for s in offer.against.get((hop, name), ())],
    }


def _against(found: Statement) -> dict[str, Any]:
    return {
        "says": values.data(found.value),
        "agreement": found.agreement,
        "note": found.note,
        "source": _evidence(found.evidence),
    }


def _known(found: Evidence | None) -> dict[str, Any] | None:
    return None if found is None else _evidence(found)


def _evidence(found: Evidence) -> dict[str, Any]:
    return {
        "kind": found.kind.value,
        "basis": found.basis.value,
        "reference": found.reference,
        "read_on": found.read_on.isoformat(),
        "page_date": None if found.page_date is None else found.page_date.isoformat(),
        "verified_on": None if found.verified_on is None else found.verified_on.isoformat(),
        "verified_by": found.verified_by,
    }
