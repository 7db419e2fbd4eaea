"""Headers declare, steer or ask how to be answered; nothing else of them goes upstream."""

from __future__ import annotations

import pytest

from policy_router.wire.headers import (
    anthropic_headers,
    check_headers,
    check_media_type,
    content_coding,
    declared_facts,
    first_of,
    lowered,
    upstream_headers,
)
from policy_router.wire.refusal import RefusalCode, Refused


@pytest.mark.parametrize(
    "name",
    [
        "x-model",
        "x-model-id",
        "x-target-host",
        "x-upstream-url",
        "x-provider",
        "x-fallback-models",
        "x-litellm-api-base",
        "x-portkey-config",
        "helicone-target-url",
        "x-http-method-override",
        "x-original-url",
        "openai-beta",
        "anthropic-beta",
    ],
)
def test_headers_that_steer_are_refused(name: str) -> None:
    with pytest.raises(Refused) as caught:
        check_headers(lowered([(name.title().encode(), b"maker/denied")]))
    assert caught.value.code is RefusalCode.STEERING_HEADER
    assert "maker/denied" not in str(caught.value)


@pytest.mark.parametrize(
    "headers",
    [
        (("anthropic-beta", "files-api-2025-04-14"),),
        (("anthropic-beta", "interleaved-thinking-2025-05-14,mcp-client-2025-11-20"),),
        (("anthropic-beta", "interleaved-thinking-2025-05-14"), ("anthropic-beta", "x")),
        (("anthropic-beta", ""),),
        (("anthropic-version", "2099-01-01"),),
        (("anthropic-version", "2023-06-01"), ("anthropic-version", "2026-10-21")),
    ],
)
def test_betas_and_versions_nobody_looked_at_are_refused(
    headers: tuple[tuple[str, str], ...],
) -> None:
    with pytest.raises(Refused) as caught:
        check_headers(headers)
    assert caught.value.code is RefusalCode.STEERING_HEADER


def test_known_betas_and_versions_go_with_the_call() -> None:
    said = (
        ("anthropic-version", "2026-10-21"),
        ("anthropic-beta", "interleaved-thinking-2025-05-14, effort-2025-11-24"),
        ("x-api-key", "k"),
    )
    check_headers(said)
    assert anthropic_headers(said) == (
        ("anthropic-version", "2026-10-21"),
        ("anthropic-beta", "interleaved-thinking-2025-05-14,effort-2025-11-24"),
    )
    assert anthropic_headers(()) == (("anthropic-version", "2023-06-01"),)


def test_what_goes_upstream_is_made_anew() -> None:
    client = (
        ("host", "evil.example"),
        ("authorization", "Bearer callers-key"),
        ("cookie", "session=1"),
        ("x-governance-data", "health"),
        ("x-opper-trace-id", "1"),
        ("openai-organization", "org-1"),
        ("transfer-encoding", "chunked"),
        ("connection", "keep-alive, x-secret"),
        ("content-length", "999"),
        ("x-stainless-os", "Linux"),
        ("accept", "application/json"),
        ("accept-encoding", "gzip"),
    )
    assert upstream_headers(client) == (
        ("accept", "application/json"),
        ("accept-encoding", "gzip"),
        ("content-type", "application/json"),
        ("user-agent", "policy-router"),
    )


def test_governance_headers_are_declarations() -> None:
    headers = lowered([(b"X-Governance-Subject-Location", b"DE"), (b"X-Other", b"1")])
    assert declared_facts(headers) == (("subject_location", "DE"),)


@pytest.mark.parametrize(
    "values",
    [["text/plain"], ["multipart/form-data; boundary=x"], ["application/json", "text/x"], [""]],
)
def test_other_media_are_refused(values: list[str]) -> None:
    with pytest.raises(Refused) as caught:
        check_media_type(tuple(("content-type", value) for value in values))
    assert caught.value.status == 415


def test_json_is_accepted_however_it_is_written() -> None:
    check_media_type((("content-type", "Application/JSON; charset=utf-8"),))
    check_media_type(())


def test_a_header_stated_twice_has_no_value() -> None:
    headers = (("authorization", "a"), ("authorization", "b"))
    assert first_of(headers, "authorization") is None
    assert (
        content_coding((("content-encoding", "gzip"), ("content-encoding", "gzip"))) == "gzip, gzip"
    )
