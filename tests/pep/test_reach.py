"""Gateways without their keys: said at the start, in `doctor`, and to whoever is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy_router import load
from policy_router.enforcement.answer import Forward, Reply
from policy_router.enforcement.facts import floor_of
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.reach import can_send, keyless
from policy_router.log.kept import MemoryLog
from policy_router.wire.http_call import HttpCall
from tests.cli.running import run
from tests.pep.asking import admit
from tests.pep.serving import PORTS, ran, serving_process
from tests.pep.test_forward_auth import STATED
from tests.pep.world import ALLOWED, DENIED, KEY_VARIABLE, UPSTREAM_KEY, World, build

NOT_SET = f"the environment variable `{KEY_VARIABLE}` is not set"
SET_IT = f"set it where calls are sent: `export {KEY_VARIABLE}=...`"
JSON = (("content-type", "application/json"),)
FAR = "title: The far gateway\n"
"""The far gateway needs no key, unless a document says so."""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A project whose gateways both have keys, of which none is there."""
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    build(tmp_path)
    _edited(tmp_path, FAR, f"{FAR}key: {{file: secrets/far.key}}\n")
    return World(tmp_path, load(project=tmp_path))


def _edited(folder: Path, old: str, new: str) -> None:
    file = folder / "documents.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def _far_key(folder: Path, data: bytes) -> None:
    (folder / "secrets").mkdir()
    (folder / "secrets" / "far.key").write_bytes(data)


def test_each_gateway_is_named_with_its_routes_and_what_to_type(world: World) -> None:
    far, near = keyless(world.pdp.loaded)
    assert (near.gateway, near.routes, near.missing.found) == ("near", 2, NOT_SET)
    assert near.missing.advice == SET_IT
    assert (far.gateway, far.routes) == ("far", 1)
    file = world.folder / "secrets" / "far.key"
    assert far.missing.found == f"the file `{file}` is not there"
    assert far.missing.advice == f"put the key into `{file}`"
    assert not can_send(world.pdp.loaded)


@pytest.mark.parametrize(
    ("data", "found"),
    [(b" \n", "is empty"), (b"two\nlines", "cannot be a key"), (b"\xff", "cannot be read")],
)
def test_a_file_that_holds_no_key_is_none(world: World, data: bytes, found: str) -> None:
    _far_key(world.folder, data)
    assert found in keyless(world.pdp.loaded)[0].missing.found


def test_a_key_file_lies_beside_the_document_that_names_it(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Wherever the program was started: what `doctor` finds is what is sent."""
    _far_key(world.folder, b"key-of-the-far\n")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    pdp = load(project=world.folder)
    assert [found.gateway for found in keyless(pdp.loaded)] == ["near"]
    assert "far.example/v1, key present" in run(f"doctor --config {world.folder}").out
    caller = pdp.loaded.callers["website"]
    body = json.dumps({"model": DENIED, "messages": []}).encode()
    call = HttpCall("POST", "/chat/completions", "", JSON, body)
    sent = admit(Gate(pdp, MemoryLog(), "test"), call, floor_of(caller))
    assert isinstance(sent, Forward)
    assert ("authorization", "Bearer key-of-the-far") in sent.headers


@pytest.mark.parametrize("lets_in", ["near", "far"])
def test_one_key_is_enough_to_start(
    world: World, monkeypatch: pytest.MonkeyPatch, lets_in: str
) -> None:
    if lets_in == "near":
        monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    else:
        _far_key(world.folder, b"key")
    assert can_send(world.pdp.loaded)
    assert [found.gateway for found in keyless(world.pdp.loaded)] == (
        ["far"] if lets_in == "near" else ["near"]
    )


def test_a_gateway_nothing_can_be_pinned_at_is_not_enough(world: World) -> None:
    _far_key(world.folder, b"key")
    _edited(world.folder, "https://far.example/v1", "https://{resource}.example/v1")
    assert not can_send(load(project=world.folder).loaded)


def test_doctor_says_that_serve_would_not_start(world: World) -> None:
    done = run("doctor")
    assert done.code == 1
    assert f"no key: {NOT_SET}" in " ".join(done.out.split())
    assert "wrong  keys: no gateway has its key" in done.out
    _far_key(world.folder, b"key")
    assert run("doctor").code == 0


def test_it_does_not_start_where_nothing_could_be_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, " ")
    monkeypatch.setattr("tests.pep.serving.UPSTREAM_KEY", " ")
    refused = ran(world.folder, "serve", *PORTS)
    assert refused.returncode == 2
    assert "no call could be sent: no gateway has its key" in refused.stderr
    assert "put the key into `secrets/far.key`" in refused.stderr
    assert "--without-keys" in refused.stderr
    assert not world.log.exists()
    with serving_process(world.folder, "--without-keys") as at:
        at.warned("gateway `near` has no key, as the environment variable")


def test_it_starts_for_proxies_that_have_the_keys_themselves(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.pep.serving.UPSTREAM_KEY", "")
    file = world.folder / "policy-router.yaml"
    stated = f"enforcement: {{forward_auth: {{near: {STATED}}}}}\n"
    file.write_text(file.read_text("utf-8") + stated, "utf-8")
    with serving_process(world.folder) as at:
        at.warned("gateway `near` has no key")
    assert "wrong" not in run("doctor").out


def test_it_is_loud_of_each_gateway_without_a_key(world: World) -> None:
    with serving_process(world.folder) as at:
        at.warned(
            "gateway `far` has no key, as the file `secrets/far.key` is not there: nothing can be"
        )
        at.warned("help: put the key into `secrets/far.key`")
        assert "gateway `near`" not in at.warnings


def test_whoever_is_refused_hears_which_route_and_whose_key(world: World) -> None:
    error = _refusal(world)
    said = "`near:allowed` is permitted, but the call cannot be sent: gateway `near` has no key"
    assert error["message"].startswith(f"{said}, as {NOT_SET}")
    assert error["policy_router"]["help"] == f"tell the operator: {SET_IT}"


def _refusal(world: World) -> dict[str, Any]:
    body = json.dumps({"model": ALLOWED, "messages": []}).encode()
    answer = admit(
        Gate(world.pdp, MemoryLog(), "test"),
        HttpCall("POST", "/chat/completions", "", JSON, body),
        floor_of(world.pdp.loaded.callers["clinic"]),
    )
    assert isinstance(answer, Reply)
    error: dict[str, Any] = json.loads(answer.body)["error"]
    assert (answer.status, error["code"]) == (503, "key_missing")
    return error


def test_every_permitted_route_that_cannot_be_used_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    build(tmp_path, spare=True)
    _edited(tmp_path, FAR, f"{FAR}key: {{env: {KEY_VARIABLE}}}\n")
    pdp = load(project=tmp_path)
    said = _refusal(World(tmp_path, pdp))["message"]
    assert said.startswith("`far:allowed` is permitted, but the call cannot be sent")
    assert said.split(" (help: ")[0].endswith("; nor can it go by `near:allowed` (key_missing)")
