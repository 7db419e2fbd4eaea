"""Whatever a file of the cache holds, a command answers as the documents say, and never breaks."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_router.store.cache import Cache, users_cache
from tests.cli.running import Done, run
from tests.pep.world import DENIED, build

COMMAND = f"decide {DENIED} --data personal --regime eu_gdpr --at 2026-11-22T12:00Z --config "
FEW = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])

Kept = dict[Path, Any]
"""What each file of a cache holds, as JSON."""


class Spoilable:
    """A project whose command fills a cache that can then be spoilt, as often as one likes."""

    def __init__(self, folder: Path) -> None:
        build(folder)
        self._command = COMMAND + str(folder)
        self._cache = self._named()
        self.honest = self.asked()
        self._kept = {file: file.read_bytes() for file in self._cache.folder.glob("*.cache")}
        assert len(self._kept) == 3, "a project, what it names, and the shipped registry"

    @staticmethod
    def _named() -> Cache:
        found = users_cache(os.environ)
        assert found is not None
        return found

    def asked(self) -> Done:
        return run(self._command)

    @property
    def values(self) -> Kept:
        return {file: json.loads(data[64:]) for file, data in self._kept.items()}

    def spoilt(self, kept: Kept, seal: Callable[[bytes, bytes], str] | None = None) -> None:
        """Write these values, sealed by the user's own secret or however somebody else would."""
        sealed = self._cache.seal if seal is None else seal
        for file, value in kept.items():
            data = json.dumps(value).encode()
            file.write_bytes(sealed(file.stem.encode(), data).encode() + data)
            file.chmod(0o600)


@pytest.fixture(scope="module")
def spoilable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spoilable]:
    folder = tmp_path_factory.mktemp("spoilable")
    (folder / "project").mkdir()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("POLICY_ROUTER_CACHE", str(folder / "cache"))
        patched.setenv("XDG_STATE_HOME", str(folder / "state"))
        yield Spoilable(folder / "project")


scalars = st.none() | st.booleans() | st.integers(-2, 60) | st.floats() | st.text(max_size=3)
anything = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=5)


def _places(value: object, path: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    yield path
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _places(inner, (*path, number))


@st.composite
def mutations(draw: st.DrawFn) -> Callable[[list[Any]], list[Any]]:
    """A change of one place in JSON: another value, or what stands elsewhere, or nothing."""
    where, source = draw(st.integers(0, 2**16)), draw(st.integers(0, 2**16))
    kind = draw(st.sampled_from(["put", "copy", "drop", "twice", "swap"]))
    new = draw(anything)

    def mutated(value: list[Any]) -> list[Any]:
        places = [path for path in _places(value) if path]
        if not places:
            return value
        path, other = places[where % len(places)], places[source % len(places)]
        holder = _at(value, path[:-1])
        match kind:
            case "put":
                holder[path[-1]] = new
            case "copy":
                holder[path[-1]] = json.loads(json.dumps(_at(value, other)))
            case "drop":
                del holder[path[-1]]
            case "twice":
                holder.insert(path[-1], holder[path[-1]])
            case _:
                first, second = holder[path[-1]], holder[path[-1] - 1]
                holder[path[-1]], holder[path[-1] - 1] = second, first
        return value

    return mutated


def _at(value: Any, path: tuple[int, ...]) -> Any:  # noqa: ANN401 - JSON
    for number in path:
        value = value[number]
    return value


def _by_anybody(key: bytes, data: bytes) -> str:
    return sha256(key + data).hexdigest()


@FEW
@given(changes=st.lists(mutations(), min_size=1, max_size=4))
def test_what_somebody_else_sealed_changes_nothing(
    spoilable: Spoilable, changes: list[Callable[[list[Any]], list[Any]]]
) -> None:
    kept = spoilable.values
    for change in changes:
        kept = {file: change(value) for file, value in kept.items()}
    spoilable.spoilt(kept, _by_anybody)
    assert spoilable.asked() == spoilable.honest


@FEW
@given(changes=st.lists(mutations(), min_size=1, max_size=4))
def test_what_the_user_sealed_never_breaks_a_command(
    spoilable: Spoilable, changes: list[Callable[[list[Any]], list[Any]]]
) -> None:
    """Not a defect of the program, and the documents are read where nothing comes of the cache."""
    kept = spoilable.values
    for change in changes:
        kept = {file: change(value) for file, value in kept.items()}
    spoilable.spoilt(kept)
    found = spoilable.asked()
    assert found.code in {0, 1, 2}
    assert "defect" not in found.err
    assert "Traceback" not in found.out + found.err


def test_whatever_stands_in_one_place_is_no_defect(spoilable: Spoilable) -> None:
    """Every place of the project's own file, with a value of every other kind put there."""
    file, runs = next((f, v) for f, v in spoilable.values.items() if "PolicySet" in dict(v))
    for number, (name, run_) in enumerate(runs):
        for column, old in enumerate(run_[:4]):
            for place in (0, len(runs)):
                changed = json.loads(json.dumps(runs))
                changed[number][1][column] = [place] * len(old) if isinstance(old, list) else place
                spoilable.spoilt({file: changed})
                assert "defect" not in spoilable.asked().err, (name, column, place)
