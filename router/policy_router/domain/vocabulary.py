"""The words of the language: attributes of a route, facts of a request, taxonomies.

Source of the data taxonomy: W3C Data Privacy Vocabulary 2 (names map to `dpv:`/`pd:` terms),
GDPR Art. 4(1), 9(1) and 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Regime(StrEnum):
    """The data protection law under which an exporter sends personal data."""

    EU_GDPR = "eu_gdpr"
    UK_GDPR = "uk_gdpr"
    CH_FADP = "ch_fadp"


class AttributeKind(StrEnum):
    """What sort of value an attribute of a route has, and so which matchers it takes."""

    NAME = "name"
    COUNTRIES = "countries"
    TAGS = "tags"
    ORDERED = "ordered"
    NUMBER = "number"
    MONEY = "money"
    BASES = "bases"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a route.

    `values`: the closed choice, best first where `kind` is `ORDERED`.
    `claimed`: data-handling or legal claim, stated per hop and subject to evidence demands.
    `more_is_better`: for sets, whether a larger set favours the route.
    """

    name: str
    kind: AttributeKind
    values: tuple[str, ...] = ()
    claimed: bool = False
    more_is_better: bool = False
    matchable: bool = True


def _ordered(name: str, *values: str) -> Attribute:
    return Attribute(name, AttributeKind.ORDERED, values, claimed=True)


def _countries(name: str) -> Attribute:
    return Attribute(name, AttributeKind.COUNTRIES, claimed=True)


CLAIMED_ATTRIBUTES: Final = (
    _countries("maker_jurisdiction"),
    _countries("provider_jurisdiction"),
    _countries("parent_jurisdiction"),
    _countries("inference_location"),
    _countries("storage_location"),
    _countries("support_location"),
    Attribute("retention_days", AttributeKind.NUMBER, claimed=True),
    _ordered("zero_data_retention", "default", "granted", "available", "unavailable"),
    Attribute("zdr_exceptions", AttributeKind.TAGS, claimed=True),
    _ordered("training", "prohibited", "off_by_default", "opted_out", "used"),
    _ordered("logging", "none", "metadata", "abuse_monitoring", "content"),
    _ordered("human_review", "none", "flagged_only", "sampled"),
    _ordered("caching", "none", "request", "organisation", "shared"),
    _ordered("third_party_access", "none", "none_disclosed", "disclosed"),
    _ordered("dpa", "in_force", "available", "none"),
    Attribute("use_restrictions", AttributeKind.TAGS, claimed=True),
    Attribute("certifications", AttributeKind.TAGS, claimed=True, more_is_better=True),
    Attribute("dpf", AttributeKind.RECORD, claimed=True, matchable=False),
    Attribute(
        "adequacy_conditions",
        AttributeKind.TAGS,
        claimed=True,
        more_is_better=True,
        matchable=False,
    ),
    Attribute(
        "transfers_offered",
        AttributeKind.TAGS,
        claimed=True,
        more_is_better=True,
        matchable=False,
    ),
)

TRANSFER_BASIS: Final = "transfer_basis."
"""How the attribute for the transfers under a regime begins."""

TRANSFER_BASES: Final[dict[Regime, tuple[str, ...]]] = {
    Regime.EU_GDPR: ("not_a_transfer", "adequacy", "dpf", "scc_with_tia", "bcr_with_tia"),
    Regime.UK_GDPR: ("not_a_transfer", "adequacy", "dpf", "idta_with_tra", "addendum_with_tra"),
    Regime.CH_FADP: ("not_a_transfer", "adequacy", "dpf", "scc_swiss_with_tia"),
}
"""Bases a place can have, per exporting regime (GDPR Art. 44-47; DPA 2018 s.119A; FADP Art. 16)."""

HOME_TERRITORY: Final[dict[Regime, str]] = {
    Regime.EU_GDPR: "EEA",
    Regime.UK_GDPR: "UK",
    Regime.CH_FADP: "SWITZERLAND",
}

STAGES: Final = ("ga", "preview", "deprecated", "retired")

METERS: Final = (
    "input",
    "output",
    "cached_input",
    "cache_write",
    "reasoning",
    "image",
    "audio_input",
    "audio_output",
    "request",
)
"""What a price is for; all per one million tokens except `request`, per one million calls."""

