"""What may go where, in words: three sentences, causes, and what it all rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from policy_router.audit import groups
from policy_router.audit.matrix import Cell, Matrix, Standing
from policy_router.report import phrases
from policy_router.report.refusals import flag
from policy_router.report.statement import LIMITS, facts_of, grounds_of, law_caveat
from policy_router.report.visible import escaped


@dataclass(frozen=True, slots=True)
class Group:
    """Routes with one standing for one and the same cause, and the scenarios it is alike for."""

    scenarios: tuple[str, ...]
    standing: Standing
    because: str
    routes: tuple[str, ...]


# ---- words -----------------------------------------------------------------------------------


def sentences(matrix: Matrix) -> tuple[str, str, str]:
    """What was checked, what came of it, and what that does not say: for a mail."""
    return (_checked(matrix), _came_of_it(matrix), _left_open(matrix))


def _checked(matrix: Matrix) -> str:
    return (
        f"As of {phrases.instant(matrix.moment.at)} we checked which of "
        f"{phrases.counted(len(matrix.routes), 'route')} to language models may carry "
        f"{phrases.counted(len(matrix.scenarios), 'kind')} of data under the policies "
        f"{_names(policies(matrix))}."
    )


def _came_of_it(matrix: Matrix) -> str:
    return f"Permitted routes for {_counts(matrix)}."


def in_a_line(matrix: Matrix) -> str:
    """What came of it, where nothing else is said of what was checked."""
    routes = phrases.counted(len(matrix.routes), "route")
    return (
        f"Of {routes} on file, those permitted under {_names(policies(matrix))} for "
        f"{_counts(matrix)}; `policy-router gaps` says what would permit more."
    )


def _counts(matrix: Matrix) -> str:
    return "; ".join(
        f"{escaped(_lowered(s.title))}: {_amount(len(matrix.of(s.id, Standing.PERMITTED)), matrix)}"
        for s in matrix.scenarios
    )


def _amount(number: int, matrix: Matrix) -> str:
    if number == 0:
        return "none"
    return f"all {number:,}" if number == len(matrix.routes) else f"{number:,}"


def _left_open(matrix: Matrix) -> str:
    limits = "this rests on recorded facts that may be wrong, and is not legal advice"
    left = [c for c in matrix.cells if c.leaves_open]
    if not left:
        return f"{_all_known(matrix)}; {limits}."
    often = Counter(name for c in left for name in (*c.unknown, *c.facts)).most_common(3)
    causes = ", ".join(phrases.title_of(escaped(name)) for name, _ in often)
    return (
        f"{_how_many_open(matrix, left)}, most often about: {causes}; "
        f"what is not known counts as refused; {limits}."
    )


def _all_known(matrix: Matrix) -> str:
    if any(c.watched for c in matrix.cells):
        return "Every verdict of a rule that is enforced was known, not all of those only watched"
    return "Every verdict was known"


def _how_many_open(matrix: Matrix, left: Sequence[Cell]) -> str:
    unknown = sum(c.standing is Standing.UNKNOWN for c in left)
    also = len(left) - unknown
    of_all = phrases.counted(len(matrix.cells), "combination")
    if not unknown:
        return f"{also:,} of {of_all} are refused for what is known, and leave more not known"
    more = f", and in {also:,} that are refused anyway more is not known" if also else ""
    return f"In {unknown:,} of {of_all} too little is known{more}"


def policies(matrix: Matrix) -> list[str]:
    """The policies in force, with their versions."""
    return [f"{p.id} v{p.version}" for p in matrix.snapshot.policies.policies]


def _lowered(title: str) -> str:
    return title[:1].lower() + title[1:]


def _names(items: Iterable[str]) -> str:
    return phrases.names(map(escaped, items))


def cause(cell: Cell) -> str:
    """Why a route is not permitted: what is known to fail, and what is not known."""
    failed, unknown = _failing(cell), _not_known(cell)
    if cell.standing is Standing.UNKNOWN or not failed:
        return unknown or (phrases.headline(cell.reason) if cell.reason else "")
    return f"{failed}; also not known: {unknown}" if unknown else failed


def _failing(cell: Cell) -> str:
    """Obligations, and attributes of the route known to be otherwise than demanded; else rules."""
    before = [escaped(phrases.obligation(name)) for name in cell.obligations]
    rules = ", ".join(f"`{escaped(rule)}`" for rule in cell.failed_rules)
    return ", ".join([*before, *_titles(cell.failed)]) or rules


def _not_known(cell: Cell) -> str:
    """Attributes of the route and facts of the request that are not known, else the rules."""
    about = _titles(cell.unknown)
    about += [f"the request's `{escaped(name)}` ({flag(escaped(name))})" for name in cell.facts]
    return ", ".join(about) or ", ".join(f"`{escaped(r)}`" for r in cell.unknown_rules)


def _titles(attributes: Iterable[str]) -> list[str]:
    return [phrases.title_of(escaped(name)) for name in attributes]


def rests_on(matrix: Matrix) -> Iterator[str]:
    """Policies, facts, contracts and judgements behind the report, and what it does not prove."""
    digests, used = matrix.snapshot.digests, matrix.used
    yield (
        f"Policies {_names(policies(matrix))} ({phrases.short_digest(digests.policies)}) on facts "
        f"of {facts_of(matrix.moment.at, matrix.moment.known_at, digests)}; permissions under "
        f"{grounds_of(used.agreements, used.exceptions, used.signoffs)}."
    )
    if used.law:
        yield law_caveat(used.law)
    yield LIMITS


def grouped(matrix: Matrix, cells: Iterable[Cell]) -> list[Group]:
    """The cells that are not permitted, alike ones together, in order of the scenarios."""
    refused = (
        (c.scenario, c.route, (c.standing, cause(c)))
        for c in cells
        if c.standing is not Standing.PERMITTED
    )
    found = [
        Group(alike.scenarios, *alike.said, alike.routes)
        for alike in groups.grouped(refused, [s.id for s in matrix.scenarios])
    ]
    place = {s.id: n for n, s in enumerate(matrix.scenarios)}
    return sorted(found, key=lambda g: (place[g.scenarios[0]], -len(g.routes), g.because))
