"""A verification as the document that records it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Final

from policy_router.audit.verification import Checked
from policy_router.domain.claim import ClaimValue, Listing, Members
from policy_router.engine import words

_LANGUAGE: Final = 1
_DIGITS: Final = 8
_NOT_IN_AN_ID: Final = re.compile(r"[^A-Za-z0-9._:/@+~-]")


@dataclass(frozen=True, slots=True)
class Finding:
    """Who checked a claim on which day, in what, and what was found; None: it does not say."""

    checked: Checked
    value: ClaimValue | None
    by: str
    reference: str
    on: date
    recorded_on: date


def document_text(finding: Finding) -> str:
    """The document of kind `verification`, as YAML.

    Its id says what was checked and when, and ends in a digest of what was found, so that two
    documents have one id only if they say the same, whenever that was written down.
    """
    said = "\n".join([*_lines(finding), ""])
    where = finding.checked.hop or finding.checked.id
    about = f"{where}-{finding.checked.claim.attribute}-{finding.on}"
    end = sha256(said.encode()).hexdigest()[:_DIGITS]
    name = f"{_NOT_IN_AN_ID.sub('-', about)}-{end}"
    written = finding.recorded_on
    recorded = "" if written == finding.on else f"recorded_on: {written}\n"
    return f"kind: verification\nid: {_quoted(name)}\n{said}{recorded}"


def _lines(finding: Finding) -> Iterator[str]:
    checked = finding.checked
    yield f"language: {_LANGUAGE}"
    yield f"{checked.kind}: {_quoted(checked.id)}"
    if checked.hop is not None:
        yield f"hop: {_quoted(checked.hop)}"
    if checked.model is not None:
        yield f"model: {_quoted(checked.model)}"
    opened = isinstance(finding.value, Members) and finding.value.open
    key = "found_at_least" if opened else "found"
    yield f"{key}: {{{checked.claim.attribute}: {_written(finding.value)}}}"
    yield f"verified_on: {finding.on}"
    yield f"verified_by: {_quoted(finding.by)}"
    yield f"reference: {_quoted(finding.reference)}"


def _written(value: ClaimValue | None) -> str:
    match value:
        case None:
            return "null"
        case Members():
            return f"[{', '.join(_quoted(name) for name in sorted(value.certain))}]"
        case Decimal():
            return words.number(value)
        case Listing():
            covers, extensions = (
                f"[{', '.join(sorted(names))}]" for names in (value.covers, value.extensions)
            )
            return (
                f"{{entity: {_quoted(value.entity)}, status: {value.status}, covers: {covers}, "
                f"extensions: {extensions}}}"
            )
        case _:
            return _quoted(value)


def _quoted(text: str) -> str:
    """Text in quotes, so that every reader of YAML reads it as the same text."""
    return json.dumps(text, ensure_ascii=True)
