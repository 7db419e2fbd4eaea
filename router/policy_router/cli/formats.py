"""The option that chooses the shape of the output."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

C = TypeVar("C", bound=Callable[..., object])


def format_option(*formats: str) -> Callable[[C], C]:
    """Add `--format`: text, or one of `formats`; the command gets it as `output`."""
    return click.option(
        "--format",
        "output",
        type=click.Choice(["text", *formats]),
        default="text",
        help="shape of the output; all but text are for programs",
    )
