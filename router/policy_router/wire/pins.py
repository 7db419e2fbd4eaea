"""Pins: the body of a call that only the chosen route can answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from policy_router.domain.decision import AppliedObligation
from policy_router.domain.policy import ParameterValue
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Gateway, GatewayType, Route
from policy_router.domain.vocabulary import SERVER_TOOLS
from policy_router.wire.call import MODEL, OUTPUT_TOKENS, Call, read_body
from policy_router.wire.checks import Noted, check_of
from policy_router.wire.google_generate import GENERATE, STREAM_GENERATE
from policy_router.wire.json_strict import DEFAULT_LIMITS, parse
from policy_router.wire.media import FILE
from policy_router.wire.openai_chat import CHAT
from policy_router.wire.openai_parameters import STORE
from policy_router.wire.openai_responses import RESPONSES
from policy_router.wire.operation import Operation, Shown
from policy_router.wire.operations import SUPPORTED
from policy_router.wire.pinnable import obstacle
from policy_router.wire.refusal import RefusalCode, Refused
from policy_router.wire.served import check_served

_OPENAI: Final = "openai"
_OF_OPENAI: Final = ".openai.com"
_OF_GEMINI: Final = re.compile(
    r"generativelanguage\.(?:[a-z0-9-]+\.)*googleapis\.com", re.IGNORECASE
)
"""The hosts of the Gemini API; Vertex has others, and its API no `store`."""
_HOST: Final = re.compile(r"https?://(?:[^/?#@]*@)?([^/?#:]+)", re.IGNORECASE)

_KEPT_BY_SETTING: Final = frozenset({CHAT.path, GENERATE.path, STREAM_GENERATE.path})
"""Paths of the operations whose answers are kept or not as an account is set, if a call is silent.
"""

_LEAVE_FILES: Final = frozenset({CHAT.path, RESPONSES.path})
"""Paths of the operations of OpenRouter's that can say who reads a file."""

CAN_KEEP_NOTHING: Final = frozenset({GatewayType.OPENROUTER})
"""Gateways that keep a call to zero data retention if they are asked to."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a call may be sent.

    `examined`: facts of the call that an obligation of a covering policy looks at.
    `zero_retention`: zero data retention is claimed, not merely available, at every hop, and the
    gateway is one that can be asked for it (`CAN_KEEP_NOTHING`).
    `maker`: whose model the route runs, None if that is not on file. `unpinned`: why
    nothing keeps a call to the route's provider, where that is so. `unasked`: the tools at the
    provider that the model uses by itself.
    """

    route: Route
    gateway: Gateway
    obligations: tuple[AppliedObligation, ...] = ()
    examined: frozenset[str] = frozenset()
    zero_retention: bool = False
    maker: str | None = None
    unpinned: str | None = None
    unasked: frozenset[str] = frozenset()


def pinned(body: Mapping[str, Any], decided: RequestFacts, terms: Terms) -> dict[str, Any]:
    """The `body` to send, for a program that asked for a decision on `decided`.

    It is read as a call of the operation that `decided` names as its `endpoint`, else as a chat
    completion. A body without a `model` is about the one decided on. Raises `Refused` if it is
    anything that no policy has looked at: another model, a second one, a feature `decided` does
    not state.
    """
    asked = decided.model or terms.route.id
    operation = _operation_of(body, decided)
    plain = _plain(operation, body)
    if not operation.model_in_path:
        if plain.setdefault(MODEL, asked) != asked:
            raise _undecided(f"the body names another `{MODEL}` than the one asked about")
        call = read_body(operation, plain)
    else:
        call = read_body(operation, plain, asked)
    _check_decided(call.facts, decided)
    return pin(call, terms)


def _operation_of(body: Mapping[str, Any], decided: RequestFacts) -> Operation:
    """The operation that was decided on; of two with one fact, the one the body is written for."""
    endpoint = decided.scalar("endpoint")
    if endpoint is None:
        return CHAT
    known = [o for o in SUPPORTED if o.endpoint == endpoint]
    if not known:
        raise _undecided(f"`endpoint` names no operation a body could be for: `{endpoint}`")
    streams = bool(decided.scalar("streaming"))
    alike = [o for o in known if o.streams is streams] or known
    return min(alike, key=lambda o: len(set(body) - set(o.body.fields)))


def pin(call: Call, terms: Terms) -> dict[str, Any]:
    """The body that makes the gateway use the route and nothing else, with obligations done.

    Raises `Refused` where the call keeps state or reaches a third party and no policy looked at
    that, where an obligation cannot be done, or where the gateway cannot be pinned.
    """
    check_examined(call, terms)
    return pinning(call.operation, terms, call.shown).of(call.body)


