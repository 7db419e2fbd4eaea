"""Decisions that were made again: the same, or exactly what differs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from policy_router.audit.record import Record
from policy_router.audit.replay import Deviation, Fidelity, asked_in
from policy_router.domain.unreplayable import Unreplayable
from policy_router.report import phrases
from policy_router.report.recorded import grounds_words
from policy_router.report.screen import Screen, Style
from policy_router.report.tables import Column, table
from policy_router.report.visible import escaped
from policy_router.service.maker import this_program
from policy_router.service.replaying import Many, Replayed

_COLUMNS: Final = (
    Column("Part of the decision", fits=True),
    Column("Recorded", fits=True),
    Column("Made again", fits=True),
)
_SHORT_ID: Final = 8
_MOST_SHOWN: Final = 20
_LONGEST: Final = 300
_SAYING: Final = {
    Fidelity.SAME: "the same, byte for byte",
    Fidelity.DIFFERS: "not the same",
    Fidelity.OTHER_VERSION: "not the same, and made by another version or build of this program",
    Fidelity.CANNOT: "cannot be made again",
}
_STYLES: Final = {
    Fidelity.SAME: Style.GOOD,
    Fidelity.DIFFERS: Style.BAD,
    Fidelity.OTHER_VERSION: Style.OPEN,
    Fidelity.CANNOT: Style.OPEN,
}
_ADVICE: Final = {
    Fidelity.DIFFERS: (
        "help: the record, the documents or the program is not what it was: `policy-router log "
        "verify` says whether it is the record"
    ),
    Fidelity.OTHER_VERSION: (
        "help: replay it with the program that made it before you take the difference for anything "
        "else"
    ),
}


def replayed_lines(found: Sequence[Replayed], screen: Screen) -> Iterator[str]:
    """Each attempt of a call, one after the other."""
    for number, each in enumerate(found):
        if number:
            yield ""
        yield from _one(each, screen)


def _one(found: Replayed, screen: Screen) -> Iterator[str]:
    record = found.record
    yield screen.bold(f"Call {escaped(record['id'])}, attempt {record['attempt']['number']}")
    if made := _made(record):
        by = "" if found.maker is None else f", by {escaped(str(found.maker))}"
        yield from screen.wrapped(made + by)
    if found.of_another_version:
        yield from screen.wrapped(f"this is {this_program()}")
    said = screen.styled(_SAYING[found.fidelity], _STYLES[found.fidelity])
    if found.refusal is not None:
        yield from screen.wrapped(f"{said}: {_refusal(found.refusal)}")
        if found.refusal.advice:
            yield from screen.wrapped(f"help: {found.refusal.advice}")
        return
    yield f"made again: {said}"
    if found.rests_on is not None:
        yield from screen.wrapped(f"rests on {grounds_words(found.rests_on)}")
    yield from deviation_table(found.deviations, screen)
    if found.fidelity in _ADVICE:
        yield from screen.wrapped(_ADVICE[found.fidelity])


def _made(record: Record) -> str:
    """When and from what a decision was made; nothing where its record does not say all of it."""
    try:
        digests = asked_in(record).digests
    except Unreplayable:
        return ""
    policies, registry = map(phrases.short_digest, (digests.policies, digests.registry))
    at = record["decision"]["at"]
    return escaped(f"decided at {at} from policies {policies}, registry {registry}")


def _refusal(refusal: Unreplayable) -> str:
    return f"{escaped(refusal.message)} [{refusal.code}]"


def deviation_table(found: Sequence[Deviation], screen: Screen) -> Iterator[str]:
    """What is not as it was, the first ones of it."""
    rows = [(escaped(d.where), _part(d.recorded), _part(d.again)) for d in found[:_MOST_SHOWN]]
    if rows:
        yield from table(_COLUMNS, rows, screen)
    if len(found) > _MOST_SHOWN:
        more = phrases.counted(len(found) - _MOST_SHOWN, "further difference")
        yield f"{more}: `--format json`"


def _part(text: str | None) -> str:
    if text is None:
        return "not there"
    shown = escaped(text)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."


def replayed_json(found: Sequence[Replayed]) -> str:
    """The same for programs."""
    return json.dumps([_plain(each) for each in found], indent=2)


def _plain(found: Replayed) -> dict[str, Any]:
    refusal = found.refusal
    return {
        "id": found.record["id"],
        "attempt": found.record["attempt"]["number"],
        "fidelity": found.fidelity.value,
        "version": None if found.maker is None else found.maker.version,
        "build": None if found.maker is None else found.maker.build,
        "this_version": this_program().version,
        "this_build": this_program().build,
        "rests_on": found.rests_on,
        "deviations": [deviation_data(each) for each in found.deviations],
        "refusal": None
        if refusal is None
        else {"code": refusal.code, "message": refusal.message, "advice": refusal.advice},
    }


def deviation_data(found: Deviation) -> dict[str, Any]:
    """A deviation as plain data; a part that is not there is left out."""
    parts = (("recorded", found.recorded), ("again", found.again))
    return {"where": found.where} | {
        name: json.loads(text) for name, text in parts if text is not None
    }


# ---- many ---------------------------------------------------------------------------------------


def many_lines(found: Many, screen: Screen) -> Iterator[str]:
    """How many came out the same, and which did not."""
    decided = found.counts.total()
    if not decided:
        yield "No decision was recorded in that time."
    else:
        counts = ((kind, found.counts[kind]) for kind in Fidelity if found.counts[kind])
        yield f"{phrases.counted(decided, 'decision')} made again:"
        for kind, count in counts:
            yield f"  {count:>9,}  {screen.styled(_SAYING[kind], _STYLES[kind])}"
    for version, count in sorted(found.others.items()):
        made = f"{count:,} of them were made by {escaped(version)}; this is {this_program()}"
        yield from screen.wrapped(made)
    for code, count in sorted(found.codes.items()):
        yield f"{count:,} cannot be made again: `policy-router codes {code}` says why"
    if found.undecided:
        calls = phrases.counted(found.undecided, "call")
        yield f"{calls} refused before anything was decided: there is nothing to make again"
    if found.named:
        yield ""
        yield from table((Column("Call"), Column("Attempt"), Column("Made again")), _rows(found),
            screen)  # fmt: skip
        yield "`policy-router replay --decision ID` shows what differs."


def _rows(found: Many) -> list[tuple[str, str, str]]:
    return [
        (
            escaped(str(each.record["id"])[:_SHORT_ID]),
            str(each.record["attempt"]["number"]),
            _SAYING[each.fidelity],
        )
        for each in found.named
    ]


def many_json(found: Many) -> str:
    """The same for programs."""
    data = {
        "decisions": found.counts.total(),
        **{kind.value: found.counts[kind] for kind in Fidelity},
        "undecided": found.undecided,
        "codes": dict(sorted(found.codes.items())),
        "other_versions": dict(sorted(found.others.items())),
        "this_version": this_program().version,
        "this_build": this_program().build,
        "named": [_plain(each) for each in found.named],
    }
    return json.dumps(data, indent=2)
