"""`policy-router decide`: which route may carry a request, or why none may."""

from __future__ import annotations

import click

from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.requests import Stated, request_options
from policy_router.cli.stated import facts_of
from policy_router.cli.terminal import emit, screen
from policy_router.report.decisions import decision_lines


@click.command(
    epilog=examples(
        "decide --policy gdpr --model openai/o4-mini --data non_personal",
        "decide --policy gdpr --model openai/o4-mini --data personal --regime eu_gdpr",
        "decide --policy gdpr --request requests/fails.yaml --format json",
    )
)
@document_options
@request_options()
@format_option("json")
def command(stated: Stated, chosen: Chosen, output: str) -> int:
    """Decide which route may carry a request, and say why if none may.

    A fact you leave out is unknown, and unknown never helps. Exit code 0: permitted, 1: denied.
    """
    pdp = chosen.opened()
    decision = pdp.decide(facts_of(stated), at=stated.at, known_at=stated.known_at)
    if output == "json":
        emit([decision.to_json()])
    else:
        emit(decision_lines(decision, decision.explain(), screen()))
    return FINE if decision.permitted else DENIED
