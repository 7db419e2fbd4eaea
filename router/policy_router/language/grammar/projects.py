"""Projects, callers, scenarios and suites."""

from __future__ import annotations

from typing import Annotated, Any, Final, Self

from pydantic import Field, ValidationInfo, WithJsonSchema, field_validator, model_validator

from policy_router.domain.decision import Outcome, Reason
from policy_router.domain.organisation import MOST_OPPER_TAGS, OPPER_TAG
from policy_router.language.grammar.body import Body, DocumentBody
from policy_router.language.grammar.quantities import Amount, Count, End, Flag, Instant, Start
from policy_router.language.grammar.refusals import refusal
from policy_router.language.grammar.requests import RequestBody, StatedFacts
from policy_router.language.grammar.values import (
    NAMED,
    Currency,
    Glob,
    Id,
    Maybe,
    OneOf,
    OpperTag,
    Sha256,
    Tag,
    Text,
)
from policy_router.language.text import quoted

_LATEST_CHECKPOINT: Final = 60
_LONGEST_KEPT: Final = 36_500
"""Days: a hundred years."""


_GIT_SCHEMES: Final = ("file", "https", "ssh")


class PackBody(Body):
    """A pack in force."""

    id: Tag
    version: Maybe[Count] = None


class PreferBody(Body):
    """How to order what is permitted."""

    when: Annotated[Any, WithJsonSchema({NAMED: "RequestPredicate"})] = Field(
        description="say for which requests; `when: {}` is all of them"
    )
    by: tuple[Tag, ...] = Field(min_length=1)


class SubstitutionBody(Body):
    """Which alias may stand in for a model."""

    model: Id
    alias: Id
    when: Annotated[Any, WithJsonSchema({NAMED: "RequestPredicate"})] = Field(
        description="say for which requests; `when: {}` is all of them"
    )


class ApproverBody(Body):
    """Who may approve exceptions to which rules."""

    role: Text
    may_approve: tuple[Glob, ...] = Field(min_length=1)


class RateBody(Body):
    """A dated exchange rate: US dollars for one unit."""

    currency: Currency
    usd: Amount
    start: Start = Field(alias="from")
    end: End = Field(alias="until")

    @model_validator(mode="after")
    def _is_a_rate(self) -> Self:
        if self.currency == "USD":
            raise refusal("SCH107", "a US dollar is a US dollar", "delete the rate")
        if self.usd == 0:
            raise refusal("SCH105", "a rate of zero", "state what one unit is worth")
        return self


class LogBody(Body):
    """Where decisions are logged."""

    folder: Text = Field(description="made with the first record; enforcement points may share it")
    key: Maybe[Text] = Field(
        default=None, description="file of the key that signs checkpoints: the extra `signing`"
    )
    anchor: Maybe[Text] = Field(
        default=None,
        description="file on another volume to which every checkpoint is appended too",
    )
    anchor_git: Maybe[Text] = Field(
        default=None,
        description="bare git repository to which every checkpoint is pushed: a path, or an "
        "address with `ssh` or `https`",
    )
    otel: Maybe[Annotated[str, OneOf(("checkpoints", "records"))]] = Field(
        default=None,
        description="what a collector gets as OpenTelemetry logs: the extra `otel`; `records`: "
        "checkpoints too",
    )
    keep_days: Maybe[Count] = Field(
        default=None,
        description="how long records are kept at least; older segments go, and a record says so",
    )
    checkpoint_minutes: Maybe[Count] = Field(
        default=None,
        description="how long a record waits for a checkpoint that covers it, at most: 10 unless "
        "said, and 1 to 60",
    )

    subjects: Maybe[Text] = Field(
        default=None,
        description="store of one key for each person that callers name, apart from the log",
    )

    @field_validator("anchor_git")
    @classmethod
    def _is_a_remote(cls, remote: str) -> str:
        scheme, apart, rest = remote.partition("://")
        if remote.startswith("-") or "::" in remote or (apart and scheme not in _GIT_SCHEMES):
            message = f"{quoted(remote)} is no git repository that is pushed to"
            raise refusal("SCH105", message, "write a path, or an address with `ssh` or `https`")
        if ":" in rest.partition("/")[0].rpartition("@")[0]:
            message = "the address of a repository holds a password"
            raise refusal("SCH105", message, "leave it to ssh, or to `.netrc`")
        return remote

    @field_validator("keep_days")
    @classmethod
    def _keeps_something(cls, days: int) -> int:
        if not 1 <= days <= _LONGEST_KEPT:
            message = "records are kept for at least 1 day and at most 36,500"
            raise refusal("SCH105", message, "correct the number, or leave it out: for good")
        return days

    @field_validator("checkpoint_minutes")
    @classmethod
    def _covers_soon(cls, minutes: int) -> int:
        if not 1 <= minutes <= _LATEST_CHECKPOINT:
            message = "a checkpoint comes after at least 1 minute and at most 60"
            raise refusal("SCH105", message, "correct the number, or leave it out: 10")
        return minutes


