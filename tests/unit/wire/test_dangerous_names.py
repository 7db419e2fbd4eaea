"""Names that sound like a target, a file or a store are refused, unless somebody looked at each."""

from __future__ import annotations

import re

from policy_router.wire.operations import SUPPORTED
from policy_router.wire.shapes import Choice, Flag, Free, Inert, Never, Number, Spelled
from tests.pep.places import Place, places

_DANGEROUS = re.compile(
    r"model|engine|url|uri|host|endpoint|server|region|geo|provider|deployment|route|routing"
    r"|fallback|preset|plugin|file_?id|fileData|store|container|cache|conversation|previous"
    r"|background|batch|webhook|callback|key$|secret|token$|authorization|headers|proxy|tier"
    r"|speed|account|workspace|mcp|connector|moderation|guardrail|thread|session|template",
    re.IGNORECASE,
)

_VARIANT = re.compile(r"<[^>]*>")
_LOOKED_AT = {
    "model": "the one mention; written over",
    "requests[].model": "must be the one in the path; written over",
    "prompt_cache_key": "groups calls for a cache that is a claim of the route",
    "input[].action.url": "what an earlier search opened, handed back",
    "messages[].content[].content[].url": "what an earlier search found, handed back",
    "tools[].user_location.region": "where a search pretends to be",
    "web_search_options.user_location.approximate.region": "where a search pretends to be",
}
"""Places with such names where text may stand, and why."""

_PLAIN = (Flag, Number, Choice)


def _last(path: str) -> str:
    return re.sub(r"<[^>]*>|\[\]|\.\*$", "", path).rpartition(".")[2]


def _is_text(place: Place) -> bool:
    return isinstance(place.leaf, Inert | Free)


def test_no_text_stands_where_a_name_sounds_dangerous() -> None:
    found = {
        _VARIANT.sub("", place.path)
        for operation in SUPPORTED
        for place in places(operation.body)
        if _is_text(place) and _DANGEROUS.search(_last(place.path))
    }
    assert found == set(_LOOKED_AT)


def test_what_sounds_dangerous_is_mostly_refused() -> None:
    leaves = [
        place.leaf
        for operation in SUPPORTED
        for place in places(operation.body)
        if _DANGEROUS.search(_last(place.path))
    ]
    refused = [leaf for leaf in leaves if isinstance(leaf, Never)]
    assert len(refused) > len(leaves) * 3 / 4
    assert {type(leaf) for leaf in leaves} <= {Never, Inert, Free, Spelled, *_PLAIN}
