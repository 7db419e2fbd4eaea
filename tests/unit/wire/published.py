"""Every path that the official SDKs can ask for."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from policy_router.wire.classification import Api

_HOLE = re.compile(r"\{[^}]*\}")


def _sources(package: str, folder: str) -> str:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    files = sorted((Path(spec.origin).parent / folder).rglob("*.py"))
    return "\n".join(file.read_text("utf-8") for file in files)


def _plain(paths: set[str]) -> list[str]:
    return sorted({_HOLE.sub("x", path.partition("?")[0]) for path in paths})


def openai_paths() -> list[str]:
    found = re.findall(r'"(/[a-z_]+(?:/[^"\s]*)?)"', _sources("openai", "resources"))
    return _plain(set(found))


def anthropic_paths() -> list[str]:
    found = re.findall(r'"/v1(/[^"\s]*)"', _sources("anthropic", "resources"))
    return _plain(set(found))


_NO_PATH: Final = ("test/", "/v1beta", "/{path}", "{path}", "{patched", "{env_name}", "{clean_id}")
"""What the SDK's own tests ask for, and what it builds of other parts."""

_GOOGLE_NAMES: Final = {
    "{model}": "models/x",
    "{name}": "files/x",
    "{file_search_store_name}": "fileSearchStores/x",
    "{parent}": "fileSearchStores/x",
    "{operationName}": "models/x/operations/x",
    "{resourceName}": "models/x",
    "{models_url}": "models",
}


def google_paths() -> list[str]:
    text = _sources("google.genai", ".")
    found = set(re.findall(r"path = f?'([^'\s]*[^'\s/])'", text))
    found = {path.removeprefix("v1beta/") for path in found if not path.startswith(_NO_PATH)}
    found |= set(re.findall(r'path="/\{api_version\}(/[^"\s]*)"', text))
    return _plain({_named(path) for path in found})


def _named(path: str) -> str:
    for hole, name in _GOOGLE_NAMES.items():
        path = path.replace(hole, name)
    return "/" + path.lstrip("/")


OPPER: Final = """
    /v3/call /v3/functions /v3/functions/x/call /v3/functions/x/stream /v3/generations /v3/models
    /v3/realtime-sessions /v3/spans /v3/tools/web/fetch /v3/tools/web/search /v3/traces
    /v3/compat/chat/completions /v3/compat/embeddings /v3/compat/models /v3/compat/openresponses
    /v3/compat/responses /v3/compat/v1/messages /v3/compat/v1beta/interactions
    /v3/compat/v1beta/models/x:generateContent /v3/openapi.yaml /v2/knowledge /compat/openai/x
    /v3/compat/anything-new /v3/images /v3/audio/speech /v3/videos /v3/files /v3/artifacts/x
""".split()
"""Of the Python package opperai 2.1, and of the published reference."""

OPENROUTER: Final = """
    /activity /analytics/meta /analytics/query /api/alpha/decisions /audio/speech
    /audio/transcriptions /auth/keys /auth/keys/code /batches /batches/x /benchmarks /byok
    /byok/x /chat/completions /classifications/task /containers/x/files
    /containers/x/files/x/content /containers/x/files/x/promote /credits
    /datasets/app-rankings /datasets/rankings-daily /datasets/session-cost /embeddings
    /embeddings/models /endpoints/zdr /external-users /external-users/x /files /files/x
    /files/x/content /generation /generation/content /generation/feedback /guardrails
    /guardrails/x/assignments/keys /images /images/models /images/models/x/x/endpoints /key
    /keys /keys/x /messages /model/x/x /models /models/count /models/user
    /models/x/x/endpoints /oauth/jwks /oauth/token /observability/destinations
    /organization/members /organization/settings /presets /presets/x
    /presets/x/chat/completions /presets/x/messages /presets/x/responses
    /presets/x/versions/x /private-endpoints /private-endpoints/x/activate /providers /rerank
    /responses /scim/groups /scim/sync-jobs/x /systemone /tools /tools/x
    /vault/interns/x/secrets/copy /vault/secrets /videos /videos/models /videos/x/content
    /workspaces /workspaces/x/budgets/x /workspaces/x/members/add
""".split()
"""Of the Python package openrouter 1.3.84."""

PUBLISHED: Final[dict[Api, list[str]]] = {
    Api.OPENAI: openai_paths(),
    Api.ANTHROPIC: anthropic_paths(),
    Api.GOOGLE: google_paths(),
    Api.OPPER: OPPER,
    Api.OPENROUTER: OPENROUTER,
}
