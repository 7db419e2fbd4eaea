"""On which basis personal data may reach a place: the truth table, per exporting regime."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from policy_router.domain.claim import (
    NO_DEMAND,
    Claim,
    EvidenceDemand,
    Listing,
    SourceKind,
    Validity,
)
from policy_router.domain.contract import Agreement, Clause, Mechanism, Signoff
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Gateway, Route
from policy_router.domain.territory import Adequacy, Confirmation, Scope
from policy_router.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from policy_router.domain.vocabulary import TRANSFER_BASES, Regime
from policy_router.registry.standpoint import Asked, Standpoint
from policy_router.registry.transfer import transfer_bases, with_decisions
from tests.small import (
    NOON,
    NOW,
    agreement,
    claim,
    evidence,
    facts,
    gateway,
    places,
    provider,
    registry,
    route,
    signoff,
)
from tests.strategies.law import adequacy

EU, UK, CH = Regime.EU_GDPR, Regime.UK_GDPR, Regime.CH_FADP
HOME = {EU: "DE", UK: "GB", CH: "CH"}
ASKED = facts(data=("personal",), subjects=("customers",))

SCC2, SCC3 = Clause(Mechanism.SCC, "M2"), Clause(Mechanism.SCC, "M3")
SWISS2, SWISS3 = Clause(Mechanism.SCC_SWISS, "M2"), Clause(Mechanism.SCC_SWISS, "M3")
BCR, IDTA, ADDENDUM = (Clause(m) for m in (Mechanism.BCR, Mechanism.IDTA, Mechanism.ADDENDUM))
TIA = signoff("tia", routes=(), importers=("acme",), countries=("US",))

WHOLE = {r: adequacy(f"{r}-whole", r, Scope.WHOLE, "US") for r in Regime}
LIST = {r: adequacy(f"{r}-list", r, Scope.CERTIFIED_RECIPIENT, "US") for r in Regime}
CONDITIONS = {
    r: adequacy(f"{r}-cond", r, Scope.CONDITIONS, "US", conditions=("commercial", "licensed"))
    for r in Regime
}


def listed(
    covers: str = "hr non_hr",
    extensions: str = "uk swiss",
    status: str = "active",
    entity: str = "Acme Inc",
) -> Claim:
    entry = Listing(entity, status, frozenset(covers.split()), frozenset(extensions.split()))
    return claim("dpf", entry)


def met(*conditions: str, opened: bool = False) -> Claim:
    return claim("adequacy_conditions", places(*conditions, opened=opened))


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of `acme`, which handles data in the US, and the bases that are available.

    Bases that are not named are known not to be available.
    """

    name: str
    regimes: tuple[Regime, ...] = tuple(Regime)
    available: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    law: tuple[Adequacy, ...] = ()
    claims: tuple[Claim, ...] = ()
    held: tuple[Agreement, ...] = ()
    signed: tuple[Signoff, ...] = ()
    asked: RequestFacts = ASKED
    demand: EvidenceDemand = NO_DEMAND
    hop_before: Gateway | None = None

    def bases(self, regime: Regime) -> dict[str, Truth]:
        """What is known of each basis for the place of `acme`."""
        view, taken = self.world()
        every = transfer_bases(view, taken, regime, Asked(self.asked))
        return dict(next(p for p in every if p.place.country == "US").bases)

    def world(self) -> tuple[Standpoint, Route]:
        """Where it is looked from, and on which route."""
        relay = self.hop_before or gateway("relay")
        of_place = claim("inference_location", places("US"))
        documents = (provider("acme", of_place, *self.claims), relay, route(at="relay"))
        known = registry(*documents, *self.law, *self.held, *self.signed)
        return Standpoint(known, NOW, self.demand), known.routes["r"]

    def decisions(self, regime: Regime) -> tuple[str, ...]:
        """The decisions that serve `acme` there."""
        view, taken = self.world()
        every = list(with_decisions(view, taken, regime, Asked(self.asked)))
        assert [p for p, _ in every] == list(transfer_bases(view, taken, regime, Asked(self.asked)))
        return next(serving for p, serving in every if p.place.country == "US")

    def expected(self, regime: Regime) -> dict[str, Truth]:
        return {
            basis: TRUE if basis in self.available else UNKNOWN if basis in self.unknown else FALSE
            for basis in TRANSFER_BASES[regime]
        }


def _every(entries: dict[Regime, Adequacy], **changes: object) -> tuple[Adequacy, ...]:
    return tuple(replace(entry, **changes) for entry in entries.values())  # type: ignore[arg-type]


FIRST_HOP = gateway("relay", adds_hop=True)
OLD = evidence(SourceKind.SIGNED_CONTRACT, read="2020-01-01")
YEAR = EvidenceDemand(max_age_days=365)

