"""What is missing: contracts, evidence and judgements, by how many permissions each unlocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from policy_router.audit.asking import Asked, OneKind, asked
from policy_router.compiler.bitset import lowest
from policy_router.domain.claim import Moment
from policy_router.domain.decision import Candidate, Reason
from policy_router.domain.organisation import Scenario
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.circumstances import Circumstances
from policy_router.engine.decide import Engine
from policy_router.engine.explanation import Change, ChangeKind, Remedies, Term
from policy_router.engine.kinds import Kinds, by_claims, by_steps
from policy_router.engine.nearness import Rank
from policy_router.engine.remedies import remedies
from policy_router.engine.steps_read import read_of_request

_ONE_FOR_ALL = {
    ChangeKind.EVIDENCE,
    ChangeKind.VERIFICATION,
    ChangeKind.FACT,
}
SEARCHED = {Reason.NO_COMPLIANT_ROUTE, Reason.FACTS_MISSING}


@dataclass(frozen=True, slots=True, order=True)
class Thing:
    """Something that is missing, whatever it must say for each route.

    `about`: whom or what it concerns. `says`: its words, where they tell two things apart. One
    contract, like one answer to a question for evidence, may say all that routes want of it; but
    one that has to change what is known is another: it `says` which attributes, by name; and so is
    one that `amends` the agreement there is.
    """

    kind: ChangeKind
    about: str
    says: str
    amends: str = ""

    @property
    def changes(self) -> tuple[str, ...]:
        """The attributes that are known, and that a contract has to change."""
        return tuple(self.says.split()) if self.kind is ChangeKind.AGREEMENT else ()


@dataclass(frozen=True, slots=True)
class Missing:
    """A missing thing. `alone`: combinations of scenario and route it would permit by itself.

    `part_of`: combinations of whose smallest sets of steps it is part. `change`: the step that
    wants it to say most; `terms`: all that any route wants of a contract or of evidence.
    """

    thing: Thing
    change: Change
    terms: tuple[Term, ...]
    alone: int
    part_of: int
    scenarios: tuple[str, ...]

    @property
    def text(self) -> str:
        """The step in words."""
        return self.change.text


@dataclass(frozen=True, slots=True)
class Bundle:
    """Things that are enough together, and how many combinations they would then permit."""

    things: tuple[Thing, ...]
    unlocks: int


@dataclass(frozen=True, slots=True)
class Need:
    """What a scenario still needs on routes of one kind: the first of its sets, as things.

    Empty `things`: permitted as it is. None: no set was found.
    """

    scenario: str
    routes: tuple[str, ...]
    things: tuple[Thing, ...] | None


@dataclass(frozen=True, slots=True)
class Gaps:
    """Everything that is missing at one moment of one snapshot.

    `blocked`: combinations that are refused or not known to be permitted; `hopeless`: those of
    them that no set of steps would permit; `cut`: those for which the search stopped at its bound,
    so that there may be other sets; `unfound`: those of these for which none was found;
    `unsearched`: those refused before any rule.
    """

    snapshot: Snapshot
    moment: Moment
    combinations: int
    permitted: int
    blocked: int
    hopeless: int
    cut: int
    unfound: int
    unsearched: int
    missing: tuple[Missing, ...]
    bundles: tuple[Bundle, ...]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """What came of one scenario on the routes of one kind."""

    scenario: str
    ids: tuple[str, ...]
    permitted: bool
    searched: bool
    remedies: Remedies

    @property
    def routes(self) -> int:
        """How many routes there are of the kind."""
        return len(self.ids)

    @property
    def sets(self) -> tuple[tuple[Change, ...], ...]:
        """The smallest sets of steps."""
        return self.remedies.sets

    def need(self) -> Need:
        """The first of the sets, as things: the one that explanations begin with."""
        first = tuple(sorted(_things(self.sets[0]))) if self.sets else None
        return Need(self.scenario, self.ids, () if self.permitted else first)


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
    return gaps_by(Engine(snapshot), scenarios, routes, moment, progress)


def gaps_by(
    engine: Engine,
    scenarios: Sequence[Scenario],
    routes: Sequence[str],
    moment: Moment,
    progress: Callable[[int, int], None] = _silent,
) -> Gaps:
    """The same, by an engine that is there already."""
    found: list[_Found] = []
    search, looked_at = _Search(), 0
    for scenario in scenarios:
        for part in asked(engine, scenario, routes, moment, by_claims):
            for kind in part.kinds:
                found.append(_look(scenario.id, part, kind, search))
                looked_at += found[-1].routes
                progress(looked_at, len(scenarios) * len(routes))
    return _counted(engine.snapshot, moment, found)


def needs_in_turn(
    engine: Engine,
    scenario: Scenario,
    routes: Sequence[str],
    moment: Moment,
    rank: Callable[[str], Rank],
) -> Iterator[tuple[Need, bool]]:
    """What a scenario needs on each kind of these routes, searched when the next one is asked for.

    The kind whose first route by `rank` comes first is the first. With each, whether the search
    for it went to its end.
    """
    kinds = [
        (part, kind)
        for part in asked(engine, scenario, routes, moment, by_claims)
        for kind in part.kinds
    ]
    search = _Search()
    for part, kind in sorted(kinds, key=lambda k: min(map(rank, k[0].ids(k[1].routes)))):
        found = _look(scenario.id, part, kind, search)
        yield found.need(), found.remedies.complete


class _Search:
    """Searches for steps: once for all scenarios and routes of which it reads the same."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[Circumstances, Hashable], Kinds] = {}
        self._found: dict[tuple[Circumstances, Hashable, int], Remedies] = {}

    def steps(self, part: Asked, kind: OneKind, candidate: Candidate) -> Remedies:
        """The smallest sets of steps that would permit a candidate, the first of its kind."""
        c, request = part.circumstances, read_of_request(part.q, part.circumstances)
        if (c, request) not in self._kinds:
            self._kinds[c, request] = by_steps(c, part.q.facts)
        alike = c, request, self._kinds[c, request].of(lowest(kind.routes))
        if alike not in self._found:
            q = replace(part.q, facts=replace(part.q.facts, model=candidate.route))
            self._found[alike] = remedies(q, [p.policy for p in c.covering], candidate)
        return self._found[alike]


