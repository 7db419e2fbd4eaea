"""Records of no call: what was put in force, what was not, what went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from policy_router.audit.record import Kind
from policy_router.audit.recorded import Data
from policy_router.report.screen import Screen
from policy_router.report.tables import Column, csv_table, table
from policy_router.report.visible import escaped

_COLUMNS: Final = (Column("Record"), Column("When (UTC)"), Column("What", fits=True))
_SHORT: Final = len("sha256:") + 12


def events_lines(records: Sequence[Data], screen: Screen) -> Iterator[str]:
    """A table of records, in their order."""
    if not records:
        yield "No record in the log is like that."
        return
    yield from table(_COLUMNS, [_row(record) for record in records], screen)


def events_csv(records: Sequence[Data]) -> str:
    """One line for each record."""
    names = ("record", "at", "kind", "what")
    rows = [[str(r["n"]), str(r["recorded_at"]), str(r["kind"]), _what(r)] for r in records]
    return csv_table(names, rows)


def _row(record: Data) -> tuple[str, ...]:
    return str(record["n"]), escaped(str(record["recorded_at"])[:19]), escaped(_what(record))


def _what(record: Data) -> str:
    """What a record says in words; what it does not hold is left out."""
    match record["kind"]:
        case Kind.LOAD:
            return "; ".join(["put in force: " + _digests(record), *_changes(record)])
        case Kind.NOT_REPLACED:
            codes = ", ".join(map(str, _list(record.get("codes")))) or "no code"
            return f"stays in force until {record.get('until')} ({codes}): {_digests(record)}"
        case Kind.RETENTION:
            through, first = record.get("through"), record.get("first")
            return f"removed: segments up to {through}, with the records before {first}"
        case _:
            return "the key of a person's pseudonym was destroyed"


def _digests(record: Data) -> str:
    digests = record.get("digests")
    said = digests if isinstance(digests, dict) else {}
    return f"policies {_short(said.get('policies'))}, registry {_short(said.get('registry'))}"


def _changes(record: Data) -> Iterator[str]:
    """What a snapshot took the place of."""
    if record.get("before") is None:
        return
    was = f"policies {_short(record['before'])}, registry {_short(record.get('before_registry'))}"
    yield f"was: {was}"
    changed = record.get("changed")
    for name in ("callers", "gateways"):
        found = _list(changed.get(name)) if isinstance(changed, dict) else []
        if found:
            yield f"{name} that changed: {', '.join(map(str, found))}"


def _list(said: object) -> list[Any]:
    return said if isinstance(said, list) else []


def _short(digest: object) -> str:
    return "not said" if digest is None else str(digest)[:_SHORT]
