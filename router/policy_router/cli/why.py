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
from policy_router.report.why import why_lines

_DEFAULT_PACK: Final = "gdpr"


@click.command(
    epilog=examples(
        "why openai/o4-mini --data health",
        "why openai/o4-mini --data personal --regime eu_gdpr",
        "why mistral/mistral-large-2512 --data personal --regime eu_gdpr --policy no-dpf",
        "why openai/o4-mini --data health --format json",
    ),
)
@document_options
@request_options()
@format_option("json")
def command(stated: Stated, chosen: Chosen, output: str) -> int:
    """Why MODEL may or may not carry data, on one screen and without writing a document.

    Without MODEL, the same of each route in use of the project. Without a project the pack `gdpr`
    is in force and every gateway counts as yours. Say what data it is: without `--data` every rule
    about some kind of data may apply. Exit code 0: permitted, 1: refused.
    """
    documents = chosen.or_packs(_DEFAULT_PACK)
    pdp = documents.shown()
    decision = decided(pdp, stated)
    if decision.facts.model is None and output != "json":
        from policy_router.cli.why_in_use import in_use_lines  # noqa: PLC0415 - slow, and rarely needed

        emit(in_use_lines(documents.folder, pdp, decision))
        return FINE if decision.permitted else DENIED
    explanation = decision.explain()
    if output == "json":
        from policy_router.report.explanations import explanation_json  # noqa: PLC0415 - as above

        emit([explanation_json(explanation, explanation.nearest)])
    else:
        emit(why_lines(decision, explanation, screen(), explain_again(documents, stated)))
    return FINE if decision.permitted else DENIED
