"""A request as an embedding program states it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from policy_router.domain.request import RequestFacts
from policy_router.language.facts import request_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The facts of one call, stated by the program that makes it, and so settled.

    A fact left out is unknown, and unknown never helps; what describes the call itself
    (`features`, modalities, `server_tools`, `stateful`, `streaming`) is known to be none.
    Names and values: language reference, "facts of a request".
    """

    model: str | None = None
    data: Iterable[str] = ()
    subjects: Iterable[str] = ()
    subject_location: Iterable[str] = ()
    regime: Iterable[str] = ()
    purpose: str | None = None
    lawful_basis: str | None = None
    special_condition: str | None = None
    decision_effect: str | None = None
    tenant: str | None = None
    project: str | None = None
    environment: str | None = None
    caller: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    endpoint: str | None = None
    features: Iterable[str] = ()
    input_modalities: Iterable[str] = ()
    output_modalities: Iterable[str] = ()
    server_tools: Iterable[str] = ()
    stateful: bool = False
    streaming: bool = False
    tokens_input: int | None = None
    tokens_output: int | None = None

    def facts(self) -> RequestFacts:
        """These facts, checked; raises `DocumentErrors` for a name or value that is not known."""
        stated: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        tokens = {n: stated.pop(f"tokens_{n}") for n in ("input", "output")}
        stated["tokens"] = {n: str(count) for n, count in tokens.items() if count is not None}
        return request_facts({name: _plain(value) for name, value in stated.items() if value})


def _plain(value: object) -> object:
    """The value as a document would write it: text, lists and mappings."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {str(k): str(v) for k, v in value.items()}
    if isinstance(value, Iterable):
        return sorted(str(v) for v in value)
    return str(value)
