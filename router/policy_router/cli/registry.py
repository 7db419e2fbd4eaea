"""`policy-router registry`: the group of commands about what is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

import click

from policy_router.cli.examples import examples
from policy_router.cli.main import Commands

COMMANDS: Final = {
    "show": "a model or a route: its card, its routes, what is claimed, and what may go there",
    "compare": "models side by side: privacy, places, prices, benchmarks",
    "list": "routes by what is recorded about them",
    "evidence": "every claim about a route, hop by hop, with its source and its age",
    "stats": "how much is recorded, and what may go where by scenario",
    "stale": "what lapses soon: claims, contracts, judgements, law, and what hangs on each",
    "diff": "what changed between two states of the registry, and which routes that opens or shuts",
    "verify": "record that somebody checked a claim",
    "reconcile": "a gateway's own verdicts beside ours",
    "import": "what another catalogue says, beside the registry",
}
"""The commands of the group, as in `policy_router.cli.main`."""


class RegistryCommands(Commands):
    """The commands of the group."""

    table: ClassVar[Mapping[str, str]] = COMMANDS
    prefix: ClassVar[str] = "policy_router.cli.registry_"


@click.group(
    cls=RegistryCommands,
    epilog=examples(
        "registry show openai/o4-mini",
        "registry list --where '{training: prohibited}'",
        "registry stale --within 30d",
    ),
)
def command() -> None:
    """What is recorded about models, routes, contracts and law: on what evidence, and how fresh.

    Without a project every gateway counts as yours; with one, only routes behind gateways that it
    lists are looked at. Nothing here changes a decision but `verify` and `import --write`, which
    write documents.
    """
