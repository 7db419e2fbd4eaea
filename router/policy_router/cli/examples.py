"""Examples at the end of a command's help."""

from __future__ import annotations

from typing import Final

PROGRAM: Final = "policy-router"


def examples(*commands: str) -> str:
    """The section of the help that shows these commands as they are typed."""
    shown = "\n".join(f"  {PROGRAM} {command}" for command in commands)
    return f"\b\nExamples:\n{shown}"
