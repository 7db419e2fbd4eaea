"""Sentences of a decision: what stands behind a denial or a warning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from operator import itemgetter

from policy_router.domain.claim import Moment
from policy_router.domain.decision import Detail, Determination
from policy_router.domain.policy import Mode
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import LifecycleEvent, Model, Route
from policy_router.registry.lifecycle import stage_event

MOST_IN_A_LINE = 3

_NONE = frozenset[str]()


def missing_detail(fact: str, rules: Sequence[str]) -> Detail:
    """A fact that must be known, and the rules that need it."""
    needing = f": needed by {', '.join(rules)}" if rules else ""
    return Detail(fact, f"`{fact}` is not known{needing}")


def retired_detail(route: Route, moment: Moment) -> Detail:
    """Since when a route is retired, who says so and what came after it."""
    event = stage_event(route, moment)
    if event is None:
        return Detail(route.id, "retired")
    return Detail(route.id, f"retired on {event.start.date()}{_source(event)}")


def notice_detail(route: Route, event: LifecycleEvent) -> Detail:
    """A stage that only a third party states."""
    since = f"{event.stage} since {event.start.date()}"
    return Detail(route.id, f"a third party lists it as {since}{_source(event)}")


def unasked_detail(model: str, tools: frozenset[str]) -> Detail:
    """That calls to a model have tools, whatever they ask for."""
    listed = ", ".join(f"`{tool}`" for tool in sorted(tools))
    return Detail(model, f"uses {listed}, asked for or not: every call to it counts as having that")


def _source(event: LifecycleEvent) -> str:
    successor = f", successor `{event.successor}`" if event.successor else ""
    return f" ({event.evidence.reference}{successor})"


def unreachable_detail(route: Route) -> Detail:
    """The gateway a route would need."""
    return Detail(route.id, f"needs gateway `{route.gateway}`, which the project does not list")


def obligation_detail(policy: str, obligation: str) -> Detail:
    """An obligation that refuses the call as it is."""
    return Detail(f"{policy}/{obligation}", "does not allow the call as it is")


def conflict_detail(parameter: str, setters: Sequence[tuple[str, object]]) -> Detail:
    """Obligations that set one parameter differently."""
    said = ", ".join(f"{name} to `{value}`" for name, value in sorted(setters, key=itemgetter(0)))
    return Detail(parameter, f"set differently: {said}")


def shortfalls(model: Model, facts: RequestFacts) -> tuple[str, ...]:
    """What the call needs and the model is not known to offer."""
    operation = _operation_short(model, facts)
    sets, tools = _sets_short(model, facts), _tools_short(model, facts)
    return (*operation, *sets, *tools, *_sizes_short(model, facts))


def _operation_short(model: Model, facts: RequestFacts) -> Iterator[str]:
    operation, named = facts.operation, facts.model is not None
    if operation is None or model.suits(operation, named=named):
        return
    if model.serves(operation) is None:
        yield f"endpoint `{operation}`: not known whether the model serves it"
    else:
        yield f"endpoint `{operation}` is not served"


def _sets_short(model: Model, facts: RequestFacts) -> Iterator[str]:
    for name, words, offered in (
        ("features", "feature", model.features),
        ("input_modalities", "input modality", model.input_modalities),
        ("output_modalities", "output modality", model.output_modalities),
    ):
        for needed in sorted(facts.set_fact(name).members):
            if offered is None:
                yield f"{words} `{needed}`: not known what the model offers"
            elif needed not in offered:
                yield f"{words} `{needed}` is not offered"


def _tools_short(model: Model, facts: RequestFacts) -> Iterator[str]:
    for tool in sorted((model.unasked_tools or _NONE) - facts.set_fact("server_tools").members):
        yield f"uses `{tool}` by itself, which is not among the `server_tools` of the call"


def _sizes_short(model: Model, facts: RequestFacts) -> Iterator[str]:
    sizes = {n: facts.scalar(f"tokens.{n}") for n in ("input", "output")}
    output = sizes["output"]
    known = [s for s in sizes.values() if isinstance(s, Decimal)]
    if isinstance(output, Decimal):
        yield from _size_short("output tokens", output, model.max_output_tokens)
    if known and facts.shares_a_window:
        yield from _size_short("tokens in all", sum(known, Decimal(0)), model.context_window)


def _size_short(words: str, needed: Decimal, limit: int | None) -> Iterator[str]:
    if limit is None and needed > 0:
        yield f"{needed} {words}: the limit is not known"
    elif limit is not None and needed > limit:
        yield f"{needed} {words} exceed the limit of {limit}"


def denied_line(decided: Determination) -> str:
    """A denial in one line: what was asked for, the reason and what is behind it."""
    asked = f"`{decided.requested}`" if decided.requested else "any model"
    reason = decided.reason.value if decided.reason else "denied"
    blocking = dict.fromkeys(
        f"{v.policy}/{v.rule}"
        for candidate in decided.candidates
        for v in candidate.verdicts
        if v.mode is Mode.ENFORCE and not v.verdict.allows
    )
    because = [d.message for d in decided.details] or list(blocking)
    shown = "; ".join(because[:MOST_IN_A_LINE]) + ("; ..." if len(because) > MOST_IN_A_LINE else "")
    return f"{asked} is denied: {reason}" + (f" ({shown})" if shown else "")
