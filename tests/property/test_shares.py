"""How much of everything the worlds hold that the laws are proved on.

`pytest tests/property -k shares -s` prints the table.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings

from tests.strategies.draws import rolled
from tests.strategies.shares import features
from tests.strategies.worlds import World, any_world

WORLDS = 1000
OFTEN, SOMETIMES, SELDOM = 0.2, 0.04, 0.002

EXPECTED = {
    **dict.fromkeys(
        (
            "agreement: in force",
            "agreement: names neither route nor model",
            "agreement: terms only",
            "agreement: with clauses",
            "claim: not valid, or not yet recorded",
            "claim: rests on our contract",
            "claim: stated unknown",
            "decision: no_compliant_route",
            "decision: permitted",
            "exception",
            "law: adequacy not confirmed",
            "moment: as then known",
            "obligation",
            "preference",
            "preference: cost breaks ties",
            "preference: cost first",
            "preference: without cost",
            "price: another currency",
            "price: daily window",
            "price: tiers",
            "request: more than ordinary personal data",
            "route: 1 hops",
            "route: 2 hops",
            "route: claims of its own",
            "route: a retirement",
            "rule: demands young evidence",
            "rule: forbids",
            "sign-off: approval",
            "sign-off: rejection",
            "substitution",
            "verdict: fail",
            "verdict: not_applicable",
            "verdict: pass",
            "verdict: unknown",
        ),
        OFTEN,
    ),
    **dict.fromkeys(
        (
            "claim: anywhere",
            "claim: for some models only",
            "claim: open set",
            "decision: a chain of several",
            "decision: facts_missing",
            "decision: unsuitable",
            "exception: accepts",
            "law: territory not confirmed",
            "request: alias",
            "request: an operation",
            "route: operations listed",
            "route: not for a chat",
            "request: any model",
            "request: data not known",
            "request: mere declarations",
            "request: pin",
            "request: size not known",
            "route: 3 hops",
            "route: a third party's notice",
            "rule: monitors",
            "rule: needs facts",
            "rule: sign-off",
            "rule: transfer basis",
            "verdict: excepted",
        ),
        SOMETIMES,
    ),
    **dict.fromkeys(
        (
            "decision: no_policy",
            "decision: not_reachable",
            "decision: obligation",
            "decision: obligation_conflict",
            "decision: retired",
            "decision: substituted",
            "decision: unknown_model",
        ),
        SELDOM,
    ),
}


def test_shares_of_what_the_worlds_hold() -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=WORLDS, derandomize=True, database=None)
    @given(rolled(any_world))
    def count(world: World) -> None:
        seen.update(features(world))
        seen["worlds"] += 1

    count()
    for name, number in sorted(seen.items()):
        print(f"{number / seen['worlds']:7.1%}  {name}")  # noqa: T201 - what -s is for
    assert set(seen) - {"worlds"} == set(EXPECTED)
    rare = {n: seen[n] for n, share in EXPECTED.items() if seen[n] < share * seen["worlds"]}
    assert rare == {}
