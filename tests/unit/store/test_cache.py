"""The cache of what documents say: used only where it is exactly what was written."""

from __future__ import annotations

import hmac
import os
from hashlib import sha256
from pathlib import Path

import pytest

from policy_router.store import cache
from policy_router.store.cache import MOST_FILES, Cache, drop_what_was_read, key_of, users_cache

KEY = key_of([b"text", b"release"])
SECRET = b"s" * 32


def read(where: Path, key: str) -> str | None:
    return Cache(where, SECRET).read(key)


def write(where: Path, key: str, text: str) -> None:
    Cache(where, SECRET).write(key, text)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "me/.cache/policy-router"),
        ({"XDG_CACHE_HOME": "/fast"}, "/fast/policy-router"),
        ({"XDG_CACHE_HOME": "relative"}, "me/.cache/policy-router"),
        ({"XDG_CACHE_HOME": ""}, "me/.cache/policy-router"),
        ({"POLICY_ROUTER_CACHE": "/other"}, "/other"),
        ({"POLICY_ROUTER_CACHE": "off"}, None),
        ({"POLICY_ROUTER_CACHE": ""}, None),
        ({"HOME": "relative"}, None),
    ],
)
def test_where_it_is(tmp_path: Path, environment: dict[str, str], expected: str | None) -> None:
    found = users_cache({"HOME": str(tmp_path / "me")} | environment)
    assert (None if found is None else found.folder) == (
        None if expected is None else tmp_path / expected
    )
    assert users_cache({}) is None


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "me/.local/state/policy-router"),
        ({"XDG_STATE_HOME": "relative"}, "me/.local/state/policy-router"),
        ({"XDG_STATE_HOME": "state"}, "state/policy-router"),
    ],
)
def test_its_secret_lies_elsewhere_is_made_once_and_nobody_else_reads_it(
    tmp_path: Path, environment: dict[str, str], expected: str
) -> None:
    if environment.get("XDG_STATE_HOME") == "state":
        environment = {"XDG_STATE_HOME": str(tmp_path / "state")}
    environment = {"HOME": str(tmp_path / "me"), "POLICY_ROUTER_CACHE": "/other"} | environment
    first, second = users_cache(environment), users_cache(environment)
    assert first is not None
    assert first == second
    assert first.secret.hex() not in repr(first)
    (file,) = (tmp_path / expected).iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert (len(file.read_bytes()), file.read_bytes()) == (32, first.secret)
    assert users_cache(environment | {"HOME": str(tmp_path / "you"), "XDG_STATE_HOME": ""}) != first


@pytest.mark.parametrize("wrong", [b"", b"s" * 31, b"s" * 33])
def test_a_secret_that_is_none_is_made_anew(tmp_path: Path, wrong: bytes) -> None:
    file = tmp_path / "policy-router" / "cache-seal"
    file.parent.mkdir()
    file.write_bytes(wrong)
    file.chmod(0o600)
    environment = {"POLICY_ROUTER_CACHE": "/other", "XDG_STATE_HOME": str(tmp_path)}
    found = users_cache(environment)
    assert found is not None
    assert found == users_cache(environment)
    assert (len(found.secret), found.secret != wrong) == (32, True)


def test_a_secret_that_others_may_read_is_one_no_more(tmp_path: Path) -> None:
    environment = {"POLICY_ROUTER_CACHE": "/other", "XDG_STATE_HOME": str(tmp_path)}
    first = users_cache(environment)
    (file,) = tmp_path.rglob("cache-seal")
    file.chmod(0o644)
    second = users_cache(environment)
    assert first != second
    assert second == users_cache(environment)


def test_without_a_secret_there_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    for state in (tmp_path / "file", tmp_path / "file" / "below"):
        assert users_cache({"HOME": "/", "XDG_STATE_HOME": str(state)}) is None


def test_what_another_secret_sealed_is_passed_over(tmp_path: Path) -> None:
    Cache(tmp_path, b"another secret of as many bytes!").write(KEY, "text")
    assert read(tmp_path, KEY) is None


def test_what_anybody_could_seal_is_passed_over(tmp_path: Path) -> None:
    """Whoever can write to the folder, and knows how it is done, still lacks the secret."""
    write(tmp_path, KEY, "text")
    (file,) = tmp_path.iterdir()
    for part in (b"text", KEY.encode() + b"text", key_of([KEY.encode(), b"text"]).encode()):
        for seal in (sha256(part).hexdigest(), hmac.new(b"", part, "sha256").hexdigest()):
            file.write_bytes(seal.encode() + b"text")
            assert read(tmp_path, KEY) is None


def test_what_was_taken_can_be_dropped_and_nothing_else(tmp_path: Path) -> None:
    other = key_of([b"other"])
    drop_what_was_read()
    write(tmp_path, KEY, "text")
    write(tmp_path, other, "text")
    assert not drop_what_was_read()
    assert read(tmp_path, KEY) == "text"
    assert drop_what_was_read()
    assert not drop_what_was_read()
    assert [file.stem for file in tmp_path.iterdir()] == [other]


