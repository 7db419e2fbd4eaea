"""Forward-auth: a proxy asks whether a call may pass, and does not show the body of it.

What the body could say is either ruled out behind the proxy, as the project states of the gateway,
or counts as unknown; so a call passes only if it may go out whatever its body is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from policy_router.audit.record import Finding, Occasion, record_of
from policy_router.domain.decision import Reason, Verdict
from policy_router.domain.detection import Detected
from policy_router.domain.policy import Mode, Rule
from policy_router.domain.request import RequestFacts, SetFact
from policy_router.domain.vocabulary import is_observed
from policy_router.enforcement.answer import DECISION, OBSERVED, Reply, refuse
from policy_router.enforcement.denial import denial
from policy_router.enforcement.facts import Floor, joined, known_floor
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.judging import fault, occasion_of, report
from policy_router.enforcement.kinds import decided
from policy_router.enforcement.observing import enforcement_in, lets_pass
from policy_router.enforcement.raised import raised
from policy_router.engine.matching import tests_in
from policy_router.service.decision import Decision
from policy_router.store.project import Loaded
from policy_router.wire.headers import Headers, all_of, check_headers, declared_facts
from policy_router.wire.http_call import HttpCall
from policy_router.wire.refusal import RefusalCode, Refused

POINT: Final = "forward_auth"
CODE: Final = "x-policy-router-code"
"""Names the reason of a refusal in a header, as nginx drops the body that says it."""
GATEWAY: Final = "x-policy-router-gateway"

_PATH: Final = "/authorize"
_ADDRESSES: Final = frozenset({"x-forwarded-uri", "x-original-uri", "x-original-url"})
_METHODS: Final = frozenset({"x-forwarded-method", "x-original-method"})
"""How proxies tell of the call they ask about: Caddy, Traefik, nginx, ingress-nginx. Sources:
https://caddyserver.com/docs/caddyfile/directives/forward_auth,
https://docs.nginx.com/nginx/admin-guide/security-controls/configuring-subrequest-authentication
"""
_ORIGIN: Final = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_QUERY: Final = "gateway="
_STATUSES: Final = frozenset({401, 503})
"""Statuses that say more than no; nginx takes every other but 403 for a fault of its own."""

_RULED_OUT: Final = RequestFacts(
    sets={"server_tools": SetFact(settled=True)}, scalars={"stateful": False}
)
"""What a call shows to a gateway that keeps no state and hands nothing on, whatever it says."""

_COST: Final = "cost"
_PRICE: Final = "price."
_NOT_READ: Final = Detected(whole=False)
_ADVICE: Final = "send the call to the sidecar's own address instead, which reads it"


class ForwardAuth:
    """Answers proxies: 204 if the call may pass, else 401, 403 or 503; recorded in any case."""

    def __init__(self, gate: Gate) -> None:
        self._gate = replace(gate, point=POINT)

    def takes(self, call: HttpCall) -> bool:
        """Whether a proxy asks; it may do so by the method of the call it asks about."""
        return call.path == _PATH

    def answer(self, call: HttpCall, floor: Floor | None, loaded: Loaded) -> Reply:
        """Whether the call that is asked about may pass; whatever goes wrong, it may not."""
        call = replace(call, path=_original_path(call))
        occasion = occasion_of(self._gate, call, floor)
        passes = floor is not None and lets_pass(self._gate.pdp, loaded, occasion.at)
        occasion = occasion._replace(observed=passes)
        reply, finding = self._found(call, floor, loaded, occasion)
        try:
            self._gate.log.append(record_of(occasion, finding))
        except Exception as error:  # noqa: BLE001 - whatever keeps a record from being kept
            report("could not record a call", error)
            code = RefusalCode.NOT_RECORDED
            return _as_proxies_read_it(refuse(occasion.id, fault(code), call.spoken), code.value)
        return _passing(occasion, (OBSERVED, "true")) if passes else reply

    def _found(
        self, call: HttpCall, floor: Floor | None, loaded: Loaded, occasion: Occasion
    ) -> tuple[Reply, Finding]:
        """The answer, were decisions to bind, and what was found."""
        known = None
        try:
            sender = known_floor(floor)
            gateway = _gateway_in(call.query, loaded)
            facts, detected = self._facts(call, sender, loaded)
            decision = self._gate.pdp.decide(facts, snapshot=loaded.snapshot, gateway=gateway)
            known = decided(decision, detected, gateway)
            _check_whole(decision, gateway)
            if decision.reason is None:
                return _passing(occasion, (GATEWAY, gateway)), Finding(known)
            denied = denial(occasion.id, decision, sender, call.spoken)
            finding = Finding(known, told=denied.told)
            return _as_proxies_read_it(denied.reply, decision.reason.value), finding
        except Refused as refused:
            why = refused
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing passes
            report("could not decide a call", error)
            why = fault(RefusalCode.UNDECIDED)
        reply = refuse(occasion.id, why, call.spoken)
        return _as_proxies_read_it(reply, why.code.value), Finding(known, why.code.value)

    def _facts(
        self, call: HttpCall, sender: Floor, loaded: Loaded
    ) -> tuple[RequestFacts, Detected]:
        """What is known of the call; where texts should have been read, they may hold more."""
        _check_told(call.headers)
        _check_stays_http(call)
        facts = unseen_facts(sender, declared_facts(call.headers))
        if not self._gate.detectors_under(loaded):
            return facts, Detected()
        return raised(facts, _NOT_READ), _NOT_READ


def unseen_facts(sender: Floor, declared: tuple[tuple[str, str], ...]) -> RequestFacts:
    """The facts of a call of `sender` that nobody has seen but for what was `declared`.

    Raises `Refused` for a fact that cannot be declared, is unknown, or contradicts the floor.
    """
    return replace(joined(sender, _RULED_OUT, declared), seen=False)


def _original_path(call: HttpCall) -> str | None:
    """The path of the call that is asked about, to answer as its sender speaks; it decides nothing.

    Caddy and Traefik say it by themselves, nginx if it is told to as its documentation does.
    """
    said = _told(call.headers, _ADDRESSES)
    return min(said).partition("?")[0] if len(said) == 1 else None


def _told(headers: Headers, names: frozenset[str]) -> set[str]:
    """What is told of the call under these names; of an address what follows its host."""
    return {_ORIGIN.sub("", value, count=1) for name, value in headers if name in names}


def _check_told(headers: Headers) -> None:
    """Refuse headers that steer, but for what a proxy tells of the call, which must be one thing.

    Which of them the proxy wrote and which its client cannot be told; so none is believed where
    they differ.
    """
    check_headers(tuple(h for h in headers if h[0] not in _ADDRESSES | _METHODS))
    for names in (_ADDRESSES, _METHODS):
        if len(_told(headers, names)) > 1:
            told = ", ".join(f"`{name}`" for name in sorted(names & {n for n, _ in headers}))
            raise Refused(
                RefusalCode.STEERING_HEADER,
                f"the call that is asked about is told in more than one way, by {told}",
                "have the proxy set one of them, and clear what its client says of the others",
            )


def _gateway_in(query: str, loaded: Loaded) -> str:
    """The gateway that is asked about, of which it must be stated what no body can change."""
    gateway = query.removeprefix(_QUERY)
    if gateway == query or gateway not in enforcement_in(loaded).forward_auth:
        raise Refused(
            RefusalCode.BODY_UNSEEN,
            "what the call asks for is not seen, and could be for anything behind its gateway",
            f"{_ADVICE}; or have the operator state under `forward_auth` of the project what the "
            "gateway rules out",
        )
    return gateway


def _check_stays_http(call: HttpCall) -> None:
    if any("websocket" in value.lower() for value in all_of(call.headers, "upgrade")):
        raise Refused(
            RefusalCode.UNKNOWN_OPERATION,
            "the call would become a connection of another kind, of which nothing is seen",
            "use an operation over HTTP",
        )


def _check_whole(decision: Decision, gateway: str) -> None:
    """Refuse a call some of which may pass, or would if it were seen, but not all it could be."""
    for message in leaks(decision, gateway):
        raise Refused(RefusalCode.BODY_UNSEEN, message, _ADVICE)


def leaks(decision: Decision, gateway: str) -> Iterator[str]:
    """Why a call of which nothing is seen cannot pass, although one that is seen might."""
    if not decision.snapshot.registry.routes:
        yield f"no route behind gateway `{gateway}` is on file"
    for name in filter(is_observed, decision.determination.missing):
        yield f"policies ask for `{name}`, and the call is not seen"
    if decision.reason is Reason.OBLIGATION:
        for detail in decision.determination.details:
            yield f"`{detail.about}` refuses calls for what is in them, and the call is not seen"
    if decision.permitted:
        yield from _left_open(decision)


def _left_open(decision: Decision) -> Iterator[str]:
    """What could become of a call that may go by some route, and must not."""
    for duty in decision.determination.obligations:
        if duty.set:
            what = f"`{duty.policy}/{duty.obligation}` sets something in it"
            yield f"the body of the call is not seen, and {what}"
    for name in _bounding_prices(decision):
        yield f"`{name}` bounds prices, and a dearer tier that the call may ask for is not seen"
    for name in decision.kept_out:
        yield f"which route the call asks for is not seen, and `{name}` is not permitted"
    registry = decision.snapshot.registry
    for name, route in registry.routes.items():
        if registry.card(route).unasked_tools:
            yield f"the call could be for route `{name}`, whose model uses tools, asked for or not"
        if registry.providers[route.provider].unpinned is not None:
            yield f"the call could be for route `{name}`, and nothing keeps that to its provider"


def _bounding_prices(decision: Decision) -> list[str]:
    """Enforced rules that are met by listed prices: of what a call may cost, the least."""
    rules = {(p.id, r.id): r for p in decision.snapshot.policies.policies for r in p.rules}
    met = {
        (verdict.policy, verdict.rule)
        for candidate in decision.determination.candidates
        for verdict in candidate.verdicts
        if verdict.mode is Mode.ENFORCE and verdict.verdict is Verdict.PASS
    }
    return [f"{policy}/{rule}" for policy, rule in sorted(met) if _reads_money(rules[policy, rule])]


def _reads_money(rule: Rule) -> bool:
    """Whether it bounds a price or a cost; only what a rule requires can."""
    subjects = () if rule.require is None else (test.subject for test in tests_in(rule.require))
    return any(subject == _COST or subject.startswith(_PRICE) for subject in subjects)


def _passing(occasion: Occasion, said: tuple[str, str]) -> Reply:
    return Reply(204, ((DECISION, occasion.id), said), b"")


def _as_proxies_read_it(reply: Reply, code: str) -> Reply:
    status = reply.status if reply.status in _STATUSES else 403
    return replace(reply, status=status, headers=(*reply.headers, (CODE, code)))