class ForwardAuthBody(Body):
    """What holds of every call a gateway gets: whoever is asked about one does not see its body."""

    only_routes_on_file: Flag = Field(
        description="state that a call reaches none but the routes on file, whatever it names"
    )
    keeps_no_state: Flag = Field(
        description="state that nothing of a call is kept for a later one, whatever it asks for"
    )
    hands_nothing_on: Flag = Field(
        description="state that no tool is run and no address fetched, whatever a call asks for"
    )

    @model_validator(mode="after")
    def _holds(self) -> Self:
        for name in type(self).model_fields:
            if not getattr(self, name):
                advice = "take the gateway out here, and have its callers use the sidecar's address"
                message = f"`{name}` does not hold, so no call to the gateway could be let through"
                raise refusal("SCH107", message, advice)
        return self


_LONGEST_HOURS = 7 * 24
_HOURS = {"type": "integer", "minimum": 1, "maximum": _LONGEST_HOURS}


class EnforcementBody(Body):
    """Whether what is decided binds, how long, and what becomes of answers that contradict it."""

    mode: Annotated[str, OneOf(("enforce", "observe"))] = "enforce"
    end: Maybe[End] = Field(default=None, alias="until")
    contradicted: Annotated[str, OneOf(("record", "withhold"))] = "record"
    forward_auth: dict[Id, ForwardAuthBody] = Field(
        default={}, description="the gateways of yours that a proxy may ask about"
    )
    opper_tags: tuple[OpperTag, ...] = Field(
        default=(),
        json_schema_extra={"maxItems": MOST_OPPER_TAGS},
        description="keys of `X-Opper-Tags` that go on to Opper, which keeps them with its billing",
    )

    @field_validator("opper_tags")
    @classmethod
    def _are_others(cls, stated: tuple[str, ...]) -> tuple[str, ...]:
        if len(stated) > MOST_OPPER_TAGS:
            message = f"Opper takes no more than {MOST_OPPER_TAGS} beside the one of the decision"
            raise refusal("SCH105", message, "leave some out")
        if len(set(stated)) < len(stated):
            raise refusal("SCH105", "a key stands there twice", "leave it there once")
        if OPPER_TAG in stated:
            message = f"`{OPPER_TAG}` is the tag that every call has from here"
            raise refusal("SCH105", message, "leave it out")
        return stated

    last_good_hours: Maybe[Annotated[Count, WithJsonSchema(_HOURS)]] = Field(
        default=None,
        description="how long documents are decided from that can no longer be replaced by what "
        "their files say; 24 by default, at most 168",
    )

    @field_validator("last_good_hours")
    @classmethod
    def _is_short(cls, hours: int | None) -> int | None:
        if hours is not None and not 1 <= hours <= _LONGEST_HOURS:
            message = f"documents that cannot be replaced may not count for {hours} hours"
            raise refusal("SCH105", message, f"write hours from 1 to {_LONGEST_HOURS}, a week")
        return hours

    @model_validator(mode="after")
    def _observes_for_a_time(self) -> Self:
        if self.mode == "observe" and self.end is None:
            advice = "add `until`, a day at most 90 days ahead"
            raise refusal("SCH107", "it does not say how long calls are only observed", advice)
        if self.mode == "enforce" and self.end is not None:
            raise refusal("SCH107", "only observing has an end", "delete `until`")
        return self


_MOST_SERVED: Final = {"body_mib": 64, "text_mib": 64, "silent_seconds": 3_600, "calls": 65_536}


def _served(name: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "integer", "minimum": 1, "maximum": _MOST_SERVED[name]})


class ServeBody(Body):
    """What `serve` bears: from its next start on."""

    body_mib: Maybe[Annotated[Count, _served("body_mib")]] = Field(
        default=None,
        description="how many MiB the body of a call may have, also unpacked; 20 by default, at "
        "most 64",
    )
    text_mib: Maybe[Annotated[Count, _served("text_mib")]] = Field(
        default=None,
        description="how many MiB of it may be text, not long base64; 4 by default, at most 64",
    )
    silent_seconds: Maybe[Annotated[Count, _served("silent_seconds")]] = Field(
        default=None,
        description="how long an upstream may say nothing; 600 by default, at most 3,600",
    )
    calls: Maybe[Annotated[Count, _served("calls")]] = Field(
        default=None,
        description="how many calls may be under way at once, open streams among them; 16,384 by "
        "default, at most 65,536",
    )

    @field_validator(*_MOST_SERVED)
    @classmethod
    def _is_bounded(cls, stated: int | None, said: ValidationInfo) -> int | None:
        most = _MOST_SERVED[said.field_name or ""]
        if stated is not None and not 1 <= stated <= most:
            message = f"`{said.field_name}` may not be {stated}"
            raise refusal("SCH105", message, f"write a whole number from 1 to {most:,}")
        return stated


