"""A request as a caller of the project would make it: its floor, and what it declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import click

from policy_router.domain.organisation import Caller
from policy_router.domain.request import RequestFacts
from policy_router.domain.vocabulary import FACTS
from policy_router.enforcement.facts import Floor, floor_of, joined_request
from policy_router.language.suggest import nearest
from policy_router.report.phrases import asked, names
from policy_router.report.visible import escaped
from policy_router.wire.refusal import Refused

_CALLER = "caller"


def called(stated: RequestFacts, callers: Mapping[str, Caller]) -> RequestFacts:
    """The facts of a call of the caller that `stated` names, joined as an enforcement point does.

    What a call shows by itself counts as shown, everything else as declared. Says on standard
    error whose floor was used. Raises `click.UsageError` for a caller that the project does not
    have, and for what its calls would be refused for before anything is decided.
    """
    floor = floor_of(_known(str(stated.scalars[_CALLER]), callers))
    others = {name: value for name, value in stated.scalars.items() if name != _CALLER}
    try:
        facts = joined_request(floor, replace(stated, scalars=others))
    except Refused as refused:
        advice = f"; {refused.help}" if refused.help else ""
        message = f"a call of `{floor.caller}` would be refused: {refused.message}{advice}"
        raise click.UsageError(message) from None
    _tell(floor, _stated_besides(stated))
    return facts


def _known(name: str, callers: Mapping[str, Caller]) -> Caller:
    if name in callers:
        return callers[name]
    meant = nearest(name, callers)
    advice = f"did you mean `{meant}`?" if meant else f"known: {names(sorted(callers))}"
    raise click.UsageError(f"--caller: the project has no caller `{name}`; {advice}")


def _stated_besides(stated: RequestFacts) -> list[str]:
    """Names of the facts that a call does not show by itself."""
    names = (*stated.sets, *stated.scalars)
    return [n for n in names if n != _CALLER and n in FACTS and not FACTS[n].observed]


def _tell(floor: Floor, declared: list[str]) -> None:
    """Say whose floor holds, and which facts are the caller's mere word."""
    holds = escaped(asked(floor.facts)) or "nothing is certain of it"
    click.echo(f"note: as a call of `{floor.caller}`, whose floor is: {holds}", err=True)
    mere = sorted(set(declared) - floor.may_declare)
    if mere:
        text = f"declared, and not settled by its word (`may_declare`): {names(mere)}"
        click.echo(f"note: {text}", err=True)
