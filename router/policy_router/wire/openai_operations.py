"""Operations of the OpenAI API: the one that is governed, and why each other is refused.

Source: the paths of the published API, as in version 3.54 of the official Python SDK.
"""

from __future__ import annotations

from typing import Final

from policy_router.wire.refusal import RefusalCode, Refused

CHAT_PATH: Final = "/chat/completions"

_KEEPS = "keeps what it is sent, or works on what is kept"
_OPEN = "holds a connection open over which models are named again"
_NOT_YET = "is not governed yet"
_ADMINISTERS = "changes an account, which is no call to a model"

_UNKNOWN: Final = (RefusalCode.UNKNOWN_OPERATION, "is none that a policy has looked at")

_FAMILIES: Final[dict[str, tuple[RefusalCode, str]]] = {
    **dict.fromkeys(
        (
            "agents",
            "assistants",
            "batches",
            "chatkit",
            "containers",
            "conversations",
            "evals",
            "files",
            "fine_tuning",
            "responses",
            "skills",
            "threads",
            "uploads",
            "vaults",
            "vector_stores",
            "videos",
        ),
        (RefusalCode.KEEPS_STATE, _KEEPS),
    ),
    "chat": (RefusalCode.KEEPS_STATE, "reads or changes answers that a provider kept"),
    **dict.fromkeys(("live", "realtime"), (RefusalCode.UNKNOWN_OPERATION, _OPEN)),
    **dict.fromkeys(
        (
            "audio",
            "completions",
            "content_provenance_checks",
            "decisions",
            "embeddings",
            "images",
            "models",
            "moderations",
        ),
        (RefusalCode.UNKNOWN_OPERATION, _NOT_YET),
    ),
    **dict.fromkeys(
        ("organization", "projects", "safety", "webhook_endpoints", "webhook_event_types"),
        (RefusalCode.UNKNOWN_OPERATION, _ADMINISTERS),
    ),
}


def check_operation(method: str, path: str | None, query: str) -> None:
    """Refuse everything but `POST /chat/completions`, `path` being what follows the base URL."""
    if path is None:
        raise Refused(
            RefusalCode.UNKNOWN_OPERATION,
            "the call goes to an address that is not governed",
            "point the client at a gateway of the project, or list its address in `base_urls`",
        )
    if (method, path) != ("POST", CHAT_PATH):
        raise _refused_operation(path)
    if query:
        raise _refused_query(query)


def _refused_operation(path: str) -> Refused:
    family = path.split("/")[1] if path.startswith("/") else ""
    code, why = _FAMILIES.get(family, _UNKNOWN)
    return Refused(code, f"this operation {why}", f"governed is: `POST {CHAT_PATH}`")


def _refused_query(query: str) -> Refused:
    code = RefusalCode.SECOND_MODEL if "model" in query.casefold() else RefusalCode.NOT_CLASSIFIED
    return Refused(
        code,
        "no policy has looked at the parameters after the `?` of the address",
        "leave them out: everything a call says is in its body",
    )
