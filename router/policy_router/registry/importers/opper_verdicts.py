"""Opper's list of models with its own verdicts for a key (`GET /v3/models?include=policy`).

Each row names the model under `id`, or `name` in older answers, and carries `policy` with
`allowed`, and where it is false `blocked_by` (`org`, `project` or `entitlement`) and `reason`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from policy_router.domain.gateway_verdict import GatewayVerdict
from policy_router.registry.importers.drafts import Quarantined
from policy_router.registry.importers.fields import Fields, identifier, optional, part
from policy_router.registry.importers.opper import NAMES, listed_models
from policy_router.registry.importers.refusal import BadRow
from policy_router.registry.importers.rows import each
from policy_router.registry.importers.strict_json import read_json

_TWICE: Final = "rows about this model contradict each other"


class Verdicts(NamedTuple):
    """The verdicts of a list in its order, and the rows that hold none that can be relied on."""

    found: tuple[GatewayVerdict, ...]
    aside: tuple[Quarantined, ...]


def verdicts(body: bytes) -> Verdicts:
    """What an answer says, row by row; rows that contradict each other are all set aside.

    Raises `ImportRefused` for what is no sound JSON, and for what is no such list.
    """
    found, aside = each(listed_models(read_json(body)), _verdict)
    said: dict[str, set[GatewayVerdict]] = defaultdict(set)
    for verdict in found:
        said[verdict.address].add(verdict)
    return Verdicts(
        tuple(verdict for verdicts in said.values() if len(verdicts) == 1 for verdict in verdicts),
        (*aside, *(Quarantined(n, "IMP208", _TWICE) for n, each in said.items() if len(each) > 1)),
    )


def _verdict(row: Fields) -> Iterator[GatewayVerdict]:
    key = next((key for key in NAMES if key in row), None)
    if key is None:
        raise BadRow("IMP210", "it says neither `id` nor `name`")
    address = identifier(row[key], f"`{key}`")
    policy = part(row, "policy")
    allowed = optional(policy, "allowed", bool, "a truth value")
    if allowed is None:
        raise BadRow("IMP210", "there is no `policy.allowed`")
    yield GatewayVerdict(address, allowed, _said(policy, "blocked_by"), _said(policy, "reason"))


def _said(policy: Fields, key: str) -> str | None:
    found: str | None = optional(policy, key, str, "text")
    return found
