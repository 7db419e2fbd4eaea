"""What a permission says and what it does not: never more than was checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from policy_router.domain.decision import Digests
from policy_router.engine.explanation import Explanation
from policy_router.report import phrases
from policy_router.report.visible import escaped

LIMITS: Final = (
    "This does not prove that the facts are true, that the data was described rightly or that the "
    "processing is lawful. Not legal advice."
)


def statement(explanation: Explanation, *, meets: bool = True) -> str:
    """On what the decision rests: policies, facts, both instants, contracts and judgements."""
    d, used = explanation.determination, explanation.used
    verb = "Meets" if meets else "Decided under"
    return (
        f"{verb} the policies {_named(explanation.policies)} "
        f"({phrases.short_digest(d.digests.policies)}) on facts of "
        f"{facts_of(d.at, d.known_at, d.digests)}, under "
        f"{grounds_of(used.agreements, used.exceptions, used.signoffs)}."
    )


def grounds_of(
    agreements: Iterable[str], exceptions: Iterable[str], signoffs: Iterable[str]
) -> str:
    """What of the organisation's stands behind a decision, by id."""
    return (
        f"agreements {_named(agreements)}, exceptions {_named(exceptions)}, "
        f"sign-offs {_named(signoffs)}"
    )


def facts_of(at: datetime, known_at: datetime | None, digests: Digests) -> str:
    """Both instants a report speaks of, and the registry's digest."""
    known = "all that is recorded" if known_at is None else f"known at {phrases.instant(known_at)}"
    return f"{phrases.instant(at)}, {known} ({phrases.short_digest(digests.registry)})"


def caveats(explanation: Explanation) -> Iterator[str]:
    """What weakens the statement: secondary readings of law, mere declarations."""
    if explanation.used.law:
        yield law_caveat(explanation.used.law)
    declared = explanation.determination.declared
    if declared:
        yield f"Rests on the caller's mere word for {_named(declared)}."


def law_caveat(entries: Iterable[str]) -> str:
    """That entries of law were read in a secondary source."""
    return (
        f"Rests on secondary readings of law ({_named(entries)}): a lawyer should read the text "
        "itself before you rely on it."
    )


def _named(items: Iterable[str]) -> str:
    return phrases.names(escaped(item) for item in items)