SIGNOFF_TYPES: Final = (
    "dpia",
    "tia",
    "art9_condition",
    "art10_authority",
    "lia",
    "vendor_review",
    "parental_consent",
    "secrecy_undertaking",
)

_DERIVED: Final = (
    *(
        Attribute(f"{TRANSFER_BASIS}{regime.value}", AttributeKind.BASES, bases)
        for regime, bases in TRANSFER_BASES.items()
    ),
    Attribute("signoff", AttributeKind.TAGS, SIGNOFF_TYPES),
)

_PLAIN: Final = (
    *(
        Attribute(name, AttributeKind.NAME)
        for name in ("route", "model", "maker", "provider", "gateway")
    ),
    Attribute("stage", AttributeKind.NAME, STAGES),
    *(
        Attribute(name, AttributeKind.NUMBER)
        for name in ("context_window", "max_output_tokens", "throughput", "first_token_seconds")
    ),
    *(
        Attribute(name, AttributeKind.TAGS, more_is_better=True)
        for name in ("features", "input_modalities", "output_modalities")
    ),
    *(Attribute(f"price.{meter}", AttributeKind.MONEY) for meter in METERS),
    Attribute("cost", AttributeKind.MONEY),
)

ATTRIBUTES: Final[dict[str, Attribute]] = {
    a.name: a for a in (*CLAIMED_ATTRIBUTES, *_DERIVED, *_PLAIN)
}

BENCHMARK_PREFIX: Final = "benchmarks."
LABEL_PREFIX: Final = "labels."


def attribute(name: str) -> Attribute | None:
    """The attribute called `name`, `benchmarks.<anything>` included; None if there is none."""
    if name.startswith(BENCHMARK_PREFIX) and len(name) > len(BENCHMARK_PREFIX):
        return Attribute(name, AttributeKind.NUMBER)
    return ATTRIBUTES.get(name)


