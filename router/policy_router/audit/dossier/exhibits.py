"""The claims a report speaks of, each told once and known by its number."""

from __future__ import annotations

from collections.abc import Iterable

from policy_router.audit.dossier.verdicts import Evidenced
from policy_router.domain.claim import Evidence, Moment
from policy_router.domain.diagnostic import Span
from policy_router.domain.registry import Registry
from policy_router.engine.explanation import HopClaim


class Exhibits:
    """Gives each claim a number, in the order in which they are first spoken of."""

    def __init__(self, registry: Registry, moment: Moment) -> None:
        self._agreements = {a.id: a for a in registry.agreements}
        self._moment = moment
        self._numbers: dict[tuple[str, HopClaim], int] = {}
        self._found: list[Evidenced] = []

    @property
    def all(self) -> tuple[Evidenced, ...]:
        """Every claim that was given a number."""
        return tuple(self._found)

    def one(self, number: int) -> Evidenced:
        """The claim of a number."""
        return self._found[number - 1]

    def numbers(self, attribute: str, claims: Iterable[HopClaim]) -> tuple[int, ...]:
        """The numbers of what is claimed of an attribute, party by party."""
        return tuple(self._number(attribute, claim) for claim in claims)

    def _number(self, attribute: str, claim: HopClaim) -> int:
        key = attribute, claim
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._found) + 1
            self._found.append(self._evidenced(number, attribute, claim))
        return number

    def _evidenced(self, number: int, attribute: str, claim: HopClaim) -> Evidenced:
        agreement = self._agreements.get(claim.agreement or "")
        found = agreement.evidence if agreement else claim.evidence
        span = agreement.span if agreement else claim.span
        return Evidenced(
            number=number,
            party=claim.hop,
            attribute=attribute,
            value=claim.claimed,
            gap=claim.gap,
            conflicts=claim.conflicts,
            agreement=claim.agreement,
            kind=found.kind if found else None,
            basis=found.basis if found else None,
            reference=found.reference if found else None,
            read_on=found.read_on if found else None,
            verified_on=found.verified_on if found else None,
            verified_by=found.verified_by if found else None,
            age_days=self._age(found),
            note=claim.note,
            place=place(span),
        )

    def _age(self, found: Evidence | None) -> int | None:
        return None if found is None else (self._moment.at.date() - found.fresh_on).days


def place(span: Span | None) -> str | None:
    """Where something is written, as file and line."""
    return None if span is None else f"{span.file}:{span.line}"
