"""`policy-router registry list`: routes by what is recorded about them."""

from __future__ import annotations

from typing import Final

import click

from policy_router.audit.listing import Listed, listed, ordered
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import FINE
from policy_router.cli.registry_scope import Registered, registry_options
from policy_router.cli.terminal import emit, screen
from policy_router.cli.values import Names
from policy_router.domain.policy import ALWAYS, Predicate
from policy_router.domain.vocabulary import ATTRIBUTES, BENCHMARK_PREFIX, attribute
from policy_router.language.suggest import did_you_mean
from policy_router.language.wheres import route_predicate
from policy_router.report.listing import (
    COLUMNS,
    Listing,
    listing_csv,
    listing_json,
    listing_lines,
)

_FIRST_SCREEN: Final = 20
_DESCENDING: Final = "-"
_BY_REQUEST: Final = {"signoff", "cost"}
_BY_ITSELF: Final = tuple(name for name in ATTRIBUTES if name not in _BY_REQUEST)


@click.command(
    epilog=examples(
        "registry list --where '{inference_location: {within: [EEA]}}'",
        "registry list --where '{zero_data_retention: [default, granted]}' --unknown --most 5",
        "registry list --sort price.input --columns route,price.input,price.output",
        "registry list --where '{provider: mistral}' --format csv",
    )
)
@registry_options()
@click.option("--where", "where", metavar="YAML", help="a predicate, in the words of policies")
@click.option("--unknown", is_flag=True, help="the routes of which it is not known instead")
@click.option(
    "--sort",
    "by",
    metavar="NAME",
    default="route",
    help="an attribute (a price: of small calls); -NAME descends",
)
@click.option(
    "--columns",
    type=Names(lambda: _BY_ITSELF),
    metavar="NAMES",
    help="attributes to show (default: a few)",
)
@click.option("--most", type=click.IntRange(min=1), help="rows (default: 20, all for programs)")
@format_option("csv", "json")
def command(  # noqa: PLR0913 - an argument for each option
    seen: Registered,
    where: str | None,
    by: str,
    columns: tuple[str, ...] | None,
    most: int | None,
    output: str,
    *,
    unknown: bool,
) -> int:
    """List routes within reach, all of them or those that a predicate is known to be true of.

    Whether a predicate holds is known, known not, or not known; `--unknown` lists the last. What
    is recorded counts here on any evidence: whether a policy accepts it is for `audit` to say.

    Of a price that rises with the tokens sent, a predicate takes the dearest, as a rule does of a
    call of unknown size.
    """
    if unknown and where is None:
        raise click.UsageError("`--unknown` goes with `--where`: it says what is not known")
    names = columns or COLUMNS
    for name in (*names, by.removeprefix(_DESCENDING)):
        _check(name)
    found = _found(seen, where)
    chosen = found.unknown if unknown else found.met
    shown = ordered(
        seen.snapshot,
        chosen,
        by.removeprefix(_DESCENDING),
        seen.moment,
        descending=by.startswith(_DESCENDING),
    )
    listing = Listing(
        seen.snapshot, seen.moment, found, shown, tuple(names), filtered=where is not None
    )
    _emit(listing, most, output)
    return FINE


def _found(seen: Registered, where: str | None) -> Listed:
    wanted = ALWAYS if where is None else _predicate(seen, where)
    return listed(seen.snapshot, seen.routes, wanted, seen.moment)


def _predicate(seen: Registered, where: str) -> Predicate:
    return route_predicate(where, seen.snapshot.registry, "--where")


def _check(name: str) -> None:
    if attribute(name) is None or name in _BY_REQUEST:
        every = f"there are {', '.join(_BY_ITSELF)} and {BENCHMARK_PREFIX}NAME"
        advice = did_you_mean(name, _BY_ITSELF) or every
        raise click.UsageError(f"`{name}` is no attribute that a route has by itself; {advice}")


def _emit(listing: Listing, most: int | None, output: str) -> None:
    match output:
        case "json":
            emit([listing_json(listing.first(most))])
        case "csv":
            emit(listing_csv(listing.first(most)).splitlines())
        case _:
            emit(listing_lines(listing, most or _FIRST_SCREEN, screen()))
