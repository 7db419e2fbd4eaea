"""Two spellings of one name: Google's parser takes `systemInstruction` and `system_instruction`.

Source: the JSON mapping of protocol buffers ("parsers accept both the lowerCamelCase name and the
original proto field name"). What is sent has one of them only.
"""

from __future__ import annotations

import re
from typing import Any

from policy_router.wire.refusal import RefusalCode, Refused
from policy_router.wire.shapes import Many, Record, Shape

_JOINT = re.compile(r"_([a-z0-9])")


def respelled(shape: Shape, value: Any) -> Any:  # noqa: ANN401 - any JSON
    """`value` with the names of its records as they are published; free objects stay as they are.

    Raises `Refused` for a name stated in both spellings.
    """
    match shape:
        case Record(fields) if isinstance(value, dict):
            named = [(_published(name, shape), inner) for name, inner in value.items()]
            if len({name for name, _ in named}) < len(named):
                raise _twice()
            return {n: respelled(fields[n], v) if n in fields else v for n, v in named}
        case Many(item) if isinstance(value, list):
            return [respelled(item, member) for member in value]
        case _:
            return value


def _published(name: str, shape: Record) -> str:
    """The published spelling of `name`; itself if it is none of the record's names."""
    if name in shape.fields or "_" not in name:
        return name
    camel = _JOINT.sub(lambda joint: joint[1].upper(), name)
    return camel if camel in shape.fields else name


def _twice() -> Refused:
    return Refused(
        RefusalCode.DUPLICATE_KEY,
        "a name is stated in two spellings in one object",
        "state each name once, as the reference spells it",
    )
