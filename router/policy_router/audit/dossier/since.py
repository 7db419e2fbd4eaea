"""What is not as it was in an earlier report, and which fact, policy or contract brought it about.

Both reports hold every verdict with its evidence, so nothing but the two is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

from policy_router.audit.dossier.causes import Told, causes
from policy_router.audit.dossier.content import Dossier, PolicyPart
from policy_router.audit.dossier.differences import Cause, CauseKind, Since, Turn
from policy_router.audit.dossier.writings import AgreementPart, ExceptionPart, SignoffPart
from policy_router.audit.matrix import Standing


class Identified(Protocol):
    """Something with an id."""

    @property
    def id(self) -> str:
        """Its id."""


T = TypeVar("T", bound=Identified)

Parts = tuple[str, ...]
"""What a document says, part by part."""


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
    kind: CauseKind, old: Mapping[str, T], new: Mapping[str, T], said: Callable[[T], Parts]
) -> Iterator[Cause]:
    for name in sorted({*old, *new}):
        before = said(old[name]) if name in old else None
        after = said(new[name]) if name in new else None
        if before != after:
            yield Cause(kind, name, None, *_apart(before, after))


def _apart(before: Parts | None, after: Parts | None) -> tuple[str | None, str | None]:
    """What two documents say differently, or all that the only one of them says."""
    if before is None or after is None:
        return _all(before), _all(after)
    apart = [both for both in zip(before, after, strict=True) if both[0] != both[1]]
    return "; ".join(was for was, _ in apart), "; ".join(now for _, now in apart)


def _all(said: Parts | None) -> str | None:
    return None if said is None else "; ".join(said)


def _named(parts: Iterable[T]) -> dict[str, T]:
    return {part.id: part for part in parts}


def _policy(policy: PolicyPart) -> Parts:
    rules = ", ".join(rule.id for rule in policy.rules)
    return (f"version {policy.version}", f"rules {rules}")


def _agreement(a: AgreementPart) -> Parts:
    terms = ", ".join(f"{t.attribute} {t.said}" for t in a.terms)
    return (
        *_standing(a),
        f"covers {', '.join(a.covers)}",
        f"states {terms}",
        f"clauses {', '.join(a.clauses) or 'none'}",
    )


def _signoff(s: SignoffPart) -> Parts:
    return (
        *_standing(s),
        f"{s.type} {'approved' if s.approved else 'rejected'}",
        f"covers {', '.join((*s.covers, *s.data))}",
    )


def _exception(e: ExceptionPart) -> Parts:
    return (
        *_standing(e),
        f"to {e.policy}/{e.rule}",
        f"on {', '.join(e.routes)}",
        f"for {e.when}",
    )


def _standing(part: AgreementPart | SignoffPart | ExceptionPart) -> Parts:
    """Whether it counts, and until when."""
    until = f"until {part.end:%Y-%m-%d}" if part.end else "without end"
    return part.state.value.replace("_", " "), until


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
