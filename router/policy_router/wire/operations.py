"""Which operation a request is, told by its method and path alone; everything else is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from policy_router.wire.anthropic_messages import COUNT_TOKENS, MESSAGES_CREATE
from policy_router.wire.classification import Classified, Ground, Standing, ground_of
from policy_router.wire.classified_apis import ANTHROPIC, CLASSIFIED, GOOGLE, OPENAI
from policy_router.wire.google_embed import BATCH_EMBED, EMBED
from policy_router.wire.google_generate import GENERATE, STREAM_GENERATE
from policy_router.wire.openai_chat import CHAT
from policy_router.wire.openai_embeddings import EMBEDDINGS
from policy_router.wire.openai_responses import RESPONSES
from policy_router.wire.operation import Dialect, Operation
from policy_router.wire.refusal import RefusalCode, Refused

SUPPORTED: Final = (
    CHAT,
    RESPONSES,
    EMBEDDINGS,
    MESSAGES_CREATE,
    COUNT_TOKENS,
    GENERATE,
    STREAM_GENERATE,
    EMBED,
    BATCH_EMBED,
)

VERSIONS: Final = {
    Dialect.OPENAI: (),
    Dialect.ANTHROPIC: ("/v1",),
    Dialect.GOOGLE: ("/v1beta", "/v1"),
}
"""What a client of a dialect itself puts between its base URL and the path of an operation."""

_FIRST_READ: Final[dict[Dialect, tuple[Classified, ...]]] = {
    Dialect.OPENAI: OPENAI,
    Dialect.ANTHROPIC: ANTHROPIC,
    Dialect.GOOGLE: GOOGLE,
}

_BY_VERB: Final = {o.path.rpartition(":")[2]: o for o in SUPPORTED if o.model_in_path}
_MODEL_PATH: Final = re.compile(
    r"(?:/v1beta|/v1)?/models/(?P<model>[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}):(?P<verb>[A-Za-z]+)"
)
_LISTS: Final = re.compile(
    r"(?:/v1beta|/v1)?/models(?:/(?P<model>[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}))?"
)
_ESCAPED: Final = re.compile(r"%(2f|3a|40|2b)", re.IGNORECASE)
_VERSION: Final = re.compile(r"/(?:v1beta|v1alpha|v1)(?=/)")


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation that is governed, with the model its path names, if the path does."""

    operation: Operation
    model: str | None = None


_PLAIN: Final = {
    f"{version}{operation.path}": Asked(operation)
    for operation in SUPPORTED
    if not operation.model_in_path
    for version in ("", *VERSIONS[operation.dialect])
}


def operation_at(method: str, path: str | None, query: str, dialect: Dialect | None) -> Asked:
    """The governed operation at `method path?query`, `path` being what follows the base URL.

    Raises `Refused` for every other, with the ground on which it is denied. Nothing is
    normalised: an encoded, doubled or dotted path is none that is known.
    """
    if path is None:
        raise Refused(
            RefusalCode.UNKNOWN_OPERATION,
            "the call goes to an address that is not governed",
            "point the client at a gateway of the project, or list its address in `base_urls`",
        )
    asked = _named(path) if method == "POST" else None
    if asked is None:
        raise _refused_operation(method, path, dialect)
    if query and query not in asked.operation.queries:
        raise _refused_query(query)
    return asked


def listed_model(method: str, path: str, query: str) -> str | None:
    """What a request for a list of models asks about: one model, or "" for all of them.

    None if it is no such request. Pages and filters are not told apart: all of a list is answered.
    A name may be encoded, as SDKs do it: nothing is sent anywhere for it.
    """
    found = _LISTS.fullmatch(_in_full(path)) if method == "GET" and _is_page(query) else None
    if found is None or not is_plain(found["model"] or "x"):
        return None
    return found["model"] or ""


def _in_full(path: str) -> str:
    """A path with the marks of a model's name as they are."""
    return _ESCAPED.sub(lambda found: bytes.fromhex(found[1]).decode(), path)


def is_plain(name: str) -> bool:
    """Whether a name can stand in a path without being read as another path."""
    return all(part not in {"", ".", ".."} for part in name.split("/"))


def dialect_of(path: str | None, headers: tuple[tuple[str, str], ...]) -> Dialect:
    """The dialect to answer in: the operation's own, else what the client's headers show."""
    asked = None if path is None else _named(path)
    if asked is not None:
        return asked.operation.dialect
    names = {name for name, _ in headers}
    if names & {"anthropic-version", "x-api-key"}:
        return Dialect.ANTHROPIC
    if names & {"x-goog-api-key", "x-goog-api-client"}:
        return Dialect.GOOGLE
    return Dialect.OPENAI


def _named(path: str) -> Asked | None:
    plain = _PLAIN.get(path)
    if plain is not None:
        return plain
    found = _MODEL_PATH.fullmatch(path)
    if found is None or found["verb"] not in _BY_VERB or not is_plain(found["model"]):
        return None
    return Asked(_BY_VERB[found["verb"]], found["model"])


_PAGE: Final = re.compile(
    r"(?:limit|pageSize)=\d{1,6}|(?:after_id|before_id|pageToken|after)=[\w.~%=-]{0,300}|alt=json"
)


def _is_page(query: str) -> bool:
    return all(_PAGE.fullmatch(part) for part in query.split("&") if part)


_NONE: Final = Ground(
    Standing.DENIED,
    "is none that a policy has looked at",
    "governed are chat completions, responses, embeddings, messages and generateContent",
)


def _refused_operation(method: str, path: str, dialect: Dialect | None) -> Refused:
    ground = _ground(method, path, dialect)
    if ground.standing is Standing.SUPPORTED:
        ground = _NONE  # the right words, and not quite the right path
    return Refused(ground.code, f"this operation {ground.why}", ground.advice)


def _ground(method: str, path: str, dialect: Dialect | None) -> Ground:
    known = (*(_FIRST_READ[dialect] if dialect else ()), *CLASSIFIED)
    below = _VERSION.sub("", path, count=1)
    return ground_of(known, method, below) or ground_of(known, method, path) or _NONE


def _refused_query(query: str) -> Refused:
    code = RefusalCode.SECOND_MODEL if "model" in query.casefold() else RefusalCode.NOT_CLASSIFIED
    advice = "leave them out: everything a call says is in its body"
    if query.partition("=")[0] == "key":
        advice = "send the key as a header: `x-goog-api-key`"
    return Refused(
        code,
        "no policy has looked at the parameters after the `?` of the address",
        advice,
    )
