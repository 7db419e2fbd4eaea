"""Lists of gateways beside a small registry, and what an import would change."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from policy_router.domain.registry import Registry
from policy_router.registry.importers.catalogues import drafts
from policy_router.registry.importers.compare import compare
from policy_router.registry.importers.findings import Comparison
from policy_router.registry.importers.own import own_text, read_own
from tests.unit.documents import TERRITORIES, build, sound

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
GATEWAY = """
kind: gateway
id: opper
language: 1
title: Opper
type: opper
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
context_window: 1000
---
kind: route
id: opper:acme/one
language: 1
model: acme/one
gateway: opper
provider: acme
address: acme/one
stage: ga
sources:
  page: {kind: gateway_catalogue, basis: public_terms, reference: page, read_on: 2026-11-01}
  docs: {kind: provider_docs, basis: public_terms, reference: docs, read_on: 2026-11-01}
prices:
  - {currency: USD, source: PRICED, input: 1.00, output: 4, cached_input: 0.1}
claims:
  acme:
    training: {value: off_by_default, source: page}
    retention_days: {value: 10, source: docs}
    dpa: {value: available, source: page}
    storage_location: {value: null, source: page}
"""


def world(priced: str = "page", *more: str) -> Registry:
    return sound(TERRITORIES, GATEWAY.replace("PRICED", priced), *more).registry


def row(**fields: object) -> dict[str, Any]:
    return {"id": "acme/one", "provider": "acme", "type": "llm"} | fields


def imported(
    registry: Registry, *rows: object, source: str = "opper", day: date = date(2026, 11, 22),
    old: bytes | None = None,
) -> Comparison:  # fmt: skip
    layout: dict[str, object] = {
        "opper": {"models": list(rows)},
        "openrouter": {"data": list(rows)},
        "openrouter-endpoints": {"data": {"endpoints": list(rows)}},
        "models-dev": rows[0] if rows else {},
    }
    data = json.dumps(layout[source]).encode()
    return compare(drafts(source, data, "list", day), registry, NOON, read_own(source, old))


def changes(found: Comparison) -> list[tuple[str, str, str | None, str | None]]:
    return [(f.change.value, f.field, f.here.value, f.there.value) for f in found.findings]


def written(found: Comparison) -> str:
    return own_text(found.origin.source, found.documents)


def after(found: Comparison, priced: str = "page") -> Registry:
    """The registry once the import is written; it must be sound."""
    documents = [TERRITORIES, GATEWAY.replace("PRICED", priced), written(found)]
    built = build(*documents)
    assert [d.message for d in built.diagnostics] == []
    return built.registry
