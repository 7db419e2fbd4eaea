"""What documents and agreements say of a hop, as cases."""

from __future__ import annotations

from dataclasses import dataclass

from policy_router.domain.claim import (
    NO_DEMAND,
    Basis,
    Claim,
    ClaimValue,
    EvidenceDemand,
    Gap,
    Knowledge,
    Moment,
    SourceKind,
    Validity,
)
from policy_router.domain.contract import Agreement
from policy_router.registry.speaking import knowledge
from policy_router.registry.standpoint import Standpoint
from tests.small import NOON, NOW, claim, evidence, model, provider, registry, route

DOCS, CATALOGUE, ATTESTED, GUESSED = (
    SourceKind.PROVIDER_DOCS,
    SourceKind.GATEWAY_CATALOGUE,
    SourceKind.ATTESTATION,
    SourceKind.INFERRED,
)
BEFORE_NOON, FROM_NOON = Validity(None, NOON), Validity(NOON, None)
OURS = evidence(DOCS, basis=Basis.OUR_CONTRACT)


def training(value: str | None, of: SourceKind = DOCS, recorded: str = "2026-05-01") -> Claim:
    return claim("training", value, of, recorded=recorded)


@dataclass(frozen=True, slots=True)
class Case:
    """What documents and agreements say of one attribute at the hop `acme`, and what follows."""

    name: str
    value: ClaimValue | None
    gap: Gap | None = None
    general: tuple[Claim, ...] = ()
    narrow: tuple[Claim, ...] = ()
    of_model: tuple[Claim, ...] = ()
    of_route: tuple[Claim, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    attribute: str = "training"
    agreed: str | None = None
    overruled: int = 0
    moment: Moment = NOW
    demand: EvidenceDemand = NO_DEMAND
    covers: tuple[str, ...] = ("one",)

    def found(self) -> Knowledge:
        narrow = tuple(_for_one(c) for c in self.narrow)
        known = registry(
            provider("acme", *self.general, *narrow, covers=self.covers),
            model("one", *self.of_model),
            route(acme=self.of_route),
            *self.agreements,
        )
        view = Standpoint(known, self.moment, self.demand)
        return knowledge(view, known.routes["r"], "acme", self.attribute)


def _for_one(of: Claim) -> Claim:
    return claim(of.attribute, of.value, of.evidence, valid=of.validity, covers=("one",))


def assert_speaks(case: Case) -> None:
    """Check what is found in a case, who says so and what is overruled."""
    found = case.found()
    assert (found.value, found.gap) == (case.value, case.gap)
    assert found.agreement == case.agreed
    assert len(found.overruled) == case.overruled
