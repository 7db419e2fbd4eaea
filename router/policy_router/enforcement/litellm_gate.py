"""A call on its way through LiteLLM's proxy: decided as it comes, is routed, and goes.

Nothing here imports LiteLLM; `litellm_hook` has its side of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from policy_router.audit.record import (
    FIRST,
    Attempt,
    Ending,
    Finding,
    Occasion,
    Outcome,
    outcome_record,
    record_of,
)
from policy_router.domain.detection import NOTHING_DETECTED, Detected
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import GatewayType, Route
from policy_router.domain.snapshot import Snapshot
from policy_router.enforcement.answer import Reply, refuse
from policy_router.enforcement.denial import denial
from policy_router.enforcement.detecting import detected_in
from policy_router.enforcement.facts import NOBODY, Floor, joined, known_floor, with_model
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.ids import new_id
from policy_router.enforcement.judging import fault, report
from policy_router.enforcement.kinds import decided
from policy_router.enforcement.listing import SMALLEST
from policy_router.enforcement.litellm_data import (
    OPERATIONS,
    Data,
    body_size,
    check_destination,
    cleaned,
    read_arrival,
    read_departure,
)
from policy_router.enforcement.litellm_sent import Sent, check_sent
from policy_router.enforcement.raised import raised
from policy_router.enforcement.unasked import reads_what_it_is_sent, shown_by
from policy_router.service.decision import Decision, Denied
from policy_router.service.pdp import PDP
from policy_router.store.project import Loaded
from policy_router.wire.call import MODEL
from policy_router.wire.http_call import Asked
from policy_router.wire.pins import pin
from policy_router.wire.refusal import RefusalCode, Refused


class Stopped(Exception):
    """A call that goes no further; `answer` is what its sender is told."""

    def __init__(self, answer: Reply) -> None:
        self.answer = answer
        super().__init__("stopped by policy")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call as it comes to the proxy. `sender` None: whoever it is must be known, and is not.

    `place`: the path it called. `deployments`: ids of those that LiteLLM has under the name it asks
    for. `loaded`: what was in force when its sender was looked up.
    """

    data: Data = field(repr=False)
    place: str
    call_type: str
    sender: Floor | None
    loaded: Loaded = field(repr=False)
    deployments: Collection[str]


@dataclass(slots=True)
class Passage:
    """What holds of a call over all attempts to send it.

    `detected`: what detectors saw in it as it came. `attempts`: how many there have been, the last
    one by `route`; `after`: how that one failed. `is_over`: whether it is recorded how it ended.
    """

    id: str
    sender: Floor
    asked: Asked = field(repr=False)
    loaded: Loaded = field(repr=False)
    detected: Detected
    body_bytes: int
    attempts: int = 0
    route: str | None = None
    after: Outcome | None = None
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Departure:
    """A call about to be sent to the deployment `address`, which is `configured` so."""

    kwargs: Data = field(repr=False)
    call_type: str
    address: str | None
    configured: Mapping[str, Any] | None = field(repr=False)


@dataclass(slots=True)
class _Case:
    """One look at a call, as far as it has come when something stops it."""

    occasion: Occasion
    sender: Floor
    detected: Detected = NOTHING_DETECTED
    decision: Decision | None = None

    def finding(self, refused: str | None, attempt: Attempt = FIRST) -> Finding:
        """What is written down of it."""
        found = self.decision
        if found is None:
            return Finding(None, refused)
        return Finding(decided(found, self.detected), refused, attempt)


