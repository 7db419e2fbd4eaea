"""What README and limitations say in numbers and in code is so."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from policy_router import Denied, Request, load
from policy_router.domain.registry import Registry
from policy_router.domain.route import Route
from tests.house.tree import ROOT

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
README = (ROOT / "README.md").read_text("utf-8")
LIMITATIONS = (ROOT / "LIMITATIONS.md").read_text("utf-8")
SNIPPET = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@cache
def _shipped() -> Registry:
    return load(packs=["gdpr"], clock=lambda: AT).snapshot.registry


_NO_HANDLING = {
    *("maker_jurisdiction", "provider_jurisdiction", "parent_jurisdiction"),
    "inference_location",
}


def _handled(route: Route) -> set[str]:
    """What is claimed at the provider of a route besides places and countries."""
    provider = _shipped().providers[route.provider]
    spoken = [
        *dict(route.claims).get(route.provider, ()),
        *(c for c in provider.claims if route.model in (c.covers or provider.covers)),
        *_shipped().models[route.model].claims,
    ]
    return {c.attribute for c in spoken if c.value is not None} - _NO_HANDLING


def test_the_counts_of_routes_are_true() -> None:
    routes = _shipped().routes.values()
    known = sum(bool(_handled(route)) for route in routes)
    assert f"{len(routes):,} routes are listed. For {known:,} of them" in LIMITATIONS
    assert f"for the other {len(routes) - known:,} little more" in " ".join(LIMITATIONS.split())
    assert f"{len(routes) - known:,} of the {len(routes):,}" in " ".join(README.split())


def test_personal_data_are_refused_on_every_shipped_route() -> None:
    request = Request(data=["personal"], regime=["eu_gdpr"], purpose="p", lawful_basis="A6-1-b")
    decision = load(packs=["gdpr"], clock=lambda: AT).decide(request, at=AT)
    assert len(decision.determination.candidates) == len(_shipped().routes)
    assert not decision.permitted


@pytest.mark.parametrize(("day", "fresh"), [("2027-11-22", True), ("2027-11-23", False)])
def test_shipped_evidence_grows_too_old_on_the_day_stated(day: str, *, fresh: bool) -> None:
    assert "from 23 November 2027 on" in " ".join(LIMITATIONS.split())
    at = datetime.fromisoformat(f"{day}T12:00:00Z")
    request = Request(model="opper:openai/o4-mini", data=["personal"], regime=["eu_gdpr"])
    decision = load(packs=["gdpr"], clock=lambda: at).decide(request, at=at)
    (candidate,) = decision.determination.candidates
    verdicts = {v.rule: v.verdict.value for v in candidate.verdicts}
    assert verdicts["no-training"] == ("pass" if fresh else "unknown")


def test_the_code_in_the_readme_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "policy-router.yaml").write_text(_example_project(), "utf-8")
    monkeypatch.chdir(tmp_path)
    snippets = SNIPPET.findall(README)
    assert len(snippets) == 3
    names: dict[str, Any] = {}
    for snippet in snippets:
        exec(compile(snippet, "README.md", "exec"), names)  # noqa: S102 - our own page
    assert names["body"]["messages"] == [{"role": "user", "content": "Hi"}]
    with pytest.raises(Denied):
        names["pdp"].decide(Request(model="openai/o4-mini", data=["health"])).apply({})


def _example_project() -> str:
    """The example organisation's project, with the log in the current folder."""
    folder = ROOT / "examples" / "organisation"
    text = (folder / "policy-router.yaml").read_text("utf-8")
    return text.replace("documents: [", f"documents: [{folder}/").replace(
        ", policies", f", {folder}/policies"
    )
