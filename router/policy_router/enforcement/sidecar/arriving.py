"""Where a call that arrives is meant for."""

from __future__ import annotations

from typing import Final

_VERSION: Final = "/v1/"


def below_base(raw_path: bytes) -> str:
    """What follows the base URL; OpenAI's clients have the version in it, the others do not."""
    path = raw_path.partition(b"?")[0].decode("latin-1")
    return path.removeprefix("/v1") if path.startswith(_VERSION) else path
