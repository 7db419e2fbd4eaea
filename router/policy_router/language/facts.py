"""Stated facts as facts of a request: what a person or program states is settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from policy_router.domain.diagnostic import Span
from policy_router.domain.request import FactValue, RequestFacts, SetFact
from policy_router.domain.vocabulary import LABEL_PREFIX
from policy_router.language.plainly import plain_request

if TYPE_CHECKING:
    from policy_router.language.grammar.requests import RequestBody, StatedFacts
    from policy_router.language.origins import Locator
    from policy_router.language.plainly import PlainRequest

_STATED_SETS = ("data", "subjects", "subject_location", "regime")
_SEEN_SETS = ("features", "input_modalities", "output_modalities", "server_tools")
_NAMES = (
    "purpose",
    "lawful_basis",
    "special_condition",
    "decision_effect",
    "tenant",
    "project",
    "environment",
)
_SEEN_NAMES = ("caller", "endpoint")
_FLAGS = ("stateful", "streaming")


@dataclass(frozen=True, slots=True)
class NoPlace:
    """Stands for the places of data that does not come from a document."""

    name: str

    def at(self, *path: str | int) -> Span:
        """The whole."""
        del path
        return Span(self.name, 0, 0)

    def key_at(self, *path: str | int) -> Span:
        """The whole."""
        return self.at(*path)


def request_facts(data: Mapping[str, Any], places: Locator | None = None) -> RequestFacts:
    """The facts that `data` states; keys and values as in the `request` of a scenario.

    All of them are settled: they come from the embedding program, a person or a document. An
    empty list of data, subjects, places or regimes says nothing; what is seen in a call and not
    listed is known to be absent. Raises `DocumentErrors` if a name or value is not known.
    """
    body: PlainRequest | RequestBody | None = plain_request(data)
    if body is None:
        from policy_router.language.requests import request_body  # noqa: PLC0415 - slow, and rarely needed

        body = request_body(data, places or NoPlace("in the request"))
    return facts_of(body)


def facts_of(body: PlainRequest | RequestBody) -> RequestFacts:
    """The facts that a whole request states, and those that are seen in the call."""
    stated = stated_facts(body)
    seen = {name: _settled(getattr(body, name)) for name in _SEEN_SETS}
    scalars = _single_values(body, (*_SEEN_NAMES, *_FLAGS)) | _tokens(body)
    return _facts(body.model, {**stated.sets, **seen}, {**stated.scalars, **scalars})


def stated_facts(body: PlainRequest | StatedFacts) -> RequestFacts:
    """The facts that a person or program states, whatever the call shows."""
    sets = {name: _settled(getattr(body, name)) for name in _STATED_SETS if getattr(body, name)}
    scalars = _single_values(body, _NAMES)
    scalars |= {LABEL_PREFIX + key: value for key, value in body.labels.items()}
    return _facts(None, sets, scalars)


def _facts(
    model: str | None, sets: dict[str, SetFact], scalars: dict[str, FactValue]
) -> RequestFacts:
    return RequestFacts(model, MappingProxyType(sets), MappingProxyType(scalars))


def _settled(members: tuple[str, ...]) -> SetFact:
    return SetFact(frozenset(members), settled=True)


def _single_values(
    body: PlainRequest | StatedFacts, names: tuple[str, ...]
) -> dict[str, FactValue]:
    stated = {name: getattr(body, name) for name in names}
    return {name: value for name, value in stated.items() if value is not None}


def _tokens(body: PlainRequest | RequestBody) -> dict[str, FactValue]:
    if body.tokens is None:
        return {}
    counts = {"tokens.input": body.tokens.input, "tokens.output": body.tokens.output}
    return {name: Decimal(count) for name, count in counts.items() if count is not None}