class BuiltInBody(Body):
    """The detector that comes along; it needs the extra `pii`."""

    not_personal: tuple[Text, ...] = Field(
        default=(),
        description="addresses and domains that are nobody's, such as `@company.example`",
    )

    @field_validator("not_personal")
    @classmethod
    def _are_addresses(cls, stated: tuple[str, ...]) -> tuple[str, ...]:
        for entry in stated:
            if "@" not in entry:
                message = f"{quoted(entry)} is neither an address nor a domain"
                raise refusal(
                    "SCH105", message, "write `name@company.example` or `@company.example`"
                )
        return stated


class PresidioBody(Body):
    """Presidio; it needs the extra `presidio`."""

    pipelines: dict[Id, Text | None] = Field(
        min_length=1,
        description="the installed spaCy pipeline of each language (ISO 639-1); null: none",
    )


class DetectorsBody(Body):
    """Which detectors read the texts of calls, and how much of them."""

    built_in: Maybe[BuiltInBody] = None
    presidio: Maybe[PresidioBody] = None
    characters: Maybe[Count] = Field(
        default=None, description="how many characters of a call are read; 49,152 by default"
    )


class ProjectBody(DocumentBody):
    """What is in force, and what the organisation has."""

    kind: Annotated[str, OneOf(("project",))]
    packs: tuple[PackBody, ...] = Field(
        min_length=1, description="the policies in force, such as `packs: [{id: gdpr}]`"
    )
    documents: tuple[Text, ...] = ()
    registry: Annotated[str, OneOf(("shipped", "none"), "registry")] = "shipped"
    gateways: tuple[Id, ...] = Field(
        min_length=1, description="the gateways you have, such as `gateways: [opper]`"
    )
    scenarios: Maybe[tuple[Id, ...]] = None
    prefer: tuple[PreferBody, ...] = ()
    substitution: tuple[SubstitutionBody, ...] = ()
    approvers: tuple[ApproverBody, ...] = ()
    rates: tuple[RateBody, ...] = ()
    log: Maybe[LogBody] = None
    enforcement: Maybe[EnforcementBody] = None
    detectors: Maybe[DetectorsBody] = None
    serve: Maybe[ServeBody] = None


class CallerBody(DocumentBody):
    """An authenticated caller."""

    kind: Annotated[str, OneOf(("caller",))]
    key_sha256: Maybe[Sha256] = None
    facts: StatedFacts
    may_declare: tuple[Text, ...] = ()


class ScenarioBody(DocumentBody):
    """Named request facts in plain words."""

    kind: Annotated[str, OneOf(("scenario",))]
    title: Text
    text: Text
    request: RequestBody


class ExpectBody(Body):
    """What should come of a case: lists hold some of the verdicts, as `policy/rule`."""

    outcome: Annotated[Outcome, OneOf(Outcome, "outcome")]
    reason: Maybe[Annotated[Reason, OneOf(Reason, "reason")]] = None
    route: Maybe[Id] = None
    chain: tuple[Id, ...] = ()
    fails: tuple[Id, ...] = ()
    unknown: tuple[Id, ...] = ()
    excepted: tuple[Id, ...] = ()
    missing: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.outcome is Outcome.PERMITTED and self.reason is not None:
            raise refusal("SCH107", "`reason` is why a request is denied")
        if self.outcome is Outcome.DENIED and (self.route or self.chain):
            raise refusal("SCH107", "a denied request has no `route` and no `chain`")
        return self


class CaseBody(Body):
    """A request at an instant, and what should come of it."""

    id: Tag
    title: Maybe[Text] = None
    at: Maybe[Instant] = None
    known_at: Maybe[Instant] = None
    request: RequestBody
    expect: ExpectBody


class SuiteBody(DocumentBody):
    """Test cases for policies."""

    kind: Annotated[str, OneOf(("suite",))]
    at: Maybe[Instant] = None
    known_at: Maybe[Instant] = None
    policies: tuple[Tag, ...] = Field(min_length=1)
    project: Maybe[Text] = None
    documents: tuple[Text, ...] = ()
    cases: tuple[CaseBody, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_an_instant(self) -> Self:
        timeless = [case.id for case in self.cases if case.at is None and self.at is None]
        if timeless:
            message = f"no instant is given for case `{timeless[0]}`"
            raise refusal("SCH107", message, "add `at` to the suite or to the case")
        return self
