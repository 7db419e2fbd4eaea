"""A call to one operation, read off its body: what it asks for, and what its sender declares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from unicodedata import normalize

from policy_router.domain.request import FactValue, RequestFacts, SetFact
from policy_router.wire.inline import NONE, Inlines
from policy_router.wire.operation import Dialect, Operation, Shown
from policy_router.wire.refusal import RefusalCode, Refused
from policy_router.wire.spelling import respelled

GOVERNANCE_PREFIX: Final = "governance_"
LABELS: Final = ("metadata", "labels")
"""Where operations take labels, which may declare facts."""

INPUT_TOKENS: Final = "tokens.input"
OUTPUT_TOKENS: Final = "tokens.output"
MODEL: Final = "model"

_MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}")
_MODELS: Final = "models/"
_NEARLY: Final = re.compile(r"[\W_]*governance[\W_]")


@dataclass(frozen=True, slots=True)
class Call:
    """A call that says nothing but what is published and known.

    `body` is it without governance facts; `declared` are those, as (fact, text). `query` goes with
    it as it is.
    """

    operation: Operation
    model: str
    body: Mapping[str, Any] = field(repr=False)
    declared: tuple[tuple[str, str], ...]
    shown: Shown
    query: str = ""

    @property
    def facts(self) -> RequestFacts:
        """What the call itself shows: every observed fact is settled."""
        return _facts(self.operation, self.model, self.shown)


def read_body(
    operation: Operation,
    body: dict[str, Any],
    path_model: str | None = None,
    query: str = "",
    inlines: Inlines = NONE,
) -> Call:
    """What the parsed `body` of a call to `operation` asks for; `inlines`: its long content.

    What SDKs hand back and nobody is to be sent is taken out of it.
    Raises `Refused` for anything not known to be harmless, wherever it stands in the body, and
    for a model in the body that is not the one in the path.
    """
    if operation.dialect is Dialect.GOOGLE:
        body = respelled(operation.body, body)
    noted = operation.noted(body, inlines)
    model = model_name(path_model if path_model is not None else body[MODEL])
    if operation.model_in_path:
        _check_mentions(body, model)
    kept, declared = _without_governance(operation.labels, body)
    return Call(operation, model, kept, declared, operation.shown(body, noted), query)


def model_name(name: str) -> str:
    """`name`, if it has only the characters that names of models and routes have."""
    if not _MODEL_NAME.fullmatch(name):
        raise Refused(
            RefusalCode.INVALID_MODEL_NAME,
            "`model` is not a name: it holds other characters, or too many",
            "use letters, digits and `. _ : / @ + -`, exactly as the model or route is listed",
            MODEL,
        )
    return name


def _check_mentions(body: Mapping[str, Any], model: str) -> None:
    """Google's bodies may repeat the model of the path, and must not name another."""
    for part in (body, *(body.get("requests") or ())):
        if part.get(MODEL) not in {None, model, _MODELS + model}:
            raise Refused(
                RefusalCode.SECOND_MODEL,
                "the body names another `model` than the path",
                "leave it out of the body",
                MODEL,
            )


def _without_governance(
    labels: str | None, body: Mapping[str, Any]
) -> tuple[Mapping[str, Any], tuple[tuple[str, str], ...]]:
    """The body without the governance keys among its labels, and those keys."""
    if labels is None or labels not in body:
        return body, ()
    said = body[labels] or {}
    _check_labels(said)
    declared = [(k, v) for k, v in said.items() if _is_governance(k)]
    rest = {k: v for k, v in said.items() if not _is_governance(k)}
    kept = {name: value for name, value in body.items() if name != labels}
    if rest:
        kept[labels] = rest
    return kept, tuple((k[len(GOVERNANCE_PREFIX) :], v) for k, v in declared)


def _check_labels(said: Iterable[str]) -> None:
    """Refuse what was meant for a governance fact, and would go on as any other label."""
    for key in said:
        if not _is_governance(key) and _NEARLY.match(normalize("NFKC", key).casefold()):
            raise Refused(
                RefusalCode.UNKNOWN_FACT,
                "a label is nearly a governance fact, and is none",
                f"begin its key with `{GOVERNANCE_PREFIX}`, or with another word",
            )


def _is_governance(key: str) -> bool:
    return key.casefold().startswith(GOVERNANCE_PREFIX)


def without_declared(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """`body` of any operation without governance keys; `body` itself if it has none."""
    for labels in LABELS:
        said = body.get(labels)
        if isinstance(said, Mapping) and any(map(_is_governance, said)):
            body, _ = _without_governance(labels, body)
    return body


def _facts(operation: Operation, model: str, shown: Shown) -> RequestFacts:
    sets = {
        "features": shown.features,
        "input_modalities": shown.input_modalities,
        "output_modalities": shown.output_modalities,
        "server_tools": shown.server_tools,
    }
    scalars: dict[str, FactValue] = {
        "endpoint": operation.endpoint,
        "stateful": shown.stateful,
        "streaming": shown.streaming or operation.streams,
    }
    if shown.output is not None:
        scalars[OUTPUT_TOKENS] = shown.output
    return RequestFacts(model, {n: SetFact(m, settled=True) for n, m in sets.items()}, scalars)


def output_tokens(body: Mapping[str, Any], limits: tuple[str, ...], answers: str) -> Decimal | None:
    """The output tokens that `body` asks for at most, all its answers together."""
    said = [body[name] for name in limits if body.get(name) is not None]
    return Decimal(max(said) * (body.get(answers) or 1)) if said else None
