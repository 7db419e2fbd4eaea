"""What is missing: contracts, evidence and judgements, by how many permissions each unlocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

from policy_router.audit.matrix import route_facts
from policy_router.audit.situations import situations
from policy_router.domain.claim import Moment
from policy_router.domain.decision import Candidate, Reason, Verdict
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import Mode, Policy
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.explanation import Change, ChangeKind
from policy_router.engine.question import Question
from policy_router.engine.reference import covering_policies, decide
from policy_router.engine.remedies import remedies

_OPEN = {Reason.NO_COMPLIANT_ROUTE, Reason.FACTS_MISSING}


@dataclass(frozen=True, slots=True, order=True)
class Thing:
    """Something that is missing, whatever it must say for each route.

    `about`: whom or what it concerns. `says`: its words, where they tell two things apart; one
    contract may say all that routes want of it, so contracts differ by `about` only.
    """

    kind: ChangeKind
    about: str
    says: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A missing thing. `alone`: combinations of scenario and route it would permit by itself.

    `part_of`: combinations of whose smallest sets of steps it is part. `text`: the most it is
    wanted to say.
    """

    thing: Thing
    text: str
    alone: int
    part_of: int
    scenarios: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Things that are enough together, and how many combinations they would then permit."""

    things: tuple[Thing, ...]
    unlocks: int


@dataclass(frozen=True, slots=True)
class Gaps:
    """Everything that is missing at one moment of one snapshot.

    `blocked`: combinations that are refused or not known to be permitted; `hopeless`: those of
    them for which no set of steps was found; `unsearched`: those refused before any rule.
    """

    snapshot: Snapshot
    moment: Moment
    combinations: int
    permitted: int
    blocked: int
    hopeless: int
    unsearched: int
    missing: tuple[Missing, ...]
    bundles: tuple[Bundle, ...]


_Sets = tuple[tuple[Change, ...], ...]


@dataclass(slots=True)
class _Found:
    """What came of one situation of one scenario, and how many routes are in it."""

    scenario: str
    permitted: bool
    searched: bool
    sets: _Sets
    routes: int = 0


def _silent(done: int, of_all: int) -> None:
    del done, of_all


def gaps(
    snapshot: Snapshot,
    scenarios: Sequence[Scenario],
    routes: Sequence[str],
    moment: Moment,
    progress: Callable[[int, int], None] = _silent,
) -> Gaps:
    """What would permit more of these scenarios on these routes, what unlocks most first.

    `progress` is told how many combinations of how many have been looked at.
    """
    found: dict[Hashable, _Found] = {}
    tells_apart = situations(snapshot, moment)
    looked_at = 0
    for scenario in scenarios:
        for route in routes:
            facts = route_facts(scenario, route)
            key = (scenario.id, tells_apart.of(snapshot.registry.routes[route], facts))
            if key not in found:
                found[key] = _look(snapshot, scenario.id, facts, moment)
            found[key].routes += 1
            looked_at += 1
            progress(looked_at, len(scenarios) * len(routes))
    return _counted(snapshot, moment, list(found.values()))


def _look(snapshot: Snapshot, scenario: str, facts: RequestFacts, moment: Moment) -> _Found:
    decided = decide(snapshot, facts, moment)
    candidate = next((c for c in decided.candidates if c.verdicts), None)
    if decided.permitted or candidate is None or decided.reason not in _OPEN:
        return _Found(scenario, decided.permitted, searched=False, sets=())
    q = Question(snapshot, facts, moment)
    found = remedies(q, _at_stake(covering_policies(q), candidate), candidate)
    return _Found(scenario, permitted=False, searched=True, sets=found.sets)


def _at_stake(covering: Iterable[Policy], candidate: Candidate) -> list[Policy]:
    """The policies without rules that no step could make stop the candidate.

    Rules that are only watched never stop it, and rules that do not apply to the request go on
    not to apply: searching with the rest finds the same, sooner.
    """
    idle = {(v.policy, v.rule) for v in candidate.verdicts if v.verdict is Verdict.NOT_APPLICABLE}
    return [
        replace(
            p,
            rules=tuple(r for r in p.rules if r.mode is Mode.ENFORCE and (p.id, r.id) not in idle),
        )
        for p in covering
    ]


def _counted(snapshot: Snapshot, moment: Moment, found: list[_Found]) -> Gaps:
    blocked = [f for f in found if not f.permitted]
    return Gaps(
        snapshot=snapshot,
        moment=moment,
        combinations=_routes(found),
        permitted=_routes(f for f in found if f.permitted),
        blocked=_routes(blocked),
        hopeless=_routes(f for f in blocked if f.searched and not f.sets),
        unsearched=_routes(f for f in blocked if not f.searched),
        missing=_missing(blocked),
        bundles=_bundles(blocked),
    )


def _routes(found: Iterable[_Found]) -> int:
    return sum(f.routes for f in found)


def thing_of(change: Change) -> Thing:
    """What is missing, were this change wanted."""
    says = "" if change.kind is ChangeKind.AGREEMENT else change.text
    return Thing(change.kind, change.about, says)


def _things(steps: Iterable[Change]) -> frozenset[Thing]:
    return frozenset(thing_of(change) for change in steps)


def _missing(blocked: list[_Found]) -> tuple[Missing, ...]:
    part_of, alone = Counter[Thing](), Counter[Thing]()
    texts: dict[Thing, set[str]] = {}
    scenarios: dict[Thing, set[str]] = {}
    for f in blocked:
        for thing in {t for steps in f.sets for t in _things(steps)}:
            part_of[thing] += f.routes
            scenarios.setdefault(thing, set()).add(f.scenario)
            alone[thing] += f.routes if frozenset({thing}) in map(_things, f.sets) else 0
        for change in (c for steps in f.sets for c in steps):
            texts.setdefault(thing_of(change), set()).add(change.text)
    rows = [
        Missing(t, _most(texts[t]), alone[t], part_of[t], tuple(sorted(scenarios[t])))
        for t in part_of
    ]
    return tuple(sorted(rows, key=lambda m: (-m.alone, -m.part_of, m.thing)))


def _most(texts: Iterable[str]) -> str:
    """The text that demands most: the longest."""
    return max(texts, key=lambda text: (len(text), text))


def _bundles(blocked: list[_Found]) -> tuple[Bundle, ...]:
    """Every smallest set, by how many combinations it or a part of it would permit."""
    sets = {_things(steps) for f in blocked for steps in f.sets}
    bundles = [
        Bundle(
            tuple(sorted(wanted)),
            _routes(f for f in blocked if any(_things(steps) <= wanted for steps in f.sets)),
        )
        for wanted in sets
    ]
    return tuple(sorted(bundles, key=lambda b: (-b.unlocks, len(b.things), b.things)))
