"""What is said of each candidate of a decision; routes of one kind share what is said."""

from __future__ import annotations

from functools import cached_property

from policy_router.domain.decision import Candidate, RuleVerdict, Verdict
from policy_router.domain.policy import Rule
from policy_router.engine.explanation import NoHelp, Remedies, RuleExplanation, Shortfall
from policy_router.engine.kinds import Kinds, by_claims, by_steps
from policy_router.engine.lacking import Lacking
from policy_router.engine.nearness import Place
from policy_router.engine.question import Question
from policy_router.engine.ruling import Ruling
from policy_router.engine.shortfalls import rests_on_claims


class RulingAccount:
    """Explains the candidates of one ruling."""

    def __init__(self, q: Question, ruling: Ruling) -> None:
        self._q = q
        self._circumstances = ruling.circumstances
        self._lacking = Lacking(ruling.circumstances, q)
        self._readings = ruling.epoch.readings
        self._nearness = ruling.epoch.nearness
        self._suitable = ruling.epoch.suitability.of(q.facts)
        self._of_kind: dict[int, tuple[tuple[RuleExplanation, ...], list[int]]] = {}
        self._apart: dict[int, int] = {}
        self._let_pass: dict[tuple[int, Verdict, str | None], RuleExplanation] = {}
        self._remedies: dict[int, Remedies] = {}
        self._no_help: dict[int, tuple[NoHelp, ...]] = {}

    @cached_property
    def kinds(self) -> Kinds:
        """The routes, by kind."""
        return by_claims(self._circumstances, self._q.facts, self._suitable)

    @cached_property
    def _by_steps(self) -> Kinds:
        return by_steps(self._circumstances, self._q.facts)

    def rules(self, candidate: Candidate) -> tuple[RuleExplanation, ...]:
        """Every rule's verdict on a candidate, with what it finds wanting."""
        number = self._circumstances.bound.number[candidate.route]
        of_kind, wanting = self._of(candidate, number)
        own = [place for place in wanting if self._individual(place) >> number & 1]
        if not own:
            return of_kind
        found = list(of_kind)
        for place in own:
            found[place] = self._rule(place, candidate.verdicts[place], number)
        return tuple(found)

    def remedies(self, candidate: Candidate) -> Remedies:
        """The smallest sets of changes that would permit a blocked candidate."""
        kind = self._by_steps.of(self._circumstances.bound.number[candidate.route])
        found = self._remedies.get(kind)
        if found is None:
            from policy_router.engine.remedies import remedies  # noqa: PLC0415 - slow, and of refusals only

            policies = [p.policy for p in self._circumstances.covering]
            found = self._remedies[kind] = remedies(self._q, policies, candidate)
        return found

    def no_help(self, candidate: Candidate) -> tuple[NoHelp, ...]:
        """What is recorded about a candidate and is no help to rules that are not met."""
        if not candidate.verdicts:
            return ()
        kind = self.kind(candidate)
        found = self._no_help.get(kind)
        if found is None:
            from policy_router.engine.records import Records  # noqa: PLC0415 - slow, and of refusals only

            route = self._q.snapshot.registry.routes[candidate.route]
            rules = [
                (planned.policy, planned.rule)
                for planned, v in zip(self._lacking.rules, candidate.verdicts, strict=True)
                if not v.verdict.allows
            ]
            records = Records(self._q, route)
            found = tuple(each for rule in rules for each in records.no_help(*rule))
            self._no_help[kind] = found
        return found

    def kind(self, candidate: Candidate) -> int:
        """The kind of a candidate."""
        return self.kinds.of(self._circumstances.bound.number[candidate.route])

    def place(self, candidate: Candidate) -> Place:
        """Where a candidate stands among those of which equally much is wanted."""
        return self._nearness.place(candidate.route)

    def _individual(self, place: int) -> int:
        """The routes of which a rule says something that it does not say of all of their kind."""
        found = self._apart.get(place)
        if found is None:
            found = 0
            for lack in self._lacking.of(place):
                if not rests_on_claims(lack.unmet.test.subject):
                    found |= lack.routes
            self._apart[place] = found
        return found

    def _of(
        self, candidate: Candidate, number: int
    ) -> tuple[tuple[RuleExplanation, ...], list[int]]:
        """What is said of the first candidate of its kind, and which rules find any wanting."""
        kind = self.kinds.of(number)
        found = self._of_kind.get(kind)
        if found is None:
            verdicts = list(enumerate(candidate.verdicts))
            wanting = [place for place, verdict in verdicts if not verdict.verdict.allows]
            said = tuple(self._rule(*verdict, number) for verdict in verdicts)
            found = self._of_kind[kind] = said, wanting
        return found

    def _rule(self, place: int, verdict: RuleVerdict, number: int) -> RuleExplanation:
        if verdict.verdict.allows:
            return self._passed(place, verdict)
        rule = self._lacking.rules[place].rule
        found = [
            self._readings.shortfall(number, lack, rule.demand)
            for lack in self._lacking.of(place)
            if lack.is_about(number)
        ]
        if len(found) > 1:  # tests written differently may demand the same
            found = list(dict.fromkeys(found))
        return _explained(rule, verdict, tuple(found), self._lacking.open_facts(place))

    def _passed(self, place: int, verdict: RuleVerdict) -> RuleExplanation:
        """A rule that lets routes pass: nothing is said of one that is not said of all."""
        key = (place, verdict.verdict, verdict.exception)
        found = self._let_pass.get(key)
        if found is None:
            rule = self._lacking.rules[place].rule
            found = self._let_pass[key] = _explained(rule, verdict, (), ())
        return found


def _explained(
    rule: Rule,
    verdict: RuleVerdict,
    shortfalls: tuple[Shortfall, ...],
    open_facts: tuple[str, ...],
) -> RuleExplanation:
    return RuleExplanation(
        verdict=verdict,
        title=rule.title,
        cites=rule.cites,
        own_choice=rule.stricter_than_law or not rule.cites,
        span=rule.span,
        shortfalls=shortfalls,
        open_facts=open_facts,
    )
