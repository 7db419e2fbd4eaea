"""A person has one pseudonym as long as there is a key, and nothing of it is left without one."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from policy_router.log.subjects import Subjects

ANNA, BEN = "anna@patients.example", "ben@patients.example"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "subjects"


def _bytes(store: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(store.parent.glob(f"{store.name}*")))


def test_one_person_has_one_pseudonym_and_another_another(store: Path) -> None:
    subjects = Subjects(store)
    anna = subjects.pseudonym(ANNA)
    assert anna == subjects.pseudonym(ANNA) == Subjects(store).pseudonym(ANNA)
    assert anna == subjects.known(ANNA)
    assert anna != subjects.pseudonym(BEN)
    assert len({Subjects(store.with_name(f"other{n}")).pseudonym(ANNA) for n in range(5)}) == 5


def test_the_store_is_for_its_owner_and_names_nobody(store: Path) -> None:
    subjects = Subjects(store)
    pseudonym = subjects.pseudonym(ANNA)
    files = list(store.parent.glob(f"{store.name}*"))
    assert len(files) > 1
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    for said in (ANNA, ANNA.partition("@")[0], pseudonym):
        assert said.encode() not in _bytes(store)
    store.chmod(0o640)
    with pytest.raises(PermissionError, match="chmod 600"):
        Subjects(store).pseudonym(ANNA)


def test_without_its_key_a_pseudonym_is_nobodys(store: Path) -> None:
    subjects = Subjects(store)
    before, other = subjects.pseudonym(ANNA), subjects.pseudonym(BEN)
    with sqlite3.connect(store) as reading:
        keys = {key for (key,) in reading.execute("SELECT key FROM subject")}
    reading.close()
    assert subjects.forget(ANNA) is True
    assert subjects.known(ANNA) is None
    assert subjects.forget(ANNA) is False
    left = [key for key in keys if key in _bytes(store)]
    assert len(left) == 1, "of the key that was destroyed no byte is in a file"
    assert subjects.pseudonym(ANNA) != before
    assert subjects.pseudonym(BEN) == other


def test_what_another_process_forgot_is_forgotten_here(store: Path) -> None:
    subjects = Subjects(store)
    before = subjects.pseudonym(ANNA)
    forget = (
        "import sys; from pathlib import Path; from policy_router.log.subjects import Subjects;"
        "print(Subjects(Path(sys.argv[1])).forget(sys.argv[2]))"
    )
    command = [sys.executable, "-c", forget, str(store), ANNA]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "True\n"
    assert subjects.known(ANNA) is None
    assert subjects.pseudonym(ANNA) != before


def test_threads_and_stores_side_by_side_agree(store: Path) -> None:
    shared, found = Subjects(store), list[str]()

    def run(subjects: Subjects) -> None:
        found.extend(subjects.pseudonym(f"person {n % 7}") for n in range(70))

    threads = [threading.Thread(target=run, args=(s,)) for s in (shared, shared, Subjects(store))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 210
    assert len(set(found)) == 7


def test_nothing_is_made_to_look_for_somebody(store: Path) -> None:
    assert Subjects(store).known(ANNA) is None
    assert Subjects(store).forget(ANNA) is False
    assert not store.exists()


def test_a_store_that_cannot_be_used_says_so_and_not_of_whom(store: Path) -> None:
    store.write_bytes(b"no store" * 1000)
    store.chmod(0o600)
    with pytest.raises(OSError, match="cannot be used: sqlite_notadb") as caught:
        Subjects(store).pseudonym(ANNA)
    assert ANNA not in str(caught.value)
    with pytest.raises(OSError, match="nowhere"):
        Subjects(store.parent / "nowhere" / "subjects").pseudonym(ANNA)
