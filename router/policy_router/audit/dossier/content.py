"""The content of an audit report: frozen values that are text, numbers, dates or lists of these.

Whatever shape a report is written in, it shows these values and works out nothing of its own.
`shape` turns them into JSON and back, and into the schema of that JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from policy_router.audit.changes import Written
from policy_router.audit.dossier.differences import Since
from policy_router.audit.dossier.verdicts import Evidenced, Names, RouteClass
from policy_router.audit.dossier.writings import (
    AgreementPart,
    ExceptionPart,
    LapsePart,
    LawPart,
    PartyPart,
    RecordEntry,
    SignoffPart,
    StepPart,
    Together,
    TransferPart,
)
from policy_router.audit.in_use import Why
from policy_router.domain.policy import Mode


@dataclass(frozen=True, slots=True)
class Counts:
    """How many routes may carry a scenario, how many may not, and of how many it is not known."""

    permitted: int
    refused: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact of a scenario's request. `open`: it may hold more than these values."""

    name: str
    values: Names
    open: bool


@dataclass(frozen=True, slots=True)
class ScenarioPart:
    """A scenario. `counts`: of the routes reported on; `within_reach`: of all that can be used."""

    id: str
    title: str
    text: str
    facts: tuple[Stated, ...]
    counts: Counts
    within_reach: Counts


@dataclass(frozen=True, slots=True)
class RulePart:
    """A rule of a policy in force. `own_choice`: it goes further than any law it cites.

    `place`: where it stands.
    """

    id: str
    title: str | None
    mode: Mode
    cites: Names
    own_choice: bool
    waivable: bool
    place: str | None


@dataclass(frozen=True, slots=True)
class PolicyPart:
    """A policy in force, with all its rules."""

    id: str
    version: int
    title: str
    rules: tuple[RulePart, ...]


@dataclass(frozen=True, slots=True)
class Digests:
    """SHA-256 of the policies and of the registry, as `sha256:<hex>`."""

    policies: str
    registry: str


@dataclass(frozen=True, slots=True)
class RestsOn:
    """Ids of what the permissions rest on; `law`: entries that were read at second hand."""

    agreements: Names
    exceptions: Names
    signoffs: Names
    law: Names


@dataclass(frozen=True, slots=True)
class Dossier:
    """An audit report. `scope`: why it is about these routes; `within_reach`: how many there are.

    `limited`: whether only those count that go through gateways of the project.
    `documents`: all that policies, law, contracts, sign-offs, exceptions and the project say, and
    the routes with their models and parties.
    `law`: the adequacy decisions.
    `since` None: there was no earlier report to compare with.
    """

    project: str | None
    at: datetime
    known_at: datetime | None
    digests: Digests
    scope: Why
    routes: int
    within_reach: int
    limited: bool
    policies: tuple[PolicyPart, ...]
    documents: tuple[Written, ...]
    scenarios: tuple[ScenarioPart, ...]
    classes: tuple[RouteClass, ...]
    evidence: tuple[Evidenced, ...]
    parties: tuple[PartyPart, ...]
    transfers: tuple[TransferPart, ...]
    steps: tuple[StepPart, ...]
    together: tuple[Together, ...]
    calendar: tuple[LapsePart, ...]
    calendar_days: int
    agreements: tuple[AgreementPart, ...]
    signoffs: tuple[SignoffPart, ...]
    exceptions: tuple[ExceptionPart, ...]
    records: tuple[RecordEntry, ...]
    rests_on: RestsOn
    since: Since | None
    law: tuple[LawPart, ...] = ()