OF_LAW = (
    Row("nothing known"),
    Row("an adequacy decision in force", available=("adequacy",), law=_every(WHOLE)),
    Row("one that has ended", law=_every(WHOLE, validity=Validity(None, NOON))),
    Row("one not yet in force", law=_every(WHOLE, validity=Validity(NOON.replace(hour=13), None))),
    Row(
        "one that nobody confirmed",
        unknown=("adequacy",),
        law=_every(WHOLE, confirmation=Confirmation.NEEDS_REVIEW),
    ),
    Row("one of another regime", (UK, CH), law=(WHOLE[EU],)),
    Row("one about an organisation", law=_every(WHOLE, scope=Scope.ORGANISATION)),
    Row(
        "one with conditions known met",
        available=("adequacy",),
        law=_every(CONDITIONS),
        claims=(met("commercial", "licensed", "else"),),
    ),
    Row("one with a condition known not met", law=_every(CONDITIONS), claims=(met("licensed"),)),
    Row("one with conditions not known", unknown=("adequacy",), law=_every(CONDITIONS)),
    Row(
        "one with conditions partly known",
        unknown=("adequacy",),
        law=_every(CONDITIONS),
        claims=(met("licensed", opened=True),),
    ),
    Row(
        "one with conditions, on evidence that is too old",
        unknown=("adequacy",),
        law=_every(CONDITIONS),
        claims=(claim("adequacy_conditions", places("commercial", "licensed"), OLD),),
        demand=YEAR,
    ),
)

OF_THE_LIST = (
    Row("a certified recipient", available=("dpf",), law=_every(LIST), claims=(listed(),)),
    Row("nobody says whether it is certified", unknown=("dpf",), law=_every(LIST)),
    Row(
        "a certificate of another entity",
        unknown=("dpf",),
        law=_every(LIST),
        claims=(listed(entity="Other Inc"),),
    ),
    Row("a certified recipient without a decision", claims=(listed(),)),
    Row(
        "a certified recipient that is inactive",
        law=_every(LIST),
        claims=(listed(status="inactive"),),
    ),
    Row("withdrawn from the list", law=_every(LIST), claims=(listed(status="withdrawn"),)),
    Row(
        "certified under a decision that nobody confirmed",
        unknown=("dpf",),
        law=_every(LIST, confirmation=Confirmation.UNCONFIRMED),
        claims=(listed(),),
    ),
    Row(
        "the extensions are listed separately: EU",
        (EU,),
        available=("dpf",),
        law=_every(LIST),
        claims=(listed(extensions=""),),
    ),
    Row(
        "the extensions are listed separately: UK and CH",
        (UK, CH),
        law=_every(LIST),
        claims=(listed(extensions=""),),
    ),
    Row("only the UK extension", (CH,), law=_every(LIST), claims=(listed(extensions="uk"),)),
    Row("only the Swiss extension", (UK,), law=_every(LIST), claims=(listed(extensions="swiss"),)),
    Row(
        "customers' data, listed for other than human resources",
        available=("dpf",),
        law=_every(LIST),
        claims=(listed("non_hr"),),
    ),
    Row("customers' data, listed for human resources", law=_every(LIST), claims=(listed("hr"),)),
    Row(
        "employees' data, listed for human resources",
        available=("dpf",),
        law=_every(LIST),
        claims=(listed("hr"),),
        asked=facts(subjects=("employees",)),
    ),
    Row(
        "employees' data, listed for other than human resources",
        law=_every(LIST),
        claims=(listed("non_hr"),),
        asked=facts(subjects=("employees",)),
    ),
    Row(
        "customers' and employees' data need both",
        law=_every(LIST),
        claims=(listed("non_hr"),),
        asked=facts(subjects=("employees", "customers")),
    ),
    Row(
        "subjects not known, listed for both",
        available=("dpf",),
        law=_every(LIST),
        claims=(listed(),),
        asked=facts(),
    ),
    Row(
        "subjects not known, listed for one",
        unknown=("dpf",),
        law=_every(LIST),
        claims=(listed("non_hr"),),
        asked=facts(),
    ),
    Row(
        "customers and perhaps others, listed for other than human resources",
        unknown=("dpf",),
        law=_every(LIST),
        claims=(listed("non_hr"),),
        asked=facts(subjects=("customers",), opened=("subjects",)),
    ),
    Row(
        "employees and perhaps others, listed for other than human resources",
        law=_every(LIST),
        claims=(listed("non_hr"),),
        asked=facts(subjects=("employees",), opened=("subjects",)),
    ),
    Row(
        "subjects not known, listed for nothing",
        law=_every(LIST),
        claims=(listed(""),),
        asked=facts(),
    ),
)

