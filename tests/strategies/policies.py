"""Policies, exceptions, aliases, preferences and substitutions."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

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
from tests.strategies.claims import DEMANDS, VALUES
from tests.strategies.draws import chance, pick, some
from tests.strategies.predicates import SCOPES, ban, condition, demand, names
from tests.strategies.words import (
    ALWAYS_VALID,
    GATEWAYS,
    MODELS,
    POLICIES,
    RECORDED,
    SPAN,
    VALIDITIES,
)


def rule(
    draw: st.DrawFn,
    name: str,
    attributes: tuple[str, ...],
    *,
    aligned: bool = False,
    watched: bool = False,
) -> Rule:
    """Draw a rule; `aligned`: it never asks for what is worse; `watched`: it only monitors."""
    shape = pick(draw, ("require", "require", "forbid", "both"))
    bans = 0 if shape == "require" else pick(draw, (1, 2))
    return Rule(
        id=name,
        when=condition(draw),
        needs=some(draw, ("purpose", "lawful_basis", "data"), 1, 20),
        require=demand(draw, attributes, aligned=aligned) if shape != "forbid" else None,
        forbid=tuple(ban(draw, attributes, aligned=aligned) for _ in range(bans)),
        mode=Mode.MONITOR if watched else Mode.ENFORCE,
        waivable=True,
        demand=pick(draw, DEMANDS),
        cites=(),
        stricter_than_law=False,
        title=None,
        span=SPAN,
    )


def _obligation(draw: st.DrawFn, name: str) -> Obligation:
    refusing = (None, None, names("server_tools", Matcher.INCLUDES, "web_search"))
    return Obligation(
        id=name,
        when=condition(draw),
        set=(("store", pick(draw, (False, False, False, True))),),
        refuse_when=pick(draw, refusing),
        span=SPAN,
    )


def policy(
    draw: st.DrawFn, name: str, attributes: tuple[str, ...], *, aligned: bool = False
) -> Policy:
    """Draw a policy of one to three rules."""
    watched = (False, *some(draw, (False, True), 1, 3))
    return Policy(
        id=name,
        version=1,
        title=f"policy {name}",
        scope=pick(draw, SCOPES),
        demand=pick(draw, DEMANDS),
        rules=tuple(
            rule(draw, f"u{i}", attributes, aligned=aligned, watched=monitors)
            for i, monitors in enumerate(watched)
        ),
        obligations=tuple(_obligation(draw, f"b{i}") for i in range(pick(draw, (0, 0, 1)))),
        span=SPAN,
    )


_NAMED = (("r*",), ("r0",), ("r0", "r1"), ("*",))
_ACCEPTS = ("training", "dpa", "zero_data_retention")


def exception(
    draw: st.DrawFn, name: str, policies: tuple[Policy, ...], attributes: tuple[str, ...]
) -> PolicyException:
    """Draw an exception to one of the rules of `policies`."""
    waived = pick(draw, policies)
    accepted = tuple(
        (a, tuple(str(v) for v in dict.fromkeys(VALUES[a]) if v is not None)[1:])
        for a in attributes
        if a in _ACCEPTS
    )
    return PolicyException(
        id=name,
        policy=waived.id,
        rule=pick(draw, waived.rules).id,
        routes=pick(draw, _NAMED),
        when=condition(draw),
        validity=pick(draw, VALIDITIES),
        recorded=pick(draw, RECORDED),
        approved_by="data protection officer",
        reason="a pilot",
        reference=f"reference of {name}",
        accepts=accepted[:1] if chance(draw, 1, 4) else (),
        span=SPAN,
    )


_ALIASES = (
    Alias("a0", ("m1", "m0"), SPAN),
    Alias("a1", ("m1",), SPAN),
)
_BY = (("cost",), ("price.input", "retention_days"), ("benchmarks.general",), ("throughput",))


@st.composite
def policy_sets(
    draw: st.DrawFn, attributes: tuple[str, ...], *, aligned: bool = False
) -> PolicySet:
    """Draw everything that decides except the registry."""
    policies = tuple(
        policy(draw, name, attributes, aligned=aligned)
        for name in POLICIES[: pick(draw, (1, 1, 2))]
    )
    exceptions = tuple(
        exception(draw, f"e{i}", policies, attributes) for i in range(pick(draw, (0, 0, 1, 2)))
    )
    return PolicySet(
        policies=policies,
        exceptions=exceptions,
        aliases=_ALIASES,
        gateways=pick(draw, (None, frozenset(GATEWAYS), *(None,) * 6, frozenset(GATEWAYS[:1]))),
        prefer=tuple(
            Preference(condition(draw), pick(draw, _BY)) for _ in range(pick(draw, (1, 0, 2)))
        ),
        substitutions=tuple(
            Substitution(MODELS[0], pick(draw, ("a1", "a0")), pick(draw, (ALWAYS, condition(draw))))
            for _ in range(pick(draw, (0, 1, 1)))
        ),
        rates=(Rate("EUR", Decimal("1.1"), ALWAYS_VALID),) if chance(draw, 1, 2) else (),
        digest="sha256:policies",
    )
