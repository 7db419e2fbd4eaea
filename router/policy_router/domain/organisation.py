"""Documents of a project that do not decide: who calls, typical requests, where things lie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from policy_router.domain.diagnostic import Span
from policy_router.domain.request import RequestFacts


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller. `facts`: its floor; `may_declare`: facts its word settles."""

    id: str
    key_sha256: str | None
    facts: RequestFacts
    may_declare: frozenset[str]
    span: Span


@dataclass(frozen=True, slots=True)
class Scenario:
    """Named request facts in plain words, for audits."""

    id: str
    title: str
    text: str
    request: RequestFacts
    span: Span


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a case of a suite expects; None and empty are not checked."""

    outcome: str
    reason: str | None = None
    route: str | None = None
    chain: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SuiteCase:
    """A request at an instant and what should come of it."""

    id: str
    request: RequestFacts
    at: datetime
    known_at: datetime | None
    expect: Expectation
    span: Span


@dataclass(frozen=True, slots=True)
class Suite:
    """Test cases for policies. `project`, `documents`: paths beside the suite's file."""

    id: str
    policies: tuple[str, ...]
    project: str | None
    documents: tuple[str, ...]
    cases: tuple[SuiteCase, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class PackRef:
    """A pack in force, and the version the project was written for."""

    id: str
    version: int | None
    span: Span


@dataclass(frozen=True, slots=True)
class Approver:
    """A role and the rules it may approve exceptions to, as `policy/rule` patterns."""

    role: str
    may_approve: tuple[str, ...]


OPPER_TAG: Final = "policy_router_decision"
"""The key of the tag that every call to Opper has from here: it holds the decision's id."""

MOST_OPPER_TAGS: Final = 7
"""How many tags of a client's may go to Opper, which takes eight with a call."""


@dataclass(frozen=True, slots=True)
class Enforcement:
    """How decisions bind. `observe_until`: before then calls pass whatever is decided.

    `withhold`: an answer that says it is of another model or provider does not go out.
    `forward_auth`: gateways of which it is stated that no call reaches anything but the routes on
    file, keeps state there or is handed on, so that a proxy may ask without showing the call.
    `opper_tags`: keys of the tags that go on to Opper, which keeps them with its billing.
    `last_good_hours`: how long documents are decided from that cannot be replaced by what their
    files say.
    """

    observe_until: datetime | None = None
    withhold: bool = False
    forward_auth: tuple[str, ...] = ()
    opper_tags: frozenset[str] = frozenset()
    last_good_hours: int = 24


@dataclass(frozen=True, slots=True)
class Serving:
    """What the sidecar bears; None: as much as it bears by itself.

    `body_bytes`: how long the body of a call may be, also unpacked; `text_bytes`: how much of it
    may be anything but long content in base64. `silent_seconds`: how long an upstream may say
    nothing. `calls`: how many may be under way at once, those whose answers are streaming among
    them.
    """

    body_bytes: int | None = None
    text_bytes: int | None = None
    silent_seconds: int | None = None
    calls: int | None = None