def test_what_was_dropped_by_another_is_no_mistake(tmp_path: Path) -> None:
    write(tmp_path, KEY, "text")
    assert read(tmp_path, KEY) == "text"
    (tmp_path / f"{KEY}.cache").unlink()
    assert drop_what_was_read()


def test_parts_are_told_apart() -> None:
    assert len({key_of(parts) for parts in ([b"ab", b"c"], [b"a", b"bc"], [b"abc"], [])}) == 4


def test_what_is_written_is_read(tmp_path: Path) -> None:
    where = tmp_path / "a" / "b"
    assert read(where, KEY) is None
    write(where, KEY, "wörd\n")
    assert read(where, KEY) == "wörd\n"
    assert read(where, key_of([b"other"])) is None
    write(where, KEY, "new")
    assert read(where, KEY) == "new"


def test_nobody_else_can_read_or_write_it(tmp_path: Path) -> None:
    where = tmp_path / "mine"
    write(where, KEY, "text")
    (file,) = where.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert where.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666, 0o610])
def test_a_file_that_others_may_touch_is_passed_over(tmp_path: Path, mode: int) -> None:
    write(tmp_path, KEY, "text")
    (file,) = tmp_path.iterdir()
    file.chmod(mode)
    assert read(tmp_path, KEY) is None


def test_a_file_of_another_user_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, KEY, "text")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert read(tmp_path, KEY) is None


def test_a_link_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "there", KEY, "text")
    (file,) = (tmp_path / "there").iterdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / file.name).symlink_to(file)
    assert read(tmp_path / "there", KEY) == "text"
    assert read(tmp_path / "here", KEY) is None


def test_a_folder_or_a_pipe_in_its_place_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, KEY, "text")
    (file,) = tmp_path.iterdir()
    file.unlink()
    file.mkdir()
    assert read(tmp_path, KEY) is None
    file.rmdir()
    os.mkfifo(file, 0o600)
    assert read(tmp_path, KEY) is None


def test_every_flipped_bit_and_every_cut_is_noticed(tmp_path: Path) -> None:
    write(tmp_path, KEY, "text")
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    for n in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[n // 8] ^= 1 << n % 8
        file.write_bytes(flipped)
        assert read(tmp_path, KEY) is None
    for n in range(len(whole)):
        file.write_bytes(whole[:n])
        assert read(tmp_path, KEY) is None
    file.write_bytes(whole)
    assert read(tmp_path, KEY) == "text"


def test_what_was_kept_under_another_key_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, KEY, "text")
    (file,) = tmp_path.iterdir()
    other = key_of([b"newer text"])
    file.rename(file.with_name(file.name.replace(KEY, other)))
    assert read(tmp_path, other) is None


def test_what_is_used_stays(tmp_path: Path) -> None:
    keys = [key_of([bytes([n])]) for n in range(MOST_FILES)]
    for n, key in enumerate(keys):
        write(tmp_path, key, str(n))
        os.utime(tmp_path / f"{key}.cache", ns=(n, n))
    assert read(tmp_path, keys[0]) == "0"
    write(tmp_path, KEY, "text")
    assert [key for key in keys if not (tmp_path / f"{key}.cache").exists()] == [keys[1]]


def test_what_cannot_be_marked_as_used_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    write(tmp_path, KEY, "text")
    monkeypatch.setattr(os, "utime", refused)
    assert read(tmp_path, KEY) == "text"


def test_one_that_is_too_large_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, KEY, "text")
    monkeypatch.setattr(cache, "MOST_BYTES", 8)
    assert read(tmp_path, KEY) is None


def test_older_ones_make_room(tmp_path: Path) -> None:
    keys = [key_of([bytes([n])]) for n in range(MOST_FILES + 3)]
    for n, key in enumerate(keys):
        write(tmp_path, key, str(n))
        os.utime(tmp_path / f"{key}.cache", ns=(n, n))
    kept = [key for key in keys if read(tmp_path, key) is not None]
    assert kept == keys[-MOST_FILES:]


def test_what_a_killed_writer_left_behind_is_cleared_away(tmp_path: Path) -> None:
    left = {name: tmp_path / name for name in (f"{KEY}.{'a' * 16}.part", "notes.part", "x.cache")}
    young = tmp_path / f"{KEY}.{'b' * 16}.part"
    for file in left.values():
        file.write_text("half", "utf-8")
        os.utime(file, ns=(0, 0))
    young.write_text("half", "utf-8")
    write(tmp_path, KEY, "text")
    assert {file.name for file in tmp_path.iterdir()} == {
        f"{KEY}.cache",
        young.name,
        "notes.part",
        "x.cache",
    }


def test_nothing_is_written_where_nothing_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    write(tmp_path / "file", KEY, "text")
    write(tmp_path / "file" / "below", KEY, "text")
    assert read(tmp_path / "file", KEY) is None
    assert (tmp_path / "file").read_text("utf-8") == "x"


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(Path, "replace", full)
    write(tmp_path, KEY, "text")
    assert list(tmp_path.iterdir()) == []
