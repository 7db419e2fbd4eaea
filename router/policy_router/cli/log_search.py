"""`policy-router log search`: calls by what their records say."""

from __future__ import annotations

import json
from collections import deque
from datetime import datetime
from pathlib import Path

import click

from policy_router.audit.recorded import NO_CALLS, Span, Wanted
from policy_router.cli.documents import Chosen
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.log_folder import calls_of, log_and_documents, log_place
from policy_router.cli.log_forget import subjects_in, typed
from policy_router.cli.main import FINE
from policy_router.cli.terminal import emit, screen
from policy_router.cli.values import Code, Past
from policy_router.report.recorded import calls_csv, calls_json, calls_lines
from policy_router.report.recorded_events import events_csv, events_lines
from policy_router.report.recorded_reasons import CODES
from policy_router.service.recorded import records_of, shallow


@click.command(
    epilog=examples(
        "log search --refused",
        "log search --caller support-bot --since 2026-11-01T00:00:00Z",
        "log search --reason facts_missing --most 100 --format csv",
        "log search --kind load",
    )
)
@log_and_documents
@click.option("--id", "id_", metavar="ID", help="calls whose id begins so")
@click.option("--caller", metavar="ID", help="calls of this caller")
@click.option(
    "--subject", metavar="PERSON", help="calls about this person; `-` reads who from input"
)
@click.option("--model", metavar="NAME", help="calls that asked for this model")
@click.option("--route", metavar="ID", help="calls that were sent by this route")
@click.option(
    "--reason", type=Code(CODES), help="calls that were refused for this reason (see docs/errors)"
)
@click.option("--refused/--permitted", "refused", default=None, help="only these")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in NO_CALLS]),
    help="records that are of no call: what was put in force, what went",
)
@click.option("--since", type=Past(), help="calls from this instant on, or 7d ago")
@click.option("--until", type=Past(), help="calls before this instant")
@click.option(
    "--most", type=click.IntRange(min=1), default=20, show_default=True, help="rows, the latest"
)
@format_option("json", "csv")
def command(  # noqa: PLR0913 - one for each option
    chosen: Chosen,
    folder: Path,
    id_: str | None,
    caller: str | None,
    subject: str | None,
    model: str | None,
    route: str | None,
    reason: str | None,
    kind: str | None,
    since: datetime | None,
    until: datetime | None,
    most: int,
    output: str,
    *,
    refused: bool | None,
) -> int:
    """List calls, the latest last. `log show ID` tells everything about one of them.

    With `--kind` records of no call: what was put in force or was not, what retention removed, keys
    that were destroyed.
    """
    if kind is not None:
        if {id_, caller, subject, model, route, reason, refused} != {None}:
            raise click.UsageError("`--kind` is about no call: only `--since`, `--until`, `--most`")
        return _events(folder, kind, Span(since, until), most, output)
    admitted = None if refused is None else not refused
    person = None if subject is None else _pseudonym(chosen, subject)
    wanted = Wanted(id_, caller, model, route, reason, admitted, since, until, person)
    found = deque(calls_of(folder, wanted), maxlen=most)
    calls = sorted(found, key=lambda call: (call.at, call.first["id"]))
    match output:
        case "json":
            emit([calls_json(calls)])
        case "csv":
            emit(calls_csv(calls).splitlines())
        case _:
            emit(calls_lines(calls, screen()))
    return FINE


def _events(folder: Path, kind: str, span: Span, most: int, output: str) -> int:
    of_kind = (record for record in records_of(folder) if record["kind"] == kind)
    found = list(deque(shallow(filter(span.holds, of_kind)), maxlen=most))
    match output:
        case "json":
            emit([json.dumps(found, indent=2)])
        case "csv":
            emit(events_csv(found).splitlines())
        case _:
            emit(events_lines(found, screen()))
    return FINE


def _pseudonym(chosen: Chosen, person: str) -> str:
    """What the records call a person; of one without a key none can be found."""
    found = subjects_in(log_place(chosen)).known(typed(person))
    if found is None:
        raise click.UsageError("there is no key of that person: no record can be traced to them")
    return found
