"""Worlds and small tests asked in this process, which imports compiler and engine to do so."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager
from importlib import import_module

import pytest
from hypothesis import Phase, settings

from tests.mutation.asked import Asked
from tests.mutation.changed import PACKAGE
from tests.mutation.lookers import WORLDS

ROOT = PACKAGE.parents[1]
TESTS = (
    "tests/unit/compiler",
    "tests/unit/engine",
    "tests/differential/test_epoch_ends.py",
    "tests/differential/test_best_route.py",
)
_OPTIONS = ("-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist")
_PROFILE = "mutants"

Around = Callable[[str], AbstractContextManager[None]]
"""What to do around the asking of one looker."""


def notice(
    killer: str, worlds: Sequence[Asked], chosen: Sequence[str] | None, around: Around
) -> bool:
    """Whether one of the lookers chosen, one of all where None, notices something."""
    if killer == WORLDS:
        return _differ(worlds, map(str, range(len(worlds))) if chosen is None else chosen, around)
    return _fail(chosen, around)


def _differ(worlds: Sequence[Asked], chosen: Iterable[str], around: Around) -> bool:
    differs = import_module("tests.mutation.killer").differs
    for number in chosen:
        with around(number):
            if differs(worlds[int(number)]):
                return True
    return False


def _fail(chosen: Sequence[str] | None, around: Around) -> bool:
    """Whether a test fails; examples are the same for every mutant, and none is made smaller."""
    files = TESTS if chosen is None else sorted({test.split("::")[0] for test in chosen})
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile(_PROFILE, phases=phases, derandomize=True, deadline=None)
    os.chdir(ROOT)
    options = (*_OPTIONS, f"--hypothesis-profile={_PROFILE}")
    return pytest.main([*options, *files], plugins=[_Only(chosen, around)]) != pytest.ExitCode.OK


class _Only:
    """Has pytest run the tests chosen, in their order, with something around each."""

    def __init__(self, chosen: Sequence[str] | None, around: Around) -> None:
        self._chosen = chosen
        self._around = around

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what is not chosen."""
        if self._chosen is not None:
            known = {item.nodeid: item for item in items}
            items[:] = [known[test] for test in self._chosen if test in known]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Go around a test and all that it needs."""
        with self._around(item.nodeid):
            return (yield)
