"""The log of a project, to be written to."""

from __future__ import annotations

from dataclasses import replace

from policy_router.log.kept import open_ledger
from policy_router.log.ledger import USUAL, Ledger
from policy_router.store.described import LogPlace

_SECONDS = 60


def ledger_in(place: LogPlace) -> Ledger:
    """The ledger where the project says; raises as `open_ledger`."""
    sizes = USUAL
    if place.checkpoint_minutes is not None:
        sizes = replace(USUAL, seconds=place.checkpoint_minutes * _SECONDS)
    return open_ledger(place.folder, place.key, place.anchor, sizes)
