"""`policy-router why`: one model and one kind of data on one screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from policy_router.audit.in_use import routes_first
from policy_router.audit.matrix import matrix
from policy_router.cli.again import explain_again
from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.requests import Stated, request_options
from policy_router.cli.scope import own_of
from policy_router.cli.stated import decided
from policy_router.cli.terminal import emit, screen
from policy_router.domain.claim import Moment
from policy_router.domain.diagnostic import Span
from policy_router.domain.organisation import Scenario
from policy_router.report.explanations import explanation_json
from policy_router.report.matrix import routes_lines
from policy_router.report.why import what_data, why_lines
from policy_router.service.decision import Decision
from policy_router.service.pdp import PDP

_DEFAULT_PACK: Final = "gdpr"
_BY_SCENARIO: Final = "Scenario by scenario `policy-router audit` tells what may go where."
_HERE: Final = Span("why", 1, 1)


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
    pdp = documents.opened()
    decision = decided(pdp, stated)
    if decision.facts.model is None and output != "json":
        emit(_in_use(documents.folder, pdp, decision))
        return FINE if decision.permitted else DENIED
    explanation = decision.explain()
    if output == "json":
        emit([explanation_json(explanation, explanation.nearest)])
    else:
        emit(why_lines(decision, explanation, screen(), explain_again(documents, stated)))
    return FINE if decision.permitted else DENIED


def _in_use(folder: Path, pdp: PDP, decision: Decision) -> Iterator[str]:
    """The request on every route in use; misuse where no route is anybody's."""
    determination = decision.determination
    own = own_of(folder, pdp, determination.at.date())
    if own is None:
        message = (
            "name a model and the data, such as `why openai/o4-mini --data personal`: no project "
            "says which models you use"
        )
        raise click.UsageError(message)
    first = routes_first(decision.snapshot, own)
    asked = Scenario("request", "this request", "", decision.facts, _HERE)
    moment = Moment(determination.at, determination.known_at)
    if missing := what_data(decision):
        yield from screen().wrapped(f"{missing[:1].upper()}{missing[1:]}. {_BY_SCENARIO}")
        return
    found = matrix(decision.snapshot, [asked], first.routes, moment)
    yield from routes_lines(found, first, screen())
