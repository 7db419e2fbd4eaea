"""A reload takes all or nothing, and no decision sees half of it."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from policy_router.domain.diagnostic import DocumentErrors
from policy_router.service.pdp import PDP
from policy_router.store.project import Loaded
from tests.concurrency.numbered import NUMBERS, Documents, expected, loaded, mixture, numbered
from tests.concurrency.reloading import FAILING, reload_under_load
from tests.small import NOON, NOW, facts

RELOADS, THREADS = 10_000, 3
PERSONAL = facts(data=("personal",))


def test_ten_thousand_reloads_and_no_decision_mixes_snapshots() -> None:
    run = reload_under_load(RELOADS, THREADS)
    assert run.wrong == []
    assert run.refused == (RELOADS + 1) // FAILING
    assert run.taken + run.refused == RELOADS
    assert len(run.decided) == THREADS
    assert all(run.decided.values())


def test_the_numbered_snapshots_give_different_answers_that_show_a_mixture() -> None:
    right = expected(PERSONAL, NOW)
    assert len(set(right.values())) == NUMBERS
    pdp = PDP(lambda: loaded(numbered(0)), clock=lambda: NOON)
    decision = pdp.decide(PERSONAL)
    assert mixture(decision, right, explained=True) is None
    mixed = dict(zip(right, reversed(right.values()), strict=True))
    assert mixture(decision, mixed, explained=False) is not None


def test_a_decision_stays_what_it_was_when_documents_change() -> None:
    pdp = PDP(Documents().read, clock=lambda: NOON)
    early = pdp.decide(PERSONAL)
    pdp.reload()
    late = pdp.decide(PERSONAL)
    right = expected(PERSONAL, NOW)
    assert early.snapshot is not late.snapshot
    assert mixture(late, right, explained=True) is None
    assert mixture(early, right, explained=True) is None


def test_a_load_that_fails_leaves_what_was_in_force() -> None:
    pdp = PDP(Documents(failing=2).read, clock=lambda: NOON)
    before, answer = pdp.loaded, pdp.decide(PERSONAL).to_json()
    with pytest.raises(DocumentErrors):
        pdp.reload()
    assert pdp.loaded is before
    assert pdp.snapshot is before.snapshot
    assert pdp.decide(PERSONAL).to_json() == answer


def test_of_two_reloads_at_once_the_later_one_stays_in_force() -> None:
    older, newer = loaded(numbered(1)), loaded(numbered(2))
    reading, go_on = Event(), Event()
    found = iter((loaded(numbered(0)), older, newer))

    def read() -> Loaded:
        documents = next(found)
        if documents is older:
            reading.set()
            go_on.wait()
        return documents

    pdp = PDP(read, clock=lambda: NOON)
    slow, quick = Thread(target=pdp.reload), Thread(target=pdp.reload)
    slow.start()
    reading.wait()
    quick.start()
    quick.join(timeout=0.1)
    go_on.set()
    slow.join()
    quick.join()
    assert pdp.loaded is newer
