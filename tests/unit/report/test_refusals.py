"""A refusal fits one screen whatever it has to say, and says what matters first."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from policy_router.audit.matrix import reachable_routes
from policy_router.domain.claim import Basis, Evidence, Gap, SourceKind
from policy_router.domain.decision import (
    Candidate,
    Detail,
    Determination,
    Digests,
    Outcome,
    Reason,
    RuleVerdict,
    Used,
    Verdict,
)
from policy_router.domain.diagnostic import Span
from policy_router.domain.policy import Mode
from policy_router.domain.request import FactValue, RequestFacts, SetFact
from policy_router.engine.decide import Engine
from policy_router.engine.explanation import (
    Alternative,
    Change,
    ChangeKind,
    Explanation,
    HopClaim,
    NoHelp,
    RecordKind,
    Remedies,
    RouteExplanation,
    RuleExplanation,
    Shortfall,
)
from policy_router.engine.nearness import Place, nearest
from policy_router.report.decisions import decision_lines
from policy_router.report.explanations import explanation_lines
from policy_router.report.pasted import pasted
from policy_router.report.reasons import blocking
from policy_router.report.screen import Screen
from policy_router.report.why import why_lines
from policy_router.service.decision import Decision
from policy_router.service.pdp import PDP, load
from tests.house.tree import ROOT

if TYPE_CHECKING:
    from policy_router.engine.ruling import Ruling

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVIDENCE = Evidence(
    SourceKind.PROVIDER_DOCS,
    "https://page.example/" + "x" * 80,
    Basis.PUBLIC_TERMS,
    date(2026, 1, 1),
)
WORDY = "a very long name that goes on and on \x1b[31m" * 4


@cache
def _pdp() -> PDP:
    return load(project=ROOT / "examples" / "organisation")


def _shortfall(number: int) -> Shortfall:
    hops = tuple(
        HopClaim(f"hop-{n}", WORDY, Gap.CONFLICT, EVIDENCE, None, Span("a.yaml", n, 1), WORDY, 2)
        for n in range(4)
    )
    return Shortfall(f"attribute_{number}", WORDY, WORDY, known=True, hops=hops)


def _rule(number: int, verdict: Verdict = Verdict.FAIL) -> RuleExplanation:
    return RuleExplanation(
        verdict=RuleVerdict("policy", f"rule-{number}", Mode.ENFORCE, verdict),
        title=f"{number} {WORDY}",
        cites=tuple(f"GDPR Art. {n}" for n in range(30)),
        own_choice=True,
        span=Span("policies/of/an/organisation/with/deep/folders/policy.yaml", 100, 1),
        shortfalls=tuple(_shortfall(n) for n in range(4)),
        open_facts=("purpose", "regime"),
    )


@dataclass(frozen=True)
class _Told:
    """An account that is made up."""

    told: tuple[RuleExplanation, ...]
    found: Remedies

    def rules(self, candidate: Candidate) -> tuple[RuleExplanation, ...]:
        """The same of every candidate."""
        del candidate
        return self.told

    def remedies(self, candidate: Candidate) -> Remedies:
        """The same for every candidate."""
        del candidate
        return self.found

    def no_help(self, candidate: Candidate) -> tuple[NoHelp, ...]:
        """More than fits, each as long as can be."""
        del candidate
        return tuple(NoHelp("p/r0", RecordKind.SIGNOFF, f"s{n}", WORDY) for n in range(9))

    def kind(self, candidate: Candidate) -> int:
        """One for all candidates."""
        del candidate
        return 0

    def place(self, candidate: Candidate) -> Place:
        """One for all candidates."""
        del candidate
        return (False, False, 0)


def _route(
    name: str, rules: Sequence[RuleExplanation], remedy: int = 9, *, complete: bool = True
) -> RouteExplanation:
    change = Change(ChangeKind.AGREEMENT, "party", WORDY)
    remedies = Remedies(tuple((change,) * remedy for _ in range(6)) if remedy else (), complete)
    candidate = Candidate(name, False, (), tuple(rule.verdict for rule in rules))
    return RouteExplanation(candidate, "m", _Told(tuple(rules), remedies))


def _rules(count: int) -> list[RuleExplanation]:
    return [_rule(number) for number in range(count)]


def _worst(reason: Reason) -> tuple[Decision, Explanation]:
    """A refusal with as much to say as there can be."""
    missing = tuple(f"labels.fact-{n}" for n in range(9)) if reason is Reason.FACTS_MISSING else ()
    about = missing or ("a", "b", "c", "d")
    determination = Determination(
        at=AT,
        known_at=AT,
        requested="a/model",
        outcome=Outcome.DENIED,
        reason=reason,
        chain=(),
        substituted=False,
        obligations=(),
        monitor=(),
        warnings=(Detail("a", WORDY),) * 5,
        details=tuple(Detail(name, f"`{name}`: {WORDY}") for name in about),
        missing=missing,
        declared=("purpose",),
        candidates=(Candidate("r", False, (), ()),),
        digests=Digests("sha256:0", "sha256:1"),
    )
    price = Decimal("1234.5678")
    own = Alternative("an/alternative" * 6, "m", True, price, price, price, price)
    explanation = Explanation(
        determination=determination,
        routes=(_route("r" * 90, _rules(9)), _route("s", _rules(9))),
        alternatives=(own,) * 5,
        policies=("gdpr v1",),
        find_used=lambda: Used(law=("eea",)),
        find_certain=lambda: None,
    )
    sets = {f"labels.l{n}": SetFact(frozenset({WORDY}), settled=True) for n in range(9)}
    facts = RequestFacts("a/model", sets)
    decision = Decision(
        Engine(_pdp().snapshot), cast("Ruling", _Ruled(determination, facts)), facts
    )
    return decision, explanation


@dataclass(frozen=True)
class _Ruled:
    """A ruling whose decision is made up."""

    made_up: Determination
    facts: RequestFacts

    def determination(self) -> Determination:
        return self.made_up

    @property
    def permitted(self) -> bool:
        return self.made_up.outcome is Outcome.PERMITTED

    @property
    def reason(self) -> Reason | None:
        return self.made_up.reason

    @property
    def route(self) -> str | None:
        return self.made_up.route

    @property
    def chain(self) -> tuple[str, ...]:
        return self.made_up.chain


_AGAIN = ("policy-router", "explain", "a/model", "--data", "personal")


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("screen", [Screen(person=True), Screen(unicode=True, person=True)])
def test_the_longest_refusal_fits_one_screen(reason: Reason, screen: Screen) -> None:
    decision, explanation = _worst(reason)
    for lines in (
        decision_lines(decision, explanation, screen, _AGAIN),
        why_lines(decision, explanation, screen, _AGAIN),
    ):
        assert len(lines) <= 24
        assert lines[-1].endswith("--data personal")
        assert not any("\x1b" in line for line in lines)


def test_lines_of_a_refusal_fit_100_columns() -> None:
    decision, explanation = _worst(Reason.NO_COMPLIANT_ROUTE)
    lines = decision_lines(decision, explanation, Screen(person=True))
    named = {line for line in lines if "rrrr" in line or "an/alternative" in line}
    assert max(len(line) for line in lines if line not in named) <= 100


def test_nothing_is_cut_where_nobody_looks() -> None:
    decision, explanation = _worst(Reason.NO_COMPLIANT_ROUTE)
    for lines in (
        decision_lines(decision, explanation, Screen()),
        why_lines(decision, explanation, Screen()),
    ):
        assert not any("..." in line for line in lines)
        assert len(lines) > 24


def test_a_command_to_paste_is_the_command(tmp_path: Path) -> None:
    words = ("echo", "--data", "a b", "--label", "x='$HOME'", "--purpose", "p" * 60, "--all-routes")
    lines = pasted(words, Screen(width=60))
    assert len(lines) > 1
    done = subprocess.run(
        ["sh", "-c", "\n".join(lines)], check=True, capture_output=True, text=True, cwd=tmp_path
    )
    assert done.stdout == " ".join(words[1:]) + "\n"


def test_an_explanation_at_length_acts_on_no_terminal_either() -> None:
    decision, explanation = _worst(Reason.NO_COMPLIANT_ROUTE)
    text = "\n".join(explanation_lines(decision, explanation, explanation.routes, Screen()))
    assert "\x1b" not in text
    assert "\\u{1b}[31m" in text
    assert text.count("not met") >= 18


def test_no_more_than_three_reasons_and_how_many_there_are() -> None:
    decision, explanation = _worst(Reason.NO_COMPLIANT_ROUTE)
    text = "\n".join(decision_lines(decision, explanation, Screen()))
    assert "Why (3 of 9 reasons)" in text
    assert "the nearest of 2 routes" in text
    assert "\n  3. " in text
    assert "\n  4. " not in text
    assert "the organisation's choice" in text


def test_the_nearest_route_is_stopped_by_the_fewest_rules() -> None:
    _, explanation = _worst(Reason.NO_COMPLIANT_ROUTE)
    one = _rules(1)
    routes = (_route("a", _rules(2), 3), _route("b", one, 0), _route("c", one), _route("d", one))
    found = nearest(replace(explanation, routes=routes).nearest)
    assert found is not None
    assert found.route == "c"
    assert nearest(()) is None


def test_what_is_known_not_to_be_met_comes_first() -> None:
    rules = (_rule(0, Verdict.UNKNOWN), _rule(1, Verdict.PASS), _rule(2, Verdict.FAIL))
    found = blocking(_route("a", rules))
    assert [r.verdict.rule for r in found] == ["rule-2", "rule-0"]


@pytest.mark.parametrize("scenario", ["customer-data", "health-data", "payment-cards"])
def test_refusals_of_shipped_routes_fit(scenario: str) -> None:
    request = _pdp().loaded.scenarios[scenario].request
    refused = 0
    for route in sorted(reachable_routes(_pdp().snapshot))[::8]:
        decision = _pdp().decide(replace(request, model=route), at=AT)
        lines = decision_lines(decision, decision.explain(), Screen(person=True))
        assert len(lines) <= 24
        assert max(map(len, lines)) <= 100
        refused += not decision.permitted
    assert refused


NO_TOOLS = {"server_tools": SetFact(frozenset(), settled=True)}
HEALTH = NO_TOOLS | {"data": SetFact(frozenset({"health"}), settled=True)}
STATED: dict[str, FactValue] = {
    "stateful": False,
    "purpose": "letters",
    "lawful_basis": "A6-1-b",
    "special_condition": "A9-2-h",
}


@pytest.mark.parametrize(
    ("sets", "scalars", "reason", "besides"),
    [
        (HEALTH, {}, Reason.FACTS_MISSING, True),
        (HEALTH, STATED, Reason.NO_COMPLIANT_ROUTE, False),
        (
            HEALTH | {"server_tools": SetFact(frozenset({"web_search"}), settled=True)},
            STATED,
            Reason.OBLIGATION,
            True,
        ),
        (NO_TOOLS, STATED, Reason.FACTS_MISSING, False),
    ],
    ids=("a rule needs a fact", "no route", "an obligation", "facts that leave rules open"),
)
def test_changes_about_routes_do_not_pass_for_enough_where_the_call_is_refused_itself(
    sets: dict[str, SetFact], scalars: dict[str, FactValue], reason: Reason, besides: bool
) -> None:
    decision = _pdp().decide(RequestFacts("openai/o4-mini", sets, scalars), at=AT)
    assert decision.determination.reason is reason
    explanation = decision.explain()
    reports = [list(explanation_lines(decision, explanation, explanation.routes, Screen()))]
    if "data" in sets:
        reports.append(why_lines(decision, explanation, Screen()))
    for lines in reports:
        text = "\n".join(lines)
        assert "What would change it" in text
        assert ("What would change it, besides what `Why` says" in text) is besides


@pytest.mark.parametrize(
    ("model", "sets", "asked"),
    [
        ("openai/o4-mini", NO_TOOLS, True),
        ("openai/o4-mini", HEALTH, False),
        ("openai/o4-mini", NO_TOOLS | {"data": SetFact(frozenset({"personal"}))}, False),
        ("openai/o4-mni", NO_TOOLS, False),
    ],
    ids=("nothing said", "health", "perhaps more than is said", "no such model"),
)
def test_why_asks_first_what_data_it_is(model: str, sets: dict[str, SetFact], asked: bool) -> None:
    decision = _pdp().decide(RequestFacts(model, sets, {}), at=AT)
    text = "\n".join(why_lines(decision, decision.explain(), Screen()))
    assert ("1. nothing is said of the data" in text) is asked
    assert ("What would change it" in text) is (not asked and model == "openai/o4-mini")


def test_a_rule_that_needs_several_facts_is_named_once() -> None:
    decision = _pdp().decide(RequestFacts("openai/o4-mini", HEALTH, {"stateful": False}), at=AT)
    text = " ".join(" ".join(why_lines(decision, decision.explain(), Screen())).split())
    assert "(needed by gdpr/special-categories)" in text
    child = {"data": SetFact(frozenset({"health", "child"}), settled=True)}
    decision = _pdp().decide(RequestFacts("openai/o4-mini", NO_TOOLS | child, {}), at=AT)
    text = " ".join(" ".join(why_lines(decision, decision.explain(), Screen())).split())
    needing = text.partition("(needed by ")[2].partition(")")[0].split(", ")
    assert len(needing) == len(set(needing)) > 1
    assert "needed by" not in ", ".join(needing)


@pytest.mark.parametrize("told", [decision_lines, why_lines])
def test_a_step_says_its_terms_where_there_is_room_for_them(
    told: Callable[..., list[str]],
) -> None:
    """The list of what a contract must say is what a reader came for; evidence gives way first."""
    request = _pdp().loaded.scenarios["customer-data"].request
    decision = _pdp().decide(replace(request, model="opper:openai/gpt-5-mini"), at=AT)
    lines = told(decision, decision.explain(), Screen(person=True))
    steps = "\n".join(lines).partition("What would change it")[2].partition("\nNot legal")[0]
    assert "in force: processing contract" in steps
    assert "…" not in steps
    assert len(lines) <= 24
