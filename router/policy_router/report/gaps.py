"""What is missing for more permissions, for readers and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from policy_router.audit.gaps import Bundle, Gaps, Missing, Thing
from policy_router.engine.explanation import ChangeKind
from policy_router.engine.render import instant
from policy_router.report import phrases
from policy_router.report.screen import Screen
from policy_router.report.statement import LIMITS, facts_of
from policy_router.report.tables import Column, csv_table, markdown_table, prose, table
from policy_router.report.visible import escaped

_KINDS: Final = {
    ChangeKind.FACT: "fact of the request",
    ChangeKind.VERIFICATION: "verification",
    ChangeKind.EVIDENCE: "evidence",
    ChangeKind.ASSESSMENT: "assessment",
    ChangeKind.SIGNOFF: "sign-off",
    ChangeKind.AGREEMENT: "agreement",
    ChangeKind.EXCEPTION: "exception",
}
_MISSING: Final = (
    Column("Alone", right=True),
    Column("Part of", right=True),
    Column("What"),
    Column("It must say, at most", fits=True),
)
_BUNDLES: Final = (Column("Permits", right=True), Column("Together", fits=True))


def gaps_lines(gaps: Gaps, most: int, screen: Screen) -> Iterator[str]:
    """What is missing on a screen, `most` rows of each table."""
    yield from screen.wrapped(summary(gaps))
    if gaps.missing:
        yield ""
        yield screen.bold("What is missing")
        yield from table(_MISSING, _missing_rows(gaps.missing[:most]), screen)
        yield from _more(len(gaps.missing) - most)
        yield ""
        yield screen.bold("What would be enough together")
        yield from table(_BUNDLES, _bundle_rows(gaps.bundles[:most]), screen)
        yield from _more(len(gaps.bundles) - most)
    yield ""
    yield from screen.wrapped(_rests_on(gaps))
    yield from screen.wrapped(LIMITS)


def _more(hidden: int) -> Iterator[str]:
    if hidden > 0:
        yield f"{phrases.counted(hidden, 'further row')}: `--most`, or `--format csv`"


def summary(gaps: Gaps) -> str:
    """How much is permitted, how much is not, and how the columns count."""
    blocked = (
        f"Of {phrases.counted(gaps.combinations, 'combination')} of scenario and route "
        f"{gaps.permitted:,} are permitted and {gaps.blocked:,} are not."
    )
    if gaps.unsearched:
        blocked += f" {gaps.unsearched:,} of these are refused before any rule."
    if gaps.hopeless:
        blocked += f" For {gaps.hopeless:,} no set of steps was found that would change it."
    if not gaps.missing:
        return blocked
    return (
        f"{blocked} `Alone`: combinations that one thing would permit by itself; `part of`: "
        "combinations of whose smallest sets of steps it is part."
    )


def _rests_on(gaps: Gaps) -> str:
    digests = gaps.snapshot.digests
    at = facts_of(gaps.moment.at, gaps.moment.known_at, digests)
    return f"Policies ({phrases.short_digest(digests.policies)}) on facts of {at}."


def _what(thing: Thing) -> str:
    return f"{_KINDS[thing.kind]}: {escaped(thing.about)}"


def _missing_rows(missing: Sequence[Missing]) -> list[tuple[str, ...]]:
    return [(f"{m.alone:,}", f"{m.part_of:,}", _what(m.thing), escaped(m.text)) for m in missing]


def _bundle_rows(bundles: Sequence[Bundle]) -> list[tuple[str, ...]]:
    return [(f"{b.unlocks:,}", ", ".join(map(_what, b.things))) for b in bundles]


def gaps_markdown(gaps: Gaps) -> Iterator[str]:
    """Everything that is missing, in Markdown."""
    yield from ("# What is missing", "", prose(summary(gaps)), "")
    yield from markdown_table(_MISSING, _missing_rows(gaps.missing))
    yield from ("", "## What would be enough together", "")
    yield from markdown_table(_BUNDLES, _bundle_rows(gaps.bundles))
    yield from ("", prose(_rests_on(gaps)), "", prose(LIMITS), "")


def gaps_csv(gaps: Gaps) -> str:
    """Everything that is missing, one row a thing."""
    titles = ("alone", "part_of", "kind", "about", "text", "scenarios")
    return csv_table(
        titles,
        [
            (
                str(m.alone),
                str(m.part_of),
                m.thing.kind.value,
                m.thing.about,
                m.text,
                " ".join(m.scenarios),
            )
            for m in gaps.missing
        ],
    )


def gaps_json(gaps: Gaps) -> str:
    """Everything that is missing, as one line of JSON."""
    moment, digests = gaps.moment, gaps.snapshot.digests
    data = {
        "at": instant(moment.at),
        "known_at": instant(moment.known_at) if moment.known_at else None,
        "digests": {"policies": digests.policies, "registry": digests.registry},
        "combinations": gaps.combinations,
        "permitted": gaps.permitted,
        "blocked": gaps.blocked,
        "refused_before_any_rule": gaps.unsearched,
        "without_remedy": gaps.hopeless,
        "missing": [_missing(m) for m in gaps.missing],
        "together": [
            {"permits": b.unlocks, "things": [_thing(t) for t in b.things]} for b in gaps.bundles
        ],
        "limits": LIMITS,
    }
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _thing(thing: Thing) -> dict[str, Any]:
    return {"kind": thing.kind.value, "about": thing.about, "says": thing.says}


def _missing(m: Missing) -> dict[str, Any]:
    counts = {"alone": m.alone, "part_of": m.part_of}
    return {**counts, **_thing(m.thing), "text": m.text, "scenarios": list(m.scenarios)}
