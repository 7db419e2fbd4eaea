"""Documents from text, without files: what they build, or what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policy_router.domain.diagnostic import Diagnostic
from policy_router.domain.registry import Registry
from policy_router.language.catalogue import catalogue
from policy_router.language.document import read_documents
from policy_router.language.draft import Draft
from policy_router.language.grammar.projects import ProjectBody
from policy_router.language.parsing import parse
from policy_router.language.resolve import Resolved, Resolver
from policy_router.registry.build import build_registry

TODAY = date(2026, 11, 22)

TERRITORIES = """
kind: territory
id: EU
language: 1
members: [DE, FR, SE]
changes: [{country: GB, until: 2020-01-31}]
confirmation: stored_source
---
kind: territory
id: EEA
language: 1
includes: [EU]
members: ["NO"]
confirmation: stored_source
"""

HOPS = """
kind: gateway
id: gw
language: 1
title: Gateway
type: openai_compatible
base_url: https://gw.example/v1
---
kind: provider
id: acme
language: 1
title: Acme
---
kind: model
id: acme/one
language: 1
title: One
---
kind: route
id: "gw:one"
language: 1
model: acme/one
gateway: gw
provider: acme
address: one
stage: ga
"""


@dataclass(frozen=True)
class Built:
    """What documents say, and every diagnostic about them."""

    registry: Registry
    resolved: Resolved
    diagnostics: tuple[Diagnostic, ...]

    @property
    def codes(self) -> list[str]:
        """The codes of all diagnostics, sorted."""
        return sorted(d.code for d in self.diagnostics)


def build(*texts: str, packs: tuple[str, ...] = (), all_routes: bool = False) -> Built:
    """What `texts`, each a file, say together."""
    read = [read_documents(f"{n}.yaml", text.encode()) for n, text in enumerate(texts)]
    problems = [problem for _, found in read for problem in found]
    reading = parse(document for documents, _ in read for document in documents)
    documents, clashes = catalogue(reading)
    registry, wrong = build_registry(documents, TODAY)
    problems += (*reading.diagnostics, *clashes, *wrong)
    projects = [Draft(p, documents, TODAY, problems) for p in documents.of(ProjectBody)]
    project = projects[0] if projects else None
    resolved = Resolver(documents, project, packs, TODAY, problems, all_routes).resolve()
    return Built(registry, resolved, tuple(problems))


def sound(*texts: str, packs: tuple[str, ...] = (), all_routes: bool = False) -> Built:
    """What `texts` say together; there must be nothing wrong with them."""
    built = build(*texts, packs=packs, all_routes=all_routes)
    assert [str(d.span) + " " + d.message for d in built.diagnostics] == []
    return built
