"""Who is on the way, what is missing and what ends, and what people wrote down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from policy_router.audit.dossier.verdicts import Names
from policy_router.audit.gaps import Thing
from policy_router.audit.lapses import LapseKind
from policy_router.domain.vocabulary import Regime
from policy_router.engine.explanation import ChangeKind, Term


class State(StrEnum):
    """Where a dated document stands on the day of the report."""

    IN_FORCE = "in_force"
    ENDED = "ended"
    NOT_YET = "not_yet"
    NOT_KNOWN_THEN = "not_known_then"


class Role(StrEnum):
    """What a party is on the way of a call."""

    GATEWAY = "gateway"
    PROVIDER = "provider"
    SUBPROCESSOR = "subprocessor"


@dataclass(frozen=True, slots=True)
class PartyPart:
    """A processor on the way. `entity`: the company that operates it, as far as it is on file.

    `claims`: the numbers of what is claimed of it on any route. `agreements`: contracts in force
    with it. `reviewed_by`: who signed reviews of it, with their reference. `permitted`: scenarios
    that some route through it may carry.
    """

    id: str
    title: str
    roles: tuple[Role, ...]
    operator: str | None
    entity: str | None
    routes: int
    claims: tuple[int, ...]
    agreements: Names
    reviewed_by: Names
    permitted: Names


@dataclass(frozen=True, slots=True)
class LawPart:
    """An adequacy decision. `instrument`: its number; `recorded`: since when it is known.

    `suspended`: what suspends it on the day of the report, with since when and its reference.
    """

    id: str
    regime: Regime
    state: State
    instrument: str | None
    sources: Names
    start: datetime | None
    end: datetime | None
    recorded: datetime
    suspended: Names


@dataclass(frozen=True, slots=True)
class TransferPart:
    """A place data may reach under a regime, the bases for it, and what they rest on.

    `country` None: not known where. `about`: what may happen there. `agreements`: contracts whose
    clauses are in force; `assessments`: those that cover some of these routes and scenarios;
    `decisions`: ids of the adequacy decisions in force that serve the party there.
    """

    regime: Regime
    party: str
    country: str | None
    about: Names
    held: Names
    possible: Names
    scenarios: Names
    routes: int
    agreements: Names
    assessments: Names
    decisions: Names = ()


@dataclass(frozen=True, slots=True)
class StepPart:
    """Something that is missing. `alone`: combinations of scenario and route it permits by itself.

    `part_of`: combinations it helps to permit. `terms`: what a contract or evidence must say.
    """

    kind: ChangeKind
    about: str
    text: str
    terms: tuple[Term, ...]
    alone: int
    part_of: int
    scenarios: Names


@dataclass(frozen=True, slots=True)
class Together:
    """Things that are enough together, and how many combinations they would permit."""

    things: tuple[Thing, ...]
    permits: int


@dataclass(frozen=True, slots=True)
class Hangs:
    """How many routes a scenario would lose."""

    scenario: str
    routes: int


@dataclass(frozen=True, slots=True)
class LapsePart:
    """Something that stops counting at an instant, and the permissions that hang on it."""

    at: datetime
    past: bool
    kind: LapseKind
    about: str
    limit_days: int | None
    attributes: Names
    routes: int
    hangs: tuple[Hangs, ...]


@dataclass(frozen=True, slots=True)
class AgreementPart:
    """A contract the organisation holds. `clauses`: of transfers, in words."""

    id: str
    state: State
    parties: Names
    document: str
    start: datetime | None
    end: datetime | None
    recorded: datetime
    covers: Names
    terms: tuple[Term, ...]
    clauses: Names
    hangs: tuple[Hangs, ...]


@dataclass(frozen=True, slots=True)
class SignoffPart:
    """A judgement a person signed; `approved` False: a rejection."""

    id: str
    state: State
    type: str
    approved: bool
    start: datetime | None
    end: datetime | None
    recorded: datetime
    by: str
    reference: str
    covers: Names
    data: Names
    purposes: Names
    tenants: Names
    hangs: tuple[Hangs, ...]


@dataclass(frozen=True, slots=True)
class ExceptionPart:
    """A waiver of one rule. `when`: the requests it is for, in words."""

    id: str
    state: State
    policy: str
    rule: str
    routes: Names
    when: str
    accepts: Names
    start: datetime | None
    end: datetime | None
    recorded: datetime
    approved_by: str
    reason: str
    reference: str
    hangs: tuple[Hangs, ...]


class Entry(StrEnum):
    """What the records of processing activities must contain (GDPR Art. 30(1) and 30(2))."""

    CONTROLLER = "controller"
    JOINT = "joint_controllers"
    REPRESENTATIVE = "representative"
    OFFICER = "data_protection_officer"
    PURPOSES = "purposes"
    SUBJECTS = "categories_of_data_subjects"
    DATA = "categories_of_personal_data"
    RECIPIENTS = "recipients"
    TRANSFERS = "transfers"
    ERASURE = "time_limits_for_erasure"
    SECURITY = "security_measures"
    PROCESSOR = "processor"
    CONTROLLERS = "controllers_it_acts_for"
    CATEGORIES = "categories_of_processing"


class Article(StrEnum):
    """Which record: of a controller, or of a processor."""

    CONTROLLER = "30(1)"
    PROCESSOR = "30(2)"


@dataclass(frozen=True, slots=True)
class Said:
    """Something on file. `party`: whom it is of; None: it is a fact of the scenario.

    `about`: the attribute or fact; of recipients None, of places the country, None if not known.
    """

    party: str | None
    about: str | None
    said: Names


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """One field of a record. `said`: what is on file; `to_fill`: a person has to complete it."""

    article: Article
    scenario: str
    entry: Entry
    said: tuple[Said, ...]
    to_fill: bool
