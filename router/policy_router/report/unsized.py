"""Routes that policies permit and no call fits, because nobody recorded how much they take."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from policy_router.domain.registry import Registry
from policy_router.domain.route import CONTEXT_WINDOW, MAX_OUTPUT_TOKENS
from policy_router.engine.explanation import Alternative
from policy_router.report import phrases
from policy_router.report.visible import escaped
from policy_router.service.decision import Decision

_SHOWN_BY: Final = {CONTEXT_WINDOW: "tokens.input", MAX_OUTPUT_TOKENS: "tokens.output"}
_REFUSED: Final = "will be refused as `unsuitable`"
_CALLS: Final = {
    CONTEXT_WINDOW: "every call",
    MAX_OUTPUT_TOKENS: "a call that bounds the length of its answer",
}


def unsized_among(registry: Registry, routes: Collection[str]) -> int:
    """How many of some routes state no context window, so that no call is known to fit them.

    A route that is not loaded states none.
    """
    return sum(_is_unsized(registry, name) for name in routes)


def _is_unsized(registry: Registry, name: str) -> bool:
    route = registry.routes.get(name)
    return route is None or registry.card(route).context_window is None


def unsized_words(permitted: int, unsized: int) -> str:
    """What calls will come up against on routes that are permitted; nothing if none is unsized.

    The policies permit these routes: an audit asks about requests that state no size, and every
    call has one.
    """
    if not unsized:
        return ""
    count = phrases.counted(permitted, "permitted route")
    have, them = ("has", "it") if unsized == 1 else ("have", "them")
    return (
        f"Of {count} {unsized:,} {have} no known context window: a call says its tokens, and every "
        f"call to {them} {_REFUSED} until a card or an `update` states a `{CONTEXT_WINDOW}`."
    )


def unsized_line(registry: Registry, permitted: Collection[str]) -> str:
    """The same of the routes by their ids."""
    return unsized_words(len(permitted), unsized_among(registry, permitted))


def unsized_chain(decision: Decision) -> str:
    """The same of the routes that may take over from each other; nothing of a single one."""
    known = _SHOWN_BY[CONTEXT_WINDOW] in decision.facts.scalars
    chain = decision.chain if len(decision.chain) > 1 and not known else ()
    return unsized_line(decision.snapshot.registry, chain)


def unsized_instead(decision: Decision, others: Collection[Alternative]) -> str:
    """The same of the routes that are permitted instead."""
    known = _SHOWN_BY[CONTEXT_WINDOW] in decision.facts.scalars
    routes = () if known else [each.route for each in others]
    return unsized_line(decision.snapshot.registry, routes)


def unsized(decision: Decision) -> Iterator[str]:
    """What calls will come up against on the chosen route, where their size is not asked about.

    Whoever asks about a request states no size, and every call has one.
    """
    route, registry = decision.route, decision.snapshot.registry
    if route is None:
        return
    stated, card = decision.facts.scalars, registry.card(route)
    missing = [limit for limit in card.unstated_limits if _SHOWN_BY[limit] not in stated]
    if missing:
        limits = " and ".join(f"`{limit}`" for limit in missing)
        until = f"until the card of `{escaped(route.model)}` states its {limits}"
        yield f"but {_CALLS[missing[0]]} {_fate(decision, missing[0])} {until}"


def _fate(decision: Decision, limit: str) -> str:
    """What becomes of such calls: another route of the chain may be known to take them."""
    registry = decision.snapshot.registry
    others = [
        name
        for name in decision.chain[1:]
        if limit not in registry.card(registry.routes[name]).unstated_limits
    ]
    if not others:
        return _REFUSED
    return f"will go to {phrases.names(map(escaped, others[:1]))} instead"
