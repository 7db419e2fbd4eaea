"""`policy-router decide`: which route may carry a request, or why none may."""

from __future__ import annotations

import click

from policy_router.cli.again import explain_again
from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.requests import Stated, request_options
from policy_router.cli.stated import decided
from policy_router.cli.terminal import emit, screen
from policy_router.report.decisions import decision_lines


@click.command(
    epilog=examples(
        "decide openai/o4-mini --policy gdpr --data non_personal",
        "decide openai/o4-mini --policy gdpr --data personal --regime eu_gdpr",
        "decide openai/o4-mini --caller first-app --purpose customer-care",
        "decide --policy gdpr --request requests/fails.yaml --format json",
    )
)
@document_options
@request_options()
@format_option("json")
def command(stated: Stated, chosen: Chosen, output: str) -> int:
    """Decide which route may carry a request, of MODEL or of any, and say why if none may.

    A fact you leave out is unknown, and unknown never helps. With --caller, a project's caller is
    asked for: its floor counts, and your options are what it declares. Exit code 0: permitted, 1:
    refused.
    """
    decision = decided(chosen.shown(), stated)
    if output == "json":
        emit([decision.to_json()])
    else:
        again = explain_again(chosen, stated)
        emit(decision_lines(decision, decision.explain(), screen(), again))
    return FINE if decision.permitted else DENIED
