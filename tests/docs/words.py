"""The words of the policy language, read off the code, and the words a page shows as code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from policy_router.domain.claim import Basis, SourceKind
from policy_router.domain.contract import Mechanism
from policy_router.domain.decision import Outcome, Reason, Verdict
from policy_router.domain.policy import Matcher, Mode
from policy_router.domain.route import GatewayType
from policy_router.domain.territory import Confirmation, Scope
from policy_router.domain.vocabulary import (
    ATTRIBUTES,
    DATA_CATEGORIES,
    FACTS,
    METERS,
    STAGES,
    TRANSFER_BASES,
    Regime,
)
from policy_router.language.grammar.kinds import KINDS

BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
WORD = re.compile(r"[A-Za-z_][\w.]*")

CHOICES: dict[str, Iterable[str]] = {
    "kinds of source": SourceKind,
    "bases of evidence": Basis,
    "transfer clauses": Mechanism,
    "outcomes": Outcome,
    "reasons": Reason,
    "verdicts": Verdict,
    "matchers": set(Matcher) - {Matcher.IS},
    "modes": Mode,
    "types of gateway": GatewayType,
    "confirmations": Confirmation,
    "scopes of adequacy": Scope,
    "regimes": Regime,
    "stages": STAGES,
    "meters": METERS,
    "categories of data": DATA_CATEGORIES,
    "facts": FACTS,
    "attributes": ATTRIBUTES,
    "transfer bases": {basis for bases in TRANSFER_BASES.values() for basis in bases},
    "kinds of document": KINDS,
}


def words_of(page: Path) -> set[str]:
    """Every word that `page` shows as code; of `price.input` also `price` and `input`."""
    text = page.read_text("utf-8")
    shown = [*BLOCK.findall(text), *SPAN.findall(BLOCK.sub("", text))]
    words = {word.strip(".") for code in shown for word in WORD.findall(code)}
    return words | {part for word in words for part in word.split(".")}


def documented(name: str, words: set[str]) -> bool:
    """Whether `name` is shown; a dotted name by itself, or with its last part (`.output`)."""
    return name in words or ("." in name and set(name.split(".")) <= words)


def keys_of(kind: str) -> set[str]:
    """Every key that a document of `kind` may have, at any depth."""
    return set(_properties(KINDS[kind].model_json_schema()))


def _properties(schema: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from _properties(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _properties(part)
