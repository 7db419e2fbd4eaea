"""A price map out of a wheel: by hash, as data, bounded; nothing of it runs or is unpacked."""

from __future__ import annotations

import io
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from policy_router.registry.importers.refusal import ImportRefused
from policy_router.store.archive import PRICE_MAPS, is_wheel, price_map
from policy_router.store.writing import replaced

EVIL = {"litellm_init.pth": b"import os; os.abort()", "../../escape": b"x"}


def wheel(**members: bytes) -> bytes:
    return packed(EVIL | members, zipfile.ZIP_DEFLATED)


def packed(members: dict[str, bytes], method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def code(data: bytes, expected: str | None) -> str:
    with pytest.raises(ImportRefused) as caught:
        price_map(data, expected)
    return caught.value.code


def test_the_price_map_is_read_and_nothing_else_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = wheel(**{PRICE_MAPS[0]: b"{}", "litellm/__init__.py": b"raise SystemExit"})
    assert price_map(data, digest(data).upper()) == b"{}"
    assert list(tmp_path.parent.rglob("escape")) == []
    assert is_wheel("litellm-1.0-py3-none-any.whl")


def test_without_its_hash_a_wheel_is_not_opened() -> None:
    data = wheel(**{PRICE_MAPS[0]: b"{}"})
    assert code(data, None) == code(data, "0" * 64) == "IMP303"


def test_a_bomb_is_given_up() -> None:
    data = wheel(**{PRICE_MAPS[0]: b" " * 70 * 2**20})
    assert code(data, digest(data)) == "IMP101"


@pytest.mark.parametrize("data", [b"", b"PK", wheel(), wheel()[:-30]])
def test_what_holds_no_price_map_is_refused(data: bytes) -> None:
    assert code(data, digest(data)) == "IMP304"


def test_a_spoilt_member_is_refused() -> None:
    data = wheel(**{PRICE_MAPS[0]: bytes(range(256)) * 40})
    at = data.index(PRICE_MAPS[0].encode()) + len(PRICE_MAPS[0]) + 10
    spoilt = data[:at] + b"\xff" * 20 + data[at + 20 :]
    assert code(spoilt, digest(spoilt)) == "IMP304"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_compressed_as_no_wheel_is_refused(method: int) -> None:
    data = packed({PRICE_MAPS[0]: b"{}"}, method)
    assert code(data, digest(data)) == "IMP304"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_damaged_wheel_is_read_or_refused_and_nothing_else(method: int) -> None:
    """One byte at a time, and cut at each length: the archive says where its members are."""
    sound = packed({PRICE_MAPS[0]: b"{}", **EVIL}, method)
    damaged = [sound[:n] for n in range(len(sound))]
    damaged += [sound[:n] + bytes([sound[n] ^ 0xFF]) + sound[n + 1 :] for n in range(len(sound))]
    outcomes = set(map(read_or_refused, damaged))
    readable = set() if method == zipfile.ZIP_LZMA else {b"{}"}
    assert outcomes == {b"IMP304"} | readable


def read_or_refused(data: bytes) -> bytes:
    try:
        return price_map(data, digest(data))
    except ImportRefused as refused:
        return refused.code.encode()


def test_a_file_is_replaced_whole_or_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "inner" / "a.yaml"
    replaced(file, b"one", 0o644)
    assert file.stat().st_mode & 0o777 == 0o644

    def broken(*_: Path) -> Path:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="no space"):
        replaced(file, b"two")
    assert (file.read_bytes(), len(list(file.parent.iterdir()))) == (b"one", 1)