@dataclass(frozen=True, slots=True)
class LiteLLMGate:
    """Decides about calls to the deployments of one proxy, which is `gateway` in the documents.

    Every method raises `Stopped`, and nothing else, for a call that must not go on; that is
    recorded then. Whatever goes wrong inside is such a call.
    """

    gate: Gate
    gateway: str

    def receive(self, sent: Sent, sender: Floor | None) -> Floor:
        """Look at what `sender` sent before LiteLLM acts on any of it; it is known from here on."""
        case = self._case(new_id(), sender or NOBODY, len(sent.body))
        try:
            known = known_floor(sender)
            check_sent(sent, self.gate.limits)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing is sent
            raise self._stopped(case, error) from None
        return known

    def arrive(self, arrival: Arrival) -> tuple[Passage, Data]:
        """The passage of a call that may go on, and the data to go on with.

        Its own name is decided on at once: what is denied here never comes to the router.
        """
        sender = arrival.sender or NOBODY
        case = self._case(new_id(), sender, body_size(arrival.data))
        try:
            known_floor(arrival.sender)
            limits, loaded = self.gate.limits, arrival.loaded
            asked = read_arrival(arrival.data, arrival.place, arrival.call_type, limits)
            case.detected = detected_in(asked, self.gate.detectors_under(loaded), loaded)
            size = case.occasion.body_bytes
            passage = Passage(case.occasion.id, sender, asked, loaded, case.detected, size)
            decision = self._decide(case, passage, asked, asked.call.model)
            self._check_served(decision, arrival.deployments)
            return passage, cleaned(arrival.data, asked.call)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing is sent
            raise self._stopped(case, error) from None

    def narrow(self, passage: Passage, group: str, deployments: Sequence[str]) -> list[str]:
        """Those of the `deployments` of a group that are permitted routes; it may be none now."""
        case = self._case_of(passage)
        try:
            permitted = self._permitted(self._decide(case, passage, passage.asked, group))
            return [address for address in deployments if address in permitted]
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing is sent
            raise self._stopped(case, error) from None

    def depart(self, passage: Passage, departure: Departure) -> Data:
        """What to send: decided on as it is now, obligations done, and recorded.

        Others may have had the call since it came, so its texts are read again.
        """
        case = self._case_of(passage)
        try:
            route = self._route(passage.loaded.snapshot, departure.address)
            asked = _read(departure, passage, self.gate)
            seen = detected_in(asked, self.gate.detectors_under(passage.loaded), passage.loaded)
            case.detected = passage.detected.and_also(seen)
            body = _pinned(asked, self._decide(case, passage, asked, route.id))
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing is sent
            raise self._stopped(case, error) from None
        passage.attempts += 1
        attempt = Attempt(passage.attempts, route.id, after=passage.after)
        self._record(case.occasion, case.finding(None, attempt))
        passage.route, passage.after = route.id, None
        return {**departure.kwargs, **body}

    def failed(self, passage: Passage, how: Ending, status: int | None) -> None:
        """An attempt came to nothing; there may be another."""
        passage.after = Outcome(passage.route, how, status)

    def end(self, passage: Passage, how: Ending, status: int | None = None) -> None:
        """Record how a call ended that had left, once; what spoils that spoils no answer.

        Where the last attempt failed, it ended so.
        """
        if passage.route is None or passage.is_over:
            return
        passage.is_over = True
        outcome = passage.after or Outcome(passage.route, how, status)
        occasion = self._case_of(passage).occasion
        try:
            ended = outcome_record(occasion, datetime.now(UTC), passage.attempts, outcome)
            self.gate.log.append(ended)
        except Exception as error:  # noqa: BLE001 - the answer is out
            report("could not record how a call ended", error)

    def listed(
        self, sender: Floor | None, loaded: Loaded, offered: Mapping[str, Collection[str]]
    ) -> list[str]:
        """Those of the names on offer, each with its deployments, that `sender` may ask for.

        What is asked about is the smallest call; nothing is recorded. None where anything fails.
        """
        try:
            facts = joined(known_floor(sender), SMALLEST, ())
            return [n for n, held in offered.items() if self._may_ask(facts, loaded, n, held)]
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing is offered
            report("could not tell which models a caller may ask for", error)
            return []

    def _may_ask(
        self, facts: RequestFacts, loaded: Loaded, name: str, deployments: Collection[str]
    ) -> bool:
        decision = self.gate.pdp.decide(with_model(facts, name), snapshot=loaded.snapshot)
        return decision.permitted and bool(self._permitted(decision).keys() & set(deployments))

    def lost(self) -> Stopped:
        """Why a call goes nowhere that never came in as a call, or whose deployment is not seen."""
        return self._stopped(self._case(new_id(), NOBODY, 0), _unseen())

    def _case(self, call_id: str, sender: Floor, size: int) -> _Case:
        now, point = datetime.now(UTC), self.gate.point
        return _Case(Occasion(call_id, now, point, sender.caller, size), sender)

    def _case_of(self, passage: Passage) -> _Case:
        case = self._case(passage.id, passage.sender, passage.body_bytes)
        case.detected = passage.detected
        return case

    def _decide(self, case: _Case, passage: Passage, asked: Asked, name: str) -> Decision:
        """The decision on `name` in place of what the call named; raises `Denied`."""
        sized = reads_what_it_is_sent(passage.loaded.snapshot, name)
        shown = replace(shown_by(asked, sized=sized), model=name)
        facts = raised(joined(case.sender, shown, passage.asked.declared), case.detected)
        case.decision = self.gate.pdp.decide(facts, snapshot=passage.loaded.snapshot)
        if not case.decision.permitted:
            raise Denied(case.decision)
        return case.decision

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
                "have each route's `address` be the `id` of its deployment (`model_info`)",
            )

    def _route(self, snapshot: Snapshot, address: str | None) -> Route:
        """The one route whose address is the id of the deployment."""
        routes = snapshot.registry.routes.values()
        found = [r for r in routes if r.address == address and r.gateway == self.gateway]
        if len(found) != 1:
            raise _unseen()
        return found[0]

    def _stopped(self, case: _Case, error: Exception) -> Stopped:
        if isinstance(error, Denied):
            denied = denial(case.occasion.id, error.decision, case.sender)
            self._record(case.occasion, replace(case.finding(None), told=denied.told))
            return Stopped(denied.reply)
        refused = error if isinstance(error, Refused) else _broken(error)
        self._record(case.occasion, case.finding(refused.code.value))
        return Stopped(refuse(case.occasion.id, refused))

    def _record(self, occasion: Occasion, finding: Finding) -> None:
        """Write down what became of a call; what is not on the disk stops it."""
        try:
            self.gate.log.append(record_of(occasion, finding))
        except Exception as error:  # noqa: BLE001 - whatever keeps a record from being kept
            report("could not record a call", error)
            refused = fault(RefusalCode.NOT_RECORDED)
            raise Stopped(refuse(occasion.id, refused)) from None


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


def _unseen() -> Refused:
    return Refused(
        RefusalCode.GATEWAY_UNSUPPORTED,
        "which deployment would get the call cannot be seen, or it is no route on file",
        "send it to the proxy as a chat completion, a response or embeddings, by a model's name",
    )


def _broken(error: Exception) -> Refused:
    report("could not decide a call", error)
    return fault(RefusalCode.UNDECIDED)