class FactKind(StrEnum):
    """What sort of value a fact of a request has."""

    SET = "set"
    NAME = "name"
    FLAG = "flag"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One fact of a request.

    `observed`: read off the call itself, so that an absent set is known to be empty.
    `floor_only`: comes from the authenticated caller or the embedding program, never declared.
    """

    name: str
    kind: FactKind
    values: tuple[str, ...] = ()
    observed: bool = False
    floor_only: bool = False


SPECIAL_CATEGORIES: Final = (
    "health",
    "genetic",
    "biometric",
    "ethnic_origin",
    "political_opinion",
    "religion_or_belief",
    "union_membership",
    "sex_life",
)

PARENT_CATEGORY: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("pseudonymised", "cardholder", "criminal", "child", "special_category"), "personal"
    ),
    **dict.fromkeys(SPECIAL_CATEGORIES, "special_category"),
}
"""The category directly above each category of personal data."""

LAWFUL_BASES: Final = tuple(f"A6-1-{letter}" for letter in "abcdef")
"""GDPR and UK GDPR Art. 6(1)(a) to (f)."""

SPECIAL_CONDITIONS: Final = tuple(f"A9-2-{letter}" for letter in "abcdefghij")
"""GDPR and UK GDPR Art. 9(2)(a) to (j)."""

DECISION_EFFECTS: Final = ("none", "assistive", "legal_or_similar")
"""What follows from the answer for a person (GDPR Art. 22)."""

HUMAN_RESOURCES: Final = ("employees", "former_employees", "job_applicants", "workers")
"""Subjects whose data is human resources data, which a list entry must cover on its own."""

SUBJECTS: Final = (
    *HUMAN_RESOURCES,
    "customers",
    "prospects",
    "business_contacts",
    "suppliers",
    "users",
    "patients",
    "students",
    "children",
    "citizens",
    "other_persons",
)


def listed_data(subject: str) -> frozenset[str]:
    """What a list entry must cover for data of `subject`; everything if the word is not known."""
    if subject in HUMAN_RESOURCES:
        return frozenset({"hr"})
    return frozenset({"non_hr"} if subject in SUBJECTS else {"hr", "non_hr"})


DATA_CATEGORIES: Final = (
    "non_personal",
    "personal",
    *PARENT_CATEGORY,
    "professional_secret",
    "trade_secret",
    "source_code",
)


def category_ancestors(category: str) -> tuple[str, ...]:
    """`category` and everything above it, nearest first."""
    line = [category]
    while line[-1] in PARENT_CATEGORY:
        line.append(PARENT_CATEGORY[line[-1]])
    return tuple(line)


def effective_categories(categories: frozenset[str]) -> frozenset[str]:
    """`categories`, where `non_personal` beside any personal category is dropped."""
    personal = any("personal" in category_ancestors(c) for c in categories)
    return categories - {"non_personal"} if personal else categories


REQUESTED_MODEL: Final = "requested.model"
SERVER_TOOLS: Final = "server_tools"
"""Tools that run at the provider, and not where the call comes from."""

FACTS: Final[dict[str, FactSpec]] = {
    spec.name: spec
    for spec in (
        FactSpec("data", FactKind.SET, DATA_CATEGORIES),
        FactSpec("subjects", FactKind.SET, SUBJECTS),
        FactSpec("subject_location", FactKind.SET),
        FactSpec("regime", FactKind.SET, tuple(r.value for r in Regime)),
        FactSpec("purpose", FactKind.NAME),
        FactSpec("lawful_basis", FactKind.NAME, LAWFUL_BASES),
        FactSpec("special_condition", FactKind.NAME, SPECIAL_CONDITIONS),
        FactSpec("decision_effect", FactKind.NAME, DECISION_EFFECTS),
        FactSpec("tenant", FactKind.NAME, floor_only=True),
        FactSpec("project", FactKind.NAME, floor_only=True),
        FactSpec("environment", FactKind.NAME, floor_only=True),
        FactSpec("caller", FactKind.NAME, floor_only=True),
        FactSpec(REQUESTED_MODEL, FactKind.NAME, observed=True),
        FactSpec("endpoint", FactKind.NAME, observed=True),
        FactSpec("features", FactKind.SET, observed=True),
        FactSpec("input_modalities", FactKind.SET, observed=True),
        FactSpec("output_modalities", FactKind.SET, observed=True),
        FactSpec(SERVER_TOOLS, FactKind.SET, observed=True),
        FactSpec("stateful", FactKind.FLAG, observed=True),
        FactSpec("streaming", FactKind.FLAG, observed=True),
        FactSpec("tokens.input", FactKind.NUMBER, observed=True),
        FactSpec("tokens.output", FactKind.NUMBER, observed=True),
    )
}

CHAT: Final = "chat_completions"
TEXT: Final = "text"
EMBEDDING: Final = "embedding"

GIVES: Final[dict[str, str]] = {
    CHAT: TEXT,
    "responses": TEXT,
    "messages": TEXT,
    "generate_content": TEXT,
    "count_tokens": TEXT,
    "embeddings": EMBEDDING,
    "embed_content": EMBEDDING,
}
"""What a model gives for text that serves an operation, by the operation's fact `endpoint`."""

REQUEST_READS: Final[dict[str, tuple[str, ...]]] = {
    "signoff": ("data", "purpose", "tenant"),
    TRANSFER_BASIS: ("data", "purpose", "tenant", "subjects"),
    "cost": ("tokens.input", "tokens.output"),
}
"""The facts of a request that attributes of a route depend on, by how the attribute begins."""

SCOPE_FACTS: Final = tuple(spec.name for spec in FACTS.values() if spec.floor_only)


def fact(name: str) -> FactSpec | None:
    """The fact called `name`, `labels.<key>` included; None if there is none."""
    if name.startswith(LABEL_PREFIX) and len(name) > len(LABEL_PREFIX):
        return FactSpec(name, FactKind.NAME)
    return FACTS.get(name)


def is_set_fact(name: str) -> bool:
    """Whether a fact holds several values."""
    spec = fact(name)
    return spec is not None and spec.kind is FactKind.SET


def is_number_fact(name: str) -> bool:
    """Whether a fact is a number."""
    spec = fact(name)
    return spec is not None and spec.kind is FactKind.NUMBER


def is_observed(name: str) -> bool:
    """Whether a fact is read off the call itself, so that an empty set is an answer."""
    spec = fact(name)
    return spec is not None and spec.observed
