"""What Opper's lists say of data handling, in the values of this language; worst reading first.

A word whose meaning is not documented is no value: it is passed over, and stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from policy_router.domain.claim import ClaimValue, Members
from policy_router.language.grammar.codes import ANYWHERE, COUNTRIES
from policy_router.registry.importers.drafts import Said
from policy_router.registry.importers.fields import Fields, flag, listed, optional, part, tokens

_ZERO_RETENTION: Final = {
    "always": "default",
    "enterprise": "available",
    "never": "unavailable",
    "none": "unavailable",
}
_TRAINING: Final = {"no": "off_by_default", "off": "off_by_default", "yes": "used", "on": "used"}
_HUMAN_REVIEW: Final = {"none": "none", "flagged": "flagged_only", "flagged_only": "flagged_only"}
_LOGGING: Final = {
    "none": "none",
    "metadata": "metadata",
    "abuse_monitoring": "abuse_monitoring",
    "content": "content",
}


def said(fields: Fields) -> Iterator[Said]:
    """The claims of a row of `/v3/models` about its provider."""
    route = part(fields, "route")
    handling, gdpr = part(route, "data_handling"), part(route, "gdpr")
    logging = part(handling, "logging")
    yield from _word(part(handling, "zdr"), "status", "zero_data_retention", _ZERO_RETENTION)
    yield from _word(part(handling, "training"), "default", "training", _TRAINING)
    yield from _word(logging, "default", "logging", _LOGGING)
    yield from _word(logging, "human_review", "human_review", _HUMAN_REVIEW)
    yield from _retention(logging)
    yield from _third_parties(handling)
    yield from _contract(gdpr)
    compliance = part(fields, "compliance")
    yield from _places(compliance, "inference_location", "inference_location")
    yield from _places(compliance, "storage_location", "storage_location")
    if "inference_location" not in compliance:
        yield from _places(fields, "country", "inference_location")


def summary_said(own: Fields) -> Iterator[Said]:
    """The claims of a row of `/v3/compat/models`: it states a place, and little else."""
    yield from _places(own, "country", "inference_location")


def _word(fields: Fields, key: str, attribute: str, values: dict[str, str]) -> Iterator[Said]:
    word = optional(fields, key, str, "text")
    if word in values:
        yield Said(attribute, values[word], f"{key}: {word}")


def _retention(logging: Fields) -> Iterator[Said]:
    """A zero may also mean that nothing is logged, which does not say that nothing is kept."""
    days = tokens(logging, "retention_days")
    if days is not None:
        yield Said("retention_days", Decimal(days), f"retention_days: {days}")


def _third_parties(handling: Fields) -> Iterator[Said]:
    access = flag(handling, "third_party_access")
    if access is not None:
        value = "disclosed" if access else "none_disclosed"
        yield Said("third_party_access", value, f"third_party_access: {str(access).lower()}")


def _contract(gdpr: Fields) -> Iterator[Said]:
    offered = flag(gdpr, "dpa_available")
    if offered is not None:
        value = "available" if offered else "none"
        yield Said("dpa", value, f"dpa_available: {str(offered).lower()}")


def _places(fields: Fields, key: str, attribute: str) -> Iterator[Said]:
    """Countries by their codes; a zone such as `EU` is not its members, and says nothing here."""
    found = fields.get(key)
    names = [found] if isinstance(found, str) else listed(fields, key) or []
    places = frozenset(name for name in names if isinstance(name, str))
    if places and places <= (COUNTRIES | {ANYWHERE}):
        value: ClaimValue = Members(places)
        yield Said(attribute, value, f"{key}: {', '.join(sorted(places))}")
