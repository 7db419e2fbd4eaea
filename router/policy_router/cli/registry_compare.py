"""`policy-router registry compare`: models side by side."""

from __future__ import annotations

import click

from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import FINE
from policy_router.cli.registry_scope import Registered, registry_options, sheet_called
from policy_router.cli.requests import model_names
from policy_router.cli.terminal import emit, screen
from policy_router.cli.values import Name
from policy_router.report.compare import compare_csv, compare_json, compare_lines


@click.command(
    no_args_is_help=True,
    epilog=examples(
        "registry compare openai/o4-mini mistral/mistral-large-2512",
        "registry compare openai/o4-mini openai/gpt-5-mini --format csv",
    ),
)
@click.argument("names", nargs=-1, required=True, type=Name(model_names))
@registry_options()
@format_option("csv", "json")
def command(seen: Registered, names: tuple[str, ...], output: str) -> int:
    """Compare the models or routes NAMES: privacy, hosting in the EEA, prices and benchmarks."""
    sheets = [sheet_called(seen, name) for name in dict.fromkeys(names)]
    match output:
        case "json":
            emit([compare_json(sheets)])
        case "csv":
            emit(compare_csv(sheets).splitlines())
        case _:
            emit(compare_lines(sheets, screen()))
    return FINE
