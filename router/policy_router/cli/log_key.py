"""`policy-router log key`: make the key that signs checkpoints."""

from __future__ import annotations

from pathlib import Path

import click

from policy_router.cli.examples import examples
from policy_router.cli.main import FINE
from policy_router.cli.terminal import emit


@click.command(epilog=examples("log key log.pem"))
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> int:
    """Write a new Ed25519 key to FILE, for its owner's eyes, and print its public half.

    Keep the public half where those who verify the log find it, and away from the machine that
    writes the log.
    """
    try:
        from policy_router.log.keys import make_key  # noqa: PLC0415 - it needs an extra
    except ImportError as error:
        raise click.UsageError("signing needs the extra `signing`: install it first") from error
    try:
        signer = make_key(file)
    except FileExistsError as error:
        raise click.UsageError(f"`{file}` is there already, and a key is never replaced") from error
    emit(
        [
            f"key written to {file}; name it in the project: log: {{folder: ..., key: {file}}}",
            "",
            f"  {signer.public_key.hex()}",
            "",
            "is its public half: `policy-router log verify --key` takes it for a log signed from",
            "its beginning. If there is a log already, name a new folder with the key.",
        ]
    )
    return FINE
