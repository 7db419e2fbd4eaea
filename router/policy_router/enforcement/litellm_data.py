"""What LiteLLM's proxy holds of a call: the client's words, told from what LiteLLM adds to them.

Source: LiteLLM 1.106, `add_litellm_data_to_request` and `Router._acompletion`. What is on neither
list is taken for the client's and refused if no operation has it: a newer LiteLLM that adds
something is stopped until somebody has looked at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from policy_router.wire.call import MODEL, Call, read_body
from policy_router.wire.headers import Headers, check_headers, declared_facts
from policy_router.wire.http_call import Asked
from policy_router.wire.json_strict import Limits, parse, sayable, serialise
from policy_router.wire.openai_chat import CHAT
from policy_router.wire.openai_embeddings import EMBEDDINGS
from policy_router.wire.openai_responses import RESPONSES
from policy_router.wire.operation import Dialect, Operation
from policy_router.wire.operations import operation_at
from policy_router.wire.refusal import RefusalCode, Refused
from policy_router.wire.shapes import Never
from policy_router.wire.tokens import most_input_tokens

Data = dict[str, Any]

OPERATIONS: Final = {"acompletion": CHAT, "aresponses": RESPONSES, "aembedding": EMBEDDINGS}
"""The governed operations, by what LiteLLM calls a call of them."""

_REQUEST: Final = "proxy_server_request"
_LABELS: Final = "metadata"
_OWN_LABELS: Final = "litellm_metadata"
_CLIENT_LABELS: Final = "requester_metadata"
_ADDED_LABELS: Final = frozenset({"headers", "litellm_parent_otel_span", "used_client_oauth_token"})
"""What LiteLLM has put among the client's labels by the time it remembers them."""

_LITELLMS_LABELS: Final = frozenset(
    {
        *_ADDED_LABELS,
        _CLIENT_LABELS,
        "actor_agent_id",
        "agent_execution_mode",
        "agent_id",
        "billing_agent_id",
        "caller_tags",
        "endpoint",
        "global_max_parallel_requests",
        "inherited_tags",
        "litellm_api_version",
        "litellm_received_at",
        "litellm_roi_estimator",
        "llm_api_timing_windows",
        "queue_time_seconds",
        "requester_ip_address",
        "session_id",
        "target_agent_id",
        "trace_id",
        "user_agent",
        "verified_human_user_id",
    }
)
"""Labels that LiteLLM writes over whatever a client says, and names that only group its logs."""

_KEY_LABELS: Final = "user_api_"
"""How those begin that LiteLLM has of a key; it writes them over what a client says."""

_ADDED: Final = frozenset(
    {
        "litellm_call_id",
        "litellm_logging_obj",
        "litellm_session_id",
        "litellm_trace_id",
        _REQUEST,
        "secret_fields",
        "_litellm_strip_stream_usage",
    }
)
"""What the proxy sets beside the body, and what changes nothing of a call if a client sets it."""

_FORWARDED: Final = "headers"
"""The client's headers, where LiteLLM is told to pass them on; they stay behind."""

_ADDED_BY_ROUTER: Final = frozenset(
    {
        *_ADDED,
        _LABELS,
        _OWN_LABELS,
        "attempted_targets",
        "caching",
        "client",
        "fallback_depth",
        "litellm_trace_id",
        "max_fallbacks",
        "max_retries",
        "model_info",
        "shared_session",
        "stream_timeout",
        "timeout",
    }
)
"""What the router puts between the parameters of a deployment and the body of a call."""

KEY_HEADER: Final = "x-litellm-api-key"


def read_arrival(data: Data, place: str, call_type: str, limits: Limits) -> Asked:
    """What the client asks for; `place`: the path it called, as LiteLLM has it.

    Raises `Refused` for anything no policy has looked at.
    """
    request = data[_REQUEST]
    query = urlsplit(request["url"]).query
    path = place.removeprefix("/v1")
    operation = operation_at(request["method"], path, query, Dialect.OPENAI).operation
    if OPERATIONS.get(call_type) is not operation:
        raise Refused(
            RefusalCode.UNKNOWN_OPERATION, "LiteLLM takes the call for another operation than it is"
        )
    headers = tuple((n, v) for n, v in _lowered(request["headers"]) if n != KEY_HEADER)
    check_headers(headers)
    size, body = _strict(_client_body(data), operation.within(limits))
    call = read_body(operation, body)
    _check_labels(data)
    declared = (*declared_facts(headers), *call.declared)
    return Asked(call, declared, most_input_tokens(size, call.shown))


def client_headers(data: Data) -> Headers:
    """The headers the client sent, its key among them, under the name where keys are looked for."""
    secret = data["secret_fields"]
    raw = secret["raw_headers"] if isinstance(secret, Mapping) else secret.raw_headers
    headers = _lowered(raw)
    if not any(name == KEY_HEADER for name, _ in headers):
        return headers
    keys = {KEY_HEADER: "authorization"}
    return tuple((keys[name], _bearer(v)) for name, v in headers if name in keys)


