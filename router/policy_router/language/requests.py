"""What a request states, as the grammar has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from policy_router.domain.diagnostic import DocumentErrors
from policy_router.language.grammar.requests import RequestBody
from policy_router.language.mistakes import mistakes
from policy_router.language.origins import Locator


def request_body(data: Mapping[str, Any], places: Locator) -> RequestBody:
    """The request that `data` states; raises `DocumentErrors` if a name or value is not known."""
    try:
        return RequestBody.model_validate(dict(data))
    except ValidationError as error:
        raise DocumentErrors(mistakes(error, RequestBody, places)) from None
