"""`policy-router replay`: what was decided, decided again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

import click

from policy_router.audit.record import Kind, Record
from policy_router.audit.recorded import Call, Span, Wanted
from policy_router.audit.replay import Fidelity, asked_in, withheld_in
from policy_router.audit.rows import Row, rows_of
from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.log_folder import call_with, folder_of, log_option, shaped_calls_of
from policy_router.cli.main import DENIED, FINE, MISUSE
from policy_router.cli.proposal import Asked, proposal_options, propose
from policy_router.cli.terminal import counting_line, emit, screen
from policy_router.cli.values import Instant, Past
from policy_router.domain.claim import Moment
from policy_router.report.otherwise import Otherwise, otherwise_json, otherwise_lines
from policy_router.report.replayed import many_json, many_lines, replayed_json, replayed_lines
from policy_router.service.pdp import utc_now
from policy_router.service.recorded import records_of, shallow
from policy_router.service.replaying import Replayer, replay_many

_APART: Final = (
    "`--against` is about all calls of the log or of `--facts`: without `--decision` and `--now`, "
    "and of a table without `--all`, `--since` and `--until`"
)


@dataclass(frozen=True, slots=True)
class _Elsewhen:
    """The circumstances that are asked about: instants, and whether today's documents count."""

    at: datetime | None
    known_at: datetime | None
    today: bool

    @property
    def stated(self) -> bool:
        """Whether any is."""
        return self.today or self.at is not None or self.known_at is not None

    def moment(self, then: Moment) -> Moment:
        """The instants to decide for, of a decision that was made as of `then`."""
        at = self.at or (utc_now() if self.today else then.at)
        return Moment(at, self.known_at or (None if self.today else then.known_at))


@click.command(
    epilog=examples(
        "replay --decision 6b4e59db",
        "replay --decision 6b4e59db --at 2027-01-01T00:00:00Z",
        "replay --decision 6b4e59db --now",
        "replay --all",
        "replay --since 2026-11-01T00:00:00Z --format json",
        "replay --against shipped --by tenant",
    )
)
@document_options
@log_option
@click.option("--decision", "id_", metavar="ID", help="the call whose id is ID or begins so")
@click.option("--all", "every", is_flag=True, help="every decision in the log")
@click.option("--since", type=Past(), help="every decision from this instant on, or 7d ago")
@click.option("--until", type=Past(), help="every decision before this instant")
@click.option("--at", type=Instant(), help="as it would have been at this instant")
@click.option("--known-at", type=Instant(), help="as it would have been, as known at this instant")
@click.option("--now", "today", is_flag=True, help="as it would be now, by the documents of today")
@proposal_options
@format_option("json")
def command(  # noqa: PLR0913 - one for each option
    folder: Path | None,
    chosen: Chosen,
    asked: Asked | None,
    id_: str | None,
    since: datetime | None,
    until: datetime | None,
    at: datetime | None,
    known_at: datetime | None,
    output: str,
    *,
    every: bool,
    today: bool,
) -> int:
    """Decide again what was decided, from the documents kept beside the log and the facts recorded.

    Exit code 0: the same, byte for byte, 1: not the same, 2: it cannot be told. With --at,
    --known-at or --now the first attempt of the call is decided under other circumstances, and what
    that changes is shown, with the rule and the claim that did it.

    With --against every call of the log, or of a table of calls, is decided twice: by the documents
    in force and by others that are proposed. Exit code 0: all the same, 1: some are not, 2: all the
    same, but some rows cannot be decided.
    """
    span, elsewhen = Span(since, until), _Elsewhen(at, known_at, today)
    if asked is not None:
        if id_ is not None or today or (asked.facts is not None and (every or span.stated)):
            raise click.UsageError(_APART)
        calls = partial(_rows, chosen, folder, span)
        return propose(chosen, asked, Moment(at or utc_now(), known_at), calls, output)
    folder = folder_of(chosen, folder)
    if (id_ is None) is not (every or span.stated):
        raise click.UsageError("say which: `--decision ID`, or `--all`, `--since` or `--until`")
    replayer = Replayer(folder)
    if id_ is None:
        if elsewhen.stated:
            raise click.UsageError("`--at`, `--known-at` and `--now` are for one `--decision`")
        return _many(folder, replayer, span, output)
    call = call_with(folder, id_, shallow)
    if elsewhen.stated:
        return _otherwise(replayer, call, elsewhen, chosen, output)
    return _one(replayer, call, output)


def _rows(chosen: Chosen, folder: Path | None, span: Span) -> Iterator[Row]:
    wanted = Wanted(since=span.since, until=span.until)
    return rows_of(shaped_calls_of(folder_of(chosen, folder), wanted))


def _one(replayer: Replayer, call: Call, output: str) -> int:
    found = [replayer.replayed(record) for record in call.decisions]
    emit([replayed_json(found)] if output == "json" else replayed_lines(found, screen()))
    return _exit_code([each.fidelity for each in found])


def _many(folder: Path, replayer: Replayer, span: Span, output: str) -> int:
    found = replay_many(replayer, _decisions(folder, span), counting_line("replayed"))
    emit([many_json(found)] if output == "json" else many_lines(found, screen()))
    return _exit_code([kind for kind, count in found.counts.items() if count])


def _decisions(folder: Path, span: Span) -> Iterator[Record]:
    records = (record for record in records_of(folder) if record["kind"] == Kind.DECISION)
    return shallow(filter(span.holds, records))


def _exit_code(found: Sequence[Fidelity]) -> int:
    if Fidelity.DIFFERS in found:
        return DENIED
    return FINE if set(found) <= {Fidelity.SAME} else MISUSE


def _otherwise(
    replayer: Replayer, call: Call, elsewhen: _Elsewhen, chosen: Chosen, output: str
) -> int:
    asked = asked_in(call.first)
    was = replayer.again(asked)
    snapshot = chosen.shown().snapshot if elsewhen.today else None
    now = replayer.again(asked, elsewhen.moment(asked.moment), snapshot)
    found = Otherwise(call.first, was, now, withheld_in(call.first))
    emit([otherwise_json(found)] if output == "json" else otherwise_lines(found, screen()))
    if found.in_doubt or not found.is_as_recorded:
        return MISUSE
    return DENIED if found.shifts else FINE
