"""What is not as it was in an earlier report, and which fact, policy or contract brought it about.

Both reports hold every verdict with its evidence, so nothing but the two is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

from policy_router.audit.dossier.causes import Told, causes
from policy_router.audit.dossier.content import (
    AgreementPart,
    Cause,
    CauseKind,
    Dossier,
    ExceptionPart,
    PolicyPart,
    SignoffPart,
    Since,
    Turn,
)
from policy_router.audit.matrix import Standing


class _Named(Protocol):
    """Something with an id."""

    @property
    def id(self) -> str:
        """Its id."""


T = TypeVar("T", bound=_Named)


def since(old: Dossier, new: Dossier) -> Since:
    """What is not as it was in `old`."""
    return Since(
        at=old.at,
        known_at=old.known_at,
        policies=old.digests.policies,
        registry=old.digests.registry,
        documents=tuple(_documents(old, new)),
        turns=_turns(Told(old), Told(new)),
    )


# ---- documents -----------------------------------------------------------------------------------


def _documents(old: Dossier, new: Dossier) -> Iterator[Cause]:
    """Policies, contracts, judgements and waivers that came, went or say something else."""
    yield from _differing(CauseKind.POLICY, _named(old.policies), _named(new.policies), _policy)
    yield from _differing(
        CauseKind.AGREEMENT, _named(old.agreements), _named(new.agreements), _agreement
    )
    yield from _differing(CauseKind.SIGNOFF, _named(old.signoffs), _named(new.signoffs), _signoff)
    yield from _differing(
        CauseKind.EXCEPTION, _named(old.exceptions), _named(new.exceptions), _exception
    )


def _differing(
    kind: CauseKind, old: Mapping[str, T], new: Mapping[str, T], said: Callable[[T], str]
) -> Iterator[Cause]:
    for name in sorted({*old, *new}):
        before = said(old[name]) if name in old else None
        after = said(new[name]) if name in new else None
        if before != after:
            yield Cause(kind, name, None, before, after)


def _named(parts: Iterable[T]) -> dict[str, T]:
    return {part.id: part for part in parts}


def _policy(policy: PolicyPart) -> str:
    return f"version {policy.version}, rules: {', '.join(rule.id for rule in policy.rules)}"


def _agreement(a: AgreementPart) -> str:
    said = (*a.terms, *a.clauses)
    return f"{_state(a)}, covers {', '.join(a.covers)}, states {'; '.join(said)}"


def _signoff(s: SignoffPart) -> str:
    verdict = "approved" if s.approved else "rejected"
    return f"{_state(s)}, {s.type} {verdict}, covers {', '.join((*s.covers, *s.data))}"


def _exception(e: ExceptionPart) -> str:
    return f"{_state(e)}, to {e.policy}/{e.rule} on {', '.join(e.routes)} for {e.when}"


def _state(part: AgreementPart | SignoffPart | ExceptionPart) -> str:
    return part.state.value.replace("_", " ")


# ---- routes gained and lost ----------------------------------------------------------------------


def _turns(old: Told, new: Told) -> tuple[Turn, ...]:
    """Every scenario and route whose standing is not what it was, alike ones together."""
    alike: dict[tuple[str, Standing | None, Standing | None, tuple[Cause, ...]], list[str]] = {}
    for where in sorted({*old.found, *new.found}):
        before, after = old.standing(where), new.standing(where)
        if before is not after:
            scenario, route = where
            key = (scenario, before, after, causes(old, new, where))
            alike.setdefault(key, []).append(route)
    return tuple(
        Turn(scenario, before, after, tuple(routes), found)
        for (scenario, before, after, found), routes in alike.items()
    )
