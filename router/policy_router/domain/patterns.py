"""Names with `*`: case-sensitive, nothing else is special."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_COMPILED_AT_MOST = 4096


@lru_cache(maxsize=_COMPILED_AT_MOST)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)


def matches(pattern: str, name: str) -> bool:
    """Whether `name` is `pattern`, where each `*` stands for any text."""
    return name == pattern or ("*" in pattern and _compiled(pattern).fullmatch(name) is not None)


def any_matches(patterns: Iterable[str], name: str) -> bool:
    """Whether some pattern matches `name`."""
    return any(matches(pattern, name) for pattern in patterns)
