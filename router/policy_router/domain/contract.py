"""The organisation's side: agreements it holds and judgements its people signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from policy_router.domain.claim import ClaimValue, Evidence, Validity
from policy_router.domain.diagnostic import Span


class Mechanism(StrEnum):
    """Transfer clauses an agreement can put in force.

    Sources: Decision (EU) 2021/914 (`scc`), GDPR Art. 47 (`bcr`), DPA 2018 s.119A (`idta`,
    `addendum`), FADP Art. 16(2)(d) (`scc_swiss`).
    """

    SCC = "scc"
    BCR = "bcr"
    IDTA = "idta"
    ADDENDUM = "addendum"
    SCC_SWISS = "scc_swiss"


@dataclass(frozen=True, slots=True)
class Clause:
    """Transfer clauses in force; `module` of the 2021/914 clauses (`M2` or `M3`)."""

    mechanism: Mechanism
    module: str | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """A contract the organisation holds.

    `parties`: hop ids or operators it is with. `models`, `routes`: what it covers; a pattern with
    `*` covers, only an exact id *names*. `terms`: what it states, by attribute.
    """

    id: str
    parties: frozenset[str]
    document: str
    validity: Validity
    recorded: datetime
    evidence: Evidence
    models: tuple[str, ...]
    routes: tuple[str, ...]
    terms: tuple[tuple[str, ClaimValue], ...]
    clauses: tuple[Clause, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Signoff:
    """A person's dated judgement.

    Covers what it lists: `routes` or `importers` (with `countries`), data categories, purposes
    and tenants (patterns). `approved` False: a rejection, which ends earlier approvals alike.
    """

    id: str
    type: str
    approved: bool
    validity: Validity
    recorded: datetime
    routes: tuple[str, ...]
    importers: frozenset[str]
    countries: frozenset[str]
    data: frozenset[str]
    purposes: tuple[str, ...]
    tenants: tuple[str, ...]
    by: str
    reference: str
    span: Span
