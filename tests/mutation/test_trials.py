"""How mutants are tried: who is asked, in which process, for how long, and what is kept."""

from __future__ import annotations

import sys
from functools import partial
from importlib import import_module
from pathlib import Path
from signal import SIGPROF

from tests.mutation.changed import PACKAGE, change, name_of
from tests.mutation.forks import apart, begun, ended, within
from tests.mutation.lookers import AT_IMPORT, ROOMS, SHARED, UNITS, WORLDS, Lookers
from tests.mutation.mutants import Mutant
from tests.mutation.tally import Log, Tally, Target

MODULE = "engine/epoch.py"


def target(program: str = "x = 2", module: str = MODULE) -> Target:
    return Target(module, Mutant(1, "x = 1", range(1, 2), "1 -> 2", program))


def lookers() -> Lookers:
    found = Lookers()
    found.seconds = {WORLDS: {"0": 2.0, "1": 1.0}, UNITS: {"a": 1.0, "b": 2.0}}
    taken = {1: [AT_IMPORT], 2: ["0", "1", "b"], 3: ["0"]}
    found.lines = {MODULE: taken, "engine/reference.py": taken}
    return found


def test_only_those_are_asked_that_take_a_line_the_quickest_first() -> None:
    assert lookers().taking(WORLDS, MODULE, [2, 3]) == ["1", "0"]
    assert lookers().taking(UNITS, MODULE, [2, 3]) == ["b"]
    assert lookers().taking(UNITS, MODULE, [3, 4]) == []


def test_everyone_is_asked_about_what_runs_at_import() -> None:
    assert lookers().taking(UNITS, MODULE, [1]) == ["a", "b"]


def test_no_world_is_asked_about_the_definition() -> None:
    assert lookers().taking(WORLDS, "engine/reference.py", [2]) == []


def test_the_definition_uses_nothing_that_worlds_are_asked_about() -> None:
    assert apart(_used_by_the_definition) == set(SHARED)


def _used_by_the_definition() -> set[str]:
    rooms = tuple(f"{PACKAGE.name}.{room}." for room in ROOMS)
    for name in [name for name in sys.modules if name.startswith(rooms)]:
        del sys.modules[name]
    for name in ("reference", "render"):
        import_module(f"{PACKAGE.name}.engine.{name}")
    return {name.rpartition(".")[2] for name in sys.modules if name.startswith(rooms)}


def test_a_module_is_imported_as_it_was_changed() -> None:
    assert apart(partial(_most_of, "MOST = 7")) == 7
    assert apart(partial(_most_of, "raise SystemExit")) is None


def _most_of(program: str) -> object:
    name = name_of(MODULE)
    sys.modules.pop(name, None)
    change(MODULE, program)
    return import_module(name).MOST


def test_who_gets_stuck_is_ended() -> None:
    def stuck() -> int:
        within(0.01)
        while True:
            pass

    assert ended(begun(stuck)) == -SIGPROF


def test_what_was_noticed_is_kept_until_its_module_changes(tmp_path: Path) -> None:
    file = tmp_path / "log"
    Log(file).add(target(), UNITS)
    assert Log(file).killer(target()) == UNITS
    assert Log(file).settled(target(), {})
    assert not Log(file).settled(target("x = 2\ny = 1"), {})


def test_who_survived_without_a_reason_is_tried_again(tmp_path: Path) -> None:
    file = tmp_path / "log"
    Log(file).add(target(), None)
    assert not Log(file).settled(target(), {})
    assert Log(file).settled(target(), {target().key: "only speed"})
    assert Log(file).killer(target()) is None


def test_the_table_counts_by_module() -> None:
    tally = Tally()
    for killer in (WORLDS, WORLDS, UNITS, None):
        tally.add(target(), killer)
    tally.add(target(module="compiler/bind.py"), None)
    assert list(tally.table())[2:] == [
        "| `compiler/bind.py` | 1 | 0 | 0 | 1 |",
        "| `engine/epoch.py` | 4 | 2 | 1 | 1 |",
        "| all | 5 | 2 | 1 | 2 |",
    ]
