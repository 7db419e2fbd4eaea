"""A name of a provider or a gateway, where `registry` asks for a model or a route."""

from __future__ import annotations

import re

import pytest

from policy_router.domain.registry import Registry
from policy_router.registry.hops import hops_of
from tests.cli.running import run
from tests.data.test_registry import snapshot_of


@pytest.fixture(scope="module")
def registry() -> Registry:
    """What is shipped."""
    return snapshot_of("gdpr").registry


def _routeless(registry: Registry) -> list[str]:
    used = {hop for r in registry.routes.values() for hop in (r.gateway, *hops_of(registry, r))}
    return sorted({*registry.providers, *registry.gateways} - used)


@pytest.mark.parametrize("command", ["show", "evidence", "compare openai/o4-mini"])
def test_of_a_party_without_routes_the_document_is_named(command: str, registry: Registry) -> None:
    names = _routeless(registry)
    assert {"ionos-ai-model-hub", "aleph-alpha", "mistral-api-eu"} <= set(names)
    for name in names if command == "show" else names[:1]:
        done = run(f"registry {command} {name}")
        party = registry.providers.get(name) or registry.gateways[name]
        assert (done.code, done.out) == (2, "")
        assert "on file that no route goes by: what is claimed of it stands in shipped " in done.err
        assert f"{party.span.file}:{party.span.line}; to use it, describe a route" in done.err


@pytest.mark.parametrize(("name", "kind"), [("openai-api", "provider"), ("opper", "gateway")])
def test_of_a_party_with_routes_some_are_named(name: str, kind: str, registry: Registry) -> None:
    """They are routes of it, and `evidence` of one of them tells of the party."""
    done = run(f"registry evidence {name}")
    assert (done.code, done.out) == (2, "")
    found = re.search(rf"it is a {kind}: name a route by it \(of (\d+)\), such as (.*)", done.err)
    assert found is not None
    by_it = [r.id for r in registry.routes.values() if name in {r.gateway, *hops_of(registry, r)}]
    assert int(found[1]) == len(by_it)
    named = re.findall(r"`([^`]+)`", found[2])
    assert len(named) == 3
    assert set(named) <= set(by_it)
    assert f"(`{name}`)" in run(f"registry evidence {named[0]}").out
