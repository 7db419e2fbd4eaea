"""Lists of models have each dialect's own shape, and the SDKs read them."""

from __future__ import annotations

import json

import pytest

from policy_router.wire.model_list import Listed, model_entry, model_list
from policy_router.wire.operation import Dialect
from tests.unit.wire.sdk_calls import Capture, anthropic_client, google_client, openai_client

MODELS = (
    Listed("maker/one", "One", "maker", 1000, 100),
    Listed("maker/two", "Two", "maker"),
)


def _answering(dialect: Dialect) -> Capture:
    return Capture(200, model_list(dialect, MODELS))


def test_openai_lists_them() -> None:
    client = openai_client(_answering(Dialect.OPENAI))
    assert [(m.id, m.owned_by) for m in client.models.list()] == [
        ("maker/one", "maker"),
        ("maker/two", "maker"),
    ]


def test_anthropic_lists_them() -> None:
    client = anthropic_client(_answering(Dialect.ANTHROPIC))
    assert [(m.id, m.display_name) for m in client.models.list()] == [
        ("maker/one", "One"),
        ("maker/two", "Two"),
    ]


def test_google_lists_them() -> None:
    client = google_client(_answering(Dialect.GOOGLE))
    listed = [(m.name, m.input_token_limit, m.output_token_limit) for m in client.models.list()]
    assert listed == [("models/maker/one", 1000, 100), ("models/maker/two", None, None)]


@pytest.mark.parametrize("dialect", Dialect)
def test_nothing_to_list(dialect: Dialect) -> None:
    listed = json.loads(model_list(dialect, ()))
    assert listed.get("data", listed.get("models")) == []


@pytest.mark.parametrize("dialect", Dialect)
def test_one_of_them_is_what_the_list_says_of_it(dialect: Dialect) -> None:
    listed = json.loads(model_list(dialect, MODELS))
    (first, _) = listed.get("data") or listed["models"]
    assert json.loads(model_entry(dialect, MODELS[0])) == first
