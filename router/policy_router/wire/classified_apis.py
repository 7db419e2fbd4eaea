"""Every operation of the published APIs, classified.

Sources: the paths in the official Python SDKs: openai 3.54, anthropic 2.12, google-genai 3.4,
opperai 2.1 and openrouter 1.3.84; the published references of Opper's v3 and OpenRouter's v1.
Paths follow the versioned base URL; Opper's follow its host.
"""

from __future__ import annotations

from typing import Final

from policy_router.wire.classification import (
    ADMINISTERS,
    DESCRIBES,
    KEEPS,
    LISTS,
    NOT_YET,
    OPEN,
    SECOND,
    SENT,
    STORED,
    SUPERSEDED,
    THIRD,
    Api,
    Classified,
    table,
)


def _models(api: Api) -> tuple[Classified, ...]:
    return (
        Classified(api, "/models", LISTS, "GET", exact=True),
        Classified(api, "/models/{}", LISTS, "GET", exact=True),
    )


def _sent(api: Api, *paths: str) -> tuple[Classified, ...]:
    return tuple(Classified(api, path, SENT, "POST", exact=True) for path in paths)


OPENAI: Final = (
    *_sent(Api.OPENAI, "/chat/completions", "/responses", "/embeddings"),
    *_models(Api.OPENAI),
    Classified(Api.OPENAI, "/responses/input_tokens", NOT_YET),
    *table(
        Api.OPENAI,
        {
            STORED: "chat responses",
            KEEPS: (
                "agents assistants audio/voices audio/voice_consents batches chatkit containers "
                "conversations evals files fine_tuning skills threads uploads vaults "
                "vector_stores videos"
            ),
            OPEN: "live realtime",
            NOT_YET: (
                "audio completions content_provenance_checks decisions embeddings images "
                "moderations"
            ),
            ADMINISTERS: (
                "models organization projects safety webhook_endpoints webhook_event_types"
            ),
        },
    ),
)

ANTHROPIC: Final = (
    *_sent(Api.ANTHROPIC, "/messages", "/messages/count_tokens"),
    *_models(Api.ANTHROPIC),
    *table(
        Api.ANTHROPIC,
        {
            KEEPS: (
                "agents deployment_runs deployments dreams environments files memory_stores "
                "messages sessions skills threads vaults"
            ),
            NOT_YET: "complete",
            OPEN: "tunnels",
            ADMINISTERS: "models organizations user_profiles",
        },
    ),
)

_VERBS: Final = {
    KEEPS: (
        "asyncBatchEmbedContent batchGenerateContent fetchPredictOperation predictLongRunning "
        "transferOwnership"
    ),
    NOT_YET: (
        "batchEmbedText computeTokens countMessageTokens countTextTokens countTokens embedText "
        "generateAnswer generateMessage generateText predict"
    ),
    OPEN: "bidiGenerateContent",
}

GOOGLE: Final = (
    *_sent(
        Api.GOOGLE,
        *(
            f"/models/{{}}:{verb}"
            for verb in (
                "generateContent",
                "streamGenerateContent",
                "embedContent",
                "batchEmbedContents",
            )
        ),
    ),
    *(
        Classified(Api.GOOGLE, f"/models/{{}}:{verb}", ground, exact=True)
        for ground, verbs in _VERBS.items()
        for verb in verbs.split()
    ),
    *_models(Api.GOOGLE),
    *table(
        Api.GOOGLE,
        {
            KEEPS: (
                "agents batches batchPredictionJobs cachedContents corpora credentials "
                "environments fileSearchStores files generatedFiles interactions operations "
                "triggers tunedModels tuningJobs upload voices"
            ),
            OPEN: "auth_tokens ws",
            NOT_YET: "decisions dynamic projects publishers",
            ADMINISTERS: "models webhooks",
        },
    ),
)

_COMPAT = "/v3/compat"

OPPER: Final = (
    *_sent(
        Api.OPPER,
        *(
            f"{_COMPAT}{path}"
            for path in (
                "/chat/completions",
                "/responses",
                "/embeddings",
                "/v1/messages",
                "/v1beta/models/{}:generateContent",
                "/v1beta/models/{}:streamGenerateContent",
            )
        ),
    ),
    Classified(Api.OPPER, f"{_COMPAT}/models", LISTS, "GET"),
    Classified(Api.OPPER, f"{_COMPAT}/v1beta/interactions", KEEPS),
    Classified(Api.OPPER, f"{_COMPAT}/openresponses", NOT_YET),
    Classified(Api.OPPER, _COMPAT, NOT_YET),
    *table(
        Api.OPPER,
        {
            KEEPS: (
                "v3/artifacts v3/call v3/datasets v3/files v3/functions v3/generations v3/spans "
                "v3/traces v3/videos"
            ),
            OPEN: "v3/realtime v3/realtime-sessions",
            THIRD: "v3/tools",
            SECOND: "v3/roundtable",
            NOT_YET: "v3/audio v3/images",
            DESCRIBES: "v3/health v3/models v3/openapi.json v3/openapi.yaml",
            SUPERSEDED: "compat v1 v2",
        },
    ),
)

OPENROUTER: Final = (
    *_sent(Api.OPENROUTER, "/chat/completions", "/responses", "/messages", "/embeddings"),
    Classified(Api.OPENROUTER, "/models", LISTS, "GET", exact=True),
    Classified(Api.OPENROUTER, "/models/{}/{}/endpoints", DESCRIBES, "GET", exact=True),
    Classified(Api.OPENROUTER, "/generation/content", STORED),
    *table(
        Api.OPENROUTER,
        {
            DESCRIBES: (
                "activity benchmarks credits datasets embeddings/models endpoints generation "
                "images/models key model models/count models/user providers videos/models"
            ),
            SECOND: "api/alpha/decisions classifications presets systemone",
            STORED: "responses",
            KEEPS: "batches containers files observability vault videos",
            THIRD: "tools",
            NOT_YET: "audio chat embeddings images messages rerank",
            ADMINISTERS: (
                "analytics auth byok external-users guardrails keys models oauth organization "
                "private-endpoints scim workspaces"
            ),
        },
    ),
)

CLASSIFIED: Final = (*GOOGLE, *OPENAI, *ANTHROPIC, *OPENROUTER, *OPPER)
"""All of them; where nobody says whose path it is, the first that speaks of it counts."""
