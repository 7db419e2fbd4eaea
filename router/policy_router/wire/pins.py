"""Pins: the body of a call that only the chosen route can answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, assert_never

from policy_router.domain.decision import AppliedObligation
from policy_router.domain.policy import ParameterValue
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Gateway, GatewayType, Route
from policy_router.wire.json_strict import parse
from policy_router.wire.openai_chat import OUTPUT_TOKENS, SERVER_TOOLS, ChatCall, read_chat
from policy_router.wire.openai_parameters import CHAT_COMPLETIONS, METADATA, MODEL, STORE
from policy_router.wire.refusal import RefusalCode, Refused
from policy_router.wire.shapes import check


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a call may be sent.

    `examined`: facts of the call that an obligation of a covering policy looks at.
    `zero_retention`: zero data retention is claimed, not merely available, at every hop.
    """

    route: Route
    gateway: Gateway
    obligations: tuple[AppliedObligation, ...] = ()
    examined: frozenset[str] = frozenset()
    zero_retention: bool = False


def pinned(body: Mapping[str, Any], decided: RequestFacts, terms: Terms) -> dict[str, Any]:
    """The chat completion `body` to send, for a program that asked for a decision on `decided`.

    A body without a `model` is about the one decided on. Raises `Refused` if the body is anything
    that no policy has looked at: another model, a second one, a feature `decided` does not state.
    """
    asked = decided.model or terms.route.id
    if body.get(MODEL, asked) != asked:
        raise _undecided(f"the body names another `{MODEL}` than the one asked about")
    call = read_chat(_plain({MODEL: asked, **body}))
    _check_decided(call.facts, decided)
    return pin(call, terms)


def pin(call: ChatCall, terms: Terms) -> dict[str, Any]:
    """The body that makes the gateway use the route and nothing else, with obligations done.

    Raises `Refused` where the call keeps state or reaches a third party and no policy looked at
    that, where an obligation cannot be done, or where the gateway cannot be pinned.
    """
    _check_examined(call, terms)
    wanted = dict(call.body)
    if terms.gateway.type is not GatewayType.DIRECT:
        wanted.pop(METADATA, None)  # gateways route by tags and labels
    for obligation in terms.obligations:
        _oblige(wanted, obligation)
    return {**wanted, **_address(terms)}


def _check_examined(call: ChatCall, terms: Terms) -> None:
    """Routes are judged without state and third parties; a policy has to look at those itself."""
    settled = {parameter for o in terms.obligations for parameter, _ in o.set}
    if call.body.get(STORE) is True and STORE not in settled:
        raise Refused(
            RefusalCode.KEEPS_STATE,
            "the answer would be kept, and no policy that covers the call says whether it may be",
            f"leave out `{STORE}`, or ask whoever keeps the policies for an obligation on it",
            STORE,
        )
    tools = call.facts.set_fact(SERVER_TOOLS).members
    if tools and SERVER_TOOLS not in terms.examined:
        raise Refused(
            RefusalCode.THIRD_PARTY,
            f"the call hands something to tools that no policy has looked at: {_listed(tools)}",
            "leave them out, or ask whoever keeps the policies for an obligation on "
            f"`{SERVER_TOOLS}`",
        )


def _plain(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body as the wire would carry it, so that both ways are read alike."""
    try:
        return parse(json.dumps(body, allow_nan=False).encode())
    except (TypeError, ValueError):
        raise Refused(
            RefusalCode.INVALID_BODY, "the body holds something that JSON cannot say"
        ) from None


def _check_decided(shown: RequestFacts, decided: RequestFacts) -> None:
    """Whatever the call shows must have been in the question."""
    for name, fact in shown.sets.items():
        unasked = fact.members - decided.set_fact(name).members
        if unasked:
            raise _undecided(f"the call has `{name}` that were not asked about: {_listed(unasked)}")
    for name in ("stateful", "streaming"):
        if shown.scalar(name) and not decided.scalar(name):
            raise _undecided(f"the call is `{name}`, which was not asked about")
    _check_sizes(shown, decided)
    endpoint = decided.scalar("endpoint")
    if endpoint not in {None, shown.scalar("endpoint")}:
        raise _undecided(f"another `endpoint` was asked about: `{endpoint}`")


def _check_sizes(shown: RequestFacts, decided: RequestFacts) -> None:
    wanted, asked = shown.scalar(OUTPUT_TOKENS), decided.scalar(OUTPUT_TOKENS)
    if not isinstance(wanted, Decimal):
        return
    if not isinstance(asked, Decimal):
        raise _undecided(f"the call wants up to {wanted} output tokens; none were asked about")
    if wanted > asked:
        raise _undecided(f"the call wants up to {wanted} output tokens; {asked} were asked about")


def _undecided(message: str) -> Refused:
    return Refused(
        RefusalCode.NOT_DECIDED, message, "state it in the request, and ask for a decision again"
    )


def _oblige(body: dict[str, Any], obligation: AppliedObligation) -> None:
    for parameter, value in obligation.set:
        shape = CHAT_COMPLETIONS.fields.get(parameter)
        if shape is None or parameter in CHAT_COMPLETIONS.required:
            raise _impossible(obligation, parameter)
        try:
            check(shape, _json(value), parameter)
        except Refused:
            raise _impossible(obligation, parameter) from None
        body[parameter] = _json(value)


def _json(value: ParameterValue) -> str | float | bool | None:
    """The value as JSON has it; money and sizes are decimals in policies."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _impossible(obligation: AppliedObligation, parameter: str) -> Refused:
    name = f"{obligation.policy}/{obligation.obligation}"
    return Refused(
        RefusalCode.OBLIGATION_IMPOSSIBLE,
        f"obligation `{name}` cannot be done: this operation has no such `{parameter}`",
        "correct the obligation's `set`",
        parameter,
    )


def _address(terms: Terms) -> dict[str, Any]:
    route, gateway = terms.route, terms.gateway
    match gateway.type:
        case (
            GatewayType.OPPER
            | GatewayType.LITELLM
            | GatewayType.OPENAI_COMPATIBLE
            | GatewayType.DIRECT
        ):
            return {MODEL: route.address}
        case GatewayType.OPENROUTER:
            return {MODEL: route.address, "provider": _only(terms)}
        case GatewayType.AZURE:
            raise Refused(
                RefusalCode.GATEWAY_UNSUPPORTED,
                f"calls cannot be pinned at gateway `{gateway.id}` yet: its type is `azure`",
                "use a route behind another gateway",
            )
        case _:
            assert_never(gateway.type)


def _only(terms: Terms) -> dict[str, Any]:
    """OpenRouter's own words for one provider and no other; ids there are its provider slugs.

    What is claimed of the route is also asked for: `zdr` lets it use zero retention alone.
    """
    only = {"only": [terms.route.provider], "allow_fallbacks": False, "data_collection": "deny"}
    return {**only, "zdr": True} if terms.zero_retention else only


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
