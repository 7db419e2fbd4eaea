"""Answers to questions: a decision, an explanation, the routes a caller may use."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from policy_router.api.description import description
from policy_router.api.questions import asked
from policy_router.audit.in_use import ASKED_ABOUT
from policy_router.audit.record import Attempt, Finding, Occasion, record_of
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.enforcement.answer import Reply, our_reply, refuse
from policy_router.enforcement.facts import NOTHING_SHOWN, Floor, joined, known_floor
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.judging import fault, occasion_of, report
from policy_router.enforcement.kinds import decided
from policy_router.report.explanations import explanation_json, foremost
from policy_router.service.decision import Decision
from policy_router.store.project import Loaded
from policy_router.wire.headers import check_headers, declared_facts
from policy_router.wire.http_call import HttpCall
from policy_router.wire.refusal import RefusalCode, Refused

POINT: Final = ASKED_ABOUT
MOST_SEARCHED: Final = 3
"""For how many candidates an explanation searches what would change it."""

Answering = Callable[[HttpCall, Floor, Loaded, Occasion], Reply]


class DecisionApi:
    """Answers what is asked below `/v1`; every question needs the key of a caller that is known.

    A decision is recorded before it is given, as whoever asked may act on it.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = replace(gate, point=POINT)
        self._answering: dict[tuple[str, str], Answering] = {
            ("POST", "/decide"): self._decide,
            ("POST", "/explain"): self._explain,
            ("GET", "/routes"): self._routes,
            ("GET", "/openapi.json"): self._describe,
        }

    def takes(self, call: HttpCall) -> bool:
        """Whether `call` is a question, and not an operation of a provider's API."""
        return (call.method, call.path) in self._answering

    def answer(self, call: HttpCall, floor: Floor | None, loaded: Loaded) -> Reply:
        """The answer to a question; whatever goes wrong is one too."""
        occasion = occasion_of(self._gate, call, floor)
        try:
            _check_query(call.query)
            answering = self._answering[call.method, call.path or ""]
            return answering(call, known_floor(floor), loaded, occasion)
        except Refused as refused:
            return refuse(occasion.id, refused)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing is permitted
            report("could not answer a question", error)
            return refuse(occasion.id, fault(RefusalCode.UNDECIDED))

    def _decide(self, call: HttpCall, floor: Floor, loaded: Loaded, occasion: Occasion) -> Reply:
        decision = self._decision(asked(call, floor), loaded)
        attempt = Attempt(route=decision.determination.route)
        try:
            self._gate.log.append(record_of(occasion, Finding(decided(decision), None, attempt)))
        except Exception as error:  # noqa: BLE001 - whatever keeps a record from being kept
            report("could not record a decision", error)
            raise fault(RefusalCode.NOT_RECORDED) from None
        return _said(occasion, decision.to_json())

    def _explain(self, call: HttpCall, floor: Floor, loaded: Loaded, occasion: Occasion) -> Reply:
        explanation = self._decision(asked(call, floor), loaded).explain()
        first = foremost(explanation, MOST_SEARCHED)
        return _said(occasion, explanation_json(explanation, first))

    def _routes(self, call: HttpCall, floor: Floor, loaded: Loaded, occasion: Occasion) -> Reply:
        check_headers(call.headers)
        facts = joined(floor, NOTHING_SHOWN, declared_facts(call.headers))
        decision = self._decision(facts, loaded)
        routes = loaded.snapshot.registry.routes
        told = {
            "object": "list",
            "data": [_route(routes[name], loaded) for name in decision.chain],
            "reason": decision.reason,
            "missing": list(decision.determination.missing),
        }
        return _said(occasion, json.dumps(told))

    def _describe(self, call: HttpCall, floor: Floor, loaded: Loaded, occasion: Occasion) -> Reply:
        del call, floor, loaded
        return _said(occasion, description())

    def _decision(self, facts: RequestFacts, loaded: Loaded) -> Decision:
        return self._gate.pdp.decide(facts, snapshot=loaded.snapshot)


def _check_query(query: str) -> None:
    if query:
        advice = "leave them out: a question is in its body"
        raise Refused(RefusalCode.NOT_CLASSIFIED, "a question has no parameters", advice)


def _route(route: Route, loaded: Loaded) -> dict[str, str]:
    gateway = loaded.snapshot.registry.gateways[route.gateway]
    return {
        "id": route.id,
        "model": route.model,
        "provider": route.provider,
        "gateway": gateway.id,
        "base_url": gateway.base_url,
        "address": route.address,
    }


def _said(occasion: Occasion, text: str) -> Reply:
    return our_reply(occasion.id, 200, text.encode())
