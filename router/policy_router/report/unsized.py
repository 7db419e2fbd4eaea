"""Routes that policies permit and no call fits, because nobody recorded how much they take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policy_router.domain.route import CONTEXT_WINDOW, MAX_OUTPUT_TOKENS
from policy_router.report import phrases
from policy_router.report.visible import escaped
from policy_router.service.decision import Decision

_SHOWN_BY: Final = {CONTEXT_WINDOW: "tokens.input", MAX_OUTPUT_TOKENS: "tokens.output"}
_CALLS: Final = {
    CONTEXT_WINDOW: "every call",
    MAX_OUTPUT_TOKENS: "a call that bounds the length of its answer",
}


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
        return "will be refused as `unsuitable`"
    return f"will go to {phrases.names(map(escaped, others[:1]))} instead"
