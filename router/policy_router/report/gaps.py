"""What is missing for more permissions, for readers and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final, assert_never

from policy_router.audit.gaps import Bundle, Gaps, Missing, Need, Thing
from policy_router.audit.in_use import First, Why
from policy_router.audit.leaving import Leaving
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.explanation import ChangeKind
from policy_router.engine.render import instant
from policy_router.engine.step_words import NOBODY_MAY, may_be_approved, one_pinned
from policy_router.report import phrases
from policy_router.report.first_screen import (
    ORDER,
    need_columns,
    need_rows,
    note,
    note_and_more,
    things_needed,
    without_list,
)
from policy_router.report.leaving import leaving_told
from policy_router.report.screen import Screen
from policy_router.report.statement import LIMITS, facts_of
from policy_router.report.steps import change_words, contents
from policy_router.report.tables import Column, csv_table, markdown_table, prose, table
from policy_router.report.visible import escaped

_MISSING: Final = (
    Column("Permits alone", right=True),
    Column("Helps permit", right=True),
    Column("What to do", fits=True),
)
_COUNTING: Final = (
    "Each step is counted twice: how many combinations it permits alone, and how many it helps to "
    "permit, alone or together with others. A row says all that any of them wants of a company. "
    "Rows about one company stand together, the company whose step permits most first; where there "
    "is another way it has rows of its own, so not all are needed."
)
_SIGNOFFS: Final = "A sign-off counts where it is in force for the route and the request."
_BUNDLES: Final = (Column("Permits", right=True), Column("Together", fits=True))


def gaps_lines(gaps: Gaps, first: First, most: int, screen: Screen) -> Iterator[str]:
    """What is missing on a screen, `most` rows of each table.

    Where `first` was not chosen, what each of it needs stands first.
    """
    if note(first):
        yield from _needs(gaps, first, most, screen)
    counted = "" if first.why is Why.ASKED_FIRST else counting(gaps)
    yield from screen.wrapped(f"{summary(gaps)} {counted}".rstrip())
    if counted:
        yield ""
        yield screen.bold("What is missing, company by company")
        yield from table(_MISSING, _missing_rows(gaps, gaps.missing[:most]), screen)
        yield from _more(len(gaps.missing) - most)
    if gaps.bundles and not note(first):
        yield ""
        yield screen.bold("What would be enough together")
        yield from table(_BUNDLES, _bundle_rows(gaps, gaps.bundles[:most]), screen)
        yield from _more(len(gaps.bundles) - most)
    yield ""
    yield from screen.wrapped(_rests_on(gaps))
    yield from screen.wrapped(LIMITS)


def _needs(gaps: Gaps, first: First, most: int, screen: Screen) -> Iterator[str]:
    """What each of the first routes needs, and which of several ways that is."""
    rows = need_rows(gaps, first, briefly(gaps))
    yield from (*screen.wrapped(note_and_more(first)), "")
    yield screen.bold("What each still needs")
    yield from table(need_columns(first), rows[:most], screen)
    yield from _more(len(rows) - most, "`--most N`, or `--format markdown`")
    if without := without_list(gaps, first):
        yield from screen.wrapped(without)
    yield from screen.wrapped(ORDER)
    yield ""
    if first.why is Why.ASKED_FIRST:
        yield from _told_of(gaps, things_needed(gaps, first, most), screen)


def _told_of(gaps: Gaps, things: Sequence[Thing], screen: Screen) -> Iterator[str]:
    """What each of some things would have to say; nothing of none."""
    wanted = {m.thing: m for m in gaps.missing}
    spoken = _spoken_of(gaps)
    if things:
        yield screen.bold(
            "What to do for these, and all that any model or scenario wants of a company"
        )
        points = (_to_do(wanted[t], _company(gaps.snapshot, t, spoken)) for t in things)
        yield from screen.listed(points)
        yield from (*_signed(things), "")


def _more(hidden: int, advice: str = "`--most N`, or `--format csv`") -> Iterator[str]:
    if hidden > 0:
        yield f"{phrases.counted(hidden, 'further row')}: {advice}"


def summary(gaps: Gaps) -> str:
    """How much is permitted, and how much is not."""
    blocked = (
        f"Of {phrases.counted(gaps.combinations, 'combination')} of scenario and route "
        f"{_are(gaps.permitted)} permitted and {_are(gaps.blocked)} not."
    )
    if gaps.unsearched:
        blocked += (
            f" Of these {_are(gaps.unsearched)} refused before any rule, whatever is signed or "
            "checked: `why ROUTE` says by what."
        )
    if gaps.hopeless:
        blocked += (
            f" For {gaps.hopeless:,} no set of the steps that are looked for would change it."
        )
    if gaps.unfound:
        blocked += f" For {gaps.unfound:,} none was found before the search stopped at its bound."
    if gaps.cut - gaps.unfound:
        others = gaps.cut - gaps.unfound
        blocked += f" For {others:,} the search stopped at its bound: there may be other sets."
    return blocked


def _are(count: int) -> str:
    return f"{count:,} {'is' if count == 1 else 'are'}"


def counting(gaps: Gaps) -> str:
    """How the rows about missing things count, and in which order they stand; none: nothing."""
    if not gaps.missing:
        return ""
    return " ".join([_COUNTING, *_signed(missing.thing for missing in gaps.missing)])


def _signed(things: Iterable[Thing]) -> list[str]:
    """What a sign-off has to cover, where one of the things is one."""
    return [_SIGNOFFS] if any(thing.kind is ChangeKind.SIGNOFF for thing in things) else []


def _rests_on(gaps: Gaps) -> str:
    digests = gaps.snapshot.digests
    at = facts_of(gaps.moment.at, gaps.moment.known_at, digests)
    return f"Policies ({phrases.short_digest(digests.policies)}) on facts of {at}."


def _spoken_of(gaps: Gaps) -> frozenset[str]:
    """Whom the missing things concern."""
    return frozenset(missing.thing.about for missing in gaps.missing)


def _company(snapshot: Snapshot, thing: Thing, spoken: frozenset[str]) -> str:
    """Whom a thing concerns, by the title of its document; the organisation itself if nobody.

    With its id, where another party of the same title is spoken of. Where a gateway picks one for
    each call: the one that a route of one's own would pin.
    """
    provider = snapshot.registry.providers.get(thing.about)
    if provider is not None and provider.is_picked:
        return escaped(one_pinned(snapshot.registry, provider))
    title = _title(snapshot, thing.about)
    alike = title and any(_title(snapshot, other) == title for other in spoken - {thing.about})
    return f"{escaped(title)} (`{escaped(thing.about)}`)" if alike else escaped(title)


def _title(snapshot: Snapshot, name: str) -> str:
    registry = snapshot.registry
    party = registry.providers.get(name) or registry.gateways.get(name)
    return (party.title or party.id) if party else ""


def _to_do(missing: Missing, company: str) -> str:
    """What to do about a missing thing, in a line or two."""
    thing = missing.thing
    terms = escaped(contents(missing.terms, thing.changes))
    match thing.kind:
        case ChangeKind.AGREEMENT:
            if thing.amends:
                return f"Amend `{escaped(thing.amends)}` with {company}: {terms}"
            return f"Sign with {company}: {terms}"
        case ChangeKind.EVIDENCE:
            return f"Get evidence of {company}: {terms}"
        case ChangeKind.VERIFICATION:
            return f"Verify again what is recorded of {company}: {terms}"
        case _:
            pass
    said = escaped(change_words(missing.change, covering=False))
    return f"{said[:1].upper()}{said[1:]}"


def brief(snapshot: Snapshot, thing: Thing, spoken: frozenset[str] = frozenset()) -> str:
    """A thing in a few words; `spoken`: all parties that are spoken of beside it."""
    company = _company(snapshot, thing, spoken) or f"`{escaped(thing.about)}`"
    match thing.kind:
        case ChangeKind.AGREEMENT:
            what = f"amendment of `{escaped(thing.amends)}`" if thing.amends else "contract"
            changed = ", ".join(phrases.title_of(escaped(name)) for name in thing.changes)
            return f"{what} with {company}{f' that changes {changed}' if changed else ''}"
        case ChangeKind.EVIDENCE:
            return f"evidence of {company}"
        case ChangeKind.VERIFICATION:
            return f"verification of {company}"
        case ChangeKind.ASSESSMENT:
            return f"assessment of transfers to {company}"
        case ChangeKind.SIGNOFF:
            return f"sign-off {company}"
        case ChangeKind.EXCEPTION:
            approvable = may_be_approved(snapshot.policies, thing.about)
            nobody = "" if approvable else f"; {NOBODY_MAY}"
            return f"exception to {company} (the route is accepted as it is{nobody})"
        case ChangeKind.FACT:
            return f"fact {company} of the request"
        case _:
            assert_never(thing.kind)


def briefly(gaps: Gaps) -> Callable[[Thing], str]:
    """What says a thing in a few words, beside all the others that are missing."""
    return partial(brief, gaps.snapshot, spoken=_spoken_of(gaps))


def _missing_rows(gaps: Gaps, missing: Sequence[Missing]) -> list[tuple[str, ...]]:
    """One row a thing, those of one company together, companies in order of their first."""
    place = {m.thing: n for n, m in reversed(list(enumerate(missing)))}
    companies = {m.thing: _company(gaps.snapshot, m.thing, _spoken_of(gaps)) for m in missing}
    first: dict[str, int] = {}
    for m in missing:
        first.setdefault(companies[m.thing], place[m.thing])
    ordered = sorted(missing, key=lambda m: (first[companies[m.thing]], place[m.thing]))
    return [(f"{m.alone:,}", f"{m.part_of:,}", _to_do(m, companies[m.thing])) for m in ordered]


def _bundle_rows(gaps: Gaps, bundles: Sequence[Bundle]) -> list[tuple[str, ...]]:
    named = briefly(gaps)
    return [(f"{b.unlocks:,}", "; ".join(map(named, b.things))) for b in bundles]


def gaps_markdown(gaps: Gaps, first: First, leaving: Sequence[Leaving]) -> Iterator[str]:
    """Everything that is missing, in Markdown; routes that are gone or soon will be first."""
    yield from ("# What is missing", "")
    for text in leaving_told(leaving):
        yield from (prose(text), "")
    if note(first):
        rows = need_rows(gaps, first, briefly(gaps))
        yield from (prose(note(first)), "", "## What each still needs", "")
        yield from (*markdown_table(need_columns(first), rows), "")
        if without := without_list(gaps, first):
            yield from (prose(without), "")
        yield from (prose(ORDER), "")
        yield from ("## Company by company", "")
    yield from (prose(f"{summary(gaps)} {counting(gaps)}".rstrip()), "")
    yield from markdown_table(_MISSING, _missing_rows(gaps, gaps.missing))
    yield from ("", "## What would be enough together", "")
    yield from markdown_table(_BUNDLES, _bundle_rows(gaps, gaps.bundles))
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
        "not_searched_to_the_end": gaps.cut,
        "missing": [_missing(m) for m in gaps.missing],
        "needs": [_need(need) for need in gaps.needs],
        "together": [
            {"permits": b.unlocks, "things": [_thing(t) for t in b.things]} for b in gaps.bundles
        ],
        "limits": LIMITS,
    }
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _need(need: Need) -> dict[str, Any]:
    things = None if need.things is None else [_thing(t) for t in need.things]
    return {"scenario": need.scenario, "routes": list(need.routes), "first": things}


def _thing(thing: Thing) -> dict[str, Any]:
    return {"kind": thing.kind.value, "about": thing.about, "says": thing.says}


def _missing(m: Missing) -> dict[str, Any]:
    counts = {"alone": m.alone, "part_of": m.part_of}
    terms = [{"attribute": t.attribute or None, "said": t.said} for t in m.terms]
    said = {"text": m.text, "terms": terms, "scenarios": list(m.scenarios)}
    return {**counts, **_thing(m.thing), **said}
