"""Why this route and none of the others that are permitted too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policy_router.domain.claim import Moment
from policy_router.domain.policy import DEFAULT_ORDER
from policy_router.engine.question import Question
from policy_router.report.refusals import flag
from policy_router.report.visible import escaped
from policy_router.service.decision import Decision

_SIZES: Final = ("tokens.input", "tokens.output")
_BY: Final = {
    "cost": "cost of the call",
    "throughput": "throughput",
    "first_token_seconds": "time to the first token",
    "context_window": "size of the context",
    "max_output_tokens": "length of the answer",
}
_PRICE: Final = "price."
_BENCHMARK: Final = "benchmarks."


def chosen_because(decision: Decision) -> Iterator[str]:
    """By which order the chosen route came first, where more than one is permitted."""
    d = decision.determination
    if len(d.chain) < 2:  # noqa: PLR2004 - one route is no choice
        return
    by = _order(decision)
    listed = ", then ".join(_named(name) for name in by)
    alias = {a.id for a in decision.snapshot.policies.aliases}
    first = "the alias's order of models, then " if d.requested in alias else ""
    unknown = [size for size in _SIZES if decision.facts.scalar(size) is None]
    costs = "cost" in by and unknown
    doubt = f"; the cost is not known without {' and '.join(map(flag, unknown))}" if costs else ""
    chat = " that are known to serve a chat" if _is_any_chat(decision) else ""
    yield f"first of {len(d.chain):,} permitted routes{chat} by {first}{listed}{doubt}"
    if d.requested is None and by == DEFAULT_ORDER:
        yield "prices alone say nothing of how good a model is: name one, or `prefer` in a project"
    if decision.snapshot.policies.gateways is None:
        yield "every gateway on file counts as yours here: a project lists those you have"


def _is_any_chat(decision: Decision) -> bool:
    """Whether the request names neither a model nor an operation, and so is for a chat."""
    return decision.facts.model is None and decision.facts.scalar("endpoint") is None


def _order(decision: Decision) -> tuple[str, ...]:
    """The attributes that order the permitted routes of this request, first first."""
    d, policies = decision.determination, decision.snapshot.policies
    q = Question(decision.snapshot, decision.facts, Moment(d.at, d.known_at))
    return next((p.by for p in policies.prefer if q.surely(p.when).known_true), DEFAULT_ORDER)


def _named(name: str) -> str:
    if name.startswith(_PRICE):
        return f"{escaped(name.removeprefix(_PRICE)).replace('_', ' ')} price"
    if name.startswith(_BENCHMARK):
        return f"benchmark `{escaped(name.removeprefix(_BENCHMARK))}`"
    return _BY.get(name, f"`{escaped(name)}`")
