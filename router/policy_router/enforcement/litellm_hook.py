"""The hook of LiteLLM's proxy: no call leaves it for a deployment that policies rule out.

LiteLLM is needed to import this, and nothing else of the package imports it.
"""

from __future__ import annotations

import json
import sys
from asyncio import to_thread
from collections.abc import AsyncIterator, Mapping, Sequence
from contextvars import ContextVar
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from fastapi import HTTPException, Request
from litellm import get_llm_provider
from litellm.exceptions import APIConnectionError, Timeout
from litellm.integrations.custom_logger import CustomLogger
from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.auth.auth_utils import get_request_route

from policy_router.audit.record import Ending
from policy_router.detect.detector import Detector
from policy_router.domain.organisation import Caller
from policy_router.enforcement.answer import DECISION, REQUESTED, ROUTE, Reply
from policy_router.enforcement.callers import caller_by_hash, caller_of
from policy_router.enforcement.facts import Floor, floor_of
from policy_router.enforcement.litellm_data import Data, client_headers
from policy_router.enforcement.litellm_gate import (
    Arrival,
    Departure,
    Passage,
    Stopped,
)
from policy_router.enforcement.litellm_own import is_health_check
from policy_router.enforcement.litellm_sent import Sent
from policy_router.enforcement.litellm_shared import shared_gate
from policy_router.log.kept import Log
from policy_router.service.pdp import PDP
from policy_router.wire.json_strict import DEFAULT_LIMITS, Limits

_PASSAGE: ContextVar[Passage | None] = ContextVar("policy_router_passage", default=None)
"""The call whose request is being served: nothing a client sends can stand for it."""

_PROXY: Final = "litellm.proxy.proxy_server"
_PROVIDER: Final = "custom_llm_provider"
_FINAL: Final = 403
_FINE: Final = 200
_OURS: Final = frozenset({"x-should-retry", DECISION})


class EarlyRefusal(ProxyException):  # type: ignore[misc]
    """A refusal as LiteLLM's proxy answers with it, as it is."""

    def __init__(self, answer: Reply) -> None:
        self._error: dict[str, Any] = json.loads(answer.body)["error"]
        Exception.__init__(self, self._error["message"])
        self.message = self._error["message"]
        self.type = self._error["type"]
        self.param = self._error["param"]
        self.openai_code = self._error["code"]
        self.code = str(answer.status)
        self.headers = {name: value for name, value in answer.headers if name in _OURS}
        self.provider_specific_fields = None

    def to_dict(self) -> dict[str, Any]:
        """The error object of the answer."""
        return dict(self._error)


class PolicyRefusal(EarlyRefusal, HTTPException):  # type: ignore[misc]
    """A refusal as LiteLLM's router lets it stand, too.

    As an `HTTPException` of status 403 it is taken for meant: the router does not retry, fall back
    or rest the deployment.
    """

    def __init__(self, answer: Reply) -> None:
        EarlyRefusal.__init__(self, answer)
        HTTPException.__init__(self, _FINAL, self.message, self.headers)


