"""Keys of gateways, read when a call is sent and kept nowhere."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from policy_router.domain.route import Gateway, KeySource
from policy_router.wire.credentials import key_header
from policy_router.wire.operation import Dialect
from policy_router.wire.refusal import RefusalCode, Refused


@dataclass(frozen=True, slots=True)
class MissingKey:
    """A key that is not where its gateway's document says: what was found, and what to type."""

    found: str
    advice: str


def authorization(
    gateway: Gateway, dialect: Dialect = Dialect.OPENAI, route: str | None = None
) -> tuple[tuple[str, str], ...]:
    """The header that holds the gateway's key, as it takes it for a call in `dialect`.

    None if the gateway needs no key. `route`: the id of the route that the call would go by.

    Raises `Refused` if the key is not where the gateway's document says.
    """
    if gateway.key is None:
        return ()
    key = _read(gateway.key)
    if isinstance(key, MissingKey):
        what = "the call" if route is None else f"`{route}` is permitted, but the call"
        raise Refused(
            RefusalCode.KEY_MISSING,
            f"{what} cannot be sent: gateway `{gateway.id}` has no key, as {key.found}",
            f"tell the operator: {key.advice}",
        )
    return (key_header(gateway.type, dialect, key),)


def missing_key(gateway: Gateway) -> MissingKey | None:
    """What is wrong with where the gateway's key should be; None if it is there, or not needed."""
    found = None if gateway.key is None else _read(gateway.key)
    return found if isinstance(found, MissingKey) else None


def _read(source: KeySource) -> str | MissingKey:
    """The key; raises nothing."""
    if source.env is not None:
        advice = f"set it where calls are sent: `export {source.env}=...`"
        place = f"the environment variable `{source.env}`"
        text = os.environ.get(source.env)
        return (
            MissingKey(f"{place} is not set", advice) if text is None else _key(text, place, advice)
        )
    place, advice = f"the file `{source.file}`", f"put the key into `{source.file}`"
    try:
        text = Path(source.file or "").read_text("utf-8")
    except FileNotFoundError:
        return MissingKey(f"{place} is not there", advice)
    except (OSError, UnicodeDecodeError):
        return MissingKey(f"{place} cannot be read", advice)
    return _key(text, place, advice)


def _key(text: str, place: str, advice: str) -> str | MissingKey:
    key = text.strip()
    if not key:
        return MissingKey(f"{place} is empty", advice)
    if not (key.isascii() and key.isprintable()):
        return MissingKey(f"{place} holds what cannot be a key", advice)
    return key
