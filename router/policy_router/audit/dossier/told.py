"""A report, looked up by scenario and route: what a difference of two is found in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from policy_router.audit.changes import Part
from policy_router.audit.dossier.content import Dossier
from policy_router.audit.dossier.verdicts import Evidenced, Found, Reasoning, RuleFound
from policy_router.audit.dossier.writings import (
    AgreementPart,
    ExceptionPart,
    LawPart,
    SignoffPart,
)
from policy_router.audit.worded import last_day
from policy_router.domain.decision import Verdict
from policy_router.domain.policy import Mode

Where = tuple[str, str]
"""A scenario and a route."""

_VERDICTS: Final = {
    Verdict.NOT_APPLICABLE: "does not apply",
    Verdict.PASS: "met",
    Verdict.FAIL: "not met",
    Verdict.UNKNOWN: "not known",
    Verdict.EXCEPTED: "waived",
}


def state_words(part: AgreementPart | SignoffPart | ExceptionPart | LawPart) -> str:
    """Whether it counts, and until which day."""
    until = f"until {last_day(part.end)}" if part.end else "without end"
    return f"{part.state.value.replace('_', ' ')}, {until}"


def _law_state(part: LawPart) -> str:
    """Whether an adequacy decision counts, until when, and what suspends it."""
    instrument = f"{part.instrument}: " if part.instrument else ""
    if part.suspended:
        return f"{instrument}suspended by {'; '.join(part.suspended)}"
    return f"{instrument}{state_words(part)}"


class Told:
    """A report, looked up by scenario and route."""

    def __init__(self, dossier: Dossier) -> None:
        self.at = dossier.at
        self.evidence = {e.number: e for e in dossier.evidence}
        self.scenarios = {s.id: s for s in dossier.scenarios}
        self.routes = {r.id: r for c in dossier.classes for r in c.routes}
        self._claims = {r.id: c.claims for c in dossier.classes for r in c.routes}
        self.parties = {r.id: c.parties for c in dossier.classes for r in c.routes}
        self._documents = {(w.kind, w.id): {p.what: p for p in w.parts} for w in dossier.documents}
        self.contracts = {p.id: p.agreements for p in dossier.parties}
        self.law = {part.id: _law_state(part) for part in dossier.law}
        self.enforced = {
            (policy.id, rule.id): rule.mode is Mode.ENFORCE
            for policy in dossier.policies
            for rule in policy.rules
        }
        self.found: dict[Where, Reasoning] = {
            (scenario, route.id): reasoning
            for each in dossier.classes
            for reasoning in each.reasonings
            for scenario in reasoning.scenarios
            for route in each.routes
        }

    def claims(self, route: str, party: str) -> dict[str, Evidenced]:
        """What is claimed of a party of a route, by attribute."""
        found = (self.evidence[number] for number in self._claims[route])
        return {e.attribute: e for e in found if e.party == party}

    def standing(self, where: Where) -> Found | None:
        """The standing of a scenario on a route and by what; None if it is not reported on."""
        found = self.found.get(where)
        return found.found if found else None

    def rules(self, where: Where) -> dict[tuple[str, str], RuleFound]:
        """The enforced rules that apply to a scenario on a route, by policy and id."""
        named = {(r.policy, r.rule): r for r in self.found[where].rules}
        return {name: rule for name, rule in named.items() if self.enforced.get(name)}

    def parts(self, key: tuple[str, str]) -> Mapping[str, Part]:
        """All that a document of a kind and id says, nothing if it is not in the report."""
        return self._documents.get(key, {})

    def part(self, key: tuple[str, str], what: str) -> Part | None:
        """One thing that a document says."""
        return self.parts(key).get(what)

    def verdict(self, name: tuple[str, str], rule: RuleFound | None) -> str | None:
        """The verdict of a rule in words, None where there is no such rule."""
        if rule is not None:
            return _VERDICTS[rule.verdict]
        if name not in self.enforced:
            return None
        return "does not apply" if self.enforced[name] else "only watched"
