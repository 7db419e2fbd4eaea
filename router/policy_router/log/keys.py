"""The key that signs a log's checkpoints, with the extra `signing`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from policy_router.log.checkpoint import Checkpoint

_OWNERS_EYES: Final = 0o600


class FileSigner:
    """Signs with the Ed25519 key in a file (PKCS 8, PEM, without a password)."""

    def __init__(self, path: Path) -> None:
        """Raises `OSError` if it cannot be read, `ValueError` if it holds no such key."""
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except (TypeError, UnsupportedAlgorithm) as error:  # a password, or a form nobody reads
            message = f"`{path}` holds no key that can be read"
            raise ValueError(message) from error
        if not isinstance(key, Ed25519PrivateKey):
            message = f"`{path}` holds another kind of key than Ed25519"
            raise ValueError(message)  # noqa: TRY004 - it is the file that is wrong
        self._key = key

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, body: bytes) -> bytes:
        """The 64 bytes of the signature of `body`."""
        return self._key.sign(body)


def make_key(path: Path) -> FileSigner:
    """Write a new key to `path`, for its owner's eyes; raises `FileExistsError` if one is there."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OWNERS_EYES)
    with os.fdopen(file, "wb") as out:
        out.write(pem)
        out.flush()
        os.fsync(out.fileno())
    return FileSigner(path)


def is_signed(checkpoint: Checkpoint) -> bool:
    """Whether a checkpoint has the signature of the key that it names."""
    if checkpoint.key is None or checkpoint.signature is None:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(checkpoint.key))
        key.verify(checkpoint.signature, checkpoint.body())
    except (InvalidSignature, ValueError):
        return False
    return True
