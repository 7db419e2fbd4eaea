"""What is not as it was in an earlier report, and which fact, policy or contract brought it about.

Both reports hold every verdict with its evidence, so nothing but the two is needed.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_router.audit.dossier.causes import causes
from policy_router.audit.dossier.content import Dossier
from policy_router.audit.dossier.differences import Cause, CauseKind, Since, Turn
from policy_router.audit.dossier.rewritten import bearing
from policy_router.audit.dossier.told import Told, state_words
from policy_router.audit.dossier.verdicts import Found


def since(old: Dossier, new: Dossier) -> Since:
    """What is not as it was in `old`."""
    told = Told(old), Told(new)
    turns = _turns(*told)
    return Since(
        at=old.at,
        known_at=old.known_at,
        policies=old.digests.policies,
        registry=old.digests.registry,
        documents=bearing(old.documents, new.documents, turns, told),
        states=(*_states(old, new), *_law(*told)),
        turns=turns,
    )


# ---- documents -----------------------------------------------------------------------------------


def _states(old: Dossier, new: Dossier) -> Iterator[Cause]:
    """Dated documents on file both times that began, ended or became known meanwhile."""
    for kind, before, after in (
        (CauseKind.AGREEMENT, old.agreements, new.agreements),
        (CauseKind.SIGNOFF, old.signoffs, new.signoffs),
        (CauseKind.EXCEPTION, old.exceptions, new.exceptions),
    ):
        was = {part.id: part for part in before}
        for part in after:
            if part.id in was and was[part.id].state is not part.state:
                yield Cause(kind, part.id, None, *map(state_words, (was[part.id], part)))


def _law(old: Told, new: Told) -> Iterator[Cause]:
    """Adequacy decisions on file both times that count otherwise, or otherwise long."""
    for name, today in new.law.items():
        then = old.law.get(name, today)
        if then != today:
            yield Cause(CauseKind.LAW, name, None, then, today)


# ---- routes gained and lost ----------------------------------------------------------------------


def _turns(old: Told, new: Told) -> tuple[Turn, ...]:
    """Every scenario and route that is not decided as it was or not by the same, alike together."""
    alike: dict[tuple[str, Found | None, Found | None, tuple[Cause, ...]], list[str]] = {}
    for where in sorted({*old.found, *new.found}):
        before, after = old.standing(where), new.standing(where)
        if before != after:
            scenario, route = where
            key = (scenario, before, after, causes(old, new, where))
            alike.setdefault(key, []).append(route)
    return tuple(
        Turn(scenario, before, after, tuple(routes), found)
        for (scenario, before, after, found), routes in alike.items()
    )
