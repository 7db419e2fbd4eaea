"""`policy-router explain`: every verdict, its evidence, and what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import click

from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.requests import Stated, request_options
from policy_router.cli.stated import decided
from policy_router.cli.terminal import emit, screen
from policy_router.engine.explanation import Explanation, RouteExplanation
from policy_router.report.explanations import explanation_json, explanation_lines, foremost

_SHOWN: Final = 3
_SHOWN_OF_ANY_MODEL: Final = 1


@click.command(
    epilog=examples(
        "explain openai/o4-mini --policy gdpr --data personal --regime eu_gdpr",
        "explain --policy gdpr --data personal --route opper:openai/o4-mini",
        "explain openai/o4-mini --policy gdpr --data personal --format json",
    )
)
@document_options
@request_options()
@click.option(
    "--route",
    "only",
    metavar="ID",
    help="show this candidate only; in JSON, search what would change it for it only",
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help=f"show all candidates, not {_SHOWN} of a model or {_SHOWN_OF_ANY_MODEL} of any, and "
    "search for all of them what would change it",
)
@format_option("json")
def command(
    stated: Stated, chosen: Chosen, only: str | None, output: str, *, everything: bool
) -> int:
    """Explain a decision: every rule, the evidence at every hop, the smallest sets of changes.

    Explaining changes nothing. Exit code 0: permitted, 1: refused.
    """
    decision = decided(chosen.shown(), stated)
    explanation = decision.explain()
    few = _SHOWN if decision.facts.model is not None else _SHOWN_OF_ANY_MODEL
    routes = _chosen(explanation, only, len(explanation.routes) if everything else few)
    if output == "json":
        emit([explanation_json(explanation, routes)])
    else:
        emit(explanation_lines(decision, explanation, routes, screen()))
    return FINE if decision.permitted else DENIED


def _chosen(explanation: Explanation, only: str | None, most: int) -> Sequence[RouteExplanation]:
    """The candidates to show: the one asked for, or the permitted and the nearest first."""
    if only is not None:
        found = [route for route in explanation.routes if route.route == only]
        if not found:
            raise click.UsageError(f"`{only}` is not a candidate for this request")
        return found
    return foremost(explanation, most)
