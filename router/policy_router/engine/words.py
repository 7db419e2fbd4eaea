"""Words for demands and claims, as a data protection officer would read them."""

from __future__ import annotations

from decimal import Decimal

from policy_router.domain.claim import Listing, Members
from policy_router.domain.contract import Clause, Mechanism
from policy_router.domain.policy import Matcher, Test

_COMPARED = {
    Matcher.AT_MOST: "at most",
    Matcher.AT_LEAST: "at least",
    Matcher.BELOW: "below",
    Matcher.ABOVE: "above",
}
_SETS = {
    Matcher.INCLUDES: "including",
    Matcher.INCLUDES_ANY: "including any of",
    Matcher.INCLUDES_ALL: "including all of",
    Matcher.EXCLUDES: "excluding",
    Matcher.WITHIN: "within",
    Matcher.NOT_WITHIN: "not within",
}
_OPPOSITE = {
    Matcher.AT_MOST: Matcher.ABOVE,
    Matcher.ABOVE: Matcher.AT_MOST,
    Matcher.AT_LEAST: Matcher.BELOW,
    Matcher.BELOW: Matcher.AT_LEAST,
    Matcher.WITHIN: Matcher.NOT_WITHIN,
    Matcher.NOT_WITHIN: Matcher.WITHIN,
    Matcher.INCLUDES: Matcher.EXCLUDES,
    Matcher.INCLUDES_ANY: Matcher.EXCLUDES,
    Matcher.EXCLUDES: Matcher.INCLUDES_ANY,
}
_CLAUSES = {
    Mechanism.SCC: "standard contractual clauses",
    Mechanism.BCR: "binding corporate rules",
    Mechanism.IDTA: "the UK international data transfer agreement",
    Mechanism.ADDENDUM: "the UK addendum",
    Mechanism.SCC_SWISS: "standard contractual clauses with the Swiss adaptations",
}
_MODULES = {"M2": " (module 2)", "M3": " (module 3)", None: ""}
NOWHERE = "nowhere: nothing is kept"
UNKNOWN = "not known"


def demanded(test: Test, *, wanted: bool) -> str:
    """What a test demands; `wanted` False: what a route must be where the test is forbidden."""
    names = ", ".join(test.names)
    matcher = test.matcher if wanted else _OPPOSITE.get(test.matcher, test.matcher)
    negated = "" if wanted or test.matcher in _OPPOSITE else "not "
    if test.bound is not None:
        return f"{negated}{_COMPARED[matcher]} {number(test.bound)}"
    if matcher is Matcher.IS:
        return negated + (names if len(test.names) == 1 else f"one of {names}")
    return f"{negated}{_SETS[matcher]} {names}"


def claimed(value: object, subject: str) -> str:
    """A claimed value."""
    if value is None:
        return UNKNOWN
    if isinstance(value, Members):
        return _members(value, subject)
    if isinstance(value, Listing):
        return f"{value.entity}: {value.status}, covers {', '.join(sorted(value.covers))}"
    if isinstance(value, Decimal):
        return number(value)
    return str(value)


def _members(value: Members, subject: str) -> str:
    if not value.certain and not value.optional and not value.open:
        return NOWHERE if subject == "storage_location" else "none"
    parts = [", ".join(sorted(value.certain))] if value.certain else []
    if value.optional:
        parts.append(f"possibly {', '.join(sorted(value.optional))}")
    if value.open:
        parts.append("perhaps others")
    return " and ".join(parts)


def clause_name(clause: Clause) -> str:
    """Transfer clauses by their name."""
    return _CLAUSES[clause.mechanism] + _MODULES[clause.module]


def counted(amount: int | Decimal, singular: str, plural: str | None = None) -> str:
    """An amount with its noun, which is in the plural unless there is one."""
    said = f"{amount:,}" if isinstance(amount, int) else number(amount)
    return f"{said} {singular if amount == 1 else plural or f'{singular}s'}"


def number(value: Decimal) -> str:
    """A number without exponent or needless zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
