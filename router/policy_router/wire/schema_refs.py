"""JSON Schemas in calls: whoever checks by one may fetch what it refers to.

Source: JSON Schema 2020-12, core, sections 8.1, 8.2 and 9.2, and draft-06 and -07. What `$id` means
of a part, and whether it moves the part's references elsewhere, validators read differently.
"""

from __future__ import annotations

import re
from typing import Any, Final

from policy_router.wire.json_strict import nested_in

_REFERENCES: Final = frozenset({"$ref", "$dynamicRef", "$recursiveRef"})
_DRAFT: Final = re.compile(
    r"https?://json-schema\.org/(?:draft-0[67]|draft/20(?:19-09|20-12))/schema#?"
)
"""The drafts that validators bring along; in older ones a plain `id` moves references too."""

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+")


def refers_elsewhere(schema: dict[str, Any]) -> bool:
    """Whether a part of `schema` refers to what is not in it, or may be read to do so."""
    level: list[Any] = [schema]
    while level:
        for part in level:
            for name in part if type(part) is dict else ():
                if name[:1] == "$" and _is_away(name, part[name], part is schema):
                    return True
        level = nested_in(level)
    return False


def _is_away(name: str, said: Any, outermost: bool) -> bool:  # noqa: ANN401 - any JSON
    """Whether a keyword of a schema points out of it; a property of that name has an object."""
    if not isinstance(said, str):
        return False
    if name in _REFERENCES:
        return not said.startswith("#")
    if name == "$schema":
        return _DRAFT.fullmatch(said) is None
    return name == "$id" and not outermost and _NAME.fullmatch(said) is None
