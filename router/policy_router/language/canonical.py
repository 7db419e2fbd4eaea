"""Documents as canonical text, and digests of it.

Two sets of documents that say the same have the same digest: order, layout, comments, file names
and repetitions do not count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from hashlib import sha256
from typing import Final

from policy_router.language.grammar.body import DocumentBody
from policy_router.language.grammar.policies import PolicyBody
from policy_router.language.nodes import Data, JsonValue, json_value
from policy_router.language.parsing import Parsed


def canonical(document: Parsed[DocumentBody]) -> str:
    """Canonical JSON of a document: keys sorted, every scalar as it was written.

    Whether a scalar was quoted counts only where it makes a difference: in parameters that an
    obligation sets.
    """
    data: JsonValue = dict(document.data)  # type: ignore[arg-type]
    if isinstance(document.body, PolicyBody) and isinstance(data, dict):
        obligations = document.data.get("obligations")
        data["obligations"] = _typed(obligations)
    return canonical_value(data)


def fingerprint(document: Parsed[DocumentBody]) -> str:
    """SHA-256 of the canonical text of a document, in hexadecimal digits."""
    return sha256(canonical(document).encode()).hexdigest()


def digest(texts: Iterable[str]) -> str:
    """SHA-256 of a set of texts, canonical ones or fingerprints, as `sha256:<hex>`."""
    whole = "\n".join(sorted(set(texts)))
    return f"sha256:{sha256(whole.encode()).hexdigest()}"


def _typed(obligations: Data) -> JsonValue:
    if not isinstance(obligations, list):
        return None
    return [
        {k: json_value(v) if k == "set" else v for k, v in each.items()}  # type: ignore[misc]
        for each in obligations
        if isinstance(each, dict)
    ]


def canonical_value(value: object) -> str:
    """Canonical JSON of any value that JSON can hold."""
    return _ENCODER.encode(value)


def _exact(value: object) -> object:
    """Numbers that are not whole, without rounding and apart from text."""
    if isinstance(value, Decimal):
        return {"number": str(value)}
    raise TypeError(value)


_ENCODER: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_exact
)
