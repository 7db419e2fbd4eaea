"""Every claim of the shipped documents on a line of its own, as a reviewer reads it.

`+` marks what helps a route through a policy, `-` what speaks against it, `?` what is unknown.
A claim that many routes share is one line, with how many and a digest of their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from policy_router.domain.vocabulary import CLAIMED_ATTRIBUTES, AttributeKind
from policy_router.language.grammar.body import DocumentBody
from policy_router.language.grammar.claims import RecordBody, SourceBody
from policy_router.language.grammar.places import GatewayBody, ModelBody, ProviderBody, RouteBody
from tests.data.shipped import hop_claims, records, shown

_ATTRIBUTES = {attribute.name: attribute for attribute in CLAIMED_ATTRIBUTES}
_FEW = 2


def favour(attribute: str, record: RecordBody) -> str:
    """Return `+`, `-` or `?`: which way a claim pulls.

    Of an ordered choice only the worst value speaks against a route; of places a list that is
    closed and not anywhere helps; of tags, whichever of having and lacking them is better.
    """
    value = getattr(record, "value", None)
    if value is None:
        return "-" if getattr(record, "at_least", None) else "?"
    described = _ATTRIBUTES[attribute]
    match described.kind:
        case AttributeKind.ORDERED:
            helps = value != described.values[-1]
        case AttributeKind.COUNTRIES:
            helps = "GLOBAL" not in value
        case AttributeKind.TAGS:
            helps = bool(value) is described.more_is_better
        case _:
            helps = True
    return "+" if helps else "-"


def claim_lines(documents: Iterable[DocumentBody]) -> list[str]:
    """Return a line for every claim: who, what, value, evidence, days, models or routes."""
    shared: dict[str, list[str]] = {}
    lines = []
    for body in documents:
        for line, route in _lines(body):
            if route:
                shared.setdefault(line, []).append(route)
            else:
                lines.append(line)
    lines += [f"{line} | {_named(routes, 'routes')}" for line, routes in shared.items()]
    return sorted(lines, key=lambda line: (line[2:], line))


def _lines(body: DocumentBody) -> Iterator[tuple[str, str]]:
    """Yield each claim of a document, with its route where it is said of a route."""
    if isinstance(body, ModelBody):
        for attribute, record in records(body.claims):
            yield _line(f"model {body.id}", attribute, record, body.sources[record.source]), ""
    elif isinstance(body, RouteBody):
        for hop, attribute, record in hop_claims(body):
            who = f"{body.gateway} > {hop}"
            yield _line(who, attribute, record, body.sources[record.source]), body.id
    elif isinstance(body, GatewayBody | ProviderBody):
        for hop, attribute, record in hop_claims(body):
            line = _line(hop, attribute, record, body.sources[record.source])
            whom = _named(record.covers, "models") if record.covers else "all models"
            yield f"{line} | {whom}", ""


def _line(who: str, attribute: str, record: RecordBody, source: SourceBody) -> str:
    page = f" of {source.page_date}" if source.page_date else ""
    spans = [
        f"{word} {day}" for word, day in (("from", record.start), ("until", record.end)) if day
    ]
    cells = [
        f"{favour(attribute, record)} {who}",
        attribute,
        shown(record),
        f"{source.kind} by {source.basis}",
        f"{source.reference}{page}",
        f"read {source.read_on}",
        *spans,
    ]
    return " | ".join(cells)


def _named(ids: Iterable[str], what: str) -> str:
    known = sorted(ids)
    if len(known) <= _FEW:
        return ", ".join(known)
    digest = sha256("\n".join(known).encode()).hexdigest()[:12]
    return f"{len(known)} {what} {digest}"
