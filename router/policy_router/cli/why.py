"""`policy-router why`: one model and one kind of data on one screen."""

from __future__ import annotations

from typing import Final

import click

from policy_router.cli.again import explain_again
from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.requests import Stated, request_options
from policy_router.cli.stated import decided
from policy_router.cli.terminal import emit, screen
from policy_router.report.explanations import explanation_json
from policy_router.report.why import why_lines

_DEFAULT_PACK: Final = "gdpr"


@click.command(
    no_args_is_help=True,
    epilog=examples(
        "why openai/o4-mini --data health",
        "why openai/o4-mini --data personal --regime eu_gdpr",
        "why mistral/mistral-large-2512 --data personal --regime eu_gdpr --policy no-dpf",
        "why openai/o4-mini --data health --format json",
    ),
)
@document_options
@request_options(needs_model=True)
@format_option("json")
def command(stated: Stated, chosen: Chosen, output: str) -> int:
    """Why MODEL may or may not carry data, on one screen and without writing a document.

    Without a project the pack `gdpr` is in force and every gateway counts as yours. Exit code 0:
    permitted, 1: refused.
    """
    documents = chosen.or_packs(_DEFAULT_PACK)
    decision = decided(documents.opened(), stated)
    explanation = decision.explain()
    if output == "json":
        emit([explanation_json(explanation, explanation.nearest)])
    else:
        emit(why_lines(decision, explanation, screen(), explain_again(documents, stated)))
    return FINE if decision.permitted else DENIED
