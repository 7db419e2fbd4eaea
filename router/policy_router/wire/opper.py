"""Headers of Opper's: tags, by which it groups spend, and the id of a trace.

Source: https://docs.opper.ai/build/gateway/usage-attribution (up to eight `key:value` pairs, apart
by commas, in as many headers as one likes; a value may hold colons and no comma; kept with the
billing of a call; a header that is none of that is refused).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from policy_router.domain.organisation import OPPER_TAG
from policy_router.wire.headers import Headers, all_of
from policy_router.wire.refusal import RefusalCode, Refused

TAGS: Final = "x-opper-tags"
TRACE: Final = "x-opper-trace-id"

_TAG: Final = re.compile(r"([a-z][a-z0-9_]{0,62}):([A-Za-z0-9._:@/+-]{1,128})")


def opper_headers(client: Headers, passed_on: frozenset[str], decision: str, trace: str) -> Headers:
    """What goes to Opper besides: the tags `passed_on` of the client's, the decision, a trace.

    What a tag says is kept with the billing, whatever becomes of the call; so no other tag of the
    client's goes there. Raises `Refused` for tags that Opper would
    refuse, where any are passed on: calls would be billed to nobody.
    """
    said = dict(_said(client)) if passed_on else {}
    kept = [f"{key}:{value}" for key, value in said.items() if key in passed_on]
    tags = ",".join([*kept, f"{OPPER_TAG}:{decision}"])
    return ((TAGS, tags), (TRACE, trace))


def _said(client: Headers) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for text in ",".join(all_of(client, TAGS)).split(","):
        if not text.strip():
            continue
        found = _TAG.fullmatch(text.strip())
        if found is None or found[1] in seen:
            raise Refused(
                RefusalCode.INVALID_PARAMETER,
                "a tag for Opper is no pair `key:value`, or its key stands there twice",
                "send `X-Opper-Tags: team:support, customer_id:a-17`",
                TAGS,
            )
        seen.add(found[1])
        yield found[1], found[2]
