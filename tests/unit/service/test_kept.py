"""Documents are kept beside a log before they are decided from, and read back whole or refused."""

from __future__ import annotations

import fcntl
import gzip
import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final, NoReturn

import pytest

from policy_router.domain.decision import Digests
from policy_router.domain.release import VERSION
from policy_router.domain.unreplayable import Unreplayable
from policy_router.enforcement.gate import gate_for
from policy_router.log.kept import open_ledger
from policy_router.service import kept
from policy_router.service.kept import Keeper, made_again
from policy_router.service.pdp import load
from policy_router.store import writing
from tests.pep.world import World, build


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A project that has been put in force with its own log, and has decided nothing."""
    found = build(tmp_path)
    gate_for("test", found.pdp)
    return found


def _lists(world: World) -> list[Path]:
    return sorted((world.log / "snapshots").glob("*.json"))


def _texts(world: World) -> set[Path]:
    return set((world.log / "snapshots" / "texts").iterdir())


def _list(world: World) -> Path:
    (only,) = _lists(world)
    return only


def _change(world: World, old: str, new: str) -> None:
    file = world.folder / "documents.yaml"
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def _refused(world: World) -> Unreplayable:
    with pytest.raises(Unreplayable) as refused:
        made_again(world.log, world.pdp.snapshot.digests)
    return refused.value


def test_they_are_kept_before_the_first_record_and_say_the_same_again(world: World) -> None:
    assert list(world.log.glob("*.jsonl")) == []
    again = made_again(world.log, world.pdp.snapshot.digests)
    assert again.snapshot == world.pdp.snapshot
    assert again.version == VERSION


def test_they_are_for_their_owners_eyes(world: World) -> None:
    files = [path for path in (world.log / "snapshots").rglob("*") if path.is_file()]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    folders = {path.parent for path in files}
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}


def test_shipped_documents_are_kept_too(world: World) -> None:
    names = [name for name, _ in json.loads(_list(world).read_bytes())["sources"]]
    assert any(name.startswith("data/territories/") for name in names)
    assert any(name.startswith("policies/") for name in names)


def test_the_shipped_registry_is_kept_with_them(tmp_path: Path) -> None:
    pdp = load(packs=("gdpr",))
    pdp.keep_beside(tmp_path)
    assert made_again(tmp_path, pdp.snapshot.digests).snapshot == pdp.snapshot


def test_a_text_is_kept_once(world: World) -> None:
    before = _texts(world)
    _change(world, "runs in the EEA", "runs at home")
    world.pdp.reload()
    added = _texts(world) - before
    assert (len(_lists(world)), len(added), before <= _texts(world)) == (2, 1, True)
    (new,) = added
    assert b"runs at home" in gzip.decompress(new.read_bytes())


def test_what_says_the_same_is_not_kept_again(world: World) -> None:
    before = {path: path.stat().st_mtime_ns for path in (*_texts(world), *_lists(world))}
    _change(world, "kind: policy", "# nothing new\nkind: policy")
    world.pdp.reload()
    gate_for("another", world.pdp)
    build(world.folder).pdp.keep_beside(world.log)
    assert {path: path.stat().st_mtime_ns for path in (*_texts(world), *_lists(world))} == before


def test_what_is_missing_of_them_is_written_again(world: World) -> None:
    min(_texts(world)).unlink()
    _refused(world)
    build(world.folder).pdp.keep_beside(world.log)
    assert made_again(world.log, world.pdp.snapshot.digests).snapshot == world.pdp.snapshot


def test_a_log_elsewhere_has_documents_of_its_own(world: World, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    gate_for("test", world.pdp, open_ledger(other))
    assert made_again(other, world.pdp.snapshot.digests).snapshot == world.pdp.snapshot


# ---- whatever goes wrong ------------------------------------------------------------------------


def _no(*_: object) -> NoReturn:
    raise OSError(28, "No space left on device")


def test_documents_that_cannot_be_kept_are_not_put_in_force(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world.pdp.snapshot
    _change(world, "runs in the EEA", "runs at home")
    with monkeypatch.context() as full:
        full.setattr(kept, "replaced", _no)
        with pytest.raises(OSError, match="No space left"):
            world.pdp.reload()
    assert world.pdp.snapshot is before
    assert world.pdp.reload() is not before


def test_a_gate_whose_documents_cannot_be_kept_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build(tmp_path)
    monkeypatch.setattr(kept, "replaced", _no)
    with pytest.raises(OSError, match="No space left"):
        gate_for("test", world.pdp)


@pytest.mark.parametrize("written", [0, 1, 5])
def test_what_a_crash_left_is_no_snapshot_and_is_made_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    world = build(tmp_path)
    done: list[Path] = []
    real = writing.replaced

    def cut_short(file: Path, data: bytes) -> None:
        if len(done) == written:
            raise KeyboardInterrupt
        done.append(file)
        real(file, data)

    with monkeypatch.context() as crash:
        crash.setattr(kept, "replaced", cut_short)
        with pytest.raises(KeyboardInterrupt):
            gate_for("test", world.pdp)
    assert _refused(world).code == "LOG501"
    gate_for("test", world.pdp)
    assert made_again(world.log, world.pdp.snapshot.digests).snapshot == world.pdp.snapshot


def test_the_list_is_written_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = build(tmp_path)
    done: list[str] = []
    real = writing.replaced

    def noting(file: Path, data: bytes) -> None:
        done.append(file.suffix)
        real(file, data)

    monkeypatch.setattr(kept, "replaced", noting)
    gate_for("test", world.pdp)
    assert done == [".gz"] * (len(done) - 1) + [".json"]


def test_those_in_force_and_those_before_are_held(world: World) -> None:
    held = [_list(world)]
    for title in ("runs at home", "runs elsewhere"):
        _change(world, "the model", f"the model {title} or")
        world.pdp.reload()
        held += [path for path in _lists(world) if path not in held]
    assert [_is_free(path) for path in held] == [True, False, False]


def test_nothing_is_held_by_those_that_are_gone(world: World, tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "other")
    keeper.keep(world.pdp.loaded)
    (listed,) = (tmp_path / "other" / "snapshots").glob("*.json")
    assert not _is_free(listed)
    del keeper
    assert _is_free(listed)


def _is_free(path: Path) -> bool:
    file = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True


# ---- whoever changes them -----------------------------------------------------------------------


def _flip(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


OTHER: Final = gzip.compress(b"kind: policy\n", mtime=0)


@pytest.mark.parametrize("change", [_flip, lambda d: d[:40], lambda _: b"", lambda _: OTHER])
def test_a_text_that_was_changed_is_refused(world: World, change: Callable[[bytes], bytes]) -> None:
    for text in sorted(_texts(world)):
        was = text.read_bytes()
        text.write_bytes(change(was))
        assert _refused(world).code == "LOG502"
        text.write_bytes(was)
    assert made_again(world.log, world.pdp.snapshot.digests).version == VERSION


def test_texts_that_were_swapped_or_removed_are_refused(world: World) -> None:
    one, other = sorted(_texts(world))[:2]
    one_was, other_was = one.read_bytes(), other.read_bytes()
    one.write_bytes(other_was)
    other.write_bytes(one_was)
    assert _refused(world).code == "LOG502"
    other.unlink()
    assert _refused(world).code == "LOG502"


def _rewritten(world: World, old: str, new: str) -> None:
    """Change one of the texts as somebody would who takes care that all names fit."""
    listed = _list(world)
    data = json.loads(listed.read_bytes())
    for entry in data["sources"]:
        file = listed.parent / "texts" / f"{entry[1]}.gz"
        text = gzip.decompress(file.read_bytes()).decode()
        if old in text:
            changed = text.replace(old, new).encode()
            entry[1] = sha256(changed).hexdigest()
            packed = gzip.compress(changed, mtime=0)
            (listed.parent / "texts" / f"{entry[1]}.gz").write_bytes(packed)
    listed.write_text(json.dumps(data), "utf-8")


def test_documents_that_say_something_else_are_refused(world: World) -> None:
    _rewritten(world, "within: EEA", "within: US")
    refused = _refused(world)
    assert refused.code == "LOG502"
    assert "other digests" in refused.message


def test_documents_that_are_broken_are_refused(world: World) -> None:
    _rewritten(world, "within: EEA", "beside: EEA")
    assert _refused(world).code == "LOG502"


@pytest.mark.parametrize(
    ("key", "value"),
    [("packs", ["gdpr"]), ("all_routes", True), ("own", []), ("sources", []), ("today", "1999")],
)
def test_a_load_that_asked_for_something_else_is_refused(
    world: World, key: str, value: object
) -> None:
    listed = _list(world)
    listed.write_text(json.dumps({**json.loads(listed.read_bytes()), key: value}), "utf-8")
    assert _refused(world).code == "LOG502"


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"version": 1}'])
def test_a_list_that_is_none_is_refused(world: World, text: str) -> None:
    _list(world).write_text(text, "utf-8")
    assert _refused(world).code == "LOG502"


def test_another_version_is_named_where_it_may_be_the_reason(world: World) -> None:
    _rewritten(world, "within: EEA", "beside: EEA")
    listed = _list(world)
    listed.write_text(listed.read_text("utf-8").replace(f'"{VERSION}"', '"0.0.9"'), "utf-8")
    refused = _refused(world)
    assert (refused.code, "0.0.9" in refused.message) == ("LOG503", True)


def test_documents_that_were_never_kept(world: World) -> None:
    none = f"sha256:{'0' * 64}"
    for digests in (Digests(none, none), Digests("../../etc/passwd", none)):
        with pytest.raises(Unreplayable) as refused:
            made_again(world.log, digests)
        assert refused.value.code == "LOG501"
