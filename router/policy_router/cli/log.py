"""`policy-router log`: the group of commands about what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

import click

from policy_router.cli.examples import examples
from policy_router.cli.main import Commands

COMMANDS: Final = {
    "verify": "is every record that was kept still there, in its place and as it was",
    "search": "calls, the latest last, by caller, model, route, outcome, reason or time",
    "show": "one call: what it was, what was decided, why, and how it ended",
    "stats": "how many calls were permitted and refused, of whom, where to and why",
    "export": "calls as a table for other programs (Parquet)",
    "tell": "tell anchors and collectors what is new",
    "prune": "remove what is older than the project keeps, and say so in the log",
    "forget": "destroy the key of a person's pseudonym",
    "key": "make the key that signs checkpoints",
}
"""The commands of the group, as in `policy_router.cli.main`."""


class LogCommands(Commands):
    """The commands of the group."""

    table: ClassVar[Mapping[str, str]] = COMMANDS
    prefix: ClassVar[str] = "policy_router.cli.log_"


@click.group(cls=LogCommands, epilog=examples("log verify", "log search --refused", "log stats"))
def command() -> None:
    """The log of decisions: facts, verdicts and digests, never a prompt, an answer or a key."""