def body_size(data: Data) -> int:
    """The bytes of the client's body, written anew; 0 if it cannot be written."""
    try:
        return len(serialise(_client_body(data)))
    except (AttributeError, KeyError, TypeError, ValueError):
        return 0


def cleaned(data: Data, call: Call) -> Data:
    """The data to go on with: the body that was read, and of the client's labels none."""
    kept = {name: data[name] for name in _ADDED if name in data}
    holder = _holder(data)
    labels = {**data[holder], _CLIENT_LABELS: {}}
    for name in _client_labels(data):
        labels.pop(name, None)
    body = {name: value for name, value in call.body.items() if name != _LABELS}
    return {**kept, holder: labels, **body}


def read_departure(operation: Operation, kwargs: Data, requested: str, limits: Limits) -> Asked:
    """What is about to be sent, after LiteLLM and its plug-ins have had it."""
    said = {n: v for n, v in kwargs.items() if n in sayable_in(operation) and v is not None}
    size, body = _strict({MODEL: requested, **said}, operation.within(limits))
    call = read_body(operation, body)
    return Asked(call, (), most_input_tokens(size, call.shown))


def check_destination(operation: Operation, kwargs: Data, configured: Mapping[str, Any]) -> None:
    """Refuse a call that is not sent as its deployment is `configured`: there, and nowhere else."""
    own = sayable_in(operation) | _ADDED_BY_ROUTER
    for name, value in kwargs.items():
        if name in own or name.startswith("_"):
            continue
        if name not in configured or configured[name] != value:
            raise Refused(
                RefusalCode.SECOND_MODEL,
                f"`{name}` is not what the deployment is configured with",
                "have the proxy's operator look at what sets it",
            )
    for name in configured.get("extra_body") or ():
        if name == MODEL or name in own:
            raise Refused(
                RefusalCode.GATEWAY_UNSUPPORTED,
                f"the deployment sets `{name}` over whatever is decided",
                "have the proxy's operator take it out of `extra_body`",
            )


def sayable_in(operation: Operation) -> frozenset[str]:
    """What a body may say, but for its model and its labels."""
    fields = operation.body.fields.items()
    said = {name for name, shape in fields if not isinstance(shape, Never)}
    return frozenset(said - {_LABELS, MODEL})


def _client_body(data: Data) -> Data:
    """What the client said, with what LiteLLM has by now taken out of the body and acted on."""
    remembered = data[_REQUEST]["body"]
    added = {*_ADDED, _LABELS, _FORWARDED, _holder(data)}
    body = {n: v for n, v in {**remembered, **data}.items() if n not in added}
    labels = _client_labels(data)
    return {**body, _LABELS: labels} if labels else body


def _client_labels(data: Data) -> Data:
    """The client's own `metadata`: beside LiteLLM's, or remembered in it."""
    if _holder(data) == _OWN_LABELS:
        return data.get(_LABELS) or {}
    said = data[_LABELS].get(_CLIENT_LABELS) or {}
    return {name: value for name, value in said.items() if name not in _ADDED_LABELS}


def _check_labels(data: Data) -> None:
    """Refuse labels that LiteLLM takes for its own: guardrails among them, which read the call."""
    holder, said = _holder(data), _client_labels(data)
    labels = data[holder]
    if holder == _OWN_LABELS:
        held = {name for name, value in labels.items() if value is not None}
        theirs = {n for n in held - _LITELLMS_LABELS if not n.startswith(_KEY_LABELS)}
    else:
        theirs = {name for name, value in said.items() if labels.get(name, value) != value}
    if theirs:
        raise Refused(
            RefusalCode.NOT_CLASSIFIED,
            f"LiteLLM has labels of its own by this name: {sayable(min(theirs))}",
            "send no label by this name, nor `litellm_metadata`; if the caller does not, have the "
            "proxy's operator look at what sets it for its key or its team",
            _LABELS,
        )


def _holder(data: Data) -> str:
    return _OWN_LABELS if _OWN_LABELS in data else _LABELS


def _strict(body: Data, limits: Limits) -> tuple[int, Data]:
    """The body as every parser reads it, and how long it is. It is there as text already."""
    try:
        written = serialise(body)
    except (TypeError, ValueError):
        raise Refused(
            RefusalCode.INVALID_BODY, "the body holds something that JSON cannot say"
        ) from None
    return len(written), parse(written, limits.all_text)


def _lowered(headers: Mapping[str, str]) -> Headers:
    return tuple((name.lower(), value) for name, value in headers.items())


def _bearer(key: str) -> str:
    return key if key[:7].lower() == "bearer " else f"Bearer {key}"
