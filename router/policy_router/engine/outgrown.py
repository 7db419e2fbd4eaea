"""Claims that outgrow an exception: better than one it accepts, and not accepted themselves.

An exception that accepts one value of a claim lifts its whole rule, and only while the claim is
just that. Where the claim gets better than that, the rule counts again, with all that it asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from policy_router.domain.policy import PolicyException, Rule, Test
from policy_router.domain.truth import UNKNOWN, Truth
from policy_router.domain.vocabulary import ATTRIBUTES
from policy_router.engine.matching import holds, match_name, match_number

_NO_DAYS = Decimal(0)


def outgrown(exception: PolicyException, rule: Rule) -> Iterator[tuple[str, tuple[str, ...]]]:
    """For each attribute an exception accepts claims on, the better ones with which it lapses.

    Left out are those with which the rule lets pass anyway, whatever else is known of a route. Of
    a number of days only none at all is looked at: nobody lists every number below another.
    """
    for name, accepted in exception.accepts:
        better = (v for v in _better(name, accepted) if str(v) not in accepted)
        found = tuple(str(v) for v in better if not _is_enough(rule, name, v))
        if found:
            yield name, found


def _better(name: str, accepted: Sequence[str]) -> Sequence[str | Decimal]:
    """The claims that are better than the worst of those accepted, best first."""
    values = ATTRIBUTES[name].values
    return values[: max(map(values.index, accepted))] if values else (_NO_DAYS,)


def _is_enough(rule: Rule, name: str, value: str | Decimal) -> bool:
    """Whether a rule lets pass for one claim alone, were nothing else known."""
    known = _knowing(name, value)
    required = rule.require is None or holds(rule.require, known).known_true
    return required and all(holds(part, known).known_false for part in rule.forbid)


def _knowing(name: str, value: str | Decimal) -> Callable[[Test], Truth]:
    def known(test: Test) -> Truth:
        if test.subject != name:
            return UNKNOWN
        if isinstance(value, Decimal):
            return match_number(test, value)
        return match_name(test, value)

    return known
