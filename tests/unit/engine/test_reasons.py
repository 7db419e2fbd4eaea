"""Each reason of a denial, with the smallest world that has it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.claim import Moment, SourceKind
from policy_router.domain.decision import Detail, Determination, Outcome, Reason
from policy_router.domain.policy import Alias, Matcher, Mode, Not, PolicySet
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import LifecycleEvent
from policy_router.engine import reference
from policy_router.engine.decide import Engine
from tests.small import (
    HERE,
    NOON,
    NOW,
    claim,
    decided,
    evidence,
    facts,
    gateway,
    model,
    obligation,
    policy,
    provider,
    registry,
    route,
    rule,
    snapshot,
    utc,
)
from tests.strategies.predicates import names

IS, INCLUDES = Matcher.IS, Matcher.INCLUDES
BLUE = names("tenant", IS, "blue")
ONLY_WATCHES = policy(rule(mode=Mode.MONITOR))
NO_TRAINING = rule(require=names("training", IS, "prohibited"))
IF_PERSONAL = names("data", INCLUDES, "personal")
IN_FORCE = policy()


def _retired(kind: SourceKind = SourceKind.PROVIDER_DOCS) -> LifecycleEvent:
    return LifecycleEvent("retired", utc("2026-06-01"), evidence(kind), "two")


def _details(found: Determination) -> list[tuple[str, str]]:
    return [(d.about, d.message) for d in found.details]


def test_permitted() -> None:
    found = decided(IN_FORCE)
    assert (found.outcome, found.reason, found.chain) == (Outcome.PERMITTED, None, ("r",))
    assert (found.at, found.known_at, found.requested) == (NOON, None, "one")


@pytest.mark.parametrize(
    ("in_force", "asked", "covered"),
    [
        (PolicySet(()), facts(), False),
        (ONLY_WATCHES, facts(), False),
        (policy(scope=BLUE), facts(tenant="red"), False),
        (policy(scope=BLUE), facts(tenant="blue"), True),
        (policy(scope=BLUE), facts(), True),
        (policy(scope=Not(BLUE)), facts(tenant="blue"), False),
        (policy(rule("w", mode=Mode.MONITOR), rule("e")), facts(), True),
    ],
    ids=(
        "no policy",
        "one that only monitors",
        "one for others",
        "one for this tenant",
        "one for a tenant not known",
        "one for all others",
        "one that monitors and enforces",
    ),
)
def test_no_policy(in_force: PolicySet, asked: RequestFacts, covered: bool) -> None:
    found = decided(in_force, asked=asked)
    assert found.reason is (None if covered else Reason.NO_POLICY)
    assert bool(found.candidates) is covered


def test_no_policy_comes_before_everything_else() -> None:
    assert decided(PolicySet(()), asked=facts("nothing")).reason is Reason.NO_POLICY


@pytest.mark.parametrize("name", ["nothing", "o*", "ONE", ""])
def test_unknown_model(name: str) -> None:
    found = decided(IN_FORCE, asked=facts(name))
    assert (found.reason, found.candidates) == (Reason.UNKNOWN_MODEL, ())


def test_unknown_model_where_a_model_has_no_route() -> None:
    assert decided(IN_FORCE, registry(model(), model("two")), facts("two")).reason is (
        Reason.UNKNOWN_MODEL
    )


@pytest.mark.parametrize(
    ("asked", "routes"),
    [
        (facts("one"), ["r", "s"]),
        (facts("s"), ["s"]),
        (facts("both"), ["r", "s", "t"]),
        (facts("first"), ["r", "s"]),
        (facts(None), ["r", "s", "t"]),
    ],
    ids=("a model", "a pin", "an alias", "an alias of one", "any model"),
)
def test_what_a_name_stands_for(asked: RequestFacts, routes: list[str]) -> None:
    known = registry(
        model(),
        model("two"),
        route("t", of="two"),
        route("s"),
        route(),
        provider("acme", covers=("one", "two")),
    )
    in_force = PolicySet(
        (IN_FORCE,),
        aliases=(Alias("both", ("two", "one"), HERE), Alias("first", ("one",), HERE)),
    )
    found = decided(in_force, known, asked)
    assert [c.route for c in found.candidates] == routes


def test_retired() -> None:
    known = registry(replace(route(), lifecycle=(_retired(),)))
    found = decided(IN_FORCE, known)
    assert found.reason is Reason.RETIRED
    said = "retired on 2026-06-01 (provider_docs 2026-05-01, successor `two`)"
    assert _details(found) == [("r", said)]


def test_retired_since_ever() -> None:
    found = decided(IN_FORCE, registry(replace(route(), stage="retired")))
    assert (found.reason, _details(found)) == (Reason.RETIRED, [("r", "retired")])


def test_not_yet_retired() -> None:
    known = registry(replace(route(), lifecycle=(_retired(),)))
    assert decided(IN_FORCE, known, moment=Moment(utc("2026-05-31T23:59"))).permitted


@pytest.mark.parametrize("asked", ["one", "r"])
def test_a_third_partys_date_is_a_warning(asked: str) -> None:
    known = registry(replace(route(), lifecycle=(_retired(SourceKind.THIRD_PARTY),)))
    said = "a third party lists it as retired since 2026-06-01"
    warning = Detail("r", f"{said} (third_party 2026-05-01, successor `two`)")
    permitted = decided(IN_FORCE, known, facts(asked))
    assert (permitted.permitted, permitted.warnings) == (True, (warning,))
    denied = decided(policy(NO_TRAINING), known, facts(asked))
    assert (denied.permitted, denied.warnings) == (False, (warning,))
    assert decided(policy(NO_TRAINING), known, facts(None)).warnings == ()


def test_what_a_third_party_says_of_another_route_is_no_warning() -> None:
    doubtful = replace(route("s"), lifecycle=(_retired(SourceKind.THIRD_PARTY),))
    found = decided(IN_FORCE, registry(route("r"), doubtful))
    assert (found.chain, found.warnings) == (("r", "s"), ())


def test_one_live_route_is_enough() -> None:
    known = registry(replace(route(), stage="retired"), route("s"))
    found = decided(IN_FORCE, known)
    assert (found.chain, [c.route for c in found.candidates]) == (("s",), ["s"])


def test_not_reachable() -> None:
    found = decided(PolicySet((IN_FORCE,), gateways=frozenset({"other"})))
    assert found.reason is Reason.NOT_REACHABLE
    assert _details(found) == [("r", "needs gateway `hub`, which the project does not list")]


def test_one_reachable_route_is_enough() -> None:
    known = registry(gateway(), gateway("other"), route(), route("s", at="other"))
    found = decided(PolicySet((IN_FORCE,), gateways=frozenset({"other"})), known)
    assert (found.chain, [c.route for c in found.candidates]) == (("s",), ["s"])


def needing(**needs: tuple[str, ...]) -> RequestFacts:
    return facts(**needs)  # type: ignore[arg-type]


def sized(given: int | None, wanted: int | None) -> RequestFacts:
    sizes = {"tokens.input": given, "tokens.output": wanted}
    return replace(facts(), scalars={n: Decimal(c) for n, c in sizes.items() if c is not None})


BARE = replace(
    model(window=None),
    features=None,
    input_modalities=None,
    output_modalities=None,
    max_output_tokens=None,
)


@pytest.mark.parametrize(
    ("asked", "shortfall"),
    [
        (needing(features=("streaming",)), None),
        (needing(features=("tools",)), "feature `tools` is not offered"),
        (needing(input_modalities=("text",)), None),
        (needing(input_modalities=("text", "image")), "input modality `image` is not offered"),
        (needing(output_modalities=("audio",)), "output modality `audio` is not offered"),
        (sized(None, 500), None),
        (sized(None, 501), "501 output tokens exceed the limit of 500"),
        (sized(500, 500), None),
        (sized(501, 500), "1001 tokens in all exceed the limit of 1000"),
        (sized(1000, None), None),
        (sized(1001, None), "1001 tokens in all exceed the limit of 1000"),
    ],
)
def test_unsuitable(asked: RequestFacts, shortfall: str | None) -> None:
    found = decided(IN_FORCE, asked=asked)
    assert found.reason is (None if shortfall is None else Reason.UNSUITABLE)
    (candidate,) = found.candidates
    assert candidate.unsuitable == (() if shortfall is None else (shortfall,))
    assert bool(candidate.verdicts) is (shortfall is None)


def test_one_token_is_too_much_where_no_limit_is_known() -> None:
    assert decided(IN_FORCE, registry(BARE), sized(1, 0)).reason is Reason.UNSUITABLE
    assert decided(IN_FORCE, registry(BARE), sized(0, 1)).reason is Reason.UNSUITABLE


@pytest.mark.parametrize(
    ("asked", "shortfalls"),
    [
        (facts(), ()),
        (sized(0, 0), ()),
        (needing(features=("tools",)), ("feature `tools`: not known what the model offers",)),
        (
            needing(input_modalities=("image",)),
            ("input modality `image`: not known what the model offers",),
        ),
        (
            sized(1, 2),
            (
                "2 output tokens: the limit is not known",
                "3 tokens in all: the limit is not known",
            ),
        ),
    ],
)
def test_what_is_not_known_to_be_offered_is_not_offered(
    asked: RequestFacts, shortfalls: tuple[str, ...]
) -> None:
    (candidate,) = decided(IN_FORCE, registry(BARE), asked).candidates
    assert candidate.unsuitable == shortfalls


def test_one_suitable_route_is_enough() -> None:
    known = registry(model(window=10), model("two"), route(), route("s", of="two"))
    found = decided(IN_FORCE, known, replace(sized(100, None), model=None))
    assert found.chain == ("s",)
    assert [bool(c.unsuitable) for c in found.candidates] == [True, False]


NEEDY = rule("needy", needs=("purpose", "lawful_basis"), when=IF_PERSONAL)


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        (facts(data=("personal",)), ("lawful_basis", "purpose")),
        (facts(data=("personal",), purpose="support"), ("lawful_basis",)),
        (facts(purpose="support"), ("lawful_basis",)),
        (facts(data=("personal",), purpose="support", lawful_basis="A6-1-b"), ()),
        (facts(data=("non_personal",)), ()),
    ],
    ids=("both", "one", "one, data not known", "none", "not applicable"),
)
def test_facts_that_a_rule_needs(asked: RequestFacts, missing: tuple[str, ...]) -> None:
    found = decided(policy(NEEDY), asked=asked)
    assert found.missing == missing
    assert found.reason is (Reason.FACTS_MISSING if missing else None)
    assert _details(found) == [
        (name, f"`{name}` is not known: needed by policy/needy") for name in missing
    ]


def test_a_fact_is_named_once_with_every_rule_that_needs_it() -> None:
    more = policy(rule("again", needs=("purpose",)), rule("also", needs=("purpose",)), name="b")
    found = decided(PolicySet((more, policy(rule("needy", needs=("purpose",))))))
    assert found.missing == ("purpose",)
    said = "`purpose` is not known: needed by b/again, b/also, policy/needy"
    assert _details(found) == [("purpose", said)]


def test_a_fact_that_merely_was_declared_is_not_known() -> None:
    declared = replace(facts(purpose="support", lawful_basis="A6-1-b"), base=facts())
    assert decided(policy(NEEDY), asked=declared).missing == ("lawful_basis", "purpose")


def test_a_set_that_may_hold_more_is_not_known() -> None:
    in_force = policy(rule(needs=("data",)))
    assert decided(in_force, asked=facts(data=("personal",), opened=("data",))).missing == ("data",)
    assert decided(in_force, asked=facts(data=("personal",))).permitted


def test_what_a_watching_rule_needs_is_not_asked_for() -> None:
    watching = rule("watching", needs=("purpose",), mode=Mode.MONITOR)
    assert decided(policy(rule(), watching)).permitted


TOOLS = names("server_tools", Matcher.INCLUDES_ANY, "web_search")
NO_TOOLS = obligation("no-tools", when=IF_PERSONAL, refuse_when=TOOLS)


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        (facts(data=("personal",), server_tools=("web_search",)), True),
        (facts(data=("personal",), server_tools=()), False),
        (facts(data=("personal",)), True),
        (facts(server_tools=("web_search",)), True),
        (facts(data=("non_personal",), server_tools=("web_search",)), False),
    ],
    ids=("used", "not used", "not known whether used", "data not known", "not applicable"),
)
def test_an_obligation_that_refuses(asked: RequestFacts, refused: bool) -> None:
    found = decided(policy(obligations=(NO_TOOLS,)), asked=asked)
    assert found.reason is (Reason.OBLIGATION if refused else None)
    said = ("policy/no-tools", "does not allow the call as it is")
    assert _details(found) == ([said] if refused else [])


def test_no_compliant_route() -> None:
    known = registry(provider("acme", claim("training", "used")))
    found = decided(policy(NO_TRAINING), known)
    assert (found.reason, found.missing) == (Reason.NO_COMPLIANT_ROUTE, ())
    assert [c.permitted for c in found.candidates] == [False]


def test_one_compliant_route_is_enough() -> None:
    known = registry(
        provider("acme", claim("training", "used")),
        provider("good", claim("training", "prohibited")),
        route(),
        route("s", by="good"),
    )
    found = decided(policy(NO_TRAINING), known)
    assert (found.chain, [c.permitted for c in found.candidates]) == (("s",), [False, True])


STORE, KEEP = obligation("store", store=False), obligation("keep", store=True)


@pytest.mark.parametrize(
    ("first", "second", "conflict"),
    [
        (STORE, obligation("same", store=False), None),
        (STORE, obligation("else", user="x"), None),
        (STORE, KEEP, "set differently: policy/keep to `True`, policy/store to `False`"),
        (
            KEEP,
            obligation("one", store=1),
            "set differently: policy/keep to `True`, policy/one to `1`",
        ),
        (obligation("a", n=1), obligation("b", n=Decimal(1)), None),
        (
            obligation("a", n="1"),
            obligation("b", n=1),
            "set differently: policy/a to `1`, policy/b to `1`",
        ),
        (STORE, obligation("off", when=Not(IF_PERSONAL), store=True), None),
    ],
)
def test_obligations_that_set_one_parameter_differently(
    first: object, second: object, conflict: str | None
) -> None:
    in_force = policy(obligations=(first, second))  # type: ignore[arg-type]
    found = decided(in_force, asked=facts(data=("personal",)))
    assert found.reason is (None if conflict is None else Reason.OBLIGATION_CONFLICT)
    assert [d.message for d in found.details] == ([] if conflict is None else [conflict])


def test_no_compliant_route_comes_before_a_conflict() -> None:
    in_force = policy(NO_TRAINING, obligations=(STORE, KEEP))
    assert decided(in_force).reason is Reason.NO_COMPLIANT_ROUTE


def test_where_no_fact_is_open_the_reason_is_that_no_route_complies() -> None:
    known = registry(provider("acme", claim("training", "used")))
    asked = snapshot(policy(NO_TRAINING), known)
    found = Engine(asked).decide(facts(), NOW).determination()
    assert (found.reason, found.details, found.missing) == (Reason.NO_COMPLIANT_ROUTE, (), ())
    assert found == reference.decide(asked, facts(), NOW)
