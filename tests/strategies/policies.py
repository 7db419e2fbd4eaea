"""Policies, exceptions, aliases, preferences and substitutions."""

from __future__ import annotations

from decimal import Decimal

from policy_router.domain.policy import (
    ALWAYS,
    Alias,
    Matcher,
    Mode,
    Obligation,
    Policy,
    PolicyException,
    PolicySet,
    Preference,
    Rule,
    Substitution,
)
from policy_router.domain.price import Rate
from policy_router.domain.vocabulary import ATTRIBUTES
from tests.strategies.claims import DEMANDS, VALUES
from tests.strategies.draws import Dice, chance, pick, some
from tests.strategies.predicates import SCOPES, ban, condition, demand, names
from tests.strategies.themes import Theme
from tests.strategies.words import (
    ALWAYS_VALID,
    GATEWAYS,
    MODELS,
    POLICIES,
    RECORDED,
    SPAN,
    VALIDITIES,
)

_SHAPES = ("require", "require", "forbid", "both")


def rule(dice: Dice, name: str, theme: Theme, mode: Mode = Mode.ENFORCE) -> Rule:
    """Draw a rule."""
    shape = pick(dice, _SHAPES[:2] if theme.contractual else _SHAPES)
    bans = 0 if shape == "require" else pick(dice, (1, 2))
    return Rule(
        id=name,
        when=condition(dice),
        needs=some(dice, ("purpose", "lawful_basis", "data"), 1, 20),
        require=demand(dice, theme) if shape != "forbid" else None,
        forbid=tuple(ban(dice, theme) for _ in range(bans)),
        mode=mode,
        waivable=True,
        demand=pick(dice, DEMANDS),
        cites=(),
        stricter_than_law=False,
        title=None,
        span=SPAN,
    )


def _obligation(dice: Dice, name: str) -> Obligation:
    refusing = (None, None, names("server_tools", Matcher.INCLUDES, "web_search"))
    return Obligation(
        id=name,
        when=condition(dice),
        set=(("store", pick(dice, (False, False, True, 1))),),
        refuse_when=pick(dice, refusing),
        span=SPAN,
    )


def policy(dice: Dice, name: str, theme: Theme) -> Policy:
    """Draw a policy of one to three rules, of which the last, seldom all, only monitor."""
    further = some(dice, (Mode.ENFORCE, Mode.MONITOR), 1, 6 if theme.contractual else 3)
    modes = (Mode.MONITOR,) * 2 if chance(dice, 1, 12) else (Mode.ENFORCE, *further)
    return Policy(
        id=name,
        version=1,
        title=f"policy {name}",
        scope=pick(dice, SCOPES),
        demand=pick(dice, DEMANDS),
        rules=tuple(rule(dice, f"u{i}", theme, mode) for i, mode in enumerate(modes)),
        obligations=tuple(_obligation(dice, f"b{i}") for i in range(pick(dice, (0, 1)))),
        span=SPAN,
    )


_NAMED = (("r*",), ("r0",), ("r0", "r1"), ("*",))
_ACCEPTS = ("training", "dpa", "zero_data_retention")


def exception(dice: Dice, name: str, policies: tuple[Policy, ...], theme: Theme) -> PolicyException:
    """Draw an exception to one of the rules of `policies`."""
    waived = pick(dice, policies)
    accepted = tuple(
        (a, tuple(str(v) for v in dict.fromkeys(VALUES[a]) if v is not None)[1:])
        for a in theme.attributes
        if a in _ACCEPTS
    )
    return PolicyException(
        id=name,
        policy=waived.id,
        rule=pick(dice, waived.rules).id,
        routes=pick(dice, _NAMED),
        when=condition(dice),
        validity=pick(dice, VALIDITIES),
        recorded=pick(dice, RECORDED),
        approved_by="data protection officer",
        reason="a pilot",
        reference=f"reference of {name}",
        accepts=accepted[:1] if chance(dice, 1, 4) else (),
        span=SPAN,
    )


def accepting(dice: Dice, theme: Theme) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Draw what is accepted of one or two claims: all but the best, the worst alone, or all."""
    found = []
    for name in [a for a in theme.attributes if a in _ACCEPTS][: pick(dice, (1, 2))]:
        values = ATTRIBUTES[name].values
        found.append((name, pick(dice, (values[1:], values[-1:], values))))
    return tuple(found)


_ALIASES = (
    Alias("a0", ("m1", "m0"), SPAN),
    Alias("a1", ("m1",), SPAN),
)
_BY = (
    ("cost",),
    ("price.input", "retention_days"),
    ("benchmarks.general",),
    ("throughput",),
    ("price.output", "cost"),
    ("cost", "price.input"),
    ("benchmarks.general", "cost", "throughput"),
    ("retention_days", "price.input", "cost"),
)
"""The cost alone, first, second and last; and orders without it."""


def policy_set(dice: Dice, theme: Theme) -> PolicySet:
    """Draw everything that decides except the registry."""
    policies = tuple(policy(dice, name, theme) for name in POLICIES[: pick(dice, (1, 1, 2))])
    exceptions = tuple(
        exception(dice, name, policies, theme)
        for name in pick(dice, ((), (), ("e0",), ("e0", "e1"), ("e1", "e0")))
    )
    return PolicySet(
        policies=policies,
        exceptions=exceptions,
        aliases=_ALIASES,
        gateways=pick(dice, (None, frozenset(GATEWAYS), *(None,) * 6, frozenset(GATEWAYS[:1]))),
        prefer=tuple(
            Preference(condition(dice), pick(dice, _BY)) for _ in range(pick(dice, (1, 0, 2)))
        ),
        substitutions=tuple(
            Substitution(MODELS[0], pick(dice, ("a1", "a0")), pick(dice, (ALWAYS, condition(dice))))
            for _ in range(pick(dice, (0, 1, 1)))
        ),
        rates=(Rate("EUR", Decimal("1.1"), ALWAYS_VALID),) if chance(dice, 1, 2) else (),
        digest="sha256:policies",
    )
