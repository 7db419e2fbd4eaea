"""A request as a caller of the project would make it: its floor, and what it declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import click

from policy_router.domain.organisation import Caller
from policy_router.domain.request import RequestFacts
from policy_router.domain.vocabulary import FACTS
from policy_router.enforcement.facts import Floor, floor_of, joined
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
    said = list(_declared(stated))
    try:
        facts = joined(floor, _shown(stated), said)
    except Refused as refused:
        advice = f"; {refused.help}" if refused.help else ""
        message = f"a call of `{floor.caller}` would be refused: {refused.message}{advice}"
        raise click.UsageError(message) from None
    _tell(floor, [name for name, _ in said])
    return facts


def _known(name: str, callers: Mapping[str, Caller]) -> Caller:
    if name in callers:
        return callers[name]
    meant = nearest(name, callers)
    advice = f"did you mean `{meant}`?" if meant else f"known: {names(sorted(callers))}"
    raise click.UsageError(f"--caller: the project has no caller `{name}`; {advice}")


_OBSERVED: Final = frozenset(name for name, spec in FACTS.items() if spec.observed)


def _shown(stated: RequestFacts) -> RequestFacts:
    """What a call shows by itself."""
    return replace(
        stated,
        sets={n: fact for n, fact in stated.sets.items() if n in _OBSERVED},
        scalars={n: value for n, value in stated.scalars.items() if n in _OBSERVED},
    )


def _declared(stated: RequestFacts) -> Iterator[tuple[str, str]]:
    for name, fact in stated.sets.items():
        if name not in _OBSERVED:
            yield name, ",".join(sorted(fact.members))
    for name, value in stated.scalars.items():
        if name not in _OBSERVED and name != _CALLER:
            yield name, str(value)


def _tell(floor: Floor, declared: list[str]) -> None:
    """Say whose floor holds, and which facts are the caller's mere word."""
    holds = escaped(asked(floor.facts)) or "nothing is certain of it"
    click.echo(f"note: as a call of `{floor.caller}`, whose floor is: {holds}", err=True)
    mere = sorted(set(declared) - floor.may_declare)
    if mere:
        text = f"declared, and not settled by its word (`may_declare`): {names(mere)}"
        click.echo(f"note: {text}", err=True)