OF_CLAUSES = (
    Row(
        "clauses in force and an assessment: EU",
        (EU,),
        available=("scc_with_tia",),
        held=(agreement("c", SCC2),),
        signed=(TIA,),
    ),
    Row("module three from the controller", (EU,), held=(agreement("c", SCC3),), signed=(TIA,)),
    Row(
        "module three behind a processor",
        (EU,),
        available=("scc_with_tia",),
        held=(agreement("c", SCC3),),
        signed=(TIA,),
        hop_before=FIRST_HOP,
    ),
    Row(
        "module two behind a processor",
        (EU,),
        available=("scc_with_tia",),
        held=(agreement("c", SCC2),),
        signed=(TIA,),
        hop_before=FIRST_HOP,
    ),
    Row("clauses without an assessment", held=(agreement("c", SCC2, BCR, IDTA, ADDENDUM, SWISS2),)),
    Row("an assessment without clauses", held=(agreement("c"),), signed=(TIA,)),
    Row("an assessment without an agreement", signed=(TIA,)),
    Row(
        "an assessment of another country",
        held=(agreement("c", SCC2),),
        signed=(replace(TIA, countries=frozenset({"IN"})),),
    ),
    Row(
        "an assessment of other data",
        held=(agreement("c", SCC2),),
        signed=(replace(TIA, data=frozenset({"source_code"})),),
    ),
    Row(
        "an assessment, data not known",
        (EU,),
        unknown=("scc_with_tia",),
        held=(agreement("c", SCC2),),
        signed=(TIA,),
        asked=facts(),
    ),
    Row(
        "clauses that are only offered",
        claims=(claim("transfers_offered", places("scc")),),
        signed=(TIA,),
    ),
    Row(
        "clauses that have ended",
        held=(agreement("c", SCC2, valid=Validity(None, NOON)),),
        signed=(TIA,),
    ),
    Row(
        "clauses whose text is too old",
        (EU,),
        unknown=("scc_with_tia",),
        held=(agreement("c", SCC2, of=OLD),),
        signed=(TIA,),
        demand=YEAR,
    ),
    Row(
        "binding corporate rules",
        (EU,),
        available=("bcr_with_tia",),
        held=(agreement("c", BCR),),
        signed=(TIA,),
    ),
    Row("binding corporate rules elsewhere", (UK, CH), held=(agreement("c", BCR),), signed=(TIA,)),
    Row(
        "the international agreement: UK",
        (UK,),
        available=("idta_with_tra",),
        held=(agreement("c", IDTA),),
        signed=(TIA,),
    ),
    Row(
        "the addendum to the clauses: UK",
        (UK,),
        available=("addendum_with_tra",),
        held=(agreement("c", ADDENDUM, SCC2),),
        signed=(TIA,),
    ),
    Row(
        "the addendum in one agreement, the clauses in another: UK",
        (UK,),
        available=("addendum_with_tra",),
        held=(agreement("c", ADDENDUM), agreement("d", SCC2)),
        signed=(TIA,),
    ),
    Row("the addendum to nothing", (UK,), held=(agreement("c", ADDENDUM),), signed=(TIA,)),
    Row("the clauses without the addendum", (UK,), held=(agreement("c", SCC2),), signed=(TIA,)),
    Row(
        "the Swiss clauses",
        (CH,),
        available=("scc_swiss_with_tia",),
        held=(agreement("c", SWISS2),),
        signed=(TIA,),
    ),
    Row(
        "the Swiss clauses with module three", (CH,), held=(agreement("c", SWISS3),), signed=(TIA,)
    ),
    Row(
        "the Union's clauses are not the Swiss ones",
        (CH,),
        held=(agreement("c", SCC2),),
        signed=(TIA,),
    ),
)

CASES = [
    pytest.param(row, regime, id=f"{row.name} ({regime.value})")
    for row in (*OF_LAW, *OF_THE_LIST, *OF_CLAUSES)
    for regime in row.regimes
]


@pytest.mark.parametrize(("row", "regime"), CASES)
def test_truth_table(row: Row, regime: Regime) -> None:
    assert row.bases(regime) == row.expected(regime)


@pytest.mark.parametrize(("row", "regime"), CASES)
def test_the_decisions_told_are_those_that_each_would_do(row: Row, regime: Regime) -> None:
    by_decision = {basis for basis, truth in row.bases(regime).items() if truth.known_true}
    assert bool(row.decisions(regime)) == bool(by_decision & {"adequacy", "dpf"})
    for entry in row.law:
        alone = replace(row, law=(entry,)).bases(regime)
        serves = any(alone[basis].known_true for basis in ("adequacy", "dpf") if basis in alone)
        assert serves == (entry.id in row.decisions(regime))
