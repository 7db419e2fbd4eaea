"""Opper's list of models with its own verdicts for a key (`GET /v3/models?include=policy`).

Each row names the model under `id`, or `name` in older answers, and carries `policy` with
`allowed`, and where it is false `blocked_by` (`org`, `project` or `entitlement`) and `reason`.
"""

from __future__ import annotations

from typing import Any, Final

from policy_router.domain.gateway_verdict import GatewayVerdict
from policy_router.wire.json_strict import Limits, parse

LIMITS: Final = Limits(size=64 * 2**20, depth=32, values=5_000_000)
_LISTS: Final = ("data", "models", "items")
_NAMES: Final = ("id", "name")


class NotVerdicts(ValueError):
    """The answer is JSON, but not a list of models with verdicts; `str` says where it is not."""


def verdicts(body: bytes) -> tuple[GatewayVerdict, ...]:
    """The rows of an answer, in its order.

    Raises `Refused` for what is no sound JSON, and `NotVerdicts` for what is no such list, for a
    row whose verdict cannot be read, and for two rows that say different things of one model.
    """
    parsed = parse(body, LIMITS)
    rows = next((parsed[key] for key in _LISTS if isinstance(parsed.get(key), list)), None)
    if rows is None:
        raise NotVerdicts(f"it holds no list under {' or '.join(f'`{key}`' for key in _LISTS)}")
    found: dict[str, GatewayVerdict] = {}
    for number, row in enumerate(rows, start=1):
        verdict = _verdict(row, number)
        if found.setdefault(verdict.address, verdict) != verdict:
            raise NotVerdicts(f"row {number} contradicts an earlier one about the same model")
    return tuple(found.values())


def _verdict(row: Any, number: int) -> GatewayVerdict:  # noqa: ANN401 - what JSON holds
    if not isinstance(row, dict):
        raise NotVerdicts(f"row {number} is not an object")
    address = next((row[key] for key in _NAMES if isinstance(row.get(key), str)), None)
    policy = row.get("policy")
    if address is None or not isinstance(policy, dict):
        raise NotVerdicts(f"row {number} has no `id` or no `policy`: ask with `include=policy`")
    allowed = policy.get("allowed")
    if not isinstance(allowed, bool):
        raise NotVerdicts(f"`policy.allowed` of row {number} is neither true nor false")
    return GatewayVerdict(
        address, allowed, _said(policy, "blocked_by", number), _said(policy, "reason", number)
    )


def _said(policy: dict[str, Any], key: str, number: int) -> str | None:
    value = policy.get(key)
    if value is not None and not isinstance(value, str):
        raise NotVerdicts(f"`policy.{key}` of row {number} is no text")
    return value
