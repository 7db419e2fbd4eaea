"""A call on its way through LiteLLM's proxy: decided as it comes, is routed, and goes.

Nothing here imports LiteLLM; `litellm_hook` has its side of it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from traceback import extract_tb
from typing import Any, Final
from uuid import uuid4

from policy_router.audit.record import Decided, Occasion, record_of
from policy_router.domain.route import GatewayType, Route
from policy_router.domain.snapshot import Snapshot
from policy_router.enforcement.answer import Refuse, refuse
from policy_router.enforcement.denial import denial
from policy_router.enforcement.facts import NOBODY, Floor, joined
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.litellm_data import (
    OPERATIONS,
    Data,
    body_size,
    check_destination,
    cleaned,
    read_arrival,
    read_departure,
)
from policy_router.service.decision import Decision, Denied
from policy_router.service.pdp import PDP
from policy_router.wire.call import MODEL
from policy_router.wire.http_call import Asked
from policy_router.wire.pins import pin
from policy_router.wire.refusal import RefusalCode, Refused

_LOGGER: Final = logging.getLogger("policy_router")


class Stopped(Exception):
    """A call that goes no further; `answer` is what its sender is told."""

    def __init__(self, answer: Refuse) -> None:
        self.answer = answer
        super().__init__("stopped by policy")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call as it comes to the proxy. `sender` None: whoever it is must be known, and is not.

    `place`: the path it called. `deployments`: ids of those that LiteLLM has under the name it asks
    for. `snapshot`: the one in force when its sender was looked up.
    """

    data: Data = field(repr=False)
    place: str
    call_type: str
    sender: Floor | None
    snapshot: Snapshot = field(repr=False)
    deployments: Collection[str]


@dataclass(slots=True)
class Passage:
    """What holds of a call over all attempts to send it; `route`: where the last one went."""

    id: str
    sender: Floor
    asked: Asked = field(repr=False)
    snapshot: Snapshot = field(repr=False)
    body_bytes: int
    route: str | None = None


@dataclass(frozen=True, slots=True)
class Departure:
    """A call about to be sent to the deployment `address`, which is `configured` so."""

    kwargs: Data = field(repr=False)
    call_type: str
    address: str | None
    configured: Mapping[str, Any] | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class LiteLLMGate:
    """Decides about calls to the deployments of one proxy, which is `gateway` in the documents.

    Every method raises `Stopped`, and nothing else, for a call that must not go on; that is
    recorded then. Whatever goes wrong inside is such a call.
    """

    gate: Gate
    gateway: str

    def arrive(self, arrival: Arrival) -> tuple[Passage, Data]:
        """The passage of a call that may go on, and the data to go on with.

        Its own name is decided on at once: what is denied here never comes to the router.
        """
        sender = arrival.sender or NOBODY
        occasion = self._occasion(str(uuid4()), sender, body_size(arrival.data))
        decision = None
        try:
            _check_known(arrival.sender)
            limits = self.gate.limits
            asked = read_arrival(arrival.data, arrival.place, arrival.call_type, limits)
            passage = Passage(occasion.id, sender, asked, arrival.snapshot, occasion.body_bytes)
            decision = self._decide(passage, asked, asked.call.model)
            self._check_served(decision, arrival.deployments)
            return passage, cleaned(arrival.data, asked.call)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing is sent
            raise self._stopped(occasion, sender, decision, error) from None

    def narrow(self, passage: Passage, group: str, deployments: Sequence[str]) -> list[str]:
        """Those of the `deployments` of a group that are permitted routes; it may be none now."""
        occasion = self._occasion(passage.id, passage.sender, passage.body_bytes)
        try:
            permitted = self._permitted(self._decide(passage, passage.asked, group))
            return [address for address in deployments if address in permitted]
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing is sent
            raise self._stopped(occasion, passage.sender, None, error) from None

    def depart(self, passage: Passage, departure: Departure) -> Data:
        """What to send: decided on as it is now, obligations done, and recorded."""
        occasion = self._occasion(passage.id, passage.sender, passage.body_bytes)
        decision = None
        try:
            route = self._route(passage.snapshot, departure.address)
            asked = _read(departure, passage, self.gate)
            decision = self._decide(passage, asked, route.id)
            body = _pinned(asked, decision)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing is sent
            raise self._stopped(occasion, passage.sender, decision, error) from None
        self._record(occasion, decision, None)
        passage.route = route.id
        return {**departure.kwargs, **body}

    def lost(self) -> Stopped:
        """Why a call goes nowhere that never came in as a call, or whose deployment is not seen."""
        occasion = self._occasion(str(uuid4()), NOBODY, 0)
        return self._stopped(occasion, NOBODY, None, _unseen())

    def _occasion(self, call_id: str, sender: Floor, size: int) -> Occasion:
        return Occasion(call_id, datetime.now(UTC), self.gate.point, sender.caller, size)

    def _decide(self, passage: Passage, asked: Asked, name: str) -> Decision:
        """The decision on `name` in place of what the call named; raises `Denied`."""
        shown = replace(asked.sized, model=name)
        facts = joined(passage.sender, shown, passage.asked.declared)
        decision = self.gate.pdp.decide(facts, snapshot=passage.snapshot)
        if not decision.permitted:
            raise Denied(decision)
        return decision

    def _permitted(self, decision: Decision) -> dict[str, str]:
        """The permitted routes that are deployments of this proxy: id by address."""
        routes = [decision.snapshot.registry.routes[name] for name in decision.chain]
        return {route.address: route.id for route in routes if route.gateway == self.gateway}

    def _check_served(self, decision: Decision, deployments: Collection[str]) -> None:
        if not self._permitted(decision).keys() & set(deployments):
            raise Refused(
                RefusalCode.GATEWAY_UNSUPPORTED,
                f"none of the permitted routes is a deployment of gateway `{self.gateway}` "
                "under this name",
                "have the `address` of each route be the `id` of its deployment, under `model_info`",
            )

    def _route(self, snapshot: Snapshot, address: str | None) -> Route:
        """The one route whose address is the id of the deployment."""
        routes = snapshot.registry.routes.values()
        found = [r for r in routes if r.address == address and r.gateway == self.gateway]
        if len(found) != 1:
            raise _unseen()
        return found[0]

    def _stopped(
        self, occasion: Occasion, sender: Floor, decision: Decision | None, error: Exception
    ) -> Stopped:
        if isinstance(error, Denied):
            self._record(occasion, error.decision, None)
            return Stopped(denial(occasion.id, error.decision, sender))
        refused = error if isinstance(error, Refused) else _fault("decided", error)
        self._record(occasion, decision, refused)
        return Stopped(refuse(occasion.id, refused))

    def _record(
        self, occasion: Occasion, decision: Decision | None, refused: Refused | None
    ) -> None:
        """Write down what became of a call; what is not on the disk stops it."""
        decided = None
        if decision is not None:
            decided = Decided(decision.snapshot, decision.facts, decision.determination)
        try:
            self.gate.log.append(
                record_of(occasion, decided, None if refused is None else refused.code.value)
            )
        except Exception as error:  # noqa: BLE001 - whatever keeps a record from being kept
            raise Stopped(refuse(occasion.id, _fault("recorded", error))) from None


