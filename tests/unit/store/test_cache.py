"""The cache of what documents say: used only where it is exactly what was written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from policy_router.store import cache
from policy_router.store.cache import MOST_FILES, folder, key_of, read, write

KEY = key_of([b"text", b"release"])


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"HOME": "/h/me"}, "/h/me/.cache/policy-router"),
        ({"HOME": "/h/me", "XDG_CACHE_HOME": "/fast"}, "/fast/policy-router"),
        ({"HOME": "/h/me", "XDG_CACHE_HOME": "relative"}, "/h/me/.cache/policy-router"),
        ({"HOME": "/h/me", "XDG_CACHE_HOME": ""}, "/h/me/.cache/policy-router"),
        ({"HOME": "/h/me", "POLICY_ROUTER_CACHE": "/other"}, "/other"),
        ({"HOME": "/h/me", "POLICY_ROUTER_CACHE": "off"}, None),
        ({"HOME": "/h/me", "POLICY_ROUTER_CACHE": ""}, None),
        ({}, None),
    ],
)
def test_where_it_is(environment: dict[str, str], expected: str | None) -> None:
    assert folder(environment) == (None if expected is None else Path(expected))


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
