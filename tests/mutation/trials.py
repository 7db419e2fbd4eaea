"""Worlds and tests asked as things are, then with one module changed; each time in a new process.

Neither compiler nor engine may be imported in the process that begins them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from time import process_time
from typing import cast

from coverage import Coverage

from tests.mutation.asked import Asked
from tests.mutation.asking import Around, notice
from tests.mutation.changed import PACKAGE, change, name_of
from tests.mutation.forks import apart, begun, bounded, ended, quiet, within
from tests.mutation.lookers import AT_IMPORT, KILLERS, ROOMS, Lookers

TIMES, AT_LEAST = 10, 2.0
"""How many times as long as without a mutant one looker may compute, and seconds added to that."""

_TO_IMPORT = 30.0


class Trials:
    """Tries changed modules on all who look for mutants.

    :raises SystemExit: if one of these cannot be asked, or notices something as things are
    """

    def __init__(self) -> None:
        worlds = apart(_drawn)
        lookers = worlds and apart(partial(_measured, worlds))
        if not worlds or not lookers:
            raise SystemExit("the worlds or the small tests fail as things are")
        self._worlds = worlds
        self._lookers = lookers

    def noticed_by(self, module: str, program: str, lines: range) -> str | None:
        """Name the first killer that notices `module` as `program`; None if none does.

        Only those of its lookers are asked that take `lines`.
        """
        return next((k for k in KILLERS if self._notices(k, module, program, lines)), None)

    def _notices(self, killer: str, module: str, program: str, lines: range) -> bool:
        chosen = self._lookers.taking(killer, module, lines)
        around = _limited(self._lookers.seconds[killer])

        def job() -> int:
            quiet()
            bounded()
            within(_TO_IMPORT)
            change(module, program)
            return notice(killer, self._worlds, chosen, around)

        return bool(chosen) and ended(begun(job)) != 0


def modules() -> list[str]:
    """List the modules of the rooms, such as `engine/epoch.py`."""
    files = (file for room in ROOMS for file in sorted((PACKAGE / room).glob("*.py")))
    return [file.relative_to(PACKAGE).as_posix() for file in files]


def _drawn() -> list[Asked]:
    return cast("list[Asked]", import_module("tests.mutation.killer").drawn())


def _measured(worlds: Sequence[Asked]) -> Lookers | None:
    """Ask all as things are: how long each takes, and which lines; None if one notices any."""
    found = Lookers()
    rooms = [f"{PACKAGE.name}.{room}" for room in ROOMS]
    watch = Coverage(data_file=None, config_file=False, source_pkgs=rooms)
    watch.start()
    for module in modules():  # before anybody is asked: what runs at import is nobody's own
        import_module(name_of(module))
    if any(notice(k, worlds, None, _timed(found.seconds[k], watch)) for k in KILLERS):
        return None
    watch.stop()
    lines = watch.get_data().contexts_by_lineno
    found.lines = {module: lines(str(PACKAGE / module)) for module in modules()}
    return found


def _timed(seconds: dict[str, float], watch: Coverage) -> Around:
    @contextmanager
    def around(looker: str) -> Iterator[None]:
        watch.switch_context(looker)
        start = process_time()
        yield
        seconds[looker] = process_time() - start
        watch.switch_context(AT_IMPORT)

    return around


def _limited(seconds: dict[str, float]) -> Around:
    """End the process where a looker computes for much longer than it did as things are."""

    @contextmanager
    def around(looker: str) -> Iterator[None]:
        within(AT_LEAST + TIMES * seconds[looker])
        yield
        within(_TO_IMPORT)

    return around