def gateway_of(pdp: PDP, name: str | None) -> str:
    """The gateway document that stands for the proxy: `name`, or the only one of its type.

    Raises `ValueError` if there is none or more than one.
    """
    gateways = pdp.snapshot.registry.gateways.values()
    found = [g.id for g in gateways if g.type is GatewayType.LITELLM and name in {None, g.id}]
    if len(found) != 1:
        message = (
            "which gateway of type `litellm` this proxy is cannot be told: "
            "name one that there is (`gateway=`)"
        )
        raise ValueError(message)
    return found[0]


def _read(departure: Departure, passage: Passage, gate: Gate) -> Asked:
    """The call as it would be sent; what it is about must be the same operation that came in."""
    operation = OPERATIONS.get(departure.call_type)
    if departure.configured is None or operation is not passage.asked.call.operation:
        raise _unseen()
    check_destination(operation, departure.kwargs, departure.configured)
    return read_departure(operation, departure.kwargs, passage.asked.call.model, gate.limits)


def _pinned(asked: Asked, decision: Decision) -> Data:
    """What the body says once the obligations are done; its model is for the router to write."""
    if decision.terms is None:
        raise Denied(decision)
    body = pin(asked.call, decision.terms)
    del body[MODEL]
    return body


def _check_known(sender: Floor | None) -> None:
    if sender is None:
        raise Refused(
            RefusalCode.UNKNOWN_CALLER,
            "the call carries no key of a caller that is known here",
            "have a caller document written for the key, or for its team or user",
        )


def _unseen() -> Refused:
    return Refused(
        RefusalCode.GATEWAY_UNSUPPORTED,
        "which deployment would get the call cannot be seen, or it is no route on file",
        "send it to the proxy as a chat completion, a response or embeddings, by a model's name",
    )


def _fault(what: str, error: Exception) -> Refused:
    """A refusal for a reason that lies with us; the operator is told which fault, and where.

    Its words are not repeated: they may hold what a caller sent.
    """
    frames = [f"{f.filename}:{f.lineno}" for f in extract_tb(error.__traceback__)]
    _LOGGER.error("a call was not %s: %s at %s", what, type(error).__name__, ", ".join(frames))
    code = RefusalCode.NOT_RECORDED if what == "recorded" else RefusalCode.UNDECIDED
    return Refused(code, f"the call could not be {what}, so it was not sent", "tell the operator")
