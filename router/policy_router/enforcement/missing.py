"""Facts a decision lacks: how each can be made known, and by whom."""

from __future__ import annotations

from collections.abc import Sequence

from policy_router.domain.vocabulary import fact
from policy_router.enforcement.facts import NOBODY, Floor, is_declarable
from policy_router.wire.call import OUTPUT_TOKENS
from policy_router.wire.headers import governance_header
from policy_router.wire.openai_parameters import OUTPUT_LIMITS


def advice(missing: Sequence[str], sender: Floor) -> str:
    """What would make the `missing` facts known of a call by `sender`."""
    facts_by_step: dict[str, list[str]] = {}
    for name in missing:
        facts_by_step.setdefault(_step(name, sender), []).append(f"`{name}`")
    return "; ".join(f"for {', '.join(names)} {step}" for step, names in facts_by_step.items())


def _step(name: str, sender: Floor) -> str:
    """What settles the fact `name`."""
    spec = fact(name)
    if name in sender.may_declare:
        return f"send the header `{governance_header(name)}`"
    if name == OUTPUT_TOKENS:
        return f"send `{OUTPUT_LIMITS[0]}`"
    if sender == NOBODY:
        return "send the key of a caller whose document states it, or have the program state it"
    if sender.caller is None or (spec is not None and spec.observed):
        return "have the program that makes the call state it"
    completed = f"have the facts of caller `{sender.caller}` completed"
    header = f"the header `{governance_header(name)}`"
    listed = f", or the name listed under `may_declare` in its document and {header} sent"
    return completed + listed if is_declarable(name) else completed