class PolicyHook(CustomLogger):  # type: ignore[misc]
    """Puts every call of a LiteLLM proxy to the policies, and again before each attempt to send it.

    `gateway`: the gateway document that stands for the proxy (default: the only one of type
    `litellm`); the addresses of its routes are the ids of the proxy's deployments. A caller is
    known by its key, whose hash its caller document has; else by its team or user at LiteLLM, where
    `teams` or `users` has the id of a caller document for it. `log` is by default the project's.

    Raises `ValueError` if the gateway cannot be told, if there is no log, or if `teams` or `users`
    speak of a caller that there is not.
    """

    def __init__(  # noqa: PLR0913 - each has a default but the one that decides
        self,
        pdp: PDP,
        *,
        gateway: str | None = None,
        teams: Mapping[str, str] = MappingProxyType({}),
        users: Mapping[str, str] = MappingProxyType({}),
        log: Log | None = None,
        limits: Limits = DEFAULT_LIMITS,
        detectors: tuple[Detector, ...] = (),
    ) -> None:
        super().__init__()
        self._gate = shared_gate(pdp, gateway, log, limits, detectors)
        self._teams = dict(teams)
        self._users = dict(users)
        _check_callers(pdp.loaded.callers, (*teams.values(), *users.values()))

    async def authenticate(self, request: Request, api_key: str) -> UserAPIKeyAuth:
        """LiteLLM's `custom_auth`, for a proxy without a database: callers' keys, and no others.

        What a caller sends is read here as it came, before LiteLLM acts on it; only what policies
        govern gets on, and lists of models and questions about the proxy's health.
        """
        callers = self._gate.gate.pdp.loaded.callers
        caller = caller_of((("authorization", f"Bearer {api_key}"),), callers.values())
        floor = None if caller is None else floor_of(caller)
        try:
            known = await to_thread(self._gate.receive, await _sent(request), floor)
        except Stopped as stopped:
            raise EarlyRefusal(stopped.answer) from None
        return UserAPIKeyAuth(api_key=sha256(api_key.encode()).hexdigest(), user_id=known.caller)

    async def async_pre_call_hook(
        self,
        user_api_key_dict: UserAPIKeyAuth,
        cache: object,  # noqa: ARG002 - LiteLLM passes it by name
        data: Data,
        call_type: str,
    ) -> Data:
        """Decide on a call as it comes; what goes on has nothing of the client but its body."""
        _PASSAGE.set(None)
        loaded = self._gate.gate.pdp.loaded
        arrival = Arrival(
            data,
            str(getattr(user_api_key_dict, "request_route", None)),
            call_type,
            self._sender(user_api_key_dict, data, loaded.callers),
            loaded,
            _deployments(data.get("model")),
        )
        try:
            passage, going_on = await to_thread(self._gate.arrive, arrival)
        except Stopped as stopped:
            raise PolicyRefusal(stopped.answer) from None
        _PASSAGE.set(passage)
        return going_on

    async def async_filter_deployments(
        self,
        model: str,
        healthy_deployments: list[Data],
        messages: object,  # noqa: ARG002 - LiteLLM passes these by name
        request_kwargs: object = None,  # noqa: ARG002
        parent_otel_span: object = None,  # noqa: ARG002
    ) -> list[Data]:
        """Leave of a group the deployments that are permitted routes; LiteLLM picks among them.

        None is left where those that are permitted rest: LiteLLM says then that it is busy.
        """
        by_id = {_id_of(deployment) or "": deployment for deployment in healthy_deployments}
        try:
            left = await to_thread(self._gate.narrow, self._passage(), model, list(by_id))
        except Stopped as stopped:
            raise PolicyRefusal(stopped.answer) from None
        return [by_id[name] for name in left]

    async def async_pre_call_deployment_hook(self, kwargs: Data, call_type: object) -> Data:
        """Decide on a call as it goes, record it, and let it go; every attempt comes here."""
        kind = str(getattr(call_type, "value", None))
        if _PASSAGE.get() is None and is_health_check(kind, kwargs):
            return kwargs
        address = _id_of(kwargs)
        departure = Departure(kwargs, kind, address, _configured(address))
        try:
            return await to_thread(self._gate.depart, self._passage(), departure)
        except Stopped as stopped:
            raise PolicyRefusal(stopped.answer) from None

    async def async_post_call_success_deployment_hook(
        self,
        request_data: object,  # noqa: ARG002 - LiteLLM passes these by place
        response: object,  # noqa: ARG002
        call_type: object,  # noqa: ARG002
    ) -> None:
        """An attempt was answered, with a whole answer."""
        passage = _PASSAGE.get()
        if passage is not None:
            await to_thread(self._gate.end, passage, Ending.COMPLETE, _FINE)

    async def async_post_call_streaming_iterator_hook(
        self,
        user_api_key_dict: object,  # noqa: ARG002 - LiteLLM passes these by name
        response: AsyncIterator[Any],
        request_data: object,  # noqa: ARG002
    ) -> AsyncIterator[Any]:
        """Let a streamed answer out event by event, and say how it ended."""
        passage, how = _PASSAGE.get(), Ending.CLIENT_GONE
        try:
            async for event in response:
                yield event
            how = Ending.COMPLETE
        except Exception:
            how = Ending.CUT
            raise
        finally:
            if passage is not None:
                self._gate.end(passage, how, _FINE)

    async def async_post_call_failure_deployment_hook(
        self,
        request_data: object,  # noqa: ARG002 - LiteLLM passes these by place
        exception: Exception,
        call_type: object,  # noqa: ARG002
        **_: object,
    ) -> None:
        """An attempt failed; LiteLLM may make another."""
        passage = _PASSAGE.get()
        if passage is not None and not isinstance(exception, PolicyRefusal):
            self._gate.failed(passage, *_failure(exception))

    async def async_post_call_failure_hook(self, *_: object, **__: object) -> None:
        """No attempt is left: the call ended as its last one did."""
        passage = _PASSAGE.get()
        if passage is not None:
            await to_thread(self._gate.end, passage, Ending.BROKEN)

    async def async_post_call_response_headers_hook(
        self, *_: object, **__: object
    ) -> dict[str, str] | None:
        """Say with the answer which decision it follows, and which route it came by."""
        passage = _PASSAGE.get()
        if passage is None or passage.route is None:
            return None
        requested = passage.asked.call.model
        return {DECISION: passage.id, ROUTE: passage.route, REQUESTED: requested}

    async def async_filter_listed_models(
        self, user_api_key_dict: UserAPIKeyAuth, model_names: Sequence[str]
    ) -> list[str]:
        """Of the names LiteLLM would list, those that the caller may ask for."""
        loaded = self._gate.gate.pdp.loaded
        caller = self._known(user_api_key_dict, loaded.callers)
        sender = None if caller is None else floor_of(caller)
        offered = {name: _deployments(name) for name in model_names}
        return await to_thread(self._gate.listed, sender, loaded, offered)

    def _passage(self) -> Passage:
        passage = _PASSAGE.get()
        if passage is None:
            raise self._gate.lost()
        return passage

    def _sender(
        self, auth: UserAPIKeyAuth, data: Data, callers: Mapping[str, Caller]
    ) -> Floor | None:
        """Who calls, by what LiteLLM has verified; None if it is nobody who is known."""
        if "secret_fields" not in data:
            return None
        caller = caller_of(client_headers(data), callers.values()) or self._known(auth, callers)
        return None if caller is None else floor_of(caller)

    def _known(self, auth: UserAPIKeyAuth, callers: Mapping[str, Caller]) -> Caller | None:
        """The caller that LiteLLM has verified: by its key, else by its team or user."""
        named = self._teams.get(auth.team_id) or self._users.get(auth.user_id)
        return caller_by_hash(auth.api_key or "", callers.values()) or callers.get(named or "")


