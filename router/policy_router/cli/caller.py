"""`policy-router caller`: the group of commands about who may call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

import click

from policy_router.cli.examples import examples
from policy_router.cli.main import Commands

COMMANDS: Final = {
    "add": "let somebody in: write the document of a caller, and print its key",
    "key": "make a new key for a caller that is there, and print it",
}
"""The commands of the group, as in `policy_router.cli.main`."""


class CallerCommands(Commands):
    """The commands of the group."""

    table: ClassVar[Mapping[str, str]] = COMMANDS
    prefix: ClassVar[str] = "policy_router.cli.caller_"


@click.group(
    cls=CallerCommands,
    epilog=examples("caller add support-bot --data personal", "caller key first-app"),
)
def command() -> None:
    """Who may call: every caller has a document with its facts and the hash of its key."""
