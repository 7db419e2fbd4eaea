"""`policy-router registry`: the facts about routes and models."""

from __future__ import annotations

import click

from policy_router.cli.examples import examples
from policy_router.cli.registry_import import command as import_command


@click.group(
    "registry",
    epilog=examples(
        "registry import opper models.json",
        "registry import litellm prices.json --format json",
    ),
)
def command() -> None:
    """Work with the facts about routes and models that decisions rest on."""


command.add_command(import_command)
