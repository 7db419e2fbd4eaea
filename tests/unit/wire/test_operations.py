"""Every operation of the published APIs is classified; what is not known is refused."""

from __future__ import annotations

import pytest

from policy_router.wire.classification import Api, Standing, ground_of
from policy_router.wire.classified_apis import CLASSIFIED
from policy_router.wire.operation import Dialect
from policy_router.wire.operations import (
    SUPPORTED,
    dialect_of,
    listed_model,
    operation_at,
)
from policy_router.wire.refusal import RefusalCode, Refused
from tests.unit.wire.published import PUBLISHED

_METHODS = ("GET", "POST", "DELETE", "PUT", "PATCH")


@pytest.mark.parametrize("api", Api)
def test_every_published_operation_is_classified(api: Api) -> None:
    own = [c for c in CLASSIFIED if c.api is api]
    paths = PUBLISHED[api]
    assert len(paths) > 20
    assert [p for p in paths for m in _METHODS if ground_of(own, m, p) is None] == []


@pytest.mark.parametrize("api", Api)
def test_every_line_of_the_table_speaks_of_something(api: Api) -> None:
    """A family that no SDK knows any more is looked up once, and then taken out."""
    lines = [c for c in CLASSIFIED if c.api is api]
    known = [(m, p) for m in _METHODS for p in PUBLISHED[api]]
    unused = {c.path for c in lines if not any(c.covers(m, p) for m, p in known)}
    assert unused <= _ONLY_IN_REFERENCES


_ONLY_IN_REFERENCES = {
    # Anthropic: the completions of old, and what the SDK asks for under other versions
    "/complete",
    "/threads",
    # Google: of the reference, and of versions before this SDK
    "/auth_tokens",
    "/batches",
    "/corpora",
    "/dynamic",
    "/files",
    "/generatedFiles",
    "/projects",
    "/publishers",
    "/ws",
    *(
        f"/models/{{}}:{verb}"
        for verb in (
            "batchEmbedText",
            "bidiGenerateContent",
            "countMessageTokens",
            "countTextTokens",
            "embedContent",
            "embedText",
            "generateAnswer",
            "generateMessage",
            "generateText",
            "transferOwnership",
        )
    ),
    "/v3/compat/v1beta/models/{}:streamGenerateContent",
    # Opper: of the reference, and the versions before it
    "/v3/datasets",
    "/v3/health",
    "/v3/openapi.json",
    "/v3/realtime",
    "/v3/roundtable",
    "/v1",
}


def _supported() -> set[tuple[str, str]]:
    return {("POST", o.path.replace("{model}", "x")) for o in SUPPORTED}


@pytest.mark.parametrize("api", Api)
def test_only_what_is_supported_is_read(api: Api) -> None:
    for method in _METHODS:
        for path in PUBLISHED[api]:
            if (method, path) in _supported():
                operation_at(method, path, "", None)
                continue
            with pytest.raises(Refused) as caught:
                operation_at(method, path, "", None)
            assert caught.value.status == 403
            assert caught.value.help


def test_the_table_and_the_shapes_agree_on_what_is_supported() -> None:
    own = (Api.OPENAI, Api.ANTHROPIC, Api.GOOGLE)
    lines = [c for c in CLASSIFIED if c.api in own and c.ground.standing is Standing.SUPPORTED]
    said = {("POST", c.path.replace("{}", "{model}")) for c in lines}
    assert said == {("POST", o.path) for o in SUPPORTED}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/files", RefusalCode.KEEPS_STATE),
        ("/batches/batch_1/cancel", RefusalCode.KEEPS_STATE),
        ("/responses/resp_1", RefusalCode.KEEPS_STATE),
        ("/messages/batches", RefusalCode.KEEPS_STATE),
        ("/v1/messages/batches", RefusalCode.KEEPS_STATE),
        ("/audio/voices", RefusalCode.KEEPS_STATE),
        ("/audio/speech", RefusalCode.UNKNOWN_OPERATION),
        ("/presets/x/chat/completions", RefusalCode.SECOND_MODEL),
        ("/v3/tools/web/search", RefusalCode.THIRD_PARTY),
        ("/models/x:batchGenerateContent", RefusalCode.KEEPS_STATE),
        ("/v1beta/models/x:countTokens", RefusalCode.UNKNOWN_OPERATION),
        ("/tunedModels/x:generateContent", RefusalCode.KEEPS_STATE),
        ("/v1alpha/models/x:generateContent", RefusalCode.UNKNOWN_OPERATION),
        ("/unheard-of", RefusalCode.UNKNOWN_OPERATION),
    ],
)
def test_what_an_operation_is_refused_for(path: str, code: RefusalCode) -> None:
    with pytest.raises(Refused) as caught:
        operation_at("POST", path, "", None)
    assert caught.value.code is code


@pytest.mark.parametrize("version", ["", "/v1", "/v1beta"])
def test_a_verb_stands_where_it_stands_whatever_the_name_of_the_model(version: str) -> None:
    """Names may hold slashes, and are one thing."""
    verbs = {c.path.rpartition(":")[2] for c in CLASSIFIED if c.path.startswith("/models/{}:")}
    assert {"countTokens", "batchGenerateContent"} <= verbs
    for verb in verbs:
        said = set()
        for model in ("name", "maker/name", "host/maker/name"):
            with pytest.raises(Refused) as caught:
                operation_at("PUT", f"{version}/models/{model}:{verb}", "", Dialect.GOOGLE)
            said.add((caught.value.code, caught.value.message))
        assert len(said) == 1, verb


