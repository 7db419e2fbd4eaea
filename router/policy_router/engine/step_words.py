"""A step in words."""

from __future__ import annotations

from typing import assert_never

from policy_router.domain.patterns import any_matches
from policy_router.domain.policy import PolicySet
from policy_router.domain.registry import Registry
from policy_router.domain.route import GatewayType, Provider
from policy_router.engine.explanation import Change, ChangeKind, Term
from policy_router.engine.question import Question
from policy_router.engine.steps import Contract, Judged, Shown, Stated, Step, Waived
from policy_router.engine.uncovered import categories

_MOST_NAMED = 2
_COVERING = " in force for this route and request"
NOBODY_MAY = "the project names nobody who may approve it"
_AS_IT_IS = "nothing about the route changes, it is accepted as it is"


def change(
    q: Question,
    step: Step,
    said: tuple[Term, ...] = (),
    in_doubt: tuple[str, ...] = (),
    amends: str = "",
) -> Change:
    """The step as a sentence, for the party, rule or judgement it concerns.

    `said`: what a contract must say, or evidence show. `in_doubt`: the rules that may not apply
    once a fact is stated. `amends`: the agreement with the party that a contract would amend.
    """
    match step:
        case Contract():
            party = party_words(q.snapshot.registry, step.hop)
            head = f"an agreement with {party} in force: "
            if amends:
                head = f"agreement `{amends}` with {party} amended: "
            return Change(ChangeKind.AGREEMENT, step.hop, head, said)
        case Shown():
            return _shown(step, said)
        case Judged(kind, str(importer), str(country)):
            text = f"a transfer impact assessment for `{importer}` in {country} (sign-off `{kind}`)"
            return Change(
                ChangeKind.ASSESSMENT, importer, text, country=country, of_data=_of_data(q)
            )
        case Judged(kind):
            head, data = f"a sign-off `{kind}`", _of_data(q)
            return Change(ChangeKind.SIGNOFF, kind, head, covering=_COVERING, of_data=data)
        case Stated(fact):
            return Change(ChangeKind.FACT, fact, _stated(fact, in_doubt), rules=in_doubt)
        case Waived(policy, rule):
            name = f"{policy}/{rule}"
            nobody = "" if may_be_approved(q.snapshot.policies, name) else f" ({NOBODY_MAY})"
            text = f"an approved, dated exception to `{name}`{nobody}: {_AS_IT_IS}"
            return Change(ChangeKind.EXCEPTION, name, text)
        case _:
            assert_never(step)


def may_be_approved(policies: PolicySet, rule: str) -> bool:
    """Whether somebody may approve an exception to a rule, as far as it is known who may."""
    return policies.may_approve is None or any_matches(policies.may_approve, rule)


def party_words(registry: Registry, hop: str) -> str:
    """The party at a hop, by title and id; where a gateway picks one, what has to be pinned."""
    provider = registry.providers.get(hop)
    if provider is not None and provider.is_picked:
        return one_pinned(registry, provider)
    party = provider or registry.gateways.get(hop)
    return f"{party.title} (`{hop}`)" if party else f"`{hop}`"


def one_pinned(registry: Registry, picked: Provider) -> str:
    """With whom to sign where a gateway picks a company for each call, and what to write for that.

    Only OpenRouter is told a company beside the model; elsewhere the address has to name it.
    """
    via = sorted({r.gateway for r in registry.routes.values() if r.provider == picked.id})
    told = any(registry.gateways[name].type is GatewayType.OPENROUTER for name in via)
    gateways = "".join(f"`gateway: {name}`, " for name in via[:1])
    pin = "`pin:`, its name there" if told else "an `address:` that leads to it alone"
    return (
        f"one provider that a route of your own pins (write `kind: route` with {gateways}its "
        f"`provider:` and {pin}; nobody can sign with {picked.title})"
    )


def _of_data(q: Question) -> str:
    """The data a judgement has to cover, where not all of them are certain."""
    data = q.facts.set_fact("data").members
    differ = q.facts.base is not None and q.facts.base.set_fact("data").members != data
    return f", for all of its data: {categories(data)}" if differ else ""


def _shown(step: Shown, said: tuple[Term, ...]) -> Change:
    kind = ChangeKind.VERIFICATION if step.again else ChangeKind.EVIDENCE
    verb = "verified again for" if step.again else "evidence for"
    return Change(kind, step.hop, f"{verb} `{step.hop}`: ", said)


def _stated(fact: str, in_doubt: tuple[str, ...]) -> str:
    if not in_doubt:
        return f"all of `{fact}` stated: there may be more than is stated now"
    named = ", ".join(f"`{rule}`" for rule in in_doubt[:_MOST_NAMED])
    more = f" and {len(in_doubt) - _MOST_NAMED} more" if len(in_doubt) > _MOST_NAMED else ""
    return f"if the facts are otherwise, state them: `{fact}` ({named}{more} may then not apply)"
