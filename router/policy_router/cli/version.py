"""`policy-router version`: of this program and of the policy language."""

from __future__ import annotations

import platform

import click

from policy_router import __version__
from policy_router.cli.examples import examples
from policy_router.cli.main import FINE
from policy_router.cli.terminal import emit
from policy_router.language.grammar.body import LANGUAGE


@click.command(epilog=examples("version"))
def command() -> int:
    """Print the versions of this program, of the policy language it reads, and of Python."""
    emit([f"policy-router {__version__}, language {LANGUAGE}, Python {platform.python_version()}"])
    return FINE
