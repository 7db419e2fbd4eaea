"""`policy-router ui`: the explorer."""

from __future__ import annotations

import logging
import sys
from datetime import date
from importlib.util import find_spec
from typing import Final

import click

from policy_router.audit.in_use import Own
from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.main import FINE
from policy_router.cli.scope import own_of
from policy_router.cli.terminal import emit
from policy_router.service.pdp import PDP
from policy_router.service.verifying import is_public_key

_NEEDED: Final = ("jinja2", "starlette", "uvicorn")


def _public_keys(
    context: click.Context, option: click.Parameter, keys: tuple[str, ...]
) -> tuple[str, ...]:
    """The keys as they were given; misuse if one is none."""
    if not all(map(is_public_key, keys)):
        wanted = "expected the 64 hexadecimal digits that `log key` has printed"
        raise click.BadParameter(wanted, context, option)
    return keys


@click.command(epilog=examples("ui", "ui --policy gdpr --port 0"))
@document_options
@click.option(
    "--port", default=8790, type=click.IntRange(0, 65535), help="the port; 0 is any that is free"
)
@click.option(
    "--key",
    "keys",
    metavar="HEX",
    multiple=True,
    callback=_public_keys,
    help="public key that the log was signed with before, besides that of the project",
)
def command(chosen: Chosen, port: int, keys: tuple[str, ...]) -> int:
    """Choose data, law, tenant, needs and date in a browser, and see which routes remain and why.

    On this machine alone. It prints a link that works once; Ctrl-C stops it. Documents are read
    again when a file changes. It shows what `audit`, `explain`, `registry` and `log` compute, and
    changes nothing.
    """
    _check_installed()
    from policy_router.explorer.documents import Documents  # noqa: PLC0415 - needs an extra
    from policy_router.explorer.running import serve  # noqa: PLC0415 - as above

    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(message)s")

    def own(pdp: PDP, today: date) -> Own | None:
        return own_of(chosen.folder, pdp, today)

    serve(Documents(chosen.opened(), own), port, _tell, keys)
    return FINE


def _tell(link: str) -> None:
    emit(["open this link in a browser on this machine; it works once:", "", f"  {link}", ""])
    emit(["Ctrl-C stops the explorer"])
    sys.stdout.flush()


def _check_installed() -> None:
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise click.UsageError(
            f"`ui` needs packages that are not installed ({', '.join(missing)}): "
            "pip install 'policy-router[ui]'"
        )