@dataclass(frozen=True, slots=True)
class Pinning:
    """What is done to every body that goes out on some terms.

    `labels`: what is taken out. `says`: what is written where a body says nothing, `settled`:
    whatever it says, its model among that; `in_path`: unless its path names the `address`.
    """

    labels: str | None
    says: Mapping[str, Any]
    settled: Mapping[str, Any]
    address: str
    in_path: bool

    def of(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body to send for `body`."""
        wanted = dict(body)
        if self.labels is not None:
            wanted.pop(self.labels, None)
        for name, value in self.says.items():
            if wanted.get(name) is None:
                wanted[name] = value
        wanted.update(self.settled)
        return _named_in_path(wanted, self.address) if self.in_path else wanted


def pinning(operation: Operation, terms: Terms, shown: Shown) -> Pinning:
    """What is done to bodies of `operation` that show this and go out on `terms`.

    Raises `Refused` as `pin`.
    """
    found = obstacle(terms.gateway, terms.route, terms.unpinned)
    if found is not None:
        raise Refused(RefusalCode.GATEWAY_UNSUPPORTED, found.message, found.advice)
    check_served(operation, terms.gateway, terms.route)
    settled: dict[str, Any] = {}
    for obligation in terms.obligations:
        _oblige(operation, settled, obligation, terms)
    address = terms.route.address
    if not operation.model_in_path:
        settled[MODEL] = address
        if terms.gateway.type is GatewayType.OPENROUTER:
            settled["provider"] = _only(terms)
            settled.update(_unparsed(operation, shown))
    direct = terms.gateway.type is GatewayType.DIRECT
    labels = None if direct else operation.labels  # gateways route by tags and labels
    says = {**operation.says, **_unasked(operation, terms)}
    return Pinning(labels, says, settled, address, operation.model_in_path)


def _unasked(operation: Operation, terms: Terms) -> dict[str, Any]:
    """What OpenAI, Azure and Gemini are told of a call that does not say whether to keep it.

    The settings of an account may have calls kept that do not say; of projects of Gemini's that
    are younger than October 2026 they do by default. Others may not know `store`. Sources: OpenAI's
    chat completions reference; https://ai.google.dev/gemini-api/docs/logs-datasets
    """
    if operation.path not in _KEPT_BY_SETTING:
        return {}
    found = _HOST.match(terms.gateway.base_url)
    host = "" if found is None else found[1].rstrip(".")
    at_azure = terms.gateway.type is GatewayType.AZURE and terms.maker in {None, _OPENAI}
    at_openai = f".{host}".lower().endswith(_OF_OPENAI)
    told = at_azure or at_openai or _OF_GEMINI.fullmatch(host) is not None
    return {STORE: False} if told else {}


def check_examined(call: Call, terms: Terms) -> None:
    """Routes are judged without state and third parties; a policy has to look at those itself."""
    shown = call.shown
    if shown.stateful and not any(name == STORE for o in terms.obligations for name, _ in o.set):
        raise Refused(
            RefusalCode.KEEPS_STATE,
            "the answer would be kept, and no policy that covers the call says whether it may be",
            f"leave out `{STORE}`, or ask whoever keeps the policies for an obligation on it",
            STORE,
        )
    tools = shown.server_tools | terms.unasked
    if tools and SERVER_TOOLS not in terms.examined:
        raise Refused(
            RefusalCode.THIRD_PARTY,
            f"the call hands something to tools that no policy has looked at: {_listed(tools)}",
            "leave them out, or ask whoever keeps the policies for an obligation on "
            f"`{SERVER_TOOLS}`",
        )


def _plain(operation: Operation, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body as the wire would carry it, so that both ways are read alike.

    All of it may be text, as it is there as such already.
    """
    try:
        limits = operation.within(DEFAULT_LIMITS).all_text
        return parse(json.dumps(body, allow_nan=False).encode(), limits)
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
    if not isinstance(wanted, Decimal) or not wanted:
        return
    if not isinstance(asked, Decimal):
        raise _undecided(f"the call wants up to {wanted} output tokens; none were asked about")
    if wanted > asked:
        raise _undecided(f"the call wants up to {wanted} output tokens; {asked} were asked about")


def _undecided(message: str) -> Refused:
    return Refused(
        RefusalCode.NOT_DECIDED, message, "state it in the request, and ask for a decision again"
    )


def _oblige(
    operation: Operation, body: dict[str, Any], obligation: AppliedObligation, terms: Terms
) -> None:
    """Do one obligation, unless the operation is so by its nature."""
    fields = operation.body.fields
    for parameter, value in obligation.set:
        if parameter not in fields and _holds(operation, parameter, value, terms):
            continue
        shape = fields.get(parameter)
        if shape is None or parameter in {MODEL, *operation.body.required}:
            raise _impossible(obligation, parameter)
        try:
            check_of(shape)(_json(value), parameter, Noted())
        except Refused:
            raise _impossible(obligation, parameter) from None
        body[parameter] = _json(value)


def _holds(operation: Operation, parameter: str, value: ParameterValue, terms: Terms) -> bool:
    """Whether it is so without saying: a gateway may translate into an API that keeps answers."""
    native = operation.natively in {None, terms.maker} or terms.gateway.type is GatewayType.DIRECT
    return native and operation.holds.get(parameter) == value


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


def _named_in_path(body: dict[str, Any], address: str) -> dict[str, Any]:
    """The body with the route's address as its only model, of an operation whose path names it."""
    rest = {name: value for name, value in body.items() if name != MODEL}
    if "requests" in rest:
        named = f"models/{address}"
        rest["requests"] = [{**request, MODEL: named} for request in rest["requests"]]
    return rest


def _only(terms: Terms) -> dict[str, Any]:
    """OpenRouter's own words for one provider and no other: its slug, as the route's `pin` has it.

    What is claimed of the route is also asked for: `zdr` lets it use zero retention alone.
    """
    only = {"only": [terms.route.pin], "allow_fallbacks": False, "data_collection": "deny"}
    return {**only, "zdr": True} if terms.zero_retention else only


def _unparsed(operation: Operation, shown: Shown) -> dict[str, Any]:
    """OpenRouter's own words for leaving a file to the model.

    It hands a PDF to another company otherwise, where the model cannot read one. Source:
    https://openrouter.ai/docs/guides/overview/multimodal/pdfs
    """
    if FILE not in shown.input_modalities:
        return {}
    if operation.path not in _LEAVE_FILES:
        raise Refused(
            RefusalCode.THIRD_PARTY,
            f"OpenRouter may have another company read the file, and `{operation.endpoint}` cannot "
            "say that it must not",
            "send what is in the file as text, or use a route behind another gateway",
        )
    return {"plugins": [{"id": "file-parser", "pdf": {"engine": "native"}}]}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
