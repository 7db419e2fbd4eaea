"""From what the command line and a request file state to a decision about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from policy_router.cli.requests import Stated
from policy_router.domain.diagnostic import DocumentErrors, Span
from policy_router.domain.request import RequestFacts
from policy_router.language.facts import NoPlace, request_facts
from policy_router.service.decision import Decision
from policy_router.service.pdp import PDP
from policy_router.store.project import LoadErrors

if TYPE_CHECKING:
    from policy_router.language.origins import Locator


@dataclass(frozen=True, slots=True)
class _Origins:
    """Places of facts: the option that stated one, else the request file."""

    flags: Mapping[str, str]
    file: Locator

    def at(self, *path: str | int) -> Span:
        """Where the value at `path` was stated."""
        option = self.flags.get(str(path[0])) if path else None
        return Span(option, 1, 1) if option else self.file.at(*path)

    def key_at(self, *path: str | int) -> Span:
        """Where the key at `path` was stated."""
        option = self.flags.get(str(path[0])) if path else None
        return Span(option, 1, 1) if option else self.file.key_at(*path)


def decided(pdp: PDP, stated: Stated) -> Decision:
    """The decision on what is stated; raises `DocumentErrors` for what is no fact or no value.

    Where a project knows callers and one is named, its floor is joined as for a real call.
    """
    facts = _facts(stated)
    if "caller" in facts.scalars and pdp.loaded.project is not None:
        from policy_router.cli.called import called  # noqa: PLC0415 - slow, and of callers only

        facts = called(facts, pdp.loaded.callers)
    return pdp.decide(facts, at=stated.at, known_at=stated.known_at)


def _facts(stated: Stated) -> RequestFacts:
    from_file, places, sources = _from_file(stated.file)
    try:
        return request_facts({**from_file, **stated.facts}, _Origins(stated.flags, places))
    except DocumentErrors as error:
        raise LoadErrors(error.diagnostics, sources) from None


def _from_file(name: str | None) -> tuple[dict[str, Any], Locator, dict[str, str]]:
    """The mapping in a request file, its places and its text; empty without a file."""
    if name is None:
        return {}, NoPlace("--request"), {}
    from policy_router.cli.request_file import request_file  # noqa: PLC0415 - slow, and rarely used

    return request_file(name)
