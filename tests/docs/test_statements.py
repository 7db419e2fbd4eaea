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
from tests.house.tree import ROOT

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
README = (ROOT / "README.md").read_text("utf-8")
LIMITATIONS = (ROOT / "LIMITATIONS.md").read_text("utf-8")
SNIPPET = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@cache
def _shipped() -> Registry:
    return load(packs=["gdpr"], clock=lambda: AT).snapshot.registry


def _handling_known() -> int:
    """Routes of which more is known about data handling than where the model runs."""
    stated = [
        {c.attribute for _, claims in route.claims for c in claims if c.value is not None}
        for route in _shipped().routes.values()
    ]
    return sum(bool(attributes - {"inference_location"}) for attributes in stated)


def test_the_counts_of_routes_are_true() -> None:
    routes, known = len(_shipped().routes), _handling_known()
    assert [provider for provider in _shipped().providers.values() if provider.claims] == []
    assert "**one** of them, O4 Mini, data handling was read" in " ".join(LIMITATIONS.split())
    assert known == 1
    assert f"{routes} routes are listed" in LIMITATIONS
    assert f"the other {routes - known} only" in LIMITATIONS
    assert f"{routes - known} of the {routes}" in " ".join(README.split())


def test_personal_data_are_refused_on_every_shipped_route() -> None:
    request = Request(data=["personal"], regime=["eu_gdpr"], purpose="p", lawful_basis="A6-1-b")
    decision = load(packs=["gdpr"], clock=lambda: AT).decide(request, at=AT)
    assert len(decision.determination.candidates) == len(_shipped().routes)
    assert not decision.permitted


@pytest.mark.parametrize(("day", "fresh"), [("2027-11-22", True), ("2027-11-23", False)])
def test_shipped_evidence_grows_too_old_on_the_day_stated(day: str, *, fresh: bool) -> None:
    assert "from 23 November 2027 on" in " ".join(LIMITATIONS.split())
    at = datetime.fromisoformat(f"{day}T12:00:00Z")
    request = Request(model="openai/o4-mini", data=["personal"], regime=["eu_gdpr"])
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
