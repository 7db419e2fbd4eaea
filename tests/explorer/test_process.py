"""The explorer as a program: where it listens, what it prints, and how it ends."""

from __future__ import annotations

import signal
import socket
from importlib import util
from urllib.parse import urlsplit

import httpx2
import pytest

from policy_router.cli import ui
from tests.cli.running import run
from tests.explorer.serving import serving
from tests.explorer.visiting import ORGANISATION


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_listens_on_this_machine_alone_and_ends_when_it_is_told(number: signal.Signals) -> None:
    with serving(f"--config {ORGANISATION}") as served:
        port = urlsplit(served.address).port
        assert port is not None
        assert httpx2.get(served.link).status_code == 200
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.2", port), timeout=5)
        served.process.send_signal(number)
        assert served.process.wait(30) == 0


def test_a_request_in_flight_over_a_real_socket_is_guarded() -> None:
    with serving(f"--config {ORGANISATION}") as served, httpx2.Client() as client:
        evil = client.get(served.address, headers={"host": "evil.example"})
        assert (evil.status_code, "opper" in evil.text) == (421, False)
        assert client.get(served.address).status_code == 403
        done = client.post(
            f"{served.address}/enter",
            data={"token": served.token},
            headers={"origin": served.address},
        )
        assert done.status_code == 303
        shown = client.get(f"{served.address}/?data=personal&regime=eu_gdpr&at=2026-11-22")
        assert "2 of 3 routes remain" in shown.text
        assert "server" not in shown.headers
        assert client.get(served.link).status_code == 403


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run(f"ui --config {ORGANISATION} --port {taken.getsockname()[1]}")
    assert (done.code, done.out) == (2, "")
    assert "in use" in done.err


@pytest.mark.parametrize("key", ["nonsense", "0" * 63, "g" * 64])
def test_what_is_no_key_is_said_before_anything_is_served(key: str) -> None:
    done = run(f"ui --config {ORGANISATION} --key {key}")
    assert (done.code, done.out) == (2, "")
    assert "expected the 64 hexadecimal digits that `log key` has printed" in done.err


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = util.find_spec
    monkeypatch.setattr(ui, "find_spec", lambda name: None if name == "jinja2" else found(name))
    done = run(f"ui --config {ORGANISATION}")
    assert done.code == 2
    assert "(jinja2): pip install `policy-router[ui]`" in done.err


def test_without_a_project_it_says_what_to_do(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
    assert "no project" in run("ui").err
