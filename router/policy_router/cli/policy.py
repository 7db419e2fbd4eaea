"""`policy-router policy`: the group of commands about policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

import click

from policy_router.cli.examples import examples
from policy_router.cli.main import Commands

COMMANDS: Final = {
    "diff": "which decisions a change of documents turns, and which rule, claim or contract did it",
}
"""The commands of the group, as in `policy_router.cli.main`."""


class PolicyCommands(Commands):
    """The commands of the group."""

    table: ClassVar[Mapping[str, str]] = COMMANDS
    prefix: ClassVar[str] = "policy_router.cli.policy_"


@click.group(cls=PolicyCommands, epilog=examples("policy diff shipped shipped --policy gdpr"))
def command() -> None:
    """What policies come to, and what a change of them would mean."""