async def _sent(request: Request) -> Sent:
    """What came in, as it came; without the body of a form, which LiteLLM has taken apart.

    Nothing that is governed is a form, and it is refused as what it says it is.
    """
    scope = request.scope
    body = b"" if request.method == "GET" or _is_form(request) else await request.body()
    query = scope.get("query_string", b"").decode("latin-1")
    return Sent(request.method, get_request_route(request), query, scope["headers"], body)


def _is_form(request: Request) -> bool:
    """Whether LiteLLM has taken it apart as one, in LiteLLM's own words."""
    return "form" in request.headers.get("content-type", "").lower()


def _failure(error: Exception) -> tuple[Ending, int | None]:
    """How an attempt ended, as LiteLLM tells it: an answer with a status, or none."""
    if isinstance(error, Timeout):
        return Ending.TIMED_OUT, None
    if isinstance(error, APIConnectionError):
        return Ending.BROKEN, None
    status = getattr(error, "status_code", None)
    return (Ending.COMPLETE, status) if isinstance(status, int) else (Ending.BROKEN, None)


def _check_callers(known: Mapping[str, Caller], named: tuple[str, ...]) -> None:
    strange = sorted(set(named) - set(known))
    if strange:
        raise ValueError(f"there is no caller `{strange[0]}`: `teams` and `users` name callers")


def _router() -> Any:  # noqa: ANN401 - LiteLLM's router
    """The proxy's router; None where no proxy runs."""
    return getattr(sys.modules.get(_PROXY), "llm_router", None)


def _deployments(name: object) -> frozenset[str]:
    """The ids of the deployments that LiteLLM has under `name`."""
    router = _router()
    if router is None or not isinstance(name, str):
        return frozenset()
    found = router.get_model_list(model_name=name) or ()
    return frozenset(_id_of(deployment) or "" for deployment in found)


def _configured(deployment: str | None) -> Mapping[str, Any] | None:
    """The parameters a deployment is configured with; None if there is no such deployment.

    With the provider that LiteLLM takes from the name of its model, where they do not say it.
    """
    router = _router()
    found = None if router is None or deployment is None else router.get_model_info(deployment)
    if found is None:
        return None
    configured = found["litellm_params"]
    provider = get_llm_provider(configured["model"], configured.get(_PROVIDER))[1]
    return {**configured, _PROVIDER: provider}


def _id_of(holder: Mapping[str, Any]) -> str | None:
    """The id of a deployment: its own, or that of the one a call is about to go to."""
    identity = (holder.get("model_info") or {}).get("id")
    return identity if isinstance(identity, str) else None