def _look(scenario: str, part: Asked, kind: OneKind, search: _Search) -> _Found:
    decided, routes = kind.ruling.determination(), tuple(part.ids(kind.routes))
    candidate = next((c for c in decided.candidates if c.verdicts), None)
    if decided.permitted or candidate is None or decided.reason not in SEARCHED:
        nothing = Remedies((), complete=True)
        return _Found(scenario, routes, decided.permitted, searched=False, remedies=nothing)
    found = search.steps(part, kind, candidate)
    return _Found(scenario, routes, permitted=False, searched=True, remedies=found)


def _counted(snapshot: Snapshot, moment: Moment, found: list[_Found]) -> Gaps:
    blocked = [f for f in found if not f.permitted]
    return Gaps(
        snapshot=snapshot,
        moment=moment,
        combinations=_routes(found),
        permitted=_routes(f for f in found if f.permitted),
        blocked=_routes(blocked),
        hopeless=_routes(f for f in blocked if f.searched and f.remedies.complete and not f.sets),
        cut=_routes(f for f in blocked if not f.remedies.complete),
        unfound=_routes(f for f in blocked if not f.remedies.complete and not f.sets),
        unsearched=_routes(f for f in blocked if not f.searched),
        missing=_missing(blocked),
        bundles=_bundles(blocked),
        needs=tuple(f.need() for f in found),
    )


def _routes(found: Iterable[_Found]) -> int:
    return sum(f.routes for f in found)


def thing_of(change: Change) -> Thing:
    """What is missing, were this change wanted."""
    if change.kind is ChangeKind.AGREEMENT:
        return Thing(change.kind, change.about, " ".join(change.changes), change.amends)
    says = "" if change.kind in _ONE_FOR_ALL else change.text
    return Thing(change.kind, change.about, says)


def _things(steps: Iterable[Change]) -> frozenset[Thing]:
    return frozenset(thing_of(change) for change in steps)


def _missing(blocked: list[_Found]) -> tuple[Missing, ...]:
    part_of, alone = Counter[Thing](), Counter[Thing]()
    wanted: dict[Thing, list[Change]] = {}
    scenarios: dict[Thing, set[str]] = {}
    for f in blocked:
        for thing in {t for steps in f.sets for t in _things(steps)}:
            part_of[thing] += f.routes
            scenarios.setdefault(thing, set()).add(f.scenario)
            alone[thing] += f.routes if frozenset({thing}) in map(_things, f.sets) else 0
        for change in (c for steps in f.sets for c in steps):
            wanted.setdefault(thing_of(change), []).append(change)
    rows = [
        Missing(
            thing=thing,
            change=max(wanted[thing], key=lambda change: (len(change.text), change.text)),
            terms=tuple(dict.fromkeys(t for c in wanted[thing] for t in c.terms)),
            alone=alone[thing],
            part_of=count,
            scenarios=tuple(sorted(scenarios[thing])),
        )
        for thing, count in part_of.items()
    ]
    return tuple(sorted(rows, key=lambda m: (-m.alone, -m.part_of, m.thing)))


def _bundles(blocked: list[_Found]) -> tuple[Bundle, ...]:
    """Every smallest set, by how many combinations it or a part of it would permit.

    Equals stand as the sets of the routes they are enough for do.
    """
    enough = Counter[frozenset[frozenset[Thing]]]()
    place: dict[frozenset[Thing], int] = {}
    for f in blocked:
        enough[frozenset(map(_things, f.sets))] += f.routes
        for n, wanted in enumerate(map(_things, f.sets)):
            place[wanted] = min(n, place.get(wanted, n))
    unlocks = {
        wanted: sum(n for sets, n in enough.items() if any(steps <= wanted for steps in sets))
        for wanted in place
    }
    ordered = sorted(place, key=lambda w: (-unlocks[w], place[w], len(w), sorted(w)))
    return tuple(Bundle(tuple(sorted(wanted)), unlocks[wanted]) for wanted in ordered)
