"""Where the files of a report lie: for readers, and for programs that show it beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from policy_router.domain.diagnostic import Span
from policy_router.report.visible import escaped
from policy_router.store.shipped import is_shipped

_PACK: Final = re.compile(r"policies/([^/]+)/policy\.yaml")


def place(span: Span) -> str:
    """Where something is written, as `file:line`; what came with the program is said to have."""
    at = escaped(f"{span.file}:{span.line}")
    if not is_shipped(span.file):
        return at
    pack = _PACK.fullmatch(span.file)
    return f"shipped {at}" if pack is None else f"shipped pack {pack[1]}, line {span.line}"


@dataclass(frozen=True, slots=True)
class Tree:
    """The files that were read. `root`: the absolute folder that the reader of a report stands in.

    `files`: the names of those that are the user's; any other came with the program.
    """

    root: PurePath
    files: frozenset[str]

    def path(self, file: str) -> PurePath | None:
        """The path of a file of the user's, from the root if it lies below; None if shipped."""
        if file not in self.files:
            return None
        path = PurePath(file)
        return path.relative_to(self.root) if path.is_relative_to(self.root) else path
