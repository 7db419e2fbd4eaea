"""Claims of a document, with the evidence of their sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from policy_router.domain.claim import Claim, ClaimValue, Listing, Members, SourceKind
from policy_router.language.draft import Draft
from policy_router.language.grammar.claims import (
    AnyRecord,
    ClaimsBody,
    ListingBody,
    PlacesRecord,
    SourceBody,
    Sources,
    TagsRecord,
)
from policy_router.language.grammar.quantities import start_of
from policy_router.language.parsing import B
from policy_router.registry.build.evidence import recorded_from


def claims_of(
    draft: Draft[B], sources: Sources, body: ClaimsBody, *path: str | int
) -> tuple[Claim, ...]:
    """The claims at `path`; a single record stands at the path of its attribute."""
    found: list[Claim] = []
    stated = body.model_fields_set
    for attribute in filter(stated.__contains__, ClaimsBody.model_fields):
        records: tuple[AnyRecord, ...] = getattr(body, attribute)
        for number, record in enumerate(records):
            found += _claim(draft, sources, attribute, record, (*path, attribute, number))
    return tuple(found)


def _claim(
    draft: Draft[B],
    sources: Sources,
    attribute: str,
    record: AnyRecord,
    path: tuple[str | int, ...],
) -> Iterator[Claim]:
    source = draft.source(sources, record.source, *path, "source")
    draft.past(record.recorded_on, *path, "recorded_on")
    if source is None:
        return
    start, end = _period(source, record)
    yield Claim(
        attribute,
        _value(record),
        source.evidence,
        draft.validity(start, end, *path),
        recorded_from(source, record.recorded_on),
        draft.parsed.key_at(*path),
        None if record.covers is None else frozenset(record.covers),
        record.note,
    )


def _period(source: SourceBody, record: AnyRecord) -> tuple[datetime, datetime | None]:
    """From when to when the claim speaks; an attestation speaks of its own period only."""
    start = record.start or start_of(source.read_on)
    if source.kind is not SourceKind.ATTESTATION:
        return start, record.end
    start = max(record.start or source.start or start, source.start or start)
    return start, min(_some(record.end, source.end), default=None)


def _some(*ends: datetime | None) -> Iterable[datetime]:
    return [end for end in ends if end is not None]


def _value(record: AnyRecord) -> ClaimValue | None:
    if isinstance(record, (PlacesRecord, TagsRecord)):
        if record.at_least is not None:
            return Members(frozenset(record.at_least), open=True)
        return None if record.value is None else Members(frozenset(record.value))
    return single(record.value)


def single(value: Decimal | str | ListingBody | None) -> ClaimValue | None:
    """A value that is no set, as a claim holds it."""
    if isinstance(value, ListingBody):
        covers, extensions = frozenset(value.covers), frozenset(value.extensions)
        return Listing(value.entity, value.status, covers, extensions)
    return value
