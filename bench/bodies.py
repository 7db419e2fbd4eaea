"""`make bench`: what one body takes, from its arrival until it can go out, beside a plain reader.

The plain reader reads the JSON and writes it with another model, as a proxy without policies would.
"""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from time import process_time
from typing import Any, Final

from policy_router.wire.http_call import HttpCall, read_call
from policy_router.wire.json_strict import serialise
from policy_router.wire.pieces import pieces_of

ROUNDS: Final = 7
MODEL: Final = "a-model"
TEXT: Final = 3_900_000
MIB: Final = 2**20


def _chat(*content: Any) -> dict[str, Any]:  # noqa: ANN401 - parts, or a text
    messages = [{"role": "user", "content": each} for each in content]
    return {"model": MODEL, "messages": messages}


def _images(count: int, size: int) -> list[dict[str, Any]]:
    url = "data:image/png;base64," + "iVBORw0K" * (size // 8)
    return [{"type": "image_url", "image_url": {"url": url}} for _ in range(count)]


BODIES: Final[dict[str, dict[str, Any]]] = {
    "an image of 19 MiB": _chat(_images(1, 19 * MIB)),
    "19 images of 1 MiB": _chat(_images(19, MIB)),
    "a text of 4 MB": _chat(("It is said, as ever.\nSo it is. " * TEXT)[:TEXT]),
    "the same with an emoji": _chat(
        ("\U0001f600" + "It is said, as ever.\nSo it is. " * TEXT)[:TEXT]
    ),
    "4 MB of line ends": _chat("\n" * (TEXT // 2)),
    "9,000 messages of 400 bytes": _chat(*["x y " * 100] * 9_000),
    "15 MiB of images and such messages": _chat(_images(15, MIB), *["x y " * 100] * 9_000),
}


def ours(body: bytes) -> bytes:
    """The body as it goes out."""
    asked = read_call(HttpCall("POST", "/chat/completions", "", (), body))
    wanted = {**asked.call.body, "model": MODEL}
    if not asked.long:
        return serialise(wanted)
    pieces = pieces_of(wanted)
    del asked, wanted
    return b"".join(pieces)


def plain(body: bytes) -> bytes:
    """The same of a reader that looks at nothing."""
    return json.dumps({**json.loads(body), "model": MODEL}, ensure_ascii=False).encode()


def seconds(made: Callable[[bytes], bytes], body: bytes) -> float:
    """Of the processor, the least of some rounds."""
    times = []
    for _ in range(ROUNDS):
        began = process_time()
        made(body)
        times.append(process_time() - began)
    return min(times)


def held(made: Callable[[bytes], bytes], body: bytes) -> float:
    """MiB held at most, the body included."""
    tracemalloc.start()
    made(body)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (most + len(body)) / MIB


def main() -> None:
    """Measure and print."""
    for name, said in BODIES.items():
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        mine, others = seconds(ours, body), seconds(plain, body)
        most, usual = held(ours, body), held(plain, body)
        print(
            f"  {name}: {mine * 1e3:.0f} ms of processor, {mine / others:.2f} times as long as a"
            f" plain reader; {most:.0f} MiB, {most / usual:.2f} times as many"
        )


if __name__ == "__main__":
    main()
