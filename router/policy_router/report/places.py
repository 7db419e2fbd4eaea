"""Where the files of a report lie, for programs that show it beside them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath


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
