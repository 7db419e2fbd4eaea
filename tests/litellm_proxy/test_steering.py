"""What LiteLLM itself reads in a call, beside what its API has: none of it has any effect."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from policy_router.wire.openai_chat import CHAT
from policy_router.wire.shapes import Never
from tests.fakes.upstream import ANSWER, serving
from tests.litellm_proxy import fields
from tests.litellm_proxy.environment import made
from tests.litellm_proxy.proxy import CLINIC, EXAMPLE, MASTER_KEY, Proxy, running

pytestmark = [pytest.mark.packaging, pytest.mark.xdist_group("litellm")]

READER: Final = """
from pathlib import Path
from litellm.integrations.custom_guardrail import CustomGuardrail

class Reader(CustomGuardrail):
    "A guardrail that callers may ask for: it notes that it was handed a call."

    def noted(self, *_, **__):
        with Path("read.txt").open("a") as notes:
            notes.write("x")

    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        self.noted()
        return data

    async def async_moderation_hook(self, data, user_api_key_dict, call_type):
        self.noted()

    async def async_post_call_success_hook(self, data, user_api_key_dict, response):
        self.noted()
"""
GUARDRAILS: Final = """
guardrails:
  - guardrail_name: asked-for
    litellm_params: {guardrail: reader.Reader, mode: [pre_call, during_call, post_call]}
policies:
  named: {guardrails: {add: [asked-for]}}
"""
OF_LITELLM: Final = """
from policy_router import load
from policy_router.enforcement.litellm_hook import PolicyHook

hook = PolicyHook(load(project="policy-router.yaml"), users={"default_user_id": "clinic"})
"""
CONFIG: Final = (EXAMPLE / "config.yaml").read_text("utf-8") + GUARDRAILS
WAYS: Final = {
    "keys of callers": (CLINIC, {"config.yaml": CONFIG}),
    "keys of LiteLLM": (
        MASTER_KEY,
        {
            "config.yaml": CONFIG.partition("general_settings:")[0] + GUARDRAILS,
            "governed.py": OF_LITELLM,
        },
    ),
}
VALUES: Final = ("asked-for", ["asked-for"])
PUBLISHED: Final = {n for n, s in CHAT.body.fields.items() if not isinstance(s, Never)}


@pytest.fixture(scope="module", params=WAYS)
def started(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Proxy, str]]:
    key, instead = WAYS[request.param]
    folder = tmp_path_factory.mktemp("litellm")
    files = {**instead, "reader.py": READER}
    with serving() as eu, serving() as us, running(folder, eu, us, files) as proxy:
        yield proxy, key


@pytest.fixture(scope="module")
def looked_for() -> list[str]:
    """Every field of a call that LiteLLM's own source looks for."""
    command = [str(made()), str(Path(fields.__file__))]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: list[str] = json.loads(done.stdout)
    assert {"guardrails", "guardrail_config", "policies", "mock_response"} <= set(found)
    return found


def _read(proxy: Proxy) -> bool:
    """Whether the guardrail was handed anything."""
    return (proxy.folder / "read.txt").exists()


def _effect(proxy: Proxy, key: str, said: dict[str, Any]) -> str | None:
    """What a call had for an effect that also says what is `said`; None if none."""
    proxy.forget()
    answer = proxy.send(said, key=key)
    if _read(proxy) or not proxy.us.untouched:
        return f"{said}: reached somebody"
    if answer.status_code >= 400:
        return None if proxy.untouched else f"{said}: refused, and sent"
    content = answer.json()["choices"][0]["message"]["content"]
    sent = proxy.eu.body()
    return (
        f"{said}: {content} {sorted(sent)}" if content != ANSWER or set(said) & set(sent) else None
    )


def test_the_guardrail_is_there_to_be_asked_for(tmp_path: Path) -> None:
    unguarded = CONFIG.replace("  callbacks: [governed.hook]", "  drop_params: true")
    unguarded = unguarded.replace(
        "  custom_auth: governed.authenticate", "  max_parallel_requests: 9"
    )
    files = {"config.yaml": unguarded, "reader.py": READER}
    with serving() as eu, serving() as us, running(tmp_path, eu, us, files) as proxy:
        assert proxy.post(key=MASTER_KEY).status_code == 200
        assert not _read(proxy)
        assert proxy.post(key=MASTER_KEY, guardrails=["asked-for"]).status_code == 200
        assert _read(proxy)


def test_a_plain_call_passes_by_it(started: tuple[Proxy, str]) -> None:
    proxy, key = started
    answer = proxy.post(key=key, metadata={"team": "a", "trace_id": "b"}, user="c")
    assert answer.status_code == 200, answer.text
    traced = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
    answer = proxy.post(key=key, headers=traced)
    assert answer.status_code == 200, answer.text
    assert not _read(proxy)


def test_no_field_that_litellm_looks_for_has_any_effect(
    started: tuple[Proxy, str], looked_for: list[str]
) -> None:
    proxy, key = started
    asked = [{name: value} for name in looked_for if name not in PUBLISHED for value in VALUES]
    assert [found for said in asked if (found := _effect(proxy, key, said))] == []


def test_no_label_that_litellm_looks_for_has_any_effect(
    started: tuple[Proxy, str], looked_for: list[str]
) -> None:
    proxy, key = started
    asked: list[dict[str, Any]] = [{"metadata": {name: "asked-for"}} for name in looked_for]
    asked += [{"litellm_metadata": {name: ["asked-for"]}} for name in looked_for]
    assert [found for said in asked if (found := _effect(proxy, key, said))] == []


@pytest.mark.parametrize("holder", ["body", "metadata", "litellm_metadata"])
def test_none_of_them_has_an_effect_on_responses(started: tuple[Proxy, str], holder: str) -> None:
    proxy, key = started
    proxy.forget()
    for name in ("guardrails", "guardrail_config", "policies", "tags", "mock_response", "api_base"):
        said: dict[str, Any] = {name: ["asked-for"]}
        asked = {"input": "hello", **(said if holder == "body" else {holder: said})}
        answer = proxy.send(asked, "/v1/responses", key)
        assert not _read(proxy)
        assert answer.status_code >= 400 or ANSWER in answer.text, answer.text
    assert proxy.us.untouched
