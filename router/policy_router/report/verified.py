"""What reading a whole log has shown, and what it cannot show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from policy_router.domain.codes import CODES
from policy_router.log.removal import Removed
from policy_router.report import phrases
from policy_router.report.screen import Screen, Style
from policy_router.report.visible import escaped
from policy_router.service.verifying import Proof

_ANEW: Final = (
    "whoever can write to the folder could have written all of it anew; only an anchor that is out "
    "of that person's reach rules it out: `--anchor FILE`"
)
_ANEW_BY_KEY: Final = (
    "whoever has the key and can write to the folder could have written all of it anew; only an "
    "anchor that is out of that person's reach rules it out: `--anchor FILE`"
)
_AFTER_ANCHOR: Final = (
    "came after the anchor's last checkpoint: nothing rules out that they, or what followed them, "
    "were replaced or cut off"
)
_UNSIGNED: Final = "whoever can write to the folder could have replaced them or cut them off"
_NOTHING_SIGNED: Final = (
    "no signature covers any of these records: a `key` under `log` in the project signs them"
)
_UNCOMPARED: Final = (
    "of records that were all removed: nothing that is left tells whether they were those"
)
_ABANDONED_LINES: Final = (
    "in these bytes, of which no later record knows: a write that failed leaves such, and so could "
    "whoever can write to the folder"
)
_PROVES_NOTHING: Final = (
    "proves none of these records: what it knows of them is other, or could not be compared"
)
_KEPT: Final = "whether the others are what was kept is for `replay` to say"
_MOST: Final = 5


def verified_lines(proof: Proof, screen: Screen) -> Iterator[str]:
    """The outcome in a sentence, then what it rests on and what it leaves open."""
    verdict, *sentences = outcome(proof)
    is_good = proof.found.problem is None
    shown = screen.styled(verdict, Style.GOOD if is_good else Style.BAD)
    first, *more = sentences
    for text in (f"{shown}: {first}", *more):
        yield from screen.wrapped(text)
    yield ""
    for title, text in grounds(proof):
        yield from screen.wrapped(text, f"{title:<10}")


class Standing(StrEnum):
    """How far a log is proven of which nothing is wrong."""

    ANCHORED = "verified"
    SIGNED = "signed, not anchored"
    CONSISTENT = "consistent, not anchored"


def standing(proof: Proof) -> Standing | None:
    """How far the log is proven; None if something is wrong with it."""
    if proof.found.problem is not None:
        return None
    if proof.against.anchors:
        return Standing.ANCHORED
    return Standing.SIGNED if proof.against.keys else Standing.CONSISTENT


def outcome(proof: Proof) -> Iterator[str]:
    """How far the log is proven, in a word or two; then what was found, in sentences."""
    found, problem = proof.found, proof.found.problem
    if problem is not None:
        yield "not verified"
        where, what = escaped(problem.where), escaped(problem.what)
        yield f"from record {problem.number} on, at {where}: {what} ({problem.code})."
        if problem.number > found.first:
            yield f"Records {found.first} to {problem.number - 1} follow on each other."
        yield f"help: {CODES[problem.code].fix}"
        return
    how = standing(proof)
    yield "" if how is None else how.value
    records = phrases.counted(found.records, "record")
    match how:
        case Standing.ANCHORED:
            yield f"{records}, of which the anchor knows all before record {found.anchored}."
        case Standing.SIGNED:
            yield f"{records}, of which the key signed all before record {found.signed}."
        case _:
            yield f"{records}, each of which follows on the one before."


def grounds(proof: Proof) -> Iterator[tuple[str, str]]:
    """What the outcome rests on and what it leaves open, each with a title or an empty one."""
    yield from _grounds(proof)
    if proof.found.problem is None:
        yield from _limits(proof)
        yield from _missing(proof)


def _grounds(proof: Proof) -> Iterator[tuple[str, str]]:
    found = proof.found
    span = f"records {found.first} to {found.end - 1}" if found.records else ""
    segments = phrases.counted(found.segments, "segment")
    yield "log", f"{escaped(str(proof.folder))}: {span or 'no record'} in {segments}"
    if found.first:
        yield "", f"records before {found.first} were removed by retention, as the log itself says:"
    for said in found.removals:
        yield "", _removal(said)
    for part, size in sorted(found.abandoned.items(), key=lambda each: each[0].segment):
        torn = f"segment {part.segment} ends with {phrases.counted(size, 'byte')} of no record"
        yield "", f"{torn}: a write that was cut short, and that nobody was told had succeeded"
    if found.abandoned_lines:
        yield "", f"{phrases.counted(found.abandoned_lines, 'whole line')} {_ABANDONED_LINES}"
    keys = ", ".join(f"{key[:16]}..." for key in sorted(found.keys))
    signed = f"signed by {keys}" if keys else "not signed"
    if found.covered:
        yield "own", f"checkpoints of the log cover the first {found.covered} records, {signed}"
    if proof.against.anchors:
        names = escaped(", ".join(proof.against.anchors))
        by = ", which the project names," if proof.against.by_project else ""
        covers = f"covers the first {found.anchored} records" if found.anchored else _PROVES_NOTHING
        yield "anchor", f"{names}{by} {covers}"
    for where, numbers in (("`checkpoints`", found.damaged), ("the anchor", proof.damaged)):
        for number in numbers:
            yield "", f"line {number} of {where} is no checkpoint: cut short by a crash, or changed"


def _removal(said: Removed) -> str:
    """What one record says of what is no longer there."""
    records = "" if said.first is None else f" with records 0 to {said.first - 1}"
    age = "" if said.before is None else f", all from before {escaped(said.before)}"
    at = "" if said.at is None else f" on {escaped(said.at)}"
    return f"record {said.number}{at}: segments up to {said.through}{records}{age}"


def _limits(proof: Proof) -> Iterator[tuple[str, str]]:
    found, against = proof.found, proof.against
    if not against.anchors:
        yield "open", _ANEW_BY_KEY if against.keys else _ANEW
    elif found.anchored < found.end:
        after = phrases.counted(found.end - found.anchored, "record")
        yield "open", f"{after} {_AFTER_ANCHOR}"
    if not found.signed:
        yield "open", _NOTHING_SIGNED
    elif found.signed < found.end:
        after = phrases.counted(found.end - found.signed, "last record")
        yield "open", f"no signature covers the {after}: {_UNSIGNED}"
    if found.uncompared:
        count = phrases.counted(found.uncompared, "checkpoint")
        yield "open", f"{count} of the log or the anchor {_UNCOMPARED}"
    if found.keys and not against.keys:
        yield "open", "whose keys these are was not asked: `--key` takes the one that must sign"


def _missing(proof: Proof) -> Iterator[tuple[str, str]]:
    """What records name that is not kept beside the log."""
    if not proof.missing:
        return
    count = phrases.counted(len(proof.missing), "snapshot")
    what = f"documents of {count} that records name do not lie beside the log; {_KEPT}"
    yield "open", what
    for digests in proof.missing[:_MOST]:
        yield "", f"policies {digests.policies}, registry {digests.registry}"
    if len(proof.missing) > _MOST:
        yield "", f"and {len(proof.missing) - _MOST} more: `--format json` lists all"


def verified_json(proof: Proof) -> str:
    """The same for programs."""
    found, problem, how = proof.found, proof.found.problem, standing(proof)
    data = {
        "verified": problem is None,
        "standing": None if how is None else how.name.lower(),
        "folder": str(proof.folder),
        "log": found.log,
        "first": found.first,
        "records": found.records,
        "segments": found.segments,
        "covered": found.covered,
        "anchors": list(proof.against.anchors),
        "anchors_of_project": proof.against.by_project,
        "anchored": found.anchored if proof.against.anchors else None,
        "signed": found.signed,
        "uncompared": found.uncompared,
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
        "abandoned_lines": found.abandoned_lines,
        "damaged": {"checkpoints": found.damaged, "anchor": list(proof.damaged)},
        "missing": [
            {"policies": digests.policies, "registry": digests.registry}
            for digests in proof.missing
        ],
        "problem": None
        if problem is None
        else {
            "record": problem.number,
            "code": problem.code,
            "where": problem.where,
            "what": problem.what,
        },
    }
    return json.dumps(data, indent=2)
