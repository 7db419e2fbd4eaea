"""Calls that are refused without, or in spite of, a decision: nothing of them may be sent."""

from __future__ import annotations

from enum import StrEnum


class RefusalCode(StrEnum):
    """Stable codes of refusals that no policy decided; documented in "enforcement"."""

    INVALID_BODY = "invalid_body"
    BODY_TOO_LARGE = "body_too_large"
    UNSUPPORTED_MEDIA = "unsupported_media"
    DUPLICATE_KEY = "duplicate_key"
    INVALID_PARAMETER = "invalid_parameter"
    INVALID_MODEL_NAME = "invalid_model_name"
    SECOND_MODEL = "second_model"
    KEEPS_STATE = "keeps_state"
    THIRD_PARTY = "third_party"
    CHANGES_PRICE = "changes_price"
    NOT_CLASSIFIED = "not_classified"
    UNKNOWN_OPERATION = "unknown_operation"
    STEERING_HEADER = "steering_header"
    UNKNOWN_FACT = "unknown_fact"
    FLOOR_FACT = "floor_fact"
    CONTRADICTED_FACT = "contradicted_fact"
    NOT_DECIDED = "not_decided"
    OBLIGATION_IMPOSSIBLE = "obligation_impossible"
    GATEWAY_UNSUPPORTED = "gateway_unsupported"
    BODY_UNSEEN = "body_unseen"
    UNKNOWN_CALLER = "unknown_caller"
    HEADERS_TOO_LARGE = "headers_too_large"
    TOO_SLOW = "too_slow"
    BUSY = "busy"
    KEY_MISSING = "key_missing"
    UNDECIDED = "undecided"
    OUTDATED_DOCUMENTS = "outdated_documents"
    NOT_RECORDED = "not_recorded"
    NOT_LISTED = "not_listed"
    REDIRECTED = "redirected"
    CONTRADICTED_ANSWER = "contradicted_answer"
    UPSTREAM_UNREACHABLE = "upstream_unreachable"
    UPSTREAM_TIMEOUT = "upstream_timeout"


_STATUS = {
    RefusalCode.INVALID_BODY: 400,
    RefusalCode.BODY_TOO_LARGE: 413,
    RefusalCode.UNSUPPORTED_MEDIA: 415,
    RefusalCode.DUPLICATE_KEY: 400,
    RefusalCode.INVALID_PARAMETER: 400,
    RefusalCode.INVALID_MODEL_NAME: 400,
    RefusalCode.UNKNOWN_FACT: 400,
    RefusalCode.UNKNOWN_CALLER: 401,
    RefusalCode.TOO_SLOW: 408,
    RefusalCode.HEADERS_TOO_LARGE: 431,
    RefusalCode.BUSY: 503,
    RefusalCode.KEY_MISSING: 503,
    RefusalCode.UNDECIDED: 503,
    RefusalCode.OUTDATED_DOCUMENTS: 503,
    RefusalCode.NOT_RECORDED: 503,
    RefusalCode.REDIRECTED: 502,
    RefusalCode.CONTRADICTED_ANSWER: 502,
    RefusalCode.UPSTREAM_UNREACHABLE: 502,
    RefusalCode.UPSTREAM_TIMEOUT: 504,
}


class Refused(Exception):
    """A call that must not be sent.

    `message` says what is wrong with it (lower-case, no final stop, nothing of its content),
    `help` what to do, `parameter` where in the body it is, if it is there.
    """

    def __init__(
        self, code: RefusalCode, message: str, advice: str | None = None, parameter: str = ""
    ) -> None:
        self.code = code
        self.message = message
        self.help = advice
        self.parameter = parameter
        super().__init__(message)

    @property
    def status(self) -> int:
        """The HTTP status to answer with: 403 unless the call itself is malformed or we fail."""
        return _STATUS.get(self.code, 403)
