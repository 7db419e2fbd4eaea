"""The options of `replay` about a proposal, and putting it to many calls."""

from __future__ import annotations

import atexit
import functools
import gc
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import click

from policy_router.audit.rows import Row
from policy_router.cli.documents import Chosen
from policy_router.cli.main import DENIED, FINE, MISUSE
from policy_router.cli.sides import Sides
from policy_router.cli.terminal import counting_line, emit, screen
from policy_router.domain.claim import Moment
from policy_router.domain.snapshot import Snapshot

_EXTRA: Final = "tables of calls need the extra `scale`, and Spark the extra `spark`: install it"
_DUCKDB, _SPARK = "duckdb", "spark"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a proposal. `facts`: a table of calls, None for those of the log."""

    against: str
    facts: str | None
    by: str
    most: int
    changed: Path | None
    machine: str
    memory: int
    unknown: bool


def proposal_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options about a proposal; the command gets `asked`, None if there is none."""

    @functools.wraps(command)
    def run(**options: Any) -> int:  # noqa: ANN401 - what click parsed
        said = {name: options.pop(name) for name in Asked.__slots__}
        if said["against"] is None:
            if said["facts"] is not None or said["changed"] is not None:
                raise click.UsageError("say with `--against` what is proposed")
            return command(asked=None, **options)
        return command(asked=Asked(**said), **options)

    for decorate in reversed(_DECORATORS):
        run = decorate(run)
    return run


_DECORATORS: Final = (
    click.option("--against", metavar="WHAT", help="decide all by a proposal too: a project, a "
        "policy, a folder of documents, a revision of git or `shipped`, as in `policy diff`"),
    click.option("--facts", metavar="FILE", help="with --against: calls from a table, a file "
        "`.parquet` or `.csv`, instead of the log"),
    click.option("--by", type=click.Choice(["rule", "tenant"]), default="rule",
        help="with --against: because of what, or whose calls"),
    click.option("--most", type=click.IntRange(min=1), default=20, help="rows of each table"),
    click.option("--changed", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
        help="with --against: write every call that changes, as Parquet"),
    click.option("--engine", "machine", type=click.Choice([_DUCKDB, _SPARK]), default=_DUCKDB,
        help="what groups and counts the calls"),
    click.option("--memory", metavar="MB", type=click.IntRange(min=100), default=1000,
        help="what DuckDB may hold; the rest goes to a temporary folder"),
    click.option("--unknown", is_flag=True, help="facts without a column are known of no call"),
)  # fmt: skip


def propose(
    chosen: Chosen,
    asked: Asked,
    moment: Moment,
    rows: Callable[[], Iterable[Row]],
    output: str,
) -> int:
    """Put a proposal to the calls of a table, or to `rows` of the log; the exit code."""
    try:
        import policy_router.service.proposal  # noqa: F401, PLC0415 - it needs an extra
    except ImportError as error:
        raise click.UsageError(f"{_EXTRA} first") from error
    atexit.unregister(gc.freeze)  # DuckDB counts what is left over at the end
    old = chosen.opened().snapshot
    new = Sides(chosen, policies=True).loaded(asked.against).snapshot
    with TemporaryDirectory(prefix="policy-router-") as folder:
        return _put(old, new, asked, moment, rows, output, Path(folder))


def _put(  # noqa: PLR0913 - what it is asked, to what, and how
    old: Snapshot,
    new: Snapshot,
    asked: Asked,
    moment: Moment,
    rows: Callable[[], Iterable[Row]],
    output: str,
    spill: Path,
) -> int:
    from policy_router.audit.proposal.judging import Judge  # noqa: PLC0415 - see `propose`
    from policy_router.report.proposed import proposed_json, proposed_lines  # noqa: PLC0415
    from policy_router.service.proposal import Proposal  # noqa: PLC0415
    from policy_router.store.calls import Machine, connected, opened  # noqa: PLC0415

    place = asked.facts or _exported(rows(), spill / "calls.parquet")
    try:
        connection = connected(Machine(asked.machine), spill, asked.memory)
    except ImportError as error:
        raise click.UsageError(f"{_EXTRA} first") from error
    table = opened(connection, place)
    proposal = Proposal(
        connection, table, Judge(old, new, moment), _progress, unknown=asked.unknown
    )
    found = proposal.found(asked.most)
    if asked.changed is not None:
        proposal.write_changed(str(asked.changed))
    _progress("", 0)
    lines = proposed_lines(found, asked.by, asked.most, screen())
    emit([proposed_json(found)] if output == "json" else lines)
    if found.changed:
        return DENIED
    return MISUSE if found.in_doubt else FINE


def _exported(rows: Iterable[Row], file: Path) -> str:
    from policy_router.store.parquet import write_parquet  # noqa: PLC0415 - it needs an extra

    write_parquet(file, rows, counting_line("read"))
    return str(file)


def _progress(doing: str, done: int) -> None:
    """Shows on standard error what is being done; nothing where that is no terminal."""
    if sys.stderr.isatty():
        text = f"\r\x1b[K{doing} {done:,}" if done else f"\r\x1b[K{doing}"
        click.echo(text, err=True, nl=False)
