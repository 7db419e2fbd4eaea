"""A log that could not be written: what is told of it, everywhere in the same words."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from policy_router import load
from policy_router.enforcement.gate import gate_for
from policy_router.enforcement.log_place import log_problems
from policy_router.log.kept import open_ledger
from policy_router.log.keys import make_key
from policy_router.store.described import LogPlace
from policy_router.store.project import LoadErrors
from tests.cli.running import run
from tests.pep.serving import PORTS, ran
from tests.pep.world import build

Broken = Callable[[Path], LogPlace]
PRIVATE = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
PASSWORD = serialization.BestAvailableEncryption(b"password")


def _file_in_the_way(folder: Path) -> LogPlace:
    (folder / "var").write_text("")
    return LogPlace(folder / "var" / "log")


def _dangling(folder: Path) -> LogPlace:
    (folder / "log").symlink_to(folder / "nowhere")
    return LogPlace(folder / "log")


def _no_key(folder: Path) -> LogPlace:
    return LogPlace(folder / "log", folder / "log.pem")


def _folder_for_key(folder: Path) -> LogPlace:
    (folder / "log.pem").mkdir()
    return _no_key(folder)


def _no_pem(folder: Path) -> LogPlace:
    (folder / "log.pem").write_text("not a key")
    return _no_key(folder)


def _other_kind_of_key(folder: Path) -> LogPlace:
    plain = serialization.NoEncryption()
    (folder / "log.pem").write_bytes(X25519PrivateKey.generate().private_bytes(*PRIVATE, plain))
    return _no_key(folder)


def _key_with_a_password(folder: Path) -> LogPlace:
    key = Ed25519PrivateKey.generate()
    (folder / "log.pem").write_bytes(key.private_bytes(*PRIVATE, PASSWORD))
    return _no_key(folder)


def _no_folder_for_anchor(folder: Path) -> LogPlace:
    return LogPlace(folder / "log", None, folder / "other volume" / "checkpoints")


def _folder_for_anchor(folder: Path) -> LogPlace:
    (folder / "other volume" / "checkpoints").mkdir(parents=True)
    return _no_folder_for_anchor(folder)


def _file_for_folder_of_anchor(folder: Path) -> LogPlace:
    (folder / "other volume").write_text("")
    return _no_folder_for_anchor(folder)


def _store_within_the_log(folder: Path) -> LogPlace:
    return LogPlace(folder / "log", subjects=folder / "log" / "subjects")


def _store_for_everybody(folder: Path) -> LogPlace:
    (folder / "subjects").write_bytes(b"")
    (folder / "subjects").chmod(0o604)
    return LogPlace(folder / "log", subjects=folder / "subjects")


@pytest.mark.parametrize(
    ("broken", "code", "says", "type_"),
    [
        (_file_in_the_way, "PRJ420", "var` is not a folder", "name another folder"),
        (_dangling, "PRJ420", "log` is not a folder", "name another folder"),
        (_no_key, "PRJ421", "there is no file `", "`policy-router log key "),
        (_folder_for_key, "PRJ421", "cannot be read: is a directory", "let the user that serves"),
        (_no_pem, "PRJ421", "holds no Ed25519 key", "`policy-router log key "),
        (_other_kind_of_key, "PRJ421", "holds no Ed25519 key", "`policy-router log key "),
        (_key_with_a_password, "PRJ421", "with a password", "`policy-router log key "),
        (_no_folder_for_anchor, "PRJ422", "there is no folder `", "`mkdir -p '"),
        (_folder_for_anchor, "PRJ422", "is a folder", "name a file in it: `"),
        (_file_for_folder_of_anchor, "PRJ422", "there is no folder `", "`mkdir -p '"),
        (_store_within_the_log, "PRJ426", "lies in the folder of the log", "name a file elsewhere"),
        (_store_for_everybody, "PRJ426", "others may read `", "`chmod 600 "),
    ],
)
def test_each_field_says_what_is_wrong_and_what_to_type(
    tmp_path: Path, broken: Broken, code: str, says: str, type_: str
) -> None:
    place = broken(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    (found,) = log_problems(place)
    assert found.code == code
    field = {"PRJ420": "folder", "PRJ421": "key", "PRJ422": "anchor", "PRJ426": "subjects"}[code]
    assert found.message.startswith(f"`log.{field}`: ")
    assert says in found.message
    assert str(tmp_path) in found.message
    assert found.help is not None
    assert type_ in found.help
    assert sorted(tmp_path.rglob("*")) == before, "it was only looked at"


def test_what_is_said_helps(tmp_path: Path) -> None:
    """The key that is made, and the folder that is made, are what was missing."""
    place = LogPlace(tmp_path / "log", tmp_path / "log.pem", tmp_path / "other" / "checkpoints")
    assert len(list(log_problems(place))) == 2
    make_key(tmp_path / "log.pem")
    (tmp_path / "other").mkdir()
    assert list(log_problems(place)) == []
    ledger = open_ledger(place.folder, place.key, place.anchor)
    ledger.append({"kind": "load"})
    assert ledger.check() is not None
    assert (tmp_path / "other" / "checkpoints").read_text()
    assert list(log_problems(place)) == []


def _written(folder: Path) -> LogPlace:
    place = LogPlace(folder / "log", None, folder / "other" / "checkpoints")
    (folder / "other").mkdir()
    ledger = open_ledger(place.folder, None, place.anchor)
    ledger.append({"kind": "load"})
    ledger.check()
    return place


@pytest.mark.parametrize(
    ("shut", "code"),
    [
        ("log", "PRJ420"),
        ("log/lock", "PRJ420"),
        ("log/checkpoints", "PRJ420"),
        ("log/*.jsonl", "PRJ420"),
        ("other/checkpoints", "PRJ422"),
    ],
)
def test_what_is_there_and_belongs_to_somebody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shut: str, code: str
) -> None:
    place = _written(tmp_path)
    (path,) = tmp_path.glob(shut)
    monkeypatch.setattr(os, "access", lambda asked, mode: asked != path or mode == os.F_OK)
    (found,) = log_problems(place)
    assert found.code == code
    assert f"`{path}` cannot be written" in found.message
    assert f"let the user that serves write `{path}`" in (found.help or "")


def test_a_folder_that_is_yet_to_be_made_where_nobody_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda asked, mode: asked != tmp_path or mode == os.F_OK)
    places = LogPlace(tmp_path / "var" / "log", None, tmp_path / "checkpoints")
    assert [found.code for found in log_problems(places)] == ["PRJ420", "PRJ422"]


def test_without_what_signs_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_key(tmp_path / "log.pem")
    monkeypatch.setitem(sys.modules, "policy_router.log.keys", None)
    (found,) = log_problems(_no_key(tmp_path))
    assert found.help == "in a checkout of policy-router, pip install '.[signing]'"


def test_programs_are_told_where_they_are_set_up(tmp_path: Path) -> None:
    build(tmp_path)
    _with_log(tmp_path, "key: log.pem")
    with pytest.raises(LoadErrors, match=r"PRJ421.*`log\.key`: there is no file"):
        gate_for("test", load(project=tmp_path))


def _with_log(folder: Path, more: str) -> None:
    file = folder / "policy-router.yaml"
    text = file.read_text("utf-8").replace("var/log}", f"var/log, {more}}}")
    file.write_text(text, "utf-8")


def test_check_doctor_and_serve_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path)
    _with_log(tmp_path, "key: log.pem, anchor: off/c")
    monkeypatch.chdir(tmp_path)
    words = (
        "`log.key`: there is no file `log.pem`",
        "make one: `policy-router log key log.pem`; or take `key` out",
        "`log.anchor`: there is no folder `off`",
        "mount it, or make it: `mkdir -p off`",
    )
    checked, looked = run("check --strict"), run("doctor")
    served = ran(tmp_path, "serve", *PORTS)
    assert (checked.code, looked.code, served.returncode) == (0, 1, 2)
    for said in (checked.out, looked.out, served.stderr):
        assert [word for word in words if word not in said] == []
        assert "policy-router.yaml:9:29" in said
        assert "PRJ421" in said
    assert "note[PRJ422]" in checked.out
    assert "error[PRJ422]" in served.stderr
    assert not (tmp_path / "var").exists()


def test_a_machine_without_git_or_opentelemetry_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = LogPlace(tmp_path / "log", anchor_git=str(tmp_path / "x.git"), otel="records")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "policy_router.log.otel", None)
    found = {problem.code: problem.help for problem in log_problems(place)}
    assert found["PRJ424"] is not None
    assert "install it" in found["PRJ424"]
    assert found["PRJ425"] == "pip install 'policy-router[otel]'"
