"""How much harm the data of a scenario can do if it goes astray: the order of a report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from policy_router.domain.organisation import Scenario
from policy_router.domain.vocabulary import category_ancestors

_HARMLESS: Final = 0
_SECRET: Final = 1
_PERSONAL: Final = 2
_SENSITIVE: Final = 3
_SPECIAL: Final = 4
_UNDESCRIBED: Final = 5


def mildest_first(scenarios: Iterable[Scenario]) -> tuple[Scenario, ...]:
    """Public text first, special categories and data that nobody described last."""
    return tuple(sorted(scenarios, key=lambda s: (_severity(s), s.id)))


def _severity(scenario: Scenario) -> int:
    data = scenario.request.set_fact("data")
    if not data.settled or not data.members:
        return _UNDESCRIBED
    return max(map(_of_category, data.members))


def _of_category(category: str) -> int:
    line = category_ancestors(category)
    if category == "non_personal":
        return _HARMLESS
    if "special_category" in line:
        return _SPECIAL
    if category in {"personal", "pseudonymised"}:
        return _PERSONAL
    return _SENSITIVE if "personal" in line else _SECRET
