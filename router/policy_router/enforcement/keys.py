"""Keys of gateways, read when a call is sent and kept nowhere."""

from __future__ import annotations

import os
from pathlib import Path

from policy_router.domain.route import Gateway, KeySource
from policy_router.wire.credentials import key_header
from policy_router.wire.operation import Dialect
from policy_router.wire.refusal import RefusalCode, Refused


def authorization(
    gateway: Gateway, dialect: Dialect = Dialect.OPENAI
) -> tuple[tuple[str, str], ...]:
    """The header that holds the gateway's key, as it takes it for a call in `dialect`.

    None if the gateway needs no key.

    Raises `Refused` if the key is not where the gateway's document says.
    """
    if gateway.key is None:
        return ()
    key = _read(gateway.key)
    if key is None or not (key.isascii() and key.isprintable()):
        raise Refused(
            RefusalCode.KEY_MISSING,
            f"the key of gateway `{gateway.id}` is not where its document says",
            f"set {_place(gateway.key)} where calls are sent",
        )
    return (key_header(gateway.type, dialect, key),)


def _read(source: KeySource) -> str | None:
    if source.env is not None:
        return os.environ.get(source.env, "").strip() or None
    try:
        return Path(source.file or "").read_text("utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def _place(source: KeySource) -> str:
    return f"the variable `{source.env}`" if source.env else f"the file `{source.file}`"
