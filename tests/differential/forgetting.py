"""Engines that remember next to nothing, so that they forget all the time."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from types import ModuleType
from unittest.mock import patch

from policy_router import compiler, engine

_BOUND = "MOST_"


def bounds() -> Iterator[tuple[ModuleType, str]]:
    """List every bound on what compiler and engine remember: the module and its name there."""
    for room in (compiler, engine):
        for found in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
            module = import_module(found.name)
            yield from ((module, name) for name in vars(module) if name.startswith(_BOUND))


@contextmanager
def forgetful(most: int) -> Iterator[None]:
    """Let compiler and engine remember at most so many of anything they bound."""
    with ExitStack() as stack:
        for module, name in bounds():
            stack.enter_context(patch.object(module, name, most))
        yield
