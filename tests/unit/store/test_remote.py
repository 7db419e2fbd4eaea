"""Downloads: https only, one host, bounded, conditional, and the key goes nowhere else."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from policy_router.registry.importers.refusal import ImportRefused
from policy_router.store.cache import Cache
from policy_router.store.remote import Key, fetch, is_address

ADDRESS = "https://gw.example/v3/models"
Answer = Callable[[httpx.Request], httpx.Response]


def kept(folder: Path) -> list[Path]:
    return [*(folder / "downloads").iterdir()]


def get(answer: Answer, folder: Path, key: Key | None = None, address: str = ADDRESS) -> bytes:
    cache = Cache(folder, b"s" * 32)
    return fetch(address, cache, key, transport=httpx.MockTransport(answer))


def code(answer: Answer, folder: Path, address: str = ADDRESS) -> str:
    with pytest.raises(ImportRefused) as caught:
        get(answer, folder, address=address)
    return caught.value.code


def test_an_unchanged_body_is_not_sent_again(tmp_path: Path) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.headers.get("if-none-match") == '"a"':
            return httpx.Response(304)
        return httpx.Response(200, content=b"{}", headers={"etag": '"a"', "last-modified": "x"})

    assert get(answer, tmp_path) == get(answer, tmp_path) == b"{}"
    assert seen[1].headers["if-modified-since"] == "x"
    assert {oct(file.stat().st_mode & 0o777) for file in kept(tmp_path)} == {"0o600"}


def resealed(about: Path, body: Path) -> None:
    """Put another body there as anybody could who has not the secret."""
    body.write_bytes(b"[]")
    said = json.loads(about.read_text("utf-8")) | {"seal": sha256(b"[]").hexdigest()}
    about.write_text(json.dumps(said | {"sha256": said["seal"]}), "utf-8")


def with_seal_of(seal: object) -> Callable[[Path, Path], object]:
    return lambda about, _: about.write_text(json.dumps({"conditions": {}, "seal": seal}), "utf-8")


def other_conditions(about: Path, body: Path) -> None:
    """Ask for what another body is known by."""
    del body
    said = json.loads(about.read_text("utf-8"))
    about.write_text(json.dumps(said | {"conditions": {"If-None-Match": '"b"'}}), "utf-8")


SPOILT: tuple[Callable[[Path, Path], object], ...] = (
    lambda _, body: body.write_bytes(b"[]"),
    lambda about, _: about.write_bytes(b"[]"),
    lambda about, _: about.write_bytes(b"\xff"),
    lambda about, _: about.write_bytes(b"[" * 100_000),
    lambda about, _: about.write_bytes(b'{"conditions": 1, "seal": ""}'),
    with_seal_of(None),
    with_seal_of("\u00e4"),
    lambda _, body: body.unlink(),
    resealed,
    other_conditions,
)


def test_a_spoilt_copy_is_asked_for_again(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert "if-none-match" not in request.headers
        return httpx.Response(200, content=b"{}", headers={"etag": '"a"'})

    for number, spoil in enumerate(SPOILT):
        folder = tmp_path / str(number)
        get(answer, folder)
        about, body = sorted(kept(folder))
        spoil(about, body)
        assert get(answer, folder) == b"{}"


def test_a_304_nobody_asked_for_is_no_answer(tmp_path: Path) -> None:
    assert code(lambda _: httpx.Response(304), tmp_path) == "IMP301"


@pytest.mark.parametrize(
    "address",
    ["http://gw.example/", "ftp://gw.example/", "https://user:pw@gw.example/", "https:///x",
     "https://[", "file:///etc/passwd"],
)  # fmt: skip
def test_only_https_without_a_password(address: str, tmp_path: Path) -> None:
    assert code(lambda _: httpx.Response(200), tmp_path, address) == "IMP302"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "http://gw.example/", "https://gw.example:444/", "//x.example"],
)
def test_a_redirect_to_elsewhere_is_not_followed(target: str, tmp_path: Path) -> None:
    answer = httpx.Response(302, headers={"location": target})
    assert code(lambda _: answer, tmp_path) == "IMP302"


def test_a_redirect_on_the_same_host_is_followed_but_not_for_ever(tmp_path: Path) -> None:
    def once(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v3/models":
            return httpx.Response(301, headers={"location": "/v4/models"})
        return httpx.Response(200, content=b"{}")

    assert get(once, tmp_path) == b"{}"
    loop = httpx.Response(302, headers={"location": ADDRESS})
    assert code(lambda _: loop, tmp_path) == "IMP302"


def test_the_key_goes_to_its_host_alone(tmp_path: Path) -> None:
    seen: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("authorization"))
        return httpx.Response(200, content=b"{}")

    get(answer, tmp_path, Key("secret", "gw.example"))
    get(answer, tmp_path, Key("secret", "other.example"))
    assert seen == ["Bearer secret", None]
    assert "secret" not in repr(Key("secret", "gw.example"))


def test_a_body_is_bounded_after_decompression(tmp_path: Path) -> None:
    bomb = gzip.compress(b" " * 70 * 2**20, mtime=0)
    answer = httpx.Response(200, content=bomb, headers={"content-encoding": "gzip"})
    assert code(lambda _: answer, tmp_path) == "IMP101"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "zstd"])
def test_other_compressions_are_refused(encoding: str, tmp_path: Path) -> None:
    answer = httpx.Response(
        200, stream=httpx.ByteStream(b"x"), headers={"content-encoding": encoding}
    )
    assert code(lambda _: answer, tmp_path) == "IMP301"


@pytest.mark.parametrize("status", [204, 401, 404, 500])
def test_other_answers_are_refused(status: int, tmp_path: Path) -> None:
    assert code(lambda _: httpx.Response(status), tmp_path) == "IMP301"


def test_a_dead_host_is_refused_in_our_words(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("slow", request=request)

    assert code(answer, tmp_path) == "IMP301"


def test_without_a_cache_it_is_asked_for_every_time() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert "if-none-match" not in request.headers
        return httpx.Response(200, content=b"{}", headers={"etag": '"a"'})

    for _ in range(2):
        assert fetch(ADDRESS, None, transport=httpx.MockTransport(answer)) == b"{}"
    with pytest.raises(ImportRefused):
        fetch(ADDRESS, None, transport=httpx.MockTransport(lambda _: httpx.Response(304)))


def test_what_is_an_address() -> None:
    assert is_address(ADDRESS)
    assert not is_address("models.json")
