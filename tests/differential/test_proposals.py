"""Calls grouped, judged by class and joined back beside a loop over them: equal in everything."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("ibis", reason="needs the extra `scale`")

from policy_router.audit.proposal.found import Found
from policy_router.audit.proposal.judging import Judge
from policy_router.service.proposal import Proposal
from policy_router.store.calls import Machine, connected, opened
from policy_router.store.parquet import write_parquet
from tests.differential.proposals import CALLS, Put, any_proposal, looped, rows_of
from tests.strategies.draws import ROLLS, Dice

ROLLS_A_CALL = 120
_DOLLAR = Decimal(1_000_000)


def found(put: Put, machine: Machine = Machine.DUCKDB) -> Found:
    """What is found by classes."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_parquet(folder / "calls.parquet", rows_of(put), lambda _: None)
        connection = connected(machine, folder, 500)
        table = opened(connection, str(folder / "calls.parquet"))
        judge = Judge(put.old, put.new, put.moment)
        try:
            return Proposal(connection, table, judge, lambda *_: None, unknown=False).found(100_000)
        finally:
            connection.disconnect()


def _ends(by_classes: Found) -> Counter[tuple[str, str]]:
    ends: Counter[tuple[str, str]] = Counter()
    for each in by_classes.examples:
        ends[each.was, each.now] += each.calls
    return ends


def _differs(put: Put) -> bool:
    """Whether anything changes; raises AssertionError where classes and loop do not agree."""
    by_classes, by_loop = found(put), looped(put)
    assert by_classes.set_aside == ()
    changed = {ends: n for ends, n in by_loop.ends.items() if ends[0] != ends[1]}
    same_ends = {ends: n for ends, n in _ends(by_classes).items() if ends[0] != ends[1]}
    assert same_ends == changed
    assert sum(each.unpriced for each in by_classes.by_kind) == by_loop.unpriced
    for side, exact in (("was", by_loop.was), ("now", by_loop.now)):
        ours = sum(getattr(each, f"cost_{side}") for each in by_classes.by_kind) / _DOLLAR
        assert abs(ours - exact) <= by_loop.rounding + len(by_classes.by_kind) / _DOLLAR
    for rows in (by_classes.by_kind, by_classes.by_tenant):
        assert sum(row.calls for row in rows) == len(put.calls)
    return bool(changed)


def test_classes_find_what_a_loop_finds() -> None:
    tally: Counter[bool] = Counter()

    @settings(max_examples=max(8, settings().max_examples // 5))
    @given(
        st.binary(min_size=ROLLS, max_size=ROLLS),
        st.lists(
            st.binary(min_size=ROLLS_A_CALL, max_size=ROLLS_A_CALL), min_size=20, max_size=CALLS
        ),
    )
    def holds(world_rolls: bytes, call_rolls: list[bytes]) -> None:
        tally[_differs(any_proposal(Dice(world_rolls), call_rolls))] += 1

    holds()
    assert tally[True] * 3 > tally.total(), tally
