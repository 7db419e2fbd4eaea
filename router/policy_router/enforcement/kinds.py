"""Calls of one kind: what they have in common is worked out for the first of them.

They are of one kind if they come from the same sender, under the same documents, and differ neither
in what they show nor in what is declared of them or detected in them: only in their content, their
size and their instant. Each is decided anew; what a decision says is put into the form in which a
call needs it only where it says something else than the last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from policy_router.audit.record import Attempt, Decided, Finding, Occasion, Record, record_of
from policy_router.domain.detection import NOTHING_DETECTED, Detected
from policy_router.domain.request import RequestFacts
from policy_router.enforcement.alike_sizes import Sizes, size_of
from policy_router.enforcement.blanks import Blank, Places
from policy_router.enforcement.denial import Explained, explained
from policy_router.enforcement.facts import Floor, joined
from policy_router.enforcement.raised import raised
from policy_router.enforcement.unasked import reads_what_it_is_sent, shown_by
from policy_router.engine.epoch import Epoch
from policy_router.engine.render import instant
from policy_router.engine.ruling import Ruling
from policy_router.service.decision import Decision
from policy_router.store.program import build
from policy_router.store.project import Loaded
from policy_router.wire.call import INPUT_TOKENS, Call
from policy_router.wire.http_call import Asked
from policy_router.wire.operation import Dialect, Shown
from policy_router.wire.pins import Pinning, Terms, pinning

MOST_KINDS: Final = 512
MOST_BLANKS: Final = 4
"""Records of each kind that are kept with places left blank; each may be some ten kilobytes."""

MOST_DENIALS: Final = 4
"""Explanations of denials of each kind that are kept, for calls of different sizes."""

_Key = tuple[int, str, str, Shown, tuple[tuple[str, str], ...], Detected]
_Answered = tuple[str, str | None, int | None, bool]


@dataclass(slots=True, eq=False)
class Told:
    """What a permission says, in the form in which calls need it; `ruling` said it first."""

    ruling: Ruling
    terms: dict[str, Terms] = field(default_factory=dict)
    pinnings: dict[str, Pinning] = field(default_factory=dict)
    blanks: dict[_Answered, Blank] = field(default_factory=dict)

    def terms_on(self, decision: Decision, route: str) -> Terms:
        """On what terms a call may be sent to `route` by `decision`, which says the same."""
        terms = self.terms.get(route)
        if terms is None:
            terms = self.terms[route] = decision.terms_on(route)
        return terms

    def pinning_on(self, call: Call, terms: Terms) -> Pinning:
        """What is done to the body of a `call` of the kind; raises `Refused` as `pinning`."""
        route = terms.route.id
        found = self.pinnings.get(route)
        if found is None:
            found = self.pinnings[route] = pinning(call.operation, terms, call.shown)
        return found

    def record_of(
        self, occasion: Occasion, decision: Decision, detected: Detected, attempt: Attempt
    ) -> Record:
        """The record of a call that is sent by `decision`, which says the same."""
        usual = attempt.number == 1 and not attempt.passed_over and decision.ruling != self.ruling
        usual = usual and occasion.subject is None
        answered = (occasion.point, attempt.route, occasion.retry, occasion.observed)
        blank = self.blanks.get(answered) if usual else None
        if blank is not None:
            return blank.filled(_values(occasion, decision))
        record = record_of(occasion, Finding(decided(decision, detected), None, attempt))
        if usual and len(self.blanks) < MOST_BLANKS:
            self.blanks[answered] = Blank(record, _places(decision.facts))
        return record


class Kind:
    """Calls of one kind, the first of which is `asked` by the sender with `floor`.

    `sized`: whether the size of one is that of what the model reads.
    """

    def __init__(
        self, floor: Floor, asked: Asked, detected: Detected, *, sized: bool = True
    ) -> None:
        self.floor = floor
        self._is_sized = sized
        self._facts: RequestFacts | None = None
        if INPUT_TOKENS not in floor.facts.scalars:
            shown = shown_by(replace(asked, input_tokens=None), sized=sized)
            self._facts = raised(joined(floor, shown, asked.declared), detected)
        self._told: Told | None = None
        self._denials: tuple[Epoch | None, dict[tuple[Sizes, Dialect], Explained]] = (None, {})

    @property
    def is_new(self) -> bool:
        """Whether no decision about it has been put into words yet."""
        return self._told is None and not self._denials[1]

    def facts_of(self, asked: Asked, detected: Detected) -> RequestFacts:
        """The facts of one such call; raises `Refused` as `joined` does."""
        if self._facts is None:
            shown = shown_by(asked, sized=self._is_sized)
            return raised(joined(self.floor, shown, asked.declared), detected)
        return _sized(self._facts, asked.input_tokens if self._is_sized else None)

    def told_of(self, decision: Decision) -> Told:
        """What `decision`, a permission, says: kept, if the last one said the same."""
        told = self._told
        if told is None or not decision.ruling.says_the_same(told.ruling):
            told = self._told = Told(decision.ruling)
        return told

    def is_put_into_words(self, decision: Decision, dialect: Dialect) -> bool:
        """Whether it is known what `decision` says to a call in `dialect`, and what it rests on."""
        if decision.permitted:
            return self._told is not None and self._told.ruling.epoch is decision.ruling.epoch
        epoch, known = self._denials
        return epoch is decision.ruling.epoch and (size_of(decision), dialect) in known

    def explained(self, decision: Decision, dialect: Dialect) -> Explained:
        """What a call in `dialect` is told that `decision` denies, as one was of a like size.

        Where calls of another size have a cheaper route, what was found for the first is told: it
        is permitted for all of them.
        """
        epoch, known = self._denials
        if epoch is not decision.ruling.epoch or len(known) >= MOST_DENIALS:
            known = {}
        key = (size_of(decision), dialect)
        found = known.get(key)
        if found is None:
            found = explained(decision, self.floor, dialect)
            self._denials = (decision.ruling.epoch, {**known, key: found})
        return found


class Kinds:
    """The kinds of the calls under one load, as far as they are remembered."""

    def __init__(self, loaded: Loaded) -> None:
        self._snapshot = loaded.snapshot
        self._kinds: dict[_Key, Kind] = {}

    def of(self, floor: Floor, asked: Asked, detected: Detected) -> Kind:
        """The kind of a call; raises `Refused` as `joined` does."""
        call = asked.call
        path, model = call.operation.path, call.model
        key = (id(floor), path, model, call.shown, asked.declared, detected)
        kind = self._kinds.get(key)
        if kind is None:
            sized = reads_what_it_is_sent(self._snapshot, model)
            kind = Kind(floor, asked, detected, sized=sized)
            if len(self._kinds) >= MOST_KINDS:
                self._kinds.clear()
            self._kinds[key] = kind
        return kind


def decided(
    decision: Decision, detected: Detected = NOTHING_DETECTED, gateway: str | None = None
) -> Decided:
    """What was decided, as a record has it; `gateway`: whose routes alone counted."""
    made, rests_on = decision.determination, decision.rests_on
    return Decided(decision.snapshot, decision.asked, made, rests_on, detected, gateway, build())


def _sized(facts: RequestFacts, tokens: Decimal | None) -> RequestFacts:
    """`facts` with the size of the input, where that is known."""
    if tokens is None:
        return facts
    scalars = {**facts.scalars, INPUT_TOKENS: tokens}
    base = None if facts.base is None else _sized(facts.base, tokens)
    return RequestFacts(facts.model, facts.sets, scalars, facts.declared, base)


def _places(facts: RequestFacts) -> Places:
    """Where records of calls of one kind differ, which all have `facts` but for their size."""
    places = {
        "id": ("id",),
        "recorded_at": ("recorded_at",),
        "bytes": ("body_bytes",),
        "at": ("decision", "at"),
    }
    if INPUT_TOKENS in facts.scalars:
        places["tokens"] = ("facts", "scalars", INPUT_TOKENS)
        if facts.base is not None:
            places["of the base"] = ("facts", "without_declared", "scalars", INPUT_TOKENS)
    return places


def _values(occasion: Occasion, decision: Decision) -> Mapping[str, str]:
    """What one of them has in each of these places."""
    tokens = str(decision.facts.scalars.get(INPUT_TOKENS, ""))
    return {
        "id": occasion.id,
        "recorded_at": instant(occasion.at),
        "bytes": str(occasion.body_bytes),
        "at": instant(decision.ruling.at),
        "tokens": tokens,
        "of the base": tokens,
    }
