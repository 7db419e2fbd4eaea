"""How calls ended under one load: what is the same for most of them is worked out once."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from policy_router.audit.record import Ending, Occasion, Outcome, Record, outcome_record
from policy_router.domain.attestation import Attestation, Said
from policy_router.enforcement.blanks import Blank
from policy_router.engine.render import instant
from policy_router.store.project import Loaded
from policy_router.wire.attestation import attested

MOST_REMEMBERED: Final = 1_024
_PLACES: Final = {"id": ("id",), "recorded_at": ("recorded_at",)}
_MORE_PLACES: Final = {**_PLACES, "answer_id": ("answer_id",)}

_Key = tuple[str, bool, int, str | None, Ending, int | None, int, bool, bool]


class Endings:
    """What is remembered of how calls ended, for those that end alike."""

    def __init__(self, loaded: Loaded) -> None:
        self._registry = loaded.snapshot.registry
        self._attested: dict[tuple[Said, str], Attestation] = {}
        self._blanks: dict[_Key, tuple[Attestation | None, Blank]] = {}

    def attested(self, said: Said, route: str | None) -> Attestation | None:
        """How what an answer said stands to its route; None where none was chosen."""
        key = (said, route or "")
        found = self._attested.get(key)
        if found is not None:
            return found
        chosen = self._registry.routes.get(key[1])
        if chosen is None:
            return None
        if len(self._attested) >= MOST_REMEMBERED:
            self._attested.clear()
        found = self._attested[key] = attested(said, chosen, self._registry)
        return found

    def record(self, occasion: Occasion, at: datetime, attempt: int, outcome: Outcome) -> Record:
        """The record of how the last attempt to send a call ended."""
        attestation = outcome.attestation
        key = (
            occasion.point,
            occasion.observed,
            attempt,
            outcome.route,
            outcome.ending,
            outcome.status,
            id(attestation),  # which is kept below, so that no other comes to have its id
            outcome.answer_id is None,
            outcome.resent,
        )
        found = self._blanks.get(key)
        if found is None:
            places = _PLACES if outcome.answer_id is None else _MORE_PLACES
            blank = Blank(outcome_record(occasion, at, attempt, outcome), places)
            if len(self._blanks) >= MOST_REMEMBERED:
                self._blanks.clear()
            found = self._blanks[key] = (attestation, blank)
        values = {"id": occasion.id, "recorded_at": instant(at)}
        if outcome.answer_id is not None:
            values["answer_id"] = outcome.answer_id
        return found[1].filled(values)
