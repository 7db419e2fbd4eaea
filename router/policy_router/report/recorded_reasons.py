"""Why a recorded call was refused: the published codes, each with what it means in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from policy_router.domain.decision import Reason
from policy_router.report import phrases
from policy_router.wire.refusal import RefusalCode

_WORDS: Final[Mapping[RefusalCode, str]] = {
    RefusalCode.INVALID_BODY: "it cannot be read in one way only",
    RefusalCode.BODY_TOO_LARGE: "it is too large",
    RefusalCode.UNSUPPORTED_MEDIA: "it is not JSON, or packed in an unknown way",
    RefusalCode.DUPLICATE_KEY: "it states a name twice",
    RefusalCode.INVALID_PARAMETER: "a parameter has a value of another kind",
    RefusalCode.INVALID_MODEL_NAME: "it names a model in characters no name has",
    RefusalCode.SECOND_MODEL: "it could name a second model",
    RefusalCode.KEEPS_STATE: "a provider would keep something of it",
    RefusalCode.THIRD_PARTY: "it hands something to a party no policy has looked at",
    RefusalCode.CHANGES_PRICE: "it asks for another price than was looked at",
    RefusalCode.NOT_CLASSIFIED: "it says something nobody has looked at",
    RefusalCode.UNKNOWN_OPERATION: "it is no governed operation",
    RefusalCode.STEERING_HEADER: "a header of it could steer it elsewhere",
    RefusalCode.UNKNOWN_FACT: "it declares a fact or value that does not exist",
    RefusalCode.FLOOR_FACT: "it declares who it is",
    RefusalCode.CONTRADICTED_FACT: "it declares what contradicts its caller",
    RefusalCode.NOT_DECIDED: "it is not the call that was decided on",
    RefusalCode.OBLIGATION_IMPOSSIBLE: "an obligation cannot be done to it",
    RefusalCode.GATEWAY_UNSUPPORTED: "its gateway cannot carry it or be kept to a route",
    RefusalCode.BODY_UNSEEN: "a proxy asked that shows no body, and not all it could be may pass",
    RefusalCode.UNKNOWN_CALLER: "it carries no key of a known caller",
    RefusalCode.HEADERS_TOO_LARGE: "its headers were too long to be read",
    RefusalCode.TOO_SLOW: "it took too long to arrive",
    RefusalCode.BUSY: "there was no room for it",
    RefusalCode.KEY_MISSING: "the gateway's key is not there",
    RefusalCode.UNDECIDED: "a fault here: it could not be decided",
    RefusalCode.OUTDATED_DOCUMENTS: "the documents could not be replaced for too long",
    RefusalCode.NOT_RECORDED: "it could not be recorded",
    RefusalCode.NOT_LISTED: "it asks after a model it may not ask for",
    RefusalCode.REDIRECTED: "its gateway redirected it",
    RefusalCode.CONTRADICTED_ANSWER: "another model or provider answered it",
    RefusalCode.UPSTREAM_UNREACHABLE: "no upstream answered",
    RefusalCode.UPSTREAM_TIMEOUT: "no upstream answered in time",
}

CODES: Final = (*(reason.value for reason in Reason), *(code.value for code in RefusalCode))
"""Every code that a record can give as the reason of a refusal, as published."""


def words(code: str) -> str:
    """What a code means; one that this program does not know stands for itself."""
    if code in set(Reason):
        return phrases.headline(Reason(code))
    return _WORDS[RefusalCode(code)] if code in set(RefusalCode) else code.replace("_", " ")


def why(code: str | None) -> str:
    """What a code means, and the code by which it is searched for."""
    return "not recorded" if code is None else f"{words(code)} ({code})"
