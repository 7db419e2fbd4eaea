"""The content of an audit report: frozen values that are text, numbers, dates or lists of these.

Whatever shape a report is written in, it shows these values and works out nothing of its own.
`shape` turns them into JSON and back, and into the schema of that JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from policy_router.audit.gaps import Thing
from policy_router.audit.in_use import Why
from policy_router.audit.lapses import LapseKind
from policy_router.audit.matrix import Standing
from policy_router.domain.claim import Basis, Gap, SourceKind
from policy_router.domain.decision import Reason, Verdict
from policy_router.domain.policy import Mode
from policy_router.domain.vocabulary import Regime
from policy_router.engine.explanation import ChangeKind, Term

Names = tuple[str, ...]


class Answer(StrEnum):
    """Whether a route is what a rule asks it to be."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_KNOWN = "not_known"


class State(StrEnum):
    """Where a dated document stands on the day of the report."""

    IN_FORCE = "in_force"
    ENDED = "ended"
    NOT_YET = "not_yet"
    NOT_KNOWN_THEN = "not_known_then"


# ---- what was asked ------------------------------------------------------------------------------


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


# ---- what came of it -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evidenced:
    """A claim at one party as it counts, with its evidence, by the number the report gives it.

    `gap`: why it counts as not known. `conflicts`: how many other claims say something else.
    `age_days`: whole UTC days since it was verified, else read. `place`: where it is written.
    """

    number: int
    party: str
    attribute: str
    value: str
    gap: Gap | None
    conflicts: int
    agreement: str | None
    kind: SourceKind | None
    basis: Basis | None
    reference: str | None
    read_on: date | None
    verified_on: date | None
    verified_by: str | None
    age_days: int | None
    note: str | None
    place: str | None


@dataclass(frozen=True, slots=True)
class PlaceBasis:
    """A place a party may handle data in, and the transfer bases there are for it.

    `country` None: not known where. `certain` False: perhaps nothing is handled there. `held`:
    bases known to be there; `possible`: bases of which it is not known.
    """

    party: str
    country: str | None
    attribute: str
    certain: bool
    held: Names
    possible: Names


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing a rule asks of a route. `evidence`: the numbers of the claims it is judged by.

    `signoffs`: ids of the judgements that answer it.
    """

    subject: str
    demanded: str
    claimed: str
    answer: Answer
    evidence: tuple[int, ...]
    places: tuple[PlaceBasis, ...]
    signoffs: Names


@dataclass(frozen=True, slots=True)
class RuleFound:
    """The verdict of a rule that applies, or may.

    `open_facts`: facts of the request whose absence leaves open whether it applies.
    """

    policy: str
    rule: str
    verdict: Verdict
    exception: str | None
    demands: tuple[Demand, ...]
    open_facts: Names


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Why routes of a class may carry scenarios or not: alike for all of these scenarios.

    `said`: what stood against them before any rule. `shortest`: the shortest list of things that
    would permit it; None: no list was found, empty: it is permitted. `rules`: without those that
    do not apply.
    """

    scenarios: Names
    standing: Standing
    reason: Reason | None
    said: Names
    rules: tuple[RuleFound, ...]
    shortest: tuple[Thing, ...] | None


@dataclass(frozen=True, slots=True)
class RoutePart:
    """A route by its address. Prices in words, per one million tokens; None is not known."""

    id: str
    model: str
    address: str
    stage: str | None
    input: str | None
    output: str | None


@dataclass(frozen=True, slots=True)
class RouteClass:
    """Routes with the same verdicts on the same evidence. `parties`: in the order of a call.

    `claims`: the numbers of what is claimed of each party, by party and attribute.
    """

    id: str
    parties: Names
    routes: tuple[RoutePart, ...]
    reasonings: tuple[Reasoning, ...]
    claims: tuple[int, ...]


# ---- who is on the way ---------------------------------------------------------------------------


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
class TransferPart:
    """A place data may reach under a regime, the bases for it, and what they rest on.

    `country` None: not known where. `about`: what may happen there. `agreements`: contracts whose
    clauses are in force; `assessments`: sign-offs about transfers there.
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


# ---- what is missing, what ends, what was waived -------------------------------------------------


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
    """A contract the organisation holds. `terms`, `clauses`: in words."""

    id: str
    state: State
    parties: Names
    document: str
    start: datetime | None
    end: datetime | None
    recorded: datetime
    covers: Names
    terms: Names
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


# ---- records of processing -----------------------------------------------------------------------


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
class RecordEntry:
    """One field of a record. `said`: what is on file; `to_fill`: a person has to complete it."""

    article: Article
    scenario: str
    entry: Entry
    said: Names
    to_fill: bool


# ---- since the last report -----------------------------------------------------------------------


class CauseKind(StrEnum):
    """What brought about that a route may carry a scenario, or no longer may."""

    ROUTE = "route"
    SCENARIO = "scenario"
    POLICY = "policy"
    AGREEMENT = "agreement"
    SIGNOFF = "signoff"
    EXCEPTION = "exception"
    FACT = "fact"
    AGE = "age"
    LAW = "law"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that is not as it was. `before`, `after`: None where there was nothing.

    `attribute`: what of a party it is; None where it is no claim about one.
    """

    kind: CauseKind
    about: str
    attribute: str | None
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """Routes whose standing for a scenario is not what it was, all for the same causes.

    `before`, `after`: None where the route or the scenario was not reported on.
    """

    scenario: str
    before: Standing | None
    after: Standing | None
    routes: Names
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Since:
    """What is not as it was in an earlier report of these instants and digests."""

    at: datetime
    known_at: datetime | None
    policies: str
    registry: str
    documents: tuple[Cause, ...]
    turns: tuple[Turn, ...]


# ---- all of it -----------------------------------------------------------------------------------


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

    `since` None: there was no earlier report to compare with.
    """

    project: str | None
    at: datetime
    known_at: datetime | None
    digests: Digests
    scope: Why
    routes: int
    within_reach: int
    policies: tuple[PolicyPart, ...]
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
