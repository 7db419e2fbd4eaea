"""`policy-router why` without a model: the request on each route in use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from policy_router.audit.in_use import routes_first
from policy_router.audit.matrix import matrix, reachable_routes
from policy_router.cli.scope import leaving_of, own_of
from policy_router.cli.terminal import screen
from policy_router.domain.claim import Moment
from policy_router.domain.diagnostic import Span
from policy_router.domain.organisation import Scenario
from policy_router.report.leaving import leaving_lines
from policy_router.report.matrix_page import routes_lines
from policy_router.report.why import what_data
from policy_router.service.decision import Decision
from policy_router.service.pdp import PDP

_BY_SCENARIO: Final = "Scenario by scenario `policy-router audit` tells what may go where."
_HERE: Final = Span("why", 1, 1)


def in_use_lines(folder: Path, pdp: PDP, decision: Decision) -> Iterator[str]:
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
    reach = reachable_routes(decision.snapshot)
    moment = Moment(determination.at, determination.known_at)
    yield from leaving_lines(leaving_of(decision.snapshot, reach, own, moment), screen())
    asked = Scenario("request", "this request", "", decision.asked, _HERE)
    if missing := what_data(decision):
        yield from screen().wrapped(f"{missing[:1].upper()}{missing[1:]}. {_BY_SCENARIO}")
        return
    found = matrix(decision.snapshot, [asked], first.routes, moment)
    yield from routes_lines(found, first, screen())
