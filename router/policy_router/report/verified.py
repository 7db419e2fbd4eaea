"""What reading a whole log has shown, and what it cannot show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from policy_router.log.removal import Removed
from policy_router.log.verification import Verified
from policy_router.report import phrases
from policy_router.report.screen import Screen, Style
from policy_router.report.visible import escaped

_ANEW: Final = (
    "whoever can write to the folder could have written all of it anew; only an anchor that is out "
    "of that person's reach rules it out: `--anchor FILE`"
)
_AFTER_ANCHOR: Final = (
    "came after the anchor's last checkpoint: nothing rules out that they, or what followed them, "
    "were replaced or cut off"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was verified: the folder, the anchors by name, and the key that had to sign, if any."""

    folder: Path
    anchors: tuple[str, ...]
    key: str | None


def verified_lines(found: Verified, asked: Asked, screen: Screen) -> Iterator[str]:
    """The outcome in a sentence, then what it rests on and what it leaves open."""
    verdict, *sentences = outcome(found)
    shown = screen.styled(verdict, Style.GOOD if found.problem is None else Style.BAD)
    first, *more = sentences
    for text in (f"{shown}: {first}", *more):
        yield from screen.wrapped(text)
    yield ""
    for title, text in grounds(found, asked):
        yield from screen.wrapped(text, f"{title:<10}")


def outcome(found: Verified) -> Iterator[str]:
    """Whether the log is verified, in a word or two; then what was found, in sentences."""
    problem = found.problem
    if problem is None:
        yield "verified"
        records = phrases.counted(found.records, "record")
        yield f"{records}, each in its place and as it was written."
        return
    yield "not verified"
    yield f"from record {problem.number} on, at {escaped(problem.where)}: {escaped(problem.what)}."
    if problem.number > found.first:
        yield f"Records {found.first} to {problem.number - 1} follow on each other."
    yield "help: compare with a copy of the log, and find out who could write."


def grounds(found: Verified, asked: Asked) -> Iterator[tuple[str, str]]:
    """What the outcome rests on and what it leaves open, each with a title or an empty one."""
    yield from _grounds(found, asked)
    yield from _limits(found, asked)


def _grounds(found: Verified, asked: Asked) -> Iterator[tuple[str, str]]:
    span = f"records {found.first} to {found.first + found.records - 1}" if found.records else ""
    segments = phrases.counted(found.segments, "segment")
    yield "log", f"{escaped(str(asked.folder))}: {span or 'no record'} in {segments}"
    if found.first:
        yield "", f"records before {found.first} were removed by retention, as the log itself says:"
    for said in found.removals:
        yield "", _removal(said)
    for part, size in sorted(found.abandoned.items(), key=lambda each: each[0].segment):
        torn = f"segment {part.segment} ends with {phrases.counted(size, 'byte')} of no record"
        yield "", f"{torn}: a write that was cut short, and that nobody was told had succeeded"
    keys = ", ".join(f"{key[:16]}..." for key in sorted(found.keys))
    signed = f"signed by {keys}" if keys else "not signed"
    if found.covered:
        yield "own", f"checkpoints of the log cover the first {found.covered} records, {signed}"
    if asked.anchors:
        yield (
            "anchor",
            f"{escaped(', '.join(asked.anchors))} covers the first {found.anchored} records",
        )


def _removal(said: Removed) -> str:
    """What one record says of what is no longer there."""
    records = "" if said.first is None else f" with records 0 to {said.first - 1}"
    age = "" if said.before is None else f", all from before {escaped(said.before)}"
    at = "" if said.at is None else f" on {escaped(said.at)}"
    return f"record {said.number}{at}: segments up to {said.through}{records}{age}"


def _limits(found: Verified, asked: Asked) -> Iterator[tuple[str, str]]:
    if found.problem is not None:
        return
    end = found.first + found.records
    if not asked.anchors:
        yield "open", _ANEW
    elif found.anchored < end:
        yield "open", f"{phrases.counted(end - found.anchored, 'record')} {_AFTER_ANCHOR}"
    if found.keys and asked.key is None:
        yield "open", "whose keys these are was not asked: `--key` takes the one that must sign"


def verified_json(found: Verified, asked: Asked) -> str:
    """The same for programs."""
    problem = found.problem
    data = {
        "verified": problem is None,
        "folder": str(asked.folder),
        "log": found.log,
        "first": found.first,
        "records": found.records,
        "segments": found.segments,
        "covered": found.covered,
        "anchored": found.anchored if asked.anchors else None,
        "keys": sorted(found.keys),
        "removals": [
            {
                "record": said.number,
                "at": said.at,
                "before": said.before,
                "through": said.through,
                "first": said.first,
                "root": said.root,
            }
            for said in found.removals
        ],
        "abandoned": [
            {"segment": part.segment, "offset": part.offset, "bytes": size}
            for part, size in sorted(found.abandoned.items(), key=lambda each: each[0].segment)
        ],
        "problem": None
        if problem is None
        else {"record": problem.number, "where": problem.where, "what": problem.what},
    }
    return json.dumps(data, indent=2)
