"""Calls to Opper: which tags go on, what every call has, and that attempts share no trace."""

from __future__ import annotations

import pytest

from policy_router.domain.organisation import OPPER_TAG
from tests.fakes.upstream import Upstream
from tests.pep.conftest import Stage, Staged
from tests.pep.sidecars import running
from tests.pep.world import ALLOWED, CANARY, DENIED

TEAM = "enforcement: {opper_tags: [team, customer_id]}\n"
SAID = {"X-Opper-Tags": f"team:support, patient:{CANARY.split()[-1]}", "X-Opper-Trace-Id": "mine"}


def _posted(stage: Stage, model: str = ALLOWED) -> int:
    with running(stage) as sidecar:
        asked = {"model": model, "messages": [{"role": "user", "content": "hello"}]}
        return sidecar.post(json=asked, headers=SAID).status_code


def _of_opper(upstream: Upstream) -> dict[str, str]:
    return {n: v for n, v in upstream.headers().items() if n.startswith("x-opper-")}


@pytest.mark.parametrize(("project", "kept"), [("", ""), (TEAM, "team:support,")])
def test_tags_that_are_named_go_on_with_the_decision(
    staged: Staged, project: str, kept: str
) -> None:
    stage = staged(kind="opper", project=project)
    assert _posted(stage) == 200
    (decision,) = stage.decisions
    sent = _of_opper(stage.near)
    assert sent.pop("x-opper-tags") == f"{kept}{OPPER_TAG}:{decision['id']}"
    assert set(sent) == {"x-opper-trace-id"}
    assert "mine" not in sent.values()


def test_attempts_share_no_trace(staged: Staged) -> None:
    stage = staged(kind="opper", spare=True, project=TEAM)
    stage.far.status = 503
    assert _posted(stage) == 200
    far, near = _of_opper(stage.far), _of_opper(stage.near)
    assert far["x-opper-tags"] == near["x-opper-tags"]
    assert far["x-opper-trace-id"] != near["x-opper-trace-id"]


@pytest.mark.parametrize("kind", ["openai_compatible", "litellm", "direct"])
def test_no_other_gateway_sees_any_of_it(staged: Staged, kind: str) -> None:
    stage = staged(kind=kind, project=TEAM)
    assert _posted(stage) == 200
    assert _of_opper(stage.near) == {}


def test_tags_that_opper_would_refuse_go_nowhere(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = staged(kind="opper", project=TEAM)
    monkeypatch.setitem(SAID, "X-Opper-Tags", "support")
    assert _posted(stage) == 400
    assert _posted(stage, DENIED) == 403
    assert stage.untouched
