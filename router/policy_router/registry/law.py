"""What the law of one exporting regime says about countries, remembered while law is the same.

Thousands of routes are looked at under one law, and so are the worlds that a search for remedies
tries: those differ in contracts and evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from policy_router.domain.claim import Moment
from policy_router.domain.registry import Registry
from policy_router.domain.territory import Adequacy, Territory
from policy_router.domain.truth import Truth
from policy_router.domain.vocabulary import HOME_TERRITORY, Regime
from policy_router.registry.territories import adequacy_in_force, is_in, those_about

MOST_LAWS = 16
MOST_COUNTRIES = 512


class Law:
    """One regime's law at a moment, as far as it was asked about."""

    def __init__(self, registry: Registry, regime: Regime, moment: Moment) -> None:
        self.regime = regime
        self._registry = registry
        self._moment = moment
        self._in_force = adequacy_in_force(registry, regime, moment)
        self._about: dict[str, tuple[Truth, tuple[Adequacy, ...]]] = {}

    def about(self, country: str) -> tuple[Truth, tuple[Adequacy, ...]]:
        """Whether a country is at home under the regime, and the adequacy decisions about it."""
        found = self._about.get(country)
        if found is None:
            registry, moment = self._registry, self._moment
            at_home = is_in(registry, country, HOME_TERRITORY[self.regime], moment)
            found = at_home, those_about(registry, self._in_force, country, moment)
            if len(self._about) < MOST_COUNTRIES:
                self._about[country] = found
        return found


def law_of(registry: Registry, regime: Regime, moment: Moment) -> Law:
    """The law of `regime` in a registry at `moment`."""
    return _law(_Texts(registry.territories, registry.adequacy), regime, moment)


class _Texts:
    """The very documents that law is read from: the same only if they are the same objects."""

    def __init__(
        self, territories: Mapping[str, Territory], adequacy: tuple[Adequacy, ...]
    ) -> None:
        self.territories = territories
        self.adequacy = adequacy

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Texts)
            and self.territories is other.territories
            and self.adequacy is other.adequacy
        )

    def __hash__(self) -> int:
        return hash((id(self.territories), id(self.adequacy)))


@lru_cache(maxsize=MOST_LAWS)
def _law(texts: _Texts, regime: Regime, moment: Moment) -> Law:
    only_law = Registry({}, {}, {}, {}, texts.territories, texts.adequacy)
    return Law(only_law, regime, moment)
