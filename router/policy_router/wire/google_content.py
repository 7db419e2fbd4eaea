"""Contents, tools and generation settings of the Gemini API, place by place.

Source: the published generateContent reference, as in version 3.4 of the official Python SDK.
Names are spelled as there (`systemInstruction`); the other spelling that Google's parser takes
(`system_instruction`) is changed into it before a body is looked at.
"""

from __future__ import annotations

from typing import Final

from policy_router.wire.dangers import (
    FETCHES,
    FILE_ID,
    KEEPS,
    OTHER_PRICE,
    hands_over,
    keeps,
    steers,
)
from policy_router.wire.inert import (
    ANY_BASE64,
    ARGUMENTS,
    CALLED_WITH,
    CONTENT_TYPE,
    DOTTED_NAME,
    INSTANT,
    JSON_SCHEMA,
    LABEL,
    LANGUAGE,
    MEDIA_TYPE,
    PROMPT,
    SEALED,
    VOICE,
    WORD,
)
from policy_router.wire.shapes import Choice, Flag, Free, Many, Number, Record, Shape

_BLOB = Record(
    {"data": ANY_BASE64, "mimeType": CONTENT_TYPE, "displayName": LABEL},
    frozenset({"data", "mimeType"}),
)
_RESOLUTION = Record({"level": WORD, "numTokens": Number(whole=True)})

PART: Final = Record(
    {
        "text": PROMPT,
        "inlineData": _BLOB,
        "fileData": FILE_ID,
        "thought": Flag(),
        "thoughtSignature": SEALED,
        "functionCall": Record(
            {"id": LABEL, "name": DOTTED_NAME, "args": CALLED_WITH}, frozenset({"name"})
        ),
        "functionResponse": Record(
            {
                "id": LABEL,
                "name": DOTTED_NAME,
                "response": CALLED_WITH,
                "willContinue": Flag(),
                "scheduling": WORD,
                "parts": Many(Record({"inlineData": _BLOB, "fileData": FILE_ID})),
            },
            frozenset({"name"}),
        ),
        "executableCode": Record({"code": ARGUMENTS, "language": WORD, "id": LABEL}),
        "codeExecutionResult": Record({"outcome": WORD, "output": PROMPT, "id": LABEL}),
        "mediaResolution": _RESOLUTION,
        "videoMetadata": Record({"fps": Number(), "startOffset": INSTANT, "endOffset": INSTANT}),
        "partMetadata": Free("labels of the part, which come back with it"),
    }
)
CONTENT: Final = Record({"parts": Many(PART), "role": WORD})

_FUNCTION = Record(
    {
        "name": DOTTED_NAME,
        "description": PROMPT,
        "behavior": WORD,
        **dict.fromkeys(
            ("parameters", "parametersJsonSchema", "response", "responseJsonSchema"), JSON_SCHEMA
        ),
    },
    frozenset({"name"}),
)
SEARCHES: Final = ("googleSearch", "googleSearchRetrieval")

TOOLS: Final = Many(
    Record(
        {
            "functionDeclarations": Many(_FUNCTION),
            "googleSearch": Record(
                {
                    "timeRangeFilter": Record({"startTime": INSTANT, "endTime": INSTANT}),
                    "searchTypes": Free("what sort of pages a search may find"),
                }
            ),
            "googleSearchRetrieval": Record(
                {"dynamicRetrievalConfig": Record({"mode": WORD, "dynamicThreshold": Number()})}
            ),
            "codeExecution": Record({}),
            "computerUse": Record(
                {"environment": WORD, "excludedPredefinedFunctions": Many(DOTTED_NAME)}
            ),
            "urlContext": FETCHES,
            "fileSearch": KEEPS,
            **hands_over(
                "enterpriseWebSearch",
                "exaAiSearch",
                "googleMaps",
                "mcpServers",
                "parallelAiSearch",
                "retrieval",
            ),
        }
    )
)
TOOL_CONFIG: Final = Record(
    {
        "functionCallingConfig": Record({"mode": WORD, "allowedFunctionNames": Many(DOTTED_NAME)}),
        "retrievalConfig": Record(
            {
                "languageCode": LANGUAGE,
                "latLng": Record({"latitude": Number(), "longitude": Number()}),
            }
        ),
        "includeServerSideToolInvocations": Flag(),
    }
)
SAFETY: Final = Many(Record({"category": WORD, "threshold": WORD}))

_ONE_VOICE = Record(
    {
        "prebuiltVoiceConfig": Record({"voiceName": VOICE}),
        "replicatedVoiceConfig": KEEPS,
    }
)
_SPEECH = Record(
    {
        "voiceConfig": _ONE_VOICE,
        "languageCode": LANGUAGE,
        "multiSpeakerVoiceConfig": Record(
            {"speakerVoiceConfigs": Many(Record({"speaker": LABEL, "voiceConfig": _ONE_VOICE}))}
        ),
    }
)

_SETTINGS: Final[dict[str, Shape]] = {
    "temperature": Number(),
    "topP": Number(),
    "topK": Number(),
    "candidateCount": Number(whole=True, least=1, most=128),
    "maxOutputTokens": Number(whole=True, least=1, most=1_000_000_000),
    "stopSequences": Many(PROMPT),
    "responseLogprobs": Flag(),
    "logprobs": Number(whole=True),
    "presencePenalty": Number(),
    "frequencyPenalty": Number(),
    "seed": Number(whole=True),
    "responseMimeType": MEDIA_TYPE,
    "responseSchema": JSON_SCHEMA,
    "responseJsonSchema": JSON_SCHEMA,
    "responseModalities": Many(Choice(frozenset({"TEXT", "IMAGE", "AUDIO"}))),
    "mediaResolution": WORD,
    "speechConfig": _SPEECH,
    "thinkingConfig": Record(
        {
            "includeThoughts": Flag(),
            "thinkingBudget": Number(whole=True),
            "thinkingLevel": WORD,
        }
    ),
    "imageConfig": Record({"aspectRatio": LABEL, "imageSize": WORD}),
    "enableEnhancedCivicAnswers": Flag(),
    **steers("routingConfig", "modelSelectionConfig"),
}
GENERATION_CONFIG: Final = Record(_SETTINGS)

SETTINGS_DENIED: Final[dict[str, Shape]] = {
    **keeps("cachedContent", "continuationToken"),
    **steers("modelArmorConfig", why="names templates of another service, which reads the call"),
    "serviceTier": Choice(
        frozenset({"unspecified", "standard", "SERVICE_TIER_UNSPECIFIED", "STANDARD"}),
        OTHER_PRICE,
    ),
}