_NEARLY = (
    "",
    "/",
    "chat/completions",
    "/chat/completions/",
    "//chat/completions",
    "/chat//completions",
    "/Chat/Completions",
    "/chat%2Fcompletions",
    "/./chat/completions",
    "/x/../chat/completions",
    "/chat/completions;x",
    "/chat/completions?model=b",
    "/openai/deployments/gpt/chat/completions",
    "/v1/chat/completions",
    "/v1/v1/messages",
    "/v1beta/messages",
    "/messages/",
    "/models/a:generatecontent",
    "/models/a:GenerateContent",
    "/models/a:generateContent/",
    "/models/a%3AgenerateContent",
    "/models/a%2Fb:generateContent",
    "/models//a:generateContent",
    "/models/a//b:generateContent",
    "/models/../a:generateContent",
    "/models/a/../b:generateContent",
    "/models/a/./b:generateContent",
    "/models/a/:generateContent",
    "/models/:generateContent",
    "/models/a b:generateContent",
    "/Models/a:generateContent",
    "/models/a:generateContent:generateContent ",
    "/unheard-of",
    None,
)


@pytest.mark.parametrize("path", _NEARLY)
def test_nothing_is_normalised_into_a_governed_path(path: str | None) -> None:
    with pytest.raises(Refused) as caught:
        operation_at("POST", path, "", None)
    assert caught.value.status == 403


@pytest.mark.parametrize("method", ["post", "Post", "PUT", "PATCH", "HEAD", "OPTIONS", "QUERY"])
def test_other_verbs_are_refused(method: str) -> None:
    for operation in SUPPORTED:
        with pytest.raises(Refused):
            operation_at(method, operation.path.replace("{model}", "x"), "", None)


@pytest.mark.parametrize(
    ("path", "endpoint", "model"),
    [
        ("/chat/completions", "chat_completions", None),
        ("/messages", "messages", None),
        ("/v1/messages", "messages", None),
        ("/v1/messages/count_tokens", "count_tokens", None),
        ("/models/gemini-1:generateContent", "generate_content", "gemini-1"),
        ("/v1beta/models/maker/m:streamGenerateContent", "generate_content", "maker/m"),
        ("/v1/models/gw:maker/m:embedContent", "embed_content", "gw:maker/m"),
    ],
)
def test_paths_of_the_three_dialects(path: str, endpoint: str, model: str | None) -> None:
    asked = operation_at("POST", path, "", None)
    assert (asked.operation.endpoint, asked.model) == (endpoint, model)


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/chat/completions", "model=b", RefusalCode.SECOND_MODEL),
        ("/chat/completions", "MODEL=b", RefusalCode.SECOND_MODEL),
        ("/chat/completions", "api-version=1", RefusalCode.NOT_CLASSIFIED),
        ("/messages", "beta=false", RefusalCode.NOT_CLASSIFIED),
        ("/models/x:generateContent", "key=secret", RefusalCode.NOT_CLASSIFIED),
        ("/models/x:streamGenerateContent", "alt=sse&model=y", RefusalCode.SECOND_MODEL),
        ("/models/x:streamGenerateContent", "alt=media", RefusalCode.NOT_CLASSIFIED),
    ],
)
def test_queries_are_refused_unless_they_are_known(
    path: str, query: str, code: RefusalCode
) -> None:
    with pytest.raises(Refused) as caught:
        operation_at("POST", path, query, None)
    assert caught.value.code is code
    assert "secret" not in f"{caught.value}{caught.value.help}"


def test_the_queries_of_the_sdks_are_known() -> None:
    operation_at("POST", "/v1/messages", "beta=true", None)
    operation_at("POST", "/v1beta/models/x:streamGenerateContent", "alt=sse", None)


@pytest.mark.parametrize(
    ("method", "path", "query", "model"),
    [
        ("GET", "/models", "", ""),
        ("GET", "/v1/models", "limit=20&after_id=x", ""),
        ("GET", "/v1beta/models", "pageSize=50", ""),
        ("GET", "/models/maker/m", "", "maker/m"),
        ("POST", "/models", "", None),
        ("DELETE", "/models/x", "", None),
        ("GET", "/models/", "", None),
        ("GET", "/models/a/../b", "", None),
        ("GET", "/models", "model=x", None),
        ("GET", "/files", "", None),
    ],
)
def test_requests_for_lists_of_models(
    method: str, path: str, query: str, model: str | None
) -> None:
    assert listed_model(method, path, query) == model


@pytest.mark.parametrize(
    ("path", "headers", "dialect"),
    [
        ("/v1/messages", (), Dialect.ANTHROPIC),
        ("/models/x:generateContent", (), Dialect.GOOGLE),
        ("/responses", (("x-api-key", "k"),), Dialect.OPENAI),
        ("/models", (("anthropic-version", "2023-06-01"),), Dialect.ANTHROPIC),
        ("/files", (("x-goog-api-key", "k"),), Dialect.GOOGLE),
        (None, (), Dialect.OPENAI),
    ],
)
def test_the_dialect_to_answer_in(
    path: str | None, headers: tuple[tuple[str, str], ...], dialect: Dialect
) -> None:
    assert dialect_of(path, headers) is dialect
