"""`policy-router why`: one model and one kind of data on one screen."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import click

from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.failures import ARGUMENT
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.requests import MODEL, Stated, model_names, request_options
from policy_router.cli.stated import facts_of
from policy_router.cli.terminal import emit, screen
from policy_router.cli.values import Name
from policy_router.report.why import why_lines

_DEFAULT_PACK: Final = "gdpr"


@click.command(
    epilog=examples(
        "why openai/o4-mini --data health",
        "why openai/o4-mini --data personal --regime eu_gdpr",
        "why mistral/mistral-large-2512 --data personal --regime eu_gdpr --policy no-dpf",
    )
)
@click.argument("model", type=Name(model_names))
@document_options
@request_options(without=(MODEL,))
def command(stated: Stated, chosen: Chosen, model: str) -> int:
    """Why MODEL may or may not carry data, on one screen and without writing a document.

    Without a project the pack `gdpr` is in force and every gateway counts as yours. Exit code 0:
    permitted, 1: denied.
    """
    pdp = chosen.or_packs(_DEFAULT_PACK).opened()
    asked = replace(
        stated,
        facts={**stated.facts, "model": model},
        flags={**stated.flags, "model": ARGUMENT},
    )
    decision = pdp.decide(facts_of(asked), at=stated.at, known_at=stated.known_at)
    emit(why_lines(decision, decision.explain(), screen()))
    return FINE if decision.permitted else DENIED
